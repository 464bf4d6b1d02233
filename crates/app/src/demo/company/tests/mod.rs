//! The demo company checked as a suspicious controller would, for several seeds and days.
#![expect(
    clippy::float_arithmetic,
    reason = "shares and growth are compared within bands"
)]

mod figures;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Weekday, date};

use super::{
    chance::{rate, rate_of},
    *,
};

const SEEDS: [u64; 4] = [1, 7, 42, 20_260_101];
const DAYS: [Date; 5] = [
    date(2026, 11, 23),
    date(2026, 1, 2),
    date(2027, 3, 1),
    date(2026, 2, 17),
    date(2026, 7, 1),
];

/// Every company under test, with a name for messages.
fn companies() -> impl Iterator<Item = (String, Company)> {
    SEEDS.into_iter().flat_map(|seed| {
        DAYS.into_iter()
            .map(move |today| (format!("seed {seed} on {today}"), company(seed, today)))
    })
}

fn net(order: &Order) -> f64 {
    rate(order.net_exact().unwrap()) / 1e6
}

fn sum<'a>(orders: impl IntoIterator<Item = &'a Order>) -> f64 {
    orders.into_iter().map(net).sum()
}

fn region_of_people(company: &Company) -> BTreeMap<Code, Code> {
    let parents: BTreeMap<&Code, &Code> = company
        .units
        .iter()
        .filter_map(|unit| Some((&unit.code, unit.parent.as_ref()?)))
        .collect();
    company
        .seats
        .iter()
        .filter(|seat| seat.role == Role::Rep)
        .filter_map(|seat| {
            let person = seat.holder_on(company.today)?;
            Some((person.clone(), parents[&seat.unit].clone()))
        })
        .collect()
}

#[test]
fn the_same_seed_and_day_give_the_same_company() {
    let today = DAYS[0];
    assert_eq!(company(7, today), company(7, today));
    assert_ne!(company(7, today).orders, company(8, today).orders);
    assert_eq!(company(7, today).people, company(8, today).people);
}

#[test]
fn everyone_and_everything_is_there() {
    for (name, company) in companies() {
        let units = |kind| {
            company
                .units
                .iter()
                .filter(|unit| unit.kind == kind)
                .count()
        };
        assert_eq!(units(UnitKind::Company), 1, "{name}");
        assert_eq!(units(UnitKind::Region), 3, "{name}");
        assert_eq!(units(UnitKind::Team), 6, "{name}");
        let reps = |unit: &Code| {
            company
                .seats
                .iter()
                .filter(|seat| seat.unit == *unit && seat.role == Role::Rep)
                .filter(|seat| seat.holder_on(company.today).is_some())
                .count()
        };
        for unit in company
            .units
            .iter()
            .filter(|unit| unit.kind == UnitKind::Team)
        {
            assert_eq!(reps(&unit.code), 4, "{name}: {}", unit.code);
        }
        let vacant = |seat: &&Seat| seat.holder_on(company.today).is_none();
        assert_eq!(company.seats.iter().filter(vacant).count(), 1, "{name}");
        assert_eq!(company.people.len(), 32, "{name}");
        assert_eq!(company.customers.len(), 600, "{name}");
        assert_eq!(company.customer_groups.len(), 6, "{name}");
        assert_eq!(company.product_groups.len(), 8, "{name}");
        assert_eq!(company.products.len(), 120, "{name}");
        let cities: BTreeSet<&str> = company.customers.iter().map(|each| each.city).collect();
        assert!(58 <= cities.len(), "{name}: {} cities", cities.len());
        let house = company
            .customers
            .iter()
            .filter(|each| each.owner_on(company.today).is_none());
        assert_eq!(house.count(), 5, "{name}");
        let handed = company
            .customers
            .iter()
            .filter(|each| 1 < each.owners.len());
        let handed = handed.count();
        assert!(
            (25..110).contains(&handed),
            "{name}: {handed} changed hands"
        );
        let count = company.orders.len();
        assert!((9_000..=11_000).contains(&count), "{name}: {count} orders");
        let lines: usize = company.orders.iter().map(|order| order.lines.len()).sum();
        let average = rate_of(lines) / rate_of(count);
        assert!((1.9..2.5).contains(&average), "{name}: {average} lines");
    }
}

#[test]
fn no_two_share_a_code_a_name_or_an_address() {
    let company = company(42, DAYS[0]);
    let all_differ = |texts: Vec<String>| {
        let count = texts.len();
        assert_eq!(texts.into_iter().collect::<BTreeSet<_>>().len(), count);
    };
    all_differ(
        company
            .people
            .iter()
            .map(|each| each.email.clone())
            .collect(),
    );
    all_differ(
        company
            .people
            .iter()
            .map(|each| each.code.folded())
            .collect(),
    );
    all_differ(
        company
            .seats
            .iter()
            .map(|each| each.code.folded())
            .collect(),
    );
    all_differ(
        company
            .customers
            .iter()
            .map(|each| each.name.clone())
            .collect(),
    );
    all_differ(
        company
            .customers
            .iter()
            .map(|each| each.code.folded())
            .collect(),
    );
    all_differ(
        company
            .products
            .iter()
            .map(|each| each.code.folded())
            .collect(),
    );
    all_differ(
        company
            .products
            .iter()
            .map(|each| each.name.clone())
            .collect(),
    );
    all_differ(
        company
            .orders
            .iter()
            .map(|each| each.number.folded())
            .collect(),
    );
}

#[test]
fn orders_are_taken_on_working_days_by_the_owner_of_that_day() {
    for (name, company) in companies() {
        let calendar = company.work_calendar();
        let customers: BTreeMap<&Code, &Customer> = company
            .customers
            .iter()
            .map(|each| (&each.code, each))
            .collect();
        let products: BTreeMap<&Code, &Product> = company
            .products
            .iter()
            .map(|each| (&each.code, each))
            .collect();
        assert!(
            company.orders.is_sorted_by_key(|order| order.date),
            "{name}"
        );
        for order in &company.orders {
            let customer = customers[&order.customer];
            assert!(
                company.from <= order.date && order.date < company.today,
                "{name}: {order:?}"
            );
            assert!(customer.since <= order.date, "{name}: {order:?}");
            assert!(calendar.is_working_day(order.date), "{name}: {order:?}");
            assert_eq!(
                order.person.as_ref(),
                customer.owner_on(order.date),
                "{name}"
            );
            assert!((1..=5).contains(&order.lines.len()), "{name}: {order:?}");
            for line in &order.lines {
                let product = products[&line.product];
                let pack = i64::from(product.pack) * 1_000_000;
                assert_eq!(line.unit_price, product.list_price_on(order.date), "{name}");
                assert!(0 < line.quantity.millionths() && line.quantity.millionths() % pack == 0);
                assert!(line.discount <= Percent::parse("15").unwrap());
                assert!(product.cost < line.unit_price, "{name}: {product:?}");
            }
        }
    }
}

#[test]
fn nobody_owns_a_customer_before_joining() {
    for (name, company) in companies() {
        let joined: BTreeMap<&Code, Date> = company
            .people
            .iter()
            .map(|each| (&each.code, each.joined))
            .collect();
        for tenure in company.customers.iter().flat_map(|each| &each.owners) {
            assert!(joined[&tenure.person] <= tenure.from, "{name}: {tenure:?}");
            assert!(
                tenure.to.is_none_or(|to| tenure.from < to),
                "{name}: {tenure:?}"
            );
        }
        let late = company
            .people
            .iter()
            .filter(|each| company.from < each.joined);
        assert_eq!(late.count(), 1, "{name}");
    }
}

#[test]
fn the_logins_are_of_the_region_that_is_behind() {
    let company = company(1, DAYS[0]);
    let [manager, seller, controller] = company.logins.as_slice() else {
        panic!("three logins");
    };
    let regions = region_of_people(&company);
    let north = company
        .units
        .iter()
        .find(|unit| unit.code.as_str() == "NORTH")
        .unwrap();
    assert_eq!(north.head.as_ref(), Some(&manager.person));
    assert_eq!(regions[&seller.person].as_str(), "NORTH");
    assert_eq!(controller.role, Role::Finance);
    for login in &company.logins {
        let person = company
            .people
            .iter()
            .find(|each| each.code == login.person)
            .unwrap();
        assert_eq!((&person.email, person.role), (&login.email, login.role));
    }
}

#[test]
fn breaks_are_off_and_exchanged_weekends_are_weekends() {
    let company = company(1, date(2027, 3, 1));
    let calendar = company.work_calendar();
    assert!(!calendar.is_working_day(date(2026, 10, 7)));
    assert!(calendar.is_working_day(date(2026, 10, 10)));
    assert!(!calendar.is_working_day(date(2027, 2, 12)));
    for day in &company.working_weekends {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        assert!(weekend, "{day}");
    }
}

#[test]
fn any_day_can_be_today() {
    for today in [
        date(2024, 1, 1),
        date(2026, 3, 31),
        date(2028, 2, 29),
        date(2031, 1, 31),
    ] {
        let company = company(3, today);
        assert!((9_000..=11_500).contains(&company.orders.len()), "{today}");
    }
}

#[test]
fn what_was_ordered_is_billed_once_and_mostly_paid_in_time() {
    for (name, company) in companies() {
        let mut numbers = BTreeSet::new();
        let (mut due_long, mut unpaid) = (0, 0);
        for billed in &company.billed {
            assert!(
                numbers.insert(&billed.invoice),
                "{name}: {}",
                billed.invoice
            );
            let ordered = company.orders[billed.order].date;
            assert!(ordered < billed.day && billed.day < company.today, "{name}");
            let days: Vec<Date> = billed.paid.iter().map(|(day, _)| *day).collect();
            assert!(days.is_sorted(), "{name}: {days:?}");
            for day in days {
                assert!(billed.day < day && day < company.today, "{name}: {day}");
            }
            let shares = billed.paid.iter().map(|(_, share)| share.millionths());
            let shares = shares.sum::<i64>();
            assert!(shares <= Percent::WHOLE.millionths(), "{name}");
            let late = (company.today - billed.day).get_days() - billed.terms_days;
            due_long += i32::from(30 < late);
            unpaid += i32::from(30 < late && shares < Percent::WHOLE.millionths());
        }
        let orders: BTreeSet<usize> = company.billed.iter().map(|one| one.order).collect();
        assert_eq!(orders.len(), company.billed.len(), "{name}: billed twice");
        // There is something to collect, and it is not the rule.
        assert!(
            0 < unpaid && unpaid * 20 < due_long,
            "{name}: {unpaid} of {due_long}"
        );
    }
}
