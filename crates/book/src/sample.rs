//! Samples and trials: what a customer tries before it buys, and what came of it.
//!
//! They are no sales: they earn nothing, are priced at nothing and never count against a credit limit.
//! One that the customer keeps is sold by an order of its own, at the customer's price.

use jiff::{ToSpan, civil::Date};
use kernel::Refusal;

/// How long a trial takes if nobody says otherwise.
const USUAL_DAYS: i32 = 30;

/// The kinds there are: goods to look at, and goods to work with for a while.
pub const KINDS: [&str; 2] = ["sample", "trial"];

/// # Errors
///
/// `sample.kind`.
pub fn accept_kind(text: &str) -> Result<&'static str, Refusal> {
    let known = KINDS.iter().find(|kind| **kind == text.trim());
    known.copied().ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is neither a sample nor a trial.");
        Refusal::value("sample.kind", message).at("kind")
    })
}

/// The day by which the result is due.
///
/// # Errors
///
/// `sample.due` for a day before it was handed out, or more than two years after.
pub fn accept_due(day: Date, due: Option<Date>) -> Result<Date, Refusal> {
    let due = due.unwrap_or_else(|| day.saturating_add(USUAL_DAYS.days()));
    let last = day.saturating_add(2.years());
    if day <= due && due <= last {
        return Ok(due);
    }
    let message = format!("The result of a sample of {day} is due by {last}, not {due}.");
    Err(Refusal::value("sample.due", message).at("result_due"))
}

/// Whether a result is overdue on `today`.
pub fn is_overdue(status: &str, due: Date, today: Date) -> bool {
    status == "open" && due < today
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_result_is_overdue_the_day_after_it_was_due() {
        let due = date(2026, 6, 16);
        assert!(!is_overdue("open", due, date(2026, 6, 16)));
        assert!(is_overdue("open", due, date(2026, 6, 17)));
        assert!(!is_overdue("won", due, date(2026, 6, 17)));
        assert_eq!(accept_due(due, None).unwrap(), date(2026, 7, 16));
        assert!(accept_due(due, Some(date(2026, 6, 15))).is_err());
        assert!(accept_due(due, Some(date(2028, 6, 17))).is_err());
    }
}
