//! The demo company's deliveries, invoices and payments to rows.

use std::collections::BTreeMap;

use book::{
    CustomerId, InvoiceId, OrderId,
    order::{LineDraft, Worth, worth},
    store::{
        allocations::{self, NewAllocation, Source},
        deliveries::{self, NewDelivery},
        invoices::{self, NewInvoice, NewLine},
        orders,
        payments::{self, NewPayment},
    },
    terms::{Clocks, Part, instalments},
};
use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Money, Percent, ids::PublicId};

use super::{
    company::{Billed, Company},
    filling::noon,
};

/// Documents handed to the store at once; bounds the memory, not the transaction.
const AT_ONCE: usize = 2_000;

/// The orders as they were recorded, by their place: row, customer and lines.
pub(super) struct Recorded {
    pub order: OrderId,
    pub customer: CustomerId,
    pub lines: Vec<LineDraft>,
}

/// Money that came in from one customer on one day, and what of which invoice it was for.
#[derive(Default)]
struct Transfer {
    parts: Vec<(InvoiceId, i64)>,
}

/// Records what was delivered, billed and paid.
pub(super) async fn fill(tx: &mut Tx, company: &Company, recorded: &[Recorded]) -> Result<()> {
    let mut transfers: BTreeMap<(Date, CustomerId), Transfer> = BTreeMap::new();
    for batch in company.billed.chunks(AT_ONCE) {
        let drawn = batch
            .iter()
            .map(|billed| draw(company, billed, recorded))
            .collect::<Result<Vec<Drawn>>>()?;
        let deliveries: Vec<NewDelivery> = drawn.iter().map(|one| one.delivery.clone()).collect();
        deliveries::add_many(tx, &deliveries).await?;
        let orders: Vec<OrderId> = deliveries.iter().map(|one| one.order).collect();
        orders::set_fulfilled(tx, &orders).await?;
        let settled = |one: &Drawn| one.paid.iter().map(|(_, minor)| minor).sum();
        let new: Vec<(NewInvoice, i64)> = drawn
            .iter()
            .map(|one| (one.invoice.clone(), settled(one)))
            .collect();
        let ids = invoices::add_many(tx, &new).await?;
        for one in drawn {
            let invoice = *ids
                .get(&one.invoice.number.folded())
                .ok_or(DbError::Missing)?;
            for (day, minor) in one.paid {
                let transfer = transfers.entry((day, one.invoice.payer)).or_default();
                transfer.parts.push((invoice, minor));
            }
        }
    }
    fill_payments(tx, company, &transfers).await
}

/// One order's papers.
struct Drawn {
    delivery: NewDelivery,
    invoice: NewInvoice,
    paid: Vec<(Date, i64)>,
}

fn draw(company: &Company, billed: &Billed, recorded: &[Recorded]) -> Result<Drawn> {
    let order = recorded.get(billed.order).ok_or(DbError::Missing)?;
    let worth = worth(order.lines.clone(), company.currency)?;
    let at = noon(billed.day);
    let part = Part::days_after_invoice(i64::from(billed.terms_days));
    let delivered = worth
        .lines
        .iter()
        .map(|line| (line.line, line.draft.quantity.millionths()));
    let delivery = NewDelivery {
        number: billed.delivery.clone(),
        is_return: false,
        order: order.order,
        customer: order.customer,
        day: billed.day,
        note: String::new(),
        lines: delivered.collect(),
        recorded: at,
    };
    let invoice = NewInvoice {
        number: billed.invoice.clone(),
        customer: order.customer,
        payer: order.customer,
        order: Some(order.order),
        day: billed.day,
        received_on: None,
        accepted_on: None,
        net: worth.net,
        tax: worth.tax,
        gross: worth.gross,
        source: "own",
        note: String::new(),
        lines: lines(&worth),
        instalments: instalments(worth.gross, &[part], &Clocks::of_invoice(billed.day))?,
        recorded: at,
    };
    Ok(Drawn {
        paid: shares(&billed.paid, worth.gross.minor()),
        delivery,
        invoice,
    })
}

fn lines(worth: &Worth) -> Vec<NewLine> {
    let lines = worth.lines.iter().map(|line| NewLine {
        order_line: Some(line.line),
        product: Some(line.draft.product),
        quantity: line.draft.quantity.millionths(),
        unit_price: line.draft.unit_price.millionths(),
        discount: line.draft.discount.millionths(),
        tax: line.draft.tax.millionths(),
        net_exact: line.net_exact,
        net_minor: line.net.minor(),
        tax_minor: line.tax.minor(),
    });
    lines.collect()
}

/// Amounts of the payments; two halves are exactly the whole.
fn shares(paid: &[(Date, Percent)], gross: i64) -> Vec<(Date, i64)> {
    let half = gross / 2;
    let amounts = match paid {
        [(_, only)] if *only == Percent::WHOLE => vec![gross],
        [_] => vec![half],
        _ => vec![half, gross - half],
    };
    let days = paid.iter().map(|(day, _)| *day);
    days.zip(amounts).filter(|(_, minor)| 0 < *minor).collect()
}

async fn fill_payments(
    tx: &mut Tx,
    company: &Company,
    transfers: &BTreeMap<(Date, CustomerId), Transfer>,
) -> Result<()> {
    let mut new = Vec::with_capacity(transfers.len());
    let (mut year, mut count) = (0, 0);
    for ((day, payer), transfer) in transfers {
        if day.year() != year {
            year = day.year();
            count = 0;
        }
        count += 1;
        let amount = transfer.parts.iter().map(|(_, minor)| minor).sum();
        new.push(NewPayment {
            reference: Code::parse(&format!("PAY-{:02}-{count:05}", year % 100))?,
            payer: *payer,
            day: *day,
            amount: Money::of_minor(amount, company.currency),
            method: "transfer",
            note: String::new(),
            paper: None,
            recorded: noon(*day),
        });
    }
    let mut ids = BTreeMap::new();
    for batch in new.chunks(AT_ONCE) {
        ids.extend(payments::add_many(tx, batch).await?);
    }
    // What was allocated on a day became known on it, so each day is handed over by itself.
    let mut of_day: BTreeMap<Date, Vec<NewAllocation>> = BTreeMap::new();
    let mut chance = 1_u128;
    for (payment, transfer) in new.iter().zip(transfers.values()) {
        let id = *ids
            .get(&payment.reference.folded())
            .ok_or(DbError::Missing)?;
        for (invoice, minor) in &transfer.parts {
            chance = chance.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645) | 1;
            of_day.entry(payment.day).or_default().push(NewAllocation {
                public_id: PublicId::of_random(chance).to_string(),
                invoice: *invoice,
                source: Source::Payment(id),
                kind: "cash",
                amount_minor: *minor,
                source_minor: *minor,
                day: payment.day,
                after_day: None,
            });
        }
    }
    for (day, allocations) in of_day {
        allocations::add(tx, &allocations, noon(day)).await?;
    }
    Ok(())
}
