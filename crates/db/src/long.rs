//! The connection of a long run on SQLite: it writes like everybody, and keeps nobody waiting for
//! the disk.
//!
//! A commit that waits for the disk keeps everybody else waiting too. Somebody's order must: it is
//! answered for when the commit is through. A chunk of a long run is not, so its connection commits
//! without waiting (`synchronous` is `normal`: a power cut may take the last chunks, each whole, with
//! the note of how far the run had come), and the run waits for the disk when its turn is over. The
//! log is written in order, so what others commit after a chunk keeps the chunk too.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

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
        }
    }

    /// Waits until all that was committed so far is on the disk.
    pub(crate) async fn sync(&self) -> Result<()> {
        let log = Arc::clone(&self.log);
        // SQLite keeps no lock on its log, so opening and closing it here takes none away.
        let synced = tokio::task::spawn_blocking(move || File::open(&*log)?.sync_data());
        let synced = synced.await.map_err(task_died)?;
        synced.map_err(|error| DbError::Driver(sqlx::Error::Io(error)))
    }

    /// Whether no other connection, of this process or another, committed anything since the last call.
    pub(crate) async fn is_alone(&self, connection: &mut SqliteConnection) -> Result<bool> {
        let asked = sqlx::query_scalar("pragma data_version");
        let changes: i64 = asked.fetch_one(connection).await?;
        Ok(self.changes.swap(changes, Ordering::Relaxed) == changes)
    }
}
