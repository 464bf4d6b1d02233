//! `/customers/bulk`: several customers given to another owner from a day on, or put into a group, each
//! by itself.

use axum::extract::State;
use kernel::{Refusal, Role};
use maud::{Markup, html};
use page::{Actor, Bulk, Form, Frame, Kit, Problem, Result, list::outcome_page};
use serde_json::json;

use super::{CustomerChangeJson, MAY_CHANGE, intake};
use crate::web::{
    assignments::{self, NewAssignmentJson},
    bulk::{Sent, one, outcome, unknown_act},
    choices::Choices,
};

/// Who may give a customer to somebody else.
const MAY_GIVE: [Role; 2] = [Role::Administrator, Role::Manager];

/// The bar under the list, with what the asker may do.
pub(super) fn bar(frame: &Frame, choices: &Choices) -> Option<Bulk> {
    let role = frame.actor.as_ref()?.role;
    if !MAY_CHANGE.contains(&role) {
        return None;
    }
    let gives = MAY_GIVE.contains(&role);
    let pick = |name: &str, label: &str, choices: &[(String, String)]| {
        html! { select.in.sel name=(name) aria-label=(frame.t(label)) {
            option value="" { (frame.t(label)) }
            @for (code, text) in choices { option value=(code) { (text) } }
        } }
    };
    let mut acts = vec![("group", frame.t("customers-bulk-group"), false)];
    if gives {
        acts.insert(0, ("owner", frame.t("customers-bulk-owner"), false));
    }
    Some(Bulk {
        action: "/customers/bulk",
        fields: html! {
            @if gives {
                (pick("to_owner", "customers-owner", &choices.owners))
                input.in.sel type="date" name="from" value=(frame.today) aria-label=(frame.t("customers-bulk-from"));
            }
            (pick("to_group", "customers-group", &choices.groups))
        },
        acts,
    })
}

/// `POST /customers/bulk`.
pub async fn act(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Markup> {
    let sent = Sent::of(pairs)?;
    let (owner, group, from) = (
        sent.field("to_owner"),
        sent.field("to_group"),
        sent.field("from"),
    );
    let needed = match sent.act.as_str() {
        "owner" => {
            actor.may(&MAY_GIVE)?;
            owner
        }
        "group" => {
            actor.may(&MAY_CHANGE)?;
            group
        }
        _ => return Err(unknown_act().into()),
    };
    if needed.is_empty() {
        return Err(Refusal::value("bulk.value", frame.t("customers-bulk-choose")).into());
    }
    let mut outcomes = Vec::with_capacity(sent.picked.len());
    for code in &sent.picked {
        let refused = if sent.act == "owner" {
            let body = given(code, owner, from)?;
            one(&kit, &frame, &actor, (code, body), |tx, ask| {
                Box::pin(assignments::add(tx, ask))
            })
            .await
        } else {
            let body = grouped(group)?;
            one(&kit, &frame, &actor, (code, body), |tx, ask| {
                Box::pin(intake::change(tx, ask))
            })
            .await
        };
        outcomes.push(outcome("/customers", code, refused));
    }
    let title = frame.t(&format!("customers-bulk-{}", sent.act));
    Ok(outcome_page(&frame, &title, &outcomes, sent.back()))
}

fn given(
    customer: &str,
    owner: &str,
    from: &str,
) -> std::result::Result<NewAssignmentJson, Problem> {
    let mut body = json!({ "customer": customer, "person": owner, "role": "owner" });
    if !from.is_empty() {
        body["from"] = json!(from);
    }
    page::extract::read_json(body.to_string().as_bytes())
}

fn grouped(group: &str) -> std::result::Result<CustomerChangeJson, Problem> {
    page::extract::read_json(json!({ "group": group }).to_string().as_bytes())
}
