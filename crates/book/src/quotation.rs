//! Quotations: what was offered, in which editions, until when, and what became of it.

use jiff::{ToSpan, civil::Date};
use kernel::{Quantity, Refusal};

use crate::course::QUOTATION;

/// How long an offer stands if nobody says otherwise.
const USUAL_DAYS: i32 = 30;

/// Why an offer was lost, as it is counted.
pub const LOST_REASONS: [&str; 7] = [
    "price",
    "delivery_time",
    "product",
    "payment_terms",
    "relationship",
    "project_dropped",
    "other",
];

/// The state a quotation is in on `today`: one that was sent expires the day after it stands no more.
pub fn standing(recorded: &str, valid_until: Date, today: Date) -> &'static str {
    let state = QUOTATION.state(recorded);
    if state == "sent" && valid_until < today {
        return "expired";
    }
    state
}

/// The last day an offer of `day` stands.
///
/// # Errors
///
/// `quotation.validity` for a day before the offer's own, or more than two years after it.
pub fn accept_validity(day: Date, until: Option<Date>) -> Result<Date, Refusal> {
    let until = until.unwrap_or_else(|| day.saturating_add(USUAL_DAYS.days()));
    let last = day.saturating_add(2.years());
    if day <= until && until <= last {
        return Ok(until);
    }
    let message = format!(
        "A quotation of {day} stands until that day at least and {last} at most, not {until}."
    );
    Err(Refusal::value("quotation.validity", message).at("valid_until"))
}

/// # Errors
///
/// `quotation.reason`.
pub fn accept_reason(text: &str) -> Result<&'static str, Refusal> {
    let known = LOST_REASONS.iter().find(|reason| **reason == text.trim());
    known.copied().ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let message = format!(
            "“{shown}” is no reason for losing. Use {}.",
            LOST_REASONS.join(", ")
        );
        Refusal::value("quotation.reason", message).at("reason")
    })
}

/// The quantity taken of a line that offers `offered`; all of it unless said otherwise.
///
/// # Errors
///
/// `quotation.quantity` unless it is above zero and at most what was offered, on the offer's side of
/// zero.
pub fn accept_taken(offered: Quantity, wanted: Option<Quantity>) -> Result<Quantity, Refusal> {
    let wanted = wanted.unwrap_or(offered);
    let (offer, take) = (offered.millionths(), wanted.millionths());
    if take != 0 && (0 < take) == (0 < offer) && take.unsigned_abs() <= offer.unsigned_abs() {
        return Ok(wanted);
    }
    let message = format!("{offered} were offered, so {wanted} cannot be taken.");
    Err(Refusal::value("quotation.quantity", message).at("quantity"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_offer_expires_the_day_after_its_last() {
        let until = date(2026, 6, 16);
        assert_eq!(standing("sent", until, date(2026, 6, 16)), "sent");
        assert_eq!(standing("sent", until, date(2026, 6, 17)), "expired");
        assert_eq!(standing("draft", until, date(2026, 6, 17)), "draft");
        assert_eq!(standing("accepted", until, date(2026, 6, 17)), "accepted");
    }

    #[test]
    fn an_offer_stands_from_its_day_for_two_years_at_most() {
        let day = date(2026, 6, 16);
        assert_eq!(accept_validity(day, None).unwrap(), date(2026, 7, 16));
        for (until, accepted) in [
            (date(2026, 6, 16), true),
            (date(2026, 6, 15), false),
            (date(2028, 6, 16), true),
            (date(2028, 6, 17), false),
        ] {
            assert_eq!(
                accept_validity(day, Some(until)).is_ok(),
                accepted,
                "{until}"
            );
        }
    }

    #[test]
    fn no_more_is_taken_than_was_offered() {
        let quantity = |text| Quantity::parse(text).unwrap();
        for (offered, wanted, accepted) in [
            ("10", "10", true),
            ("10", "0.5", true),
            ("10", "10.000001", false),
            ("10", "0", false),
            ("10", "-1", false),
            ("-10", "-3", true),
            ("-10", "3", false),
        ] {
            let taken = accept_taken(quantity(offered), Some(quantity(wanted)));
            assert_eq!(taken.is_ok(), accepted, "{wanted} of {offered}");
        }
        assert_eq!(accept_taken(quantity("7"), None).unwrap(), quantity("7"));
    }
}
