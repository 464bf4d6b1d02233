//! Period calendars and published targets as files, in the columns they are read in from.

use std::collections::BTreeMap;

use db::{DbError, Result, Tx};
use kernel::{Money, Scope};
use sheet::export::{Export, Value};

use crate::{
    drafting::{self, Opened},
    store::{calendars, plans},
};

pub(super) async fn periods(tx: &mut Tx, file: &mut Export<'_>) -> Result<()> {
    for (calendar, stored) in calendars::all(tx).await? {
        file.row(&[
            Value::of(&calendar),
            Value::of(stored.period.code.as_str()),
            Value::Day(stored.period.from),
            Value::Day(stored.period.to),
        ])?;
    }
    Ok(())
}

/// The targets people have in the version of each plan that is in force. A pool is nobody's target
/// and stays at home, as do drafts.
pub(super) async fn targets(tx: &mut Tx, scope: &Scope, file: &mut Export<'_>) -> Result<()> {
    for plan in plans::list(tx, scope).await? {
        match drafting::open(tx, scope, plan, false, None).await {
            Ok(opened) => of_plan(&opened, file)?,
            // Nothing of it was published yet.
            Err(DbError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn of_plan(opened: &Opened, file: &mut Export<'_>) -> Result<()> {
    let months = opened.months.iter();
    let periods: BTreeMap<i64, &str> = months
        .map(|month| (month.period_id, month.code.as_str()))
        .collect();
    let currency = opened.plan.currency()?;
    for cell in &opened.cells {
        let (Some(person), Some(period)) = (&cell.person_code, periods.get(&cell.period_id)) else {
            continue;
        };
        file.row(&[
            Value::of(&opened.plan.code),
            Value::of(&opened.plan.unit_code),
            Value::of(&opened.plan.measure),
            Value::of(period),
            Value::of(person),
            Value::money(Money::of_minor(cell.amount_minor, currency)),
        ])?;
    }
    Ok(())
}
