//! `/plan`: the plan of a unit as a grid of people and periods.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use db::{DbError, Tx};
use jiff::ToSpan;
use kernel::{Code, Money, Refusal, Scope, View, decimal::parse_places};
use maud::Markup;
use page::{Actor, Form, FormErrors, Frame, Kit, Path, Problem, Query, Result};
use serde::Deserialize;
use trail::By;

use super::{
    grid_page::{self, Basis, Sheet},
    grid_table,
    plans::{AskedVersion, PLANNERS, may_plan, sees_drafts},
};
use crate::{
    drafting::{self, Act, Opened, Summary, Wish},
    grid::Balance,
    store::{
        plans::{self, Plan},
        versions,
    },
    target::Measure,
};

/// `GET /plan`: the only plan, or the choice of plans, or the way to the first one.
pub async fn index(State(kit): State<Kit>, actor: Actor, frame: Frame) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let all = plans::list(&mut tx, &actor.scope).await?;
    let newest = all.first().map(|plan| plan.year);
    let current: Vec<&Plan> = all
        .iter()
        .filter(|plan| Some(plan.year) == newest)
        .collect();
    if let [only] = current.as_slice() {
        return Ok(page::see(&format!("/plan/{}", only.code), ""));
    }
    let form = new_plan_form(&mut tx, &kit, &actor).await?;
    let mut lines = Vec::new();
    for plan in all {
        let versions = versions::of_plan(&mut tx, plan.plan()).await?;
        let shown = versions
            .into_iter()
            .find(|version| sees_drafts(&actor) || !version.is_draft());
        if let Some(version) = shown {
            let whole = may_plan(&actor.scope, &plan).is_ok();
            lines.push((plan, version, whole));
        }
    }
    Ok(grid_page::index_page(&frame, &lines, form.as_ref(), &FormErrors::none()).into_response())
}

/// What the form for a new plan begins with; none for those who may not make one.
async fn new_plan_form(
    tx: &mut Tx,
    kit: &Kit,
    actor: &Actor,
) -> Result<Option<grid_page::NewPlan>> {
    if actor.may(PLANNERS).is_err() {
        return Ok(None);
    }
    let company = org::store::company::expect(tx).await?;
    let year = company.fiscal.year_of(kit.today());
    let units = org::store::units::tree(tx, &actor.scope).await?;
    let units = units
        .into_iter()
        .map(|unit| (unit.code, unit.name))
        .collect();
    let typed = TypedPlan {
        code: String::new(),
        unit: String::new(),
        year: year.to_string(),
        total: String::new(),
    };
    Ok(Some(grid_page::NewPlan {
        units,
        typed,
        currency: company.currency,
    }))
}

/// What is typed for a new plan.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TypedPlan {
    pub code: String,
    pub unit: String,
    pub year: String,
    pub total: String,
}

/// `POST /plan`: makes a plan and opens its draft.
pub async fn create(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Form(typed): Form<TypedPlan>,
) -> Result<Response> {
    actor.may(PLANNERS)?;
    let by = org::api::by(&actor, kit.now());
    let input = (typed.clone(), actor.clone(), kit.today(), by);
    let made = kit.db.write(input, |tx, (typed, actor, today, by)| {
        Box::pin(async move {
            let wish = read_wish(tx, typed, &actor.scope).await?;
            drafting::create(tx, &wish, *today, by).await?;
            Ok(wish.code)
        })
    });
    match made.await {
        Ok(code) => Ok(page::see(
            &format!("/plan/{code}"),
            &frame.t("plan-created"),
        )),
        Err(DbError::Refused(no)) => {
            let mut tx = kit.db.read().await?;
            let form = new_plan_form(&mut tx, &kit, &actor)
                .await?
                .map(|form| grid_page::NewPlan { typed, ..form });
            let errors = FormErrors::from(&no);
            let page = grid_page::index_page(&frame, &[], form.as_ref(), &errors);
            Ok(page::ask_again(&Problem::from(no), page))
        }
        Err(error) => Err(error.into()),
    }
}

async fn read_wish(tx: &mut Tx, typed: &TypedPlan, scope: &Scope) -> db::Result<Wish> {
    let company = org::store::company::expect(tx).await?;
    let unit = org::store::units::fetch(tx, scope, &typed.unit)
        .await
        .map_err(|error| match error {
            DbError::Refused(no) => DbError::Refused(no.at("unit")),
            other => other,
        })?;
    let unknown_year = || {
        Refusal::value(
            "fiscal.year",
            "Write the year with four digits, such as 2026.",
        )
        .at("year")
    };
    let year: i16 = typed.year.trim().parse().ok().ok_or_else(unknown_year)?;
    let code = if typed.code.trim().is_empty() {
        format!("{year}-{}", unit.code)
    } else {
        typed.code.clone()
    };
    let total = match plain_number(&typed.total).as_str() {
        "" => None,
        text => Some(Money::parse(text, company.currency).map_err(|no| no.at("total"))?),
    };
    Ok(Wish {
        code: Code::parse(&code).map_err(|no| no.at("code"))?,
        unit: unit.id,
        year,
        measure: Measure::Booked,
        currency: company.currency,
        total,
    })
}

/// A number as people type it, without grouping commas and spaces.
fn plain_number(text: &str) -> String {
    text.chars()
        .filter(|letter| !matches!(letter, ',' | ' ' | '\u{a0}' | '\u{202f}'))
        .map(|letter| if letter == '−' { '-' } else { letter })
        .collect()
}

/// `GET /plan/{code}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    Query(asked): AskedVersion,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let plan = plans::fetch(&mut tx, &actor.scope, &code).await?;
    let opened = drafting::open(
        &mut tx,
        &actor.scope,
        plan,
        sees_drafts(&actor),
        asked.version,
    )
    .await?;
    let versions = versions::of_plan(&mut tx, opened.plan.plan()).await?;
    let all = plans::list(&mut tx, &actor.scope).await?;
    let sheet = sheet(&mut tx, &actor, opened, Balance::default()).await?;
    Ok(grid_page::plan_page(&frame, &sheet, &versions, &all))
}

/// The grid with all that stands beside it.
async fn sheet(tx: &mut Tx, actor: &Actor, opened: Opened, balance: Balance) -> Result<Sheet> {
    let may = actor.may(PLANNERS).is_ok() && may_plan(&actor.scope, &opened.plan).is_ok();
    let change = versions::last_change(tx, opened.version.version()).await?;
    let last = change.and_then(|change| serde_json::from_str::<Summary>(&change.summary_json).ok());
    let basis = basis(tx, actor, &opened).await?;
    Ok(Sheet {
        editable: may && opened.version.is_draft(),
        may_plan: may,
        opened,
        last,
        basis,
        balance,
    })
}

/// What each holder sold in the year before, on today's rows.
async fn basis(tx: &mut Tx, actor: &Actor, opened: &Opened) -> Result<Basis> {
    let days = |month: &crate::store::cells::StoredMonth| {
        Some((
            month.from_day.parse::<jiff::civil::Date>().ok()?,
            month.to_day.parse::<jiff::civil::Date>().ok()?,
        ))
    };
    let first = opened.months.first().and_then(days);
    let last = opened.months.last().and_then(days);
    let Some(((from, _), (_, to))) = first.zip(last) else {
        return Ok(Basis::default());
    };
    let span = (from.saturating_sub(1.year()), to.saturating_sub(1.year()));
    let moment = kernel::Moment::latest(to);
    let sold = book::store::sales::by_span(tx, &actor.scope, View::AsWas, &[span], moment).await?;
    let currency = opened.grid.currency;
    let mut basis = Basis::default();
    for one in sold {
        if let Some(person) = one.person {
            let sum: &mut i64 = basis.last_year.entry(person).or_default();
            *sum = sum.saturating_add(Money::of_exact(one.net_exact, currency).minor());
        }
    }
    Ok(basis)
}

/// A change of the grid as it is sent: the copy it was made on, the way it is balanced, and the
/// changed cells under `c.HOLDER.PERIOD`.
#[derive(Debug, Clone, Default)]
struct Sent {
    edit: i64,
    balance: String,
    lock: String,
    total: String,
    cells: Vec<(String, String, String)>,
}

fn read_sent(pairs: Vec<(String, String)>) -> Sent {
    let mut sent = Sent::default();
    for (name, value) in pairs {
        match name.as_str() {
            "edit" => sent.edit = value.trim().parse().unwrap_or(0),
            "balance" => sent.balance = value,
            "lock" => sent.lock = value,
            "total" => sent.total = value,
            other => {
                let cell = other
                    .strip_prefix("c.")
                    .and_then(|rest| rest.split_once('.'));
                if let Some((holder, period)) = cell {
                    sent.cells
                        .push((holder.to_owned(), period.to_owned(), value));
                }
            }
        }
    }
    sent
}

type Pairs = Form<Vec<(String, String)>>;

/// `POST /plan/{code}/cells`: sets cells and answers with the whole grid balanced.
pub async fn set(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    headers: HeaderMap,
    Path(code): Path<String>,
    Form(pairs): Pairs,
) -> Result<Response> {
    change(
        &kit,
        &actor,
        &frame,
        &headers,
        &code,
        read_sent(pairs),
        Kind::Set,
    )
    .await
}

/// `POST /plan/{code}/lock`: `lock=HOLDER.PERIOD` for a cell, `lock=HOLDER` for its row; pressed
/// again it unlocks.
pub async fn lock(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    headers: HeaderMap,
    Path(code): Path<String>,
    Form(pairs): Pairs,
) -> Result<Response> {
    change(
        &kit,
        &actor,
        &frame,
        &headers,
        &code,
        read_sent(pairs),
        Kind::Lock,
    )
    .await
}

/// `POST /plan/{code}/spread`: a new total over everything that is open.
pub async fn spread(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    headers: HeaderMap,
    Path(code): Path<String>,
    Form(pairs): Pairs,
) -> Result<Response> {
    change(
        &kit,
        &actor,
        &frame,
        &headers,
        &code,
        read_sent(pairs),
        Kind::Spread,
    )
    .await
}

/// `POST /plan/{code}/undo`: takes the last change back.
pub async fn undo(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    headers: HeaderMap,
    Path(code): Path<String>,
    Form(pairs): Pairs,
) -> Result<Response> {
    change(
        &kit,
        &actor,
        &frame,
        &headers,
        &code,
        read_sent(pairs),
        Kind::Undo,
    )
    .await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Set,
    Lock,
    Spread,
    Undo,
}

struct Change {
    code: String,
    scope: Scope,
    sent: Sent,
    kind: Kind,
    by: By,
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of a request; a struct of them would be axum's own"
)]
async fn change(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    headers: &HeaderMap,
    code: &str,
    sent: Sent,
    kind: Kind,
) -> Result<Response> {
    actor.may(PLANNERS)?;
    let balance = Balance::parse(&sent.balance)?;
    let by = org::api::by(actor, kit.now());
    let input = Change {
        code: code.to_owned(),
        scope: actor.scope.clone(),
        sent,
        kind,
        by,
    };
    kit.db
        .write(input, |tx, change| Box::pin(carry_out(tx, change)))
        .await?;
    if !headers.contains_key("hx-request") {
        return Ok(page::see(&format!("/plan/{code}"), ""));
    }
    let mut tx = kit.db.read().await?;
    let plan = plans::fetch(&mut tx, &actor.scope, code).await?;
    let opened = drafting::open(&mut tx, &actor.scope, plan, true, None).await?;
    let sheet = sheet(&mut tx, actor, opened, balance).await?;
    Ok(grid_table::grid_answer(frame, &sheet).into_response())
}

async fn carry_out(tx: &mut Tx, change: &Change) -> db::Result<()> {
    let plan = plans::fetch(tx, &change.scope, &change.code).await?;
    may_plan(&change.scope, &plan)?;
    let opened = drafting::open(tx, &Scope::All, plan.clone(), true, None).await?;
    let acts = acts(&opened, &change.sent, change.kind)?;
    let mut next = Some(opened);
    for (edit, act) in (change.sent.edit..).zip(acts) {
        let opened = match next.take() {
            Some(opened) => opened,
            None => drafting::open(tx, &Scope::All, plan.clone(), true, None).await?,
        };
        drafting::act(tx, opened, edit, &act, &change.by).await?;
    }
    Ok(())
}

fn acts(opened: &Opened, sent: &Sent, kind: Kind) -> std::result::Result<Vec<Act>, Refusal> {
    let currency = opened.grid.currency;
    match kind {
        Kind::Undo => Ok(vec![Act::Undo]),
        Kind::Spread => {
            let total =
                Money::parse(&plain_number(&sent.total), currency).map_err(|no| no.at("total"))?;
            Ok(vec![Act::Spread { total }])
        }
        Kind::Lock => Ok(vec![lock_act(opened, &sent.lock)]),
        Kind::Set => {
            let scale = grid_table::Scale::of(&opened.grid);
            let balance = Balance::parse(&sent.balance)?;
            let mut acts = Vec::new();
            for (holder, period, typed) in &sent.cells {
                let amount = scale_up(typed, scale)?;
                let row = opened
                    .grid
                    .rows
                    .iter()
                    .find(|row| row.holder.key() == *holder);
                let column = opened
                    .grid
                    .columns
                    .iter()
                    .position(|column| column.code == *period);
                let now = row
                    .zip(column)
                    .map(|(row, column)| row.cells[column].amount);
                if now != Some(amount) {
                    let amount = Money::of_minor(amount, currency);
                    acts.push(Act::Set {
                        holder: holder.clone(),
                        period: period.clone(),
                        amount,
                        balance,
                    });
                }
            }
            Ok(acts)
        }
    }
}

/// From what is typed in the scale of the grid (`897` thousand) to minor units.
fn scale_up(typed: &str, scale: grid_table::Scale) -> std::result::Result<i64, Refusal> {
    parse_places(&plain_number(typed), scale.places).map_err(|no| no.at("amount"))
}

fn lock_act(opened: &Opened, asked: &str) -> Act {
    let grid = &opened.grid;
    let row = |key: &str| grid.rows.iter().find(|row| row.holder.key() == key);
    if let Some((holder, period)) = asked.split_once('.') {
        let column = grid.columns.iter().position(|column| column.code == period);
        let locked = row(holder)
            .zip(column)
            .is_some_and(|(row, column)| row.cells[column].locked);
        return Act::Lock {
            holder: holder.to_owned(),
            period: period.to_owned(),
            locked: !locked,
        };
    }
    let all_locked = row(asked).is_some_and(|row| {
        row.cells
            .iter()
            .zip(&grid.columns)
            .all(|(cell, column)| cell.locked || column.closed)
    });
    Act::LockRow {
        holder: asked.to_owned(),
        locked: !all_locked,
    }
}

/// `POST /plan/{code}/publish`.
pub async fn publish(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    Form(pairs): Pairs,
) -> Result<Response> {
    actor.may(PLANNERS)?;
    let input = (
        code.clone(),
        actor.scope.clone(),
        read_sent(pairs).edit,
        org::api::by(&actor, kit.now()),
    );
    kit.db
        .write(input, |tx, (code, scope, edit, by)| {
            Box::pin(async move {
                let plan = plans::fetch(tx, scope, code).await?;
                may_plan(scope, &plan)?;
                let opened = drafting::open(tx, &Scope::All, plan, true, None).await?;
                if opened.version.is_draft() && opened.version.edit != *edit {
                    let text = "Somebody changed this draft meanwhile. Look at it again before you publish it.";
                    return Err(Refusal::state("plan.changed", text).into());
                }
                drafting::publish(tx, &opened, by).await
            })
        })
        .await?;
    Ok(page::see(
        &format!("/plan/{code}"),
        &frame.t("plan-published"),
    ))
}

/// `POST /plan/{code}/revise`.
pub async fn revise(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
) -> Result<Response> {
    actor.may(PLANNERS)?;
    let input = (
        code.clone(),
        actor.scope.clone(),
        kit.today(),
        org::api::by(&actor, kit.now()),
    );
    kit.db
        .write(input, |tx, (code, scope, today, by)| {
            Box::pin(async move {
                let plan = plans::fetch(tx, scope, code).await?;
                may_plan(scope, &plan)?;
                drafting::revise(tx, &plan, *today, by).await
            })
        })
        .await?;
    Ok(page::see(
        &format!("/plan/{code}"),
        &frame.t("plan-revised"),
    ))
}
