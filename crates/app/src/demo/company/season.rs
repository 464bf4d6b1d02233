//! When in the year, and when in the month, customers order.
//!
//! Only working days count. Months fill up towards their end; before the lunar new year stocks are
//! filled, then everything stops, and it takes until the lantern festival to come back. On top of
//! that each customer group has its own year: contractors paint when it is warm and dry.
#![expect(
    clippy::float_arithmetic,
    reason = "seasonal rates and shares, never money"
)]

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::{
    chance::{Chance, nearest, rate, rate_of},
    feasts::{Feasts, lunar_new_year, next},
    names::{GROUPS, GroupFacts},
};

/// The year and month of a day.
pub type MonthOf = (i16, i8);

pub fn month_of(day: Date) -> MonthOf {
    (day.year(), day.month())
}

/// The working days of one month with the share of the month's orders that falls on each.
#[derive(Debug, Clone)]
struct WorkedMonth {
    days: Vec<Date>,
    weights: Vec<f64>,
}

/// The working days of whole years and how busy they are.
#[derive(Debug, Clone)]
pub struct Season {
    months: BTreeMap<MonthOf, WorkedMonth>,
    /// Of each customer group (by its place) the months' shares of their calendar year.
    shares: BTreeMap<MonthOf, Vec<f64>>,
}

impl Season {
    /// The years `first` to `last`, both included.
    pub fn of(feasts: &Feasts, first: i16, last: i16) -> Season {
        let mut season = Season {
            months: BTreeMap::new(),
            shares: BTreeMap::new(),
        };
        for year in first..=last {
            for month in 1..=12 {
                let worked = worked_month(feasts, year, month);
                season.months.insert((year, month), worked);
            }
            season.add_shares(year);
        }
        season
    }

    fn add_shares(&mut self, year: i16) {
        let months = || (1..=12_i8).map(|month| (year, month));
        let busy = |of: &MonthOf, factors: &[f64; 12]| {
            let month = usize::try_from(of.1 - 1).unwrap_or(0);
            self.months[of].weights.iter().sum::<f64>() * factors[month]
        };
        let wholes: Vec<f64> = GROUPS
            .iter()
            .map(|group| months().map(|of| busy(&of, &group.season)).sum())
            .collect();
        let shares: Vec<(MonthOf, Vec<f64>)> = months()
            .map(|of| {
                let pairs = GROUPS.iter().zip(&wholes);
                let share = |(group, whole): (&GroupFacts, &f64)| busy(&of, &group.season) / whole;
                (of, pairs.map(share).collect())
            })
            .collect();
        self.shares.extend(shares);
    }

    /// What part of its year the customer group at `group` orders in the month.
    pub fn share(&self, group: usize, of: MonthOf) -> f64 {
        self.shares
            .get(&of)
            .and_then(|shares| shares.get(group))
            .copied()
            .unwrap_or(0.0)
    }

    /// A working day of the month, busy ones more often.
    pub fn draw_day(&self, of: MonthOf, chance: &mut Chance) -> Option<Date> {
        let month = self.months.get(&of)?;
        month.days.get(chance.weighted(&month.weights)).copied()
    }

    /// What part of the month is done in the morning of `today`.
    fn done_in_month(&self, today: Date) -> f64 {
        let Some(month) = self.months.get(&month_of(today)) else {
            return 0.0;
        };
        let pairs = || month.days.iter().zip(&month.weights);
        let done: f64 = pairs()
            .filter(|(day, _)| **day < today)
            .map(|(_, weight)| weight)
            .sum();
        let whole: f64 = pairs().map(|(_, weight)| weight).sum();
        done / whole
    }

    /// How a year falls on its months, in millionths, if the groups have these `weights`.
    ///
    /// The rounding is left with December.
    pub fn month_weights(&self, year: i16, weights: &[f64]) -> [u64; 12] {
        let whole: f64 = weights.iter().sum();
        let mut parts = [0_u64; 12];
        let mut left = 1_000_000_u64;
        for (place, month) in (1..=12_i8).enumerate() {
            let share = |(group, weight): (usize, &f64)| self.share(group, (year, month)) * weight;
            let sum: f64 = weights.iter().enumerate().map(share).sum();
            let part = nearest(1_000_000.0 * sum / whole);
            parts[place] = u64::try_from(part).unwrap_or(0).min(left);
            left -= parts[place];
        }
        parts[11] += left;
        parts
    }

    /// What part of its year lies before `today`, by these month weights.
    pub fn done_in_year(&self, today: Date, month_weights: &[u64; 12]) -> f64 {
        let before = usize::try_from(today.month() - 1).unwrap_or(0);
        let part = |weight: &u64| rate(i64::try_from(*weight).unwrap_or(0));
        let full: f64 = month_weights.iter().take(before).map(part).sum();
        let running = part(&month_weights[before]) * self.done_in_month(today);
        (full + running) / 1_000_000.0
    }
}

fn worked_month(feasts: &Feasts, year: i16, month: i8) -> WorkedMonth {
    let first = date(year, month, 1);
    let mut days = Vec::new();
    let mut day = first;
    while day.month() == month {
        if feasts.is_working_day(day) {
            days.push(day);
        }
        day = next(day);
    }
    let count = rate_of(days.len());
    let weights = days
        .iter()
        .enumerate()
        .map(|(place, day)| towards_the_end((rate_of(place) + 0.5) / count) * around_new_year(*day))
        .collect();
    WorkedMonth { days, weights }
}

/// Month ends are more than twice as busy as beginnings.
fn towards_the_end(through: f64) -> f64 {
    0.7 + through * through * through
}

/// Stocks are filled until ten days before the lunar new year; then it is quiet for a month.
fn around_new_year(day: Date) -> f64 {
    let after = day
        .since(lunar_new_year(day.year()))
        .map_or(0, |span| span.get_days());
    match after {
        -28..=-10 => 1.2,
        -9..=-1 => 0.45,
        0..=7 => 0.3,
        8..=17 => 0.6,
        18..=26 => 0.9,
        _ => 1.0,
    }
}
