//! Reading files in: one file, or a folder of them through a mapping, kind by kind.
//!
//! Whatever is wrong with one row keeps the whole file out, so that the same file can be mended and
//! read again; asked to, the good documents of a file go in without the bad ones. Kinds whose rows
//! can only be judged together are one transaction. Documents go in by chunks, however many there
//! are, and a run that was killed goes on where it stopped.

mod bad_file;
mod documents;
mod file;
mod index;
mod pace;
pub mod watch;
mod whole;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use db::{Db, DbError};
use kernel::{Currency, Money, Scope};
use page::Clock;
use sheet::{Faults, Layout, Mapping, Mended, Outcome, recognise::Recognised};
use trail::By;

use crate::{trouble::Trouble, wiring};
use file::{File, unreadable};

/// What a file is read with besides its bytes.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The mapping file and what it says.
    pub mapping: Option<(PathBuf, Mapping)>,
    /// Everything is checked and taken back.
    pub is_rehearsal: bool,
    /// Good documents go in without the bad ones; kinds that are no documents go in as a whole.
    pub skips_bad: bool,
    pub expected: Expected,
    /// What the file is called, where its place says nothing to anybody.
    pub called: Option<String>,
    /// Cells that somebody corrected after the file was checked.
    pub mended: Mended,
}

/// What the source says is in the file; something else keeps it out.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    pub rows: Option<u64>,
    /// A decimal amount.
    pub total: Option<String>,
}

/// Who reads a file in and may see how much, by which clock, and who is told how far it has come.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    pub by: &'a By,
    /// Documents of customers beyond it stay out.
    pub scope: &'a Scope,
    pub clock: &'a dyn Clock,
    pub told: &'a (dyn Fn(Progress) + Sync),
}

/// How far a long file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    /// Of so many; 0 while it is not known.
    pub of: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Rows are read.
    Reading,
    /// Documents are checked.
    Checking,
    /// Documents are saved.
    Saving,
}

/// Sums in millionths by the code of their currency.
pub type Totals = BTreeMap<&'static str, (Currency, i128)>;

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// By rows.
    pub outcome: Outcome,
    /// None for kinds that are no documents.
    pub documents: Option<u64>,
    /// Control totals of the documents taken, in millionths.
    pub totals: Totals,
    pub bad: Option<Bad>,
    /// What is wrong with what was left out.
    pub faults: Faults,
    /// What was taken for what in a file that was not made for us.
    pub remarks: Vec<String>,
}

/// What was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    pub documents: u64,
    pub rows: u64,
    /// Where its rows stand with the reasons; none after a dry run.
    pub file: Option<PathBuf>,
}

impl Report {
    /// The control totals by currency as they are shown.
    pub fn shown_totals(&self) -> Vec<(&'static str, String)> {
        let shown = self.totals.iter();
        shown
            .map(|(code, (currency, exact))| (*code, shown_total(*currency, *exact)))
            .collect()
    }
}

/// An exact sum as it is shown: rounded once.
fn shown_total(currency: Currency, exact: i128) -> String {
    match i64::try_from(exact) {
        Ok(exact) => Money::of_exact(exact, currency).decimal(),
        Err(_wide) => "more than can be held".to_owned(),
    }
}

/// Why a file was not read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The file, the mapping or the database cannot be used.
    Trouble(Trouble),
    /// What is wrong with the rows of a file.
    Faults {
        file: String,
        faults: Faults,
        /// Rows that went in before; they stay, and another run goes on behind them.
        rows_in: u64,
    },
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Refused {
        Refused::Trouble(trouble)
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Refused {
        Refused::Trouble(Trouble::from(error))
    }
}

/// The layout of a kind.
///
/// # Errors
///
/// There is no such kind; the kinds are listed.
pub fn layout(kind: &str) -> Result<&'static Layout, Trouble> {
    wiring::layout(kind).ok_or_else(|| {
        Trouble::usage(format!(
            "There is no kind “{kind}”. The kinds are {}.",
            wiring::kinds().join(", ")
        ))
    })
}

/// Reads a mapping file.
///
/// # Errors
///
/// It cannot be read, or says something that is not understood.
pub fn mapping(file: &Path) -> Result<Mapping, Trouble> {
    let text = fs::read_to_string(file).map_err(|cause| unreadable("The mapping", file, &cause))?;
    Mapping::parse(&text, &wiring::kinds())
        .map_err(|fault| Trouble::new(format!("{}: {fault}", file.display())))
}

/// The kinds a mapping has tables for, what is referred to first.
pub fn kinds_of(mapping: &Mapping) -> Vec<&'static str> {
    let kinds = wiring::kinds().into_iter();
    kinds
        .filter(|kind| mapping.kinds().any(|own| own == *kind))
        .collect()
}

/// Reads one kind from `source`, a file or the folder in which the mapping names one.
///
/// # Errors
///
/// See [`Refused`].
pub async fn import(
    db: &Db,
    kind: &str,
    source: &Path,
    reading: &Reading,
    caller: Caller<'_>,
) -> Result<Report, Refused> {
    let layout = layout(kind)?;
    let file = File::of(layout, source, reading)?;
    let done = match wiring::document_key(kind) {
        Some(key) => documents::import(db, (layout, key), &file, reading, caller).await,
        None => whole::import(db, layout, &file, reading, caller).await,
    };
    done.map(|report| Report {
        remarks: file.remarks(),
        ..report
    })
}

/// The beginning of a file's text, and whether its numbers were told from texts before.
///
/// # Errors
///
/// The file cannot be read.
pub fn head(source: &Path, called: &str) -> Result<(String, bool), Refused> {
    let reading = Reading {
        called: Some(called.to_owned()),
        ..Reading::default()
    };
    let layout = layout("customers")?;
    let head = File::of(layout, source, &reading)?.head(layout)?;
    Ok(head.unwrap_or_default())
}

/// What a file would be taken for without a mapping.
///
/// # Errors
///
/// The file cannot be read, or does not look like one of this kind.
pub fn recognise(kind: &str, source: &Path) -> Result<Recognised, Trouble> {
    let layout = layout(kind)?;
    let file = File::of(layout, source, &Reading::default())?;
    let found = file.recognised(layout).map_err(|refused| match refused {
        Refused::Trouble(trouble) => trouble,
        Refused::Faults { faults, .. } => Trouble::new(faults.to_string()),
    })?;
    found.ok_or_else(|| {
        Trouble::new(format!(
            "{} has no two columns that are known to belong to {kind}, or has all of them by our own names. Write a mapping by hand, or import it as it is.",
            source.display()
        ))
    })
}
