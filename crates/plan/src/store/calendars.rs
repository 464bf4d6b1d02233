//! Period calendars: generated fiscal months and imported ones.

use db::{Cell, FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Period, PeriodCalendar};

use crate::PeriodId;

/// A period as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: PeriodId,
    pub calendar: i64,
    pub period: Period,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    calendar_id: i64,
    code: String,
    from_day: String,
    to_day: String,
}

fn stored(row: &Row) -> Option<Stored> {
    let code = Code::parse(&row.code).ok()?;
    let period = Period::new(code, row.from_day.parse().ok()?, row.to_day.parse().ok()?).ok()?;
    Some(Stored {
        id: PeriodId::of(row.id),
        calendar: row.calendar_id,
        period,
    })
}

/// The row of the calendar with this code, made if it is not there.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn ensure(tx: &mut Tx, code: &Code, name: &str) -> Result<i64> {
    const FIND: &str = "select id from plan_calendar where code_key = $1 order by id limit 1";
    const ADD: &str =
        "insert into plan_calendar (code, code_key, name) values ($1, $2, $3) returning id";
    if let Some((id,)) = tx.q(FIND).bind(code.folded()).maybe::<(i64,)>().await? {
        return Ok(id);
    }
    let (id,): (i64,) = tx
        .q(ADD)
        .bind(code.as_str().to_owned())
        .bind(code.folded())
        .bind(name.to_owned())
        .one()
        .await?;
    Ok(id)
}

/// The periods of a calendar within `[from, to)`, in order.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn within(tx: &mut Tx, calendar: i64, from: Date, to: Date) -> Result<Vec<Stored>> {
    const SQL: &str = "
        select id, calendar_id, code, from_day, to_day
          from plan_period
         where calendar_id = $1
           and from_day >= $2
           and to_day <= $3
         order by from_day, id
         limit 1000";
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(calendar)
        .bind(from.to_string())
        .bind(to.to_string())
        .all()
        .await?;
    Ok(rows.into_iter().filter_map(|row| stored(&row)).collect())
}

/// The period with this code.
///
/// # Errors
///
/// [`db::DbError::Missing`].
pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Stored> {
    const SQL: &str = "
        select id, calendar_id, code, from_day, to_day
          from plan_period
         where code_key = $1
         order by id
         limit 1";
    let row: Row = tx
        .q(SQL)
        .bind(code.trim().to_ascii_lowercase())
        .one()
        .await?;
    stored(&row).ok_or(db::DbError::Missing)
}

/// Every period of every calendar, by calendar and day; at most 10,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, Stored)>> {
    #[derive(FromRow)]
    struct Named {
        calendar_code: String,
        id: i64,
        calendar_id: i64,
        code: String,
        from_day: String,
        to_day: String,
    }
    const SQL: &str = "
        select c.code as calendar_code, p.id, p.calendar_id, p.code, p.from_day, p.to_day
          from plan_period p
          join plan_calendar c on c.id = p.calendar_id
         order by c.code_key, p.from_day, p.id
         limit 10000";
    let rows: Vec<Named> = tx.q(SQL).all().await?;
    let named = rows.into_iter().filter_map(|row| {
        let Named {
            calendar_code,
            id,
            calendar_id,
            code,
            from_day,
            to_day,
        } = row;
        Some((
            calendar_code,
            stored(&Row {
                id,
                calendar_id,
                code,
                from_day,
                to_day,
            })?,
        ))
    });
    Ok(named.collect())
}

/// Whether a target stands in a period, in any version of a plan.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn is_planned(tx: &mut Tx, period: PeriodId) -> Result<bool> {
    const SQL: &str = "
        select version_id
          from plan_month
         where period_id = $1
         order by version_id
         limit 1";
    let found: Option<(i64,)> = tx.q(SQL).bind(period.get()).maybe().await?;
    Ok(found.is_some())
}

/// Gives a period other days.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set_days(tx: &mut Tx, period: PeriodId, (from, to): (Date, Date)) -> Result<()> {
    const SQL: &str = "
        update plan_period
           set from_day = $1, to_day = $2
         where id = $3";
    tx.q(SQL)
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(period.get())
        .run()
        .await
        .map(drop)
}

/// Adds periods to a calendar.
///
/// # Errors
///
/// [`db::DbError::Taken`] if a code is in use in any calendar.
pub async fn add(tx: &mut Tx, calendar: i64, periods: &PeriodCalendar) -> Result<()> {
    let rows = periods
        .periods()
        .iter()
        .map(|period| {
            vec![
                Cell::from(calendar),
                Cell::from(period.code.as_str()),
                Cell::from(period.code.folded()),
                Cell::from(period.from.to_string()),
                Cell::from(period.to.to_string()),
            ]
        })
        .collect();
    tx.insert_many(
        "insert into plan_period (calendar_id, code, code_key, from_day, to_day) values",
        rows,
    )
    .await
}
