//! Recording orders, and what becomes of them: status, split, frozen credit, numbers.

use db::{Cell, Engine, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Code, Currency,
    ids::{PersonId, SeatId, UnitId},
    times::BEGINNING,
};

use super::{Order, past};
use crate::{CustomerId, OrderId, RateId, credit::Credit, order::Worth, rates::BaseNet};

/// An order to be recorded.
#[derive(Debug, Clone)]
pub struct NewOrder {
    pub number: Code,
    pub customer: CustomerId,
    pub day: Date,
    pub currency: Currency,
    pub status: &'static str,
    pub territory: Option<UnitId>,
    pub project: Option<String>,
    pub worth: Worth,
    pub base: BaseNet,
    pub credit: Vec<Credit>,
    /// When it became known; earned credit counts from then on.
    pub recorded: Timestamp,
}

/// Whether an order of this status earns credit.
pub fn earns(status: &str) -> bool {
    matches!(status, "confirmed" | "closed")
}

/// Records orders with lines and, where they earn it, credit.
///
/// # Errors
///
/// [`db::DbError::Taken`] if a number is in use.
pub async fn save_many(tx: &mut Tx, orders: &[NewOrder]) -> Result<Vec<OrderId>> {
    let ids = new_ids(tx, orders.len()).await?;
    let mut heads = Vec::with_capacity(orders.len());
    let mut lines = Vec::new();
    let mut credits = Vec::new();
    for (id, order) in ids.iter().zip(orders) {
        heads.push(head_row(id.get(), order));
        lines.extend(
            order
                .worth
                .lines
                .iter()
                .map(|line| line_row(id.get(), line)),
        );
        if earns(order.status) {
            credits.extend(
                order
                    .credit
                    .iter()
                    .map(|part| credit_row(id.get(), order, part)),
            );
        }
    }
    tx.insert_many(
        "insert into book_order (id, number, number_key, customer_id, day, currency, status, territory_id,
                net_exact, net_minor, tax_minor, gross_minor, base_exact, rate_id, project, version, recorded_at) values",
        heads,
    )
    .await?;
    add_lines(tx, lines).await?;
    tx.insert_many(
        "insert into book_credit (order_id, customer_id, person_id, seat_id, unit_id, day, share,
                net_exact, recorded_at) values",
        credits,
    )
    .await?;
    Ok(ids)
}

async fn add_lines(tx: &mut Tx, lines: Vec<Vec<Cell>>) -> Result<()> {
    tx.insert_many(
        "insert into book_order_line (order_id, line, product_id, quantity, unit_price, discount, tax,
                net_exact, net_minor, tax_minor, price_rule, price_source, price_since) values",
        lines,
    )
    .await
}

/// Ids for `count` orders. SQLite has one writer, so the next are free; PostgreSQL gives out its own,
/// so that two writers at once never take the same.
async fn new_ids(tx: &mut Tx, count: usize) -> Result<Vec<OrderId>> {
    const LAST: &str = "select coalesce(max(id), cast(0 as bigint)) from book_order";
    const GIVEN: &str = "
        select nextval(pg_get_serial_sequence('book_order', 'id')) as id
          from generate_series(1, $1)
         order by 1
         limit 1000000";
    let wanted = i64::try_from(count).unwrap_or(i64::MAX);
    if tx.engine() == Engine::Postgres {
        let rows: Vec<(i64,)> = tx.q(GIVEN).bind(wanted).all().await?;
        return Ok(rows.into_iter().map(|(id,)| OrderId::of(id)).collect());
    }
    let (last,): (i64,) = tx.q(LAST).one().await?;
    Ok((last + 1..=last.saturating_add(wanted))
        .map(OrderId::of)
        .collect())
}

fn head_row(id: i64, order: &NewOrder) -> Vec<Cell> {
    vec![
        Cell::from(id),
        Cell::from(order.number.as_str()),
        Cell::from(order.number.folded()),
        Cell::from(order.customer.get()),
        Cell::from(order.day.to_string()),
        Cell::from(order.currency.code()),
        Cell::from(order.status),
        Cell::from(order.territory.map(UnitId::get)),
        Cell::from(order.worth.net_exact),
        Cell::from(order.worth.net.minor()),
        Cell::from(order.worth.tax.minor()),
        Cell::from(order.worth.gross.minor()),
        Cell::from(order.base.exact),
        Cell::from(order.base.rate.map(RateId::get)),
        Cell::from(order.project.clone()),
        Cell::from(1),
        Cell::from(order.recorded.as_microsecond()),
    ]
}

fn line_row(order: i64, line: &crate::order::Line) -> Vec<Cell> {
    vec![
        Cell::from(order),
        Cell::from(line.line),
        Cell::from(line.draft.product.get()),
        Cell::from(line.draft.quantity.millionths()),
        Cell::from(line.draft.unit_price.millionths()),
        Cell::from(line.draft.discount.millionths()),
        Cell::from(line.draft.tax.millionths()),
        Cell::from(line.net_exact),
        Cell::from(line.net.minor()),
        Cell::from(line.tax.minor()),
        Cell::from(line.draft.origin.rule.word()),
        Cell::from(line.draft.origin.source.clone()),
        Cell::from(line.draft.origin.since.map(|day| day.to_string())),
    ]
}

fn credit_row(id: i64, order: &NewOrder, part: &Credit) -> Vec<Cell> {
    vec![
        Cell::from(id),
        Cell::from(order.customer.get()),
        Cell::from(part.person.map(PersonId::get)),
        Cell::from(part.seat.map(SeatId::get)),
        Cell::from(part.unit.get()),
        Cell::from(order.day.to_string()),
        Cell::from(part.share.millionths()),
        Cell::from(part.net_exact),
        Cell::from(order.recorded.as_microsecond()),
    ]
}

/// The split entered with a draft, kept until the order is confirmed.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn keep_split(tx: &mut Tx, order: OrderId, split: &[(PersonId, i64)]) -> Result<()> {
    let rows = split
        .iter()
        .map(|(person, share)| split_row(order, *person, *share));
    tx.insert_many(KEEP_SPLIT, rows.collect()).await
}

const KEEP_SPLIT: &str = "insert into book_order_split (order_id, person_id, share) values";

fn split_row(order: OrderId, person: PersonId, share: i64) -> Vec<Cell> {
    vec![
        Cell::from(order.get()),
        Cell::from(person.get()),
        Cell::from(share),
    ]
}

/// Replaces the split of a draft.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn replace_split(tx: &mut Tx, order: OrderId, split: &[(PersonId, i64)]) -> Result<()> {
    const SQL: &str = "delete from book_order_split where order_id = $1";
    tx.q(SQL).bind(order.get()).run().await?;
    keep_split(tx, order, split).await
}

/// Replaces the splits of many drafts.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn replace_splits(tx: &mut Tx, splits: &[(OrderId, Vec<(PersonId, i64)>)]) -> Result<()> {
    const SQL: &str = "
        delete from book_order_split
         where order_id in (select cast(value as bigint) from json_each($1))";
    let ids: Vec<i64> = splits.iter().map(|(order, _)| order.get()).collect();
    tx.q(SQL).bind(format!("{ids:?}")).run().await?;
    let rows = splits.iter().flat_map(|(order, parts)| {
        parts
            .iter()
            .map(|(person, share)| split_row(*order, *person, *share))
    });
    tx.insert_many(KEEP_SPLIT, rows.collect()).await
}

/// Changes a draft if it still has its version; a new worth replaces all its lines. How it was stays
/// known.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now or it is no draft any more.
pub async fn amend(
    tx: &mut Tx,
    order: &Order,
    (day, territory): (Date, Option<UnitId>),
    base: BaseNet,
    worth: Option<&Worth>,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update book_order
           set day = $1, territory_id = $2, net_exact = $3, net_minor = $4, tax_minor = $5,
               gross_minor = $6, base_exact = $7, rate_id = $8, version = version + 1
         where id = $9
           and version = $10
           and status = 'draft'
        returning id";
    let (net_exact, net, tax, gross) = match worth {
        Some(new) => (
            new.net_exact,
            new.net.minor(),
            new.tax.minor(),
            new.gross.minor(),
        ),
        None => (
            order.net_exact,
            order.net_minor,
            order.tax_minor,
            order.gross_minor,
        ),
    };
    tx.q(SQL)
        .bind(day.to_string())
        .bind(territory.map(UnitId::get))
        .bind(net_exact)
        .bind(net)
        .bind(tax)
        .bind(gross)
        .bind(base.exact)
        .bind(base.rate.map(RateId::get))
        .bind(order.id)
        .bind(order.version)
        .one::<(i64,)>()
        .await?;
    past::keep(tx, order, (BEGINNING, now)).await?;
    match worth {
        Some(new) => replace_lines(tx, order.order(), new).await,
        None => Ok(()),
    }
}

/// The prices of an order were agreed in another document: its number, and the day they hold from.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn agreed(tx: &mut Tx, order: OrderId, source: &str, since: &str) -> Result<()> {
    const SQL: &str = "
        update book_order_line
           set price_rule = 'agreed', price_source = $1, price_since = $2
         where order_id = $3";
    tx.q(SQL)
        .bind(source.to_owned())
        .bind(since.to_owned())
        .bind(order.get())
        .run()
        .await
        .map(drop)
}

/// Counts an order anew in the company's currency: what it earns from now on.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set_base(tx: &mut Tx, order: OrderId, base: BaseNet) -> Result<()> {
    const SQL: &str = "update book_order set base_exact = $1, rate_id = $2 where id = $3";
    tx.q(SQL)
        .bind(base.exact)
        .bind(base.rate.map(RateId::get))
        .bind(order.get())
        .run()
        .await
        .map(drop)
}

async fn replace_lines(tx: &mut Tx, order: OrderId, worth: &Worth) -> Result<()> {
    const SQL: &str = "delete from book_order_line where order_id = $1";
    tx.q(SQL).bind(order.get()).run().await?;
    let lines = worth.lines.iter();
    add_lines(tx, lines.map(|line| line_row(order.get(), line)).collect()).await
}

/// Moves an order to another status from a day on, if it still has the version it was read with. How it
/// was stays known.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn set_status(
    tx: &mut Tx,
    order: &Order,
    status: &str,
    since: (Date, Timestamp),
) -> Result<()> {
    const SQL: &str = "
        update book_order
           set status = $1, version = version + 1
         where id = $2
           and version = $3
        returning id";
    tx.q(SQL)
        .bind(status.to_owned())
        .bind(order.id)
        .bind(order.version)
        .one::<(i64,)>()
        .await?;
    past::keep(tx, order, since).await
}

/// Records the credit of an order that begins to earn it.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_credit(
    tx: &mut Tx,
    order: &Order,
    parts: &[Credit],
    now: Timestamp,
) -> Result<()> {
    let rows = parts
        .iter()
        .map(|part| {
            vec![
                Cell::from(order.id),
                Cell::from(order.customer_id),
                Cell::from(part.person.map(PersonId::get)),
                Cell::from(part.seat.map(SeatId::get)),
                Cell::from(part.unit.get()),
                Cell::from(order.day.as_str()),
                Cell::from(part.share.millionths()),
                Cell::from(part.net_exact),
                Cell::from(now.as_microsecond()),
            ]
        })
        .collect();
    tx.insert_many(
        "insert into book_credit (order_id, customer_id, person_id, seat_id, unit_id, day, share,
                net_exact, recorded_at) values",
        rows,
    )
    .await
}

/// Takes back the credit of an order that no longer earns it; what was known before stays.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn retract_credit(tx: &mut Tx, order: OrderId, now: Timestamp) -> Result<()> {
    const SQL: &str =
        "update book_credit set retracted_at = $1 where order_id = $2 and retracted_at is null";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(order.get())
        .run()
        .await
        .map(drop)
}

/// The next free number of a series, never given out twice.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn next_number(tx: &mut Tx, kind: &str, year: i16) -> Result<i64> {
    const SQL: &str = "
        insert into book_series (kind, year, last_number)
        values ($1, $2, 1)
        on conflict (kind, year) do update set last_number = book_series.last_number + 1
        returning last_number";
    let (number,): (i64,) = tx
        .q(SQL)
        .bind(kind.to_owned())
        .bind(i64::from(year))
        .one()
        .await?;
    Ok(number)
}
