//! Files of a customer: sent with the browser, and taken off again.

use axum::{
    extract::{Multipart, State},
    response::Response,
};
use maud::{Markup, html};
use page::{
    Actor, FieldKind, FieldSpec, Form, Frame, Kit, Path, Problem, Result, field, parts::padded,
};

use super::{about, customer};
use crate::{
    store::{
        attachments::{Attachment, Noun},
        customers::Customer,
    },
    web::{
        attachments::{self, MAY_CHANGE, upload},
        deeds::{self, Deeds, Opened, Sent, Typed},
        form_page::{FormPage, form_page},
    },
};

/// `GET /customers/{code}/files/new`.
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
    let (note, file) = (frame.t("deed-note"), frame.t("file-choose"));
    let hint = frame.t("file-hint");
    let fields = html! {
        (field(frame, opened.spec("note", &note)))
        (field(frame, FieldSpec { kind: FieldKind::File, required: true, hint: Some(&hint), autocomplete: None, ..opened.spec("file", &file) }))
    };
    let back = page::address("/customers", &whose.code);
    form_page(
        frame,
        &FormPage {
            title: frame.t("do-file-create"),
            sub: about(frame, whose),
            action: format!("{back}/files"),
            back,
            errors: &opened.errors,
            fields,
            button: frame.t("do-file-create"),
            has_file: true,
            below: html! {},
        },
    )
}

/// `POST /customers/{code}/files`.
pub async fn create(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    form: Multipart,
) -> Result<Response> {
    actor.may(&MAY_CHANGE)?;
    match upload::of_form(&kit, &actor, (Noun::Customer, &code), form).await {
        Ok(_) => Ok(Deeds::told(
            &frame,
            ("file", "create"),
            &page::address("/customers", &code),
        )),
        Err(problem) => {
            let typed = Typed::from([("file".to_owned(), String::new())]);
            let mut opened = Opened::refused(&frame, "", typed, &problem)?;
            opened.errors = opened.errors.renamed(|field| match field {
                "name" => "file".to_owned(),
                other => other.to_owned(),
            });
            let whose = customer(&kit, &actor, &code).await?;
            Ok(page::ask_again(&problem, drawn(&frame, &whose, &opened)))
        }
    }
}

/// `GET /attachments/{id}/edit`: what is said of a file, and taking it off.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(id): Path<String>,
) -> Result<Markup> {
    actor.may(&MAY_CHANGE)?;
    one_page(&kit, &actor, &frame, &id, Opened::default()).await
}

async fn one_page(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    id: &str,
    opened: Opened,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let (one, home) = attachments::whose(&mut tx, &actor.scope, id, kit.today()).await?;
    Ok(file_page(frame, (&one, &home), opened))
}

fn file_page(frame: &Frame, (one, home): (&Attachment, &str), opened: Opened) -> Markup {
    let opened = opened.or("note", one.note.clone().unwrap_or_default());
    let here = page::address("/attachments", &one.public_id);
    let note = frame.t("deed-note");
    let fields = html! {
        input type="hidden" name="version" value=(one.version);
        (field(frame, FieldSpec { kind: FieldKind::Area, ..opened.spec("note", &note) }))
    };
    let text = frame.t("do-file-remove");
    let off = html! {
        form.stack method="post" action={ (here) "/remove" } {
            input type="hidden" name="version" value=(one.version);
            p.t2 { (frame.t("do-file-remove-effect")) }
            div.row { (page::button(&text).danger()) }
        }
    };
    form_page(
        frame,
        &FormPage {
            title: one.name.clone(),
            sub: html! { a href=(here) hx-boost="false" { (frame.t("file-load")) } },
            action: format!("{here}/note"),
            back: home.to_owned(),
            errors: &opened.errors,
            fields,
            button: frame.t("deed-save"),
            has_file: false,
            below: page::card(&text, "", html! {}, padded(off)),
        },
    )
}

/// `POST /attachments/{id}/note`.
pub async fn annotate(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let body = deeds::read(deeds::emptied(&typed, &["note"]))?;
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: &id,
        typed: &typed,
    };
    actor.may(&MAY_CHANGE)?;
    let home = home(&kit, &actor, &id).await?;
    let done = form
        .carry(body, |tx, ask| Box::pin(attachments::annotate(tx, ask)))
        .await;
    answered((&kit, &actor, &frame), &id, (done, "change", &home), typed).await
}

/// `POST /attachments/{id}/remove`.
pub async fn remove(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let body = deeds::read(deeds::filled(&typed, &["reason"]))?;
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: &id,
        typed: &typed,
    };
    actor.may(&MAY_CHANGE)?;
    let home = home(&kit, &actor, &id).await?;
    let done = form
        .carry(body, |tx, ask| Box::pin(attachments::detach(tx, ask)))
        .await;
    answered((&kit, &actor, &frame), &id, (done, "remove", &home), typed).await
}

/// The page of what a file is kept with.
async fn home(kit: &Kit, actor: &Actor, id: &str) -> Result<String> {
    let mut tx = kit.db.read().await?;
    let (_, home) = attachments::whose(&mut tx, &actor.scope, id, kit.today()).await?;
    Ok(home)
}

async fn answered(
    (kit, actor, frame): (&Kit, &Actor, &Frame),
    id: &str,
    (done, name, home): (std::result::Result<Response, Problem>, &str, &str),
    typed: Typed,
) -> Result<Response> {
    match done {
        Ok(_) => Ok(Deeds::told(frame, ("file", name), home)),
        Err(problem) => {
            let opened = Opened::refused(frame, "", typed, &problem)?;
            let page = one_page(kit, actor, frame, id, opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}
