//! Samples and trials: handed out, followed up, decided.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use cast::{app, book, send};
use jiff::civil::date;
use page::FixedClock;
use serde_json::json;

const TRIAL: &str = r#"{"number":"T-1","kind":"trial","customer":"alpha","product":"bar","quantity":"2","date":"2026-06-01","result_due":"2026-06-15"}"#;

testkit::each_engine!(
    async fn a_late_result_is_listed_until_it_is_known(db) {
        book(&db).await;
        let app = app(&db);
        let (status, made) = send(&app, "chen", "POST /api/v1/samples", &[], TRIAL).await;
        assert_eq!((status, &made["status"], &made["overdue"]), (201, &json!("open"), &json!(true)), "{made}");
        let (status, made) = send(&app, "chen", "POST /api/v1/samples", &[], r#"{"customer":"alpha","product":"rod","quantity":"1"}"#).await;
        assert_eq!((status, &made["number"], &made["kind"], &made["result_due"], &made["overdue"]),
            (201, &json!("SP-2026-00001"), &json!("sample"), &json!("2026-07-16"), &json!(false)));
        let late = |list: serde_json::Value| list["items"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let (_, list) = send(&app, "li", "GET /api/v1/samples?status=overdue&sort=due", &[], "").await;
        assert_eq!(late(list), ["T-1"]);
        let later = cast::app_on(&db, FixedClock { now: cast::at(3_000_000), today: date(2026, 7, 17) });
        let (_, list) = send(&later, "li", "GET /api/v1/samples?status=overdue&sort=due", &[], "").await;
        assert_eq!(late(list), ["T-1", "SP-2026-00001"]);
        let (status, changed) = send(&app, "chen", "PATCH /api/v1/samples/T-1", &[("if-match", "\"v1\"")], r#"{"result_due":"2026-06-30","note":"Line 3 is down"}"#).await;
        assert_eq!((status, &changed["overdue"], &changed["note"]), (200, &json!(false), &json!("Line 3 is down")));
        let (status, won) = send(&app, "chen", "POST /api/v1/samples/T-1/result", &[], r#"{"result":"win","reason":"Dries faster"}"#).await;
        assert_eq!((status, &won["status"], &won["result_on"], &won["reason"]), (200, &json!("won"), &json!("2026-06-16"), &json!("Dries faster")));
        let (_, list) = send(&later, "li", "GET /api/v1/samples?status=overdue&sort=due", &[], "").await;
        assert_eq!(late(list), ["SP-2026-00001"]);
        let (_, orders) = send(&app, "fay", "GET /api/v1/orders", &[], "").await;
        assert_eq!(orders["items"], json!([]), "a sample is no order");
    }
);

testkit::each_engine!(
    async fn what_is_wrong_with_a_sample_is_said(db) {
        book(&db).await;
        let app = app(&db);
        send(&app, "chen", "POST /api/v1/samples", &[], TRIAL).await;
        for (who, asked, body, expected, code) in [
            ("mia", "POST /api/v1/samples", TRIAL, 403, "forbidden"),
            ("chen", "POST /api/v1/samples", TRIAL, 409, "number.taken"),
            ("sun", "GET /api/v1/samples/T-1", "", 404, "missing"),
            ("chen", "GET /api/v1/samples?status=odd", "", 400, "query.status"),
            ("chen", "POST /api/v1/samples", r#"{"customer":"gamma","product":"bar","quantity":"1"}"#, 422, "reference.unknown"),
            ("chen", "POST /api/v1/samples", r#"{"customer":"alpha","product":"bar","quantity":"-1"}"#, 422, "quantity.negative"),
            ("chen", "POST /api/v1/samples", r#"{"customer":"alpha","product":"bar","quantity":"1","kind":"gift"}"#, 422, "sample.kind"),
            ("chen", "POST /api/v1/samples", r#"{"customer":"alpha","product":"bar","quantity":"1","date":"2026-06-17"}"#, 422, "date.future"),
            ("chen", "POST /api/v1/samples", r#"{"customer":"alpha","product":"bar","quantity":"1","result_due":"2026-06-15"}"#, 422, "sample.due"),
            ("chen", "POST /api/v1/samples/T-1/result", r#"{"result":"draw","reason":"x"}"#, 422, "sample.result"),
            ("chen", "POST /api/v1/samples/T-1/result", r#"{"result":"lose","reason":""}"#, 422, "name.missing"),
        ] {
            let (status, problem) = send(&app, who, asked, &[], body).await;
            assert_eq!((status, problem["code"].as_str().unwrap_or_default()), (expected, code), "{who} {asked} {body}: {problem}");
        }
        send(&app, "chen", "POST /api/v1/samples/T-1/result", &[], r#"{"result":"lose","reason":"Too dear"}"#).await;
        for (asked, body) in [("POST /api/v1/samples/T-1/result", r#"{"result":"win","reason":"x"}"#), ("PATCH /api/v1/samples/T-1", r#"{"note":"x"}"#)] {
            let (status, problem) = send(&app, "chen", asked, &[], body).await;
            assert_eq!((status, &problem["code"]), (409, &json!("sample.state")));
        }
    }
);

testkit::each_engine!(
    async fn a_sample_comes_back_or_is_sold(db) {
        book(&db).await;
        let app = app(&db);
        for number in ["T-1", "T-2", "T-3"] {
            let body = TRIAL.replace("T-1", number);
            assert_eq!(send(&app, "chen", "POST /api/v1/samples", &[], &body).await.0, 201);
        }
        let back = r#"{"result":"return","reason":"Not needed","date":"2026-06-10"}"#;
        let (status, returned) = send(&app, "chen", "POST /api/v1/samples/T-1/result", &[], back).await;
        assert_eq!((status, &returned["status"], &returned["result_on"], &returned["order"]), (200, &json!("returned"), &json!("2026-06-10"), &json!(null)));
        let early = back.replace("2026-06-10", "2026-05-31");
        let (status, problem) = send(&app, "chen", "POST /api/v1/samples/T-2/result", &[], &early).await;
        assert_eq!((status, &problem["code"]), (422, &json!("sample.result_day")));
        let (status, problem) = send(&app, "chen", "POST /api/v1/samples/T-2/sell", &[], r#"{"quantity":"3"}"#).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("quantity")), "{problem}");
        let (status, order) = send(&app, "chen", "POST /api/v1/samples/T-2/sell", &[], r#"{"number":"O-1"}"#).await;
        assert_eq!((status, &order["status"], &order["net"]), (201, &json!("draft"), &json!("200.00")), "two at the list price: {order}");
        let (status, order) = send(&app, "chen", "POST /api/v1/samples/T-3/sell", &[], r#"{"quantity":"1","unit_price":"80"}"#).await;
        assert_eq!((status, &order["net"]), (201, &json!("80.00")));
        let (_, shown) = send(&app, "chen", "GET /api/v1/samples/T-2", &[], "").await;
        assert_eq!((&shown["status"], &shown["order"]), (&json!("sold"), &json!("O-1")));
        let (_, list) = send(&app, "chen", "GET /api/v1/samples?order=O-1", &[], "").await;
        assert_eq!((&list["items"][0]["number"], list["items"].as_array().unwrap().len()), (&json!("T-2"), 1));
        let (status, problem) = send(&app, "chen", "POST /api/v1/samples/T-2/sell", &[], "{}").await;
        assert_eq!((status, &problem["code"]), (409, &json!("sample.state")));
    }
);
