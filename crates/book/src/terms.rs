//! Payment terms: what is due when, as ordered parts of one whole.
//!
//! A part is a share of the amount, the clock its days are counted from, and how the day found is
//! moved (to the end of its month, to the next payment day). A part whose clock has not started has
//! no due day yet. A plain number of days is one part counted from the invoice.

use jiff::{ToSpan, civil::Date};
use kernel::{Money, Percent, Refusal, apportion, decimal::round_div};

/// The most parts terms have.
pub const MOST_PARTS: usize = 24;

/// What the days of a part are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    Order,
    Delivery,
    Invoice,
    InvoiceReceived,
    Acceptance,
}

impl Clock {
    pub const ALL: [(Clock, &'static str); 5] = [
        (Clock::Order, "order"),
        (Clock::Delivery, "delivery"),
        (Clock::Invoice, "invoice"),
        (Clock::InvoiceReceived, "invoice_received"),
        (Clock::Acceptance, "acceptance"),
    ];

    pub fn word(self) -> &'static str {
        let own = Clock::ALL.iter().find(|(clock, _)| *clock == self);
        own.map_or("invoice", |(_, word)| *word)
    }

    /// # Errors
    ///
    /// `terms.clock`.
    pub fn parse(word: &str) -> Result<Clock, Refusal> {
        let found = Clock::ALL.iter().find(|(_, own)| *own == word);
        found.map(|(clock, _)| *clock).ok_or_else(|| {
            let words: Vec<&str> = Clock::ALL.iter().map(|(_, word)| *word).collect();
            let message = format!("“{word}” is not one of {}.", words.join(", "));
            Refusal::value("terms.clock", message).at("clock")
        })
    }
}

/// One part of the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub share: Percent,
    pub clock: Clock,
    pub days: i64,
    pub end_of_month: bool,
    /// The day of the month payments are made on, 31 meaning its last.
    pub payment_day: Option<i8>,
    /// What may be kept back by whoever pays within `discount_days` of the clock.
    pub discount: Percent,
    pub discount_days: i64,
    /// Kept back until the goods have proved themselves.
    pub is_retention: bool,
}

impl Part {
    /// Everything, so many days after the invoice.
    pub fn days_after_invoice(days: i64) -> Part {
        Part {
            share: Percent::WHOLE,
            clock: Clock::Invoice,
            days,
            end_of_month: false,
            payment_day: None,
            discount: Percent::ZERO,
            discount_days: 0,
            is_retention: false,
        }
    }

    /// How its days are found.
    pub fn rule(&self) -> Rule {
        Rule {
            clock: self.clock,
            days: self.days,
            end_of_month: self.end_of_month,
            payment_day: self.payment_day,
            discount_days: self.discount_days,
        }
    }
}

/// How the days of an instalment are found once its clock has started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub clock: Clock,
    pub days: i64,
    pub end_of_month: bool,
    pub payment_day: Option<i8>,
    pub discount_days: i64,
}

impl Rule {
    fn due(&self, clocks: &Clocks) -> Option<Date> {
        let start = clocks.of(self.clock)?;
        let mut day = start.checked_add(self.days.days()).ok()?;
        if self.end_of_month {
            day = day.last_of_month();
        }
        self.payment_day
            .map_or(Some(day), |wanted| next_payment_day(day, wanted))
    }

    fn discount_until(&self, clocks: &Clocks) -> Option<Date> {
        let start = clocks.of(self.clock)?;
        start.checked_add(self.discount_days.days()).ok()
    }
}

/// The first `wanted`-th of a month on or after `day`; the last of a month that is shorter.
fn next_payment_day(day: Date, wanted: i8) -> Option<Date> {
    let in_month = |first: Date| {
        let last = first.days_in_month();
        first.with().day(wanted.min(last)).build().ok()
    };
    let this = in_month(day.first_of_month())?;
    if day <= this {
        return Some(this);
    }
    in_month(day.first_of_month().checked_add(1.month()).ok()?)
}

/// When each clock started, as far as that is known. That of the delivery starts with the last delivery
/// of the order on or before the invoice's day; of an invoice that came first, with the first after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    pub invoice: Date,
    pub order: Option<Date>,
    pub delivery: Option<Date>,
    pub received: Option<Date>,
    pub accepted: Option<Date>,
}

impl Clocks {
    /// Nothing is known but the day of the invoice.
    pub fn of_invoice(invoice: Date) -> Clocks {
        Clocks {
            invoice,
            order: None,
            delivery: None,
            received: None,
            accepted: None,
        }
    }

    /// With the days of the order's deliveries, in their order.
    #[must_use]
    pub fn delivered(self, days: &[Date]) -> Clocks {
        let after = days.partition_point(|day| *day <= self.invoice);
        let before = after.checked_sub(1).and_then(|place| days.get(place));
        Clocks {
            delivery: before.or_else(|| days.get(after)).copied(),
            ..self
        }
    }

    fn of(&self, clock: Clock) -> Option<Date> {
        match clock {
            Clock::Order => self.order,
            Clock::Delivery => self.delivery,
            Clock::Invoice => Some(self.invoice),
            Clock::InvoiceReceived => self.received,
            Clock::Acceptance => self.accepted,
        }
    }
}

/// A part of an invoice that is due on a day of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instalment {
    /// Counted from 1 in the order of the terms.
    pub part: i64,
    /// Unknown while the part's clock has not started.
    pub due: Option<Date>,
    pub amount_minor: i64,
    pub is_retention: bool,
    /// What may be kept back until `discount_until`.
    pub discount_minor: i64,
    pub discount_until: Option<Date>,
    /// None for a due day that was given: no clock moves it.
    pub rule: Option<Rule>,
}

impl Instalment {
    /// The instalment with its days found again if one of the `moved` clocks counts them. A clock that
    /// stands still again takes them away.
    #[must_use]
    pub fn anew(&self, moved: &[Clock], clocks: &Clocks) -> Instalment {
        match self.rule {
            Some(rule) if moved.contains(&rule.clock) => Instalment {
                due: rule.due(clocks),
                discount_until: rule
                    .discount_until(clocks)
                    .filter(|_| self.discount_minor != 0),
                ..*self
            },
            _ => *self,
        }
    }
}

/// Refuses parts that do not make a whole.
///
/// # Errors
///
/// `terms.parts` for none or too many; `terms.share` for a share of nothing or shares that do not
/// add up to 100 %; `terms.payment_day`; `terms.discount`.
pub fn accept(parts: &[Part]) -> Result<(), Refusal> {
    if parts.is_empty() || MOST_PARTS < parts.len() {
        let message = format!(
            "Payment terms have 1 to {MOST_PARTS} parts, not {}.",
            parts.len()
        );
        return Err(Refusal::value("terms.parts", message).at("parts"));
    }
    for (place, part) in parts.iter().enumerate() {
        let at = |field: &str| format!("parts[{place}].{field}");
        if part.share <= Percent::ZERO {
            let message = "Each part is a share above 0 %.";
            return Err(Refusal::value("terms.share", message).at(at("percent")));
        }
        if part.payment_day.is_some_and(|day| !(1..=31).contains(&day)) {
            let message = "A payment day is 1 to 31; 31 means the last of the month.";
            return Err(Refusal::value("terms.payment_day", message).at(at("payment_day")));
        }
        if part.discount < Percent::ZERO || Percent::WHOLE <= part.discount {
            let message = "A cash discount is 0 to below 100 %.";
            return Err(Refusal::value("terms.discount", message).at(at("discount_percent")));
        }
    }
    let sum: i128 = parts
        .iter()
        .map(|part| i128::from(part.share.millionths()))
        .sum();
    if sum != i128::from(Percent::WHOLE.millionths()) {
        let shown = Percent::of_millionths(i64::try_from(sum).unwrap_or(i64::MAX));
        let message = format!("The parts add up to {shown} %; they must add up to exactly 100 %.");
        return Err(Refusal::value("terms.share", message).at("parts"));
    }
    Ok(())
}

/// Cuts `total` into instalments that add up to it exactly.
///
/// # Errors
///
/// None for parts that [`accept`] takes.
pub fn instalments(
    total: Money,
    parts: &[Part],
    clocks: &Clocks,
) -> Result<Vec<Instalment>, Refusal> {
    let weights: Vec<([u8; 8], u64)> = parts
        .iter()
        .enumerate()
        .map(|(place, part)| {
            let id = u64::try_from(place).unwrap_or(u64::MAX).to_be_bytes();
            (id, part.share.millionths().unsigned_abs())
        })
        .collect();
    let amounts = apportion(total.minor(), &weights)?;
    let cut = parts.iter().zip(amounts).zip(1..);
    Ok(cut
        .map(|((part, amount_minor), number)| {
            let discount = i128::from(amount_minor) * i128::from(part.discount.millionths());
            let discount = round_div(discount, i128::from(Percent::WHOLE.millionths()));
            let rule = part.rule();
            Instalment {
                part: number,
                due: rule.due(clocks),
                amount_minor,
                is_retention: part.is_retention,
                discount_minor: i64::try_from(discount).unwrap_or(0),
                discount_until: rule.discount_until(clocks).filter(|_| discount != 0),
                rule: Some(rule),
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use kernel::Currency;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::of_minor(minor, Currency::parse("EUR").unwrap())
    }

    fn share(percent: &str, clock: Clock, days: i64) -> Part {
        Part {
            share: Percent::parse(percent).unwrap(),
            clock,
            ..Part::days_after_invoice(days)
        }
    }

    #[test]
    fn a_number_of_days_is_one_part() {
        let cut = instalments(
            eur(100_01),
            &[Part::days_after_invoice(30)],
            &Clocks::of_invoice(date(2026, 1, 31)),
        );
        let cut = cut.unwrap();
        assert_eq!(
            (cut.len(), cut[0].due, cut[0].amount_minor),
            (1, Some(date(2026, 3, 2)), 100_01)
        );
    }

    #[test]
    fn thirty_sixty_ten_with_retention_adds_up_to_the_cent() {
        let mut kept = share("10", Clock::Acceptance, 365);
        kept.is_retention = true;
        let parts = [
            share("30", Clock::Order, 0),
            share("60", Clock::Delivery, 30),
            kept,
        ];
        accept(&parts).unwrap();
        let clocks = Clocks {
            order: Some(date(2026, 1, 5)),
            delivery: Some(date(2026, 3, 1)),
            ..Clocks::of_invoice(date(2026, 3, 3))
        };
        let cut = instalments(eur(99_99), &parts, &clocks).unwrap();
        let shown: Vec<_> = cut
            .iter()
            .map(|one| (one.due, one.amount_minor, one.is_retention))
            .collect();
        assert_eq!(
            shown,
            [
                (Some(date(2026, 1, 5)), 30_00, false),
                (Some(date(2026, 3, 31)), 59_99, false),
                (None, 10_00, true),
            ]
        );
    }

    #[test]
    #[rustfmt::skip]
    fn due_days_move_to_month_ends_and_payment_days() {
        for (days, end_of_month, payment_day, due) in [
            (30, false, None,     date(2026, 3, 12)),
            (30, true,  None,     date(2026, 3, 31)),
            (30, false, Some(15), date(2026, 3, 15)),
            (30, false, Some(10), date(2026, 4, 10)),
            (30, true,  Some(5),  date(2026, 4, 5)),
            (15, false, Some(31), date(2026, 2, 28)),
        ] {
            let part = Part { end_of_month, payment_day, ..Part::days_after_invoice(days) };
            let cut = instalments(eur(1), &[part], &Clocks::of_invoice(date(2026, 2, 10))).unwrap();
            assert_eq!(cut[0].due, Some(due), "{days} {end_of_month} {payment_day:?}");
        }
    }

    #[test]
    fn two_percent_within_ten_days() {
        let part = Part {
            discount: Percent::parse("2").unwrap(),
            discount_days: 10,
            ..Part::days_after_invoice(30)
        };
        let cut = instalments(
            eur(1_234_56),
            &[part],
            &Clocks::of_invoice(date(2026, 6, 1)),
        )
        .unwrap();
        assert_eq!(
            (cut[0].discount_minor, cut[0].discount_until),
            (24_69, Some(date(2026, 6, 11)))
        );
    }

    #[test]
    fn a_clock_that_starts_late_finds_both_days() {
        let part = Part {
            discount: Percent::parse("2").unwrap(),
            discount_days: 10,
            ..share("100", Clock::Acceptance, 30)
        };
        let bare = Clocks::of_invoice(date(2026, 6, 1));
        let waiting = instalments(eur(100_00), &[part], &bare).unwrap()[0];
        assert_eq!((waiting.due, waiting.discount_until), (None, None));
        let accepted = Clocks {
            accepted: Some(date(2026, 6, 16)),
            ..bare
        };
        let anew = waiting.anew(&[Clock::Acceptance], &accepted);
        assert_eq!(
            (anew.due, anew.discount_until),
            (Some(date(2026, 7, 16)), Some(date(2026, 6, 26)))
        );
        assert_eq!(waiting.anew(&[Clock::InvoiceReceived], &accepted), waiting);
        assert_eq!(anew.anew(&[Clock::Acceptance], &bare), waiting);
        let given = Instalment { rule: None, ..anew };
        assert_eq!(given.anew(&[Clock::Acceptance], &bare), given);
    }

    #[test]
    fn the_delivery_that_was_billed_starts_the_clock() {
        let day = |day| date(2026, 6, day);
        let clock = |days: &[Date]| Clocks::of_invoice(day(10)).delivered(days).delivery;
        assert_eq!(clock(&[]), None);
        assert_eq!(clock(&[day(5), day(10), day(11)]), Some(day(10)));
        assert_eq!(clock(&[day(12), day(20)]), Some(day(12)));
    }

    #[test]
    fn parts_that_make_no_whole_are_refused() {
        for (parts, code) in [
            (vec![], "terms.parts"),
            (vec![share("99.9999", Clock::Invoice, 0)], "terms.share"),
            (
                vec![
                    share("100", Clock::Invoice, 0),
                    share("0", Clock::Invoice, 9),
                ],
                "terms.share",
            ),
        ] {
            assert_eq!(accept(&parts).unwrap_err().code, code);
        }
        assert_eq!(Clock::parse("delivery").unwrap(), Clock::Delivery);
        assert_eq!(Clock::parse("payday").unwrap_err().code, "terms.clock");
    }
}
