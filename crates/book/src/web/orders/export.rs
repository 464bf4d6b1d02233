//! `/orders/export.csv`: the orders of the list as a file, exactly those and in their order.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use db::{Cursor, Limit, Tx};
use jiff::civil::Date;
use kernel::{Money, Refusal, Scope};
use page::{Actor, Kit, Query, Result};

use super::OrdersQuery;
use crate::store::orders::{self, Filter, Order};

/// The most rows of one file.
const MOST_ROWS: usize = 100_000;

const HEAD: [&str; 9] = [
    "order", "date", "customer", "name", "status", "currency", "net", "tax", "gross",
];

/// `GET /orders/export.csv`, narrowed and sorted like the list.
pub async fn send(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<OrdersQuery>,
) -> Result<Response> {
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let file = file(&mut tx, &actor.scope, &filter, kit.today()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"orders.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    // Without the mark some spreadsheet programs take the text for another encoding.
    Ok((headers, format!("{}{file}", sheet::BYTE_ORDER_MARK)).into_response())
}

/// The orders in scope, a row each.
///
/// # Errors
///
/// `export.rows` if there are more than 100,000: part of them would pass for all.
async fn file(tx: &mut Tx, scope: &Scope, filter: &Filter, on: Date) -> db::Result<String> {
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut file = String::new();
    sheet::write_row(&mut file, HEAD);
    let mut rows = 0;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let page = orders::list(tx, scope, filter, on, limit, &cursor).await?;
        for order in &page.items {
            sheet::write_row(&mut file, cells(order)?);
        }
        rows += page.items.len();
        from = page.next;
        if MOST_ROWS <= rows && from.is_some() {
            let text = format!(
                "There are more than {MOST_ROWS} orders in this list. Narrow it, to a span of days for instance, and export the parts."
            );
            return Err(Refusal::value("export.rows", text).into());
        }
    }
    Ok(file)
}

fn cells(order: &Order) -> std::result::Result<[String; 9], Refusal> {
    let currency = order.money()?;
    let amount = |minor| Money::of_minor(minor, currency).decimal();
    Ok([
        order.number.clone(),
        order.day.clone(),
        order.customer_code.clone(),
        order.customer_name.clone(),
        order.status.clone(),
        order.currency.clone(),
        amount(order.net_minor),
        amount(order.tax_minor),
        amount(order.gross_minor),
    ])
}
