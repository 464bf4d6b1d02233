//! From the demo company's values to rows, through the stores of each crate, in one transaction.
//!
//! What happened on a day is recorded at noon of that day, so that figures asked as known then are
//! right; what stands since before the history is recorded as it begins.

use std::collections::{BTreeMap, BTreeSet};

use book::{
    CustomerId, ProductId,
    credit::{Places, Split, freeze},
    order::{LineDraft, worth},
    pricing::Origin,
    rates::BaseNet,
    store::{
        assignments::{self, Assignment},
        customer_terms::{self, Agreed, Spell},
        customers,
        groups::{self, Of},
        orders::{self, NewOrder},
        products::{self, Priced},
    },
};
use db::{DbError, Result, Tx};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::{
    Code, FiscalYear, Percent, Role,
    ids::{PersonId, SeatId, UnitId},
    times::BEGINNING,
};
use org::{
    UnitKind,
    store::{
        company as company_row,
        holidays::{self, Holiday},
        logins,
        memberships::{self, Membership},
        people::{self, NewPerson},
        seats,
        units::{self, NewUnit},
    },
};
use plan::given::{Given, Year};
use trail::{By, Entry};

use super::{
    company::{self, Company, Tenure},
    trade::{self, Recorded},
};

const COUNTRY: &str = "CN";
/// Orders handed to the store at once; bounds the memory, not the transaction.
const ORDERS_AT_ONCE: usize = 4_000;

/// The rows of what was filled so far, by code.
struct Rows {
    units: BTreeMap<Code, UnitId>,
    people: BTreeMap<Code, PersonId>,
    customers: BTreeMap<String, CustomerId>,
    products: BTreeMap<String, ProductId>,
}

/// Writes the whole company; everybody signs in with the password behind `hash`.
pub async fn fill(tx: &mut Tx, company: &Company, hash: &str) -> Result<()> {
    let began = noon(company.from);
    let by = By {
        via: "demo",
        name: "demo".to_owned(),
        person: None,
        at: began,
    };
    found(tx, company, began).await?;
    let units = fill_units(tx, company).await?;
    let people = fill_people(tx, company, hash, began).await?;
    let mut rows = Rows {
        units,
        people,
        customers: BTreeMap::new(),
        products: BTreeMap::new(),
    };
    let places = fill_seats(tx, company, &rows).await?;
    rows.products = fill_products(tx, company, began).await?;
    rows.customers = fill_customers(tx, company, began).await?;
    fill_assignments(tx, company, &rows).await?;
    let recorded = fill_orders(tx, company, &rows, &Places::of(places)).await?;
    trade::fill(tx, company, &recorded).await?;
    fill_targets(tx, company, &rows).await?;
    let entry = Entry {
        action: "found",
        noun: "company",
        subject: company.name,
        why: "a demo",
        ..Entry::default()
    };
    trail::record(tx, &by, entry).await
}

async fn found(tx: &mut Tx, company: &Company, at: Timestamp) -> Result<()> {
    let row = company_row::Company {
        name: company.name.to_owned(),
        currency: company.currency,
        country: COUNTRY.to_owned(),
        zone: super::ZONE.to_owned(),
        fiscal: FiscalYear::CALENDAR,
    };
    company_row::add(tx, &row, at).await?;
    let off = company.holidays.iter().map(|holiday| Holiday {
        day: holiday.date,
        works: false,
        name: holiday.name.to_owned(),
    });
    let worked = company.working_weekends.iter().map(|day| Holiday {
        day: *day,
        works: true,
        name: "Worked in exchange".to_owned(),
    });
    let days: Vec<Holiday> = off.chain(worked).collect();
    holidays::add_many(tx, COUNTRY, &days).await
}

async fn fill_units(tx: &mut Tx, company: &Company) -> Result<BTreeMap<Code, UnitId>> {
    let mut rows = BTreeMap::new();
    for unit in &company.units {
        let new = NewUnit {
            code: unit.code.clone(),
            name: unit.name.to_owned(),
            name_local: Some(unit.name_local.to_owned()),
            kind: match unit.kind {
                company::UnitKind::Company => UnitKind::Company,
                company::UnitKind::Region => UnitKind::Region,
                company::UnitKind::Team => UnitKind::Team,
            },
            parent: unit
                .parent
                .as_ref()
                .and_then(|parent| rows.get(parent))
                .copied(),
        };
        rows.insert(unit.code.clone(), units::add(tx, &new).await?);
    }
    Ok(rows)
}

async fn fill_people(
    tx: &mut Tx,
    company: &Company,
    hash: &str,
    began: Timestamp,
) -> Result<BTreeMap<Code, PersonId>> {
    let mut rows = BTreeMap::new();
    for person in &company.people {
        let new = NewPerson {
            code: person.code.clone(),
            name: person.name.to_owned(),
            name_local: Some(person.name_local.to_owned()),
            email: Some(person.email.clone()),
        };
        let id = people::add(tx, &new).await?;
        logins::add(tx, id, person.role, Some(hash.to_owned()), began).await?;
        rows.insert(person.code.clone(), id);
    }
    Ok(rows)
}

/// Seats and who holds them when; gives all memberships.
async fn fill_seats(tx: &mut Tx, company: &Company, rows: &Rows) -> Result<Vec<Membership>> {
    let mut places = Vec::new();
    for seat in &company.seats {
        let unit = row(&rows.units, &seat.unit)?;
        let leads = seat.role == Role::Manager;
        let kind = match seat.role {
            Role::Manager => "lead",
            Role::Rep => "sales",
            Role::Finance | Role::Marketing | Role::Auditor | Role::Administrator => "staff",
        };
        let id = seats::add(tx, seat.code.as_str(), unit, kind, seat.title).await?;
        for tenure in &seat.holders {
            let place = membership(rows, tenure, unit, id, leads)?;
            memberships::add(tx, &place, known_from(company, tenure.from)).await?;
            places.push(place);
        }
    }
    Ok(places)
}

fn membership(
    rows: &Rows,
    tenure: &Tenure,
    unit: UnitId,
    seat: SeatId,
    leads: bool,
) -> Result<Membership> {
    Ok(Membership {
        person: row(&rows.people, &tenure.person)?,
        unit,
        seat: Some(seat),
        leads,
        from: tenure.from,
        to: tenure.to,
    })
}

async fn fill_products(
    tx: &mut Tx,
    company: &Company,
    began: Timestamp,
) -> Result<BTreeMap<String, ProductId>> {
    let mut group_rows = BTreeMap::new();
    for group in &company.product_groups {
        let local = Some(group.name_local.to_owned());
        let id = groups::add(tx, Of::Products, &group.code, group.name, local).await?;
        group_rows.insert(group.code.clone(), id);
    }
    let mut rows = BTreeMap::new();
    for product in &company.products {
        let new = products::Fields {
            code: product.code.clone(),
            name: product.name.clone(),
            name_local: Some(product.name_local.clone()),
            group: group_rows.get(&product.group).copied(),
            currency: company.currency,
        };
        let id = products::add(tx, &new).await?;
        for (place, (from, list_price)) in product.list_prices.iter().enumerate() {
            let priced = Priced {
                product: id,
                list_price: Some(*list_price),
                cost: Some(product.cost),
                from: *from,
                to: product.list_prices.get(place + 1).map(|(next, _)| *next),
            };
            products::add_prices(tx, &[priced], began).await?;
        }
        rows.insert(product.code.folded(), id);
    }
    Ok(rows)
}

async fn fill_customers(
    tx: &mut Tx,
    company: &Company,
    began: Timestamp,
) -> Result<BTreeMap<String, CustomerId>> {
    let mut group_rows = BTreeMap::new();
    for group in &company.customer_groups {
        let local = Some(group.name_local.to_owned());
        let id = groups::add(tx, Of::Customers, &group.code, group.name, local).await?;
        group_rows.insert(group.code.clone(), id);
    }
    let fields: Vec<customers::Fields> = company
        .customers
        .iter()
        .map(|customer| customers::Fields {
            code: customer.code.clone(),
            name: customer.name.clone(),
            name_local: Some(customer.name_local.clone()),
            group: group_rows.get(&customer.group).copied(),
            currency: customer.currency,
            city: Some(customer.city.to_owned()),
            lat: Some(degrees(customer.latitude_microdegrees)),
            lon: Some(degrees(customer.longitude_microdegrees)),
            phone: None,
            tax_id: None,
        })
        .collect();
    customers::add_many(tx, &fields).await?;
    let ids = customers::ids_by_code(tx).await?;
    let mut agreed = Vec::with_capacity(company.customers.len());
    for customer in &company.customers {
        agreed.push(Spell {
            customer: row(&ids, &customer.code.folded())?,
            agreed: Agreed::Days(i64::from(customer.terms_days)),
            from: BEGINNING,
            to: None,
        });
    }
    customer_terms::add_many(tx, &agreed, began).await?;
    Ok(ids)
}

#[expect(clippy::float_arithmetic, reason = "a place on the map, not an amount")]
fn degrees(micro: i32) -> f64 {
    f64::from(micro) / 1_000_000.0
}

async fn fill_assignments(tx: &mut Tx, company: &Company, rows: &Rows) -> Result<()> {
    // Those that begin on one day are recorded together.
    let mut by_day: BTreeMap<Timestamp, Vec<Assignment>> = BTreeMap::new();
    for customer in &company.customers {
        for tenure in &customer.owners {
            let recorded = known_from(company, tenure.from);
            by_day.entry(recorded).or_default().push(Assignment {
                customer: row(&rows.customers, &customer.code.folded())?,
                person: row(&rows.people, &tenure.person)?,
                role: "owner".to_owned(),
                from: tenure.from,
                to: tenure.to,
            });
        }
    }
    for (recorded, assignments) in by_day {
        assignments::add_many(tx, &assignments, recorded).await?;
    }
    Ok(())
}

async fn fill_orders(
    tx: &mut Tx,
    company: &Company,
    rows: &Rows,
    places: &Places,
) -> Result<Vec<Recorded>> {
    let billed: BTreeSet<usize> = company.billed.iter().map(|one| one.order).collect();
    let mut recorded = Vec::with_capacity(company.orders.len());
    let teams: BTreeMap<&Code, &Code> = company
        .customers
        .iter()
        .map(|customer| (&customer.code, &customer.team))
        .collect();
    let mut batch = Vec::with_capacity(ORDERS_AT_ONCE);
    for (place, order) in company.orders.iter().enumerate() {
        let team = teams.get(&order.customer).ok_or(DbError::Missing)?;
        let unit = row(&rows.units, team)?;
        let mut new = new_order(company, order, rows, places, unit)?;
        if billed.contains(&place) {
            new.status = "closed";
        }
        batch.push(new);
        if batch.len() == ORDERS_AT_ONCE {
            save_orders(tx, &mut batch, &mut recorded).await?;
        }
    }
    save_orders(tx, &mut batch, &mut recorded).await?;
    Ok(recorded)
}

async fn save_orders(
    tx: &mut Tx,
    batch: &mut Vec<NewOrder>,
    recorded: &mut Vec<Recorded>,
) -> Result<()> {
    let ids = orders::save_many(tx, batch).await?;
    let saved = ids.into_iter().zip(batch.drain(..));
    recorded.extend(saved.map(|(order, new)| Recorded {
        order,
        customer: new.customer,
        lines: new.worth.lines.into_iter().map(|line| line.draft).collect(),
    }));
    Ok(())
}

fn new_order(
    company: &Company,
    order: &company::Order,
    rows: &Rows,
    places: &Places,
    house: UnitId,
) -> Result<NewOrder> {
    let mut drafts = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        drafts.push(LineDraft {
            product: row(&rows.products, &line.product.folded())?,
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: line.discount,
            tax: company.tax,
            own_net: None,
            origin: Origin::default(),
        });
    }
    let worth = worth(drafts, company.currency)?;
    let mut splits = Vec::new();
    if let Some(person) = &order.person {
        let person = row(&rows.people, person)?;
        splits.push(Split {
            person,
            share: Percent::WHOLE,
        });
    }
    let credit = freeze(worth.net_exact, &splits, order.date, places, house)?;
    let base = BaseNet::of(worth.net_exact, None, company.currency)?;
    Ok(NewOrder {
        base,
        project: None,
        number: order.number.clone(),
        customer: row(&rows.customers, &order.customer.folded())?,
        day: order.date,
        currency: company.currency,
        status: "confirmed",
        territory: Some(house),
        worth,
        credit,
        recorded: noon(order.date),
    })
}

/// The published targets of the running year: a plan for each region, as its people were asked.
async fn fill_targets(tx: &mut Tx, company: &Company, rows: &Rows) -> Result<()> {
    let year = company.targets.year;
    let decided = Date::new(year - 1, 12, 15).unwrap_or(company.from);
    let head = company.units.iter().find_map(|unit| unit.head.as_ref());
    let by = acting(company, rows, head, known_from(company, decided))?;
    for (region, _) in &company.targets.regions {
        let plan = Year {
            code: Code::parse(&format!("{region}-{year}"))?,
            unit: row(&rows.units, region)?,
            fiscal: year,
            people: givens(company, rows, region)?,
            months: company.targets.month_weights.to_vec(),
        };
        plan::given::publish(tx, &plan, &by).await?;
    }
    begin_revision(tx, company, rows).await
}

/// The manager who shows the demo has begun to revise the region's targets: a draft to go on with.
async fn begin_revision(tx: &mut Tx, company: &Company, rows: &Rows) -> Result<()> {
    let guest = company
        .logins
        .iter()
        .find(|login| login.role == Role::Manager);
    let led = guest.and_then(|guest| {
        let leads = |unit: &&company::Unit| unit.head.as_ref() == Some(&guest.person);
        Some((guest, company.units.iter().find(leads)?))
    });
    let Some((guest, unit)) = led else {
        return Ok(());
    };
    let code = format!("{}-{}", unit.code, company.targets.year);
    let plan = plan::store::plans::fetch(tx, &kernel::Scope::All, &code).await?;
    let yesterday = company.today.yesterday().unwrap_or(company.today);
    let by = acting(company, rows, Some(&guest.person), noon(yesterday))?;
    plan::drafting::revise(tx, &plan, company.today, &by)
        .await
        .map(drop)
}

/// A person of the company at work in it.
fn acting(company: &Company, rows: &Rows, person: Option<&Code>, at: Timestamp) -> Result<By> {
    let found = company.people.iter().find(|one| Some(&one.code) == person);
    let found = found.ok_or(DbError::Missing)?;
    Ok(By {
        person: Some(row(&rows.people, &found.code)?),
        name: found.name.to_owned(),
        via: "demo",
        at,
    })
}

/// The people of a region with their targets, in the units they sit in today.
fn givens(company: &Company, rows: &Rows, region: &Code) -> Result<Vec<Given>> {
    let parents: BTreeMap<&Code, Option<&Code>> = company
        .units
        .iter()
        .map(|unit| (&unit.code, unit.parent.as_ref()))
        .collect();
    let mut givens = Vec::new();
    for (person, amount) in &company.targets.people {
        let seat = company
            .seats
            .iter()
            .find(|seat| seat.holder_on(company.today) == Some(person))
            .ok_or(DbError::Missing)?;
        if parents.get(&seat.unit).copied().flatten() != Some(region) {
            continue;
        }
        let name = company.people.iter().find(|one| one.code == *person);
        givens.push(Given {
            person: row(&rows.people, person)?,
            name: name.map(|one| one.name.to_owned()).unwrap_or_default(),
            unit: row(&rows.units, &seat.unit)?,
            amount: amount.minor(),
        });
    }
    Ok(givens)
}

/// The row behind a code of the company; a code without one would be a mistake in its making.
fn row<K: Ord, V: Copy>(rows: &BTreeMap<K, V>, key: &K) -> Result<V> {
    rows.get(key).copied().ok_or(DbError::Missing)
}

/// When what holds from `day` on became known: that noon, or as the history begins.
fn known_from(company: &Company, day: Date) -> Timestamp {
    noon(day.max(company.from))
}

/// Noon UTC of a day.
pub(super) fn noon(day: Date) -> Timestamp {
    let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
    noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
}
