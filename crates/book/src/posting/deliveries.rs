//! Goods out and back: what each line of the order becomes by it.

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Refusal};

use crate::{
    CustomerId, DeliveryId,
    course::{DELIVERY, ORDER},
    fulfilment::{Standing, deliver, take_back, undo_delivery, undo_return},
    order::at_line,
    store::{
        deliveries::{self, Delivery, NewDelivery},
        orders::{self, Order, StandingRow},
    },
};

/// A delivery or return as it is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub number: Code,
    pub is_return: bool,
    pub day: Date,
    pub note: String,
    /// Line of the order and quantity in millionths.
    pub lines: Vec<(i64, i64)>,
    /// More than a tenth above the order is meant.
    pub may_exceed: bool,
}

/// Posts a delivery or return.
///
/// # Errors
///
/// `order.state`, `delivery.no_lines`, `delivery.line`, or what the rules of
/// [`fulfilment`](crate::fulfilment) refuse.
pub async fn post(tx: &mut Tx, order: &Order, asked: Asked, now: Timestamp) -> Result<DeliveryId> {
    let action = if asked.is_return { "return" } else { "deliver" };
    ORDER.after(action, &order.number, ORDER.state(&order.status))?;
    if asked.lines.is_empty() {
        let message = "There is no line to deliver. Name at least one with its quantity.";
        return Err(Refusal::value("delivery.no_lines", message)
            .at("lines")
            .into());
    }
    let rows = orders::standings(tx, order.order()).await?;
    let mut standing: Vec<Standing> = rows.iter().map(StandingRow::standing).collect();
    for (place, (line, quantity)) in asked.lines.iter().enumerate() {
        let at = place_of(&rows, *line).map_err(|no| at_line(no, place))?;
        positive(*quantity).map_err(|no| at_line(no, place))?;
        let moved = if asked.is_return {
            take_back(standing[at], *quantity)
        } else {
            deliver(standing[at], *quantity, asked.may_exceed)
        };
        standing[at] = moved.map_err(|no| at_line(no, place))?;
    }
    keep(tx, order, &rows, &standing).await?;
    let new = NewDelivery {
        number: asked.number,
        is_return: asked.is_return,
        order: order.order(),
        customer: CustomerId::of(order.customer_id),
        day: asked.day,
        note: asked.note,
        lines: asked.lines,
        recorded: now,
    };
    deliveries::add(tx, &new).await
}

/// Reverses a delivery or return as if it had not been.
///
/// # Errors
///
/// `delivery.state`, or what was done since and rests on it.
pub async fn reverse(
    tx: &mut Tx,
    delivery: &Delivery,
    order: &Order,
    day: Date,
    now: Timestamp,
) -> Result<()> {
    DELIVERY.after(
        "reverse",
        &delivery.number,
        DELIVERY.state(&delivery.status),
    )?;
    let rows = orders::standings(tx, order.order()).await?;
    let mut standing: Vec<Standing> = rows.iter().map(StandingRow::standing).collect();
    for line in deliveries::lines(tx, delivery.delivery()).await? {
        let at = place_of(&rows, line.order_line)?;
        standing[at] = if delivery.is_return() {
            undo_return(standing[at], line.quantity)?
        } else {
            undo_delivery(standing[at], line.quantity)?
        };
    }
    keep(tx, order, &rows, &standing).await?;
    deliveries::reverse(tx, delivery, day, now).await
}

/// Where the order's line with this number stands.
///
/// # Errors
///
/// `line.unknown`.
pub fn place_of(rows: &[StandingRow], line: i64) -> std::result::Result<usize, Refusal> {
    rows.iter().position(|row| row.line == line).ok_or_else(|| {
        let message = format!("The order has lines 1 to {}, no line {line}.", rows.len());
        Refusal::value("line.unknown", message).at("line")
    })
}

fn positive(quantity: i64) -> std::result::Result<(), Refusal> {
    if 0 < quantity {
        return Ok(());
    }
    let message = "A quantity delivered or taken back is above zero.";
    Err(Refusal::value("quantity.not_positive", message).at("quantity"))
}

/// Saves the lines that stand otherwise now.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn keep(
    tx: &mut Tx,
    order: &Order,
    rows: &[StandingRow],
    standing: &[Standing],
) -> Result<()> {
    for (row, now) in rows.iter().zip(standing) {
        if row.standing() != *now {
            orders::set_standing(tx, order.order(), row.line, *now).await?;
        }
    }
    orders::touch(tx, order.order()).await
}
