//! A region with two people and their products, cut both ways.

use super::*;
use Rounding::{LargestRemainder, Monotone};

/// Root 0; people 1 and 2; products 3, 4 of 1 and 5, 6, 7 of 2.
fn region() -> Tree {
    let parents = [
        None,
        Some(0),
        Some(0),
        Some(1),
        Some(1),
        Some(2),
        Some(2),
        Some(2),
    ];
    Tree::from_parents(&parents).unwrap()
}

fn cells(total: i64) -> Vec<Cell<usize>> {
    let weights = [0, 0, 0, 30, 20, 25, 15, 10];
    (0..8)
        .map(|node| Cell::of(total, node, weights[node]))
        .collect()
}

#[track_caller]
fn adds_up(tree: &Tree, amounts: &[i64]) {
    for node in (0..tree.nodes()).filter(|node| !tree.is_leaf(*node)) {
        let sum: i64 = tree
            .children(node)
            .iter()
            .map(|child| amounts[*child])
            .sum();
        assert_eq!(sum, amounts[node], "node {node}");
    }
}

#[test]
fn both_ways_agree_where_shares_are_whole() {
    let expected = [1000, 500, 500, 300, 200, 250, 150, 100];
    for rounding in [LargestRemainder, Monotone] {
        assert_eq!(
            flat(1000, &region(), &cells(1000), rounding).unwrap(),
            expected
        );
        assert_eq!(
            top_down(1000, &region(), &cells(1000), rounding).unwrap(),
            expected
        );
        let minus = spread_tree(-1000, &region(), &cells(-1000), rounding).unwrap();
        assert_eq!(minus, expected.map(|amount: i64| -amount));
    }
}

#[test]
fn a_fixed_person_is_kept_and_the_other_takes_the_rest() {
    let mut cells = cells(1000);
    cells[1].locked = Some(400);
    cells[5] = cells[5].clone().within(0, 260);
    let amounts = spread_tree(1000, &region(), &cells, LargestRemainder).unwrap();
    assert_eq!(amounts, [1000, 400, 600, 240, 160, 260, 204, 136]);
    adds_up(&region(), &amounts);
}

#[test]
fn a_person_gets_no_less_than_the_floors_below() {
    let mut cells = cells(100);
    cells[3] = cells[3].clone().within(70, NO_CEILING);
    let amounts = top_down(100, &region(), &cells, LargestRemainder).unwrap();
    assert_eq!(amounts, [100, 70, 30, 70, 0, 15, 9, 6]);
    // One level for all leaves is fairer to product 4.
    let amounts = flat(100, &region(), &cells, LargestRemainder).unwrap();
    assert_eq!(amounts, [100, 79, 21, 70, 9, 11, 6, 4]);
    assert_eq!(
        spread_tree(100, &region(), &cells, LargestRemainder).unwrap(),
        amounts
    );
}

#[test]
fn a_refusal_names_the_node_and_what_stands_against_it() {
    let mut cells = cells(1000);
    cells[1].locked = Some(400);
    cells[3] = cells[3].clone().within(0, 150);
    cells[4].locked = Some(100);
    let conflicts = |conflicts: &[(usize, Bound, i64)]| -> Vec<Conflict> {
        conflicts
            .iter()
            .map(|&(node, bound, amount)| Conflict::new(node, bound, amount))
            .collect()
    };
    let refused = top_down(1000, &region(), &cells, LargestRemainder).unwrap_err();
    let expected = Infeasible {
        shortfall: 150,
        conflicts: conflicts(&[
            (1, Bound::Lock, 400),
            (3, Bound::Ceiling, 150),
            (4, Bound::Lock, 100),
        ]),
    };
    assert_eq!(refused, TreeInfeasible::Infeasible(expected));

    cells[1] = cells[1].clone().locked_at(250);
    cells[2] = cells[2].clone().within(0, 700);
    let refused = top_down(1000, &region(), &cells, LargestRemainder).unwrap_err();
    let expected = Infeasible {
        shortfall: 50,
        conflicts: conflicts(&[(1, Bound::Lock, 250), (2, Bound::Ceiling, 700)]),
    };
    assert_eq!(refused, TreeInfeasible::Infeasible(expected));
}

#[test]
fn what_is_no_tree_is_refused() {
    let of = Tree::from_parents;
    assert_eq!(of(&[]), Err(NotATree::NoRoot));
    assert_eq!(of(&[Some(1), Some(0)]), Err(NotATree::NoRoot));
    assert_eq!(of(&[None, Some(0), None]), Err(NotATree::TwoRoots(0, 2)));
    assert_eq!(of(&[None, Some(7)]), Err(NotATree::NoSuchParent(1)));
    assert_eq!(of(&[None, Some(2), Some(1)]), Err(NotATree::Circle(1)));
    assert!(of(&[None]).unwrap().is_leaf(0));
}

#[test]
fn weights_that_overflow_are_refused_from_the_top_but_not_flat() {
    let tree = Tree::from_parents(&[None, Some(0), Some(0)]).unwrap();
    let cells: Vec<_> = (0..3).map(|node| Cell::of(3, node, u64::MAX)).collect();
    let refused = top_down(3, &tree, &cells, LargestRemainder).unwrap_err();
    assert_eq!(refused, TreeInfeasible::WeightTooLarge);
    assert_eq!(flat(3, &tree, &cells, LargestRemainder).unwrap(), [3, 2, 1]);
}

#[test]
fn random_trees_add_up_or_are_refused() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |end: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % end
    };
    let mut cut = 0;
    for _ in 0..5_000 {
        let nodes = usize::try_from(1 + below(15)).unwrap();
        let mut parents = vec![None];
        for node in 1..u64::try_from(nodes).unwrap() {
            parents.push(Some(usize::try_from(below(node)).unwrap()));
        }
        let tree = Tree::from_parents(&parents).unwrap();
        let total = i64::try_from(below(4000)).unwrap() - 1000;
        let mut amount = |end| i64::try_from(below(end)).unwrap();
        let cells: Vec<_> = (0..nodes)
            .map(|node| {
                let cell = Cell::of(total, node, amount(6).unsigned_abs());
                match amount(8) {
                    0 => cell.locked_at(amount(200) * total.signum()),
                    1 => cell.within(-amount(300), amount(900)),
                    2 if 0 <= total => cell.within(amount(50), NO_CEILING),
                    _ => cell,
                }
            })
            .collect();
        for rounding in [LargestRemainder, Monotone] {
            let Ok(amounts) = top_down(total, &tree, &cells, rounding) else {
                continue;
            };
            cut += 1;
            adds_up(&tree, &amounts);
            assert_eq!(amounts[tree.root()], total);
            for (cell, amount) in cells.iter().zip(&amounts) {
                let kept = match cell.locked {
                    Some(locked) => *amount == locked,
                    None => cell.floor <= *amount && *amount <= cell.ceiling,
                };
                assert!(kept, "{cell:?} got {amount} in {cells:?}");
            }
        }
    }
    assert!(1_000 < cut, "only {cut} trees could be cut");
}
