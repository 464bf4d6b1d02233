//! Values as requests and files write them, checked one by one.

use jiff::civil::{Date, date};
use kernel::{Percent, Price, Quantity, Refusal, times::BEGINNING};

/// The longest payment term, two years.
pub const MOST_TERMS_DAYS: i64 = 730;

/// The first day a document can have.
const FIRST_DAY: Date = date(1990, 1, 1);

/// A name or place that may be left empty: trimmed, at most 200 characters, none of them control.
///
/// # Errors
///
/// `name.long` or `name.control`, pointing at `field`.
pub fn text(text: &str, field: &'static str) -> Result<Option<String>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    org::api::accept_name(text, field).map(Some)
}

/// A value that may be left empty, checked if it is not.
///
/// # Errors
///
/// What `check` refuses, pointing at `field`.
pub fn filled(
    text: Option<&str>,
    check: impl Fn(&str) -> Result<String, Refusal>,
    field: &'static str,
) -> Result<Option<String>, Refusal> {
    text.filter(|text| !text.trim().is_empty())
        .map(check)
        .transpose()
        .map_err(|no| no.at(field))
}

/// A day written `2026-06-16` and in no other way.
///
/// # Errors
///
/// `date.malformed`.
pub fn day(text: &str) -> Result<Date, Refusal> {
    let plain = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let read = if plain {
        text.parse::<Date>().ok()
    } else {
        None
    };
    read.ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is not a day. Write it like 2026-06-16.");
        Refusal::value("date.malformed", message)
    })
}

/// A day in the address of a list; empty is none.
///
/// # Errors
///
/// `query.day`, pointing at `field`.
pub fn query_day(text: &str, field: &'static str) -> Result<Option<Date>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    day(text).map(Some).map_err(|no| {
        let kind = kernel::refusal::Kind::Malformed;
        Refusal::new(kind, "query.day", no.message).at(field)
    })
}

/// The days something holds: from the beginning, or from a day on, to before another.
///
/// # Errors
///
/// `date.malformed` or `date.order`.
pub fn span(from: Option<&str>, to: Option<&str>) -> Result<(Date, Option<Date>), Refusal> {
    let from = from.map(day).transpose().map_err(|no| no.at("from"))?;
    let to = to.map(day).transpose().map_err(|no| no.at("to"))?;
    let from = from.unwrap_or(BEGINNING);
    match to {
        Some(end) if end <= from => {
            let message =
                format!("{end} is not after {from}; to is the first day it no longer holds.");
            Err(Refusal::value("date.order", message).at("to"))
        }
        to => Ok((from, to)),
    }
}

/// The day of a document: not before 1990 and at most 366 days ahead.
///
/// # Errors
///
/// `date.range`.
pub fn document_day(day: Date, today: Date) -> Result<Date, Refusal> {
    let last = today.saturating_add(jiff::ToSpan::days(366));
    if FIRST_DAY <= day && day <= last {
        return Ok(day);
    }
    let message = format!("{day} is not between {FIRST_DAY} and {last}, a year from today.");
    Err(Refusal::value("date.range", message))
}

/// A due day: not before 1990 and at most ten years ahead.
///
/// # Errors
///
/// `date.range`.
pub fn due_day(day: Date, today: Date) -> Result<Date, Refusal> {
    let last = today.saturating_add(jiff::ToSpan::days(3_660));
    if FIRST_DAY <= day && day <= last {
        return Ok(day);
    }
    let message = format!("{day} is not between {FIRST_DAY} and {last}, ten years from today.");
    Err(Refusal::value("date.range", message))
}

/// A price of at most six decimals that is not negative.
///
/// # Errors
///
/// `price.negative`, or what [`Price::parse`] refuses.
pub fn price(text: &str) -> Result<Price, Refusal> {
    let price = Price::parse(text)?;
    if price < Price::ZERO {
        let message = format!("{price} is below zero. A price is not negative.");
        return Err(Refusal::value("price.negative", message));
    }
    Ok(price)
}

/// A quantity other than zero; a return is negative.
///
/// # Errors
///
/// `quantity.zero`, or what [`Quantity::parse`] refuses.
pub fn quantity(text: &str) -> Result<Quantity, Refusal> {
    let quantity = Quantity::parse(text)?;
    if quantity == Quantity::ZERO {
        let message = "A line of quantity 0 says nothing. Leave it out.";
        return Err(Refusal::value("quantity.zero", message));
    }
    Ok(quantity)
}

/// A share from 0 to 100 %.
///
/// # Errors
///
/// `percent.range`, or what [`Percent::parse`] refuses.
pub fn percent(text: &str) -> Result<Percent, Refusal> {
    let percent = Percent::parse(text)?;
    if percent < Percent::ZERO || Percent::WHOLE < percent {
        let message = format!("{percent} % is not between 0 and 100 %.");
        return Err(Refusal::value("percent.range", message));
    }
    Ok(percent)
}

/// How many days a customer has to pay.
///
/// # Errors
///
/// `terms.range`.
pub fn terms_days(days: i64) -> Result<i64, Refusal> {
    if (0..=MOST_TERMS_DAYS).contains(&days) {
        return Ok(days);
    }
    let message = format!("Payment terms are 0 to {MOST_TERMS_DAYS} days, not {days}.");
    Err(Refusal::value("terms.range", message))
}

/// A latitude in degrees, north positive.
///
/// # Errors
///
/// `lat.range`.
pub fn lat(degrees: f64) -> Result<f64, Refusal> {
    if (-90.0..=90.0).contains(&degrees) {
        return Ok(degrees);
    }
    let message = format!("A latitude is −90 to 90 degrees, not {degrees}.");
    Err(Refusal::value("lat.range", message))
}

/// A longitude in degrees, east positive.
///
/// # Errors
///
/// `lon.range`.
pub fn lon(degrees: f64) -> Result<f64, Refusal> {
    if (-180.0..=180.0).contains(&degrees) {
        return Ok(degrees);
    }
    let message = format!("A longitude is −180 to 180 degrees, not {degrees}.");
    Err(Refusal::value("lon.range", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day("2026-06-16").unwrap(), date(2026, 6, 16));
        for text in [
            "2026-6-16",
            "20260616",
            "2026-02-30",
            "16.06.2026",
            "2026-06-16T00:00",
            "",
        ] {
            assert_eq!(day(text).unwrap_err().code, "date.malformed", "{text}");
        }
    }

    #[test]
    fn a_document_lies_within_a_year_ahead() {
        let today = date(2026, 6, 16);
        for (day, accepted) in [
            (date(1990, 1, 1), true),
            (date(1989, 12, 31), false),
            (date(2027, 6, 17), true),
            (date(2027, 6, 18), false),
        ] {
            assert_eq!(document_day(day, today).is_ok(), accepted, "{day}");
        }
    }

    #[test]
    fn values_out_of_range_are_refused() {
        assert_eq!(price("-0.01").unwrap_err().code, "price.negative");
        assert_eq!(quantity("0.000").unwrap_err().code, "quantity.zero");
        assert_eq!(percent("100.0001").unwrap_err().code, "percent.range");
        assert!(terms_days(0).is_ok() && terms_days(731).is_err() && terms_days(-1).is_err());
        assert!(lat(90.0).is_ok() && lat(-90.1).is_err() && lat(f64::NAN).is_err());
        assert!(lon(-180.0).is_ok() && lon(180.5).is_err());
    }
}
