//! Moving SQLite's log into its file, beside the writers instead of inside somebody's commit.
//!
//! Left to itself SQLite does this work in the commit that makes the log long, while everyone who
//! wants to write stands behind it. Here the connections that write leave the log alone. After a
//! commit a task looks how long the log has become and moves it on a connection of its own, which
//! hinders nobody. The log starts from its beginning again when a writer finds all of it moved; a
//! long run writes without a gap, so now and then, for the last few pages, it is the one who waits. A
//! longer log between two of these also means that a page written ten times is moved once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{Row, sqlite::SqlitePool};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::turn::Turns;

/// Pages not moved yet from which on a process with a long run moves them: 64 MiB. The disk is busy
/// with them for a while, so the less often the better for whoever waits for it.
const LONG: i64 = 16_384;
/// As [`LONG`] for the others, so that they leave it to the long run if there is one.
const LONGER: i64 = LONG + LONG / 2;
/// Pages in the log from which on a long run waits for the last of them, so that it starts again:
/// 128 MiB.
const FULL: i64 = 2 * LONG;
/// Pages in the log from which on every writer waits.
const ENDLESS: i64 = 4 * LONG;
/// Pages few enough to be moved while a long run waits.
const FEW: i64 = 512;
/// How often pages are moved beside the long run before it waits, whatever is left.
const ROUNDS: u32 = 4;
/// How often the length of the log is looked at while there are commits.
const LOOK: Duration = Duration::from_millis(50);
/// Looks without a commit after which everything is moved: a second.
const QUIET_LOOKS: u32 = 20;

/// Who moves the log of one database. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoints {
    pool: SqlitePool,
    turns: Turns,
    is_looking: Arc<AtomicBool>,
    commits: Arc<AtomicU64>,
    has_long_run: Arc<AtomicBool>,
    /// Held for each transaction of a long run.
    gate: Arc<Mutex<()>>,
}

/// Pages in the log, and how many of them are in the file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Log {
    pages: i64,
    moved: i64,
}

impl Log {
    fn left(self) -> i64 {
        self.pages - self.moved
    }
}

impl Checkpoints {
    pub(crate) fn new(pool: SqlitePool, turns: Turns) -> Checkpoints {
        Checkpoints {
            pool,
            turns,
            is_looking: Arc::default(),
            commits: Arc::default(),
            has_long_run: Arc::default(),
            gate: Arc::default(),
        }
    }

    /// Called after every commit; returns at once.
    pub(crate) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::SeqCst);
        if self.is_looking.swap(true, Ordering::SeqCst) {
            return;
        }
        let own = self.clone();
        tokio::spawn(async move { own.look().await });
    }

    /// Lets the log be moved first if somebody is about to; to be held for one transaction.
    pub(crate) async fn pass(&self) -> OwnedMutexGuard<()> {
        self.has_long_run.store(true, Ordering::Relaxed);
        Arc::clone(&self.gate).lock_owned().await
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Looks at the log until nobody has committed for a while, and moves what is left then: a
    /// company at rest is in its file.
    async fn look(&self) {
        let mut quiet_looks = 0;
        loop {
            let seen = self.commits.load(Ordering::SeqCst);
            tokio::time::sleep(LOOK).await;
            let is_quiet = self.commits.load(Ordering::SeqCst) == seen;
            quiet_looks = if is_quiet { quiet_looks + 1 } else { 0 };
            let outcome = match quiet_looks {
                0 => self.shorten().await,
                QUIET_LOOKS => self.passive().await.map(drop),
                _ => Ok(()),
            };
            match outcome {
                Ok(()) => {}
                Err(sqlx::Error::PoolClosed) => return,
                // The log keeps all that was committed, and the next look tries again.
                Err(error) => tracing::warn!(%error, "the log of SQLite could not be moved"),
            }
            if quiet_looks < QUIET_LOOKS {
                continue;
            }
            self.is_looking.store(false, Ordering::SeqCst);
            // A commit between the two lines above has found somebody looking.
            let is_quiet = self.commits.load(Ordering::SeqCst) == seen;
            if is_quiet || self.is_looking.swap(true, Ordering::SeqCst) {
                return;
            }
            quiet_looks = 0;
        }
    }

    async fn shorten(&self) -> Result<(), sqlx::Error> {
        let long = if self.has_long_run.load(Ordering::Relaxed) {
            LONG
        } else {
            LONGER
        };
        let mut log = self.ask("pragma wal_checkpoint(noop)").await?;
        if log.left() < long {
            return Ok(());
        }
        for _ in 0..ROUNDS {
            log = self.passive().await?;
            // The wait is long whatever is left, because what was moved is waited for on the disk.
            if log.pages < FULL {
                return Ok(());
            }
            if log.left() <= FEW {
                break;
            }
        }
        let gate = self.gate.lock().await;
        log = self.passive().await?;
        drop(gate);
        if 0 < log.left() && ENDLESS < log.pages {
            let turn = self.turns.take().await;
            self.passive().await?;
            drop(turn);
        }
        Ok(())
    }

    /// Moves what no reader still needs elsewhere; waits for nobody.
    async fn passive(&self) -> Result<Log, sqlx::Error> {
        self.ask("pragma wal_checkpoint(passive)").await
    }

    async fn ask(&self, pragma: &'static str) -> Result<Log, sqlx::Error> {
        let row = sqlx::query(pragma).fetch_one(&self.pool).await?;
        Ok(Log {
            pages: row.try_get(1)?,
            moved: row.try_get(2)?,
        })
    }
}
