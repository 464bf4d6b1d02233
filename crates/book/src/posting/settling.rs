//! Settling invoices from payments and credit notes, and giving back what was settled.

use std::collections::BTreeSet;

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Money, Refusal, ids::PublicId};

use super::desk::Desk;
use crate::{
    CreditNoteId, InvoiceId, PaymentId,
    course::INVOICE,
    settlement::{Of, Span, check_free},
    store::{
        allocations::{self, Allocation, NewAllocation, Source},
        invoices::{self, Invoice},
    },
};

/// What settles: a payment or credit note with its whole amount.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    pub source: Source,
    /// Payment or credit note with its number, as a sentence names it.
    pub name: &'a str,
    pub whole: Money,
    pub day: Date,
}

impl<'a> From<'a> {
    pub fn payment(payment: PaymentId, name: &'a str, whole: Money, day: Date) -> From<'a> {
        let source = Source::Payment(payment);
        From {
            source,
            name,
            whole,
            day,
        }
    }

    pub fn credit_note(note: CreditNoteId, name: &'a str, whole: Money, day: Date) -> From<'a> {
        let source = Source::CreditNote(note);
        From {
            source,
            name,
            whole,
            day,
        }
    }
}

/// How much of an invoice is to be settled, and how.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// In the invoice's currency.
    pub amount: Money,
    /// In the source's currency; the same as `amount` where both are in one.
    pub taken: Money,
    pub kind: &'static str,
    pub day: Date,
    /// Chance for the id by which it is named outside.
    pub chance: u128,
}

/// Draws up an allocation; nothing is written. Nothing may be settled twice, on no day.
///
/// # Errors
///
/// `allocation.day` before invoice or source existed; `allocation.over_invoice` and
/// `allocation.over_source` for more than is there; `invoice.state`.
pub async fn draw(
    tx: &mut Tx,
    desk: &mut Desk,
    invoice: &Invoice,
    from: From<'_>,
    wanted: Wanted,
) -> Result<NewAllocation> {
    INVOICE.after("settle", &invoice.number, INVOICE.state(&invoice.status))?;
    let first = invoice.date().max(from.day);
    if wanted.day < first {
        let message = format!(
            "Invoice {} is of {} and {} of {}; they cannot settle before {first}.",
            invoice.number,
            invoice.date(),
            from.name,
            from.day
        );
        return Err(Refusal::value("allocation.day", message).at("date").into());
    }
    let span = |amount: Money| Span {
        from: wanted.day,
        to: None,
        amount_minor: amount.minor(),
    };
    let whole = Money::of_minor(invoice.gross_minor, invoice.money()?);
    let of_invoice = desk.invoice(tx, invoice).await?;
    let number = Of::Invoice(&invoice.number);
    check_free(whole, of_invoice, wanted.day, wanted.amount, number)?;
    let of_source = desk.source(tx, from.source).await?;
    check_free(
        from.whole,
        of_source,
        wanted.day,
        wanted.taken,
        Of::Source(from.name),
    )?;
    of_source.push(span(wanted.taken));
    desk.invoice(tx, invoice).await?.push(span(wanted.amount));
    Ok(NewAllocation {
        public_id: PublicId::of_random(wanted.chance).to_string(),
        invoice: invoice.invoice(),
        source: from.source,
        kind: wanted.kind,
        amount_minor: wanted.amount.minor(),
        source_minor: wanted.taken.minor(),
        day: wanted.day,
        after_day: None,
    })
}

/// Writes what was drawn up.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn write(tx: &mut Tx, new: NewAllocation, now: Timestamp) -> Result<()> {
    let invoice = new.invoice;
    allocations::add(tx, &[new], now).await?;
    recount(tx, invoice).await
}

/// Settles a part of an invoice, and answers the id by which that is named outside.
///
/// # Errors
///
/// As [`draw`].
pub async fn settle(
    tx: &mut Tx,
    invoice: &Invoice,
    from: From<'_>,
    wanted: Wanted,
    now: Timestamp,
) -> Result<String> {
    let new = draw(tx, &mut Desk::default(), invoice, from, wanted).await?;
    let id = new.public_id.clone();
    write(tx, new, now).await?;
    Ok(id)
}

/// How much of an invoice is free to be settled from `day` on.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn free(tx: &mut Tx, invoice: &Invoice, day: Date) -> Result<i64> {
    let spans = allocations::spans_of_invoice(tx, invoice.invoice()).await?;
    let peak = crate::settlement::peak_from(&spans, day);
    Ok(invoice.gross_minor.saturating_sub(peak).max(0))
}

/// How much of a source is left from `day` on.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn left(tx: &mut Tx, from: From<'_>, day: Date) -> Result<i64> {
    let spans = allocations::spans_of_source(tx, from.source).await?;
    let peak = crate::settlement::peak_from(&spans, day);
    Ok(from.whole.minor().saturating_sub(peak).max(0))
}

/// Ends an allocation on `day`: the invoice is open again from then on.
///
/// # Errors
///
/// `allocation.reversed` if it was ended before, `allocation.day` for a day before it began.
pub async fn end(tx: &mut Tx, one: &Allocation, day: Date, now: Timestamp) -> Result<()> {
    let span = one.of_invoice();
    if let Some(to) = span.to {
        let message = format!("This allocation was reversed as of {to} already.");
        return Err(Refusal::state("allocation.reversed", message).into());
    }
    if day < span.from {
        let message = format!("It settles since {}; it cannot end before.", span.from);
        return Err(Refusal::value("allocation.day", message).at("date").into());
    }
    allocations::end(tx, one, day, now).await?;
    recount(tx, InvoiceId::of(one.invoice_id)).await
}

/// Ends everything that settles from a source on `day` or later, also what was to end after it; days
/// before one began become its first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end_all(tx: &mut Tx, source: Source, day: Date, now: Timestamp) -> Result<()> {
    let mut settled = BTreeSet::new();
    loop {
        let some = allocations::end_some(tx, source, day, now).await?;
        if some.is_empty() {
            break;
        }
        settled.extend(some);
    }
    let invoices: Vec<i64> = settled.into_iter().collect();
    invoices::recount(tx, &invoices).await
}

/// Works out again how much of an invoice is settled: what has begun to settle and has no end.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn recount(tx: &mut Tx, invoice: InvoiceId) -> Result<()> {
    invoices::recount(tx, &[invoice.get()]).await
}

/// The amount taken from a source in another currency: it has to be said, and only then.
///
/// # Errors
///
/// `allocation.source_amount`.
pub fn taken(
    amount: Money,
    source: Currency,
    given: Option<&str>,
) -> std::result::Result<Money, Refusal> {
    match (source == amount.currency(), given) {
        (true, None) => Ok(amount),
        (false, Some(text)) => {
            crate::settlement::accept_amount(text, source).map_err(|no| no.at("source_amount"))
        }
        (true, Some(_)) => {
            let message = "Invoice and source are in one currency; leave source_amount out.";
            Err(Refusal::value("allocation.source_amount", message).at("source_amount"))
        }
        (false, None) => {
            let message = format!(
                "The invoice is in {}, the source in {source}. Say how much of the source it takes.",
                amount.currency()
            );
            Err(Refusal::value("allocation.source_amount", message).at("source_amount"))
        }
    }
}
