//! What an import says: how far it has come, what became of a file, what is wrong with it.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::Mutex,
};

use serde_json::{Value, json};

use super::speech;
use crate::{
    importing::{Progress, Refused, Report, Stage},
    trouble::Trouble,
};

/// How it is said.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    pub json: bool,
    pub dry_run: bool,
}

/// Says what became of a file, with the totals to compare with its source.
pub fn report(kind: &str, report: &Report, manner: Manner) -> Result<(), Trouble> {
    for remark in &report.remarks {
        speech::remark(remark);
    }
    if manner.json {
        return speech::say(&answer(kind, manner.dry_run, report).to_string());
    }
    let outcome = report.outcome;
    let would = if manner.dry_run {
        " (dry run: nothing was changed)"
    } else {
        ""
    };
    let mut told = format!(
        "{kind}: {} added, {} changed, {} unchanged{would}",
        outcome.added, outcome.changed, outcome.unchanged
    );
    if let Some(documents) = report.documents {
        let rows = outcome.rows();
        let totals = report.shown_totals().into_iter();
        let totals = totals.map(|(currency, total)| format!(", net {total} {currency}"));
        let totals: String = totals.collect();
        told = format!(
            "{told}\n  to compare with the source: {rows} rows, {documents} documents{totals}"
        );
    }
    if let Some(bad) = &report.bad {
        let (documents, rows) = (bad.documents, bad.rows);
        let place = bad.file.as_ref();
        let place = place.map_or_else(String::new, |file| format!(", see {}", file.display()));
        told = format!("{told}\n  left out: {documents} documents with {rows} rows{place}");
    }
    speech::say(&told)
}

/// Lists what is wrong with the rows, and sums it up in one sentence.
pub fn refuse(kind: &str, refused: Refused, manner: Manner) -> Result<Trouble, Trouble> {
    let (file, faults, rows_in) = match refused {
        Refused::Trouble(trouble) => return Ok(trouble),
        Refused::Faults {
            file,
            faults,
            rows_in,
        } => (file, faults, rows_in),
    };
    if manner.json {
        let listed = faults.kept().iter().map(
            |fault| json!({ "row": fault.row, "column": fault.column, "message": fault.message }),
        );
        let listed: Vec<Value> = listed.collect();
        let answer = json!({ "kind": kind, "faults": listed, "total": faults.total() });
        speech::say(&answer.to_string())?;
    } else {
        speech::remark(&faults.to_string());
    }
    let places = if faults.total() == 1 {
        "1 place".to_owned()
    } else {
        format!("{} places", faults.total())
    };
    if 0 < rows_in {
        return Ok(Trouble::new(format!(
            "{file} was read in as far as {rows_in} rows; then something was changed by others, and {places} \
             must be mended first. Read it in again to go on, or with --skip-bad to go on without those."
        )));
    }
    Ok(Trouble::new(format!(
        "{file} was not read in: {places} must be mended first. Nothing of its {kind} was changed."
    )))
}

fn answer(kind: &str, dry_run: bool, report: &Report) -> Value {
    let outcome = report.outcome;
    let mut answer = json!({
        "kind": kind,
        "dry_run": dry_run,
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
    });
    if let Some(documents) = report.documents {
        let totals = report.shown_totals().into_iter();
        let totals = totals.map(|(currency, total)| (currency.to_owned(), json!(total)));
        answer["rows"] = json!(outcome.rows());
        answer["documents"] = json!(documents);
        answer["net"] = Value::Object(totals.collect());
    }
    if let Some(bad) = &report.bad {
        answer["left_out"] = json!({
            "documents": bad.documents,
            "rows": bad.rows,
            "file": bad.file.as_ref().map(|file| file.display().to_string()),
        });
    }
    answer
}

/// A line on the terminal that says how far a long file has come.
pub struct Meter {
    /// What stands there; none if stderr is no terminal.
    shown: Option<Mutex<String>>,
}

impl Meter {
    pub fn new() -> Meter {
        Meter {
            shown: std::io::stderr().is_terminal().then(Mutex::default),
        }
    }

    pub fn show(&self, progress: Progress) {
        let what = match progress.stage {
            Stage::Reading => "rows read",
            Stage::Checking => "documents checked",
            Stage::Saving => "documents saved",
        };
        let of = match progress.of {
            0 => String::new(),
            of => format!(" of {of}"),
        };
        self.write(format!("{}{of} {what}", progress.done));
    }

    pub fn clear(&self) {
        self.write(String::new());
    }

    fn write(&self, line: String) {
        let Some(shown) = &self.shown else { return };
        let mut shown = shown
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if *shown == line {
            return;
        }
        // Nobody is left to be told if stderr is closed.
        let _ = write!(
            std::io::stderr(),
            "\r{line:<width$}\r{line}",
            width = shown.len()
        );
        *shown = line;
    }
}
