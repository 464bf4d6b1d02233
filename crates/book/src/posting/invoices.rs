//! Invoices: from the lines of an order, from lines of their own, or from an amount alone.

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Money, Percent, Refusal};

use super::desk::{Desk, Moved};
use crate::{
    CustomerId, InvoiceId, OrderId, ProductId,
    billing::{self, Billable, Step, bill_part, in_proportion, rest, split_gross, unbilled},
    course::ORDER,
    fulfilment::Standing,
    order::{LineDraft, accept_count, at_line, worth},
    store::{
        deliveries,
        invoices::{self, Invoice, NewInvoice, NewLine},
        orders::{Order, StandingRow},
        terms,
    },
    terms::{Clock, Clocks, Instalment, Part, instalments},
};

/// What an invoice is about.
#[derive(Debug, Clone)]
pub enum About {
    /// Everything that was delivered and is not billed.
    Unbilled,
    /// Everything of the order that is not billed yet, delivered or not.
    Rest,
    /// Lines of the order with quantities in millionths.
    Lines(Vec<(i64, i64)>),
    /// Of every line of the order the same share, worth this much.
    Amount(Money),
    /// Lines of its own.
    Free(Vec<LineDraft>),
    /// An amount with its tax, and nothing more.
    Plain(Money, Percent),
}

/// When it has to be paid.
#[derive(Debug, Clone)]
pub enum Due {
    /// As the customer's terms say.
    Terms,
    /// By these parts.
    Parts(Vec<Part>),
    /// All of it on one day.
    On(Date),
}

/// An invoice as it is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub number: Code,
    pub customer: CustomerId,
    pub payer: CustomerId,
    pub day: Date,
    pub received_on: Option<Date>,
    pub accepted_on: Option<Date>,
    pub currency: Currency,
    pub about: About,
    pub due: Due,
    pub note: String,
    pub source: &'static str,
}

/// Lines and totals.
struct Body {
    lines: Vec<NewLine>,
    net: Money,
    tax: Money,
}

/// An invoice that may be written.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub new: NewInvoice,
    moved: Option<Moved>,
}

/// Draws up an invoice; nothing is written.
///
/// # Errors
///
/// `order.state`, `invoice.nothing`, `invoice.negative`, or what the rules refuse.
pub async fn draw(
    tx: &mut Tx,
    desk: &mut Desk,
    order: Option<&Order>,
    asked: Asked,
    now: Timestamp,
) -> Result<Drawn> {
    let (body, moved) = match (order, &asked.about) {
        (
            Some(order),
            about @ (About::Unbilled | About::Rest | About::Lines(_) | About::Amount(_)),
        ) => {
            let (body, moved) = of_order(tx, desk, order, about, asked.currency).await?;
            (body, Some(moved))
        }
        (_, About::Free(drafts)) => (of_drafts(drafts.clone(), asked.currency)?, None),
        (_, About::Plain(gross, rate)) => {
            let (net, tax) = split_gross(*gross, *rate)?;
            let lines = Vec::new();
            (Body { lines, net, tax }, None)
        }
        (None, _) => return Err(nothing().into()),
    };
    let gross = body.net.plus(body.tax)?;
    if gross.minor() < 0 {
        let message = "An invoice is not below zero. Write a credit note.";
        return Err(Refusal::value("invoice.negative", message).into());
    }
    let clocks = clocks(tx, order, &asked).await?;
    let due = due(tx, &asked, gross, &clocks).await?;
    let new = NewInvoice {
        number: asked.number,
        customer: asked.customer,
        payer: asked.payer,
        order: order.map(Order::order),
        day: asked.day,
        received_on: asked.received_on,
        accepted_on: asked.accepted_on,
        net: body.net,
        tax: body.tax,
        gross,
        source: asked.source,
        note: asked.note,
        lines: body.lines,
        instalments: due,
        recorded: now,
    };
    Ok(Drawn { new, moved })
}

/// Writes what was drawn up, and counts what it bills of the order.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn write(tx: &mut Tx, drawn: &Drawn) -> Result<InvoiceId> {
    if let Some(moved) = &drawn.moved {
        moved.save(tx).await?;
    }
    invoices::add(tx, &drawn.new).await
}

/// Posts an invoice.
///
/// # Errors
///
/// As [`draw`].
pub async fn post(
    tx: &mut Tx,
    order: Option<&Order>,
    asked: Asked,
    now: Timestamp,
) -> Result<InvoiceId> {
    let drawn = draw(tx, &mut Desk::default(), order, asked, now).await?;
    write(tx, &drawn).await
}

fn nothing() -> Refusal {
    let message = "There is nothing to bill. Name lines or an amount, or deliver something first.";
    Refusal::value("invoice.nothing", message).at("lines")
}

async fn of_order(
    tx: &mut Tx,
    desk: &mut Desk,
    order: &Order,
    about: &About,
    currency: Currency,
) -> Result<(Body, Moved)> {
    ORDER.after("bill", &order.number, ORDER.state(&order.status))?;
    if order.currency != currency.code() {
        let message = format!(
            "Order {} is in {}; so is its invoice.",
            order.number, order.currency
        );
        return Err(Refusal::value("invoice.currency", message)
            .at("currency")
            .into());
    }
    let open = desk.order(tx, order).await?;
    let pairs = open.rows.iter().zip(&open.standing);
    let mut lines: Vec<Billable> = pairs.map(|(row, now)| billable(row, *now)).collect();
    let wanted = match about {
        About::Amount(gross) => in_proportion(&lines, *gross)?,
        About::Lines(wanted) => steps(wanted.clone()),
        About::Rest => steps(rest(&lines)),
        _ => steps(unbilled(&lines)),
    };
    if wanted.is_empty() {
        return Err(nothing().into());
    }
    accept_count(wanted.len(), "invoice.too_many_lines")?;
    let mut body = Vec::with_capacity(wanted.len());
    for (place, step) in wanted.iter().enumerate() {
        let at = open.place_of(step.line).map_err(|no| at_line(no, place))?;
        let (after, part) = bill_part(&lines[at], *step).map_err(|no| at_line(no, place))?;
        lines[at].standing = after;
        body.push(new_line(&open.rows[at], step.quantity, part));
    }
    let standing = lines.iter().map(|line| line.standing).collect();
    Ok((totals(body, currency)?, desk.moved(order, standing)))
}

fn steps(wanted: Vec<(i64, i64)>) -> Vec<Step> {
    wanted.into_iter().map(Step::of).collect()
}

fn new_line(row: &StandingRow, quantity: i64, part: billing::Part) -> NewLine {
    NewLine {
        order_line: Some(row.line),
        product: Some(ProductId::of(row.product_id)),
        quantity,
        unit_price: row.unit_price,
        discount: row.discount,
        tax: row.tax,
        net_exact: part.net_exact,
        net_minor: part.net_minor,
        tax_minor: part.tax_minor,
    }
}

fn billable(row: &StandingRow, standing: Standing) -> Billable {
    Billable {
        line: row.line,
        standing,
        net_exact: row.net_exact,
        net_minor: row.net_minor,
    }
}

fn of_drafts(drafts: Vec<LineDraft>, currency: Currency) -> std::result::Result<Body, Refusal> {
    let worth = worth(drafts, currency)?;
    let lines = worth.lines.iter().map(|line| NewLine {
        order_line: None,
        product: Some(line.draft.product),
        quantity: line.draft.quantity.millionths(),
        unit_price: line.draft.unit_price.millionths(),
        discount: line.draft.discount.millionths(),
        tax: line.draft.tax.millionths(),
        net_exact: line.net_exact,
        net_minor: line.net.minor(),
        tax_minor: line.tax.minor(),
    });
    Ok(Body {
        lines: lines.collect(),
        net: worth.net,
        tax: worth.tax,
    })
}

fn totals(lines: Vec<NewLine>, currency: Currency) -> std::result::Result<Body, Refusal> {
    let of = |minor: i64| Money::of_minor(minor, currency);
    Ok(Body {
        net: Money::sum(lines.iter().map(|line| of(line.net_minor)), currency)?,
        tax: Money::sum(lines.iter().map(|line| of(line.tax_minor)), currency)?,
        lines,
    })
}

async fn clocks(tx: &mut Tx, order: Option<&Order>, asked: &Asked) -> Result<Clocks> {
    let mut clocks = Clocks {
        received: asked.received_on,
        accepted: asked.accepted_on,
        ..Clocks::of_invoice(asked.day)
    };
    if let Some(order) = order {
        clocks.order = Some(order.date());
        clocks = clocks.delivered(&deliveries::days_of(tx, order.order()).await?);
    }
    Ok(clocks)
}

async fn due(tx: &mut Tx, asked: &Asked, gross: Money, clocks: &Clocks) -> Result<Vec<Instalment>> {
    let parts = match &asked.due {
        Due::On(day) => {
            let whole = instalments(gross, &[Part::days_after_invoice(0)], clocks)?;
            let on = |one: Instalment| Instalment {
                due: Some(*day),
                rule: None,
                ..one
            };
            return Ok(whole.into_iter().map(on).collect());
        }
        Due::Parts(parts) => parts.clone(),
        Due::Terms => terms::of_customer(tx, asked.customer, asked.day).await?,
    };
    Ok(instalments(gross, &parts, clocks)?)
}

/// Finds the days of an invoice again after it was received or accepted on another day than before.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set_clocks(
    tx: &mut Tx,
    invoice: &Invoice,
    (received_on, accepted_on): (Option<Date>, Option<Date>),
    now: Timestamp,
) -> Result<()> {
    let clocks = Clocks {
        received: received_on,
        accepted: accepted_on,
        ..Clocks::of_invoice(invoice.date())
    };
    let moved = [
        (Clock::InvoiceReceived, &invoice.received_on, received_on),
        (Clock::Acceptance, &invoice.accepted_on, accepted_on),
    ];
    let moved = moved.into_iter().filter(|(_, before, after)| {
        before.as_deref() != after.map(|day| day.to_string()).as_deref()
    });
    let moved: Vec<Clock> = moved.map(|(clock, _, _)| clock).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let old = invoices::instalments(tx, invoice.invoice(), i64::MAX).await?;
    set_days(tx, invoice, &old, (&moved, &clocks), now).await
}

/// Finds the days of an order's invoices again after goods went out or a delivery was reversed.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn set_delivered(tx: &mut Tx, order: OrderId, now: Timestamp) -> Result<()> {
    let mut after = 0;
    loop {
        let some = invoices::counted_from_delivery(tx, order, after).await?;
        let Some(last) = some.last() else {
            return Ok(());
        };
        after = last.id;
        let days = deliveries::days_of(tx, order).await?;
        let ids: Vec<i64> = some.iter().map(|invoice| invoice.id).collect();
        let due = invoices::instalments_of(tx, &ids, i64::MAX).await?;
        for invoice in &some {
            let clocks = Clocks::of_invoice(invoice.date()).delivered(&days);
            let old = due.get(&invoice.id).map_or(&[][..], Vec::as_slice);
            set_days(tx, invoice, old, (&[Clock::Delivery], &clocks), now).await?;
        }
    }
}

async fn set_days(
    tx: &mut Tx,
    invoice: &Invoice,
    old: &[Instalment],
    (moved, clocks): (&[Clock], &Clocks),
    now: Timestamp,
) -> Result<()> {
    let anew = old.iter().map(|one| one.anew(moved, clocks));
    let anew: Vec<Instalment> = anew.collect();
    if anew == old {
        return Ok(());
    }
    invoices::set_instalments(tx, invoice, &anew, now).await
}
