//! Nobody sees what is not theirs: not in a page, the API, a search or a file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use axum::http::Method;
use holm::{As, TestApp};
use serde_json::json;

/// Three customers, one each for chen and wu in the east and sun in the south, with an order each.
async fn book(app: &TestApp) {
    let ada = app.token("ada").await;
    let product = json!({ "code": "EP-1", "name": "Epoxy primer", "list_price": "10.00", "cost": "6.00", "currency": "EUR" });
    app.post(&ada, "/api/v1/products", &product).await.is(201);
    for (place, owner) in ["chen", "wu", "sun"].into_iter().enumerate() {
        let code = format!("C-{owner}");
        let customer =
            json!({ "code": code, "name": format!("Paints of {owner}"), "owner": owner });
        app.post(&ada, "/api/v1/customers", &customer).await.is(201);
        let order = json!({
            "number": format!("SO-{place}-{owner}"), "customer": code, "sales_person": owner, "date": "2026-06-10",
            "lines": [{ "product": "EP-1", "quantity": "5", "unit_price": "9.50" }],
        });
        app.post(&ada, "/api/v1/orders", &order).await.is(201);
        let confirm = format!("/api/v1/orders/SO-{place}-{owner}/confirm");
        app.post(&ada, &confirm, &json!({})).await.is(200);
    }
}

/// The owners whose customers this text speaks of.
fn named(text: &str) -> Vec<&'static str> {
    ["chen", "wu", "sun"]
        .into_iter()
        .filter(|owner| text.contains(&format!("Paints of {owner}")))
        .collect()
}

testkit::each_engine!(
    async fn everybody_sees_their_part_and_nothing_else(db) {
        let app = TestApp::of(db).await;
        book(&app).await;
        for (who, sees) in [
            ("chen", vec!["chen"]),
            ("sun", vec!["sun"]),
            ("li", vec!["chen", "wu"]),
            ("xu", vec!["chen", "wu", "sun"]),
            ("gu", vec!["chen", "wu", "sun"]),
        ] {
            let browser = app.sign_in(who).await;
            let program = app.token(who).await;
            for path in ["/customers", "/customers/export.csv", "/search?q=paints", "/orders"] {
                let answer = app.get(&browser, path).await.is(200);
                assert_eq!(named(&answer.text), sees, "{path} of {who}");
            }
            let listed = app.get(&program, "/api/v1/customers").await.is(200);
            assert_eq!(named(&listed.text), sees, "the list of {who}");
            for owner in ["chen", "wu", "sun"] {
                let status = if sees.contains(&owner) { 200 } else { 404 };
                app.get(&browser, &format!("/customers/C-{owner}")).await.is(status);
                app.get(&program, &format!("/api/v1/customers/C-{owner}")).await.is(status);
            }
        }
    }
);

testkit::each_engine!(
    async fn what_is_not_yours_answers_like_what_is_not_there(db) {
        let app = TestApp::of(db).await;
        book(&app).await;
        let chen = app.token("chen").await;
        for (theirs, nobodys) in [
            ("/api/v1/customers/C-wu", "/api/v1/customers/C-no"),
            ("/api/v1/orders/SO-1-wu", "/api/v1/orders/SO-1-no"),
        ] {
            let theirs = app.get(&chen, theirs).await.is(404);
            let nobodys = app.get(&chen, nobodys).await.is(404);
            assert_eq!(theirs.text.replace("wu", "no"), nobodys.text);
        }
        let steal = json!({ "owner": "chen" });
        app.send(&chen, Method::PATCH, "/api/v1/customers/C-wu", &steal).await.refuses();
        app.post(&chen, "/api/v1/orders/SO-1-wu/cancel", &json!({})).await.refuses();
        let order = json!({ "customer": "C-wu", "lines": [{ "product": "EP-1", "quantity": "1" }] });
        app.post(&chen, "/api/v1/orders", &order).await.refuses();
    }
);

testkit::each_engine!(
    async fn attainment_stays_within_the_part_one_sees(db) {
        let app = TestApp::of(db).await;
        book(&app).await;
        let chen = app.token("chen").await;
        let own = app.get(&chen, "/api/v1/attainment?period=2026").await.is(200);
        for other in ["person:wu", "person:sun"] {
            assert!(!own.text.contains(other), "{}", own.text);
            app.get(&chen, &format!("/api/v1/attainment?period=2026&scope={other}")).await.is(404);
        }
        app.get(&chen, "/api/v1/attainment?period=2026&scope=unit:south").await.is(404);
        let li = app.token("li").await;
        let east = app.get(&li, "/api/v1/attainment?period=2026").await.is(200);
        assert!(east.text.contains("person:chen") && !east.text.contains("person:sun"), "{}", east.text);
    }
);

testkit::each_engine!(
    async fn an_auditor_changes_nothing(db) {
        let app = TestApp::of(db).await;
        book(&app).await;
        let gu = app.token("gu").await;
        let rename = json!({ "name": "Another" });
        for (method, path, body) in [
            (Method::POST, "/api/v1/customers", json!({ "code": "X", "name": "X" })),
            (Method::PATCH, "/api/v1/customers/C-wu", rename.clone()),
            (Method::POST, "/api/v1/units", json!({ "code": "X", "name": "X" })),
            (Method::PATCH, "/api/v1/units/east", rename.clone()),
            (Method::POST, "/api/v1/people", json!({ "code": "X", "name": "X" })),
            (Method::PATCH, "/api/v1/people/wu", rename),
            (Method::POST, "/api/v1/products", json!({ "code": "X", "name": "X" })),
            (Method::POST, "/api/v1/orders/SO-1-wu/cancel", json!({})),
        ] {
            let answer = app.send(&gu, method.clone(), path, &body).await;
            assert_eq!(answer.status, 403, "{method} {path}: {}", answer.text);
        }
    }
);

testkit::each_engine!(
    async fn a_customer_who_changes_hands_changes_readers(db) {
        let app = TestApp::of(db).await;
        book(&app).await;
        let ada = app.token("ada").await;
        let (wu, sun) = (app.token("wu").await, app.token("sun").await);
        let path = "/api/v1/customers/C-wu";
        app.get(&wu, path).await.is(200);
        app.send(&ada, Method::PATCH, path, &json!({ "owner": "sun" })).await.is(200);
        app.get(&wu, path).await.is(404);
        app.get(&sun, path).await.is(200);
        let nobody = As::Nobody;
        app.get(&nobody, path).await.is(401);
    }
);
