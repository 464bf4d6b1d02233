//! The demo company in Chromium: what only a real browser can tell about the pages.
//!
//! Each test runs the program itself and a browser of its own. Where Chromium is not installed it
//! fails and says how to get it; `BAILIWICK_NO_BROWSER` lets it pass unseen.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "browser/chromium.rs"]
mod chromium;
#[path = "browser/demo.rs"]
mod demo;
#[path = "browser/grid.rs"]
mod grid;
#[path = "browser/importing.rs"]
mod importing;
#[path = "browser/keys.rs"]
mod keys;
#[path = "browser/money.rs"]
mod money;
#[path = "browser/pictures.rs"]
mod pictures;
#[path = "browser/planning.rs"]
mod planning;
#[path = "browser/reach.rs"]
mod reach;
#[path = "browser/visitor.rs"]
mod visitor;
#[path = "browser/working.rs"]
mod working;
