//! Prices of lists and special prices, with everything that was once believed of them.

use db::{Cell, Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Moment, Price, Quantity, Refusal, Scope};

use super::former_codes::answers_to;
use crate::{
    CustomerId, ListId, ProductId,
    pricing::{Candidate, Origin, Rule},
};

/// What one price is the price of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// None for a special price.
    pub list: Option<ListId>,
    pub customer: Option<CustomerId>,
    /// Empty for none.
    pub project: String,
    pub product: ProductId,
    pub from_quantity: Quantity,
}

/// A price and the days it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    pub price: Price,
    pub currency: Currency,
    pub reason: String,
    pub from: Date,
    pub to: Option<Date>,
}

/// A price as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Listed {
    pub id: i64,
    pub list_code: Option<String>,
    pub customer_code: Option<String>,
    pub project: String,
    pub product_code: String,
    pub from_quantity: i64,
    pub currency: String,
    pub price: i64,
    pub reason: String,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

/// What a list of prices is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The code of a list; special prices have none.
    pub list: String,
    /// The code of a customer.
    pub customer: String,
    pub project: String,
    /// The code of a product.
    pub product: String,
    /// Only those that hold on this day.
    pub on: Option<Date>,
    /// Microseconds.
    pub known_at: i64,
}

/// Which prices a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Lists,
    Specials,
}

/// Prices known at an instant, in the order they were recorded, one page. Of special prices those of
/// customers in scope, and those of projects that name no customer.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn page(
    tx: &mut Tx,
    of: Of,
    scope: &Scope,
    filter: &Filter,
    today: Date,
    (limit, from): (Limit, &Cursor),
) -> Result<Listing<Listed>> {
    const SQL: &str = concat!(
        "select p.id, l.code as list_code, c.code as customer_code, p.project,
                r.code as product_code, p.from_quantity, p.currency, p.price, p.reason,
                p.valid_from, p.valid_to
           from book_price p
           join book_product r on r.id = p.product_id
           left join book_price_list l on l.id = p.list_id
           left join book_customer c on c.id = p.customer_id
          where (case when p.list_id is null then 'special' else 'list' end) = $3
            and ($4 = 1 or p.customer_id is null or exists (
                    select 1 from book_assignment a
                     where a.customer_id = p.customer_id and a.role = 'owner'
                       and a.person_id in (select cast(value as bigint) from json_each($5))
                       and ",
        db::holds!("a", "$1", "$2"),
        "))
            and ($6 = '' or l.code_key = $6)
            and ($7 = '' or ",
        answers_to!("customer", "c", "$7"),
        ")
            and ($8 = '' or p.project = $8)
            and ($9 = '' or ",
        answers_to!("product", "r", "$9"),
        ")
            and ($10 = '' or p.valid_from <= $10 and (p.valid_to is null or p.valid_to > $10))
            and p.recorded_at <= $11
            and (p.retracted_at is null or p.retracted_at > $11)
            and p.id > $12
          order by p.id
          limit $13"
    );
    let kind = match of {
        Of::Lists => "list",
        Of::Specials => "special",
    };
    let rows: Vec<Listed> = tx
        .q(SQL)
        .bind(today.to_string())
        .bind(i64::MAX)
        .bind(kind)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(filter.list.trim().to_ascii_lowercase())
        .bind(filter.customer.trim().to_ascii_lowercase())
        .bind(filter.project.trim().to_owned())
        .bind(filter.product.trim().to_ascii_lowercase())
        .bind(filter.on.map(|day| day.to_string()).unwrap_or_default())
        .bind(filter.known_at)
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(rows, limit, |row| Cursor {
        key: String::new(),
        id: row.id,
    }))
}

#[derive(FromRow)]
struct CandidateRow {
    place: i64,
    source: Option<String>,
    since: String,
    price: i64,
    currency: String,
    is_gross: i64,
    from_quantity: i64,
}

/// Whose price is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub customer: CustomerId,
    pub product: ProductId,
    /// Empty for none.
    pub project: &'a str,
    pub moment: Moment,
}

/// The prices a customer could get for a product at a moment, the best first; at most 1,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn candidates(tx: &mut Tx, asked: Question<'_>) -> Result<Vec<Candidate>> {
    // The places 0 and 1 are special prices of the project and of the customer, 2 and 3 the lists of
    // the customer and of its group, 4 the product's list price.
    const SQL: &str = concat!(
        "with found as (
            select cast(case when p.list_id is null and p.project <> '' then 0
                        when p.list_id is null then 1
                        when u.customer_id is not null then 2
                        else 3 end as bigint) as place,
                   coalesce(l.code, p.reason) as source, p.valid_from as since, p.price, p.currency,
                   coalesce(l.is_gross, cast(0 as bigint)) as is_gross, p.from_quantity,
                   coalesce(u.valid_from, '') as used_from, coalesce(p.customer_id, 0) as own, p.id
              from book_price p
              join book_customer c on c.id = $3
              left join book_price_list l on l.id = p.list_id
              left join book_list_use u
                on u.list_id = p.list_id
               and (u.customer_id = c.id or u.group_id = c.group_id)
               and ",
        db::holds!("u", "$1", "$2"),
        "     where p.product_id = $4
               and ",
        db::holds!("p", "$1", "$2"),
        "      and (u.id is not null
                    or p.list_id is null
                   and (p.customer_id is null or p.customer_id = c.id)
                   and (p.project = '' or p.project = $5))
             union all
            select cast(4 as bigint), cast(null as text), x.valid_from, x.list_price, r.currency,
                   cast(0 as bigint), cast(0 as bigint), '', 0, x.id
              from book_product_price x
              join book_product r on r.id = x.product_id
             where x.product_id = $4
               and x.list_price is not null
               and ",
        db::holds!("x", "$1", "$2"),
        ")
         select place, source, since, price, currency, is_gross, from_quantity
           from found
          order by place, own desc, used_from desc, from_quantity desc, since desc, id desc
          limit 1000"
    );
    let rows: Vec<CandidateRow> = tx
        .q(SQL)
        .bind(asked.moment.as_of.to_string())
        .bind(asked.moment.known_at)
        .bind(asked.customer.get())
        .bind(asked.product.get())
        .bind(asked.project.trim().to_owned())
        .all()
        .await?;
    let mut candidates = Vec::with_capacity(rows.len());
    for row in rows {
        candidates.push(candidate(row)?);
    }
    Ok(candidates)
}

fn candidate(row: CandidateRow) -> std::result::Result<Candidate, Refusal> {
    let rule = match row.place {
        0 | 1 => Rule::Special,
        2 => Rule::CustomerList,
        3 => Rule::GroupList,
        _ => Rule::ListPrice,
    };
    Ok(Candidate {
        origin: Origin {
            rule,
            source: row.source,
            since: row.since.parse().ok(),
        },
        price: Price::of_millionths(row.price),
        currency: Currency::parse(&row.currency)?,
        is_gross: row.is_gross == 1,
        from_quantity: Quantity::of_millionths(row.from_quantity),
    })
}

#[derive(FromRow)]
struct Held {
    id: i64,
    currency: String,
    price: i64,
    reason: String,
    valid_from: String,
    valid_to: Option<String>,
}

/// The believed rows of a key that touch `[from, to)`; at most 1,000. A special price in one currency
/// has nothing to do with that in another; a list has one currency.
async fn touched(
    tx: &mut Tx,
    key: &Key,
    currency: Currency,
    (from, to): (Date, Option<Date>),
) -> Result<Vec<Held>> {
    const SQL: &str = "
        select id, currency, price, reason, valid_from, valid_to
          from book_price
         where product_id = $1
           and coalesce(list_id, 0) = $2
           and coalesce(customer_id, 0) = $3
           and project = $4
           and from_quantity = $5
           and retracted_at is null
           and (valid_to is null or valid_to > $6)
           and ($7 = '' or valid_from < $7)
           and (list_id is not null or currency = $8)
         order by valid_from, id
         limit 1000";
    tx.q(SQL)
        .bind(key.product.get())
        .bind(key.list.map_or(0, ListId::get))
        .bind(key.customer.map_or(0, CustomerId::get))
        .bind(key.project.clone())
        .bind(key.from_quantity.millionths())
        .bind(from.to_string())
        .bind(to.map(|day| day.to_string()).unwrap_or_default())
        .bind(currency.code())
        .all()
        .await
}

/// What setting a price did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// There was none in those days.
    New,
    /// Another price held in some of them.
    Corrected,
    /// It was the price already.
    Same,
}

/// Sets the price of a key for its days. What held in them before is retracted and recorded anew
/// where it lies outside; what was believed stays readable as known before `now`.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set(tx: &mut Tx, key: &Key, new: &Priced, now: Timestamp) -> Result<Set> {
    let old = touched(tx, key, new.currency, (new.from, new.to)).await?;
    let same = |one: &Held| {
        one.price == new.price.millionths()
            && one.currency == new.currency.code()
            && one.reason == new.reason
            && one.valid_from <= new.from.to_string()
            && match (&one.valid_to, new.to) {
                (None, _) => true,
                (Some(end), Some(to)) => to.to_string() <= *end,
                (Some(_), None) => false,
            }
    };
    if old.len() == 1 && old.iter().all(same) {
        return Ok(Set::Same);
    }
    make_room(tx, key, &old, (new.from, new.to), now).await?;
    tx.insert_many(INSERT, vec![row(key, new, now)]).await?;
    Ok(if old.is_empty() {
        Set::New
    } else {
        Set::Corrected
    })
}

/// Ends a price: in `[from, to)` there is none in this currency any more. Says how many rows it touched.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end(
    tx: &mut Tx,
    key: &Key,
    currency: Currency,
    (from, to): (Date, Option<Date>),
    now: Timestamp,
) -> Result<usize> {
    let old = touched(tx, key, currency, (from, to)).await?;
    make_room(tx, key, &old, (from, to), now).await?;
    Ok(old.len())
}

const INSERT: &str =
    "insert into book_price (list_id, customer_id, project, product_id, from_quantity, currency,
        price, reason, valid_from, valid_to, recorded_at) values";

async fn make_room(
    tx: &mut Tx,
    key: &Key,
    old: &[Held],
    (from, to): (Date, Option<Date>),
    now: Timestamp,
) -> Result<()> {
    const RETRACT: &str = "update book_price set retracted_at = $1 where id = $2";
    let mut outside = Vec::new();
    for held in old {
        tx.q(RETRACT)
            .bind(now.as_microsecond())
            .bind(held.id)
            .run()
            .await?;
        let whole = Priced {
            price: Price::of_millionths(held.price),
            currency: Currency::parse(&held.currency)?,
            reason: held.reason.clone(),
            from: held.valid_from.parse().unwrap_or(from),
            to: held.valid_to.as_ref().and_then(|day| day.parse().ok()),
        };
        if whole.from < from {
            let before = Priced {
                to: Some(from),
                ..whole.clone()
            };
            outside.push(row(key, &before, now));
        }
        if let Some(end) = to.filter(|end| whole.to.is_none_or(|old_end| *end < old_end)) {
            let after = Priced { from: end, ..whole };
            outside.push(row(key, &after, now));
        }
    }
    tx.insert_many(INSERT, outside).await
}

fn row(key: &Key, priced: &Priced, now: Timestamp) -> Vec<Cell> {
    vec![
        Cell::from(key.list.map(ListId::get)),
        Cell::from(key.customer.map(CustomerId::get)),
        Cell::from(key.project.as_str()),
        Cell::from(key.product.get()),
        Cell::from(key.from_quantity.millionths()),
        Cell::from(priced.currency.code()),
        Cell::from(priced.price.millionths()),
        Cell::from(priced.reason.as_str()),
        Cell::from(priced.from.to_string()),
        Cell::from(priced.to.map(|day| day.to_string())),
        Cell::from(now.as_microsecond()),
    ]
}

#[derive(FromRow)]
struct Special {
    project: String,
    product_id: i64,
    from_quantity: i64,
    currency: String,
    price: i64,
    reason: String,
    valid_from: String,
    valid_to: Option<String>,
}

/// The special prices of a customer, as now believed; at most 100,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn specials_of(tx: &mut Tx, customer: CustomerId) -> Result<Vec<(Key, Priced)>> {
    const SQL: &str = "
        select project, product_id, from_quantity, currency, price, reason, valid_from, valid_to
          from book_price
         where customer_id = $1
           and retracted_at is null
         order by id
         limit 100000";
    let rows: Vec<Special> = tx.q(SQL).bind(customer.get()).all().await?;
    let mut specials = Vec::with_capacity(rows.len());
    for row in rows {
        let key = Key {
            list: None,
            customer: Some(customer),
            project: row.project,
            product: ProductId::of(row.product_id),
            from_quantity: Quantity::of_millionths(row.from_quantity),
        };
        let priced = Priced {
            price: Price::of_millionths(row.price),
            currency: Currency::parse(&row.currency)?,
            reason: row.reason,
            from: super::day_of(&row.valid_from)?,
            to: row.valid_to.as_deref().map(super::day_of).transpose()?,
        };
        specials.push((key, priced));
    }
    Ok(specials)
}

/// Retracts all special prices of a customer.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn retract_specials(tx: &mut Tx, customer: CustomerId, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_price
           set retracted_at = $1
         where customer_id = $2
           and retracted_at is null";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(customer.get())
        .run()
        .await
        .map(drop)
}
