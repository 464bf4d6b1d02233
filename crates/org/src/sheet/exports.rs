//! The organisation as files, in the columns they are read in from.

use std::collections::BTreeMap;

use db::{Cursor, Limit, Result, Tx};
use jiff::civil::Date;
use kernel::{Scope, ids::PersonId, times::BEGINNING};
use sheet::export::{Export, Value};

use crate::store::{
    holidays,
    memberships::{self, Membership},
    people::{self, Filter, Person},
    seats, units,
};

pub(super) async fn units(tx: &mut Tx, scope: &Scope, file: &mut Export<'_>) -> Result<()> {
    for unit in units::tree(tx, scope).await? {
        file.row(&[
            Value::of(&unit.code),
            Value::of(&unit.name),
            Value::or_empty(unit.name_local.as_deref()),
            Value::of(&unit.kind),
            Value::or_empty(unit.parent_code.as_deref()),
        ])?;
    }
    Ok(())
}

/// Those in scope that a list shows, each with the place of `on`.
///
/// # Errors
///
/// More rows than a file holds; whatever the engine reports.
pub async fn people(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    filter: &Filter,
    file: &mut Export<'_>,
) -> Result<()> {
    let places = places_on(tx, on).await?;
    let seats = seats::codes(tx).await?;
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let page = people::list(tx, scope, filter, on, limit, &cursor).await?;
        for person in &page.items {
            let place = places.get(&person.person());
            let seat = place.and_then(|place| seats.get(&place.seat?));
            file.row(&cells(person, place, seat.map(String::as_str)))?;
        }
        from = page.next;
    }
    Ok(())
}

fn cells<'p>(
    person: &'p Person,
    place: Option<&Membership>,
    seat: Option<&'p str>,
) -> [Value<'p>; 8] {
    [
        Value::of(&person.code),
        Value::of(&person.name),
        Value::or_empty(person.name_local.as_deref()),
        Value::or_empty(person.email.as_deref()),
        Value::or_empty(person.unit_code.as_deref()),
        Value::or_empty(seat),
        Value::or_empty(person.role.as_deref()),
        place.map_or(Value::Empty, |place| since(place.from)),
    ]
}

/// The place each person is shown at: where they lead comes before where they sit besides.
async fn places_on(tx: &mut Tx, on: Date) -> Result<BTreeMap<PersonId, Membership>> {
    let mut shown: BTreeMap<PersonId, Membership> = BTreeMap::new();
    for place in memberships::all(tx).await? {
        let holds = place.from <= on && place.to.is_none_or(|to| on < to);
        let leads_only_here = |other: &Membership| place.leads && !other.leads;
        if holds && shown.get(&place.person).is_none_or(leads_only_here) {
            shown.insert(place.person, place);
        }
    }
    Ok(shown)
}

/// Where those in scope sat from when to when.
pub(super) async fn memberships(tx: &mut Tx, scope: &Scope, file: &mut Export<'_>) -> Result<()> {
    let people = people::names(tx, scope).await?.into_iter();
    let people: BTreeMap<i64, String> = people.map(|name| (name.id, name.code)).collect();
    let units = units::tree(tx, &Scope::All).await?.into_iter();
    let units: BTreeMap<_, String> = units.map(|unit| (unit.id, unit.code)).collect();
    for place in memberships::all(tx).await? {
        let (Some(person), Some(unit)) = (people.get(&place.person.get()), units.get(&place.unit))
        else {
            continue;
        };
        file.row(&[
            Value::of(person),
            Value::of(unit),
            Value::Day(place.from),
            place.to.map_or(Value::Empty, Value::Day),
            Value::of(if place.leads { "yes" } else { "no" }),
        ])?;
    }
    Ok(())
}

pub(super) async fn holidays(tx: &mut Tx, file: &mut Export<'_>) -> Result<()> {
    for (country, holiday) in holidays::all(tx).await? {
        file.row(&[
            Value::of(&country),
            Value::Day(holiday.day),
            Value::of(if holiday.works { "yes" } else { "no" }),
            Value::of(&holiday.name),
        ])?;
    }
    Ok(())
}

/// From the beginning is left empty, as it may be on the way in.
fn since(day: Date) -> Value<'static> {
    if day == BEGINNING {
        Value::Empty
    } else {
        Value::Day(day)
    }
}
