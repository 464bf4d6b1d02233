//! The binary `bailiwick`: the command line, the settings, the clock, and the one place where the
//! crates of the house become one program.
//!
//! Only here are arguments, environment and clock read, and only here is a database opened.

pub mod cli;
pub mod clock;
pub mod demo;
pub mod describe;
pub mod exporting;
pub mod folder;
pub mod health;
pub mod importing;
pub mod recognising;
pub mod serve;
pub mod settings;
pub mod trouble;
pub mod wiring;
pub mod wizard;
pub mod workbook;

/// The version of the program, as its manifest has it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The texts of this crate's pages and of the navigation.
pub const MESSAGES: page::Messages = page::Messages {
    en: include_str!("../locales/en.ftl"),
    zh: include_str!("../locales/zh-CN.ftl"),
};
