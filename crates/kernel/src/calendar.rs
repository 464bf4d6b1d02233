//! Working days: weekdays less holidays, plus the odd working Saturday or Sunday.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

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
        !is_weekend(day) && !self.holidays.contains(&day)
    }

    /// Working days in `[from, to)`; zero if the range is empty or turned round.
    ///
    /// Counted from the weeks and the few recorded days, not day by day: pages ask thousands of
    /// times.
    pub fn working_days(&self, from: Date, to: Date) -> u32 {
        if to <= from {
            return 0;
        }
        let off = self.holidays.range(from..to);
        let off = off.filter(|day| !is_weekend(**day) && !self.extra_working_days.contains(*day));
        let extra = self
            .extra_working_days
            .range(from..to)
            .filter(|day| is_weekend(**day));
        let count = |days: usize| u32::try_from(days).unwrap_or(u32::MAX);
        weekdays(from, to) + count(extra.count()) - count(off.count())
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Mondays to Fridays in `[from, to)`.
fn weekdays(from: Date, to: Date) -> u32 {
    let days = u32::try_from((to - from).get_days()).unwrap_or(0);
    let start = u32::try_from(from.weekday().to_monday_zero_offset()).unwrap_or(0);
    let rest = (0..days % 7).filter(|day| (start + day) % 7 < 5).count();
    days / 7 * 5 + u32::try_from(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};

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

    #[test]
    fn counting_weeks_is_counting_days() {
        let holidays = (1..=28)
            .map(|day| date(2026, 2, day))
            .filter(|day| day.day() % 3 == 0);
        let extra = [date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 18)];
        let calendar = WorkCalendar::new(holidays, extra);
        let start = date(2026, 1, 20);
        for from in 0..30_i32 {
            for length in 0..45_i32 {
                let from = start.saturating_add(from.days());
                let to = from.saturating_add(length.days());
                let one_by_one = (0..length)
                    .filter(|day| calendar.is_working_day(from.saturating_add(day.days())))
                    .count();
                assert_eq!(
                    usize::try_from(calendar.working_days(from, to)).unwrap(),
                    one_by_one,
                    "{from} {to}"
                );
            }
        }
    }
}
