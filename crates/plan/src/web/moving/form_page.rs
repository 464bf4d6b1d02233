//! How a move is filled in, and what it would do: everybody concerned before and after.

use std::collections::BTreeMap;

use book::store::in_flight::{Choice as Chosen, Open};
use kernel::{Currency, Money};
use maud::{Markup, html};
use org::store::people::Name;
use page::{
    Choice, FieldKind, FieldSpec, FormErrors, Frame, Tone, field, num,
    parts::{self, th, th_n},
};

use super::Typed;
use crate::{
    attainment::share,
    moving::{Drawn, Figures, Kinds, OpenOfKind, Side, Whose, open_by_kind},
};

/// The form and what can be chosen in it.
pub(super) struct MoveForm {
    pub(super) people: Vec<Choice>,
    /// People, and the houses of units as `house:CODE`.
    pub(super) receivers: Vec<Choice>,
    pub(super) kinds: Kinds,
    pub(super) typed: Typed,
}

impl MoveForm {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }
}

/// A move that was looked at.
pub(super) struct Looked {
    pub(super) currency: Currency,
    pub(super) names: BTreeMap<i64, Name>,
    /// Codes of units, for a person who changes unit.
    pub(super) units: BTreeMap<i64, String>,
    pub(super) drawn: Drawn,
    pub(super) figures: Figures,
}

pub(super) fn move_page(
    frame: &Frame,
    form: &MoveForm,
    looked: Option<&Looked>,
    errors: &FormErrors,
) -> Markup {
    let title = frame.t("move-new");
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, frame.t("move-new-sub"), html! {}))
            div.g {
                div.c4.stack { (page::card(frame.t("move-what"), "", html! {}, parts::padded(fields(frame, form, errors)))) }
                div.c8.stack {
                    @match looked {
                        Some(looked) => (preview(frame, form, looked)),
                        None => (page::card("", "", html! {}, page::empty(frame.t("move-not-looked"), frame.t("move-not-looked-next"), html! {}))),
                    }
                }
            }
        },
    )
}

fn fields(frame: &Frame, form: &MoveForm, errors: &FormErrors) -> Markup {
    let anybody = Choice::new("", frame.t("move-from-anybody"));
    let givers: Vec<Choice> = std::iter::once(anybody)
        .chain(form.people.iter().cloned())
        .collect();
    let nobody = Choice::new("", frame.t("move-to-choose"));
    let receivers: Vec<Choice> = std::iter::once(nobody)
        .chain(form.receivers.iter().cloned())
        .collect();
    let rules = ["future_only", "full_book", "shared_credit"]
        .map(|rule| Choice::new(rule, frame.t(&rule_key(rule))));
    let one = |id: &'static str, kind: FieldKind<'_>, required: bool| {
        let key = id.replace('_', "-");
        let hint = [
            "customers",
            "months",
            "share",
            "target_share",
            "reason",
            "rule",
        ]
        .contains(&id)
        .then(|| frame.t(&format!("move-{key}-hint")));
        let label = frame.t(&format!("move-{key}"));
        let spec = FieldSpec {
            id,
            label: &label,
            value: form.value(id),
            kind,
            hint: hint.as_deref(),
            error: errors.get(id),
            required,
            autocomplete: Some("off"),
        };
        field(frame, spec)
    };
    html! {
        (errors.summary(frame))
        form.stack #look method="get" action="/people/moves/new" {
            input type="hidden" name="look" value="1";
            (one("from", FieldKind::Select(&givers), false))
            (one("customers", FieldKind::Area, false))
            (one("to", FieldKind::Select(&receivers), true))
            (one("day", FieldKind::Date, true))
            (one("rule", FieldKind::Select(&rules), true))
            (one("months", FieldKind::Number { unit: "" }, false))
            (one("share", FieldKind::Number { unit: "%" }, false))
            (one("target_share", FieldKind::Number { unit: "%" }, false))
            (choices(frame, form, errors))
            (one("reason", FieldKind::Area, true))
            (page::button(&frame.t("move-look")).wide())
        }
    }
}

/// The key of a rule's name.
pub(super) fn rule_key(rule: &str) -> String {
    format!("move-rule-{}", rule.replace('_', "-"))
}

/// What may be chosen for a kind, as the fields of a form.
fn words(frame: &Frame, kind: &[Chosen], none: &str) -> Vec<Choice> {
    let chosen = kind.iter().map(|choice| {
        let word = choice.as_str();
        Choice::new(word, frame.t(&format!("move-choice-{word}")))
    });
    std::iter::once(Choice::new("", frame.t(none)))
        .chain(chosen)
        .collect()
}

fn choices(frame: &Frame, form: &MoveForm, errors: &FormErrors) -> Markup {
    html! {
        @for kind in form.kinds.0.iter().filter(|kind| !kind.choices.is_empty()) {
            @let id = format!("documents.{}", kind.name);
            @let words = words(frame, kind.choices, "move-choice-none");
            (field(frame, FieldSpec {
                id: &id,
                label: &frame.t(kind.text_key),
                value: form.value(&id),
                kind: FieldKind::Select(&words),
                error: errors.get(&id),
                ..FieldSpec::default()
            }))
        }
    }
}

fn preview(frame: &Frame, form: &MoveForm, looked: &Looked) -> Markup {
    let open = open_by_kind(&looked.drawn);
    let undecided = open.iter().any(|one| one.undecided() != 0);
    let silent = looked.drawn.wish.reason.is_empty();
    html! {
        (page::card(frame.t("move-preview"), currency_and_year(frame, looked), html! {}, figures(frame, looked)))
        (page::card(frame.t("move-goes"), "", html! {}, goes(frame, looked)))
        @for one in open.iter().filter(|one| !one.open.is_empty()) {
            (page::card(frame.t(one.kind.text_key), one.open.len(), html! {}, each_table(frame, form, looked, one)))
        }
        @if undecided { (page::note(Tone::Warn, frame.t("move-undecided"))) }
        @if silent { (page::note(Tone::Warn, frame.t("move-silent"))) }
        @if !undecided && !silent {
            form method="post" action="/people/moves" {
                @for (name, value) in form.typed.iter().filter(|(name, _)| *name != "look") {
                    input type="hidden" name=(name) value=(value);
                }
                (parts::abar(frame.t("move-confirm-title"), frame.t("move-confirm-effect"), html! {},
                    html! { (page::button(&frame.t("move-confirm")).primary().confirms()) }))
            }
        }
    }
}

pub(super) fn currency_and_year(frame: &Frame, looked: &Looked) -> String {
    let (from, to) = looked.figures.year;
    let last = to.yesterday().unwrap_or(to);
    frame.tw(
        "move-preview-of",
        &[
            ("currency", looked.currency.code().to_owned()),
            ("from", num::day(frame, from)),
            ("to", num::day(frame, last)),
        ],
    )
}

fn name(frame: &Frame, looked: &Looked, whose: Whose) -> String {
    match whose {
        Whose::House => frame.t("attainment-house"),
        Whose::Person(person) => looked
            .names
            .get(&person.get())
            .map_or_else(String::new, |name| match &name.name_local {
                Some(local) if frame.is_zh() => local.clone(),
                _ => name.name.clone(),
            }),
    }
}

/// Two lines a row: before, and after.
pub(super) fn figures(frame: &Frame, looked: &Looked) -> Markup {
    let currency = looked.currency;
    let minor = |minor: i64| num::amount(Money::of_minor(minor, currency));
    let exact = |exact: i64| num::amount(Money::of_exact(exact, currency));
    let attained = |side: &Side| {
        let target = Money::of_minor(side.target, currency);
        share(Money::of_exact(side.actual, currency), target).map_or_else(
            || num::MISSING.to_owned(),
            |share| num::percent(frame, share),
        )
    };
    let cells = |side: &Side| {
        [
            minor(side.target),
            minor(side.until_day()),
            minor(side.from_day),
            exact(side.actual),
            attained(side),
        ]
    };
    let day = num::day(frame, looked.drawn.wish.terms.day);
    let heads = [
        frame.t("move-target"),
        frame.tw("move-until", &[("day", day.clone())]),
        frame.tw("move-from-day", &[("day", day)]),
        frame.t("move-actual"),
        frame.t("move-attained"),
    ];
    let row = |who: &str, (before, after): &(Side, Side)| {
        let pairs = cells(before).into_iter().zip(cells(after));
        html! { tr {
            th scope="row" { (who) }
            @for ((was, will), head) in pairs.zip(&heads) {
                td.n data-l=(head) {
                    @if was == will { (was) } @else {
                        span.sub { (was) " →" } b { (will) }
                    }
                }
            }
        } }
    };
    let total = looked.figures.total();
    parts::stackable_table(
        &frame.t("move-preview"),
        html! { tr { (th(frame.t("move-who"))) @for head in &heads { (th_n(head)) } } },
        html! {
            @for (whose, sides) in &looked.figures.people { (row(&name(frame, looked, *whose), sides)) }
            (row(&frame.t("move-together"), &total))
        },
    )
}

/// What goes along: customers and the part of the target by giver, and open documents by kind.
fn goes(frame: &Frame, looked: &Looked) -> Markup {
    let open = open_by_kind(&looked.drawn);
    html! {
        ul.list {
            @for part in &looked.drawn.parts {
                @let giver = part.from.map_or(Whose::House, Whose::Person);
                li {
                    (page::icon("cust"))
                    span {
                        b { (frame.tw("move-customers-of", &[
                            ("count", part.customers.len().to_string()),
                            ("name", name(frame, looked, giver)),
                        ])) }
                        span.sub { (frame.tw(&format!("move-basis-{}", part.basis.as_str()), &[("share", part.share.to_string())])) }
                    }
                }
            }
            @for one in &open {
                li {
                    (page::icon("doc"))
                    span {
                        b { (frame.t(one.kind.text_key)) ": " (one.open.len()) }
                        @if one.net_exact != 0 {
                            span.sub { (num::money(frame, Money::of_exact(one.net_exact, looked.currency))) }
                        }
                    }
                    span.push { @if !one.open.is_empty() { (kind_badge(frame, one)) } }
                }
            }
        }
    }
}

fn kind_badge(frame: &Frame, one: &OpenOfKind) -> Markup {
    match one.choice() {
        Some(choice) => choice_badge(frame, choice.as_str()),
        None if one.undecided() == 0 => page::badge(Tone::Info, frame.t("move-choice-each")),
        None => page::badge(Tone::Warn, frame.t("move-choice-none")),
    }
}

/// A choice that was made, by its word.
pub(super) fn choice_badge(frame: &Frame, choice: &str) -> Markup {
    let tone = match choice {
        "move" => Tone::Info,
        "end" => Tone::Warn,
        _ => Tone::Plain,
    };
    page::badge(tone, frame.t(&format!("move-choice-{choice}")))
}

/// How many single documents of a kind the page lets one choose for.
const MOST_ROWS: usize = 50;

/// The single documents of a kind: where nothing is said of one, the choice of its kind holds. The fields
/// belong to the form that is looked at.
fn each_table(frame: &Frame, form: &MoveForm, looked: &Looked, one: &OpenOfKind) -> Markup {
    let words = words(frame, one.kind.choices, "move-choice-as-kind");
    let head = html! { tr {
        (th(frame.t("handover-document"))) (th(frame.t("move-day"))) (th_n(frame.t("handover-net")))
        @if !one.kind.choices.is_empty() { (th(frame.t("handover-choice"))) }
    } };
    let select = |open: &Open| {
        let id = format!("each.{}.{}", one.kind.name, open.number);
        let label = frame.tw("move-choice-of", &[("number", open.number.clone())]);
        let value = form.value(&id);
        html! {
            select.in name=(id) form="look" aria-label=(label) {
                @for word in &words { option value=(word.value) selected[word.value == value] { (word.text) } }
            }
        }
    };
    let body = html! { @for (open, _) in one.open.iter().take(MOST_ROWS) { tr {
        th scope="row" { (open.number) }
        td { (num::day(frame, open.day)) }
        td.n { @if open.net_exact == 0 { (num::MISSING) } @else { (num::amount(Money::of_exact(open.net_exact, looked.currency))) } }
        @if !one.kind.choices.is_empty() { td { (select(open)) } }
    } } };
    html! {
        (parts::stackable_table(&frame.t(one.kind.text_key), head, body))
        @if MOST_ROWS < one.open.len() { (parts::padded(html! { p.t3 { (frame.t("move-choice-more")) } })) }
    }
}
