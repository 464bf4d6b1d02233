//! The rules, one test each, on the tree as it is.

use std::{path::Path, sync::LazyLock};

use tidy::{Finding, House, RULES};

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    House::read(&root).expect("the workspace can be read")
});

#[track_caller]
fn is_kept(name: &str) {
    let (_, rule) = RULES
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a rule of that name");
    let findings: Vec<String> = rule(&HOUSE).iter().map(Finding::to_string).collect();
    assert!(
        findings.is_empty(),
        "{name}: {} findings\n  {}",
        findings.len(),
        findings.join("\n  ")
    );
}

macro_rules! kept {
    ($($name:ident)+) => {
        $(#[test] fn $name() { is_kept(stringify!($name)); })+

        #[test]
        fn every_rule_has_its_test() {
            let tested = [$(stringify!($name)),+];
            let known: Vec<&str> = RULES.iter().map(|(name, _)| *name).collect();
            assert_eq!(tested.as_slice(), known.as_slice());
        }
    };
}

kept! {
    dependencies heads locales lock migrations names outside places purity queries rings sizes stories
    tables words
}

/// A rule that reads nothing finds nothing: the tree must really have been seen.
#[test]
fn the_whole_house_was_read() {
    assert!(HOUSE.crates().len() >= 13, "{:?}", HOUSE.crates());
    assert!(HOUSE.sources.len() > 100, "{} sources", HOUSE.sources.len());
    assert!(HOUSE.migrations().len() >= 4);
    assert!(
        HOUSE
            .files
            .keys()
            .any(|path| path.ends_with("locales/zh-CN.ftl"))
    );
    assert!(HOUSE.files.contains_key("bin/check"));
}
