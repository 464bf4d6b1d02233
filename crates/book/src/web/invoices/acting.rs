//! What can be done with an invoice on its page, and the forms for it.

use axum::{extract::State, response::Response};
use db::Tx;
use kernel::Quantity;
use maud::{Markup, html};
use org::api::Ask;
use page::{
    Actor, Choice, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field,
    parts::{stackable_table, th, th_n},
};
use serde_json::{Value, json};
use trail::Answer;

use super::{MAY_BILL, cancelled, changed, page as sheet};
use crate::{
    course::INVOICE,
    store::invoices::{self, Invoice, Line},
    web::{
        credit_notes::{self, MAY_CREDIT, NewCreditNoteJson},
        deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
        listing::Document,
        typed_lines::{cell, in_form, kept_places, quantity_at},
    },
};

const ALL: [Deed; 3] = [
    ("change", &MAY_BILL, Weight::Usual),
    ("credit", &MAY_CREDIT, Weight::Usual),
    ("cancel", &MAY_BILL, Weight::Grave),
];

/// Why an amount is given back; goods that came back are named line by line.
const FOR_AN_AMOUNT: [&str; 3] = ["price", "goodwill", "rebate"];

pub(super) fn deeds(frame: &Frame, own: &Invoice) -> Deeds {
    let place = page::address(Invoice::PATH, &own.number);
    let about = ("invoice", place, own.version);
    Deeds::of(frame, about, (&INVOICE, &own.status), &ALL)
}

/// The fields of the form that is open.
pub(super) fn fields(frame: &Frame, opened: &Opened, own: &Invoice, lines: &[Line]) -> Markup {
    match opened.name.as_str() {
        "change" => changing(frame, opened, own),
        "credit" => crediting(frame, opened, lines),
        _ => opened.day_and_reason(frame),
    }
}

fn changing(frame: &Frame, opened: &Opened, own: &Invoice) -> Markup {
    let day = |day: &Option<String>| day.clone().unwrap_or_default();
    let opened = opened.clone().or("received_on", day(&own.received_on));
    let opened = opened.or("accepted_on", day(&own.accepted_on));
    let (received, accepted) = (frame.t("invoice-received"), frame.t("invoice-accepted"));
    let hint = frame.t("invoice-clock-hint");
    html! {
        div.formg { @for (id, label) in [("received_on", &received), ("accepted_on", &accepted)] {
            (field(frame, FieldSpec { kind: FieldKind::Date, hint: Some(&hint), ..opened.spec(id, label) }))
        } }
        (opened.note(frame, &own.note))
    }
}

fn crediting(frame: &Frame, opened: &Opened, lines: &[Line]) -> Markup {
    let opened = opened.clone().or("date", frame.today.to_string());
    let kinds =
        FOR_AN_AMOUNT.map(|kind| Choice::new(kind, frame.t(&format!("credit-note-status-{kind}"))));
    let (amount, kind) = (frame.t("credit-amount"), frame.t("credit-for"));
    let (day, why) = (frame.t("orders-date"), frame.t("credit-note-reason"));
    let (number, next) = (frame.t("documents-number"), frame.t("deed-next-number"));
    html! {
        div.formg {
            (field(frame, FieldSpec { kind: FieldKind::Number { unit: "" }, ..opened.spec("amount_gross", &amount) }))
            (field(frame, FieldSpec { kind: FieldKind::Select(&kinds), required: true, ..opened.spec("kind", &kind) }))
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
            (field(frame, FieldSpec { hint: Some(&next), ..opened.spec("number", &number) }))
            (field(frame, opened.spec("reason", &why)))
        }
        @if !lines.is_empty() { (came_back(frame, &opened, lines)) }
    }
}

/// How much of each line came back.
fn came_back(frame: &Frame, opened: &Opened, lines: &[Line]) -> Markup {
    let title = frame.t("credit-came-back");
    let head = html! { tr {
        (th(frame.t("order-product"))) (th_n(frame.t("order-quantity"))) (th_n(&title))
    } };
    let body = html! { @for (place, line) in lines.iter().enumerate() {
        @let product = line.product_name.as_deref().unwrap_or_default();
        tr {
            th.m-full scope="row" { (product) " " span.t3 { (line.product_code.as_deref().unwrap_or_default()) } }
            td.n.m-full data-l=(frame.t("order-quantity")) { (Quantity::of_millionths(line.quantity)) }
            td.n.m-full data-l=(title) { (cell(frame, opened, place, ("quantity", "credit-came-back"), product)) }
        }
    } };
    stackable_table(&title, head, body)
}

/// `POST /invoices/{number}/{deed}`.
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
            let place = page::address(Invoice::PATH, &number);
            Ok(Deeds::done(&frame, ("invoice", &deed), &place, &answer))
        }
        Err(problem) => {
            let kept = kept_places(&typed);
            let mut opened = Opened::refused(&frame, &deed, typed, &problem)?;
            opened.errors = opened.errors.renamed(|field| in_form(&kept, field));
            let page = sheet::drawn(&kit, &actor, &frame, &number, &opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    form.actor.may(&MAY_BILL)?;
    match deed {
        "change" => {
            let mut body = deeds::emptied(form.typed, &["received_on", "accepted_on"]);
            body.insert("note".to_owned(), deeds::as_typed(form.typed, "note"));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(changed(tx, ask)))
                .await
        }
        "credit" => {
            form.actor.may(&MAY_CREDIT)?;
            let mut body = deeds::filled(form.typed, &["number", "date", "reason", "amount_gross"]);
            body.insert("invoice".to_owned(), Value::from(form.subject));
            let lines = returned(form).await?;
            if lines.is_empty() {
                body.insert("kind".to_owned(), deeds::as_typed(form.typed, "kind"));
            } else {
                body.insert("lines".to_owned(), Value::from(lines));
            }
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(credited(tx, ask)))
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

/// How much came back of which line.
async fn returned(form: &Sent<'_>) -> Result<Vec<Value>> {
    let mut tx = form.kit.db.read().await?;
    let today = form.kit.today();
    let own = invoices::fetch(&mut tx, &form.actor.scope, form.subject, today).await?;
    let lines = invoices::lines(&mut tx, own.invoice()).await?;
    let back = lines.iter().enumerate().filter_map(|(place, line)| {
        let quantity = quantity_at(form.typed, place)?;
        Some(json!({ "invoice_line": line.line, "quantity": quantity }))
    });
    Ok(back.collect())
}

/// Posts a credit note on the invoice as the page showed it: a form sent twice credits once.
async fn credited(tx: &mut Tx, ask: &Ask<NewCreditNoteJson>) -> db::Result<Answer> {
    let own = invoices::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(own.version)?;
    credit_notes::posted(tx, ask).await
}
