//! Examples a planner could check by hand, and what must hold for every list of cells.

use proptest::prelude::*;

use super::*;
use Rounding::{LargestRemainder, Monotone};

type Row = (u64, i64, i64, Option<i64>);

fn cells(rows: &[Row]) -> Vec<Cell<usize>> {
    let cell = |(id, &(weight, floor, ceiling, locked)): (usize, &Row)| Cell {
        id,
        weight,
        floor,
        ceiling,
        locked,
    };
    rows.iter().enumerate().map(cell).collect()
}

fn by_weight(total: i64, weights: &[u64]) -> Vec<Cell<usize>> {
    let cell = |(id, &weight): (usize, &u64)| Cell::of(total, id, weight);
    weights.iter().enumerate().map(cell).collect()
}

#[track_caller]
fn check(total: i64, weights: &[u64], by_remainder: &[i64], by_middle: &[i64]) {
    let cells = by_weight(total, weights);
    let parts = spread(total, &cells, LargestRemainder).unwrap();
    assert_eq!(
        parts, by_remainder,
        "{total} over {weights:?}, largest remainder"
    );
    let parts = spread(total, &cells, Monotone).unwrap();
    assert_eq!(parts, by_middle, "{total} over {weights:?}, monotone");
}

#[test]
#[rustfmt::skip]
fn parts_add_up_to_the_total() {
    //    total        weights         largest remainder                    monotone
    check(1_000_003,   &[7, 11, 13, 2], &[212_122, 333_334, 393_941, 60_606], &[212_122, 333_334, 393_941, 60_606]); // V1
    check(100_000_000, &[1, 1, 1],     &[33_333_334, 33_333_333, 33_333_333], &[33_333_334, 33_333_333, 33_333_333]); // V2
    check(7,           &[53, 24, 23],  &[4, 2, 1],                          &[3, 2, 2]); // V2b
    check(10,          &[6, 6, 2],     &[4, 4, 2],                          &[5, 4, 1]);
    check(11,          &[6, 6, 2],     &[5, 5, 1],                          &[5, 5, 1]);
    check(-11,         &[6, 6, 2],     &[-5, -5, -1],                       &[-5, -5, -1]);
    check(0,           &[0, 5],        &[0, 0],                             &[0, 0]);
    check(0,           &[],            &[],                                 &[]);
    check(5,           &[0, 2, 0, 3],  &[0, 2, 0, 3],                       &[0, 2, 0, 3]);
    check(i64::MAX,    &[u64::MAX, u64::MAX], &[1 << 62, (1 << 62) - 1],     &[1 << 62, (1 << 62) - 1]);
}

#[test]
fn a_locked_cell_keeps_its_amount_and_the_others_share_the_rest() {
    let total = 1_200_000;
    let mut cells = by_weight(total, &[9, 3, 2, 1]);
    cells[0] = cells[0].clone().locked_at(500_000);
    let parts = spread(total, &cells, LargestRemainder).unwrap(); // V3
    assert_eq!(parts, [500_000, 350_000, 233_333, 116_667]);
}

#[test]
#[rustfmt::skip]
fn what_a_bound_holds_back_goes_to_the_others() {
    let parts = |total, rows: &[Row]| spread(total, &cells(rows), LargestRemainder).unwrap();
    let none = NO_CEILING;
    assert_eq!(parts(100, &[(1, 0, 20, None), (1, 0, none, None), (1, 0, none, None)]), [20, 40, 40]);
    assert_eq!(parts(100, &[(1, 60, none, None), (1, 0, none, None), (1, 0, none, None)]), [60, 20, 20]);
    assert_eq!(parts(100, &[(8, 0, 50, None), (1, 30, none, None), (1, 0, none, None)]), [50, 30, 20]);
    assert_eq!(parts(100, &[(8, 0, 50, None), (1, 40, none, None), (1, 0, none, None)]), [50, 40, 10]);
    // A cell without a weight stays at its floor, one without either at zero.
    assert_eq!(parts(100, &[(0, 7, none, None), (1, 0, none, None), (0, NO_FLOOR, 9, None)]), [7, 93, 0]);
    assert_eq!(parts(100, &[(0, -7, none, None), (1, 0, none, None), (0, NO_FLOOR, -9, None)]), [-7, 116, -9]);
    // Locks beyond the total leave a minus to those that may go below zero.
    assert_eq!(parts(100, &[(1, 0, none, Some(160)), (2, NO_FLOOR, none, None), (1, NO_FLOOR, none, None)]), [160, -40, -20]);
    // A lock does not care for the bounds of its own cell.
    assert_eq!(parts(10, &[(1, 5, 3, Some(9)), (1, 0, none, None)]), [9, 1]);
}

#[test]
fn ties_go_to_the_smaller_id_by_its_bytes() {
    let named = |id: &'static str| Cell::of(2, id, 1);
    let cells = ["b", "Z", "a", "é"].map(named);
    assert_eq!(spread(2, &cells, LargestRemainder).unwrap(), [0, 1, 1, 0]);
    assert_eq!(spread(2, &cells, Monotone).unwrap(), [0, 1, 1, 0]);
}

#[track_caller]
fn refused(total: i64, rows: &[Row], shortfall: i128, conflicts: &[(usize, Bound, i64)]) {
    let conflict = |&(index, bound, amount): &(usize, Bound, i64)| Conflict {
        index,
        bound,
        amount,
    };
    let expected = Infeasible {
        shortfall,
        conflicts: conflicts.iter().map(conflict).collect(),
    };
    for rounding in [LargestRemainder, Monotone] {
        assert_eq!(spread(total, &cells(rows), rounding), Err(expected.clone()));
    }
}

#[test]
#[rustfmt::skip]
fn what_cannot_be_reached_is_refused_with_the_gap_and_the_bounds_behind_it() {
    use Bound::{Ceiling, Floor, Lock, NoWeight};
    let none = NO_CEILING;
    refused(100, &[(1, 60, none, None), (1, 0, none, Some(50)), (1, 0, none, None)],
        -10, &[(0, Floor, 60), (1, Lock, 50)]);
    refused(100, &[(1, 0, 40, None), (1, 0, none, Some(50)), (0, 3, none, None)],
        7, &[(0, Ceiling, 40), (1, Lock, 50), (2, NoWeight, 3)]);
    refused(-100, &[(1, -40, 0, None), (1, -40, 0, None)],
        -20, &[(0, Floor, -40), (1, Floor, -40)]);
    refused(-5, &[(1, NO_FLOOR, -3, None), (1, NO_FLOOR, 0, Some(-4))],
        2, &[(0, Ceiling, -3), (1, Lock, -4)]);
    refused(-5, &[(0, NO_FLOOR, 0, None)], -5, &[(0, NoWeight, 0)]);
    refused(5, &[(0, 0, none, None), (0, 1, none, None)], 4, &[(0, NoWeight, 0), (1, NoWeight, 1)]);
    refused(5, &[(1, 4, 2, None), (1, 0, 1, None)], 2, &[(0, Floor, 4), (0, Ceiling, 2)]);
    refused(5, &[], 5, &[]);
    refused(i64::MIN, &[(1, NO_FLOOR, none, None)], -1, &[(0, Floor, -i64::MAX)]);
}

#[test]
fn sums_beyond_an_amount_are_refused_without_overflow() {
    let rows = [(u64::MAX, i64::MAX, i64::MAX, None); 4];
    let shortfall = i128::from(i64::MAX) * -3;
    let refused = spread(i64::MAX, &cells(&rows), Monotone).unwrap_err();
    assert_eq!(refused.shortfall, shortfall);
}

#[test]
fn the_largest_weights_and_amounts_are_cut_exactly() {
    let high = i64::MAX;
    let rows = [
        (u64::MAX, -high, high, None),
        (u64::MAX - 1, -high, high, None),
        (1, 0, 0, Some(-high)),
        (5, 0, 0, Some(-high)),
    ];
    for rounding in [LargestRemainder, Monotone] {
        // Two times 2^63 - 1 less one, over two weights of nearly 2^64.
        let parts = spread(-1, &cells(&rows), rounding).unwrap();
        assert_eq!(parts, [high, high - 1, -high, -high]);
    }
}

fn row() -> impl Strategy<Value = Row> {
    let weight = prop_oneof![
        Just(0),
        1..10u64,
        any::<u64>().prop_map(|weight| weight >> 1)
    ];
    let bound = || prop_oneof![-50..50i64, -(1i64 << 60)..(1i64 << 60)];
    let bounds = prop_oneof![
        Just((0, NO_CEILING)),
        Just((NO_FLOOR, 0)),
        (bound(), bound()).prop_map(|(a, b)| (a.min(b), a.max(b))),
    ];
    (weight, bounds, prop::option::weighted(0.2, bound()))
        .prop_map(|(weight, (floor, ceiling), locked)| (weight, floor, ceiling, locked))
}

fn total() -> impl Strategy<Value = i64> {
    prop_oneof![-100..100i64, -(1i64 << 61)..(1i64 << 61)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn exact_within_bounds_and_the_same_in_any_order(
        rows in prop::collection::vec(row(), 0..12),
        total in total(),
        monotone in any::<bool>(),
    ) {
        let rounding = if monotone { Monotone } else { LargestRemainder };
        let cells = cells(&rows);
        let Ok(parts) = spread(total, &cells, rounding) else { return Ok(()) };
        prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(total));
        for (cell, part) in cells.iter().zip(&parts) {
            match cell.locked {
                Some(locked) => prop_assert_eq!(*part, locked),
                None => prop_assert!(cell.floor <= *part && *part <= cell.ceiling),
            }
        }
        let turned: Vec<_> = cells.iter().rev().cloned().collect();
        let mut again = spread(total, &turned, rounding).unwrap();
        again.reverse();
        prop_assert_eq!(parts, again);
    }

    #[test]
    fn a_negative_total_is_the_mirror_image(
        rows in prop::collection::vec(row(), 0..12),
        total in 1..1000i64,
    ) {
        let mirror = |bound: i64| if bound == i64::MIN { i64::MAX } else { -bound };
        let image: Vec<Row> = rows.iter().map(|&(weight, floor, ceiling, locked)| {
            let floor_there = if ceiling == i64::MAX { NO_FLOOR } else { -ceiling };
            (weight, floor_there, mirror(floor), locked.map(|amount| -amount))
        }).collect();
        for rounding in [LargestRemainder, Monotone] {
            let here = spread(total, &cells(&rows), rounding);
            let there = spread(-total, &cells(&image), rounding);
            match (here, there) {
                (Ok(here), Ok(there)) => {
                    prop_assert_eq!(here, there.iter().map(|part| -part).collect::<Vec<_>>());
                }
                (Err(here), Err(there)) => prop_assert_eq!(here.shortfall, -there.shortfall),
                (here, there) => prop_assert!(false, "{:?} here, {:?} there", here, there),
            }
        }
    }

    #[test]
    fn cutting_a_cut_again_changes_nothing(
        weights in prop::collection::vec(0..1_000_000u64, 1..40),
        floors in prop::collection::vec(0..1000i64, 40),
        total in 40_000..1_000_000_000i64,
        negative in any::<bool>(),
    ) {
        let sign = if negative { -1 } else { 1 };
        let bounded = |(cell, floor): (Cell<usize>, &i64)| {
            let (low, high) = if negative { (NO_FLOOR, -floor) } else { (*floor, NO_CEILING) };
            cell.within(low, high)
        };
        let cells: Vec<_> =
            by_weight(sign * total, &weights).into_iter().zip(&floors).map(bounded).collect();
        for rounding in [LargestRemainder, Monotone] {
            let Ok(parts) = spread(sign * total, &cells, rounding) else { return Ok(()) };
            let again: Vec<_> = cells.iter().zip(&parts)
                .map(|(cell, part)| Cell { weight: part.unsigned_abs(), ..cell.clone() })
                .collect();
            prop_assert_eq!(spread(sign * total, &again, Monotone).unwrap(), parts.clone());
            prop_assert_eq!(spread(sign * total, &again, LargestRemainder).unwrap(), parts);
        }
    }

    #[test]
    fn a_row_is_cut_as_a_spread_of_its_own(
        totals in prop::collection::vec(total(), 1..6),
        weights in prop::collection::vec(prop_oneof![1..100u64, any::<u64>()], 36),
        monotone in any::<bool>(),
    ) {
        let rounding = if monotone { Monotone } else { LargestRemainder };
        let weights = &weights[..totals.len() * 6];
        let rows = Rows { columns: 6, totals: &totals, weights, bounds: None, rounding };
        let parts = spread_rows(&rows).unwrap();
        for (row, &total) in totals.iter().enumerate() {
            let columns = row * 6..row * 6 + 6;
            let single = spread(total, &by_weight(total, &weights[columns.clone()]), rounding);
            prop_assert_eq!(&parts[columns], single.unwrap());
        }
    }
}

#[test]
fn closed_months_of_a_row_stay_and_the_others_take_the_rest() {
    let closed = |amount| Bounds {
        floor: amount,
        ceiling: amount,
    };
    let free = Bounds::of(1);
    let rows = Rows {
        columns: 4,
        totals: &[100, 10],
        weights: &[1, 1, 1, 1, 2, 1, 1, 0],
        bounds: Some(&[
            closed(40),
            closed(10),
            free,
            free,
            closed(11),
            free,
            free,
            free,
        ]),
        rounding: LargestRemainder,
    };
    let refused = spread_rows(&rows).unwrap_err();
    assert_eq!((refused.row, refused.reason.shortfall), (1, -1));
    let rows = Rows {
        totals: &[100, 14],
        ..rows
    };
    assert_eq!(spread_rows(&rows).unwrap(), [40, 10, 25, 25, 11, 2, 1, 0]);
}

#[test]
fn the_bench_carries_nothing_from_one_spread_to_the_next() {
    let mut spreader = Spreader::default();
    let long = by_weight(1000, &[5, 4, 3, 2, 1]);
    let short = by_weight(7, &[1, 1]);
    for rounding in [LargestRemainder, Monotone] {
        assert_eq!(
            spreader.spread(1000, &long, rounding).unwrap(),
            [333, 267, 200, 133, 67]
        );
        assert!(spreader.spread(-1, &short, rounding).is_err());
        assert_eq!(spreader.spread(7, &short, rounding).unwrap(), [4, 3]);
    }
}
