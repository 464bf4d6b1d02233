//! Views of a list that a person keeps under a name.

use maud::{Markup, html};

use super::{Asked, USUAL_SIZE};
use crate::{Button, Frame, parts::small_icon};

/// A view as it is kept: a name, and the conditions behind the `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub name: String,
    pub query: String,
    /// The list opens with it.
    pub usual: bool,
}

/// The address of the whole list, where a view may be what it opens with: asked for in so many words.
pub fn everything(path: &str) -> String {
    format!("{path}?limit={USUAL_SIZE}")
}

/// The views as tabs, and what can be done with the one shown.
pub(super) fn tabs(frame: &Frame, asked: &Asked, views: &[View]) -> Markup {
    let here = asked.query();
    let shown = views.iter().find(|view| view.query == here);
    html! {
        div.views {
            nav.tabs aria-label=(frame.t("views")) {
                a href=(everything(asked.path())) aria-current=[here.is_empty().then_some("page")] { (frame.t("views-all")) }
                @for view in views {
                    a href={ (asked.path()) "?" (view.query) }
                        aria-current=[(view.query == here).then_some("page")] {
                        (view.name)
                        @if view.usual { span.cnt { (frame.t("views-usual")) } }
                    }
                }
            }
            @match shown {
                Some(view) => (change(frame, asked, view)),
                None if !here.is_empty() => (keep(frame, asked)),
                None => {}
            }
        }
    }
}

fn keep(frame: &Frame, asked: &Asked) -> Markup {
    html! {
        details.pick.end data-pick {
            summary.btn.s.ghost { (frame.t("views-keep")) (small_icon("down")) }
            form.menu.fields method="post" action="/views" {
                (place(asked))
                label { span { (frame.t("views-name")) } input.in name="name" required maxlength="60"; }
                label.row { input type="checkbox" name="usual" value="1"; span { (frame.t("views-open-with")) } }
                (Button::submit(&frame.t("save")).small().primary().sends("act", "keep"))
            }
        }
    }
}

fn change(frame: &Frame, asked: &Asked, view: &View) -> Markup {
    let (usual, text) = if view.usual {
        ("unusual", frame.t("views-not-usual"))
    } else {
        ("usual", frame.t("views-open-with"))
    };
    html! {
        details.pick.end data-pick {
            summary.btn.s.ghost { (frame.t("views-change")) (small_icon("down")) }
            form.menu.fields method="post" action="/views" {
                (place(asked))
                input type="hidden" name="old" value=(view.name);
                label { span { (frame.t("views-name")) } input.in name="name" required maxlength="60" value=(view.name); }
                (Button::submit(&frame.t("views-rename")).small().sends("act", "rename"))
                (Button::submit(&text).small().sends("act", usual))
                (Button::submit(&frame.t("delete")).small().danger().sends("act", "delete"))
            }
        }
    }
}

/// Which list, and what is asked of it.
fn place(asked: &Asked) -> Markup {
    html! {
        input type="hidden" name="list" value=(asked.path());
        input type="hidden" name="query" value=(asked.query());
    }
}
