//! Credit notes from a file: an amount, on an invoice or for a customer.

use db::{Result, Tx};
use kernel::Currency;
use org::sheet::documents::{Documents, Judged, Setting, Verdict};
use sheet::{Document, Faults};

use super::reading::{customer, invoice, judged, past_day};
use crate::{
    CustomerId,
    posting::credit_notes::{About, Asked, post},
    store::{
        credit_notes,
        invoices::{self, Invoice},
    },
};

/// The credit notes of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct CreditNotes;

/// A credit note to be posted, and the number of its invoice.
#[derive(Debug)]
pub(super) struct Entered {
    asked: Asked,
    invoice: Option<String>,
}

/// Why it is written; goods that come back are posted line by line, not from a file.
const KINDS: [&str; 3] = ["price", "rebate", "goodwill"];

impl Documents for CreditNotes {
    const KEY: &'static str = "number";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let read = read(tx, document, setting, &mut faults).await?;
            let (verdict, amount) = read.unzip();
            found.push(judged(verdict, amount, faults));
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, ready: Vec<Entered>, setting: Setting<'_>) -> Result<()> {
        for one in ready {
            let on = match &one.invoice {
                Some(number) => {
                    let scope = kernel::Scope::All;
                    Some(invoices::fetch(tx, &scope, number, setting.today).await?)
                }
                None => None,
            };
            let on = on.as_ref().map(|invoice| (invoice, None));
            post(tx, on, one.asked, setting.by.at).await?;
        }
        Ok(())
    }
}

type Read = (Verdict<Entered>, (Currency, i64));

async fn read(
    tx: &mut Tx,
    document: &Document,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Read>> {
    let Some(row) = super::only_row(document, faults) else {
        return Ok(None);
    };
    let number = row.required_code("number", faults);
    let on = invoice(tx, row, "invoice", setting.today, faults).await?;
    let buyer = customer(tx, row, "customer", setting.today, faults).await?;
    let day = past_day(row, setting.today, faults);
    let kind = kind(row, faults);
    let whom: Option<(CustomerId, CustomerId, String)> = match (&on, &buyer) {
        (Some(invoice), _) => Some((
            invoice.customer(),
            invoice.payer(),
            invoice.currency.clone(),
        )),
        (None, Some(buyer)) => Some((buyer.customer(), buyer.customer(), buyer.currency.clone())),
        (None, None) => {
            if faults.is_empty() {
                faults.push(row.fault("customer", "Name the invoice, or the customer."));
            }
            None
        }
    };
    let Some((own_customer, payer, own_currency)) = whom else {
        return Ok(None);
    };
    let currency = match row.text("currency") {
        Some(_) => row.currency("currency", faults),
        None => Some(Currency::parse(&own_currency)?),
    };
    let gross = currency.and_then(|currency| row.required_money("amount_gross", currency, faults));
    let rate = row.percent("tax_percent", faults);
    let (Some(number), Some(day), Some(gross), Some(kind)) = (number, day, gross, kind) else {
        return Ok(None);
    };
    check(row, on.as_ref(), (day, gross), faults);
    let total = (gross.currency(), gross.exact()?);
    if let Some(same) = credit_notes::known(tx, &number.folded()).await? {
        let wanted = (
            own_customer.get(),
            day.to_string(),
            gross.currency().code().to_owned(),
            gross.minor(),
        );
        if same == wanted {
            return Ok(Some((Verdict::Same, total)));
        }
        let message = format!(
            "Credit note {number} is already recorded with another customer, date or amount. A file does not rewrite it."
        );
        faults.push(row.fault("number", message));
        return Ok(None);
    }
    let chance = super::chance(setting.by, &["credit note", number.as_str()]);
    let asked = Asked {
        number,
        kind,
        customer: own_customer,
        payer,
        day,
        about: About::Amount(gross, rate),
        reason: row.text("reason").unwrap_or_default().to_owned(),
        chance,
    };
    let invoice = on.map(|invoice| invoice.number);
    Ok(Some((Verdict::New(Entered { asked, invoice }), total)))
}

fn kind(row: &sheet::Row, faults: &mut Faults) -> Option<&'static str> {
    let word = row.text("kind").unwrap_or("price");
    let found = KINDS.into_iter().find(|own| *own == word);
    if found.is_none() {
        let message = format!("“{word}” is not one of {}.", KINDS.join(", "));
        faults.push(row.fault("kind", message));
    }
    found
}

fn check(
    row: &sheet::Row,
    on: Option<&Invoice>,
    (day, gross): (jiff::civil::Date, kernel::Money),
    faults: &mut Faults,
) {
    if gross.minor() <= 0 {
        faults.push(row.fault("amount_gross", "A credit note is above zero."));
    }
    let Some(invoice) = on else { return };
    if invoice.currency != gross.currency().code() {
        let message = format!("Invoice {} is in {}.", invoice.number, invoice.currency);
        faults.push(row.fault("currency", message));
    }
    if day < invoice.date() {
        let message = format!("Invoice {} is of {}.", invoice.number, invoice.date());
        faults.push(row.fault("date", message));
    }
    if invoice.status == "cancelled" {
        let message = format!("Invoice {} is cancelled.", invoice.number);
        faults.push(row.fault("invoice", message));
    }
}
