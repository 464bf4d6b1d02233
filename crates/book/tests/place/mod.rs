//! A book with one document of a kind in any state, and what must be asked to bring it there.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each file of stories uses its own part"
)]

use axum::Router;
use book::store::orders;
use db::Db;
use kernel::Scope;
use page::FixedClock;
use serde_json::{Value, json};

use super::cast::{self, TODAY, send};

/// A payment, a credit note and an invoice that settle one another.
#[rustfmt::skip]
const MONEY: [(&str, &str); 3] = [
    ("POST /api/v1/payments", r#"{"reference":"P-#","customer":"alpha","amount":"10"}"#),
    ("POST /api/v1/credit-notes", r#"{"number":"C-#","customer":"alpha","amount_gross":"10"}"#),
    ("POST /api/v1/invoices", r#"{"number":"J-#","customer":"alpha","amount_gross":"100"}"#),
];

/// The book a document stands in, and the number its own documents end in.
pub struct Place<'a> {
    pub app: &'a Router,
    pub db: &'a Db,
    pub number: String,
}

impl Place<'_> {
    pub async fn ok(&self, asked: &str, body: &str) -> Value {
        let asked = asked.replace('#', &self.number);
        let body = body.replace('#', &self.number);
        let (status, answer) = send(self.app, "fay", &asked, &[], &body).await;
        assert!(
            matches!(status, 200 | 201),
            "{asked} {body}: {status} {answer}"
        );
        answer
    }

    pub async fn all(&self, list: &[(&str, &str)]) {
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
                    orders::set_status(tx, &order, "held", (TODAY, cast::at(0))).await
                })
            })
            .await
            .unwrap();
    }

    /// Brings a document of this kind into `state`, and what an action needs beside it.
    pub async fn bring(&self, noun: &str, state: &str, action: &str) {
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

    pub async fn bill(&self, state: &str) {
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
    pub async fn state(&self, noun: &str) -> String {
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
    pub async fn everything(&self, noun: &str) -> Vec<Value> {
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
