//! Many rows in one statement: how imports and demo data get in at speed.

use sqlx::AssertSqlSafe;

use crate::{Engine, Result, Tx};

/// One value of a row to insert.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Int(i64),
    MaybeInt(Option<i64>),
    Text(String),
    MaybeText(Option<String>),
    Real(f64),
    MaybeReal(Option<f64>),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Cell {
        Cell::Int(value)
    }
}

impl From<Option<i64>> for Cell {
    fn from(value: Option<i64>) -> Cell {
        Cell::MaybeInt(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Cell {
        Cell::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Cell {
        Cell::Text(value)
    }
}

impl From<Option<String>> for Cell {
    fn from(value: Option<String>) -> Cell {
        Cell::MaybeText(value)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Cell {
        Cell::Real(value)
    }
}

impl From<Option<f64>> for Cell {
    fn from(value: Option<f64>) -> Cell {
        Cell::MaybeReal(value)
    }
}

/// Places in one statement: below the limit of both engines.
const PLACES: usize = 8_000;

impl Tx {
    /// Inserts all `rows` with `head` (`insert into t (a, b) values`), many to a statement.
    ///
    /// Every row has as many cells as the head has columns.
    ///
    /// # Errors
    ///
    /// As for a single insert; rows before the failing statement are undone with the transaction.
    pub async fn insert_many(&mut self, head: &'static str, rows: Vec<Vec<Cell>>) -> Result<()> {
        let Some(width) = rows.first().map(Vec::len) else {
            return Ok(());
        };
        let rows_each = (PLACES / width.max(1)).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let part: Vec<Vec<Cell>> = rows.by_ref().take(rows_each).collect();
            self.insert_part(head, width, part).await?;
        }
        Ok(())
    }

    async fn insert_part(
        &mut self,
        head: &'static str,
        width: usize,
        rows: Vec<Vec<Cell>>,
    ) -> Result<()> {
        let mut text = String::with_capacity(head.len() + rows.len() * width * 6);
        text.push_str(head);
        // SQLite looks a `$7` up by its name among all places before it, which is quadratic; a bare
        // `?` takes the next number.
        let bare = self.engine() == Engine::Sqlite;
        for row in 0..rows.len() {
            let place = |column| place_name(bare, row * width + column);
            let places: Vec<String> = (1..=width).map(place).collect();
            text.push_str(if row == 0 { " (" } else { ", (" });
            text.push_str(&places.join(","));
            text.push(')');
        }
        // Safe: fixed text and place numbers only, every value is bound.
        let query = self.query(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(text)));
        let values = rows.into_iter().flatten();
        query.bind_all(values).run().await.map(drop)
    }
}

fn place_name(bare: bool, number: usize) -> String {
    if bare {
        "?".to_owned()
    } else {
        format!("${number}")
    }
}
