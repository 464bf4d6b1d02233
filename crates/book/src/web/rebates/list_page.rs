//! `/rebates`: what was agreed to come back, the agreements that began last first.

use db::SortBy;
use jiff::civil::Date;
use kernel::Refusal;
use maud::{Markup, html};
use page::{Column, Frame, Tone};
use sheet::export::Value;

use crate::{
    course::REBATE,
    store::rebates::{self, Rebate},
    web::listing::{self, Buyer, Document, Words, first_values},
};

impl Document for Rebate {
    const PATH: &'static str = "/rebates";
    const WORDS: Words = Words {
        title: "rebates-title",
        number: "documents-number",
        search: "documents-search",
        none: ("rebates-none", "rebates-none-next"),
        not_found: "rebates-not-found",
    };
    const STATUSES: &'static [&'static str] = REBATE.states;
    const SORTS: &'static [SortBy] = &rebates::SORTS;
    const EXPORTS: [(&'static str, &'static str); 2] = [
        ("/rebates/export.csv", "CSV"),
        ("/rebates/export.xlsx", "XLSX"),
    ];
    const FILE: (&'static str, &'static [&'static str]) = (
        "rebates",
        &[
            "rebate", "from", "customer", "name", "status", "currency", "note",
        ],
    );

    fn number(&self) -> &str {
        &self.number
    }

    fn date(&self) -> Date {
        Rebate::date(self)
    }

    fn buyer(&self) -> Buyer<'_> {
        (
            &self.customer_code,
            &self.customer_name,
            self.customer_local.as_deref(),
        )
    }

    fn status_text(frame: &Frame, status: &str) -> String {
        frame.t(&format!("rebate-status-{status}"))
    }

    fn columns(frame: &Frame) -> Vec<Column> {
        vec![
            Column::of(frame.t("orders-currency")),
            Column::of(frame.t("orders-status")),
        ]
    }

    fn cells(&self, frame: &Frame, _today: Date) -> Markup {
        html! {
            td data-l=(frame.t("orders-currency")) { (self.currency) }
            td.m-tr { (state_badge(frame, self)) }
        }
    }

    fn values(&self, _today: Date) -> Result<Vec<Value<'_>>, Refusal> {
        let mut row = first_values(self);
        row.extend([
            Value::of(&self.status),
            Value::of(&self.currency),
            Value::of(&self.note),
        ]);
        Ok(row)
    }
}

/// Where an agreement stands, in a word.
pub(super) fn state_badge(frame: &Frame, own: &Rebate) -> Markup {
    let tone = match own.status.as_str() {
        "active" => Tone::Good,
        "closed" => Tone::Line,
        _ => Tone::Plain,
    };
    page::badge(tone, Rebate::status_text(frame, &own.status))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let states = (1..).zip(REBATE.states);
    let items = states.map(|(id, state)| Rebate::sample(id, state));
    listing::sample(frame, items.collect(), "active")
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    listing::sample::<Rebate>(frame, Vec::new(), "")
}
