//! What was ordered: each customer's orders, month by month, from its size and its habits.
//!
//! How often a customer orders follows the season of its group; how much, its size and the
//! region's growth. Each keeps to the few products it knows.
#![expect(
    clippy::float_arithmetic,
    reason = "amounts aimed at; what is booked is whole packs at list prices"
)]

use jiff::{ToSpan, civil::Date};
use kernel::{Code, Percent, Price, Quantity, decimal::ONE};

use super::{
    Line, Order, Product,
    book::Account,
    chance::{Chance, exponential, nearest, rate},
    code,
    names::{GROUPS, PROJECT_GROUPS},
    places::REGIONS,
    season::{MonthOf, Season, month_of},
};

/// The steps in which discounts are given, in percent.
pub const DISCOUNT_STEPS: [i64; 8] = [0, 2, 3, 5, 8, 10, 12, 15];
/// Products of a group, and the number of groups, as they lie in the list.
const IN_GROUP: usize = 15;
/// How many lines an order has, one to five.
const LINE_COUNTS: [f64; 5] = [0.35, 0.31, 0.19, 0.10, 0.05];
/// Large single orders in the whole history.
const PROJECTS: usize = 9;

/// All orders before `today`, by date and number.
pub fn orders(
    seed: u64,
    today: Date,
    accounts: &[Account],
    products: &[Product],
    season: &Season,
) -> Vec<Order> {
    let mut orders = Vec::with_capacity(12_000);
    for (place, account) in accounts.iter().enumerate() {
        let buyer = Buyer::of(seed, place, account, products);
        buyer.order_all_along(season, today, &mut orders);
    }
    add_projects(seed, accounts, products, today, &mut orders);
    orders.sort_by(|a, b| (a.date, &a.customer).cmp(&(b.date, &b.customer)));
    number(&mut orders);
    orders
}

/// A customer at the order desk.
struct Buyer<'a> {
    account: &'a Account,
    products: &'a [Product],
    /// Places of the products it buys, the favourite first.
    favours: Vec<usize>,
    /// The usual place among the discount steps.
    discount_step: usize,
    chance: Chance,
}

impl<'a> Buyer<'a> {
    fn of(seed: u64, place: usize, account: &'a Account, products: &'a [Product]) -> Buyer<'a> {
        let mut chance = Chance::of(seed, "orders", place);
        let favours = favours(&mut chance, account.group);
        let discount_step = match account.customer.importance {
            'A' => 4 + chance.below(3),
            'B' => 3 + chance.below(2),
            'C' => 1 + chance.below(3),
            _ => chance.below(2),
        };
        Buyer {
            account,
            products,
            favours,
            discount_step,
            chance,
        }
    }

    /// Orders from the first month of the history up to the day before `today`.
    fn order_all_along(mut self, season: &Season, today: Date, orders: &mut Vec<Order>) {
        let from = super::first_day(today);
        let quiet = self.account.quiet_from.unwrap_or(today);
        let open = self.account.customer.since..quiet.min(today);
        let mut due = self.chance.share();
        for nth in 0..=super::MONTHS_OF_HISTORY {
            let month = month_of(from.saturating_add(nth.months()));
            let mean = self.account.orders_a_year * season.share(self.account.group, month);
            for _ in 0..self.orders_in_month(mean, &mut due) {
                let order = self.order_in_month(month, nth, season);
                orders.extend(order.filter(|order| open.contains(&order.date)));
            }
        }
    }

    /// An ordinary order on some day of the month, the `nth` of the history.
    fn order_in_month(&mut self, month: MonthOf, nth: i32, season: &Season) -> Option<Order> {
        let date = season.draw_day(month, &mut self.chance)?;
        let usual = self.account.yearly_yuan / self.account.orders_a_year;
        let yuan = usual * self.grown(nth) * self.chance.scatter(0.42);
        Some(self.order(date, yuan))
    }

    /// How many orders a month brings that brings `mean` of them on average.
    ///
    /// Large customers order as their stock runs down, so what is `due` piles up and is ordered
    /// when it is a whole; small ones order when they happen to need something.
    fn orders_in_month(&mut self, mean: f64, due: &mut f64) -> u32 {
        if !['A', 'B'].contains(&self.account.customer.importance) {
            return self.chance.count(mean);
        }
        *due += mean;
        let ordered = due.floor();
        *due -= ordered;
        u32::try_from(nearest(ordered)).unwrap_or(0)
    }

    /// The region's growth in `months` from the beginning.
    fn grown(&self, months: i32) -> f64 {
        exponential(REGIONS[self.account.region].growth * f64::from(months) / 12.0)
    }

    /// An order of about `yuan`, cut into lines.
    fn order(&mut self, date: Date, yuan: f64) -> Order {
        let customer = &self.account.customer;
        let wanted = 1 + self.chance.weighted(&LINE_COUNTS);
        let wanted = wanted.min(self.favours.len());
        let mut parts: Vec<(usize, f64)> = Vec::with_capacity(wanted);
        while parts.len() < wanted {
            let product = self.draw_product();
            if parts.iter().all(|(taken, _)| *taken != product) {
                parts.push((product, self.chance.between(0.3, 1.0)));
            }
        }
        let whole: f64 = parts.iter().map(|(_, weight)| weight).sum();
        let lines = parts
            .into_iter()
            .map(|(product, weight)| self.line(product, date, yuan * weight / whole))
            .collect();
        Order {
            number: customer.code.clone(),
            customer: customer.code.clone(),
            person: customer.owner_on(date).cloned(),
            date,
            lines,
        }
    }

    fn draw_product(&mut self) -> usize {
        // The lower of two draws: favourites come up more often.
        let nth = self.chance.below(self.favours.len());
        self.favours[nth.min(self.chance.below(self.favours.len()))]
    }

    fn line(&mut self, product: usize, date: Date, yuan: f64) -> Line {
        let product = &self.products[product];
        let unit_price = product.list_price_on(date);
        let discount = self.discount();
        let left = rate(ONE - discount.millionths()) / rate(ONE);
        let quantity = yuan / (yuan_of(unit_price) * left);
        Line {
            product: product.code.clone(),
            quantity: whole_packs(quantity, product.pack),
            unit_price,
            discount,
        }
    }

    /// Usually what it always gets, sometimes a step less or more.
    fn discount(&mut self) -> Percent {
        let step = match self.chance.weighted(&[0.7, 0.15, 0.15]) {
            0 => self.discount_step,
            1 => self.discount_step.saturating_sub(1),
            _ => self.discount_step + 1,
        };
        percent_at(step)
    }
}

fn percent_at(step: usize) -> Percent {
    let percent = DISCOUNT_STEPS[step.min(DISCOUNT_STEPS.len() - 1)];
    Percent::of_millionths(percent * 10_000)
}

/// `units` as whole packs, one at least.
pub fn whole_packs(units: f64, pack: i32) -> Quantity {
    let packs = nearest(units / f64::from(pack)).max(1);
    Quantity::of_millionths(packs * i64::from(pack) * ONE)
}

fn yuan_of(price: Price) -> f64 {
    rate(price.millionths()) / rate(ONE)
}

/// Four to eight products of the kinds the group buys.
fn favours(chance: &mut Chance, group: usize) -> Vec<usize> {
    let wanted = 4 + chance.below(5);
    let mut favours = Vec::with_capacity(wanted);
    while favours.len() < wanted {
        let kind = chance.weighted(&GROUPS[group].buys);
        let product = kind * IN_GROUP + chance.below(IN_GROUP);
        if !favours.contains(&product) {
            favours.push(product);
        }
    }
    favours
}

/// A bridge, a ship, a factory hall: one order several times the usual, at a project's discount.
fn add_projects(
    seed: u64,
    accounts: &[Account],
    products: &[Product],
    today: Date,
    orders: &mut Vec<Order>,
) {
    let mut chance = Chance::of(seed, "projects", 0);
    let fitting: Vec<usize> = (0..accounts.len())
        .filter(|place| {
            let account = &accounts[*place];
            PROJECT_GROUPS.contains(&account.group)
                && (120_000.0..900_000.0).contains(&account.yearly_yuan)
        })
        .collect();
    // Another order's day is a working day on which the customer could order.
    let days: Vec<Date> = orders.iter().map(|order| order.date).collect();
    let mut left = PROJECTS;
    while 0 < left && !fitting.is_empty() && !days.is_empty() {
        let place = *chance.pick(&fitting);
        let account = &accounts[place];
        let date = *chance.pick(&days);
        if date < account.customer.since || account.quiet_from.is_some() || today <= date {
            continue;
        }
        let mut buyer = Buyer::of(seed, place, account, products);
        buyer.discount_step = DISCOUNT_STEPS.len() - 2;
        buyer.chance = chance.clone();
        orders.push(buyer.order(date, chance.between(280_000.0, 760_000.0)));
        left -= 1;
    }
}

/// Numbers the orders of each year in their order. The first year is already under way.
fn number(orders: &mut [Order]) {
    let mut year = 0;
    let mut count = 0;
    for order in orders {
        if order.date.year() != year {
            let months_before = i32::from(order.date.month() - 1);
            count = if year == 0 { 380 * months_before } else { 0 };
            year = order.date.year();
        }
        count += 1;
        order.number = order_number(year, count);
    }
}

fn order_number(year: i16, count: i32) -> Code {
    code(format!("SO-{:02}-{count:05}", year % 100))
}
