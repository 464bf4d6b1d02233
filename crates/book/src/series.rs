//! The series documents take their numbers from: one for each kind and year.

/// A series of numbers, one for each kind of document and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Series {
    Order,
    Delivery,
    Return,
    Invoice,
    CreditNote,
    Payment,
    Quotation,
    Framework,
    Sample,
    Rebate,
}

impl Series {
    /// Under which its last number is kept.
    pub fn kind(self) -> &'static str {
        match self {
            Series::Order => "order",
            Series::Delivery => "delivery",
            Series::Return => "return",
            Series::Invoice => "invoice",
            Series::CreditNote => "credit-note",
            Series::Payment => "payment",
            Series::Quotation => "quotation",
            Series::Framework => "framework",
            Series::Sample => "sample",
            Series::Rebate => "rebate",
        }
    }

    /// What its numbers begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Series::Order => "SO",
            Series::Delivery => "DN",
            Series::Return => "RT",
            Series::Invoice => "INV",
            Series::CreditNote => "CN",
            Series::Payment => "PAY",
            Series::Quotation => "QU",
            Series::Framework => "FC",
            Series::Sample => "SP",
            Series::Rebate => "RB",
        }
    }

    /// As a sentence says it.
    pub fn noun(self) -> &'static str {
        match self {
            Series::Order => "an order",
            Series::Delivery => "a delivery",
            Series::Return => "a return",
            Series::Invoice => "an invoice",
            Series::CreditNote => "a credit note",
            Series::Payment => "a payment",
            Series::Quotation => "a quotation",
            Series::Framework => "a framework contract",
            Series::Sample => "a sample",
            Series::Rebate => "a rebate agreement",
        }
    }

    /// What the number is called in requests and files.
    pub fn field(self) -> &'static str {
        match self {
            Series::Payment => "reference",
            _ => "number",
        }
    }
}
