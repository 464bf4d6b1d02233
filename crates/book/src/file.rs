//! What files may be kept with a record, and under which name and type they are handed out again.
//!
//! The type follows from the end of the name and must agree with how the file begins. What a browser
//! could run is not accepted, and whatever is accepted is handed out to be saved, never to be shown.

use kernel::Refusal;

/// The largest file.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;
/// Files are cut into pieces of this size.
pub const PIECE_BYTES: usize = 256 * 1024;
/// How many files one record can have.
pub const MOST_FILES: i64 = 1_000;

/// Letters of a name that are kept.
const LONGEST_NAME: usize = 120;

/// How a file of a kind begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Bytes(&'static [u8]),
    /// `RIFF....WEBP`.
    Webp,
    /// No byte that text does not have.
    Text,
}

const ZIP: Opening = Opening::Bytes(b"PK\x03\x04");

/// The ends of names that are accepted, with type and opening.
const KINDS: [(&str, &str, Opening); 13] = [
    ("pdf", "application/pdf", Opening::Bytes(b"%PDF-")),
    ("png", "image/png", Opening::Bytes(b"\x89PNG\r\n\x1a\n")),
    ("jpg", "image/jpeg", Opening::Bytes(b"\xff\xd8\xff")),
    ("jpeg", "image/jpeg", Opening::Bytes(b"\xff\xd8\xff")),
    ("webp", "image/webp", Opening::Webp),
    ("txt", "text/plain; charset=utf-8", Opening::Text),
    ("csv", "text/csv; charset=utf-8", Opening::Text),
    ("eml", "text/plain; charset=utf-8", Opening::Text),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ZIP,
    ),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ZIP,
    ),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ZIP,
    ),
    ("odt", "application/vnd.oasis.opendocument.text", ZIP),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet", ZIP),
];

/// Names that some systems keep for devices.
const DEVICES: [&str; 6] = ["aux", "con", "nul", "prn", "clock$", "conin$"];

/// The name a file is kept under: the last part of a path, without signs that steer a terminal or
/// turn the direction of reading, and no device.
///
/// # Errors
///
/// `file.name` if nothing is left.
pub fn clean_name(given: &str) -> Result<String, Refusal> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|letter| !steers(*letter)).collect();
    let plain = plain.trim().trim_start_matches('.').trim();
    let (stem, end) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let stem = stem.trim();
    if stem.is_empty() || end.is_empty() {
        let message = "A file needs a name with an end, like contract.pdf.";
        return Err(Refusal::value("file.name", message).at("name"));
    }
    let device =
        DEVICES.iter().any(|name| stem.eq_ignore_ascii_case(name)) || is_numbered_device(stem);
    let mark = if device { "_" } else { "" };
    let short: String = stem.chars().take(LONGEST_NAME).collect();
    let end: String = end.chars().take(10).collect();
    Ok(format!("{mark}{}.{end}", short.trim()))
}

/// `COM1`, `LPT9`.
fn is_numbered_device(stem: &str) -> bool {
    let lower = stem.to_ascii_lowercase();
    let number = lower.strip_prefix("com").or(lower.strip_prefix("lpt"));
    number.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Control characters, marks of direction, joiners that cannot be seen, and what paths and shells
/// take for their own.
fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || "<>:\"|?*;".contains(letter)
}

/// Whether files with the end of this name are accepted at all.
///
/// # Errors
///
/// `file.kind`.
pub fn known_kind(name: &str) -> Result<(), Refusal> {
    kind_of(name).map(drop)
}

fn kind_of(name: &str) -> Result<(&'static str, Opening), Refusal> {
    let end = name.rsplit('.').next().unwrap_or_default();
    let end = end.to_ascii_lowercase();
    let found = KINDS.iter().find(|(known, _, _)| *known == end);
    found
        .map(|(_, kind, opening)| (*kind, *opening))
        .ok_or_else(|| {
            let known: Vec<&str> = KINDS.iter().map(|(end, _, _)| *end).collect();
            let known = known.join(", ");
            let message =
                format!("Files of the kind .{end} are not accepted. Send one of {known}.");
            Refusal::value("file.kind", message).at("name")
        })
}

/// The type of a file by its name, if it begins as such a file does.
///
/// # Errors
///
/// `file.kind`: of a kind that is not accepted, or not what its name says.
pub fn media_type(name: &str, beginning: &[u8]) -> Result<&'static str, Refusal> {
    let (kind, opening) = kind_of(name)?;
    let fits = match opening {
        Opening::Bytes(bytes) => beginning.starts_with(bytes),
        Opening::Webp => beginning.starts_with(b"RIFF") && beginning.get(8..12) == Some(b"WEBP"),
        Opening::Text => !beginning.contains(&0) && !beginning.starts_with(b"MZ"),
    };
    if fits {
        return Ok(kind);
    }
    let message = format!("The file is not what its name says: it does not begin like {kind}.");
    Err(Refusal::value("file.kind", message).at("name"))
}

/// `Content-Disposition` under RFC 6266: an ASCII name for old readers, the whole one for the rest.
pub fn disposition(name: &str) -> String {
    use std::fmt::Write as _;
    let ascii: String = name
        .chars()
        .map(|letter| {
            let plain = letter.is_ascii_graphic() && !"\"\\%".contains(letter);
            if plain || letter == ' ' { letter } else { '_' }
        })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_a_name() {
        for (given, kept) in [
            ("../../etc/contract.pdf", "contract.pdf"),
            ("C:\\temp\\contract.pdf", "contract.pdf"),
            ("a\0.png", "a.png"),
            ("CON.pdf", "_CON.pdf"),
            ("com1.txt", "_com1.txt"),
            ("invoice\u{202e}fdp.exe.pdf", "invoicefdp.exe.pdf"),
            ("  .hidden.pdf ", "hidden.pdf"),
            ("合同 2026.pdf", "合同 2026.pdf"),
            ("a\r\nX: y.pdf", "aX y.pdf"),
        ] {
            assert_eq!(clean_name(given).unwrap(), kept, "{given:?}");
        }
        let long = format!("{}.pdf", "x".repeat(300));
        assert_eq!(clean_name(&long).unwrap().len(), LONGEST_NAME + 4);
        for given in ["", "pdf", ".pdf", "../", "a.", "\u{202e}"] {
            assert_eq!(
                clean_name(given).unwrap_err().code,
                "file.name",
                "{given:?}"
            );
        }
    }

    #[test]
    fn a_file_is_what_its_name_says_or_refused() {
        for (name, beginning) in [
            ("a.pdf", &b"%PDF-1.7"[..]),
            ("a.PNG", b"\x89PNG\r\n\x1a\n...."),
            ("a.jpeg", b"\xff\xd8\xff\xe0"),
            ("a.webp", b"RIFF\0\0\0\0WEBP"),
            ("a.csv", b"code,name\n"),
            ("a.xlsx", b"PK\x03\x04"),
        ] {
            assert!(media_type(name, beginning).is_ok(), "{name}");
        }
        for (name, beginning) in [
            ("a.html", &b"<html>"[..]),
            ("a.svg", b"<svg onload='x'>"),
            ("a.exe", b"MZ"),
            ("a.png", b"MZ\x90"),
            ("a.txt", b"MZ\x90"),
            ("a.txt", b"te\0xt"),
            ("a.pdf", b"<html>%PDF-"),
            ("a.zip", b"PK\x03\x04"),
            ("a", b""),
        ] {
            assert_eq!(
                media_type(name, beginning).unwrap_err().code,
                "file.kind",
                "{name}"
            );
        }
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            disposition("a\"b\\c.pdf"),
            "attachment; filename=\"a_b_c.pdf\"; filename*=UTF-8''a%22b%5Cc.pdf",
        );
        assert_eq!(
            disposition("合同.pdf"),
            "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf",
        );
    }
}
