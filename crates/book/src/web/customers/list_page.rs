//! `/customers`: whom we sell to, how they buy, and who looks after them.

use std::collections::BTreeMap;

use axum::{extract::State, http::Uri};
use db::Tx;
use jiff::{ToSpan, civil::Date};
use kernel::{Currency, Money, decimal::ONE, times::BEGINNING};
use maud::{Markup, html};
use org::store::company;
use page::{
    Actor, Frame, Kit, Query, Result, num,
    parts::{Wish, change, stackable_table, th, th_n},
};

use super::CustomersQuery;
use crate::{
    store::{
        customers::{self, Customer},
        groups::{self, Group, Of},
        sales,
    },
    web::address,
};

/// A customer with what the list shows beside the name.
#[derive(Debug, Clone)]
struct Row {
    customer: Customer,
    last_order: Option<Date>,
    /// Sales of the last 12 months and of the 12 before, exact.
    sold: i64,
    sold_before: i64,
}

/// What the page is drawn from.
struct Shown<'a> {
    query: &'a CustomersQuery,
    groups: &'a [Group],
    rows: &'a [Row],
    count: i64,
    currency: Currency,
    next: Option<&'a str>,
}

/// `GET /customers`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<CustomersQuery>,
) -> Result<Markup> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let found = customers::list(&mut tx, &actor.scope, &filter, today, limit, &cursor).await?;
    let rows = with_sales(&mut tx, found.items, today).await?;
    let next = org::api::next_href(&uri, found.next.as_ref());
    let shown = Shown {
        query: &query,
        groups: &groups::list(&mut tx, Of::Customers).await?,
        rows: &rows,
        count: customers::count(&mut tx, &actor.scope, today).await?,
        currency: company::expect(&mut tx).await?.currency,
        next: next.as_deref(),
    };
    Ok(customers_page(&frame, &shown))
}

async fn with_sales(tx: &mut Tx, found: Vec<Customer>, today: Date) -> db::Result<Vec<Row>> {
    let ids: Vec<i64> = found.iter().map(|customer| customer.id).collect();
    let (sold, before) = of_two_years(tx, &ids, today).await?;
    let tomorrow = today.saturating_add(1.day());
    let ever = sales::of_customers(tx, &ids, BEGINNING, tomorrow).await?;
    let last: BTreeMap<i64, Date> = ever
        .into_iter()
        .filter_map(|(id, _, day)| Some((id, day.parse().ok()?)))
        .collect();
    let rows = found.into_iter().map(|customer| Row {
        last_order: last.get(&customer.id).copied(),
        sold: sold.get(&customer.id).copied().unwrap_or(0),
        sold_before: before.get(&customer.id).copied().unwrap_or(0),
        customer,
    });
    Ok(rows.collect())
}

/// Exact sales by customer of the 12 months up to today, and of the 12 months before those.
pub(super) async fn of_two_years(
    tx: &mut Tx,
    ids: &[i64],
    today: Date,
) -> db::Result<(BTreeMap<i64, i64>, BTreeMap<i64, i64>)> {
    let tomorrow = today.saturating_add(1.day());
    let a_year_ago = tomorrow.saturating_sub(12.months());
    let two_years_ago = tomorrow.saturating_sub(24.months());
    let sums = |rows: Vec<(i64, i64, String)>| -> BTreeMap<i64, i64> {
        rows.into_iter().map(|(id, sum, _)| (id, sum)).collect()
    };
    let now = sums(sales::of_customers(tx, ids, a_year_ago, tomorrow).await?);
    let before = sums(sales::of_customers(tx, ids, two_years_ago, a_year_ago).await?);
    Ok((now, before))
}

/// How much `now` is above `before`, in millionths; nothing to compare with gives nothing.
pub(super) fn growth(now: i64, before: i64) -> Option<i64> {
    if before <= 0 {
        return None;
    }
    let change = (i128::from(now) - i128::from(before)) * i128::from(ONE) / i128::from(before);
    i64::try_from(change).ok()
}

/// The same conditions with another group or owner.
fn href(query: &CustomersQuery, path: &str, group: &str, owner: &str) -> String {
    let conditions = [
        ("q", query.q.as_str()),
        ("group", group),
        ("owner", owner),
        ("unit", &query.unit),
        ("status", &query.status),
    ];
    address::with(path, &conditions)
}

fn customers_page(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let title = frame.t("customers-title");
    let sub = frame.tw("customers-sub", &[("count", num::whole(shown.count))]);
    let query = shown.query;
    let kept = [
        ("group", query.group.as_str()),
        ("owner", &query.owner),
        ("unit", &query.unit),
        ("status", &query.status),
    ];
    let kept: Vec<(&str, &str)> = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let search = page::search_form(frame, "/customers", &query.q, &kept);
    let export = href(query, "/customers/export.csv", &query.group, &query.owner);
    let text = frame.t("export");
    let meta = frame.tw("customers-meta", &[("currency", shown.currency.code())]);
    page::shell(
        frame,
        &title,
        html! {
            (page::page_head(&title, sub, html! { (page::link(&export, &text).icon("dl").downloads()) }))
            (page::filter_bar(frame, &chips(frame, shown), search))
            (page::card(frame.t("customers-list"), meta, html! {}, table(frame, shown)))
            (page::pager(frame, shown.next))
        },
    )
}

fn chips(frame: &Frame, shown: &Shown<'_>) -> Vec<page::Filter> {
    let query = shown.query;
    let mut chips = Vec::new();
    if !query.owner.is_empty() {
        let named = shown
            .rows
            .iter()
            .find_map(|row| row.customer.owner_name.clone());
        chips.push(page::Filter {
            label: frame.t("customers-owner"),
            value: Some(named.unwrap_or_else(|| query.owner.clone())),
            href: href(query, "/customers", &query.group, ""),
        });
    }
    let same = |group: &&Group| group.code.eq_ignore_ascii_case(&query.group);
    if let Some(set) = shown.groups.iter().find(same) {
        chips.push(page::Filter {
            label: frame.t("customers-group"),
            value: Some(set.shown(frame.is_zh()).to_owned()),
            href: href(query, "/customers", "", &query.owner),
        });
        return chips;
    }
    chips.extend(shown.groups.iter().take(8).map(|group| page::Filter {
        label: group.shown(frame.is_zh()).to_owned(),
        value: None,
        href: href(query, "/customers", &group.code, &query.owner),
    }));
    chips
}

fn table(frame: &Frame, shown: &Shown<'_>) -> Markup {
    if shown.rows.is_empty() {
        let (title, next) = if shown.count == 0 {
            ("customers-none", "customers-none-next")
        } else {
            ("customers-not-found", "customers-not-found-next")
        };
        return page::empty(frame.t(title), frame.t(next), html! {});
    }
    let head = html! { tr {
        (th(frame.t("customers-name"))) (th(frame.t("customers-group")))
        (th(frame.t("customers-city"))) (th(frame.t("customers-owner")))
        (th(frame.t("customers-last-order"))) (th_n(frame.t("customers-sold")))
        (th_n(frame.t("customers-change")))
    } };
    let body = html! { @for row in shown.rows { (line(frame, shown, row)) } };
    stackable_table(&frame.t("customers-list"), head, body)
}

fn line(frame: &Frame, shown: &Shown<'_>, row: &Row) -> Markup {
    let customer = &row.customer;
    let query = shown.query;
    let sold = Money::of_exact(row.sold, shown.currency);
    let owner = customer
        .owner_code
        .as_deref()
        .zip(customer.owner_name.as_deref());
    let group = customer
        .group_code
        .as_deref()
        .zip(customer.group_name.as_deref());
    html! { tr.two {
        th scope="row" {
            a href=(page::address("/customers", &customer.code)) { (customer.name) }
            @if let Some(local) = &customer.name_local { " " span.t3 lang="zh" { (local) } }
            span.sub { (customer.code) }
        }
        td data-l=(frame.t("customers-group")) { @match group {
            Some((code, name)) => a href=(href(query, "/customers", code, &query.owner)) { (name) },
            None => (num::MISSING),
        } }
        td data-l=(frame.t("customers-city")) { (customer.city.as_deref().unwrap_or(num::MISSING)) }
        td data-l=(frame.t("customers-owner")) { @match owner {
            Some((code, name)) => a href=(href(query, "/customers", &query.group, code)) { (name) },
            None => span.t3 { (frame.t("customers-house")) },
        } }
        td data-l=(frame.t("customers-last-order")) { @match row.last_order {
            Some(day) => (num::day_tag(frame, day)),
            None => span.t3 { (frame.t("customers-never")) },
        } }
        td.n.m-tr { (num::amount(sold)) }
        td.n data-l=(frame.t("customers-change")) { (changed(frame, row.sold, row.sold_before)) }
    } }
}

/// The change against the year before, as it is written in lists and tiles.
pub(super) fn changed(frame: &Frame, now: i64, before: i64) -> Markup {
    match growth(now, before) {
        Some(millionths) => change(
            frame,
            millionths,
            Wish::More,
            num::signed_percent(frame, millionths),
        ),
        None if now == 0 => html! { span.t3 { (num::MISSING) } },
        None => html! { span.t3 { (frame.t("customers-new")) } },
    }
}

pub(in crate::web) fn sample(frame: &Frame) -> Markup {
    let row = |id: i64, sold: i64, sold_before: i64, last_order| Row {
        customer: Customer::sample(id),
        last_order,
        sold,
        sold_before,
    };
    let rows = [
        row(
            1,
            3_420_000 * ONE,
            3_638_000 * ONE,
            Some(jiff::civil::date(2026, 6, 12)),
        ),
        row(2, 84_000 * ONE, 0, Some(jiff::civil::date(2025, 12, 1))),
        row(3, 0, 0, None),
    ];
    let query = CustomersQuery {
        owner: "zhou".to_owned(),
        ..CustomersQuery::default()
    };
    sample_of(frame, &query, &rows, Some("/customers?cursor=3-61"))
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    let query = CustomersQuery {
        group: "oem".to_owned(),
        ..CustomersQuery::default()
    };
    sample_of(frame, &query, &[], None)
}

fn sample_of(frame: &Frame, query: &CustomersQuery, rows: &[Row], next: Option<&str>) -> Markup {
    let group = Group {
        id: 1,
        code: "oem".to_owned(),
        name: "Industrial OEM".to_owned(),
        name_local: Some("工业主机厂".to_owned()),
    };
    let currency = Currency::parse("CNY").expect("a currency of ISO 4217");
    let count = i64::try_from(rows.len()).unwrap_or(0);
    customers_page(
        frame,
        &Shown {
            query,
            groups: &[group],
            rows,
            count,
            currency,
            next,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_needs_something_to_grow_from() {
        assert_eq!(growth(110, 100), Some(100_000));
        assert_eq!(growth(0, 100), Some(-ONE));
        assert_eq!(growth(100, 0), None);
        assert_eq!(growth(100, -5), None);
        assert_eq!(growth(i64::MAX, 1), None);
    }
}
