//! Moves: read, drawn up, looked at before and after, carried out. Loads, asks the rules, saves.
//!
//! What the preview shows and what is carried out is the same [`Drawn`], so they cannot differ.

mod asked;
mod carrying;
mod drawing;
mod figures;

pub use asked::{Asked, Given, Share};
pub use carrying::carry_out;
pub use drawing::{Drawn, InFlight, OpenOfKind, Part, draw, open_by_kind};
pub use figures::{Figures, Side, Whose, figures};

use std::collections::BTreeMap;

use book::{
    credit::Receiver,
    store::{assignments::Owned, in_flight::Kind},
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
    /// By kind of open document, whether it goes along.
    pub choices: BTreeMap<&'static str, bool>,
    pub reason: String,
}

impl Wish {
    /// How many customers move.
    pub fn count(&self) -> usize {
        self.from.values().map(Vec::len).sum()
    }
}
