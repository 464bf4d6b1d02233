//! Floors, foreign crates, purity and the lock file, broken on purpose.

use tidy::{dependencies, lock, purity};

use crate::{findings, finds, passes};

fn manifest(tables: &str) -> String {
    format!("[package]\nname = \"x\"\n[lints]\nworkspace = true\n{tables}")
}

#[track_caller]
fn crate_finds(name: &str, tables: &str, wanted: &[&str]) {
    let path = format!("crates/{name}/Cargo.toml");
    finds(dependencies::check, &path, &manifest(tables), wanted);
}

#[test]
fn a_crate_stands_on_lower_floors_only() {
    crate_finds(
        "book",
        "[dependencies]\norg.workspace = true\nreckon.workspace = true",
        &[],
    );
    crate_finds(
        "app",
        "[dependencies]\ndesk = { path = \"../desk\" }\nplan.workspace = true",
        &[],
    );
    let wrong = [
        ("org", "book"),
        ("book", "plan"),
        ("plan", "collect"),
        ("page", "sheet"),
        ("page", "reckon"),
        ("reckon", "db"),
        ("kernel", "db"),
        ("desk", "app"),
        ("steer", "book"),
        ("testkit", "org"),
        ("tidy", "kernel"),
    ];
    for (from, to) in wrong {
        let table = format!("[dependencies]\n{to}.workspace = true");
        crate_finds(from, &table, &[&format!("{from} may not stand on {to}")]);
    }
}

#[test]
fn a_duty_does_not_know_another_even_in_tests() {
    crate_finds("plan", "[dev-dependencies]\ntestkit.workspace = true", &[]);
    crate_finds(
        "plan",
        "[dev-dependencies.visit]\npath = \"../visit\"",
        &["plan may not stand on visit"],
    );
    crate_finds(
        "plan",
        "[target.'cfg(unix)'.dependencies]\nspend.workspace = true",
        &["plan may not stand on spend"],
    );
}

#[test]
fn testkit_and_tidy_are_for_tests() {
    crate_finds(
        "org",
        "[dependencies]\ntestkit.workspace = true",
        &["testkit is for [dev-dependencies] only"],
    );
    crate_finds(
        "org",
        "[build-dependencies]\ntidy.workspace = true",
        &["tidy is for [dev-dependencies] only"],
    );
}

#[test]
fn foreign_crates_have_their_places() {
    crate_finds("kernel", "[dependencies]\njiff.workspace = true", &[]);
    crate_finds(
        "kernel",
        "[dependencies]\nrand = \"0.9\"",
        &["kernel is pure and takes no rand"],
    );
    crate_finds(
        "reckon",
        "[dependencies]\nserde = \"1\"",
        &["reckon is pure and takes no serde"],
    );
    crate_finds(
        "tidy",
        "[dependencies]\ntoml = \"0.9\"",
        &["tidy is pure and takes no toml"],
    );
    crate_finds("app", "[dependencies]\nanyhow.workspace = true", &[]);
    crate_finds(
        "book",
        "[dependencies]\nanyhow.workspace = true",
        &["anyhow is for app; elsewhere an error has a type"],
    );
    crate_finds(
        "app",
        "[dev-dependencies]\nchrono = \"0.4\"",
        &["chrono is not wanted: days and zones are jiff's"],
    );
}

#[test]
fn a_new_crate_needs_a_floor_and_the_lints() {
    let found = findings(
        dependencies::check,
        &[("crates/misc/Cargo.toml", "[package]")],
    );
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("this crate has no floor yet"));
    assert_eq!(found[1], "[lints] workspace = true is missing");
}

#[test]
fn the_lock_file_names_releases() {
    let registry = "source = \"registry+https://x\"";
    passes(
        lock::check,
        "Cargo.lock",
        &format!("name = \"jiff\"\n{registry}\n"),
    );
    finds(
        lock::check,
        "Cargo.lock",
        "name = \"openssl\"\n",
        &["openssl needs a system library"],
    );
    finds(
        lock::check,
        "Cargo.lock",
        "source = \"git+https://x\"\n",
        &["git+https://x is not a release"],
    );
    finds(
        lock::check,
        "Cargo.toml",
        "",
        &["is missing, so no two builds are the same"],
    );
}

#[test]
fn the_pure_floors_look_nowhere() {
    let path = "crates/reckon/src/score.rs";
    passes(
        purity::check,
        path,
        "//! Not tokio::spawn.\nuse std::{fmt, collections::BTreeMap};\nfn time(env: u8) {}",
    );
    passes(
        purity::check,
        path,
        "#[cfg(test)] mod tests { use std::fs; }",
    );
    passes(
        purity::check,
        "crates/reckon/examples/bench.rs",
        "use std::time::Instant;",
    );
    finds(
        purity::check,
        path,
        "use std::{fmt, time::Instant};",
        &["reckon says std::time"],
    );
    finds(
        purity::check,
        path,
        "fn a() { std::fs::read(b); }",
        &["reckon says std::fs"],
    );
    finds(
        purity::check,
        path,
        "use tokio::sync::Mutex;",
        &["reckon says tokio"],
    );
    finds(
        purity::check,
        path,
        "fn a() { rand::random() }",
        &["reckon says rand"],
    );
    finds(
        purity::check,
        path,
        "async fn a() {}",
        &["reckon says async"],
    );
    passes(
        purity::check,
        "crates/page/src/kit.rs",
        "async fn a() { tokio::spawn(b); }",
    );
}
