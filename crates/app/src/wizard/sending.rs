//! `POST /import`: takes a file in, looks at its beginning, and says what it may be.

use std::{
    fs,
    io::{self, Write as _},
};

use axum::{
    extract::{
        Multipart, State,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
    response::Response,
};
use db::Tx;
use jiff::Timestamp;
use kernel::ids::PublicId;
use org::store::uploads::{self, NewUpload, What};
use page::{Actor, FormErrors, Frame, Kit, Problem, Result};
use sheet::recognise::Recognised;

use super::{
    LIMIT_SENT_BYTES, deciding,
    files::{self, Desk},
    job::in_turn,
    kinds_for, list_page, may_send,
};
use crate::{
    importing::{self, Refused, watch},
    recognising, wiring,
};

/// So many files of a person are kept; the oldest give way.
const MOST_KEPT: usize = 20;
const NAME_CHARS: usize = 120;

/// `POST /import`.
pub(super) async fn send(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    form: Multipart,
) -> Result<Response> {
    may_send(&actor)?;
    let desk = Desk::new().map_err(|error| Problem::failure(&error))?;
    let kinds = kinds_for(actor.role);
    let Some(sent) = take(form, &desk).await? else {
        return again(&kit, &actor, &frame, frame.t("import-no-file")).await;
    };
    let (path, name) = (desk.file(), sent.name.clone());
    let looked = in_turn(move || importing::head(&path, &name)).await?;
    let (head, is_typed) = match looked {
        // Some engines hold no such character in a text.
        Ok((head, is_typed)) => (head.replace('\0', "\u{fffd}"), is_typed),
        Err(refused) => return again(&kit, &actor, &frame, reason(refused)).await,
    };
    let mut tx = kit.db.read().await?;
    let (kind, decided) = guess(&mut tx, &kinds, &sent, (&head, is_typed)).await?;
    drop(tx);
    let new = NewUpload {
        public_id: PublicId::of_random(rand::random()).to_string(),
        login: actor.login,
        name: sent.name,
        size: i64::try_from(sent.size).unwrap_or(i64::MAX),
        kind: kind.to_owned(),
        head,
        is_typed,
        decided,
    };
    let place = page::address("/import", &new.public_id);
    kit.db
        .write((new, desk, kit.now()), |tx, (new, desk, now)| {
            Box::pin(kept(tx, new, desk, *now))
        })
        .await?;
    Ok(page::see(&place, ""))
}

/// What came with the form; its file lies on the desk.
struct Sent {
    name: String,
    kind: String,
    size: usize,
}

async fn take(mut form: Multipart, desk: &Desk) -> Result<Option<Sent>> {
    let mut sent = Sent {
        name: String::new(),
        kind: String::new(),
        size: 0,
    };
    while let Some(field) = form.next_field().await.map_err(|no| unreadable(&no))? {
        match field.name() {
            Some("kind") => sent.kind = field.text().await.map_err(|no| unreadable(&no))?,
            Some("file") => {
                sent.name = plain_name(field.file_name().unwrap_or_default());
                sent.size = write(field, desk).await?;
            }
            _ => {}
        }
    }
    Ok((sent.size != 0).then_some(sent))
}

/// Writes a file as it comes in; how many bytes it has.
async fn write(mut field: Field<'_>, desk: &Desk) -> Result<usize> {
    let failed = |error: io::Error| Problem::failure(&error);
    let mut file = fs::File::create(desk.file()).map_err(failed)?;
    let mut size = 0;
    while let Some(piece) = field.chunk().await.map_err(|no| unreadable(&no))? {
        size += piece.len();
        if LIMIT_SENT_BYTES < size {
            return Err(too_large());
        }
        file.write_all(&piece).map_err(failed)?;
    }
    Ok(size)
}

/// The last piece of a path, without what cannot be shown.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().filter(|letter| is_shown(*letter));
    let name: String = kept.take(NAME_CHARS).collect();
    let name = name.trim();
    if name.is_empty() {
        return "file".to_owned();
    }
    name.to_owned()
}

/// Marks that turn the direction of writing could make one ending look like another.
fn is_shown(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn too_large() -> Problem {
    Problem::too_large(format!(
        "A file sent with the browser has at most {} MiB. Split it, or let the administrator read it in on the server with “bailiwick import”.",
        LIMIT_SENT_BYTES >> 20
    ))
}

fn unreadable(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::malformed("The form with the file cannot be read. Send it again.")
}

fn reason(refused: Refused) -> String {
    match refused {
        Refused::Trouble(trouble) => trouble.to_string(),
        Refused::Faults { faults, .. } => faults.to_string(),
    }
}

/// The form again, with what is wrong with the file.
async fn again(kit: &Kit, actor: &Actor, frame: &Frame, why: String) -> Result<Response> {
    let mut errors = FormErrors::none();
    errors.add("file", why.clone());
    let sent = uploads::list(&mut kit.db.read().await?, actor.login).await?;
    let page = list_page::list_page(frame, &sent, &kinds_for(actor.role), &errors);
    let problem = Problem::unprocessable(why).code("import.file").at("file");
    Ok(page::ask_again(&problem, page))
}

/// What kind the file is of, and what was decided about such files before: as it was said, as a file
/// with the same header was, as its name says, or by the columns that are known.
async fn guess(
    tx: &mut Tx,
    kinds: &[&'static str],
    sent: &Sent,
    head: (&str, bool),
) -> Result<(&'static str, String)> {
    let said: Vec<&'static str> = kinds
        .iter()
        .copied()
        .filter(|kind| *kind == sent.kind)
        .collect();
    let among = if said.is_empty() { kinds } else { &said };
    let looked = among.iter().filter_map(|kind| {
        let layout = wiring::layout(kind)?;
        Some((*kind, recognising::attempt_as(layout, head, &[])?))
    });
    let looked: Vec<(&'static str, Recognised)> = looked.collect();
    let prints = looked
        .iter()
        .map(|(kind, found)| deciding::print(kind, found));
    let prints: Vec<String> = prints.collect();
    let before = uploads::kept(tx, &prints).await?;
    let kept = before.into_iter().find_map(|kept| {
        let kind = among.iter().find(|kind| **kind == kept.kind)?;
        Some((*kind, kept.decided))
    });
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let named = watch::kind_named(&sent.name).filter(|kind| among.contains(kind));
    let likely = looked.iter().filter(|(_, found)| found.is_likely);
    let likely = likely
        .rev()
        .max_by_key(|(_, found)| (found.missing.is_empty(), found.found()));
    let kind = said
        .first()
        .copied()
        .or(named)
        .or(likely.map(|(kind, _)| *kind));
    Ok((kind.unwrap_or_default(), "[]".to_owned()))
}

async fn kept(tx: &mut Tx, new: &NewUpload, desk: &Desk, now: Timestamp) -> db::Result<()> {
    let before = uploads::list(tx, new.login).await?;
    let old = before.iter().skip(MOST_KEPT - 1);
    let old: Vec<i64> = old
        .filter(|one| !one.is_moving())
        .map(|one| one.id)
        .collect();
    uploads::forget(tx, &old).await?;
    let id = uploads::add(tx, new, now).await?;
    files::keep(tx, id, What::File, &desk.file()).await
}
