//! Customers change hands through the API: previewed, carried out, accepted.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use axum::http::Method;
use holm::{As, TestApp};
use serde_json::{Value, json};

/// C-1 is Chen's, bought for 500 today, and everybody has a published target.
async fn region(app: &TestApp) -> As {
    let ada = app.token("ada").await;
    let product = json!({ "code": "EP-1", "name": "Epoxy primer", "list_price": "10.00" });
    app.post(&ada, "/api/v1/products", &product).await.is(201);
    let customer = json!({ "code": "C-1", "name": "Paints", "owner": "chen" });
    app.post(&ada, "/api/v1/customers", &customer).await.is(201);
    let order = json!({ "number": "SO-1", "customer": "C-1", "sales_person": "chen", "lines": [{ "product": "EP-1", "quantity": "50" }] });
    app.post(&ada, "/api/v1/orders", &order).await.is(201);
    app.post(&ada, "/api/v1/orders/SO-1/confirm", &json!({}))
        .await
        .is(200);
    let house = json!({ "code": "C-9", "name": "Nobody's" });
    app.post(&ada, "/api/v1/customers", &house).await.is(201);
    let order = json!({ "number": "SO-9", "customer": "C-9", "lines": [{ "product": "EP-1", "quantity": "7" }] });
    app.post(&ada, "/api/v1/orders", &order).await.is(201);
    app.post(&ada, "/api/v1/orders/SO-9/confirm", &json!({}))
        .await
        .is(200);
    let plan = json!({ "code": "2026-all", "unit": "company", "year": 2026, "total": "120000" });
    app.post(&ada, "/api/v1/plans", &plan).await.is(201);
    app.post(&ada, "/api/v1/plans/2026-all/publish", &json!({}))
        .await
        .is(200);
    ada
}

fn wish() -> Value {
    json!({ "from": "chen", "to": "wu", "rule": "full_book", "reason": "Chen goes south" })
}

testkit::each_engine!(
    async fn a_move_is_looked_at_carried_out_and_accepted_by_both(db) {
        let app = TestApp::of(db).await;
        let ada = region(&app).await;
        let (chen, wu, li, sun) = (app.sign_in("chen").await, app.sign_in("wu").await, app.token("li").await, app.token("sun").await);
        app.post(&sun, "/api/v1/moves/preview", &wish()).await.is(403);
        let seen = app.post(&li, "/api/v1/moves/preview", &wish()).await.is(200).json();
        assert_eq!((&seen["customers"], &seen["from"][0]["basis"]), (&json!(1), &json!("all")));
        assert_eq!(seen["total_target"]["before"], seen["total_target"]["after"]);
        assert_eq!(seen["documents"][1], json!({ "kind": "orders", "count": 1, "net": "500.00", "choice": null }));
        // What is nobody's elsewhere is none of the manager's business.
        let house = json!({ "from": "chen", "to_house": "east", "rule": "future_only", "reason": "gone" });
        for (who, sold) in [(&ada, "70.00"), (&li, "0.00")] {
            let seen = app.post(who, "/api/v1/moves/preview", &house).await.is(200).json();
            let house = seen["people"].as_array().unwrap().iter().find(|one| one["person"].is_null()).unwrap();
            assert_eq!(house["actual"]["before"], sold, "{seen}");
        }
        let no = app.post(&li, "/api/v1/moves", &wish()).await.is(422);
        assert_eq!(no.code(), "move.choice");
        let mut wanted = wish();
        wanted["documents"] = json!({ "orders": "move" });
        let seen = app.post(&li, "/api/v1/moves/preview", &wanted).await.is(200).json();
        let of = |person: &str| seen["people"].as_array().unwrap().iter().find(|one| one["person"] == person).unwrap().clone();
        assert_eq!(of("chen")["actual"], json!({ "before": "500.00", "after": "0.00" }));
        assert_eq!(of("wu")["actual"], json!({ "before": "0.00", "after": "500.00" }));
        app.get(&chen, "/customers/C-1").await.is(200);
        let key = [("idempotency-key", "m-1")];
        let made = app.send_with(&li, Method::POST, "/api/v1/moves", &wanted, &key).await.is(201).json();
        let again = app.send_with(&li, Method::POST, "/api/v1/moves", &wanted, &key).await.is(201).json();
        assert_eq!(made, again, "the same request moves once");
        assert_eq!(made["customers"], json!([{ "customer": "C-1", "from": "chen" }]));
        // Open sessions see it at once.
        app.get(&chen, "/customers/C-1").await.is(404);
        app.get(&wu, "/customers/C-1").await.is(200);
        let table = app.get(&ada, "/api/v1/attainment?period=2026&scope=person:wu").await.is(200).json();
        assert_eq!((&table["rows"][0]["actual"], &table["rows"][0]["target"]), (&of("wu")["actual"]["after"], &of("wu")["target"]["after"]));
        let number = made["handovers"][0].as_str().unwrap();
        let address = format!("/people/handovers/{number}");
        assert!(app.get(&wu, "/").await.is(200).text.contains(&address), "Today says that it waits");
        app.get(&sun, &format!("/api/v1/handovers/{number}")).await.is(404);
        let accept = format!("/api/v1/handovers/{number}/accept");
        app.post(&li, &accept, &json!({})).await.is(403);
        app.form(&chen, &format!("{address}/accept"), &[("version", "1")]).await.is(303);
        app.form(&wu, &format!("{address}/accept"), &[("version", "1")]).await.is(409);
        app.form(&wu, &format!("{address}/accept"), &[("version", "2")]).await.is(303);
        let over = app.get(&li, &format!("/api/v1/handovers/{number}")).await.is(200).json();
        assert_eq!((&over["status"], &over["documents"][0]["choice"]), (&json!("accepted"), &json!("move")));
        let browser = app.sign_in("li").await;
        let page = app.get(&browser, "/people/moves/new?look=1&from=wu&to=chen&rule=future_only&reason=back&documents.orders=stay").await.is(200);
        assert!(page.text.contains("action=\"/people/moves\""), "the preview can be confirmed");
    }
);

testkit::each_engine!(
    async fn memberships_are_corrected_and_both_readings_stay(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        let sits = |answer: &Value| -> Vec<String> {
            answer["items"].as_array().unwrap().iter().map(|one| format!("{} {} {}", one["unit"], one["from"], one["to"])).collect()
        };
        let change = json!({ "unit": "south", "from": "2026-07-01" });
        app.send(&ada, Method::PATCH, "/api/v1/people/wu", &change).await.is(200);
        let known = app.get(&ada, "/api/v1/memberships?person=wu").await.is(200).json();
        assert_eq!(sits(&known), ["\"east\" null \"2026-07-01\"", "\"south\" \"2026-07-01\" null"]);
        app.clock.pass(60);
        let place = "/api/v1/memberships/wu/south/2026-07-01";
        let one = app.get(&ada, place).await.is(200);
        let etag = one.header("etag").to_owned();
        let earlier = json!({ "from": "2026-06-20" });
        let stale = [("if-match", "\"v1\"")];
        app.send_with(&ada, Method::PATCH, place, &earlier, &stale).await.is(412);
        app.send_with(&ada, Method::PATCH, place, &earlier, &[("if-match", etag.as_str())]).await.is(200);
        let then = app.get(&ada, "/api/v1/memberships?person=wu&known_at=2026-06-16T12:30:00Z").await.json();
        assert_eq!(sits(&then), sits(&known));
        let ever = app.get(&ada, "/api/v1/memberships?person=wu&history=all").await.json();
        assert_eq!(sits(&ever).len(), 4);
        // The tree has no circles, and somebody must be left to set the company up.
        app.send(&ada, Method::PATCH, "/api/v1/units/company", &json!({ "parent": "east" })).await.is(409);
        app.send(&ada, Method::PATCH, "/api/v1/units/south", &json!({ "parent": "east" })).await.is(200);
        let no = app.send(&ada, Method::PATCH, "/api/v1/units/east", &json!({ "parent": "south" })).await.is(409);
        assert_eq!(no.code(), "unit.cycle");
        let admin = app.get(&ada, "/api/v1/people?status=administrator").await.json();
        let code = admin["items"][0]["code"].as_str().unwrap();
        let no = app.send(&ada, Method::PATCH, &format!("/api/v1/people/{code}"), &json!({ "role": "rep" })).await.is(409);
        assert_eq!(no.code(), "role.last_administrator");
        // A role counts from the next request on.
        let sun = app.token("sun").await;
        app.get(&sun, "/api/v1/people/chen").await.is(404);
        app.send(&ada, Method::PATCH, "/api/v1/people/sun", &json!({ "role": "auditor" })).await.is(200);
        app.get(&sun, "/api/v1/people/chen").await.is(200);
    }
);
