//! Exact decimals of any ordinary length, for files that count in other units.
//!
//! A foreign file may carry fifteen places (`0.999800039992002`); the values of the product have
//! six. Multiplying and rounding happens here, on whole numbers, before the value is judged.

use crate::fault::quoted;

/// `mantissa × 10^-places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exact {
    mantissa: i128,
    places: u32,
}

impl Exact {
    pub(crate) const ZERO: Exact = Exact {
        mantissa: 0,
        places: 0,
    };

    /// The most digits a number may have.
    const LIMIT_DIGITS: usize = 30;

    /// Reads a plain decimal, `-1234.50`.
    ///
    /// # Errors
    ///
    /// The sentence that says why it is none.
    pub(crate) fn parse(text: &str) -> Result<Exact, String> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return Err(format!("{} is not a decimal number.", quoted(text)));
        }
        let fraction = fraction.trim_end_matches('0');
        let too_long = || format!("{} has too many digits to reckon with.", quoted(text));
        if Exact::LIMIT_DIGITS < whole.trim_start_matches('0').len() + fraction.len() {
            return Err(too_long());
        }
        let magnitude = whole
            .bytes()
            .chain(fraction.bytes())
            .fold(0, |value, digit| value * 10 + i128::from(digit - b'0'));
        Ok(Exact {
            mantissa: if negative { -magnitude } else { magnitude },
            places: u32::try_from(fraction.len()).map_err(|_too_many| too_long())?,
        })
    }

    /// The exact product; `None` if it does not fit.
    pub(crate) fn times(self, factor: Exact) -> Option<Exact> {
        Some(Exact {
            mantissa: self.mantissa.checked_mul(factor.mantissa)?,
            places: self.places + factor.places,
        })
    }

    /// The exact sum; `None` if it does not fit.
    pub(crate) fn plus(self, other: Exact) -> Option<Exact> {
        let places = self.places.max(other.places);
        let scaled = |one: Exact| {
            let factor = 10_i128.checked_pow(places - one.places)?;
            one.mantissa.checked_mul(factor)
        };
        Some(Exact {
            mantissa: scaled(self)?.checked_add(scaled(other)?)?,
            places,
        })
    }

    /// Rounded to `places`, halves away from zero. A number with fewer stays as it is.
    pub(crate) fn rounded(self, places: u32) -> Exact {
        if self.places <= places {
            return self;
        }
        let divisor = 10_i128.checked_pow(self.places - places);
        Exact {
            // More than 38 places to drop: less than half of the last one kept.
            mantissa: divisor.map_or(0, |divisor| {
                kernel::decimal::round_div(self.mantissa, divisor)
            }),
            places,
        }
    }

    /// As a plain decimal without trailing zeros behind the point.
    pub(crate) fn write(self) -> String {
        let width = usize::try_from(self.places).unwrap_or(0) + 1;
        let mut digits = format!("{:0width$}", self.mantissa.unsigned_abs());
        if 0 < self.places {
            digits.insert(digits.len() + 1 - width, '.');
            digits.truncate(digits.trim_end_matches('0').trim_end_matches('.').len());
        }
        if self.mantissa < 0 {
            digits.insert(0, '-');
        }
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn products_are_exact() {
        for (value, factor, product) in [
            ("0.02",              "100",    "2"),
            ("0.35",              "100",    "35"),
            ("-1.5",              "0.01",   "-0.015"),
            ("0.999800039992002", "100",    "99.9800039992002"),
            ("12",                "10000",  "120000"),
            ("0.0",               "-5",     "0"),
            ("100",               "1",      "100"),
        ] {
            let product_of = Exact::parse(value).unwrap().times(Exact::parse(factor).unwrap());
            assert_eq!(product_of.unwrap().write(), product, "{value} × {factor}");
        }
    }

    #[test]
    fn sums_are_exact() {
        let sum = |one: &str, other: &str| {
            let sum = Exact::parse(one)
                .unwrap()
                .plus(Exact::parse(other).unwrap());
            sum.unwrap().write()
        };
        assert_eq!(sum("0.1", "0.2"), "0.3");
        assert_eq!(sum("-1.5", "1.50"), "0");
        assert_eq!(sum("1000", "0.000001"), "1000.000001");
    }

    #[test]
    #[rustfmt::skip]
    fn rounding_is_half_away_from_zero() {
        for (value, places, rounded) in [
            ("0.9998000399920",  6, "0.9998"),
            ("1.0000005",        6, "1.000001"),
            ("-1.0000005",       6, "-1.000001"),
            ("1.4",              0, "1"),
            ("1.25",             6, "1.25"),
        ] {
            assert_eq!(Exact::parse(value).unwrap().rounded(places).write(), rounded);
        }
    }

    #[test]
    fn what_is_no_plain_decimal_is_refused() {
        for text in ["", "-", "1e5", "1,5", ".5", "1.", "NaN", "1 000"] {
            assert!(Exact::parse(text).is_err(), "{text:?}");
        }
        assert!(Exact::parse(&"9".repeat(31)).is_err());
        let large = Exact::parse(&"9".repeat(30)).unwrap();
        assert_eq!(large.times(large), None);
    }
}
