//! What the files of posted documents have in common: heads that all rows agree in, references, and
//! refusals that become faults of a row.

use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Refusal, Scope};
use org::sheet::{
    documents::{Judged, Verdict},
    or_fault, place,
};
use sheet::{Document, Faults, Row};

use crate::{
    store::{customers, invoices, orders},
    web::accepted,
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

/// `lines[3].quantity` is the column `quantity` of the fourth row.
fn blame(document: &Document, no: Refusal, faults: &mut Faults) {
    let field = no.fields.first().map_or("", |field| field.field.as_str());
    let (at, column) = match field
        .strip_prefix("lines[")
        .and_then(|rest| rest.split_once(']'))
    {
        Some((digits, rest)) => (digits.parse().unwrap_or(0), rest.trim_start_matches('.')),
        None => (0, field),
    };
    let row: Option<&Row> = document.rows.get(at).or_else(|| document.rows.first());
    let Some(row) = row else { return };
    if row.names().any(|own| own == column) {
        faults.push(row.fault(column, no.message));
    } else {
        faults.push(row.fault_of_row(no.message));
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
            .filter(|column| row.text(column) != first.text(column))
        {
            let message = format!("{} says something else.", place(first.number));
            faults.push(row.fault(column, message));
        }
    }
}

/// The day of something that has happened.
pub(super) fn past_day(row: &Row, today: Date, faults: &mut Faults) -> Option<Date> {
    let day = row.required_date("date", faults)?;
    let day = or_fault(row, "date", accepted::document_day(day, today), faults)?;
    if today < day {
        let message = format!("{day} is after today, {today}. Only what has happened is recorded.");
        faults.push(row.fault("date", message));
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
                    faults.push(row.fault(column, format!("There is no {} {shown}.", $noun)));
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
