//! `/quotations`: what was offered and how it stands, newest first.

use db::SortBy;
use jiff::civil::Date;
use kernel::{Money, Refusal};
use maud::{Markup, html};
use page::{Column, Frame, Tone, num};
use sheet::export::Value;

use crate::{
    course::QUOTATION,
    store::quotations::{self, Quotation},
    web::listing::{self, Buyer, Document, Words, first_values},
};

impl Document for Quotation {
    const PATH: &'static str = "/quotations";
    const WORDS: Words = Words {
        title: "quotations-title",
        number: "documents-number",
        search: "documents-search",
        none: ("quotations-none", "quotations-none-next"),
        not_found: "quotations-not-found",
    };
    const STATUSES: &'static [&'static str] = QUOTATION.states;
    const SORTS: &'static [SortBy] = &quotations::SORTS;
    const EXPORTS: [(&'static str, &'static str); 2] = [
        ("/quotations/export.csv", "CSV"),
        ("/quotations/export.xlsx", "XLSX"),
    ];
    const FILE: (&'static str, &'static [&'static str]) = (
        "quotations",
        &[
            "quotation",
            "date",
            "customer",
            "name",
            "valid_until",
            "status",
            "edition",
            "currency",
            "net",
            "tax",
            "gross",
        ],
    );

    fn number(&self) -> &str {
        &self.number
    }

    fn date(&self) -> Date {
        Quotation::date(self)
    }

    fn buyer(&self) -> Buyer<'_> {
        (
            &self.customer_code,
            &self.customer_name,
            self.customer_local.as_deref(),
        )
    }

    fn status_text(frame: &Frame, status: &str) -> String {
        frame.t(&format!("quotation-status-{status}"))
    }

    fn columns(frame: &Frame) -> Vec<Column> {
        vec![
            Column::of(frame.t("quotations-until")),
            Column::of(frame.t("orders-status")),
            Column::of(frame.t("quotations-edition")).number(),
            Column::of(frame.t("order-net")).number(),
        ]
    }

    fn cells(&self, frame: &Frame, today: Date) -> Markup {
        html! {
            td data-l=(frame.t("quotations-until")) { (num::day_tag(frame, self.until())) }
            td { (state_badge(frame, self, today)) }
            td.n data-l=(frame.t("quotations-edition")) { (self.edition) }
            td.n.m-tr { (amount(self, self.net_minor)) }
        }
    }

    fn values(&self, today: Date) -> Result<Vec<Value<'_>>, Refusal> {
        let currency = self.money()?;
        let amount = |minor| Value::money(Money::of_minor(minor, currency));
        let mut row = first_values(self);
        row.extend([
            Value::Day(self.until()),
            Value::of(self.standing(today)),
            Value::Number(self.edition.to_string()),
            Value::of(&self.currency),
            amount(self.net_minor),
            amount(self.tax_minor),
            amount(self.gross_minor),
        ]);
        Ok(row)
    }
}

/// An amount of a quotation with its currency.
pub(super) fn amount(own: &Quotation, minor: i64) -> String {
    match own.money() {
        Ok(currency) => num::money_code(Money::of_minor(minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

/// Where a quotation stands, in a word.
pub(super) fn state_badge(frame: &Frame, own: &Quotation, today: Date) -> Markup {
    let state = own.standing(today);
    let tone = match state {
        "accepted" | "ordered" => Tone::Good,
        "lost" | "expired" => Tone::Bad,
        "withdrawn" => Tone::Line,
        _ => Tone::Plain,
    };
    page::badge(tone, Quotation::status_text(frame, state))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let states = ["draft", "sent", "sent", "ordered", "lost"];
    let items = (1..).zip(states);
    let items = items.map(|(id, state)| Quotation::sample(id, state));
    listing::sample(frame, items.collect(), "sent")
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    listing::sample::<Quotation>(frame, Vec::new(), "")
}
