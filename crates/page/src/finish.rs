//! From routes to one application: every answer leaves through here.
//!
//! A problem becomes a page or a document, a page gets its fingerprint, and every answer the
//! headers that keep it safe.

use std::{any::Any, time::Instant};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    csrf::CsrfLayer,
};

use crate::{
    Frame, Kit, Problem, assets,
    flash::{FLASH_COOKIE, FLASH_GONE},
    lang::cookie,
    switches,
};

/// The largest body read unless a route allows more.
pub const BODY_LIMIT_BYTES: usize = 1024 * 1024;

const SAFETY: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(self), payment=(), usb=(), interest-cohort=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// One address answers with a page or a part of it, in the language and theme of the reader.
const VARIES: &str = "hx-request, hx-boosted, cookie, accept-language";

/// Completes the routes of the house with assets, switches, problems, safety and compression.
pub fn finish(kit: Kit, router: Router<Kit>) -> Router {
    router
        .merge(assets::routes())
        .merge(switches::routes())
        .fallback(async || Problem::of_status(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .layer(DefaultBodyLimit::max(BODY_LIMIT_BYTES))
        // It lets programs through: only browsers say where a request comes from.
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(kit.clone(), dress))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
        .with_state(kit)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature is the layer's"
)]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&'static str>().copied())
        .unwrap_or("a panic without words");
    let problem = Problem::internal();
    tracing::error!(
        reference = problem.reference(),
        panic = text,
        "a handler panicked"
    );
    problem.into_response()
}

/// Runs the request and dresses its answer.
async fn dress(State(kit): State<Kit>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(problem) = problem_of(&response) {
        let told = tell(&kit, asked.clone(), &problem).await;
        response = keep_headers(&response, told);
    } else {
        response = fingerprint(&asked, response).await;
        forget_flash(&asked, &mut response);
    }
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers.append(header::VARY, HeaderValue::from_static(VARIES));
    }
    for (name, value) in SAFETY {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    let spent = started.elapsed().as_micros();
    let timing = format!("app;dur={}.{:03}", spent / 1000, spent % 1000);
    if let Ok(timing) = HeaderValue::from_str(&timing) {
        headers.insert("server-timing", timing);
    }
    response
}

/// The problem this answer carries; also where a library said "no" in its own plain way.
fn problem_of(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let refused = status.is_client_error() || status.is_server_error();
    (refused && plain).then(|| Problem::of_status(status))
}

/// Tells the problem in the form the asker understands.
async fn tell(kit: &Kit, mut asked: Parts, problem: &Problem) -> Response {
    let path = asked.uri.path().to_owned();
    if path == "/api" || path.starts_with("/api/") {
        return problem.as_json(&path);
    }
    let actor = crate::actor::asker(&mut asked, kit).await.ok();
    let actor = actor.as_ref().and_then(|actor| actor.as_ref().as_ref());
    let stranger = problem.status() == StatusCode::UNAUTHORIZED && actor.is_none();
    if stranger
        && path != "/sign-in"
        && let Some(response) = to_sign_in(&asked)
    {
        return response;
    }
    let frame = Frame::of(kit, &asked, actor);
    if is_part(&asked.headers) {
        problem.as_fragment(&frame)
    } else {
        problem.as_page(&frame)
    }
}

/// Sends a reader to the sign-in page and back. What was typed into a form is not thrown away
/// that way, so other methods get a page that says so.
fn to_sign_in(asked: &Parts) -> Option<Response> {
    let wanted = asked
        .uri
        .path_and_query()
        .map_or("/", |wanted| wanted.as_str());
    let query = serde_urlencoded::to_string([("next", wanted)]).ok()?;
    let place = HeaderValue::from_str(&format!("/sign-in?{query}")).ok()?;
    if asked.headers.contains_key("hx-request") {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.headers_mut().insert("hx-redirect", place);
        return Some(response);
    }
    if asked.method != Method::GET && asked.method != Method::HEAD {
        return None;
    }
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, place);
    Some(response)
}

/// Whether a part of a page asked, not the browser for a whole one.
fn is_part(headers: &HeaderMap) -> bool {
    let says = |name: &str, wanted: &[u8]| {
        headers
            .get(name)
            .is_some_and(|value| value.as_bytes() == wanted)
    };
    headers.contains_key("hx-request")
        && !headers.contains_key("hx-boosted")
        && !says("hx-request-type", b"full")
}

/// The new answer with what the old one had to say beside its body, such as `Allow`.
fn keep_headers(old: &Response, mut told: Response) -> Response {
    for (name, value) in old.headers() {
        let about_body = *name == header::CONTENT_TYPE || *name == header::CONTENT_LENGTH;
        if !about_body && !told.headers().contains_key(name) {
            told.headers_mut().append(name.clone(), value.clone());
        }
    }
    told
}

/// Gives a page or a document a weak ETag, and answers 304 where the reader has it already.
async fn fingerprint(asked: &Parts, response: Response) -> Response {
    let read = asked.method == Method::GET || asked.method == Method::HEAD;
    let kind = response.headers().get(header::CONTENT_TYPE);
    let page = kind.is_some_and(|kind| {
        kind.as_bytes().starts_with(b"text/html")
            || kind.as_bytes().starts_with(b"application/json")
    });
    let done = response.headers().contains_key(header::ETAG);
    if !read || !page || done || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        let problem = Problem::internal();
        tracing::error!(reference = problem.reference(), "an answer broke off");
        return problem.into_response();
    };
    if asked.method == Method::HEAD {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let tag = format!("W/\"{}\"", assets::hash(&bytes));
    let known = asked.headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|value| value.to_str().ok()).unwrap_or("");
    let same = known.split(',').any(|one| one.trim() == tag);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    parts
        .headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    if same {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// A message is shown once: the page that showed it takes its cookie away.
fn forget_flash(asked: &Parts, response: &mut Response) {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if page && cookie(&asked.headers, FLASH_COOKIE).is_some() {
        response
            .headers_mut()
            .append(header::SET_COOKIE, HeaderValue::from_static(FLASH_GONE));
    }
}
