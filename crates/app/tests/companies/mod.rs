//! Real companies' books, read in through the mappings the documentation ships.
//!
//! The files are not part of the sources: `BAILIWICK_TEST_DATA` names the folder that holds one
//! folder for each company; without it a folder beside the workspace is tried.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use app::importing::{self, Caller, Reading, Refused};
use db::Db;
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use kernel::{Currency, FiscalYear};
use org::{
    founding::{self, Founding},
    store::company::Company,
};
use page::FixedClock;
use sheet::Outcome;
use trail::By;

pub const TODAY: Date = date(2026, 6, 16);

/// The folder of a company's files, if it is there.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests learn where the files are from the environment, and say where there are none"
)]
pub fn data(company: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var("BAILIWICK_TEST_DATA").ok().map(PathBuf::from);
    let folder = named
        .unwrap_or_else(|| root.join("../shared/data"))
        .join(company);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: there is no {}; BAILIWICK_TEST_DATA names another folder",
        folder.display()
    );
    None
}

/// The documented mapping of a company.
pub fn mapping(company: &str) -> Reading {
    let file = format!("../../docs/examples/{company}.toml");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let mapping = importing::mapping(&file).unwrap();
    Reading {
        mapping: Some((file, mapping)),
        ..Reading::default()
    }
}

pub fn by() -> By {
    By::shell(Timestamp::from_second(1_780_000_000).unwrap())
}

/// A new company that counts in US dollars.
pub async fn found(db: &Db, name: &str) {
    let founding = Founding {
        company: Company {
            name: name.into(),
            currency: Currency::parse("USD").unwrap(),
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

/// Reads every kind of the mapping in and says how many rows each had.
pub async fn import_all(
    db: &Db,
    folder: &Path,
    reading: &Reading,
) -> BTreeMap<&'static str, Outcome> {
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
        match importing::import(db, kind, folder, reading, caller).await {
            Ok(report) => outcomes.insert(kind, report.outcome),
            Err(Refused::Faults { file, faults, .. }) => panic!("{kind} of {file}:\n{faults}"),
            Err(Refused::Trouble(trouble)) => panic!("{kind}: {trouble}"),
        };
    }
    outcomes
}
