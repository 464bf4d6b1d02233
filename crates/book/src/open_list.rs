//! Lists of open items from outside: what a list of a day says, against what is recorded.
//!
//! Such a list says how much of each invoice is open on its day, and nothing of how that came about.
//! What sank since the list before was settled by the source between the two. What rose was settled
//! too soon: the last such settlement ends. What is not on the list any more is settled whole.

use jiff::civil::Date;
use kernel::{Currency, Money, Refusal};

use crate::settlement::{Span, peak_from, settled_on};

/// Something that settles an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub span: Span,
    /// A list said so, not a payment or credit note.
    pub by_list: bool,
    /// The day of the list on which it was still open.
    pub after: Option<Date>,
}

/// An amount a list settles from its day on, open for the last time on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    pub amount_minor: i64,
    pub after: Option<Date>,
}

/// What becomes of an invoice so that its open amount is what the list says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    /// Places of the parts that end on the day of the list.
    pub ends: Vec<usize>,
    /// What settles from that day on.
    pub settles: Option<Settled>,
}

impl Steps {
    pub fn is_none(&self) -> bool {
        self.ends.is_empty() && self.settles.is_none()
    }
}

/// An invoice as it is recorded.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    pub gross_minor: i64,
    pub currency: Currency,
    pub parts: &'a [Part],
}

impl Recorded<'_> {
    fn spans(&self) -> Vec<Span> {
        self.parts.iter().map(|part| part.span).collect()
    }

    /// How much of it is free to be settled from `day` on.
    fn free(&self, day: Date) -> i64 {
        self.gross_minor
            .saturating_sub(peak_from(&self.spans(), day))
            .max(0)
    }

    /// The steps after which `open_minor` is open on `day`; `after` is the day of the list before.
    ///
    /// # Errors
    ///
    /// `open_list.settled` if payments or credit notes say something else than the list.
    pub fn listed(
        &self,
        open_minor: i64,
        day: Date,
        after: Option<Date>,
    ) -> Result<Steps, Refusal> {
        let wanted = self.gross_minor.saturating_sub(open_minor);
        let settled = settled_on(&self.spans(), day);
        if wanted < settled {
            return self.reopened(settled.saturating_sub(wanted), day, open_minor);
        }
        let amount_minor = wanted.saturating_sub(settled);
        if self.free(day) < amount_minor {
            return Err(self.contradicted(open_minor, day));
        }
        let settled = Settled {
            amount_minor,
            after,
        };
        Ok(Steps {
            ends: Vec::new(),
            settles: (0 < amount_minor).then_some(settled),
        })
    }

    /// The steps after which nothing of it is open from `day` on.
    pub fn missing(&self, day: Date, after: Option<Date>) -> Steps {
        let amount_minor = self.free(day);
        let settled = Settled {
            amount_minor,
            after,
        };
        Steps {
            ends: Vec::new(),
            settles: (0 < amount_minor).then_some(settled),
        }
    }

    fn reopened(&self, too_much: i64, day: Date, open_minor: i64) -> Result<Steps, Refusal> {
        let mut left = too_much;
        let mut steps = Steps::default();
        let mut places: Vec<usize> = (0..self.parts.len()).collect();
        places.sort_by_key(|place| std::cmp::Reverse((self.parts[*place].span.from, *place)));
        for place in places {
            let part = self.parts[place];
            if left == 0 || !part.by_list || part.span.to.is_some() || day < part.span.from {
                continue;
            }
            steps.ends.push(place);
            let rest = part.span.amount_minor.saturating_sub(left);
            left = left.saturating_sub(part.span.amount_minor).max(0);
            // What of it stays settled goes on, known from the same two lists as before.
            steps.settles = (0 < rest).then_some(Settled {
                amount_minor: rest,
                after: part.after,
            });
        }
        if 0 < left {
            return Err(self.contradicted(open_minor, day));
        }
        Ok(steps)
    }

    fn contradicted(&self, open_minor: i64, day: Date) -> Refusal {
        let shown = |minor: i64| Money::of_minor(minor, self.currency).decimal();
        let own = self.parts.iter().filter(|part| !part.by_list);
        let own: Vec<Span> = own.map(|part| part.span).collect();
        let message = format!(
            "The list says {} {} open on {day}, but payments and credit notes recorded here settle {} of {} from then on. Reverse what is wrong here, or mend the list.",
            shown(open_minor),
            self.currency,
            shown(peak_from(&own, day)),
            shown(self.gross_minor),
        );
        Refusal::value("open_list.settled", message).at("open")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn day(day: i8) -> Date {
        date(2026, 6, day)
    }

    fn part(from: i8, amount_minor: i64, by_list: bool) -> Part {
        Part {
            span: Span {
                from: day(from),
                to: None,
                amount_minor,
            },
            by_list,
            after: by_list.then(|| day(from - 1)),
        }
    }

    fn of(parts: &[Part]) -> Recorded<'_> {
        Recorded {
            gross_minor: 100,
            currency: Currency::parse("EUR").unwrap(),
            parts,
        }
    }

    fn settled(amount_minor: i64, after: i8) -> Settled {
        Settled {
            amount_minor,
            after: Some(day(after)),
        }
    }

    #[test]
    fn what_sank_was_settled_between_two_lists() {
        let steps = of(&[]).listed(70, day(5), Some(day(4))).unwrap();
        assert_eq!(steps.settles, Some(settled(30, 4)));
        let held = [part(5, 30, true)];
        assert!(
            of(&held)
                .listed(70, day(6), Some(day(5)))
                .unwrap()
                .is_none()
        );
        assert_eq!(
            of(&held).missing(day(7), Some(day(6))).settles,
            Some(settled(70, 6))
        );
    }

    #[test]
    fn what_rose_was_settled_too_soon() {
        let held = [part(5, 30, true), part(8, 50, true)];
        // 20 open; the list says 60: of the 50 of the 8th 10 stay.
        let steps = of(&held).listed(60, day(9), Some(day(8))).unwrap();
        assert_eq!((steps.ends, steps.settles), (vec![1], Some(settled(10, 7))));
        // It says 80: of what the two settled only 20 stay.
        let steps = of(&held).listed(80, day(9), Some(day(8))).unwrap();
        assert_eq!(
            (steps.ends, steps.settles),
            (vec![1, 0], Some(settled(20, 4)))
        );
    }

    #[test]
    fn payments_recorded_here_are_not_undone_by_a_list() {
        let held = [part(5, 60, false)];
        assert_eq!(
            of(&held).listed(70, day(9), None).unwrap_err().code,
            "open_list.settled"
        );
        // Paid here on the 8th; a list of the 6th that has it half settled already would settle it twice.
        let held = [part(8, 80, false)];
        assert_eq!(
            of(&held).listed(50, day(6), None).unwrap_err().code,
            "open_list.settled"
        );
        assert_eq!(
            of(&held)
                .missing(day(6), None)
                .settles
                .map(|one| one.amount_minor),
            Some(20)
        );
    }

    proptest! {
        /// Whatever a row of lists says, after each of them that much is open on its day.
        #[test]
        fn after_a_list_is_open_what_it_says(said in proptest::collection::vec(0_i64..=100, 1..20)) {
            let mut parts: Vec<Part> = Vec::new();
            let mut last = None;
            for (place, open) in (2_i8..).zip(&said) {
                let steps = of(&parts).listed(*open, day(place), last).unwrap();
                for end in &steps.ends {
                    parts[*end].span.to = Some(day(place));
                }
                parts.extend(steps.settles.map(|one| Part {
                    span: Span { from: day(place), to: None, amount_minor: one.amount_minor },
                    by_list: true,
                    after: one.after,
                }));
                last = Some(day(place));
                // Also on the days before: what earlier lists said still stands.
                let spans = of(&parts).spans();
                for (then, open) in (2_i8..=place).zip(&said) {
                    prop_assert_eq!(100 - settled_on(&spans, day(then)), *open);
                }
            }
        }
    }
}
