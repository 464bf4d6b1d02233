//! Files are named by what they are about, never by the role of their code.

use crate::{Finding, House};

/// Names that could hold anything, so in time they do.
const EMPTY: [&str; 11] = [
    "common",
    "handler",
    "helper",
    "manager",
    "misc",
    "processor",
    "service",
    "shared",
    "stuff",
    "util",
    "utility",
];

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &house.sources {
        let folders = source.inner.split('/');
        let words = folders.flat_map(|name| name.trim_end_matches(".rs").split(['_', '-']));
        for word in words {
            let one = singular(word);
            if EMPTY.contains(&one.as_str()) {
                let what = format!("“{word}” says nothing: name the file by its noun");
                findings.push(Finding::of_file(&source.path, what));
            }
        }
    }
    findings
}

/// `utilities` is `utility`, `helpers` is `helper`.
pub fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let stem = word.strip_suffix('s').filter(|stem| !stem.ends_with('s'));
    stem.unwrap_or(word).to_owned()
}
