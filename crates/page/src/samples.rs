//! Pages drawn from made-up values: to look at, and to test every part in every language.

use maud::{Markup, html};

use crate::{
    Button, Choice, FieldKind, FieldSpec, Filter, FormErrors, Frame, Kpi, Problem, Step, Tone,
    abar, badge, bare, card, charts,
    charts::{Band, BridgeStep, LineChart, Pair, PairBars, Series},
    empty, field, filter_bar, kpi, kpis, note, num, page_head, pager,
    parts::{Wish, change, padded, stackable_table, th, th_n},
    problem_page, seg, shell, steps, toast,
};

/// The kit's own pages.
pub fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let mut stranger = frame.clone();
    stranger.actor = None;
    vec![
        ("components", shell(frame, "Components", components(frame))),
        ("sign-in", sign_in(&stranger)),
        (
            "problem",
            problem_page::page(
                frame,
                &Problem::not_found("There is nothing at this address."),
            ),
        ),
        (
            "problem-stranger",
            problem_page::page(&stranger, &Problem::internal()),
        ),
    ]
}

fn components(frame: &Frame) -> Markup {
    html! {
        (page_head("Components", "Every part in one place, in both themes.", html! {
            (seg("View", &[
                ("/samples?v=a".to_owned(), "Month".to_owned(), true),
                ("/samples?v=b".to_owned(), "Quarter".to_owned(), false),
            ]))
            (Button::script("Print", "data-print").icon("print").key("P"))
        }))
        (tiles(frame))
        div.g.mt {
            div.c7.stack { (line_charts(frame)) (rows(frame)) }
            div.c5.stack { (form(frame)) (states(frame)) (bars()) }
        }
        (abar("Version 7", "Saved 09:41 by you.", steps(&[
            ("First".to_owned(), Step::Done),
            ("Second".to_owned(), Step::Now),
            ("Third".to_owned(), Step::Ahead),
        ]), html! {
            (Button::link("/samples?c=1", "Compare").ghost())
            (Button::submit("Send").primary().confirms())
        }))
    }
}

fn tiles(frame: &Frame) -> Markup {
    let tile = |name, value: &str, unit, figure| {
        kpi(Kpi {
            name,
            about: "to date",
            value: value.to_owned(),
            unit,
            detail: Some(change(
                frame,
                -4_000,
                Wish::More,
                num::points(frame, -4_000),
            )),
            figure: Some(figure),
            href: Some("/samples?k=1"),
        })
    };
    kpis(&[
        tile(
            "First",
            "97.6",
            "%",
            charts::bullet(976, Some(1000), 1100, "97.6 of 100"),
        ),
        tile(
            "Second",
            "¥2.84",
            "M",
            charts::spark(&[4, 6, 3, 7, 8], Some(5), "l2", "Rising"),
        ),
        tile(
            "Third",
            "17",
            "",
            charts::spark(&[9, 7, 5, 6, 4], None, "l1", "Falling"),
        ),
    ])
}

fn line_charts(_frame: &Frame) -> Markup {
    let format = |value: i64| {
        if value == 0 {
            "0".to_owned()
        } else {
            num::signed(value)
        }
    };
    let slots = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let chart = LineChart {
        finding: "980 behind in mid June; the year ends 1,000 behind, between 3,800 behind and 1,900 ahead",
        slots: slots.map(str::to_owned).to_vec(),
        series: vec![
            Series {
                name: "Actual",
                colour: 1,
                points: vec![
                    (0.0, 0),
                    (1.0, 120),
                    (2.0, -300),
                    (3.0, -500),
                    (4.0, -640),
                    (5.5, -980),
                ],
                ..Series::default()
            },
            Series {
                name: "Expected",
                colour: 1,
                dashed: true,
                points: vec![(5.5, -980), (12.0, -1_000)],
                end: "Expected −1,000".to_owned(),
            },
        ],
        band: Some(Band {
            points: vec![(5.5, -980, -980), (8.0, -2_600, 700), (12.0, -3_800, 1_900)],
            low: "Low −3,800".to_owned(),
            high: "High +1,900".to_owned(),
        }),
        now: Some(5.5),
        zero: "Reference",
        titles: vec!["January: 120 ahead".to_owned()],
        format: &format,
        caption: "",
    };
    card(
        "Ahead or behind",
        "thousand",
        html! {},
        padded(charts::gap_chart(&chart)),
    )
}

fn rows(frame: &Frame) -> Markup {
    let head = html! { tr { (th("Name")) (th("Why")) (th_n("Amount")) } };
    let body = html! {
        @for (index, (name, tone, why, amount)) in [
            ("Lin Wei", Tone::Good, "On time", 1_204),
            ("Chen Hao", Tone::Bad, "Late", -84),
        ].into_iter().enumerate() {
            tr.two.cur[index == 0] {
                th scope="row" { a.q href="/samples?r=1" { (name) } span.sub { "second line" } }
                td { (badge(tone, why)) }
                td.n.m-tr { (num::whole(amount)) }
            }
        }
    };
    let filters = [
        Filter {
            label: "State".to_owned(),
            value: Some("open".to_owned()),
            href: "/samples".to_owned(),
        },
        Filter {
            label: "Person".to_owned(),
            value: None,
            href: "/samples?p=1".to_owned(),
        },
    ];
    card(
        "Rows",
        "2",
        html! {},
        html! {
            (filter_bar(frame, &filters, html! { (charts::heat_scale(frame)) }))
            (stackable_table("Two rows", head, body))
            (pager(frame, Some("/samples?cursor=x")))
        },
    )
}

fn form(frame: &Frame) -> Markup {
    let choices = [Choice::new("a", "First"), Choice::new("b", "Second")];
    let mut errors = FormErrors::none();
    errors.add("due", "31 February does not exist. Use 28 February 2026?");
    let spec = |id, label, value, kind| FieldSpec {
        id,
        label,
        value,
        kind,
        error: errors.get(id),
        required: true,
        ..FieldSpec::default()
    };
    let fields = html! {
        form.stack method="post" action="/samples" {
            (errors.summary(frame))
            (field(frame, spec("name", "Name", "Anhe", FieldKind::Text)))
            (field(frame, spec("amount", "Amount", "412000.00", FieldKind::Number { unit: "¥" })))
            (field(frame, spec("due", "Due", "31.02.2026", FieldKind::Text)))
            (field(frame, spec("cause", "Cause", "b", FieldKind::Select(&choices))))
            (field(frame, FieldSpec { hint: Some("In your own words."), required: false, ..spec("why", "Why", "", FieldKind::Area) }))
            (field(frame, spec("sure", "I have checked it", "1", FieldKind::Check)))
            div.row { (Button::submit(&frame.t("save")).primary()) (Button::link("/samples", &frame.t("cancel")).ghost()) }
        }
    };
    card("Form", "", html! {}, padded(fields))
}

fn states(frame: &Frame) -> Markup {
    card(
        "States",
        "",
        html! {},
        html! {
            (empty("Nothing waits for you", "What needs you arrives here.", html! { (Button::link("/samples", "See all").small()) }))
            (padded(html! {
                div.stack {
                    (note(Tone::Bad, "The file could not be read."))
                    (note(Tone::Good, "Everything adds up."))
                    (toast(frame, Tone::Good, "Saved", html! {}))
                    (toast(frame, Tone::Bad, "Not saved", html! {}))
                }
            }))
        },
    )
}

fn bars() -> Markup {
    let format = |value: i64| num::whole(value);
    let pairs = PairBars {
        finding: "The second is 22 % under the first in the last row",
        rows: vec![
            Pair {
                label: "Upper",
                first: 276,
                second: 283,
                note: "▲ 7",
                tone: Tone::Plain,
                title: "Upper: 276 and 283",
            },
            Pair {
                label: "Lower",
                first: 72,
                second: 56,
                note: "▼ 16",
                tone: Tone::Bad,
                title: "Lower: 72 and 56",
            },
        ],
        format: &format,
        caption: "",
    };
    let step = |label, value, total| BridgeStep {
        label,
        value,
        total,
        text: if total {
            num::whole(value)
        } else {
            num::signed(value)
        },
    };
    let bridge = [
        step("From", 41_200, true),
        step("Less", -1_438, false),
        step("More", 456, false),
        step("To", 40_218, true),
    ];
    card(
        "Bars",
        "",
        html! {},
        padded(
            html! { (charts::pair_bars(&pairs)) (charts::bridge("From 41,200 to 40,218", &bridge, &format)) },
        ),
    )
}

fn sign_in(frame: &Frame) -> Markup {
    let title = frame.t("sign-in");
    let spec = |id, label, kind, autocomplete| FieldSpec {
        id,
        label,
        kind,
        required: true,
        autocomplete: Some(autocomplete),
        ..FieldSpec::default()
    };
    let body = html! {
        h1 { (title) }
        form.stack method="post" action="/sign-in" {
            (note(Tone::Bad, "That does not match."))
            (field(frame, spec("email", "E-mail", FieldKind::Email, "username")))
            (field(frame, spec("password", "Password", FieldKind::Password, "current-password")))
            (Button::submit(&title).primary().large().wide())
        }
    };
    bare(frame, &title, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, check_markup};

    #[test]
    fn every_sample_is_sound_in_every_language() {
        for lang in Lang::ALL {
            let frame = Frame::sample(lang, &[])
                .with_fresh("Data to 15 Jun 23:10")
                .with_waiting("/samples", 3, true);
            for (name, page) in samples(&frame) {
                let faults = check_markup(&page.into_string());
                assert_eq!(faults, Ok(()), "{name} in {}", lang.tag());
            }
        }
    }
}
