//! `/customers/{code}`: one customer: the figures that decide, and a panel from every area that knows
//! something of it.

use axum::extract::State;
use jiff::{Timestamp, civil::Date};
use kernel::{Currency, Moment, Money, Refusal};
use maud::{Markup, html};
use org::store::company;
use page::{
    Actor, Frame, Kit, Kpi, Path, Query, Result, num,
    panels::{About, Columns},
    parts::{Tone, small_icon},
};

use super::{
    duplicates::merge_place,
    list_page::{changed, growth, of_two_years},
    merge::page::may_merge,
    panels,
};
use crate::{
    store::{
        customers::{self, Customer},
        sales,
    },
    web::{address, known::MomentQuery, names},
};

/// What the page is drawn from.
struct Shown<'a> {
    customer: &'a Customer,
    /// Exact sales of the 12 months up to today, and of the 12 before.
    sold: i64,
    sold_before: i64,
    last: Option<Date>,
    currency: Currency,
    panels: &'a Columns,
    /// What it is looked at from, if that was asked for.
    moment: Option<Moment>,
}

/// `GET /customers/{code}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
    Query(query): Query<MomentQuery>,
) -> Result<Markup> {
    let today = kit.today();
    let moment = query.moment(today)?;
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, today).await?;
    let asked = query.asked();
    let customer = if asked.is_empty() {
        customer
    } else {
        customers::then(&mut tx, &customer.code, moment).await?
    };
    let (sold, before) = of_two_years(&mut tx, &[customer.id], moment).await?;
    let last = sales::last_days(&mut tx, &[customer.id], moment).await?;
    let about = about(&frame, actor, &customer, (moment, asked));
    let address = page::address("/customers", &customer.code);
    let panels = Columns::draw(&mut tx, &kit.site.panels, "customer", &about, &address).await?;
    let shown = Shown {
        sold: sold.get(&customer.id).copied().unwrap_or(0),
        sold_before: before.get(&customer.id).copied().unwrap_or(0),
        last: last.get(&customer.id).copied(),
        currency: company::expect(&mut tx).await?.currency,
        customer: &customer,
        panels: &panels,
        moment: (!about.asked.is_empty()).then_some(moment),
    };
    Ok(card(&frame, &shown))
}

/// `GET /customers/{code}/panels/{name}`: one panel, fetched after the page.
pub async fn panel(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path((code, name)): Path<(String, String)>,
    Query(query): Query<MomentQuery>,
) -> Result<Markup> {
    let moment = query.moment(kit.today())?;
    let mut known = kit.site.panels.iter();
    let panel = known
        .find(|panel| panel.subject == "customer" && panel.name == name)
        .ok_or_else(|| Refusal::missing(format!("panel {name}")))?;
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, kit.today()).await?;
    let about = about(&frame, actor, &customer, (moment, query.asked()));
    let drawn = (panel.draw)(&mut tx, &about).await?;
    Ok(drawn.unwrap_or_default())
}

fn about(
    frame: &Frame,
    actor: Actor,
    customer: &Customer,
    (moment, asked): (Moment, String),
) -> About {
    About {
        frame: frame.clone(),
        scope: actor.scope,
        role: actor.role,
        today: frame.today,
        moment,
        asked,
        id: customer.id,
        code: customer.code.clone(),
    }
}

fn card(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let customer = shown.customer;
    let local = customer.name_local.as_deref();
    let title = html! {
        (names::one(frame, &customer.name, local))
        @if local.is_some() { " " span.t2.h1z { (names::other(frame, &customer.name, local)) } }
    };
    let sub = html! {
        (customer.code)
        @if let Some(group) = customer.group_shown(frame.is_zh()) { " · " (group) }
        @if let Some(city) = &customer.city { " · " (city) }
        @if let Some(owner) = &customer.owner_name { " · " (frame.t("customer-owner")) " " b { (owner) } }
    };
    page::shell(
        frame,
        &customer.name,
        html! {
            (page::page_head(title, sub, actions(frame, customer)))
            @if let Some(moment) = shown.moment { div.mb { (then(frame, customer, moment)) } }
            (page::kpis(&tiles(frame, shown)))
            (shown.panels.markup())
        },
    )
}

/// Says that these are not the figures of now, and the way to those.
fn then(frame: &Frame, customer: &Customer, moment: Moment) -> Markup {
    let known = Timestamp::from_microsecond(moment.known_at).ok();
    let day = num::day(frame, moment.as_of);
    let text = match known {
        Some(at) => frame.tw(
            "customer-then-known",
            &[("day", day), ("instant", at.to_string())],
        ),
        None => frame.tw("customer-then", &[("day", day)]),
    };
    let now = page::address("/customers", &customer.code);
    let text = html! { (text) " " a href=(now) { (frame.t("customer-then-now")) } };
    page::note(Tone::Info, text)
}

/// What is known of the customer elsewhere, and making one of two, for those who may.
fn actions(frame: &Frame, customer: &Customer) -> Markup {
    let lists = [
        ("/quotations", "nav-quotations"),
        ("/frameworks", "nav-frameworks"),
        ("/samples", "nav-trials"),
        ("/rebates", "nav-rebates"),
        ("/deliveries", "nav-deliveries"),
        ("/invoices", "nav-invoices"),
        ("/credit-notes", "nav-credit-notes"),
        ("/payments", "nav-payments"),
    ];
    let merge = frame.t("customer-merge");
    html! {
        details.pick.end data-pick {
            summary.btn { (frame.t("customer-documents")) (small_icon("down")) }
            div.menu { @for (path, key) in lists {
                a href=(address::with(path, &[("customer", &customer.code)])) { (frame.t(key)) }
            } }
        }
        @if may_merge(frame) { (page::link(&merge_place(&customer.code), &merge)) }
    }
}

fn tiles(frame: &Frame, shown: &Shown<'_>) -> Vec<Markup> {
    let (now, before) = (shown.sold, shown.sold_before);
    let amount = |exact| num::money(frame, Money::of_exact(exact, shown.currency));
    let detail = growth(now, before).map(|_| changed(frame, now, before));
    let day = shown.moment.map_or(frame.today, |moment| moment.as_of);
    let days = shown.last.map(|last| (day - last).get_days());
    let named = shown.customer.payment_terms.clone();
    let terms = shown.customer.payment_terms_days.map(num::whole);
    let unit = terms.as_ref().map(|_| frame.t("customer-terms-unit"));
    vec![
        page::kpi(Kpi {
            name: &frame.t("customer-sold"),
            about: &frame.t("customer-sold-about"),
            value: amount(now),
            detail,
            ..Kpi::default()
        }),
        page::kpi(Kpi {
            name: &frame.t("customer-sold-before"),
            about: &frame.t("customer-sold-before-about"),
            value: amount(before),
            ..Kpi::default()
        }),
        page::kpi(Kpi {
            name: &frame.t("customer-last-order"),
            value: shown
                .last
                .map_or(num::MISSING.to_owned(), |last| num::day(frame, last)),
            detail: days.filter(|days| 0 <= *days).map(|days| {
                html! { (frame.tw("customer-days-ago", &[("days", i64::from(days))])) }
            }),
            ..Kpi::default()
        }),
        page::kpi(Kpi {
            name: &frame.t("customer-terms"),
            value: named.or(terms).unwrap_or_else(|| num::MISSING.to_owned()),
            unit: unit.as_deref().unwrap_or_default(),
            detail: terms_name(frame, shown.customer),
            ..Kpi::default()
        }),
    ]
}

/// What named terms are called.
fn terms_name(frame: &Frame, customer: &Customer) -> Option<Markup> {
    let name = customer.terms_name.as_deref()?;
    let shown = names::one(frame, name, customer.terms_local.as_deref());
    Some(html! { (shown) })
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    sample_of(frame, &Customer::sample(1), false)
}

pub(in crate::web) fn sample_new(frame: &Frame) -> Markup {
    sample_of(frame, &Customer::sample(3), true)
}

fn sample_of(frame: &Frame, customer: &Customer, is_new: bool) -> Markup {
    let shown = Shown {
        customer,
        sold: if is_new { 0 } else { 3_420_000_000_000 },
        sold_before: if is_new { 0 } else { 3_100_000_000_000 },
        last: (!is_new).then_some(jiff::civil::date(2026, 6, 12)),
        currency: Currency::parse("CNY").expect("a currency of ISO 4217"),
        panels: &panels::sample(frame, customer, is_new),
        moment: None,
    };
    card(frame, &shown)
}
