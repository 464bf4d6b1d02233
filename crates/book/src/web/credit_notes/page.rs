//! `/credit-notes/{number}`: one credit note, what it gives back, and what it settles.

use axum::extract::State;
use kernel::{Currency, Money, Quantity};
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Path, Query, Result, num,
    parts::{padded, stackable_table, th, th_n},
};

use super::{
    acting,
    list_page::{amount, badge},
};
use crate::{
    store::{
        allocations::{self, Allocation, Source},
        credit_notes::{self, CreditNote, Line},
        invoices::Invoice,
    },
    web::{
        deeds::{DeedQuery, Opened},
        lines_table::{Totals, lines_table},
        listing::Document,
        names,
        payments::settles,
    },
};

/// What belongs to a credit note.
struct Parts<'a> {
    lines: &'a [Line],
    settles: &'a [Allocation],
    /// What it could settle.
    open: &'a [Invoice],
    currency: Currency,
    opened: &'a Opened,
}

/// `GET /credit-notes/{number}`.
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
    let sight = (&actor.scope, kit.today());
    let mut tx = kit.db.read().await?;
    let own = credit_notes::fetch(&mut tx, sight.0, number, sight.1).await?;
    let source = Source::CreditNote(own.credit_note());
    let parts = Parts {
        lines: &credit_notes::lines(&mut tx, own.credit_note()).await?,
        settles: &allocations::seen_of_source(&mut tx, sight, source).await?,
        open: &settles::offered(&mut tx, sight, &own.payer_code, opened).await?,
        currency: own.money()?,
        opened,
    };
    Ok(credit_note_page(frame, &own, &parts))
}

fn credit_note_page(frame: &Frame, own: &CreditNote, parts: &Parts<'_>) -> Markup {
    let title = html! { (frame.tw("credit-note-title", &[("number", own.number.as_str())])) };
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (num::day_long(frame, own.date()))
        " · " (CreditNote::status_text(frame, &own.kind))
        @if let Some(invoice) = &own.invoice_number {
            " · " a href=(page::address("/invoices", invoice)) { (frame.tw("invoice-title", &[("number", invoice.as_str())])) }
        }
        @if own.payer_id != own.customer_id { " · " (frame.t("credit-note-payer")) " " (own.payer_code) }
        " " (badge(frame, own))
    };
    let deeds = acting::deeds(frame, own, parts.settles);
    let fields = acting::fields(frame, parts.opened, own, (parts.settles, parts.open));
    page::shell(
        frame,
        &own.number,
        html! {
            (page::page_head(title, sub, deeds.buttons(frame, parts.opened)))
            (deeds.sheet(frame, parts.opened, &fields))
            div.g {
                div.c8.stack {
                    (page::card(frame.t("order-lines"), parts.currency.code(), html! {}, lines(frame, own, parts)))
                    (settles::card(frame, amount(own, own.left_minor()), parts.settles))
                }
                div.c4.stack { (facts_card(frame, own)) }
            }
        },
    )
}

fn lines(frame: &Frame, own: &CreditNote, parts: &Parts<'_>) -> Markup {
    let shown = |minor: i64| num::amount(Money::of_minor(minor, parts.currency));
    // A credit on an amount has no lines of goods.
    if parts.lines.iter().all(|line| line.quantity == 0) {
        let amounts = [
            ("net", shown(own.net_minor)),
            ("tax", shown(own.tax_minor)),
            ("gross", shown(own.gross_minor)),
        ];
        return padded(html! { p { (frame.tw("credit-note-by-amount", &amounts)) } });
    }
    let head = html! { tr {
        (th_n(frame.t("order-line"))) (th(frame.t("order-product"))) (th_n(frame.t("credit-note-back")))
        (th_n(frame.t("order-net"))) (th_n(frame.t("order-tax")))
    } };
    let lines = html! { @for line in parts.lines { tr.two {
        td.n { (line.line) }
        th scope="row" {
            (line.product_name.as_deref().unwrap_or(num::MISSING))
            span.sub { (line.product_code.as_deref().unwrap_or_default()) }
        }
        td.n { (Quantity::of_millionths(line.quantity)) }
        td.n { (shown(line.net_minor)) }
        td.n { (shown(line.tax_minor)) }
    } } };
    let totals = Totals {
        net_minor: own.net_minor,
        tax_minor: own.tax_minor,
        gross_minor: own.gross_minor,
        currency: parts.currency,
    };
    lines_table(frame, head, &lines, 1, totals)
}

fn facts_card(frame: &Frame, own: &CreditNote) -> Markup {
    let title = frame.t("credit-note-facts");
    let head = html! { tr { (th(frame.t("order-fact"))) (th_n(frame.t("order-value"))) } };
    let body = html! {
        tr { th scope="row" { (frame.t("order-gross")) } td.n.m-tr { (amount(own, own.gross_minor)) } }
        tr { th scope="row" { (frame.t("payments-left")) } td.n.m-tr { (amount(own, own.left_minor())) } }
        @if let Some(day) = &own.cancelled_on {
            tr { th scope="row" { (CreditNote::status_text(frame, "cancelled")) } td.n.m-tr { (num::stored_day(frame, day)) } }
        }
        @if !own.reason.is_empty() {
            tr { th scope="row" { (frame.t("credit-note-reason")) } td.wr.m-full { (own.reason) } }
        }
    };
    page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let line = Line {
        line: 1,
        invoice_line: Some(1),
        product_code: Some("P-1".to_owned()),
        product_name: Some("Epoxy primer, 20 l".to_owned()),
        quantity: 2_000_000,
        net_minor: 1_012_497,
        tax: 130_000,
        tax_minor: 131_625,
    };
    sample_of(
        frame,
        &CreditNote::sample(2, "return", "posted"),
        (&[line], "cancel"),
    )
}

/// One on an amount, that settles an invoice.
pub(in crate::web) fn sample_by_amount(frame: &Frame) -> Markup {
    sample_of(
        frame,
        &CreditNote::sample(3, "goodwill", "posted"),
        (&[], "settle"),
    )
}

fn sample_of(frame: &Frame, own: &CreditNote, (lines, open): (&[Line], &str)) -> Markup {
    let parts = Parts {
        lines,
        settles: &[Allocation::sample()],
        open: &[Invoice::sample(2, Some("2026-06-01"), 30_000_000)],
        currency: Currency::parse("CNY").expect("a currency of ISO 4217"),
        opened: &Opened::of(DeedQuery {
            open: open.to_owned(),
        }),
    };
    credit_note_page(frame, own, &parts)
}
