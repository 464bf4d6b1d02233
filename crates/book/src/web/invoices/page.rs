//! `/invoices/{number}`: one invoice, its lines, what is due when, and what settles it.

use axum::extract::State;
use jiff::civil::{Date, date};
use kernel::{Currency, Money, Quantity};
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Path, Query, Result, num,
    parts::{padded, stackable_table, th, th_n},
};

use super::{
    acting,
    list_page::{amount, standing_badge},
};
use crate::{
    settlement::open_parts,
    store::{
        allocations::{self, Allocation},
        invoices::{self, Invoice, Line},
    },
    terms::Instalment,
    web::{
        deeds::{DeedQuery, Opened},
        lines_table::{Totals, lines_table},
        listing::Document,
        names,
        products::page::written,
    },
};

/// What belongs to an invoice.
struct Parts<'a> {
    lines: &'a [Line],
    due: &'a [Instalment],
    settled: &'a [Allocation],
    currency: Currency,
    today: Date,
    opened: &'a Opened,
}

/// `GET /invoices/{number}`.
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
    let own = invoices::fetch(&mut tx, &actor.scope, number, kit.today()).await?;
    let parts = Parts {
        lines: &invoices::lines(&mut tx, own.invoice()).await?,
        due: &invoices::instalments(&mut tx, own.invoice(), i64::MAX).await?,
        settled: &allocations::of_invoice(&mut tx, own.invoice()).await?,
        currency: own.money()?,
        today: kit.today(),
        opened,
    };
    Ok(invoice_page(frame, &own, &parts))
}

fn invoice_page(frame: &Frame, own: &Invoice, parts: &Parts<'_>) -> Markup {
    let title = html! { (frame.tw("invoice-title", &[("number", own.number.as_str())])) };
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (num::day_long(frame, own.date()))
        @if let Some(order) = &own.order_number {
            " · " a href=(page::address("/orders", order)) { (frame.tw("order-title", &[("number", order.as_str())])) }
        }
        @if own.payer_id != own.customer_id { " · " (frame.t("invoice-payer")) " " (own.payer_code) }
        " " (standing_badge(frame, own, parts.today))
    };
    let deeds = acting::deeds(frame, own);
    let fields = acting::fields(frame, parts.opened, own, parts.lines);
    page::shell(
        frame,
        &own.number,
        html! {
            (page::page_head(title, sub, deeds.buttons(frame, parts.opened)))
            (deeds.sheet(frame, parts.opened, &fields))
            div.g {
                div.c8.stack {
                    (page::card(frame.t("order-lines"), parts.currency.code(), html! {}, lines(frame, own, parts)))
                }
                div.c4.stack {
                    (due_card(frame, own, parts))
                    (settled_card(frame, own, parts))
                    @if !own.note.is_empty() {
                        (page::card(frame.t("deed-note"), "", html! {}, padded(html! { p { (own.note) } })))
                    }
                }
            }
        },
    )
}

fn lines(frame: &Frame, own: &Invoice, parts: &Parts<'_>) -> Markup {
    let shown = |minor: i64| num::amount(Money::of_minor(minor, parts.currency));
    if parts.lines.is_empty() {
        let amounts = [
            ("net", shown(own.net_minor)),
            ("tax", shown(own.tax_minor)),
            ("gross", shown(own.gross_minor)),
        ];
        return padded(html! { p { (frame.tw("invoice-by-amount", &amounts)) } });
    }
    let head = html! { tr {
        (th_n(frame.t("order-line"))) (th(frame.t("order-product"))) (th_n(frame.t("order-quantity")))
        (th_n(frame.t("order-price"))) (th_n(frame.t("order-net"))) (th_n(frame.t("order-tax")))
    } };
    let lines = html! { @for line in parts.lines { tr.two {
        td.n { (line.line) }
        th scope="row" {
            (line.product_name.as_deref().map_or(num::MISSING, |name| names::one(frame, name, line.product_local.as_deref())))
            span.sub { (line.product_code.as_deref().unwrap_or_default()) }
        }
        td.n { (Quantity::of_millionths(line.quantity).to_string().replace('-', "\u{2212}")) }
        td.n { (written(line.unit_price)) }
        td.n { (shown(line.net_minor)) }
        td.n { (shown(line.tax_minor)) }
    } } };
    let totals = Totals {
        net_minor: own.net_minor,
        tax_minor: own.tax_minor,
        gross_minor: own.gross_minor,
        currency: parts.currency,
    };
    lines_table(frame, head, &lines, 2, totals)
}

fn due_card(frame: &Frame, own: &Invoice, parts: &Parts<'_>) -> Markup {
    let title = frame.t("invoice-due");
    let shown = |minor: i64| num::amount(Money::of_minor(minor, parts.currency));
    let head = html! { tr {
        (th(frame.t("invoices-due"))) (th_n(frame.t("invoice-amount"))) (th_n(frame.t("invoices-open")))
    } };
    let body = html! { @for (one, open) in open_parts(parts.due, own.settled_minor) { tr {
        th scope="row" {
            @match one.due {
                Some(due) => (num::day_tag(frame, due)),
                None => (frame.t("invoice-due-unknown")),
            }
            @if one.is_retention { span.sub { (frame.t("invoice-retention")) } }
            @if let (Some(until), true) = (one.discount_until, 0 < one.discount_minor) {
                span.sub { (frame.tw("invoice-discount", &[("amount", shown(one.discount_minor)), ("day", num::day(frame, until))])) }
            }
        }
        td.n { (shown(one.amount_minor)) }
        td.n.m-tr { (shown(open)) }
    } } };
    let meta = amount(own, own.open_minor());
    page::card(&title, meta, html! {}, stackable_table(&title, head, body))
}

fn settled_card(frame: &Frame, own: &Invoice, parts: &Parts<'_>) -> Markup {
    let title = frame.t("invoice-settled");
    if parts.settled.is_empty() {
        let none = page::empty(
            frame.t("invoice-settled-none"),
            frame.t("invoice-settled-none-next"),
            html! {},
        );
        return page::card(title, "", html! {}, none);
    }
    let head = html! { tr {
        (th(frame.t("invoice-by"))) (th(frame.t("orders-date"))) (th_n(frame.t("invoice-amount")))
    } };
    let body = html! { @for one in parts.settled { tr {
        th scope="row" {
            @if let Some(payment) = &one.payment_reference {
                a href=(page::address("/payments", payment)) { (payment) }
            } @else if let Some(note) = &one.credit_note_number {
                a href=(page::address("/credit-notes", note)) { (note) }
            } @else { (num::MISSING) }
            span.sub { (frame.t(&format!("allocation-{}", one.kind))) }
        }
        td {
            (num::stored_day(frame, &one.valid_from))
            @if let Some(to) = &one.valid_to { span.sub { (frame.tw("allocation-until", &[("day", num::stored_day(frame, to))])) } }
        }
        td.n.m-tr { (num::amount(Money::of_minor(one.amount_minor, parts.currency))) }
    } } };
    let meta = amount(own, own.settled_minor);
    page::card(&title, meta, html! {}, stackable_table(&title, head, body))
}

/// One that was billed by its amount.
pub(in crate::web) fn sample_by_amount(frame: &Frame) -> Markup {
    let parts = Parts {
        lines: &[],
        due: &[],
        settled: &[],
        currency: Currency::parse("CNY").expect("a currency of ISO 4217"),
        today: date(2026, 6, 16),
        opened: &Opened::default(),
    };
    invoice_page(frame, &Invoice::sample(3, None, 0), &parts)
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    sample_of(frame, "change")
}

/// One on which something is given back.
pub(in crate::web) fn sample_crediting(frame: &Frame) -> Markup {
    sample_of(frame, "credit")
}

fn sample_of(frame: &Frame, open: &str) -> Markup {
    let own = Invoice::sample(2, Some("2026-06-01"), 30_000_000);
    let line = Line {
        line: 1,
        order_line: Some(1),
        product_id: Some(1),
        product_code: Some("P-1".to_owned()),
        product_name: Some("Epoxy primer, 20 l".to_owned()),
        product_local: Some("环氧底漆 20 升".to_owned()),
        quantity: 3_000_000,
        unit_price: 2_024_994_000,
        discount: 0,
        tax: 130_000,
        net_minor: 60_749_820,
        tax_minor: 7_897_477,
        credited: 0,
    };
    let part = |part: i64, due: Option<Date>, amount_minor: i64| Instalment {
        part,
        due,
        amount_minor,
        is_retention: due.is_none(),
        discount_minor: if part == 1 { 100_00 } else { 0 },
        discount_until: due,
        rule: None,
    };
    let due = [
        part(1, Some(date(2026, 6, 1)), 60_000_000),
        part(2, None, 8_647_297),
    ];
    let settled = [Allocation::sample()];
    let parts = Parts {
        lines: &[line],
        due: &due,
        settled: &settled,
        currency: Currency::parse("CNY").expect("a currency of ISO 4217"),
        today: date(2026, 6, 16),
        opened: &Opened::of(DeedQuery {
            open: open.to_owned(),
        }),
    };
    invoice_page(frame, &own, &parts)
}
