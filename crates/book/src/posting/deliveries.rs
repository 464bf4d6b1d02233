//! Goods out and back: what each line of the order becomes by it.

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Refusal};

use crate::{
    CustomerId, DeliveryId,
    course::{DELIVERY, ORDER},
    fulfilment::{deliver, take_back, undo_delivery, undo_return},
    order::{accept_count, at_line},
    posting::{
        desk::{Desk, Moved},
        invoices::set_delivered,
    },
    store::{
        deliveries::{self, Delivery, NewDelivery},
        orders::Order,
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

/// A delivery or return that may be written.
#[derive(Debug, Clone)]
pub struct Drawn {
    new: NewDelivery,
    moved: Moved,
}

/// Draws up a delivery or return; nothing is written.
///
/// # Errors
///
/// `order.state`, `delivery.no_lines`, `delivery.too_many_lines`, `line.unknown`, or what the rules of
/// [`fulfilment`](crate::fulfilment) refuse.
pub async fn draw(
    tx: &mut Tx,
    desk: &mut Desk,
    order: &Order,
    asked: Asked,
    now: Timestamp,
) -> Result<Drawn> {
    let action = if asked.is_return { "return" } else { "deliver" };
    ORDER.after(action, &order.number, ORDER.state(&order.status))?;
    if asked.lines.is_empty() {
        let message = "There is no line to deliver. Name at least one with its quantity.";
        return Err(Refusal::value("delivery.no_lines", message)
            .at("lines")
            .into());
    }
    accept_count(asked.lines.len(), "delivery.too_many_lines")?;
    let open = desk.order(tx, order).await?;
    let mut standing = open.standing.clone();
    for (place, (line, quantity)) in asked.lines.iter().enumerate() {
        let at = open.place_of(*line).map_err(|no| at_line(no, place))?;
        positive(*quantity).map_err(|no| at_line(no, place))?;
        let moved = if asked.is_return {
            take_back(standing[at], *quantity)
        } else {
            deliver(standing[at], *quantity, asked.may_exceed)
        };
        standing[at] = moved.map_err(|no| at_line(no, place))?;
    }
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
    let moved = desk.moved(order, standing);
    Ok(Drawn { new, moved })
}

/// Writes what was drawn up. Invoices whose days count from the delivery get them.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn write(tx: &mut Tx, drawn: &Drawn) -> Result<DeliveryId> {
    drawn.moved.save(tx).await?;
    let id = deliveries::add(tx, &drawn.new).await?;
    if !drawn.new.is_return {
        set_delivered(tx, drawn.new.order, drawn.new.recorded).await?;
    }
    Ok(id)
}

/// Posts a delivery or return.
///
/// # Errors
///
/// As [`draw`].
pub async fn post(tx: &mut Tx, order: &Order, asked: Asked, now: Timestamp) -> Result<DeliveryId> {
    let drawn = draw(tx, &mut Desk::default(), order, asked, now).await?;
    write(tx, &drawn).await
}

/// Reverses a delivery or return as if it had not been.
///
/// # Errors
///
/// `delivery.state`; `delivery.day` before the delivery itself; or what was done since and rests on it.
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
    not_before(delivery, day)?;
    let mut desk = Desk::default();
    let lines = deliveries::lines(tx, delivery.delivery()).await?;
    let open = desk.order(tx, order).await?;
    let mut standing = open.standing.clone();
    for line in lines {
        let at = open.place_of(line.order_line)?;
        standing[at] = if delivery.is_return() {
            undo_return(standing[at], line.quantity)?
        } else {
            undo_delivery(standing[at], line.quantity)?
        };
    }
    desk.moved(order, standing).save(tx).await?;
    deliveries::reverse(tx, delivery, day, now).await?;
    if delivery.is_return() {
        return Ok(());
    }
    set_delivered(tx, order.order(), now).await
}

fn not_before(delivery: &Delivery, day: Date) -> std::result::Result<(), Refusal> {
    if delivery.date() <= day {
        return Ok(());
    }
    let message = format!(
        "Delivery {} is of {}; nothing can happen to it before.",
        delivery.number,
        delivery.date()
    );
    Err(Refusal::value("delivery.day", message).at("date"))
}

fn positive(quantity: i64) -> std::result::Result<(), Refusal> {
    if 0 < quantity {
        return Ok(());
    }
    let message = "A quantity delivered or taken back is above zero.";
    Err(Refusal::value("quantity.not_positive", message).at("quantity"))
}
