//! Framework contracts: what a customer agreed to take over a time, and what was called off of it.
//!
//! A line agrees on a quantity, a value, or both, at one price. An order that names the line calls off
//! when it is confirmed, never more than was agreed with the contract's tolerance, and gives back what
//! is cancelled of it.

use jiff::civil::Date;
use kernel::{
    Percent, Refusal,
    decimal::{ONE, round_div},
};

/// What a line agrees on, and what was called off of it so far: quantities and nets in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    pub quantity: Option<i64>,
    pub value_exact: Option<i64>,
    pub called: i64,
    pub called_exact: i64,
}

impl Agreed {
    /// What can still be called off without the tolerance; below zero if more was.
    pub fn remaining(self) -> (Option<i64>, Option<i64>) {
        (
            self.quantity
                .map(|agreed| agreed.saturating_sub(self.called)),
            self.value_exact
                .map(|agreed| agreed.saturating_sub(self.called_exact)),
        )
    }
}

/// The most that may be called off of `agreed`, rounded down to a millionth.
pub fn most(agreed: i64, tolerance: Percent) -> i64 {
    let more = i128::from(agreed) * i128::from(tolerance.millionths()) / i128::from(ONE);
    i64::try_from(i128::from(agreed) + more).unwrap_or(i64::MAX)
}

/// The part of a line's net that belongs to `part` of its `quantity`.
pub fn share_of(net_exact: i64, part: i64, quantity: i64) -> i64 {
    if quantity == 0 {
        return 0;
    }
    let (part, quantity) = if quantity < 0 {
        (-i128::from(part), -i128::from(quantity))
    } else {
        (i128::from(part), i128::from(quantity))
    };
    i64::try_from(round_div(i128::from(net_exact) * part, quantity)).unwrap_or(net_exact)
}

/// Whether a contract serves an order of `day`.
///
/// # Errors
///
/// `framework.day`.
pub fn accept_day(
    number: &str,
    (from, to): (Date, Option<Date>),
    day: Date,
) -> Result<(), Refusal> {
    if from <= day && to.is_none_or(|to| day < to) {
        return Ok(());
    }
    let until = to.map(|to| format!(" and ends before {to}"));
    let message = format!(
        "Contract {number} begins on {from}{}; the order is of {day}.",
        until.unwrap_or_default()
    );
    Err(Refusal::value("framework.day", message).at("call_off"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_tolerance_lets_so_much_more_go() {
        let percent = |text| Percent::parse(text).unwrap();
        assert_eq!(most(100_000_000, Percent::ZERO), 100_000_000);
        assert_eq!(most(100_000_000, percent("5")), 105_000_000);
        assert_eq!(most(3, percent("50")), 4, "rounded down");
    }

    #[test]
    fn what_is_left_is_shown_without_the_tolerance() {
        let agreed = Agreed {
            quantity: Some(100),
            value_exact: None,
            called: 104,
            called_exact: 5,
        };
        assert_eq!(agreed.remaining(), (Some(-4), None));
    }

    #[test]
    fn a_contract_serves_its_days() {
        let days = (date(2026, 1, 1), Some(date(2027, 1, 1)));
        assert!(accept_day("F", days, date(2026, 1, 1)).is_ok());
        assert!(accept_day("F", days, date(2026, 12, 31)).is_ok());
        assert!(accept_day("F", days, date(2027, 1, 1)).is_err());
        assert!(accept_day("F", days, date(2025, 12, 31)).is_err());
    }

    #[test]
    fn a_part_of_a_line_has_its_share_of_the_net() {
        assert_eq!(share_of(1_000, 1, 3), 333);
        assert_eq!(share_of(1_000, 3, 3), 1_000);
        assert_eq!(share_of(-1_000, -1, -3), -333);
        assert_eq!(share_of(1_000, 1, 0), 0);
    }
}
