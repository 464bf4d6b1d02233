//! The files the organisation is filled from, and written to: units, seats, people, where they sit, days off.
//!
//! Every row is checked before the first is written, and a file with a fault writes nothing. An
//! empty cell leaves what is recorded as it is, so reading the same file again changes nothing.

pub mod documents;
mod exports;
mod holidays;
mod layouts;
mod memberships;
mod people;
mod seats;
mod units;

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Refusal, Scope};
use serde_json::json;
use sheet::{Fault, Faults, Outcome, Row, Sheet, export::Export};
use trail::{By, Entry};

pub use exports::people as export_people;
pub use layouts::{LAYOUTS, PEOPLE};

use crate::store::people::Filter;

/// What became of a file: how its rows were taken, or everything that is wrong with it.
pub type Read = std::result::Result<Outcome, Faults>;

/// Reads in a sheet of one of [`LAYOUTS`].
///
/// # Errors
///
/// Whatever the engine reports. What is wrong with the file is an answer, not an error.
pub async fn import(tx: &mut Tx, kind: &str, sheet: &Sheet, by: &By, today: Date) -> Result<Read> {
    let read = match kind {
        "units" => units::import(tx, sheet).await?,
        "seats" => seats::import(tx, sheet, today).await?,
        "people" => people::import(tx, sheet, by.at, today).await?,
        "memberships" => memberships::import(tx, sheet, by.at).await?,
        "holidays" => holidays::import(tx, sheet).await?,
        other => Err(unknown_kind(other)),
    };
    if let Ok(outcome) = &read {
        record(tx, by, kind, *outcome).await?;
    }
    Ok(read)
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
        "units" => exports::units(tx, scope, file).await,
        "seats" => seats::export(tx, (scope, on), file).await,
        "people" => exports::people(tx, (scope, on), &Filter::default(), file).await,
        "memberships" => exports::memberships(tx, scope, file).await,
        "holidays" => exports::holidays(tx, file).await,
        _ => Err(db::DbError::Missing),
    }
}

/// A kind that this part of the program does not read.
pub fn unknown_kind(kind: &str) -> Faults {
    Faults::from(
        Fault::of_file(format!("Files of kind “{kind}” are not known.")).coded("file.kind"),
    )
}

/// Leaves one trail of the whole file.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn record(tx: &mut Tx, by: &By, kind: &str, outcome: Outcome) -> Result<()> {
    let after = json!({
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
    });
    let entry = Entry {
        action: "import",
        noun: kind,
        subject: kind,
        after: Some(after),
        ..Entry::default()
    };
    trail::record(tx, by, entry).await
}

/// Which row of the file names a thing first: a second one is a fault of both.
#[derive(Debug, Default)]
pub struct Firsts {
    rows: BTreeMap<String, u64>,
}

impl Firsts {
    /// Notes that `row` names `key` in `column`.
    pub fn note(&mut self, key: &str, row: &Row, column: &str, faults: &mut Faults) {
        if let Some(first) = self.rows.get(key) {
            let message = format!(
                "{} says the same {column} already. Keep one of the two.",
                place(*first)
            );
            faults.push(
                row.fault(column, message)
                    .coded("file.twice")
                    .with("row", first),
            );
            return;
        }
        self.rows.insert(key.to_owned(), row.number);
    }

    /// The row that names `key`.
    pub fn row(&self, key: &str) -> Option<u64> {
        self.rows.get(key).copied()
    }
}

/// Where another row stands, as the beginning of a sentence.
pub fn place(number: u64) -> String {
    // Rows that stand in the mapping have no number in the file.
    match number {
        0 => "A row of the mapping".to_owned(),
        number => format!("Row {number} of the file"),
    }
}

/// A value that was worked out from a cell, or the cell's fault.
pub fn or_fault<T>(
    row: &Row,
    column: &str,
    value: std::result::Result<T, Refusal>,
    faults: &mut Faults,
) -> Option<T> {
    match value {
        Ok(value) => Some(value),
        Err(no) => {
            faults.push(row.refused(column, no));
            None
        }
    }
}

/// What a code in `column` refers to, by its folded text. An empty cell refers to nothing.
pub fn refer<T: Copy>(
    row: &Row,
    column: &str,
    noun: &str,
    known: &BTreeMap<String, T>,
    faults: &mut Faults,
) -> Option<T> {
    let code = row.text(column)?;
    let found = known.get(&code.to_ascii_lowercase()).copied();
    if found.is_none() {
        let shown: String = code.chars().take(60).collect();
        faults.push(
            row.fault(column, format!("There is no {noun} {shown}."))
                .coded("reference.unknown")
                .with("code", shown),
        );
    }
    found
}
