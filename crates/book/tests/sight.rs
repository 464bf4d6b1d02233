//! Who sees what of money: whoever keeps the buyer or the payer, and nobody else.
//!
//! Chen keeps alpha, wu beta and sun gamma. Beta pays invoice I-1 of alpha with P-1, which settles one of
//! gamma's as well.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use ::book::store::{invoices::Invoice, listed};
use axum::Router;
use cast::{TODAY, app, book, scope_of, send};
use db::{Db, Limit};
use serde_json::{Value, json};

async fn ok(app: &Router, asked: &str, body: &Value) -> Value {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let (status, answer) = send(app, "fay", asked, &[], &body).await;
    assert!(matches!(status, 200 | 201), "{asked}: {status} {answer}");
    answer
}

/// Beta pays for alpha and gamma; the rest of P-1 is left.
async fn paid_by_another(db: &Db) -> Router {
    book(db).await;
    let app = app(db);
    for (number, buyer) in [("I-1", "alpha"), ("I-2", "gamma")] {
        let body = json!({ "number": number, "customer": buyer, "payer": "beta", "amount_gross": "100", "due_date": "2026-06-01", "date": "2026-05-01" });
        ok(&app, "POST /api/v1/invoices", &body).await;
    }
    let credit = json!({ "number": "CN-1", "invoice": "I-1", "amount_gross": "10" });
    ok(&app, "POST /api/v1/credit-notes", &credit).await;
    let paid = json!({ "reference": "P-1", "customer": "beta", "amount": "150" });
    ok(&app, "POST /api/v1/payments", &paid).await;
    for number in ["I-1", "I-2"] {
        let settled = json!({ "invoice": number, "amount": "50" });
        ok(&app, "POST /api/v1/payments/P-1/allocations", &settled).await;
    }
    app
}

/// The names of what a list shows somebody.
async fn listed(app: &Router, who: &str, path: &str) -> Vec<String> {
    let (status, page) = send(app, who, &format!("GET /api/v1/{path}"), &[], "").await;
    assert_eq!(status, 200, "{who} {path}: {page}");
    let name = |one: &Value| {
        let named = ["number", "reference", "invoice"];
        let name = named.iter().find_map(|name| one[*name].as_str());
        name.unwrap().to_owned()
    };
    page["items"].as_array().unwrap().iter().map(name).collect()
}

testkit::each_engine!(
    async fn who_keeps_only_the_payer_sees_the_invoice_to_anothers_buyer(db) {
        let app = paid_by_another(&db).await;
        // Whoever keeps beta, the payer, sees all of it; the others what their customer bought.
        for (who, invoices, notes) in [
            ("wu", vec!["I-2", "I-1"], vec!["CN-1"]),
            ("chen", vec!["I-1"], vec!["CN-1"]),
            ("sun", vec!["I-2"], vec![]),
            ("li", vec!["I-2", "I-1"], vec!["CN-1"]),
        ] {
            assert_eq!(listed(&app, who, "invoices").await, invoices, "{who}");
            assert_eq!(listed(&app, who, "invoices?status=overdue").await, invoices, "{who}");
            assert_eq!(listed(&app, who, "credit-notes").await, notes, "{who}");
            // A payment is the payer's.
            let pays = matches!(who, "wu" | "li");
            assert_eq!(listed(&app, who, "payments").await.len(), usize::from(pays), "{who}");
            let mut open = listed(&app, who, "open-items").await;
            open.reverse();
            assert_eq!(open, invoices, "{who}");
            for (number, path) in [("I-1", "invoices"), ("I-2", "invoices"), ("CN-1", "credit-notes"), ("P-1", "payments")] {
                let seen = (number == "P-1" && pays) || invoices.contains(&number) || notes.contains(&number);
                let (status, _) = send(&app, who, &format!("GET /api/v1/{path}/{number}"), &[], "").await;
                assert_eq!(status, if seen { 200 } else { 404 }, "{who} {number}");
            }
        }
    }
);

testkit::each_engine!(
    async fn who_keeps_neither_finds_nothing_and_no_count(db) {
        let app = paid_by_another(&db).await;
        let body = json!({ "number": "I-3", "customer": "alpha", "amount_gross": "7", "due_date": "2026-06-01", "date": "2026-05-01" });
        ok(&app, "POST /api/v1/invoices", &body).await;
        let paid = json!({ "reference": "P-3", "customer": "alpha", "amount": "7" });
        ok(&app, "POST /api/v1/payments", &paid).await;
        for path in ["invoices/I-3", "payments/P-3"] {
            for (who, expected) in [("chen", 200), ("wu", 404), ("sun", 404)] {
                for place in ["", "/api/v1"] {
                    let (status, _) = send(&app, who, &format!("GET {place}/{path}"), &[], "").await;
                    assert_eq!(status, expected, "{who} {place}/{path}");
                }
            }
        }
        let (_, page) = send(&app, "sun", "GET /invoices", &[], "").await;
        let page = page.as_str().unwrap();
        assert!(page.contains("I-2") && !page.contains("I-1") && !page.contains("I-3"));
        let (_, file) = send(&app, "sun", "GET /invoices/export.csv?sort=number", &[], "").await;
        assert_eq!(file.as_str().unwrap().lines().count(), 2, "{file}");

        let mut tx = db.read().await.unwrap();
        let limit = Limit::parse(None).unwrap();
        for (who, typed, found) in [("wu", "I-", 2), ("chen", "I-", 2), ("sun", "I-", 1), ("sun", "I-3", 0)] {
            let scope = scope_of(&mut tx, who).await;
            let hits: Vec<Invoice> = listed::numbered(&mut tx, (&scope, TODAY), typed, limit).await.unwrap();
            assert_eq!(hits.len(), found, "{who} {typed}");
        }
    }
);

testkit::each_engine!(
    async fn a_buyer_is_found_by_whoever_keeps_the_payer_and_the_other_way_round(db) {
        let app = paid_by_another(&db).await;
        for asked in ["customer=alpha", "owner=wu", "q=beta", "unit=east&customer=alpha"] {
            let found = listed(&app, "wu", &format!("invoices?{asked}")).await;
            assert!(found.contains(&"I-1".to_owned()), "{asked}: {found:?}");
        }
        assert_eq!(listed(&app, "wu", "invoices?customer=alpha").await, ["I-1"]);
        assert_eq!(listed(&app, "sun", "invoices?customer=alpha").await, [""; 0]);
        // What is typed is looked for among one's own customers.
        assert_eq!(listed(&app, "chen", "invoices?q=beta").await, [""; 0]);
        assert_eq!(listed(&app, "fay", "invoices?q=beta").await, ["I-2", "I-1"]);
        assert_eq!(listed(&app, "sun", "invoices?customer=beta").await, ["I-2"]);
    }
);

testkit::each_engine!(
    async fn of_a_credit_note_each_sees_what_settles_invoices_in_sight(db) {
        let app = paid_by_another(&db).await;
        // It is taken off I-1, whose buyer it was given to, and settles another that beta owes.
        let own = ok(&app, "GET /api/v1/credit-notes/CN-1", &Value::Null).await;
        let id = own["allocations"][0]["id"].as_str().unwrap();
        let back = format!("DELETE /api/v1/credit-notes/CN-1/allocations/{id}?reason=Another");
        ok(&app, &back, &json!({})).await;
        let other = json!({ "invoice": "I-2" });
        ok(&app, "POST /api/v1/credit-notes/CN-1/allocations", &other).await;
        for (who, settled) in [("chen", vec!["I-1"]), ("wu", vec!["I-1", "I-2"])] {
            let (_, own) = send(&app, who, "GET /api/v1/credit-notes/CN-1", &[], "").await;
            let found = own["allocations"].as_array().unwrap().iter();
            let mut found: Vec<&str> = found.map(|one| one["invoice"].as_str().unwrap()).collect();
            found.sort_unstable();
            assert_eq!(found, settled, "{who}");
            let (_, page) = send(&app, who, "GET /credit-notes/CN-1", &[], "").await;
            let page = page.as_str().unwrap();
            for number in ["I-1", "I-2"] {
                assert_eq!(page.contains(&format!(">{number}<")), settled.contains(&number), "{who} {number}");
            }
        }
    }
);
