//! `/frameworks`: contracts that orders call off, those that began last first.

use db::SortBy;
use jiff::civil::Date;
use kernel::Refusal;
use maud::{Markup, html};
use page::{Column, Frame, Tone, num};
use sheet::export::Value;

use crate::{
    course::FRAMEWORK,
    store::frameworks::{self, Framework},
    web::listing::{self, Buyer, Document, Words, first_values},
};

impl Document for Framework {
    const PATH: &'static str = "/frameworks";
    const WORDS: Words = Words {
        title: "frameworks-title",
        number: "documents-number",
        search: "documents-search",
        none: ("frameworks-none", "frameworks-none-next"),
        not_found: "frameworks-not-found",
    };
    const STATUSES: &'static [&'static str] = FRAMEWORK.states;
    const SORTS: &'static [SortBy] = &frameworks::SORTS;
    const EXPORTS: [(&'static str, &'static str); 2] = [
        ("/frameworks/export.csv", "CSV"),
        ("/frameworks/export.xlsx", "XLSX"),
    ];
    const FILE: (&'static str, &'static [&'static str]) = (
        "frameworks",
        &[
            "framework",
            "from",
            "customer",
            "name",
            "to",
            "status",
            "currency",
            "note",
        ],
    );

    fn number(&self) -> &str {
        &self.number
    }

    fn date(&self) -> Date {
        self.days().0
    }

    fn buyer(&self) -> Buyer<'_> {
        (
            &self.customer_code,
            &self.customer_name,
            self.customer_local.as_deref(),
        )
    }

    fn status_text(frame: &Frame, status: &str) -> String {
        frame.t(&format!("framework-status-{status}"))
    }

    fn columns(frame: &Frame) -> Vec<Column> {
        vec![
            Column::of(frame.t("frameworks-last-day")),
            Column::of(frame.t("orders-status")),
            Column::of(frame.t("orders-currency")),
        ]
    }

    fn cells(&self, frame: &Frame, _today: Date) -> Markup {
        html! {
            td data-l=(frame.t("frameworks-last-day")) { (last_day(frame, self)) }
            td.m-tr { (state_badge(frame, self)) }
            td data-l=(frame.t("orders-currency")) { (self.currency) }
        }
    }

    fn values(&self, _today: Date) -> Result<Vec<Value<'_>>, Refusal> {
        let mut row = first_values(self);
        row.extend([
            self.days().1.map_or(Value::Empty, Value::Day),
            Value::of(&self.status),
            Value::of(&self.currency),
            Value::of(&self.note),
        ]);
        Ok(row)
    }
}

/// The last day it serves; until further notice if there is none.
pub(super) fn last_day(frame: &Frame, own: &Framework) -> Markup {
    let last = own.days().1.map(|end| end.yesterday().unwrap_or(end));
    last.map_or_else(
        || html! { (frame.t("framework-open-end")) },
        |last| num::day_tag(frame, last),
    )
}

/// Where a contract stands, in a word.
pub(super) fn state_badge(frame: &Frame, own: &Framework) -> Markup {
    let tone = match own.status.as_str() {
        "active" => Tone::Good,
        "closed" => Tone::Line,
        _ => Tone::Plain,
    };
    page::badge(tone, Framework::status_text(frame, &own.status))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let states = (1..).zip(FRAMEWORK.states);
    let items = states.map(|(id, state)| Framework::sample(id, state));
    listing::sample(frame, items.collect(), "active")
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    listing::sample::<Framework>(frame, Vec::new(), "")
}
