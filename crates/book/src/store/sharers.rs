//! Credit that is shared while a customer is handed over: whoever had it keeps a part for a while.

use std::collections::{BTreeMap, BTreeSet};

use db::{Cell, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Percent, ids::PersonId};

use crate::{
    CustomerId,
    credit::{Shared, Split, share_out},
};

/// Records who shares.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_many(tx: &mut Tx, shared: &[Shared], now: Timestamp) -> Result<()> {
    let rows = shared.iter().map(|one| {
        vec![
            Cell::from(one.customer.get()),
            Cell::from(one.person.get()),
            Cell::from(one.share.millionths()),
            Cell::from(one.from.to_string()),
            Cell::from(one.to.to_string()),
            Cell::from(now.as_microsecond()),
        ]
    });
    tx.insert_many(
        "insert into book_shared_credit (customer_id, person_id, share, valid_from, valid_to, recorded_at) values",
        rows.collect(),
    )
    .await
}

/// What is shared of these customers, as now believed, by day. For stamping many documents.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customers(
    tx: &mut Tx,
    customers: &BTreeSet<CustomerId>,
) -> Result<BTreeMap<CustomerId, Vec<Shared>>> {
    const SQL: &str = "
        select customer_id, person_id, share, valid_from, valid_to
          from book_shared_credit
         where customer_id in (select cast(value as bigint) from json_each($1))
           and retracted_at is null
         order by customer_id, valid_from, id
         limit 100000";
    let ids: Vec<CustomerId> = customers.iter().copied().collect();
    let rows: Vec<(i64, i64, i64, String, String)> =
        tx.q(SQL).bind(super::ids_json(&ids)).all().await?;
    let mut by_customer: BTreeMap<CustomerId, Vec<Shared>> = BTreeMap::new();
    for one in rows.into_iter().filter_map(shared) {
        by_customer.entry(one.customer).or_default().push(one);
    }
    Ok(by_customer)
}

/// What is shared of one customer, as now believed; at most 100.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId) -> Result<Vec<Shared>> {
    const SQL: &str = "
        select customer_id, person_id, share, valid_from, valid_to
          from book_shared_credit
         where customer_id = $1
           and retracted_at is null
         order by valid_from, id
         limit 100";
    let rows: Vec<(i64, i64, i64, String, String)> = tx.q(SQL).bind(customer.get()).all().await?;
    Ok(rows.into_iter().filter_map(shared).collect())
}

fn shared((customer, person, share, from, to): (i64, i64, i64, String, String)) -> Option<Shared> {
    Some(Shared {
        customer: CustomerId::of(customer),
        person: PersonId::of(person),
        share: Percent::of_millionths(share),
        from: from.parse().ok()?,
        to: to.parse().ok()?,
    })
}

/// Who earns an order of `customer` on `day` when nobody is named: its owner, less what is shared.
/// Nobody is the house.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn earners(tx: &mut Tx, customer: CustomerId, day: Date) -> Result<Vec<Split>> {
    let owner = super::customers::owner_on(tx, customer, day).await?;
    let shared = of_customer(tx, customer).await?;
    Ok(share_out(owner, &shared, day))
}

/// Who earns each of many orders, by customer and day, as [`earners`]; at most 1,000 at once.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn earners_of(tx: &mut Tx, orders: &[(CustomerId, Date)]) -> Result<Vec<Vec<Split>>> {
    let customers: BTreeSet<CustomerId> = orders.iter().map(|(customer, _)| *customer).collect();
    let held = super::assignments::of_customers(tx, &customers).await?;
    let shared = of_customers(tx, &customers).await?;
    let split = |(customer, day): &(CustomerId, Date)| {
        let held = held.get(customer).map_or(&[][..], Vec::as_slice);
        let owner = held.iter().rev().find(|one| {
            one.role == "owner" && one.from <= *day && one.to.is_none_or(|to| *day < to)
        });
        let shared = shared.get(customer).map_or(&[][..], Vec::as_slice);
        share_out(owner.map(|one| one.person), shared, *day)
    };
    Ok(orders.iter().map(split).collect())
}
