//! What the people were asked for this year, and how near they are.
//!
//! A region's target is last year's sales and the growth asked of it, cut to its people by what
//! their customers bought. This year's orders are then sized so that the regions stand where the
//! demo wants them: two about on their way, one clearly behind, its people widely spread.
#![expect(
    clippy::float_arithmetic,
    reason = "shares of targets and factors on quantities; the targets themselves are whole"
)]

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kernel::{Code, Money, apportion, decimal::round_div};

use super::{
    Order, Product, Targets,
    book::Account,
    cast::{SALES_PEOPLE, sales_code},
    chance::{Chance, rate},
    code, currency,
    names::GROUPS,
    orders::whole_packs,
    places::{PEOPLE_IN_TEAM, REGIONS},
    season::Season,
};

/// Targets are whole multiples of 10,000 yuan.
const STEP_MINOR: i64 = 1_000_000;
const PEOPLE_IN_REGION: usize = 2 * PEOPLE_IN_TEAM;

/// How the people of each region stand to their region, in hundredths.
const STANDING: [[f64; PEOPLE_IN_REGION]; 3] = [
    [109.0, 97.0, 102.0, 90.0, 105.0, 93.0, 112.0, 99.0],
    [104.0, 95.0, 113.0, 89.0, 100.0, 106.0, 97.0, 84.0],
    [102.0, 87.0, 113.0, 99.0, 95.0, 106.0, 89.0, 101.0],
];

/// Below this part of the year nothing is steered: a few orders cannot bear it.
const EARLIEST_SHARE: f64 = 0.04;

/// The published targets of the year of `today`.
pub fn targets(
    seed: u64,
    today: Date,
    accounts: &[Account],
    orders: &[Order],
    season: &Season,
) -> Targets {
    let year = today.year();
    let last_year = sold_by_todays_book(accounts, orders, year);
    let mut chance = Chance::of(seed, "targets", 0);
    let mut regions = Vec::with_capacity(REGIONS.len());
    let mut people = Vec::with_capacity(SALES_PEOPLE);
    let mut company = 0;
    for (region_no, region) in REGIONS.iter().enumerate() {
        let first = region_no * PEOPLE_IN_REGION;
        let sellers: Vec<Code> = (first..first + PEOPLE_IN_REGION).map(sales_code).collect();
        let sold: Vec<i64> = sellers
            .iter()
            .map(|person| last_year.get(person).copied().unwrap_or(0))
            .collect();
        let asked = i128::from(sold.iter().sum::<i64>()) * i128::from(1_000 + region.target_growth);
        let steps = round_div(asked, 1_000 * i128::from(STEP_MINOR));
        let steps = i64::try_from(steps).unwrap_or(0);
        let weights: Vec<(String, u64)> = sellers
            .iter()
            .zip(&sold)
            .map(|(person, sold)| (person.to_string(), asked_of_one(*sold, &mut chance)))
            .collect();
        let parts = apportion(steps, &weights).unwrap_or_else(|_| vec![0; sellers.len()]);
        let total: i64 = parts.iter().sum();
        let cut = sellers.into_iter().zip(parts);
        people.extend(cut.map(|(person, steps)| (person, money(steps))));
        regions.push((code(region.code), money(total)));
        company += total;
    }
    Targets {
        year,
        company: money(company),
        regions,
        people,
        month_weights: season.month_weights(year, &group_weights(accounts)),
    }
}

/// Last year's sales within three percent: a target is a judgement.
fn asked_of_one(sold: i64, chance: &mut Chance) -> u64 {
    let nudge = i64::from(chance.whole_between(970, 1_030));
    u64::try_from(sold / 1_000 * nudge).unwrap_or(0)
}

fn money(steps: i64) -> Money {
    Money::of_minor(steps * STEP_MINOR, currency())
}

/// Net sales of the year before `year` in minor units, by who owns the customers as it begins.
fn sold_by_todays_book(accounts: &[Account], orders: &[Order], year: i16) -> BTreeMap<Code, i64> {
    let begins = date(year, 1, 1);
    let owners: BTreeMap<&Code, &Code> = accounts
        .iter()
        .filter_map(|account| {
            let customer = &account.customer;
            let owner = customer
                .owner_on(begins)
                .or_else(|| customer.owners.last().map(|tenure| &tenure.person));
            Some((&customer.code, owner?))
        })
        .collect();
    let mut sold = BTreeMap::new();
    for order in orders.iter().filter(|order| order.date.year() == year - 1) {
        if let Some(owner) = owners.get(&order.customer) {
            *sold.entry((*owner).clone()).or_insert(0) += net_minor(order);
        }
    }
    sold
}

/// How much of the company's sales each customer group stands for.
fn group_weights(accounts: &[Account]) -> Vec<f64> {
    let mut weights = vec![0.0; GROUPS.len()];
    for account in accounts {
        weights[account.group] += account.yearly_yuan;
    }
    weights
}

/// Sizes the orders of the running year so that each person stands where [`STANDING`] says.
pub fn steer(
    orders: &mut [Order],
    targets: &Targets,
    products: &[Product],
    season: &Season,
    today: Date,
) {
    let done = season.done_in_year(today, &targets.month_weights);
    if done < EARLIEST_SHARE {
        return;
    }
    let packs: BTreeMap<&Code, i32> = products
        .iter()
        .map(|each| (&each.code, each.pack))
        .collect();
    let wanted = wanted_sales(targets, done);
    // Packs are whole, so the first pass misses a little; the second comes close.
    for _ in 0..2 {
        let factors = factors(&wanted, &sold_in(orders, targets.year));
        for order in orders
            .iter_mut()
            .filter(|order| order.date.year() == targets.year)
        {
            let factor = order.person.as_ref().and_then(|person| factors.get(person));
            if let Some(factor) = factor {
                resize(order, *factor, &packs);
            }
        }
    }
}

/// What brings each person's sales to what is wanted, within reason.
fn factors(wanted: &BTreeMap<Code, f64>, sold: &BTreeMap<Code, i64>) -> BTreeMap<Code, f64> {
    let factor = |(person, wanted): (&Code, &f64)| {
        let sold = sold.get(person).copied().filter(|sold| 0 < *sold)?;
        Some((person.clone(), (wanted / rate(sold)).clamp(0.5, 2.0)))
    };
    wanted.iter().filter_map(factor).collect()
}

/// What each person should have sold by now, in minor units.
fn wanted_sales(targets: &Targets, done: f64) -> BTreeMap<Code, f64> {
    let mut wanted = BTreeMap::new();
    let regions = REGIONS.iter().zip(&STANDING);
    for ((region, standing), people) in regions.zip(targets.people.chunks(PEOPLE_IN_REGION)) {
        let pairs = || people.iter().zip(standing);
        let amount = |target: &Money| rate(target.minor());
        let whole: f64 = pairs().map(|((_, target), _)| amount(target)).sum();
        let stood: f64 = pairs().map(|((_, target), at)| amount(target) * at).sum();
        let level = rate(region.attainment) / 1_000.0 * whole / stood;
        for ((person, target), at) in pairs() {
            wanted.insert(person.clone(), amount(target) * at * level * done);
        }
    }
    wanted
}

fn sold_in(orders: &[Order], year: i16) -> BTreeMap<Code, i64> {
    let mut sold = BTreeMap::new();
    for order in orders.iter().filter(|order| order.date.year() == year) {
        if let Some(person) = &order.person {
            *sold.entry(person.clone()).or_insert(0) += net_minor(order);
        }
    }
    sold
}

fn resize(order: &mut Order, factor: f64, packs: &BTreeMap<&Code, i32>) {
    for line in &mut order.lines {
        let pack = packs.get(&line.product).copied().unwrap_or(1);
        let units = rate(line.quantity.millionths()) / 1_000_000.0;
        line.quantity = whole_packs(units * factor, pack);
    }
}

/// The order's net in minor units.
fn net_minor(order: &Order) -> i64 {
    order
        .net_exact()
        .map_or(0, |exact| Money::of_exact(exact, currency()).minor())
}
