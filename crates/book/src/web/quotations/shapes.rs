//! Quotations as the API writes and reads them.

use jiff::civil::Date;
use kernel::{Currency, Money, Percent, Price, Quantity, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    store::quotations::{Line, Past, Quotation},
    web::{orders::NewLineJson, prices::OriginJson},
};

/// A quotation in an edition. Amounts are decimals as text.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotationJson {
    #[serde(flatten)]
    pub(super) head: QuotationRowJson,
    pub(super) lines: Vec<QuotedLineJson>,
    /// All there were, the first one first.
    pub(super) editions: Vec<EditionJson>,
}

/// An edition in the list of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditionJson {
    /// Counts from 1.
    edition: i64,
    date: String,
    valid_until: String,
    sent_on: Option<String>,
    net: String,
    gross: String,
}

/// A quotation in a list, with its last edition.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotationRowJson {
    pub(super) number: String,
    /// Counts from 1 with every revision.
    pub(super) edition: i64,
    pub(super) customer: String,
    pub(super) project: Option<String>,
    pub(super) date: String,
    /// The last day the offer stands.
    pub(super) valid_until: String,
    /// When this edition was sent.
    pub(super) sent_on: Option<String>,
    pub(super) currency: String,
    /// `draft`, `sent`, `accepted`, `ordered`, `lost`, `expired` or `withdrawn`.
    pub(super) status: String,
    pub(super) net: String,
    pub(super) tax: String,
    pub(super) gross: String,
    /// When it was accepted, lost or withdrawn.
    pub(super) decided_on: Option<String>,
    pub(super) lost_reason: Option<String>,
    pub(super) competitor: Option<String>,
    pub(super) lost_text: Option<String>,
    /// The order that was made of it.
    pub(super) order: Option<String>,
    /// Who earns its order, where a move of the customer left it with somebody; else whoever looks
    /// after the customer then.
    pub(super) sales_person: Option<String>,
    pub(super) version: i64,
}

/// A line of an offer; counted from 1.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotedLineJson {
    pub(super) line: i64,
    pub(super) product: String,
    pub(super) quantity: String,
    pub(super) unit_price: String,
    pub(super) discount_percent: String,
    pub(super) tax_percent: String,
    pub(super) net: String,
    pub(super) tax: String,
    #[serde(flatten)]
    pub(super) origin: OriginJson,
}

/// A quotation to create, as a draft of its first edition.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuotationJson {
    /// The next of the series `QU-YEAR-` if left out.
    #[serde(default)]
    pub(super) number: Option<String>,
    pub(super) customer: String,
    #[serde(default)]
    pub(super) project: Option<String>,
    /// Today if left out.
    #[serde(default)]
    pub(super) date: Option<String>,
    /// Thirty days after its date if left out.
    #[serde(default)]
    pub(super) valid_until: Option<String>,
    /// The company's if left out.
    #[serde(default)]
    pub(super) currency: Option<String>,
    pub(super) lines: Vec<NewLineJson>,
}

/// What of a draft can be changed; what is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotationChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) valid_until: Option<String>,
    /// They replace all lines there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lines: Option<Vec<NewLineJson>>,
}

/// Why an offer was lost.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LossJson {
    /// `price`, `delivery_time`, `product`, `payment_terms`, `relationship`, `project_dropped` or `other`.
    pub(super) reason: String,
    /// Who won.
    #[serde(default)]
    pub(super) competitor: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
}

/// What of an accepted offer becomes an order: all of it, or so much of some lines.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversionJson {
    /// The order's; the next of its series if left out.
    #[serde(default)]
    pub(super) number: Option<String>,
    /// The order's; today if left out.
    #[serde(default)]
    pub(super) date: Option<String>,
    /// Who earns the order, unless it is the customer's owner.
    #[serde(default)]
    pub(super) sales_person: Option<String>,
    /// All lines as offered if left out.
    #[serde(default)]
    pub(super) lines: Option<Vec<TakenLineJson>>,
}

/// A line that is taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakenLineJson {
    /// The line of the offer.
    pub(super) line: i64,
    /// At most what was offered; all of it if left out.
    #[serde(default)]
    pub(super) quantity: Option<String>,
}

impl QuotationRowJson {
    pub(super) fn of(
        one: &Quotation,
        today: Date,
    ) -> std::result::Result<QuotationRowJson, Refusal> {
        let currency = one.money()?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        Ok(QuotationRowJson {
            number: one.number.clone(),
            edition: one.shown_edition,
            customer: one.customer_code.clone(),
            project: one.project.clone(),
            date: one.day.clone(),
            valid_until: one.valid_until.clone(),
            sent_on: one.sent_on.clone(),
            currency: one.currency.clone(),
            status: one.standing(today).to_owned(),
            net: amount(one.net_minor),
            tax: amount(one.tax_minor),
            gross: amount(one.gross_minor),
            decided_on: one.decided_on.clone(),
            lost_reason: one.lost_reason.clone(),
            competitor: one.competitor.clone(),
            lost_text: one.lost_text.clone(),
            order: one.order_number.clone(),
            sales_person: one.person_code.clone(),
            version: one.version,
        })
    }
}

impl EditionJson {
    pub(super) fn of(past: &Past, currency: Currency) -> EditionJson {
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        EditionJson {
            edition: past.edition,
            date: past.day.clone(),
            valid_until: past.valid_until.clone(),
            sent_on: past.sent_on.clone(),
            net: amount(past.net_minor),
            gross: amount(past.gross_minor),
        }
    }
}

impl QuotedLineJson {
    pub(super) fn of(line: &Line, currency: Currency) -> QuotedLineJson {
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        QuotedLineJson {
            line: line.line,
            product: line.product_code.clone(),
            quantity: Quantity::of_millionths(line.quantity).to_string(),
            unit_price: Price::of_millionths(line.unit_price).to_string(),
            discount_percent: Percent::of_millionths(line.discount).to_string(),
            tax_percent: Percent::of_millionths(line.tax).to_string(),
            net: amount(line.net_minor),
            tax: amount(line.tax_minor),
            origin: OriginJson::from(&line.origin()),
        }
    }
}
