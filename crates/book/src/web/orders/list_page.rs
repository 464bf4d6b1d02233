//! `/orders`: what was ordered, newest first unless asked otherwise.

use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use db::Count;
use kernel::Money;
use maud::{Markup, html};
use org::web::views;
use page::{
    Actor, Asked, Column, Frame, Kit, ListPage, Narrowing, Query, Result, Tone, View,
    list::{By, Row},
    list_page, num,
};

use super::{OrdersQuery, STATUSES, bulk};
use crate::{
    store::{
        groups::Of,
        orders::{self, Look, Order},
    },
    web::{choices::Choices, listing::Buyer, names},
};

/// What the page is drawn from.
struct Shown<'a> {
    asked: Asked,
    further: bool,
    look: &'a Look,
    choices: &'a Choices,
    views: &'a [View],
}

/// `GET /orders`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<OrdersQuery>,
) -> Result<Response> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let views = views::of(&mut tx, &actor, "/orders").await?;
    if let Some(elsewhere) = views::opening(&uri, &views) {
        return Ok(elsewhere);
    }
    let scope = &actor.scope;
    let choices = Choices::load(&mut tx, scope, Of::Customers, frame.is_zh()).await?;
    let look = orders::look(&mut tx, scope, &filter, kit.today(), limit, &cursor).await?;
    let shown = Shown {
        asked: query.asked(),
        further: !cursor.is_start(),
        look: &look,
        choices: &choices,
        views: &views,
    };
    Ok(orders_page(&frame, &shown).into_response())
}

fn orders_page(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let asked = &shown.asked;
    let look = shown.look;
    let columns = vec![
        Column::of(frame.t("orders-number")).sorts("number"),
        Column::of(frame.t("orders-date")).sorts_down("date"),
        Column::of(frame.t("orders-customer")).sorts("customer"),
        Column::of(frame.t("orders-status")),
        Column::of(frame.t("orders-net")).sorts_down("net").number(),
    ];
    list_page(
        frame,
        &ListPage {
            title: frame.t("orders-title"),
            sub: String::new(),
            actions: html! {},
            exports: vec![
                ("/orders/export.csv", "CSV"),
                ("/orders/export.xlsx", "XLSX"),
            ],
            asked,
            views: shown.views,
            filters: narrowings(frame, shown),
            search: frame.t("orders-search"),
            caption: frame.t("orders-list"),
            meta: String::new(),
            columns,
            sort: look.sort,
            count: look.count,
            rows: look.rows.items.iter().map(|one| row(frame, one)).collect(),
            none: (frame.t("orders-none"), frame.t("orders-none-next")),
            not_found: (
                frame.t("orders-not-found"),
                frame.t("orders-not-found-next"),
            ),
            next: look.rows.next.as_ref(),
            further: shown.further,
            bulk: bulk::bar(frame),
        },
    )
}

fn narrowings(frame: &Frame, shown: &Shown<'_>) -> Vec<Narrowing> {
    let asked = &shown.asked;
    let statuses = STATUSES.map(|status| (status.to_owned(), status_text(frame, status)));
    let link = |label: &str, name: &'static str| Narrowing {
        label: frame.t(label),
        shown: Some(asked.get(name).to_owned()).filter(|value| !value.is_empty()),
        by: By::Link(name),
    };
    let mut narrowings = vec![
        Narrowing::choice(asked, frame.t("orders-status"), "status", statuses.to_vec()),
        Narrowing::days(asked, frame.t("orders-date"), "from", "to"),
        link("orders-customer", "customer"),
        link("orders-currency", "currency"),
    ];
    narrowings.extend(shown.choices.narrowings(frame, asked));
    narrowings.retain(Narrowing::is_of_use);
    narrowings
}

fn row(frame: &Frame, order: &Order) -> Row {
    Row {
        code: order.number.clone(),
        name: order.number.clone(),
        cells: html! {
            th scope="row" { a href=(page::address("/orders", &order.number)) { (order.number) } }
            td data-l=(frame.t("orders-date")) { (num::day_tag(frame, order.date())) }
            td { (names::customer(frame, buyer(order))) }
            td { (status_badge(frame, &order.status)) }
            td.n.m-tr { (net(order)) }
        },
    }
}

/// Whose order it is.
pub(super) fn buyer(order: &Order) -> Buyer<'_> {
    (
        &order.customer_code,
        &order.customer_name,
        order.customer_local.as_deref(),
    )
}

/// The order's net with its currency.
pub fn net(order: &Order) -> String {
    match order.money() {
        Ok(currency) => num::money_code(Money::of_minor(order.net_minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

fn status_text(frame: &Frame, status: &str) -> String {
    frame.t(&format!("order-status-{status}"))
}

/// Where an order stands, in a word.
pub fn status_badge(frame: &Frame, status: &str) -> Markup {
    let tone = match status {
        "confirmed" => Tone::Good,
        "held" => Tone::Warn,
        "closed" => Tone::Info,
        "cancelled" => Tone::Line,
        _ => Tone::Plain,
    };
    page::badge(tone, status_text(frame, status))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let items: Vec<Order> = STATUSES
        .iter()
        .zip(1..)
        .map(|(status, id)| Order::sample(id, status))
        .collect();
    let next = Some(db::Cursor {
        key: "2026-06-12".to_owned(),
        id: 5,
    });
    let query = OrdersQuery {
        customer: "C-1".to_owned(),
        from: "2026-01-01".to_owned(),
        ..OrdersQuery::default()
    };
    sample_of(
        frame,
        &query,
        db::Listing { items, next },
        Count::About(190_000),
    )
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    let query = OrdersQuery {
        q: "nothing".to_owned(),
        ..OrdersQuery::default()
    };
    let none = db::Listing {
        items: Vec::new(),
        next: None,
    };
    sample_of(frame, &query, none, Count::Exactly(0))
}

fn sample_of(
    frame: &Frame,
    query: &OrdersQuery,
    orders: db::Listing<Order>,
    count: Count,
) -> Markup {
    let look = Look {
        rows: orders,
        count,
        sort: orders::SHAPE.usual,
    };
    let choices = Choices::sample();
    let view = View {
        name: "Drafts of the east".to_owned(),
        query: "status=draft&unit=east".to_owned(),
        usual: true,
    };
    let shown = Shown {
        asked: query.asked(),
        further: true,
        look: &look,
        choices: &choices,
        views: &[view],
    };
    orders_page(frame, &shown)
}
