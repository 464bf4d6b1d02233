//! What lies open while documents are drawn up: how orders stand and what is settled, counting those
//! drawn up before in the same go. Nothing is written until all of them are known to be right.

use std::collections::{BTreeMap, btree_map::Entry};

use db::{Result, Tx};
use kernel::Refusal;

use crate::{
    OrderId,
    fulfilment::Standing,
    settlement::Span,
    store::{
        allocations::{self, Source},
        credit_notes,
        invoices::Invoice,
        orders::{self, Order, StandingRow},
    },
};

/// The lines of an order as they stand once everything drawn up so far is posted.
#[derive(Debug, Clone)]
pub struct Open {
    pub rows: Vec<StandingRow>,
    pub standing: Vec<Standing>,
}

impl Open {
    /// Where the order's line with this number stands.
    ///
    /// # Errors
    ///
    /// `line.unknown`.
    pub fn place_of(&self, line: i64) -> std::result::Result<usize, Refusal> {
        let found = self.rows.iter().position(|row| row.line == line);
        found.ok_or_else(|| {
            let message = format!(
                "The order has lines 1 to {}, no line {line}.",
                self.rows.len()
            );
            Refusal::value("line.unknown", message).at("line")
        })
    }
}

/// Lines of an order that stand otherwise once a document is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub order: OrderId,
    pub lines: Vec<(i64, Standing)>,
}

impl Moved {
    /// Saves how the lines stand.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn save(&self, tx: &mut Tx) -> Result<()> {
        for (line, standing) in &self.lines {
            orders::set_standing(tx, self.order, *line, *standing).await?;
        }
        orders::touch(tx, self.order).await
    }
}

/// Everything that lies open.
#[derive(Debug, Default)]
pub struct Desk {
    orders: BTreeMap<i64, Open>,
    invoices: BTreeMap<i64, Vec<Span>>,
    sources: BTreeMap<(bool, i64), Vec<Span>>,
    given: BTreeMap<i64, i64>,
}

impl Desk {
    /// The lines of an order.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn order(&mut self, tx: &mut Tx, order: &Order) -> Result<&mut Open> {
        match self.orders.entry(order.id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let rows = orders::standings(tx, order.order()).await?;
                let standing = rows.iter().map(StandingRow::standing).collect();
                Ok(place.insert(Open { rows, standing }))
            }
        }
    }

    /// Keeps how the lines of an order stand after a document, and tells which it moved.
    pub fn moved(&mut self, order: &Order, after: Vec<Standing>) -> Moved {
        let mut lines = Vec::new();
        if let Some(open) = self.orders.get_mut(&order.id) {
            let pairs = open.rows.iter().zip(open.standing.iter().zip(&after));
            let other = pairs.filter(|(_, (before, now))| before != now);
            lines.extend(other.map(|(row, (_, now))| (row.line, *now)));
            open.standing = after;
        }
        Moved {
            order: order.order(),
            lines,
        }
    }

    /// What settles an invoice.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn invoice(&mut self, tx: &mut Tx, invoice: &Invoice) -> Result<&mut Vec<Span>> {
        match self.invoices.entry(invoice.id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let spans = allocations::spans_of_invoice(tx, invoice.invoice()).await?;
                Ok(place.insert(spans))
            }
        }
    }

    /// What credit notes on an invoice give back, with tax.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn given(&mut self, tx: &mut Tx, invoice: &Invoice) -> Result<&mut i64> {
        match self.given.entry(invoice.id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                Ok(place.insert(credit_notes::given(tx, invoice.invoice()).await?))
            }
        }
    }

    /// What is taken from a payment or credit note.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn source(&mut self, tx: &mut Tx, source: Source) -> Result<&mut Vec<Span>> {
        let key = match source {
            Source::Payment(payment) => (true, payment.get()),
            Source::CreditNote(note) => (false, note.get()),
            Source::Outside => (false, 0),
        };
        match self.sources.entry(key) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let spans = allocations::spans_of_source(tx, source).await?;
                Ok(place.insert(spans))
            }
        }
    }
}
