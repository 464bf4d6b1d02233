//! What a customer pays by, from when to when: named payment terms, or a number of days.

use std::collections::BTreeMap;

use db::{Cell, FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::times::{BEGINNING, Moment};

use crate::{CustomerId, TermsId};

/// What was agreed. Where nothing was, all is due at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreed {
    Named(TermsId),
    Days(i64),
}

impl Agreed {
    fn named(self) -> Option<i64> {
        match self {
            Agreed::Named(terms) => Some(terms.get()),
            Agreed::Days(_) => None,
        }
    }

    fn days(self) -> Option<i64> {
        match self {
            Agreed::Named(_) => None,
            Agreed::Days(days) => Some(days),
        }
    }
}

/// What a customer pays by in a span of days; `from` is the beginning for what always held, `to` the
/// first day no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    pub customer: CustomerId,
    pub agreed: Agreed,
    pub from: Date,
    pub to: Option<Date>,
}

/// The same with the names of the terms, for showing.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Shown {
    pub code: Option<String>,
    pub name: Option<String>,
    pub name_local: Option<String>,
    pub days: Option<i64>,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

impl Shown {
    /// For sample pages.
    pub fn sample(is_named: bool) -> Shown {
        let text = |text: &str| is_named.then(|| text.to_owned());
        Shown {
            code: text("thirds"),
            name: text("In three parts"),
            name_local: text("分三期"),
            days: (!is_named).then_some(60),
            valid_from: "2026-01-01".to_owned(),
            valid_to: None,
        }
    }
}

#[derive(FromRow)]
struct Row {
    customer_id: i64,
    terms_id: Option<i64>,
    days: Option<i64>,
    valid_from: String,
    valid_to: Option<String>,
}

fn spell(row: Row) -> Option<Spell> {
    let named = row.terms_id.map(|id| Agreed::Named(TermsId::of(id)));
    Some(Spell {
        customer: CustomerId::of(row.customer_id),
        agreed: named.or(row.days.map(Agreed::Days))?,
        from: row.valid_from.parse().ok()?,
        to: match row.valid_to {
            Some(day) => Some(day.parse().ok()?),
            None => None,
        },
    })
}

/// What a customer paid and pays by as known at an instant, oldest first; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn shown(tx: &mut Tx, customer: CustomerId, known_at: i64) -> Result<Vec<Shown>> {
    const SQL: &str = "
        select t.code, t.name, t.name_local, a.days, a.valid_from, a.valid_to
          from book_customer_terms a
          left join book_terms t on t.id = a.terms_id
         where a.customer_id = $1
           and a.recorded_at <= $2
           and (a.retracted_at is null or a.retracted_at > $2)
         order by a.valid_from, a.id
         limit 500";
    tx.q(SQL).bind(customer.get()).bind(known_at).all().await
}

/// What is now believed of one customer, oldest first; at most 100,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId) -> Result<Vec<Spell>> {
    const SQL: &str = "
        select customer_id, terms_id, days, valid_from, valid_to
          from book_customer_terms
         where customer_id = $1
           and retracted_at is null
         order by valid_from, id
         limit 100000";
    let rows: Vec<Row> = tx.q(SQL).bind(customer.get()).all().await?;
    Ok(rows.into_iter().filter_map(spell).collect())
}

/// What is now believed of every customer, each oldest first; at most 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx) -> Result<BTreeMap<CustomerId, Vec<Spell>>> {
    const SQL: &str = "
        select customer_id, terms_id, days, valid_from, valid_to
          from book_customer_terms
         where retracted_at is null
         order by customer_id, valid_from, id
         limit 1000000";
    let rows: Vec<Row> = tx.q(SQL).all().await?;
    let mut all: BTreeMap<CustomerId, Vec<Spell>> = BTreeMap::new();
    for one in rows.into_iter().filter_map(spell) {
        all.entry(one.customer).or_default().push(one);
    }
    Ok(all)
}

/// What a customer pays by at a moment.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn on(tx: &mut Tx, customer: CustomerId, at: Moment) -> Result<Option<Agreed>> {
    const SQL: &str = concat!(
        "select a.customer_id, a.terms_id, a.days, a.valid_from, a.valid_to
           from book_customer_terms a
          where a.customer_id = $3
            and ",
        db::holds!("a", "$1", "$2"),
        " order by a.id desc
          limit 1"
    );
    let row: Option<Row> = tx
        .q(SQL)
        .bind(at.as_of.to_string())
        .bind(at.known_at)
        .bind(customer.get())
        .maybe()
        .await?;
    Ok(row.and_then(spell).map(|spell| spell.agreed))
}

/// Retracts what touches `[from, to)`, and records anew what of it lies outside.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn make_room(
    tx: &mut Tx,
    customer: CustomerId,
    from: Date,
    to: Option<Date>,
    now: Timestamp,
) -> Result<()> {
    const RETRACT: &str = "
        update book_customer_terms
           set retracted_at = $1
         where customer_id = $2
           and retracted_at is null
           and (valid_to is null or valid_to > $3)
           and ($4 = '' or valid_from < $4)";
    let mut outside = Vec::new();
    for one in of_customer(tx, customer).await? {
        let meets = one.to.is_none_or(|end| from < end) && to.is_none_or(|end| one.from < end);
        if !meets {
            continue;
        }
        if one.from < from {
            outside.push(Spell {
                to: Some(from),
                ..one.clone()
            });
        }
        if let Some(end) = to.filter(|end| one.to.is_none_or(|old_end| *end < old_end)) {
            outside.push(Spell { from: end, ..one });
        }
    }
    tx.q(RETRACT)
        .bind(now.as_microsecond())
        .bind(customer.get())
        .bind(from.to_string())
        .bind(to.map(|day| day.to_string()).unwrap_or_default())
        .run()
        .await?;
    add_many(tx, &outside, now).await
}

/// Records them as they are, without looking at what holds already.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_many(tx: &mut Tx, spells: &[Spell], now: Timestamp) -> Result<()> {
    let rows = spells.iter().map(|one| {
        vec![
            Cell::from(one.customer.get()),
            Cell::from(one.agreed.named()),
            Cell::from(one.agreed.days()),
            Cell::from(one.from.to_string()),
            Cell::from(one.to.map(|day| day.to_string())),
            Cell::from(now.as_microsecond()),
        ]
    });
    tx.insert_many(
        "insert into book_customer_terms (customer_id, terms_id, days, valid_from, valid_to, recorded_at) values",
        rows.collect(),
    )
    .await
}

/// Lets the customer pay by something else from `today` on, or by nothing; the first it ever had holds
/// from the beginning. What is so already stays.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set(
    tx: &mut Tx,
    customer: CustomerId,
    agreed: Option<Agreed>,
    today: Date,
    now: Timestamp,
) -> Result<()> {
    let held = of_customer(tx, customer).await?;
    let holds = |one: &&Spell| one.from <= today && one.to.is_none_or(|end| today < end);
    if held.iter().find(holds).map(|one| one.agreed) == agreed {
        return Ok(());
    }
    let from = if held.is_empty() { BEGINNING } else { today };
    make_room(tx, customer, from, None, now).await?;
    let new = agreed.map(|agreed| Spell {
        customer,
        agreed,
        from,
        to: None,
    });
    add_many(tx, new.as_slice(), now).await
}

/// Retracts all there is of a customer.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn retract_all(tx: &mut Tx, customer: CustomerId, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_customer_terms
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
