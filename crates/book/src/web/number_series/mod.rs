//! `/api/v1/number-series`: what the numbers of documents look like, and which comes next.

pub mod page;

use ::page::{Actor, Json, Kit, Path, Query, Result};
use axum::{extract::State, response::Response};
use db::{DbError, Tx};
use jiff::civil::Date;
use kernel::{Refusal, Role, Scope};
use org::{
    api::{self, Ask, ListQuery, Page},
    store::units::{self, Unit},
};
use serde::{Deserialize, Serialize};
use trail::{Answer, Entry};
use utoipa::ToSchema;

use super::references::at_field;
use crate::{
    series::{Pattern, Series, Standing, Wish},
    store::number_series::{self, Kept},
};

/// Who may set them.
const MAY_SET: [Role; 2] = [Role::Administrator, Role::Finance];
/// Who may look at them.
const MAY_READ: [Role; 3] = [Role::Administrator, Role::Finance, Role::Auditor];

/// Years a series can be set for.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2200;

/// A series as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeriesJson {
    /// Code of the company. Its documents are those of customers looked after by people at or below it,
    /// unless a company in between has a series of its own.
    company: String,
    /// `quotation`, `framework`, `order`, `delivery`, `return`, `invoice`, `credit-note`, `payment`,
    /// `sample` or `rebate`.
    kind: String,
    year: i64,
    prefix: String,
    with_month: bool,
    digits: i64,
    next_number: i64,
    /// What the next document of the year is called, if it is of today or of the year's first day.
    next: String,
    /// Without a gap: once a number was given out, nothing of it can be set.
    gap_free: bool,
    version: i64,
}

/// A series to set.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewSeriesJson {
    /// The root company if left out.
    company: Option<String>,
    kind: String,
    /// This year if left out.
    #[schema(minimum = 1990, maximum = 2200)]
    year: Option<i16>,
    /// With what separates it, `SO-`; 1 to 12 characters. What the year before has, if left out.
    prefix: Option<String>,
    /// Whether the month stands behind the year. Numbers run through the year all the same.
    with_month: Option<bool>,
    /// Numbers are filled up with zeros to so many digits, 3 to 9.
    digits: Option<i64>,
    /// Where it begins; 1 if left out.
    next_number: Option<i64>,
}

/// What of a series can be changed; what is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SeriesChangeJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    with_month: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<i64>,
    /// A series only counts up, so that no number is given twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_number: Option<i64>,
}

impl SeriesChangeJson {
    fn wish(&self) -> Wish {
        Wish {
            prefix: self.prefix.clone(),
            with_month: self.with_month,
            digits: self.digits,
            next_number: self.next_number,
        }
    }
}

/// A series by name.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    company: Unit,
    pub series: Series,
    pub year: i16,
}

impl Named {
    pub(crate) fn key(&self) -> (kernel::ids::UnitId, Series, i16) {
        (self.company.id, self.series, self.year)
    }

    /// `company/order/2026`, as in the address.
    fn subject(&self) -> String {
        let company = self.company.code.replace('/', "%2F");
        format!("{company}/{}/{}", self.series.kind(), self.year)
    }

    fn shown(&self, standing: &Standing, version: i64, today: Date) -> SeriesJson {
        let next = standing.next_number();
        let pattern = &standing.pattern;
        SeriesJson {
            company: self.company.code.clone(),
            kind: self.series.kind().to_owned(),
            year: i64::from(self.year),
            prefix: pattern.prefix.clone(),
            with_month: pattern.with_month,
            digits: i64::try_from(pattern.digits).unwrap_or(0),
            next_number: next,
            next: pattern.number(day_in(self.year, today), next),
            gap_free: self.series.is_gap_free(),
            version,
        }
    }
}

/// Today in its own year, the first day of any other.
fn day_in(year: i16, today: Date) -> Date {
    if today.year() == year {
        return today;
    }
    Date::new(year, 1, 1).unwrap_or(today)
}

fn shown_of(kept: &Kept, today: Date) -> Option<SeriesJson> {
    let series = Series::parse(&kept.kind)?;
    let year = i16::try_from(kept.year).ok()?;
    let standing = kept.standing();
    let next = standing.next_number();
    Some(SeriesJson {
        company: kept.company_code.clone(),
        kind: kept.kind.clone(),
        year: kept.year,
        prefix: kept.prefix.clone(),
        with_month: kept.with_month == 1,
        digits: kept.digits,
        next_number: next,
        next: standing.pattern.number(day_in(year, today), next),
        gap_free: series.is_gap_free(),
        version: kept.version,
    })
}

/// The series that were begun or set, newest year first.
#[utoipa::path(get, path = "/api/v1/number-series", tag = "book", responses((status = 200, body = Page<SeriesJson>), (status = 403)))]
pub async fn list(
    State(kit): State<Kit>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<SeriesJson>>> {
    actor.may(&MAY_READ)?;
    let mut tx = kit.db.read().await?;
    let all = number_series::list(&mut tx, &actor.scope).await?;
    let all = all.iter().filter_map(|one| shown_of(one, kit.today()));
    Ok(Json(Page::cut(all.collect(), &query)?))
}

/// One series that was begun or set.
#[utoipa::path(get, path = "/api/v1/number-series/{company}/{kind}/{year}", tag = "book", responses((status = 200, body = SeriesJson), (status = 403), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    actor: Actor,
    Path(place): Path<(String, String, String)>,
) -> Result<Response> {
    actor.may(&MAY_READ)?;
    let mut tx = kit.db.read().await?;
    let (named, kept) = fetch(&mut tx, &actor.scope, &place).await?;
    let shown = named.shown(&kept.standing(), kept.version, kit.today());
    Ok(api::versioned(kept.version, &shown))
}

/// A series by company, kind and year; whatever is none of these answers like a series not begun.
async fn fetch(
    tx: &mut Tx,
    scope: &Scope,
    (company, kind, year): &(String, String, String),
) -> db::Result<(Named, Kept)> {
    let missing = || Refusal::missing(format!("number series {kind} {year} of {company}"));
    let series = Series::parse(kind).ok_or_else(missing)?;
    let year: i16 = year.parse().map_err(|_no_number| missing())?;
    let company = units::fetch(tx, scope, company).await?;
    let kept = number_series::find(tx, company.id, series, year).await?;
    let named = Named {
        company,
        series,
        year,
    };
    Ok((named, kept.ok_or_else(missing)?))
}

/// Sets a series before its first document.
#[utoipa::path(post, path = "/api/v1/number-series", tag = "book", request_body = NewSeriesJson, responses((status = 201, body = SeriesJson), (status = 409), (status = 422)))]
pub async fn create(State(kit): State<Kit>, ask: Ask<NewSeriesJson>) -> Result<Response> {
    ask.actor.may(&MAY_SET)?;
    api::carry_out(&kit, ask, |tx, ask| Box::pin(add(tx, ask))).await
}

async fn add(tx: &mut Tx, ask: &Ask<NewSeriesJson>) -> db::Result<Answer> {
    let body = &ask.body;
    let year = body.year.unwrap_or_else(|| ask.today.year());
    let asked = (body.company.as_deref(), body.kind.as_str(), year);
    let named = find_name(tx, &ask.actor.scope, asked).await?;
    let (company, series, year) = named.key();
    if number_series::find(tx, company, series, year)
        .await?
        .is_some()
    {
        let text = format!(
            "The series {} {year} of {} was begun already. Change it with PATCH /api/v1/number-series/{}.",
            series.kind(),
            named.company.code,
            named.subject()
        );
        return Err(Refusal::state("series.begun", text).at("year").into());
    }
    let wish = Wish {
        prefix: body.prefix.clone(),
        with_month: body.with_month,
        digits: body.digits,
        next_number: body.next_number,
    };
    let standing = begin(tx, &named, &wish).await?;
    let shown = named.shown(&standing, 1, ask.today);
    record(tx, ask, (&named, "create"), (None, &shown)).await?;
    let place = format!("/api/v1/number-series/{}", named.subject());
    Ok(api::created(place, &shown))
}

/// Begins a series as it is wished; the rest is as in the year before.
///
/// # Errors
///
/// What [`Standing::change`] refuses, and `series.alike`.
pub(crate) async fn begin(tx: &mut Tx, named: &Named, wish: &Wish) -> db::Result<Standing> {
    let (company, series, year) = named.key();
    let pattern = match number_series::before(tx, company, series, year).await? {
        Some(kept) => kept.standing().pattern,
        None => Pattern::usual(series),
    };
    let standing = Standing::begun(pattern).change(series, wish)?;
    stands_apart(tx, named, &standing.pattern).await?;
    number_series::add(tx, named.key(), &standing).await?;
    Ok(standing)
}

/// Sets a series that was begun; whether anything is different.
///
/// # Errors
///
/// As [`begin`].
pub(crate) async fn set(
    tx: &mut Tx,
    named: &Named,
    kept: &Kept,
    wish: &Wish,
) -> db::Result<Option<Standing>> {
    let was = kept.standing();
    let standing = was.change(named.series, wish)?;
    if standing == was {
        return Ok(None);
    }
    if standing.pattern.prefix != was.pattern.prefix {
        stands_apart(tx, named, &standing.pattern).await?;
    }
    number_series::save(tx, named.key(), kept, &standing).await?;
    Ok(Some(standing))
}

/// Which series is meant, with the company in sight; the root company if none is named.
///
/// # Errors
///
/// `series.kind`, `series.year`, `series.company` or `reference.unknown`.
pub(crate) async fn find_name(
    tx: &mut Tx,
    scope: &Scope,
    (company, kind, year): (Option<&str>, &str, i16),
) -> db::Result<Named> {
    let series = Series::parse(kind).ok_or_else(|| {
        let kinds: Vec<&str> = Series::ALL.iter().map(|series| series.kind()).collect();
        let text = format!(
            "There is no such kind of document. Use {}.",
            kinds.join(", ")
        );
        Refusal::value("series.kind", text).at("kind")
    })?;
    if !YEARS.contains(&year) {
        let text = format!("A series is of a year from 1990 to 2200, not {year}.");
        return Err(Refusal::value("series.year", text).at("year").into());
    }
    let company = match company {
        Some(code) => {
            let found = units::fetch(tx, scope, code).await;
            found.map_err(|error| at_field(error, "company", "company", code))?
        }
        None => units::root(tx).await?,
    };
    if company.kind != "company" && company.parent.is_some() {
        let text = format!(
            "{} is no company. Series are kept by companies.",
            company.code
        );
        return Err(Refusal::value("series.company", text).at("company").into());
    }
    Ok(Named {
        company,
        series,
        year,
    })
}

/// No two series may make the same number.
async fn stands_apart(tx: &mut Tx, named: &Named, pattern: &Pattern) -> db::Result<()> {
    let others = number_series::beside(tx, named.company.id, named.series).await?;
    let like = others
        .iter()
        .find(|other| other.standing().pattern.is_like(pattern));
    if let Some(other) = like {
        return Err(alike(
            pattern,
            &other.prefix,
            &other.kind,
            &other.company_code,
        ));
    }
    // What the root has before anything is set.
    let root = units::root(tx).await?;
    for series in named.series.beside() {
        let is_itself = root.id == named.company.id && *series == named.series;
        let kept = number_series::before(tx, root.id, *series, i16::MAX).await?;
        let usual = Pattern::usual(*series);
        if !is_itself && kept.is_none() && usual.is_like(pattern) {
            return Err(alike(pattern, &usual.prefix, series.kind(), &root.code));
        }
    }
    Ok(())
}

fn alike(pattern: &Pattern, prefix: &str, kind: &str, company: &str) -> DbError {
    let text = format!(
        "“{}” and “{prefix}” of the series {kind} of {company} begin alike, so that both could give the same number. Take another prefix.",
        pattern.prefix
    );
    Refusal::state("series.alike", text).at("prefix").into()
}

/// Changes what the numbers of a series look like, or which comes next.
#[utoipa::path(patch, path = "/api/v1/number-series/{company}/{kind}/{year}", tag = "book", request_body = SeriesChangeJson, responses((status = 200, body = SeriesJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(place): Path<(String, String, String)>,
    ask: Ask<SeriesChangeJson>,
) -> Result<Response> {
    ask.actor.may(&MAY_SET)?;
    let ask = ask.map(|body| (place, body));
    api::carry_out(&kit, ask, |tx, ask| Box::pin(save(tx, ask))).await
}

type Change = ((String, String, String), SeriesChangeJson);

async fn save(tx: &mut Tx, ask: &Ask<Change>) -> db::Result<Answer> {
    let (place, body) = &ask.body;
    let (named, kept) = fetch(tx, &ask.actor.scope, place).await?;
    ask.fresh(kept.version)?;
    let before = named.shown(&kept.standing(), kept.version, ask.today);
    let Some(standing) = set(tx, &named, &kept, &body.wish()).await? else {
        return Ok(api::done(&before));
    };
    let after = named.shown(&standing, kept.version + 1, ask.today);
    record(tx, ask, (&named, "change"), (Some(&before), &after)).await?;
    Ok(api::done(&after))
}

async fn record<B>(
    tx: &mut Tx,
    ask: &Ask<B>,
    (named, action): (&Named, &'static str),
    (before, after): (Option<&SeriesJson>, &SeriesJson),
) -> db::Result<()> {
    let subject = named.subject();
    let entry = Entry {
        action,
        noun: "number series",
        subject: &subject,
        before: before.and_then(|before| serde_json::to_value(before).ok()),
        after: serde_json::to_value(after).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await
}
