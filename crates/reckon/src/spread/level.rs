//! Finding the level at which the shares, held within their bounds, add up to what is left.
//!
//! The sum of the held shares never falls as the level rises, so there is such a level whenever
//! the floors and the ceilings leave room. Each round tries the level at which nobody were held
//! back: if the cells pushed up to their floors outweigh those pushed down to their ceilings, the
//! true level is lower, so those at their floors will stay there; and the other way round. A
//! round reads each open cell once and a handful of rounds is usual. A list made to need many is
//! finished by sorting.

use std::cmp::Ordering;

use super::exact::{Level, compare_products};

/// A cell that moves: unlocked and with a weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// Its place among the parts.
    pub index: usize,
    pub weight: u64,
    pub floor: i64,
    pub ceiling: i64,
}

/// Rounds tried before sorting.
const ROUNDS: usize = 32;

/// Takes every slot that ends at a bound out of `open` and writes its part. The level returned is
/// the common one of those that stay.
///
/// `left` must lie between the sum of the floors and the sum of the ceilings.
pub(super) fn settle_at_bounds(open: &mut Vec<Slot>, left: i128, parts: &mut [i64]) -> Level {
    let mut level = Level::of(left, weight_of(open));
    for _ in 0..ROUNDS {
        let held = Held::at(&level, open);
        if held.slots == 0 {
            return level;
        }
        level = held.settle(&level, open, parts);
    }
    sweep(open, &level, parts)
}

fn weight_of(open: &[Slot]) -> i128 {
    open.iter().map(|slot| i128::from(slot.weight)).sum()
}

/// What the bounds hold back at some level.
#[derive(Default)]
struct Held {
    slots: usize,
    floors: i128,
    floor_weight: i128,
    ceilings: i128,
    ceiling_weight: i128,
}

impl Held {
    fn at(level: &Level, open: &[Slot]) -> Held {
        let mut held = Held::default();
        for slot in open {
            if level.share_against(slot.weight, slot.floor).is_lt() {
                held.slots += 1;
                held.floors += i128::from(slot.floor);
                held.floor_weight += i128::from(slot.weight);
            } else if level.share_against(slot.weight, slot.ceiling).is_gt() {
                held.slots += 1;
                held.ceilings += i128::from(slot.ceiling);
                held.ceiling_weight += i128::from(slot.weight);
            }
        }
        held
    }

    /// Fixes the side that outweighs the other, or both if they balance, and gives the next level.
    fn settle(&self, level: &Level, open: &mut Vec<Slot>, parts: &mut [i64]) -> Level {
        let placed = (self.floors + self.ceilings, level.weight());
        let wanted = (level.amount(), self.floor_weight + self.ceiling_weight);
        let balance = compare_products(placed, wanted);
        let (mut amount, mut weight) = (level.amount(), level.weight());
        if balance.is_ge() {
            amount -= self.floors;
            weight -= self.floor_weight;
        }
        if balance.is_le() {
            amount -= self.ceilings;
            weight -= self.ceiling_weight;
        }
        open.retain(|slot| {
            if balance.is_ge() && level.share_against(slot.weight, slot.floor).is_lt() {
                parts[slot.index] = slot.floor;
                return false;
            }
            if balance.is_le() && level.share_against(slot.weight, slot.ceiling).is_gt() {
                parts[slot.index] = slot.ceiling;
                return false;
            }
            true
        });
        Level::of(amount, weight)
    }
}

/// A level at which one slot leaves its floor or reaches its ceiling.
struct Turn {
    bound: i64,
    weight: u64,
    reaches_ceiling: bool,
    position: usize,
}

impl Turn {
    fn compare(&self, other: &Turn) -> Ordering {
        let this = i128::from(self.bound) * i128::from(other.weight);
        let that = i128::from(other.bound) * i128::from(self.weight);
        this.cmp(&that)
            .then(self.reaches_ceiling.cmp(&other.reaches_ceiling))
    }
}

/// Raises the level from turn to turn until what is placed reaches the amount of `level`.
fn sweep(open: &mut Vec<Slot>, level: &Level, parts: &mut [i64]) -> Level {
    let mut turns = Vec::with_capacity(2 * open.len());
    let mut left = level.amount();
    for (position, slot) in open.iter().enumerate() {
        let weight = slot.weight;
        for (bound, reaches_ceiling) in [(slot.floor, false), (slot.ceiling, true)] {
            turns.push(Turn {
                bound,
                weight,
                reaches_ceiling,
                position,
            });
        }
        left -= i128::from(slot.floor);
        parts[slot.index] = slot.floor;
    }
    turns.sort_unstable_by(Turn::compare);

    let mut rising = vec![false; open.len()];
    let mut weight = 0;
    for turn in &turns {
        let (bound, own) = (i128::from(turn.bound), i128::from(turn.weight));
        if compare_products((bound, weight), (left, own)).is_ge() {
            break;
        }
        rising[turn.position] = !turn.reaches_ceiling;
        if turn.reaches_ceiling {
            left -= bound;
            weight -= own;
            parts[open[turn.position].index] = turn.bound;
        } else {
            left += bound;
            weight += own;
        }
    }
    let mut rising = rising.into_iter();
    open.retain(|_| rising.next().unwrap_or(false));
    Level::of(left, weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(rows: &[(u64, i64, i64)]) -> Vec<Slot> {
        let slot = |(index, &(weight, floor, ceiling)): (usize, &(u64, i64, i64))| Slot {
            index,
            weight,
            floor,
            ceiling,
        };
        rows.iter().enumerate().map(slot).collect()
    }

    fn shares(open: &[Slot], level: &Level, parts: &[i64]) -> Vec<(i64, i128)> {
        let mut shares: Vec<(i64, i128)> = parts.iter().map(|part| (*part, 0)).collect();
        for slot in open {
            let (whole, rest) = level.share(slot.weight);
            // The fraction in 2^-20ths: two ways to the same level may leave different weights.
            shares[slot.index] = (whole, (rest << 20) / level.weight());
        }
        shares
    }

    #[test]
    fn rounds_and_sorting_find_the_same_level() {
        let rows = [
            (5, 0, 20),
            (3, 10, 40),
            (7, -30, -2),
            (1, 0, i64::MAX),
            (9, 4, 6),
        ];
        for total in -16..2000 {
            let (mut by_rounds, mut by_sorting) = (slots(&rows), slots(&rows));
            let (mut a, mut b) = ([0; 5], [0; 5]);
            let left = i128::from(total);
            let first = settle_at_bounds(&mut by_rounds, left, &mut a);
            let start = Level::of(left, weight_of(&by_sorting));
            let second = sweep(&mut by_sorting, &start, &mut b);
            let (a, b) = (
                shares(&by_rounds, &first, &a),
                shares(&by_sorting, &second, &b),
            );
            assert_eq!(a, b, "{total}");
        }
    }

    #[test]
    fn a_staircase_of_ceilings_is_finished_by_sorting() {
        // The level of each round lies between the lowest stair and the next.
        let stair = |i: u32| (1 << (50 - i), 0, i64::from(i + 1) << (50 - i));
        let rows: Vec<(u64, i64, i64)> = (0..50).map(stair).collect();
        let ceilings: Vec<i64> = rows.iter().map(|row| row.2).collect();
        let total = ceilings.iter().sum::<i64>() - 1;
        let mut open = slots(&rows);
        let mut parts = vec![0; rows.len()];
        let level = settle_at_bounds(&mut open, i128::from(total), &mut parts);
        assert_eq!(open.len(), 1);
        assert_eq!(level.share(open[0].weight), (ceilings[49] - 1, 0));
        assert_eq!(parts[..49], ceilings[..49]);
    }
}
