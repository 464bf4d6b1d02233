//! Credit notes from a file: an amount, on an invoice or for a customer, or lines of an invoice that came
//! back, a row each.

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Currency, Money, Percent};
use org::sheet::documents::{Documents, Judged, Setting, Verdict};
use sheet::{Document, Faults, Row};

use super::{
    reading::{agree, customer, invoice, judged, or_refused, past_day},
    rebates::agreement,
};
use crate::{
    CustomerId, RebateId,
    posting::{
        credit_notes::{About, Asked, give_amount, post, worth_back},
        desk::Desk,
    },
    store::{
        credit_notes,
        customers::Customer,
        invoices::{self, Invoice},
        rebates,
    },
    web::invoices::order_of,
};

/// The credit notes of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct CreditNotes;

/// A credit note to be posted, the number of its invoice, and the rebate it gives.
#[derive(Debug)]
pub(super) struct Entered {
    asked: Asked,
    invoice: Option<String>,
    rebate: Option<RebateId>,
}

/// Why it is written; what came back is named line by line.
const KINDS: [&str; 4] = ["price", "rebate", "goodwill", "return"];

/// What all rows of one credit note agree in.
const HEAD: [&str; 9] = [
    "invoice",
    "customer",
    "date",
    "kind",
    "currency",
    "amount_gross",
    "tax_percent",
    "rebate",
    "reason",
];

impl Documents for CreditNotes {
    const KEY: &'static str = "number";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
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

    async fn save(tx: &mut Tx, ready: Vec<Entered>, setting: Setting<'_>) -> Result<()> {
        for one in ready {
            let on = match &one.invoice {
                Some(number) => {
                    let scope = kernel::Scope::All;
                    let invoice = invoices::fetch(tx, &scope, number, setting.today).await?;
                    let order = order_of(tx, &invoice, setting.today).await?;
                    Some((invoice, order))
                }
                None => None,
            };
            let on = on
                .as_ref()
                .map(|(invoice, order)| (invoice, order.as_ref()));
            let id = post(tx, on, one.asked, setting.by.at).await?;
            if let Some(rebate) = one.rebate {
                rebates::settle(tx, rebate, id).await?;
            }
        }
        Ok(())
    }
}

type Read = (Verdict<Entered>, (Currency, i64));

async fn read(
    tx: &mut Tx,
    desk: &mut Desk,
    document: &Document,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Read>> {
    let Some(row) = document.rows.first() else {
        return Ok(None);
    };
    agree(document, &HEAD, faults);
    let number = row.required_code("number", faults);
    let on = invoice(tx, row, "invoice", setting.today, faults).await?;
    let buyer = customer(tx, row, "customer", setting.today, faults).await?;
    let day = past_day(row, setting.today, faults);
    let kind = kind(row, faults);
    let whom = whom(row, on.as_ref(), buyer.as_ref(), faults);
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
    let total = (gross.currency(), gross.exact()?);
    match recorded(tx, row, &number, (own_customer, day, gross), faults).await? {
        Some(true) => return Ok(Some((Verdict::Same, total))),
        Some(false) => return Ok(None),
        None => {}
    }
    check(row, on.as_ref(), (day, gross), faults);
    let rebate = rebate(tx, row, (own_customer, kind), setting, faults).await?;
    if !faults.is_empty() {
        return Ok(None);
    }
    let given = (on.as_ref(), kind, (gross, rate));
    let Some(about) = about(tx, desk, document, given, setting, faults).await? else {
        return Ok(None);
    };
    let chance = super::chance(setting.by, &["credit note", number.as_str()]);
    let asked = Asked {
        number,
        kind,
        customer: own_customer,
        payer,
        day,
        about,
        reason: row.text("reason").unwrap_or_default().to_owned(),
        chance,
    };
    let invoice = on.map(|invoice| invoice.number);
    let entered = Entered {
        asked,
        invoice,
        rebate,
    };
    Ok(Some((Verdict::New(entered), total)))
}

/// Whether an amount is credited, or lines that came back.
async fn about(
    tx: &mut Tx,
    desk: &mut Desk,
    document: &Document,
    (on, kind, (gross, rate)): (Option<&Invoice>, &str, (Money, Option<Percent>)),
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<About>> {
    if kind != "return" {
        super::only_row(document, faults);
        if let Some(invoice) = on {
            let given = give_amount(tx, desk, invoice, gross).await;
            if or_refused(given, document, faults)?.is_none() {
                return Ok(None);
            }
        }
        return Ok(Some(About::Amount(gross, rate)));
    }
    let Some(invoice) = on else {
        if let Some(row) = document.rows.first() {
            let fault = row.fault("invoice", "Name the invoice of what came back.");
            faults.push(fault.coded("credit_note.no_invoice"));
        }
        return Ok(None);
    };
    let back = came_back(tx, desk, document, (invoice, gross), setting, faults).await?;
    Ok(back.map(About::Lines))
}

/// The agreement of the same customer that the note gives something of.
async fn rebate(
    tx: &mut Tx,
    row: &Row,
    (customer, kind): (CustomerId, &str),
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<RebateId>> {
    let Some(number) = row.text("rebate") else {
        return Ok(None);
    };
    let found = agreement(tx, number, setting).await?;
    let own = found.filter(|one| one.customer_id == customer.get() && one.status != "draft");
    if own.is_none() || kind != "rebate" {
        let shown: String = number.chars().take(60).collect();
        let message = format!(
            "There is no rebate agreement {shown} of this customer in force, or the credit note is of another kind."
        );
        let fault = row.fault("rebate", message).coded("credit_note.rebate");
        faults.push(fault.with("code", shown));
    }
    Ok(own.map(|one| one.rebate()))
}

/// Who bought, who owes, and in which currency they do.
fn whom(
    row: &Row,
    on: Option<&Invoice>,
    buyer: Option<&Customer>,
    faults: &mut Faults,
) -> Option<(CustomerId, CustomerId, String)> {
    if let Some(invoice) = on {
        let currency = invoice.currency.clone();
        return Some((invoice.customer(), invoice.payer(), currency));
    }
    if buyer.is_none() && faults.is_empty() {
        faults.push(
            row.fault("customer", "Name the invoice, or the customer.")
                .coded("credit_note.whom"),
        );
    }
    let buyer = buyer?;
    Some((buyer.customer(), buyer.customer(), buyer.currency.clone()))
}

/// Whether what is recorded under this number is the same; none if nothing is.
async fn recorded(
    tx: &mut Tx,
    row: &Row,
    number: &Code,
    (customer, day, gross): (CustomerId, Date, Money),
    faults: &mut Faults,
) -> Result<Option<bool>> {
    let Some(same) = credit_notes::known(tx, &number.folded()).await? else {
        return Ok(None);
    };
    let currency = gross.currency().code().to_owned();
    let is_same = same == (customer.get(), day.to_string(), currency, gross.minor());
    if !is_same {
        let message = format!(
            "Credit note {number} is already recorded with another customer, date or amount. A file does not rewrite it."
        );
        faults.push(
            row.fault("number", message)
                .coded("document.differs")
                .with("number", number),
        );
    }
    Ok(Some(is_same))
}

/// The lines that came back, with quantities in millionths; together they are the amount.
async fn came_back(
    tx: &mut Tx,
    desk: &mut Desk,
    document: &Document,
    (invoice, gross): (&Invoice, Money),
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Vec<(i64, i64)>>> {
    let mut lines = Vec::with_capacity(document.rows.len());
    for row in &document.rows {
        let line = row.required_whole("invoice_line", faults);
        let quantity = row.required_quantity("quantity", faults);
        lines.extend(line.zip(quantity.map(kernel::Quantity::millionths)));
    }
    if !faults.is_empty() {
        return Ok(None);
    }
    let order = order_of(tx, invoice, setting.today).await?;
    let worth = worth_back(tx, desk, (invoice, order.as_ref()), &lines).await;
    let Some(worth) = or_refused(worth, document, faults)? else {
        return Ok(None);
    };
    if worth != gross
        && let Some(first) = document.rows.first()
    {
        let message = format!(
            "Its lines are worth {} with tax, not {}.",
            worth.decimal(),
            gross.decimal()
        );
        faults.push(
            first
                .fault("amount_gross", message)
                .coded("document.sum")
                .with("sum", worth.decimal()),
        );
    }
    *desk.given(tx, invoice).await? += worth.minor();
    Ok(Some(lines))
}

fn kind(row: &Row, faults: &mut Faults) -> Option<&'static str> {
    let word = row.text("kind").unwrap_or("price");
    let found = KINDS.into_iter().find(|own| *own == word);
    if found.is_none() {
        let message = format!("“{word}” is not one of {}.", KINDS.join(", "));
        faults.push(
            row.fault("kind", message)
                .coded("word.unknown")
                .with("words", KINDS.join(", ")),
        );
    }
    found
}

fn check(row: &Row, on: Option<&Invoice>, (day, gross): (Date, Money), faults: &mut Faults) {
    if gross.minor() <= 0 {
        faults.push(
            row.fault("amount_gross", "A credit note is above zero.")
                .coded("amount.positive"),
        );
    }
    let Some(invoice) = on else { return };
    if invoice.currency != gross.currency().code() {
        let message = format!("Invoice {} is in {}.", invoice.number, invoice.currency);
        faults.push(
            row.fault("currency", message)
                .coded("document.currency")
                .with("currency", &invoice.currency),
        );
    }
    if day < invoice.date() {
        let message = format!("Invoice {} is of {}.", invoice.number, invoice.date());
        faults.push(
            row.fault("date", message)
                .coded("date.before")
                .with("day", invoice.date()),
        );
    }
    if invoice.status == "cancelled" {
        let message = format!("Invoice {} is cancelled.", invoice.number);
        faults.push(
            row.fault("invoice", message)
                .coded("invoice.cancelled")
                .with("number", &invoice.number),
        );
    }
}
