//! Drafts: begun from history, loaded as a grid, changed, taken back, published. Loads, asks the
//! rules, saves.

use std::collections::BTreeMap;

use book::store::sales;
use db::{DbError, Result, Tx};
use jiff::{Timestamp, ToSpan, civil::Date};
use kernel::{
    Code, Currency, Moment, Money, PeriodCalendar, Refusal, Scope, View, WorkCalendar,
    ids::{PersonId, UnitId},
};
use org::store::{company::Company, holidays};
use reckon::season;
use serde::{Deserialize, Serialize};
use trail::{By, Entry};

use crate::{
    PeriodId, PlanId, VersionId,
    grid::{Balance, Cell, Column, Grid, Place, Row},
    store::{
        calendars,
        cells::{self, Frame},
        plans::{self, NewPlan, Plan},
        versions::{self, Member, Version},
    },
    target::{Holder, Measure, Source},
    weights,
};

/// How many past years the season is learned from, at most.
const SEASON_YEARS: i16 = 3;

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
    let sold: Vec<i64> = people
        .iter()
        .map(|member| history.last_year(member.person))
        .collect();
    let mut rows = Vec::with_capacity(people.len() + 1);
    let mut units = Vec::with_capacity(people.len() + 1);
    for (member, weight) in people.iter().zip(weights::of_people(&sold)) {
        let own = history.shares(Some(member.person), &spans, &calendar);
        let leaned = season::lean(&own, history.years_of(member.person), &unit_shares);
        let cell = |share: &i64| Cell {
            amount: 0,
            weight: weights::of_cell(weight.weight, *share),
            locked: false,
            source: weight.source,
        };
        rows.push(Row {
            holder: Holder::Person(member.person),
            name: member.name.clone(),
            cells: leaned.iter().map(cell).collect(),
        });
        units.push(vec![member.unit; periods.len()]);
    }
    let empty = Cell {
        amount: 0,
        weight: 0,
        locked: false,
        source: Source::Typed,
    };
    let mut pool = vec![empty; periods.len()];
    if people.is_empty() {
        // Nobody to give it to yet: all of it is in the pool.
        for (cell, share) in pool.iter_mut().zip(&unit_shares) {
            cell.weight = weights::of_cell(1_000, *share).max(1);
        }
    }
    rows.push(Row {
        holder: Holder::Pool(wish.unit),
        name: "Pool".to_owned(),
        cells: pool,
    });
    units.push(vec![wish.unit; periods.len()]);
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

/// Who gets a row: sales people, and whoever sold something although their role does not say so.
fn sells(member: &Member, history: &History) -> bool {
    match member.role.as_deref() {
        Some("rep") => true,
        None => !member.leads || history.last_year(member.person) != 0,
        Some(_) => history.last_year(member.person) != 0,
    }
}

/// What was sold in the years before, by person and period, on today's map.
struct History {
    /// Per year back (0 is the year before), per person, per period.
    years: Vec<BTreeMap<Option<PersonId>, Vec<i64>>>,
    spans: Vec<Vec<(Date, Date)>>,
    last_year: BTreeMap<PersonId, i64>,
}

impl History {
    async fn load(
        tx: &mut Tx,
        unit: UnitId,
        spans: &[(Date, Date)],
        start: Date,
        today: Date,
    ) -> Result<History> {
        let inside = org::store::units::sub_tree(tx, unit).await?;
        // The twelve months before the plan year, or before today if that is earlier.
        let until = start.min(today);
        let mut years = Vec::new();
        let mut year_spans = Vec::new();
        let (first, _) = sales::first_and_last_day(tx)
            .await?
            .unwrap_or((today, today));
        for back in 1..=SEASON_YEARS {
            let moved: Vec<(Date, Date)> = spans
                .iter()
                .map(|(from, to)| (years_before(*from, back), years_before(*to, back)))
                .collect();
            let whole = moved.first().is_some_and(|(from, _)| first <= *from)
                && moved.last().is_some_and(|(_, to)| *to <= today);
            if !whole {
                continue;
            }
            years.push(by_person(tx, &inside, &moved, today).await?);
            year_spans.push(moved);
        }
        let last = by_person(tx, &inside, &[(years_before(until, 1), until)], today).await?;
        let last_year = last
            .into_iter()
            .filter_map(|(person, sums)| Some((person?, sums.first().copied().unwrap_or(0))))
            .collect();
        Ok(History {
            years,
            spans: year_spans,
            last_year,
        })
    }

    fn last_year(&self, person: PersonId) -> i64 {
        self.last_year.get(&person).copied().unwrap_or(0)
    }

    fn years_of(&self, person: PersonId) -> usize {
        self.years
            .iter()
            .filter(|year| year.contains_key(&Some(person)))
            .count()
    }

    /// The season of one person, or of the whole unit, corrected by the working days of the plan.
    fn shares(
        &self,
        person: Option<PersonId>,
        spans: &[(Date, Date)],
        calendar: &WorkCalendar,
    ) -> Vec<i64> {
        let years: Vec<season::Year> = self
            .years
            .iter()
            .map(|year| match person {
                Some(_) => year.get(&person).cloned().unwrap_or_default(),
                None => (0..spans.len())
                    .map(|place| year.values().map(|sums| sums[place]).sum())
                    .collect(),
            })
            .collect();
        let shares = season::shares(&years, spans.len());
        let days = |(from, to): &(Date, Date)| calendar.working_days(*from, *to);
        let planned: Vec<u32> = spans.iter().map(days).collect();
        let count = u32::try_from(self.spans.len()).unwrap_or(0);
        let usual: Vec<u32> = (0..spans.len())
            .map(|place| {
                let sum: u32 = self.spans.iter().map(|year| days(&year[place])).sum();
                (sum * 100).checked_div(count).unwrap_or(0)
            })
            .collect();
        season::by_working_days(&shares, &planned, &usual)
    }
}

fn years_before(day: Date, years: i16) -> Date {
    day.saturating_sub(i64::from(years).years())
}

async fn by_person(
    tx: &mut Tx,
    inside: &[UnitId],
    spans: &[(Date, Date)],
    today: Date,
) -> Result<BTreeMap<Option<PersonId>, Vec<i64>>> {
    let part = Scope::Part {
        people: Vec::new(),
        units: inside.to_vec(),
    };
    let sold = sales::by_span(tx, &part, View::AsWas, spans, Moment::latest(today)).await?;
    let mut sums: BTreeMap<Option<PersonId>, Vec<i64>> = BTreeMap::new();
    for one in sold {
        let row = sums
            .entry(one.person)
            .or_insert_with(|| vec![0; spans.len()]);
        row[one.span] = row[one.span].saturating_add(one.net_exact);
    }
    Ok(sums)
}

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub act: String,
    pub holder: String,
    pub period: String,
    pub from: i64,
    pub to: i64,
    /// Who balanced it and by how much, the largest first; at most five.
    pub balanced: Vec<(String, i64)>,
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
    let mut summary = Summary {
        act: String::new(),
        holder: String::new(),
        period: String::new(),
        from: 0,
        to: 0,
        balanced: Vec::new(),
    };
    match act {
        Act::Set {
            holder,
            period,
            amount,
            balance,
        } => {
            let place = find(grid, holder, period)?;
            let from = grid.rows[place.row].cells[place.column].amount;
            let moved = grid.set(place, amount.minor(), *balance)?;
            summary.act = "set".to_owned();
            summary.holder.clone_from(&grid.rows[place.row].name);
            summary.period.clone_from(period);
            (summary.from, summary.to) = (from, amount.minor());
            let mut balanced: Vec<(String, i64)> = moved
                .iter()
                .filter(|moved| moved.place != place)
                .map(|moved| {
                    let name = match balance {
                        Balance::Periods => grid.columns[moved.place.column].code.clone(),
                        Balance::People | Balance::Pool | Balance::Total => {
                            grid.rows[moved.place.row].name.clone()
                        }
                    };
                    (name, moved.to - moved.from)
                })
                .collect();
            balanced.sort_by_key(|(_, by)| std::cmp::Reverse(by.unsigned_abs()));
            balanced.truncate(5);
            summary.balanced = balanced;
        }
        Act::Lock {
            holder,
            period,
            locked,
        } => {
            let place = find(grid, holder, period)?;
            grid.rows[place.row].cells[place.column].locked = *locked;
            summary.act = if *locked { "lock" } else { "unlock" }.to_owned();
            summary.holder.clone_from(&grid.rows[place.row].name);
            summary.period.clone_from(period);
        }
        Act::LockRow { holder, locked } => {
            let row = find_row(grid, holder)?;
            for column in 0..grid.columns.len() {
                if !grid.columns[column].closed {
                    grid.rows[row].cells[column].locked = *locked;
                }
            }
            summary.act = if *locked { "lock" } else { "unlock" }.to_owned();
            summary.holder.clone_from(&grid.rows[row].name);
        }
        Act::Spread { total } => {
            if total.minor() < 0 {
                return Err(
                    Refusal::value("plan.negative", "The total is not negative.")
                        .at("total")
                        .into(),
                );
            }
            summary.act = "spread".to_owned();
            summary.from = grid.total();
            summary.to = total.minor();
            let shares: Vec<i64> = if grid.total() > 0 {
                grid.columns.iter().map(|column| column.target).collect()
            } else {
                vec![1; grid.columns.len()]
            };
            grid.spread(total.minor(), &shares)?;
        }
        Act::Undo => {}
    }
    Ok(summary)
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
    let before: Before = serde_json::from_str(&change.before_json).map_err(|_| nothing())?;
    for (key, column, amount, locked, source) in before.cells {
        if let Some(row) = grid.rows.iter_mut().find(|row| row.holder.key() == key) {
            if let Some(cell) = row.cells.get_mut(column) {
                cell.amount = amount;
                cell.locked = locked;
                cell.source = Source::of(&source);
            }
        }
    }
    for (column, target) in grid.columns.iter_mut().zip(before.months) {
        column.target = target;
    }
    versions::drop_change(tx, change.id).await?;
    let mut summary: Summary = serde_json::from_str(&change.summary_json).map_err(|_| nothing())?;
    summary.act = "undo".to_owned();
    Ok(summary)
}

/// Publishes the draft; from then on nothing in it changes.
///
/// # Errors
///
/// `plan.not_draft`, `plan.remainder` if parts and whole differ, `plan.counted_twice` if another
/// published plan already gives one of these people a target for the same days.
pub async fn publish(tx: &mut Tx, opened: &Opened, by: &By) -> Result<()> {
    if !opened.version.is_draft() {
        return Err(Refusal::state("plan.not_draft", "There is no draft to publish.").into());
    }
    let grid = &opened.grid;
    for (place, column) in grid.columns.iter().enumerate() {
        let remainder = grid.remainder(place);
        if remainder != 0 {
            let left = Money::of_minor(remainder, grid.currency);
            let text = format!(
                "{} has a remainder of {left}. Give it to somebody or to the pool before publishing.",
                column.code
            );
            return Err(Refusal::state("plan.remainder", text).into());
        }
    }
    let (plan, version) = (&opened.plan, &opened.version);
    if let Some(twice) =
        versions::overlap(tx, plan.plan(), version.version(), &plan.measure).await?
    {
        let text = format!(
            "{} already has a target for {} in plan {}. One person's target stands in one plan; take it out of one of them.",
            twice.person_name, twice.period_code, twice.plan_code
        );
        return Err(Refusal::state("plan.counted_twice", text).into());
    }
    versions::publish(tx, plan.plan(), version.version(), &by.name, by.at).await?;
    let total = Money::of_minor(grid.total(), grid.currency);
    record(
        tx,
        by,
        "publish",
        &format!("{}/{}", plan.code, version.number),
        &format!("total {total}"),
    )
    .await
}

/// Begins a revision: a draft with the published targets, in which months before `from` stay.
///
/// # Errors
///
/// `plan.has_draft` if there already is one, `plan.not_published` if there is nothing to revise.
pub async fn revise(tx: &mut Tx, plan: &Plan, today: Date, by: &By) -> Result<i64> {
    let all = versions::of_plan(tx, plan.plan()).await?;
    if let Some(draft) = all.iter().find(|version| version.is_draft()) {
        let text = format!(
            "Version {} is still a draft. Publish it, or go on with it.",
            draft.number
        );
        return Err(Refusal::state("plan.has_draft", text).into());
    }
    let Some(newest) = all.first() else {
        return Err(Refusal::state("plan.not_published", "There is no version to revise.").into());
    };
    let published = open(tx, &Scope::All, plan.clone(), false, Some(newest.number)).await?;
    let running = published
        .months
        .iter()
        .find(|month| today.to_string() < month.to_day);
    let from = running
        .map(|month| month.from_day.parse().unwrap_or(today))
        .unwrap_or(today);
    let number = newest.number + 1;
    let version = versions::begin(tx, plan.plan(), number, from, &by.name, by.at).await?;
    let mut grid = published.grid;
    for cell in grid.rows.iter_mut().flat_map(|row| &mut row.cells) {
        cell.locked = false;
    }
    let frame = Frame {
        version,
        ..published.frame
    };
    cells::add_grid(tx, &frame, &grid).await?;
    versions::touch(tx, version, 1, grid.total(), &newest.weight_source).await?;
    record(
        tx,
        by,
        "revise",
        &format!("{}/{number}", plan.code),
        &format!("from {from}"),
    )
    .await?;
    Ok(number)
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

/// The instant a version of a past year would have been published: for demo data and imports.
pub fn published_at_noon(day: Date) -> Timestamp {
    let noon = day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
}
