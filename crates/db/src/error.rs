//! What can go wrong between a query and its answer, sorted by what the caller can do about it.

use kernel::Refusal;

/// Why a query gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The row asked for does not exist, or is out of the asker's scope.
    #[error("no such record")]
    Missing,
    /// A unique value is already in use; the text names the constraint where the engine tells it.
    #[error("already taken: {0}")]
    Taken(String),
    /// Another row refers to the one that was to go.
    #[error("something refers to this record")]
    Referenced,
    /// A business no, raised inside a transaction; nothing of the transaction stays.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// A sum did not fit into 64 bits.
    #[error("a sum is larger than can be held")]
    Overflow,
    /// Another writer held on for too long; the same call may succeed now.
    #[error("the database is busy with another writer")]
    Busy,
    /// The disk is full or cannot be written.
    #[error("the database cannot write: {0}")]
    CannotWrite(String),
    /// The database cannot be reached or opened.
    #[error("{0}")]
    Unreachable(String),
    /// Anything else: a bug or a broken disk.
    #[error("database failure: {0}")]
    Driver(#[source] sqlx::Error),
}

impl DbError {
    /// Whether running the whole transaction again may succeed.
    pub fn may_retry(&self) -> bool {
        match self {
            DbError::Busy => true,
            DbError::Driver(sqlx::Error::Database(error)) => {
                // Serialisation failure and deadlock: PostgreSQL asks to run the transaction again.
                matches!(error.code().as_deref(), Some("40001" | "40P01"))
            }
            DbError::Missing
            | DbError::Taken(_)
            | DbError::Referenced
            | DbError::Refused(_)
            | DbError::Overflow
            | DbError::CannotWrite(_)
            | DbError::Unreachable(_)
            | DbError::Driver(_) => false,
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> DbError {
        match &error {
            sqlx::Error::RowNotFound => DbError::Missing,
            sqlx::Error::PoolTimedOut => DbError::Busy,
            sqlx::Error::Io(cause) => {
                DbError::Unreachable(format!("the database does not answer: {cause}"))
            }
            sqlx::Error::Database(cause) => {
                sort_database_error(cause.as_ref()).unwrap_or(DbError::Driver(error))
            }
            _ => DbError::Driver(error),
        }
    }
}

/// The errors an engine reports by code, as far as a caller can act on them.
fn sort_database_error(cause: &dyn sqlx::error::DatabaseError) -> Option<DbError> {
    if cause.is_unique_violation() {
        return Some(DbError::Taken(
            cause.constraint().unwrap_or(cause.message()).to_owned(),
        ));
    }
    if cause.is_foreign_key_violation() {
        return Some(DbError::Referenced);
    }
    let code = cause.code().unwrap_or_default().into_owned();
    // SQLite reports extended codes: the primary code is the low byte.
    if let Ok(number) = code.parse::<u32>()
        && code.len() < 5
    {
        return sort_sqlite_code(number & 0xff, cause.message());
    }
    match code.as_str() {
        "22003" => Some(DbError::Overflow),
        "25006" | "53100" => Some(DbError::CannotWrite(cause.message().to_owned())),
        "53300" | "57P01" | "57P03" => Some(DbError::Unreachable(cause.message().to_owned())),
        _ => None,
    }
}

fn sort_sqlite_code(primary: u32, message: &str) -> Option<DbError> {
    match primary {
        5 | 6 => Some(DbError::Busy),
        8 => Some(DbError::CannotWrite(format!(
            "the data folder is read-only ({message})"
        ))),
        10 => Some(DbError::CannotWrite(format!(
            "the disk reported an error ({message})"
        ))),
        13 => Some(DbError::CannotWrite(format!(
            "the disk is full ({message})"
        ))),
        14 => Some(DbError::Unreachable(format!(
            "the database file cannot be opened ({message})"
        ))),
        1 if message.contains("integer overflow") => Some(DbError::Overflow),
        _ => None,
    }
}
