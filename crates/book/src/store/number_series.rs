//! The series of numbers: whose a document's is, what it gives next, and how it was set.

use db::{FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{Scope, ids::UnitId};

use crate::{
    CustomerId,
    series::{Pattern, Series, Standing},
};

/// The company whose series a document takes its number from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    pub company: UnitId,
    /// What its numbers look like, unless the year has a series of its own.
    pub pattern: Pattern,
}

/// The nearest company with a series of this kind: at or above the place of whoever owns the customer
/// on `day`, or the root. A year that was not set looks like the year before.
///
/// # Errors
///
/// [`db::DbError::Missing`] before there is a company.
pub async fn keeper(
    tx: &mut Tx,
    series: Series,
    (customer, day): (CustomerId, Date),
) -> Result<Keeper> {
    const SQL: &str = concat!(
        "select s.unit_id, s.prefix, s.with_month, s.digits
           from book_number_series s
           join org_unit_path p on p.ancestor_id = s.unit_id
          where s.kind = $3
            and s.year <= $4
            and p.unit_id = coalesce(
                    (select m.unit_id
                       from book_assignment a
                       join org_membership m on m.person_id = a.person_id
                      where a.customer_id = $5
                        and a.role = 'owner'
                        and ",
        db::holds!("a", "$1", "$2"),
        "               and ",
        db::holds!("m", "$1", "$2"),
        "             order by m.leads desc, m.valid_from desc, m.id
                      limit 1),
                    (select r.id from org_unit r where r.parent_id is null order by r.id limit 1))
          order by p.depth, s.year desc
          limit 1"
    );
    let found: Option<(i64, String, i64, i64)> = tx
        .q(SQL)
        .bind(day.to_string())
        .bind(i64::MAX)
        .bind(series.kind())
        .bind(i64::from(day.year()))
        .bind(customer.get())
        .maybe()
        .await?;
    match found {
        Some((company, prefix, with_month, digits)) => Ok(Keeper {
            company: UnitId::of(company),
            pattern: pattern(prefix, with_month, digits),
        }),
        None => Ok(Keeper {
            company: org::store::units::root(tx).await?.id,
            pattern: Pattern::usual(series),
        }),
    }
}

fn pattern(prefix: String, with_month: i64, digits: i64) -> Pattern {
    Pattern {
        prefix,
        with_month: with_month == 1,
        digits: usize::try_from(digits).unwrap_or(5),
    }
}

/// Takes the next number of a year's series, which begins if it had not; with what it looks like.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn draw(
    tx: &mut Tx,
    series: Series,
    keeper: &Keeper,
    year: i16,
) -> Result<(Pattern, i64)> {
    const SQL: &str = "
        insert into book_number_series
               (unit_id, kind, year, prefix, with_month, digits, first_number, last_number, version)
        values ($1, $2, $3, $4, $5, $6, 1, 1, 1)
        on conflict (unit_id, kind, year) do update set last_number = book_number_series.last_number + 1
        returning prefix, with_month, digits, last_number";
    let (prefix, with_month, digits, number): (String, i64, i64, i64) = tx
        .q(SQL)
        .bind(keeper.company.get())
        .bind(series.kind())
        .bind(i64::from(year))
        .bind(keeper.pattern.prefix.clone())
        .bind(i64::from(keeper.pattern.with_month))
        .bind(i64::try_from(keeper.pattern.digits).unwrap_or(5))
        .one()
        .await?;
    Ok((pattern(prefix, with_month, digits), number))
}

/// Goes on with a series behind `last`, if it was not so far.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn raise(
    tx: &mut Tx,
    series: Series,
    company: UnitId,
    year: i16,
    last: i64,
) -> Result<()> {
    const SQL: &str = "
        update book_number_series
           set last_number = $1
         where unit_id = $2
           and kind = $3
           and year = $4
           and last_number < $1";
    tx.q(SQL)
        .bind(last)
        .bind(company.get())
        .bind(series.kind())
        .bind(i64::from(year))
        .run()
        .await
        .map(drop)
}

/// A series with its company, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Kept {
    pub company_code: String,
    pub kind: String,
    pub year: i64,
    pub prefix: String,
    pub with_month: i64,
    pub digits: i64,
    pub first_number: i64,
    pub last_number: i64,
    pub version: i64,
}

impl Kept {
    pub fn standing(&self) -> Standing {
        Standing {
            pattern: pattern(self.prefix.clone(), self.with_month, self.digits),
            first: self.first_number,
            last: self.last_number,
        }
    }
}

macro_rules! select_series {
    ($($rest:literal),+) => {
        concat!(
            "select u.code as company_code, s.kind, s.year, s.prefix, s.with_month, s.digits,
                    s.first_number, s.last_number, s.version
               from book_number_series s
               join org_unit u on u.id = s.unit_id ",
            $($rest),+
        )
    };
}

/// Every series of companies in scope that was begun or set, newest year first; at most 10,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<Kept>> {
    const SQL: &str = select_series!(
        "where ($1 = 1 or s.unit_id in (select cast(value as bigint) from json_each($2)))
         order by s.year desc, u.sort_key, u.id, s.kind
         limit 10000"
    );
    tx.q(SQL)
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .all()
        .await
}

/// One series, if it was begun or set.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn find(tx: &mut Tx, company: UnitId, series: Series, year: i16) -> Result<Option<Kept>> {
    const SQL: &str = select_series!("where s.unit_id = $1 and s.kind = $2 and s.year = $3");
    tx.q(SQL)
        .bind(company.get())
        .bind(series.kind())
        .bind(i64::from(year))
        .maybe()
        .await
}

/// The newest series of a company and kind up to a year: what a year that is not set looks like.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn before(
    tx: &mut Tx,
    company: UnitId,
    series: Series,
    year: i16,
) -> Result<Option<Kept>> {
    const SQL: &str = select_series!(
        "where s.unit_id = $1 and s.kind = $2 and s.year <= $3 order by s.year desc limit 1"
    );
    tx.q(SQL)
        .bind(company.get())
        .bind(series.kind())
        .bind(i64::from(year))
        .maybe()
        .await
}

/// The series of other companies, or other kinds, that share one set of numbers with this one;
/// at most 10,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn beside(tx: &mut Tx, company: UnitId, series: Series) -> Result<Vec<Kept>> {
    const SQL: &str = select_series!(
        "where s.kind in (select value from json_each($3))
           and (s.unit_id <> $1 or s.kind <> $2)
         order by s.year desc, s.id
         limit 10000"
    );
    let kinds: Vec<&str> = series.beside().iter().map(|one| one.kind()).collect();
    tx.q(SQL)
        .bind(company.get())
        .bind(series.kind())
        .bind(serde_json::json!(kinds).to_string())
        .all()
        .await
}

/// Adds a series that was neither begun nor set.
///
/// # Errors
///
/// [`db::DbError::Taken`] if it was.
pub async fn add(
    tx: &mut Tx,
    (company, series, year): (UnitId, Series, i16),
    standing: &Standing,
) -> Result<()> {
    const SQL: &str = "
        insert into book_number_series
               (unit_id, kind, year, prefix, with_month, digits, first_number, last_number, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 1)";
    tx.q(SQL)
        .bind(company.get())
        .bind(series.kind())
        .bind(i64::from(year))
        .bind(standing.pattern.prefix.clone())
        .bind(i64::from(standing.pattern.with_month))
        .bind(i64::try_from(standing.pattern.digits).unwrap_or(5))
        .bind(standing.first)
        .bind(standing.last)
        .run()
        .await
        .map(drop)
}

/// Sets a series that stands where it was read.
///
/// # Errors
///
/// [`db::DbError::Missing`] if a number was given out or it was set meanwhile.
pub async fn save(
    tx: &mut Tx,
    (company, series, year): (UnitId, Series, i16),
    was: &Kept,
    standing: &Standing,
) -> Result<()> {
    const SQL: &str = "
        update book_number_series
           set prefix = $4, with_month = $5, digits = $6, first_number = $7, last_number = $8,
               version = version + 1
         where unit_id = $1
           and kind = $2
           and year = $3
           and version = $9
           and last_number = $10
        returning id";
    tx.q(SQL)
        .bind(company.get())
        .bind(series.kind())
        .bind(i64::from(year))
        .bind(standing.pattern.prefix.clone())
        .bind(i64::from(standing.pattern.with_month))
        .bind(i64::try_from(standing.pattern.digits).unwrap_or(5))
        .bind(standing.first)
        .bind(standing.last)
        .bind(was.version)
        .bind(was.last_number)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Companies in scope by code and name: the root first, then by name; at most 1,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn companies(tx: &mut Tx, scope: &Scope) -> Result<Vec<(String, String)>> {
    const SQL: &str = "
        select u.code, u.name
          from org_unit u
         where (u.kind = 'company' or u.parent_id is null)
           and ($1 = 1 or u.id in (select cast(value as bigint) from json_each($2)))
         order by case when u.parent_id is null then 0 else 1 end, u.sort_key, u.id
         limit 1000";
    tx.q(SQL)
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .all()
        .await
}
