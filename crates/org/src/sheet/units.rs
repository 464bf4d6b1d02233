//! The tree of units, from a file. A parent may stand below its children in the file.

use std::collections::{BTreeMap, BTreeSet};

use db::{Result, Tx};
use kernel::{Code, Scope, ids::UnitId};
use sheet::{Faults, Outcome, Row, Sheet};

use super::{Firsts, Read};
use crate::{
    UnitKind,
    api::accept_name,
    store::{
        former_codes::{self, Noun},
        units::{self, NewUnit, Unit},
    },
};

/// A row as it was read.
struct Wanted<'s> {
    row: &'s Row,
    code: Code,
    name: String,
    name_local: Option<String>,
    kind: Option<UnitKind>,
    /// Folded.
    parent: Option<String>,
}

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet) -> Result<Read> {
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut wanted = Vec::new();
    let recorded = recorded(tx).await?;
    for row in &sheet.rows {
        if let Some(mut unit) = read(row, &mut faults) {
            unit.call_by_present_codes(&recorded);
            firsts.note(&unit.code.folded(), row, "code", &mut faults);
            wanted.push(unit);
        }
    }
    for unit in &wanted {
        check(unit, &recorded, &firsts, &mut faults);
    }
    let sorted = parents_first(wanted, &recorded, &mut faults);
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    apply(tx, sorted, recorded).await.map(Ok)
}

fn read<'s>(row: &'s Row, faults: &mut Faults) -> Option<Wanted<'s>> {
    let code = row.required_code("code", faults);
    let name = row.required_read("name", faults, |text| accept_name(text, "name"));
    let name_local = row.read("name_local", faults, |text| accept_name(text, "name_local"));
    let kind = row.read("kind", faults, UnitKind::parse);
    Some(Wanted {
        row,
        code: code?,
        name: name?,
        name_local,
        kind,
        parent: row.text("parent").map(str::to_ascii_lowercase),
    })
}

/// Every unit by folded code, and by each of its codes of before.
async fn recorded(tx: &mut Tx) -> Result<BTreeMap<String, Unit>> {
    let tree = units::tree(tx, &Scope::All).await?;
    let former = former_codes::all(tx, Noun::Unit).await?;
    let by_id: BTreeMap<i64, &Unit> = tree.iter().map(|unit| (unit.id.get(), unit)).collect();
    let before = former
        .into_iter()
        .filter_map(|(code, id)| Some((code, Unit::clone(by_id.get(&id)?))));
    let now = tree
        .iter()
        .map(|unit| (unit.code.to_ascii_lowercase(), unit.clone()));
    Ok(before.chain(now).collect())
}

fn check(
    unit: &Wanted<'_>,
    recorded: &BTreeMap<String, Unit>,
    firsts: &Firsts,
    faults: &mut Faults,
) {
    if let Some(parent) = &unit.parent
        && !recorded.contains_key(parent)
        && firsts.row(parent).is_none()
    {
        let message = format!("There is no unit {parent}, here or in the file.");
        faults.push(
            unit.row
                .fault("parent", message)
                .coded("reference.unknown")
                .with("code", parent),
        );
    }
    let Some(old) = recorded.get(&unit.code.folded()) else {
        return;
    };
    let old_parent = old.parent_code.as_deref().map(str::to_ascii_lowercase);
    if unit.parent.is_some() && unit.parent != old_parent {
        let above = old.parent_code.as_deref().unwrap_or("no unit");
        let message = format!(
            "Unit {} hangs below {above}. A file does not move a unit that exists.",
            old.code
        );
        faults.push(unit.row.fault("parent", message).coded("unit.moved"));
    }
    if unit.kind.is_some_and(|kind| kind.as_str() != old.kind) {
        let message = format!(
            "Unit {} is a {}. A file does not change the kind of a unit that exists.",
            old.code, old.kind
        );
        faults.push(unit.row.fault("kind", message).coded("unit.kind"));
    }
}

/// The rows so that no unit comes before its parent; those that go round in a circle are faults.
fn parents_first<'s>(
    wanted: Vec<Wanted<'s>>,
    recorded: &BTreeMap<String, Unit>,
    faults: &mut Faults,
) -> Vec<Wanted<'s>> {
    let in_file: BTreeSet<String> = wanted.iter().map(|unit| unit.code.folded()).collect();
    let mut placed: BTreeSet<String> = BTreeSet::new();
    let mut sorted = Vec::with_capacity(wanted.len());
    let mut waiting = wanted;
    loop {
        let (ready, blocked): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|unit| {
            // A unit that is there already stays where it is, so it waits for nobody.
            let stays = recorded.contains_key(&unit.code.folded());
            let parent = unit
                .parent
                .as_ref()
                .filter(|parent| in_file.contains(*parent));
            stays || parent.is_none_or(|parent| placed.contains(parent))
        });
        placed.extend(ready.iter().map(|unit| unit.code.folded()));
        let stuck = ready.is_empty();
        sorted.extend(ready);
        if stuck {
            for unit in &blocked {
                let message = "The units above it go round in a circle.";
                faults.push(unit.row.fault("parent", message).coded("file.circle"));
            }
            return sorted;
        }
        waiting = blocked;
    }
}

impl Wanted<'_> {
    /// A file may name units by codes they had before.
    fn call_by_present_codes(&mut self, recorded: &BTreeMap<String, Unit>) {
        let there = recorded.get(&self.code.folded());
        if let Some(Ok(code)) = there.map(|there| Code::parse(&there.code)) {
            self.code = code;
        }
        if let Some(there) = self.parent.as_ref().and_then(|code| recorded.get(code)) {
            self.parent = Some(there.code.to_ascii_lowercase());
        }
    }
}

async fn apply(
    tx: &mut Tx,
    wanted: Vec<Wanted<'_>>,
    recorded: BTreeMap<String, Unit>,
) -> Result<Outcome> {
    let root = units::root(tx).await?.id;
    let mut ids: BTreeMap<String, UnitId> = recorded
        .iter()
        .map(|(code, unit)| (code.clone(), unit.id))
        .collect();
    let mut outcome = Outcome::default();
    for unit in wanted {
        if let Some(old) = recorded.get(&unit.code.folded()) {
            let local = unit.name_local.or_else(|| old.name_local.clone());
            if unit.name == old.name && local == old.name_local {
                outcome.unchanged += 1;
            } else {
                let kind = UnitKind::parse(&old.kind)?;
                let code = Code::parse(&old.code)?;
                units::save(tx, old, &code, (&unit.name, local), kind).await?;
                outcome.changed += 1;
            }
            continue;
        }
        let parent = unit.parent.as_ref().and_then(|code| ids.get(code));
        let new = NewUnit {
            code: unit.code.clone(),
            name: unit.name,
            name_local: unit.name_local,
            kind: unit.kind.unwrap_or(UnitKind::Team),
            parent: Some(parent.copied().unwrap_or(root)),
        };
        let id = units::add(tx, &new).await?;
        ids.insert(unit.code.folded(), id);
        outcome.added += 1;
    }
    Ok(outcome)
}
