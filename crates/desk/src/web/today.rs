//! `/`: what is off, what waits for my decision. The month comes first.

use axum::extract::State;
use book::store::{orders, sales};
use db::{Cursor, Limit};
use jiff::{ToSpan, civil::Date};
use kernel::{Moment, Money, Role, View};
use maud::Markup;
use org::store::company;
use page::{Actor, Frame, Kit, Result, num};
use plan::{
    report::{self, Subject},
    store::{handovers, plans, versions},
};

use super::today_page::{Draft, Today, today_page};

/// `GET /`.
pub async fn show(State(kit): State<Kit>, actor: Actor, frame: Frame) -> Result<Markup> {
    let mut tx = kit.db.read().await?;
    let company = company::expect(&mut tx).await?;
    let today = kit.today();
    let table = report::this_year(&mut tx, &company, &actor.scope, today).await?;
    let alone = actor.role == Role::Rep;
    let own = table.lines.iter().find(|line| match &line.subject {
        Subject::Person { id, .. } => alone && *id == actor.person,
        Subject::Unit { .. } => !alone,
        Subject::House => false,
    });
    let limit = Limit::parse(Some(8))?;
    let filter = orders::Filter::default();
    let newest = orders::list(
        &mut tx,
        &actor.scope,
        &filter,
        today,
        limit,
        &Cursor::start(),
    )
    .await?
    .items;
    let last_day = match newest
        .first()
        .and_then(|order| order.day.parse::<Date>().ok())
    {
        Some(day) => {
            let span = (day, day.saturating_add(1.day()));
            let sold = sales::by_span(
                &mut tx,
                &actor.scope,
                View::AsWas,
                &[span],
                Moment::latest(today),
            )
            .await?;
            let exact: i64 = sold.iter().map(|one| one.net_exact).sum();
            let count = newest
                .iter()
                .filter(|order| order.day == day.to_string())
                .count();
            Some((day, Money::of_exact(exact, company.currency), count))
        }
        None => None,
    };
    let running = table
        .periods
        .iter()
        .position(|period| period.contains(today));
    let shown = Today {
        own: own.cloned(),
        running,
        last_day,
        newest,
        drafts: drafts(&mut tx, &actor, frame.is_zh()).await?,
        waiting: handovers::waiting_for(&mut tx, actor.person).await?,
        currency: company.currency,
        alone,
        table: Some(table),
    };
    let frame = match shown.last_day {
        Some((day, ..)) => {
            let sentence = frame.tw("today-fresh", &[("day", num::day(&frame, day))]);
            frame.with_fresh(sentence)
        }
        None => frame,
    };
    Ok(today_page(&frame, &shown))
}

async fn drafts(tx: &mut db::Tx, actor: &Actor, local: bool) -> Result<Vec<Draft>> {
    let mut drafts = Vec::new();
    if ![Role::Manager, Role::Administrator].contains(&actor.role) {
        return Ok(drafts);
    }
    for plan in plans::list(tx, &actor.scope).await? {
        if !actor.scope.reaches_unit(plan.unit()) {
            continue;
        }
        if let Some(version) = versions::of_plan(tx, plan.plan())
            .await?
            .into_iter()
            .find(versions::Version::is_draft)
        {
            drafts.push(Draft {
                unit: plan.unit_called(local).to_owned(),
                code: plan.code,
                version: version.number,
                by: version.created_by,
            });
        }
    }
    Ok(drafts)
}
