//! `/samples/new`: a sample or trial is recorded that was handed out.

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use page::{Actor, Choice, FieldKind, FieldSpec, Form, Frame, Kit, Query, Result, field};
use serde::Deserialize;

use super::{MAY_HAND_OUT, add};
use crate::{
    sample::KINDS,
    store::samples::Sample,
    web::{
        deeds::{Deeds, Opened, Sent, Typed},
        form_page::{FormPage, form_page},
        listing::Document,
    },
};

const FIELDS: [&str; 7] = [
    "customer",
    "product",
    "quantity",
    "kind",
    "date",
    "result_due",
    "note",
];

/// Whom it is for, if one came from a customer's page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewQuery {
    customer: String,
}

/// `GET /samples/new`.
pub async fn show(actor: Actor, frame: Frame, Query(query): Query<NewQuery>) -> Result<Markup> {
    actor.may(&MAY_HAND_OUT)?;
    let opened = Opened::default().or("customer", query.customer);
    Ok(drawn(&frame, opened))
}

/// `POST /samples`.
pub async fn create(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(&MAY_HAND_OUT)?;
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: "",
        typed: &typed,
    };
    let done = match form.body(&FIELDS) {
        Ok(body) => form.carry(body, |tx, ask| Box::pin(add(tx, ask))).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(answer) => Ok(Deeds::done(
            &frame,
            ("trial", "create"),
            Sample::PATH,
            &answer,
        )),
        Err(problem) => {
            let opened = Opened::refused(&frame, "", typed, &problem)?;
            Ok(page::ask_again(&problem, drawn(&frame, opened)))
        }
    }
}

fn drawn(frame: &Frame, opened: Opened) -> Markup {
    let opened = opened.or("date", frame.today.to_string());
    let kinds = KINDS.map(|kind| Choice::new(kind, Sample::status_text(frame, kind)));
    let must = |key: &str, id: &str, kind: FieldKind<'_>| {
        let label = frame.t(key);
        field(
            frame,
            FieldSpec {
                kind,
                required: true,
                ..opened.spec(id, &label)
            },
        )
    };
    let (due, due_hint) = (frame.t("trials-due"), frame.t("trial-due-hint"));
    let note = frame.t("deed-note");
    let fields = html! {
        div.formg {
            (must("documents-customer-code", "customer", FieldKind::Text))
            (must("documents-product-code", "product", FieldKind::Text))
            (must("order-quantity", "quantity", FieldKind::Number { unit: "" }))
            (must("trial-kind", "kind", FieldKind::Select(&kinds)))
            (must("orders-date", "date", FieldKind::Date))
            (field(frame, FieldSpec { kind: FieldKind::Date, hint: Some(&due_hint), ..opened.spec("result_due", &due) }))
        }
        (field(frame, FieldSpec { kind: FieldKind::Area, ..opened.spec("note", &note) }))
    };
    form_page(
        frame,
        &FormPage {
            title: frame.t("trial-new"),
            sub: html! {},
            action: Sample::PATH.to_owned(),
            back: Sample::PATH.to_owned(),
            errors: &opened.errors,
            fields,
            button: frame.t("do-trial-create"),
            has_file: false,
            below: html! {},
        },
    )
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    drawn(frame, Opened::default().or("customer", "C-1"))
}
