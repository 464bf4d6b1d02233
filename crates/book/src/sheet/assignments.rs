//! Who looked after which customer from when to when, from a file.
//!
//! A row takes the place of whoever held the role in its days; the days before and after stay.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::Timestamp;
use kernel::{ids::PersonId, times::BEGINNING};
use org::sheet::{Read, place, refer};
use sheet::{Faults, Outcome, Row, Sheet};

use super::people_by_code;
use crate::{
    CustomerId,
    store::{
        assignments::{self, Assignment},
        customers,
    },
    web::assignments::accept_role,
};

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet, now: Timestamp) -> Result<Read> {
    let known = Known {
        customers: customers::ids_by_code(tx).await?,
        people: people_by_code(tx).await?,
    };
    let mut faults = Faults::new();
    let mut wanted: BTreeMap<(CustomerId, String), Vec<(u64, Assignment)>> = BTreeMap::new();
    for row in &sheet.rows {
        if let Some(new) = known.read(row, &mut faults) {
            let others = wanted.entry((new.customer, new.role.clone())).or_default();
            if let Some((first, _)) = others.iter().find(|(_, other)| overlap(other, &new)) {
                let message = format!("{} gives these days to somebody.", place(*first));
                faults.push(
                    row.fault("from", message)
                        .coded("file.twice")
                        .with("row", first),
                );
            }
            others.push((row.number, new));
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let rows = wanted.into_values().flatten().map(|(_, new)| new).collect();
    apply(tx, rows, now).await.map(Ok)
}

struct Known {
    customers: BTreeMap<String, CustomerId>,
    people: BTreeMap<String, PersonId>,
}

impl Known {
    fn read(&self, row: &Row, faults: &mut Faults) -> Option<Assignment> {
        row.required_text("customer", faults);
        row.required_text("person", faults);
        let customer = refer(row, "customer", "customer", &self.customers, faults);
        let person = refer(row, "person", "person", &self.people, faults);
        let role = match row.text("role") {
            Some(_) => row.read("role", faults, accept_role),
            None => Some("owner"),
        };
        let from = match row.text("from") {
            Some(_) => row.date("from", faults),
            None => Some(BEGINNING),
        };
        let to = row.date("to", faults);
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            faults.push(
                row.fault("to", format!("{to} is not after the first day, {from}."))
                    .coded("span.empty"),
            );
        }
        Some(Assignment {
            customer: customer?,
            person: person?,
            role: role?.to_owned(),
            from: from?,
            to,
        })
    }
}

fn overlap(one: &Assignment, other: &Assignment) -> bool {
    one.to.is_none_or(|end| other.from < end) && other.to.is_none_or(|end| one.from < end)
}

async fn apply(tx: &mut Tx, rows: Vec<Assignment>, now: Timestamp) -> Result<Outcome> {
    let held = assignments::all(tx).await?;
    let mut outcome = Outcome::default();
    let mut free = Vec::new();
    for new in rows {
        let old = held.get(&new.customer).map_or(&[][..], Vec::as_slice);
        if old.contains(&new) {
            outcome.unchanged += 1;
            continue;
        }
        let taken = old
            .iter()
            .any(|old| old.role == new.role && overlap(old, &new));
        if taken {
            outcome.changed += 1;
            assignments::make_room(tx, new.customer, &new.role, new.from, new.to, now).await?;
        } else {
            outcome.added += 1;
        }
        free.push(new);
    }
    assignments::add_many(tx, &free, now).await?;
    Ok(outcome)
}
