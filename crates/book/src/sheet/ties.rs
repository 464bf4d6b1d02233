//! Whom customers belong to and who pays for them, from files: with the days of before and of later.
//!
//! A row takes the place of others on its days; what is so already stays.

use db::{Result, Tx};
use jiff::Timestamp;
use kernel::times::BEGINNING;
use org::sheet::{Read, refer};
use sheet::{Faults, Outcome, Row, Sheet};

use super::{reading::column_texts, spells::Days};
use crate::{
    CustomerId,
    store::{
        named::{self, ByCode},
        ties::{self, Kind, Tie},
    },
};

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet, now: Timestamp) -> Result<Read> {
    let mut codes = column_texts(sheet, "customer");
    codes.append(&mut column_texts(sheet, "other"));
    let customers = named::customers(tx, &codes).await?;
    let mut faults = Faults::new();
    let mut outcome = Outcome::default();
    for row in &sheet.rows {
        // A circle shows only once the rows above are in; a fault takes all of them back.
        if let Some(tie) = read(row, &customers, &mut faults) {
            settle(tx, row, &tie, (now, &mut outcome), &mut faults).await?;
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    Ok(Ok(outcome))
}

fn read(row: &Row, customers: &ByCode<CustomerId>, faults: &mut Faults) -> Option<Tie> {
    row.required_text("customer", faults);
    row.required_text("other", faults);
    let customer = refer(row, "customer", "customer", customers, faults);
    let other = refer(row, "other", "customer", customers, faults);
    let kind = row.required_text("kind", faults).and_then(Kind::parse);
    if kind.is_none() && row.text("kind").is_some() {
        let fault = row.fault("kind", "It is parent or payer.");
        faults.push(fault.coded("word.unknown").with("words", "parent, payer"));
    }
    let days = Days::read(row, faults);
    let days = days?;
    Some(Tie {
        customer: customer?.id,
        kind: kind?,
        other: other?.id,
        from: days.from.unwrap_or(BEGINNING),
        to: days.to,
    })
}

async fn settle(
    tx: &mut Tx,
    row: &Row,
    tie: &Tie,
    (now, outcome): (Timestamp, &mut Outcome),
    faults: &mut Faults,
) -> Result<()> {
    let held = ties::touching(tx, tie.customer).await?;
    if held.contains(tie) {
        outcome.unchanged += 1;
        return Ok(());
    }
    if tie.other == tie.customer || ties::leads_back(tx, tie).await? {
        let message = "It would stand above itself, or pay for whoever pays for it.";
        faults.push(row.fault("other", message).coded("customer.circle"));
        return Ok(());
    }
    let meets = |one: &Tie| {
        one.customer == tie.customer
            && one.kind == tie.kind
            && one.to.is_none_or(|end| tie.from < end)
            && tie.to.is_none_or(|end| one.from < end)
    };
    if held.iter().any(meets) {
        outcome.changed += 1;
    } else {
        outcome.added += 1;
    }
    let place = (tie.customer, tie.kind);
    ties::make_room(tx, place, tie.from, tie.to, now).await?;
    ties::add(tx, tie, now).await
}
