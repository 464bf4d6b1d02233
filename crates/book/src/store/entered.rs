//! Offers and agreements as a file brings them: with all that became of them before.
//!
//! They take no steps on the way to their state: those were taken elsewhere, and long ago.

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};

use super::{
    frameworks::{self, NewFramework},
    quotations::{self, Edition, Loss, NewQuotation},
    rebates::{self, NewRebate},
    samples::{self, NewSample},
};
use crate::{FrameworkId, OrderId, framework::share_of};

/// An edition, and the day it was sent.
#[derive(Debug, Clone)]
pub struct Offered {
    pub edition: Edition,
    pub sent_on: Option<Date>,
}

/// What became of a quotation.
#[derive(Debug, Clone)]
pub struct Became {
    pub status: &'static str,
    pub decided_on: Option<Date>,
    pub loss: Option<Loss>,
    /// The order that was made of it.
    pub order: Option<OrderId>,
}

/// Records a quotation with its editions, the first one first.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use, [`db::DbError::Missing`] without an edition.
pub async fn quotation(
    tx: &mut Tx,
    new: &NewQuotation,
    (editions, became): (&[Offered], &Became),
    now: Timestamp,
) -> Result<()> {
    const BECAME: &str = "
        update book_quotation
           set day = $1, valid_until = $2, edition = $3, status = $4, decided_on = $5,
               lost_reason = $6, competitor = $7, lost_text = $8, order_id = $9
         where id = $10";
    const SENT: &str = "
        update book_quotation_edition set sent_on = $1 where quotation_id = $2 and edition = $3";
    const ORIGIN: &str = "update book_order set quotation_id = $1 where id = $2";
    let (Some(first), Some(last)) = (editions.first(), editions.last()) else {
        return Err(db::DbError::Missing);
    };
    let id = quotations::add(tx, new, &first.edition, now).await?;
    for later in editions.iter().skip(1) {
        quotations::put_edition(tx, id, &later.edition, now).await?;
    }
    for one in editions {
        let Some(sent) = one.sent_on else { continue };
        tx.q(SENT)
            .bind(sent.to_string())
            .bind(id.get())
            .bind(one.edition.number)
            .run()
            .await?;
    }
    let loss = became.loss.as_ref();
    tx.q(BECAME)
        .bind(last.edition.day.to_string())
        .bind(last.edition.valid_until.to_string())
        .bind(last.edition.number)
        .bind(became.status.to_owned())
        .bind(became.decided_on.map(|day| day.to_string()))
        .bind(loss.map(|loss| loss.reason))
        .bind(loss.and_then(|loss| loss.competitor.clone()))
        .bind(loss.and_then(|loss| loss.text.clone()))
        .bind(became.order.map(OrderId::get))
        .bind(id.get())
        .run()
        .await?;
    if let Some(order) = became.order {
        tx.q(ORIGIN).bind(id.get()).bind(order.get()).run().await?;
    }
    Ok(())
}

/// What came of a sample.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub status: &'static str,
    pub known_on: Option<Date>,
    pub reason: String,
    /// The order that sold it.
    pub order: Option<OrderId>,
}

/// Records a sample with what came of it.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn sample(tx: &mut Tx, new: &NewSample, out: &Outcome, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_sample
           set status = $1, result_on = $2, reason = $3, order_id = $4
         where number_key = $5";
    samples::add(tx, new, now).await?;
    tx.q(SQL)
        .bind(out.status.to_owned())
        .bind(out.known_on.map(|day| day.to_string()))
        .bind(out.reason.clone())
        .bind(out.order.map(OrderId::get))
        .bind(new.number.folded())
        .run()
        .await
        .map(drop)
}

/// Records a framework contract in its state.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn framework(
    tx: &mut Tx,
    new: &NewFramework,
    status: &'static str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "update book_framework set status = $1 where id = $2";
    let id = frameworks::add(tx, new, now).await?;
    tx.q(SQL)
        .bind(status.to_owned())
        .bind(id.get())
        .run()
        .await
        .map(drop)
}

/// Records a rebate agreement in its state.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn rebate(
    tx: &mut Tx,
    new: &NewRebate,
    status: &'static str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "update book_rebate set status = $1 where number_key = $2";
    rebates::add(tx, new, now).await?;
    tx.q(SQL)
        .bind(status.to_owned())
        .bind(new.number.folded())
        .run()
        .await
        .map(drop)
}

/// Records which lines of contracts the lines of an order call off, and counts what they did. It was
/// done already, so no limit is looked at.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn call_offs(
    tx: &mut Tx,
    (order, counts): (OrderId, bool),
    lines: &[(i64, FrameworkId, i64)],
) -> Result<()> {
    const TAKEN: &str = "
        update book_framework_line
           set called = called + $1, called_exact = called_exact + $2
         where framework_id = $3
           and line = $4";
    const KEPT: &str = "
        update book_call_off
           set called = $1, called_exact = $2
         where order_id = $3
           and line = $4";
    for (line, framework, agreed) in lines {
        frameworks::name_line(tx, (order, *line), (*framework, *agreed)).await?;
    }
    if !counts {
        return Ok(());
    }
    for one in frameworks::of_order(tx, order).await? {
        if !lines.iter().any(|(line, _, _)| *line == one.line) {
            continue;
        }
        let kept = one.quantity - one.cancelled;
        let kept_exact = share_of(one.net_exact, kept, one.quantity);
        tx.q(TAKEN)
            .bind(kept)
            .bind(kept_exact)
            .bind(one.framework_id)
            .bind(one.framework_line)
            .run()
            .await?;
        tx.q(KEPT)
            .bind(kept)
            .bind(kept_exact)
            .bind(order.get())
            .bind(one.line)
            .run()
            .await?;
    }
    Ok(())
}
