//! Spreads over a tree: region, person, product, or any other ladder of parts.
//!
//! Two ways. [`flat`] finds one level for all leaves and adds them up: the fairest cut of the
//! whole, and the right one while nobody has fixed a node in between. [`top_down`] cuts each
//! node's amount over its children, so that locks and bounds of inner nodes hold. For that, bounds
//! are first rolled up from the leaves: no node is given what its children cannot make up.
//! [`spread_tree`] takes the first where it may and the second where it must.

use std::ops::Range;

use super::rolled::Rolled;
use super::{Bound, Cell, Conflict, Infeasible, Limits, Rounding, Side, Spreader};

/// Nodes and their parents. A node without children is a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Each node's range of `children`.
    ranges: Vec<Range<usize>>,
    children: Vec<usize>,
    /// All nodes, the root first, parents before their children.
    downwards: Vec<usize>,
}

/// Why a list of parents is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATree {
    #[error("no node is without a parent")]
    NoRoot,
    #[error("nodes {0} and {1} both have no parent")]
    TwoRoots(usize, usize),
    #[error("node {0} names a parent that does not exist")]
    NoSuchParent(usize),
    #[error("node {0} is its own ancestor")]
    Circle(usize),
}

/// Why a tree cannot be spread.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeInfeasible {
    /// Indices are nodes. A conflict at an inner node may name the sum of its descendants' bounds.
    #[error(transparent)]
    Infeasible(#[from] Infeasible),
    #[error("the weights under one node add up to more than 64 bits hold")]
    WeightTooLarge,
}

impl Tree {
    /// The tree in which `parents[node]` is the node above; only the root has none.
    ///
    /// # Errors
    ///
    /// [`NotATree`] unless there is one root from which every node can be reached.
    pub fn from_parents(parents: &[Option<usize>]) -> Result<Tree, NotATree> {
        let root = root_of(parents)?;
        let mut counts = vec![0; parents.len()];
        for (node, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                *counts
                    .get_mut(*parent)
                    .ok_or(NotATree::NoSuchParent(node))? += 1;
            }
        }
        let mut ranges = Vec::with_capacity(parents.len());
        let mut start = 0;
        for count in counts {
            ranges.push(start..start);
            start += count;
        }
        let mut children = vec![0; start];
        for (node, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                children[ranges[*parent].end] = node;
                ranges[*parent].end += 1;
            }
        }
        let mut downwards = Vec::with_capacity(parents.len());
        downwards.push(root);
        let mut next = 0;
        while let Some(node) = downwards.get(next) {
            downwards.extend_from_slice(&children[ranges[*node].clone()]);
            next += 1;
        }
        let tree = Tree {
            ranges,
            children,
            downwards,
        };
        match tree.unreached() {
            None => Ok(tree),
            Some(node) => Err(NotATree::Circle(node)),
        }
    }

    pub fn root(&self) -> usize {
        self.downwards[0]
    }

    /// How many nodes there are, the root and the leaves among them.
    pub fn nodes(&self) -> usize {
        self.ranges.len()
    }

    pub fn children(&self, node: usize) -> &[usize] {
        &self.children[self.ranges[node].clone()]
    }

    pub fn is_leaf(&self, node: usize) -> bool {
        self.ranges[node].is_empty()
    }

    /// All nodes, children before their parents.
    pub(super) fn upwards(&self) -> impl Iterator<Item = usize> {
        self.downwards.iter().rev().copied()
    }

    /// The lowest node that cannot be reached from the root.
    fn unreached(&self) -> Option<usize> {
        let mut reached = vec![false; self.nodes()];
        for node in &self.downwards {
            reached[*node] = true;
        }
        reached.iter().position(|reached| !reached)
    }
}

fn root_of(parents: &[Option<usize>]) -> Result<usize, NotATree> {
    let mut roots = (0..parents.len()).filter(|node| parents[*node].is_none());
    match (roots.next(), roots.next()) {
        (None, _) => Err(NotATree::NoRoot),
        (Some(root), None) => Ok(root),
        (Some(first), Some(second)) => Err(NotATree::TwoRoots(first, second)),
    }
}

/// Spreads over the leaves at one level unless an inner node is locked or bounded more tightly
/// than its leaves; then from the top down. `cells` has one cell for every node of the tree, and
/// so has the answer.
///
/// # Errors
///
/// As [`top_down`].
///
/// # Panics
///
/// If there are not as many cells as nodes.
pub fn spread_tree<Id: Ord>(
    total: i64,
    tree: &Tree,
    cells: &[Cell<Id>],
    rounding: Rounding,
) -> Result<Vec<i64>, TreeInfeasible> {
    if Rolled::of(Side::of(total), tree, cells)?.tightened {
        top_down(total, tree, cells, rounding)
    } else {
        flat(total, tree, cells, rounding)
    }
}

/// Cuts each node's amount over its children, from the root to the leaves.
///
/// The weight of an inner node is the sum of the weights of all leaves under it, whatever its own
/// cell says; its bounds are the tighter of its own and the sums of its children's. The sign of
/// the root's total decides for the whole tree on which side cells without a weight stay.
///
/// # Errors
///
/// [`TreeInfeasible`] if locks and bounds do not allow the total, or if weights overflow.
///
/// # Panics
///
/// If there are not as many cells as nodes.
pub fn top_down<Id: Ord>(
    total: i64,
    tree: &Tree,
    cells: &[Cell<Id>],
    rounding: Rounding,
) -> Result<Vec<i64>, TreeInfeasible> {
    let side = Side::of(total);
    let rolled = Rolled::of(side, tree, cells)?;
    let size = i128::from(total).abs();
    rolled
        .admit(size, tree)
        .map_err(|refused| refused.facing(side))?;

    let mut spreader = Spreader::default();
    let mut amounts = vec![0; tree.nodes()];
    amounts[tree.root()] = i64::try_from(size).expect("the root's bounds are amounts");
    for &node in tree.downwards.iter().filter(|node| !tree.is_leaf(**node)) {
        let children = tree.children(node);
        let limits = children.iter().map(|child| rolled.limits[*child]);
        let tie = |left: usize, right: usize| {
            let id = |child: usize| &cells[children[child]].id;
            id(left).cmp(id(right))
        };
        let cut = spreader.forward(i128::from(amounts[node]), limits, rounding, tie);
        cut.expect("a node's bounds are what its children can make up");
        for (child, part) in children.iter().zip(spreader.parts()) {
            amounts[*child] = *part;
        }
    }
    if side == Side::Minus {
        for amount in &mut amounts {
            *amount = -*amount;
        }
    }
    Ok(amounts)
}

/// Cuts the total over all leaves at one common level and adds them up to the root.
///
/// Cells of inner nodes are not looked at, nor are their locks and bounds.
///
/// # Errors
///
/// [`Infeasible`] as [`spread`](super::spread()), with nodes for indices; also if an inner node's
/// sum is no amount, which takes sums beyond 2^63 of both signs.
///
/// # Panics
///
/// If there are not as many cells as nodes.
pub fn flat<Id: Ord>(
    total: i64,
    tree: &Tree,
    cells: &[Cell<Id>],
    rounding: Rounding,
) -> Result<Vec<i64>, TreeInfeasible> {
    assert_eq!(cells.len(), tree.nodes(), "a cell for every node");
    let leaves: Vec<usize> = (0..tree.nodes())
        .filter(|node| tree.is_leaf(*node))
        .collect();
    let limits = leaves.iter().map(|leaf| Limits::of(&cells[*leaf]));
    let tie = |left: usize, right: usize| {
        let id = |leaf: usize| &cells[leaves[leaf]].id;
        id(left).cmp(id(right))
    };
    let mut spreader = Spreader::default();
    let cut = spreader.face(total, limits, rounding, tie);
    cut.map_err(|refused| refused.at(|index| leaves[index]))?;

    let mut amounts = vec![0; tree.nodes()];
    for (leaf, part) in leaves.iter().zip(spreader.parts()) {
        amounts[*leaf] = *part;
    }
    for &node in tree
        .downwards
        .iter()
        .rev()
        .filter(|node| !tree.is_leaf(**node))
    {
        let sum: i128 = tree
            .children(node)
            .iter()
            .map(|child| i128::from(amounts[*child]))
            .sum();
        amounts[node] = i64::try_from(sum).map_err(|_too_large| not_an_amount(node, sum))?;
    }
    Ok(amounts)
}

fn not_an_amount(node: usize, sum: i128) -> Infeasible {
    let (bound, end) = if sum < 0 {
        (Bound::Floor, -i64::MAX)
    } else {
        (Bound::Ceiling, i64::MAX)
    };
    Infeasible {
        shortfall: sum - i128::from(end),
        conflicts: vec![Conflict::new(node, bound, end)],
    }
}
