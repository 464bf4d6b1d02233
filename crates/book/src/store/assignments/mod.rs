//! Who looks after which customer from when to when.

pub mod known;

use std::collections::{BTreeMap, BTreeSet};

use db::{Cell, FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Scope, ids::PersonId};

use crate::CustomerId;

/// A dated assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub customer: CustomerId,
    pub person: PersonId,
    pub role: String,
    pub from: Date,
    /// The first day it no longer holds; none is open.
    pub to: Option<Date>,
}

#[derive(FromRow)]
struct Row {
    customer_id: i64,
    person_id: i64,
    role: String,
    valid_from: String,
    valid_to: Option<String>,
}

fn dated(row: Row) -> Option<Assignment> {
    Some(Assignment {
        customer: CustomerId::of(row.customer_id),
        person: PersonId::of(row.person_id),
        role: row.role,
        from: row.valid_from.parse().ok()?,
        to: match row.valid_to {
            Some(day) => Some(day.parse().ok()?),
            None => None,
        },
    })
}

/// All assignments of a customer now believed, oldest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId) -> Result<Vec<Assignment>> {
    of_customer_then(tx, customer, i64::MAX).await
}

/// All assignments of a customer believed at an instant, oldest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customer_then(
    tx: &mut Tx,
    customer: CustomerId,
    known_at: i64,
) -> Result<Vec<Assignment>> {
    const SQL: &str = "
        select customer_id, person_id, role, valid_from, valid_to
          from book_assignment
         where customer_id = $1
           and recorded_at <= $2
           and (retracted_at is null or retracted_at > $2)
         order by role, valid_from, id
         limit 1000";
    let rows: Vec<Row> = tx.q(SQL).bind(customer.get()).bind(known_at).all().await?;
    Ok(rows.into_iter().filter_map(dated).collect())
}

/// Every assignment now believed, by customer; at most 2,000,000. For stamping many documents.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx) -> Result<BTreeMap<CustomerId, Vec<Assignment>>> {
    const SQL: &str = "
        select customer_id, person_id, role, valid_from, valid_to
          from book_assignment
         where retracted_at is null
         order by customer_id, valid_from, id
         limit 2000000";
    let rows: Vec<Row> = tx.q(SQL).all().await?;
    let mut by_customer: BTreeMap<CustomerId, Vec<Assignment>> = BTreeMap::new();
    for assignment in rows.into_iter().filter_map(dated) {
        by_customer
            .entry(assignment.customer)
            .or_default()
            .push(assignment);
    }
    Ok(by_customer)
}

/// Every assignment of these customers now believed. For stamping many documents.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customers(
    tx: &mut Tx,
    customers: &BTreeSet<CustomerId>,
) -> Result<BTreeMap<CustomerId, Vec<Assignment>>> {
    const SQL: &str = "
        select customer_id, person_id, role, valid_from, valid_to
          from book_assignment
         where customer_id in (select cast(value as bigint) from json_each($1))
           and retracted_at is null
         order by customer_id, valid_from, id
         limit 100000";
    let ids: Vec<i64> = customers.iter().map(|customer| customer.get()).collect();
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(serde_json::json!(ids).to_string())
        .all()
        .await?;
    let mut by_customer: BTreeMap<CustomerId, Vec<Assignment>> = BTreeMap::new();
    for assignment in rows.into_iter().filter_map(dated) {
        by_customer
            .entry(assignment.customer)
            .or_default()
            .push(assignment);
    }
    Ok(by_customer)
}

/// Records assignments.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_many(tx: &mut Tx, assignments: &[Assignment], now: Timestamp) -> Result<()> {
    let rows = assignments
        .iter()
        .map(|assignment| {
            vec![
                Cell::from(assignment.customer.get()),
                Cell::from(assignment.person.get()),
                Cell::from(assignment.role.as_str()),
                Cell::from(assignment.from.to_string()),
                Cell::from(assignment.to.map(|day| day.to_string())),
                Cell::from(now.as_microsecond()),
            ]
        })
        .collect();
    tx.insert_many(
        "insert into book_assignment (customer_id, person_id, role, valid_from, valid_to, recorded_at) values",
        rows,
    )
    .await
}

/// Retracts every assignment of a role that touches `[from, to)`, and records anew what of them lies
/// outside. What was believed before stays readable as known before `now`.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn make_room(
    tx: &mut Tx,
    customer: CustomerId,
    role: &str,
    from: Date,
    to: Option<Date>,
    now: Timestamp,
) -> Result<()> {
    const RETRACT: &str = "
        update book_assignment
           set retracted_at = $1
         where customer_id = $2
           and role = $3
           and retracted_at is null
           and (valid_to is null or valid_to > $4)
           and ($5 = '' or valid_from < $5)";
    let old = of_customer(tx, customer).await?;
    let touched = old.into_iter().filter(|one| {
        one.role == role
            && one.to.is_none_or(|end| from < end)
            && to.is_none_or(|end| one.from < end)
    });
    let mut outside = Vec::new();
    for one in touched {
        if one.from < from {
            outside.push(Assignment {
                to: Some(from),
                ..one.clone()
            });
        }
        if let Some(end) = to.filter(|end| one.to.is_none_or(|old_end| *end < old_end)) {
            outside.push(Assignment { from: end, ..one });
        }
    }
    tx.q(RETRACT)
        .bind(now.as_microsecond())
        .bind(customer.get())
        .bind(role.to_owned())
        .bind(from.to_string())
        .bind(to.map(|day| day.to_string()).unwrap_or_default())
        .run()
        .await?;
    add_many(tx, &outside, now).await
}

/// A customer that changes hands, with its names and who owns it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Owned {
    pub customer_id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    /// None is the house.
    pub owner_id: Option<i64>,
}

impl Owned {
    pub fn customer(&self) -> CustomerId {
        CustomerId::of(self.customer_id)
    }

    pub fn owner(&self) -> Option<PersonId> {
        self.owner_id.map(PersonId::of)
    }
}

/// The most customers one move takes along.
pub const MOST_MOVED: usize = 20_000;

/// The customers `person` owns on `on`, by code; at most [`MOST_MOVED`] and one.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn owned_by(tx: &mut Tx, person: PersonId, on: Date) -> Result<Vec<Owned>> {
    const SQL: &str = concat!(
        "select c.id as customer_id, c.code, c.name, c.name_local, a.person_id as owner_id
           from book_assignment a
           join book_customer c on c.id = a.customer_id
          where a.person_id = $3
            and a.role = 'owner'
            and ",
        db::holds!("a", "$1", "$2"),
        " order by c.code_key
          limit 20001"
    );
    tx.q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(person.get())
        .all()
        .await
}

/// Those of these customers that `scope` reaches today, with their owners on `on`;
/// by code, at most [`MOST_MOVED`] and one.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_these(
    tx: &mut Tx,
    scope: &Scope,
    customers: &[CustomerId],
    (today, on): (Date, Date),
) -> Result<Vec<Owned>> {
    const SQL: &str = concat!(
        "select c.id as customer_id, c.code, c.name, c.name_local, a.person_id as owner_id
           from book_customer c
           left join book_assignment a
             on a.customer_id = c.id
            and a.role = 'owner'
            and ",
        db::holds!("a", "$1", "$2"),
        " where c.id in (select cast(value as bigint) from json_each($3))
            and ($4 = 1 or exists (
                   select 1
                     from book_assignment s
                    where s.customer_id = c.id
                      and s.role = 'owner'
                      and s.person_id in (select cast(value as bigint) from json_each($5))
                      and ",
        db::holds!("s", "$6", "$2"),
        "))
          order by c.code_key
          limit 20001"
    );
    tx.q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(super::ids_json(customers))
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(today.to_string())
        .all()
        .await
}

/// Gives what `from` owns of these customers on `day` and later to `to`; without `to` the days become
/// a gap, which is the house's. Ends stay where they were, and what was believed stays readable.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn pass_on(
    tx: &mut Tx,
    customers: &[CustomerId],
    (from, to): (PersonId, Option<PersonId>),
    day: Date,
    now: Timestamp,
) -> Result<()> {
    const TOUCHED: &str = "
        select customer_id, person_id, role, valid_from, valid_to
          from book_assignment
         where customer_id in (select cast(value as bigint) from json_each($1))
           and role = 'owner'
           and person_id = $2
           and retracted_at is null
           and (valid_to is null or valid_to > $3)
         order by customer_id, valid_from, id
         limit 100000";
    const RETRACT: &str = "
        update book_assignment
           set retracted_at = $4
         where customer_id in (select cast(value as bigint) from json_each($1))
           and role = 'owner'
           and person_id = $2
           and retracted_at is null
           and (valid_to is null or valid_to > $3)";
    let ids = super::ids_json(customers);
    let rows: Vec<Row> = tx
        .q(TOUCHED)
        .bind(ids.clone())
        .bind(from.get())
        .bind(day.to_string())
        .all()
        .await?;
    tx.q(RETRACT)
        .bind(ids)
        .bind(from.get())
        .bind(day.to_string())
        .bind(now.as_microsecond())
        .run()
        .await?;
    let mut anew = Vec::with_capacity(rows.len() * 2);
    for one in rows.into_iter().filter_map(dated) {
        if one.from < day {
            anew.push(Assignment {
                to: Some(day),
                ..one.clone()
            });
        }
        if let Some(person) = to {
            anew.push(Assignment {
                person,
                from: one.from.max(day),
                ..one
            });
        }
    }
    add_many(tx, &anew, now).await
}

/// Gives customers that nobody owns on `day` to `to`, until their next owner begins.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn fill_gaps(
    tx: &mut Tx,
    customers: &[CustomerId],
    to: PersonId,
    day: Date,
    now: Timestamp,
) -> Result<()> {
    const NEXT: &str = "
        select customer_id, min(valid_from) as valid_from
          from book_assignment
         where customer_id in (select cast(value as bigint) from json_each($1))
           and role = 'owner'
           and retracted_at is null
           and valid_from > $2
         group by customer_id
         order by customer_id
         limit 100000";
    let rows: Vec<(i64, String)> = tx
        .q(NEXT)
        .bind(super::ids_json(customers))
        .bind(day.to_string())
        .all()
        .await?;
    let next: BTreeMap<i64, Date> = rows
        .into_iter()
        .filter_map(|(id, day)| Some((id, day.parse().ok()?)))
        .collect();
    let filled: Vec<Assignment> = customers
        .iter()
        .map(|customer| Assignment {
            customer: *customer,
            person: to,
            role: "owner".to_owned(),
            from: day,
            to: next.get(&customer.get()).copied(),
        })
        .collect();
    add_many(tx, &filled, now).await
}
