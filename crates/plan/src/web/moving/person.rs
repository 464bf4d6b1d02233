//! `/people/moves/person`: a person changes unit on a page, with targets and sales by the rule. It is
//! looked at as often as one likes; only the confirmed one is carried out.

use axum::{Extension, extract::State, response::Response};
use db::{DbError, Tx};
use kernel::{Money, Scope};
use maud::{Markup, html};
use org::store::{people, units};
use page::{
    Actor, Choice, FieldKind, FieldSpec, Form, FormErrors, Frame, Kit, Problem, Query, Result,
    Tone, field, num,
    parts::{self, th, th_n},
};

use super::{
    super::moves::MOVERS,
    Typed, carry,
    form_page::{self, Looked, rule_key},
};
use crate::{
    attainment::share,
    moving::{Given, Kinds, Side},
};

/// Where the page is.
const PLACE: &str = "/people/moves/person";

/// What can be chosen, and what was typed.
struct PersonForm {
    people: Vec<Choice>,
    units: Vec<Choice>,
    typed: Typed,
}

impl PersonForm {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }
}

/// `GET /people/moves/person`: the form, and below it what the move would do once it was looked at.
pub async fn fill_in(
    State(kit): State<Kit>,
    Extension(kinds): Extension<Kinds>,
    actor: Actor,
    frame: Frame,
    Query(typed): Query<Typed>,
) -> Result<Markup> {
    actor.may(MOVERS)?;
    let mut tx = kit.db.read().await?;
    let form = form(&mut tx, &kit, &actor, &frame, typed).await?;
    let mut errors = FormErrors::none();
    let mut looked = None;
    if form.typed.contains_key("look") {
        match look(&mut tx, &kit, &actor, &form.typed, kinds).await {
            Ok(drawn) => looked = Some(drawn),
            Err(DbError::Refused(no)) => errors = FormErrors::from(&no),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(person_page(&frame, &form, looked.as_ref(), &errors))
}

/// `POST /people/moves/person`.
pub async fn create(
    State(kit): State<Kit>,
    Extension(kinds): Extension<Kinds>,
    actor: Actor,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(MOVERS)?;
    match carry(&kit, &actor, given(&typed), kinds).await {
        Ok(number) => Ok(page::see(
            &page::address("/people/moves", &number),
            &frame.t("move-person-done"),
        )),
        Err(DbError::Refused(no)) => {
            let mut tx = kit.db.read().await?;
            let form = form(&mut tx, &kit, &actor, &frame, typed).await?;
            let looked = look(&mut tx, &kit, &actor, &form.typed, kinds).await.ok();
            let errors = FormErrors::from(&no);
            let page = person_page(&frame, &form, looked.as_ref(), &errors);
            Ok(page::ask_again(&Problem::from(no), page))
        }
        Err(error) => Err(error.into()),
    }
}

fn given(typed: &Typed) -> Given {
    let field = |name: &str| {
        let text = typed.get(name).map(|text| text.trim().to_owned());
        text.filter(|text| !text.is_empty())
    };
    Given {
        person: Some(field("person").unwrap_or_default()),
        to_unit: field("to_unit"),
        day: field("day"),
        rule: field("rule").unwrap_or_default(),
        reason: field("reason").unwrap_or_default(),
        ..Given::default()
    }
}

/// What the move would do; its document names units by their codes.
async fn look(
    tx: &mut Tx,
    kit: &Kit,
    actor: &Actor,
    typed: &Typed,
    kinds: Kinds,
) -> db::Result<Looked> {
    let looked = super::look(tx, kit, actor, &given(typed), kinds).await?;
    let tree = units::tree(tx, &Scope::All).await?;
    let codes = tree.into_iter().map(|unit| (unit.id.get(), unit.code));
    Ok(Looked {
        units: codes.collect(),
        ..looked
    })
}

/// The form with everybody and every unit one may choose from.
async fn form(
    tx: &mut Tx,
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    mut typed: Typed,
) -> Result<PersonForm> {
    let today = kit.today().to_string();
    for (name, value) in [("day", today.as_str()), ("rule", "future_only")] {
        typed
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    let local = |name: String, local: Option<String>| match local {
        Some(local) if frame.is_zh() => local,
        _ => name,
    };
    let names = people::names(tx, &actor.scope).await?;
    let people = names
        .into_iter()
        .map(|one| Choice::new(one.code, local(one.name, one.name_local)));
    let people = people.collect();
    let tree = units::tree(tx, &actor.scope).await?;
    let units = tree
        .into_iter()
        .map(|unit| Choice::new(unit.code, local(unit.name, unit.name_local)));
    Ok(PersonForm {
        people,
        units: units.collect(),
        typed,
    })
}

fn person_page(
    frame: &Frame,
    form: &PersonForm,
    looked: Option<&Looked>,
    errors: &FormErrors,
) -> Markup {
    let title = frame.t("move-person-new");
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, frame.t("move-person-sub"), html! {}))
            div.g {
                div.c4.stack { (page::card(frame.t("move-what"), "", html! {}, parts::padded(fields(frame, form, errors)))) }
                div.c8.stack {
                    @match looked {
                        Some(looked) => (preview(frame, form, looked)),
                        None => (page::card("", "", html! {}, page::empty(frame.t("move-not-looked"), frame.t("move-person-not-looked-next"), html! {}))),
                    }
                }
            }
        },
    )
}

fn fields(frame: &Frame, form: &PersonForm, errors: &FormErrors) -> Markup {
    let with_none = |choices: &[Choice]| -> Vec<Choice> {
        let none = Choice::new("", frame.t("move-to-choose"));
        std::iter::once(none)
            .chain(choices.iter().cloned())
            .collect()
    };
    let (people, units) = (with_none(&form.people), with_none(&form.units));
    let rules =
        ["future_only", "full_book"].map(|rule| Choice::new(rule, frame.t(&rule_key(rule))));
    let one = |id: &'static str, key: &str, kind: FieldKind<'_>| {
        let spec = FieldSpec {
            id,
            label: &frame.t(key),
            value: form.value(id),
            kind,
            error: errors.get(id),
            required: true,
            autocomplete: Some("off"),
            ..FieldSpec::default()
        };
        field(frame, spec)
    };
    html! {
        (errors.summary(frame))
        form.stack method="get" action=(PLACE) {
            input type="hidden" name="look" value="1";
            (one("person", "move-person", FieldKind::Select(&people)))
            (one("to_unit", "move-to-unit", FieldKind::Select(&units)))
            (one("day", "move-day", FieldKind::Date))
            (one("rule", "move-rule", FieldKind::Select(&rules)))
            (one("reason", "move-reason", FieldKind::Area))
            (page::button(&frame.t("move-look")).wide())
        }
    }
}

fn preview(frame: &Frame, form: &PersonForm, looked: &Looked) -> Markup {
    let silent = looked.drawn.wish.reason.is_empty();
    let meta = form_page::currency_and_year(frame, looked);
    html! {
        (page::card(frame.t("move-preview"), meta, html! {}, form_page::figures(frame, looked)))
        (page::card(frame.t("move-units"), "", html! {}, units_table(frame, form, looked)))
        @if silent { (page::note(Tone::Warn, frame.t("move-silent"))) } @else {
            form method="post" action=(PLACE) {
                @for (name, value) in form.typed.iter().filter(|(name, _)| *name != "look") {
                    input type="hidden" name=(name) value=(value);
                }
                (parts::abar(frame.t("move-confirm-title"), frame.t("move-person-effect"), html! {},
                    html! { (page::button(&frame.t("move-confirm")).primary().confirms()) }))
            }
        }
    }
}

/// The units that are left and gone to, with everybody's targets and sales in them, before and after.
fn units_table(frame: &Frame, form: &PersonForm, looked: &Looked) -> Markup {
    let currency = looked.currency;
    let cells = |side: &Side| {
        let target = Money::of_minor(side.target, currency);
        let actual = Money::of_exact(side.actual, currency);
        let attained = share(actual, target);
        [
            num::amount(target),
            num::amount(Money::of_minor(side.from_day, currency)),
            num::amount(actual),
            attained.map_or_else(
                || num::MISSING.to_owned(),
                |share| num::percent(frame, share),
            ),
        ]
    };
    let day = num::day(frame, looked.drawn.wish.terms.day);
    let heads = [
        frame.t("move-target"),
        frame.tw("move-from-day", &[("day", day)]),
        frame.t("move-actual"),
        frame.t("move-attained"),
    ];
    let head = html! { tr { (th(frame.t("move-unit"))) @for head in &heads { (th_n(head)) } } };
    let body = html! { @for (unit, (before, after)) in &looked.figures.units { tr {
        th scope="row" { (unit_name(form, looked, unit.get())) }
        @for ((was, will), head) in cells(before).into_iter().zip(cells(after)).zip(&heads) {
            td.n data-l=(head) {
                @if was == will { (was) } @else { span.sub { (was) " →" } b { (will) } }
            }
        }
    } } };
    parts::stackable_table(&frame.t("move-units"), head, body)
}

fn unit_name(form: &PersonForm, looked: &Looked, unit: i64) -> String {
    let code = looked.units.get(&unit);
    let known = form.units.iter().find(|choice| Some(&choice.value) == code);
    known.map_or_else(String::new, |choice| choice.text.clone())
}

pub(super) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let form = |reason: &str| PersonForm {
        people: vec![Choice::new("chen", "Chen Hao")],
        units: vec![
            Choice::new("east", "East China"),
            Choice::new("south", "South China"),
        ],
        typed: [
            ("person", "chen"),
            ("to_unit", "south"),
            ("day", "2026-07-01"),
            ("rule", "future_only"),
            ("reason", reason),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
    };
    let mut wrong = FormErrors::none();
    wrong.add("to_unit", "Chen Hao sits in east on that day already.");
    let right = FormErrors::none();
    let mut all = vec![("move-person", person_page(frame, &form(""), None, &wrong))];
    if let Some(looked) = super::form_samples::looked_person() {
        let preview = person_page(frame, &form("Guangzhou"), Some(&looked), &right);
        all.push(("move-person-preview", preview));
    }
    all
}
