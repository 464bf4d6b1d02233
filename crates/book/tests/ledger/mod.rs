//! A book as small as it can be, kept by brute force: what every line, invoice and payment must be
//! after any history. It knows the rules as they are written down, and nothing of the program.
//!
//! Whole numbers only: quantities, prices and percents in millionths, money in cents, days counted
//! back from today, which is 0. What settles what is worked out day by day.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test uses its own part"
)]

pub mod chance;
mod facts;
pub mod steps;
mod worth;

pub use steps::{Parts, Step};
use worth::{line_grosses, product, rounded};

/// A quantity, price or percent of one.
pub const ONE: i64 = 1_000_000;

/// A mistake put into the ledger on purpose, to see that the comparison finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flaw {
    #[default]
    None,
    /// Worths are cut off instead of rounded.
    CutsOff,
    /// What was billed before it was delivered is counted as open order besides.
    CountsTwice,
    /// An allocation that was taken back counts until today.
    EndsToday,
    /// Goods that came back lower what is owed without a credit note.
    CreditsAtOnce,
}

#[derive(Debug, Clone, Default)]
pub struct Line {
    pub ordered: i64,
    pub cancelled: i64,
    pub delivered: i64,
    pub returned: i64,
    pub billed: i64,
    pub credited: i64,
    pub gross: i64,
    /// What invoices took for it, and what credit notes over goods gave back.
    pub billed_gross: i64,
    pub credited_gross: i64,
}

impl Line {
    pub fn wanted(&self) -> i64 {
        self.ordered - self.cancelled
    }

    /// The most that may be on invoices.
    pub fn most_billed(&self) -> i64 {
        self.wanted()
            .max(self.delivered - self.returned + self.credited)
    }
}

#[derive(Debug, Clone)]
pub struct Order {
    pub state: &'static str,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone)]
pub struct Delivery {
    pub order: usize,
    pub day: i32,
    pub is_return: bool,
    pub parts: Parts,
    pub stands: bool,
}

#[derive(Debug, Clone)]
pub struct Billed {
    pub place: usize,
    pub quantity: i64,
    pub gross: i64,
    pub credited: i64,
}

#[derive(Debug, Clone)]
pub struct Invoice {
    pub order: Option<usize>,
    pub day: i32,
    pub gross: i64,
    pub lines: Vec<Billed>,
    pub stands: bool,
}

/// What settles: a payment or a credit note.
#[derive(Debug, Clone)]
pub struct Source {
    pub kind: &'static str,
    pub day: i32,
    pub amount: i64,
    pub gone: Option<i32>,
    pub invoice: Option<usize>,
    /// Lines of the invoice that came back, with quantity and amount.
    pub parts: Vec<(usize, i64, i64)>,
}

#[derive(Debug, Clone)]
pub struct Settling {
    pub invoice: usize,
    pub source: usize,
    pub from: i32,
    pub to: Option<i32>,
    pub amount: i64,
}

#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub flaw: Flaw,
    pub orders: Vec<Order>,
    pub deliveries: Vec<Delivery>,
    pub invoices: Vec<Invoice>,
    pub sources: Vec<Source>,
    pub settlings: Vec<Settling>,
}

/// So much of a line, and what it is worth if that is not what its quantity is.
type Share = (usize, i64, Option<i64>);

fn by_quantity(parts: &Parts) -> Vec<Share> {
    let parts = parts.iter();
    parts
        .map(|(place, quantity)| (*place, *quantity, None))
        .collect()
}

fn only_if(condition: bool) -> Option<()> {
    condition.then_some(())
}

impl Ledger {
    /// Does the step if it may be done; nothing happens otherwise.
    pub fn attempt(&mut self, step: &Step) -> bool {
        let mut after = self.clone();
        let accepted = after.apply(step).is_some();
        if accepted {
            *self = after;
        }
        accepted
    }

    /// The part of `amount` that `quantity` is of `whole`.
    fn part(&self, amount: i64, quantity: i64, whole: i64) -> i64 {
        let exact = product(&[amount, quantity]);
        if self.flaw == Flaw::CutsOff {
            return i64::try_from(exact / i128::from(whole)).expect("a small amount");
        }
        rounded(exact, i128::from(whole))
    }

    /// What a line is worth up to a quantity.
    pub fn upto(&self, line: &Line, quantity: i64) -> i64 {
        self.part(line.gross, quantity, line.ordered)
    }

    /// What a line has left to bill, by the amount.
    fn left_of(&self, line: &Line) -> i64 {
        if line.most_billed() <= line.billed {
            return 0;
        }
        (self.upto(line, line.most_billed()) - line.billed_gross).max(0)
    }

    pub fn settled(&self, invoice: usize, day: i32) -> i64 {
        self.holding(day)
            .filter(|one| one.invoice == invoice)
            .map(|one| one.amount)
            .sum()
    }

    pub fn taken(&self, source: usize, day: i32) -> i64 {
        self.holding(day)
            .filter(|one| one.source == source)
            .map(|one| one.amount)
            .sum()
    }

    fn holding(&self, day: i32) -> impl Iterator<Item = &Settling> {
        let forgets = self.flaw == Flaw::EndsToday && day < 0;
        self.settlings
            .iter()
            .filter(move |one| one.from <= day && (forgets || one.to.is_none_or(|to| day < to)))
    }

    fn apply(&mut self, step: &Step) -> Option<()> {
        match step {
            Step::Order { lines, .. } => {
                self.order(lines);
                Some(())
            }

            Step::Confirm { order } => self.turn(*order, &["draft"], "confirmed"),
            Step::Close { order } => self.close(*order),
            Step::Cancel { order } => self.cancel(*order),
            Step::Deliver {
                order,
                day,
                parts,
                over,
            } => self.deliver(*order, *day, parts, *over),
            Step::Return { order, day, parts } => self.take_back(*order, *day, parts),
            Step::Undo { delivery, day } => self.undo(*delivery, *day),
            Step::Bill { order, day, parts } => self.bill(*order, *day, &by_quantity(parts)),
            Step::BillUnbilled { order, day } => {
                self.bill(*order, *day, &by_quantity(&self.unbilled(*order)))
            }
            Step::BillAmount { order, day, amount } => {
                self.bill(*order, *day, &self.shares(*order, *amount)?)
            }
            Step::BillPlain { day, amount } => {
                self.bill_plain(*day, *amount);
                Some(())
            }

            Step::CreditReturn {
                invoice,
                day,
                parts,
            } => self.credit_return(*invoice, *day, parts),
            Step::CreditPrice {
                invoice,
                day,
                amount,
            } => {
                only_if(*amount <= self.invoices[*invoice].gross - self.given(*invoice))?;
                self.credit(*invoice, *day, *amount, ("price", Vec::new()))
            }
            Step::CancelInvoice { invoice, day } => self.cancel_invoice(*invoice, *day),
            Step::CancelNote { source, day } => self.cancel_note(*source, *day),
            Step::Pay { day, amount } => self.source("payment", *day, *amount),
            Step::Allocate {
                source,
                invoice,
                day,
                amount,
            } => self.allocate((*source, *invoice), *day, *amount),
            Step::End { settling, day } => self.end(*settling, *day),
            Step::Reverse { source, day } => self.reverse(*source, *day),
        }
    }

    fn order(&mut self, lines: &[steps::Ordered]) {
        let grosses = line_grosses(lines);
        let lines = lines.iter().zip(grosses).map(|(line, gross)| Line {
            ordered: line.quantity,
            gross,
            ..Line::default()
        });
        self.orders.push(Order {
            state: "draft",
            lines: lines.collect(),
        });
    }

    fn turn(&mut self, order: usize, from: &[&str], to: &'static str) -> Option<()> {
        let own = &mut self.orders[order];
        only_if(from.contains(&own.state))?;
        own.state = to;
        Some(())
    }

    fn close(&mut self, order: usize) -> Option<()> {
        self.turn(order, &["confirmed"], "closed")?;
        for line in &mut self.orders[order].lines {
            line.cancelled += (line.wanted() - line.delivered.max(line.billed)).max(0);
        }
        Some(())
    }

    fn cancel(&mut self, order: usize) -> Option<()> {
        self.turn(order, &["draft", "held", "confirmed"], "cancelled")?;
        only_if(
            self.orders[order]
                .lines
                .iter()
                .all(|line| line.delivered == 0 && line.billed == 0),
        )
    }

    fn deliver(&mut self, order: usize, day: i32, parts: &Parts, over: bool) -> Option<()> {
        only_if(self.orders[order].state == "confirmed")?;
        for (place, quantity) in parts {
            let line = &mut self.orders[order].lines[*place];
            line.delivered += quantity;
            only_if(over || product(&[10, line.delivered]) <= product(&[11, line.wanted()]))?;
        }
        self.deliveries.push(Delivery {
            order,
            day,
            is_return: false,
            parts: parts.clone(),
            stands: true,
        });
        Some(())
    }

    fn take_back(&mut self, order: usize, day: i32, parts: &Parts) -> Option<()> {
        only_if(matches!(self.orders[order].state, "confirmed" | "closed"))?;
        for (place, quantity) in parts {
            let line = &mut self.orders[order].lines[*place];
            line.returned += quantity;
            only_if(line.returned <= line.delivered)?;
            if self.flaw == Flaw::CreditsAtOnce {
                line.credited = line.returned.min(line.billed);
            }
        }
        self.deliveries.push(Delivery {
            order,
            day,
            is_return: true,
            parts: parts.clone(),
            stands: true,
        });
        Some(())
    }

    fn undo(&mut self, delivery: usize, day: i32) -> Option<()> {
        let own = &mut self.deliveries[delivery];
        only_if(own.stands && own.day <= day)?;
        own.stands = false;
        for (place, quantity) in &own.parts {
            let line = &mut self.orders[own.order].lines[*place];
            if own.is_return {
                line.returned -= quantity;
                only_if(line.credited <= line.returned)?;
            } else {
                line.delivered -= quantity;
                only_if(line.returned <= line.delivered)?;
            }
        }
        Some(())
    }

    /// What is delivered and kept, less what is on invoices, line by line.
    pub fn unbilled(&self, order: usize) -> Parts {
        let due = |line: &Line| line.delivered - line.returned - (line.billed - line.credited);
        let lines = self.orders[order].lines.iter().enumerate();
        lines
            .map(|(place, line)| (place, due(line)))
            .filter(|(_, due)| 0 < *due)
            .collect()
    }

    /// What all lines have left to bill, by the amount.
    pub fn billable(&self, order: usize) -> i64 {
        let lines = self.orders[order].lines.iter();
        lines.map(|line| self.left_of(line)).sum()
    }

    /// Of what each line has left to bill the same share, so that together it is `amount` to the cent:
    /// left-over cents to the largest remainders, of two alike to the line further up. The quantity is
    /// what so much of the line would be, but neither nothing nor all for a part.
    fn shares(&self, order: usize, amount: i64) -> Option<Vec<Share>> {
        let whole = self.billable(order);
        only_if(amount <= whole)?;
        let lines = &self.orders[order].lines;
        let exact = |line: &Line| product(&[self.left_of(line), amount]);
        let mut amounts: Vec<i64> = lines
            .iter()
            .map(|line| i64::try_from(exact(line) / i128::from(whole.max(1))).expect("a part"))
            .collect();
        let mut places: Vec<usize> = (0..lines.len()).collect();
        places.sort_by_key(|place| {
            std::cmp::Reverse(exact(&lines[*place]) % i128::from(whole.max(1)))
        });
        let over = amount - amounts.iter().sum::<i64>();
        for place in places
            .iter()
            .take(usize::try_from(over).expect("few cents"))
        {
            amounts[*place] += 1;
        }
        let mut shares = Vec::new();
        for (place, (line, amount_of)) in lines.iter().zip(amounts).enumerate() {
            let (left, worth) = (line.most_billed() - line.billed, self.left_of(line));
            let quantity = if left <= 0 || (amount_of == 0 && worth != 0) {
                0
            } else if worth == 0 {
                rounded(product(&[left, amount]), i128::from(whole.max(1)))
            } else if amount_of == worth {
                left
            } else {
                only_if(1 < left)?;
                let upto = line.most_billed();
                let reached = rounded(
                    product(&[upto, line.billed_gross + amount_of]),
                    i128::from(self.upto(line, upto)),
                );
                (reached - line.billed).clamp(1, left - 1)
            };
            if quantity != 0 {
                shares.push((place, quantity, Some(amount_of)));
            }
        }
        Some(shares)
    }

    fn bill(&mut self, order: usize, day: i32, parts: &[Share]) -> Option<()> {
        only_if(matches!(self.orders[order].state, "confirmed" | "closed") && !parts.is_empty())?;
        let mut lines = Vec::new();
        for (place, quantity, amount) in parts {
            let line = &self.orders[order].lines[*place];
            let after = line.billed + quantity;
            only_if(after <= line.most_billed())?;
            let worth = (self.upto(line, after) - line.billed_gross).max(0);
            let gross = amount.unwrap_or(worth);
            let line = &mut self.orders[order].lines[*place];
            line.billed = after;
            line.billed_gross += gross;
            lines.push(Billed {
                place: *place,
                quantity: *quantity,
                gross,
                credited: 0,
            });
        }
        let gross = lines.iter().map(|line| line.gross).sum();
        self.invoices.push(Invoice {
            order: Some(order),
            day,
            gross,
            lines,
            stands: true,
        });
        Some(())
    }

    fn bill_plain(&mut self, day: i32, gross: i64) {
        self.invoices.push(Invoice {
            order: None,
            day,
            gross,
            lines: Vec::new(),
            stands: true,
        });
    }

    fn source(&mut self, kind: &'static str, day: i32, amount: i64) -> Option<()> {
        only_if(0 < amount)?;
        self.sources.push(Source {
            kind,
            day,
            amount,
            gone: None,
            invoice: None,
            parts: Vec::new(),
        });
        Some(())
    }

    /// A credit note; it settles what it can of its invoice.
    fn credit(
        &mut self,
        invoice: usize,
        day: i32,
        amount: i64,
        (kind, parts): (&'static str, Vec<(usize, i64, i64)>),
    ) -> Option<()> {
        only_if(self.invoices[invoice].stands && self.invoices[invoice].day <= day)?;
        self.source(kind, day, amount)?;
        let source = self.sources.len() - 1;
        self.sources[source].invoice = Some(invoice);
        self.sources[source].parts = parts;
        let amount = amount.min(self.free(invoice, day));
        if 0 < amount {
            self.settlings.push(Settling {
                invoice,
                source,
                from: day,
                to: None,
                amount,
            });
        }
        Some(())
    }

    fn credit_return(&mut self, invoice: usize, day: i32, parts: &Parts) -> Option<()> {
        let (mut amount, mut given) = (0, Vec::new());
        let order = self.invoices[invoice].order?;
        for (place, quantity) in parts {
            let own = self.invoices[invoice].lines[*place].clone();
            let after = own.credited + quantity;
            only_if(after <= own.quantity)?;
            let back = self.part(own.gross, after, own.quantity)
                - self.part(own.gross, own.credited, own.quantity);
            amount += back;
            given.push((*place, *quantity, back));
            self.invoices[invoice].lines[*place].credited = after;
            let line = &mut self.orders[order].lines[own.place];
            line.credited += quantity;
            line.credited_gross += back;
            only_if(line.credited <= line.billed.min(line.returned))?;
        }
        self.credit(invoice, day, amount, ("return", given))
    }

    /// A credit note over all of it, unless it is worth nothing; what it billed is to be billed again.
    fn cancel_invoice(&mut self, invoice: usize, day: i32) -> Option<()> {
        let own = self.invoices[invoice].clone();
        let day = day.max(own.day);
        only_if(own.stands && own.lines.iter().all(|line| line.credited == 0))?;
        only_if(self.free(invoice, day) == own.gross)?;
        if own.gross != 0 {
            self.credit(invoice, day, own.gross, ("cancellation", Vec::new()))?;
        }
        for billed in &own.lines {
            let line = &mut self.orders[own.order?].lines[billed.place];
            line.billed -= billed.quantity;
            line.billed_gross -= billed.gross;
            only_if(line.credited <= line.billed)?;
        }
        self.invoices[invoice].stands = false;
        Some(())
    }

    fn cancel_note(&mut self, source: usize, day: i32) -> Option<()> {
        let own = self.sources[source].clone();
        only_if(own.gone.is_none() && matches!(own.kind, "return" | "price"))?;
        self.withdraw(source, day.max(own.day));
        for (place, quantity, back) in own.parts {
            let invoice = &mut self.invoices[own.invoice?];
            let billed = &mut invoice.lines[place];
            billed.credited -= quantity;
            let line = &mut self.orders[invoice.order?].lines[billed.place];
            line.credited -= quantity;
            line.credited_gross -= back;
        }
        Some(())
    }

    fn reverse(&mut self, source: usize, day: i32) -> Option<()> {
        let own = &self.sources[source];
        only_if(own.kind == "payment" && own.gone.is_none() && own.day <= day)?;
        self.withdraw(source, day);
        Some(())
    }

    /// From `day` on a source is worth nothing and settles nothing.
    fn withdraw(&mut self, source: usize, day: i32) {
        self.sources[source].gone = Some(day);
        for one in self.settlings.iter_mut().filter(|one| one.source == source) {
            if one.to.is_none_or(|to| day < to) {
                one.to = Some(day.max(one.from));
            }
        }
    }

    fn allocate(
        &mut self,
        (source, invoice): (usize, usize),
        day: Option<i32>,
        amount: Option<i64>,
    ) -> Option<()> {
        let first = self.sources[source].day.max(self.invoices[invoice].day);
        let from = day.unwrap_or(first);
        only_if(
            self.sources[source].gone.is_none() && self.invoices[invoice].stands && first <= from,
        )?;
        let most = self.free(invoice, from).min(self.left(source, from));
        let amount = amount.unwrap_or(most);
        only_if(0 < amount && amount <= most)?;
        self.settlings.push(Settling {
            invoice,
            source,
            from,
            to: None,
            amount,
        });
        Some(())
    }

    fn end(&mut self, settling: usize, day: i32) -> Option<()> {
        let own = &mut self.settlings[settling];
        only_if(self.sources[own.source].kind != "cancellation")?;
        only_if(own.to.is_none() && own.from <= day)?;
        own.to = Some(day);
        Some(())
    }
}
