//! `/sign-in` and `/sign-out`: from an e-mail address and a password to a session.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use db::Tx;
use jiff::Timestamp;
use kernel::Refusal;
use maud::{Markup, html};
use page::{
    FieldKind, FieldSpec, Form, FormErrors, Frame, Kit, Problem, Query, Result, field, safe_path,
};
use serde::Deserialize;
use trail::{By, Entry};

use crate::{
    auth::{COOKIE, HOST_COOKIE, session_token},
    credential::{self, password_matches, token_hash, write_token},
    lockout::Standing,
    store::{
        logins::{self, Login},
        sessions,
    },
};

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    next: String,
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    email: String,
    password: String,
    next: String,
}

/// `GET /sign-in`.
pub async fn show(
    State(kit): State<Kit>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    if !logins::any(&mut tx).await? {
        return Ok(page::see("/first-run", ""));
    }
    Ok(sign_in_page(&frame, "", &asked.next, &FormErrors::none()).into_response())
}

/// `POST /sign-in`. The answer to a wrong password and to an unknown address is the same, and so is
/// the time it takes.
pub async fn enter(
    State(kit): State<Kit>,
    frame: Frame,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let now = kit.now();
    let mut tx = kit.db.read().await?;
    let login = logins::by_email(&mut tx, &typed.email).await?;
    drop(tx);
    let known = match verify(login, typed.password.clone(), now).await? {
        Outcome::Known(login) => login,
        Outcome::Locked(minutes) => return Ok(locked_out(&frame, &typed, minutes)),
        Outcome::Wrong(login) => {
            if let Some(login) = login {
                note_failure(&kit, &login).await?;
            }
            return Ok(refused(
                &frame,
                &typed,
                frame.t("sign-in-wrong"),
                &Problem::unprocessable(""),
            ));
        }
    };
    let token = write_token(rand::random());
    let opening = Opening {
        hash: token_hash(&token),
        login: known.id,
        name: known.name,
        now,
    };
    let locked = kit
        .db
        .write(opening, |tx, opening| Box::pin(open(tx, opening)))
        .await?;
    if let Some(minutes) = locked {
        return Ok(locked_out(&frame, &typed, minutes));
    }
    let mut response = page::see(safe_path(&typed.next), "");
    set_cookie(&mut response, &cookie_line(&headers, &token));
    Ok(response)
}

fn locked_out(frame: &Frame, typed: &Typed, minutes: i64) -> Response {
    let text = frame.tw("sign-in-locked", &[("minutes", minutes.to_string())]);
    refused(frame, typed, text, &Problem::too_many(60))
}

enum Outcome {
    Known(Login),
    Locked(i64),
    /// The login to count the failure on, if the address has one.
    Wrong(Option<Login>),
}

async fn verify(login: Option<Login>, password: String, now: Timestamp) -> Result<Outcome> {
    if let Some(login) = login
        .as_ref()
        .filter(|login| login.standing.is_locked(now.as_microsecond()))
    {
        return Ok(Outcome::Locked(
            login.standing.minutes_left(now.as_microsecond()),
        ));
    }
    let kept = login
        .as_ref()
        .filter(|login| !login.disabled)
        .and_then(|login| login.password_hash.clone());
    // Slow on purpose, so it runs where blocking is allowed; without a hash to compare with, the
    // same work is done on one that matches nothing.
    let matches = tokio::task::spawn_blocking(move || {
        if let Some(hash) = kept {
            return password_matches(&password, &hash);
        }
        credential::hash_password(&password, [0; 16]);
        false
    });
    let matches = matches.await.map_err(|died| Problem::failure(&died))?;
    Ok(match login {
        Some(login) if matches => Outcome::Known(login),
        other => Outcome::Wrong(other),
    })
}

async fn note_failure(kit: &Kit, login: &Login) -> Result<()> {
    let now = kit.now();
    let input = (login.id, login.name.clone(), now);
    kit.db
        .write(input, |tx, (login, name, now)| {
            Box::pin(count_failure(tx, *login, name, *now))
        })
        .await?;
    Ok(())
}

/// Counts from what is written now: guesses sent side by side each count.
async fn count_failure(tx: &mut Tx, login: i64, name: &str, now: Timestamp) -> db::Result<()> {
    let standing = logins::standing(tx, login).await?;
    if standing.is_locked(now.as_microsecond()) {
        return recorded(tx, "sign-in-failed", name, "locked", now).await;
    }
    let after = standing.after_failure(now.as_microsecond());
    logins::save_standing(tx, login, after).await?;
    let why = if after.is_locked(now.as_microsecond()) {
        "locked"
    } else {
        ""
    };
    recorded(tx, "sign-in-failed", name, why, now).await
}

/// Sessions leave their trace like any other act.
async fn recorded(
    tx: &mut Tx,
    action: &str,
    name: &str,
    why: &str,
    at: Timestamp,
) -> db::Result<()> {
    let by = By {
        person: None,
        name: name.to_owned(),
        via: "page",
        at,
    };
    let entry = Entry {
        action,
        noun: "session",
        subject: name,
        why,
        ..Entry::default()
    };
    trail::record(tx, &by, entry).await
}

async fn close(tx: &mut Tx, hash: &str, now: Timestamp) -> db::Result<()> {
    let Some(bearer) = sessions::of_session(tx, hash, now).await? else {
        return Ok(());
    };
    sessions::end(tx, hash, now).await?;
    recorded(tx, "sign-out", &bearer.name, "", now).await
}

struct Opening {
    hash: String,
    login: i64,
    name: String,
    now: Timestamp,
}

/// Opens a session, unless the login was locked while the password was compared: the minutes left then.
async fn open(tx: &mut Tx, opening: &Opening) -> db::Result<Option<i64>> {
    let now = opening.now.as_microsecond();
    let standing = logins::standing(tx, opening.login).await?;
    if standing.is_locked(now) {
        return Ok(Some(standing.minutes_left(now)));
    }
    sessions::open(tx, &opening.hash, opening.login, opening.now).await?;
    logins::save_standing(tx, opening.login, Standing::CLEAN).await?;
    recorded(tx, "sign-in", &opening.name, "", opening.now).await?;
    Ok(None)
}

/// `POST /sign-out`: ends this session; the others of the same login go on.
pub async fn leave(State(kit): State<Kit>, headers: HeaderMap) -> Result<Response> {
    if let Some(token) = session_token(&headers) {
        let input = (token_hash(&token), kit.now());
        kit.db
            .write(input, |tx, (hash, now)| Box::pin(close(tx, hash, *now)))
            .await?;
    }
    let mut response = page::see("/sign-in", "");
    for name in [COOKIE, HOST_COOKIE] {
        let secure = if name == HOST_COOKIE { "; Secure" } else { "" };
        set_cookie(
            &mut response,
            &format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}"),
        );
    }
    Ok(response)
}

/// Browsers take a `__Host-` cookie over https and on localhost only.
fn cookie_line(headers: &HeaderMap, token: &str) -> String {
    let text = |name: header::HeaderName| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let host = text(header::HOST);
    let https = text(header::HeaderName::from_static("x-forwarded-proto")) == "https";
    let local = host == "localhost" || host.starts_with("localhost:");
    let seconds = sessions::LIFE_MICROSECONDS / 1_000_000;
    if https || local {
        return format!(
            "{HOST_COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax; Secure"
        );
    }
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}

fn set_cookie(response: &mut Response, line: &str) {
    if let Ok(value) = HeaderValue::from_str(line) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn refused(frame: &Frame, typed: &Typed, text: String, why: &Problem) -> Response {
    let errors = FormErrors::from(Refusal::value("sign-in", text));
    page::ask_again(why, sign_in_page(frame, &typed.email, &typed.next, &errors))
}

fn sign_in_page(frame: &Frame, email: &str, next: &str, errors: &FormErrors) -> Markup {
    let field_of = |id, label: &str, value, kind, autocomplete| {
        let error = errors.get(id);
        field(
            frame,
            FieldSpec {
                id,
                label,
                value,
                kind,
                error,
                required: true,
                autocomplete: Some(autocomplete),
                hint: None,
            },
        )
    };
    page::bare(
        frame,
        &frame.t("sign-in"),
        html! {
            h1 { (frame.t("sign-in-title")) }
            (errors.summary(frame))
            form.stack method="post" action="/sign-in" {
                input type="hidden" name="next" value=(next);
                (field_of("email", &frame.t("sign-in-email"), email, FieldKind::Email, "username"))
                (field_of("password", &frame.t("sign-in-password"), "", FieldKind::Password, "current-password"))
                (page::button(&frame.t("sign-in")).primary().large().wide())
            }
            p.t3.sm { (frame.t("sign-in-help")) }
        },
    )
}

pub(super) fn sample(frame: &Frame) -> Markup {
    let wrong = Refusal::value("sign-in", frame.t("sign-in-wrong"));
    sign_in_page(
        frame,
        "jing.zhao@company.example",
        "/plan",
        &FormErrors::from(wrong),
    )
}
