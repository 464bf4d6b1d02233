//! One SQL text for two engines: SQLite in a data folder, PostgreSQL by address.
//!
//! A query is a `const` of portable SQL, bound and read the same way on both ([`Tx::q`]). Reads take
//! a snapshot ([`Db::read`]), writes are whole transactions that a disconnecting client cannot cut
//! in half ([`Db::write`]). This crate knows nothing of what is stored.

mod checkpoint;
mod engine;
mod error;
mod long;
mod many;
mod migrate;
mod page;
mod query;
mod select;
mod sort;
mod turn;
mod two_times;
mod write;

pub use engine::{Db, Engine, Tx};
pub use error::DbError;
pub use many::Cell;
pub use migrate::{SCHEMA_VERSION, schema};
pub use page::{Count, Cursor, Limit, Listing};
pub use query::{Query, Record};
pub use select::{Bounded, Select};
pub use sort::{Sort, SortBy};
pub use sqlx::FromRow;
pub use write::{Taken, Work, WorkFuture};

/// What every query answers.
pub type Result<T> = std::result::Result<T, DbError>;
