//! Changing a draft, one act at a time, each of which can be taken back.

use db::{DbError, Result, Tx};
use kernel::{Money, Refusal};
use serde::{Deserialize, Serialize};
use trail::By;

use super::{Opened, record};
use crate::{
    VersionId,
    grid::{Balance, Grid, Moved, Place},
    store::{cells, versions},
    target::Source,
};

/// What is done to a draft.
#[derive(Debug, Clone)]
pub enum Act {
    /// Sets a cell and balances the rest.
    Set {
        holder: String,
        period: String,
        amount: Money,
        balance: Balance,
    },
    /// Locks a cell, or unlocks it.
    Lock {
        holder: String,
        period: String,
        locked: bool,
    },
    /// Locks all open cells of a row, or unlocks them.
    LockRow { holder: String, locked: bool },
    /// Spreads a new total over everything that is open.
    Spread { total: Money },
    /// Takes the last change back.
    Undo,
}

/// What a change did, for the line above the grid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    pub act: String,
    pub holder: String,
    pub period: String,
    pub from: i64,
    pub to: i64,
    /// Who balanced it and by how much, the largest first; at most five.
    pub balanced: Vec<(String, i64)>,
}

impl Summary {
    fn of_lock(locked: bool, holder: &str) -> Summary {
        let act = if locked { "lock" } else { "unlock" };
        Summary {
            act: act.to_owned(),
            holder: holder.to_owned(),
            ..Summary::default()
        }
    }
}

/// What a change replaced.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    total: i64,
    months: Vec<i64>,
    /// Row, column, amount, locked, source.
    cells: Vec<(String, usize, i64, bool, String)>,
}

/// Changes a draft whose copy is `edit`.
///
/// # Errors
///
/// `plan.not_draft`, `plan.changed` if somebody was faster, or the refusal of the grid.
pub async fn act(tx: &mut Tx, opened: Opened, edit: i64, act: &Act, by: &By) -> Result<Summary> {
    if !opened.version.is_draft() {
        let text = "This version is published and immutable. Begin a revision to change targets.";
        return Err(Refusal::state("plan.not_draft", text).into());
    }
    if opened.version.edit != edit {
        return Err(changed().into());
    }
    let then = opened.grid.clone();
    let mut now = opened.grid;
    let summary = match act {
        Act::Undo => undo(tx, &mut now, opened.version.version()).await?,
        other => apply(&mut now, other)?,
    };
    cells::save_grid(tx, &opened.frame, &then, &now).await?;
    let source = opened.version.weight_source.clone();
    let version = opened.version.version();
    versions::touch(tx, version, edit, now.total(), &source)
        .await
        .map_err(|error| match error {
            DbError::Missing => changed().into(),
            other => other,
        })?;
    if !matches!(act, Act::Undo) {
        let before = serde_json::to_string(&before(&then, &now)).unwrap_or_default();
        let text = serde_json::to_string(&summary).unwrap_or_default();
        versions::keep_change(tx, version, &by.name, text, before, by.at).await?;
    }
    let why = serde_json::to_string(&summary).unwrap_or_default();
    record(
        tx,
        by,
        &summary.act,
        &format!("{}/{}", opened.plan.code, opened.version.number),
        &why,
    )
    .await?;
    Ok(summary)
}

fn changed() -> Refusal {
    let text = "Somebody changed this draft meanwhile. Load it again and repeat the change.";
    Refusal::state("plan.changed", text)
}

fn apply(grid: &mut Grid, act: &Act) -> Result<Summary> {
    match act {
        Act::Set {
            holder,
            period,
            amount,
            balance,
        } => set(grid, (holder, period), *amount, *balance),
        Act::Lock {
            holder,
            period,
            locked,
        } => {
            let place = find(grid, holder, period)?;
            grid.rows[place.row].cells[place.column].locked = *locked;
            Ok(Summary {
                period: period.clone(),
                ..Summary::of_lock(*locked, &grid.rows[place.row].name)
            })
        }
        Act::LockRow { holder, locked } => {
            let row = find_row(grid, holder)?;
            for (cell, column) in grid.rows[row].cells.iter_mut().zip(&grid.columns) {
                cell.locked = if column.closed { cell.locked } else { *locked };
            }
            Ok(Summary::of_lock(*locked, &grid.rows[row].name))
        }
        Act::Spread { total } => spread(grid, *total),
        Act::Undo => Ok(Summary::default()),
    }
}

fn set(
    grid: &mut Grid,
    (holder, period): (&str, &str),
    amount: Money,
    balance: Balance,
) -> Result<Summary> {
    let place = find(grid, holder, period)?;
    let from = grid.rows[place.row].cells[place.column].amount;
    let moved = grid.set(place, amount.minor(), balance)?;
    let name = |moved: &Moved| match balance {
        Balance::Periods => grid.columns[moved.place.column].code.clone(),
        Balance::People | Balance::Pool | Balance::Total => grid.rows[moved.place.row].name.clone(),
    };
    let others = moved.iter().filter(|moved| moved.place != place);
    let mut balanced: Vec<(String, i64)> = others
        .map(|moved| (name(moved), moved.to - moved.from))
        .collect();
    balanced.sort_by_key(|(_, by)| std::cmp::Reverse(by.unsigned_abs()));
    balanced.truncate(5);
    Ok(Summary {
        act: "set".to_owned(),
        holder: grid.rows[place.row].name.clone(),
        period: period.to_owned(),
        from,
        to: amount.minor(),
        balanced,
    })
}

fn spread(grid: &mut Grid, total: Money) -> Result<Summary> {
    if total.minor() < 0 {
        return Err(
            Refusal::value("plan.negative", "The total is not negative.")
                .at("total")
                .into(),
        );
    }
    let from = grid.total();
    if from > 0 {
        grid.scale(total.minor())?;
    } else {
        // A plan of nothing has no proportions yet: by what was sold before, months alike.
        grid.spread(total.minor(), &vec![1; grid.columns.len()])?;
    }
    Ok(Summary {
        act: "spread".to_owned(),
        from,
        to: total.minor(),
        ..Summary::default()
    })
}

fn find(grid: &Grid, holder: &str, period: &str) -> Result<Place> {
    let row = find_row(grid, holder)?;
    let column = grid
        .columns
        .iter()
        .position(|column| column.code.eq_ignore_ascii_case(period));
    let column = column.ok_or_else(|| Refusal::missing(format!("period {period} in this plan")))?;
    Ok(Place { row, column })
}

fn find_row(grid: &Grid, holder: &str) -> Result<usize> {
    let row = grid.rows.iter().position(|row| row.holder.key() == holder);
    Ok(row.ok_or_else(|| Refusal::missing("row in this plan".to_owned()))?)
}

fn before(then: &Grid, now: &Grid) -> Before {
    let mut cells = Vec::new();
    for (old, new) in then.rows.iter().zip(&now.rows) {
        for (column, (cell, changed)) in old.cells.iter().zip(&new.cells).enumerate() {
            if cell != changed {
                cells.push((
                    old.holder.key(),
                    column,
                    cell.amount,
                    cell.locked,
                    cell.source.as_str().to_owned(),
                ));
            }
        }
    }
    Before {
        total: then.total(),
        months: then.columns.iter().map(|column| column.target).collect(),
        cells,
    }
}

async fn undo(tx: &mut Tx, grid: &mut Grid, version: VersionId) -> Result<Summary> {
    let nothing = || {
        Refusal::state(
            "plan.nothing_to_undo",
            "There is no change of this draft left to take back.",
        )
    };
    let change = versions::last_change(tx, version)
        .await?
        .ok_or_else(nothing)?;
    let before: Before = serde_json::from_str(&change.before_json)
        .ok()
        .ok_or_else(nothing)?;
    for (key, column, amount, locked, source) in before.cells {
        let row = grid.rows.iter_mut().find(|row| row.holder.key() == key);
        if let Some(cell) = row.and_then(|row| row.cells.get_mut(column)) {
            cell.amount = amount;
            cell.locked = locked;
            cell.source = Source::of(&source);
        }
    }
    for (column, target) in grid.columns.iter_mut().zip(before.months) {
        column.target = target;
    }
    versions::drop_change(tx, change.id).await?;
    let mut summary: Summary = serde_json::from_str(&change.summary_json)
        .ok()
        .ok_or_else(nothing)?;
    summary.act = "undo".to_owned();
    Ok(summary)
}
