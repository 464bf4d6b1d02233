//! Dates as files write them: `2026-02-28`, and nothing that can be read two ways.

use jiff::civil::Date;

use crate::fault::quoted;

const EXAMPLE: &str = "Write it like 2026-02-28.";

/// Reads a day, with or without a time of midnight behind it.
///
/// # Errors
///
/// The sentence that says what is wrong: another form of date, a day that does not exist, a time.
pub(crate) fn day_of(text: &str) -> Result<Date, String> {
    let (day, time) = parted(text);
    let Some((year, month, day_of_month)) = numbers_of(day) else {
        return Err(no_date(text));
    };
    if !time.is_empty() && !is_midnight(time) {
        return Err(format!(
            "{} has a time of day, but only a date can stand here. {EXAMPLE}",
            quoted(text)
        ));
    }
    Date::new(year, month, day_of_month)
        .map_err(|_no_such_day| format!("{} {EXAMPLE}", not_in_calendar(year, month, day_of_month)))
}

/// What stands before the time of day, if there is one.
pub(crate) fn date_part(text: &str) -> &str {
    parted(text).0
}

fn parted(text: &str) -> (&str, &str) {
    let at = text.find([' ', 'T']).unwrap_or(text.len());
    (&text[..at], text.get(at + 1..).unwrap_or(""))
}

fn numbers_of(day: &str) -> Option<(i16, i8, i8)> {
    let bytes = day.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then_some(());
    let (year, month, day_of_month) = (day.get(..4)?, day.get(5..7)?, day.get(8..)?);
    number(year)?;
    number(month)?;
    number(day_of_month)?;
    let year: i16 = year.parse().ok()?;
    Some((year, month.parse().ok()?, day_of_month.parse().ok()?))
}

fn is_midnight(time: &str) -> bool {
    let time = time.trim_end_matches('Z');
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    matches!(clock, "00:00:00" | "00:00" | "0:00" | "0:00:00")
        && fraction.bytes().all(|byte| byte == b'0')
}

fn not_in_calendar(year: i16, month: i8, day: i8) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = usize::try_from(month)
        .ok()
        .and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match name {
        None => format!("There is no month {month:02}."),
        // The one day that some years have and others do not.
        Some(name) if (month, day) == (2, 29) => format!("29 {name} {year} does not exist."),
        Some(name) => format!("{day} {name} does not exist."),
    }
}

fn no_date(text: &str) -> String {
    let shown = quoted(text);
    let digits = text.replacen('.', "", 1);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!(
            "{shown} is a bare number, not a date. \
             Give the column a date format in the spreadsheet program. {EXAMPLE}"
        );
    }
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() == 3 && parts.iter().all(is_number) {
        return format!("{shown} can be read as more than one day. {EXAMPLE}");
    }
    format!("{shown} is not a date. {EXAMPLE}")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_may_carry_midnight() {
        for text in [
            "2026-02-28",
            "2026-02-28 00:00:00",
            "2026-02-28T00:00:00",
            "2026-02-28 00:00:00.000",
            "2026-02-28T00:00:00Z",
        ] {
            assert_eq!(day_of(text), Ok(date(2026, 2, 28)));
        }
        assert_eq!(date_part("2014-02-08 10:01:36.827"), "2014-02-08");
        assert_eq!(date_part("2014-02-08"), "2014-02-08");
    }

    #[test]
    #[rustfmt::skip]
    fn what_is_no_day_is_refused_with_its_reason() {
        for (text, reason) in [
            ("2026-02-31",          "31 February does not exist. Write it like 2026-02-28."),
            ("2026-02-29",          "29 February 2026 does not exist."),
            ("2026-13-01",          "There is no month 13."),
            ("2026-00-10",          "There is no month 00."),
            ("2026-06-00",          "0 June does not exist."),
            ("2014-02-08 10:01:36", "has a time of day"),
            ("4/6/2013",            "can be read as more than one day"),
            ("04.06.2013",          "can be read as more than one day"),
            ("45000",               "bare number"),
            ("45000.0",             "bare number"),
            ("2026-2-3",            "can be read as more than one day"),
            ("26-02-28",            "can be read as more than one day"),
            ("+026-02-28",          "is not a date"),
            ("2026-02-店",          "is not a date"),
            ("soon",                "is not a date"),
        ] {
            let sentence = day_of(text).unwrap_err();
            assert!(sentence.contains(reason), "{text}: {sentence}");
        }
    }
}
