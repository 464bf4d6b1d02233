//! Credit limits: how much a customer may owe, from which day to which.
//!
//! Zero is not unset. A limit of 0 means that nothing is delivered on account; a customer without a
//! limit of its own inherits the one above it. So the mode is said, and only an explicit limit has an
//! amount.

use jiff::civil::Date;
use kernel::{Currency, Money, Refusal, times::BEGINNING};

use crate::CreditLimitId;

/// How far a customer may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Up to this amount; 0 is an amount.
    Explicit(Money),
    /// As far as whatever stands above the customer. So it is where nothing is on record.
    Inherit,
    Unlimited,
    /// Not at all, whatever the amount was.
    Blocked,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Explicit(_) => "explicit",
            Mode::Inherit => "inherit",
            Mode::Unlimited => "unlimited",
            Mode::Blocked => "blocked",
        }
    }

    pub fn amount(self) -> Option<Money> {
        match self {
            Mode::Explicit(amount) => Some(amount),
            Mode::Inherit | Mode::Unlimited | Mode::Blocked => None,
        }
    }

    /// The mode with this name; an amount without one is explicit.
    ///
    /// # Errors
    ///
    /// `credit_limit.mode`, and `credit_limit.amount` for an amount too many, missing or below zero.
    pub fn accept(name: &str, amount: Option<Money>) -> Result<Mode, Refusal> {
        let no_amount =
            |message: String| Err(Refusal::value("credit_limit.amount", message).at("amount"));
        let mode = match (name.trim(), amount) {
            ("explicit" | "", Some(amount)) if amount.minor() < 0 => {
                return no_amount(format!(
                    "{} is below zero. A credit limit is 0 or more.",
                    amount.decimal()
                ));
            }
            ("explicit" | "", Some(amount)) => return Ok(Mode::Explicit(amount)),
            ("explicit", None) => {
                return no_amount("An explicit credit limit needs an amount; 0 is one.".to_owned());
            }
            ("inherit", _) => Mode::Inherit,
            ("unlimited", _) => Mode::Unlimited,
            ("blocked", _) => Mode::Blocked,
            (other, _) => {
                let shown: String = other.chars().take(40).collect();
                let message = format!(
                    "“{shown}” is no kind of credit limit. Use explicit, inherit, unlimited or blocked."
                );
                return Err(Refusal::value("credit_limit.mode", message).at("mode"));
            }
        };
        match amount {
            None => Ok(mode),
            Some(_) => no_amount(format!(
                "Only an explicit credit limit has an amount; this one is {}.",
                mode.as_str()
            )),
        }
    }

    /// The mode as it was recorded.
    ///
    /// # Errors
    ///
    /// As [`Mode::accept`], and `currency.unknown`: for what was never written by us.
    pub fn recorded(
        name: &str,
        amount_minor: Option<i64>,
        currency: Option<&str>,
    ) -> Result<Mode, Refusal> {
        let amount = match (amount_minor, currency) {
            (Some(minor), Some(code)) => Some(Money::of_minor(minor, Currency::parse(code)?)),
            _ => None,
        };
        Mode::accept(name, amount)
    }
}

/// A credit limit with its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditLimit {
    pub mode: Mode,
    pub from: Date,
    /// The first day it no longer holds; none is until further notice.
    pub to: Option<Date>,
    pub reason: String,
}

impl CreditLimit {
    /// # Errors
    ///
    /// `credit_limit.empty` if no day is left.
    pub fn accept(self) -> Result<CreditLimit, Refusal> {
        match self.to {
            Some(to) if to <= self.from => {
                let message = format!("{to} is not after the first day, {}.", self.from);
                Err(Refusal::value("credit_limit.empty", message).at("valid_to"))
            }
            _ => Ok(self),
        }
    }

    pub fn overlaps(&self, other: &CreditLimit) -> bool {
        self.to.is_none_or(|end| other.from < end) && other.to.is_none_or(|end| self.from < end)
    }

    /// Says already what `new` says, on all of its days.
    fn says(&self, new: &CreditLimit) -> bool {
        let covers = self.from <= new.from
            && match (self.to, new.to) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(own), Some(end)) => end <= own,
            };
        let same_reason = new.reason.is_empty() || new.reason == self.reason;
        covers && self.mode == new.mode && same_reason
    }

    /// What of it lies outside the days of `new`.
    fn outside(&self, new: &CreditLimit) -> Vec<CreditLimit> {
        let mut parts = Vec::new();
        if self.from < new.from {
            let to = Some(new.from);
            parts.push(CreditLimit { to, ..self.clone() });
        }
        if let Some(from) = new.to.filter(|end| self.to.is_none_or(|own| *end < own)) {
            parts.push(CreditLimit {
                from,
                ..self.clone()
            });
        }
        parts
    }
}

/// The first day of a credit limit given without one: the beginning for the first of an account,
/// today for later ones.
pub fn first_day(account: &Account, today: Date) -> Date {
    if account.limits.is_empty() {
        BEGINNING
    } else {
        today
    }
}

/// A credit limit of an account; one that is not saved yet has no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub row: Option<CreditLimitId>,
    pub limit: CreditLimit,
}

/// The credit limits of a customer that are believed now; no two hold on the same day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    pub limits: Vec<Held>,
    /// Rows that are believed no more.
    pub retracted: Vec<CreditLimitId>,
}

/// What became of a credit limit that was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// Its days had none.
    Added,
    /// Some of its days had another.
    Changed,
    /// All of its days had just this one.
    Unchanged,
}

impl Account {
    /// The one of a day.
    pub fn on(&self, day: Date) -> Option<&CreditLimit> {
        let limits = self.limits.iter().map(|held| &held.limit);
        let mut holding =
            limits.filter(|one| one.from <= day && one.to.is_none_or(|end| day < end));
        holding.next()
    }

    /// Sets a credit limit for its days. What held before and after them stays.
    pub fn set(&mut self, new: CreditLimit) -> Set {
        if self.limits.iter().any(|held| held.limit.says(&new)) {
            return Set::Unchanged;
        }
        let limits = std::mem::take(&mut self.limits);
        let mut done = Set::Added;
        for held in limits {
            if !held.limit.overlaps(&new) {
                self.limits.push(held);
                continue;
            }
            done = Set::Changed;
            self.retracted.extend(held.row);
            let outside = held.limit.outside(&new).into_iter();
            self.limits
                .extend(outside.map(|limit| Held { row: None, limit }));
        }
        self.limits.push(Held {
            row: None,
            limit: new,
        });
        self.limits.sort_by_key(|held| held.limit.from);
        done
    }

    /// Those that are not saved yet.
    pub fn unsaved(&self) -> impl Iterator<Item = &CreditLimit> {
        let new = self.limits.iter().filter(|held| held.row.is_none());
        new.map(|held| &held.limit)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::of_minor(minor, Currency::parse("EUR").unwrap())
    }

    fn limit(mode: Mode, from: i16, to: Option<i16>) -> CreditLimit {
        CreditLimit {
            mode,
            from: date(from, 1, 1),
            to: to.map(|year| date(year, 1, 1)),
            reason: String::new(),
        }
    }

    #[test]
    fn zero_is_a_limit_and_nothing_is_none() {
        let accept = |name, minor: Option<i64>| Mode::accept(name, minor.map(eur));
        assert_eq!(accept("", Some(0)), Ok(Mode::Explicit(eur(0))));
        assert_eq!(accept("explicit", Some(5)), Ok(Mode::Explicit(eur(5))));
        assert_eq!(accept("unlimited", None), Ok(Mode::Unlimited));
        for (name, minor, code) in [
            ("", None, "credit_limit.mode"),
            ("some", None, "credit_limit.mode"),
            ("explicit", None, "credit_limit.amount"),
            ("explicit", Some(-1), "credit_limit.amount"),
            ("blocked", Some(0), "credit_limit.amount"),
            ("inherit", Some(7), "credit_limit.amount"),
        ] {
            assert_eq!(accept(name, minor).unwrap_err().code, code, "{name}");
        }
    }

    #[test]
    fn a_raise_for_a_season_leaves_the_days_around_it() {
        let mut account = Account::default();
        let usual = Mode::Explicit(eur(100));
        assert_eq!(account.set(limit(usual, 2020, None)), Set::Added);
        let raised = limit(Mode::Explicit(eur(150)), 2022, Some(2023));
        assert_eq!(account.set(raised.clone()), Set::Changed);
        assert_eq!(account.set(raised), Set::Unchanged);
        let told: Vec<_> = account
            .limits
            .iter()
            .map(|held| (held.limit.from.year(), held.limit.mode.amount()))
            .collect();
        let amounts = [(2020, 100), (2022, 150), (2023, 100)];
        assert_eq!(told, amounts.map(|(year, minor)| (year, Some(eur(minor)))));
        assert_eq!(account.on(date(2019, 12, 31)), None);
    }

    #[test]
    fn the_same_again_within_its_days_says_nothing_new() {
        let mut account = Account::default();
        account.set(limit(Mode::Blocked, 2020, None));
        assert_eq!(
            account.set(limit(Mode::Blocked, 2021, Some(2022))),
            Set::Unchanged
        );
        let told = CreditLimit {
            reason: "insolvent".into(),
            ..limit(Mode::Blocked, 2021, None)
        };
        assert_eq!(account.set(told), Set::Changed);
    }

    proptest! {
        /// Whatever is set one after the other: each day has what was set for it last.
        #[test]
        fn the_last_word_on_a_day_counts(sets in proptest::collection::vec((0_i64..5, 2000_i16..2020, proptest::option::of(1_i16..8)), 1..12)) {
            let mut account = Account::default();
            let mut told: Vec<CreditLimit> = Vec::new();
            for (minor, from, years) in sets {
                let new = limit(Mode::Explicit(eur(minor)), from, years.map(|years| from + years));
                account.set(new.clone());
                told.push(new);
            }
            for year in 1999_i16..2030 {
                let day = date(year, 6, 1);
                let holds = |one: &&CreditLimit| one.from <= day && one.to.is_none_or(|end| day < end);
                let last = told.iter().rev().find(holds).map(|one| one.mode);
                prop_assert_eq!(account.on(day).map(|one| one.mode), last);
            }
            prop_assert!(account.limits.windows(2).all(|two| !two[0].limit.overlaps(&two[1].limit)));
        }
    }
}
