//! Rules inside, SQL around them, pages outermost.
//!
//! In every crate that has facts and pages of its own, a file at the top of `src` is ring 1: nouns
//! and rules, values in, values out. `store/` is ring 2: SQL and nothing else. `web/`, and the few
//! files that talk to the outside, are ring 3.

use crate::{
    Finding, House,
    dependencies::DUTIES,
    source::{Segment, Source, runs, segments},
    sql,
    tokens::{Kind, Token},
};

/// The crates beside the duties that are built in rings.
const ALSO_IN_RINGS: [&str; 4] = ["org", "steer", "book", "desk"];

/// Ring 3 by name: what reads requests, files and the queue, or takes somebody in.
const OUTER_FILES: [&str; 11] = [
    "api.rs",
    "auth.rs",
    "drafting.rs",
    "enrol.rs",
    "founding.rs",
    "given.rs",
    "jobs.rs",
    "moving.rs",
    "posting.rs",
    "report.rs",
    "sheet.rs",
];

/// The one place below `page` that turns an answer into a status.
const PICKS_STATUS: &str = "crates/org/src/api.rs";

/// How far from the rules a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ring {
    Rules,
    Store,
    Outside,
    /// `lib.rs` joins all three.
    Head,
}

/// The ring of a program's file, if its crate has rings.
pub fn ring(source: &Source) -> Option<Ring> {
    let name = source.crate_name.as_str();
    if !ALSO_IN_RINGS.contains(&name) && !DUTIES.contains(&name) {
        return None;
    }
    let below = source.below_src()?;
    let (top, rest) = below.split_once('/').unwrap_or((below, ""));
    Some(match top {
        "lib.rs" => Ring::Head,
        "store" if !rest.is_empty() => Ring::Store,
        "web" if !rest.is_empty() => Ring::Outside,
        file if OUTER_FILES.contains(&file) => Ring::Outside,
        // `sheet/orders.rs` stands where `sheet.rs` would.
        folder if !rest.is_empty() && OUTER_FILES.contains(&format!("{folder}.rs").as_str()) => {
            Ring::Outside
        }
        _ => Ring::Rules,
    })
}

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, code) in house.programs() {
        let faults = match ring(source) {
            Some(Ring::Rules) => rules(&code),
            Some(Ring::Store) => store(&code),
            Some(Ring::Outside) => outside(&code, source.path == PICKS_STATUS),
            Some(Ring::Head) | None => Vec::new(),
        };
        let faults = faults.into_iter();
        findings.extend(faults.map(|(line, what)| Finding::at(&source.path, line, what)));
    }
    findings
}

type Faults = Vec<(usize, String)>;

/// Ring 1 knows neither database nor pages.
fn rules(code: &[&Token]) -> Faults {
    let mut faults: Faults = Vec::new();
    for segment in segments(code) {
        if is_outer_crate(&segment) || is_outer_ring(&segment) {
            faults.push((segment.line, format!("a rule names {}", segment.name)));
        }
    }
    faults.extend(statements(code, "a rule holds SQL"));
    faults
}

fn is_outer_crate(segment: &Segment<'_>) -> bool {
    let outer = ["sqlx", "axum", "maud", "tokio", "utoipa", "db"];
    outer.contains(&segment.root) && segment.root == segment.name
}

fn is_outer_ring(segment: &Segment<'_>) -> bool {
    let ours = ["crate", "self", "super", "store", "web"];
    ours.contains(&segment.root) && ["store", "web"].contains(&segment.name)
}

/// Ring 2 asks inside the transaction it is given; it does not open, end or show anything.
fn store(code: &[&Token]) -> Faults {
    let mut faults: Faults = Vec::new();
    for segment in segments(code) {
        let shows = ["axum", "maud", "page", "utoipa"].contains(&segment.root)
            && segment.root == segment.name;
        let reaches_out = segment.root == "crate" && segment.name == "web";
        if shows || reaches_out {
            faults.push((segment.line, format!("the store names {}", segment.name)));
        }
    }
    for method in ["commit", "rollback", "begin", "begin_with", "begin_write"] {
        let calls = runs(code, &[".", method, "("]);
        faults.extend(
            calls
                .into_iter()
                .map(|line| (line, format!("the store says {method}"))),
        );
    }
    let opened = code.iter().filter(|token| token.is_word("Db"));
    faults.extend(opened.map(|token| (token.line, "the store takes a Tx, not a Db".to_owned())));
    faults
}

/// Ring 3 writes no SQL and picks no status.
fn outside(code: &[&Token], picks_status: bool) -> Faults {
    let mut faults = statements(code, "SQL outside the store");
    let status = code
        .iter()
        .filter(|token| token.is_word("StatusCode") && !picks_status);
    faults.extend(status.map(|token| (token.line, "only Problem picks a status".to_owned())));
    for method in ["commit", "rollback"] {
        let calls = runs(code, &[".", method, "("]);
        let what = format!("{method} is db's own: Db::write does it");
        faults.extend(calls.into_iter().map(|line| (line, what.clone())));
    }
    faults
}

fn statements(code: &[&Token], what: &str) -> Faults {
    let texts = code.iter().filter(|token| token.kind == Kind::Text);
    let found = texts.filter(|token| sql::is_statement(&token.text));
    found.map(|token| (token.line, what.to_owned())).collect()
}
