//! What can be done with a delivery or return on its page, and the forms for it.

use axum::{extract::State, response::Response};
use kernel::Quantity;
use maud::{Markup, html};
use page::{
    Actor, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field,
    parts::{stackable_table, th, th_n},
};
use serde_json::{Value, json};

use super::{MAY_POST, changed, page as sheet, recorded, reversed};
use crate::{
    course::DELIVERY,
    store::deliveries::{self, Delivery, Line},
    web::{
        deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
        invoices::{MAY_BILL, posted as billed},
        typed_lines::{cell, in_form, kept_places, quantity_at},
    },
};

const ALL: [Deed; 2] = [
    ("change", &MAY_POST, Weight::Usual),
    ("reverse", &MAY_POST, Weight::Grave),
];

/// What is done with the order once goods went out.
const BEHIND: [Deed; 2] = [
    ("return", &MAY_POST, Weight::Usual),
    ("bill", &MAY_BILL, Weight::Main),
];

pub(super) fn deeds(frame: &Frame, own: &Delivery) -> Deeds {
    let place = page::address("/deliveries", &own.number);
    let about = ("delivery", place, own.version);
    let deeds = Deeds::of(frame, about, (&DELIVERY, &own.status), &ALL);
    if own.is_return() || own.status != "posted" {
        return deeds;
    }
    let behind = BEHIND.into_iter();
    behind.fold(deeds, |all, deed| all.also(frame, deed))
}

/// The fields of the form that is open.
pub(super) fn fields(frame: &Frame, opened: &Opened, own: &Delivery, lines: &[Line]) -> Markup {
    match opened.name.as_str() {
        "change" => opened.note(frame, &own.note),
        "reverse" => opened.day_and_reason(frame),
        "bill" => {
            let mut opened = opened.clone();
            for (place, line) in lines.iter().enumerate() {
                let all = Quantity::of_millionths(line.quantity).to_string();
                opened = opened.or(&format!("lines[{place}].quantity"), all);
            }
            of_lines(frame, opened, lines, ("delivery-billed", "due_date"))
        }
        _ => of_lines(frame, opened.clone(), lines, ("delivery-returned", "note")),
    }
}

/// Number, day and one thing more, and how much of each line.
fn of_lines(frame: &Frame, opened: Opened, lines: &[Line], (column, more): (&str, &str)) -> Markup {
    let opened = opened.or("date", frame.today.to_string());
    let (number, next) = (frame.t("documents-number"), frame.t("deed-next-number"));
    let (day, due) = (frame.t("orders-date"), frame.t("invoices-due"));
    let (terms, note) = (frame.t("delivery-due-hint"), frame.t("deed-note"));
    let title = frame.t("order-lines");
    let head = html! { tr {
        (th(frame.t("order-product"))) (th_n(frame.t("delivery-delivered"))) (th_n(frame.t(column)))
    } };
    let body = html! { @for (place, line) in lines.iter().enumerate() { tr {
        th.m-full scope="row" { (line.product_name) " " span.t3 { (line.product_code) } }
        td.n.m-full data-l=(frame.t("delivery-delivered")) { (Quantity::of_millionths(line.quantity)) }
        td.n.m-full data-l=(frame.t(column)) { (cell(frame, &opened, place, ("quantity", column), &line.product_name)) }
    } } };
    html! {
        div.formg {
            (field(frame, FieldSpec { hint: Some(&next), ..opened.spec("number", &number) }))
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
            @if more == "due_date" {
                (field(frame, FieldSpec { kind: FieldKind::Date, hint: Some(&terms), ..opened.spec("due_date", &due) }))
            } @else {
                (field(frame, opened.spec("note", &note)))
            }
        }
        (stackable_table(&title, head, body))
    }
}

/// `POST /deliveries/{number}/{deed}`.
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
            let place = page::address("/deliveries", &number);
            Ok(Deeds::done(&frame, ("delivery", &deed), &place, &answer))
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
    match deed {
        "change" => {
            form.actor.may(&MAY_POST)?;
            let mut body = deeds::filled(form.typed, &[]);
            body.insert("note".to_owned(), deeds::as_typed(form.typed, "note"));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(changed(tx, ask)))
                .await
        }
        "reverse" => {
            form.actor.may(&MAY_POST)?;
            let body = form.body(&["date", "reason"])?;
            form.carry(body, |tx, ask| Box::pin(reversed(tx, ask)))
                .await
        }
        "return" => {
            form.actor.may(&MAY_POST)?;
            let (own, lines) = delivered(form).await?;
            let mut body = deeds::filled(form.typed, &["number", "date", "note"]);
            body.insert("order".to_owned(), Value::from(own.order_number));
            body.insert("kind".to_owned(), Value::from("return"));
            body.insert("lines".to_owned(), quantities(form.typed, &lines, "line"));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(recorded(tx, ask)))
                .await
        }
        "bill" => {
            form.actor.may(&MAY_BILL)?;
            let (own, lines) = delivered(form).await?;
            let mut body = deeds::filled(form.typed, &["number", "date", "due_date"]);
            body.insert("order".to_owned(), Value::from(own.order_number));
            let lines = quantities(form.typed, &lines, "order_line");
            body.insert("lines".to_owned(), lines);
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(billed(tx, ask)))
                .await
        }
        _ => Err(deeds::unknown(deed)),
    }
}

async fn delivered(form: &Sent<'_>) -> Result<(Delivery, Vec<Line>)> {
    let mut tx = form.kit.db.read().await?;
    let today = form.kit.today();
    let own = deliveries::fetch(&mut tx, &form.actor.scope, form.subject, today).await?;
    let lines = deliveries::lines(&mut tx, own.delivery()).await?;
    Ok((own, lines))
}

/// How much of which line of the order was typed, with the line under this name.
fn quantities(typed: &Typed, lines: &[Line], name: &str) -> Value {
    let wanted = lines.iter().enumerate().filter_map(|(place, line)| {
        let quantity = quantity_at(typed, place)?;
        Some(json!({ name: line.order_line, "quantity": quantity }))
    });
    wanted.collect()
}
