//! What one currency is worth in another, exactly.
//!
//! A rate is kept as it was quoted: so many units of one currency for so many of the other. Central
//! banks quote small currencies per 100 or per 1,000,000, so six decimals behind such a `per` are as
//! good as twelve, and nothing is inverted in between. An amount is converted by one multiplication
//! and one division of whole numbers, and is rounded there and nowhere else.

use jiff::{ToSpan, civil::Date};
use kernel::{
    Currency, Money, Rate, Refusal,
    decimal::{ONE, round_div},
};

use crate::RateId;

/// How many days after its own a rate still serves, if no later one does.
pub const MOST_AGE_DAYS: i32 = 7;

/// How many days ahead a rate may be quoted: some central banks give tomorrow's, before a holiday
/// next week's.
const MOST_AHEAD_DAYS: i32 = 7;

/// A rate as it is quoted: `per` units of `from` are worth `rate` units of `to`. One of the two is the
/// company's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    pub from: Currency,
    pub to: Currency,
    pub per: i64,
    pub rate: Rate,
}

impl Quote {
    /// Checks a quote for a company that counts in `base`.
    ///
    /// # Errors
    ///
    /// `rate.pair` unless exactly one of the two currencies is `base`, `rate.per` unless `per` is 1, 10,
    /// 100 and so on up to 1,000,000, `rate.not_positive` for a rate of zero or less.
    pub fn accept(self, base: Currency) -> Result<Quote, Refusal> {
        if (self.from == base) == (self.to == base) {
            let message = format!(
                "A rate is between {base} and another currency, not from {} to {}.",
                self.from, self.to
            );
            let field = if self.from == base { "to" } else { "from" };
            return Err(Refusal::value("rate.pair", message).at(field));
        }
        if !(0..=6_u32).any(|zeros| self.per == 10_i64.pow(zeros)) {
            let message = format!(
                "A rate is quoted per 1, 10, 100, 1000, 10000, 100000 or 1000000 units, not per {}.",
                self.per
            );
            return Err(Refusal::value("rate.per", message).at("per"));
        }
        if self.rate <= Rate::ZERO {
            let message = format!("A rate is above zero, not {}.", self.rate);
            return Err(Refusal::value("rate.not_positive", message).at("rate"));
        }
        Ok(self)
    }

    /// The currency that is not the company's.
    pub fn foreign(&self, base: Currency) -> Currency {
        if self.from == base {
            self.to
        } else {
            self.from
        }
    }

    /// From the foreign currency into `base`.
    pub fn into_base(self, base: Currency) -> Factor {
        let quoted = Factor {
            numerator: i128::from(self.rate.millionths()),
            denominator: i128::from(self.per) * i128::from(ONE),
        };
        if self.to == base {
            quoted
        } else {
            quoted.inverse()
        }
    }
}

/// A day a rate can be quoted for: from 1990 on and at most a week ahead.
///
/// # Errors
///
/// `rate.day`.
pub fn accept_day(day: Date, today: Date) -> Result<Date, Refusal> {
    let first = jiff::civil::date(1990, 1, 1);
    let last = today.saturating_add(MOST_AHEAD_DAYS.days());
    if first <= day && day <= last {
        return Ok(day);
    }
    let message = format!("{day} is not between {first} and {last}, a week from today.");
    Err(Refusal::value("rate.day", message).at("date"))
}

/// The first day on which a rate of `day` is too old to serve.
pub fn too_old_from(day: Date) -> Date {
    day.saturating_add((MOST_AGE_DAYS + 1).days())
}

/// How many units of one currency a unit of another is worth, as a fraction of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    numerator: i128,
    denominator: i128,
}

impl Factor {
    /// For a currency and itself.
    pub const SAME: Factor = Factor {
        numerator: 1,
        denominator: 1,
    };

    /// The way back.
    #[must_use]
    pub fn inverse(self) -> Factor {
        Factor {
            numerator: self.denominator,
            denominator: self.numerator,
        }
    }

    /// This and then `next`: from one currency through a second into a third, without rounding at the
    /// second.
    ///
    /// # Errors
    ///
    /// `money.too_large` if the two rates together do not fit.
    pub fn then(self, next: Factor) -> Result<Factor, Refusal> {
        let product = |one: i128, other: i128| one.checked_mul(other).ok_or_else(too_large);
        let (mut numerator, mut denominator) = (
            product(self.numerator, next.numerator)?,
            product(self.denominator, next.denominator)?,
        );
        let common = greatest_common(numerator, denominator);
        numerator /= common;
        denominator /= common;
        Ok(Factor {
            numerator,
            denominator,
        })
    }

    /// An exact amount in millionths of the unit, rounded once to a millionth of the other unit, halves
    /// away from zero.
    ///
    /// # Errors
    ///
    /// `money.too_large`.
    pub fn exact(self, millionths: i64) -> Result<i64, Refusal> {
        self.times(i128::from(millionths), 1, 1)
    }

    /// An amount in `to`, rounded once to its minor unit, halves away from zero.
    ///
    /// # Errors
    ///
    /// `money.too_large`.
    pub fn money(self, amount: Money, to: Currency) -> Result<Money, Refusal> {
        let (up, down) = (to.minor_per_unit(), amount.currency().minor_per_unit());
        let minor = self.times(i128::from(amount.minor()), up, down)?;
        Ok(Money::of_minor(minor, to))
    }

    fn times(self, amount: i128, up: i64, down: i64) -> Result<i64, Refusal> {
        let numerator = amount
            .checked_mul(self.numerator)
            .and_then(|product| product.checked_mul(i128::from(up)))
            .ok_or_else(too_large)?;
        let denominator = self
            .denominator
            .checked_mul(i128::from(down))
            .ok_or_else(too_large)?;
        i64::try_from(round_div(numerator, denominator)).map_err(|_wide| too_large())
    }
}

fn greatest_common(mut one: i128, mut other: i128) -> i128 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one.abs().max(1)
}

fn too_large() -> Refusal {
    Refusal::value(
        "money.too_large",
        "The converted amount is larger than can be recorded. Check the rate and the amount for a slipped digit.",
    )
}

/// A recorded quote and the day it is of. What was recorded is never overwritten, so whoever keeps
/// its id keeps the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rated {
    pub id: RateId,
    pub quote: Quote,
    pub day: Date,
    /// How often the quote of this day was recorded, corrections included.
    pub version: i64,
}

/// What a document counts for: its exact net in the company's currency, and the rate it took. A
/// document in the company's own currency took none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseNet {
    pub exact: i64,
    pub rate: Option<RateId>,
}

impl BaseNet {
    /// # Errors
    ///
    /// `money.too_large`.
    pub fn of(net_exact: i64, rated: Option<&Rated>, base: Currency) -> Result<BaseNet, Refusal> {
        let exact = match rated {
            Some(rated) => rated.quote.into_base(base).exact(net_exact)?,
            None => net_exact,
        };
        Ok(BaseNet {
            exact,
            rate: rated.map(|rated| rated.id),
        })
    }
}

/// The refusal where no rate serves a day.
pub fn missing(currency: Currency, base: Currency, day: Date) -> Refusal {
    let message = format!(
        "There is no rate between {currency} and {base} of {day} or the {MOST_AGE_DAYS} days before. Record one, or use {base}."
    );
    Refusal::value("currency.no_rate", message)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn quote(from: &str, to: &str, per: i64, rate: &str) -> Quote {
        Quote {
            from: currency(from),
            to: currency(to),
            per,
            rate: Rate::parse(rate).unwrap(),
        }
    }

    fn in_eur(quote: Quote, amount: &str) -> String {
        let eur = currency("EUR");
        let amount = Money::parse(amount, quote.foreign(eur)).unwrap();
        quote.into_base(eur).money(amount, eur).unwrap().decimal()
    }

    #[test]
    fn amounts_are_converted_as_quoted_and_rounded_once() {
        for (quote, amount, expected) in [
            (quote("CNY", "EUR", 1, "0.127713"), "100.00", "12.77"),
            (quote("CNY", "EUR", 100, "12.7713"), "100.00", "12.77"),
            (quote("EUR", "CNY", 1, "7.83"), "100.00", "12.77"),
            (quote("EUR", "CNY", 1, "7.83"), "-100.00", "-12.77"),
            // 12,345,678 yen at 0.0062 are 76,543.2036 euro; the yen has no cents.
            (quote("JPY", "EUR", 100, "0.62"), "12345678", "76543.20"),
            (quote("KWD", "EUR", 1, "3.0125"), "1.001", "3.02"),
            (quote("CNY", "EUR", 1, "0.5"), "0.01", "0.01"),
        ] {
            assert_eq!(in_eur(quote, amount), expected, "{quote:?} {amount}");
        }
    }

    #[test]
    fn a_small_currency_keeps_its_digits_behind_its_per() {
        // 0.0000546321 euro for a rupiah would be 0.000055 in six decimals.
        let rupiah = quote("IDR", "EUR", 1_000_000, "54.6321");
        assert_eq!(in_eur(rupiah, "1000000000.00"), "54632.10");
        let coarse = quote("IDR", "EUR", 1, "0.000055");
        assert_eq!(in_eur(coarse, "1000000000.00"), "55000.00");
    }

    #[test]
    fn a_third_currency_is_reached_through_the_base_without_rounding_there() {
        let eur = currency("EUR");
        let yuan = quote("EUR", "CNY", 1, "7.83").into_base(eur);
        let dollar = quote("EUR", "USD", 1, "1.1605").into_base(eur);
        let factor = yuan.then(dollar.inverse()).unwrap();
        let one = Money::parse("0.03", currency("CNY")).unwrap();
        // 0.03 yuan are 0.0038 euro: rounded there nothing would be left.
        assert_eq!(
            factor.money(one, currency("USD")).unwrap().decimal(),
            "0.00"
        );
        let many = Money::parse("3000.00", currency("CNY")).unwrap();
        assert_eq!(
            factor.money(many, currency("USD")).unwrap().decimal(),
            "444.64"
        );
    }

    #[test]
    fn a_quote_is_between_the_base_and_another() {
        let eur = currency("EUR");
        for (quote, code) in [
            (quote("CNY", "USD", 1, "0.14"), "rate.pair"),
            (quote("EUR", "EUR", 1, "1"), "rate.pair"),
            (quote("CNY", "EUR", 50, "1"), "rate.per"),
            (quote("CNY", "EUR", 0, "1"), "rate.per"),
            (quote("CNY", "EUR", 10_000_000, "1"), "rate.per"),
            (quote("CNY", "EUR", 1, "0"), "rate.not_positive"),
            (quote("CNY", "EUR", 1, "-0.1"), "rate.not_positive"),
        ] {
            assert_eq!(quote.accept(eur).unwrap_err().code, code, "{quote:?}");
        }
        assert!(quote("EUR", "CNY", 1, "7.83").accept(eur).is_ok());
    }

    #[test]
    fn a_rate_serves_its_day_and_seven_more() {
        assert_eq!(too_old_from(date(2026, 6, 1)), date(2026, 6, 9));
        let today = date(2026, 6, 16);
        assert!(accept_day(date(2026, 6, 23), today).is_ok());
        assert_eq!(
            accept_day(date(2026, 6, 24), today).unwrap_err().code,
            "rate.day"
        );
        assert_eq!(
            accept_day(date(1989, 12, 31), today).unwrap_err().code,
            "rate.day"
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let eur = currency("EUR");
        let huge = quote("CNY", "EUR", 1, "1000000").into_base(eur);
        let most = Money::of_minor(i64::MAX, currency("CNY"));
        assert_eq!(huge.money(most, eur).unwrap_err().code, "money.too_large");
        assert_eq!(huge.exact(i64::MIN).unwrap_err().code, "money.too_large");
    }

    proptest! {
        /// Converting is odd: a reversal cancels exactly. And it is never off by more than half a unit.
        #[test]
        fn a_reversal_cancels_and_nothing_is_off_by_more_than_half(
            amount in -1_000_000_000_000_i64..1_000_000_000_000,
            rate in 1_i64..10_000_000_000,
            zeros in 0_u32..=6,
            inverse in any::<bool>(),
        ) {
            let quote = Quote {
                from: currency(if inverse { "EUR" } else { "CNY" }),
                to: currency(if inverse { "CNY" } else { "EUR" }),
                per: 10_i64.pow(zeros),
                rate: Rate::of_millionths(rate),
            };
            let factor = quote.into_base(currency("EUR"));
            prop_assume!(factor.exact(amount).is_ok());
            let there = factor.exact(amount).unwrap();
            prop_assert_eq!(factor.exact(-amount).unwrap(), -there);
            let twice_off = 2 * (i128::from(there) * factor.denominator - i128::from(amount) * factor.numerator);
            prop_assert!(twice_off.abs() <= factor.denominator);
        }
    }
}
