//! Whether the figures are believable: who brings the sales, when, and against which targets.
#![expect(
    clippy::float_arithmetic,
    reason = "shares and growth are compared within bands"
)]

use std::collections::BTreeMap;

use super::*;

/// What part of the year is done, as the month weights and plain working days have it.
fn done(company: &Company) -> f64 {
    let calendar = company.work_calendar();
    let weights = &company.targets.month_weights;
    let month = usize::try_from(company.today.month() - 1).unwrap();
    let first = company.today.first_of_month();
    let next = first.saturating_add(1.month());
    let running = f64::from(calendar.working_days(first, company.today))
        / f64::from(calendar.working_days(first, next));
    let parts = |weights: &[u64]| rate(weights.iter().sum::<u64>().try_into().unwrap());
    (parts(&weights[..month]) + parts(&weights[month..=month]) * running) / 1e6
}

#[test]
fn a_fifth_of_the_customers_brings_most_of_the_sales() {
    for (name, company) in companies() {
        let mut sales: BTreeMap<&Code, f64> = BTreeMap::new();
        for order in &company.orders {
            *sales.entry(&order.customer).or_default() += net(order);
        }
        let mut sales: Vec<f64> = sales.into_values().collect();
        sales.sort_by(|a, b| b.total_cmp(a));
        let whole: f64 = sales.iter().sum();
        let share = sales.iter().take(120).sum::<f64>() / whole;
        assert!((0.74..0.81).contains(&share), "{name}: {share:.3}");
        assert!(
            sales[0] / whole < 0.04,
            "{name}: largest {:.3}",
            sales[0] / whole
        );
    }
}

#[test]
fn targets_add_up_and_ask_for_about_a_tenth_more() {
    for (name, company) in companies() {
        let targets = &company.targets;
        let total = |parts: &[(Code, Money)]| {
            Money::sum(parts.iter().map(|(_, part)| *part), company.currency).unwrap()
        };
        assert_eq!(total(&targets.regions), targets.company, "{name}");
        assert_eq!(total(&targets.people), targets.company, "{name}");
        assert_eq!(targets.people.len(), 24, "{name}");
        assert_eq!(
            targets.month_weights.iter().sum::<u64>(),
            1_000_000,
            "{name}"
        );
        let regions = region_of_people(&company);
        for (region, whole) in &targets.regions {
            let people = targets
                .people
                .iter()
                .filter(|(person, _)| regions[person] == *region);
            let sum = Money::sum(people.map(|(_, part)| *part), company.currency).unwrap();
            assert_eq!(sum, *whole, "{name}: {region}");
        }
        let year = targets.year - 1;
        let before = sum(company
            .orders
            .iter()
            .filter(|order| order.date.year() == year));
        let growth = rate(targets.company.minor()) / 100.0 / before - 1.0;
        assert!((0.085..0.115).contains(&growth), "{name}: {growth:.3}");
    }
}

#[test]
fn two_regions_are_on_their_way_and_one_is_behind() {
    for (name, company) in companies() {
        let done = done(&company);
        if done < 0.05 {
            continue;
        }
        let regions = region_of_people(&company);
        let this_year = || {
            company
                .orders
                .iter()
                .filter(|order| order.date.year() == company.targets.year)
        };
        for (region, target) in &company.targets.regions {
            let of_region = |order: &&Order| {
                order
                    .person
                    .as_ref()
                    .is_some_and(|person| regions[person] == *region)
            };
            let sold = sum(this_year().filter(of_region));
            let at = sold / (rate(target.minor()) / 100.0 * done);
            let band = if region.as_str() == "NORTH" {
                0.87..0.935
            } else {
                0.96..1.05
            };
            assert!(band.contains(&at), "{name}: {region} {at:.3} of {done:.3}");
        }
        for (person, target) in &company.targets.people {
            let sold = sum(this_year().filter(|order| order.person.as_ref() == Some(person)));
            let at = sold / (rate(target.minor()) / 100.0 * done);
            assert!((0.74..1.20).contains(&at), "{name}: {person} {at:.3}");
        }
    }
}

#[test]
fn regions_grow_from_year_to_year() {
    let today = DAYS[0];
    for seed in SEEDS {
        let company = company(seed, today);
        let teams: BTreeMap<&Code, &Code> = company
            .customers
            .iter()
            .map(|each| (&each.code, &each.team))
            .collect();
        for region in ["EAST", "SOUTH", "NORTH"] {
            let of_region = |order: &&Order| teams[&order.customer].as_str().starts_with(region);
            let until = |last: Date| {
                let days = last.first_of_year()..last;
                let orders = company.orders.iter().filter(of_region);
                sum(orders.filter(|order| days.contains(&order.date)))
            };
            let growth = until(today) / until(today.saturating_sub(1.year())) - 1.0;
            assert!(
                (0.02..0.17).contains(&growth),
                "seed {seed}: {region} {growth:.3}"
            );
        }
    }
}

#[test]
fn the_lunar_new_year_is_quiet_and_month_ends_are_busy() {
    for seed in SEEDS {
        let company = company(seed, DAYS[0]);
        let of_month = |month: i8| {
            let orders = company.orders.iter();
            sum(orders.filter(|order| (order.date.year(), order.date.month()) == (2026, month)))
        };
        let february = of_month(2);
        for month in [1, 3, 4, 5, 6, 7, 8, 9, 10] {
            assert!(
                february < 0.7 * of_month(month),
                "seed {seed}: month {month}"
            );
        }
        let days = |from: i8, to: i8| {
            let orders = company
                .orders
                .iter()
                .filter(|order| order.date.month() != 10);
            orders
                .filter(|order| (from..=to).contains(&order.date.day()))
                .count()
        };
        assert!(days(1, 10) * 5 < days(21, 31) * 4, "seed {seed}");
    }
}
