//! Posted documents as files, in the columns they are read in from.

use std::future::Future;

use ::sheet::export::{Export, Value};
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Money, Percent, Price, Quantity, Scope};

use super::agreed;
use crate::{
    billing::rate_in,
    store::{
        invoices::NO_DUE_DAY,
        written::{
            self, AllocationRow, CreditNoteRow, DeliveryRow, InvoiceRow, OpenRow, PaymentRow,
            Place, Placed,
        },
    },
};

/// Writes what is in scope of one kind of posted document, or of what was offered and agreed before.
///
/// # Errors
///
/// [`db::DbError::Missing`] for another kind.
pub(super) async fn export(
    tx: &mut Tx,
    kind: &str,
    seen: (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    let (scope, on) = seen;
    let mut from = Some(Place::default());
    while let Some(place) = from {
        from = match kind {
            "deliveries" => {
                put(written::deliveries(tx, scope, on, place), file, of_delivery).await?
            }
            "invoices" => put(written::invoices(tx, scope, on, place), file, of_invoice).await?,
            "credit-notes" => {
                put(written::credit_notes(tx, scope, on, place), file, of_note).await?
            }
            "payments" => put(written::payments(tx, scope, on, place), file, of_payment).await?,
            "allocations" => {
                put(
                    written::allocations(tx, scope, on, place),
                    file,
                    of_allocation,
                )
                .await?
            }
            "open-items" => {
                let open = |row: &OpenRow, file: &mut Export<'_>| of_open(row, on, file);
                put(written::open_items(tx, scope, on, place), file, open).await?
            }
            _ => return agreed::export(tx, kind, seen, file).await,
        };
    }
    Ok(())
}

/// Writes one stretch of rows, and tells where the next begins.
pub(super) async fn put<T: Placed>(
    rows: impl Future<Output = Result<Vec<T>>>,
    file: &mut Export<'_>,
    write: impl Fn(&T, &mut Export<'_>) -> Result<()>,
) -> Result<Option<Place>> {
    let rows = rows.await?;
    for row in &rows {
        write(row, file)?;
    }
    Ok(rows.last().map(Placed::place))
}

fn of_delivery(row: &DeliveryRow, file: &mut Export<'_>) -> Result<()> {
    Ok(file.row(&[
        Value::of(&row.number),
        Value::of(&row.order_number),
        day(Some(&row.day)),
        Value::of(&row.kind),
        Value::number(&row.order_line),
        quantity(row.quantity),
        text(&row.note),
    ])?)
}

/// Without lines the amount stands for them, with the tax that is in it.
fn of_invoice(row: &InvoiceRow, file: &mut Export<'_>) -> Result<()> {
    let currency = Currency::parse(&row.currency)?;
    let of = |minor: i64| Money::of_minor(minor, currency);
    let is_plain = row.quantity.is_none();
    let gross = of(row.gross_minor);
    let whole = if is_plain {
        Value::money(gross)
    } else {
        Value::Empty
    };
    let tax = if is_plain {
        rate_in(of(row.net_minor), gross)
    } else {
        row.tax.map(Percent::of_millionths)
    };
    Ok(file.row(&[
        Value::of(&row.number),
        Value::of(&row.customer_code),
        Value::of(&row.payer_code),
        Value::or_empty(row.order_number.as_deref()),
        day(Some(&row.day)),
        day(row.due_day.as_deref()),
        day(row.received_on.as_deref()),
        day(row.accepted_on.as_deref()),
        Value::of(&row.currency),
        whole,
        row.order_line
            .map_or(Value::Empty, |line| Value::number(&line)),
        Value::or_empty(row.product_code.as_deref()),
        row.quantity.map_or(Value::Empty, quantity),
        row.unit_price.map_or(Value::Empty, |price| {
            Value::number(&Price::of_millionths(price))
        }),
        percent(row.discount.map(Percent::of_millionths)),
        percent(tax),
        row.net_exact
            .map_or(Value::Empty, |net| Value::exact(net, currency)),
        text(&row.note),
    ])?)
}

fn of_note(row: &CreditNoteRow, file: &mut Export<'_>) -> Result<()> {
    let currency = Currency::parse(&row.currency)?;
    let gross = Money::of_minor(row.gross_minor, currency);
    let tax = match row.invoice_line {
        Some(_) => None,
        None => rate_in(Money::of_minor(row.net_minor, currency), gross),
    };
    Ok(file.row(&[
        Value::of(&row.number),
        Value::or_empty(row.invoice_number.as_deref()),
        Value::of(&row.customer_code),
        day(Some(&row.day)),
        Value::of(&row.kind),
        Value::of(&row.currency),
        Value::money(gross),
        // Without one the invoice's own proportion would be taken.
        tax.map_or(Value::Empty, |tax| Value::number(&tax)),
        row.invoice_line
            .map_or(Value::Empty, |line| Value::number(&line)),
        row.quantity.map_or(Value::Empty, quantity),
        Value::or_empty(row.rebate_number.as_deref()),
        text(&row.reason),
    ])?)
}

/// What it settles stands in the file of allocations.
fn of_payment(row: &PaymentRow, file: &mut Export<'_>) -> Result<()> {
    let amount = Money::of_minor(row.amount_minor, Currency::parse(&row.currency)?);
    Ok(file.row(&[
        Value::of(&row.reference),
        Value::of(&row.payer_code),
        day(Some(&row.day)),
        Value::money(amount),
        Value::of(&row.currency),
        Value::of(&row.method),
        Value::Empty,
        Value::or_empty(row.acceptor.as_deref()),
        Value::or_empty(row.paper_number.as_deref()),
        day(row.paper_due.as_deref()),
        text(&row.note),
    ])?)
}

fn of_allocation(row: &AllocationRow, file: &mut Export<'_>) -> Result<()> {
    let amount = Money::of_minor(row.amount_minor, Currency::parse(&row.invoice_currency)?);
    let taken = Money::of_minor(row.source_minor, Currency::parse(&row.payment_currency)?);
    let is_converted = row.kind == "cash" && taken.currency() != amount.currency();
    Ok(file.row(&[
        Value::of(&row.reference),
        Value::of(&row.invoice_number),
        Value::money(amount),
        day(Some(&row.valid_from)),
        Value::of(&row.kind),
        if is_converted {
            Value::money(taken)
        } else {
            Value::Empty
        },
    ])?)
}

fn of_open(row: &OpenRow, on: Date, file: &mut Export<'_>) -> Result<()> {
    let currency = Currency::parse(&row.currency)?;
    let of = |minor: i64| Value::money(Money::of_minor(minor, currency));
    let due = Some(row.open_due.as_str()).filter(|due| *due != NO_DUE_DAY);
    Ok(file.row(&[
        Value::Day(on),
        Value::of(&row.payer_code),
        Value::of(&row.number),
        day(Some(&row.day)),
        day(due),
        Value::of(&row.currency),
        of(row.gross_minor),
        of(row.open_minor),
    ])?)
}

pub(super) fn day(text: Option<&str>) -> Value<'static> {
    let day = text.and_then(|text| text.parse().ok());
    day.map_or(Value::Empty, Value::Day)
}

pub(super) fn quantity(millionths: i64) -> Value<'static> {
    Value::number(&Quantity::of_millionths(millionths))
}

pub(super) fn percent(percent: Option<Percent>) -> Value<'static> {
    match percent {
        Some(percent) if percent != Percent::ZERO => Value::number(&percent),
        _ => Value::Empty,
    }
}

pub(super) fn text(text: &str) -> Value<'_> {
    Value::or_empty(Some(text).filter(|text| !text.is_empty()))
}
