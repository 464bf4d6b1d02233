//! `/payments/{reference}`: one payment, what it settles, and what its paper went through.

use axum::extract::State;
use kernel::{Currency, Money};
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Path, Result, num,
    parts::{stackable_table, th, th_n},
};

use super::list_page::{amount, badge};
use crate::{
    store::{
        allocations::{self, Allocation, Source},
        payments::{self, PaperStep, Payment},
    },
    web::{listing::Document, names},
};

/// `GET /payments/{reference}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(reference): Path<String>,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let own = payments::fetch(&mut tx, &actor.scope, &reference, kit.today()).await?;
    let settles = allocations::of_source(&mut tx, Source::Payment(own.payment())).await?;
    let steps = payments::paper_steps(&mut tx, own.payment()).await?;
    let currency = own.money()?;
    Ok(payment_page(&frame, &own, (&settles, &steps), currency))
}

fn payment_page(
    frame: &Frame,
    own: &Payment,
    (settles, steps): (&[Allocation], &[PaperStep]),
    currency: Currency,
) -> Markup {
    let title = html! { (frame.tw("payment-title", &[("reference", own.reference.as_str())])) };
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (num::day_long(frame, own.date()))
        " · " (frame.t(&format!("payment-status-{}", own.method)))
        " " (badge(frame, own))
    };
    page::shell(
        frame,
        &own.reference,
        html! {
            (page::page_head(title, sub, html! {}))
            div.g {
                div.c8.stack { (settles_card(frame, own, settles)) }
                div.c4.stack {
                    (facts_card(frame, own))
                    @if own.paper_status.is_some() { (steps_card(frame, steps, currency)) }
                }
            }
        },
    )
}

fn settles_card(frame: &Frame, own: &Payment, settles: &[Allocation]) -> Markup {
    let title = frame.t("payment-settles");
    if settles.is_empty() {
        let none = page::empty(
            frame.t("payment-settles-none"),
            frame.t("payment-settles-none-next"),
            html! {},
        );
        return page::card(title, amount(own, own.left_minor()), html! {}, none);
    }
    let head = html! { tr {
        (th(frame.t("payment-invoice"))) (th(frame.t("orders-date"))) (th_n(frame.t("invoice-amount")))
    } };
    let body = html! { @for one in settles { tr {
        th scope="row" {
            a href=(page::address("/invoices", &one.invoice_number)) { (one.invoice_number) }
            span.sub { (frame.t(&format!("allocation-{}", one.kind))) }
        }
        td {
            (num::stored_day(frame, &one.valid_from))
            @if let Some(to) = &one.valid_to { span.sub { (frame.tw("allocation-until", &[("day", num::stored_day(frame, to))])) } }
        }
        td.n.m-tr { @match Currency::parse(&one.invoice_currency) {
            Ok(currency) => (num::money_code(Money::of_minor(one.amount_minor, currency))),
            Err(_) => (num::MISSING),
        } }
    } } };
    page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

fn facts_card(frame: &Frame, own: &Payment) -> Markup {
    let title = frame.t("payment-facts");
    let head = html! { tr { (th(frame.t("order-fact"))) (th_n(frame.t("order-value"))) } };
    let body = html! {
        tr { th scope="row" { (frame.t("invoice-amount")) } td.n.m-tr { (amount(own, own.amount_minor)) } }
        tr { th scope="row" { (frame.t("payments-left")) } td.n.m-tr { (amount(own, own.left_minor())) } }
        @if let (Some(acceptor), Some(number)) = (&own.acceptor, &own.paper_number) {
            tr { th scope="row" { (frame.t("payment-acceptor")) } td.n.m-tr { (acceptor) } }
            tr { th scope="row" { (frame.t("payment-paper")) } td.n.m-tr { (number) } }
        }
        @if let Some(due) = &own.paper_due {
            tr { th scope="row" { (frame.t("invoices-due")) } td.n.m-tr { (num::stored_day(frame, due)) } }
        }
    };
    page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

fn steps_card(frame: &Frame, steps: &[PaperStep], currency: Currency) -> Markup {
    let title = frame.t("payment-steps");
    if steps.is_empty() {
        let none = page::empty(
            frame.t("payment-steps-none"),
            frame.t("payment-steps-none-next"),
            html! {},
        );
        return page::card(title, "", html! {}, none);
    }
    let head = html! { tr {
        (th(frame.t("payment-step"))) (th(frame.t("orders-date"))) (th_n(frame.t("payment-cost")))
    } };
    let body = html! { @for step in steps { tr {
        th scope="row" { (frame.t(&format!("bill-step-{}", step.step))) span.sub { (step.to_whom) } }
        td { (num::stored_day(frame, &step.day)) }
        td.n.m-tr { (num::amount(Money::of_minor(step.cost_minor, currency))) }
    } } };
    page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let own = Payment::sample(2, Some("discounted"));
    let step = PaperStep {
        step: "discount".to_owned(),
        day: "2026-06-14".to_owned(),
        to_whom: "Bank of Ningbo".to_owned(),
        cost_minor: 120_00,
    };
    let currency = Currency::parse("CNY").expect("a currency of ISO 4217");
    payment_page(frame, &own, (&[Allocation::sample()], &[step]), currency)
}
