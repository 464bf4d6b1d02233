//! What the ledger says can be read: one line of text for each fact, compared with the program's.

use std::collections::BTreeMap;

use super::{Flaw, Ledger, Line};

impl Ledger {
    /// Everything that can be read, as the comparison names it: open and unbilled, and on each of
    /// `days` what is open, unapplied and owed.
    pub fn facts(&self, days: &[i32]) -> BTreeMap<String, String> {
        let mut facts = BTreeMap::new();
        for (place, order) in self.orders.iter().enumerate() {
            let counts = matches!(order.state, "confirmed" | "closed");
            let (mut open, mut unbilled) = (0, 0);
            for (line, own) in order.lines.iter().enumerate() {
                let told = format!(
                    "{} ordered, {} cancelled, {} delivered, {} returned, {} billed, {} credited, worth {}",
                    own.ordered,
                    own.cancelled,
                    own.delivered,
                    own.returned,
                    own.billed,
                    own.credited,
                    own.gross
                );
                facts.insert(format!("order {place} line {line}"), told);
                open += self.open_worth(own);
                unbilled += self.unbilled_worth(own);
            }
            let worth = if counts { (open, unbilled) } else { (0, 0) };
            facts.insert(
                format!("order {place}"),
                format!("{}, {} open, {} unbilled", order.state, worth.0, worth.1),
            );
        }
        for (place, own) in self.invoices.iter().enumerate() {
            let open = own.gross - self.settled(place, 0);
            facts.insert(
                format!("invoice {place}"),
                format!("{} of {} open, stands {}", open, own.gross, own.stands),
            );
        }
        for (place, own) in self.sources.iter().enumerate() {
            let left = if own.gone.is_some() {
                0
            } else {
                own.amount - self.taken(place, 0)
            };
            facts.insert(
                format!("source {place}"),
                format!(
                    "{} of {} left, stands {}",
                    left,
                    own.amount,
                    own.gone.is_none()
                ),
            );
        }
        for day in days {
            facts.insert(format!("day {day}"), self.on_day(*day));
        }
        facts
    }

    /// What of an invoice no day from `day` on has settled.
    pub fn free(&self, invoice: usize, day: i32) -> i64 {
        let most = (day..=0).map(|day| self.settled(invoice, day)).max();
        self.invoices[invoice].gross - most.unwrap_or(0)
    }

    /// What of a source no day from `day` on has taken.
    pub fn left(&self, source: usize, day: i32) -> i64 {
        let most = (day..=0).map(|day| self.taken(source, day)).max();
        self.sources[source].amount - most.unwrap_or(0)
    }

    /// What credit notes on an invoice give back.
    pub fn given(&self, invoice: usize) -> i64 {
        let sources = self.sources.iter();
        sources
            .filter(|one| one.invoice == Some(invoice) && one.gone.is_none())
            .map(|one| one.amount)
            .sum()
    }

    fn unbilled_worth(&self, line: &Line) -> i64 {
        let (kept, on_invoices) = (line.delivered - line.returned, line.billed - line.credited);
        if kept <= on_invoices {
            return 0;
        }
        let worth = self.upto(line, kept) - (line.billed_gross - line.credited_gross);
        worth.max(0)
    }

    fn open_worth(&self, line: &Line) -> i64 {
        let counts_twice = self.flaw == Flaw::CountsTwice;
        let (taken, worth) = if counts_twice || line.billed < line.delivered {
            (line.delivered, self.upto(line, line.delivered))
        } else {
            (line.billed, line.billed_gross)
        };
        if line.wanted() <= taken {
            return 0;
        }
        (self.upto(line, line.wanted()) - worth).max(0)
    }

    fn on_day(&self, day: i32) -> String {
        let begun = self
            .invoices
            .iter()
            .enumerate()
            .filter(|(_, own)| own.day <= day);
        let open: Vec<(usize, i64)> = begun
            .map(|(place, own)| (place, own.gross - self.settled(place, day)))
            .collect();
        let standing = self
            .sources
            .iter()
            .filter(|own| own.day <= day && own.gone.is_none_or(|gone| day < gone));
        let held: i64 = standing.map(|own| own.amount).sum();
        let unapplied = held - self.holding(day).map(|one| one.amount).sum::<i64>();
        let owed: i64 = open.iter().map(|(_, open)| open).sum();
        let listed: BTreeMap<usize, i64> =
            open.into_iter().filter(|(_, open)| *open != 0).collect();
        format!(
            "{} open, {} unapplied, {} owed: {listed:?}",
            owed,
            unapplied,
            owed - unapplied
        )
    }
}
