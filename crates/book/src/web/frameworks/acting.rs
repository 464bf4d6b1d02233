//! What can be done with a framework contract on its page, and the forms for it.

use axum::{extract::State, response::Response};
use kernel::Percent;
use maud::{Markup, html};
use page::{Actor, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field};

use super::{MAY_AGREE, amend, sheet_page, step};
use crate::{
    course::FRAMEWORK,
    store::frameworks::Framework,
    web::deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
};

const ALL: [Deed; 3] = [
    ("activate", &MAY_AGREE, Weight::Main),
    ("change", &MAY_AGREE, Weight::Usual),
    ("close", &MAY_AGREE, Weight::Grave),
];

pub(super) fn deeds(frame: &Frame, own: &Framework) -> Deeds {
    let place = page::address("/frameworks", &own.number);
    let about = ("framework", place, own.version);
    Deeds::of(frame, about, (&FRAMEWORK, &own.status), &ALL)
}

/// The fields of the form that is open.
pub(super) fn fields(frame: &Frame, opened: &Opened, own: &Framework) -> Markup {
    if opened.name != "change" {
        return opened.reason(frame);
    }
    let opened = opened.clone().or("from", own.day.as_str());
    let opened = opened.or("to", own.ends_on.clone().unwrap_or_default());
    let tolerance = Percent::of_millionths(own.tolerance).to_string();
    let opened = opened.or("tolerance_percent", tolerance);
    let opened = opened.or("note", own.note.as_str());
    let (from, to) = (frame.t("deed-from"), frame.t("deed-to"));
    let hint = frame.t("deed-to-hint");
    let (tolerance, note) = (frame.t("framework-tolerance"), frame.t("deed-note"));
    html! {
        div.formg {
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("from", &from) }))
            (field(frame, FieldSpec { kind: FieldKind::Date, hint: Some(&hint), ..opened.spec("to", &to) }))
            (field(frame, FieldSpec { kind: FieldKind::Number { unit: "%" }, ..opened.spec("tolerance_percent", &tolerance) }))
        }
        (field(frame, FieldSpec { kind: FieldKind::Area, ..opened.spec("note", &note) }))
    }
}

/// `POST /frameworks/{number}/{deed}`.
pub async fn act(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((number, deed)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let sent = Sent {
        kit: &kit,
        actor: &actor,
        subject: &number,
        typed: &typed,
    };
    match done(&sent, &deed).await {
        Ok(answer) => {
            let place = page::address("/frameworks", &number);
            Ok(Deeds::done(&frame, ("framework", &deed), &place, &answer))
        }
        Err(problem) => {
            let opened = Opened::refused(&frame, &deed, typed, &problem)?;
            let page = sheet_page::drawn(&kit, &actor, &frame, &number, &opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    form.actor.may(&MAY_AGREE)?;
    match deed {
        "activate" => {
            let body = form.body(&["reason"])?;
            form.carry(body, |tx, ask| Box::pin(step(tx, ask, "activate")))
                .await
        }
        "close" => {
            let body = form.body(&["reason"])?;
            form.carry(body, |tx, ask| Box::pin(step(tx, ask, "close")))
                .await
        }
        "change" => {
            let mut body = deeds::filled(form.typed, &["from", "tolerance_percent"]);
            body.extend(deeds::emptied(form.typed, &["to"]));
            body.insert("note".to_owned(), deeds::as_typed(form.typed, "note"));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(amend(tx, ask)))
                .await
        }
        _ => Err(deeds::unknown(deed)),
    }
}
