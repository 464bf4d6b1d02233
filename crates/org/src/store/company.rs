//! The one company row: its name, base currency, country, zone and fiscal year.

use db::{FromRow, Result, Tx};
use jiff::Timestamp;
use kernel::{Currency, FiscalYear, Refusal};

/// The group of companies this database belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    pub name: String,
    pub currency: Currency,
    /// ISO 3166 alpha-2: which holidays are off.
    pub country: String,
    /// IANA zone of the business day.
    pub zone: String,
    pub fiscal: FiscalYear,
}

#[derive(FromRow)]
struct Row {
    name: String,
    currency: String,
    country: String,
    zone: String,
    fiscal_start_month: i64,
}

/// The company, if the database was initialised.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn fetch(tx: &mut Tx) -> Result<Option<Company>> {
    const SQL: &str = "
        select name, currency, country, zone, fiscal_start_month
          from org_company
         order by id
         limit 1";
    let Some(row) = tx.q(SQL).maybe::<Row>().await? else {
        return Ok(None);
    };
    Ok(Some(Company {
        name: row.name,
        currency: Currency::parse(&row.currency)?,
        country: row.country,
        zone: row.zone,
        fiscal: FiscalYear::starting_in(i8::try_from(row.fiscal_start_month).unwrap_or(0))?,
    }))
}

/// The company of an initialised database.
///
/// # Errors
///
/// `company.missing` if there is none yet.
pub async fn expect(tx: &mut Tx) -> Result<Company> {
    let missing = || {
        Refusal::state(
            "company.missing",
            "This database has no company yet. Run `bailiwick init`, or open the address that `bailiwick serve` printed.",
        )
    };
    Ok(fetch(tx).await?.ok_or_else(missing)?)
}

/// Writes the company; there is one only.
///
/// # Errors
///
/// `company.exists` if there already is one.
pub async fn add(tx: &mut Tx, company: &Company, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into org_company (name, currency, country, zone, fiscal_start_month, created_at)
        values ($1, $2, $3, $4, $5, $6)";
    if fetch(tx).await?.is_some() {
        return Err(Refusal::state(
            "company.exists",
            "This database already has a company. Use another data folder.",
        )
        .into());
    }
    tx.q(SQL)
        .bind(company.name.clone())
        .bind(company.currency.code())
        .bind(company.country.clone())
        .bind(company.zone.clone())
        .bind(i64::from(company.fiscal.start_month()))
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}
