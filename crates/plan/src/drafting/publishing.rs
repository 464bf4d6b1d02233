//! Publishing a draft for good, and beginning the next one.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{
    Money, Refusal, Scope,
    ids::{PersonId, UnitId},
};
use trail::By;

use super::{Opened, open, record};
use crate::{
    PeriodId, PlanId, VersionId,
    grid::{Cell, Grid, Row},
    moves::Leg,
    store::{
        cells::{self, Frame},
        plans::Plan,
        transfers::{self, Net},
        versions,
    },
    target::{Holder, Source},
};

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

/// Begins a revision: a draft with the published targets and what moves changed of them since, in
/// which months before `from` stay.
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
        .and_then(|month| month.from_day.parse().ok())
        .unwrap_or(today);
    let number = newest.number + 1;
    let version = versions::begin(tx, plan.plan(), number, from, &by.name, by.at).await?;
    let mut grid = published.grid;
    for cell in grid.rows.iter_mut().flat_map(|row| &mut row.cells) {
        cell.locked = false;
    }
    let mut frame = Frame {
        version,
        ..published.frame
    };
    let moved = transfers::since(tx, plan.plan(), VersionId::of(newest.id)).await?;
    let beside = take_in(&mut frame, &mut grid, &moved);
    cells::add_grid(tx, &frame, &grid).await?;
    let legs: Vec<Leg> = beside.into_iter().map(|leg| leg.of(plan.plan())).collect();
    transfers::carry_on(tx, (plan.plan(), number), &legs, by.at).await?;
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

/// What stands in another unit than its cell.
struct Beside {
    person: PersonId,
    unit: UnitId,
    period: PeriodId,
    amount: i64,
}

impl Beside {
    fn of(self, plan: PlanId) -> Leg {
        Leg {
            plan,
            period: self.period,
            days: (Date::ZERO, Date::ZERO),
            person: Some(self.person),
            unit: self.unit,
            amount: self.amount,
        }
    }
}

/// Adds what moves changed to the cells and to the unit's own targets. Who had no target gets a row. A
/// cell that went to another unit as a whole stands there from now on; of one that went in part, the
/// part is answered with its two legs.
fn take_in(frame: &mut Frame, grid: &mut Grid, moved: &[Net]) -> Vec<Beside> {
    let mut elsewhere = Elsewhere::new();
    for net in moved {
        let Some(place) = frame
            .periods
            .iter()
            .position(|period| *period == net.period)
        else {
            continue;
        };
        let holder = net.person.map_or(Holder::Pool(net.unit), Holder::Person);
        let known = grid.rows.iter().position(|row| row.holder == holder);
        let row = known.unwrap_or_else(|| {
            grid.rows.push(Row {
                holder,
                name: net.person_name.clone().unwrap_or_else(|| "Pool".to_owned()),
                cells: vec![NOTHING; grid.columns.len()],
            });
            frame.units.push(vec![net.unit; grid.columns.len()]);
            grid.rows.len() - 1
        });
        let cell = &mut grid.rows[row].cells[place];
        cell.amount = cell.amount.saturating_add(net.amount);
        let column = &mut grid.columns[place];
        column.target = column.target.saturating_add(net.amount);
        if frame.units[row]
            .get(place)
            .is_some_and(|unit| *unit != net.unit)
        {
            let own = elsewhere.entry((row, place)).or_default();
            *own.entry(net.unit).or_default() += net.amount;
        }
    }
    settle_units(frame, grid, elsewhere)
}

/// By row and column, how much of a cell stands in which other unit.
type Elsewhere = BTreeMap<(usize, usize), BTreeMap<UnitId, i64>>;

fn settle_units(frame: &mut Frame, grid: &Grid, elsewhere: Elsewhere) -> Vec<Beside> {
    let mut beside = Vec::new();
    for ((row, place), units) in elsewhere {
        let Holder::Person(person) = grid.rows[row].holder else {
            continue;
        };
        let amount = grid.rows[row].cells[place].amount;
        let parts: Vec<(UnitId, i64)> = units.into_iter().filter(|(_, part)| *part != 0).collect();
        if let [(unit, part)] = parts[..]
            && part == amount
        {
            frame.units[row][place] = unit;
            continue;
        }
        let home = frame.units[row][place];
        let leg = |unit, amount| Beside {
            person,
            unit,
            period: frame.periods[place],
            amount,
        };
        let legs = parts
            .into_iter()
            .flat_map(|(unit, part)| [leg(home, -part), leg(unit, part)]);
        beside.extend(legs);
    }
    beside
}

/// A target nobody was given yet.
const NOTHING: Cell = Cell {
    amount: 0,
    weight: 0,
    locked: false,
    source: Source::Typed,
};
