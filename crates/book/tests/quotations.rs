//! Quotations: edition after edition, won or lost, and made an order once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{TODAY, app, book, import, send};
use jiff::civil::date;
use page::FixedClock;
use serde_json::{Value, json};

const OFFER: &str = r#"{"number":"Q-1","customer":"alpha","lines":[
    {"product":"bar","quantity":"10","discount_percent":"5","tax_percent":"19"},
    {"product":"rod","quantity":"2","unit_price":"2000"}]}"#;

async fn ask(app: &Router, path: &str, body: &str) -> (u16, Value) {
    send(
        app,
        "chen",
        &format!("POST /api/v1/quotations{path}"),
        &[],
        body,
    )
    .await
}

testkit::each_engine!(
    async fn an_offer_is_sent_accepted_and_made_an_order_once(db) {
        book(&db).await;
        let app = app(&db);
        let (status, made) = ask(&app, "", OFFER).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!((&made["status"], &made["edition"], &made["valid_until"]), (&json!("draft"), &json!(1), &json!("2026-07-16")));
        assert_eq!((&made["net"], &made["tax"], &made["gross"]), (&json!("4950.00"), &json!("180.50"), &json!("5130.50")));
        assert_eq!((&made["lines"][0]["price_rule"], &made["lines"][1]["price_rule"]), (&json!("list_price"), &json!("given")));
        for (path, expected) in [("/Q-1/accept", 409), ("/Q-1/convert", 409), ("/Q-1/send", 200), ("/Q-1/send", 409), ("/q-1/accept", 200)] {
            let (status, answer) = ask(&app, path, "").await;
            assert_eq!(status, expected, "{path}: {answer}");
        }
        let part = r#"{"number":"O-1","lines":[{"line":1,"quantity":"4"}]}"#;
        for (body, field) in [
            (r#"{"lines":[{"line":1,"quantity":"10.5"}]}"#, "lines[0].quantity"),
            (r#"{"lines":[{"line":3}]}"#, "lines[0].line"),
            (r#"{"lines":[{"line":1},{"line":1}]}"#, "lines[1].line"),
        ] {
            let (status, problem) = ask(&app, "/Q-1/convert", body).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!(field)), "{problem}");
        }
        let (status, order) = ask(&app, "/Q-1/convert", part).await;
        assert_eq!(status, 201, "{order}");
        assert_eq!((&order["number"], &order["status"], &order["quotation"], &order["net"]), (&json!("O-1"), &json!("draft"), &json!("Q-1"), &json!("380.00")));
        let line = &order["lines"][0];
        assert_eq!((&line["price_rule"], &line["price_source"], &line["price_since"]), (&json!("agreed"), &json!("Q-1"), &json!("2026-06-16")));
        let (status, problem) = ask(&app, "/Q-1/convert", "").await;
        assert_eq!((status, &problem["code"]), (409, &json!("quotation.state")));
        let (_, shown) = send(&app, "chen", "GET /api/v1/quotations/Q-1", &[], "").await;
        assert_eq!((&shown["status"], &shown["order"], &shown["decided_on"]), (&json!("ordered"), &json!("O-1"), &json!("2026-06-16")));
    }
);

testkit::each_engine!(
    async fn a_crowd_makes_one_order_of_an_offer(db) {
        book(&db).await;
        let app = app(&db);
        ask(&app, "", OFFER).await;
        ask(&app, "/Q-1/send", "").await;
        ask(&app, "/Q-1/accept", "").await;
        let crowd: Vec<_> = (0..6).map(|_| {
            let app = app.clone();
            tokio::spawn(async move { ask(&app, "/Q-1/convert", "").await.0 })
        }).collect();
        let mut made = 0;
        for one in crowd {
            let status = one.await.unwrap();
            assert!(status == 201 || status == 409, "{status}");
            made += usize::from(status == 201);
        }
        let (_, orders) = send(&app, "fay", "GET /api/v1/orders", &[], "").await;
        assert_eq!((made, orders["items"].as_array().unwrap().len()), (1, 1));
    }
);

testkit::each_engine!(
    async fn an_old_edition_stays_readable(db) {
        book(&db).await;
        let app = app(&db);
        ask(&app, "", OFFER).await;
        let change = r#"{"valid_until":"2026-06-20","lines":[{"product":"bar","quantity":"1"}]}"#;
        let (status, changed) = send(&app, "chen", "PATCH /api/v1/quotations/Q-1", &[("if-match", "\"v1\"")], change).await;
        assert_eq!((status, &changed["net"], &changed["edition"]), (200, &json!("100.00"), &json!(1)), "{changed}");
        let (status, _) = send(&app, "chen", "PATCH /api/v1/quotations/Q-1", &[("if-match", "\"v1\"")], change).await;
        assert_eq!(status, 412);
        ask(&app, "/Q-1/send", "").await;
        let (status, _) = send(&app, "chen", "PATCH /api/v1/quotations/Q-1", &[], change).await;
        assert_eq!(status, 409, "what was sent is revised, not changed");
        let (status, next) = ask(&app, "/Q-1/revise", "").await;
        assert_eq!((status, &next["status"], &next["edition"], &next["valid_until"]), (200, &json!("draft"), &json!(2), &json!("2026-07-16")));
        send(&app, "chen", "PATCH /api/v1/quotations/Q-1", &[], r#"{"lines":[{"product":"bar","quantity":"3"}]}"#).await;
        for (path, edition, net) in [("Q-1", 2, "300.00"), ("Q-1?edition=1", 1, "100.00"), ("Q-1?edition=2", 2, "300.00")] {
            let (_, shown) = send(&app, "chen", &format!("GET /api/v1/quotations/{path}"), &[], "").await;
            assert_eq!((&shown["edition"], &shown["net"]), (&json!(edition), &json!(net)), "{path}");
        }
        ask(&app, "/Q-1/send", "").await;
        let (status, won) = ask(&app, "/Q-1/accept", "").await;
        assert_eq!((status, &won["status"], &won["edition"]), (200, &json!("accepted"), &json!(2)));
        let editions = won["editions"].as_array().unwrap();
        let nets: Vec<_> = editions.iter().map(|one| (one["net"].as_str().unwrap(), one["sent_on"].as_str().unwrap())).collect();
        assert_eq!(nets, [("100.00", "2026-06-16"), ("300.00", "2026-06-16")]);
        let (status, order) = ask(&app, "/Q-1/convert", r#"{"number":"O-1"}"#).await;
        assert_eq!((status, &order["net"], &order["lines"][0]["price_source"]), (201, &json!("300.00"), &json!("Q-1")), "the second edition's prices");
        let (status, _) = send(&app, "chen", "GET /api/v1/quotations/Q-1?edition=3", &[], "").await;
        assert_eq!(status, 404);
    }
);

testkit::each_engine!(
    async fn an_offer_that_was_not_taken_up_expires(db) {
        book(&db).await;
        let app = app(&db);
        ask(&app, "", OFFER).await;
        ask(&app, "/Q-1/send", "").await;
        let later = cast::app_on(&db, FixedClock { now: cast::at(2_000_000), today: date(2026, 7, 17) });
        let (_, shown) = send(&later, "chen", "GET /api/v1/quotations?status=expired", &[], "").await;
        assert_eq!((&shown["items"][0]["number"], &shown["items"][0]["status"]), (&json!("Q-1"), &json!("expired")));
        let (status, problem) = ask(&later, "/Q-1/accept", "").await;
        assert_eq!((status, &problem["code"]), (409, &json!("quotation.state")));
        for (body, status, code) in [
            (r#"{"reason":"weather"}"#, 422, "quotation.reason"),
            (r#"{"reason":"price","competitor":"Nordwind","text":"4 % cheaper"}"#, 200, ""),
            (r#"{"reason":"price"}"#, 409, "quotation.state"),
        ] {
            let (answered, answer) = ask(&later, "/Q-1/lose", body).await;
            assert_eq!((answered, answer["code"].as_str().unwrap_or_default()), (status, code), "{answer}");
        }
        let (_, shown) = send(&later, "chen", "GET /api/v1/quotations/Q-1", &[], "").await;
        assert_eq!((&shown["status"], &shown["lost_reason"], &shown["competitor"]), (&json!("lost"), &json!("price"), &json!("Nordwind")));
        assert_eq!(TODAY, date(2026, 6, 16));
    }
);

testkit::each_engine!(
    async fn offers_are_seen_by_those_who_see_the_customer(db) {
        book(&db).await;
        import(&db, "rates", "from,per,date,rate\nCNY,100,2026-06-15,12.5\n", 3).await.unwrap();
        let app = app(&db);
        ask(&app, "", OFFER).await;
        let (status, made) = ask(&app, "", r#"{"customer":"alpha","currency":"CNY","lines":[{"product":"bar","quantity":"1","unit_price":"800"}]}"#).await;
        assert_eq!((status, &made["number"], &made["currency"]), (201, &json!("QU-2026-00001"), &json!("CNY")));
        for (who, found) in [("chen", 2), ("li", 2), ("sun", 0), ("fay", 2)] {
            let (_, list) = send(&app, who, "GET /api/v1/quotations", &[], "").await;
            assert_eq!(list["items"].as_array().unwrap().len(), found, "{who}");
        }
        let (_, first) = send(&app, "chen", "GET /api/v1/quotations?limit=1", &[], "").await;
        let next = first["next_cursor"].as_str().unwrap();
        let (_, rest) = send(&app, "chen", &format!("GET /api/v1/quotations?limit=1&cursor={next}"), &[], "").await;
        assert_eq!((&first["items"][0]["number"], &rest["items"][0]["number"]), (&json!("QU-2026-00001"), &json!("Q-1")));
        for (who, asked, body, expected) in [
            ("sun", "GET /api/v1/quotations/Q-1", "", 404),
            ("sun", "POST /api/v1/quotations/Q-1/send", "", 404),
            ("mia", "POST /api/v1/quotations", OFFER, 403),
            ("chen", "POST /api/v1/quotations", OFFER, 409),
            ("chen", "GET /api/v1/quotations?status=odd", "", 400),
            ("chen", "POST /api/v1/quotations", r#"{"customer":"gamma","lines":[{"product":"bar","quantity":"1"}]}"#, 422),
            ("chen", "POST /api/v1/quotations", r#"{"customer":"alpha","lines":[]}"#, 422),
            ("chen", "POST /api/v1/quotations", r#"{"customer":"alpha","valid_until":"2026-06-15","lines":[{"product":"bar","quantity":"1"}]}"#, 422),
        ] {
            let (status, answer) = send(&app, who, asked, &[], body).await;
            assert_eq!(status, expected, "{who} {asked} {body}: {answer}");
        }
    }
);
