//! Samples and trials. Scope is the customer's owner of the asked day.

use db::{Cell, FromRow, Result, Sort, SortBy, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Quantity, Refusal, Scope};

use super::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Shape, State},
    listed::{self, Kind, Listed},
    sight::{in_sight, sighted},
};
use crate::{CustomerId, OrderId, ProductId};

/// A sample or trial.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Sample {
    pub id: i64,
    pub number: String,
    pub kind: String,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub product_code: String,
    pub product_name: String,
    pub product_local: Option<String>,
    pub quantity: i64,
    pub day: String,
    pub result_due: String,
    pub status: String,
    pub result_on: Option<String>,
    pub reason: String,
    pub note: String,
    pub order_number: Option<String>,
    /// Who earns its order, if that was said.
    pub person_id: Option<i64>,
    pub person_code: Option<String>,
    pub version: i64,
}

impl Sample {
    pub fn date(&self) -> Date {
        self.day.parse().unwrap_or(Date::ZERO)
    }

    pub fn due(&self) -> Date {
        self.result_due.parse().unwrap_or(Date::ZERO)
    }

    /// One for the gallery of pages.
    pub fn example(id: i64, status: &str) -> Sample {
        let is_over = status != "open";
        Sample {
            id,
            number: format!("SP-2026-0000{id}"),
            kind: if id % 2 == 0 { "sample" } else { "trial" }.to_owned(),
            customer_code: "C-1".to_owned(),
            customer_name: "Huadong Shipyard".to_owned(),
            customer_local: Some("华东造船厂".to_owned()),
            product_code: "P-1".to_owned(),
            product_name: "Epoxy primer, 20 l".to_owned(),
            product_local: Some("环氧底漆 20 升".to_owned()),
            quantity: 2_000_000,
            day: "2026-05-04".to_owned(),
            result_due: format!("2026-06-{}", 10 + id),
            status: status.to_owned(),
            result_on: is_over.then(|| "2026-06-08".to_owned()),
            reason: if is_over { "Dries too slowly" } else { "" }.to_owned(),
            note: "For the new hull line".to_owned(),
            order_number: (status == "sold").then(|| "SO-2026-00001".to_owned()),
            person_id: Some(1),
            person_code: Some("p-1".to_owned()),
            version: 1,
        }
    }
}

macro_rules! select_sample {
    () => {
        "select d.id, d.number, d.kind, c.code as customer_code, c.name as customer_name,
                c.name_local as customer_local, p.code as product_code, p.name as product_name, p.name_local as product_local, d.quantity,
                d.day, d.result_due, d.status, d.result_on, d.reason, d.note, o.number as order_number,
                d.person_id, w.code as person_code, d.version
           from book_sample d
           join book_customer c on c.id = d.customer_id
           join book_product p on p.id = d.product_id
           left join book_order o on o.id = d.order_id
           left join org_person w on w.id = d.person_id"
    };
}

/// By the day its result is due.
pub const BY_DUE: SortBy = SortBy::text("due", "d.result_due");

/// What the list can be sorted by.
pub const SORTS: [SortBy; 4] = [BY_NUMBER, BY_DAY, BY_CUSTOMER, BY_DUE];

/// Samples and trials as a list, newest first.
pub const KIND: Kind = Kind {
    shape: Shape {
        table: "book_sample",
        columns: "d.status, d.kind, d.result_due, d.order_id",
        beside: None,
        usual: Sort {
            by: BY_DAY,
            down: true,
        },
    },
    state: in_state,
    of_order: "d.order_id in (select n.id from book_order n where n.number_key = ?)",
    rows: concat!(
        select_sample!(),
        " where d.id in (select cast(value as bigint) from json_each($1)) order by d.id limit 1000"
    ),
};

/// Those in a state or of a kind on a day; `overdue` are open ones whose result is late.
fn in_state(state: &str, on: Date) -> State {
    match state {
        "overdue" => State {
            text: "d.status = 'open' and d.result_due < ?",
            values: vec![Cell::from(on.to_string())],
            has_orders: false,
        },
        "sample" | "trial" => State {
            text: "d.kind = ?",
            ..listed::of_status(state)
        },
        _ => listed::of_status(state),
    }
}

impl Listed for Sample {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// One sample by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str, on: Date) -> Result<Sample> {
    const SQL: &str = concat!(
        select_sample!(),
        " where ",
        in_sight!("d.customer_id"),
        " and d.number_key = $5"
    );
    let found = sighted(tx.q(SQL), scope, on)
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("sample {number}")))?)
}

/// A sample to be recorded.
#[derive(Debug, Clone)]
pub struct NewSample {
    pub number: Code,
    pub kind: &'static str,
    pub customer: CustomerId,
    pub product: ProductId,
    pub quantity: Quantity,
    pub day: Date,
    pub result_due: Date,
    pub note: String,
}

/// Records a sample, open.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn add(tx: &mut Tx, new: &NewSample, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into book_sample
               (number, number_key, kind, customer_id, product_id, quantity, day, result_due, status,
                reason, note, version, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', $9, 1, $10)";
    tx.q(SQL)
        .bind(new.number.as_str().to_owned())
        .bind(new.number.folded())
        .bind(new.kind)
        .bind(new.customer.get())
        .bind(new.product.get())
        .bind(new.quantity.millionths())
        .bind(new.day.to_string())
        .bind(new.result_due.to_string())
        .bind(new.note.clone())
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// What becomes of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub status: &'static str,
    pub result_due: Date,
    pub result_on: Option<Date>,
    pub reason: String,
    pub note: String,
    /// The order that sold it.
    pub order: Option<OrderId>,
}

/// Moves a sample on if it still has its version.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn move_on(tx: &mut Tx, old: &Sample, turn: &Turn) -> Result<()> {
    const SQL: &str = "
        update book_sample
           set status = $1, result_due = $2, result_on = $3, reason = $4, note = $5, order_id = $6,
               version = version + 1
         where id = $7
           and version = $8
        returning id";
    tx.q(SQL)
        .bind(turn.status)
        .bind(turn.result_due.to_string())
        .bind(turn.result_on.map(|day| day.to_string()))
        .bind(turn.reason.clone())
        .bind(turn.note.clone())
        .bind(turn.order.map(OrderId::get))
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}
