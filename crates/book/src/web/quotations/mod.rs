//! `/quotations` and `/api/v1/quotations`: what was offered, edition by edition, and what became of it.

pub mod acting;
pub mod list_page;
mod new_page;
mod shapes;
pub mod sheet_page;

use axum::{extract::State, response::Response};
use db::{Cursor, Tx};
use jiff::civil::Date;
use kernel::{Percent, Price, Quantity, Refusal, Role, Scope, ids::PersonId};
use org::{
    api::{self, Ask, Page},
    store::company,
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::Deserialize;
use serde_json::json;
use trail::{Answer, Entry};

pub use shapes::{
    ConversionJson, EditionJson, LossJson, NewQuotationJson, QuotationChangeJson, QuotationJson,
    QuotationRowJson, QuotedLineJson, TakenLineJson,
};

use super::{
    accepted,
    documents::{DocumentsQuery, note},
    listing,
    orders::{
        Buying, NewLineJson, NewOrderJson, OrderJson, accept_currency, accept_date, drafts, draw_up,
    },
    prices::accept_project,
    recorded::record,
    references,
    step::{Step, StepJson},
};
use crate::{
    CustomerId,
    course::QUOTATION,
    order::{Worth, at_line, worth},
    posting::numbers,
    quotation::{accept_reason, accept_taken, accept_validity},
    series::Series,
    store::{
        orders,
        quotations::{self, Edition, Line, Loss, NewQuotation, Quotation},
    },
};

/// Who may offer; a sales person to own customers.
const MAY_OFFER: [Role; 4] = [Role::Administrator, Role::Manager, Role::Finance, Role::Rep];

/// Which edition of one quotation is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EditionQuery {
    edition: Option<i64>,
}

/// Quotations of customers in scope, newest first. `status` is `draft`, `sent`, `accepted`, `ordered`,
/// `lost`, `expired` or `withdrawn`.
#[utoipa::path(get, path = "/api/v1/quotations", tag = "book", responses((status = 200, body = Page<QuotationRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<DocumentsQuery>,
) -> Result<Json<Page<QuotationRowJson>>> {
    let found = listing::found::<Quotation>(&kit, &actor, &query).await?;
    let next_cursor = found.next.as_ref().map(Cursor::write);
    let items = found.items.iter();
    let items = items.map(|one| QuotationRowJson::of(one, kit.today()));
    let items = items.collect::<std::result::Result<Vec<_>, Refusal>>()?;
    Ok(Json(Page { items, next_cursor }))
}

/// One quotation with its lines, in its last edition or an earlier one.
#[utoipa::path(get, path = "/api/v1/quotations/{number}", tag = "book", params(("edition" = i64, description = "An earlier edition; the last one if left out.")), responses((status = 200, body = QuotationJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
    Query(query): Query<EditionQuery>,
) -> Result<Response> {
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let found = quotations::fetch(&mut tx, &actor.scope, &number, query.edition, today).await?;
    let shown = shown(&mut tx, &found, today).await?;
    Ok(api::versioned(found.version, &shown))
}

async fn shown(tx: &mut Tx, one: &Quotation, today: Date) -> db::Result<QuotationJson> {
    let currency = one.money()?;
    let lines = quotations::lines(tx, one.quotation(), one.shown_edition).await?;
    let editions = quotations::editions(tx, one.quotation()).await?;
    Ok(QuotationJson {
        head: QuotationRowJson::of(one, today)?,
        lines: lines
            .iter()
            .map(|line| QuotedLineJson::of(line, currency))
            .collect(),
        editions: editions
            .iter()
            .map(|past| EditionJson::of(past, currency))
            .collect(),
    })
}

/// Creates a quotation, as a draft.
#[utoipa::path(post, path = "/api/v1/quotations", tag = "book", request_body = NewQuotationJson, responses((status = 201, body = QuotationJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewQuotationJson>) -> Result<Response> {
    ask.actor.may(&MAY_OFFER)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewQuotationJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let customer = references::customer(tx, scope, "customer", &body.customer, ask.today).await?;
    let day = accept_date(body.date.as_deref(), ask.today)?;
    let valid_until = accept_validity(day, read_until(body.valid_until.as_deref())?)?;
    let base = company::expect(tx).await?.currency;
    let currency = accept_currency(body.currency.as_deref(), base)?;
    let project = accept_project(body.project.as_deref())?;
    let buying = Buying {
        customer: customer.customer(),
        project: project.as_deref().unwrap_or_default(),
        currency,
        day,
    };
    let edition = Edition {
        number: 1,
        day,
        valid_until,
        worth: offered(tx, &body.lines, buying).await?,
    };
    let new = NewQuotation {
        number: numbers::next(
            tx,
            Series::Quotation,
            body.number.as_deref(),
            (customer.customer(), day),
        )
        .await?,
        customer: customer.customer(),
        currency,
        project,
    };
    quotations::add(tx, &new, &edition, ask.now).await?;
    let number = new.number.as_str();
    let shown = told(tx, ask, None, (number, "create", "")).await?;
    let place = page::address("/api/v1/quotations", number);
    Ok(api::created(place, &shown))
}

/// What the lines are worth.
async fn offered(tx: &mut Tx, lines: &[NewLineJson], buying: Buying<'_>) -> db::Result<Worth> {
    no_call_offs(lines)?;
    let drafts = drafts(tx, lines, buying).await?;
    Ok(worth(drafts, buying.currency)?)
}

/// An offer is no order: nothing is called off by it.
fn no_call_offs(lines: &[NewLineJson]) -> std::result::Result<(), Refusal> {
    let Some(place) = lines.iter().position(|line| line.call_off.is_some()) else {
        return Ok(());
    };
    let message = "An offer calls nothing off. Enter an order for that.";
    let no = Refusal::value("quotation.call_off", message).at("call_off");
    Err(at_line(no, place))
}

fn read_until(text: Option<&str>) -> std::result::Result<Option<Date>, Refusal> {
    let day = text.map(accepted::day).transpose();
    day.map_err(|no| no.at("valid_until"))
}

/// The quotation as it is now, recorded in the trail.
async fn told<B: Sync>(
    tx: &mut Tx,
    ask: &Ask<B>,
    before: Option<&QuotationJson>,
    (number, action, why): (&str, &'static str, &str),
) -> db::Result<QuotationJson> {
    let saved = quotations::fetch(tx, &Scope::All, number, None, ask.today).await?;
    let after = shown(tx, &saved, ask.today).await?;
    let told = (before, &after);
    record(tx, ask, ("quotation", &saved.number), (action, why), told).await?;
    Ok(after)
}

/// Changes a draft. A new date leaves the prices of lines that stay as they are.
#[utoipa::path(patch, path = "/api/v1/quotations/{number}", tag = "book", request_body = QuotationChangeJson, responses((status = 200, body = QuotationJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<QuotationChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_OFFER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(amend(tx, ask))).await
}

async fn amend(tx: &mut Tx, ask: &Ask<QuotationChangeJson>) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, "change").await?;
    let before = shown(tx, &one, ask.today).await?;
    let body = &ask.body;
    let day = match body.date.as_deref() {
        Some(text) => accept_date(Some(text), ask.today)?,
        None => one.date(),
    };
    let until = read_until(body.valid_until.as_deref())?.unwrap_or_else(|| one.until());
    let until = accept_validity(day, Some(until))?;
    let edition = match &body.lines {
        Some(lines) => Edition {
            number: one.edition,
            day,
            valid_until: until,
            worth: offered(tx, lines, buying(&one, day)?).await?,
        },
        None => again(tx, &one, (one.edition, day, until)).await?,
    };
    quotations::redraft(tx, &one, &edition, after, ask.now).await?;
    let shown = told(tx, ask, Some(&before), (&one.number, "change", "")).await?;
    Ok(api::done(&shown))
}

fn buying(one: &Quotation, day: Date) -> std::result::Result<Buying<'_>, Refusal> {
    Ok(Buying {
        customer: CustomerId::of(one.customer_id),
        project: one.project.as_deref().unwrap_or_default(),
        currency: one.money()?,
        day,
    })
}

/// An edition with the lines of the last one, at their prices.
async fn again(
    tx: &mut Tx,
    one: &Quotation,
    (number, day, valid_until): (i64, Date, Date),
) -> db::Result<Edition> {
    let lines = quotations::lines(tx, one.quotation(), one.edition).await?;
    let drafts = lines.iter().map(Line::draft).collect();
    Ok(Edition {
        number,
        day,
        valid_until,
        worth: worth(drafts, one.money()?)?,
    })
}

/// The quotation as the asker knows it, and the state it goes into.
async fn at_step<B>(
    tx: &mut Tx,
    ask: &Ask<B>,
    action: &str,
) -> db::Result<(Quotation, &'static str)> {
    let one = quotations::fetch(tx, &ask.actor.scope, &ask.subject, None, ask.today).await?;
    ask.fresh(one.version)?;
    let after = QUOTATION.after(action, &one.number, one.standing(ask.today))?;
    Ok((one, after))
}

/// Sends a draft: from now on the offer stands.
#[utoipa::path(post, path = "/api/v1/quotations/{number}/send", tag = "book", request_body = StepJson, responses((status = 200, body = QuotationJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn send(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> Result<Response> {
    ask.actor.may(&MAY_OFFER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(sent(tx, ask))).await
}

async fn sent(tx: &mut Tx, ask: &Ask<StepJson>) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, "send").await?;
    if one.until() < ask.today {
        let message = format!(
            "The offer stands until {} only. Give it a later day first.",
            one.valid_until
        );
        return Err(Refusal::value("quotation.validity", message)
            .at("valid_until")
            .into());
    }
    let before = shown(tx, &one, ask.today).await?;
    quotations::send(tx, &one, after, ask.today).await?;
    let why = ask.body.reason.as_deref().unwrap_or_default();
    let shown = told(tx, ask, Some(&before), (&one.number, "send", why)).await?;
    Ok(api::done(&shown))
}

/// A step that needs nothing but the state.
async fn step(tx: &mut Tx, ask: &Ask<StepJson>, action: &'static str) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, action).await?;
    let before = shown(tx, &one, ask.today).await?;
    quotations::decide(tx, &one, (after, ask.today), None).await?;
    let why = ask.body.reason.as_deref().unwrap_or_default();
    let shown = told(tx, ask, Some(&before), (&one.number, action, why)).await?;
    Ok(api::done(&shown))
}

/// Drafts the next edition of an offer, from today; the one that was sent stays readable.
#[utoipa::path(post, path = "/api/v1/quotations/{number}/revise", tag = "book", request_body = StepJson, responses((status = 200, body = QuotationJson), (status = 404), (status = 409), (status = 412)))]
pub async fn revise(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> Result<Response> {
    ask.actor.may(&MAY_OFFER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(revised(tx, ask))
    })
    .await
}

async fn revised(tx: &mut Tx, ask: &Ask<StepJson>) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, "revise").await?;
    let before = shown(tx, &one, ask.today).await?;
    let until = accept_validity(ask.today, None)?;
    let next = again(tx, &one, (one.edition + 1, ask.today, until)).await?;
    quotations::redraft(tx, &one, &next, after, ask.now).await?;
    let why = ask.body.reason.as_deref().unwrap_or_default();
    let shown = told(tx, ask, Some(&before), (&one.number, "revise", why)).await?;
    Ok(api::done(&shown))
}

/// The customer accepts an offer that stands.
#[utoipa::path(post, path = "/api/v1/quotations/{number}/accept", tag = "book", request_body = StepJson, responses((status = 200, body = QuotationJson), (status = 404), (status = 409), (status = 412)))]
pub async fn accept(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> Result<Response> {
    ask.actor.may(&MAY_OFFER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(step(tx, ask, "accept"))
    })
    .await
}

/// We take an offer back.
#[utoipa::path(post, path = "/api/v1/quotations/{number}/withdraw", tag = "book", request_body = StepJson, responses((status = 200, body = QuotationJson), (status = 404), (status = 409), (status = 412)))]
pub async fn withdraw(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> Result<Response> {
    ask.actor.may(&MAY_OFFER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(step(tx, ask, "withdraw"))
    })
    .await
}

/// The customer buys elsewhere, or not at all.
#[utoipa::path(post, path = "/api/v1/quotations/{number}/lose", tag = "book", request_body = LossJson, responses((status = 200, body = QuotationJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn lose(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<LossJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_OFFER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(lost(tx, ask))).await
}

async fn lost(tx: &mut Tx, ask: &Ask<LossJson>) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, "lose").await?;
    let before = shown(tx, &one, ask.today).await?;
    let body = &ask.body;
    let competitor = body.competitor.as_deref().unwrap_or_default();
    let text = note(body.text.as_deref(), "text")?;
    let loss = Loss {
        reason: accept_reason(&body.reason)?,
        competitor: accepted::text(competitor, "competitor")?,
        text: Some(text).filter(|text| !text.is_empty()),
    };
    quotations::decide(tx, &one, (after, ask.today), Some(&loss)).await?;
    let shown = told(tx, ask, Some(&before), (&one.number, "lose", loss.reason)).await?;
    Ok(api::done(&shown))
}

/// Makes an order, as a draft, of an accepted offer: once, all of it or so much of some lines.
#[utoipa::path(post, path = "/api/v1/quotations/{number}/convert", tag = "book", request_body = ConversionJson, responses((status = 201, body = OrderJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn convert(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<ConversionJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_OFFER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(converted(tx, ask))
    })
    .await
}

async fn converted(tx: &mut Tx, ask: &Ask<ConversionJson>) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, "convert").await?;
    let body = &ask.body;
    let lines = quotations::lines(tx, one.quotation(), one.edition).await?;
    let wanted = NewOrderJson {
        number: body.number.clone(),
        customer: one.customer_code.clone(),
        sales_person: body.sales_person.clone(),
        territory: None,
        project: one.project.clone(),
        date: body.date.clone(),
        currency: Some(one.currency.clone()),
        lines: taken(&lines, body.lines.as_deref())?,
        credit: Vec::new(),
    };
    let earner = one.person_id.map(PersonId::of);
    let order = draw_up(tx, ask, &wanted, earner).await?;
    orders::agreed(tx, order.order(), &one.number, &one.day).await?;
    quotations::convert(tx, &one, after, order.order()).await?;
    let entry = Entry {
        action: "convert",
        noun: "quotation",
        subject: &one.number,
        after: Some(json!({ "order": order.number })),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    super::orders::created(tx, ask, &order.number).await
}

/// A line of the offer, as it would be entered with the order.
fn entered(line: &Line) -> NewLineJson {
    NewLineJson {
        product: line.product_code.clone(),
        quantity: Quantity::of_millionths(line.quantity).to_string(),
        unit_price: Some(Price::of_millionths(line.unit_price).to_string()),
        discount_percent: Some(Percent::of_millionths(line.discount).to_string()),
        tax_percent: Some(Percent::of_millionths(line.tax).to_string()),
        call_off: None,
    }
}

/// The lines of the order: those named, or all that were offered.
fn taken(
    offered: &[Line],
    wanted: Option<&[TakenLineJson]>,
) -> std::result::Result<Vec<NewLineJson>, Refusal> {
    let Some(wanted) = wanted else {
        return Ok(offered.iter().map(entered).collect());
    };
    let mut lines: Vec<NewLineJson> = Vec::with_capacity(wanted.len());
    let mut seen = std::collections::BTreeSet::new();
    for (place, one) in wanted.iter().enumerate() {
        let line = offered.iter().find(|line| line.line == one.line);
        let line = line.filter(|_| seen.insert(one.line)).ok_or_else(|| {
            let message = format!("The offer has no line {}, or it is taken twice.", one.line);
            at_line(Refusal::value("quotation.line", message).at("line"), place)
        })?;
        let quantity = one.quantity.as_deref().map(Quantity::parse).transpose();
        let quantity = quantity
            .map_err(|no| no.at("quantity"))
            .and_then(|wanted| accept_taken(Quantity::of_millionths(line.quantity), wanted))
            .map_err(|no| at_line(no, place))?;
        lines.push(NewLineJson {
            quantity: quantity.to_string(),
            ..entered(line)
        });
    }
    Ok(lines)
}
