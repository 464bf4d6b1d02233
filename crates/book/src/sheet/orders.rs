//! Orders from a file, with the credit each of them earned in its time.
//!
//! An order that is recorded already must be the same order; a file never rewrites one.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Currency, Percent, Refusal, Scope,
    ids::{PersonId, UnitId},
};
use org::{
    sheet::Read,
    store::{company, memberships, units},
};
use sheet::{Faults, Outcome, Sheet};

use super::{
    order_rows::{Head, Known, OrderRows, gather},
    people_by_code,
};
use crate::{
    CustomerId,
    credit::{Credit, Places, Split, freeze},
    order::{LineDraft, Worth, with_own_taxes, worth},
    store::{
        assignments::{self, Assignment},
        customers,
        orders::{self, NewOrder},
        products,
    },
};

/// Orders written with one go at the engine.
const CHUNK: usize = 500;

pub(super) async fn import(
    tx: &mut Tx,
    sheet: &Sheet,
    now: Timestamp,
    today: Date,
) -> Result<Read> {
    let known = load(tx, today).await?;
    let earning = Earning::load(tx).await?;
    let recorded = orders::known(tx).await?;
    let mut faults = Faults::new();
    let mut outcome = Outcome::default();
    let mut new = Vec::new();
    for (folded, order) in gather(sheet, &known, &mut faults) {
        let Some(worth) = valued(&order, known.base, &mut faults) else {
            continue;
        };
        let rows = u64::try_from(order.lines.len()).unwrap_or(u64::MAX);
        if let Some(old) = recorded.get(&folded) {
            check_same(&order, &worth, old, &mut faults);
            outcome.unchanged += rows;
        } else {
            new.extend(earning.order(&order, worth, (known.base, now), &mut faults));
            outcome.added += rows;
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    for chunk in new.chunks(CHUNK) {
        save(tx, chunk).await?;
    }
    Ok(Ok(outcome))
}

async fn load(tx: &mut Tx, today: Date) -> Result<Known> {
    let tree = units::tree(tx, &Scope::All).await?;
    let units = tree
        .into_iter()
        .map(|unit| (unit.code.to_ascii_lowercase(), unit.id));
    Ok(Known {
        customers: customers::ids_by_code(tx).await?,
        products: products::ids_by_code(tx).await?,
        people: people_by_code(tx).await?,
        units: units.collect(),
        base: company::expect(tx).await?.currency,
        today,
    })
}

/// An order to be written, and the seller of a draft.
struct Entered {
    order: NewOrder,
    seller: Option<PersonId>,
}

async fn save(tx: &mut Tx, chunk: &[Entered]) -> Result<()> {
    let news: Vec<NewOrder> = chunk.iter().map(|one| one.order.clone()).collect();
    let ids = orders::save_many(tx, &news).await?;
    for (id, one) in ids.into_iter().zip(chunk) {
        if let Some(seller) = one.seller {
            let whole = Percent::WHOLE.millionths();
            orders::keep_split(tx, id, &[(seller, whole)]).await?;
        }
    }
    Ok(())
}

/// The order's amounts; what is wrong with them is a fault of the row it comes from.
fn valued(order: &OrderRows<'_>, base: Currency, faults: &mut Faults) -> Option<Worth> {
    let drafts: Vec<LineDraft> = order.lines.iter().map(|line| line.draft.clone()).collect();
    let taxes: Vec<Option<i64>> = order.lines.iter().map(|line| line.own_tax).collect();
    match worth(drafts, base).and_then(|worth| with_own_taxes(worth, &taxes)) {
        Ok(worth) => Some(worth),
        Err(no) => {
            blame(order, no, faults);
            None
        }
    }
}

/// `lines[3].net` is the column `net` of the row that holds the fourth line.
fn blame(order: &OrderRows<'_>, no: Refusal, faults: &mut Faults) {
    let place = no.fields.first().and_then(|field| {
        let (digits, rest) = field.field.strip_prefix("lines[")?.split_once(']')?;
        let line = order.lines.get(digits.parse::<usize>().ok()?)?;
        Some((line.row, rest.trim_start_matches('.')))
    });
    match place {
        Some((row, "")) => faults.push(row.fault_of_row(no.message)),
        Some((row, column)) => faults.push(row.fault(column, no.message)),
        None => blame_first(order, no.message, faults),
    }
}

/// A fault of the row an order begins in.
fn blame_first(order: &OrderRows<'_>, message: String, faults: &mut Faults) {
    if let Some(first) = order.lines.first() {
        faults.push(first.row.fault("number", message));
    }
}

fn check_same(order: &OrderRows<'_>, worth: &Worth, old: &orders::Known, faults: &mut Faults) {
    let lines = i64::try_from(worth.lines.len()).unwrap_or(i64::MAX);
    let same = old.customer_id == order.head.customer.get()
        && old.day == order.head.day.to_string()
        && old.net_exact == worth.net_exact
        && old.lines == lines;
    if !same {
        let message = format!(
            "Order {} is already recorded with another customer, date, net or number of lines. A file does not rewrite an order.",
            order.number
        );
        blame_first(order, message, faults);
    }
}

/// Who earned what on any day, loaded once for all orders of the file.
struct Earning {
    places: Places,
    held: BTreeMap<CustomerId, Vec<Assignment>>,
    house: UnitId,
}

impl Earning {
    async fn load(tx: &mut Tx) -> Result<Earning> {
        Ok(Earning {
            places: Places::of(memberships::all(tx).await?),
            held: assignments::all(tx).await?,
            house: units::root(tx).await?.id,
        })
    }

    fn order(
        &self,
        order: &OrderRows<'_>,
        worth: Worth,
        (currency, recorded): (Currency, Timestamp),
        faults: &mut Faults,
    ) -> Option<Entered> {
        let head = order.head;
        let credit = match self.credit(&head, worth.net_exact) {
            Ok(credit) => credit,
            Err(no) => {
                blame(order, no, faults);
                return None;
            }
        };
        let order = NewOrder {
            number: order.number.clone(),
            customer: head.customer,
            day: head.day,
            currency,
            status: head.status,
            territory: head.territory,
            worth,
            credit,
            recorded,
        };
        let seller = head.sales_person.filter(|_| head.status == "draft");
        Some(Entered { order, seller })
    }

    /// The sales person of the row earns it; without one the customer's owner of that day.
    fn credit(&self, head: &Head, net_exact: i64) -> std::result::Result<Vec<Credit>, Refusal> {
        if !orders::earns(head.status) {
            return Ok(Vec::new());
        }
        let earner = head
            .sales_person
            .or_else(|| self.owner_on(head.customer, head.day));
        let split = earner.map(|person| Split {
            person,
            share: Percent::WHOLE,
        });
        freeze(
            net_exact,
            split.as_slice(),
            head.day,
            &self.places,
            self.house,
        )
    }

    fn owner_on(&self, customer: CustomerId, day: Date) -> Option<PersonId> {
        let held = self.held.get(&customer)?;
        let owner = held
            .iter()
            .rev()
            .find(|one| one.role == "owner" && one.from <= day && one.to.is_none_or(|to| day < to));
        owner.map(|one| one.person)
    }
}
