//! What happens next: steps people would take, and now and then one that cannot be.

use super::{Ledger, Line, ONE, Parts, Step, steps::Ordered};

/// The first day of a history, six weeks back.
pub const FIRST_DAY: i32 = -42;

const QUANTITIES: [i64; 7] = [
    ONE,
    3 * ONE,
    7_500_000,
    12 * ONE,
    100 * ONE,
    333_000,
    2_125_000,
];
const PRICES: [i64; 7] = [
    4_000,
    10_000,
    3_333_333,
    19_990_000,
    200 * ONE,
    2_024_994_000,
    7 * ONE,
];
const DISCOUNTS: [i64; 4] = [0, 0, 50_000, 170_650];
const TAXES: [i64; 4] = [0, 70_000, 190_000, 81_000];

/// Chance from a seed: the same on every machine.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    /// The next of splitmix64.
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `end`.
    fn below(&mut self, end: i64) -> i64 {
        let end = u64::try_from(end).expect("an end above zero");
        i64::try_from(self.draw() % end).expect("below an i64")
    }

    fn place(&mut self, count: usize) -> usize {
        let count = i64::try_from(count).expect("a short list");
        usize::try_from(self.below(count)).expect("a place in a short list")
    }

    fn one_of(&mut self, list: &[i64]) -> i64 {
        list[self.place(list.len())]
    }

    fn percent(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// A day from `from` until today.
    pub fn day_from(&mut self, from: i32) -> i32 {
        let days = i64::from(1 - from.min(0));
        from.min(0) + i32::try_from(self.below(days)).expect("a day of some weeks")
    }

    /// Mostly a day on which something can follow what is of `first`; else any.
    fn day_after(&mut self, first: i32) -> i32 {
        if self.percent(88) {
            self.day_from(first)
        } else {
            self.day_from(FIRST_DAY)
        }
    }

    /// Mostly all or a part of `most`, sometimes more.
    fn part_of(&mut self, most: i64) -> i64 {
        match self.below(20) {
            0 | 1 => most.max(0) + 1 + self.below(ONE),
            2..=8 if 0 < most => most,
            _ if most <= 1 => 1,
            _ => 1 + self.below(most),
        }
    }

    /// As [`Chance::part_of`], in thousandths where that is not nothing.
    fn quantity_of(&mut self, most: i64) -> i64 {
        let part = self.part_of(most);
        if part == most || part < 1_000 || self.percent(20) {
            part
        } else {
            part - part % 1_000
        }
    }

    /// One or two of the lines with a part each.
    fn parts(&mut self, most: &[i64]) -> Parts {
        let first = self.place(most.len());
        let mut parts = vec![(first, self.quantity_of(most[first]))];
        let second = self.place(most.len());
        if second != first {
            parts.push((second, self.quantity_of(most[second])));
        }
        parts
    }

    /// What happens next.
    pub fn step(&mut self, ledger: &Ledger) -> Step {
        let drawn = self.below(100);
        let follows = match drawn {
            38..=43 => self.with_delivery(ledger),
            44..=69 => self.with_invoice(ledger, drawn),
            70..=91 => self.with_money(ledger, drawn),
            92..=99 => Some(self.beginning(ledger)),
            _ => None,
        };
        let follows = follows.or_else(|| self.with_order(ledger));
        follows.unwrap_or_else(|| self.beginning(ledger))
    }

    /// What needs nothing before it.
    fn beginning(&mut self, ledger: &Ledger) -> Step {
        let day = self.day_from(FIRST_DAY);
        let orders = ledger.orders.len();
        match self.below(8) {
            drawn if orders == 0 || (drawn < 2 && orders < 4) => {
                let lines = 1 + self.below(3);
                let lines = (0..lines).map(|_| self.ordered()).collect();
                Step::Order { day, lines }
            }
            2 | 3 => {
                let amount = 1 + self.below(100_000);
                Step::BillPlain { day, amount }
            }
            _ => self.payment(),
        }
    }

    fn payment(&mut self) -> Step {
        let day = self.day_from(FIRST_DAY);
        let amount = 1 + self.below(500_000);
        Step::Pay { day, amount }
    }

    fn ordered(&mut self) -> Ordered {
        Ordered {
            quantity: self.one_of(&QUANTITIES),
            price: self.one_of(&PRICES),
            discount: self.one_of(&DISCOUNTS),
            tax: self.one_of(&TAXES),
        }
    }

    fn with_order(&mut self, ledger: &Ledger) -> Option<Step> {
        if ledger.orders.is_empty() {
            return None;
        }
        let order = self.place(ledger.orders.len());
        let own = &ledger.orders[order];
        if own.state == "draft" && self.percent(70) {
            return Some(Step::Confirm { order });
        }
        let day = self.day_from(FIRST_DAY);
        let most = |of: fn(&Line) -> i64| own.lines.iter().map(of).collect::<Vec<i64>>();
        let is_empty = own.lines.iter().all(|line| line.delivered <= line.returned);
        let step = match self.below(38) {
            13..=18 if is_empty && self.percent(80) => {
                let parts = self.parts(&most(|line| line.wanted() - line.delivered));
                Step::Deliver {
                    order,
                    day,
                    parts,
                    over: false,
                }
            }
            0..=10 => {
                let parts = self.parts(&most(|line| line.wanted() - line.delivered));
                Step::Deliver {
                    order,
                    day,
                    parts,
                    over: false,
                }
            }
            11 | 12 => {
                let parts = self.parts(&most(|line| {
                    line.wanted() + line.wanted() / 4 - line.delivered
                }));
                Step::Deliver {
                    order,
                    day,
                    parts,
                    over: true,
                }
            }
            13..=18 => Step::Return {
                order,
                day,
                parts: self.parts(&most(|line| line.delivered - line.returned)),
            },
            19..=25 => Step::Bill {
                order,
                day,
                parts: self.parts(&most(|line| line.most_billed() - line.billed)),
            },
            26..=30 => Step::BillUnbilled { order, day },
            31..=34 => Step::BillAmount {
                order,
                day,
                amount: self.part_of(ledger.billable(order)),
            },
            35 => Step::Close { order },
            _ if self.percent(50) => Step::Confirm { order },
            _ => Step::Cancel { order },
        };
        Some(step)
    }

    fn with_delivery(&mut self, ledger: &Ledger) -> Option<Step> {
        if ledger.deliveries.is_empty() {
            return None;
        }
        let delivery = self.place(ledger.deliveries.len());
        Some(Step::Undo {
            delivery,
            day: self.day_after(ledger.deliveries[delivery].day),
        })
    }

    fn with_invoice(&mut self, ledger: &Ledger, drawn: i64) -> Option<Step> {
        if ledger.invoices.is_empty() {
            return None;
        }
        let any = self.place(ledger.invoices.len());
        let invoice = match self.credit_due(ledger) {
            Some(due) if drawn <= 57 && self.percent(80) => due,
            None if drawn <= 57 && self.percent(80) => return self.goods_back(ledger, any),
            _ => any,
        };
        let own = &ledger.invoices[invoice];
        let day = self.day_after(own.day);
        let step = match drawn {
            44..=57 if !own.lines.is_empty() => {
                let lines = &ledger.orders[own.order?].lines;
                let most = own.lines.iter().map(|billed| {
                    let line = &lines[billed.place];
                    (billed.quantity - billed.credited)
                        .min(line.billed.min(line.returned) - line.credited)
                });
                let most: Vec<i64> = most.collect();
                Step::CreditReturn {
                    invoice,
                    day,
                    parts: self.parts(&most),
                }
            }
            58..=62 => Step::CreditPrice {
                invoice,
                day,
                amount: self.part_of(own.gross),
            },
            _ => Step::CancelInvoice { invoice, day },
        };
        Some(step)
    }

    /// Something of what an invoice bills comes back, if it is with the customer.
    fn goods_back(&mut self, ledger: &Ledger, invoice: usize) -> Option<Step> {
        let order = ledger.invoices[invoice].order?;
        let lines = ledger.orders[order].lines.iter();
        let most: Vec<i64> = lines.map(|line| line.delivered - line.returned).collect();
        let place = most.iter().position(|most| 0 < *most)?;
        let day = self.day_from(FIRST_DAY);
        let parts = vec![(place, self.quantity_of(most[place]))];
        Some(Step::Return { order, day, parts })
    }

    /// An invoice of which something came back that is not credited.
    fn credit_due(&mut self, ledger: &Ledger) -> Option<usize> {
        let due = |billed: &super::Billed, lines: &[Line]| {
            let line = &lines[billed.place];
            billed.credited < billed.quantity && line.credited < line.billed.min(line.returned)
        };
        let found = ledger.invoices.iter().enumerate().filter(|(_, own)| {
            let lines = own.order.map(|order| &ledger.orders[order].lines);
            own.stands
                && lines.is_some_and(|lines| own.lines.iter().any(|billed| due(billed, lines)))
        });
        let found: Vec<usize> = found.map(|(place, _)| place).collect();
        (!found.is_empty()).then(|| found[self.place(found.len())])
    }

    fn with_money(&mut self, ledger: &Ledger, drawn: i64) -> Option<Step> {
        if ledger.sources.is_empty() {
            return Some(self.payment());
        }
        let source = self.place(ledger.sources.len());
        let own = &ledger.sources[source];
        match drawn {
            70..=81 if !ledger.invoices.is_empty() => {
                let invoice = self.place(ledger.invoices.len());
                let first = own.day.max(ledger.invoices[invoice].day);
                let day = if self.percent(30) {
                    None
                } else {
                    Some(self.day_after(first))
                };
                let from = day.unwrap_or(first);
                let most = ledger.free(invoice, from).min(ledger.left(source, from));
                let amount = if self.percent(40) {
                    None
                } else {
                    Some(self.part_of(most))
                };
                Some(Step::Allocate {
                    source,
                    invoice,
                    day,
                    amount,
                })
            }
            82..=86 if !ledger.settlings.is_empty() => {
                let settling = self.place(ledger.settlings.len());
                let day = self.day_after(ledger.settlings[settling].from);
                Some(Step::End { settling, day })
            }
            87..=91 => {
                let day = self.day_after(own.day);
                let is_payment = own.kind == "payment";
                Some(if is_payment {
                    Step::Reverse { source, day }
                } else {
                    Step::CancelNote { source, day }
                })
            }
            _ => None,
        }
    }
}
