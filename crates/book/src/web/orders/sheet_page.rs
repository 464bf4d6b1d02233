//! `/orders/{number}`: one order, its lines, and who earned it.

use axum::extract::State;
use kernel::{Currency, Money, Percent, Quantity, Rate};
use maud::{Markup, html};
use org::store::company;
use page::{
    Actor, Frame, Kit, Path, Query, Result, num,
    parts::{stackable_table, th, th_n},
};

use super::{
    acting,
    list_page::{buyer, status_badge},
};
use crate::{
    RateId,
    rates::{Quote, Rated},
    store::{
        orders::{self, Line, Order},
        rates,
    },
    web::{
        deeds::{DeedQuery, Opened},
        lines_table::{Totals, lines_table},
        names,
        products::page::written,
    },
};

/// A share of the order as the page shows it.
#[derive(Debug, Clone)]
struct Share {
    person: Option<String>,
    unit: Option<String>,
    millionths: i64,
}

/// `GET /orders/{number}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(number): Path<String>,
    Query(query): Query<DeedQuery>,
) -> Result<Markup> {
    drawn(&kit, &actor, &frame, &number, &Opened::of(query)).await
}

/// The page with a form that is open or none.
pub(super) async fn drawn(
    kit: &Kit,
    actor: &Actor,
    frame: &Frame,
    number: &str,
    opened: &Opened,
) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let order = orders::fetch(&mut tx, &actor.scope, number, kit.today()).await?;
    let lines = orders::lines(&mut tx, order.order()).await?;
    let shares: Vec<Share> = if order.status == "draft" {
        let planned = orders::planned(&mut tx, order.order(), order.date()).await?;
        planned
            .into_iter()
            .map(|one| Share {
                person: Some(one.person_name),
                unit: one.unit_name,
                millionths: one.share,
            })
            .collect()
    } else {
        let frozen = orders::credit(&mut tx, order.order()).await?;
        frozen
            .into_iter()
            .map(|one| Share {
                person: one.person_name,
                unit: Some(one.unit_name),
                millionths: one.share,
            })
            .collect()
    };
    let base = company::expect(&mut tx).await?.currency;
    let rated = match order.rate_id {
        Some(id) => Some(rates::by_id(&mut tx, RateId::of(id), base).await?),
        None => None,
    };
    let counted = rated.map(|rated| (rated, base));
    let currency = order.money()?;
    Ok(order_page(
        frame,
        &order,
        &lines,
        (&shares, counted),
        currency,
        opened,
    ))
}

fn order_page(
    frame: &Frame,
    order: &Order,
    lines: &[Line],
    (shares, counted): (&[Share], Option<(Rated, Currency)>),
    currency: Currency,
    opened: &Opened,
) -> Markup {
    let deeds = acting::deeds(frame, order);
    let title = html! { (frame.tw("order-title", &[("number", order.number.as_str())])) };
    let sub = html! {
        (names::customer(frame, buyer(order)))
        " · " (num::day_long(frame, order.date()))
        @if let Some(territory) = &order.territory_code { " · " (territory) }
        " " (status_badge(frame, &order.status))
    };
    let lines_title = frame.t("order-lines");
    let fields = acting::fields(frame, opened, lines);
    page::shell(
        frame,
        &order.number,
        html! {
            (page::page_head(title, sub, deeds.buttons(frame, opened)))
            (deeds.sheet(frame, opened, &fields))
            div.g {
                div.c8.stack {
                    (page::card(&lines_title, currency.code(), html! {}, ordered_lines(frame, order, lines, currency)))
                }
                div.c4.stack {
                    @if let Some((rated, base)) = counted { (counted_card(frame, order, &rated, base)) }
                    (credit_card(frame, order, shares))
                }
            }
        },
    )
}

fn ordered_lines(frame: &Frame, order: &Order, lines: &[Line], currency: Currency) -> Markup {
    let amount = |minor: i64| num::amount(Money::of_minor(minor, currency));
    let percent = |millionths: i64| format!("{} %", Percent::of_millionths(millionths));
    let head = html! { tr {
        (th_n(frame.t("order-line"))) (th(frame.t("order-product"))) (th_n(frame.t("order-quantity")))
        (th_n(frame.t("order-price"))) (th_n(frame.t("order-discount"))) (th_n(frame.t("order-tax-rate")))
        (th_n(frame.t("order-net"))) (th_n(frame.t("order-tax")))
    } };
    let lines = html! { @for line in lines { tr.two {
        td.n { (line.line) }
        th scope="row" { (names::one(frame, &line.product_name, line.product_local.as_deref())) span.sub { (line.product_code) } }
        td.n { (Quantity::of_millionths(line.quantity).to_string().replace('-', "\u{2212}")) }
        td.n { (written(line.unit_price)) }
        td.n { (percent(line.discount)) }
        td.n { (percent(line.tax)) }
        td.n { (amount(line.net_minor)) }
        td.n { (amount(line.tax_minor)) }
    } } };
    let totals = Totals {
        net_minor: order.net_minor,
        tax_minor: order.tax_minor,
        gross_minor: order.gross_minor,
        currency,
    };
    lines_table(frame, head, &lines, 4, totals)
}

/// What an order in another currency counts for, and why.
fn counted_card(frame: &Frame, order: &Order, rated: &Rated, base: Currency) -> Markup {
    let net = num::money(frame, Money::of_exact(order.base_exact, base));
    let quote = &rated.quote;
    let rate = format!("{} {} = {} {}", quote.per, quote.from, quote.rate, quote.to);
    let title = frame.t("order-counted");
    let head = html! { tr { (th(frame.t("order-fact"))) (th_n(frame.t("order-value"))) } };
    let body = html! {
        tr { th scope="row" { (frame.t("order-base-net")) } td.n.m-tr { (net) } }
        tr { th scope="row" { (frame.t("order-rate")) } td.n.m-tr { (rate) } }
        tr { th scope="row" { (frame.t("order-rate-day")) } td.n.m-tr { (num::day_long(frame, rated.day)) } }
    };
    page::card(
        &title,
        base.code(),
        html! {},
        stackable_table(&title, head, body),
    )
}

fn credit_card(frame: &Frame, order: &Order, shares: &[Share]) -> Markup {
    let title = frame.t("order-credit");
    if shares.is_empty() {
        let (why, next) = match order.status.as_str() {
            "draft" => ("order-credit-owner", "order-credit-owner-next"),
            _ => ("order-credit-none", "order-credit-none-next"),
        };
        return page::card(
            title,
            "",
            html! {},
            page::empty(frame.t(why), frame.t(next), html! {}),
        );
    }
    let head = html! { tr {
        (th(frame.t("order-earner"))) (th(frame.t("order-unit"))) (th_n(frame.t("order-share")))
    } };
    let body = html! { @for share in shares { tr {
        th scope="row" { @match &share.person {
            Some(person) => (person),
            None => (frame.t("customers-house")),
        } }
        td { (share.unit.as_deref().unwrap_or(num::MISSING)) }
        td.n.m-tr { (Percent::of_millionths(share.millionths)) " %" }
    } } };
    let meta = if order.status == "draft" {
        frame.t("order-credit-planned")
    } else {
        String::new()
    };
    page::card(&title, meta, html! {}, stackable_table(&title, head, body))
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    sample_of(frame, "")
}

/// One of which something goes out.
pub(in crate::web) fn sample_delivering(frame: &Frame) -> Markup {
    sample_of(frame, "deliver")
}

fn sample_of(frame: &Frame, open: &str) -> Markup {
    let order = Order::sample(7, "confirmed");
    let line = |line: i64, quantity: i64, discount: i64| Line {
        line,
        product_code: format!("P-{line}"),
        product_name: "Epoxy primer, 20 l".to_owned(),
        product_local: Some("环氧底漆 20 升".to_owned()),
        quantity,
        unit_price: 2_024_994_000,
        discount,
        tax: 130_000,
        net_minor: 607_498,
        tax_minor: 78_975,
        cancelled: 0,
        delivered: quantity / 2,
        returned: 0,
        billed: 0,
        credited: 0,
        billed_net_minor: 0,
        billed_minor: 0,
        credited_minor: 0,
        price_rule: "customer_list".to_owned(),
        price_source: Some("EAST".to_owned()),
        price_since: Some("2026-01-01".to_owned()),
    };
    let lines = [line(1, 3_000_000, 0), line(2, -500_000, 20_000)];
    let share = |person: Option<&str>, millionths| Share {
        person: person.map(str::to_owned),
        unit: Some("East".to_owned()),
        millionths,
    };
    let shares = [share(Some("Zhou Ning"), 600_000), share(None, 400_000)];
    let currency = Currency::parse("CNY").expect("a currency of ISO 4217");
    let euro = Currency::parse("EUR").expect("a currency of ISO 4217");
    let rated = Rated {
        id: RateId::of(1),
        quote: Quote {
            from: currency,
            to: euro,
            per: 100,
            rate: Rate::of_millionths(12_771_300),
        },
        day: order.date(),
        version: 1,
    };
    let counted = Some((rated, euro));
    order_page(
        frame,
        &order,
        &lines,
        (&shares, counted),
        currency,
        &Opened::of(DeedQuery {
            open: open.to_owned(),
        }),
    )
}
