//! Pages and API of planning.

#![expect(
    clippy::missing_errors_doc,
    reason = "a handler fails with a Problem; the API document lists which"
)]

pub mod attainment;
pub mod attainment_samples;
pub mod grid;
pub mod grid_edit;
mod grid_page;
mod grid_table;
pub mod handovers;
pub mod moves;
pub mod moving;
pub mod plans;
mod samples;
pub mod spread;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use page::{Frame, Kit};

/// The routes of this crate.
pub fn routes() -> Router<Kit> {
    Router::new()
        .route("/plan", get(grid::index).post(grid::create))
        .route("/plan/{code}", get(grid::show))
        .route("/plan/{code}/cells", post(grid_edit::set))
        .route("/plan/{code}/lock", post(grid_edit::lock))
        .route("/plan/{code}/spread", post(grid_edit::spread))
        .route("/plan/{code}/undo", post(grid_edit::undo))
        .route("/plan/{code}/publish", post(grid::publish))
        .route("/plan/{code}/revise", post(grid::revise))
        .route("/attainment", get(attainment::page))
        .route("/people/moves", get(moving::index).post(moving::create))
        .route("/people/moves/new", get(moving::fill_in))
        .route(
            "/people/moves/person",
            get(moving::person::fill_in).post(moving::person::create),
        )
        .route("/people/moves/{number}", get(moving::show))
        .route("/people/handovers/{number}", get(moving::handing::show))
        .route(
            "/people/handovers/{number}/accept",
            post(moving::handing::accept),
        )
        .route(
            "/people/handovers/{number}/notes",
            post(moving::handing::add_note),
        )
        .route(
            "/api/v1/plan/spread",
            // Two hundred thousand cells with bounds fit.
            post(spread::spread).layer(DefaultBodyLimit::max(48 << 20)),
        )
        .route("/api/v1/plans", get(plans::list).post(plans::create))
        .route("/api/v1/plans/{code}", get(plans::one))
        .route(
            "/api/v1/plans/{code}/cells",
            get(plans::cells).put(plans::set_cells),
        )
        .route("/api/v1/plans/{code}/publish", post(plans::publish))
        .route("/api/v1/plans/{code}/revise", post(plans::revise))
        .route(
            "/api/v1/periods",
            get(plans::periods).post(plans::create_period),
        )
        .route(
            "/api/v1/periods/{code}",
            get(plans::period).patch(plans::change_period),
        )
        .route("/api/v1/attainment", get(attainment::api))
        .route("/api/v1/moves", get(moves::list).post(moves::create))
        .route("/api/v1/moves/preview", post(moves::preview))
        .route("/api/v1/moves/{number}", get(moves::one))
        .route("/api/v1/handovers", get(handovers::list))
        .route("/api/v1/handovers/{number}", get(handovers::one))
        .route("/api/v1/handovers/{number}/accept", post(handovers::accept))
        .route(
            "/api/v1/handovers/{number}/notes",
            post(handovers::add_note),
        )
}

/// Every page of this crate with sample data.
pub fn samples(frame: &Frame) -> Vec<(&'static str, maud::Markup)> {
    let mut samples = samples::samples(frame);
    samples.extend(attainment_samples::samples(frame));
    samples.extend(moving::samples(frame));
    samples
}
