//! Payments as the API writes and reads them.

use kernel::{Currency, Money, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    store::{
        allocations::Allocation,
        payments::{PaperStep, Payment},
    },
    web::invoices::AllocationJson,
};

/// A payment with what it settles. Amounts are decimals as text.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentJson {
    #[serde(flatten)]
    head: PaymentRowJson,
    note: String,
    allocations: Vec<AllocationJson>,
    /// What a bill or cheque went through.
    steps: Vec<PaperStepJson>,
    reversed_on: Option<String>,
}

/// A payment in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentRowJson {
    reference: String,
    /// Whoever paid.
    customer: String,
    date: String,
    currency: String,
    amount: String,
    /// What is not allocated yet.
    left: String,
    /// `transfer`, `cash`, `card`, `direct_debit`, `bill`, `cheque` or `other`.
    method: String,
    status: String,
    /// Of a bill or cheque.
    paper: Option<PaperJson>,
    version: i64,
}

/// A bill or cheque.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaperJson {
    acceptor: String,
    number: String,
    due_date: String,
    /// `received`, `presented`, `endorsed`, `discounted`, `cleared` or `returned`.
    status: String,
    /// Whether we stand for it if the acceptor does not pay.
    recourse: bool,
}

/// A step of a bill or cheque.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaperStepJson {
    step: String,
    date: String,
    to_whom: String,
    cost: String,
}

impl PaymentRowJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(own: &Payment) -> Result<PaymentRowJson, Refusal> {
        let currency = own.money()?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        let paper = own.paper_status.as_ref().map(|status| PaperJson {
            acceptor: own.acceptor.clone().unwrap_or_default(),
            number: own.paper_number.clone().unwrap_or_default(),
            due_date: own.paper_due.clone().unwrap_or_default(),
            status: status.clone(),
            recourse: own.recourse == Some(1),
        });
        Ok(PaymentRowJson {
            reference: own.reference.clone(),
            customer: own.payer_code.clone(),
            date: own.day.clone(),
            currency: own.currency.clone(),
            amount: amount(own.amount_minor),
            left: amount(own.left_minor()),
            method: own.method.clone(),
            status: own.status.clone(),
            paper,
            version: own.version,
        })
    }
}

impl PaymentJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(
        own: &Payment,
        settles: &[Allocation],
        steps: Vec<PaperStep>,
    ) -> Result<PaymentJson, Refusal> {
        let currency: Currency = own.money()?;
        let steps = steps.into_iter().map(|step| PaperStepJson {
            step: step.step,
            date: step.day,
            to_whom: step.to_whom,
            cost: Money::of_minor(step.cost_minor, currency).decimal(),
        });
        let settles = settles.iter().map(AllocationJson::of);
        Ok(PaymentJson {
            head: PaymentRowJson::of(own)?,
            note: own.note.clone(),
            allocations: settles.collect::<Result<Vec<_>, Refusal>>()?,
            steps: steps.collect(),
            reversed_on: own.reversed_on.clone(),
        })
    }
}

/// A payment to record.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPaymentJson {
    /// The next of the series `PAY-YEAR-` if left out.
    #[serde(default)]
    pub reference: Option<String>,
    /// Whoever paid.
    pub customer: String,
    /// Today if left out; not after today.
    #[serde(default)]
    pub date: Option<String>,
    pub amount: String,
    /// The customer's if left out.
    #[serde(default)]
    pub currency: Option<String>,
    /// `transfer` if left out.
    #[serde(default)]
    pub method: Option<String>,
    /// Needed for a bill or cheque, and only there.
    #[serde(default)]
    pub paper: Option<NewPaperJson>,
    #[serde(default)]
    pub note: Option<String>,
}

/// What a bill or cheque is besides money.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPaperJson {
    /// Who promised to pay: a bank or a company.
    pub acceptor: String,
    pub number: String,
    pub due_date: String,
}

/// What of a payment can be changed: its note.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentChangeJson {
    pub note: String,
}

/// A step of a bill or cheque.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewPaperStepJson {
    /// Today if left out; not after today.
    pub date: Option<String>,
    /// Whom it is endorsed to or discounted with.
    pub to_whom: Option<String>,
    /// What it cost, in the payment's currency.
    pub cost: Option<String>,
    /// Endorsed or discounted without anybody coming back to us.
    pub without_recourse: bool,
}

/// What of an invoice to settle from a payment or credit note.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAllocationJson {
    pub invoice: String,
    /// In the invoice's currency; as much as both sides have if left out.
    #[serde(default)]
    pub amount: Option<String>,
    /// What it takes of the payment, where that is in another currency.
    #[serde(default)]
    pub source_amount: Option<String>,
    /// From which day on; the first possible if left out. Not after today.
    #[serde(default)]
    pub date: Option<String>,
    /// A cash discount kept back besides, in the invoice's currency.
    #[serde(default)]
    pub discount: Option<String>,
    /// A small difference written off besides (bank fee, rounding), in the invoice's currency.
    #[serde(default)]
    pub difference: Option<String>,
}
