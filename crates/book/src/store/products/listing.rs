//! The list of products: what it is narrowed by, and how it is sorted.

use db::{Cell, Count, Cursor, FromRow, Limit, Listing, Result, Select, Sort, SortBy, Tx};
use jiff::civil::Date;
use org::keys;

use super::{Product, in_order};
use crate::store::former_codes::answers_to;

const BY_NAME: SortBy = SortBy::text("name", "p.sort_key");
const BY_CODE: SortBy = SortBy::text("code", "p.code_key");
const BY_GROUP: SortBy = SortBy::text(
    "group",
    "coalesce((select g.sort_key from book_product_group g where g.id = p.group_id), '')",
);
/// By the list price of the day; what has none comes before what is free.
const BY_PRICE: SortBy = SortBy::number("price", "coalesce(r.list_price, -1)");
/// What the list can be sorted by.
pub const SORTS: [SortBy; 4] = [BY_NAME, BY_CODE, BY_GROUP, BY_PRICE];
/// By name.
pub const USUAL: Sort = Sort {
    by: BY_NAME,
    down: false,
};

/// What a list of products is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub q: String,
    /// Code of a group.
    pub group: String,
    /// By name if it is not said.
    pub sort: Option<Sort>,
}

/// A page of products with how many there are.
#[derive(Debug, Clone)]
pub struct Look {
    pub products: Listing<Product>,
    pub count: Count,
    pub sort: Sort,
}

#[derive(FromRow)]
struct Row {
    total: i64,
    id: i64,
    key: String,
}

/// Products, one page. They are the same for everybody who may see the book.
///
/// # Errors
///
/// `page.cursor` if the cursor belongs to another order.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Product>> {
    Ok(look(tx, filter, on, limit, from).await?.products)
}

/// The same, with how many there are.
///
/// # Errors
///
/// As [`list`].
pub async fn look(
    tx: &mut Tx,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Look> {
    let sort = filter.sort.unwrap_or(USUAL);
    let mut found = keys(sort, on).piece("where 1 = 1");
    found = found.and(
        "(p.ended_on is null or p.ended_on > ?)",
        [Cell::from(on.to_string())],
    );
    if !filter.group.is_empty() {
        let group = Cell::from(filter.group.trim().to_ascii_lowercase());
        found = found.and(
            concat!(
                "p.group_id in (select g.id from book_product_group g where ",
                answers_to!("product group", "g", "?"),
                ")"
            ),
            [group.clone(), group],
        );
    }
    if !filter.q.trim().is_empty() {
        let pattern = Cell::from(keys::search_pattern(&filter.q));
        found = found.and("p.search_key like ? escape '!'", [pattern]);
    }
    let by_key = sort.on("f.key");
    let page = found
        .within("with found as materialized (", ")")
        .piece("select (select count(*) from found) as total, f.id, cast(f.key as text) as key")
        .piece("from found f where 1 = 1")
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
        products: Listing {
            items: in_order(tx, &ids, on).await?,
            next: page.next,
        },
        count: Count::Exactly(total),
        sort,
    })
}

/// Ids with the key they are sorted by.
fn keys(sort: Sort, on: Date) -> Select {
    let keys = Select::new("select p.id,")
        .piece(sort.by.sql)
        .piece("as key from book_product p");
    if sort.by != BY_PRICE {
        return keys;
    }
    let day = Cell::from(on.to_string());
    let holding = [day.clone(), day, Cell::from(i64::MAX), Cell::from(i64::MAX)];
    keys.piece("left join book_product_price r on r.id = (select x.id from book_product_price x")
        .piece("where x.product_id = p.id")
        .and(db::holds!("x", "?", "?"), holding)
        .piece("order by x.id desc limit 1)")
}
