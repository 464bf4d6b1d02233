//! A query put together from fixed pieces, where what is asked decides which conditions it has.
//!
//! A single text with `($5 = '' or …)` for every condition leaves the engine no index to choose: it
//! has to plan for all questions at once. Here only what is asked stands in the text. Every piece is
//! part of the program; values are bound, one to each `?`.

use sqlx::AssertSqlSafe;

use crate::{Cell, Cursor, Engine, Limit, Record, Result, Sort, Tx};

/// The pieces so far.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Select {
    text: String,
    values: Vec<Cell>,
}

/// A query that says in which order and how much of it is wanted.
#[derive(Debug, Clone)]
#[must_use]
pub struct Bounded(Select);

impl Select {
    pub fn new(text: &'static str) -> Select {
        Select::default().piece(text)
    }

    /// A piece without values.
    pub fn piece(self, text: &'static str) -> Select {
        self.with(text, [])
    }

    /// A piece with one value for each `?` in it.
    ///
    /// # Panics
    ///
    /// If there are not as many values as places.
    pub fn with(mut self, text: &'static str, values: impl IntoIterator<Item = Cell>) -> Select {
        use std::fmt::Write as _;
        self.text.push(' ');
        let mut values = values.into_iter();
        let mut parts = text.split('?');
        self.text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            self.values
                .push(values.next().expect("a value for every place"));
            let _ = write!(self.text, "${}{part}", self.values.len());
        }
        assert!(values.next().is_none(), "a place for every value in {text}");
        self
    }

    /// `and` and a condition.
    pub fn and(self, text: &'static str, values: impl IntoIterator<Item = Cell>) -> Select {
        self.piece("and").with(text, values)
    }

    /// `and` and a condition the engine must not choose an index by.
    pub fn and_also(self, text: &'static str, values: impl IntoIterator<Item = Cell>) -> Select {
        self.piece("and case when")
            .with(text, values)
            .piece("then 1 else 0 end = 1")
    }

    /// `and` only what comes after the last row shown.
    ///
    /// # Errors
    ///
    /// `page.cursor` if the cursor belongs to another order.
    pub fn and_after(self, sort: Sort, id: &'static str, from: &Cursor) -> Result<Select> {
        if from.is_start() {
            return Ok(self);
        }
        let key = sort.value(from)?;
        let compare = if sort.down {
            ") < (?, ?)"
        } else {
            ") > (?, ?)"
        };
        Ok(self
            .piece("and (")
            .piece(sort.by.sql)
            .piece(",")
            .piece(id)
            .with(compare, [key, Cell::from(from.id)]))
    }

    /// Ordered by `sort`, and by row id where that is the same; at most `rows`.
    pub fn by(self, sort: Sort, id: &'static str, rows: i64) -> Bounded {
        let way = if sort.down { "desc" } else { "asc" };
        let ordered = self
            .piece("order by")
            .piece(sort.by.sql)
            .piece(way)
            .piece(",")
            .piece(id)
            .piece(way);
        Bounded(ordered.with("limit ?", [Cell::from(rows)]))
    }

    /// The same as a piece of another query: `before` this `behind`.
    pub fn within(mut self, before: &'static str, behind: &'static str) -> Select {
        self.text.insert_str(0, before);
        self.text.push_str(behind);
        self
    }

    /// In an order given as it is, at most `rows`.
    pub fn ordered(self, order: &'static str, rows: i64) -> Bounded {
        let ordered = self.piece("order by").piece(order);
        Bounded(ordered.with("limit ?", [Cell::from(rows)]))
    }

    /// One page and a row more, which tells whether there is a next one.
    pub fn page(self, sort: Sort, id: &'static str, limit: Limit) -> Bounded {
        self.by(sort, id, limit.and_one())
    }
}

impl Bounded {
    /// The same as a piece of another query: `before (this) behind`.
    pub fn inside(self, before: &'static str, behind: &'static str) -> Select {
        self.0.within("(", ")").within(before, behind)
    }
}

impl Tx {
    /// Asks what was put together.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn select<T: Record>(&mut self, query: Bounded) -> Result<Vec<T>> {
        let Select { text, values } = query.0;
        // Safe: pieces of the program only, every value is bound.
        let query = self.query(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(text)));
        query.bind_all(values).all().await
    }

    /// How many rows a query has, counted up to `most`.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn count(&mut self, query: Select, most: i64) -> Result<i64> {
        let counted = query
            .with("limit ?", [Cell::from(most)])
            .within("select count(*) as rows_found from (", ") counted");
        let rows: Vec<(i64,)> = self.select(Bounded(counted)).await?;
        Ok(rows.first().map_or(0, |(count,)| *count))
    }

    /// From here on PostgreSQL goes by the index a query names by its order and its plain conditions.
    ///
    /// Its own choice rests on statistics that a filling table does not have yet, and on a guess at
    /// how long a bound list is; guessed wrong, a page is sorted out of all rows. SQLite goes by the
    /// text already.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn by_index(&mut self) -> Result<()> {
        self.go_by("off").await
    }

    /// From here on PostgreSQL chooses by its statistics again: for queries that name their rows.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn by_statistics(&mut self) -> Result<()> {
        self.go_by("on").await
    }

    async fn go_by(&mut self, statistics: &'static str) -> Result<()> {
        const SQL: &str = "
            select set_config('enable_seqscan', $1, true), set_config('enable_sort', $1, true),
                   set_config('enable_bitmapscan', $1, true)";
        if self.engine() == Engine::Postgres {
            let asked = self.q(SQL).bind(statistics.to_owned());
            let _: (String, String, String) = asked.one().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SortBy;

    const NAME: SortBy = SortBy::text("name", "c.sort_key");

    #[test]
    fn places_are_numbered_as_values_come() {
        let query = Select::new("select c.id from customer c where 1 = 1")
            .and("c.code = ?", [Cell::from("a")])
            .and_also("c.size between ? and ?", [Cell::from(1), Cell::from(2)]);
        assert_eq!(
            query.text,
            " select c.id from customer c where 1 = 1 and c.code = $1 and case when c.size between $2 and $3 then 1 else 0 end = 1"
        );
        assert_eq!(query.values.len(), 3);
    }

    #[test]
    fn the_next_page_begins_behind_the_last_row() {
        let sort = Sort {
            by: NAME,
            down: true,
        };
        let from = Cursor {
            key: "li".to_owned(),
            id: 7,
        };
        let query = Select::new("select")
            .and_after(sort, "c.id", &from)
            .unwrap()
            .by(sort, "c.id", 3);
        assert_eq!(
            query.0.text,
            " select and ( c.sort_key , c.id ) < ($1, $2) order by c.sort_key desc , c.id desc limit $3"
        );
    }

    #[test]
    #[should_panic(expected = "a value for every place")]
    fn a_place_without_a_value_is_a_mistake() {
        let _ = Select::new("select").and("a = ?", []);
    }
}
