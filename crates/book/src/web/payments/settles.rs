//! What a payment or credit note settles: the card on its page, and the forms to settle more and to take
//! something back.

use db::{Cursor, Limit, Result, Sort, Tx};
use jiff::civil::Date;
use kernel::{Currency, Money, Scope};
use maud::{Markup, html};
use page::{
    Choice, FieldKind, FieldSpec, Frame, field, num,
    parts::{stackable_table, th, th_n},
};

use crate::{
    store::{
        allocations::Allocation,
        invoices::{self, Invoice},
        listed::{self, Asked, Filter},
    },
    web::{deeds::Opened, invoices::list_page::amount},
};

/// So many open invoices are offered; any other can be typed.
const OFFERED: i64 = 50;

/// What the API is asked for to settle an invoice.
pub const SETTLE: [&str; 6] = [
    "invoice",
    "amount",
    "date",
    "discount",
    "difference",
    "source_amount",
];

/// What it is asked for to take that back.
pub const RELEASE: [&str; 3] = ["allocation", "date", "reason"];

/// The open invoices of a payer, those due first before the others, if the form to settle one is open.
///
/// # Errors
///
/// As [`listed::page`].
pub async fn offered(
    tx: &mut Tx,
    (scope, on): (&Scope, Date),
    payer: &str,
    opened: &Opened,
) -> Result<Vec<Invoice>> {
    if opened.name != "settle" {
        return Ok(Vec::new());
    }
    let filter = Filter {
        status: "open".to_owned(),
        customer: payer.to_owned(),
        sort: Some(Sort {
            by: invoices::BY_DUE,
            down: false,
        }),
        ..Filter::default()
    };
    let asked = Asked {
        scope,
        filter: &filter,
        on,
        limit: Limit::parse(Some(OFFERED))?,
        from: &Cursor::start(),
    };
    Ok(listed::page::<Invoice>(tx, asked).await?.items)
}

/// Whether anything it settles can be taken back.
pub fn can_release(settles: &[Allocation]) -> bool {
    settles.iter().any(|one| one.valid_to.is_none())
}

/// The fields to settle an invoice with.
pub fn settling(frame: &Frame, opened: &Opened, open: &[Invoice]) -> Markup {
    let open: Vec<Choice> = open
        .iter()
        .map(|own| Choice::new(own.number.as_str(), amount(own, own.open_minor())))
        .collect();
    let number = |id: &str, key: &str, hint: Option<&str>| {
        let (label, hint) = (frame.t(key), hint.map(|key| frame.t(key)));
        let kind = FieldKind::Number { unit: "" };
        let spec = opened.spec(id, &label);
        field(
            frame,
            FieldSpec {
                kind,
                hint: hint.as_deref(),
                ..spec
            },
        )
    };
    let (invoice, day) = (frame.t("payment-invoice"), frame.t("settle-from"));
    let (likely, first) = (frame.t("settle-invoice-hint"), frame.t("settle-from-hint"));
    html! { div.formg {
        (field(frame, FieldSpec { kind: FieldKind::Likely(&open), required: true, hint: Some(&likely), ..opened.spec("invoice", &invoice) }))
        (number("amount", "invoice-amount", Some("settle-amount-hint")))
        (field(frame, FieldSpec { kind: FieldKind::Date, hint: Some(&first), ..opened.spec("date", &day) }))
        (number("discount", "settle-discount", Some("settle-beside-hint")))
        (number("difference", "settle-difference", Some("settle-difference-hint")))
        (number("source_amount", "settle-taken", Some("settle-taken-hint")))
    } }
}

/// The fields to take back what was settled.
pub fn releasing(frame: &Frame, opened: &Opened, settles: &[Allocation]) -> Markup {
    let standing = settles.iter().filter(|one| one.valid_to.is_none());
    let choices: Vec<Choice> = standing
        .map(|one| {
            let since = num::stored_day(frame, &one.valid_from);
            let kind = frame.t(&format!("allocation-{}", one.kind));
            let text = format!(
                "{} · {} · {kind} · {since}",
                one.invoice_number,
                settled(one)
            );
            Choice::new(one.public_id.as_str(), text)
        })
        .collect();
    let label = frame.t("release-what");
    html! {
        (field(frame, FieldSpec { kind: FieldKind::Select(&choices), required: true, ..opened.spec("allocation", &label) }))
        (opened.day_and_reason(frame))
    }
}

fn settled(one: &Allocation) -> String {
    match Currency::parse(&one.invoice_currency) {
        Ok(currency) => num::money_code(Money::of_minor(one.amount_minor, currency)),
        Err(_) => num::MISSING.to_owned(),
    }
}

/// What it settles; `left` is what it does not.
pub fn card(frame: &Frame, left: String, settles: &[Allocation]) -> Markup {
    let title = frame.t("payment-settles");
    if settles.is_empty() {
        let none = page::empty(
            frame.t("payment-settles-none"),
            frame.t("payment-settles-none-next"),
            html! {},
        );
        return page::card(title, left, html! {}, none);
    }
    let head = html! { tr {
        (th(frame.t("payment-invoice"))) (th(frame.t("orders-date"))) (th_n(frame.t("invoice-amount")))
    } };
    let body = html! { @for one in settles { tr {
        th scope="row" {
            a href=(page::address("/invoices", &one.invoice_number)) { (one.invoice_number) }
            span.sub { (frame.t(&format!("allocation-{}", one.kind))) }
        }
        td {
            (num::stored_day(frame, &one.valid_from))
            @if let Some(to) = &one.valid_to { span.sub { (frame.tw("allocation-until", &[("day", num::stored_day(frame, to))])) } }
        }
        td.n.m-tr { (settled(one)) }
    } } };
    page::card(&title, "", html! {}, stackable_table(&title, head, body))
}
