//! `/people/handovers/{number}`: two people hand over, note what matters, and both accept.

use axum::{extract::State, response::Response};
use jiff::tz::TimeZone;
use maud::Markup;
use org::store::company;
use page::{Actor, Form, FormErrors, Frame, Kit, Path, Problem, Result};
use serde::Deserialize;

use super::{super::handovers as api, handing_page};
use crate::store::handovers::{self, Handover};

/// What is sent when a hand-over is accepted: the version the page showed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedAccept {
    version: i64,
}

/// A note as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedNote {
    text: String,
}

/// `GET /people/handovers/{number}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(number): Path<String>,
) -> Result<Markup> {
    drawn(&kit, &actor, &frame, &number, "", &FormErrors::none()).await
}

async fn drawn(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    number: &str,
    typed: &str,
    errors: &FormErrors,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let found = handovers::fetch(&mut tx, &actor.scope, number).await?;
    let company = company::expect(&mut tx).await?;
    let shown = handing_page::Shown {
        currency: company.currency,
        zone: TimeZone::get(&company.zone).unwrap_or(TimeZone::UTC),
        customers: handovers::customers(&mut tx, &found).await?,
        items: handovers::items(&mut tx, found.row()).await?,
        notes: handovers::notes(&mut tx, found.row()).await?,
        waits: found.waits_for(actor.person),
        notes_welcome: api::may_note(&found, actor),
        found,
    };
    Ok(handing_page::handover_page(frame, &shown, typed, errors))
}

/// `POST /people/handovers/{number}/accept`.
pub async fn accept(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(number): Path<String>,
    Form(typed): Form<TypedAccept>,
) -> Result<Response> {
    let by = org::api::by(&actor, kit.now());
    let input = (number.clone(), actor, typed.version, by);
    let done = kit.db.write(input, |tx, (number, actor, version, by)| {
        Box::pin(async move {
            let found: Handover = handovers::fetch(tx, &actor.scope, number).await?;
            api::accept_version(&found, *version)?;
            api::accepted(tx, &found, actor, by).await
        })
    });
    done.await?;
    Ok(page::see(
        &page::address("/people/handovers", &number),
        &frame.t("handover-accepted"),
    ))
}

/// `POST /people/handovers/{number}/notes`.
pub async fn add_note(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(number): Path<String>,
    Form(typed): Form<TypedNote>,
) -> Result<Response> {
    let by = org::api::by(&actor, kit.now());
    let input = (number.clone(), actor.clone(), typed.text.clone(), by);
    let done = kit.db.write(input, |tx, (number, actor, text, by)| {
        Box::pin(async move {
            let found = handovers::fetch(tx, &actor.scope, number).await?;
            api::noted(tx, &found, actor, text, by).await
        })
    });
    match done.await {
        Ok(()) => Ok(page::see(
            &page::address("/people/handovers", &number),
            &frame.t("handover-noted"),
        )),
        Err(db::DbError::Refused(no)) if !no.fields.is_empty() => {
            let errors = FormErrors::from(&no);
            let page = drawn(&kit, &actor, &frame, &number, &typed.text, &errors).await?;
            Ok(page::ask_again(&Problem::from(no), page))
        }
        Err(error) => Err(error.into()),
    }
}
