//! `/payments`: what came in, newest first.

use axum::{extract::State, http::Uri, response::Response};
use db::SortBy;
use jiff::civil::Date;
use kernel::{Money, Refusal};
use maud::{Markup, html};
use page::{Actor, Column, Frame, Kit, Query, Tone, num};
use sheet::export::Value;

use super::{MAY_RECORD, STATUSES};
use crate::{
    store::payments::{self, Payment},
    web::{
        documents::DocumentsQuery,
        listing::{self, Buyer, Document, Words, first_values},
    },
};

impl Document for Payment {
    const PATH: &'static str = "/payments";
    const WORDS: Words = Words {
        title: "payments-title",
        number: "payments-reference",
        search: "payments-search",
        none: ("payments-none", "payments-none-next"),
        not_found: "payments-not-found",
    };
    const STATUSES: &'static [&'static str] = &STATUSES;
    const SORTS: &'static [SortBy] = &payments::SORTS;
    const EXPORTS: [(&'static str, &'static str); 2] = [
        ("/payments/export.csv", "CSV"),
        ("/payments/export.xlsx", "XLSX"),
    ];
    const FILE: (&'static str, &'static [&'static str]) = (
        "payments",
        &[
            "payment", "date", "customer", "name", "method", "status", "currency", "amount", "left",
        ],
    );

    fn number(&self) -> &str {
        &self.reference
    }

    fn date(&self) -> Date {
        Payment::date(self)
    }

    fn buyer(&self) -> Buyer<'_> {
        (
            &self.payer_code,
            &self.payer_name,
            self.payer_local.as_deref(),
        )
    }

    fn status_text(frame: &Frame, status: &str) -> String {
        frame.t(&format!("payment-status-{status}"))
    }

    fn columns(frame: &Frame) -> Vec<Column> {
        vec![
            Column::of(frame.t("payments-method")),
            Column::of(frame.t("orders-status")),
            Column::of(frame.t("invoice-amount"))
                .sorts_down("amount")
                .number(),
            Column::of(frame.t("payments-left")).number(),
        ]
    }

    fn cells(&self, frame: &Frame, _today: Date) -> Markup {
        html! {
            td data-l=(frame.t("payments-method")) { (Payment::status_text(frame, &self.method)) }
            td { (badge(frame, self)) }
            td.n.m-tr { (amount(self, self.amount_minor)) }
            td.n data-l=(frame.t("payments-left")) { (amount(self, self.left_minor())) }
        }
    }

    fn values(&self, _today: Date) -> Result<Vec<Value<'_>>, Refusal> {
        let currency = self.money()?;
        let amount = |minor| Value::money(Money::of_minor(minor, currency));
        let mut row = first_values(self);
        row.extend([
            Value::of(&self.method),
            Value::of(self.standing()),
            Value::of(&self.currency),
            amount(self.amount_minor),
            amount(self.left_minor()),
        ]);
        Ok(row)
    }
}

/// `GET /payments`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<DocumentsQuery>,
) -> page::Result<Response> {
    let text = frame.t("payment-new");
    let may = MAY_RECORD.contains(&actor.role);
    let new = html! { @if may { (page::link("/payments/new", &text).primary().icon("plus")) } };
    listing::show_with::<Payment>(&kit, &actor, &frame, (&uri, &query), new).await
}

/// An amount of a payment with its currency.
pub(super) fn amount(own: &Payment, minor: i64) -> String {
    match own.money() {
        Ok(currency) => num::money_code(Money::of_minor(minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

/// Where a payment stands, in a word: its paper's state where it came as one.
pub(super) fn badge(frame: &Frame, own: &Payment) -> Markup {
    let status = own.standing();
    let tone = match status {
        "reversed" | "returned" => Tone::Bad,
        "posted" | "cleared" => Tone::Good,
        _ => Tone::Plain,
    };
    page::badge(tone, Payment::status_text(frame, status))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let items = vec![
        Payment::sample(1, None),
        Payment::sample(2, Some("discounted")),
    ];
    listing::sample(frame, items, "")
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    listing::sample::<Payment>(frame, Vec::new(), "")
}
