//! Files of documents that are read in a chunk at a time, and how far each has come.
//!
//! How far is noted in the transaction that saves the chunk. So a run that was killed goes on where
//! it stopped, and two that read the same file at once share its documents between them.

use db::{FromRow, Result, Tx};
use jiff::Timestamp;

/// A file about to be read in.
#[derive(Debug, Clone)]
pub struct NewRun {
    pub kind: &'static str,
    /// What the rows say; the same for the same file through the same mapping.
    pub content_hash: String,
    pub file_hash: String,
    pub file_name: String,
    pub documents: i64,
}

/// A run and how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Run {
    pub id: i64,
    /// Documents dealt with, in the order they begin in the file.
    pub settled: i64,
    pub rows_added: i64,
    pub rows_changed: i64,
    pub rows_unchanged: i64,
}

/// What a chunk did, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
}

/// The run of this content that was begun and not ended.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn open(tx: &mut Tx, new: &NewRun) -> Result<Option<Run>> {
    const SQL: &str = "
        select id, settled, rows_added, rows_changed, rows_unchanged
          from trail_import
         where kind = $1
           and content_hash = $2
           and documents = $3
           and ended_at is null
         order by id
         limit 1";
    tx.q(SQL)
        .bind(new.kind)
        .bind(new.content_hash.clone())
        .bind(new.documents)
        .maybe()
        .await
}

/// The [`open`] run of this content, or a new one.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn begin(tx: &mut Tx, new: &NewRun, now: Timestamp) -> Result<Run> {
    const SQL: &str = "
        insert into trail_import
               (kind, content_hash, file_hash, file_name, documents, settled, rows_added,
                rows_changed, rows_unchanged, begun_at)
        values ($1, $2, $3, $4, $5, 0, 0, 0, 0, $6)
        returning id, settled, rows_added, rows_changed, rows_unchanged";
    if let Some(run) = open(tx, new).await? {
        return Ok(run);
    }
    tx.q(SQL)
        .bind(new.kind)
        .bind(new.content_hash.clone())
        .bind(new.file_hash.clone())
        .bind(new.file_name.clone())
        .bind(new.documents)
        .bind(now.as_microsecond())
        .one()
        .await
}

/// How far a run has come.
///
/// # Errors
///
/// [`db::DbError::Missing`] if there is no such run.
pub async fn fetch(tx: &mut Tx, id: i64) -> Result<Run> {
    const SQL: &str = "
        select id, settled, rows_added, rows_changed, rows_unchanged
          from trail_import
         where id = $1";
    tx.q(SQL).bind(id).one().await
}

/// Notes that the documents from the run's `settled` up to `to` are dealt with.
///
/// # Errors
///
/// [`db::DbError::Busy`] if somebody else moved the run meanwhile; nothing of this transaction stays.
pub async fn settle(tx: &mut Tx, run: &Run, to: i64, counts: Counts) -> Result<()> {
    const SQL: &str = "
        update trail_import
           set settled = $1, rows_added = rows_added + $2, rows_changed = rows_changed + $3,
               rows_unchanged = rows_unchanged + $4
         where id = $5
           and settled = $6";
    let moved = tx
        .q(SQL)
        .bind(to)
        .bind(counts.added)
        .bind(counts.changed)
        .bind(counts.unchanged)
        .bind(run.id)
        .bind(run.settled)
        .run()
        .await?;
    if moved == 1 {
        Ok(())
    } else {
        Err(db::DbError::Busy)
    }
}

/// Ends a run; whether it was not ended before.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end(tx: &mut Tx, id: i64, now: Timestamp) -> Result<bool> {
    const SQL: &str = "update trail_import set ended_at = $1 where id = $2 and ended_at is null";
    let ended = tx.q(SQL).bind(now.as_microsecond()).bind(id).run().await?;
    Ok(ended == 1)
}
