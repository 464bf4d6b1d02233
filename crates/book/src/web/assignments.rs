//! `/api/v1/assignments`: who looks after a customer from when to when.
//!
//! An assignment is known by customer, role and first day. What is corrected is retracted and recorded
//! anew, so both readings of the past stay.

use axum::{extract::State, response::Response};
use db::{DbError, Tx};
use jiff::civil::Date;
use kernel::{Refusal, Role, Scope, refusal::Kind, times::BEGINNING};
use org::api::{self, Ask, Page, RetractJson};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::{IntoParams, ToSchema};

use super::{accepted, references};
use crate::store::{
    assignments::{
        self, Assignment, known,
        known::{Filter, Known},
    },
    customers,
};

/// An assignment as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentJson {
    customer: String,
    person: String,
    role: String,
    /// None from the beginning.
    from: Option<String>,
    /// The first day it no longer holds; none until further notice.
    to: Option<String>,
    recorded_at: String,
    /// Null while it is believed.
    retracted_at: Option<String>,
}

impl From<Known> for AssignmentJson {
    fn from(one: Known) -> AssignmentJson {
        AssignmentJson {
            customer: one.customer_code,
            person: one.person_code,
            role: one.role,
            from: Some(one.valid_from).filter(|day| *day != BEGINNING.to_string()),
            to: one.valid_to,
            recorded_at: api::instant(one.recorded_at),
            retracted_at: one.retracted_at.map(api::instant),
        }
    }
}

/// Who may say who looks after a customer.
const MAY_ASSIGN: [Role; 2] = [Role::Administrator, Role::Manager];

/// An assignment to record. It takes the place of whoever held the role in its days.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssignmentJson {
    customer: String,
    person: String,
    /// `owner` or `support`.
    role: String,
    /// Today if left out; the beginning for the first one of a customer.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// What of an assignment can be corrected; what is left out stays. `to` ends it, `open` is until further
/// notice.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentChangeJson {
    #[serde(default)]
    person: Option<String>,
    /// A day, or `beginning`.
    #[serde(default)]
    #[schema(pattern = "^(beginning|[0-9]{4}-[0-9]{2}-[0-9]{2})$")]
    from: Option<String>,
    #[serde(default)]
    #[schema(pattern = "^(open|[0-9]{4}-[0-9]{2}-[0-9]{2})$")]
    to: Option<String>,
}

/// Which assignments are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssignmentsQuery {
    /// The code of a customer.
    customer: String,
    /// The code of a person.
    person: String,
    /// `owner` or `support`.
    role: String,
    /// The day on which they hold; any day if left out.
    as_of: String,
    /// What was believed at this instant; what is believed now if left out.
    known_at: String,
    /// `all` shows what was retracted as well.
    history: String,
    /// Rows in a page, 1 to 500; 50 if left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl AssignmentsQuery {
    fn filter(&self) -> std::result::Result<Filter, Refusal> {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let role = given(&self.role).map(|text| accept_role(&text).map_err(|no| no.at("role")));
        Ok(Filter {
            customer: self.customer.clone(),
            person: self.person.clone(),
            role: role.transpose()?.unwrap_or_default().to_owned(),
            as_of: given(&self.as_of)
                .map(|text| api::accept_day(&text, "as_of"))
                .transpose()?,
            known_at: match (self.known_at.as_str(), self.history.as_str()) {
                (_, "all") => None,
                ("", _) => Some(i64::MAX),
                (text, _) => Some(api::accept_instant(text, "known_at")?),
            },
        })
    }
}

/// Assignments of the customers in scope, by customer, role and first day.
#[utoipa::path(get, path = "/api/v1/assignments", tag = "book", params(AssignmentsQuery), responses((status = 200, body = Page<AssignmentJson>), (status = 404), (status = 422)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<AssignmentsQuery>,
) -> Result<Json<Page<AssignmentJson>>> {
    let filter = query.filter()?;
    let limit = db::Limit::parse(query.limit)?;
    let cursor = db::Cursor::parse(query.cursor.as_deref())?;
    let sight = (&actor.scope, kit.today());
    let mut tx = kit.db.read().await?;
    if !filter.customer.is_empty() {
        customers::fetch(&mut tx, sight.0, &filter.customer, sight.1).await?;
    }
    let found = known::list(&mut tx, sight, &filter, limit, &cursor).await?;
    // A list of what was known at an instant does not tell what became of it later.
    let then = filter.known_at.is_some();
    Ok(Json(Page::of(found, |mut one| {
        one.retracted_at = one.retracted_at.filter(|_| !then);
        AssignmentJson::from(one)
    })))
}

/// One assignment as it is believed; `from` is a day or `beginning`.
#[utoipa::path(get, path = "/api/v1/assignments/{customer}/{role}/{from}", tag = "book", responses((status = 200, body = AssignmentJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(place): Path<Place>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let found = named(&mut tx, (&actor.scope, kit.today()), &place).await?;
    let shown = AssignmentJson::from(found.clone());
    Ok(api::versioned(found.recorded_at, &shown))
}

/// Customer, role and first day.
type Place = (String, String, String);

async fn named(
    tx: &mut Tx,
    sight: (&Scope, Date),
    (customer, role, from): &Place,
) -> db::Result<Known> {
    let missing = || Refusal::missing(format!("assignment from {from}"));
    let from = api::accept_first_day(from, "from");
    let from = from.ok().ok_or_else(missing)?;
    known::fetch(tx, sight, (customer, role), from).await
}

/// `C-1/owner/2026-06-16`, as in the address.
fn subject(one: &Known) -> String {
    let from = match one.valid_from.as_str() {
        day if day == BEGINNING.to_string() => "beginning",
        day => day,
    };
    let customer = one.customer_code.replace('/', "%2F");
    format!("{customer}/{}/{from}", one.role)
}

/// Records who looks after a customer.
#[utoipa::path(post, path = "/api/v1/assignments", tag = "book", request_body = NewAssignmentJson, responses((status = 201, body = AssignmentJson), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewAssignmentJson>) -> Result<Response> {
    ask.actor.may(&MAY_ASSIGN)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

pub(super) async fn add(tx: &mut Tx, ask: &Ask<NewAssignmentJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let customer = references::customer(tx, scope, "customer", &body.customer, ask.today).await?;
    let person = references::person(tx, scope, "person", &body.person, ask.today).await?;
    let role = accept_role(&body.role).map_err(|no| no.at("role"))?;
    let held = assignments::of_customer(tx, customer.customer()).await?;
    let first = held.iter().all(|one| one.role != role);
    let from = match body.from.as_deref() {
        Some(text) => accepted::day(text).map_err(|no| no.at("from"))?,
        None if first => BEGINNING,
        None => ask.today,
    };
    let to = body
        .to
        .as_deref()
        .map(accepted::day)
        .transpose()
        .map_err(|no| no.at("to"))?;
    accept_span(from, to)?;
    let new = Assignment {
        customer: customer.customer(),
        person,
        role: role.to_owned(),
        from,
        to,
    };
    reached(&held, &new, scope)?;
    assignments::make_room(tx, new.customer, role, from, to, ask.now).await?;
    assignments::add_many(tx, std::slice::from_ref(&new), ask.now).await?;
    // Whoever gives a customer away may no longer see it.
    let sight = (&Scope::All, ask.today);
    let shown = known::fetch(tx, sight, (&customer.code, role), from).await?;
    let place = format!("/api/v1/assignments/{}", subject(&shown));
    let shown = AssignmentJson::from(shown);
    let entry = Entry {
        action: "assign",
        noun: "customer",
        subject: &customer.code,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(place, &shown))
}

/// Corrects or ends an assignment: what was believed is retracted, and the correction recorded. It takes
/// the place of whoever else held the role in its days.
#[utoipa::path(patch, path = "/api/v1/assignments/{customer}/{role}/{from}", tag = "book", request_body = AssignmentChangeJson, responses((status = 200, body = AssignmentJson), (status = 404), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(place): Path<Place>,
    ask: Ask<AssignmentChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_ASSIGN)?;
    let ask = ask.map(|body| (place, body));
    api::carry_out(&kit, ask, |tx, ask| Box::pin(correct(tx, ask))).await
}

async fn correct(tx: &mut Tx, ask: &Ask<(Place, AssignmentChangeJson)>) -> db::Result<Answer> {
    let (place, body) = &ask.body;
    let scope = &ask.actor.scope;
    let old = named(tx, (scope, ask.today), place).await?;
    ask.fresh(old.recorded_at)?;
    let Some(was) = old.assignment() else {
        return Err(DbError::Missing);
    };
    let mut new = was.clone();
    if let Some(person) = &body.person {
        new.person = references::person(tx, scope, "person", person, ask.today).await?;
    }
    if let Some(from) = &body.from {
        new.from = api::accept_first_day(from, "from")?;
    }
    match body.to.as_deref() {
        Some("open") => new.to = None,
        Some(text) => new.to = Some(api::accept_day(text, "to")?),
        None => {}
    }
    accept_span(new.from, new.to)?;
    let held = assignments::of_customer(tx, new.customer).await?;
    reached(&held, &new, scope)?;
    reached(&held, &was, scope)?;
    known::retract(tx, &old, ask.now).await?;
    assignments::make_room(tx, new.customer, &new.role, new.from, new.to, ask.now).await?;
    assignments::add_many(tx, std::slice::from_ref(&new), ask.now).await?;
    let names = (old.customer_code.as_str(), old.role.as_str());
    let shown = known::fetch(tx, (&Scope::All, ask.today), names, new.from).await?;
    let (before, after) = (AssignmentJson::from(old), AssignmentJson::from(shown));
    let entry = Entry {
        action: "assign",
        noun: "customer",
        subject: &before.customer,
        before: serde_json::to_value(&before).ok(),
        after: serde_json::to_value(&after).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&after))
}

/// Takes an assignment back that never was. What was believed stays readable as known before.
#[utoipa::path(delete, path = "/api/v1/assignments/{customer}/{role}/{from}", tag = "book", request_body = RetractJson, responses((status = 200, body = AssignmentJson), (status = 404), (status = 412)))]
pub async fn take_back(
    State(kit): State<Kit>,
    Path(place): Path<Place>,
    ask: Ask<RetractJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_ASSIGN)?;
    let ask = ask.map(|body| (place, body));
    api::carry_out(&kit, ask, |tx, ask| Box::pin(taken_back(tx, ask))).await
}

async fn taken_back(tx: &mut Tx, ask: &Ask<(Place, RetractJson)>) -> db::Result<Answer> {
    let (place, body) = &ask.body;
    let mut old = named(tx, (&ask.actor.scope, ask.today), place).await?;
    ask.fresh(old.recorded_at)?;
    if let Some(was) = old.assignment() {
        reached(std::slice::from_ref(&was), &was, &ask.actor.scope)?;
    }
    known::retract(tx, &old, ask.now).await?;
    old.retracted_at = Some(ask.now.as_microsecond());
    let shown = AssignmentJson::from(old);
    let entry = Entry {
        action: "retract_assignment",
        noun: "customer",
        subject: &shown.customer,
        why: &body.reason,
        before: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// Whether everybody whose days with the customer `new` takes is in reach: who is not keeps the past.
fn reached(
    held: &[Assignment],
    new: &Assignment,
    scope: &Scope,
) -> std::result::Result<(), Refusal> {
    let touched = held.iter().filter(|one| {
        one.role == new.role
            && one.to.is_none_or(|end| new.from < end)
            && new.to.is_none_or(|end| one.from < end)
    });
    for one in touched {
        if !scope.reaches_person(one.person) {
            let message = "Somebody outside your units looked after this customer in these days. \
                           Choose days after theirs, or ask an administrator to correct the past.";
            return Err(Refusal::new(Kind::Forbidden, "assignment.reach", message).at("from"));
        }
    }
    Ok(())
}

/// The two ways of looking after a customer.
///
/// # Errors
///
/// `assignment.role`.
pub fn accept_role(text: &str) -> std::result::Result<&'static str, Refusal> {
    match text.trim() {
        "owner" => Ok("owner"),
        "support" => Ok("support"),
        other => {
            let shown: String = other.chars().take(40).collect();
            let message = format!("“{shown}” is not a role here. Use owner or support.");
            Err(Refusal::value("assignment.role", message))
        }
    }
}

fn accept_span(from: Date, to: Option<Date>) -> std::result::Result<(), Refusal> {
    match to {
        Some(to) if to <= from => {
            let message = format!("{to} is not after the first day, {from}.");
            Err(Refusal::value("assignment.empty", message).at("to"))
        }
        _ => Ok(()),
    }
}
