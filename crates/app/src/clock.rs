//! The clock of the program, the only place that reads the machine's.
//!
//! The business day follows the company's time zone. A demonstration may stand still on one day;
//! its hours go on, so that sessions age as usual.

use std::{
    sync::{PoisonError, RwLock},
    time::Instant,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use page::Clock;

/// The machine's clock in the company's time zone.
#[derive(Debug)]
pub struct CompanyClock {
    zone: RwLock<TimeZone>,
    stands_on: Option<Standing>,
}

/// A day that does not end.
#[derive(Debug, Clone, Copy)]
struct Standing {
    day: Date,
    since: Instant,
}

impl CompanyClock {
    /// Follows the machine.
    pub fn running(zone: TimeZone) -> CompanyClock {
        CompanyClock {
            zone: RwLock::new(zone),
            stands_on: None,
        }
    }

    /// Begins at nine in the morning of `day` and never leaves that day.
    pub fn standing_on(day: Date, zone: TimeZone) -> CompanyClock {
        let since = Instant::now();
        CompanyClock {
            zone: RwLock::new(zone),
            stands_on: Some(Standing { day, since }),
        }
    }

    pub fn zone(&self) -> TimeZone {
        self.zone
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes the zone of a company that was founded while the program ran.
    pub fn move_to(&self, zone: TimeZone) {
        *self.zone.write().unwrap_or_else(PoisonError::into_inner) = zone;
    }
}

impl Clock for CompanyClock {
    fn now(&self) -> Timestamp {
        match &self.stands_on {
            None => machine_now(),
            Some(standing) => standing.now(self.zone()),
        }
    }

    fn today(&self) -> Date {
        match &self.stands_on {
            None => machine_now().to_zoned(self.zone()).date(),
            Some(standing) => standing.day,
        }
    }
}

impl Standing {
    fn now(self, zone: TimeZone) -> Timestamp {
        let spent = i64::try_from(self.since.elapsed().as_secs()).unwrap_or(i64::MAX);
        // Fifteen hours after nine the day would be over: the last second is held instead.
        let spent = spent.min(15 * 3_600 - 1);
        let morning = self.day.at(9, 0, 0, 0).to_zoned(zone);
        let morning = morning.map_or(Timestamp::UNIX_EPOCH, |morning| morning.timestamp());
        morning + jiff::SignedDuration::from_secs(spent)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the clock"
)]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

/// The instant by the machine, for commands that have no company yet.
pub fn now() -> Timestamp {
    machine_now()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_standing_day_begins_at_nine_and_stays() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let clock = CompanyClock::standing_on(date(2026, 6, 16), shanghai.clone());
        assert_eq!(clock.today(), date(2026, 6, 16));
        assert_eq!(clock.now().to_zoned(shanghai).hour(), 9);
    }

    #[test]
    fn the_day_follows_the_company() {
        let clock = CompanyClock::running(TimeZone::UTC);
        let apart = TimeZone::get("Pacific/Kiritimati").unwrap();
        let there = clock.now().to_zoned(apart.clone()).date();
        clock.move_to(apart);
        assert!(there <= clock.today());
    }
}
