//! `/samples`: samples and trials, newest first, and which results are late.

use axum::{extract::State, http::Uri, response::Response};
use db::SortBy;
use jiff::civil::Date;
use kernel::{Quantity, Refusal};
use maud::{Markup, html};
use page::{Actor, Column, Frame, Kit, Query, Result, Tone, num};
use sheet::export::Value;

use super::{MAY_HAND_OUT, STATUSES};
use crate::{
    sample::is_overdue,
    store::samples::{self, Sample},
    web::{
        documents::DocumentsQuery,
        listing::{self, Buyer, Document, Words, first_values},
        names,
    },
};

impl Document for Sample {
    const PATH: &'static str = "/samples";
    const WORDS: Words = Words {
        title: "trials-title",
        number: "documents-number",
        search: "documents-search",
        none: ("trials-none", "trials-none-next"),
        not_found: "trials-not-found",
    };
    const STATUSES: &'static [&'static str] = &STATUSES;
    const SORTS: &'static [SortBy] = &samples::SORTS;
    const EXPORTS: [(&'static str, &'static str); 2] = [
        ("/samples/export.csv", "CSV"),
        ("/samples/export.xlsx", "XLSX"),
    ];
    const FILE: (&'static str, &'static [&'static str]) = (
        "samples",
        &[
            "sample",
            "date",
            "customer",
            "name",
            "kind",
            "product",
            "quantity",
            "result_due",
            "status",
            "result_on",
            "reason",
            "order",
            "note",
        ],
    );

    fn number(&self) -> &str {
        &self.number
    }

    fn date(&self) -> Date {
        Sample::date(self)
    }

    fn buyer(&self) -> Buyer<'_> {
        (
            &self.customer_code,
            &self.customer_name,
            self.customer_local.as_deref(),
        )
    }

    fn status_text(frame: &Frame, status: &str) -> String {
        frame.t(&format!("trial-status-{status}"))
    }

    fn columns(frame: &Frame) -> Vec<Column> {
        vec![
            Column::of(frame.t("order-product")),
            Column::of(frame.t("order-quantity")).number(),
            Column::of(frame.t("trials-due")).sorts("due"),
            Column::of(frame.t("orders-status")),
        ]
    }

    fn cells(&self, frame: &Frame, today: Date) -> Markup {
        html! {
            td { (names::one(frame, &self.product_name, self.product_local.as_deref())) span.sub { (Sample::status_text(frame, &self.kind)) } }
            td.n data-l=(frame.t("order-quantity")) { (Quantity::of_millionths(self.quantity)) }
            td data-l=(frame.t("trials-due")) { (num::day_tag(frame, self.due())) }
            td.m-tr { (state_badge(frame, self, today)) }
        }
    }

    fn values(&self, _today: Date) -> std::result::Result<Vec<Value<'_>>, Refusal> {
        let came = self.result_on.as_deref().and_then(|day| day.parse().ok());
        let order = self.order_number.as_deref();
        let mut row = first_values(self);
        row.extend([
            Value::of(&self.kind),
            Value::of(&self.product_code),
            Value::Number(Quantity::of_millionths(self.quantity).to_string()),
            Value::Day(self.due()),
            Value::of(&self.status),
            came.map_or(Value::Empty, Value::Day),
            Value::of(&self.reason),
            Value::or_empty(order),
            Value::of(&self.note),
        ]);
        Ok(row)
    }
}

/// `GET /samples`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<DocumentsQuery>,
) -> Result<Response> {
    let text = frame.t("trial-new");
    let may = MAY_HAND_OUT.contains(&actor.role);
    let new = html! { @if may { (page::link("/samples/new", &text).primary().icon("plus")) } };
    listing::show_with::<Sample>(&kit, &actor, &frame, (&uri, &query), new).await
}

/// Where a sample stands, in a word.
pub(super) fn state_badge(frame: &Frame, own: &Sample, today: Date) -> Markup {
    if is_overdue(&own.status, own.due(), today) {
        return page::badge(Tone::Bad, Sample::status_text(frame, "overdue"));
    }
    let tone = match own.status.as_str() {
        "sold" | "won" => Tone::Good,
        "lost" => Tone::Warn,
        "returned" | "withdrawn" => Tone::Line,
        _ => Tone::Plain,
    };
    page::badge(tone, Sample::status_text(frame, &own.status))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let states = ["open", "open", "sold", "lost", "won", "returned"];
    let items = (1..)
        .zip(states)
        .map(|(id, state)| Sample::example(id, state));
    listing::sample(frame, items.collect(), "overdue")
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    listing::sample::<Sample>(frame, Vec::new(), "")
}
