//! How a plan looks: the grid, the line that says what moved, the way to the first plan.

use std::collections::BTreeMap;

use kernel::{Currency, Money, ids::PersonId};
use maud::{Markup, html};
use page::{
    Button, Choice, FieldKind, FieldSpec, FormErrors, Frame, Step, Tone, field, num,
    parts::{self, th, th_n},
};

use super::{
    grid::TypedPlan,
    grid_table::{Scale, grid_part},
};
use crate::{
    drafting::{Opened, Summary},
    grid::Balance,
    store::{plans::Plan, versions::Version},
};

/// What each holder sold in the year before, in minor units.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    pub last_year: BTreeMap<PersonId, i64>,
}

/// Everything a plan page shows of one version.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub opened: Opened,
    pub last: Option<Summary>,
    pub basis: Basis,
    pub balance: Balance,
    /// The reader may change this version.
    pub editable: bool,
    /// The reader plans for this unit.
    pub may_plan: bool,
}

/// The form of a new plan.
#[derive(Debug, Clone)]
pub struct NewPlan {
    pub units: Vec<(String, String)>,
    pub typed: TypedPlan,
    pub currency: Currency,
}

/// The choice of plans.
pub fn index_page(
    frame: &Frame,
    plans: &[(Plan, Version, bool)],
    form: Option<&NewPlan>,
    errors: &FormErrors,
) -> Markup {
    page::shell(
        frame,
        &frame.t("plan-title"),
        html! {
            (page::page_head(frame.t("plan-title"), frame.t("plan-index-sub"), html! {}))
            div.g {
                div.c8 { (page::card(frame.t("plan-all"), "", html! {}, plan_table(frame, plans))) }
                @if let Some(form) = form {
                    div.c4 { (page::card(frame.t("plan-new"), "", html! {}, parts::padded(new_form(frame, form, errors)))) }
                }
            }
        },
    )
}

fn plan_table(frame: &Frame, plans: &[(Plan, Version, bool)]) -> Markup {
    if plans.is_empty() {
        return page::empty(frame.t("plan-none"), frame.t("plan-none-next"), html! {});
    }
    let head = html! { tr {
        (th(frame.t("plan-unit"))) (th(frame.t("plan-year"))) (th_n(frame.t("plan-total"))) (th(frame.t("plan-state")))
    } };
    let rows = html! { @for (plan, version, whole) in plans { tr {
        th scope="row" { a.q href=(page::address("/plan", &plan.code)) { (plan.unit_called(frame.is_zh())) } span.sub { (plan.code) } }
        td.m-tr { (plan.year) }
        td.n data-l=(frame.t("plan-total")) { @if *whole { (total_of(frame, plan, version.total_minor)) } @else { (num::MISSING) } }
        td { (state_badge(frame, version)) }
    } } };
    parts::stackable_table(&frame.t("plan-all"), head, rows)
}

fn total_of(frame: &Frame, plan: &Plan, minor: i64) -> String {
    match plan.currency() {
        Ok(currency) => num::millions_text(frame, Money::of_minor(minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

fn state_badge(frame: &Frame, version: &Version) -> Markup {
    let text = frame.tw(
        &format!("plan-state-{}", version.state),
        &[("number", version.number.to_string())],
    );
    page::badge(
        if version.is_draft() {
            Tone::Line
        } else {
            Tone::Good
        },
        text,
    )
}

/// The state alone, where the number already stands beside it.
fn short_badge(frame: &Frame, version: &Version) -> Markup {
    let tone = if version.is_draft() {
        Tone::Line
    } else {
        Tone::Good
    };
    page::badge(tone, frame.t(&format!("plan-is-{}", version.state)))
}

fn new_form(frame: &Frame, form: &NewPlan, errors: &FormErrors) -> Markup {
    let units: Vec<Choice> = form
        .units
        .iter()
        .map(|(code, name)| Choice::new(code, format!("{name} ({code})")))
        .collect();
    let text = |id: &'static str, value: &str, kind: FieldKind<'_>, required: bool| {
        let (label, hint) = (
            frame.t(&format!("plan-new-{id}")),
            frame.t(&format!("plan-new-{id}-hint")),
        );
        field(
            frame,
            FieldSpec {
                id,
                label: &label,
                value,
                kind,
                hint: Some(&hint),
                error: errors.get(id),
                required,
                autocomplete: None,
            },
        )
    };
    html! {
        (errors.summary(frame))
        form.stack method="post" action="/plan" {
            (text("unit", &form.typed.unit, FieldKind::Select(&units), true))
            (text("year", &form.typed.year, FieldKind::Number { unit: "" }, true))
            (text("total", &form.typed.total, FieldKind::Number { unit: form.currency.code() }, false))
            (text("code", &form.typed.code, FieldKind::Text, false))
            (page::button(&frame.t("plan-new-make")).primary())
        }
    }
}

/// One version of a plan.
pub fn plan_page(frame: &Frame, sheet: &Sheet, versions: &[Version], all: &[Plan]) -> Markup {
    let plan = &sheet.opened.plan;
    let title = frame.tw("plan-of-year", &[("year", plan.year.to_string())]);
    let scale = Scale::of(&sheet.opened.grid);
    let unit = frame.t(if scale.thousands {
        "plan-in-thousand"
    } else {
        "plan-in-units"
    });
    let about = if sheet.editable {
        "plan-sub-draft"
    } else {
        "plan-sub-fixed"
    };
    let sub = frame.tw(
        about,
        &[
            ("unit", plan.unit_called(frame.is_zh()).to_owned()),
            ("scale", format!("{} {unit}", plan.currency)),
        ],
    );
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, sub, html! {
                (plan_choice(frame, plan, all))
                @if 1 < versions.len() { (version_choice(frame, sheet, versions)) }
            }))
            div.stack {
                (grid_part(frame, sheet))
                @if sheet.editable { (spread_card(frame, sheet)) }
            }
            (foot(frame, sheet))
        },
    )
}

fn plan_choice(frame: &Frame, plan: &Plan, all: &[Plan]) -> Markup {
    let same: Vec<&Plan> = all.iter().filter(|other| other.year == plan.year).collect();
    html! {
        @if (2..=4).contains(&same.len()) {
            (page::seg(&frame.t("plan-all"), &same.iter().map(|other| {
                (page::address("/plan", &other.code), other.unit_called(frame.is_zh()).to_owned(), other.id == plan.id)
            }).collect::<Vec<_>>()))
        } @else if 4 < same.len() {
            (page::link("/plan", &frame.t("plan-all")).ghost())
        }
    }
}

fn version_choice(frame: &Frame, sheet: &Sheet, versions: &[Version]) -> Markup {
    let shown = versions
        .iter()
        .take(4)
        .filter(|version| sheet.may_plan || !version.is_draft());
    let views: Vec<(String, String, bool)> = shown
        .map(|version| {
            let href = format!(
                "/plan/{}?version={}",
                sheet.opened.plan.code, version.number
            );
            let text = frame.tw(
                "plan-version-short",
                &[("number", version.number.to_string())],
            );
            (href, text, version.number == sheet.opened.version.number)
        })
        .collect();
    page::seg(&frame.t("plan-versions"), &views)
}

fn spread_card(frame: &Frame, sheet: &Sheet) -> Markup {
    let plan = &sheet.opened.plan;
    let total = Money::of_minor(sheet.opened.grid.total(), sheet.opened.grid.currency);
    let value = num::amount(total);
    let label = frame.t("plan-spread-total");
    let hint = frame.t("plan-spread-hint");
    html! {
        div.g { div.c6 {
            (page::card(frame.t("plan-spread"), "", html! {}, parts::padded(html! {
                form.stack method="post" action={ (page::address("/plan", &plan.code)) "/spread" } hx-post={ (page::address("/plan", &plan.code)) "/spread" }
                    hx-target="#plan" hx-swap="outerMorph" hx-push-url="false" {
                    input type="hidden" name="edit" value=(sheet.opened.version.edit) id="spread-edit";
                    (field(frame, FieldSpec {
                        id: "total", label: &label, value: &value, kind: FieldKind::Number { unit: &plan.currency },
                        hint: Some(&hint), error: None, required: true, autocomplete: None,
                    }))
                    (page::button(&frame.t("plan-spread-do")))
                }
            })))
        } }
    }
}

/// What publishing does, asked before it is done: nothing takes it back.
fn publish_question(frame: &Frame, sheet: &Sheet) -> Markup {
    let opened = &sheet.opened;
    let from = opened.version.effective_from.parse::<jiff::civil::Date>();
    let facts = [
        ("unit", opened.plan.unit_called(frame.is_zh()).to_owned()),
        ("number", opened.version.number.to_string()),
        (
            "from",
            from.map_or_else(|_| num::MISSING.to_owned(), |day| num::day(frame, day)),
        ),
    ];
    let (no, yes) = (frame.t("cancel"), frame.t("plan-publish"));
    html! {
        dialog #ask aria-labelledby="ask-title" {
            form method="dialog" {
                header { h2 #ask-title { (frame.t("plan-publish-title")) } }
                div.body { p { (frame.tw("plan-publish-what", &facts)) } }
                div.foot.row {
                    button.btn { (no) }
                    (Button::submit(&yes).primary().confirms().form("publish"))
                }
            }
        }
    }
}

fn foot(frame: &Frame, sheet: &Sheet) -> Markup {
    let opened = &sheet.opened;
    let version = &opened.version;
    let title = html! {
        (frame.tw("plan-version", &[("number", version.number.to_string())])) " "
        (short_badge(frame, version))
    };
    let draft = version.is_draft();
    let step = |key: &str, step: Step| (frame.t(key), step);
    let way = page::steps(&[
        step("plan-step-target", Step::Done),
        step(
            "plan-step-draft",
            if draft { Step::Now } else { Step::Done },
        ),
        step(
            "plan-step-published",
            if draft { Step::Ahead } else { Step::Done },
        ),
    ]);
    if draft {
        let effect = frame.tw("plan-draft-effect", &[("name", version.created_by.clone())]);
        // The question stands before the button that asks it: Ctrl+Enter presses the first it sees.
        let ask = html! {
            button.btn.pri type="button" commandfor="ask" command="show-modal" data-confirm {
                (frame.t("plan-publish-ask")) " " kbd { "Ctrl ↵" }
            }
        };
        return html! {
            @if sheet.may_plan {
                form #publish method="post" action={ (page::address("/plan", &opened.plan.code)) "/publish" } {
                    input type="hidden" name="edit" value=(version.edit) id="one-edit";
                }
                (publish_question(frame, sheet))
            }
            (page::abar(title, effect, way, html! { @if sheet.may_plan { (ask) } }))
        };
    }
    let at = version
        .published_at
        .and_then(|at| jiff::Timestamp::from_microsecond(at).ok());
    let day = at
        .map(|at| num::day(frame, at.to_zoned(jiff::tz::TimeZone::UTC).date()))
        .unwrap_or_default();
    let effect = frame.tw(
        "plan-published-effect",
        &[
            ("name", version.published_by.clone().unwrap_or_default()),
            ("day", day),
        ],
    );
    let revise = html! {
        @if sheet.may_plan && version.state == "published" {
            form method="post" action={ (page::address("/plan", &opened.plan.code)) "/revise" } { (page::button(&frame.t("plan-revise"))) }
        }
        (page::link("/attainment", &frame.t("plan-to-attainment")).primary())
    };
    page::abar(title, effect, way, revise)
}
