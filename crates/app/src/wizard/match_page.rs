//! Which column of the file is which of ours, to be checked and corrected.

use maud::{Markup, html};
use org::store::uploads::Upload;
use page::{
    Frame, Tone, num,
    parts::{self, th},
};
use sheet::recognise::{Recognised, Seen};

use super::{
    deciding::Matching,
    list_page::{column_name, kind_name, way},
};
use crate::wiring;

/// The id of the form, which the bar below it sends too.
const FORM: &str = "columns";
/// A first cell is shown so far.
const FIRST_CHARS: usize = 40;

pub(super) fn match_page(frame: &Frame, upload: &Upload, matching: &Matching) -> Markup {
    let title = frame.tw("import-match-title", &[("file", upload.name.as_str())]);
    let place = page::address("/import", &upload.public_id);
    let found = matching.found.as_ref();
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, sub(frame, found), html! {
                (page::Button::link("/import", &frame.t("import-other")).ghost().icon("doc"))
            }))
            div.stack {
                (way(frame, 1))
                (notes(frame, matching))
                form.stack id=(FORM) method="post" action={ (place) "/columns" } {
                    (page::card(frame.t("import-kind"), "", html! {}, parts::padded(kinds(frame, upload, matching))))
                    @if let Some(found) = found {
                        (page::card(frame.t("import-columns"), counts(frame, found), html! {}, columns(frame, upload, found)))
                        (bar(frame, found))
                    }
                }
                form method="post" action={ (place) "/forget" } {
                    p { (page::button(&frame.t("import-forget")).ghost().small().danger()) }
                }
            }
        },
    )
}

fn sub(frame: &Frame, found: Option<&Recognised>) -> String {
    match found {
        None => frame.t("import-match-nothing"),
        Some(found) => frame.tw(
            "import-match-sub",
            &[
                ("found", found.found().to_string()),
                ("all", found.columns.len().to_string()),
            ],
        ),
    }
}

fn notes(frame: &Frame, matching: &Matching) -> Markup {
    let Some(found) = &matching.found else {
        return page::note(Tone::Warn, frame.t("import-choose-kind"));
    };
    let missing = found.missing.iter().map(|name| column_name(frame, name));
    let missing: Vec<String> = missing.collect();
    html! {
        @if let Some(person) = &matching.by {
            (page::note(Tone::Info, frame.tw("import-remembered", &[("person", person.as_str())])))
        }
        @if !found.is_likely { (page::note(Tone::Warn, frame.t("import-unlikely"))) }
        @if !missing.is_empty() {
            (page::note(Tone::Warn, frame.tw("import-missing", &[("columns", missing.join(", "))])))
        }
    }
}

fn kinds(frame: &Frame, upload: &Upload, matching: &Matching) -> Markup {
    html! {
        div.stack {
            select.in.wide name="kind" aria-label=(frame.t("import-kind")) {
                @if upload.kind.is_empty() { option value="" { (frame.t("import-kind-choose")) } }
                @for kind in &matching.kinds {
                    option value=(kind) selected[*kind == upload.kind] { (kind_name(frame, kind)) }
                }
            }
            div { (page::button(&frame.t("import-kind-take"))) }
        }
    }
}

fn counts(frame: &Frame, found: &Recognised) -> String {
    frame.tw(
        "import-columns-count",
        &[
            ("all", found.columns.len().to_string()),
            ("missing", found.missing.len().to_string()),
        ],
    )
}

fn columns(frame: &Frame, upload: &Upload, found: &Recognised) -> Markup {
    let caption = frame.t("import-columns");
    parts::stackable_table(
        &caption,
        html! { tr {
            (th(frame.t("import-in-file"))) (th(frame.t("import-in-ours"))) (th(frame.t("import-first")))
            (th(frame.t("import-state"))) (th(frame.t("import-note")))
        } },
        html! { @for (place, column) in found.columns.iter().enumerate() { tr {
            th.mono scope="row" { (column.name) }
            td.m-full { (choice(frame, upload, place, column)) }
            td { (first(column)) }
            td.m-tr { (state(frame, column)) }
            td.t2.m-full { (written(frame, place, column)) }
        } } },
    )
}

fn first(column: &Seen) -> String {
    if column.first.is_empty() {
        return num::MISSING.to_owned();
    }
    column.first.chars().take(FIRST_CHARS).collect()
}

fn choice(frame: &Frame, upload: &Upload, place: usize, column: &Seen) -> Markup {
    let ours = wiring::layout(&upload.kind).map_or(&[][..], |layout| layout.columns);
    if column.is_month {
        return html! { (frame.t("import-month")) };
    }
    let label = frame.tw("import-field-for", &[("column", column.name.as_str())]);
    html! {
        select.in.wide name={ "column-" (place) } aria-label=(label)
            aria-invalid=[column.is_second.then_some("true")] {
            option value="" { (frame.t("import-skip")) }
            @for own in ours {
                option value=(own.name) selected[column.ours == Some(own.name)] {
                    (column_name(frame, own.name)) @if own.required { " *" }
                }
            }
        }
    }
}

fn state(frame: &Frame, column: &Seen) -> Markup {
    let (tone, key) = if column.is_second || !column.ways.is_empty() {
        (Tone::Bad, "import-is-open")
    } else if column.written.is_some() || column.unit.is_some() {
        (Tone::Warn, "import-is-checked")
    } else if column.ours.is_some() || column.is_month {
        (Tone::Good, "import-is-matched")
    } else {
        (Tone::Plain, "import-is-skipped")
    };
    page::badge(tone, frame.t(key))
}

/// How the cells are written: to be chosen where they do not tell.
fn written(frame: &Frame, place: usize, column: &Seen) -> Markup {
    let name = format!("written-{place}");
    let label = frame.tw("import-written-for", &[("column", column.name.as_str())]);
    html! {
        @if column.is_second { (frame.t("import-second")) }
        @if !column.ways.is_empty() {
            select.in.wide name=(name) aria-label=(label) aria-invalid="true" {
                option value="" { (frame.t("import-two-ways")) }
                @for way in &column.ways { option value=(way) { (way) } }
            }
        } @else if let Some(written) = &column.written {
            select.in.wide name=(name) aria-label=(label) {
                option value=(written) selected { (frame.tw("import-written", &[("form", written.as_str())])) }
                option value="" { (frame.t("import-written-cells")) }
            }
        }
        @if let Some((word, factor)) = column.unit {
            " " (frame.tw("import-unit", &[("unit", word), ("factor", factor)]))
        }
    }
}

fn bar(frame: &Frame, found: &Recognised) -> Markup {
    let title = frame.tw(
        "import-bar",
        &[
            ("found", found.found().to_string()),
            ("missing", found.missing.len().to_string()),
        ],
    );
    parts::abar(
        title,
        frame.t("import-bar-effect"),
        html! {},
        html! { (page::button(&frame.t("import-check")).primary().form(FORM).confirms()) },
    )
}

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let upload = super::list_page::upload("new");
    let column = |name: &str, first: &str, ours: Option<&'static str>| Seen {
        name: name.to_owned(),
        first: first.to_owned(),
        ours,
        ..Seen::default()
    };
    let found = Recognised {
        mapping: String::new(),
        remarks: Vec::new(),
        open: vec!["Something is open.".to_owned()],
        columns: vec![
            column("cust_no", "C-10482", Some("code")),
            column("客户名称", "凌威钢构有限公司", Some("name")),
            Seen {
                written: Some("1.234,56".to_owned()),
                unit: Some(("万元", "10000")),
                ..column("lat", "1.800.000,00", Some("lat"))
            },
            Seen {
                ways: vec!["d/m/y".to_owned(), "m/d/y".to_owned()],
                ..column("since", "3/5/2026", Some("lon"))
            },
            Seen {
                is_second: true,
                ..column("name 2", "Linkway", Some("name"))
            },
            Seen {
                is_month: true,
                ..column("1月", "12", None)
            },
            column("fax", "", None),
        ],
        missing: vec!["code"],
        is_own: false,
        is_likely: false,
    };
    let matching = Matching {
        kinds: vec!["customers", "orders"],
        found: Some(found),
        by: Some("Zhou Ning".to_owned()),
    };
    let unknown = Upload {
        kind: String::new(),
        ..upload.clone()
    };
    let nothing = Matching {
        found: None,
        ..matching.clone()
    };
    vec![
        ("import-match", match_page(frame, &upload, &matching)),
        ("import-unknown", match_page(frame, &unknown, &nothing)),
    ]
}
