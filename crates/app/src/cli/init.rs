//! `init`: the company, its root unit and its first administrator.

use kernel::{Currency, FiscalYear};
use org::{
    api::accept_name,
    enrol::accept_email,
    founding::{self, Founding, accept_country, accept_zone},
    store::company::Company,
};
use trail::By;

use super::{secret, speech};
use crate::{clock, folder, settings::PlaceFlags, trouble::Trouble};

/// Found the company in a new database, with its first administrator
///
/// The password is asked for at a terminal; where input is piped, its first line is the password.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bailiwick init --data ./data --company Nordlicht --currency EUR --admin-email ada@nordlicht.example
  bailiwick init --data ./data --company Songlan --currency CNY --country CN --zone Asia/Shanghai --admin-email jun.he@songlan.example < password.txt")]
pub struct Init {
    #[command(flatten)]
    place: PlaceFlags,
    /// The company's name
    #[arg(long, value_name = "NAME")]
    company: String,
    /// The currency of all figures, three letters of ISO 4217
    #[arg(long, value_name = "CODE")]
    currency: String,
    /// The administrator's e-mail address, to sign in with
    #[arg(long, value_name = "EMAIL")]
    admin_email: String,
    /// The administrator's name
    #[arg(long, value_name = "NAME", default_value = "Administrator")]
    admin_name: String,
    /// Whose holidays are off, two letters of ISO 3166
    #[arg(long, value_name = "CODE", default_value = "DE")]
    country: String,
    /// The time zone that decides when a business day ends
    #[arg(long, value_name = "ZONE", default_value = "Europe/Berlin")]
    zone: String,
    /// The month the fiscal year begins in
    #[arg(long, value_name = "1-12", default_value = "1", value_parser = clap::value_parser!(i8).range(1..=12))]
    fiscal_start_month: i8,
}

impl Init {
    pub async fn run(self) -> Result<(), Trouble> {
        let place = self.place.place()?;
        let founding = self.founding()?;
        let hash = secret::new_password_hash()?;
        let db = folder::open_or_create(&place).await?;
        let name = founding.company.name.clone();
        let input = (founding, hash, By::shell(clock::now()));
        db.write(input, |tx, (founding, hash, by)| {
            Box::pin(founding::found(tx, founding, Some(hash), by))
        })
        .await?;
        db.close().await;
        speech::say(&format!(
            "{name} is founded. Serve it with `bailiwick serve` and sign in as {}.",
            self.admin_email
        ))
    }

    fn founding(&self) -> Result<Founding, Trouble> {
        let company = Company {
            name: accept_name(&self.company, "company")?,
            currency: Currency::parse(&self.currency)?,
            country: accept_country(&self.country)?,
            zone: accept_zone(&self.zone)?,
            fiscal: FiscalYear::starting_in(self.fiscal_start_month)?,
        };
        Ok(Founding {
            company,
            admin_name: accept_name(&self.admin_name, "admin-name")?,
            admin_email: accept_email(&self.admin_email)?,
        })
    }
}
