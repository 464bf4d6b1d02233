//! Every state of every document, and every action asked in it through the API, against a table a
//! controller could have written. A refused action leaves the whole book as it was.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;
mod place;

use ::book::course::{self, Course};
use cast::{app, book, send};
use place::Place;

/// The state after each action, or `no`: a state a line, an action a column.
const TABLES: [(&str, &str); 10] = [
    (
        "Order",
        "          change confirm   deliver   return    bill      close  cancel
         draft     draft  confirmed no        no        no        no     cancelled
         held      no     no        no        no        no        no     cancelled
         confirmed no     no        confirmed confirmed confirmed closed cancelled
         closed    no     no        no        closed    closed    no     no
         cancelled no     no        no        no        no        no     no",
    ),
    (
        "Delivery",
        "          change reverse
         posted    posted reversed
         reversed  no     no",
    ),
    (
        "Invoice",
        "          change settle credit cancel
         posted    posted posted posted cancelled
         cancelled no     no     no     no",
    ),
    (
        "Credit note",
        "          change settle cancel
         posted    posted posted cancelled
         cancelled no     no     no",
    ),
    (
        "Payment",
        "          change settle reverse
         posted    posted posted reversed
         reversed  no     no     no",
    ),
    (
        "Bill",
        "           present   endorse  discount   clear   return
         received   presented endorsed discounted no      no
         presented  no        no       no         cleared returned
         endorsed   no        no       no         cleared returned
         discounted no        no       no         cleared returned
         cleared    no        no       no         no      no
         returned   no        no       no         no      no",
    ),
    (
        "Quotation",
        "           change send revise accept   lose withdraw  convert
         draft      draft  sent no     no       no   withdrawn no
         sent       no     no   draft  accepted lost withdrawn no
         accepted   no     no   no     no       lost no        ordered
         ordered    no     no   no     no       no   no        no
         lost       no     no   no     no       no   no        no
         expired    no     no   draft  no       lost withdrawn no
         withdrawn  no     no   no     no       no   no        no",
    ),
    (
        "Framework contract",
        "           change activate call-off close
         draft      draft  active   no       closed
         active     no     no       active   closed
         closed     no     no       no       no",
    ),
    (
        "Sample",
        "           change return   sell win lose withdraw
         open       open   returned sold won lost withdrawn
         returned   no     no       no   no  no   no
         sold       no     no       no   no  no   no
         won        no     no       no   no  no   no
         lost       no     no       no   no  no   no
         withdrawn  no     no       no   no  no   no",
    ),
    (
        "Rebate agreement",
        "           change activate settle close
         draft      draft  active   no     closed
         active     active no       active closed
         closed     no     no       no     no",
    ),
];

/// What the table says of a pair; a pair it does not have fails the test.
fn decided(course: &Course, state: &str, action: &str) -> Option<&'static str> {
    let (_, table) = TABLES.iter().find(|table| table.0 == course.noun).unwrap();
    let mut lines = table.lines().map(str::split_whitespace);
    let actions: Vec<&str> = lines.next().unwrap().collect();
    let rows: Vec<Vec<&str>> = lines.map(Iterator::collect).collect();
    assert_eq!(
        (actions.len(), rows.len()),
        (course.steps.len(), course.states.len()),
        "{}",
        course.noun
    );
    let column = actions
        .iter()
        .position(|name| *name == action.replace(' ', "-"));
    let row = rows.iter().find(|row| row[0] == state);
    let (Some(column), Some(row)) = (column, row) else {
        panic!(
            "the table of {} says nothing about {state} and {action}",
            course.noun
        );
    };
    Some(row[1 + column]).filter(|after| *after != "no")
}

/// The ways to ask for an action; `#` is the document's number.
#[rustfmt::skip]
const WAYS: &[(&str, &str, &str, &str)] = &[
    ("Order", "change", "PATCH /api/v1/orders/O-#", r#"{"date":"2026-06-02"}"#),
    ("Order", "confirm", "POST /api/v1/orders/O-#/confirm", ""),
    ("Order", "close", "POST /api/v1/orders/O-#/close", ""),
    ("Order", "cancel", "POST /api/v1/orders/O-#/cancel", ""),
    ("Order", "deliver", "POST /api/v1/orders/O-#/deliveries", "{}"),
    ("Order", "deliver", "POST /api/v1/orders/O-#/deliveries", r#"{"lines":[{"line":1,"quantity":"1"}]}"#),
    ("Order", "return", "POST /api/v1/orders/O-#/returns", r#"{"lines":[{"line":1,"quantity":"1"}]}"#),
    ("Order", "bill", "POST /api/v1/invoices", r#"{"order":"O-#"}"#),
    ("Order", "bill", "POST /api/v1/invoices", r#"{"order":"O-#","lines":[{"order_line":1,"quantity":"1"}]}"#),
    ("Order", "bill", "POST /api/v1/invoices", r#"{"order":"O-#","amount_gross":"12"}"#),
    ("Delivery", "change", "PATCH /api/v1/deliveries/D-#", r#"{"note":"left at the gate"}"#),
    ("Delivery", "reverse", "POST /api/v1/deliveries/D-#/reverse", "{}"),
    ("Invoice", "change", "PATCH /api/v1/invoices/I-#", r#"{"note":"by post"}"#),
    ("Invoice", "change", "PATCH /api/v1/invoices/I-#", r#"{"received_on":"2026-06-16"}"#),
    ("Invoice", "settle", "POST /api/v1/payments/P-#/allocations", r#"{"invoice":"I-#"}"#),
    ("Invoice", "settle", "POST /api/v1/payments/P-#/allocations", r#"{"invoice":"I-#","amount":"1"}"#),
    ("Invoice", "settle", "POST /api/v1/payments/P-#/allocations", r#"{"invoice":"I-#","amount":"1","difference":"0.01"}"#),
    ("Invoice", "settle", "POST /api/v1/credit-notes/C-#/allocations", r#"{"invoice":"I-#"}"#),
    ("Invoice", "credit", "POST /api/v1/credit-notes", r#"{"invoice":"I-#","lines":[{"invoice_line":1,"quantity":"1"}]}"#),
    ("Invoice", "credit", "POST /api/v1/credit-notes", r#"{"invoice":"I-#","amount_gross":"1"}"#),
    ("Invoice", "credit", "POST /api/v1/credit-notes", r#"{"invoice":"I-#","amount_gross":"1","kind":"goodwill","tax_percent":"7"}"#),
    ("Invoice", "cancel", "POST /api/v1/invoices/I-#/cancel", "{}"),
    ("Credit note", "change", "PATCH /api/v1/credit-notes/C-#", r#"{"reason":"agreed"}"#),
    ("Credit note", "settle", "POST /api/v1/credit-notes/C-#/allocations", r#"{"invoice":"J-#"}"#),
    ("Credit note", "cancel", "POST /api/v1/credit-notes/C-#/cancel", "{}"),
    ("Payment", "change", "PATCH /api/v1/payments/P-#", r#"{"note":"by wire"}"#),
    ("Payment", "settle", "POST /api/v1/payments/P-#/allocations", r#"{"invoice":"J-#"}"#),
    ("Payment", "settle", "POST /api/v1/payments/P-#/allocations", r#"{"invoice":"J-#","amount":"1"}"#),
    ("Payment", "reverse", "POST /api/v1/payments/P-#/reverse", "{}"),
    ("Bill", "present", "POST /api/v1/payments/P-#/paper/present", "{}"),
    ("Bill", "endorse", "POST /api/v1/payments/P-#/paper/endorse", "{}"),
    ("Bill", "discount", "POST /api/v1/payments/P-#/paper/discount", "{}"),
    ("Bill", "clear", "POST /api/v1/payments/P-#/paper/clear", "{}"),
    ("Bill", "return", "POST /api/v1/payments/P-#/paper/return", "{}"),
    ("Quotation", "change", "PATCH /api/v1/quotations/Q-#", r#"{"valid_until":"2026-07-31"}"#),
    ("Quotation", "change", "PATCH /api/v1/quotations/Q-#", r#"{"lines":[{"product":"rod","quantity":"1"}]}"#),
    ("Quotation", "send", "POST /api/v1/quotations/Q-#/send", ""),
    ("Quotation", "revise", "POST /api/v1/quotations/Q-#/revise", ""),
    ("Quotation", "accept", "POST /api/v1/quotations/Q-#/accept", ""),
    ("Quotation", "lose", "POST /api/v1/quotations/Q-#/lose", r#"{"reason":"price"}"#),
    ("Quotation", "withdraw", "POST /api/v1/quotations/Q-#/withdraw", ""),
    ("Quotation", "convert", "POST /api/v1/quotations/Q-#/convert", "{}"),
    ("Quotation", "convert", "POST /api/v1/quotations/Q-#/convert", r#"{"lines":[{"line":1,"quantity":"3"}]}"#),
    ("Framework contract", "change", "PATCH /api/v1/frameworks/F-#", r#"{"tolerance_percent":"5"}"#),
    ("Framework contract", "activate", "POST /api/v1/frameworks/F-#/activate", ""),
    ("Framework contract", "call off", "POST /api/v1/orders", r#"{"customer":"alpha","lines":[{"product":"bar","quantity":"1","call_off":{"contract":"F-#","line":1}}]}"#),
    ("Framework contract", "close", "POST /api/v1/frameworks/F-#/close", ""),
    ("Rebate agreement", "change", "PATCH /api/v1/rebates/B-#", r#"{"method":"incremental"}"#),
    ("Rebate agreement", "activate", "POST /api/v1/rebates/B-#/activate", ""),
    ("Rebate agreement", "settle", "POST /api/v1/rebates/B-#/settle", r#"{"amount":"0.01"}"#),
    ("Rebate agreement", "close", "POST /api/v1/rebates/B-#/close", ""),
    ("Sample", "change", "PATCH /api/v1/samples/S-#", r#"{"note":"line 3"}"#),
    ("Sample", "return", "POST /api/v1/samples/S-#/result", r#"{"result":"return","reason":"said so"}"#),
    ("Sample", "win", "POST /api/v1/samples/S-#/result", r#"{"result":"win","reason":"said so"}"#),
    ("Sample", "lose", "POST /api/v1/samples/S-#/result", r#"{"result":"lose","reason":"said so"}"#),
    ("Sample", "withdraw", "POST /api/v1/samples/S-#/result", r#"{"result":"withdraw","reason":"said so"}"#),
    ("Sample", "sell", "POST /api/v1/samples/S-#/sell", "{}"),
];

fn ways(noun: &str, action: &str) -> Vec<(&'static str, &'static str)> {
    let own = WAYS.iter().filter(|way| (way.0, way.1) == (noun, action));
    let own: Vec<_> = own.map(|way| (way.2, way.3)).collect();
    assert!(
        !own.is_empty(),
        "nobody knows how to ask a {noun} to {action}"
    );
    own
}

/// A delivery from which something came back is reversed after its return.
async fn clear_the_way(place: &Place<'_>, noun: &str, state: &str, action: &str) {
    if (noun, state, action) == ("Delivery", "posted", "reverse") {
        place.ok("POST /api/v1/deliveries/R-#/reverse", "").await;
    }
}

/// Asks one way in one state; what went otherwise than the table says, if anything.
async fn ask(
    place: &Place<'_>,
    course: &Course,
    state: &str,
    action: &str,
    (asked, body): (&str, &str),
) -> Option<String> {
    let noun = course.noun;
    place.bring(noun, state, action).await;
    clear_the_way(place, noun, state, action).await;
    assert_eq!(place.state(noun).await, state, "{noun} to {action}");
    let before = place.everything(noun).await;
    let (path, text) = (
        asked.replace('#', &place.number),
        body.replace('#', &place.number),
    );
    let (status, answer) = send(place.app, "fay", &path, &[], &text).await;
    let told = format!(
        "{noun} {state}, {action} by {asked} {body}: {status} {}",
        answer["code"]
    );
    match decided(course, state, action) {
        Some(after) => {
            let now = place.state(noun).await;
            (!matches!(status, 200 | 201) || now != after)
                .then(|| format!("{told}, now {now}, not {after}"))
        }
        None if (status, answer["code"].as_str()) != (409, Some(course.code)) => Some(told),
        None => (place.everything(noun).await != before)
            .then(|| format!("{told}, and something changed")),
    }
}

testkit::each_engine!(
    async fn every_action_in_every_state_does_what_the_table_says(db) {
        book(&db).await;
        let app = app(&db);
        let (mut count, mut wrong) = (0, Vec::new());
        for course in course::ALL {
            for state in course.states {
                for step in course.steps {
                    for way in ways(course.noun, step.action) {
                        count += 1;
                        let place = Place { app: &app, db: &db, number: count.to_string() };
                        wrong.extend(ask(&place, course, state, step.action, way).await);
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {count} went otherwise:\n{}", wrong.len(), wrong.join("\n"));
    }
);
