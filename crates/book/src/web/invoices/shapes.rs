//! Invoices as the API writes and reads them.

use jiff::civil::Date;
use kernel::{Currency, Money, Percent, Price, Quantity, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    settlement::open_parts,
    store::{
        allocations::Allocation,
        invoices::{Invoice, Line, NO_DUE_DAY},
    },
    terms::Instalment,
    web::change::Change,
};

/// An invoice with lines, instalments and what settles it. Amounts are decimals as text.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceJson {
    #[serde(flatten)]
    head: InvoiceRowJson,
    received_on: Option<String>,
    accepted_on: Option<String>,
    note: String,
    lines: Vec<InvoiceLineJson>,
    instalments: Vec<InstalmentJson>,
    allocations: Vec<AllocationJson>,
    cancelled_on: Option<String>,
}

/// An invoice in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceRowJson {
    number: String,
    /// Who bought.
    customer: String,
    /// Who owes.
    payer: String,
    order: Option<String>,
    date: String,
    currency: String,
    net: String,
    tax: String,
    gross: String,
    open: String,
    /// The first day something open is due; null if nothing is open or no day is known yet.
    due_date: Option<String>,
    /// `open`, `overdue`, `paid` or `cancelled`.
    status: String,
    version: i64,
}

/// A line; counted from 1.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceLineJson {
    line: i64,
    /// The line of the order it bills.
    order_line: Option<i64>,
    product: Option<String>,
    quantity: String,
    unit_price: String,
    discount_percent: String,
    tax_percent: String,
    net: String,
    tax: String,
    /// How much of the quantity was credited because it came back.
    credited: String,
}

/// What is due when.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstalmentJson {
    part: i64,
    /// Null while the clock of this part has not started.
    due_date: Option<String>,
    amount: String,
    open: String,
    retention: bool,
    /// What may be kept back by paying until `discount_until`.
    discount: String,
    discount_until: Option<String>,
}

/// What settles an invoice, from which day on.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllocationJson {
    id: String,
    invoice: String,
    payment: Option<String>,
    credit_note: Option<String>,
    /// `cash`, `credit`, `discount`, `difference` or `source`.
    kind: String,
    /// In the invoice's currency.
    amount: String,
    date: String,
    /// From this day on it settles no more.
    reversed_on: Option<String>,
    /// An outside list told only that it was settled after this day.
    after: Option<String>,
}

fn amount(minor: i64, currency: Currency) -> String {
    Money::of_minor(minor, currency).decimal()
}

impl InvoiceRowJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(own: &Invoice, today: Date) -> Result<InvoiceRowJson, Refusal> {
        let currency = own.money()?;
        Ok(InvoiceRowJson {
            number: own.number.clone(),
            customer: own.customer_code.clone(),
            payer: own.payer_code.clone(),
            order: own.order_number.clone(),
            date: own.day.clone(),
            currency: own.currency.clone(),
            net: amount(own.net_minor, currency),
            tax: amount(own.tax_minor, currency),
            gross: amount(own.gross_minor, currency),
            open: amount(own.open_minor(), currency),
            due_date: own.open_due.clone().filter(|due| due != NO_DUE_DAY),
            status: own.standing(today).to_owned(),
            version: own.version,
        })
    }
}

impl InvoiceJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(
        own: &Invoice,
        lines: &[Line],
        instalments: &[Instalment],
        allocations: &[Allocation],
        today: Date,
    ) -> Result<InvoiceJson, Refusal> {
        let currency = own.money()?;
        let parts = open_parts(instalments, own.settled_minor);
        let mut parts: Vec<InstalmentJson> = parts
            .iter()
            .map(|(one, open)| InstalmentJson::of(one, *open, currency))
            .collect();
        parts.sort_by_key(|one| one.part);
        let allocations = allocations.iter().map(AllocationJson::of);
        Ok(InvoiceJson {
            head: InvoiceRowJson::of(own, today)?,
            received_on: own.received_on.clone(),
            accepted_on: own.accepted_on.clone(),
            note: own.note.clone(),
            lines: lines
                .iter()
                .map(|line| InvoiceLineJson::of(line, currency))
                .collect(),
            instalments: parts,
            allocations: allocations.collect::<Result<Vec<_>, Refusal>>()?,
            cancelled_on: own.cancelled_on.clone(),
        })
    }
}

impl InvoiceLineJson {
    fn of(line: &Line, currency: Currency) -> InvoiceLineJson {
        InvoiceLineJson {
            line: line.line,
            order_line: line.order_line,
            product: line.product_code.clone(),
            quantity: Quantity::of_millionths(line.quantity).to_string(),
            unit_price: Price::of_millionths(line.unit_price).to_string(),
            discount_percent: Percent::of_millionths(line.discount).to_string(),
            tax_percent: Percent::of_millionths(line.tax).to_string(),
            net: amount(line.net_minor, currency),
            tax: amount(line.tax_minor, currency),
            credited: Quantity::of_millionths(line.credited).to_string(),
        }
    }
}

impl InstalmentJson {
    fn of(one: &Instalment, open: i64, currency: Currency) -> InstalmentJson {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        InstalmentJson {
            part: one.part,
            due_date: day(one.due),
            amount: amount(one.amount_minor, currency),
            open: amount(open, currency),
            retention: one.is_retention,
            discount: amount(one.discount_minor, currency),
            discount_until: day(one.discount_until),
        }
    }
}

impl AllocationJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(one: &Allocation) -> Result<AllocationJson, Refusal> {
        let currency = Currency::parse(&one.invoice_currency)?;
        Ok(AllocationJson {
            id: one.public_id.clone(),
            invoice: one.invoice_number.clone(),
            payment: one.payment_reference.clone(),
            credit_note: one.credit_note_number.clone(),
            kind: one.kind.clone(),
            amount: amount(one.amount_minor, currency),
            date: one.valid_from.clone(),
            reversed_on: one.valid_to.clone(),
            after: one.after_day.clone(),
        })
    }
}

/// An invoice to post. It bills lines of an order, lines of its own, or an amount.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewInvoiceJson {
    /// The next of the series `INV-YEAR-` if left out.
    pub number: Option<String>,
    /// Who bought; the order's customer if left out.
    pub customer: Option<String>,
    /// Who owes; the customer's payer if left out.
    pub payer: Option<String>,
    pub order: Option<String>,
    /// Today if left out.
    pub date: Option<String>,
    /// All of it on this day, whatever the terms say.
    pub due_date: Option<String>,
    /// Payment terms other than the customer's.
    pub terms: Option<String>,
    pub received_on: Option<String>,
    pub accepted_on: Option<String>,
    /// The order's, else the customer's if left out.
    pub currency: Option<String>,
    /// Of an order without lines and amount: what is delivered and not billed.
    pub lines: Option<Vec<NewInvoiceLineJson>>,
    /// Of an order, the same share of every line, together so much to the cent; else an amount with
    /// nothing more.
    pub amount_gross: Option<String>,
    /// The tax in an amount without an order; 0 if left out.
    pub tax_percent: Option<String>,
    pub note: Option<String>,
}

/// A line to post: a line of the order with its quantity, or a product with quantity and price.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewInvoiceLineJson {
    /// The line of the order, counted from 1.
    pub order_line: Option<i64>,
    pub product: Option<String>,
    pub quantity: String,
    pub unit_price: Option<String>,
    pub discount_percent: Option<String>,
    pub tax_percent: Option<String>,
}

/// What of an invoice can be changed: the days that start clocks of its terms, and its note.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InvoiceChangeJson {
    #[serde(skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    pub received_on: Change<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    pub accepted_on: Change<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
