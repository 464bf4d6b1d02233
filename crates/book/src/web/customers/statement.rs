//! `/api/v1/customers/{code}/statement` and `/customers/{code}/statement.csv`: what a customer bought,
//! by product and period, beside the equal span before.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use db::Tx;
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use kernel::{
    Moment, Percent, Price, Quantity, Refusal, Scope,
    decimal::{round_div, write_places},
    refusal::Kind,
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{accepted::query_day, documents};
use crate::store::{
    bought::{self, Asked, Bought, Last},
    customers::{self, Customer},
};

/// The questions a statement takes.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// The first day; a year before the end if left out.
    #[param(format = Date, required = false)]
    from: String,
    /// The first day that no longer counts; the day after `as_of` if left out.
    #[param(format = Date, required = false)]
    to: String,
    /// `month` (default), `quarter`, `year` or `total`.
    #[param(required = false)]
    by: String,
    /// Nothing after this day counts; today if left out.
    #[param(format = Date, required = false)]
    as_of: String,
    /// As known at this instant; now if left out.
    #[param(format = DateTime, required = false)]
    known_at: String,
}

/// The longest span of a statement.
const MOST_YEARS: i16 = 20;

/// How long a period of the statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Month,
    Quarter,
    Year,
    Total,
}

impl By {
    fn parse(text: &str) -> std::result::Result<By, Refusal> {
        match text {
            "" | "month" => Ok(By::Month),
            "quarter" => Ok(By::Quarter),
            "year" => Ok(By::Year),
            "total" => Ok(By::Total),
            other => {
                let message = format!("“{other}” is not month, quarter, year or total.");
                Err(Refusal::new(Kind::Malformed, "query.by", message).at("by"))
            }
        }
    }

    /// The period a month lies in, by its calendar code.
    fn of(self, month: &str) -> String {
        let (year, number) = month.split_once('-').unwrap_or((month, "01"));
        match self {
            By::Month => month.to_owned(),
            By::Quarter => {
                let quarter = (number.parse::<u8>().unwrap_or(1).max(1) - 1) / 3 + 1;
                format!("{year}-Q{quarter}")
            }
            By::Year => year.to_owned(),
            By::Total => "total".to_owned(),
        }
    }
}

/// What was bought in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeriodBoughtJson {
    /// `2026-06`, `2026-Q2`, `2026` or `total`.
    period: String,
    quantity: String,
    net: String,
}

/// What was bought of one product in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProductBoughtJson {
    pub(super) product: String,
    pub(super) product_name: String,
    pub(super) product_name_local: Option<String>,
    pub(super) group: Option<String>,
    pub(super) currency: String,
    pub(super) quantity: String,
    pub(super) net: String,
    /// The same in millionths, to sort by.
    #[serde(skip)]
    pub(super) exact: i64,
    /// In the equal span before.
    pub(super) net_before: String,
    /// The change from the span before; null where nothing was bought then.
    pub(super) change_percent: Option<String>,
    pub(super) last_price: Option<String>,
    pub(super) last_discount_percent: Option<String>,
    pub(super) last_date: Option<String>,
    pub(super) periods: Vec<PeriodBoughtJson>,
}

/// All products of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TotalBoughtJson {
    currency: String,
    net: String,
    net_before: String,
}

/// A statement of what a customer bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementJson {
    pub(super) customer: String,
    pub(super) customer_name: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) as_of: String,
    pub(super) rows: Vec<ProductBoughtJson>,
    pub(super) totals: Vec<TotalBoughtJson>,
}

impl StatementJson {
    /// For sample pages.
    pub(super) fn sample() -> StatementJson {
        let text = |text: &str| Some(text.to_owned());
        StatementJson {
            rows: vec![ProductBoughtJson {
                product: "EP-1".to_owned(),
                product_name: "Epoxy primer".to_owned(),
                product_name_local: text("环氧底漆"),
                group: text("coat"),
                currency: "CNY".to_owned(),
                quantity: "120".to_owned(),
                net: "52800.00".to_owned(),
                exact: 52_800_000_000,
                net_before: "48000.00".to_owned(),
                change_percent: text("10"),
                last_price: text("440.00"),
                last_discount_percent: text("0"),
                last_date: text("2026-06-02"),
                periods: Vec::new(),
            }],
            ..StatementJson::sample_empty()
        }
    }

    /// For sample pages.
    pub(super) fn sample_empty() -> StatementJson {
        StatementJson {
            customer: "C-1".to_owned(),
            customer_name: "Linkway Steel Structures".to_owned(),
            from: "2025-06-17".to_owned(),
            to: "2026-06-17".to_owned(),
            as_of: "2026-06-16".to_owned(),
            rows: Vec::new(),
            totals: Vec::new(),
        }
    }
}

/// What a customer bought, by product and period.
#[utoipa::path(get, path = "/api/v1/customers/{code}/statement", tag = "book", params(StatementQuery), responses((status = 200, body = StatementJson)))]
pub async fn api(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<StatementQuery>,
) -> Result<Json<StatementJson>> {
    let mut tx = kit.db.read().await?;
    let today = kit.today();
    let moment = documents::moment(Some(&query.as_of), Some(&query.known_at), today)?;
    let made = draw_up(&mut tx, (&actor.scope, today), &code, &query, moment).await?;
    Ok(Json(made))
}

/// The same as a file, one line for each product and period.
pub async fn csv(
    State(kit): State<Kit>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<StatementQuery>,
) -> Result<Response> {
    let mut tx = kit.db.read().await?;
    let today = kit.today();
    let moment = documents::moment(Some(&query.as_of), Some(&query.known_at), today)?;
    let made = draw_up(&mut tx, (&actor.scope, today), &code, &query, moment).await?;
    let name = format!("statement-{}.csv", made.customer.replace('/', "-"));
    let told = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, crate::file::disposition(&name)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    // Without the mark some spreadsheet programs take the text for another encoding.
    let file = format!("{}{}", sheet::BYTE_ORDER_MARK, lines(&made));
    Ok((told, file).into_response())
}

fn lines(made: &StatementJson) -> String {
    const HEADER: [&str; 8] = [
        "customer",
        "product",
        "product_name",
        "group",
        "period",
        "currency",
        "quantity",
        "net",
    ];
    let mut file = String::new();
    sheet::write_row(&mut file, HEADER);
    for row in &made.rows {
        for period in &row.periods {
            let group = row.group.as_deref().unwrap_or_default();
            let cells = [
                &made.customer,
                &row.product,
                &row.product_name,
                group,
                &period.period,
                &row.currency,
                &period.quantity,
                &period.net,
            ];
            sheet::write_row(&mut file, cells);
        }
    }
    file
}

/// What a customer bought in the twelve months up to a day.
pub(super) async fn of_last_year(
    tx: &mut Tx,
    (scope, today): (&Scope, Date),
    code: &str,
    moment: Moment,
) -> db::Result<StatementJson> {
    let query = StatementQuery {
        by: "total".to_owned(),
        ..StatementQuery::default()
    };
    draw_up(tx, (scope, today), code, &query, moment).await
}

async fn draw_up(
    tx: &mut Tx,
    (scope, today): (&Scope, Date),
    code: &str,
    query: &StatementQuery,
    moment: Moment,
) -> db::Result<StatementJson> {
    let by = By::parse(&query.by)?;
    let (from, to) = span(query, moment.as_of)?;
    let customer = customers::fetch(tx, scope, code, today).await?;
    let asked = Asked {
        customer: customer.customer(),
        before: from.saturating_sub((to - from).get_days().days()),
        from,
        to,
        known_at: moment.known_at,
    };
    let bought = bought::by_month(tx, &asked).await?;
    let before = bought::before(tx, &asked).await?;
    let last = bought::last(tx, &asked).await?;
    Ok(put_together(
        &customer,
        (by, moment.as_of),
        &asked,
        (bought, before, last),
    )?)
}

/// The days that are asked for, none of them after `as_of`.
fn span(query: &StatementQuery, as_of: Date) -> std::result::Result<(Date, Date), Refusal> {
    let end = as_of.saturating_add(1.day());
    let to = query_day(&query.to, "to")?.unwrap_or(end).min(end);
    let year_before = to.saturating_sub(1.year());
    let from = query_day(&query.from, "from")?.unwrap_or(year_before);
    if to <= from || from < date(1900, 1, 1) || MOST_YEARS < to.year() - from.year() {
        let message = format!("From {from} to {to} is no span of at most {MOST_YEARS} years.");
        return Err(Refusal::new(Kind::Malformed, "query.span", message).at("from"));
    }
    Ok((from, to))
}

type Found = (Vec<Bought>, Vec<(i64, String, i64)>, Vec<Last>);

fn put_together(
    customer: &Customer,
    (by, as_of): (By, Date),
    asked: &Asked,
    (bought, before, last): Found,
) -> std::result::Result<StatementJson, Refusal> {
    let before: BTreeMap<(i64, String), i64> = before
        .into_iter()
        .map(|(product, currency, net)| ((product, currency), net))
        .collect();
    let last: BTreeMap<(i64, String), Last> = last
        .into_iter()
        .map(|one| ((one.product_id, one.currency.clone()), one))
        .collect();
    let mut rows = Vec::new();
    let mut totals: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for months in bought
        .chunk_by(|one, next| (one.product_id, &one.currency) == (next.product_id, &next.currency))
    {
        let Some(first) = months.first() else {
            continue;
        };
        let key = (first.product_id, first.currency.clone());
        let was = before.get(&key).copied().unwrap_or(0);
        let now: i64 = sum(months.iter().map(|month| month.net_exact))?;
        let total = totals.entry(first.currency.clone()).or_default();
        total.0 = sum([total.0, now].into_iter())?;
        rows.push(row(first, months, (by, now, was), last.get(&key))?);
    }
    for ((_, currency), net) in &before {
        let total = totals.entry(currency.clone()).or_default();
        total.1 = sum([total.1, *net].into_iter())?;
    }
    let totals = totals
        .into_iter()
        .map(|(currency, (now, was))| TotalBoughtJson {
            currency,
            net: decimal(now),
            net_before: decimal(was),
        });
    Ok(StatementJson {
        customer: customer.code.clone(),
        customer_name: customer.name.clone(),
        from: asked.from.to_string(),
        to: asked.to.to_string(),
        as_of: as_of.to_string(),
        rows,
        totals: totals.collect(),
    })
}

fn row(
    first: &Bought,
    months: &[Bought],
    (by, now, was): (By, i64, i64),
    last: Option<&Last>,
) -> std::result::Result<ProductBoughtJson, Refusal> {
    let mut periods = Vec::new();
    for period in months.chunk_by(|one, next| by.of(&one.month) == by.of(&next.month)) {
        let quantity = sum(period.iter().map(|month| month.quantity))?;
        let net = sum(period.iter().map(|month| month.net_exact))?;
        periods.push(PeriodBoughtJson {
            period: by.of(&period[0].month),
            quantity: Quantity::of_millionths(quantity).to_string(),
            net: decimal(net),
        });
    }
    let change = (was > 0).then(|| {
        let grown = (i128::from(now) - i128::from(was)) * i128::from(Percent::WHOLE.millionths());
        i64::try_from(round_div(grown, i128::from(was))).unwrap_or(i64::MAX)
    });
    let quantity = sum(months.iter().map(|month| month.quantity))?;
    Ok(ProductBoughtJson {
        product: first.product_code.clone(),
        product_name: first.product_name.clone(),
        product_name_local: first.product_local.clone(),
        group: first.group_code.clone(),
        currency: first.currency.clone(),
        quantity: Quantity::of_millionths(quantity).to_string(),
        net: decimal(now),
        exact: now,
        net_before: decimal(was),
        change_percent: change.map(|change| Percent::of_millionths(change).to_string()),
        last_price: last.map(|one| Price::of_millionths(one.unit_price).to_string()),
        last_discount_percent: last.map(|one| Percent::of_millionths(one.discount).to_string()),
        last_date: last.map(|one| one.day.clone()),
        periods,
    })
}

fn sum(parts: impl Iterator<Item = i64>) -> std::result::Result<i64, Refusal> {
    let whole: i128 = parts.map(i128::from).sum();
    i64::try_from(whole).map_err(|_why| {
        Refusal::value(
            "too_large",
            "A sum is larger than can be held. Ask for a shorter span.",
        )
    })
}

/// An exact net as a decimal, at least two places: `1234.50`.
fn decimal(exact: i64) -> String {
    write_places(exact, 6, 2)
}
