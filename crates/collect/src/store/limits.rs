//! Credit limits of customers, with everything that was once believed of them.

use std::collections::BTreeMap;

use book::CustomerId;
use db::{Cell, FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Moment, Refusal};
use serde_json::json;

use crate::{
    CreditLimitId,
    limit::{Account, CreditLimit, Held, Mode},
};

/// A credit limit as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
struct Row {
    id: i64,
    customer_id: i64,
    mode: String,
    amount_minor: Option<i64>,
    currency: Option<String>,
    reason: String,
    valid_from: String,
    valid_to: Option<String>,
    recorded_at: i64,
}

/// A credit limit, and since which instant (microseconds) it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub limit: CreditLimit,
    pub recorded_at: i64,
}

impl Row {
    fn limit(&self) -> std::result::Result<CreditLimit, Refusal> {
        let mode = Mode::recorded(&self.mode, self.amount_minor, self.currency.as_deref())?;
        Ok(CreditLimit {
            mode,
            from: self.valid_from.parse().unwrap_or(Date::ZERO),
            to: self.valid_to.as_deref().and_then(|day| day.parse().ok()),
            reason: self.reason.clone(),
        })
    }

    fn known(&self) -> std::result::Result<Known, Refusal> {
        Ok(Known {
            limit: self.limit()?,
            recorded_at: self.recorded_at,
        })
    }
}

macro_rules! select_limit {
    ($($rest:expr),+) => {
        concat!(
            "select l.id, l.customer_id, l.mode, l.amount_minor, l.currency, l.reason, l.valid_from,
                    l.valid_to, l.recorded_at
               from collect_credit_limit l ",
            $($rest),+
        )
    };
}

/// Those of a customer as known at an instant (microseconds), oldest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn history(tx: &mut Tx, customer: CustomerId, known_at: i64) -> Result<Vec<Known>> {
    const SQL: &str = select_limit!(
        "where l.customer_id = $1
           and l.recorded_at <= $2
           and (l.retracted_at is null or l.retracted_at > $2)
         order by l.valid_from, l.id
         limit 1000"
    );
    let rows: Vec<Row> = tx.q(SQL).bind(customer.get()).bind(known_at).all().await?;
    let known: std::result::Result<Vec<Known>, Refusal> = rows.iter().map(Row::known).collect();
    Ok(known?)
}

/// The credit limit of each of these customers at a moment, where there is one.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn holding(
    tx: &mut Tx,
    customers: &[i64],
    moment: Moment,
) -> Result<BTreeMap<i64, Known>> {
    const SQL: &str = select_limit!(
        "where l.customer_id in (select cast(value as bigint) from json_each($1))
           and ",
        db::holds!("l", "$2", "$3"),
        " order by l.id
          limit 1000"
    );
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(json!(customers).to_string())
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .all()
        .await?;
    let mut found = BTreeMap::new();
    for row in rows {
        found.insert(row.customer_id, row.known()?);
    }
    Ok(found)
}

/// The account of a customer as it is believed now.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn account(tx: &mut Tx, customer: CustomerId) -> Result<Account> {
    const SQL: &str = select_limit!(
        "where l.customer_id = $1
           and l.retracted_at is null
         order by l.valid_from, l.id
         limit 1000"
    );
    let rows: Vec<Row> = tx.q(SQL).bind(customer.get()).all().await?;
    let mut found = accounts_of(rows)?;
    Ok(found.remove(&customer).unwrap_or_default())
}

/// The accounts of these customers as they are believed now.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn accounts(
    tx: &mut Tx,
    customers: &[CustomerId],
) -> Result<BTreeMap<CustomerId, Account>> {
    const SQL: &str = select_limit!(
        "where l.customer_id in (select cast(value as bigint) from json_each($1))
           and l.retracted_at is null
         order by l.customer_id, l.valid_from, l.id
         limit 1000000"
    );
    let ids: Vec<i64> = customers.iter().map(|customer| customer.get()).collect();
    let rows: Vec<Row> = tx.q(SQL).bind(json!(ids).to_string()).all().await?;
    accounts_of(rows)
}

fn accounts_of(rows: Vec<Row>) -> Result<BTreeMap<CustomerId, Account>> {
    let mut accounts: BTreeMap<CustomerId, Account> = BTreeMap::new();
    for row in rows {
        let held = Held {
            row: Some(CreditLimitId::of(row.id)),
            limit: row.limit()?,
        };
        let account = accounts.entry(CustomerId::of(row.customer_id));
        account.or_default().limits.push(held);
    }
    Ok(accounts)
}

/// How often the account of a customer was written to: grows with every change.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn version(tx: &mut Tx, customer: CustomerId) -> Result<i64> {
    const SQL: &str = "
        select count(*)
          from collect_credit_limit
         where customer_id = $1";
    let (rows,): (i64,) = tx.q(SQL).bind(customer.get()).one().await?;
    Ok(rows)
}

/// Saves what was set in these accounts: what is believed no more stays readable as it was known.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn save(
    tx: &mut Tx,
    accounts: &BTreeMap<CustomerId, Account>,
    now: Timestamp,
) -> Result<()> {
    const RETRACT: &str = "
        update collect_credit_limit
           set retracted_at = $1
         where id in (select cast(value as bigint) from json_each($2))
           and retracted_at is null";
    let gone = accounts.values().flat_map(|account| &account.retracted);
    let gone: Vec<i64> = gone.map(|row| row.get()).collect();
    if !gone.is_empty() {
        tx.q(RETRACT)
            .bind(now.as_microsecond())
            .bind(json!(gone).to_string())
            .run()
            .await?;
    }
    let mut rows = Vec::new();
    for (customer, account) in accounts {
        rows.extend(account.unsaved().map(|new| cells(*customer, new, now)));
    }
    tx.insert_many(
        "insert into collect_credit_limit (customer_id, mode, amount_minor, currency, reason, valid_from,
                valid_to, recorded_at) values",
        rows,
    )
    .await
}

fn cells(customer: CustomerId, new: &CreditLimit, now: Timestamp) -> Vec<Cell> {
    let amount = new.mode.amount();
    vec![
        Cell::from(customer.get()),
        Cell::from(new.mode.as_str()),
        Cell::from(amount.map(kernel::Money::minor)),
        Cell::from(amount.map(|amount| amount.currency().code().to_owned())),
        Cell::from(new.reason.as_str()),
        Cell::from(new.from.to_string()),
        Cell::from(new.to.map(|day| day.to_string())),
        Cell::from(now.as_microsecond()),
    ]
}
