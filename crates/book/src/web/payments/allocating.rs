//! Allocating a payment or credit note to invoices, and taking an allocation back.

use axum::{extract::State, response::Response};
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Money, Refusal};
use org::api::{self, Ask};
use page::{Kit, Path, Query};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};

use super::{MAY_RECORD, shapes::NewAllocationJson};
use crate::{
    course::{CREDIT_NOTE, INVOICE, PAYMENT},
    posting::{
        self,
        settling::{self, From, Wanted},
    },
    settlement::{Settled, accept_amount},
    store::{
        allocations::{self, Source},
        credit_notes, invoices,
        invoices::Invoice,
        payments,
    },
    web::{
        documents::{note, past_day},
        invoices::AllocationJson,
        references,
    },
};

/// What settles, taken out of its row.
struct Origin {
    source: Source,
    name: String,
    whole: Money,
    day: Date,
    payer: i64,
}

impl Origin {
    fn from(&self) -> From<'_> {
        From {
            source: self.source,
            name: &self.name,
            whole: self.whole,
            day: self.day,
        }
    }
}

/// Settles a part of an invoice from a payment.
#[utoipa::path(post, path = "/api/v1/payments/{reference}/allocations", tag = "book", request_body = NewAllocationJson, responses((status = 201, body = AllocationJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn from_payment(
    State(kit): State<Kit>,
    Path(reference): Path<String>,
    ask: Ask<NewAllocationJson>,
) -> page::Result<Response> {
    ask.actor.may(&MAY_RECORD)?;
    api::carry_out(&kit, ask.about(reference), |tx, ask| {
        Box::pin(settled_by_payment(tx, ask))
    })
    .await
}

pub(in crate::web) async fn settled_by_payment(
    tx: &mut Tx,
    ask: &Ask<NewAllocationJson>,
) -> Result<Answer> {
    let own = payments::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    PAYMENT.after("settle", &own.reference, PAYMENT.state(&own.status))?;
    let origin = Origin {
        source: Source::Payment(own.payment()),
        name: format!("Payment {}", own.reference),
        whole: Money::of_minor(own.amount_minor, own.money()?),
        day: own.date(),
        payer: own.payer_id,
    };
    let answer = allocated(tx, ask, &origin, "payments").await?;
    payments::touch(tx, own.payment()).await?;
    Ok(answer)
}

/// Settles a part of an invoice from a credit note.
#[utoipa::path(post, path = "/api/v1/credit-notes/{number}/allocations", tag = "book", request_body = NewAllocationJson, responses((status = 201, body = AllocationJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn from_credit_note(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<NewAllocationJson>,
) -> page::Result<Response> {
    ask.actor.may(&MAY_RECORD)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(settled_by_credit_note(tx, ask))
    })
    .await
}

pub(in crate::web) async fn settled_by_credit_note(
    tx: &mut Tx,
    ask: &Ask<NewAllocationJson>,
) -> Result<Answer> {
    let own = credit_notes::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    CREDIT_NOTE.after("settle", &own.number, CREDIT_NOTE.state(&own.status))?;
    let origin = Origin {
        source: Source::CreditNote(own.credit_note()),
        name: format!("Credit note {}", own.number),
        whole: Money::of_minor(own.gross_minor, own.money()?),
        day: own.date(),
        payer: own.payer_id,
    };
    let answer = allocated(tx, ask, &origin, "credit-notes").await?;
    credit_notes::touch(tx, own.credit_note()).await?;
    Ok(answer)
}

async fn allocated(
    tx: &mut Tx,
    ask: &Ask<NewAllocationJson>,
    origin: &Origin,
    place: &str,
) -> Result<Answer> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let invoice = references::invoice(tx, scope, "invoice", &body.invoice, ask.today).await?;
    same_payer(&invoice, origin)?;
    INVOICE.after("settle", &invoice.number, INVOICE.state(&invoice.status))?;
    let first = invoice.date().max(origin.day);
    let day = match &body.date {
        Some(text) => past_day(Some(text), "date", ask.today)?,
        None => first,
    };
    let currency = invoice.money()?;
    let mut discount = None;
    for (place, (kind, text)) in [
        ("discount", &body.discount),
        ("difference", &body.difference),
    ]
    .into_iter()
    .enumerate()
    {
        let Some(text) = text else { continue };
        let amount = accept_amount(text, currency).map_err(|no| no.at(kind))?;
        if kind == "discount" {
            discount = Some(amount);
        }
        let chance = ask
            .chance
            .wrapping_add(1 + u128::try_from(place).unwrap_or(0));
        beside(tx, &invoice, origin, (kind, amount, day, chance), ask.now).await?;
    }
    let amount = match &body.amount {
        Some(text) => accept_amount(text, currency).map_err(|no| no.at("amount"))?,
        None => as_much_as_both_have(tx, &invoice, origin, day, currency).await?,
    };
    let kind = match origin.source {
        Source::CreditNote(_) => "credit",
        Source::Payment(_) | Source::Outside => "cash",
    };
    let source_amount = body.source_amount.as_deref();
    let wanted = Wanted {
        amount,
        taken: settling::taken(amount, origin.whole.currency(), source_amount)?,
        kind,
        day,
        chance: ask.chance,
    };
    let id = settling::settle(tx, &invoice, origin.from(), wanted, ask.now).await?;
    if let Some(discount) = discount {
        within_discount(tx, &invoice, discount, day).await?;
    }
    let own = allocations::fetch(tx, origin.source, &id).await?;
    let shown = AllocationJson::of(&own.ok_or(db::DbError::Missing)?)?;
    let entry = Entry {
        action: "allocate",
        noun: "invoice",
        subject: &invoice.number,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let at = page::address(&format!("/api/v1/{place}"), &ask.subject);
    Ok(api::created(format!("{at}/allocations/{id}"), &shown))
}

/// A payment settles what its payer owes.
fn same_payer(invoice: &Invoice, origin: &Origin) -> std::result::Result<(), Refusal> {
    if invoice.payer_id == origin.payer || invoice.customer_id == origin.payer {
        return Ok(());
    }
    let message = format!(
        "Invoice {} is owed by {}, who did not pay this. Only own invoices are settled.",
        invoice.number, invoice.payer_code
    );
    Err(Refusal::value("allocation.payer", message).at("invoice"))
}

/// A discount is what the terms grant for what is paid in time, once. It is looked at with all of the
/// request written: what is paid along with it earns it.
async fn within_discount(tx: &mut Tx, invoice: &Invoice, amount: Money, day: Date) -> Result<()> {
    let due = invoices::instalments(tx, invoice.invoice(), i64::MAX).await?;
    let mut settled = Settled::default();
    for (kind, from, minor) in allocations::standing(tx, invoice.invoice()).await? {
        match kind.as_str() {
            "cash" => settled.paid.push((from, minor)),
            "discount" => {
                settled.paid.push((from, minor));
                settled.discount_minor += minor;
            }
            _ => settled.otherwise_minor += minor,
        }
    }
    settled.paid.push((day, -amount.minor()));
    settled.discount_minor -= amount.minor();
    let granted = settled.discount_left(&due, day);
    if amount.minor() <= granted {
        return Ok(());
    }
    let message = format!(
        "On {day} the terms of invoice {} grant {} of cash discount for what is paid, not {}. Write the rest off as a difference, or leave it open.",
        invoice.number,
        Money::of_minor(granted, amount.currency()).decimal(),
        amount.decimal()
    );
    Err(Refusal::value("allocation.discount", message)
        .at("discount")
        .into())
}

/// Settles a discount or difference: it takes nothing of its source.
async fn beside(
    tx: &mut Tx,
    invoice: &Invoice,
    origin: &Origin,
    (kind, amount, day, chance): (&'static str, Money, Date, u128),
    now: jiff::Timestamp,
) -> Result<()> {
    let wanted = Wanted {
        amount,
        taken: Money::zero(origin.whole.currency()),
        kind,
        day,
        chance,
    };
    settling::settle(tx, invoice, origin.from(), wanted, now)
        .await
        .map(drop)
}

async fn as_much_as_both_have(
    tx: &mut Tx,
    invoice: &Invoice,
    origin: &Origin,
    day: Date,
    currency: Currency,
) -> Result<Money> {
    if origin.whole.currency() != currency {
        let message = "Invoice and source are in two currencies; say both amounts.";
        return Err(Refusal::value("allocation.amount", message)
            .at("amount")
            .into());
    }
    let open = settling::free(tx, invoice, day).await?;
    let left = settling::left(tx, origin.from(), day).await?;
    let minor = open.min(left);
    if minor <= 0 {
        let message = format!(
            "Invoice {} has {} open from {day} on and {} has {} left; there is nothing to settle.",
            invoice.number,
            Money::of_minor(open, currency).decimal(),
            origin.name,
            Money::of_minor(left, currency).decimal()
        );
        return Err(Refusal::value("allocation.nothing", message)
            .at("amount")
            .into());
    }
    Ok(Money::of_minor(minor, currency))
}

/// From when on an allocation is taken back, and why.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EndQuery {
    pub date: Option<String>,
    pub reason: Option<String>,
}

/// The allocation that is taken back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::web) struct Ending {
    /// Its id.
    allocation: String,
    date: Option<String>,
    reason: Option<String>,
}

/// Takes an allocation of a payment back from a day on (if left out today, or its first day where that
/// is later): a dated reversal; what it settled until then stays settled until then.
#[utoipa::path(delete, path = "/api/v1/payments/{reference}/allocations/{id}", tag = "book", params(("date" = Option<String>, Query), ("reason" = Option<String>, Query)), responses((status = 200, body = AllocationJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn end_of_payment(
    State(kit): State<Kit>,
    Path((reference, id)): Path<(String, String)>,
    Query(query): Query<EndQuery>,
    ask: Ask<Nothing>,
) -> page::Result<Response> {
    ask.actor.may(&MAY_RECORD)?;
    let ask = with(ask, Ending::of(id, query)).about(reference);
    api::carry_out(&kit, ask, |tx, ask| Box::pin(released_of_payment(tx, ask))).await
}

pub(in crate::web) async fn released_of_payment(tx: &mut Tx, ask: &Ask<Ending>) -> Result<Answer> {
    let own = payments::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    let answer = ended(tx, ask, Source::Payment(own.payment())).await?;
    payments::touch(tx, own.payment()).await?;
    Ok(answer)
}

/// Takes an allocation of a credit note back from a day on (if left out today, or its first day where
/// that is later).
#[utoipa::path(delete, path = "/api/v1/credit-notes/{number}/allocations/{id}", tag = "book", params(("date" = Option<String>, Query), ("reason" = Option<String>, Query)), responses((status = 200, body = AllocationJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn end_of_credit_note(
    State(kit): State<Kit>,
    Path((number, id)): Path<(String, String)>,
    Query(query): Query<EndQuery>,
    ask: Ask<Nothing>,
) -> page::Result<Response> {
    ask.actor.may(&MAY_RECORD)?;
    let ask = with(ask, Ending::of(id, query)).about(number);
    api::carry_out(&kit, ask, |tx, ask| {
        Box::pin(released_of_credit_note(tx, ask))
    })
    .await
}

pub(in crate::web) async fn released_of_credit_note(
    tx: &mut Tx,
    ask: &Ask<Ending>,
) -> Result<Answer> {
    let own = credit_notes::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    posting::credit_notes::not_a_cancellation(&own)?;
    let answer = ended(tx, ask, Source::CreditNote(own.credit_note())).await?;
    credit_notes::touch(tx, own.credit_note()).await?;
    Ok(answer)
}

/// A request without a body.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Ending {
    fn of(allocation: String, query: EndQuery) -> Ending {
        Ending {
            allocation,
            date: query.date,
            reason: query.reason,
        }
    }
}

/// The same ask with what its address says, which counts as sent along.
fn with(ask: Ask<Nothing>, body: Ending) -> Ask<Ending> {
    let named = format!(
        "{}\n{}\n{}\n{}",
        ask.hash,
        body.allocation,
        body.date.as_deref().unwrap_or_default(),
        body.reason.as_deref().unwrap_or_default()
    );
    let hash = org::credential::fingerprint(named.as_bytes());
    Ask {
        hash,
        ..ask.map(|_| body)
    }
}

async fn ended(tx: &mut Tx, ask: &Ask<Ending>, source: Source) -> Result<Answer> {
    let id = ask.body.allocation.to_ascii_lowercase();
    let own = allocations::fetch(tx, source, &id).await?;
    let own = own.ok_or_else(|| Refusal::missing(format!("allocation {id}")))?;
    let day = match &ask.body.date {
        Some(text) => past_day(Some(text), "date", ask.today)?,
        // Of an invoice dated ahead it begins after today; then it never counts.
        None => ask.today.max(own.of_invoice().from),
    };
    let reason = note(ask.body.reason.as_deref(), "reason")?;
    settling::end(tx, &own, day, ask.now).await?;
    let now = allocations::fetch(tx, source, &id).await?;
    let shown = AllocationJson::of(&now.ok_or(db::DbError::Missing)?)?;
    let entry = Entry {
        action: "reverse",
        noun: "allocation",
        subject: &id,
        why: &reason,
        before: serde_json::to_value(AllocationJson::of(&own)?).ok(),
        after: serde_json::to_value(&shown).ok(),
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}
