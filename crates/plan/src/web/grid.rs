//! `/plan`: the plan of a unit as a grid of people and periods.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use db::{DbError, Tx};
use jiff::ToSpan;
use kernel::{Code, Money, Refusal, Scope, View};
use maud::Markup;
use page::{Actor, Form, FormErrors, Frame, Kit, Path, Problem, Query, Result};
use serde::Deserialize;

use super::{
    grid_edit,
    grid_page::{self, Basis, Sheet},
    plans::{AskedVersion, PLANNERS, may_plan, sees_drafts},
};
use crate::{
    drafting::{self, Opened, Summary, Wish},
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
        return Ok(page::see(&page::address("/plan", &only.code), ""));
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
            &page::address("/plan", code.as_str()),
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
pub(super) fn plain_number(text: &str) -> String {
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
pub(super) async fn sheet(
    tx: &mut Tx,
    actor: &Actor,
    opened: Opened,
    balance: Balance,
) -> Result<Sheet> {
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

/// `POST /plan/{code}/publish`.
pub async fn publish(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    actor.may(PLANNERS)?;
    let input = (
        code.clone(),
        actor.scope.clone(),
        grid_edit::read_sent(pairs).edit,
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
        &page::address("/plan", code.as_ref()),
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
        &page::address("/plan", code.as_ref()),
        &frame.t("plan-revised"),
    ))
}
