//! `/samples` and `/api/v1/samples`: samples and trials, and what came of them.

pub mod acting;
pub mod list_page;
pub mod new_page;
pub mod sheet_page;

use axum::{extract::State, response::Response};
use db::Tx;
use jiff::civil::Date;
use kernel::{Quantity, Refusal, Role, Scope, ids::PersonId};
use org::api::{self, Ask, Page, accept_name};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::{
    accepted,
    documents::{DocumentsQuery, note, past_day},
    listing,
    orders::{NewLineJson, NewOrderJson, OrderJson, created, draw_up},
    recorded::record,
    references,
};
use crate::{
    course::SAMPLE,
    posting::numbers,
    quotation::accept_taken,
    sample::{accept_due, accept_kind, is_overdue},
    series::Series,
    store::samples::{self, NewSample, Sample, Turn},
};

/// Who may hand out samples; a sales person to own customers.
const MAY_HAND_OUT: [Role; 4] = [Role::Administrator, Role::Manager, Role::Finance, Role::Rep];

/// What `status` of a list may be.
const STATUSES: [&str; 9] = [
    "open",
    "overdue",
    "returned",
    "sold",
    "won",
    "lost",
    "withdrawn",
    "sample",
    "trial",
];

/// A sample or trial.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleJson {
    number: String,
    /// `sample` or `trial`.
    kind: String,
    customer: String,
    product: String,
    quantity: String,
    date: String,
    result_due: String,
    /// `open`, `returned`, `sold`, `won`, `lost` or `withdrawn`.
    status: String,
    /// Whether it is open and its result is late.
    overdue: bool,
    result_on: Option<String>,
    reason: Option<String>,
    note: Option<String>,
    /// The order that sold it.
    order: Option<String>,
    version: i64,
}

impl SampleJson {
    fn of(one: &Sample, today: Date) -> SampleJson {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        SampleJson {
            number: one.number.clone(),
            kind: one.kind.clone(),
            customer: one.customer_code.clone(),
            product: one.product_code.clone(),
            quantity: Quantity::of_millionths(one.quantity).to_string(),
            date: one.day.clone(),
            result_due: one.result_due.clone(),
            status: one.status.clone(),
            overdue: is_overdue(&one.status, one.due(), today),
            result_on: one.result_on.clone(),
            reason: text(&one.reason),
            note: text(&one.note),
            order: one.order_number.clone(),
            version: one.version,
        }
    }
}

/// A sample or trial to record.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSampleJson {
    /// The next of the series `SP-YEAR-` if left out.
    #[serde(default)]
    number: Option<String>,
    /// `sample` if left out, or `trial`.
    #[serde(default)]
    kind: Option<String>,
    customer: String,
    product: String,
    quantity: String,
    /// The day it was handed out; today if left out.
    #[serde(default)]
    date: Option<String>,
    /// Thirty days later if left out.
    #[serde(default)]
    result_due: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

/// What of an open sample can be changed; what is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result_due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleResultJson {
    /// `return`, `win`, `lose` or `withdraw`.
    result: String,
    reason: String,
    /// Today if left out.
    #[serde(default)]
    date: Option<String>,
}

/// The order by which a customer buys what it tried.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SaleJson {
    /// The order's; the next of its series if left out.
    number: Option<String>,
    /// All of it if left out.
    quantity: Option<String>,
    /// The customer's price if left out.
    unit_price: Option<String>,
    tax_percent: Option<String>,
}

/// Samples and trials of customers in scope, newest first; `sort=due` begins with the one that is due
/// first. `status` is `open`, `overdue`, `returned`, `sold`, `won`, `lost`, `withdrawn`, or a kind.
#[utoipa::path(get, path = "/api/v1/samples", tag = "book", responses((status = 200, body = Page<SampleJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<DocumentsQuery>,
) -> Result<Json<Page<SampleJson>>> {
    let found = listing::found::<Sample>(&kit, &actor, &query).await?;
    Ok(Json(Page::of(found, |one| {
        SampleJson::of(&one, kit.today())
    })))
}

/// One sample or trial.
#[utoipa::path(get, path = "/api/v1/samples/{number}", tag = "book", responses((status = 200, body = SampleJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> Result<Response> {
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let found = samples::fetch(&mut tx, &actor.scope, &number, today).await?;
    Ok(api::versioned(
        found.version,
        &SampleJson::of(&found, today),
    ))
}

/// Records a sample or trial that was handed out.
#[utoipa::path(post, path = "/api/v1/samples", tag = "book", request_body = NewSampleJson, responses((status = 201, body = SampleJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewSampleJson>) -> Result<Response> {
    ask.actor.may(&MAY_HAND_OUT)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewSampleJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let customer = references::customer(tx, scope, "customer", &body.customer, ask.today).await?;
    let product = references::product(tx, "product", &body.product, ask.today).await?;
    let day = past_day(body.date.as_deref(), "date", ask.today)?;
    let quantity = accepted::quantity(&body.quantity).map_err(|no| no.at("quantity"))?;
    if quantity < Quantity::ZERO {
        let message = format!("{quantity} cannot be handed out.");
        return Err(Refusal::value("quantity.negative", message)
            .at("quantity")
            .into());
    }
    let new = NewSample {
        number: numbers::next(
            tx,
            Series::Sample,
            body.number.as_deref(),
            (customer.customer(), day),
        )
        .await?,
        kind: accept_kind(body.kind.as_deref().unwrap_or("sample"))?,
        customer: customer.customer(),
        product: product.product(),
        quantity,
        day,
        result_due: accept_due(day, read_due(body.result_due.as_deref())?)?,
        note: note(body.note.as_deref(), "note")?,
    };
    samples::add(tx, &new, ask.now).await?;
    let number = new.number.as_str();
    let shown = told(tx, ask, None, (number, "create")).await?;
    Ok(api::created(
        page::address("/api/v1/samples", number),
        &shown,
    ))
}

fn read_due(text: Option<&str>) -> std::result::Result<Option<Date>, Refusal> {
    let day = text.map(accepted::day).transpose();
    day.map_err(|no| no.at("result_due"))
}

/// The sample as it is now, recorded in the trail.
async fn told<B: Sync>(
    tx: &mut Tx,
    ask: &Ask<B>,
    before: Option<&Sample>,
    (number, action): (&str, &'static str),
) -> db::Result<SampleJson> {
    let saved = samples::fetch(tx, &Scope::All, number, ask.today).await?;
    let after = SampleJson::of(&saved, ask.today);
    let before = before.map(|before| SampleJson::of(before, ask.today));
    let told = (before.as_ref(), &after);
    record(tx, ask, ("sample", &saved.number), (action, ""), told).await?;
    Ok(after)
}

/// Changes when the result of an open sample is due, or its note.
#[utoipa::path(patch, path = "/api/v1/samples/{number}", tag = "book", request_body = SampleChangeJson, responses((status = 200, body = SampleJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<SampleChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_HAND_OUT)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(amend(tx, ask))).await
}

async fn amend(tx: &mut Tx, ask: &Ask<SampleChangeJson>) -> db::Result<Answer> {
    let (one, status) = at_step(tx, ask, "change").await?;
    let due = read_due(ask.body.result_due.as_deref())?.unwrap_or_else(|| one.due());
    let turn = Turn {
        status,
        result_due: accept_due(one.date(), Some(due))?,
        result_on: None,
        reason: String::new(),
        note: match ask.body.note.as_deref() {
            Some(text) => note(Some(text), "note")?,
            None => one.note.clone(),
        },
        order: None,
    };
    samples::move_on(tx, &one, &turn).await?;
    let shown = told(tx, ask, Some(&one), (&one.number, "change")).await?;
    Ok(api::done(&shown))
}

/// The sample as the asker knows it, and the state it goes into.
async fn at_step<B>(tx: &mut Tx, ask: &Ask<B>, action: &str) -> db::Result<(Sample, &'static str)> {
    let one = samples::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(one.version)?;
    let after = SAMPLE.after(action, &one.number, SAMPLE.state(&one.status))?;
    Ok((one, after))
}

/// Records what came of a sample: it came back, won, lost, or was withdrawn, with the reason.
#[utoipa::path(post, path = "/api/v1/samples/{number}/result", tag = "book", request_body = SampleResultJson, responses((status = 200, body = SampleJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn result(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<SampleResultJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_HAND_OUT)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(decide(tx, ask))).await
}

async fn decide(tx: &mut Tx, ask: &Ask<SampleResultJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let results = ["return", "win", "lose", "withdraw"];
    let action = results.into_iter().find(|own| *own == body.result.trim());
    let action = action.ok_or_else(|| {
        let shown: String = body.result.chars().take(40).collect();
        let message = format!("“{shown}” is none of {}.", results.join(", "));
        Refusal::value("sample.result", message).at("result")
    })?;
    let (one, status) = at_step(tx, ask, action).await?;
    let turn = Turn {
        status,
        result_due: one.due(),
        result_on: Some(result_day(
            &one,
            past_day(body.date.as_deref(), "date", ask.today)?,
        )?),
        reason: accept_name(&body.reason, "reason")?,
        note: one.note.clone(),
        order: None,
    };
    samples::move_on(tx, &one, &turn).await?;
    let shown = told(tx, ask, Some(&one), (&one.number, action)).await?;
    Ok(api::done(&shown))
}

fn result_day(one: &Sample, day: Date) -> std::result::Result<Date, Refusal> {
    if one.date() <= day {
        return Ok(day);
    }
    let message = format!(
        "Sample {} was handed out on {}, after {day}.",
        one.number, one.day
    );
    Err(Refusal::value("sample.result_day", message).at("date"))
}

/// Makes an order, as a draft, of what the customer keeps, at the customer's price.
#[utoipa::path(post, path = "/api/v1/samples/{number}/sell", tag = "book", request_body = SaleJson, responses((status = 201, body = OrderJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn sell(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<SaleJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_HAND_OUT)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(sold(tx, ask))).await
}

async fn sold(tx: &mut Tx, ask: &Ask<SaleJson>) -> db::Result<Answer> {
    let (one, status) = at_step(tx, ask, "sell").await?;
    let body = &ask.body;
    let wanted = body.quantity.as_deref().map(Quantity::parse).transpose();
    let wanted = wanted.map_err(|no| no.at("quantity"))?;
    let quantity = accept_taken(Quantity::of_millionths(one.quantity), wanted)?;
    let line = NewLineJson {
        product: one.product_code.clone(),
        quantity: quantity.to_string(),
        unit_price: body.unit_price.clone(),
        discount_percent: None,
        tax_percent: body.tax_percent.clone(),
        call_off: None,
    };
    let wanted = NewOrderJson {
        number: body.number.clone(),
        customer: one.customer_code.clone(),
        sales_person: None,
        territory: None,
        project: None,
        date: None,
        currency: None,
        lines: vec![line],
        credit: Vec::new(),
    };
    let earner = one.person_id.map(PersonId::of);
    let order = draw_up(tx, ask, &wanted, earner).await?;
    let turn = Turn {
        status,
        result_due: one.due(),
        result_on: Some(ask.today),
        reason: String::new(),
        note: one.note.clone(),
        order: Some(order.order()),
    };
    samples::move_on(tx, &one, &turn).await?;
    let entry = Entry {
        action: "sell",
        noun: "sample",
        subject: &one.number,
        after: Some(json!({ "order": order.number })),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    created(tx, ask, &order.number).await
}
