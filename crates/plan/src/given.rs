//! Targets given from outside as one amount per person: cut along the months and published as they
//! stand, a plan per unit. The demo company's year begins this way.

use db::{Result, Tx};
use kernel::{
    Code, Currency, Refusal,
    ids::{PersonId, UnitId},
};
use reckon::spread::{self, Cell as SpreadCell, Rounding};
use trail::By;

use crate::{
    VersionId, drafting,
    grid::{Cell, Column, Grid, Row},
    store::{
        calendars,
        cells::{self, Frame},
        plans::{self, NewPlan},
        versions,
    },
    target::{Holder, Measure, Source},
};

/// A person's year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub person: PersonId,
    pub name: String,
    /// The unit the person sits in.
    pub unit: UnitId,
    /// In minor units.
    pub amount: i64,
}

/// A unit's year: whose, when, how it falls on the months of the fiscal year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    pub code: Code,
    pub unit: UnitId,
    pub fiscal: i16,
    pub people: Vec<Given>,
    /// A weight for each of the twelve months.
    pub months: Vec<u64>,
}

/// Publishes a unit's year as version 1; amounts in whole thousands stay in whole thousands.
///
/// # Errors
///
/// `code.taken` as for any plan, or a refusal of the amounts.
pub async fn publish(tx: &mut Tx, year: &Year, by: &By) -> Result<VersionId> {
    let company = org::store::company::expect(tx).await?;
    let fiscal = company.fiscal.months(year.fiscal)?;
    let calendar = drafting::fiscal_calendar(tx, &company, &fiscal).await?;
    let start = company.fiscal.start_of(year.fiscal)?;
    let periods = calendars::within(
        tx,
        calendar,
        start,
        company.fiscal.start_of(year.fiscal + 1)?,
    )
    .await?;
    let new = NewPlan {
        code: year.code.clone(),
        unit: year.unit,
        year: year.fiscal,
        measure: Measure::Booked,
        currency: company.currency,
        calendar,
    };
    let plan = plans::add(tx, &new, by.at).await?;
    let version = versions::begin(tx, plan, 1, start, &by.name, by.at).await?;
    let codes: Vec<String> = periods
        .iter()
        .map(|stored| stored.period.code.to_string())
        .collect();
    let (grid, units) = grid_of(year, &codes, company.currency)?;
    let frame = Frame {
        version,
        periods: periods.iter().map(|stored| stored.id).collect(),
        units,
    };
    cells::add_grid(tx, &frame, &grid).await?;
    versions::touch(tx, version, 1, grid.total(), "given").await?;
    let plan = plans::fetch(tx, &kernel::Scope::All, year.code.as_str()).await?;
    let opened = drafting::open(tx, &kernel::Scope::All, plan, true, Some(1)).await?;
    drafting::publish(tx, &opened, by).await?;
    Ok(version)
}

fn grid_of(year: &Year, codes: &[String], currency: Currency) -> Result<(Grid, Vec<Vec<UnitId>>)> {
    let mut rows = Vec::with_capacity(year.people.len() + 1);
    let mut units = Vec::with_capacity(year.people.len() + 1);
    for given in &year.people {
        let amounts = cut(given.amount, codes, &year.months, currency)?;
        let cells = amounts.into_iter().map(|amount| Cell {
            amount,
            weight: u64::try_from(amount).unwrap_or(0),
            locked: false,
            source: Source::History,
        });
        rows.push(Row {
            holder: Holder::Person(given.person),
            name: given.name.clone(),
            cells: cells.collect(),
        });
        units.push(vec![given.unit; codes.len()]);
    }
    let empty = Cell {
        amount: 0,
        weight: 0,
        locked: false,
        source: Source::Typed,
    };
    rows.push(Row {
        holder: Holder::Pool(year.unit),
        name: "Pool".to_owned(),
        cells: vec![empty; codes.len()],
    });
    units.push(vec![year.unit; codes.len()]);
    let columns = codes.iter().enumerate().map(|(place, code)| Column {
        code: code.clone(),
        target: rows.iter().map(|row: &Row| row.cells[place].amount).sum(),
        closed: false,
    });
    let columns = columns.collect();
    Ok((
        Grid {
            currency,
            rows,
            columns,
        },
        units,
    ))
}

fn cut(amount: i64, codes: &[String], months: &[u64], currency: Currency) -> Result<Vec<i64>> {
    let thousand = currency.minor_per_unit() * 1_000;
    let step = if amount % thousand == 0 && 240 <= amount / thousand {
        thousand
    } else {
        1
    };
    let total = amount / step;
    let cells: Vec<SpreadCell<&str>> = codes
        .iter()
        .zip(months)
        .map(|(code, weight)| SpreadCell::of(total, code.as_str(), *weight))
        .collect();
    let parts = spread::spread(total, &cells, Rounding::LargestRemainder);
    let parts = parts.map_err(|no| Refusal::value("plan.infeasible", no.to_string()))?;
    Ok(parts.into_iter().map(|part| part * step).collect())
}
