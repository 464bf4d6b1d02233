//! Open items from a file: everything that was open on a day, as another program lists it.
//!
//! The whole file is one list and is judged as a whole. Only a list newer than the last one is taken:
//! the differences between two lists are what happened in between, and an older one cannot be put
//! between them any more. The last one again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::Money;
use org::{
    credential::fingerprint,
    sheet::{Firsts, Read, or_fault, place, refer},
};
use serde_json::json;
use sheet::{Fault, Faults, Outcome, Row, Sheet};
use trail::{By, Entry};

use super::chance;
use crate::{
    CustomerId,
    open_list::{Part, Recorded},
    posting::open_lists::{Drawn, Item, Moved},
    store::{
        named,
        open_lists::{self, Held, Listable, Taken},
    },
    web::accepted,
};

pub(super) async fn import(tx: &mut Tx, sheet: &Sheet, by: &By, today: Date) -> Result<Read> {
    let mut faults = Faults::new();
    let Some(day) = day_of(sheet, today, &mut faults) else {
        return Ok(Err(faults));
    };
    let items = i64::try_from(sheet.rows.len()).unwrap_or(i64::MAX);
    let list = Taken {
        as_of: day,
        items,
        print: print(sheet),
        totals: BTreeMap::new(),
    };
    let last = open_lists::last(tx).await?;
    if let Some(read) = last.as_ref().and_then(|last| taken_before(last, &list)) {
        return Ok(read);
    }
    let customers = customers(tx, sheet).await?;
    let read = items_of(sheet, &customers, day, today, &mut faults);
    let after = last.as_ref().map(|last| last.as_of);
    let mut judging = Judging::of(tx, &read, list, after).await?;
    for (row, item) in read {
        judging.take(row, item, by, &mut faults);
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let outcome = judging.outcome;
    let closed = judging.close_missing(by);
    if let Some(last) = last.filter(|last| last.as_of == day) {
        let brings_nothing = judging.drawn.new.is_empty() && judging.drawn.moved.is_empty();
        return Ok(if brings_nothing {
            Ok(outcome)
        } else {
            Err(not_newer(&last, "it said something else"))
        });
    }
    judging.drawn.write(tx, by.at).await?;
    leave_trail(tx, by, &judging.drawn, closed).await?;
    Ok(Ok(outcome))
}

/// The day all rows agree in.
fn day_of(sheet: &Sheet, today: Date, faults: &mut Faults) -> Option<Date> {
    let Some(first) = sheet.rows.first() else {
        let message = "The list has no rows, so it does not say of which day it is.";
        faults.push(Fault::of_file(message).coded("file.no_rows"));
        return None;
    };
    let day = first.required_date("as_of", faults)?;
    let day = or_fault(first, "as_of", accepted::document_day(day, today), faults)?;
    if today < day {
        let message = format!("{day} is after today, {today}. A list is of a day that has come.");
        faults.push(
            first
                .fault("as_of", message)
                .coded("date.future")
                .with("today", today),
        );
    }
    for row in &sheet.rows {
        let own = row.required_date("as_of", faults);
        if own.is_some_and(|own| own != day) {
            let message = format!("{} says {day}. A file is one list.", place(first.number));
            faults.push(
                row.fault("as_of", message)
                    .coded("file.disagrees")
                    .with("row", first.number),
            );
        }
    }
    faults.is_empty().then_some(day)
}

/// What the list says, whatever the order of its rows.
fn print(sheet: &Sheet) -> String {
    let mut rows: Vec<String> = sheet
        .rows
        .iter()
        .map(|row| row.cells().collect::<Vec<&str>>().join("\t"))
        .collect();
    rows.sort_unstable();
    fingerprint(rows.join("\n").as_bytes())
}

/// The last list again changes nothing, and an older one is refused; another of the same day has to
/// say the same.
fn taken_before(last: &Taken, list: &Taken) -> Option<Read> {
    if list.as_of < last.as_of {
        return Some(Err(not_newer(last, "this one is older")));
    }
    let is_last = last.as_of == list.as_of && last.print == list.print;
    is_last.then(|| {
        Ok(Outcome {
            unchanged: u64::try_from(list.items).unwrap_or(u64::MAX),
            ..Outcome::default()
        })
    })
}

fn not_newer(last: &Taken, what: &str) -> Faults {
    Faults::from(Fault::of_file(format!(
        "The list of {} was taken already, and {what}. Only a newer list is taken: take today's.",
        last.as_of
    )).coded("open_list.older"))
}

type Customers = BTreeMap<String, CustomerId>;

async fn customers(tx: &mut Tx, sheet: &Sheet) -> Result<Customers> {
    let codes = sheet.rows.iter().filter_map(|row| row.text("customer"));
    let codes: BTreeSet<String> = codes.map(str::to_ascii_lowercase).collect();
    let named = named::customers(tx, &codes).await?;
    let ids = named.into_iter().map(|(code, named)| (code, named.id));
    Ok(ids.collect())
}

fn items_of<'s>(
    sheet: &'s Sheet,
    customers: &Customers,
    day: Date,
    today: Date,
    faults: &mut Faults,
) -> Vec<(&'s Row, Item)> {
    let mut firsts = Firsts::default();
    let mut items = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        let Some(item) = item(row, customers, today, faults) else {
            continue;
        };
        firsts.note(&item.number.folded(), row, "number", faults);
        if day < item.day {
            let message = format!("The invoice is of {}, after the list.", item.day);
            faults.push(row.fault("date", message).coded("open_list.day"));
        }
        items.push((row, item));
    }
    items
}

fn item(row: &Row, customers: &Customers, today: Date, faults: &mut Faults) -> Option<Item> {
    row.required_text("customer", faults);
    let customer = refer(row, "customer", "customer", customers, faults);
    let number = row.required_code("number", faults);
    let day = row
        .required_date("date", faults)
        .and_then(|day| or_fault(row, "date", accepted::document_day(day, today), faults));
    let due = row
        .date("due_date", faults)
        .and_then(|day| or_fault(row, "due_date", accepted::due_day(day, today), faults));
    let currency = row.required_currency("currency", faults)?;
    let gross = row.required_money("amount", currency, faults)?;
    let open = row.required_money("open", currency, faults)?;
    if gross.minor() <= 0 {
        let message =
            "An open item is above zero. Leave credits out, or bring them in as credit notes.";
        faults.push(row.fault("amount", message).coded("amount.positive"));
    } else if open.minor() < 0 || gross.minor() < open.minor() {
        let message = format!(
            "What is open is 0 to {}, the whole amount.",
            gross.decimal()
        );
        faults.push(row.fault("open", message).coded("open_list.open"));
    }
    Some(Item {
        number: number?,
        customer: customer?,
        day: day?,
        due,
        gross,
        open,
    })
}

/// A list while its rows are judged.
struct Judging {
    /// Recorded invoices by folded number that no row was about yet.
    known: BTreeMap<String, Listable>,
    held: BTreeMap<i64, Vec<Held>>,
    drawn: Drawn,
    outcome: Outcome,
}

impl Judging {
    async fn of(
        tx: &mut Tx,
        read: &[(&Row, Item)],
        list: Taken,
        after: Option<Date>,
    ) -> Result<Judging> {
        let numbers = read.iter().map(|(_, item)| item.number.folded()).collect();
        let known = open_lists::concerned(tx, &numbers).await?;
        let ids: Vec<i64> = known.values().map(|one| one.id).collect();
        Ok(Judging {
            held: open_lists::parts(tx, &ids).await?,
            known,
            drawn: Drawn {
                list,
                after,
                new: Vec::new(),
                moved: Vec::new(),
            },
            outcome: Outcome::default(),
        })
    }

    fn take(&mut self, row: &Row, item: Item, by: &By, faults: &mut Faults) {
        let code = item.gross.currency().code();
        let total = self.drawn.list.totals.entry(code).or_default();
        *total = total.saturating_add(item.open.minor());
        let number = item.number.folded();
        let Some(known) = self.known.remove(&number) else {
            self.outcome.added += 1;
            let chance = self.chance(by, &number);
            self.drawn.new.push((item, chance));
            return;
        };
        if let Some(message) = contradiction(&known, &item) {
            faults.push(row.fault("number", message).coded("document.differs"));
            return;
        }
        let held = self.held.remove(&known.id).unwrap_or_default();
        let parts: Vec<Part> = held.iter().map(|(_, part)| *part).collect();
        let recorded = Recorded {
            gross_minor: known.gross_minor,
            currency: item.gross.currency(),
            parts: &parts,
        };
        let list = (self.drawn.list.as_of, self.drawn.after);
        let steps = match recorded.listed(item.open.minor(), list.0, list.1) {
            Ok(steps) => steps,
            Err(no) => {
                faults.push(row.refused("open", no));
                return;
            }
        };
        let due = item.due.map(|due| due.to_string());
        let was_due = known.open_due.as_ref();
        let is_moved =
            known.is_listed() && due.is_some() && was_due.is_some() && was_due != due.as_ref();
        if steps.is_none() && !is_moved {
            self.outcome.unchanged += 1;
            return;
        }
        self.outcome.changed += 1;
        self.drawn.moved.push(Moved {
            invoice: known.invoice(),
            steps,
            held,
            due: item.due.filter(|_| is_moved),
            chance: self.chance(by, &number),
        });
    }

    /// Settles what earlier lists had open and this one does not name; answers how many.
    fn close_missing(&mut self, by: &By) -> usize {
        let (day, after) = (self.drawn.list.as_of, self.drawn.after);
        let known = std::mem::take(&mut self.known);
        let before = self.drawn.moved.len();
        for (number, missing) in known {
            let held = self.held.remove(&missing.id).unwrap_or_default();
            let parts: Vec<Part> = held.iter().map(|(_, part)| *part).collect();
            let Ok(currency) = missing.money() else {
                continue;
            };
            let recorded = Recorded {
                gross_minor: missing.gross_minor,
                currency,
                parts: &parts,
            };
            let steps = recorded.missing(day, after);
            if !steps.is_none() {
                self.drawn.moved.push(Moved {
                    invoice: missing.invoice(),
                    steps,
                    held,
                    due: None,
                    chance: self.chance(by, &number),
                });
            }
        }
        self.drawn.moved.len().saturating_sub(before)
    }

    fn chance(&self, by: &By, number: &str) -> u128 {
        let day = self.drawn.list.as_of.to_string();
        chance(by, &["open-items", &day, number])
    }
}

/// Why a row cannot be about the invoice recorded under its number.
fn contradiction(known: &Listable, item: &Item) -> Option<String> {
    let number = &known.number;
    let customer = item.customer.get();
    let is_same = [known.customer_id, known.payer_id].contains(&customer)
        && known.day == item.day.to_string()
        && known.currency == item.gross.currency().code()
        && known.gross_minor == item.gross.minor();
    if !is_same {
        return Some(format!(
            "Invoice {number} is already recorded with another customer, date, currency or amount. A list does not rewrite it."
        ));
    }
    let is_gone = known.status != "posted" && 0 < item.open.minor();
    is_gone.then(|| format!("Invoice {number} is cancelled here; the list has it open."))
}

/// One entry for what the list brought besides its rows.
async fn leave_trail(tx: &mut Tx, by: &By, drawn: &Drawn, closed: usize) -> Result<()> {
    let totals = drawn.list.totals.iter().map(|(code, minor)| {
        let currency = kernel::Currency::parse(code)?;
        Ok((*code, Money::of_minor(*minor, currency).decimal()))
    });
    let totals: BTreeMap<&str, String> =
        totals.collect::<std::result::Result<_, kernel::Refusal>>()?;
    let day = drawn.list.as_of.to_string();
    let entry = Entry {
        action: "take",
        noun: "open-items",
        subject: &day,
        after: Some(json!({
            "items": drawn.list.items,
            "open": totals,
            "new": drawn.new.len(),
            "cleared": closed,
        })),
        ..Entry::default()
    };
    trail::record(tx, by, entry).await
}
