//! Orders from a file, with the credit each of them earned in its time.
//!
//! An order that is recorded already must be the same order; a file never rewrites one.

use std::collections::{BTreeMap, BTreeSet};

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{
    Currency, Percent, Refusal,
    ids::{PersonId, UnitId},
};
use org::{
    sheet::documents::{Documents, Judged, Setting, Verdict},
    store::{company, memberships, units},
};
use sheet::{Document, Faults};

use super::order_rows::{Head, Known, OrderRows};
use crate::{
    CustomerId,
    credit::{Credit, Places, Shared, Split, freeze, share_out},
    order::{LineDraft, Worth, with_own_taxes, worth},
    rates::BaseNet,
    store::{
        assignments::{self, Assignment},
        named,
        orders::{self, NewOrder},
        rates, sharers,
    },
};

/// The orders of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Orders;

/// An order to be written, and the seller of a draft.
#[derive(Debug)]
pub(super) struct Entered {
    order: NewOrder,
    seller: Option<PersonId>,
}

impl Documents for Orders {
    const KEY: &'static str = "number";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
        let known = load(tx, batch, setting.today).await?;
        let numbers = texts(batch, "number");
        let recorded = orders::known(tx, &numbers).await?;
        let mut read = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let order = OrderRows::of(document, &known, &mut faults);
            read.push((order, faults));
        }
        let earning = Earning::load(tx, &read).await?;
        let judged = read.into_iter().map(|(order, mut faults)| {
            let judge = Judge {
                earning: &earning,
                recorded: &recorded,
                base: known.base,
                now: setting.by.at,
            };
            let judged = order.and_then(|order| judge.order(&order, &mut faults));
            judged.filter(|_| faults.is_empty()).unwrap_or(Judged {
                verdict: Verdict::Bad(faults),
                amount: None,
            })
        });
        Ok(judged.collect())
    }

    async fn save(tx: &mut Tx, ready: Vec<Entered>, _setting: Setting<'_>) -> Result<()> {
        let (news, sellers): (Vec<NewOrder>, Vec<Option<PersonId>>) =
            ready.into_iter().map(|one| (one.order, one.seller)).unzip();
        let ids = orders::save_many(tx, &news).await?;
        for (id, seller) in ids.into_iter().zip(sellers) {
            if let Some(seller) = seller {
                let whole = Percent::WHOLE.millionths();
                orders::keep_split(tx, id, &[(seller, whole)]).await?;
            }
        }
        Ok(())
    }
}

/// All that stands in a column of the batch, folded.
fn texts(batch: &[Document], column: &str) -> BTreeSet<String> {
    let rows = batch.iter().flat_map(|document| &document.rows);
    let texts = rows.filter_map(|row| row.text(column));
    texts.map(str::to_ascii_lowercase).collect()
}

async fn load(tx: &mut Tx, batch: &[Document], today: Date) -> Result<Known> {
    let base = company::expect(tx).await?.currency;
    Ok(Known {
        rates: rates(tx, base, batch, today).await?,
        customers: named::customers(tx, &texts(batch, "customer")).await?,
        products: named::products(tx, &texts(batch, "product")).await?,
        people: named::people(tx, &texts(batch, "sales_person")).await?,
        units: named::units(tx, &texts(batch, "territory")).await?,
        base,
        today,
    })
}

/// The rates the batch may take: those of its currencies, around its days.
async fn rates(
    tx: &mut Tx,
    base: Currency,
    batch: &[Document],
    today: Date,
) -> Result<rates::Known> {
    let mut currencies = texts(batch, "currency");
    currencies.remove(&base.code().to_ascii_lowercase());
    let days = texts(batch, "date");
    let today = today.to_string();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Ok(rates::Known::default());
    };
    let span = (first.min(&today).as_str(), last.min(&today).as_str());
    rates::Known::around(tx, base, &currencies, span).await
}

/// What the orders of a batch are judged by.
struct Judge<'a> {
    earning: &'a Earning,
    recorded: &'a BTreeMap<String, orders::Known>,
    base: Currency,
    now: Timestamp,
}

impl Judge<'_> {
    fn order(&self, order: &OrderRows<'_>, faults: &mut Faults) -> Option<Judged<Entered>> {
        let worth = valued(order, faults)?;
        let amount = Some((order.head.currency, worth.net_exact));
        let verdict = if let Some(old) = self.recorded.get(&order.number.folded()) {
            check_same(order, &worth, old, faults);
            Verdict::Same
        } else {
            let entered = self
                .earning
                .order(order, worth, (self.base, self.now), faults)?;
            Verdict::New(entered)
        };
        Some(Judged { verdict, amount })
    }
}

/// The order's amounts; what is wrong with them is a fault of the row it comes from.
fn valued(order: &OrderRows<'_>, faults: &mut Faults) -> Option<Worth> {
    let drafts: Vec<LineDraft> = order.lines.iter().map(|line| line.draft.clone()).collect();
    let taxes: Vec<Option<i64>> = order.lines.iter().map(|line| line.own_tax).collect();
    let currency = order.head.currency;
    match worth(drafts, currency).and_then(|worth| with_own_taxes(worth, &taxes)) {
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
        Some((row, "")) => faults.push(row.fault_of_row(no.message).coded(no.code)),
        Some((row, column)) => {
            let column = column.to_owned();
            faults.push(row.refused(&column, no));
        }
        None => blame_first(order, (no.code, no.message), faults),
    }
}

/// A fault of the row an order begins in.
fn blame_first(order: &OrderRows<'_>, no: (&'static str, String), faults: &mut Faults) {
    if let Some(first) = order.lines.first() {
        let (code, message) = no;
        let fault = first.row.fault("number", message).coded(code);
        faults.push(fault.with("number", &order.number));
    }
}

fn check_same(order: &OrderRows<'_>, worth: &Worth, old: &orders::Known, faults: &mut Faults) {
    let lines = i64::try_from(worth.lines.len()).unwrap_or(i64::MAX);
    let same = old.customer_id == order.head.customer.get()
        && old.day == order.head.day.to_string()
        && old.currency == order.head.currency.code()
        && old.net_exact == worth.net_exact
        && old.lines == lines;
    if !same {
        let message = format!(
            "Order {} is already recorded with another customer, date, currency, net or number of lines. A file does not rewrite an order.",
            order.number
        );
        blame_first(order, ("document.differs", message), faults);
    }
}

/// Who earned what on any day, loaded for the orders of a batch.
struct Earning {
    places: Places,
    held: BTreeMap<CustomerId, Vec<Assignment>>,
    shared: BTreeMap<CustomerId, Vec<Shared>>,
    house: UnitId,
}

impl Earning {
    async fn load(tx: &mut Tx, read: &[(Option<OrderRows<'_>>, Faults)]) -> Result<Earning> {
        let heads: Vec<Head> = read
            .iter()
            .filter_map(|(order, _)| order.as_ref().map(|order| order.head))
            .collect();
        let unsold = heads.iter().filter(|head| head.sales_person.is_none());
        let customers = unsold.map(|head| head.customer).collect();
        let held = assignments::of_customers(tx, &customers).await?;
        let shared = sharers::of_customers(tx, &customers).await?;
        let owners = held.values().flatten().map(|one| one.person);
        let sharers = shared.values().flatten().map(|one| one.person);
        let sellers = heads.iter().filter_map(|head| head.sales_person);
        let people = owners.chain(sharers).chain(sellers).collect();
        Ok(Earning {
            places: Places::of(memberships::of_people(tx, &people).await?),
            held,
            shared,
            house: units::root(tx).await?.id,
        })
    }

    fn order(
        &self,
        order: &OrderRows<'_>,
        worth: Worth,
        (base, recorded): (Currency, Timestamp),
        faults: &mut Faults,
    ) -> Option<Entered> {
        let head = order.head;
        let counted = BaseNet::of(worth.net_exact, head.rated.as_ref(), base)
            .and_then(|net| Ok((net, self.credit(&head, net.exact)?)));
        let (base, credit) = match counted {
            Ok(counted) => counted,
            Err(no) => {
                blame(order, no, faults);
                return None;
            }
        };
        let order = NewOrder {
            number: order.number.clone(),
            customer: head.customer,
            day: head.day,
            currency: head.currency,
            status: head.status,
            territory: head.territory,
            project: None,
            worth,
            base,
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
        let split = if let Some(person) = head.sales_person {
            vec![Split {
                person,
                share: Percent::WHOLE,
            }]
        } else {
            let owner = self.owner_on(head.customer, head.day);
            let shared = self.shared.get(&head.customer);
            share_out(owner, shared.map_or(&[], Vec::as_slice), head.day)
        };
        freeze(net_exact, &split, head.day, &self.places, self.house)
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
