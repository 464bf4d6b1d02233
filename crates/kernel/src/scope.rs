//! Who may see what: part of every question put to the database, so it cannot be forgotten.

use crate::ids::{PersonId, UnitId};

/// What part of the region a question may reach.
///
/// A sales person reaches own customers; a manager the people and units of the sub-tree; finance,
/// marketing and auditors everything. It is carried into the `where` clause of every query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything in this database.
    All,
    /// The listed people and units, and what belongs to them.
    Part {
        people: Vec<PersonId>,
        units: Vec<UnitId>,
    },
}

impl Scope {
    /// One sales person's own.
    pub fn own(person: PersonId) -> Scope {
        Scope::Part {
            people: vec![person],
            units: Vec::new(),
        }
    }

    pub fn is_all(&self) -> bool {
        matches!(self, Scope::All)
    }

    /// 1 for everything, 0 for a part: bound beside the lists.
    pub fn all_flag(&self) -> i64 {
        i64::from(self.is_all())
    }

    /// The people of the part as a JSON list of ids, `[3,7]`; empty for everything.
    pub fn people_json(&self) -> String {
        match self {
            Scope::All => "[]".to_owned(),
            Scope::Part { people, .. } => json_list(people.iter().map(|person| person.get())),
        }
    }

    /// The units of the part as a JSON list of ids; empty for everything.
    pub fn units_json(&self) -> String {
        match self {
            Scope::All => "[]".to_owned(),
            Scope::Part { units, .. } => json_list(units.iter().map(|unit| unit.get())),
        }
    }

    pub fn reaches_person(&self, person: PersonId) -> bool {
        match self {
            Scope::All => true,
            Scope::Part { people, .. } => people.contains(&person),
        }
    }

    pub fn reaches_unit(&self, unit: UnitId) -> bool {
        match self {
            Scope::All => true,
            Scope::Part { units, .. } => units.contains(&unit),
        }
    }
}

fn json_list(ids: impl Iterator<Item = i64>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    format!("[{}]", ids.join(","))
}
