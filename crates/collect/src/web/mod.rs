//! The API of collecting.

#![expect(
    clippy::missing_errors_doc,
    reason = "what a handler answers stands in its annotation"
)]

pub mod accounts;
pub mod merging;

use axum::{
    Router,
    routing::{get, put},
};
use page::Kit;

/// The routes of this crate.
pub fn routes() -> Router<Kit> {
    Router::new()
        .route("/api/v1/credit/accounts", get(accounts::list))
        .route("/api/v1/credit/accounts/{customer}", get(accounts::one))
        .route(
            "/api/v1/credit/accounts/{customer}/limit",
            put(accounts::set_limit),
        )
}
