//! What a customer bought: by product and month, with the last price and day.
//!
//! An order counts while its credit is believed, so a statement can be asked for as it would have
//! been printed before an order was cancelled.

use db::{FromRow, Result, Tx};
use jiff::civil::Date;

use crate::CustomerId;

/// The days of a statement and of the equal span before it, as known at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub customer: CustomerId,
    pub before: Date,
    pub from: Date,
    /// The first day that does not count.
    pub to: Date,
    pub known_at: i64,
}

/// What was bought of a product in a month and a currency.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Bought {
    pub product_id: i64,
    pub product_code: String,
    pub product_name: String,
    pub product_local: Option<String>,
    pub group_code: Option<String>,
    pub currency: String,
    /// `2026-06`.
    pub month: String,
    pub quantity: i64,
    pub net_exact: i64,
}

/// The last line of a product.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Last {
    pub product_id: i64,
    pub currency: String,
    pub unit_price: i64,
    pub discount: i64,
    pub day: String,
}

/// Lines of a customer's orders that count: `$1` customer, `$2` and `$3` the days, `$4` known at.
macro_rules! counted_lines {
    () => {
        "from (select k.order_id, min(k.day) as day
                 from book_credit k
                where k.customer_id = $1
                  and k.day >= $2
                  and k.day < $3
                  and k.recorded_at <= $4
                  and (k.retracted_at is null or k.retracted_at > $4)
                group by k.order_id) c
           join book_order o on o.id = c.order_id
           join book_order_line l on l.order_id = o.id"
    };
}

/// By product, currency and month, from `asked.from` on; at most 200,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn by_month(tx: &mut Tx, asked: &Asked) -> Result<Vec<Bought>> {
    const SQL: &str = concat!(
        "select x.product_id, p.code as product_code, p.name as product_name,
                p.name_local as product_local, g.code as group_code, x.currency, x.month, x.quantity,
                x.net_exact
           from (select l.product_id, o.currency, substr(c.day, 1, 7) as month,
                        cast(sum(l.quantity) as bigint) as quantity,
                        cast(sum(l.net_exact) as bigint) as net_exact ",
        counted_lines!(),
        " group by l.product_id, o.currency, substr(c.day, 1, 7)) x
           join book_product p on p.id = x.product_id
           left join book_product_group g on g.id = p.group_id
          order by p.sort_key, p.id, x.currency, x.month
          limit 200000"
    );
    tx.q(SQL)
        .bind(asked.customer.get())
        .bind(asked.from.to_string())
        .bind(asked.to.to_string())
        .bind(asked.known_at)
        .all()
        .await
}

/// Exact nets by product and currency in the span before; at most 200,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn before(tx: &mut Tx, asked: &Asked) -> Result<Vec<(i64, String, i64)>> {
    const SQL: &str = concat!(
        "select l.product_id, o.currency, cast(sum(l.net_exact) as bigint) ",
        counted_lines!(),
        " group by l.product_id, o.currency
          order by l.product_id, o.currency
          limit 200000"
    );
    tx.q(SQL)
        .bind(asked.customer.get())
        .bind(asked.before.to_string())
        .bind(asked.from.to_string())
        .bind(asked.known_at)
        .all()
        .await
}

/// The last line of each product up to the end of the span; at most 200,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn last(tx: &mut Tx, asked: &Asked) -> Result<Vec<Last>> {
    const SQL: &str = concat!(
        "select product_id, currency, unit_price, discount, day
           from (select l.product_id, o.currency, l.unit_price, l.discount, c.day,
                        row_number() over (
                            partition by l.product_id, o.currency
                            order by c.day desc, o.id desc, l.line desc) as place ",
        counted_lines!(),
        ") x
          where place = 1
          order by product_id, currency
          limit 200000"
    );
    tx.q(SQL)
        .bind(asked.customer.get())
        .bind(asked.from.to_string())
        .bind(asked.to.to_string())
        .bind(asked.known_at)
        .all()
        .await
}
