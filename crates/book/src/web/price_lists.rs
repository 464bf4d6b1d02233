//! `/api/v1/price-lists`: prices that belong together, and who buys by them.

use axum::{extract::State, response::Response};
use db::Tx;
use jiff::civil::Date;
use kernel::{Code, Currency, Role, times::BEGINNING};
use org::{
    api::{self, Ask, ListQuery, Page, accept_name},
    store::company,
    web::units::taken,
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::{accepted, change::Change, references};
use crate::{
    pricing::accept_span,
    store::{
        groups::Of,
        price_lists::{self, Buyer, Fields, PriceList, Use},
    },
};

/// Who may set up price lists.
const MAY_CHANGE: [Role; 2] = [Role::Administrator, Role::Finance];

/// A price list as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceListJson {
    code: String,
    name: String,
    name_local: Option<String>,
    currency: String,
    /// Whether its prices have the tax in them.
    gross: bool,
    version: i64,
}

impl From<&PriceList> for PriceListJson {
    fn from(list: &PriceList) -> PriceListJson {
        PriceListJson {
            code: list.code.clone(),
            name: list.name.clone(),
            name_local: list.name_local.clone(),
            currency: list.currency.clone(),
            gross: list.is_gross == 1,
            version: list.version,
        }
    }
}

/// A price list to create.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPriceListJson {
    code: String,
    name: String,
    #[serde(default)]
    name_local: Option<String>,
    /// The company's if left out.
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    gross: bool,
}

/// What of a price list can be changed; what is left out stays, `null` empties. Its currency and
/// whether it is gross stay, because its prices are written in them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceListChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    name_local: Change<String>,
}

/// Who buys by a list, from when to when. One of `customer` and `group` is set.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListUseJson {
    #[serde(default)]
    customer: Option<String>,
    /// A customer group.
    #[serde(default)]
    group: Option<String>,
    /// Today if left out; null in an answer is the beginning.
    #[serde(default)]
    from: Option<String>,
    /// The first day no longer; none until further notice.
    #[serde(default)]
    to: Option<String>,
}

impl From<Use> for ListUseJson {
    fn from(row: Use) -> ListUseJson {
        let beginning = BEGINNING.to_string();
        ListUseJson {
            customer: row.customer_code,
            group: row.group_code,
            from: Some(row.valid_from).filter(|day| *day != beginning),
            to: row.valid_to,
        }
    }
}

/// Price lists, by name.
#[utoipa::path(get, path = "/api/v1/price-lists", tag = "book", responses((status = 200, body = Page<PriceListJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    _actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<PriceListJson>>> {
    let (limit, cursor) = query.page()?;
    let mut tx = kit.db.read().await?;
    let found = price_lists::page(&mut tx, limit, &cursor).await?;
    Ok(Json(Page::of(found, |list| PriceListJson::from(&list))))
}

/// One price list.
#[utoipa::path(get, path = "/api/v1/price-lists/{code}", tag = "book", responses((status = 200, body = PriceListJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    _actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let list = price_lists::fetch(&mut tx, &code).await?;
    Ok(api::versioned(list.version, &PriceListJson::from(&list)))
}

/// Creates a price list.
#[utoipa::path(post, path = "/api/v1/price-lists", tag = "book", request_body = NewPriceListJson, responses((status = 201, body = PriceListJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewPriceListJson>) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewPriceListJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let code = Code::parse(&body.code).map_err(|no| no.at("code"))?;
    let local = body.name_local.as_deref().unwrap_or_default();
    let fields = Fields {
        code: code.clone(),
        name: accept_name(&body.name, "name")?,
        name_local: accepted::text(local, "name_local")?,
        currency: match &body.currency {
            Some(code) => Currency::parse(code).map_err(|no| no.at("currency"))?,
            None => company::expect(tx).await?.currency,
        },
        is_gross: body.gross,
    };
    let added = price_lists::add(tx, &fields).await;
    added.map_err(|error| taken(error, "price list", code.as_str()))?;
    let shown = PriceListJson::from(&price_lists::fetch(tx, code.as_str()).await?);
    let entry = Entry {
        action: "create",
        noun: "price list",
        subject: code.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        page::address("/api/v1/price-lists", code.as_str()),
        &shown,
    ))
}

/// Renames a price list.
#[utoipa::path(patch, path = "/api/v1/price-lists/{code}", tag = "book", request_body = PriceListChangeJson, responses((status = 200, body = PriceListJson), (status = 404), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<PriceListChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(rename(tx, ask))).await
}

async fn rename(tx: &mut Tx, ask: &Ask<PriceListChangeJson>) -> db::Result<Answer> {
    let list = price_lists::fetch(tx, &ask.subject).await?;
    ask.fresh(list.version)?;
    let name = accept_name(ask.body.name.as_deref().unwrap_or(&list.name), "name")?;
    let local = ask.body.name_local.or(list.name_local.clone());
    let name_local = accepted::text(local.as_deref().unwrap_or_default(), "name_local")?;
    price_lists::rename(tx, &list, &name, name_local).await?;
    let shown = PriceListJson::from(&price_lists::fetch(tx, &list.code).await?);
    let entry = Entry {
        action: "change",
        noun: "price list",
        subject: &list.code,
        before: serde_json::to_value(PriceListJson::from(&list)).ok(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// Who buys by a list: groups, and customers in scope.
#[utoipa::path(get, path = "/api/v1/price-lists/{code}/uses", tag = "book", responses((status = 200, body = Page<ListUseJson>), (status = 404)))]
pub async fn uses(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
) -> Result<Json<Page<ListUseJson>>> {
    let mut tx = kit.db.read().await?;
    let list = price_lists::fetch(&mut tx, &code).await?;
    let found = price_lists::uses(&mut tx, list.list(), &actor.scope, kit.today()).await?;
    Ok(Json(Page {
        items: found.into_iter().map(ListUseJson::from).collect(),
        next_cursor: None,
    }))
}

/// Lets a customer or a group buy by a list, in place of any other list of the same currency.
#[utoipa::path(post, path = "/api/v1/price-lists/{code}/uses", tag = "book", request_body = ListUseJson, responses((status = 201, body = ListUseJson), (status = 404), (status = 422)))]
pub async fn let_use(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<ListUseJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(use_list(tx, ask))).await
}

async fn use_list(tx: &mut Tx, ask: &Ask<ListUseJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let list = price_lists::fetch(tx, &ask.subject).await?;
    let buyer = buyer(tx, ask).await?;
    let span = accept_days(body.from.as_deref(), body.to.as_deref(), ask.today)?;
    price_lists::let_use(tx, &list, buyer, span, ask.now).await?;
    let shown = ListUseJson {
        from: Some(span.0.to_string()),
        ..body.clone()
    };
    let entry = Entry {
        action: "let use",
        noun: "price list",
        subject: &list.code,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let place = page::address("/api/v1/price-lists", &list.code);
    Ok(api::created(format!("{place}/uses"), &shown))
}

async fn buyer(tx: &mut Tx, ask: &Ask<ListUseJson>) -> db::Result<Buyer> {
    match (&ask.body.customer, &ask.body.group) {
        (Some(code), None) => {
            let scope = &ask.actor.scope;
            let customer = references::customer(tx, scope, "customer", code, ask.today).await?;
            Ok(Buyer::Customer(customer.customer()))
        }
        (None, Some(code)) => {
            let group = references::group(tx, Of::Customers, Some(code)).await?;
            Ok(Buyer::Group(group.unwrap_or(0)))
        }
        _ => {
            let message = "Name either a customer or a customer group.";
            Err(kernel::Refusal::value("price_list.buyer", message)
                .at("customer")
                .into())
        }
    }
}

/// The days asked for; from today unless said otherwise.
pub(super) fn accept_days(
    from: Option<&str>,
    to: Option<&str>,
    today: Date,
) -> std::result::Result<(Date, Option<Date>), kernel::Refusal> {
    let from = match from {
        Some(text) => accepted::day(text).map_err(|no| no.at("from"))?,
        None => today,
    };
    let to = to.map(accepted::day).transpose();
    let to = to.map_err(|no| no.at("to"))?;
    accept_span(from, to)?;
    Ok((from, to))
}
