//! `/frameworks/{number}`: one contract, what was agreed, what is left of it, and the orders that took it.

use axum::extract::State;
use kernel::{Currency, Money, Percent, Quantity};
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Path, Query, Result, num,
    parts::{padded, stackable_table, table, th, th_n},
};

use super::{
    acting,
    list_page::{last_day, state_badge},
};
use crate::{
    store::frameworks::{self, Framework, Line, Taker},
    web::{
        deeds::{DeedQuery, Deeds, Opened},
        listing::Document,
        names,
        orders::list_page::status_badge,
        products::page::written,
    },
};

/// What belongs to a contract.
struct Parts<'a> {
    lines: &'a [Line],
    called: &'a [Taker],
    currency: Currency,
    deeds: Deeds,
    opened: &'a Opened,
}

/// `GET /frameworks/{number}`.
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
    let own = frameworks::fetch(&mut tx, &actor.scope, number, kit.today()).await?;
    let parts = Parts {
        lines: &frameworks::lines(&mut tx, own.framework()).await?,
        called: &frameworks::called_by(&mut tx, own.framework()).await?,
        currency: own.money()?,
        deeds: acting::deeds(frame, &own),
        opened,
    };
    Ok(framework_page(frame, &own, &parts))
}

fn framework_page(frame: &Frame, own: &Framework, parts: &Parts<'_>) -> Markup {
    let title = html! { (frame.tw("framework-title", &[("number", own.number.as_str())])) };
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (frame.t("framework-from")) " " (num::day(frame, own.days().0))
        " · " @if own.ends_on.is_some() { (frame.t("frameworks-last-day")) " " } (last_day(frame, own))
        " " (state_badge(frame, own))
    };
    let fields = acting::fields(frame, parts.opened, own);
    page::shell(
        frame,
        &own.number,
        html! {
            (page::page_head(title, sub, parts.deeds.buttons(frame, parts.opened)))
            (parts.deeds.sheet(frame, parts.opened, &fields))
            div.g {
                div.c8.stack {
                    (page::card(frame.t("order-lines"), parts.currency.code(), html! {}, lines(frame, parts)))
                    (call_offs(frame, own, parts))
                }
                div.c4.stack { (facts(frame, own)) }
            }
        },
    )
}

fn lines(frame: &Frame, parts: &Parts<'_>) -> Markup {
    let head = html! { tr {
        (th_n(frame.t("order-line"))) (th(frame.t("order-product"))) (th_n(frame.t("order-price")))
        (th_n(frame.t("framework-agreed"))) (th_n(frame.t("framework-called"))) (th_n(frame.t("framework-left")))
    } };
    let body = html! { @for line in parts.lines { tr.two {
        @let (quantity, value) = line.agreed().remaining();
        td.n { (line.line) }
        th scope="row" { (names::one(frame, &line.product_name, line.product_local.as_deref())) span.sub { (line.product_code) } }
        td.n { (written(line.unit_price)) }
        td.n { (both(parts, line.quantity, line.value_exact)) }
        td.n {
            (both(parts, line.quantity.map(|_| line.called), line.value_exact.map(|_| line.called_exact)))
        }
        td.n.neg[is_below(quantity) || is_below(value)] { b { (both(parts, quantity, value)) } }
    } } };
    table(&frame.t("order-lines"), head, body)
}

fn is_below(left: Option<i64>) -> bool {
    left.is_some_and(|left| left < 0)
}

/// A quantity over a value: a line agrees on one of them, or on both.
fn both(parts: &Parts<'_>, quantity: Option<i64>, value_exact: Option<i64>) -> Markup {
    let value = value_exact.map(|exact| num::amount(Money::of_exact(exact, parts.currency)));
    html! { @match (quantity, value) {
        (Some(quantity), Some(value)) => { (count(quantity)) span.sub { (value) } },
        (Some(quantity), None) => (count(quantity)),
        (None, Some(value)) => { (value) " " span.t3 { (parts.currency.code()) } },
        (None, None) => (num::MISSING),
    } }
}

fn count(millionths: i64) -> String {
    let text = Quantity::of_millionths(millionths).to_string();
    text.replace('-', "\u{2212}")
}

fn call_offs(frame: &Frame, own: &Framework, parts: &Parts<'_>) -> Markup {
    let title = frame.t("framework-call-offs");
    if parts.called.is_empty() {
        let next = match own.status.as_str() {
            "draft" => "framework-no-call-offs-draft",
            _ => "framework-no-call-offs-next",
        };
        let none = page::empty(frame.t("framework-no-call-offs"), frame.t(next), html! {});
        return page::card(title, "", html! {}, none);
    }
    let head = html! { tr {
        (th(frame.t("documents-order"))) (th(frame.t("orders-date"))) (th(frame.t("orders-status")))
        (th_n(frame.t("framework-line"))) (th_n(frame.t("order-quantity"))) (th_n(frame.t("order-net")))
    } };
    let body = html! { @for one in parts.called { tr {
        th scope="row" { a href=(page::address("/orders", &one.order_number)) { (one.order_number) } }
        td data-l=(frame.t("orders-date")) { (num::stored_day(frame, &one.day)) }
        td { (status_badge(frame, &one.status)) }
        td.n data-l=(frame.t("framework-line")) { (one.framework_line) }
        td.n data-l=(frame.t("order-quantity")) { (count(one.called)) }
        td.n.m-tr { (num::amount(Money::of_exact(one.called_exact, parts.currency))) }
    } } };
    page::card(
        &title,
        parts.currency.code(),
        html! {},
        stackable_table(&title, head, body),
    )
}

fn facts(frame: &Frame, own: &Framework) -> Markup {
    let tolerance = Percent::of_millionths(own.tolerance);
    let body = html! {
        p { (frame.tw("framework-tolerance-says", &[("percent", tolerance.to_string())])) }
        @if !own.note.is_empty() { p.t2 { (own.note) } }
    };
    page::card(frame.t("framework-terms"), "", html! {}, padded(body))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    sample_of(frame, "active", "close")
}

pub(in crate::web) fn sample_new(frame: &Frame) -> Markup {
    sample_of(frame, "draft", "change")
}

fn sample_of(frame: &Frame, status: &str, open: &str) -> Markup {
    let own = Framework::sample(1, status);
    let line = |line: i64, quantity: Option<i64>, value_exact: Option<i64>| Line {
        line,
        product_code: format!("P-{line}"),
        product_name: "Epoxy primer, 20 l".to_owned(),
        product_local: Some("环氧底漆 20 升".to_owned()),
        unit_price: 2_024_990_000,
        quantity,
        value_exact,
        called: 104_000_000,
        called_exact: 210_598_960_000,
    };
    let lines = [
        line(1, Some(100_000_000), None),
        line(2, Some(200_000_000), Some(400_000_000_000)),
        line(3, None, Some(400_000_000_000)),
    ];
    let called = [Taker {
        framework_line: 1,
        order_number: "SO-2026-00001".to_owned(),
        order_line: 1,
        day: "2026-03-05".to_owned(),
        status: "confirmed".to_owned(),
        called: 104_000_000,
        called_exact: 210_598_960_000,
    }];
    let opened = Opened::of(DeedQuery {
        open: open.to_owned(),
    });
    let parts = Parts {
        lines: &lines,
        called: if status == "draft" { &[] } else { &called },
        currency: Currency::parse("CNY").expect("a currency of ISO 4217"),
        deeds: acting::deeds(frame, &own),
        opened: &opened,
    };
    framework_page(frame, &own, &parts)
}
