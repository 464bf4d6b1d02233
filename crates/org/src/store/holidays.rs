//! Days off and weekend days worked in exchange, per country.

use db::{Cell, FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::WorkCalendar;

/// A day that differs from its weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    pub day: Date,
    pub works: bool,
    pub name: String,
}

/// The working days of a country, from all recorded holidays (a few dozen a year).
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn work_calendar(tx: &mut Tx, country: &str) -> Result<WorkCalendar> {
    #[derive(FromRow)]
    struct Row {
        day: String,
        works: i64,
    }
    const SQL: &str = "
        select day, works
          from org_holiday
         where country = $1
         order by day
         limit 10000";
    let rows: Vec<Row> = tx.q(SQL).bind(country.to_owned()).all().await?;
    let (worked, off): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.works == 1);
    let days = |rows: Vec<Row>| -> Vec<Date> {
        rows.into_iter()
            .filter_map(|row| row.day.parse().ok())
            .collect()
    };
    Ok(WorkCalendar::new(days(off), days(worked)))
}

/// Records holidays that are not recorded yet.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_many(tx: &mut Tx, country: &str, holidays: &[Holiday]) -> Result<()> {
    let rows = holidays
        .iter()
        .map(|holiday| {
            vec![
                Cell::from(country),
                Cell::from(holiday.day.to_string()),
                Cell::from(i64::from(holiday.works)),
                Cell::from(holiday.name.as_str()),
            ]
        })
        .collect();
    tx.insert_many(
        "insert into org_holiday (country, day, works, name) values",
        rows,
    )
    .await
}

/// Every recorded day of every country, by country and day; at most 100,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, Holiday)>> {
    const SQL: &str = "
        select country, day, works, name
          from org_holiday
         order by country, day
         limit 100000";
    let rows: Vec<(String, String, i64, String)> = tx.q(SQL).all().await?;
    let dated = rows.into_iter().filter_map(|(country, day, works, name)| {
        let day = day.parse().ok()?;
        let works = works == 1;
        Some((country, Holiday { day, works, name }))
    });
    Ok(dated.collect())
}

/// Gives recorded days another name or meaning.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn save(tx: &mut Tx, country: &str, holiday: &Holiday) -> Result<()> {
    const SQL: &str = "
        update org_holiday
           set works = $1, name = $2
         where country = $3
           and day = $4";
    tx.q(SQL)
        .bind(i64::from(holiday.works))
        .bind(holiday.name.clone())
        .bind(country.to_owned())
        .bind(holiday.day.to_string())
        .run()
        .await
        .map(drop)
}
