//! Every state of every document, and every action asked in it through the API, against a table a
//! controller could have written. A refused action leaves the whole book as it was.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use ::book::{
    course::{self, Course},
    store::orders,
};
use axum::Router;
use cast::{TODAY, app, book, send};
use db::Db;
use kernel::Scope;
use page::FixedClock;
use serde_json::{Value, json};

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

/// A payment, a credit note and an invoice that settle one another.
#[rustfmt::skip]
const MONEY: [(&str, &str); 3] = [
    ("POST /api/v1/payments", r#"{"reference":"P-#","customer":"alpha","amount":"10"}"#),
    ("POST /api/v1/credit-notes", r#"{"number":"C-#","customer":"alpha","amount_gross":"10"}"#),
    ("POST /api/v1/invoices", r#"{"number":"J-#","customer":"alpha","amount_gross":"100"}"#),
];

/// The book a document stands in, and the number its own documents end in.
struct Place<'a> {
    app: &'a Router,
    db: &'a Db,
    number: String,
}

impl Place<'_> {
    async fn ok(&self, asked: &str, body: &str) -> Value {
        let asked = asked.replace('#', &self.number);
        let body = body.replace('#', &self.number);
        let (status, answer) = send(self.app, "fay", &asked, &[], &body).await;
        assert!(
            matches!(status, 200 | 201),
            "{asked} {body}: {status} {answer}"
        );
        answer
    }

    async fn all(&self, list: &[(&str, &str)]) {
        for (asked, body) in list {
            self.ok(asked, body).await;
        }
    }

    /// An order of ten, in `state`; what can be delivered by then is, in part.
    async fn order(&self, state: &str, moves: bool) {
        let lines = r#"{"number":"O-#","customer":"alpha","date":"2026-06-01","lines":[{"product":"bar","quantity":"10","tax_percent":"20"}]}"#;
        self.ok("POST /api/v1/orders", lines).await;
        let confirm = ("POST /api/v1/orders/O-#/confirm", "");
        let deliver = (
            "POST /api/v1/orders/O-#/deliveries",
            r#"{"number":"D-#","lines":[{"line":1,"quantity":"4"}]}"#,
        );
        match state {
            "draft" => {}
            "held" => self.hold().await,
            "confirmed" if moves => self.all(&[confirm, deliver]).await,
            "confirmed" => self.all(&[confirm]).await,
            "closed" => {
                self.all(&[confirm, deliver, ("POST /api/v1/orders/O-#/close", "")])
                    .await;
            }
            "cancelled" => self.all(&[("POST /api/v1/orders/O-#/cancel", "")]).await,
            other => panic!("nobody knows how an order becomes {other}"),
        }
    }

    /// No request holds an order, so the store is told to.
    async fn hold(&self) {
        let number = format!("O-{}", self.number);
        self.db
            .write(number, |tx, number| {
                Box::pin(async move {
                    let order = orders::fetch(tx, &Scope::All, number, TODAY).await?;
                    orders::set_status(tx, &order, "held").await
                })
            })
            .await
            .unwrap();
    }

    /// Brings a document of this kind into `state`, and what an action needs beside it.
    async fn bring(&self, noun: &str, state: &str, action: &str) {
        match noun {
            "Order" => self.order(state, action != "cancel").await,
            "Delivery" => {
                let returned = r#"{"number":"R-#","lines":[{"line":1,"quantity":"1"}]}"#;
                self.order("confirmed", true).await;
                self.ok("POST /api/v1/orders/O-#/returns", returned).await;
                if state == "reversed" {
                    self.ok("POST /api/v1/deliveries/R-#/reverse", "").await;
                    self.ok("POST /api/v1/deliveries/D-#/reverse", "").await;
                }
            }
            "Invoice" => self.invoice(state).await,
            "Credit note" => {
                self.all(&MONEY).await;
                if state == "cancelled" {
                    self.ok("POST /api/v1/credit-notes/C-#/cancel", "{}").await;
                }
            }
            "Payment" => {
                self.all(&MONEY).await;
                if state == "reversed" {
                    self.ok("POST /api/v1/payments/P-#/reverse", "{}").await;
                }
            }
            "Bill" => self.bill(state).await,
            "Quotation" => self.quotation(state).await,
            "Framework contract" => {
                let body = r#"{"number":"F-#","customer":"alpha","lines":[{"product":"bar","unit_price":"88","quantity":"1000"}]}"#;
                self.ok("POST /api/v1/frameworks", body).await;
                if state != "draft" {
                    self.ok("POST /api/v1/frameworks/F-#/activate", "").await;
                }
                if state == "closed" {
                    self.ok("POST /api/v1/frameworks/F-#/close", "").await;
                }
            }
            "Sample" => self.sample(state).await,
            "Rebate agreement" => {
                let body = r#"{"number":"B-#","customer":"alpha","from":"2026-01-01","method":"retroactive","tiers":[{"from_net":"0","percent":"2"}]}"#;
                self.all(&MONEY).await;
                self.ok("POST /api/v1/rebates", body).await;
                if state != "draft" {
                    self.ok("POST /api/v1/rebates/B-#/activate", "").await;
                }
                if state == "closed" {
                    self.ok("POST /api/v1/rebates/B-#/close", "").await;
                }
            }
            other => panic!("nobody knows how to make a {other}"),
        }
    }

    /// An invoice over goods of which some came back.
    async fn invoice(&self, state: &str) {
        let returned = r#"{"lines":[{"line":1,"quantity":"1"}]}"#;
        self.order("confirmed", true).await;
        self.all(&MONEY).await;
        self.ok("POST /api/v1/invoices", r#"{"number":"I-#","order":"O-#"}"#)
            .await;
        self.ok("POST /api/v1/orders/O-#/returns", returned).await;
        if state == "cancelled" {
            self.ok("POST /api/v1/invoices/I-#/cancel", "{}").await;
        }
    }

    async fn bill(&self, state: &str) {
        let body = r#"{"reference":"P-#","customer":"alpha","amount":"10","method":"bill",
            "paper":{"acceptor":"Bank of Ulm","number":"4711","due_date":"2026-09-01"}}"#;
        self.ok("POST /api/v1/payments", body).await;
        let way: &[&str] = match state {
            "received" => &[],
            "presented" => &["present"],
            "endorsed" => &["endorse"],
            "discounted" => &["discount"],
            "cleared" => &["present", "clear"],
            "returned" => &["discount", "return"],
            other => panic!("nobody knows how a bill becomes {other}"),
        };
        for step in way {
            self.ok(&format!("POST /api/v1/payments/P-#/paper/{step}"), "{}")
                .await;
        }
    }

    async fn quotation(&self, state: &str) {
        let body =
            r#"{"number":"Q-#","customer":"alpha","lines":[{"product":"bar","quantity":"10"}]}"#;
        if state == "expired" {
            let body = r#"{"number":"Q-#","customer":"alpha","date":"2026-05-01","valid_until":"2026-06-15","lines":[{"product":"bar","quantity":"10"}]}"#;
            // It was sent while it stood.
            let clock = FixedClock {
                now: cast::at(500),
                today: TODAY.yesterday().unwrap(),
            };
            let earlier = Place {
                app: &cast::app_on(self.db, clock),
                db: self.db,
                number: self.number.clone(),
            };
            earlier.ok("POST /api/v1/quotations", body).await;
            earlier.ok("POST /api/v1/quotations/Q-#/send", "").await;
            return;
        }
        self.ok("POST /api/v1/quotations", body).await;
        let way: &[&str] = match state {
            "draft" => &[],
            "sent" => &["send"],
            "accepted" => &["send", "accept"],
            "ordered" => &["send", "accept", "convert"],
            "lost" => &["send", "lose"],
            "withdrawn" => &["withdraw"],
            other => panic!("nobody knows how a quotation becomes {other}"),
        };
        for step in way {
            let body = match *step {
                "lose" => r#"{"reason":"price"}"#,
                _ => "{}",
            };
            self.ok(&format!("POST /api/v1/quotations/Q-#/{step}"), body)
                .await;
        }
    }

    async fn sample(&self, state: &str) {
        let body = r#"{"number":"S-#","customer":"alpha","product":"bar","quantity":"2"}"#;
        self.ok("POST /api/v1/samples", body).await;
        let result = match state {
            "open" => return,
            "sold" => {
                self.ok("POST /api/v1/samples/S-#/sell", "{}").await;
                return;
            }
            "returned" => "return",
            "won" => "win",
            "lost" => "lose",
            "withdrawn" => "withdraw",
            other => panic!("nobody knows how a sample becomes {other}"),
        };
        let body = format!(r#"{{"result":"{result}","reason":"said so"}}"#);
        self.ok("POST /api/v1/samples/S-#/result", &body).await;
    }

    /// Where the document stands.
    async fn state(&self, noun: &str) -> String {
        let path = match noun {
            "Order" => "GET /api/v1/orders/O-#",
            "Delivery" => "GET /api/v1/deliveries/D-#",
            "Invoice" => "GET /api/v1/invoices/I-#",
            "Credit note" => "GET /api/v1/credit-notes/C-#",
            "Quotation" => "GET /api/v1/quotations/Q-#",
            "Framework contract" => "GET /api/v1/frameworks/F-#",
            "Sample" => "GET /api/v1/samples/S-#",
            "Rebate agreement" => "GET /api/v1/rebates/B-#",
            _ => "GET /api/v1/payments/P-#",
        };
        let own = self.ok(path, "").await;
        let state = if noun == "Bill" {
            &own["paper"]["status"]
        } else {
            &own["status"]
        };
        match state.as_str().unwrap() {
            // A posted invoice says how far it is paid.
            "open" | "overdue" | "paid" if noun == "Invoice" => "posted".to_owned(),
            other => other.to_owned(),
        }
    }

    /// Every document there is, with its version, and what is owed.
    async fn everything(&self, noun: &str) -> Vec<Value> {
        let own = match noun {
            "Order" => "orders/O-#",
            "Delivery" => "deliveries/D-#",
            "Invoice" => "invoices/I-#",
            "Credit note" => "credit-notes/C-#",
            "Quotation" => "quotations/Q-#",
            "Framework contract" => "frameworks/F-#",
            "Sample" => "samples/S-#",
            "Rebate agreement" => "rebates/B-#",
            _ => "payments/P-#",
        };
        let lists = [
            "orders",
            "deliveries",
            "invoices",
            "credit-notes",
            "payments",
            "balances",
            "open-items",
            "quotations",
            "frameworks",
            "samples",
            "rebates",
        ];
        let mut all = vec![self.ok(&format!("GET /api/v1/{own}"), "").await];
        for list in lists {
            let list = self.ok(&format!("GET /api/v1/{list}?limit=500"), "").await;
            assert_eq!(list["next_cursor"], json!(null), "all of it fits one page");
            all.push(list);
        }
        all
    }
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

/// Asks as finance, and answers status and code.
async fn told(app: &Router, asked: &str, body: &str) -> (u16, String) {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    (
        status,
        answer["code"].as_str().unwrap_or_default().to_owned(),
    )
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

testkit::each_engine!(
    async fn a_cancelled_invoice_stays_settled(db) {
        book(&db).await;
        let app = app(&db);
        let place = Place { app: &app, db: &db, number: "1".to_owned() };
        place.bring("Invoice", "cancelled", "settle").await;
        let own = place.ok("GET /api/v1/invoices/I-#", "").await;
        let (id, note) = (own["allocations"][0]["id"].as_str().unwrap(), own["allocations"][0]["credit_note"].as_str().unwrap());
        let end = format!("DELETE /api/v1/credit-notes/{note}/allocations/{id}");
        assert_eq!(told(&app, &end, "").await, no(409, "credit_note.cancellation"));
    }
);

testkit::each_engine!(
    async fn an_invoice_is_not_cancelled_over_what_settled_it_then(db) {
        book(&db).await;
        let app = app(&db);
        let place = Place { app: &app, db: &db, number: "1".to_owned() };
        place.all(&[
            ("POST /api/v1/invoices", r#"{"number":"I-1","customer":"alpha","amount_gross":"100","date":"2026-05-01"}"#),
            ("POST /api/v1/payments", r#"{"reference":"P-1","customer":"alpha","amount":"60","date":"2026-05-04"}"#),
        ]).await;
        let paid = place.ok("POST /api/v1/payments/P-1/allocations", r#"{"invoice":"I-1"}"#).await;
        let end = format!("DELETE /api/v1/payments/P-1/allocations/{}?date=2026-05-20", paid["id"].as_str().unwrap());
        place.ok(&end, "").await;
        // From the 4th to the 20th 60.00 of it were paid; as of the 10th there are 40.00 to cancel.
        let cancel = "POST /api/v1/invoices/I-1/cancel";
        assert_eq!(told(&app, cancel, r#"{"date":"2026-05-10"}"#).await, no(409, "invoice.settled"));
        assert_eq!(told(&app, cancel, r#"{"date":"2026-05-20"}"#).await, no(200, ""));
    }
);

testkit::each_engine!(
    async fn an_invoice_with_credited_goods_is_not_cancelled(db) {
        book(&db).await;
        let app = app(&db);
        let place = Place { app: &app, db: &db, number: "1".to_owned() };
        place.bring("Invoice", "posted", "credit").await;
        let note = place.ok("POST /api/v1/credit-notes", r#"{"number":"N-1","invoice":"I-#","lines":[{"invoice_line":1,"quantity":"1"}]}"#).await;
        // Its credit is kept for another invoice, and the rest is billed once more.
        let id = note["allocations"][0]["id"].as_str().unwrap();
        place.ok(&format!("DELETE /api/v1/credit-notes/N-1/allocations/{id}"), "").await;
        place.ok("POST /api/v1/invoices", r#"{"order":"O-#","lines":[{"order_line":1,"quantity":"5"}]}"#).await;
        let cancel = "POST /api/v1/invoices/I-1/cancel";
        assert_eq!(told(&app, cancel, "{}").await, no(422, "invoice.credited"));
        place.ok("POST /api/v1/credit-notes/N-1/cancel", "{}").await;
        assert_eq!(told(&app, cancel, "{}").await, no(200, ""));
    }
);

testkit::each_engine!(
    async fn an_invoice_worth_nothing_can_be_cancelled(db) {
        book(&db).await;
        let app = app(&db);
        let place = Place { app: &app, db: &db, number: "1".to_owned() };
        let order = r#"{"number":"O-1","customer":"alpha","lines":[{"product":"free","quantity":"2","unit_price":"0"}]}"#;
        place.all(&[
            ("POST /api/v1/orders", order),
            ("POST /api/v1/orders/O-1/confirm", ""),
            ("POST /api/v1/orders/O-1/deliveries", "{}"),
            ("POST /api/v1/invoices", r#"{"number":"I-1","order":"O-1"}"#),
            ("POST /api/v1/invoices/I-1/cancel", "{}"),
        ]).await;
        let order = place.ok("GET /api/v1/orders/O-1", "").await;
        assert_eq!((&order["lines"][0]["delivered"], &order["lines"][0]["billed"]), (&json!("2"), &json!("0")));
        // Nothing was to be credited, so there is no credit note and no number of one is gone.
        place.ok("POST /api/v1/invoices", r#"{"number":"I-2","customer":"alpha","amount_gross":"1"}"#).await;
        let gone = place.ok("POST /api/v1/invoices/I-2/cancel", "{}").await;
        assert_eq!(gone["allocations"][0]["credit_note"], "CN-2026-00001");
    }
);

testkit::each_engine!(
    async fn a_reversed_payment_settles_nothing_from_its_reversal_on(db) {
        book(&db).await;
        let app = app(&db);
        let place = Place { app: &app, db: &db, number: "1".to_owned() };
        place.all(&[
            ("POST /api/v1/invoices", r#"{"number":"I-1","customer":"alpha","amount_gross":"100","date":"2026-05-01"}"#),
            ("POST /api/v1/payments", r#"{"reference":"P-1","customer":"alpha","amount":"60","date":"2026-05-04"}"#),
        ]).await;
        let paid = place.ok("POST /api/v1/payments/P-1/allocations", r#"{"invoice":"I-1"}"#).await;
        let end = format!("DELETE /api/v1/payments/P-1/allocations/{}?date=2026-05-20", paid["id"].as_str().unwrap());
        place.ok(&end, "").await;
        place.ok("POST /api/v1/payments/P-1/reverse", r#"{"date":"2026-05-10"}"#).await;
        for (day, open, unapplied) in [("09", "40.00", "0.00"), ("10", "100.00", "0.00"), ("20", "100.00", "0.00")] {
            let owed = place.ok(&format!("GET /api/v1/balances?as_of=2026-05-{day}"), "").await;
            assert_eq!((&owed["items"][0]["open"], &owed["items"][0]["unapplied"]), (&json!(open), &json!(unapplied)), "{day}");
        }
    }
);

testkit::each_engine!(
    async fn the_bill_of_a_reversed_payment_goes_nowhere(db) {
        book(&db).await;
        let app = app(&db);
        let place = Place { app: &app, db: &db, number: "1".to_owned() };
        place.bill("received").await;
        place.ok("POST /api/v1/payments/P-1/reverse", "{}").await;
        let present = "POST /api/v1/payments/P-1/paper/present";
        assert_eq!(told(&app, present, "{}").await, no(409, "payment.state"));
    }
);

testkit::each_engine!(
    async fn by_amount_no_line_is_billed_beyond_what_is_left_of_it(db) {
        book(&db).await;
        let app = app(&db);
        let place = Place { app: &app, db: &db, number: "1".to_owned() };
        let order = r#"{"number":"O-1","customer":"alpha","lines":[{"product":"bar","quantity":"10"},{"product":"bar","quantity":"10"}]}"#;
        let over = r#"{"lines":[{"line":1,"quantity":"20"}],"over_delivery":true}"#;
        place.all(&[
            ("POST /api/v1/orders", order),
            ("POST /api/v1/orders/O-1/confirm", ""),
            ("POST /api/v1/orders/O-1/deliveries", over),
            ("POST /api/v1/orders/O-1/returns", r#"{"lines":[{"line":1,"quantity":"10"}]}"#),
        ]).await;
        // Of each line 10 are to be billed, 2,000.00 in all: a share of one is a share of the other.
        let half = place.ok("POST /api/v1/invoices", r#"{"order":"O-1","amount_gross":"1000"}"#).await;
        assert_eq!((&half["lines"][0]["quantity"], &half["lines"][1]["quantity"]), (&json!("5"), &json!("5")));
        let rest = r#"{"order":"O-1","amount_gross":"1000.01"}"#;
        assert_eq!(told(&app, "POST /api/v1/invoices", rest).await, no(422, "invoice.over"));
        place.ok("POST /api/v1/invoices", r#"{"order":"O-1","amount_gross":"1000"}"#).await;
    }
);
