//! Excel workbooks: one sheet of an `.xlsx` file as the plain text every other part here reads.
//!
//! The text is CSV in UTF-8 with one record for each row of the sheet, empty ones too, so that rows
//! have the numbers the spreadsheet program shows. Cells read as they are seen there: days as
//! `2026-02-28`, numbers exact and without exponent, formulas as the value they had when saved.
//!
//! A workbook is an archive of XML and can be made to unpack to anything. Its size is checked
//! before it is parsed, but the parser's memory is not ours to count: whoever calls
//! [`write_text`] with a file from outside does so in a process of its own with a limit.

mod grid;
mod merged;
mod number;
mod package;

use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
};

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::header::hint;
pub(crate) use number::LOST_DIGITS;

use grid::{Extent, Refusal, measure, write_rows};

/// The largest workbook that is read, 20 MiB as it lies on the disk.
pub const LIMIT_PACKED_BYTES: usize = 20 * 1024 * 1024;
/// The most a workbook may hold once unpacked, 200 MiB.
pub const LIMIT_UNPACKED_BYTES: u64 = 200 * 1024 * 1024;
/// The most files a workbook may be made of.
pub const LIMIT_PARTS: usize = 1_000;
/// The most cells of one sheet, empty ones with a format included.
pub const LIMIT_CELLS: u64 = 10_000_000;

/// An opened workbook that lies in memory.
type Book<'bytes> = Xlsx<Cursor<&'bytes [u8]>>;

/// Which sheet was taken, to be told to whoever sent the workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub sheet: String,
    /// Other visible sheets with something in them.
    pub left_out: Vec<String>,
}

/// Whether these bytes, or the first few thousand of them, look like an Excel workbook.
pub fn is_workbook(head: &[u8]) -> bool {
    let holds = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    head.starts_with(b"PK\x03\x04") && (holds(b"xl/") || holds(b"[Content_Types].xml"))
}

/// Writes one sheet of a workbook as text: the one called `sheet`, or the first with anything in it.
///
/// # Errors
///
/// The sentence that says why the workbook cannot be read and what to do; part of the text may be
/// written by then.
pub fn write_text(
    bytes: &[u8],
    sheet: Option<&str>,
    out: &mut impl Write,
) -> Result<Taken, String> {
    if LIMIT_PACKED_BYTES < bytes.len() {
        let (has, may) = (bytes.len().div_ceil(1 << 20), LIMIT_PACKED_BYTES >> 20);
        return Err(format!(
            "The workbook has {has} MiB, more than the {may} allowed. Save the sheet as CSV."
        ));
    }
    package::check(bytes)?;
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let (taken, extent) = choose(&mut book, sheet)?;
    write_rows(&mut book, &taken.sheet, extent, out)?;
    Ok(taken)
}

/// The sheet to take, and how far it reaches.
fn choose(book: &mut Book<'_>, wanted: Option<&str>) -> Result<(Taken, Extent), String> {
    let sheets: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    if let Some(name) = wanted {
        let names = sheets.iter().map(|(name, _)| name.as_str());
        if !names.clone().any(|own| own == name) {
            let hint = hint(name, names);
            return Err(format!("The workbook has no sheet “{name}”. {hint}"));
        }
        let extent = measure(book, name)?.ok_or_else(|| {
            format!("Sheet “{name}” of the workbook is empty. The first row must name the columns.")
        })?;
        let taken = Taken {
            sheet: name.to_owned(),
            left_out: Vec::new(),
        };
        return Ok((taken, extent));
    }
    let mut found: Option<(Taken, Extent)> = None;
    for (name, _) in sheets.into_iter().filter(|(_, is_visible)| *is_visible) {
        match (&mut found, measure(book, &name)) {
            (_, Ok(None)) => {}
            (None, Ok(Some(extent))) => {
                let left_out = Vec::new();
                let sheet = name;
                found = Some((Taken { sheet, left_out }, extent));
            }
            // Of a sheet that is not read nothing need be right.
            (Some((taken, _)), _) => taken.left_out.push(name),
            (None, Err(why)) => return Err(why),
        }
    }
    found.ok_or_else(|| {
        "The workbook is empty: no visible sheet has a cell with anything in it.".to_owned()
    })
}

/// What a parser's complaint means for the person who sent the file.
fn damaged(error: &XlsxError) -> String {
    match error {
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => {
            "The file is no Excel workbook (.xlsx): parts of one are missing. Open it in a \
             spreadsheet program and save it again as .xlsx or as CSV (UTF-8)."
                .to_owned()
        }
        XlsxError::Password => PASSWORD.to_owned(),
        _ => format!(
            "The workbook is damaged ({}). Open it in a spreadsheet program and save it again.",
            crate::fault::quoted(&error.to_string())
        ),
    }
}

const PASSWORD: &str = "The workbook is protected by a password. Save it without one.";

/// How the cells of each style are shown, by the number of the style.
type Styles = BTreeMap<usize, number::Shown>;

impl From<Refusal> for String {
    fn from(refusal: Refusal) -> String {
        match refusal {
            Refusal::Parser(error) => damaged(&error),
            Refusal::Told(why) => why,
            Refusal::Unwritten(error) => {
                format!("The text of the sheet cannot be written: {error}.")
            }
        }
    }
}
