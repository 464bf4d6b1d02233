//! What is in flight when a customer changes hands. Every kind of open thing is a [`Kind`]; the
//! program gives the list of them to moves, so a duty adds its own without moves knowing it.

mod offers;
mod orders;
mod support;

use db::{FromRow, Result, Tx, WorkFuture};
use jiff::{Timestamp, civil::Date};
use kernel::{Percent, Scope, ids::PersonId};

use crate::{CustomerId, credit::Receiver};

/// Finds what is open.
pub type Look = for<'a> fn(&'a mut Tx, Of<'a>) -> WorkFuture<'a, Vec<Open>>;

/// Does with open things what a move wants.
pub type Settle = for<'a> fn(&'a mut Tx, &'a Settling<'a>) -> WorkFuture<'a, ()>;

/// What becomes of something that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// It goes along with the customer.
    Move,
    /// It stays with whoever has it.
    Stay,
    /// It ends on the day of the move.
    End,
}

impl Choice {
    pub fn as_str(self) -> &'static str {
        match self {
            Choice::Move => "move",
            Choice::Stay => "stay",
            Choice::End => "end",
        }
    }

    /// As requests and records write it.
    pub fn parse(text: &str) -> Option<Choice> {
        [Choice::Move, Choice::Stay, Choice::End]
            .into_iter()
            .find(|choice| choice.as_str() == text)
    }
}

/// A kind of open thing, and what becomes of it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// As requests name it: `orders`.
    pub name: &'static str,
    /// The key of its text.
    pub text_key: &'static str,
    /// What may be chosen; nothing where it goes along with the customer by itself.
    pub choices: &'static [Choice],
    /// What of these customers is open and `from`'s; at most [`MOST_OPEN`] and one.
    pub open: Look,
    /// Carries a choice out. It runs before the customers change hands.
    pub settle: Settle,
}

/// The most open things of a kind one move takes along.
pub const MOST_OPEN: usize = 20_000;

/// Whose open things are looked for: of these customers, and `from`'s.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    pub customers: &'a [CustomerId],
    /// None is the house.
    pub from: Option<PersonId>,
    /// Whether these are all customers `from` has.
    pub all: bool,
    /// From this day on the customers are the receiver's.
    pub day: Date,
    pub today: Date,
    /// What whoever asks may see.
    pub scope: &'a Scope,
}

/// Something open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    pub number: String,
    pub id: i64,
    pub customer: CustomerId,
    pub day: Date,
    /// Exact, in the base currency; nothing where a kind has no worth.
    pub net_exact: i64,
}

/// What a move wants of some things of a kind.
#[derive(Debug)]
pub struct Settling<'a> {
    pub open: &'a [Open],
    pub choice: Choice,
    pub from: Option<PersonId>,
    pub to: Receiver,
    /// From this day on the customers are the receiver's.
    pub day: Date,
    /// The part of what is dated on the move's first day that passes.
    pub share: Percent,
    pub now: Timestamp,
}

const MOVE_OR_STAY: &[Choice] = &[Choice::Move, Choice::Stay];

/// The kinds of the book itself.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "drafts",
        text_key: "in-flight-drafts",
        choices: MOVE_OR_STAY,
        open: |tx, of| Box::pin(orders::drafts(tx, of)),
        settle: |tx, settling| Box::pin(orders::settle_drafts(tx, settling)),
    },
    Kind {
        name: "orders",
        text_key: "in-flight-orders",
        choices: MOVE_OR_STAY,
        open: |tx, of| Box::pin(orders::unfulfilled(tx, of)),
        // Whose an open order is is its credit, which passes with the rest of the credit.
        settle: |_, _| Box::pin(async { Ok(()) }),
    },
    Kind {
        name: "quotations",
        text_key: "in-flight-quotations",
        choices: MOVE_OR_STAY,
        open: |tx, of| Box::pin(offers::quotations(tx, of)),
        settle: |tx, settling| Box::pin(offers::settle_quotations(tx, settling)),
    },
    Kind {
        name: "samples",
        text_key: "in-flight-samples",
        choices: MOVE_OR_STAY,
        open: |tx, of| Box::pin(offers::samples(tx, of)),
        settle: |tx, settling| Box::pin(offers::settle_samples(tx, settling)),
    },
    Kind {
        name: "frameworks",
        text_key: "in-flight-frameworks",
        // What was agreed with a customer is the customer's, whoever looks after it.
        choices: &[],
        open: |tx, of| Box::pin(offers::frameworks(tx, of)),
        settle: |_, _| Box::pin(async { Ok(()) }),
    },
    Kind {
        name: "support",
        text_key: "in-flight-support",
        choices: &[Choice::Move, Choice::Stay, Choice::End],
        open: |tx, of| Box::pin(support::given(tx, of)),
        settle: |tx, settling| Box::pin(support::settle(tx, settling)),
    },
    Kind {
        name: "supporters",
        text_key: "in-flight-supporters",
        choices: &[Choice::Stay, Choice::End],
        open: |tx, of| Box::pin(support::by_others(tx, of)),
        settle: |tx, settling| Box::pin(support::settle(tx, settling)),
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

/// Rows with an own split or person are found for the person they name, others for whoever has the
/// customer: nobody's are the house's.
fn whose(of: &Of<'_>) -> i64 {
    of.from.map_or(0, PersonId::get)
}

fn ids(open: &[Open]) -> String {
    let ids: Vec<i64> = open.iter().map(|one| one.id).collect();
    format!("{ids:?}")
}

async fn found(tx: &mut Tx, sql: &'static str, of: &Of<'_>) -> Result<Vec<Open>> {
    let rows = tx
        .q(sql)
        .bind(super::ids_json(of.customers))
        .bind(whose(of))
        .all()
        .await?;
    Ok(opened(rows))
}
