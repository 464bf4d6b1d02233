//! Pages of the desk.

#![expect(
    clippy::missing_errors_doc,
    reason = "a handler fails with a Problem; the API document lists which"
)]

pub mod search;
pub mod today;
mod today_page;

use axum::{Router, routing::get};
use page::{Frame, Kit};

/// The routes of this crate.
pub fn routes() -> Router<Kit> {
    Router::new()
        .route("/", get(today::show))
        .route("/search", get(search::find))
}

/// Every page of this crate with sample data.
pub fn samples(frame: &Frame) -> Vec<(&'static str, maud::Markup)> {
    today_page::samples(frame)
}
