//! Drafts: begun from history, opened as a grid, changed, taken back, published. Loads, asks the
//! rules, saves.

mod acting;
mod history;
mod opened;
mod publishing;

pub use acting::{Act, Summary, act};
pub use opened::{Opened, open};
pub use publishing::{publish, revise};

use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Currency, Money, PeriodCalendar, Refusal, ids::UnitId};
use org::store::{company::Company, holidays};
use reckon::season;
use trail::{By, Entry};

use self::history::History;
use crate::{
    PlanId, VersionId,
    grid::{Cell, Column, Grid, Row},
    store::{
        calendars,
        cells::{self, Frame},
        plans::{self, NewPlan},
        versions::{self, Member},
    },
    target::{Holder, Measure, Source},
    weights,
};

/// A plan to be made: for a unit, a year and a total.
#[derive(Debug, Clone)]
pub struct Wish {
    pub code: Code,
    pub unit: UnitId,
    pub year: i16,
    pub measure: Measure,
    pub currency: Currency,
    /// None leaves the draft empty.
    pub total: Option<Money>,
}

/// Makes a plan with its first draft, spread by history, season and working days.
///
/// # Errors
///
/// `code.taken`, or a refusal of the year or the total.
pub async fn create(tx: &mut Tx, wish: &Wish, today: Date, by: &By) -> Result<PlanId> {
    let company = org::store::company::expect(tx).await?;
    if wish.currency != company.currency {
        let text = format!(
            "Plans are kept in {}, the currency of reports, not in {}.",
            company.currency, wish.currency
        );
        return Err(Refusal::value("plan.currency", text).at("currency").into());
    }
    let months = company
        .fiscal
        .months(wish.year)
        .map_err(|no| no.at("year"))?;
    let calendar = fiscal_calendar(tx, &company, &months).await?;
    let new = NewPlan {
        code: wish.code.clone(),
        unit: wish.unit,
        year: wish.year,
        measure: wish.measure,
        currency: wish.currency,
        calendar,
    };
    let plan = plans::add(tx, &new, by.at)
        .await
        .map_err(|error| match error {
            DbError::Taken(_) => {
                let text = format!(
                    "There already is a plan {}. Open it, or choose another code.",
                    wish.code
                );
                DbError::Refused(Refusal::state("code.taken", text).at("code"))
            }
            other => other,
        })?;
    let start = company.fiscal.start_of(wish.year)?;
    let version = versions::begin(tx, plan, 1, start, &by.name, by.at).await?;
    let (frame, mut grid, shares) =
        from_history(tx, &company, wish, calendar, version, today).await?;
    if let Some(total) = wish.total {
        if total.minor() < 0 {
            return Err(
                Refusal::value("plan.negative", "The total is not negative.")
                    .at("total")
                    .into(),
            );
        }
        grid.spread(total.minor(), &shares)?;
    }
    cells::add_grid(tx, &frame, &grid).await?;
    versions::touch(tx, version, 1, grid.total(), "history").await?;
    record(
        tx,
        by,
        "create",
        wish.code.as_str(),
        &format!("total {}", Money::of_minor(grid.total(), wish.currency)),
    )
    .await?;
    Ok(plan)
}

/// The calendar of fiscal months, with the months of this year in it.
pub(crate) async fn fiscal_calendar(
    tx: &mut Tx,
    company: &Company,
    months: &PeriodCalendar,
) -> Result<i64> {
    let code = Code::parse(&format!("fiscal-{}", company.fiscal.start_month()))?;
    let calendar = calendars::ensure(tx, &code, "Fiscal months").await?;
    let Some((first, last)) = months.periods().first().zip(months.periods().last()) else {
        return Ok(calendar);
    };
    let there = calendars::within(tx, calendar, first.from, last.to).await?;
    if there.is_empty() {
        calendars::add(tx, calendar, months).await?;
    }
    Ok(calendar)
}

/// An empty grid of the unit's people and a pool, with weights, and the season's shares.
async fn from_history(
    tx: &mut Tx,
    company: &Company,
    wish: &Wish,
    calendar: i64,
    version: VersionId,
    today: Date,
) -> Result<(Frame, Grid, Vec<i64>)> {
    let start = company.fiscal.start_of(wish.year)?;
    let end = company.fiscal.start_of(wish.year + 1)?;
    let periods = calendars::within(tx, calendar, start, end).await?;
    let spans: Vec<(Date, Date)> = periods
        .iter()
        .map(|p| (p.period.from, p.period.to))
        .collect();
    let history = History::load(tx, wish.unit, &spans, start, today).await?;
    let people: Vec<Member> = versions::members(tx, wish.unit, today.max(start))
        .await?
        .into_iter()
        .filter(|member| sells(member, &history))
        .collect();
    let calendar = holidays::work_calendar(tx, &company.country).await?;
    let unit_shares = history.shares(None, &spans, &calendar);
    let weighing = Weighing {
        history: &history,
        spans: &spans,
        calendar: &calendar,
        unit_shares: &unit_shares,
    };
    let (rows, units) = rows_of(wish.unit, &people, &weighing);
    let columns = periods
        .iter()
        .map(|p| Column {
            code: p.period.code.to_string(),
            target: 0,
            closed: false,
        })
        .collect();
    let frame = Frame {
        version,
        periods: periods.iter().map(|p| p.id).collect(),
        units,
    };
    Ok((
        frame,
        Grid {
            currency: wish.currency,
            rows,
            columns,
        },
        unit_shares,
    ))
}

/// What rows are weighed by.
struct Weighing<'a> {
    history: &'a History,
    spans: &'a [(Date, Date)],
    calendar: &'a kernel::WorkCalendar,
    unit_shares: &'a [i64],
}

/// A row for each person, weighed by history and own season, and the pool.
fn rows_of(unit: UnitId, people: &[Member], by: &Weighing<'_>) -> (Vec<Row>, Vec<Vec<UnitId>>) {
    let sold: Vec<i64> = people
        .iter()
        .map(|member| by.history.last_year(member.person))
        .collect();
    let mut rows = Vec::with_capacity(people.len() + 1);
    let mut units = Vec::with_capacity(people.len() + 1);
    for (member, weight) in people.iter().zip(weights::of_people(&sold)) {
        let own = by
            .history
            .shares(Some(member.person), by.spans, by.calendar);
        let leaned = season::lean(&own, by.history.years_of(member.person), by.unit_shares);
        let cell = |share: &i64| Cell {
            amount: 0,
            weight: weights::of_cell(weight.weight, *share),
            locked: false,
            source: weight.source,
        };
        let cells = leaned.iter().map(cell).collect();
        rows.push(Row {
            holder: Holder::Person(member.person),
            name: member.name.clone(),
            cells,
        });
        units.push(vec![member.unit; by.spans.len()]);
    }
    // With nobody to give it to yet, all of it is in the pool.
    let alone = people.is_empty();
    let pooled = |share: &i64| Cell {
        amount: 0,
        weight: if alone {
            weights::of_cell(1_000, *share).max(1)
        } else {
            0
        },
        locked: false,
        source: Source::Typed,
    };
    let cells = by.unit_shares.iter().map(pooled).collect();
    rows.push(Row {
        holder: Holder::Pool(unit),
        name: "Pool".to_owned(),
        cells,
    });
    units.push(vec![unit; by.spans.len()]);
    (rows, units)
}

/// Who gets a row: sales people, and whoever sold something although their role does not say so.
fn sells(member: &Member, history: &History) -> bool {
    match member.role.as_deref() {
        Some("rep") => true,
        None => !member.leads || history.last_year(member.person) != 0,
        Some(_) => history.last_year(member.person) != 0,
    }
}

async fn record(tx: &mut Tx, by: &By, action: &str, subject: &str, why: &str) -> Result<()> {
    let entry = Entry {
        action,
        noun: "plan",
        subject,
        why,
        ..Entry::default()
    };
    trail::record(tx, by, entry).await
}
