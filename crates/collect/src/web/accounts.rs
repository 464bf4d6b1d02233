//! `/api/v1/credit/accounts`: the credit limit of each customer, from day to day.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use book::{
    store::customers::{self, Customer, Filter},
    web::{accepted, documents},
};
use db::{Cursor, Limit, Tx};
use jiff::Timestamp;
use kernel::{Currency, Moment, Money, Refusal, Role, refusal::Kind, times::BEGINNING};
use org::api::{self, Ask, Page};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use crate::{
    limit::{CreditLimit, Mode, Set, first_day},
    store::limits::{self, Known},
};

/// Who may set credit limits. Not the administrator, who decides about nobody's money.
pub(super) const MAY_SET: [Role; 1] = [Role::Finance];

/// A credit limit as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CreditLimitJson {
    /// `explicit`, `inherit`, `unlimited` or `blocked`.
    mode: String,
    /// Of an explicit one only; `"0.00"` is an amount.
    amount: Option<String>,
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    /// None from the beginning.
    valid_from: Option<String>,
    /// The first day it no longer holds; none until further notice.
    valid_to: Option<String>,
    reason: String,
    /// None where nothing is on record, which is `inherit`.
    recorded_at: Option<String>,
}

/// The credit account of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountJson {
    customer: String,
    name: String,
    /// The one of the asked day.
    limit: CreditLimitJson,
    /// All of them as known at the asked instant, oldest first.
    history: Vec<CreditLimitJson>,
    version: i64,
}

/// A credit account in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountLineJson {
    customer: String,
    name: String,
    limit: CreditLimitJson,
}

/// A credit limit to set. It takes the place of others on its days.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCreditLimitJson {
    /// `explicit`, `inherit`, `unlimited` or `blocked`; an amount alone is explicit.
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    amount: Option<String>,
    /// The customer's if left out.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    /// Today if left out; the beginning for the first one of a customer.
    #[serde(default)]
    valid_from: Option<String>,
    #[serde(default)]
    valid_to: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

/// The questions a list of credit accounts takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountsQuery {
    q: String,
    unit: String,
    owner: String,
    group: String,
    status: String,
    as_of: Option<String>,
    known_at: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The moment one account is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MomentQuery {
    as_of: Option<String>,
    known_at: Option<String>,
}

impl CreditLimitJson {
    fn of(known: &Known) -> CreditLimitJson {
        let limit = &known.limit;
        let amount = limit.mode.amount();
        let recorded = Timestamp::from_microsecond(known.recorded_at).ok();
        CreditLimitJson {
            mode: limit.mode.as_str().to_owned(),
            amount: amount.map(Money::decimal),
            currency: amount.map(|amount| amount.currency().code().to_owned()),
            valid_from: Some(limit.from)
                .filter(|day| *day != BEGINNING)
                .map(|day| day.to_string()),
            valid_to: limit.to.map(|day| day.to_string()),
            reason: limit.reason.clone(),
            recorded_at: recorded.map(|instant| instant.to_string()),
        }
    }

    /// Where nothing is on record.
    fn none() -> CreditLimitJson {
        CreditLimitJson {
            mode: Mode::Inherit.as_str().to_owned(),
            amount: None,
            currency: None,
            valid_from: None,
            valid_to: None,
            reason: String::new(),
            recorded_at: None,
        }
    }
}

/// Credit accounts by the names of their customers, each with its credit limit as of a day (`as_of`,
/// today if left out) and as known at an instant (`known_at`).
#[utoipa::path(get, path = "/api/v1/credit/accounts", tag = "collect", responses((status = 200, body = Page<AccountLineJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<AccountsQuery>,
) -> Result<Json<Page<AccountLineJson>>> {
    let today = kit.today();
    let moment = documents::moment(query.as_of.as_deref(), query.known_at.as_deref(), today)?;
    let limit = Limit::parse(query.limit)?;
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let filter = Filter {
        status: accept_status(&query.status)?,
        q: query.q,
        group: query.group,
        owner: query.owner,
        unit: query.unit,
        sort: None,
    };
    let mut tx = kit.db.read().await?;
    let found = customers::list(&mut tx, &actor.scope, &filter, today, limit, &cursor).await?;
    let ids: Vec<i64> = found.items.iter().map(|customer| customer.id).collect();
    let holding = limits::holding(&mut tx, &ids, moment).await?;
    Ok(Json(Page::of(found, |customer| AccountLineJson {
        limit: holding
            .get(&customer.id)
            .map_or_else(CreditLimitJson::none, CreditLimitJson::of),
        customer: customer.code,
        name: customer.name,
    })))
}

fn accept_status(text: &str) -> std::result::Result<String, Refusal> {
    match text {
        "" | "active" | "ended" | "all" => Ok(text.to_owned()),
        other => {
            let shown: String = other.chars().take(40).collect();
            let message = format!("“{shown}” is not one of active, ended, all.");
            Err(Refusal::new(Kind::Malformed, "query.status", message).at("status"))
        }
    }
}

/// The credit account of a customer as of a day and as known at an instant.
#[utoipa::path(get, path = "/api/v1/credit/accounts/{customer}", tag = "collect", params(("as_of" = Option<String>, description = "The day that is looked from; today if left out."), ("known_at" = Option<String>, description = "The instant whose knowledge counts; everything known if left out.")), responses((status = 200, body = AccountJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<MomentQuery>,
) -> Result<Response> {
    let today = kit.today();
    let moment = documents::moment(query.as_of.as_deref(), query.known_at.as_deref(), today)?;
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, today).await?;
    let shown = shown(&mut tx, &customer, moment).await?;
    Ok(api::versioned(shown.version, &shown))
}

async fn shown(tx: &mut Tx, customer: &Customer, moment: Moment) -> db::Result<AccountJson> {
    let history = limits::history(tx, customer.customer(), moment.known_at).await?;
    let day = moment.as_of;
    let mut holding = history.iter().filter(|known| {
        let limit = &known.limit;
        limit.from <= day && limit.to.is_none_or(|end| day < end)
    });
    Ok(AccountJson {
        customer: customer.code.clone(),
        name: customer.name.clone(),
        limit: holding
            .next()
            .map_or_else(CreditLimitJson::none, CreditLimitJson::of),
        history: history.iter().map(CreditLimitJson::of).collect(),
        version: limits::version(tx, customer.customer()).await?,
    })
}

/// Sets the credit limit of a customer for some days. What was known before can still be asked for
/// with `known_at`.
#[utoipa::path(put, path = "/api/v1/credit/accounts/{customer}/limit", tag = "collect", request_body = NewCreditLimitJson, responses((status = 200, body = AccountJson), (status = 404), (status = 412), (status = 422)))]
pub async fn set_limit(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<NewCreditLimitJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_SET)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(set(tx, ask))).await
}

async fn set(tx: &mut Tx, ask: &Ask<NewCreditLimitJson>) -> db::Result<Answer> {
    let customer = customers::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    let id = customer.customer();
    ask.fresh(limits::version(tx, id).await?)?;
    let mut account = limits::account(tx, id).await?;
    let moment = Moment::latest(ask.today);
    let before = shown(tx, &customer, moment).await?.history;
    let body = &ask.body;
    let day = |text: &Option<String>, field: &'static str| match text {
        Some(text) => accepted::day(text).map(Some).map_err(|no| no.at(field)),
        None => Ok(None),
    };
    let from = day(&body.valid_from, "valid_from")?;
    let new = CreditLimit {
        mode: accept_mode(body, &customer)?,
        from: from.unwrap_or_else(|| first_day(&account, ask.today)),
        to: day(&body.valid_to, "valid_to")?,
        reason: documents::note(body.reason.as_deref(), "reason")?,
    };
    if account.set(new.accept()?) == Set::Unchanged {
        return Ok(api::done(&shown(tx, &customer, moment).await?));
    }
    limits::save(tx, &BTreeMap::from([(id, account)]), ask.now).await?;
    let after = shown(tx, &customer, moment).await?;
    let entry = Entry {
        action: "set",
        noun: "credit-limit",
        subject: &customer.code,
        before: serde_json::to_value(before).ok(),
        after: serde_json::to_value(&after.history).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&after))
}

fn accept_mode(
    body: &NewCreditLimitJson,
    customer: &Customer,
) -> std::result::Result<Mode, Refusal> {
    let code = body.currency.as_deref().unwrap_or(&customer.currency);
    let currency = Currency::parse(code).map_err(|no| no.at("currency"))?;
    let amount = match body.amount.as_deref() {
        Some(text) => Some(Money::parse(text, currency).map_err(|no| no.at("amount"))?),
        None => None,
    };
    Mode::accept(body.mode.as_deref().unwrap_or_default(), amount)
}
