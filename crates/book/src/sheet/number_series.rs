//! The series documents are numbered by, from a file and into one: what their numbers look like and which
//! comes next.
//!
//! What holds for a series set by hand holds here: it only counts up, no two make the same number, and one
//! without a gap is left as it is once a number was given out.

use db::{DbError, Result, Tx};
use kernel::Scope;
use org::sheet::{Firsts, Read};
use sheet::{
    Faults, Outcome, Row, Sheet,
    export::{Export, Value},
};

use crate::{
    series::Wish,
    store::number_series::{self, Kept},
    web::number_series::{begin, find_name, set},
};

/// What became of a row.
enum Fate {
    Added,
    Changed,
    Unchanged,
}

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet) -> Result<Read> {
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut outcome = Outcome::default();
    for row in &sheet.rows {
        // Whether two series make the same number shows only once the rows above are in; a fault takes
        // all of them back.
        let Some((kind, year, wish)) = read(row, &mut faults) else {
            continue;
        };
        let company = row.text("company");
        let key = format!("{} {kind} {year}", company.unwrap_or_default());
        firsts.note(&key.to_lowercase(), row, "kind", &mut faults);
        match settle(tx, (company, kind, year), &wish).await {
            Ok(Fate::Added) => outcome.added += 1,
            Ok(Fate::Changed) => outcome.changed += 1,
            Ok(Fate::Unchanged) => outcome.unchanged += 1,
            Err(DbError::Refused(no)) => {
                let field = no.fields.first().map(|field| field.field.clone());
                let column = field.unwrap_or_else(|| "kind".to_owned());
                faults.push(row.refused(&column, no));
            }
            Err(other) => return Err(other),
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    Ok(Ok(outcome))
}

fn read<'s>(row: &'s Row, faults: &mut Faults) -> Option<(&'s str, i16, Wish)> {
    let kind = row.required_text("kind", faults);
    let year = row.required_whole("year", faults);
    let with_month = row.yes_or_no("with_month", faults);
    let digits = row.whole("digits", faults);
    let next_number = row.whole("next_number", faults);
    let wish = Wish {
        prefix: row.text("prefix").map(str::to_owned),
        with_month,
        digits,
        next_number,
    };
    // A year beyond all years is refused as what it is.
    let year = year.map(|year| i16::try_from(year).unwrap_or(i16::MAX));
    Some((kind?, year?, wish))
}

async fn settle(tx: &mut Tx, asked: (Option<&str>, &str, i16), wish: &Wish) -> Result<Fate> {
    let named = find_name(tx, &Scope::All, asked).await?;
    let (company, series, year) = named.key();
    let Some(kept) = number_series::find(tx, company, series, year).await? else {
        begin(tx, &named, wish).await?;
        return Ok(Fate::Added);
    };
    match set(tx, &named, &kept, wish).await? {
        Some(_) => Ok(Fate::Changed),
        None => Ok(Fate::Unchanged),
    }
}

/// Writes every series that was begun or set.
pub(super) async fn export(tx: &mut Tx, scope: &Scope, file: &mut Export<'_>) -> Result<()> {
    for kept in number_series::list(tx, scope).await? {
        file.row(&cells(&kept))?;
    }
    Ok(())
}

fn cells(kept: &Kept) -> [Value<'_>; 7] {
    [
        Value::of(&kept.company_code),
        Value::of(&kept.kind),
        Value::number(&kept.year),
        Value::of(&kept.prefix),
        Value::of(if kept.with_month == 1 { "yes" } else { "no" }),
        Value::number(&kept.digits),
        Value::number(&kept.standing().next_number()),
    ]
}
