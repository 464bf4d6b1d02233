//! `/api/v1/customers/{code}/addresses`: where a customer is reached, from when to when.

use axum::{extract::State, response::Response};
use db::Tx;
use kernel::{Refusal, Role, ids::PublicId, times::BEGINNING};
use org::api::{self, Ask, Page, accept_name};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use crate::{
    CustomerId, contact,
    store::{
        addresses::{self, Address, Fields},
        customers,
    },
    web::{accepted, change::Change, known::MomentQuery, step::StepJson},
};

/// Who may keep the addresses of the customers in their sight.
pub(in crate::web) const MAY_CHANGE: [Role; 4] =
    [Role::Administrator, Role::Manager, Role::Finance, Role::Rep];

/// An address as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressJson {
    id: String,
    customer: String,
    /// `billing`, `shipping` or `visit`.
    kind: String,
    line1: String,
    line2: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    /// Two letters, `DE`.
    country: Option<String>,
    /// Degrees, north positive.
    lat: Option<f64>,
    /// Degrees, east positive.
    lon: Option<f64>,
    /// Null for one that always held.
    from: Option<String>,
    /// The first day it no longer holds; null is open.
    to: Option<String>,
    version: i64,
}

impl From<Address> for AddressJson {
    fn from(address: Address) -> AddressJson {
        AddressJson {
            id: address.public_id,
            customer: address.customer_code,
            kind: address.kind,
            line1: address.line1,
            line2: address.line2,
            postcode: address.postcode,
            city: address.city,
            country: address.country,
            lat: address.lat,
            lon: address.lon,
            from: Some(address.valid_from).filter(|day| *day != BEGINNING.to_string()),
            to: address.valid_to,
            version: address.version,
        }
    }
}

/// An address to add. Only kind and first line are needed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAddressJson {
    /// `billing`, `shipping` or `visit`.
    kind: String,
    line1: String,
    #[serde(default)]
    line2: Option<String>,
    #[serde(default)]
    postcode: Option<String>,
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    lat: Option<f64>,
    #[serde(default)]
    lon: Option<f64>,
    /// From the beginning if left out.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// What of an address can be corrected; what is left out stays, `null` empties. One that is
/// given up gets a `to`: then it is known to have been theirs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line1: Option<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    line2: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    postcode: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    city: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    country: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<f64>)]
    lat: Change<f64>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<f64>)]
    lon: Change<f64>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    from: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    to: Change<String>,
}

/// The addresses of a customer on a day, by kind.
#[utoipa::path(get, path = "/api/v1/customers/{code}/addresses", tag = "book", params(MomentQuery), responses((status = 200, body = Page<AddressJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<MomentQuery>,
) -> Result<Json<Page<AddressJson>>> {
    let moment = query.moment(kit.today())?;
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    let found = addresses::of_customer(&mut tx, customer.customer(), moment).await?;
    Ok(Json(Page {
        items: found.into_iter().map(AddressJson::from).collect(),
        next_cursor: None,
    }))
}

/// One address.
#[utoipa::path(get, path = "/api/v1/customers/{code}/addresses/{id}", tag = "book", responses((status = 200, body = AddressJson)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path((code, id)): Path<(String, String)>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    let address = addresses::fetch(&mut tx, customer.customer(), &id).await?;
    Ok(api::versioned(address.version, &AddressJson::from(address)))
}

/// Adds an address.
#[utoipa::path(post, path = "/api/v1/customers/{code}/addresses", tag = "book", request_body = NewAddressJson, responses((status = 201, body = AddressJson), (status = 409)))]
pub async fn create(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<NewAddressJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(add(tx, ask))).await
}

pub(in crate::web) async fn add(tx: &mut Tx, ask: &Ask<NewAddressJson>) -> db::Result<Answer> {
    let customer = customers::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    let id = customer.customer();
    refuse_crowd(tx, id).await?;
    let public_id = PublicId::of_random(ask.chance);
    addresses::add(tx, id, &public_id, &new_fields(&ask.body)?, ask.now).await?;
    let shown = AddressJson::from(addresses::fetch(tx, id, public_id.as_str()).await?);
    let after = serde_json::to_value(&shown).ok();
    record(tx, ask, ("create", public_id.as_str()), (None, after)).await?;
    let place = page::address("/api/v1/customers", &customer.code);
    Ok(api::created(
        format!("{place}/addresses/{public_id}"),
        &shown,
    ))
}

/// Lists of addresses are shown whole, so they end somewhere.
async fn refuse_crowd(tx: &mut Tx, customer: CustomerId) -> db::Result<()> {
    if addresses::believed(tx, customer).await?.len() < MOST_ADDRESSES {
        return Ok(());
    }
    let message =
        format!("The customer has {MOST_ADDRESSES} addresses already. Take some back first.");
    Err(Refusal::state("address.many", message).into())
}

/// How many addresses a customer can have over time.
pub(crate) const MOST_ADDRESSES: usize = 500;

fn new_fields(body: &NewAddressJson) -> std::result::Result<Fields, Refusal> {
    let (from, to) = accepted::span(body.from.as_deref(), body.to.as_deref())?;
    checked(Fields {
        kind: body.kind.clone(),
        line1: body.line1.clone(),
        line2: body.line2.clone(),
        postcode: body.postcode.clone(),
        city: body.city.clone(),
        country: body.country.clone(),
        lat: body.lat,
        lon: body.lon,
        from,
        to,
    })
}

/// The same address with each value in order, or the refusal that names the first that is not.
pub(crate) fn checked(raw: Fields) -> std::result::Result<Fields, Refusal> {
    let text = |text: Option<String>, field| accepted::text(&text.unwrap_or_default(), field);
    Ok(Fields {
        kind: contact::choice(&raw.kind, &contact::ADDRESS_KINDS).map_err(|no| no.at("kind"))?,
        line1: accept_name(&raw.line1, "line1")?,
        line2: text(raw.line2, "line2")?,
        postcode: text(raw.postcode, "postcode")?,
        city: text(raw.city, "city")?,
        country: accepted::filled(raw.country.as_deref(), contact::country, "country")?,
        lat: raw
            .lat
            .map(accepted::lat)
            .transpose()
            .map_err(|no| no.at("lat"))?,
        lon: raw
            .lon
            .map(accepted::lon)
            .transpose()
            .map_err(|no| no.at("lon"))?,
        from: raw.from,
        to: raw.to,
    })
}

/// Corrects an address. What was known before stays readable with `known_at`.
#[utoipa::path(patch, path = "/api/v1/customers/{code}/addresses/{id}", tag = "book", request_body = AddressChangeJson, responses((status = 200, body = AddressJson)))]
pub async fn change(
    State(kit): State<Kit>,
    Path((code, id)): Path<(String, String)>,
    ask: Ask<AddressChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(format!("{code} {id}")), |tx, ask| {
        Box::pin(save(tx, ask))
    })
    .await
}

pub(in crate::web) async fn save(tx: &mut Tx, ask: &Ask<AddressChangeJson>) -> db::Result<Answer> {
    let old = found(tx, ask).await?;
    ask.fresh(old.version)?;
    let fields = changed_fields(&ask.body, old.fields()?)?;
    addresses::save(tx, &old, &fields, ask.now).await?;
    let customer = CustomerId::of(old.customer_id);
    let shown = AddressJson::from(addresses::fetch(tx, customer, &old.public_id).await?);
    let id = old.public_id.clone();
    let before = serde_json::to_value(AddressJson::from(old)).ok();
    let after = serde_json::to_value(&shown).ok();
    record(tx, ask, ("change", &id), (before, after)).await?;
    Ok(api::done(&shown))
}

/// The address an ask is about, of a customer in the asker's sight.
async fn found<B>(tx: &mut Tx, ask: &Ask<B>) -> db::Result<Address> {
    let (code, id) = ask.subject.rsplit_once(' ').unwrap_or_default();
    let customer = customers::fetch(tx, &ask.actor.scope, code, ask.today).await?;
    addresses::fetch(tx, customer.customer(), id).await
}

fn changed_fields(body: &AddressChangeJson, old: Fields) -> std::result::Result<Fields, Refusal> {
    let was = (old.from != BEGINNING).then(|| old.from.to_string());
    let from = body.from.or(was);
    let to = body.to.or(old.to.map(|day| day.to_string()));
    let (from, to) = accepted::span(from.as_deref(), to.as_deref())?;
    checked(Fields {
        kind: body.kind.clone().unwrap_or(old.kind),
        line1: body.line1.clone().unwrap_or(old.line1),
        line2: body.line2.or(old.line2),
        postcode: body.postcode.or(old.postcode),
        city: body.city.or(old.city),
        country: body.country.or(old.country),
        lat: body.lat.or(old.lat),
        lon: body.lon.or(old.lon),
        from,
        to,
    })
}

/// Takes an address back that should never have been theirs.
#[utoipa::path(delete, path = "/api/v1/customers/{code}/addresses/{id}", tag = "book", responses((status = 200, body = AddressJson)))]
pub async fn remove(
    State(kit): State<Kit>,
    Path((code, id)): Path<(String, String)>,
    ask: Ask<StepJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(format!("{code} {id}")), |tx, ask| {
        Box::pin(take_back(tx, ask))
    })
    .await
}

pub(in crate::web) async fn take_back(tx: &mut Tx, ask: &Ask<StepJson>) -> db::Result<Answer> {
    let old = found(tx, ask).await?;
    ask.fresh(old.version)?;
    addresses::retract(tx, &old, ask.now).await?;
    let shown = AddressJson::from(old);
    let before = serde_json::to_value(&shown).ok();
    record(tx, ask, ("delete", &shown.id), (before, None)).await?;
    Ok(api::done(&shown))
}

async fn record<B>(
    tx: &mut Tx,
    ask: &Ask<B>,
    (action, id): (&'static str, &str),
    (before, after): (Option<serde_json::Value>, Option<serde_json::Value>),
) -> db::Result<()> {
    let entry = Entry {
        action,
        noun: "address",
        subject: id,
        before,
        after,
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await
}
