//! Who buys by which price list, from files: a customer or a whole group.
//!
//! A row takes the place of other lists of the same currency on its days; what is so already stays.

use std::collections::{BTreeMap, BTreeSet};

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Scope, times::BEGINNING};
use org::sheet::{Read, refer};
use sheet::{Faults, Outcome, Row, Sheet};

use super::{reading::column_texts, spells::Days};
use crate::{
    CustomerId,
    store::{
        agreed,
        groups::{self, Of},
        named::{self, ByCode},
        price_lists::{self, Buyer, PriceList},
        written::{Place, Placed},
    },
};

/// A use as a row says it, and as it is recorded: list, customer and group by folded code, and days.
type Told = (String, String, String, String, String);

pub(super) async fn import(
    tx: &mut Tx,
    sheet: &Sheet,
    (now, today): (Timestamp, Date),
) -> Result<Read> {
    let lists = price_lists::all(tx).await?.into_iter();
    let lists: BTreeMap<String, PriceList> = lists
        .map(|list| (list.code.to_ascii_lowercase(), list))
        .collect();
    let customers = named::customers(tx, &column_texts(sheet, "customer")).await?;
    let groups = groups::list(tx, Of::Customers).await?.into_iter();
    let groups: BTreeMap<String, i64> = groups
        .map(|group| (group.code.to_ascii_lowercase(), group.id))
        .collect();
    let mut faults = Faults::new();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        wanted.extend(read(row, &lists, (&customers, &groups), &mut faults));
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let mut recorded = recorded(tx, today).await?;
    let mut outcome = Outcome::default();
    for (row, list, buyer, days) in wanted {
        if !recorded.insert(told(row, days)) {
            outcome.unchanged += 1;
            continue;
        }
        let span = (days.from.unwrap_or(BEGINNING), days.to);
        price_lists::let_use(tx, list, buyer, span, now).await?;
        outcome.added += 1;
    }
    Ok(Ok(outcome))
}

fn read<'a>(
    row: &'a Row,
    lists: &'a BTreeMap<String, PriceList>,
    (customers, groups): (&ByCode<CustomerId>, &BTreeMap<String, i64>),
    faults: &mut Faults,
) -> Option<(&'a Row, &'a PriceList, Buyer, Days)> {
    row.required_text("list", faults);
    let by_code: BTreeMap<String, &PriceList> = lists
        .iter()
        .map(|(code, list)| (code.clone(), list))
        .collect();
    let list = refer(row, "list", "price list", &by_code, faults);
    let customer = refer(row, "customer", "customer", customers, faults);
    let group = refer(row, "group", "customer group", groups, faults);
    if row.text("customer").is_some() == row.text("group").is_some() {
        let message = "Name either a customer or a customer group.";
        faults.push(row.fault("customer", message).coded("price_list.buyer"));
    }
    let days = Days::read(row, faults);
    let buyer = match (customer, group) {
        (Some(customer), _) => Buyer::Customer(customer.id),
        (None, group) => Buyer::Group(group?),
    };
    Some((row, list?, buyer, days?))
}

fn told(row: &Row, days: Days) -> Told {
    let code = |column: &str| row.text(column).unwrap_or_default().to_ascii_lowercase();
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    (
        code("list"),
        code("customer"),
        code("group"),
        days.from.unwrap_or(BEGINNING).to_string(),
        day(days.to),
    )
}

async fn recorded(tx: &mut Tx, today: Date) -> Result<BTreeSet<Told>> {
    let mut all = BTreeSet::new();
    let mut from = Some(Place::default());
    while let Some(place) = from {
        let rows = agreed::uses(tx, &Scope::All, today, place).await?;
        from = rows.last().map(Placed::place);
        all.extend(rows.into_iter().map(|row| {
            let code = |code: Option<String>| code.unwrap_or_default().to_ascii_lowercase();
            (
                row.list_code.to_ascii_lowercase(),
                code(row.customer_code),
                code(row.group_code),
                row.valid_from,
                row.valid_to.unwrap_or_default(),
            )
        }));
    }
    Ok(all)
}
