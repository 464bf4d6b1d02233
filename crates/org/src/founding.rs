//! The first day: a company, its root unit and its first administrator, all or none.

use db::{Result, Tx};
use jiff::tz::TimeZone;
use kernel::{Code, Refusal};
use trail::{By, Entry};

use crate::{
    UnitKind,
    enrol::{self, Newcomer},
    store::{
        company::{self, Company},
        units::{self, NewUnit},
    },
};

/// What the first day needs.
#[derive(Debug, Clone)]
pub struct Founding {
    pub company: Company,
    pub admin_name: String,
    pub admin_email: String,
}

/// The code of the root unit.
pub const ROOT: &str = "company";

/// Founds the company. Without a hash the administrator cannot sign in until a password is set.
///
/// # Errors
///
/// `company.exists` if there already is one, or the refusal of the field that is wrong.
pub async fn found(tx: &mut Tx, founding: &Founding, hash: Option<&String>, by: &By) -> Result<()> {
    company::add(tx, &founding.company, by.at).await?;
    let root = NewUnit {
        code: Code::parse(ROOT)?,
        name: founding.company.name.clone(),
        name_local: None,
        kind: UnitKind::Company,
        parent: None,
    };
    units::add(tx, &root).await?;
    let admin = Newcomer {
        code: "admin".to_owned(),
        name: founding.admin_name.clone(),
        email: Some(founding.admin_email.clone()),
        unit: Some(ROOT.to_owned()),
        role: Some("administrator".to_owned()),
        ..Newcomer::default()
    };
    enrol::enrol(tx, &admin, hash.cloned(), by.at).await?;
    let entry = Entry {
        action: "found",
        noun: "company",
        subject: &founding.company.name,
        ..Entry::default()
    };
    trail::record(tx, by, entry).await
}

/// A country of ISO 3166, two capital letters.
///
/// # Errors
///
/// `country.malformed`.
pub fn accept_country(text: &str) -> std::result::Result<String, Refusal> {
    let country = text.trim().to_ascii_uppercase();
    if country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Ok(country);
    }
    let no = format!("“{text}” is not a country code. Use two letters, such as DE or CN.");
    Err(Refusal::value("country.malformed", no).at("country"))
}

/// A time zone of the IANA database.
///
/// # Errors
///
/// `zone.unknown`.
pub fn accept_zone(text: &str) -> std::result::Result<String, Refusal> {
    let zone = text.trim();
    if TimeZone::get(zone).is_ok() {
        return Ok(zone.to_owned());
    }
    let no =
        format!("“{zone}” is not a time zone. Use a name such as Europe/Berlin or Asia/Shanghai.");
    Err(Refusal::value("zone.unknown", no).at("zone"))
}
