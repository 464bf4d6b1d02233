//! `/credit-notes` and `/api/v1/credit-notes`: what was given back, on goods, on a price, or on a whole invoice.

pub mod acting;
pub mod list_page;
pub mod page;
mod shapes;

use ::page::{Actor, Json, Kit, Path, Query};
use axum::{extract::State, response::Response};
use db::{Cursor, Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Refusal, Role, Scope};
use org::api::{self, Ask, Page};
use trail::{Answer, Entry};

pub use shapes::{
    CreditNoteChangeJson, CreditNoteJson, CreditNoteLineJson, CreditNoteRowJson, NewCreditNoteJson,
    NewCreditNoteLineJson,
};

use super::{
    accepted,
    deliveries::ReversalJson,
    documents::{DocumentsQuery, note, past_day},
    invoices::order_of,
    listing,
    recorded::record,
    references,
};
use crate::{
    course::CREDIT_NOTE,
    order::at_line,
    posting::{
        self,
        credit_notes::{About, Asked},
        numbers,
    },
    series::Series,
    settlement::accept_amount,
    store::{
        allocations::{self, Source},
        credit_notes::{self, CreditNote},
        invoices::{self, Invoice},
        orders::Order,
    },
};

/// Who may give back.
pub(in crate::web) const MAY_CREDIT: [Role; 2] = [Role::Administrator, Role::Finance];

/// Why a credit note is written by hand; an invoice's cancellation writes its own.
const KINDS: [&str; 4] = ["return", "price", "rebate", "goodwill"];

/// What `status` of a list may be.
const STATUSES: [&str; 7] = [
    "posted",
    "cancelled",
    "return",
    "price",
    "cancellation",
    "rebate",
    "goodwill",
];

/// Credit notes in scope by their buyer or payer, newest first. `status` is a state or a kind;
/// `customer`, `owner` and `unit` may mean either side.
#[utoipa::path(get, path = "/api/v1/credit-notes", tag = "book", responses((status = 200, body = Page<CreditNoteRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<DocumentsQuery>,
) -> ::page::Result<Json<Page<CreditNoteRowJson>>> {
    let found = listing::found::<CreditNote>(&kit, &actor, &query).await?;
    let next_cursor = found.next.as_ref().map(Cursor::write);
    let items = found.items.iter().map(CreditNoteRowJson::of);
    let items = items.collect::<std::result::Result<Vec<_>, Refusal>>()?;
    Ok(Json(Page { items, next_cursor }))
}

/// One credit note with lines and what it settles of invoices in scope.
#[utoipa::path(get, path = "/api/v1/credit-notes/{number}", tag = "book", responses((status = 200, body = CreditNoteJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> ::page::Result<Response> {
    let mut tx = kit.db.read().await?;
    let own = credit_notes::fetch(&mut tx, &actor.scope, &number, kit.today()).await?;
    let sight = (&actor.scope, kit.today());
    let source = Source::CreditNote(own.credit_note());
    let settles = allocations::seen_of_source(&mut tx, sight, source).await?;
    let lines = credit_notes::lines(&mut tx, own.credit_note()).await?;
    let shown = CreditNoteJson::of(&own, &lines, &settles)?;
    Ok(api::versioned(own.version, &shown))
}

async fn shown(tx: &mut Tx, own: &CreditNote) -> Result<CreditNoteJson> {
    let lines = credit_notes::lines(tx, own.credit_note()).await?;
    let settles = allocations::of_source(tx, Source::CreditNote(own.credit_note())).await?;
    Ok(CreditNoteJson::of(own, &lines, &settles)?)
}

/// Posts a credit note. On an invoice it settles what is open of it, up to its own amount.
#[utoipa::path(post, path = "/api/v1/credit-notes", tag = "book", request_body = NewCreditNoteJson, responses((status = 201, body = CreditNoteJson), (status = 409), (status = 422)))]
pub async fn create(
    State(kit): State<Kit>,
    ask: Ask<NewCreditNoteJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_CREDIT)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(posted(tx, ask))).await
}

pub(in crate::web) async fn posted(tx: &mut Tx, ask: &Ask<NewCreditNoteJson>) -> Result<Answer> {
    let on = match &ask.body.invoice {
        Some(number) => {
            let scope = &ask.actor.scope;
            let own = references::invoice(tx, scope, "invoice", number, ask.today).await?;
            let order = order_of(tx, &own, ask.today).await?;
            Some((own, order))
        }
        None => None,
    };
    let asked = asked(tx, ask, on.as_ref().map(|(invoice, _)| invoice)).await?;
    let number = asked.number.clone();
    let on = on
        .as_ref()
        .map(|(invoice, order)| (invoice, order.as_ref()));
    posting::credit_notes::post(tx, on, asked, ask.now).await?;
    let own = credit_notes::fetch(tx, &Scope::All, number.as_str(), ask.today).await?;
    let shown = shown(tx, &own).await?;
    let entry = Entry {
        action: "create",
        noun: "credit note",
        subject: number.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        ::page::address("/api/v1/credit-notes", number.as_str()),
        &shown,
    ))
}

async fn asked(
    tx: &mut Tx,
    ask: &Ask<NewCreditNoteJson>,
    invoice: Option<&Invoice>,
) -> Result<Asked> {
    let body = &ask.body;
    let (customer, payer, own_currency) = match (invoice, &body.customer) {
        (Some(invoice), None) => (
            invoice.customer(),
            invoice.payer(),
            invoice.currency.clone(),
        ),
        (None, Some(code)) => {
            let scope = &ask.actor.scope;
            let own = references::customer(tx, scope, "customer", code, ask.today).await?;
            let payer = own.payer_code.as_deref();
            let payer =
                references::other_customer(tx, &Scope::All, "payer", payer, ask.today).await?;
            (
                own.customer(),
                payer.unwrap_or_else(|| own.customer()),
                own.currency,
            )
        }
        _ => {
            let message = "Name the invoice, or the customer where there is none; not both.";
            return Err(Refusal::value("credit_note.whom", message)
                .at("customer")
                .into());
        }
    };
    let currency = currency(body.currency.as_deref(), &own_currency, invoice.is_some())?;
    let about = about(body, currency)?;
    let kind = kind(body.kind.as_deref(), &about)?;
    let mut day = past_day(body.date.as_deref(), "date", ask.today)?;
    if body.date.is_none() {
        day = invoice.map_or(day, |invoice| day.max(invoice.date()));
    }
    not_before(invoice, day)?;
    Ok(Asked {
        number: numbers::next(
            tx,
            Series::CreditNote,
            body.number.as_deref(),
            (customer, day),
        )
        .await?,
        kind,
        customer,
        payer,
        day,
        about,
        reason: note(body.reason.as_deref(), "reason")?,
        chance: ask.chance,
    })
}

fn not_before(invoice: Option<&Invoice>, day: Date) -> std::result::Result<(), Refusal> {
    match invoice {
        Some(invoice) if day < invoice.date() => {
            let message = format!("Invoice {} is of {}.", invoice.number, invoice.date());
            Err(Refusal::value("credit_note.day", message).at("date"))
        }
        _ => Ok(()),
    }
}

fn currency(
    given: Option<&str>,
    own: &str,
    is_bound: bool,
) -> std::result::Result<Currency, Refusal> {
    let currency = Currency::parse(given.unwrap_or(own)).map_err(|no| no.at("currency"))?;
    if is_bound && currency.code() != own {
        let message = format!("The invoice is in {own}; so is its credit note.");
        return Err(Refusal::value("credit_note.currency", message).at("currency"));
    }
    Ok(currency)
}

fn about(body: &NewCreditNoteJson, currency: Currency) -> std::result::Result<About, Refusal> {
    match (&body.lines, &body.amount_gross) {
        (Some(lines), None) => {
            let read = lines.iter().enumerate().map(|(place, line)| {
                let quantity = accepted::quantity(&line.quantity)
                    .map_err(|no| at_line(no.at("quantity"), place))?;
                Ok((line.invoice_line, quantity.millionths()))
            });
            Ok(About::Lines(
                read.collect::<std::result::Result<_, Refusal>>()?,
            ))
        }
        (None, Some(text)) => {
            let gross = accept_amount(text, currency).map_err(|no| no.at("amount_gross"))?;
            let rate = body
                .tax_percent
                .as_deref()
                .map(accepted::percent)
                .transpose();
            Ok(About::Amount(
                gross,
                rate.map_err(|no| no.at("tax_percent"))?,
            ))
        }
        _ => {
            let message = "Give the lines that came back, or an amount; not both.";
            Err(Refusal::value("credit_note.about", message).at("amount_gross"))
        }
    }
}

fn kind(given: Option<&str>, about: &About) -> std::result::Result<&'static str, Refusal> {
    let goods = matches!(about, About::Lines(_));
    let word = given.unwrap_or(if goods { "return" } else { "price" });
    let found = KINDS
        .into_iter()
        .find(|own| *own == word && (*own == "return") == goods);
    found.ok_or_else(|| {
        let message = format!(
            "“{word}” is not possible here: with lines it is a return, with an amount {}.",
            KINDS[1..].join(", ")
        );
        Refusal::value("credit_note.kind", message).at("kind")
    })
}

/// Changes the reason of a credit note.
#[utoipa::path(patch, path = "/api/v1/credit-notes/{number}", tag = "book", request_body = CreditNoteChangeJson, responses((status = 200, body = CreditNoteJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<CreditNoteChangeJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_CREDIT)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(changed(tx, ask))
    })
    .await
}

async fn changed(tx: &mut Tx, ask: &Ask<CreditNoteChangeJson>) -> Result<Answer> {
    let own = credit_notes::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    CREDIT_NOTE.after("change", &own.number, CREDIT_NOTE.state(&own.status))?;
    let before = shown(tx, &own).await?;
    let reason = note(Some(&ask.body.reason), "reason")?;
    credit_notes::set_reason(tx, &own, &reason).await?;
    noted(tx, ask, &before, (&own.number, "change", "")).await
}

/// Cancels a credit note: what it settled is open again.
#[utoipa::path(post, path = "/api/v1/credit-notes/{number}/cancel", tag = "book", request_body = ReversalJson, responses((status = 200, body = CreditNoteJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn cancel(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<ReversalJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_CREDIT)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(cancelled(tx, ask))
    })
    .await
}

async fn cancelled(tx: &mut Tx, ask: &Ask<ReversalJson>) -> Result<Answer> {
    let own = credit_notes::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    let before = shown(tx, &own).await?;
    let day = past_day(ask.body.date.as_deref(), "date", ask.today)?.max(own.date());
    let reason = note(ask.body.reason.as_deref(), "reason")?;
    let on: Option<(Invoice, Option<Order>)> = match &own.invoice_number {
        Some(number) => {
            let invoice = invoices::fetch(tx, &Scope::All, number, ask.today).await?;
            let order = order_of(tx, &invoice, ask.today).await?;
            Some((invoice, order))
        }
        None => None,
    };
    let on = on
        .as_ref()
        .map(|(invoice, order)| (invoice, order.as_ref()));
    posting::credit_notes::cancel(tx, &own, on, day, ask.now).await?;
    noted(tx, ask, &before, (&own.number, "cancel", &reason)).await
}

/// Notes the act and answers the credit note as it is now.
async fn noted<B: Sync>(
    tx: &mut Tx,
    ask: &Ask<B>,
    before: &CreditNoteJson,
    (number, action, why): (&str, &'static str, &str),
) -> Result<Answer> {
    let own = credit_notes::fetch(tx, &Scope::All, number, ask.today).await?;
    let after = shown(tx, &own).await?;
    let told = (Some(before), &after);
    record(tx, ask, ("credit note", number), (action, why), told).await?;
    Ok(api::done(&after))
}
