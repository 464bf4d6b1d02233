//! Allocations from a file: which payment settles how much of which invoice.

use db::{Result, Tx};
use kernel::{Currency, Money, Scope};
use org::sheet::documents::{Documents, Judged, Setting, Verdict};
use sheet::{Document, Faults, Row};

use super::reading::{invoice, judged, or_refused, past_day};
use crate::{
    posting::{
        desk::Desk,
        settling::{From, Wanted, draw, write},
    },
    store::{
        allocations::{self, NewAllocation, Source},
        invoices::Invoice,
        payments,
    },
};

/// The allocations of a file; all of one payment are one document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allocations;

impl Documents for Allocations {
    const KEY: &'static str = "payment";
    type Ready = Vec<NewAllocation>;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Vec<NewAllocation>>>> {
        let mut desk = Desk::default();
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let read = read(tx, &mut desk, document, setting, &mut faults).await?;
            let (verdict, amount) = read.unzip();
            found.push(judged(verdict, amount, faults));
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, ready: Vec<Vec<NewAllocation>>, setting: Setting<'_>) -> Result<()> {
        for one in ready.into_iter().flatten() {
            write(tx, one, setting.by.at).await?;
        }
        Ok(())
    }
}

type Read = (Verdict<Vec<NewAllocation>>, (Currency, i64));

async fn read(
    tx: &mut Tx,
    desk: &mut Desk,
    document: &Document,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Read>> {
    let Some(first) = document.rows.first() else {
        return Ok(None);
    };
    let Some(reference) = first.required_text("payment", faults) else {
        return Ok(None);
    };
    let found = payments::fetch(tx, &Scope::All, reference, setting.today).await;
    let Some(payment) = or_refused(found, document, faults)? else {
        return Ok(None);
    };
    let currency = payment.money()?;
    let source = Source::Payment(payment.payment());
    let name = format!("Payment {}", payment.reference);
    let whole = Money::of_minor(payment.amount_minor, currency);
    let from = From::payment(payment.payment(), &name, whole, payment.date());
    let known = allocations::of_source(tx, source).await?;
    let mut drawn = Vec::new();
    let mut total: i64 = 0;
    for row in &document.rows {
        row.required_text("invoice", faults);
        let invoice = invoice(tx, row, "invoice", setting.today, faults).await?;
        let amount = row.required_money("amount", currency, faults);
        let day = match row.text("date") {
            Some(_) => past_day(row, setting.today, faults),
            None => invoice
                .as_ref()
                .map(|invoice| invoice.date().max(payment.date())),
        };
        let (Some(invoice), Some(amount), Some(day)) = (invoice, amount, day) else {
            continue;
        };
        total = total.saturating_add(amount.exact()?);
        let is_known = known.iter().any(|one| {
            one.invoice_id == invoice.id
                && one.valid_from == day.to_string()
                && one.amount_minor == amount.minor()
                && one.valid_to.is_none()
        });
        if is_known {
            continue;
        }
        if !fits(row, &invoice, (payment.payer_id, currency), faults) {
            continue;
        }
        let wanted = Wanted {
            amount,
            taken: amount,
            kind: "cash",
            day,
            chance: super::chance(setting.by, &[&name, &invoice.number, &day.to_string()]),
        };
        let one = draw(tx, desk, &invoice, from, wanted).await;
        let own = Document {
            rows: vec![row.clone()],
        };
        drawn.extend(or_refused(one, &own, faults)?);
    }
    let verdict = if drawn.is_empty() {
        Verdict::Same
    } else {
        Verdict::New(drawn)
    };
    Ok(Some((verdict, (currency, total))))
}

/// A payment settles what its payer owes, in its own currency.
fn fits(
    row: &Row,
    invoice: &Invoice,
    (payer, currency): (i64, Currency),
    faults: &mut Faults,
) -> bool {
    let is_own = invoice.payer_id == payer || invoice.customer_id == payer;
    if is_own && invoice.currency == currency.code() {
        return true;
    }
    let message = format!(
        "Invoice {} is owed by {} in {}; the payment is another's or in {currency}.",
        invoice.number, invoice.payer_code, invoice.currency
    );
    faults.push(row.fault("invoice", message));
    false
}
