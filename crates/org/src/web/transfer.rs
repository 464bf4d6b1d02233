//! A person changes unit from a day on, or gets another role.

use db::{DbError, Result, Tx, WorkFuture};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Refusal, Role, Scope,
    ids::{PersonId, SeatId, UnitId},
};
use trail::By;

use super::{memberships::sit, people::PersonChangeJson, units::unknown};
use crate::{
    api::{Ask, accept_day},
    store::{
        logins,
        memberships::{self, Membership},
        people::Person,
        units,
    },
};

/// A person who is about to change unit.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    pub person: PersonId,
    pub unit: UnitId,
    pub seat: Option<SeatId>,
    /// The first day there.
    pub day: Date,
}

/// What is kept of people above this crate, and goes along when one changes unit. It runs before the
/// memberships change.
#[derive(Debug, Clone, Copy)]
pub struct Follower {
    pub moved: for<'a> fn(&'a mut Tx, &'a Moved, &'a By) -> WorkFuture<'a, ()>,
}

/// The followers the program knows.
#[derive(Debug, Clone, Copy)]
pub struct Followers(pub &'static [Follower]);

/// A change of a person, and what follows it.
pub(super) type Change = (PersonChangeJson, Followers);

/// Lets a person sit in a place from its first day on; whatever was believed of later days ends.
///
/// # Errors
///
/// What [`sit`] refuses.
pub async fn change_unit(
    tx: &mut Tx,
    mut place: Membership,
    seat: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    memberships::end_from(tx, place.person, place.from, now).await?;
    sit(tx, &mut place, seat).await?;
    memberships::add(tx, &place, now).await
}

/// Carries out what a change says of unit, seat, leading and role.
///
/// # Errors
///
/// The refusal of the field that is wrong.
pub(super) async fn transfer(
    tx: &mut Tx,
    ask: &Ask<Change>,
    person: &Person,
    has_email: bool,
) -> Result<()> {
    let (body, followers) = &ask.body;
    let role = match &body.role {
        Some(text) => Some(Role::parse(text).map_err(|no| no.at("role"))?),
        None => None,
    };
    if let Some(role) = role {
        give_role(tx, ask, person, role, has_email).await?;
    }
    let Some(code) = &body.unit else {
        if body.seat.is_some() || body.leads.is_some() || body.from.is_some() {
            let text =
                "Seat, leading and first day belong to a unit. Name it, or correct the membership.";
            return Err(Refusal::value("person.unit", text).at("unit").into());
        }
        return Ok(());
    };
    let unit = match units::fetch(tx, &Scope::All, code).await {
        Err(DbError::Refused(_)) => return Err(unknown("unit", "unit", code).into()),
        other => other?,
    };
    let from = match &body.from {
        Some(text) => accept_day(text, "from")?,
        None => ask.today,
    };
    let manages = role.map_or(person.role.as_deref() == Some("manager"), |role| {
        role == Role::Manager
    });
    let place = Membership {
        person: person.person(),
        unit: unit.id,
        seat: None,
        leads: body.leads.unwrap_or(manages),
        from,
        to: None,
    };
    let moved = Moved {
        person: place.person,
        unit: place.unit,
        seat: None,
        day: from,
    };
    for follower in followers.0 {
        (follower.moved)(tx, &moved, &ask.by()).await?;
    }
    change_unit(tx, place, body.seat.as_deref(), ask.now).await
}

/// A role counts from the next request on. Somebody must be left who can set the company up.
async fn give_role(
    tx: &mut Tx,
    ask: &Ask<Change>,
    person: &Person,
    role: Role,
    has_email: bool,
) -> Result<()> {
    if person.role.is_none() {
        if !has_email {
            let text = "A role needs an e-mail address to sign in with.";
            return Err(Refusal::value("email.missing", text).at("email").into());
        }
        return logins::add(tx, person.person(), role, None, ask.now)
            .await
            .map(drop);
    }
    let leaves = person.role.as_deref() == Some(Role::Administrator.as_str());
    if leaves && role != Role::Administrator && logins::administrators(tx).await? < 2 {
        let text = format!(
            "{} is the only administrator. Make somebody else one first.",
            person.name
        );
        return Err(Refusal::state("role.last_administrator", text)
            .at("role")
            .into());
    }
    logins::save_role(tx, person.person(), role).await
}
