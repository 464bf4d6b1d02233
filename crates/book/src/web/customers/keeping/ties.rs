//! Whom a customer belongs to and who pays for it: said for a span of days, and ended.

use axum::{extract::State, response::Response};
use kernel::Refusal;
use maud::{Markup, html};
use page::{Actor, Choice, FieldKind, FieldSpec, Form, Frame, Kit, Path, Problem, Result, field};

use super::{about, customer, days};
use crate::{
    store::{customers::Customer, ties::Kind},
    web::{
        customers::ties::{MAY_CHANGE, add, end},
        deeds::{Deeds, Opened, Sent, Typed},
        form_page::{FormPage, form_page},
    },
};

/// `GET /customers/{code}/ties/new`.
pub async fn fill_in(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
) -> Result<Markup> {
    actor.may(&MAY_CHANGE)?;
    let whose = customer(&kit, &actor, &code).await?;
    Ok(drawn(&frame, &whose, &Opened::default()))
}

pub(super) fn drawn(frame: &Frame, whose: &Customer, opened: &Opened) -> Markup {
    let kinds = [Kind::Parent, Kind::Payer];
    let kinds =
        kinds.map(|kind| Choice::new(kind.as_str(), frame.t(&format!("tie-{}", kind.as_str()))));
    let (kind, other) = (frame.t("tie-kind"), frame.t("tie-other"));
    let fields = html! { div.formg {
        (field(frame, FieldSpec { kind: FieldKind::Select(&kinds), required: true, ..opened.spec("kind", &kind) }))
        (field(frame, FieldSpec { required: true, ..opened.spec("other", &other) }))
        (days(frame, opened))
    } };
    page_of(frame, whose, (opened, fields), ("do-tie-create", "ties"))
}

fn page_of(
    frame: &Frame,
    whose: &Customer,
    (opened, fields): (&Opened, Markup),
    (title, place): (&str, &str),
) -> Markup {
    let back = page::address("/customers", &whose.code);
    form_page(
        frame,
        &FormPage {
            title: frame.t(title),
            sub: about(frame, whose),
            action: format!("{back}/{place}"),
            back,
            errors: &opened.errors,
            fields,
            button: frame.t("deed-save"),
            has_file: false,
            below: html! {},
        },
    )
}

/// `POST /customers/{code}/ties`.
pub async fn create(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(&MAY_CHANGE)?;
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: &code,
        typed: &typed,
    };
    let done = match form.body(&["kind", "other", "from", "to"]) {
        Ok(body) => form.carry(body, |tx, ask| Box::pin(add(tx, ask))).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => Ok(Deeds::told(
            &frame,
            ("tie", "create"),
            &page::address("/customers", &code),
        )),
        Err(problem) => {
            let opened = Opened::refused(&frame, "", typed, &problem)?;
            let whose = customer(&kit, &actor, &code).await?;
            Ok(page::ask_again(&problem, drawn(&frame, &whose, &opened)))
        }
    }
}

/// `GET /customers/{code}/ties/{kind}/end`.
pub async fn ask_end(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((code, kind)): Path<(String, String)>,
) -> Result<Markup> {
    actor.may(&MAY_CHANGE)?;
    let kind = known(&kind)?;
    let whose = customer(&kit, &actor, &code).await?;
    Ok(ending(&frame, &whose, kind, &Opened::default()))
}

fn known(kind: &str) -> Result<Kind> {
    Kind::parse(kind).ok_or_else(|| Problem::from(Refusal::missing("tie of this kind".to_owned())))
}

fn ending(frame: &Frame, whose: &Customer, kind: Kind, opened: &Opened) -> Markup {
    let opened = opened.clone().or("on", frame.today.to_string());
    let (label, hint) = (frame.t("tie-end-on"), frame.t("deed-to-hint"));
    let fields = html! {
        p.t2 { (frame.t(&format!("tie-end-{}", kind.as_str()))) }
        (field(frame, FieldSpec { kind: FieldKind::Date, required: true, hint: Some(&hint), ..opened.spec("on", &label) }))
    };
    let place = format!("ties/{}/end", kind.as_str());
    page_of(frame, whose, (&opened, fields), ("do-tie-end", &place))
}

/// `POST /customers/{code}/ties/{kind}/end`.
pub async fn finish(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((code, kind)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(&MAY_CHANGE)?;
    let kind = known(&kind)?;
    let mut named = typed.clone();
    named.insert("kind".to_owned(), kind.as_str().to_owned());
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: &code,
        typed: &named,
    };
    let done = match form.body(&["kind", "on"]) {
        Ok(body) => form.carry(body, |tx, ask| Box::pin(end(tx, ask))).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => Ok(Deeds::told(
            &frame,
            ("tie", "end"),
            &page::address("/customers", &code),
        )),
        Err(problem) => {
            let opened = Opened::refused(&frame, "", typed, &problem)?;
            let whose = customer(&kit, &actor, &code).await?;
            Ok(page::ask_again(
                &problem,
                ending(&frame, &whose, kind, &opened),
            ))
        }
    }
}
