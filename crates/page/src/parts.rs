//! The parts pages are built from. Each is a function from values to markup.
//!
//! Texts are given as they are to be read, already in the reader's language. An empty text or
//! empty markup leaves its place out.

#![expect(
    clippy::needless_pass_by_value,
    reason = "markup is written where it is handed over"
)]

use maud::{Markup, Render, html};

use crate::{Button, Frame, assets};

/// How a word is meant; the word itself says it too, colour only repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Warn,
    Bad,
    Info,
    /// Only an outline.
    Line,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Info => "info",
            Tone::Line => "line",
        }
    }

    fn glyph(self) -> Option<&'static str> {
        match self {
            Tone::Good => Some("check"),
            Tone::Warn | Tone::Bad => Some("warn"),
            Tone::Info => Some("info"),
            Tone::Plain | Tone::Line => None,
        }
    }
}

/// An icon of the sprite. It says nothing by itself: a word or a label stands beside it.
pub fn icon(name: &str) -> Markup {
    drawn(name, "i")
}

/// The same at the size of small text.
pub fn small_icon(name: &str) -> Markup {
    drawn(name, "i s")
}

fn drawn(name: &str, class: &str) -> Markup {
    debug_assert!(assets::has_icon(name), "the sprite has no icon {name:?}");
    html! {
        svg class=(class) viewBox="0 0 16 16" aria-hidden="true" {
            use href={ (assets::ADDRESS.icons) "#i-" (name) } {}
        }
    }
}

/// The head of a page: its title, one line of facts, its actions.
pub fn page_head(title: impl Render, sub: impl Render, actions: Markup) -> Markup {
    let sub = sub.render();
    html! {
        div.ph {
            div { h1 { (title) } @if !sub.0.is_empty() { p { (sub) } } }
            @if !actions.0.is_empty() { div.act { (actions) } }
        }
    }
}

/// A sheet with a heading. `meta` is its unit, count or scope. A table goes in as it is; anything
/// else belongs into [`padded`].
pub fn card(title: impl Render, meta: impl Render, actions: Markup, body: Markup) -> Markup {
    let (title, meta) = (title.render(), meta.render());
    html! {
        section.card {
            @if !title.0.is_empty() {
                header {
                    h2 { (title) }
                    @if !meta.0.is_empty() { span.meta { (meta) } }
                    @if !actions.0.is_empty() { div.act { (actions) } }
                }
            }
            (body)
        }
    }
}

/// The padded inside of a card.
pub fn padded(body: Markup) -> Markup {
    html! { div.body { (body) } }
}

/// A figure that decides a page: value, unit, what it is measured against.
#[derive(Debug, Default)]
pub struct Kpi<'a> {
    pub name: &'a str,
    /// What of it is shown, beside the name.
    pub about: &'a str,
    pub value: String,
    pub unit: &'a str,
    /// One reference and one change.
    pub detail: Option<Markup>,
    /// A spark line or a bullet.
    pub figure: Option<Markup>,
    pub href: Option<&'a str>,
}

pub fn kpi(tile: Kpi<'_>) -> Markup {
    let inside = html! {
        span.k { b { (tile.name) } @if !tile.about.is_empty() { " " span { (tile.about) } } }
        span.v { (tile.value) @if !tile.unit.is_empty() { " " small { (tile.unit) } } }
        @if let Some(detail) = tile.detail { span.d { (detail) } }
        @if let Some(figure) = tile.figure { (figure) }
    };
    html! {
        @if let Some(href) = tile.href { a.kpi href=(href) { (inside) } } @else { div.kpi { (inside) } }
    }
}

/// A strip of tiles.
pub fn kpis(tiles: &[Markup]) -> Markup {
    let class = match tiles.len() {
        5 => "kpis k5",
        _ => "kpis",
    };
    html! { div class=(class) { @for tile in tiles { (tile) } } }
}

/// What would be better of a figure: more of it, or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    More,
    Less,
}

/// A change with its arrow and colour; hidden text says whether it is for the better. No change
/// has neither.
pub fn change(frame: &Frame, delta: i64, wish: Wish, text: impl Render) -> Markup {
    if delta == 0 {
        return html! { span.delta.fl { (text) } };
    }
    let better = (0 < delta) == (wish == Wish::More);
    let (class, word) = if better {
        ("pos", "better")
    } else {
        ("neg", "worse")
    };
    let arrow = if delta < 0 { "▼" } else { "▲" };
    html! { span class=(class) { (arrow) " " (text) span.vh { " " (frame.t(word)) } } }
}

pub fn badge(tone: Tone, text: impl Render) -> Markup {
    html! {
        span class={ "badge " (tone.class()) } {
            @if let Some(glyph) = tone.glyph() { (icon(glyph)) }
            (text)
        }
    }
}

/// What a list says when it is empty: why, and what fills it.
pub fn empty(title: impl Render, text: impl Render, action: Markup) -> Markup {
    html! {
        div.empty {
            (icon("check")) b { (title) } p { (text) }
            @if !action.0.is_empty() { div.row { (action) } }
        }
    }
}

/// What a small card says when there is nothing in it: one quiet line.
pub fn quiet(text: impl Render) -> Markup {
    padded(html! { p.t3 { (text) } })
}

/// A message inside a page. A bad one is announced at once.
pub fn note(tone: Tone, text: impl Render) -> Markup {
    let role = (tone == Tone::Bad).then_some("alert");
    html! {
        div class={ "note " (tone.class()) } role=[role] {
            (icon(tone.glyph().unwrap_or("info"))) span { (text) }
        }
    }
}

/// A message that floats. Bad news stays until closed; other news leaves by itself.
pub fn toast(frame: &Frame, tone: Tone, text: &str, action: Markup) -> Markup {
    let bad = tone == Tone::Bad;
    html! {
        div.toast.err[bad] data-stays[bad] {
            (icon(if bad { "warn" } else { "check" }))
            span.grow { (text) }
            (action)
            button.btn.s.icon type="button" data-close aria-label=(frame.t("close")) { (small_icon("x")) }
        }
    }
}

/// Views of the same figures: address, text, whether it is the one shown.
pub fn seg(label: &str, views: &[(String, String, bool)]) -> Markup {
    html! {
        div.seg role="group" aria-label=(label) {
            @for (href, text, shown) in views {
                a href=(href) aria-current=[shown.then_some("true")] { (text) }
            }
        }
    }
}

/// Tabs; each is an address of its own.
pub fn tabs(label: &str, views: &[(String, String, bool)]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for (href, text, shown) in views {
                a href=(href) aria-current=[shown.then_some("page")] { (text) }
            }
        }
    }
}

/// One step of a way: behind us, where we are, or still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Done,
    Now,
    Ahead,
}

pub fn steps(way: &[(String, Step)]) -> Markup {
    html! {
        ol.steps {
            @for (text, step) in way {
                li.done[*step == Step::Done] aria-current=[(*step == Step::Now).then_some("step")] { (text) }
            }
        }
    }
}

/// The bar at the foot of a decision: what pressing will do, the way so far, the buttons.
pub fn abar(title: impl Render, effect: impl Render, way: Markup, actions: Markup) -> Markup {
    html! {
        div.abar {
            div { b { (title) } span.sub { (effect) } }
            (way)
            div.push { (actions) }
        }
    }
}

/// The way to the next rows; nothing on the last page.
pub fn pager(frame: &Frame, next: Option<&str>) -> Markup {
    html! {
        @if let Some(next) = next {
            nav.pager aria-label=(frame.t("pages")) {
                (Button::link(next, &frame.t("more-rows")).small().icon("down"))
            }
        }
    }
}

/// One condition of a list. A set one shows its value and a cross that takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub label: String,
    /// What it is set to.
    pub value: Option<String>,
    /// Where choosing it, or taking it away, leads.
    pub href: String,
}

pub fn filter_bar(frame: &Frame, filters: &[Filter], beside: Markup) -> Markup {
    html! {
        div.filters {
            @for filter in filters {
                @if let Some(value) = &filter.value {
                    a.chip.set href=(filter.href) {
                        (filter.label) ": " b { (value) } (small_icon("x")) span.vh { (frame.t("filter-remove")) }
                    }
                } @else {
                    a.chip href=(filter.href) { (filter.label) }
                }
            }
            @if !beside.0.is_empty() { span.push { (beside) } }
        }
    }
}

/// A search over the rows of this page. `kept` are conditions that stay.
pub fn search_form(frame: &Frame, action: &str, wanted: &str, kept: &[(&str, &str)]) -> Markup {
    html! {
        form.row role="search" method="get" action=(action) {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            input.in.sel type="search" name="q" value=(wanted) aria-label=(frame.t("search"))
                placeholder=(frame.t("search")) data-filter;
            (Button::submit(&frame.t("search")).icon("search"))
        }
    }
}

/// A table that scrolls sideways inside its card. The caption is for those who do not see it.
/// Rows of the class `two` have two lines, cells of the class `n` hold numbers.
pub fn table(caption: &str, head: Markup, body: Markup) -> Markup {
    html! {
        div.tblw tabindex="0" role="region" aria-label=(caption) {
            table.tbl {
                caption.vh { (caption) }
                thead { (head) }
                tbody { (body) }
            }
        }
    }
}

/// A table whose rows become records on a phone.
pub fn stackable_table(caption: &str, head: Markup, body: Markup) -> Markup {
    html! {
        div.tblw {
            table.tbl.stackable {
                caption.vh { (caption) }
                thead { (head) }
                tbody { (body) }
            }
        }
    }
}

/// The head of a column of words.
pub fn th(text: impl Render) -> Markup {
    html! { th scope="col" { (text) } }
}

/// The head of a column of numbers.
pub fn th_n(text: impl Render) -> Markup {
    html! { th.n scope="col" { (text) } }
}
