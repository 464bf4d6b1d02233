//! A problem as a page: what happened, and a way on.

use axum::http::StatusCode;
use maud::{Markup, html};

use crate::{Button, Frame, Problem, bare, icon, shell};

/// Inside the house for somebody known, outside it for a stranger.
pub(crate) fn page(frame: &Frame, problem: &Problem) -> Markup {
    let title = frame.t(title_key(problem.status()));
    let sentence = problem.sentence(frame);
    let body = html! {
        section.card.problem {
            div.empty {
                (icon(glyph(problem.status())))
                h1 { (title) }
                p { (sentence) }
                @if !problem.errors().is_empty() {
                    ul.faults {
                        @for error in problem.errors() {
                            @if error.message != problem.detail() { li { (error.message) } }
                        }
                    }
                }
                div.row { (way_on(frame, problem)) }
            }
        }
    };
    if frame.actor.is_some() {
        shell(frame, &title, body)
    } else {
        bare(frame, &title, body)
    }
}

fn way_on(frame: &Frame, problem: &Problem) -> Markup {
    if let Some((text, path)) = problem.offered() {
        return html! { (Button::link(path, text).primary()) };
    }
    if problem.status() == StatusCode::UNAUTHORIZED || frame.actor.is_none() {
        return html! { (Button::link("/sign-in", &frame.t("sign-in")).primary()) };
    }
    html! { (Button::link("/", &frame.t("to-start")).primary()) }
}

fn title_key(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "problem-malformed",
        401 => "problem-unauthorized",
        403 => "problem-forbidden",
        404 => "problem-missing",
        405 => "problem-method",
        409 => "problem-conflict",
        412 => "problem-stale",
        413 => "problem-too-large",
        429 => "problem-too-many",
        503 => "problem-unavailable",
        500..=599 => "problem-failed",
        _ => "problem-refused",
    }
}

fn glyph(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 | 403 => "lock",
        404 | 405 => "search",
        429 | 503 => "clock",
        _ => "warn",
    }
}
