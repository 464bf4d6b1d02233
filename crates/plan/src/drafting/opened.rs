//! A version of a plan, loaded as a grid.

use db::{Result, Tx};
use kernel::{
    Refusal, Scope,
    ids::{PersonId, UnitId},
};

use crate::{
    PeriodId,
    grid::{Cell, Column, Grid, Row},
    store::{
        cells::{self, Frame},
        plans::Plan,
        versions::{self, Version},
    },
    target::{Holder, Source},
};

/// A version opened for reading or changing.
#[derive(Debug, Clone)]
pub struct Opened {
    pub plan: Plan,
    pub version: Version,
    pub frame: Frame,
    pub grid: Grid,
    pub months: Vec<cells::StoredMonth>,
    pub cells: Vec<cells::StoredCell>,
}

/// Opens the newest version in scope: the draft for those who may change it, else the published one.
///
/// # Errors
///
/// A refusal of kind missing if there is none to show.
pub async fn open(
    tx: &mut Tx,
    scope: &Scope,
    plan: Plan,
    drafts: bool,
    number: Option<i64>,
) -> Result<Opened> {
    let all = versions::of_plan(tx, plan.plan()).await?;
    let wanted = all.into_iter().find(|version| {
        (drafts || !version.is_draft()) && number.is_none_or(|number| number == version.number)
    });
    let version = wanted
        .ok_or_else(|| Refusal::missing(format!("published version of plan {}", plan.code)))?;
    let months = cells::months(tx, version.version()).await?;
    let stored = cells::of_version(tx, scope, version.version()).await?;
    let (frame, grid) = assemble(&plan, &version, &months, &stored)?;
    Ok(Opened {
        plan,
        version,
        frame,
        grid,
        months,
        cells: stored,
    })
}

fn assemble(
    plan: &Plan,
    version: &Version,
    months: &[cells::StoredMonth],
    stored: &[cells::StoredCell],
) -> Result<(Frame, Grid)> {
    let columns: Vec<Column> = months
        .iter()
        .map(|month| Column {
            code: month.code.clone(),
            target: month.amount_minor,
            closed: month.from_day.as_str() < version.effective_from.as_str(),
        })
        .collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut units: Vec<Vec<UnitId>> = Vec::new();
    for cell in stored {
        let unit = UnitId::of(cell.unit_id);
        let holder = cell
            .person_id
            .map_or(Holder::Pool(unit), |id| Holder::Person(PersonId::of(id)));
        if rows.last().is_none_or(|row| row.holder != holder) {
            let name = cell
                .person_name
                .clone()
                .unwrap_or_else(|| "Pool".to_owned());
            rows.push(Row {
                holder,
                name,
                cells: Vec::with_capacity(columns.len()),
            });
            units.push(Vec::with_capacity(columns.len()));
        }
        if let Some((row, units)) = rows.last_mut().zip(units.last_mut()) {
            units.push(unit);
            row.cells.push(Cell {
                amount: cell.amount_minor,
                weight: u64::try_from(cell.weight).unwrap_or(0),
                locked: cell.locked == 1,
                source: Source::of(&cell.source),
            });
        }
    }
    let frame = Frame {
        version: version.version(),
        periods: months
            .iter()
            .map(|month| PeriodId::of(month.period_id))
            .collect(),
        units,
    };
    let currency = plan.currency()?;
    // A version brought in from a file may lack a cell here and there: it counts as zero.
    for row in &mut rows {
        let empty = Cell {
            amount: 0,
            weight: 0,
            locked: false,
            source: Source::Imported,
        };
        row.cells.resize(columns.len(), empty);
    }
    Ok((
        frame,
        Grid {
            currency,
            rows,
            columns,
        },
    ))
}
