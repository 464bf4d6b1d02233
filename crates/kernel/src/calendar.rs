//! Working days: weekdays less holidays, plus the odd working Saturday or Sunday.

use std::collections::BTreeSet;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// The working days of one country or company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkCalendar {
    holidays: BTreeSet<Date>,
    extra_working_days: BTreeSet<Date>,
}

impl WorkCalendar {
    /// Monday to Friday, less `holidays`, plus `extra_working_days` (a Sunday worked in exchange
    /// for a bridge day). A day in both lists is worked.
    pub fn new(
        holidays: impl IntoIterator<Item = Date>,
        extra_working_days: impl IntoIterator<Item = Date>,
    ) -> WorkCalendar {
        WorkCalendar {
            holidays: holidays.into_iter().collect(),
            extra_working_days: extra_working_days.into_iter().collect(),
        }
    }

    pub fn is_working_day(&self, day: Date) -> bool {
        if self.extra_working_days.contains(&day) {
            return true;
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        !weekend && !self.holidays.contains(&day)
    }

    /// Working days in `[from, to)`; zero if the range is empty or turned round.
    pub fn working_days(&self, from: Date, to: Date) -> u32 {
        let mut count = 0;
        let mut day = from;
        while day < to {
            count += u32::from(self.is_working_day(day));
            let Ok(next) = day.checked_add(1.day()) else {
                break;
            };
            day = next;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn holidays_are_off_and_exchanged_sundays_are_worked() {
        let calendar =
            WorkCalendar::new([date(2024, 2, 12), date(2024, 2, 13)], [date(2024, 2, 18)]);
        assert_eq!(
            calendar.working_days(date(2024, 2, 12), date(2024, 2, 19)),
            4
        );
        assert_eq!(
            WorkCalendar::default().working_days(date(2026, 6, 1), date(2026, 7, 1)),
            22
        );
        assert_eq!(calendar.working_days(date(2024, 3, 1), date(2024, 2, 1)), 0);
    }
}
