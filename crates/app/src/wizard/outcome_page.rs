//! A file on its way, what checking it found, and what came in.

use maud::{Markup, html};
use org::store::uploads::Upload;
use page::{
    Button, Frame, Kpi, Tone, num,
    parts::{self, th, th_n},
};

use super::{
    list_page::{column_name, kind_name, upload as sample_upload, way},
    told::{Fault, Told},
};
use crate::wiring;

/// So many faults are shown; the file has all that were kept.
const MOST_SHOWN: usize = 200;

pub(super) fn moving_page(frame: &Frame, upload: &Upload, is_lost: bool) -> Markup {
    let title = frame.tw("import-moving-title", &[("file", upload.name.as_str())]);
    let saves = upload.state == "saving";
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, frame.t("import-moving-sub"), html! {}))
            div.stack {
                (way(frame, if saves { 3 } else { 2 }))
                @if is_lost { (lost(frame, upload)) } @else { (moving(frame, upload)) }
            }
        },
    )
}

/// What is asked for again and again until it is over.
pub(super) fn moving(frame: &Frame, upload: &Upload) -> Markup {
    let place = page::address("/import", &upload.public_id);
    let key = if upload.state == "saving" {
        "import-saving"
    } else {
        "import-checking"
    };
    html! {
        div hx-get={ (place) "/progress" } hx-trigger="every 1s" hx-target="this" hx-swap="outerHTML" {
            (page::card(frame.t(key), far(frame, upload), html! {}, parts::padded(html! {
                progress.wide max=(upload.whole.max(1)) value=[(0 < upload.whole).then_some(upload.done)]
                    aria-label=(frame.t(key)) {}
                p { (Button::link(&place, &frame.t("import-look-again")).small().icon("sync")) }
            })))
        }
    }
}

fn far(frame: &Frame, upload: &Upload) -> String {
    if upload.whole == 0 {
        return frame.t("import-begins");
    }
    let values = [
        ("done", num::whole(upload.done)),
        ("whole", num::whole(upload.whole)),
    ];
    frame.tw("import-far", &values)
}

fn lost(frame: &Frame, upload: &Upload) -> Markup {
    let place = page::address("/import", &upload.public_id);
    html! {
        (page::note(Tone::Warn, frame.t("import-lost")))
        form method="post" action={ (place) "/read" } {
            @if upload.skips_bad == 1 { input type="hidden" name="skip" value="1"; }
            @if upload.state == "saving" {
                p { (page::button(&frame.t("import-go-on")).primary()) }
            }
        }
        p { (Button::link(&format!("{place}?step=columns"), &frame.t("import-back"))) }
    }
}

pub(super) fn outcome_page(frame: &Frame, upload: &Upload, told: &Told, has_bad: bool) -> Markup {
    let is_done = upload.state == "done";
    let key = if is_done {
        "import-done-title"
    } else {
        "import-checked-title"
    };
    let title = frame.tw(key, &[("file", upload.name.as_str())]);
    let place = page::address("/import", &upload.public_id);
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, kind_name(frame, &upload.kind), head_actions(frame, upload, has_bad)))
            div.stack {
                (way(frame, if is_done { 4 } else { 2 }))
                @if !told.trouble.is_empty() { (page::note(Tone::Bad, &told.trouble)) }
                (tiles(frame, told, is_done))
                (remarks(frame, told))
                @if 0 < told.all_faults { (faults(frame, told, &place)) }
                @if !is_done { (bar(frame, upload, told, &place)) }
            }
        },
    )
}

fn head_actions(frame: &Frame, upload: &Upload, has_bad: bool) -> Markup {
    let place = page::address("/import", &upload.public_id);
    html! {
        @if has_bad {
            (Button::link(&format!("{place}/left-out.csv"), &frame.t("import-left-out")).icon("dl").downloads())
        }
        @if upload.state != "done" { (Button::link(&format!("{place}?step=columns"), &frame.t("import-back")).ghost()) }
        (Button::link("/import", &frame.t("import-other")).ghost().icon("doc"))
    }
}

/// The rows by what becomes of them, and the control totals.
fn tiles(frame: &Frame, told: &Told, is_done: bool) -> Markup {
    let count = |rows: u64| num::whole(i64::try_from(rows).unwrap_or(i64::MAX));
    let tile = |key: &str, value: String| {
        page::kpi(Kpi {
            name: &frame.t(key),
            value,
            ..Kpi::default()
        })
    };
    let tense = |done: &'static str, ahead: &'static str| if is_done { done } else { ahead };
    let mut tiles = vec![
        tile(tense("import-added", "import-to-add"), count(told.added)),
        tile(
            tense("import-changed", "import-to-change"),
            count(told.changed),
        ),
        tile("import-unchanged", count(told.unchanged)),
        tile("import-bad", count(told.bad_rows)),
    ];
    for (currency, total) in &told.totals {
        tiles.push(page::kpi(Kpi {
            name: &frame.t("import-total"),
            value: total.clone(),
            unit: currency,
            ..Kpi::default()
        }));
    }
    page::kpis(&tiles)
}

fn remarks(frame: &Frame, told: &Told) -> Markup {
    html! { @if !told.remarks.is_empty() {
        (page::card(frame.t("import-remarks"), "", html! {}, parts::padded(html! {
            ul { @for remark in &told.remarks { li lang="en" { (remark) } } }
        })))
    } }
}

fn faults(frame: &Frame, told: &Told, place: &str) -> Markup {
    let shown = told.faults.iter().take(MOST_SHOWN);
    let all = num::whole(i64::try_from(told.all_faults).unwrap_or(i64::MAX));
    let title = frame.t("import-faults");
    let file = html! {
        (Button::link(&format!("{place}/faults.csv"), &frame.t("import-faults-file")).small().ghost().icon("dl").downloads())
    };
    let meta = frame.tw(
        "import-faults-count",
        &[("shown", shown.len().to_string()), ("all", all)],
    );
    let table = parts::stackable_table(
        &title,
        html! { tr { (th_n(frame.t("import-row"))) (th(frame.t("import-column"))) (th(frame.t("import-problem"))) } },
        html! { @for fault in shown { tr {
            td.n.t3.m-tr { (fault.row.map_or_else(|| num::MISSING.to_owned(), |row| row.to_string())) }
            th scope="row" { @if fault.column.is_empty() { (num::MISSING) } @else { (column_name(frame, &fault.column)) } }
            td.m-full lang="en" { (fault.message) }
        } } },
    );
    page::card(&title, meta, file, table)
}

/// What can be done with a checked file.
fn bar(frame: &Frame, upload: &Upload, told: &Told, place: &str) -> Markup {
    let rows = num::whole(i64::try_from(told.rows()).unwrap_or(i64::MAX));
    let can_skip = wiring::document_key(&upload.kind).is_some() && 0 < told.rows();
    let (title, effect, action) = if told.is_clean() {
        (
            frame.tw("import-ready", &[("rows", rows)]),
            frame.t("import-ready-effect"),
            html! { (page::button(&frame.t("import-read")).primary().confirms()) },
        )
    } else if told.trouble.is_empty() && can_skip {
        let bad = num::whole(i64::try_from(told.bad_rows).unwrap_or(i64::MAX));
        (
            frame.tw("import-partly", &[("rows", rows), ("bad", bad)]),
            frame.t("import-partly-effect"),
            html! {
                input type="hidden" name="skip" value="1";
                (page::button(&frame.t("import-read-good")).primary().confirms())
            },
        )
    } else {
        (
            frame.t("import-not-ready"),
            frame.t("import-not-ready-effect"),
            html! { (Button::link("/import", &frame.t("import-other"))) },
        )
    };
    html! {
        form method="post" action={ (place) "/read" } { (parts::abar(title, effect, html! {}, action)) }
        form method="post" action={ (place) "/forget" } {
            p { (page::button(&frame.t("import-forget")).ghost().small().danger()) }
        }
    }
}

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let orders = |state: &str| Upload {
        kind: "orders".to_owned(),
        ..sample_upload(state)
    };
    let clean = Told {
        added: 12_345,
        unchanged: 2,
        documents: Some(400),
        totals: vec![("CNY".to_owned(), "607498.20".to_owned())],
        remarks: vec!["Sheet “Data” was read; not read: Notes.".to_owned()],
        ..Told::default()
    };
    let fault = Fault {
        row: Some(47),
        column: "customer".to_owned(),
        message: "There is no customer C-9.".to_owned(),
    };
    let bad = Told {
        bad_documents: 1,
        bad_rows: 3,
        faults: vec![fault, Fault::default()],
        all_faults: 2,
        ..clean.clone()
    };
    let trouble = Told {
        trouble: "The file cannot be read.".to_owned(),
        ..Told::default()
    };
    let begins = Upload {
        whole: 0,
        ..sample_upload("checking")
    };
    vec![
        (
            "import-moving",
            moving_page(frame, &sample_upload("saving"), false),
        ),
        ("import-begins", moving_page(frame, &begins, false)),
        (
            "import-lost",
            moving_page(frame, &sample_upload("saving"), true),
        ),
        (
            "import-checked",
            outcome_page(frame, &orders("checked"), &clean, false),
        ),
        (
            "import-bad",
            outcome_page(frame, &orders("checked"), &bad, false),
        ),
        (
            "import-whole-bad",
            outcome_page(frame, &sample_upload("checked"), &bad, false),
        ),
        (
            "import-trouble",
            outcome_page(frame, &orders("failed"), &trouble, false),
        ),
        (
            "import-done",
            outcome_page(frame, &orders("done"), &bad, true),
        ),
    ]
}
