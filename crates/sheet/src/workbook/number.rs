//! Numbers and moments of a sheet as text: what the spreadsheet program shows, but all of it.

use calamine::{ExcelDateTime, NumberFormat};

/// How a number format changes what a number is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    #[default]
    Plain,
    /// 0.05 is shown as `5%`, and whoever typed it means five.
    Percent,
    /// 17 is shown as `00017`, as codes are.
    Zeros(usize),
}

impl Shown {
    pub(super) fn of(format: Option<&NumberFormat>) -> Shown {
        let code = format.map_or("", |format| format.format_code.as_str());
        if has_percent(code) {
            return Shown::Percent;
        }
        let is_zeros = 1 < code.len() && code.bytes().all(|byte| byte == b'0');
        if is_zeros {
            return Shown::Zeros(code.len());
        }
        Shown::Plain
    }
}

/// Whether a percent sign stands in the format outside quotation marks.
fn has_percent(code: &str) -> bool {
    let mut in_quotes = false;
    let mut is_escaped = false;
    for letter in code.chars() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' | '_' | '*' => is_escaped = true,
            '"' => in_quotes = !in_quotes,
            '%' if !in_quotes => return true,
            _ => {}
        }
    }
    false
}

/// What stands for a number whose last digits a spreadsheet has lost.
pub(crate) const LOST_DIGITS: &str = "#DIGITS!";

/// A number in full, without exponent, to the fifteen digits a spreadsheet keeps.
///
/// What is binary noise behind them (`0.1 + 0.2` is stored as 0.30000000000000004) goes. A whole
/// number with more than fifteen digits had more once: it becomes [`LOST_DIGITS`].
pub(super) fn number(value: f64, shown: Shown) -> String {
    if !value.is_finite() {
        return "#NUM!".to_owned();
    }
    let written = format!("{value:.14e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let mut exponent: i32 = exponent.parse().unwrap_or(0);
    if 15 <= exponent {
        return LOST_DIGITS.to_owned();
    }
    if exponent < -40 {
        return "0".to_owned();
    }
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return match shown {
            Shown::Plain => "0".to_owned(),
            Shown::Percent => "0%".to_owned(),
            Shown::Zeros(width) => "0".repeat(width),
        };
    }
    if shown == Shown::Percent {
        exponent += 2;
    }
    let text = format!("{sign}{}", placed(digits, exponent));
    match shown {
        Shown::Percent => format!("{text}%"),
        Shown::Zeros(width) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{text:0>width$}")
        }
        Shown::Plain | Shown::Zeros(_) => text,
    }
}

/// `digits` with the point behind the place that `exponent` says: `("25", -1)` is `0.25`.
fn placed(digits: &str, exponent: i32) -> String {
    let Ok(before) = usize::try_from(exponent + 1) else {
        let zeros = usize::try_from(-1 - exponent).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    match before.checked_sub(digits.len()) {
        Some(zeros) => format!("{digits}{}", "0".repeat(zeros)),
        None if before == 0 => format!("0.{digits}"),
        None => format!("{}.{}", &digits[..before], &digits[before..]),
    }
}

/// A day, with its time of day if it has one; a span of time as hours, minutes and seconds.
pub(super) fn moment(value: &ExcelDateTime) -> String {
    let serial = value.as_f64();
    if !(0.0..2_958_466.0).contains(&serial) {
        // Before 1900 or after 9999: no calendar of a spreadsheet has it.
        return "#NUM!".to_owned();
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    if value.is_duration() {
        let days = number(serial.trunc(), Shown::Plain);
        let hours = days.parse::<u64>().unwrap_or(0) * 24 + u64::from(hour);
        return format!("{hours}:{minute:02}:{second:02}");
    }
    let time = if (hour, minute, second) == (0, 0, 0) {
        String::new()
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    };
    if serial < 1.0 && !time.is_empty() {
        return time;
    }
    let gap = if time.is_empty() { "" } else { " " };
    format!("{year:04}-{month:02}-{day:02}{gap}{time}")
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn numbers_are_whole_exact_and_without_noise() {
        for (value, text) in [
            (0.0,                    "0"),
            (-0.0,                   "0"),
            (12.0,                   "12"),
            (-1234.5,                "-1234.5"),
            (0.1 + 0.2,              "0.3"),
            (1_234.560_000_000_1,    "1234.5600000001"),
            (4.35 * 100.0,           "435"),
            (1e-7,                   "0.0000001"),
            (1.5e-10,                "0.00000000015"),
            (1e14,                   "100000000000000"),
            (999_999_999_999_999.0,  "999999999999999"),
            (1e15,                   LOST_DIGITS),
            (3.101_011_990_010_11e17, LOST_DIGITS),
            (f64::MIN_POSITIVE,      "0"),
            (f64::NAN,               "#NUM!"),
        ] {
            assert_eq!(number(value, Shown::Plain), text, "{value:?}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn percentages_and_codes_are_read_as_they_are_seen() {
        for (value, code, text) in [
            (0.05,    "0%",          "5%"),
            (0.17065, "0.00%",       "17.065%"),
            (-0.5,    "0%;[Red]-0%", "-50%"),
            (0.0,     "0%",          "0%"),
            (0.05,    "0.00\"%\"",   "0.05"),
            (0.05,    "0.00\\%",     "0.05"),
            (17.0,    "00000",       "00017"),
            (0.0,     "00",          "00"),
            (17.5,    "00000",       "17.5"),
            (-3.0,    "000",         "-3"),
            (17.0,    "0",           "17"),
            (17.0,    "#,##0.00",    "17"),
        ] {
            let mut format = NumberFormat::default();
            format.format_code = code.to_owned();
            assert_eq!(number(value, Shown::of(Some(&format))), text, "{value:?} as {code}");
        }
    }

    #[test]
    fn days_are_written_as_the_calendar_has_them() {
        let day = |serial: f64, kind| moment(&ExcelDateTime::new(serial, kind, false));
        let date_time = ExcelDateTimeType::DateTime;
        assert_eq!(day(46_081.0, date_time), "2026-02-28");
        assert_eq!(day(45_351.0, date_time), "2024-02-29");
        assert_eq!(day(46_081.5, date_time), "2026-02-28 12:00:00");
        assert_eq!(day(0.75, date_time), "18:00:00");
        assert_eq!(day(-1.0, date_time), "#NUM!");
        assert_eq!(day(1.25, ExcelDateTimeType::TimeDelta), "30:00:00");
        // Workbooks of old Macintosh programs count from 1904.
        let mac = ExcelDateTime::new(44_619.0, date_time, true);
        assert_eq!(moment(&mac), "2026-02-28");
    }
}
