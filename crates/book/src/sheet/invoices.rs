//! Invoices from a file: of an order, by lines, or by an amount alone.
//!
//! A row that names an order and neither product nor amount bills what is left of the order; one with
//! `order_line` and a quantity bills that line. An invoice that is recorded already must be the same.

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Money, Percent};
use org::{
    sheet::{
        documents::{Documents, Judged, Setting, Verdict},
        or_fault,
    },
    store::company,
};
use sheet::{Document, Faults, Row};

use super::reading::{agree, customer, judged, or_refused, order};
use crate::{
    CustomerId,
    order::LineDraft,
    posting::{
        desk::Desk,
        invoices::{About, Asked, Drawn, Due, draw, write},
    },
    pricing::Origin,
    store::{customers::Customer, invoices, named, orders::Order},
    web::accepted,
};

/// The invoices of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invoices;

/// What all rows of one invoice agree in.
const HEAD: [&str; 10] = [
    "customer",
    "payer",
    "order",
    "date",
    "due_date",
    "received_on",
    "accepted_on",
    "currency",
    "amount_gross",
    "note",
];

impl Documents for Invoices {
    const KEY: &'static str = "number";
    type Ready = Drawn;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Drawn>>> {
        let base = company::expect(tx).await?.currency;
        let mut desk = Desk::default();
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let read = read(tx, &mut desk, document, (setting, base), &mut faults).await?;
            let (verdict, amount) = read.unzip();
            found.push(judged(verdict, amount.flatten(), faults));
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, ready: Vec<Drawn>, _setting: Setting<'_>) -> Result<()> {
        for drawn in &ready {
            write(tx, drawn).await?;
        }
        Ok(())
    }
}

type Read = (Verdict<Drawn>, Option<(Currency, i64)>);

async fn read(
    tx: &mut Tx,
    desk: &mut Desk,
    document: &Document,
    (setting, base): (Setting<'_>, Currency),
    faults: &mut Faults,
) -> Result<Option<Read>> {
    let Some(first) = document.rows.first() else {
        return Ok(None);
    };
    agree(document, &HEAD, faults);
    let number = first.required_code("number", faults);
    let order = order(tx, first, "order", setting.today, faults).await?;
    let buyer = buyer(tx, first, order.as_ref(), setting.today, faults).await?;
    let payer = payer(tx, first, buyer.as_ref(), setting.today, faults).await?;
    let days = Days::read(first, setting.today, faults);
    let currency = match (first.text("currency"), &order, &buyer) {
        (Some(_), _, _) => first.currency("currency", faults),
        (None, Some(order), _) => Some(order.money()?),
        (None, None, Some(buyer)) => Currency::parse(&buyer.currency).ok(),
        (None, None, None) => Some(base),
    };
    let (Some(number), Some(buyer), Some(payer), Some(days), Some(currency)) =
        (number, buyer, payer, days, currency)
    else {
        return Ok(None);
    };
    let about = about(tx, document, order.is_some(), currency, faults).await?;
    let Some(about) = about.filter(|_| faults.is_empty()) else {
        return Ok(None);
    };
    if let Some(same) = invoices::known(tx, &number.folded()).await? {
        let wanted = wanted_gross(&about);
        let is_same = same.customer_id == buyer.id
            && same.day == days.day.to_string()
            && same.currency == currency.code()
            && same.order_id == order.as_ref().map(|order| order.id)
            && wanted.is_none_or(|gross| gross == same.gross_minor);
        if is_same {
            let amount = Money::of_minor(same.gross_minor, currency).exact()?;
            return Ok(Some((Verdict::Same, Some((currency, amount)))));
        }
        let message = format!(
            "Invoice {number} is already recorded with another customer, order, date or amount. A file does not rewrite it."
        );
        faults.push(
            first
                .fault("number", message)
                .coded("document.differs")
                .with("number", number),
        );
        return Ok(None);
    }
    let asked = Asked {
        number,
        customer: buyer.customer(),
        payer,
        day: days.day,
        received_on: days.received,
        accepted_on: days.accepted,
        currency,
        about,
        due: days.due.map_or(Due::Terms, Due::On),
        note: first.text("note").unwrap_or_default().to_owned(),
        source: "own",
    };
    let drawn = draw(tx, desk, order.as_ref(), asked, setting.by.at).await;
    let Some(drawn) = or_refused(drawn, document, faults)? else {
        return Ok(None);
    };
    let amount = drawn.new.gross.exact()?;
    Ok(Some((Verdict::New(drawn), Some((currency, amount)))))
}

/// The gross a file says an invoice has, where it says so.
fn wanted_gross(about: &About) -> Option<i64> {
    match about {
        About::Amount(gross) | About::Plain(gross, _) => Some(gross.minor()),
        About::Unbilled | About::Rest | About::Lines(_) | About::Free(_) => None,
    }
}

async fn buyer(
    tx: &mut Tx,
    row: &Row,
    order: Option<&Order>,
    today: Date,
    faults: &mut Faults,
) -> Result<Option<Customer>> {
    let named = customer(tx, row, "customer", today, faults).await?;
    let Some(order) = order else {
        if row.text("customer").is_none() && row.text("order").is_none() {
            faults.push(
                row.fault("customer", "An invoice needs a customer or an order.")
                    .coded("invoice.customer"),
            );
        }
        return Ok(named);
    };
    if let Some(named) = &named
        && named.id != order.customer_id
    {
        let message = format!("Order {} is of {}.", order.number, order.customer_code);
        faults.push(
            row.fault("customer", message)
                .coded("order.customer")
                .with("code", &order.customer_code),
        );
    }
    if named.is_some() {
        return Ok(named);
    }
    let scope = kernel::Scope::All;
    crate::store::customers::fetch(tx, &scope, &order.customer_code, today)
        .await
        .map(Some)
}

async fn payer(
    tx: &mut Tx,
    row: &Row,
    buyer: Option<&Customer>,
    today: Date,
    faults: &mut Faults,
) -> Result<Option<CustomerId>> {
    if row.text("payer").is_some() {
        let named = customer(tx, row, "payer", today, faults).await?;
        return Ok(named.map(|named| named.customer()));
    }
    let Some(buyer) = buyer else { return Ok(None) };
    match &buyer.payer_code {
        None => Ok(Some(buyer.customer())),
        Some(code) => {
            let scope = kernel::Scope::All;
            let payer = crate::store::customers::fetch(tx, &scope, code, today).await?;
            Ok(Some(payer.customer()))
        }
    }
}

/// The days of an invoice.
struct Days {
    day: Date,
    due: Option<Date>,
    received: Option<Date>,
    accepted: Option<Date>,
}

impl Days {
    fn read(row: &Row, today: Date, faults: &mut Faults) -> Option<Days> {
        let day = row.required_date("date", faults);
        let day =
            day.and_then(|day| or_fault(row, "date", accepted::document_day(day, today), faults));
        let due = row.date("due_date", faults);
        let due =
            due.and_then(|day| or_fault(row, "due_date", accepted::due_day(day, today), faults));
        Some(Days {
            day: day?,
            due,
            received: row.date("received_on", faults),
            accepted: row.date("accepted_on", faults),
        })
    }
}

async fn about(
    tx: &mut Tx,
    document: &Document,
    has_order: bool,
    currency: Currency,
    faults: &mut Faults,
) -> Result<Option<About>> {
    let Some(first) = document.rows.first() else {
        return Ok(None);
    };
    if first.text("amount_gross").is_some() {
        let gross = first.money("amount_gross", currency, faults);
        let rate = first
            .percent("tax_percent", faults)
            .unwrap_or(Percent::ZERO);
        return Ok(gross.map(|gross| {
            if has_order {
                About::Amount(gross)
            } else {
                About::Plain(gross, rate)
            }
        }));
    }
    if has_order
        && document
            .rows
            .iter()
            .all(|row| row.text("order_line").is_some())
    {
        let lines = document.rows.iter().filter_map(|row| {
            let line = row.required_whole("order_line", faults);
            let quantity = row.required_quantity("quantity", faults);
            line.zip(quantity.map(kernel::Quantity::millionths))
        });
        return Ok(Some(About::Lines(lines.collect())));
    }
    if has_order && document.rows.len() == 1 && first.text("product").is_none() {
        return Ok(Some(About::Rest));
    }
    if has_order {
        let message =
            "Lines of an order are named by order_line. Leave the order out to bill products.";
        faults.push(first.fault("order_line", message).coded("invoice.both"));
        return Ok(None);
    }
    own_lines(tx, document, faults).await
}

async fn own_lines(tx: &mut Tx, document: &Document, faults: &mut Faults) -> Result<Option<About>> {
    let codes = document.rows.iter().filter_map(|row| row.text("product"));
    let codes = codes.map(str::to_ascii_lowercase).collect();
    let products = named::products(tx, &codes).await?;
    let mut drafts = Vec::with_capacity(document.rows.len());
    for row in &document.rows {
        row.required_text("product", faults);
        let product = org::sheet::refer(row, "product", "product", &products, faults);
        let quantity = row.required_quantity("quantity", faults);
        let unit_price = row.required_price("unit_price", faults);
        let discount = row.percent("discount_percent", faults);
        let tax = row.percent("tax_percent", faults);
        let own_net = row.decimal6("net", faults);
        if let (Some(product), Some(quantity), Some(unit_price)) = (product, quantity, unit_price) {
            drafts.push(LineDraft {
                product: product.id,
                quantity,
                unit_price,
                discount: discount.unwrap_or(Percent::ZERO),
                tax: tax.unwrap_or(Percent::ZERO),
                own_net,
                origin: Origin::default(),
            });
        }
    }
    Ok(Some(About::Free(drafts)))
}
