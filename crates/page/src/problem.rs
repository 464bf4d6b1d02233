//! The one place where a "no" becomes an answer: a status, a problem document or a page.
//!
//! A handler returns a [`Problem`]; it rides along in the response, and [`crate::finish`] writes
//! it out in the form, the language and the theme the asker wants.

use std::{
    collections::hash_map::RandomState,
    error::Error,
    hash::{BuildHasher, Hasher},
};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::DbError;
use kernel::{
    Refusal,
    refusal::{FieldError, Kind},
};
use maud::{Markup, html};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Frame, Lang, Tone, problem_page, toast};

/// Why a request was not answered with what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(Box<Reason>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_secs: Option<u32>,
    /// The number under which a failure stands in the log.
    reference: Option<String>,
    /// A link that leads on: its text and its path.
    offer: Option<(String, String)>,
}

/// What the API answers instead of what was asked for, as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemDocument {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: &'static str,
    pub status: u16,
    pub detail: String,
    pub instance: String,
    /// A dotted word for programs; it never changes.
    pub code: &'static str,
    pub errors: Vec<ProblemField>,
}

/// One field that is wrong, by its path in the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemField {
    pub field: String,
    pub message: String,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Problem {
        Problem(Box::new(Reason {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_secs: None,
            reference: None,
            offer: None,
        }))
    }

    /// 400: the request cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// 401: nobody is signed in.
    pub fn unauthorized(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// 403: seen, but not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: missing, or not the asker's to see.
    pub fn not_found(detail: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "missing", detail)
    }

    /// 405: the page exists, but does not do this.
    pub fn wrong_method() -> Problem {
        let detail = "This address does not answer that method.";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", detail)
    }

    /// 409: not in this state, or taken.
    pub fn conflict(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::CONFLICT, "conflict", detail)
    }

    /// 412: the asker's copy is older than the record.
    pub fn stale(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::PRECONDITION_FAILED, "stale", detail)
    }

    /// 413: more than is accepted at once.
    pub fn too_large(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// 415: a body of a kind that is not read here.
    pub fn media_type(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail)
    }

    /// 422: read, but not acceptable.
    pub fn unprocessable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", detail)
    }

    /// 429: too often; try again after so many seconds.
    pub fn too_many(retry_secs: u32) -> Problem {
        let detail = "Too many requests in a short time. Wait a moment and try again.";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", detail).retry_after(retry_secs)
    }

    /// 503: not now; try again after so many seconds.
    pub fn unavailable(retry_secs: u32) -> Problem {
        let detail = "The server cannot take this right now. Nothing was changed; try again soon.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).retry_after(retry_secs)
    }

    /// 500: a failure of ours, with a number to quote. The caller logs it under
    /// [`Problem::reference`].
    pub fn internal() -> Problem {
        let reference = reference();
        let detail = format!(
            "Something failed on our side, and nothing was changed. Quote {reference} when you report it."
        );
        let mut problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        problem.0.reference = Some(reference);
        problem
    }

    /// 500 for a failure, which is logged with its causes under the number shown.
    pub fn failure(error: &(dyn Error + 'static)) -> Problem {
        let problem = Problem::internal();
        tracing::error!(reference = problem.reference(), error, "a request failed");
        problem
    }

    /// A problem for a bare status that a library answered with.
    pub fn of_status(status: StatusCode) -> Problem {
        match status.as_u16() {
            400 => Problem::malformed("The request cannot be read."),
            401 => Problem::unauthorized("Sign in first."),
            403 => Problem::forbidden("This is not allowed."),
            404 => Problem::not_found("There is nothing at this address."),
            405 => Problem::wrong_method(),
            413 => Problem::too_large("The request is larger than is accepted here."),
            415 => Problem::media_type("The request is of a kind that is not read here."),
            429 => Problem::too_many(1),
            503 => Problem::unavailable(1),
            500 => Problem::internal(),
            _ => Problem::new(
                status,
                "refused",
                status.canonical_reason().unwrap_or("Refused."),
            ),
        }
    }

    /// The same problem under a code of its own; codes never change once published.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Problem {
        self.0.code = code;
        self
    }

    /// The same problem, pointing at a field of the request.
    #[must_use]
    pub fn at(self, field: impl Into<String>) -> Problem {
        let message = self.0.detail.clone();
        self.and(field, message)
    }

    /// The same problem with one more field that is wrong for a reason of its own.
    #[must_use]
    pub fn and(mut self, field: impl Into<String>, message: impl Into<String>) -> Problem {
        self.0.errors.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
        self
    }

    /// The same problem with a link that leads on.
    #[must_use]
    pub fn offer(mut self, text: impl Into<String>, path: impl Into<String>) -> Problem {
        self.0.offer = Some((text.into(), path.into()));
        self
    }

    #[must_use]
    fn retry_after(mut self, secs: u32) -> Problem {
        self.0.retry_after_secs = Some(secs);
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Whether another try with a form can help: something was refused, not missing or forbidden.
    pub fn is_mendable(&self) -> bool {
        matches!(
            self.0.status,
            StatusCode::CONFLICT
                | StatusCode::PRECONDITION_FAILED
                | StatusCode::PAYLOAD_TOO_LARGE
                | StatusCode::UNSUPPORTED_MEDIA_TYPE
                | StatusCode::UNPROCESSABLE_ENTITY
        )
    }

    pub fn error_code(&self) -> &'static str {
        self.0.code
    }

    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The number of an internal failure, for the log and for the person.
    pub fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// The link that leads on: its text and its path.
    pub(crate) fn offered(&self) -> Option<&(String, String)> {
        self.0.offer.as_ref()
    }

    /// The problem document of RFC 9457 for the request to `instance`.
    pub fn document(&self, instance: &str) -> ProblemDocument {
        let errors = self.0.errors.iter().map(|error| ProblemField {
            field: error.field.clone(),
            message: error.message.clone(),
        });
        ProblemDocument {
            kind: "about:blank",
            title: self.0.status.canonical_reason().unwrap_or("Refused"),
            status: self.0.status.as_u16(),
            detail: self.0.detail.clone(),
            instance: instance.to_owned(),
            code: self.0.code,
            errors: errors.collect(),
        }
    }

    /// The answer of the API.
    pub fn as_json(&self, instance: &str) -> Response {
        let body = serde_json::to_string(&self.document(instance)).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        self.with_headers((self.0.status, kind, body).into_response())
    }

    /// The answer to a person: a page that says what happened and leads on.
    pub fn as_page(&self, frame: &Frame) -> Response {
        let page = problem_page::page(frame, self);
        self.with_headers((self.0.status, page).into_response())
    }

    /// The answer to a part of a page that asked on its own: a message that stays until closed.
    pub fn as_fragment(&self, frame: &Frame) -> Response {
        let message = toast(frame, Tone::Bad, &self.sentence(frame), html! {});
        let mut response = (self.0.status, message).into_response();
        let headers = response.headers_mut();
        headers.insert("hx-retarget", HeaderValue::from_static("#toasts"));
        headers.insert("hx-reswap", HeaderValue::from_static("beforeend"));
        self.with_headers(response)
    }

    /// The detail in the reader's language where the texts have it under `refusal-CODE`.
    pub fn sentence(&self, frame: &Frame) -> String {
        if let Some(reference) = &self.0.reference {
            return frame.tw("problem-internal", &[("reference", reference.as_str())]);
        }
        // The detail is English and names the case; a translation can only speak of its kind.
        let key = format!("refusal-{}", self.0.code.replace(['.', '_'], "-"));
        if frame.lang != Lang::En && frame.texts.has(&key) {
            return frame.t(&key);
        }
        self.0.detail.clone()
    }

    fn with_headers(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if let Some(secs) = self.0.retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let status = match refusal.kind {
            Kind::Value => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::State => StatusCode::CONFLICT,
            Kind::Missing => StatusCode::NOT_FOUND,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::Stale => StatusCode::PRECONDITION_FAILED,
            Kind::Malformed => StatusCode::BAD_REQUEST,
        };
        let mut problem = Problem::new(status, refusal.code, refusal.message);
        problem.0.errors = refusal.fields;
        problem
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Problem {
        match error {
            DbError::Missing => {
                Problem::not_found("There is no such record, or it is not yours to see.")
            }
            DbError::Taken(what) => {
                tracing::debug!(constraint = what, "a unique value was taken");
                Problem::conflict("A record with the same code or name exists already.")
                    .code("taken")
            }
            DbError::Referenced => {
                Problem::conflict("Something refers to this record, so it stays.")
                    .code("referenced")
            }
            DbError::Refused(refusal) => Problem::from(refusal),
            DbError::Overflow => Problem::unprocessable(
                "A sum is larger than can be held. Check for a slipped digit.",
            )
            .code("too_large"),
            DbError::Busy => Problem::unavailable(1),
            DbError::CannotWrite(_) | DbError::Unreachable(_) => {
                tracing::error!(%error, "the database cannot be used");
                Problem::unavailable(30)
            }
            DbError::Driver(_) => Problem::failure(&error),
        }
    }
}

/// A form shown again with what was typed: the page, under the status of why it was refused.
pub fn ask_again(problem: &Problem, page: Markup) -> Response {
    (problem.status(), page).into_response()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.as_json("");
        response.extensions_mut().insert(self);
        response
    }
}

/// Eight digits and letters, different each time: enough to find one line in the log.
fn reference() -> String {
    let random = RandomState::new().build_hasher().finish();
    format!("{:08X}", random & 0xFFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_no_has_its_status() {
        for (kind, status) in [
            (Kind::Value, 422),
            (Kind::State, 409),
            (Kind::Missing, 404),
            (Kind::Forbidden, 403),
            (Kind::Stale, 412),
            (Kind::Malformed, 400),
        ] {
            let problem = Problem::from(Refusal::new(kind, "a.b", "No."));
            assert_eq!(problem.status().as_u16(), status);
            assert_eq!(problem.error_code(), "a.b");
        }
    }

    #[test]
    fn the_document_names_fields_and_code() {
        let refusal = Refusal::value("amount.low", "Too low.").at("lines[0].amount");
        let document = Problem::from(refusal).document("/api/v1/x");
        let document = serde_json::to_string(&document).unwrap();
        insta::assert_snapshot!(document, @r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"Too low.","instance":"/api/v1/x","code":"amount.low","errors":[{"field":"lines[0].amount","message":"Too low."}]}"#);
    }

    #[test]
    fn a_failure_shows_only_a_number() {
        let problem = Problem::internal();
        let number = problem.reference().unwrap();
        assert_eq!(number.len(), 8);
        assert!(problem.detail().contains(number));
        assert_ne!(Problem::internal().reference(), problem.reference());
    }
}
