//! `/settings/number-series`: how documents are numbered, and the form that sets a series.

use std::collections::BTreeMap;

use ::page::{
    Actor, Choice, FieldKind, FieldSpec, Form, FormErrors, Frame, Kit, Problem, Query, Result,
    Tone, field,
    parts::{self, stackable_table, th, th_n},
};
use axum::{extract::State, response::Response};
use db::{DbError, Tx};
use jiff::civil::Date;
use kernel::Refusal;
use maud::{Markup, html};
use org::{api::Ask, store::units};
use serde::Deserialize;

use super::{MAY_READ, MAY_SET, NewSeriesJson, SeriesChangeJson, SeriesJson, add, save, shown_of};
use crate::{
    series::{Pattern, Series, Standing},
    store::number_series,
};

/// Where the page is.
const PLACE: &str = "/settings/number-series";

/// The series that is set: one of the table, or a new one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Picked {
    company: String,
    kind: String,
    year: String,
}

/// The form as it was typed; a version says that the series was begun.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    company: String,
    kind: String,
    year: String,
    prefix: String,
    with_month: String,
    digits: String,
    next_number: String,
    version: String,
}

impl Typed {
    fn of(one: &SeriesJson) -> Typed {
        Typed {
            company: one.company.clone(),
            kind: one.kind.clone(),
            year: one.year.to_string(),
            prefix: one.prefix.clone(),
            with_month: if one.with_month { "1" } else { "" }.to_owned(),
            digits: one.digits.to_string(),
            next_number: one.next_number.to_string(),
            version: match one.version {
                0 => String::new(),
                version => version.to_string(),
            },
        }
    }

    fn new_series(&self) -> std::result::Result<NewSeriesJson, Refusal> {
        let year: i16 = number(&self.year, "year")?;
        Ok(NewSeriesJson {
            company: Some(self.company.clone()),
            kind: self.kind.clone(),
            year: Some(year),
            prefix: Some(self.prefix.clone()),
            with_month: Some(!self.with_month.is_empty()),
            digits: Some(number(&self.digits, "digits")?),
            next_number: Some(number(&self.next_number, "next_number")?),
        })
    }

    fn change(&self) -> std::result::Result<SeriesChangeJson, Refusal> {
        Ok(SeriesChangeJson {
            prefix: Some(self.prefix.clone()),
            with_month: Some(!self.with_month.is_empty()),
            digits: Some(number(&self.digits, "digits")?),
            next_number: Some(number(&self.next_number, "next_number")?),
        })
    }
}

fn number<N: std::str::FromStr>(
    text: &str,
    field: &'static str,
) -> std::result::Result<N, Refusal> {
    text.trim().parse().map_err(|_no_number| {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is not a whole number.");
        Refusal::value("number.malformed", message).at(field)
    })
}

/// What the page is drawn from.
struct Shown {
    today: Date,
    /// Code and name; the root first.
    companies: Vec<(String, String)>,
    /// Newest year first; version 0 was not begun yet.
    series: Vec<SeriesJson>,
    typed: Typed,
    may_set: bool,
}

/// `GET /settings/number-series`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Query(picked): Query<Picked>,
) -> Result<Markup> {
    actor.may(&MAY_READ)?;
    let mut tx = kit.db.read().await?;
    let mut shown = load(&mut tx, &actor, kit.today()).await?;
    let one = shown.series.iter().find(|one| {
        one.company == picked.company
            && one.kind == picked.kind
            && one.year.to_string() == picked.year
    });
    if let Some(one) = one {
        shown.typed = Typed::of(one);
    }
    Ok(series_page(&frame, &shown, &FormErrors::none()))
}

/// `POST /settings/number-series`.
pub async fn set(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(&MAY_SET)?;
    let ask = Ask::of_form(&kit, actor.clone(), String::new(), typed.clone());
    let done = kit.db.write(ask, |tx, ask| Box::pin(carry_out(tx, ask)));
    match done.await {
        Ok(()) => Ok(::page::see(PLACE, &frame.t("series-set-done"))),
        Err(DbError::Refused(no)) => {
            let mut tx = kit.db.read().await?;
            let mut shown = load(&mut tx, &actor, kit.today()).await?;
            shown.typed = typed;
            let page = series_page(&frame, &shown, &FormErrors::from(&no));
            Ok(::page::ask_again(&Problem::from(no), page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Begins a series, or changes the one whose version was shown.
async fn carry_out(tx: &mut Tx, ask: &Ask<Typed>) -> db::Result<()> {
    let typed = &ask.body;
    if typed.version.is_empty() {
        let new = typed.new_series()?;
        return add(tx, &ask.clone().map(|_| new)).await.map(drop);
    }
    let version: i64 = number(&typed.version, "version")?;
    let place = (
        typed.company.clone(),
        typed.kind.clone(),
        typed.year.clone(),
    );
    let change = typed.change()?;
    let mut ask = ask.clone().map(|_| (place, change));
    ask.if_match = Some(version);
    save(tx, &ask).await.map(drop)
}

/// What was begun or set, and what of the root is usual this year.
async fn load(tx: &mut Tx, actor: &Actor, today: Date) -> db::Result<Shown> {
    let kept = number_series::list(tx, &actor.scope).await?;
    let mut series: Vec<SeriesJson> = kept.iter().filter_map(|one| shown_of(one, today)).collect();
    let root = units::root(tx).await?;
    for usual in Series::ALL {
        let is_known = |one: &SeriesJson| {
            one.company == root.code
                && one.kind == usual.kind()
                && one.year == i64::from(today.year())
        };
        if series.iter().any(is_known) {
            continue;
        }
        let before = number_series::before(tx, root.id, usual, today.year()).await?;
        let pattern = before.map_or_else(|| Pattern::usual(usual), |one| one.standing().pattern);
        let named = super::Named {
            company: root.clone(),
            series: usual,
            year: today.year(),
        };
        series.push(named.shown(&Standing::begun(pattern), 0, today));
    }
    let companies = number_series::companies(tx, &actor.scope).await?;
    let by_company: BTreeMap<&str, usize> = companies
        .iter()
        .enumerate()
        .map(|(place, (code, _))| (code.as_str(), place))
        .collect();
    let by_kind = |kind: &str| Series::ALL.iter().position(|one| one.kind() == kind);
    series.sort_by_key(|one| {
        (
            -one.year,
            by_company.get(one.company.as_str()).copied(),
            by_kind(&one.kind),
        )
    });
    let typed = Typed {
        company: root.code,
        kind: Series::Order.kind().to_owned(),
        year: today.year().to_string(),
        digits: "5".to_owned(),
        next_number: "1".to_owned(),
        ..Typed::default()
    };
    Ok(Shown {
        today,
        companies,
        series,
        typed,
        may_set: actor.may(&MAY_SET).is_ok(),
    })
}

fn series_page(frame: &Frame, shown: &Shown, errors: &FormErrors) -> Markup {
    let title = frame.t("series-title");
    let side = shown.may_set;
    ::page::shell(
        frame,
        &title,
        html! {
            (::page::page_head(&title, frame.t("series-sub"), html! {}))
            div.g {
                div.c8.stack { (table(frame, shown)) }
                @if side {
                    div.c4.stack { (::page::card(frame.t("series-set"), "", html! {}, parts::padded(form(frame, shown, errors)))) }
                }
            }
        },
    )
}

fn table(frame: &Frame, shown: &Shown) -> Markup {
    let several = 1 < shown.companies.len();
    let head = html! { tr {
        (th(frame.t("series-kind")))
        @if several { (th(frame.t("series-company"))) }
        (th_n(frame.t("series-year"))) (th(frame.t("series-next"))) (th(frame.t("series-rule")))
        @if shown.may_set { (th(html! { span.vh { (frame.t("series-change")) } })) }
    } };
    let body = html! { @for one in &shown.series { (row(frame, shown, one, several)) } };
    let title = frame.t("series-table");
    ::page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

fn row(frame: &Frame, shown: &Shown, one: &SeriesJson, several: bool) -> Markup {
    let kind = frame.t(&format!("series-{}", one.kind));
    let name = shown
        .companies
        .iter()
        .find(|(code, _)| *code == one.company);
    let name = name.map_or(one.company.as_str(), |(_, name)| name.as_str());
    let closed = one.gap_free && one.next_number != 1 && one.version != 0;
    html! { tr {
        th scope="row" { (kind) }
        @if several { td { (name) } }
        td.n data-l=(frame.t("series-year")) { (one.year) }
        td.m-tr { code { (one.next) } }
        td {
            @if one.gap_free { (::page::badge(Tone::Info, frame.t("series-gap-free"))) } @else { span.t3 { (frame.t("series-may-skip")) } }
            @if one.version == 0 { " " (::page::badge(Tone::Line, frame.t("series-usual"))) }
        }
        @if shown.may_set {
            td {
                @if closed { span.t3 { (frame.t("series-closed")) } } @else {
                    a href={ (PLACE) "?company=" (one.company) "&kind=" (one.kind) "&year=" (one.year) "#set-series" }
                        aria-label=(frame.tw("series-change-of", &[("kind", kind.clone()), ("year", one.year.to_string())])) {
                        (frame.t("series-change"))
                    }
                }
            }
        }
    } }
}

fn form(frame: &Frame, shown: &Shown, errors: &FormErrors) -> Markup {
    let typed = &shown.typed;
    let companies: Vec<Choice> = shown
        .companies
        .iter()
        .map(|(code, name)| Choice::new(code.as_str(), name.as_str()))
        .collect();
    let kinds: Vec<Choice> = Series::ALL
        .iter()
        .map(|series| Choice::new(series.kind(), frame.t(&format!("series-{}", series.kind()))))
        .collect();
    let one = |id: &'static str, value: &str, kind: FieldKind<'_>| {
        let key = format!("series-{}", id.replace('_', "-"));
        let hint_key = format!("{key}-hint");
        let hint = frame.has(&hint_key).then(|| frame.t(&hint_key));
        let spec = FieldSpec {
            id,
            label: &frame.t(&key),
            value,
            kind,
            hint: hint.as_deref(),
            error: errors.get(id),
            required: true,
            autocomplete: Some("off"),
        };
        field(frame, spec)
    };
    let is_begun = !typed.version.is_empty();
    let number = FieldKind::Number { unit: "" };
    html! {
        (errors.summary(frame))
        form.stack #set-series method="post" action=(PLACE) {
            @if is_begun {
                input type="hidden" name="company" value=(typed.company);
                input type="hidden" name="kind" value=(typed.kind);
                input type="hidden" name="year" value=(typed.year);
                p { b { (frame.t(&format!("series-{}", typed.kind))) " " (typed.year) } " · " (typed.company) }
            } @else {
                (one("company", &typed.company, FieldKind::Select(&companies)))
                (one("kind", &typed.kind, FieldKind::Select(&kinds)))
                (one("year", &typed.year, number))
            }
            input type="hidden" name="version" value=(typed.version);
            (one("prefix", &typed.prefix, FieldKind::Text))
            (one("digits", &typed.digits, number))
            (one("next_number", &typed.next_number, number))
            (one("with_month", &typed.with_month, FieldKind::Check))
            @if let Some(example) = example(typed, shown.today) {
                p.t3 { (frame.t("series-example")) " " code { (example) } }
            }
            (::page::button(&frame.t("series-save")).primary().wide())
        }
    }
}

/// What the number would be, once all is typed.
fn example(typed: &Typed, today: Date) -> Option<String> {
    let pattern = Pattern {
        prefix: Some(typed.prefix.clone()).filter(|prefix| !prefix.is_empty())?,
        with_month: !typed.with_month.is_empty(),
        digits: typed.digits.parse().ok().filter(|digits| *digits <= 9)?,
    };
    let day = super::day_in(typed.year.parse().ok()?, today);
    Some(pattern.number(day, typed.next_number.parse().ok()?))
}

pub(in crate::web) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let one = |kind: Series, company: &str, prefix: &str, next_number: i64, version: i64| {
        let pattern = Pattern {
            prefix: prefix.to_owned(),
            ..Pattern::usual(kind)
        };
        SeriesJson {
            company: company.to_owned(),
            kind: kind.kind().to_owned(),
            year: 2026,
            prefix: prefix.to_owned(),
            with_month: false,
            digits: 5,
            next_number,
            next: pattern.number(frame.today, next_number),
            gap_free: kind.is_gap_free(),
            version,
        }
    };
    let picked = one(Series::Order, "company", "SO-", 1_204, 3);
    let shown = |may_set, typed| Shown {
        today: frame.today,
        companies: vec![
            ("company".to_owned(), "Huadong Pumps".to_owned()),
            ("de".to_owned(), "Huadong Pumps Deutschland GmbH".to_owned()),
        ],
        series: vec![
            picked.clone(),
            one(Series::Invoice, "company", "INV-", 873, 1),
            one(Series::Invoice, "de", "RE-", 12, 1),
            one(Series::Sample, "company", "SP-", 1, 0),
        ],
        typed,
        may_set,
    };
    let mut wrong = FormErrors::none();
    wrong.add("prefix", "“SO” and “SO-” begin alike. Take another prefix.");
    let right = FormErrors::none();
    let read = series_page(frame, &shown(false, Typed::default()), &right);
    let set = series_page(frame, &shown(true, Typed::of(&picked)), &right);
    let again = series_page(frame, &shown(true, Typed::default()), &wrong);
    vec![
        ("number-series", set),
        ("number-series-read", read),
        ("number-series-wrong", again),
    ]
}
