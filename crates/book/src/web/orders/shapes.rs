//! Orders as the API writes and reads them.

use kernel::{Currency, Money, Percent, Price, Quantity, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    rates::Rated,
    store::orders::{Line, Order, Part, Planned},
    web::{change::Change, prices::OriginJson, rates::RateJson},
};

/// An order with lines and credit. Amounts are decimals as text.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderJson {
    number: String,
    customer: String,
    date: String,
    currency: String,
    status: String,
    territory: Option<String>,
    project: Option<String>,
    /// The quotation it was made of.
    quotation: Option<String>,
    lines: Vec<LineJson>,
    net: String,
    tax: String,
    gross: String,
    /// Still to be delivered or billed, with tax.
    open: String,
    /// Delivered and not billed, with tax.
    unbilled: String,
    /// The net in the company's currency, which is what the order counts for.
    base_net: String,
    /// The rate it was counted at; none in the company's own currency.
    rate: Option<RateJson>,
    credit: Vec<CreditJson>,
    version: i64,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderRowJson {
    number: String,
    customer: String,
    date: String,
    currency: String,
    status: String,
    territory: Option<String>,
    net: String,
    tax: String,
    gross: String,
    version: i64,
}

/// A line; counted from 1.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineJson {
    line: i64,
    product: String,
    quantity: String,
    unit_price: String,
    discount_percent: String,
    tax_percent: String,
    net: String,
    tax: String,
    /// Given up by closing the order short.
    cancelled: String,
    delivered: String,
    returned: String,
    billed: String,
    /// Credited because it came back.
    credited: String,
    #[serde(flatten)]
    origin: OriginJson,
}

/// Who earned how much of the order, and in which unit. Nobody's share is the unit's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditJson {
    person: Option<String>,
    unit: Option<String>,
    percent: String,
}

/// Where an order stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusJson {
    pub number: String,
    pub status: String,
}

impl From<Part> for CreditJson {
    fn from(part: Part) -> CreditJson {
        CreditJson {
            person: part.person_code,
            unit: Some(part.unit_code),
            percent: Percent::of_millionths(part.share).to_string(),
        }
    }
}

impl From<Planned> for CreditJson {
    fn from(part: Planned) -> CreditJson {
        CreditJson {
            person: Some(part.person_code),
            unit: part.unit_code,
            percent: Percent::of_millionths(part.share).to_string(),
        }
    }
}

impl OrderJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(
        order: &Order,
        lines: &[Line],
        credit: Vec<CreditJson>,
        (base, rated): (Currency, Option<&Rated>),
    ) -> Result<OrderJson, Refusal> {
        let currency = order.money()?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        let shown = lines.iter().map(|line| LineJson {
            line: line.line,
            product: line.product_code.clone(),
            quantity: Quantity::of_millionths(line.quantity).to_string(),
            unit_price: Price::of_millionths(line.unit_price).to_string(),
            discount_percent: Percent::of_millionths(line.discount).to_string(),
            tax_percent: Percent::of_millionths(line.tax).to_string(),
            net: amount(line.net_minor),
            tax: amount(line.tax_minor),
            cancelled: Quantity::of_millionths(line.cancelled).to_string(),
            delivered: Quantity::of_millionths(line.delivered).to_string(),
            returned: Quantity::of_millionths(line.returned).to_string(),
            billed: Quantity::of_millionths(line.billed).to_string(),
            credited: Quantity::of_millionths(line.credited).to_string(),
            origin: OriginJson::from(&line.origin()),
        });
        let counts = matches!(order.status.as_str(), "confirmed" | "closed");
        let worth = |of: fn(&Line) -> i64| {
            let counted = lines.iter().filter(|_| counts).map(of);
            amount(counted.fold(0_i64, i64::saturating_add))
        };
        Ok(OrderJson {
            open: worth(|line| line.standing().open_worth()),
            unbilled: worth(|line| line.standing().unbilled_worth()),
            number: order.number.clone(),
            customer: order.customer_code.clone(),
            date: order.day.clone(),
            currency: order.currency.clone(),
            status: order.status.clone(),
            territory: order.territory_code.clone(),
            project: order.project.clone(),
            quotation: order.quotation.clone(),
            lines: shown.collect(),
            net: amount(order.net_minor),
            tax: amount(order.tax_minor),
            gross: amount(order.gross_minor),
            base_net: Money::of_exact(order.base_exact, base).decimal(),
            rate: rated.map(RateJson::from),
            credit,
            version: order.version,
        })
    }
}

impl OrderRowJson {
    /// # Errors
    ///
    /// Never for rows written by us.
    pub fn of(order: &Order) -> Result<OrderRowJson, Refusal> {
        let currency = order.money()?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        Ok(OrderRowJson {
            number: order.number.clone(),
            customer: order.customer_code.clone(),
            date: order.day.clone(),
            currency: order.currency.clone(),
            status: order.status.clone(),
            territory: order.territory_code.clone(),
            net: amount(order.net_minor),
            tax: amount(order.tax_minor),
            gross: amount(order.gross_minor),
            version: order.version,
        })
    }
}

/// An order to create, as a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrderJson {
    /// The next of the series `SO-YEAR-` if left out.
    #[serde(default)]
    pub number: Option<String>,
    pub customer: String,
    /// Who earns all of it, unless `credit` says otherwise.
    #[serde(default)]
    pub sales_person: Option<String>,
    /// The unit in whose territory it falls.
    #[serde(default)]
    pub territory: Option<String>,
    /// The project it is for: special prices of it apply.
    #[serde(default)]
    pub project: Option<String>,
    /// Today if left out.
    #[serde(default)]
    pub date: Option<String>,
    /// The company's if left out. Another needs a rate of the order's date.
    #[serde(default)]
    pub currency: Option<String>,
    pub lines: Vec<NewLineJson>,
    /// Shares that add up to exactly 100 %.
    #[serde(default)]
    pub credit: Vec<NewShareJson>,
}

/// A line to create.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLineJson {
    pub product: String,
    /// Negative for a return.
    pub quantity: String,
    /// The customer's price on the order's date if left out: special, of its list, of its group's list,
    /// or the product's list price.
    #[serde(default)]
    pub unit_price: Option<String>,
    #[serde(default)]
    pub discount_percent: Option<String>,
    #[serde(default)]
    pub tax_percent: Option<String>,
    /// The contract it is called off from; the price is the contract's then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_off: Option<CallOffJson>,
}

/// A line of a framework contract.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOffJson {
    /// Its number.
    pub contract: String,
    pub line: i64,
}

/// A person's share of an order to create.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShareJson {
    pub person: String,
    pub percent: String,
}

/// What of a draft can be changed; what is left out stays, `null` empties.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderChangeJson {
    /// Lines that stay keep their prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Who earns all of it from now on, unless `credit` says otherwise.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    pub sales_person: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    pub territory: Change<String>,
    /// Shares that add up to exactly 100 %; they replace those there are.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<Vec<NewShareJson>>)]
    pub credit: Change<Vec<NewShareJson>>,
    /// They replace all lines there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewLineJson>>,
}
