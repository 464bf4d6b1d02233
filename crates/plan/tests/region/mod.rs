//! A small region for the stories of planning: three sellers in the north with a year behind them.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each story uses a part of it"
)]

use book::{
    CustomerId,
    credit::{Places, Split, freeze},
    order::{LineDraft, worth},
    rates::BaseNet,
    store::{
        assignments::{self, Assignment},
        customers,
        orders::{self, NewOrder},
        products,
    },
};
use db::{Db, DbError, Tx};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use kernel::{
    Code, Currency, FiscalYear, Moment, Money, Percent, Price, Quantity, Refusal, Scope, View,
    ids::{PersonId, UnitId},
    times::BEGINNING,
};
use org::{
    UnitKind,
    enrol::{self, Newcomer},
    founding::{self, Founding},
    store::{
        company::{self, Company},
        memberships, people,
        units::{self, NewUnit},
    },
};
use plan::{
    asked,
    drafting::{self, Wish},
    report::{self, Line, Question, Subject, Table},
    store::plans,
    target::Measure,
};
use trail::By;

pub const TODAY: Date = date(2026, 6, 16);

pub fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_781_000_000 + hour * 3_600).unwrap()
}

pub fn by(hour: i64) -> By {
    By {
        person: None,
        name: "Li".into(),
        via: "page",
        at: at(hour),
    }
}

pub fn eur(text: &str) -> Money {
    Money::parse(text, Currency::parse("EUR").unwrap()).unwrap()
}

pub async fn found(tx: &mut Tx) -> db::Result<UnitId> {
    let company = Company {
        name: "Holm".into(),
        currency: Currency::parse("EUR")?,
        country: "DE".into(),
        zone: "Europe/Berlin".into(),
        fiscal: FiscalYear::CALENDAR,
    };
    let founding = Founding {
        company,
        admin_name: "Ada".into(),
        admin_email: "ada@company.example".into(),
    };
    founding::found(tx, &founding, None, &by(0)).await?;
    let root = units::root(tx).await?.id;
    let north = NewUnit {
        code: Code::parse("north")?,
        name: "North".into(),
        name_local: None,
        kind: UnitKind::Region,
        parent: Some(root),
    };
    let north = units::add(tx, &north).await?;
    for (name, role) in [
        ("li", "manager"),
        ("chen", "rep"),
        ("zhou", "rep"),
        ("newcomer", "rep"),
    ] {
        let who = Newcomer {
            code: name.into(),
            name: name.into(),
            email: Some(format!("{name}@company.example")),
            unit: Some("north".into()),
            role: Some(role.into()),
            ..Newcomer::default()
        };
        enrol::enrol(tx, &who, None, at(0)).await?;
    }
    Ok(north)
}

pub async fn person(tx: &mut Tx, code: &str) -> PersonId {
    people::fetch(tx, &Scope::All, code, TODAY)
        .await
        .unwrap()
        .person()
}

pub async fn new_customer(tx: &mut Tx, code: &str) -> CustomerId {
    let fields = customers::Fields {
        code: Code::parse(code).unwrap(),
        name: code.to_owned(),
        name_local: None,
        group: None,
        currency: Currency::parse("EUR").unwrap(),
        city: None,
        lat: None,
        lon: None,
        phone: None,
        tax_id: None,
    };
    customers::add(tx, &fields).await.unwrap()
}

pub async fn customer(tx: &mut Tx, code: &str, owner: &str) -> CustomerId {
    let id = new_customer(tx, code).await;
    let owner = person(tx, owner).await;
    let assignment = Assignment {
        customer: id,
        person: owner,
        role: "owner".into(),
        from: BEGINNING,
        to: None,
    };
    assignments::add_many(tx, &[assignment], at(0))
        .await
        .unwrap();
    id
}

/// One order of `amount` on a day, credited to `who`; to the house if that is empty.
pub async fn sell(
    tx: &mut Tx,
    number: &str,
    customer: CustomerId,
    who: &str,
    day: Date,
    amount: &str,
) -> db::Result<()> {
    let product = products::ids_by_code(tx).await?["p"];
    let line = LineDraft {
        product,
        quantity: Quantity::of_whole(1),
        unit_price: Price::parse(amount)?,
        discount: Percent::ZERO,
        tax: Percent::ZERO,
        own_net: None,
        origin: book::pricing::Origin::default(),
    };
    let worth = worth(vec![line], Currency::parse("EUR")?)?;
    let places = Places::of(memberships::all(tx).await?);
    let root = units::root(tx).await?.id;
    let split = match who {
        "" => Vec::new(),
        who => vec![Split {
            person: person(tx, who).await,
            share: Percent::WHOLE,
        }],
    };
    let base = BaseNet::of(worth.net_exact, None, Currency::parse("EUR")?)?;
    let credit = freeze(worth.net_exact, &split, day, &places, root)?;
    let order = NewOrder {
        number: Code::parse(number)?,
        customer,
        day,
        currency: Currency::parse("EUR")?,
        status: "confirmed",
        territory: None,
        worth,
        base,
        project: None,
        credit,
        recorded: at(1),
    };
    orders::save_many(tx, &[order]).await.map(drop)
}

/// Chen sold 300 a month last year, Zhou 100; this year from January to May Chen 300, Zhou 50.
pub async fn history(tx: &mut Tx) -> db::Result<UnitId> {
    let north = found(tx).await?;
    let product = products::Fields {
        code: Code::parse("p")?,
        name: "P".into(),
        name_local: None,
        group: None,
        currency: Currency::parse("EUR")?,
    };
    products::add(tx, &product).await?;
    let (chens, zhous) = (
        customer(tx, "c-chen", "chen").await,
        customer(tx, "c-zhou", "zhou").await,
    );
    for month in 1..=12_i8 {
        sell(
            tx,
            &format!("A{month}"),
            chens,
            "chen",
            date(2025, month, 10),
            "300",
        )
        .await?;
        sell(
            tx,
            &format!("B{month}"),
            zhous,
            "zhou",
            date(2025, month, 10),
            "100",
        )
        .await?;
    }
    for month in 1..=5_i8 {
        sell(
            tx,
            &format!("C{month}"),
            chens,
            "chen",
            date(2026, month, 10),
            "300",
        )
        .await?;
        sell(
            tx,
            &format!("D{month}"),
            zhous,
            "zhou",
            date(2026, month, 10),
            "50",
        )
        .await?;
    }
    Ok(north)
}

pub async fn make_plan(tx: &mut Tx, unit: UnitId) -> db::Result<()> {
    let wish = Wish {
        code: Code::parse("2026-north")?,
        unit,
        year: 2026,
        measure: Measure::Booked,
        currency: Currency::parse("EUR")?,
        total: Some(eur("6000")),
    };
    // Planned on 2 January, from the twelve months before.
    drafting::create(tx, &wish, date(2026, 1, 2), &by(2))
        .await
        .map(drop)
}

pub async fn opened(tx: &mut Tx, drafts: bool) -> drafting::Opened {
    let plan = plans::fetch(tx, &Scope::All, "2026-north").await.unwrap();
    drafting::open(tx, &Scope::All, plan, drafts, None)
        .await
        .unwrap()
}

pub async fn publish(tx: &mut Tx, hour: i64) -> db::Result<()> {
    let copy = opened(tx, true).await;
    drafting::publish(tx, &copy, &by(hour)).await
}

pub async fn table(tx: &mut Tx, period: &str, view: View, moment: Moment) -> Table {
    table_of(tx, "north", period, view, moment).await
}

pub async fn table_of(tx: &mut Tx, top: &str, period: &str, view: View, moment: Moment) -> Table {
    let company = company::expect(tx).await.unwrap();
    let question = Question {
        scope: Scope::All,
        top: units::fetch(tx, &Scope::All, top).await.unwrap(),
        asked: asked::fiscal(period, company.fiscal).unwrap(),
        view,
        moment,
        measure: Measure::Booked,
    };
    report::load(tx, &company, &question).await.unwrap()
}

pub fn line<'a>(table: &'a Table, name: &str) -> &'a Line {
    let is = |line: &&Line| match &line.subject {
        Subject::Unit { code, .. } | Subject::Person { code, .. } => code == name,
        Subject::House => name == "house",
    };
    table
        .lines
        .iter()
        .find(is)
        .unwrap_or_else(|| panic!("no line {name}"))
}

pub fn refusal<T: std::fmt::Debug>(outcome: db::Result<T>) -> Refusal {
    match outcome {
        Err(DbError::Refused(no)) => no,
        other => panic!("not refused: {other:?}"),
    }
}

pub fn name_of(line: &Line) -> String {
    match &line.subject {
        Subject::Unit { code, .. } | Subject::Person { code, .. } => code.clone(),
        Subject::House => "house".to_owned(),
    }
}

pub async fn code_of(tx: &mut Tx, person: PersonId) -> String {
    let names = people::names(tx, &Scope::All).await.unwrap();
    let name = names.into_iter().find(|name| name.id == person.get());
    name.unwrap().code
}

/// The region with its plan published at hour 3. Chen looks after c-chen (300 a month) and c-two
/// (100 a month), Zhou after c-zhou; c-free is nobody's and bought for 70 in May.
pub async fn founded(db: &Db) {
    let work = db.write((), |tx, ()| Box::pin(whole_region(tx)));
    work.await.unwrap();
}

async fn whole_region(tx: &mut Tx) -> db::Result<()> {
    let north = history(tx).await?;
    let two = customer(tx, "c-two", "chen").await;
    for place in 1..=17_i8 {
        let (year, month) = if place <= 12 {
            (2025, place)
        } else {
            (2026, place - 12)
        };
        let number = format!("E{place}");
        sell(tx, &number, two, "chen", date(year, month, 11), "100").await?;
    }
    let free = new_customer(tx, "c-free").await;
    sell(tx, "F1", free, "", date(2026, 5, 12), "70").await?;
    make_plan(tx, north).await?;
    publish(tx, 3).await
}
