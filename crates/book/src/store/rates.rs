//! Quotes of rates, one a day and currency, with everything that was once believed of them.

use std::collections::{BTreeMap, BTreeSet};

use db::{Cell, Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Moment, Rate, Refusal};

use crate::{
    RateId,
    rates::{self, Factor, Quote, Rated, too_old_from},
};

#[derive(FromRow)]
struct Row {
    id: i64,
    currency: String,
    is_inverse: i64,
    per: i64,
    rate: i64,
    version: i64,
    valid_from: String,
}

impl Row {
    fn rated(&self, base: Currency) -> std::result::Result<Rated, Refusal> {
        let foreign = Currency::parse(&self.currency)?;
        let (from, to) = if self.is_inverse == 1 {
            (base, foreign)
        } else {
            (foreign, base)
        };
        Ok(Rated {
            id: RateId::of(self.id),
            quote: Quote {
                from,
                to,
                per: self.per,
                rate: Rate::of_millionths(self.rate),
            },
            day: self.valid_from.parse().unwrap_or(Date::ZERO),
            version: self.version,
        })
    }
}

/// The rate that serves the moment's day, as known at its instant: the latest of that day or of the
/// seven before it.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn find(
    tx: &mut Tx,
    currency: Currency,
    base: Currency,
    moment: Moment,
) -> Result<Option<Rated>> {
    const SQL: &str = concat!(
        "select r.id, r.currency, r.is_inverse, r.per, r.rate, r.version, r.valid_from
           from book_rate r
          where r.currency = $1
            and ",
        db::holds!("r", "$2", "$3"),
        " order by r.valid_from desc, r.id desc
          limit 1"
    );
    let row: Option<Row> = tx
        .q(SQL)
        .bind(currency.code())
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .maybe()
        .await?;
    Ok(row.map(|row| row.rated(base)).transpose()?)
}

/// The rate a document of `day` takes; none for the company's own currency. A document dated ahead
/// takes the rate of today.
///
/// # Errors
///
/// `currency.no_rate`.
pub async fn of_document(
    tx: &mut Tx,
    currency: Currency,
    base: Currency,
    day: Date,
    today: Date,
) -> Result<Option<Rated>> {
    if currency == base {
        return Ok(None);
    }
    let day = day.min(today);
    let found = find(tx, currency, base, Moment::latest(day)).await?;
    match found {
        Some(rated) => Ok(Some(rated)),
        None => Err(rates::missing(currency, base, day).into()),
    }
}

/// What an amount in `from` is worth in `to` at a moment, through the base where neither is it.
///
/// # Errors
///
/// `currency.no_rate`, or `money.too_large` for two rates that do not fit together.
pub async fn factor(
    tx: &mut Tx,
    from: Currency,
    to: Currency,
    base: Currency,
    moment: Moment,
) -> Result<Factor> {
    if from == to {
        return Ok(Factor::SAME);
    }
    let there = into_base(tx, from, base, moment).await?;
    let back = into_base(tx, to, base, moment).await?;
    Ok(there.then(back.inverse())?)
}

async fn into_base(
    tx: &mut Tx,
    currency: Currency,
    base: Currency,
    moment: Moment,
) -> Result<Factor> {
    if currency == base {
        return Ok(Factor::SAME);
    }
    let rated = find(tx, currency, base, moment).await?;
    let rated = rated.ok_or_else(|| rates::missing(currency, base, moment.as_of))?;
    Ok(rated.quote.into_base(base))
}

/// The quote with this row, believed or not: what a document took.
///
/// # Errors
///
/// [`db::DbError::Missing`].
pub async fn by_id(tx: &mut Tx, id: RateId, base: Currency) -> Result<Rated> {
    const SQL: &str = "
        select id, currency, is_inverse, per, rate, version, valid_from
          from book_rate
         where id = $1
         order by id
         limit 1";
    let row: Row = tx.q(SQL).bind(id.get()).one().await?;
    Ok(row.rated(base)?)
}

/// The quote of exactly this day, as known at an instant.
///
/// # Errors
///
/// A refusal of kind missing.
pub async fn of_day(
    tx: &mut Tx,
    currency: &str,
    day: Date,
    base: Currency,
    known_at: i64,
) -> Result<Rated> {
    const SQL: &str = "
        select id, currency, is_inverse, per, rate, version, valid_from
          from book_rate
         where currency = $1
           and valid_from = $2
           and recorded_at <= $3
           and (retracted_at is null or retracted_at > $3)
         order by id desc
         limit 1";
    let row: Option<Row> = tx
        .q(SQL)
        .bind(currency.to_owned())
        .bind(day.to_string())
        .bind(known_at)
        .maybe()
        .await?;
    let row = row.ok_or_else(|| Refusal::missing(format!("rate of {currency} of {day}")))?;
    Ok(row.rated(base)?)
}

/// Quotes known at an instant, newest first, one page. An empty currency means all of them. The
/// cursor's key is the day.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(
    tx: &mut Tx,
    currency: &str,
    base: Currency,
    known_at: i64,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Rated>> {
    const SQL: &str = "
        select id, currency, is_inverse, per, rate, version, valid_from
          from book_rate
         where ($1 = '' or currency = $1)
           and recorded_at <= $2
           and (retracted_at is null or retracted_at > $2)
           and ($3 = '' or (valid_from, id) < ($3, $4))
         order by valid_from desc, id desc
         limit $5";
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(currency.to_owned())
        .bind(known_at)
        .bind(from.key.clone())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    let listing = Listing::of(rows, limit, |row| Cursor {
        key: row.valid_from.clone(),
        id: row.id,
    });
    let mut items = Vec::with_capacity(listing.items.len());
    for row in &listing.items {
        items.push(row.rated(base)?);
    }
    Ok(Listing {
        items,
        next: listing.next,
    })
}

/// The last rate of each currency up to a day, however old, by currency; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn last(tx: &mut Tx, base: Currency, day: Date) -> Result<Vec<Rated>> {
    const SQL: &str = "
        select r.id, r.currency, r.is_inverse, r.per, r.rate, r.version, r.valid_from
          from book_rate r
         where r.retracted_at is null
           and r.valid_from <= $1
           and not exists (
                select 1
                  from book_rate later
                 where later.currency = r.currency
                   and later.retracted_at is null
                   and later.valid_from > r.valid_from
                   and later.valid_from <= $1)
         order by r.currency, r.id
         limit 500";
    let rows: Vec<Row> = tx.q(SQL).bind(day.to_string()).all().await?;
    let rated: std::result::Result<Vec<Rated>, Refusal> =
        rows.iter().map(|row| row.rated(base)).collect();
    Ok(rated?)
}

/// The rates that serve a moment, one for each currency, by currency; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn serving(tx: &mut Tx, base: Currency, moment: Moment) -> Result<Vec<Rated>> {
    const SQL: &str = concat!(
        "select r.id, r.currency, r.is_inverse, r.per, r.rate, r.version, r.valid_from
           from book_rate r
          where ",
        db::holds!("r", "$1", "$2"),
        "   and not exists (
                select 1
                  from book_rate later
                 where later.currency = r.currency
                   and later.valid_from > r.valid_from
                   and ",
        db::holds!("later", "$1", "$2"),
        ")
          order by r.currency, r.id
          limit 500"
    );
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .all()
        .await?;
    let rated: std::result::Result<Vec<Rated>, Refusal> =
        rows.iter().map(|row| row.rated(base)).collect();
    Ok(rated?)
}

/// Every quote now believed, by the currency's code and day; at most 2,000,000. For files.
#[derive(Debug, Clone, Default)]
pub struct Known {
    by_currency: BTreeMap<&'static str, BTreeMap<Date, Rated>>,
}

impl Known {
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn load(tx: &mut Tx, base: Currency) -> Result<Known> {
        const SQL: &str = "
            select id, currency, is_inverse, per, rate, version, valid_from
              from book_rate
             where retracted_at is null
             order by currency, valid_from, id
             limit 2000000";
        let rows: Vec<Row> = tx.q(SQL).all().await?;
        Known::of(rows, base)
    }

    /// Only the quotes of these currencies (folded codes) that serve a day from the first of `span` to
    /// the last; at most 100,000.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn around(
        tx: &mut Tx,
        base: Currency,
        currencies: &BTreeSet<String>,
        (first, last): (&str, &str),
    ) -> Result<Known> {
        const SQL: &str = "
            select id, currency, is_inverse, per, rate, version, valid_from
              from book_rate
             where currency in (select value from json_each($1))
               and valid_from <= $2
               and valid_to > $3
               and retracted_at is null
             order by currency, valid_from, id
             limit 100000";
        if currencies.is_empty() {
            return Ok(Known::default());
        }
        let codes: Vec<String> = currencies
            .iter()
            .map(|code| code.to_ascii_uppercase())
            .collect();
        let rows: Vec<Row> = tx
            .q(SQL)
            .bind(serde_json::to_string(&codes).unwrap_or_default())
            .bind(last.to_owned())
            .bind(first.to_owned())
            .all()
            .await?;
        Known::of(rows, base)
    }

    fn of(rows: Vec<Row>, base: Currency) -> Result<Known> {
        let mut known = Known::default();
        for row in rows {
            let rated = row.rated(base)?;
            let code = rated.quote.foreign(base).code();
            let days = known.by_currency.entry(code).or_default();
            days.insert(rated.day, rated);
        }
        Ok(known)
    }

    /// The quote of exactly this day.
    pub fn of_day(&self, currency: Currency, day: Date) -> Option<&Rated> {
        self.by_currency.get(currency.code())?.get(&day)
    }

    /// The rate that serves `day`, as [`find`] finds it.
    pub fn serving(&self, currency: Currency, day: Date) -> Option<&Rated> {
        let days = self.by_currency.get(currency.code())?;
        let (quoted, rated) = days.range(..=day).next_back()?;
        (day < too_old_from(*quoted)).then_some(rated)
    }

    /// All quotes by currency and day.
    pub fn all(&self) -> impl Iterator<Item = &Rated> {
        self.by_currency.values().flat_map(BTreeMap::values)
    }
}

/// A quote to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRate {
    pub quote: Quote,
    pub day: Date,
    pub version: i64,
}

/// Records quotes of days that have none.
///
/// # Errors
///
/// [`db::DbError::Taken`] if one of the days has a quote of that currency.
pub async fn add_many(
    tx: &mut Tx,
    rates: &[NewRate],
    base: Currency,
    now: Timestamp,
) -> Result<()> {
    let rows = rates
        .iter()
        .map(|new| {
            vec![
                Cell::from(new.quote.foreign(base).code()),
                Cell::from(i64::from(new.quote.from == base)),
                Cell::from(new.quote.per),
                Cell::from(new.quote.rate.millionths()),
                Cell::from(new.version),
                Cell::from(new.day.to_string()),
                Cell::from(too_old_from(new.day).to_string()),
                Cell::from(now.as_microsecond()),
            ]
        })
        .collect();
    tx.insert_many(
        "insert into book_rate (currency, is_inverse, per, rate, version, valid_from, valid_to, recorded_at) values",
        rows,
    )
    .await
}

/// Takes a quote back and records another for its day. What was believed before stays readable as
/// known before `now`, and documents that took it keep it.
///
/// # Errors
///
/// [`db::DbError::Missing`] if it was corrected meanwhile.
pub async fn correct(
    tx: &mut Tx,
    old: &Rated,
    quote: Quote,
    base: Currency,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update book_rate
           set retracted_at = $1
         where id = $2
           and retracted_at is null
        returning id";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(old.id.get())
        .one::<(i64,)>()
        .await?;
    let new = NewRate {
        quote,
        day: old.day,
        version: old.version + 1,
    };
    add_many(tx, &[new], base, now).await
}
