//! Which rows of a file are one document: a pass that keeps a place for each row, and no row.
//!
//! The rows of a document may lie anywhere in the file. Documents are in the order each begins, rows
//! in the order of the file. A row without a key is a document by itself. A row with too many or too
//! few cells belongs to the document its first cell names, if the key stands there.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use sha2::{Digest as _, Sha256};
use sheet::{Fault, Faults, Place, Reader, Row};

use super::{Progress, Stage, file::hex};

/// The most rows of one file.
const LIMIT_ROWS: usize = 5_000_000;
/// After how many rows somebody is told.
const TOLD_EACH: usize = 20_000;

/// The rows of a file by document.
pub(super) struct Index {
    /// Sorted by document.
    rows: Vec<(u32, Place)>,
    pub documents: u32,
    /// What the rows say.
    pub content_hash: String,
}

/// A document by the places of its rows, and which of all it is.
pub(super) struct Places<'a> {
    pub number: u32,
    pub rows: &'a [(u32, Place)],
}

impl Index {
    /// Walks through all rows of `reader`. Rows that make it impossible to tell their document are
    /// faults, and then there is no index.
    pub(super) fn of(
        reader: &mut Reader,
        key: &str,
        told: &(dyn Fn(Progress) + Sync),
    ) -> Result<Index, Faults> {
        let mut rows: Vec<(u32, Place)> = Vec::new();
        let mut numbers = Numbers::default();
        let mut content = Sha256::new();
        // What is wrong inside a row is told when its document is checked.
        let mut untold = Faults::new();
        let mut lost = Faults::new();
        let mut bytes = Vec::new();
        let mut is_sorted = true;
        while let Some(found) = reader.next(&mut untold)? {
            if rows.len() == LIMIT_ROWS {
                let message = format!("There are more than {LIMIT_ROWS} rows. Split the file.");
                return Err(found
                    .row
                    .fault_of_row(message)
                    .coded("file.rows")
                    .with("most", LIMIT_ROWS)
                    .into());
            }
            let own = found.row.text(key);
            if found.is_ragged && own.is_none() {
                lost.push(ragged(&found.row, key));
            }
            let document = numbers.of(own);
            is_sorted &= rows.last().is_none_or(|(last, _)| *last <= document);
            rows.push((document, found.place));
            note(&found.row, &mut bytes);
            content.update(&bytes);
            if rows.len().is_multiple_of(TOLD_EACH) {
                told(Progress {
                    stage: Stage::Reading,
                    done: u64::try_from(rows.len()).unwrap_or(u64::MAX),
                    of: 0,
                });
            }
        }
        if !lost.is_empty() {
            return Err(lost);
        }
        if !is_sorted {
            rows.sort_by_key(|(document, _)| *document);
        }
        Ok(Index {
            rows,
            documents: numbers.next,
            content_hash: hex(&content.finalize()),
        })
    }

    pub(super) fn rows(&self) -> u64 {
        u64::try_from(self.rows.len()).unwrap_or(u64::MAX)
    }

    /// The documents from `first` on, counted from 0.
    pub(super) fn from(&self, first: u32) -> impl Iterator<Item = Places<'_>> {
        let begins = self.rows.partition_point(|(number, _)| *number < first);
        let documents = self.rows[begins..].chunk_by(|one, other| one.0 == other.0);
        documents.map(|rows| Places {
            number: rows[0].0,
            rows,
        })
    }
}

/// Numbers documents in the order they appear.
#[derive(Default)]
struct Numbers {
    known: BTreeMap<u128, u32>,
    last: Option<(u128, u32)>,
    next: u32,
}

impl Numbers {
    fn of(&mut self, key: Option<&str>) -> u32 {
        let new = self.next;
        let Some(key) = key else {
            self.next += 1;
            return new;
        };
        let hash = hash(key);
        // Most rows belong to the document of the row above.
        if let Some((last, number)) = self.last
            && last == hash
        {
            return number;
        }
        let number = *self.known.entry(hash).or_insert(new);
        if number == new {
            self.next += 1;
        }
        self.last = Some((hash, number));
        number
    }
}

/// 128 bits, so that no two keys of a file are ever taken for one.
fn hash(key: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        for byte in key.bytes() {
            hasher.write_u8(byte.to_ascii_lowercase());
        }
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

fn note(row: &Row, bytes: &mut Vec<u8>) {
    bytes.clear();
    for cell in row.cells() {
        bytes.extend_from_slice(cell.as_bytes());
        bytes.push(0x1f);
    }
    bytes.push(0x1e);
}

fn ragged(row: &Row, key: &str) -> Fault {
    row.fault_of_row(format!(
        "This row has more or fewer cells than the header, so its {key} cannot be told. \
         A cell that holds the separator must stand in quotation marks."
    ))
    .coded("row.width")
}
