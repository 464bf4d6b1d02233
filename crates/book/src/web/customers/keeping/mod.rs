//! `/customers/{code}/contacts` and its like: what is kept of a customer is added, corrected, ended and
//! taken back on pages of its own, by the same rules as through the API.

pub mod addresses;
pub mod contacts;
pub mod files;
pub mod terms;
pub mod ties;

use axum::{extract::State, response::Response};
use db::Tx;
use kernel::{Role, times::BEGINNING};
use maud::{Markup, html};
use org::api::Act;
use page::{Actor, Form, Frame, Kit, Path, Problem, Result, parts::padded};
use serde::de::DeserializeOwned;

use crate::{
    CustomerId,
    store::customers::{self, Customer},
    web::{
        deeds::{self, Deeds, Opened, Sent, Typed},
        form_page::{FormPage, form_page},
        names,
        step::StepJson,
    },
};

/// A dated fact kept of a customer, under an id of its own.
pub trait Kept: Send + Sync + 'static {
    type New: DeserializeOwned + Send + Sync + 'static;
    type Change: DeserializeOwned + Send + Sync + 'static;

    /// How its texts begin.
    const NOUN: &'static str;
    /// Its place below the customer.
    const PATH: &'static str;
    const MAY: &'static [Role];
    const ADD: Act<Self::New>;
    const SAVE: Act<Self::Change>;
    const TAKE_BACK: Act<StepJson>;

    fn new_body(typed: &Typed) -> Result<Self::New>;
    fn change_body(typed: &Typed) -> Result<Self::Change>;
    /// What is known of one, as it stands in the form, and its version.
    fn stored(
        tx: &mut Tx,
        customer: CustomerId,
        id: &str,
    ) -> impl Future<Output = db::Result<(Typed, i64)>> + Send;
    fn fields(frame: &Frame, opened: &Opened) -> Markup;
}

/// The place of what is kept of a customer.
fn place<K: Kept>(code: &str) -> String {
    format!("{}/{}", page::address("/customers", code), K::PATH)
}

async fn customer(kit: &Kit, actor: &Actor, code: &str) -> Result<Customer> {
    let mut tx = kit.db.read().await?;
    Ok(customers::fetch(&mut tx, &actor.scope, code, kit.today()).await?)
}

/// `GET /customers/{code}/contacts/new`.
pub async fn fill_in<K: Kept>(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
) -> Result<Markup> {
    actor.may(K::MAY)?;
    let whose = customer(&kit, &actor, &code).await?;
    Ok(new_page::<K>(&frame, &whose, &Opened::default()))
}

fn new_page<K: Kept>(frame: &Frame, whose: &Customer, opened: &Opened) -> Markup {
    let title = frame.t(&format!("do-{}-create", K::NOUN));
    drawn::<K>(
        frame,
        whose,
        (&title, place::<K>(&whose.code)),
        opened,
        html! {},
    )
}

/// `POST /customers/{code}/contacts`.
pub async fn create<K: Kept>(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(K::MAY)?;
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: &code,
        typed: &typed,
    };
    let done = match K::new_body(&typed) {
        Ok(body) => form.carry(body, K::ADD).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => Ok(Deeds::told(
            &frame,
            (K::NOUN, "create"),
            &page::address("/customers", &code),
        )),
        Err(problem) => {
            let opened = Opened::refused(&frame, "", typed, &problem)?;
            let whose = customer(&kit, &actor, &code).await?;
            Ok(page::ask_again(
                &problem,
                new_page::<K>(&frame, &whose, &opened),
            ))
        }
    }
}

/// `GET /customers/{code}/contacts/{id}`.
pub async fn show<K: Kept>(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((code, id)): Path<(String, String)>,
) -> Result<Markup> {
    actor.may(K::MAY)?;
    one_page::<K>((&kit, &actor, &frame), (&code, &id), Opened::default()).await
}

async fn one_page<K: Kept>(
    (kit, actor, frame): (&Kit, &Actor, &Frame),
    (code, id): (&str, &str),
    opened: Opened,
) -> Result<Markup> {
    let whose = customer(kit, actor, code).await?;
    let mut tx = kit.db.read().await?;
    let (stored, version) = K::stored(&mut tx, whose.customer(), id).await?;
    let mut opened = opened;
    // What the reader saw last is what a change is measured by.
    opened
        .typed
        .insert("version".to_owned(), version.to_string());
    for (name, value) in stored {
        opened = opened.or(&name, value);
    }
    let title = frame.t(&format!("do-{}-change", K::NOUN));
    let here = format!("{}/{id}", place::<K>(&whose.code));
    let below = taking_back(frame, K::NOUN, &here, version);
    Ok(drawn::<K>(frame, &whose, (&title, here), &opened, below))
}

/// The card below the form with which a mistake is taken back.
fn taking_back(frame: &Frame, noun: &str, here: &str, version: i64) -> Markup {
    let text = frame.t(&format!("do-{noun}-remove"));
    let form = html! {
        form.stack method="post" action={ (here) "/remove" } {
            input type="hidden" name="version" value=(version);
            p.t2 { (frame.t(&format!("do-{noun}-remove-effect"))) }
            div.row { (page::button(&text).danger()) }
        }
    };
    page::card(&text, "", html! {}, padded(form))
}

/// `POST /customers/{code}/contacts/{id}`.
pub async fn save<K: Kept>(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((code, id)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(K::MAY)?;
    let subject = format!("{code} {id}");
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: &subject,
        typed: &typed,
    };
    let done = match K::change_body(&typed) {
        Ok(body) => form.carry(body, K::SAVE).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => Ok(Deeds::told(
            &frame,
            (K::NOUN, "change"),
            &page::address("/customers", &code),
        )),
        Err(problem) => {
            let opened = Opened::refused(&frame, "", typed, &problem)?;
            let page = one_page::<K>((&kit, &actor, &frame), (&code, &id), opened).await?;
            Ok(page::ask_again(&problem, page))
        }
    }
}

/// `POST /customers/{code}/contacts/{id}/remove`.
pub async fn remove<K: Kept>(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((code, id)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(K::MAY)?;
    let subject = format!("{code} {id}");
    let form = Sent {
        kit: &kit,
        actor: &actor,
        subject: &subject,
        typed: &typed,
    };
    match form.carry(StepJson::default(), K::TAKE_BACK).await {
        Ok(_) => Ok(Deeds::told(
            &frame,
            (K::NOUN, "remove"),
            &page::address("/customers", &code),
        )),
        Err(problem) => refused_below::<K>((&kit, &actor, &frame), (&code, &id), problem).await,
    }
}

/// The page again, with why a mistake could not be taken back.
async fn refused_below<K: Kept>(
    surroundings: (&Kit, &Actor, &Frame),
    whose: (&str, &str),
    problem: Problem,
) -> Result<Response> {
    let opened = Opened::refused(surroundings.2, "", Typed::new(), &problem)?;
    let page = one_page::<K>(surroundings, whose, opened).await?;
    Ok(page::ask_again(&problem, page))
}

fn drawn<K: Kept>(
    frame: &Frame,
    whose: &Customer,
    (title, action): (&str, String),
    opened: &Opened,
    below: Markup,
) -> Markup {
    let fields = html! {
        @if let Some(version) = opened.typed.get("version") {
            input type="hidden" name="version" value=(version);
        }
        (K::fields(frame, opened))
    };
    let button = frame.t("deed-save");
    of_customer(
        frame,
        whose,
        title,
        (action, &button),
        (opened, fields),
        below,
    )
}

/// A page with a form about something kept of a customer.
fn of_customer(
    frame: &Frame,
    whose: &Customer,
    title: &str,
    (action, button): (String, &str),
    (opened, fields): (&Opened, Markup),
    below: Markup,
) -> Markup {
    form_page(
        frame,
        &FormPage {
            title: title.to_owned(),
            sub: about(frame, whose),
            action,
            back: page::address("/customers", &whose.code),
            errors: &opened.errors,
            fields,
            button: button.to_owned(),
            has_file: false,
            below,
        },
    )
}

/// The customer a form is about.
fn about(frame: &Frame, whose: &Customer) -> Markup {
    let buyer = (
        whose.code.as_str(),
        whose.name.as_str(),
        whose.name_local.as_deref(),
    );
    html! { (names::customer(frame, buyer)) " · " (whose.code) }
}

/// The first day of something dated as it stands in a form: what always held has none.
fn first_day(stored: &str) -> String {
    if stored == BEGINNING.to_string() {
        return String::new();
    }
    stored.to_owned()
}

/// The fields from when to when something holds.
fn days(frame: &Frame, opened: &Opened) -> Markup {
    use page::{FieldKind, FieldSpec, field};
    let (from, to) = (frame.t("deed-from"), frame.t("deed-to"));
    let (from_hint, to_hint) = (frame.t("deed-from-hint"), frame.t("deed-to-hint"));
    html! {
        (field(frame, FieldSpec { kind: FieldKind::Date, hint: Some(&from_hint), ..opened.spec("from", &from) }))
        (field(frame, FieldSpec { kind: FieldKind::Date, hint: Some(&to_hint), ..opened.spec("to", &to) }))
    }
}

/// These texts of the form as a change: one is as typed, the others are emptied where they are empty.
fn change(
    typed: &Typed,
    needed: &[&str],
    others: &[&str],
) -> serde_json::Map<String, serde_json::Value> {
    let mut body = deeds::emptied(typed, others);
    for name in needed {
        body.insert((*name).to_owned(), deeds::as_typed(typed, name));
    }
    body
}

/// Pages for the gallery.
pub(in crate::web) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    use crate::store::{addresses::Address, contacts::Contact, terms::Terms};
    let whose = Customer::sample(1);
    let opened = Opened::default();
    let below = taking_back(frame, "contact", "/customers/C-1/contacts/0", 1);
    let title = frame.t("do-contact-change");
    let here = "/customers/C-1/contacts/0".to_owned();
    vec![
        (
            "contact",
            drawn::<Contact>(frame, &whose, (&title, here), &opened, below),
        ),
        ("address-new", new_page::<Address>(frame, &whose, &opened)),
        ("tie-new", ties::drawn(frame, &whose, &opened)),
        (
            "terms-new",
            terms::drawn(frame, &whose, &[Terms::sample()], &opened),
        ),
        ("file-new", files::drawn(frame, &whose, &opened)),
    ]
}
