//! A company founded at the shell, and the place of its data.

use std::path::Path;

use crate::shell::{Folder, PASSWORD, bailiwick, fails, init, run, run_with, succeeds};

#[test]
fn a_company_is_founded_once() {
    let folder = Folder::new();
    let data = folder.at("data");
    assert!(succeeds(&init(&data)).contains("Holm is founded"));
    fails(&init(&data), 1, &["already has a company"]);
    let token = succeeds(&run(&[
        "token",
        "create",
        "--user",
        "ada@holm.example",
        "--data",
        &data,
    ]));
    assert_eq!(token.trim().len(), 64, "{token:?}");
    let doctor = succeeds(&run(&["doctor", "--data", &data, "--json"]));
    let findings: serde_json::Value = serde_json::from_str(&doctor).unwrap();
    assert!(
        findings
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["state"] != "wrong"),
        "{doctor}"
    );
}

#[test]
fn founding_refuses_what_is_wrong_and_leaves_nothing() {
    let folder = Folder::new();
    let data = folder.at("data");
    let founded = |password: &str, changes: &[(&str, &str)]| {
        let mut arguments = vec![
            "init",
            "--data",
            &data,
            "--company",
            "Holm",
            "--currency",
            "EUR",
            "--admin-email",
            "ada@holm.example",
        ];
        for (flag, value) in changes {
            match arguments.iter().position(|one| one == flag) {
                Some(place) => arguments[place + 1] = value,
                None => arguments.extend([*flag, *value]),
            }
        }
        run_with(password, &arguments)
    };
    fails(&founded("", &[]), 1, &["No password"]);
    fails(&founded("short\n", &[]), 1, &["at least 10"]);
    fails(&founded(PASSWORD, &[("--currency", "EURO")]), 1, &["EURO"]);
    fails(
        &founded(PASSWORD, &[("--zone", "Berlin")]),
        1,
        &["not a time zone"],
    );
    fails(
        &founded(PASSWORD, &[("--admin-email", "ada")]),
        1,
        &["not an e-mail address"],
    );
    fails(
        &founded(PASSWORD, &[("--fiscal-start-month", "13")]),
        2,
        &["1..=12"],
    );
    assert!(!Path::new(&data).join("bailiwick.db").exists());
    succeeds(&founded(PASSWORD, &[]));
}

#[test]
fn the_place_of_the_data_must_be_named_and_be_one() {
    let folder = Folder::new();
    fails(&run(&["doctor"]), 2, &["--data DIR", "BAILIWICK_DATA"]);
    fails(
        &run(&["serve", "--data", "a", "--database-url", "postgres://b"]),
        2,
        &["cannot be used with"],
    );
    fails(
        &run(&[
            "token",
            "create",
            "--user",
            "a@b.example",
            "--data",
            &folder.at("none"),
        ]),
        1,
        &["no Bailiwick data", "init"],
    );
    fails(
        &run(&["serve", "--database-url", "mysql://here"]),
        2,
        &["postgres://"],
    );
    fails(&run(&["nonsense"]), 2, &["nonsense"]);
    let data = folder.at("data");
    succeeds(&init(&data));
    let by_environment = bailiwick(&["doctor"])
        .env("BAILIWICK_DATA", &data)
        .output()
        .unwrap();
    succeeds(&by_environment);
}

#[test]
fn a_forgotten_password_is_set_anew() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let set = |user: &str, password: &str| {
        run_with(
            password,
            &["password", "set", "--user", user, "--data", &data],
        )
    };
    fails(&set("bob@holm.example", PASSWORD), 1, &["bob@holm.example"]);
    fails(&set("ada@holm.example", "short"), 1, &["at least 10"]);
    succeeds(&set("ada@holm.example", "other plain words"));
}
