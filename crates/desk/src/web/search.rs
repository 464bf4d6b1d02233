//! `GET /search?q=`: what the command palette shows below its commands, in the asker's scope.

use axum::extract::State;
use maud::{Markup, html};
use page::{
    Actor, Frame, Kit, Query, Result,
    palette::{self, Finder, Sought},
};
use serde::Deserialize;

/// What is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// The kinds of things that are found, in the order of their groups. A crate with documents of its own
/// adds them to its finders.
fn finders() -> Vec<Finder> {
    let mut finders = book::web::finders::finders();
    finders.extend(org::web::finders::finders());
    finders
}

/// Everything whose name, code or number fits.
pub async fn find(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Result<Markup> {
    let q = asked.q.trim().to_owned();
    if q.is_empty() {
        return Ok(html! {});
    }
    let sought = Sought {
        q,
        scope: actor.scope,
        role: actor.role,
        today: kit.today(),
    };
    let mut tx = kit.db.read().await?;
    let groups = palette::find(&mut tx, &finders(), &sought).await?;
    Ok(palette::hits(&frame, &groups))
}
