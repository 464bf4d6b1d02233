//! Deliveries and returns as the API writes and reads them.

use kernel::Quantity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::deliveries::{Delivery, Line};

/// A delivery or return.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryJson {
    number: String,
    /// `delivery` or `return`.
    kind: String,
    order: String,
    customer: String,
    date: String,
    status: String,
    note: String,
    lines: Vec<DeliveryLineJson>,
    reversed_on: Option<String>,
    version: i64,
}

/// A delivery or return in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryRowJson {
    number: String,
    /// `delivery` or `return`.
    kind: String,
    order: String,
    customer: String,
    date: String,
    status: String,
    reversed_on: Option<String>,
    version: i64,
}

/// How much of which line of the order.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryLineJson {
    /// The line of the order, counted from 1.
    line: i64,
    product: String,
    quantity: String,
}

/// A delivery or return to record.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewDeliveryJson {
    /// The next of the series `DN-YEAR-` or `RT-YEAR-` if left out.
    pub number: Option<String>,
    /// Today if left out; not after today.
    pub date: Option<String>,
    pub note: Option<String>,
    /// Of a delivery, everything that is still open if left out.
    pub lines: Option<Vec<NewDeliveryLineJson>>,
    /// More than a tenth above what was ordered is meant.
    pub over_delivery: bool,
}

/// A delivery or return to record, with the order it is of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryOfOrderJson {
    /// The number of the order. Goods of several orders are a delivery each.
    #[schema(pattern = "^[A-Za-z0-9._/-]{1,40}$")]
    pub order: String,
    /// `delivery` or `return`; a delivery if left out.
    #[serde(default)]
    pub kind: Option<String>,
    /// The next of the series if left out.
    #[serde(default)]
    pub number: Option<String>,
    /// Today if left out; not after today.
    #[serde(default)]
    pub date: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    /// Of a delivery, everything that is still open if left out.
    #[serde(default)]
    pub lines: Option<Vec<NewDeliveryLineJson>>,
    /// More than a tenth above what was ordered is meant.
    #[serde(default)]
    pub over_delivery: bool,
}

/// How much of which line.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeliveryLineJson {
    /// The line of the order, counted from 1.
    pub line: i64,
    /// Above zero.
    pub quantity: String,
}

/// What of a delivery can be changed: its note. Quantities are reversed and posted anew.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryChangeJson {
    pub note: String,
}

/// When and why something is taken back.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReversalJson {
    /// Today if left out; not after today.
    pub date: Option<String>,
    /// Kept in the audit trail.
    pub reason: Option<String>,
}

impl From<Delivery> for DeliveryRowJson {
    fn from(own: Delivery) -> DeliveryRowJson {
        DeliveryRowJson {
            number: own.number,
            kind: own.kind,
            order: own.order_number,
            customer: own.customer_code,
            date: own.day,
            status: own.status,
            reversed_on: own.reversed_on,
            version: own.version,
        }
    }
}

impl DeliveryJson {
    pub fn of(own: Delivery, lines: Vec<Line>) -> DeliveryJson {
        let lines = lines.into_iter().map(|line| DeliveryLineJson {
            line: line.order_line,
            product: line.product_code,
            quantity: Quantity::of_millionths(line.quantity).to_string(),
        });
        DeliveryJson {
            number: own.number,
            kind: own.kind,
            order: own.order_number,
            customer: own.customer_code,
            date: own.day,
            status: own.status,
            note: own.note,
            lines: lines.collect(),
            reversed_on: own.reversed_on,
            version: own.version,
        }
    }
}
