//! Calling off: an order's line that names a line of a framework contract takes its price, and takes
//! from what is left of it when the order is confirmed.

use db::{DbError, Result, Tx};
use jiff::civil::Date;
use kernel::{Price, Quantity, Refusal, Scope};
use org::web::units::unknown;

use super::{
    drawing_up::Buying,
    shapes::{CallOffJson, NewLineJson},
};
use crate::{
    OrderId,
    course::FRAMEWORK,
    framework::accept_day,
    pricing::{Found, Origin, Rule},
    store::{
        frameworks::{self, CallOff, Framework},
        products::Product,
    },
};

/// The price is the contract's, and what goes back is not called off.
pub(super) fn refuse_own(
    unit_price: Option<&str>,
    quantity: Quantity,
) -> std::result::Result<(), Refusal> {
    if unit_price.is_some() {
        let message =
            "The contract says the price of what is called off. Leave the unit price out.";
        return Err(Refusal::value("call_off.price", message).at("unit_price"));
    }
    if quantity < Quantity::ZERO {
        let message =
            format!("{quantity} cannot be called off. Enter a return without a contract.");
        return Err(Refusal::value("call_off.quantity", message).at("quantity"));
    }
    Ok(())
}

/// The price of the contract's line, if it is the buyer's, in force, and for this product.
pub(super) async fn agreed(
    tx: &mut Tx,
    call_off: &CallOffJson,
    product: &Product,
    buying: Buying<'_>,
) -> Result<Found> {
    let contract = contract(tx, call_off, buying.day).await?;
    if contract.customer_id != buying.customer.get() {
        return Err(unknown("call_off", "framework contract", &call_off.contract).into());
    }
    let state = FRAMEWORK.state(&contract.status);
    FRAMEWORK
        .after("call off", &contract.number, state)
        .map_err(|no| no.at("call_off"))?;
    accept_day(&contract.number, contract.days(), buying.day)?;
    let refused = |message: String| Refusal::value("call_off.line", message).at("call_off");
    if contract.currency != buying.currency.code() {
        let message = format!(
            "Contract {} is in {}, the order in {}.",
            contract.number, contract.currency, buying.currency
        );
        return Err(refused(message).into());
    }
    let lines = frameworks::lines(tx, contract.framework()).await?;
    let line = lines.iter().find(|line| line.line == call_off.line);
    let line = line.filter(|line| line.product_code == product.code);
    let line = line.ok_or_else(|| {
        refused(format!(
            "Contract {} has no line {} of {}.",
            contract.number, call_off.line, product.code
        ))
    })?;
    Ok(Found {
        unit_price: Price::of_millionths(line.unit_price),
        origin: Origin {
            rule: Rule::Agreed,
            source: Some(contract.number.clone()),
            since: Some(contract.days().0),
        },
    })
}

async fn contract(tx: &mut Tx, call_off: &CallOffJson, on: Date) -> Result<Framework> {
    let found = frameworks::fetch(tx, &Scope::All, &call_off.contract, on).await;
    found.map_err(|error| match error {
        DbError::Refused(_) => {
            let shown: String = call_off.contract.chars().take(60).collect();
            unknown("call_off", "framework contract", &shown).into()
        }
        other => other,
    })
}

/// Remembers which lines of contracts the lines of a draft name, in place of those they named before.
pub(super) async fn name_lines(
    tx: &mut Tx,
    order: OrderId,
    lines: &[NewLineJson],
    on: Date,
) -> Result<()> {
    frameworks::forget_lines(tx, order).await?;
    for (place, line) in (1_i64..).zip(lines) {
        let Some(call_off) = &line.call_off else {
            continue;
        };
        let contract = contract(tx, call_off, on).await?;
        let named = (contract.framework(), call_off.line);
        frameworks::name_line(tx, (order, place), named).await?;
    }
    Ok(())
}

/// Calls off what a confirmed order needs, from contracts that are in force.
pub(super) async fn call_off(tx: &mut Tx, order: OrderId) -> Result<()> {
    for one in frameworks::of_order(tx, order).await? {
        accept_state(&one)?;
        frameworks::call(tx, order, &one).await?;
    }
    Ok(())
}

fn accept_state(one: &CallOff) -> std::result::Result<(), Refusal> {
    let state = FRAMEWORK.state(&one.framework_status);
    let after = FRAMEWORK.after("call off", &one.framework_number, state);
    let field = format!("lines[{}].call_off", one.line - 1);
    after.map(drop).map_err(|no| no.at(field))
}

/// Gives back what closing an order short gave up.
pub(super) async fn give_back_short(tx: &mut Tx, order: OrderId) -> Result<()> {
    for one in frameworks::of_order(tx, order).await? {
        frameworks::call(tx, order, &one).await?;
    }
    Ok(())
}
