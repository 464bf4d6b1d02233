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
mod rates;

use std::collections::BTreeMap;

use ::sheet::{Document, Sheet};
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Scope, ids::PersonId};
use org::{
    sheet::{
        Read,
        documents::{self, Documents as _, Fate, Setting, Stage},
        record, unknown_kind,
    },
    store::people,
};
use trail::By;

pub use layouts::{CUSTOMERS, LAYOUTS};
pub use rates::file as rates_file;

use crate::store::groups::Of;
use orders::Orders;

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
        "rates" => rates::import(tx, sheet, by.at, today).await?,
        "orders" => documents::take_sheet::<Orders>(tx, sheet, Setting { by, today }).await?,
        other => Err(unknown_kind(other)),
    };
    if let Ok(outcome) = &read {
        record(tx, by, kind, *outcome).await?;
    }
    Ok(read)
}

/// The column by which rows of `kind` are brought together as documents; `None` for a kind whose
/// rows are judged as one sheet.
pub fn document_key(kind: &str) -> Option<&'static str> {
    match kind {
        "orders" => Some(Orders::KEY),
        _ => None,
    }
}

/// Takes a batch of documents of a kind that has a [`document_key`].
///
/// # Errors
///
/// Whatever the engine reports. What is wrong with a document is its fate, not an error.
pub async fn take(
    tx: &mut Tx,
    kind: &str,
    batch: &[Document],
    setting: Setting<'_>,
    stage: Stage,
) -> Result<Vec<Fate>> {
    match kind {
        "orders" => documents::take::<Orders>(tx, batch, setting, stage).await,
        _ => Err(db::DbError::Missing),
    }
}

/// Everybody by folded code.
async fn people_by_code(tx: &mut Tx) -> Result<BTreeMap<String, PersonId>> {
    let names = people::names(tx, &Scope::All).await?;
    let ids = names
        .into_iter()
        .map(|name| (name.code.to_ascii_lowercase(), PersonId::of(name.id)));
    Ok(ids.collect())
}
