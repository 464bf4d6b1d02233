//! The moves there were, and one of them.

use kernel::Percent;
use maud::{Markup, html};
use page::{
    Frame, Tone, num,
    parts::{self, th, th_n},
};

use super::form_page::rule_key;
use crate::store::{
    handovers::Handover,
    moves::{Move, Moved},
};

pub(super) fn index_page(
    frame: &Frame,
    moves: &[Move],
    waiting: &[Handover],
    next: Option<&str>,
    may: bool,
) -> Markup {
    let title = frame.t("moves-title");
    let new = html! {
        @if may {
            (page::link("/people/moves/person", &frame.t("move-person-new")))
            (page::link("/people/moves/new", &frame.t("move-new")).primary())
        }
    };
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, frame.t("moves-sub"), new))
            div.g {
                div.c8.stack {
                    (page::card(frame.t("moves-all"), "", html! {}, moves_table(frame, moves)))
                    (page::pager(frame, next))
                }
                div.c4.stack { (page::card(frame.t("handovers-waiting"), "", html! {}, handover_list(frame, waiting))) }
            }
        },
    )
}

fn moves_table(frame: &Frame, moves: &[Move]) -> Markup {
    if moves.is_empty() {
        return page::empty(frame.t("moves-none"), frame.t("moves-none-next"), html! {});
    }
    let head = html! { tr {
        (th(frame.t("move-number"))) (th(frame.t("move-day"))) (th(frame.t("move-to")))
        (th_n(frame.t("move-customers"))) (th(frame.t("move-rule"))) (th(frame.t("move-reason")))
    } };
    let rows = html! { @for one in moves { tr {
        th scope="row" { a.q href=(page::address("/people/moves", &one.number)) { (one.number) } }
        td.m-tr { (num::stored_day(frame, &one.day)) }
        td { (receiver(frame, one)) }
        td.n data-l=(frame.t("move-customers")) { (one.customers) }
        td { (frame.t(&rule_key(&one.rule))) }
        td { (one.reason) }
    } } };
    parts::stackable_table(&frame.t("moves-all"), head, rows)
}

fn receiver(frame: &Frame, one: &Move) -> String {
    let local = |name: &str, local: &Option<String>| match local {
        Some(local) if frame.is_zh() => local.clone(),
        _ => name.to_owned(),
    };
    match &one.to_name {
        Some(name) if one.person_id.is_some() => frame.tw(
            "move-person-into",
            &[
                ("name", local(name, &one.to_local)),
                ("unit", local(&one.unit_name, &one.unit_local)),
            ],
        ),
        Some(name) => local(name, &one.to_local),
        None => frame.tw(
            "move-house-of",
            &[("unit", local(&one.unit_name, &one.unit_local))],
        ),
    }
}

pub(super) fn handover_list(frame: &Frame, waiting: &[Handover]) -> Markup {
    if waiting.is_empty() {
        return page::empty(
            frame.t("handovers-none"),
            frame.t("handovers-none-next"),
            html! {},
        );
    }
    html! {
        ul.list { @for one in waiting { li {
            (page::icon("user"))
            span {
                a.q href=(page::address("/people/handovers", &one.number)) { b { (one.from_name) " → " (one.to_name) } }
                span.sub { (one.number) ", " (num::stored_day(frame, &one.day)) }
            }
            span.push { (state_badge(frame, one)) }
        } } }
    }
}

pub(super) fn state_badge(frame: &Frame, one: &Handover) -> Markup {
    let tone = if one.state() == "accepted" {
        Tone::Good
    } else {
        Tone::Warn
    };
    page::badge(tone, frame.t(&format!("handover-is-{}", one.state())))
}

pub(super) fn move_page(
    frame: &Frame,
    found: &Move,
    customers: &[Moved],
    over: &[Handover],
) -> Markup {
    let title = frame.tw("move-of", &[("number", found.number.clone())]);
    let sub = frame.tw(
        "move-sub",
        &[
            ("name", receiver(frame, found)),
            ("day", num::stored_day(frame, &found.day)),
            ("rule", frame.t(&rule_key(&found.rule))),
            ("by", found.recorded_by.clone()),
        ],
    );
    let shared = frame.tw(
        "move-shared",
        &[
            ("months", found.months.to_string()),
            ("share", Percent::of_millionths(found.share).to_string()),
        ],
    );
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, sub, html! { (page::link("/people/moves", &frame.t("moves-all"))) }))
            div.g {
                @if found.person_id.is_none() {
                    div.c8.stack { (page::card(frame.t("move-customers"), customers.len(), html! {}, customers_table(frame, customers))) }
                }
                div.c4.stack {
                    (page::card(frame.t("move-reason"), "", html! {}, parts::padded(html! {
                        p { (found.reason) }
                        @if found.rule == "shared_credit" { p.t2 { (shared) } }
                    })))
                    @if found.person_id.is_none() {
                        (page::card(frame.t("handovers-title"), "", html! {}, handover_list(frame, over)))
                    }
                }
            }
        },
    )
}

fn customers_table(frame: &Frame, customers: &[Moved]) -> Markup {
    let head = html! { tr { (th(frame.t("move-customer"))) (th(frame.t("move-from"))) } };
    let rows = html! { @for one in customers { tr {
        th scope="row" {
            a.q href=(page::address("/customers", &one.code)) { (one.name_local.as_deref().filter(|_| frame.is_zh()).unwrap_or(&one.name)) }
            " " span.t3 { (one.code) }
        }
        td.m-tr { (one.from_name.clone().unwrap_or_else(|| frame.t("attainment-house"))) }
    } } };
    parts::stackable_table(&frame.t("move-customers"), head, rows)
}

/// A hand-over for sample pages.
pub fn sample_handover() -> Handover {
    Handover {
        id: 1,
        number: "HO-2026-00001".to_owned(),
        move_id: 1,
        move_number: "MV-2026-00001".to_owned(),
        day: "2026-07-01".to_owned(),
        rule: "shared_credit".to_owned(),
        reason: "Ningbo goes to the second team".to_owned(),
        from_person_id: 1,
        from_code: "chen".to_owned(),
        from_name: "Chen Hao".to_owned(),
        to_person_id: 2,
        to_code: "li".to_owned(),
        to_name: "Li Na".to_owned(),
        from_accepted_at: Some(1_781_000_000_000_000),
        to_accepted_at: None,
        version: 2,
        recorded_at: 1_780_900_000_000_000,
    }
}

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let found = Move {
        id: 1,
        number: "MV-2026-00001".to_owned(),
        day: "2026-07-01".to_owned(),
        rule: "shared_credit".to_owned(),
        months: 3,
        share: 500_000,
        to_code: Some("li".to_owned()),
        to_name: Some("Li Na".to_owned()),
        to_local: Some("李娜".to_owned()),
        unit_code: "E1".to_owned(),
        unit_name: "East 1".to_owned(),
        unit_local: Some("东一区".to_owned()),
        choices_json: "{}".to_owned(),
        reason: "Ningbo goes to the second team".to_owned(),
        recorded_at: 1_780_900_000_000_000,
        recorded_by: "Zhao Jing".to_owned(),
        person_id: None,
        customers: 1,
    };
    let house = Move {
        id: 2,
        number: "MV-2026-00002".to_owned(),
        rule: "full_book".to_owned(),
        to_name: None,
        to_local: None,
        ..found.clone()
    };
    let seated = Move {
        person_id: Some(2),
        rule: "future_only".to_owned(),
        customers: 0,
        ..found.clone()
    };
    let moved = Moved {
        code: "C-1".to_owned(),
        name: "Linkway Steel Structures".to_owned(),
        name_local: Some("联威钢结构".to_owned()),
        from_code: Some("chen".to_owned()),
        from_name: Some("Chen Hao".to_owned()),
    };
    let over = [sample_handover()];
    vec![
        (
            "moves",
            index_page(
                frame,
                &[house, found.clone()],
                &over,
                Some("/people/moves?cursor=1-2"),
                true,
            ),
        ),
        ("moves-none", index_page(frame, &[], &[], None, false)),
        ("move", move_page(frame, &found, &[moved], &over)),
        ("move-of-person", move_page(frame, &seated, &[], &[])),
    ]
}
