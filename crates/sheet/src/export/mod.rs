//! Records as a file for others, row by row: text for programs, a workbook for people.
//!
//! The same values make both. In text a cell that would run as a formula gets an apostrophe; in a
//! workbook texts are texts, so codes keep their zeros and nothing runs, numbers are numbers, days
//! are days, and the amounts of one currency are added up below.

mod book;
mod value;

use std::io::{self, Write};

use jiff::civil::Date;
use kernel::Refusal;

use crate::{LIMIT_ROWS, Layout, write_row};
use book::Book;

pub use value::Value;

/// What kind of file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    #[default]
    Csv,
    Xlsx,
}

impl Format {
    /// By its name, which is also how the file's name ends.
    ///
    /// # Errors
    ///
    /// `export.format` for another name.
    pub fn parse(text: &str) -> Result<Format, Refusal> {
        match text.trim().to_ascii_lowercase().as_str() {
            "csv" => Ok(Format::Csv),
            "xlsx" => Ok(Format::Xlsx),
            _ => {
                let shown: String = text.chars().take(40).collect();
                let message = format!("“{shown}” is no format of files. There are csv and xlsx.");
                Err(Refusal::value("export.format", message).at("format"))
            }
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A file being written.
pub struct Export<'out> {
    sink: Sink<'out>,
    width: usize,
    rows: usize,
}

enum Sink<'out> {
    Text {
        out: &'out mut (dyn Write + Send),
        line: String,
        /// The first thing that could not be written; told at the end.
        failed: Option<io::Error>,
    },
    Book(Box<Book<'out>>),
}

impl<'out> Export<'out> {
    /// A file in the columns of `layout`, which import reads back.
    pub fn of(
        layout: &Layout,
        format: Format,
        on: Date,
        out: &'out mut (dyn Write + Send),
    ) -> Export<'out> {
        let columns: Vec<&str> = layout.names().collect();
        Export::new(layout.kind, &columns, (format, on), out)
    }

    /// A file with any columns; `name` is what its rows are, and `on` the day it is written.
    pub fn new(
        name: &str,
        columns: &[&str],
        (format, on): (Format, Date),
        out: &'out mut (dyn Write + Send),
    ) -> Export<'out> {
        let sink = match format {
            Format::Csv => {
                let mut header = String::new();
                write_row(&mut header, columns);
                Sink::Text {
                    failed: out.write_all(header.as_bytes()).err(),
                    line: header,
                    out,
                }
            }
            Format::Xlsx => Sink::Book(Box::new(Book::new(name, columns, on, out))),
        };
        Export {
            sink,
            width: columns.len(),
            rows: 0,
        }
    }

    /// Adds a row: a value for every column, in their order.
    ///
    /// # Errors
    ///
    /// `export.rows` beyond 1,000,000 rows: a part of them would pass for all.
    pub fn row(&mut self, values: &[Value<'_>]) -> Result<(), Refusal> {
        debug_assert_eq!(values.len(), self.width, "one value for each column");
        if self.rows == LIMIT_ROWS {
            let message = format!(
                "There are more than {LIMIT_ROWS} rows, more than one file holds. \
                 Narrow what is exported."
            );
            return Err(Refusal::value("export.rows", message));
        }
        self.rows += 1;
        match &mut self.sink {
            Sink::Text { out, line, failed } => {
                line.clear();
                write_row(line, values.iter().map(Value::text));
                if failed.is_none() {
                    *failed = out.write_all(line.as_bytes()).err();
                }
            }
            Sink::Book(book) => book.row(values),
        }
        Ok(())
    }

    /// Ends the file; a workbook gets its totals and is only written now.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn finish(self) -> io::Result<()> {
        match self.sink {
            Sink::Text { out, failed, .. } => failed.map_or_else(|| out.flush(), Err),
            Sink::Book(book) => book.finish(),
        }
    }
}
