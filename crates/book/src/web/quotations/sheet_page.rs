//! `/quotations/{number}`: one offer, its lines, its editions, and what became of it.

use axum::extract::State;
use jiff::civil::{Date, date};
use kernel::{Currency, Money, Percent, Quantity};
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Path, Query, Result, num,
    parts::{stackable_table, th, th_n},
};
use serde::Deserialize;

use super::{
    acting,
    list_page::{amount, state_badge},
};
use crate::{
    store::quotations::{self, Line, Past, Quotation},
    web::{
        deeds::{DeedQuery, Deeds, Opened},
        lines_table::{Totals, lines_table},
        listing::Document,
        names,
        products::page::written,
    },
};

/// Which edition is looked at, and which form is open.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SheetQuery {
    edition: Option<i64>,
    #[serde(rename = "do")]
    open: String,
}

/// What belongs to a quotation.
struct Parts<'a> {
    lines: &'a [Line],
    editions: &'a [Past],
    currency: Currency,
    today: Date,
    deeds: Deeds,
    opened: &'a Opened,
}

/// `GET /quotations/{number}`, in its last edition or the one asked for.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(number): Path<String>,
    Query(query): Query<SheetQuery>,
) -> Result<Markup> {
    let opened = Opened::of(DeedQuery { open: query.open });
    drawn(&kit, &actor, &frame, (&number, query.edition), &opened).await
}

/// The page with a form that is open or none.
pub(super) async fn drawn(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    (number, edition): (&str, Option<i64>),
    opened: &Opened,
) -> Result<Markup> {
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let own = quotations::fetch(&mut tx, &actor.scope, number, edition, today).await?;
    let parts = Parts {
        lines: &quotations::lines(&mut tx, own.quotation(), own.shown_edition).await?,
        editions: &quotations::editions(&mut tx, own.quotation()).await?,
        currency: own.money()?,
        today,
        deeds: acting::deeds(frame, &own, today),
        opened,
    };
    Ok(quotation_page(frame, &own, &parts))
}

fn quotation_page(frame: &Frame, own: &Quotation, parts: &Parts<'_>) -> Markup {
    let title = html! { (frame.tw("quotation-title", &[("number", own.number.as_str())])) };
    let edition = own.shown_edition.to_string();
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (num::day_long(frame, own.date()))
        " · " (frame.tw("quotation-edition", &[("edition", edition.as_str())]))
        " · " (frame.tw("quotation-until", &[("day", num::day(frame, own.until()))]))
        @if let Some(order) = &own.order_number {
            " · " a href=(page::address("/orders", order)) { (frame.tw("order-title", &[("number", order.as_str())])) }
        }
        " " (state_badge(frame, own, parts.today))
    };
    let fields = acting::fields(frame, parts.opened, own, parts.lines);
    page::shell(
        frame,
        &own.number,
        html! {
            (page::page_head(title, sub, parts.deeds.buttons(frame, parts.opened)))
            (parts.deeds.sheet(frame, parts.opened, &fields))
            div.g {
                div.c8.stack {
                    (page::card(frame.t("order-lines"), parts.currency.code(), html! {}, lines(frame, own, parts)))
                }
                div.c4.stack {
                    @if let Some(reason) = &own.lost_reason { (loss(frame, own, reason)) }
                    (editions(frame, own, parts))
                }
            }
        },
    )
}

fn lines(frame: &Frame, own: &Quotation, parts: &Parts<'_>) -> Markup {
    let shown = |minor: i64| num::amount(Money::of_minor(minor, parts.currency));
    let head = html! { tr {
        (th_n(frame.t("order-line"))) (th(frame.t("order-product"))) (th_n(frame.t("order-quantity")))
        (th_n(frame.t("order-price"))) (th_n(frame.t("order-discount"))) (th_n(frame.t("order-net")))
        (th_n(frame.t("order-tax")))
    } };
    let lines = html! { @for line in parts.lines { tr.two {
        td.n { (line.line) }
        th scope="row" { (names::one(frame, &line.product_name, line.product_local.as_deref())) span.sub { (line.product_code) } }
        td.n { (Quantity::of_millionths(line.quantity).to_string().replace('-', "\u{2212}")) }
        td.n { (written(line.unit_price)) }
        td.n { (Percent::of_millionths(line.discount)) " %" }
        td.n { (shown(line.net_minor)) }
        td.n { (shown(line.tax_minor)) }
    } } };
    let totals = Totals {
        net_minor: own.net_minor,
        tax_minor: own.tax_minor,
        gross_minor: own.gross_minor,
        currency: parts.currency,
    };
    lines_table(frame, head, &lines, 3, totals)
}

fn loss(frame: &Frame, own: &Quotation, reason: &str) -> Markup {
    let reason = reason.replace('_', "-");
    let facts = html! {
        p { b { (frame.t(&format!("lost-reason-{reason}"))) } }
        @if let Some(competitor) = &own.competitor {
            p { (frame.tw("quotation-competitor", &[("name", competitor.as_str())])) }
        }
        @if let Some(text) = &own.lost_text { p { (text) } }
    };
    let day = own
        .decided_on
        .as_deref()
        .map(|day| num::stored_day(frame, day));
    page::card(
        frame.t("quotation-lost"),
        day.unwrap_or_default(),
        html! {},
        facts,
    )
}

fn editions(frame: &Frame, own: &Quotation, parts: &Parts<'_>) -> Markup {
    let title = frame.t("quotation-editions");
    let head = html! { tr {
        (th(frame.t("quotations-edition"))) (th(frame.t("quotation-sent"))) (th_n(frame.t("order-net")))
    } };
    let body = html! { @for past in parts.editions { tr {
        th scope="row" {
            a href={ (page::address("/quotations", &own.number)) "?edition=" (past.edition) } { (past.edition) }
            span.sub { (num::stored_day(frame, &past.day)) }
        }
        td {
            @match &past.sent_on {
                Some(day) => (num::stored_day(frame, day)),
                None => (num::MISSING),
            }
        }
        td.n.m-tr { (num::amount(Money::of_minor(past.net_minor, parts.currency))) }
    } } };
    page::card(
        &title,
        amount(own, own.net_minor),
        html! {},
        stackable_table(&title, head, body),
    )
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    sample_of(frame, "lost", "")
}

/// A draft with its lines in a form.
pub(in crate::web) fn sample_changing(frame: &Frame) -> Markup {
    sample_of(frame, "draft", "change")
}

/// An offer that was accepted, on its way to an order.
pub(in crate::web) fn sample_converting(frame: &Frame) -> Markup {
    sample_of(frame, "accepted", "convert")
}

fn sample_of(frame: &Frame, state: &str, open: &str) -> Markup {
    let own = Quotation::sample(5, state);
    let opened = Opened::of(DeedQuery {
        open: open.to_owned(),
    });
    let line = Line {
        line: 1,
        product_id: 1,
        product_code: "P-1".to_owned(),
        product_name: "Epoxy primer, 20 l".to_owned(),
        product_local: Some("环氧底漆 20 升".to_owned()),
        quantity: 3_000_000,
        unit_price: 2_024_994_000,
        discount: 50_000,
        tax: 130_000,
        net_minor: 577_123,
        tax_minor: 75_026,
        price_rule: "list_price".to_owned(),
        price_source: None,
        price_since: None,
    };
    let past = |edition: i64, sent_on: Option<&str>| Past {
        edition,
        day: "2026-05-04".to_owned(),
        valid_until: "2026-06-03".to_owned(),
        sent_on: sent_on.map(str::to_owned),
        net_minor: 577_123,
        gross_minor: 652_149,
    };
    let parts = Parts {
        lines: &[line],
        editions: &[past(1, Some("2026-05-05")), past(2, None)],
        currency: Currency::parse("CNY").expect("a currency of ISO 4217"),
        today: date(2026, 6, 16),
        deeds: acting::deeds(frame, &own, date(2026, 6, 16)),
        opened: &opened,
    };
    quotation_page(frame, &own, &parts)
}
