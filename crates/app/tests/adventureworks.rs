//! A real company's books read in through the documented mapping, and the figures known of it.
//!
//! The files are not part of the sources: `BAILIWICK_TEST_DATA` names the folder that holds
//! `adventureworks/`; without it a folder beside the workspace is tried.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use app::importing::{self, Caller, Reading, Refused};
use book::store::{rates, sales};
use db::Db;
use holm::{TODAY, TestApp};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use kernel::{Currency, FiscalYear, Moment, Money, Scope, View};
use org::{
    founding::{self, Founding},
    store::{company::Company, people, units},
    web::first_run::SetupCode,
};
use page::FixedClock;
use sheet::Outcome;
use trail::By;

#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests learn where the files are from the environment, and say where there are none"
)]
fn data() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var("BAILIWICK_TEST_DATA").ok().map(PathBuf::from);
    let folder = named
        .unwrap_or_else(|| root.join("../shared/data"))
        .join("adventureworks");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: there is no {}; BAILIWICK_TEST_DATA names another folder",
        folder.display()
    );
    None
}

fn mapping() -> Reading {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/adventureworks.toml");
    let mapping = importing::mapping(&file).unwrap();
    Reading {
        mapping: Some((file, mapping)),
        ..Reading::default()
    }
}

fn usd() -> Currency {
    Currency::parse("USD").unwrap()
}

fn by() -> By {
    By::shell(Timestamp::from_second(1_780_000_000).unwrap())
}

async fn found(db: &Db) {
    let founding = Founding {
        company: Company {
            name: "AdventureWorks".into(),
            currency: usd(),
            country: "US".into(),
            zone: "America/Los_Angeles".into(),
            fiscal: FiscalYear::CALENDAR,
        },
        admin_name: "Ada".into(),
        admin_email: "ada@holm.example".into(),
    };
    db.write((founding, by()), |tx, (founding, by)| {
        Box::pin(founding::found(tx, founding, None, by))
    })
    .await
    .unwrap();
}

/// Reads every kind in and says how many rows each had.
async fn import_all(db: &Db, folder: &Path) -> BTreeMap<&'static str, Outcome> {
    let reading = mapping();
    let mut outcomes = BTreeMap::new();
    let caller = Caller {
        by: &by(),
        scope: &kernel::Scope::All,
        clock: &FixedClock {
            now: by().at,
            today: TODAY,
        },
        told: &|_| {},
    };
    for kind in importing::kinds_of(&reading.mapping.as_ref().unwrap().1) {
        match importing::import(db, kind, folder, &reading, caller).await {
            Ok(report) => outcomes.insert(kind, report.outcome),
            Err(Refused::Faults { file, faults, .. }) => panic!("{kind} of {file}:\n{faults}"),
            Err(Refused::Trouble(trouble)) => panic!("{kind}: {trouble}"),
        };
    }
    outcomes
}

/// A sum as it is shown: rounded to the cent once.
fn shown(exact: i64) -> String {
    Money::of_exact(exact, usd()).decimal()
}

async fn sold(db: &Db, view: View, from: Date, to: Date) -> Vec<sales::Sold> {
    let mut tx = db.read().await.unwrap();
    sales::by_span(
        &mut tx,
        &Scope::All,
        view,
        &[(from, to)],
        Moment::latest(TODAY),
    )
    .await
    .unwrap()
}

fn total(sold: &[sales::Sold]) -> String {
    shown(sold.iter().map(|one| one.net_exact).sum())
}

const FIRST: Date = date(2010, 1, 1);
const LAST: Date = date(2014, 1, 1);

testkit::each_engine!(
    async fn the_figures_are_those_of_the_source(db) {
        let Some(folder) = data() else { return };
        found(&db).await;
        let outcomes = import_all(&db, &folder).await;
        let added: BTreeMap<&str, u64> = outcomes.iter().map(|(kind, outcome)| (*kind, outcome.added)).collect();
        let expected = [
            ("units", 13), ("people", 17), ("memberships", 17), ("customer-groups", 3), ("product-groups", 4),
            ("customers", 701), ("products", 606), ("rates", 11_580), ("price-lists", 1), ("prices", 395), ("orders", 60_855), ("periods", 12), ("targets", 163),
        ];
        assert_eq!(added, BTreeMap::from(expected));

        totals_are_exact(&db).await;
        a_move_splits_the_credit(&db).await;
        territories_are_those_of_the_orders(&db).await;
        rates_keep_their_digits(&db).await;
        attainment_is_exact(TestApp::empty(db.clone(), SetupCode(None)), &folder).await;

        let again = import_all(&db, &folder).await;
        for (kind, outcome) in again {
            assert_eq!((outcome.added, outcome.changed), (0, 0), "{kind} read again");
        }
    }
);

async fn totals_are_exact(db: &Db) {
    assert_eq!(
        total(&sold(db, View::AsWas, FIRST, LAST).await),
        "80450596.98"
    );
    assert_eq!(
        total(&sold(db, View::AsIs, FIRST, LAST).await),
        "80450596.98"
    );
    for (year, expected) in [
        (2010, "489328.58"),
        (2011, "18192802.71"),
        (2012, "28193631.53"),
        (2013, "33574834.16"),
    ] {
        let year = sold(db, View::AsWas, date(year, 1, 1), date(year + 1, 1, 1)).await;
        assert_eq!(total(&year), expected);
    }
}

/// Person 275 sat in the Northeast up to 29 June 2012 and in Central from the day after.
async fn a_move_splits_the_credit(db: &Db) {
    let mut tx = db.read().await.unwrap();
    let person = people::fetch(&mut tx, &Scope::All, "275", TODAY)
        .await
        .unwrap()
        .person();
    let northeast = units::fetch(&mut tx, &Scope::All, "T-2").await.unwrap().id;
    let central = units::fetch(&mut tx, &Scope::All, "T-3").await.unwrap().id;
    drop(tx);
    let moved = date(2012, 6, 30);
    for (from, to, unit) in [(FIRST, moved, northeast), (moved, LAST, central)] {
        let sold = sold(db, View::AsWas, from, to).await;
        let own: Vec<&sales::Sold> = sold
            .iter()
            .filter(|one| one.person == Some(person))
            .collect();
        assert_eq!(own.len(), 1, "{own:?}");
        assert_eq!(own[0].unit, Some(unit));
    }
    let before = sold(db, View::AsWas, moved.yesterday().unwrap(), moved).await;
    assert!(
        before
            .iter()
            .filter(|one| one.person == Some(person))
            .all(|one| one.unit == Some(northeast))
    );
}

async fn territories_are_those_of_the_orders(db: &Db) {
    let mut tx = db.read().await.unwrap();
    let days = (date(2013, 1, 1), date(2014, 1, 1));
    let rows = sales::by_territory(&mut tx, &Scope::All, days, Moment::latest(TODAY))
        .await
        .unwrap();
    for (code, expected) in [
        ("T-4", "6377500.71"),
        ("T-1", "5408834.88"),
        ("T-6", "5181903.39"),
        ("T-9", "1544510.66"),
    ] {
        let unit = units::fetch(&mut tx, &Scope::All, code).await.unwrap().id;
        let row = rows
            .iter()
            .find(|row| row.territory_id == Some(unit.get()))
            .unwrap();
        assert_eq!(shown(row.net_exact), expected, "{code}");
    }
}

/// The last quote of the source: 0.0120685493603669… dollars for ten fen, and so on.
async fn rates_keep_their_digits(db: &Db) {
    let mut tx = db.read().await.unwrap();
    for (day, code, expected) in [
        (date(2014, 2, 28), "CNY", Some("120685.49")),
        (date(2014, 2, 28), "JPY", Some("8216.06")),
        (date(2014, 3, 7), "GBP", Some("1553277.42")),
        (date(2014, 3, 8), "GBP", None),
        (date(2010, 12, 28), "EUR", None),
        (date(2010, 12, 29), "EUR", Some("1030609.09")),
    ] {
        let from = Currency::parse(code).unwrap();
        let factor = rates::factor(&mut tx, from, usd(), usd(), Moment::latest(day)).await;
        let million = Money::parse("1000000", from).unwrap();
        let worth = factor.map(|factor| factor.money(million, usd()).unwrap().decimal());
        assert_eq!(worth.ok().as_deref(), expected, "{code} on {day}");
    }
}

/// What is expected of one person in one period: target, actual, attainment in percent.
type Expected = BTreeMap<(String, String), (String, String, String)>;

fn expected(folder: &Path) -> Expected {
    let text = fs::read_to_string(folder.join("expected_quota_attainment.csv")).unwrap();
    let mut expected = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let cents = |text: &str| {
            let exact = kernel::decimal::parse_places(text, 6).unwrap();
            shown(exact)
        };
        let percent = kernel::decimal::parse_places(cells[7], 6).unwrap();
        let percent = kernel::decimal::write_places(percent, 4, 2);
        expected.insert(
            (cells[2].to_owned(), cells[0].to_owned()),
            (cents(cells[5]), cents(cells[6]), percent),
        );
    }
    expected
}

async fn attainment_is_exact(app: TestApp, folder: &Path) {
    let ada = app.token("ada").await;
    let mut expected = expected(folder);
    assert_eq!(expected.len(), 163);
    let periods: Vec<String> = expected.keys().map(|(period, _)| period.clone()).collect();
    for period in periods.iter().collect::<std::collections::BTreeSet<_>>() {
        let table = app
            .get(&ada, &format!("/api/v1/attainment?period={period}"))
            .await
            .is(200)
            .json();
        for row in table["rows"].as_array().unwrap() {
            let Some(person) = row["scope"].as_str().unwrap().strip_prefix("person:") else {
                continue;
            };
            let Some((target, actual, percent)) =
                expected.remove(&(period.clone(), person.to_owned()))
            else {
                continue;
            };
            assert_eq!(
                row["target"],
                target.as_str(),
                "target of {person} in {period}"
            );
            assert_eq!(
                row["actual"],
                actual.as_str(),
                "actual of {person} in {period}"
            );
            assert_eq!(
                row["attainment"],
                percent.as_str(),
                "attainment of {person} in {period}"
            );
        }
    }
    assert!(expected.is_empty(), "not answered: {expected:?}");
}
