//! `/views`: a person's own views of lists, kept, renamed, opened with, and forgotten.

use axum::{extract::State, http::Uri, response::Response};
use db::{DbError, Tx};
use kernel::Refusal;
use page::{Actor, Form, Frame, Kit, Result, View, see};
use serde::Deserialize;

use crate::{api::accept_name, store::views};

/// At most so many views of a list.
const MOST: usize = 30;
/// The longest name and the longest conditions.
const NAME_CHARS: usize = 60;
const QUERY_BYTES: usize = 2_000;

/// What the form sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    act: String,
    /// The address of the list.
    list: String,
    query: String,
    #[serde(default)]
    name: String,
    /// The name so far.
    #[serde(default)]
    old: String,
    /// A kept view is what the list opens with from now on.
    #[serde(default)]
    usual: String,
}

/// The asker's views of a list.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of(tx: &mut Tx, actor: &Actor, list: &str) -> db::Result<Vec<View>> {
    let kept = views::list(tx, actor.login, list).await?;
    let views = kept.into_iter().map(|view| View {
        name: view.name,
        query: view.query,
        usual: view.usual == 1,
    });
    Ok(views.collect())
}

/// Where a list asked for without any condition leads, if one of its views is what it opens with. A view
/// without conditions is the plain list itself.
pub fn opening(asked: &Uri, views: &[View]) -> Option<Response> {
    let usual = views
        .iter()
        .find(|view| view.usual && !view.query.is_empty())?;
    let plain = asked.query().is_none_or(str::is_empty);
    let to = format!("{}?{}", asked.path(), usual.query);
    plain.then(|| see(&to, ""))
}

/// `POST /views`.
pub async fn act(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let sent = accept(sent)?;
    let said = match sent.act.as_str() {
        "keep" | "rename" | "usual" | "unusual" => "views-kept",
        "delete" => "views-gone",
        _ => return Err(Refusal::value("view.act", "That cannot be done with a view.").into()),
    };
    let back = if sent.act == "delete" {
        page::list::everything(&sent.list)
    } else {
        format!("{}?{}", sent.list, sent.query)
    };
    kit.db
        .write((actor.login, sent), |tx, (login, sent)| {
            Box::pin(carried_out(tx, *login, sent))
        })
        .await?;
    Ok(see(&back, &frame.t(said)))
}

fn accept(sent: Sent) -> std::result::Result<Sent, Refusal> {
    let is_list = sent.list.starts_with('/')
        && sent.list[1..]
            .chars()
            .all(|one| one.is_ascii_lowercase() || one == '-');
    if !is_list {
        return Err(Refusal::value("view.list", "There is no such list.").at("list"));
    }
    if QUERY_BYTES < sent.query.len() || sent.query.contains(['#', '\r', '\n']) {
        return Err(Refusal::value("view.query", "These conditions cannot be kept.").at("query"));
    }
    let name = match sent.act.as_str() {
        "keep" | "rename" => accept_name(&sent.name, "name")?,
        _ => sent.old.clone(),
    };
    if NAME_CHARS < name.chars().count() {
        let text = format!("The name of a view has at most {NAME_CHARS} characters.");
        return Err(Refusal::value("view.name", text).at("name"));
    }
    Ok(Sent { name, ..sent })
}

async fn carried_out(tx: &mut Tx, login: i64, sent: &Sent) -> db::Result<()> {
    let (list, name) = (sent.list.as_str(), sent.name.as_str());
    match sent.act.as_str() {
        "keep" => {
            let kept = views::list(tx, login, list).await?;
            if MOST <= kept.len() {
                let text = format!("A list has at most {MOST} views. Delete one first.");
                return Err(Refusal::state("view.most", text).into());
            }
            views::keep(tx, login, list, name, &sent.query).await?;
            if !sent.usual.is_empty() {
                views::open_with(tx, login, list, name).await?;
            }
            Ok(())
        }
        "rename" => views::rename(tx, login, list, &sent.old, name)
            .await
            .map_err(|error| told(error, &sent.old, name)),
        "usual" => views::open_with(tx, login, list, name).await,
        "unusual" => views::open_with(tx, login, list, "").await,
        _ => views::forget(tx, login, list, name)
            .await
            .map_err(|error| told(error, name, name)),
    }
}

fn told(error: DbError, old: &str, new: &str) -> DbError {
    match error {
        DbError::Missing => Refusal::missing(format!("view {old}")).into(),
        DbError::Taken(_) => {
            let text = format!("There is a view called “{new}” already. Choose another name.");
            Refusal::state("view.taken", text).at("name").into()
        }
        other => other,
    }
}
