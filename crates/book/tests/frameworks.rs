//! Framework contracts: called off by confirmed orders, given back by cancelled ones, never overdrawn.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app, book, send};
use db::Db;
use serde_json::{Value, json};

const CONTRACT: &str = r#"{"number":"F-1","customer":"alpha","from":"2026-01-01","to":"2027-01-01","tolerance_percent":"10","lines":[
    {"product":"bar","unit_price":"88","quantity":"100"},
    {"product":"rod","unit_price":"1900","value":"10000"}]}"#;

async fn agreed(db: &Db) -> Router {
    book(db).await;
    let app = app(db);
    let (status, made) = send(&app, "li", "POST /api/v1/frameworks", &[], CONTRACT).await;
    assert_eq!((status, &made["status"]), (201, &json!("draft")), "{made}");
    let (status, _) = send(&app, "li", "POST /api/v1/frameworks/F-1/activate", &[], "").await;
    assert_eq!(status, 200);
    app
}

async fn order(
    app: &Router,
    number: &str,
    product: &str,
    line: i64,
    quantity: &str,
) -> (u16, Value) {
    let body = format!(
        r#"{{"number":"{number}","customer":"alpha","lines":[{{"product":"{product}","quantity":"{quantity}","call_off":{{"contract":"F-1","line":{line}}}}}]}}"#
    );
    send(app, "chen", "POST /api/v1/orders", &[], &body).await
}

async fn step(app: &Router, number: &str, action: &str) -> (u16, Value) {
    send(
        app,
        "chen",
        &format!("POST /api/v1/orders/{number}/{action}"),
        &[],
        "",
    )
    .await
}

/// What is left of a line: quantity and value.
async fn left(app: &Router, line: usize) -> (Value, Value) {
    let (_, shown) = send(app, "chen", "GET /api/v1/frameworks/F-1", &[], "").await;
    let line = &shown["lines"][line - 1];
    (
        line["remaining_quantity"].clone(),
        line["remaining_value"].clone(),
    )
}

testkit::each_engine!(
    async fn orders_call_off_when_they_are_confirmed(db) {
        let app = agreed(&db).await;
        let (status, draft) = order(&app, "O-1", "bar", 1, "60").await;
        assert_eq!(status, 201, "{draft}");
        let line = &draft["lines"][0];
        assert_eq!((&line["unit_price"], &line["price_rule"], &line["price_source"]), (&json!("88.00"), &json!("agreed"), &json!("F-1")));
        assert_eq!(left(&app, 1).await, (json!("100"), json!(null)), "a draft calls off nothing");
        assert_eq!(step(&app, "O-1", "confirm").await.0, 200);
        assert_eq!(left(&app, 1).await.0, json!("40"));
        order(&app, "O-2", "bar", 1, "50.000001").await;
        let (status, problem) = step(&app, "O-2", "confirm").await;
        assert_eq!((status, &problem["code"], &problem["errors"][0]["field"]), (409, &json!("framework.over_called"), &json!("lines[0].call_off")));
        assert!(problem["detail"].as_str().unwrap().contains("40 units"), "{problem}");
        let (_, shown) = send(&app, "chen", "GET /api/v1/orders/O-2", &[], "").await;
        assert_eq!(shown["status"], "draft", "nothing of the refused step stays");
        order(&app, "O-3", "bar", 1, "50").await;
        assert_eq!(step(&app, "O-3", "confirm").await.0, 200, "the tolerance is ten percent");
        assert_eq!(left(&app, 1).await.0, json!("-10"));
        assert_eq!(step(&app, "O-3", "cancel").await.0, 200);
        assert_eq!(step(&app, "O-1", "close").await.0, 200);
        assert_eq!(left(&app, 1).await.0, json!("100"), "cancelled and closed short, nothing was delivered");
    }
);

testkit::each_engine!(
    async fn a_thousand_units_are_called_off_in_parts(db) {
        book(&db).await;
        let app = app(&db);
        let contract = r#"{"number":"F-1","customer":"alpha","lines":[{"product":"bar","unit_price":"88","quantity":"1000"}]}"#;
        let (status, _) = send(&app, "li", "POST /api/v1/frameworks", &[], contract).await;
        assert_eq!(status, 201);
        send(&app, "li", "POST /api/v1/frameworks/F-1/activate", &[], "").await;
        for (number, quantity, expected, rest) in [("O-1", "400", 200, "600"), ("O-2", "350", 200, "250"), ("O-3", "300", 409, "250"), ("O-4", "250", 200, "0"), ("O-5", "0.000001", 409, "0")] {
            order(&app, number, "bar", 1, quantity).await;
            let (status, answer) = step(&app, number, "confirm").await;
            assert_eq!((status, left(&app, 1).await.0), (expected, json!(rest)), "{number}: {answer}");
        }
        let (_, shown) = send(&app, "chen", "GET /api/v1/frameworks/F-1", &[], "").await;
        let called: Vec<_> = shown["call_offs"].as_array().unwrap().iter().map(|one| (one["order"].as_str().unwrap(), one["quantity"].as_str().unwrap())).collect();
        assert_eq!(called, [("O-5", "0"), ("O-4", "250"), ("O-3", "0"), ("O-2", "350"), ("O-1", "400")]);
        step(&app, "O-2", "cancel").await;
        assert_eq!(left(&app, 1).await.0, json!("350"));
        assert_eq!(step(&app, "O-3", "confirm").await.0, 200, "what was cancelled is there again");
        // 100 of the 400 go out; closing the order gives back the other 300.
        send(&app, "fay", "POST /api/v1/orders/O-1/deliveries", &[], r#"{"lines":[{"line":1,"quantity":"100"}]}"#).await;
        assert_eq!(step(&app, "O-1", "close").await.0, 200);
        assert_eq!(left(&app, 1).await.0, json!("350"));
    }
);

testkit::each_engine!(
    async fn a_value_is_called_off_net(db) {
        let app = agreed(&db).await;
        order(&app, "O-1", "rod", 2, "5").await;
        assert_eq!(step(&app, "O-1", "confirm").await.0, 200);
        assert_eq!(left(&app, 2).await, (json!(null), json!("500")));
        order(&app, "O-2", "rod", 2, "1").await;
        let (status, problem) = step(&app, "O-2", "confirm").await;
        assert_eq!((status, &problem["code"]), (409, &json!("framework.over_called")), "{problem}");
        let change = r#"{"lines":[{"product":"rod","quantity":"1"}]}"#;
        send(&app, "chen", "PATCH /api/v1/orders/O-2", &[], change).await;
        assert_eq!(step(&app, "O-2", "confirm").await.0, 200, "amended, it calls off nothing");
        assert_eq!(left(&app, 2).await.1, json!("500"));
    }
);

testkit::each_engine!(
    async fn a_crowd_never_calls_off_more_than_there_is(db) {
        let app = agreed(&db).await;
        for place in 0..8 {
            order(&app, &format!("O-{place}"), "bar", 1, "30").await;
        }
        let crowd: Vec<_> = (0..8).map(|place| {
            let app = app.clone();
            tokio::spawn(async move { step(&app, &format!("O-{place}"), "confirm").await.0 })
        }).collect();
        let mut called = 0;
        for one in crowd {
            let status = one.await.unwrap();
            assert!(status == 200 || status == 409, "{status}");
            called += usize::from(status == 200);
        }
        assert_eq!((called, left(&app, 1).await.0), (3, json!("10")), "three times thirty of at most 110");
    }
);

testkit::each_engine!(
    async fn only_what_the_contract_says_is_called_off(db) {
        let app = agreed(&db).await;
        let line = |rest: &str| format!(r#"{{"customer":"alpha","lines":[{{"quantity":"1",{rest}}}]}}"#);
        for (body, expected, code) in [
            (line(r#""product":"bar","call_off":{"contract":"F-2","line":1}"#), 422, "reference.unknown"),
            (line(r#""product":"bar","call_off":{"contract":"F-1","line":2}"#), 422, "call_off.line"),
            (line(r#""product":"bar","unit_price":"1","call_off":{"contract":"F-1","line":1}"#), 422, "call_off.price"),
            (line(r#""product":"bar","call_off":{"contract":"F-1","line":1}"#).replace(r#""quantity":"1""#, r#""quantity":"-1""#), 422, "call_off.quantity"),
            (line(r#""product":"bar","call_off":{"contract":"F-1","line":1}"#).replace(r#""customer":"alpha""#, r#""customer":"alpha","date":"2027-01-01""#), 422, "framework.day"),
            (line(r#""product":"bar","call_off":{"contract":"F-1","line":1}"#).replace("alpha", "beta"), 422, "reference.unknown"),
        ] {
            let (status, problem) = send(&app, "li", "POST /api/v1/orders", &[], &body).await;
            assert_eq!((status, &problem["code"]), (expected, &json!(code)), "{body}: {problem}");
        }
        order(&app, "O-1", "bar", 1, "1").await;
        let (status, _) = send(&app, "li", "POST /api/v1/frameworks/F-1/close", &[], "").await;
        assert_eq!(status, 200);
        let (status, problem) = step(&app, "O-1", "confirm").await;
        assert_eq!((status, &problem["code"]), (409, &json!("framework.state")), "{problem}");
        let (status, problem) = order(&app, "O-2", "bar", 1, "1").await;
        assert_eq!((status, &problem["code"]), (409, &json!("framework.state")));
    }
);

testkit::each_engine!(
    async fn contracts_are_agreed_by_those_who_may(db) {
        let app = agreed(&db).await;
        for (who, asked, body, expected) in [
            ("chen", "POST /api/v1/frameworks", CONTRACT, 403),
            ("li", "POST /api/v1/frameworks", CONTRACT, 409),
            ("sun", "GET /api/v1/frameworks/F-1", "", 404),
            ("li", "PATCH /api/v1/frameworks/F-1", r#"{"tolerance_percent":"20"}"#, 409),
            ("li", "POST /api/v1/frameworks", r#"{"customer":"gamma","lines":[{"product":"bar","unit_price":"1","quantity":"1"}]}"#, 422),
            ("li", "POST /api/v1/frameworks", r#"{"customer":"alpha","lines":[]}"#, 422),
            ("li", "POST /api/v1/frameworks", r#"{"customer":"alpha","lines":[{"product":"bar","unit_price":"1"}]}"#, 422),
            ("li", "POST /api/v1/frameworks", r#"{"customer":"alpha","lines":[{"product":"bar","unit_price":"1","quantity":"0"}]}"#, 422),
            ("li", "GET /api/v1/frameworks?status=odd", "", 400),
        ] {
            let (status, answer) = send(&app, who, asked, &[], body).await;
            assert_eq!(status, expected, "{who} {asked} {body}: {answer}");
        }
        let (status, made) = send(&app, "li", "POST /api/v1/frameworks", &[], r#"{"customer":"alpha","lines":[{"product":"bar","unit_price":"1","quantity":"1"}]}"#).await;
        assert_eq!((status, &made["number"], &made["from"]), (201, &json!("FC-2026-00001"), &json!("2026-06-16")));
        let change = r#"{"tolerance_percent":"5","to":"2026-12-31","lines":[{"product":"rod","unit_price":"2","value":"10.5"}]}"#;
        let (status, changed) = send(&app, "li", "PATCH /api/v1/frameworks/FC-2026-00001", &[("if-match", "\"v1\"")], change).await;
        assert_eq!((status, &changed["tolerance_percent"], &changed["lines"][0]["value"], &changed["version"]), (200, &json!("5"), &json!("10.5"), &json!(2)), "{changed}");
        for (who, found) in [("chen", 2), ("li", 2), ("sun", 0), ("fay", 2)] {
            let (_, list) = send(&app, who, "GET /api/v1/frameworks", &[], "").await;
            assert_eq!(list["items"].as_array().unwrap().len(), found, "{who}");
        }
    }
);
