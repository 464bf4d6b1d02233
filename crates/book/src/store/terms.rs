//! Payment terms by name, and what a customer's own are.

use std::collections::BTreeMap;

use db::{Cell, FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Moment, Percent, Refusal};

use super::customer_terms::{self, Agreed};
use crate::{
    CustomerId, TermsId,
    terms::{Clock, Part},
};

/// Named payment terms.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Terms {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub version: i64,
    pub ended_on: Option<String>,
}

impl Terms {
    /// For sample pages.
    pub fn sample() -> Terms {
        Terms {
            id: 1,
            code: "thirds".to_owned(),
            name: "In three parts".to_owned(),
            name_local: Some("分三期".to_owned()),
            version: 1,
            ended_on: None,
        }
    }

    pub fn terms(&self) -> TermsId {
        TermsId::of(self.id)
    }
}

#[derive(FromRow)]
struct PartRow {
    share: i64,
    clock: String,
    days: i64,
    end_of_month: i64,
    payment_day: Option<i64>,
    discount: i64,
    discount_days: i64,
    retention: i64,
}

#[derive(FromRow)]
struct OwnedPartRow {
    terms_id: i64,
    #[sqlx(flatten)]
    part: PartRow,
}

impl PartRow {
    fn part(&self) -> std::result::Result<Part, Refusal> {
        Ok(Part {
            share: Percent::of_millionths(self.share),
            clock: Clock::parse(&self.clock)?,
            days: self.days,
            end_of_month: self.end_of_month == 1,
            payment_day: self.payment_day.and_then(|day| i8::try_from(day).ok()),
            discount: Percent::of_millionths(self.discount),
            discount_days: self.discount_days,
            is_retention: self.retention == 1,
        })
    }
}

/// All terms by code.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx) -> Result<Vec<Terms>> {
    const SQL: &str = "
        select id, code, name, name_local, version, ended_on
          from book_terms
         order by code_key
         limit 1000";
    tx.q(SQL).all().await
}

/// # Errors
///
/// A refusal of kind missing if there are none of this code.
pub async fn fetch(tx: &mut Tx, code: &str) -> Result<Terms> {
    const SQL: &str = "
        select id, code, name, name_local, version, ended_on
          from book_terms
         where code_key = $1";
    let found = tx
        .q(SQL)
        .bind(code.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("payment terms {code}")))?)
}

/// The parts of terms in their order.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn parts(tx: &mut Tx, terms: TermsId) -> Result<Vec<Part>> {
    const SQL: &str = "
        select share, clock, days, end_of_month, payment_day, discount, discount_days, retention
          from book_terms_part
         where terms_id = $1
         order by part
         limit 24";
    let rows: Vec<PartRow> = tx.q(SQL).bind(terms.get()).all().await?;
    let parts: std::result::Result<Vec<Part>, Refusal> = rows.iter().map(PartRow::part).collect();
    Ok(parts?)
}

/// The parts of all terms, in their order.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all_parts(tx: &mut Tx) -> Result<BTreeMap<i64, Vec<Part>>> {
    const SQL: &str = "
        select terms_id, share, clock, days, end_of_month, payment_day, discount, discount_days, retention
          from book_terms_part
         order by terms_id, part
         limit 24000";
    let rows: Vec<OwnedPartRow> = tx.q(SQL).all().await?;
    let mut all: BTreeMap<i64, Vec<Part>> = BTreeMap::new();
    for row in &rows {
        all.entry(row.terms_id).or_default().push(row.part.part()?);
    }
    Ok(all)
}

/// The terms a customer has on a day: named ones, else the number of days, else due at once.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId, on: Date) -> Result<Vec<Part>> {
    match customer_terms::on(tx, customer, Moment::latest(on)).await? {
        Some(Agreed::Named(terms)) => parts(tx, terms).await,
        Some(Agreed::Days(days)) => Ok(vec![Part::days_after_invoice(days)]),
        None => Ok(vec![Part::days_after_invoice(0)]),
    }
}

/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(
    tx: &mut Tx,
    code: &Code,
    (name, name_local): (&str, Option<&str>),
    parts: &[Part],
) -> Result<TermsId> {
    const SQL: &str = "
        insert into book_terms (code, code_key, name, name_local, version)
        values ($1, $2, $3, $4, 1)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(code.as_str().to_owned())
        .bind(code.folded())
        .bind(name.to_owned())
        .bind(name_local.map(str::to_owned))
        .one()
        .await?;
    add_parts(tx, id, parts).await?;
    Ok(TermsId::of(id))
}

/// Gives terms another name or other parts; invoices that were written keep their instalments.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn change(
    tx: &mut Tx,
    terms: &Terms,
    (name, name_local): (&str, Option<&str>),
    parts: Option<&[Part]>,
) -> Result<()> {
    const SQL: &str = "
        update book_terms
           set name = $1, name_local = $2, version = version + 1
         where id = $3
           and version = $4
        returning id";
    const REMOVE: &str = "delete from book_terms_part where terms_id = $1";
    tx.q(SQL)
        .bind(name.to_owned())
        .bind(name_local.map(str::to_owned))
        .bind(terms.id)
        .bind(terms.version)
        .one::<(i64,)>()
        .await?;
    let Some(parts) = parts else { return Ok(()) };
    tx.q(REMOVE).bind(terms.id).run().await?;
    add_parts(tx, terms.id, parts).await
}

async fn add_parts(tx: &mut Tx, terms: i64, parts: &[Part]) -> Result<()> {
    let rows = (1_i64..).zip(parts).map(|(number, part)| {
        vec![
            Cell::from(terms),
            Cell::from(number),
            Cell::from(part.share.millionths()),
            Cell::from(part.clock.word()),
            Cell::from(part.days),
            Cell::from(i64::from(part.end_of_month)),
            Cell::from(part.payment_day.map(i64::from)),
            Cell::from(part.discount.millionths()),
            Cell::from(part.discount_days),
            Cell::from(i64::from(part.is_retention)),
        ]
    });
    tx.insert_many(
        "insert into book_terms_part (terms_id, part, share, clock, days, end_of_month, payment_day,
                discount, discount_days, retention) values",
        rows.collect(),
    )
    .await
}
