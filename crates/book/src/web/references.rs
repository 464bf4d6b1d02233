//! What a request refers to by code. Something out of the asker's sight answers like nothing.

use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{
    Refusal, Scope,
    ids::{PersonId, UnitId},
    refusal::Kind,
};
use org::{
    store::{people, units},
    web::units::unknown,
};

use crate::{
    CustomerId,
    store::{customers, groups, invoices, orders, products, terms},
};

/// Turns “there is none” into a fault of the field that refers to it.
pub(super) fn at_field(error: DbError, field: &str, noun: &str, code: &str) -> DbError {
    let shown: String = code.chars().take(60).collect();
    match error {
        DbError::Missing
        | DbError::Refused(Refusal {
            kind: Kind::Missing,
            ..
        }) => unknown(field, noun, &shown).into(),
        other => other,
    }
}

pub async fn customer(
    tx: &mut Tx,
    scope: &Scope,
    field: &str,
    code: &str,
    on: Date,
) -> Result<customers::Customer> {
    let found = customers::fetch(tx, scope, code, on).await;
    found.map_err(|error| at_field(error, field, "customer", code))
}

/// The parent or payer, if one is named.
pub async fn other_customer(
    tx: &mut Tx,
    scope: &Scope,
    field: &str,
    code: Option<&str>,
    on: Date,
) -> Result<Option<CustomerId>> {
    match code {
        None => Ok(None),
        Some(code) => {
            let found = customer(tx, scope, field, code, on).await?;
            Ok(Some(found.customer()))
        }
    }
}

pub async fn person(
    tx: &mut Tx,
    scope: &Scope,
    field: &str,
    code: &str,
    on: Date,
) -> Result<PersonId> {
    let found = people::fetch(tx, scope, code, on).await;
    let person = found.map_err(|error| at_field(error, field, "person", code))?;
    Ok(person.person())
}

pub async fn product(tx: &mut Tx, field: &str, code: &str, on: Date) -> Result<products::Product> {
    let found = products::fetch(tx, code, on).await;
    found.map_err(|error| at_field(error, field, "product", code))
}

pub async fn group(tx: &mut Tx, of: groups::Of, code: Option<&str>) -> Result<Option<i64>> {
    let Some(code) = code else { return Ok(None) };
    let noun = match of {
        groups::Of::Customers => "customer group",
        groups::Of::Products => "product group",
    };
    let found = groups::by_code(tx, of, code).await;
    let group = found.map_err(|error| at_field(error, "group", noun, code))?;
    Ok(Some(group.id))
}

pub async fn unit(tx: &mut Tx, scope: &Scope, field: &str, code: &str) -> Result<UnitId> {
    let found = units::fetch(tx, scope, code).await;
    let unit = found.map_err(|error| at_field(error, field, "unit", code))?;
    Ok(unit.id)
}

pub async fn order(
    tx: &mut Tx,
    scope: &Scope,
    field: &str,
    number: &str,
    on: Date,
) -> Result<orders::Order> {
    let found = orders::fetch(tx, scope, number, on).await;
    found.map_err(|error| at_field(error, field, "order", number))
}

pub async fn invoice(
    tx: &mut Tx,
    scope: &Scope,
    field: &str,
    number: &str,
    on: Date,
) -> Result<invoices::Invoice> {
    let found = invoices::fetch(tx, scope, number, on).await;
    found.map_err(|error| at_field(error, field, "invoice", number))
}

pub async fn terms(tx: &mut Tx, field: &str, code: &str) -> Result<terms::Terms> {
    let found = terms::fetch(tx, code).await;
    found.map_err(|error| at_field(error, field, "payment terms", code))
}
