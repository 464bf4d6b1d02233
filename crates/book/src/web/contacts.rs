//! `/api/v1/customers/{code}/contacts`: whom to talk to, from when to when.

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
        contacts::{self, Contact, Fields},
        customers,
    },
    web::{accepted, change::Change, known::MomentQuery, step::StepJson},
};

/// Who may keep the contacts of the customers in their sight.
pub(in crate::web) const MAY_CHANGE: [Role; 4] =
    [Role::Administrator, Role::Manager, Role::Finance, Role::Rep];

/// A contact as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactJson {
    id: String,
    customer: String,
    name: String,
    name_local: Option<String>,
    /// `decider`, `buyer`, `payer`, `technical` or `other`.
    role: String,
    phone: Option<String>,
    email: Option<String>,
    /// The tag of the language to write in, `zh-CN`.
    lang: Option<String>,
    /// How they like to be reached: `phone`, `email`, `message`, `visit` or `post`.
    channel: Option<String>,
    /// Null for somebody who was always there.
    from: Option<String>,
    /// The first day they are gone; null is open.
    to: Option<String>,
    version: i64,
}

impl From<Contact> for ContactJson {
    fn from(contact: Contact) -> ContactJson {
        ContactJson {
            id: contact.public_id,
            customer: contact.customer_code,
            name: contact.name,
            name_local: contact.name_local,
            role: contact.role,
            phone: contact.phone,
            email: contact.email,
            lang: contact.lang,
            channel: contact.channel,
            from: Some(contact.valid_from).filter(|day| *day != BEGINNING.to_string()),
            to: contact.valid_to,
            version: contact.version,
        }
    }
}

/// A contact to add. Only the name is needed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContactJson {
    name: String,
    #[serde(default)]
    name_local: Option<String>,
    /// `other` if left out.
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    channel: Option<String>,
    /// From the beginning if left out.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// What of a contact can be corrected; what is left out stays, `null` empties. Who has left gets a
/// `to`: then they are known to have been there.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactChangeJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    name_local: Change<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    phone: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    email: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    lang: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    channel: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    from: Change<String>,
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    to: Change<String>,
}

/// The contacts of a customer on a day, by name.
#[utoipa::path(get, path = "/api/v1/customers/{code}/contacts", tag = "book", params(MomentQuery), responses((status = 200, body = Page<ContactJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<MomentQuery>,
) -> Result<Json<Page<ContactJson>>> {
    let moment = query.moment(kit.today())?;
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    let found = contacts::of_customer(&mut tx, customer.customer(), moment).await?;
    Ok(Json(Page {
        items: found.into_iter().map(ContactJson::from).collect(),
        next_cursor: None,
    }))
}

/// One contact.
#[utoipa::path(get, path = "/api/v1/customers/{code}/contacts/{id}", tag = "book", responses((status = 200, body = ContactJson)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path((code, id)): Path<(String, String)>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    let contact = contacts::fetch(&mut tx, customer.customer(), &id).await?;
    Ok(api::versioned(contact.version, &ContactJson::from(contact)))
}

/// Adds a contact.
#[utoipa::path(post, path = "/api/v1/customers/{code}/contacts", tag = "book", request_body = NewContactJson, responses((status = 201, body = ContactJson), (status = 409)))]
pub async fn create(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    ask: Ask<NewContactJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(code), |tx, ask| Box::pin(add(tx, ask))).await
}

pub(in crate::web) async fn add(tx: &mut Tx, ask: &Ask<NewContactJson>) -> db::Result<Answer> {
    let customer = customers::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    let id = customer.customer();
    refuse_crowd(tx, id).await?;
    let public_id = PublicId::of_random(ask.chance);
    contacts::add(tx, id, &public_id, &new_fields(&ask.body)?, ask.now).await?;
    let shown = ContactJson::from(contacts::fetch(tx, id, public_id.as_str()).await?);
    let after = serde_json::to_value(&shown).ok();
    record(tx, ask, ("create", public_id.as_str()), (None, after)).await?;
    let place = page::address("/api/v1/customers", &customer.code);
    Ok(api::created(
        format!("{place}/contacts/{public_id}"),
        &shown,
    ))
}

/// Lists of contacts are shown whole, so they end somewhere.
async fn refuse_crowd(tx: &mut Tx, customer: CustomerId) -> db::Result<()> {
    if contacts::believed(tx, customer).await?.len() < MOST_CONTACTS {
        return Ok(());
    }
    let message =
        format!("The customer has {MOST_CONTACTS} contacts already. Take some back first.");
    Err(Refusal::state("contact.many", message).into())
}

/// How many contacts a customer can have over time.
pub(crate) const MOST_CONTACTS: usize = 500;

fn new_fields(body: &NewContactJson) -> std::result::Result<Fields, Refusal> {
    let (from, to) = accepted::span(body.from.as_deref(), body.to.as_deref())?;
    let role = body.role.as_deref().unwrap_or("other");
    checked(Fields {
        name: body.name.clone(),
        name_local: body.name_local.clone(),
        role: role.to_owned(),
        phone: body.phone.clone(),
        email: body.email.clone(),
        lang: body.lang.clone(),
        channel: body.channel.clone(),
        from,
        to,
    })
}

/// The same contact with each value in order, or the refusal that names the first that is not.
pub(crate) fn checked(raw: Fields) -> std::result::Result<Fields, Refusal> {
    let local = raw.name_local.unwrap_or_default();
    Ok(Fields {
        name: accept_name(&raw.name, "name")?,
        name_local: accepted::text(&local, "name_local")?,
        role: contact::choice(&raw.role, &contact::ROLES).map_err(|no| no.at("role"))?,
        phone: accepted::filled(raw.phone.as_deref(), contact::phone, "phone")?,
        email: accepted::filled(raw.email.as_deref(), contact::email, "email")?,
        lang: accepted::filled(raw.lang.as_deref(), contact::lang, "lang")?,
        channel: accepted::filled(
            raw.channel.as_deref(),
            |text| contact::choice(text, &contact::CHANNELS),
            "channel",
        )?,
        from: raw.from,
        to: raw.to,
    })
}

/// Corrects a contact. What was known before stays readable with `known_at`.
#[utoipa::path(patch, path = "/api/v1/customers/{code}/contacts/{id}", tag = "book", request_body = ContactChangeJson, responses((status = 200, body = ContactJson)))]
pub async fn change(
    State(kit): State<Kit>,
    Path((code, id)): Path<(String, String)>,
    ask: Ask<ContactChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(format!("{code} {id}")), |tx, ask| {
        Box::pin(save(tx, ask))
    })
    .await
}

pub(in crate::web) async fn save(tx: &mut Tx, ask: &Ask<ContactChangeJson>) -> db::Result<Answer> {
    let old = found(tx, ask).await?;
    ask.fresh(old.version)?;
    let fields = changed_fields(&ask.body, old.fields()?)?;
    contacts::save(tx, &old, &fields, ask.now).await?;
    let customer = CustomerId::of(old.customer_id);
    let shown = ContactJson::from(contacts::fetch(tx, customer, &old.public_id).await?);
    let id = old.public_id.clone();
    let before = serde_json::to_value(ContactJson::from(old)).ok();
    let after = serde_json::to_value(&shown).ok();
    record(tx, ask, ("change", &id), (before, after)).await?;
    Ok(api::done(&shown))
}

/// The contact an ask is about, of a customer in the asker's sight.
async fn found<B>(tx: &mut Tx, ask: &Ask<B>) -> db::Result<Contact> {
    let (code, id) = ask.subject.rsplit_once(' ').unwrap_or_default();
    let customer = customers::fetch(tx, &ask.actor.scope, code, ask.today).await?;
    contacts::fetch(tx, customer.customer(), id).await
}

fn changed_fields(body: &ContactChangeJson, old: Fields) -> std::result::Result<Fields, Refusal> {
    let was = (old.from != BEGINNING).then(|| old.from.to_string());
    let from = body.from.or(was);
    let to = body.to.or(old.to.map(|day| day.to_string()));
    let (from, to) = accepted::span(from.as_deref(), to.as_deref())?;
    checked(Fields {
        name: body.name.clone().unwrap_or(old.name),
        name_local: body.name_local.or(old.name_local),
        role: body.role.clone().unwrap_or(old.role),
        phone: body.phone.or(old.phone),
        email: body.email.or(old.email),
        lang: body.lang.or(old.lang),
        channel: body.channel.or(old.channel),
        from,
        to,
    })
}

/// Takes a contact back that should never have been one.
#[utoipa::path(delete, path = "/api/v1/customers/{code}/contacts/{id}", tag = "book", responses((status = 200, body = ContactJson)))]
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
    contacts::retract(tx, &old, ask.now).await?;
    let shown = ContactJson::from(old);
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
        noun: "contact",
        subject: id,
        before,
        after,
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await
}
