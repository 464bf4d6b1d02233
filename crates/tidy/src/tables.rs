//! Every table has an owner, told by its prefix, and only the owner writes to it.

use std::collections::BTreeSet;

use crate::{
    Finding, House,
    dependencies::floor,
    migrations::tables_of,
    source::runs,
    sql::{self, written_tables},
    tokens::{Kind, Token},
};

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = unowned(house);
    for (source, code) in house.programs() {
        let texts = code.iter().filter(|token| token.kind == Kind::Text);
        for token in texts {
            let faults = faults(&source.crate_name, &token.text).into_iter();
            findings.extend(faults.map(|what| Finding::at(&source.path, token.line, what)));
        }
        if source.crate_name == "desk" {
            let writes = writes(&code).into_iter();
            findings
                .extend(writes.map(|line| Finding::at(&source.path, line, "desk writes nothing")));
        }
    }
    findings
}

fn faults(name: &str, text: &str) -> Vec<String> {
    let prefix = format!("{name}_");
    let mut faults = Vec::new();
    for table in written_tables(text) {
        if name == "desk" {
            faults.push(format!("desk writes nothing, not even {table}"));
        } else if !table.starts_with(&prefix) {
            faults.push(format!("{name} writes {table}, which is not its own"));
        }
    }
    if changes_schema(text) && name != "db" {
        faults.push("the schema changes in crates/db/migrations only".to_owned());
    }
    faults
}

fn changes_schema(text: &str) -> bool {
    let words = sql::words(text);
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let verb = ["create", "alter", "drop"].contains(&word(0));
    let noun = ["table", "index", "trigger"].contains(&word(1));
    verb && noun && text.contains('_')
}

/// A way to write without naming a table.
fn writes(code: &[&Token]) -> Vec<usize> {
    let mut lines = runs(code, &["db", ".", "write", "("]);
    lines.extend(runs(code, &[".", "insert_many", "("]));
    lines
}

/// Tables in the migrations whose prefix is no crate of the house.
fn unowned(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in house.migrations() {
        let tables: BTreeSet<String> = tables_of(text);
        for table in tables {
            let owner = table.split('_').next().unwrap_or_default();
            if floor(owner).is_none() || owner.len() == table.len() {
                let path = format!("crates/db/migrations/{file}");
                findings.push(Finding::of_file(
                    &path,
                    format!("{table} belongs to no crate"),
                ));
            }
        }
    }
    findings
}
