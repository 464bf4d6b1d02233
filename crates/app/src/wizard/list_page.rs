//! What was sent before, and the form for another file.

use maud::{Markup, html};
use org::store::uploads::Upload;
use page::{
    Choice, FieldKind, FieldSpec, FormErrors, Frame, Step, Tone, field, num,
    parts::{self, th, th_n},
};

use super::LIMIT_SENT_BYTES;

/// The name of a kind for a reader.
pub(super) fn kind_name(frame: &Frame, kind: &str) -> String {
    named(frame, &format!("kind-{kind}"), kind)
}

/// The name of a column of ours for a reader.
pub(super) fn column_name(frame: &Frame, column: &str) -> String {
    named(frame, &format!("column-{column}"), column)
}

fn named(frame: &Frame, key: &str, name: &str) -> String {
    if frame.has(key) {
        return frame.t(key);
    }
    name.to_owned()
}

/// The way of a file, and where on it one is.
pub(super) fn way(frame: &Frame, now: usize) -> Markup {
    let texts = [
        "import-step-send",
        "import-step-match",
        "import-step-check",
        "import-step-done",
    ];
    let steps = texts.iter().enumerate().map(|(place, key)| {
        let step = match place.cmp(&now) {
            std::cmp::Ordering::Less => Step::Done,
            std::cmp::Ordering::Equal => Step::Now,
            std::cmp::Ordering::Greater => Step::Ahead,
        };
        (frame.t(key), step)
    });
    parts::steps(&steps.collect::<Vec<_>>())
}

pub(super) fn list_page(
    frame: &Frame,
    sent: &[Upload],
    kinds: &[&'static str],
    errors: &FormErrors,
) -> Markup {
    let title = frame.t("import-title");
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, frame.t("import-sub"), html! {}))
            div.stack {
                (way(frame, 0))
                div.g {
                    div.c5.stack {
                        (page::card(frame.t("import-send"), "", html! {}, parts::padded(form(frame, kinds, errors))))
                    }
                    div.c7.stack {
                        (page::card(frame.t("import-sent"), "", html! {}, table(frame, sent)))
                    }
                }
            }
        },
    )
}

fn form(frame: &Frame, kinds: &[&'static str], errors: &FormErrors) -> Markup {
    let any = Choice::new("", frame.t("import-kind-any"));
    let own = kinds
        .iter()
        .map(|kind| Choice::new(*kind, kind_name(frame, kind)));
    let choices: Vec<Choice> = std::iter::once(any).chain(own).collect();
    let most = (LIMIT_SENT_BYTES >> 20).to_string();
    html! {
        (errors.summary(frame))
        form.stack method="post" action="/import" enctype="multipart/form-data" {
            (field(frame, FieldSpec {
                id: "file",
                label: &frame.t("import-file"),
                kind: FieldKind::File,
                hint: Some(&frame.tw("import-file-hint", &[("most", most)])),
                error: errors.get("file"),
                required: true,
                ..FieldSpec::default()
            }))
            (field(frame, FieldSpec {
                id: "kind",
                label: &frame.t("import-kind"),
                kind: FieldKind::Select(&choices),
                hint: Some(&frame.t("import-kind-hint")),
                ..FieldSpec::default()
            }))
            (page::button(&frame.t("import-go")).primary().confirms())
        }
    }
}

fn table(frame: &Frame, sent: &[Upload]) -> Markup {
    if sent.is_empty() {
        return page::empty(
            frame.t("import-none"),
            frame.t("import-none-next"),
            html! {},
        );
    }
    parts::stackable_table(
        &frame.t("import-sent"),
        html! { tr {
            (th(frame.t("import-file"))) (th(frame.t("import-kind")))
            (th(frame.t("import-state"))) (th_n(frame.t("import-size")))
        } },
        html! { @for upload in sent { tr {
            th scope="row" { a href=(page::address("/import", &upload.public_id)) { (upload.name) } }
            td { @if upload.kind.is_empty() { (num::MISSING) } @else { (kind_name(frame, &upload.kind)) } }
            td.m-tr { (state_badge(frame, upload)) }
            td.n { (size(upload.size)) }
        } } },
    )
}

fn state_badge(frame: &Frame, upload: &Upload) -> Markup {
    let tone = match upload.state.as_str() {
        "done" => Tone::Good,
        "failed" => Tone::Bad,
        "checking" | "saving" => Tone::Info,
        _ => Tone::Plain,
    };
    page::badge(tone, frame.t(&format!("import-state-{}", upload.state)))
}

/// Bytes as people say them.
fn size(bytes: i64) -> String {
    if bytes < 1 << 20 {
        return format!("{} KiB", num::whole((bytes >> 10).max(1)));
    }
    format!("{} MiB", num::whole(bytes >> 20))
}

/// A file as it may stand, for samples.
pub(super) fn upload(state: &str) -> Upload {
    Upload {
        id: 1,
        public_id: "0".repeat(26),
        name: "customers-2026 凌威.xlsx".to_owned(),
        size: 1_400_000,
        kind: "customers".to_owned(),
        head: String::new(),
        typed: 1,
        decided: "[]".to_owned(),
        state: state.to_owned(),
        skips_bad: 0,
        done: 1_200,
        whole: 5_000,
        report: String::new(),
        sent_at: 0,
        moved_at: 0,
    }
}

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let sent = ["new", "checking", "checked", "saving", "done", "failed"].map(upload);
    let mut errors = FormErrors::none();
    errors.add("file", "The workbook is damaged.");
    let kinds = ["customers", "orders"];
    vec![
        ("import", list_page(frame, &[], &kinds, &FormErrors::none())),
        ("import-sent", list_page(frame, &sent, &kinds, &errors)),
    ]
}
