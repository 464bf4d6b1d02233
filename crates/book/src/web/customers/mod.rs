//! `/customers` and `/api/v1/customers`: whom we sell to, and who looks after them.

pub mod bulk;
pub mod card_page;
pub mod duplicates;
pub mod export;
mod intake;
pub mod keeping;
pub mod list_page;
pub mod merge;
pub mod panels;
pub mod statement;
pub mod terms;
pub mod ties;

use axum::{extract::State, response::Response};
use db::{Cursor, Limit, Sort};
use kernel::{Refusal, Role};
use org::api::{self, Ask, Page};
use page::{Actor, Asked, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{change::Change, step::StepJson};
use crate::store::customers::{self, Customer, Filter};

/// Who may add customers; a sales person adds own ones.
const MAY_ADD: [Role; 4] = [Role::Administrator, Role::Manager, Role::Finance, Role::Rep];
/// Who may change them.
const MAY_CHANGE: [Role; 3] = [Role::Administrator, Role::Manager, Role::Finance];

/// A customer as the API shows it, with today's owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerJson {
    code: String,
    name: String,
    name_local: Option<String>,
    group: Option<String>,
    owner: Option<String>,
    parent: Option<String>,
    payer: Option<String>,
    currency: String,
    /// The code of the named terms it pays by today; null where that is a number of days, or nothing.
    payment_terms: Option<String>,
    payment_terms_days: Option<i64>,
    city: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    phone: Option<String>,
    /// The number it is registered under for taxes.
    tax_id: Option<String>,
    /// The day from which it is no customer any more.
    ended_on: Option<String>,
    version: i64,
}

impl From<Customer> for CustomerJson {
    fn from(customer: Customer) -> CustomerJson {
        CustomerJson {
            code: customer.code,
            name: customer.name,
            name_local: customer.name_local,
            group: customer.group_code,
            owner: customer.owner_code,
            parent: customer.parent_code,
            payer: customer.payer_code,
            currency: customer.currency,
            payment_terms: customer.payment_terms,
            payment_terms_days: customer.payment_terms_days,
            city: customer.city,
            lat: customer.lat,
            lon: customer.lon,
            phone: customer.phone,
            tax_id: customer.tax_id,
            ended_on: customer.ended_on,
            version: customer.version,
        }
    }
}

/// A customer to create. Only code and name are needed; the currency is the company's if left out.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomerJson {
    code: String,
    name: String,
    #[serde(default)]
    name_local: Option<String>,
    #[serde(default)]
    group: Option<String>,
    /// The person who looks after it, from the beginning. A sales person owns what they add.
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    payer: Option<String>,
    #[serde(default)]
    currency: Option<String>,
    /// The code of payment terms; or `payment_terms_days`, not both.
    #[serde(default)]
    payment_terms: Option<String>,
    #[serde(default)]
    payment_terms_days: Option<i64>,
    #[serde(default)]
    city: Option<String>,
    /// Degrees, north positive.
    #[serde(default)]
    lat: Option<f64>,
    /// Degrees, east positive.
    #[serde(default)]
    lon: Option<f64>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    tax_id: Option<String>,
}

/// What of a customer can be changed; what is left out stays, `null` empties.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChangeJson {
    /// Another code; the old one goes on answering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    name_local: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    group: Change<String>,
    /// A new owner looks after it from today on; the days before stay with the old one.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    owner: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    parent: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    payer: Change<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// Other payment terms hold from today on; a number of days takes their place and they its.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    payment_terms: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<i64>)]
    payment_terms_days: Change<i64>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    city: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<f64>)]
    lat: Change<f64>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<f64>)]
    lon: Change<f64>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    phone: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    tax_id: Change<String>,
    /// The day from which it is no customer any more; `null` takes the end back.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    ended_on: Change<String>,
}

/// The questions a list of customers takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CustomersQuery {
    pub q: String,
    pub unit: String,
    pub owner: String,
    pub status: String,
    pub group: String,
    /// `name`, `code`, `group`, `city`, `owner` or `last`, with `-` before it for the other way round.
    pub sort: String,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

impl CustomersQuery {
    fn page(&self) -> std::result::Result<(Limit, Cursor), Refusal> {
        Ok((
            Limit::parse(self.limit)?,
            Cursor::parse(self.cursor.as_deref())?,
        ))
    }

    fn filter(&self) -> std::result::Result<Filter, Refusal> {
        if !matches!(self.status.as_str(), "" | "active" | "ended" | "all") {
            let message = format!("“{}” is not active, ended or all.", self.status);
            let kind = kernel::refusal::Kind::Malformed;
            return Err(Refusal::new(kind, "query.status", message).at("status"));
        }
        Ok(Filter {
            q: self.q.clone(),
            group: self.group.clone(),
            owner: self.owner.clone(),
            unit: self.unit.clone(),
            status: self.status.clone(),
            sort: Some(Sort::parse(
                &self.sort,
                &customers::SORTS,
                customers::USUAL,
            )?),
        })
    }

    /// What is asked, for the links of the page.
    fn asked(&self) -> Asked {
        let limit = self.limit.map(|rows| rows.to_string()).unwrap_or_default();
        let conditions = [
            ("q", self.q.as_str()),
            ("group", &self.group),
            ("owner", &self.owner),
            ("unit", &self.unit),
            ("status", &self.status),
            ("sort", &self.sort),
            ("limit", &limit),
        ];
        Asked::of("/customers", &conditions)
    }
}

/// Customers in scope, by name unless `sort` says otherwise. `unit` means everybody who sits in its sub-tree; `status` is
/// `active` (the default), `ended` or `all`.
#[utoipa::path(get, path = "/api/v1/customers", tag = "book", responses((status = 200, body = Page<CustomerJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<CustomersQuery>,
) -> Result<Json<Page<CustomerJson>>> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let found =
        customers::list(&mut tx, &actor.scope, &filter, kit.today(), limit, &cursor).await?;
    Ok(Json(Page::of(found, CustomerJson::from)))
}

/// One customer.
#[utoipa::path(get, path = "/api/v1/customers/{code}", tag = "book", responses((status = 200, body = CustomerJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    Ok(api::versioned(
        customer.version,
        &CustomerJson::from(customer),
    ))
}

/// Creates a customer.
#[utoipa::path(post, path = "/api/v1/customers", tag = "book", request_body = NewCustomerJson, responses((status = 201, body = CustomerJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewCustomerJson>) -> Result<Response> {
    ask.actor.may(&MAY_ADD)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(intake::add(tx, ask))).await
}

/// Changes a customer. A new owner, parent or payer and other payment
/// terms begin today; under a new code it goes on
/// answering to the old one.
#[utoipa::path(patch, path = "/api/v1/customers/{code}", tag = "book", request_body = CustomerChangeJson, responses((status = 200, body = CustomerJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<CustomerChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| {
        Box::pin(intake::change(tx, ask))
    })
    .await
}

/// Deletes a customer of which nothing is recorded; the others are ended.
#[utoipa::path(delete, path = "/api/v1/customers/{code}", tag = "book", responses((status = 200, body = CustomerJson), (status = 409)))]
pub async fn remove(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<StepJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| {
        Box::pin(intake::delete(tx, ask))
    })
    .await
}
