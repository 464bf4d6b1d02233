//! Who sits in which unit from when to when.

use std::collections::BTreeSet;

use db::{FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::ids::{PersonId, SeatId, UnitId};

/// A dated place of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub person: PersonId,
    pub unit: UnitId,
    pub seat: Option<SeatId>,
    pub leads: bool,
    pub from: Date,
    /// The first day it no longer holds; none is open.
    pub to: Option<Date>,
}

#[derive(FromRow)]
struct Row {
    person_id: i64,
    unit_id: i64,
    seat_id: Option<i64>,
    leads: i64,
    valid_from: String,
    valid_to: Option<String>,
}

/// Records a membership.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add(tx: &mut Tx, place: &Membership, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into org_membership (person_id, unit_id, seat_id, leads, valid_from, valid_to, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    tx.q(SQL)
        .bind(place.person.get())
        .bind(place.unit.get())
        .bind(place.seat.map(SeatId::get))
        .bind(i64::from(place.leads))
        .bind(place.from.to_string())
        .bind(place.to.map(|day| day.to_string()))
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// Ends what holds for the person from `from` on: open memberships get an end, later ones are
/// retracted. What was recorded stays readable as known before `now`.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end_from(tx: &mut Tx, person: PersonId, from: Date, now: Timestamp) -> Result<()> {
    const REINSERT: &str = "
        insert into org_membership (person_id, unit_id, seat_id, leads, valid_from, valid_to, recorded_at)
        select person_id, unit_id, seat_id, leads, valid_from, $1, $2
          from org_membership
         where person_id = $3
           and retracted_at is null
           and valid_from < $1
           and (valid_to is null or valid_to > $1)
           and recorded_at < $2";
    const RETRACT: &str = "
        update org_membership
           set retracted_at = $1
         where person_id = $2
           and retracted_at is null
           and (valid_to is null or valid_to > $3)
           and recorded_at < $1";
    let at = now.as_microsecond();
    tx.q(REINSERT)
        .bind(from.to_string())
        .bind(at)
        .bind(person.get())
        .run()
        .await?;
    tx.q(RETRACT)
        .bind(at)
        .bind(person.get())
        .bind(from.to_string())
        .run()
        .await
        .map(drop)
}

/// Puts `places` in the place of everything now believed of the person. What was recorded stays
/// readable as known before `now`.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn replace_all(
    tx: &mut Tx,
    person: PersonId,
    places: &[Membership],
    now: Timestamp,
) -> Result<()> {
    const RETRACT: &str = "
        update org_membership
           set retracted_at = $1
         where person_id = $2
           and retracted_at is null";
    tx.q(RETRACT)
        .bind(now.as_microsecond())
        .bind(person.get())
        .run()
        .await?;
    for place in places {
        add(tx, place, now).await?;
    }
    Ok(())
}

/// Every membership now believed, oldest first; at most 100,000. For stamping many documents.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx) -> Result<Vec<Membership>> {
    const SQL: &str = "
        select person_id, unit_id, seat_id, leads, valid_from, valid_to
          from org_membership
         where retracted_at is null
         order by person_id, valid_from, id
         limit 100000";
    let rows: Vec<Row> = tx.q(SQL).all().await?;
    Ok(rows.into_iter().filter_map(dated).collect())
}

/// Every membership of these people now believed, oldest first. For stamping many documents.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_people(tx: &mut Tx, people: &BTreeSet<PersonId>) -> Result<Vec<Membership>> {
    const SQL: &str = "
        select person_id, unit_id, seat_id, leads, valid_from, valid_to
          from org_membership
         where person_id in (select cast(value as bigint) from json_each($1))
           and retracted_at is null
         order by person_id, valid_from, id
         limit 100000";
    let ids: Vec<i64> = people.iter().map(|person| person.get()).collect();
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(serde_json::json!(ids).to_string())
        .all()
        .await?;
    Ok(rows.into_iter().filter_map(dated).collect())
}

fn dated(row: Row) -> Option<Membership> {
    Some(Membership {
        person: PersonId::of(row.person_id),
        unit: UnitId::of(row.unit_id),
        seat: row.seat_id.map(SeatId::of),
        leads: row.leads == 1,
        from: row.valid_from.parse().ok()?,
        to: row.valid_to.and_then(|day| day.parse().ok()),
    })
}

/// Where each person sits on `on` as known at `known_at`; at most 20,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn places(tx: &mut Tx, on: Date, known_at: i64) -> Result<Vec<(PersonId, UnitId, bool)>> {
    const SQL: &str = concat!(
        "select m.person_id, m.unit_id, m.seat_id, m.leads, m.valid_from, m.valid_to
           from org_membership m
          where ",
        db::holds!("m", "$1", "$2"),
        " order by m.person_id, m.leads desc, m.id
          limit 20000"
    );
    let rows: Vec<Row> = tx.q(SQL).bind(on.to_string()).bind(known_at).all().await?;
    let mut places: Vec<(PersonId, UnitId, bool)> = Vec::with_capacity(rows.len());
    for row in rows {
        let person = PersonId::of(row.person_id);
        if places.last().is_none_or(|(last, _, _)| *last != person) {
            places.push((person, UnitId::of(row.unit_id), row.leads == 1));
        }
    }
    Ok(places)
}
