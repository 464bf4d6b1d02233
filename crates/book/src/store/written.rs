//! Posted documents row by row, as files have them. What was cancelled or reversed is left out.

use db::{FromRow, Record, Result, Tx};
use jiff::civil::Date;
use kernel::Scope;

use super::sight::{in_sight, sighted};

/// The row behind which a walk goes on; by default before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    pub(super) document: i64,
    pub(super) part: i64,
}

/// A row that knows its place in the walk.
pub trait Placed {
    fn place(&self) -> Place;
}

macro_rules! placed {
    ($($row:ty),+) => {
        $(impl $crate::store::written::Placed for $row {
            fn place(&self) -> $crate::store::written::Place {
                $crate::store::written::Place { document: self.document, part: self.part }
            }
        })+
    };
}

pub(super) use placed;

placed!(
    DeliveryRow,
    InvoiceRow,
    CreditNoteRow,
    PaymentRow,
    AllocationRow,
    OpenRow
);

/// A line of a delivery or return; quantity in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DeliveryRow {
    document: i64,
    part: i64,
    pub number: String,
    pub order_number: String,
    pub day: String,
    pub kind: String,
    pub order_line: i64,
    pub quantity: i64,
    pub note: String,
}

/// The next 2,000 lines of deliveries and returns, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn deliveries(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<DeliveryRow>> {
    const SQL: &str = concat!(
        "select l.delivery_id as document, l.line as part, d.number, o.number as order_number, d.day,
                d.kind, l.order_line, l.quantity, d.note
           from book_delivery_line l
           join book_delivery d on d.id = l.delivery_id
           join book_order o on o.id = d.order_id
          where d.status = 'posted'
            and (l.delivery_id, l.line) > ($5, $6)
            and ",
        in_sight!("d.customer_id"),
        " order by l.delivery_id, l.line
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// A line of an invoice with its head, or the head of one without lines; exact values in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct InvoiceRow {
    document: i64,
    part: i64,
    pub number: String,
    pub customer_code: String,
    pub payer_code: String,
    pub order_number: Option<String>,
    pub day: String,
    /// The day all of it is due; none if it is due in parts or not known yet.
    pub due_day: Option<String>,
    pub received_on: Option<String>,
    pub accepted_on: Option<String>,
    pub currency: String,
    pub net_minor: i64,
    pub gross_minor: i64,
    pub note: String,
    pub order_line: Option<i64>,
    pub product_code: Option<String>,
    pub quantity: Option<i64>,
    pub unit_price: Option<i64>,
    pub discount: Option<i64>,
    pub tax: Option<i64>,
    pub net_exact: Option<i64>,
}

/// The next 2,000 lines of own invoices, in the order they were recorded; those that came by lists of
/// open items stand in such a list.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn invoices(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<InvoiceRow>> {
    const SQL: &str = concat!(
        "select d.id as document, coalesce(l.line, 0) as part, d.number, c.code as customer_code,
                y.code as payer_code, o.number as order_number, d.day,
                (select case when count(*) = 1 then min(t.due_day) end
                   from book_instalment t
                  where t.invoice_id = d.id
                    and t.retracted_at is null) as due_day,
                d.received_on, d.accepted_on, d.currency, d.net_minor, d.gross_minor, d.note,
                l.order_line, p.code as product_code, l.quantity, l.unit_price, l.discount, l.tax,
                l.net_exact
           from book_invoice d
           join book_customer c on c.id = d.customer_id
           join book_customer y on y.id = d.payer_id
           left join book_order o on o.id = d.order_id
           left join book_invoice_line l on l.invoice_id = d.id
           left join book_product p on p.id = l.product_id
          where d.status = 'posted'
            and d.source = 'own'
            and $5 <= d.id
            and (d.id, coalesce(l.line, 0)) > ($5, $6)
            and ",
        in_sight!("d.customer_id", "d.payer_id"),
        " order by d.id, l.line
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// A credit note on an amount, or a line of one for goods that came back.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CreditNoteRow {
    document: i64,
    part: i64,
    pub number: String,
    /// None where that was cancelled since: the credit is the customer's.
    pub invoice_number: Option<String>,
    pub customer_code: String,
    pub day: String,
    pub kind: String,
    pub currency: String,
    pub net_minor: i64,
    pub gross_minor: i64,
    pub reason: String,
    pub rebate_number: Option<String>,
    pub invoice_line: Option<i64>,
    pub quantity: Option<i64>,
}

/// The next 2,000 credit notes or lines of them, in the order they were recorded; what cancels an
/// invoice is left out with it.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn credit_notes(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<CreditNoteRow>> {
    const SQL: &str = concat!(
        "select d.id as document, coalesce(l.line, 0) as part, d.number, i.number as invoice_number,
                c.code as customer_code, d.day, d.kind, d.currency, d.net_minor, d.gross_minor,
                d.reason, r.number as rebate_number, l.invoice_line, l.quantity
           from book_credit_note d
           join book_customer c on c.id = d.customer_id
           left join book_rebate_settlement g on g.credit_note_id = d.id
           left join book_rebate r on r.id = g.rebate_id
           left join book_invoice i on i.id = d.invoice_id and i.status = 'posted'
           left join book_credit_note_line l on l.credit_note_id = d.id
          where d.status = 'posted'
            and d.kind <> 'cancellation'
            and $5 <= d.id
            and (d.id, coalesce(l.line, 0)) > ($5, $6)
            and ",
        in_sight!("d.customer_id", "d.payer_id"),
        " order by d.id, l.line
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// A payment with its bill or cheque.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PaymentRow {
    document: i64,
    part: i64,
    pub reference: String,
    pub payer_code: String,
    pub day: String,
    pub amount_minor: i64,
    pub currency: String,
    pub method: String,
    pub acceptor: Option<String>,
    pub paper_number: Option<String>,
    pub paper_due: Option<String>,
    pub note: String,
}

/// The next 2,000 payments, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn payments(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<PaymentRow>> {
    const SQL: &str = concat!(
        "select d.id as document, d.id as part, d.reference, c.code as payer_code, d.day,
                d.amount_minor, d.currency, d.method, b.acceptor, b.paper_number,
                b.due_day as paper_due, d.note
           from book_payment d
           join book_customer c on c.id = d.payer_id
           left join book_bill b on b.payment_id = d.id
          where d.status = 'posted'
            and (d.id, d.id) > ($5, $6)
            and ",
        in_sight!("d.payer_id"),
        " order by d.id
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// What a payment settles of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AllocationRow {
    document: i64,
    part: i64,
    pub reference: String,
    pub invoice_number: String,
    pub invoice_currency: String,
    pub payment_currency: String,
    pub kind: String,
    pub amount_minor: i64,
    pub source_minor: i64,
    pub valid_from: String,
}

/// The next 2,000 allocations of payments that were not reversed, payment by payment.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn allocations(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<AllocationRow>> {
    const SQL: &str = concat!(
        "select s.payment_id as document, s.id as part, d.reference, i.number as invoice_number,
                i.currency as invoice_currency, d.currency as payment_currency, s.kind,
                s.amount_minor, s.source_minor, s.valid_from
           from book_allocation s
           join book_payment d on d.id = s.payment_id
           join book_invoice i on i.id = s.invoice_id
          where s.retracted_at is null
            and s.valid_to is null
            and (s.payment_id, s.id) > ($5, $6)
            and ",
        in_sight!("d.payer_id"),
        " order by s.payment_id, s.id
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// An invoice with something open.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OpenRow {
    document: i64,
    part: i64,
    pub payer_code: String,
    pub number: String,
    pub day: String,
    pub open_due: String,
    pub currency: String,
    pub gross_minor: i64,
    pub open_minor: i64,
}

/// The next 2,000 invoices that are open now, in the order they were recorded.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn open_items(tx: &mut Tx, scope: &Scope, on: Date, from: Place) -> Result<Vec<OpenRow>> {
    const SQL: &str = concat!(
        "select d.id as document, d.id as part, y.code as payer_code, d.number, d.day, d.open_due,
                d.currency, d.gross_minor, d.gross_minor - d.settled_minor as open_minor
           from book_invoice d
           join book_customer y on y.id = d.payer_id
          where d.status = 'posted'
            and d.open_due is not null
            and 0 < d.gross_minor
            and (d.id, d.id) > ($5, $6)
            and ",
        in_sight!("d.customer_id", "d.payer_id"),
        " order by d.id
          limit 2000"
    );
    next(tx, SQL, (scope, on), from).await
}

/// Runs one of the texts above: `$1` to `$4` whose customers are in sight, `$5` and `$6` the place.
pub(super) async fn next<T: Record>(
    tx: &mut Tx,
    sql: &'static str,
    (scope, on): (&Scope, Date),
    from: Place,
) -> Result<Vec<T>> {
    sighted(tx.q(sql), scope, on)
        .bind(from.document)
        .bind(from.part)
        .all()
        .await
}
