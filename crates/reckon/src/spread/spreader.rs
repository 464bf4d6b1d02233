//! The bench on which spreads are worked: it keeps its boards, so that the next spread needs none.

use std::cmp::Ordering;

use super::level::{Slot, settle_at_bounds};
use super::rounding::{largest_remainder, monotone};
use super::{Cell, Infeasible, Limits, Rounding, Side};

/// Spreads one total after another without asking for new memory each time.
///
/// It carries nothing from one spread to the next; a new one gives the same answers.
#[derive(Debug, Default)]
pub struct Spreader {
    parts: Vec<i64>,
    moving: Vec<Slot>,
    open: Vec<Slot>,
    remainders: Vec<(i128, usize)>,
    pub(super) narrow_remainders: Vec<(u64, usize)>,
}

/// What a list of cells adds up to.
#[derive(Default)]
struct Sums {
    settled: i128,
    floors: i128,
    ceilings: i128,
    contradicted: bool,
}

impl Spreader {
    /// As [`spread`](super::spread()); the parts stay here until the next call.
    ///
    /// # Errors
    ///
    /// As [`spread`](super::spread()).
    pub fn spread<Id: Ord>(
        &mut self,
        total: i64,
        cells: &[Cell<Id>],
        rounding: Rounding,
    ) -> Result<&[i64], Infeasible> {
        let limits = cells.iter().map(Limits::of);
        let tie = |left: usize, right: usize| cells[left].id.cmp(&cells[right].id);
        self.face(total, limits, rounding, tie)?;
        Ok(&self.parts)
    }

    pub(super) fn into_parts(self) -> Vec<i64> {
        self.parts
    }

    pub(super) fn parts(&self) -> &[i64] {
        &self.parts
    }

    /// Spreads from the side of zero on which `total` lies.
    pub(super) fn face(
        &mut self,
        total: i64,
        cells: impl Iterator<Item = Limits> + Clone,
        rounding: Rounding,
        tie: impl Fn(usize, usize) -> Ordering,
    ) -> Result<(), Infeasible> {
        let side = Side::of(total);
        let cells = cells.map(|cell| cell.facing(side));
        let size = i128::from(total).abs();
        let spread = self.forward(size, cells, rounding, tie);
        spread.map_err(|refused| refused.facing(side))?;
        if side == Side::Minus {
            for part in &mut self.parts {
                *part = -*part;
            }
        }
        Ok(())
    }

    /// Spreads `total` as if it lay on the plus side, whatever its sign: cells without a weight
    /// stay at their floors.
    pub(super) fn forward(
        &mut self,
        total: i128,
        cells: impl Iterator<Item = Limits> + Clone,
        rounding: Rounding,
        tie: impl Fn(usize, usize) -> Ordering,
    ) -> Result<(), Infeasible> {
        let sums = self.lay_out(cells.clone());
        if sums.contradicted {
            return Err(Infeasible::contradiction(cells));
        }
        let (least, most) = (sums.settled + sums.floors, sums.settled + sums.ceilings);
        if total < least {
            return Err(Infeasible::too_little(total, least, cells));
        }
        if most < total {
            return Err(Infeasible::too_much(total, most, cells));
        }
        let left = total - sums.settled;
        if rounding == Rounding::Monotone {
            self.moving.clone_from(&self.open);
        }
        let level = settle_at_bounds(&mut self.open, left, &mut self.parts);
        match rounding {
            Rounding::LargestRemainder => {
                let remainders = &mut self.remainders;
                largest_remainder(&self.open, &level, &mut self.parts, remainders, tie);
            }
            Rounding::Monotone => {
                monotone(&mut self.moving, &self.open, &level, &mut self.parts, tie);
            }
        }
        Ok(())
    }

    /// Puts the cells that cannot move at their amounts and lays the others out as slots.
    fn lay_out(&mut self, cells: impl Iterator<Item = Limits>) -> Sums {
        self.parts.clear();
        self.open.clear();
        let mut sums = Sums::default();
        for (index, cell) in cells.enumerate() {
            sums.contradicted |= cell.contradicts_itself();
            let settled = cell.settled();
            self.parts.push(settled.unwrap_or(0));
            if let Some(amount) = settled {
                sums.settled += i128::from(amount);
                continue;
            }
            sums.floors += i128::from(cell.floor);
            sums.ceilings += i128::from(cell.ceiling);
            self.open.push(Slot {
                index,
                weight: cell.weight,
                floor: cell.floor,
                ceiling: cell.ceiling,
            });
        }
        sums
    }
}
