//! `/frameworks` and `/api/v1/frameworks`: what a customer agreed to take over a time, and what is left of it.

pub mod acting;
pub mod list_page;
mod new_page;
pub mod sheet_page;

use axum::{extract::State, response::Response};
use db::{DbError, Tx};
use jiff::civil::Date;
use kernel::{Percent, Price, Quantity, Refusal, Role, Scope, decimal::write_places};
use org::{
    api::{self, Ask, Page},
    store::company,
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::Answer;
use utoipa::ToSchema;

use super::{
    accepted,
    change::Change,
    documents::{DocumentsQuery, note},
    listing,
    orders::accept_currency,
    price_lists::accept_days,
    recorded::record,
    references,
    step::{Step, StepJson},
};
use crate::{
    course::FRAMEWORK,
    order::at_line,
    posting::numbers,
    series::Series,
    store::frameworks::{self, Amendment, Framework, Line, NewFramework, NewLine, Taker},
};

/// Who may agree on contracts, with customers in scope.
const MAY_AGREE: [Role; 3] = [Role::Administrator, Role::Manager, Role::Finance];

/// The most lines of a contract.
const MOST_LINES: usize = 1_000;

/// A framework contract in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameworkRowJson {
    number: String,
    customer: String,
    currency: String,
    /// The first day it serves.
    from: String,
    /// The first day it serves no longer; none until further notice.
    to: Option<String>,
    /// How much more than agreed may be called off.
    tolerance_percent: String,
    /// `draft`, `active` or `closed`.
    status: String,
    note: String,
    version: i64,
}

/// A framework contract with its lines, what is left of them, and the orders that took it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameworkJson {
    #[serde(flatten)]
    head: FrameworkRowJson,
    lines: Vec<FrameworkLineJson>,
    call_offs: Vec<CalledJson>,
}

/// A line of a contract; counted from 1. What is left is without the tolerance.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameworkLineJson {
    line: i64,
    product: String,
    unit_price: String,
    quantity: Option<String>,
    value: Option<String>,
    called_quantity: String,
    called_value: String,
    remaining_quantity: Option<String>,
    remaining_value: Option<String>,
}

/// What a line of an order called off; nothing while the order is a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalledJson {
    /// The line of the contract.
    line: i64,
    order: String,
    order_line: i64,
    date: String,
    /// The order's.
    status: String,
    quantity: String,
    value: String,
}

/// A framework contract to create, as a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFrameworkJson {
    /// The next of the series `FC-YEAR-` if left out.
    #[serde(default)]
    number: Option<String>,
    customer: String,
    /// The company's if left out.
    #[serde(default)]
    currency: Option<String>,
    /// Today if left out.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    tolerance_percent: Option<String>,
    #[serde(default)]
    note: Option<String>,
    lines: Vec<NewFrameworkLineJson>,
}

/// A line to agree on: a quantity, a value, or both, at one price.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFrameworkLineJson {
    product: String,
    unit_price: String,
    #[serde(default)]
    quantity: Option<String>,
    /// Net, in the contract's currency.
    #[serde(default)]
    value: Option<String>,
}

/// What of a draft can be changed; what is left out stays, `null` empties.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameworkChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    to: Change<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tolerance_percent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// They replace all lines there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lines: Option<Vec<NewFrameworkLineJson>>,
}

impl From<&Framework> for FrameworkRowJson {
    fn from(one: &Framework) -> FrameworkRowJson {
        FrameworkRowJson {
            number: one.number.clone(),
            customer: one.customer_code.clone(),
            currency: one.currency.clone(),
            from: one.day.clone(),
            to: one.ends_on.clone(),
            tolerance_percent: Percent::of_millionths(one.tolerance).to_string(),
            status: one.status.clone(),
            note: one.note.clone(),
            version: one.version,
        }
    }
}

fn written(millionths: i64) -> String {
    write_places(millionths, 6, 0)
}

impl From<&Line> for FrameworkLineJson {
    fn from(line: &Line) -> FrameworkLineJson {
        let (quantity, value) = line.agreed().remaining();
        FrameworkLineJson {
            line: line.line,
            product: line.product_code.clone(),
            unit_price: Price::of_millionths(line.unit_price).to_string(),
            quantity: line.quantity.map(written),
            value: line.value_exact.map(written),
            called_quantity: written(line.called),
            called_value: written(line.called_exact),
            remaining_quantity: quantity.map(written),
            remaining_value: value.map(written),
        }
    }
}

impl From<Taker> for CalledJson {
    fn from(one: Taker) -> CalledJson {
        CalledJson {
            line: one.framework_line,
            order: one.order_number,
            order_line: one.order_line,
            date: one.day,
            status: one.status,
            quantity: written(one.called),
            value: written(one.called_exact),
        }
    }
}

/// Framework contracts of customers in scope, newest first. `order` names one that calls off.
#[utoipa::path(get, path = "/api/v1/frameworks", tag = "book", responses((status = 200, body = Page<FrameworkRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<DocumentsQuery>,
) -> Result<Json<Page<FrameworkRowJson>>> {
    let found = listing::found::<Framework>(&kit, &actor, &query).await?;
    Ok(Json(Page::of(found, |one| FrameworkRowJson::from(&one))))
}

/// One framework contract with its lines and what is left of them.
#[utoipa::path(get, path = "/api/v1/frameworks/{number}", tag = "book", responses((status = 200, body = FrameworkJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let found = frameworks::fetch(&mut tx, &actor.scope, &number, kit.today()).await?;
    let shown = shown(&mut tx, &found).await?;
    Ok(api::versioned(found.version, &shown))
}

async fn shown(tx: &mut Tx, one: &Framework) -> db::Result<FrameworkJson> {
    let lines = frameworks::lines(tx, one.framework()).await?;
    let called = frameworks::called_by(tx, one.framework()).await?;
    Ok(FrameworkJson {
        head: FrameworkRowJson::from(one),
        lines: lines.iter().map(FrameworkLineJson::from).collect(),
        call_offs: called.into_iter().map(CalledJson::from).collect(),
    })
}

/// Creates a framework contract, as a draft.
#[utoipa::path(post, path = "/api/v1/frameworks", tag = "book", request_body = NewFrameworkJson, responses((status = 201, body = FrameworkJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewFrameworkJson>) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewFrameworkJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let customer = references::customer(tx, scope, "customer", &body.customer, ask.today).await?;
    let base = company::expect(tx).await?.currency;
    let days = accept_days(body.from.as_deref(), body.to.as_deref(), ask.today)?;
    let given = body.number.as_deref();
    let new = NewFramework {
        number: numbers::next(tx, Series::Framework, given, (customer.customer(), days.0)).await?,
        customer: customer.customer(),
        currency: accept_currency(body.currency.as_deref(), base)?,
        days,
        tolerance: accept_tolerance(body.tolerance_percent.as_deref())?.unwrap_or(Percent::ZERO),
        note: note(body.note.as_deref(), "note")?,
        lines: accept_lines(tx, &body.lines, ask.today).await?,
    };
    frameworks::add(tx, &new, ask.now).await?;
    let number = new.number.as_str();
    let shown = told(tx, ask, None, (number, "create", "")).await?;
    Ok(api::created(
        page::address("/api/v1/frameworks", number),
        &shown,
    ))
}

fn accept_tolerance(text: Option<&str>) -> std::result::Result<Option<Percent>, Refusal> {
    let tolerance = text.map(accepted::percent).transpose();
    tolerance.map_err(|no| no.at("tolerance_percent"))
}

async fn accept_lines(
    tx: &mut Tx,
    lines: &[NewFrameworkLineJson],
    today: Date,
) -> db::Result<Vec<NewLine>> {
    if lines.is_empty() || MOST_LINES < lines.len() {
        let message = format!("A contract has 1 to {MOST_LINES} lines.");
        return Err(Refusal::value("framework.lines", message)
            .at("lines")
            .into());
    }
    let mut accepted = Vec::with_capacity(lines.len());
    for (place, line) in lines.iter().enumerate() {
        let one = accept_line(tx, line, today).await;
        accepted.push(one.map_err(|error| match error {
            DbError::Refused(no) => DbError::Refused(at_line(no, place)),
            other => other,
        })?);
    }
    Ok(accepted)
}

async fn accept_line(tx: &mut Tx, line: &NewFrameworkLineJson, today: Date) -> db::Result<NewLine> {
    let product = references::product(tx, "product", &line.product, today).await?;
    let above_zero = |text: &Option<String>, field: &'static str| {
        let amount = text.as_deref().map(Quantity::parse).transpose();
        let amount = amount.map_err(|no| no.at(field))?;
        match amount {
            Some(amount) if amount <= Quantity::ZERO => {
                let message = format!("{amount} is not above zero.");
                Err(Refusal::value("framework.amount", message).at(field))
            }
            amount => Ok(amount.map(Quantity::millionths)),
        }
    };
    let new = NewLine {
        product: product.product(),
        unit_price: accepted::price(&line.unit_price).map_err(|no| no.at("unit_price"))?,
        quantity: above_zero(&line.quantity, "quantity")?,
        value_exact: above_zero(&line.value, "value")?,
    };
    if new.quantity.is_none() && new.value_exact.is_none() {
        let message = "Agree on a quantity, a value, or both.";
        return Err(Refusal::value("framework.amount", message)
            .at("quantity")
            .into());
    }
    Ok(new)
}

/// The contract as it is now, recorded in the trail.
async fn told<B: Sync>(
    tx: &mut Tx,
    ask: &Ask<B>,
    before: Option<&FrameworkJson>,
    (number, action, why): (&str, &'static str, &str),
) -> db::Result<FrameworkJson> {
    let saved = frameworks::fetch(tx, &Scope::All, number, ask.today).await?;
    let after = shown(tx, &saved).await?;
    let told = (before, &after);
    record(
        tx,
        ask,
        ("framework contract", &saved.number),
        (action, why),
        told,
    )
    .await?;
    Ok(after)
}

/// Changes a draft.
#[utoipa::path(patch, path = "/api/v1/frameworks/{number}", tag = "book", request_body = FrameworkChangeJson, responses((status = 200, body = FrameworkJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<FrameworkChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(amend(tx, ask))).await
}

async fn amend(tx: &mut Tx, ask: &Ask<FrameworkChangeJson>) -> db::Result<Answer> {
    let (one, _) = at_step(tx, ask, "change").await?;
    let before = shown(tx, &one).await?;
    let body = &ask.body;
    let from = body.from.as_deref().unwrap_or(&one.day);
    let to = body.to.or(one.ends_on.clone());
    let tolerance = accept_tolerance(body.tolerance_percent.as_deref())?;
    let new = Amendment {
        days: accept_days(Some(from), to.as_deref(), ask.today)?,
        tolerance: tolerance.unwrap_or(Percent::of_millionths(one.tolerance)),
        note: note(Some(body.note.as_deref().unwrap_or(&one.note)), "note")?,
        lines: match &body.lines {
            Some(lines) => Some(accept_lines(tx, lines, ask.today).await?),
            None => None,
        },
    };
    frameworks::amend(tx, &one, &new).await?;
    let shown = told(tx, ask, Some(&before), (&one.number, "change", "")).await?;
    Ok(api::done(&shown))
}

/// The contract as the asker knows it, and the state it goes into.
async fn at_step<B>(
    tx: &mut Tx,
    ask: &Ask<B>,
    action: &str,
) -> db::Result<(Framework, &'static str)> {
    let one = frameworks::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(one.version)?;
    let after = FRAMEWORK.after(action, &one.number, FRAMEWORK.state(&one.status))?;
    Ok((one, after))
}

/// Puts a contract into force: from now on orders call off.
#[utoipa::path(post, path = "/api/v1/frameworks/{number}/activate", tag = "book", request_body = StepJson, responses((status = 200, body = FrameworkJson), (status = 404), (status = 409), (status = 412)))]
pub async fn activate(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(step(tx, ask, "activate"))
    })
    .await
}

/// Closes a contract: nothing more is called off; what was stays.
#[utoipa::path(post, path = "/api/v1/frameworks/{number}/close", tag = "book", request_body = StepJson, responses((status = 200, body = FrameworkJson), (status = 404), (status = 409), (status = 412)))]
pub async fn close(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(step(tx, ask, "close"))
    })
    .await
}

async fn step(tx: &mut Tx, ask: &Ask<StepJson>, action: &'static str) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, action).await?;
    let before = shown(tx, &one).await?;
    frameworks::set_status(tx, &one, after).await?;
    let why = ask.body.reason.as_deref().unwrap_or_default();
    let shown = told(tx, ask, Some(&before), (&one.number, action, why)).await?;
    Ok(api::done(&shown))
}
