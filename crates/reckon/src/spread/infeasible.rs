//! Why a total cannot be cut: the gap, and the locks and bounds that leave it.

use super::{Limits, Side};

/// The total cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the total misses what locks and bounds allow by {shortfall}")]
pub struct Infeasible {
    /// The total minus the nearest total that can be reached: positive if the cells cannot take
    /// so much, negative if they cannot take so little. Where floors lie above their ceilings
    /// nothing can be reached; then it is the sum of those overlaps.
    pub shortfall: i128,
    /// The cells that stand in the way, in their order. Empty only if there are no cells.
    pub conflicts: Vec<Conflict>,
}

/// One cell that stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// The place of the cell in the list that was spread, or of the node in its tree.
    pub index: usize,
    pub bound: Bound,
    /// The floor, ceiling or lock itself; where there is no weight, the amount the cell stays at.
    pub amount: i64,
}

/// What holds a cell back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    Floor,
    Ceiling,
    Lock,
    /// It has room, but no weight to claim a share by.
    NoWeight,
}

impl Conflict {
    pub(super) fn new(index: usize, bound: Bound, amount: i64) -> Conflict {
        Conflict {
            index,
            bound,
            amount,
        }
    }

    fn mirrored(self) -> Conflict {
        let bound = match self.bound {
            Bound::Floor => Bound::Ceiling,
            Bound::Ceiling => Bound::Floor,
            Bound::Lock | Bound::NoWeight => self.bound,
        };
        Conflict::new(self.index, bound, -self.amount)
    }
}

impl Infeasible {
    /// Floors above ceilings, cell by cell.
    pub(super) fn contradiction(cells: impl Iterator<Item = Limits>) -> Infeasible {
        let mut shortfall = 0;
        let mut conflicts = Vec::new();
        for (index, cell) in cells
            .enumerate()
            .filter(|(_, cell)| cell.contradicts_itself())
        {
            shortfall += i128::from(cell.floor) - i128::from(cell.ceiling);
            conflicts.push(Conflict::new(index, Bound::Floor, cell.floor));
            conflicts.push(Conflict::new(index, Bound::Ceiling, cell.ceiling));
        }
        Infeasible {
            shortfall,
            conflicts,
        }
    }

    /// The cells ask for at least `least`, which is more than `total`. Only what lifts the parts
    /// above zero is to blame, unless the total itself is below.
    pub(super) fn too_little(
        total: i128,
        least: i128,
        cells: impl Iterator<Item = Limits>,
    ) -> Infeasible {
        let lifts = |amount: i64| 0 < amount || (total < 0 && -i64::MAX < amount);
        let conflict = |(index, cell): (usize, Limits)| match cell.locked {
            Some(amount) => lifts(amount).then(|| Conflict::new(index, Bound::Lock, amount)),
            None => lifts(cell.floor).then(|| Conflict::new(index, Bound::Floor, cell.floor)),
        };
        Infeasible {
            shortfall: total - least,
            conflicts: cells.enumerate().filter_map(conflict).collect(),
        }
    }

    /// The cells can take at most `most`, which is less than `total`.
    pub(super) fn too_much(
        total: i128,
        most: i128,
        cells: impl Iterator<Item = Limits>,
    ) -> Infeasible {
        let conflict = |(index, cell): (usize, Limits)| match (cell.locked, cell.settled()) {
            (Some(amount), _) => Conflict::new(index, Bound::Lock, amount),
            (None, Some(amount)) if amount < cell.ceiling => {
                Conflict::new(index, Bound::NoWeight, amount)
            }
            (None, _) => Conflict::new(index, Bound::Ceiling, cell.ceiling),
        };
        Infeasible {
            shortfall: total - most,
            conflicts: cells.enumerate().map(conflict).collect(),
        }
    }

    /// The same refusal with every cell's place looked up in a longer list.
    pub(super) fn at(mut self, place: impl Fn(usize) -> usize) -> Infeasible {
        for conflict in &mut self.conflicts {
            conflict.index = place(conflict.index);
        }
        self
    }

    /// The refusal told from the side the total really lies on.
    pub(super) fn facing(self, side: Side) -> Infeasible {
        match side {
            Side::Plus => self,
            Side::Minus => Infeasible {
                shortfall: -self.shortfall,
                conflicts: self.conflicts.into_iter().map(Conflict::mirrored).collect(),
            },
        }
    }
}
