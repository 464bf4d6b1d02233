//! `/api/v1/handovers`: what two people hand over to each other, noted and accepted by both.

use axum::{extract::State, response::Response};
use db::Tx;
use kernel::{Money, Refusal, Scope};
use org::{
    api::{self, Ask, ListQuery, Page},
    store::company,
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use trail::{Answer, By, Entry};
use utoipa::ToSchema;

use super::moves::instant;
use crate::store::handovers::{self, Handover};

/// A hand-over in a list. `status` is `waiting` until both people have accepted it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverRowJson {
    number: String,
    #[serde(rename = "move")]
    of: String,
    day: String,
    #[schema(pattern = "^\\S+$")]
    from: String,
    #[schema(pattern = "^\\S+$")]
    to: String,
    status: &'static str,
    from_accepted_at: Option<String>,
    to_accepted_at: Option<String>,
    version: i64,
}

/// A hand-over with what goes along with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverJson {
    number: String,
    #[serde(rename = "move")]
    of: String,
    day: String,
    rule: String,
    reason: String,
    #[schema(pattern = "^\\S+$")]
    from: String,
    #[schema(pattern = "^\\S+$")]
    to: String,
    status: &'static str,
    from_accepted_at: Option<String>,
    to_accepted_at: Option<String>,
    customers: Vec<String>,
    /// What was open at the move: documents, and support by its customer or supporter.
    documents: Vec<DocumentJson>,
    notes: Vec<NoteJson>,
    version: i64,
}

/// Something open; `choice` is `move`, `stay` or `end`.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentJson {
    kind: String,
    number: String,
    customer: String,
    date: String,
    net: String,
    choice: String,
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteJson {
    at: String,
    by: String,
    text: String,
}

/// A note to add.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNoteJson {
    text: String,
}

/// Nothing more is said when a hand-over is accepted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptJson {}

/// Hand-overs of people in scope, newest first. `status` is `waiting` or `accepted`.
#[utoipa::path(get, path = "/api/v1/handovers", tag = "plan", responses((status = 200, body = Page<HandoverRowJson>), (status = 422)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<HandoverRowJson>>> {
    let (limit, cursor) = query.page()?;
    let state = accept_state(&query.status)?;
    let mut tx = kit.db.read().await?;
    let found = handovers::list(&mut tx, &actor.scope, state, limit, &cursor).await?;
    Ok(Json(Page::of(found, |one| HandoverRowJson {
        status: one.state(),
        number: one.number,
        of: one.move_number,
        day: one.day,
        from: one.from_code,
        to: one.to_code,
        from_accepted_at: one.from_accepted_at.map(instant),
        to_accepted_at: one.to_accepted_at.map(instant),
        version: one.version,
    })))
}

pub(super) fn accept_state(text: &str) -> std::result::Result<&str, Refusal> {
    match text {
        "" | "waiting" | "accepted" => Ok(text),
        _ => {
            let text = "A hand-over is waiting or accepted.";
            Err(Refusal::value("handover.status", text).at("status"))
        }
    }
}

/// One hand-over.
#[utoipa::path(get, path = "/api/v1/handovers/{number}", tag = "plan", responses((status = 200, body = HandoverJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(number): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let found = handovers::fetch(&mut tx, &actor.scope, &number).await?;
    let version = found.version;
    Ok(api::versioned(version, &shown(&mut tx, found).await?))
}

async fn shown(tx: &mut Tx, found: Handover) -> db::Result<HandoverJson> {
    let currency = company::expect(tx).await?.currency;
    let customers = handovers::customers(tx, &found).await?;
    let items = handovers::items(tx, found.row()).await?;
    let notes = handovers::notes(tx, found.row()).await?;
    Ok(HandoverJson {
        status: found.state(),
        number: found.number,
        of: found.move_number,
        day: found.day,
        rule: found.rule,
        reason: found.reason,
        from: found.from_code,
        to: found.to_code,
        from_accepted_at: found.from_accepted_at.map(instant),
        to_accepted_at: found.to_accepted_at.map(instant),
        customers: customers.into_iter().map(|one| one.code).collect(),
        documents: items
            .into_iter()
            .map(|one| DocumentJson {
                kind: one.kind,
                number: one.number,
                customer: one.customer_code,
                date: one.day,
                net: Money::of_exact(one.net_exact, currency).decimal(),
                choice: one.choice,
            })
            .collect(),
        notes: notes
            .into_iter()
            .map(|one| NoteJson {
                at: instant(one.at),
                by: one.person_name,
                text: one.words,
            })
            .collect(),
        version: found.version,
    })
}

/// Accepts a hand-over for the asker's own side.
#[utoipa::path(post, path = "/api/v1/handovers/{number}/accept", tag = "plan", request_body = AcceptJson, responses((status = 200, body = HandoverJson), (status = 404), (status = 409), (status = 412)))]
pub async fn accept(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<AcceptJson>,
) -> Result<Response> {
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(async move {
            let found = handovers::fetch(tx, &ask.actor.scope, &ask.subject).await?;
            ask.fresh(found.version)?;
            accepted(tx, &found, &ask.actor, &ask.by()).await?;
            answer(tx, &ask.subject).await
        })
    })
    .await
}

async fn answer(tx: &mut Tx, number: &str) -> db::Result<Answer> {
    let found = handovers::fetch(tx, &Scope::All, number).await?;
    Ok(api::done(&shown(tx, found).await?))
}

/// Accepts it for the actor, who is one of the two.
///
/// # Errors
///
/// 403 for anybody else, `handover.accepted` if nothing waits for the actor.
pub(super) async fn accepted(
    tx: &mut Tx,
    found: &Handover,
    actor: &Actor,
    by: &By,
) -> db::Result<()> {
    if !is_one_of_two(found, actor) {
        let text = "A hand-over is accepted by the two people themselves.";
        return Err(Refusal::forbidden(text).into());
    }
    if !found.waits_for(actor.person) {
        let text = "You have accepted this hand-over already.";
        return Err(Refusal::state("handover.accepted", text).into());
    }
    handovers::accept(tx, found, actor.person, by.at).await?;
    record(tx, by, "accept", &found.number, "").await
}

/// Adds a note; both people and their managers read it.
#[utoipa::path(post, path = "/api/v1/handovers/{number}/notes", tag = "plan", request_body = NewNoteJson, responses((status = 200, body = HandoverJson), (status = 404), (status = 422)))]
pub async fn add_note(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<NewNoteJson>,
) -> Result<Response> {
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(async move {
            let found = handovers::fetch(tx, &ask.actor.scope, &ask.subject).await?;
            noted(tx, &found, &ask.actor, &ask.body.text, &ask.by()).await?;
            answer(tx, &ask.subject).await
        })
    })
    .await
}

fn is_one_of_two(found: &Handover, actor: &Actor) -> bool {
    [found.from_person_id, found.to_person_id].contains(&actor.person.get())
}

/// Notes are written by the two people and by those who move customers.
pub(super) fn may_note(found: &Handover, actor: &Actor) -> bool {
    is_one_of_two(found, actor) || super::moves::MOVERS.contains(&actor.role)
}

/// Refuses a form that shows an older hand-over than there is.
///
/// # Errors
///
/// `handover.changed`.
pub(super) fn accept_version(found: &Handover, version: i64) -> std::result::Result<(), Refusal> {
    if found.version == version {
        return Ok(());
    }
    let text = "Somebody accepted this hand-over meanwhile. Look at it again.";
    Err(Refusal::state("handover.changed", text))
}

/// The longest note.
const MOST_LETTERS: usize = 2_000;

/// Keeps a note of the actor: one of the two, or who may move customers.
///
/// # Errors
///
/// 403 for those who only read, `note.missing`, `note.long`.
pub(super) async fn noted(
    tx: &mut Tx,
    found: &Handover,
    actor: &Actor,
    text: &str,
    by: &By,
) -> db::Result<()> {
    if !may_note(found, actor) {
        let text = "Notes are written by the two people and their managers.";
        return Err(Refusal::forbidden(text).into());
    }
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::value("note.missing", "The note is empty.")
            .at("text")
            .into());
    }
    if MOST_LETTERS < text.chars().count() {
        let long = format!("The note is longer than {MOST_LETTERS} characters.");
        return Err(Refusal::value("note.long", long).at("text").into());
    }
    handovers::add_note(tx, found.row(), &by.name, text, by.at).await?;
    record(tx, by, "note", &found.number, text).await
}

async fn record(tx: &mut Tx, by: &By, action: &str, number: &str, why: &str) -> db::Result<()> {
    let entry = Entry {
        action,
        noun: "handover",
        subject: number,
        why,
        ..Entry::default()
    };
    trail::record(tx, by, entry).await
}
