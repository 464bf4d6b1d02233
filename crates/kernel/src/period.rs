//! Periods: the leaves of a plan. A period is a row of a calendar, not necessarily a month.

use jiff::{ToSpan, civil::Date};

use crate::{Code, Refusal};

/// The days `[from, to)` under one code, `2026-06` or `FY13-Q2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    pub code: Code,
    pub from: Date,
    /// The first day that no longer belongs to it.
    pub to: Date,
}

impl Period {
    /// # Errors
    ///
    /// `period.empty` if it would hold no day.
    pub fn new(code: Code, from: Date, to: Date) -> Result<Period, Refusal> {
        if to <= from {
            return Err(Refusal::value(
                "period.empty",
                format!(
                    "Period {code} from {from} to {to} holds no day: “to” is the first day after it."
                ),
            ));
        }
        Ok(Period { code, from, to })
    }

    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && day < self.to
    }

    /// The last day that belongs to it.
    pub fn last_day(&self) -> Date {
        self.to.checked_sub(1.day()).unwrap_or(self.from)
    }
}

/// Periods in order, without overlap. Gaps are allowed: a calendar may start late.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeriodCalendar {
    periods: Vec<Period>,
}

impl PeriodCalendar {
    /// # Errors
    ///
    /// `period.overlap` if two periods share a day, `period.duplicate` if they share a code.
    pub fn new(mut periods: Vec<Period>) -> Result<PeriodCalendar, Refusal> {
        periods.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| a.code.cmp(&b.code)));
        for pair in periods.windows(2) {
            if pair[1].from < pair[0].to {
                return Err(Refusal::value(
                    "period.overlap",
                    format!(
                        "Periods {} and {} share days from {}. Each day belongs to one period at most.",
                        pair[0].code, pair[1].code, pair[1].from
                    ),
                ));
            }
        }
        let mut codes: Vec<String> = periods.iter().map(|period| period.code.folded()).collect();
        codes.sort();
        if let Some(twice) = codes.windows(2).find_map(|pair| match pair {
            [first, second] if first == second => Some(first),
            _ => None,
        }) {
            return Err(Refusal::value(
                "period.duplicate",
                format!("Two periods have the code {twice}."),
            ));
        }
        Ok(PeriodCalendar { periods })
    }

    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// The period that holds `day`.
    pub fn at(&self, day: Date) -> Option<&Period> {
        let after = self.periods.partition_point(|period| period.to <= day);
        self.periods
            .get(after)
            .filter(|period| period.contains(day))
    }
}

/// A company's fiscal year: the month it starts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiscalYear {
    start_month: i8,
}

impl FiscalYear {
    /// The calendar year.
    pub const CALENDAR: FiscalYear = FiscalYear { start_month: 1 };

    /// # Errors
    ///
    /// `fiscal.start_month` if it is not 1 to 12.
    pub fn starting_in(start_month: i8) -> Result<FiscalYear, Refusal> {
        if !(1..=12).contains(&start_month) {
            return Err(Refusal::value(
                "fiscal.start_month",
                format!("A fiscal year starts in a month from 1 to 12, not {start_month}."),
            ));
        }
        Ok(FiscalYear { start_month })
    }

    pub fn start_month(self) -> i8 {
        self.start_month
    }

    /// The fiscal year that `day` lies in, named by the calendar year it starts in.
    pub fn year_of(self, day: Date) -> i16 {
        if day.month() < self.start_month {
            day.year() - 1
        } else {
            day.year()
        }
    }

    /// The first day of fiscal year `year`.
    ///
    /// # Errors
    ///
    /// `fiscal.year` if the year is out of the calendar's range.
    pub fn start_of(self, year: i16) -> Result<Date, Refusal> {
        let unknown = |_| {
            Refusal::value(
                "fiscal.year",
                format!("{year} is not a year that can be planned."),
            )
        };
        Date::new(year, self.start_month, 1).map_err(unknown)
    }

    /// The twelve months of fiscal year `year`, each under its calendar month `2026-06`.
    ///
    /// # Errors
    ///
    /// `fiscal.year` if the year is not within 1900 to 2200.
    pub fn months(self, year: i16) -> Result<PeriodCalendar, Refusal> {
        if !(1900..=2200).contains(&year) {
            return Err(Refusal::value(
                "fiscal.year",
                format!("{year} is not a year that can be planned."),
            ));
        }
        let mut from = self.start_of(year)?;
        let mut periods = Vec::with_capacity(12);
        for _ in 0..12 {
            let to = from.saturating_add(1.month());
            let code = Code::parse(&from.strftime("%Y-%m").to_string())?;
            periods.push(Period::new(code, from, to)?);
            from = to;
        }
        PeriodCalendar::new(periods)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_fiscal_year_may_start_in_april() {
        let fiscal = FiscalYear::starting_in(4).unwrap();
        assert_eq!(fiscal.year_of(date(2026, 3, 31)), 2025);
        assert_eq!(fiscal.year_of(date(2026, 4, 1)), 2026);
        let months = fiscal.months(2026).unwrap();
        let codes: Vec<&str> = months.periods().iter().map(|p| p.code.as_str()).collect();
        assert_eq!(codes[0], "2026-04");
        assert_eq!(codes[11], "2027-03");
        assert_eq!(
            months.at(date(2026, 5, 31)).unwrap().code.as_str(),
            "2026-05"
        );
        assert_eq!(months.at(date(2027, 4, 1)), None);
    }

    #[test]
    fn periods_may_leave_gaps_but_not_overlap() {
        let period =
            |code: &str, from, to| Period::new(Code::parse(code).unwrap(), from, to).unwrap();
        let late = period("B", date(2012, 6, 30), date(2012, 9, 28));
        let early = period("A", date(2012, 3, 30), date(2012, 6, 30));
        let calendar = PeriodCalendar::new(vec![late.clone(), early]).unwrap();
        assert_eq!(calendar.at(date(2012, 6, 30)).unwrap().code.as_str(), "B");
        assert_eq!(calendar.at(date(2012, 3, 29)), None);
        let over = period("C", date(2012, 9, 27), date(2012, 10, 1));
        assert_eq!(
            PeriodCalendar::new(vec![late.clone(), over])
                .unwrap_err()
                .code,
            "period.overlap"
        );
        let twin = period("b", date(2013, 1, 1), date(2013, 2, 1));
        assert_eq!(
            PeriodCalendar::new(vec![late, twin]).unwrap_err().code,
            "period.duplicate"
        );
        assert!(
            Period::new(
                Code::parse("X").unwrap(),
                date(2013, 1, 1),
                date(2013, 1, 1)
            )
            .is_err()
        );
    }
}
