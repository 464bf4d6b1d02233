//! `/import`: a file is sent with the browser, its columns are matched, all of it is checked, and then it
//! is read in, by the same engine as on the command line.
//!
//! A file belongs to whoever sent it. It waits in the database until it is read in or forgotten, so
//! every step is an address one can come back to. Work goes on without the browser.

mod deciding;
mod files;
mod fixing;
mod job;
mod list_page;
mod match_page;
mod outcome_page;
mod sending;
mod told;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::HeaderValue,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use db::{Db, DbError, Tx};
use jiff::{SignedDuration, Timestamp};
use kernel::{Refusal, Role};
use maud::Markup;
use org::store::uploads::{self, Upload, What};
use page::{Actor, Form, Frame, Kit, Path, Query, Result};
use serde::Deserialize;

use crate::wiring;
use job::Job;
use told::Told;

/// The largest file that is taken with the browser; larger ones are read in on the server.
const LIMIT_SENT_BYTES: usize = 20 * 1024 * 1024;
/// What a request has besides the file.
const LIMIT_AROUND_BYTES: usize = 64 * 1024;
/// Whoever was at work on a file and was not heard of for so long does not come back.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(2);

pub fn routes() -> Router<Kit> {
    let most = DefaultBodyLimit::max(LIMIT_SENT_BYTES + LIMIT_AROUND_BYTES);
    Router::new()
        .route("/import", get(list).post(sending::send).layer(most))
        .route("/import/{id}", get(show))
        .route("/import/{id}/columns", post(deciding::decide))
        .route("/import/{id}/fix", post(fixing::fix))
        .route("/import/{id}/keep", post(fixing::keep))
        .route("/import/{id}/read", post(read))
        .route("/import/{id}/forget", post(forget))
        .route("/import/{id}/progress", get(progress))
        .route("/import/{id}/faults.csv", get(files::faults))
        .route("/import/{id}/left-out.csv", get(files::left_out))
}

/// The kinds somebody of this role may read in, what is referred to first.
fn kinds_for(role: Role) -> Vec<&'static str> {
    let kinds = wiring::kinds().into_iter();
    kinds
        .filter(|kind| wiring::may_import(kind).contains(&role))
        .collect()
}

/// Refuses whoever may read nothing in.
fn may_send(actor: &Actor) -> Result<()> {
    actor.may(&wiring::IMPORTERS)
}

/// `GET /import`: what was sent before, and the form for another file.
async fn list(State(kit): State<Kit>, actor: Actor, frame: Frame) -> Result<Markup> {
    may_send(&actor)?;
    let mut tx = kit.db.read().await?;
    let sent = uploads::list(&mut tx, actor.login).await?;
    Ok(list_page::list_page(
        &frame,
        &sent,
        &kinds_for(actor.role),
        &page::FormErrors::none(),
    ))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Shown {
    /// `columns` goes back to the columns of a file that was checked.
    step: String,
}

/// `GET /import/{id}`: where the file stands.
async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Markup> {
    may_send(&actor)?;
    let mut tx = kit.db.read().await?;
    let upload = uploads::fetch(&mut tx, actor.login, &id).await?;
    let is_lost = is_lost(&upload, kit.now());
    let rests = !upload.is_moving() || is_lost;
    let is_back = shown.step == "columns" && rests && upload.state != "done";
    if upload.state == "new" || is_back {
        let matching = deciding::matching(&mut tx, &actor, &upload).await?;
        return Ok(match_page::match_page(&frame, &upload, &matching));
    }
    if upload.is_moving() {
        return Ok(outcome_page::moving_page(&frame, &upload, is_lost));
    }
    let told = Told::of(&upload.report);
    let has_bad = uploads::has(&mut tx, upload.id, What::Bad).await?;
    Ok(outcome_page::outcome_page(&frame, &upload, &told, has_bad))
}

fn is_lost(upload: &Upload, now: Timestamp) -> bool {
    upload.moved_at < (now - LOST_AFTER).as_microsecond()
}

/// `GET /import/{id}/progress`: how far it has come; the page itself once it is over.
async fn progress(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response> {
    may_send(&actor)?;
    let mut tx = kit.db.read().await?;
    let upload = uploads::fetch(&mut tx, actor.login, &id).await?;
    if upload.is_moving() && !is_lost(&upload, kit.now()) {
        return Ok(outcome_page::moving(&frame, &upload).into_response());
    }
    let mut response = Markup::default().into_response();
    if let Ok(place) = HeaderValue::from_str(&page::address("/import", &id)) {
        response.headers_mut().insert("hx-redirect", place);
    }
    Ok(response)
}

/// What the button under a checked file sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Reading {
    /// `1` leaves bad documents out.
    skip: String,
}

/// `POST /import/{id}/read`: the file goes in.
async fn read(
    State(kit): State<Kit>,
    actor: Actor,
    Path(id): Path<String>,
    Form(asked): Form<Reading>,
) -> Result<Response> {
    let upload = own(&kit.db, &actor, &id).await?;
    if upload.state == "new" {
        let text = "The file was not checked yet. Match its columns first.";
        return Err(Refusal::state("import.unchecked", text).into());
    }
    let job = Job::reading(&kit, actor, upload, asked.skip == "1");
    job.start().await?;
    Ok(page::see(&page::address("/import", &id), ""))
}

/// `POST /import/{id}/forget`: the file is thrown away; what was read in stays.
async fn forget(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Response> {
    may_send(&actor)?;
    let now = kit.now();
    kit.db
        .write((actor.login, id, now), |tx, (login, id, now)| {
            Box::pin(forgotten(tx, *login, id, *now))
        })
        .await?;
    Ok(page::see("/import", &frame.t("import-forgotten")))
}

async fn forgotten(tx: &mut Tx, login: i64, id: &str, now: Timestamp) -> db::Result<()> {
    let upload = uploads::fetch(tx, login, id).await?;
    if upload.is_moving() && !is_lost(&upload, now) {
        let text = "The file is being worked on. Wait until that is over.";
        return Err(DbError::from(Refusal::state("import.moving", text)));
    }
    uploads::forget(tx, &[upload.id]).await
}

/// A file of the actor's own, of a kind the actor may read in.
async fn own(db: &Db, actor: &Actor, id: &str) -> Result<Upload> {
    may_send(actor)?;
    let mut tx = db.read().await?;
    let upload = uploads::fetch(&mut tx, actor.login, id).await?;
    if !upload.kind.is_empty() {
        actor.may(wiring::may_import(&upload.kind))?;
    }
    Ok(upload)
}

/// Made-up pages, for tests that look at all of them.
pub fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let mut samples = list_page::samples(frame);
    samples.extend(match_page::samples(frame));
    samples.extend(outcome_page::samples(frame));
    samples
}
