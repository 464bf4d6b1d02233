//! A person changes unit from a day on, or gets another role; and what goes along with a person whose
//! places are others than they were believed to be.

use std::collections::{BTreeMap, BTreeSet};

use db::{DbError, Result, Tx, WorkFuture};
use jiff::Timestamp;
use kernel::{Refusal, Role, Scope, ids::PersonId};
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

/// A person whose places were changed or corrected: as they were believed, and as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reseated {
    pub person: PersonId,
    pub before: Vec<Membership>,
    pub after: Vec<Membership>,
}

/// What is kept of people above this crate, and goes along when they sit elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Follower {
    pub reseated: for<'a> fn(&'a mut Tx, &'a [Reseated], &'a By) -> WorkFuture<'a, ()>,
}

/// The followers the program knows.
#[derive(Debug, Clone, Copy)]
pub struct Followers(pub &'static [Follower]);

/// Where people sit before something is changed about it: everybody, or these.
#[derive(Debug, Clone)]
pub struct Seating {
    people: Option<BTreeSet<PersonId>>,
    before: BTreeMap<PersonId, Vec<Membership>>,
}

impl Seating {
    /// Of everybody, for what changes many.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn of_all(tx: &mut Tx) -> Result<Seating> {
        Ok(Seating {
            before: places(tx, None).await?,
            people: None,
        })
    }

    /// Of one person.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn of(tx: &mut Tx, person: PersonId) -> Result<Seating> {
        let people = Some(BTreeSet::from([person]));
        Ok(Seating {
            before: places(tx, people.as_ref()).await?,
            people,
        })
    }

    /// Lets what is kept of people go along with those who sit elsewhere by now.
    ///
    /// # Errors
    ///
    /// What the followers refuse.
    pub async fn settle(mut self, tx: &mut Tx, followers: Followers, by: &By) -> Result<()> {
        let mut after = places(tx, self.people.as_ref()).await?;
        let people: BTreeSet<PersonId> = self.before.keys().chain(after.keys()).copied().collect();
        let reseated = people.into_iter().map(|person| Reseated {
            person,
            before: self.before.remove(&person).unwrap_or_default(),
            after: after.remove(&person).unwrap_or_default(),
        });
        let reseated: Vec<Reseated> = reseated.filter(|one| one.before != one.after).collect();
        if reseated.is_empty() {
            return Ok(());
        }
        for follower in followers.0 {
            (follower.reseated)(tx, &reseated, by).await?;
        }
        Ok(())
    }
}

async fn places(
    tx: &mut Tx,
    people: Option<&BTreeSet<PersonId>>,
) -> Result<BTreeMap<PersonId, Vec<Membership>>> {
    let all = match people {
        Some(people) => memberships::of_people(tx, people).await?,
        None => memberships::all(tx).await?,
    };
    let mut by_person: BTreeMap<PersonId, Vec<Membership>> = BTreeMap::new();
    for place in all {
        by_person.entry(place.person).or_default().push(place);
    }
    Ok(by_person)
}

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
    let seating = Seating::of(tx, place.person).await?;
    change_unit(tx, place, body.seat.as_deref(), ask.now).await?;
    seating.settle(tx, *followers, &ask.by()).await
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
