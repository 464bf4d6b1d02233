//! The connection of a long run on SQLite: it writes like everybody, and keeps nobody waiting for
//! the disk.
//!
//! A commit that waits for the disk keeps everybody else waiting too. Somebody's order must: it is
//! answered for when the commit is through. A chunk of a long run is not, so its connection commits
//! without waiting (`synchronous` is `normal`: a power cut may take the last chunks, each whole, with
//! the note of how far the run had come), and the log is synced when its turn is over, beside the
//! next chunk. The log is written in order, so what others commit after a chunk keeps the chunk too.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Mutex, task::JoinHandle};

use sqlx::{
    SqliteConnection,
    sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{DbError, Result, engine::task_died};

#[derive(Debug, Clone)]
pub(crate) struct Long {
    /// Of one connection.
    pub(crate) pool: SqlitePool,
    log: Arc<PathBuf>,
    /// SQLite's count of the changes others made, as the connection last saw it.
    changes: Arc<AtomicI64>,
    syncing: Arc<Mutex<Option<JoinHandle<Result<()>>>>>,
}

impl Long {
    pub(crate) fn new(database: &Path, options: &SqliteConnectOptions) -> Long {
        let options = options.clone().synchronous(SqliteSynchronous::Normal);
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        Long {
            pool: SqlitePoolOptions::new()
                .max_connections(1)
                .acquire_timeout(Duration::from_secs(30))
                .connect_lazy_with(options),
            log: Arc::new(log.into()),
            changes: Arc::default(),
            syncing: Arc::default(),
        }
    }

    /// Begins to sync what was committed so far, once what was before it is on the disk.
    pub(crate) async fn sync_behind(&self) -> Result<()> {
        let mut syncing = self.syncing.lock().await;
        wait_for(syncing.take()).await?;
        let log = Arc::clone(&self.log);
        // SQLite keeps no lock on its log, so opening and closing it here takes none away.
        let begun = tokio::task::spawn_blocking(move || {
            let synced = File::open(&*log).and_then(|log| log.sync_data());
            synced.map_err(|error| DbError::Driver(sqlx::Error::Io(error)))
        });
        *syncing = Some(begun);
        Ok(())
    }

    /// Waits until what [`Long::sync_behind`] began is done.
    pub(crate) async fn synced(&self) -> Result<()> {
        wait_for(self.syncing.lock().await.take()).await
    }

    /// Whether no other connection, of this process or another, committed anything since the last call.
    pub(crate) async fn is_alone(&self, connection: &mut SqliteConnection) -> Result<bool> {
        let asked = sqlx::query_scalar("pragma data_version");
        let changes: i64 = asked.fetch_one(connection).await?;
        Ok(self.changes.swap(changes, Ordering::Relaxed) == changes)
    }
}

async fn wait_for(syncing: Option<JoinHandle<Result<()>>>) -> Result<()> {
    match syncing {
        Some(begun) => begun.await.map_err(task_died)?,
        None => Ok(()),
    }
}
