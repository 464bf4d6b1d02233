//! From bytes to text: which encoding a file is in, and what is no table at all.
//!
//! UTF-8 is taken with or without its mark, UTF-16 with its mark, GB18030 if it looks like Chinese.
//! Nothing is guessed beyond that: a wrong guess would import names nobody can read.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use crate::{Fault, cells::row_at};

/// The text of a file.
///
/// # Errors
///
/// An empty file, a file that is no text, text in an encoding that is not taken, a NUL character.
pub(crate) fn text_of<'bytes>(
    file_name: &str,
    bytes: &'bytes [u8],
) -> Result<Cow<'bytes, str>, Fault> {
    if bytes.is_empty() {
        return Err(Fault::of_file(format!(
            "{file_name} is empty. The first row must name the columns."
        ))
        .coded("file.empty"));
    }
    if let Some(what) = other_format(bytes) {
        return Err(Fault::of_file(format!("{file_name} {what}")).coded("file.format"));
    }
    let text = decoded(file_name, bytes)?;
    if let Some(offset) = text.find('\0') {
        return Err(with_nul(row_at(text.as_bytes(), offset)));
    }
    if text.trim().is_empty() {
        return Err(Fault::of_file(format!(
            "{file_name} holds only blanks. The first row must name the columns."
        ))
        .coded("file.empty"));
    }
    Ok(text)
}

fn decoded<'bytes>(file_name: &str, bytes: &'bytes [u8]) -> Result<Cow<'bytes, str>, Fault> {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return utf_16(UTF_16LE, rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return utf_16(UTF_16BE, rest);
    }
    let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let error = match std::str::from_utf8(plain) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    let marked = plain.len() < bytes.len();
    if !marked
        && looks_chinese(plain)
        && let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(plain)
    {
        return Ok(text);
    }
    Err(unknown_encoding(
        file_name,
        row_at(plain, error.valid_up_to()),
    ))
}

pub(crate) fn with_nul(row: u64) -> Fault {
    Fault::of_row(
        row,
        "There is a NUL character here, so this is not plain text. \
         Save the file again as CSV (UTF-8).",
    )
    .coded("file.encoding")
}

pub(crate) fn unknown_encoding(file_name: &str, row: u64) -> Fault {
    Fault::of_row(
        row,
        format!(
            "The text here is in an encoding that cannot be told (neither UTF-8 nor GB18030). \
             Save {file_name} again as CSV (UTF-8)."
        ),
    )
    .coded("file.encoding")
}

fn utf_16<'bytes>(
    encoding: &'static encoding_rs::Encoding,
    bytes: &'bytes [u8],
) -> Result<Cow<'bytes, str>, Fault> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| {
            Fault::of_file(
                "The file starts like UTF-16 but is damaged or cut off. \
                 Save it again as CSV (UTF-8).",
            )
            .coded("file.encoding")
        })
}

/// Whether most pairs of bytes beyond ASCII are everyday Chinese characters.
///
/// Western text decodes as GB18030 without an error as well: `ü` swallows the letter behind it and
/// becomes a rare character. Everyday characters and punctuation have a first byte from A1 to D7
/// and a high second one; small Western letters with an accent lie above and are nearly always
/// followed by a plain letter.
fn looks_chinese(bytes: &[u8]) -> bool {
    let mut pairs = Pairs::default();
    pairs.take(bytes);
    pairs.look_chinese()
}

/// The pairs of bytes beyond ASCII, counted piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    ordinary: u64,
    odd: u64,
    /// The first byte of a pair whose second is in the next piece.
    first: Option<u8>,
}

impl Pairs {
    pub(crate) fn take(&mut self, piece: &[u8]) {
        for byte in piece {
            match self.first.take() {
                Some(first) if (0xA1..=0xD7).contains(&first) && 0xA1 <= *byte => {
                    self.ordinary += 1;
                }
                Some(_) => self.odd += 1,
                None if byte.is_ascii() => {}
                None => self.first = Some(*byte),
            }
        }
    }

    pub(crate) fn look_chinese(&self) -> bool {
        let unpaired = u64::from(self.first.is_some());
        (self.odd + unpaired) * 3 < self.ordinary
    }
}

/// What the file is, and what to do about it, if its first bytes say it is no table of text.
pub(crate) fn other_format(bytes: &[u8]) -> Option<&'static str> {
    const EXCEL: &str = "is an Excel workbook; save it as CSV (UTF-8) and use that file.";
    const OLD_EXCEL: &str = "is an old Excel workbook (.xls), or one with a password; \
                             save it as .xlsx without a password, or as CSV (UTF-8).";
    let starts = |mark: &[u8]| bytes.starts_with(mark);
    if starts(b"PK\x03\x04") {
        let holds = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
        if holds(b"xl/") {
            return Some(EXCEL);
        }
        if holds(b"opendocument.spreadsheet") {
            return Some(
                "is an OpenDocument spreadsheet; save it as CSV (UTF-8) and use that file.",
            );
        }
        return Some("is a ZIP archive; unpack it and use the CSV file in it.");
    }
    if starts(b"\xD0\xCF\x11\xE0") {
        return Some(OLD_EXCEL);
    }
    if starts(b"%PDF-") {
        return Some("is a PDF; export the table as CSV from where the PDF was made.");
    }
    if starts(b"\x1F\x8B") {
        return Some("is compressed with gzip; unpack it and use the CSV file in it.");
    }
    if [&b"\x89PNG"[..], b"\xFF\xD8\xFF", b"GIF8"]
        .iter()
        .any(|mark| starts(mark))
    {
        return Some("is a picture, not a table. A CSV file is needed.");
    }
    if starts(b"SQLite format 3\0") {
        return Some("is a database, not a table. A CSV file is needed.");
    }
    let head = bytes.trim_ascii_start();
    let tag = |mark: &[u8]| {
        head.get(..mark.len())
            .is_some_and(|h| h.eq_ignore_ascii_case(mark))
    };
    if [&b"<html"[..], b"<!doctype", b"<?xml", b"<table"]
        .iter()
        .any(|mark| tag(mark))
    {
        return Some("is a web page or XML under a CSV name; open it and save it as CSV (UTF-8).");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_of_spreadsheet_programs_are_read() {
        let utf_16 = |text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            let mut file = mark.to_vec();
            file.extend(text.encode_utf16().flat_map(bytes));
            file
        };
        let text = "name\n朝阳门店\nMüller\n";
        let little = utf_16(text, [0xFF, 0xFE], u16::to_le_bytes);
        let big = utf_16(text, [0xFE, 0xFF], u16::to_be_bytes);
        let marked = format!("\u{FEFF}{text}");
        let (chinese, ..) = GB18030.encode(text);
        for file in [text.as_bytes(), marked.as_bytes(), &little, &big, &chinese] {
            assert_eq!(text_of("a.csv", file).unwrap(), text);
        }
    }

    #[test]
    fn western_text_is_not_taken_for_chinese() {
        for bytes in [
            &b"name\nLi\nM\xFCller\n"[..],
            b"name\nLi\nGr\xF6\xDFe\n",
            b"name\nLi\nCr\xE9\xE9e\n",
        ] {
            let fault = text_of("a.csv", bytes).unwrap_err();
            assert_eq!(fault.row, Some(3));
            assert!(fault.message.contains("Save a.csv again as CSV (UTF-8)"));
        }
    }

    #[test]
    fn what_is_no_table_is_called_by_its_name() {
        for (bytes, word) in [
            (&b""[..], "is empty"),
            (b" \n\n", "holds only blanks"),
            (
                b"PK\x03\x04....xl/workbook.xml",
                "is an Excel workbook; save it as CSV",
            ),
            (b"PK\x03\x04....letter.txt", "is a ZIP archive"),
            (
                b"\xD0\xCF\x11\xE0\xA1\xB1",
                "is an old Excel workbook (.xls), or one with a password; save it as .xlsx",
            ),
            (b"%PDF-1.7", "is a PDF"),
            (b"\x1F\x8B\x08", "gzip"),
            (b"\x89PNG\r\n", "is a picture"),
            (b" <HTML><table>", "is a web page"),
            (b"code\na\0b\n", "NUL character"),
            (b"\xFF\xFEa", "starts like UTF-16"),
        ] {
            let fault = text_of("a.csv", bytes).unwrap_err();
            assert!(fault.to_string().contains(word), "{fault}");
        }
    }
}
