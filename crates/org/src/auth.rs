//! The gate: from a cookie or a bearer token to the person behind it.

use axum::http::{HeaderMap, header, request::Parts};
use db::Db;
use jiff::{Timestamp, tz::TimeZone};
use kernel::{Role, ids::PersonId};
use page::{Actor, Authenticate, Lang, Prefs, Problem, Via, actor::Pending};

use crate::{
    credential::token_hash,
    store::{
        self,
        sessions::{self, Bearer},
    },
};

/// The cookie of a browser session. On https and on localhost the browser is told to bind it to
/// this host alone; elsewhere that prefix would make it refuse the cookie.
pub const COOKIE: &str = "bw-session";
pub const HOST_COOKIE: &str = "__Host-bw-session";

/// Finds the actor in the database with every request, so that a change of role, unit or standing
/// counts from the next request on.
#[derive(Debug, Clone)]
pub struct Gatekeeper {
    pub zone: TimeZone,
}

impl Authenticate for Gatekeeper {
    fn actor<'a>(
        &'a self,
        db: &'a Db,
        parts: &'a Parts,
        now: Timestamp,
    ) -> Pending<'a, Option<Actor>> {
        Box::pin(async move {
            let Some((token, via)) = proof(&parts.headers, parts.uri.path()) else {
                return Ok(None);
            };
            let hash = token_hash(&token);
            let mut tx = db.read().await?;
            let bearer = match via {
                Via::Session => sessions::of_session(&mut tx, &hash, now).await?,
                Via::Token => sessions::of_token(&mut tx, &hash).await?,
            };
            let Some(bearer) = bearer else {
                return Ok(None);
            };
            if via == Via::Session
                && sessions::NOTE_MICROSECONDS < now.as_microsecond() - bearer.seen_at
            {
                note_use(db, hash, now).await?;
            }
            let today = now.to_zoned(self.zone.clone()).date();
            actor_of(&mut tx, bearer, via, today).await.map(Some)
        })
    }

    fn keep_prefs<'a>(&'a self, db: &'a Db, actor: &'a Actor, prefs: Prefs) -> Pending<'a, ()> {
        Box::pin(async move {
            let input = (actor.login, prefs.lang.map(|lang| lang.tag().to_owned()));
            db.write(input, |tx, (login, lang)| {
                Box::pin(store::logins::save_lang(tx, *login, lang.clone()))
            })
            .await?;
            Ok(())
        })
    }
}

async fn note_use(db: &Db, hash: String, now: Timestamp) -> Result<(), Problem> {
    db.write((hash, now), |tx, (hash, now)| {
        Box::pin(sessions::note(tx, hash, *now))
    })
    .await?;
    Ok(())
}

async fn actor_of(
    tx: &mut db::Tx,
    bearer: Bearer,
    via: Via,
    today: jiff::civil::Date,
) -> Result<Actor, Problem> {
    let role = Role::parse(&bearer.role)?;
    let person = PersonId::of(bearer.person_id);
    let scope = store::reach::scope(tx, person, role, today).await?;
    let (place, place_local) = store::units::place_of(tx, person, today).await?;
    Ok(Actor {
        login: bearer.login_id,
        person,
        name: bearer.name,
        email: bearer.email.unwrap_or_default(),
        role,
        scope,
        place,
        place_local,
        prefs: Prefs {
            lang: bearer.lang.as_deref().and_then(Lang::parse),
            theme: None,
        },
        via,
    })
}

/// The token a request carries. A bearer token is for the API only: a page reached with one would
/// be outside the protection that cookies have.
fn proof(headers: &HeaderMap, path: &str) -> Option<(String, Via)> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return path
            .starts_with("/api/")
            .then(|| (token.trim().to_owned(), Via::Token));
    }
    session_token(headers).map(|token| (token, Via::Session))
}

/// The session token in the cookies.
pub fn session_token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == HOST_COOKIE || *name == COOKIE)
        .map(|(_, token)| token.to_owned())
}
