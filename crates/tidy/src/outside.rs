//! Only `app` reads arguments, environment and the clock; only `app` and `testkit` open a database.
//!
//! Whatever else needs to know the day or a setting is given it, so every answer can be asked for
//! again with other values.

use crate::{
    Finding, House,
    source::{runs, segments},
    tokens::Token,
};

/// `db` is what is opened; the other two open it.
const MAY_OPEN: [&str; 3] = ["app", "db", "testkit"];

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, code) in house.programs() {
        let name = source.crate_name.as_str();
        let mut faults = Vec::new();
        if !["app", "testkit"].contains(&name) {
            faults.extend(settings(&code));
            faults.extend(clock(&code, name));
        }
        if !MAY_OPEN.contains(&name) {
            faults.extend(opened(&code));
        }
        let faults = faults.into_iter();
        findings.extend(faults.map(|(line, what)| Finding::at(&source.path, line, what)));
    }
    findings
}

fn settings(code: &[&Token]) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    for segment in segments(code) {
        if segment.root == "std" && segment.name == "env" {
            faults.push((segment.line, "settings are read in app".to_owned()));
        }
    }
    faults
}

fn clock(code: &[&Token], name: &str) -> Vec<(usize, String)> {
    let mut clocks = vec!["Timestamp", "SystemTime", "Zoned"];
    // The kit says in Server-Timing how long an answer took, and the database how long a turn was held;
    // no answer depends on either.
    if !matches!(name, "page" | "db") {
        clocks.push("Instant");
    }
    let mut faults = Vec::new();
    for clock in clocks {
        let lines = runs(code, &[clock, "::", "now"]).into_iter();
        faults.extend(lines.map(|line| (line, format!("{clock}::now: the time is an argument"))));
    }
    faults
}

fn opened(code: &[&Token]) -> Vec<(usize, String)> {
    let all = segments(code).into_iter();
    let opens = all.filter(|one| one.root == "Db" || one.root == "db");
    let opens = opens.filter(|one| one.name.starts_with("open_"));
    opens
        .map(|one| (one.line, "only app and testkit open a database".to_owned()))
        .collect()
}
