//! Rows that tell of something with its days, found again in what is recorded: a contact, an address.

use jiff::civil::Date;
use kernel::times::BEGINNING;
use org::sheet::or_fault;
use sheet::{Faults, Row, export::Value};

use crate::{merge::overlap, pricing::accept_span};

/// The days of a row; without a first day it says nothing of the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

impl Days {
    pub(super) fn read(row: &Row, faults: &mut Faults) -> Option<Days> {
        let from = match row.text("from") {
            Some(_) => Some(row.date("from", faults)?),
            None => None,
        };
        let to = match row.text("to") {
            Some(_) => Some(row.date("to", faults)?),
            None => None,
        };
        let span = accept_span(from.unwrap_or(BEGINNING), to);
        or_fault(row, "to", span, faults)?;
        Some(Days { from, to })
    }
}

/// Which of the recorded ones of the same name a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    New,
    Recorded(usize),
    /// Several, and the row says no first day.
    Unclear,
}

/// Finds it: the one that begins on the same day, or the only one, unless the row tells of other days
/// than that had.
pub(super) fn about(days: Days, recorded: &[(Date, Option<Date>)]) -> About {
    let first = days.from.unwrap_or(BEGINNING);
    if let Some(place) = recorded.iter().position(|(from, _)| *from == first) {
        return About::Recorded(place);
    }
    match (recorded, days.from) {
        ([], _) => About::New,
        ([_], None) => About::Recorded(0),
        ([one], Some(from)) if overlap((from, days.to), *one) => About::Recorded(0),
        (_, None) => About::Unclear,
        _ => About::New,
    }
}

/// The beginning is an empty cell.
pub(super) fn first_day(text: &str) -> Value<'static> {
    day(Some(text).filter(|text| *text != BEGINNING.to_string()))
}

pub(super) fn day(text: Option<&str>) -> Value<'static> {
    let day = text.and_then(|text| text.parse().ok());
    day.map_or(Value::Empty, Value::Day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const JAN: Date = date(2026, 1, 1);
    const MAR: Date = date(2026, 3, 1);
    const JUN: Date = date(2026, 6, 1);

    fn days(from: Option<Date>, to: Option<Date>) -> Days {
        Days { from, to }
    }

    #[test]
    fn who_comes_back_is_told_from_who_was_written_down_wrongly() {
        let was_there = [(JAN, Some(MAR))];
        assert_eq!(about(days(None, None), &[]), About::New);
        assert_eq!(about(days(None, None), &was_there), About::Recorded(0));
        assert_eq!(about(days(Some(JUN), None), &was_there), About::New);
        let earlier = days(Some(date(2025, 12, 1)), None);
        assert_eq!(about(earlier, &was_there), About::Recorded(0));
        let twice = [(JAN, Some(MAR)), (JUN, None)];
        assert_eq!(about(days(Some(JUN), None), &twice), About::Recorded(1));
        assert_eq!(about(days(None, None), &twice), About::Unclear);
        let always = [(BEGINNING, Some(JAN)), (JUN, None)];
        assert_eq!(about(days(None, None), &always), About::Recorded(0));
    }
}
