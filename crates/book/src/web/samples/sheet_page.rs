//! `/samples/{number}`: one sample or trial, what it is, until when its result is due, and what came of it.

use axum::extract::State;
use kernel::Quantity;
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Path, Query, Result, num,
    parts::{stackable_table, th},
};

use super::{acting, list_page::state_badge};
use crate::{
    store::samples::{self, Sample},
    web::{
        deeds::{DeedQuery, Opened},
        listing::Document,
        names,
    },
};

/// `GET /samples/{number}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(number): Path<String>,
    Query(query): Query<DeedQuery>,
) -> Result<Markup> {
    drawn(&kit, &actor, &frame, &number, &Opened::of(query)).await
}

/// The page with a form that is open or none.
pub(super) async fn drawn(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    number: &str,
    opened: &Opened,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let own = samples::fetch(&mut tx, &actor.scope, number, kit.today()).await?;
    Ok(sample_page(frame, &own, opened))
}

fn sample_page(frame: &Frame, own: &Sample, opened: &Opened) -> Markup {
    let title = match own.kind.as_str() {
        "trial" => frame.tw("trial-title", &[("number", own.number.as_str())]),
        _ => frame.tw("trial-sample-title", &[("number", own.number.as_str())]),
    };
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (num::day_long(frame, own.date()))
        @if let Some(order) = &own.order_number {
            " · " a href=(page::address("/orders", order)) { (frame.tw("order-title", &[("number", order.as_str())])) }
        }
        " " (state_badge(frame, own, frame.today))
    };
    let deeds = acting::deeds(frame, own);
    let fields = acting::fields(frame, opened, own);
    page::shell(
        frame,
        &own.number,
        html! {
            (page::page_head(title, sub, deeds.buttons(frame, opened)))
            (deeds.sheet(frame, opened, &fields))
            (facts(frame, own))
        },
    )
}

fn facts(frame: &Frame, own: &Sample) -> Markup {
    let quantity = Quantity::of_millionths(own.quantity).to_string();
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let facts = [
        (
            "order-product",
            Some(format!(
                "{} · {}",
                names::one(frame, &own.product_name, own.product_local.as_deref()),
                own.product_code
            )),
        ),
        ("order-quantity", Some(quantity)),
        ("trials-due", Some(num::day_long(frame, own.due()))),
        (
            "trial-result-on",
            own.result_on
                .as_deref()
                .map(|day| num::stored_day(frame, day)),
        ),
        ("trial-reason", given(&own.reason)),
        ("deed-note", given(&own.note)),
    ];
    let head = html! { tr { (th(frame.t("order-fact"))) (th(frame.t("order-value"))) } };
    let body = html! { @for (key, value) in facts { @if let Some(value) = value {
        tr { th scope="row" { (frame.t(key)) } td.wr { (value) } }
    } } };
    let title = frame.t("trial-facts");
    page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    sample_of(frame, "lost", "")
}

pub(in crate::web) fn sample_selling(frame: &Frame) -> Markup {
    sample_of(frame, "open", "sell")
}

fn sample_of(frame: &Frame, status: &str, open: &str) -> Markup {
    let opened = Opened::of(DeedQuery {
        open: open.to_owned(),
    });
    sample_page(frame, &Sample::example(1, status), &opened)
}
