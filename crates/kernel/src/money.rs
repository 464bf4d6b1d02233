//! Money: whole minor units with their currency, so that sums are exact.

use std::fmt;

use crate::{
    Refusal,
    decimal::{ONE, parse_places, round_div, write_places},
};

/// A currency of ISO 4217 that is in circulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Reads a three-letter code in capitals, `EUR`.
    ///
    /// # Errors
    ///
    /// `currency.unknown` if ISO 4217 does not know it, or it has no minor unit (gold, test codes).
    pub fn parse(code: &str) -> Result<Currency, Refusal> {
        iso_currency::Currency::from_code(code.trim())
            .filter(|currency| currency.exponent().is_some())
            .map(Currency)
            .ok_or_else(|| {
                Refusal::value(
                    "currency.unknown",
                    format!("“{code}” is not a currency code. Use the three letters of ISO 4217, such as EUR, CNY or USD."),
                )
            })
    }

    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The English name, `Euro`.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The sign written before an amount, `€`.
    pub fn sign(self) -> String {
        self.0.symbol().to_string()
    }

    /// How many decimals an amount has: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn decimals(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }

    /// Minor units in one unit: 100 for EUR.
    pub fn minor_per_unit(self) -> i64 {
        10_i64.pow(self.decimals())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (cents, fen) of one currency.
///
/// Arithmetic is checked: two currencies never meet in a sum, and what does not fit is refused
/// rather than wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    pub fn of_minor(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    pub fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    /// Reads a decimal string in units, `"1234.50"`.
    ///
    /// # Errors
    ///
    /// As [`parse_places`]; an amount with more decimals than the currency has is refused, never
    /// rounded.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, Refusal> {
        parse_places(text, currency.decimals()).map(|minor| Money { minor, currency })
    }

    /// Rounds an exact amount in millionths of the unit to minor units, halves away from zero.
    pub fn of_exact(millionths: i64, currency: Currency) -> Money {
        let per_minor = i128::from(ONE / currency.minor_per_unit().min(ONE));
        let minor = round_div(i128::from(millionths), per_minor);
        // Dividing an i64 by one or more always fits.
        Money {
            minor: i64::try_from(minor).unwrap_or(i64::MAX),
            currency,
        }
    }

    /// The exact amount in millionths of the unit.
    ///
    /// # Errors
    ///
    /// `money.too_large` if it does not fit.
    pub fn exact(self) -> Result<i64, Refusal> {
        let per_minor = ONE / self.currency.minor_per_unit().min(ONE);
        self.minor.checked_mul(per_minor).ok_or_else(too_large)
    }

    pub fn minor(self) -> i64 {
        self.minor
    }

    pub fn currency(self) -> Currency {
        self.currency
    }

    /// # Errors
    ///
    /// `money.currencies` for two currencies, `money.too_large` for a sum that does not fit.
    pub fn plus(self, other: Money) -> Result<Money, Refusal> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or_else(too_large)?;
        Ok(Money { minor, ..self })
    }

    /// # Errors
    ///
    /// As [`Money::plus`].
    pub fn minus(self, other: Money) -> Result<Money, Refusal> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or_else(too_large)?;
        Ok(Money { minor, ..self })
    }

    /// The sum of all `parts`; zero of `currency` if there are none.
    ///
    /// # Errors
    ///
    /// As [`Money::plus`].
    pub fn sum(
        parts: impl IntoIterator<Item = Money>,
        currency: Currency,
    ) -> Result<Money, Refusal> {
        parts
            .into_iter()
            .try_fold(Money::zero(currency), Money::plus)
    }

    /// The decimal text without currency, `1234.50`: what the API and files carry.
    pub fn decimal(self) -> String {
        let places = self.currency.decimals();
        write_places(self.minor, places, places)
    }

    fn same_currency(self, other: Money) -> Result<(), Refusal> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(Refusal::value(
            "money.currencies",
            format!(
                "{} and {} cannot be added. Convert one of them at a dated rate first.",
                self.currency, other.currency
            ),
        ))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

fn too_large() -> Refusal {
    Refusal::value(
        "money.too_large",
        "The amount is larger than can be recorded. Check for a slipped digit.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(text: &str) -> Result<Money, Refusal> {
        Money::parse(text, Currency::parse("EUR").unwrap())
    }

    #[test]
    fn amounts_are_never_rounded_when_read() {
        assert_eq!(eur("1234.50").unwrap().minor(), 123_450);
        assert_eq!(eur("1234.5").unwrap().decimal(), "1234.50");
        assert_eq!(eur("1234.505").unwrap_err().code, "decimal.too_many_places");
        assert_eq!(eur("1e308").unwrap_err().code, "decimal.malformed");
        assert_eq!(
            eur("92233720368547758.08").unwrap_err().code,
            "decimal.too_large"
        );
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(
            Money::parse("1.5", yen).unwrap_err().code,
            "decimal.too_many_places"
        );
        assert_eq!(Money::parse("150", yen).unwrap().decimal(), "150");
    }

    #[test]
    fn sums_are_checked() {
        let most = Money::of_minor(i64::MAX, Currency::parse("EUR").unwrap());
        assert_eq!(
            most.plus(eur("0.01").unwrap()).unwrap_err().code,
            "money.too_large"
        );
        let dollar = Money::parse("1", Currency::parse("USD").unwrap()).unwrap();
        assert_eq!(most.minus(dollar).unwrap_err().code, "money.currencies");
    }

    #[test]
    fn exact_amounts_round_once() {
        let eur = Currency::parse("EUR").unwrap();
        assert_eq!(Money::of_exact(20_565_620_600, eur).decimal(), "20565.62");
        assert_eq!(Money::of_exact(-5_000, eur).minor(), -1);
        assert_eq!(Money::of_exact(4_999, eur).minor(), 0);
        assert_eq!(
            Money::of_exact(1_500_000, Currency::parse("JPY").unwrap()).minor(),
            2
        );
    }

    #[test]
    fn only_circulating_currencies_are_known() {
        for code in ["", "eur", "EURO", "XXX", "XAU", "ZZZ"] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
        assert_eq!(Currency::parse("KWD").unwrap().decimals(), 3);
    }
}
