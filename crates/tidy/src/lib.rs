//! The house rules, as tests: what may import what, where SQL and pages live, who owns which table,
//! which words belong to which floor.
//!
//! Each rule is a function from the [`House`] (the sources as text) to its [`Finding`]s. The rules
//! read words and texts, not types, so each holds only what can be told that way without false
//! alarms. `tests/house.rs` runs them all on the real tree; `tests/controls.rs` breaks each one on
//! purpose, so that a rule that no longer sees anything is noticed.

pub mod dependencies;
pub mod heads;
pub mod house;
pub mod locales;
pub mod lock;
pub mod manifest;
pub mod migrations;
pub mod names;
pub mod outside;
pub mod places;
pub mod purity;
pub mod queries;
pub mod rings;
pub mod sizes;
pub mod source;
pub mod sql;
pub mod stories;
pub mod tables;
pub mod tokens;
pub mod words;

use std::fmt;

pub use house::House;

/// Something in the tree that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// From the workspace's root, with slashes.
    pub path: String,
    /// Counted from 1; 0 is the file as a whole.
    pub line: usize,
    pub what: String,
}

impl Finding {
    pub fn at(path: &str, line: usize, what: impl Into<String>) -> Finding {
        Finding {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }

    pub fn of_file(path: &str, what: impl Into<String>) -> Finding {
        Finding::at(path, 0, what)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.path, self.what)
        } else {
            write!(f, "{}:{}: {}", self.path, self.line, self.what)
        }
    }
}

/// A rule reads the whole house and says what breaks it.
pub type Rule = fn(&House) -> Vec<Finding>;

/// Every rule with its name.
pub const RULES: &[(&str, Rule)] = &[
    ("dependencies", dependencies::check),
    ("heads", heads::check),
    ("locales", locales::check),
    ("lock", lock::check),
    ("migrations", migrations::check),
    ("names", names::check),
    ("outside", outside::check),
    ("places", places::check),
    ("purity", purity::check),
    ("queries", queries::check),
    ("rings", rings::check),
    ("sizes", sizes::check),
    ("stories", stories::check),
    ("tables", tables::check),
    ("words", words::check),
];
