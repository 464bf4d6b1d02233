//! What the book knows of a customer, as panels of its page: sales by month, orders, what it buys, whom
//! to talk to, what is open, its facts, and who looked after it.

mod bought;
mod kept;

use db::{Limit, Tx};
use jiff::{ToSpan, civil::Date};
use kernel::{Currency, Moment, Money, Scope, decimal::ONE, times::BEGINNING};
use maud::{Markup, html};
use org::store::{company, people};
use page::{
    Frame, charts,
    charts::{LineChart, Series},
    num,
    panels::{About, Drawing, Panel},
    parts::{padded, stackable_table, th, th_n},
};

use super::list_page::{growth, of_two_years};
use crate::{
    CustomerId,
    store::{
        assignments,
        customers::{self, Customer},
        orders::{self, Open, Order},
        sales,
    },
    web::{address, orders::list_page::status_badge},
};

/// How many orders are shown.
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

/// Sales by month, with the sums of the two years.
#[derive(Debug, Clone)]
struct Sales {
    /// Exact sales of 24 months, oldest first; the last one is not over yet.
    months: Vec<(Date, i64)>,
    sold: i64,
    sold_before: i64,
    currency: Currency,
}

/// The book's panels, in their order.
pub fn panels() -> Vec<Panel> {
    let panel = |name, title_key, wide, later, draw| Panel {
        subject: "customer",
        name,
        title_key,
        wide,
        later,
        draw,
    };
    let mut all = vec![
        panel("sales", "customer-sales", true, true, sales_panel),
        panel("orders", "customer-orders", true, false, orders_panel),
        bought::panel(),
        panel("open", "customer-open", false, false, open_panel),
    ];
    all.extend(kept::panels());
    all.extend([
        panel("facts", "customer-facts", false, false, facts_panel),
        panel("keepers", "customer-keepers", false, false, keepers_panel),
    ]);
    all
}

fn sales_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let (sold, before) = of_two_years(tx, &[about.id], about.moment).await?;
        let shown = Sales {
            months: months(tx, CustomerId::of(about.id), about.moment).await?,
            sold: sold.get(&about.id).copied().unwrap_or(0),
            sold_before: before.get(&about.id).copied().unwrap_or(0),
            currency: company::expect(tx).await?.currency,
        };
        Ok(Some(sales_card(&about.frame, &shown)))
    })
}

fn orders_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let limit = Limit::parse(Some(LAST_ORDERS))?;
        let customer = CustomerId::of(about.id);
        let orders = if about.asked.is_empty() {
            orders::last_of_customer(tx, customer, about.moment, limit).await?
        } else {
            orders::last_then(tx, customer, about.moment, limit).await?
        };
        Ok(Some(orders_card(&about.frame, &about.code, &orders)))
    })
}

fn open_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let customer = CustomerId::of(about.id);
        let open = if about.asked.is_empty() {
            orders::open_of_customer(tx, customer).await?
        } else {
            orders::open_then(tx, customer, about.moment).await?
        };
        let currency = company::expect(tx).await?.currency;
        Ok(Some(open_card(&about.frame, &about.code, &open, currency)))
    })
}

fn facts_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let customer = customers::then(tx, &about.code, about.moment).await?;
        Ok(Some(facts_card(&about.frame, &customer)))
    })
}

fn keepers_panel<'a>(tx: &'a mut Tx, about: &'a About) -> Drawing<'a> {
    Box::pin(async move {
        let keepers = keepers(tx, CustomerId::of(about.id), about.moment.known_at).await?;
        Ok(Some(keepers_card(&about.frame, &keepers)))
    })
}

async fn keepers(tx: &mut Tx, customer: CustomerId, known_at: i64) -> db::Result<Vec<Keeper>> {
    let held = assignments::of_customer_then(tx, customer, known_at).await?;
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

async fn months(tx: &mut Tx, customer: CustomerId, moment: Moment) -> db::Result<Vec<(Date, i64)>> {
    let first = moment.as_of.first_of_month().saturating_sub(23.months());
    let mut spans = Vec::with_capacity(2 * MONTHS);
    let mut from = first;
    for _ in 0..2 * MONTHS {
        let to = from.saturating_add(1.month());
        spans.push((from, to));
        from = to;
    }
    let sums = sales::of_customer_by_span(tx, customer, &spans, moment).await?;
    let months = spans.iter().enumerate().map(|(place, (from, _))| {
        let sum = sums.iter().find(|(span, _)| *span == place);
        (*from, sum.map_or(0, |(_, exact)| *exact))
    });
    Ok(months.collect())
}

fn sales_card(frame: &Frame, shown: &Sales) -> Markup {
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
fn chart(frame: &Frame, shown: &Sales) -> Markup {
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

fn finding(frame: &Frame, shown: &Sales) -> String {
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

fn orders_card(frame: &Frame, customer: &str, orders: &[Order]) -> Markup {
    let title = frame.t("customer-orders");
    if orders.is_empty() {
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
    let body = html! { @for order in orders { tr {
        th scope="row" { a href=(page::address("/orders", &order.number)) { (order.number) } }
        td { (num::day_tag(frame, order.date())) }
        td { (status_badge(frame, &order.status)) }
        td.n.m-tr { (crate::web::orders::list_page::net(order)) }
    } } };
    let all = address::with("/orders", &[("customer", customer)]);
    let text = frame.t("customer-all-orders");
    let action = html! { (page::link(&all, &text).small().ghost()) };
    page::card(&title, "", action, stackable_table(&title, head, body))
}

/// Orders that are not over: how many, what they are worth, and the way to them.
fn open_card(frame: &Frame, customer: &str, open: &[Open], currency: Currency) -> Markup {
    let title = frame.t("customer-open");
    if open.is_empty() {
        let body = page::quiet(frame.t("customer-nothing-open"));
        return page::card(title, "", html! {}, body);
    }
    let head = html! { tr {
        (th(frame.t("orders-status"))) (th_n(frame.t("customer-bought-orders")))
        (th_n(frame.t("orders-net")))
    } };
    let body = html! { @for one in open {
        @let list = address::with("/orders", &[("customer", customer), ("status", &one.status)]);
        tr {
            th scope="row" { (status_badge(frame, &one.status)) }
            td.n { a href=(list) { (num::whole(one.orders)) } }
            td.n.m-tr { (num::amount(Money::of_exact(one.base_exact, currency))) }
        }
    } };
    page::card(
        &title,
        currency.code(),
        html! {},
        stackable_table(&title, head, body),
    )
}

fn facts_card(frame: &Frame, customer: &Customer) -> Markup {
    let place = customer
        .lat
        .zip(customer.lon)
        .map(|(lat, lon)| format!("{lat}, {lon}"));
    let owner = customer.owner_name.clone();
    let facts: [(&str, Option<String>); 8] = [
        (
            "customers-group",
            customer.group_shown(frame.is_zh()).map(str::to_owned),
        ),
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
        let body = page::quiet(frame.t("customer-no-keeper"));
        return page::card(title, "", html! {}, body);
    }
    let body = html! { ul.list { @for keeper in keepers { li {
        (page::icon("user"))
        span {
            b { (keeper.name) }
            @if keeper.role != "owner" { " " span.t3 { (frame.t("customer-support")) } }
            span.sub { (held(frame, keeper.from, keeper.to)) }
        }
    } } } };
    page::card(title, "", html! {}, body)
}

/// From when to when something held, in words.
fn held(frame: &Frame, from: Date, to: Option<Date>) -> String {
    // The last day it held, not the first it did not.
    let last = to.map(|to| num::day(frame, to.saturating_sub(1.day())));
    let from = Some(from)
        .filter(|day| *day != BEGINNING)
        .map(|day| num::day(frame, day));
    match (from, last) {
        (None, None) => frame.t("customer-held-always"),
        (Some(from), None) => frame.tw("customer-held-since", &[("from", from)]),
        (None, Some(to)) => frame.tw("customer-held-until", &[("to", to)]),
        (Some(from), Some(to)) => frame.tw("customer-held", &[("from", from), ("to", to)]),
    }
}

/// The panels as they look, with a customer that bought or one that is new.
pub(super) fn sample(frame: &Frame, customer: &Customer, is_new: bool) -> page::panels::Columns {
    let moved = jiff::civil::date(2026, 3, 1);
    let keeper = |name: &str, role: &str, from, to| Keeper {
        name: name.to_owned(),
        role: role.to_owned(),
        from,
        to,
    };
    let mut keepers = vec![
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
        months.push((
            month,
            if is_new {
                0
            } else {
                (120_000 + 4_000 * step) * ONE
            },
        ));
        month = month.saturating_add(1.month());
    }
    let currency = Currency::parse("CNY").expect("a currency of ISO 4217");
    let shown = Sales {
        sold: months[12..].iter().map(|(_, exact)| *exact).sum(),
        sold_before: months[..12].iter().map(|(_, exact)| *exact).sum(),
        months,
        currency,
    };
    let mut orders = vec![Order::sample(1, "confirmed"), Order::sample(2, "draft")];
    let mut open = vec![Open {
        status: "held".to_owned(),
        orders: 2,
        base_exact: 84_000 * ONE,
    }];
    if is_new {
        keepers.clear();
        orders.clear();
        open.clear();
    }
    let code = &customer.code;
    let mut side = vec![open_card(frame, code, &open, currency)];
    side.extend(kept::samples(frame, is_new));
    side.push(facts_card(frame, customer));
    side.push(keepers_card(frame, &keepers));
    page::panels::Columns {
        wide: vec![
            sales_card(frame, &shown),
            orders_card(frame, code, &orders),
            bought::sample(frame, is_new),
            page::panels::later(frame, &panels()[0], "/customers/C-1", ""),
        ],
        side,
    }
}
