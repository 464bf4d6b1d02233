//! `/orders`: what was ordered, newest first.

use axum::{extract::State, http::Uri};
use kernel::Money;
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Query, Result, Tone, num,
    parts::{stackable_table, th, th_n},
};

use super::{OrdersQuery, STATUSES};
use crate::{
    store::orders::{self, Order},
    web::address,
};

/// `GET /orders`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<OrdersQuery>,
) -> Result<Markup> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let found = orders::list(&mut tx, &actor.scope, &filter, kit.today(), limit, &cursor).await?;
    let next = org::api::next_href(&uri, found.next.as_ref());
    Ok(orders_page(&frame, &query, &found.items, next.as_deref()))
}

fn orders_page(frame: &Frame, query: &OrdersQuery, orders: &[Order], next: Option<&str>) -> Markup {
    let title = frame.t("orders-title");
    let kept = [
        ("status", query.status.as_str()),
        ("customer", &query.customer),
        ("owner", &query.owner),
        ("unit", &query.unit),
    ];
    let kept: Vec<(&str, &str)> = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let search = page::search_form(frame, "/orders", &query.q, &kept);
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, frame.t("orders-sub"), html! {}))
            (page::filter_bar(frame, &chips(frame, query), search))
            (page::card(frame.t("orders-list"), "", html! {}, table(frame, query, orders)))
            (page::pager(frame, next))
        },
    )
}

fn chips(frame: &Frame, query: &OrdersQuery) -> Vec<page::Filter> {
    let href = |status: &str, customer: &str| {
        let conditions = [
            ("q", query.q.as_str()),
            ("status", status),
            ("customer", customer),
            ("owner", &query.owner),
            ("unit", &query.unit),
        ];
        address::with("/orders", &conditions)
    };
    let mut chips = Vec::new();
    if !query.customer.is_empty() {
        chips.push(page::Filter {
            label: frame.t("orders-customer"),
            value: Some(query.customer.clone()),
            href: href(&query.status, ""),
        });
    }
    if STATUSES.contains(&query.status.as_str()) {
        chips.push(page::Filter {
            label: frame.t("orders-status"),
            value: Some(status_text(frame, &query.status)),
            href: href("", &query.customer),
        });
        return chips;
    }
    chips.extend(STATUSES.iter().map(|status| page::Filter {
        label: status_text(frame, status),
        value: None,
        href: href(status, &query.customer),
    }));
    chips
}

fn table(frame: &Frame, query: &OrdersQuery, orders: &[Order]) -> Markup {
    if orders.is_empty() {
        let asked = [
            &query.q,
            &query.status,
            &query.customer,
            &query.owner,
            &query.unit,
        ];
        let (title, next) = if asked.iter().any(|one| !one.is_empty()) {
            ("orders-not-found", "orders-not-found-next")
        } else {
            ("orders-none", "orders-none-next")
        };
        return page::empty(frame.t(title), frame.t(next), html! {});
    }
    let head = html! { tr {
        (th(frame.t("orders-number"))) (th(frame.t("orders-date"))) (th(frame.t("orders-customer")))
        (th(frame.t("orders-status"))) (th_n(frame.t("orders-net")))
    } };
    let body = html! { @for order in orders { tr {
        th scope="row" { a href=(page::address("/orders", &order.number)) { (order.number) } }
        td { (num::day_tag(frame, order.date())) }
        td { a href=(page::address("/customers", &order.customer_code)) { (order.customer_name) } }
        td { (status_badge(frame, &order.status)) }
        td.n.m-tr { (net(order)) }
    } } };
    stackable_table(&frame.t("orders-list"), head, body)
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
    let orders: Vec<Order> = STATUSES
        .iter()
        .zip(1..)
        .map(|(status, id)| Order::sample(id, status))
        .collect();
    let query = OrdersQuery {
        customer: "C-1".to_owned(),
        ..OrdersQuery::default()
    };
    orders_page(frame, &query, &orders, Some("/orders?cursor=1-61"))
}
