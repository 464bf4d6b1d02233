//! Which days a question means: `2026`, `2026-Q2`, `2026-06`, or the code of an imported period.

use jiff::{ToSpan, civil::Date};
use kernel::{FiscalYear, Refusal};

/// The days `[from, to)` under the text that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub text: String,
    pub from: Date,
    pub to: Date,
}

/// Reads a year, quarter or month of the fiscal calendar; `None` if it is none of these and may be
/// the code of a period.
///
/// `2026` is the fiscal year that starts in 2026, `2026-Q2` its second quarter, `2026-06` the
/// calendar month.
pub fn fiscal(text: &str, fiscal: FiscalYear) -> Option<Asked> {
    let text = text.trim();
    let span = |from: Date, months: i32| -> Option<Asked> {
        let to = from.checked_add(months.months()).ok()?;
        Some(Asked {
            text: text.to_owned(),
            from,
            to,
        })
    };
    let year = |digits: &str| -> Option<i16> {
        let plain = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
        if plain {
            digits
                .parse()
                .ok()
                .filter(|year| (1900..=2200).contains(year))
        } else {
            None
        }
    };
    let Some((head, tail)) = text.split_once('-') else {
        return span(fiscal.start_of(year(text)?).ok()?, 12);
    };
    let year = year(head)?;
    if let Some(quarter) = tail.strip_prefix('Q') {
        let quarter: i32 = quarter
            .parse()
            .ok()
            .filter(|quarter| (1..=4).contains(quarter))?;
        let start = fiscal
            .start_of(year)
            .ok()?
            .checked_add(((quarter - 1) * 3).months())
            .ok()?;
        return span(start, 3);
    }
    if tail.len() != 2 {
        return None;
    }
    span(Date::new(year, tail.parse().ok()?, 1).ok()?, 1)
}

/// The refusal of a period nobody knows.
pub fn unknown(text: &str) -> Refusal {
    let shown: String = text.chars().take(60).collect();
    Refusal::value(
        "period.unknown",
        format!(
            "“{shown}” is no period. Use 2026, 2026-Q2, 2026-06, or the code of a recorded period."
        ),
    )
    .at("period")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn years_quarters_and_months_follow_the_fiscal_calendar() {
        let days = |text, start| {
            fiscal(text, FiscalYear::starting_in(start).unwrap())
                .map(|asked| (asked.from, asked.to))
        };
        assert_eq!(days("2026", 1), Some((date(2026, 1, 1), date(2027, 1, 1))));
        assert_eq!(
            days("2026-Q2", 1),
            Some((date(2026, 4, 1), date(2026, 7, 1)))
        );
        assert_eq!(
            days("2026-Q4", 4),
            Some((date(2027, 1, 1), date(2027, 4, 1)))
        );
        assert_eq!(
            days("2026-06", 4),
            Some((date(2026, 6, 1), date(2026, 7, 1)))
        );
        for other in [
            "",
            "26",
            "2026-13",
            "2026-Q5",
            "2026-6",
            "AW-2012-06-30",
            "2026-06-01",
            "Q1",
            "+202",
            "2026-Q",
        ] {
            assert_eq!(days(other, 1), None, "{other}");
        }
    }
}
