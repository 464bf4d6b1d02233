//! Settings on pages: number series and rates, by those who may, with what was typed kept.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use holm::TestApp;
use serde_json::json;

testkit::each_engine!(
    async fn a_series_is_set_on_its_page(db) {
        let app = TestApp::of(db).await;
        let (xu, gu, chen) = (app.sign_in("xu").await, app.sign_in("gu").await, app.sign_in("chen").await);
        let place = "/settings/number-series";
        app.get(&chen, place).await.is(403);
        let read = app.get(&gu, place).await.is(200);
        assert!(!read.text.contains("id=\"set-series\""), "an auditor reads only");
        let page = app.get(&xu, &format!("{place}?company=company&kind=order&year=2026")).await.is(200);
        assert!(page.text.contains("SO-2026-00001") && page.text.contains("id=\"set-series\""));
        let set = |prefix: &'static str, next: &'static str, version: &'static str| {
            [
                ("company", "company"), ("kind", "order"), ("year", "2026"), ("prefix", prefix), ("digits", "4"),
                ("next_number", next), ("version", version),
            ]
        };
        let no = app.form(&xu, place, &set("S O", "7", "")).await.is(422);
        assert!(no.text.contains("value=\"S O\""), "what was typed stays");
        app.form(&chen, place, &set("A-", "7", "")).await.is(403);
        app.form(&xu, place, &set("A-", "7", "")).await.is(303);
        let page = app.get(&xu, place).await.is(200);
        assert!(page.text.contains("A-2026-0007"));
        app.form(&xu, place, &set("B-", "9", "1")).await.is(303);
        app.form(&xu, place, &set("C-", "9", "1")).await.refuses();
        let token = app.token("xu").await;
        let kept = app.get(&token, "/api/v1/number-series/company/order/2026").await.is(200).json();
        assert_eq!((&kept["next"], &kept["version"]), (&json!("B-2026-0009"), &json!(2)));
    }
);

testkit::each_engine!(
    async fn a_rate_is_recorded_and_corrected_on_its_page(db) {
        let app = TestApp::of(db).await;
        let (xu, chen) = (app.sign_in("xu").await, app.sign_in("chen").await);
        let place = "/settings/rates";
        let empty = app.get(&chen, place).await.is(200);
        assert!(!empty.text.contains("id=\"record-rate\""), "a sales person reads only");
        let fields = |rate: &'static str, version: &'static str| {
            [("from", "usd"), ("date", "2026-06-15"), ("per", ""), ("rate", rate), ("version", version)]
        };
        app.form(&chen, place, &fields("0.9", "")).await.is(403);
        let no = app.form(&xu, place, &fields("cheap", "")).await.is(422);
        assert!(no.text.contains("value=\"cheap\""), "what was typed stays");
        app.form(&xu, place, &fields("0.9", "")).await.is(303);
        app.form(&xu, place, &fields("0.8", "")).await.is(409);
        let page = app.get(&xu, &format!("{place}?currency=USD&day=2026-06-15")).await.is(200);
        assert!(page.text.contains("1 USD = 0.9 EUR") && page.text.contains("name=\"version\" value=\"1\""));
        app.form(&xu, place, &fields("0.85", "1")).await.is(303);
        app.form(&xu, place, &fields("0.84", "1")).await.refuses();
        let token = app.token("chen").await;
        let kept = app.get(&token, "/api/v1/rates/USD/2026-06-15").await.is(200).json();
        assert_eq!((&kept["rate"], &kept["version"]), (&json!("0.85"), &json!(2)));
        app.get(&xu, &format!("{place}?currency=USD&day=2026-06-14")).await.is(404);
    }
);
