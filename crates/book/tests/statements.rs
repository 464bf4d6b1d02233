//! What a customer bought, as a statement: by product and period, beside the span before, and as it was
//! known.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app_at, at, book, send};
use serde_json::{Value, json};

async fn ok(app: &Router, asked: &str, body: &str) -> Value {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    assert!(status < 300, "{asked} {body}: {status} {answer}");
    answer
}

async fn sell(app: &Router, (number, product): (&str, &str), quantity: &str, day: &str) {
    let order = json!({ "number": number, "customer": "alpha", "date": day,
        "lines": [{ "product": product, "quantity": quantity, "unit_price": "100", "discount_percent": "10" }] });
    ok(app, "POST /api/v1/orders", &order.to_string()).await;
    let path = format!("POST /api/v1/orders/{number}/confirm");
    ok(app, &path, "").await;
}

testkit::each_engine!(
    async fn a_statement_says_how_much_when_and_what_it_cost_last(db) {
        book(&db).await;
        let app = app_at(&db, 1_000);
        sell(&app, ("O-1", "bar"), "1", "2025-03-10").await;
        sell(&app, ("N-1", "bar"), "2", "2026-04-30").await;
        sell(&app, ("N-2", "bar"), "1.5", "2026-05-02").await;
        sell(&app, ("N-3", "rod"), "1", "2026-05-31").await;
        // A draft was not bought, nor what lies ahead.
        let draft = r#"{"customer":"alpha","date":"2026-05-03","lines":[{"product":"bar","quantity":"50"}]}"#;
        ok(&app, "POST /api/v1/orders", draft).await;
        sell(&app, ("N-4", "bar"), "9", "2026-07-01").await;
        let path = "/api/v1/customers/alpha/statement";
        let made = ok(&app, &format!("GET {path}?by=month"), "").await;
        assert_eq!((&made["from"], &made["to"]), (&json!("2025-06-17"), &json!("2026-06-17")), "the year up to today");
        let bar = &made["rows"][0];
        assert_eq!((&bar["product"], &bar["quantity"], &bar["net"], &bar["net_before"], &bar["change_percent"]),
            (&json!("bar"), &json!("3.5"), &json!("315.00"), &json!("90.00"), &json!("250")));
        assert_eq!((&bar["last_price"], &bar["last_discount_percent"], &bar["last_date"]), (&json!("100.00"), &json!("10"), &json!("2026-05-02")));
        assert_eq!(bar["periods"], json!([
            { "period": "2026-04", "quantity": "2", "net": "180.00" }, { "period": "2026-05", "quantity": "1.5", "net": "135.00" },
        ]));
        assert_eq!(made["rows"][1]["change_percent"], json!(null), "nothing to compare with");
        assert_eq!(made["totals"], json!([{ "currency": "EUR", "net": "405.00", "net_before": "90.00" }]));
        for (by, period) in [("quarter", "2026-Q2"), ("year", "2026"), ("total", "total")] {
            let made = ok(&app, &format!("GET {path}?by={by}"), "").await;
            assert_eq!(made["rows"][0]["periods"], json!([{ "period": period, "quantity": "3.5", "net": "315.00" }]));
        }
        let may = ok(&app, &format!("GET {path}?from=2026-05-01&to=2026-05-31"), "").await;
        assert_eq!(may["totals"], json!([{ "currency": "EUR", "net": "135.00", "net_before": "180.00" }]), "the last day is outside");
        for wrong in ["by=week", "from=2026-06-01&to=2026-06-01", "from=1800-01-01", "as_of=soon", "known_at=then", "unit=east"] {
            let (status, _) = send(&app, "fay", &format!("GET {path}?{wrong}"), &[], "").await;
            assert_eq!(status, 400, "{wrong}");
        }
        // A cancelled order is off the statement, and on the one that was printed before.
        let later = app_at(&db, 2_000);
        ok(&later, "POST /api/v1/orders/N-2/cancel", r#"{"reason":"twice"}"#).await;
        assert_eq!(ok(&later, &format!("GET {path}"), "").await["rows"][0]["net"], "180.00");
        let known = format!("GET {path}?by=month&known_at={}", at(1_500));
        assert_eq!(ok(&later, &known, "").await["rows"], made["rows"]);
        let (status, file) = send(&later, "fay", "GET /customers/alpha/statement.csv?by=year", &[], "").await;
        let lines = "\u{feff}customer,product,product_name,group,period,currency,quantity,net\nalpha,bar,Handlebar,Parts,2026,EUR,2,180.00\n";
        assert_eq!((status, file.as_str().unwrap().starts_with(lines)), (200, true), "{file}");
    }
);
