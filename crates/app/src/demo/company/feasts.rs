//! Which days China does not work, and which weekends it does.
//!
//! 2023 to 2026 as the State Council announced them, 2027 and 2028 by the same rules from the
//! lunar calendar; any other year has the feasts without exchanged weekends.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use kernel::WorkCalendar;

use super::Holiday;

/// The days off and the weekends worked, over whole years.
#[derive(Debug, Clone)]
pub struct Feasts {
    pub holidays: Vec<Holiday>,
    pub working_weekends: Vec<Date>,
    calendar: WorkCalendar,
}

impl Feasts {
    pub fn is_working_day(&self, day: Date) -> bool {
        self.calendar.is_working_day(day)
    }

    /// The first working day on or after `day`.
    pub fn working_day_from(&self, day: Date) -> Date {
        let mut day = day;
        while !self.is_working_day(day) {
            day = next(day);
        }
        day
    }
}

/// The feasts of the years `first` to `last`, both included.
pub fn feasts(first: i16, last: i16) -> Feasts {
    let mut holidays = Vec::new();
    let mut working_weekends = Vec::new();
    for year in first..=last {
        if ANNOUNCED.contains(&year) {
            let breaks = BREAKS.iter().filter(|rest| rest.0.year() == year);
            breaks.for_each(|(from, days, feast)| add(&mut holidays, *from, *days, *feast));
            let worked = WORKED.iter().filter(|day| day.year() == year);
            working_weekends.extend(worked.copied());
        } else {
            add_by_rule(&mut holidays, year);
        }
    }
    let calendar = WorkCalendar::new(
        holidays.iter().map(|holiday| holiday.date),
        working_weekends.iter().copied(),
    );
    Feasts {
        holidays,
        working_weekends,
        calendar,
    }
}

/// The first day of the lunar year that begins in `year`; early February where it is not listed.
pub fn lunar_new_year(year: i16) -> Date {
    LUNAR_NEW_YEARS
        .into_iter()
        .find(|day| day.year() == year)
        .unwrap_or_else(|| date(year, 2, 5))
}

pub fn next(day: Date) -> Date {
    day.saturating_add(1.day())
}

type Feast = (&'static str, &'static str);

const NEW_YEAR: Feast = ("New Year", "元旦");
const SPRING: Feast = ("Spring Festival", "春节");
const QINGMING: Feast = ("Qingming Festival", "清明节");
const LABOUR: Feast = ("Labour Day", "劳动节");
const DRAGON: Feast = ("Dragon Boat Festival", "端午节");
const AUTUMN: Feast = ("Mid-Autumn Festival", "中秋节");
const NATIONAL: Feast = ("National Day", "国庆节");

const ANNOUNCED: std::ops::RangeInclusive<i16> = 2023..=2028;

/// First day, number of days, feast. A break that starts in December counts from January.
const BREAKS: [(Date, i32, Feast); 40] = [
    (date(2023, 1, 1), 2, NEW_YEAR),
    (date(2023, 1, 21), 7, SPRING),
    (date(2023, 4, 5), 1, QINGMING),
    (date(2023, 4, 29), 5, LABOUR),
    (date(2023, 6, 22), 3, DRAGON),
    (date(2023, 9, 29), 1, AUTUMN),
    (date(2023, 9, 30), 7, NATIONAL),
    (date(2024, 1, 1), 1, NEW_YEAR),
    (date(2024, 2, 10), 8, SPRING),
    (date(2024, 4, 4), 3, QINGMING),
    (date(2024, 5, 1), 5, LABOUR),
    (date(2024, 6, 10), 1, DRAGON),
    (date(2024, 9, 15), 3, AUTUMN),
    (date(2024, 10, 1), 7, NATIONAL),
    (date(2025, 1, 1), 1, NEW_YEAR),
    (date(2025, 1, 28), 8, SPRING),
    (date(2025, 4, 4), 3, QINGMING),
    (date(2025, 5, 1), 5, LABOUR),
    (date(2025, 5, 31), 3, DRAGON),
    (date(2025, 10, 1), 8, NATIONAL),
    (date(2026, 1, 1), 3, NEW_YEAR),
    (date(2026, 2, 15), 9, SPRING),
    (date(2026, 4, 4), 3, QINGMING),
    (date(2026, 5, 1), 5, LABOUR),
    (date(2026, 6, 19), 3, DRAGON),
    (date(2026, 9, 25), 3, AUTUMN),
    (date(2026, 10, 1), 7, NATIONAL),
    (date(2027, 1, 1), 3, NEW_YEAR),
    (date(2027, 2, 5), 8, SPRING),
    (date(2027, 4, 3), 3, QINGMING),
    (date(2027, 5, 1), 5, LABOUR),
    (date(2027, 6, 9), 1, DRAGON),
    (date(2027, 9, 15), 1, AUTUMN),
    (date(2027, 10, 1), 7, NATIONAL),
    (date(2028, 1, 1), 3, NEW_YEAR),
    (date(2028, 1, 25), 8, SPRING),
    (date(2028, 4, 4), 1, QINGMING),
    (date(2028, 5, 1), 3, LABOUR),
    (date(2028, 5, 27), 3, DRAGON),
    (date(2028, 10, 1), 8, NATIONAL),
];

const WORKED: [Date; 31] = [
    date(2023, 1, 28),
    date(2023, 1, 29),
    date(2023, 4, 23),
    date(2023, 5, 6),
    date(2023, 6, 25),
    date(2023, 10, 7),
    date(2023, 10, 8),
    date(2024, 2, 4),
    date(2024, 2, 18),
    date(2024, 4, 7),
    date(2024, 4, 28),
    date(2024, 5, 11),
    date(2024, 9, 14),
    date(2024, 9, 29),
    date(2024, 10, 12),
    date(2025, 1, 26),
    date(2025, 2, 8),
    date(2025, 4, 27),
    date(2025, 9, 28),
    date(2025, 10, 11),
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
    date(2027, 5, 8),
    date(2027, 9, 26),
    date(2027, 10, 9),
    date(2028, 2, 5),
    date(2028, 9, 30),
];

const LUNAR_NEW_YEARS: [Date; 14] = [
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
    date(2031, 1, 23),
    date(2032, 2, 11),
    date(2033, 1, 31),
    date(2034, 2, 19),
    date(2035, 2, 8),
];

fn add(holidays: &mut Vec<Holiday>, from: Date, days: i32, feast: Feast) {
    let mut day = from;
    for _ in 0..days {
        holidays.push(Holiday {
            date: day,
            name: feast.0,
            name_local: feast.1,
        });
        day = next(day);
    }
}

/// The feasts of a year nobody has announced.
fn add_by_rule(holidays: &mut Vec<Holiday>, year: i16) {
    let eve = lunar_new_year(year).saturating_sub(1.day());
    add(holidays, date(year, 1, 1), 1, NEW_YEAR);
    add(holidays, eve, 8, SPRING);
    add(holidays, date(year, 4, 4), 1, QINGMING);
    add(holidays, date(year, 5, 1), 2, LABOUR);
    add(holidays, date(year, 10, 1), 7, NATIONAL);
}
