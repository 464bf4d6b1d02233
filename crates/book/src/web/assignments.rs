//! `/api/v1/assignments`: who looks after a customer from when to when.

use axum::{extract::State, response::Response};
use db::Tx;
use jiff::civil::Date;
use kernel::{Refusal, Role, Scope, times::BEGINNING};
use org::{
    api::{self, Ask, Page},
    store::people,
};
use page::{Actor, Json, Kit, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::{accepted, references};
use crate::store::{
    assignments::{self, Assignment},
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
}

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

/// Whose assignments are asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentsQuery {
    customer: String,
}

/// The assignments of one customer, oldest first.
#[utoipa::path(get, path = "/api/v1/assignments", tag = "book", responses((status = 200, body = Page<AssignmentJson>), (status = 404)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<AssignmentsQuery>,
) -> Result<Json<Page<AssignmentJson>>> {
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &query.customer, kit.today()).await?;
    let found = assignments::of_customer(&mut tx, customer.customer()).await?;
    let names = people::names(&mut tx, &Scope::All).await?;
    let items = found.into_iter().filter_map(|one| {
        let person = names.iter().find(|name| name.id == one.person.get())?;
        Some(json(&customer.code, &person.code, &one))
    });
    Ok(Json(Page {
        items: items.collect(),
        next_cursor: None,
    }))
}

fn json(customer: &str, person: &str, one: &Assignment) -> AssignmentJson {
    AssignmentJson {
        customer: customer.to_owned(),
        person: person.to_owned(),
        role: one.role.clone(),
        from: Some(one.from)
            .filter(|day| *day != BEGINNING)
            .map(|day| day.to_string()),
        to: one.to.map(|day| day.to_string()),
    }
}

/// Records who looks after a customer.
#[utoipa::path(post, path = "/api/v1/assignments", tag = "book", request_body = NewAssignmentJson, responses((status = 201, body = AssignmentJson), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewAssignmentJson>) -> Result<Response> {
    ask.actor.may(&[Role::Administrator, Role::Manager])?;
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
    assignments::make_room(tx, new.customer, role, from, to, ask.now).await?;
    assignments::add_many(tx, std::slice::from_ref(&new), ask.now).await?;
    let person = people::fetch(tx, &Scope::All, &body.person, ask.today).await?;
    let shown = json(&customer.code, &person.code, &new);
    let entry = Entry {
        action: "assign",
        noun: "customer",
        subject: &customer.code,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let place = format!("/api/v1/assignments?customer={}", customer.code);
    Ok(api::created(place, &shown))
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
