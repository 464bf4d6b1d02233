//! Kinds whose rows can only be judged together: held in memory, read in by one transaction.

use std::sync::{Arc, Mutex, PoisonError};

use db::{Db, Tx};
use jiff::civil::Date;
use kernel::Refusal;
use sheet::{Faults, Layout, Outcome, Sheet};
use trail::{By, Entry};

use super::{Caller, Reading, Refused, Report, file::File};
use crate::{trouble::Trouble, wiring};

/// Reads a file in as a whole, or nothing of it.
pub(super) async fn import(
    db: &Db,
    layout: &'static Layout,
    file: &File,
    reading: &Reading,
    caller: Caller<'_>,
) -> Result<Report, Refused> {
    file.check_size()?;
    if !caller.scope.is_all() {
        return Err(Refused::Trouble(Trouble::new(format!(
            "Files of {} are read in by those who see the whole company.",
            layout.kind
        ))));
    }
    let faulty = |faults| Refused::Faults {
        file: file.name.clone(),
        faults,
        rows_in: 0,
    };
    let (mut sheet, mut unread) = file.reader(layout, reading)?.all().map_err(faulty)?;
    check_expected(reading, &sheet)?;
    // Rows that cannot be read hide nothing of what is wrong with the others: all is told at once.
    sheet.rows.retain(|row| !row.is_bad());
    let work = Work {
        sheet,
        by: By {
            via: "import",
            at: caller.clock.now(),
            ..caller.by.clone()
        },
        today: caller.clock.today(),
        name: file.name.clone(),
        hash: file.hash()?,
        faults: Arc::default(),
    };
    let found = Arc::clone(&work.faults);
    let done = if reading.is_rehearsal || !unread.is_empty() {
        db.rehearse(work, |tx, work| Box::pin(work.run(tx))).await
    } else {
        db.write(work, |tx, work| Box::pin(work.run(tx))).await
    };
    let faults = found.lock().unwrap_or_else(PoisonError::into_inner).take();
    if !unread.is_empty() {
        unread.append(faults.unwrap_or_default());
        unread.sort();
        return Err(faulty(unread));
    }
    match (done, faults) {
        (Ok(outcome), _) => Ok(Report {
            outcome,
            ..Report::default()
        }),
        (Err(_), Some(faults)) => Err(faulty(faults)),
        (Err(error), None) => Err(error.into()),
    }
}

fn check_expected(reading: &Reading, sheet: &Sheet) -> Result<(), Trouble> {
    let kind = sheet.layout.kind;
    if reading.expected.total.is_some() {
        return Err(Trouble::usage(format!(
            "Files of {kind} have no total. Leave --expect-total out."
        )));
    }
    let rows = u64::try_from(sheet.rows.len()).unwrap_or(u64::MAX);
    match reading.expected.rows {
        Some(expected) if expected != rows => Err(Trouble::new(format!(
            "The file has {rows} rows of {kind}, but {expected} were expected. Nothing was changed."
        ))),
        _ => Ok(()),
    }
}

/// What one transaction does.
struct Work {
    sheet: Sheet,
    by: By,
    today: Date,
    name: String,
    hash: String,
    /// What was wrong with the rows: an error undoes the transaction, and cannot carry so much.
    faults: Arc<Mutex<Option<Faults>>>,
}

impl Work {
    async fn run(&self, tx: &mut Tx) -> db::Result<Outcome> {
        let outcome = match wiring::import(tx, &self.sheet, &self.by, self.today).await? {
            Ok(outcome) => outcome,
            Err(faults) => {
                *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = Some(faults);
                return Err(Refusal::value("import.faults", "The file has faulty rows.").into());
            }
        };
        // The owner of the kind records what became of its rows; this says where they came from.
        let after = serde_json::json!({ "kind": self.sheet.layout.kind, "sha256": self.hash });
        let entry = Entry {
            action: "read",
            noun: "file",
            subject: &self.name,
            after: Some(after),
            ..Entry::default()
        };
        trail::record(tx, &self.by, entry).await?;
        Ok(outcome)
    }
}
