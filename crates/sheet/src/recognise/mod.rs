//! A table as people make it, taken for a kind of file: what is the header, which column is which.
//!
//! The answer is a mapping, written out as its author would have written it, and a sentence for
//! everything that was taken for something. So whoever sent the file can check it, correct it, and
//! use it again; and the reading itself knows mappings only. What can be taken two ways is not
//! taken at all: the sentence says what to decide.
//!
//! Only the beginning of the file is looked at. What is further down and written otherwise is a
//! fault when it is read, never something else than it says.

mod evidence;
mod months;
mod names;
mod seen;
mod writing;

use serde::{Deserialize, Serialize};

use crate::{
    Layout,
    cells::{Cells, DELIMITERS},
    totals::{TOTALS, is_total},
};
use evidence::Evidence;
use months::{Month, month_of, year_in};
use names::{Unit, bare, unit_in};

pub(crate) use names::joined;
pub use seen::Seen;

/// How far down a header may begin.
const LIMIT_ABOVE: usize = 20;
/// Of how many rows a header may be made.
const LIMIT_LINES: usize = 3;
/// How many columns have to be known for a header to be one.
const LEAST_KNOWN: usize = 2;
/// The rows that are looked at.
const LIMIT_SEEN: usize = 400;
/// What a column holds, as far as it matters for how its cells may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Text,
    Day,
    Number,
    /// A number in a unit of money, which a heading may say is thousands of it.
    Amount,
}

/// A column of a kind and what others call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub column: &'static str,
    pub sort: Sort,
    pub names: &'static [&'static str],
}

/// Which words a kind is recognised by.
#[derive(Debug, Clone, Copy)]
pub struct Vocabulary<'v> {
    pub terms: &'v [Term],
    /// The columns that months side by side are turned into: the month's code, and its value.
    pub spread: Option<(&'static str, &'static str)>,
}

/// What a file was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The text of a mapping with one table.
    pub mapping: String,
    /// What was taken for what, in sentences.
    pub remarks: Vec<String>,
    /// What has to be decided or added before the file can be read.
    pub open: Vec<String>,
    /// The columns of the file in their order.
    pub columns: Vec<Seen>,
    /// Columns of ours that every row needs and that were found nowhere.
    pub missing: Vec<&'static str>,
    /// All columns have our own names: without the mapping the file is read strictly.
    pub is_own: bool,
    /// Enough columns are known for it to be of this kind.
    pub is_likely: bool,
}

impl Recognised {
    /// How many columns of ours were found.
    pub fn found(&self) -> usize {
        let found = self.columns.iter().filter(|one| one.ours.is_some());
        found.count()
    }
}

/// What somebody decided about a column of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Decided {
    /// Its name in the file.
    pub column: String,
    /// The column of ours it is; empty if it is not read.
    pub ours: String,
    /// How its numbers or days are written; empty if its cells are to tell.
    pub written: String,
}

/// Takes the beginning of a file for one of kind `layout`; `None` if it does not look like one.
///
/// `is_typed` says that numbers and days were told from texts before, as those of a workbook are.
pub fn recognise(
    layout: &Layout,
    vocabulary: Vocabulary<'_>,
    head: &str,
    is_typed: bool,
) -> Option<Recognised> {
    let found = recognise_as(layout, vocabulary, (head, is_typed), &[])?;
    (found.is_likely && !found.is_own).then_some(found)
}

/// The same with what somebody decided about columns. A file of ours is taken for one too, and one
/// that does not look like anything is taken with its first row as its header; `None` without a row.
pub fn recognise_as(
    layout: &Layout,
    vocabulary: Vocabulary<'_>,
    (head, is_typed): (&str, bool),
    decided: &[Decided],
) -> Option<Recognised> {
    let words = Words {
        layout,
        vocabulary,
        decided,
    };
    let tables = DELIMITERS.iter().map(|delimiter| rows_of(head, *delimiter));
    let found = tables.filter_map(|rows| Heading::find(words, rows));
    // The delimiter under which most columns are known; of equal ones the first.
    let best = found.reduce(|best, other| {
        let (one, two) = (best.columns.len(), other.columns.len());
        if (best.score, one) < (other.score, two) {
            other
        } else {
            best
        }
    })?;
    let is_likely = LEAST_KNOWN <= best.score;
    let is_own = decided.is_empty() && best.is_strict(layout);
    let found = best.judged(words, is_typed);
    Some(Recognised {
        is_own,
        is_likely,
        ..found
    })
}

/// By what columns are known.
#[derive(Clone, Copy)]
struct Words<'w> {
    layout: &'w Layout,
    vocabulary: Vocabulary<'w>,
    decided: &'w [Decided],
}

impl Words<'_> {
    fn decided(&self, name: &str) -> Option<&Decided> {
        self.decided.iter().find(|one| one.column == name)
    }

    /// The term of a column of ours; one without words holds texts.
    fn term(&self, ours: &str) -> Option<Term> {
        let own = self.layout.columns.iter().find(|own| own.name == ours)?;
        let mut terms = self.vocabulary.terms.iter();
        let known = terms.find(|term| term.column == own.name);
        Some(known.copied().unwrap_or(Term {
            column: own.name,
            sort: Sort::Text,
            names: &[],
        }))
    }
}

type Rows = Vec<(u64, Vec<String>)>;

fn rows_of(head: &str, delimiter: u8) -> Rows {
    let mut walk = Cells::new(head, delimiter);
    let mut cells = Vec::new();
    let mut rows = Rows::new();
    // The beginning may end within a row, so an error is the end of what can be seen.
    while let Ok(Some(number)) = walk.next(&mut cells) {
        rows.push((
            number,
            cells.iter().map(|cell| cell.trim().to_owned()).collect(),
        ));
        if rows.len() == LIMIT_SEEN {
            break;
        }
    }
    rows
}

/// A header that was found, and what its columns are.
struct Heading {
    rows: Rows,
    /// Its place among the rows, and of how many it is made.
    at: usize,
    lines: usize,
    columns: Vec<Column>,
    score: usize,
}

/// A column of the file.
#[derive(Debug, Clone)]
struct Column {
    name: String,
    meaning: Meaning,
    unit: Option<Unit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Nothing,
    Own(Term),
    Month(Month),
}

impl Heading {
    /// The rows that say most about columns of the layout.
    fn find(words: Words<'_>, rows: Rows) -> Option<Heading> {
        let all = rows.len();
        let places = (1..=LIMIT_LINES).flat_map(|lines| {
            let most = (all + 1).saturating_sub(lines).min(LIMIT_ABOVE);
            (0..most).map(move |at| (at, lines))
        });
        let tried = places.map(|(at, lines)| {
            let columns = columns_of(words, &rows[at..at + lines]);
            (score(&columns), at, lines, columns)
        });
        // Of those that say as much the first: it has the fewest rows.
        let best = tried.reduce(|best, other| if best.0 < other.0 { other } else { best });
        let (score, at, lines, columns) = best?;
        let (at, lines, columns) = if score < LEAST_KNOWN {
            (0, 1, columns_of(words, rows.get(..1)?))
        } else {
            (at, lines, columns)
        };
        Some(Heading {
            rows,
            at,
            lines,
            columns,
            score,
        })
    }

    /// Whether the first row has all columns by our own names: then others in it are mistakes.
    fn is_strict(&self, layout: &Layout) -> bool {
        let is_named = |name: &str| {
            self.columns
                .iter()
                .any(|one| one.name.eq_ignore_ascii_case(name))
        };
        let mut needed = layout.columns.iter().filter(|column| column.required);
        (self.at, self.lines) == (0, 1) && needed.all(|column| is_named(column.name))
    }

    /// The rows above it, and those below that are no totals.
    fn above(&self) -> &[(u64, Vec<String>)] {
        &self.rows[..self.at]
    }

    fn below(&self) -> impl Iterator<Item = &Vec<String>> {
        let all = self.rows[self.at + self.lines..]
            .iter()
            .map(|(_, cells)| cells);
        all.filter(|cells| !is_total(cells, &TOTALS))
    }

    fn judged(self, words: Words<'_>, is_typed: bool) -> Recognised {
        let mut writing = writing::Writing::new(words.layout, &self);
        let title: Vec<&str> = self
            .above()
            .iter()
            .flat_map(|(_, cells)| cells)
            .map(String::as_str)
            .collect();
        let unit = title.iter().find_map(|cell| unit_in(cell));
        for (at, column) in self.columns.iter().enumerate() {
            let Meaning::Own(term) = column.meaning else {
                continue;
            };
            let told = words.decided(&column.name);
            let told = told.and_then(|told| Evidence::told(&told.written, term.sort));
            let evidence = told.unwrap_or_else(|| {
                Evidence::of(self.below().map(|cells| cells.get(at)), term.sort, is_typed)
            });
            writing.column(column, term, column.unit.or(unit), evidence);
        }
        if let Some((period, value)) = words.vocabulary.spread {
            self.spread(&mut writing, (period, value), (unit, &title), is_typed);
        }
        let first = |at: usize| {
            let mut cells = self.below().filter_map(|cells| cells.get(at));
            cells.find(|cell| !cell.is_empty()).cloned()
        };
        let firsts = (0..self.columns.len()).map(|at| first(at).unwrap_or_default());
        let firsts: Vec<String> = firsts.collect();
        writing.finish(words.layout, &self.columns, firsts)
    }

    fn spread(
        &self,
        writing: &mut writing::Writing,
        (period, value): (&'static str, &'static str),
        (unit, title): (Option<Unit>, &[&str]),
        is_typed: bool,
    ) {
        let months: Vec<(usize, &Column, Month)> = self
            .columns
            .iter()
            .enumerate()
            .filter_map(|(at, column)| match column.meaning {
                Meaning::Month(month) => Some((at, column, month)),
                Meaning::Nothing | Meaning::Own(_) => None,
            })
            .collect();
        if months.len() < 2 {
            return;
        }
        let year = year_in(title);
        let cells = self
            .below()
            .flat_map(|cells| months.iter().map(|(at, ..)| cells.get(*at)));
        let evidence = Evidence::of(cells, Sort::Amount, is_typed);
        let unit = months
            .iter()
            .find_map(|(_, column, _)| column.unit)
            .or(unit);
        let named: Vec<(&str, Month)> = months
            .iter()
            .map(|(_, column, month)| (column.name.as_str(), *month))
            .collect();
        writing.months(&named, year, (period, value), (unit, evidence));
    }
}

fn columns_of(words: Words<'_>, lines: &[(u64, Vec<String>)]) -> Vec<Column> {
    let lines: Vec<&[String]> = lines.iter().map(|(_, cells)| cells.as_slice()).collect();
    let last = lines.last().copied().unwrap_or_default();
    let columns = joined(&lines).into_iter().enumerate().map(|(at, name)| {
        let own = last.get(at).map_or("", String::as_str);
        Column {
            unit: unit_in(&name),
            meaning: meaning_of(words, &name, own),
            name,
        }
    });
    columns.collect()
}

/// What a column is, by its whole name or else by what stands right above its cells.
fn meaning_of(words: Words<'_>, name: &str, own: &str) -> Meaning {
    let (layout, vocabulary) = (words.layout, words.vocabulary);
    if let Some(decided) = words.decided(name) {
        let term = words.term(&decided.ours);
        return term.map_or(Meaning::Nothing, Meaning::Own);
    }
    let called = |wanted: &str| {
        let is_it = |term: &&Term| {
            layout.position(term.column).is_some()
                && (bare(term.column) == wanted || term.names.iter().any(|own| bare(own) == wanted))
        };
        vocabulary
            .terms
            .iter()
            .find(is_it)
            .filter(|_| !wanted.is_empty())
    };
    if let Some(term) = called(&bare(name)).or_else(|| called(&bare(own))) {
        return Meaning::Own(*term);
    }
    let month = month_of(name).or_else(|| {
        let month = month_of(own)?;
        let year = month.year.or(year_in(&[name]));
        Some(Month { year, ..month })
    });
    match month {
        Some(month) if vocabulary.spread.is_some() => Meaning::Month(month),
        _ => Meaning::Nothing,
    }
}

/// How many columns of the layout are named; months side by side name two.
fn score(columns: &[Column]) -> usize {
    let mut known: Vec<&str> = Vec::new();
    let mut months = 0;
    for column in columns {
        match column.meaning {
            Meaning::Own(term) if !known.contains(&term.column) => known.push(term.column),
            Meaning::Month(_) => months += 1,
            Meaning::Own(_) | Meaning::Nothing => {}
        }
    }
    known.len() + if months < 2 { 0 } else { 2 }
}
