//! What the lock file brings in behind our own dependencies: releases from the registry, and no
//! library that has to be on the machine first.

use crate::{Finding, House};

/// They would make the program depend on a system's OpenSSL.
const UNWANTED: [&str; 3] = ["native-tls", "openssl", "openssl-sys"];

const PATH: &str = "Cargo.lock";

pub fn check(house: &House) -> Vec<Finding> {
    let Some(lock) = house.files.get(PATH) else {
        return vec![Finding::of_file(
            PATH,
            "is missing, so no two builds are the same",
        )];
    };
    let mut findings = Vec::new();
    for (at, line) in lock.lines().enumerate() {
        let value = |key: &str| line.strip_prefix(key).map(|rest| rest.trim_matches('"'));
        if let Some(name) = value("name = ").filter(|name| UNWANTED.contains(name)) {
            findings.push(Finding::at(
                PATH,
                at + 1,
                format!("{name} needs a system library"),
            ));
        }
        if let Some(source) = value("source = ").filter(|source| !source.starts_with("registry+")) {
            findings.push(Finding::at(
                PATH,
                at + 1,
                format!("{source} is not a release"),
            ));
        }
    }
    findings
}
