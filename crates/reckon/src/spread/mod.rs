//! Cutting a total over cells in proportion to weights, within floors, ceilings and locks.
//!
//! A year's target is cut over regions, a person's over products, a product's over months; some
//! cells are fixed by hand, some may not fall below last year or outgrow it too far. The answer is
//! one level `l` for all free cells: each gets `l × weight`, held between its floor and its
//! ceiling, and the level is the one at which the parts add up to the total. Then the parts are
//! made whole ([`Rounding`]) without losing a unit and without leaving a bound.
//!
//! Amounts are whole units of the smallest step the caller allows (a cent, a thousand, a case),
//! from -(2^63-1) to 2^63-1; `i64::MIN` is read as the least of them. No float decides anything:
//! levels are fractions of two integers and are compared by their cross products.
//!
//! The rules at the edges:
//!
//! - A locked cell keeps its amount; its weight and its bounds are not looked at.
//! - An unlocked cell of weight 0 stays at its floor (at 0, or its ceiling if that is lower, where
//!   it has no floor). It never takes part of what is left.
//! - A negative total is cut as the negation of the cut of its absolute value with the bounds
//!   mirrored, so a reversal cancels exactly. There a cell of weight 0 stays at its ceiling.
//! - Bounds may have any sign. If locks and floors leave less than nothing for the free cells, the
//!   level is negative and the heavier cells carry more of the minus.
//! - What cannot be reached is refused with the gap and the bounds behind it ([`Infeasible`]);
//!   nothing is ever clipped quietly.

mod exact;
mod infeasible;
mod level;
mod rolled;
mod rounding;
mod rows;
mod spreader;
mod tree;

use std::cmp::Ordering;

pub use infeasible::{Bound, Conflict, Infeasible};
pub use rows::{Bounds, RowInfeasible, Rows, spread_rows};
pub use spreader::Spreader;
pub use tree::{NotATree, Tree, TreeInfeasible, flat, spread_tree, top_down};

/// The ceiling of a cell that has none.
pub const NO_CEILING: i64 = i64::MAX;
/// The floor of a cell that has none.
pub const NO_FLOOR: i64 = i64::MIN;

/// How exact shares become whole units. No rule is both: this is a choice, not a quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rounding {
    /// Every free cell is less than one unit from its exact share. Raising the total by one may
    /// move more than one cell, and may even lower one.
    #[default]
    LargestRemainder,
    /// Shares are rounded to the nearest unit at a level chosen so that they add up. Raising the
    /// size of the total by one moves exactly one cell by one; no cell ever falls.
    Monotone,
}

/// One part to be cut.
///
/// The id breaks ties, the smaller first, so ids must differ within one spread. Strings compare by
/// their bytes; `&str`, `String` and integers all serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<Id> {
    pub id: Id,
    pub weight: u64,
    /// [`NO_FLOOR`] if there is none.
    pub floor: i64,
    /// [`NO_CEILING`] if there is none.
    pub ceiling: i64,
    pub locked: Option<i64>,
}

impl<Id> Cell<Id> {
    /// A free cell with the bounds it has when nobody set any: it may not lie on the other side
    /// of zero from `total`.
    pub fn of(total: i64, id: Id, weight: u64) -> Cell<Id> {
        let Bounds { floor, ceiling } = Bounds::of(total);
        Cell {
            id,
            weight,
            floor,
            ceiling,
            locked: None,
        }
    }

    /// The same cell held between `floor` and `ceiling`, both allowed.
    #[must_use]
    pub fn within(self, floor: i64, ceiling: i64) -> Cell<Id> {
        Cell {
            floor,
            ceiling,
            ..self
        }
    }

    /// The same cell fixed at `amount`.
    #[must_use]
    pub fn locked_at(self, amount: i64) -> Cell<Id> {
        Cell {
            locked: Some(amount),
            ..self
        }
    }
}

/// Cuts `total` over `cells`; the parts come in the order of the cells and add up exactly.
///
/// An empty list is a cut of zero only. The answer of each id does not depend on the order of the
/// cells. Cutting a cut again by its own amounts changes nothing, as long as no bound reaches over
/// to the other side of zero.
///
/// # Errors
///
/// [`Infeasible`] if locks and bounds do not allow the total, if a floor lies above its ceiling,
/// or if something is left and no free cell has a weight.
pub fn spread<Id: Ord>(
    total: i64,
    cells: &[Cell<Id>],
    rounding: Rounding,
) -> Result<Vec<i64>, Infeasible> {
    let mut spreader = Spreader::default();
    spreader.spread(total, cells, rounding)?;
    Ok(spreader.into_parts())
}

/// What a spread may do with one cell, its id left aside, seen from a total that is not negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limits {
    weight: u64,
    floor: i64,
    ceiling: i64,
    locked: Option<i64>,
}

impl Limits {
    fn of<Id>(cell: &Cell<Id>) -> Limits {
        Limits {
            locked: cell.locked.map(|amount| amount.max(-i64::MAX)),
            ..Limits::between(cell.weight, cell.floor, cell.ceiling)
        }
    }

    fn between(weight: u64, floor: i64, ceiling: i64) -> Limits {
        Limits {
            weight,
            floor: floor.max(-i64::MAX),
            ceiling: ceiling.max(-i64::MAX),
            locked: None,
        }
    }

    /// The same cell seen from the other side of zero.
    fn mirrored(self) -> Limits {
        Limits {
            weight: self.weight,
            floor: -self.ceiling,
            ceiling: -self.floor,
            locked: self.locked.map(|amount| -amount),
        }
    }

    fn facing(self, side: Side) -> Limits {
        match side {
            Side::Plus => self,
            Side::Minus => self.mirrored(),
        }
    }

    fn contradicts_itself(self) -> bool {
        self.locked.is_none() && self.ceiling < self.floor
    }

    /// Where the cell stands whatever is spread, if it cannot move.
    fn settled(self) -> Option<i64> {
        match self.locked {
            Some(amount) => Some(amount),
            None if self.weight == 0 && self.floor == -i64::MAX => Some(self.ceiling.min(0)),
            None if self.weight == 0 => Some(self.floor),
            None => None,
        }
    }
}

/// On which side of zero a total lies. Minus is solved as the mirror image of plus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Plus,
    Minus,
}

impl Side {
    fn of(total: i64) -> Side {
        match total.cmp(&0) {
            Ordering::Less => Side::Minus,
            Ordering::Equal | Ordering::Greater => Side::Plus,
        }
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tree_tests;
