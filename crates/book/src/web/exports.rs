//! Lists as files: exactly the rows a list shows, in its order, all pages of it.

use axum::response::Response;
use db::{Cursor, Limit, Listing};
use jiff::civil::Date;
use kernel::{Money, Refusal};
use page::{Actor, Kit, Problem, Result};
use sheet::export::{Export, Format, Value};

use super::{
    documents::DocumentsQuery, listing::Document, orders::OrdersQuery, products::ProductsQuery,
};
use crate::{
    sheet::export_products,
    store::{
        listed::{self, Asked},
        orders::{self, Order},
    },
};

/// The most rows of one file.
const MOST_ROWS: usize = 100_000;

const ORDERS: [&str; 9] = [
    "order", "date", "customer", "name", "status", "currency", "net", "tax", "gross",
];

/// `GET /orders/export.csv` and `.xlsx`, narrowed and sorted like the list.
pub(super) async fn orders(
    kit: Kit,
    actor: Actor,
    query: OrdersQuery,
    format: Format,
) -> Result<Response> {
    let filter = query.filter()?;
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let mut bytes = Vec::new();
    let mut file = Pages::new("orders", &ORDERS, (format, today), &mut bytes)?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let page = orders::list(&mut tx, &actor.scope, &filter, today, file.limit, &cursor).await?;
        from = file.add(&page, of_order)?;
    }
    file.finish()?;
    Ok(org::web::download("orders", format, bytes))
}

/// `GET /invoices/export.csv` and its like, narrowed and sorted like the list.
pub(super) async fn documents<T: Document>(
    kit: Kit,
    actor: Actor,
    query: DocumentsQuery,
    format: Format,
) -> Result<Response> {
    let question = query.read(T::STATUSES, T::SORTS)?;
    let today = kit.today();
    let (name, columns) = T::FILE;
    let mut tx = kit.db.read().await?;
    let mut bytes = Vec::new();
    let mut file = Pages::new(name, columns, (format, today), &mut bytes)?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let asked = Asked {
            limit: file.limit,
            from: &cursor,
            ..question.asked(&actor.scope, today)
        };
        let page = listed::page::<T>(&mut tx, asked).await?;
        from = file.add(&page, |own| own.values(today))?;
    }
    file.finish()?;
    Ok(org::web::download(name, format, bytes))
}

/// `GET /products/export.csv` and `.xlsx`, narrowed and sorted like the list; they can be read in again.
pub(super) async fn products(
    kit: Kit,
    _actor: Actor,
    query: ProductsQuery,
    format: Format,
) -> Result<Response> {
    let filter = query.filter()?;
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let mut bytes = Vec::new();
    let mut file = Export::of(&crate::sheet::PRODUCTS, format, today, &mut bytes);
    export_products(&mut tx, today, &filter, &mut file).await?;
    file.finish().map_err(|cause| Problem::failure(&cause))?;
    Ok(org::web::download("products", format, bytes))
}

/// A file being written page by page.
struct Pages<'out> {
    file: Export<'out>,
    name: &'static str,
    limit: Limit,
    rows: usize,
}

impl<'out> Pages<'out> {
    fn new(
        name: &'static str,
        columns: &[&str],
        as_file: (Format, Date),
        out: &'out mut Vec<u8>,
    ) -> std::result::Result<Pages<'out>, Refusal> {
        let limit = Limit::parse(Some(Limit::MOST))?;
        Ok(Pages {
            file: Export::new(name, columns, as_file, out),
            name,
            limit,
            rows: 0,
        })
    }

    /// Adds the rows of a page, and tells where the next begins.
    ///
    /// # Errors
    ///
    /// `export.rows` if there are more than 100,000: part of them would pass for all.
    fn add<T>(
        &mut self,
        page: &Listing<T>,
        cells: impl Fn(&T) -> std::result::Result<Vec<Value<'_>>, Refusal>,
    ) -> std::result::Result<Option<Cursor>, Refusal> {
        for own in &page.items {
            self.file.row(&cells(own)?)?;
        }
        self.rows += page.items.len();
        if MOST_ROWS <= self.rows && page.next.is_some() {
            let text = format!(
                "There are more than {MOST_ROWS} {} in this list. Narrow it, to a span of days for instance, and export the parts.",
                self.name
            );
            return Err(Refusal::value("export.rows", text));
        }
        Ok(page.next.clone())
    }

    fn finish(self) -> Result<()> {
        self.file.finish().map_err(|cause| Problem::failure(&cause))
    }
}

fn of_order(own: &Order) -> std::result::Result<Vec<Value<'_>>, Refusal> {
    let currency = own.money()?;
    let amount = |minor| Value::money(Money::of_minor(minor, currency));
    Ok(vec![
        Value::of(&own.number),
        Value::Day(own.date()),
        Value::of(&own.customer_code),
        Value::of(&own.customer_name),
        Value::of(&own.status),
        Value::of(&own.currency),
        amount(own.net_minor),
        amount(own.tax_minor),
        amount(own.gross_minor),
    ])
}
