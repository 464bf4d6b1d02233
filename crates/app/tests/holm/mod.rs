//! The whole program over a test database, driven without sockets, on a day that stands still.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test program uses a part of it"
)]

use std::sync::{Arc, Mutex, OnceLock};

use app::wiring;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use db::{Db, Tx};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, date},
    tz::TimeZone,
};
use kernel::{Code, Currency, FiscalYear, ids::UnitId};
use org::{
    Gatekeeper, UnitKind,
    credential::{hash_password, token_hash, write_token},
    enrol::{self, Newcomer},
    founding::{self, Founding},
    store::{
        company::Company,
        logins, sessions,
        units::{self, NewUnit},
    },
    web::first_run::SetupCode,
};
use page::{Clock, Kit};
use serde_json::Value;
use tower::ServiceExt;
use trail::By;

/// The day of all tests: a Tuesday.
pub const TODAY: Date = date(2026, 6, 16);
/// The password of the whole cast.
pub const PASSWORD: &str = "seven plain words";

/// A clock that moves only when it is told to.
#[derive(Debug)]
pub struct HandClock(Mutex<Timestamp>);

impl HandClock {
    fn noon() -> HandClock {
        let noon = TODAY.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        HandClock(Mutex::new(noon.timestamp()))
    }

    pub fn pass(&self, minutes: i64) {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::from_mins(minutes);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }
}

/// The program.
pub struct TestApp {
    pub db: Db,
    pub clock: Arc<HandClock>,
    pub router: Router,
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum As {
    Nobody,
    /// A browser with this cookie.
    Browser(String),
    /// A program with this token.
    Program(String),
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    /// What is not text, such as a workbook.
    pub bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// A no of any kind that is the asker's business, and no failure of ours.
    #[track_caller]
    pub fn refuses(self) -> Answer {
        assert!(
            self.status.is_client_error(),
            "{}: {}",
            self.status,
            self.text
        );
        self
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name}"));
        value.to_str().unwrap()
    }

    /// The problem document's code.
    #[track_caller]
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        self.json()["code"].as_str().unwrap().to_owned()
    }
}

impl TestApp {
    /// The program on an empty database.
    pub fn empty(db: Db, setup: SetupCode) -> TestApp {
        let clock = Arc::new(HandClock::noon());
        let kit = Kit {
            db: db.clone(),
            clock: Arc::<HandClock>::clone(&clock),
            auth: Arc::new(Gatekeeper {
                zone: TimeZone::UTC,
            }),
            site: wiring::site("Holm").unwrap(),
        };
        let router = wiring::application(kit, setup);
        TestApp { db, clock, router }
    }

    /// The company Holm: east (led by li, with chen and wu) and south (with sun); xu is its finance,
    /// gu its auditor, ada its administrator. Everybody's address is `NAME@holm.example`.
    pub async fn of(db: Db) -> TestApp {
        db.write((), |tx, ()| Box::pin(cast(tx))).await.unwrap();
        TestApp::empty(db, SetupCode(None))
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    pub async fn get(&self, who: &As, path: &str) -> Answer {
        self.ask(asked(Method::GET, path, who).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form as a browser does.
    pub async fn form(&self, who: &As, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = asked(Method::POST, path, who)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(encoded(fields)));
        self.ask(request.unwrap()).await
    }

    pub async fn send(&self, who: &As, method: Method, path: &str, body: &Value) -> Answer {
        self.send_with(who, method, path, body, &[]).await
    }

    pub async fn send_with(
        &self,
        who: &As,
        method: Method,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = asked(method, path, who).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn post(&self, who: &As, path: &str, body: &Value) -> Answer {
        self.send(who, Method::POST, path, body).await
    }

    /// Signs in with the form and keeps the cookie.
    pub async fn sign_in(&self, name: &str) -> As {
        let email = format!("{name}@holm.example");
        let fields = [("email", email.as_str()), ("password", PASSWORD)];
        let answer = self.form(&As::Nobody, "/sign-in", &fields).await.is(303);
        let cookie = answer.header("set-cookie").split(';').next().unwrap();
        As::Browser(cookie.to_owned())
    }

    /// A token of this person.
    pub async fn token(&self, name: &str) -> As {
        let token = write_token(rand::random());
        let email = format!("{name}@holm.example");
        let input = (email, token_hash(&token), self.clock.now());
        let made = self.db.write(input, |tx, (email, hash, now)| {
            Box::pin(async move {
                let login = logins::by_email(tx, email)
                    .await?
                    .ok_or(db::DbError::Missing)?;
                sessions::add_token(tx, "test", hash, login.id, *now).await
            })
        });
        made.await.unwrap();
        As::Program(token)
    }
}

/// A request with the proof of whoever asks.
pub fn asked(method: Method, path: &str, who: &As) -> axum::http::request::Builder {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "holm.example");
    match who {
        As::Nobody => request,
        As::Browser(cookie) => request.header(header::COOKIE, cookie),
        As::Program(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let plain = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", plain(name), plain(value)))
        .collect();
    pairs.join("&")
}

fn hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_password(PASSWORD, [7; 16]))
        .clone()
}

async fn cast(tx: &mut Tx) -> db::Result<()> {
    let at = Timestamp::from_second(1_700_000_000).unwrap();
    let company = Company {
        name: "Holm".into(),
        currency: Currency::parse("EUR")?,
        country: "DE".into(),
        zone: "UTC".into(),
        fiscal: FiscalYear::CALENDAR,
    };
    let founding = Founding {
        company,
        admin_name: "Ada".into(),
        admin_email: "ada@holm.example".into(),
    };
    founding::found(tx, &founding, Some(&hash()), &By::shell(at)).await?;
    let root = units::root(tx).await?.id;
    unit(tx, "east", root).await?;
    unit(tx, "south", root).await?;
    for (name, unit, role) in [
        ("li", "east", "manager"),
        ("chen", "east", "rep"),
        ("wu", "east", "rep"),
        ("sun", "south", "rep"),
        ("xu", "company", "finance"),
        ("gu", "company", "auditor"),
    ] {
        let who = Newcomer {
            code: name.to_owned(),
            name: name.to_owned(),
            email: Some(format!("{name}@holm.example")),
            unit: Some(unit.to_owned()),
            role: Some(role.to_owned()),
            ..Newcomer::default()
        };
        enrol::enrol(tx, &who, Some(hash()), at).await?;
    }
    Ok(())
}

async fn unit(tx: &mut Tx, code: &str, parent: UnitId) -> db::Result<UnitId> {
    let unit = NewUnit {
        code: Code::parse(code)?,
        name: format!("Unit {code}"),
        name_local: None,
        kind: UnitKind::Region,
        parent: Some(parent),
    };
    units::add(tx, &unit).await
}
