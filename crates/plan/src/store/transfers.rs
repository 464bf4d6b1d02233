//! Targets that changed hands by moves: kept beside the published version, which never changes.

use db::{Cell, FromRow, Result, Tx};
use jiff::Timestamp;
use kernel::ids::{PersonId, UnitId};

use crate::{MoveId, PeriodId, PlanId, VersionId, moves::Leg};

/// Records the legs of a move, each with the newest version its plan has by now.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_many(tx: &mut Tx, of: MoveId, legs: &[Leg], now: Timestamp) -> Result<()> {
    const NEWEST: &str = "
        select plan_id, max(number) as number
          from plan_version
         group by plan_id
         order by plan_id
         limit 10000";
    let newest: Vec<(i64, i64)> = tx.q(NEWEST).all().await?;
    let newest: std::collections::BTreeMap<i64, i64> = newest.into_iter().collect();
    let rows = legs.iter().map(|leg| {
        vec![
            Cell::from(of.get()),
            Cell::from(leg.plan.get()),
            Cell::from(newest.get(&leg.plan.get()).copied().unwrap_or(0)),
            Cell::from(leg.person.map(PersonId::get)),
            Cell::from(leg.unit.get()),
            Cell::from(leg.period.get()),
            Cell::from(leg.amount),
            Cell::from(now.as_microsecond()),
        ]
    });
    tx.insert_many(
        "insert into plan_transfer (move_id, plan_id, after_version, person_id, unit_id, period_id,
                amount_minor, recorded_at) values",
        rows.collect(),
    )
    .await
}

/// What of a version's cells stands in another unit than theirs, carried on to the version `number`: the
/// legs are those of the newest move of the person in the plan.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn carry_on(
    tx: &mut Tx,
    (plan, number): (PlanId, i64),
    legs: &[Leg],
    now: Timestamp,
) -> Result<()> {
    const NEWEST: &str = "
        select t.person_id, max(t.move_id) as move_id
          from plan_transfer t
          join plan_move m on m.id = t.move_id
         where t.plan_id = $1
           and t.person_id is not null
           and m.person_id = t.person_id
         group by t.person_id
         order by t.person_id
         limit 100000";
    let newest: Vec<(i64, i64)> = tx.q(NEWEST).bind(plan.get()).all().await?;
    let newest: std::collections::BTreeMap<i64, i64> = newest.into_iter().collect();
    let rows = legs.iter().filter_map(|leg| {
        let person = leg.person?.get();
        Some(vec![
            Cell::from(newest.get(&person).copied()?),
            Cell::from(plan.get()),
            Cell::from(number),
            Cell::from(number),
            Cell::from(person),
            Cell::from(leg.unit.get()),
            Cell::from(leg.period.get()),
            Cell::from(leg.amount),
            Cell::from(now.as_microsecond()),
        ])
    });
    tx.insert_many(
        "insert into plan_transfer (move_id, plan_id, since_version, after_version, person_id, unit_id,
                period_id, amount_minor, recorded_at) values",
        rows.collect(),
    )
    .await
}

/// What moves changed of one holder's target in a period, on top of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Net {
    pub person: Option<PersonId>,
    pub person_name: Option<String>,
    pub unit: UnitId,
    pub period: PeriodId,
    pub amount: i64,
}

/// What moves changed of a version since it was begun, by holder and period.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn since(tx: &mut Tx, plan: PlanId, version: VersionId) -> Result<Vec<Net>> {
    #[derive(FromRow)]
    struct Row {
        person_id: Option<i64>,
        name: Option<String>,
        unit_id: i64,
        period_id: i64,
        amount_minor: i64,
    }
    const SQL: &str = "
        select t.person_id, p.name, t.unit_id, t.period_id, cast(sum(t.amount_minor) as bigint) as amount_minor
          from plan_transfer t
          join plan_version v on v.plan_id = t.plan_id
          left join org_person p on p.id = t.person_id
         where t.plan_id = $1
           and v.id = $2
           and t.since_version <= v.number
           and t.after_version >= v.number
           and t.retracted_at is null
         group by t.person_id, p.name, t.unit_id, t.period_id
         order by t.person_id, t.unit_id, t.period_id
         limit 100000";
    let rows: Vec<Row> = tx.q(SQL).bind(plan.get()).bind(version.get()).all().await?;
    let nets = rows.into_iter().map(|row| Net {
        person: row.person_id.map(PersonId::of),
        person_name: row.name,
        unit: UnitId::of(row.unit_id),
        period: PeriodId::of(row.period_id),
        amount: row.amount_minor,
    });
    Ok(nets.collect())
}
