//! Samples and trials from files, with what came of each.

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Quantity, Scope};
use org::{
    api::accept_name,
    sheet::{
        documents::{Documents, Judged, Setting, Verdict},
        or_fault, refer,
    },
};
use sheet::{Document, Faults, Row};

use super::reading::{is_rewritten, judged, note, one_of, or_none, order, past_day, texts};
use crate::{
    CustomerId, OrderId, ProductId,
    course::SAMPLE,
    sample::{accept_due, accept_kind},
    store::{
        entered::{self, Outcome},
        named::{self, ByCode},
        samples::{self, NewSample},
    },
    web::accepted,
};

/// The samples and trials of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples;

/// A sample to be recorded, and what came of it.
#[derive(Debug)]
pub(super) struct Entered {
    new: NewSample,
    outcome: Outcome,
}

impl Documents for Samples {
    const KEY: &'static str = "number";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
        let customers = named::customers(tx, &texts(batch, "customer")).await?;
        let products = named::products(tx, &texts(batch, "product")).await?;
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let mut entered = None;
            if let Some(row) = super::only_row(document, &mut faults) {
                let sold = order(tx, row, "order", setting.today, &mut faults).await?;
                let sold = sold.map(|order| (order.order(), order.customer_id));
                let known = (&customers, &products);
                entered = read(row, known, (sold, setting.today), &mut faults);
            }
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
            entered::sample(tx, &one.new, &one.outcome, setting.by.at).await?;
        }
        Ok(())
    }
}

fn read(
    row: &Row,
    (customers, products): (&ByCode<CustomerId>, &ByCode<ProductId>),
    (sold, today): (Option<(OrderId, i64)>, Date),
    faults: &mut Faults,
) -> Option<Entered> {
    let number = row.required_code("number", faults);
    let kind = match row.text("kind") {
        Some(_) => row.read("kind", faults, accept_kind),
        None => Some("sample"),
    };
    row.required_text("customer", faults);
    row.required_text("product", faults);
    let customer = refer(row, "customer", "customer", customers, faults);
    let product = refer(row, "product", "product", products, faults);
    let quantity = row.required_quantity("quantity", faults);
    let quantity = quantity.and_then(|quantity| {
        let accepted = accepted::quantity(&quantity.to_string());
        or_fault(row, "quantity", accepted, faults)
    });
    if quantity.is_some_and(|quantity| quantity < Quantity::ZERO) {
        let message = "What is handed out is above zero.";
        faults.push(row.fault("quantity", message).coded("quantity.negative"));
    }
    let day = past_day(row, today, faults);
    let due = row.date("result_due", faults);
    let due = or_fault(row, "result_due", accept_due(day?, due), faults);
    let customer = customer?.id;
    let sold = sold.map(|(order, of)| (order, CustomerId::of(of)));
    let outcome = outcome(row, (customer, day?), sold, today, faults);
    Some(Entered {
        new: NewSample {
            number: number?,
            kind: kind?,
            customer,
            product: product?.id,
            quantity: quantity?,
            day: day?,
            result_due: due?,
            note: note(row, "note", faults)?,
        },
        outcome: outcome?,
    })
}

/// What came of it: nothing yet, or a result of a day.
fn outcome(
    row: &Row,
    (customer, day): (CustomerId, Date),
    sold: Option<(OrderId, CustomerId)>,
    today: Date,
    faults: &mut Faults,
) -> Option<Outcome> {
    let status = one_of(row, "status", SAMPLE.states, faults)?;
    let known_on = row.date("result_on", faults);
    let reason = row.read("reason", faults, |text| accept_name(text, "reason"));
    if (status == "open") != known_on.is_none() {
        let message = "An open sample has no day of its result, every other has one.";
        faults.push(row.fault("result_on", message).coded("sample.result"));
    }
    if known_on.is_some_and(|known| known < day || today < known) {
        let message = format!("The result is known on {day} at the earliest, and by {today}.");
        let fault = row.fault("result_on", message).coded("sample.result_day");
        faults.push(fault.with("first", day).with("last", today));
    }
    if (status == "sold") != sold.is_some() || sold.is_some_and(|(_, of)| of != customer) {
        let message = "A sample that was sold names an order of its customer, no other names one.";
        faults.push(row.fault("order", message).coded("sample.order"));
    }
    Some(Outcome {
        status,
        known_on,
        reason: reason.unwrap_or_default(),
        order: sold.map(|(order, _)| order),
    })
}

async fn verdict(
    tx: &mut Tx,
    document: &Document,
    entered: Entered,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Verdict<Entered>>> {
    let new = &entered.new;
    let number = new.number.as_str();
    let Some(old) = or_none(samples::fetch(tx, &Scope::All, number, setting.today).await)? else {
        return Ok(Some(Verdict::New(entered)));
    };
    let text = |column: &str| document.rows.first().and_then(|row| row.text(column));
    let is_named =
        |column: &str, code: &str| text(column).is_some_and(|text| text.eq_ignore_ascii_case(code));
    let is_same = is_named("customer", &old.customer_code)
        && is_named("product", &old.product_code)
        && old.kind == new.kind
        && old.quantity == new.quantity.millionths()
        && old.day == new.day.to_string()
        && old.status == entered.outcome.status;
    if is_same {
        return Ok(Some(Verdict::Same));
    }
    is_rewritten(document, number, faults);
    Ok(None)
}
