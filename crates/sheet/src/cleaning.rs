//! What may stand in a cell: no formulas, no invisible characters, nothing too long.
//!
//! A cell such as `=HYPERLINK(…)` does no harm here, but it runs in the spreadsheet program of
//! whoever opens the next export. So formulas are refused on the way in, and whatever looks like
//! one gets an apostrophe on the way out; an apostrophe in front of a formula is taken off again
//! when the file comes back.

use std::borrow::Cow;

use crate::fault::quoted;

/// The text a raw cell stands for: trimmed, its protecting apostrophe taken off.
///
/// # Errors
///
/// The sentence that says why the cell is refused: a formula or a control character.
pub(crate) fn text_of_cell(raw: &str) -> Result<&str, String> {
    let text = raw.trim();
    if raw.starts_with(['\t', '\r']) && !text.is_empty() {
        return Err(
            "The cell starts with a tab or line break, which can hide a formula. Remove it."
                .to_owned(),
        );
    }
    let Some(first) = text.bytes().next() else {
        return Ok("");
    };
    if first == b'\'' && is_protected(text) {
        return Ok(&text[1..]);
    }
    if let Some(why) = spreadsheet_error(text) {
        return Err(why.to_owned());
    }
    if is_formula(text) {
        return Err(format!(
            "{} looks like a formula. Save the file with values only, \
             or put an apostrophe in front if it is meant as text.",
            quoted(text)
        ));
    }
    let control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7F;
    if let Some(byte) = text.bytes().find(|byte| control(*byte)) {
        return Err(format!(
            "There is an invisible character (U+{byte:04X}) in {}. Remove it.",
            quoted(text)
        ));
    }
    Ok(text)
}

/// `text` as it is written into a cell: with an apostrophe in front if it would run otherwise.
pub(crate) fn protected(text: &str) -> Cow<'_, str> {
    let inner = text.trim_start_matches('\'');
    let is_safe = if inner.len() == text.len() {
        !starts_formula(text) || is_plain_number(text)
    } else {
        // An apostrophe that belongs to the text must not be mistaken for a protecting one.
        !starts_formula(inner)
    };
    if is_safe {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{text}"))
    }
}

fn is_protected(text: &str) -> bool {
    starts_formula(text.trim_start_matches('\''))
}

/// A sign in front of digits is a number or a telephone number; letters behind it are not.
fn is_formula(text: &str) -> bool {
    if !starts_formula(text) {
        return false;
    }
    let Some(rest) = text.strip_prefix(['+', '-']) else {
        return true;
    };
    let exponents = rest.bytes().filter(u8::is_ascii_alphabetic).count();
    let harmless = |byte: u8| byte.is_ascii_digit() || b" .,%()/-eE".contains(&byte);
    !rest.bytes().all(harmless) || 1 < exponents
}

/// What a spreadsheet program writes where a formula has no value.
fn spreadsheet_error(text: &str) -> Option<&'static str> {
    if !text.starts_with('#') {
        return None;
    }
    Some(match text {
        "#DIV/0!" => "The formula here divides by zero (#DIV/0!). Mend it in the spreadsheet.",
        "#N/A" => "The formula here found nothing (#N/A). Mend it in the spreadsheet.",
        "#REF!" | "#NAME?" | "#VALUE!" | "#NULL!" | "#NUM!" | "#GETTING_DATA" | "#SPILL!"
        | "#CALC!" => "The formula here has no value, only an error. Mend it in the spreadsheet.",
        crate::workbook::LOST_DIGITS => {
            "The number here has more than the 15 digits that a spreadsheet keeps. \
             Format the column as text and enter it again."
        }
        _ => return None,
    })
}

fn starts_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// An optional minus, digits, and perhaps a point with digits: nothing a spreadsheet could run.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_refused_and_numbers_with_a_sign_are_not() {
        for cell in [
            "=1+1",
            " =1+1",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3+cmd|' /C calc'!A0",
            "-A1",
            "\tA1",
            "\r=1",
            "＝1+1",
            "-1eE5",
        ] {
            assert!(text_of_cell(cell).is_err(), "{cell:?}");
        }
        for cell in [
            "-12.50",
            "+49 170 1234567",
            "+49 (0)30/12-34",
            "-",
            "-1e5",
            "a=b",
            "o'=x",
        ] {
            assert_eq!(text_of_cell(cell), Ok(cell));
        }
    }

    #[test]
    fn errors_of_a_spreadsheet_are_no_values() {
        for cell in ["#DIV/0!", "#N/A", "#REF!", " #VALUE! ", "#DIGITS!"] {
            assert!(text_of_cell(cell).is_err(), "{cell:?}");
        }
        for cell in ["#1", "#", "A #N/A", "#n"] {
            assert_eq!(text_of_cell(cell), Ok(cell));
        }
    }

    #[test]
    fn cells_are_trimmed_and_lose_only_a_protecting_apostrophe() {
        assert_eq!(text_of_cell(" a b \u{3000}"), Ok("a b"));
        assert_eq!(text_of_cell("  \t "), Ok(""));
        assert_eq!(text_of_cell("'=x"), Ok("=x"));
        assert_eq!(text_of_cell("''=x"), Ok("'=x"));
        assert_eq!(text_of_cell("'t Hart"), Ok("'t Hart"));
    }

    #[test]
    fn invisible_characters_are_refused() {
        assert!(text_of_cell("a\u{7}b").unwrap_err().contains("U+0007"));
        assert_eq!(text_of_cell("a\nb"), Ok("a\nb"));
    }

    #[test]
    #[rustfmt::skip]
    fn what_would_run_gets_an_apostrophe() {
        for (text, written) in [
            ("=1+1",       "'=1+1"),
            ("@x",         "'@x"),
            ("-x",         "'-x"),
            ("+49 170",    "'+49 170"),
            ("＠x",        "'＠x"),
            ("'=x",        "''=x"),
            ("'-5",        "''-5"),
            ("-5",         "-5"),
            ("-1234.50",   "-1234.50"),
            ("-1.",        "'-1."),
            ("'t Hart",    "'t Hart"),
            ("",           ""),
            ("a=b",        "a=b"),
        ] {
            assert_eq!(protected(text), written);
        }
    }
}
