//! `/api/v1/payment-terms`: named payment terms in parts.

use axum::{extract::State, response::Response};
use db::{DbError, Result, Tx};
use kernel::{Code, Percent, Refusal, Role};
use org::api::{self, Ask, ListQuery, Page, accept_name};
use page::{Actor, Json, Kit, Path, Query};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::{accepted, change::Change};
use crate::{
    store::terms::{self, Terms},
    terms::{Clock, Part, accept},
};

/// Who keeps payment terms.
const MAY_KEEP: [Role; 2] = [Role::Administrator, Role::Finance];

/// Payment terms.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermsJson {
    code: String,
    name: String,
    name_local: Option<String>,
    parts: Vec<TermsPartJson>,
    version: i64,
}

/// One part: what share is due how many days after what.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsPartJson {
    /// The parts add up to exactly 100.
    pub percent: String,
    /// `order`, `delivery`, `invoice`, `invoice_received` or `acceptance`. That of the delivery starts
    /// with the last one on or before the invoice's day; if the invoice came first, with the first one.
    pub clock: String,
    #[serde(default)]
    pub days: i64,
    /// The day found is moved to the end of its month.
    #[serde(default)]
    pub end_of_month: bool,
    /// Then to the next such day of a month; 31 means its last.
    #[serde(default)]
    pub payment_day: Option<i64>,
    /// What may be kept back by paying within `discount_days`.
    #[serde(default)]
    pub discount_percent: Option<String>,
    #[serde(default)]
    pub discount_days: i64,
    /// Kept back until the goods have proved themselves.
    #[serde(default)]
    pub retention: bool,
}

/// Payment terms to add.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTermsJson {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub name_local: Option<String>,
    pub parts: Vec<TermsPartJson>,
}

/// What of payment terms can be changed; invoices that were written keep their days.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TermsChangeJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    pub name_local: Change<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<TermsPartJson>>,
}

impl TermsPartJson {
    fn of(part: &Part) -> TermsPartJson {
        TermsPartJson {
            percent: part.share.to_string(),
            clock: part.clock.word().to_owned(),
            days: part.days,
            end_of_month: part.end_of_month,
            payment_day: part.payment_day.map(i64::from),
            discount_percent: Some(part.discount.to_string()),
            discount_days: part.discount_days,
            retention: part.is_retention,
        }
    }

    fn part(&self) -> std::result::Result<Part, Refusal> {
        // Out of range is refused with all other faults of the part.
        let payment_day = self.payment_day.map(|day| i8::try_from(day).unwrap_or(0));
        Ok(Part {
            share: accepted::percent(&self.percent).map_err(|no| no.at("percent"))?,
            clock: Clock::parse(&self.clock)?,
            days: days(self.days, "days")?,
            end_of_month: self.end_of_month,
            payment_day,
            discount: match &self.discount_percent {
                Some(text) => accepted::percent(text).map_err(|no| no.at("discount_percent"))?,
                None => Percent::ZERO,
            },
            discount_days: days(self.discount_days, "discount_days")?,
            is_retention: self.retention,
        })
    }
}

fn days(days: i64, field: &'static str) -> std::result::Result<i64, Refusal> {
    if (0..=3_660).contains(&days) {
        return Ok(days);
    }
    let message = format!("{field} are 0 to 3660, not {days}.");
    Err(Refusal::value("terms.range", message).at(field))
}

fn parts(given: &[TermsPartJson]) -> std::result::Result<Vec<Part>, Refusal> {
    let read = given.iter().take(crate::terms::MOST_PARTS + 1).enumerate();
    let read = read.map(|(place, part)| {
        part.part().map_err(|mut no| {
            for field in &mut no.fields {
                field.field = format!("parts[{place}].{}", field.field);
            }
            no
        })
    });
    let parts: Vec<Part> = read.collect::<std::result::Result<_, Refusal>>()?;
    accept(&parts)?;
    Ok(parts)
}

/// All payment terms by code.
#[utoipa::path(get, path = "/api/v1/payment-terms", tag = "book", responses((status = 200, body = Page<TermsJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    _actor: Actor,
    Query(query): Query<ListQuery>,
) -> page::Result<Json<Page<TermsJson>>> {
    let mut tx = kit.db.read().await?;
    let mut parts = terms::all_parts(&mut tx).await?;
    let all = terms::all(&mut tx).await?.into_iter().map(|own| {
        let parts = parts.remove(&own.id).unwrap_or_default();
        json(own, &parts)
    });
    Ok(Json(Page::cut(all.collect(), &query)?))
}

/// One set of payment terms.
#[utoipa::path(get, path = "/api/v1/payment-terms/{code}", tag = "book", responses((status = 200, body = TermsJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    _actor: Actor,
    Path(code): Path<String>,
) -> page::Result<Response> {
    let mut tx = kit.db.read().await?;
    let own = terms::fetch(&mut tx, &code).await?;
    let version = own.version;
    Ok(api::versioned(version, &shown(&mut tx, own).await?))
}

async fn shown(tx: &mut Tx, own: Terms) -> Result<TermsJson> {
    let parts = terms::parts(tx, own.terms()).await?;
    Ok(json(own, &parts))
}

fn json(own: Terms, parts: &[Part]) -> TermsJson {
    TermsJson {
        code: own.code,
        name: own.name,
        name_local: own.name_local,
        parts: parts.iter().map(TermsPartJson::of).collect(),
        version: own.version,
    }
}

/// Adds payment terms.
#[utoipa::path(post, path = "/api/v1/payment-terms", tag = "book", request_body = NewTermsJson, responses((status = 201, body = TermsJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewTermsJson>) -> page::Result<Response> {
    ask.actor.may(&MAY_KEEP)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(added(tx, ask))).await
}

async fn added(tx: &mut Tx, ask: &Ask<NewTermsJson>) -> Result<Answer> {
    let body = &ask.body;
    let code = Code::parse(&body.code).map_err(|no| no.at("code"))?;
    let name = accept_name(&body.name, "name")?;
    let local = accepted::text(body.name_local.as_deref().unwrap_or_default(), "name_local")?;
    let parts = parts(&body.parts)?;
    let added = terms::add(tx, &code, (&name, local.as_deref()), &parts).await;
    added.map_err(|error| match error {
        DbError::Taken(_) => {
            let message = format!("There already are payment terms {code}.");
            DbError::Refused(Refusal::state("code.taken", message).at("code"))
        }
        other => other,
    })?;
    let own = terms::fetch(tx, code.as_str()).await?;
    let shown = shown(tx, own).await?;
    let entry = Entry {
        action: "create",
        noun: "payment terms",
        subject: code.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        page::address("/api/v1/payment-terms", code.as_str()),
        &shown,
    ))
}

/// Changes payment terms; invoices that were written keep their days.
#[utoipa::path(patch, path = "/api/v1/payment-terms/{code}", tag = "book", request_body = TermsChangeJson, responses((status = 200, body = TermsJson), (status = 404), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<TermsChangeJson>,
) -> page::Result<Response> {
    ask.actor.may(&MAY_KEEP)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(changed(tx, ask))).await
}

async fn changed(tx: &mut Tx, ask: &Ask<TermsChangeJson>) -> Result<Answer> {
    let own = terms::fetch(tx, &ask.subject).await?;
    ask.fresh(own.version)?;
    let body = &ask.body;
    let name = match &body.name {
        Some(name) => accept_name(name, "name")?,
        None => own.name.clone(),
    };
    let local = body.name_local.or(own.name_local.clone());
    let local = accepted::text(local.as_deref().unwrap_or_default(), "name_local")?;
    let parts = body.parts.as_deref().map(parts).transpose()?;
    let before = shown(tx, own.clone()).await?;
    terms::change(tx, &own, (&name, local.as_deref()), parts.as_deref()).await?;
    let now = terms::fetch(tx, &own.code).await?;
    let after = shown(tx, now).await?;
    let entry = Entry {
        action: "change",
        noun: "payment terms",
        subject: &own.code,
        before: serde_json::to_value(&before).ok(),
        after: serde_json::to_value(&after).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&after))
}
