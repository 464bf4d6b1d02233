//! Other ways of writing numbers and days, each said by an example or a pattern.
//!
//! A form is never guessed cell by cell: `1.234` is a thousand in one file and one in another. A
//! column has one form, and a cell written otherwise is a fault.

use std::fmt;

use crate::fault::quoted;

/// What may stand before or behind an amount without changing it.
const CURRENCY_SIGNS: [char; 7] = ['¥', '￥', '$', '€', '£', '元', '\u{a0}'];

/// How numbers are written, such as `1.234,56`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberForm {
    /// What stands between thousands; a blank stands for every kind of it.
    group: Option<char>,
    point: char,
}

impl NumberForm {
    pub(crate) const COMMA: NumberForm = NumberForm {
        group: Some('.'),
        point: ',',
    };
    pub(crate) const POINT: NumberForm = NumberForm {
        group: Some(','),
        point: '.',
    };
    /// The forms a file may be recognised by.
    pub(crate) const ALL: [NumberForm; 4] = [
        NumberForm::POINT,
        NumberForm::COMMA,
        NumberForm {
            group: Some(' '),
            point: ',',
        },
        NumberForm {
            group: Some('\''),
            point: '.',
        },
    ];

    /// The form of an example: the last sign that is no digit is the point, another one the group.
    ///
    /// # Errors
    ///
    /// The sentence that says what such an example must look like.
    pub(crate) fn parse(example: &str) -> Result<NumberForm, String> {
        let found = NumberForm::ALL
            .into_iter()
            .find(|form| form.to_string() == example);
        if let Some(form) = found {
            return Ok(form);
        }
        match example {
            "1234,56" => Ok(NumberForm {
                group: None,
                point: ',',
            }),
            "1234.56" => Ok(NumberForm {
                group: None,
                point: '.',
            }),
            _ => Err(format!(
                "`number` is an example: one of \"1.234,56\", \"1,234.56\", \"1 234,56\", \"1'234.56\", \"1234,56\"; not \"{example}\""
            )),
        }
    }

    /// The number as it is written everywhere else here.
    ///
    /// # Errors
    ///
    /// The sentence that says that it is not of this form.
    pub(crate) fn read(self, text: &str) -> Result<String, String> {
        self.plain(text)
            .ok_or_else(|| format!("{} is not a number written like {self}.", quoted(text)))
    }

    fn plain(self, text: &str) -> Option<String> {
        let (text, percent) = match text.trim().strip_suffix('%') {
            Some(text) => (text, "%"),
            None => (text.trim(), ""),
        };
        let bare = |text: &str| {
            let is_beside = |sign: char| CURRENCY_SIGNS.contains(&sign) || sign == ' ';
            text.trim_matches(is_beside).to_owned()
        };
        let inner = text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'));
        let (sign, digits) = if let Some(inner) = inner {
            ("-", bare(inner))
        } else {
            let text = bare(text);
            match text.strip_prefix(['-', '−', '－']) {
                Some(rest) => ("-", bare(rest)),
                None => ("", bare(text.strip_prefix('+').unwrap_or(&text))),
            }
        };
        let (whole, fraction) = match digits.split_once(self.point) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits.as_str(), None),
        };
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !fraction.is_none_or(is_digits) {
            return None;
        }
        let whole = self.ungrouped(whole).filter(|whole| is_digits(whole))?;
        let fraction = fraction.map_or(String::new(), |fraction| format!(".{fraction}"));
        Some(format!("{sign}{whole}{fraction}{percent}"))
    }

    /// The digits without what stands between thousands; groups of three, or no group at all.
    fn ungrouped(self, whole: &str) -> Option<String> {
        let is_group = |sign: char| match self.group {
            Some(' ') => [' ', '\u{a0}', '\u{202f}'].contains(&sign),
            group => group == Some(sign),
        };
        if !whole.contains(is_group) {
            return Some(whole.to_owned());
        }
        let groups: Vec<&str> = whole.split(is_group).collect();
        let (first, others) = groups.split_first()?;
        let is_whole = (1..=3).contains(&first.len()) && others.iter().all(|one| one.len() == 3);
        is_whole.then(|| groups.concat())
    }
}

impl fmt::Display for NumberForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.group {
            Some(group) => write!(f, "1{group}234{}56", self.point),
            None => write!(f, "1234{}56", self.point),
        }
    }
}

/// In which order year, month and day stand, and what stands between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateForm {
    pattern: &'static str,
    /// Places of year, month and day among the three numbers.
    order: [usize; 3],
    between: &'static [&'static str],
}

impl DateForm {
    pub(crate) const ALL: [DateForm; 7] = [
        DateForm::new("y/m/d", [0, 1, 2], &["/", "/", ""]),
        DateForm::new("y.m.d", [0, 1, 2], &[".", ".", ""]),
        DateForm::new("y-m-d", [0, 1, 2], &["-", "-", ""]),
        DateForm::new("y年m月d日", [0, 1, 2], &["年", "月", "日"]),
        DateForm::new("d.m.y", [2, 1, 0], &[".", ".", ""]),
        DateForm::new("d/m/y", [2, 1, 0], &["/", "/", ""]),
        DateForm::new("m/d/y", [2, 0, 1], &["/", "/", ""]),
    ];

    const fn new(
        pattern: &'static str,
        order: [usize; 3],
        between: &'static [&'static str],
    ) -> DateForm {
        DateForm {
            pattern,
            order,
            between,
        }
    }

    /// # Errors
    ///
    /// The sentence that lists the patterns.
    pub(crate) fn parse(pattern: &str) -> Result<DateForm, String> {
        let found = DateForm::ALL
            .into_iter()
            .find(|form| form.pattern == pattern);
        found.ok_or_else(|| {
            let all = DateForm::ALL.map(|form| form.pattern).join(", ");
            format!("`date` is a pattern: one of {all}; not \"{pattern}\"")
        })
    }

    pub(crate) fn pattern(self) -> &'static str {
        self.pattern
    }

    /// The day as `2026-03-05`, with whatever stands behind it. A day that is written so already
    /// stays as it is.
    ///
    /// # Errors
    ///
    /// The sentence that says that it is not of this form.
    pub(crate) fn read(self, text: &str) -> Result<String, String> {
        if is_iso(text) {
            return Ok(text.to_owned());
        }
        self.iso(text).ok_or_else(|| {
            format!(
                "{} is not a date written like {}.",
                quoted(text),
                self.pattern
            )
        })
    }

    fn iso(self, text: &str) -> Option<String> {
        let (day, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let mut numbers = [""; 3];
        let mut left = day;
        for (number, mark) in numbers.iter_mut().zip(self.between) {
            let end = if mark.is_empty() {
                left.len()
            } else {
                left.find(mark)?
            };
            (*number, left) = (&left[..end], &left[end + mark.len()..]);
        }
        let [year, month, day] = self.order.map(|place| numbers[place]);
        let is_number = |text: &str, least: usize, most: usize| {
            (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !left.is_empty()
            || !is_number(year, 4, 4)
            || !is_number(month, 1, 2)
            || !is_number(day, 1, 2)
        {
            return None;
        }
        let in_year = (1..=12).contains(&month.parse::<u8>().ok()?);
        let in_month = (1..=31).contains(&day.parse::<u8>().ok()?);
        let gap = if rest.is_empty() { "" } else { " " };
        (in_year && in_month).then(|| format!("{year}-{month:0>2}-{day:0>2}{gap}{rest}"))
    }

    pub(crate) fn fits(self, text: &str) -> bool {
        self.iso(text).is_some()
    }
}

/// Whether a day is written as it is everywhere here.
pub(crate) fn is_iso(text: &str) -> bool {
    let shape = text.as_bytes().iter().take(10).enumerate();
    text.len() >= 10
        && shape.into_iter().all(|(place, byte)| match place {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn numbers_are_read_in_their_form_and_in_no_other() {
        for (form, text, plain) in [
            ("1.234,56", "1.234,56",     Some("1234.56")),
            ("1.234,56", "1.234",        Some("1234")),
            ("1.234,56", "-0,5",         Some("-0.5")),
            ("1.234,56", "1.234.567 €",  Some("1234567")),
            ("1.234,56", "12.34",        None),
            ("1.234,56", "1,234.56",     None),
            ("1,234.56", "1,234.56",     Some("1234.56")),
            ("1,234.56", "￥ 1,234.50",  Some("1234.50")),
            ("1,234.56", "(1,234.50)",   Some("-1234.50")),
            ("1,234.56", "12,34",        None),
            ("1,234.56", "5%",           Some("5%")),
            ("1,234.56", "",             None),
            ("1,234.56", "1,234.",       None),
            ("1 234,56", "1\u{a0}234,5", Some("1234.5")),
            ("1'234.56", "1'234.5",      Some("1234.5")),
            ("1234,56",  "1234,5",       Some("1234.5")),
            ("1234,56",  "1.234,5",      None),
        ] {
            let read = NumberForm::parse(form).unwrap().read(text);
            assert_eq!(read.ok().as_deref(), plain, "{text} as {form}");
        }
        assert!(NumberForm::parse("1,2").is_err());
    }

    #[test]
    #[rustfmt::skip]
    fn days_are_read_in_their_form_and_in_no_other() {
        for (form, text, day) in [
            ("y/m/d",       "2026/3/5",         Some("2026-03-05")),
            ("y/m/d",       "2026/13/5",        None),
            ("d.m.y",       "5.3.2026",         Some("2026-03-05")),
            ("d.m.y",       "05.03.2026 00:00", Some("2026-03-05 00:00")),
            ("d.m.y",       "5.3.26",           None),
            ("y年m月d日",   "2026年3月5日",     Some("2026-03-05")),
            ("m/d/y",       "3/5/2026",         Some("2026-03-05")),
            ("d/m/y",       "3/5/2026",         Some("2026-05-03")),
            ("m/d/y",       "13/5/2026",        None),
            ("d.m.y",       "2026-03-05",       Some("2026-03-05")),
        ] {
            let read = DateForm::parse(form).unwrap().read(text);
            assert_eq!(read.ok().as_deref(), day, "{text} as {form}");
        }
    }
}
