//! One numbered history of the schema, in columns both engines have.

use std::collections::BTreeSet;

use crate::{Finding, House, sql, tokens::Kind};

/// Column types that mean the same on SQLite and PostgreSQL once `db` has put them in their words.
const TYPES: [&str; 5] = ["bigint", "bytes", "double", "row_id", "text"];

/// What may stand in a table's brackets besides columns.
const CONDITIONS: [&str; 5] = ["check", "constraint", "foreign", "primary", "unique"];

const FOLDER: &str = "crates/db/migrations";

pub fn check(house: &House) -> Vec<Finding> {
    let migrations = house.migrations();
    let mut findings = Vec::new();
    let mut number = 0;
    for (file, text) in &migrations {
        let path = format!("{FOLDER}/{file}");
        if let Some(common) = common_of(file) {
            if !migrations.contains_key(common.as_str()) {
                findings.push(Finding::of_file(
                    &path,
                    format!("there is no {common} before it"),
                ));
            }
            continue;
        }
        number += 1;
        if !file.starts_with(&format!("{number:04}_")) {
            findings.push(Finding::of_file(
                &path,
                format!("its number should be {number:04}"),
            ));
        }
        if !text.starts_with("-- ") {
            findings.push(Finding::of_file(
                &path,
                "the first line does not say what it brings",
            ));
        }
        if !is_in_history(house, file) {
            findings.push(Finding::of_file(&path, "db's history does not name it"));
        }
        findings.extend(
            columns(text)
                .into_iter()
                .map(|what| Finding::of_file(&path, what)),
        );
    }
    findings
}

/// `0001_trail.sqlite.sql` adds to `0001_trail.sql`.
fn common_of(file: &str) -> Option<String> {
    let stem = file
        .strip_suffix(".sqlite.sql")
        .or_else(|| file.strip_suffix(".postgres.sql"))?;
    Some(format!("{stem}.sql"))
}

fn is_in_history(house: &House, file: &str) -> bool {
    let name = file.trim_end_matches(".sql");
    let mut tokens = house.of_crate("db").flat_map(|source| &source.tokens);
    tokens.any(|token| token.kind == Kind::Text && token.text == name)
}

/// The tables a script makes.
pub fn tables_of(script: &str) -> BTreeSet<String> {
    let words = sql::words(&without_comments(script));
    let made = words
        .windows(3)
        .filter(|three| three[0] == "create" && three[1] == "table");
    made.map(|three| three[2].clone()).collect()
}

fn without_comments(script: &str) -> String {
    let lines = script
        .lines()
        .map(|line| line.split("--").next().unwrap_or(line));
    lines.collect::<Vec<&str>>().join("\n")
}

/// Every table is strict, every column has a portable type, and money is counted in whole numbers.
fn columns(script: &str) -> Vec<String> {
    let words = sql::words(&without_comments(script));
    let mut faults = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        if pair[0] != "create" || pair[1] != "table" {
            continue;
        }
        let table = words.get(at + 2).map_or("", String::as_str);
        let (parts, behind) = brackets(&words[at + 3..]);
        if behind.first().map(String::as_str) != Some("strict") {
            faults.push(format!("{table} is not strict"));
        }
        let parts = parts.iter().filter_map(|part| fault(part));
        faults.extend(parts.map(|fault| format!("{table}.{fault}")));
    }
    faults
}

fn fault(part: &[String]) -> Option<String> {
    let word = |at: usize| part.get(at).map_or("", String::as_str);
    let (name, kind) = (word(0), word(1));
    if CONDITIONS.contains(&name) {
        return None;
    }
    let money = name.ends_with("_minor") || name.ends_with("_exact");
    if money && kind != "bigint" {
        return Some(format!("{name} is money and must be a bigint"));
    }
    (!TYPES.contains(&kind)).then(|| format!("{name} has the type {kind}, which is not portable"))
}

/// What stands between commas in the first brackets, and what follows them.
fn brackets(words: &[String]) -> (Vec<Vec<String>>, &[String]) {
    let mut parts = vec![Vec::new()];
    let mut depth = 0_i32;
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            ")" if depth == 1 => return (parts, &words[at + 1..]),
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 1 => parts.push(Vec::new()),
            _ if depth == 1 => parts
                .last_mut()
                .expect("there is always one")
                .push(word.clone()),
            _ => {}
        }
    }
    (parts, &[])
}
