//! `/api/v1/customer-groups` and `/api/v1/product-groups`: what customers and products are sorted by.

use axum::{extract::State, response::Response};
use db::{DbError, Tx};
use kernel::{Code, Refusal, Role};
use org::{
    api::{self, Ask, ListQuery, Page, accept_name},
    web::units::taken,
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::{accepted, change::Change};
use crate::store::{
    former_codes,
    groups::{self, Group, Of},
};

/// Who may add and rename groups.
const MAY_CHANGE: [Role; 2] = [Role::Administrator, Role::Finance];

/// A group as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupJson {
    code: String,
    name: String,
    name_local: Option<String>,
    version: i64,
}

impl From<Group> for GroupJson {
    fn from(group: Group) -> GroupJson {
        GroupJson {
            code: group.code,
            name: group.name,
            name_local: group.name_local,
            version: group.version,
        }
    }
}

/// A group to create.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroupJson {
    code: String,
    name: String,
    #[serde(default)]
    name_local: Option<String>,
}

/// What of a group can be changed; what is left out stays, `null` empties. Under a new code it goes
/// on answering to the old one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    name_local: Change<String>,
}

/// What people call one group of this kind.
fn noun(of: Of) -> &'static str {
    match of {
        Of::Customers => "customer group",
        Of::Products => "product group",
    }
}

/// Where groups of this kind are found.
fn place(of: Of) -> &'static str {
    match of {
        Of::Customers => "/api/v1/customer-groups",
        Of::Products => "/api/v1/product-groups",
    }
}

/// Customer groups, by name.
#[utoipa::path(get, path = "/api/v1/customer-groups", tag = "book", responses((status = 200, body = Page<GroupJson>)))]
pub async fn customer_groups(
    State(kit): State<Kit>,
    _actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<GroupJson>>> {
    list(&kit, Of::Customers, &query).await
}

/// Product groups, by name.
#[utoipa::path(get, path = "/api/v1/product-groups", tag = "book", responses((status = 200, body = Page<GroupJson>)))]
pub async fn product_groups(
    State(kit): State<Kit>,
    _actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<GroupJson>>> {
    list(&kit, Of::Products, &query).await
}

async fn list(kit: &Kit, of: Of, query: &ListQuery) -> Result<Json<Page<GroupJson>>> {
    let (limit, cursor) = query.page()?;
    let mut tx = kit.db.read().await?;
    let found = groups::page(&mut tx, of, limit, &cursor).await?;
    Ok(Json(Page::of(found, GroupJson::from)))
}

/// One customer group.
#[utoipa::path(get, path = "/api/v1/customer-groups/{code}", tag = "book", responses((status = 200, body = GroupJson), (status = 404)))]
pub async fn customer_group(
    State(kit): State<Kit>,
    _actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    one(&kit, Of::Customers, &code).await
}

/// One product group.
#[utoipa::path(get, path = "/api/v1/product-groups/{code}", tag = "book", responses((status = 200, body = GroupJson), (status = 404)))]
pub async fn product_group(
    State(kit): State<Kit>,
    _actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    one(&kit, Of::Products, &code).await
}

async fn one(kit: &Kit, of: Of, code: &str) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let group = fetch(&mut tx, of, code).await?;
    Ok(api::versioned(group.version, &GroupJson::from(group)))
}

/// The group with this code, or the refusal that says there is none.
async fn fetch(tx: &mut Tx, of: Of, code: &str) -> db::Result<Group> {
    let found = groups::by_code(tx, of, code).await;
    found.map_err(|error| match error {
        DbError::Missing => Refusal::missing(format!("{} {code}", noun(of))).into(),
        other => other,
    })
}

/// Creates a customer group.
#[utoipa::path(post, path = "/api/v1/customer-groups", tag = "book", request_body = NewGroupJson, responses((status = 201, body = GroupJson), (status = 409), (status = 422)))]
pub async fn create_customer_group(
    State(kit): State<Kit>,
    ask: Ask<NewGroupJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask, Of::Customers))).await
}

/// Creates a product group.
#[utoipa::path(post, path = "/api/v1/product-groups", tag = "book", request_body = NewGroupJson, responses((status = 201, body = GroupJson), (status = 409), (status = 422)))]
pub async fn create_product_group(
    State(kit): State<Kit>,
    ask: Ask<NewGroupJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask, Of::Products))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewGroupJson>, of: Of) -> db::Result<Answer> {
    let code = Code::parse(&ask.body.code).map_err(|no| no.at("code"))?;
    let name = accept_name(&ask.body.name, "name")?;
    let local = ask.body.name_local.as_deref().unwrap_or_default();
    let name_local = accepted::text(local, "name_local")?;
    groups::add(tx, of, &code, &name, name_local)
        .await
        .map_err(|error| taken(error, noun(of), code.as_str()))?;
    let shown = GroupJson::from(groups::by_code(tx, of, code.as_str()).await?);
    let entry = Entry {
        action: "create",
        noun: noun(of),
        subject: code.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        page::address(place(of), code.as_str()),
        &shown,
    ))
}

/// Changes a customer group.
#[utoipa::path(patch, path = "/api/v1/customer-groups/{code}", tag = "book", request_body = GroupChangeJson, responses((status = 200, body = GroupJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change_customer_group(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<GroupChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| {
        Box::pin(save(tx, ask, Of::Customers))
    })
    .await
}

/// Changes a product group.
#[utoipa::path(patch, path = "/api/v1/product-groups/{code}", tag = "book", request_body = GroupChangeJson, responses((status = 200, body = GroupJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change_product_group(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<GroupChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| {
        Box::pin(save(tx, ask, Of::Products))
    })
    .await
}

async fn save(tx: &mut Tx, ask: &Ask<GroupChangeJson>, of: Of) -> db::Result<Answer> {
    let group = fetch(tx, of, &ask.subject).await?;
    ask.fresh(group.version)?;
    let code = ask.body.code.as_deref().unwrap_or(&group.code);
    let code = Code::parse(code).map_err(|no| no.at("code"))?;
    let name = accept_name(ask.body.name.as_deref().unwrap_or(&group.name), "name")?;
    let local = ask.body.name_local.or(group.name_local.clone());
    let name_local = accepted::text(local.as_deref().unwrap_or_default(), "name_local")?;
    let was = group.code.to_ascii_lowercase();
    let codes = (was.as_str(), code.folded());
    former_codes::rename(tx, of.noun(), group.id, (codes.0, &codes.1), ask.now)
        .await
        .map_err(|error| taken(error, noun(of), code.as_str()))?;
    groups::save(tx, of, &group, code.as_str(), &name, name_local)
        .await
        .map_err(|error| taken(error, noun(of), code.as_str()))?;
    let before = serde_json::to_value(GroupJson::from(group)).ok();
    let shown = GroupJson::from(fetch(tx, of, code.as_str()).await?);
    let entry = Entry {
        action: "change",
        noun: noun(of),
        subject: code.as_str(),
        before,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}
