//! Opening a database and taking transactions from it.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    Connection, Executor, Postgres, Row, Sqlite, Transaction,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use tokio::sync::OwnedMutexGuard;

use crate::{
    DbError, Result,
    checkpoint::Checkpoints,
    long::Long,
    turn::{Turn, Turns},
};

/// Readers of one SQLite file at a time.
const LITE_READERS: u32 = 6;
/// Connections to PostgreSQL: readers and writers each.
const PG_CONNECTIONS: u32 = 8;

/// Which engine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An open database. Cheap to clone; all clones share the connections.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
}

#[derive(Clone, Debug)]
pub(crate) enum Pools {
    /// SQLite has one writer, so there is one connection to write with and nobody waits in vain.
    Lite {
        read: SqlitePool,
        write: SqlitePool,
        long: Long,
        turns: Turns,
        checkpoints: Checkpoints,
    },
    /// Readers are read-only by session: a transaction left open there can lose nobody's write.
    Pg { read: PgPool, write: PgPool },
}

/// What a transaction belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run {
    /// Itself: somebody waits for its end.
    Short,
    /// Many that follow each other.
    Long,
}

/// A transaction. Dropped without [`Tx::commit`] it changes nothing.
#[derive(Debug)]
pub struct Tx {
    pub(crate) inner: Inner,
    /// Given back when the transaction is over.
    _turn: Option<Turn>,
    /// Told of the commit, where there is a log to look after.
    checkpoints: Option<Checkpoints>,
    pub(crate) asked: u64,
}

#[derive(Debug)]
pub(crate) enum Inner {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens the SQLite file, creating it if it is not there.
    ///
    /// # Errors
    ///
    /// [`DbError::Unreachable`] or [`DbError::CannotWrite`] if the file cannot be opened, or if the
    /// engine does not confirm the settings durability rests on.
    pub async fn open_file(file: &Path) -> Result<Db> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-16000")
            .pragma("wal_autocheckpoint", "0")
            .statement_cache_capacity(256);
        // Tried by itself first: a pool would go on trying, and then speak of waiting too long.
        try_settings(&options)
            .await
            .map_err(|error| cannot_open(file, error))?;
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .after_connect(|connection, _| Box::pin(confirm_settings(connection)))
            .connect_with(options.clone())
            .await
            .map_err(|error| cannot_open(file, error))?;
        let checkpoints = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .connect_lazy_with(options.clone().pragma("cache_size", "-1000"));
        let long = Long::new(file, &options);
        let read = SqlitePoolOptions::new()
            .max_connections(LITE_READERS)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.read_only(true).pragma("cache_size", "-4000"))
            .await
            .map_err(|error| cannot_open(file, error))?;
        let turns = Turns::beside(file);
        Ok(Db {
            pools: Pools::Lite {
                read,
                write,
                long,
                turns: turns.clone(),
                checkpoints: Checkpoints::new(checkpoints, turns),
            },
        })
    }

    /// Connects to PostgreSQL at a `postgres://` address.
    ///
    /// # Errors
    ///
    /// [`DbError::Unreachable`] with the server's reason. The password is never repeated.
    pub async fn open_url(url: &str) -> Result<Db> {
        let unreadable = |error: sqlx::Error| {
            DbError::Unreachable(format!(
                "the database address cannot be read: {error}. Write it like postgres://user:password@host:5432/bailiwick"
            ))
        };
        let options = PgConnectOptions::from_str(url)
            .map_err(unreadable)?
            .application_name("bailiwick")
            .options([
                // Compiling a query for some 100 ms pays for reports of minutes, never for a page.
                ("jit", "off"),
                // What a list shows may join nine tables. Above eight the planner keeps the order of the
                // text, and reads all rows to show fifty.
                ("join_collapse_limit", "12"),
                // Rows by id cost little more than rows in a row, on any disk of our days.
                ("random_page_cost", "1.1"),
            ]);
        let place = format!("{}:{}", options.get_host(), options.get_port());
        let unreachable = |error: sqlx::Error| {
            DbError::Unreachable(format!(
                "PostgreSQL at {place} does not let us in: {error}. Check that it runs there and that user and database exist."
            ))
        };
        // An old pooled connection may have been left inside a transaction by a cancelled future.
        // Our own code never does that (see `write`), but the price of the belt is one round trip
        // on release only when something is wrong.
        let write = PgPoolOptions::new()
            .max_connections(PG_CONNECTIONS)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.clone())
            .await
            .map_err(unreachable)?;
        let read = PgPoolOptions::new()
            .max_connections(PG_CONNECTIONS)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.options([("default_transaction_read_only", "on")]))
            .await
            .map_err(|error| {
                DbError::Unreachable(format!("PostgreSQL does not let us in: {error}"))
            })?;
        Ok(Db {
            pools: Pools::Pg { read, write },
        })
    }

    pub fn engine(&self) -> Engine {
        match &self.pools {
            Pools::Lite { .. } => Engine::Sqlite,
            Pools::Pg { .. } => Engine::Postgres,
        }
    }

    /// A snapshot to read from: all its queries see the same moment, and it never waits for writes.
    ///
    /// # Errors
    ///
    /// [`DbError::Busy`] if no connection became free in time.
    pub async fn read(&self) -> Result<Tx> {
        let pools = self.pools.clone();
        // Begun in a task of its own: were the caller cancelled in the middle of `begin`, the
        // driver would put a connection back with its transaction still open.
        let begun = tokio::spawn(async move { begin_read(&pools).await });
        begun.await.map_err(task_died)?
    }

    pub(crate) async fn pass(&self) -> Option<OwnedMutexGuard<()>> {
        match &self.pools {
            Pools::Lite { checkpoints, .. } => Some(checkpoints.pass().await),
            Pools::Pg { .. } => None,
        }
    }

    /// Begins to make what a long run committed outlast a power cut, as [`Db::write`] does by itself.
    pub(crate) async fn sync_behind(&self) -> Result<()> {
        match &self.pools {
            Pools::Lite { long, .. } => long.sync_behind().await,
            Pools::Pg { .. } => Ok(()),
        }
    }

    /// Waits until all that [`Db::write_chunk`] committed outlasts a power cut: the end of a long run.
    ///
    /// # Errors
    ///
    /// The disk's: what it was to keep may be lost, the last chunks first.
    pub async fn synced(&self) -> Result<()> {
        match &self.pools {
            Pools::Lite { long, .. } => long.synced().await,
            Pools::Pg { .. } => Ok(()),
        }
    }

    /// Whether nobody else wrote between the last transaction of a long run and this one. To
    /// PostgreSQL that is all the same: all write at once.
    pub(crate) async fn is_alone(&self, tx: &mut Tx) -> Result<bool> {
        match (&self.pools, &mut tx.inner) {
            (Pools::Lite { long, .. }, Inner::Lite(tx)) => long.is_alone(tx).await,
            _ => Ok(true),
        }
    }

    pub(crate) async fn begin_write(&self, run: Run) -> Result<Tx> {
        match &self.pools {
            Pools::Lite {
                write,
                long,
                turns,
                checkpoints,
                ..
            } => {
                let turn = turns.take().await;
                let pool = match run {
                    Run::Short => write,
                    Run::Long => &long.pool,
                };
                let tx = pool.begin_with("begin immediate").await?;
                Ok(Tx {
                    inner: Inner::Lite(tx),
                    _turn: turn,
                    checkpoints: Some(checkpoints.clone()),
                    asked: 0,
                })
            }
            Pools::Pg { write, .. } => {
                let tx = write
                    .begin_with("begin isolation level serializable")
                    .await?;
                Ok(Tx {
                    inner: Inner::Pg(tx),
                    _turn: None,
                    checkpoints: None,
                    asked: 0,
                })
            }
        }
    }

    /// Runs a fixed script outside any transaction: migrations and tests.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn script(&self, sql: &'static str) -> Result<()> {
        match &self.pools {
            Pools::Lite { write, .. } => write.execute(sqlx::raw_sql(sql)).await.map(drop)?,
            Pools::Pg { write, .. } => write.execute(sqlx::raw_sql(sql)).await.map(drop)?,
        }
        Ok(())
    }

    /// Waits for running transactions and closes all connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Lite {
                read,
                write,
                long,
                checkpoints,
                ..
            } => {
                read.close().await;
                checkpoints.close().await;
                long.pool.close().await;
                write.close().await;
            }
            Pools::Pg { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<()> {
        match self.inner {
            Inner::Lite(tx) => tx.commit().await?,
            Inner::Pg(tx) => tx.commit().await?,
        }
        if let Some(checkpoints) = self.checkpoints {
            checkpoints.committed();
        }
        Ok(())
    }

    pub(crate) async fn rollback(self) {
        let undone = match self.inner {
            Inner::Lite(tx) => tx.rollback().await,
            Inner::Pg(tx) => tx.rollback().await,
        };
        if let Err(error) = undone {
            tracing::warn!(%error, "a transaction could not be rolled back; its connection is dropped");
        }
    }

    /// How many queries it was asked so far: tests see by it that work does not grow with its rows.
    pub fn asked(&self) -> u64 {
        self.asked
    }

    pub fn engine(&self) -> Engine {
        match &self.inner {
            Inner::Lite(_) => Engine::Sqlite,
            Inner::Pg(_) => Engine::Postgres,
        }
    }
}

async fn begin_read(pools: &Pools) -> Result<Tx> {
    match pools {
        Pools::Lite { read, .. } => Ok(Tx {
            inner: Inner::Lite(read.begin().await?),
            _turn: None,
            checkpoints: None,
            asked: 0,
        }),
        Pools::Pg { read, .. } => {
            let tx = read
                .begin_with("begin isolation level repeatable read read only")
                .await?;
            Ok(Tx {
                inner: Inner::Pg(tx),
                _turn: None,
                checkpoints: None,
                asked: 0,
            })
        }
    }
}

pub(crate) fn task_died(error: tokio::task::JoinError) -> DbError {
    DbError::Driver(sqlx::Error::Io(std::io::Error::other(error)))
}

async fn try_settings(options: &SqliteConnectOptions) -> std::result::Result<(), sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    confirm_settings(&mut connection).await?;
    connection.close().await
}

/// Reads back what durability rests on. A setting that did not take is a reason not to serve.
async fn confirm_settings(
    connection: &mut SqliteConnection,
) -> std::result::Result<(), sqlx::Error> {
    let settings = [
        ("journal_mode", "pragma journal_mode", "wal"),
        ("synchronous", "pragma synchronous", "2"),
        ("foreign_keys", "pragma foreign_keys", "1"),
    ];
    for (name, question, wanted) in settings {
        let row = sqlx::query(question).fetch_one(&mut *connection).await?;
        let found = match row.try_get::<String, _>(0) {
            Ok(text) => text,
            Err(_) => row.try_get::<i64, _>(0)?.to_string(),
        };
        if found != wanted {
            let message = format!(
                "SQLite answers {name} = {found} instead of {wanted}; on such a file system data could be lost, so it is not served"
            );
            return Err(sqlx::Error::Configuration(message.into()));
        }
    }
    connection.ping().await
}

fn cannot_open(file: &Path, error: sqlx::Error) -> DbError {
    let cause = DbError::from(error);
    DbError::Unreachable(format!("{} cannot be opened: {cause}", file.display()))
}
