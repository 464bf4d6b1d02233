//! Recording invoices, and what becomes of them.

use std::collections::BTreeMap;

use db::{Cell, DbError, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Money};

use super::{Invoice, NO_DUE_DAY};
use crate::{
    CustomerId, InvoiceId, OrderId, ProductId, settlement::open_parts,
    store::allocations::settled_of, terms::Instalment,
};

/// An invoice to be recorded; posted from the start.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    pub number: Code,
    pub customer: CustomerId,
    pub payer: CustomerId,
    pub order: Option<OrderId>,
    pub day: Date,
    pub received_on: Option<Date>,
    pub accepted_on: Option<Date>,
    pub net: Money,
    pub tax: Money,
    pub gross: Money,
    pub source: &'static str,
    pub note: String,
    pub lines: Vec<NewLine>,
    pub instalments: Vec<Instalment>,
    pub recorded: Timestamp,
}

/// A line to be recorded; exact values in millionths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    pub order_line: Option<i64>,
    pub product: Option<ProductId>,
    pub quantity: i64,
    pub unit_price: i64,
    pub discount: i64,
    pub tax: i64,
    pub net_exact: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
}

fn day_text(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn add(tx: &mut Tx, new: &NewInvoice) -> Result<InvoiceId> {
    const SQL: &str = "
        insert into book_invoice (number, number_key, customer_id, payer_id, order_id, day, received_on,
               accepted_on, currency, net_minor, tax_minor, gross_minor, status, source, note,
               settled_minor, open_due, version, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'posted', $13, $14, 0, $15, 1, $16)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.number.as_str().to_owned())
        .bind(new.number.folded())
        .bind(new.customer.get())
        .bind(new.payer.get())
        .bind(new.order.map(OrderId::get))
        .bind(new.day.to_string())
        .bind(day_text(new.received_on))
        .bind(day_text(new.accepted_on))
        .bind(new.gross.currency().code())
        .bind(new.net.minor())
        .bind(new.tax.minor())
        .bind(new.gross.minor())
        .bind(new.source)
        .bind(new.note.clone())
        .bind(open_due(&new.instalments, 0))
        .bind(new.recorded.as_microsecond())
        .one()
        .await?;
    let invoice = InvoiceId::of(id);
    let lines = (1_i64..)
        .zip(&new.lines)
        .map(|(line, own)| line_row(id, line, own));
    insert_lines(tx, lines.collect()).await?;
    add_instalments(tx, invoice, &new.instalments, new.recorded).await?;
    Ok(invoice)
}

/// Records many invoices, each with how much of it is settled from the start; answers their ids by
/// folded number.
///
/// # Errors
///
/// As [`add`].
pub async fn add_many(
    tx: &mut Tx,
    new: &[(NewInvoice, i64)],
) -> Result<BTreeMap<String, InvoiceId>> {
    const IDS: &str = "
        select number_key, id
          from book_invoice
         where number_key in (select value from json_each($1))
         order by id
         limit 1000000";
    let rows = new.iter().map(|(one, settled)| head_row(one, *settled));
    tx.insert_many(
        "insert into book_invoice (number, number_key, customer_id, payer_id, order_id, day, received_on,
                accepted_on, currency, net_minor, tax_minor, gross_minor, status, source, note,
                settled_minor, open_due, version, recorded_at) values",
        rows.collect(),
    )
    .await?;
    let keys: Vec<String> = new.iter().map(|(one, _)| one.number.folded()).collect();
    let keys = serde_json::json!(keys).to_string();
    let ids: Vec<(String, i64)> = tx.q(IDS).bind(keys).all().await?;
    let ids: BTreeMap<String, InvoiceId> = ids
        .into_iter()
        .map(|(key, id)| (key, InvoiceId::of(id)))
        .collect();
    let mut rows = Vec::with_capacity(new.len());
    let mut lines = Vec::new();
    for (one, _) in new {
        let invoice = *ids.get(&one.number.folded()).ok_or(DbError::Missing)?;
        let own = (1_i64..).zip(&one.lines);
        lines.extend(own.map(|(line, own)| line_row(invoice.get(), line, own)));
        let parts = one.instalments.iter();
        rows.extend(parts.map(|part| instalment_row(invoice, part, one.recorded)));
    }
    insert_lines(tx, lines).await?;
    insert_instalments(tx, rows).await?;
    Ok(ids)
}

fn head_row(new: &NewInvoice, settled: i64) -> Vec<Cell> {
    vec![
        Cell::from(new.number.as_str()),
        Cell::from(new.number.folded()),
        Cell::from(new.customer.get()),
        Cell::from(new.payer.get()),
        Cell::from(new.order.map(OrderId::get)),
        Cell::from(new.day.to_string()),
        Cell::from(day_text(new.received_on)),
        Cell::from(day_text(new.accepted_on)),
        Cell::from(new.gross.currency().code()),
        Cell::from(new.net.minor()),
        Cell::from(new.tax.minor()),
        Cell::from(new.gross.minor()),
        Cell::from("posted"),
        Cell::from(new.source),
        Cell::from(new.note.as_str()),
        Cell::from(settled),
        Cell::from(open_due(&new.instalments, settled)),
        Cell::from(1),
        Cell::from(new.recorded.as_microsecond()),
    ]
}

fn line_row(invoice: i64, line: i64, own: &NewLine) -> Vec<Cell> {
    vec![
        Cell::from(invoice),
        Cell::from(line),
        Cell::from(own.order_line),
        Cell::from(own.product.map(ProductId::get)),
        Cell::from(own.quantity),
        Cell::from(own.unit_price),
        Cell::from(own.discount),
        Cell::from(own.tax),
        Cell::from(own.net_exact),
        Cell::from(own.net_minor),
        Cell::from(own.tax_minor),
        Cell::from(0),
    ]
}

async fn insert_lines(tx: &mut Tx, rows: Vec<Vec<Cell>>) -> Result<()> {
    tx.insert_many(
        "insert into book_invoice_line (invoice_id, line, order_line, product_id, quantity, unit_price,
                discount, tax, net_exact, net_minor, tax_minor, credited) values",
        rows,
    )
    .await
}

async fn add_instalments(
    tx: &mut Tx,
    invoice: InvoiceId,
    instalments: &[Instalment],
    now: Timestamp,
) -> Result<()> {
    let rows = instalments
        .iter()
        .map(|one| instalment_row(invoice, one, now));
    insert_instalments(tx, rows.collect()).await
}

fn instalment_row(invoice: InvoiceId, one: &Instalment, now: Timestamp) -> Vec<Cell> {
    let rule = one.rule;
    let payment_day = rule.and_then(|rule| rule.payment_day);
    vec![
        Cell::from(invoice.get()),
        Cell::from(one.part),
        Cell::from(day_text(one.due)),
        Cell::from(one.amount_minor),
        Cell::from(i64::from(one.is_retention)),
        Cell::from(one.discount_minor),
        Cell::from(day_text(one.discount_until)),
        Cell::from(rule.map(|rule| rule.clock.word().to_owned())),
        Cell::from(rule.map(|rule| rule.days)),
        Cell::from(rule.map(|rule| i64::from(rule.end_of_month))),
        Cell::from(payment_day.map(i64::from)),
        Cell::from(rule.map(|rule| rule.discount_days)),
        Cell::from(now.as_microsecond()),
    ]
}

async fn insert_instalments(tx: &mut Tx, rows: Vec<Vec<Cell>>) -> Result<()> {
    tx.insert_many(
        "insert into book_instalment (invoice_id, part, due_day, amount_minor, retention, discount_minor,
                discount_until, clock, days, end_of_month, payment_day, discount_days, recorded_at) values",
        rows,
    )
    .await
}

/// The first due day with something open once `settled` is settled; none if nothing is.
fn open_due(instalments: &[Instalment], settled: i64) -> Option<String> {
    let open = open_parts(instalments, settled);
    let first = open.iter().find(|(_, open)| 0 < *open)?;
    Some(day_text(first.0.due).unwrap_or_else(|| NO_DUE_DAY.to_owned()))
}

/// Replaces the instalments; those that held before stay readable as they were known.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set_instalments(
    tx: &mut Tx,
    invoice: &Invoice,
    instalments: &[Instalment],
    now: Timestamp,
) -> Result<()> {
    replace_instalments(tx, invoice.invoice(), instalments, now).await?;
    set_settled(tx, invoice.invoice(), invoice.settled_minor, instalments).await
}

/// The same, where how much is settled is worked out again afterwards.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn replace_instalments(
    tx: &mut Tx,
    invoice: InvoiceId,
    instalments: &[Instalment],
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update book_instalment
           set retracted_at = $1
         where invoice_id = $2
           and retracted_at is null";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(invoice.get())
        .run()
        .await?;
    add_instalments(tx, invoice, instalments, now).await
}

/// Keeps how much is settled by now, and since when something is open.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set_settled(
    tx: &mut Tx,
    invoice: InvoiceId,
    settled: i64,
    instalments: &[Instalment],
) -> Result<()> {
    const SQL: &str = "
        update book_invoice
           set settled_minor = $1, open_due = $2, version = version + 1
         where id = $3
        returning id";
    tx.q(SQL)
        .bind(settled)
        .bind(open_due(instalments, settled))
        .bind(invoice.get())
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Works out again how much of invoices is settled, from what settles them.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn recount(tx: &mut Tx, invoices: &[i64]) -> Result<()> {
    const SQL: &str = "
        update book_invoice
           set settled_minor = coalesce((select cast(sum(s.amount_minor) as bigint)
                                           from book_allocation s
                                          where s.invoice_id = book_invoice.id
                                            and s.retracted_at is null
                                            and s.valid_to is null), cast(0 as bigint)),
               open_due = $1,
               version = version + 1
         where id in (select cast(value as bigint) from json_each($2))";
    let mut by_due: BTreeMap<Option<String>, Vec<i64>> = BTreeMap::new();
    for some in invoices.chunks(1_000) {
        let settled = settled_of(tx, some).await?;
        let parts = super::instalments_of(tx, some, i64::MAX).await?;
        for id in some {
            let parts = parts.get(id).map_or(&[][..], Vec::as_slice);
            let due = open_due(parts, settled.get(id).copied().unwrap_or(0));
            by_due.entry(due).or_default().push(*id);
        }
    }
    for (due, ids) in by_due {
        tx.q(SQL).bind(due).bind(format!("{ids:?}")).run().await?;
    }
    Ok(())
}

/// Changes what may change on a posted invoice: the days that start clocks, and the note.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn set_dates(
    tx: &mut Tx,
    invoice: &Invoice,
    (received_on, accepted_on): (Option<Date>, Option<Date>),
    note: &str,
) -> Result<()> {
    const SQL: &str = "
        update book_invoice
           set received_on = $1, accepted_on = $2, note = $3, version = version + 1
         where id = $4
           and version = $5
        returning id";
    tx.q(SQL)
        .bind(day_text(received_on))
        .bind(day_text(accepted_on))
        .bind(note.to_owned())
        .bind(invoice.id)
        .bind(invoice.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// # Errors
///
/// [`db::DbError::Missing`] if it is not posted any more.
pub async fn cancel(tx: &mut Tx, invoice: &Invoice, day: Date, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_invoice
           set status = 'cancelled', cancelled_on = $1, cancelled_at = $2, version = version + 1
         where id = $3
           and status = 'posted'
        returning id";
    tx.q(SQL)
        .bind(day.to_string())
        .bind(now.as_microsecond())
        .bind(invoice.id)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Keeps how much of a line was credited for goods that came back, in millionths.
///
/// # Errors
///
/// [`db::DbError::Missing`] if there is no such line.
pub async fn set_credited(tx: &mut Tx, invoice: InvoiceId, line: i64, credited: i64) -> Result<()> {
    const SQL: &str = "
        update book_invoice_line
           set credited = $1
         where invoice_id = $2
           and line = $3
        returning line";
    tx.q(SQL)
        .bind(credited)
        .bind(invoice.get())
        .bind(line)
        .one::<(i64,)>()
        .await
        .map(drop)
}
