//! What a customer bought, as a panel of its page: the statement's products of the last twelve months,
//! the most first.

use std::cmp::Reverse;

use db::Tx;
use maud::{Markup, html};
use page::{
    Frame, num,
    panels::{About, Drawing, Panel},
    parts::{stackable_table, th, th_n},
};

use super::super::statement::{self, StatementJson};
use crate::web::names;

/// Products that are shown; the file has all.
const MOST_PRODUCTS: usize = 12;

pub(super) fn panel() -> Panel {
    Panel {
        subject: "customer",
        name: "statement",
        title_key: "panel-bought",
        wide: true,
        later: true,
        draw,
    }
}

fn draw<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let made =
            statement::of_last_year(tx, (&about.scope, about.today), &about.code, about.moment)
                .await?;
        Ok(Some(card(&about.frame, &made)))
    })
}

fn card(frame: &Frame, made: &StatementJson) -> Markup {
    let title = frame.t("panel-bought");
    if made.rows.is_empty() {
        let (none, next) = (frame.t("panel-no-bought"), frame.t("panel-no-bought-next"));
        return page::card(title, "", html! {}, page::empty(none, next, html! {}));
    }
    let mut rows: Vec<_> = made.rows.iter().collect();
    rows.sort_by_key(|row| Reverse(row.exact));
    let head = html! { tr {
        (th(frame.t("bought-product"))) (th_n(frame.t("bought-quantity"))) (th_n(frame.t("bought-net")))
        (th_n(frame.t("bought-change"))) (th_n(frame.t("bought-last-price"))) (th(frame.t("bought-last-date")))
    } };
    let body = html! { @for row in rows.iter().take(MOST_PRODUCTS) { tr.two {
        th scope="row" { (names::one(frame, &row.product_name, row.product_name_local.as_deref())) span.sub { (row.product) } }
        td.n data-l=(frame.t("bought-quantity")) { (row.quantity) }
        td.n.m-tr { (row.net) " " span.t3 { (row.currency) } }
        td.n data-l=(frame.t("bought-change")) {
            @if let Some(change) = &row.change_percent { (change) " %" } @else { (num::MISSING) }
        }
        td.n data-l=(frame.t("bought-last-price")) { (row.last_price.as_deref().unwrap_or(num::MISSING)) }
        td data-l=(frame.t("bought-last-date")) {
            @match &row.last_date { Some(day) => (num::stored_day(frame, day)), None => (num::MISSING) }
        }
    } } };
    let place = page::address("/customers", &made.customer);
    let text = frame.t("bought-file");
    let action = html! {
        (page::link(&format!("{place}/statement.csv"), &text).small().ghost().icon("dl").downloads())
    };
    page::card(
        &title,
        frame.t("bought-meta"),
        action,
        stackable_table(&title, head, body),
    )
}

/// The panel as it looks, with everything or with nothing.
pub(super) fn sample(frame: &Frame, is_new: bool) -> Markup {
    if is_new {
        card(frame, &StatementJson::sample_empty())
    } else {
        card(frame, &StatementJson::sample())
    }
}
