//! Which column of a file is which of ours: as it was recognised, as somebody decides it, and as it was
//! decided for a file with the same header before.

use axum::{extract::State, response::Response};
use db::Tx;
use kernel::Refusal;
use org::{
    credential::fingerprint,
    store::uploads::{self, Upload},
};
use page::{Actor, Form, Kit, Path, Result};
use sheet::recognise::{Decided, Recognised};

use super::{LOST_AFTER, job::Job, kinds_for, own};
use crate::{recognising, wiring};

/// What the page about the columns is drawn from.
#[derive(Debug, Clone, Default)]
pub(super) struct Matching {
    /// Kinds to choose from.
    pub kinds: Vec<&'static str>,
    /// None without a kind, or without a row.
    pub found: Option<Recognised>,
    /// Who decided the same about such a file before.
    pub by: Option<String>,
}

impl Matching {
    /// Nothing is left to be decided.
    pub(super) fn is_ready(&self) -> bool {
        let found = self.found.as_ref();
        found.is_some_and(|found| found.is_own || found.open.is_empty())
    }
}

/// What was decided about the columns of a file.
pub(super) fn decided(upload: &Upload) -> Vec<Decided> {
    serde_json::from_str(&upload.decided).unwrap_or_default()
}

/// What files of a kind with the same header have in common.
pub(super) fn print(kind: &str, found: &Recognised) -> String {
    let names = found.columns.iter().map(|column| column.name.as_str());
    let names: Vec<&str> = names.collect();
    fingerprint(format!("{kind}\n{}", names.join("\t")).as_bytes())
}

/// How a file is taken at the moment.
///
/// # Errors
///
/// Whatever the engine reports.
pub(super) async fn matching(tx: &mut Tx, actor: &Actor, upload: &Upload) -> Result<Matching> {
    let kinds = kinds_for(actor.role);
    let kind = kinds.iter().find(|kind| **kind == upload.kind);
    let Some(layout) = kind.and_then(|kind| wiring::layout(kind)) else {
        return Ok(Matching {
            kinds,
            ..Matching::default()
        });
    };
    let decided = decided(upload);
    let head = (upload.head.as_str(), upload.is_typed());
    let found = recognising::attempt_as(layout, head, &decided);
    let mut by = None;
    if let Some(found) = found.as_ref().filter(|_| !decided.is_empty()) {
        let kept = uploads::kept(tx, &[print(layout.kind, found)]).await?;
        let same = kept.into_iter().find(|kept| kept.decided == upload.decided);
        by = same.map(|kept| kept.person);
    }
    Ok(Matching { kinds, found, by })
}

/// `POST /import/{id}/columns`: another kind, or what the columns are; then all of it is checked.
pub(super) async fn decide(
    State(kit): State<Kit>,
    actor: Actor,
    Path(id): Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let upload = own(&kit.db, &actor, &id).await?;
    let field = |name: &str| {
        let found = sent.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let kinds = kinds_for(actor.role);
    let Some(kind) = kinds.iter().find(|kind| **kind == field("kind")) else {
        let text = "Choose what the rows of the file are.";
        return Err(Refusal::value("import.kind", text).at("kind").into());
    };
    let place = page::address("/import", &id);
    if *kind != upload.kind {
        take_for(&kit, &upload, kind).await?;
        return Ok(page::see(&place, ""));
    }
    let mut tx = kit.db.read().await?;
    let before = matching(&mut tx, &actor, &upload).await?;
    let plain = plainly(&upload, kind);
    let found = before.found.as_ref();
    let decided = found.map_or_else(Vec::new, |found| said(found, plain.as_ref(), &field));
    let decided = serde_json::to_string(&decided).unwrap_or_default();
    write(&kit, &upload, (kind, decided.clone())).await?;
    let upload = Upload { decided, ..upload };
    let now = matching(&mut kit.db.read().await?, &actor, &upload).await?;
    if now.is_ready() {
        Job::checking(&kit, actor, upload).start().await?;
    }
    Ok(page::see(&place, ""))
}

/// Takes the file for one of another kind, as such files were read before.
async fn take_for(kit: &Kit, upload: &Upload, kind: &'static str) -> Result<()> {
    let head = (upload.head.as_str(), upload.is_typed());
    let layout = wiring::layout(kind);
    let found = layout.and_then(|layout| recognising::attempt_as(layout, head, &[]));
    let mut decided = "[]".to_owned();
    if let Some(found) = &found {
        let prints = [print(kind, found)];
        let kept = uploads::kept(&mut kit.db.read().await?, &prints).await?;
        decided = kept.into_iter().next().map_or(decided, |kept| kept.decided);
    }
    write(kit, upload, (kind, decided)).await
}

async fn write(kit: &Kit, upload: &Upload, taken: (&'static str, String)) -> Result<()> {
    let changed = (upload.id, taken, kit.now() - LOST_AFTER);
    kit.db
        .write(changed, |tx, (id, (kind, decided), lost)| {
            Box::pin(uploads::decide(tx, *id, (kind, decided), *lost))
        })
        .await?;
    Ok(())
}

/// What the file is taken for if nobody decides anything.
fn plainly(upload: &Upload, kind: &str) -> Option<Recognised> {
    let head = (upload.head.as_str(), upload.is_typed());
    recognising::attempt_as(wiring::layout(kind)?, head, &[])
}

/// What the form says about the columns it showed: nothing if that is what is recognised anyway.
fn said<'f>(
    shown: &Recognised,
    plain: Option<&Recognised>,
    field: &impl Fn(&str) -> &'f str,
) -> Vec<Decided> {
    let columns = shown.columns.iter().enumerate();
    let columns = columns.filter(|(_, column)| !column.is_month);
    let said: Vec<Decided> = columns
        .map(|(place, column)| Decided {
            column: column.name.clone(),
            ours: field(&format!("column-{place}")).to_owned(),
            written: field(&format!("written-{place}")).to_owned(),
        })
        .collect();
    if plain.is_some_and(|plain| is_the_same(plain, &said)) {
        return Vec::new();
    }
    said
}

fn is_the_same(plain: &Recognised, said: &[Decided]) -> bool {
    let columns: Vec<_> = plain.columns.iter().filter(|one| !one.is_month).collect();
    let is_same = columns.len() == said.len()
        && columns.iter().zip(said).all(|(column, said)| {
            column.name == said.column
                && column.ours.unwrap_or_default() == said.ours
                && said.written.is_empty()
        });
    // Among our own names a column that is none of ours has to be left out in so many words.
    let is_whole = !plain.is_own || plain.columns.iter().all(|column| column.ours.is_some());
    is_same && is_whole && (plain.is_own || plain.open.is_empty())
}
