//! `/orders` and `/api/v1/orders`: what customers ordered, line by line, and who earned it.

pub mod acting;
pub mod amendment;
pub mod bulk;
mod calling;
pub mod course;
mod drawing_up;
pub mod list_page;
mod shapes;
pub mod sheet_page;

use axum::{extract::State, response::Response};
use db::{Cursor, Limit, Sort, Tx};
use kernel::{Refusal, Role};
use org::{
    api::{self, Ask, Page},
    store::company,
};
use page::{Actor, Asked, Json, Kit, Path, Query, Result};
use serde::Deserialize;

pub(in crate::web) use drawing_up::{
    Buying, accept_currency, accept_date, created, drafts, draw_up,
};
pub use shapes::{
    CallOffJson, CreditJson, LineJson, NewLineJson, NewOrderJson, NewShareJson, OrderChangeJson,
    OrderJson, OrderRowJson, StatusJson,
};

use super::accepted;
use crate::{
    RateId,
    store::{
        orders::{self, Filter, Order},
        rates,
    },
};

/// Who may enter orders; a sales person for own customers.
const MAY_ENTER: [Role; 4] = [Role::Administrator, Role::Manager, Role::Finance, Role::Rep];

/// The states of an order.
pub const STATUSES: [&str; 5] = ["draft", "held", "confirmed", "closed", "cancelled"];

/// The questions a list of orders takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrdersQuery {
    pub q: String,
    pub unit: String,
    pub owner: String,
    pub status: String,
    pub customer: String,
    pub group: String,
    pub currency: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// `number`, `date`, `customer` or `net`, with `-` before it for the other way round.
    pub sort: String,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

impl OrdersQuery {
    fn page(&self) -> std::result::Result<(Limit, Cursor), Refusal> {
        Ok((
            Limit::parse(self.limit)?,
            Cursor::parse(self.cursor.as_deref())?,
        ))
    }

    pub(super) fn filter(&self) -> std::result::Result<Filter, Refusal> {
        let malformed = kernel::refusal::Kind::Malformed;
        if !self.status.is_empty() && !STATUSES.contains(&self.status.as_str()) {
            let message = format!("“{}” is not one of {}.", self.status, STATUSES.join(", "));
            return Err(Refusal::new(malformed, "query.status", message).at("status"));
        }
        let sort = Sort::parse(&self.sort, &orders::SORTS, orders::SHAPE.usual)?;
        Ok(Filter {
            q: self.q.clone(),
            status: self.status.clone(),
            customer: self.customer.clone(),
            group: self.group.clone(),
            owner: self.owner.clone(),
            unit: self.unit.clone(),
            currency: self.currency.clone(),
            from: accepted::query_day(&self.from, "from")?,
            to: accepted::query_day(&self.to, "to")?,
            sort: Some(sort),
            ..Filter::default()
        })
    }

    /// What is asked, for the links of the page.
    fn asked(&self) -> Asked {
        let limit = self.limit.map(|rows| rows.to_string()).unwrap_or_default();
        let conditions = [
            ("q", self.q.as_str()),
            ("status", &self.status),
            ("customer", &self.customer),
            ("group", &self.group),
            ("owner", &self.owner),
            ("unit", &self.unit),
            ("currency", &self.currency),
            ("from", &self.from),
            ("to", &self.to),
            ("sort", &self.sort),
            ("limit", &limit),
        ];
        Asked::of("/orders", &conditions)
    }
}

/// Orders of customers in scope, newest first unless `sort` says otherwise. `q` begins the number or is
/// part of a customer's name; `owner` and `unit` mean the customer's owner today.
#[utoipa::path(get, path = "/api/v1/orders", tag = "book", responses((status = 200, body = Page<OrderRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<OrdersQuery>,
) -> Result<Json<Page<OrderRowJson>>> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let mut tx = kit.db.read().await?;
    let found = orders::list(&mut tx, &actor.scope, &filter, kit.today(), limit, &cursor).await?;
    let next_cursor = found.next.as_ref().map(Cursor::write);
    let items = found.items.iter().map(OrderRowJson::of);
    let items = items.collect::<std::result::Result<Vec<_>, Refusal>>()?;
    Ok(Json(Page { items, next_cursor }))
}

/// One order with its lines and credit. A draft shows the split that was entered with it; the
/// credit is frozen when it is confirmed.
#[utoipa::path(get, path = "/api/v1/orders/{number}", tag = "book", responses((status = 200, body = OrderJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let order = orders::fetch(&mut tx, &actor.scope, &number, kit.today()).await?;
    let shown = shown(&mut tx, &order).await?;
    Ok(api::versioned(order.version, &shown))
}

/// An order with everything that belongs to it.
async fn shown(tx: &mut Tx, order: &Order) -> db::Result<OrderJson> {
    let lines = orders::lines(tx, order.order()).await?;
    let credit = if order.status == "draft" {
        let planned = orders::planned(tx, order.order(), order.date()).await?;
        planned.into_iter().map(CreditJson::from).collect()
    } else {
        let frozen = orders::credit(tx, order.order()).await?;
        frozen.into_iter().map(CreditJson::from).collect()
    };
    let base = company::expect(tx).await?.currency;
    let rated = match order.rate_id {
        Some(id) => Some(rates::by_id(tx, RateId::of(id), base).await?),
        None => None,
    };
    Ok(OrderJson::of(
        order,
        &lines,
        credit,
        (base, rated.as_ref()),
    )?)
}

/// Creates a draft order.
#[utoipa::path(post, path = "/api/v1/orders", tag = "book", request_body = NewOrderJson, responses((status = 201, body = OrderJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewOrderJson>) -> Result<Response> {
    ask.actor.may(&MAY_ENTER)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(drawing_up::add(tx, ask))).await
}
