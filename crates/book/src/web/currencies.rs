//! `/api/v1/currencies`: the currencies of ISO 4217, which of them the company uses, and their last rates.
//!
//! There is nothing to create or change: the standard says which there are, and one is used as soon as
//! something names it.

use std::collections::BTreeSet;

use axum::extract::State;
use db::Tx;
use jiff::civil::Date;
use kernel::{Currency, Refusal};
use org::{
    api::{ListQuery, Page},
    store::company,
};
use page::{Actor, Json, Kit, Path, Query, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rates::RateJson;
use crate::{
    currencies::{self, Named},
    rates::Rated,
    store,
};

/// A currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct CurrencyJson {
    #[schema(pattern = "^[A-Z]{3}$")]
    code: String,
    name: String,
    /// The Chinese name.
    name_local: Option<String>,
    /// How many decimals an amount has.
    decimals: u32,
    /// The company counts in it.
    base: bool,
    /// It is the company's own, or a rate, a customer, a product or a price list names it.
    in_use: bool,
    /// The last one up to today. It may be too old for documents: a rate serves eight days.
    last_rate: Option<RateJson>,
}

/// Which currencies are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CurrenciesQuery {
    /// Only those that are used, or only those that are not.
    #[param(required = false)]
    in_use: Option<bool>,
    /// Rows in a page, 1 to 500; 50 if left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What is known of the company's currencies.
struct Known {
    base: Currency,
    used: BTreeSet<String>,
    last: Vec<Rated>,
}

impl Known {
    async fn load(tx: &mut Tx, today: Date) -> db::Result<Known> {
        let base = company::expect(tx).await?.currency;
        let mut used: BTreeSet<String> = store::currencies::in_use(tx).await?.into_iter().collect();
        used.insert(base.code().to_owned());
        Ok(Known {
            base,
            used,
            last: store::rates::last(tx, base, today).await?,
        })
    }

    fn shown(&self, named: Named) -> CurrencyJson {
        let currency = named.currency;
        let mut rates = self.last.iter();
        let last = rates.find(|rated| rated.quote.foreign(self.base) == currency);
        CurrencyJson {
            code: currency.code().to_owned(),
            name: currency.name().to_owned(),
            name_local: named.name_local.map(str::to_owned),
            decimals: currency.decimals(),
            base: currency == self.base,
            in_use: self.used.contains(currency.code()),
            last_rate: last.map(RateJson::from),
        }
    }

    /// All of the standard by code, and whatever else is used.
    fn all(&self) -> Vec<CurrencyJson> {
        let mut all = currencies::all();
        for code in &self.used {
            let known = all.iter().any(|named| named.currency.code() == code);
            if let (false, Ok(currency)) = (known, Currency::parse(code)) {
                all.push(currencies::named(currency));
            }
        }
        all.sort_by_key(|named| named.currency.code());
        all.into_iter().map(|named| self.shown(named)).collect()
    }
}

/// Currencies by code.
#[utoipa::path(get, path = "/api/v1/currencies", tag = "book", params(CurrenciesQuery), responses((status = 200, body = Page<CurrencyJson>)))]
pub async fn list(
    State(kit): State<Kit>,
    _actor: Actor,
    Query(query): Query<CurrenciesQuery>,
) -> Result<Json<Page<CurrencyJson>>> {
    let mut tx = kit.db.read().await?;
    let known = Known::load(&mut tx, kit.today()).await?;
    let mut all = known.all();
    all.retain(|one| query.in_use.is_none_or(|wanted| one.in_use == wanted));
    let page = ListQuery {
        limit: query.limit,
        cursor: query.cursor,
        ..ListQuery::default()
    };
    Ok(Json(Page::cut(all, &page)?))
}

/// One currency.
#[utoipa::path(get, path = "/api/v1/currencies/{code}", tag = "book", responses((status = 200, body = CurrencyJson), (status = 404)))]
pub async fn one(
    State(kit): State<Kit>,
    _actor: Actor,
    Path(code): Path<String>,
) -> Result<Json<CurrencyJson>> {
    let shown: String = code.chars().take(40).collect();
    let currency = Currency::parse(&code.to_ascii_uppercase())
        .map_err(|_unknown| Refusal::missing(format!("currency {shown}")))?;
    let mut tx = kit.db.read().await?;
    let known = Known::load(&mut tx, kit.today()).await?;
    Ok(Json(known.shown(currencies::named(currency))))
}
