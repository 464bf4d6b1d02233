//! The series documents take their numbers from: one for each company, kind and year.
//!
//! A series only counts up. What its numbers look like may change at any time, but never so that two
//! series could make the same number; and where numbers must have no gap, nothing changes within a year
//! in which one was given out.

use jiff::civil::Date;
use kernel::{Code, Refusal};

/// A series of numbers, one for each kind of document and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Series {
    Order,
    Delivery,
    Return,
    Invoice,
    CreditNote,
    Payment,
    Quotation,
    Framework,
    Sample,
    Rebate,
}

impl Series {
    /// Every kind, in the order they are listed.
    pub const ALL: [Series; 10] = [
        Series::Quotation,
        Series::Framework,
        Series::Order,
        Series::Delivery,
        Series::Return,
        Series::Invoice,
        Series::CreditNote,
        Series::Payment,
        Series::Sample,
        Series::Rebate,
    ];

    /// The series of a kind as requests name it.
    pub fn parse(kind: &str) -> Option<Series> {
        Series::ALL.into_iter().find(|series| series.kind() == kind)
    }

    /// Whether its numbers must follow each other without a gap.
    pub fn is_gap_free(self) -> bool {
        matches!(self, Series::Invoice | Series::CreditNote)
    }

    /// The kinds whose documents share one set of numbers with this one's.
    pub fn beside(self) -> &'static [Series] {
        match self {
            Series::Order => &[Series::Order],
            Series::Delivery | Series::Return => &[Series::Delivery, Series::Return],
            Series::Invoice => &[Series::Invoice],
            Series::CreditNote => &[Series::CreditNote],
            Series::Payment => &[Series::Payment],
            Series::Quotation => &[Series::Quotation],
            Series::Framework => &[Series::Framework],
            Series::Sample => &[Series::Sample],
            Series::Rebate => &[Series::Rebate],
        }
    }

    /// Under which its last number is kept.
    pub fn kind(self) -> &'static str {
        match self {
            Series::Order => "order",
            Series::Delivery => "delivery",
            Series::Return => "return",
            Series::Invoice => "invoice",
            Series::CreditNote => "credit-note",
            Series::Payment => "payment",
            Series::Quotation => "quotation",
            Series::Framework => "framework",
            Series::Sample => "sample",
            Series::Rebate => "rebate",
        }
    }

    /// What its numbers begin with unless something else is set.
    fn prefix(self) -> &'static str {
        match self {
            Series::Order => "SO-",
            Series::Delivery => "DN-",
            Series::Return => "RT-",
            Series::Invoice => "INV-",
            Series::CreditNote => "CN-",
            Series::Payment => "PAY-",
            Series::Quotation => "QU-",
            Series::Framework => "FC-",
            Series::Sample => "SP-",
            Series::Rebate => "RB-",
        }
    }

    /// As a sentence says it.
    pub fn noun(self) -> &'static str {
        match self {
            Series::Order => "an order",
            Series::Delivery => "a delivery",
            Series::Return => "a return",
            Series::Invoice => "an invoice",
            Series::CreditNote => "a credit note",
            Series::Payment => "a payment",
            Series::Quotation => "a quotation",
            Series::Framework => "a framework contract",
            Series::Sample => "a sample",
            Series::Rebate => "a rebate agreement",
        }
    }

    /// What the number is called in requests and files.
    pub fn field(self) -> &'static str {
        match self {
            Series::Payment => "reference",
            _ => "number",
        }
    }
}

/// What the numbers of a series look like: `SO-2026-00001`, or with the month `SO-202606-00001`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// With what separates it, as `SO-`.
    pub prefix: String,
    pub with_month: bool,
    /// A number is filled up with zeros to so many digits; a larger one keeps all of its own.
    pub digits: usize,
}

/// The longest prefix.
const LONGEST_PREFIX: usize = 12;
/// The highest number that is set by hand.
const HIGHEST: i64 = 9_999_999;

impl Pattern {
    /// What numbers look like before anything is set.
    pub fn usual(series: Series) -> Pattern {
        Pattern {
            prefix: series.prefix().to_owned(),
            with_month: false,
            digits: 5,
        }
    }

    /// What stands before the number of a document of `day`.
    pub fn stem(&self, day: Date) -> String {
        let prefix = &self.prefix;
        if self.with_month {
            format!("{prefix}{}{:02}-", day.year(), day.month())
        } else {
            format!("{prefix}{}-", day.year())
        }
    }

    /// The `number`th of the year, for a document of `day`.
    pub fn number(&self, day: Date, number: i64) -> String {
        let width = self.digits;
        format!("{}{number:0width$}", self.stem(day))
    }

    /// Whether one prefix begins with the other, so that the numbers of two series could be the same.
    pub fn is_like(&self, other: &Pattern) -> bool {
        let (one, other) = (
            self.prefix.to_ascii_lowercase(),
            other.prefix.to_ascii_lowercase(),
        );
        one.starts_with(&other) || other.starts_with(&one)
    }
}

/// A series of one company, kind and year, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub pattern: Pattern,
    /// Where it begins.
    pub first: i64,
    /// The last number given out; one before `first` while none was.
    pub last: i64,
}

/// What of a series is to be another; none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    pub prefix: Option<String>,
    pub with_month: Option<bool>,
    pub digits: Option<i64>,
    pub next_number: Option<i64>,
}

impl Standing {
    /// A series nothing was taken from yet.
    pub fn begun(pattern: Pattern) -> Standing {
        Standing {
            pattern,
            first: 1,
            last: 0,
        }
    }

    pub fn next_number(&self) -> i64 {
        self.last.saturating_add(1)
    }

    /// Whether a number was given out.
    pub fn has_given(&self) -> bool {
        self.first <= self.last
    }

    /// The series after a change.
    ///
    /// # Errors
    ///
    /// `series.prefix`, `series.digits` or `series.next` for what cannot be; `series.gap` for a change
    /// of what must have no gap once a number was given out.
    pub fn change(&self, series: Series, wish: &Wish) -> Result<Standing, Refusal> {
        let pattern = Pattern {
            prefix: match &wish.prefix {
                Some(text) => accept_prefix(text)?,
                None => self.pattern.prefix.clone(),
            },
            with_month: wish.with_month.unwrap_or(self.pattern.with_month),
            digits: match wish.digits {
                Some(digits) => accept_digits(digits)?,
                None => self.pattern.digits,
            },
        };
        let next = wish.next_number.unwrap_or_else(|| self.next_number());
        let least = if self.has_given() {
            self.next_number()
        } else {
            1
        };
        if wish.next_number.is_some() && (next < least || HIGHEST < next) {
            let text = format!(
                "The next number is {least} to {HIGHEST}, not {next}: a series only counts up, so that no number is given twice."
            );
            return Err(Refusal::value("series.next", text).at("next_number"));
        }
        let after = Standing {
            pattern,
            first: if self.has_given() { self.first } else { next },
            last: next - 1,
        };
        if series.is_gap_free() && self.has_given() && after != *self {
            let text = format!(
                "Numbers of {} follow each other without a gap, and {} was given out already. Set the series of the next year.",
                series.noun(),
                self.last
            );
            return Err(Refusal::state("series.gap", text));
        }
        Ok(after)
    }
}

fn accept_prefix(text: &str) -> Result<String, Refusal> {
    let code = Code::parse(text).map_err(|no| no.at("prefix"))?;
    if LONGEST_PREFIX < code.as_str().len() {
        let message = format!("A prefix has at most {LONGEST_PREFIX} characters.");
        return Err(Refusal::value("series.prefix", message).at("prefix"));
    }
    Ok(code.as_str().to_owned())
}

fn accept_digits(digits: i64) -> Result<usize, Refusal> {
    let known = usize::try_from(digits).ok();
    known
        .filter(|digits| (3..=9).contains(digits))
        .ok_or_else(|| {
            let message = format!("A number is filled up to 3 to 9 digits, not {digits}.");
            Refusal::value("series.digits", message).at("digits")
        })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn given(last: i64) -> Standing {
        Standing {
            last,
            ..Standing::begun(Pattern::usual(Series::Order))
        }
    }

    fn next(number: i64) -> Wish {
        Wish {
            next_number: Some(number),
            ..Wish::default()
        }
    }

    #[test]
    fn a_number_has_prefix_year_and_zeros() {
        let mut pattern = Pattern::usual(Series::Order);
        assert_eq!(pattern.number(date(2026, 6, 16), 7), "SO-2026-00007");
        pattern.with_month = true;
        pattern.digits = 3;
        assert_eq!(pattern.number(date(2026, 6, 16), 7), "SO-202606-007");
        assert_eq!(pattern.number(date(2026, 6, 16), 12_345), "SO-202606-12345");
    }

    #[test]
    fn a_series_only_counts_up() {
        let after = given(7).change(Series::Order, &next(20)).unwrap();
        assert_eq!((after.first, after.last), (1, 19));
        for wrong in [7, 1, 0, -5, 10_000_000] {
            let no = given(7).change(Series::Order, &next(wrong)).unwrap_err();
            assert_eq!(no.code, "series.next", "{wrong}");
        }
        // Before the first number was given out it may begin anywhere, and be set again.
        let begun = given(0).change(Series::Order, &next(20)).unwrap();
        let again = begun.change(Series::Order, &next(5)).unwrap();
        assert_eq!((again.next_number(), again.has_given()), (5, false));
    }

    #[test]
    fn what_has_no_gap_keeps_its_series_for_the_year() {
        let other = Wish {
            prefix: Some("R-".to_owned()),
            ..Wish::default()
        };
        for wish in [next(20), other] {
            let no = given(7).change(Series::Invoice, &wish).unwrap_err();
            assert_eq!(no.code, "series.gap");
            assert!(given(7).change(Series::Order, &wish).is_ok());
            assert!(given(0).change(Series::Invoice, &wish).is_ok());
        }
        assert!(given(7).change(Series::Invoice, &next(8)).is_ok());
    }

    #[test]
    fn two_series_are_told_apart_by_their_prefix() {
        let of = |prefix: &str| Pattern {
            prefix: prefix.to_owned(),
            ..Pattern::usual(Series::Order)
        };
        assert!(of("SO-").is_like(&of("so-")));
        assert!(of("S").is_like(&of("SO-")));
        assert!(!of("SO-").is_like(&of("SOE-")));
    }

    #[test]
    fn a_pattern_that_cannot_be_is_refused() {
        let wish = |prefix: &str, digits| Wish {
            prefix: Some(prefix.to_owned()),
            digits,
            ..Wish::default()
        };
        let code = |wish| given(0).change(Series::Order, &wish).unwrap_err().code;
        assert_eq!(code(wish("a prefix", None)), "code.malformed");
        assert_eq!(code(wish("ABCDEFGHIJKLM", None)), "series.prefix");
        assert_eq!(code(wish("A-", Some(2))), "series.digits");
        assert_eq!(code(wish("A-", Some(10))), "series.digits");
    }

    #[test]
    fn every_kind_is_read_as_it_is_written() {
        for series in Series::ALL {
            assert_eq!(Series::parse(series.kind()), Some(series));
            assert!(series.beside().contains(&series));
        }
        assert_eq!(Series::parse("lunch"), None);
    }
}
