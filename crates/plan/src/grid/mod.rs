//! The plan as a grid: who × period, and the target of each period above it.
//!
//! Whatever is done to it, the cells of a period add up to the period's target and the periods to
//! the total, to the minor unit; closed periods and locked cells stay as they are. A change names
//! what balances it: colleagues in the same month, other months of the same person, the pool of
//! what is not allocated, or the total itself. What cannot be balanced is refused with the cells
//! that stand in the way and by how much.

use kernel::{Currency, Money, Refusal};
use reckon::spread::{self, Cell as SpreadCell, Infeasible, Rounding};

use crate::target::{Holder, Source};

/// One target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub amount: i64,
    pub weight: u64,
    pub locked: bool,
    pub source: Source,
}

/// One holder's targets, a cell per period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub holder: Holder,
    /// For messages and for breaking ties the same way every time.
    pub name: String,
    pub cells: Vec<Cell>,
}

/// A period of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// For messages: `2026-06`.
    pub code: String,
    pub target: i64,
    /// Over, or fixed by the version before: nothing in it moves.
    pub closed: bool,
}

/// The whole version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    pub currency: Currency,
    pub rows: Vec<Row>,
    pub columns: Vec<Column>,
}

/// What takes up the difference of a changed cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Balance {
    /// Other people in the same period, pro rata; period and total stay.
    #[default]
    People,
    /// Other open periods of the same holder, pro rata; the holder's year stays.
    Periods,
    /// The pool of the unit in the same period.
    Pool,
    /// Nothing: period and total move.
    Total,
}

impl Balance {
    /// # Errors
    ///
    /// `balance.unknown`.
    pub fn parse(text: &str) -> Result<Balance, Refusal> {
        match text {
            "" | "people" => Ok(Balance::People),
            "periods" => Ok(Balance::Periods),
            "pool" => Ok(Balance::Pool),
            "total" => Ok(Balance::Total),
            other => Err(Refusal::value(
                "balance.unknown",
                format!("“{other}” cannot balance a change. Use people, periods, pool or total."),
            )
            .at("balance")),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Balance::People => "people",
            Balance::Periods => "periods",
            Balance::Pool => "pool",
            Balance::Total => "total",
        }
    }
}

/// A cell by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub row: usize,
    pub column: usize,
}

/// A cell that moved, for the line that says what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub place: Place,
    pub from: i64,
    pub to: i64,
}

impl Grid {
    /// The total of all periods.
    pub fn total(&self) -> i64 {
        self.columns.iter().map(|column| column.target).sum()
    }

    /// What the cells of a period add up to.
    pub fn allocated(&self, column: usize) -> i64 {
        self.rows.iter().map(|row| row.cells[column].amount).sum()
    }

    /// Target less cells of a period: 0 in every grid this module made.
    pub fn remainder(&self, column: usize) -> i64 {
        self.columns[column].target - self.allocated(column)
    }

    pub fn year_of(&self, row: usize) -> i64 {
        self.rows[row].cells.iter().map(|cell| cell.amount).sum()
    }

    /// Whether a cell may be changed by hand or moved by balancing.
    pub fn is_open(&self, place: Place) -> bool {
        !self.columns[place.column].closed && !self.rows[place.row].cells[place.column].locked
    }

    /// Spreads `total` over the periods by `shares` and each period over the rows by the cells'
    /// weights. Closed periods keep their target, closed and locked cells their amount; pools, whose
    /// weight is 0, get nothing.
    ///
    /// # Errors
    ///
    /// `plan.infeasible` if closed periods or locked cells leave no room, with the conflict.
    pub fn spread(&mut self, total: i64, shares: &[i64]) -> Result<Vec<Moved>, Refusal> {
        self.cut_all(total, shares, By::Weight)
    }

    /// Brings the whole to a new total in the proportions that stand now, over periods and over
    /// people; what was agreed by hand is kept in proportion. Pools keep what they hold.
    ///
    /// # Errors
    ///
    /// As [`Grid::spread`].
    pub fn scale(&mut self, total: i64) -> Result<Vec<Moved>, Refusal> {
        let shares: Vec<i64> = self.columns.iter().map(|column| column.target).collect();
        self.cut_all(total, &shares, By::Amount)
    }

    fn cut_all(&mut self, total: i64, shares: &[i64], by: By) -> Result<Vec<Moved>, Refusal> {
        if MOST < total {
            return Err(too_large().at("total"));
        }
        let before = self.clone();
        let cells: Vec<SpreadCell<&str>> = self
            .columns
            .iter()
            .zip(shares)
            .map(|(column, share)| {
                let weight = u64::try_from(*share).unwrap_or(0);
                let cell = SpreadCell::of(total, column.code.as_str(), weight);
                if column.closed {
                    cell.locked_at(column.target)
                } else {
                    cell
                }
            })
            .collect();
        let targets = self
            .cut(total, cells)
            .map_err(|no| self.infeasible_periods(total, &no))?;
        for (column, target) in self.columns.iter_mut().zip(targets) {
            column.target = target;
        }
        for column in 0..self.columns.len() {
            if let Err(no) = self.spread_column(column, by, None) {
                *self = before;
                return Err(no);
            }
        }
        Ok(self.moved_since(&before))
    }

    /// Sets one cell and balances it; the changed cell counts as typed.
    ///
    /// # Errors
    ///
    /// `plan.closed`, `plan.locked`, `plan.negative`, or `plan.infeasible` with the conflict; the
    /// grid is as it was then.
    pub fn set(
        &mut self,
        place: Place,
        amount: i64,
        balance: Balance,
    ) -> Result<Vec<Moved>, Refusal> {
        self.accept(place, amount)?;
        let before = self.clone();
        let outcome = self.set_and_balance(place, amount, balance);
        if let Err(no) = outcome {
            *self = before;
            return Err(no);
        }
        Ok(self.moved_since(&before))
    }

    /// No part of a plan is larger than its total, so a total that leaves room for adding a few of
    /// them keeps every sum of plans within bounds.
    fn fits(&self) -> Result<(), Refusal> {
        let total: i128 = self
            .columns
            .iter()
            .map(|column| i128::from(column.target))
            .sum();
        if i128::from(MOST) < total {
            Err(too_large().at("amount"))
        } else {
            Ok(())
        }
    }

    fn accept(&self, place: Place, amount: i64) -> Result<(), Refusal> {
        let column = &self.columns[place.column];
        let row = &self.rows[place.row];
        if column.closed {
            let text = format!(
                "{} is closed. A correction is made in an open period.",
                column.code
            );
            return Err(Refusal::state("plan.closed", text));
        }
        if row.cells[place.column].locked {
            let text = format!(
                "{}, {} is locked. Unlock the cell first.",
                row.name, column.code
            );
            return Err(Refusal::state("plan.locked", text));
        }
        if amount < 0 {
            return Err(Refusal::value("plan.negative", "A target is not negative.").at("amount"));
        }
        if MOST < amount {
            return Err(too_large().at("amount"));
        }
        Ok(())
    }

    fn set_and_balance(
        &mut self,
        place: Place,
        amount: i64,
        balance: Balance,
    ) -> Result<(), Refusal> {
        let difference = amount - self.rows[place.row].cells[place.column].amount;
        let cell = &mut self.rows[place.row].cells[place.column];
        cell.amount = amount;
        cell.source = Source::Typed;
        match balance {
            Balance::People => self.spread_column(place.column, By::Amount, Some(place.row)),
            Balance::Periods => self.spread_row(place, difference),
            Balance::Pool => self.take_from_pool(place, difference),
            Balance::Total => {
                let column = &mut self.columns[place.column];
                column.target = column
                    .target
                    .checked_add(difference)
                    .ok_or_else(too_large)?;
                self.fits()
            }
        }
    }

    /// The largest round step that the total and every fixed amount is a multiple of: a thousand
    /// units, one unit, or the minor unit. Targets given in thousands stay in thousands, as long as
    /// the step is fine enough to keep the proportions.
    fn step(&self, total: i64, fixed: &[i64], cells: usize) -> i64 {
        let unit = self.currency.minor_per_unit();
        let enough = i64::try_from(cells)
            .unwrap_or(i64::MAX)
            .saturating_mul(STEPS_PER_CELL);
        let fits = |step: &i64| {
            let divides = total % step == 0 && fixed.iter().all(|amount| amount % step == 0);
            divides && enough <= total / step
        };
        [unit * 1_000, unit].into_iter().find(fits).unwrap_or(1)
    }

    /// Cuts `total` along `cells` in the largest step that total and fixed amounts allow.
    fn cut<Id: Ord>(
        &self,
        total: i64,
        mut cells: Vec<SpreadCell<Id>>,
    ) -> Result<Vec<i64>, Infeasible> {
        let fixed: Vec<i64> = cells.iter().filter_map(|cell| cell.locked).collect();
        let step = self.step(total, &fixed, cells.len());
        for cell in &mut cells {
            cell.locked = cell.locked.map(|amount| amount / step);
        }
        let parts = spread::spread(total / step, &cells, Rounding::LargestRemainder);
        parts
            .map(|parts| parts.into_iter().map(|part| part * step).collect())
            .map_err(|mut no| {
                no.shortfall *= i128::from(step);
                for conflict in &mut no.conflicts {
                    conflict.amount = conflict.amount.saturating_mul(step);
                }
                no
            })
    }

    /// Spreads a period's target over its rows; `fixed` keeps what it has.
    fn spread_column(
        &mut self,
        column: usize,
        by: By,
        fixed: Option<usize>,
    ) -> Result<(), Refusal> {
        if self.columns[column].closed {
            return Ok(());
        }
        let target = self.columns[column].target;
        let mut cells: Vec<SpreadCell<String>> = Vec::with_capacity(self.rows.len());
        for (index, row) in self.rows.iter().enumerate() {
            let cell = &row.cells[column];
            let pool_stays = row.holder.person().is_none() && by == By::Amount;
            let given = match by {
                By::Weight => cell.weight,
                By::Amount => u64::try_from(cell.amount).unwrap_or(0),
            };
            let part = SpreadCell::of(target, row.holder.key(), given);
            let stays = cell.locked || fixed == Some(index) || pool_stays;
            cells.push(if stays {
                part.locked_at(cell.amount)
            } else {
                part
            });
        }
        // Colleagues who all stand at zero have no proportion: their weights decide then.
        if by == By::Amount
            && cells
                .iter()
                .all(|cell| cell.locked.is_some() || cell.weight == 0)
        {
            for (cell, row) in cells.iter_mut().zip(&self.rows) {
                cell.weight = row.cells[column].weight;
            }
        }
        let parts = self
            .cut(target, cells)
            .map_err(|no| self.infeasible_column(column, &no))?;
        for (row, part) in self.rows.iter_mut().zip(parts) {
            row.cells[column].amount = part;
        }
        Ok(())
    }

    /// Takes `difference` from the other open periods of the same row; their targets move along.
    fn spread_row(&mut self, place: Place, difference: i64) -> Result<(), Refusal> {
        let row = &self.rows[place.row];
        let year = self.year_of(place.row) - difference;
        let cells: Vec<SpreadCell<&str>> = row
            .cells
            .iter()
            .zip(&self.columns)
            .enumerate()
            .map(|(index, (cell, column))| {
                let weight = u64::try_from(cell.amount).unwrap_or(0);
                let part = SpreadCell::of(year, column.code.as_str(), weight);
                let stays = index == place.column || cell.locked || column.closed;
                if stays {
                    part.locked_at(cell.amount)
                } else {
                    part
                }
            })
            .collect();
        let parts = self
            .cut(year, cells)
            .map_err(|no| self.infeasible_row(place.row, &no))?;
        for (index, part) in parts.into_iter().enumerate() {
            let cell = &mut self.rows[place.row].cells[index];
            let moved = if index == place.column {
                difference
            } else {
                part - cell.amount
            };
            cell.amount = part;
            let column = &mut self.columns[index];
            column.target = column.target.checked_add(moved).ok_or_else(too_large)?;
        }
        Ok(())
    }

    fn take_from_pool(&mut self, place: Place, difference: i64) -> Result<(), Refusal> {
        let pool = self
            .rows
            .iter()
            .position(|row| row.holder.person().is_none());
        let Some(pool) = pool.filter(|pool| *pool != place.row) else {
            let text =
                "The pool cannot balance itself. Choose other people, other periods or the total.";
            return Err(Refusal::value("plan.pool", text));
        };
        let has = self.rows[pool].cells[place.column].amount;
        if has < difference {
            let (has, short) = (self.money(has), self.money(difference - has));
            let text = format!(
                "The pool of {} holds {has}; {short} more is needed. Take it from other people or periods, or raise the total.",
                self.columns[place.column].code
            );
            return Err(Refusal::value("plan.infeasible", text));
        }
        self.rows[pool].cells[place.column].amount = has - difference;
        Ok(())
    }

    fn moved_since(&self, before: &Grid) -> Vec<Moved> {
        let mut moved = Vec::new();
        for (row, (now, then)) in self.rows.iter().zip(&before.rows).enumerate() {
            let cells = now.cells.iter().zip(&then.cells).enumerate();
            let changed = cells.filter(|(_, (now, then))| now.amount != then.amount);
            moved.extend(changed.map(|(column, (now, then))| Moved {
                place: Place { row, column },
                from: then.amount,
                to: now.amount,
            }));
        }
        moved
    }

    fn infeasible_column(&self, column: usize, no: &Infeasible) -> Refusal {
        let place = format!("in {}", self.columns[column].code);
        self.infeasible(&place, no, |index| self.rows[index].name.clone())
    }

    fn infeasible_row(&self, row: usize, no: &Infeasible) -> Refusal {
        let place = format!("of {}", self.rows[row].name);
        self.infeasible(&place, no, |index| self.columns[index].code.clone())
    }

    fn infeasible_periods(&self, total: i64, no: &Infeasible) -> Refusal {
        let closed = self
            .columns
            .iter()
            .filter(|column| column.closed)
            .map(|column| column.target);
        let fixed: i64 = closed.sum();
        let text = if no.shortfall < 0 {
            format!(
                "Closed periods already hold {}, more than the total of {}. Choose a larger total.",
                self.money(fixed),
                self.money(total)
            )
        } else {
            format!(
                "Every period is closed at {} together; nothing is open to take a total of {}.",
                self.money(fixed),
                self.money(total)
            )
        };
        Refusal::value("plan.infeasible", text).at("total")
    }

    fn infeasible(&self, place: &str, no: &Infeasible, name: impl Fn(usize) -> String) -> Refusal {
        let apart = self.money(i64::try_from(no.shortfall.unsigned_abs()).unwrap_or(i64::MAX));
        let named = no.conflicts.iter().take(5).map(|conflict| {
            format!(
                "{} at {}",
                name(conflict.index),
                self.money(conflict.amount)
            )
        });
        let named: Vec<String> = named.collect();
        let fixed = if named.is_empty() {
            "nothing is open".to_owned()
        } else {
            named.join(", ")
        };
        let way = if no.shortfall < 0 {
            "less than what is fixed"
        } else {
            "more than the open cells can take"
        };
        let text = format!(
            "The targets {place} cannot be balanced: what is left is {apart} {way} ({fixed}). Unlock a cell, or choose another balance."
        );
        Refusal::value("plan.infeasible", text)
    }

    /// An amount as it is read in a sentence: `1,184,000.00 CNY`.
    fn money(&self, minor: i64) -> String {
        let text = Money::of_minor(minor, self.currency).decimal();
        let (whole, fraction) = text
            .split_once('.')
            .map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
        let digits = whole.trim_start_matches('-');
        let mut grouped = String::from(&whole[..whole.len() - digits.len()]);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let fraction = fraction
            .map(|fraction| format!(".{fraction}"))
            .unwrap_or_default();
        format!("{grouped}{fraction} {}", self.currency)
    }
}

/// The largest total of a plan in minor units: a sixteenth of what a sum can hold.
const MOST: i64 = i64::MAX / 16;

/// A round step is used only where each cell gets this many of them on average.
const STEPS_PER_CELL: i64 = 20;

/// What a period is spread by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Weight,
    /// What stands in the cells now, so that a small change moves everybody a little.
    Amount,
}

fn too_large() -> Refusal {
    Refusal::value(
        "money.too_large",
        "The total is larger than can be recorded. Check for a slipped digit.",
    )
}

#[cfg(test)]
mod tests;
