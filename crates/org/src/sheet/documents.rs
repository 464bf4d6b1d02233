//! Files whose rows are documents: an order with its lines, a payment, a delivery.
//!
//! A document is the atom. Those of a long file are judged and saved a batch at a time, in short
//! transactions, so that nobody waits for a million rows. A kind says how in two steps: [`judge`]
//! looks up what the batch refers to and decides, and never writes; [`save`] writes what was judged in
//! the same transaction. Judging is done for the whole file before the first document is saved, and
//! again beside the saving, so that what was ended meanwhile is noticed.
//!
//! [`judge`]: Documents::judge
//! [`save`]: Documents::save

use std::{collections::BTreeMap, future::Future};

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::Currency;
use sheet::{Document, Faults, Outcome, Row, Sheet};
use trail::By;

use super::Read;

/// Who reads the file in, at which instant, on which day of the company.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    pub by: &'a By,
    pub today: Date,
}

/// A kind of file whose rows are documents.
pub trait Documents {
    /// The column all rows of one document agree in.
    const KEY: &'static str;
    /// A document that may be saved.
    type Ready: Send;

    /// Decides about each document of the batch, in its order. No two have the same key.
    fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> impl Future<Output = Result<Vec<Judged<Self::Ready>>>> + Send;

    /// Saves documents judged in this transaction, with the trail of those that were changed.
    fn save(
        tx: &mut Tx,
        ready: Vec<Self::Ready>,
        setting: Setting<'_>,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// What was decided about a document.
#[derive(Debug, Clone)]
pub struct Judged<T> {
    pub verdict: Verdict<T>,
    /// What it adds to the control total, in millionths.
    pub amount: Option<(Currency, i64)>,
}

#[derive(Debug, Clone)]
pub enum Verdict<T> {
    /// Not recorded yet.
    New(T),
    /// Recorded otherwise, and a file may say so.
    Changed(T),
    /// Recorded just so.
    Same,
    /// By row and column; nothing of it is saved.
    Bad(Faults),
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    pub end: End,
    pub amount: Option<(Currency, i64)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Added,
    Changed,
    Unchanged,
    Bad(Faults),
}

/// How far a batch is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Judged only.
    Check,
    /// The good ones are saved.
    Save,
}

/// Takes a batch of documents as far as `stage` says; one fate for each, in the same order.
///
/// # Errors
///
/// Whatever the engine reports. What is wrong with a document is its fate, not an error.
pub async fn take<K: Documents>(
    tx: &mut Tx,
    batch: &[Document],
    setting: Setting<'_>,
    stage: Stage,
) -> Result<Vec<Fate>> {
    let judged = K::judge(tx, batch, setting).await?;
    debug_assert_eq!(judged.len(), batch.len(), "one verdict for each document");
    let mut ready = Vec::new();
    let mut fates = Vec::with_capacity(judged.len());
    for Judged { verdict, amount } in judged {
        let end = match verdict {
            Verdict::New(document) => {
                ready.push(document);
                End::Added
            }
            Verdict::Changed(document) => {
                ready.push(document);
                End::Changed
            }
            Verdict::Same => End::Unchanged,
            Verdict::Bad(faults) => End::Bad(faults),
        };
        fates.push(Fate { end, amount });
    }
    if stage == Stage::Save && !ready.is_empty() {
        K::save(tx, ready, setting).await?;
    }
    Ok(fates)
}

/// Takes a sheet that is in memory as a whole, or nothing of it.
///
/// # Errors
///
/// Whatever the engine reports. What is wrong with the rows is an answer, not an error.
pub async fn take_sheet<K: Documents>(
    tx: &mut Tx,
    sheet: &Sheet,
    setting: Setting<'_>,
) -> Result<Read> {
    let batch = gather(K::KEY, &sheet.rows);
    let checked = take::<K>(tx, &batch, setting, Stage::Check).await?;
    let mut faults = Faults::new();
    let mut outcome = Outcome::default();
    for (document, fate) in batch.iter().zip(checked) {
        let rows = u64::try_from(document.rows.len()).unwrap_or(u64::MAX);
        match fate.end {
            End::Added => outcome.added += rows,
            End::Changed => outcome.changed += rows,
            End::Unchanged => outcome.unchanged += rows,
            End::Bad(found) => faults.append(found),
        }
    }
    if !faults.is_empty() {
        faults.sort();
        return Ok(Err(faults));
    }
    take::<K>(tx, &batch, setting, Stage::Save).await?;
    Ok(Ok(outcome))
}

/// The documents of rows, in the order each begins. A row without a key is one by itself.
fn gather(key: &str, rows: &[Row]) -> Vec<Document> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut documents: Vec<Document> = Vec::new();
    for row in rows {
        let known = row.text(key).map(|text| {
            *places
                .entry(text.to_ascii_lowercase())
                .or_insert(documents.len())
        });
        match known.and_then(|place| documents.get_mut(place)) {
            Some(document) => document.rows.push(row.clone()),
            None => documents.push(Document {
                rows: vec![row.clone()],
            }),
        }
    }
    documents
}
