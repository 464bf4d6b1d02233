//! What can be done with a quotation on its page, and the forms for it.

use axum::{extract::State, response::Response};
use kernel::{Percent, Price, Quantity};
use maud::{Markup, html};
use page::{
    Actor, Choice, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field,
    parts::{stackable_table, th, th_n},
};
use serde_json::{Map, Value, json};

use super::{
    MAY_OFFER, NewLineJson, amend, converted, entered, lost, revised, sent, sheet_page, step,
};
use crate::{
    course::QUOTATION,
    quotation::LOST_REASONS,
    store::quotations::{self, Line, Quotation},
    web::{
        deeds::{self, Deed, Deeds, Opened, Sent, Typed, Weight},
        names,
        typed_lines::{cell, in_form, kept_places, typed_at},
    },
};

/// What can be done, in the order of a quotation's life.
const ALL: [Deed; 7] = [
    ("send", &MAY_OFFER, Weight::Main),
    ("accept", &MAY_OFFER, Weight::Main),
    ("convert", &MAY_OFFER, Weight::Main),
    ("change", &MAY_OFFER, Weight::Usual),
    ("revise", &MAY_OFFER, Weight::Usual),
    ("lose", &MAY_OFFER, Weight::Grave),
    ("withdraw", &MAY_OFFER, Weight::Grave),
];

/// Only the last edition can be acted on.
pub(super) fn deeds(frame: &Frame, own: &Quotation, today: jiff::civil::Date) -> Deeds {
    let place = page::address("/quotations", &own.number);
    let about = ("quotation", place, own.version);
    let mut deeds = Deeds::of(frame, about, (&QUOTATION, own.standing(today)), &ALL);
    if own.shown_edition != own.edition {
        deeds.open.clear();
    }
    deeds
}

/// The fields of the form that is open.
pub(super) fn fields(frame: &Frame, opened: &Opened, own: &Quotation, lines: &[Line]) -> Markup {
    match opened.name.as_str() {
        "change" => changing(frame, opened, own, lines),
        "convert" => converting(frame, opened, lines),
        "lose" => losing(frame, opened),
        _ => opened.reason(frame),
    }
}

fn losing(frame: &Frame, opened: &Opened) -> Markup {
    let reasons = LOST_REASONS.map(|reason| {
        let key = reason.replace('_', "-");
        Choice::new(reason, frame.t(&format!("lost-reason-{key}")))
    });
    let why = frame.t("quotation-lost");
    let who = frame.t("quotation-winner");
    let text = frame.t("deed-note");
    html! {
        div.formg {
            (field(frame, FieldSpec { kind: FieldKind::Select(&reasons), required: true, ..opened.spec("reason", &why) }))
            (field(frame, opened.spec("competitor", &who)))
        }
        (field(frame, FieldSpec { kind: FieldKind::Area, ..opened.spec("text", &text) }))
    }
}

fn changing(frame: &Frame, opened: &Opened, own: &Quotation, lines: &[Line]) -> Markup {
    let mut opened = opened.clone().or("date", own.day.as_str());
    opened = opened.or("valid_until", own.valid_until.as_str());
    for (place, line) in lines.iter().enumerate() {
        for (name, value) in texts(line) {
            opened = opened.or(&format!("lines[{place}].{name}"), value);
        }
    }
    let day = frame.t("orders-date");
    let until = frame.t("quotations-until");
    let title = frame.t("order-lines");
    let head = html! { tr {
        (th(frame.t("order-product"))) (th_n(frame.t("order-quantity"))) (th_n(frame.t("order-price")))
        (th_n(frame.t("order-discount")))
    } };
    let body = html! {
        @for (place, line) in lines.iter().enumerate() { tr {
            th.m-full scope="row" { (names::one(frame, &line.product_name, line.product_local.as_deref())) " " span.t3 { (line.product_code) } }
            (cells(frame, &opened, place, names::one(frame, &line.product_name, line.product_local.as_deref())))
        } }
        tr {
            th.m-full scope="row" { (cell(frame, &opened, lines.len(), ("product", "quotation-one-more"), "")) }
            (cells(frame, &opened, lines.len(), ""))
        }
    };
    html! {
        div.formg {
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("valid_until", &until) }))
        }
        (stackable_table(&title, head, body))
    }
}

/// A line as it stands in the form.
fn texts(line: &Line) -> [(&'static str, String); 3] {
    [
        (
            "quantity",
            Quantity::of_millionths(line.quantity).to_string(),
        ),
        (
            "unit_price",
            Price::of_millionths(line.unit_price).to_string(),
        ),
        (
            "discount_percent",
            Percent::of_millionths(line.discount).to_string(),
        ),
    ]
}

fn cells(frame: &Frame, opened: &Opened, place: usize, product: &str) -> Markup {
    html! {
        @for (name, label) in [("quantity", "order-quantity"), ("unit_price", "order-price"), ("discount_percent", "order-discount")] {
            td.n.m-full data-l=(frame.t(label)) { (cell(frame, opened, place, (name, label), product)) }
        }
    }
}

fn converting(frame: &Frame, opened: &Opened, lines: &[Line]) -> Markup {
    let mut opened = opened.clone().or("date", frame.today.to_string());
    for (place, line) in lines.iter().enumerate() {
        let offered = Quantity::of_millionths(line.quantity).to_string();
        opened = opened.or(&format!("lines[{place}].quantity"), offered);
    }
    let number = frame.t("quotation-order-number");
    let hint = frame.t("deed-next-number");
    let day = frame.t("orders-date");
    let title = frame.t("quotation-taken");
    let head = html! { tr {
        (th(frame.t("order-product"))) (th_n(frame.t("quotation-offered"))) (th_n(frame.t("quotation-taken")))
    } };
    let body = html! { @for (place, line) in lines.iter().enumerate() { tr {
        th.m-full scope="row" { (names::one(frame, &line.product_name, line.product_local.as_deref())) " " span.t3 { (line.product_code) } }
        td.n.m-full data-l=(frame.t("quotation-offered")) { (Quantity::of_millionths(line.quantity)) }
        td.n.m-full data-l=(frame.t("quotation-taken")) { (cell(frame, &opened, place, ("quantity", "quotation-taken"), names::one(frame, &line.product_name, line.product_local.as_deref()))) }
    } } };
    html! {
        div.formg {
            (field(frame, FieldSpec { hint: Some(&hint), ..opened.spec("number", &number) }))
            (field(frame, FieldSpec { kind: FieldKind::Date, required: true, ..opened.spec("date", &day) }))
        }
        (stackable_table(&title, head, body))
    }
}

/// `POST /quotations/{number}/{deed}`.
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
            let place = page::address("/quotations", &number);
            Ok(Deeds::done(&frame, ("quotation", &deed), &place, &answer))
        }
        Err(problem) => {
            let kept = kept_places(&typed);
            let mut opened = Opened::refused(&frame, &deed, typed, &problem)?;
            opened.errors = opened.errors.renamed(|field| in_form(&kept, field));
            let page = sheet_page::drawn(&kit, &actor, &frame, (&number, None), &opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

async fn done(form: &Sent<'_>, deed: &str) -> Result<Response> {
    form.actor.may(&MAY_OFFER)?;
    let why = &["reason"];
    match deed {
        "send" => {
            form.carry(form.body(why)?, |tx, ask| Box::pin(sent(tx, ask)))
                .await
        }
        "revise" => {
            form.carry(form.body(why)?, |tx, ask| Box::pin(revised(tx, ask)))
                .await
        }
        "accept" => {
            form.carry(form.body(why)?, |tx, ask| Box::pin(step(tx, ask, "accept")))
                .await
        }
        "withdraw" => {
            form.carry(form.body(why)?, |tx, ask| {
                Box::pin(step(tx, ask, "withdraw"))
            })
            .await
        }
        "lose" => {
            let body = form.body(&["reason", "competitor", "text"])?;
            form.carry(body, |tx, ask| Box::pin(lost(tx, ask))).await
        }
        "change" => {
            let mut body = deeds::filled(form.typed, &["date", "valid_until"]);
            if let Some(lines) = changed_lines(form.typed, &lines_of(form).await?) {
                body.insert("lines".to_owned(), lines);
            }
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(amend(tx, ask)))
                .await
        }
        "convert" => {
            let mut body = deeds::filled(form.typed, &["number", "date"]);
            if let Some(lines) = taken_lines(form.typed, &lines_of(form).await?) {
                body.insert("lines".to_owned(), lines);
            }
            form.carry(deeds::read(body)?, |tx, ask| Box::pin(converted(tx, ask)))
                .await
        }
        _ => Err(deeds::unknown(deed)),
    }
}

async fn lines_of(form: &Sent<'_>) -> Result<Vec<Line>> {
    let mut tx = form.kit.db.read().await?;
    let today = form.kit.today();
    let own = quotations::fetch(&mut tx, &form.actor.scope, form.subject, None, today).await?;
    Ok(quotations::lines(&mut tx, own.quotation(), own.edition).await?)
}

/// All lines as they are to be, if any of them is another; one without a quantity falls away.
fn changed_lines(typed: &Typed, lines: &[Line]) -> Option<Value> {
    let mut is_changed = false;
    let mut wanted = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let NewLineJson {
            product,
            tax_percent,
            ..
        } = entered(line);
        let mut one = json!({ "product": product, "tax_percent": tax_percent });
        for (name, was) in texts(line) {
            let now = typed_at(typed, place, name).unwrap_or(&was);
            is_changed |= now != was;
            if !now.is_empty() {
                one[name] = Value::from(now);
            }
        }
        if one.get("quantity").is_some() {
            wanted.push(one);
        }
    }
    let more = ["product", "quantity", "unit_price", "discount_percent"];
    let more = more.into_iter().filter_map(|name| {
        let text = typed_at(typed, lines.len(), name)?;
        (!text.is_empty()).then(|| (name.to_owned(), Value::from(text)))
    });
    let more: Map<String, Value> = more.collect();
    if !more.is_empty() {
        is_changed = true;
        wanted.push(Value::Object(more));
    }
    is_changed.then_some(Value::Array(wanted))
}

/// What becomes an order, if it is not all of it; a line without a quantity is not taken.
fn taken_lines(typed: &Typed, lines: &[Line]) -> Option<Value> {
    let mut is_whole = true;
    let mut taken = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let offered = Quantity::of_millionths(line.quantity).to_string();
        let wanted = typed_at(typed, place, "quantity").unwrap_or(&offered);
        is_whole &= wanted == offered;
        if !matches!(wanted, "" | "0") {
            taken.push(json!({ "line": line.line, "quantity": wanted }));
        }
    }
    (!is_whole).then_some(Value::Array(taken))
}
