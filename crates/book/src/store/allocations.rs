//! Allocations: which payment or credit note settles how much of which invoice, from when to when.

use std::collections::BTreeMap;

use db::{Cell, FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::Scope;

use super::sight::{in_sight, sighted};
use crate::{CreditNoteId, InvoiceId, PaymentId, settlement::Span};

/// An allocation as recorded; reversed ones too.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Allocation {
    pub id: i64,
    pub public_id: String,
    pub invoice_id: i64,
    pub invoice_number: String,
    pub invoice_currency: String,
    pub payment_id: Option<i64>,
    pub payment_reference: Option<String>,
    pub credit_note_id: Option<i64>,
    pub credit_note_number: Option<String>,
    pub kind: String,
    pub amount_minor: i64,
    pub source_minor: i64,
    pub valid_from: String,
    pub valid_to: Option<String>,
    /// An outside list said only that it was settled between this day and `valid_from`.
    pub after_day: Option<String>,
}

impl Allocation {
    /// For sample pages.
    pub fn sample() -> Allocation {
        Allocation {
            id: 1,
            public_id: "0".repeat(26),
            invoice_id: 2,
            invoice_number: "INV-2026-00002".to_owned(),
            invoice_currency: "CNY".to_owned(),
            payment_id: Some(2),
            payment_reference: Some("PAY-2026-00002".to_owned()),
            credit_note_id: None,
            credit_note_number: None,
            kind: "cash".to_owned(),
            amount_minor: 30_000_000,
            source_minor: 30_000_000,
            valid_from: "2026-06-12".to_owned(),
            valid_to: Some("2026-06-14".to_owned()),
            after_day: None,
        }
    }

    fn from(&self) -> Date {
        self.valid_from.parse().unwrap_or(Date::ZERO)
    }

    fn to(&self) -> Option<Date> {
        self.valid_to.as_deref().and_then(|day| day.parse().ok())
    }

    /// What it settles of its invoice.
    pub fn of_invoice(&self) -> Span {
        Span {
            from: self.from(),
            to: self.to(),
            amount_minor: self.amount_minor,
        }
    }
}

/// Where the money or credit of an allocation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Payment(PaymentId),
    CreditNote(CreditNoteId),
    /// A list of open items from outside no longer had it.
    Outside,
}

/// An allocation to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAllocation {
    pub public_id: String,
    pub invoice: InvoiceId,
    pub source: Source,
    pub kind: &'static str,
    pub amount_minor: i64,
    pub source_minor: i64,
    pub day: Date,
    pub after_day: Option<Date>,
}

macro_rules! select_allocation {
    ($($rest:expr),+ $(,)?) => {
        concat!(
            "select s.id, s.public_id, s.invoice_id, i.number as invoice_number,
                    i.currency as invoice_currency, s.payment_id, p.reference as payment_reference,
                    s.credit_note_id, n.number as credit_note_number, s.kind, s.amount_minor,
                    s.source_minor, s.valid_from, s.valid_to, s.after_day
               from book_allocation s
               join book_invoice i on i.id = s.invoice_id
               left join book_payment p on p.id = s.payment_id
               left join book_credit_note n on n.id = s.credit_note_id
              where s.retracted_at is null ",
            $($rest),+
        )
    };
}

/// Those of one invoice, in the order they began; the first 5,000, to be shown.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_invoice(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<Allocation>> {
    const SQL: &str =
        select_allocation!("and s.invoice_id = $1 order by s.valid_from, s.id limit 5000");
    tx.q(SQL).bind(invoice.get()).all().await
}

/// Those from one payment or credit note, in the order they began; the first 5,000, to be shown.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_source(tx: &mut Tx, source: Source) -> Result<Vec<Allocation>> {
    const OF_PAYMENT: &str =
        select_allocation!("and s.payment_id = $1 order by s.valid_from, s.id limit 5000");
    const OF_CREDIT_NOTE: &str =
        select_allocation!("and s.credit_note_id = $1 order by s.valid_from, s.id limit 5000");
    match source {
        Source::Payment(payment) => tx.q(OF_PAYMENT).bind(payment.get()).all().await,
        Source::CreditNote(note) => tx.q(OF_CREDIT_NOTE).bind(note.get()).all().await,
        Source::Outside => Ok(Vec::new()),
    }
}

/// The same, only of invoices in sight: a payment may settle invoices of customers that others keep.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn seen_of_source(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    source: Source,
) -> Result<Vec<Allocation>> {
    const OF_PAYMENT: &str = select_allocation!(
        "and s.payment_id = $5 and ",
        in_sight!("i.customer_id", "i.payer_id"),
        " order by s.valid_from, s.id limit 5000"
    );
    const OF_CREDIT_NOTE: &str = select_allocation!(
        "and s.credit_note_id = $5 and ",
        in_sight!("i.customer_id", "i.payer_id"),
        " order by s.valid_from, s.id limit 5000"
    );
    let (sql, id) = match source {
        Source::Payment(payment) => (OF_PAYMENT, payment.get()),
        Source::CreditNote(note) => (OF_CREDIT_NOTE, note.get()),
        Source::Outside => return Ok(Vec::new()),
    };
    sighted(tx.q(sql), scope, on).bind(id).all().await
}

/// The one from a payment or credit note with this id outside.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn fetch(tx: &mut Tx, source: Source, public_id: &str) -> Result<Option<Allocation>> {
    const SQL: &str = select_allocation!(
        "and s.public_id = $1
         and coalesce(s.payment_id, 0) = $2
         and coalesce(s.credit_note_id, 0) = $3"
    );
    let (payment, note) = match source {
        Source::Payment(payment) => (payment.get(), 0),
        Source::CreditNote(note) => (0, note.get()),
        Source::Outside => (0, 0),
    };
    tx.q(SQL)
        .bind(public_id.to_owned())
        .bind(payment)
        .bind(note)
        .maybe()
        .await
}

macro_rules! select_spans {
    ($amount:literal, $whose:literal) => {
        concat!(
            "select valid_from, coalesce(valid_to, '') as until, cast(sum(",
            $amount,
            ") as bigint)
               from book_allocation
              where ",
            $whose,
            " = $1
                and retracted_at is null
                and (valid_from, coalesce(valid_to, '')) > ($2, $3)
              group by valid_from, coalesce(valid_to, '')
              order by valid_from, until
              limit 5000"
        )
    };
}

/// What settles an invoice, added up by the days it counts on. All of it, however much.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn spans_of_invoice(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<Span>> {
    spans(
        tx,
        select_spans!("amount_minor", "invoice_id"),
        invoice.get(),
    )
    .await
}

/// What is taken from a source, added up by the days it counts on. All of it, however much.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn spans_of_source(tx: &mut Tx, source: Source) -> Result<Vec<Span>> {
    match source {
        Source::Payment(payment) => {
            let sql = select_spans!("source_minor", "payment_id");
            spans(tx, sql, payment.get()).await
        }
        Source::CreditNote(note) => {
            let sql = select_spans!("source_minor", "credit_note_id");
            spans(tx, sql, note.get()).await
        }
        Source::Outside => Ok(Vec::new()),
    }
}

async fn spans(tx: &mut Tx, sql: &'static str, id: i64) -> Result<Vec<Span>> {
    let mut spans = Vec::new();
    let mut last = (String::new(), String::new());
    loop {
        let (from, until) = last;
        let some: Vec<(String, String, i64)> =
            tx.q(sql).bind(id).bind(from).bind(until).all().await?;
        spans.extend(some.iter().map(|(from, until, minor)| Span {
            from: from.parse().unwrap_or(Date::ZERO),
            to: until.parse().ok(),
            amount_minor: *minor,
        }));
        match some.into_iter().next_back() {
            Some((from, until, _)) => last = (from, until),
            None => return Ok(spans),
        }
    }
}

/// How much of each invoice is settled by what was not taken back, by its id; at most 1,000 at once.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn settled_of(tx: &mut Tx, invoices: &[i64]) -> Result<BTreeMap<i64, i64>> {
    const SQL: &str = "
        select invoice_id, cast(sum(amount_minor) as bigint)
          from book_allocation
         where invoice_id in (select cast(value as bigint) from json_each($1))
           and retracted_at is null
           and valid_to is null
         group by invoice_id
         order by invoice_id
         limit 1000";
    let rows: Vec<(i64, i64)> = tx.q(SQL).bind(format!("{invoices:?}")).all().await?;
    Ok(rows.into_iter().collect())
}

/// What settles an invoice and was not taken back: kind, first day and amount.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn standing(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<(String, Date, i64)>> {
    const SQL: &str = "
        select kind, valid_from, cast(sum(amount_minor) as bigint)
          from book_allocation
         where invoice_id = $1
           and retracted_at is null
           and valid_to is null
         group by kind, valid_from
         order by kind, valid_from
         limit 50000";
    let rows: Vec<(String, String, i64)> = tx.q(SQL).bind(invoice.get()).all().await?;
    let days = rows.into_iter();
    Ok(days
        .map(|(kind, day, minor)| (kind, day.parse().unwrap_or(Date::ZERO), minor))
        .collect())
}

/// # Errors
///
/// Whatever the engine reports.
pub async fn add(tx: &mut Tx, new: &[NewAllocation], now: Timestamp) -> Result<()> {
    let rows = new.iter().map(|one| {
        let (payment, note) = match one.source {
            Source::Payment(payment) => (Some(payment.get()), None),
            Source::CreditNote(note) => (None, Some(note.get())),
            Source::Outside => (None, None),
        };
        vec![
            Cell::from(one.public_id.as_str()),
            Cell::from(one.invoice.get()),
            Cell::from(payment),
            Cell::from(note),
            Cell::from(one.kind),
            Cell::from(one.amount_minor),
            Cell::from(one.source_minor),
            Cell::from(one.day.to_string()),
            Cell::from(one.after_day.map(|day| day.to_string())),
            Cell::from(now.as_microsecond()),
        ]
    });
    tx.insert_many(
        "insert into book_allocation (public_id, invoice_id, payment_id, credit_note_id, kind, amount_minor,
                source_minor, valid_from, after_day, recorded_at) values",
        rows.collect(),
    )
    .await
}

/// Ends an allocation on `day`: what was known before stays readable as it was.
///
/// # Errors
///
/// [`db::DbError::Missing`] if it was changed meanwhile.
pub async fn end(tx: &mut Tx, one: &Allocation, day: Date, now: Timestamp) -> Result<()> {
    const RETRACT: &str = "
        update book_allocation
           set retracted_at = $1
         where id = $2
           and retracted_at is null
        returning id";
    const AGAIN: &str = "
        insert into book_allocation (public_id, invoice_id, payment_id, credit_note_id, kind, amount_minor,
               source_minor, valid_from, valid_to, after_day, recorded_at)
        select public_id, invoice_id, payment_id, credit_note_id, kind, amount_minor, source_minor,
               valid_from, $1, after_day, $2
          from book_allocation
         where id = $3";
    tx.q(RETRACT)
        .bind(now.as_microsecond())
        .bind(one.id)
        .one::<(i64,)>()
        .await?;
    tx.q(AGAIN)
        .bind(day.to_string())
        .bind(now.as_microsecond())
        .bind(one.id)
        .run()
        .await
        .map(drop)
}

/// Ends many allocations on `day`, by their rows, and those that begin later on their first; those that
/// were ended meanwhile stay as they are.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end_many(tx: &mut Tx, rows: &[i64], day: Date, now: Timestamp) -> Result<()> {
    const AGAIN: &str = "
        insert into book_allocation (public_id, invoice_id, payment_id, credit_note_id, kind, amount_minor,
               source_minor, valid_from, valid_to, after_day, recorded_at)
        select public_id, invoice_id, payment_id, credit_note_id, kind, amount_minor, source_minor,
               valid_from, case when valid_from > $1 then valid_from else $1 end, after_day, $2
          from book_allocation
         where id in (select cast(value as bigint) from json_each($3))
           and retracted_at is null";
    const RETRACT: &str = "
        update book_allocation
           set retracted_at = $1
         where id in (select cast(value as bigint) from json_each($2))
           and retracted_at is null";
    if rows.is_empty() {
        return Ok(());
    }
    let rows = serde_json::json!(rows).to_string();
    tx.q(AGAIN)
        .bind(day.to_string())
        .bind(now.as_microsecond())
        .bind(rows.clone())
        .run()
        .await?;
    tx.q(RETRACT)
        .bind(now.as_microsecond())
        .bind(rows)
        .run()
        .await
        .map(drop)
}

/// Ends everything that settles from a source on `day` or later, also what was to end after it. Answers
/// the invoices it settled, of at most 1,000 allocations a time, and none if nothing is left to end.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end_some(tx: &mut Tx, source: Source, day: Date, now: Timestamp) -> Result<Vec<i64>> {
    const SQL: &str = "
        select id, invoice_id
          from book_allocation
         where (payment_id = $1 or credit_note_id = $2)
           and retracted_at is null
           and (valid_to is null or valid_to > $3 and valid_to > valid_from)
         order by id
         limit 1000";
    let (payment, note) = match source {
        Source::Payment(payment) => (Some(payment.get()), None),
        Source::CreditNote(note) => (None, Some(note.get())),
        Source::Outside => return Ok(Vec::new()),
    };
    let found: Vec<(i64, i64)> = tx
        .q(SQL)
        .bind(payment)
        .bind(note)
        .bind(day.to_string())
        .all()
        .await?;
    let (rows, invoices): (Vec<i64>, Vec<i64>) = found.into_iter().unzip();
    end_many(tx, &rows, day, now).await?;
    Ok(invoices)
}

/// Takes back an allocation that never was right, from its first day on.
///
/// # Errors
///
/// [`db::DbError::Missing`] if it was changed meanwhile.
pub async fn retract(tx: &mut Tx, one: &Allocation, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_allocation
           set retracted_at = $1
         where id = $2
           and retracted_at is null
        returning id";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(one.id)
        .one::<(i64,)>()
        .await
        .map(drop)
}
