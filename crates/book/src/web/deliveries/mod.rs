//! `/deliveries` and `/api/v1/deliveries`, and deliveries and returns of an order: goods out and back.

pub mod acting;
pub mod list_page;
pub mod page;
mod shapes;

use ::page::{Actor, Json, Kit, Path, Query};
use axum::{extract::State, response::Response};
use db::{Result, Tx};
use kernel::{Refusal, Role, Scope};
use org::api::{self, Ask, Page};
use trail::{Answer, Entry};

pub use shapes::{
    DeliveryChangeJson, DeliveryJson, DeliveryLineJson, DeliveryOfOrderJson, DeliveryRowJson,
    NewDeliveryJson, NewDeliveryLineJson, ReversalJson,
};

use super::{
    accepted,
    documents::{DocumentsQuery, note, past_day},
    listing, references,
};
use crate::{
    CustomerId,
    course::{DELIVERY, ORDER},
    fulfilment::Standing,
    order::at_line,
    posting::{self, deliveries::Asked, numbers},
    series::Series,
    store::{
        deliveries::{self, Delivery},
        orders::{self, Order, StandingRow},
    },
};

/// Who may record that goods went out or came back.
pub(in crate::web) const MAY_POST: [Role; 3] = [Role::Administrator, Role::Manager, Role::Finance];

/// What `status` of a list may be.
const STATUSES: [&str; 4] = ["posted", "reversed", "delivery", "return"];

/// Deliveries and returns in scope, newest first. `status` is `posted`, `reversed`, `delivery` or
/// `return`.
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "book", responses((status = 200, body = Page<DeliveryRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<DocumentsQuery>,
) -> ::page::Result<Json<Page<DeliveryRowJson>>> {
    let found = listing::found::<Delivery>(&kit, &actor, &query).await?;
    Ok(Json(Page::of(found, DeliveryRowJson::from)))
}

/// One delivery or return with its lines.
#[utoipa::path(get, path = "/api/v1/deliveries/{number}", tag = "book", responses((status = 200, body = DeliveryJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> ::page::Result<Response> {
    let mut tx = kit.db.read().await?;
    let own = deliveries::fetch(&mut tx, &actor.scope, &number, kit.today()).await?;
    let version = own.version;
    Ok(api::versioned(version, &shown(&mut tx, own).await?))
}

async fn shown(tx: &mut Tx, own: Delivery) -> Result<DeliveryJson> {
    let lines = deliveries::lines(tx, own.delivery()).await?;
    Ok(DeliveryJson::of(own, lines))
}

/// Records what of an order was delivered, or came back.
#[utoipa::path(post, path = "/api/v1/deliveries", tag = "book", request_body = DeliveryOfOrderJson, responses((status = 201, body = DeliveryJson), (status = 409), (status = 422)))]
pub async fn create(
    State(kit): State<Kit>,
    ask: Ask<DeliveryOfOrderJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_POST)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(recorded(tx, ask))).await
}

async fn recorded(tx: &mut Tx, ask: &Ask<DeliveryOfOrderJson>) -> Result<Answer> {
    let body = ask.body.clone();
    let series = match body.kind.as_deref() {
        None | Some("delivery") => Series::Delivery,
        Some("return") => Series::Return,
        Some(other) => {
            let shown: String = other.chars().take(40).collect();
            let message = format!("“{shown}” is no kind. Use delivery or return.");
            return Err(Refusal::value("delivery.kind", message).at("kind").into());
        }
    };
    let scope = &ask.actor.scope;
    let order = references::order(tx, scope, "order", &body.order, ask.today).await?;
    let ask = ask.clone().map(|_| NewDeliveryJson {
        number: body.number,
        date: body.date,
        note: body.note,
        lines: body.lines,
        over_delivery: body.over_delivery,
    });
    posted(tx, &ask, &order, series).await
}

/// Records what of an order was delivered.
#[utoipa::path(post, path = "/api/v1/orders/{number}/deliveries", tag = "book", request_body = NewDeliveryJson, responses((status = 201, body = DeliveryJson), (status = 404), (status = 409), (status = 422)))]
pub async fn deliver(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<NewDeliveryJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_POST)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(posted_below(tx, ask, Series::Delivery))
    })
    .await
}

/// Records what of an order came back.
#[utoipa::path(post, path = "/api/v1/orders/{number}/returns", tag = "book", request_body = NewDeliveryJson, responses((status = 201, body = DeliveryJson), (status = 404), (status = 409), (status = 422)))]
pub async fn take_back(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<NewDeliveryJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_POST)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(posted_below(tx, ask, Series::Return))
    })
    .await
}

pub(in crate::web) async fn posted_below(
    tx: &mut Tx,
    ask: &Ask<NewDeliveryJson>,
    series: Series,
) -> Result<Answer> {
    let order = orders::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(order.version)?;
    posted(tx, ask, &order, series).await
}

async fn posted(
    tx: &mut Tx,
    ask: &Ask<NewDeliveryJson>,
    order: &Order,
    series: Series,
) -> Result<Answer> {
    let body = &ask.body;
    let is_return = series == Series::Return;
    let action = if is_return { "return" } else { "deliver" };
    ORDER.after(action, &order.number, ORDER.state(&order.status))?;
    let day = past_day(body.date.as_deref(), "date", ask.today)?;
    let lines = match &body.lines {
        Some(lines) => quantities(lines)?,
        None if is_return => Vec::new(),
        None => everything_open(tx, order).await?,
    };
    let whose = (CustomerId::of(order.customer_id), day);
    let asked = Asked {
        number: numbers::next(tx, series, body.number.as_deref(), whose).await?,
        is_return,
        day,
        note: note(body.note.as_deref(), "note")?,
        lines,
        may_exceed: body.over_delivery,
    };
    let number = asked.number.clone();
    posting::deliveries::post(tx, order, asked, ask.now).await?;
    let own = deliveries::fetch(tx, &Scope::All, number.as_str(), ask.today).await?;
    let shown = shown(tx, own).await?;
    let entry = Entry {
        action: "create",
        noun: "delivery",
        subject: number.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let place = ::page::address("/api/v1/deliveries", number.as_str());
    Ok(api::created(place, &shown))
}

fn quantities(lines: &[NewDeliveryLineJson]) -> std::result::Result<Vec<(i64, i64)>, Refusal> {
    let read = lines.iter().enumerate().map(|(place, line)| {
        let quantity =
            accepted::quantity(&line.quantity).map_err(|no| at_line(no.at("quantity"), place))?;
        Ok((line.line, quantity.millionths()))
    });
    read.collect()
}

async fn everything_open(tx: &mut Tx, order: &Order) -> Result<Vec<(i64, i64)>> {
    let rows = orders::standings(tx, order.order()).await?;
    let left = |row: &StandingRow| {
        let Standing {
            ordered,
            cancelled,
            delivered,
            ..
        } = row.standing();
        (row.line, (ordered - cancelled - delivered).max(0))
    };
    let open = rows.iter().map(left);
    Ok(open.filter(|(_, quantity)| *quantity != 0).collect())
}

/// Changes the note of a delivery or return.
#[utoipa::path(patch, path = "/api/v1/deliveries/{number}", tag = "book", request_body = DeliveryChangeJson, responses((status = 200, body = DeliveryJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<DeliveryChangeJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_POST)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(changed(tx, ask))
    })
    .await
}

async fn changed(tx: &mut Tx, ask: &Ask<DeliveryChangeJson>) -> Result<Answer> {
    let own = deliveries::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    DELIVERY.after("change", &own.number, DELIVERY.state(&own.status))?;
    let text = note(Some(&ask.body.note), "note")?;
    deliveries::set_note(tx, &own, &text).await?;
    settled(tx, ask, &own, "change", "").await
}

/// Reverses a delivery or return as if it had not been.
#[utoipa::path(post, path = "/api/v1/deliveries/{number}/reverse", tag = "book", request_body = ReversalJson, responses((status = 200, body = DeliveryJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn reverse(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<ReversalJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_POST)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(reversed(tx, ask))
    })
    .await
}

async fn reversed(tx: &mut Tx, ask: &Ask<ReversalJson>) -> Result<Answer> {
    let own = deliveries::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    let order = orders::fetch(tx, &Scope::All, &own.order_number, ask.today).await?;
    let day = past_day(ask.body.date.as_deref(), "date", ask.today)?;
    let reason = note(ask.body.reason.as_deref(), "reason")?;
    posting::deliveries::reverse(tx, &own, &order, day, ask.now).await?;
    settled(tx, ask, &own, "reverse", &reason).await
}

/// Notes the act and answers the delivery as it is now.
async fn settled<B>(
    tx: &mut Tx,
    ask: &Ask<B>,
    before: &Delivery,
    action: &'static str,
    why: &str,
) -> Result<Answer> {
    let now = deliveries::fetch(tx, &Scope::All, &before.number, ask.today).await?;
    let number = before.number.clone();
    let before = shown(tx, before.clone()).await?;
    let after = shown(tx, now).await?;
    let entry = Entry {
        action,
        noun: "delivery",
        subject: &number,
        why,
        before: serde_json::to_value(&before).ok(),
        after: serde_json::to_value(&after).ok(),
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&after))
}
