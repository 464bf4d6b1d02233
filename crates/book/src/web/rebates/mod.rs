//! `/rebates` and `/api/v1/rebates`: what was agreed to come back, how much of it is due as of a day, and giving it.

pub mod acting;
pub mod list_page;
mod new_page;
mod shapes;
pub mod sheet_page;

use axum::{extract::State, response::Response};
use db::Tx;
use jiff::{ToSpan, civil::Date};
use kernel::{Currency, Moment, Money, Percent, Refusal, Role, Scope};
use org::{
    api::{self, Ask, Page},
    store::company,
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::Deserialize;
use serde_json::json;
use trail::{Answer, Entry};

use shapes::{Accrual, read_tiers};
pub use shapes::{
    AccrualJson, AccruedTierJson, CountedJson, GivenJson, NewRebateJson, RebateChangeJson,
    RebateJson, RebateRowJson, SettlementJson, TierJson,
};

use super::{
    accepted,
    documents::{DocumentsQuery, moment, note, past_day},
    listing,
    orders::accept_currency,
    price_lists::accept_days,
    recorded::record,
    references,
    step::{Step, StepJson},
};
use crate::{
    course::REBATE,
    posting::{
        self,
        credit_notes::{About, Asked},
        numbers,
    },
    rebate::{self, Method, accept_settlement, accept_tiers, accrue, last_counted},
    series::Series,
    settlement::accept_amount,
    store::{
        customers,
        rebates::{self, NewRebate, Rebate, Terms},
    },
};

/// Who may agree on rebates, with customers in scope.
const MAY_AGREE: [Role; 3] = [Role::Administrator, Role::Manager, Role::Finance];
/// Who may give them.
const MAY_SETTLE: [Role; 2] = [Role::Administrator, Role::Finance];

/// The moment an accrual is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MomentQuery {
    as_of: Option<String>,
    known_at: Option<String>,
}

/// Rebate agreements of customers in scope, those that began last first.
#[utoipa::path(get, path = "/api/v1/rebates", tag = "book", responses((status = 200, body = Page<RebateRowJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<DocumentsQuery>,
) -> Result<Json<Page<RebateRowJson>>> {
    let found = listing::found::<Rebate>(&kit, &actor, &query).await?;
    Ok(Json(Page::of(found, |one| RebateRowJson::from(&one))))
}

/// One rebate agreement with its terms.
#[utoipa::path(get, path = "/api/v1/rebates/{number}", tag = "book", responses((status = 200, body = RebateJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let found = rebates::fetch(&mut tx, &actor.scope, &number, kit.today()).await?;
    let shown = shown(&mut tx, &found).await?;
    Ok(api::versioned(found.version, &shown))
}

async fn shown(tx: &mut Tx, one: &Rebate) -> db::Result<RebateJson> {
    let terms = rebates::terms(tx, one, i64::MAX).await?;
    Ok(RebateJson::of(one, &terms)?)
}

/// What is due of a rebate as of a day, as known at an instant, number by number.
#[utoipa::path(get, path = "/api/v1/rebates/{number}/accrual", tag = "book", params(("as_of" = String, description = "The day that is looked from; today if left out."), ("known_at" = String, description = "The instant whose knowledge counts; everything known if left out.")), responses((status = 200, body = AccrualJson), (status = 404)))]
pub async fn accrual(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
    Query(query): Query<MomentQuery>,
) -> Result<Json<AccrualJson>> {
    let moment = moment(
        query.as_of.as_deref(),
        query.known_at.as_deref(),
        kit.today(),
    )?;
    let mut tx = kit.db.read().await?;
    let one = rebates::fetch(&mut tx, &actor.scope, &number, kit.today()).await?;
    let accrual = accrued(&mut tx, &one, moment).await?;
    Ok(Json(accrual.shown(&one, moment.as_of)?))
}

async fn accrued(tx: &mut Tx, one: &Rebate, moment: Moment) -> db::Result<Accrual> {
    let terms = rebates::terms(tx, one, moment.known_at).await?;
    let (from, to) = terms.days;
    let last = last_counted((from, to), Date::MAX).unwrap_or(from);
    let (base, documents) = rebates::base(tx, one, (from, last), moment).await?;
    let minor = base.invoiced_minor.saturating_sub(base.credited_minor);
    Ok(Accrual {
        pieces: accrue(terms.method, &terms.tiers, minor),
        settled: rebates::settled(tx, one.rebate(), moment).await?,
        terms,
        base,
        documents,
    })
}

/// Creates a rebate agreement, as a draft.
#[utoipa::path(post, path = "/api/v1/rebates", tag = "book", request_body = NewRebateJson, responses((status = 201, body = RebateJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewRebateJson>) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewRebateJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let customer = references::customer(tx, scope, "customer", &body.customer, ask.today).await?;
    let base = company::expect(tx).await?.currency;
    let currency = accept_currency(body.currency.as_deref(), base)?;
    let terms = Terms {
        days: accept_span(body.from.as_deref(), body.to.as_deref(), ask.today)?,
        method: Method::parse(&body.method)?,
        tiers: read_tiers(&body.tiers, currency)?,
    };
    accept_tiers(&terms.tiers)?;
    let given = body.number.as_deref();
    let new = NewRebate {
        number: numbers::next(
            tx,
            Series::Rebate,
            given,
            (customer.customer(), terms.days.0),
        )
        .await?,
        customer: customer.customer(),
        currency,
        note: note(body.note.as_deref(), "note")?,
        terms,
    };
    rebates::add(tx, &new, ask.now).await?;
    let number = new.number.as_str();
    let shown = told(tx, ask, None, (number, "create", "")).await?;
    Ok(api::created(
        page::address("/api/v1/rebates", number),
        &shown,
    ))
}

/// The days that count: a year unless said otherwise.
fn accept_span(
    from: Option<&str>,
    to: Option<&str>,
    today: Date,
) -> std::result::Result<(Date, Date), Refusal> {
    let (from, to) = accept_days(from, to, today)?;
    Ok((from, to.unwrap_or_else(|| from.saturating_add(1.year()))))
}

/// The agreement as it is now, recorded in the trail.
async fn told<B: Sync>(
    tx: &mut Tx,
    ask: &Ask<B>,
    before: Option<&RebateJson>,
    (number, action, why): (&str, &'static str, &str),
) -> db::Result<RebateJson> {
    let saved = rebates::fetch(tx, &Scope::All, number, ask.today).await?;
    let after = shown(tx, &saved).await?;
    let told = (before, &after);
    record(
        tx,
        ask,
        ("rebate agreement", &saved.number),
        (action, why),
        told,
    )
    .await?;
    Ok(after)
}

/// Changes an agreement. Terms that were known stay known as of then.
#[utoipa::path(patch, path = "/api/v1/rebates/{number}", tag = "book", request_body = RebateChangeJson, responses((status = 200, body = RebateJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<RebateChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| Box::pin(amend(tx, ask))).await
}

async fn amend(tx: &mut Tx, ask: &Ask<RebateChangeJson>) -> db::Result<Answer> {
    let (one, _) = at_step(tx, ask, "change").await?;
    let before = shown(tx, &one).await?;
    let body = &ask.body;
    let old = rebates::terms(tx, &one, i64::MAX).await?;
    let (from, to) = (old.days.0.to_string(), old.days.1.to_string());
    let from = body.from.as_deref().unwrap_or(&from);
    let to = body.to.as_deref().unwrap_or(&to);
    let terms = Terms {
        days: accept_span(Some(from), Some(to), ask.today)?,
        method: match &body.method {
            Some(text) => Method::parse(text)?,
            None => old.method,
        },
        tiers: match &body.tiers {
            Some(tiers) => read_tiers(tiers, one.money()?)?,
            None => old.tiers.clone(),
        },
    };
    accept_tiers(&terms.tiers)?;
    let text = note(Some(body.note.as_deref().unwrap_or(&one.note)), "note")?;
    let new = Some(&terms).filter(|terms| **terms != old);
    rebates::amend(tx, &one, (&text, new), ask.now).await?;
    let shown = told(tx, ask, Some(&before), (&one.number, "change", "")).await?;
    Ok(api::done(&shown))
}

/// The agreement as the asker knows it, and the state it goes into.
async fn at_step<B>(tx: &mut Tx, ask: &Ask<B>, action: &str) -> db::Result<(Rebate, &'static str)> {
    let one = rebates::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(one.version)?;
    let after = REBATE.after(action, &one.number, REBATE.state(&one.status))?;
    Ok((one, after))
}

/// Puts an agreement into force: from now on it can be given.
#[utoipa::path(post, path = "/api/v1/rebates/{number}/activate", tag = "book", request_body = StepJson, responses((status = 200, body = RebateJson), (status = 404), (status = 409), (status = 412)))]
pub async fn activate(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(step(tx, ask, "activate"))
    })
    .await
}

/// Closes an agreement: nothing more is given.
#[utoipa::path(post, path = "/api/v1/rebates/{number}/close", tag = "book", request_body = StepJson, responses((status = 200, body = RebateJson), (status = 404), (status = 409), (status = 412)))]
pub async fn close(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Step(ask): Step,
) -> Result<Response> {
    ask.actor.may(&MAY_AGREE)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(step(tx, ask, "close"))
    })
    .await
}

async fn step(tx: &mut Tx, ask: &Ask<StepJson>, action: &'static str) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, action).await?;
    let before = shown(tx, &one).await?;
    rebates::set_status(tx, &one, after).await?;
    let why = ask.body.reason.as_deref().unwrap_or_default();
    let shown = told(tx, ask, Some(&before), (&one.number, action, why)).await?;
    Ok(api::done(&shown))
}

/// Gives what is accrued and not given yet, or some of it, by a credit note to the customer's payer.
#[utoipa::path(post, path = "/api/v1/rebates/{number}/settle", tag = "book", request_body = SettlementJson, responses((status = 200, body = AccrualJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn settle(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<SettlementJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_SETTLE)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(settled(tx, ask))
    })
    .await
}

async fn settled(tx: &mut Tx, ask: &Ask<SettlementJson>) -> db::Result<Answer> {
    let (one, after) = at_step(tx, ask, "settle").await?;
    let body = &ask.body;
    let currency = one.money()?;
    let day = past_day(body.date.as_deref(), "date", ask.today)?;
    let due = accrued(tx, &one, Moment::latest(day)).await?;
    // What was given later counts as well: all of it comes out of the same accrual.
    let given = rebates::settled(tx, one.rebate(), Moment::latest(Date::MAX)).await?;
    let given = given
        .iter()
        .map(|one| one.net_minor)
        .fold(0, i64::saturating_add);
    let wanted = match &body.amount {
        Some(text) => Some(
            accept_amount(text, currency)
                .map_err(|no| no.at("amount"))?
                .minor(),
        ),
        None => None,
    };
    let write = |minor: i64| Money::of_minor(minor, currency).decimal();
    let net = accept_settlement(&one.number, (due.accrued_minor(), given), wanted, write)?;
    let asked = credit(tx, ask, &one, (net, currency, day)).await?;
    let number = asked.number.to_string();
    let id = posting::credit_notes::post(tx, None, asked, ask.now).await?;
    rebates::settle(tx, one.rebate(), id).await?;
    rebates::set_status(tx, &one, after).await?;
    let entry = Entry {
        action: "settle",
        noun: "rebate agreement",
        subject: &one.number,
        after: Some(json!({ "credit_note": number, "net": write(net) })),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    let shown = accrued(tx, &one, Moment::latest(day)).await?;
    Ok(api::done(&shown.shown(&one, day)?))
}

/// The credit note over a net amount with its tax.
async fn credit(
    tx: &mut Tx,
    ask: &Ask<SettlementJson>,
    one: &Rebate,
    (net_minor, currency, day): (i64, Currency, Date),
) -> db::Result<Asked> {
    let body = &ask.body;
    let rate = match &body.tax_percent {
        Some(text) => accepted::percent(text).map_err(|no| no.at("tax_percent"))?,
        None => Percent::ZERO,
    };
    let net = Money::of_minor(net_minor, currency);
    let tax = rebate::share(net_minor, rate);
    let tax = Money::of_minor(tax, currency);
    let customer = customers::fetch(tx, &Scope::All, &one.customer_code, ask.today).await?;
    let payer = customer.payer_code.as_deref();
    let payer = references::other_customer(tx, &Scope::All, "payer", payer, ask.today).await?;
    Ok(Asked {
        number: numbers::next(
            tx,
            Series::CreditNote,
            body.number.as_deref(),
            (one.customer(), day),
        )
        .await?,
        kind: "rebate",
        customer: one.customer(),
        payer: payer.unwrap_or_else(|| one.customer()),
        day,
        about: About::Amount(net.plus(tax)?, Some(rate)),
        reason: format!("Rebate {}", one.number),
        chance: ask.chance,
    })
}
