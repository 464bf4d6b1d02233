//! What was made of one column of a file, for whoever checks and corrects it.

use super::{Sort, evidence::Evidence, names::Unit};
use crate::forms::{DateForm, NumberForm};

/// A column of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its name in the file.
    pub name: String,
    /// Its first cell that is not empty.
    pub first: String,
    /// The column of ours it was taken for.
    pub ours: Option<&'static str>,
    /// It is one of several months side by side.
    pub is_month: bool,
    /// Another column was taken for the same before.
    pub is_second: bool,
    /// How its numbers or days are written, where that is not as ours are.
    pub written: Option<String>,
    /// Ways in which it could be written as well; one has to be chosen.
    pub ways: Vec<String>,
    /// The unit a heading names, and by how much that is multiplied.
    pub unit: Option<(&'static str, &'static str)>,
}

impl Seen {
    /// Notes how the cells are written.
    pub(super) fn written(&mut self, sort: Sort, evidence: &Evidence) {
        match evidence {
            Evidence::Nothing => {}
            Evidence::Number(form) => self.written = Some(form.to_string()),
            Evidence::Day(form) => self.written = Some(form.pattern().to_owned()),
            Evidence::Undecided(cell) => self.ways = ways(sort, cell),
        }
    }

    pub(super) fn in_unit(&mut self, unit: Option<Unit>) {
        self.unit = unit.map(|unit| (unit.word, unit.factor));
    }
}

/// The ways in which a cell may be written.
fn ways(sort: Sort, cell: &str) -> Vec<String> {
    match sort {
        Sort::Text => Vec::new(),
        Sort::Day => {
            let all = DateForm::ALL.into_iter().filter(|form| form.fits(cell));
            all.map(|form| form.pattern().to_owned()).collect()
        }
        Sort::Number | Sort::Amount => {
            let all = NumberForm::ALL.into_iter();
            let all = all.filter(|form| form.read(cell).is_ok());
            all.map(|form| form.to_string()).collect()
        }
    }
}
