//! The pure floors stay pure: same values in, same values out, on any machine, on any day.

use crate::{Finding, House, source::segments, tokens::Token};

const PURE: [&str; 2] = ["kernel", "reckon"];

/// Crates that bring a runtime, a network, a disk or chance.
const RUNTIMES: [&str; 7] = ["axum", "db", "maud", "page", "rand", "sqlx", "tokio"];

/// The parts of std that look outside.
const OUTSIDE: [&str; 7] = ["env", "fs", "io", "net", "process", "thread", "time"];

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, code) in house.programs() {
        if PURE.contains(&source.crate_name.as_str()) {
            let faults = faults(&code).into_iter();
            findings.extend(faults.map(|(line, what)| {
                Finding::at(
                    &source.path,
                    line,
                    format!("{} says {what}", source.crate_name),
                )
            }));
        }
    }
    findings
}

fn faults(code: &[&Token]) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    for segment in segments(code) {
        if RUNTIMES.contains(&segment.root) && segment.root == segment.name {
            faults.push((segment.line, segment.name.to_owned()));
        }
        if segment.root == "std" && OUTSIDE.contains(&segment.name) {
            faults.push((segment.line, format!("std::{}", segment.name)));
        }
    }
    let waiting = code
        .iter()
        .filter(|token| token.is_word("async") || token.is_word("await"));
    faults.extend(waiting.map(|token| (token.line, token.text.clone())));
    faults
}
