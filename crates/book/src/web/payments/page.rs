//! `/payments/{reference}`: one payment, what it settles, and what its paper went through.

use axum::extract::State;
use kernel::{Currency, Money};
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Path, Query, Result, num,
    parts::{stackable_table, th, th_n},
};

use super::{
    acting,
    list_page::{amount, badge},
    settles,
};
use crate::{
    store::{
        allocations::{self, Allocation, Source},
        invoices::Invoice,
        payments::{self, PaperStep, Payment},
    },
    web::{
        deeds::{DeedQuery, Opened},
        listing::Document,
        names,
    },
};

/// What belongs to a payment.
struct Parts<'a> {
    settles: &'a [Allocation],
    steps: &'a [PaperStep],
    /// What it could settle.
    open: &'a [Invoice],
    currency: Currency,
    opened: &'a Opened,
}

/// `GET /payments/{reference}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(reference): Path<String>,
    Query(query): Query<DeedQuery>,
) -> Result<Markup> {
    drawn(&kit, &actor, &frame, &reference, &Opened::of(query)).await
}

/// The page with a form that is open or none.
pub(super) async fn drawn(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    reference: &str,
    opened: &Opened,
) -> Result<Markup> {
    let sight = (&actor.scope, kit.today());
    let mut tx = kit.db.read().await?;
    let own = payments::fetch(&mut tx, sight.0, reference, sight.1).await?;
    let source = Source::Payment(own.payment());
    let parts = Parts {
        settles: &allocations::seen_of_source(&mut tx, sight, source).await?,
        steps: &payments::paper_steps(&mut tx, own.payment()).await?,
        open: &settles::offered(&mut tx, sight, &own.payer_code, opened).await?,
        currency: own.money()?,
        opened,
    };
    Ok(payment_page(frame, &own, &parts))
}

fn payment_page(frame: &Frame, own: &Payment, parts: &Parts<'_>) -> Markup {
    let title = html! { (frame.tw("payment-title", &[("reference", own.reference.as_str())])) };
    let sub = html! {
        (names::customer(frame, own.buyer()))
        " · " (num::day_long(frame, own.date()))
        " · " (frame.t(&format!("payment-status-{}", own.method)))
        " " (badge(frame, own))
    };
    let deeds = acting::deeds(frame, own, parts.settles);
    let fields = acting::fields(frame, parts.opened, own, (parts.settles, parts.open));
    page::shell(
        frame,
        &own.reference,
        html! {
            (page::page_head(title, sub, deeds.buttons(frame, parts.opened)))
            (deeds.sheet(frame, parts.opened, &fields))
            div.g {
                div.c8.stack { (settles::card(frame, amount(own, own.left_minor()), parts.settles)) }
                div.c4.stack {
                    (facts_card(frame, own))
                    @if own.paper_status.is_some() { (steps_card(frame, parts.steps, parts.currency)) }
                }
            }
        },
    )
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
        @if !own.note.is_empty() {
            tr { th scope="row" { (frame.t("deed-note")) } td.wr.m-full { (own.note) } }
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
    sample_of(frame, &Payment::sample(2, Some("discounted")), "return")
}

/// One that settles another invoice.
pub(in crate::web) fn sample_settling(frame: &Frame) -> Markup {
    sample_of(frame, &Payment::sample(2, None), "settle")
}

/// One whose allocation is taken back.
pub(in crate::web) fn sample_releasing(frame: &Frame) -> Markup {
    sample_of(frame, &Payment::sample(2, None), "release")
}

fn sample_of(frame: &Frame, own: &Payment, open: &str) -> Markup {
    let step = PaperStep {
        step: "discount".to_owned(),
        day: "2026-06-14".to_owned(),
        to_whom: "Bank of Ningbo".to_owned(),
        cost_minor: 120_00,
    };
    let standing = Allocation {
        valid_to: None,
        ..Allocation::sample()
    };
    let parts = Parts {
        settles: &[Allocation::sample(), standing],
        steps: &[step],
        open: &[Invoice::sample(2, Some("2026-06-01"), 30_000_000)],
        currency: Currency::parse("CNY").expect("a currency of ISO 4217"),
        opened: &Opened::of(DeedQuery {
            open: open.to_owned(),
        }),
    };
    payment_page(frame, own, &parts)
}
