//! Each rule, broken on purpose: what it must see, and what it must let pass.

mod data;
mod files;
mod floors;
mod rings;
mod texts;

use tidy::{Finding, House, Rule};

/// The findings of `rule` on these files, without the path.
fn findings(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    let house = House::of(files.iter().copied());
    rule(&house)
        .into_iter()
        .map(|finding| finding.what)
        .collect()
}

#[track_caller]
fn finds(rule: Rule, path: &str, text: &str, wanted: &[&str]) {
    let found = findings(rule, &[(path, text)]);
    assert_eq!(found, wanted, "{path}:\n{text}");
}

#[track_caller]
fn passes(rule: Rule, path: &str, text: &str) {
    finds(rule, path, text, &[]);
}

#[test]
fn a_finding_says_where() {
    let whole = Finding::of_file("a.rs", "is odd");
    assert_eq!(whole.to_string(), "a.rs: is odd");
    assert_eq!(
        Finding::at("a.rs", 3, "is odd").to_string(),
        "a.rs:3: is odd"
    );
}
