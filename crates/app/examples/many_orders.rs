//! Draws up a large company for measuring: 200 sales people in 20 territories, 20,000 customers, 5,000
//! products and, unless another number is given, 2,000,000 orders with 2,500,000 lines over three years.
//!
//! `many_orders DATA-FOLDER | postgres://… [ORDERS]`. The database must be empty. The rows are made by
//! the engine out of their own numbers, so that the same company comes out every time, on both engines.
//! Everybody signs in with the password that is printed.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that fills a database for measuring stops at the first surprise"
)]

use app::{folder, settings::Place};
use book::store::{
    assignments::{self, Assignment},
    customer_terms::{self, Agreed, Spell},
    customers,
    groups::{self, Of},
    products::{self, Priced},
};
use db::{Result, Tx};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use kernel::{Code, Currency, FiscalYear, Price, times::BEGINNING};
use org::{
    UnitKind,
    credential::hash_password,
    enrol::{self, Newcomer},
    founding::{self, Founding},
    store::{
        company::Company,
        units::{self, NewUnit},
    },
};
use trail::By;

const PASSWORD: &str = "many orders to measure";
const TODAY: Date = date(2026, 11, 23);
const DAYS: i64 = 1_096;
const REGIONS: usize = 4;
const TERRITORIES: usize = 20;
const REPS: usize = 200;
const CUSTOMERS: usize = 20_000;
const PRODUCTS: usize = 5_000;
const GROUPS: [&str; 8] = [
    "oem", "dealers", "shops", "public", "export", "projects", "online", "other",
];

const FIRST: [&str; 12] = [
    "Anhe",
    "Linkway",
    "Harbour",
    "Northern",
    "Golden",
    "Evergreen",
    "Kestrel",
    "Meridian",
    "Union",
    "Pioneer",
    "Summit",
    "Delta",
];
const FIRST_LOCAL: [&str; 12] = [
    "安禾", "凌威", "港湾", "北方", "金色", "常青", "红隼", "子午", "联合", "先锋", "高峰", "三角",
];
const SECOND: [&str; 10] = [
    "Steel",
    "Coatings",
    "Building Supply",
    "Marine",
    "Furniture",
    "Machinery",
    "Bridges",
    "Motors",
    "Pipes",
    "Plastics",
];
const SECOND_LOCAL: [&str; 10] = [
    "钢构", "涂料", "建材", "船舶", "家具", "机械", "桥梁", "汽车", "管道", "塑料",
];

/// Each order out of its number `i`: day in turn, a few customers with very many, amounts by the
/// customer's group, old ones closed.
const ORDERS: &str = "
    with recursive n (i) as (select cast(1 as bigint) union all select i + 1 from n where i < $1),
    calendar as materialized (
        select cast(key as bigint) as place, value as day from json_each($2)),
    drawn as (
        select i, (i * 48271 + 11) % 20000 as r, (i * 69621 + (i / 20000) * 377 + 7) % 1000 as luck,
               (i * 16807 + (i / 20000) * 9973 + 3) % 100000 as size, (i - 1) * $3 / $1 as place
          from n),
    placed as (
        select d.i, d.luck, d.size, d.place, 1 + d.r * d.r / 20000 as customer
          from drawn d)
    insert into book_order
           (id, number, number_key, customer_id, day, currency, status, net_exact, net_minor, tax_minor,
            gross_minor, base_exact, version, recorded_at)
    select p.i, 'SO-' || substr(c.day, 1, 4) || '-' || cast(10000000 + p.i as text),
           'so-' || substr(c.day, 1, 4) || '-' || cast(10000000 + p.i as text),
           p.customer, c.day, case when p.customer % 20 = 7 then 'USD' else 'CNY' end,
           case when p.luck < 30 then 'cancelled'
                when p.place < $3 - 60 then 'closed'
                when p.luck < 70 then 'draft'
                when p.luck < 90 then 'held'
                when p.place < $3 - 30 and p.luck < 600 then 'closed'
                else 'confirmed' end,
           (100 + p.size) * (1 + (p.customer % 8) * 4) * 1000000,
           (100 + p.size) * (1 + (p.customer % 8) * 4) * 100,
           0, (100 + p.size) * (1 + (p.customer % 8) * 4) * 100,
           (100 + p.size) * (1 + (p.customer % 8) * 4) * case when p.customer % 20 = 7 then 7 else 1 end * 1000000,
           1, 1700000000000000 + p.i
      from placed p
      join calendar c on c.place = p.place";

const LINES: &str = "
    insert into book_order_line
           (order_id, line, product_id, quantity, unit_price, discount, tax, net_exact, net_minor, tax_minor)
    select o.id, l.line, 1 + (o.id * 7919 + l.line) % 5000, 1000000,
           o.net_exact / case when o.id % 4 = 0 then 2 else 1 end, 0, 0,
           o.net_exact / case when o.id % 4 = 0 then 2 else 1 end,
           o.net_minor / case when o.id % 4 = 0 then 2 else 1 end, 0
      from book_order o
      join (select 1 as line union all select 2 as line) l
        on l.line = 1 or o.id % 4 = 0";

const CREDIT: &str = "
    insert into book_credit
           (order_id, customer_id, person_id, unit_id, day, share, net_exact, recorded_at)
    select o.id, o.customer_id, a.person_id, m.unit_id, o.day, 1000000, o.base_exact, o.recorded_at
      from book_order o
      join book_assignment a on a.customer_id = o.customer_id
      join org_membership m on m.person_id = a.person_id
     where o.status in ('confirmed', 'closed')";

#[tokio::main]
async fn main() {
    let mut asked = std::env::args().skip(1);
    let place = asked
        .next()
        .expect("a data folder or the address of a PostgreSQL database");
    let orders: i64 = asked.next().map_or(2_000_000, |text| text.parse().unwrap());
    let place = if place.starts_with("postgres") {
        Place::Server(place)
    } else {
        Place::Folder(place.into())
    };
    let db = folder::open_or_create(&place).await.unwrap();
    let hash = hash_password(PASSWORD, [7; 16]);
    db.write(hash, |tx, hash| Box::pin(people(tx, hash)))
        .await
        .unwrap();
    db.write((), |tx, ()| Box::pin(goods(tx))).await.unwrap();
    db.write((), |tx, ()| Box::pin(buyers(tx))).await.unwrap();
    db.write(orders, |tx, orders| Box::pin(fill(tx, *orders)))
        .await
        .unwrap();
    db.close().await;
    println!("{orders} orders. Password: {PASSWORD}");
    println!(
        "finance@many.example sees all, region0@ a quarter, territory0@ a twentieth, rep0@ a 200th."
    );
}

fn by() -> By {
    By::shell(Timestamp::from_second(1_700_000_000).unwrap())
}

async fn people(tx: &mut Tx, hash: &String) -> Result<()> {
    let company = Company {
        name: "Many Orders".into(),
        currency: Currency::parse("CNY")?,
        country: "CN".into(),
        zone: "Asia/Shanghai".into(),
        fiscal: FiscalYear::CALENDAR,
    };
    let founding = Founding {
        company,
        admin_name: "Administrator".into(),
        admin_email: "admin@many.example".into(),
    };
    founding::found(tx, &founding, Some(hash), &by()).await?;
    let root = units::root(tx).await?.id;
    sits(tx, hash, "finance", "company", "finance").await?;
    for region in 0..REGIONS {
        let code = format!("r{region}");
        let top = unit(tx, &code, UnitKind::Region, root).await?;
        sits(tx, hash, &format!("region{region}"), &code, "manager").await?;
        for place in (region..TERRITORIES).step_by(REGIONS) {
            let code = format!("t{place}");
            unit(tx, &code, UnitKind::Territory, top).await?;
            sits(tx, hash, &format!("territory{place}"), &code, "manager").await?;
            for rep in (place..REPS).step_by(TERRITORIES) {
                sits(tx, hash, &format!("rep{rep}"), &code, "rep").await?;
            }
        }
    }
    Ok(())
}

async fn unit(
    tx: &mut Tx,
    code: &str,
    kind: UnitKind,
    parent: kernel::ids::UnitId,
) -> Result<kernel::ids::UnitId> {
    let new = NewUnit {
        code: Code::parse(code)?,
        name: format!("Unit {code}"),
        name_local: None,
        kind,
        parent: Some(parent),
    };
    units::add(tx, &new).await
}

async fn sits(tx: &mut Tx, hash: &str, name: &str, place: &str, role: &str) -> Result<()> {
    let who = Newcomer {
        code: name.to_owned(),
        name: name.to_owned(),
        email: Some(format!("{name}@many.example")),
        unit: Some(place.to_owned()),
        role: Some(role.to_owned()),
        ..Newcomer::default()
    };
    enrol::enrol(tx, &who, Some(hash.to_owned()), by().at)
        .await
        .map(drop)
}

async fn goods(tx: &mut Tx) -> Result<()> {
    for code in GROUPS {
        groups::add(tx, Of::Products, &Code::parse(code)?, code, None).await?;
        groups::add(tx, Of::Customers, &Code::parse(code)?, code, None).await?;
    }
    let mut prices = Vec::with_capacity(PRODUCTS);
    for place in 0..PRODUCTS {
        let (name, local) = name(place * 7);
        let fields = products::Fields {
            code: Code::parse(&format!("P-{place}"))?,
            name: format!("{name} {place}"),
            name_local: Some(local),
            group: Some(i64::try_from(1 + place % GROUPS.len()).unwrap()),
            currency: Currency::parse("CNY")?,
        };
        let product = products::add(tx, &fields).await?;
        prices.push(Priced {
            product,
            list_price: Some(Price::of_millionths(
                1_000_000 * i64::try_from(1 + place).unwrap(),
            )),
            cost: None,
            from: BEGINNING,
            to: None,
        });
    }
    products::add_prices(tx, &prices, by().at).await
}

/// A name in both scripts out of a number.
fn name(place: usize) -> (String, String) {
    let (first, second) = (place % FIRST.len(), place / FIRST.len() % SECOND.len());
    (
        format!("{} {}", FIRST[first], SECOND[second]),
        format!("{}{}", FIRST_LOCAL[first], SECOND_LOCAL[second]),
    )
}

async fn buyers(tx: &mut Tx) -> Result<()> {
    let mut fields = Vec::with_capacity(CUSTOMERS);
    for place in 0..CUSTOMERS {
        let (name, local) = name(place);
        fields.push(customers::Fields {
            code: Code::parse(&format!("C-{place:05}"))?,
            name: format!("{name} {place}"),
            name_local: Some(local),
            group: Some(i64::try_from(1 + place % GROUPS.len()).unwrap()),
            phone: None,
            tax_id: None,
            currency: Currency::parse("CNY")?,
            city: Some(format!("City {}", place % 300)),
            lat: None,
            lon: None,
        });
    }
    customers::add_many(tx, &fields).await?;
    let ids = customers::ids_by_code(tx).await?;
    let agreed = ids.values().map(|customer| Spell {
        customer: *customer,
        agreed: Agreed::Days(30),
        from: BEGINNING,
        to: None,
    });
    let agreed: Vec<Spell> = agreed.collect();
    customer_terms::add_many(tx, &agreed, by().at).await?;
    let mut people = Vec::with_capacity(REPS);
    for rep in 0..REPS {
        let found =
            org::store::people::fetch(tx, &kernel::Scope::All, &format!("rep{rep}"), TODAY).await?;
        people.push(found.person());
    }
    let held: Vec<Assignment> = ids
        .values()
        .zip(0..)
        .map(|(customer, place): (_, usize)| Assignment {
            customer: *customer,
            person: people[place % REPS],
            role: "owner".to_owned(),
            from: BEGINNING,
            to: None,
        })
        .collect();
    assignments::add_many(tx, &held, by().at).await
}

async fn fill(tx: &mut Tx, orders: i64) -> Result<()> {
    let first = TODAY.saturating_sub((DAYS - 1).days());
    let days: Vec<String> = (0..DAYS)
        .map(|place| format!("\"{}\"", first.saturating_add(place.days())))
        .collect();
    tx.q(ORDERS)
        .bind(orders)
        .bind(format!("[{}]", days.join(",")))
        .bind(DAYS)
        .run()
        .await?;
    println!("orders are in");
    tx.q(LINES).run().await?;
    println!("lines are in");
    tx.q(CREDIT).run().await?;
    // PostgreSQL counts up its own; the rows above brought theirs.
    if tx.engine() == db::Engine::Postgres {
        tx.q("select setval(pg_get_serial_sequence('book_order', 'id'), $1)")
            .bind(orders)
            .run()
            .await?;
    }
    Ok(())
}
