//! A query: portable SQL with `$1` places, bound and read the same way on both engines.

use sqlx::{
    Arguments, Encode, FromRow, Postgres, Sqlite, Type,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

use crate::{Cell, DbError, Result, Tx, engine::Inner};

/// A value both engines can bind.
pub trait Value<'q>:
    Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>
{
}
impl<'q, T> Value<'q> for T where
    T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>
{
}

/// A row both engines can read; `#[derive(db::FromRow)]` gives it.
pub trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}
impl<T> Record for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

enum Args {
    Lite(SqliteArguments),
    Pg(PgArguments),
}

/// A query being bound. Finish it with [`all`](Query::all), [`one`](Query::one),
/// [`maybe`](Query::maybe) or [`run`](Query::run).
#[must_use]
pub struct Query<'t> {
    tx: &'t mut Tx,
    sql: sqlx::SqlStr,
    args: Args,
    bind_error: Option<sqlx::error::BoxDynError>,
}

impl Tx {
    /// A query of fixed text.
    pub fn q(&mut self, sql: &'static str) -> Query<'_> {
        self.query(sqlx::SqlSafeStr::into_sql_str(sql))
    }

    pub(crate) fn query(&mut self, sql: sqlx::SqlStr) -> Query<'_> {
        self.asked += 1;
        let args = match &self.inner {
            Inner::Lite(_) => Args::Lite(SqliteArguments::default()),
            Inner::Pg(_) => Args::Pg(PgArguments::default()),
        };
        Query {
            tx: self,
            sql,
            args,
            bind_error: None,
        }
    }
}

/// Runs the bound query on the engine its transaction belongs to.
macro_rules! on_engine {
    ($query:ident, |$sql:ident, $args:ident, $on:ident| $call:expr) => {{
        if let Some(error) = $query.bind_error {
            return Err(DbError::Driver(sqlx::Error::Encode(error)));
        }
        let $sql = $query.sql;
        match (&mut $query.tx.inner, $query.args) {
            (Inner::Lite(tx), Args::Lite($args)) => {
                let $on = &mut **tx;
                $call
            }
            (Inner::Pg(tx), Args::Pg($args)) => {
                let $on = &mut **tx;
                $call
            }
            _ => unreachable!("arguments are made for the engine of their transaction"),
        }
    }};
}

impl Query<'_> {
    /// Binds the next place.
    pub fn bind<'q, V: Value<'q>>(mut self, value: V) -> Self {
        let bound = match &mut self.args {
            Args::Lite(args) => args.add(value),
            Args::Pg(args) => args.add(value),
        };
        if let Err(error) = bound {
            self.bind_error.get_or_insert(error);
        }
        self
    }

    /// Binds the next places, one after the other.
    pub(crate) fn bind_all(self, values: impl IntoIterator<Item = Cell>) -> Self {
        values.into_iter().fold(self, |query, cell| match cell {
            Cell::Int(value) => query.bind(value),
            Cell::MaybeInt(value) => query.bind(value),
            Cell::Text(value) => query.bind(value),
            Cell::MaybeText(value) => query.bind(value),
            Cell::Real(value) => query.bind(value),
            Cell::MaybeReal(value) => query.bind(value),
        })
    }

    /// All rows; the SQL bounds how many that can be.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn all<T: Record>(self) -> Result<Vec<T>> {
        let rows = on_engine!(self, |sql, args, on| sqlx::query_as_with::<_, T, _>(
            sql, args
        )
        .fetch_all(on)
        .await?);
        Ok(rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn maybe<T: Record>(self) -> Result<Option<T>> {
        let row = on_engine!(self, |sql, args, on| sqlx::query_as_with::<_, T, _>(
            sql, args
        )
        .fetch_optional(on)
        .await?);
        Ok(row)
    }

    /// The first row.
    ///
    /// # Errors
    ///
    /// [`DbError::Missing`] if there is none.
    pub async fn one<T: Record>(self) -> Result<T> {
        self.maybe().await?.ok_or(DbError::Missing)
    }

    /// Runs a statement and says how many rows it changed.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn run(self) -> Result<u64> {
        let changed = on_engine!(self, |sql, args, on| sqlx::query_with(sql, args)
            .execute(on)
            .await?
            .rows_affected());
        Ok(changed)
    }
}
