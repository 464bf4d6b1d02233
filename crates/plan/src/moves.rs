//! A move: customers change hands from a day on, and targets and credit go along by one of three rules.
//!
//! Whatever the rule, nothing is made or lost: a target that leaves one person arrives at another to
//! the minor unit, and so does every part of the credit. One measure serves both: which share of what
//! lies on a day passes.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use kernel::{
    Percent, Refusal, WorkCalendar,
    decimal::round_div,
    ids::{PersonId, UnitId},
};

use crate::{PeriodId, PlanId};

/// What goes along with the customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// What is dated on the day or later; what was sold before stays where it is.
    FutureOnly,
    /// Everything of the fiscal year, as if it had always been so.
    FullBook,
    /// As the first, but for some months both share: `share` passes, the rest stays.
    SharedCredit { months: i8, share: Percent },
}

/// The longest hand-over.
const MOST_MONTHS: i64 = 24;

impl Rule {
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::FutureOnly => "future_only",
            Rule::FullBook => "full_book",
            Rule::SharedCredit { .. } => "shared_credit",
        }
    }

    /// Reads a rule; months and share belong to `shared_credit` only, which halves unless told.
    ///
    /// # Errors
    ///
    /// `move.rule`, `move.months` or `move.share`.
    pub fn parse(text: &str, months: Option<i64>, share: Option<Percent>) -> Result<Rule, Refusal> {
        let rule = match text.trim() {
            "future_only" => Rule::FutureOnly,
            "full_book" => Rule::FullBook,
            "shared_credit" => return shared(months, share),
            other => {
                let shown: String = other.chars().take(40).collect();
                let text = format!(
                    "“{shown}” is not a rule. Use future_only, full_book or shared_credit."
                );
                return Err(Refusal::value("move.rule", text).at("rule"));
            }
        };
        if months.is_some() || share.is_some() {
            let text = "Months and share belong to the rule shared_credit.";
            let field = if months.is_some() { "months" } else { "share" };
            return Err(Refusal::value("move.months", text).at(field));
        }
        Ok(rule)
    }
}

fn shared(months: Option<i64>, share: Option<Percent>) -> Result<Rule, Refusal> {
    let months = months
        .filter(|months| (1..=MOST_MONTHS).contains(months))
        .and_then(|months| i8::try_from(months).ok());
    let Some(months) = months else {
        let text = format!("Say for how many months credit is shared: 1 to {MOST_MONTHS}.");
        return Err(Refusal::value("move.months", text).at("months"));
    };
    let share = share.unwrap_or(Percent::of_millionths(500_000));
    if share <= Percent::ZERO || Percent::WHOLE <= share {
        let text = "The share that passes in these months lies between 0 and 100 %, without both.";
        return Err(Refusal::value("move.share", text).at("share"));
    }
    Ok(Rule::SharedCredit { months, share })
}

/// The rule with its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub rule: Rule,
    /// The receiver's first day.
    pub day: Date,
    /// The first day of the fiscal year that `day` lies in.
    pub year_start: Date,
}

impl Terms {
    /// The first day of which anything passes.
    pub fn start(&self) -> Date {
        match self.rule {
            Rule::FullBook => self.year_start,
            Rule::FutureOnly | Rule::SharedCredit { .. } => self.day,
        }
    }

    /// The day on which sharing ends; without sharing the first day.
    pub fn shared_until(&self) -> Date {
        match self.rule {
            Rule::SharedCredit { months, .. } => {
                self.day.saturating_add(i32::from(months).months())
            }
            Rule::FutureOnly | Rule::FullBook => self.day,
        }
    }

    /// Which share of what is dated on `day` passes.
    pub fn passing(&self, day: Date) -> Percent {
        match self.rule {
            _ if day < self.start() => Percent::ZERO,
            Rule::SharedCredit { share, .. } if day < self.shared_until() => share,
            Rule::FutureOnly | Rule::FullBook | Rule::SharedCredit { .. } => Percent::WHOLE,
        }
    }

    /// Which share of an open document passes that is taken along, whatever its day.
    pub fn passing_open(&self, day: Date) -> Percent {
        self.passing(day.max(self.start()))
    }

    /// What of the target `amount` of the days `[from, to)` passes, if `part` of the holder's customers
    /// does. A period that is cut is cut by working days, or by days if it has none. Rounded once.
    pub fn passing_target(
        &self,
        amount: i64,
        (from, to): (Date, Date),
        part: Percent,
        calendar: &WorkCalendar,
    ) -> i64 {
        let mut cuts = vec![from, to];
        for cut in [self.start(), self.shared_until()] {
            if from < cut && cut < to {
                cuts.push(cut);
            }
        }
        cuts.sort_unstable();
        cuts.dedup();
        let working = calendar.working_days(from, to) != 0;
        let days = |from: Date, to: Date| {
            if working {
                i128::from(calendar.working_days(from, to))
            } else {
                i128::from((to - from).get_days())
            }
        };
        let passing: i128 = cuts
            .windows(2)
            .map(|piece| days(piece[0], piece[1]) * i128::from(self.passing(piece[0]).millionths()))
            .sum();
        let whole = days(from, to).max(1) * ONE * ONE;
        let exact = i128::from(amount) * i128::from(part.millionths()) * passing;
        // At most the amount itself passes, so it fits.
        i64::try_from(round_div(exact, whole)).unwrap_or(amount)
    }
}

/// Millionths in one.
const ONE: i128 = 1_000_000;

/// A target somebody holds, in one plan, unit and period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    pub plan: PlanId,
    pub period: PeriodId,
    pub days: (Date, Date),
    pub unit: UnitId,
    pub amount: i64,
}

/// One leg of a target that changes hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    pub plan: PlanId,
    pub period: PeriodId,
    pub days: (Date, Date),
    /// None is the pool of the unit.
    pub person: Option<PersonId>,
    pub unit: UnitId,
    pub amount: i64,
}

/// How a person's target was cut between the customers that go and those that stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// All customers go.
    All,
    /// What was sold to them in the twelve months before.
    History,
    /// Nothing was sold: as many of the customers.
    Count,
    /// Said with the move.
    Given,
}

impl Basis {
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::All => "all",
            Basis::History => "history",
            Basis::Count => "count",
            Basis::Given => "given",
        }
    }
}

/// What the part of a person's target that goes is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Exact sales with the customers that go and with all, in the twelve months before.
    pub sold: (i64, i64),
    /// Customers that go and that were owned.
    pub customers: (usize, usize),
    pub given: Option<Percent>,
}

impl Measured {
    /// The part that goes, between nothing and the whole, and what it was measured by.
    pub fn part(&self) -> (Percent, Basis) {
        let (going, owned) = self.customers;
        let (part, whole) = self.sold;
        if let Some(given) = self.given {
            return (given, Basis::Given);
        }
        if owned <= going {
            return (Percent::WHOLE, Basis::All);
        }
        let ratio = |part: i128, whole: i128| {
            let millionths = round_div(part * ONE, whole).clamp(0, ONE);
            Percent::of_millionths(i64::try_from(millionths).unwrap_or(0))
        };
        if 0 < whole {
            return (ratio(i128::from(part), i128::from(whole)), Basis::History);
        }
        let count = |count: usize| i128::try_from(count).unwrap_or(0);
        (ratio(count(going), count(owned)), Basis::Count)
    }
}

/// What a move takes along of targets.
#[derive(Debug, Clone, Copy)]
pub struct Passing<'a> {
    pub terms: &'a Terms,
    pub part: Percent,
    pub calendar: &'a WorkCalendar,
}

impl Passing<'_> {
    /// The two legs of every holding of which something passes. `home` names the plan that already
    /// has a target of the receiver for a period; where there is none the target stays in its plan.
    pub fn legs(
        &self,
        holdings: &[Holding],
        from: Option<PersonId>,
        (to, to_unit): (Option<PersonId>, UnitId),
        home: impl Fn(PeriodId) -> Option<PlanId>,
    ) -> Vec<Leg> {
        let mut legs = Vec::new();
        for one in holdings {
            let Passing {
                terms,
                part,
                calendar,
            } = self;
            let amount = terms.passing_target(one.amount, one.days, *part, calendar);
            if amount == 0 {
                continue;
            }
            let leg = |plan, person, unit, amount| Leg {
                plan,
                period: one.period,
                days: one.days,
                person,
                unit,
                amount,
            };
            legs.push(leg(one.plan, from, one.unit, -amount));
            let plan = home(one.period).unwrap_or(one.plan);
            legs.push(leg(plan, to, to_unit, amount));
        }
        legs
    }
}

/// Where a person was to sit on the days `[from, to)` of a period, before a move; none was nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seated {
    pub from: Date,
    pub to: Date,
    pub unit: Option<UnitId>,
}

/// What of a person's target in one plan and period goes to another unit: the part of the days on which
/// the person was to sit elsewhere, by working days, or by days if the period has none. It is taken where
/// it stands: in the unit of those days, or else where most of it is. The legs add up to nothing.
pub fn seated_legs(
    holdings: &[Holding],
    seated: &[Seated],
    (person, to): (PersonId, UnitId),
    calendar: &WorkCalendar,
) -> Vec<Leg> {
    let Some(first) = holdings.first() else {
        return Vec::new();
    };
    let whole: i64 = holdings.iter().map(|holding| holding.amount).sum();
    let from_day = |day: Date| {
        let terms = Terms {
            rule: Rule::FutureOnly,
            day,
            year_start: day,
        };
        terms.passing_target(whole, first.days, Percent::WHOLE, calendar)
    };
    let most = holdings
        .iter()
        .filter(|holding| holding.unit != to)
        .max_by_key(|holding| (holding.amount.unsigned_abs(), holding.unit));
    let mut changes: BTreeMap<UnitId, i64> = BTreeMap::new();
    for days in seated.iter().filter(|days| days.unit != Some(to)) {
        let known = days
            .unit
            .filter(|unit| holdings.iter().any(|holding| holding.unit == *unit));
        let Some(unit) = known.or(most.map(|holding| holding.unit)) else {
            continue;
        };
        let amount = from_day(days.from) - from_day(days.to);
        *changes.entry(unit).or_default() -= amount;
        *changes.entry(to).or_default() += amount;
    }
    let legs = changes.into_iter().filter(|(_, amount)| *amount != 0);
    legs.map(|(unit, amount)| Leg {
        plan: first.plan,
        period: first.period,
        days: first.days,
        person: Some(person),
        unit,
        amount,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn terms(rule: Rule, day: Date) -> Terms {
        Terms {
            rule,
            day,
            year_start: date(2026, 1, 1),
        }
    }

    const HALF: Percent = Percent::of_millionths(500_000);

    #[test]
    fn each_rule_says_what_passes_of_a_day() {
        let day = date(2026, 7, 1);
        let shared = Rule::SharedCredit {
            months: 3,
            share: HALF,
        };
        let of = |rule, on| terms(rule, day).passing(on);
        for (rule, before_year, june, july, october) in [
            (Rule::FutureOnly, 0, 0, 100, 100),
            (Rule::FullBook, 0, 100, 100, 100),
            (shared, 0, 0, 50, 100),
        ] {
            let percent = |percent: i64| Percent::of_millionths(percent * 10_000);
            assert_eq!(of(rule, date(2025, 12, 31)), percent(before_year));
            assert_eq!(of(rule, date(2026, 6, 30)), percent(june));
            assert_eq!(of(rule, day), percent(july));
            assert_eq!(of(rule, date(2026, 9, 30)), percent(july));
            assert_eq!(of(rule, date(2026, 10, 1)), percent(october));
        }
        // An open order of last year that is taken along passes as what is dated on the first day.
        assert_eq!(terms(shared, day).passing_open(date(2025, 5, 1)), HALF);
    }

    #[test]
    fn a_period_that_is_cut_is_cut_by_working_days() {
        let calendar = WorkCalendar::default();
        let june = (date(2026, 6, 1), date(2026, 7, 1));
        let of = |rule, day, part| terms(rule, day).passing_target(2_200_00, june, part, &calendar);
        // June 2026 has 22 working days, 12 of them from the 15th on.
        assert_eq!(
            of(Rule::FutureOnly, date(2026, 6, 15), Percent::WHOLE),
            1_200_00
        );
        assert_eq!(of(Rule::FutureOnly, date(2026, 6, 15), HALF), 600_00);
        assert_eq!(of(Rule::FutureOnly, date(2026, 7, 1), Percent::WHOLE), 0);
        assert_eq!(
            of(Rule::FullBook, date(2026, 6, 15), Percent::WHOLE),
            2_200_00
        );
        let shared = Rule::SharedCredit {
            months: 1,
            share: Percent::of_millionths(250_000),
        };
        assert_eq!(of(shared, date(2026, 6, 15), Percent::WHOLE), 300_00);
        // From 15 May: half of June is shared, half is the receiver's alone.
        assert_eq!(
            of(shared, date(2026, 5, 15), Percent::WHOLE),
            250_00 + 1_200_00
        );
        // Nothing and less than nothing, halves away from zero.
        let odd = |amount| {
            terms(Rule::FullBook, date(2026, 6, 15)).passing_target(amount, june, HALF, &calendar)
        };
        assert_eq!((odd(0), odd(3), odd(-3)), (0, 2, -2));
    }

    #[test]
    fn the_part_that_goes_is_measured_by_what_was_sold() {
        let measured = |sold, customers, given| Measured {
            sold,
            customers,
            given,
        };
        let of = |measured: Measured| {
            let (part, basis) = measured.part();
            (part.millionths(), basis)
        };
        assert_eq!(
            of(measured((30, 40), (1, 3), None)),
            (750_000, Basis::History)
        );
        assert_eq!(of(measured((-5, 40), (1, 3), None)), (0, Basis::History));
        assert_eq!(
            of(measured((60, 40), (1, 3), None)),
            (1_000_000, Basis::History)
        );
        assert_eq!(of(measured((0, 0), (1, 3), None)), (333_333, Basis::Count));
        assert_eq!(
            of(measured((30, 40), (3, 3), None)),
            (1_000_000, Basis::All)
        );
        assert_eq!(
            of(measured((30, 40), (3, 3), Some(HALF))),
            (500_000, Basis::Given)
        );
    }

    #[test]
    fn what_leaves_one_arrives_at_the_other() {
        let terms = terms(Rule::FutureOnly, date(2026, 6, 15));
        let calendar = WorkCalendar::default();
        let holding = Holding {
            plan: PlanId::of(1),
            period: PeriodId::of(6),
            days: (date(2026, 6, 1), date(2026, 7, 1)),
            unit: UnitId::of(3),
            amount: 2_200_01,
        };
        let passing = Passing {
            terms: &terms,
            part: Percent::of_millionths(333_333),
            calendar: &calendar,
        };
        let to = (Some(PersonId::of(2)), UnitId::of(4));
        let from = Some(PersonId::of(1));
        let legs = passing.legs(&[holding], from, to, |_| Some(PlanId::of(9)));
        assert_eq!(legs.iter().map(|leg| leg.amount).sum::<i64>(), 0);
        assert_eq!(
            (legs[0].plan, legs[0].person, legs[0].amount),
            (PlanId::of(1), from, -400_00)
        );
        assert_eq!(
            (legs[1].plan, legs[1].unit, legs[1].amount),
            (PlanId::of(9), UnitId::of(4), 400_00)
        );
    }

    #[test]
    fn a_person_takes_the_days_that_are_left_into_the_other_unit() {
        let calendar = WorkCalendar::default();
        let (north, south, west) = (UnitId::of(1), UnitId::of(2), UnitId::of(3));
        let day = |day| date(2026, 6, day);
        let june = (day(1), date(2026, 7, 1));
        let held = |unit, amount| Holding {
            plan: PlanId::of(1),
            period: PeriodId::of(6),
            days: june,
            unit,
            amount,
        };
        let sat = |from, to, unit| Seated { from, to, unit };
        let of = |holdings: &[Holding], seated: &[Seated], to| {
            let legs = seated_legs(holdings, seated, (PersonId::of(1), to), &calendar);
            legs.iter()
                .map(|leg| (leg.unit, leg.amount))
                .collect::<Vec<_>>()
        };
        // June has 22 working days, 12 of them from the 15th on, 7 from the 22nd.
        let whole = [held(north, 2_200)];
        let rest = [sat(day(15), june.1, Some(north))];
        assert_eq!(of(&whole, &rest, south), [(north, -1_200), (south, 1_200)]);
        // Back again on the 22nd: only what is left of June goes back.
        let both = [held(north, 1_000), held(south, 1_200)];
        let back = [sat(day(22), june.1, Some(south))];
        assert_eq!(of(&both, &back, north), [(north, 700), (south, -700)]);
        // A move that was planned for the 22nd comes a week sooner.
        let planned = [held(north, 1_500), held(west, 700)];
        let sooner = [
            sat(day(15), day(22), Some(north)),
            sat(day(22), june.1, Some(west)),
        ];
        assert_eq!(of(&planned, &sooner, west), [(north, -500), (west, 500)]);
        // Who sat nowhere has the target where it was given; who is there already moves nothing.
        let nowhere = [sat(day(15), june.1, None)];
        assert_eq!(
            of(&whole, &nowhere, south),
            [(north, -1_200), (south, 1_200)]
        );
        assert_eq!(of(&whole, &rest, north), []);
        assert_eq!(of(&[], &rest, south), []);
    }

    #[test]
    fn a_rule_that_cannot_be_is_refused() {
        assert_eq!(
            Rule::parse("half", None, None).unwrap_err().code,
            "move.rule"
        );
        assert_eq!(
            Rule::parse("full_book", Some(3), None).unwrap_err().code,
            "move.months"
        );
        assert_eq!(
            Rule::parse("shared_credit", None, None).unwrap_err().code,
            "move.months"
        );
        assert_eq!(
            Rule::parse("shared_credit", Some(25), None)
                .unwrap_err()
                .code,
            "move.months"
        );
        let whole = Rule::parse("shared_credit", Some(3), Some(Percent::WHOLE));
        assert_eq!(whole.unwrap_err().code, "move.share");
        let halved = Rule::SharedCredit {
            months: 3,
            share: HALF,
        };
        assert_eq!(Rule::parse("shared_credit", Some(3), None).unwrap(), halved);
    }
}
