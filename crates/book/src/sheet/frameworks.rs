//! Framework contracts from files: one row for each line that was agreed on.
//!
//! A contract that is recorded already must be the same contract; a file never rewrites one. What orders
//! called off of it stands in the file of call-offs.

use std::collections::BTreeSet;

use db::{Result, Tx};
use kernel::{Code, Currency, Percent, Quantity, Scope};
use org::{
    sheet::{
        documents::{Documents, Judged, Setting, Verdict},
        or_fault, refer,
    },
    store::company,
};
use sheet::{Document, Faults, Row};

use super::reading::{agree, in_sequence, is_rewritten, judged, note, one_of, or_none, texts};
use crate::{
    CustomerId, ProductId,
    course::FRAMEWORK,
    order::accept_count,
    pricing::accept_span,
    store::{
        entered,
        frameworks::{self, Framework, NewFramework, NewLine},
        named::{self, ByCode},
    },
    web::accepted,
};

/// The framework contracts of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frameworks;

/// A contract to be recorded, and the state it is in.
#[derive(Debug)]
pub(super) struct Entered {
    new: NewFramework,
    status: &'static str,
}

/// What all rows of one contract agree in.
const HEAD: [&str; 7] = [
    "customer",
    "currency",
    "from",
    "to",
    "tolerance_percent",
    "status",
    "note",
];

/// What the rows refer to.
struct Known {
    customers: ByCode<CustomerId>,
    products: ByCode<ProductId>,
    base: Currency,
}

impl Documents for Frameworks {
    const KEY: &'static str = "number";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
        let known = Known {
            customers: named::customers(tx, &texts(batch, "customer")).await?,
            products: named::products(tx, &texts(batch, "product")).await?,
            base: company::expect(tx).await?.currency,
        };
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let entered = known.read(document, &mut faults);
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
            entered::framework(tx, &one.new, one.status, setting.by.at).await?;
        }
        Ok(())
    }
}

impl Known {
    fn read(&self, document: &Document, faults: &mut Faults) -> Option<Entered> {
        agree(document, &HEAD, faults);
        let document = &in_sequence(document, "line", faults);
        let first = document.rows.first()?;
        let count = accept_count(document.rows.len(), "framework.lines");
        or_fault(first, "number", count, faults);
        let number = first.required_code("number", faults);
        first.required_text("customer", faults);
        let customer = refer(first, "customer", "customer", &self.customers, faults);
        let currency = match first.text("currency") {
            Some(_) => first.currency("currency", faults),
            None => Some(self.base),
        };
        let from = first.required_date("from", faults);
        let to = first.date("to", faults);
        let tolerance = first.read("tolerance_percent", faults, accepted::percent);
        let status = one_of(first, "status", FRAMEWORK.states, faults);
        let note = note(first, "note", faults);
        let rows = document.rows.iter();
        let lines: Vec<NewLine> = rows.filter_map(|row| self.line(row, faults)).collect();
        or_fault(first, "to", accept_span(from?, to), faults)?;
        Some(Entered {
            new: NewFramework {
                number: number?,
                customer: customer?.id,
                currency: currency?,
                days: (from?, to),
                tolerance: tolerance.unwrap_or(Percent::ZERO),
                note: note?,
                lines,
            },
            status: status?,
        })
    }

    fn line(&self, row: &Row, faults: &mut Faults) -> Option<NewLine> {
        row.required_text("product", faults);
        let product = refer(row, "product", "product", &self.products, faults);
        let unit_price = row.required_read("unit_price", faults, accepted::price);
        let quantity = above_zero(row, "quantity", faults);
        let value = above_zero(row, "value", faults);
        if row.text("quantity").is_none() && row.text("value").is_none() {
            let message = "Agree on a quantity, a value, or both.";
            faults.push(row.fault("quantity", message).coded("framework.amount"));
        }
        Some(NewLine {
            product: product?.id,
            unit_price: unit_price?,
            quantity: quantity.map(Quantity::millionths),
            value_exact: value.map(Quantity::millionths),
        })
    }
}

fn above_zero(row: &Row, column: &str, faults: &mut Faults) -> Option<Quantity> {
    let amount = row.quantity(column, faults)?;
    if amount <= Quantity::ZERO {
        let message = format!("{amount} is not above zero.");
        faults.push(row.fault(column, message).coded("framework.amount"));
        return None;
    }
    Some(amount)
}

async fn verdict(
    tx: &mut Tx,
    document: &Document,
    entered: Entered,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Verdict<Entered>>> {
    let number = entered.new.number.as_str();
    let old = or_none(frameworks::fetch(tx, &Scope::All, number, setting.today).await)?;
    let Some(old) = old else {
        return Ok(Some(Verdict::New(entered)));
    };
    if is_same(tx, &old, &entered.new).await? {
        return Ok(Some(Verdict::Same));
    }
    is_rewritten(document, number, faults);
    Ok(None)
}

async fn is_same(tx: &mut Tx, old: &Framework, new: &NewFramework) -> Result<bool> {
    let lines = frameworks::lines(tx, old.framework()).await?;
    let codes: BTreeSet<String> = lines
        .iter()
        .map(|line| line.product_code.to_ascii_lowercase())
        .collect();
    let products = named::products(tx, &codes).await?;
    let recorded = lines.iter().map(|line| {
        let product = products.get(&line.product_code.to_ascii_lowercase());
        let product = product.map(|product| product.id);
        (product, line.unit_price, line.quantity, line.value_exact)
    });
    let wanted = new.lines.iter().map(|line| {
        let price = line.unit_price.millionths();
        (Some(line.product), price, line.quantity, line.value_exact)
    });
    let is_alike = old.customer_id == new.customer.get()
        && old.currency == new.currency.code()
        && old.days() == new.days
        && old.tolerance == new.tolerance.millionths()
        && old.note == new.note;
    Ok(is_alike && recorded.eq(wanted))
}

/// The contract of a number, wherever it is.
pub(super) async fn contract(
    tx: &mut Tx,
    number: &Code,
    setting: Setting<'_>,
) -> Result<Option<Framework>> {
    or_none(frameworks::fetch(tx, &Scope::All, number.as_str(), setting.today).await)
}
