//! Groups from a file, and groups that other files name without defining them.

use std::collections::BTreeMap;

use db::{Result, Tx};
use kernel::Code;
use org::{
    api::accept_name,
    keys,
    sheet::{Firsts, Read},
};
use sheet::{Faults, Outcome, Row, Sheet};

use crate::store::groups::{self, Of};

/// A row as it was read.
struct Wanted {
    code: Code,
    name: String,
    name_local: Option<String>,
}

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet, of: Of) -> Result<Read> {
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        if let Some(group) = read(row, &mut faults) {
            firsts.note(&group.code.folded(), row, "code", &mut faults);
            wanted.push(group);
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    apply(tx, wanted, of).await.map(Ok)
}

fn read(row: &Row, faults: &mut Faults) -> Option<Wanted> {
    let code = row.required_code("code", faults);
    let name = row.required_read("name", faults, |text| accept_name(text, "name"));
    let name_local = row.read("name_local", faults, |text| accept_name(text, "name_local"));
    Some(Wanted {
        code: code?,
        name: name?,
        name_local,
    })
}

async fn apply(tx: &mut Tx, wanted: Vec<Wanted>, of: Of) -> Result<Outcome> {
    let recorded = groups::by_any_code(tx, of).await?;
    let mut outcome = Outcome::default();
    for group in wanted {
        let Some(old) = recorded.get(&group.code.folded()) else {
            groups::add(tx, of, &group.code, &group.name, group.name_local).await?;
            outcome.added += 1;
            continue;
        };
        let local = group.name_local.or_else(|| old.name_local.clone());
        if group.name == old.name && local == old.name_local {
            outcome.unchanged += 1;
        } else {
            groups::save(tx, of, old, &old.code, &group.name, local).await?;
            outcome.changed += 1;
        }
    }
    Ok(outcome)
}

/// The groups that exist, and those a file will add because it names them.
#[derive(Debug)]
pub(super) struct Named {
    of: Of,
    ids: BTreeMap<String, i64>,
    /// Folded codes by folded name.
    names: BTreeMap<String, String>,
    new: BTreeMap<String, (Code, String)>,
}

impl Named {
    pub(super) async fn load(tx: &mut Tx, of: Of) -> Result<Named> {
        let mut ids = BTreeMap::new();
        let mut names = BTreeMap::new();
        for (code, group) in groups::by_any_code(tx, of).await? {
            let local = group.name_local.iter();
            for name in local.chain([&group.name]) {
                names.insert(keys::fold(name), code.clone());
            }
            ids.insert(code, group.id);
        }
        Ok(Named {
            of,
            ids,
            names,
            new: BTreeMap::new(),
        })
    }

    /// The folded code of the group a row names by code or name; one that is not there yet is
    /// remembered, with the text as its name.
    pub(super) fn of_row(&mut self, row: &Row, faults: &mut Faults) -> Option<String> {
        let text = row.read("group", faults, |text| accept_name(text, "group"))?;
        let known_code = text.to_ascii_lowercase();
        if self.ids.contains_key(&known_code) {
            return Some(known_code);
        }
        if let Some(code) = self.names.get(&keys::fold(&text)) {
            return Some(code.clone());
        }
        let Some(code) = code_of(&text) else {
            let message = format!(
                "“{text}” cannot be made a code of A-Z, a-z, 0-9 and . _ / -. Give the group a code."
            );
            faults.push(row.fault("group", message).coded("group.code"));
            return None;
        };
        let folded = code.folded();
        if !self.ids.contains_key(&folded) {
            self.new.entry(folded.clone()).or_insert((code, text));
        }
        Some(folded)
    }

    /// Adds what was only named, and gives the ids of all.
    pub(super) async fn settle(mut self, tx: &mut Tx) -> Result<BTreeMap<String, i64>> {
        for (folded, (code, name)) in self.new {
            let id = groups::add(tx, self.of, &code, &name, None).await?;
            self.ids.insert(folded, id);
        }
        Ok(self.ids)
    }
}

/// The text as a code: what cannot stand in one becomes a dash. “Value Added Reseller” is
/// `Value-Added-Reseller`; a text without a single letter or digit of ASCII has none.
fn code_of(text: &str) -> Option<Code> {
    if let Ok(code) = Code::parse(text) {
        return Some(code);
    }
    let mut plain = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || "._/".contains(letter) {
            plain.push(letter);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
    }
    let short: String = plain.chars().take(Code::MAX_CHARS).collect();
    Code::parse(short.trim_end_matches('-')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_a_code() {
        let code = |text: &str| code_of(text).map(|code| code.to_string());
        assert_eq!(
            code("Value Added Reseller").as_deref(),
            Some("Value-Added-Reseller")
        );
        assert_eq!(code("oem").as_deref(), Some("oem"));
        assert_eq!(
            code("Bikes & Parts (EU)").as_deref(),
            Some("Bikes-Parts-EU")
        );
        assert_eq!(code("工业主机厂"), None);
        let long = code(&"word ".repeat(20)).unwrap();
        assert!(long.len() <= 40 && !long.ends_with('-'), "{long}");
    }
}
