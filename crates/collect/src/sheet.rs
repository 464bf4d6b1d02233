//! Credit limits from a file, and into one.
//!
//! A row takes the place of others on its days; the days before and after stay. Without a first day
//! it holds from the beginning where the customer has none yet, otherwise from today, and one that
//! holds already is left as it is, so that reading the same file again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use book::{
    CustomerId,
    store::{
        customers::{self, Customer, Filter},
        named,
    },
    web::documents,
};
use db::{Cursor, Limit, Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Refusal, Scope, times::BEGINNING};
use org::sheet::{Read, place, record, refer, unknown_kind};
use sheet::{
    Column, Faults, Layout, Outcome, Row, Sheet,
    export::{Export, Value},
};
use trail::By;

use crate::{
    limit::{Account, CreditLimit, Mode, Set, first_day},
    store::limits,
};

const fn column(name: &'static str, required: bool, what: &'static str) -> Column {
    Column {
        name,
        required,
        what,
    }
}

/// The kinds of file this crate reads.
pub const LAYOUTS: &[Layout] = &[Layout {
    kind: "credit-limits",
    columns: &[
        column("customer", true, "the code of the customer"),
        column(
            "mode",
            false,
            "explicit, inherit, unlimited or blocked; an amount alone is explicit",
        ),
        column("amount", false, "how much it may owe; 0 is nothing at all"),
        column(
            "currency",
            false,
            "the three letters of its currency; the customer's if empty",
        ),
        column("from", false, "the first day"),
        column("to", false, "the first day no longer"),
        column("reason", false, "why it is so"),
    ],
}];

/// Reads in a sheet of one of [`LAYOUTS`].
///
/// # Errors
///
/// Whatever the engine reports. What is wrong with the file is an answer, not an error.
pub async fn import(tx: &mut Tx, kind: &str, sheet: &Sheet, by: &By, today: Date) -> Result<Read> {
    if kind != "credit-limits" {
        return Ok(Err(unknown_kind(kind)));
    }
    let mut file = File::of(tx, sheet, today).await?;
    let mut faults = Faults::new();
    for row in &sheet.rows {
        file.take(row, &mut faults);
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    file.accounts
        .retain(|_, account| account.unsaved().next().is_some());
    limits::save(tx, &file.accounts, by.at).await?;
    record(tx, by, kind, file.outcome).await?;
    Ok(Ok(file.outcome))
}

/// Writes the credit limits of the customers in a scope, with all days they have.
///
/// # Errors
///
/// More rows than a file holds; whatever the engine reports.
pub async fn export(tx: &mut Tx, (scope, on): (&Scope, Date), file: &mut Export<'_>) -> Result<()> {
    let every = Filter {
        status: "all".to_owned(),
        ..Filter::default()
    };
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let page = customers::list(tx, scope, &every, on, limit, &cursor).await?;
        let ids: Vec<CustomerId> = page.items.iter().map(Customer::customer).collect();
        let accounts = limits::accounts(tx, &ids).await?;
        for customer in &page.items {
            let own = accounts.get(&customer.customer());
            for held in own.map_or(&[][..], |account| &account.limits) {
                file.row(&written(&customer.code, &held.limit))?;
            }
        }
        from = page.next;
    }
    Ok(())
}

fn written<'v>(customer: &'v str, limit: &'v CreditLimit) -> [Value<'v>; 7] {
    let amount = limit.mode.amount();
    let currency = amount.map(|amount| amount.currency().code());
    [
        Value::of(customer),
        Value::of(limit.mode.as_str()),
        // Limits of several days and customers mean nothing added up.
        amount.map_or(Value::Empty, |amount| Value::number(&amount.decimal())),
        Value::or_empty(currency),
        Some(limit.from)
            .filter(|day| *day != BEGINNING)
            .map_or(Value::Empty, Value::Day),
        limit.to.map_or(Value::Empty, Value::Day),
        Value::or_empty(Some(limit.reason.as_str()).filter(|reason| !reason.is_empty())),
    ]
}

/// What the rows say so far.
struct File {
    customers: BTreeMap<String, CustomerId>,
    currencies: BTreeMap<CustomerId, Currency>,
    accounts: BTreeMap<CustomerId, Account>,
    /// What the file gives to each customer, and in which row.
    given: BTreeMap<CustomerId, Vec<(u64, CreditLimit)>>,
    outcome: Outcome,
    today: Date,
}

impl File {
    async fn of(tx: &mut Tx, sheet: &Sheet, today: Date) -> Result<File> {
        let codes: BTreeSet<String> = sheet
            .rows
            .iter()
            .filter_map(|row| row.text("customer"))
            .map(str::to_ascii_lowercase)
            .collect();
        let named = named::customers(tx, &codes).await?;
        let customers: BTreeMap<String, CustomerId> = named
            .into_iter()
            .map(|(code, named)| (code, named.id))
            .collect();
        let ids: Vec<CustomerId> = customers.values().copied().collect();
        let mut currencies = BTreeMap::new();
        for recorded in customers::recorded(tx).await?.values() {
            currencies.insert(recorded.customer(), Currency::parse(&recorded.currency)?);
        }
        Ok(File {
            accounts: limits::accounts(tx, &ids).await?,
            customers,
            currencies,
            given: BTreeMap::new(),
            outcome: Outcome::default(),
            today,
        })
    }

    fn take(&mut self, row: &Row, faults: &mut Faults) {
        row.required_text("customer", faults);
        let customer = refer(row, "customer", "customer", &self.customers, faults);
        let mode = self.mode(row, customer, faults);
        let from = row.date("from", faults);
        let to = row.date("to", faults);
        let reason = row.read("reason", faults, |text| {
            documents::note(Some(text), "reason")
        });
        let (Some(customer), Some(mode)) = (customer, mode) else {
            return;
        };
        let account = self.accounts.entry(customer).or_default();
        let new = CreditLimit {
            mode,
            from: from.unwrap_or(BEGINNING),
            to,
            reason: reason.unwrap_or_default(),
        };
        let starting = |from: Date| CreditLimit {
            from,
            ..new.clone()
        };
        let new = match from {
            // One that ended before today, read again.
            None if account.clone().set(new.clone()) == Set::Unchanged => new,
            None => starting(first_day(account, self.today)),
            Some(_) => new,
        };
        match new.accept() {
            Ok(new) => self.set(row, customer, new, faults),
            Err(no) => faults.push(row.refused("to", no)),
        }
    }

    fn set(&mut self, row: &Row, customer: CustomerId, new: CreditLimit, faults: &mut Faults) {
        let others = self.given.entry(customer).or_default();
        if let Some((first, _)) = others.iter().find(|(_, other)| other.overlaps(&new)) {
            let message = format!("{} gives these days a credit limit.", place(*first));
            faults.push(
                row.fault("from", message)
                    .coded("file.twice")
                    .with("row", first),
            );
            return;
        }
        others.push((row.number, new.clone()));
        match self.accounts.entry(customer).or_default().set(new) {
            Set::Added => self.outcome.added += 1,
            Set::Changed => self.outcome.changed += 1,
            Set::Unchanged => self.outcome.unchanged += 1,
        }
    }

    fn mode(&self, row: &Row, customer: Option<CustomerId>, faults: &mut Faults) -> Option<Mode> {
        let currency = match row.text("currency") {
            Some(_) => row.currency("currency", faults)?,
            None => *self.currencies.get(&customer?)?,
        };
        let amount = match row.text("amount") {
            Some(_) => Some(row.money("amount", currency, faults)?),
            None => None,
        };
        match Mode::accept(row.text("mode").unwrap_or_default(), amount) {
            Ok(mode) => Some(mode),
            Err(no) => {
                faults.push(blamed(row, no));
                None
            }
        }
    }
}

/// The refusal as a fault of the cell it is about.
fn blamed(row: &Row, no: Refusal) -> sheet::Fault {
    match (no.fields.first(), row.text("mode"), row.text("amount")) {
        (_, None, None) => row
            .fault_of_row("The row has neither a mode nor an amount.")
            .coded("credit_limit.empty"),
        (Some(field), _, _) => row.fault(&field.field, no.message.clone()).coded(no.code),
        (None, _, _) => row.fault_of_row(no.message).coded(no.code),
    }
}
