//! Payment terms from files: one row for each part, and the file of them.
//!
//! Terms that are there take the file's parts; invoices that were written keep their days.

use std::collections::BTreeMap;

use db::{Result, Tx};
use kernel::{Code, Percent, Refusal};
use org::{
    api::accept_name,
    sheet::{
        documents::{Documents, Judged, Setting, Verdict},
        or_fault,
    },
};
use serde_json::json;
use sheet::{
    Document, Faults, Row,
    export::{Export, Value},
};
use trail::Entry;

use super::reading::{agree, blame, in_sequence, judged};
use crate::{
    store::terms::{self, Terms},
    terms::{Clock, Part, accept},
};

/// The payment terms of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct PaymentTerms;

/// Terms to be added, or to be changed from what they were.
#[derive(Debug)]
pub(super) struct Entered {
    old: Option<Terms>,
    code: Code,
    name: String,
    name_local: Option<String>,
    parts: Vec<Part>,
}

impl Documents for PaymentTerms {
    const KEY: &'static str = "code";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        _setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
        let mut recorded: BTreeMap<String, (Terms, Vec<Part>)> = BTreeMap::new();
        let mut parts = terms::all_parts(tx).await?;
        for one in terms::all(tx).await? {
            let parts = parts.remove(&one.id).unwrap_or_default();
            recorded.insert(one.code.to_ascii_lowercase(), (one, parts));
        }
        let judge = |document: &Document| {
            let mut faults = Faults::new();
            let read = read(document, &recorded, &mut faults);
            judged(read, None, faults)
        };
        Ok(batch.iter().map(judge).collect())
    }

    async fn save(tx: &mut Tx, ready: Vec<Entered>, setting: Setting<'_>) -> Result<()> {
        for one in ready {
            let names = (one.name.as_str(), one.name_local.as_deref());
            let Some(old) = &one.old else {
                terms::add(tx, &one.code, names, &one.parts).await?;
                continue;
            };
            terms::change(tx, old, names, Some(&one.parts)).await?;
            let entry = Entry {
                action: "change",
                noun: "payment terms",
                subject: &old.code,
                after: Some(json!({ "name": one.name, "parts": one.parts.len() })),
                ..Entry::default()
            };
            trail::record(tx, setting.by, entry).await?;
        }
        Ok(())
    }
}

fn read(
    document: &Document,
    recorded: &BTreeMap<String, (Terms, Vec<Part>)>,
    faults: &mut Faults,
) -> Option<Verdict<Entered>> {
    agree(document, &["name", "name_local"], faults);
    let document = &in_sequence(document, "part", faults);
    let first = document.rows.first()?;
    let code = first.required_code("code", faults);
    let name = first.required_read("name", faults, |text| accept_name(text, "name"));
    let name_local = first.read("name_local", faults, |text| accept_name(text, "name_local"));
    let rows = document.rows.iter();
    let parts: Vec<Part> = rows.filter_map(|row| part(row, faults)).collect();
    let (Some(code), Some(name)) = (code, name) else {
        return None;
    };
    if parts.len() != document.rows.len() || !faults.is_empty() {
        return None;
    }
    if let Err(no) = accept(&parts) {
        blame(document, no, faults);
        return None;
    }
    let Some((old, old_parts)) = recorded.get(&code.folded()) else {
        return Some(Verdict::New(Entered {
            old: None,
            code,
            name,
            name_local,
            parts,
        }));
    };
    let name_local = name_local.or_else(|| old.name_local.clone());
    if (&name, &name_local, &parts) == (&old.name, &old.name_local, old_parts) {
        return Some(Verdict::Same);
    }
    Some(Verdict::Changed(Entered {
        old: Some(old.clone()),
        code,
        name,
        name_local,
        parts,
    }))
}

fn part(row: &Row, faults: &mut Faults) -> Option<Part> {
    let share = row.required_percent("percent", faults);
    let clock = row.required_read("clock", faults, Clock::parse);
    let days = days(row, "days", faults);
    let payment_day = row.whole("payment_day", faults);
    let discount = row.percent("discount_percent", faults);
    let end_of_month = row.yes_or_no("end_of_month", faults);
    let is_retention = row.yes_or_no("retention", faults);
    Some(Part {
        share: share?,
        clock: clock?,
        days: days?,
        end_of_month: end_of_month.unwrap_or(false),
        // Out of range is refused with all other faults of the part.
        payment_day: payment_day.map(|day| i8::try_from(day).unwrap_or(0)),
        discount: discount.unwrap_or(Percent::ZERO),
        discount_days: self::days(row, "discount_days", faults)?,
        is_retention: is_retention.unwrap_or(false),
    })
}

/// A number of days; none are 0.
fn days(row: &Row, column: &'static str, faults: &mut Faults) -> Option<i64> {
    if row.text(column).is_none() {
        return Some(0);
    }
    let days = row.whole(column, faults)?;
    let accepted = if (0..=3_660).contains(&days) {
        Ok(days)
    } else {
        let message = format!("Days are 0 to 3660, not {days}.");
        Err(Refusal::value("terms.range", message))
    };
    or_fault(row, column, accepted, faults)
}

/// Writes the payment terms, a row for each part.
pub(super) async fn export(tx: &mut Tx, file: &mut Export<'_>) -> Result<()> {
    let parts = terms::all_parts(tx).await?;
    for one in terms::all(tx).await? {
        let own = parts.get(&one.id).map_or(&[][..], Vec::as_slice);
        for (place, part) in (1_i64..).zip(own) {
            file.row(&written(&one, place, part))?;
        }
    }
    Ok(())
}

fn written<'v>(terms: &'v Terms, place: i64, part: &Part) -> [Value<'v>; 12] {
    let number = |number: i64| match number {
        0 => Value::Empty,
        number => Value::number(&number),
    };
    let yes = |is: bool| if is { Value::of("yes") } else { Value::Empty };
    let discount = part.discount;
    [
        Value::of(&terms.code),
        Value::of(&terms.name),
        Value::or_empty(terms.name_local.as_deref()),
        Value::number(&place),
        Value::number(&part.share),
        Value::of(part.clock.word()),
        number(part.days),
        yes(part.end_of_month),
        part.payment_day
            .map_or(Value::Empty, |day| Value::number(&day)),
        if discount == Percent::ZERO {
            Value::Empty
        } else {
            Value::number(&discount)
        },
        number(part.discount_days),
        yes(part.is_retention),
    ]
}
