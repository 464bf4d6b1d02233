//! `/invoices`: what was billed and is open, newest first.

use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use db::{Count, Listing, Sort};
use jiff::civil::{Date, date};
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
        invoices::{self, Invoice, NO_DUE_DAY},
        listed::Look,
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
    look: &'a Look<Invoice>,
    choices: &'a Choices,
    views: &'a [View],
    today: Date,
}

/// `GET /invoices`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<DocumentsQuery>,
) -> Result<Response> {
    let question = query.read(&STATUSES, &invoices::SORTS)?;
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let views = views::of(&mut tx, &actor, "/invoices").await?;
    if let Some(elsewhere) = views::opening(&uri, &views) {
        return Ok(elsewhere);
    }
    let scope = &actor.scope;
    let mut choices = Choices::load(&mut tx, scope, Of::Customers, frame.is_zh()).await?;
    choices.groups.clear();
    let asked = question.asked(scope, today);
    let shown = Shown {
        asked: query.asked("/invoices"),
        further: question.is_further(),
        look: &invoices::look(&mut tx, asked).await?,
        choices: &choices,
        views: &views,
        today,
    };
    Ok(invoices_page(&frame, &shown).into_response())
}

fn invoices_page(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let statuses = STATUSES.map(|status| (status.to_owned(), standing_text(frame, status)));
    let columns = vec![
        Column::of(frame.t("orders-number")).sorts("number"),
        Column::of(frame.t("orders-date")).sorts_down("date"),
        Column::of(frame.t("orders-customer")).sorts("customer"),
        Column::of(frame.t("invoices-due")).sorts("due"),
        Column::of(frame.t("orders-status")),
        Column::of(frame.t("order-gross"))
            .sorts_down("gross")
            .number(),
        Column::of(frame.t("invoices-open")).number(),
    ];
    let rows = shown.look.rows.items.iter();
    list_page(
        frame,
        &ListPage {
            title: frame.t("invoices-title"),
            sub: String::new(),
            actions: html! {},
            exports: vec![
                ("/invoices/export.csv", "CSV"),
                ("/invoices/export.xlsx", "XLSX"),
            ],
            asked: &shown.asked,
            views: shown.views,
            filters: narrowings(frame, &shown.asked, statuses.to_vec(), shown.choices),
            search: frame.t("orders-search"),
            caption: frame.t("invoices-title"),
            meta: String::new(),
            columns,
            sort: shown.look.sort,
            count: shown.look.count,
            rows: rows.map(|own| row(frame, own, shown.today)).collect(),
            none: (frame.t("invoices-none"), frame.t("invoices-none-next")),
            not_found: (
                frame.t("invoices-not-found"),
                frame.t("orders-not-found-next"),
            ),
            next: shown.look.rows.next.as_ref(),
            further: shown.further,
            bulk: None,
        },
    )
}

fn row(frame: &Frame, own: &Invoice, today: Date) -> Row {
    Row {
        code: own.number.clone(),
        name: own.number.clone(),
        cells: html! {
            th scope="row" { a href=(page::address("/invoices", &own.number)) { (own.number) } }
            td { (num::day_tag(frame, own.date())) }
            td { a href=(page::address("/customers", &own.customer_code)) { (own.customer_name) } }
            td { @match due_day(own) { Some(due) => (num::day_tag(frame, due)), None => (num::MISSING) } }
            td { (standing_badge(frame, own, today)) }
            td.n { (amount(own, own.gross_minor)) }
            td.n.m-tr { (amount(own, own.open_minor())) }
        },
    }
}

/// The first day something open is due, where one is known.
fn due_day(own: &Invoice) -> Option<Date> {
    let due = own.open_due.as_deref().filter(|due| *due != NO_DUE_DAY)?;
    due.parse().ok()
}

/// An amount of an invoice with its currency.
pub(super) fn amount(own: &Invoice, minor: i64) -> String {
    match own.money() {
        Ok(currency) => num::money_code(Money::of_minor(minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

fn standing_text(frame: &Frame, standing: &str) -> String {
    frame.t(&format!("invoice-status-{standing}"))
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
    page::badge(tone, standing_text(frame, standing))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let items = vec![
        Invoice::sample(1, Some("2026-07-15"), 0),
        Invoice::sample(2, Some("2026-06-01"), 30_000_000),
        Invoice::sample(3, None, 68_647_297),
        Invoice::sample(4, Some(NO_DUE_DAY), 0),
    ];
    let next = Some(db::Cursor {
        key: "2026-06-12".to_owned(),
        id: 4,
    });
    sample_of(frame, Listing { items, next }, Count::MoreThan(10_000))
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    let found = Listing {
        items: Vec::new(),
        next: None,
    };
    sample_of(frame, found, Count::Exactly(0))
}

fn sample_of(frame: &Frame, rows: Listing<Invoice>, count: Count) -> Markup {
    let query = DocumentsQuery {
        status: "overdue".to_owned(),
        ..DocumentsQuery::default()
    };
    let shown = Shown {
        asked: query.asked("/invoices"),
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
        today: date(2026, 6, 16),
    };
    invoices_page(frame, &shown)
}
