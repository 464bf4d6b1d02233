//! A small region every story begins with, and the requests people send in it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each file of stories uses its own part"
)]

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, header, request::Parts},
};
use book::web::customers::merge::Followers;
use db::Db;
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use kernel::{Code, Currency, FiscalYear, Role, Scope, ids::PersonId};
use org::{
    UnitKind,
    enrol::{self, Newcomer},
    founding::{self, Founding},
    store::{
        company::Company,
        people, reach,
        units::{self, NewUnit},
    },
};
use page::{
    Actor, Authenticate, FixedClock, Kit, Prefs, Problem, Site, Texts, Via, actor::Pending,
};
use serde_json::Value;
use sheet::{FileError, Layout, Sheet};
use tower::ServiceExt;
use trail::By;

pub const TODAY: Date = date(2026, 6, 16);

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

pub fn by(second: i64) -> By {
    By::shell(at(second))
}

/// Root › east (led by li, with chen and wu); root › south (sun). Finance is fay.
pub async fn region(tx: &mut db::Tx) -> db::Result<()> {
    let company = Company {
        name: "Holm".into(),
        currency: Currency::parse("EUR")?,
        country: "DE".into(),
        zone: "Europe/Berlin".into(),
        fiscal: FiscalYear::CALENDAR,
    };
    let founding = Founding {
        company,
        admin_name: "Ada".into(),
        admin_email: "ada@company.example".into(),
    };
    founding::found(tx, &founding, None, &by(0)).await?;
    let root = units::root(tx).await?.id;
    for code in ["east", "south"] {
        let unit = NewUnit {
            code: Code::parse(code)?,
            name: format!("Unit {code}"),
            name_local: None,
            kind: UnitKind::Region,
            parent: Some(root),
        };
        units::add(tx, &unit).await?;
    }
    for (name, place, role) in [
        ("li", "east", "manager"),
        ("chen", "east", "rep"),
        ("wu", "east", "rep"),
        ("sun", "south", "rep"),
        ("fay", "company", "finance"),
        ("mia", "company", "marketing"),
    ] {
        let who = Newcomer {
            code: name.to_owned(),
            name: name.to_owned(),
            email: Some(format!("{name}@company.example")),
            unit: Some(place.to_owned()),
            role: Some(role.to_owned()),
            ..Newcomer::default()
        };
        enrol::enrol(tx, &who, None, at(0)).await?;
    }
    Ok(())
}

const CUSTOMERS: &str = "\
code,name,name_local,group,owner,city
alpha,Alpha Bikes,安禾,Value Added Reseller,chen,Bonn
beta,Beta Sports,,Value Added Reseller,wu,Ulm
gamma,Gamma Wheels,,Warehouse,sun,Graz
house,House Account,,,,
";

const PRODUCTS: &str = "\
code,name,group,list_price,cost
bar,Handlebar,Parts,100.00,60
rod,Rod,Parts,2024.994,1500
free,Unpriced,,,
";

/// The region with customers and products read in.
pub async fn book(db: &Db) {
    db.write((), |tx, ()| Box::pin(region(tx))).await.unwrap();
    import(db, "customers", CUSTOMERS, 1).await.unwrap();
    import(db, "products", PRODUCTS, 2).await.unwrap();
}

pub fn layout(kind: &str) -> &'static Layout {
    let mut all = book::sheet::LAYOUTS.iter().chain(org::sheet::LAYOUTS);
    all.find(|layout| layout.kind == kind).unwrap()
}

pub fn read(kind: &str, text: &str) -> Sheet {
    let none = &mut |_: &str| Err(FileError::Missing);
    sheet::read(layout(kind), "file.csv", text.as_bytes(), None, none).unwrap()
}

/// Reads a text in; what is wrong with it comes back as the text of its faults.
pub async fn import(
    db: &Db,
    kind: &'static str,
    text: &str,
    second: i64,
) -> Result<sheet::Outcome, String> {
    let sheet = read(kind, text);
    let read = db
        .write((kind, sheet, by(second)), |tx, (kind, sheet, by)| {
            Box::pin(async move {
                if org::sheet::LAYOUTS
                    .iter()
                    .any(|layout| layout.kind == *kind)
                {
                    return org::sheet::import(tx, kind, sheet, by, TODAY).await;
                }
                book::sheet::import(tx, kind, sheet, by, TODAY).await
            })
        })
        .await
        .unwrap();
    read.map_err(|faults| faults.to_string())
}

pub async fn person(tx: &mut db::Tx, code: &str) -> PersonId {
    people::fetch(tx, &Scope::All, code, TODAY)
        .await
        .unwrap()
        .person()
}

pub async fn scope_of(tx: &mut db::Tx, code: &str) -> Scope {
    let who = people::fetch(tx, &Scope::All, code, TODAY).await.unwrap();
    let role = Role::parse(who.role.as_deref().unwrap()).unwrap();
    reach::scope(tx, who.person(), role, TODAY).await.unwrap()
}

/// Lets in whoever the header `x-person` names.
struct ByHeader;

impl Authenticate for ByHeader {
    fn actor<'a>(
        &'a self,
        db: &'a Db,
        parts: &'a Parts,
        _: Timestamp,
    ) -> Pending<'a, Option<Actor>> {
        Box::pin(async move {
            let Some(name) = parts.headers.get("x-person") else {
                return Ok(None);
            };
            let mut tx = db.read().await.map_err(Problem::from)?;
            let found = people::fetch(&mut tx, &Scope::All, name.to_str().unwrap(), TODAY);
            let who = found.await.map_err(Problem::from)?;
            let role = Role::parse(who.role.as_deref().unwrap()).unwrap();
            let scope = reach::scope(&mut tx, who.person(), role, TODAY)
                .await
                .map_err(Problem::from)?;
            Ok(Some(Actor {
                login: who.id,
                person: who.person(),
                name: who.name,
                email: String::new(),
                role,
                scope,
                place: String::new(),
                place_local: None,
                prefs: Prefs::default(),
                via: Via::Token,
            }))
        })
    }
}

/// The routes of the book over this database.
pub fn app(db: &Db) -> Router {
    app_at(db, 1_000)
}

/// The same at another second.
pub fn app_at(db: &Db, second: i64) -> Router {
    let clock = FixedClock {
        now: at(second),
        today: TODAY,
    };
    app_on(db, clock)
}

/// The same on another day.
pub fn app_on(db: &Db, clock: FixedClock) -> Router {
    let kit = Kit {
        db: db.clone(),
        clock: Arc::new(clock),
        auth: Arc::new(ByHeader),
        site: Arc::new(Site::new(
            "Holm",
            Texts::new(&[org::MESSAGES, book::MESSAGES]).unwrap(),
            Vec::new(),
            "0.0.0",
        )),
    };
    book::web::routes()
        .layer(Extension(Followers(&[])))
        .with_state(kit)
}

/// What was answered: status and body.
pub async fn send(
    app: &Router,
    who: &str,
    asked: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, Value) {
    let (method, path) = asked.split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-person", who);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}
