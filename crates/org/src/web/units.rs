//! `/api/v1/units`: the tree of the organisation.

use axum::{extract::State, response::Response};
use db::{DbError, Tx};
use kernel::{Code, Refusal, Role, Scope};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use crate::{
    UnitKind,
    api::{self, Ask, ListQuery, Page, accept_name},
    store::{
        former_codes::{self, Noun},
        units::{self, NewUnit, Unit},
    },
};

/// A unit as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitJson {
    code: String,
    name: String,
    name_local: Option<String>,
    kind: String,
    parent: Option<String>,
    version: i64,
}

impl From<Unit> for UnitJson {
    fn from(unit: Unit) -> UnitJson {
        UnitJson {
            code: unit.code,
            name: unit.name,
            name_local: unit.name_local,
            kind: unit.kind,
            parent: unit.parent_code,
            version: unit.version,
        }
    }
}

/// A unit to create; without a parent it hangs below the company.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnitJson {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub name_local: Option<String>,
    /// `company`, `region`, `territory` or `team`; a team if left out.
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub parent: Option<String>,
}

/// What of a unit can be changed; what is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitChangeJson {
    /// Another code; the old one goes on answering.
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub name_local: Option<String>,
    #[serde(default)]
    pub kind: Option<String>,
    /// The unit hangs below this one, with everything below it, at once and for all days: the tree has
    /// no dates.
    #[serde(default)]
    pub parent: Option<String>,
}

/// Units in scope, by name.
#[utoipa::path(get, path = "/api/v1/units", tag = "organisation", responses((status = 200, body = Page<UnitJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<UnitJson>>> {
    let (limit, cursor) = query.page()?;
    let mut tx = kit.db.read().await?;
    let found = units::list(&mut tx, &actor.scope, &query.q, limit, &cursor).await?;
    Ok(Json(Page::of(found, UnitJson::from)))
}

/// One unit.
#[utoipa::path(get, path = "/api/v1/units/{code}", tag = "organisation", responses((status = 200, body = UnitJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let unit = units::fetch(&mut tx, &actor.scope, &code).await?;
    Ok(api::versioned(unit.version, &UnitJson::from(unit)))
}

/// Creates a unit.
#[utoipa::path(post, path = "/api/v1/units", tag = "organisation", request_body = NewUnitJson, responses((status = 201, body = UnitJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewUnitJson>) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewUnitJson>) -> db::Result<Answer> {
    let unit = parse(tx, &ask.body).await?;
    let code = unit.code.to_string();
    units::add(tx, &unit)
        .await
        .map_err(|error| taken(error, "unit", &code))?;
    let shown = UnitJson::from(units::fetch(tx, &Scope::All, &code).await?);
    let after = serde_json::to_value(&shown).ok();
    let entry = Entry {
        action: "create",
        noun: "unit",
        subject: &code,
        after,
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(page::address("/api/v1/units", &code), &shown))
}

/// Reads and checks a unit to create.
///
/// # Errors
///
/// The refusal of the field that is wrong.
pub async fn parse(tx: &mut Tx, body: &NewUnitJson) -> db::Result<NewUnit> {
    let code = Code::parse(&body.code).map_err(|no| no.at("code"))?;
    let kind = match &body.kind {
        Some(kind) => UnitKind::parse(kind).map_err(|no| no.at("kind"))?,
        None => UnitKind::Team,
    };
    let parent = match &body.parent {
        Some(parent) => match units::fetch(tx, &Scope::All, parent).await {
            Ok(parent) => parent,
            Err(DbError::Refused(_)) => return Err(unknown("parent", "unit", parent).into()),
            Err(error) => return Err(error),
        },
        None => units::root(tx).await?,
    };
    Ok(NewUnit {
        code,
        name: accept_name(&body.name, "name")?,
        name_local: body
            .name_local
            .as_deref()
            .map(|name| accept_name(name, "name_local"))
            .transpose()?,
        kind,
        parent: Some(parent.id),
    })
}

/// Gives a unit another code, names or kind, or hangs it below another unit.
#[utoipa::path(patch, path = "/api/v1/units/{code}", tag = "organisation", request_body = UnitChangeJson, responses((status = 200, body = UnitJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<UnitChangeJson>,
) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(save(tx, ask))).await
}

async fn save(tx: &mut Tx, ask: &Ask<UnitChangeJson>) -> db::Result<Answer> {
    let unit = units::fetch(tx, &ask.actor.scope, &ask.subject).await?;
    ask.fresh(unit.version)?;
    let name = match &ask.body.name {
        Some(name) => accept_name(name, "name")?,
        None => unit.name.clone(),
    };
    let local = ask
        .body
        .name_local
        .clone()
        .or_else(|| unit.name_local.clone());
    let kind = match &ask.body.kind {
        Some(kind) => UnitKind::parse(kind).map_err(|no| no.at("kind"))?,
        None => UnitKind::parse(&unit.kind)?,
    };
    let code = Code::parse(ask.body.code.as_deref().unwrap_or(&unit.code));
    let code = code.map_err(|no| no.at("code"))?;
    let (was, now) = (unit.code.to_ascii_lowercase(), code.folded());
    former_codes::rename(tx, Noun::Unit, unit.id.get(), (&was, &now), ask.now)
        .await
        .map_err(|error| taken(error, "unit", code.as_str()))?;
    units::save(tx, &unit, &code, (&name, local), kind)
        .await
        .map_err(|error| taken(error, "unit", code.as_str()))?;
    if let Some(parent) = &ask.body.parent {
        hang_below(tx, &unit, parent).await?;
    }
    let code = code.to_string();
    let before = serde_json::to_value(UnitJson::from(unit)).ok();
    let shown = UnitJson::from(units::fetch(tx, &Scope::All, &code).await?);
    let after = serde_json::to_value(&shown).ok();
    let entry = Entry {
        action: "change",
        noun: "unit",
        subject: &code,
        before,
        after,
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// Hangs a unit below another one; what is below it comes along.
async fn hang_below(tx: &mut Tx, unit: &Unit, parent: &str) -> db::Result<()> {
    let parent = match units::fetch(tx, &Scope::All, parent).await {
        Err(DbError::Refused(_)) => return Err(unknown("parent", "unit", parent).into()),
        other => other?,
    };
    if unit.parent == Some(parent.id) {
        return Ok(());
    }
    if unit.parent.is_none() {
        let text = format!("{} is the root; everything hangs below it.", unit.code);
        return Err(Refusal::state("unit.root", text).at("parent").into());
    }
    if units::sub_tree(tx, unit.id).await?.contains(&parent.id) {
        let text = format!(
            "{} lies below {}; a unit cannot hang below itself.",
            parent.code, unit.code
        );
        return Err(Refusal::state("unit.cycle", text).at("parent").into());
    }
    units::hang_below(tx, unit.id, parent.id).await
}

/// A reference to something that does not exist.
pub fn unknown(field: &str, noun: &str, code: &str) -> Refusal {
    Refusal::value("reference.unknown", format!("There is no {noun} {code}.")).at(field)
}

/// Says which code is taken instead of which constraint.
pub fn taken(error: DbError, noun: &str, code: &str) -> DbError {
    match error {
        DbError::Taken(_) => DbError::Refused(
            Refusal::state(
                "code.taken",
                format!("There already is a {noun} {code}. Codes do not differ by capitals alone."),
            )
            .at("code"),
        ),
        other => other,
    }
}
