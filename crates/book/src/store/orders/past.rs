//! How orders were: an order says how it is, and whenever that changes, how it was until then is kept.
//!
//! Closing and cancelling are events of their day: the day before, the order was open. Confirming and
//! redrawing a draft are found out about the order's own day, as its credit is, so that only what was
//! known tells them apart.

use std::collections::BTreeMap;

use db::{FromRow, Limit, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::Moment;

use super::Order;
use crate::{CustomerId, store::listed};

/// The orders of one status that a customer has.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Open {
    pub status: String,
    pub orders: i64,
    /// Their nets in the company's currency, exact.
    pub base_exact: i64,
}

/// An order with what was true of it at a moment: `$1` customer, `$2` day, `$3` known at.
macro_rules! orders_then {
    ($columns:literal, $rest:literal) => {
        concat!(
            "select ",
            $columns,
            "  from book_order o
               left join book_order_past p on p.id = (
                    select min(x.id) from book_order_past x
                     where x.order_id = o.id
                       and (x.until_day > $2 or x.until_at > $3))
              where o.customer_id = $1
                and coalesce(p.day, o.day) <= $2
                and o.recorded_at <= $3 ",
            $rest
        )
    };
}

/// Keeps how an order was, as it was read before it changed. What follows holds from `from` on.
///
/// # Errors
///
/// Whatever the engine reports.
pub(super) async fn keep(tx: &mut Tx, was: &Order, (from, now): (Date, Timestamp)) -> Result<()> {
    const SQL: &str = "
        insert into book_order_past (order_id, day, status, net_minor, base_exact, until_day, until_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    tx.q(SQL)
        .bind(was.id)
        .bind(was.day.clone())
        .bind(was.status.clone())
        .bind(was.net_minor)
        .bind(was.base_exact)
        .bind(from.to_string())
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// A customer's orders that are not over, by status.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn open_of_customer(tx: &mut Tx, customer: CustomerId) -> Result<Vec<Open>> {
    const SQL: &str = "
        select o.status, count(*) as orders, cast(sum(o.base_exact) as bigint) as base_exact
          from book_order o
         where o.customer_id = $1
           and o.status in ('draft', 'held', 'confirmed')
         group by o.status
         order by o.status desc
         limit 5";
    tx.q(SQL).bind(customer.get()).all().await
}

/// A customer's orders that were not over at a moment, by the status they had.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn open_then(tx: &mut Tx, customer: CustomerId, moment: Moment) -> Result<Vec<Open>> {
    const SQL: &str = concat!(
        "select s.status, count(*) as orders, cast(sum(s.base_exact) as bigint) as base_exact
           from (",
        orders_then!(
            "coalesce(p.status, o.status) as status, coalesce(p.base_exact, o.base_exact) as base_exact",
            ""
        ),
        ") s
          where s.status in ('draft', 'held', 'confirmed')
          group by s.status
          order by s.status desc
          limit 5"
    );
    tx.q(SQL)
        .bind(customer.get())
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .all()
        .await
}

#[derive(FromRow)]
struct Then {
    id: i64,
    day: String,
    status: String,
    net_minor: i64,
    base_exact: i64,
}

/// The last orders of a customer up to and including a moment's day, newest first, as they were then.
/// Whether the asker may see the customer was asked before.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn last_then(
    tx: &mut Tx,
    customer: CustomerId,
    moment: Moment,
    limit: Limit,
) -> Result<Vec<Order>> {
    const SQL: &str = orders_then!(
        "o.id, coalesce(p.day, o.day) as day, coalesce(p.status, o.status) as status,
         coalesce(p.net_minor, o.net_minor) as net_minor, coalesce(p.base_exact, o.base_exact) as base_exact",
        "order by coalesce(p.day, o.day) desc, o.id desc limit $4"
    );
    let were: Vec<Then> = tx
        .q(SQL)
        .bind(customer.get())
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(limit.and_one() - 1)
        .all()
        .await?;
    let ids: Vec<i64> = were.iter().map(|one| one.id).collect();
    let mut by_id: BTreeMap<i64, Then> = were.into_iter().map(|one| (one.id, one)).collect();
    let orders: Vec<Order> = listed::in_order(tx, &ids).await?;
    let then = orders.into_iter().filter_map(|order| {
        let was = by_id.remove(&order.id)?;
        Some(Order {
            day: was.day,
            status: was.status,
            net_minor: was.net_minor,
            base_exact: was.base_exact,
            ..order
        })
    });
    Ok(then.collect())
}
