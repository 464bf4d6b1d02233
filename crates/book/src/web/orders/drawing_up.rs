//! Drawing up an order: every reference found, every amount worked out, nothing earned yet.

use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{
    Currency, Moment, Percent, Quantity, Refusal, Role, Scope,
    ids::{PersonId, UnitId},
};
use org::{
    api::{self, Ask},
    store::{company, units},
};
use page::Actor;
use trail::{Answer, Entry};

use super::calling;
use super::shapes::{NewLineJson, NewOrderJson, NewShareJson};
use crate::{
    CustomerId,
    credit::{Split, accept_splits},
    order::{LineDraft, MOST_LINES, at_line, worth},
    posting::numbers,
    pricing::{self, Found, Origin},
    rates::{BaseNet, Rated},
    series::Series,
    store::{
        orders::{self, NewOrder, Order},
        places,
        prices::{self, Question},
        products::Product,
        rates, sharers,
    },
    web::{accepted, prices::accept_project, references},
};

pub(super) async fn add(tx: &mut Tx, ask: &Ask<NewOrderJson>) -> Result<Answer> {
    let order = draw_up(tx, ask, &ask.body, None).await?;
    created(tx, ask, &order.number).await
}

/// Draws up an order as a draft, whoever asks for it: a request, or an offer that was accepted.
/// `earner` earns it where nobody is named.
pub(in crate::web) async fn draw_up<B>(
    tx: &mut Tx,
    ask: &Ask<B>,
    body: &NewOrderJson,
    earner: Option<PersonId>,
) -> Result<Order> {
    let scope = &ask.actor.scope;
    let customer = references::customer(tx, scope, "customer", &body.customer, ask.today).await?;
    let day = accept_date(body.date.as_deref(), ask.today)?;
    let base = company::expect(tx).await?.currency;
    let currency = accept_currency(body.currency.as_deref(), base)?;
    let rated = rate(tx, (currency, base), day, ask.today).await?;
    let seller = body.sales_person.as_deref();
    let named = seller.is_some() || !body.credit.is_empty();
    let handed_over = sharers::of_customer(tx, customer.customer()).await?;
    let split = if let Some(person) = earner.filter(|_| !named) {
        vec![Split {
            person,
            share: Percent::WHOLE,
        }]
    } else if !named
        && handed_over
            .iter()
            .any(|one| one.from <= day && day < one.to)
    {
        // Two people share the credit these days; whoever enters the order does not change that.
        Vec::new()
    } else {
        split(tx, &ask.actor, seller, &body.credit, ask.today).await?
    };
    let territory = match &body.territory {
        Some(code) => Some(territory(tx, &ask.actor, code, day).await?),
        None => None,
    };
    let project = accept_project(body.project.as_deref())?;
    let buying = Buying {
        customer: customer.customer(),
        project: project.as_deref().unwrap_or_default(),
        currency,
        day,
    };
    let drafts = drafts(tx, &body.lines, buying).await?;
    let worth = worth(drafts, currency)?;
    let order = NewOrder {
        number: numbers::next(
            tx,
            Series::Order,
            body.number.as_deref(),
            (customer.customer(), day),
        )
        .await?,
        customer: customer.customer(),
        day,
        currency,
        status: "draft",
        territory,
        project,
        base: BaseNet::of(worth.net_exact, rated.as_ref(), base)?,
        worth,
        credit: Vec::new(),
        recorded: ask.now,
    };
    let number = order.number.to_string();
    let ids = orders::save_many(tx, &[order])
        .await
        .map_err(|error| taken(error, &number))?;
    for id in ids {
        orders::keep_split(tx, id, &shares(&split)).await?;
        calling::name_lines(tx, id, &body.lines, ask.today).await?;
    }
    orders::fetch(tx, &Scope::All, &number, ask.today).await
}

/// The answer to a new order, recorded in the trail.
pub(in crate::web) async fn created<B>(tx: &mut Tx, ask: &Ask<B>, number: &str) -> Result<Answer> {
    let saved = orders::fetch(tx, &Scope::All, number, ask.today).await?;
    let shown = super::shown(tx, &saved).await?;
    let entry = Entry {
        action: "create",
        noun: "order",
        subject: number,
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::created(
        page::address("/api/v1/orders", number),
        &shown,
    ))
}

/// A split as it is stored.
pub(super) fn shares(split: &[Split]) -> Vec<(PersonId, i64)> {
    split
        .iter()
        .map(|split| (split.person, split.share.millionths()))
        .collect()
}

pub(in crate::web) fn accept_date(
    text: Option<&str>,
    today: Date,
) -> std::result::Result<Date, Refusal> {
    let Some(text) = text else { return Ok(today) };
    accepted::day(text)
        .and_then(|day| accepted::document_day(day, today))
        .map_err(|no| no.at("date"))
}

/// The company's currency unless another is named.
pub(in crate::web) fn accept_currency(
    code: Option<&str>,
    base: Currency,
) -> std::result::Result<Currency, Refusal> {
    match code {
        Some(code) => Currency::parse(code).map_err(|no| no.at("currency")),
        None => Ok(base),
    }
}

/// The rate an order of `day` takes; none in the company's own currency.
async fn rate(
    tx: &mut Tx,
    (currency, base): (Currency, Currency),
    day: Date,
    today: Date,
) -> Result<Option<Rated>> {
    let rated = rates::of_document(tx, currency, base, day, today).await;
    rated.map_err(|error| match error {
        DbError::Refused(no) => DbError::Refused(no.at("currency")),
        other => other,
    })
}

/// What an order that is recorded already counts for, at the rate of `day` as it is known now.
pub(super) async fn base_net(
    tx: &mut Tx,
    order: &Order,
    net_exact: i64,
    day: Date,
    today: Date,
) -> Result<BaseNet> {
    let base = company::expect(tx).await?.currency;
    let rated = rate(tx, (order.money()?, base), day, today).await?;
    Ok(BaseNet::of(net_exact, rated.as_ref(), base)?)
}

/// The shares entered; all to the sales person where only one is named. A sales person who names
/// nobody earns it.
pub(super) async fn split(
    tx: &mut Tx,
    actor: &Actor,
    seller: Option<&str>,
    credit: &[NewShareJson],
    today: Date,
) -> Result<Vec<Split>> {
    let scope = &actor.scope;
    let seller = match seller {
        Some(code) => Some(references::person(tx, scope, "sales_person", code, today).await?),
        None => Some(actor.person).filter(|_| actor.role == Role::Rep),
    };
    if credit.is_empty() {
        let whole = seller.map(|person| Split {
            person,
            share: Percent::WHOLE,
        });
        return Ok(whole.into_iter().collect());
    }
    if MOST_SHARES < credit.len() {
        let message = format!("An order is shared by at most {MOST_SHARES} people.");
        return Err(Refusal::value("credit.too_many", message)
            .at("credit")
            .into());
    }
    let mut splits = Vec::with_capacity(credit.len());
    for (place, share) in credit.iter().enumerate() {
        let field = format!("credit[{place}].person");
        let person = references::person(tx, scope, &field, &share.person, today).await?;
        let share = Percent::parse(&share.percent)
            .map_err(|no| no.at(format!("credit[{place}].percent")))?;
        splits.push(Split { person, share });
    }
    accept_splits(&splits)?;
    Ok(splits)
}

/// The most people one order is shared by.
const MOST_SHARES: usize = 100;

/// A sales person names units at or below the own places; everybody else units in scope.
pub(super) async fn territory(tx: &mut Tx, actor: &Actor, code: &str, day: Date) -> Result<UnitId> {
    let scope = match actor.role {
        Role::Rep => Scope::Part {
            people: Vec::new(),
            units: own_units(tx, actor.person, day).await?,
        },
        Role::Manager | Role::Finance | Role::Marketing | Role::Auditor | Role::Administrator => {
            actor.scope.clone()
        }
    };
    references::unit(tx, &scope, "territory", code).await
}

async fn own_units(tx: &mut Tx, person: PersonId, day: Date) -> Result<Vec<UnitId>> {
    let held = places::of_people(tx, &[person]).await?;
    let mut own = Vec::new();
    for place in held {
        if place.from <= day && place.to.is_none_or(|to| day < to) {
            own.extend(units::sub_tree(tx, place.unit).await?);
        }
    }
    Ok(own)
}

/// Whose prices the lines of a document take, and when.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Buying<'a> {
    pub customer: CustomerId,
    /// Empty for none.
    pub project: &'a str,
    pub currency: Currency,
    pub day: Date,
}

pub(in crate::web) async fn drafts(
    tx: &mut Tx,
    lines: &[NewLineJson],
    buying: Buying<'_>,
) -> Result<Vec<LineDraft>> {
    // More lines are refused by `worth`; there is no need to look all of them up first.
    let mut drafts = Vec::with_capacity(lines.len().min(MOST_LINES));
    for (place, line) in lines.iter().take(MOST_LINES + 1).enumerate() {
        let draft = draft(tx, line, buying).await;
        drafts.push(draft.map_err(|error| match error {
            DbError::Refused(no) => DbError::Refused(at_line(no, place)),
            other => other,
        })?);
    }
    Ok(drafts)
}

async fn draft(tx: &mut Tx, line: &NewLineJson, buying: Buying<'_>) -> Result<LineDraft> {
    let product = references::product(tx, "product", &line.product, buying.day).await?;
    let percent = |text: &Option<String>, field: &'static str| match text {
        Some(text) => accepted::percent(text).map_err(|no| no.at(field)),
        None => Ok(Percent::ZERO),
    };
    let quantity = accepted::quantity(&line.quantity).map_err(|no| no.at("quantity"))?;
    let tax = percent(&line.tax_percent, "tax_percent")?;
    let priced = match (&line.call_off, &line.unit_price) {
        (Some(call_off), given) => {
            calling::refuse_own(given.as_deref(), quantity)?;
            calling::agreed(tx, call_off, &product, buying).await?
        }
        (None, Some(text)) => Found {
            unit_price: accepted::price(text).map_err(|no| no.at("unit_price"))?,
            origin: Origin::default(),
        },
        (None, None) => found(tx, &product, (quantity, tax), buying).await?,
    };
    Ok(LineDraft {
        product: product.product(),
        quantity,
        unit_price: priced.unit_price,
        discount: percent(&line.discount_percent, "discount_percent")?,
        tax,
        own_net: None,
        origin: priced.origin,
    })
}

/// The price a line takes that brings none.
async fn found(
    tx: &mut Tx,
    product: &Product,
    (quantity, tax): (Quantity, Percent),
    buying: Buying<'_>,
) -> Result<Found> {
    let question = Question {
        customer: buying.customer,
        product: product.product(),
        project: buying.project,
        moment: Moment::latest(buying.day),
    };
    let candidates = prices::candidates(tx, question).await?;
    let found = pricing::find(&candidates, &product.code, quantity, tax, buying.currency);
    Ok(found.map_err(|no| no.at("unit_price"))?)
}

fn taken(error: DbError, number: &str) -> DbError {
    match error {
        DbError::Taken(_) => {
            let message = format!("There already is an order {number}.");
            DbError::Refused(Refusal::state("number.taken", message).at("number"))
        }
        other => other,
    }
}
