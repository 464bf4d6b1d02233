//! The columns a list can be ordered by, and the order that was asked for.

use kernel::Refusal;

use crate::{Cell, Cursor, DbError, Result};

/// A column a list can be ordered by: its name outside, its text in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortBy {
    pub name: &'static str,
    /// Never null, so that a cursor can stand behind every row.
    pub sql: &'static str,
    number: bool,
}

impl SortBy {
    pub const fn text(name: &'static str, sql: &'static str) -> SortBy {
        SortBy {
            name,
            sql,
            number: false,
        }
    }

    pub const fn number(name: &'static str, sql: &'static str) -> SortBy {
        SortBy {
            name,
            sql,
            number: true,
        }
    }
}

/// An order: a column, and in which direction. Rows alike in it are ordered by their id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub down: bool,
}

impl Sort {
    /// Reads `name` or `-name`; nothing is the list's own order, `usual`.
    ///
    /// # Errors
    ///
    /// `query.sort` for a column the list cannot be ordered by.
    pub fn parse(
        asked: &str,
        columns: &[SortBy],
        usual: Sort,
    ) -> std::result::Result<Sort, Refusal> {
        if asked.is_empty() {
            return Ok(usual);
        }
        let (name, down) = match asked.strip_prefix('-') {
            Some(name) => (name, true),
            None => (asked, false),
        };
        let found = columns.iter().find(|column| column.name == name);
        found.map(|by| Sort { by: *by, down }).ok_or_else(|| {
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            let shown: String = asked.chars().take(40).collect();
            let message = format!(
                "This list cannot be sorted by “{shown}”. Use one of {}, with - before it for the other way round.",
                names.join(", ")
            );
            Refusal::new(kernel::refusal::Kind::Malformed, "query.sort", message).at("sort")
        })
    }

    /// As [`Sort::parse`] reads it.
    pub fn write(self) -> String {
        let sign = if self.down { "-" } else { "" };
        format!("{sign}{}", self.by.name)
    }

    /// The same direction by another column.
    #[must_use]
    pub fn of(self, by: SortBy) -> Sort {
        Sort { by, ..self }
    }

    /// The same order where the column is called `sql`.
    #[must_use]
    pub fn on(self, sql: &'static str) -> Sort {
        self.of(SortBy { sql, ..self.by })
    }

    /// The cursor's key as the column has it.
    pub(crate) fn value(self, from: &Cursor) -> Result<Cell> {
        if !self.by.number {
            return Ok(Cell::from(from.key.as_str()));
        }
        let number: Option<i64> = from.key.parse().ok();
        number
            .map(Cell::from)
            .ok_or_else(|| DbError::from(Cursor::refused()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: SortBy = SortBy::text("name", "sort_key");
    const NET: SortBy = SortBy::number("net", "net_exact");
    const USUAL: Sort = Sort {
        by: NAME,
        down: false,
    };

    #[test]
    fn an_order_reads_back_as_written() {
        for text in ["name", "-name", "net", "-net"] {
            let sort = Sort::parse(text, &[NAME, NET], USUAL).unwrap();
            assert_eq!(sort.write(), text);
        }
        assert_eq!(Sort::parse("", &[NAME, NET], USUAL), Ok(USUAL));
        for bad in ["city", "--net", "Net", "net desc"] {
            let refused = Sort::parse(bad, &[NAME, NET], USUAL).unwrap_err();
            assert_eq!(refused.code, "query.sort", "{bad}");
        }
    }

    #[test]
    fn a_number_is_not_compared_with_a_text() {
        let sort = Sort {
            by: NET,
            down: false,
        };
        let from = |key: &str| Cursor {
            key: key.to_owned(),
            id: 1,
        };
        assert_eq!(sort.value(&from("-12")).unwrap(), Cell::from(-12));
        assert!(sort.value(&from("2026-01-01")).is_err());
    }
}
