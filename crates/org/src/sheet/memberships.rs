//! Who sat where from when to when, from a file.
//!
//! A row says where a person sat in its span of days and takes the place of whatever was believed
//! of that span; what was believed of the days before and after stays.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Scope,
    ids::{PersonId, UnitId},
};
use sheet::{Faults, Outcome, Row, Sheet};

use super::{Read, refer};
use crate::store::{
    former_codes::{self, Noun},
    memberships::{self, Membership},
    people, units,
};

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet, now: Timestamp) -> Result<Read> {
    let known = Known::load(tx).await?;
    let mut faults = Faults::new();
    let mut by_person: BTreeMap<PersonId, Vec<(u64, Membership)>> = BTreeMap::new();
    for row in &sheet.rows {
        if let Some(place) = known.read(row, &mut faults) {
            let others = by_person.entry(place.person).or_default();
            if let Some((first, _)) = others.iter().find(|(_, other)| overlap(other, &place)) {
                let message = format!(
                    "{} says where the person sat on these days.",
                    super::place(*first)
                );
                faults.push(
                    row.fault("from", message)
                        .coded("file.twice")
                        .with("row", first),
                );
            }
            others.push((row.number, place));
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    apply(tx, by_person, now).await.map(Ok)
}

struct Known {
    people: BTreeMap<String, PersonId>,
    units: BTreeMap<String, UnitId>,
}

impl Known {
    async fn load(tx: &mut Tx) -> Result<Known> {
        Ok(Known {
            people: people_by_code(tx).await?,
            units: units_by_code(tx).await?,
        })
    }

    fn read(&self, row: &Row, faults: &mut Faults) -> Option<Membership> {
        row.required_text("person", faults);
        row.required_text("unit", faults);
        let person = refer(row, "person", "person", &self.people, faults);
        let unit = refer(row, "unit", "unit", &self.units, faults);
        let from = row.required_date("from", faults);
        let to = row.date("to", faults);
        let leads = row.yes_or_no("leads", faults).unwrap_or(false);
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            faults.push(
                row.fault("to", format!("{to} is not after the first day, {from}."))
                    .coded("span.empty"),
            );
        }
        Some(Membership {
            person: person?,
            unit: unit?,
            seat: None,
            leads,
            from: from?,
            to,
        })
    }
}

/// Everybody by folded code.
///
/// # Errors
///
/// Whatever the engine reports.
pub(super) async fn people_by_code(tx: &mut Tx) -> Result<BTreeMap<String, PersonId>> {
    let names = people::names(tx, &Scope::All).await?;
    let former = former_codes::all(tx, Noun::Person).await?;
    let ids = names
        .into_iter()
        .map(|name| (name.code.to_ascii_lowercase(), name.id));
    let all = former.into_iter().chain(ids);
    Ok(all.map(|(code, id)| (code, PersonId::of(id))).collect())
}

/// Every unit by folded code.
///
/// # Errors
///
/// Whatever the engine reports.
pub(super) async fn units_by_code(tx: &mut Tx) -> Result<BTreeMap<String, UnitId>> {
    let tree = units::tree(tx, &Scope::All).await?;
    let former = former_codes::all(tx, Noun::Unit).await?.into_iter();
    let former = former.map(|(code, id)| (code, UnitId::of(id)));
    let ids = tree
        .into_iter()
        .map(|unit| (unit.code.to_ascii_lowercase(), unit.id));
    Ok(former.chain(ids).collect())
}

async fn apply(
    tx: &mut Tx,
    by_person: BTreeMap<PersonId, Vec<(u64, Membership)>>,
    now: Timestamp,
) -> Result<Outcome> {
    let mut believed: BTreeMap<PersonId, Vec<Membership>> = BTreeMap::new();
    for place in memberships::all(tx).await? {
        believed.entry(place.person).or_default().push(place);
    }
    let mut outcome = Outcome::default();
    for (person, rows) in by_person {
        let old = believed.remove(&person).unwrap_or_default();
        let mut places = old.clone();
        for (_, place) in rows {
            if old.iter().any(|old| same(old, &place)) {
                outcome.unchanged += 1;
                continue;
            }
            if places.iter().any(|other| overlap(other, &place)) {
                outcome.changed += 1;
            } else {
                outcome.added += 1;
            }
            places = put(places, place);
        }
        if places != old {
            memberships::replace_all(tx, person, &places, now).await?;
        }
    }
    Ok(outcome)
}

fn same(old: &Membership, new: &Membership) -> bool {
    (old.unit, old.leads, old.from, old.to) == (new.unit, new.leads, new.from, new.to)
}

fn overlap(one: &Membership, other: &Membership) -> bool {
    one.to.is_none_or(|end| other.from < end) && other.to.is_none_or(|end| one.from < end)
}

/// `places` with `place` in them, and of the others only what lies outside its days.
pub(super) fn put(places: Vec<Membership>, place: Membership) -> Vec<Membership> {
    let mut kept = Vec::with_capacity(places.len() + 2);
    for old in places {
        if !overlap(&old, &place) {
            kept.push(old);
            continue;
        }
        if old.from < place.from {
            kept.push(Membership {
                to: Some(place.from),
                ..old.clone()
            });
        }
        if let Some(end) = place.to.filter(|end| ends_after(&old, *end)) {
            kept.push(Membership { from: end, ..old });
        }
    }
    kept.push(place);
    kept.sort_by_key(|place| place.from);
    kept
}

fn ends_after(place: &Membership, day: Date) -> bool {
    place.to.is_none_or(|end| day < end)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn place(unit: i64, from: Date, to: Option<Date>) -> Membership {
        Membership {
            person: PersonId::of(1),
            unit: UnitId::of(unit),
            seat: None,
            leads: false,
            from,
            to,
        }
    }

    #[test]
    fn a_span_takes_the_place_of_its_days_only() {
        let before = vec![place(1, date(1, 1, 1), None)];
        let spring = place(2, date(2026, 3, 1), Some(date(2026, 6, 1)));
        let places = put(before, spring.clone());
        let expected = [
            place(1, date(1, 1, 1), Some(date(2026, 3, 1))),
            spring,
            place(1, date(2026, 6, 1), None),
        ];
        assert_eq!(places, expected);
        let whole = place(3, date(1, 1, 1), None);
        assert_eq!(put(places, whole.clone()), [whole]);
    }
}
