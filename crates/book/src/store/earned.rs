//! The credit on orders of customers that change hands: read to be passed on, and passed on.

use std::collections::BTreeSet;

use db::{Cell, FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Percent,
    ids::{PersonId, SeatId, UnitId},
};

use crate::{
    CustomerId, OrderId,
    credit::{Credit, Earned},
};

/// The most frozen parts one move may touch.
pub const MOST_PARTS: usize = 200_000;

/// What `person` (none is the house) earned with these customers by orders dated `from` or later;
/// oldest first, at most [`MOST_PARTS`] and one.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customers(
    tx: &mut Tx,
    customers: &[CustomerId],
    person: Option<PersonId>,
    from: Date,
) -> Result<Vec<Earned>> {
    const SQL: &str = "
        select c.id, c.order_id, c.customer_id, c.day, c.seat_id, c.unit_id, c.share, c.net_exact
          from book_credit c
         where c.customer_id in (select cast(value as bigint) from json_each($1))
           and coalesce(c.person_id, 0) = $2
           and c.retracted_at is null
           and c.day >= $3
         order by c.day, c.id
         limit 200001";
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(super::ids_json(customers))
        .bind(person.map_or(0, PersonId::get))
        .bind(from.to_string())
        .all()
        .await?;
    Ok(parts(rows, person))
}

/// What `person` earned outside `unit` by orders dated in `[from, to)`; oldest first, at most
/// [`MOST_PARTS`] and one.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn outside(
    tx: &mut Tx,
    person: PersonId,
    unit: UnitId,
    (from, to): (Date, Option<Date>),
) -> Result<Vec<Earned>> {
    const SQL: &str = "
        select c.id, c.order_id, c.customer_id, c.day, c.seat_id, c.unit_id, c.share, c.net_exact
          from book_credit c
         where c.person_id = $1
           and c.unit_id <> $2
           and c.retracted_at is null
           and c.day >= $3
           and ($4 = '' or c.day < $4)
         order by c.day, c.id
         limit 200001";
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(person.get())
        .bind(unit.get())
        .bind(from.to_string())
        .bind(to.map(|day| day.to_string()).unwrap_or_default())
        .all()
        .await?;
    Ok(parts(rows, Some(person)))
}

/// Who of these people ever earned anything.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn earners(tx: &mut Tx, people: &[PersonId]) -> Result<BTreeSet<PersonId>> {
    const SQL: &str = "
        select p.id
          from org_person p
         where p.id in (select cast(value as bigint) from json_each($1))
           and exists (select 1 from book_credit c where c.person_id = p.id and c.retracted_at is null)
         order by p.id
         limit 100000";
    let ids: Vec<i64> = people.iter().map(|person| person.get()).collect();
    let rows: Vec<(i64,)> = tx.q(SQL).bind(format!("{ids:?}")).all().await?;
    Ok(rows.into_iter().map(|(id,)| PersonId::of(id)).collect())
}

#[derive(FromRow)]
struct Row {
    id: i64,
    order_id: i64,
    customer_id: i64,
    day: String,
    seat_id: Option<i64>,
    unit_id: i64,
    share: i64,
    net_exact: i64,
}

fn parts(rows: Vec<Row>, person: Option<PersonId>) -> Vec<Earned> {
    let parts = rows.into_iter().filter_map(|row| {
        Some(Earned {
            id: row.id,
            order: OrderId::of(row.order_id),
            customer: CustomerId::of(row.customer_id),
            day: row.day.parse().ok()?,
            credit: Credit {
                person,
                seat: row.seat_id.map(SeatId::of),
                unit: UnitId::of(row.unit_id),
                share: Percent::of_millionths(row.share),
                net_exact: row.net_exact,
            },
        })
    });
    parts.collect()
}

/// What `person` earned in `[from, to)`, exact: with these customers, and with all.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn part_and_whole(
    tx: &mut Tx,
    customers: &[CustomerId],
    person: PersonId,
    (from, to): (Date, Date),
) -> Result<(i64, i64)> {
    const SQL: &str = "
        select cast(coalesce(sum(case when c.customer_id in (select cast(value as bigint) from json_each($1))
                                      then c.net_exact else 0 end), 0) as bigint) as part,
               cast(coalesce(sum(c.net_exact), 0) as bigint) as whole
          from book_credit c
         where c.person_id = $2
           and c.day >= $3
           and c.day < $4
           and c.retracted_at is null";
    tx.q(SQL)
        .bind(super::ids_json(customers))
        .bind(person.get())
        .bind(from.to_string())
        .bind(to.to_string())
        .one()
        .await
}

/// Puts other parts in the place of frozen ones, from now on. What was known before stays readable.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn pass_on(tx: &mut Tx, passed: &[(Earned, Vec<Credit>)], now: Timestamp) -> Result<()> {
    const RETRACT: &str = "
        update book_credit
           set retracted_at = $1
         where id in (select cast(value as bigint) from json_each($2))
           and retracted_at is null";
    for chunk in passed.chunks(10_000) {
        let old: Vec<i64> = chunk.iter().map(|(earned, _)| earned.id).collect();
        tx.q(RETRACT)
            .bind(now.as_microsecond())
            .bind(format!("{old:?}"))
            .run()
            .await?;
        let rows = chunk.iter().flat_map(|(earned, parts)| {
            parts.iter().map(move |part| {
                vec![
                    Cell::from(earned.order.get()),
                    Cell::from(earned.customer.get()),
                    Cell::from(part.person.map(PersonId::get)),
                    Cell::from(part.seat.map(SeatId::get)),
                    Cell::from(part.unit.get()),
                    Cell::from(earned.day.to_string()),
                    Cell::from(part.share.millionths()),
                    Cell::from(part.net_exact),
                    Cell::from(now.as_microsecond()),
                ]
            })
        });
        tx.insert_many(
            "insert into book_credit (order_id, customer_id, person_id, seat_id, unit_id, day, share,
                    net_exact, recorded_at) values",
            rows.collect(),
        )
        .await?;
    }
    Ok(())
}
