//! The conditions of a list as chips: what is set, and what could be.

use maud::{Markup, html};

use super::Asked;
use crate::{Button, Frame, parts::small_icon};

/// More choices than this are a field to pick from, not a menu to read.
const MENU: usize = 12;

/// A condition a list can be narrowed by.
#[derive(Debug, Clone)]
pub struct Narrowing {
    pub label: String,
    /// What it is set to, as it is read.
    pub shown: Option<String>,
    pub by: By,
}

/// How the condition is set.
#[derive(Debug, Clone)]
pub enum By {
    /// One of these: value and text.
    Choice(&'static str, Vec<(String, String)>),
    /// A first and a last day.
    Days {
        from: &'static str,
        to: &'static str,
    },
    /// Set by a link elsewhere; here it can only be taken away.
    Link(&'static str),
}

impl Narrowing {
    /// A choice; what is chosen is shown by its text, or as it was typed.
    pub fn choice(
        asked: &Asked,
        label: String,
        name: &'static str,
        choices: Vec<(String, String)>,
    ) -> Narrowing {
        let value = asked.get(name);
        let chosen = choices
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(value));
        let shown = chosen.map_or_else(|| value.to_owned(), |(_, text)| text.clone());
        Narrowing {
            label,
            shown: Some(shown).filter(|_| !value.is_empty()),
            by: By::Choice(name, choices),
        }
    }

    /// A span of days under two names.
    pub fn days(asked: &Asked, label: String, from: &'static str, to: &'static str) -> Narrowing {
        let ends = (asked.get(from), asked.get(to));
        let shown = match ends {
            ("", "") => None,
            (first, "") => Some(format!("{first} →")),
            ("", last) => Some(format!("→ {last}")),
            (first, last) => Some(format!("{first} → {last}")),
        };
        Narrowing {
            label,
            shown,
            by: By::Days { from, to },
        }
    }

    /// It is set, or there is something to choose.
    pub fn is_of_use(&self) -> bool {
        let offers = match &self.by {
            By::Choice(_, choices) => !choices.is_empty(),
            By::Days { .. } => true,
            By::Link(_) => false,
        };
        offers || self.shown.is_some()
    }

    /// The question without this condition.
    fn without(&self, asked: &Asked) -> Asked {
        match self.by {
            By::Choice(name, _) | By::Link(name) => asked.with(name, ""),
            By::Days { from, to } => asked.with(from, "").with(to, ""),
        }
    }
}

/// One chip.
pub(super) fn chip(frame: &Frame, asked: &Asked, one: &Narrowing) -> Markup {
    let without = one.without(asked).href();
    let set = html! {
        @if let Some(shown) = &one.shown {
            a.chip.set href=(without) {
                (one.label) ": " b { (shown) } (small_icon("x")) span.vh { (frame.t("filter-remove")) }
            }
        }
    };
    if one.shown.is_some() {
        return set;
    }
    html! {
        @match &one.by {
            By::Link(_) => {}
            By::Choice(name, choices) if choices.len() <= MENU => details.pick data-pick {
                summary.chip { (one.label) (small_icon("down")) }
                div.menu {
                    @for (value, text) in choices { a href=(asked.with(name, value).href()) { (text) } }
                }
            },
            By::Choice(name, choices) => (fields(frame, asked, &one.label, &[name], &html! {
                select.in name=(name) aria-label=(one.label) data-submit {
                    option value="" { (frame.t("list-choose")) }
                    @for (value, text) in choices { option value=(value) { (text) } }
                }
            })),
            By::Days { from, to } => (fields(frame, asked, &one.label, &[from, to], &html! {
                label { span { (frame.t("list-from")) } input.in type="date" name=(from); }
                label { span { (frame.t("list-to")) } input.in type="date" name=(to); }
            })),
        }
    }
}

/// A chip that opens a small form.
fn fields(frame: &Frame, asked: &Asked, label: &str, names: &[&str], body: &Markup) -> Markup {
    html! {
        details.pick data-pick {
            summary.chip { (label) (small_icon("down")) }
            form.menu.fields method="get" action=(asked.path()) {
                (asked.hidden(names))
                (body)
                (Button::submit(&frame.t("list-apply")).small())
            }
        }
    }
}
