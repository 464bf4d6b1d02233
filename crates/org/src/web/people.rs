//! `/people` and `/api/v1/people`: who is in the region, where they sit, and which seats are vacant.

use axum::{Extension, extract::State, http::Uri, response::Response};
use db::Tx;
use kernel::{Refusal, Role, Scope};
use maud::{Markup, html};
use page::{
    Actor, Frame, Json, Kit, Path, Problem, Query, Result,
    parts::{stackable_table, th},
};
use serde::{Deserialize, Serialize};
use sheet::export::{Export, Format};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::transfer;
use crate::{
    api::{self, Ask, ListQuery, Page, accept_name},
    enrol::{self, Newcomer},
    sheet::{PEOPLE, export_people},
    store::{
        former_codes::{self, Noun},
        people::{self, Filter, NewPerson, Person},
        seats::{self, Seat},
    },
};

/// A person as the API shows them, with today's unit and role.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonJson {
    code: String,
    name: String,
    name_local: Option<String>,
    email: Option<String>,
    unit: Option<String>,
    role: Option<String>,
    leads: bool,
    version: i64,
}

impl From<Person> for PersonJson {
    fn from(person: Person) -> PersonJson {
        PersonJson {
            code: person.code,
            name: person.name,
            name_local: person.name_local,
            email: person.email,
            unit: person.unit_code,
            role: person.role,
            leads: person.leads == 1,
            version: person.version,
        }
    }
}

/// A person to create. `role` needs an e-mail address; a manager leads the unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPersonJson {
    code: String,
    name: String,
    #[serde(default)]
    name_local: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    unit: Option<String>,
    #[serde(default)]
    seat: Option<String>,
    #[serde(default)]
    role: Option<String>,
}

/// What of a person can be changed; what is left out stays. With `unit` the person leaves every other
/// unit on `from` (today if left out) and sits in this one from then on; a role counts at once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChangeJson {
    /// Another code; the old one goes on answering.
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) name_local: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) unit: Option<String>,
    #[serde(default)]
    pub(super) seat: Option<String>,
    /// Whether the person leads the new unit; a manager does unless told otherwise.
    #[serde(default)]
    pub(super) leads: Option<bool>,
    #[serde(default)]
    pub(super) from: Option<String>,
    #[serde(default)]
    pub(super) role: Option<String>,
}

/// People in scope, by name. `status` narrows by role.
#[utoipa::path(get, path = "/api/v1/people", tag = "organisation", responses((status = 200, body = Page<PersonJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<PersonJson>>> {
    let (limit, cursor) = query.page()?;
    let filter = Filter {
        q: query.q,
        unit: query.unit,
        role: query.status,
    };
    let mut tx = kit.db.read().await?;
    let found = people::list(&mut tx, &actor.scope, &filter, kit.today(), limit, &cursor).await?;
    Ok(Json(Page::of(found, PersonJson::from)))
}

/// One person.
#[utoipa::path(get, path = "/api/v1/people/{code}", tag = "organisation", responses((status = 200, body = PersonJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let person = people::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    Ok(api::versioned(person.version, &PersonJson::from(person)))
}

/// Creates a person.
#[utoipa::path(post, path = "/api/v1/people", tag = "organisation", request_body = NewPersonJson, responses((status = 201, body = PersonJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewPersonJson>) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewPersonJson>) -> db::Result<Answer> {
    let body = ask.body.clone();
    let who = Newcomer {
        code: body.code,
        name: body.name,
        name_local: body.name_local,
        email: body.email,
        unit: body.unit,
        seat: body.seat,
        role: body.role,
        from: None,
    };
    if who.role.is_some() && who.email.is_none() {
        let no = Refusal::value(
            "email.missing",
            "A role needs an e-mail address to sign in with.",
        );
        return Err(no.at("email").into());
    }
    enrol::enrol(tx, &who, None, ask.now).await?;
    let shown = PersonJson::from(people::fetch(tx, &Scope::All, &who.code, ask.today).await?);
    let after = serde_json::to_value(&shown).ok();
    let entry = Entry {
        action: "create",
        noun: "person",
        subject: &shown.code,
        after,
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        page::address("/api/v1/people", &shown.code),
        &shown,
    ))
}

/// Changes a person's code, name, e-mail address, unit from a day on, or role.
#[utoipa::path(patch, path = "/api/v1/people/{code}", tag = "organisation", request_body = PersonChangeJson, responses((status = 200, body = PersonJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Extension(followers): Extension<transfer::Followers>,
    Path(code): Path<String>,
    ask: Ask<PersonChangeJson>,
) -> Result<Response> {
    ask.actor.may(&[Role::Administrator])?;
    let ask = ask.about(code).map(|body| (body, followers));
    api::carry_out(&kit, ask, |tx, ask| Box::pin(save(tx, ask))).await
}

async fn save(tx: &mut Tx, ask: &Ask<transfer::Change>) -> db::Result<Answer> {
    let (body, _) = &ask.body;
    let person = people::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(person.version)?;
    let changed = NewPerson {
        code: kernel::Code::parse(body.code.as_deref().unwrap_or(&person.code))
            .map_err(|no| no.at("code"))?,
        name: accept_name(body.name.as_deref().unwrap_or(&person.name), "name")?,
        name_local: body
            .name_local
            .clone()
            .or_else(|| person.name_local.clone()),
        email: match &body.email {
            Some(email) => Some(enrol::accept_email(email)?),
            None => person.email.clone(),
        },
    };
    let code = changed.code.to_string();
    let (was, now) = (person.code.to_ascii_lowercase(), changed.code.folded());
    former_codes::rename(tx, Noun::Person, person.id, (&was, &now), ask.now)
        .await
        .map_err(|error| enrol::taken(error, &changed))?;
    people::save(tx, person.person(), &changed, person.version)
        .await
        .map_err(|error| enrol::taken(error, &changed))?;
    transfer::transfer(tx, ask, &person, changed.email.is_some()).await?;
    let before = serde_json::to_value(PersonJson::from(person)).ok();
    let shown = PersonJson::from(people::fetch(tx, &Scope::All, &code, ask.today).await?);
    let after = serde_json::to_value(&shown).ok();
    let entry = Entry {
        action: "change",
        noun: "person",
        subject: &code,
        before,
        after,
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// Where the people of the list are sent as a file, and the file's kind.
const EXPORTS: [(&str, &str); 2] = [
    ("/people/export.csv", "CSV"),
    ("/people/export.xlsx", "XLSX"),
];

/// `GET /people/export.csv` and `.xlsx`, narrowed like the list; they can be read in again.
pub async fn export(kit: Kit, actor: Actor, query: ListQuery, format: Format) -> Result<Response> {
    let filter = Filter {
        q: query.q,
        unit: query.unit,
        role: query.status,
    };
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let mut bytes = Vec::new();
    let mut file = Export::of(&PEOPLE, format, today, &mut bytes);
    export_people(&mut tx, (&actor.scope, today), &filter, &mut file).await?;
    file.finish().map_err(|cause| Problem::failure(&cause))?;
    Ok(super::download(PEOPLE.kind, format, bytes))
}

/// `GET /people`.
pub async fn page(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<ListQuery>,
) -> Result<Markup> {
    let (limit, cursor) = query.page()?;
    let filter = Filter {
        q: query.q.clone(),
        unit: query.unit,
        role: query.status,
    };
    let mut tx = kit.db.read().await?;
    let found = people::list(&mut tx, &actor.scope, &filter, kit.today(), limit, &cursor).await?;
    let seats = seats::list(&mut tx, &actor.scope, kit.today()).await?;
    let next = api::next_href(&uri, found.next.as_ref());
    let asked = page::Asked::of(
        "/people",
        &[
            ("q", &query.q),
            ("unit", &filter.unit),
            ("status", &filter.role),
        ],
    );
    Ok(people_page(
        &frame,
        &asked,
        &found.items,
        next.as_deref(),
        &seats,
    ))
}

fn people_page(
    frame: &Frame,
    asked: &page::Asked,
    people: &[Person],
    next: Option<&str>,
    seats: &[Seat],
) -> Markup {
    let vacant: Vec<&Seat> = seats.iter().filter(|seat| seat.holder.is_none()).collect();
    let sub = frame.tw(
        "people-sub",
        &[
            ("people", people.len().to_string()),
            ("vacant", vacant.len().to_string()),
        ],
    );
    let none = || html! {};
    let search = page::search_form(frame, "/people", asked.get("q"), &[]);
    page::shell(
        frame,
        &frame.t("people-title"),
        html! {
            (page::page_head(frame.t("people-title"), sub, page::list::export_links(frame, asked, &EXPORTS)))
            div.g {
                div.c8.stack {
                    (page::card(frame.t("people-list"), "", search, people_table(frame, people)))
                    (page::pager(frame, next))
                }
                div.c4.stack { (page::card(frame.t("people-vacant"), "", none(), vacant_list(frame, &vacant))) }
            }
        },
    )
}

fn people_table(frame: &Frame, people: &[Person]) -> Markup {
    if people.is_empty() {
        return page::empty(
            frame.t("people-none"),
            frame.t("people-none-next"),
            html! {},
        );
    }
    let head = html! { tr {
        (th(frame.t("people-name"))) (th(frame.t("people-unit")))
        (th(frame.t("people-role"))) (th(frame.t("people-email")))
    } };
    let rows = html! { @for person in people { tr {
                th scope="row" {
                    (person.name)
                    @if let Some(local) = &person.name_local { " " span.t3 lang="zh" { (local) } }
                }
                td { (unit_name(frame, person)) }
                td.m-tr { @match &person.role {
                    Some(role) => (frame.t(&format!("role-{role}"))),
                    None => span.t3 { (frame.t("people-no-login")) },
                } }
                td { (person.email.as_deref().unwrap_or("–")) }
    } } };
    stackable_table(&frame.t("people-list"), head, rows)
}

/// The unit by its name in the reader's language.
fn unit_name<'a>(frame: &Frame, person: &'a Person) -> &'a str {
    let local = person.unit_local.as_deref().filter(|_| frame.is_zh());
    local.or(person.unit_name.as_deref()).unwrap_or("–")
}

fn vacant_list(frame: &Frame, vacant: &[&Seat]) -> Markup {
    if vacant.is_empty() {
        return page::empty(
            frame.t("people-no-vacancy"),
            frame.t("people-no-vacancy-next"),
            html! {},
        );
    }
    html! {
        ul.list { @for seat in vacant { li {
            (page::icon("user"))
            span { b { (seat.name) } span.sub { (seat.unit_name) } }
        } } }
    }
}

pub(super) fn sample(frame: &Frame) -> Markup {
    let person = |id: i64, name: &str, local: Option<&str>, role: Option<&str>| {
        Person::sample(id, name, local, role)
    };
    let people = [
        person(1, "Chen Hao", Some("陈浩"), Some("manager")),
        person(2, "Anna Müller", None, Some("rep")),
        person(3, "House", None, None),
    ];
    let seat = Seat {
        code: "E1-3".into(),
        unit_code: "E1".into(),
        unit_name: "East 1".into(),
        kind: "sales".into(),
        name: "Sales, Ningbo".into(),
        holder: None,
        version: 1,
    };
    let asked = page::Asked::of("/people", &[]);
    people_page(frame, &asked, &people, Some("1-61"), &[seat])
}
