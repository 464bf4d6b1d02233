//! How far the lines of an order are fulfilled.

use db::{FromRow, Result, Tx};

use crate::{OrderId, fulfilment::Standing};

/// A line of an order as deliveries and invoices need it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct StandingRow {
    pub line: i64,
    pub product_id: i64,
    pub product_code: String,
    pub product_name: String,
    pub unit_price: i64,
    pub discount: i64,
    pub tax: i64,
    pub net_exact: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub quantity: i64,
    pub cancelled: i64,
    pub delivered: i64,
    pub returned: i64,
    pub billed: i64,
    pub credited: i64,
    pub billed_net_minor: i64,
    pub billed_minor: i64,
    pub credited_minor: i64,
}

impl StandingRow {
    pub fn standing(&self) -> Standing {
        Standing {
            ordered: self.quantity,
            cancelled: self.cancelled,
            delivered: self.delivered,
            returned: self.returned,
            billed: self.billed,
            credited: self.credited,
            gross_minor: self.net_minor.saturating_add(self.tax_minor),
            billed_net_minor: self.billed_net_minor,
            billed_minor: self.billed_minor,
            credited_minor: self.credited_minor,
        }
    }
}

/// The lines of an order in their sequence.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn standings(tx: &mut Tx, order: OrderId) -> Result<Vec<StandingRow>> {
    const SQL: &str = "
        select l.line, l.product_id, p.code as product_code, p.name as product_name, l.unit_price,
               l.discount, l.tax, l.net_exact, l.net_minor, l.tax_minor, l.quantity, l.cancelled,
               l.delivered, l.returned, l.billed, l.credited, l.billed_net_minor, l.billed_minor,
               l.credited_minor
          from book_order_line l
          join book_product p on p.id = l.product_id
         where l.order_id = $1
         order by l.line
         limit 1000";
    tx.q(SQL).bind(order.get()).all().await
}

/// Keeps how far a line is by now.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the order has no such line.
pub async fn set_standing(tx: &mut Tx, order: OrderId, line: i64, now: Standing) -> Result<()> {
    const SQL: &str = "
        update book_order_line
           set cancelled = $1, delivered = $2, returned = $3, billed = $4, credited = $5,
               billed_net_minor = $6, billed_minor = $7, credited_minor = $8
         where order_id = $9
           and line = $10
        returning line";
    tx.q(SQL)
        .bind(now.cancelled)
        .bind(now.delivered)
        .bind(now.returned)
        .bind(now.billed)
        .bind(now.credited)
        .bind(now.billed_net_minor)
        .bind(now.billed_minor)
        .bind(now.credited_minor)
        .bind(order.get())
        .bind(line)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Keeps that orders were delivered and billed whole, all at once.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set_fulfilled(tx: &mut Tx, orders: &[OrderId]) -> Result<()> {
    const SQL: &str = "
        update book_order_line
           set delivered = quantity, billed = quantity, billed_net_minor = net_minor,
               billed_minor = net_minor + tax_minor
         where order_id in (select cast(value as bigint) from json_each($1))";
    let ids: Vec<i64> = orders.iter().map(|order| order.get()).collect();
    tx.q(SQL).bind(format!("{ids:?}")).run().await.map(drop)
}

/// Counts a change of what became of an order, so that a copy read before is stale.
///
/// # Errors
///
/// [`db::DbError::Missing`] if there is no such order.
pub async fn touch(tx: &mut Tx, order: OrderId) -> Result<()> {
    const SQL: &str = "update book_order set version = version + 1 where id = $1 returning id";
    tx.q(SQL).bind(order.get()).one::<(i64,)>().await.map(drop)
}
