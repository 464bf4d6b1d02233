//! Credit notes: for goods that came back, on the price, or over a whole invoice.

use db::{Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Money, Percent, Refusal};

use super::{
    desk::{Desk, Moved},
    settling::{self, From, Wanted},
};
use crate::{
    CreditNoteId, CustomerId,
    billing::{Part, credit_part, split_gross, split_like},
    course::{CREDIT_NOTE, INVOICE},
    fulfilment::{Standing, Taken, credit, undo_bill, undo_credit},
    order::{accept_count, at_line},
    store::{
        allocations::Source,
        credit_notes::{self, CreditNote, NewCreditNote, NewLine},
        invoices::{self, Invoice, Line},
        orders::Order,
    },
};

/// What a credit note is about.
#[derive(Debug, Clone)]
pub enum About {
    /// Lines of the invoice with quantities in millionths that came back.
    Lines(Vec<(i64, i64)>),
    /// An amount with tax; its rate, or the invoice's own proportion.
    Amount(Money, Option<Percent>),
}

/// A credit note as it is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub number: Code,
    pub kind: &'static str,
    pub customer: CustomerId,
    pub payer: CustomerId,
    pub day: Date,
    pub about: About,
    pub reason: String,
    pub chance: u128,
}

struct Body {
    lines: Vec<NewLine>,
    net: Money,
    tax: Money,
}

/// Posts a credit note. On an invoice it settles what is open of it, up to its own amount; the rest
/// stays with the payer.
///
/// # Errors
///
/// `invoice.state`, `credit_note.nothing`, `credit_note.over_invoice`, or what the rules refuse.
pub async fn post(
    tx: &mut Tx,
    on: Option<(&Invoice, Option<&Order>)>,
    asked: Asked,
    now: Timestamp,
) -> Result<CreditNoteId> {
    if let Some((invoice, _)) = on {
        INVOICE.after("credit", &invoice.number, INVOICE.state(&invoice.status))?;
    }
    let body = match (&asked.about, on) {
        (About::Lines(wanted), Some((invoice, order))) => {
            of_lines(tx, invoice, order, wanted).await?
        }
        (About::Amount(gross, rate), _) => {
            if let Some((invoice, _)) = on {
                give_amount(tx, &mut Desk::default(), invoice, *gross).await?;
            }
            of_amount(*gross, *rate, on.map(|(invoice, _)| invoice))?
        }
        (About::Lines(_), None) => {
            let message = "Lines come back from an invoice. Name it, or give an amount.";
            return Err(Refusal::value("credit_note.no_invoice", message)
                .at("invoice")
                .into());
        }
    };
    let gross = body.net.plus(body.tax)?;
    if gross.minor() <= 0 {
        let message = "A credit note is above zero.";
        return Err(Refusal::value("credit_note.nothing", message).into());
    }
    let new = NewCreditNote {
        number: asked.number,
        kind: asked.kind,
        customer: asked.customer,
        payer: asked.payer,
        invoice: on.map(|(invoice, _)| invoice.invoice()),
        day: asked.day,
        net: body.net,
        tax: body.tax,
        gross,
        reason: asked.reason,
        lines: body.lines,
        recorded: now,
    };
    let id = credit_notes::add(tx, &new).await?;
    if let Some((invoice, _)) = on {
        let name = format!("Credit note {}", new.number);
        let from = From::credit_note(id, &name, gross, asked.day);
        settle_open(tx, invoice, from, asked.chance, now).await?;
    }
    Ok(id)
}

/// Settles what is open of the invoice from the source, as far as it reaches.
async fn settle_open(
    tx: &mut Tx,
    invoice: &Invoice,
    from: From<'_>,
    chance: u128,
    now: Timestamp,
) -> Result<()> {
    let day = from.day.max(invoice.date());
    let open = settling::free(tx, invoice, day).await?;
    let minor = open.min(from.whole.minor());
    if minor <= 0 {
        return Ok(());
    }
    let amount = Money::of_minor(minor, from.whole.currency());
    let wanted = Wanted {
        amount,
        taken: amount,
        kind: "credit",
        day,
        chance,
    };
    settling::settle(tx, invoice, from, wanted, now)
        .await
        .map(drop)
}

/// Lines of an invoice that come back; nothing is written yet.
struct Back {
    body: Vec<NewLine>,
    /// What of each line of the invoice is credited afterwards.
    credited: Vec<(i64, i64)>,
    /// Lines of the order with what comes back of them.
    of_order: Vec<(i64, Taken)>,
}

impl Back {
    async fn of(tx: &mut Tx, invoice: &Invoice, wanted: &[(i64, i64)]) -> Result<Back> {
        accept_count(wanted.len(), "credit_note.too_many_lines")?;
        let lines = invoices::lines(tx, invoice.invoice()).await?;
        let mut credited: Vec<i64> = lines.iter().map(|line| line.credited).collect();
        let mut back = Back {
            body: Vec::with_capacity(wanted.len()),
            credited: Vec::new(),
            of_order: Vec::new(),
        };
        for (place, (number, quantity)) in wanted.iter().enumerate() {
            let at = lines
                .iter()
                .position(|line| line.line == *number)
                .ok_or_else(|| at_line(no_line(invoice, *number), place))?;
            let line = &lines[at];
            let after = credited[at].saturating_add(*quantity);
            if *quantity <= 0 || line.quantity < after {
                return Err(at_line(over(line, credited[at], *quantity), place).into());
            }
            let part = credit_part(amounts(line), line.quantity, credited[at], *quantity);
            credited[at] = after;
            back.credited.push((*number, after));
            back.of_order.extend(
                line.order_line
                    .map(|order_line| (order_line, taken(*quantity, part))),
            );
            back.body.push(new_line(line, *quantity, part));
        }
        Ok(back)
    }
}

fn no_line(invoice: &Invoice, number: i64) -> Refusal {
    let message = format!("Invoice {} has no line {number}.", invoice.number);
    Refusal::value("line.unknown", message).at("invoice_line")
}

async fn of_lines(
    tx: &mut Tx,
    invoice: &Invoice,
    order: Option<&Order>,
    wanted: &[(i64, i64)],
) -> Result<Body> {
    let back = Back::of(tx, invoice, wanted).await?;
    for (line, credited) in &back.credited {
        invoices::set_credited(tx, invoice.invoice(), *line, *credited).await?;
    }
    if let Some(order) = order {
        count(tx, order, &back.of_order, credit).await?;
    }
    totals(back.body, invoice)
}

/// Counts an amount given back on an invoice: with all other credit notes on it, at most all of it.
///
/// # Errors
///
/// `credit_note.over_invoice`.
pub async fn give_amount(
    tx: &mut Tx,
    desk: &mut Desk,
    invoice: &Invoice,
    gross: Money,
) -> Result<()> {
    let given = desk.given(tx, invoice).await?;
    let left = invoice.gross_minor.saturating_sub(*given).max(0);
    if left < gross.minor() {
        let shown = |minor| Money::of_minor(minor, gross.currency()).decimal();
        let message = format!(
            "Invoice {} is over {} and credit notes give back {} of it; {} more cannot be given back.",
            invoice.number,
            shown(invoice.gross_minor),
            shown(*given),
            gross.decimal()
        );
        return Err(Refusal::value("credit_note.over_invoice", message)
            .at("amount_gross")
            .into());
    }
    *given = given.saturating_add(gross.minor());
    Ok(())
}

/// What lines of an invoice are worth that come back, with tax; nothing is written.
///
/// # Errors
///
/// `line.unknown` and `credit_note.over` where they cannot come back.
pub async fn worth_back(
    tx: &mut Tx,
    desk: &mut Desk,
    (invoice, order): (&Invoice, Option<&Order>),
    wanted: &[(i64, i64)],
) -> Result<Money> {
    let back = Back::of(tx, invoice, wanted).await?;
    if let Some(order) = order {
        counted(tx, desk, order, &back.of_order, credit).await?;
    }
    let body = totals(back.body, invoice)?;
    Ok(body.net.plus(body.tax)?)
}

fn credited(invoice: &Invoice, line: &Line) -> Refusal {
    let message = format!(
        "{} of line {} of invoice {} were credited. Cancel the credit note first.",
        kernel::Quantity::of_millionths(line.credited),
        line.line,
        invoice.number
    );
    Refusal::value("invoice.credited", message)
}

fn over(line: &Line, credited: i64, quantity: i64) -> Refusal {
    let shown = |quantity: i64| kernel::Quantity::of_millionths(quantity).to_string();
    let message = format!(
        "The line bills {} and {} are credited already; {} cannot be.",
        shown(line.quantity),
        shown(credited),
        shown(quantity)
    );
    Refusal::value("credit_note.over", message).at("quantity")
}

fn amounts(line: &Line) -> Part {
    Part {
        net_exact: 0,
        net_minor: line.net_minor,
        tax_minor: line.tax_minor,
    }
}

fn taken(quantity: i64, part: Part) -> Taken {
    Taken {
        quantity,
        net_minor: part.net_minor,
        gross_minor: part.gross_minor(),
    }
}

fn new_line(line: &Line, quantity: i64, part: Part) -> NewLine {
    NewLine {
        invoice_line: Some(line.line),
        product: line.product_id.map(crate::ProductId::of),
        quantity,
        net_minor: part.net_minor,
        tax: line.tax,
        tax_minor: part.tax_minor,
    }
}

fn totals(lines: Vec<NewLine>, invoice: &Invoice) -> Result<Body> {
    let currency = invoice.money()?;
    let of = |minor: i64| Money::of_minor(minor, currency);
    Ok(Body {
        net: Money::sum(lines.iter().map(|line| of(line.net_minor)), currency)?,
        tax: Money::sum(lines.iter().map(|line| of(line.tax_minor)), currency)?,
        lines,
    })
}

fn of_amount(
    gross: Money,
    rate: Option<Percent>,
    invoice: Option<&Invoice>,
) -> std::result::Result<Body, Refusal> {
    let (net, tax) = match (rate, invoice) {
        (None, Some(invoice)) => split_like(gross, invoice.net_minor, invoice.gross_minor)?,
        (rate, _) => split_gross(gross, rate.unwrap_or(Percent::ZERO))?,
    };
    let lines = Vec::new();
    Ok(Body { lines, net, tax })
}

/// A rule for how a line of the order stands after a part of it was moved.
type Rule = fn(Standing, Taken) -> std::result::Result<Standing, Refusal>;

/// Changes how lines of the order stand, each by a part.
async fn count(tx: &mut Tx, order: &Order, moved: &[(i64, Taken)], rule: Rule) -> Result<()> {
    let moved = counted(tx, &mut Desk::default(), order, moved, rule).await?;
    moved.save(tx).await
}

async fn counted(
    tx: &mut Tx,
    desk: &mut Desk,
    order: &Order,
    moved: &[(i64, Taken)],
    rule: Rule,
) -> Result<Moved> {
    let open = desk.order(tx, order).await?;
    let mut standing = open.standing.clone();
    for (line, taken) in moved {
        let at = open.place_of(*line)?;
        standing[at] = rule(standing[at], *taken)?;
    }
    Ok(desk.moved(order, standing))
}

/// Cancels an invoice: a credit note over all of it settles it, and its lines are to be billed again.
/// One that is worth nothing needs no credit note.
///
/// # Errors
///
/// `invoice.state`; `invoice.settled` if payments or credit notes settle a part of it on that day or
/// later; `invoice.credited` if goods on it were credited.
pub async fn cancel_invoice(
    tx: &mut Tx,
    invoice: &Invoice,
    order: Option<&Order>,
    (day, asked): (Date, Option<Asked>),
    now: Timestamp,
) -> Result<()> {
    INVOICE.after("cancel", &invoice.number, INVOICE.state(&invoice.status))?;
    if settling::free(tx, invoice, day).await? < invoice.gross_minor {
        let message = format!(
            "Payments or credit notes settle a part of invoice {} on {} or later. Reverse them first, or write a credit note.",
            invoice.number, day
        );
        return Err(Refusal::state("invoice.settled", message).into());
    }
    let lines = invoices::lines(tx, invoice.invoice()).await?;
    if let Some(line) = lines.iter().find(|line| line.credited != 0) {
        return Err(credited(invoice, line).into());
    }
    if let Some(asked) = asked {
        over_all_of(tx, invoice, &lines, asked, now).await?;
    }
    if let Some(order) = order {
        let billed = lines
            .iter()
            .filter_map(|line| Some((line.order_line?, taken(line.quantity, amounts(line)))));
        let billed: Vec<(i64, Taken)> = billed.collect();
        count(tx, order, &billed, undo_bill).await?;
    }
    invoices::cancel(tx, invoice, day, now).await
}

/// The credit note over all of an invoice, which settles it.
async fn over_all_of(
    tx: &mut Tx,
    invoice: &Invoice,
    lines: &[Line],
    asked: Asked,
    now: Timestamp,
) -> Result<()> {
    let body = lines
        .iter()
        .map(|line| new_line(line, line.quantity, amounts(line)));
    let currency = invoice.money()?;
    let new = NewCreditNote {
        number: asked.number,
        kind: "cancellation",
        customer: invoice.customer(),
        payer: invoice.payer(),
        invoice: Some(invoice.invoice()),
        day: asked.day,
        net: Money::of_minor(invoice.net_minor, currency),
        tax: Money::of_minor(invoice.tax_minor, currency),
        gross: Money::of_minor(invoice.gross_minor, currency),
        reason: asked.reason,
        lines: body.collect(),
        recorded: now,
    };
    let id = credit_notes::add(tx, &new).await?;
    let name = format!("Credit note {}", new.number);
    let from = From::credit_note(id, &name, new.gross, asked.day);
    settle_open(tx, invoice, from, asked.chance, now).await
}

/// Cancels a credit note: what it settled is open again, what it took back counts as billed.
///
/// # Errors
///
/// `credit_note.state`; `credit_note.cancellation` for one that cancels an invoice.
pub async fn cancel(
    tx: &mut Tx,
    note: &CreditNote,
    on: Option<(&Invoice, Option<&Order>)>,
    day: Date,
    now: Timestamp,
) -> Result<()> {
    CREDIT_NOTE.after("cancel", &note.number, CREDIT_NOTE.state(&note.status))?;
    not_a_cancellation(note)?;
    settling::end_all(tx, Source::CreditNote(note.credit_note()), day, now).await?;
    if let Some((invoice, order)) = on {
        give_back(tx, note, invoice, order).await?;
    }
    credit_notes::cancel(tx, note, day, now).await
}

/// What cancelled an invoice stays, and so does what it settles.
///
/// # Errors
///
/// `credit_note.cancellation`.
pub fn not_a_cancellation(note: &CreditNote) -> std::result::Result<(), Refusal> {
    if note.kind != "cancellation" {
        return Ok(());
    }
    let message = "This credit note cancels an invoice. Write the invoice anew instead.";
    Err(Refusal::state("credit_note.cancellation", message))
}

async fn give_back(
    tx: &mut Tx,
    note: &CreditNote,
    invoice: &Invoice,
    order: Option<&Order>,
) -> Result<()> {
    let billed = invoices::lines(tx, invoice.invoice()).await?;
    let mut back = Vec::new();
    for line in credit_notes::lines(tx, note.credit_note()).await? {
        let own = billed
            .iter()
            .find(|own| Some(own.line) == line.invoice_line);
        let Some(own) = own.filter(|_| line.quantity != 0) else {
            continue;
        };
        let left = own.credited.saturating_sub(line.quantity);
        invoices::set_credited(tx, invoice.invoice(), own.line, left).await?;
        let part = Part {
            net_exact: 0,
            net_minor: line.net_minor,
            tax_minor: line.tax_minor,
        };
        back.extend(
            own.order_line
                .map(|order_line| (order_line, taken(line.quantity, part))),
        );
    }
    match order {
        Some(order) => count(tx, order, &back, |line, taken| Ok(undo_credit(line, taken))).await,
        None => Ok(()),
    }
}
