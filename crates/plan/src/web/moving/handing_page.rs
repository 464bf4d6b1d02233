//! How a hand-over looks: what goes along, what was noted, who has accepted.

use jiff::{Timestamp, tz::TimeZone};
use kernel::{Currency, Money};
use maud::{Markup, html};
use page::{
    FieldKind, FieldSpec, FormErrors, Frame, field, num,
    parts::{self, Step, th, th_n},
};

use super::{
    form_page::choice_badge,
    list_page::{sample_handover, state_badge},
};
use crate::store::handovers::{Handover, Item, Note, Passed};

/// Everything the page shows.
pub(super) struct Shown {
    pub(super) found: Handover,
    pub(super) currency: Currency,
    /// The company's, for the minutes of notes.
    pub(super) zone: TimeZone,
    pub(super) customers: Vec<Passed>,
    pub(super) items: Vec<Item>,
    pub(super) notes: Vec<Note>,
    /// Whether it waits for the reader.
    pub(super) waits: bool,
    pub(super) notes_welcome: bool,
}

pub(super) fn handover_page(
    frame: &Frame,
    shown: &Shown,
    typed: &str,
    errors: &FormErrors,
) -> Markup {
    let found = &shown.found;
    let title = frame.tw(
        "handover-of",
        &[
            ("from", found.from_name.clone()),
            ("to", found.to_name.clone()),
        ],
    );
    let sub = frame.tw(
        "handover-sub",
        &[
            ("number", found.number.clone()),
            ("day", num::stored_day(frame, &found.day)),
        ],
    );
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, sub, html! { (state_badge(frame, found)) (page::link(&page::address("/people/moves", &found.move_number), &found.move_number)) }))
            div.g {
                div.c8.stack {
                    (page::card(frame.t("handover-open"), "", html! {}, items_table(frame, shown)))
                    (page::card(frame.t("move-customers"), shown.customers.len(), html! {}, customers(frame, &shown.customers)))
                }
                div.c4.stack {
                    (page::card(frame.t("move-reason"), "", html! {}, parts::padded(html! { p { (found.reason) } })))
                    (page::card(frame.t("handover-notes"), "", html! {}, notes(frame, shown, typed, errors)))
                }
            }
            (foot(frame, shown))
        },
    )
}

/// The way to both signatures, and the button while it waits for the reader.
fn foot(frame: &Frame, shown: &Shown) -> Markup {
    let found = &shown.found;
    let step = |name: &str, accepted: Option<i64>| {
        let text = match accepted {
            Some(_) => frame.tw("handover-has-accepted", &[("name", name.to_owned())]),
            None => frame.tw("handover-waits-for", &[("name", name.to_owned())]),
        };
        let step = if accepted.is_some() {
            Step::Done
        } else {
            Step::Ahead
        };
        (text, step)
    };
    let way = [
        step(&found.from_name, found.from_accepted_at),
        step(&found.to_name, found.to_accepted_at),
    ];
    let action = page::address("/people/handovers", &found.number) + "/accept";
    parts::abar(
        frame.t("handover-sign"),
        frame.t("handover-sign-effect"),
        parts::steps(&way),
        html! {
            @if shown.waits {
                form method="post" action=(action) {
                    input type="hidden" name="version" value=(found.version);
                    (page::button(&frame.t("handover-accept")).primary().confirms())
                }
            }
        },
    )
}

fn items_table(frame: &Frame, shown: &Shown) -> Markup {
    if shown.items.is_empty() {
        return page::empty(
            frame.t("handover-nothing-open"),
            frame.t("handover-nothing-open-next"),
            html! {},
        );
    }
    let head = html! { tr {
        (th(frame.t("handover-document"))) (th(frame.t("move-customer"))) (th(frame.t("move-day")))
        (th_n(frame.t("handover-net"))) (th(frame.t("handover-choice")))
    } };
    let rows = html! { @for item in &shown.items { tr {
        th scope="row" {
            @match place(&item.kind) {
                Some(place) => a.q href=(page::address(place, &item.number)) { (item.number) },
                None => (item.number),
            }
            " " span.t3 { (frame.t(&format!("in-flight-{}", item.kind))) }
        }
        td { (item.customer_local.as_deref().filter(|_| frame.is_zh()).unwrap_or(&item.customer_name)) }
        td { (num::stored_day(frame, &item.day)) }
        td.n.m-tr { @if item.net_exact == 0 { (num::MISSING) } @else { (num::amount(Money::of_exact(item.net_exact, shown.currency))) } }
        td { (choice_badge(frame, &item.choice)) }
    } } };
    parts::stackable_table(&frame.t("handover-open"), head, rows)
}

/// Where a thing of a kind has its page.
fn place(kind: &str) -> Option<&'static str> {
    match kind {
        "drafts" | "orders" => Some("/orders"),
        "quotations" => Some("/quotations"),
        "support" => Some("/customers"),
        _ => None,
    }
}

fn customers(frame: &Frame, customers: &[Passed]) -> Markup {
    html! {
        ul.list { @for one in customers { li {
            (page::icon("cust"))
            span {
                a.q href=(page::address("/customers", &one.code)) { (one.name_local.as_deref().filter(|_| frame.is_zh()).unwrap_or(&one.name)) }
                span.sub { (one.code) }
            }
        } } }
    }
}

fn notes(frame: &Frame, shown: &Shown, typed: &str, errors: &FormErrors) -> Markup {
    let action = page::address("/people/handovers", &shown.found.number) + "/notes";
    html! {
        @if !shown.notes.is_empty() {
            ul.list { @for note in &shown.notes { li {
                (page::icon("doc"))
                span { (note.words) span.sub { (note.person_name) ", " (minute(frame, note.at, &shown.zone)) } }
            } } }
        }
        @if shown.notes_welcome {
            (parts::padded(html! {
                form.stack method="post" action=(action) {
                    (errors.summary(frame))
                    (field(frame, FieldSpec {
                        id: "text",
                        label: &frame.t("handover-note"),
                        value: typed,
                        kind: FieldKind::Area,
                        error: errors.get("text"),
                        required: true,
                        ..FieldSpec::default()
                    }))
                    (page::button(&frame.t("handover-note-add")))
                }
            }))
        } @else if shown.notes.is_empty() {
            (page::empty(frame.t("handover-no-notes"), frame.t("handover-no-notes-next"), html! {}))
        }
    }
}

fn minute(frame: &Frame, at: i64, zone: &TimeZone) -> String {
    Timestamp::from_microsecond(at).map_or_else(
        |_| String::new(),
        |at| num::minute(frame, at.to_zoned(zone.clone()).datetime()),
    )
}

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let Ok(currency) = Currency::parse("CNY") else {
        return Vec::new();
    };
    let item = |kind: &str, number: &str, choice: &str| Item {
        kind: kind.to_owned(),
        number: number.to_owned(),
        customer_code: "C-1".to_owned(),
        customer_name: "Linkway Steel Structures".to_owned(),
        customer_local: Some("联威钢结构".to_owned()),
        day: "2026-06-12".to_owned(),
        net_exact: 607_498_200_000,
        choice: choice.to_owned(),
    };
    let shown = Shown {
        found: sample_handover(),
        currency,
        zone: TimeZone::UTC,
        customers: vec![Passed {
            code: "C-1".to_owned(),
            name: "Linkway Steel Structures".to_owned(),
            name_local: Some("联威钢结构".to_owned()),
        }],
        items: vec![
            item("drafts", "SO-2026-00007", "move"),
            item("orders", "SO-2026-00001", "stay"),
            item("quotations", "QU-2026-00003", "move"),
            item("supporters", "wang", "end"),
        ],
        notes: vec![Note {
            at: 1_781_000_000_000_000,
            person_name: "Chen Hao".to_owned(),
            words: "Asks for Mr Wang in purchasing.".to_owned(),
        }],
        waits: true,
        notes_welcome: true,
    };
    let done = Shown {
        items: Vec::new(),
        notes: Vec::new(),
        waits: false,
        notes_welcome: false,
        found: Handover {
            to_accepted_at: Some(1_781_100_000_000_000),
            ..sample_handover()
        },
        customers: shown.customers.clone(),
        currency,
        zone: TimeZone::UTC,
    };
    let errors = FormErrors::none();
    vec![
        ("handover", handover_page(frame, &shown, "", &errors)),
        (
            "handover-accepted",
            handover_page(frame, &done, "", &errors),
        ),
    ]
}
