//! Reading the organisation's files in.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jiff::{
    Timestamp,
    civil::{Date, date},
};
use kernel::{Currency, FiscalYear, Scope};
use org::{
    founding::{self, Founding},
    store::{
        company::Company,
        holidays, memberships, people,
        units::{self},
    },
};
use sheet::{FileError, Outcome};
use trail::By;

const TODAY: Date = date(2026, 6, 16);

fn by(second: i64) -> By {
    By::shell(Timestamp::from_second(1_780_000_000 + second).unwrap())
}

async fn found(tx: &mut db::Tx) -> db::Result<()> {
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
    founding::found(tx, &founding, None, &by(0)).await
}

async fn import(
    db: &db::Db,
    kind: &'static str,
    text: &str,
    second: i64,
) -> Result<Outcome, String> {
    let layout = org::sheet::LAYOUTS
        .iter()
        .find(|layout| layout.kind == kind)
        .unwrap();
    let none = &mut |_: &str| Err(FileError::Missing);
    let sheet = sheet::read(layout, "file.csv", text.as_bytes(), None, none).unwrap();
    let read = db
        .write((kind, sheet, by(second)), |tx, (kind, sheet, by)| {
            Box::pin(org::sheet::import(tx, kind, sheet, by, TODAY))
        })
        .await
        .unwrap();
    read.map_err(|faults| faults.to_string())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "compared with what a reading answers"
)]
fn outcome(added: u64, changed: u64, unchanged: u64) -> Result<Outcome, String> {
    Ok(Outcome {
        added,
        changed,
        unchanged,
    })
}

const UNITS: &str = "code,name,name_local,kind,parent\n\
    east-1,East 1,,team,east\n\
    east,East,华东,region,\n\
    south,South,,region,company\n";

const PEOPLE: &str = "code,name,email,unit,role,from\n\
    li,Li Na,li@company.example,east,manager,\n\
    chen,Chen Hao,chen@company.example,east-1,rep,2024-02-01\n\
    wu,Wu Min,,east-1,,\n";

async fn filled(db: &db::Db) {
    db.write((), |tx, ()| Box::pin(found(tx))).await.unwrap();
    import(db, "units", UNITS, 1).await.unwrap();
    import(db, "people", PEOPLE, 2).await.unwrap();
}

/// The code of the unit somebody sits in.
async fn unit_on(tx: &mut db::Tx, code: &str, day: Date) -> Option<String> {
    let person = people::fetch(tx, &Scope::All, code, day).await.unwrap();
    person.unit_code
}

testkit::each_engine!(
    async fn parents_may_stand_below_their_children(db) {
        db.write((), |tx, ()| Box::pin(found(tx))).await.unwrap();
        assert_eq!(import(&db, "units", UNITS, 1).await, outcome(3, 0, 0));
        assert_eq!(import(&db, "units", UNITS, 2).await, outcome(0, 0, 3));
        let renamed = "code,name\neast,East region\nsouth,South\n";
        assert_eq!(import(&db, "units", renamed, 3).await, outcome(0, 1, 1));
        let mut tx = db.read().await.unwrap();
        let inner = units::fetch(&mut tx, &Scope::All, "east-1").await.unwrap();
        assert_eq!((inner.parent_code.as_deref(), inner.depth), (Some("east"), 2));
        let east = units::fetch(&mut tx, &Scope::All, "east").await.unwrap();
        assert_eq!((east.name.as_str(), east.name_local.as_deref()), ("East region", Some("华东")));
    }
);

testkit::each_engine!(
    async fn a_tree_that_goes_round_is_refused(db) {
        filled(&db).await;
        let text = "code,name,kind,parent\na,A,,b\nb,B,,a\nc,C,shop,\nd,D,,ghost\nD,Twin,,\n\
            south,South,team,east\n";
        let faults = import(&db, "units", text, 10).await.unwrap_err();
        for expected in [
            "row 2, column “parent”: The units above it go round",
            "row 3, column “parent”: The units above it go round",
            "row 4, column “kind”",
            "row 5, column “parent”: There is no unit ghost",
            "row 6, column “code”: Row 5",
            "row 7, column “parent”: Unit south hangs below company",
            "row 7, column “kind”: Unit south is a region",
        ] {
            assert!(faults.contains(expected), "{expected} in\n{faults}");
        }
    }
);

testkit::each_engine!(
    async fn people_are_taken_in_once(db) {
        filled(&db).await;
        assert_eq!(import(&db, "people", PEOPLE, 10).await, outcome(0, 0, 3));
        let changed = "code,name,email,unit,role\n\
            wu,Wu Min,wu@company.example,,rep\n\
            chen,Chen Hao,chen@company.example,south,rep\n";
        assert_eq!(import(&db, "people", changed, 20).await, outcome(0, 2, 0));
        assert_eq!(import(&db, "people", changed, 30).await, outcome(0, 0, 2));
        let mut tx = db.read().await.unwrap();
        let wu = people::fetch(&mut tx, &Scope::All, "wu", TODAY).await.unwrap();
        assert_eq!((wu.role.as_deref(), wu.email.as_deref()), (Some("rep"), Some("wu@company.example")));
        assert_eq!(unit_on(&mut tx, "chen", TODAY).await.as_deref(), Some("south"));
        assert_eq!(unit_on(&mut tx, "chen", date(2026, 6, 15)).await.as_deref(), Some("east-1"));
        assert_eq!(unit_on(&mut tx, "chen", date(2024, 1, 31)).await, None);
        let li = people::fetch(&mut tx, &Scope::All, "li", TODAY).await.unwrap();
        assert_eq!(li.leads, 1, "a manager leads the unit");
    }
);

testkit::each_engine!(
    async fn every_fault_of_people_is_told(db) {
        filled(&db).await;
        let text = "code,name,email,unit,seat,role,from\n\
            x,X,,east,,rep,\n\
            y,Y,CHEN@company.example,ghost,,boss,2024-02-30\n\
            z,Z,z@company.example,east,south/house,,\n\
            Z,Zoe,z@company.example,,none,,\n\
            chen,Chen,,,,finance,\n";
        let faults = import(&db, "people", text, 10).await.unwrap_err();
        for expected in [
            "row 2, column “email”: A role needs an e-mail address",
            "row 3, column “unit”: There is no unit ghost.",
            "row 3, column “role”",
            "row 3, column “from”",
            "row 4, column “seat”: This seat is in another unit.",
            "row 5, column “code”: Row 4",
            "row 5, column “email”: Row 4",
            "row 5, column “seat”: There is no seat none.",
            "row 6, column “role”: chen signs in as rep.",
        ] {
            assert!(faults.contains(expected), "{expected} in\n{faults}");
        }
        let mut tx = db.read().await.unwrap();
        assert!(people::fetch(&mut tx, &Scope::All, "z", TODAY).await.is_err());
    }
);

testkit::each_engine!(
    async fn a_place_from_a_file_supersedes_its_days(db) {
        filled(&db).await;
        // Two rows of one person in one file, read at the instant the people were.
        let text = "person,unit,from,to,leads\n\
            wu,south,2026-01-01,2026-03-01,\n\
            wu,east,2026-03-01,,yes\n\
            li,south,2026-02-01,2026-02-15,no\n";
        assert_eq!(import(&db, "memberships", text, 2).await, outcome(0, 3, 0));
        assert_eq!(import(&db, "memberships", text, 20).await, outcome(0, 0, 3));
        let mut tx = db.read().await.unwrap();
        for (who, day, unit) in [
            ("wu", date(2025, 12, 31), "east-1"),
            ("wu", date(2026, 1, 1), "south"),
            ("wu", date(2026, 2, 28), "south"),
            ("wu", date(2026, 3, 1), "east"),
            ("li", date(2026, 1, 31), "east"),
            ("li", date(2026, 2, 1), "south"),
            ("li", date(2026, 2, 15), "east"),
        ] {
            assert_eq!(unit_on(&mut tx, who, day).await.as_deref(), Some(unit), "{who} on {day}");
        }
        let all = memberships::all(&mut tx).await.unwrap();
        assert_eq!(all.len(), 8, "the administrator, chen, three of wu and three of li");
        drop(tx);
        // The people's file, read again, does not move anybody back.
        assert_eq!(import(&db, "people", PEOPLE, 30).await, outcome(0, 0, 3));
        let bad = "person,unit,from,to\nwu,south,2026-01-01,\nwu,east,2026-05-01,2026-06-01\n\
            nobody,east,2026-01-01,2025-01-01\n";
        let faults = import(&db, "memberships", bad, 40).await.unwrap_err();
        assert!(faults.contains("row 3, column “from”: Row 2"), "{faults}");
        assert!(faults.contains("row 4, column “person”"), "{faults}");
        assert!(faults.contains("row 4, column “to”"), "{faults}");
    }
);

testkit::each_engine!(
    async fn days_off_are_kept_by_country(db) {
        filled(&db).await;
        let text = "country,day,works,name\n\
            de,2026-10-03,,Unity Day\n\
            CN,2026-10-01,no,National Day\n\
            CN,2026-10-10,yes,Exchanged Saturday\n";
        assert_eq!(import(&db, "holidays", text, 10).await, outcome(3, 0, 0));
        assert_eq!(import(&db, "holidays", text, 20).await, outcome(0, 0, 3));
        let renamed = "country,day,works,name\nDE,2026-10-03,,Tag der Einheit\nDE,2026-12-25,,Christmas\n";
        assert_eq!(import(&db, "holidays", renamed, 30).await, outcome(1, 1, 0));
        let mut tx = db.read().await.unwrap();
        let china = holidays::work_calendar(&mut tx, "CN").await.unwrap();
        assert!(!china.is_working_day(date(2026, 10, 1)));
        assert!(china.is_working_day(date(2026, 10, 10)));
        drop(tx);
        let twice = "country,day,name\nDE,2026-01-01,A\nde,2026-01-01,B\nGermany,2026-01-02,C\n";
        let faults = import(&db, "holidays", twice, 40).await.unwrap_err();
        assert!(faults.contains("row 3, column “day”: Row 2"), "{faults}");
        assert!(faults.contains("row 4, column “country”"), "{faults}");
    }
);
