//! What posting must hold to at its borders: many lines, coarse quantities, clocks that start late.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app, book, send};
use serde_json::{Value, json};

/// Asks as finance and expects a yes.
async fn ok(app: &Router, asked: &str, body: &str) -> Value {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    assert!(
        matches!(status, 200 | 201),
        "{asked} {body}: {status} {answer}"
    );
    answer
}

/// Asks as finance and expects this no.
async fn no(app: &Router, asked: &str, body: &str, expected: (u16, &str)) -> Value {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    assert_eq!(
        (status, answer["code"].as_str().unwrap_or_default()),
        expected,
        "{asked} {body}: {answer}"
    );
    answer
}

/// A confirmed order of alpha over handlebars: price with tax and quantity for each line.
async fn ordered(app: &Router, number: &str, lines: &[(&str, &str)]) {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(price, quantity)| json!({"product": "bar", "quantity": quantity, "unit_price": price}))
        .collect();
    let body = json!({"number": number, "customer": "alpha", "date": "2026-06-01", "lines": lines});
    ok(app, "POST /api/v1/orders", &body.to_string()).await;
    ok(app, &format!("POST /api/v1/orders/{number}/confirm"), "").await;
}

testkit::each_engine!(
    async fn no_document_has_more_lines_than_are_read_back(db) {
        book(&db).await;
        let app = app(&db);
        ordered(&app, "O-1", &[("100", "10")]).await;
        let lines = |field: &str, count: usize| {
            let line = json!({field: 1, "quantity": "0.001"});
            Value::from(vec![line; count])
        };
        let goods = |count| json!({"number": "D-1", "lines": lines("line", count)}).to_string();
        let problem = no(&app, "POST /api/v1/orders/O-1/deliveries", &goods(1_001), (422, "delivery.too_many_lines")).await;
        assert_eq!(problem["errors"][0]["field"], "lines");
        ok(&app, "POST /api/v1/orders/O-1/deliveries", &goods(1_000)).await;
        let bill = |count| json!({"number": "I-1", "order": "O-1", "lines": lines("order_line", count)}).to_string();
        no(&app, "POST /api/v1/invoices", &bill(1_001), (422, "invoice.too_many_lines")).await;
        ok(&app, "POST /api/v1/invoices", &bill(1_000)).await;
        let credit = json!({"invoice": "I-1", "lines": lines("invoice_line", 1_001)}).to_string();
        no(&app, "POST /api/v1/credit-notes", &credit, (422, "credit_note.too_many_lines")).await;
        // What was posted can be taken back, all of it.
        ok(&app, "POST /api/v1/invoices/I-1/cancel", "").await;
        ok(&app, "POST /api/v1/deliveries/D-1/reverse", "").await;
        ok(&app, "POST /api/v1/orders/O-1/cancel", "").await;
        let order = ok(&app, "GET /api/v1/orders/O-1", "").await;
        assert_eq!((&order["lines"][0]["delivered"], &order["lines"][0]["billed"]), (&json!("0"), &json!("0")));
    }
);
