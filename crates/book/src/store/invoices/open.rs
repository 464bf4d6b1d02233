//! What is owed on a day, as known at an instant: nothing here is read from today's amounts.

use db::{Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::civil::Date;
use kernel::{Moment, Scope};

use crate::store::sight::{in_sight, sighted};

/// An invoice with something open on the asked day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OpenInvoice {
    pub id: i64,
    pub number: String,
    pub customer_code: String,
    pub customer_name: String,
    pub payer_code: String,
    pub day: String,
    pub currency: String,
    pub gross_minor: i64,
    pub settled_minor: i64,
}

/// Invoices with something open as of a moment, oldest first, one page. `$1` to `$4` say whose are
/// in sight today, whatever the day that is asked about.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn open_on(
    tx: &mut Tx,
    (scope, today): (&Scope, Date),
    moment: Moment,
    customer: &str,
    (limit, from): (Limit, &Cursor),
) -> Result<Listing<OpenInvoice>> {
    const SQL: &str = concat!(
        "select d.id, d.number, c.code as customer_code, c.name as customer_name, y.code as payer_code,
                d.day, d.currency, d.gross_minor,
                coalesce((select cast(sum(s.amount_minor) as bigint)
                            from book_allocation s
                           where s.invoice_id = d.id and ",
        db::holds!("s", "$5", "$6"),
        "), cast(0 as bigint)) as settled_minor
           from book_invoice d
           join book_customer c on c.id = d.customer_id
           join book_customer y on y.id = d.payer_id
          where ",
        in_sight!("d.customer_id"),
        " and d.day <= $5
          and d.recorded_at <= $6
          and ($7 = '' or c.code_key = $7 or y.code_key = $7)
          and (d.day, d.id) > ($8, $9)
          and d.gross_minor > coalesce((select cast(sum(s.amount_minor) as bigint)
                            from book_allocation s
                           where s.invoice_id = d.id and ",
        db::holds!("s", "$5", "$6"),
        "), cast(0 as bigint))
          order by d.day, d.id
          limit $10"
    );
    let rows: Vec<OpenInvoice> = sighted(tx.q(SQL), scope, today)
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(customer.trim().to_ascii_lowercase())
        .bind(from.key.clone())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(rows, limit, |row| Cursor {
        key: row.day.clone(),
        id: row.id,
    }))
}

/// What a payer owes in one currency: open on invoices, and paid or credited but not yet applied.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Balance {
    pub payer_code: String,
    pub payer_name: String,
    pub currency: String,
    pub open_minor: i64,
    pub unapplied_minor: i64,
}

impl Balance {
    pub fn owed_minor(&self) -> i64 {
        self.open_minor.saturating_sub(self.unapplied_minor)
    }
}

/// The balance of every payer in sight that has one as of a moment, by code; at most 50,000. `payer`
/// is the code of one, or empty.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn balances(
    tx: &mut Tx,
    (scope, today): (&Scope, Date),
    moment: Moment,
    payer: &str,
) -> Result<Vec<Balance>> {
    const SQL: &str = concat!(
        "select c.code as payer_code, c.name as payer_name, x.currency,
                cast(sum(x.open_minor) as bigint) as open_minor,
                cast(sum(x.unapplied_minor) as bigint) as unapplied_minor
           from (
                select i.payer_id, i.currency, i.gross_minor as open_minor, cast(0 as bigint) as unapplied_minor
                  from book_invoice i
                 where i.day <= $5 and i.recorded_at <= $6
                union all
                select i.payer_id, i.currency, -s.amount_minor, cast(0 as bigint)
                  from book_allocation s
                  join book_invoice i on i.id = s.invoice_id
                 where ",
        db::holds!("s", "$5", "$6"),
        "
                union all
                select p.payer_id, p.currency, cast(0 as bigint), p.amount_minor
                  from book_payment p
                 where p.day <= $5 and p.recorded_at <= $6
                   and not coalesce(p.reversed_on <= $5 and p.reversed_at <= $6, 1 = 0)
                union all
                select n.payer_id, n.currency, cast(0 as bigint), n.gross_minor
                  from book_credit_note n
                 where n.day <= $5 and n.recorded_at <= $6
                   and not coalesce(n.cancelled_on <= $5 and n.cancelled_at <= $6, 1 = 0)
                union all
                select coalesce(p.payer_id, n.payer_id), coalesce(p.currency, n.currency),
                       cast(0 as bigint), -s.source_minor
                  from book_allocation s
                  left join book_payment p on p.id = s.payment_id
                  left join book_credit_note n on n.id = s.credit_note_id
                 where (s.payment_id is not null or s.credit_note_id is not null)
                   and ",
        db::holds!("s", "$5", "$6"),
        "
                ) x
           join book_customer c on c.id = x.payer_id
          where ",
        in_sight!("x.payer_id"),
        " and ($7 = '' or c.code_key = $7)
          group by c.code, c.name, c.code_key, x.currency
         having sum(x.open_minor) <> 0 or sum(x.unapplied_minor) <> 0
          order by c.code_key, x.currency
          limit 50000"
    );
    sighted(tx.q(SQL), scope, today)
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(payer.trim().to_ascii_lowercase())
        .all()
        .await
}
