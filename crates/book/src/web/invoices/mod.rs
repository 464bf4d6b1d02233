//! `/api/v1/invoices`: what was billed, when it is due, and what settles it.

pub mod acting;
mod drawing_up;
pub mod list_page;
pub mod page;
mod shapes;

use ::page::{Actor, Json, Kit, Path, Query};
use axum::{extract::State, response::Response};
use db::{Cursor, Result, Tx};
use kernel::{Refusal, Role, Scope};
use org::api::{self, Ask, Page};
use trail::{Answer, Entry};

pub use shapes::{
    AllocationJson, InstalmentJson, InvoiceChangeJson, InvoiceJson, InvoiceLineJson,
    InvoiceRowJson, NewInvoiceJson, NewInvoiceLineJson,
};

use super::{
    change::Change,
    deliveries::ReversalJson,
    documents::{DocumentsQuery, note, past_day},
    listing,
    recorded::record,
};
use crate::{
    course::INVOICE,
    posting::{self, credit_notes, numbers},
    series::Series,
    store::{
        allocations,
        invoices::{self, Invoice},
        orders::{self, Order},
    },
};

/// Who may bill.
pub(in crate::web) const MAY_BILL: [Role; 2] = [Role::Administrator, Role::Finance];

/// Where an invoice may stand.
pub const STATUSES: [&str; 4] = ["open", "overdue", "paid", "cancelled"];

/// Invoices in scope by their buyer or payer, newest first. `status` is `open` (overdue ones too),
/// `overdue`, `paid` or `cancelled`; `customer`, `owner` and `unit` may mean either side.
#[utoipa::path(get, path = "/api/v1/invoices", tag = "book", responses((status = 200, body = Page<InvoiceRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<DocumentsQuery>,
) -> ::page::Result<Json<Page<InvoiceRowJson>>> {
    let today = kit.today();
    let found = listing::found::<Invoice>(&kit, &actor, &query).await?;
    let next_cursor = found.next.as_ref().map(Cursor::write);
    let items = found.items.iter().map(|own| InvoiceRowJson::of(own, today));
    let items = items.collect::<std::result::Result<Vec<_>, Refusal>>()?;
    Ok(Json(Page { items, next_cursor }))
}

/// One invoice with lines, instalments and what settles it.
#[utoipa::path(get, path = "/api/v1/invoices/{number}", tag = "book", responses((status = 200, body = InvoiceJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> ::page::Result<Response> {
    let mut tx = kit.db.read().await?;
    let own = invoices::fetch(&mut tx, &actor.scope, &number, kit.today()).await?;
    let shown = shown(&mut tx, &own, kit.today()).await?;
    Ok(api::versioned(own.version, &shown))
}

async fn shown(tx: &mut Tx, own: &Invoice, today: jiff::civil::Date) -> Result<InvoiceJson> {
    let lines = invoices::lines(tx, own.invoice()).await?;
    let due = invoices::instalments(tx, own.invoice(), i64::MAX).await?;
    let settled = allocations::of_invoice(tx, own.invoice()).await?;
    Ok(InvoiceJson::of(own, &lines, &due, &settled, today)?)
}

/// Posts an invoice.
#[utoipa::path(post, path = "/api/v1/invoices", tag = "book", request_body = NewInvoiceJson, responses((status = 201, body = InvoiceJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewInvoiceJson>) -> ::page::Result<Response> {
    ask.actor.may(&MAY_BILL)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(posted(tx, ask))).await
}

pub(in crate::web) async fn posted(tx: &mut Tx, ask: &Ask<NewInvoiceJson>) -> Result<Answer> {
    let (order, asked) = drawing_up::asked(tx, ask).await?;
    let number = asked.number.clone();
    posting::invoices::post(tx, order.as_ref(), asked, ask.now).await?;
    let own = invoices::fetch(tx, &Scope::All, number.as_str(), ask.today).await?;
    let shown = shown(tx, &own, ask.today).await?;
    let entry = Entry {
        action: "create",
        noun: "invoice",
        subject: number.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        ::page::address("/api/v1/invoices", number.as_str()),
        &shown,
    ))
}

/// Changes when it was received or accepted, and its note. Due days counted from there move.
#[utoipa::path(patch, path = "/api/v1/invoices/{number}", tag = "book", request_body = InvoiceChangeJson, responses((status = 200, body = InvoiceJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<InvoiceChangeJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_BILL)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(changed(tx, ask))
    })
    .await
}

async fn changed(tx: &mut Tx, ask: &Ask<InvoiceChangeJson>) -> Result<Answer> {
    let own = invoices::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    INVOICE.after("change", &own.number, INVOICE.state(&own.status))?;
    let before = shown(tx, &own, ask.today).await?;
    let day = |change: &Change<String>, old: &Option<String>, field| match change {
        Change::Keep => Ok(old.as_deref().and_then(|text| text.parse().ok())),
        Change::Clear => Ok(None),
        Change::Set(text) => past_day(Some(text), field, ask.today).map(Some),
    };
    let body = &ask.body;
    let received_on = day(&body.received_on, &own.received_on, "received_on")?;
    let accepted_on = day(&body.accepted_on, &own.accepted_on, "accepted_on")?;
    let text = match &body.note {
        Some(text) => note(Some(text), "note")?,
        None => own.note.clone(),
    };
    invoices::set_dates(tx, &own, (received_on, accepted_on), &text).await?;
    posting::invoices::set_clocks(tx, &own, (received_on, accepted_on), ask.now).await?;
    noted(tx, ask, &before, (&own.number, "change", "")).await
}

/// Cancels an invoice: a credit note over all of it is written, and its lines are to be billed again.
#[utoipa::path(post, path = "/api/v1/invoices/{number}/cancel", tag = "book", request_body = ReversalJson, responses((status = 200, body = InvoiceJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn cancel(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<ReversalJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_BILL)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(cancelled(tx, ask))
    })
    .await
}

async fn cancelled(tx: &mut Tx, ask: &Ask<ReversalJson>) -> Result<Answer> {
    let own = invoices::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    let before = shown(tx, &own, ask.today).await?;
    let day = past_day(ask.body.date.as_deref(), "date", ask.today)?;
    let reason = note(ask.body.reason.as_deref(), "reason")?;
    let order = order_of(tx, &own, ask.today).await?;
    INVOICE.after("cancel", &own.number, INVOICE.state(&own.status))?;
    let day = day.max(own.date());
    let mut note = None;
    if own.gross_minor != 0 {
        note = Some(credit_notes::Asked {
            number: numbers::next(tx, Series::CreditNote, None, (own.customer(), day)).await?,
            kind: "cancellation",
            customer: own.customer(),
            payer: own.payer(),
            day,
            about: credit_notes::About::Lines(Vec::new()),
            reason: reason.clone(),
            chance: ask.chance,
        });
    }
    credit_notes::cancel_invoice(tx, &own, order.as_ref(), (day, note), ask.now).await?;
    noted(tx, ask, &before, (&own.number, "cancel", &reason)).await
}

/// The order an invoice bills.
pub(crate) async fn order_of(
    tx: &mut Tx,
    own: &Invoice,
    today: jiff::civil::Date,
) -> Result<Option<Order>> {
    match &own.order_number {
        Some(number) => orders::fetch(tx, &Scope::All, number, today)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Notes the act and answers the invoice as it is now.
async fn noted<B: Sync>(
    tx: &mut Tx,
    ask: &Ask<B>,
    before: &InvoiceJson,
    (number, action, why): (&str, &'static str, &str),
) -> Result<Answer> {
    let own = invoices::fetch(tx, &Scope::All, number, ask.today).await?;
    let after = shown(tx, &own, ask.today).await?;
    let told = (Some(before), &after);
    record(tx, ask, ("invoice", number), (action, why), told).await?;
    Ok(api::done(&after))
}
