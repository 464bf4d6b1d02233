//! How far we are: actual against target and against the seasonal pace.
//!
//! The verdict is always given on the pace, never on the calendar: after a weak month that was
//! planned weak nobody is behind. What is needed from now on is compared with the best that was
//! ever done, so that a target out of reach is said to be so.

use kernel::{Currency, Money, decimal::round_div};
use reckon::pace::{self, Curve, Stage};

/// Millionths in one.
const ONE: i128 = 1_000_000;

/// Target, actual and pace of one holder over one span of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// None where no published plan covers the span.
    pub target: Option<Money>,
    /// Rounded once, after summing exact nets.
    pub actual: Money,
    pub pace: Option<Money>,
    /// Working days of the span gone by and in all.
    pub elapsed_days: u32,
    pub days: u32,
}

impl Standing {
    /// From period targets with their days, and the exact actual in millionths of the unit.
    pub fn of(
        targets: Option<&[Stage]>,
        days: (u32, u32),
        actual_exact: i64,
        curve: &Curve,
        currency: Currency,
    ) -> Standing {
        let money = |minor| Money::of_minor(minor, currency);
        let target = targets.map(|stages| money(stages.iter().map(|stage| stage.target).sum()));
        Standing {
            target,
            actual: Money::of_exact(actual_exact, currency),
            pace: targets.map(|stages| money(pace::seasonal(stages, curve))),
            elapsed_days: days.0,
            days: days.1,
        }
    }

    /// Actual of target, in millionths; none without a target above zero.
    pub fn attainment(&self) -> Option<i64> {
        share(self.actual, self.target?)
    }

    /// Actual of pace, in millionths; none without a pace above zero.
    pub fn of_pace(&self) -> Option<i64> {
        share(self.actual, self.pace?)
    }

    /// Actual less pace, in minor units.
    pub fn gap(&self) -> Option<i64> {
        self.actual.minor().checked_sub(self.pace?.minor())
    }

    /// What is still missing to the target; nothing once it is reached.
    pub fn missing(&self) -> Option<Money> {
        let missing = self.target?.minor().checked_sub(self.actual.minor())?;
        Some(Money::of_minor(missing.max(0), self.actual.currency()))
    }

    /// What must be sold on each working day that is left; none once the span is over.
    pub fn needed_per_day(&self) -> Option<Money> {
        let left = self
            .days
            .checked_sub(self.elapsed_days)
            .filter(|left| *left > 0)?;
        let missing = self.missing()?;
        let needed = round_div(i128::from(missing.minor()), i128::from(left));
        Some(Money::of_minor(
            i64::try_from(needed).ok()?,
            missing.currency(),
        ))
    }

    /// Whether the target can still be reached, judged by the best working day rate ever held over
    /// a month.
    pub fn verdict(&self, best_per_day: i64) -> Verdict {
        match (self.missing(), self.needed_per_day()) {
            (None, _) => Verdict::NoTarget,
            (Some(missing), _) if missing.minor() == 0 => Verdict::Reached,
            (Some(_), None) => Verdict::Missed,
            (Some(_), Some(needed)) => {
                let pace = self.of_pace().unwrap_or(0);
                if best_per_day < needed.minor() {
                    Verdict::OutOfReach
                } else if ON_PACE <= pace {
                    Verdict::InReach
                } else {
                    Verdict::Stretch
                }
            }
        }
    }
}

/// From this share of pace on, in millionths, the target is in reach.
const ON_PACE: i64 = 970_000;

/// What is to be thought of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    NoTarget,
    Reached,
    /// The span is over and the target was not reached.
    Missed,
    /// On pace.
    InReach,
    /// Behind, but what is needed has been done before.
    Stretch,
    /// More is needed every day than was ever done in a month.
    OutOfReach,
}

impl Verdict {
    pub fn key(self) -> &'static str {
        match self {
            Verdict::NoTarget => "verdict-no-target",
            Verdict::Reached => "verdict-reached",
            Verdict::Missed => "verdict-missed",
            Verdict::InReach => "verdict-in-reach",
            Verdict::Stretch => "verdict-stretch",
            Verdict::OutOfReach => "verdict-out-of-reach",
        }
    }
}

/// `part` of `whole` in millionths; none unless the whole is above zero.
pub fn share(part: Money, whole: Money) -> Option<i64> {
    if whole.minor() <= 0 {
        return None;
    }
    i64::try_from(round_div(
        i128::from(part.minor()) * ONE,
        i128::from(whole.minor()),
    ))
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur() -> Currency {
        Currency::parse("EUR").unwrap()
    }

    /// The year 60, 50, 90, 100 … = 1,100 with 21 working days a month, seen after `months`.
    fn standing(months: usize, actual: i64) -> Standing {
        let targets = [60, 50, 90, 100, 110, 100, 80, 70, 100, 110, 120, 110];
        let stages: Vec<Stage> = targets
            .iter()
            .enumerate()
            .map(|(month, target)| Stage {
                target: target * 100,
                elapsed_days: if month < months { 21 } else { 0 },
                days: 21,
            })
            .collect();
        let elapsed = u32::try_from(months * 21).unwrap();
        Standing::of(
            Some(&stages),
            (elapsed, 252),
            actual * 1_000_000,
            &Curve::default(),
            eur(),
        )
    }

    #[test]
    fn after_april_310_is_ahead_of_a_pace_of_300() {
        let april = standing(4, 310);
        assert_eq!(april.pace.unwrap().decimal(), "300.00");
        assert_eq!(april.of_pace(), Some(1_033_333));
        assert_eq!(april.gap(), Some(10_00));
        assert_eq!(april.attainment(), Some(281_818));
    }

    #[test]
    fn what_is_needed_a_day_is_held_against_the_best_ever_done() {
        let april = standing(4, 260);
        assert_eq!(april.missing().unwrap().decimal(), "840.00");
        assert_eq!(april.needed_per_day().unwrap().decimal(), "5.00");
        assert_eq!(april.verdict(5_00), Verdict::Stretch);
        assert_eq!(april.verdict(4_99), Verdict::OutOfReach);
        assert_eq!(standing(4, 300).verdict(5_00), Verdict::InReach);
        assert_eq!(standing(12, 1_099).verdict(99_00), Verdict::Missed);
        assert_eq!(standing(12, 1_100).verdict(0), Verdict::Reached);
    }

    #[test]
    fn without_a_target_there_is_no_percentage() {
        let none = Standing::of(None, (5, 20), 7_000_000, &Curve::default(), eur());
        assert_eq!(
            (none.attainment(), none.of_pace(), none.gap()),
            (None, None, None)
        );
        assert_eq!(none.verdict(1), Verdict::NoTarget);
        let zero = Stage {
            target: 0,
            elapsed_days: 0,
            days: 20,
        };
        let zero = Standing::of(Some(&[zero]), (5, 20), 7_000_000, &Curve::default(), eur());
        assert_eq!(zero.attainment(), None);
        assert_eq!(zero.verdict(1), Verdict::Reached);
    }

    #[test]
    fn actuals_are_rounded_once_after_summing() {
        let sum = Standing::of(None, (0, 0), 22_584_695_500, &Curve::default(), eur());
        assert_eq!(sum.actual.decimal(), "22584.70");
    }
}
