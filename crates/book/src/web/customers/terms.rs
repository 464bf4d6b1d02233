//! `/api/v1/customers/{code}/payment-terms`: what a customer pays by, from when to when.

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
        customer_terms::{self, Agreed, Shown, Spell},
        customers,
    },
    web::{accepted, change::Change, known::KnownQuery, references},
};

/// Who may say what a customer pays by.
pub(in crate::web) const MAY_CHANGE: [Role; 3] =
    [Role::Administrator, Role::Manager, Role::Finance];

/// What a customer pays by in a span of days; `from` is null for what always held.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerTermsJson {
    /// The code of named payment terms; null where it is a number of days.
    payment_terms: Option<String>,
    payment_terms_days: Option<i64>,
    from: Option<String>,
    /// The first day it no longer holds; null is open.
    to: Option<String>,
}

impl From<Shown> for CustomerTermsJson {
    fn from(shown: Shown) -> CustomerTermsJson {
        CustomerTermsJson {
            payment_terms: shown.code,
            payment_terms_days: shown.days,
            from: Some(shown.valid_from).filter(|day| *day != BEGINNING.to_string()),
            to: shown.valid_to,
        }
    }
}

/// What a customer pays by from now on or in a span of days: named terms or a number of days; with
/// neither nothing is agreed then, and all is due at once. What was recorded for its days makes room.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomerTermsJson {
    #[serde(default)]
    payment_terms: Option<String>,
    #[serde(default)]
    payment_terms_days: Option<i64>,
    /// From the beginning if left out.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// What a customer paid and pays by, oldest first.
#[utoipa::path(get, path = "/api/v1/customers/{code}/payment-terms", tag = "book", params(KnownQuery), responses((status = 200, body = Page<CustomerTermsJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<KnownQuery>,
) -> Result<Json<Page<CustomerTermsJson>>> {
    let known_at = query.known_at()?;
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    let shown = customer_terms::shown(&mut tx, customer.customer(), known_at).await?;
    Ok(Json(Page {
        items: shown.into_iter().map(CustomerTermsJson::from).collect(),
        next_cursor: None,
    }))
}

/// Records what a customer pays by in a span of days. Invoices that were written keep their days.
#[utoipa::path(post, path = "/api/v1/customers/{code}/payment-terms", tag = "book", request_body = NewCustomerTermsJson, responses((status = 201, body = Page<CustomerTermsJson>)))]
pub async fn create(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<NewCustomerTermsJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(add(tx, ask))).await
}

pub(in crate::web) async fn add(
    tx: &mut Tx,
    ask: &Ask<NewCustomerTermsJson>,
) -> db::Result<Answer> {
    let customer = customers::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    let body = &ask.body;
    let (from, to) = accepted::span(body.from.as_deref(), body.to.as_deref())?;
    let agreed = first(tx, body.payment_terms.as_deref(), body.payment_terms_days).await?;
    let id = customer.customer();
    customer_terms::make_room(tx, id, from, to, ask.now).await?;
    let new = agreed.map(|agreed| Spell {
        customer: id,
        agreed,
        from,
        to,
    });
    customer_terms::add_many(tx, new.as_slice(), ask.now).await?;
    let entry = Entry {
        action: "agree terms",
        noun: "customer",
        subject: &customer.code,
        after: serde_json::to_value(body).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let all = customer_terms::shown(tx, id, i64::MAX).await?;
    let shown = Page {
        items: all.into_iter().map(CustomerTermsJson::from).collect(),
        next_cursor: None,
    };
    let place = page::address("/api/v1/customers", &customer.code);
    Ok(api::created(format!("{place}/payment-terms"), &shown))
}

/// What a new customer pays by, if anything was said.
pub(super) async fn first(
    tx: &mut Tx,
    named: Option<&str>,
    days: Option<i64>,
) -> db::Result<Option<Agreed>> {
    let set = |said: Option<&str>| said.map_or(Change::Keep, |code| Change::Set(code.to_owned()));
    let days = days.map_or(Change::Keep, Change::Set);
    changed(tx, None, (&set(named), &days)).await
}

/// What a customer that pays by `old` pays by after a change: a number of days takes the place of named
/// terms, and they that of a number.
pub(super) async fn changed(
    tx: &mut Tx,
    old: Option<Agreed>,
    said: (&Change<String>, &Change<i64>),
) -> db::Result<Option<Agreed>> {
    let days = |days: i64| {
        let days = accepted::terms_days(days).map_err(|no| no.at("payment_terms_days"))?;
        Ok(Some(Agreed::Days(days)))
    };
    match said {
        (Change::Set(_), Change::Set(_)) => {
            let message = "Name payment terms or say a number of days, not both.";
            Err(Refusal::value("terms.both", message)
                .at("payment_terms_days")
                .into())
        }
        (Change::Set(code), _) => {
            let terms = references::terms(tx, "payment_terms", code).await?;
            Ok(Some(Agreed::Named(terms.terms())))
        }
        (_, Change::Set(number)) => days(*number),
        (Change::Clear, Change::Clear) => Ok(None),
        (Change::Clear, Change::Keep) => Ok(old.filter(|old| matches!(old, Agreed::Days(_)))),
        (Change::Keep, Change::Clear) => Ok(old.filter(|old| matches!(old, Agreed::Named(_)))),
        (Change::Keep, Change::Keep) => Ok(old),
    }
}
