//! What can be done with an order on its page.

use axum::{extract::State, response::Response};
use db::Tx;
use kernel::Quantity;
use maud::{Markup, html};
use org::api::Ask;
use page::{
    Actor, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field,
    parts::{stackable_table, th, th_n},
};
use serde_json::{Value, json};
use trail::Answer;

use super::{MAY_ENTER, course, sheet_page};
use crate::{
    course::ORDER,
    series::Series,
    store::orders::{self, Line, Order},
    web::{
        deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
        deliveries::{MAY_POST, posted_below},
        invoices::{self, MAY_BILL, NewInvoiceJson},
        typed_lines::{cell, in_form, kept_places, quantity_at},
    },
};

const ALL: [Deed; 5] = [
    ("confirm", &MAY_ENTER, Weight::Main),
    ("deliver", &MAY_POST, Weight::Usual),
    ("bill", &MAY_BILL, Weight::Usual),
    ("close", &MAY_ENTER, Weight::Usual),
    ("cancel", &MAY_ENTER, Weight::Grave),
];

pub(super) fn deeds(frame: &Frame, own: &Order) -> Deeds {
    let place = page::address("/orders", &own.number);
    let about = ("order", place, own.version);
    Deeds::of(frame, about, (&ORDER, &own.status), &ALL)
}

/// The fields of the form that is open.
pub(super) fn fields(frame: &Frame, opened: &Opened, lines: &[Line]) -> Markup {
    match opened.name.as_str() {
        "deliver" => delivering(frame, opened, lines),
        "bill" => billing(frame, opened),
        _ => opened.reason(frame),
    }
}

/// What of a line has not gone out yet, in millionths.
fn open_of(line: &Line) -> i64 {
    (line.quantity - line.cancelled - line.delivered).max(0)
}

fn delivering(frame: &Frame, opened: &Opened, lines: &[Line]) -> Markup {
    let mut opened = opened.clone().or("date", frame.today.to_string());
    for (place, line) in lines.iter().enumerate() {
        let open = Quantity::of_millionths(open_of(line)).to_string();
        opened = opened.or(&format!("lines[{place}].quantity"), open);
    }
    let (number, next) = (frame.t("documents-number"), frame.t("deed-next-number"));
    let (day, note) = (frame.t("orders-date"), frame.t("deed-note"));
    let (title, over) = (frame.t("order-lines"), frame.t("order-over-delivery"));
    let head = html! { tr {
        (th(frame.t("order-product"))) (th_n(frame.t("order-not-delivered"))) (th_n(frame.t("order-goes-out")))
    } };
    let body = html! { @for (place, line) in lines.iter().enumerate() { tr {
        th.m-full scope="row" { (line.product_name) " " span.t3 { (line.product_code) } }
        td.n.m-full data-l=(frame.t("order-not-delivered")) { (Quantity::of_millionths(open_of(line))) }
        td.n.m-full data-l=(frame.t("order-goes-out")) { (cell(frame, &opened, place, ("quantity", "order-goes-out"), &line.product_name)) }
    } } };
    html! {
        div.formg {
            (field(frame, FieldSpec { hint: Some(&next), ..opened.spec("number", &number) }))
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
            (field(frame, opened.spec("note", &note)))
        }
        (stackable_table(&title, head, body))
        (field(frame, FieldSpec { kind: FieldKind::Check, ..opened.spec("over_delivery", &over) }))
    }
}

fn billing(frame: &Frame, opened: &Opened) -> Markup {
    let opened = opened.clone().or("date", frame.today.to_string());
    let (number, next) = (frame.t("documents-number"), frame.t("deed-next-number"));
    let (day, due) = (frame.t("orders-date"), frame.t("invoices-due"));
    let terms = frame.t("delivery-due-hint");
    html! { div.formg {
        (field(frame, FieldSpec { hint: Some(&next), ..opened.spec("number", &number) }))
        (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
        (field(frame, FieldSpec { kind: FieldKind::Date, hint: Some(&terms), ..opened.spec("due_date", &due) }))
    } }
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
            let kept = kept_places(&typed);
            let mut opened = Opened::refused(&frame, &deed, typed, &problem)?;
            opened.errors = opened.errors.renamed(|field| in_form(&kept, field));
            let page = sheet_page::drawn(&kit, &actor, &frame, &number, &opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    match deed {
        "deliver" => {
            form.actor.may(&MAY_POST)?;
            let mut body = deeds::filled(form.typed, &["number", "date", "note"]);
            body.insert("lines".to_owned(), goes_out(form).await?);
            let over = form.typed.contains_key("over_delivery");
            body.insert("over_delivery".to_owned(), Value::from(over));
            form.carry(deeds::read(body)?, |tx, ask| {
                Box::pin(posted_below(tx, ask, Series::Delivery))
            })
            .await
        }
        "bill" => {
            form.actor.may(&MAY_BILL)?;
            let mut body = deeds::filled(form.typed, &["number", "date", "due_date"]);
            body.insert("order".to_owned(), Value::from(form.subject));
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(billed(tx, ask)))
                .await
        }
        _ => course_step(form, deed).await,
    }
}

async fn course_step(form: &Sent<'_>, deed: &str) -> Result<Response> {
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

/// How much of which line was typed.
async fn goes_out(form: &Sent<'_>) -> Result<Value> {
    let mut tx = form.kit.db.read().await?;
    let today = form.kit.today();
    let order = orders::fetch(&mut tx, &form.actor.scope, form.subject, today).await?;
    let lines = orders::lines(&mut tx, order.order()).await?;
    let out = lines.iter().enumerate().filter_map(|(place, line)| {
        let quantity = quantity_at(form.typed, place)?;
        Some(json!({ "line": line.line, "quantity": quantity }))
    });
    Ok(out.collect())
}

/// Bills what went out and is unbilled, of the order as the page showed it.
async fn billed(tx: &mut Tx, ask: &Ask<NewInvoiceJson>) -> db::Result<Answer> {
    let order = orders::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(order.version)?;
    invoices::posted(tx, ask).await
}
