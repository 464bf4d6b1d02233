//! Seats, from a file: those that somebody holds, and the vacancies.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{
    Code, Scope,
    ids::{SeatId, UnitId},
};
use sheet::{
    Faults, Outcome, Row, Sheet,
    export::{Export, Value},
};

use super::{Firsts, Read, refer};
use crate::{
    api::accept_name,
    store::{
        former_codes::{self, Noun},
        seats::{self, Seat},
        units,
    },
    web::seats::accept_kind,
};

/// A row as it was read.
struct Wanted<'s> {
    row: &'s Row,
    code: Code,
    unit: UnitId,
    name: String,
    kind: Option<String>,
}

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet, today: Date) -> Result<Read> {
    let tree = units::tree(tx, &Scope::All).await?.into_iter();
    let now = tree.map(|unit| (unit.code.to_ascii_lowercase(), unit.id));
    let former = former_codes::all(tx, Noun::Unit).await?.into_iter();
    let former = former.map(|(code, id)| (code, UnitId::of(id)));
    let units: BTreeMap<String, UnitId> = former.chain(now).collect();
    let recorded = recorded(tx, today).await?;
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        if let Some(seat) = read(row, &units, &mut faults) {
            firsts.note(&seat.code.folded(), row, "code", &mut faults);
            check(
                &seat,
                recorded.get(&seat.code.folded()),
                &units,
                &mut faults,
            );
            wanted.push(seat);
        }
    }
    // Every unit has a seat for what is nobody's; no file takes its code.
    let taken = seats::codes(tx).await?;
    let taken: BTreeMap<String, SeatId> = taken
        .into_iter()
        .map(|(id, code)| (code.to_ascii_lowercase(), id))
        .collect();
    for seat in &wanted {
        let code = seat.code.folded();
        if taken.contains_key(&code) && !recorded.contains_key(&code) {
            let message = format!("{} is the seat for what is nobody's.", seat.code);
            faults.push(seat.row.fault("code", message).coded("seat.house"));
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    apply(tx, wanted, &recorded).await.map(Ok)
}

async fn recorded(tx: &mut Tx, today: Date) -> Result<BTreeMap<String, Seat>> {
    let all = seats::list(tx, &Scope::All, today).await?.into_iter();
    Ok(all
        .map(|seat| (seat.code.to_ascii_lowercase(), seat))
        .collect())
}

fn read<'s>(
    row: &'s Row,
    units: &BTreeMap<String, UnitId>,
    faults: &mut Faults,
) -> Option<Wanted<'s>> {
    let code = row.required_code("code", faults);
    row.required_text("unit", faults);
    let unit = refer(row, "unit", "unit", units, faults);
    let name = row.required_read("name", faults, |text| accept_name(text, "name"));
    let kind = row.read("kind", faults, |text| accept_kind(text).map(str::to_owned));
    Some(Wanted {
        row,
        code: code?,
        unit: unit?,
        name: name?,
        kind,
    })
}

fn check(
    seat: &Wanted<'_>,
    old: Option<&Seat>,
    units: &BTreeMap<String, UnitId>,
    faults: &mut Faults,
) {
    let Some(old) = old else { return };
    if units.get(&old.unit_code.to_ascii_lowercase()) != Some(&seat.unit) {
        let message = format!(
            "Seat {} is in unit {}. A file does not move a seat.",
            old.code, old.unit_code
        );
        faults.push(seat.row.fault("unit", message).coded("seat.unit"));
    }
}

async fn apply(
    tx: &mut Tx,
    wanted: Vec<Wanted<'_>>,
    recorded: &BTreeMap<String, Seat>,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for seat in wanted {
        let Some(old) = recorded.get(&seat.code.folded()) else {
            let kind = seat.kind.as_deref().unwrap_or("sales");
            seats::add(tx, seat.code.as_str(), seat.unit, kind, &seat.name).await?;
            outcome.added += 1;
            continue;
        };
        let kind = seat.kind.as_deref().unwrap_or(&old.kind);
        if (seat.name.as_str(), kind) == (old.name.as_str(), old.kind.as_str()) {
            outcome.unchanged += 1;
        } else {
            seats::save(tx, old, &seat.name, kind).await?;
            outcome.changed += 1;
        }
    }
    Ok(outcome)
}

/// Writes the seats of the units in scope, whoever holds them.
pub(super) async fn export(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    for seat in seats::list(tx, scope, on).await? {
        file.row(&[
            Value::of(&seat.code),
            Value::of(&seat.unit_code),
            Value::of(&seat.name),
            Value::of(&seat.kind),
        ])?;
    }
    Ok(())
}
