//! Cells of a checked file that are corrected in the browser: the file stays as it came, and the check is
//! repeated with what was put in their place.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::Tx;
use jiff::Timestamp;
use kernel::Refusal;
use org::{
    api,
    store::uploads::{self, Upload},
};
use page::{Actor, Form, Kit, Path, Result};
use serde_json::json;
use sheet::Mended;
use trail::{By, Entry};

use super::{
    job::Job,
    own,
    told::{Correction, Told},
};

/// So many cells of a file are corrected here; more are mended in the file itself.
const MOST_CORRECTED: usize = 2_000;
/// As much as any column holds.
const MOST_CHARS: usize = 500;

/// `POST /import/{id}/fix`: keeps the corrections, and checks the file again with them.
pub(super) async fn fix(
    State(kit): State<Kit>,
    actor: Actor,
    Path(id): Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let upload = kept(&kit, &actor, &id, &sent).await?;
    Job::checking(&kit, actor, upload).start().await?;
    Ok(page::see(&page::address("/import", &id), ""))
}

/// `POST /import/{id}/keep`: keeps the corrections, so that nothing is lost when the page is left.
pub(super) async fn keep(
    State(kit): State<Kit>,
    actor: Actor,
    Path(id): Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response> {
    kept(&kit, &actor, &id, &sent).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The name of the field for a cell.
pub(super) fn field(row: u64, column: &str) -> String {
    format!("cell-{row}-{column}")
}

/// What was corrected, as files are read with it.
pub(super) fn mended(told: &Told) -> Mended {
    let mut mended = Mended::new();
    for one in &told.corrections {
        let cells = mended.entry(one.row).or_default();
        cells.insert(one.column.clone(), one.value.clone());
    }
    mended
}

async fn kept(kit: &Kit, actor: &Actor, id: &str, sent: &[(String, String)]) -> Result<Upload> {
    let upload = own(&kit.db, actor, id).await?;
    let asked = Asked {
        login: actor.login,
        id: id.to_owned(),
        sent: sent.to_vec(),
        by: api::by(actor, kit.now()),
        now: kit.now(),
    };
    kit.db
        .write(asked, |tx, asked| Box::pin(correct(tx, asked)))
        .await?;
    let mut tx = kit.db.read().await?;
    Ok(uploads::fetch(&mut tx, actor.login, &upload.public_id).await?)
}

struct Asked {
    login: i64,
    id: String,
    sent: Vec<(String, String)>,
    by: By,
    now: Timestamp,
}

async fn correct(tx: &mut Tx, asked: &Asked) -> db::Result<()> {
    let upload = uploads::fetch(tx, asked.login, &asked.id).await?;
    if !matches!(upload.state.as_str(), "checked" | "failed") {
        let text = "Cells are corrected after the file was checked, and before it is read in.";
        return Err(Refusal::state("import.unchecked", text).into());
    }
    let mut told = Told::of(&upload.report);
    let changed = taken(&mut told, &asked.sent)?;
    if changed.is_empty() {
        return Ok(());
    }
    uploads::note(tx, upload.id, &told.write(), asked.now).await?;
    let corrections: Vec<_> = changed
        .iter()
        .map(
            |one| json!({"row": one.row, "column": one.column, "was": one.was, "value": one.value}),
        )
        .collect();
    let entry = Entry {
        action: "correct",
        noun: "file",
        subject: &upload.name,
        after: Some(json!({ "kind": upload.kind, "cells": corrections })),
        ..Entry::default()
    };
    trail::record(tx, &asked.by, entry).await
}

/// Takes what was sent for cells that had a fault or were corrected before; what changed by it.
fn taken(
    told: &mut Told,
    sent: &[(String, String)],
) -> std::result::Result<Vec<Correction>, Refusal> {
    let mut changed = Vec::new();
    for (name, value) in sent {
        let Some((row, column, was)) = cell(told, name) else {
            continue;
        };
        let value = value.trim();
        if MOST_CHARS < value.chars().count() {
            let message = format!("A cell has at most {MOST_CHARS} characters.");
            return Err(Refusal::value("import.cell", message).at(name));
        }
        let now = told.corrected(row, &column).map(|one| one.value.clone());
        if now.as_deref().unwrap_or(&was) == value {
            continue;
        }
        told.corrections
            .retain(|one| (one.row, one.column.as_str()) != (row, column.as_str()));
        let correction = Correction {
            row,
            column,
            was,
            value: value.to_owned(),
        };
        // What stands there as it came is no correction any more.
        if correction.was != correction.value {
            told.corrections.push(correction.clone());
        }
        changed.push(correction);
    }
    if MOST_CORRECTED < told.corrections.len() {
        let message = format!(
            "At most {MOST_CORRECTED} cells are corrected here. Mend the file itself and send it again."
        );
        return Err(Refusal::value("import.cells", message));
    }
    told.corrections
        .sort_by(|one, other| (one.row, &one.column).cmp(&(other.row, &other.column)));
    Ok(changed)
}

/// The cell a field stands for, with what the file has there.
fn cell(told: &Told, name: &str) -> Option<(u64, String, String)> {
    let (row, column) = name.strip_prefix("cell-")?.split_once('-')?;
    let row: u64 = row.parse().ok()?;
    if let Some(one) = told.corrected(row, column) {
        return Some((row, one.column.clone(), one.was.clone()));
    }
    let fault = told
        .faults
        .iter()
        .find(|fault| fault.row == Some(row) && fault.column == column && fault.cell.is_some())?;
    Some((row, fault.column.clone(), fault.cell.clone()?))
}

#[cfg(test)]
mod tests {
    use super::{super::told::Fault, *};

    fn told() -> Told {
        let fault = |row: u64, column: &str, cell: Option<&str>| Fault {
            row: Some(row),
            column: column.to_owned(),
            cell: cell.map(str::to_owned),
            ..Fault::default()
        };
        Told {
            faults: vec![
                fault(5, "customer", Some("C-9")),
                fault(7, "", None),
                fault(8, "date", Some("")),
            ],
            ..Told::default()
        }
    }

    fn sent(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let fields = fields.iter();
        fields
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn only_cells_with_a_fault_are_corrected_and_can_be_taken_back() {
        let mut told = told();
        let changed = taken(
            &mut told,
            &sent(&[
                ("cell-5-customer", " C-2 "),
                ("cell-6-customer", "C-3"),
                ("cell-5-number", "X"),
                ("cell-8-date", ""),
                ("csrf", "1"),
            ]),
        )
        .unwrap();
        assert_eq!(changed.len(), 1);
        let kept = Correction {
            row: 5,
            column: "customer".to_owned(),
            was: "C-9".to_owned(),
            value: "C-2".to_owned(),
        };
        assert_eq!(told.corrections, [kept]);
        assert_eq!(mended(&told)[&5]["customer"], "C-2");
        // The same again is nothing new; what the file says takes it back.
        assert!(
            taken(&mut told, &sent(&[("cell-5-customer", "C-2")]))
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            taken(&mut told, &sent(&[("cell-5-customer", "C-9")]))
                .unwrap()
                .len(),
            1
        );
        assert!(told.corrections.is_empty() && mended(&told).is_empty());
    }

    #[test]
    fn no_more_is_taken_than_a_column_holds() {
        let long = "x".repeat(MOST_CHARS + 1);
        let no = taken(&mut told(), &sent(&[("cell-5-customer", &long)])).unwrap_err();
        assert_eq!(no.code, "import.cell");
        assert!(taken(&mut told(), &sent(&[("cell-5-customer", &long[1..])])).is_ok());
    }
}
