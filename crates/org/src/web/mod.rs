//! Pages and API of the organisation.

#![expect(
    clippy::missing_errors_doc,
    reason = "a handler fails with a Problem; the API document lists which"
)]

mod download;
pub mod finders;
pub mod first_run;
pub mod memberships;
pub mod people;
pub mod seats;
pub mod sign_in;
pub mod transfer;
pub mod units;
pub mod views;

pub use download::download;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use page::{Actor, Frame, Kit, Query};
use sheet::export::Format;

use crate::api::ListQuery;

/// The routes of this crate.
pub fn routes() -> Router<Kit> {
    let export = |format: Format| {
        get(
            move |kit: State<Kit>, actor: Actor, query: Query<ListQuery>| {
                people::export(kit.0, actor, query.0, format)
            },
        )
    };
    Router::new()
        .route("/people/export.csv", export(Format::Csv))
        .route("/people/export.xlsx", export(Format::Xlsx))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/first-run", get(first_run::show).post(first_run::create))
        .route("/people", get(people::page))
        .route("/views", post(views::act))
        .route("/api/v1/units", get(units::list).post(units::create))
        .route("/api/v1/units/{code}", get(units::one).patch(units::change))
        .route("/api/v1/seats", get(seats::list).post(seats::create))
        .route("/api/v1/seats/{code}", get(seats::one).patch(seats::change))
        .route(
            "/api/v1/memberships",
            get(memberships::list).post(memberships::create),
        )
        .route(
            "/api/v1/memberships/{person}/{unit}/{from}",
            get(memberships::one)
                .patch(memberships::change)
                .delete(memberships::take_back),
        )
        .route("/api/v1/people", get(people::list).post(people::create))
        .route(
            "/api/v1/people/{code}",
            get(people::one).patch(people::change),
        )
}

/// Every page of this crate with sample data.
pub fn samples(frame: &Frame) -> Vec<(&'static str, maud::Markup)> {
    vec![
        ("sign-in", sign_in::sample(frame)),
        ("first-run", first_run::sample(frame)),
        ("people", people::sample(frame)),
    ]
}
