//! `/customers/export.csv`: the customers one sees, as a file that can be read in again.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use db::{Cursor, Limit, Tx};
use jiff::civil::Date;
use kernel::Scope;
use page::{Actor, Kit, Query, Result};

use super::CustomersQuery;
use crate::{
    sheet::CUSTOMERS,
    store::customers::{self, Customer, Filter},
};

/// The most rows of one file.
const MOST_ROWS: usize = 100_000;

/// `GET /customers/export.csv`, narrowed like the list.
pub async fn send(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<CustomersQuery>,
) -> Result<Response> {
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let file = file(&mut tx, &actor.scope, &filter, kit.today()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"customers.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    // Without the mark some spreadsheet programs take the text for another encoding.
    Ok((headers, format!("{}{file}", sheet::BYTE_ORDER_MARK)).into_response())
}

/// The customers in scope in the columns of the import, at most 100,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn file(tx: &mut Tx, scope: &Scope, filter: &Filter, on: Date) -> db::Result<String> {
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut file = CUSTOMERS.template();
    let mut rows = 0;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from.filter(|_| rows < MOST_ROWS) {
        let page = customers::list(tx, scope, filter, on, limit, &cursor).await?;
        for customer in &page.items {
            sheet::write_row(&mut file, cells(customer));
        }
        rows += page.items.len();
        from = page.next;
    }
    Ok(file)
}

fn cells(customer: &Customer) -> [String; 12] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |value: Option<String>| value.unwrap_or_default();
    [
        customer.code.clone(),
        customer.name.clone(),
        text(&customer.name_local),
        text(&customer.group_code),
        text(&customer.owner_code),
        text(&customer.parent_code),
        text(&customer.payer_code),
        customer.currency.clone(),
        number(customer.payment_terms_days.map(|days| days.to_string())),
        text(&customer.city),
        number(customer.lat.map(|degrees| degrees.to_string())),
        number(customer.lon.map(|degrees| degrees.to_string())),
    ]
}
