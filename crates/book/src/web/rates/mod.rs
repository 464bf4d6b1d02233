//! `/api/v1/rates`: what other currencies are worth in the company's, day by day.

pub mod page;

use ::page::{Actor, Json, Kit, Path, Query, Result};
use axum::{extract::State, response::Response};
use db::{Cursor, DbError, Limit, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Moment, Rate, Refusal, Role};
use org::{
    api::{self, Ask, Page},
    store::company,
};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::accepted;
use crate::{
    rates::{Quote, Rated, accept_day},
    store::rates::{self, NewRate},
};

/// Who may record and correct rates.
const MAY_CHANGE: [Role; 2] = [Role::Administrator, Role::Finance];

/// A rate as it was quoted: `per` units of `from` are worth `rate` units of `to`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RateJson {
    #[schema(pattern = "^[A-Z]{3}$")]
    from: String,
    #[schema(pattern = "^[A-Z]{3}$")]
    to: String,
    per: i64,
    /// A decimal with up to six places, `"12.7713"`.
    rate: String,
    /// The day it is of. It serves the seven days after it too, unless a later one does.
    date: String,
    version: i64,
}

impl From<&Rated> for RateJson {
    fn from(rated: &Rated) -> RateJson {
        RateJson {
            from: rated.quote.from.code().to_owned(),
            to: rated.quote.to.code().to_owned(),
            per: rated.quote.per,
            rate: rated.quote.rate.to_string(),
            date: rated.day.to_string(),
            version: rated.version,
        }
    }
}

/// A rate to record. One of the two currencies is the company's.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRateJson {
    #[schema(pattern = "^[A-Z]{3}$")]
    from: String,
    /// The company's currency if left out.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{3}$")]
    to: Option<String>,
    /// 1, 10, 100 and so on up to 1000000; 1 if left out.
    #[serde(default)]
    per: Option<i64>,
    rate: String,
    /// Today if left out.
    #[serde(default)]
    date: Option<String>,
}

/// A correction of a rate; what is left out stays. Documents that took the rate keep it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate: Option<String>,
}

/// The questions a list of rates takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RatesQuery {
    currency: String,
    on: String,
    known_at: String,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// What a question about one rate may add.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KnownQuery {
    known_at: String,
}

/// Rates, newest first; with `on`, the one of each currency that serves that day.
#[utoipa::path(get, path = "/api/v1/rates", tag = "book", responses((status = 200, body = Page<RateJson>), (status = 422)))]
pub async fn list(
    State(kit): State<Kit>,
    _actor: Actor,
    Query(query): Query<RatesQuery>,
) -> Result<Json<Page<RateJson>>> {
    let limit = Limit::parse(query.limit)?;
    let cursor = Cursor::parse(query.cursor.as_deref())?;
    let known_at = accept_known_at(&query.known_at)?;
    let currency = query.currency.trim().to_ascii_uppercase();
    let mut tx = kit.db.read().await?;
    let base = company::expect(&mut tx).await?.currency;
    if query.on.is_empty() {
        let found = rates::list(&mut tx, &currency, base, known_at, limit, &cursor).await?;
        return Ok(Json(Page::of(found, |rated| RateJson::from(&rated))));
    }
    let as_of = accepted::day(&query.on).map_err(|no| no.at("on"))?;
    let moment = Moment { as_of, known_at };
    let mut serving = rates::serving(&mut tx, base, moment).await?;
    serving.retain(|rated| currency.is_empty() || rated.quote.foreign(base).code() == currency);
    Ok(Json(Page {
        items: serving.iter().map(RateJson::from).collect(),
        next_cursor: None,
    }))
}

/// The rate of a currency that was quoted on exactly this day.
#[utoipa::path(get, path = "/api/v1/rates/{currency}/{date}", tag = "book", responses((status = 200, body = RateJson), (status = 404), (status = 422)))]
pub async fn one(
    State(kit): State<Kit>,
    _actor: Actor,
    Path((currency, day)): Path<(String, String)>,
    Query(query): Query<KnownQuery>,
) -> Result<Response> {
    let known_at = accept_known_at(&query.known_at)?;
    let mut tx = kit.db.read().await?;
    let base = company::expect(&mut tx).await?.currency;
    let rated = fetch(&mut tx, (&currency, &day), base, known_at).await?;
    Ok(api::versioned(rated.version, &RateJson::from(&rated)))
}

/// Every day that is no day answers like a day without a rate.
async fn fetch(
    tx: &mut Tx,
    (currency, day): (&str, &str),
    base: Currency,
    known_at: i64,
) -> db::Result<Rated> {
    let shown = |text: &str| text.chars().take(40).collect::<String>();
    let none = || Refusal::missing(format!("rate of {} of {}", shown(currency), shown(day)));
    let day = accepted::day(day).map_err(|_malformed| none())?;
    let currency = currency.to_ascii_uppercase();
    rates::of_day(tx, &currency, day, base, known_at).await
}

/// Records a rate of a day that has none yet.
#[utoipa::path(post, path = "/api/v1/rates", tag = "book", request_body = NewRateJson, responses((status = 201, body = RateJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewRateJson>) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewRateJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let base = company::expect(tx).await?.currency;
    let quote = Quote {
        from: Currency::parse(&body.from).map_err(|no| no.at("from"))?,
        to: match body.to.as_deref() {
            Some(code) => Currency::parse(code).map_err(|no| no.at("to"))?,
            None => base,
        },
        per: body.per.unwrap_or(1),
        rate: Rate::parse(&body.rate).map_err(|no| no.at("rate"))?,
    };
    let quote = quote.accept(base)?;
    let day = match body.date.as_deref() {
        Some(text) => accepted::day(text).map_err(|no| no.at("date"))?,
        None => ask.today,
    };
    let new = NewRate {
        quote,
        day: accept_day(day, ask.today)?,
        version: 1,
    };
    let added = rates::add_many(tx, &[new], base, ask.now).await;
    added.map_err(|error| taken(error, quote.foreign(base), day))?;
    let foreign = quote.foreign(base).code();
    let saved = rates::of_day(tx, foreign, day, base, i64::MAX).await?;
    let shown = RateJson::from(&saved);
    let subject = format!("{foreign} {day}");
    let entry = Entry {
        action: "create",
        noun: "rate",
        subject: &subject,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(place(foreign, day), &shown))
}

fn place(currency: &str, day: Date) -> String {
    format!("/api/v1/rates/{currency}/{day}")
}

fn taken(error: DbError, currency: Currency, day: Date) -> DbError {
    match error {
        DbError::Taken(_) => {
            let message = format!(
                "There already is a rate of {currency} of {day}. Correct it with PATCH {}.",
                place(currency.code(), day)
            );
            Refusal::state("rate.taken", message).at("date").into()
        }
        other => other,
    }
}

/// Corrects the rate of a day. What was known before can still be asked for with `known_at`.
#[utoipa::path(patch, path = "/api/v1/rates/{currency}/{date}", tag = "book", request_body = RateChangeJson, responses((status = 200, body = RateJson), (status = 404), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path((currency, day)): Path<(String, String)>,
    ask: Ask<RateChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    let ask = ask.about(format!("{currency} {day}"));
    api::carry_out(&kit, ask, |tx, ask| Box::pin(correct(tx, ask))).await
}

async fn correct(tx: &mut Tx, ask: &Ask<RateChangeJson>) -> db::Result<Answer> {
    let base = company::expect(tx).await?.currency;
    let asked = ask.subject.split_once(' ').unwrap_or_default();
    let old = fetch(tx, asked, base, i64::MAX).await?;
    ask.fresh(old.version)?;
    let rate = match ask.body.rate.as_deref() {
        Some(text) => Rate::parse(text).map_err(|no| no.at("rate"))?,
        None => old.quote.rate,
    };
    let quote = Quote {
        per: ask.body.per.unwrap_or(old.quote.per),
        rate,
        ..old.quote
    };
    let quote = quote.accept(base)?;
    if quote != old.quote {
        rates::correct(tx, &old, quote, base, ask.now).await?;
    }
    let saved = fetch(tx, asked, base, i64::MAX).await?;
    let shown = RateJson::from(&saved);
    let entry = Entry {
        action: "correct",
        noun: "rate",
        subject: &ask.subject,
        before: serde_json::to_value(RateJson::from(&old)).ok(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// The instant whose knowledge counts; without one, everything.
pub(super) fn accept_known_at(text: &str) -> std::result::Result<i64, Refusal> {
    if text.is_empty() {
        return Ok(i64::MAX);
    }
    let read = text.parse::<Timestamp>();
    read.map(Timestamp::as_microsecond).map_err(|_unread| {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is not an instant. Write it like 2026-06-30T18:00:00Z.");
        Refusal::value("instant.malformed", message).at("known_at")
    })
}
