//! Credit notes with lines. Scope is the owner of the customer or of the payer on the asked
//! day.

use db::{Cell, FromRow, Result, Sort, SortBy, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Money, Refusal, Scope};

use super::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Beside, Shape, State},
    listed::{self, Kind, Listed},
    sight::{in_sight, sighted},
};
use crate::{CreditNoteId, CustomerId, InvoiceId, ProductId};

/// A credit note with what is left of it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CreditNote {
    pub id: i64,
    pub number: String,
    pub kind: String,
    pub customer_id: i64,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub payer_id: i64,
    pub payer_code: String,
    pub invoice_number: Option<String>,
    pub day: String,
    pub currency: String,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub gross_minor: i64,
    /// What is allocated by now.
    pub used_minor: i64,
    pub status: String,
    pub reason: String,
    pub version: i64,
    pub cancelled_on: Option<String>,
}

impl CreditNote {
    /// For sample pages.
    pub fn sample(id: i64, kind: &str, status: &str) -> CreditNote {
        CreditNote {
            id,
            number: format!("CN-2026-{id:05}"),
            kind: kind.to_owned(),
            customer_id: 1,
            customer_code: "C-1".to_owned(),
            customer_name: "Linkway Steel Structures".to_owned(),
            customer_local: Some("凌威钢构有限公司".to_owned()),
            payer_id: if id == 2 { 2 } else { 1 },
            payer_code: "C-2".to_owned(),
            invoice_number: (kind != "goodwill").then(|| "INV-2026-00002".to_owned()),
            day: "2026-06-12".to_owned(),
            currency: "CNY".to_owned(),
            net_minor: 1_012_497,
            tax_minor: 131_625,
            gross_minor: 1_144_122,
            used_minor: 1_000_000,
            status: status.to_owned(),
            reason: "Two tins were dented".to_owned(),
            version: 1,
            cancelled_on: (status == "cancelled").then(|| "2026-06-14".to_owned()),
        }
    }

    pub fn credit_note(&self) -> CreditNoteId {
        CreditNoteId::of(self.id)
    }

    pub fn payer(&self) -> CustomerId {
        CustomerId::of(self.payer_id)
    }

    pub fn date(&self) -> Date {
        self.day.parse().unwrap_or(Date::ZERO)
    }

    /// # Errors
    ///
    /// `currency.unknown` if the row holds what was never written by us.
    pub fn money(&self) -> std::result::Result<Currency, Refusal> {
        Currency::parse(&self.currency)
    }

    pub fn left_minor(&self) -> i64 {
        if self.status == "cancelled" {
            return 0;
        }
        self.gross_minor.saturating_sub(self.used_minor)
    }
}

/// A line; quantity in millionths, 0 for a credit on the price.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "a line of a document is known by its line number"
)]
pub struct Line {
    pub line: i64,
    pub invoice_line: Option<i64>,
    pub product_code: Option<String>,
    pub product_name: Option<String>,
    pub quantity: i64,
    pub net_minor: i64,
    pub tax: i64,
    pub tax_minor: i64,
}

/// A credit note to be recorded; posted from the start.
#[derive(Debug, Clone)]
pub struct NewCreditNote {
    pub number: Code,
    pub kind: &'static str,
    pub customer: CustomerId,
    pub payer: CustomerId,
    pub invoice: Option<InvoiceId>,
    pub day: Date,
    pub net: Money,
    pub tax: Money,
    pub gross: Money,
    pub reason: String,
    pub lines: Vec<NewLine>,
    pub recorded: Timestamp,
}

/// A line to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    pub invoice_line: Option<i64>,
    pub product: Option<ProductId>,
    pub quantity: i64,
    pub net_minor: i64,
    pub tax: i64,
    pub tax_minor: i64,
}

macro_rules! select_credit_note {
    () => {
        "select d.id, d.number, d.kind, d.customer_id, c.code as customer_code, c.name as customer_name,
                c.name_local as customer_local, d.payer_id, y.code as payer_code, i.number as invoice_number, d.day, d.currency,
                d.net_minor, d.tax_minor, d.gross_minor,
                coalesce((select cast(sum(s.source_minor) as bigint) from book_allocation s
                           where s.credit_note_id = d.id and s.retracted_at is null and s.valid_to is null),
                         cast(0 as bigint)) as used_minor,
                d.status, d.reason, d.version, d.cancelled_on
           from book_credit_note d
           join book_customer c on c.id = d.customer_id
           join book_customer y on y.id = d.payer_id
           left join book_invoice i on i.id = d.invoice_id
           left join book_order o on o.id = i.order_id"
    };
}

/// By the gross, whatever the currency.
pub const BY_GROSS: SortBy = SortBy::number("gross", "d.gross_minor");
/// What the list can be sorted by.
pub const SORTS: [SortBy; 4] = [BY_NUMBER, BY_DAY, BY_CUSTOMER, BY_GROSS];

/// The other side of a credit note: who pays, where that is another.
const BESIDE: Beside = Beside {
    is_of: "d.payer_id in (select cast(value as bigint) from json_each(?))",
    through: "(d.payer_id <> d.customer_id
               and d.payer_id in (select cast(value as bigint) from json_each(?)))",
};

/// Credit notes as a list, newest first. A state is one of them or their kind.
pub const KIND: Kind = Kind {
    shape: Shape {
        table: "book_credit_note",
        columns: "d.payer_id, d.status, d.currency, d.kind, d.invoice_id",
        beside: Some(&BESIDE),
        usual: Sort {
            by: BY_DAY,
            down: true,
        },
    },
    state: |state, _| match state {
        "return" | "price" | "cancellation" | "rebate" | "goodwill" => State {
            text: "d.kind = ?",
            ..listed::of_status(state)
        },
        _ => listed::of_status(state),
    },
    of_order: "d.invoice_id in (select i.id
                                  from book_order n
                                  join book_invoice i on i.order_id = n.id
                                 where n.number_key = ?)",
    rows: concat!(
        select_credit_note!(),
        " where d.id in (select cast(value as bigint) from json_each($1)) order by d.id limit 1000"
    ),
};

impl Listed for CreditNote {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// One credit note by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str, on: Date) -> Result<CreditNote> {
    const SQL: &str = concat!(
        select_credit_note!(),
        " where ",
        in_sight!("d.customer_id", "d.payer_id"),
        " and d.number_key = $5"
    );
    let found = sighted(tx.q(SQL), scope, on)
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("credit note {number}")))?)
}

/// Those that stand on one invoice, oldest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_invoice(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<CreditNote>> {
    const SQL: &str = concat!(
        select_credit_note!(),
        " where d.invoice_id = $1 and d.status = 'posted' order by d.day, d.id limit 1000"
    );
    tx.q(SQL).bind(invoice.get()).all().await
}

/// What those that stand on one invoice give back together, with tax.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn given(tx: &mut Tx, invoice: InvoiceId) -> Result<i64> {
    const SQL: &str = "
        select coalesce(cast(sum(gross_minor) as bigint), cast(0 as bigint))
          from book_credit_note
         where invoice_id = $1
           and status = 'posted'";
    let (given,): (i64,) = tx.q(SQL).bind(invoice.get()).one().await?;
    Ok(given)
}

/// # Errors
///
/// Whatever the engine reports.
pub async fn lines(tx: &mut Tx, note: CreditNoteId) -> Result<Vec<Line>> {
    const SQL: &str = "
        select l.line, l.invoice_line, p.code as product_code, p.name as product_name, l.quantity,
               l.net_minor, l.tax, l.tax_minor
          from book_credit_note_line l
          left join book_product p on p.id = l.product_id
         where l.credit_note_id = $1
         order by l.line
         limit 1000";
    tx.q(SQL).bind(note.get()).all().await
}

/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn add(tx: &mut Tx, new: &NewCreditNote) -> Result<CreditNoteId> {
    const SQL: &str = "
        insert into book_credit_note (number, number_key, kind, customer_id, payer_id, invoice_id, day,
               currency, net_minor, tax_minor, gross_minor, status, reason, version, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'posted', $12, 1, $13)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.number.as_str().to_owned())
        .bind(new.number.folded())
        .bind(new.kind)
        .bind(new.customer.get())
        .bind(new.payer.get())
        .bind(new.invoice.map(InvoiceId::get))
        .bind(new.day.to_string())
        .bind(new.gross.currency().code())
        .bind(new.net.minor())
        .bind(new.tax.minor())
        .bind(new.gross.minor())
        .bind(new.reason.clone())
        .bind(new.recorded.as_microsecond())
        .one()
        .await?;
    let rows = (1_i64..).zip(&new.lines).map(|(line, own)| {
        vec![
            Cell::from(id),
            Cell::from(line),
            Cell::from(own.invoice_line),
            Cell::from(own.product.map(ProductId::get)),
            Cell::from(own.quantity),
            Cell::from(own.net_minor),
            Cell::from(own.tax),
            Cell::from(own.tax_minor),
        ]
    });
    tx.insert_many(
        "insert into book_credit_note_line (credit_note_id, line, invoice_line, product_id, quantity,
                net_minor, tax, tax_minor) values",
        rows.collect(),
    )
    .await?;
    Ok(CreditNoteId::of(id))
}

/// # Errors
///
/// [`db::DbError::Missing`] if it is not posted any more.
pub async fn cancel(tx: &mut Tx, note: &CreditNote, day: Date, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_credit_note
           set status = 'cancelled', cancelled_on = $1, cancelled_at = $2, version = version + 1
         where id = $3
           and status = 'posted'
        returning id";
    tx.q(SQL)
        .bind(day.to_string())
        .bind(now.as_microsecond())
        .bind(note.id)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Counts a change of what a credit note settles, so that a copy read before is stale.
///
/// # Errors
///
/// [`db::DbError::Missing`] if there is no such credit note.
pub async fn touch(tx: &mut Tx, note: CreditNoteId) -> Result<()> {
    const SQL: &str = "
        update book_credit_note
           set version = version + 1
         where id = $1
        returning id";
    tx.q(SQL).bind(note.get()).one::<(i64,)>().await.map(drop)
}

/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn set_reason(tx: &mut Tx, note: &CreditNote, reason: &str) -> Result<()> {
    const SQL: &str = "
        update book_credit_note
           set reason = $1, version = version + 1
         where id = $2
           and version = $3
        returning id";
    tx.q(SQL)
        .bind(reason.to_owned())
        .bind(note.id)
        .bind(note.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Customer, day, currency and amount of what is recorded under a folded number, if anything is.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn known(tx: &mut Tx, folded: &str) -> Result<Option<(i64, String, String, i64)>> {
    const SQL: &str = "
        select customer_id, day, currency, gross_minor
          from book_credit_note
         where number_key = $1";
    tx.q(SQL).bind(folded.to_owned()).maybe().await
}
