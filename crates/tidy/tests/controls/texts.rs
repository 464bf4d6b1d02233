//! Texts in two languages, broken on purpose.

use tidy::locales;

use crate::findings;

const PAGE: &str = "save = Save\nleft = { $count } left\n";
const ORG: &str = "# People\npeople-title = People\nrole-rep = Sales\n";

/// Asks for everything, so that a test says only what else it is about.
const ALL: &str = "fn a() { f.t(\"people-title\"); f.t(&format!(\"role-{r}\")) }";

fn asked(source: &str) -> Vec<String> {
    findings(
        locales::check,
        &[
            ("crates/page/locales/en.ftl", PAGE),
            ("crates/page/locales/zh-CN.ftl", PAGE),
            ("crates/org/locales/en.ftl", ORG),
            ("crates/org/locales/zh-CN.ftl", ORG),
            ("crates/org/src/web/people.rs", source),
            ("crates/org/src/web/all.rs", ALL),
        ],
    )
}

#[test]
fn both_languages_have_the_same_keys_once() {
    let path = "crates/org/locales/en.ftl";
    let alone = [("crates/org/src/unit.rs", ALL), (path, ORG)];
    assert_eq!(
        findings(locales::check, &alone),
        ["there is no zh-CN.ftl beside it"]
    );
    let known = "const A: [&str; 2] = [\"a\", \"b\"];";
    let two = findings(
        locales::check,
        &[
            ("crates/org/src/unit.rs", known),
            (path, "a = A\nb = B\n"),
            ("crates/org/locales/zh-CN.ftl", "b = B\nc = C\n"),
        ],
    );
    assert_eq!(two, ["lacks a", "lacks c"]);
    let twice = findings(
        locales::check,
        &[
            ("crates/org/src/unit.rs", "const A: &str = \"save\";"),
            (path, "save = Keep\n"),
            ("crates/org/locales/zh-CN.ftl", "save = Keep\n"),
            ("crates/page/locales/en.ftl", PAGE),
            ("crates/page/locales/zh-CN.ftl", PAGE),
        ],
    );
    assert_eq!(twice, ["org has save already"]);
}

#[test]
fn a_text_nobody_asks_for_is_found() {
    let files = [
        ("crates/org/locales/en.ftl", "old = Old\nrole-rep = Sales\n"),
        (
            "crates/org/locales/zh-CN.ftl",
            "old = Old\nrole-rep = Sales\n",
        ),
        (
            "crates/org/src/unit.rs",
            "fn a() { f.t(&format!(\"role-{r}\")) }",
        ),
        ("crates/page/locales/en.ftl", PAGE),
        ("crates/page/locales/zh-CN.ftl", PAGE),
    ];
    assert_eq!(findings(locales::check, &files), ["nobody asks for old"]);
}

#[test]
fn every_text_asked_for_exists() {
    let good = "fn a() { f.t(\"people-title\"); f.t(\"save\"); f.t(&format!(\"role-{r}\")); f.t(key); \
                f.tw(\"left\", &[(\"count\", n.show(\"x\"))]); f.tw(\"left\", &values); }\n\
                const B: Item = Item { text_key: \"people-title\", title_key: None };";
    assert!(asked(good).is_empty(), "{:?}", asked(good));
    assert_eq!(
        asked("fn a() { f.t(\"nobody\") }"),
        ["there is no text nobody"]
    );
    assert_eq!(
        asked("fn a() { f.t(&format!(\"rule-{r}\")) }"),
        ["no text's key begins with rule-"]
    );
    assert_eq!(
        asked("const B: Item = Item { text_key: \"nobody\" };"),
        ["there is no text nobody"]
    );
    assert_eq!(
        asked("fn a() { f.tw(\"left\", &[(\"days\", n)]) }"),
        ["left takes the values {\"count\"}, not {\"days\"}"]
    );
    assert_eq!(
        asked("fn a() { f.t(\"left\") }"),
        ["left takes the values {\"count\"}, not {}"]
    );
}
