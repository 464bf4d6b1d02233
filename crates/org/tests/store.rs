//! What the organisation answers, on both engines.

#![expect(clippy::unwrap_used, reason = "a story stops at the first surprise")]

use db::{Cursor, Limit};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use kernel::{
    Code, Currency, FiscalYear, Role, Scope,
    ids::{PersonId, UnitId},
};
use org::{
    UnitKind,
    enrol::{self, Newcomer},
    founding::{self, Founding},
    store::{
        company::Company,
        memberships::{self, Membership},
        people::{self, Filter},
        reach, seats,
        units::{self, NewUnit},
    },
};
use trail::By;

const TODAY: Date = date(2026, 6, 16);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

async fn unit(tx: &mut db::Tx, code: &str, parent: UnitId) -> UnitId {
    let unit = NewUnit {
        code: Code::parse(code).unwrap(),
        name: format!("Unit {code}"),
        name_local: None,
        kind: UnitKind::Region,
        parent: Some(parent),
    };
    units::add(tx, &unit).await.unwrap()
}

async fn person(tx: &mut db::Tx, name: &str, unit: &str, role: &str) -> PersonId {
    let who = Newcomer {
        code: name.to_owned(),
        name: name.to_owned(),
        name_local: (name == "chen").then(|| "陈浩".to_owned()),
        email: Some(format!("{name}@company.example")),
        unit: Some(unit.to_owned()),
        role: Some(role.to_owned()),
        ..Newcomer::default()
    };
    enrol::enrol(tx, &who, None, at(0)).await.unwrap()
}

/// Root › east (led by li, with chen and wu) › east-1 (zhou); root › south (sun).
async fn region(tx: &mut db::Tx) -> db::Result<()> {
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
    founding::found(tx, &founding, None, &By::shell(at(0))).await?;
    let root = units::root(tx).await?.id;
    let east = unit(tx, "east", root).await;
    unit(tx, "east-1", east).await;
    unit(tx, "south", root).await;
    for (name, place, role) in [
        ("li", "east", "manager"),
        ("chen", "east", "rep"),
        ("wu", "east", "rep"),
        ("zhou", "east-1", "rep"),
        ("sun", "south", "rep"),
    ] {
        person(tx, name, place, role).await;
    }
    Ok(())
}

async fn seen_by(db: &db::Db, name: &str, role: Role) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let who = people::fetch(&mut tx, &Scope::All, name, TODAY)
        .await
        .unwrap();
    let scope = reach::scope(&mut tx, who.person(), role, TODAY)
        .await
        .unwrap();
    let limit = Limit::parse(None).unwrap();
    let list = people::list(
        &mut tx,
        &scope,
        &Filter::default(),
        TODAY,
        limit,
        &Cursor::start(),
    )
    .await
    .unwrap();
    list.items.into_iter().map(|person| person.name).collect()
}

testkit::each_engine!(
    async fn a_manager_reaches_the_sub_tree_and_a_rep_oneself(db) {
        db.write((), |tx, ()| Box::pin(region(tx))).await.unwrap();
        assert_eq!(seen_by(&db, "li", Role::Manager).await, ["chen", "li", "wu", "zhou"]);
        assert_eq!(seen_by(&db, "chen", Role::Rep).await, ["chen"]);
        assert_eq!(seen_by(&db, "li", Role::Finance).await, ["Ada", "chen", "li", "sun", "wu", "zhou"]);
    }
);

testkit::each_engine!(
    async fn people_are_found_by_pinyin_and_pages_do_not_overlap(db) {
        db.write((), |tx, ()| Box::pin(region(tx))).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let limit = Limit::parse(Some(4)).unwrap();
        let found = |q: &str| Filter { q: q.to_owned(), ..Filter::default() };
        for q in ["chen", "浩", "chenhao", "ch"] {
            let list = people::list(&mut tx, &Scope::All, &found(q), TODAY, limit, &Cursor::start()).await.unwrap();
            assert_eq!(list.items.len(), 1, "{q}");
        }
        let first = people::list(&mut tx, &Scope::All, &found(""), TODAY, limit, &Cursor::start()).await.unwrap();
        let second = people::list(&mut tx, &Scope::All, &found(""), TODAY, limit, &first.next.unwrap()).await.unwrap();
        let names = |list: &[people::Person]| list.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&first.items), ["Ada", "chen", "li", "sun"]);
        assert_eq!(names(&second.items), ["wu", "zhou"]);
        assert_eq!(second.next, None);
    }
);

testkit::each_engine!(
    async fn a_move_keeps_the_past_as_it_was_and_as_it_was_known(db) {
        db.write((), |tx, ()| Box::pin(region(tx))).await.unwrap();
        db.write((), |tx, ()| Box::pin(async move {
            let chen = people::fetch(tx, &Scope::All, "chen", TODAY).await?.person();
            let south = units::fetch(tx, &Scope::All, "south").await?.id;
            memberships::end_from(tx, chen, date(2026, 6, 1), at(100)).await?;
            let place = Membership { person: chen, unit: south, seat: None, leads: false, from: date(2026, 6, 1), to: None };
            memberships::add(tx, &place, at(100)).await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let chen = people::fetch(&mut tx, &Scope::All, "chen", TODAY).await.unwrap();
        assert_eq!(chen.unit_code.as_deref(), Some("south"));
        let may = people::fetch(&mut tx, &Scope::All, "chen", date(2026, 5, 31)).await.unwrap();
        assert_eq!(may.unit_code.as_deref(), Some("east"));
        // Before the move was recorded, June was believed to be in the east as well.
        let believed = memberships::places(&mut tx, TODAY, at(50).as_microsecond()).await.unwrap();
        let east = units::fetch(&mut tx, &Scope::All, "east").await.unwrap().id;
        assert!(believed.contains(&(chen.person(), east, false)));
    }
);

testkit::each_engine!(
    async fn taken_codes_and_addresses_are_told_apart(db) {
        db.write((), |tx, ()| Box::pin(region(tx))).await.unwrap();
        for (code, email, told) in [("CHEN", "new@company.example", "code.taken"), ("new", "Chen@Company.example", "email.taken")] {
            let who = Newcomer { code: code.into(), name: "X".into(), email: Some(email.into()), ..Newcomer::default() };
            let refused = db.write(who, |tx, who| Box::pin(async move { enrol::enrol(tx, who, None, at(1)).await })).await;
            let Err(db::DbError::Refused(no)) = refused else { panic!("{refused:?}") };
            assert_eq!(no.code, told);
        }
    }
);

testkit::each_engine!(
    async fn a_seat_without_a_person_is_a_vacancy(db) {
        db.write((), |tx, ()| Box::pin(async move {
            region(tx).await?;
            let south = units::fetch(tx, &Scope::All, "south").await?.id;
            seats::add(tx, "S-2", south, "sales", "Sales, Graz").await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let seats = seats::list(&mut tx, &Scope::All, TODAY).await.unwrap();
        assert_eq!(seats.len(), 1, "house seats are not listed");
        assert_eq!((seats[0].name.as_str(), seats[0].holder.as_deref()), ("Sales, Graz", None));
    }
);
