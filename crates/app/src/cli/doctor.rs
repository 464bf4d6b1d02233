//! `doctor`: how the installation is, and what needs attention.

use std::{path::Path, process::Command};

use db::{Db, Engine, SCHEMA_VERSION};
use org::store::{company, logins};
use serde_json::{Value, json};

use super::speech;
use crate::{
    folder::{self, DATABASE},
    settings::{Place, PlaceFlags},
    trouble::Trouble,
};

/// Less free space than this is a warning, in MiB.
const TIGHT_MIB: u64 = 1_024;

/// Say how the installation is, and what needs attention
///
/// Ends with 1 if something is wrong; a warning alone ends with 0.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bailiwick doctor --data ./data
  bailiwick doctor --data ./data --json")]
pub struct Doctor {
    #[command(flatten)]
    place: PlaceFlags,
    /// Answer as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Warning,
    Wrong,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Good => "ok",
            State::Warning => "warning",
            State::Wrong => "wrong",
        }
    }
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    state: State,
    text: String,
}

fn finding(what: &'static str, state: State, text: impl Into<String>) -> Finding {
    let text = text.into();
    Finding { what, state, text }
}

impl Doctor {
    pub async fn run(self) -> Result<(), Trouble> {
        let place = self.place.place()?;
        let mut findings = vec![finding(
            "program",
            State::Good,
            format!("bailiwick {}", crate::VERSION),
        )];
        if let Place::Folder(folder) = &place {
            findings.push(folder_finding(folder));
            findings.push(space_finding(free_mib(folder)));
        }
        let opened = match &place {
            Place::Folder(folder) if !folder.join(DATABASE).is_file() => None,
            place => Some(folder::connect(place).await),
        };
        match opened {
            None => {}
            Some(Err(trouble)) => {
                findings.push(finding("database", State::Wrong, trouble.to_string()));
            }
            Some(Ok(db)) => {
                findings.extend(database_findings(&db).await);
                db.close().await;
            }
        }
        self.tell(&findings)
    }

    fn tell(&self, findings: &[Finding]) -> Result<(), Trouble> {
        if self.json {
            let list: Value = findings
                .iter()
                .map(|one| json!({ "what": one.what, "state": one.state.as_str(), "text": one.text }))
                .collect();
            speech::say(&list.to_string())?;
        } else {
            for one in findings {
                speech::say(&format!(
                    "{:<8} {:<10} {}",
                    one.state.as_str(),
                    one.what,
                    one.text
                ))?;
            }
        }
        let wrong = findings
            .iter()
            .filter(|one| one.state == State::Wrong)
            .count();
        match wrong {
            0 => Ok(()),
            1 => Err(Trouble::new("1 thing is wrong; it is marked above.")),
            more => Err(Trouble::new(format!(
                "{more} things are wrong; they are marked above."
            ))),
        }
    }
}

fn folder_finding(folder: &Path) -> Finding {
    let shown = folder.display();
    if folder.join(DATABASE).is_file() {
        return finding("folder", State::Good, format!("{shown} holds a database"));
    }
    let text = format!("{shown} holds no database. Check the path, or run `bailiwick init` there");
    finding("folder", State::Wrong, text)
}

fn space_finding(free: Option<u64>) -> Finding {
    match free {
        None => finding(
            "space",
            State::Warning,
            "it cannot be told how much is free",
        ),
        Some(mib) if mib < TIGHT_MIB => finding(
            "space",
            State::Warning,
            format!("only {mib} MiB are free; the database needs room to grow"),
        ),
        Some(mib) => finding(
            "space",
            State::Good,
            format!("{} GiB are free", mib / 1_024),
        ),
    }
}

/// Free space where the folder is, as the system's own `df` tells it.
fn free_mib(folder: &Path) -> Option<u64> {
    let told = Command::new("df")
        .args(["-P", "-k", "--"])
        .arg(folder)
        .output()
        .ok()?;
    let text = String::from_utf8(told.stdout).ok()?;
    let kib = text.lines().nth(1)?.split_whitespace().nth(3)?;
    kib.parse::<u64>().ok().map(|kib| kib / 1_024)
}

async fn database_findings(db: &Db) -> Vec<Finding> {
    let engine = match db.engine() {
        Engine::Sqlite => "SQLite, write-ahead log, every commit synced",
        Engine::Postgres => "PostgreSQL",
    };
    let mut findings = vec![finding("database", State::Good, engine)];
    let looked = async {
        findings.push(schema_finding(db).await?);
        if db.engine() == Engine::Sqlite {
            findings.push(soundness_finding(db).await?);
        }
        findings.push(company_finding(db).await?);
        db::Result::Ok(())
    };
    if let Err(error) = looked.await {
        findings.push(finding(
            "database",
            State::Wrong,
            Trouble::from(error).to_string(),
        ));
    }
    findings
}

async fn schema_finding(db: &Db) -> db::Result<Finding> {
    const SQL: &str = "select coalesce(max(version), cast(0 as bigint)) from db_history";
    let mut tx = db.read().await?;
    let (version,): (i64,) = tx.q(SQL).one().await?;
    let known = i64::try_from(SCHEMA_VERSION).unwrap_or(i64::MAX);
    Ok(match version {
        newer if known < newer => finding(
            "schema",
            State::Wrong,
            format!(
                "version {newer}, but this program knows {known}. Start the newer bailiwick that wrote it"
            ),
        ),
        older if older < known => finding(
            "schema",
            State::Warning,
            format!("version {older}; it is brought to {known} when the server starts next"),
        ),
        _ => finding("schema", State::Good, format!("version {version}")),
    })
}

async fn soundness_finding(db: &Db) -> db::Result<Finding> {
    let mut tx = db.read().await?;
    let (told,): (String,) = tx.q("pragma quick_check(1)").one().await?;
    if told == "ok" {
        return Ok(finding("file", State::Good, "the database file is sound"));
    }
    let text =
        format!("the database file is damaged ({told}). Stop the server and restore a backup");
    Ok(finding("file", State::Wrong, text))
}

async fn company_finding(db: &Db) -> db::Result<Finding> {
    let mut tx = db.read().await?;
    let Some(company) = company::fetch(&mut tx).await? else {
        return Ok(finding(
            "company",
            State::Warning,
            "none is founded yet; run `bailiwick init`, or serve and open the printed address",
        ));
    };
    let about = format!(
        "{}, {}, {}",
        company.name,
        company.currency.code(),
        company.zone
    );
    if logins::any(&mut tx).await? {
        return Ok(finding("company", State::Good, about));
    }
    let text = format!("{about}; nobody can sign in. Set a password with `bailiwick password set`");
    Ok(finding("company", State::Wrong, text))
}
