//! `/invoices`: what was billed and is open, newest first.

use db::SortBy;
use jiff::civil::Date;
use kernel::{Money, Refusal};
use maud::{Markup, html};
use page::{Column, Frame, Tone, num};
use sheet::export::Value;

use super::STATUSES;
use crate::{
    store::invoices::{self, Invoice, NO_DUE_DAY},
    web::listing::{self, Buyer, Document, Words, first_values},
};

impl Document for Invoice {
    const PATH: &'static str = "/invoices";
    const WORDS: Words = Words {
        title: "invoices-title",
        number: "documents-number",
        search: "documents-search",
        none: ("invoices-none", "invoices-none-next"),
        not_found: "invoices-not-found",
    };
    const STATUSES: &'static [&'static str] = &STATUSES;
    const SORTS: &'static [SortBy] = &invoices::SORTS;
    const EXPORTS: [(&'static str, &'static str); 2] = [
        ("/invoices/export.csv", "CSV"),
        ("/invoices/export.xlsx", "XLSX"),
    ];
    const FILE: (&'static str, &'static [&'static str]) = (
        "invoices",
        &[
            "invoice", "date", "customer", "name", "due_date", "status", "currency", "gross",
            "open",
        ],
    );

    fn number(&self) -> &str {
        &self.number
    }

    fn date(&self) -> Date {
        Invoice::date(self)
    }

    fn buyer(&self) -> Buyer<'_> {
        (
            &self.customer_code,
            &self.customer_name,
            self.customer_local.as_deref(),
        )
    }

    fn status_text(frame: &Frame, status: &str) -> String {
        frame.t(&format!("invoice-status-{status}"))
    }

    fn columns(frame: &Frame) -> Vec<Column> {
        vec![
            Column::of(frame.t("invoices-due")).sorts("due"),
            Column::of(frame.t("orders-status")),
            Column::of(frame.t("order-gross"))
                .sorts_down("gross")
                .number(),
            Column::of(frame.t("invoices-open")).number(),
        ]
    }

    fn cells(&self, frame: &Frame, today: Date) -> Markup {
        html! {
            td data-l=(frame.t("invoices-due")) {
                @match due_day(self) { Some(due) => (num::day_tag(frame, due)), None => (num::MISSING) }
            }
            td { (standing_badge(frame, self, today)) }
            td.n data-l=(frame.t("order-gross")) { (amount(self, self.gross_minor)) }
            td.n.m-tr data-l=(frame.t("invoices-open")) { (amount(self, self.open_minor())) }
        }
    }

    fn values(&self, today: Date) -> Result<Vec<Value<'_>>, Refusal> {
        let currency = self.money()?;
        let amount = |minor| Value::money(Money::of_minor(minor, currency));
        let mut row = first_values(self);
        row.extend([
            due_day(self).map_or(Value::Empty, Value::Day),
            Value::of(self.standing(today)),
            Value::of(&self.currency),
            amount(self.gross_minor),
            amount(self.open_minor()),
        ]);
        Ok(row)
    }
}

/// The first day something open is due, where one is known.
fn due_day(own: &Invoice) -> Option<Date> {
    let due = own.open_due.as_deref().filter(|due| *due != NO_DUE_DAY)?;
    due.parse().ok()
}

/// An amount of an invoice with its currency.
pub(in crate::web) fn amount(own: &Invoice, minor: i64) -> String {
    match own.money() {
        Ok(currency) => num::money_code(Money::of_minor(minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

/// Where an invoice stands, in a word.
pub fn standing_badge(frame: &Frame, own: &Invoice, today: Date) -> Markup {
    let standing = own.standing(today);
    let tone = match standing {
        "paid" => Tone::Good,
        "overdue" => Tone::Bad,
        "cancelled" => Tone::Line,
        _ => Tone::Plain,
    };
    page::badge(tone, Invoice::status_text(frame, standing))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let items = vec![
        Invoice::sample(1, Some("2026-07-15"), 0),
        Invoice::sample(2, Some("2026-06-01"), 30_000_000),
        Invoice::sample(3, None, 68_647_297),
        Invoice::sample(4, Some(NO_DUE_DAY), 0),
    ];
    listing::sample(frame, items, "overdue")
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    listing::sample::<Invoice>(frame, Vec::new(), "overdue")
}
