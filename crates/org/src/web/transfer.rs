//! A person changes unit from a day on, or gets another role.

use db::{DbError, Result, Tx};
use kernel::{Refusal, Role, Scope};

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

/// Carries out what a change says of unit, seat, leading and role.
///
/// # Errors
///
/// The refusal of the field that is wrong.
pub(super) async fn transfer(
    tx: &mut Tx,
    ask: &Ask<PersonChangeJson>,
    person: &Person,
    has_email: bool,
) -> Result<()> {
    let body = &ask.body;
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
    let mut place = Membership {
        person: person.person(),
        unit: unit.id,
        seat: None,
        leads: body.leads.unwrap_or(manages),
        from,
        to: None,
    };
    memberships::end_from(tx, person.person(), from, ask.now).await?;
    sit(tx, &mut place, body.seat.as_deref()).await?;
    memberships::add(tx, &place, ask.now).await
}

/// A role counts from the next request on. Somebody must be left who can set the company up.
async fn give_role(
    tx: &mut Tx,
    ask: &Ask<PersonChangeJson>,
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
