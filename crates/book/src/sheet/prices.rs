//! Price lists, their prices and special prices from files, and the files of them.
//!
//! A row sets a price for its days, in place of what held in them: a later row with other days adds to
//! the history, one with the same days corrects it.

use std::collections::BTreeMap;

use db::{Cursor, Limit, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Price, Quantity, Scope, times::BEGINNING};
use org::{
    api::accept_name,
    sheet::{Firsts, Read, or_fault, refer},
    store::company,
};
use sheet::{
    Faults, Outcome, Row, Sheet,
    export::{Export, Value},
};

use super::{
    reading::column_texts,
    spells::{day, first_day},
};
use crate::{
    CustomerId, ListId, ProductId,
    pricing::accept_span,
    store::{
        named::{self, Named},
        price_lists::{self, Fields, PriceList},
        prices::{self, Filter, Key, Of, Priced, Set},
    },
    web::prices::accept_from_quantity,
};

/// A price list as a row says it.
struct WantedList {
    code: Code,
    name: String,
    name_local: Option<String>,
    currency: Option<Currency>,
    is_gross: Option<bool>,
}

pub(super) async fn import_lists(tx: &mut Tx, sheet: &Sheet) -> Result<Read> {
    let base = company::expect(tx).await?.currency;
    let recorded = lists_by_code(tx).await?;
    let mut faults = Faults::new();
    let mut firsts = Firsts::default();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        if let Some(list) = read_list(row, &mut faults) {
            firsts.note(&list.code.folded(), row, "code", &mut faults);
            check_list(row, &list, recorded.get(&list.code.folded()), &mut faults);
            wanted.push(list);
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let mut outcome = Outcome::default();
    for list in wanted {
        let Some(old) = recorded.get(&list.code.folded()) else {
            let fields = Fields {
                code: list.code,
                name: list.name,
                name_local: list.name_local,
                currency: list.currency.unwrap_or(base),
                is_gross: list.is_gross.unwrap_or(false),
            };
            price_lists::add(tx, &fields).await?;
            outcome.added += 1;
            continue;
        };
        let local = list.name_local.or_else(|| old.name_local.clone());
        if (&list.name, &local) == (&old.name, &old.name_local) {
            outcome.unchanged += 1;
        } else {
            price_lists::rename(tx, old, &list.name, local).await?;
            outcome.changed += 1;
        }
    }
    Ok(Ok(outcome))
}

async fn lists_by_code(tx: &mut Tx) -> Result<BTreeMap<String, PriceList>> {
    let lists = price_lists::all(tx).await?.into_iter();
    Ok(lists
        .map(|list| (list.code.to_ascii_lowercase(), list))
        .collect())
}

fn read_list(row: &Row, faults: &mut Faults) -> Option<WantedList> {
    let code = row.required_code("code", faults);
    let name = row.required_read("name", faults, |text| accept_name(text, "name"));
    let name_local = row.read("name_local", faults, |text| accept_name(text, "name_local"));
    let currency = row.currency("currency", faults);
    let is_gross = row.yes_or_no("gross", faults);
    Some(WantedList {
        code: code?,
        name: name?,
        name_local,
        currency,
        is_gross,
    })
}

/// The prices of a list are written in its currency, with or without tax: neither changes later.
fn check_list(row: &Row, list: &WantedList, old: Option<&PriceList>, faults: &mut Faults) {
    let Some(old) = old else { return };
    if list.currency.is_some_and(|new| new.code() != old.currency) {
        let message = format!(
            "{} has its prices in {}. A file does not change the currency.",
            old.code, old.currency
        );
        faults.push(row.fault("currency", message).coded("price.currency"));
    }
    if list
        .is_gross
        .is_some_and(|new| i64::from(new) != old.is_gross)
    {
        let message = format!(
            "{} was set up otherwise. A file does not change whether its prices have the tax in them.",
            old.code
        );
        faults.push(row.fault("gross", message).coded("price.gross"));
    }
}

pub(super) async fn import_prices(tx: &mut Tx, sheet: &Sheet, now: Timestamp) -> Result<Read> {
    let lists: BTreeMap<String, (ListId, Currency)> = lists_by_code(tx)
        .await?
        .into_iter()
        .filter_map(|(code, list)| {
            Some((code, (list.list(), Currency::parse(&list.currency).ok()?)))
        })
        .collect();
    let products = named::products(tx, &column_texts(sheet, "product")).await?;
    let mut faults = Faults::new();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        row.required_text("list", &mut faults);
        let list = refer(row, "list", "price list", &lists, &mut faults);
        let priced = read_price(row, &products, &mut faults);
        let (Some((list, currency)), Some(read)) = (list, priced) else {
            continue;
        };
        let key = Key {
            list: Some(list),
            customer: None,
            project: String::new(),
            product: read.product,
            from_quantity: read.from_quantity,
        };
        wanted.push((key, read.priced(currency, String::new())));
    }
    settle(tx, wanted, faults, now).await
}

pub(super) async fn import_specials(tx: &mut Tx, sheet: &Sheet, now: Timestamp) -> Result<Read> {
    let base = company::expect(tx).await?.currency;
    let products = named::products(tx, &column_texts(sheet, "product")).await?;
    let customers = named::customers(tx, &column_texts(sheet, "customer")).await?;
    let mut faults = Faults::new();
    let mut wanted = Vec::new();
    for row in &sheet.rows {
        let customer = refer(row, "customer", "customer", &customers, &mut faults);
        let project = row.read("project", &mut faults, |text| accept_name(text, "project"));
        if row.text("customer").is_none() && row.text("project").is_none() {
            let message = "A special price is for a customer, a project, or both. Name one.";
            faults.push(row.fault("customer", message).coded("price.for_nobody"));
        }
        let reason = row.required_read("reason", &mut faults, |text| accept_name(text, "reason"));
        let currency = match row.text("currency") {
            Some(_) => row.currency("currency", &mut faults),
            None => Some(base),
        };
        let priced = read_price(row, &products, &mut faults);
        let (Some(read), Some(currency), Some(reason)) = (priced, currency, reason) else {
            continue;
        };
        let key = Key {
            list: None,
            customer: customer.map(|one: Named<CustomerId>| one.id),
            project: project.unwrap_or_default(),
            product: read.product,
            from_quantity: read.from_quantity,
        };
        wanted.push((key, read.priced(currency, reason)));
    }
    settle(tx, wanted, faults, now).await
}

/// What both kinds of price say alike.
struct ReadPrice {
    product: ProductId,
    from_quantity: Quantity,
    price: Price,
    from: Date,
    to: Option<Date>,
}

impl ReadPrice {
    fn priced(&self, currency: Currency, reason: String) -> Priced {
        Priced {
            price: self.price,
            currency,
            reason,
            from: self.from,
            to: self.to,
        }
    }
}

fn read_price(
    row: &Row,
    products: &named::ByCode<ProductId>,
    faults: &mut Faults,
) -> Option<ReadPrice> {
    row.required_text("product", faults);
    let product = refer(row, "product", "product", products, faults);
    let from_quantity = match row.text("from_quantity") {
        Some(_) => row.read("from_quantity", faults, |text| {
            accept_from_quantity(Some(text))
        }),
        None => Some(Quantity::ZERO),
    };
    let price = row.required_price("price", faults);
    if price.is_some_and(|price| price < Price::ZERO) {
        faults.push(
            row.fault("price", "A price is not below zero.")
                .coded("amount.negative"),
        );
    }
    let from = match row.text("from") {
        Some(_) => row.date("from", faults),
        None => Some(BEGINNING),
    };
    let to = row.date("to", faults);
    or_fault(row, "to", accept_span(from?, to), faults)?;
    Some(ReadPrice {
        product: product?.id,
        from_quantity: from_quantity?,
        price: price?,
        from: from?,
        to,
    })
}

/// Records the prices in the order of the file, unless something is wrong with it.
async fn settle(
    tx: &mut Tx,
    wanted: Vec<(Key, Priced)>,
    faults: Faults,
    now: Timestamp,
) -> Result<Read> {
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let mut outcome = Outcome::default();
    for (key, priced) in wanted {
        match prices::set(tx, &key, &priced, now).await? {
            Set::New => outcome.added += 1,
            Set::Corrected => outcome.changed += 1,
            Set::Same => outcome.unchanged += 1,
        }
    }
    Ok(Ok(outcome))
}

/// Writes the price lists.
pub(super) async fn export_lists(tx: &mut Tx, file: &mut Export<'_>) -> Result<()> {
    for list in price_lists::all(tx).await? {
        file.row(&[
            Value::of(&list.code),
            Value::of(&list.name),
            Value::or_empty(list.name_local.as_deref()),
            Value::of(&list.currency),
            Value::of(if list.is_gross == 1 { "yes" } else { "no" }),
        ])?;
    }
    Ok(())
}

/// Writes the prices of all lists now believed, with their history.
pub(super) async fn export_prices(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let at = (limit, &cursor);
        let page = prices::page(tx, Of::Lists, scope, &every(), on, at).await?;
        for row in &page.items {
            file.row(&[
                Value::or_empty(row.list_code.as_deref()),
                Value::of(&row.product_code),
                Value::number(&Quantity::of_millionths(row.from_quantity)),
                Value::number(&Price::of_millionths(row.price)),
                first_day(&row.valid_from),
                day(row.valid_to.as_deref()),
            ])?;
        }
        from = page.next;
    }
    Ok(())
}

/// Writes the special prices in scope now believed, with their history.
pub(super) async fn export_specials(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    file: &mut Export<'_>,
) -> Result<()> {
    let limit = Limit::parse(Some(Limit::MOST))?;
    let mut from = Some(Cursor::start());
    while let Some(cursor) = from {
        let at = (limit, &cursor);
        let page = prices::page(tx, Of::Specials, scope, &every(), on, at).await?;
        for row in &page.items {
            file.row(&[
                Value::or_empty(row.customer_code.as_deref()),
                Value::of(&row.project),
                Value::of(&row.product_code),
                Value::number(&Quantity::of_millionths(row.from_quantity)),
                Value::number(&Price::of_millionths(row.price)),
                Value::of(&row.currency),
                Value::of(&row.reason),
                first_day(&row.valid_from),
                day(row.valid_to.as_deref()),
            ])?;
        }
        from = page.next;
    }
    Ok(())
}

fn every() -> Filter {
    Filter {
        known_at: i64::MAX,
        ..Filter::default()
    }
}
