//! Deliveries and returns. Scope is the owner of the order's customer on the asked day.

use std::collections::BTreeMap;

use db::{Cell, DbError, FromRow, Result, Sort, SortBy, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Refusal, Scope};

use super::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Shape, State},
    listed::{self, Kind, Listed},
    sight::{in_sight, sighted},
};
use crate::{CustomerId, DeliveryId, OrderId};

/// A delivery or return without its lines.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Delivery {
    pub id: i64,
    pub number: String,
    pub kind: String,
    pub order_id: i64,
    pub order_number: String,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub day: String,
    pub status: String,
    pub note: String,
    pub version: i64,
    pub reversed_on: Option<String>,
}

impl Delivery {
    /// For sample pages.
    pub fn sample(id: i64, kind: &str, status: &str) -> Delivery {
        let series = if kind == "return" { "RT" } else { "DN" };
        Delivery {
            id,
            number: format!("{series}-2026-{id:05}"),
            kind: kind.to_owned(),
            order_id: 7,
            order_number: "SO-2026-00007".to_owned(),
            customer_code: "C-1".to_owned(),
            customer_name: "Linkway Steel Structures".to_owned(),
            customer_local: Some("凌威钢构有限公司".to_owned()),
            day: "2026-06-12".to_owned(),
            status: status.to_owned(),
            note: "Left at the gate".to_owned(),
            version: 1,
            reversed_on: (status == "reversed").then(|| "2026-06-14".to_owned()),
        }
    }

    pub fn delivery(&self) -> DeliveryId {
        DeliveryId::of(self.id)
    }

    pub fn order(&self) -> OrderId {
        OrderId::of(self.order_id)
    }

    pub fn date(&self) -> Date {
        self.day.parse().unwrap_or(Date::ZERO)
    }

    pub fn is_return(&self) -> bool {
        self.kind == "return"
    }
}

/// A line: which line of the order, and how much of it in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "a line of a document is known by its line number"
)]
pub struct Line {
    pub line: i64,
    pub order_line: i64,
    pub product_code: String,
    pub product_name: String,
    pub quantity: i64,
}

/// A delivery or return to be recorded.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    pub number: Code,
    pub is_return: bool,
    pub order: OrderId,
    pub customer: CustomerId,
    pub day: Date,
    pub note: String,
    /// Line of the order and quantity in millionths.
    pub lines: Vec<(i64, i64)>,
    pub recorded: Timestamp,
}

impl NewDelivery {
    fn kind(&self) -> &'static str {
        if self.is_return { "return" } else { "delivery" }
    }
}

macro_rules! select_delivery {
    () => {
        "select d.id, d.number, d.kind, d.order_id, o.number as order_number, c.code as customer_code,
                c.name as customer_name, c.name_local as customer_local, d.day, d.status, d.note, d.version, d.reversed_on
           from book_delivery d
           join book_order o on o.id = d.order_id
           join book_customer c on c.id = d.customer_id"
    };
}

/// What the list can be sorted by.
pub const SORTS: [SortBy; 3] = [BY_NUMBER, BY_DAY, BY_CUSTOMER];

/// Deliveries and returns as a list, newest first. A state is one of them or their kind.
pub const KIND: Kind = Kind {
    shape: Shape {
        table: "book_delivery",
        columns: "d.status, d.kind, d.order_id",
        beside: None,
        usual: Sort {
            by: BY_DAY,
            down: true,
        },
    },
    state: |state, _| match state {
        "delivery" | "return" => State {
            text: "d.kind = ?",
            ..listed::of_status(state)
        },
        _ => listed::of_status(state),
    },
    of_order: "d.order_id in (select n.id from book_order n where n.number_key = ?)",
    rows: concat!(
        select_delivery!(),
        " where d.id in (select cast(value as bigint) from json_each($1)) order by d.id limit 1000"
    ),
};

impl Listed for Delivery {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// One delivery or return by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str, on: Date) -> Result<Delivery> {
    const SQL: &str = concat!(
        select_delivery!(),
        " where ",
        in_sight!("d.customer_id"),
        " and d.number_key = $5"
    );
    let found = sighted(tx.q(SQL), scope, on)
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("delivery {number}")))?)
}

/// The days on which something of an order went out, in their order.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn days_of(tx: &mut Tx, order: OrderId) -> Result<Vec<Date>> {
    const SQL: &str = "
        select day
          from book_delivery
         where order_id = $1
           and kind = 'delivery'
           and status = 'posted'
         group by day
         order by day
         limit 50000";
    let days: Vec<(String,)> = tx.q(SQL).bind(order.get()).all().await?;
    Ok(days.iter().filter_map(|(day,)| day.parse().ok()).collect())
}

/// # Errors
///
/// Whatever the engine reports.
pub async fn lines(tx: &mut Tx, delivery: DeliveryId) -> Result<Vec<Line>> {
    const SQL: &str = "
        select l.line, l.order_line, p.code as product_code, p.name as product_name, l.quantity
          from book_delivery_line l
          join book_delivery d on d.id = l.delivery_id
          join book_order_line r on r.order_id = d.order_id and r.line = l.order_line
          join book_product p on p.id = r.product_id
         where l.delivery_id = $1
         order by l.line
         limit 1000";
    tx.q(SQL).bind(delivery.get()).all().await
}

/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn add(tx: &mut Tx, new: &NewDelivery) -> Result<DeliveryId> {
    const SQL: &str = "
        insert into book_delivery (number, number_key, kind, order_id, customer_id, day, status, note,
               version, recorded_at)
        values ($1, $2, $3, $4, $5, $6, 'posted', $7, 1, $8)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.number.as_str().to_owned())
        .bind(new.number.folded())
        .bind(new.kind())
        .bind(new.order.get())
        .bind(new.customer.get())
        .bind(new.day.to_string())
        .bind(new.note.clone())
        .bind(new.recorded.as_microsecond())
        .one()
        .await?;
    add_lines(tx, line_rows(id, new).collect()).await?;
    Ok(DeliveryId::of(id))
}

/// Records many deliveries and returns.
///
/// # Errors
///
/// As [`add`].
pub async fn add_many(tx: &mut Tx, new: &[NewDelivery]) -> Result<()> {
    const IDS: &str = "
        select number_key, id
          from book_delivery
         where number_key in (select value from json_each($1))
         order by id
         limit 1000000";
    let heads = new.iter().map(|one| {
        vec![
            Cell::from(one.number.as_str()),
            Cell::from(one.number.folded()),
            Cell::from(one.kind()),
            Cell::from(one.order.get()),
            Cell::from(one.customer.get()),
            Cell::from(one.day.to_string()),
            Cell::from("posted"),
            Cell::from(one.note.as_str()),
            Cell::from(1),
            Cell::from(one.recorded.as_microsecond()),
        ]
    });
    tx.insert_many(
        "insert into book_delivery (number, number_key, kind, order_id, customer_id, day, status, note,
                version, recorded_at) values",
        heads.collect(),
    )
    .await?;
    let keys: Vec<String> = new.iter().map(|one| one.number.folded()).collect();
    let keys = serde_json::json!(keys).to_string();
    let ids: Vec<(String, i64)> = tx.q(IDS).bind(keys).all().await?;
    let ids: BTreeMap<String, i64> = ids.into_iter().collect();
    let mut rows = Vec::with_capacity(new.len());
    for one in new {
        let id = *ids.get(&one.number.folded()).ok_or(DbError::Missing)?;
        rows.extend(line_rows(id, one));
    }
    add_lines(tx, rows).await
}

fn line_rows(delivery: i64, new: &NewDelivery) -> impl Iterator<Item = Vec<Cell>> {
    let lines = (1_i64..).zip(&new.lines);
    lines.map(move |(line, (order_line, quantity))| {
        vec![
            Cell::from(delivery),
            Cell::from(line),
            Cell::from(*order_line),
            Cell::from(*quantity),
        ]
    })
}

async fn add_lines(tx: &mut Tx, rows: Vec<Vec<Cell>>) -> Result<()> {
    tx.insert_many(
        "insert into book_delivery_line (delivery_id, line, order_line, quantity) values",
        rows,
    )
    .await
}

/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn reverse(tx: &mut Tx, delivery: &Delivery, day: Date, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_delivery
           set status = 'reversed', reversed_on = $1, reversed_at = $2, version = version + 1
         where id = $3
           and version = $4
        returning id";
    tx.q(SQL)
        .bind(day.to_string())
        .bind(now.as_microsecond())
        .bind(delivery.id)
        .bind(delivery.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn set_note(tx: &mut Tx, delivery: &Delivery, note: &str) -> Result<()> {
    const SQL: &str = "
        update book_delivery
           set note = $1, version = version + 1
         where id = $2
           and version = $3
        returning id";
    tx.q(SQL)
        .bind(note.to_owned())
        .bind(delivery.id)
        .bind(delivery.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// What is recorded under a folded number, in anybody's scope.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn known(tx: &mut Tx, folded: &str) -> Result<Option<Delivery>> {
    const SQL: &str = concat!(select_delivery!(), " where d.number_key = $1");
    tx.q(SQL).bind(folded.to_owned()).maybe().await
}
