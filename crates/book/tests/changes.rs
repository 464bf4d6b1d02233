//! What can be changed after it was made: names of groups, and drafts of orders.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app, book, send};
use serde_json::{Value, json};

testkit::each_engine!(
    async fn a_group_is_shown_and_renamed(db) {
        book(&db).await;
        let app = app(&db);
        for place in ["customer-groups", "product-groups"] {
            let body = r#"{"code":"oem","name":"Industrial OEM","name_local":"工业主机厂"}"#;
            send(&app, "fay", &format!("POST /api/v1/{place}"), &[], body).await;
            let (get, patch) = (format!("GET /api/v1/{place}/OEM"), format!("PATCH /api/v1/{place}/oem"));
            let (status, shown) = send(&app, "chen", &get, &[], "").await;
            assert_eq!((status, shown), (200, json!({"code":"oem","name":"Industrial OEM","name_local":"工业主机厂","version":1})));
            let (status, shown) = send(&app, "fay", &patch, &[("if-match", "\"v1\"")], r#"{"name":" OEM "}"#).await;
            assert_eq!((status, shown), (200, json!({"code":"oem","name":"OEM","name_local":"工业主机厂","version":2})));
            let (status, _) = send(&app, "fay", &patch, &[("if-match", "\"v1\"")], r#"{"name":"X"}"#).await;
            assert_eq!(status, 412);
            send(&app, "admin", &patch, &[], r#"{"name_local":null}"#).await;
            let (_, shown) = send(&app, "chen", &get, &[], "").await;
            assert_eq!(shown, json!({"code":"oem","name":"OEM","name_local":null,"version":3}));
            for (who, path, body, expected) in [
                ("li", patch.as_str(), r#"{"name":"X"}"#, 403),
                ("fay", &patch, r#"{"name":" "}"#, 422),
                ("fay", &patch, r#"{"code":"x y"}"#, 422),
                ("fay", &format!("PATCH /api/v1/{place}/none"), r#"{"name":"X"}"#, 404),
                ("fay", &format!("GET /api/v1/{place}/none"), "", 404),
            ] {
                let (status, answer) = send(&app, who, path, &[], body).await;
                assert_eq!(status, expected, "{who} {path} {body}: {answer}");
            }
        }
    }
);

/// A draft of chen's: 10 handlebars at 100.00 on 2026-06-16, all of it earned by chen.
async fn draft(app: &Router) -> Value {
    let body = r#"{"number":"D-1","customer":"alpha","territory":"east","lines":[
        {"product":"bar","quantity":"10","tax_percent":"20"},{"product":"rod","quantity":"1"}]}"#;
    let (status, made) = send(app, "chen", "POST /api/v1/orders", &[], body).await;
    assert_eq!(status, 201, "{made}");
    made
}

testkit::each_engine!(
    async fn a_draft_is_drawn_up_again(db) {
        book(&db).await;
        let app = app(&db);
        let made = draft(&app).await;
        let path = "PATCH /api/v1/orders/d-1";
        let (status, now) = send(&app, "li", path, &[("if-match", "\"v1\"")], r#"{"date":"2026-06-01","territory":null}"#).await;
        assert_eq!(status, 200, "{now}");
        assert_eq!((&now["date"], &now["territory"], &now["version"]), (&json!("2026-06-01"), &json!(null), &json!(2)));
        assert_eq!((&now["lines"], &now["gross"], &now["credit"]), (&made["lines"], &made["gross"], &made["credit"]));

        let lines = r#"{"lines":[{"product":"bar","quantity":"3","tax_percent":"20"}]}"#;
        let (status, problem) = send(&app, "li", path, &[("if-match", "\"v1\"")], lines).await;
        assert_eq!(status, 412, "{problem}");
        let (status, now) = send(&app, "chen", path, &[("if-match", "\"v2\"")], lines).await;
        assert_eq!((status, now["lines"].as_array().unwrap().len()), (200, 1));
        assert_eq!((&now["net"], &now["tax"], &now["gross"]), (&json!("300.00"), &json!("60.00"), &json!("360.00")));
        let shares = r#"{"territory":"east","credit":[{"person":"wu","percent":"60"},{"person":"chen","percent":"40"}]}"#;
        let (_, now) = send(&app, "li", path, &[], shares).await;
        assert_eq!((&now["territory"], &now["gross"]), (&json!("east"), &json!("360.00")));
        assert_eq!(now["credit"][0], json!({"person":"wu","unit":"east","percent":"60"}));
        let (_, now) = send(&app, "li", path, &[], r#"{"sales_person":"wu"}"#).await;
        assert_eq!(now["credit"], json!([{"person":"wu","unit":"east","percent":"100"}]));
        let (_, shown) = send(&app, "li", "GET /api/v1/orders/D-1", &[], "").await;
        assert_eq!((&shown, &shown["version"]), (&now, &json!(5)));

        send(&app, "li", "POST /api/v1/orders/D-1/confirm", &[], "").await;
        let (_, shown) = send(&app, "li", "GET /api/v1/orders/D-1", &[], "").await;
        assert_eq!((&shown["credit"], &shown["net"]), (&now["credit"], &json!("300.00")));
        let (status, problem) = send(&app, "li", path, &[], r#"{"date":"2026-06-02"}"#).await;
        assert_eq!((status, &problem["code"]), (409, &json!("order.state")));
    }
);

testkit::each_engine!(
    async fn nobody_named_gives_a_draft_back_to_the_owner(db) {
        book(&db).await;
        let app = app(&db);
        draft(&app).await;
        let (status, now) = send(&app, "li", "PATCH /api/v1/orders/D-1", &[], r#"{"credit":null}"#).await;
        assert_eq!((status, &now["credit"]), (200, &json!([])));
        send(&app, "li", "POST /api/v1/orders/D-1/confirm", &[], "").await;
        let (_, shown) = send(&app, "li", "GET /api/v1/orders/D-1", &[], "").await;
        assert_eq!(shown["credit"], json!([{"person":"chen","unit":"east","percent":"100"}]));
    }
);

testkit::each_engine!(
    async fn a_wrong_change_leaves_the_draft_as_it_was(db) {
        book(&db).await;
        let app = app(&db);
        let made = draft(&app).await;
        let path = "PATCH /api/v1/orders/D-1";
        for (who, body, expected, field) in [
            ("chen", r#"{"date":"1989-12-31"}"#, 422, "date"),
            ("chen", r#"{"date":"2026-06-01","territory":"south"}"#, 422, "territory"),
            ("chen", r#"{"sales_person":"sun"}"#, 422, "sales_person"),
            ("chen", r#"{"lines":[]}"#, 422, "lines"),
            ("chen", r#"{"lines":[{"product":"bar","quantity":"0"}]}"#, 422, "lines[0].quantity"),
            ("chen", r#"{"credit":[{"person":"chen","percent":"60"}]}"#, 422, "credit"),
            ("chen", r#"{"customer":"beta"}"#, 422, "customer"),
        ] {
            let (status, problem) = send(&app, who, path, &[], body).await;
            assert_eq!((status, &problem["errors"][0]["field"]), (expected, &json!(field)), "{body}: {problem}");
        }
        for (who, path, expected) in [
            ("wu", path, 404),
            ("sun", path, 404),
            ("mia", path, 403),
            ("fay", "PATCH /api/v1/orders/none", 404),
        ] {
            let (status, problem) = send(&app, who, path, &[], r#"{"date":"2026-06-01"}"#).await;
            assert_eq!(status, expected, "{who} {path}: {problem}");
        }
        let (_, shown) = send(&app, "li", "GET /api/v1/orders/D-1", &[], "").await;
        assert_eq!(shown, made);
    }
);

testkit::each_engine!(
    async fn every_change_leaves_what_was_and_what_is(db) {
        book(&db).await;
        let app = app(&db);
        draft(&app).await;
        let lines = r#"{"lines":[{"product":"bar","quantity":"3"}]}"#;
        send(&app, "chen", "PATCH /api/v1/orders/D-1", &[], lines).await;
        send(&app, "fay", "PATCH /api/v1/product-groups/parts", &[], r#"{"name":"Spare Parts"}"#).await;
        let mut tx = db.read().await.unwrap();
        let rows: Vec<(String, String, String)> = tx
            .q("select noun, before_json, after_json from trail_audit where action = 'change' order by id limit 10")
            .all()
            .await
            .unwrap();
        let told: Vec<(&str, Value, Value)> = rows
            .iter()
            .map(|(noun, before, after)| (noun.as_str(), serde_json::from_str(before).unwrap(), serde_json::from_str(after).unwrap()))
            .collect();
        assert_eq!((told.len(), told[0].0, told[1].0), (2, "order", "product group"));
        assert_eq!((&told[0].1["net"], &told[0].2["net"]), (&json!("3024.99"), &json!("300.00")));
        assert_eq!((&told[1].1["name"], &told[1].2["name"]), (&json!("Parts"), &json!("Spare Parts")));
    }
);
