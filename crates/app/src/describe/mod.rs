//! The API described: as an OpenAPI 3.1 document for programs, as a page for people.

mod answers;
mod docs;
mod document;
mod formats;

use axum::{Router, routing::get};
use page::{Frame, Json, Kit};
use serde_json::Value;

pub use docs::samples;
pub use document::document;

pub fn routes() -> Router<Kit> {
    Router::new()
        .route(
            "/api/openapi.json",
            get(async || -> Json<&'static Value> { Json(document()) }),
        )
        .route(
            "/api/docs",
            get(async |frame: Frame| docs::describe(&frame, document())),
        )
}
