//! `/customers/{code}`: one customer: facts, who looked after it, what it bought.

use axum::extract::State;
use db::{Cursor, Limit, Tx};
use jiff::{ToSpan, civil::Date};
use kernel::{Currency, Money, Scope, decimal::ONE, times::BEGINNING};
use maud::{Markup, html};
use org::store::{company, people};
use page::{
    Actor, Frame, Kit, Kpi, Path, Result, charts,
    charts::{LineChart, Series},
    num,
    parts::{padded, stackable_table, th, th_n},
};

use super::list_page::{changed, growth, of_two_years};
use crate::{
    store::{
        assignments,
        customers::{self, Customer},
        orders::{self, Filter, Order},
        sales,
    },
    web::{address, orders::list_page::status_badge},
};

/// How many orders the page shows.
const LAST_ORDERS: i64 = 20;
/// Months of one year's line.
const MONTHS: usize = 12;

/// Somebody who looked after the customer, and when.
#[derive(Debug, Clone)]
struct Keeper {
    name: String,
    role: String,
    from: Date,
    to: Option<Date>,
}

/// What the page is drawn from.
struct Shown<'a> {
    customer: &'a Customer,
    keepers: &'a [Keeper],
    orders: &'a [Order],
    /// Exact sales of 24 months, oldest first; the last one is not over yet.
    months: &'a [(Date, i64)],
    /// Exact sales of the 12 months up to today, and of the 12 before.
    sold: i64,
    sold_before: i64,
    currency: Currency,
}

/// `GET /customers/{code}`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    Path(code): Path<String>,
) -> Result<Markup> {
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let customer = customers::fetch(&mut tx, &actor.scope, &code, today).await?;
    let (sold, before) = of_two_years(&mut tx, &[customer.id], today).await?;
    let shown = Shown {
        sold: sold.get(&customer.id).copied().unwrap_or(0),
        sold_before: before.get(&customer.id).copied().unwrap_or(0),
        keepers: &keepers(&mut tx, &customer).await?,
        orders: &last_orders(&mut tx, &actor.scope, &customer, today).await?,
        months: &months(&mut tx, &customer, today).await?,
        currency: company::expect(&mut tx).await?.currency,
        customer: &customer,
    };
    Ok(card(&frame, &shown))
}

async fn keepers(tx: &mut Tx, customer: &Customer) -> db::Result<Vec<Keeper>> {
    let held = assignments::of_customer(tx, customer.customer()).await?;
    // Whoever looked after it is part of its history, in scope of the reader or not.
    let names = people::names(tx, &Scope::All).await?;
    let mut keepers: Vec<Keeper> = held
        .into_iter()
        .filter_map(|one| {
            let person = names.iter().find(|name| name.id == one.person.get())?;
            Some(Keeper {
                name: person.name.clone(),
                role: one.role,
                from: one.from,
                to: one.to,
            })
        })
        .collect();
    keepers.reverse();
    Ok(keepers)
}

async fn last_orders(
    tx: &mut Tx,
    scope: &Scope,
    customer: &Customer,
    today: Date,
) -> db::Result<Vec<Order>> {
    let filter = Filter {
        customer: customer.code.clone(),
        ..Filter::default()
    };
    let limit = Limit::parse(Some(LAST_ORDERS))?;
    let found = orders::list(tx, scope, &filter, today, limit, &Cursor::start()).await?;
    Ok(found.items)
}

async fn months(tx: &mut Tx, customer: &Customer, today: Date) -> db::Result<Vec<(Date, i64)>> {
    let first = today.first_of_month().saturating_sub(23.months());
    let mut spans = Vec::with_capacity(2 * MONTHS);
    let mut from = first;
    for _ in 0..2 * MONTHS {
        let to = from.saturating_add(1.month());
        spans.push((from, to));
        from = to;
    }
    let sums = sales::of_customer_by_span(tx, customer.customer(), &spans).await?;
    let months = spans.iter().enumerate().map(|(place, (from, _))| {
        let sum = sums.iter().find(|(span, _)| *span == place);
        (*from, sum.map_or(0, |(_, exact)| *exact))
    });
    Ok(months.collect())
}

fn card(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let customer = shown.customer;
    let local = customer.name_local.as_deref();
    let title = html! {
        (customer.name)
        @if let Some(local) = local { " " span.t2.h1z lang="zh" { (local) } }
    };
    let sub = html! {
        (customer.code)
        @if let Some(group) = &customer.group_name { " · " (group) }
        @if let Some(city) = &customer.city { " · " (city) }
        @if let Some(owner) = &customer.owner_name { " · " (frame.t("customer-owner")) " " b { (owner) } }
    };
    page::shell(
        frame,
        &customer.name,
        html! {
            (page::page_head(title, sub, html! {}))
            (page::kpis(&tiles(frame, shown)))
            div.g.mt {
                div.c8.stack { (sales_card(frame, shown)) (orders_card(frame, shown)) }
                div.c4.stack { (facts_card(frame, customer)) (keepers_card(frame, shown.keepers)) }
            }
        },
    )
}

fn tiles(frame: &Frame, shown: &Shown<'_>) -> Vec<Markup> {
    let (now, before) = (shown.sold, shown.sold_before);
    let amount = |exact| num::money(frame, Money::of_exact(exact, shown.currency));
    let detail = growth(now, before).map(|_| changed(frame, now, before));
    let last = shown
        .orders
        .iter()
        .find(|order| orders::earns(&order.status));
    let days = last.map(|order| (frame.today - order.date()).get_days());
    let terms = shown.customer.payment_terms_days;
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
            value: last.map_or(num::MISSING.to_owned(), |order| {
                num::day(frame, order.date())
            }),
            detail: days.filter(|days| 0 <= *days).map(|days| {
                html! { (frame.tw("customer-days-ago", &[("days", i64::from(days))])) }
            }),
            ..Kpi::default()
        }),
        page::kpi(Kpi {
            name: &frame.t("customer-terms"),
            value: terms.map_or(num::MISSING.to_owned(), num::whole),
            unit: &frame.t("customer-terms-unit"),
            ..Kpi::default()
        }),
    ]
}

fn sales_card(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let title = frame.t("customer-sales");
    let sold = shown.months.iter().any(|(_, exact)| *exact != 0);
    let body = if sold {
        padded(chart(frame, shown))
    } else {
        page::empty(
            frame.t("customer-no-sales"),
            frame.t("customer-no-sales-next"),
            html! {},
        )
    };
    page::card(title, shown.currency.code(), html! {}, body)
}

/// Month by month, this year's line over the year before.
fn chart(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let (before, now) = shown
        .months
        .split_at(shown.months.len().saturating_sub(MONTHS));
    let units = |exact: i64| exact / ONE;
    let finding = finding(frame, shown);
    let titles = now.iter().zip(before).map(|((month, exact), (_, last))| {
        frame.tw(
            "customer-month",
            &[
                ("month", num::month_long(frame, *month)),
                ("amount", num::whole(units(*exact))),
                ("before", num::whole(units(*last))),
            ],
        )
    });
    charts::lines(&LineChart {
        finding: &finding,
        slots: now
            .iter()
            .map(|(month, _)| num::month(frame, *month))
            .collect(),
        series: vec![
            Series {
                name: &frame.t("customer-line-now"),
                colour: 1,
                points: points(now),
                end: frame.t("customer-line-now"),
                ..Series::default()
            },
            Series {
                name: &frame.t("customer-line-before"),
                colour: 5,
                dashed: true,
                points: points(before),
                end: frame.t("customer-line-before"),
            },
        ],
        band: None,
        now: None,
        zero: "",
        titles: titles.collect(),
        format: &num::whole,
        caption: "",
    })
}

/// Each month's sales in whole units over the middle of its slot.
fn points(months: &[(Date, i64)]) -> Vec<(f64, i64)> {
    const MIDDLES: [f64; MONTHS] = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5];
    MIDDLES
        .into_iter()
        .zip(months.iter().map(|(_, exact)| exact / ONE))
        .collect()
}

fn finding(frame: &Frame, shown: &Shown<'_>) -> String {
    let (now, before) = (shown.sold, shown.sold_before);
    let amount = num::money(frame, Money::of_exact(now, shown.currency));
    match growth(now, before) {
        Some(change) => {
            let change = num::signed_percent(frame, change);
            frame.tw(
                "customer-finding",
                &[("amount", amount), ("change", change)],
            )
        }
        None => frame.tw("customer-finding-new", &[("amount", amount)]),
    }
}

fn orders_card(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let title = frame.t("customer-orders");
    if shown.orders.is_empty() {
        let body = page::empty(
            frame.t("customer-no-orders"),
            frame.t("customer-no-orders-next"),
            html! {},
        );
        return page::card(title, "", html! {}, body);
    }
    let head = html! { tr {
        (th(frame.t("orders-number"))) (th(frame.t("orders-date")))
        (th(frame.t("orders-status"))) (th_n(frame.t("orders-net")))
    } };
    let body = html! { @for order in shown.orders { tr {
        th scope="row" { a href=(page::address("/orders", &order.number)) { (order.number) } }
        td { (num::day_tag(frame, order.date())) }
        td { (status_badge(frame, &order.status)) }
        td.n.m-tr { (crate::web::orders::list_page::net(order)) }
    } } };
    let all = address::with("/orders", &[("customer", &shown.customer.code)]);
    let text = frame.t("customer-all-orders");
    let action = html! { (page::link(&all, &text).small().ghost()) };
    page::card(&title, "", action, stackable_table(&title, head, body))
}

fn facts_card(frame: &Frame, customer: &Customer) -> Markup {
    let place = customer
        .lat
        .zip(customer.lon)
        .map(|(lat, lon)| format!("{lat}, {lon}"));
    let owner = customer.owner_name.clone();
    let facts: [(&str, Option<String>); 8] = [
        ("customers-group", customer.group_name.clone()),
        (
            "customers-owner",
            Some(owner.unwrap_or_else(|| frame.t("customers-house"))),
        ),
        ("customers-city", customer.city.clone()),
        ("customer-parent", customer.parent_code.clone()),
        ("customer-payer", customer.payer_code.clone()),
        ("customer-currency", Some(customer.currency.clone())),
        ("customer-place", place),
        ("customer-ended", customer.ended_on.clone()),
    ];
    let head = html! { tr { (th(frame.t("customer-fact"))) (th(frame.t("customer-value"))) } };
    let body = html! {
        @for (key, value) in facts { @if let Some(value) = value {
            tr { th scope="row" { (frame.t(key)) } td.m-tr { (value) } }
        } }
    };
    let title = frame.t("customer-facts");
    page::card(&title, "", html! {}, stackable_table(&title, head, body))
}

fn keepers_card(frame: &Frame, keepers: &[Keeper]) -> Markup {
    let title = frame.t("customer-keepers");
    if keepers.is_empty() {
        let body = page::empty(
            frame.t("customer-no-keeper"),
            frame.t("customer-no-keeper-next"),
            html! {},
        );
        return page::card(title, "", html! {}, body);
    }
    let body = html! { ul.list { @for keeper in keepers { li {
        (page::icon("user"))
        span {
            b { (keeper.name) }
            @if keeper.role != "owner" { " " span.t3 { (frame.t("customer-support")) } }
            span.sub { (held(frame, keeper)) }
        }
    } } } };
    page::card(title, "", html! {}, body)
}

/// When somebody looked after the customer, in words.
fn held(frame: &Frame, keeper: &Keeper) -> String {
    // The last day they held it, not the first they did not.
    let last = keeper
        .to
        .map(|to| num::day(frame, to.saturating_sub(1.day())));
    let from = Some(keeper.from)
        .filter(|day| *day != BEGINNING)
        .map(|day| num::day(frame, day));
    match (from, last) {
        (None, None) => frame.t("customer-held-always"),
        (Some(from), None) => frame.tw("customer-held-since", &[("from", from)]),
        (None, Some(to)) => frame.tw("customer-held-until", &[("to", to)]),
        (Some(from), Some(to)) => frame.tw("customer-held", &[("from", from), ("to", to)]),
    }
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let customer = Customer::sample(1);
    let moved = jiff::civil::date(2026, 3, 1);
    let keeper = |name: &str, role: &str, from, to| Keeper {
        name: name.to_owned(),
        role: role.to_owned(),
        from,
        to,
    };
    let keepers = [
        keeper("Zhou Ning", "owner", moved, None),
        keeper("Chen Hao", "owner", BEGINNING, Some(moved)),
        keeper(
            "Lin Wei",
            "support",
            moved,
            Some(jiff::civil::date(2026, 5, 1)),
        ),
        keeper("Wu Min", "support", BEGINNING, None),
    ];
    let mut month = frame.today.first_of_month().saturating_sub(23.months());
    let mut months = Vec::new();
    for step in 0..24 {
        months.push((month, (120_000 + 4_000 * step) * ONE));
        month = month.saturating_add(1.month());
    }
    let orders = [Order::sample(1, "confirmed"), Order::sample(2, "draft")];
    sample_of(frame, &customer, &keepers, &orders, &months)
}

pub(in crate::web) fn sample_new(frame: &Frame) -> Markup {
    sample_of(frame, &Customer::sample(3), &[], &[], &[])
}

fn sample_of(
    frame: &Frame,
    customer: &Customer,
    keepers: &[Keeper],
    orders: &[Order],
    months: &[(Date, i64)],
) -> Markup {
    let currency = Currency::parse("CNY").expect("a currency of ISO 4217");
    let year = |months: &[(Date, i64)]| months.iter().map(|(_, exact)| *exact).sum();
    let (before, now) = months.split_at(months.len() / 2);
    card(
        frame,
        &Shown {
            customer,
            keepers,
            orders,
            months,
            sold: year(now),
            sold_before: year(before),
            currency,
        },
    )
}
