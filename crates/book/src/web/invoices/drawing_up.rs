//! Drawing up an invoice from a request: every reference found, every amount worked out.

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Percent, Refusal};
use org::api::Ask;

use super::shapes::{NewInvoiceJson, NewInvoiceLineJson};
use crate::{
    order::{LineDraft, at_line},
    posting::{
        invoices::{About, Asked, Due},
        numbers,
    },
    pricing::Origin,
    series::Series,
    store::{customers::Customer, orders::Order, terms},
    web::{
        accepted,
        documents::{note, past_day},
        orders::accept_date,
        references,
    },
};

/// The order it bills, if any, and what to post.
pub(super) async fn asked(
    tx: &mut Tx,
    ask: &Ask<NewInvoiceJson>,
) -> Result<(Option<Order>, Asked)> {
    let body = &ask.body;
    let scope = &ask.actor.scope;
    let order = match &body.order {
        Some(number) => Some(references::order(tx, scope, "order", number, ask.today).await?),
        None => None,
    };
    let customer = customer(tx, ask, order.as_ref()).await?;
    let payer = match (&body.payer, &customer.payer_code) {
        (Some(code), _) | (None, Some(code)) => {
            references::customer(tx, scope, "payer", code, ask.today)
                .await?
                .customer()
        }
        (None, None) => customer.customer(),
    };
    let currency = currency(body, order.as_ref(), &customer)?;
    let day = accept_date(body.date.as_deref(), ask.today)?;
    let known = |text: &Option<String>, field| match text {
        Some(text) => past_day(Some(text), field, ask.today).map(Some),
        None => Ok(None),
    };
    let asked = Asked {
        number: numbers::next(
            tx,
            Series::Invoice,
            body.number.as_deref(),
            (customer.customer(), day),
        )
        .await?,
        customer: customer.customer(),
        payer,
        day,
        received_on: known(&body.received_on, "received_on")?,
        accepted_on: known(&body.accepted_on, "accepted_on")?,
        currency,
        about: about(tx, body, order.is_some(), (currency, day)).await?,
        due: due(tx, body, ask.today).await?,
        note: note(body.note.as_deref(), "note")?,
        source: "own",
    };
    Ok((order, asked))
}

async fn customer(
    tx: &mut Tx,
    ask: &Ask<NewInvoiceJson>,
    order: Option<&Order>,
) -> Result<Customer> {
    let code = match (&ask.body.customer, order) {
        (Some(code), _) => code,
        (None, Some(order)) => &order.customer_code,
        (None, None) => {
            let message = "An invoice needs a customer or an order.";
            return Err(Refusal::value("invoice.customer", message)
                .at("customer")
                .into());
        }
    };
    let found = references::customer(tx, &ask.actor.scope, "customer", code, ask.today).await?;
    if let Some(order) = order
        && order.customer_id != found.customer().get()
    {
        let message = format!(
            "Order {} is of {}, not of {}. Leave the customer out, or name who pays as payer.",
            order.number, order.customer_code, found.code
        );
        return Err(Refusal::value("invoice.customer", message)
            .at("customer")
            .into());
    }
    Ok(found)
}

fn currency(
    body: &NewInvoiceJson,
    order: Option<&Order>,
    customer: &Customer,
) -> std::result::Result<Currency, Refusal> {
    let own = order.map_or(&customer.currency, |order| &order.currency);
    Currency::parse(body.currency.as_deref().unwrap_or(own)).map_err(|no| no.at("currency"))
}

async fn about(
    tx: &mut Tx,
    body: &NewInvoiceJson,
    has_order: bool,
    (currency, day): (Currency, Date),
) -> Result<About> {
    if body.lines.is_some() && body.amount_gross.is_some() {
        let message = "Give lines or an amount, not both.";
        return Err(Refusal::value("invoice.both", message)
            .at("amount_gross")
            .into());
    }
    if let Some(text) = &body.amount_gross {
        let gross =
            crate::settlement::accept_amount(text, currency).map_err(|no| no.at("amount_gross"))?;
        return Ok(if has_order {
            About::Amount(gross)
        } else {
            About::Plain(gross, percent(body.tax_percent.as_deref())?)
        });
    }
    match &body.lines {
        None => Ok(About::Unbilled),
        Some(lines) if has_order => Ok(About::Lines(order_lines(lines)?)),
        Some(lines) => {
            let mut drafts = Vec::with_capacity(lines.len().min(crate::order::MOST_LINES));
            for (place, line) in lines.iter().take(crate::order::MOST_LINES + 1).enumerate() {
                drafts.push(free_line(tx, line, place, day).await?);
            }
            Ok(About::Free(drafts))
        }
    }
}

fn percent(text: Option<&str>) -> std::result::Result<Percent, Refusal> {
    text.map_or(Ok(Percent::ZERO), accepted::percent)
        .map_err(|no| no.at("tax_percent"))
}

fn order_lines(lines: &[NewInvoiceLineJson]) -> std::result::Result<Vec<(i64, i64)>, Refusal> {
    let read = lines.iter().enumerate().map(|(place, line)| {
        let has_own = line.product.is_some()
            || line.unit_price.is_some()
            || line.discount_percent.is_some()
            || line.tax_percent.is_some();
        let (Some(order_line), false) = (line.order_line, has_own) else {
            let message = "A line of an order is named by order_line and quantity; product, price and tax are the order's.";
            return Err(at_line(Refusal::value("invoice.line", message).at("order_line"), place));
        };
        let quantity = accepted::quantity(&line.quantity)
            .map_err(|no| at_line(no.at("quantity"), place))?;
        Ok((order_line, quantity.millionths()))
    });
    read.collect()
}

async fn free_line(
    tx: &mut Tx,
    line: &NewInvoiceLineJson,
    place: usize,
    day: Date,
) -> Result<LineDraft> {
    let here = |field: &'static str| move |no: Refusal| at_line(no.at(field), place);
    let missing = |field: &'static str| {
        let message = "A line of its own has product, quantity and unit_price.";
        at_line(Refusal::value("invoice.line", message).at(field), place)
    };
    let code = line.product.as_deref().ok_or_else(|| missing("product"))?;
    let price = line
        .unit_price
        .as_deref()
        .ok_or_else(|| missing("unit_price"))?;
    if line.order_line.is_some() {
        return Err(missing("order_line").into());
    }
    let field = format!("lines[{place}].product");
    let product = references::product(tx, &field, code, day).await?;
    let share = |text: &Option<String>, field: &'static str| match text {
        Some(text) => accepted::percent(text).map_err(here(field)),
        None => Ok(Percent::ZERO),
    };
    Ok(LineDraft {
        product: product.product(),
        quantity: accepted::quantity(&line.quantity).map_err(here("quantity"))?,
        unit_price: accepted::price(price).map_err(here("unit_price"))?,
        discount: share(&line.discount_percent, "discount_percent")?,
        tax: share(&line.tax_percent, "tax_percent")?,
        own_net: None,
        origin: Origin::default(),
    })
}

async fn due(tx: &mut Tx, body: &NewInvoiceJson, today: Date) -> Result<Due> {
    match (&body.due_date, &body.terms) {
        (Some(text), None) => {
            let day = accepted::day(text)
                .and_then(|day| accepted::due_day(day, today))
                .map_err(|no| no.at("due_date"))?;
            Ok(Due::On(day))
        }
        (None, Some(code)) => {
            let terms = references::terms(tx, "terms", code).await?;
            Ok(Due::Parts(terms::parts(tx, terms.terms()).await?))
        }
        (None, None) => Ok(Due::Terms),
        (Some(_), Some(_)) => {
            let message = "Give a due date or payment terms, not both.";
            Err(Refusal::value("invoice.both", message).at("terms").into())
        }
    }
}
