//! People with their places and roles, from a file.
//!
//! Somebody new is taken in as through the API. Of somebody known, names, e-mail address and unit
//! may change; a role, once given, is not changed by a file.

use std::collections::BTreeMap;

use db::{Cursor, Limit, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Code, Role, Scope,
    ids::{PersonId, UnitId},
    times::BEGINNING,
};
use sheet::{Faults, Outcome, Row, Sheet};

use super::{Firsts, Read, memberships::put, memberships::units_by_code, refer};
use crate::{
    api::accept_name,
    enrol::{self, Newcomer, accept_email},
    store::{
        former_codes::{self, Noun},
        logins,
        memberships::{self, Membership},
        people::{self, Filter, NewPerson, Person},
        seats,
    },
};

/// A row as it was read.
struct Wanted {
    person: NewPerson,
    unit: Option<(String, UnitId)>,
    seat: Option<String>,
    role: Option<Role>,
    from: Option<Date>,
}

pub(super) async fn import(
    tx: &mut Tx,
    sheet: &Sheet,
    now: Timestamp,
    today: Date,
) -> Result<Read> {
    let recorded = recorded(tx, today).await?;
    let units = units_by_code(tx).await?;
    let mut faults = Faults::new();
    let mut codes = Firsts::default();
    let mut addresses = Firsts::default();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        let Some(mut one) = read(row, &units, &mut faults) else {
            continue;
        };
        // A file may name somebody by a code of before.
        let there = recorded.by_code.get(&one.person.code.folded());
        if let Some(Ok(code)) = there.map(|there| Code::parse(&there.code)) {
            one.person.code = code;
        }
        codes.note(&one.person.code.folded(), row, "code", &mut faults);
        if let Some(email) = &one.person.email {
            addresses.note(&email.to_lowercase(), row, "email", &mut faults);
        }
        check(row, &one, &recorded, &mut faults);
        check_seat(tx, row, &one, &mut faults).await?;
        wanted.push(one);
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    apply(tx, wanted, &recorded, now, today).await.map(Ok)
}

fn read(row: &Row, units: &BTreeMap<String, UnitId>, faults: &mut Faults) -> Option<Wanted> {
    let code = row.required_code("code", faults);
    let name = row.required_read("name", faults, |text| accept_name(text, "name"));
    let name_local = row.read("name_local", faults, |text| accept_name(text, "name_local"));
    let email = row.read("email", faults, accept_email);
    let unit = refer(row, "unit", "unit", units, faults);
    let role = row.read("role", faults, Role::parse);
    let from = row.date("from", faults);
    let person = NewPerson {
        code: code?,
        name: name?,
        name_local,
        email,
    };
    let unit_code = row.text("unit").map(str::to_owned);
    Some(Wanted {
        person,
        unit: unit_code.zip(unit),
        seat: row.text("seat").map(str::to_owned),
        role,
        from,
    })
}

fn check(row: &Row, one: &Wanted, recorded: &Recorded, faults: &mut Faults) {
    let code = one.person.code.folded();
    let old = recorded.by_code.get(&code);
    let email = one.person.email.as_deref().map(str::to_lowercase);
    if let Some(other) = email.and_then(|email| recorded.by_email.get(&email))
        && *other != code
    {
        faults.push(
            row.fault("email", format!("This is the e-mail address of {other}."))
                .coded("person.email_taken"),
        );
    }
    let Some(role) = one.role else { return };
    match old.map(|old| (&old.role, &old.email)) {
        Some((Some(held), _)) if held != role.as_str() => {
            let message = format!("{code} signs in as {held}. A file does not change a role.");
            faults.push(row.fault("role", message).coded("person.role"));
        }
        Some((Some(_), _) | (None, Some(_))) => {}
        Some((None, None)) | None if one.person.email.is_some() => {}
        Some((None, None)) | None => {
            let message = "A role needs an e-mail address to sign in with.";
            faults.push(row.fault("email", message).coded("email.missing"));
        }
    }
}

async fn check_seat(tx: &mut Tx, row: &Row, one: &Wanted, faults: &mut Faults) -> Result<()> {
    let Some(code) = &one.seat else {
        return Ok(());
    };
    let unit = one.unit.as_ref().map(|(_, id)| *id);
    match seats::by_code(tx, code).await {
        Ok((_, of)) if Some(of) == unit => {}
        Ok(_) => faults.push(
            row.fault("seat", "This seat is in another unit.")
                .coded("seat.unit"),
        ),
        Err(db::DbError::Missing) => {
            let shown: String = code.chars().take(60).collect();
            faults.push(
                row.fault("seat", format!("There is no seat {shown}."))
                    .coded("reference.unknown")
                    .with("code", shown),
            );
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Who is there already.
struct Recorded {
    by_code: BTreeMap<String, Person>,
    /// Folded codes by folded address.
    by_email: BTreeMap<String, String>,
    places: BTreeMap<PersonId, Vec<Membership>>,
}

async fn recorded(tx: &mut Tx, today: Date) -> Result<Recorded> {
    let mut found = Recorded {
        by_code: BTreeMap::new(),
        by_email: BTreeMap::new(),
        places: BTreeMap::new(),
    };
    for place in memberships::all(tx).await? {
        found.places.entry(place.person).or_default().push(place);
    }
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let filter = Filter::default();
        let page = people::list(tx, &Scope::All, &filter, today, limit, &cursor).await?;
        for person in page.items {
            let code = person.code.to_ascii_lowercase();
            if let Some(email) = &person.email {
                found.by_email.insert(email.to_lowercase(), code.clone());
            }
            found.by_code.insert(code, person);
        }
        from = page.next;
    }
    let by_id: BTreeMap<i64, &Person> = found.by_code.values().map(|one| (one.id, one)).collect();
    let former = former_codes::all(tx, Noun::Person).await?;
    let before: Vec<(String, Person)> = former
        .into_iter()
        .filter_map(|(code, id)| Some((code, Person::clone(by_id.get(&id)?))))
        .collect();
    found.by_code.extend(before);
    Ok(found)
}

async fn apply(
    tx: &mut Tx,
    wanted: Vec<Wanted>,
    recorded: &Recorded,
    now: Timestamp,
    today: Date,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for one in wanted {
        let Some(old) = recorded.by_code.get(&one.person.code.folded()) else {
            enrol::enrol(tx, &newcomer(one), None, now).await?;
            outcome.added += 1;
            continue;
        };
        let places = recorded
            .places
            .get(&old.person())
            .map_or(&[][..], Vec::as_slice);
        let named = rename(tx, &one, old).await?;
        let moved = settle(tx, &one, old, places, (now, today)).await?;
        let admitted = admit(tx, &one, old, now).await?;
        if named || moved || admitted {
            outcome.changed += 1;
        } else {
            outcome.unchanged += 1;
        }
    }
    Ok(outcome)
}

fn newcomer(one: Wanted) -> Newcomer {
    Newcomer {
        code: one.person.code.to_string(),
        name: one.person.name,
        name_local: one.person.name_local,
        email: one.person.email,
        unit: one.unit.map(|(code, _)| code),
        seat: one.seat,
        role: one.role.map(|role| role.as_str().to_owned()),
        from: one.from,
    }
}

async fn rename(tx: &mut Tx, one: &Wanted, old: &Person) -> Result<bool> {
    let new = &one.person;
    let name_local = new.name_local.clone().or_else(|| old.name_local.clone());
    let email = new.email.clone().or_else(|| old.email.clone());
    if new.name == old.name && name_local == old.name_local && email == old.email {
        return Ok(false);
    }
    let changed = NewPerson {
        code: Code::parse(&old.code)?,
        name: new.name.clone(),
        name_local,
        email,
    };
    people::save(tx, old.person(), &changed, old.version).await?;
    Ok(true)
}

/// Moves the person, unless they sit in the unit today or sat there on the row's first day: moves
/// since then stand in the memberships, and the same file read again must not undo them.
async fn settle(
    tx: &mut Tx,
    one: &Wanted,
    old: &Person,
    places: &[Membership],
    (now, today): (Timestamp, Date),
) -> Result<bool> {
    let Some((_, unit)) = &one.unit else {
        return Ok(false);
    };
    let sits = |day: Date| {
        places.iter().any(|place| {
            place.unit == *unit && place.from <= day && place.to.is_none_or(|to| day < to)
        })
    };
    if sits(today) || sits(one.from.unwrap_or(BEGINNING)) {
        return Ok(false);
    }
    let seat = match &one.seat {
        Some(code) => Some(seats::by_code(tx, code).await?.0),
        None => None,
    };
    let first = if places.is_empty() { BEGINNING } else { today };
    let place = Membership {
        person: old.person(),
        unit: *unit,
        seat,
        leads: one.role == Some(Role::Manager) || old.role.as_deref() == Some("manager"),
        from: one.from.unwrap_or(first),
        to: None,
    };
    let places = put(places.to_vec(), place);
    memberships::replace_all(tx, old.person(), &places, now).await?;
    Ok(true)
}

/// Gives a role to somebody who has none yet.
async fn admit(tx: &mut Tx, one: &Wanted, old: &Person, now: Timestamp) -> Result<bool> {
    let Some(role) = one.role.filter(|_| old.role.is_none()) else {
        return Ok(false);
    };
    logins::add(tx, old.person(), role, None, now).await?;
    Ok(true)
}
