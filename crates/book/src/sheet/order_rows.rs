//! Orders as a file writes them: one row for each line, the head repeated in all of them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{
    Code, Currency, Percent, Refusal,
    ids::{PersonId, UnitId},
};
use org::sheet::{or_fault, place, refer};
use sheet::{Document, Faults, Row};

use crate::{
    CustomerId, ProductId,
    order::LineDraft,
    pricing::Origin,
    rates::{self, Rated},
    store::{
        named::{ByCode, Named},
        rates::Known as KnownRates,
    },
    web::accepted,
};

/// What the rows of a batch refer to.
#[derive(Debug)]
pub(super) struct Known {
    pub customers: ByCode<CustomerId>,
    pub products: ByCode<ProductId>,
    pub people: ByCode<PersonId>,
    pub units: ByCode<UnitId>,
    pub base: Currency,
    pub rates: KnownRates,
    pub today: Date,
}

/// What all rows of one order agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub customer: CustomerId,
    pub sales_person: Option<PersonId>,
    pub territory: Option<UnitId>,
    pub day: Date,
    pub currency: Currency,
    /// None in the company's own currency.
    pub rated: Option<Rated>,
    pub status: &'static str,
}

/// One line and the row it stands in.
#[derive(Debug, Clone)]
pub(super) struct LineRow<'s> {
    pub row: &'s Row,
    /// The place the file gives it.
    line: Option<i64>,
    pub draft: LineDraft,
    /// Its own tax in minor units.
    pub own_tax: Option<i64>,
}

/// An order gathered from its rows.
#[derive(Debug, Clone)]
pub(super) struct OrderRows<'s> {
    pub number: Code,
    pub head: Head,
    pub lines: Vec<LineRow<'s>>,
    /// The rows that give their line a place, by that place.
    placed: BTreeMap<i64, u64>,
}

impl<'s> OrderRows<'s> {
    /// The order of a document's rows, its lines in their sequence; none if no row can be read.
    pub(super) fn of(
        document: &'s Document,
        known: &Known,
        faults: &mut Faults,
    ) -> Option<OrderRows<'s>> {
        let mut found: Option<OrderRows<'s>> = None;
        for row in &document.rows {
            let number = row.required_code("number", faults);
            let head = known.head(row, faults);
            let currency = head.map_or(known.base, |head| head.currency);
            let line = known.line(row, currency, faults);
            let (Some(number), Some(head), Some(line)) = (number, head, line) else {
                continue;
            };
            let order = found.get_or_insert_with(|| OrderRows {
                number,
                head,
                lines: Vec::new(),
                placed: BTreeMap::new(),
            });
            order.take(head, line, faults);
        }
        if let Some(order) = &mut found {
            order.sort();
        }
        found
    }

    fn take(&mut self, head: Head, line: LineRow<'s>, faults: &mut Faults) {
        if let Some(first) = self.lines.first() {
            if let Some(column) = self.head.differs(&head) {
                let message = format!(
                    "{} says something else of order {}.",
                    place(first.row.number),
                    self.number
                );
                faults.push(
                    line.row
                        .fault(column, message)
                        .coded("file.disagrees")
                        .with("row", first.row.number),
                );
            }
            let twin = line.line.and_then(|number| self.placed.get(&number));
            if let Some(twin) = twin {
                let message = format!("{} has the same line of the order.", place(*twin));
                faults.push(
                    line.row
                        .fault("line", message)
                        .coded("file.twice")
                        .with("row", twin),
                );
            } else if first.line.is_some() != line.line.is_some() {
                let message = "Number all lines of an order or none.";
                faults.push(line.row.fault("line", message).coded("document.numbered"));
            }
        }
        if let Some(number) = line.line {
            self.placed.insert(number, line.row.number);
        }
        self.lines.push(line);
    }

    /// By the places the file gives; without them as they stand in it.
    fn sort(&mut self) {
        self.lines.sort_by_key(|line| line.line);
    }
}

impl Head {
    /// The first column in which the two are not the same.
    fn differs(&self, other: &Head) -> Option<&'static str> {
        let columns = [
            ("customer", self.customer != other.customer),
            ("sales_person", self.sales_person != other.sales_person),
            ("territory", self.territory != other.territory),
            ("date", self.day != other.day),
            ("currency", self.currency != other.currency),
            ("status", self.status != other.status),
        ];
        columns
            .into_iter()
            .find_map(|(column, differs)| differs.then_some(column))
    }
}

impl Known {
    fn head(&self, row: &Row, faults: &mut Faults) -> Option<Head> {
        row.required_text("customer", faults);
        let day = row.required_date("date", faults);
        let day = day
            .and_then(|day| or_fault(row, "date", accepted::document_day(day, self.today), faults));
        let customer = refer(row, "customer", "customer", &self.customers, faults);
        let customer = not_ended(row, "customer", customer, day, faults);
        let sales_person = refer(row, "sales_person", "person", &self.people, faults);
        let territory = refer(row, "territory", "unit", &self.units, faults);
        let currency = match row.text("currency") {
            Some(_) => row.currency("currency", faults),
            None => Some(self.base),
        };
        let rated = currency.zip(day).and_then(|(currency, day)| {
            or_fault(row, "currency", self.rated(currency, day), faults)
        });
        let status = match row.text("status") {
            Some(_) => row.read("status", faults, accept_status),
            None => Some("confirmed"),
        };
        Some(Head {
            customer: customer?,
            sales_person: sales_person.map(|person| person.id),
            territory: territory.map(|unit| unit.id),
            day: day?,
            currency: currency?,
            rated: rated?,
            status: status?,
        })
    }

    /// The rate an order of `day` takes, as a document entered by hand would.
    fn rated(&self, currency: Currency, day: Date) -> Result<Option<Rated>, Refusal> {
        if currency == self.base {
            return Ok(None);
        }
        let day = day.min(self.today);
        let found = self.rates.serving(currency, day).copied();
        let found = found.ok_or_else(|| rates::missing(currency, self.base, day))?;
        Ok(Some(found))
    }

    fn line<'s>(
        &self,
        row: &'s Row,
        currency: Currency,
        faults: &mut Faults,
    ) -> Option<LineRow<'s>> {
        row.required_text("product", faults);
        let product = refer(row, "product", "product", &self.products, faults);
        // The row's own reading says what is wrong with the number; the rule, with its size.
        let quantity = row
            .required_quantity("quantity", faults)
            .and_then(|quantity| {
                or_fault(
                    row,
                    "quantity",
                    accepted::quantity(&quantity.to_string()),
                    faults,
                )
            });
        let unit_price = row.required_price("unit_price", faults);
        let discount = row.percent("discount_percent", faults);
        let tax = row.percent("tax_percent", faults);
        let own_net = row.decimal6("net", faults);
        let own_tax = row.money("tax", currency, faults).map(kernel::Money::minor);
        let line = row.whole("line", faults);
        if line.is_some_and(|line| line < 1) {
            faults.push(
                row.fault("line", "Lines are counted from 1.")
                    .coded("document.numbered"),
            );
        }
        Some(LineRow {
            row,
            line,
            draft: LineDraft {
                product: product?.id,
                quantity: quantity?,
                unit_price: unit_price?,
                discount: discount.unwrap_or(Percent::ZERO),
                tax: tax.unwrap_or(Percent::ZERO),
                own_net,
                origin: Origin::default(),
            },
            own_tax,
        })
    }
}

/// What is referred to, unless it was ended by the order's day.
fn not_ended<T>(
    row: &Row,
    column: &str,
    named: Option<Named<T>>,
    day: Option<Date>,
    faults: &mut Faults,
) -> Option<T> {
    let named = named?;
    if let (Some(end), Some(day)) = (named.ended_on, day)
        && end <= day
    {
        let code = row.text(column).unwrap_or_default();
        let message =
            format!("The {column} {code} ended on {end}; the order is of {day}. Name another.");
        faults.push(
            row.fault(column, message)
                .coded("reference.ended")
                .with("code", code)
                .with("end", end),
        );
        return None;
    }
    Some(named.id)
}

fn accept_status(text: &str) -> Result<&'static str, Refusal> {
    ["draft", "confirmed", "closed", "cancelled"]
        .into_iter()
        .find(|status| *status == text.trim())
        .ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            let message = format!("“{shown}” is not draft, confirmed, closed or cancelled.");
            Refusal::value("order.status", message)
        })
}
