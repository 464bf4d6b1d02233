//! The two switches in the top bar: language and theme.

use axum::{
    Router,
    extract::{FromRequestParts, State},
    http::{HeaderValue, header, request::Parts},
    response::Response,
    routing::post,
};
use serde::Deserialize;

use crate::{
    Form, Kit, Lang, Prefs, Problem, Theme,
    actor::asker,
    flash::see,
    lang::{LANG_COOKIE, THEME_COOKIE},
};

#[derive(Debug, Deserialize)]
struct Switch {
    lang: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    next: String,
}

/// Who switches; nobody has to be signed in for it.
struct Asker(Option<crate::Actor>);

impl FromRequestParts<Kit> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, kit: &Kit) -> Result<Asker, Problem> {
        Ok(Asker(asker(parts, kit).await?.as_ref().clone()))
    }
}

pub fn routes() -> Router<Kit> {
    Router::new()
        .route("/language", post(language))
        .route("/theme", post(theme))
}

/// `POST /language`: reads the pages in another language from now on.
async fn language(
    State(kit): State<Kit>,
    asker: Asker,
    Form(switch): Form<Switch>,
) -> Result<Response, Problem> {
    let lang = switch.lang.as_deref().and_then(Lang::parse);
    let lang = lang.ok_or_else(|| Problem::unprocessable("Choose en or zh-CN.").at("lang"))?;
    keep(&kit, &asker, |prefs| Prefs {
        lang: Some(lang),
        ..prefs
    })
    .await?;
    Ok(remember(LANG_COOKIE, lang.tag(), &switch.next))
}

/// `POST /theme`: light or dark from now on.
async fn theme(
    State(kit): State<Kit>,
    asker: Asker,
    Form(switch): Form<Switch>,
) -> Result<Response, Problem> {
    let theme = switch.theme.as_deref().and_then(Theme::parse);
    let theme = theme.ok_or_else(|| Problem::unprocessable("Choose light or dark.").at("theme"))?;
    keep(&kit, &asker, |prefs| Prefs {
        theme: Some(theme),
        ..prefs
    })
    .await?;
    Ok(remember(THEME_COOKIE, theme.as_str(), &switch.next))
}

async fn keep(
    kit: &Kit,
    asker: &Asker,
    change: impl FnOnce(Prefs) -> Prefs,
) -> Result<(), Problem> {
    let Some(actor) = &asker.0 else {
        return Ok(());
    };
    let prefs = change(actor.prefs);
    kit.auth.keep_prefs(&kit.db, actor, prefs).await
}

fn remember(name: &str, value: &str, next: &str) -> Response {
    let mut response = see(next, "");
    let line = format!("{name}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}
