//! `/products` and `/api/v1/products`: what we sell and at which list price.

pub mod page;

use ::page::{Actor, Asked, Json, Kit, Path, Query, Result};
use axum::{extract::State, response::Response};
use db::{Cursor, Limit, Sort, Tx};
use kernel::{Code, Currency, Price, Refusal, Role};
use org::{
    api::{self, Ask, Page, accept_name},
    store::company,
    web::units::taken,
};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::{accepted, change::Change, references};
use crate::store::{
    former_codes::{self, Noun},
    groups::Of,
    products::{self, Fields, Filter, Product},
};

/// Who may add and change products.
const MAY_CHANGE: [Role; 2] = [Role::Administrator, Role::Finance];

/// A product as the API shows it, with today's prices.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductJson {
    code: String,
    name: String,
    name_local: Option<String>,
    group: Option<String>,
    currency: String,
    /// A decimal, `"2024.994"`.
    list_price: Option<String>,
    cost: Option<String>,
    /// The day from which it is sold no more.
    ended_on: Option<String>,
    version: i64,
}

impl From<Product> for ProductJson {
    fn from(product: Product) -> ProductJson {
        let price = |millionths| Price::of_millionths(millionths).to_string();
        ProductJson {
            code: product.code,
            name: product.name,
            name_local: product.name_local,
            group: product.group_code,
            currency: product.currency,
            list_price: product.list_price.map(price),
            cost: product.cost.map(price),
            ended_on: product.ended_on,
            version: product.version,
        }
    }
}

/// A product to create. Its first prices hold from the beginning.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProductJson {
    code: String,
    name: String,
    #[serde(default)]
    name_local: Option<String>,
    #[serde(default)]
    group: Option<String>,
    #[serde(default)]
    list_price: Option<String>,
    #[serde(default)]
    cost: Option<String>,
    /// The company's if left out.
    #[serde(default)]
    currency: Option<String>,
}

/// What of a product can be changed; what is left out stays, `null` empties. New prices hold from
/// today on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductChangeJson {
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
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    list_price: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    cost: Change<String>,
    /// The day from which it is sold no more; `null` takes the end back.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    ended_on: Change<String>,
}

/// The questions a list of products takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProductsQuery {
    pub q: String,
    pub group: String,
    /// `name`, `code`, `group` or `price`, with `-` before it for the other way round.
    pub sort: String,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

impl ProductsQuery {
    fn page(&self) -> std::result::Result<(Limit, Cursor), Refusal> {
        Ok((
            Limit::parse(self.limit)?,
            Cursor::parse(self.cursor.as_deref())?,
        ))
    }

    pub(super) fn filter(&self) -> std::result::Result<Filter, Refusal> {
        Ok(Filter {
            q: self.q.clone(),
            group: self.group.clone(),
            sort: Some(Sort::parse(&self.sort, &products::SORTS, products::USUAL)?),
        })
    }

    /// What is asked, for the links of the page.
    fn asked(&self) -> Asked {
        let limit = self.limit.map(|rows| rows.to_string()).unwrap_or_default();
        let conditions = [
            ("q", self.q.as_str()),
            ("group", &self.group),
            ("sort", &self.sort),
            ("limit", &limit),
        ];
        Asked::of("/products", &conditions)
    }
}

/// Products, by name unless `sort` says otherwise.
#[utoipa::path(get, path = "/api/v1/products", tag = "book", responses((status = 200, body = Page<ProductJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    _actor: Actor,
    Query(query): Query<ProductsQuery>,
) -> Result<Json<Page<ProductJson>>> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let found = products::list(&mut tx, &filter, kit.today(), limit, &cursor).await?;
    Ok(Json(Page::of(found, ProductJson::from)))
}

/// One product.
#[utoipa::path(get, path = "/api/v1/products/{code}", tag = "book", responses((status = 200, body = ProductJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    _actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let product = products::fetch(&mut tx, &code, kit.today()).await?;
    Ok(api::versioned(product.version, &ProductJson::from(product)))
}

/// Creates a product.
#[utoipa::path(post, path = "/api/v1/products", tag = "book", request_body = NewProductJson, responses((status = 201, body = ProductJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewProductJson>) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewProductJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let code = Code::parse(&body.code).map_err(|no| no.at("code"))?;
    let local = body.name_local.as_deref().unwrap_or_default();
    let fields = Fields {
        code: code.clone(),
        name: accept_name(&body.name, "name")?,
        name_local: accepted::text(local, "name_local")?,
        group: references::group(tx, Of::Products, body.group.as_deref()).await?,
        currency: match &body.currency {
            Some(code) => Currency::parse(code).map_err(|no| no.at("currency"))?,
            None => company::expect(tx).await?.currency,
        },
    };
    let list_price = accept_price(body.list_price.as_deref(), "list_price")?;
    let cost = accept_price(body.cost.as_deref(), "cost")?;
    let id = products::add(tx, &fields)
        .await
        .map_err(|error| taken(error, "product", code.as_str()))?;
    if list_price.is_some() || cost.is_some() {
        products::set_price(tx, id, list_price, cost, ask.today, ask.now).await?;
    }
    let shown = ProductJson::from(products::fetch(tx, code.as_str(), ask.today).await?);
    let entry = Entry {
        action: "create",
        noun: "product",
        subject: code.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        ::page::address("/api/v1/products", code.as_str()),
        &shown,
    ))
}

/// Changes a product. New prices hold from today on.
#[utoipa::path(patch, path = "/api/v1/products/{code}", tag = "book", request_body = ProductChangeJson, responses((status = 200, body = ProductJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<ProductChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(save(tx, ask))).await
}

async fn save(tx: &mut Tx, ask: &Ask<ProductChangeJson>) -> db::Result<Answer> {
    let product = products::fetch(tx, &ask.subject, ask.today).await?;
    ask.fresh(product.version)?;
    let fields = changed_fields(tx, &ask.body, &product).await?;
    rename(tx, ask, &product, &fields.code).await?;
    products::save(tx, product.product(), &fields, product.version)
        .await
        .map_err(|error| taken(error, "product", fields.code.as_str()))?;
    change_price(tx, ask, &product).await?;
    change_end(tx, ask, &product).await?;
    let code = fields.code.to_string();
    let before = serde_json::to_value(ProductJson::from(product)).ok();
    let shown = ProductJson::from(products::fetch(tx, &code, ask.today).await?);
    let entry = Entry {
        action: "change",
        noun: "product",
        subject: &code,
        before,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// The old code goes on answering.
async fn rename(
    tx: &mut Tx,
    ask: &Ask<ProductChangeJson>,
    old: &Product,
    code: &Code,
) -> db::Result<()> {
    let before = old.code.to_ascii_lowercase();
    let keys = (before.as_str(), code.folded());
    former_codes::rename(tx, Noun::Product, old.id, (keys.0, &keys.1), ask.now)
        .await
        .map_err(|error| taken(error, "product", code.as_str()))
}

async fn change_end(tx: &mut Tx, ask: &Ask<ProductChangeJson>, old: &Product) -> db::Result<()> {
    let day = match &ask.body.ended_on {
        Change::Keep => return Ok(()),
        Change::Clear => None,
        Change::Set(text) => {
            let day = accepted::day(text).and_then(|day| accepted::document_day(day, ask.today));
            Some(day.map_err(|no| no.at("ended_on"))?)
        }
    };
    products::end(tx, old.product(), day).await
}

async fn changed_fields(
    tx: &mut Tx,
    body: &ProductChangeJson,
    old: &Product,
) -> db::Result<Fields> {
    let group = body.group.or(old.group_code.clone());
    let local = body.name_local.or(old.name_local.clone());
    Ok(Fields {
        code: Code::parse(body.code.as_deref().unwrap_or(&old.code)).map_err(|no| no.at("code"))?,
        name: accept_name(body.name.as_deref().unwrap_or(&old.name), "name")?,
        name_local: accepted::text(local.as_deref().unwrap_or_default(), "name_local")?,
        group: references::group(tx, Of::Products, group.as_deref()).await?,
        currency: Currency::parse(&old.currency)?,
    })
}

async fn change_price(tx: &mut Tx, ask: &Ask<ProductChangeJson>, old: &Product) -> db::Result<()> {
    let old_price = old.list_price.map(Price::of_millionths);
    let old_cost = old.cost.map(Price::of_millionths);
    let list_price = changed_price(&ask.body.list_price, old_price, "list_price")?;
    let cost = changed_price(&ask.body.cost, old_cost, "cost")?;
    if (list_price, cost) == (old_price, old_cost) {
        return Ok(());
    }
    products::set_price(tx, old.product(), list_price, cost, ask.today, ask.now).await
}

fn changed_price(
    change: &Change<String>,
    old: Option<Price>,
    field: &'static str,
) -> std::result::Result<Option<Price>, Refusal> {
    match change {
        Change::Keep => Ok(old),
        Change::Clear => Ok(None),
        Change::Set(text) => accept_price(Some(text), field),
    }
}

fn accept_price(
    text: Option<&str>,
    field: &'static str,
) -> std::result::Result<Option<Price>, Refusal> {
    text.map(accepted::price)
        .transpose()
        .map_err(|no| no.at(field))
}
