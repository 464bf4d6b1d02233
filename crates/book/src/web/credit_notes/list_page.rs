//! `/credit-notes`: what was given back, newest first.

use db::SortBy;
use jiff::civil::Date;
use kernel::{Money, Refusal};
use maud::{Markup, html};
use page::{Column, Frame, Tone, num};
use sheet::export::Value;

use super::STATUSES;
use crate::{
    store::credit_notes::{self, CreditNote},
    web::listing::{self, Buyer, Document, Words, first_values},
};

impl Document for CreditNote {
    const PATH: &'static str = "/credit-notes";
    const WORDS: Words = Words {
        title: "credit-notes-title",
        number: "documents-number",
        search: "documents-search",
        none: ("credit-notes-none", "credit-notes-none-next"),
        not_found: "credit-notes-not-found",
    };
    const STATUSES: &'static [&'static str] = &STATUSES;
    const SORTS: &'static [SortBy] = &credit_notes::SORTS;
    const EXPORTS: [(&'static str, &'static str); 2] = [
        ("/credit-notes/export.csv", "CSV"),
        ("/credit-notes/export.xlsx", "XLSX"),
    ];
    const FILE: (&'static str, &'static [&'static str]) = (
        "credit-notes",
        &[
            "credit_note",
            "date",
            "customer",
            "name",
            "kind",
            "invoice",
            "status",
            "currency",
            "gross",
            "left",
        ],
    );

    fn number(&self) -> &str {
        &self.number
    }

    fn date(&self) -> Date {
        CreditNote::date(self)
    }

    fn buyer(&self) -> Buyer<'_> {
        (
            &self.customer_code,
            &self.customer_name,
            self.customer_local.as_deref(),
        )
    }

    fn status_text(frame: &Frame, status: &str) -> String {
        frame.t(&format!("credit-note-status-{status}"))
    }

    fn columns(frame: &Frame) -> Vec<Column> {
        vec![
            Column::of(frame.t("credit-notes-kind")),
            Column::of(frame.t("orders-status")),
            Column::of(frame.t("order-gross"))
                .sorts_down("gross")
                .number(),
            Column::of(frame.t("payments-left")).number(),
        ]
    }

    fn cells(&self, frame: &Frame, _today: Date) -> Markup {
        html! {
            td data-l=(frame.t("credit-notes-kind")) { (CreditNote::status_text(frame, &self.kind)) }
            td { (badge(frame, self)) }
            td.n.m-tr { (amount(self, self.gross_minor)) }
            td.n data-l=(frame.t("payments-left")) { (amount(self, self.left_minor())) }
        }
    }

    fn values(&self, _today: Date) -> Result<Vec<Value<'_>>, Refusal> {
        let currency = self.money()?;
        let amount = |minor| Value::money(Money::of_minor(minor, currency));
        let mut row = first_values(self);
        row.extend([
            Value::of(&self.kind),
            Value::or_empty(self.invoice_number.as_deref()),
            Value::of(&self.status),
            Value::of(&self.currency),
            amount(self.gross_minor),
            amount(self.left_minor()),
        ]);
        Ok(row)
    }
}

/// An amount of a credit note with its currency.
pub(super) fn amount(own: &CreditNote, minor: i64) -> String {
    match own.money() {
        Ok(currency) => num::money_code(Money::of_minor(minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

/// Where a credit note stands, in a word.
pub(super) fn badge(frame: &Frame, own: &CreditNote) -> Markup {
    let tone = match own.status.as_str() {
        "cancelled" => Tone::Line,
        _ => Tone::Good,
    };
    page::badge(tone, CreditNote::status_text(frame, &own.status))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let items = vec![
        CreditNote::sample(1, "return", "posted"),
        CreditNote::sample(2, "price", "posted"),
        CreditNote::sample(3, "goodwill", "cancelled"),
    ];
    listing::sample(frame, items, "posted")
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    listing::sample::<CreditNote>(frame, Vec::new(), "")
}
