//! What is wrong with a file: where it is, why it cannot stay, and what to write instead.

use std::fmt;

/// One thing that is wrong, by the row and column a spreadsheet program shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1 with the header; `None` if the whole file is meant.
    pub row: Option<u64>,
    /// The column's name; `None` if the whole row is meant.
    pub column: Option<String>,
    /// A dotted word for programs and translations; never changes once published.
    pub code: &'static str,
    /// What a translation fills in, by name: a number of a row, a code, an amount.
    pub values: Box<[(&'static str, String)]>,
    /// What the cell holds, if one cell is meant: that can be corrected in its place.
    pub cell: Option<Box<str>>,
    pub message: String,
}

impl Fault {
    /// The code of what has no code of its own.
    pub const OTHER: &'static str = "file.fault";
    /// As many characters of a cell are kept as any column holds.
    const LIMIT_CELL: usize = 500;

    /// The file as a whole.
    pub fn of_file(message: impl Into<String>) -> Fault {
        Fault {
            row: None,
            column: None,
            code: Fault::OTHER,
            values: Box::default(),
            cell: None,
            message: message.into(),
        }
    }

    /// A row as a whole.
    pub fn of_row(row: u64, message: impl Into<String>) -> Fault {
        Fault {
            row: Some(row),
            ..Fault::of_file(message)
        }
    }

    /// A column as a whole.
    pub fn of_column(column: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault {
            column: Some(column.into()),
            ..Fault::of_file(message)
        }
    }

    /// The same fault by its code.
    #[must_use]
    pub fn coded(self, code: &'static str) -> Fault {
        Fault { code, ..self }
    }

    /// The same fault with what the cell holds.
    #[must_use]
    pub fn holding(self, cell: Option<&str>) -> Fault {
        Fault {
            cell: cell.map(|cell| {
                cell.chars()
                    .take(Fault::LIMIT_CELL)
                    .collect::<String>()
                    .into()
            }),
            ..self
        }
    }

    /// The same fault with something its message names.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a number, a code and a text are all given as they stand"
    )]
    pub fn with(self, name: &'static str, value: impl ToString) -> Fault {
        let mut values = self.values.into_vec();
        values.push((name, value.to_string()));
        Fault {
            values: values.into(),
            ..self
        }
    }

    /// The same fault, in `column`.
    #[must_use]
    pub fn in_column(self, column: impl Into<String>) -> Fault {
        Fault {
            column: Some(column.into()),
            ..self
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, &self.column) {
            (Some(row), Some(column)) => write!(f, "row {row}, column “{column}”: ")?,
            (Some(row), None) => write!(f, "row {row}: ")?,
            (None, Some(column)) => write!(f, "column “{column}”: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}

/// Every fault of one file: the first ten thousand in full, and how many there are altogether.
///
/// A file with a million bad rows must not fill the memory with a million sentences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    kept: Vec<Fault>,
    total: u64,
}

impl Faults {
    /// How many are kept in full.
    pub const LIMIT_KEPT: usize = 10_000;

    pub fn new() -> Faults {
        Faults::default()
    }

    pub fn push(&mut self, fault: Fault) {
        self.total += 1;
        if self.kept.len() < Faults::LIMIT_KEPT {
            self.kept.push(fault);
        }
    }

    /// Adds all of `other`, its uncounted rest included.
    pub fn append(&mut self, other: Faults) {
        let uncounted = other.uncounted();
        other.kept.into_iter().for_each(|fault| self.push(fault));
        self.total += uncounted;
    }

    /// Puts those kept into the order of their rows; what belongs to no row comes first.
    pub fn sort(&mut self) {
        self.kept.sort_by_key(|fault| fault.row);
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// All faults, also those that are not kept.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Those kept, in the order they were found.
    pub fn kept(&self) -> &[Fault] {
        &self.kept
    }

    pub fn into_kept(self) -> Vec<Fault> {
        self.kept
    }

    fn uncounted(&self) -> u64 {
        let kept = u64::try_from(self.kept.len()).unwrap_or(u64::MAX);
        self.total.saturating_sub(kept)
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Faults {
        Faults {
            kept: vec![fault],
            total: 1,
        }
    }
}

impl fmt::Display for Faults {
    /// One line per fault, and a last line for those that are only counted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.kept.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{fault}")?;
        }
        match self.uncounted() {
            0 => Ok(()),
            more => write!(f, "\n… and {more} more."),
        }
    }
}

impl std::error::Error for Faults {}

/// Why a file named by a mapping could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("it does not exist beside the mapping")]
    Missing,
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

/// `text` as a message may quote it: at most 40 characters, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    let short = short.replace(|character: char| character.is_control(), " ");
    format!("“{short}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_row_and_column_as_far_as_it_knows_them() {
        let fault = Fault::of_row(7, "31 February does not exist.").in_column("date");
        assert_eq!(
            fault.to_string(),
            "row 7, column “date”: 31 February does not exist."
        );
        assert_eq!(Fault::of_row(7, "Odd.").to_string(), "row 7: Odd.");
        assert_eq!(
            Fault::of_column("date", "Odd.").to_string(),
            "column “date”: Odd."
        );
        assert_eq!(Fault::of_file("Odd.").to_string(), "Odd.");
    }

    #[test]
    fn ten_thousand_faults_are_kept_and_all_are_counted() {
        let mut faults = Faults::new();
        (1..=10_500).for_each(|row| faults.push(Fault::of_row(row, "Odd.")));
        assert_eq!((faults.kept().len(), faults.total()), (10_000, 10_500));
        assert!(faults.to_string().ends_with("\n… and 500 more."));

        let mut all = Faults::from(Fault::of_file("Odd."));
        all.append(faults);
        assert_eq!((all.kept().len(), all.total()), (10_000, 10_501));
    }

    #[test]
    fn quoted_cells_are_short_and_on_one_line() {
        assert_eq!(quoted("a\nb"), "“a b”");
        assert_eq!(quoted(&"x".repeat(41)), format!("“{}…”", "x".repeat(40)));
    }
}
