//! The six hundred customers: where they are, what they would buy in a year, and whose they are.
//!
//! Sizes follow one falling curve in every team, so that a fifth of the customers brings most of
//! the sales everywhere. A team's cities are shared out among its people, and a customer belongs
//! to the one whose city it is in, unless it has changed hands.
#![expect(
    clippy::float_arithmetic,
    reason = "sizes and shares of customers; amounts come later"
)]

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeSet,
};

use jiff::{ToSpan, civil::Date};
use kernel::Code;

use super::{
    Customer, Tenure,
    cast::{Cast, JOINER, MOVER, TEAM_LEFT, sales_code},
    chance::{Chance, exponential, nearest, rate_of},
    code, currency,
    feasts::Feasts,
    names::{GROUPS, customer_name},
    places::{City, PEOPLE_IN_TEAM, REGIONS, Team, teams},
};

/// A customer with the habits its orders are drawn from.
#[derive(Debug, Clone)]
pub struct Account {
    pub customer: Customer,
    /// Places among the regions and the customer groups.
    pub region: usize,
    pub group: usize,
    /// At the prices and volumes of the first day.
    pub yearly_yuan: f64,
    pub orders_a_year: f64,
    /// It has ordered nothing from this day on.
    pub quiet_from: Option<Date>,
}

/// Orders a year of a customer that buys for one yuan; they grow with the root of its size.
const ORDERS_PER_ROOT_YUAN: f64 = 0.0222;
const HOUSE_ONLY_TEAMS: [usize; 2] = [0, 2];
const LEFT_TO_THE_HOUSE: usize = 3;
const HANDOVERS: usize = 8;

/// The days on which customers change hands, and the frame they lie in.
struct Days<'a> {
    from: Date,
    today: Date,
    cast: &'a Cast,
    feasts: &'a Feasts,
}

/// All customers, by code.
pub fn accounts(seed: u64, from: Date, today: Date, cast: &Cast, feasts: &Feasts) -> Vec<Account> {
    let days = Days {
        from,
        today,
        cast,
        feasts,
    };
    let mut taken = BTreeSet::new();
    let mut accounts: Vec<Account> = Vec::new();
    for (team_no, (_, team)) in teams().enumerate() {
        let mut chance = Chance::of(seed, "customers", team_no);
        accounts.extend(team_accounts(
            &mut chance,
            (team_no, team),
            &days,
            &mut taken,
        ));
    }
    hand_over_a_few(&mut Chance::of(seed, "handovers", 0), &mut accounts, &days);
    set_importance(&mut accounts);
    accounts.sort_by(|a, b| {
        let key = |account: &Account| (account.customer.since, account.customer.name.clone());
        key(a).cmp(&key(b))
    });
    for (place, account) in accounts.iter_mut().enumerate() {
        account.customer.code = code(format!("C-{:05}", place + 1));
    }
    accounts
}

/// The customers of one team, the largest first.
fn team_accounts(
    chance: &mut Chance,
    (team_no, team): (usize, &Team),
    days: &Days<'_>,
    taken: &mut BTreeSet<String>,
) -> Vec<Account> {
    let region = team_no / 2;
    let sizes = sizes(team.customers, REGIONS[region].yearly_yuan * team.share);
    let mut slots: Vec<usize> = Vec::new();
    let mut accounts = Vec::with_capacity(sizes.len());
    for (rank, yearly_yuan) in sizes.into_iter().enumerate() {
        if slots.is_empty() {
            // Dealt out in rounds, so that every area has its share of large customers.
            slots = (0..PEOPLE_IN_TEAM).collect();
            chance.shuffle(&mut slots);
        }
        let slot = slots.pop().unwrap_or(0);
        let place = rate_of(rank) / rate_of(team.customers);
        let group = draw_group(chance, place);
        let since = since(chance, place, days);
        let city = draw_city(chance, team, slot);
        let owners = owners(team_no, slot, rank, days);
        let customer = customer(chance, city, (group, team), since, taken);
        accounts.push(Account {
            customer: Customer {
                owners: within(owners, since),
                ..customer
            },
            region,
            group,
            yearly_yuan,
            orders_a_year: (ORDERS_PER_ROOT_YUAN * yearly_yuan.sqrt()).clamp(1.0, 60.0),
            quiet_from: quiet_from(chance, place, days.today),
        });
    }
    leave_to_the_house(team_no, &mut accounts, days.cast.moved_on);
    accounts
}

/// What each customer buys in a year, the largest first, `yearly_yuan` together.
fn sizes(customers: usize, yearly_yuan: f64) -> Vec<f64> {
    let raw: Vec<f64> = (0..customers)
        .map(|rank| {
            let place = (rate_of(rank) + 0.5) / rate_of(customers);
            exponential(-7.0 * place) * (1.0 + 0.5 / (1.0 + 30.0 * place)) + 0.006
        })
        .collect();
    let whole: f64 = raw.iter().sum();
    raw.into_iter()
        .map(|size| yearly_yuan * size / whole)
        .collect()
}

fn draw_group(chance: &mut Chance, place: f64) -> usize {
    let weights = GROUPS.map(|group| {
        if place < 0.3 {
            group.among_large
        } else {
            group.among_small
        }
    });
    chance.weighted(&weights)
}

/// One of the cities in the slot of one person, the first of them more often.
fn draw_city<'a>(chance: &mut Chance, team: &'a Team, slot: usize) -> &'a City {
    let cities: Vec<&City> = team
        .cities
        .iter()
        .skip(slot)
        .step_by(PEOPLE_IN_TEAM)
        .collect();
    let weights: Vec<f64> = (0..cities.len())
        .map(|nth| 1.0 / (1.0 + rate_of(nth)))
        .collect();
    cities[chance.weighted(&weights)]
}

/// Most customers are older than the history; a few smaller ones are new.
fn since(chance: &mut Chance, place: f64, days: &Days<'_>) -> Date {
    if 0.35 < place && chance.happens(0.11) {
        let span = days
            .today
            .since(days.from)
            .map_or(0, |span| span.get_days());
        let after = chance.whole_between(20, (span - 25).max(20));
        return days
            .feasts
            .working_day_from(days.from.saturating_add(after.days()));
    }
    let before = chance.whole_between(30, 5_000);
    days.from.saturating_sub(before.days())
}

fn quiet_from(chance: &mut Chance, place: f64, today: Date) -> Option<Date> {
    let quiet = 0.25 < place && chance.happens(0.045);
    let days = chance.whole_between(75, 240);
    quiet.then(|| today.saturating_sub(days.days()))
}

fn customer(
    chance: &mut Chance,
    city: &City,
    (group, team): (usize, &Team),
    since: Date,
    taken: &mut BTreeSet<String>,
) -> Customer {
    let (name, name_local) = customer_name(chance, city, group, taken);
    // A coastal town has no customers in the sea.
    let reach = if city.port { 30 } else { 60 };
    Customer {
        code: code("C-00000"),
        name,
        name_local,
        group: code(GROUPS[group].code),
        city: city.name,
        city_local: city.name_local,
        latitude_microdegrees: (city.latitude + chance.whole_between(-reach, reach)) * 1_000
            + chance.whole_between(0, 999),
        longitude_microdegrees: (city.longitude + chance.whole_between(-reach, reach)) * 1_000
            + chance.whole_between(0, 999),
        team: code(team.code),
        since,
        terms_days: *chance.pick(&GROUPS[group].terms_days),
        currency: currency(),
        importance: 'D',
        owners: Vec::new(),
    }
}

/// Who had the customer in this slot of the team when, from the first day of the history.
fn owners(team_no: usize, slot: usize, rank: usize, days: &Days<'_>) -> Vec<Tenure> {
    let seller = team_no * PEOPLE_IN_TEAM + slot;
    let own = sales_code(seller);
    let colleague = sales_code(team_no * PEOPLE_IN_TEAM + rank % (PEOPLE_IN_TEAM - 1));
    match seller {
        JOINER => handed(days.from, colleague, days.cast.joined_on, own),
        MOVER => handed(days.from, colleague, days.cast.moved_on, own),
        _ if team_no == TEAM_LEFT && rank % 4 == 2 => {
            handed(days.from, sales_code(MOVER), days.cast.moved_on, own)
        }
        _ => vec![tenure(own, days.from)],
    }
}

fn tenure(person: Code, from: Date) -> Tenure {
    Tenure {
        person,
        from,
        to: None,
    }
}

fn handed(from: Date, before: Code, on: Date, after: Code) -> Vec<Tenure> {
    let before = Tenure {
        to: Some(on),
        ..tenure(before, from)
    };
    vec![before, tenure(after, on)]
}

/// The part of `owners` that lies after the beginning of the relation.
fn within(owners: Vec<Tenure>, since: Date) -> Vec<Tenure> {
    owners
        .into_iter()
        .filter(|tenure| tenure.to.is_none_or(|to| since < to))
        .map(|tenure| Tenure {
            from: tenure.from.max(since),
            ..tenure
        })
        .collect()
}

/// A small customer here and there has no sales person; three lost theirs when a seat fell vacant.
fn leave_to_the_house(team_no: usize, accounts: &mut [Account], moved_on: Date) {
    let small = accounts.len() * 3 / 5;
    if HOUSE_ONLY_TEAMS.contains(&team_no) {
        accounts[small].customer.owners.clear();
    }
    if team_no == TEAM_LEFT {
        let mover = sales_code(MOVER);
        accounts
            .iter_mut()
            .skip(small)
            .map(|account| &mut account.customer.owners)
            .filter(|owners| owners.first().is_some_and(|first| first.person == mover))
            .take(LEFT_TO_THE_HOUSE)
            .for_each(|owners| owners.retain(|tenure| tenure.from < moved_on));
    }
}

/// Some customers in the east and south went to a colleague in the last ten months.
fn hand_over_a_few(chance: &mut Chance, accounts: &mut [Account], days: &Days<'_>) {
    let mut left = HANDOVERS;
    while 0 < left {
        let months = i32::try_from(2 + left % 9).unwrap_or(2);
        let month = days.today.first_of_month().saturating_sub(months.months());
        let on = days.feasts.working_day_from(month);
        let place = chance.below(accounts.len());
        let account = &mut accounts[place];
        let [tenure_now] = account.customer.owners.as_slice() else {
            continue;
        };
        let medium = (60_000.0..900_000.0).contains(&account.yearly_yuan);
        if account.region == TEAM_LEFT / 2 || !medium || on <= tenure_now.from {
            continue;
        }
        let owner = tenure_now.person.clone();
        let team = account.customer.team.clone();
        let colleagues: Vec<Code> = long_standing_colleagues(&team, &owner);
        let before = chance.pick(&colleagues).clone();
        account.customer.owners = handed(tenure_now.from, before, on, owner);
        left -= 1;
    }
}

/// The sales people of a team but `owner`, who were there all the time.
fn long_standing_colleagues(team: &Code, owner: &Code) -> Vec<Code> {
    let team_no = teams().position(|(_, each)| each.code == team.as_str());
    let first = team_no.unwrap_or(0) * PEOPLE_IN_TEAM;
    (first..first + PEOPLE_IN_TEAM)
        .filter(|seller| ![JOINER, MOVER].contains(seller))
        .map(sales_code)
        .filter(|person| person != owner)
        .collect()
}

/// The first tenth is A, the next fifth B, the next two fifths C.
fn set_importance(accounts: &mut [Account]) {
    let mut ranked: Vec<&mut Account> = accounts.iter_mut().collect();
    ranked.sort_by_key(|account| Reverse(nearest(account.yearly_yuan)));
    let count = ranked.len();
    for (rank, account) in ranked.into_iter().enumerate() {
        let letter = match (rank * 10).cmp(&count) {
            Ordering::Less => 'A',
            _ if rank * 10 < count * 3 => 'B',
            _ if rank * 10 < count * 7 => 'C',
            _ => 'D',
        };
        account.customer.importance = letter;
    }
}
