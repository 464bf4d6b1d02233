//! Taking a person in: the person, the place in a unit, and the login, in one go.

use db::{DbError, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Refusal, Role, Scope, ids::PersonId, times::BEGINNING};

use crate::{
    api::accept_name,
    store::{
        logins,
        memberships::{self, Membership},
        people::{self, NewPerson},
        seats, units,
    },
};

/// Whoever is to be taken in.
#[derive(Debug, Clone, Default)]
pub struct Newcomer {
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub email: Option<String>,
    pub unit: Option<String>,
    pub seat: Option<String>,
    pub role: Option<String>,
    /// The first day in the unit; the beginning if none is given.
    pub from: Option<Date>,
}

/// Adds a person with their place and role.
///
/// A role needs an e-mail address to sign in with. A manager leads the unit. Without a unit the
/// person has a name but no place.
///
/// # Errors
///
/// The refusal of the field that is wrong.
pub async fn enrol(
    tx: &mut Tx,
    who: &Newcomer,
    hash: Option<String>,
    now: Timestamp,
) -> Result<PersonId> {
    let code = Code::parse(&who.code).map_err(|no| no.at("code"))?;
    let email = who.email.as_deref().map(accept_email).transpose()?;
    let role = who
        .role
        .as_deref()
        .map(Role::parse)
        .transpose()
        .map_err(|no| no.at("role"))?;
    let person = NewPerson {
        code: code.clone(),
        name: accept_name(&who.name, "name")?,
        name_local: who
            .name_local
            .as_deref()
            .map(|name| accept_name(name, "name_local"))
            .transpose()?,
        email,
    };
    let id = people::add(tx, &person)
        .await
        .map_err(|error| taken(error, &person))?;
    if let Some(unit) = &who.unit {
        let leads = role == Some(Role::Manager);
        place(
            tx,
            id,
            unit,
            who.seat.as_deref(),
            leads,
            who.from.unwrap_or(BEGINNING),
            now,
        )
        .await?;
    }
    if let Some(role) = role.filter(|_| person.email.is_some()) {
        logins::add(tx, id, role, hash, now).await?;
    }
    Ok(id)
}

#[expect(
    clippy::too_many_arguments,
    reason = "a place is person, unit, seat and time; a struct of them is Membership"
)]
async fn place(
    tx: &mut Tx,
    person: PersonId,
    unit: &str,
    seat: Option<&str>,
    leads: bool,
    from: Date,
    now: Timestamp,
) -> Result<()> {
    let unit = match units::fetch(tx, &Scope::All, unit).await {
        Err(DbError::Refused(_)) => return Err(unknown("unit", unit).into()),
        other => other?,
    };
    let seat = match seat {
        None => None,
        Some(code) => match seats::by_code(tx, code).await {
            Ok((seat, of)) if of == unit.id => Some(seat),
            Ok(_) => {
                let text = format!("Seat {code} is in another unit than {}.", unit.code);
                return Err(Refusal::value("seat.unit", text).at("seat").into());
            }
            Err(DbError::Missing) => return Err(unknown("seat", code).into()),
            Err(error) => return Err(error),
        },
    };
    let place = Membership {
        person,
        unit: unit.id,
        seat,
        leads,
        from,
        to: None,
    };
    memberships::add(tx, &place, now).await
}

fn unknown(noun: &'static str, code: &str) -> Refusal {
    Refusal::value("reference.unknown", format!("There is no {noun} {code}.")).at(noun)
}

/// Says which code or address is taken instead of which constraint.
pub(crate) fn taken(error: DbError, person: &NewPerson) -> DbError {
    let DbError::Taken(what) = &error else {
        return error;
    };
    let email = person.email.as_deref().unwrap_or_default();
    let no = if what.contains("email") {
        Refusal::state(
            "email.taken",
            format!("Somebody already has the e-mail address {email}."),
        )
        .at("email")
    } else {
        Refusal::state(
            "code.taken",
            format!("There already is a person {}.", person.code),
        )
        .at("code")
    };
    DbError::Refused(no)
}

/// An e-mail address as typed, if mail could reach it.
///
/// # Errors
///
/// `email.malformed`.
pub fn accept_email(text: &str) -> std::result::Result<String, Refusal> {
    let email = text.trim();
    let well_formed = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !host.contains('@')
    });
    let plain = email
        .chars()
        .all(|letter| !letter.is_whitespace() && !letter.is_control() && letter != ',');
    if well_formed && plain && email.len() <= 254 {
        return Ok(email.to_owned());
    }
    let shown: String = email.chars().take(60).collect();
    Err(Refusal::value(
        "email.malformed",
        format!("“{shown}” is not an e-mail address."),
    )
    .at("email"))
}
