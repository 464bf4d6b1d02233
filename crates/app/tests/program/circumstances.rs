//! Bad circumstances: folders, disks and databases that cannot be used.

use std::{fs, net::TcpListener, path::Path, process::Command};

use crate::shell::{Folder, fails, init, run, succeeds};

#[test]
fn folders_that_cannot_be_written_are_named() {
    let folder = Folder::new();
    let file = folder.write("file", "not a folder");
    let inside = format!("{file}/data");
    fails(
        &run(&["serve", "--data", &inside]),
        1,
        &[&inside, "cannot be made", "--data"],
    );
    fails(
        &run(&["demo", "--data", &inside]),
        1,
        &[&inside, "cannot be"],
    );
    fails(&init(&inside), 1, &[&inside, "cannot be made"]);
    // Nobody can write here, whatever their rights.
    #[cfg(target_os = "linux")]
    fails(
        &run(&["serve", "--data", "/proc/bailiwick"]),
        1,
        &["/proc/bailiwick", "cannot be made"],
    );
}

#[test]
fn a_file_that_is_no_database_is_not_touched() {
    let folder = Folder::new();
    fs::create_dir(folder.at("data")).unwrap();
    folder.write(
        "data/bailiwick.db",
        &"this is a letter, not a database. ".repeat(200),
    );
    let output = run(&[
        "serve",
        "--data",
        &folder.at("data"),
        "--listen",
        "127.0.0.1:0",
    ]);
    fails(&output, 1, &["bailiwick.db"]);
    assert!(
        fs::read_to_string(folder.at("data/bailiwick.db"))
            .unwrap()
            .starts_with("this is a letter")
    );
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = db::Db::open_file(&Path::new(&data).join("bailiwick.db"))
            .await
            .unwrap();
        db.script("insert into db_history (version, name) values (9999, 'the future')")
            .await
            .unwrap();
        db.close().await;
    });
    fails(
        &run(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]),
        1,
        &["9999", "newer bailiwick"],
    );
    fails(&run(&["doctor", "--data", &data]), 1, &["wrong"]);
}

#[test]
fn a_database_server_that_does_not_answer_is_named_without_its_password() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!(
        "postgres://me:secret-word@127.0.0.1:{}/bailiwick",
        free.port()
    );
    let output = run(&["serve", "--database-url", &url]);
    fails(&output, 1, &["127.0.0.1", "Check that it runs"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("secret-word"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full_undoes_the_whole_act() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let rows: Vec<String> = (0..20_000)
        .map(|number| format!("P-{number},Person {number}\n"))
        .collect();
    let file = folder.write("people.csv", &format!("code,name\n{}", rows.concat()));
    // A limit on the size of files is the nearest to a full disk that anybody may set.
    let script = format!(
        "trap '' XFSZ; ulimit -f 1000; exec {} import people {file} --data {data}",
        env!("CARGO_BIN_EXE_bailiwick")
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    fails(&output, 1, &["cannot be written", "Nothing was changed"]);
    let again = succeeds(&run(&["import", "people", &file, "--data", &data]));
    assert!(again.contains("20000 added, 0 changed"), "{again}");
}
