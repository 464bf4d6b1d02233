//! Chance from a seed: the same cases on every machine.

use reckon::spread::{Cell, NO_CEILING, NO_FLOOR};

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 up to, not including, `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.draw() % end
    }

    /// A number from `-reach` to `reach`.
    fn around_zero(&mut self, reach: i64) -> i64 {
        let span = 2 * reach.unsigned_abs() + 1;
        reach.wrapping_neg().wrapping_add_unsigned(self.below(span))
    }

    pub fn place_in<T>(&mut self, list: &[T]) -> Option<usize> {
        let length = u64::try_from(list.len()).expect("a short list");
        (0 < length).then(|| usize::try_from(self.below(length)).expect("a place in a short list"))
    }

    /// Up to nine cells of any size, often with room for the total, in no order of their ids.
    pub fn spread(&mut self) -> (i64, Vec<Cell<u32>>) {
        let reach = match self.below(4) {
            0 => 20,
            1 => 5_000,
            2 => 1_000_000_000_000,
            _ => 1 << 59,
        };
        let heaviest = match self.below(3) {
            0 => 6,
            1 => 1_000_000,
            _ => 1 << 61,
        };
        self.sized(reach, heaviest)
    }

    /// Few cells with small numbers, where ties and bounds meet.
    pub fn small_spread(&mut self) -> (i64, Vec<Cell<u32>>) {
        self.sized(30, 6)
    }

    fn sized(&mut self, reach: i64, heaviest: u64) -> (i64, Vec<Cell<u32>>) {
        let total = self.around_zero(reach);
        let count = u32::try_from(self.below(10)).expect("less than ten");
        let plain = self.below(3) == 0;
        let turn = u32::try_from(self.below(7)).expect("less than seven");
        let mut cells = Vec::new();
        for place in 0..count {
            // Ids jump about, so that no rule can lean on the order of the list.
            let id = (place * 5 + turn) % 11;
            let weight = self.below(heaviest + 1);
            let cell = Cell::of(total, id, weight);
            cells.push(if plain {
                cell
            } else {
                self.bound(cell, total, reach)
            });
        }
        (total, cells)
    }

    fn bound(&mut self, cell: Cell<u32>, total: i64, reach: i64) -> Cell<u32> {
        let each = reach / 4;
        match self.below(10) {
            0 => cell.locked_at(self.around_zero(each)),
            1 => cell.within(NO_FLOOR, NO_CEILING),
            2 => cell.within(self.around_zero(reach), self.around_zero(reach)),
            3 | 4 => {
                let (one, other) = (self.around_zero(reach), self.around_zero(each));
                cell.within(one.min(other), one.max(other))
            }
            5 | 6 => {
                let (near, far) = (self.around_zero(each).abs(), self.around_zero(reach).abs());
                let (low, high) = (near.min(far), near.max(far));
                if total < 0 {
                    cell.within(-high, -low)
                } else {
                    cell.within(low, high)
                }
            }
            _ => cell,
        }
    }
}
