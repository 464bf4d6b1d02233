//! What is left when an invoice, a payment or what settles them is taken back, and what keeps it from
//! being taken back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;
mod place;

use axum::Router;
use cast::{app, book, send};
use place::Place;
use serde_json::json;

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
