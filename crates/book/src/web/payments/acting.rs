//! What can be done with a payment on its page, and the forms for it.

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use page::{Actor, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field};
use serde_json::Value;

use super::{
    MAY_RECORD,
    allocating::{released_of_payment, settled_by_payment},
    changed, page as sheet, reversed, settles, stepped,
};
use crate::{
    course::{BILL, PAYMENT},
    store::{allocations::Allocation, invoices::Invoice, payments::Payment},
    web::deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
};

const MONEY: [Deed; 3] = [
    ("settle", &MAY_RECORD, Weight::Main),
    ("change", &MAY_RECORD, Weight::Usual),
    ("reverse", &MAY_RECORD, Weight::Grave),
];

/// Of what was settled some is taken back.
const RELEASE: Deed = ("release", &MAY_RECORD, Weight::Usual);

/// What a bill or cheque goes through besides.
const PAPER: [Deed; 5] = [
    ("present", &MAY_RECORD, Weight::Usual),
    ("endorse", &MAY_RECORD, Weight::Usual),
    ("discount", &MAY_RECORD, Weight::Usual),
    ("clear", &MAY_RECORD, Weight::Usual),
    ("return", &MAY_RECORD, Weight::Grave),
];

pub(super) fn deeds(frame: &Frame, own: &Payment, settles: &[Allocation]) -> Deeds {
    let place = page::address("/payments", &own.reference);
    let about = ("payment", place, own.version);
    let mut deeds = Deeds::of(frame, about.clone(), (&PAYMENT, &own.status), &MONEY);
    if own.left_minor() <= 0 {
        deeds.open.retain(|(name, ..)| *name != "settle");
    }
    if own.status == "reversed" {
        return deeds;
    }
    if let Some(paper) = &own.paper_status {
        let paper = Deeds::of(frame, about, (&BILL, paper), &PAPER);
        deeds = paper
            .open
            .into_iter()
            .rev()
            .fold(deeds, |all, step| all.also(frame, step));
    }
    if settles::can_release(settles) {
        deeds = deeds.also(frame, RELEASE);
    }
    deeds
}

/// The fields of the form that is open.
pub(super) fn fields(
    frame: &Frame,
    opened: &Opened,
    own: &Payment,
    (settles, open): (&[Allocation], &[Invoice]),
) -> Markup {
    match opened.name.as_str() {
        "settle" => settles::settling(frame, opened, open),
        "release" => settles::releasing(frame, opened, settles),
        "change" => opened.note(frame, &own.note),
        "reverse" => opened.day_and_reason(frame),
        step => paper(frame, opened, step),
    }
}

/// What is asked of a step of a bill or cheque.
fn paper(frame: &Frame, opened: &Opened, step: &str) -> Markup {
    let opened = opened.clone().or("date", frame.today.to_string());
    let (day, whom) = (frame.t("orders-date"), frame.t("bill-to-whom"));
    let (cost, freely) = (frame.t("payment-cost"), frame.t("bill-without-recourse"));
    let has_other = matches!(step, "endorse" | "discount");
    html! {
        div.formg {
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
            @if has_other { (field(frame, opened.spec("to_whom", &whom))) }
            (field(frame, FieldSpec { kind: FieldKind::Number { unit: "" }, ..opened.spec("cost", &cost) }))
        }
        @if has_other {
            (field(frame, FieldSpec { kind: FieldKind::Check, ..opened.spec("without_recourse", &freely) }))
        }
    }
}

/// `POST /payments/{reference}/{deed}`.
pub async fn act(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((reference, deed)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let sent = Sent {
        kit: &kit,
        actor: &actor,
        subject: &reference,
        typed: &typed,
    };
    match done(&sent, &deed).await {
        Ok(_) => {
            let place = page::address("/payments", &reference);
            Ok(Deeds::told(&frame, ("payment", &deed), &place))
        }
        Err(problem) => {
            let opened = Opened::refused(&frame, &deed, typed, &problem)?;
            let page = sheet::drawn(&kit, &actor, &frame, &reference, &opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    form.actor.may(&MAY_RECORD)?;
    match deed {
        "settle" => {
            let body = form.body(&settles::SETTLE)?;
            form.carry(body, |tx, ask| Box::pin(settled_by_payment(tx, ask)))
                .await
        }
        "release" => {
            let body = form.body(&settles::RELEASE)?;
            form.carry(body, |tx, ask| Box::pin(released_of_payment(tx, ask)))
                .await
        }
        "change" => {
            let mut body = deeds::filled(form.typed, &[]);
            body.insert("note".to_owned(), deeds::as_typed(form.typed, "note"));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(changed(tx, ask)))
                .await
        }
        "reverse" => {
            let body = form.body(&["date", "reason"])?;
            form.carry(body, |tx, ask| Box::pin(reversed(tx, ask)))
                .await
        }
        step => moved_on(form, step).await,
    }
}

/// A bill or cheque goes a step on.
async fn moved_on(form: &Sent<'_>, step: &str) -> Result<Response> {
    let mut body = deeds::filled(form.typed, &["date", "to_whom", "cost"]);
    let freely = form.typed.contains_key("without_recourse");
    body.insert("without_recourse".to_owned(), Value::from(freely));
    let body = deeds::read(body)?;
    match step {
        "present" => {
            form.carry(body, |tx, ask| Box::pin(stepped(tx, ask, "present")))
                .await
        }
        "endorse" => {
            form.carry(body, |tx, ask| Box::pin(stepped(tx, ask, "endorse")))
                .await
        }
        "discount" => {
            form.carry(body, |tx, ask| Box::pin(stepped(tx, ask, "discount")))
                .await
        }
        "clear" => {
            form.carry(body, |tx, ask| Box::pin(stepped(tx, ask, "clear")))
                .await
        }
        "return" => {
            form.carry(body, |tx, ask| Box::pin(stepped(tx, ask, "return")))
                .await
        }
        _ => Err(deeds::unknown(step)),
    }
}
