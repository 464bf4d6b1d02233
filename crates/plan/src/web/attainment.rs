//! `/attainment` and `/api/v1/attainment`: how far we are, on the seasonal pace.

use axum::extract::State;
use db::{DbError, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Moment, Money, Refusal, View, decimal::write_places};
use maud::{Markup, html};
use org::store::{
    company::{self, Company},
    units,
};
use page::{
    Actor, Frame, Json, Kit, Query, Result, Tone, charts, num,
    parts::{self, th, th_n},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    asked::{self, Asked},
    attainment::{Standing, Verdict},
    report::{self, Line, Question, Subject, Table},
    store::calendars,
    target::Measure,
};

/// What is asked; everything may be left out.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttainmentQuery {
    /// `2026`, `2026-Q2`, `2026-06` or the code of a period; the running fiscal year by default.
    period: String,
    /// `unit:CODE` or `person:CODE`; the asker's own reach by default.
    scope: String,
    /// `booked`.
    measure: String,
    /// `as-was` (default) or `as-is`.
    view: String,
    /// The day one looks; today by default.
    as_of: String,
    /// What was known at this instant (RFC 3339); everything by default.
    known_at: String,
}

/// The layers an amount goes through; null until such documents are recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayersJson {
    booked: String,
    invoiced: Option<String>,
    collected: Option<String>,
}

/// One row: a scope over a period. `attainment` is actual of target in percent.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowJson {
    period: String,
    scope: String,
    target: Option<String>,
    actual: String,
    pace: Option<String>,
    layers: LayersJson,
    attainment: Option<String>,
}

/// The table: for each scope the whole period first, then its parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableJson {
    as_of: String,
    view: &'static str,
    currency: String,
    rows: Vec<RowJson>,
}

/// Attainment of a scope, its parts and its people.
#[utoipa::path(get, path = "/api/v1/attainment", tag = "plan", params(AttainmentQuery), responses((status = 200, body = TableJson), (status = 404), (status = 422)))]
pub async fn api(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<AttainmentQuery>,
) -> Result<Json<TableJson>> {
    let mut tx = kit.db.read().await?;
    let company = company::expect(&mut tx).await?;
    let (question, only) = question(&mut tx, &company, &actor, &query, kit.today()).await?;
    let table = report::load(&mut tx, &company, &question).await?;
    let mut rows = Vec::new();
    for line in table
        .lines
        .iter()
        .filter(|line| only.as_deref().is_none_or(|code| is_person(line, code)))
    {
        let scope = scope_of(&line.subject);
        rows.push(row_json(&table.asked.text, &scope, &line.whole));
        if 1 < table.periods.len() {
            for (period, standing) in table.periods.iter().zip(&line.periods) {
                rows.push(row_json(period.code.as_str(), &scope, standing));
            }
        }
    }
    if let Some(code) = only.filter(|_| rows.is_empty()) {
        // Seen, but nothing planned and nothing sold: a row of nothing, as a unit has.
        let nothing = Standing::of(None, table.days, 0, &table.curve, table.currency);
        rows.push(row_json(
            &table.asked.text,
            &format!("person:{code}"),
            &nothing,
        ));
    }
    let view = match question.view {
        View::AsWas => "as-was",
        View::AsIs => "as-is",
    };
    Ok(Json(TableJson {
        as_of: table.as_of.to_string(),
        view,
        currency: table.currency.code().to_owned(),
        rows,
    }))
}

fn is_person(line: &Line, wanted: &str) -> bool {
    matches!(&line.subject, Subject::Person { code, .. } if code.eq_ignore_ascii_case(wanted))
}

fn scope_of(subject: &Subject) -> String {
    match subject {
        Subject::Unit { code, .. } => format!("unit:{code}"),
        Subject::Person { code, .. } => format!("person:{code}"),
        Subject::House => "house".to_owned(),
    }
}

fn row_json(period: &str, scope: &str, standing: &Standing) -> RowJson {
    RowJson {
        period: period.to_owned(),
        scope: scope.to_owned(),
        target: standing.target.map(Money::decimal),
        actual: standing.actual.decimal(),
        pace: standing.pace.map(Money::decimal),
        layers: LayersJson {
            booked: standing.actual.decimal(),
            invoiced: None,
            collected: None,
        },
        attainment: standing.attainment().map(percent_text),
    }
}

/// Millionths as percent with two decimals.
pub(super) fn percent_text(millionths: i64) -> String {
    let hundredths = kernel::decimal::round_div(i128::from(millionths), 100);
    write_places(i64::try_from(hundredths).unwrap_or(0), 2, 2)
}

/// Reads the question; the second value is the code of the one person asked for.
pub(crate) async fn question(
    tx: &mut Tx,
    company: &Company,
    actor: &Actor,
    query: &AttainmentQuery,
    today: Date,
) -> Result<(Question, Option<String>)> {
    let day = |text: &str| -> std::result::Result<Date, Refusal> {
        text.parse().ok().ok_or_else(|| {
            Refusal::value(
                "date.malformed",
                format!("“{text}” is not a date. Write it like 2026-06-30."),
            )
            .at("as_of")
        })
    };
    let as_of = if query.as_of.is_empty() {
        today
    } else {
        day(&query.as_of)?
    };
    let moment = match query.known_at.as_str() {
        "" => Moment::latest(as_of),
        text => {
            let unread = |_| {
                Refusal::value(
                    "instant.malformed",
                    format!("“{text}” is not an instant. Write it like 2026-06-30T18:00:00Z."),
                )
                .at("known_at")
            };
            Moment::of(as_of, text.parse::<Timestamp>().map_err(unread)?)
        }
    };
    let view = match query.view.as_str() {
        "" | "as-was" => View::AsWas,
        "as-is" => View::AsIs,
        other => {
            let text = format!("“{other}” is not a view. Use as-was or as-is.");
            return Err(Refusal::value("view.unknown", text).at("view").into());
        }
    };
    let measure = if query.measure.is_empty() {
        Measure::Booked
    } else {
        Measure::parse(&query.measure)?
    };
    let asked = asked_period(tx, company, &query.period, as_of).await?;
    let (top, person) = top_of(tx, actor, &query.scope, as_of).await?;
    let scope = actor.scope.clone();
    Ok((
        Question {
            scope,
            top,
            asked,
            view,
            moment,
            measure,
        },
        person,
    ))
}

async fn asked_period(tx: &mut Tx, company: &Company, text: &str, as_of: Date) -> Result<Asked> {
    if text.is_empty() {
        let year = company.fiscal.year_of(as_of).to_string();
        return asked::fiscal(&year, company.fiscal).ok_or_else(|| asked::unknown(&year).into());
    }
    if let Some(asked) = asked::fiscal(text, company.fiscal) {
        return Ok(asked);
    }
    match calendars::by_code(tx, text).await {
        Ok(stored) => {
            let period = stored.period;
            Ok(Asked {
                text: period.code.to_string(),
                from: period.from,
                to: period.to,
            })
        }
        Err(DbError::Missing) => Err(asked::unknown(text).into()),
        Err(error) => Err(error.into()),
    }
}

/// The unit whose table is shown, and the one person asked for.
async fn top_of(
    tx: &mut Tx,
    actor: &Actor,
    asked: &str,
    on: Date,
) -> Result<(units::Unit, Option<String>)> {
    if let Some(code) = asked.strip_prefix("unit:") {
        return Ok((units::fetch(tx, &actor.scope, code).await?, None));
    }
    if let Some(code) = asked.strip_prefix("person:") {
        let person = org::store::people::fetch(tx, &actor.scope, code, on).await?;
        return Ok((units::root(tx).await?, Some(person.code)));
    }
    if !asked.is_empty() {
        let text = format!("“{asked}” is not a scope. Use unit:CODE or person:CODE.");
        return Err(Refusal::value("scope.unknown", text).at("scope").into());
    }
    let own = units::tree(tx, &actor.scope).await?.into_iter().next();
    match own {
        Some(unit) => Ok((unit, None)),
        // A sales person reaches no unit: own figures below the root.
        None => Ok((units::root(tx).await?, None)),
    }
}

/// `GET /attainment`.
pub async fn page(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Query(query): Query<AttainmentQuery>,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let company = company::expect(&mut tx).await?;
    let (question, _) = question(&mut tx, &company, &actor, &query, kit.today()).await?;
    let table = report::load(&mut tx, &company, &question).await?;
    Ok(attainment_page(
        &frame,
        &table,
        question.view,
        !actor.scope.is_all() && actor.role == kernel::Role::Rep,
    ))
}

/// The whole page. A sales person sees no line of the company.
pub(super) fn attainment_page(frame: &Frame, table: &Table, view: View, own_only: bool) -> Markup {
    let title = frame.tw("attainment-of", &[("period", table.asked.text.clone())]);
    let (elapsed, days) = table.days;
    let sub = frame.tw(
        "attainment-sub",
        &[
            ("day", num::day(frame, table.as_of)),
            ("elapsed", elapsed.to_string()),
            ("days", days.to_string()),
        ],
    );
    let lines: Vec<&Line> = table
        .lines
        .iter()
        .filter(|line| !own_only || matches!(line.subject, Subject::Person { .. }))
        .collect();
    let unit = match table.lines.first().map(|line| &line.subject) {
        Some(Subject::Unit { code, .. }) => code.clone(),
        _ => String::new(),
    };
    let href = |view: &str| {
        format!(
            "/attainment?period={}&scope=unit:{unit}&view={view}",
            table.asked.text
        )
    };
    let views = page::seg(
        &frame.t("attainment-view"),
        &[
            (
                href("as-was"),
                frame.t("attainment-as-was"),
                view == View::AsWas,
            ),
            (
                href("as-is"),
                frame.t("attainment-as-is"),
                view == View::AsIs,
            ),
        ],
    );
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, sub, html! { @if !own_only { (views) } }))
            @if lines.iter().all(|line| line.whole.target.is_none() && line.whole.actual.minor() == 0) {
                (page::card("", "", html! {}, page::empty(frame.t("attainment-none"), frame.t("attainment-none-next"),
                    html! { (page::link("/plan", &frame.t("attainment-to-plan"))) })))
            } @else {
                div.stack {
                    (page::card(frame.t("attainment-heat"), frame.t("attainment-of-pace"), charts::heat_scale(frame), heat(frame, table, &lines)))
                    (page::card(frame.t("attainment-recovery"), frame.t("attainment-recovery-about"), html! {}, recovery(frame, &lines)))
                }
            }
        },
    )
}

fn subject_name(frame: &Frame, subject: &Subject) -> Markup {
    match subject {
        Subject::Unit { code, .. } => html! {
            a.q href={ "/attainment?scope=unit:" (code) } { (plain_name(frame, subject)) }
        },
        Subject::Person {
            name, name_local, ..
        } => html! {
            (name) @if let Some(local) = name_local { " " span.t3.m-hide lang="zh" { (local) } }
        },
        Subject::House => html! { (frame.t("attainment-house")) },
    }
}

/// Units have a name in each language; people are called as they are written.
fn plain_name(frame: &Frame, subject: &Subject) -> String {
    match subject {
        Subject::Unit {
            name_local: Some(local),
            ..
        } if frame.is_zh() => local.clone(),
        Subject::Unit { name, .. } | Subject::Person { name, .. } => name.clone(),
        Subject::House => frame.t("attainment-house"),
    }
}

/// People first, the units they add up to below.
fn heat(frame: &Frame, table: &Table, lines: &[&Line]) -> Markup {
    let begun: Vec<usize> = (0..table.periods.len())
        .filter(|place| table.periods[*place].from < table.as_of)
        .collect();
    let (units, people): (Vec<&Line>, Vec<&Line>) = lines
        .iter()
        .partition(|line| matches!(line.subject, Subject::Unit { .. }));
    let row = |line: &Line| {
        let name = plain_name(frame, &line.subject);
        html! { tr {
            th scope="row" { (subject_name(frame, &line.subject)) }
            @for place in &begun {
                (charts::heat_cell_on(line.periods[*place].of_pace(), &tip(frame, &name, &line.periods[*place]), is_old(&begun, *place)))
            }
            (charts::heat_cell(line.to_date.of_pace(), &tip(frame, &name, &line.to_date)))
            td.r { @match gap_of(line) {
                Some(gap) => span.neg[gap < 0].pos[gap > 0] { (num::signed_k(frame, Money::of_minor(gap, table.currency))) },
                None => (num::MISSING),
            } }
            td.r { (num::amount_k(frame, line.whole.actual)) }
            td.r { @match line.whole.target { Some(target) => (num::amount_k(frame, target)), None => (num::MISSING) } }
            td.r { @match line.whole.attainment() { Some(share) => (num::percent(frame, share)), None => (num::MISSING) } }
            td.bc { (progress(frame, line)) }
        } }
    };
    let k = num::k_unit(frame);
    let head = |key: &str| frame.tw(key, &[("unit", k)]);
    html! {
        div.tblw.body tabindex="0" role="region" aria-label=(frame.t("attainment-heat")) {
            table.heat {
                caption.vh { (frame.t("attainment-caption")) }
                thead { tr {
                    th scope="col" { span.vh { (frame.t("plan-person")) } }
                    @for place in &begun { th.m-hide[is_old(&begun, *place)] scope="col" { (period_title(frame, table, *place)) } }
                    th scope="col" { (frame.t("attainment-to-date")) }
                    th.r scope="col" { (head("attainment-gap")) }
                    th.r scope="col" { (head("attainment-actual")) }
                    th.r scope="col" { (head("attainment-target")) }
                    th.r scope="col" { (frame.t("attainment-share")) }
                    th scope="col" { (frame.t("attainment-progress")) }
                } }
                tbody { @for line in &people { (row(line)) } @for line in units.iter().rev() { (row(line)) } }
            }
        }
    }
}

/// Actual less pace; what nobody has a target for is all ahead, so that the lines add up.
fn gap_of(line: &Line) -> Option<i64> {
    let untargeted = line.subject == Subject::House && line.whole.target.is_none();
    line.to_date
        .gap()
        .or_else(|| untargeted.then(|| line.to_date.actual.minor()))
}

/// A phone shows the running period and the two before it.
fn is_old(begun: &[usize], place: usize) -> bool {
    begun.iter().rev().take(3).all(|shown| *shown != place)
}

fn period_title(frame: &Frame, table: &Table, place: usize) -> String {
    let period = &table.periods[place];
    let is_month = period.code.as_str().len() == 7
        && period.from.day() == 1
        && period.code.as_str().starts_with("20");
    let name = if is_month {
        num::month(frame, period.from)
    } else {
        period.code.to_string()
    };
    let counted = table.as_of.yesterday().unwrap_or(table.as_of);
    if period.contains(table.as_of) {
        return frame.tw(
            "attainment-running",
            &[("period", name), ("day", counted.day().to_string())],
        );
    }
    name
}

fn tip(frame: &Frame, name: &str, standing: &Standing) -> String {
    let pace = standing
        .pace
        .map_or_else(|| num::MISSING.to_owned(), num::amount);
    frame.tw(
        "attainment-tip",
        &[
            ("name", name.to_owned()),
            ("actual", num::amount(standing.actual)),
            ("pace", pace),
        ],
    )
}

fn progress(frame: &Frame, line: &Line) -> Markup {
    let (Some(target), Some(pace)) = (line.whole.target, line.to_date.pace) else {
        return html! {};
    };
    let label = frame.tw(
        "attainment-progress-label",
        &[
            ("actual", num::amount_k(frame, line.whole.actual)),
            ("target", num::amount_k(frame, target)),
            ("pace", num::amount_k(frame, pace)),
            ("unit", num::k_unit(frame).to_owned()),
        ],
    );
    let most = target.minor().max(line.whole.actual.minor()).max(1);
    charts::bullet(line.whole.actual.minor(), Some(pace.minor()), most, &label)
}

/// Who must sell how much a day from here on, those furthest behind first.
fn recovery(frame: &Frame, lines: &[&Line]) -> Markup {
    let mut people: Vec<&&Line> = lines
        .iter()
        .filter(|line| {
            matches!(line.subject, Subject::Person { .. }) && line.whole.target.is_some()
        })
        .collect();
    people.sort_by_key(|line| line.to_date.of_pace().unwrap_or(i64::MAX));
    if people.is_empty() {
        return page::empty(
            frame.t("attainment-no-people"),
            frame.t("attainment-none-next"),
            html! {},
        );
    }
    let k = num::k_unit(frame);
    let head = |key: &str| frame.tw(key, &[("unit", k)]);
    let head = html! { tr {
        (th(frame.t("plan-person"))) (th_n(head("attainment-so-far"))) (th_n(head("attainment-needed")))
        (th_n(head("attainment-best"))) (th(frame.t("attainment-verdict")))
    } };
    let rows = html! { @for line in people {
        @let whole = &line.whole;
        @let so_far = so_far_per_day(whole);
        @let needed = whole.needed_per_day();
        tr {
            th scope="row" { (subject_name(frame, &line.subject)) }
            td.n data-l=(frame.t("attainment-so-far-short")) { (tenths(frame, so_far)) }
            td.n data-l=(frame.t("attainment-needed-short")) { b { @match needed { Some(needed) => (tenths(frame, needed)), None => (num::MISSING) } } }
            td.n.m-hide { (tenths(frame, Money::of_minor(line.best_per_day, whole.actual.currency()))) }
            td.m-tr { (verdict_badge(frame, whole.verdict(line.best_per_day))) }
        }
    } };
    parts::stackable_table(&frame.t("attainment-recovery"), head, rows)
}

fn so_far_per_day(standing: &Standing) -> Money {
    let days = i128::from(standing.elapsed_days.max(1));
    let minor = kernel::decimal::round_div(i128::from(standing.actual.minor()), days);
    Money::of_minor(
        i64::try_from(minor).unwrap_or(0),
        standing.actual.currency(),
    )
}

/// A daily amount in thousands (万 in Chinese) with one decimal.
fn tenths(frame: &Frame, money: Money) -> String {
    let per = if frame.is_zh() { 10_000 } else { 1_000 };
    let unit = i128::from(money.currency().minor_per_unit()) * per / 10;
    let tenths = kernel::decimal::round_div(i128::from(money.minor()), unit.max(1));
    let tenths = i64::try_from(tenths).unwrap_or(0);
    format!("{}.{}", num::whole(tenths / 10), (tenths % 10).abs())
}

/// The verdict as a word in its colour, the same on every page.
pub fn verdict_badge(frame: &Frame, verdict: Verdict) -> Markup {
    let tone = match verdict {
        Verdict::Reached | Verdict::InReach => Tone::Good,
        Verdict::Stretch => Tone::Warn,
        Verdict::OutOfReach | Verdict::Missed => Tone::Bad,
        Verdict::NoTarget => Tone::Line,
    };
    page::badge(tone, frame.t(verdict.key()))
}
