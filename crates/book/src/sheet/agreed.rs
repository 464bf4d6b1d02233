//! Offers and agreements as files, in the columns they are read in from.

use ::sheet::export::{Export, Value};
use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Money, Percent, Price, Quantity, Scope, decimal::write_places};

use super::{
    posted::{day, percent, put, quantity, text},
    spells::first_day,
};
use crate::store::{
    agreed::{
        self, CallOffRow, FrameworkRow, QuotationRow, RebateRow, SampleRow, TermsRow, TieRow,
        UseRow,
    },
    written::Place,
};

/// Writes what is in scope of one kind of offer or agreement; [`DbError::Missing`] for another kind.
pub(super) async fn export(
    tx: &mut Tx,
    kind: &str,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    let mut from = Some(Place::default());
    while let Some(at) = from {
        from = match kind {
            "frameworks" => put(agreed::frameworks(tx, scope, on, at), file, of_line).await?,
            "call-offs" => put(agreed::call_offs(tx, scope, on, at), file, of_call_off).await?,
            "rebates" => put(agreed::rebates(tx, scope, on, at), file, of_tier).await?,
            "quotations" => put(agreed::quotations(tx, scope, on, at), file, of_offer).await?,
            "samples" => put(agreed::samples(tx, scope, on, at), file, of_sample).await?,
            "customer-ties" => put(agreed::ties(tx, scope, on, at), file, of_tie).await?,
            "customer-terms" => put(agreed::terms(tx, scope, on, at), file, of_terms).await?,
            "price-list-uses" => put(agreed::uses(tx, scope, on, at), file, of_use).await?,
            _ => return Err(DbError::Missing),
        };
    }
    Ok(())
}

fn price(millionths: i64) -> Value<'static> {
    Value::number(&Price::of_millionths(millionths))
}

fn of_line(row: &FrameworkRow, file: &mut Export<'_>) -> Result<()> {
    Ok(file.row(&[
        Value::of(&row.number),
        Value::of(&row.customer_code),
        Value::of(&row.currency),
        day(Some(&row.day)),
        day(row.ends_on.as_deref()),
        percent(Some(Percent::of_millionths(row.tolerance))),
        Value::of(&row.status),
        Value::number(&row.line),
        Value::of(&row.product_code),
        price(row.unit_price),
        row.quantity.map_or(Value::Empty, quantity),
        row.value_exact.map_or(Value::Empty, |value| {
            Value::number(&write_places(value, 6, 0))
        }),
        text(&row.note),
    ])?)
}

fn of_call_off(row: &CallOffRow, file: &mut Export<'_>) -> Result<()> {
    Ok(file.row(&[
        Value::of(&row.order_number),
        Value::number(&row.line),
        Value::of(&row.framework_number),
        Value::number(&row.framework_line),
    ])?)
}

fn of_tier(row: &RebateRow, file: &mut Export<'_>) -> Result<()> {
    let currency = Currency::parse(&row.currency)?;
    // Borders of tiers mean nothing added up.
    let from = Money::of_minor(row.from_minor, currency).decimal();
    Ok(file.row(&[
        Value::of(&row.number),
        Value::of(&row.customer_code),
        Value::of(&row.currency),
        day(Some(&row.valid_from)),
        day(Some(&row.valid_to)),
        Value::of(&row.method),
        Value::number(&from),
        Value::number(&Percent::of_millionths(row.share)),
        Value::of(&row.status),
        text(&row.note),
    ])?)
}

fn of_offer(row: &QuotationRow, file: &mut Export<'_>) -> Result<()> {
    let currency = Currency::parse(&row.currency)?;
    Ok(file.row(&[
        Value::of(&row.number),
        Value::number(&row.edition),
        Value::of(&row.customer_code),
        Value::of(&row.currency),
        Value::or_empty(row.project.as_deref()),
        day(Some(&row.day)),
        day(Some(&row.valid_until)),
        day(row.sent_on.as_deref()),
        Value::number(&row.line),
        Value::of(&row.product_code),
        quantity(row.quantity),
        price(row.unit_price),
        percent(Some(Percent::of_millionths(row.discount))),
        percent(Some(Percent::of_millionths(row.tax))),
        Value::exact(row.net_exact, currency),
        Value::of(&row.status),
        day(row.decided_on.as_deref()),
        Value::or_empty(row.lost_reason.as_deref()),
        Value::or_empty(row.competitor.as_deref()),
        Value::or_empty(row.lost_text.as_deref()),
        Value::or_empty(row.order_number.as_deref()),
    ])?)
}

fn of_sample(row: &SampleRow, file: &mut Export<'_>) -> Result<()> {
    Ok(file.row(&[
        Value::of(&row.number),
        Value::of(&row.kind),
        Value::of(&row.customer_code),
        Value::of(&row.product_code),
        Value::number(&Quantity::of_millionths(row.quantity)),
        day(Some(&row.day)),
        day(Some(&row.result_due)),
        Value::of(&row.status),
        day(row.result_on.as_deref()),
        text(&row.reason),
        Value::or_empty(row.order_number.as_deref()),
        text(&row.note),
    ])?)
}

fn of_tie(row: &TieRow, file: &mut Export<'_>) -> Result<()> {
    Ok(file.row(&[
        Value::of(&row.customer_code),
        Value::of(&row.kind),
        Value::of(&row.other_code),
        first_day(&row.valid_from),
        day(row.valid_to.as_deref()),
    ])?)
}

fn of_terms(row: &TermsRow, file: &mut Export<'_>) -> Result<()> {
    Ok(file.row(&[
        Value::of(&row.customer_code),
        Value::or_empty(row.terms_code.as_deref()),
        row.days.map_or(Value::Empty, |days| Value::number(&days)),
        first_day(&row.valid_from),
        day(row.valid_to.as_deref()),
    ])?)
}

fn of_use(row: &UseRow, file: &mut Export<'_>) -> Result<()> {
    Ok(file.row(&[
        Value::of(&row.list_code),
        Value::or_empty(row.customer_code.as_deref()),
        Value::or_empty(row.group_code.as_deref()),
        first_day(&row.valid_from),
        day(row.valid_to.as_deref()),
    ])?)
}
