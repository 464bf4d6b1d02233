//! The archive a workbook is: what it says it holds, what it really holds, and nothing beyond.
//!
//! Everything is unpacked once into nowhere, so that size, check sums and structure are known
//! before a parser sees a byte. The table of contents is counted by hand first, because a library
//! would read a million entries into memory before it could be asked how many there are.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

use super::{LIMIT_PARTS, LIMIT_UNPACKED_BYTES, PASSWORD};

const DAMAGED: &str = "The workbook is cut off or damaged. \
                       Open it in a spreadsheet program and save it again.";

/// Checks the archive as a whole.
///
/// # Errors
///
/// The sentence that says what is wrong with it.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let counted = parts_counted(bytes).ok_or(DAMAGED)?;
    if LIMIT_PARTS < counted {
        return Err(format!(
            "The workbook is made of more than {LIMIT_PARTS} files. \
             Save the sheet alone in a new workbook, or as CSV (UTF-8)."
        ));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| told(&error))?;
    if archive.len() != counted {
        return Err(
            "The workbook has two files of one name, so it cannot be told which is meant. \
             Open it in a spreadsheet program and save it again."
                .to_owned(),
        );
    }
    let mut unpacked = 0;
    for place in 0..counted {
        unpacked += unpack(&mut archive, place, LIMIT_UNPACKED_BYTES - unpacked)?;
    }
    other_format(&archive).map_or(Ok(()), |what| Err(what.to_owned()))
}

/// How many files the table of contents names, told by its last record.
///
/// It stands at the very end, or before a comment of at most 64 KiB.
fn parts_counted(bytes: &[u8]) -> Option<usize> {
    const RECORD: usize = 22;
    let from = bytes.len().saturating_sub(RECORD + usize::from(u16::MAX));
    let mut records = bytes[from..].windows(RECORD);
    let place = records.rposition(|window| window.starts_with(b"PK\x05\x06"))?;
    let record = &bytes[from + place..];
    let number = |at: usize| usize::from(u16::from_le_bytes([record[at], record[at + 1]]));
    // The number on this disk and the number in all; workbooks have one disk.
    (number(8) == number(10)).then(|| number(10))
}

/// Unpacks one file into nowhere and gives its size.
fn unpack(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    place: usize,
    left_bytes: u64,
) -> Result<u64, String> {
    let mut part = archive.by_index(place).map_err(|error| told(&error))?;
    let name = part.name().map_err(|error| told(&error))?.into_owned();
    let climbs = |name: &str| name.split(['/', '\\']).any(|step| step == "..");
    if climbs(&name) || name.contains('\0') {
        return Err(
            "The workbook holds a file with a path that leads out of it. It is not read."
                .to_owned(),
        );
    }
    let too_large = || {
        format!(
            "The workbook unpacks to more than {} MiB. Split it, or save the sheet as CSV (UTF-8).",
            LIMIT_UNPACKED_BYTES >> 20
        )
    };
    if left_bytes < part.size() {
        return Err(too_large());
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_xml = ["xml", "rels"].contains(&ending);
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0_u64;
    loop {
        let count = part.read(&mut buffer).map_err(|_broken| DAMAGED)?;
        if count == 0 {
            return Ok(size);
        }
        if size == 0 && is_xml && declares_entities(&buffer[..count]) {
            return Err(
                "The workbook defines XML entities of its own, which no spreadsheet program does. \
                 It is not read."
                    .to_owned(),
            );
        }
        size += u64::try_from(count).unwrap_or(u64::MAX);
        if left_bytes < size {
            return Err(too_large());
        }
    }
}

fn declares_entities(head: &[u8]) -> bool {
    let holds = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    holds(b"<!DOCTYPE") || holds(b"<!ENTITY")
}

/// What else the archive is, if it is no workbook.
fn other_format(archive: &ZipArchive<Cursor<&[u8]>>) -> Option<&'static str> {
    let mut names = archive.file_names().filter_map(Result::ok);
    let is = |name: &str, own: &str| name.eq_ignore_ascii_case(own);
    names.find_map(|name| {
        is(&name, "xl/workbook.bin")
            .then_some("The file is a binary workbook (.xlsb). Save it as .xlsx or as CSV (UTF-8).")
    })
}

fn told(error: &ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED => {
            PASSWORD.to_owned()
        }
        _ => DAMAGED.to_owned(),
    }
}
