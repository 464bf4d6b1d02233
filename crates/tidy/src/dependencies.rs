//! Which crate may stand on which.
//!
//! The house has floors. A crate stands on lower floors only and never on a neighbour, so a duty
//! cannot reach into another duty, and whatever two of them need has to move down.

use crate::{
    Finding, House,
    manifest::{Manifest, Need, Use},
};

/// From the ground up; crates on one floor do not know each other.
pub const FLOORS: [&[&str]; 9] = [
    &["kernel"],
    &["reckon", "db"],
    PLATFORM,
    &["org"],
    &["steer"],
    &["book"],
    DUTIES,
    &["desk"],
    &["app"],
];

/// What any program with pages and a database could use.
pub const PLATFORM: &[&str] = &["page", "sheet", "trail", "jobs"];

/// The duties of a regional sales manager.
pub const DUTIES: &[&str] = &["plan", "collect", "spend", "develop", "visit", "people"];

/// Only tests stand on these.
pub const FOR_TESTS: [&str; 2] = ["testkit", "tidy"];

/// The pure floors say by name what else they take in.
const PURE: [(&str, &[&str]); 2] = [
    ("kernel", &["iso_currency", "jiff", "thiserror"]),
    ("reckon", &["jiff", "thiserror"]),
];

/// Crates of others that are not wanted anywhere, and what stands in for them.
const UNWANTED: [(&str, &str); 5] = [
    ("chrono", "days and zones are jiff's"),
    ("lazy_static", "std has LazyLock"),
    ("once_cell", "std has OnceLock"),
    ("openssl", "rustls needs no system library"),
    ("time", "days and zones are jiff's"),
];

/// The floor of a crate of the house, counted from the ground.
pub fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

fn is_of_house(name: &str) -> bool {
    floor(name).is_some() || FOR_TESTS.contains(&name)
}

/// `from` may stand on `to`, both crates of the house.
pub fn may_use(from: &str, to: &str) -> bool {
    match from {
        "testkit" => to == "db",
        "tidy" => false,
        // The platform stores and shows; it has nothing to reckon.
        _ if to == "reckon" && PLATFORM.contains(&from) => false,
        _ => floor(to) < floor(from) && floor(to).is_some(),
    }
}

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in &house.manifests {
        if !is_of_house(&manifest.crate_name) {
            findings.push(Finding::of_file(
                &manifest.path,
                "this crate has no floor yet: give it one in crates/tidy/src/dependencies.rs",
            ));
        }
        if !manifest.shares_lints {
            findings.push(Finding::of_file(
                &manifest.path,
                "[lints] workspace = true is missing",
            ));
        }
        let wrong = manifest.needs.iter().filter_map(|need| {
            let what = fault(manifest, need)?;
            Some(Finding::at(&manifest.path, need.line, what))
        });
        findings.extend(wrong);
    }
    findings
}

fn fault(manifest: &Manifest, need: &Need) -> Option<String> {
    let (from, to) = (manifest.crate_name.as_str(), need.name.as_str());
    if let Some((_, instead)) = UNWANTED.iter().find(|(name, _)| *name == to) {
        return Some(format!("{to} is not wanted: {instead}"));
    }
    if FOR_TESTS.contains(&to) {
        let outside = need.used_by != Use::Tests;
        return outside.then(|| format!("{to} is for [dev-dependencies] only"));
    }
    if is_of_house(to) {
        return (!may_use(from, to)).then(|| format!("{from} may not stand on {to}"));
    }
    if need.used_by == Use::Tests {
        return None;
    }
    if to == "anyhow" && from != "app" {
        return Some("anyhow is for app; elsewhere an error has a type".to_owned());
    }
    let pure = PURE.iter().find(|(name, _)| *name == from);
    let foreign = pure.is_some_and(|(_, allowed)| !allowed.contains(&to)) || from == "tidy";
    foreign.then(|| format!("{from} is pure and takes no {to}"))
}
