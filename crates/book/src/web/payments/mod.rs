//! `/api/v1/payments`: money that came in, by any means, and what it settles.

pub mod acting;
pub mod allocating;
pub mod list_page;
pub mod new_page;
pub mod page;
pub(in crate::web) mod settles;
mod shapes;

use ::page::{Actor, Json, Kit, Path, Query};
use axum::{extract::State, response::Response};
use db::{Cursor, Result, Tx};
use kernel::{Currency, Money, Refusal, Role, Scope};
use org::api::{self, Ask, Page};
use trail::{Answer, Entry};

pub use shapes::{
    NewAllocationJson, NewPaperJson, NewPaperStepJson, NewPaymentJson, PaperJson, PaperStepJson,
    PaymentChangeJson, PaymentJson, PaymentRowJson,
};

use super::{
    accepted,
    deliveries::ReversalJson,
    documents::{DocumentsQuery, note, past_day},
    listing,
    recorded::record,
    references,
};
use crate::{
    course::PAYMENT,
    posting::{self, numbers},
    series::Series,
    settlement::accept_amount,
    store::{
        allocations::{self, Source},
        payments::{self, NewPayment, Paper, Payment},
    },
};

/// Who may record money.
const MAY_RECORD: [Role; 2] = [Role::Administrator, Role::Finance];

/// How money comes in.
pub const METHODS: [&str; 7] = [
    "transfer",
    "cash",
    "card",
    "direct_debit",
    "bill",
    "cheque",
    "other",
];

/// What `status` of a list may be.
pub const STATUSES: [&str; 15] = [
    "posted",
    "reversed",
    "transfer",
    "cash",
    "card",
    "direct_debit",
    "bill",
    "cheque",
    "other",
    "received",
    "presented",
    "endorsed",
    "discounted",
    "cleared",
    "returned",
];

/// Payments in scope, newest first. `status` is a state, a method, or the state of a bill or cheque.
#[utoipa::path(get, path = "/api/v1/payments", tag = "book", responses((status = 200, body = Page<PaymentRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<DocumentsQuery>,
) -> ::page::Result<Json<Page<PaymentRowJson>>> {
    let found = listing::found::<Payment>(&kit, &actor, &query).await?;
    let next_cursor = found.next.as_ref().map(Cursor::write);
    let items = found.items.iter().map(PaymentRowJson::of);
    let items = items.collect::<std::result::Result<Vec<_>, Refusal>>()?;
    Ok(Json(Page { items, next_cursor }))
}

/// One payment with what it settles of invoices in scope.
#[utoipa::path(get, path = "/api/v1/payments/{reference}", tag = "book", responses((status = 200, body = PaymentJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(reference): Path<String>,
) -> ::page::Result<Response> {
    let mut tx = kit.db.read().await?;
    let own = payments::fetch(&mut tx, &actor.scope, &reference, kit.today()).await?;
    let sight = (&actor.scope, kit.today());
    let settles =
        allocations::seen_of_source(&mut tx, sight, Source::Payment(own.payment())).await?;
    let steps = payments::paper_steps(&mut tx, own.payment()).await?;
    let shown = PaymentJson::of(&own, &settles, steps)?;
    Ok(api::versioned(own.version, &shown))
}

async fn shown(tx: &mut Tx, own: &Payment) -> Result<PaymentJson> {
    let settles = allocations::of_source(tx, Source::Payment(own.payment())).await?;
    let steps = payments::paper_steps(tx, own.payment()).await?;
    Ok(PaymentJson::of(own, &settles, steps)?)
}

/// Records a payment; it settles nothing until it is allocated.
#[utoipa::path(post, path = "/api/v1/payments", tag = "book", request_body = NewPaymentJson, responses((status = 201, body = PaymentJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewPaymentJson>) -> ::page::Result<Response> {
    ask.actor.may(&MAY_RECORD)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(recorded(tx, ask))).await
}

async fn recorded(tx: &mut Tx, ask: &Ask<NewPaymentJson>) -> Result<Answer> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let payer = references::customer(tx, scope, "customer", &body.customer, ask.today).await?;
    let day = past_day(body.date.as_deref(), "date", ask.today)?;
    let currency = Currency::parse(body.currency.as_deref().unwrap_or(&payer.currency))
        .map_err(|no| no.at("currency"))?;
    let method = method(body.method.as_deref())?;
    let new = NewPayment {
        reference: numbers::next(
            tx,
            Series::Payment,
            body.reference.as_deref(),
            (payer.customer(), day),
        )
        .await?,
        payer: payer.customer(),
        day,
        amount: accept_amount(&body.amount, currency).map_err(|no| no.at("amount"))?,
        method,
        note: note(body.note.as_deref(), "note")?,
        paper: paper(body, method, ask.today)?,
        recorded: ask.now,
    };
    payments::add(tx, &new).await?;
    let own = payments::fetch(tx, &Scope::All, new.reference.as_str(), ask.today).await?;
    let shown = shown(tx, &own).await?;
    let entry = Entry {
        action: "create",
        noun: "payment",
        subject: new.reference.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        ::page::address("/api/v1/payments", new.reference.as_str()),
        &shown,
    ))
}

fn method(given: Option<&str>) -> std::result::Result<&'static str, Refusal> {
    let word = given.unwrap_or("transfer");
    METHODS.into_iter().find(|own| *own == word).ok_or_else(|| {
        let message = format!("“{word}” is not one of {}.", METHODS.join(", "));
        Refusal::value("payment.method", message).at("method")
    })
}

fn paper(
    body: &NewPaymentJson,
    method: &str,
    today: jiff::civil::Date,
) -> std::result::Result<Option<Paper>, Refusal> {
    let is_paper = matches!(method, "bill" | "cheque");
    match (&body.paper, is_paper) {
        (None, false) => Ok(None),
        (Some(own), true) => {
            let due = accepted::day(&own.due_date)
                .and_then(|day| accepted::due_day(day, today))
                .map_err(|no| no.at("paper.due_date"))?;
            Ok(Some(Paper {
                acceptor: org::api::accept_name(&own.acceptor, "paper.acceptor")?,
                number: org::api::accept_name(&own.number, "paper.number")?,
                due,
            }))
        }
        _ => {
            let message = "A bill or cheque has a paper with acceptor, number and due_date; other payments have none.";
            Err(Refusal::value("payment.paper", message).at("paper"))
        }
    }
}

/// Changes the note of a payment.
#[utoipa::path(patch, path = "/api/v1/payments/{reference}", tag = "book", request_body = PaymentChangeJson, responses((status = 200, body = PaymentJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(reference): Path<String>,
    ask: Ask<PaymentChangeJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_RECORD)?;
    api::carry_out(&kit, ask.about(reference), |tx, ask| {
        Box::pin(changed(tx, ask))
    })
    .await
}

async fn changed(tx: &mut Tx, ask: &Ask<PaymentChangeJson>) -> Result<Answer> {
    let (own, before) = fresh(tx, ask).await?;
    PAYMENT.after("change", &own.reference, PAYMENT.state(&own.status))?;
    let text = note(Some(&ask.body.note), "note")?;
    payments::set_note(tx, &own, &text).await?;
    noted(tx, ask, &before, (&own.reference, "change", "")).await
}

/// Reverses a payment that did not come after all: what it settled is open again.
#[utoipa::path(post, path = "/api/v1/payments/{reference}/reverse", tag = "book", request_body = ReversalJson, responses((status = 200, body = PaymentJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn reverse(
    State(kit): State<Kit>,
    Path(reference): Path<String>,
    ask: Ask<ReversalJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_RECORD)?;
    api::carry_out(&kit, ask.about(reference), |tx, ask| {
        Box::pin(reversed(tx, ask))
    })
    .await
}

async fn reversed(tx: &mut Tx, ask: &Ask<ReversalJson>) -> Result<Answer> {
    let (own, before) = fresh(tx, ask).await?;
    let day = past_day(ask.body.date.as_deref(), "date", ask.today)?;
    let reason = note(ask.body.reason.as_deref(), "reason")?;
    posting::payments::reverse(tx, &own, day, ask.now).await?;
    noted(tx, ask, &before, (&own.reference, "reverse", &reason)).await
}

/// Moves a bill or cheque on: `present`, `endorse`, `discount`, `clear` or `return`.
#[utoipa::path(post, path = "/api/v1/payments/{reference}/paper/{step}", tag = "book", request_body = NewPaperStepJson, responses((status = 200, body = PaymentJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn paper_step(
    State(kit): State<Kit>,
    Path((reference, step)): Path<(String, String)>,
    ask: Ask<NewPaperStepJson>,
) -> ::page::Result<Response> {
    ask.actor.may(&MAY_RECORD)?;
    let ask = ask.about(reference);
    match step.as_str() {
        "present" => {
            api::carry_out(&kit, ask, |tx, ask| Box::pin(stepped(tx, ask, "present"))).await
        }
        "endorse" => {
            api::carry_out(&kit, ask, |tx, ask| Box::pin(stepped(tx, ask, "endorse"))).await
        }
        "discount" => {
            api::carry_out(&kit, ask, |tx, ask| Box::pin(stepped(tx, ask, "discount"))).await
        }
        "clear" => api::carry_out(&kit, ask, |tx, ask| Box::pin(stepped(tx, ask, "clear"))).await,
        "return" => api::carry_out(&kit, ask, |tx, ask| Box::pin(stepped(tx, ask, "return"))).await,
        other => Err(Refusal::missing(format!("step {other} of a bill or cheque")).into()),
    }
}

async fn stepped(tx: &mut Tx, ask: &Ask<NewPaperStepJson>, action: &'static str) -> Result<Answer> {
    let (own, before) = fresh(tx, ask).await?;
    let body = &ask.body;
    let cost = match &body.cost {
        Some(text) => Money::parse(text, own.money()?)
            .map_err(|no| no.at("cost"))?
            .minor(),
        None => 0,
    };
    if cost < 0 {
        let message = "A cost is not below zero.";
        return Err(Refusal::value("bill.cost", message).at("cost").into());
    }
    let asked = posting::payments::Asked {
        action,
        day: past_day(body.date.as_deref(), "date", ask.today)?,
        to_whom: note(body.to_whom.as_deref(), "to_whom")?,
        cost_minor: cost,
        has_recourse: !body.without_recourse,
    };
    posting::payments::step(tx, &own, asked, ask.now).await?;
    noted(tx, ask, &before, (&own.reference, action, "")).await
}

/// The payment as the asker knows it.
async fn fresh<B>(tx: &mut Tx, ask: &Ask<B>) -> Result<(Payment, PaymentJson)> {
    let own = payments::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    let before = shown(tx, &own).await?;
    Ok((own, before))
}

/// Notes the act and answers the payment as it is now.
async fn noted<B: Sync>(
    tx: &mut Tx,
    ask: &Ask<B>,
    before: &PaymentJson,
    (reference, action, why): (&str, &'static str, &str),
) -> Result<Answer> {
    let own = payments::fetch(tx, &Scope::All, reference, ask.today).await?;
    let after = shown(tx, &own).await?;
    let told = (Some(before), &after);
    record(tx, ask, ("payment", reference), (action, why), told).await?;
    Ok(api::done(&after))
}
