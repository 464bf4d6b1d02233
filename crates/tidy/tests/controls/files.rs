//! Files, clocks, settings, places and tests, broken on purpose.

use tidy::{heads, names, outside, places, sizes, stories};

use crate::{finds, passes};

#[test]
fn every_file_begins_with_its_head() {
    let bare = "the first line is no head: //! and what this file answers";
    passes(
        heads::check,
        "crates/org/src/unit.rs",
        "//! The kinds of unit.\n",
    );
    finds(
        heads::check,
        "crates/org/src/unit.rs",
        "use std::fmt;\n//! The kinds of unit.",
        &[bare],
    );
    finds(
        heads::check,
        "crates/org/src/unit.rs",
        "//! Unit.\n",
        &[bare],
    );
    finds(
        heads::check,
        "crates/org/tests/unit.rs",
        "// The kinds of unit.\n",
        &[bare],
    );
}

#[test]
fn files_are_short() {
    passes(sizes::check, "crates/org/src/unit.rs", &"\n".repeat(600));
    let what = "601 lines; cut it where two thoughts meet (600 at most)";
    finds(
        sizes::check,
        "crates/org/src/unit.rs",
        &"\n".repeat(601),
        &[what],
    );
    passes(sizes::check, "crates/org/tests/unit.rs", &"\n".repeat(601));
}

#[test]
fn files_are_named_by_nouns() {
    passes(names::check, "crates/org/src/unit.rs", "");
    let what = "“utilities” says nothing: name the file by its noun";
    finds(names::check, "crates/org/src/utilities.rs", "", &[what]);
    let what = "“helpers” says nothing: name the file by its noun";
    finds(
        names::check,
        "crates/org/src/web/unit_helpers.rs",
        "",
        &[what],
    );
    let what = "“common” says nothing: name the file by its noun";
    finds(names::check, "crates/org/tests/common/mod.rs", "", &[what]);
}

#[test]
fn nothing_tells_of_one_machine() {
    passes(
        places::check,
        "bin/check",
        "\"$root/work/x\" /usr/bin/chromium /team/work/1",
    );
    finds(
        places::check,
        "bin/check",
        "cd /work/x",
        &["/work/ is a place on one machine"],
    );
    let path = "crates/org/src/unit.rs";
    finds(
        places::check,
        path,
        "// see /home/me/notes",
        &["/home/ is a place on one machine"],
    );
}

#[test]
fn only_app_looks_outside() {
    let path = "crates/book/src/web/orders.rs";
    passes(
        outside::check,
        path,
        "fn a() { env!(\"CARGO_MANIFEST_DIR\"); kit.now() }",
    );
    passes(
        outside::check,
        "crates/app/src/settings.rs",
        "use std::env; fn a() { Timestamp::now() }",
    );
    passes(
        outside::check,
        "crates/book/tests/orders.rs",
        "fn a() { std::env::var(b) }",
    );
    passes(
        outside::check,
        "crates/page/src/finish.rs",
        "fn a() { Instant::now() }",
    );
    finds(
        outside::check,
        path,
        "use std::env;",
        &["settings are read in app"],
    );
    finds(
        outside::check,
        path,
        "fn a() { std::env::args() }",
        &["settings are read in app"],
    );
    for clock in ["Timestamp", "SystemTime", "Zoned", "Instant"] {
        let text = format!("fn a() {{ {clock}::now() }}");
        finds(
            outside::check,
            path,
            &text,
            &[&format!("{clock}::now: the time is an argument")],
        );
    }
    let open = "fn a() { Db::open_file(b) }";
    finds(
        outside::check,
        path,
        open,
        &["only app and testkit open a database"],
    );
    finds(
        outside::check,
        path,
        "fn a() { db::Db::open_url(b) }",
        &["only app and testkit open a database"],
    );
    passes(outside::check, "crates/testkit/src/database.rs", open);
    passes(outside::check, "crates/app/src/main.rs", open);
}

#[test]
fn tests_neither_wait_nor_reach_out() {
    let path = "crates/app/tests/browser.rs";
    passes(
        stories::check,
        path,
        "fn a() { b(\"http://127.0.0.1:8080/x\", \"https://evil\", \"https://shop.example/\", \
         \"http://www.w3.org/2000/svg\", \"postgres://me@localhost/x\") } // sleep(1)",
    );
    passes(
        stories::check,
        "crates/db/src/write.rs",
        "fn a() { sleep(b) }",
    );
    let slept = "a test sleeps: wait for the fact instead";
    finds(
        stories::check,
        path,
        "fn a() { tokio::time::sleep(b) }",
        &[slept],
    );
    finds(
        stories::check,
        "crates/db/src/write.rs",
        "#[cfg(test)] mod tests { fn a() { sleep(b) } }",
        &[slept],
    );
    finds(
        stories::check,
        path,
        "#[ignore]\nfn a() {}",
        &["an ignored test tells nothing"],
    );
    finds(
        stories::check,
        path,
        "#[ignore = \"slow\"]\nfn a() {}",
        &["an ignored test tells nothing"],
    );
    let gets = |host: &str| format!("fn a() {{ get(\"https://me:x@{host}:443/a\") }}");
    for host in ["crates.io", "10.0.0.1"] {
        let what = format!("{host} lies beyond this machine");
        finds(stories::check, path, &gets(host), &[&what]);
    }
    passes(stories::check, path, &gets("127.0.0.1"));
    finds(
        stories::check,
        path,
        "fn test_a() {}",
        &["test_a: name the fact"],
    );
}
