//! What a customer pays by: named terms, a number of days, or nothing agreed, from when to when.

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use page::{Actor, Choice, FieldKind, FieldSpec, Form, Frame, Kit, Path, Result, field};

use super::{about, customer, days};
use crate::{
    store::{customers::Customer, terms::Terms},
    web::{
        customers::terms::{MAY_CHANGE, NewCustomerTermsJson, add},
        deeds::{self, Deeds, Opened, Sent, Typed},
        form_page::{FormPage, form_page},
        names,
    },
};

/// What can be agreed, as the form names it.
const KINDS: [&str; 3] = ["named", "days", "none"];

/// `GET /customers/{code}/payment-terms/new`.
pub async fn fill_in(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
) -> Result<Markup> {
    actor.may(&MAY_CHANGE)?;
    // Terms are changed from a day on; what was before is asked for by emptying it.
    let opened = Opened::default().or("from", frame.today.to_string());
    page_of(&kit, &actor, &frame, (&code, &opened)).await
}

async fn page_of(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    (code, opened): (&str, &Opened),
) -> Result<Markup> {
    let whose = customer(kit, actor, code).await?;
    let mut tx = kit.db.read().await?;
    let all = crate::store::terms::all(&mut tx).await?;
    Ok(drawn(frame, &whose, &all, opened))
}

pub(super) fn drawn(frame: &Frame, whose: &Customer, all: &[Terms], opened: &Opened) -> Markup {
    let usual = if all.is_empty() { "days" } else { "named" };
    let opened = opened.clone().or("agreed", usual);
    let kinds = KINDS.map(|kind| Choice::new(kind, frame.t(&format!("agreed-{kind}"))));
    let named = all.iter().map(|one| {
        let name = names::one(frame, &one.name, one.name_local.as_deref());
        Choice::new(&one.code, format!("{} · {name}", one.code))
    });
    let none = Choice::new("", frame.t("agreed-choose"));
    let named: Vec<Choice> = std::iter::once(none).chain(named).collect();
    let label = |key: &str| frame.t(key);
    let unit = frame.t("customer-terms-unit");
    let (agreed, terms, number) = (
        label("agreed-kind"),
        label("agreed-terms"),
        label("agreed-number"),
    );
    let fields = html! { div.formg {
        (field(frame, FieldSpec { kind: FieldKind::Select(&kinds), required: true, ..opened.spec("agreed", &agreed) }))
        (field(frame, FieldSpec { kind: FieldKind::Select(&named), ..opened.spec("payment_terms", &terms) }))
        (field(frame, FieldSpec { kind: FieldKind::Number { unit: &unit }, ..opened.spec("payment_terms_days", &number) }))
        (days(frame, &opened))
    } };
    let back = page::address("/customers", &whose.code);
    form_page(
        frame,
        &FormPage {
            title: frame.t("do-customer-terms-create"),
            sub: about(frame, whose),
            action: format!("{back}/payment-terms"),
            back,
            errors: &opened.errors,
            fields,
            button: frame.t("deed-save"),
            has_file: false,
            below: html! {},
        },
    )
}

/// Only what belongs to the chosen kind is said.
fn body(typed: &Typed) -> Result<NewCustomerTermsJson> {
    let mut body = deeds::filled(typed, &["from", "to"]);
    match typed.get("agreed").map(String::as_str) {
        Some("none") => {}
        Some("days") => {
            let number = deeds::number(typed, "payment_terms_days")?;
            if number.is_null() {
                return Err(missing("payment_terms_days"));
            }
            body.insert("payment_terms_days".to_owned(), number);
        }
        _ => {
            let mut named = deeds::filled(typed, &["payment_terms"]);
            if named.is_empty() {
                return Err(missing("payment_terms"));
            }
            body.append(&mut named);
        }
    }
    deeds::read(body)
}

fn missing(field: &str) -> page::Problem {
    let message = "Choose payment terms, or say how many days it has to pay.";
    kernel::Refusal::value("terms.none", message)
        .at(field)
        .into()
}

/// `POST /customers/{code}/payment-terms`.
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
    let done = match body(&typed) {
        Ok(body) => form.carry(body, |tx, ask| Box::pin(add(tx, ask))).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => Ok(Deeds::told(
            &frame,
            ("customer-terms", "create"),
            &page::address("/customers", &code),
        )),
        Err(problem) => {
            let opened = Opened::refused(&frame, "", typed, &problem)?;
            let page = page_of(&kit, &actor, &frame, (&code, &opened)).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}
