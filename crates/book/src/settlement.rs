//! What settles what: an invoice is open by what no payment or credit note has settled, on any day.
//!
//! An allocation settles from its day on, and until the day it was reversed. Nothing may ever settle
//! more than an invoice's amount or more than its source holds, on no day: also not where something
//! is entered late, between two days that were right before.

use jiff::civil::Date;
use kernel::{Currency, Money, Refusal, decimal::round_div};

use crate::terms::Instalment;

/// An amount that counts from a day on, and before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Date,
    pub to: Option<Date>,
    pub amount_minor: i64,
}

impl Span {
    fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// What counts on `day`.
pub fn settled_on(spans: &[Span], day: Date) -> i64 {
    let counting = spans.iter().filter(|span| span.holds(day));
    counting.fold(0_i64, |sum, span| sum.saturating_add(span.amount_minor))
}

/// The most that counts on any day from `from` on.
pub fn peak_from(spans: &[Span], from: Date) -> i64 {
    // Sums grow only where a span begins.
    let begins = spans.iter().map(|span| span.from.max(from));
    begins
        .chain([from])
        .map(|day| settled_on(spans, day))
        .max()
        .unwrap_or(0)
}

/// Refuses an amount of which not all is free from `from` on.
///
/// # Errors
///
/// `allocation.over_invoice` or `allocation.over_source`, with what is free.
pub fn check_free(
    whole: Money,
    spans: &[Span],
    from: Date,
    wanted: Money,
    of: Of<'_>,
) -> Result<(), Refusal> {
    let free = whole.minor().saturating_sub(peak_from(spans, from));
    if wanted.minor() <= free {
        return Ok(());
    }
    let shown = |minor: i64| Money::of_minor(minor.max(0), whole.currency()).decimal();
    let (code, message) = match of {
        Of::Invoice(number) => (
            "allocation.over_invoice",
            format!(
                "Invoice {number} has {} {} open from {from} on; {} cannot be settled.",
                shown(free),
                whole.currency(),
                wanted.decimal()
            ),
        ),
        Of::Source(reference) => (
            "allocation.over_source",
            format!(
                "{reference} has {} {} left from {from} on; {} cannot be taken from it.",
                shown(free),
                whole.currency(),
                wanted.decimal()
            ),
        ),
    };
    Err(Refusal::value(code, message).at("amount"))
}

/// Whose amount is asked about, by number or reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of<'a> {
    Invoice(&'a str),
    Source(&'a str),
}

/// An amount of an allocation: above zero.
///
/// # Errors
///
/// `allocation.amount`, or what [`Money::parse`] refuses.
pub fn accept_amount(text: &str, currency: Currency) -> Result<Money, Refusal> {
    let amount = Money::parse(text, currency)?;
    if amount.minor() <= 0 {
        let message = format!("{text} is not above zero.");
        return Err(Refusal::value("allocation.amount", message));
    }
    Ok(amount)
}

/// What is open of each instalment once `settled_minor` is settled: whatever is due first is settled
/// first, and what has no due day yet last.
pub fn open_parts(instalments: &[Instalment], settled_minor: i64) -> Vec<(Instalment, i64)> {
    let mut in_turn: Vec<Instalment> = instalments.to_vec();
    in_turn.sort_by_key(|one| (one.due.is_none(), one.due, one.part));
    let mut left = settled_minor;
    in_turn
        .into_iter()
        .map(|one| {
            let taken = left.clamp(0, one.amount_minor.max(0));
            left -= taken;
            (one, one.amount_minor - taken)
        })
        .collect()
}

/// What is settled of an invoice: by whom it pays with the cash discounts kept back, each on its day,
/// and by anything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    pub paid: Vec<(Date, i64)>,
    /// Of what is paid, the discounts.
    pub discount_minor: i64,
    pub otherwise_minor: i64,
}

impl Settled {
    /// How much cash discount may still be kept back on `day`: of every instalment that grants one by
    /// then, in the proportion of what is paid of it in time, less what was kept back before. Credit
    /// notes earn none. A discount pays the instalment like cash, so that paying 980 of 1,000 earns
    /// all of 20.
    pub fn discount_left(&self, instalments: &[Instalment], day: Date) -> i64 {
        let mut left = 0;
        // Each round adds the discount on the discount found before; they shrink to nothing fast.
        for _ in 0..64 {
            let next = self.discount_with(instalments, day, left);
            if next <= left {
                break;
            }
            left = next;
        }
        left
    }

    fn discount_with(&self, instalments: &[Instalment], day: Date, more: i64) -> i64 {
        let paid = self.paid.iter().copied().chain([(day, more)]);
        let paid: Vec<(Date, i64)> = paid.collect();
        let (mut granted, mut over) = (0_i64, 0_i64);
        for one in instalments.iter().filter(|one| one.discount_minor != 0) {
            let Some(until) = one.discount_until else {
                continue;
            };
            let in_time = paid.iter().filter(|(day, _)| *day <= until);
            let in_time = in_time.fold(0_i64, |sum, (_, minor)| sum.saturating_add(*minor));
            let upto = self.otherwise_minor.saturating_add(in_time);
            let own = open_of(instalments, one.part, self.otherwise_minor)
                - open_of(instalments, one.part, upto);
            let earned = i128::from(one.discount_minor) * i128::from(own);
            let earned = round_div(earned, i128::from(one.amount_minor.max(1)));
            let earned = i64::try_from(earned).unwrap_or(i64::MAX);
            if day <= until {
                granted = granted.saturating_add(earned);
            } else {
                over = over.saturating_add(earned);
            }
        }
        let before = self.discount_minor.saturating_sub(over).max(0);
        granted.saturating_sub(before)
    }
}

fn open_of(instalments: &[Instalment], part: i64, settled_minor: i64) -> i64 {
    let open = open_parts(instalments, settled_minor);
    let own = open.iter().find(|(one, _)| one.part == part);
    own.map_or(0, |(_, open)| *open)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::of_minor(minor, Currency::parse("EUR").unwrap())
    }

    fn span(from: i8, to: Option<i8>, amount_minor: i64) -> Span {
        Span {
            from: date(2026, 1, from),
            to: to.map(|day| date(2026, 1, day)),
            amount_minor,
        }
    }

    #[test]
    fn a_reversal_gives_back_from_its_day_on() {
        let spans = [span(5, Some(10), 60_00), span(8, None, 40_00)];
        for (day, settled) in [(4, 0), (5, 60_00), (8, 100_00), (9, 100_00), (10, 40_00)] {
            assert_eq!(settled_on(&spans, date(2026, 1, day)), settled, "{day}");
        }
    }

    #[test]
    fn what_is_entered_late_may_not_overlap_what_was() {
        let spans = [span(5, Some(10), 60_00)];
        let asked = |day| {
            check_free(
                eur(100_00),
                &spans,
                date(2026, 1, day),
                eur(50_00),
                Of::Invoice("I-1"),
            )
        };
        assert_eq!(asked(7).unwrap_err().code, "allocation.over_invoice");
        assert_eq!(asked(3).unwrap_err().code, "allocation.over_invoice");
        assert!(asked(10).is_ok());
        let no = check_free(
            eur(100_00),
            &spans,
            date(2026, 1, 5),
            eur(40_01),
            Of::Source("P-1"),
        )
        .unwrap_err();
        assert_eq!(
            no.message,
            "P-1 has 40.00 EUR left from 2026-01-05 on; 40.01 cannot be taken from it."
        );
    }

    #[test]
    fn what_is_due_first_is_settled_first() {
        let part = |part, due: Option<Date>, amount_minor| Instalment {
            part,
            due,
            amount_minor,
            is_retention: false,
            discount_minor: 0,
            discount_until: None,
            rule: None,
        };
        let parts = [
            part(1, None, 10),
            part(2, Some(date(2026, 3, 1)), 60),
            part(3, Some(date(2026, 2, 1)), 30),
        ];
        let open: Vec<(i64, i64)> = open_parts(&parts, 50)
            .iter()
            .map(|(one, open)| (one.part, *open))
            .collect();
        assert_eq!(open, [(3, 0), (2, 40), (1, 10)]);
    }

    /// 1,000.00 of which 20.00 may be kept back until the 10th.
    fn two_percent(part: i64) -> Instalment {
        Instalment {
            part,
            due: Some(date(2026, 1, 30)),
            amount_minor: 1_000_00,
            is_retention: false,
            discount_minor: 20_00,
            discount_until: Some(date(2026, 1, 10)),
            rule: None,
        }
    }

    fn settled(paid: &[(i8, i64)], discount_minor: i64, otherwise_minor: i64) -> Settled {
        let paid = paid
            .iter()
            .map(|(day, minor)| (date(2026, 1, *day), *minor));
        Settled {
            paid: paid.collect(),
            discount_minor,
            otherwise_minor,
        }
    }

    #[test]
    fn a_discount_is_earned_by_what_is_paid_in_time() {
        let left =
            |settled: Settled, day| settled.discount_left(&[two_percent(1)], date(2026, 1, day));
        assert_eq!(left(settled(&[(10, 980_00)], 0, 0), 10), 20_00);
        assert_eq!(left(settled(&[(5, 100_00)], 0, 0), 10), 2_04);
        assert_eq!(left(settled(&[(5, 100_00), (5, 2_04)], 2_04, 0), 10), 0);
        // Kept back once: nothing is left of it.
        assert_eq!(left(settled(&[(5, 980_00), (5, 20_00)], 20_00, 0), 10), 0);
        // Too late, or not paid but credited: of the other 900.00 it is 18.00.
        assert_eq!(left(settled(&[(11, 980_00)], 0, 0), 11), 0);
        assert_eq!(left(settled(&[(5, 980_00)], 0, 0), 11), 0);
        assert_eq!(left(settled(&[(5, 882_00)], 0, 100_00), 10), 18_00);
    }

    #[test]
    fn each_instalment_grants_its_own_discount() {
        let later = Instalment {
            due: Some(date(2026, 2, 28)),
            discount_until: Some(date(2026, 1, 20)),
            ..two_percent(2)
        };
        let parts = [two_percent(1), later];
        let first = [(5, 980_00), (5, 20_00)];
        let day = date(2026, 1, 15);
        assert_eq!(settled(&first, 20_00, 0).discount_left(&parts, day), 0);
        let both = [first[0], first[1], (15, 490_00)];
        assert_eq!(settled(&both, 20_00, 0).discount_left(&parts, day), 10_00);
    }

    #[test]
    fn an_amount_is_above_zero_and_fits_its_currency() {
        let eur = Currency::parse("EUR").unwrap();
        for (text, code) in [
            ("0", "allocation.amount"),
            ("-1", "allocation.amount"),
            ("0.001", "decimal.too_many_places"),
        ] {
            assert_eq!(accept_amount(text, eur).unwrap_err().code, code);
        }
        assert_eq!(accept_amount("1.50", eur).unwrap().minor(), 150);
    }

    proptest! {
        #[test]
        fn the_peak_is_the_largest_of_all_days(
            spans in proptest::collection::vec((1_i8..28, 0_i8..28, 1_i64..100), 0..12), from in 1_i8..28,
        ) {
            let spans: Vec<Span> = spans.into_iter()
                .map(|(from, long, amount)| span(from, (0 < long && from + long <= 31).then_some(from + long), amount))
                .collect();
            let by_days = (from..=31).map(|day| settled_on(&spans, date(2026, 1, day))).max().unwrap_or(0);
            prop_assert_eq!(peak_from(&spans, date(2026, 1, from)), by_days);
        }
    }
}
