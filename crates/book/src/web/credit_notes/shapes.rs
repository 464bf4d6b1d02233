//! Credit notes as the API writes and reads them.

use kernel::{Money, Percent, Quantity, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    store::{
        allocations::Allocation,
        credit_notes::{CreditNote, Line},
    },
    web::invoices::AllocationJson,
};

/// A credit note with lines and what it settles. Amounts are decimals as text.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditNoteJson {
    #[serde(flatten)]
    head: CreditNoteRowJson,
    reason: String,
    lines: Vec<CreditNoteLineJson>,
    allocations: Vec<AllocationJson>,
    cancelled_on: Option<String>,
}

/// A credit note in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditNoteRowJson {
    number: String,
    /// `return`, `price`, `cancellation`, `rebate` or `goodwill`.
    kind: String,
    customer: String,
    payer: String,
    invoice: Option<String>,
    date: String,
    currency: String,
    net: String,
    tax: String,
    gross: String,
    /// What it has not settled yet.
    left: String,
    status: String,
    version: i64,
}

/// A line; counted from 1.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditNoteLineJson {
    line: i64,
    invoice_line: Option<i64>,
    product: Option<String>,
    quantity: String,
    tax_percent: String,
    net: String,
    tax: String,
}

/// A credit note to post.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewCreditNoteJson {
    /// The next of the series `CN-YEAR-` if left out.
    pub number: Option<String>,
    /// `return` with lines, else `price` if left out.
    pub kind: Option<String>,
    /// Needed without an invoice.
    pub customer: Option<String>,
    pub invoice: Option<String>,
    /// Today if left out; not after today.
    pub date: Option<String>,
    /// The invoice's, else the customer's if left out.
    pub currency: Option<String>,
    /// What of the invoice came back.
    pub lines: Option<Vec<NewCreditNoteLineJson>>,
    /// An amount with tax, where nothing came back.
    pub amount_gross: Option<String>,
    /// The tax in the amount; in the invoice's proportion if left out.
    pub tax_percent: Option<String>,
    pub reason: Option<String>,
}

/// How much of which line of the invoice.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCreditNoteLineJson {
    /// The line of the invoice, counted from 1.
    pub invoice_line: i64,
    /// Above zero.
    pub quantity: String,
}

/// What of a credit note can be changed: its reason.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditNoteChangeJson {
    pub reason: String,
}

impl CreditNoteRowJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(own: &CreditNote) -> std::result::Result<CreditNoteRowJson, Refusal> {
        let currency = own.money()?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        Ok(CreditNoteRowJson {
            number: own.number.clone(),
            kind: own.kind.clone(),
            customer: own.customer_code.clone(),
            payer: own.payer_code.clone(),
            invoice: own.invoice_number.clone(),
            date: own.day.clone(),
            currency: own.currency.clone(),
            net: amount(own.net_minor),
            tax: amount(own.tax_minor),
            gross: amount(own.gross_minor),
            left: amount(own.left_minor()),
            status: own.status.clone(),
            version: own.version,
        })
    }
}

impl CreditNoteJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(
        own: &CreditNote,
        lines: &[Line],
        settles: &[Allocation],
    ) -> std::result::Result<CreditNoteJson, Refusal> {
        let currency = own.money()?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        let lines = lines.iter().map(|line| CreditNoteLineJson {
            line: line.line,
            invoice_line: line.invoice_line,
            product: line.product_code.clone(),
            quantity: Quantity::of_millionths(line.quantity).to_string(),
            tax_percent: Percent::of_millionths(line.tax).to_string(),
            net: amount(line.net_minor),
            tax: amount(line.tax_minor),
        });
        let settles = settles.iter().map(AllocationJson::of);
        Ok(CreditNoteJson {
            head: CreditNoteRowJson::of(own)?,
            reason: own.reason.clone(),
            lines: lines.collect(),
            allocations: settles.collect::<std::result::Result<Vec<_>, Refusal>>()?,
            cancelled_on: own.cancelled_on.clone(),
        })
    }
}
