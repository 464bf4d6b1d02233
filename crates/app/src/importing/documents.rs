//! Documents of a file: all checked, then saved a chunk at a time, however long the file is.
//!
//! No transaction is long, so that others go on writing meanwhile. How far a run has come is noted
//! with each chunk: what was killed goes on behind it, and two that read the same file at once take
//! turns. What a document refers to is looked up again when it is saved.

use std::sync::{Arc, Mutex, PoisonError};

use db::{Db, Tx};
use jiff::civil::Date;
use kernel::{Currency, Refusal, Scope, decimal};
use org::sheet::documents::{End, Fate, Setting, Stage as Depth};
use serde_json::json;
use sheet::{Document, Faults, Layout, Outcome, Place, Reader};
use tokio::task::JoinHandle;
use trail::{
    By, Entry,
    imports::{self, Counts, NewRun, Run},
};

use super::{
    Caller, Progress, Reading, Refused, Report, Stage, Totals, bad_file::BadFile, file::File,
    index::Index, pace::Pace, shown_total,
};
use crate::{trouble::Trouble, wiring};

/// Documents checked against one snapshot, and at most saved at once.
const CHECKED_AT_ONCE: usize = 512;
/// Rows held in memory at once, but for a document that has more.
const MOST_ROWS: usize = 4_000;

/// Reads a file of documents in.
pub(super) async fn import(
    db: &Db,
    (layout, key): (&'static Layout, &'static str),
    file: &File,
    reading: &Reading,
    caller: Caller<'_>,
) -> Result<Report, Refused> {
    let faulty = |faults, rows_in| Refused::Faults {
        file: file.name.clone(),
        faults,
        rows_in,
    };
    let mut reader = file.reader(layout, reading)?;
    let index = Index::of(&mut reader, key, caller.told).map_err(|faults| faulty(faults, 0))?;
    let writes_bad = reading.skips_bad && !reading.is_rehearsal;
    let mut walk = Walk {
        db,
        kind: layout.kind,
        caller,
        index: &index,
        reader,
        bad: BadFile::beside(file, writes_bad),
        left_out: vec![false; usize::try_from(index.documents).unwrap_or(usize::MAX)],
    };
    let checked = walk.check().await?;
    let new = NewRun {
        kind: layout.kind,
        content_hash: index.content_hash.clone(),
        file_hash: file.hash()?,
        file_name: file.name.clone(),
        documents: i64::from(index.documents),
    };
    let mut faults = checked.faults;
    faults.sort();
    if !faults.is_empty() && !reading.skips_bad {
        let before = imports::open(&mut db.read().await?, &new).await?;
        let rows_in = before.map_or(0, |run| outcome_of(run).rows());
        return Err(faulty(faults, rows_in));
    }
    check_expected(reading, layout.kind, index.rows(), &checked.totals)?;
    let mut report = Report {
        outcome: checked.outcome,
        documents: None,
        totals: checked.totals,
        bad: None,
        faults,
        remarks: Vec::new(),
    };
    if !reading.is_rehearsal {
        let saved = walk.save(new, reading.skips_bad).await?;
        report.outcome = outcome_of(saved.run);
        if !saved.faults.is_empty() && !reading.skips_bad {
            return Err(faulty(saved.faults, report.outcome.rows()));
        }
        report.faults.append(saved.faults);
    }
    report.documents = Some(u64::from(index.documents).saturating_sub(walk.bad.documents));
    report.bad = walk.bad.finish()?;
    Ok(report)
}

fn outcome_of(run: Run) -> Outcome {
    let rows = |count: i64| u64::try_from(count).unwrap_or(0);
    Outcome {
        added: rows(run.rows_added),
        changed: rows(run.rows_changed),
        unchanged: rows(run.rows_unchanged),
    }
}

/// Refuses a file that is not what its source says it is.
fn check_expected(
    reading: &Reading,
    kind: &str,
    rows: u64,
    totals: &Totals,
) -> Result<(), Trouble> {
    let expected = &reading.expected;
    let differs = |what: String| Trouble::new(format!("{what} Nothing was changed."));
    if let Some(expected) = expected.rows.filter(|expected| *expected != rows) {
        return Err(differs(format!(
            "The file has {rows} rows of {kind}, but {expected} were expected."
        )));
    }
    let Some(total) = &expected.total else {
        return Ok(());
    };
    let wanted = decimal::parse_places(total, 6)
        .map_err(|no| Trouble::usage(format!("--expect-total: {}", no.message)))?;
    let mut found = totals.values();
    let (currency, exact) = match (found.next(), found.next()) {
        (Some(one), None) => *one,
        (None, _) if wanted == 0 => return Ok(()),
        (None, _) => {
            return Err(differs(format!(
                "The file's documents have no total, but {total} was expected."
            )));
        }
        (Some(_), Some(_)) => {
            return Err(differs(
                "The file's documents are in several currencies, so one total cannot be compared."
                    .to_owned(),
            ));
        }
    };
    let shown = shown_total(currency, exact);
    let is_same = decimal::parse_places(&shown, 6).is_ok_and(|shown| shown == wanted);
    if is_same || exact == i128::from(wanted) {
        return Ok(());
    }
    Err(differs(format!(
        "The file's {kind} add up to {shown} {currency}, but {total} was expected."
    )))
}

/// The walk over the documents of a file.
struct Walk<'a> {
    db: &'a Db,
    kind: &'static str,
    caller: Caller<'a>,
    index: &'a Index,
    reader: Reader,
    bad: BadFile,
    /// By number: the documents that stay out.
    left_out: Vec<bool>,
}

/// What checking all documents found.
#[derive(Default)]
struct Checked {
    outcome: Outcome,
    totals: Totals,
    faults: Faults,
}

/// What saving came to.
struct Saved {
    run: Run,
    /// Of the documents that were good before and are not any more.
    faults: Faults,
}

/// Documents that follow each other, and what is wrong with their cells.
#[derive(Default)]
struct Batch {
    documents: Vec<Document>,
    cell_faults: Vec<Faults>,
    numbers: Vec<u32>,
}

impl Walk<'_> {
    /// Checks every document of the file; nothing is written. While one batch is judged, the next is read.
    async fn check(&mut self) -> Result<Checked, Refused> {
        let mut checked = Checked::default();
        let mut next = 0;
        let mut ahead = None;
        while next < self.index.documents {
            let batch = match ahead.take() {
                Some(batch) => batch,
                None => self.batch(next, CHECKED_AT_ONCE)?,
            };
            next = batch.numbers.last().map_or(next, |last| *last) + 1;
            let judging = self.judging(batch.documents);
            if next < self.index.documents {
                ahead = Some(self.batch(next, CHECKED_AT_ONCE)?);
            }
            let (documents, fates) = judging.await.map_err(|died| {
                Trouble::new(format!("The check of the file ended by itself: {died}."))
            })?;
            let read = batch.numbers.iter().zip(batch.cell_faults);
            let judged = documents.iter().zip(fates?);
            for ((number, faults), (document, fate)) in read.zip(judged) {
                match beside(faults, fate.end) {
                    End::Bad(faults) => self.refuse(*number, faults, &mut checked)?,
                    end => checked.add(document, &end, fate.amount),
                }
            }
            (self.caller.told)(Progress {
                stage: Stage::Checking,
                done: u64::from(next),
                of: u64::from(self.index.documents),
            });
        }
        Ok(checked)
    }

    /// Judges these documents in a task of its own, and gives them back with what came of it.
    fn judging(
        &self,
        documents: Vec<Document>,
    ) -> JoinHandle<(Vec<Document>, db::Result<Vec<Fate>>)> {
        let (db, kind, by) = (self.db.clone(), self.kind, self.by());
        let (scope, today) = (self.caller.scope.clone(), self.caller.clock.today());
        tokio::spawn(async move {
            let setting = Setting { by: &by, today };
            let fates = match db.read().await {
                Ok(mut tx) => {
                    let how = (setting, Depth::Check);
                    take(&mut tx, (kind, &scope), &documents, how).await
                }
                Err(error) => Err(error),
            };
            (documents, fates)
        })
    }

    fn by(&self) -> By {
        By {
            via: "import",
            // What is saved late in a long run was not known when it began.
            at: self.caller.clock.now(),
            ..self.caller.by.clone()
        }
    }

    fn refuse(
        &mut self,
        number: u32,
        faults: Faults,
        checked: &mut Checked,
    ) -> Result<(), Refused> {
        self.leave_out(number, &faults)?;
        checked.faults.append(faults);
        Ok(())
    }

    fn leave_out(&mut self, number: u32, faults: &Faults) -> Result<(), Refused> {
        if let Some(place) = usize::try_from(number)
            .ok()
            .and_then(|at| self.left_out.get_mut(at))
        {
            *place = true;
        }
        if let Some(places) = self.index.from(number).next() {
            self.bad.add(&mut self.reader, places.rows, faults)?;
        }
        Ok(())
    }

    /// The next documents from `first` on, at most `most`; those left out are passed over.
    fn batch(&mut self, first: u32, most: usize) -> Result<Batch, Refused> {
        let mut batch = Batch::default();
        let mut rows = 0;
        for places in self.index.from(first) {
            let is_out = usize::try_from(places.number).is_ok_and(|at| self.left_out[at]);
            if is_out {
                continue;
            }
            let is_full = most <= batch.documents.len() || MOST_ROWS < rows + places.rows.len();
            if is_full && !batch.documents.is_empty() {
                break;
            }
            rows += places.rows.len();
            let (document, faults) = document(&mut self.reader, places.rows)?;
            batch.documents.push(document);
            batch.cell_faults.push(faults);
            batch.numbers.push(places.number);
        }
        Ok(batch)
    }

    /// Saves chunk after chunk, and says in the end that it did.
    async fn save(&mut self, new: NewRun, skips_bad: bool) -> Result<Saved, Refused> {
        let now = self.caller.clock.now();
        let mut run = self
            .db
            .write((new.clone(), now), |tx, (new, now)| {
                Box::pin(imports::begin(tx, new, *now))
            })
            .await?;
        let mut faults = Faults::new();
        let mut pace = Pace::new(CHECKED_AT_ONCE);
        let mut ahead: Option<Chunk> = None;
        while run.settled < new.documents {
            // What was prepared ahead is of no use if somebody else came further meanwhile.
            let mut chunk = match ahead.take().filter(|chunk| chunk.from == run.settled) {
                Some(chunk) => chunk,
                None => self.chunk(run.settled, pace.documents, skips_bad)?,
            };
            chunk.begin(run, self.by(), self.caller.clock.today());
            let (numbers, found) = (chunk.numbers.clone(), Arc::clone(&chunk.found));
            let documents = numbers.len();
            let to = chunk.to;
            let db = self.db.clone();
            let writing = db.write_chunk(chunk, |tx, chunk| Box::pin(chunk.run(tx)));
            let reading = async { self.chunk(to, pace.documents, skips_bad) };
            let (done, next) = tokio::join!(writing, reading);
            let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
            let bad_ones = found.into_iter().zip(numbers);
            for (bad, number) in bad_ones.filter_map(|(bad, number)| Some((bad?, number))) {
                self.leave_out(number, &bad)?;
                faults.append(bad);
            }
            match done {
                Ok((Done::Settled(settled), taken)) => {
                    run = settled;
                    pace.learn(documents, taken);
                    ahead = Some(next?);
                }
                Ok((Done::Elsewhere(settled), _)) => run = settled,
                Err(_) if !faults.is_empty() && !skips_bad => break,
                Err(error) => return Err(error.into()),
            }
            (self.caller.told)(Progress {
                stage: Stage::Saving,
                done: u64::try_from(to).unwrap_or(0),
                of: u64::from(self.index.documents),
            });
        }
        self.db.synced().await?;
        if run.settled == new.documents {
            let ending = Ending {
                run,
                new,
                by: self.by(),
                rows: self.index.rows(),
                left_out: self.bad.documents,
            };
            self.db
                .write(ending, |tx, ending| Box::pin(ending.run(tx)))
                .await?;
        }
        Ok(Saved { run, faults })
    }

    /// The documents from `from` on that are saved next; none behind the last.
    fn chunk(&mut self, from: i64, most: usize, skips_bad: bool) -> Result<Chunk, Refused> {
        let first = u32::try_from(from).unwrap_or(u32::MAX);
        let batch = self.batch(first, most)?;
        // Documents left out behind the last one are dealt with too.
        let to = batch.numbers.last().map_or(self.index.documents, |last| {
            let next = *last + 1;
            let behind = usize::try_from(next).unwrap_or(usize::MAX);
            let out = self.left_out.iter().skip(behind);
            let out = out.take_while(|is_out| **is_out).count();
            next + u32::try_from(out).unwrap_or(0)
        });
        Ok(Chunk {
            kind: self.kind,
            scope: self.caller.scope.clone(),
            documents: batch.documents,
            numbers: batch.numbers,
            from,
            to: i64::from(to),
            skips_bad,
            begun: None,
            found: Arc::default(),
        })
    }
}

impl Checked {
    fn add(&mut self, document: &Document, end: &End, amount: Option<(Currency, i64)>) {
        let rows = u64::try_from(document.rows.len()).unwrap_or(u64::MAX);
        match end {
            End::Added => self.outcome.added += rows,
            End::Changed => self.outcome.changed += rows,
            End::Unchanged => self.outcome.unchanged += rows,
            End::Bad(_) => {}
        }
        if let Some((currency, exact)) = amount {
            let (_, total) = self.totals.entry(currency.code()).or_insert((currency, 0));
            *total += i128::from(exact);
        }
    }
}

/// A document with a bad cell is bad, whatever its other rows come to.
fn beside(mut cell_faults: Faults, end: End) -> End {
    match end {
        End::Bad(found) => {
            cell_faults.append(found);
            End::Bad(cell_faults)
        }
        _ if !cell_faults.is_empty() => End::Bad(cell_faults),
        end => end,
    }
}

/// Takes a batch of documents; those beyond the scope stay out as if what they name were not there.
async fn take(
    tx: &mut Tx,
    (kind, scope): (&'static str, &Scope),
    batch: &[Document],
    (setting, depth): (Setting<'_>, Depth),
) -> db::Result<Vec<Fate>> {
    if scope.is_all() {
        return wiring::take(tx, kind, batch, setting, depth).await;
    }
    let beyond = wiring::beyond(tx, kind, batch, (scope, setting.today)).await?;
    let pairs = batch.iter().zip(&beyond);
    let within = pairs.filter(|(_, faults)| faults.is_empty());
    let within: Vec<Document> = within.map(|(document, _)| document.clone()).collect();
    let mut taken = wiring::take(tx, kind, &within, setting, depth)
        .await?
        .into_iter();
    let fates = beyond.into_iter().map(|faults| {
        let bad = |faults| Fate {
            end: End::Bad(faults),
            amount: None,
        };
        if faults.is_empty() {
            return taken.next().unwrap_or_else(|| bad(Faults::new()));
        }
        bad(faults)
    });
    Ok(fates.collect())
}

/// The rows at these places, without those that have a bad cell; their faults besides.
fn document(reader: &mut Reader, places: &[(u32, Place)]) -> Result<(Document, Faults), Refused> {
    let mut faults = Faults::new();
    let mut rows = Vec::with_capacity(places.len());
    for (_, place) in places {
        let row = reader.again(*place, &mut faults);
        let row = row.map_err(|fault| Trouble::new(fault.to_string()))?;
        if !row.is_bad() {
            rows.push(row);
        }
    }
    Ok((Document { rows }, faults))
}

/// What one transaction saves.
struct Chunk {
    kind: &'static str,
    scope: Scope,
    documents: Vec<Document>,
    numbers: Vec<u32>,
    from: i64,
    /// The documents before it are dealt with afterwards.
    to: i64,
    skips_bad: bool,
    /// How far the run had come, and who goes on with it on which day.
    begun: Option<(Run, By, Date)>,
    /// What is wrong with each document: an error undoes the transaction, and cannot carry so much.
    found: Arc<Mutex<Vec<Option<Faults>>>>,
}

enum Done {
    Settled(Run),
    /// Somebody else reads the same file and has come further.
    Elsewhere(Run),
}

impl Chunk {
    fn begin(&mut self, run: Run, by: By, today: Date) {
        self.begun = Some((run, by, today));
    }

    async fn run(&self, tx: &mut Tx) -> db::Result<Done> {
        let (expected, by, today) = self.begun.as_ref().ok_or(db::DbError::Missing)?;
        let run = imports::fetch(tx, expected.id).await?;
        if run != *expected {
            return Ok(Done::Elsewhere(run));
        }
        let setting = Setting { by, today: *today };
        let seen = (self.kind, &self.scope);
        let fates = take(tx, seen, &self.documents, (setting, Depth::Save)).await?;
        let mut counts = Counts::default();
        let mut found = Vec::with_capacity(fates.len());
        for (document, fate) in self.documents.iter().zip(fates) {
            let rows = i64::try_from(document.rows.len()).unwrap_or(i64::MAX);
            match &fate.end {
                End::Added => counts.added += rows,
                End::Changed => counts.changed += rows,
                End::Unchanged => counts.unchanged += rows,
                End::Bad(_) => {}
            }
            found.push(match fate.end {
                End::Bad(faults) => Some(faults),
                End::Added | End::Changed | End::Unchanged => None,
            });
        }
        let is_bad = found.iter().any(Option::is_some);
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = found;
        if is_bad && !self.skips_bad {
            return Err(Refusal::value("import.faults", "The file has faulty rows.").into());
        }
        imports::settle(tx, &run, self.to, counts).await?;
        let next = Run {
            settled: self.to,
            rows_added: run.rows_added + counts.added,
            rows_changed: run.rows_changed + counts.changed,
            rows_unchanged: run.rows_unchanged + counts.unchanged,
            ..run
        };
        Ok(Done::Settled(next))
    }
}

/// The end of a run and its one entry in the trail.
struct Ending {
    run: Run,
    new: NewRun,
    by: By,
    rows: u64,
    left_out: u64,
}

impl Ending {
    async fn run(&self, tx: &mut Tx) -> db::Result<()> {
        if !imports::end(tx, self.run.id, self.by.at).await? {
            return Ok(());
        }
        let after = json!({
            "kind": self.new.kind,
            "sha256": self.new.file_hash,
            "rows": self.rows,
            "documents": self.new.documents,
            "left_out": self.left_out,
            "added": self.run.rows_added,
            "changed": self.run.rows_changed,
            "unchanged": self.run.rows_unchanged,
        });
        let entry = Entry {
            action: "import",
            noun: self.new.kind,
            subject: &self.new.file_name,
            after: Some(after),
            ..Entry::default()
        };
        trail::record(tx, &self.by, entry).await
    }
}
