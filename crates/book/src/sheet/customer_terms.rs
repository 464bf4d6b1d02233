//! What customers pay by, from files: with the days of before and of later.
//!
//! A row takes the place of others on its days; what is so already stays. A row that names neither terms
//! nor a number of days says that nothing is agreed then.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::Timestamp;
use kernel::times::BEGINNING;
use org::sheet::{Read, or_fault, refer};
use sheet::{Faults, Outcome, Row, Sheet};

use super::{reading::column_texts, spells::Days};
use crate::{
    CustomerId, TermsId,
    store::{
        customer_terms::{self, Agreed, Spell},
        named::{self, ByCode},
        terms,
    },
    web::accepted,
};

/// Payment terms by folded code.
pub(super) type Known = BTreeMap<String, TermsId>;

/// A row as it was read.
struct Wanted {
    customer: CustomerId,
    agreed: Option<Agreed>,
    days: Days,
}

pub(super) async fn known(tx: &mut Tx) -> Result<Known> {
    let all = terms::all(tx).await?.into_iter();
    let by_code = all.map(|one| (one.code.to_ascii_lowercase(), one.terms()));
    Ok(by_code.collect())
}

/// What the cells of a row say it pays by: named terms or a number of days in the column `days`.
pub(super) fn agreed(
    row: &Row,
    days: &'static str,
    known: &Known,
    faults: &mut Faults,
) -> Option<Agreed> {
    let named = refer(row, "payment_terms", "payment terms", known, faults);
    let number = row.whole(days, faults);
    let number =
        number.and_then(|number| or_fault(row, days, accepted::terms_days(number), faults));
    if row.text("payment_terms").is_some() && row.text(days).is_some() {
        let message = "Name payment terms or say a number of days, not both.";
        faults.push(row.fault(days, message).coded("terms.both"));
    }
    named.map(Agreed::Named).or(number.map(Agreed::Days))
}

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet, now: Timestamp) -> Result<Read> {
    let customers = named::customers(tx, &column_texts(sheet, "customer")).await?;
    let known = known(tx).await?;
    let mut faults = Faults::new();
    let rows = sheet.rows.iter();
    let wanted: Vec<Wanted> = rows
        .filter_map(|row| read(row, &customers, &known, &mut faults))
        .collect();
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let mut outcome = Outcome::default();
    for one in &wanted {
        settle(tx, one, (now, &mut outcome)).await?;
    }
    Ok(Ok(outcome))
}

fn read(
    row: &Row,
    customers: &ByCode<CustomerId>,
    known: &Known,
    faults: &mut Faults,
) -> Option<Wanted> {
    row.required_text("customer", faults);
    let customer = refer(row, "customer", "customer", customers, faults);
    let agreed = agreed(row, "days", known, faults);
    let days = Days::read(row, faults);
    Some(Wanted {
        customer: customer?.id,
        agreed,
        days: days?,
    })
}

async fn settle(
    tx: &mut Tx,
    wanted: &Wanted,
    (now, outcome): (Timestamp, &mut Outcome),
) -> Result<()> {
    let (from, to) = (wanted.days.from.unwrap_or(BEGINNING), wanted.days.to);
    let held = customer_terms::of_customer(tx, wanted.customer).await?;
    let meets =
        |one: &&Spell| one.to.is_none_or(|end| from < end) && to.is_none_or(|end| one.from < end);
    let is_held = held.iter().any(|one| meets(&one));
    let new = wanted.agreed.map(|agreed| Spell {
        customer: wanted.customer,
        agreed,
        from,
        to,
    });
    let is_so = match &new {
        Some(new) => held.contains(new),
        None => !is_held,
    };
    if is_so {
        outcome.unchanged += 1;
        return Ok(());
    }
    if is_held {
        outcome.changed += 1;
    } else {
        outcome.added += 1;
    }
    customer_terms::make_room(tx, wanted.customer, from, to, now).await?;
    customer_terms::add_many(tx, new.as_slice(), now).await
}
