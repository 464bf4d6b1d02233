//! Exact decimals with six places: prices, quantities, percents, exchange rates.
//!
//! All are whole millionths in an `i64`, so nothing is ever rounded by being stored or read. The
//! one rounding rule of the house, half away from zero, is [`round_div`].

use std::fmt;

use crate::Refusal;

/// Millionths in one.
pub const ONE: i64 = 1_000_000;

/// `numerator / denominator` rounded to a whole number, halves away from zero.
///
/// `denominator` must be positive.
pub fn round_div(numerator: i128, denominator: i128) -> i128 {
    debug_assert!(denominator > 0, "a divisor is a positive unit");
    let half = denominator / 2;
    let magnitude = numerator.unsigned_abs();
    let unit = denominator.unsigned_abs();
    let rounded = (magnitude + half.unsigned_abs()) / unit;
    let rounded = i128::try_from(rounded).unwrap_or(i128::MAX);
    // An odd denominator has no exact half, so adding the floored half rounds correctly as well.
    if numerator < 0 { -rounded } else { rounded }
}

/// Reads a plain decimal (`-1234.50`) as a whole number of `10^-places`.
///
/// No exponent, no grouping, no sign but `-` or `+`, at least one digit before the point.
///
/// # Errors
///
/// `decimal.malformed` if it is not such a text, `decimal.too_many_places` if it has more places
/// than allowed (trailing zeros do not count), `decimal.too_large` if it does not fit.
pub fn parse_places(text: &str, places: u32) -> Result<i64, Refusal> {
    let malformed = || {
        Refusal::value(
            "decimal.malformed",
            format!(
                "“{}” is not a decimal number. Write it like 1234.50.",
                shorten(text)
            ),
        )
    };
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.as_bytes() {
        [b'-', ..] => (true, &trimmed[1..]),
        [b'+', ..] => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let has_point = digits.contains('.');
    if whole.is_empty()
        || !all_digits(whole)
        || !all_digits(fraction)
        || (has_point && fraction.is_empty())
    {
        return Err(malformed());
    }
    let fraction = fraction.trim_end_matches('0');
    let places_used = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
    if places < places_used {
        return Err(Refusal::value(
            "decimal.too_many_places",
            format!(
                "“{}” has {places_used} decimal places, but at most {places} are allowed here. It was not rounded; send the exact value.",
                shorten(text)
            ),
        ));
    }
    let too_large = || {
        Refusal::value(
            "decimal.too_large",
            format!("“{}” is larger than this field can hold.", shorten(text)),
        )
    };
    let mut value: i64 = 0;
    let padding = places - places_used;
    let zeros = std::iter::repeat_n(b'0', usize::try_from(padding).unwrap_or(0));
    for digit in whole.bytes().chain(fraction.bytes()).chain(zeros) {
        let digit = i64::from(digit - b'0');
        // Counting down for negatives lets the most negative value be read as well.
        let step = if negative { -digit } else { digit };
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(step))
            .ok_or_else(too_large)?;
    }
    Ok(value)
}

/// `value` of `10^-places` as a plain decimal with at least `min_places` places.
pub fn write_places(value: i64, places: u32, min_places: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    let unit = 10_u64.pow(places);
    let whole = magnitude / unit;
    let mut fraction = String::new();
    if places > 0 {
        let width = usize::try_from(places).unwrap_or(0);
        fraction = format!("{:0width$}", magnitude % unit);
        let keep = usize::try_from(min_places).unwrap_or(0);
        while fraction.len() > keep && fraction.ends_with('0') {
            fraction.pop();
        }
    }
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

macro_rules! decimal {
    ($(#[$doc:meta])* $name:ident, $min_places:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
        pub struct $name(i64);

        impl $name {
            pub const ZERO: $name = $name(0);

            pub const fn of_millionths(millionths: i64) -> $name {
                $name(millionths)
            }

            pub const fn millionths(self) -> i64 {
                self.0
            }

            pub const fn of_whole(whole: i32) -> $name {
                #[expect(clippy::as_conversions, reason = "i64::from is not const; widening loses nothing")]
                $name(whole as i64 * ONE)
            }

            /// Reads a plain decimal with at most six places.
            ///
            /// # Errors
            ///
            /// See [`parse_places`].
            pub fn parse(text: &str) -> Result<$name, Refusal> {
                parse_places(text, 6).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&write_places(self.0, 6, $min_places))
            }
        }
    };
}

decimal!(
    /// A price for one unit of something, in units of a currency that travels beside it.
    Price,
    2
);
decimal!(
    /// A quantity in the product's own unit of measure. Negative quantities are returns.
    Quantity,
    0
);
decimal!(
    /// How many units of the second currency one unit of the first is worth.
    Rate,
    0
);

/// A share of one, exact to a millionth: 17.065 % is 170,650 millionths.
///
/// Read and shown in percent, so the text `17.065` is 17.065 %. May exceed 100 or be negative;
/// where that makes no sense the user of the value refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Percent(i64);

impl Percent {
    pub const ZERO: Percent = Percent(0);
    /// The whole: 100 %.
    pub const WHOLE: Percent = Percent(ONE);

    pub const fn of_millionths(millionths: i64) -> Percent {
        Percent(millionths)
    }

    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Reads percent with at most four places, `17.065`.
    ///
    /// # Errors
    ///
    /// See [`parse_places`].
    pub fn parse(text: &str) -> Result<Percent, Refusal> {
        parse_places(text.trim().trim_end_matches('%').trim_end(), 4).map(Percent)
    }

    /// Several discounts one after the other, exact: 10, 5 and 3 % are 17.065 %, not 18 %.
    ///
    /// Rounds once, at the end, to a millionth.
    pub fn compound(parts: &[Percent]) -> Percent {
        // What is left after each step, carried in millionths of millionths so that up to ten
        // ordinary discounts stay exact.
        let scale = i128::from(ONE) * i128::from(ONE);
        let mut left = scale;
        for part in parts {
            left = round_div(left * i128::from(ONE - part.0), i128::from(ONE));
        }
        let taken = round_div(scale - left, i128::from(ONE));
        Percent(i64::try_from(taken).unwrap_or(ONE))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_places(self.0, 4, 0))
    }
}

/// The exact net of a line, in millionths of the currency unit: price × quantity × (1 − discount).
///
/// Rounded once, here, to a millionth, halves away from zero.
///
/// # Errors
///
/// `line.too_large` if the product does not fit.
pub fn line_net(price: Price, quantity: Quantity, discount: Percent) -> Result<i64, Refusal> {
    let too_large = || {
        Refusal::value(
            "line.too_large",
            format!("{price} × {quantity} is more than a line can hold. Split the line."),
        )
    };
    let gross = i128::from(price.0) * i128::from(quantity.0); // 10^-12
    let left = i128::from(ONE - discount.0);
    let exact = gross.checked_mul(left).ok_or_else(too_large)?; // 10^-18
    let net = round_div(exact, i128::from(ONE) * i128::from(ONE));
    i64::try_from(net).ok().ok_or_else(too_large)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(round_div(5, 10), 1);
        assert_eq!(round_div(-5, 10), -1);
        assert_eq!(round_div(4, 10), 0);
        assert_eq!(round_div(-14, 10), -1);
        assert_eq!(round_div(15, 10), 2);
        assert_eq!(round_div(1, 3), 0);
        assert_eq!(round_div(2, 3), 1);
    }

    #[test]
    fn decimals_read_back_as_written() {
        for text in [
            "0",
            "1",
            "-1",
            "1234.5",
            "0.000001",
            "-9223372036854.775808",
            "9223372036854.775807",
        ] {
            assert_eq!(Quantity::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Price::parse("2024.9940").unwrap().to_string(), "2024.994");
        assert_eq!(Price::parse("7").unwrap().to_string(), "7.00");
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in [
            "", " ", "-", ".", "1.", ".5", "1e308", "1,000", "NaN", "--1", "1.2.3", "１２", "0x10",
            "1 2",
        ] {
            assert_eq!(
                Quantity::parse(text).unwrap_err().code,
                "decimal.malformed",
                "{text:?}"
            );
        }
        assert_eq!(
            Quantity::parse("0.0000001").unwrap_err().code,
            "decimal.too_many_places"
        );
        assert_eq!(
            Quantity::parse("9223372036854.775808").unwrap_err().code,
            "decimal.too_large"
        );
        let long = "9".repeat(400);
        assert_eq!(
            Quantity::parse(&long).unwrap_err().code,
            "decimal.too_large"
        );
    }

    #[test]
    fn discounts_one_after_the_other_compound() {
        let percent = |text| Percent::parse(text).unwrap();
        let taken = Percent::compound(&[percent("10"), percent("5"), percent("3")]);
        assert_eq!(taken.to_string(), "17.065");
        assert_eq!(taken.millionths(), 170_650);
        assert_eq!(Percent::compound(&[]), Percent::ZERO);
    }

    #[test]
    fn a_line_keeps_its_exact_net() {
        let net = |price, quantity, discount| {
            line_net(
                Price::parse(price).unwrap(),
                Quantity::parse(quantity).unwrap(),
                Percent::parse(discount).unwrap(),
            )
        };
        assert_eq!(net("2024.9940", "3", "0").unwrap(), 6_074_982_000);
        assert_eq!(net("0.333333", "3", "0").unwrap(), 999_999);
        assert_eq!(net("10", "-2", "5").unwrap(), -19_000_000);
        assert_eq!(
            net("9000000000000", "9000000000000", "0").unwrap_err().code,
            "line.too_large"
        );
    }
}
