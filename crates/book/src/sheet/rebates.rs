//! Rebate agreements from files: one row for each tier.
//!
//! An agreement that is recorded already must be the same agreement. What was given of it stands in the
//! file of credit notes, which name it.

use db::{Result, Tx};
use kernel::{Currency, Percent, Scope};
use org::{
    sheet::{
        documents::{Documents, Judged, Setting, Verdict},
        or_fault, refer,
    },
    store::company,
};
use sheet::{Document, Faults, Row};

use super::reading::{agree, blame, is_rewritten, judged, note, one_of, or_none, texts};
use crate::{
    CustomerId,
    course::REBATE,
    pricing::accept_span,
    rebate::{Method, Tier, accept_tiers},
    store::{
        entered,
        named::{self, ByCode},
        rebates::{self, NewRebate, Rebate, Terms},
    },
    web::accepted,
};

/// The rebate agreements of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rebates;

/// An agreement to be recorded, and the state it is in.
#[derive(Debug)]
pub(super) struct Entered {
    new: NewRebate,
    status: &'static str,
}

/// What all rows of one agreement agree in.
const HEAD: [&str; 7] = [
    "customer", "currency", "from", "to", "method", "status", "note",
];

impl Documents for Rebates {
    const KEY: &'static str = "number";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
        let customers = named::customers(tx, &texts(batch, "customer")).await?;
        let base = company::expect(tx).await?.currency;
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let entered = read(document, (&customers, base), &mut faults);
            let verdict = match entered.filter(|_| faults.is_empty()) {
                Some(entered) => verdict(tx, document, entered, setting, &mut faults).await?,
                None => None,
            };
            found.push(judged(verdict, None, faults));
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, ready: Vec<Entered>, setting: Setting<'_>) -> Result<()> {
        for one in ready {
            entered::rebate(tx, &one.new, one.status, setting.by.at).await?;
        }
        Ok(())
    }
}

fn read(
    document: &Document,
    (customers, base): (&ByCode<CustomerId>, Currency),
    faults: &mut Faults,
) -> Option<Entered> {
    agree(document, &HEAD, faults);
    let first = document.rows.first()?;
    let number = first.required_code("number", faults);
    first.required_text("customer", faults);
    let customer = refer(first, "customer", "customer", customers, faults);
    let currency = match first.text("currency") {
        Some(_) => first.currency("currency", faults),
        None => Some(base),
    };
    let from = first.required_date("from", faults);
    let to = first.required_date("to", faults);
    let method = first.required_read("method", faults, Method::parse);
    let status = one_of(first, "status", REBATE.states, faults);
    let note = note(first, "note", faults);
    let currency = currency?;
    let rows = document.rows.iter();
    let mut tiers: Vec<Tier> = rows.filter_map(|row| tier(row, currency, faults)).collect();
    tiers.sort_by_key(|tier| tier.from_minor);
    if tiers.len() == document.rows.len()
        && let Err(no) = accept_tiers(&tiers)
    {
        blame(document, no, faults);
    }
    let (from, to) = (from?, to?);
    or_fault(first, "to", accept_span(from, Some(to)), faults)?;
    Some(Entered {
        new: NewRebate {
            number: number?,
            customer: customer?.id,
            currency,
            note: note?,
            terms: Terms {
                days: (from, to),
                method: method?,
                tiers,
            },
        },
        status: status?,
    })
}

fn tier(row: &Row, currency: Currency, faults: &mut Faults) -> Option<Tier> {
    let from = row.required_money("from_net", currency, faults);
    let percent: Option<Percent> = row.required_read("percent", faults, accepted::percent);
    let from = from?;
    if from.minor() < 0 {
        let message = format!("{} is below zero.", from.decimal());
        faults.push(row.fault("from_net", message).coded("amount.negative"));
    }
    Some(Tier {
        from_minor: from.minor(),
        percent: percent?,
    })
}

async fn verdict(
    tx: &mut Tx,
    document: &Document,
    entered: Entered,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Verdict<Entered>>> {
    let number = entered.new.number.as_str();
    let Some(old) = agreement(tx, number, setting).await? else {
        return Ok(Some(Verdict::New(entered)));
    };
    let terms = rebates::terms(tx, &old, i64::MAX).await?;
    let new = &entered.new;
    let is_same = old.customer_id == new.customer.get()
        && old.currency == new.currency.code()
        && old.note == new.note
        && terms == new.terms;
    if is_same {
        return Ok(Some(Verdict::Same));
    }
    is_rewritten(document, number, faults);
    Ok(None)
}

/// The agreement of a number, wherever it is.
pub(super) async fn agreement(
    tx: &mut Tx,
    number: &str,
    setting: Setting<'_>,
) -> Result<Option<Rebate>> {
    or_none(rebates::fetch(tx, &Scope::All, number, setting.today).await)
}
