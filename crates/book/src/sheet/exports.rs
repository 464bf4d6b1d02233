//! The book as files, in the columns they are read in from.

use std::collections::BTreeMap;

use ::sheet::export::{Export, Value};
use db::{Cursor, Limit, Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Percent, Price, Quantity, Scope, ids::PersonId, times::BEGINNING};
use org::store::people;

use crate::{
    CustomerId,
    store::{
        assignments,
        customers::{self, Customer, Filter},
        groups::{self, Of},
        orders::{self, Place, WrittenLine},
        products::{self, Product},
    },
};

pub(super) async fn groups(tx: &mut Tx, of: Of, file: &mut Export<'_>) -> Result<()> {
    for group in groups::list(tx, of).await? {
        file.row(&[
            Value::of(&group.code),
            Value::of(&group.name),
            Value::or_empty(group.name_local.as_deref()),
        ])?;
    }
    Ok(())
}

/// The customers a list shows, all pages of it.
///
/// # Errors
///
/// More rows than a file holds; whatever the engine reports.
pub async fn customers(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    filter: &Filter,
    file: &mut Export<'_>,
) -> Result<()> {
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let page = customers::list(tx, scope, filter, on, limit, &cursor).await?;
        for customer in &page.items {
            file.row(&of_customer(customer))?;
        }
        from = page.next;
    }
    Ok(())
}

fn of_customer(customer: &Customer) -> [Value<'_>; 15] {
    let degrees = |value: Option<f64>| value.map_or(Value::Empty, |value| Value::number(&value));
    let days = customer.payment_terms_days;
    [
        Value::of(&customer.code),
        Value::of(&customer.name),
        Value::or_empty(customer.name_local.as_deref()),
        Value::or_empty(customer.group_code.as_deref()),
        Value::or_empty(customer.owner_code.as_deref()),
        Value::or_empty(customer.parent_code.as_deref()),
        Value::or_empty(customer.payer_code.as_deref()),
        Value::of(&customer.currency),
        days.map_or(Value::Empty, |days| Value::number(&days)),
        Value::or_empty(customer.payment_terms.as_deref()),
        Value::or_empty(customer.city.as_deref()),
        degrees(customer.lat),
        degrees(customer.lon),
        Value::or_empty(customer.phone.as_deref()),
        Value::or_empty(customer.tax_id.as_deref()),
    ]
}

/// The products a list shows, all pages of it.
///
/// # Errors
///
/// More rows than a file holds; whatever the engine reports.
pub async fn products(
    tx: &mut Tx,
    on: Date,
    filter: &products::Filter,
    file: &mut Export<'_>,
) -> Result<()> {
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let page = products::list(tx, filter, on, limit, &cursor).await?;
        for product in &page.items {
            file.row(&of_product(product))?;
        }
        from = page.next;
    }
    Ok(())
}

fn of_product(product: &Product) -> [Value<'_>; 7] {
    let price = |price: Option<i64>| {
        price.map_or(Value::Empty, |price| {
            Value::number(&Price::of_millionths(price))
        })
    };
    [
        Value::of(&product.code),
        Value::of(&product.name),
        Value::or_empty(product.name_local.as_deref()),
        Value::or_empty(product.group_code.as_deref()),
        price(product.list_price),
        price(product.cost),
        Value::of(&product.currency),
    ]
}

/// Who looked after the customers in scope from when to when.
pub(super) async fn assignments(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    let customers = customer_codes(tx, scope, on).await?;
    let people = people::names(tx, &Scope::All).await?.into_iter();
    let people: BTreeMap<PersonId, String> = people
        .map(|name| (PersonId::of(name.id), name.code))
        .collect();
    for (customer, held) in assignments::all(tx).await? {
        let Some(customer) = customers.get(&customer) else {
            continue;
        };
        for one in held {
            let person = people.get(&one.person).map_or("", String::as_str);
            let from = if one.from == BEGINNING {
                Value::Empty
            } else {
                Value::Day(one.from)
            };
            let to = one.to.map_or(Value::Empty, Value::Day);
            let (customer, person) = (Value::of(customer), Value::of(person));
            file.row(&[customer, person, Value::of(&one.role), from, to])?;
        }
    }
    Ok(())
}

async fn customer_codes(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
) -> Result<BTreeMap<CustomerId, String>> {
    let every = Filter {
        status: "all".to_owned(),
        ..Filter::default()
    };
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut codes = BTreeMap::new();
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let page = customers::list(tx, scope, &every, on, limit, &cursor).await?;
        let named = page.items.into_iter();
        codes.extend(named.map(|customer| (customer.customer(), customer.code)));
        from = page.next;
    }
    Ok(codes)
}

/// The orders in scope, a row for each line.
pub(super) async fn orders(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    let mut from = Some(Place::default());
    while let Some(place) = from {
        let lines = orders::written_lines(tx, scope, on, place).await?;
        for line in &lines {
            file.row(&of_line(line)?)?;
        }
        from = lines.last().map(WrittenLine::place);
    }
    Ok(())
}

fn of_line(line: &WrittenLine) -> Result<[Value<'_>; 15]> {
    let currency = Currency::parse(&line.currency)?;
    let day = line.day.parse().map_or(Value::Empty, Value::Day);
    let percent = |value: i64| match value {
        0 => Value::Empty,
        value => Value::number(&Percent::of_millionths(value)),
    };
    let tax = kernel::Money::of_minor(line.tax_minor, currency);
    Ok([
        Value::of(&line.number),
        Value::of(&line.customer_code),
        Value::or_empty(line.earner_code.as_deref().or(line.seller_code.as_deref())),
        Value::or_empty(line.territory_code.as_deref()),
        day,
        Value::of(&line.currency),
        Value::number(&line.line),
        Value::of(&line.product_code),
        Value::number(&Quantity::of_millionths(line.quantity)),
        Value::number(&Price::of_millionths(line.unit_price)),
        percent(line.discount),
        percent(line.tax),
        Value::exact(line.net_exact, currency),
        Value::money(tax),
        Value::of(&line.status),
    ])
}
