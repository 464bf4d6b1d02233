//! A page with a list people work in: search, conditions, order, views, pages, and what can be done
//! with several rows at once.
//!
//! Everything in it is a link or a plain form. What is asked stands in the address, so a list can be
//! sent to a colleague, and goes back with the browser's own button.

mod asked;
mod filters;
mod outcome;
mod views;

use db::{Count, Cursor, Sort};
use maud::{Markup, html};

pub use asked::Asked;
pub use filters::{By, Narrowing};
pub use outcome::{Outcome, outcome_page};
pub use views::{View, everything};

use crate::{
    Button, Frame, card, empty, num, page_head,
    parts::{small_icon, stackable_table},
    shell,
};

/// Sizes of a page to choose from.
const SIZES: [&str; 4] = ["25", USUAL_SIZE, "100", "200"];
/// The size nobody chose, as it stands in an address.
const USUAL_SIZE: &str = "50";

/// A column: its heading, and the name it is sorted by where it can be.
#[derive(Debug, Clone)]
pub struct Column {
    text: String,
    sort: Option<&'static str>,
    /// Numbers, set to the right.
    number: bool,
    /// The first press shows the largest or latest first.
    down_first: bool,
}

impl Column {
    pub fn of(text: String) -> Column {
        Column {
            text,
            sort: None,
            number: false,
            down_first: false,
        }
    }

    /// Can be sorted by this name, smallest first.
    #[must_use]
    pub fn sorts(mut self, name: &'static str) -> Column {
        self.sort = Some(name);
        self
    }

    /// Can be sorted by this name, largest or latest first.
    #[must_use]
    pub fn sorts_down(mut self, name: &'static str) -> Column {
        self.sort = Some(name);
        self.down_first = true;
        self
    }

    #[must_use]
    pub fn number(mut self) -> Column {
        self.number = true;
        self
    }
}

/// A row: what it is picked by, its name for who cannot see it, and its cells.
#[derive(Debug, Clone)]
pub struct Row {
    pub code: String,
    pub name: String,
    pub cells: Markup,
}

/// What can be done with the rows picked: where the form goes, more to fill in, the buttons.
#[derive(Debug, Clone)]
pub struct Bulk {
    pub action: &'static str,
    pub fields: Markup,
    /// What is sent as `act`, its text, and whether it takes something away.
    pub acts: Vec<(&'static str, String, bool)>,
}

/// What a list page is drawn from.
#[derive(Debug, Clone)]
pub struct ListPage<'a> {
    pub title: String,
    pub sub: String,
    /// Buttons in the head, left of the export.
    pub actions: Markup,
    /// Where exactly these rows are sent as a file, and the file's kind.
    pub exports: Vec<(&'static str, &'static str)>,
    pub asked: &'a Asked,
    pub views: &'a [View],
    pub filters: Vec<Narrowing>,
    /// What can be typed into the search.
    pub search: String,
    pub caption: String,
    pub meta: String,
    pub columns: Vec<Column>,
    pub sort: Sort,
    pub count: Count,
    pub rows: Vec<Row>,
    /// The list without any row: why, and what to do.
    pub none: (String, String),
    /// The list without a row that fits.
    pub not_found: (String, String),
    pub next: Option<&'a Cursor>,
    /// Not the first page.
    pub further: bool,
    pub bulk: Option<Bulk>,
}

/// The whole page.
pub fn list_page(frame: &Frame, page: &ListPage<'_>) -> Markup {
    let body = html! {
        (page_head(&page.title, &page.sub, head_actions(frame, page)))
        (views::tabs(frame, page.asked, page.views))
        (narrowed(frame, page))
        @match &page.bulk {
            Some(bulk) if !page.rows.is_empty() => form #bulk method="post" action=(bulk.action) {
                input type="hidden" name="back" value=(page.asked.href());
                (sheet(frame, page)) (bulk_bar(frame, bulk))
            },
            _ => (sheet(frame, page)),
        }
        (foot(frame, page))
    };
    shell(frame, &page.title, body)
}

/// How many rows there are, in words: exact, or about.
pub fn counted(frame: &Frame, count: Count) -> String {
    match count {
        Count::Exactly(rows) => frame.tw("list-count", &[("count", num::whole(rows))]),
        Count::About(rows) => frame.tw("list-about", &[("count", num::whole(rows))]),
        Count::MoreThan(rows) => frame.tw("list-more-than", &[("count", num::whole(rows))]),
    }
}

fn head_actions(frame: &Frame, page: &ListPage<'_>) -> Markup {
    html! {
        (page.actions)
        (export_links(frame, page.asked, &page.exports))
    }
}

/// Links to what is asked for as a file: where it is, and the file's kind.
pub fn export_links(
    frame: &Frame,
    asked: &Asked,
    exports: &[(&'static str, &'static str)],
) -> Markup {
    html! {
        @for (path, kind) in exports {
            @let text = frame.tw("list-export", &[("kind", *kind)]);
            (Button::link(&asked.at(path).with("limit", "").href(), &text).icon("dl").downloads())
        }
    }
}

fn narrowed(frame: &Frame, page: &ListPage<'_>) -> Markup {
    let asked = page.asked;
    html! {
        div.filters.narrowing {
            form.row role="search" method="get" action=(asked.path()) {
                (asked.hidden(&["q"]))
                input.in.sel type="search" name="q" value=(asked.get("q")) aria-label=(page.search)
                    placeholder=(page.search) data-filter data-search autocomplete="off";
                (Button::submit(&frame.t("search")).icon("search"))
            }
            @for one in &page.filters { (filters::chip(frame, asked, one)) }
            (order_chip(frame, page))
            @if asked.narrows() { a.chip.clear href=(everything(asked.path())) { (frame.t("list-clear")) } }
        }
    }
}

/// The order as a menu: on a phone the rows are records and have no heads of columns.
fn order_chip(frame: &Frame, page: &ListPage<'_>) -> Markup {
    let sorted = page
        .columns
        .iter()
        .filter_map(|column| Some((column, column.sort?)));
    html! {
        details.pick.on-phone data-pick {
            summary.chip { (frame.t("list-order")) (small_icon("down")) }
            div.menu {
                @for (column, name) in sorted {
                    a href=(turned(page, column, name)) { (column.text) (arrow(page.sort, name)) }
                }
            }
        }
    }
}

/// The list ordered by a column: the other way round if it is already.
fn turned(page: &ListPage<'_>, column: &Column, name: &str) -> String {
    let down = if page.sort.by.name == name {
        !page.sort.down
    } else {
        column.down_first
    };
    let sign = if down { "-" } else { "" };
    page.asked.with("sort", &format!("{sign}{name}")).href()
}

fn arrow(sort: Sort, name: &str) -> Markup {
    html! { @if sort.by.name == name { span aria-hidden="true" { @if sort.down { "▼" } @else { "▲" } } } }
}

fn sheet(frame: &Frame, page: &ListPage<'_>) -> Markup {
    let meta = if page.meta.is_empty() {
        counted(frame, page.count)
    } else {
        format!("{} · {}", counted(frame, page.count), page.meta)
    };
    let body = if page.rows.is_empty() {
        let (title, text) = if page.asked.narrows() {
            &page.not_found
        } else {
            &page.none
        };
        empty(title, text, html! {})
    } else {
        stackable_table(&page.caption, head(frame, page), rows(frame, page))
    };
    card(&page.caption, meta, html! {}, body)
}

fn head(frame: &Frame, page: &ListPage<'_>) -> Markup {
    html! { tr {
        @if page.bulk.is_some() {
            th.w24 scope="col" { input type="checkbox" data-pick-all aria-label=(frame.t("list-pick-all")); }
        }
        @for column in &page.columns {
            @let sorted = column.sort.is_some_and(|name| name == page.sort.by.name);
            @let way = if page.sort.down { "descending" } else { "ascending" };
            th.n[column.number] scope="col" aria-sort=[sorted.then_some(way)] {
                @match column.sort {
                    Some(name) => a href=(turned(page, column, name)) { (column.text) (arrow(page.sort, name)) },
                    None => (column.text),
                }
            }
        }
    } }
}

fn rows(frame: &Frame, page: &ListPage<'_>) -> Markup {
    html! { @for row in &page.rows {
        tr.two data-row {
            @if page.bulk.is_some() {
                td.w24.m-pick {
                    input type="checkbox" name="pick" value=(row.code)
                        aria-label=(frame.tw("list-pick", &[("name", row.name.as_str())]));
                }
            }
            (row.cells)
        }
    } }
}

/// Shown as soon as a row is picked: the style sheet sees to that.
fn bulk_bar(frame: &Frame, bulk: &Bulk) -> Markup {
    html! {
        div.abar.bulk {
            div { b data-picked="" { } " " span { (frame.t("list-picked")) } }
            div.row { (bulk.fields) }
            div.push {
                @for (act, text, danger) in &bulk.acts {
                    @let button = Button::submit(text).sends("act", act);
                    @if *danger { (button.danger()) } @else { (button) }
                }
            }
        }
    }
}

fn foot(frame: &Frame, page: &ListPage<'_>) -> Markup {
    let size = match page.asked.get("limit") {
        "" => USUAL_SIZE,
        chosen => chosen,
    };
    let next = page.next.map(|next| {
        let asked = page.asked.href();
        let joint = if asked.contains('?') { '&' } else { '?' };
        format!("{asked}{joint}cursor={}", next.write())
    });
    html! {
        @if page.further || next.is_some() || !page.asked.get("limit").is_empty() {
            nav.pager aria-label=(frame.t("pages")) {
                @if page.further { (Button::link(&page.asked.href(), &frame.t("list-first")).small().icon("up")) }
                @if let Some(next) = &next { (Button::link(next, &frame.t("list-next")).small().icon("down")) }
                span.seg role="group" aria-label=(frame.t("list-size")) {
                    @for rows in SIZES {
                        a href=(page.asked.with("limit", rows).href())
                            aria-current=[(rows == size).then_some("true")] { (rows) }
                    }
                }
            }
        }
    }
}
