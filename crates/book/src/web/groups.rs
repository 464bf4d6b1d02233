//! `/api/v1/customer-groups` and `/api/v1/product-groups`: what customers and products are sorted by.

use axum::{extract::State, response::Response};
use db::Tx;
use kernel::{Code, Role};
use org::{
    api::{self, Ask, ListQuery, Page, accept_name},
    web::units::taken,
};
use page::{Actor, Json, Kit, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::accepted;
use crate::store::groups::{self, Group, Of};

/// Who may add a group.
const MAY_ADD: [Role; 2] = [Role::Administrator, Role::Finance];

/// A group as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupJson {
    code: String,
    name: String,
    name_local: Option<String>,
}

impl From<Group> for GroupJson {
    fn from(group: Group) -> GroupJson {
        GroupJson {
            code: group.code,
            name: group.name,
            name_local: group.name_local,
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

/// Creates a customer group.
#[utoipa::path(post, path = "/api/v1/customer-groups", tag = "book", request_body = NewGroupJson, responses((status = 201, body = GroupJson), (status = 409), (status = 422)))]
pub async fn create_customer_group(
    State(kit): State<Kit>,
    ask: Ask<NewGroupJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_ADD)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask, Of::Customers))).await
}

/// Creates a product group.
#[utoipa::path(post, path = "/api/v1/product-groups", tag = "book", request_body = NewGroupJson, responses((status = 201, body = GroupJson), (status = 409), (status = 422)))]
pub async fn create_product_group(
    State(kit): State<Kit>,
    ask: Ask<NewGroupJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_ADD)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask, Of::Products))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewGroupJson>, of: Of) -> db::Result<Answer> {
    let (noun, place) = match of {
        Of::Customers => ("customer group", "customer-groups"),
        Of::Products => ("product group", "product-groups"),
    };
    let code = Code::parse(&ask.body.code).map_err(|no| no.at("code"))?;
    let name = accept_name(&ask.body.name, "name")?;
    let local = ask.body.name_local.as_deref().unwrap_or_default();
    let name_local = accepted::text(local, "name_local")?;
    groups::add(tx, of, &code, &name, name_local)
        .await
        .map_err(|error| taken(error, noun, code.as_str()))?;
    let shown = GroupJson::from(groups::by_code(tx, of, code.as_str()).await?);
    let entry = Entry {
        action: "create",
        noun,
        subject: code.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(format!("/api/v1/{place}?code={code}"), &shown))
}
