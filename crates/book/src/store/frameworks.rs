//! Framework contracts and what is called off of them. Scope is the customer's owner of the asked day.

use db::{Cell, DbError, FromRow, Result, Sort, SortBy, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Percent, Price, Refusal, Scope};

use super::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Shape},
    listed::{self, Kind, Listed},
    sight::{in_sight, sighted},
};
use crate::{
    CustomerId, FrameworkId, OrderId, ProductId,
    framework::{Agreed, most, share_of},
};

/// A contract without its lines.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Framework {
    pub id: i64,
    pub number: String,
    pub customer_id: i64,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub currency: String,
    /// The first day it serves.
    pub day: String,
    pub ends_on: Option<String>,
    pub tolerance: i64,
    pub status: String,
    pub note: String,
    pub version: i64,
}

impl Framework {
    pub fn framework(&self) -> FrameworkId {
        FrameworkId::of(self.id)
    }

    /// The first day it serves, and the first it serves no longer.
    pub fn days(&self) -> (Date, Option<Date>) {
        let to = self.ends_on.as_ref().and_then(|day| day.parse().ok());
        (self.day.parse().unwrap_or(Date::ZERO), to)
    }

    /// # Errors
    ///
    /// `currency.unknown` if the row holds what was never written by us.
    pub fn money(&self) -> std::result::Result<Currency, Refusal> {
        Currency::parse(&self.currency)
    }

    /// One for the gallery of pages.
    pub fn sample(id: i64, status: &str) -> Framework {
        Framework {
            id,
            number: format!("FC-2026-0000{id}"),
            customer_id: 1,
            customer_code: "C-1".to_owned(),
            customer_name: "Huadong Shipyard".to_owned(),
            customer_local: Some("华东造船厂".to_owned()),
            currency: "CNY".to_owned(),
            day: "2026-01-01".to_owned(),
            ends_on: (id % 2 == 1).then(|| "2027-01-01".to_owned()),
            tolerance: 50_000,
            status: status.to_owned(),
            note: "Prices hold whatever the list says.".to_owned(),
            version: 1,
        }
    }
}

/// A line as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "a line of a document is known by its line number"
)]
pub struct Line {
    pub line: i64,
    pub product_code: String,
    pub product_name: String,
    pub product_local: Option<String>,
    pub unit_price: i64,
    pub quantity: Option<i64>,
    pub value_exact: Option<i64>,
    pub called: i64,
    pub called_exact: i64,
}

impl Line {
    pub fn agreed(&self) -> Agreed {
        Agreed {
            quantity: self.quantity,
            value_exact: self.value_exact,
            called: self.called,
            called_exact: self.called_exact,
        }
    }
}

macro_rules! select_framework {
    () => {
        "select d.id, d.number, d.customer_id, c.code as customer_code, c.name as customer_name,
                c.name_local as customer_local, d.currency, d.day, d.ends_on, d.tolerance, d.status, d.note, d.version
           from book_framework d
           join book_customer c on c.id = d.customer_id"
    };
}

/// What the list can be sorted by.
pub const SORTS: [SortBy; 3] = [BY_NUMBER, BY_DAY, BY_CUSTOMER];

/// Contracts as a list, those that began last first.
pub const KIND: Kind = Kind {
    shape: Shape {
        table: "book_framework",
        columns: "d.status, d.currency",
        beside: None,
        usual: Sort {
            by: BY_DAY,
            down: true,
        },
    },
    state: |state, _| listed::of_status(state),
    of_order: "d.id in (select k.framework_id from book_call_off k
                 join book_order n on n.id = k.order_id where n.number_key = ?)",
    rows: concat!(
        select_framework!(),
        " where d.id in (select cast(value as bigint) from json_each($1)) order by d.id limit 1000"
    ),
};

impl Listed for Framework {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// One contract by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str, on: Date) -> Result<Framework> {
    const SQL: &str = concat!(
        select_framework!(),
        " where ",
        in_sight!("d.customer_id"),
        " and d.number_key = $5"
    );
    let found = sighted(tx.q(SQL), scope, on)
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("framework contract {number}")))?)
}

/// The lines of a contract in their sequence.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn lines(tx: &mut Tx, framework: FrameworkId) -> Result<Vec<Line>> {
    const SQL: &str = "
        select l.line, p.code as product_code, p.name as product_name, p.name_local as product_local, l.unit_price, l.quantity,
               l.value_exact, l.called, l.called_exact
          from book_framework_line l
          join book_product p on p.id = l.product_id
         where l.framework_id = $1
         order by l.line
         limit 1000";
    tx.q(SQL).bind(framework.get()).all().await
}

/// A contract to be recorded.
#[derive(Debug, Clone)]
pub struct NewFramework {
    pub number: Code,
    pub customer: CustomerId,
    pub currency: Currency,
    pub days: (Date, Option<Date>),
    pub tolerance: Percent,
    pub note: String,
    pub lines: Vec<NewLine>,
}

/// A line to be recorded, quantities and nets in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewLine {
    pub product: ProductId,
    pub unit_price: Price,
    pub quantity: Option<i64>,
    pub value_exact: Option<i64>,
}

/// Records a contract with its lines, as a draft.
///
/// # Errors
///
/// [`DbError::Taken`] if the number is in use.
pub async fn add(tx: &mut Tx, new: &NewFramework, now: Timestamp) -> Result<FrameworkId> {
    const SQL: &str = "
        insert into book_framework
               (number, number_key, customer_id, currency, day, ends_on, tolerance, status, note,
                version, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, 1, $9)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.number.as_str().to_owned())
        .bind(new.number.folded())
        .bind(new.customer.get())
        .bind(new.currency.code())
        .bind(new.days.0.to_string())
        .bind(new.days.1.map(|day| day.to_string()))
        .bind(new.tolerance.millionths())
        .bind(new.note.clone())
        .bind(now.as_microsecond())
        .one()
        .await?;
    add_lines(tx, FrameworkId::of(id), &new.lines).await?;
    Ok(FrameworkId::of(id))
}

async fn add_lines(tx: &mut Tx, framework: FrameworkId, lines: &[NewLine]) -> Result<()> {
    let rows = (1_i64..).zip(lines).map(|(place, line)| {
        vec![
            Cell::from(framework.get()),
            Cell::from(place),
            Cell::from(line.product.get()),
            Cell::from(line.unit_price.millionths()),
            Cell::from(line.quantity),
            Cell::from(line.value_exact),
            Cell::from(0),
            Cell::from(0),
        ]
    });
    tx.insert_many(
        "insert into book_framework_line (framework_id, line, product_id, unit_price, quantity,
                value_exact, called, called_exact) values",
        rows.collect(),
    )
    .await
}

/// What of a draft is changed.
#[derive(Debug, Clone)]
pub struct Amendment {
    pub days: (Date, Option<Date>),
    pub tolerance: Percent,
    pub note: String,
    /// In place of all lines there are.
    pub lines: Option<Vec<NewLine>>,
}

/// Changes a draft if it still has its version.
///
/// # Errors
///
/// [`DbError::Missing`] if its version is another by now.
pub async fn amend(tx: &mut Tx, old: &Framework, new: &Amendment) -> Result<()> {
    const SQL: &str = "
        update book_framework
           set day = $1, ends_on = $2, tolerance = $3, note = $4, version = version + 1
         where id = $5
           and version = $6
        returning id";
    const NO_LINES: &str = "delete from book_framework_line where framework_id = $1";
    tx.q(SQL)
        .bind(new.days.0.to_string())
        .bind(new.days.1.map(|day| day.to_string()))
        .bind(new.tolerance.millionths())
        .bind(new.note.clone())
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await?;
    let Some(lines) = &new.lines else {
        return Ok(());
    };
    tx.q(NO_LINES).bind(old.id).run().await?;
    add_lines(tx, old.framework(), lines).await
}

/// Moves a contract to another state if it still has its version.
///
/// # Errors
///
/// [`DbError::Missing`] if the version is another by now.
pub async fn set_status(tx: &mut Tx, old: &Framework, status: &str) -> Result<()> {
    const SQL: &str = "
        update book_framework
           set status = $1, version = version + 1
         where id = $2
           and version = $3
        returning id";
    tx.q(SQL)
        .bind(status.to_owned())
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Remembers which line of a contract a line of a draft calls off, once the order is confirmed.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn name_line(
    tx: &mut Tx,
    (order, line): (OrderId, i64),
    (framework, framework_line): (FrameworkId, i64),
) -> Result<()> {
    const SQL: &str = "
        insert into book_call_off (order_id, line, framework_id, framework_line, called, called_exact)
        values ($1, $2, $3, $4, 0, 0)";
    tx.q(SQL)
        .bind(order.get())
        .bind(line)
        .bind(framework.get())
        .bind(framework_line)
        .run()
        .await
        .map(drop)
}

/// Forgets what the lines of a draft name.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn forget_lines(tx: &mut Tx, order: OrderId) -> Result<()> {
    const SQL: &str = "delete from book_call_off where order_id = $1";
    tx.q(SQL).bind(order.get()).run().await.map(drop)
}

/// What a line of an order calls off.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CallOff {
    pub line: i64,
    pub framework_id: i64,
    pub framework_line: i64,
    pub framework_number: String,
    pub framework_status: String,
    pub tolerance: i64,
    pub agreed_quantity: Option<i64>,
    pub agreed_exact: Option<i64>,
    /// Of the order's line.
    pub quantity: i64,
    pub net_exact: i64,
    pub cancelled: i64,
    /// What it called off so far.
    pub called: i64,
    pub called_exact: i64,
}

/// What the lines of an order call off, in their sequence.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<CallOff>> {
    const SQL: &str = "
        select o.line, o.framework_id, o.framework_line, f.number as framework_number,
               f.status as framework_status, f.tolerance, a.quantity as agreed_quantity,
               a.value_exact as agreed_exact, l.quantity, l.net_exact, l.cancelled, o.called,
               o.called_exact
          from book_call_off o
          join book_framework f on f.id = o.framework_id
          join book_framework_line a
            on a.framework_id = o.framework_id
           and a.line = o.framework_line
          join book_order_line l
            on l.order_id = o.order_id
           and l.line = o.line
         where o.order_id = $1
         order by o.line
         limit 1000";
    tx.q(SQL).bind(order.get()).all().await
}

/// A line of an order that takes from a contract, with what it called off by now.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Taker {
    pub framework_line: i64,
    pub order_number: String,
    pub order_line: i64,
    pub day: String,
    pub status: String,
    pub called: i64,
    pub called_exact: i64,
}

/// The orders that name a contract, with what each calls off by now, the newest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn called_by(tx: &mut Tx, framework: FrameworkId) -> Result<Vec<Taker>> {
    const SQL: &str = "
        select k.framework_line, o.number as order_number, k.line as order_line, o.day, o.status,
               k.called, k.called_exact
          from book_call_off k
          join book_order o on o.id = k.order_id
         where k.framework_id = $1
         order by o.day desc, o.id desc, k.line
         limit 1000";
    tx.q(SQL).bind(framework.get()).all().await
}

/// Calls off what an order's line needs beyond what it has called off already; less than nothing is
/// given back. The line of the contract is looked at and changed in one statement, so that two orders
/// at once never call off more than there is.
///
/// # Errors
///
/// `framework.over_called` with what is left.
pub async fn call(tx: &mut Tx, order: OrderId, one: &CallOff) -> Result<()> {
    const TAKE: &str = "
        update book_framework_line
           set called = called + $1, called_exact = called_exact + $2
         where framework_id = $3
           and line = $4
           and ($1 <= 0 or quantity is null or called + $1 <= $5)
           and ($2 <= 0 or value_exact is null or called_exact + $2 <= $6)
        returning called";
    const KEEP: &str = "
        update book_call_off
           set called = called + $1, called_exact = called_exact + $2
         where order_id = $3
           and line = $4";
    let kept = one.quantity - one.cancelled;
    let more = kept - one.called;
    let more_exact = share_of(one.net_exact, kept, one.quantity) - one.called_exact;
    let tolerance = Percent::of_millionths(one.tolerance);
    let limit = |agreed: Option<i64>| agreed.map_or(i64::MAX, |agreed| most(agreed, tolerance));
    let taken = tx
        .q(TAKE)
        .bind(more)
        .bind(more_exact)
        .bind(one.framework_id)
        .bind(one.framework_line)
        .bind(limit(one.agreed_quantity))
        .bind(limit(one.agreed_exact))
        .one::<(i64,)>()
        .await;
    match taken {
        Ok(_) => {}
        Err(DbError::Missing) => return Err(over_called(tx, one).await?.into()),
        Err(other) => return Err(other),
    }
    tx.q(KEEP)
        .bind(more)
        .bind(more_exact)
        .bind(order.get())
        .bind(one.line)
        .run()
        .await
        .map(drop)
}

/// Gives back all that an order called off.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn give_back(tx: &mut Tx, order: OrderId) -> Result<()> {
    for one in of_order(tx, order).await? {
        let nothing = CallOff {
            cancelled: one.quantity,
            ..one
        };
        call(tx, order, &nothing).await?;
    }
    Ok(())
}

async fn over_called(tx: &mut Tx, one: &CallOff) -> Result<Refusal> {
    let lines = lines(tx, FrameworkId::of(one.framework_id)).await?;
    let line = lines.iter().find(|line| line.line == one.framework_line);
    let (quantity, value) = line.map_or((None, None), |line| line.agreed().remaining());
    let written = |millionths: i64| kernel::decimal::write_places(millionths, 6, 0);
    let mut left = Vec::new();
    left.extend(quantity.map(|quantity| format!("{} units", written(quantity))));
    left.extend(value.map(|value| format!("{} net", written(value))));
    let message = format!(
        "Line {} of contract {} has {} left, and a tolerance of {} %. Call off less, or agree on more.",
        one.framework_line,
        one.framework_number,
        left.join(" and "),
        Percent::of_millionths(one.tolerance)
    );
    let field = format!("lines[{}].call_off", one.line - 1);
    Ok(Refusal::state("framework.over_called", message).at(field))
}
