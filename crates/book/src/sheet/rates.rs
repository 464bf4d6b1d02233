//! Rates from a file, and the file of all rates. A rate that differs from the recorded one of its day
//! corrects it.

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::Currency;
use org::{
    sheet::{Firsts, Read, or_fault},
    store::company,
};
use sheet::{
    Faults, Outcome, Row, Sheet,
    export::{Export, Value},
};

use crate::{
    rates::{Quote, Rated, accept_day},
    store::rates::{self, Known, NewRate},
};

pub(super) async fn import(
    tx: &mut Tx,
    sheet: &Sheet,
    now: Timestamp,
    today: Date,
) -> Result<Read> {
    let base = company::expect(tx).await?.currency;
    let known = Known::load(tx, base).await?;
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut outcome = Outcome::default();
    let (mut new, mut corrected) = (Vec::new(), Vec::new());
    for row in &sheet.rows {
        let Some((quote, day)) = read(row, base, today, &mut faults) else {
            continue;
        };
        let foreign = quote.foreign(base);
        firsts.note(&format!("{foreign} {day}"), row, "date", &mut faults);
        match known.of_day(foreign, day) {
            None => new.push(NewRate {
                quote,
                day,
                version: 1,
            }),
            Some(old) if old.quote == quote => outcome.unchanged += 1,
            Some(old) => corrected.push((*old, quote)),
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    outcome.added = u64::try_from(new.len()).unwrap_or(u64::MAX);
    outcome.changed = u64::try_from(corrected.len()).unwrap_or(u64::MAX);
    rates::add_many(tx, &new, base, now).await?;
    for (old, quote) in corrected {
        rates::correct(tx, &old, quote, base, now).await?;
    }
    Ok(Ok(outcome))
}

fn read(row: &Row, base: Currency, today: Date, faults: &mut Faults) -> Option<(Quote, Date)> {
    let from = row.required_currency("from", faults);
    let to = match row.text("to") {
        Some(_) => row.currency("to", faults),
        None => Some(base),
    };
    let per = match row.text("per") {
        Some(_) => row.whole("per", faults),
        None => Some(1),
    };
    let rate = row.required_rate("rate", faults);
    let day = row
        .required_date("date", faults)
        .and_then(|day| or_fault(row, "date", accept_day(day, today), faults));
    let quote = Quote {
        from: from?,
        to: to?,
        per: per?,
        rate: rate?,
    };
    match quote.accept(base) {
        Ok(quote) => Some((quote, day?)),
        Err(no) => {
            let field = no.fields.first().map(|field| field.field.clone());
            faults.push(row.refused(field.as_deref().unwrap_or("rate"), no));
            None
        }
    }
}

/// Writes every rate now believed.
pub(super) async fn export(tx: &mut Tx, file: &mut Export<'_>) -> Result<()> {
    let base = company::expect(tx).await?.currency;
    let known = Known::load(tx, base).await?;
    for rated in known.all() {
        file.row(&cells(rated))?;
    }
    Ok(())
}

fn cells(rated: &Rated) -> [Value<'static>; 5] {
    [
        Value::of(rated.quote.from.code()),
        Value::of(rated.quote.to.code()),
        Value::number(&rated.quote.per),
        Value::Day(rated.day),
        Value::number(&rated.quote.rate),
    ]
}
