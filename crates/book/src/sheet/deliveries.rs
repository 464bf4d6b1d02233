//! Deliveries and returns from a file: one row for each line.

use db::{Result, Tx};
use org::sheet::documents::{Documents, Judged, Setting, Verdict};
use sheet::{Document, Faults};

use super::reading::{agree, judged, or_refused, order, past_day};
use crate::{
    posting::{
        deliveries::{Asked, Drawn, draw, write},
        desk::Desk,
    },
    store::deliveries,
};

/// The deliveries and returns of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deliveries;

impl Documents for Deliveries {
    const KEY: &'static str = "number";
    type Ready = Drawn;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Drawn>>> {
        let mut desk = Desk::default();
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let read = read(tx, &mut desk, document, setting, &mut faults).await?;
            found.push(judged(read, None, faults));
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, ready: Vec<Drawn>, _setting: Setting<'_>) -> Result<()> {
        for drawn in &ready {
            write(tx, drawn).await?;
        }
        Ok(())
    }
}

async fn read(
    tx: &mut Tx,
    desk: &mut Desk,
    document: &Document,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Verdict<Drawn>>> {
    let Some(first) = document.rows.first() else {
        return Ok(None);
    };
    agree(document, &["order", "date", "kind", "note"], faults);
    let number = first.required_code("number", faults);
    first.required_text("order", faults);
    let order = order(tx, first, "order", setting.today, faults).await?;
    let day = past_day(first, setting.today, faults);
    let is_return = match first.text("kind") {
        None | Some("delivery") => false,
        Some("return") => true,
        Some(_) => {
            faults.push(
                first
                    .fault("kind", "It is a delivery or a return.")
                    .coded("word.unknown")
                    .with("words", "delivery, return"),
            );
            false
        }
    };
    let mut lines = Vec::with_capacity(document.rows.len());
    for row in &document.rows {
        let line = row.required_whole("line", faults);
        let quantity = row.required_quantity("quantity", faults);
        lines.extend(line.zip(quantity.map(kernel::Quantity::millionths)));
    }
    let (Some(number), Some(order), Some(day)) = (number, order, day) else {
        return Ok(None);
    };
    if !faults.is_empty() {
        return Ok(None);
    }
    if let Some(same) = deliveries::known(tx, &number.folded()).await? {
        let is_same = same.order_id == order.id
            && same.day == day.to_string()
            && same.is_return() == is_return
            && same_lines(tx, &same, &lines).await?;
        if is_same {
            return Ok(Some(Verdict::Same));
        }
        let message =
            format!("{number} is already recorded otherwise. A file does not rewrite it.");
        faults.push(
            first
                .fault("number", message)
                .coded("document.differs")
                .with("number", number),
        );
        return Ok(None);
    }
    let asked = Asked {
        number,
        is_return,
        day,
        note: first.text("note").unwrap_or_default().to_owned(),
        lines,
        may_exceed: true,
    };
    let drawn = draw(tx, desk, &order, asked, setting.by.at).await;
    Ok(or_refused(drawn, document, faults)?.map(Verdict::New))
}

async fn same_lines(
    tx: &mut Tx,
    known: &deliveries::Delivery,
    lines: &[(i64, i64)],
) -> Result<bool> {
    let recorded = deliveries::lines(tx, known.delivery()).await?;
    let recorded = recorded.iter().map(|line| (line.order_line, line.quantity));
    Ok(recorded.eq(lines.iter().copied()))
}
