//! Lists of open items that were taken from outside, and the invoices they are about.

use std::collections::{BTreeMap, BTreeSet};

use db::{Cell, FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Refusal};
use serde_json::json;

use crate::{InvoiceId, open_list::Part, settlement::Span};

/// A list that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub as_of: Date,
    pub items: i64,
    /// What it said, as a fingerprint.
    pub print: String,
    /// What was open by the list, by currency.
    pub totals: BTreeMap<&'static str, i64>,
}

/// The newest list, without its totals.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn last(tx: &mut Tx) -> Result<Option<Taken>> {
    const SQL: &str = "
        select as_of, items, print
          from book_open_list
         order by as_of desc
         limit 1";
    let found: Option<(String, i64, String)> = tx.q(SQL).maybe().await?;
    Ok(found.map(|(as_of, items, print)| Taken {
        as_of: as_of.parse().unwrap_or(Date::ZERO),
        items,
        print,
        totals: BTreeMap::new(),
    }))
}

/// Keeps that a list was taken.
///
/// # Errors
///
/// [`db::DbError::Taken`] if one of its day was.
pub async fn add(tx: &mut Tx, list: &Taken, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into book_open_list (as_of, items, print, recorded_at)
        values ($1, $2, $3, $4)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(list.as_of.to_string())
        .bind(list.items)
        .bind(list.print.clone())
        .bind(now.as_microsecond())
        .one()
        .await?;
    let totals = list
        .totals
        .iter()
        .map(|(currency, open)| vec![Cell::from(id), Cell::from(*currency), Cell::from(*open)]);
    tx.insert_many(
        "insert into book_open_list_total (list_id, currency, open_minor) values",
        totals.collect(),
    )
    .await
}

/// An invoice a list may be about.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Listable {
    pub id: i64,
    pub number: String,
    pub number_key: String,
    pub customer_id: i64,
    pub payer_id: i64,
    pub day: String,
    pub currency: String,
    pub gross_minor: i64,
    pub open_due: Option<String>,
    pub status: String,
    pub source: String,
}

impl Listable {
    pub fn invoice(&self) -> InvoiceId {
        InvoiceId::of(self.id)
    }

    /// It is there because a list had it.
    pub fn is_listed(&self) -> bool {
        self.source == "snapshot"
    }

    /// # Errors
    ///
    /// `currency.unknown` if the row holds what was never written by us.
    pub fn money(&self) -> std::result::Result<Currency, Refusal> {
        Currency::parse(&self.currency)
    }
}

macro_rules! select_listable {
    ($rest:literal) => {
        concat!(
            "select d.id, d.number, d.number_key, d.customer_id, d.payer_id, d.day, d.currency,
                    d.gross_minor, d.open_due, d.status, d.source
               from book_invoice d ",
            $rest
        )
    };
}

/// The invoices with these folded numbers, and those of earlier lists that are open still; by folded
/// number.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn concerned(
    tx: &mut Tx,
    numbers: &BTreeSet<String>,
) -> Result<BTreeMap<String, Listable>> {
    const NAMED: &str = select_listable!(
        "where d.number_key in (select value from json_each($1))
         order by d.id
         limit 1000000"
    );
    const OPEN: &str = select_listable!(
        "where d.open_due is not null
           and d.source = 'snapshot'
           and d.status = 'posted'
         order by d.id
         limit 1000000"
    );
    let named: Vec<Listable> = tx.q(NAMED).bind(json!(numbers).to_string()).all().await?;
    let open: Vec<Listable> = tx.q(OPEN).all().await?;
    let all = named.into_iter().chain(open);
    Ok(all.map(|one| (one.number_key.clone(), one)).collect())
}

#[derive(FromRow)]
struct PartRow {
    id: i64,
    invoice_id: i64,
    kind: String,
    amount_minor: i64,
    valid_from: String,
    valid_to: Option<String>,
    after_day: Option<String>,
}

/// A part of what settles an invoice, and the row of its allocation.
pub type Held = (i64, Part);

/// What settles these invoices, as it is believed now.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn parts(tx: &mut Tx, invoices: &[i64]) -> Result<BTreeMap<i64, Vec<Held>>> {
    const SQL: &str = "
        select s.id, s.invoice_id, s.kind, s.amount_minor, s.valid_from, s.valid_to, s.after_day
          from book_allocation s
         where s.invoice_id in (select cast(value as bigint) from json_each($1))
           and s.retracted_at is null
         order by s.invoice_id, s.valid_from, s.id
         limit 2000000";
    let rows: Vec<PartRow> = tx.q(SQL).bind(json!(invoices).to_string()).all().await?;
    let day = |text: Option<String>| text.and_then(|text| text.parse().ok());
    let mut parts: BTreeMap<i64, Vec<Held>> = BTreeMap::new();
    for row in rows {
        let part = Part {
            span: Span {
                from: row.valid_from.parse().unwrap_or(Date::ZERO),
                to: day(row.valid_to),
                amount_minor: row.amount_minor,
            },
            by_list: row.kind == "source",
            after: day(row.after_day),
        };
        parts
            .entry(row.invoice_id)
            .or_default()
            .push((row.id, part));
    }
    Ok(parts)
}
