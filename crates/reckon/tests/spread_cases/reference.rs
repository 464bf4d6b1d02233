//! The same cut, worked slowly: by fractions over all levels at which anything turns, and unit by
//! unit.

use std::cmp::{Ordering, Reverse};

use reckon::spread::{Cell, Rounding};

use super::checks::{reachable, settled};

/// A free cell: weight, floor, ceiling, id and its place in the list.
#[derive(Clone, Copy)]
struct Free {
    weight: i128,
    floor: i128,
    ceiling: i128,
    id: u32,
    place: usize,
}

/// A level as a fraction with a positive denominator.
type Fraction = (i128, i128);

fn compare(left: &Fraction, right: &Fraction) -> Ordering {
    (left.0 * right.1).cmp(&(right.0 * left.1))
}

/// None if the total cannot be cut. Meant for small numbers.
pub fn spread(total: i64, cells: &[Cell<u32>], rounding: Rounding) -> Option<Vec<i64>> {
    let (least, most) = reachable(total, cells)?;
    if i128::from(total) < least || most < i128::from(total) {
        return None;
    }
    let sign = if total < 0 { -1 } else { 1 };
    let mut parts: Vec<i64> = cells
        .iter()
        .map(|cell| settled(total, cell).unwrap_or(0))
        .collect();
    let left = i128::from(total) - parts.iter().map(|part| i128::from(*part)).sum::<i128>();
    let free: Vec<Free> = (0..cells.len())
        .filter(|place| settled(total, &cells[*place]).is_none())
        .map(|place| free_cell(place, &cells[place], sign))
        .collect();
    let level = level(sign * left, &free);
    let shares = match rounding {
        Rounding::LargestRemainder => remainders(sign * left, &free, level),
        Rounding::Monotone => unit_by_unit(sign * left, &free, level),
    };
    for (cell, share) in free.iter().zip(shares) {
        parts[cell.place] = i64::try_from(sign * share).expect("small numbers");
    }
    Some(parts)
}

fn free_cell(place: usize, cell: &Cell<u32>, sign: i128) -> Free {
    let (one, other) = (
        sign * i128::from(cell.floor),
        sign * i128::from(cell.ceiling),
    );
    Free {
        weight: i128::from(cell.weight),
        floor: one.min(other),
        ceiling: one.max(other),
        id: cell.id,
        place,
    }
}

/// The sum of all held shares at a level, times the level's denominator.
fn placed(free: &[Free], level: Fraction) -> i128 {
    let share =
        |cell: &Free| (level.0 * cell.weight).clamp(cell.floor * level.1, cell.ceiling * level.1);
    free.iter().map(share).sum()
}

/// The level at which all held shares add up to `left`: between the last turn that places too
/// little and the first that places enough, shares grow along a straight line.
fn level(left: i128, free: &[Free]) -> Fraction {
    let mut turns: Vec<Fraction> = free
        .iter()
        .flat_map(|cell| [(cell.floor, cell.weight), (cell.ceiling, cell.weight)])
        .collect();
    turns.sort_by(compare);
    let Some(enough) = turns
        .iter()
        .position(|turn| left * turn.1 <= placed(free, *turn))
    else {
        return (0, 1);
    };
    let upper = turns[enough];
    if placed(free, upper) == left * upper.1 {
        return upper;
    }
    let lower = turns[enough - 1];
    let middle = (lower.0 + upper.0, lower.1 + upper.1);
    let (mut rest, mut weight) = (left, 0);
    for cell in free {
        if middle.0 * cell.weight <= cell.floor * middle.1 {
            rest -= cell.floor;
        } else if cell.ceiling * middle.1 <= middle.0 * cell.weight {
            rest -= cell.ceiling;
        } else {
            weight += cell.weight;
        }
    }
    (rest, weight)
}

fn remainders(left: i128, free: &[Free], level: Fraction) -> Vec<i128> {
    let exact =
        |cell: &Free| (level.0 * cell.weight).clamp(cell.floor * level.1, cell.ceiling * level.1);
    let mut parts: Vec<i128> = free
        .iter()
        .map(|cell| exact(cell).div_euclid(level.1))
        .collect();
    let mut order: Vec<usize> = (0..free.len()).collect();
    order.sort_by_key(|&i| (Reverse(exact(&free[i]).rem_euclid(level.1)), free[i].id));
    let units = usize::try_from(left - parts.iter().sum::<i128>()).expect("rounded down");
    for i in &order[..units] {
        parts[*i] += 1;
    }
    parts
}

/// Starts well below the level, where every share is rounded to the nearest unit, and gives unit
/// after unit.
fn unit_by_unit(left: i128, free: &[Free], level: Fraction) -> Vec<i128> {
    let start = (level.0 - 3 * level.1, level.1);
    // Halves are rounded down.
    let nearest = |cell: &Free| -(level.1 - 2 * start.0 * cell.weight).div_euclid(2 * level.1);
    let mut parts: Vec<i128> = free
        .iter()
        .map(|cell| nearest(cell).clamp(cell.floor, cell.ceiling))
        .collect();
    while parts.iter().sum::<i128>() < left {
        let next = (0..free.len())
            .filter(|&i| parts[i] < free[i].ceiling)
            .min_by(|&a, &b| {
                let middle = |i: usize| (2 * parts[i] + 1, free[i].weight);
                compare(&middle(a), &middle(b)).then(free[a].id.cmp(&free[b].id))
            });
        parts[next.expect("there is room")] += 1;
    }
    parts
}
