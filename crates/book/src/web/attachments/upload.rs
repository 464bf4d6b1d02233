//! Receiving a file: its bytes are the body, its name stands in the query.
//!
//! The body is cut while it arrives and every piece is written down on its own, so that a slow or
//! large upload holds neither the writer nor the memory. Only when all is there does one transaction
//! attach it.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Multipart, Request, State},
    http::{HeaderValue, header},
    response::Response,
};
use db::Tx;
use futures_util::{Stream, StreamExt};
use jiff::{SignedDuration, Timestamp};
use kernel::{Refusal, ids::PublicId};
use org::api::{self, Ask};
use page::{Actor, Kit, Path, Problem, Query, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use trail::{Answer, Entry};
use utoipa::IntoParams;

use super::{AttachmentJson, MAY_CHANGE, in_sight};
use crate::{
    file,
    store::attachments::{self, NewAttachment, Noun},
    web::accepted,
};

/// What is said of a file while it is sent.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The name it is kept under; its end tells what it is.
    #[param(required = true)]
    name: String,
    /// What it is about.
    #[param(required = false)]
    note: String,
}

/// A file that is there, before it is attached: what makes two uploads the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Received {
    noun: String,
    name: String,
    note: String,
    media_type: String,
    size_bytes: usize,
    hash: String,
    pieces: Vec<String>,
}

/// Keeps a file with a customer. The body is the file.
#[utoipa::path(post, path = "/api/v1/customers/{code}/attachments", tag = "book", params(UploadQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = AttachmentJson), (status = 409)))]
pub async fn to_customer(
    State(kit): State<Kit>,
    Path(code): Path<String>,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Response> {
    receive(&kit, (Noun::Customer, code), query, request).await
}

/// Keeps a file with an order. The body is the file.
#[utoipa::path(post, path = "/api/v1/orders/{number}/attachments", tag = "book", params(UploadQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = AttachmentJson), (status = 409)))]
pub async fn to_order(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Response> {
    receive(&kit, (Noun::Order, number), query, request).await
}

async fn receive(
    kit: &Kit,
    (noun, code): (Noun, String),
    query: UploadQuery,
    request: Request,
) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let actor = Actor::from_request_parts(&mut parts, kit).await?;
    actor.may(&MAY_CHANGE)?;
    let mut tx = kit.db.read().await?;
    in_sight(&mut tx, &actor.scope, (noun, &code), kit.today()).await?;
    drop(tx);
    let name = file::clean_name(&query.name)?;
    // Refused by its name before a byte of it is taken.
    file::known_kind(&name).map_err(not_accepted)?;
    let cut = cut(kit, body.into_data_stream(), &name).await?;
    let received = cut.received(noun, name, query.note);
    // From here on it is a change like any other.
    let json = HeaderValue::from_static("application/json");
    parts.headers.insert(header::CONTENT_TYPE, json);
    parts.headers.remove(header::CONTENT_LENGTH);
    let text = serde_json::to_vec(&received).unwrap_or_default();
    let request = Request::from_parts(parts, Body::from(text));
    let ask: Ask<Received> = Ask::from_request(request, kit).await?;
    api::carry_out(kit, ask.about(code), |tx, ask| Box::pin(attach(tx, ask))).await
}

fn not_accepted(no: Refusal) -> Problem {
    let field = no.fields.first().map(|one| one.field.clone());
    Problem::media_type(no.message)
        .code(no.code)
        .at(field.unwrap_or_default())
}

/// A body that was cut and written down.
struct Cut {
    media_type: &'static str,
    size_bytes: usize,
    hash: String,
    pieces: Vec<String>,
}

impl Cut {
    fn received(self, noun: Noun, name: String, note: String) -> Received {
        Received {
            noun: noun.as_str().to_owned(),
            name,
            note,
            media_type: self.media_type.to_owned(),
            size_bytes: self.size_bytes,
            hash: self.hash,
            pieces: self.pieces,
        }
    }
}

/// Keeps the file that a form brought.
pub(in crate::web) async fn of_form(
    kit: &Kit,
    actor: &Actor,
    (noun, code): (Noun, &str),
    mut form: Multipart,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    in_sight(&mut tx, &actor.scope, (noun, code), kit.today()).await?;
    drop(tx);
    let mut note = String::new();
    let mut received = None;
    while let Some(field) = form.next_field().await.map_err(|_why| broken_off())? {
        match field.name() {
            Some("note") => note = field.text().await.map_err(|_why| broken_off())?,
            Some("file") if field.file_name().is_some_and(|name| !name.is_empty()) => {
                let name = file::clean_name(field.file_name().unwrap_or_default())?;
                file::known_kind(&name).map_err(not_accepted)?;
                let cut = cut(kit, field, &name).await?;
                received = Some((cut, name));
            }
            _ => {}
        }
    }
    let Some((cut, name)) = received else {
        let text = "Choose a file first.";
        return Err(Refusal::value("file.none", text).at("file").into());
    };
    let received = cut.received(noun, name, note);
    let ask = Ask::of_form(kit, actor.clone(), code.to_owned(), received);
    api::carry_out(kit, ask, |tx, ask| Box::pin(attach(tx, ask))).await
}

fn broken_off() -> Problem {
    Problem::malformed("The form with the file cannot be read. Send it again.")
}

async fn cut<E>(
    kit: &Kit,
    arriving: impl Stream<Item = std::result::Result<Bytes, E>>,
    name: &str,
) -> Result<Cut> {
    let mut whole = Sha256::new();
    let mut held: Vec<u8> = Vec::with_capacity(file::PIECE_BYTES);
    let mut cut = Cut {
        media_type: "",
        size_bytes: 0,
        hash: String::new(),
        pieces: Vec::new(),
    };
    let mut arriving = std::pin::pin!(arriving);
    while let Some(part) = arriving.next().await {
        let part: Bytes =
            part.map_err(|_why| Problem::malformed("The body of the request ended early."))?;
        cut.size_bytes += part.len();
        if file::MOST_BYTES < cut.size_bytes {
            let most = file::MOST_BYTES / 1024 / 1024;
            return Err(Problem::too_large(format!(
                "A file has at most {most} MiB. Send a smaller one, or a link to it as a note."
            )));
        }
        whole.update(&part);
        let mut rest = &part[..];
        while !rest.is_empty() {
            let room = file::PIECE_BYTES - held.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            held.extend_from_slice(now);
            rest = later;
            if held.len() == file::PIECE_BYTES {
                keep(kit, &mut cut, &mut held, name).await?;
            }
        }
    }
    if cut.size_bytes == 0 {
        let text = "The file is empty. Send its bytes as the body of the request.";
        return Err(Refusal::value("file.empty", text).into());
    }
    if !held.is_empty() {
        keep(kit, &mut cut, &mut held, name).await?;
    }
    cut.hash = hex(&whole.finalize());
    Ok(cut)
}

/// Writes a piece down; the first one tells whether the file is what its name says.
async fn keep(kit: &Kit, cut: &mut Cut, held: &mut Vec<u8>, name: &str) -> Result<()> {
    if cut.pieces.is_empty() {
        cut.media_type = file::media_type(name, held).map_err(not_accepted)?;
        sweep(kit).await?;
    }
    let data = std::mem::replace(held, Vec::with_capacity(file::PIECE_BYTES));
    let hash = hex(&Sha256::digest(&data));
    let input = (hash.clone(), data, kit.now());
    kit.db
        .write(input, |tx, (hash, data, now)| {
            Box::pin(attachments::keep_piece(tx, hash, data.clone(), *now))
        })
        .await?;
    cut.pieces.push(hash);
    Ok(())
}

/// An upload that broke off is not taken up again after this time.
const BROKEN_OFF: SignedDuration = SignedDuration::from_hours(1);

async fn sweep(kit: &Kit) -> Result<()> {
    let before: Timestamp = kit.now().checked_sub(BROKEN_OFF).unwrap_or(Timestamp::MIN);
    kit.db
        .write(before, |tx, before| {
            Box::pin(attachments::sweep(tx, *before))
        })
        .await?;
    Ok(())
}

async fn attach(tx: &mut Tx, ask: &Ask<Received>) -> db::Result<Answer> {
    let body = &ask.body;
    let noun = Noun::parse(&body.noun).ok_or(db::DbError::Missing)?;
    let subject = in_sight(tx, &ask.actor.scope, (noun, &ask.subject), ask.today).await?;
    if file::MOST_FILES <= attachments::count(tx, noun, subject.id).await? {
        let most = file::MOST_FILES;
        let text = format!(
            "{} has {most} files already. Take one off first.",
            subject.code
        );
        return Err(Refusal::state("file.many", text).into());
    }
    let size_bytes = i64::try_from(body.size_bytes).unwrap_or(i64::MAX);
    attachments::keep_content(tx, &body.hash, size_bytes, &body.pieces, ask.now).await?;
    let new = NewAttachment {
        noun,
        subject: subject.id,
        hash: body.hash.clone(),
        name: body.name.clone(),
        media_type: body.media_type.clone(),
        size_bytes,
        note: accepted::text(&body.note, "note")?,
    };
    let id = PublicId::of_random(ask.chance);
    attachments::attach(tx, &id, &new, &ask.actor.name, ask.now).await?;
    let one = attachments::fetch(tx, id.as_str()).await?;
    let shown = AttachmentJson::of(one, &subject.code);
    let entry = Entry {
        action: "attach",
        noun: "attachment",
        subject: id.as_str(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        page::address("/api/v1/attachments", id.as_str()),
        &shown,
    ))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
