//! What leaves the house: problems in the right form, safe headers, fingerprints, redirects.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, request::Parts},
    response::Response,
    routing::{get, post},
};
use db::Db;
use jiff::{Timestamp, civil::date};
use kernel::{Refusal, Role, Scope, ids::PersonId};
use maud::html;
use page::{
    Actor, Authenticate, Created, FixedClock, Frame, Json, Kit, NavGroup, NavItem, Path, Prefs,
    Problem, Query, Site, Texts, Via, actor::Pending, finish, see, shell,
};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

struct ByHeader;

impl Authenticate for ByHeader {
    fn actor<'a>(
        &'a self,
        _: &'a Db,
        parts: &'a Parts,
        _: Timestamp,
    ) -> Pending<'a, Option<Actor>> {
        let known = parts.headers.contains_key("x-known");
        let actor = known.then(|| Actor {
            login: 1,
            person: PersonId::of(1),
            name: "Xu Lan".to_owned(),
            email: "xu@example.com".to_owned(),
            role: Role::Manager,
            scope: Scope::All,
            place: "East".to_owned(),
            place_local: None,
            prefs: Prefs::default(),
            via: Via::Session,
        });
        Box::pin(std::future::ready(Ok(actor)))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Thing {
    count: i64,
}

#[derive(Debug, Deserialize)]
struct Wanted {
    limit: Option<u32>,
}

async fn app(name: &str) -> Router {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.db"));
    let item = NavItem {
        href: "/things",
        text_key: "nav-samples",
        icon: "heat",
        jump: Some('s'),
        roles: &[],
    };
    let nav = vec![NavGroup {
        title_key: None,
        items: vec![item],
    }];
    let kit = Kit {
        db: Db::open_file(&file).await.unwrap(),
        clock: Arc::new(FixedClock::noon(date(2026, 6, 16))),
        auth: Arc::new(ByHeader),
        site: Arc::new(Site::new(
            "Holloway",
            Texts::new(&[]).unwrap(),
            nav,
            "1.0.0",
        )),
    };
    let router = Router::new()
        .route(
            "/things",
            get(async |_: Actor, frame: Frame| shell(&frame, "Things", html! { p { "hello" } }))
                .post(async |actor: Actor| {
                    actor
                        .may(&[Role::Finance])
                        .map(|()| see("/things", "Saved"))
                }),
        )
        .route(
            "/things/{id}",
            get(async |Path(id): Path<i64>| id.to_string()),
        )
        .route("/broken", get(async || -> String { panic!("on purpose") }))
        .route(
            "/refused",
            get(async || Problem::from(Refusal::state("thing.closed", "The thing is closed."))),
        )
        .route(
            "/api/v1/things",
            post(async |_: Actor, Json(thing): Json<Thing>| Created {
                location: "/api/v1/things/1".to_owned(),
                body: thing,
            })
            .get(async |Query(wanted): Query<Wanted>| {
                Json(Thing {
                    count: i64::from(wanted.limit.unwrap_or(5)),
                })
            }),
        );
    finish(kit, router)
}

async fn ask(app: &Router, request: Request<Body>) -> (Response<()>, String) {
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (Response::from_parts(parts, ()), text)
}

fn read(path: &str) -> axum::http::request::Builder {
    Request::get(path)
}

#[track_caller]
fn header<'r>(response: &'r Response<()>, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value
        .unwrap_or_else(|| panic!("no {name}"))
        .to_str()
        .unwrap()
}

#[tokio::test]
async fn every_answer_is_safe_and_timed() {
    let app = app("safe").await;
    for path in [
        "/things",
        "/nothing",
        "/broken",
        "/assets/style.css",
        "/api/v1/things",
    ] {
        let request = read(path)
            .header("x-known", "1")
            .body(Body::empty())
            .unwrap();
        let (response, _) = ask(&app, request).await;
        assert!(header(&response, "content-security-policy").contains("default-src 'self'"));
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert!(
            header(&response, "server-timing").starts_with("app;dur="),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_page_known_already_is_not_sent_again() {
    let app = app("etag").await;
    let first = read("/things")
        .header("x-known", "1")
        .body(Body::empty())
        .unwrap();
    let (response, text) = ask(&app, first).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(text.contains("hello"));
    assert_eq!(page::check_markup(&text), Ok(()));
    assert_eq!(header(&response, "cache-control"), "private, no-cache");
    let tag = header(&response, "etag").to_owned();
    assert!(tag.starts_with("W/\""));
    let again = read("/things")
        .header("x-known", "1")
        .header("if-none-match", tag);
    let (response, text) = ask(&app, again.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert!(text.is_empty());
}

#[tokio::test]
async fn strangers_are_sent_to_sign_in_and_back() {
    let app = app("stranger").await;
    let request = read("/things?a=b&c=d").body(Body::empty()).unwrap();
    let (response, _) = ask(&app, request).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        header(&response, "location"),
        "/sign-in?next=%2Fthings%3Fa%3Db%26c%3Dd"
    );

    let part = read("/things").header("hx-request", "true");
    let (response, _) = ask(&app, part.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(header(&response, "hx-redirect"), "/sign-in?next=%2Fthings");

    let form = Request::post("/things").body(Body::empty()).unwrap();
    let (response, text) = ask(&app, form).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(text.contains("<!DOCTYPE html>") && text.contains("/sign-in"));

    let api = Request::post("/api/v1/things").body(Body::empty()).unwrap();
    let (response, text) = ask(&app, api).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(header(&response, "www-authenticate"), "Bearer");
    assert_eq!(
        header(&response, "content-type"),
        "application/problem+json"
    );
    assert!(text.contains(r#""instance":"/api/v1/things""#), "{text}");
}

#[tokio::test]
async fn a_no_is_a_page_a_document_or_a_message() {
    let app = app("no").await;
    let page = read("/refused")
        .header("x-known", "1")
        .header("accept-language", "zh-CN");
    let (response, text) = ask(&app, page.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert!(text.contains("lang=\"zh-CN\"") && text.contains("The thing is closed."));
    assert_eq!(page::check_markup(&text), Ok(()));

    let part = read("/refused")
        .header("x-known", "1")
        .header("hx-request", "true");
    let (response, text) = ask(&app, part.body(Body::empty()).unwrap()).await;
    assert_eq!(header(&response, "hx-retarget"), "#toasts");
    assert!(text.starts_with("<div class=\"toast err\""), "{text}");

    let missing = read("/things/abc")
        .header("x-known", "1")
        .body(Body::empty())
        .unwrap();
    assert_eq!(ask(&app, missing).await.0.status(), StatusCode::NOT_FOUND);

    let forbidden = Request::post("/things")
        .header("x-known", "1")
        .body(Body::empty())
        .unwrap();
    assert_eq!(ask(&app, forbidden).await.0.status(), StatusCode::FORBIDDEN);

    let wrong = Request::delete("/things")
        .header("x-known", "1")
        .body(Body::empty())
        .unwrap();
    let (response, text) = ask(&app, wrong).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(header(&response, "allow").contains("GET"));
    assert!(text.contains("<!DOCTYPE html>"));
}

#[tokio::test]
async fn a_panic_is_a_number_to_quote() {
    let app = app("panic").await;
    let request = read("/broken")
        .header("x-known", "1")
        .body(Body::empty())
        .unwrap();
    let (response, text) = ask(&app, request).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text.contains("Quote ") && !text.contains("on purpose"));
}

#[tokio::test]
async fn bodies_are_read_or_refused_in_our_words() {
    let app = app("bodies").await;
    let send = |kind: &str, body: String| {
        Request::post("/api/v1/things")
            .header("x-known", "1")
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap()
    };
    let json = "application/json";
    let (response, text) = ask(&app, send(json, r#"{"count":3}"#.to_owned())).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(header(&response, "location"), "/api/v1/things/1");
    assert_eq!(text, r#"{"count":3}"#);

    for (kind, body, status, code) in [
        (json, "{".to_owned(), 400, "malformed"),
        (json, r#"{"count":"x"}"#.to_owned(), 422, "field"),
        ("text/plain", "{}".to_owned(), 415, "media_type"),
        (json, "x".repeat(2 * 1024 * 1024), 413, "too_large"),
    ] {
        let (response, text) = ask(&app, send(kind, body)).await;
        assert_eq!(response.status().as_u16(), status, "{text}");
        assert!(text.contains(&format!("\"code\":\"{code}\"")), "{text}");
    }

    let query = read("/api/v1/things?limit=many")
        .body(Body::empty())
        .unwrap();
    let (response, text) = ask(&app, query).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(text.contains(r#""field":"limit""#), "{text}");
}

#[tokio::test]
async fn other_sites_cannot_post_here() {
    let app = app("csrf").await;
    for path in ["/things", "/api/v1/things"] {
        let foreign = Request::post(path)
            .header("x-known", "1")
            .header("host", "here.example")
            .header("sec-fetch-site", "cross-site")
            .header("origin", "https://there.example")
            .body(Body::empty())
            .unwrap();
        assert_eq!(
            ask(&app, foreign).await.0.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn assets_are_kept_forever_and_sent_packed() {
    let app = app("assets").await;
    let request = read("/assets/style.css?v=1").header("accept-encoding", "gzip, br");
    let (response, _) = ask(&app, request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(header(&response, "content-encoding"), "br");
    assert!(header(&response, "cache-control").contains("immutable"));
    let missing = read("/assets/other.css").body(Body::empty()).unwrap();
    assert_eq!(ask(&app, missing).await.0.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn language_and_theme_are_remembered() {
    let app = app("switches").await;
    let send = |path: &str, body: &'static str| {
        Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap()
    };
    let (response, _) = ask(&app, send("/language", "lang=zh-CN&next=%2Fthings%3Fa%3Db")).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(header(&response, "location"), "/things?a=b");
    assert!(header(&response, "set-cookie").starts_with("bw-lang=zh-CN;"));
    let (response, _) = ask(&app, send("/theme", "theme=dark&next=//there.example")).await;
    assert_eq!(header(&response, "location"), "/");
    assert!(header(&response, "set-cookie").starts_with("bw-theme=dark;"));
    assert_eq!(
        ask(&app, send("/language", "lang=xx")).await.0.status(),
        422
    );
}

#[tokio::test]
async fn a_message_is_shown_once_after_a_redirect() {
    let app = app("flash").await;
    let request = read("/things")
        .header("x-known", "1")
        .header("cookie", "bw-flash=good=All+saved; bw-theme=dark");
    let (response, text) = ask(&app, request.body(Body::empty()).unwrap()).await;
    assert!(text.contains("All saved") && text.contains("data-theme=\"dark\""));
    assert!(header(&response, "set-cookie").contains("Max-Age=0"));
}
