//! `/api/v1/prices` and `/api/v1/special-prices`: what lists and agreements say, and which of it counts.

use axum::{extract::State, response::Response};
use db::{Cursor, Limit, Tx};
use jiff::civil::Date;
use kernel::{Currency, Moment, Percent, Price, Quantity, Refusal, Role, refusal::Kind};
use org::{
    api::{self, Ask, Page},
    store::company,
};
use page::{Actor, Json, Kit, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::{accepted, price_lists::accept_days, rates::accept_known_at, references};
use crate::{
    pricing::{self, Origin},
    store::{
        customers::Customer,
        price_lists,
        prices::{self, Filter, Key, Listed, Of, Priced, Question},
    },
};

/// Who may set the prices of lists.
const MAY_PRICE: [Role; 2] = [Role::Administrator, Role::Finance];
/// Who may agree on special prices, for customers in scope.
const MAY_AGREE: [Role; 3] = [Role::Administrator, Role::Finance, Role::Manager];

/// A price of a list, with its days.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceJson {
    list: String,
    product: String,
    /// The least quantity it is for.
    from_quantity: String,
    currency: String,
    /// A decimal with up to six places; none where the price was ended.
    price: Option<String>,
    /// None from the beginning.
    from: Option<String>,
    /// The first day it no longer holds; none until further notice.
    to: Option<String>,
}

/// A special price, with its days and its reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpecialPriceJson {
    customer: Option<String>,
    project: Option<String>,
    product: String,
    from_quantity: String,
    currency: String,
    price: Option<String>,
    reason: String,
    from: Option<String>,
    to: Option<String>,
}

fn beginning(day: String) -> Option<String> {
    Some(day).filter(|day| *day != kernel::times::BEGINNING.to_string())
}

impl From<Listed> for PriceJson {
    fn from(row: Listed) -> PriceJson {
        PriceJson {
            list: row.list_code.unwrap_or_default(),
            product: row.product_code,
            from_quantity: Quantity::of_millionths(row.from_quantity).to_string(),
            currency: row.currency,
            price: Some(Price::of_millionths(row.price).to_string()),
            from: beginning(row.valid_from),
            to: row.valid_to,
        }
    }
}

impl From<Listed> for SpecialPriceJson {
    fn from(row: Listed) -> SpecialPriceJson {
        SpecialPriceJson {
            customer: row.customer_code,
            project: Some(row.project).filter(|project| !project.is_empty()),
            product: row.product_code,
            from_quantity: Quantity::of_millionths(row.from_quantity).to_string(),
            currency: row.currency,
            price: Some(Price::of_millionths(row.price).to_string()),
            reason: row.reason,
            from: beginning(row.valid_from),
            to: row.valid_to,
        }
    }
}

/// A price to set for its days, in place of what held in them. A past day corrects the past.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPriceJson {
    list: String,
    product: String,
    #[serde(default)]
    from_quantity: Option<String>,
    /// None ends the price.
    price: Option<String>,
    /// Today if left out.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// A special price to set for its days. `customer` or `project` is named, or both.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSpecialPriceJson {
    #[serde(default)]
    customer: Option<String>,
    #[serde(default)]
    project: Option<String>,
    product: String,
    #[serde(default)]
    from_quantity: Option<String>,
    /// The company's if left out. What is agreed in another currency stays.
    #[serde(default)]
    currency: Option<String>,
    /// None ends the price in this currency.
    price: Option<String>,
    reason: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// The questions a list of prices takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PricesQuery {
    list: String,
    customer: String,
    project: String,
    product: String,
    on: String,
    known_at: String,
    limit: Option<i64>,
    cursor: Option<String>,
}

impl PricesQuery {
    fn page(&self) -> std::result::Result<(Limit, Cursor), Refusal> {
        Ok((
            Limit::parse(self.limit)?,
            Cursor::parse(self.cursor.as_deref())?,
        ))
    }

    fn filter(&self) -> std::result::Result<Filter, Refusal> {
        let on = Some(self.on.as_str()).filter(|day| !day.is_empty());
        Ok(Filter {
            list: self.list.clone(),
            customer: self.customer.clone(),
            project: self.project.clone(),
            product: self.product.clone(),
            on: on
                .map(accepted::day)
                .transpose()
                .map_err(|no| no.at("on"))?,
            known_at: accept_known_at(&self.known_at)?,
        })
    }
}

/// Prices of lists, in the order they were recorded; with `on`, those that hold on a day.
#[utoipa::path(get, path = "/api/v1/prices", tag = "book", responses((status = 200, body = Page<PriceJson>), (status = 422)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<PricesQuery>,
) -> Result<Json<Page<PriceJson>>> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let at = (limit, &cursor);
    let found = prices::page(&mut tx, Of::Lists, &actor.scope, &filter, kit.today(), at).await?;
    Ok(Json(Page::of(found, PriceJson::from)))
}

/// Special prices of customers in scope and of projects, in the order they were recorded.
#[utoipa::path(get, path = "/api/v1/special-prices", tag = "book", responses((status = 200, body = Page<SpecialPriceJson>), (status = 422)))]
pub async fn specials(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<PricesQuery>,
) -> Result<Json<Page<SpecialPriceJson>>> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let at = (limit, &cursor);
    let found = prices::page(
        &mut tx,
        Of::Specials,
        &actor.scope,
        &filter,
        kit.today(),
        at,
    )
    .await?;
    Ok(Json(Page::of(found, SpecialPriceJson::from)))
}

/// Sets a price of a list for its days. What was known before can still be asked for.
#[utoipa::path(post, path = "/api/v1/prices", tag = "book", request_body = NewPriceJson, responses((status = 201, body = PriceJson), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewPriceJson>) -> Result<Response> {
    ask.actor.may(&MAY_PRICE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(set(tx, ask))).await
}

async fn set(tx: &mut Tx, ask: &Ask<NewPriceJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let list = price_lists::fetch(tx, &body.list).await;
    let list =
        list.map_err(|error| references::at_field(error, "list", "price list", &body.list))?;
    let product = references::product(tx, "product", &body.product, ask.today).await?;
    let key = Key {
        list: Some(list.list()),
        customer: None,
        project: String::new(),
        product: product.product(),
        from_quantity: accept_from_quantity(body.from_quantity.as_deref())?,
    };
    let span = accept_days(body.from.as_deref(), body.to.as_deref(), ask.today)?;
    let currency = Currency::parse(&list.currency)?;
    let price = accept_price(body.price.as_deref())?;
    put(tx, ask, (&key, price), (currency, ""), span).await?;
    let shown = PriceJson {
        list: list.code,
        product: product.code,
        from_quantity: key.from_quantity.to_string(),
        currency: currency.code().to_owned(),
        price: price.map(|price| price.to_string()),
        from: Some(span.0.to_string()),
        to: span.1.map(|day| day.to_string()),
    };
    let subject = format!("{} {}", shown.list, shown.product);
    let entry = Entry {
        action: "set",
        noun: "price",
        subject: &subject,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let place = format!(
        "/api/v1/prices?list={}&product={}",
        shown.list, shown.product
    );
    Ok(api::created(place, &shown))
}

/// Records the price, or ends it where there is none.
async fn put<B>(
    tx: &mut Tx,
    ask: &Ask<B>,
    (key, price): (&Key, Option<Price>),
    (currency, reason): (Currency, &str),
    (from, to): (Date, Option<Date>),
) -> db::Result<()> {
    let Some(price) = price else {
        return prices::end(tx, key, currency, (from, to), ask.now)
            .await
            .map(drop);
    };
    let new = Priced {
        price,
        currency,
        reason: reason.to_owned(),
        from,
        to,
    };
    prices::set(tx, key, &new, ask.now).await.map(drop)
}

/// Sets a special price for its days.
#[utoipa::path(post, path = "/api/v1/special-prices", tag = "book", request_body = NewSpecialPriceJson, responses((status = 201, body = SpecialPriceJson), (status = 422)))]
pub async fn agree(State(kit): State<Kit>, ask: Ask<NewSpecialPriceJson>) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(set_special(tx, ask))).await
}

async fn set_special(tx: &mut Tx, ask: &Ask<NewSpecialPriceJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let customer = match &body.customer {
        Some(code) => Some(references::customer(tx, scope, "customer", code, ask.today).await?),
        None => None,
    };
    let project = accept_project(body.project.as_deref())?;
    if customer.is_none() && project.is_none() {
        let message = "A special price is for a customer, a project, or both. Name one.";
        return Err(Refusal::value("price.for_nobody", message)
            .at("customer")
            .into());
    }
    // It holds for every customer's part in the project, in reach or not.
    if customer.is_none() && !scope.is_all() {
        let message = "A price for whoever buys for a project is set by those who see all customers. \
                       Name the customer it is for, or ask finance.";
        return Err(Refusal::new(Kind::Forbidden, "price.for_all", message)
            .at("customer")
            .into());
    }
    let product = references::product(tx, "product", &body.product, ask.today).await?;
    let key = Key {
        list: None,
        customer: customer.as_ref().map(Customer::customer),
        project: project.clone().unwrap_or_default(),
        product: product.product(),
        from_quantity: accept_from_quantity(body.from_quantity.as_deref())?,
    };
    let span = accept_days(body.from.as_deref(), body.to.as_deref(), ask.today)?;
    let currency = match &body.currency {
        Some(code) => Currency::parse(code).map_err(|no| no.at("currency"))?,
        None => company::expect(tx).await?.currency,
    };
    let price = accept_price(body.price.as_deref())?;
    let reason = org::api::accept_name(&body.reason, "reason")?;
    put(tx, ask, (&key, price), (currency, &reason), span).await?;
    let shown = SpecialPriceJson {
        customer: customer.map(|one| one.code),
        project,
        product: product.code,
        from_quantity: key.from_quantity.to_string(),
        currency: currency.code().to_owned(),
        price: price.map(|price| price.to_string()),
        reason,
        from: Some(span.0.to_string()),
        to: span.1.map(|day| day.to_string()),
    };
    let entry = Entry {
        action: "set",
        noun: "special price",
        subject: &shown.product,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let place = format!("/api/v1/special-prices?product={}", shown.product);
    Ok(api::created(place, &shown))
}

/// A project as it is named, at most 200 characters.
pub(super) fn accept_project(text: Option<&str>) -> std::result::Result<Option<String>, Refusal> {
    accepted::text(text.unwrap_or_default(), "project")
}

pub(crate) fn accept_from_quantity(text: Option<&str>) -> std::result::Result<Quantity, Refusal> {
    let Some(text) = text else {
        return Ok(Quantity::ZERO);
    };
    let quantity = Quantity::parse(text).map_err(|no| no.at("from_quantity"))?;
    if quantity < Quantity::ZERO {
        let message = format!("{quantity} is below zero. A price is for so many or more.");
        return Err(Refusal::value("quantity.negative", message).at("from_quantity"));
    }
    Ok(quantity)
}

fn accept_price(text: Option<&str>) -> std::result::Result<Option<Price>, Refusal> {
    let price = text.map(accepted::price).transpose();
    price.map_err(|no| no.at("price"))
}

/// Which price is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FindQuery {
    customer: String,
    product: String,
    quantity: String,
    currency: String,
    project: String,
    tax_percent: String,
    on: String,
    known_at: String,
}

/// The price a line would take, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPriceJson {
    /// Before tax, for one unit.
    unit_price: String,
    currency: String,
    #[serde(flatten)]
    origin: OriginJson,
}

/// Why a price is what it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OriginJson {
    /// `special`, `customer_list`, `group_list`, `list_price`, `agreed` or `given`.
    #[serde(rename = "price_rule")]
    rule: String,
    /// The code of the list or document, or the reason of a special price.
    #[serde(rename = "price_source")]
    source: Option<String>,
    /// The day from which the price holds; none from the beginning.
    #[serde(rename = "price_since")]
    since: Option<String>,
}

impl From<&Origin> for OriginJson {
    fn from(origin: &Origin) -> OriginJson {
        OriginJson {
            rule: origin.rule.word().to_owned(),
            source: origin.source.clone(),
            since: origin.since.and_then(|day| beginning(day.to_string())),
        }
    }
}

/// The price a line of a document would take on a day, as known at an instant, and why.
#[utoipa::path(get, path = "/api/v1/prices/find", tag = "book",
    params(("customer" = String, description = "The code of a customer."), ("product" = String, description = "The code of a product."),
        ("quantity" = String, description = "How many; 1 if left out."), ("currency" = String, description = "The document's currency; the company's if left out."),
        ("project" = String, description = "The project the document is for."), ("tax_percent" = String, description = "The line's tax, for lists whose prices have it in them."),
        ("on" = String, description = "The document's day; today by default."), ("known_at" = String, description = "What was known at this instant (RFC 3339); everything by default.")),
    responses((status = 200, body = FoundPriceJson), (status = 422)))]
pub async fn find(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<FindQuery>,
) -> Result<Json<FoundPriceJson>> {
    let mut tx = kit.db.read().await?;
    let today = kit.today();
    let on = match query.on.as_str() {
        "" => today,
        text => accepted::day(text).map_err(|no| no.at("on"))?,
    };
    let customer =
        references::customer(&mut tx, &actor.scope, "customer", &query.customer, today).await?;
    let product = references::product(&mut tx, "product", &query.product, today).await?;
    let currency = match query.currency.as_str() {
        "" => company::expect(&mut tx).await?.currency,
        code => Currency::parse(code).map_err(|no| no.at("currency"))?,
    };
    let quantity = match query.quantity.as_str() {
        "" => Quantity::of_whole(1),
        text => accepted::quantity(text).map_err(|no| no.at("quantity"))?,
    };
    let tax = match query.tax_percent.as_str() {
        "" => Percent::ZERO,
        text => accepted::percent(text).map_err(|no| no.at("tax_percent"))?,
    };
    let question = Question {
        customer: customer.customer(),
        product: product.product(),
        project: &query.project,
        moment: Moment {
            as_of: on,
            known_at: accept_known_at(&query.known_at)?,
        },
    };
    let candidates = prices::candidates(&mut tx, question).await?;
    let found = pricing::find(&candidates, &product.code, quantity, tax, currency)?;
    Ok(Json(FoundPriceJson {
        unit_price: found.unit_price.to_string(),
        currency: currency.code().to_owned(),
        origin: OriginJson::from(&found.origin),
    }))
}
