//! Products and their dated prices.

mod listing;

use std::collections::BTreeMap;

use db::{Cell, FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Price, Refusal, times::BEGINNING};
use org::keys;

use super::former_codes::{self, Noun, answers_to};
use crate::ProductId;

pub use listing::{Filter, Look, SORTS, USUAL, list, look};

/// A product with the price of the asked day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Product {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub group_code: Option<String>,
    pub group_name: Option<String>,
    pub group_local: Option<String>,
    pub currency: String,
    /// Millionths of the currency unit.
    pub list_price: Option<i64>,
    pub cost: Option<i64>,
    pub version: i64,
    pub ended_on: Option<String>,
    pub sort_key: String,
}

impl Product {
    pub fn product(&self) -> ProductId {
        ProductId::of(self.id)
    }
}

/// What a product is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    pub code: Code,
    pub name: String,
    pub name_local: Option<String>,
    pub group: Option<i64>,
    pub currency: Currency,
}

/// A price that holds from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priced {
    pub product: ProductId,
    pub list_price: Option<Price>,
    pub cost: Option<Price>,
    pub from: Date,
    pub to: Option<Date>,
}

macro_rules! select_product {
    ($($rest:expr),+) => {
        concat!(
            "select p.id, p.code, p.name, p.name_local, g.code as group_code, g.name as group_name, g.name_local as group_local,
                    p.currency, r.list_price, r.cost, p.version, p.ended_on, p.sort_key
               from book_product p
               left join book_product_group g on g.id = p.group_id
               left join book_product_price r
                 on r.id = (select x.id from book_product_price x where x.product_id = p.id and ",
            db::holds!("x", "$1", "$2"),
            " order by x.id desc limit 1) ",
            $($rest),+
        )
    };
}

/// The products with these ids, in their order.
async fn in_order(tx: &mut Tx, ids: &[i64], on: Date) -> Result<Vec<Product>> {
    const SQL: &str = select_product!(
        "where p.id in (select cast(value as bigint) from json_each($3))
         order by p.id
         limit 1000"
    );
    let rows: Vec<Product> = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(format!("{ids:?}"))
        .all()
        .await?;
    let mut by_id: BTreeMap<i64, Product> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// One product by code.
///
/// # Errors
///
/// A refusal of kind missing.
pub async fn fetch(tx: &mut Tx, code: &str, on: Date) -> Result<Product> {
    const SQL: &str = select_product!(
        "where ",
        answers_to!("product", "p", "$3"),
        " order by p.id limit 1"
    );
    let product = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(code.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(product.ok_or_else(|| Refusal::missing(format!("product {code}")))?)
}

/// All product ids by folded code and by each code of before; at most 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn ids_by_code(tx: &mut Tx) -> Result<BTreeMap<String, ProductId>> {
    const SQL: &str = "select code_key, id from book_product order by id limit 1000000";
    let rows: Vec<(String, i64)> = tx.q(SQL).all().await?;
    let former = former_codes::all(tx, Noun::Product).await?;
    let all = former.into_iter().chain(rows);
    Ok(all.map(|(code, id)| (code, ProductId::of(id))).collect())
}

/// A product as recorded with its price of a day, for comparing with another reading of it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Recorded {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub group_id: Option<i64>,
    pub currency: String,
    pub list_price: Option<i64>,
    pub cost: Option<i64>,
    pub version: i64,
}

/// Every product by folded code, and by each code of before, with the price of `on`; at most
/// 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn recorded(tx: &mut Tx, on: Date) -> Result<BTreeMap<String, Recorded>> {
    const SQL: &str = concat!(
        "select p.id, p.code, p.name, p.name_local, p.group_id, p.currency, r.list_price, r.cost, p.version
           from book_product p
           left join book_product_price r
             on r.id = (select x.id from book_product_price x where x.product_id = p.id and ",
        db::holds!("x", "$1", "$2"),
        " order by x.id desc limit 1)
          order by p.id
          limit 1000000"
    );
    let rows: Vec<Recorded> = tx.q(SQL).bind(on.to_string()).bind(i64::MAX).all().await?;
    let former = former_codes::all(tx, Noun::Product).await?;
    let mut by_code: BTreeMap<String, Recorded> = BTreeMap::new();
    for (code, id) in former {
        let row = rows.binary_search_by_key(&id, |row| row.id);
        if let Some(row) = row.ok().and_then(|place| rows.get(place)) {
            by_code.insert(code, row.clone());
        }
    }
    for row in rows {
        by_code.insert(row.code.to_ascii_lowercase(), row);
    }
    Ok(by_code)
}

/// Adds a product.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(tx: &mut Tx, product: &Fields) -> Result<ProductId> {
    const SQL: &str = "
        insert into book_product
               (code, code_key, name, name_local, group_id, currency, search_key, sort_key, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 1)
        returning id";
    former_codes::refuse_former(tx, Noun::Product, &product.code.folded(), None).await?;
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(product.code.as_str().to_owned())
        .bind(product.code.folded())
        .bind(product.name.clone())
        .bind(product.name_local.clone())
        .bind(product.group)
        .bind(product.currency.code())
        .bind(search_key(product))
        .bind(keys::sort_key(&product.name))
        .one()
        .await?;
    Ok(ProductId::of(id))
}

/// Changes code, names and group if the product still has `version`.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now; [`db::DbError::Taken`] if the code is
/// in use.
pub async fn save(tx: &mut Tx, id: ProductId, product: &Fields, version: i64) -> Result<()> {
    const SQL: &str = "
        update book_product
           set code = $1, code_key = $2, name = $3, name_local = $4, group_id = $5, search_key = $6,
               sort_key = $7, version = version + 1
         where id = $8
           and version = $9
        returning id";
    tx.q(SQL)
        .bind(product.code.as_str().to_owned())
        .bind(product.code.folded())
        .bind(product.name.clone())
        .bind(product.name_local.clone())
        .bind(product.group)
        .bind(search_key(product))
        .bind(keys::sort_key(&product.name))
        .bind(id.get())
        .bind(version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Ends a product from a day on, or takes the end back.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end(tx: &mut Tx, id: ProductId, on: Option<Date>) -> Result<()> {
    const SQL: &str = "update book_product set ended_on = $1 where id = $2";
    tx.q(SQL)
        .bind(on.map(|day| day.to_string()))
        .bind(id.get())
        .run()
        .await
        .map(drop)
}

/// Records prices as they are, without looking at what holds already.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_prices(tx: &mut Tx, prices: &[Priced], now: Timestamp) -> Result<()> {
    let rows = prices
        .iter()
        .map(|price| {
            vec![
                Cell::from(price.product.get()),
                Cell::from(price.list_price.map(Price::millionths)),
                Cell::from(price.cost.map(Price::millionths)),
                Cell::from(price.from.to_string()),
                Cell::from(price.to.map(|day| day.to_string())),
                Cell::from(now.as_microsecond()),
            ]
        })
        .collect();
    tx.insert_many(
        "insert into book_product_price (product_id, list_price, cost, valid_from, valid_to, recorded_at) values",
        rows,
    )
    .await
}

/// Sets the price from `today` on; the first price of a product holds from the beginning.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set_price(
    tx: &mut Tx,
    product: ProductId,
    list_price: Option<Price>,
    cost: Option<Price>,
    today: Date,
    now: Timestamp,
) -> Result<()> {
    const KEEP_PAST: &str = "
        insert into book_product_price (product_id, list_price, cost, valid_from, valid_to, recorded_at)
        select product_id, list_price, cost, valid_from, $1, $2
          from book_product_price
         where product_id = $3
           and retracted_at is null
           and valid_from < $1
           and (valid_to is null or valid_to > $1)";
    const RETRACT: &str = "
        update book_product_price
           set retracted_at = $1
         where product_id = $2
           and retracted_at is null
           and recorded_at < $1
           and (valid_to is null or valid_to > $3)";
    const ANY: &str = "select id from book_product_price where product_id = $1 and retracted_at is null order by id limit 1";
    let first: Option<(i64,)> = tx.q(ANY).bind(product.get()).maybe().await?;
    let from = if first.is_none() { BEGINNING } else { today };
    let at = now.as_microsecond();
    tx.q(KEEP_PAST)
        .bind(from.to_string())
        .bind(at)
        .bind(product.get())
        .run()
        .await?;
    tx.q(RETRACT)
        .bind(at)
        .bind(product.get())
        .bind(from.to_string())
        .run()
        .await?;
    let priced = Priced {
        product,
        list_price,
        cost,
        from,
        to: None,
    };
    add_prices(tx, &[priced], now).await
}

fn search_key(product: &Fields) -> String {
    keys::search_key(&[
        product.code.as_str(),
        &product.name,
        product.name_local.as_deref().unwrap_or_default(),
    ])
}
