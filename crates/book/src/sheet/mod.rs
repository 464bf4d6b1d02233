//! The files the book is filled from, and written to: masters, prices, offers, agreements, documents.
//!
//! Every row is checked before the first is written, and a file with a fault writes nothing. An
//! empty cell leaves what is recorded as it is, so reading the same file again changes nothing.

mod addresses;
mod agreed;
mod allocations;
mod assignments;
mod beyond;
mod call_offs;
mod contacts;
mod credit_notes;
mod customer_terms;
mod customers;
mod deliveries;
mod exports;
mod frameworks;
mod groups;
mod invoices;
mod layouts;
mod list_uses;
mod number_series;
mod open_items;
mod order_rows;
mod orders;
mod payment_terms;
mod payments;
mod posted;
mod prices;
mod products;
mod quotations;
mod rates;
mod reading;
mod rebates;
mod samples;
mod spells;
mod ties;

use std::collections::BTreeMap;

use ::sheet::{Document, Faults, Row, Sheet, export::Export};
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Scope, ids::PersonId};
use org::{
    sheet::{
        Read,
        documents::{self, Documents as _, Fate, Setting, Stage},
        record, unknown_kind,
    },
    store::{
        former_codes::{self, Noun},
        people,
    },
};
use trail::By;

pub use exports::{customers as export_customers, products as export_products};
pub use layouts::{CUSTOMERS, LAYOUTS, PRODUCTS};

use crate::store::{customers::Filter, groups::Of, products as products_store};
use allocations::Allocations;
use call_offs::CallOffs;
use credit_notes::CreditNotes;
use deliveries::Deliveries;
use frameworks::Frameworks;
use invoices::Invoices;
use orders::Orders;
use payment_terms::PaymentTerms;
use payments::Payments;
use quotations::Quotations;
use rebates::Rebates;
use samples::Samples;

/// Calls a function of whatever reads the documents of a kind; what else there is goes to `$other`.
macro_rules! of_kind {
    ($kind:expr, $documents:ident => $call:expr, $other:expr) => {
        match $kind {
            "payment-terms" => {
                type $documents = PaymentTerms;
                $call
            }
            "frameworks" => {
                type $documents = Frameworks;
                $call
            }
            "rebates" => {
                type $documents = Rebates;
                $call
            }
            "orders" => {
                type $documents = Orders;
                $call
            }
            "call-offs" => {
                type $documents = CallOffs;
                $call
            }
            "quotations" => {
                type $documents = Quotations;
                $call
            }
            "samples" => {
                type $documents = Samples;
                $call
            }
            "deliveries" => {
                type $documents = Deliveries;
                $call
            }
            "invoices" => {
                type $documents = Invoices;
                $call
            }
            "credit-notes" => {
                type $documents = CreditNotes;
                $call
            }
            "payments" => {
                type $documents = Payments;
                $call
            }
            "allocations" => {
                type $documents = Allocations;
                $call
            }
            _ => $other,
        }
    };
}

/// Reads in a sheet of one of [`LAYOUTS`].
///
/// # Errors
///
/// Whatever the engine reports. What is wrong with the file is an answer, not an error.
pub async fn import(tx: &mut Tx, kind: &str, sheet: &Sheet, by: &By, today: Date) -> Result<Read> {
    let setting = Setting { by, today };
    let read = of_kind!(
        kind,
        Kind => documents::take_sheet::<Kind>(tx, sheet, setting).await?,
        whole(tx, kind, sheet, setting).await?
    );
    if let Ok(outcome) = &read {
        record(tx, by, kind, *outcome).await?;
    }
    Ok(read)
}

/// Kinds whose rows can only be judged together.
async fn whole(tx: &mut Tx, kind: &str, sheet: &Sheet, setting: Setting<'_>) -> Result<Read> {
    let Setting { by, today } = setting;
    match kind {
        "customer-groups" => groups::import(tx, sheet, Of::Customers).await,
        "product-groups" => groups::import(tx, sheet, Of::Products).await,
        "customers" => customers::import(tx, sheet, by.at, today).await,
        "products" => products::import(tx, sheet, by.at, today).await,
        "customer-ties" => ties::import(tx, sheet, by.at).await,
        "customer-terms" => customer_terms::import(tx, sheet, by.at).await,
        "assignments" => assignments::import(tx, sheet, by.at).await,
        "contacts" => contacts::import(tx, sheet, by, today).await,
        "addresses" => addresses::import(tx, sheet, by, today).await,
        "price-lists" => prices::import_lists(tx, sheet).await,
        "price-list-uses" => list_uses::import(tx, sheet, (by.at, today)).await,
        "prices" => prices::import_prices(tx, sheet, by.at).await,
        "special-prices" => prices::import_specials(tx, sheet, by.at).await,
        "rates" => rates::import(tx, sheet, by.at, today).await,
        "number-series" => number_series::import(tx, sheet).await,
        "open-items" => open_items::import(tx, sheet, by, today).await,
        other => Ok(Err(unknown_kind(other))),
    }
}

/// The column by which rows of `kind` are brought together as documents; `None` for a kind whose
/// rows are judged as one sheet.
pub fn document_key(kind: &str) -> Option<&'static str> {
    of_kind!(kind, Kind => Some(Kind::KEY), None)
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
    of_kind!(
        kind,
        Kind => documents::take::<Kind>(tx, batch, setting, stage).await,
        Err(db::DbError::Missing)
    )
}

/// What of each document of a batch lies beyond a scope.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn beyond(
    tx: &mut Tx,
    kind: &str,
    batch: &[Document],
    seen: (&Scope, Date),
) -> Result<Vec<Faults>> {
    beyond::beyond(tx, kind, batch, seen).await
}

/// Writes what is in `scope` of one of [`LAYOUTS`], as it is on `on`.
///
/// # Errors
///
/// [`db::DbError::Missing`] for another kind; more rows than a file holds; whatever the engine reports.
pub async fn export(
    tx: &mut Tx,
    kind: &str,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    match kind {
        "customer-groups" => exports::groups(tx, Of::Customers, file).await,
        "product-groups" => exports::groups(tx, Of::Products, file).await,
        "customers" => {
            let every = Filter {
                status: "all".to_owned(),
                ..Filter::default()
            };
            exports::customers(tx, (scope, on), &every, file).await
        }
        "products" => {
            let every = products_store::Filter::default();
            exports::products(tx, on, &every, file).await
        }
        "assignments" => exports::assignments(tx, (scope, on), file).await,
        "contacts" => contacts::export(tx, (scope, on), file).await,
        "addresses" => addresses::export(tx, (scope, on), file).await,
        "payment-terms" => payment_terms::export(tx, file).await,
        "price-lists" => prices::export_lists(tx, file).await,
        "prices" => prices::export_prices(tx, (scope, on), file).await,
        "special-prices" => prices::export_specials(tx, (scope, on), file).await,
        "rates" => rates::export(tx, file).await,
        "number-series" => number_series::export(tx, scope, file).await,
        "orders" => exports::orders(tx, (scope, on), file).await,
        other => posted::export(tx, other, (scope, on), file).await,
    }
}

/// Everybody by folded code.
async fn people_by_code(tx: &mut Tx) -> Result<BTreeMap<String, PersonId>> {
    let names = people::names(tx, &Scope::All).await?;
    let former = former_codes::all(tx, Noun::Person).await?;
    let ids = names
        .into_iter()
        .map(|name| (name.code.to_ascii_lowercase(), name.id));
    let all = former.into_iter().chain(ids);
    Ok(all.map(|(code, id)| (code, PersonId::of(id))).collect())
}

/// The one row of a document that has no lines.
fn only_row<'s>(document: &'s Document, faults: &mut Faults) -> Option<&'s Row> {
    let (first, others) = document.rows.split_first()?;
    for row in others {
        let message = format!("{} is the same already.", org::sheet::place(first.number));
        faults.push(
            row.fault_of_row(message)
                .coded("file.twice")
                .with("row", first.number),
        );
    }
    Some(first)
}

/// Chance for the public id of something a file names: the same file names it alike each time it is
/// read, and nobody guesses it without knowing when that was.
fn chance(by: &By, names: &[&str]) -> u128 {
    let text = format!("{}\n{}", by.at.as_nanosecond(), names.join("\n"));
    let print = org::credential::fingerprint(text.as_bytes());
    let digits: String = print
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(32)
        .collect();
    u128::from_str_radix(&digits, 16).unwrap_or_default()
}
