//! `/api/v1/memberships`: who sits in which unit from when to when, and who leads it.
//!
//! A membership is known by person, unit and first day. What is corrected is retracted and recorded
//! anew, so both readings of the past stay, and targets and sales follow to where the person really sat.

use axum::{Extension, extract::State, response::Response};
use db::{DbError, Tx};
use kernel::{Refusal, Role, Scope, times::BEGINNING};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::{IntoParams, ToSchema};

use super::{
    transfer::{Followers, Seating},
    units::unknown,
};
use crate::{
    api::{
        self, Ask, Page, RetractJson, accept_day, accept_first_day, accept_instant, accept_span,
        instant,
    },
    store::{
        memberships::{self, Filter, Known, Membership},
        people, seats, units,
    },
};

/// A membership as the API shows it. `retracted_at` is null while it is believed.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipJson {
    person: String,
    unit: String,
    seat: Option<String>,
    leads: bool,
    /// Null from the beginning.
    from: Option<String>,
    /// The first day it no longer holds; null until further notice.
    to: Option<String>,
    recorded_at: String,
    retracted_at: Option<String>,
}

impl From<Known> for MembershipJson {
    fn from(one: Known) -> MembershipJson {
        MembershipJson {
            person: one.person_code,
            unit: one.unit_code,
            seat: one.seat_code,
            leads: one.leads == 1,
            from: Some(one.valid_from).filter(|day| *day != BEGINNING.to_string()),
            to: one.valid_to,
            recorded_at: instant(one.recorded_at),
            retracted_at: one.retracted_at.map(instant),
        }
    }
}

/// A membership to record. It takes the place of what was believed of the person in this unit in its
/// days; other units are left alone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMembershipJson {
    person: String,
    unit: String,
    #[serde(default)]
    seat: Option<String>,
    #[serde(default)]
    leads: bool,
    /// Today if left out; `beginning` for ever before.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// What of a membership can be corrected; what is left out stays. `to` ends it; `seat` empty leaves the
/// seat.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipChangeJson {
    #[serde(default)]
    seat: Option<String>,
    #[serde(default)]
    leads: Option<bool>,
    #[serde(default)]
    from: Option<String>,
    /// `open` for until further notice.
    #[serde(default)]
    to: Option<String>,
}

/// Which memberships are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembershipsQuery {
    /// The code of a person.
    person: String,
    /// The code of a unit.
    unit: String,
    /// The day on which they hold; any day if left out.
    as_of: String,
    /// What was believed at this instant; what is believed now if left out.
    known_at: String,
    /// `all` shows what was retracted as well.
    history: String,
    /// Rows in a page, 1 to 500; 50 if left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Memberships of people in scope, by person and first day.
#[utoipa::path(get, path = "/api/v1/memberships", tag = "organisation", params(MembershipsQuery), responses((status = 200, body = Page<MembershipJson>), (status = 422)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<MembershipsQuery>,
) -> Result<Json<Page<MembershipJson>>> {
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let filter = Filter {
        as_of: given(&query.as_of)
            .map(|text| accept_day(&text, "as_of"))
            .transpose()?,
        known_at: match (query.known_at.as_str(), query.history.as_str()) {
            (_, "all") => None,
            ("", _) => Some(i64::MAX),
            (text, _) => Some(accept_instant(text, "known_at")?),
        },
        person: query.person,
        unit: query.unit,
    };
    let limit = db::Limit::parse(query.limit)?;
    let cursor = db::Cursor::parse(query.cursor.as_deref())?;
    let mut tx = kit.db.read().await?;
    let found = memberships::list(&mut tx, &actor.scope, &filter, limit, &cursor).await?;
    // A list of what was known at an instant does not tell what became of it later.
    let then = filter.known_at.is_some();
    Ok(Json(Page::of(found, |mut one| {
        one.retracted_at = one.retracted_at.filter(|_| !then);
        MembershipJson::from(one)
    })))
}

/// One membership as it is believed; `from` is a day or `beginning`.
#[utoipa::path(get, path = "/api/v1/memberships/{person}/{unit}/{from}", tag = "organisation", responses((status = 200, body = MembershipJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(place): Path<(String, String, String)>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let found = named(&mut tx, &actor.scope, &place).await?;
    Ok(api::versioned(
        found.recorded_at,
        &MembershipJson::from(found),
    ))
}

async fn named(
    tx: &mut Tx,
    scope: &Scope,
    (person, unit, from): &(String, String, String),
) -> db::Result<Known> {
    let missing = || Refusal::missing(format!("membership from {from}"));
    let from = accept_first_day(from, "from").ok().ok_or_else(missing)?;
    memberships::fetch(tx, scope, (person, unit), from).await
}

/// Records a membership.
#[utoipa::path(post, path = "/api/v1/memberships", tag = "organisation", request_body = NewMembershipJson, responses((status = 201, body = MembershipJson), (status = 409), (status = 422)))]
pub async fn create(
    State(kit): State<Kit>,
    Extension(followers): Extension<Followers>,
    ask: Ask<NewMembershipJson>,
) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    let ask = ask.map(|body| (body, followers));
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<(NewMembershipJson, Followers)>) -> db::Result<Answer> {
    let (body, followers) = &ask.body;
    let person = people::fetch(tx, &Scope::All, &body.person, ask.today).await;
    let person = person.map_err(|error| as_unknown(error, "person", &body.person))?;
    let from = match &body.from {
        Some(text) => accept_first_day(text, "from")?,
        None => ask.today,
    };
    let to = match &body.to {
        Some(text) => Some(accept_day(text, "to")?),
        None => None,
    };
    let unit = units::fetch(tx, &Scope::All, &body.unit).await;
    let unit = unit.map_err(|error| as_unknown(error, "unit", &body.unit))?;
    let mut place = Membership {
        person: person.person(),
        unit: unit.id,
        seat: None,
        leads: body.leads,
        from,
        to,
    };
    let seating = Seating::of(tx, place.person).await?;
    sit(tx, &mut place, body.seat.as_deref()).await?;
    memberships::make_room(tx, &place, ask.now).await?;
    memberships::add(tx, &place, ask.now).await?;
    seating.settle(tx, *followers, &ask.by()).await?;
    let names = (person.code.as_str(), unit.code.as_str());
    let shown = memberships::fetch(tx, &Scope::All, names, from).await?;
    let subject = subject(&shown);
    let shown = MembershipJson::from(shown);
    let entry = Entry {
        action: "create",
        noun: "membership",
        subject: &subject,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        format!("/api/v1/memberships/{subject}"),
        &shown,
    ))
}

/// `chen/east/2026-06-16`, as in the address.
fn subject(one: &Known) -> String {
    let plain = |code: &str| code.replace('/', "%2F");
    let from = if one.valid_from == BEGINNING.to_string() {
        "beginning"
    } else {
        &one.valid_from
    };
    format!(
        "{}/{}/{from}",
        plain(&one.person_code),
        plain(&one.unit_code)
    )
}

/// Finds the seat in the unit of the place, and that nobody else holds it in these days.
///
/// # Errors
///
/// `span.empty`, `reference.unknown`, `seat.unit` or `seat.taken`.
pub(super) async fn sit(tx: &mut Tx, place: &mut Membership, code: Option<&str>) -> db::Result<()> {
    accept_span(place.from, place.to)?;
    if let Some(code) = code {
        place.seat = match seats::by_code(tx, code).await {
            Ok((seat, unit)) if unit == place.unit => Some(seat),
            Ok(_) => {
                let text = format!("Seat {code} is in another unit.");
                return Err(Refusal::value("seat.unit", text).at("seat").into());
            }
            Err(DbError::Missing) => return Err(unknown("seat", "seat", code).into()),
            Err(error) => return Err(error),
        };
    }
    let Some(seat) = place.seat else {
        return Ok(());
    };
    if let Some(holder) = memberships::other_holder(tx, seat, place).await? {
        let text = format!("{holder} holds this seat in these days. End that membership first.");
        return Err(Refusal::state("seat.taken", text).at("seat").into());
    }
    Ok(())
}

fn as_unknown(error: DbError, noun: &str, code: &str) -> DbError {
    match error {
        DbError::Refused(_) => {
            unknown(noun, noun, &code.chars().take(60).collect::<String>()).into()
        }
        other => other,
    }
}

/// Corrects or ends a membership: what was believed is retracted, and the correction recorded.
#[utoipa::path(patch, path = "/api/v1/memberships/{person}/{unit}/{from}", tag = "organisation", request_body = MembershipChangeJson, responses((status = 200, body = MembershipJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Extension(followers): Extension<Followers>,
    Path(place): Path<(String, String, String)>,
    ask: Ask<MembershipChangeJson>,
) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    let ask = ask.map(|body| Named {
        place,
        body,
        followers,
    });
    api::carry_out(&kit, ask, |tx, ask| Box::pin(correct(tx, ask))).await
}

/// What is asked of a membership, by its name.
#[derive(Debug, Clone)]
struct Named<B> {
    place: (String, String, String),
    body: B,
    followers: Followers,
}

async fn correct(tx: &mut Tx, ask: &Ask<Named<MembershipChangeJson>>) -> db::Result<Answer> {
    let body = &ask.body.body;
    let old = named(tx, &ask.actor.scope, &ask.body.place).await?;
    ask.fresh(old.recorded_at)?;
    let Some(mut place) = old.membership() else {
        return Err(DbError::Missing);
    };
    if let Some(from) = &body.from {
        place.from = accept_first_day(from, "from")?;
    }
    match body.to.as_deref() {
        Some("open") => place.to = None,
        Some(text) => place.to = Some(accept_day(text, "to")?),
        None => {}
    }
    place.leads = body.leads.unwrap_or(place.leads);
    let seat = body.seat.as_deref().map(str::trim);
    if seat.is_some() {
        place.seat = None;
    }
    let seating = Seating::of(tx, place.person).await?;
    memberships::retract(tx, &old, ask.now).await?;
    sit(tx, &mut place, seat.filter(|code| !code.is_empty())).await?;
    memberships::make_room(tx, &place, ask.now).await?;
    memberships::add(tx, &place, ask.now).await?;
    seating.settle(tx, ask.body.followers, &ask.by()).await?;
    let names = (old.person_code.as_str(), old.unit_code.as_str());
    let shown = memberships::fetch(tx, &Scope::All, names, place.from).await?;
    let subject = subject(&shown);
    let (before, after) = (MembershipJson::from(old), MembershipJson::from(shown));
    let entry = Entry {
        action: "correct",
        noun: "membership",
        subject: &subject,
        before: serde_json::to_value(before).ok(),
        after: serde_json::to_value(&after).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&after))
}

/// Takes a membership back that never was. What was believed stays readable as known before.
#[utoipa::path(delete, path = "/api/v1/memberships/{person}/{unit}/{from}", tag = "organisation", request_body = RetractJson, responses((status = 200, body = MembershipJson), (status = 404), (status = 412)))]
pub async fn take_back(
    State(kit): State<Kit>,
    Extension(followers): Extension<Followers>,
    Path(place): Path<(String, String, String)>,
    ask: Ask<RetractJson>,
) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    let ask = ask.map(|body| Named {
        place,
        body,
        followers,
    });
    api::carry_out(&kit, ask, |tx, ask| Box::pin(taken_back(tx, ask))).await
}

async fn taken_back(tx: &mut Tx, ask: &Ask<Named<RetractJson>>) -> db::Result<Answer> {
    let body = &ask.body.body;
    let mut old = named(tx, &ask.actor.scope, &ask.body.place).await?;
    ask.fresh(old.recorded_at)?;
    let Some(place) = old.membership() else {
        return Err(DbError::Missing);
    };
    let seating = Seating::of(tx, place.person).await?;
    memberships::retract(tx, &old, ask.now).await?;
    seating.settle(tx, ask.body.followers, &ask.by()).await?;
    old.retracted_at = Some(ask.now.as_microsecond());
    let subject = subject(&old);
    let shown = MembershipJson::from(old);
    let entry = Entry {
        action: "retract",
        noun: "membership",
        subject: &subject,
        why: &body.reason,
        before: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}
