//! What can be done with a sample or trial on its page, and the forms for it.

use axum::{extract::State, response::Response};
use kernel::Quantity;
use maud::{Markup, html};
use page::{Actor, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field};
use serde_json::Value;

use super::{MAY_HAND_OUT, amend, decide, sheet_page, sold};
use crate::{
    course::SAMPLE,
    store::samples::Sample,
    web::deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
};

const ALL: [Deed; 6] = [
    ("sell", &MAY_HAND_OUT, Weight::Main),
    ("win", &MAY_HAND_OUT, Weight::Usual),
    ("return", &MAY_HAND_OUT, Weight::Usual),
    ("change", &MAY_HAND_OUT, Weight::Usual),
    ("lose", &MAY_HAND_OUT, Weight::Grave),
    ("withdraw", &MAY_HAND_OUT, Weight::Grave),
];

pub(super) fn deeds(frame: &Frame, own: &Sample) -> Deeds {
    let place = page::address("/samples", &own.number);
    let about = ("trial", place, own.version);
    Deeds::of(frame, about, (&SAMPLE, &own.status), &ALL)
}

/// The fields of the form that is open.
pub(super) fn fields(frame: &Frame, opened: &Opened, own: &Sample) -> Markup {
    match opened.name.as_str() {
        "change" => changing(frame, opened, own),
        "sell" => selling(frame, opened, own),
        _ => deciding(frame, opened),
    }
}

fn changing(frame: &Frame, opened: &Opened, own: &Sample) -> Markup {
    let opened = opened.clone().or("result_due", own.result_due.as_str());
    let opened = opened.or("note", own.note.as_str());
    let (due, note) = (frame.t("trials-due"), frame.t("deed-note"));
    html! {
        (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("result_due", &due) }))
        (field(frame, FieldSpec { kind: FieldKind::Area, ..opened.spec("note", &note) }))
    }
}

fn selling(frame: &Frame, opened: &Opened, own: &Sample) -> Markup {
    let all = Quantity::of_millionths(own.quantity).to_string();
    let opened = opened.clone().or("quantity", all);
    let (quantity, price) = (frame.t("order-quantity"), frame.t("order-price"));
    let (tax, number) = (frame.t("order-tax-rate"), frame.t("quotation-order-number"));
    let (own_price, next) = (frame.t("trial-price-hint"), frame.t("deed-next-number"));
    let amount = FieldKind::Number { unit: "" };
    html! { div.formg {
        (field(frame, FieldSpec { kind: amount, required: true, ..opened.spec("quantity", &quantity) }))
        (field(frame, FieldSpec { kind: amount, hint: Some(&own_price), ..opened.spec("unit_price", &price) }))
        (field(frame, FieldSpec { kind: FieldKind::Number { unit: "%" }, ..opened.spec("tax_percent", &tax) }))
        (field(frame, FieldSpec { hint: Some(&next), ..opened.spec("number", &number) }))
    } }
}

fn deciding(frame: &Frame, opened: &Opened) -> Markup {
    let opened = opened.clone().or("date", frame.today.to_string());
    let (why, day) = (frame.t("trial-reason"), frame.t("orders-date"));
    html! { div.formg {
        (field(frame, FieldSpec { required: true, ..opened.spec("reason", &why) }))
        (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
    } }
}

/// `POST /samples/{number}/{deed}`.
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
            let place = page::address("/samples", &number);
            Ok(Deeds::done(&frame, ("trial", &deed), &place, &answer))
        }
        Err(problem) => {
            let opened = Opened::refused(&frame, &deed, typed, &problem)?;
            let page = sheet_page::drawn(&kit, &actor, &frame, &number, &opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    form.actor.may(&MAY_HAND_OUT)?;
    match deed {
        "change" => {
            let mut body = deeds::filled(form.typed, &["result_due"]);
            body.insert("note".to_owned(), deeds::as_typed(form.typed, "note"));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(amend(tx, ask)))
                .await
        }
        "sell" => {
            let body = form.body(&["number", "quantity", "unit_price", "tax_percent"])?;
            form.carry(body, |tx, ask| Box::pin(sold(tx, ask))).await
        }
        "return" | "win" | "lose" | "withdraw" => {
            let mut body = deeds::filled(form.typed, &["date"]);
            body.insert("reason".to_owned(), deeds::as_typed(form.typed, "reason"));
            body.insert("result".to_owned(), Value::from(deed));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(decide(tx, ask)))
                .await
        }
        _ => Err(deeds::unknown(deed)),
    }
}
