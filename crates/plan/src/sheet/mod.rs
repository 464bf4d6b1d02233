//! Imports of planning: period calendars and targets from files; and the same as files again.
//!
//! Targets brought in are facts from elsewhere, so they are published as they stand: a version of
//! their plan, made anew only where the file says something else than the version in force.

mod exports;

use std::collections::{BTreeMap, BTreeSet};

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{
    Code, Currency, Money, Period, PeriodCalendar, Scope,
    ids::{PersonId, UnitId},
};
use sheet::{Column, Faults, Layout, Outcome, Row as FileRow, Sheet, export::Export};
use trail::{By, Entry};

use crate::{
    PeriodId, PlanId, drafting,
    grid::{Cell, Column as GridColumn, Grid, Row},
    store::{
        calendars::{self, Stored},
        cells::{self, Frame},
        plans::{self, NewPlan},
        versions,
    },
    target::{Holder, Measure, Source},
};

const fn column(name: &'static str, required: bool, what: &'static str) -> Column {
    Column {
        name,
        required,
        what,
    }
}

/// The kinds of file this crate reads.
pub const LAYOUTS: &[Layout] = &[
    Layout {
        kind: "periods",
        columns: &[
            column("calendar", true, "code of the calendar; made if it is new"),
            column(
                "code",
                true,
                "code of the period, unique over all calendars",
            ),
            column("from", true, "first day"),
            column("to", true, "first day after it"),
        ],
    },
    Layout {
        kind: "targets",
        columns: &[
            column("plan", true, "code of the plan; made if it is new"),
            column(
                "unit",
                false,
                "unit the plan belongs to; the company if left out",
            ),
            column("measure", false, "booked"),
            column("period", true, "code of a recorded period"),
            column("person", true, "code of the person"),
            column("amount", true, "target in the currency of reports"),
        ],
    },
];

/// Reads one kind of file; nothing is written if any row has a fault.
///
/// # Errors
///
/// Whatever the engine reports; faults of the file are the inner answer.
pub async fn import(
    tx: &mut Tx,
    kind: &str,
    sheet: &Sheet,
    by: &By,
    _today: Date,
) -> Result<std::result::Result<Outcome, Faults>> {
    let outcome = match kind {
        "periods" => import_periods(tx, sheet).await?,
        _ => import_targets(tx, sheet, by).await?,
    };
    if let Ok(outcome) = &outcome {
        let after = serde_json::json!({ "added": outcome.added, "changed": outcome.changed, "unchanged": outcome.unchanged });
        let entry = Entry {
            action: "import",
            noun: kind,
            subject: kind,
            after: Some(after),
            ..Entry::default()
        };
        trail::record(tx, by, entry).await?;
    }
    Ok(outcome)
}

/// Writes what is in `scope` of one of [`LAYOUTS`].
///
/// # Errors
///
/// [`db::DbError::Missing`] for another kind; more rows than a file holds; whatever the engine reports.
pub async fn export(
    tx: &mut Tx,
    kind: &str,
    (scope, _on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    match kind {
        "periods" => exports::periods(tx, file).await,
        "targets" => exports::targets(tx, scope, file).await,
        _ => Err(db::DbError::Missing),
    }
}

async fn import_periods(
    tx: &mut Tx,
    sheet: &Sheet,
) -> Result<std::result::Result<Outcome, Faults>> {
    let mut faults = Faults::new();
    let mut known: BTreeMap<String, (String, Stored)> = BTreeMap::new();
    for (calendar, stored) in calendars::all(tx).await? {
        known.insert(stored.period.code.folded(), (calendar, stored));
    }
    let mut outcome = Outcome::default();
    let mut new: BTreeMap<String, (Code, Vec<Period>)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in &sheet.rows {
        let Some((calendar, period)) = read_period(row, &mut faults) else {
            continue;
        };
        let code = period.code.clone();
        if !seen.insert(code.folded()) {
            faults.push(
                row.fault("code", format!("Period {code} stands twice in this file."))
                    .coded("file.code_twice"),
            );
            continue;
        }
        match known.get(&code.folded()) {
            Some((of, stored))
                if stored.period == period && of.eq_ignore_ascii_case(calendar.as_str()) =>
            {
                outcome.unchanged += 1;
            }
            Some((of, stored)) => {
                let text = format!(
                    "Period {code} is already recorded in calendar {of} from {} to {}.",
                    stored.period.from, stored.period.to
                );
                faults.push(
                    row.fault("code", text)
                        .coded("document.differs")
                        .with("number", &code),
                );
            }
            None => {
                outcome.added += 1;
                new.entry(calendar.folded())
                    .or_insert_with(|| (calendar, Vec::new()))
                    .1
                    .push(period);
            }
        }
    }
    for (calendar, periods) in new.values() {
        let old = known
            .values()
            .filter(|(of, _)| of.eq_ignore_ascii_case(calendar.as_str()));
        let all = old
            .map(|(_, stored)| stored.period.clone())
            .chain(periods.iter().cloned())
            .collect();
        if let Err(no) = PeriodCalendar::new(all) {
            faults.push(sheet::Fault::of_file(no.message).coded(no.code));
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    for (calendar, periods) in new.into_values() {
        let id = calendars::ensure(tx, &calendar, calendar.as_str()).await?;
        calendars::add(tx, id, &PeriodCalendar::new(periods)?).await?;
    }
    Ok(Ok(outcome))
}

fn read_period(row: &FileRow, faults: &mut Faults) -> Option<(Code, Period)> {
    let calendar = row.required_code("calendar", faults);
    let code = row.required_code("code", faults);
    let from = row.required_date("from", faults);
    let to = row.required_date("to", faults);
    let (calendar, code, from, to) = (calendar?, code?, from?, to?);
    match Period::new(code, from, to) {
        Ok(period) => Some((calendar, period)),
        Err(no) => {
            faults.push(row.refused("to", no));
            None
        }
    }
}

/// The targets of one plan as the file gives them.
struct Wanted {
    code: Code,
    unit: UnitId,
    measure: Measure,
    cells: BTreeMap<(PersonId, PeriodId), i64>,
    periods: BTreeMap<PeriodId, Stored>,
}

/// What rows refer to, loaded once.
struct Known {
    people: BTreeMap<String, (PersonId, String)>,
    periods: BTreeMap<String, Stored>,
    units: BTreeMap<String, UnitId>,
    root: UnitId,
    currency: Currency,
}

async fn load(tx: &mut Tx) -> Result<Known> {
    let people = org::store::people::names(tx, &Scope::All).await?;
    let units = org::store::units::tree(tx, &Scope::All).await?;
    Ok(Known {
        people: people
            .into_iter()
            .map(|one| {
                (
                    one.code.to_ascii_lowercase(),
                    (PersonId::of(one.id), one.name),
                )
            })
            .collect(),
        periods: calendars::all(tx)
            .await?
            .into_iter()
            .map(|(_, stored)| (stored.period.code.folded(), stored))
            .collect(),
        units: units
            .into_iter()
            .map(|unit| (unit.code.to_ascii_lowercase(), unit.id))
            .collect(),
        root: org::store::units::root(tx).await?.id,
        currency: org::store::company::expect(tx).await?.currency,
    })
}

async fn import_targets(
    tx: &mut Tx,
    sheet: &Sheet,
    by: &By,
) -> Result<std::result::Result<Outcome, Faults>> {
    let mut faults = Faults::new();
    let known = load(tx).await?;
    let mut plans: BTreeMap<String, Wanted> = BTreeMap::new();
    for row in &sheet.rows {
        read_target(row, &known, &mut plans, &mut faults);
    }
    for wanted in plans.values() {
        let sum = wanted
            .cells
            .values()
            .try_fold(0_i64, |sum, amount| sum.checked_add(*amount));
        if sum.is_none_or(|sum| i64::MAX / 16 < sum) {
            faults.push(
                sheet::Fault::of_file(format!(
                    "The targets of plan {} add up to more than can be recorded.",
                    wanted.code
                ))
                .coded("money.too_large"),
            );
        }
        let calendars: BTreeSet<i64> = wanted
            .periods
            .values()
            .map(|stored| stored.calendar)
            .collect();
        if 1 < calendars.len() {
            faults.push(
                sheet::Fault::of_file(format!(
                    "Plan {} mixes periods of several calendars.",
                    wanted.code
                ))
                .coded("plan.calendars"),
            );
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let mut outcome = Outcome::default();
    for wanted in plans.into_values() {
        let done = apply(tx, &known, wanted, by).await?;
        outcome.added += done.added;
        outcome.changed += done.changed;
        outcome.unchanged += done.unchanged;
    }
    Ok(Ok(outcome))
}

fn read_target(
    row: &FileRow,
    known: &Known,
    plans: &mut BTreeMap<String, Wanted>,
    faults: &mut Faults,
) {
    let code = row.required_code("plan", faults);
    let amount = row.required_money("amount", known.currency, faults);
    let measure = row
        .read("measure", faults, Measure::parse)
        .unwrap_or(Measure::Booked);
    let person = find(row, "person", "person", &known.people, faults).cloned();
    let period = find(row, "period", "period", &known.periods, faults).cloned();
    let unit = match row.text("unit") {
        Some(_) => find(row, "unit", "unit", &known.units, faults).copied(),
        None => Some(known.root),
    };
    let (Some(code), Some(amount), Some((person, name)), Some(period), Some(unit)) =
        (code, amount, person, period, unit)
    else {
        return;
    };
    let new = || Wanted {
        code: code.clone(),
        unit,
        measure,
        cells: BTreeMap::new(),
        periods: BTreeMap::new(),
    };
    let plan = plans.entry(code.folded()).or_insert_with(new);
    if plan.unit != unit || plan.measure != measure {
        let message = format!("Plan {code} has another unit or measure in an earlier row.");
        faults.push(row.fault("plan", message).coded("plan.mixed"));
        return;
    }
    plan.periods
        .entry(period.id)
        .or_insert_with(|| period.clone());
    if plan
        .cells
        .insert((person, period.id), amount.minor())
        .is_some()
    {
        let text = format!(
            "{name} already has a target for {} in an earlier row.",
            period.period.code
        );
        faults.push(row.fault("person", text).coded("file.code_twice"));
    }
}

fn find<'a, T>(
    row: &FileRow,
    column: &str,
    noun: &str,
    known: &'a BTreeMap<String, T>,
    faults: &mut Faults,
) -> Option<&'a T> {
    let text = row.required_text(column, faults)?;
    let found = known.get(&text.to_ascii_lowercase());
    if found.is_none() {
        let message = format!("There is no {noun} {text}. Import it first, or correct the code.");
        let fault = row.fault(column, message).coded("reference.unknown");
        faults.push(fault.with("code", text));
    }
    found
}

/// Publishes the targets unless they are in force already.
async fn apply(tx: &mut Tx, known: &Known, wanted: Wanted, by: &By) -> Result<Outcome> {
    let rows = u64::try_from(wanted.cells.len()).unwrap_or(u64::MAX);
    let existing = plans::fetch(tx, &Scope::All, wanted.code.as_str()).await;
    let (plan, number) = match existing {
        Ok(plan) => {
            if in_force(tx, &plan, &wanted).await? {
                return Ok(Outcome {
                    unchanged: rows,
                    ..Outcome::default()
                });
            }
            let newest = versions::of_plan(tx, plan.plan())
                .await?
                .first()
                .map_or(0, |version| version.number);
            (plan.plan(), newest + 1)
        }
        Err(db::DbError::Refused(_)) => (new_plan(tx, known, &wanted, by).await?, 1),
        Err(error) => return Err(error),
    };
    let first = wanted
        .periods
        .values()
        .map(|stored| stored.period.from)
        .min();
    let version = versions::begin(
        tx,
        plan,
        number,
        first.unwrap_or(jiff::civil::date(1, 1, 1)),
        &by.name,
        by.at,
    )
    .await?;
    let (frame, grid) = grid_of(tx, known, &wanted, version).await?;
    cells::add_grid(tx, &frame, &grid).await?;
    versions::touch(tx, version, 1, grid.total(), "imported").await?;
    let plan = plans::fetch(tx, &Scope::All, wanted.code.as_str()).await?;
    let opened = drafting::open(tx, &Scope::All, plan, true, Some(number)).await?;
    drafting::publish(tx, &opened, by).await?;
    Ok(if number == 1 {
        Outcome {
            added: rows,
            ..Outcome::default()
        }
    } else {
        Outcome {
            changed: rows,
            ..Outcome::default()
        }
    })
}

async fn new_plan(tx: &mut Tx, known: &Known, wanted: &Wanted, by: &By) -> Result<PlanId> {
    let calendar = wanted
        .periods
        .values()
        .next()
        .map_or(0, |stored| stored.calendar);
    let year = wanted
        .periods
        .values()
        .map(|stored| stored.period.from.year())
        .min()
        .unwrap_or(1);
    let new = NewPlan {
        code: wanted.code.clone(),
        unit: wanted.unit,
        year,
        measure: wanted.measure,
        currency: known.currency,
        calendar,
    };
    plans::add(tx, &new, by.at).await
}

async fn in_force(tx: &mut Tx, plan: &plans::Plan, wanted: &Wanted) -> Result<bool> {
    let opened = match drafting::open(tx, &Scope::All, plan.clone(), false, None).await {
        Ok(opened) => opened,
        Err(db::DbError::Refused(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let there: BTreeMap<(PersonId, PeriodId), i64> = opened
        .cells
        .iter()
        .filter_map(|cell| {
            Some((
                (PersonId::of(cell.person_id?), PeriodId::of(cell.period_id)),
                cell.amount_minor,
            ))
        })
        .filter(|(_, amount)| *amount != 0)
        .collect();
    let asked: BTreeMap<(PersonId, PeriodId), i64> = wanted
        .cells
        .iter()
        .filter(|(_, amount)| **amount != 0)
        .map(|(place, amount)| (*place, *amount))
        .collect();
    Ok(there == asked)
}

/// A full grid of the people and periods of the file; what it leaves out is zero.
async fn grid_of(
    tx: &mut Tx,
    known: &Known,
    wanted: &Wanted,
    version: crate::VersionId,
) -> Result<(Frame, Grid)> {
    let mut periods: Vec<&Stored> = wanted.periods.values().collect();
    periods.sort_by_key(|stored| stored.period.from);
    let places = book::credit::Places::of(org::store::memberships::all(tx).await?);
    let people: BTreeSet<PersonId> = wanted.cells.keys().map(|(person, _)| *person).collect();
    let names: BTreeMap<PersonId, &str> = known
        .people
        .values()
        .map(|(id, name)| (*id, name.as_str()))
        .collect();
    let mut rows = Vec::new();
    let mut units = Vec::new();
    for person in people {
        let cells = periods
            .iter()
            .map(|stored| Cell {
                amount: wanted.cells.get(&(person, stored.id)).copied().unwrap_or(0),
                weight: 0,
                locked: false,
                source: Source::Imported,
            })
            .collect();
        let name = names.get(&person).copied().unwrap_or_default().to_owned();
        rows.push(Row {
            holder: Holder::Person(person),
            name,
            cells,
        });
        let unit = |stored: &&Stored| {
            places
                .at(person, stored.period.from)
                .map_or(wanted.unit, |place| place.unit)
        };
        units.push(periods.iter().map(unit).collect());
    }
    let columns = periods
        .iter()
        .enumerate()
        .map(|(place, stored)| GridColumn {
            code: stored.period.code.to_string(),
            target: rows.iter().map(|row: &Row| row.cells[place].amount).sum(),
            closed: false,
        })
        .collect();
    let frame = Frame {
        version,
        periods: periods.iter().map(|stored| stored.id).collect(),
        units,
    };
    let total = Money::zero(known.currency);
    Ok((
        frame,
        Grid {
            currency: total.currency(),
            rows,
            columns,
        },
    ))
}
