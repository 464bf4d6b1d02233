//! Payments that are reversed, and bills and cheques on their way to being paid.

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::Refusal;

use super::settling;
use crate::{
    course::{BILL, PAYMENT},
    store::{
        allocations::Source,
        payments::{self, PaperStep, Payment},
    },
};

/// Reverses a payment that did not come after all: what it settled is open again from `day` on.
///
/// # Errors
///
/// `payment.state`; `payment.day` before the payment itself.
pub async fn reverse(tx: &mut Tx, payment: &Payment, day: Date, now: Timestamp) -> Result<()> {
    PAYMENT.after(
        "reverse",
        &payment.reference,
        PAYMENT.state(&payment.status),
    )?;
    not_before(payment, day)?;
    settling::end_all(tx, Source::Payment(payment.payment()), day, now).await?;
    payments::reverse(tx, payment, day, now).await
}

fn not_before(payment: &Payment, day: Date) -> std::result::Result<(), Refusal> {
    if payment.date() <= day {
        return Ok(());
    }
    let message = format!(
        "Payment {} is of {}; nothing can happen to it before.",
        payment.reference,
        payment.date()
    );
    Err(Refusal::value("payment.day", message).at("date"))
}

/// One step of a bill or cheque as it is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub action: &'static str,
    pub day: Date,
    /// Whom it was endorsed to or discounted with.
    pub to_whom: String,
    /// What discounting or returning it cost, in minor units.
    pub cost_minor: i64,
    /// Whether we stand for it if the acceptor does not pay.
    pub has_recourse: bool,
}

/// Moves a bill or cheque on. One that comes back unpaid reverses its payment.
///
/// # Errors
///
/// `bill.none` if the payment came otherwise, `bill.state`, `payment.state`, `payment.day`.
pub async fn step(tx: &mut Tx, payment: &Payment, asked: Asked, now: Timestamp) -> Result<()> {
    let Some(status) = payment.paper_status.as_deref() else {
        let message = format!(
            "Payment {} came neither as a bill nor as a cheque.",
            payment.reference
        );
        return Err(Refusal::state("bill.none", message).into());
    };
    let after = BILL.after(asked.action, &payment.reference, BILL.state(status))?;
    PAYMENT.after("change", &payment.reference, PAYMENT.state(&payment.status))?;
    not_before(payment, asked.day)?;
    let step = PaperStep {
        step: asked.action.to_owned(),
        day: asked.day.to_string(),
        to_whom: asked.to_whom,
        cost_minor: asked.cost_minor,
    };
    payments::paper_step(tx, payment, (after, asked.has_recourse), &step, now).await?;
    if after == "returned" {
        return reverse(tx, payment, asked.day, now).await;
    }
    Ok(())
}
