//! What every node of a tree can take, summed from the leaves up.
//!
//! Here it is found out whether the locks and bounds of a tree fit together at all; the cut from
//! the top down cannot fail after that.

use super::tree::{Tree, TreeInfeasible};
use super::{Bound, Cell, Conflict, Infeasible, Limits, Side};

/// What each node can take, its descendants considered.
pub(super) struct Rolled {
    pub limits: Vec<Limits>,
    /// Some inner node is held more tightly than its children hold it.
    pub tightened: bool,
}

/// What the children of a node add up to.
struct Children {
    weight: Option<u64>,
    floor: i128,
    ceiling: i128,
}

impl Children {
    fn of(children: &[usize], limits: &[Limits]) -> Children {
        let mut sum = Children {
            weight: Some(0),
            floor: 0,
            ceiling: 0,
        };
        for child in children {
            let child = limits[*child];
            sum.weight = sum
                .weight
                .and_then(|weight| weight.checked_add(child.weight));
            let settled = child.settled();
            sum.floor += i128::from(settled.unwrap_or(child.floor));
            sum.ceiling += i128::from(settled.unwrap_or(child.ceiling));
        }
        sum
    }
}

impl Rolled {
    pub fn of<Id>(side: Side, tree: &Tree, cells: &[Cell<Id>]) -> Result<Rolled, TreeInfeasible> {
        assert_eq!(cells.len(), tree.nodes(), "a cell for every node");
        let limits = cells
            .iter()
            .map(|cell| Limits::of(cell).facing(side))
            .collect();
        let mut rolled = Rolled {
            limits,
            tightened: false,
        };
        for node in tree.upwards() {
            if tree.is_leaf(node) {
                rolled
                    .check_own(node)
                    .map_err(|refused| refused.facing(side))?;
                continue;
            }
            let sum = Children::of(tree.children(node), &rolled.limits);
            let weight = sum.weight.ok_or(TreeInfeasible::WeightTooLarge)?;
            rolled
                .roll_up(node, weight, &sum, tree)
                .map_err(|refused| refused.facing(side))?;
        }
        Ok(rolled)
    }

    fn check_own(&self, node: usize) -> Result<(), Infeasible> {
        let own = self.limits[node];
        if own.contradicts_itself() {
            let refused = Infeasible::contradiction(std::iter::once(own));
            return Err(refused.at(|_first| node));
        }
        Ok(())
    }

    /// Tightens an inner node's own limits by what its children add up to.
    fn roll_up(
        &mut self,
        node: usize,
        weight: u64,
        sum: &Children,
        tree: &Tree,
    ) -> Result<(), Infeasible> {
        let own = self.limits[node];
        self.check_own(node)?;
        let (floor, floor_kind) = match own.locked {
            Some(amount) => (i128::from(amount), Bound::Lock),
            None => (i128::from(own.floor), Bound::Floor),
        };
        let (ceiling, ceiling_kind) = match own.locked {
            Some(amount) => (i128::from(amount), Bound::Lock),
            None => (i128::from(own.ceiling), Bound::Ceiling),
        };
        if sum.ceiling < floor {
            return Err(self.unreachable(node, floor, floor_kind, sum, tree));
        }
        if ceiling < sum.floor {
            return Err(self.unreachable(node, ceiling, ceiling_kind, sum, tree));
        }
        let end = i128::from(i64::MAX);
        self.tightened |= sum.floor.max(-end) < floor || ceiling < sum.ceiling.min(end);
        let amount = |sum: i128| i64::try_from(sum).expect("it lies between two amounts");
        self.limits[node] = Limits {
            weight,
            floor: amount(floor.max(sum.floor)),
            ceiling: amount(ceiling.min(sum.ceiling)),
            locked: own.locked,
        };
        Ok(())
    }

    /// The root must be able to take the total.
    pub fn admit(&self, total: i128, tree: &Tree) -> Result<(), Infeasible> {
        let root = tree.root();
        let limits = self.limits[root];
        let (least, most) = match limits.settled() {
            Some(amount) => (amount, amount),
            None => (limits.floor, limits.ceiling),
        };
        if i128::from(least) <= total && total <= i128::from(most) {
            return Ok(());
        }
        let sum = Children::of(tree.children(root), &self.limits);
        if !tree.is_leaf(root) && (total < sum.floor || sum.ceiling < total) {
            return Err(self.over_children(root, total, &sum, tree));
        }
        let own = std::iter::once(limits);
        let refused = if total < i128::from(least) {
            Infeasible::too_little(total, i128::from(least), own)
        } else {
            Infeasible::too_much(total, i128::from(most), own)
        };
        Err(refused.at(|_first| root))
    }

    /// A node's own lock or bound against what its children can make up.
    fn unreachable(
        &self,
        node: usize,
        amount: i128,
        kind: Bound,
        sum: &Children,
        tree: &Tree,
    ) -> Infeasible {
        let mut refused = self.over_children(node, amount, sum, tree);
        let amount = i64::try_from(amount).expect("a lock or a bound is an amount");
        refused
            .conflicts
            .insert(0, Conflict::new(node, kind, amount));
        refused
    }

    fn over_children(&self, node: usize, total: i128, sum: &Children, tree: &Tree) -> Infeasible {
        let children = tree.children(node);
        let limits = children.iter().map(|child| self.limits[*child]);
        let refused = if total < sum.floor {
            Infeasible::too_little(total, sum.floor, limits)
        } else {
            Infeasible::too_much(total, sum.ceiling, limits)
        };
        refused.at(|index| children[index])
    }
}
