//! `/deliveries`: what went out and what came back, newest first.

use db::SortBy;
use jiff::civil::Date;
use kernel::Refusal;
use maud::{Markup, html};
use page::{Column, Frame, Tone};
use sheet::export::Value;

use super::STATUSES;
use crate::{
    store::deliveries::{self, Delivery},
    web::listing::{self, Buyer, Document, Words, first_values},
};

impl Document for Delivery {
    const PATH: &'static str = "/deliveries";
    const WORDS: Words = Words {
        title: "deliveries-title",
        number: "documents-number",
        search: "documents-search",
        none: ("deliveries-none", "deliveries-none-next"),
        not_found: "deliveries-not-found",
    };
    const STATUSES: &'static [&'static str] = &STATUSES;
    const SORTS: &'static [SortBy] = &deliveries::SORTS;
    const EXPORTS: [(&'static str, &'static str); 2] = [
        ("/deliveries/export.csv", "CSV"),
        ("/deliveries/export.xlsx", "XLSX"),
    ];
    const FILE: (&'static str, &'static [&'static str]) = (
        "deliveries",
        &[
            "delivery", "date", "customer", "name", "kind", "order", "status", "note",
        ],
    );

    fn number(&self) -> &str {
        &self.number
    }

    fn date(&self) -> Date {
        Delivery::date(self)
    }

    fn buyer(&self) -> Buyer<'_> {
        (
            &self.customer_code,
            &self.customer_name,
            self.customer_local.as_deref(),
        )
    }

    fn status_text(frame: &Frame, status: &str) -> String {
        frame.t(&format!("delivery-status-{status}"))
    }

    fn columns(frame: &Frame) -> Vec<Column> {
        vec![
            Column::of(frame.t("deliveries-kind")),
            Column::of(frame.t("documents-order")),
            Column::of(frame.t("orders-status")),
        ]
    }

    fn cells(&self, frame: &Frame, _today: Date) -> Markup {
        html! {
            td data-l=(frame.t("deliveries-kind")) { (Delivery::status_text(frame, &self.kind)) }
            td { a href=(page::address("/orders", &self.order_number)) { (self.order_number) } }
            td.m-tr { (badge(frame, self)) }
        }
    }

    fn values(&self, _today: Date) -> Result<Vec<Value<'_>>, Refusal> {
        let mut row = first_values(self);
        row.extend([
            Value::of(&self.kind),
            Value::of(&self.order_number),
            Value::of(&self.status),
            Value::of(&self.note),
        ]);
        Ok(row)
    }
}

/// Where a delivery stands, in a word.
pub(super) fn badge(frame: &Frame, own: &Delivery) -> Markup {
    let tone = match own.status.as_str() {
        "reversed" => Tone::Line,
        _ => Tone::Good,
    };
    page::badge(tone, Delivery::status_text(frame, &own.status))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let items = vec![
        Delivery::sample(1, "delivery", "posted"),
        Delivery::sample(2, "return", "posted"),
        Delivery::sample(3, "delivery", "reversed"),
    ];
    listing::sample(frame, items, "posted")
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    listing::sample::<Delivery>(frame, Vec::new(), "")
}
