//! Who the demo company is: its people, customers, products, calendar, orders and targets.
//!
//! Songlan Coatings does not exist. It is drawn up from a seed and a day as plain values, the same
//! ones every time, so that a screenshot or a lesson repeats; nothing here knows of a database.
//! The proportions are those of a real sales region: a fifth of the customers brings most of the
//! money, spring begins after the lunar new year, months fill up towards their end, one region is
//! behind, a seat is empty, and customers have changed hands.

mod book;
mod cast;
mod chance;
mod feasts;
mod goods;
mod names;
mod orders;
mod places;
mod season;
mod targets;
#[cfg(test)]
mod tests;
mod trade;

use jiff::{ToSpan, civil::Date};
use kernel::{
    Code, Currency, Money, Percent, Price, Quantity, Refusal, Role, WorkCalendar, decimal,
};

pub use trade::Billed;

/// Months of history before the month of today.
pub const MONTHS_OF_HISTORY: i32 = 26;

/// The whole company on one day, looking back over its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    pub name: &'static str,
    pub name_local: &'static str,
    pub currency: Currency,
    /// The value added tax on every sale; prices and targets are without it.
    pub tax: Percent,
    /// The first day of the history; the last is the day before `today`.
    pub from: Date,
    pub today: Date,
    /// Whole calendar years, from that of `from` to the one after `today` at least.
    pub holidays: Vec<Holiday>,
    /// Saturdays and Sundays worked in exchange for a bridge day.
    pub working_weekends: Vec<Date>,
    /// The company first, then each region followed by its teams: a parent before its children.
    pub units: Vec<Unit>,
    pub people: Vec<Person>,
    pub seats: Vec<Seat>,
    pub customer_groups: Vec<CustomerGroup>,
    pub product_groups: Vec<ProductGroup>,
    pub products: Vec<Product>,
    /// By code, which is also by age of the relation.
    pub customers: Vec<Customer>,
    /// By number, which is also by date. All were confirmed.
    pub orders: Vec<Order>,
    /// Those of them that were delivered and billed, by the day that happened.
    pub billed: Vec<Billed>,
    pub targets: Targets,
    /// Three people worth being, the manager of the region that is behind first.
    pub logins: Vec<Login>,
}

/// A day off, under its English and its Chinese name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    pub date: Date,
    pub name: &'static str,
    pub name_local: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    Company,
    Region,
    Team,
}

impl UnitKind {
    pub fn as_str(self) -> &'static str {
        match self {
            UnitKind::Company => "company",
            UnitKind::Region => "region",
            UnitKind::Team => "team",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub code: Code,
    pub name: &'static str,
    pub name_local: &'static str,
    pub kind: UnitKind,
    /// The unit above; none for the company.
    pub parent: Option<Code>,
    /// The person who leads it; none for a team, which reports to the region.
    pub head: Option<Code>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub code: Code,
    /// Family name first, `Chen Hao`.
    pub name: &'static str,
    pub name_local: &'static str,
    pub email: String,
    pub role: Role,
    pub joined: Date,
}

/// A place in a unit, held by one person at a time or by nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub code: Code,
    pub unit: Code,
    pub title: &'static str,
    pub title_local: &'static str,
    pub role: Role,
    /// In order of time, without overlap. Empty or ended: the seat is vacant.
    pub holders: Vec<Tenure>,
}

impl Seat {
    pub fn holder_on(&self, day: Date) -> Option<&Code> {
        person_on(&self.holders, day)
    }
}

/// A person has something in the days `[from, to)`; without `to`, until further notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    pub person: Code,
    pub from: Date,
    pub to: Option<Date>,
}

impl Tenure {
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerGroup {
    pub code: Code,
    pub name: &'static str,
    pub name_local: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// `C-00001`.
    pub code: Code,
    pub name: String,
    pub name_local: String,
    pub group: Code,
    pub city: &'static str,
    pub city_local: &'static str,
    /// Millionths of a degree north.
    pub latitude_microdegrees: i32,
    /// Millionths of a degree east.
    pub longitude_microdegrees: i32,
    /// The team whose area it lies in, whoever owns it.
    pub team: Code,
    /// The day the relation began; for a new customer a day of the history.
    pub since: Date,
    pub terms_days: i32,
    pub currency: Currency,
    /// `A` to `D`, by what it buys.
    pub importance: char,
    /// Who owned it when, within the history. Nobody on a day: it is a house customer then.
    pub owners: Vec<Tenure>,
}

impl Customer {
    pub fn owner_on(&self, day: Date) -> Option<&Code> {
        person_on(&self.owners, day)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductGroup {
    pub code: Code,
    pub name: &'static str,
    pub name_local: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub code: Code,
    pub name: String,
    pub name_local: String,
    pub group: Code,
    /// The unit prices and quantities are for: `kg`, `L` or `set`.
    pub unit: &'static str,
    /// Units in one drum, pail or box; it is sold in multiples of this.
    pub pack: i32,
    /// The list price from each day on, oldest first; raised on the first of January.
    pub list_prices: Vec<(Date, Price)>,
    /// Today's cost of one unit.
    pub cost: Price,
}

impl Product {
    /// The list price on `day`; the oldest one for days before it.
    pub fn list_price_on(&self, day: Date) -> Price {
        let begun = self.list_prices.partition_point(|(from, _)| *from <= day);
        self.list_prices
            .get(begun.saturating_sub(1))
            .map_or(Price::ZERO, |(_, price)| *price)
    }
}

/// A confirmed order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// `SO-26-00417`, counted within the year.
    pub number: Code,
    pub customer: Code,
    /// Who owned the customer on that day; none for a house customer.
    pub person: Option<Code>,
    pub date: Date,
    pub lines: Vec<Line>,
}

impl Order {
    /// The exact net of all lines in millionths of the currency unit.
    ///
    /// # Errors
    ///
    /// As [`decimal::line_net`].
    pub fn net_exact(&self) -> Result<i64, Refusal> {
        self.lines
            .iter()
            .try_fold(0, |sum, line| Ok(sum + line.net_exact()?))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub product: Code,
    pub quantity: Quantity,
    /// The list price of the day.
    pub unit_price: Price,
    /// 0 to 15 %, in the steps of the price list.
    pub discount: Percent,
}

impl Line {
    /// The exact net in millionths of the currency unit.
    ///
    /// # Errors
    ///
    /// As [`decimal::line_net`].
    pub fn net_exact(&self) -> Result<i64, Refusal> {
        decimal::line_net(self.unit_price, self.quantity, self.discount)
    }
}

/// The published targets of the calendar year of today: net sales, whole years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    pub year: i16,
    /// The sum of the regions.
    pub company: Money,
    /// The sum of the region's sales people, by region code in the order of the units.
    pub regions: Vec<(Code, Money)>,
    /// One per sales person, in the order of the people. House customers carry none.
    pub people: Vec<(Code, Money)>,
    /// How the year's sales fall on its twelve months, with its working days and the lunar new
    /// year where they lie; adds up to 1,000,000.
    pub month_weights: [u64; 12],
}

/// A sign-in to show, and why one would take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub person: Code,
    pub email: String,
    pub role: Role,
    /// What this person's desk shows.
    pub shows: &'static str,
}

impl Company {
    pub fn work_calendar(&self) -> WorkCalendar {
        WorkCalendar::new(
            self.holidays.iter().map(|holiday| holiday.date),
            self.working_weekends.iter().copied(),
        )
    }
}

/// Draws up the company as it stands on the morning of `today`.
///
/// The people, places, groups and products are always the same; `seed` decides the customers, who
/// buys what, and how well each month went.
pub fn company(seed: u64, today: Date) -> Company {
    let from = first_day(today);
    let feasts = feasts::feasts(from.year(), today.year() + 1);
    let season = season::Season::of(&feasts, from.year(), today.year());
    let cast = cast::cast(from, today, &feasts);
    let products = goods::products(from, today);
    let accounts = book::accounts(seed, from, today, &cast, &feasts);
    let mut orders = orders::orders(seed, today, &accounts, &products, &season);
    let targets = targets::targets(seed, today, &accounts, &orders, &season);
    targets::steer(&mut orders, &targets, &products, &season, today);
    let billed = trade::trade(seed, today, &accounts, &orders, &feasts);

    Company {
        name: "Songlan Coatings",
        name_local: "松岚涂料有限公司",
        currency: currency(),
        tax: Percent::of_millionths(130_000),
        from,
        today,
        holidays: feasts.holidays,
        working_weekends: feasts.working_weekends,
        units: cast::units(),
        seats: cast.seats,
        logins: cast::logins(),
        people: cast.people,
        customer_groups: names::customer_groups(),
        product_groups: goods::product_groups(),
        products,
        customers: accounts
            .into_iter()
            .map(|account| account.customer)
            .collect(),
        orders,
        billed,
        targets,
    }
}

/// The first day of the month [`MONTHS_OF_HISTORY`] before that of `today`.
fn first_day(today: Date) -> Date {
    today
        .first_of_month()
        .saturating_sub(MONTHS_OF_HISTORY.months())
}

fn currency() -> Currency {
    Currency::parse("CNY").expect("the yuan circulates")
}

/// A code written by this module, which knows how codes look.
fn code(text: impl AsRef<str>) -> Code {
    Code::parse(text.as_ref()).expect("the demo company's codes are plain letters and digits")
}

fn person_on(tenures: &[Tenure], day: Date) -> Option<&Code> {
    tenures
        .iter()
        .find(|tenure| tenure.holds_on(day))
        .map(|tenure| &tenure.person)
}
