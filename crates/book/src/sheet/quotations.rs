//! Quotations from files: one row for each line of each edition, and what became of them.
//!
//! A quotation that is recorded already must be the same quotation; a file never rewrites one.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Percent, Scope};
use org::{
    sheet::{
        documents::{Documents, Judged, Setting, Verdict},
        or_fault, refer,
    },
    store::company,
};
use sheet::{Document, Faults, Row};

use super::reading::{
    agree, blame, in_sequence, is_rewritten, judged, note, one_of, or_none, order, texts,
};
use crate::{
    CustomerId, OrderId, ProductId,
    course::QUOTATION,
    order::{LineDraft, worth},
    pricing::Origin,
    quotation::{accept_reason, accept_validity},
    store::{
        entered::{self, Became, Offered},
        named::{self, ByCode},
        quotations::{self, Edition, Loss, NewQuotation},
    },
    web::accepted,
};

/// The quotations of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quotations;

/// A quotation to be recorded with all its editions.
#[derive(Debug)]
pub(super) struct Entered {
    new: NewQuotation,
    editions: Vec<Offered>,
    became: Became,
}

/// What all rows of one quotation agree in.
const HEAD: [&str; 9] = [
    "customer",
    "currency",
    "project",
    "status",
    "decided_on",
    "lost_reason",
    "competitor",
    "lost_text",
    "order",
];
/// What all rows of one edition agree in.
const EDITION: [&str; 3] = ["date", "valid_until", "sent_on"];

/// What the rows refer to.
struct Known {
    customers: ByCode<CustomerId>,
    products: ByCode<ProductId>,
    base: Currency,
    today: Date,
}

impl Documents for Quotations {
    const KEY: &'static str = "number";
    type Ready = Entered;

    async fn judge(
        tx: &mut Tx,
        batch: &[Document],
        setting: Setting<'_>,
    ) -> Result<Vec<Judged<Entered>>> {
        let known = Known {
            customers: named::customers(tx, &texts(batch, "customer")).await?,
            products: named::products(tx, &texts(batch, "product")).await?,
            base: company::expect(tx).await?.currency,
            today: setting.today,
        };
        let mut found = Vec::with_capacity(batch.len());
        for document in batch {
            let mut faults = Faults::new();
            let made = match document.rows.first() {
                Some(row) => order(tx, row, "order", setting.today, &mut faults).await?,
                None => None,
            };
            let made = made.map(|order| (order.order(), order.customer_id));
            let entered = known.read(document, made, &mut faults);
            let entered = entered.filter(|_| faults.is_empty());
            let amount = entered.as_ref().and_then(Entered::amount);
            let verdict = match entered {
                Some(entered) => verdict(tx, document, entered, setting, &mut faults).await?,
                None => None,
            };
            found.push(judged(verdict, amount, faults));
        }
        Ok(found)
    }

    async fn save(tx: &mut Tx, ready: Vec<Entered>, setting: Setting<'_>) -> Result<()> {
        for one in ready {
            entered::quotation(tx, &one.new, (&one.editions, &one.became), setting.by.at).await?;
        }
        Ok(())
    }
}

impl Entered {
    /// The net of the last edition is what was offered.
    fn amount(&self) -> Option<(Currency, i64)> {
        let last = self.editions.last()?;
        Some((self.new.currency, last.edition.worth.net_exact))
    }
}

impl Known {
    fn read(
        &self,
        document: &Document,
        made: Option<(OrderId, i64)>,
        faults: &mut Faults,
    ) -> Option<Entered> {
        agree(document, &HEAD, faults);
        let first = document.rows.first()?;
        let number = first.required_code("number", faults);
        first.required_text("customer", faults);
        let customer = refer(first, "customer", "customer", &self.customers, faults);
        let currency = match first.text("currency") {
            Some(_) => first.currency("currency", faults),
            None => Some(self.base),
        };
        let project = first.read("project", faults, |text| accepted::text(text, "project"));
        let currency = currency?;
        let editions = self.editions(document, currency, faults)?;
        let customer = customer?.id;
        let made = made.map(|(order, of)| (order, CustomerId::of(of)));
        let day = editions.last()?.edition.day;
        let became = self.became(first, (customer, day), made, faults)?;
        Some(Entered {
            new: NewQuotation {
                number: number?,
                customer,
                currency,
                project: project.flatten(),
            },
            editions,
            became,
        })
    }

    /// The editions in their sequence; without numbers there is one.
    fn editions(
        &self,
        document: &Document,
        currency: Currency,
        faults: &mut Faults,
    ) -> Option<Vec<Offered>> {
        let mut by_number: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
        for row in &document.rows {
            let number = match row.text("edition") {
                Some(_) => row.whole("edition", faults)?,
                None => 1,
            };
            by_number.entry(number).or_default().push(row.clone());
        }
        let mut editions = Vec::with_capacity(by_number.len());
        for (place, (number, rows)) in (1_i64..).zip(by_number) {
            let rows = Document { rows };
            let first = rows.rows.first()?;
            if number != place {
                let message = format!("Editions are counted from 1 on; number {place} is missing.");
                let fault = first.fault("edition", message).coded("quotation.edition");
                faults.push(fault.with("number", place));
                return None;
            }
            editions.push(self.edition(&rows, (number, currency), faults)?);
        }
        Some(editions)
    }

    fn edition(
        &self,
        rows: &Document,
        (number, currency): (i64, Currency),
        faults: &mut Faults,
    ) -> Option<Offered> {
        agree(rows, &EDITION, faults);
        let rows = in_sequence(rows, "line", faults);
        let first = rows.rows.first()?;
        let day = first.required_date("date", faults)?;
        let day = or_fault(
            first,
            "date",
            accepted::document_day(day, self.today),
            faults,
        )?;
        let until = first.date("valid_until", faults);
        let valid_until = or_fault(first, "valid_until", accept_validity(day, until), faults)?;
        let sent_on = first.date("sent_on", faults);
        if let Some(sent) = sent_on.filter(|sent| *sent < day || self.today < *sent) {
            let message = format!("An offer of {day} is not sent on {sent}.");
            let fault = first.fault("sent_on", message).coded("quotation.sent");
            faults.push(fault.with("day", day));
        }
        let lines = rows.rows.iter();
        let drafts: Vec<LineDraft> = lines.filter_map(|row| self.line(row, faults)).collect();
        if drafts.len() != rows.rows.len() {
            return None;
        }
        match worth(drafts, currency) {
            Ok(worth) => Some(Offered {
                edition: Edition {
                    number,
                    day,
                    valid_until,
                    worth,
                },
                sent_on,
            }),
            Err(no) => {
                blame(&rows, no, faults);
                None
            }
        }
    }

    fn line(&self, row: &Row, faults: &mut Faults) -> Option<LineDraft> {
        row.required_text("product", faults);
        let product = refer(row, "product", "product", &self.products, faults);
        let quantity = row.required_quantity("quantity", faults);
        let quantity = quantity.and_then(|quantity| {
            let accepted = accepted::quantity(&quantity.to_string());
            or_fault(row, "quantity", accepted, faults)
        });
        let unit_price = row.required_price("unit_price", faults);
        let discount = row.percent("discount_percent", faults);
        let tax = row.percent("tax_percent", faults);
        let own_net = row.decimal6("net", faults);
        Some(LineDraft {
            product: product?.id,
            quantity: quantity?,
            unit_price: unit_price?,
            discount: discount.unwrap_or(Percent::ZERO),
            tax: tax.unwrap_or(Percent::ZERO),
            own_net,
            origin: Origin::default(),
        })
    }

    fn became(
        &self,
        row: &Row,
        (customer, day): (CustomerId, Date),
        made: Option<(OrderId, CustomerId)>,
        faults: &mut Faults,
    ) -> Option<Became> {
        // One that was sent expires by itself.
        let status = one_of(row, "status", QUOTATION.states, faults)?;
        let status = if status == "expired" { "sent" } else { status };
        let decided_on = row.date("decided_on", faults);
        if let Some(decided) = decided_on.filter(|on| *on < day || self.today < *on) {
            let message = format!("An offer of {day} is not decided on {decided}.");
            let fault = row.fault("decided_on", message).coded("quotation.decided");
            faults.push(fault.with("day", day));
        }
        if (status == "ordered") != made.is_some() || made.is_some_and(|(_, of)| of != customer) {
            let message =
                "A quotation that was ordered names an order of its customer, no other names one.";
            faults.push(row.fault("order", message).coded("quotation.order"));
        }
        let reason = row.read("lost_reason", faults, accept_reason);
        let competitor = row.read("competitor", faults, |text| {
            accepted::text(text, "competitor")
        });
        let text = note(row, "lost_text", faults)?;
        if (status == "lost") != row.text("lost_reason").is_some() {
            let message = "A quotation that was lost says why, no other does.";
            faults.push(row.fault("lost_reason", message).coded("quotation.reason"));
        }
        Some(Became {
            status,
            decided_on,
            loss: reason.map(|reason| Loss {
                reason,
                competitor: competitor.flatten(),
                text: Some(text).filter(|text| !text.is_empty()),
            }),
            order: made.map(|(order, _)| order),
        })
    }
}

async fn verdict(
    tx: &mut Tx,
    document: &Document,
    entered: Entered,
    setting: Setting<'_>,
    faults: &mut Faults,
) -> Result<Option<Verdict<Entered>>> {
    let new = &entered.new;
    let number = new.number.as_str();
    let fetched = quotations::fetch(tx, &Scope::All, number, None, setting.today).await;
    let Some(old) = or_none(fetched)? else {
        return Ok(Some(Verdict::New(entered)));
    };
    let recorded = quotations::editions(tx, old.quotation()).await?;
    let recorded = recorded.into_iter().map(|past| {
        let days = (past.day, past.valid_until);
        (days, past.net_minor, past.gross_minor)
    });
    let wanted = entered.editions.iter().map(|one| {
        let edition = &one.edition;
        let days = (edition.day.to_string(), edition.valid_until.to_string());
        (days, edition.worth.net.minor(), edition.worth.gross.minor())
    });
    let is_same = old.customer_id == new.customer.get()
        && old.currency == new.currency.code()
        && old.project == new.project
        && old.status == entered.became.status
        && recorded.eq(wanted);
    if is_same {
        return Ok(Some(Verdict::Same));
    }
    is_rewritten(document, number, faults);
    Ok(None)
}
