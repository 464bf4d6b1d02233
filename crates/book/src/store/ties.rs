//! Whom a customer belongs to and who pays for it, from when to when.

use std::collections::BTreeSet;

use db::{FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Scope,
    times::{BEGINNING, Moment},
};

use super::sight::{in_sight, sighted};
use crate::CustomerId;

/// What ties one customer to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Parent,
    Payer,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Parent => "parent",
            Kind::Payer => "payer",
        }
    }

    pub fn parse(text: &str) -> Option<Kind> {
        [Kind::Parent, Kind::Payer]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// A dated tie. `from` is the beginning for one that always held; `to` is the first day without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    pub customer: CustomerId,
    pub kind: Kind,
    pub other: CustomerId,
    pub from: Date,
    pub to: Option<Date>,
}

/// A tie with the other's code, for showing.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Shown {
    pub kind: String,
    pub other_code: String,
    pub other_name: String,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

impl Shown {
    /// For sample pages.
    pub fn sample(kind: &str) -> Shown {
        Shown {
            kind: kind.to_owned(),
            other_code: "C-9".to_owned(),
            other_name: "Linkway Holding".to_owned(),
            valid_from: "2026-01-01".to_owned(),
            valid_to: None,
        }
    }
}

#[derive(FromRow)]
struct Row {
    customer_id: i64,
    kind: String,
    other_id: i64,
    valid_from: String,
    valid_to: Option<String>,
}

fn dated(row: Row) -> Option<Tie> {
    Some(Tie {
        customer: CustomerId::of(row.customer_id),
        kind: Kind::parse(&row.kind)?,
        other: CustomerId::of(row.other_id),
        from: row.valid_from.parse().ok()?,
        to: match row.valid_to {
            Some(day) => Some(day.parse().ok()?),
            None => None,
        },
    })
}

/// The ties of a customer as known at an instant, oldest first; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn shown(tx: &mut Tx, customer: CustomerId, known_at: i64) -> Result<Vec<Shown>> {
    const SQL: &str = "
        select t.kind, o.code as other_code, o.name as other_name, t.valid_from, t.valid_to
          from book_customer_tie t
          join book_customer o on o.id = t.other_id
         where t.customer_id = $1
           and t.recorded_at <= $2
           and (t.retracted_at is null or t.retracted_at > $2)
         order by t.kind, t.valid_from, t.id
         limit 500";
    tx.q(SQL).bind(customer.get()).bind(known_at).all().await
}

/// The customers in scope that belong to this one or that it pays for on a day; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn below(
    tx: &mut Tx,
    scope: &Scope,
    customer: CustomerId,
    on: Date,
) -> Result<Vec<Shown>> {
    const SQL: &str = concat!(
        "select t.kind, c.code as other_code, c.name as other_name, t.valid_from, t.valid_to
           from book_customer_tie t
           join book_customer c on c.id = t.customer_id
          where t.other_id = $5
            and ",
        db::holds!("t", "$1", "$2"),
        " and ",
        in_sight!("c.id"),
        " order by t.kind, c.sort_key, c.id
          limit 500"
    );
    sighted(tx.q(SQL), scope, on)
        .bind(customer.get())
        .all()
        .await
}

/// The ties now believed that a customer has, or that others have to it; at most 100,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn touching(tx: &mut Tx, customer: CustomerId) -> Result<Vec<Tie>> {
    const SQL: &str = "
        select customer_id, kind, other_id, valid_from, valid_to
          from book_customer_tie
         where (customer_id = $1 or other_id = $1)
           and retracted_at is null
         order by kind, valid_from, id
         limit 100000";
    let rows: Vec<Row> = tx.q(SQL).bind(customer.get()).all().await?;
    Ok(rows.into_iter().filter_map(dated).collect())
}

/// The other of a kind at a moment.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn on(
    tx: &mut Tx,
    customer: CustomerId,
    kind: Kind,
    at: Moment,
) -> Result<Option<CustomerId>> {
    const SQL: &str = concat!(
        "select t.other_id
           from book_customer_tie t
          where t.customer_id = $3
            and t.kind = $4
            and ",
        db::holds!("t", "$1", "$2"),
        " order by t.id desc
          limit 1"
    );
    let row: Option<(i64,)> = tx
        .q(SQL)
        .bind(at.as_of.to_string())
        .bind(at.known_at)
        .bind(customer.get())
        .bind(kind.as_str())
        .maybe()
        .await?;
    Ok(row.map(|(id,)| CustomerId::of(id)))
}

/// Whether the tie would lead back to its own customer, on any day of it, over as many others as
/// there are.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn leads_back(tx: &mut Tx, tie: &Tie) -> Result<bool> {
    let mut seen = BTreeSet::new();
    let mut next = vec![(tie.other, tie.from, tie.to)];
    while let Some((above, from, to)) = next.pop() {
        if above == tie.customer {
            return Ok(true);
        }
        if !seen.insert((above, from, to)) {
            continue;
        }
        let ties = touching(tx, above).await?.into_iter();
        let further = ties.filter(|one| one.customer == above && one.kind == tie.kind);
        next.extend(further.filter_map(|one| {
            let from = from.max(one.from);
            let to = match (to, one.to) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            to.is_none_or(|to| from < to)
                .then_some((one.other, from, to))
        }));
    }
    Ok(false)
}

/// Retracts what of the kind touches `[from, to)`, and records anew what of it lies outside.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn make_room(
    tx: &mut Tx,
    (customer, kind): (CustomerId, Kind),
    from: Date,
    to: Option<Date>,
    now: Timestamp,
) -> Result<()> {
    const RETRACT: &str = "
        update book_customer_tie
           set retracted_at = $1
         where customer_id = $2
           and kind = $3
           and retracted_at is null
           and (valid_to is null or valid_to > $4)
           and ($5 = '' or valid_from < $5)";
    let old = touching(tx, customer).await?;
    let touched = old.into_iter().filter(|one| {
        one.customer == customer
            && one.kind == kind
            && one.to.is_none_or(|end| from < end)
            && to.is_none_or(|end| one.from < end)
    });
    let mut outside = Vec::new();
    for one in touched {
        if one.from < from {
            outside.push(Tie {
                to: Some(from),
                ..one.clone()
            });
        }
        if let Some(end) = to.filter(|end| one.to.is_none_or(|old_end| *end < old_end)) {
            outside.push(Tie { from: end, ..one });
        }
    }
    tx.q(RETRACT)
        .bind(now.as_microsecond())
        .bind(customer.get())
        .bind(kind.as_str())
        .bind(from.to_string())
        .bind(to.map(|day| day.to_string()).unwrap_or_default())
        .run()
        .await?;
    for tie in &outside {
        add(tx, tie, now).await?;
    }
    Ok(())
}

/// Records a tie as it is, without looking at what holds already.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add(tx: &mut Tx, tie: &Tie, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into book_customer_tie (customer_id, kind, other_id, valid_from, valid_to, recorded_at)
        values ($1, $2, $3, $4, $5, $6)";
    tx.q(SQL)
        .bind(tie.customer.get())
        .bind(tie.kind.as_str())
        .bind(tie.other.get())
        .bind(tie.from.to_string())
        .bind(tie.to.map(|day| day.to_string()))
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// Retracts every tie of a customer and to it.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn retract_all(tx: &mut Tx, customer: CustomerId, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_customer_tie
           set retracted_at = $1
         where (customer_id = $2 or other_id = $2)
           and retracted_at is null";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(customer.get())
        .run()
        .await
        .map(drop)
}

/// Ties the customer to another from `today` on, or to nobody; the first tie of its kind holds from
/// the beginning. What is so already stays.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set(
    tx: &mut Tx,
    (customer, kind): (CustomerId, Kind),
    other: Option<CustomerId>,
    today: Date,
    now: Timestamp,
) -> Result<()> {
    let old = touching(tx, customer).await?;
    let mut own = old
        .iter()
        .filter(|one| one.customer == customer && one.kind == kind);
    let first = own.clone().next().is_none();
    let standing = own.find(|one| one.from <= today && one.to.is_none());
    if standing.map(|one| one.other) == other {
        return Ok(());
    }
    let from = if first { BEGINNING } else { today };
    make_room(tx, (customer, kind), from, None, now).await?;
    let Some(other) = other else { return Ok(()) };
    let tie = Tie {
        customer,
        kind,
        other,
        from,
        to: None,
    };
    add(tx, &tie, now).await
}
