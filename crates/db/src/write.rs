//! Writing: a whole transaction in a task of its own, run again where the engine asks for it.
//!
//! A web server drops a handler when its client goes away. Were a transaction begun, or its commit
//! awaited, inside that handler, the connection could return to the pool with the transaction still
//! open, and the next writer's work on it would vanish. So the handler only waits for a task that
//! nobody can cancel.

use std::{
    future::Future,
    hash::{BuildHasher, Hasher, RandomState},
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    Db, DbError, Result, Tx,
    engine::{Run, task_died},
};

/// How often a transaction is run before its trouble is reported.
const ATTEMPTS: u32 = 40;

/// What a transaction of a long run meant to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// How long it kept other writers waiting.
    pub held: Duration,
    /// Whether nobody else wrote since the last one; always so on PostgreSQL, where all write at once.
    pub was_alone: bool,
}

/// The future of one attempt.
pub type WorkFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What is done inside the transaction. It may run more than once, so all it needs is in its input.
pub type Work<I, T> = for<'a> fn(&'a mut Tx, &'a I) -> WorkFuture<'a, T>;

impl Db {
    /// Runs `work` in one transaction and commits it; any error undoes all of it.
    ///
    /// # Errors
    ///
    /// The error of `work`, or [`DbError::Busy`] if the engine kept asking for another try.
    pub async fn write<I, T>(&self, input: I, work: Work<I, T>) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let (done, _) = self.whole(Run::Short, input, work).await?;
        Ok(done)
    }

    /// [`Db::write`] for one of the many transactions of a long run: between two of them SQLite's log
    /// is moved into its file, at the expense of the run and of nobody else, and the log is synced beside
    /// the next one; the run ends with [`Db::synced`]. Answers also what it meant to others.
    ///
    /// # Errors
    ///
    /// As [`Db::write`].
    pub async fn write_chunk<I, T>(&self, input: I, work: Work<I, T>) -> Result<(T, Taken)>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let pass = self.pass().await;
        let outcome = self.whole(Run::Long, input, work).await;
        drop(pass);
        if outcome.is_ok() {
            self.sync_behind().await?;
        }
        outcome
    }

    async fn whole<I, T>(&self, run: Run, input: I, work: Work<I, T>) -> Result<(T, Taken)>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let db = self.clone();
        let input = Arc::new(input);
        let task = tokio::spawn(async move { until_done(&db, run, &input, work).await });
        task.await.map_err(task_died)?
    }

    /// Runs `work` in one transaction and takes all of it back: what a dry run answers is what the
    /// real run would.
    ///
    /// # Errors
    ///
    /// As [`Db::write`].
    pub async fn rehearse<I, T>(&self, input: I, work: Work<I, T>) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let db = self.clone();
        let task = tokio::spawn(async move {
            let mut tx = db.begin_write(Run::Short).await?;
            let outcome = work(&mut tx, &input).await;
            tx.rollback().await;
            outcome
        });
        task.await.map_err(task_died)?
    }
}

/// Tries until it is done, refused, or has been tried often enough.
async fn until_done<I, T>(
    db: &Db,
    run: Run,
    input: &Arc<I>,
    work: Work<I, T>,
) -> Result<(T, Taken)> {
    for attempt in 1..=ATTEMPTS {
        match try_once(db, run, input, work).await {
            Err(error) if error.may_retry() => {
                tracing::debug!(%error, attempt, "running a transaction again");
                tokio::time::sleep(pause(attempt)).await;
            }
            outcome => return outcome,
        }
    }
    Err(DbError::Busy)
}

/// Longer from try to try, and never the same for two who met: else they would meet again.
fn pause(attempt: u32) -> Duration {
    let most = u64::from(attempt.min(20)) * 8;
    let chance = RandomState::new().build_hasher().finish();
    Duration::from_millis(chance % most + 1)
}

async fn try_once<I, T>(db: &Db, run: Run, input: &Arc<I>, work: Work<I, T>) -> Result<(T, Taken)> {
    let mut tx = db.begin_write(run).await?;
    let begun = Instant::now();
    let was_alone = match run {
        Run::Long => db.is_alone(&mut tx).await?,
        Run::Short => true,
    };
    match work(&mut tx, input).await {
        Ok(done) => {
            tx.commit().await?;
            let held = begun.elapsed();
            Ok((done, Taken { held, was_alone }))
        }
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}
