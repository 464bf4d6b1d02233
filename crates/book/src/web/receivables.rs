//! `/api/v1/open-items` and `/api/v1/balances`: what is owed, as of any day and as known at any instant.

use axum::extract::State;
use db::{Cursor, Limit};
use jiff::civil::Date;
use kernel::{Currency, Moment, Money, Refusal};
use org::api::Page;
use page::{Actor, Json, Kit, Query, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::documents::moment;
use crate::{
    settlement::open_parts,
    store::invoices::{self, Balance, OpenInvoice},
    terms::Instalment,
};

/// What open items are asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpenQuery {
    pub customer: String,
    pub as_of: Option<String>,
    pub known_at: Option<String>,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

/// An invoice with something open, and which of its instalments.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenItemJson {
    invoice: String,
    customer: String,
    payer: String,
    date: String,
    currency: String,
    gross: String,
    open: String,
    instalments: Vec<OpenInstalmentJson>,
}

/// What is open of an instalment.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenInstalmentJson {
    part: i64,
    due_date: Option<String>,
    /// Days after the due day; below zero while it is not due, null while no day is known.
    days_overdue: Option<i64>,
    open: String,
    retention: bool,
}

/// What a payer owes in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceJson {
    customer: String,
    currency: String,
    /// Open on invoices.
    open: String,
    /// Paid or credited, and not applied to an invoice yet.
    unapplied: String,
    /// Open less unapplied.
    balance: String,
}

/// Invoices with something open, oldest first: as of a day (`as_of`, today if left out) and as known
/// at an instant (`known_at`).
#[utoipa::path(get, path = "/api/v1/open-items", tag = "book", responses((status = 200, body = Page<OpenItemJson>)))]
pub async fn open_items(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<OpenQuery>,
) -> Result<Json<Page<OpenItemJson>>> {
    let today = kit.today();
    let moment = moment(query.as_of.as_deref(), query.known_at.as_deref(), today)?;
    let limit = Limit::parse(query.limit)?;
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let mut tx = kit.db.read().await?;
    let sight = (&actor.scope, today);
    let page = (limit, &cursor);
    let found = invoices::open_on(&mut tx, sight, moment, &query.customer, page).await?;
    let ids: Vec<i64> = found.items.iter().map(|own| own.id).collect();
    let due = invoices::instalments_of(&mut tx, &ids, moment.known_at).await?;
    let items = found.items.iter().map(|own| {
        let due = due.get(&own.id).map_or(&[][..], Vec::as_slice);
        OpenItemJson::of(own, due, moment)
    });
    let items = items.collect::<std::result::Result<Vec<_>, Refusal>>()?;
    let next_cursor = found.next.as_ref().map(Cursor::write);
    Ok(Json(Page { items, next_cursor }))
}

/// The balance of every payer that has one, by code: as of a day and as known at an instant.
#[utoipa::path(get, path = "/api/v1/balances", tag = "book", responses((status = 200, body = Page<BalanceJson>)))]
pub async fn balances(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<OpenQuery>,
) -> Result<Json<Page<BalanceJson>>> {
    let today = kit.today();
    let moment = moment(query.as_of.as_deref(), query.known_at.as_deref(), today)?;
    let mut tx = kit.db.read().await?;
    let sight = (&actor.scope, today);
    let found = invoices::balances(&mut tx, sight, moment, &query.customer).await?;
    let items = found.iter().map(BalanceJson::of);
    let items = items.collect::<std::result::Result<Vec<_>, Refusal>>()?;
    let asked = org::api::ListQuery {
        limit: query.limit,
        cursor: query.cursor,
        ..org::api::ListQuery::default()
    };
    Ok(Json(Page::cut(items, &asked)?))
}

impl OpenItemJson {
    fn of(
        own: &OpenInvoice,
        due: &[Instalment],
        moment: Moment,
    ) -> std::result::Result<OpenItemJson, Refusal> {
        let currency = Currency::parse(&own.currency)?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        let parts = open_parts(due, own.settled_minor);
        let open = parts.iter().filter(|(_, open)| *open != 0);
        let instalments = open.map(|(one, open)| OpenInstalmentJson {
            part: one.part,
            due_date: one.due.map(|day| day.to_string()),
            days_overdue: one.due.map(|due| days_between(due, moment.as_of)),
            open: amount(*open),
            retention: one.is_retention,
        });
        Ok(OpenItemJson {
            invoice: own.number.clone(),
            customer: own.customer_code.clone(),
            payer: own.payer_code.clone(),
            date: own.day.clone(),
            currency: own.currency.clone(),
            gross: amount(own.gross_minor),
            open: amount(own.gross_minor.saturating_sub(own.settled_minor)),
            instalments: instalments.collect(),
        })
    }
}

fn days_between(due: Date, day: Date) -> i64 {
    due.until(day).map_or(0, |span| i64::from(span.get_days()))
}

impl BalanceJson {
    fn of(own: &Balance) -> std::result::Result<BalanceJson, Refusal> {
        let currency = Currency::parse(&own.currency)?;
        let amount = |minor: i64| Money::of_minor(minor, currency).decimal();
        Ok(BalanceJson {
            customer: own.payer_code.clone(),
            currency: own.currency.clone(),
            open: amount(own.open_minor),
            unapplied: amount(own.unapplied_minor),
            balance: amount(own.owed_minor()),
        })
    }
}
