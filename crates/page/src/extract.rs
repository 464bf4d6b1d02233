//! Reading requests, and refusing what cannot be read in our own words.

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, RawForm, Request,
        rejection::{BytesRejection, PathRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::Problem;

/// A JSON body on the way in, a JSON answer on the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

/// The fields of a submitted form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form<T>(pub T);

/// The variable pieces of the path. A piece that cannot be read names nothing: 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Path<T>(pub T);

/// The query after the question mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::media_type(
                "Send the body as JSON, with the header Content-Type: application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|no| body(&no))?;
        read_json(&bytes).map(Json)
    }
}

/// Reads a JSON text.
///
/// # Errors
///
/// 400 if it is no JSON; 422 with the path of the field if it is not of the shape asked for.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut source);
    let read = read.map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        match cause.classify() {
            serde_json::error::Category::Data => wrong_field(&path, &cause.to_string()),
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => {
                Problem::malformed(format!("The body is not valid JSON: {cause}."))
            }
        }
    })?;
    source
        .end()
        .map_err(|error| Problem::malformed(format!("The body is not valid JSON: {error}.")))?;
    Ok(read)
}

impl<T, S> FromRequest<S> for Form<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Form<T>, Problem> {
        let RawForm(bytes) = RawForm::from_request(request, state).await.map_err(|no| {
            use axum::extract::rejection::RawFormRejection as No;
            match no {
                No::BytesRejection(no) => body(&no),
                _ => Problem::media_type("Send the form as application/x-www-form-urlencoded."),
            }
        })?;
        read_form(&bytes).map(Form)
    }
}

/// Reads a submitted form.
///
/// # Errors
///
/// 422 with the field that is missing or cannot be read.
pub fn read_form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let source = serde_urlencoded::Deserializer::new(form_urlencoded::parse(bytes));
    serde_path_to_error::deserialize(source).map_err(|error| {
        let path = error.path().to_string();
        wrong_field(&path, &error.into_inner().to_string())
    })
}

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Path(path)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => {
                Err(Problem::of_status(StatusCode::NOT_FOUND))
            }
            Err(other) => Err(failed("a route has no such path", &other)),
        }
    }
}

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Query<T>, Problem> {
        let query = parts.uri.query().unwrap_or("").as_bytes();
        let source = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query));
        serde_path_to_error::deserialize(source)
            .map(Query)
            .map_err(|error| {
                let path = error.path().to_string();
                let cause = error.into_inner().to_string();
                let field = field_of(&path, &cause);
                let problem = Problem::malformed(format!("The query cannot be read: {cause}."));
                if field.is_empty() {
                    problem
                } else {
                    problem.at(field)
                }
            })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        write_json(StatusCode::OK, &self.0)
    }
}

/// 201: what was made, and where it is from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created<T> {
    pub location: String,
    pub body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = write_json(StatusCode::CREATED, &self.body);
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

fn write_json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => {
            let kind = [(header::CONTENT_TYPE, "application/json")];
            (status, kind, bytes).into_response()
        }
        Err(error) => failed("an answer cannot be written as JSON", &error).into_response(),
    }
}

fn failed(what: &'static str, error: &dyn std::error::Error) -> Problem {
    let problem = Problem::internal();
    tracing::error!(reference = problem.reference(), %error, "{what}");
    problem
}

/// `application/json`, or any `application/…+json`, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = kind
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn body(no: &BytesRejection) -> Problem {
    if no.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Problem::malformed("The body of the request ended early.")
}

/// 422 for a field that is missing, unknown or of another shape.
fn wrong_field(path: &str, cause: &str) -> Problem {
    let cause = cause.split(" at line ").next().unwrap_or(cause);
    let field = field_of(path, cause);
    if field.is_empty() {
        return Problem::unprocessable(format!("The body is not of the expected shape: {cause}."));
    }
    Problem::unprocessable(format!("{field}: {cause}."))
        .code("field")
        .at(field)
}

/// The path of the field, with the name of a missing one, which the path itself leaves out.
fn field_of(path: &str, cause: &str) -> String {
    let base = if path == "." || path == "?" { "" } else { path };
    let missing = cause
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    match missing {
        Some(name) if base.is_empty() => name.to_owned(),
        Some(name) if !base.ends_with(name) => format!("{base}.{name}"),
        _ => base.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape is tested")]
    struct Sheet {
        title: String,
        rows: Vec<Row>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape is tested")]
    struct Row {
        count: i64,
    }

    #[track_caller]
    fn json(text: &str, status: u16, field: &str) {
        let problem = read_json::<Sheet>(text.as_bytes()).unwrap_err();
        let named = problem.errors().first().map_or("", |error| &error.field);
        assert_eq!(
            (problem.status().as_u16(), named),
            (status, field),
            "{problem:?}"
        );
    }

    #[test]
    fn a_wrong_field_is_named_by_its_path() {
        json(
            r#"{"title":"a","rows":[{"count":1},{"count":"x"}]}"#,
            422,
            "rows[1].count",
        );
        json(r#"{"title":"a","rows":[{}]}"#, 422, "rows[0].count");
        json(r#"{"title":"a"}"#, 422, "rows");
        json(r#"{"title":"a","rows":[],"extra":1}"#, 422, "extra");
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        json("", 400, "");
        json("{", 400, "");
        json(r#"{"title":"a","rows":[]} x"#, 400, "");
    }

    #[test]
    fn a_missing_form_field_is_named() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its shape is tested")]
        struct Sent {
            name: String,
            size: i64,
        }
        let named = |text: &str| {
            let problem = read_form::<Sent>(text.as_bytes()).unwrap_err();
            problem.errors()[0].field.clone()
        };
        assert_eq!(named("size=1"), "name");
        assert_eq!(named("name=a&size=x"), "size");
    }
}
