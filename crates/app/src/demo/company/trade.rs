//! What became of the orders: when the goods went out with their invoice, and when money came in.
//!
//! Most customers pay around the day it is due, a quarter is some weeks late as a habit, and a few
//! pay months late or have stopped. What is drawn for one order leaves the others as they were.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use kernel::{Code, Percent};

use super::{Customer, Order, book::Account, chance::Chance, code, feasts::Feasts};

/// Half of an invoice; the rest comes with the next payment.
const HALF: Percent = Percent::of_millionths(500_000);
/// How long nobody has paid who has stopped paying.
const STOPPED_DAYS: i32 = 170;

/// An order that was delivered and billed whole on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// Place among the orders.
    pub order: usize,
    /// `DN-26-00417` and `INV-26-00417`, counted within the year.
    pub delivery: Code,
    pub invoice: Code,
    pub day: Date,
    pub terms_days: i32,
    /// When which share of it was paid; the last payment takes what is left if they are all of it.
    pub paid: Vec<(Date, Percent)>,
}

/// How a customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    Punctual,
    Slow,
    Late,
    /// As late as those, and by now not at all.
    Stopped,
}

impl Habit {
    fn of(seed: u64, place: usize, account: &Account) -> Habit {
        let mut chance = Chance::of(seed, "paying", place);
        // Who has gone quiet has more often stopped paying as well.
        let weights = match account.quiet_from {
            Some(_) => [0.5, 0.2, 0.1, 0.2],
            None => [0.64, 0.26, 0.08, 0.02],
        };
        match chance.weighted(&weights) {
            0 => Habit::Punctual,
            1 => Habit::Slow,
            2 => Habit::Late,
            _ => Habit::Stopped,
        }
    }

    /// Days after the day it is due.
    fn delay(self, chance: &mut Chance) -> i32 {
        match self {
            Habit::Punctual => chance.whole_between(-4, 3),
            Habit::Slow => chance.whole_between(4, 26),
            Habit::Late | Habit::Stopped => chance.whole_between(20, 85),
        }
    }
}

/// The orders that were delivered before `today`, by the day that happened.
pub fn trade(
    seed: u64,
    today: Date,
    accounts: &[Account],
    orders: &[Order],
    feasts: &Feasts,
) -> Vec<Billed> {
    let payers: BTreeMap<&Code, (&Customer, Habit)> = accounts
        .iter()
        .enumerate()
        .map(|(place, account)| {
            let customer = &account.customer;
            let habit = Habit::of(seed, place, account);
            (&customer.code, (customer, habit))
        })
        .collect();
    let mut all = Vec::with_capacity(orders.len());
    for (place, order) in orders.iter().enumerate() {
        let Some((customer, habit)) = payers.get(&order.customer) else {
            continue;
        };
        let mut chance = Chance::of(seed, "trade", place);
        let day = after(order.date, chance.whole_between(2, 11), feasts);
        if today <= day {
            continue;
        }
        let due = day.saturating_add(customer.terms_days.days());
        all.push(Billed {
            order: place,
            delivery: order.number.clone(),
            invoice: order.number.clone(),
            day,
            terms_days: customer.terms_days,
            paid: payments(&mut chance, (*habit, due), (day, today), feasts),
        });
    }
    all.sort_by_key(|billed| (billed.day, billed.order));
    number(&mut all);
    all
}

fn after(day: Date, days: i32, feasts: &Feasts) -> Date {
    feasts.working_day_from(day.saturating_add(days.days()))
}

fn payments(
    chance: &mut Chance,
    (habit, due): (Habit, Date),
    (billed, today): (Date, Date),
    feasts: &Feasts,
) -> Vec<(Date, Percent)> {
    let is_over = habit == Habit::Stopped && (today - due).get_days() < STOPPED_DAYS;
    if is_over {
        return Vec::new();
    }
    let delay = habit.delay(chance);
    let day = after(due, delay, feasts).max(after(billed, 1, feasts));
    let days = if chance.happens(0.04) {
        let rest = after(day, chance.whole_between(10, 34), feasts);
        vec![(day, HALF), (rest, HALF)]
    } else {
        vec![(day, Percent::WHOLE)]
    };
    days.into_iter().filter(|(day, _)| *day < today).collect()
}

/// Numbers deliveries and invoices of each year in their order.
fn number(all: &mut [Billed]) {
    let (mut year, mut count) = (0, 0);
    for billed in all {
        if billed.day.year() != year {
            year = billed.day.year();
            count = 0;
        }
        count += 1;
        let place = format!("{:02}-{count:05}", year % 100);
        billed.delivery = code(format!("DN-{place}"));
        billed.invoice = code(format!("INV-{place}"));
    }
}
