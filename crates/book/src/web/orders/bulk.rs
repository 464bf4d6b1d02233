//! `/orders/bulk`: several orders confirmed, closed or cancelled, each by itself.

use axum::extract::State;
use maud::{Markup, html};
use org::api::Act;
use page::{Actor, Bulk, Form, Frame, Kit, Result, list::outcome_page};

use super::{MAY_ENTER, course};
use crate::web::{
    bulk::{Sent, one, outcome, unknown_act},
    step::StepJson,
};

/// The bar under the list, for those who may.
pub(super) fn bar(frame: &Frame) -> Option<Bulk> {
    let role = frame.actor.as_ref()?.role;
    MAY_ENTER.contains(&role).then(|| Bulk {
        action: "/orders/bulk",
        fields: html! {},
        acts: vec![
            ("confirm", frame.t("orders-bulk-confirm"), false),
            ("close", frame.t("orders-bulk-close"), false),
            ("cancel", frame.t("orders-bulk-cancel"), true),
        ],
    })
}

/// `POST /orders/bulk`.
pub async fn act(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Markup> {
    actor.may(&MAY_ENTER)?;
    let sent = Sent::of(pairs)?;
    let act: Act<StepJson> = match sent.act.as_str() {
        "confirm" => |tx, ask| Box::pin(course::confirmed(tx, ask)),
        "close" => |tx, ask| Box::pin(course::closed(tx, ask)),
        "cancel" => |tx, ask| Box::pin(course::cancelled(tx, ask)),
        _ => return Err(unknown_act().into()),
    };
    let mut outcomes = Vec::with_capacity(sent.picked.len());
    for number in &sent.picked {
        let refused = one(&kit, &frame, &actor, (number, StepJson::default()), act).await;
        outcomes.push(outcome("/orders", number, refused));
    }
    let title = frame.t(&format!("orders-bulk-{}", sent.act));
    Ok(outcome_page(&frame, &title, &outcomes, sent.back()))
}
