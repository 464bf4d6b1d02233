//! Who asks, and what they may do.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use db::Db;
use jiff::Timestamp;
use kernel::{Role, Scope, ids::PersonId};

use crate::{Kit, Lang, Problem, Theme};

/// The signed-in person behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The row of the login.
    pub login: i64,
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub scope: Scope,
    /// The name of the person's own unit.
    pub place: String,
    /// Its name in the local language, if it has one.
    pub place_local: Option<String>,
    pub prefs: Prefs,
    pub via: Via,
}

/// What the person chose for their pages; nothing chosen leaves it to the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prefs {
    pub lang: Option<Lang>,
    pub theme: Option<Theme>,
}

/// How the request proved who it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Session,
    Token,
}

impl Actor {
    /// # Errors
    ///
    /// 403 unless the actor has one of `roles`.
    pub fn may(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.contains(&self.role) {
            return Ok(());
        }
        Err(Problem::forbidden(
            "Your role does not allow this. Ask a colleague whose role does, or your administrator.",
        ))
    }
}

/// A pending answer of [`Authenticate`].
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// Finds out who asks, from a session cookie or a bearer token.
pub trait Authenticate: Send + Sync {
    /// The actor of this request, or nobody if it carries no valid proof.
    fn actor<'a>(
        &'a self,
        db: &'a Db,
        parts: &'a Parts,
        now: Timestamp,
    ) -> Pending<'a, Option<Actor>>;

    /// Keeps the language and theme the actor chose. By default only the browser remembers them.
    fn keep_prefs<'a>(&'a self, db: &'a Db, actor: &'a Actor, prefs: Prefs) -> Pending<'a, ()> {
        let _ = (db, actor, prefs);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The actor of a request, kept beside it so that it is looked up once.
#[derive(Clone)]
struct Known(Arc<Option<Actor>>);

/// Who asks, or nobody.
///
/// # Errors
///
/// What [`Authenticate::actor`] fails with.
pub async fn asker(parts: &mut Parts, kit: &Kit) -> Result<Arc<Option<Actor>>, Problem> {
    if let Some(Known(actor)) = parts.extensions.get() {
        return Ok(Arc::clone(actor));
    }
    let actor = Arc::new(kit.auth.actor(&kit.db, parts, kit.now()).await?);
    parts.extensions.insert(Known(Arc::clone(&actor)));
    Ok(actor)
}

impl FromRequestParts<Kit> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, kit: &Kit) -> Result<Actor, Problem> {
        match asker(parts, kit).await?.as_ref() {
            Some(actor) => Ok(actor.clone()),
            None => Err(Problem::unauthorized("Sign in first.")),
        }
    }
}
