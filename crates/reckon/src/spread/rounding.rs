//! Making exact shares whole without losing a unit and without leaving a bound.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::exact::{Level, compare_products};
use super::level::Slot;

/// Rounds every open share down and gives the units left over one each to the largest remainders,
/// ties to the cell that comes first by `tie`.
///
/// Bounds are whole, so a share with a remainder has room for the unit it may get, and there are
/// never more units than shares with a remainder.
pub(super) fn largest_remainder(
    open: &[Slot],
    level: &Level,
    parts: &mut [i64],
    remainders: &mut Vec<(i128, usize)>,
    tie: impl Fn(usize, usize) -> Ordering,
) {
    remainders.clear();
    let mut left_over = level.amount();
    for slot in open {
        let (whole, rest) = level.share(slot.weight);
        parts[slot.index] = whole;
        left_over -= i128::from(whole);
        if rest != 0 {
            remainders.push((rest, slot.index));
        }
    }
    let units = usize::try_from(left_over).expect("rounding down leaves less than one unit each");
    if units == 0 {
        return;
    }
    if units < remainders.len() {
        remainders.select_nth_unstable_by(units - 1, |left, right| {
            right.0.cmp(&left.0).then_with(|| tie(left.1, right.1))
        });
    }
    for (_, index) in &remainders[..units] {
        parts[*index] += 1;
    }
}

/// Rounds every open share to the nearest unit, halves down, and then gives or takes single units
/// until the parts add up: always where the level at which a cell passes the middle between two
/// units is next.
///
/// The units of all cells thus stand in one fixed order, in which a total is a place to stop; that
/// is what makes the rule monotone. `moving` are all cells that can move, also those at a bound.
pub(super) fn monotone(
    moving: &mut [Slot],
    open: &[Slot],
    level: &Level,
    parts: &mut [i64],
    tie: impl Fn(usize, usize) -> Ordering,
) {
    let mut left_over = level.amount();
    for slot in open {
        let (whole, rest) = level.share(slot.weight);
        let nearest = whole + i64::from(level.weight() < 2 * rest);
        parts[slot.index] = nearest;
        left_over -= i128::from(nearest);
    }
    if left_over == 0 {
        return;
    }
    moving.sort_unstable_by(|left, right| tie(left.index, right.index));
    if 0 < left_over {
        give_units(left_over, moving, parts);
    } else {
        take_units(-left_over, moving, parts);
    }
}

fn give_units(mut units: i128, moving: &[Slot], parts: &mut [i64]) {
    let next = |rank: usize, parts: &[i64]| {
        let slot = &moving[rank];
        let part = parts[slot.index];
        (part < slot.ceiling).then(|| Reverse(Step::between(part, part + 1, slot.weight, rank)))
    };
    let mut steps: BinaryHeap<Reverse<Step>> = (0..moving.len())
        .filter_map(|rank| next(rank, parts))
        .collect();
    while 0 < units {
        let Reverse(step) = steps.pop().expect("the ceilings leave room for the total");
        parts[moving[step.rank].index] += 1;
        units -= 1;
        steps.extend(next(step.rank, parts));
    }
}

fn take_units(mut units: i128, moving: &[Slot], parts: &mut [i64]) {
    let next = |rank: usize, parts: &[i64]| {
        let slot = &moving[rank];
        let part = parts[slot.index];
        (slot.floor < part).then(|| Step::between(part - 1, part, slot.weight, rank))
    };
    let mut steps: BinaryHeap<Step> = (0..moving.len())
        .filter_map(|rank| next(rank, parts))
        .collect();
    while 0 < units {
        let step = steps.pop().expect("the floors leave room for the total");
        parts[moving[step.rank].index] -= 1;
        units -= 1;
        steps.extend(next(step.rank, parts));
    }
}

/// The unit between two neighbouring amounts of one cell. Its place in the order of all units is
/// the level at which the cell's share lies halfway, then the cell's rank by id.
struct Step {
    /// Twice the middle, to stay whole.
    doubled_middle: i128,
    weight: i128,
    rank: usize,
}

impl Step {
    fn between(lower: i64, upper: i64, weight: u64, rank: usize) -> Step {
        Step {
            doubled_middle: i128::from(lower) + i128::from(upper),
            weight: i128::from(weight),
            rank,
        }
    }
}

impl Ord for Step {
    fn cmp(&self, other: &Step) -> Ordering {
        let this = (self.doubled_middle, other.weight);
        let that = (other.doubled_middle, self.weight);
        compare_products(this, that).then(self.rank.cmp(&other.rank))
    }
}

impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Step) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Step {
    fn eq(&self, other: &Step) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Step {}
