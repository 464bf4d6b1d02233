//! Days off and weekend days worked, from a file.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::civil::Date;
use sheet::{Faults, Outcome, Row, Sheet};

use super::{Firsts, Read};
use crate::{
    api::accept_name,
    founding::accept_country,
    store::holidays::{self, Holiday},
};

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet) -> Result<Read> {
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut days = Vec::new();
    for row in &sheet.rows {
        if let Some((country, holiday)) = read(row, &mut faults) {
            firsts.note(
                &format!("{country} {}", holiday.day),
                row,
                "day",
                &mut faults,
            );
            days.push((country, holiday));
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    apply(tx, days).await.map(Ok)
}

fn read(row: &Row, faults: &mut Faults) -> Option<(String, Holiday)> {
    let country = row.required_read("country", faults, accept_country);
    let day = row.required_date("day", faults);
    let works = match row.text("works") {
        Some(_) => row.yes_or_no("works", faults),
        None => Some(false),
    };
    let name = row.required_read("name", faults, |text| accept_name(text, "name"));
    let holiday = Holiday {
        day: day?,
        works: works?,
        name: name?,
    };
    Some((country?, holiday))
}

async fn apply(tx: &mut Tx, days: Vec<(String, Holiday)>) -> Result<Outcome> {
    let recorded: BTreeMap<(String, Date), Holiday> = holidays::all(tx)
        .await?
        .into_iter()
        .map(|(country, holiday)| ((country, holiday.day), holiday))
        .collect();
    let mut new: BTreeMap<String, Vec<Holiday>> = BTreeMap::new();
    let mut outcome = Outcome::default();
    for (country, holiday) in days {
        match recorded.get(&(country.clone(), holiday.day)) {
            Some(same) if *same == holiday => outcome.unchanged += 1,
            Some(_) => {
                holidays::save(tx, &country, &holiday).await?;
                outcome.changed += 1;
            }
            None => {
                new.entry(country).or_default().push(holiday);
                outcome.added += 1;
            }
        }
    }
    for (country, holidays) in new {
        holidays::add_many(tx, &country, &holidays).await?;
    }
    Ok(outcome)
}
