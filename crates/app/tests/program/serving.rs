//! Serving a company or the demo: one server to a folder, ports, the first run.

use std::net::TcpListener;

use crate::shell::{Folder, Server, fails, init, run, succeeds};

#[test]
#[cfg(unix)]
fn one_folder_has_one_server_and_commands_work_beside_it() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let (server, line) = Server::start(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert!(
        line.starts_with("Holm is served at http://127.0.0.1:"),
        "{line}"
    );
    fails(
        &run(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]),
        1,
        &["in use by another bailiwick"],
    );
    succeeds(&run(&[
        "token",
        "create",
        "--user",
        "ada@holm.example",
        "--data",
        &data,
    ]));
    assert!(server.stop().success());
    let (server, _) = Server::start(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert!(server.stop().success());
}

#[test]
fn an_address_in_use_is_named_with_another_to_take() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = folder.at("data");
    fails(
        &run(&["serve", "--data", &data, "--listen", &address]),
        1,
        &[&address, "another program listens", "--listen 127.0.0.1:"],
    );
    fails(
        &run(&["demo", "--data", &data, "--listen", &address]),
        1,
        &[&address, "another program listens"],
    );
    fails(
        &run(&["serve", "--data", &data, "--listen", "192.0.2.1:7171"]),
        1,
        &["192.0.2.1", "no such address"],
    );
}

#[test]
fn a_new_place_prints_the_address_of_its_first_run() {
    let folder = Folder::new();
    let (_server, line) = Server::start(&[
        "serve",
        "--data",
        &folder.at("data"),
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(line.contains("/first-run?code="), "{line}");
}

#[test]
fn a_demo_is_drawn_up_once_and_never_over_something_else() {
    let folder = Folder::new();
    let data = folder.at("data");
    let demo = [
        "demo",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--today",
        "2026-06-16",
    ];
    let (server, line) = Server::start(&demo);
    assert!(line.starts_with("Songlan Coatings"), "{line}");
    drop(server);
    let (server, _) = Server::start(&demo);
    drop(server);
    fails(
        &run(&["demo", "--data", &data, "--today", "2026-06-17"]),
        1,
        &["2026-06-16", "--fresh"],
    );
    fails(
        &run(&["demo", "--data", &data, "--seed", "9"]),
        1,
        &["--seed 1", "--fresh"],
    );
    let own = folder.at("own");
    succeeds(&init(&own));
    fails(
        &run(&["demo", "--data", &own, "--fresh"]),
        1,
        &["not a demo", "empty folder"],
    );
}
