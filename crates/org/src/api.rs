//! How the API reads a change and answers a list, the same for every noun.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use db::{Cursor, Limit, Listing, Tx, WorkFuture};
use jiff::{Timestamp, civil::Date};
use kernel::{Refusal, times::BEGINNING};
use page::{Actor, Kit, Problem, Via};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use trail::{Answer, By};

use crate::credential::fingerprint;

/// A change asked for: who asks, when, with which key, and what.
#[derive(Debug, Clone)]
pub struct Ask<B> {
    pub actor: Actor,
    pub now: Timestamp,
    pub today: Date,
    /// Drawn once with the request, so that a transaction that is run again names things alike.
    pub chance: u128,
    pub key: Option<String>,
    pub hash: String,
    /// The version the asker's copy has, where it was sent.
    pub if_match: Option<i64>,
    /// The code or number in the path; empty for a create.
    pub subject: String,
    pub body: B,
}

impl<B> Ask<B> {
    /// What somebody asks of one thing by a form; it has no key unless [`Ask::once`] gives it one.
    pub fn of_form(kit: &Kit, actor: Actor, subject: String, body: B) -> Ask<B> {
        Ask {
            actor,
            now: kit.now(),
            today: kit.today(),
            chance: rand::random(),
            key: None,
            hash: String::new(),
            if_match: None,
            subject,
            body,
        }
    }

    /// The same ask, carried out once for these fields of the form drawn with `form_key`: a second click
    /// is answered as the first. Other fields are another ask, also from a form that was gone back to.
    #[must_use]
    pub fn once(mut self, form_key: &str, fields: &str) -> Ask<B> {
        let hash = fingerprint(format!("{form_key}\n{}\n{fields}", self.subject).as_bytes());
        self.key = Some(hash.clone());
        self.hash = hash;
        self
    }

    /// For the trail.
    pub fn by(&self) -> By {
        by(&self.actor, self.now)
    }

    /// The same ask about the thing named in the path.
    #[must_use]
    pub fn about(mut self, subject: String) -> Ask<B> {
        self.subject = subject;
        self
    }

    /// The same ask with its body read into something else, or joined by what the act needs.
    pub fn map<C>(self, read: impl FnOnce(B) -> C) -> Ask<C> {
        Ask {
            actor: self.actor,
            now: self.now,
            today: self.today,
            key: self.key,
            hash: self.hash,
            if_match: self.if_match,
            subject: self.subject,
            chance: self.chance,
            body: read(self.body),
        }
    }

    /// Refuses if the asker's copy is older than `version`.
    ///
    /// # Errors
    ///
    /// A refusal of kind stale.
    pub fn fresh(&self, version: i64) -> Result<(), Refusal> {
        match self.if_match {
            Some(copy) if copy != version => Err(Refusal::new(
                kernel::refusal::Kind::Stale,
                "stale",
                format!(
                    "{} was changed meanwhile: it is now version {version}. Read it again and repeat the change.",
                    self.subject
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// What tells one drawing of a form from every other.
pub fn form_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Nothing is said when a dated fact is taken back but why.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetractJson {
    pub reason: String,
}

/// Who acts, for the trail.
pub fn by(actor: &Actor, now: Timestamp) -> By {
    let via = match actor.via {
        Via::Session => "page",
        Via::Token => "api",
    };
    By {
        person: Some(actor.person),
        name: actor.name.clone(),
        via,
        at: now,
    }
}

impl<B> FromRequest<Kit> for Ask<B>
where
    B: DeserializeOwned + Serialize,
{
    type Rejection = Problem;

    async fn from_request(request: Request, kit: &Kit) -> Result<Ask<B>, Problem> {
        let (mut parts, body) = request.into_parts();
        let actor = Actor::from_request_parts(&mut parts, kit).await?;
        let key = idempotency_key(&parts.headers)?;
        let if_match = if_match(&parts.headers);
        let route = format!("{} {}", parts.method, parts.uri.path());
        let request = Request::from_parts(parts, body);
        let body = read_body(request, kit).await?;
        let text = serde_json::to_string(&body).unwrap_or_default();
        let hash = fingerprint(format!("{route}\n{text}").as_bytes());
        let (now, today) = (kit.now(), kit.today());
        Ok(Ask {
            actor,
            now,
            today,
            chance: rand::random(),
            key,
            hash,
            if_match,
            subject: String::new(),
            body,
        })
    }
}

/// The body as JSON; none at all is an empty object, so that a plain POST publishes or confirms.
async fn read_body<B: DeserializeOwned>(request: Request, kit: &Kit) -> Result<B, Problem> {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .map(|length| length.as_bytes() == b"0");
    let typed = request.headers().contains_key(header::CONTENT_TYPE);
    if announced.unwrap_or(true) && !typed {
        return page::extract::read_json(b"{}");
    }
    let page::Json(body) = page::Json::<B>::from_request(request, kit).await?;
    Ok(body)
}

/// Characters of an `Idempotency-Key`: room for any random id as text.
pub const LONGEST_KEY: usize = 64;

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text.is_empty() || LONGEST_KEY < text.len() {
        return Err(Problem::malformed(
            "Idempotency-Key must be 1 to 64 visible ASCII characters.",
        ));
    }
    Ok(Some(text.to_owned()))
}

/// Versions travel as `ETag: "v7"`.
fn if_match(headers: &HeaderMap) -> Option<i64> {
    let value = headers.get(header::IF_MATCH)?;
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return None;
    }
    let version = text
        .trim_start_matches("W/")
        .trim_matches('"')
        .trim_start_matches('v');
    // Another program's tag never matches; that is what If-Match means.
    Some(version.parse().unwrap_or(-1))
}

/// What a change does inside its transaction.
pub type Act<B> = for<'a> fn(&'a mut Tx, &'a Ask<B>) -> WorkFuture<'a, Answer>;

/// Carries out a change once, whatever is sent again.
///
/// # Errors
///
/// The problem of the act; nothing of it stays then.
pub async fn carry_out<B>(kit: &Kit, ask: Ask<B>, act: Act<B>) -> Result<Response, Problem>
where
    B: Send + Sync + 'static,
{
    let answer = kit
        .db
        .write((ask, act), |tx, (ask, act)| Box::pin(once(tx, ask, *act)))
        .await?;
    Ok(respond(answer))
}

async fn once<B: Send + Sync>(tx: &mut Tx, ask: &Ask<B>, act: Act<B>) -> db::Result<Answer> {
    let Some(key) = &ask.key else {
        return act(tx, ask).await;
    };
    let login = ask.actor.login;
    if let Some(kept) = trail::recall(tx, login, key, &ask.hash).await? {
        return Ok(kept);
    }
    let answer = act(tx, ask).await?;
    trail::keep(tx, login, key, &ask.hash, &answer, ask.now).await?;
    Ok(answer)
}

/// 201 with the place of the new thing.
pub fn created(location: String, body: &impl Serialize) -> Answer {
    Answer {
        status: 201,
        location: Some(location),
        body: json(body),
    }
}

/// 200 with the thing as it is now.
pub fn done(body: &impl Serialize) -> Answer {
    Answer {
        status: 200,
        location: None,
        body: json(body),
    }
}

fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_else(|_| "null".to_owned())
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let json = HeaderValue::from_static("application/json");
    let mut response = (status, [(header::CONTENT_TYPE, json)], answer.body).into_response();
    if let Some(location) = answer
        .location
        .and_then(|place| HeaderValue::from_str(&place).ok())
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// One thing with its version as the entity tag.
pub fn versioned(version: i64, body: &impl Serialize) -> Response {
    let mut response = respond(done(body));
    if let Ok(tag) = HeaderValue::from_str(&format!("\"v{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The questions every list takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuery {
    pub q: String,
    pub unit: String,
    pub owner: String,
    pub status: String,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

impl ListQuery {
    /// # Errors
    ///
    /// As [`Limit::parse`] and [`Cursor::parse`].
    pub fn page(&self) -> Result<(Limit, Cursor), Refusal> {
        Ok((
            Limit::parse(self.limit)?,
            Cursor::parse(self.cursor.as_deref())?,
        ))
    }
}

/// `{"items": […], "next_cursor": null}`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// One page of a list that is short enough to be loaded whole; the cursor counts its rows.
    ///
    /// # Errors
    ///
    /// As [`ListQuery::page`].
    pub fn cut(items: Vec<T>, query: &ListQuery) -> Result<Page<T>, Refusal> {
        let (limit, from) = query.page()?;
        let start = usize::try_from(from.id).unwrap_or(0);
        let end = start.saturating_add(limit.rows());
        let next_cursor = (end < items.len()).then(|| {
            let id = i64::try_from(end).unwrap_or(i64::MAX);
            Cursor {
                key: String::new(),
                id,
            }
            .write()
        });
        let items = items.into_iter().skip(start).take(limit.rows()).collect();
        Ok(Page { items, next_cursor })
    }

    pub fn of<R>(listing: Listing<R>, show: impl FnMut(R) -> T) -> Page<T> {
        let next_cursor = listing.next.as_ref().map(Cursor::write);
        Page {
            items: listing.items.into_iter().map(show).collect(),
            next_cursor,
        }
    }
}

/// The address of the next page of the list that is being shown: the same question, further on.
pub fn next_href(asked: &Uri, next: Option<&Cursor>) -> Option<String> {
    let next = next?.write();
    let kept: String = asked
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="))
        .flat_map(|pair| [pair, "&"])
        .collect();
    Some(format!("{}?{kept}cursor={next}", asked.path()))
}

/// A day written `2026-06-16` and in no other way.
///
/// # Errors
///
/// `date.malformed`, pointing at `field`.
pub fn accept_day(text: &str, field: &str) -> Result<Date, Refusal> {
    let plain = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let read = if plain { text.parse().ok() } else { None };
    read.ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is not a day. Write it like 2026-06-16.");
        Refusal::value("date.malformed", message).at(field)
    })
}

/// The first day of a dated fact: a day, or `beginning` for ever before.
///
/// # Errors
///
/// As [`accept_day`].
pub fn accept_first_day(text: &str, field: &str) -> Result<Date, Refusal> {
    match text {
        "beginning" => Ok(BEGINNING),
        text => accept_day(text, field),
    }
}

/// An instant with its offset, in microseconds.
///
/// # Errors
///
/// `instant.malformed`, pointing at `field`.
pub fn accept_instant(text: &str, field: &str) -> Result<i64, Refusal> {
    let read = text.parse::<Timestamp>().ok();
    read.map(Timestamp::as_microsecond).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let message = format!("“{shown}” is not an instant. Write it like 2026-06-30T18:00:00Z.");
        Refusal::value("instant.malformed", message).at(field)
    })
}

/// The days `[from, to)` of a dated fact.
///
/// # Errors
///
/// `span.empty` if it would hold on no day.
pub fn accept_span(from: Date, to: Option<Date>) -> Result<(), Refusal> {
    match to {
        Some(to) if to <= from => {
            let message = format!("{to} is not after the first day, {from}.");
            Err(Refusal::value("span.empty", message).at("to"))
        }
        _ => Ok(()),
    }
}

/// An instant as it is shown.
pub fn instant(at: i64) -> String {
    Timestamp::from_microsecond(at).map_or_else(|_| String::new(), |at| at.to_string())
}

/// A name as typed: trimmed, present, at most 200 characters, no control characters.
///
/// # Errors
///
/// `name.missing`, `name.long` or `name.control`, pointing at `field`.
pub fn accept_name(text: &str, field: &'static str) -> Result<String, Refusal> {
    let name = text.trim();
    if name.is_empty() {
        return Err(Refusal::value("name.missing", format!("{field} is empty.")).at(field));
    }
    if 200 < name.chars().count() {
        return Err(Refusal::value(
            "name.long",
            format!("{field} is longer than 200 characters."),
        )
        .at(field));
    }
    if name.chars().any(char::is_control) {
        return Err(Refusal::value(
            "name.control",
            format!("{field} contains control characters."),
        )
        .at(field));
    }
    Ok(name.to_owned())
}

/// 422 with a problem document that carries more than the usual members.
pub fn unprocessable(document: &impl Serialize) -> Response {
    let problem = HeaderValue::from_static("application/problem+json");
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        [(header::CONTENT_TYPE, problem)],
        json(document),
    )
        .into_response()
}
