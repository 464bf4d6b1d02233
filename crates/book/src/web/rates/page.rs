//! `/settings/rates`: what other currencies are worth, day by day, and the form that records a rate.

use ::page::{
    Actor, FieldKind, FieldSpec, Form, FormErrors, Frame, Kit, Problem, Query, Result, field, num,
    parts::{self, stackable_table, th, th_n},
};
use axum::{extract::State, http::Uri, response::Response};
use db::{Cursor, DbError, Limit, Tx};
use kernel::{Currency, Refusal};
use maud::{Markup, html};
use org::{
    api::{Ask, next_href},
    store::company,
};
use serde::Deserialize;

use super::{MAY_CHANGE, NewRateJson, RateChangeJson, add, correct, fetch};
use crate::{rates::Rated, store::rates};

/// Where the page is.
const PLACE: &str = "/settings/rates";

/// Which rates are shown, and which one is corrected.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    currency: String,
    /// A rate of the currency to correct, by its day.
    day: String,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The form as it was typed; a version says that a rate is corrected.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    from: String,
    date: String,
    per: String,
    rate: String,
    version: String,
}

impl Typed {
    fn per(&self) -> std::result::Result<Option<i64>, Refusal> {
        let text = self.per.trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_no_number| {
            let shown: String = text.chars().take(40).collect();
            let message = format!("“{shown}” is not a whole number.");
            Refusal::value("number.malformed", message).at("per")
        })
    }
}

/// What the page is drawn from.
struct Shown {
    base: Currency,
    currency: String,
    rates: Vec<Rated>,
    next: Option<String>,
    typed: Typed,
    may_change: bool,
}

/// `GET /settings/rates`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(asked): Query<Asked>,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let mut shown = load(&mut tx, &actor, &uri, &asked).await?;
    shown.typed.date = kit.today().to_string();
    if !asked.day.is_empty() {
        let place = (asked.currency.as_str(), asked.day.as_str());
        let one = fetch(&mut tx, place, shown.base, i64::MAX).await?;
        shown.typed = Typed {
            from: one.quote.foreign(shown.base).code().to_owned(),
            date: one.day.to_string(),
            per: one.quote.per.to_string(),
            rate: one.quote.rate.to_string(),
            version: one.version.to_string(),
        };
    }
    Ok(rates_page(&frame, &shown, &FormErrors::none()))
}

async fn load(tx: &mut Tx, actor: &Actor, uri: &Uri, asked: &Asked) -> Result<Shown> {
    let limit = Limit::parse(asked.limit)?;
    let cursor = Cursor::parse(asked.cursor.as_deref())?;
    let base = company::expect(tx).await?.currency;
    let currency = asked.currency.trim().to_ascii_uppercase();
    let found = rates::list(tx, &currency, base, i64::MAX, limit, &cursor).await?;
    Ok(Shown {
        base,
        next: next_href(uri, found.next.as_ref()),
        rates: found.items,
        currency,
        typed: Typed::default(),
        may_change: actor.may(&MAY_CHANGE).is_ok(),
    })
}

/// `POST /settings/rates`.
pub async fn record(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    actor.may(&MAY_CHANGE)?;
    let ask = Ask::of_form(&kit, actor.clone(), String::new(), typed.clone());
    let done = kit.db.write(ask, |tx, ask| Box::pin(carry_out(tx, ask)));
    match done.await {
        Ok(()) => Ok(::page::see(PLACE, &frame.t("rate-kept"))),
        Err(DbError::Refused(no)) => {
            let mut tx = kit.db.read().await?;
            let mut shown = load(&mut tx, &actor, &uri, &Asked::default()).await?;
            shown.typed = typed;
            let page = rates_page(&frame, &shown, &FormErrors::from(&no));
            Ok(::page::ask_again(&Problem::from(no), page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Records a rate, or corrects the one whose version was shown.
async fn carry_out(tx: &mut Tx, ask: &Ask<Typed>) -> db::Result<()> {
    let typed = &ask.body;
    let per = typed.per()?;
    if typed.version.is_empty() {
        let new = NewRateJson {
            from: typed.from.trim().to_ascii_uppercase(),
            to: None,
            per,
            rate: typed.rate.trim().to_owned(),
            date: Some(typed.date.clone()).filter(|date| !date.is_empty()),
        };
        return add(tx, &ask.clone().map(|_| new)).await.map(drop);
    }
    let change = RateChangeJson {
        per,
        rate: Some(typed.rate.trim().to_owned()),
    };
    let subject = format!("{} {}", typed.from, typed.date);
    let mut ask = ask.clone().map(|_| change).about(subject);
    ask.if_match = typed.version.parse().ok();
    correct(tx, &ask).await.map(drop)
}

fn rates_page(frame: &Frame, shown: &Shown, errors: &FormErrors) -> Markup {
    let title = frame.t("rates-title");
    let base = [("currency", shown.base.code().to_owned())];
    ::page::shell(
        frame,
        &title,
        html! {
            (::page::page_head(&title, frame.tw("rates-sub", &base), html! {}))
            div.g {
                div.c8.stack {
                    (table(frame, shown))
                    (::page::pager(frame, shown.next.as_deref()))
                }
                @if shown.may_change {
                    div.c4.stack { (::page::card(frame.t("rate-record"), "", html! {}, parts::padded(form(frame, shown, errors)))) }
                }
            }
        },
    )
}

fn table(frame: &Frame, shown: &Shown) -> Markup {
    let title = frame.t("rates-all");
    let narrow = html! {
        form.row method="get" action=(PLACE) role="search" {
            input.in.sel type="search" name="currency" value=(shown.currency) maxlength="3"
                aria-label=(frame.t("rate-currency")) placeholder=(frame.t("rate-currency"));
            (::page::button(&frame.t("search")).icon("search"))
        }
    };
    if shown.rates.is_empty() {
        let none = ::page::empty(frame.t("rates-none"), frame.t("rates-none-next"), html! {});
        return ::page::card(title, "", narrow, none);
    }
    let head = html! { tr {
        (th(frame.t("rate-currency"))) (th(frame.t("orders-date"))) (th_n(frame.t("rate-quote")))
        @if shown.may_change { (th(html! { span.vh { (frame.t("rate-correct")) } })) }
    } };
    let body = html! { @for one in &shown.rates { (row(frame, shown, one)) } };
    ::page::card(&title, "", narrow, stackable_table(&title, head, body))
}

fn row(frame: &Frame, shown: &Shown, one: &Rated) -> Markup {
    let quote = &one.quote;
    let foreign = quote.foreign(shown.base).code();
    let day = num::day_long(frame, one.day);
    html! { tr {
        th scope="row" { (foreign) }
        td { (day) }
        td.n.m-tr { (quote.per) " " (quote.from.code()) " = " (quote.rate) " " (quote.to.code()) }
        @if shown.may_change {
            td {
                a href={ (PLACE) "?currency=" (foreign) "&day=" (one.day) "#record-rate" }
                    aria-label=(frame.tw("rate-correct-of", &[("currency", foreign.to_owned()), ("day", day.clone())])) {
                    (frame.t("rate-correct"))
                }
            }
        }
    } }
}

fn form(frame: &Frame, shown: &Shown, errors: &FormErrors) -> Markup {
    let typed = &shown.typed;
    let one = |id: &'static str, value: &str, kind: FieldKind<'_>, required: bool| {
        let hint_key = format!("rate-{id}-hint");
        let hint = frame.has(&hint_key).then(|| frame.t(&hint_key));
        let spec = FieldSpec {
            id,
            label: &frame.t(&format!("rate-{id}")),
            value,
            kind,
            hint: hint.as_deref(),
            error: errors.get(id),
            required,
            autocomplete: Some("off"),
        };
        field(frame, spec)
    };
    let unit = shown.base.code();
    html! {
        (errors.summary(frame))
        form.stack #record-rate method="post" action=(PLACE) {
            input type="hidden" name="version" value=(typed.version);
            @if typed.version.is_empty() {
                (one("from", &typed.from, FieldKind::Text, true))
                (one("date", &typed.date, FieldKind::Date, true))
            } @else {
                input type="hidden" name="from" value=(typed.from);
                input type="hidden" name="date" value=(typed.date);
                p { b { (typed.from) } " · " (num::stored_day(frame, &typed.date)) }
            }
            (one("per", &typed.per, FieldKind::Number { unit: "" }, false))
            (one("rate", &typed.rate, FieldKind::Number { unit }, true))
            (::page::button(&frame.t("rate-save")).primary().wide())
        }
    }
}

pub(in crate::web) fn samples(frame: &Frame) -> Vec<(&'static str, Markup)> {
    let base = Currency::parse("CNY").expect("a currency of ISO 4217");
    let one = |id: i64, code: &str, per: i64, rate: i64| Rated {
        id: crate::RateId::of(id),
        quote: crate::rates::Quote {
            from: Currency::parse(code).expect("a currency of ISO 4217"),
            to: base,
            per,
            rate: kernel::Rate::of_millionths(rate),
        },
        day: frame.today,
        version: 1,
    };
    let shown = |rates, may_change| Shown {
        base,
        currency: String::new(),
        rates,
        next: None,
        typed: Typed {
            date: frame.today.to_string(),
            ..Typed::default()
        },
        may_change,
    };
    let all = vec![one(1, "USD", 1, 7_181_300), one(2, "JPY", 100, 4_712_500)];
    let mut wrong = FormErrors::none();
    wrong.add("from", "“XXX” is not a currency of ISO 4217.");
    let right = FormErrors::none();
    vec![
        ("rates", rates_page(frame, &shown(all, true), &wrong)),
        (
            "rates-none",
            rates_page(frame, &shown(Vec::new(), false), &right),
        ),
    ]
}
