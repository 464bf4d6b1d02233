//! Products with their prices, from a file. A price that differs holds from today on.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Price};
use org::{
    api::accept_name,
    sheet::{Firsts, Read},
    store::company,
};
use sheet::{Faults, Outcome, Row, Sheet};

use super::groups::Named;
use crate::store::{
    groups::Of,
    products::{self, Fields, Recorded},
};

/// A row as it was read.
struct Wanted {
    code: Code,
    name: String,
    name_local: Option<String>,
    /// Folded.
    group: Option<String>,
    list_price: Option<Price>,
    cost: Option<Price>,
    currency: Option<Currency>,
}

pub(super) async fn import(
    tx: &mut Tx,
    sheet: &Sheet,
    now: Timestamp,
    today: Date,
) -> Result<Read> {
    let recorded = products::recorded(tx, today).await?;
    let mut named = Named::load(tx, Of::Products).await?;
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        if let Some(mut product) = read(row, &mut named, &mut faults) {
            // A file may name a product by a code it had before.
            let there = recorded.get(&product.code.folded());
            if let Some(Ok(code)) = there.map(|there| Code::parse(&there.code)) {
                product.code = code;
            }
            firsts.note(&product.code.folded(), row, "code", &mut faults);
            check_currency(row, &product, &recorded, &mut faults);
            wanted.push(product);
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let groups = named.settle(tx).await?;
    let mut outcome = Outcome::default();
    for product in wanted {
        let group = product
            .group
            .as_ref()
            .and_then(|code| groups.get(code))
            .copied();
        match recorded.get(&product.code.folded()) {
            None => {
                add(tx, product, group, (now, today)).await?;
                outcome.added += 1;
            }
            Some(old) if change(tx, product, group, old, (now, today)).await? => {
                outcome.changed += 1;
            }
            Some(_) => outcome.unchanged += 1,
        }
    }
    Ok(Ok(outcome))
}

fn read(row: &Row, named: &mut Named, faults: &mut Faults) -> Option<Wanted> {
    let code = row.required_code("code", faults);
    let name = row.required_read("name", faults, |text| accept_name(text, "name"));
    let name_local = row.read("name_local", faults, |text| accept_name(text, "name_local"));
    let group = named.of_row(row, faults);
    let list_price = price(row, "list_price", faults);
    let cost = price(row, "cost", faults);
    let currency = row.currency("currency", faults);
    Some(Wanted {
        code: code?,
        name: name?,
        name_local,
        group,
        list_price,
        cost,
        currency,
    })
}

fn price(row: &Row, column: &str, faults: &mut Faults) -> Option<Price> {
    let price = row.price(column, faults)?;
    if price < Price::ZERO {
        faults.push(
            row.fault(column, format!("{price} is below zero."))
                .coded("amount.negative"),
        );
    }
    Some(price)
}

/// Prices already recorded would become others without a word.
fn check_currency(
    row: &Row,
    product: &Wanted,
    recorded: &BTreeMap<String, Recorded>,
    faults: &mut Faults,
) {
    let old = recorded.get(&product.code.folded());
    if let (Some(old), Some(new)) = (old, product.currency)
        && old.currency != new.code()
    {
        let message = format!(
            "{} has its prices in {}. A file does not change the currency.",
            old.code, old.currency
        );
        faults.push(row.fault("currency", message).coded("price.currency"));
    }
}

async fn add(
    tx: &mut Tx,
    product: Wanted,
    group: Option<i64>,
    (now, today): (Timestamp, Date),
) -> Result<()> {
    let currency = match product.currency {
        Some(currency) => currency,
        None => company::expect(tx).await?.currency,
    };
    let fields = Fields {
        code: product.code,
        name: product.name,
        name_local: product.name_local,
        group,
        currency,
    };
    let id = products::add(tx, &fields).await?;
    if product.list_price.is_some() || product.cost.is_some() {
        products::set_price(tx, id, product.list_price, product.cost, today, now).await?;
    }
    Ok(())
}

async fn change(
    tx: &mut Tx,
    product: Wanted,
    group: Option<i64>,
    old: &Recorded,
    (now, today): (Timestamp, Date),
) -> Result<bool> {
    let id = crate::ProductId::of(old.id);
    let old_price = old.list_price.map(Price::of_millionths);
    let old_cost = old.cost.map(Price::of_millionths);
    let prices = (product.list_price.or(old_price), product.cost.or(old_cost));
    let fields = Fields {
        code: product.code,
        name: product.name,
        name_local: product.name_local.or_else(|| old.name_local.clone()),
        group: group.or(old.group_id),
        currency: Currency::parse(&old.currency)?,
    };
    let renamed = (&fields.name, &fields.name_local, fields.group)
        != (&old.name, &old.name_local, old.group_id);
    let priced = prices != (old_price, old_cost);
    if renamed {
        products::save(tx, id, &fields, old.version).await?;
    }
    if priced {
        products::set_price(tx, id, prices.0, prices.1, today, now).await?;
    }
    Ok(renamed || priced)
}
