//! A file on its way, what checking it found, and what came in.

use std::collections::BTreeSet;

use maud::{Markup, html};
use org::store::uploads::Upload;
use page::{
    Button, Frame, Kpi, Lang, Tone, num,
    parts::{self, th, th_n},
};

use super::{
    fixing,
    list_page::{column_name, kind_name, upload as sample_upload, way},
    told::{Correction, Fault, Told},
};
use crate::wiring;

/// So many faults are shown; the file has all that were kept.
const MOST_SHOWN: usize = 200;
/// The id of the form for corrections, whose fields stand in the table.
const FORM: &str = "corrections";
/// So many rows can be corrected at once; those behind them follow when the file is checked again.
const MOST_ROWS: usize = 100;

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
                @if !told.trouble.is_empty() {
                    (page::note(Tone::Bad, frame.tw("import-trouble", &[("message", told.trouble.as_str())])))
                }
                (tiles(frame, told, is_done))
                (remarks(frame, told))
                @if 0 < told.all_faults { (faults(frame, upload, told)) }
                @if !told.corrections.is_empty() { (corrections(frame, told, (&place, is_done))) }
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

/// What is wrong, by row; cells that can be corrected here are fields.
fn faults(frame: &Frame, upload: &Upload, told: &Told) -> Markup {
    let place = page::address("/import", &upload.public_id);
    let shown: Vec<&Fault> = told.faults.iter().take(MOST_SHOWN).collect();
    let all = num::whole(i64::try_from(told.all_faults).unwrap_or(i64::MAX));
    let title = frame.t("import-faults");
    let file = html! {
        (Button::link(&format!("{place}/faults.csv"), &frame.t("import-faults-file")).small().ghost().icon("dl").downloads())
    };
    let meta = frame.tw(
        "import-faults-count",
        &[("shown", shown.len().to_string()), ("all", all)],
    );
    let fields = fields(upload, told, &shown);
    let table = parts::stackable_table(
        &title,
        html! { tr {
            (th_n(frame.t("import-row"))) (th(frame.t("import-column"))) (th(frame.t("import-problem")))
            @if !fields.is_empty() { (th(frame.t("import-correct"))) }
        } },
        html! { @for (at, fault) in shown.iter().enumerate() { tr {
            td.n.t3.m-tr { (fault.row.map_or_else(|| num::MISSING.to_owned(), |row| row.to_string())) }
            th scope="row" { @if fault.column.is_empty() { (num::MISSING) } @else { (column_name(frame, &fault.column)) } }
            td.m-full { (sentence(frame, fault)) }
            @if !fields.is_empty() { td.m-full { @if fields.contains(&at) { (input(frame, told, &place, fault)) } } }
        } } },
    );
    if fields.is_empty() {
        return page::card(&title, meta, file, table);
    }
    let form = html! {
        (table)
        form.body.pt id=(FORM) method="post" action={ (place) "/fix" } {
            p.t2 { (frame.t("import-correct-hint")) }
            p { (page::button(&frame.t("import-correct-check")).icon("sync")) }
        }
    };
    page::card(&title, meta, file, form)
}

/// Which of the faults get a field: the first of each cell, of at most so many rows.
fn fields(upload: &Upload, told: &Told, shown: &[&Fault]) -> BTreeSet<usize> {
    // Where months stand side by side, a row of the file is several rows here.
    if upload.state == "done" || upload.kind == "targets" {
        return BTreeSet::new();
    }
    let mut cells: BTreeSet<(u64, &str)> = BTreeSet::new();
    let mut rows: BTreeSet<u64> = BTreeSet::new();
    let mut fields = BTreeSet::new();
    for (at, fault) in shown.iter().enumerate() {
        let (Some(row), Some(_)) = (fault.row, &fault.cell) else {
            continue;
        };
        if rows.len() == MOST_ROWS && !rows.contains(&row) {
            break;
        }
        rows.insert(row);
        if told.trouble.is_empty() && cells.insert((row, fault.column.as_str())) {
            fields.insert(at);
        }
    }
    fields
}

fn input(frame: &Frame, told: &Told, place: &str, fault: &Fault) -> Markup {
    let row = fault.row.unwrap_or_default();
    let kept = told.corrected(row, &fault.column);
    let kept = kept.map(|one| one.value.as_str());
    let value = kept.or(fault.cell.as_deref()).unwrap_or_default();
    let name = [
        ("row", row.to_string()),
        ("column", column_name(frame, &fault.column)),
    ];
    html! {
        input.in.wide form=(FORM) type="text" name=(fixing::field(row, &fault.column)) value=(value) maxlength="500"
            autocomplete="off" aria-label=(frame.tw("import-correct-cell", &name))
            hx-post={ (place) "/keep" } hx-trigger="change" hx-swap="none";
    }
}

/// What is wrong, in the reader's language.
pub(super) fn sentence(frame: &Frame, fault: &Fault) -> String {
    // The message is English and names the case; a translation speaks of its kind.
    if frame.lang == Lang::En {
        return fault.message.clone();
    }
    let key = format!("fault-{}", fault.code.replace(['.', '_'], "-"));
    if fault.code.is_empty() || !frame.has(&key) || fault.code == sheet::Fault::OTHER {
        return frame.tw("fault-file-fault", &[("message", fault.message.as_str())]);
    }
    let values = fault.values.iter();
    let values: Vec<(&str, &str)> = values
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    frame.tw(&key, &values)
}

/// What was corrected here, and by what; until the file is read in, it can be taken back.
fn corrections(frame: &Frame, told: &Told, (place, is_done): (&str, bool)) -> Markup {
    let title = frame.t("import-corrections");
    let take_back = |one: &Correction| {
        html! {
            form method="post" action={ (place) "/fix" } {
                input type="hidden" name=(fixing::field(one.row, &one.column)) value=(one.was);
                (page::button(&frame.t("import-correction-back")).small().ghost())
            }
        }
    };
    let table = parts::stackable_table(
        &title,
        html! { tr {
            (th_n(frame.t("import-row"))) (th(frame.t("import-column"))) (th(frame.t("import-correction-was")))
            (th(frame.t("import-correction-now"))) @if !is_done { (th("")) }
        } },
        html! { @for one in told.corrections.iter().take(MOST_SHOWN) { tr {
            td.n.t3.m-tr { (one.row) }
            th scope="row" { (column_name(frame, &one.column)) }
            td { @if one.was.is_empty() { (num::MISSING) } @else { s { (one.was) } } }
            td { @if one.value.is_empty() { (num::MISSING) } @else { (one.value) } }
            @if !is_done { td.m-full { (take_back(one)) } }
        } } },
    );
    let count = i64::try_from(told.corrections.len()).unwrap_or(i64::MAX);
    let meta = frame.tw("import-corrections-count", &[("count", count)]);
    page::card(&title, meta, html! {}, table)
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

fn sample_correction() -> Correction {
    Correction {
        row: 12,
        column: "date".to_owned(),
        was: "31.2.2026".to_owned(),
        value: "2026-02-28".to_owned(),
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
        code: "reference.unknown".to_owned(),
        cell: Some("C-9".to_owned()),
        message: "There is no customer C-9.".to_owned(),
        ..Fault::default()
    };
    let bad = Told {
        bad_documents: 1,
        bad_rows: 3,
        faults: vec![fault, Fault::default()],
        all_faults: 2,
        corrections: vec![sample_correction()],
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
