//! What orders called off of framework contracts, from files: one row for each line of an order.
//!
//! It is history that is told: a contract that was called off further than agreed stays so.

use db::{Result, Tx};
use org::sheet::documents::{Documents, Judged, Setting, Verdict};
use sheet::{Document, Faults, Row};

use super::{
    frameworks::contract,
    reading::{judged, or_refused, order},
};
use crate::{
    FrameworkId, OrderId,
    framework::accept_day,
    store::{
        entered,
        frameworks::{self, CallOff, Framework},
        orders::{self, Order},
    },
};

/// The call-offs of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallOffs;

/// Lines of an order, and the line of a contract each of them names.
#[derive(Debug)]
pub(super) struct Entered {
    order: OrderId,
    counts: bool,
    lines: Vec<(i64, FrameworkId, i64)>,
}

impl Documents for CallOffs {
    const KEY: &'static str = "order";
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
            found.push(judged(read, None, faults));
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, ready: Vec<Entered>, _setting: Setting<'_>) -> Result<()> {
        for one in ready {
            entered::call_offs(tx, (one.order, one.counts), &one.lines).await?;
        }
        Ok(())
    }
}

async fn read(
    tx: &mut Tx,
    document: &Document,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Verdict<Entered>>> {
    let Some(first) = document.rows.first() else {
        return Ok(None);
    };
    first.required_text("order", faults);
    let Some(order) = order(tx, first, "order", setting.today, faults).await? else {
        return Ok(None);
    };
    let recorded = frameworks::of_order(tx, order.order()).await?;
    let mut lines = Vec::new();
    let mut known = 0;
    for row in &document.rows {
        let Some((line, named)) = one(tx, (row, &order), setting, faults).await? else {
            continue;
        };
        if lines.iter().any(|(other, _, _)| *other == line) {
            let message = format!("Line {line} of order {} is named twice.", order.number);
            faults.push(row.fault("line", message).coded("call_off.twice"));
        }
        if let Some(old) = recorded.iter().find(|old| old.line == line) {
            known += 1;
            accept_same(row, &order, (old, &named), faults);
            continue;
        }
        lines.push((line, named.0, named.1));
    }
    if !faults.is_empty() {
        return Ok(None);
    }
    if known != 0 && lines.is_empty() {
        return Ok(Some(Verdict::Same));
    }
    Ok(Some(Verdict::New(Entered {
        order: order.order(),
        counts: orders::earns(&order.status),
        lines,
    })))
}

/// What a row says: the order's line, and the line of the contract.
async fn one(
    tx: &mut Tx,
    (row, order): (&Row, &Order),
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<(i64, (FrameworkId, i64))>> {
    let line = row.required_whole("line", faults);
    let number = row.required_code("contract", faults);
    let agreed = row.required_whole("contract_line", faults);
    let (Some(line), Some(number), Some(agreed)) = (line, number, agreed) else {
        return Ok(None);
    };
    let Some(contract) = contract(tx, &number, setting).await? else {
        let message = format!("There is no framework contract {number}.");
        let fault = row.fault("contract", message).coded("reference.unknown");
        faults.push(fault.with("code", &number));
        return Ok(None);
    };
    if contract.customer_id != order.customer_id || contract.currency != order.currency {
        let message = format!(
            "Contract {number} is of another customer or in another currency than order {}.",
            order.number
        );
        faults.push(row.fault("contract", message).coded("call_off.other"));
        return Ok(None);
    }
    let fits = accept_day(&contract.number, contract.days(), order.date());
    let only = Document {
        rows: vec![row.clone()],
    };
    or_refused(fits.map_err(Into::into), &only, faults)?;
    accept_lines(tx, (row, order, line), (&contract, agreed), faults).await?;
    Ok(Some((line, (contract.framework(), agreed))))
}

/// Both lines are there, and of the same product.
async fn accept_lines(
    tx: &mut Tx,
    (row, order, line): (&Row, &Order, i64),
    (contract, agreed): (&Framework, i64),
    faults: &mut Faults,
) -> Result<()> {
    let lines = orders::lines(tx, order.order()).await?;
    let bought = lines.iter().find(|one| one.line == line);
    let Some(bought) = bought else {
        let message = format!("Order {} has no line {line}.", order.number);
        faults.push(row.fault("line", message).coded("call_off.line"));
        return Ok(());
    };
    let lines = frameworks::lines(tx, contract.framework()).await?;
    let same = lines
        .iter()
        .any(|one| one.line == agreed && one.product_code == bought.product_code);
    if !same {
        let message = format!(
            "Contract {} has no line {agreed} of {}.",
            contract.number, bought.product_code
        );
        faults.push(row.fault("contract_line", message).coded("call_off.line"));
    }
    Ok(())
}

fn accept_same(
    row: &Row,
    order: &Order,
    (old, named): (&CallOff, &(FrameworkId, i64)),
    faults: &mut Faults,
) {
    if (old.framework_id, old.framework_line) != (named.0.get(), named.1) {
        let message = format!(
            "Line {} of order {} calls off line {} of contract {} already. A file does not rewrite it.",
            old.line, order.number, old.framework_line, old.framework_number
        );
        faults.push(row.fault("contract", message).coded("document.differs"));
    }
}
