//! Many rows in one statement: how imports and demo data get in at speed.

use std::ops::RangeInclusive;

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

/// Rows that go in together however many they are.
const FEW: usize = 64;

/// How many of `left` rows the next statement takes: few of them all at once, of many a power of
/// two, so that a long run makes few statements and the engine compiles each of them once.
fn rows_of_next(left: usize, width: usize) -> usize {
    let most = (PLACES / width.max(1)).max(1);
    let rows = left.min(most).max(1);
    if rows < FEW {
        return rows;
    }
    1 << rows.ilog2()
}

impl Tx {
    /// Inserts all `rows` with `head` (`insert into t (a, b) values`), many to a statement.
    ///
    /// Every row has as many cells as the head has columns.
    ///
    /// # Errors
    ///
    /// As for a single insert; rows before the failing statement are undone with the transaction.
    pub async fn insert_many(&mut self, head: &'static str, rows: Vec<Vec<Cell>>) -> Result<()> {
        let width = rows.first().map_or(0, Vec::len);
        let mut rows = rows.into_iter();
        while 0 < rows.len() {
            let count = rows_of_next(rows.len(), width);
            let part = rows.by_ref().take(count).flatten();
            self.insert_part(head, (count, width), part).await?;
        }
        Ok(())
    }

    async fn insert_part(
        &mut self,
        head: &'static str,
        (rows, width): (usize, usize),
        values: impl Iterator<Item = Cell> + Send,
    ) -> Result<()> {
        let mut text = String::with_capacity(head.len() + rows * width * 6);
        text.push_str(head);
        // SQLite looks a `$7` up by its name among all places before it, which is quadratic; a bare
        // `?` takes the next number.
        let bare = self.engine() == Engine::Sqlite;
        for row in 0..rows {
            text.push_str(if row == 0 { " (" } else { ", (" });
            push_places(&mut text, bare, row * width + 1..=(row + 1) * width);
            text.push(')');
        }
        // Safe: fixed text and place numbers only, every value is bound.
        let query = self.query(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(text)));
        query.bind_all(values).run().await.map(drop)
    }
}

fn push_places(text: &mut String, bare: bool, numbers: RangeInclusive<usize>) {
    let first = *numbers.start();
    for number in numbers {
        text.push_str(if number == first { "" } else { "," });
        text.push(if bare { '?' } else { '$' });
        if !bare {
            text.push_str(&number.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_go_in_powers_of_two_and_few_at_once() {
        let mut left = 350;
        let mut taken = Vec::new();
        while 0 < left {
            let rows = rows_of_next(left, 20);
            taken.push(rows);
            left -= rows;
        }
        assert_eq!(taken, [256, 64, 30]);
        assert_eq!(rows_of_next(5_000, 20), 256);
        assert_eq!(rows_of_next(3, 9_000), 1);
        assert_eq!(rows_of_next(3, 0), 3);
        assert_eq!(rows_of_next(30, 20), 30);
    }
}
