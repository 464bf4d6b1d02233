//! Cutting text into rows and cells, by RFC 4180 and no more lenient than it must be.
//!
//! Rows are counted as a spreadsheet program shows them: a cell with line breaks stays in one row,
//! an empty line is a row. A quotation mark that is never closed is a fault of the row it opens
//! in, because a reader that shrugs it off would swallow the rest of the file as one cell.

use std::borrow::Cow;

use crate::{Fault, LIMIT_COLUMNS};

/// The characters that may stand between cells.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Walks over the rows of a text.
#[derive(Debug, Clone)]
pub(crate) struct Cells<'text> {
    text: &'text str,
    at: usize,
    row: u64,
    /// Where the row given last begins.
    began: usize,
    delimiter: u8,
}

/// How far a walk has come, to go on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    pub at: usize,
    /// The rows before it, blank ones included.
    pub rows: u64,
}

impl<'text> Cells<'text> {
    pub(crate) fn new(text: &'text str, delimiter: u8) -> Cells<'text> {
        Cells::resume(text, Mark::default(), delimiter)
    }

    pub(crate) fn resume(text: &'text str, mark: Mark, delimiter: u8) -> Cells<'text> {
        debug_assert!(DELIMITERS.contains(&delimiter), "delimiters are ASCII");
        Cells {
            text,
            at: mark.at,
            row: mark.rows,
            began: mark.at,
            delimiter,
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            at: self.at,
            rows: self.row,
        }
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The bytes of the row given last, its line end included.
    pub(crate) fn span(&self) -> std::ops::Range<usize> {
        self.began..self.at
    }

    /// Puts the next row that is not blank into `cells` and gives its number; `None` at the end.
    ///
    /// # Errors
    ///
    /// A quotation mark that is not closed, text behind a closing one, or too many cells. The walk
    /// cannot go on.
    pub(crate) fn next(&mut self, cells: &mut Vec<Cow<'text, str>>) -> Result<Option<u64>, Fault> {
        while self.at < self.text.len() {
            self.row += 1;
            self.began = self.at;
            self.fill(cells)?;
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some(self.row));
            }
        }
        Ok(None)
    }

    /// Puts the cells of the row that starts here into `cells`.
    fn fill(&mut self, cells: &mut Vec<Cow<'text, str>>) -> Result<(), Fault> {
        cells.clear();
        while self.cell(cells)? == Then::AnotherCell {
            if LIMIT_COLUMNS <= cells.len() {
                return Err(self.too_wide());
            }
        }
        Ok(())
    }

    fn too_wide(&self) -> Fault {
        Fault::of_row(
            self.row,
            format!(
                "This row has more than {LIMIT_COLUMNS} cells; files of at most {LIMIT_COLUMNS} \
                 columns are read."
            ),
        )
        .coded("row.wide")
        .with("most", LIMIT_COLUMNS)
    }

    fn cell(&mut self, cells: &mut Vec<Cow<'text, str>>) -> Result<Then, Fault> {
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            cells.push(self.quoted()?);
            return self.after_quote();
        }
        let rest = &self.text.as_bytes()[self.at..];
        let ends = |byte: &u8| *byte == self.delimiter || *byte == b'\n' || *byte == b'\r';
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        cells.push(Cow::Borrowed(&self.text[self.at..self.at + length]));
        self.at += length;
        Ok(self.step())
    }

    /// The cell whose opening quotation mark is here; stops behind the closing one.
    fn quoted(&mut self) -> Result<Cow<'text, str>, Fault> {
        let mut start = self.at + 1;
        let mut cell = Cow::Borrowed("");
        loop {
            let Some(length) = self.text[start..].find('"') else {
                return Err(Fault::of_row(
                    self.row,
                    "A quotation mark opens here and is never closed. \
                     Close it, or write \"\" for a quotation mark that belongs to the text.",
                )
                .coded("row.quotes"));
            };
            let end = start + length;
            let part = &self.text[start..end];
            let doubled = self.text.as_bytes().get(end + 1) == Some(&b'"');
            if !doubled && cell.is_empty() {
                cell = Cow::Borrowed(part);
            } else {
                cell.to_mut().push_str(part);
            }
            if !doubled {
                self.at = end + 1;
                return Ok(cell);
            }
            cell.to_mut().push('"');
            start = end + 2;
        }
    }

    fn after_quote(&mut self) -> Result<Then, Fault> {
        match self.text.as_bytes().get(self.at) {
            None | Some(b'\n' | b'\r') => Ok(self.step()),
            Some(byte) if *byte == self.delimiter => Ok(self.step()),
            Some(_) => Err(Fault::of_row(
                self.row,
                "Text follows a closing quotation mark. \
                 Write \"\" for a quotation mark that belongs to the text.",
            )
            .coded("row.quotes")),
        }
    }

    /// Steps over the delimiter or line end that stands here.
    fn step(&mut self) -> Then {
        let rest = &self.text.as_bytes()[self.at..];
        let (width, then) = match rest {
            [] => (0, Then::RowEnds),
            [b'\r', b'\n', ..] => (2, Then::RowEnds),
            [b'\r' | b'\n', ..] => (1, Then::RowEnds),
            [..] => (1, Then::AnotherCell),
        };
        self.at += width;
        then
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    AnotherCell,
    RowEnds,
}

/// The row that byte `offset` of `bytes` lies in, as far as it can be told before decoding.
pub(crate) fn row_at(bytes: &[u8], offset: usize) -> u64 {
    let mut row = 1;
    let mut within_quotes = false;
    for byte in &bytes[..offset.min(bytes.len())] {
        match byte {
            b'"' => within_quotes = !within_quotes,
            b'\n' if !within_quotes => row += 1,
            _ => {}
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, Vec<String>)>, Fault> {
        let mut walk = Cells::new(text, b',');
        let mut cells = Vec::new();
        let mut rows = Vec::new();
        while let Some(row) = walk.next(&mut cells)? {
            rows.push((row, cells.iter().map(ToString::to_string).collect()));
        }
        Ok(rows)
    }

    #[track_caller]
    fn check(text: &str, expected: &[(u64, &[&str])]) {
        let found = rows(text).unwrap();
        let expected: Vec<(u64, Vec<String>)> = expected
            .iter()
            .map(|(row, cells)| (*row, cells.iter().map(|cell| (*cell).to_owned()).collect()))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    #[rustfmt::skip]
    fn rows_are_counted_as_a_spreadsheet_shows_them() {
        check("",                        &[]);
        check("a,b",                     &[(1, &["a", "b"])]);
        check("a,b\n",                   &[(1, &["a", "b"])]);
        check("a,b\r\n1,2\r\n",          &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a\r1\r",                  &[(1, &["a"]), (2, &["1"])]);
        check("a,b\n\n,\n1,\n",          &[(1, &["a", "b"]), (4, &["1", ""])]);
        check("a\n\"x\ny\"\nz",          &[(1, &["a"]), (2, &["x\ny"]), (3, &["z"])]);
        check("\"a,b\",\"\",\"c\"\"d\"", &[(1, &["a,b", "", "c\"d"])]);
        check("\"\"\"a\"\"\",b",         &[(1, &["\"a\"", "b"])]);
        check("5\" pipe,店",             &[(1, &["5\" pipe", "店"])]);
    }

    #[test]
    fn quotation_marks_out_of_place_are_faults_of_their_row() {
        assert_eq!(rows("a\n\"b\nc\n").unwrap_err().row, Some(2));
        assert_eq!(rows("a\nb\n\"c\"d\n").unwrap_err().row, Some(3));
    }

    #[test]
    fn a_byte_lies_in_the_row_it_is_shown_in() {
        assert_eq!(row_at(b"a\nb\nc", 0), 1);
        assert_eq!(row_at(b"a\nb\nc", 4), 3);
        assert_eq!(row_at(b"a\n\"b\nb\"\nc", 8), 3);
    }

    proptest! {
        #[test]
        fn nothing_makes_the_walk_panic_or_stand_still(text in "[a,;\"\r\n店 ]{0,40}") {
            let _ = rows(&text);
        }

        #[test]
        fn what_the_csv_crate_writes_is_read_the_same(
            table in prop::collection::vec(prop::collection::vec("[a-c,\"\r\n'店]{1,6}", 3), 1..6)
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let blank = |row: &&Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
            let expected: Vec<Vec<String>> = table.iter().filter(blank).cloned().collect();
            let found: Vec<Vec<String>> = rows(&text).unwrap().into_iter().map(|row| row.1).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
