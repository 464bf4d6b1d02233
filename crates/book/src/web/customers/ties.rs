//! `/api/v1/customers/{code}/ties`: whom a customer belongs to and who pays for it, from when to when.

use axum::{extract::State, response::Response};
use db::Tx;
use kernel::{Refusal, Role, times::BEGINNING};
use org::api::{self, Ask, Page};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use crate::{
    store::{
        customers,
        ties::{self, Kind, Shown, Tie},
    },
    web::{accepted, known::KnownQuery, references},
};

/// Who may say whom a customer belongs to and who pays for it.
pub(in crate::web) const MAY_CHANGE: [Role; 3] =
    [Role::Administrator, Role::Manager, Role::Finance];

/// A tie as the API shows it; `from` is null for one that always held.
#[derive(Debug, Serialize, ToSchema)]
pub struct TieJson {
    /// `parent` or `payer`.
    kind: String,
    /// The customer it is tied to.
    other: String,
    other_name: String,
    from: Option<String>,
    /// The first day it no longer holds; null is open.
    to: Option<String>,
}

impl From<Shown> for TieJson {
    fn from(tie: Shown) -> TieJson {
        TieJson {
            kind: tie.kind,
            other: tie.other_code,
            other_name: tie.other_name,
            from: Some(tie.valid_from).filter(|day| *day != BEGINNING.to_string()),
            to: tie.valid_to,
        }
    }
}

/// A tie to record. What was recorded for its days makes room.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTieJson {
    /// `parent` or `payer`.
    kind: String,
    other: String,
    /// From the beginning if left out.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// The ties of a customer, oldest first.
#[utoipa::path(get, path = "/api/v1/customers/{code}/ties", tag = "book", params(KnownQuery), responses((status = 200, body = Page<TieJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<KnownQuery>,
) -> Result<Json<Page<TieJson>>> {
    let known_at = query.known_at()?;
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    let shown = ties::shown(&mut tx, customer.customer(), known_at).await?;
    Ok(Json(Page {
        items: shown.into_iter().map(TieJson::from).collect(),
        next_cursor: None,
    }))
}

/// Records whom a customer belongs to, or who pays for it, in a span of days.
#[utoipa::path(post, path = "/api/v1/customers/{code}/ties", tag = "book", request_body = NewTieJson, responses((status = 201, body = TieJson)))]
pub async fn create(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<NewTieJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(add(tx, ask))).await
}

pub(in crate::web) async fn add(tx: &mut Tx, ask: &Ask<NewTieJson>) -> db::Result<Answer> {
    let scope = &ask.actor.scope;
    let customer = customers::fetch(tx, scope, &ask.subject, ask.today).await?;
    let tie = read(tx, ask, &customer).await?;
    if tie.other == tie.customer || ties::leads_back(tx, &tie).await? {
        return Err(circle(tie.kind).into());
    }
    let place = (tie.customer, tie.kind);
    ties::make_room(tx, place, tie.from, tie.to, ask.now).await?;
    ties::add(tx, &tie, ask.now).await?;
    let all = ties::shown(tx, tie.customer, i64::MAX).await?;
    let from = tie.from.to_string();
    let new = all
        .into_iter()
        .find(|one| one.kind == tie.kind.as_str() && one.valid_from == from);
    let shown = new.map(TieJson::from).ok_or(db::DbError::Missing)?;
    let entry = Entry {
        action: "tie",
        noun: "customer",
        subject: &customer.code,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let place = page::address("/api/v1/customers", &customer.code);
    Ok(api::created(format!("{place}/ties"), &shown))
}

async fn read(
    tx: &mut Tx,
    ask: &Ask<NewTieJson>,
    customer: &customers::Customer,
) -> db::Result<Tie> {
    let body = &ask.body;
    let kind = accept_kind(&body.kind)?;
    let scope = &ask.actor.scope;
    let other = references::customer(tx, scope, "other", &body.other, ask.today).await?;
    let (from, to) = accepted::span(body.from.as_deref(), body.to.as_deref())?;
    Ok(Tie {
        customer: customer.customer(),
        kind,
        other: other.customer(),
        from,
        to,
    })
}

/// The end of a tie: from a day on there is none of its kind.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TieEndJson {
    /// `parent` or `payer`.
    kind: String,
    /// The first day without; today if left out.
    #[serde(default)]
    on: Option<String>,
}

/// Ends whom a customer belongs to, or who pays for it, from a day on; what held before stays.
#[utoipa::path(post, path = "/api/v1/customers/{code}/ties/end", tag = "book", request_body = TieEndJson, responses((status = 200, body = Page<TieJson>), (status = 409)))]
pub async fn finish(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<TieEndJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(end(tx, ask))).await
}

pub(in crate::web) async fn end(tx: &mut Tx, ask: &Ask<TieEndJson>) -> db::Result<Answer> {
    let customer = customers::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    let kind = accept_kind(&ask.body.kind)?;
    let day = ask.body.on.as_deref().map(accepted::day).transpose();
    let day = day.map_err(|no| no.at("on"))?.unwrap_or(ask.today);
    let id = customer.customer();
    let held = ties::touching(tx, id).await?;
    let holds = |tie: &&Tie| {
        let is_own = tie.customer == id && tie.kind == kind;
        is_own && tie.to.is_none_or(|end| day < end)
    };
    if !held.iter().any(|tie| holds(&tie)) {
        let message = format!(
            "Customer {} has no {} from {day} on.",
            customer.code,
            kind.as_str()
        );
        return Err(Refusal::state("tie.none", message).at("on").into());
    }
    ties::make_room(tx, (id, kind), day, None, ask.now).await?;
    let left = ties::shown(tx, id, i64::MAX).await?;
    let entry = Entry {
        action: "untie",
        noun: "customer",
        subject: &customer.code,
        after: Some(serde_json::json!({ "kind": kind.as_str(), "on": day.to_string() })),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&Page {
        items: left.into_iter().map(TieJson::from).collect(),
        next_cursor: None,
    }))
}

fn accept_kind(text: &str) -> std::result::Result<Kind, Refusal> {
    Kind::parse(text).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Refusal::value("tie.kind", format!("“{shown}” is not parent or payer.")).at("kind")
    })
}

/// A customer cannot stand above itself, nor pay for whoever pays for it.
pub(in crate::web) fn circle(kind: Kind) -> Refusal {
    match kind {
        Kind::Parent => Refusal::value(
            "customer.parent_cycle",
            "It stands below this customer already, so it cannot be its parent.",
        ),
        Kind::Payer => Refusal::value(
            "customer.payer_cycle",
            "This customer pays for it already, so it cannot be its payer.",
        ),
    }
    .at(kind.as_str())
}
