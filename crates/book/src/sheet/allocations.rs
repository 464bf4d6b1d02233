//! Allocations from a file: which payment settles how much of which invoice.

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Money, Scope};
use org::sheet::{
    documents::{Documents, Judged, Setting, Verdict},
    or_fault,
};
use sheet::{Document, Faults, Row};

use super::reading::{invoice, judged, or_refused, past_day};
use crate::{
    posting::{
        desk::Desk,
        settling::{self, From, Wanted, draw, write},
    },
    store::{
        allocations::{self, Allocation, NewAllocation, Source},
        invoices::Invoice,
        payments::{self, Payment},
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
    let known = allocations::of_source(tx, source).await?;
    let mut drawn = Vec::new();
    let mut total: i64 = 0;
    for row in &document.rows {
        let Some(asked) = Asked::read(tx, row, &payment, setting, faults).await? else {
            continue;
        };
        total = total.saturating_add(asked.taken.exact()?);
        if !known.iter().any(|one| asked.is(one))
            && is_own(row, &asked.invoice, payment.payer_id, faults)
        {
            let one = asked.draw(tx, desk, &payment, setting).await;
            let own = Document {
                rows: vec![row.clone()],
            };
            drawn.extend(or_refused(one, &own, faults)?);
        }
    }
    let verdict = if drawn.is_empty() {
        Verdict::Same
    } else {
        Verdict::New(drawn)
    };
    Ok(Some((verdict, (currency, total))))
}

/// What a row asks for.
struct Asked {
    invoice: Invoice,
    kind: &'static str,
    amount: Money,
    taken: Money,
    day: Date,
}

impl Asked {
    async fn read(
        tx: &mut Tx,
        row: &Row,
        payment: &Payment,
        setting: Setting<'_>,
        faults: &mut Faults,
    ) -> Result<Option<Asked>> {
        row.required_text("invoice", faults);
        let kind = kind(row, faults);
        let Some(invoice) = invoice(tx, row, "invoice", setting.today, faults).await? else {
            return Ok(None);
        };
        let amount = row.required_money("amount", invoice.money()?, faults);
        let day = match row.text("date") {
            Some(_) => past_day(row, setting.today, faults),
            None => Some(invoice.date().max(payment.date())),
        };
        let (Some(amount), Some(day)) = (amount, day) else {
            return Ok(None);
        };
        let taken = taken(row, kind, (amount, payment.money()?), faults);
        Ok(taken.map(|taken| Asked {
            invoice,
            kind,
            amount,
            taken,
            day,
        }))
    }

    fn is(&self, one: &Allocation) -> bool {
        one.invoice_id == self.invoice.id
            && one.kind == self.kind
            && one.valid_from == self.day.to_string()
            && one.amount_minor == self.amount.minor()
            && one.source_minor == self.taken.minor()
            && one.valid_to.is_none()
    }

    async fn draw(
        &self,
        tx: &mut Tx,
        desk: &mut Desk,
        payment: &Payment,
        setting: Setting<'_>,
    ) -> Result<NewAllocation> {
        let name = format!("Payment {}", payment.reference);
        let whole = Money::of_minor(payment.amount_minor, payment.money()?);
        let from = From::payment(payment.payment(), &name, whole, payment.date());
        let day = self.day.to_string();
        let names = [name.as_str(), &self.invoice.number, &day, self.kind];
        let wanted = Wanted {
            amount: self.amount,
            taken: self.taken,
            kind: self.kind,
            day: self.day,
            chance: super::chance(setting.by, &names),
        };
        draw(tx, desk, &self.invoice, from, wanted).await
    }
}

/// How an invoice is settled from a payment.
const KINDS: [&str; 3] = ["cash", "discount", "difference"];

fn kind(row: &Row, faults: &mut Faults) -> &'static str {
    let word = row.text("kind").unwrap_or("cash");
    let found = KINDS.into_iter().find(|own| *own == word);
    found.unwrap_or_else(|| {
        let message = format!("“{word}” is not one of {}.", KINDS.join(", "));
        faults.push(
            row.fault("kind", message)
                .coded("word.unknown")
                .with("words", KINDS.join(", ")),
        );
        "cash"
    })
}

/// How much of the payment it takes: nothing where a discount or difference settles.
fn taken(
    row: &Row,
    kind: &str,
    (amount, currency): (Money, Currency),
    faults: &mut Faults,
) -> Option<Money> {
    if kind != "cash" {
        return Some(Money::zero(currency));
    }
    let given = row.text("source_amount");
    or_fault(
        row,
        "source_amount",
        settling::taken(amount, currency, given),
        faults,
    )
}

/// A payment settles what its payer owes.
fn is_own(row: &Row, invoice: &Invoice, payer: i64, faults: &mut Faults) -> bool {
    if invoice.payer_id == payer || invoice.customer_id == payer {
        return true;
    }
    let message = format!(
        "Invoice {} is owed by {}; the payment is another's.",
        invoice.number, invoice.payer_code
    );
    faults.push(row.fault("invoice", message).coded("payment.payer"));
    false
}
