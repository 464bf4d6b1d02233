//! Walking over the cells of a sheet: how far they reach, and the rows they make.

use std::io::{self, Write};

use calamine::{DataRef, XlsxError};

use super::{
    Book, LIMIT_CELLS, Styles,
    merged::Merged,
    number::{Shown, moment, number},
};
use crate::{LIMIT_BYTES, LIMIT_COLUMNS, LIMIT_ROWS, write_row};

/// Why the walk ended early.
pub(super) enum Refusal {
    Parser(XlsxError),
    Told(String),
    Unwritten(io::Error),
}

impl From<XlsxError> for Refusal {
    fn from(error: XlsxError) -> Refusal {
        Refusal::Parser(error)
    }
}

/// The last row and column with anything in it, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    last_row: u32,
    last_column: u32,
}

/// How far a sheet reaches; `None` if it is empty.
///
/// # Errors
///
/// More rows, columns or cells than are read, or cells that are not in order.
pub(super) fn measure(book: &mut Book<'_>, sheet: &str) -> Result<Option<Extent>, String> {
    Ok(reach(book, sheet)?)
}

fn reach(book: &mut Book<'_>, sheet: &str) -> Result<Option<Extent>, Refusal> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let mut extent: Option<Extent> = None;
    let mut last = None;
    let mut count = 0_u64;
    while let Some(cell) = cells.next_cell()? {
        let place = cell.get_position();
        if last.is_some_and(|last| place <= last) {
            return Err(Refusal::Told(
                "The cells of the workbook are not in order. \
                 Open it in a spreadsheet program and save it again."
                    .to_owned(),
            ));
        }
        last = Some(place);
        count += 1;
        if LIMIT_CELLS < count {
            return Err(Refusal::Told(format!(
                "The sheet has more than {LIMIT_CELLS} cells. Split it."
            )));
        }
        if is_blank(cell.get_value()) {
            continue;
        }
        within_limits(place)?;
        let (row, column) = place;
        let before = extent.map_or(0, |extent| extent.last_column);
        extent = Some(Extent {
            last_row: row,
            last_column: column.max(before),
        });
    }
    Ok(extent)
}

fn within_limits((row, column): (u32, u32)) -> Result<(), Refusal> {
    let is_beyond =
        |index: u32, limit: usize| usize::try_from(index).map_or(true, |index| limit <= index);
    // The header is a row of the sheet, but none of the file's rows.
    if is_beyond(row, LIMIT_ROWS + 1) {
        return Err(Refusal::Told(format!(
            "A cell stands in row {}; at most {LIMIT_ROWS} rows are read. \
             Delete what is below the table, or split the sheet.",
            row + 1
        )));
    }
    if is_beyond(column, LIMIT_COLUMNS) {
        return Err(Refusal::Told(format!(
            "A cell stands in column {}; at most {LIMIT_COLUMNS} columns are read. \
             Delete what is beside the table.",
            column + 1
        )));
    }
    Ok(())
}

fn is_blank(value: &DataRef<'_>) -> bool {
    match value {
        DataRef::Empty => true,
        DataRef::String(text) => text.trim().is_empty(),
        DataRef::SharedString(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Writes the rows of a sheet up to the end of `extent`, all equally wide.
///
/// # Errors
///
/// The workbook cannot be read on, or is too large as text.
pub(super) fn write_rows(
    book: &mut Book<'_>,
    sheet: &str,
    extent: Extent,
    out: &mut impl Write,
) -> Result<(), String> {
    let merged = Merged::of(
        book.merge_cells_by_sheet_name(sheet)
            .map_err(Refusal::from)?,
    );
    let mut lines = Lines::new(extent, merged, out);
    Ok(walk(book, sheet, &mut lines)?)
}

fn walk<Out: Write>(
    book: &mut Book<'_>,
    sheet: &str,
    lines: &mut Lines<'_, Out>,
) -> Result<(), Refusal> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let styles: Styles = (0..)
        .zip(cells.styles())
        .map(|(style, format)| (style, Shown::of(format.number_format.as_ref())))
        .filter(|(_, shown)| *shown != Shown::Plain)
        .collect();
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        if is_blank(cell.get_value()) {
            continue;
        }
        let shown = styles.get(&style).copied().unwrap_or_default();
        let value = cell.get_value();
        let is_number = matches!(value, DataRef::Float(_) | DataRef::Int(_));
        lines.put(cell.get_position(), text(value, shown), is_number)?;
    }
    lines.finish()
}

fn text(value: &DataRef<'_>, shown: Shown) -> String {
    match value {
        DataRef::Float(value) => number(*value, shown),
        DataRef::Int(value) => value.to_string(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(value) => moment(value),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// The row being filled, and how much was written.
struct Lines<'out, Out> {
    row: u32,
    last_row: u32,
    cells: Vec<String>,
    merged: Merged,
    line: String,
    written: usize,
    out: &'out mut Out,
}

impl<'out, Out: Write> Lines<'out, Out> {
    fn new(extent: Extent, merged: Merged, out: &'out mut Out) -> Lines<'out, Out> {
        let width = usize::try_from(extent.last_column).unwrap_or(0) + 1;
        Lines {
            row: 0,
            last_row: extent.last_row,
            cells: vec![String::new(); width],
            merged,
            line: String::new(),
            written: 0,
            out,
        }
    }

    fn put(&mut self, place: (u32, u32), text: String, is_number: bool) -> Result<(), Refusal> {
        while self.row < place.0 {
            self.end_row()?;
        }
        self.merged.note(place, &text, is_number);
        let column = usize::try_from(place.1).unwrap_or(usize::MAX);
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = text;
        }
        Ok(())
    }

    /// Writes the row; one with nothing in it is an empty line.
    fn end_row(&mut self) -> Result<(), Refusal> {
        if !self.merged.is_done() {
            self.merged.fill(self.row, &mut self.cells);
        }
        self.line.clear();
        if self.cells.iter().all(String::is_empty) {
            self.line.push('\n');
        } else {
            write_row(&mut self.line, &self.cells);
            self.cells.iter_mut().for_each(String::clear);
        }
        self.written += self.line.len();
        if LIMIT_BYTES < self.written {
            return Err(Refusal::Told(format!(
                "The sheet is more than {} MiB of text. Split it.",
                LIMIT_BYTES >> 20
            )));
        }
        self.row += 1;
        self.out
            .write_all(self.line.as_bytes())
            .map_err(Refusal::Unwritten)
    }

    fn finish(&mut self) -> Result<(), Refusal> {
        while self.row <= self.last_row {
            self.end_row()?;
        }
        self.out.flush().map_err(Refusal::Unwritten)
    }
}
