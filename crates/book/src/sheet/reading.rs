//! What the files of posted documents have in common: heads that all rows agree in, references, and
//! refusals that become faults of a row.

use std::collections::BTreeSet;

use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Refusal, Scope};
use org::sheet::{
    documents::{Judged, Verdict},
    or_fault, place,
};
use sheet::{Document, Faults, Row, Sheet};

use crate::{
    store::{customers, invoices, orders},
    web::{accepted, documents},
};

/// The document cannot be saved, for these reasons.
pub(super) fn bad<T>(faults: Faults) -> Judged<T> {
    Judged {
        verdict: Verdict::Bad(faults),
        amount: None,
    }
}

/// The verdict on a document that was read, unless a fault was found on the way.
pub(super) fn judged<T>(
    read: Option<Verdict<T>>,
    amount: Option<(Currency, i64)>,
    faults: Faults,
) -> Judged<T> {
    match read {
        Some(verdict) if faults.is_empty() => Judged { verdict, amount },
        _ => bad(faults),
    }
}

/// A refusal becomes a fault of the row it is about; other errors stay what they are.
pub(super) fn or_refused<T>(
    done: Result<T>,
    document: &Document,
    faults: &mut Faults,
) -> Result<Option<T>> {
    match done {
        Ok(value) => Ok(Some(value)),
        Err(DbError::Refused(no)) => {
            blame(document, no, faults);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// `lines[3].quantity` and `parts[3].quantity` are the column `quantity` of the fourth row.
pub(super) fn blame(document: &Document, no: Refusal, faults: &mut Faults) {
    let field = no.fields.first().map_or("", |field| field.field.as_str());
    let listed = field.strip_prefix("lines[");
    let listed = listed.or_else(|| field.strip_prefix("parts["));
    let (at, column) = match listed.and_then(|rest| rest.split_once(']')) {
        Some((digits, rest)) => (digits.parse().unwrap_or(0), rest.trim_start_matches('.')),
        None => (0, field),
    };
    let column = column.to_owned();
    let row: Option<&Row> = document.rows.get(at).or_else(|| document.rows.first());
    let Some(row) = row else { return };
    if row.names().any(|own| own == column) {
        faults.push(row.refused(&column, no));
    } else {
        faults.push(row.fault_of_row(no.message).coded(no.code));
    }
}

/// What was found, or that it is not there.
pub(super) fn or_none<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(DbError::Missing) => Ok(None),
        Err(DbError::Refused(no)) if no.kind == kernel::refusal::Kind::Missing => Ok(None),
        Err(other) => Err(other),
    }
}

/// The document is there, and says something else.
pub(super) fn is_rewritten(document: &Document, number: &str, faults: &mut Faults) {
    if let Some(first) = document.rows.first() {
        let message =
            format!("{number} is already recorded otherwise. A file does not rewrite it.");
        let fault = first.fault("number", message).coded("document.differs");
        faults.push(fault.with("number", number));
    }
}

/// All that stands in a column of the batch, folded.
pub(super) fn texts(batch: &[Document], column: &str) -> BTreeSet<String> {
    let rows = batch.iter().flat_map(|document| &document.rows);
    let texts = rows.filter_map(|row| row.text(column));
    texts.map(str::to_ascii_lowercase).collect()
}

/// All that stands in a column, folded.
pub(super) fn column_texts(sheet: &Sheet, column: &str) -> BTreeSet<String> {
    let texts = sheet.rows.iter().filter_map(|row| row.text(column));
    texts.map(str::to_ascii_lowercase).collect()
}

/// The rows by the places a column gives them, which count from 1; without any as they stand.
pub(super) fn in_sequence(document: &Document, column: &str, faults: &mut Faults) -> Document {
    let mut rows = document.rows.clone();
    if rows.iter().all(|row| row.text(column).is_none()) {
        return Document { rows };
    }
    let mut placed: Vec<(Option<i64>, Row)> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        placed.push((row.required_whole(column, faults), row));
    }
    placed.sort_by_key(|(place, _)| *place);
    for (wanted, (place, row)) in (1_i64..).zip(&placed) {
        if place.is_some_and(|place| place != wanted) {
            let message =
                format!("Number the rows 1, 2, 3 without a gap, or none; {wanted} is missing.");
            let fault = row.fault(column, message).coded("document.sequence");
            faults.push(fault.with("number", wanted));
            break;
        }
    }
    Document {
        rows: placed.into_iter().map(|(_, row)| row).collect(),
    }
}

/// One of the words there are; the first of them if the cell is empty.
pub(super) fn one_of(
    row: &Row,
    column: &str,
    words: &'static [&'static str],
    faults: &mut Faults,
) -> Option<&'static str> {
    let Some(text) = row.text(column) else {
        return words.first().copied();
    };
    let found = words.iter().copied().find(|word| *word == text);
    if found.is_none() {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is not one of {}.", words.join(", "));
        let fault = row.fault(column, message).coded("word.unknown");
        faults.push(fault.with("words", words.join(", ")));
    }
    found
}

/// A note; empty without one.
pub(super) fn note(row: &Row, column: &'static str, faults: &mut Faults) -> Option<String> {
    let text = row.text(column);
    or_fault(row, column, documents::note(text, column), faults)
}

/// Columns of words that people read: capitals matter there, and nowhere else.
const PROSE: [&str; 8] = [
    "name",
    "name_local",
    "note",
    "reason",
    "project",
    "competitor",
    "lost_text",
    "acceptor",
];

fn is_alike(column: &str, one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) if !PROSE.contains(&column) => one.eq_ignore_ascii_case(other),
        (one, other) => one == other,
    }
}

/// All rows of a document say the same in these columns.
pub(super) fn agree(document: &Document, columns: &[&'static str], faults: &mut Faults) {
    let Some((first, others)) = document.rows.split_first() else {
        return;
    };
    for row in others {
        for column in columns
            .iter()
            .filter(|column| !is_alike(column, row.text(column), first.text(column)))
        {
            let message = format!("{} says something else.", place(first.number));
            let fault = row.fault(column, message).coded("file.disagrees");
            faults.push(fault.with("row", first.number));
        }
    }
}

/// The day of something that has happened.
pub(super) fn past_day(row: &Row, today: Date, faults: &mut Faults) -> Option<Date> {
    let day = row.required_date("date", faults)?;
    let day = or_fault(row, "date", accepted::document_day(day, today), faults)?;
    if today < day {
        let message = format!("{day} is after today, {today}. Only what has happened is recorded.");
        faults.push(
            row.fault("date", message)
                .coded("date.future")
                .with("today", today),
        );
        return None;
    }
    Some(day)
}

/// What a column refers to by code or number, wherever it is.
macro_rules! referred {
    ($name:ident, $noun:literal, $store:ident, $type:ty) => {
        pub(super) async fn $name(
            tx: &mut Tx,
            row: &Row,
            column: &str,
            today: Date,
            faults: &mut Faults,
        ) -> Result<Option<$type>> {
            let Some(code) = row.text(column) else {
                return Ok(None);
            };
            match $store::fetch(tx, &Scope::All, code, today).await {
                Ok(found) => Ok(Some(found)),
                Err(DbError::Refused(_) | DbError::Missing) => {
                    let shown: String = code.chars().take(60).collect();
                    faults.push(
                        row.fault(column, format!("There is no {} {shown}.", $noun))
                            .coded("reference.unknown")
                            .with("code", shown),
                    );
                    Ok(None)
                }
                Err(other) => Err(other),
            }
        }
    };
}

referred!(customer, "customer", customers, customers::Customer);
referred!(order, "order", orders, orders::Order);
referred!(invoice, "invoice", invoices, invoices::Invoice);
