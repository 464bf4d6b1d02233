//! Amending a draft: another day, territory or split, or other lines, before it counts.

use axum::{extract::State, response::Response};
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Scope, ids::UnitId};
use org::api::{self, Ask};
use page::{Kit, Path};
use trail::{Answer, Entry};

use super::{
    MAY_ENTER, OrderChangeJson, OrderJson, calling,
    drawing_up::{Buying, accept_date, base_net, drafts, shares, split, territory},
};
use crate::{
    CustomerId,
    course::ORDER,
    credit::Split,
    order::{Worth, worth},
    store::orders::{self, Order},
    web::{change::Change, references},
};

/// Changes a draft. A new date leaves the prices of lines that stay as they are.
#[utoipa::path(patch, path = "/api/v1/orders/{number}", tag = "book", request_body = OrderChangeJson, responses((status = 200, body = OrderJson), (status = 404), (status = 409), (status = 412), (status = 422)))]
pub async fn change(
    State(kit): State<Kit>,
    Path(number): Path<String>,
    ask: Ask<OrderChangeJson>,
) -> page::Result<Response> {
    ask.actor.may(&MAY_ENTER)?;
    api::carry_out(&kit, ask.about(number), |tx, ask| {
        Box::pin(amended(tx, ask))
    })
    .await
}

async fn amended(tx: &mut Tx, ask: &Ask<OrderChangeJson>) -> Result<Answer> {
    let order = orders::fetch(tx, &ask.actor.scope, &ask.subject, ask.today).await?;
    ask.fresh(order.version)?;
    ORDER.after("change", &order.number, ORDER.state(&order.status))?;
    let before = super::shown(tx, &order).await?;
    let day = match ask.body.date.as_deref() {
        Some(text) => accept_date(Some(text), ask.today)?,
        None => order.date(),
    };
    let territory = changed_territory(tx, ask, &order, day).await?;
    let split = changed_split(tx, ask).await?;
    let worth = changed_worth(tx, ask, &order, day).await?;
    let net_exact = worth.as_ref().map_or(order.net_exact, |new| new.net_exact);
    let base = base_net(tx, &order, net_exact, day, ask.today).await?;

    orders::amend(tx, &order, (day, territory), base, worth.as_ref(), ask.now).await?;
    if let Some(lines) = &ask.body.lines {
        calling::name_lines(tx, order.order(), lines, ask.today).await?;
    }
    if let Some(split) = split {
        orders::replace_split(tx, order.order(), &shares(&split)).await?;
    }
    let saved = orders::fetch(tx, &Scope::All, &order.number, ask.today).await?;
    let shown: OrderJson = super::shown(tx, &saved).await?;
    let entry = Entry {
        action: "change",
        noun: "order",
        subject: &order.number,
        before: serde_json::to_value(&before).ok(),
        after: serde_json::to_value(&shown).ok(),
        ..Entry::default()
    };
    trail::record(tx, &ask.by(), entry).await?;
    Ok(api::done(&shown))
}

/// The territory afterwards. One that stays is not asked about again: whoever entered it may have
/// seen more than the asker.
async fn changed_territory(
    tx: &mut Tx,
    ask: &Ask<OrderChangeJson>,
    order: &Order,
    day: Date,
) -> Result<Option<UnitId>> {
    match (&ask.body.territory, &order.territory_code) {
        (Change::Set(code), _) => territory(tx, &ask.actor, code, day).await.map(Some),
        (Change::Keep, Some(code)) => references::unit(tx, &Scope::All, "territory", code)
            .await
            .map(Some),
        (Change::Keep, None) | (Change::Clear, _) => Ok(None),
    }
}

/// The split afterwards where it changes, by the rules of a new order.
async fn changed_split(tx: &mut Tx, ask: &Ask<OrderChangeJson>) -> Result<Option<Vec<Split>>> {
    let body = &ask.body;
    if body.sales_person.is_keep() && body.credit.is_keep() {
        return Ok(None);
    }
    let seller = body.sales_person.or(None);
    let credit = body.credit.or(None).unwrap_or_default();
    split(tx, &ask.actor, seller.as_deref(), &credit, ask.today)
        .await
        .map(Some)
}

/// The worth afterwards where lines are given.
async fn changed_worth(
    tx: &mut Tx,
    ask: &Ask<OrderChangeJson>,
    order: &Order,
    day: Date,
) -> Result<Option<Worth>> {
    let Some(lines) = &ask.body.lines else {
        return Ok(None);
    };
    let currency = order.money()?;
    let buying = Buying {
        customer: CustomerId::of(order.customer_id),
        project: order.project.as_deref().unwrap_or_default(),
        currency,
        day,
    };
    let drafts = drafts(tx, lines, buying).await?;
    Ok(Some(worth(drafts, currency)?))
}
