//! `/first-run`: the company, its currency and the first administrator, once, by whoever holds the
//! code that the program printed at its start.

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Currency, FiscalYear, Refusal};
use maud::{Markup, html};
use page::{FieldKind, FieldSpec, Form, FormErrors, Frame, Kit, Problem, Query, Result, field};
use serde::Deserialize;
use trail::By;

use crate::{
    credential,
    founding::{self, Founding},
    store::{company::Company, logins},
};

/// The code that opens the first run; none closes it.
#[derive(Debug, Clone, Default)]
pub struct SetupCode(pub Option<String>);

/// What is typed; all texts, so that a mistake loses nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    code: String,
    company: String,
    currency: String,
    country: String,
    zone: String,
    fiscal_start_month: String,
    name: String,
    email: String,
    password: String,
}

/// `GET /first-run?code=…`.
pub async fn show(
    State(kit): State<Kit>,
    Extension(setup): Extension<SetupCode>,
    frame: Frame,
    Query(mut typed): Query<Typed>,
) -> Result<Response> {
    open(&kit, &setup).await?;
    typed.currency = "EUR".to_owned();
    typed.country = "DE".to_owned();
    typed.zone = "Europe/Berlin".to_owned();
    typed.fiscal_start_month = "1".to_owned();
    if frame.is_zh() {
        typed.currency = "CNY".to_owned();
        typed.country = "CN".to_owned();
        typed.zone = "Asia/Shanghai".to_owned();
    }
    Ok(first_run_page(&frame, &typed, &FormErrors::none()).into_response())
}

/// `POST /first-run`.
pub async fn create(
    State(kit): State<Kit>,
    Extension(setup): Extension<SetupCode>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let code = open(&kit, &setup).await?;
    let founding = match read(&typed, &code) {
        Ok(founding) => founding,
        Err(no) => return Ok(refused(&frame, &typed, &no)),
    };
    let name = founding.company.name.clone();
    let password = typed.password.clone();
    let salt = rand::random();
    let hashed = tokio::task::spawn_blocking(move || credential::hash_password(&password, salt));
    let hash = hashed.await.map_err(|died| Problem::failure(&died))?;
    let by = By {
        person: None,
        name: founding.admin_name.clone(),
        via: "page",
        at: kit.now(),
    };
    let input = (founding, hash, by);
    let done = kit.db.write(input, |tx, (founding, hash, by)| {
        Box::pin(founding::found(tx, founding, Some(hash), by))
    });
    match done.await {
        Ok(()) => {
            kit.site.rename_company(&name);
            Ok(page::see("/sign-in", &frame.t("first-run-done")))
        }
        Err(db::DbError::Refused(no)) => Ok(refused(&frame, &typed, &no)),
        Err(error) => Err(error.into()),
    }
}

/// The code, as long as nobody can sign in yet; afterwards this page does not exist.
async fn open(kit: &Kit, setup: &SetupCode) -> Result<String> {
    let mut tx = kit.db.read().await?;
    let gone = || Problem::not_found("This page is gone: the company is set up. Sign in instead.");
    if logins::any(&mut tx).await? {
        return Err(gone());
    }
    setup.0.clone().ok_or_else(gone)
}

fn read(typed: &Typed, code: &str) -> std::result::Result<Founding, Refusal> {
    if typed.code.trim() != code {
        let text =
            "This is not the code that the program printed when it started. Look at its output.";
        return Err(Refusal::value("setup.code", text).at("code"));
    }
    credential::accept_password(&typed.password)?;
    let month = typed.fiscal_start_month.trim().parse().unwrap_or(0);
    let company = Company {
        name: crate::api::accept_name(&typed.company, "company")?,
        currency: Currency::parse(&typed.currency).map_err(|no| no.at("currency"))?,
        country: founding::accept_country(&typed.country)?,
        zone: founding::accept_zone(&typed.zone)?,
        fiscal: FiscalYear::starting_in(month).map_err(|no| no.at("fiscal_start_month"))?,
    };
    Ok(Founding {
        company,
        admin_name: crate::api::accept_name(&typed.name, "name")?,
        admin_email: crate::enrol::accept_email(&typed.email)?,
    })
}

fn refused(frame: &Frame, typed: &Typed, no: &Refusal) -> Response {
    let errors = FormErrors::from(no);
    page::ask_again(
        &Problem::from(no.clone()),
        first_run_page(frame, typed, &errors),
    )
}

fn first_run_page(frame: &Frame, typed: &Typed, errors: &FormErrors) -> Markup {
    let text = |id: &'static str, value: &str, kind: FieldKind<'_>, hint: &str| {
        let label = frame.t(&format!("first-run-{}", id.replace('_', "-")));
        let hint = (!hint.is_empty()).then_some(hint);
        let autocomplete = (id == "password").then_some("new-password");
        field(
            frame,
            FieldSpec {
                id,
                label: &label,
                value,
                kind,
                hint,
                error: errors.get(id),
                required: true,
                autocomplete,
            },
        )
    };
    page::bare(
        frame,
        &frame.t("first-run-title"),
        html! {
            h1 { (frame.t("first-run-title")) }
            p.t2 { (frame.t("first-run-about")) }
            (errors.summary(frame))
            form.stack method="post" action="/first-run" {
                (text("code", &typed.code, FieldKind::Text, &frame.t("first-run-code-hint")))
                (text("company", &typed.company, FieldKind::Text, ""))
                (text("currency", &typed.currency, FieldKind::Text, &frame.t("first-run-currency-hint")))
                (text("country", &typed.country, FieldKind::Text, &frame.t("first-run-country-hint")))
                (text("zone", &typed.zone, FieldKind::Text, &frame.t("first-run-zone-hint")))
                (text("fiscal_start_month", &typed.fiscal_start_month, FieldKind::Number { unit: "" }, &frame.t("first-run-fiscal-hint")))
                (text("name", &typed.name, FieldKind::Text, ""))
                (text("email", &typed.email, FieldKind::Email, ""))
                (text("password", "", FieldKind::Password, &frame.t("first-run-password-hint")))
                (page::button(&frame.t("first-run-create")).primary().large().wide())
            }
        },
    )
}

pub(super) fn sample(frame: &Frame) -> Markup {
    let typed = Typed {
        company: "Nordlicht Coatings".into(),
        currency: "EURO".into(),
        ..Typed::default()
    };
    let errors = match Currency::parse("EURO") {
        Err(no) => FormErrors::from(no.at("currency")),
        Ok(_) => FormErrors::none(),
    };
    first_run_page(frame, &typed, &errors)
}
