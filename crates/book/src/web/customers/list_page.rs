//! `/customers`: whom we sell to, how they buy, and who looks after them.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use db::{Count, Cursor, Sort, Tx};
use jiff::{ToSpan, civil::Date};
use kernel::{Currency, Moment, Money, decimal::ONE};
use maud::{Markup, html};
use org::{store::company, web::views};
use page::{
    Actor, Asked, Column, Frame, Kit, ListPage, Narrowing, Query, Result, View,
    list::Row as ListRow,
    list_page, num,
    parts::{Wish, change},
};

use super::{CustomersQuery, bulk, merge::page::may_merge};
use crate::{
    store::{
        customers::{self, Customer},
        groups::Of,
        sales,
    },
    web::{choices::Choices, names},
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
    asked: Asked,
    further: bool,
    choices: &'a Choices,
    views: &'a [View],
    rows: &'a [Row],
    count: Count,
    sort: Sort,
    currency: Currency,
    next: Option<&'a Cursor>,
}

/// `GET /customers`.
pub async fn show(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    uri: Uri,
    Query(query): Query<CustomersQuery>,
) -> Result<Response> {
    let (limit, cursor) = query.page()?;
    let filter = query.filter()?;
    let today = kit.today();
    let mut tx = kit.db.read().await?;
    let views = views::of(&mut tx, &actor, "/customers").await?;
    if let Some(elsewhere) = views::opening(&uri, &views) {
        return Ok(elsewhere);
    }
    let scope = &actor.scope;
    let look = customers::look(&mut tx, scope, &filter, today, limit, &cursor).await?;
    let rows = with_sales(&mut tx, look.customers.items, today).await?;
    let shown = Shown {
        asked: query.asked(),
        further: !cursor.is_start(),
        choices: &Choices::load(&mut tx, scope, Of::Customers, frame.is_zh()).await?,
        views: &views,
        rows: &rows,
        count: look.count,
        sort: look.sort,
        currency: company::expect(&mut tx).await?.currency,
        next: look.customers.next.as_ref(),
    };
    Ok(customers_page(&frame, &shown).into_response())
}

async fn with_sales(tx: &mut Tx, found: Vec<Customer>, today: Date) -> db::Result<Vec<Row>> {
    let ids: Vec<i64> = found.iter().map(|customer| customer.id).collect();
    let moment = Moment::latest(today);
    let (sold, before) = of_two_years(tx, &ids, moment).await?;
    let last = sales::last_days(tx, &ids, moment).await?;
    let rows = found.into_iter().map(|customer| Row {
        last_order: last.get(&customer.id).copied(),
        sold: sold.get(&customer.id).copied().unwrap_or(0),
        sold_before: before.get(&customer.id).copied().unwrap_or(0),
        customer,
    });
    Ok(rows.collect())
}

/// Exact sales by customer of the 12 months up to a day, and of the 12 months before those.
pub(super) async fn of_two_years(
    tx: &mut Tx,
    ids: &[i64],
    moment: Moment,
) -> db::Result<(BTreeMap<i64, i64>, BTreeMap<i64, i64>)> {
    let tomorrow = moment.as_of.saturating_add(1.day());
    let a_year_ago = tomorrow.saturating_sub(12.months());
    let two_years_ago = tomorrow.saturating_sub(24.months());
    let known_at = moment.known_at;
    let now = sales::of_customers(tx, ids, (a_year_ago, tomorrow), known_at).await?;
    let before = sales::of_customers(tx, ids, (two_years_ago, a_year_ago), known_at).await?;
    Ok((now.into_iter().collect(), before.into_iter().collect()))
}

/// How much `now` is above `before`, in millionths; nothing to compare with gives nothing.
pub(super) fn growth(now: i64, before: i64) -> Option<i64> {
    if before <= 0 {
        return None;
    }
    let change = (i128::from(now) - i128::from(before)) * i128::from(ONE) / i128::from(before);
    i64::try_from(change).ok()
}

fn customers_page(frame: &Frame, shown: &Shown<'_>) -> Markup {
    let columns = vec![
        Column::of(frame.t("customers-name")).sorts("name"),
        Column::of(frame.t("customers-group")).sorts("group"),
        Column::of(frame.t("customers-city")).sorts("city"),
        Column::of(frame.t("customers-owner")).sorts("owner"),
        Column::of(frame.t("customers-last-order")).sorts_down("last"),
        Column::of(frame.t("customers-sold")).number(),
        Column::of(frame.t("customers-change")).number(),
    ];
    let statuses = ["active", "ended", "all"].map(|status| {
        (
            status.to_owned(),
            frame.t(&format!("customers-status-{status}")),
        )
    });
    let status = frame.t("customers-status");
    let mut filters = shown.choices.narrowings(frame, &shown.asked);
    filters.push(Narrowing::choice(
        &shown.asked,
        status,
        "status",
        statuses.to_vec(),
    ));
    let duplicates = frame.t("duplicates-title");
    list_page(
        frame,
        &ListPage {
            title: frame.t("customers-title"),
            sub: String::new(),
            actions: html! { @if may_merge(frame) { (page::link("/customers/duplicates", &duplicates)) } },
            exports: vec![
                ("/customers/export.csv", "CSV"),
                ("/customers/export.xlsx", "Excel"),
            ],
            asked: &shown.asked,
            views: shown.views,
            filters,
            search: frame.t("customers-search"),
            caption: frame.t("customers-list"),
            meta: frame.tw("customers-meta", &[("currency", shown.currency.code())]),
            columns,
            sort: shown.sort,
            count: shown.count,
            rows: shown
                .rows
                .iter()
                .map(|row| line(frame, shown, row))
                .collect(),
            none: (frame.t("customers-none"), frame.t("customers-none-next")),
            not_found: (
                frame.t("customers-not-found"),
                frame.t("customers-not-found-next"),
            ),
            next: shown.next,
            further: shown.further,
            bulk: bulk::bar(frame, shown.choices),
        },
    )
}

fn line(frame: &Frame, shown: &Shown<'_>, row: &Row) -> ListRow {
    let customer = &row.customer;
    let asked = &shown.asked;
    let sold = Money::of_exact(row.sold, shown.currency);
    let owner = customer
        .owner_code
        .as_deref()
        .zip(customer.owner_name.as_deref());
    let group = customer
        .group_code
        .as_deref()
        .zip(customer.group_shown(frame.is_zh()));
    let local = customer.name_local.as_deref();
    let cells = html! {
        th scope="row" {
            a href=(page::address("/customers", &customer.code)) { (names::one(frame, &customer.name, local)) }
            " " span.t3 { (names::other(frame, &customer.name, local)) }
            span.sub { (customer.code) }
        }
        td data-l=(frame.t("customers-group")) { @match group {
            Some((code, name)) => a href=(asked.with("group", code).href()) { (name) },
            None => (num::MISSING),
        } }
        td data-l=(frame.t("customers-city")) { (customer.city.as_deref().unwrap_or(num::MISSING)) }
        td data-l=(frame.t("customers-owner")) { @match owner {
            Some((code, name)) => a href=(asked.with("owner", code).href()) { (name) },
            None => span.t3 { (frame.t("customers-house")) },
        } }
        td data-l=(frame.t("customers-last-order")) { @match row.last_order {
            Some(day) => (num::day_tag(frame, day)),
            None => span.t3 { (frame.t("customers-never")) },
        } }
        td.n.m-tr { (num::amount(sold)) }
        td.n data-l=(frame.t("customers-change")) { (changed(frame, row.sold, row.sold_before)) }
    };
    ListRow {
        code: customer.code.clone(),
        name: customer.name.clone(),
        cells,
    }
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
        owner: "p3".to_owned(),
        ..CustomersQuery::default()
    };
    sample_of(frame, &query, &rows)
}

pub(in crate::web) fn sample_empty(frame: &Frame) -> Markup {
    let query = CustomersQuery {
        group: "oem".to_owned(),
        ..CustomersQuery::default()
    };
    sample_of(frame, &query, &[])
}

fn sample_of(frame: &Frame, query: &CustomersQuery, rows: &[Row]) -> Markup {
    let next = rows.last().map(|row| Cursor {
        key: row.customer.sort_key.clone(),
        id: row.customer.id,
    });
    let shown = Shown {
        asked: query.asked(),
        further: false,
        choices: &Choices::sample(),
        views: &[],
        rows,
        count: Count::Exactly(i64::try_from(rows.len()).unwrap_or(0)),
        sort: customers::USUAL,
        currency: Currency::parse("CNY").expect("a currency of ISO 4217"),
        next: next.as_ref(),
    };
    customers_page(frame, &shown)
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
