//! `/payments/new`: money that came in is recorded.

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use page::{Actor, Choice, FieldKind, FieldSpec, Form, Frame, Kit, Query, Result, field};
use serde::Deserialize;
use serde_json::Value;

use super::{MAY_RECORD, METHODS, recorded};
use crate::{
    store::payments::Payment,
    web::{
        deeds::{self, Deeds, Opened, Sent, Typed},
        form_page::{FormPage, form_page},
        listing::Document,
    },
};

const FIELDS: [&str; 7] = [
    "reference",
    "customer",
    "date",
    "amount",
    "currency",
    "method",
    "note",
];

/// What a bill or cheque says; a form has a point where the API has a field within a field.
const PAPER: [(&str, &str, &str); 3] = [
    ("acceptor", "paper.acceptor", "payment-acceptor"),
    ("number", "paper.number", "payment-paper"),
    ("due_date", "paper.due_date", "invoices-due"),
];

/// Who paid, if one came from a customer's page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewQuery {
    customer: String,
}

/// `GET /payments/new`.
pub async fn show(actor: Actor, frame: Frame, Query(query): Query<NewQuery>) -> Result<Markup> {
    actor.may(&MAY_RECORD)?;
    Ok(drawn(
        &frame,
        Opened::default().or("customer", query.customer),
    ))
}

/// `POST /payments`.
pub async fn create(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(&MAY_RECORD)?;
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: "",
        typed: &typed,
    };
    let done = match deeds::read(body(&typed)) {
        Ok(body) => {
            form.carry(body, |tx, ask| Box::pin(recorded(tx, ask)))
                .await
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(answer) => Ok(Deeds::done(
            &frame,
            ("payment", "create"),
            Payment::PATH,
            &answer,
        )),
        Err(problem) => {
            let opened = Opened::refused(&frame, "", typed, &problem)?;
            Ok(page::ask_again(&problem, drawn(&frame, opened)))
        }
    }
}

/// What was typed as the API takes it; the paper goes along if anything of it was said.
fn body(typed: &Typed) -> serde_json::Map<String, Value> {
    let mut body = deeds::filled(typed, &FIELDS);
    let said = PAPER.iter().filter_map(|(name, id, _)| {
        let text = typed.get(*id)?.trim();
        (!text.is_empty()).then(|| ((*name).to_owned(), Value::from(text)))
    });
    let mut paper: serde_json::Map<String, Value> = said.collect();
    if !paper.is_empty() {
        for (name, ..) in PAPER {
            paper.entry(name).or_insert_with(|| Value::from(""));
        }
        body.insert("paper".to_owned(), Value::Object(paper));
    }
    body
}

fn drawn(frame: &Frame, opened: Opened) -> Markup {
    let opened = opened.or("date", frame.today.to_string());
    let methods = METHODS.map(|method| Choice::new(method, Payment::status_text(frame, method)));
    let shown = |key: &str, id: &str, required: bool, kind: FieldKind<'_>| {
        let label = frame.t(key);
        let spec = opened.spec(id, &label);
        field(
            frame,
            FieldSpec {
                kind,
                required,
                ..spec
            },
        )
    };
    let (currency, own) = (frame.t("orders-currency"), frame.t("payment-currency-hint"));
    let (reference, next) = (frame.t("payments-reference"), frame.t("deed-next-number"));
    let note = frame.t("deed-note");
    let fields = html! {
        div.formg {
            (shown("documents-customer-code", "customer", true, FieldKind::Text))
            (shown("orders-date", "date", true, FieldKind::Date))
            (shown("invoice-amount", "amount", true, FieldKind::Number { unit: "" }))
            (field(frame, FieldSpec { hint: Some(&own), ..opened.spec("currency", &currency) }))
            (shown("payments-method", "method", true, FieldKind::Select(&methods)))
            (field(frame, FieldSpec { hint: Some(&next), ..opened.spec("reference", &reference) }))
        }
        fieldset.stack {
            legend.lab { (frame.t("payment-paper-legend")) }
            div.formg { @for (name, id, key) in PAPER {
                (shown(key, id, false, if name == "due_date" { FieldKind::Date } else { FieldKind::Text }))
            } }
        }
        (field(frame, FieldSpec { kind: FieldKind::Area, ..opened.spec("note", &note) }))
    };
    form_page(
        frame,
        &FormPage {
            title: frame.t("payment-new"),
            sub: html! {},
            action: Payment::PATH.to_owned(),
            back: Payment::PATH.to_owned(),
            errors: &opened.errors,
            fields,
            button: frame.t("do-payment-create"),
            has_file: false,
            below: html! {},
        },
    )
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    drawn(frame, Opened::default().or("customer", "C-1"))
}
