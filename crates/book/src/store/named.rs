//! What the codes of a file stand for, asked for a batch at a time: a long file never makes the
//! program load whole tables.

use std::collections::{BTreeMap, BTreeSet};

use db::{FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::ids::{PersonId, UnitId};
use serde_json::json;

use crate::{CustomerId, ProductId};

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<T> {
    pub id: T,
    /// The first day it is no longer there.
    pub ended_on: Option<Date>,
}

/// By folded code.
pub type ByCode<T> = BTreeMap<String, Named<T>>;

#[derive(FromRow)]
struct Row {
    code_key: String,
    id: i64,
    ended_on: Option<String>,
}

async fn named<T>(
    tx: &mut Tx,
    sql: &'static str,
    codes: &BTreeSet<String>,
    id: fn(i64) -> T,
) -> Result<ByCode<T>> {
    if codes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<Row> = tx.q(sql).bind(json!(codes).to_string()).all().await?;
    let rows = rows.into_iter().map(|row| {
        let named = Named {
            id: id(row.id),
            ended_on: row.ended_on.and_then(|day| day.parse().ok()),
        };
        (row.code_key, named)
    });
    Ok(rows.collect())
}

/// The customers with these folded codes, now or from before.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn customers(tx: &mut Tx, codes: &BTreeSet<String>) -> Result<ByCode<CustomerId>> {
    const SQL: &str = "
        select code_key, id, ended_on
          from book_customer
         where code_key in (select value from json_each($1))
           and merged_into_id is null
         union all
        select f.code_key, t.id, t.ended_on
          from book_former_code f
          join book_customer t on t.id = f.subject_id
         where f.noun = 'customer'
           and f.code_key in (select value from json_each($1))
         order by id
         limit 100000";
    named(tx, SQL, codes, CustomerId::of).await
}

/// The products with these folded codes, now or from before.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn products(tx: &mut Tx, codes: &BTreeSet<String>) -> Result<ByCode<ProductId>> {
    const SQL: &str = "
        select code_key, id, ended_on
          from book_product
         where code_key in (select value from json_each($1))
         union all
        select f.code_key, t.id, t.ended_on
          from book_former_code f
          join book_product t on t.id = f.subject_id
         where f.noun = 'product'
           and f.code_key in (select value from json_each($1))
         order by id
         limit 100000";
    named(tx, SQL, codes, ProductId::of).await
}

/// The people with these folded codes, now or from before.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn people(tx: &mut Tx, codes: &BTreeSet<String>) -> Result<ByCode<PersonId>> {
    const SQL: &str = "
        select code_key, id, cast(null as text) as ended_on
          from org_person
         where code_key in (select value from json_each($1))
         union all
        select f.code_key, f.subject_id, cast(null as text)
          from org_former_code f
         where f.noun = 'person'
           and f.code_key in (select value from json_each($1))
         order by id
         limit 100000";
    named(tx, SQL, codes, PersonId::of).await
}

/// The units with these folded codes, now or from before.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn units(tx: &mut Tx, codes: &BTreeSet<String>) -> Result<ByCode<UnitId>> {
    const SQL: &str = "
        select code_key, id, cast(null as text) as ended_on
          from org_unit
         where code_key in (select value from json_each($1))
         union all
        select f.code_key, f.subject_id, cast(null as text)
          from org_former_code f
         where f.noun = 'unit'
           and f.code_key in (select value from json_each($1))
         order by id
         limit 100000";
    named(tx, SQL, codes, UnitId::of).await
}
