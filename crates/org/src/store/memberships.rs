//! Who sits in which unit from when to when.

use std::collections::BTreeSet;

use db::{Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Refusal, Scope,
    ids::{PersonId, SeatId, UnitId},
};

use super::former_codes::answers_to;

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

/// A membership with the codes it is known by, and both its times.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Known {
    pub id: i64,
    pub person_id: i64,
    pub person_code: String,
    pub unit_id: i64,
    pub unit_code: String,
    pub seat_id: Option<i64>,
    pub seat_code: Option<String>,
    pub leads: i64,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub recorded_at: i64,
    pub retracted_at: Option<i64>,
    list_key: String,
}

impl Known {
    /// The plain fact.
    pub fn membership(&self) -> Option<Membership> {
        Some(Membership {
            person: PersonId::of(self.person_id),
            unit: UnitId::of(self.unit_id),
            seat: self.seat_id.map(SeatId::of),
            leads: self.leads == 1,
            from: self.valid_from.parse().ok()?,
            to: match &self.valid_to {
                Some(day) => Some(day.parse().ok()?),
                None => None,
            },
        })
    }
}

/// What a list of memberships is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub person: String,
    pub unit: String,
    /// The day on which they hold; none is any day.
    pub as_of: Option<Date>,
    /// What was believed at this instant; none also shows what was retracted.
    pub known_at: Option<i64>,
}

macro_rules! select_known {
    ($($rest:expr),+) => {
        concat!(
            "select m.id, m.person_id, p.code as person_code, m.unit_id, u.code as unit_code, m.seat_id,
                    s.code as seat_code, m.leads, m.valid_from, m.valid_to, m.recorded_at, m.retracted_at,
                    p.code_key || ' ' || m.valid_from as list_key
               from org_membership m
               join org_person p on p.id = m.person_id
               join org_unit u on u.id = m.unit_id
               left join org_seat s on s.id = m.seat_id
              where ($1 = 1 or m.person_id in (select cast(value as bigint) from json_each($2)))
                and ($3 = '' or ",
            answers_to!("person", "p", "$3"),
            ") and ($4 = '' or ",
            answers_to!("unit", "u", "$4"),
            ") ",
            $($rest),+
        )
    };
}

/// Memberships of people in scope, by person and first day, one page.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Known>> {
    const SQL: &str = select_known!(
        "and ($5 = '' or (m.valid_from <= $5 and (m.valid_to is null or m.valid_to > $5)))
         and ($6 = 1 or (m.recorded_at <= $7 and (m.retracted_at is null or m.retracted_at > $7)))
         and (p.code_key || ' ' || m.valid_from, m.id) > ($8, $9)
         order by p.code_key || ' ' || m.valid_from, m.id
         limit $10"
    );
    let found: Vec<Known> = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(filter.person.trim().to_ascii_lowercase())
        .bind(filter.unit.trim().to_ascii_lowercase())
        .bind(filter.as_of.map(|day| day.to_string()).unwrap_or_default())
        .bind(i64::from(filter.known_at.is_none()))
        .bind(filter.known_at.unwrap_or(i64::MAX))
        .bind(from.key.clone())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(found, limit, |one| Cursor {
        key: one.list_key.clone(),
        id: one.id,
    }))
}

/// The membership now believed of a person in a unit that begins on `from`.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(
    tx: &mut Tx,
    scope: &Scope,
    (person, unit): (&str, &str),
    from: Date,
) -> Result<Known> {
    const SQL: &str = select_known!(
        "and m.valid_from = $5
         and m.retracted_at is null
         order by m.id
         limit 1"
    );
    let found = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(person.trim().to_ascii_lowercase())
        .bind(unit.trim().to_ascii_lowercase())
        .bind(from.to_string())
        .maybe()
        .await?;
    let missing = || Refusal::missing(format!("membership of {person} in {unit} from {from}"));
    Ok(found.ok_or_else(missing)?)
}

/// Takes a membership back: from now on it is believed never to have been.
///
/// # Errors
///
/// [`db::DbError::Missing`] if it was retracted meanwhile.
pub async fn retract(tx: &mut Tx, one: &Known, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update org_membership
           set retracted_at = $1
         where id = $2
           and retracted_at is null
        returning id";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(one.id)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Retracts what is believed of a person in a unit within `[from, to)`, and records anew what of it
/// lies outside.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn make_room(tx: &mut Tx, place: &Membership, now: Timestamp) -> Result<()> {
    const TOUCHED: &str = "
        select person_id, unit_id, seat_id, leads, valid_from, valid_to
          from org_membership
         where person_id = $1
           and unit_id = $2
           and retracted_at is null
           and (valid_to is null or valid_to > $3)
           and ($4 = '' or valid_from < $4)
         order by valid_from, id
         limit 1000";
    const RETRACT: &str = "
        update org_membership
           set retracted_at = $5
         where person_id = $1
           and unit_id = $2
           and retracted_at is null
           and (valid_to is null or valid_to > $3)
           and ($4 = '' or valid_from < $4)";
    let (first, last) = (
        place.from.to_string(),
        place.to.map(|day| day.to_string()).unwrap_or_default(),
    );
    let rows: Vec<Row> = tx
        .q(TOUCHED)
        .bind(place.person.get())
        .bind(place.unit.get())
        .bind(first.clone())
        .bind(last.clone())
        .all()
        .await?;
    tx.q(RETRACT)
        .bind(place.person.get())
        .bind(place.unit.get())
        .bind(first)
        .bind(last)
        .bind(now.as_microsecond())
        .run()
        .await?;
    for old in rows.into_iter().filter_map(dated) {
        if old.from < place.from {
            let before = Membership {
                to: Some(place.from),
                ..old.clone()
            };
            add(tx, &before, now).await?;
        }
        if let Some(end) = place.to.filter(|end| old.to.is_none_or(|to| *end < to)) {
            add(tx, &Membership { from: end, ..old }, now).await?;
        }
    }
    Ok(())
}

/// Whoever else holds the seat in `[from, to)`, by name.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn other_holder(tx: &mut Tx, seat: SeatId, place: &Membership) -> Result<Option<String>> {
    const SQL: &str = "
        select p.name
          from org_membership m
          join org_person p on p.id = m.person_id
         where m.seat_id = $1
           and m.person_id <> $2
           and m.retracted_at is null
           and (m.valid_to is null or m.valid_to > $3)
           and ($4 = '' or m.valid_from < $4)
         order by m.valid_from, m.id
         limit 1";
    let row: Option<(String,)> = tx
        .q(SQL)
        .bind(seat.get())
        .bind(place.person.get())
        .bind(place.from.to_string())
        .bind(place.to.map(|day| day.to_string()).unwrap_or_default())
        .maybe()
        .await?;
    Ok(row.map(|(name,)| name))
}
