//! The list of customers: what it is narrowed by, and how it is sorted.

use db::{Cell, Count, Cursor, FromRow, Limit, Listing, Result, Select, Sort, SortBy, Tx};
use jiff::civil::Date;
use kernel::Scope;

use super::{Customer, in_order};
use crate::store::whose::{self, Whose};

const BY_NAME: SortBy = SortBy::text("name", "c.sort_key");
const BY_CODE: SortBy = SortBy::text("code", "c.code_key");
const BY_CITY: SortBy = SortBy::text("city", "coalesce(c.city, '')");
const BY_GROUP: SortBy = SortBy::text(
    "group",
    "coalesce((select g.sort_key from book_customer_group g where g.id = c.group_id), '')",
);
/// By who looks after the customer today; the house comes first.
const BY_OWNER: SortBy = SortBy::text("owner", "key");
/// By the day of the last order that counts; who never bought comes first.
const BY_LAST: SortBy = SortBy::text(
    "last",
    "coalesce((select k.day from book_credit k
                where k.customer_id = c.id and k.retracted_at is null
                order by k.day desc limit 1), '')",
);
/// What the list can be sorted by.
pub const SORTS: [SortBy; 6] = [BY_NAME, BY_CODE, BY_GROUP, BY_CITY, BY_OWNER, BY_LAST];
/// By name.
pub const USUAL: Sort = Sort {
    by: BY_NAME,
    down: false,
};

/// What a list of customers is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub q: String,
    pub group: String,
    pub owner: String,
    pub unit: String,
    /// `active` (default), `ended` or `all`.
    pub status: String,
    /// By name if it is not said.
    pub sort: Option<Sort>,
}

/// A page of customers with how many there are.
#[derive(Debug, Clone)]
pub struct Look {
    pub customers: Listing<Customer>,
    pub count: Count,
    pub sort: Sort,
}

#[derive(FromRow)]
struct Row {
    total: i64,
    id: i64,
    key: String,
}

/// Customers in scope, one page.
///
/// # Errors
///
/// `page.cursor` if the cursor belongs to another order.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Customer>> {
    Ok(look(tx, scope, filter, on, limit, from).await?.customers)
}

/// The same, with how many there are.
///
/// # Errors
///
/// As [`list`].
pub async fn look(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Look> {
    let whose = Whose {
        named: filter.q.trim(),
        code: "",
        group: &filter.group,
        owner: &filter.owner,
        unit: &filter.unit,
    };
    let ids = whose::ids(tx, scope, &whose, on).await?;
    let sort = filter.sort.unwrap_or(USUAL);
    let mut found = keys(sort, on).piece("where 1 = 1");
    if let Some(ids) = ids {
        found = found.and(
            "c.id in (select cast(value as bigint) from json_each(?))",
            [Cell::from(format!("{ids:?}"))],
        );
    }
    let day = [Cell::from(on.to_string())];
    // A customer that was merged into another ended that day, so it is no active one.
    found = match filter.status.as_str() {
        "all" => found.piece("and c.merged_into_id is null"),
        "ended" => found.and("c.merged_into_id is null and c.ended_on <= ?", day),
        _ => found.and("(c.ended_on is null or c.ended_on > ?)", day),
    };
    let by_key = sort.on("f.key");
    let page = found
        .within("with found as materialized (", ")")
        .piece("select (select count(*) from found) as total, f.id, f.key from found f where 1 = 1")
        .and_after(by_key, "f.id", from)?
        .page(by_key, "f.id", limit);
    let rows: Vec<Row> = tx.select(page).await?;
    let total = rows.first().map_or(0, |row| row.total);
    let page = Listing::of(rows, limit, |row| Cursor {
        key: row.key.clone(),
        id: row.id,
    });
    let ids: Vec<i64> = page.items.iter().map(|row| row.id).collect();
    Ok(Look {
        customers: Listing {
            items: in_order(tx, scope, &ids, on).await?,
            next: page.next,
        },
        count: Count::Exactly(total),
        sort,
    })
}

/// Ids with the key they are sorted by.
fn keys(sort: Sort, on: Date) -> Select {
    if sort.by != BY_OWNER {
        return Select::new("select c.id,")
            .piece(sort.by.sql)
            .piece("as key from book_customer c");
    }
    let day = Cell::from(on.to_string());
    let holding = [day.clone(), day, Cell::from(i64::MAX), Cell::from(i64::MAX)];
    Select::new("select c.id, coalesce((select p.sort_key from book_assignment a")
        .piece("join org_person p on p.id = a.person_id")
        .piece("where a.customer_id = c.id and a.role = 'owner'")
        .and(db::holds!("a", "?", "?"), holding)
        .piece("order by a.id desc limit 1), '') as key from book_customer c")
}
