//! Taking a list of open items from outside: what is new on it, what sank, rose or is missing.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Money, ids::PublicId};

use super::settling::recount;
use crate::{
    CustomerId, InvoiceId,
    open_list::{Settled, Steps},
    store::{
        allocations::{self, NewAllocation, Source},
        invoices::{self, NewInvoice},
        open_lists::{self, Held, Taken},
    },
    terms::Instalment,
};

/// A row of a list.
#[derive(Debug, Clone)]
pub struct Item {
    pub number: Code,
    pub customer: CustomerId,
    pub day: Date,
    /// None while nobody knows.
    pub due: Option<Date>,
    pub gross: Money,
    pub open: Money,
}

/// What becomes of an invoice that is recorded.
#[derive(Debug, Clone)]
pub struct Moved {
    pub invoice: InvoiceId,
    pub steps: Steps,
    /// What settles it, as [`Steps::ends`] counts it.
    pub held: Vec<Held>,
    /// The day it is due from now on, if that is another.
    pub due: Option<Date>,
    /// Chance for the id of what settles it.
    pub chance: u128,
}

/// Everything a list brings; nothing is written yet.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub list: Taken,
    /// The day of the list before.
    pub after: Option<Date>,
    /// New invoices, each with chance for the id of what settles it already.
    pub new: Vec<(Item, u128)>,
    pub moved: Vec<Moved>,
}

impl Drawn {
    /// Writes what the list brings.
    ///
    /// # Errors
    ///
    /// Whatever the engine reports.
    pub async fn write(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        open_lists::add(tx, &self.list, now).await?;
        let day = self.list.as_of;
        let mut settled = self.post_new(tx, now).await?;
        let mut ended = Vec::new();
        for moved in &self.moved {
            let ends = moved.steps.ends.iter();
            ended.extend(
                ends.filter_map(|place| moved.held.get(*place))
                    .map(|(row, _)| *row),
            );
            let new = moved.steps.settles;
            settled.extend(new.map(|one| allocation(moved.invoice, one, day, moved.chance)));
        }
        allocations::end_many(tx, &ended, day, now).await?;
        allocations::add(tx, &settled, now).await?;
        for moved in &self.moved {
            if let Some(due) = moved.due {
                set_due(tx, moved.invoice, due, now).await?;
            }
            recount(tx, moved.invoice).await?;
        }
        Ok(())
    }

    /// Posts what no list had before, and says what of it was settled when it came.
    async fn post_new(&self, tx: &mut Tx, now: Timestamp) -> Result<Vec<NewAllocation>> {
        let mut new = Vec::with_capacity(self.new.len());
        for (item, _) in &self.new {
            let settled = item.gross.minus(item.open)?;
            new.push((posted(item, now), settled.minor()));
        }
        let ids: BTreeMap<String, InvoiceId> = invoices::add_many(tx, &new).await?;
        let mut settles = Vec::new();
        for ((item, chance), (_, amount_minor)) in self.new.iter().zip(&new) {
            let Some(invoice) = ids.get(&item.number.folded()).filter(|_| 0 < *amount_minor) else {
                continue;
            };
            let one = Settled {
                amount_minor: *amount_minor,
                after: Some(self.after.map_or(item.day, |after| after.max(item.day))),
            };
            settles.push(allocation(*invoice, one, self.list.as_of, *chance));
        }
        Ok(settles)
    }
}

fn posted(item: &Item, now: Timestamp) -> NewInvoice {
    NewInvoice {
        number: item.number.clone(),
        customer: item.customer,
        payer: item.customer,
        order: None,
        day: item.day,
        received_on: None,
        accepted_on: None,
        net: item.gross,
        tax: Money::zero(item.gross.currency()),
        gross: item.gross,
        source: "snapshot",
        note: String::new(),
        lines: Vec::new(),
        instalments: vec![Instalment {
            part: 1,
            due: item.due,
            amount_minor: item.gross.minor(),
            is_retention: false,
            discount_minor: 0,
            discount_until: None,
            rule: None,
        }],
        recorded: now,
    }
}

fn allocation(invoice: InvoiceId, one: Settled, day: Date, chance: u128) -> NewAllocation {
    NewAllocation {
        public_id: PublicId::of_random(chance).to_string(),
        invoice,
        source: Source::Outside,
        kind: "source",
        amount_minor: one.amount_minor,
        source_minor: one.amount_minor,
        day,
        after_day: one.after,
    }
}

/// Moves the due day of an invoice that came by a list; the day that held before stays readable.
async fn set_due(tx: &mut Tx, invoice: InvoiceId, due: Date, now: Timestamp) -> Result<()> {
    let old = invoices::instalments(tx, invoice, i64::MAX).await?;
    let anew = old.into_iter().map(|one| Instalment {
        due: Some(due),
        ..one
    });
    invoices::replace_instalments(tx, invoice, &anew.collect::<Vec<_>>(), now).await
}
