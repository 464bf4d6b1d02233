//! The course of an order: confirmed, closed, or cancelled.

use axum::{extract::State, response::Response};
use db::{Result, Tx};
use kernel::{Percent, Refusal, ids::PersonId, times::BEGINNING};
use org::{
    api::{self, Ask},
    store::units,
};
use page::{Kit, Path};
use serde_json::json;
use trail::{Answer, Entry};

use super::{MAY_ENTER, StatusJson, calling, drawing_up::base_net};
use crate::{
    CustomerId,
    course::ORDER,
    credit::{Places, Split, freeze},
    fulfilment::close_short,
    store::{
        frameworks,
        orders::{self, Order},
        places, sharers,
    },
    web::step::{Step, StepJson},
};

/// Confirms a draft: from now on it counts, and its credit is frozen.
#[utoipa::path(post, path = "/api/v1/orders/{number}/confirm", tag = "book", request_body = StepJson, responses((status = 200, body = StatusJson), (status = 404), (status = 409), (status = 412)))]
pub async fn confirm(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> page::Result<Response> {
    ask.actor.may(&MAY_ENTER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(confirmed(tx, ask))
    })
    .await
}

/// Cancels an order from which nothing was delivered or billed; what it earned is taken back.
#[utoipa::path(post, path = "/api/v1/orders/{number}/cancel", tag = "book", request_body = StepJson, responses((status = 200, body = StatusJson), (status = 404), (status = 409), (status = 412)))]
pub async fn cancel(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> page::Result<Response> {
    ask.actor.may(&MAY_ENTER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(cancelled(tx, ask))
    })
    .await
}

/// Closes a confirmed order short: what is still open is given up, and it keeps what it earned.
#[utoipa::path(post, path = "/api/v1/orders/{number}/close", tag = "book", request_body = StepJson, responses((status = 200, body = StatusJson), (status = 404), (status = 409), (status = 412)))]
pub async fn close(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> page::Result<Response> {
    ask.actor.may(&MAY_ENTER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(closed(tx, ask))).await
}

pub(super) async fn confirmed(tx: &mut Tx, ask: &Ask<StepJson>) -> Result<Answer> {
    let (order, after) = at_step(tx, ask, "confirm").await?;
    let mut splits: Vec<Split> = orders::split_of(tx, order.order())
        .await?
        .into_iter()
        .map(|(person, share)| Split {
            person,
            share: Percent::of_millionths(share),
        })
        .collect();
    if splits.is_empty() {
        let customer = CustomerId::of(order.customer_id);
        splits = sharers::earners(tx, customer, order.date()).await?;
    }
    let people: Vec<PersonId> = splits.iter().map(|split| split.person).collect();
    let places = Places::of(places::of_people(tx, &people).await?);
    let house = units::root(tx).await?.id;
    // The rate of the order's day as it is known now is the one it keeps.
    let base = base_net(tx, &order, order.net_exact, order.date(), ask.today).await?;
    orders::set_base(tx, order.order(), base).await?;
    let parts = freeze(base.exact, &splits, order.date(), &places, house)?;
    orders::add_credit(tx, &order, &parts, ask.now).await?;
    calling::call_off(tx, order.order()).await?;
    stand(tx, ask, &order, "confirm", after).await
}

pub(super) async fn cancelled(tx: &mut Tx, ask: &Ask<StepJson>) -> Result<Answer> {
    let (order, after) = at_step(tx, ask, "cancel").await?;
    let rows = orders::standings(tx, order.order()).await?;
    if rows.iter().any(|row| row.standing().has_moved()) {
        let message = format!(
            "Something of order {} was delivered or billed. Close it instead, or reverse that first.",
            order.number
        );
        return Err(Refusal::state("order.moved", message).into());
    }
    orders::retract_credit(tx, order.order(), ask.now).await?;
    frameworks::give_back(tx, order.order()).await?;
    stand(tx, ask, &order, "cancel", after).await
}

pub(super) async fn closed(tx: &mut Tx, ask: &Ask<StepJson>) -> Result<Answer> {
    let (order, after) = at_step(tx, ask, "close").await?;
    for row in orders::standings(tx, order.order()).await? {
        let short = close_short(row.standing());
        if short != row.standing() {
            orders::set_standing(tx, order.order(), row.line, short).await?;
        }
    }
    calling::give_back_short(tx, order.order()).await?;
    stand(tx, ask, &order, "close", after).await
}

/// The order as the asker knows it, and the state it goes into.
async fn at_step(tx: &mut Tx, ask: &Ask<StepJson>, action: &str) -> Result<(Order, &'static str)> {
    let order = orders::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(order.version)?;
    let after = ORDER.after(action, &order.number, ORDER.state(&order.status))?;
    Ok((order, after))
}

async fn stand(
    tx: &mut Tx,
    ask: &Ask<StepJson>,
    order: &Order,
    action: &'static str,
    status: &'static str,
) -> Result<Answer> {
    // An order counts from its own day as soon as it is confirmed; what ends it, ends it today.
    let since = if action == "confirm" {
        BEGINNING
    } else {
        ask.today
    };
    orders::set_status(tx, order, status, (since, ask.now)).await?;
    let entry = Entry {
        action,
        noun: "order",
        subject: &order.number,
        why: ask.body.reason.as_deref().unwrap_or_default(),
        before: Some(json!({ "status": order.status })),
        after: Some(json!({ "status": status })),
    };
    trail::record(tx, &ask.by(), entry).await?;
    let shown = StatusJson {
        number: order.number.clone(),
        status: status.to_owned(),
    };
    Ok(api::done(&shown))
}
