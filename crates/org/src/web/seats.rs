//! `/api/v1/seats`: places in a unit; a seat nobody holds is a vacancy.

use axum::{extract::State, response::Response};
use db::{DbError, Tx};
use kernel::{Code, Refusal, Role, Scope};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::units::{taken, unknown};
use crate::{
    api::{self, Ask, ListQuery, Page, accept_name},
    store::{
        seats::{self, Seat},
        units,
    },
};

/// A seat as the API shows it; `holder` is null for a vacancy.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatJson {
    code: String,
    unit: String,
    kind: String,
    name: String,
    holder: Option<String>,
    version: i64,
}

impl From<Seat> for SeatJson {
    fn from(seat: Seat) -> SeatJson {
        SeatJson {
            code: seat.code,
            unit: seat.unit_code,
            kind: seat.kind,
            name: seat.name,
            holder: seat.holder,
            version: seat.version,
        }
    }
}

/// A seat to create. `kind` is `sales`, `lead` or `staff`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSeatJson {
    code: String,
    unit: String,
    name: String,
    #[serde(default)]
    kind: Option<String>,
}

/// Seats in scope with today's holders; at most 2,000.
#[utoipa::path(get, path = "/api/v1/seats", tag = "organisation", responses((status = 200, body = Page<SeatJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<SeatJson>>> {
    let mut tx = kit.db.read().await?;
    let found = seats::list(&mut tx, &actor.scope, kit.today()).await?;
    Ok(Json(Page::cut(
        found.into_iter().map(SeatJson::from).collect(),
        &query,
    )?))
}

/// What of a seat can be changed; what is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatChangeJson {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    kind: Option<String>,
}

/// One seat with today's holder.
#[utoipa::path(get, path = "/api/v1/seats/{code}", tag = "organisation", responses((status = 200, body = SeatJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let seat = seats::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    Ok(api::versioned(seat.version, &SeatJson::from(seat)))
}

/// Renames a seat or gives it another kind. Its unit stays: a seat elsewhere is another seat.
#[utoipa::path(patch, path = "/api/v1/seats/{code}", tag = "organisation", request_body = SeatChangeJson, responses((status = 200, body = SeatJson), (status = 404), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<SeatChangeJson>,
) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(save(tx, ask))).await
}

async fn save(tx: &mut Tx, ask: &Ask<SeatChangeJson>) -> db::Result<Answer> {
    let seat = seats::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(seat.version)?;
    let name = accept_name(ask.body.name.as_deref().unwrap_or(&seat.name), "name")?;
    let kind = accept_kind(ask.body.kind.as_deref().unwrap_or(&seat.kind))?;
    seats::save(tx, &seat, &name, kind).await?;
    let code = seat.code.clone();
    let before = serde_json::to_value(SeatJson::from(seat)).ok();
    let shown = SeatJson::from(seats::fetch(tx, &Scope::All, &code, ask.today).await?);
    let entry = Entry {
        action: "change",
        noun: "seat",
        subject: &code,
        before,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

pub(crate) fn accept_kind(kind: &str) -> std::result::Result<&str, Refusal> {
    if ["sales", "lead", "staff"].contains(&kind) {
        return Ok(kind);
    }
    let shown: String = kind.chars().take(40).collect();
    let text = format!("“{shown}” is not a kind of seat. Use sales, lead or staff.");
    Err(Refusal::value("seat.kind", text).at("kind"))
}

/// Creates a seat.
#[utoipa::path(post, path = "/api/v1/seats", tag = "organisation", request_body = NewSeatJson, responses((status = 201, body = SeatJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewSeatJson>) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewSeatJson>) -> db::Result<Answer> {
    let code = Code::parse(&ask.body.code).map_err(|no| no.at("code"))?;
    let name = accept_name(&ask.body.name, "name")?;
    let kind = accept_kind(ask.body.kind.as_deref().unwrap_or("sales"))?;
    let unit = match units::fetch(tx, &Scope::All, &ask.body.unit).await {
        Err(DbError::Refused(_)) => return Err(unknown("unit", "unit", &ask.body.unit).into()),
        other => other?,
    };
    seats::add(tx, code.as_str(), unit.id, kind, &name)
        .await
        .map_err(|error| taken(error, "seat", code.as_str()))?;
    let shown = SeatJson {
        code: code.to_string(),
        unit: unit.code,
        kind: kind.to_owned(),
        name,
        holder: None,
        version: 1,
    };
    let after = serde_json::to_value(&shown).ok();
    let entry = Entry {
        action: "create",
        noun: "seat",
        subject: code.as_str(),
        after,
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        page::address("/api/v1/seats", code.as_str()),
        &shown,
    ))
}
