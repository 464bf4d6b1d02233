//! The list of orders: what it is narrowed by, and how it is sorted.

use std::collections::BTreeMap;

use db::{Count, Cursor, Limit, Listing, Result, Sort, SortBy, Tx};
use jiff::civil::Date;
use kernel::Scope;
use org::keys;

use super::Order;
use crate::CustomerId;
use crate::store::{
    documents::{self, BY_CUSTOMER, BY_DAY, BY_NUMBER, Shape, Wanted, Words},
    whose::{self, Whose},
};

/// By the net in the company’s currency.
pub const BY_NET: SortBy = SortBy::number("net", "d.base_exact");
/// What the list can be sorted by.
pub const SORTS: [SortBy; 4] = [BY_NUMBER, BY_DAY, BY_CUSTOMER, BY_NET];

/// Orders as documents: newest first.
pub const SHAPE: Shape = Shape {
    table: "book_order",
    columns: "d.status, d.currency",
    usual: Sort {
        by: BY_DAY,
        down: true,
    },
};

/// What a list of orders is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Begins the number, or is part of the customer's names.
    pub q: String,
    pub status: String,
    /// Code of a customer.
    pub customer: String,
    /// Code of the customer's group.
    pub group: String,
    /// Code of the person who owns the customer on the asked day.
    pub owner: String,
    /// Code of a unit in whose sub-tree that person sits.
    pub unit: String,
    pub currency: String,
    /// The first day of order.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
    /// Newest first if it is not said.
    pub sort: Option<Sort>,
}

/// A page of orders with how many there are.
#[derive(Debug, Clone)]
pub struct Look {
    pub orders: Listing<Order>,
    pub count: Count,
    /// The order they are in.
    pub sort: Sort,
}

/// Orders in scope, one page.
///
/// # Errors
///
/// As [`documents::find`].
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Order>> {
    let wanted = wanted(tx, scope, filter, on).await?;
    let found = documents::find(tx, &SHAPE, &wanted, limit, from).await?;
    Ok(Listing {
        items: in_order(tx, &found.ids).await?,
        next: found.next,
    })
}

/// Orders in scope whose number begins with what was typed, by number.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn numbered(
    tx: &mut Tx,
    scope: &Scope,
    typed: &str,
    on: Date,
    limit: Limit,
) -> Result<Vec<Order>> {
    let wanted = Wanted {
        customers: whose::ids(tx, scope, &Whose::default(), on).await?,
        words: Some(Words {
            number: keys::fold(typed),
            named: Vec::new(),
        }),
        sort: Some(Sort {
            by: BY_NUMBER,
            down: false,
        }),
        ..Wanted::default()
    };
    let found = documents::find(tx, &SHAPE, &wanted, limit, &Cursor::start()).await?;
    in_order(tx, &found.ids).await
}

/// The same, with how many there are.
///
/// # Errors
///
/// As [`documents::find`].
pub async fn look(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Look> {
    let wanted = Wanted {
        counted: true,
        ..wanted(tx, scope, filter, on).await?
    };
    let found = documents::find(tx, &SHAPE, &wanted, limit, from).await?;
    Ok(Look {
        orders: Listing {
            items: in_order(tx, &found.ids).await?,
            next: found.next,
        },
        count: found.count,
        sort: found.sort,
    })
}

/// The orders of one status that a customer has.
#[derive(Debug, Clone, PartialEq, Eq, db::FromRow)]
pub struct Open {
    pub status: String,
    pub orders: i64,
    /// Their nets in the company's currency, exact.
    pub base_exact: i64,
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

/// What is asked of the list, in the words of documents.
async fn wanted(tx: &mut Tx, scope: &Scope, filter: &Filter, on: Date) -> Result<Wanted> {
    let whose = Whose {
        named: "",
        code: &filter.customer,
        group: &filter.group,
        owner: &filter.owner,
        unit: &filter.unit,
    };
    let customers = whose::ids(tx, scope, &whose, on).await?;
    let typed = filter.q.trim();
    let words = if typed.is_empty() {
        None
    } else {
        let named = Whose {
            named: typed,
            ..whose
        };
        let named = whose::ids(tx, scope, &named, on).await?;
        Some(Words {
            number: keys::fold(typed),
            named: named.unwrap_or_default(),
        })
    };
    Ok(Wanted {
        customers,
        words,
        status: filter.status.clone(),
        currency: filter.currency.trim().to_ascii_uppercase(),
        from: filter.from,
        to: filter.to,
        sort: filter.sort,
        counted: false,
    })
}

/// The orders with these ids, in their order. Whether the asker may see them was asked before.
async fn in_order(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Order>> {
    const SQL: &str = "
        select o.id, o.number, o.customer_id, c.code as customer_code, c.name as customer_name,
               o.day, o.currency, o.status, t.code as territory_code, o.project, o.net_exact, o.net_minor,
               o.tax_minor, o.gross_minor, o.base_exact, o.rate_id, o.version
          from book_order o
          join book_customer c on c.id = o.customer_id
          left join org_unit t on t.id = o.territory_id
         where o.id in (select cast(value as bigint) from json_each($1))
         order by o.id
         limit 1000";
    let rows: Vec<Order> = tx.q(SQL).bind(format!("{ids:?}")).all().await?;
    let mut by_id: BTreeMap<i64, Order> = rows.into_iter().map(|order| (order.id, order)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}
