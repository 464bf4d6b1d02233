//! `/api/v1/attachments/{id}/content`: a file handed out to be saved, piece by piece.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use page::{Actor, Kit, Path, Result};

use super::found;
use crate::{
    file,
    store::attachments::{self, Attachment},
};

/// Whatever it is, no browser runs it in our name.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// The content of a file, to be saved.
#[utoipa::path(get, path = "/api/v1/attachments/{id}/content", tag = "book", responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
pub async fn send(
    State(kit): State<Kit>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let (one, _) = found(&mut tx, &actor.scope, &id, kit.today()).await?;
    drop(tx);
    Ok(hand_out(&kit, &one))
}

fn hand_out(kit: &Kit, one: &Attachment) -> Response {
    let told = [
        (header::CONTENT_TYPE, one.media_type.clone()),
        (header::CONTENT_DISPOSITION, file::disposition(&one.name)),
        (header::CONTENT_LENGTH, one.size_bytes.to_string()),
        (header::ACCEPT_RANGES, "none".to_owned()),
    ];
    // Compressing what is compressed already costs time and brings nothing.
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
        (header::CONTENT_ENCODING, "identity"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
    ];
    let mut response =
        Body::from_stream(pieces(kit.clone(), one.content_hash.clone())).into_response();
    let headers = response.headers_mut();
    for (name, value) in told {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// One piece at a time, each read when the one before it is on its way.
fn pieces(kit: Kit, hash: String) -> impl futures_util::Stream<Item = db::Result<Bytes>> {
    stream::try_unfold((kit, hash, 0_i64), |(kit, hash, place)| async move {
        let mut tx = kit.db.read().await?;
        let piece = attachments::piece(&mut tx, &hash, place).await?;
        Ok(piece.map(|data| (Bytes::from(data), (kit, hash, place + 1))))
    })
}
