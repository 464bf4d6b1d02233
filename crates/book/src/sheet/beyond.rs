//! What of a file's documents lies beyond the scope of whoever reads it in: it is answered like what is
//! not there.

use std::collections::BTreeSet;

use ::sheet::{Document, Faults, Row};
use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::Scope;
use org::store::people;

use crate::store::{
    named, orders,
    whose::{self, Whose},
};

/// The faults of each document; none where all of it is within reach.
pub(super) async fn beyond(
    tx: &mut Tx,
    kind: &str,
    batch: &[Document],
    (scope, today): (&Scope, Date),
) -> Result<Vec<Faults>> {
    match kind {
        "orders" => of_orders(tx, batch, (scope, today)).await,
        "deliveries" => of_deliveries(tx, batch, (scope, today)).await,
        _ => Ok(batch.iter().map(nobodys).collect()),
    }
}

fn nobodys(document: &Document) -> Faults {
    let mut faults = Faults::new();
    if let Some(row) = document.rows.first() {
        let message = "Only those who see the whole company read this in.";
        faults.push(row.fault_of_row(message).coded("file.whole_company"));
    }
    faults
}

async fn of_orders(
    tx: &mut Tx,
    batch: &[Document],
    (scope, today): (&Scope, Date),
) -> Result<Vec<Faults>> {
    let codes = texts(batch, "customer");
    let customers = named::customers(tx, &codes).await?;
    let own = whose::ids(tx, scope, &Whose::default(), today).await?;
    let own: Option<BTreeSet<i64>> = own.map(|ids| ids.into_iter().collect());
    let people = people::names(tx, scope).await?.into_iter();
    let people: BTreeSet<String> = people.map(|name| name.code.to_ascii_lowercase()).collect();
    let judge = |row: &Row, faults: &mut Faults| {
        if let Some(code) = row.text("customer") {
            let found = customers.get(&code.to_ascii_lowercase());
            let is_others = found.is_some_and(|found| {
                own.as_ref()
                    .is_some_and(|own| !own.contains(&found.id.get()))
            });
            if is_others {
                faults.push(missing(row, "customer", "customer", code));
            }
        }
        if let Some(code) = row.text("sales_person")
            && !people.contains(&code.to_ascii_lowercase())
        {
            faults.push(missing(row, "sales_person", "person", code));
        }
    };
    let faults = batch.iter().map(|document| {
        let mut faults = Faults::new();
        for row in &document.rows {
            judge(row, &mut faults);
        }
        faults
    });
    Ok(faults.collect())
}

async fn of_deliveries(
    tx: &mut Tx,
    batch: &[Document],
    (scope, today): (&Scope, Date),
) -> Result<Vec<Faults>> {
    let mut all = Vec::with_capacity(batch.len());
    for document in batch {
        let mut faults = Faults::new();
        let named = document.rows.iter();
        let named = named.filter_map(|row| row.text("order").map(|number| (row, number)));
        for (row, number) in named {
            match orders::fetch(tx, scope, number, today).await {
                Ok(_) => {}
                Err(DbError::Refused(_) | DbError::Missing) => {
                    faults.push(missing(row, "order", "order", number));
                }
                Err(other) => return Err(other),
            }
        }
        all.push(faults);
    }
    Ok(all)
}

/// The folded texts of a column.
fn texts(batch: &[Document], column: &str) -> BTreeSet<String> {
    let rows = batch.iter().flat_map(|document| &document.rows);
    rows.filter_map(|row| row.text(column))
        .map(str::to_ascii_lowercase)
        .collect()
}

/// As what is not there is told.
fn missing(row: &Row, column: &str, noun: &str, code: &str) -> ::sheet::Fault {
    let shown: String = code.chars().take(60).collect();
    row.fault(column, format!("There is no {noun} {shown}."))
        .coded("reference.unknown")
        .with("code", shown)
}
