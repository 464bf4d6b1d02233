//! Changing the grid: each change is carried out whole and answered with the grid balanced.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, request::Parts},
    response::{IntoResponse, Response},
};
use db::{DbError, Tx};
use kernel::{Money, Refusal, Scope, decimal::parse_places};
use maud::html;
use page::{Actor, Form, Frame, Kit, Path, Problem, Result, Tone};
use trail::By;

use super::{
    grid::{plain_number, sheet},
    grid_table,
    plans::{PLANNERS, may_plan},
};
use crate::{
    drafting::{self, Act, Opened},
    grid::Balance,
    store::plans,
};

/// A change of the grid as it is sent: the copy it was made on, the way it is balanced, and the
/// changed cells under `c.HOLDER.PERIOD`.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    pub(super) edit: i64,
    balance: String,
    lock: String,
    total: String,
    cells: Vec<(String, String, String)>,
}

pub(super) fn read_sent(pairs: Vec<(String, String)>) -> Sent {
    let mut sent = Sent::default();
    for (name, value) in pairs {
        match name.as_str() {
            "edit" => sent.edit = value.trim().parse().unwrap_or(0),
            "balance" => sent.balance = value,
            "lock" => sent.lock = value,
            "total" => sent.total = value,
            other => {
                let cell = other
                    .strip_prefix("c.")
                    .and_then(|rest| rest.split_once('.'));
                if let Some((holder, period)) = cell {
                    sent.cells
                        .push((holder.to_owned(), period.to_owned(), value));
                }
            }
        }
    }
    sent
}

type Pairs = Form<Vec<(String, String)>>;

/// Who changes which plan, and how the answer is wanted.
pub struct Planner {
    kit: Kit,
    actor: Actor,
    frame: Frame,
    code: String,
    /// The browser swaps the grid itself; without its script it is sent to the page again.
    swaps: bool,
}

impl FromRequestParts<Kit> for Planner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, kit: &Kit) -> Result<Planner> {
        let actor = Actor::from_request_parts(parts, kit).await?;
        actor.may(PLANNERS)?;
        let frame = Frame::from_request_parts(parts, kit).await?;
        let Path(code) = Path::<String>::from_request_parts(parts, kit).await?;
        let swaps = parts.headers.contains_key("hx-request");
        Ok(Planner {
            kit: kit.clone(),
            actor,
            frame,
            code,
            swaps,
        })
    }
}

/// `POST /plan/{code}/cells`: sets cells and answers with the whole grid balanced.
pub async fn set(planner: Planner, Form(pairs): Pairs) -> Result<Response> {
    planner.change(pairs, Kind::Set).await
}

/// `POST /plan/{code}/lock`: `lock=HOLDER.PERIOD` for a cell, `lock=HOLDER` for its row; pressed
/// again it unlocks.
pub async fn lock(planner: Planner, Form(pairs): Pairs) -> Result<Response> {
    planner.change(pairs, Kind::Lock).await
}

/// `POST /plan/{code}/spread`: a new total over everything that is open.
pub async fn spread(planner: Planner, Form(pairs): Pairs) -> Result<Response> {
    planner.change(pairs, Kind::Spread).await
}

/// `POST /plan/{code}/undo`: takes the last change back.
pub async fn undo(planner: Planner, Form(pairs): Pairs) -> Result<Response> {
    planner.change(pairs, Kind::Undo).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Set,
    Lock,
    Spread,
    Undo,
}

struct Change {
    code: String,
    scope: Scope,
    sent: Sent,
    kind: Kind,
    by: By,
}

impl Planner {
    async fn change(self, pairs: Vec<(String, String)>, kind: Kind) -> Result<Response> {
        let sent = read_sent(pairs);
        let balance = Balance::parse(&sent.balance)?;
        let Planner {
            kit,
            actor,
            frame,
            code,
            swaps,
        } = self;
        let by = org::api::by(&actor, kit.now());
        let input = Change {
            code: code.clone(),
            scope: actor.scope.clone(),
            sent,
            kind,
            by,
        };
        let done = kit
            .db
            .write(input, |tx, change| Box::pin(carry_out(tx, change)))
            .await;
        let refused = match done {
            Ok(()) => None,
            // Only what was typed is wrong: the grid is shown again as it stands, with the reason.
            Err(DbError::Refused(no)) if swaps && no.kind == kernel::refusal::Kind::Value => {
                Some(no)
            }
            Err(error) => return Err(error.into()),
        };
        if !swaps {
            return Ok(page::see(&page::address("/plan", code.as_ref()), ""));
        }
        let mut tx = kit.db.read().await?;
        let plan = plans::fetch(&mut tx, &actor.scope, &code).await?;
        let opened = drafting::open(&mut tx, &actor.scope, plan, true, None).await?;
        let sheet = sheet(&mut tx, &actor, opened, balance).await?;
        let grid = grid_table::grid_answer(&frame, &sheet);
        let told = |toast| html! { (grid) div #toasts hx-swap-oob="innerHTML" { (toast) } };
        let Some(no) = refused else {
            // What was said about the change before is settled.
            return Ok(told(html! {}).into_response());
        };
        let problem = Problem::from(no);
        let toast = page::toast(&frame, Tone::Bad, &problem.sentence(&frame), html! {});
        let mut response = page::ask_again(&problem, told(toast));
        // Swapped whole, not morphed: what was typed and refused must not stay in the cell.
        let whole = HeaderValue::from_static("outerHTML");
        response.headers_mut().insert("hx-reswap", whole);
        Ok(response)
    }
}

async fn carry_out(tx: &mut Tx, change: &Change) -> db::Result<()> {
    let plan = plans::fetch(tx, &change.scope, &change.code).await?;
    may_plan(&change.scope, &plan)?;
    let opened = drafting::open(tx, &Scope::All, plan.clone(), true, None).await?;
    let acts = acts(&opened, &change.sent, change.kind)?;
    let mut next = Some(opened);
    for (edit, act) in (change.sent.edit..).zip(acts) {
        let opened = match next.take() {
            Some(opened) => opened,
            None => drafting::open(tx, &Scope::All, plan.clone(), true, None).await?,
        };
        drafting::act(tx, opened, edit, &act, &change.by).await?;
    }
    Ok(())
}

fn acts(opened: &Opened, sent: &Sent, kind: Kind) -> std::result::Result<Vec<Act>, Refusal> {
    let currency = opened.grid.currency;
    match kind {
        Kind::Undo => Ok(vec![Act::Undo]),
        Kind::Spread => {
            let total =
                Money::parse(&plain_number(&sent.total), currency).map_err(|no| no.at("total"))?;
            Ok(vec![Act::Spread { total }])
        }
        Kind::Lock => Ok(vec![lock_act(opened, &sent.lock)]),
        Kind::Set => {
            let scale = grid_table::Scale::of(&opened.grid);
            let balance = Balance::parse(&sent.balance)?;
            let mut acts = Vec::new();
            for (holder, period, typed) in &sent.cells {
                let amount = scale_up(typed, scale)?;
                let row = opened
                    .grid
                    .rows
                    .iter()
                    .find(|row| row.holder.key() == *holder);
                let column = opened
                    .grid
                    .columns
                    .iter()
                    .position(|column| column.code == *period);
                let now = row
                    .zip(column)
                    .map(|(row, column)| row.cells[column].amount);
                if now != Some(amount) {
                    let amount = Money::of_minor(amount, currency);
                    acts.push(Act::Set {
                        holder: holder.clone(),
                        period: period.clone(),
                        amount,
                        balance,
                    });
                }
            }
            Ok(acts)
        }
    }
}

/// From what is typed in the scale of the grid (`897` thousand) to minor units.
fn scale_up(typed: &str, scale: grid_table::Scale) -> std::result::Result<i64, Refusal> {
    parse_places(&plain_number(typed), scale.places).map_err(|no| no.at("amount"))
}

fn lock_act(opened: &Opened, asked: &str) -> Act {
    let grid = &opened.grid;
    let row = |key: &str| grid.rows.iter().find(|row| row.holder.key() == key);
    if let Some((holder, period)) = asked.split_once('.') {
        let column = grid.columns.iter().position(|column| column.code == period);
        let locked = row(holder)
            .zip(column)
            .is_some_and(|(row, column)| row.cells[column].locked);
        return Act::Lock {
            holder: holder.to_owned(),
            period: period.to_owned(),
            locked: !locked,
        };
    }
    let all_locked = row(asked).is_some_and(|row| {
        row.cells
            .iter()
            .zip(&grid.columns)
            .all(|(cell, column)| cell.locked || column.closed)
    });
    Act::LockRow {
        holder: asked.to_owned(),
        locked: !all_locked,
    }
}
