//! `/payments`: what came in, newest first.

use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use db::{Count, Listing, Sort};
use kernel::Money;
use maud::{Markup, html};
use org::web::views;
use page::{
    Actor, Column, Frame, Kit, ListPage, Query, Result, Tone, View, list::Row, list_page, num,
};

use super::STATUSES;
use crate::{
    store::{
        documents::BY_DAY,
        groups::Of,
        listed::Look,
        payments::{self, Payment},
    },
    web::{
        choices::Choices,
        documents::{DocumentsQuery, narrowings},
    },
};

/// What the page is drawn from.
struct Shown<'a> {
    asked: page::Asked,
    further: bool,
    look: &'a Look<Payment>,
    choices: &'a Choices,
    views: &'a [View],
}

/// `GET /payments`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<DocumentsQuery>,
) -> Result<Response> {
    let question = query.read(&STATUSES, &payments::SORTS)?;
    let mut tx = kit.db.read().await?;
    let views = views::of(&mut tx, &actor, "/payments").await?;
    if let Some(elsewhere) = views::opening(&uri, &views) {
        return Ok(elsewhere);
    }
    let scope = &actor.scope;
    let mut choices = Choices::load(&mut tx, scope, Of::Customers, frame.is_zh()).await?;
    choices.groups.clear();
    let asked = question.asked(scope, kit.today());
    let shown = Shown {
        asked: query.asked("/payments"),
        further: question.is_further(),
        look: &payments::look(&mut tx, asked).await?,
        choices: &choices,
        views: &views,
    };
    Ok(payments_page(&frame, &shown).into_response())
}

fn payments_page(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let statuses = STATUSES.map(|status| (status.to_owned(), status_text(frame, status)));
    let columns = vec![
        Column::of(frame.t("payments-reference")).sorts("number"),
        Column::of(frame.t("orders-date")).sorts_down("date"),
        Column::of(frame.t("orders-customer")).sorts("customer"),
        Column::of(frame.t("payments-method")),
        Column::of(frame.t("orders-status")),
        Column::of(frame.t("invoice-amount"))
            .sorts_down("amount")
            .number(),
        Column::of(frame.t("payments-left")).number(),
    ];
    let rows = shown.look.rows.items.iter();
    list_page(
        frame,
        &ListPage {
            title: frame.t("payments-title"),
            sub: String::new(),
            actions: html! {},
            exports: vec![
                ("/payments/export.csv", "CSV"),
                ("/payments/export.xlsx", "XLSX"),
            ],
            asked: &shown.asked,
            views: shown.views,
            filters: narrowings(frame, &shown.asked, statuses.to_vec(), shown.choices),
            search: frame.t("payments-search"),
            caption: frame.t("payments-title"),
            meta: String::new(),
            columns,
            sort: shown.look.sort,
            count: shown.look.count,
            rows: rows.map(|own| row(frame, own)).collect(),
            none: (frame.t("payments-none"), frame.t("payments-none-next")),
            not_found: (
                frame.t("payments-not-found"),
                frame.t("orders-not-found-next"),
            ),
            next: shown.look.rows.next.as_ref(),
            further: shown.further,
            bulk: None,
        },
    )
}

fn row(frame: &Frame, own: &Payment) -> Row {
    Row {
        code: own.reference.clone(),
        name: own.reference.clone(),
        cells: html! {
            th scope="row" { a href=(page::address("/payments", &own.reference)) { (own.reference) } }
            td { (num::day_tag(frame, own.date())) }
            td { a href=(page::address("/customers", &own.payer_code)) { (own.payer_name) } }
            td { (status_text(frame, &own.method)) }
            td { (badge(frame, own)) }
            td.n { (amount(own, own.amount_minor)) }
            td.n.m-tr { (amount(own, own.left_minor())) }
        },
    }
}

/// An amount of a payment with its currency.
pub(super) fn amount(own: &Payment, minor: i64) -> String {
    match own.money() {
        Ok(currency) => num::money_code(Money::of_minor(minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

fn status_text(frame: &Frame, status: &str) -> String {
    frame.t(&format!("payment-status-{status}"))
}

/// Where a payment stands, in a word: its paper's state where it came as one.
pub(super) fn badge(frame: &Frame, own: &Payment) -> Markup {
    let status = own.standing();
    let tone = match status {
        "reversed" | "returned" => Tone::Bad,
        "posted" | "cleared" => Tone::Good,
        _ => Tone::Plain,
    };
    page::badge(tone, status_text(frame, status))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let items = vec![
        Payment::sample(1, None),
        Payment::sample(2, Some("discounted")),
    ];
    sample_of(frame, Listing { items, next: None }, Count::Exactly(2))
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    let found = Listing {
        items: Vec::new(),
        next: None,
    };
    sample_of(frame, found, Count::Exactly(0))
}

fn sample_of(frame: &Frame, rows: Listing<Payment>, count: Count) -> Markup {
    let shown = Shown {
        asked: DocumentsQuery::default().asked("/payments"),
        further: false,
        look: &Look {
            rows,
            count,
            sort: Sort {
                by: BY_DAY,
                down: true,
            },
        },
        choices: &Choices::sample(),
        views: &[],
    };
    payments_page(frame, &shown)
}
