//! The list of orders: what it is narrowed by, and how it is sorted.

use db::{Cursor, Limit, Listing, Result, Sort, SortBy, Tx};
use jiff::civil::Date;
use kernel::{Moment, Scope};

use super::Order;
use crate::CustomerId;
use crate::store::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Shape, State},
    listed::{self, Asked, Kind, Listed},
};

pub use listed::Filter;

/// A page of orders with how many there are.
pub type Look = listed::Look<Order>;

/// By the net in the company’s currency.
pub const BY_NET: SortBy = SortBy::number("net", "d.base_exact");
/// What the list can be sorted by.
pub const SORTS: [SortBy; 4] = [BY_NUMBER, BY_DAY, BY_CUSTOMER, BY_NET];

/// Orders as documents: newest first.
pub const SHAPE: Shape = Shape {
    table: "book_order",
    columns: "d.status, d.currency",
    beside: None,
    usual: Sort {
        by: BY_DAY,
        down: true,
    },
};

/// Orders as a list.
pub const KIND: Kind = Kind {
    shape: SHAPE,
    state: |status, _| State {
        has_orders: true,
        ..listed::of_status(status)
    },
    of_order: "d.number_key = ?",
    rows: "
        select o.id, o.number, o.customer_id, c.code as customer_code, c.name as customer_name,
               c.name_local as customer_local, o.day, o.currency, o.status, t.code as territory_code,
               o.project,
               (select q.number from book_quotation q where q.id = o.quotation_id) as quotation,
               o.net_exact, o.net_minor, o.tax_minor, o.gross_minor, o.base_exact, o.rate_id, o.version
          from book_order o
          join book_customer c on c.id = o.customer_id
          left join org_unit t on t.id = o.territory_id
         where o.id in (select cast(value as bigint) from json_each($1))
         order by o.id
         limit 1000",
};

impl Listed for Order {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// Orders in scope, one page.
///
/// # Errors
///
/// As [`documents::find`](crate::store::documents::find).
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Order>> {
    let asked = Asked {
        scope,
        filter,
        on,
        limit,
        from,
    };
    listed::page(tx, asked).await
}

/// The last orders of a customer up to and including the moment's day, newest first. Whether the asker
/// may see the customer was asked before.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn last_of_customer(
    tx: &mut Tx,
    customer: CustomerId,
    moment: Moment,
    limit: Limit,
) -> Result<Vec<Order>> {
    const SQL: &str = "
        select o.id
          from book_order o
         where o.customer_id = $1
           and o.day <= $2
           and o.recorded_at <= $3
         order by o.day desc, o.id desc
         limit $4";
    let ids: Vec<(i64,)> = tx
        .q(SQL)
        .bind(customer.get())
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(limit.and_one() - 1)
        .all()
        .await?;
    let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    listed::in_order(tx, &ids).await
}

/// Orders in scope, one page, with how many there are.
///
/// # Errors
///
/// As [`documents::find`](crate::store::documents::find).
pub async fn look(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Look> {
    let asked = Asked {
        scope,
        filter,
        on,
        limit,
        from,
    };
    listed::look(tx, asked).await
}
