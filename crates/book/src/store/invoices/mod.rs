//! Invoices with lines and instalments. Scope is the owner of the customer or of the payer on the asked
//! day.

mod open;
mod recording;

use std::collections::BTreeMap;

use db::{Cell, FromRow, Result, Sort, SortBy, Tx};
use jiff::civil::Date;
use kernel::{Currency, Refusal, Scope};

use super::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Beside, Shape, State},
    listed::{self, Kind, Listed},
    sight::{in_sight, sighted},
};
use crate::{
    CustomerId, InvoiceId, OrderId,
    terms::{Clock, Instalment, Rule},
};

pub use open::{Balance, OpenInvoice, balances, open_on};
pub use recording::{
    NewInvoice, NewLine, add, add_many, cancel, recount, replace_instalments, set_credited,
    set_dates, set_instalments, set_settled,
};

/// An invoice without its lines.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Invoice {
    pub id: i64,
    pub number: String,
    pub customer_id: i64,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub payer_id: i64,
    pub payer_code: String,
    pub order_id: Option<i64>,
    pub order_number: Option<String>,
    pub day: String,
    pub received_on: Option<String>,
    pub accepted_on: Option<String>,
    pub currency: String,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub gross_minor: i64,
    pub settled_minor: i64,
    /// The first due day of what is open; none once all is settled, [`NO_DUE_DAY`] if it is unknown.
    pub open_due: Option<String>,
    pub status: String,
    pub source: String,
    pub note: String,
    pub version: i64,
    pub cancelled_on: Option<String>,
}

/// Stands for "not due yet, and nobody knows when": later than every day.
pub const NO_DUE_DAY: &str = "9999-12-31";

impl Invoice {
    /// For sample pages.
    pub fn sample(id: i64, open_due: Option<&str>, settled_minor: i64) -> Invoice {
        Invoice {
            id,
            number: format!("INV-2026-{id:05}"),
            customer_id: 1,
            customer_code: "C-1".to_owned(),
            customer_name: "Linkway Steel Structures".to_owned(),
            customer_local: Some("凌威钢构有限公司".to_owned()),
            payer_id: if id == 2 { 2 } else { 1 },
            payer_code: "C-2".to_owned(),
            order_id: Some(7),
            order_number: Some("SO-2026-00007".to_owned()),
            day: "2026-05-02".to_owned(),
            received_on: None,
            accepted_on: None,
            currency: "CNY".to_owned(),
            net_minor: 60_749_820,
            tax_minor: 7_897_477,
            gross_minor: 68_647_297,
            settled_minor,
            open_due: open_due.map(str::to_owned),
            status: "posted".to_owned(),
            source: "own".to_owned(),
            note: String::new(),
            version: 1,
            cancelled_on: None,
        }
    }

    pub fn invoice(&self) -> InvoiceId {
        InvoiceId::of(self.id)
    }

    pub fn customer(&self) -> CustomerId {
        CustomerId::of(self.customer_id)
    }

    pub fn payer(&self) -> CustomerId {
        CustomerId::of(self.payer_id)
    }

    pub fn order(&self) -> Option<OrderId> {
        self.order_id.map(OrderId::of)
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

    pub fn open_minor(&self) -> i64 {
        self.gross_minor.saturating_sub(self.settled_minor)
    }

    /// Where it stands on `today`: cancelled, paid, overdue or open.
    pub fn standing(&self, today: Date) -> &'static str {
        if self.status == "cancelled" {
            return "cancelled";
        }
        match &self.open_due {
            None => "paid",
            Some(due) if *due < today.to_string() => "overdue",
            Some(_) => "open",
        }
    }
}

/// A line as it is stored; exact values in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "a line of a document is known by its line number"
)]
pub struct Line {
    pub line: i64,
    pub order_line: Option<i64>,
    pub product_id: Option<i64>,
    pub product_code: Option<String>,
    pub product_name: Option<String>,
    pub product_local: Option<String>,
    pub quantity: i64,
    pub unit_price: i64,
    pub discount: i64,
    pub tax: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub credited: i64,
}

macro_rules! select_invoice {
    () => {
        "select d.id, d.number, d.customer_id, c.code as customer_code, c.name as customer_name,
                c.name_local as customer_local, d.payer_id, y.code as payer_code, d.order_id, o.number as order_number, d.day,
                d.received_on, d.accepted_on, d.currency, d.net_minor, d.tax_minor, d.gross_minor,
                d.settled_minor, d.open_due, d.status, d.source, d.note, d.version, d.cancelled_on
           from book_invoice d
           join book_customer c on c.id = d.customer_id
           join book_customer y on y.id = d.payer_id
           left join book_order o on o.id = d.order_id"
    };
}

/// By the first day something open is due; what is settled has none and is first.
pub const BY_DUE: SortBy = SortBy::text("due", "coalesce(d.open_due, '')");
/// By the gross, whatever the currency.
pub const BY_GROSS: SortBy = SortBy::number("gross", "d.gross_minor");
/// What the list can be sorted by.
pub const SORTS: [SortBy; 5] = [BY_NUMBER, BY_DAY, BY_CUSTOMER, BY_DUE, BY_GROSS];

/// The other side of an invoice: who pays, where that is another.
const BESIDE: Beside = Beside {
    is_of: "d.payer_id in (select cast(value as bigint) from json_each(?))",
    through: "(d.payer_id <> d.customer_id
               and d.payer_id in (select cast(value as bigint) from json_each(?)))",
};

/// Invoices as a list, newest first. A state is `open` (overdue ones too), `overdue`, `paid` or
/// `cancelled`.
pub const KIND: Kind = Kind {
    shape: Shape {
        table: "book_invoice",
        columns: "d.payer_id, d.status, d.currency, d.open_due, d.order_id",
        beside: Some(&BESIDE),
        usual: Sort {
            by: BY_DAY,
            down: true,
        },
    },
    state,
    of_order: "d.order_id in (select n.id from book_order n where n.number_key = ?)",
    rows: concat!(
        select_invoice!(),
        " where d.id in (select cast(value as bigint) from json_each($1)) order by d.id limit 1000"
    ),
};

fn state(state: &str, on: Date) -> State {
    let (text, values) = match state {
        "open" => ("coalesce(d.open_due, '') > ''", Vec::new()),
        "overdue" => (
            "(coalesce(d.open_due, '') > '' and coalesce(d.open_due, '') < ?)",
            vec![Cell::from(on.to_string())],
        ),
        "paid" => (
            "(d.status = 'posted' and coalesce(d.open_due, '') = '')",
            Vec::new(),
        ),
        other => return listed::of_status(other),
    };
    State {
        text,
        values,
        has_orders: false,
    }
}

impl Listed for Invoice {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// One invoice by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str, on: Date) -> Result<Invoice> {
    const SQL: &str = concat!(
        select_invoice!(),
        " where ",
        in_sight!("d.customer_id", "d.payer_id"),
        " and d.number_key = $5"
    );
    let found = sighted(tx.q(SQL), scope, on)
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("invoice {number}")))?)
}

/// Those of one order, oldest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Invoice>> {
    const SQL: &str = concat!(
        select_invoice!(),
        " where d.order_id = $1 order by d.day, d.id limit 1000"
    );
    tx.q(SQL).bind(order.get()).all().await
}

/// Standing invoices of an order of which a part counts from the delivery, after the one with the id
/// `after`; at most 1,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn counted_from_delivery(
    tx: &mut Tx,
    order: OrderId,
    after: i64,
) -> Result<Vec<Invoice>> {
    const SQL: &str = concat!(
        select_invoice!(),
        " where d.order_id = $1
            and d.status = 'posted'
            and d.id > $2
            and exists (select 1
                          from book_instalment n
                         where n.invoice_id = d.id and n.clock = 'delivery' and n.retracted_at is null)
          order by d.id
          limit 1000"
    );
    tx.q(SQL).bind(order.get()).bind(after).all().await
}

/// # Errors
///
/// Whatever the engine reports.
pub async fn lines(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<Line>> {
    const SQL: &str = "
        select l.line, l.order_line, l.product_id, p.code as product_code, p.name as product_name, p.name_local as product_local,
               l.quantity, l.unit_price, l.discount, l.tax, l.net_minor, l.tax_minor, l.credited
          from book_invoice_line l
          left join book_product p on p.id = l.product_id
         where l.invoice_id = $1
         order by l.line
         limit 1000";
    tx.q(SQL).bind(invoice.get()).all().await
}

#[derive(FromRow)]
struct InstalmentRow {
    part: i64,
    due_day: Option<String>,
    amount_minor: i64,
    retention: i64,
    discount_minor: i64,
    discount_until: Option<String>,
    clock: Option<String>,
    days: Option<i64>,
    end_of_month: Option<i64>,
    payment_day: Option<i64>,
    discount_days: Option<i64>,
}

#[derive(FromRow)]
struct OwnedInstalmentRow {
    invoice_id: i64,
    #[sqlx(flatten)]
    instalment: InstalmentRow,
}

impl InstalmentRow {
    fn instalment(&self) -> Instalment {
        let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        Instalment {
            part: self.part,
            due: day(&self.due_day),
            amount_minor: self.amount_minor,
            is_retention: self.retention == 1,
            discount_minor: self.discount_minor,
            discount_until: day(&self.discount_until),
            rule: self.rule(),
        }
    }

    fn rule(&self) -> Option<Rule> {
        let clock = self.clock.as_deref()?;
        Some(Rule {
            clock: Clock::parse(clock).ok()?,
            days: self.days?,
            end_of_month: self.end_of_month == Some(1),
            payment_day: self.payment_day.and_then(|day| i8::try_from(day).ok()),
            discount_days: self.discount_days.unwrap_or(0),
        })
    }
}

/// The instalments of an invoice as known at an instant (microseconds).
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn instalments(
    tx: &mut Tx,
    invoice: InvoiceId,
    known_at: i64,
) -> Result<Vec<Instalment>> {
    const SQL: &str = "
        select part, due_day, amount_minor, retention, discount_minor, discount_until, clock, days,
               end_of_month, payment_day, discount_days
          from book_instalment
         where invoice_id = $1
           and recorded_at <= $2
           and (retracted_at is null or retracted_at > $2)
         order by part
         limit 24";
    let rows: Vec<InstalmentRow> = tx.q(SQL).bind(invoice.get()).bind(known_at).all().await?;
    Ok(rows.iter().map(InstalmentRow::instalment).collect())
}

/// The instalments of many invoices as known at an instant (microseconds), by the invoice's id.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn instalments_of(
    tx: &mut Tx,
    invoices: &[i64],
    known_at: i64,
) -> Result<BTreeMap<i64, Vec<Instalment>>> {
    const SQL: &str = "
        select invoice_id, part, due_day, amount_minor, retention, discount_minor, discount_until,
               clock, days, end_of_month, payment_day, discount_days
          from book_instalment
         where invoice_id in (select cast(value as bigint) from json_each($1))
           and recorded_at <= $2
           and (retracted_at is null or retracted_at > $2)
         order by invoice_id, part
         limit 24000";
    let ids = format!("{invoices:?}");
    let rows: Vec<OwnedInstalmentRow> = tx.q(SQL).bind(ids).bind(known_at).all().await?;
    let mut all: BTreeMap<i64, Vec<Instalment>> = BTreeMap::new();
    for row in &rows {
        let own = all.entry(row.invoice_id).or_default();
        own.push(row.instalment.instalment());
    }
    Ok(all)
}

/// What is recorded under a folded number, in anybody's scope.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn known(tx: &mut Tx, folded: &str) -> Result<Option<Invoice>> {
    const SQL: &str = concat!(select_invoice!(), " where d.number_key = $1");
    tx.q(SQL).bind(folded.to_owned()).maybe().await
}
