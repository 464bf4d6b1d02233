//! `/quotations`: what was offered and how it stands, newest first.

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

use crate::{
    course::QUOTATION,
    store::{
        documents::BY_DAY,
        groups::Of,
        listed::Look,
        quotations::{self, Quotation},
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
    look: &'a Look<Quotation>,
    choices: &'a Choices,
    views: &'a [View],
    today: Date,
}

/// `GET /quotations`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<DocumentsQuery>,
) -> Result<Response> {
    let question = query.read(QUOTATION.states, &quotations::SORTS)?;
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let views = views::of(&mut tx, &actor, "/quotations").await?;
    if let Some(elsewhere) = views::opening(&uri, &views) {
        return Ok(elsewhere);
    }
    let scope = &actor.scope;
    let mut choices = Choices::load(&mut tx, scope, Of::Customers, frame.is_zh()).await?;
    choices.groups.clear();
    let asked = question.asked(scope, today);
    let shown = Shown {
        asked: query.asked("/quotations"),
        further: question.is_further(),
        look: &quotations::look(&mut tx, asked).await?,
        choices: &choices,
        views: &views,
        today,
    };
    Ok(quotations_page(&frame, &shown).into_response())
}

fn quotations_page(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let statuses = QUOTATION.states.iter();
    let statuses = statuses.map(|state| ((*state).to_owned(), state_text(frame, state)));
    let columns = vec![
        Column::of(frame.t("orders-number")).sorts("number"),
        Column::of(frame.t("orders-date")).sorts_down("date"),
        Column::of(frame.t("orders-customer")).sorts("customer"),
        Column::of(frame.t("quotations-until")),
        Column::of(frame.t("orders-status")),
        Column::of(frame.t("quotations-edition")).number(),
        Column::of(frame.t("order-net")).number(),
    ];
    let rows = shown.look.rows.items.iter();
    list_page(
        frame,
        &ListPage {
            title: frame.t("quotations-title"),
            sub: String::new(),
            actions: html! {},
            exports: Vec::new(),
            asked: &shown.asked,
            views: shown.views,
            filters: narrowings(frame, &shown.asked, statuses.collect(), shown.choices),
            search: frame.t("orders-search"),
            caption: frame.t("quotations-title"),
            meta: String::new(),
            columns,
            sort: shown.look.sort,
            count: shown.look.count,
            rows: rows.map(|own| row(frame, own, shown.today)).collect(),
            none: (frame.t("quotations-none"), frame.t("quotations-none-next")),
            not_found: (
                frame.t("quotations-not-found"),
                frame.t("orders-not-found-next"),
            ),
            next: shown.look.rows.next.as_ref(),
            further: shown.further,
            bulk: None,
        },
    )
}

fn row(frame: &Frame, own: &Quotation, today: Date) -> Row {
    Row {
        code: own.number.clone(),
        name: own.number.clone(),
        cells: html! {
            th scope="row" { a href=(page::address("/quotations", &own.number)) { (own.number) } }
            td { (num::day_tag(frame, own.date())) }
            td { a href=(page::address("/customers", &own.customer_code)) { (own.customer_name) } }
            td { (num::day_tag(frame, own.until())) }
            td { (state_badge(frame, own, today)) }
            td.n { (own.edition) }
            td.n.m-tr { (amount(own, own.net_minor)) }
        },
    }
}

/// An amount of a quotation with its currency.
pub(super) fn amount(own: &Quotation, minor: i64) -> String {
    match own.money() {
        Ok(currency) => num::money_code(Money::of_minor(minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

fn state_text(frame: &Frame, state: &str) -> String {
    frame.t(&format!("quotation-status-{state}"))
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
    page::badge(tone, state_text(frame, state))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let states = ["draft", "sent", "sent", "ordered", "lost"];
    let items = (1..).zip(states);
    let items = items.map(|(id, state)| Quotation::sample(id, state));
    let next = Some(db::Cursor {
        key: "2026-06-01".to_owned(),
        id: 5,
    });
    let rows = Listing {
        items: items.collect(),
        next,
    };
    sample_of(frame, rows, Count::MoreThan(10_000))
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    let rows = Listing {
        items: Vec::new(),
        next: None,
    };
    sample_of(frame, rows, Count::Exactly(0))
}

fn sample_of(frame: &Frame, rows: Listing<Quotation>, count: Count) -> Markup {
    let query = DocumentsQuery {
        status: "sent".to_owned(),
        ..DocumentsQuery::default()
    };
    let shown = Shown {
        asked: query.asked("/quotations"),
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
    quotations_page(frame, &shown)
}
