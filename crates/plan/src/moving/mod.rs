//! Moves: read, drawn up, looked at before and after, carried out. Loads, asks the rules, saves.
//!
//! What the preview shows and what is carried out is the same [`Drawn`], so they cannot differ.

mod asked;
mod carrying;
mod drawing;
mod figures;
pub mod person;

pub use asked::{Asked, Given, Share};
pub use carrying::carry_out;
pub use drawing::{Drawn, InFlight, OpenOfKind, Part, draw, open_by_kind};
pub use figures::{Figures, Side, Whose, figures};

use std::collections::BTreeMap;

use book::{
    credit::Receiver,
    store::{
        assignments::Owned,
        in_flight::{Choice, Kind},
    },
};
use kernel::{Percent, ids::PersonId};

use crate::moves::Terms;

/// The kinds of open documents a move asks about; the program has the list.
#[derive(Debug, Clone, Copy)]
pub struct Kinds(pub &'static [Kind]);

/// A move that is wanted, with every reference found.
#[derive(Debug, Clone)]
pub struct Wish {
    pub terms: Terms,
    pub to: Receiver,
    /// The customers by whose they are on the day; none is the house.
    pub from: BTreeMap<Option<PersonId>, Vec<Owned>>,
    /// The part of the target that goes along, where it is not to be measured.
    pub target_share: Option<Percent>,
    /// By kind of what is open, what becomes of it.
    pub choices: BTreeMap<&'static str, Choice>,
    /// What is chosen otherwise for single documents, by kind and folded number.
    pub each: BTreeMap<&'static str, BTreeMap<String, Choice>>,
    pub reason: String,
    /// A person who changes unit, instead of customers who change hands.
    pub sits: Option<Sits>,
}

/// Where a person sits from the day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sits {
    pub person: PersonId,
    pub seat: Option<String>,
    pub leads: bool,
}

impl Wish {
    /// What becomes of a document; none while nothing was said.
    pub fn choice(&self, kind: &Kind, number: &str) -> Option<Choice> {
        if kind.choices.is_empty() {
            return Some(Choice::Move);
        }
        let own = self.each.get(kind.name);
        let own = own.and_then(|each| each.get(&number.to_ascii_lowercase()));
        own.or_else(|| self.choices.get(kind.name)).copied()
    }

    /// How many customers move.
    pub fn count(&self) -> usize {
        self.from.values().map(Vec::len).sum()
    }
}
