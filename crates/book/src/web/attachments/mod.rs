//! Files kept with customers and orders: lists of them, one, its note, and taking it off again.

pub mod content;
pub mod upload;

use axum::{extract::State, response::Response};
use db::Tx;
use jiff::{Timestamp, civil::Date};
use kernel::{Role, Scope};
use org::api::{self, Ask, ListQuery, Page};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::{accepted, change::Change, step::StepJson};
use crate::store::{
    attachments::{self, Attachment, Noun},
    customers, orders,
};

/// Who may keep files with the records in their sight.
pub(in crate::web) const MAY_CHANGE: [Role; 4] =
    [Role::Administrator, Role::Manager, Role::Finance, Role::Rep];

/// A file as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentJson {
    id: String,
    /// `customer` or `order`.
    noun: String,
    /// The code or number of what it is kept with.
    subject: String,
    name: String,
    media_type: String,
    size_bytes: i64,
    /// SHA-256 of the content, in hexadecimal.
    sha256: String,
    note: Option<String>,
    added_by: String,
    added_at: String,
    version: i64,
}

impl AttachmentJson {
    fn of(one: Attachment, subject: &str) -> AttachmentJson {
        AttachmentJson {
            id: one.public_id,
            noun: one.noun,
            subject: subject.to_owned(),
            name: one.name,
            media_type: one.media_type,
            size_bytes: one.size_bytes,
            sha256: one.content_hash,
            note: one.note,
            added_by: one.added_by,
            added_at: Timestamp::from_microsecond(one.added_at)
                .unwrap_or_default()
                .to_string(),
            version: one.version,
        }
    }
}

/// What of a file can be changed: what is said about it. Another content is another file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachmentChangeJson {
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    note: Change<String>,
}

/// The record files are kept with, found in the asker's sight.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Subject {
    noun: Noun,
    id: i64,
    code: String,
}

async fn in_sight(
    tx: &mut Tx,
    scope: &Scope,
    (noun, code): (Noun, &str),
    today: Date,
) -> db::Result<Subject> {
    let (id, code) = match noun {
        Noun::Customer => {
            let customer = customers::fetch(tx, scope, code, today).await?;
            (customer.id, customer.code)
        }
        Noun::Order => {
            let order = orders::fetch(tx, scope, code, today).await?;
            (order.id, order.number)
        }
    };
    Ok(Subject { noun, id, code })
}

/// A file by its id, if the asker sees what it is kept with. The refusal is the same for a file that
/// is not there.
async fn found(
    tx: &mut Tx,
    scope: &Scope,
    id: &str,
    today: Date,
) -> db::Result<(Attachment, Subject)> {
    let one = attachments::fetch(tx, id).await?;
    let Some(noun) = Noun::parse(&one.noun) else {
        return Err(attachments::no_attachment(id).into());
    };
    let code = attachments::code_of(tx, noun, one.subject_id).await?;
    match in_sight(tx, scope, (noun, &code), today).await {
        Ok(subject) => Ok((one, subject)),
        Err(db::DbError::Refused(_)) => Err(attachments::no_attachment(id).into()),
        Err(other) => Err(other),
    }
}

/// A file in the asker's sight, and the page of what it is kept with.
pub(in crate::web) async fn whose(
    tx: &mut Tx,
    scope: &Scope,
    id: &str,
    today: Date,
) -> db::Result<(Attachment, String)> {
    let (one, subject) = found(tx, scope, id, today).await?;
    let collection = match subject.noun {
        Noun::Customer => "/customers",
        Noun::Order => "/orders",
    };
    Ok((one, page::address(collection, &subject.code)))
}

/// The files kept with a customer, oldest first.
#[utoipa::path(get, path = "/api/v1/customers/{code}/attachments", tag = "book", responses((status = 200, body = Page<AttachmentJson>)))]
pub async fn of_customer(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<AttachmentJson>>> {
    list(&kit, &actor, (Noun::Customer, &code), &query).await
}

/// The files kept with an order, oldest first.
#[utoipa::path(get, path = "/api/v1/orders/{number}/attachments", tag = "book", responses((status = 200, body = Page<AttachmentJson>)))]
pub async fn of_order(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<AttachmentJson>>> {
    list(&kit, &actor, (Noun::Order, &number), &query).await
}

async fn list(
    kit: &Kit,
    actor: &Actor,
    place: (Noun, &str),
    query: &ListQuery,
) -> Result<Json<Page<AttachmentJson>>> {
    let (limit, cursor) = query.page()?;
    let mut tx = kit.db.read().await?;
    let subject = in_sight(&mut tx, &actor.scope, place, kit.today()).await?;
    let listed = attachments::list(&mut tx, subject.noun, subject.id, limit, &cursor).await?;
    Ok(Json(Page::of(listed, |one| {
        AttachmentJson::of(one, &subject.code)
    })))
}

/// One file, without its content.
#[utoipa::path(get, path = "/api/v1/attachments/{id}", tag = "book", responses((status = 200, body = AttachmentJson)))]
pub async fn one(State(kit): State<Kit>, actor: Actor, Path(id): Path<String>) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let (one, subject) = found(&mut tx, &actor.scope, &id, kit.today()).await?;
    let version = one.version;
    Ok(api::versioned(
        version,
        &AttachmentJson::of(one, &subject.code),
    ))
}

/// Changes what is said about a file.
#[utoipa::path(patch, path = "/api/v1/attachments/{id}", tag = "book", request_body = AttachmentChangeJson, responses((status = 200, body = AttachmentJson)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(id): Path<String>,
    ask: Ask<AttachmentChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(id), |tx, ask| Box::pin(annotate(tx, ask))).await
}

pub(in crate::web) async fn annotate(
    tx: &mut Tx,
    ask: &Ask<AttachmentChangeJson>,
) -> db::Result<Answer> {
    let (old, subject) = found(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(old.version)?;
    let note = ask.body.note.or(old.note.clone()).unwrap_or_default();
    attachments::annotate(tx, &old, accepted::text(&note, "note")?).await?;
    let before = serde_json::to_value(AttachmentJson::of(old, &subject.code)).ok();
    let now = attachments::fetch(tx, &ask.subject).await?;
    let shown = AttachmentJson::of(now, &subject.code);
    let entry = Entry {
        action: "change",
        noun: "attachment",
        subject: &ask.subject,
        before,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// Takes a file off its record. Its content stays as long as anything needs it.
#[utoipa::path(delete, path = "/api/v1/attachments/{id}", tag = "book", responses((status = 200, body = AttachmentJson)))]
pub async fn remove(
    State(kit): State<Kit>,
    Path(id): Path<String>,
    ask: Ask<StepJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_CHANGE)?;
    api::carry_out(&kit, ask.about(id), |tx, ask| Box::pin(detach(tx, ask))).await
}

pub(in crate::web) async fn detach(tx: &mut Tx, ask: &Ask<StepJson>) -> db::Result<Answer> {
    let (old, subject) = found(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(old.version)?;
    attachments::detach(tx, &old, &ask.actor.name, ask.now).await?;
    let shown = AttachmentJson::of(old, &subject.code);
    let entry = Entry {
        action: "detach",
        noun: "attachment",
        subject: &ask.subject,
        why: ask.body.reason.as_deref().unwrap_or_default(),
        before: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}
