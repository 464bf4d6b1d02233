//! What can be done with an order on its page.

use axum::{extract::State, response::Response};
use page::{Actor, Form, Frame, Kit, Path, Result};

use super::{MAY_ENTER, course, sheet_page};
use crate::{
    course::ORDER,
    store::orders::Order,
    web::deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
};

const ALL: [Deed; 3] = [
    ("confirm", &MAY_ENTER, Weight::Main),
    ("close", &MAY_ENTER, Weight::Usual),
    ("cancel", &MAY_ENTER, Weight::Grave),
];

pub(super) fn deeds(frame: &Frame, own: &Order) -> Deeds {
    let place = page::address("/orders", &own.number);
    let about = ("order", place, own.version);
    Deeds::of(frame, about, (&ORDER, &own.status), &ALL)
}

/// `POST /orders/{number}/{deed}`.
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
            let place = page::address("/orders", &number);
            Ok(Deeds::done(&frame, ("order", &deed), &place, &answer))
        }
        Err(problem) => {
            let opened = Opened::refused(&frame, &deed, typed, &problem)?;
            let page = sheet_page::drawn(&kit, &actor, &frame, &number, &opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    form.actor.may(&MAY_ENTER)?;
    let why = form.body(&["reason"]);
    match deed {
        "confirm" => {
            form.carry(why?, |tx, ask| Box::pin(course::confirmed(tx, ask)))
                .await
        }
        "close" => {
            form.carry(why?, |tx, ask| Box::pin(course::closed(tx, ask)))
                .await
        }
        "cancel" => {
            form.carry(why?, |tx, ask| Box::pin(course::cancelled(tx, ask)))
                .await
        }
        _ => Err(deeds::unknown(deed)),
    }
}
