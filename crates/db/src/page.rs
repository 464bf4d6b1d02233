//! Lists are handed out in pages: at most so many rows, and a cursor to go on from.

use kernel::Refusal;

/// How many rows a page of a list may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(i64);

impl Limit {
    pub const DEFAULT: Limit = Limit(50);
    pub const MOST: i64 = 500;

    /// # Errors
    ///
    /// `page.limit` unless it is 1 to 500.
    pub fn parse(asked: Option<i64>) -> Result<Limit, Refusal> {
        match asked {
            None => Ok(Limit::DEFAULT),
            Some(rows) if (1..=Limit::MOST).contains(&rows) => Ok(Limit(rows)),
            Some(rows) => Err(Refusal::new(
                kernel::refusal::Kind::Malformed,
                "page.limit",
                format!("limit is {rows}; a page has 1 to {} rows.", Limit::MOST),
            )
            .at("limit")),
        }
    }

    /// One more than the page holds: the extra row tells whether there is a next page.
    pub fn and_one(self) -> i64 {
        self.0 + 1
    }

    pub fn rows(self) -> usize {
        usize::try_from(self.0).unwrap_or(0)
    }
}

/// Where the next page starts: the sort key and row id of the last row shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub key: String,
    pub id: i64,
}

impl Cursor {
    /// Before every row: keys are compared as `(key, id) > (cursor.key, cursor.id)`.
    pub fn start() -> Cursor {
        Cursor {
            key: String::new(),
            id: 0,
        }
    }

    pub fn is_start(&self) -> bool {
        self.key.is_empty() && self.id == 0
    }

    pub(crate) fn refused() -> Refusal {
        Refusal::new(
            kernel::refusal::Kind::Malformed,
            "page.cursor",
            "The cursor cannot be read. Take next_cursor from the page before, or leave it out to start again.",
        )
        .at("cursor")
    }

    /// Reads what [`Cursor::write`] wrote; `None` is the start.
    ///
    /// # Errors
    ///
    /// `page.cursor` if it was not made by this program.
    pub fn parse(text: Option<&str>) -> Result<Cursor, Refusal> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(Cursor::start());
        };
        let refused = Cursor::refused;
        let (id, hex) = text.split_once('-').ok_or_else(refused)?;
        let id = id.parse().ok().ok_or_else(refused)?;
        let bytes: Option<Vec<u8>> = hex
            .as_bytes()
            .chunks(2)
            .map(|pair| {
                let pair = std::str::from_utf8(pair)
                    .ok()
                    .filter(|pair| pair.len() == 2)?;
                u8::from_str_radix(pair, 16).ok()
            })
            .collect();
        let key = bytes
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(refused)?;
        // A zero byte would be taken for the end of the text by one of the engines.
        if key.contains('\0') {
            return Err(refused());
        }
        Ok(Cursor { key, id })
    }

    pub fn write(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!("{}-", self.id);
        for byte in self.key.bytes() {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// How many rows a list has. Beyond some thousands nobody counts, and counting would take longer than
/// the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Exactly(i64),
    About(i64),
    /// Counting ended there.
    MoreThan(i64),
}

impl Count {
    /// From `hits` among `asked` rows picked evenly out of `all`: rounded to what such a sample can
    /// tell, one figure for a few hits and two for many. No hit says nothing, so it is none.
    pub fn sampled(hits: i64, asked: i64, all: i64) -> Count {
        let product = i128::from(hits) * i128::from(all) / i128::from(asked.max(1));
        let estimate = i64::try_from(product).unwrap_or(i64::MAX);
        let kept = if hits < 100 { 10 } else { 100 };
        let mut step = 1;
        while estimate / step >= kept {
            step *= 10;
        }
        Count::About((estimate + step / 2) / step * step)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    pub items: Vec<T>,
    /// Where the next page starts; none if this is the last.
    pub next: Option<Cursor>,
}

impl<T> Listing<T> {
    /// Cuts the one row too many off and remembers where to go on.
    pub fn of(mut rows: Vec<T>, limit: Limit, cursor: impl Fn(&T) -> Cursor) -> Listing<T> {
        if rows.len() <= limit.rows() {
            return Listing {
                items: rows,
                next: None,
            };
        }
        rows.truncate(limit.rows());
        let next = rows.last().map(cursor);
        Listing { items: rows, next }
    }

    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Listing<U> {
        Listing {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_written() {
        let cursor = Cursor {
            key: "陈 hao-7".to_owned(),
            id: 42,
        };
        assert_eq!(Cursor::parse(Some(&cursor.write())).unwrap(), cursor);
        assert_eq!(Cursor::parse(None).unwrap(), Cursor::start());
        assert_eq!(Cursor::parse(Some("")).unwrap(), Cursor::start());
        for bad in [
            "x",
            "1",
            "1-zz",
            "-1",
            "1-f",
            "9999999999999999999999-61",
            "1-00",
            "1-é",
        ] {
            assert_eq!(
                Cursor::parse(Some(bad)).unwrap_err().code,
                "page.cursor",
                "{bad}"
            );
        }
    }

    #[test]
    fn a_sample_tells_no_more_than_it_knows() {
        assert_eq!(
            Count::sampled(2_000, 2_000, 2_000_000),
            Count::About(2_000_000)
        );
        assert_eq!(Count::sampled(187, 2_000, 1_999_000), Count::About(190_000));
        assert_eq!(Count::sampled(9, 2_000, 1_999_000), Count::About(9_000));
        assert_eq!(Count::sampled(0, 2_000, 1_999_000), Count::About(0));
        assert_eq!(Count::sampled(0, 0, 0), Count::About(0));
    }

    #[test]
    fn a_page_has_1_to_500_rows() {
        assert!(Limit::parse(Some(0)).is_err());
        assert!(Limit::parse(Some(501)).is_err());
        assert_eq!(Limit::parse(Some(500)).unwrap().rows(), 500);
        let listing = Listing::of(vec![1, 2, 3], Limit(2), |row| Cursor {
            key: row.to_string(),
            id: *row,
        });
        assert_eq!(listing.items, [1, 2]);
        assert_eq!(listing.next.unwrap().id, 2);
    }
}
