//! What came of a file, as it is kept until somebody looks at it.

use serde::{Deserialize, Serialize};
use sheet::Faults;

use crate::importing::{Refused, Report};

/// So many faults are kept in full; the rest are counted.
const MOST_FAULTS: usize = 2_000;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    /// By rows.
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// None for kinds that are no documents.
    pub documents: Option<u64>,
    /// Control totals by currency, as they are shown.
    pub totals: Vec<(String, String)>,
    pub bad_documents: u64,
    pub bad_rows: u64,
    /// What was taken for what, and which sheets were not read.
    pub remarks: Vec<String>,
    pub faults: Vec<Fault>,
    pub all_faults: u64,
    /// Why nothing could be done at all.
    pub trouble: String,
    /// Cells that were corrected here, by row.
    pub corrections: Vec<Correction>,
}

/// What stands in place of a cell of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Correction {
    pub row: u64,
    pub column: String,
    pub was: String,
    pub value: String,
}

/// What is wrong, as far as it has a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Fault {
    pub row: Option<u64>,
    pub column: String,
    /// By which the message is said in other languages, with what it names.
    pub code: String,
    pub values: Vec<(String, String)>,
    /// What the cell holds, where it can be corrected.
    pub cell: Option<String>,
    pub message: String,
}

impl Told {
    /// As it was kept; nothing if nothing was.
    pub(super) fn of(text: &str) -> Told {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn of_report(report: &Report) -> Told {
        let outcome = report.outcome;
        let totals = report.shown_totals().into_iter();
        let bad = report.bad.as_ref();
        let mut told = Told {
            added: outcome.added,
            changed: outcome.changed,
            unchanged: outcome.unchanged,
            documents: report.documents,
            totals: totals
                .map(|(code, total)| (code.to_owned(), total))
                .collect(),
            bad_documents: bad.map_or(0, |bad| bad.documents),
            bad_rows: bad.map_or(0, |bad| bad.rows),
            remarks: report.remarks.clone(),
            ..Told::default()
        };
        told.note(&report.faults);
        told
    }

    pub(super) fn of_refused(refused: &Refused) -> Told {
        let mut told = Told::default();
        match refused {
            Refused::Trouble(trouble) => told.trouble = trouble.to_string(),
            Refused::Faults {
                faults, rows_in, ..
            } => {
                told.note(faults);
                told.added = *rows_in;
            }
        }
        told
    }

    fn note(&mut self, faults: &Faults) {
        self.all_faults = faults.total();
        let kept = faults.kept().iter().take(MOST_FAULTS);
        self.faults = kept
            .map(|fault| Fault {
                row: fault.row,
                column: fault.column.clone().unwrap_or_default(),
                code: fault.code.to_owned(),
                values: fault
                    .values
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.clone()))
                    .collect(),
                cell: fault.cell.as_deref().map(str::to_owned),
                message: fault.message.clone(),
            })
            .collect();
    }

    /// How a cell was corrected.
    pub(super) fn corrected(&self, row: u64, column: &str) -> Option<&Correction> {
        let mut all = self.corrections.iter();
        all.find(|one| one.row == row && one.column == column)
    }

    /// Rows that are, or would be, in now.
    pub(super) fn rows(&self) -> u64 {
        self.added
            .saturating_add(self.changed)
            .saturating_add(self.unchanged)
    }

    /// Nothing is wrong with the file.
    pub(super) fn is_clean(&self) -> bool {
        self.all_faults == 0 && self.trouble.is_empty()
    }
}
