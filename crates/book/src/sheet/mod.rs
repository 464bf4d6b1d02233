//! The files the book is filled from: groups, customers, who looks after them, products, orders.
//!
//! Every row is checked before the first is written, and a file with a fault writes nothing. An
//! empty cell leaves what is recorded as it is, so reading the same file again changes nothing.

mod assignments;
mod customers;
mod groups;
mod layouts;
mod order_rows;
mod orders;
mod products;

use std::collections::BTreeMap;

use ::sheet::Sheet;
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Scope, ids::PersonId};
use org::{
    sheet::{Read, record, unknown_kind},
    store::people,
};
use trail::By;

pub use layouts::{CUSTOMERS, LAYOUTS};

use crate::store::groups::Of;

/// Reads in a sheet of one of [`LAYOUTS`].
///
/// # Errors
///
/// Whatever the engine reports. What is wrong with the file is an answer, not an error.
pub async fn import(tx: &mut Tx, kind: &str, sheet: &Sheet, by: &By, today: Date) -> Result<Read> {
    let read = match kind {
        "customer-groups" => groups::import(tx, sheet, Of::Customers).await?,
        "product-groups" => groups::import(tx, sheet, Of::Products).await?,
        "customers" => customers::import(tx, sheet, by.at, today).await?,
        "products" => products::import(tx, sheet, by.at, today).await?,
        "assignments" => assignments::import(tx, sheet, by.at).await?,
        "orders" => orders::import(tx, sheet, by.at, today).await?,
        other => Err(unknown_kind(other)),
    };
    if let Ok(outcome) = &read {
        record(tx, by, kind, *outcome).await?;
    }
    Ok(read)
}

/// Everybody by folded code.
async fn people_by_code(tx: &mut Tx) -> Result<BTreeMap<String, PersonId>> {
    let names = people::names(tx, &Scope::All).await?;
    let ids = names
        .into_iter()
        .map(|name| (name.code.to_ascii_lowercase(), PersonId::of(name.id)));
    Ok(ids.collect())
}
