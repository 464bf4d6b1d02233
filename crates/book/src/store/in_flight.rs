//! What is in flight when a customer changes hands. Every kind of open document is a [`Kind`]; the
//! program gives the list of them to moves, so a duty adds its own without moves knowing it.

use std::collections::BTreeMap;

use db::{FromRow, Result, Tx, WorkFuture};
use jiff::{Timestamp, civil::Date};
use kernel::{Percent, Refusal, ids::PersonId};

use super::{ids_json, orders, sharers};
use crate::{
    CustomerId, OrderId,
    credit::{Receiver, Split},
};

/// Finds what is open.
pub type Look = for<'a> fn(&'a mut Tx, Of<'a>) -> WorkFuture<'a, Vec<Open>>;

/// Does with open documents what a move wants.
pub type Settle = for<'a> fn(&'a mut Tx, &'a Settling<'a>) -> WorkFuture<'a, ()>;

/// A kind of open document, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// As requests name it: `orders`.
    pub name: &'static str,
    /// The key of its text.
    pub text_key: &'static str,
    /// What of these customers is open and `from`'s; at most [`MOST_OPEN`] and one.
    pub open: Look,
    /// Lets it go along with a move, or stay with whoever has it. It runs before the customers change
    /// hands.
    pub settle: Settle,
}

/// The most open documents of a kind one move takes along.
pub const MOST_OPEN: usize = 20_000;

/// Whose open documents are looked for: of these customers, and `from`'s.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    pub customers: &'a [CustomerId],
    /// None is the house.
    pub from: Option<PersonId>,
}

/// An open document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    pub number: String,
    pub id: i64,
    pub customer: CustomerId,
    pub day: Date,
    /// Exact, in the base currency.
    pub net_exact: i64,
}

/// What a move wants of a kind.
#[derive(Debug)]
pub struct Settling<'a> {
    pub open: &'a [Open],
    pub moves: bool,
    pub from: Option<PersonId>,
    pub to: Receiver,
    /// From this day on the customers are the receiver's.
    pub day: Date,
    /// The part of what is dated on the move's first day that passes.
    pub share: Percent,
    pub now: Timestamp,
}

/// The kinds of the book itself.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "drafts",
        text_key: "in-flight-drafts",
        open: |tx, of| Box::pin(drafts(tx, of)),
        settle: |tx, settling| Box::pin(settle_drafts(tx, settling)),
    },
    Kind {
        name: "orders",
        text_key: "in-flight-orders",
        open: |tx, of| Box::pin(open_orders(tx, of)),
        // Whose an open order is is its credit, which passes with the rest of the credit.
        settle: |_, _| Box::pin(async { Ok(()) }),
    },
];

#[derive(FromRow)]
struct Row {
    id: i64,
    number: String,
    customer_id: i64,
    day: String,
    net_exact: i64,
}

fn opened(rows: Vec<Row>) -> Vec<Open> {
    let open = rows.into_iter().filter_map(|row| {
        Some(Open {
            number: row.number,
            id: row.id,
            customer: CustomerId::of(row.customer_id),
            day: row.day.parse().ok()?,
            net_exact: row.net_exact,
        })
    });
    open.collect()
}

/// Orders that are not confirmed and would earn credit for `from`.
async fn drafts(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    const SQL: &str = "
        select o.id, o.number, o.customer_id, o.day, o.base_exact as net_exact
          from book_order o
         where o.customer_id in (select cast(value as bigint) from json_each($1))
           and o.status in ('draft', 'held')
           and (not exists (select 1 from book_order_split s where s.order_id = o.id)
                or exists (select 1 from book_order_split s where s.order_id = o.id and s.person_id = $2))
         order by o.day, o.id
         limit 20001";
    let rows = tx
        .q(SQL)
        .bind(ids_json(of.customers))
        .bind(of.from.map_or(0, PersonId::get))
        .all()
        .await?;
    Ok(opened(rows))
}

/// Confirmed orders that are not closed, in whose credit `from` has a part.
async fn open_orders(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    const SQL: &str = "
        select o.id, o.number, o.customer_id, o.day, o.base_exact as net_exact
          from book_order o
         where o.customer_id in (select cast(value as bigint) from json_each($1))
           and o.status = 'confirmed'
           and exists (select 1
                         from book_credit c
                        where c.order_id = o.id
                          and coalesce(c.person_id, 0) = $2
                          and c.retracted_at is null)
         order by o.day, o.id
         limit 20001";
    let rows = tx
        .q(SQL)
        .bind(ids_json(of.customers))
        .bind(of.from.map_or(0, PersonId::get))
        .all()
        .await?;
    Ok(opened(rows))
}

/// A draft says who will earn it: the split is written down wherever the new owner would change it.
async fn settle_drafts(tx: &mut Tx, settling: &Settling<'_>) -> Result<()> {
    for some in settling.open.chunks(1_000) {
        let orders: Vec<OrderId> = some.iter().map(|draft| OrderId::of(draft.id)).collect();
        let named = orders::splits_of(tx, &orders).await?;
        let asked: Vec<(CustomerId, Date)> = some
            .iter()
            .map(|draft| (draft.customer, draft.day))
            .collect();
        let earning = sharers::earners_of(tx, &asked).await?;
        let mut splits = Vec::with_capacity(some.len());
        for (draft, earning) in some.iter().zip(earning) {
            let kept = named.get(&OrderId::of(draft.id));
            let after = match kept {
                _ if settling.moves => passed(kept.unwrap_or(&earning), settling)?,
                Some(_) => continue,
                None => staying(draft, earning, settling)?,
            };
            let shares: Vec<(PersonId, i64)> = after
                .iter()
                .map(|part| (part.person, part.share.millionths()))
                .collect();
            splits.push((OrderId::of(draft.id), shares));
        }
        orders::replace_splits(tx, &splits).await?;
    }
    Ok(())
}

/// Who earns a draft that stays. What is nobody's has no split: dated on or after the move it would
/// be the receiver's when it is confirmed.
fn staying(
    draft: &Open,
    earning: Vec<Split>,
    settling: &Settling<'_>,
) -> std::result::Result<Vec<Split>, Refusal> {
    let is_house = settling.from.is_none() && earning.is_empty();
    if is_house && settling.to.person.is_some() && settling.day <= draft.day {
        let message = format!(
            "Order {} of {} is a draft of the house, which cannot keep it: its customer is the receiver's by then. Let drafts move, or confirm or date it before {}.",
            draft.number, draft.day, settling.day
        );
        return Err(Refusal::state("move.draft_stays", message).at("documents.drafts"));
    }
    Ok(earning)
}

/// The split after the part of `from` passed on.
fn passed(split: &[Split], settling: &Settling<'_>) -> std::result::Result<Vec<Split>, Refusal> {
    let Some(to) = settling.to.person else {
        return Err(Refusal::value(
            "move.house_drafts",
            "Drafts do not pass to the house. Let them stay, or name a person.",
        )
        .at("documents"));
    };
    let Some(from) = settling.from else {
        // What was the house's has no split yet.
        let whole = Split {
            person: to,
            share: Percent::WHOLE,
        };
        return Ok(vec![whole]);
    };
    let mut shares: BTreeMap<PersonId, i64> = BTreeMap::new();
    for part in split {
        let share = part.share.millionths();
        let passing = if part.person == from {
            let passing = i128::from(share) * i128::from(settling.share.millionths());
            let rounded = kernel::decimal::round_div(passing, 1_000_000);
            i64::try_from(rounded).unwrap_or(share)
        } else {
            0
        };
        *shares.entry(part.person).or_default() += share - passing;
        *shares.entry(to).or_default() += passing;
    }
    let parts = shares.into_iter().filter(|(_, share)| 0 < *share);
    Ok(parts
        .map(|(person, share)| Split {
            person,
            share: Percent::of_millionths(share),
        })
        .collect())
}
