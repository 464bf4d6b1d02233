//! What stands in a cell of a file for others.

use std::borrow::Cow;

use jiff::civil::Date;
use kernel::{Currency, Money};

/// A value, as a person at a spreadsheet would call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'v> {
    Empty,
    /// Names and codes, also those that look like numbers.
    Text(Cow<'v, str>),
    Day(Date),
    /// A count, price or share: a plain decimal that means nothing added up.
    Number(String),
    /// Millionths of a currency's unit; the sum of a column means something.
    Amount(i128, Currency),
}

impl<'v> Value<'v> {
    pub fn of(text: &'v str) -> Value<'v> {
        Value::Text(Cow::Borrowed(text))
    }

    /// Empty if there is none.
    pub fn or_empty(text: Option<&'v str>) -> Value<'v> {
        text.map_or(Value::Empty, Value::of)
    }

    pub fn money(money: Money) -> Value<'static> {
        let currency = money.currency();
        let millionths = 10_i128.pow(6_u32.saturating_sub(currency.decimals()));
        Value::Amount(i128::from(money.minor()) * millionths, currency)
    }

    /// An amount that is not rounded to what the currency can pay.
    pub fn exact(millionths: i64, currency: Currency) -> Value<'static> {
        Value::Amount(i128::from(millionths), currency)
    }

    /// A price, quantity, percentage or number of anything, written by itself.
    pub fn number(number: &impl ToString) -> Value<'static> {
        Value::Number(number.to_string())
    }

    /// As it stands in a file of text.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Value::Empty => Cow::Borrowed(""),
            Value::Text(text) => Cow::Borrowed(text),
            Value::Day(day) => Cow::Owned(day.to_string()),
            Value::Number(number) => Cow::Borrowed(number),
            Value::Amount(millionths, currency) => {
                Cow::Owned(decimal(*millionths, currency.decimals()))
            }
        }
    }
}

/// Millionths as a plain decimal with at least `places` places and no needless zeros behind them.
pub(super) fn decimal(millionths: i128, places: u32) -> String {
    let mut text = format!("{:07}", millionths.unsigned_abs());
    text.insert(text.len() - 6, '.');
    let least = text.len() - 6 + usize::try_from(places.min(6)).unwrap_or(6);
    while least < text.len() && text.ends_with('0') {
        text.pop();
    }
    if text.ends_with('.') {
        text.pop();
    }
    if millionths < 0 {
        text.insert(0, '-');
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn decimals_have_the_places_they_need() {
        for (millionths, places, text) in [
            (0,             2, "0.00"),
            (0,             0, "0"),
            (1_234_500_000, 2, "1234.50"),
            (1_234_500_000, 0, "1234.5"),
            (-1,            2, "-0.000001"),
            (-12_000_000,   0, "-12"),
            (607_498_200_000, 2, "607498.20"),
        ] {
            assert_eq!(decimal(millionths, places), text);
        }
    }

    #[test]
    fn values_are_written_as_import_reads_them() {
        let (euro, yen) = (
            Currency::parse("EUR").unwrap(),
            Currency::parse("JPY").unwrap(),
        );
        assert_eq!(Value::money(Money::of_minor(-1250, euro)).text(), "-12.50");
        assert_eq!(Value::money(Money::of_minor(1250, yen)).text(), "1250");
        assert_eq!(Value::exact(333_333, euro).text(), "0.333333");
        assert_eq!(Value::Day(date(2026, 2, 28)).text(), "2026-02-28");
        assert_eq!(Value::number(&17).text(), "17");
        assert_eq!(Value::or_empty(None).text(), "");
    }
}
