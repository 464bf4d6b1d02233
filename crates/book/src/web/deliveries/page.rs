//! `/deliveries/{number}`: one delivery or return, line by line.

use axum::extract::State;
use kernel::Quantity;
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Path, Query, Result, num,
    parts::{padded, stackable_table, th, th_n},
};

use super::{acting, list_page::badge};
use crate::{
    store::deliveries::{self, Delivery, Line},
    web::{
        deeds::{DeedQuery, Opened},
        listing::Document,
        names,
    },
};

/// `GET /deliveries/{number}`.
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
    let own = deliveries::fetch(&mut tx, &actor.scope, number, kit.today()).await?;
    let lines = deliveries::lines(&mut tx, own.delivery()).await?;
    Ok(delivery_page(frame, &own, &lines, opened))
}

fn delivery_page(frame: &Frame, own: &Delivery, lines: &[Line], opened: &Opened) -> Markup {
    let title = match own.kind.as_str() {
        "return" => "delivery-return-title",
        _ => "delivery-title",
    };
    let title = html! { (frame.tw(title, &[("number", own.number.as_str())])) };
    let order = [("number", own.order_number.as_str())];
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (num::day_long(frame, own.date()))
        " · " a href=(page::address("/orders", &own.order_number)) { (frame.tw("order-title", &order)) }
        " " (badge(frame, own))
    };
    let deeds = acting::deeds(frame, own);
    let fields = acting::fields(frame, opened, own, lines);
    page::shell(
        frame,
        &own.number,
        html! {
            (page::page_head(title, sub, deeds.buttons(frame, opened)))
            (deeds.sheet(frame, opened, &fields))
            div.g {
                div.c8.stack { (lines_card(frame, lines)) }
                div.c4.stack {
                    @if !own.note.is_empty() {
                        (page::card(frame.t("deed-note"), "", html! {}, padded(html! { p { (own.note) } })))
                    }
                }
            }
        },
    )
}

fn lines_card(frame: &Frame, lines: &[Line]) -> Markup {
    let title = frame.t("order-lines");
    let head = html! { tr {
        (th(frame.t("order-product"))) (th_n(frame.t("delivery-order-line"))) (th_n(frame.t("order-quantity")))
    } };
    let body = html! { @for line in lines { tr {
        th scope="row" { (line.product_name) span.sub { (line.product_code) } }
        td.n data-l=(frame.t("delivery-order-line")) { (line.order_line) }
        td.n.m-tr { (Quantity::of_millionths(line.quantity)) }
    } } };
    page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    sample_of(frame, "return")
}

/// One that is billed.
pub(in crate::web) fn sample_billing(frame: &Frame) -> Markup {
    sample_of(frame, "bill")
}

fn sample_of(frame: &Frame, open: &str) -> Markup {
    let line = |line: i64| Line {
        line,
        order_line: line,
        product_code: format!("P-{line}"),
        product_name: "Epoxy primer, 20 l".to_owned(),
        quantity: 3_500_000 * line,
    };
    let opened = Opened::of(DeedQuery {
        open: open.to_owned(),
    });
    let own = Delivery::sample(1, "delivery", "posted");
    delivery_page(frame, &own, &[line(1), line(2)], &opened)
}
