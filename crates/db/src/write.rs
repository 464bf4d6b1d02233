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
    time::Duration,
};

use crate::{Db, DbError, Result, Tx, engine::task_died};

/// How often a transaction is run before its trouble is reported.
const ATTEMPTS: u32 = 40;

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
        let db = self.clone();
        let input = Arc::new(input);
        let task = tokio::spawn(async move { until_done(&db, &input, work).await });
        task.await.map_err(task_died)?
    }
}

impl Db {
    /// [`Db::write`] for one of the many transactions of a long run: between two of them SQLite's log
    /// is moved into its file, at the expense of the run and of nobody else.
    ///
    /// # Errors
    ///
    /// As [`Db::write`].
    pub async fn write_chunk<I, T>(&self, input: I, work: Work<I, T>) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let pass = self.pass().await;
        let outcome = self.write(input, work).await;
        drop(pass);
        outcome
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
            let mut tx = db.begin_write().await?;
            let outcome = work(&mut tx, &input).await;
            tx.rollback().await;
            outcome
        });
        task.await.map_err(task_died)?
    }
}

/// Tries until it is done, refused, or has been tried often enough.
async fn until_done<I, T>(db: &Db, input: &Arc<I>, work: Work<I, T>) -> Result<T> {
    for attempt in 1..=ATTEMPTS {
        match try_once(db, input, work).await {
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

async fn try_once<I, T>(db: &Db, input: &Arc<I>, work: Work<I, T>) -> Result<T> {
    let mut tx = db.begin_write().await?;
    match work(&mut tx, input).await {
        Ok(done) => {
            tx.commit().await?;
            Ok(done)
        }
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}
