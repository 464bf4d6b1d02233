//! Nothing in the tree depends on, or tells of, the machine it was written on.

use crate::{Finding, House};

/// Where people and build machines keep their own files.
const SOMEONES: [&str; 4] = ["/home/", "/root/", "/Users/", "/work/"];

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in house
        .sources
        .iter()
        .filter(|source| source.crate_name != "tidy")
    {
        for token in &source.tokens {
            findings.extend(someones(&source.path, token.line, &token.text));
        }
    }
    for (path, text) in &house.files {
        for (at, line) in text.lines().enumerate() {
            findings.extend(someones(path, at + 1, line));
        }
    }
    findings
}

fn someones(path: &str, line: usize, text: &str) -> Option<Finding> {
    let place = SOMEONES.iter().find(|place| begins_path(text, place))?;
    Some(Finding::at(
        path,
        line,
        format!("{place} is a place on one machine"),
    ))
}

/// `/work/x` is a place, `/team/work/x` is not.
fn begins_path(text: &str, place: &str) -> bool {
    text.match_indices(place).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|one| one.is_alphanumeric() || one == '}' || one == '.' || one == '_')
    })
}
