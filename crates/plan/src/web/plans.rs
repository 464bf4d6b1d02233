//! `/api/v1/plans` and `/api/v1/periods`: plans, their cells, publishing, and period calendars.

use axum::{extract::State, response::Response};
use db::{DbError, Tx};
use jiff::civil::Date;
use kernel::{Code, Currency, Money, Period, PeriodCalendar, Refusal, Role, Scope};
use org::api::{self, Ask, ListQuery, Page};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use crate::{
    drafting::{self, Act, Opened, Wish},
    grid::Balance,
    store::{calendars, plans, versions},
    target::Measure,
};

/// Who may make and change plans: in their scope.
pub(crate) const PLANNERS: &[Role] = &[Role::Manager, Role::Administrator];

/// Drafts are seen by those who make them; everybody else sees what is published.
pub(crate) fn sees_drafts(actor: &Actor) -> bool {
    PLANNERS.contains(&actor.role)
}

/// A plan as the API shows it, with its newest visible version.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanJson {
    code: String,
    unit: String,
    year: i64,
    measure: String,
    currency: String,
    version: i64,
    state: String,
    total: String,
    published_at: Option<String>,
    /// Sent as If-Match when cells are changed.
    edit: i64,
}

/// A plan to create; with a total its draft is spread by history, season and working days.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlanJson {
    code: String,
    unit: String,
    year: i16,
    #[serde(default)]
    measure: Option<String>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    total: Option<String>,
}

/// A cell as the API shows it. `person` is null for the pool.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CellJson {
    person: Option<String>,
    unit: String,
    period: String,
    amount: String,
    locked: bool,
    source: String,
}

/// Cells to change one after the other, each balanced the way `balance` says: `total` (default: the
/// cells are set and the totals follow), `people`, `periods` or `pool`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CellsJson {
    cells: Vec<CellChangeJson>,
    #[serde(default)]
    balance: Option<String>,
}

/// A cell to change; `person` left out means the pool.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CellChangeJson {
    #[serde(default)]
    person: Option<String>,
    period: String,
    amount: String,
    #[serde(default)]
    locked: Option<bool>,
}

/// A period as the API shows it; `to` is the first day after it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodJson {
    code: String,
    #[serde(default)]
    calendar: Option<String>,
    from: String,
    to: String,
}

pub(crate) fn show(opened: &Opened) -> PlanJson {
    let version = &opened.version;
    // What the asker sees of it: those who do not plan see their own targets only.
    let rows = 0..opened.grid.rows.len();
    let visible = rows.map(|row| opened.grid.year_of(row)).sum();
    let total = Money::of_minor(visible, opened.grid.currency);
    let instant = |at: i64| {
        jiff::Timestamp::from_microsecond(at)
            .ok()
            .map(|at| at.to_string())
    };
    PlanJson {
        code: opened.plan.code.clone(),
        unit: opened.plan.unit_code.clone(),
        year: opened.plan.year,
        measure: opened.plan.measure.clone(),
        currency: opened.plan.currency.clone(),
        version: version.number,
        state: version.state.clone(),
        total: total.decimal(),
        published_at: version.published_at.and_then(instant),
        edit: version.edit,
    }
}

/// Plans in scope; at most 500.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plan", responses((status = 200, body = Page<PlanJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<PlanJson>>> {
    let mut tx = kit.db.read().await?;
    let mut items = Vec::new();
    for plan in plans::list(&mut tx, &actor.scope).await? {
        match drafting::open(&mut tx, &actor.scope, plan, sees_drafts(&actor), None).await {
            Ok(opened) => items.push(show(&opened)),
            // Nothing of it is published yet.
            Err(DbError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(Page::cut(items, &query)?))
}

/// One plan.
#[utoipa::path(get, path = "/api/v1/plans/{code}", tag = "plan", responses((status = 200, body = PlanJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let plan = plans::fetch(&mut tx, &actor.scope, &code).await?;
    let opened = drafting::open(&mut tx, &actor.scope, plan, sees_drafts(&actor), None).await?;
    Ok(api::versioned(opened.version.edit, &show(&opened)))
}

/// Creates a plan with its first draft.
#[utoipa::path(post, path = "/api/v1/plans", tag = "plan", request_body = NewPlanJson, responses((status = 201, body = PlanJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewPlanJson>) -> Result<Response> {
    ask.actor.may(PLANNERS)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewPlanJson>) -> db::Result<Answer> {
    let wish = wish(tx, &ask.body, &ask.actor.scope).await?;
    drafting::create(tx, &wish, ask.today, &ask.by()).await?;
    let plan = plans::fetch(tx, &Scope::All, wish.code.as_str()).await?;
    let opened = drafting::open(tx, &Scope::All, plan, true, None).await?;
    Ok(api::created(
        page::address("/api/v1/plans", wish.code.as_str()),
        &show(&opened),
    ))
}

/// Reads and checks a plan to create.
async fn wish(tx: &mut Tx, body: &NewPlanJson, scope: &Scope) -> db::Result<Wish> {
    let company = org::store::company::expect(tx).await?;
    let currency = match &body.currency {
        Some(code) => Currency::parse(code).map_err(|no| no.at("currency"))?,
        None => company.currency,
    };
    let unit = match org::store::units::fetch(tx, scope, &body.unit).await {
        Err(DbError::Refused(_)) => {
            let text = format!(
                "There is no unit {}, or it is not yours to plan for.",
                body.unit
            );
            return Err(Refusal::value("reference.unknown", text).at("unit").into());
        }
        other => other?,
    };
    let total = body
        .total
        .as_deref()
        .map(|total| Money::parse(total, currency))
        .transpose();
    Ok(Wish {
        code: Code::parse(&body.code).map_err(|no| no.at("code"))?,
        unit: unit.id,
        year: body.year,
        measure: Measure::parse(body.measure.as_deref().unwrap_or("booked"))?,
        currency,
        total: total.map_err(|no| no.at("total"))?,
    })
}

/// The cells of a plan in scope.
#[utoipa::path(get, path = "/api/v1/plans/{code}/cells", tag = "plan", responses((status = 200, body = Page<CellJson>), (status = 404)))]
pub async fn cells(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
) -> Result<Json<Page<CellJson>>> {
    let mut tx = kit.db.read().await?;
    let plan = plans::fetch(&mut tx, &actor.scope, &code).await?;
    let opened = drafting::open(&mut tx, &actor.scope, plan, sees_drafts(&actor), None).await?;
    let periods: std::collections::BTreeMap<i64, &str> = opened
        .months
        .iter()
        .map(|month| (month.period_id, month.code.as_str()))
        .collect();
    let cell = |cell: &crate::store::cells::StoredCell| CellJson {
        person: cell.person_code.clone(),
        unit: cell.unit_code.clone(),
        period: periods
            .get(&cell.period_id)
            .copied()
            .unwrap_or_default()
            .to_owned(),
        amount: Money::of_minor(cell.amount_minor, opened.grid.currency).decimal(),
        locked: cell.locked == 1,
        source: cell.source.clone(),
    };
    Ok(Json(Page {
        items: opened.cells.iter().map(cell).collect(),
        next_cursor: None,
    }))
}

/// Changes cells of the draft, all or none.
#[utoipa::path(put, path = "/api/v1/plans/{code}/cells", tag = "plan", request_body = CellsJson, responses((status = 200, body = PlanJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn set_cells(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<CellsJson>,
) -> Result<Response> {
    ask.actor.may(PLANNERS)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(change(tx, ask))).await
}

async fn change(tx: &mut Tx, ask: &Ask<CellsJson>) -> db::Result<Answer> {
    let scope = &ask.actor.scope;
    let plan = plans::fetch(tx, scope, &ask.subject).await?;
    may_plan(scope, &plan)?;
    let mut opened = drafting::open(tx, &Scope::All, plan, true, None).await?;
    ask.fresh(opened.version.edit)?;
    let balance = Balance::parse(ask.body.balance.as_deref().unwrap_or("total"))?;
    for (place, cell) in ask.body.cells.iter().enumerate() {
        let at = |field: &str| format!("cells[{place}].{field}");
        let holder =
            holder_key(&opened, cell.person.as_deref()).map_err(|no| no.at(at("person")))?;
        let amount =
            Money::parse(&cell.amount, opened.grid.currency).map_err(|no| no.at(at("amount")))?;
        if !opened
            .months
            .iter()
            .any(|month| month.code.eq_ignore_ascii_case(&cell.period))
        {
            let text = format!("Plan {} has no period {}.", opened.plan.code, cell.period);
            return Err(Refusal::value("reference.unknown", text)
                .at(at("period"))
                .into());
        }
        let act = Act::Set {
            holder: holder.clone(),
            period: cell.period.clone(),
            amount,
            balance,
        };
        opened = step(tx, opened, &act, ask).await?;
        if let Some(locked) = cell.locked {
            let act = Act::Lock {
                holder,
                period: cell.period.clone(),
                locked,
            };
            opened = step(tx, opened, &act, ask).await?;
        }
    }
    Ok(api::done(&show(&opened)))
}

async fn step(tx: &mut Tx, opened: Opened, act: &Act, ask: &Ask<CellsJson>) -> db::Result<Opened> {
    let plan = opened.plan.clone();
    let edit = opened.version.edit;
    drafting::act(tx, opened, edit, act, &ask.by()).await?;
    drafting::open(tx, &Scope::All, plan, true, None).await
}

/// The key of the row of a person's code, or of the pool.
fn holder_key(opened: &Opened, person: Option<&str>) -> std::result::Result<String, Refusal> {
    let cell = opened
        .cells
        .iter()
        .find(|cell| match (person, &cell.person_code) {
            (Some(wanted), Some(code)) => code.eq_ignore_ascii_case(wanted.trim()),
            (None, None) => true,
            _ => false,
        });
    let cell = cell.ok_or_else(|| {
        let text = format!("{} has no row in this plan.", person.unwrap_or("The pool"));
        Refusal::value("reference.unknown", text)
    })?;
    Ok(match cell.person_id {
        Some(id) => format!("p{id}"),
        None => format!("u{}", cell.unit_id),
    })
}

/// A plan is changed by whoever reaches its unit, not by those who merely have a target in it.
///
/// # Errors
///
/// 403.
pub(crate) fn may_plan(scope: &Scope, plan: &plans::Plan) -> std::result::Result<(), Refusal> {
    if scope.reaches_unit(plan.unit()) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "This plan is made by the manager of its unit. Ask there for a change.",
    ))
}

/// An empty body.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NothingJson {}

/// Publishes the draft; a published version never changes.
#[utoipa::path(post, path = "/api/v1/plans/{code}/publish", tag = "plan", request_body = NothingJson, responses((status = 200, body = PlanJson), (status = 404), (status = 409)))]
pub async fn publish(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<NothingJson>,
) -> Result<Response> {
    ask.actor.may(PLANNERS)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| {
        Box::pin(make_public(tx, ask))
    })
    .await
}

async fn make_public(tx: &mut Tx, ask: &Ask<NothingJson>) -> db::Result<Answer> {
    let plan = plans::fetch(tx, &ask.actor.scope, &ask.subject).await?;
    may_plan(&ask.actor.scope, &plan)?;
    let opened = drafting::open(tx, &Scope::All, plan.clone(), true, None).await?;
    drafting::publish(tx, &opened, &ask.by()).await?;
    let opened = drafting::open(tx, &Scope::All, plan, true, None).await?;
    Ok(api::done(&show(&opened)))
}

/// Begins a revision of the published version from the running period on.
#[utoipa::path(post, path = "/api/v1/plans/{code}/revise", tag = "plan", request_body = NothingJson, responses((status = 200, body = PlanJson), (status = 404), (status = 409)))]
pub async fn revise(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<NothingJson>,
) -> Result<Response> {
    ask.actor.may(PLANNERS)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| {
        Box::pin(begin_revision(tx, ask))
    })
    .await
}

async fn begin_revision(tx: &mut Tx, ask: &Ask<NothingJson>) -> db::Result<Answer> {
    let plan = plans::fetch(tx, &ask.actor.scope, &ask.subject).await?;
    may_plan(&ask.actor.scope, &plan)?;
    drafting::revise(tx, &plan, ask.today, &ask.by()).await?;
    let all = versions::of_plan(tx, plan.plan()).await?;
    debug_assert!(all.first().is_some_and(versions::Version::is_draft));
    let opened = drafting::open(tx, &Scope::All, plan, true, None).await?;
    Ok(api::done(&show(&opened)))
}

/// All recorded periods; at most 10,000.
#[utoipa::path(get, path = "/api/v1/periods", tag = "plan", responses((status = 200, body = Page<PeriodJson>)))]
pub async fn periods(
    State(kit): State<Kit>,
    _actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<PeriodJson>>> {
    let mut tx = kit.db.read().await?;
    let period = |(calendar, stored): (String, calendars::Stored)| PeriodJson {
        code: stored.period.code.to_string(),
        calendar: Some(calendar),
        from: stored.period.from.to_string(),
        to: stored.period.to.to_string(),
    };
    let items = calendars::all(&mut tx)
        .await?
        .into_iter()
        .map(period)
        .collect();
    Ok(Json(Page::cut(items, &query)?))
}

/// Creates a period of a calendar.
#[utoipa::path(post, path = "/api/v1/periods", tag = "plan", request_body = PeriodJson, responses((status = 201, body = PeriodJson), (status = 409), (status = 422)))]
pub async fn create_period(State(kit): State<Kit>, ask: Ask<PeriodJson>) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add_period(tx, ask))).await
}

async fn add_period(tx: &mut Tx, ask: &Ask<PeriodJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let day = |text: &str, field: &'static str| {
        text.parse().ok().ok_or_else(|| {
            Refusal::value(
                "date.malformed",
                format!("“{text}” is not a date. Write it like 2026-06-30."),
            )
            .at(field)
        })
    };
    let code = Code::parse(&body.code).map_err(|no| no.at("code"))?;
    let period = Period::new(code.clone(), day(&body.from, "from")?, day(&body.to, "to")?)
        .map_err(|no| no.at("to"))?;
    let calendar = Code::parse(body.calendar.as_deref().unwrap_or("periods"))
        .map_err(|no| no.at("calendar"))?;
    let id = calendars::ensure(tx, &calendar, calendar.as_str()).await?;
    let mut all: Vec<Period> = calendars::all(tx)
        .await?
        .into_iter()
        .filter(|(_, stored)| stored.calendar == id)
        .map(|(_, stored)| stored.period)
        .collect();
    all.push(period.clone());
    PeriodCalendar::new(all).map_err(|no| no.at("from"))?;
    let one = PeriodCalendar::new(vec![period])?;
    calendars::add(tx, id, &one)
        .await
        .map_err(|error| org::web::units::taken(error, "period", code.as_str()))?;
    let entry = Entry {
        action: "create",
        noun: "period",
        subject: code.as_str(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let shown = PeriodJson {
        calendar: Some(calendar.to_string()),
        ..body.clone()
    };
    let place = page::address("/api/v1/periods", code.as_str());
    Ok(api::created(place, &shown))
}

/// What of a period can be changed; what is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PeriodChangeJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The first day after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

/// One period by its code.
#[utoipa::path(get, path = "/api/v1/periods/{code}", tag = "plan", responses((status = 200, body = PeriodJson), (status = 404)))]
pub async fn period(
    State(kit): State<Kit>,
    _actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let (calendar, stored) = named_period(&mut tx, &code).await?;
    let version = days_as_version(&stored.period);
    Ok(api::versioned(version, &shown_period(calendar, &stored)))
}

async fn named_period(tx: &mut Tx, code: &str) -> db::Result<(String, calendars::Stored)> {
    let folded = code.trim().to_ascii_lowercase();
    let all = calendars::all(tx).await?;
    let found = all
        .into_iter()
        .find(|(_, stored)| stored.period.code.folded() == folded);
    Ok(found.ok_or_else(|| Refusal::missing(format!("period {code}")))?)
}

fn shown_period(calendar: String, stored: &calendars::Stored) -> PeriodJson {
    PeriodJson {
        code: stored.period.code.to_string(),
        calendar: Some(calendar),
        from: stored.period.from.to_string(),
        to: stored.period.to.to_string(),
    }
}

/// Its days are all that changes of a period, so they tell two readings of it apart.
fn days_as_version(period: &Period) -> i64 {
    let days = |day: Date| i64::from((day - Date::ZERO).get_days());
    days(period.from) * 10_000_000 + days(period.to)
}

/// Gives a period other days, as long as no target stands in it.
#[utoipa::path(patch, path = "/api/v1/periods/{code}", tag = "plan", request_body = PeriodChangeJson, responses((status = 200, body = PeriodJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change_period(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<PeriodChangeJson>,
) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    api::carry_out(&kit, ask.about(code), |tx, ask| {
        Box::pin(save_period(tx, ask))
    })
    .await
}

async fn save_period(tx: &mut Tx, ask: &Ask<PeriodChangeJson>) -> db::Result<Answer> {
    let (calendar, mut stored) = named_period(tx, &ask.subject).await?;
    ask.fresh(days_as_version(&stored.period))?;
    let day = |text: &Option<String>, was: Date, field: &'static str| match text {
        Some(text) => api::accept_day(text, field),
        None => Ok(was),
    };
    let from = day(&ask.body.from, stored.period.from, "from")?;
    let to = day(&ask.body.to, stored.period.to, "to")?;
    let before = serde_json::to_value(shown_period(calendar.clone(), &stored)).ok();
    let changed = Period::new(stored.period.code.clone(), from, to).map_err(|no| no.at("to"))?;
    if changed == stored.period {
        return Ok(api::done(&shown_period(calendar, &stored)));
    }
    if calendars::is_planned(tx, stored.id).await? {
        let text = format!(
            "Targets stand in {}; its days are part of what was published. Record another period.",
            stored.period.code
        );
        return Err(Refusal::state("period.planned", text).into());
    }
    let others = calendars::all(tx).await?.into_iter().filter(|(_, other)| {
        other.calendar == stored.calendar && other.period.code != changed.code
    });
    let mut all: Vec<Period> = others.map(|(_, other)| other.period).collect();
    all.push(changed.clone());
    PeriodCalendar::new(all).map_err(|no| no.at("from"))?;
    calendars::set_days(tx, stored.id, (from, to)).await?;
    stored.period = changed;
    let shown = shown_period(calendar, &stored);
    let entry = Entry {
        action: "change",
        noun: "period",
        subject: stored.period.code.as_str(),
        before,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// Which version of a plan a page shows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct VersionQuery {
    pub version: Option<i64>,
}

pub(crate) type AskedVersion = Query<VersionQuery>;
