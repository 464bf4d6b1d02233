//! What can be done with a credit note on its page, and the forms for it.

use axum::{extract::State, response::Response};
use maud::Markup;
use page::{Actor, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field};

use super::{MAY_CREDIT, cancelled, changed, page as sheet};
use crate::{
    course::CREDIT_NOTE,
    store::{allocations::Allocation, credit_notes::CreditNote, invoices::Invoice},
    web::{
        deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
        payments::{
            allocating::{released_of_credit_note, settled_by_credit_note},
            settles,
        },
    },
};

const ALL: [Deed; 3] = [
    ("settle", &MAY_CREDIT, Weight::Main),
    ("change", &MAY_CREDIT, Weight::Usual),
    ("cancel", &MAY_CREDIT, Weight::Grave),
];

/// Of what was settled some is taken back.
const RELEASE: Deed = ("release", &MAY_CREDIT, Weight::Usual);

pub(super) fn deeds(frame: &Frame, own: &CreditNote, settles: &[Allocation]) -> Deeds {
    let place = page::address("/credit-notes", &own.number);
    let about = ("credit-note", place, own.version);
    let mut deeds = Deeds::of(frame, about, (&CREDIT_NOTE, &own.status), &ALL);
    let may_settle = 0 < own.left_minor();
    // What cancelled an invoice stays, and so does what it settles.
    let stays = own.kind == "cancellation";
    deeds.open.retain(|(name, ..)| match *name {
        "settle" => may_settle,
        "cancel" => !stays,
        _ => true,
    });
    if own.status == "posted" && !stays && settles::can_release(settles) {
        deeds = deeds.also(frame, RELEASE);
    }
    deeds
}

/// The fields of the form that is open.
pub(super) fn fields(
    frame: &Frame,
    opened: &Opened,
    own: &CreditNote,
    (settles, open): (&[Allocation], &[Invoice]),
) -> Markup {
    match opened.name.as_str() {
        "settle" => settles::settling(frame, opened, open),
        "release" => settles::releasing(frame, opened, settles),
        "change" => {
            let opened = opened.clone().or("reason", own.reason.as_str());
            let label = frame.t("credit-note-reason");
            field(
                frame,
                FieldSpec {
                    kind: FieldKind::Area,
                    ..opened.spec("reason", &label)
                },
            )
        }
        _ => opened.day_and_reason(frame),
    }
}

/// `POST /credit-notes/{number}/{deed}`.
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
        Ok(_) => {
            let place = page::address("/credit-notes", &number);
            Ok(Deeds::told(&frame, ("credit-note", &deed), &place))
        }
        Err(problem) => {
            let opened = Opened::refused(&frame, &deed, typed, &problem)?;
            let page = sheet::drawn(&kit, &actor, &frame, &number, &opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    form.actor.may(&MAY_CREDIT)?;
    match deed {
        "settle" => {
            let body = form.body(&settles::SETTLE)?;
            form.carry(body, |tx, ask| Box::pin(settled_by_credit_note(tx, ask)))
                .await
        }
        "release" => {
            let body = form.body(&settles::RELEASE)?;
            form.carry(body, |tx, ask| Box::pin(released_of_credit_note(tx, ask)))
                .await
        }
        "change" => {
            let mut body = deeds::filled(form.typed, &[]);
            body.insert("reason".to_owned(), deeds::as_typed(form.typed, "reason"));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(changed(tx, ask)))
                .await
        }
        "cancel" => {
            let body = form.body(&["date", "reason"])?;
            form.carry(body, |tx, ask| Box::pin(cancelled(tx, ask)))
                .await
        }
        _ => Err(deeds::unknown(deed)),
    }
}
