//! Payments from a file. One that names an invoice settles it as far as both reach.

use db::{Result, Tx};
use kernel::{Currency, Money};
use org::{
    sheet::documents::{Documents, Judged, Setting, Verdict},
    store::company,
};
use sheet::{Document, Faults, Row};

use super::reading::{customer, invoice, judged, past_day};
use crate::{
    posting::settling::{self, From, Wanted},
    store::{
        invoices::{self, Invoice},
        payments::{self, NewPayment, Paper},
    },
    web::payments::METHODS,
};

/// The payments of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payments;

/// A payment to be written, and the number of the invoice it settles.
#[derive(Debug)]
pub(super) struct Entered {
    new: NewPayment,
    settles: Option<String>,
}

impl Documents for Payments {
    const KEY: &'static str = "reference";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
        let base = company::expect(tx).await?.currency;
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let read = read(tx, document, (setting, base), &mut faults).await?;
            let (verdict, amount) = read.unzip();
            found.push(judged(verdict, amount, faults));
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, ready: Vec<Entered>, setting: Setting<'_>) -> Result<()> {
        for one in ready {
            let payment = payments::add(tx, &one.new).await?;
            let Some(number) = one.settles else { continue };
            let invoice = invoices::fetch(tx, &kernel::Scope::All, &number, setting.today).await?;
            let name = format!("Payment {}", one.new.reference);
            let from = From::payment(payment, &name, one.new.amount, one.new.day);
            settle(tx, &invoice, from, setting).await?;
        }
        Ok(())
    }
}

/// Settles as much of the invoice as is open and was paid.
async fn settle(
    tx: &mut Tx,
    invoice: &Invoice,
    from: From<'_>,
    setting: Setting<'_>,
) -> Result<()> {
    let day = invoice.date().max(from.day);
    let minor = settling::free(tx, invoice, day)
        .await?
        .min(from.whole.minor());
    if minor <= 0 {
        return Ok(());
    }
    let amount = Money::of_minor(minor, from.whole.currency());
    let wanted = Wanted {
        amount,
        taken: amount,
        kind: "cash",
        day,
        chance: super::chance(setting.by, &[from.name, &invoice.number]),
    };
    settling::settle(tx, invoice, from, wanted, setting.by.at)
        .await
        .map(drop)
}

type Read = (Verdict<Entered>, (Currency, i64));

async fn read(
    tx: &mut Tx,
    document: &Document,
    (setting, base): (Setting<'_>, Currency),
    faults: &mut Faults,
) -> Result<Option<Read>> {
    let Some(row) = super::only_row(document, faults) else {
        return Ok(None);
    };
    let reference = row.required_code("reference", faults);
    row.required_text("customer", faults);
    let payer = customer(tx, row, "customer", setting.today, faults).await?;
    let day = past_day(row, setting.today, faults);
    let currency = match (row.text("currency"), &payer) {
        (Some(_), _) => row.currency("currency", faults),
        (None, Some(payer)) => Currency::parse(&payer.currency).ok(),
        (None, None) => Some(base),
    };
    let amount = currency.and_then(|currency| row.required_money("amount", currency, faults));
    if amount.is_some_and(|amount| amount.minor() <= 0) {
        faults.push(
            row.fault("amount", "A payment is above zero.")
                .coded("amount.positive"),
        );
    }
    let method = method(row, faults);
    let paper = paper(row, method, faults);
    let settles = invoice(tx, row, "invoice", setting.today, faults).await?;
    let (Some(reference), Some(payer), Some(day), Some(amount)) = (reference, payer, day, amount)
    else {
        return Ok(None);
    };
    if let Some(invoice) = &settles {
        fits(row, invoice, (payer.id, amount.currency()), faults);
    }
    let total = (amount.currency(), amount.exact()?);
    if let Some(same) = payments::known(tx, &reference.folded()).await? {
        if same
            == (
                payer.id,
                day.to_string(),
                amount.currency().code().to_owned(),
                amount.minor(),
            )
        {
            return Ok(Some((Verdict::Same, total)));
        }
        let message = format!(
            "Payment {reference} is already recorded with another customer, date or amount. A file does not rewrite it."
        );
        faults.push(
            row.fault("reference", message)
                .coded("document.differs")
                .with("number", reference),
        );
        return Ok(None);
    }
    let new = NewPayment {
        reference,
        payer: payer.customer(),
        day,
        amount,
        method,
        note: row.text("note").unwrap_or_default().to_owned(),
        paper,
        recorded: setting.by.at,
    };
    let settles = settles.map(|invoice| invoice.number);
    Ok(Some((Verdict::New(Entered { new, settles }), total)))
}

fn method(row: &Row, faults: &mut Faults) -> &'static str {
    let word = row.text("method").unwrap_or("transfer");
    METHODS
        .into_iter()
        .find(|own| *own == word)
        .unwrap_or_else(|| {
            let message = format!("“{word}” is not one of {}.", METHODS.join(", "));
            faults.push(
                row.fault("method", message)
                    .coded("word.unknown")
                    .with("words", METHODS.join(", ")),
            );
            "other"
        })
}

fn paper(row: &Row, method: &str, faults: &mut Faults) -> Option<Paper> {
    if !matches!(method, "bill" | "cheque") {
        return None;
    }
    let acceptor = row.required_text("acceptor", faults).map(str::to_owned);
    let number = row.required_text("paper_number", faults).map(str::to_owned);
    let due = row.required_date("paper_due", faults);
    Some(Paper {
        acceptor: acceptor?,
        number: number?,
        due: due?,
    })
}

/// An invoice is paid by who owes it, in its own currency.
fn fits(row: &Row, invoice: &Invoice, (payer, currency): (i64, Currency), faults: &mut Faults) {
    if invoice.payer_id != payer && invoice.customer_id != payer {
        let message = format!(
            "Invoice {} is owed by {}.",
            invoice.number, invoice.payer_code
        );
        faults.push(row.fault("invoice", message).coded("payment.payer"));
    }
    if invoice.currency != currency.code() {
        let message = format!(
            "Invoice {} is in {}. Read the payment in without it and allocate both amounts.",
            invoice.number, invoice.currency
        );
        faults.push(
            row.fault("invoice", message)
                .coded("document.currency")
                .with("currency", &invoice.currency),
        );
    }
}
