//! The API of the book, request by request.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use cast::{app, book, send};
use serde_json::json;

testkit::each_engine!(
    async fn a_sales_person_owns_what_they_add(db) {
        book(&db).await;
        let app = app(&db);
        let (status, made) = send(&app, "chen", "POST /api/v1/customers", &[], r#"{"code":"new","name":"New"}"#).await;
        assert_eq!((status, &made["owner"], &made["currency"]), (201, &json!("chen"), &json!("EUR")));
        for (body, status, field) in [
            (r#"{"code":"x","name":"X","owner":"wu"}"#, 422, "owner"),
            (r#"{"code":"x","name":"X","parent":"gamma"}"#, 422, "parent"),
            (r#"{"code":"x","name":"X","group":"none"}"#, 422, "group"),
            (r#"{"code":"x","name":"X","lat":90.5}"#, 422, "lat"),
            (r#"{"code":"x","name":"X","payment_terms_days":731}"#, 422, "payment_terms_days"),
            (r#"{"code":"x","name":"X","currency":"XAU"}"#, 422, "currency"),
            (r#"{"code":"a b","name":"X"}"#, 422, "code"),
            (r#"{"code":"x","name":" "}"#, 422, "name"),
            (r#"{"code":"ALPHA","name":"X"}"#, 409, "code"),
        ] {
            let (answered, problem) = send(&app, "chen", "POST /api/v1/customers", &[], body).await;
            assert_eq!((answered, &problem["errors"][0]["field"]), (status, &json!(field)), "{problem}");
        }
        let (status, _) = send(&app, "mia", "POST /api/v1/customers", &[], r#"{"code":"x","name":"X"}"#).await;
        assert_eq!(status, 403);
        let (status, _) = send(&app, "chen", "GET /api/v1/customers/gamma", &[], "").await;
        assert_eq!(status, 404);
    }
);

testkit::each_engine!(
    async fn a_customer_is_handed_over_from_today(db) {
        book(&db).await;
        let app = app(&db);
        let path = "PATCH /api/v1/customers/alpha";
        let body = r#"{"owner":"wu","city":null,"payment_terms_days":60,"name_local":"安禾建材"}"#;
        let (status, now) = send(&app, "li", path, &[("if-match", "\"v1\"")], body).await;
        assert_eq!(status, 200, "{now}");
        assert_eq!((&now["owner"], &now["city"], &now["version"]), (&json!("wu"), &json!(null), &json!(2)));
        let (status, _) = send(&app, "li", path, &[("if-match", "\"v1\"")], r#"{"name":"X"}"#).await;
        assert_eq!(status, 412);
        let (status, list) = send(&app, "fay", "GET /api/v1/assignments?customer=alpha", &[], "").await;
        assert_eq!(status, 200);
        let recorded = &list["items"][0]["recorded_at"];
        assert_eq!(list["items"], json!([
            {"customer":"alpha","person":"chen","role":"owner","from":null,"to":"2026-06-16","recorded_at":recorded,"retracted_at":null},
            {"customer":"alpha","person":"wu","role":"owner","from":"2026-06-16","to":null,"recorded_at":recorded,"retracted_at":null},
        ]));
        for (who, body, expected) in [
            ("chen", r#"{"name":"X"}"#, 403),
            ("li", r#"{"owner":"sun"}"#, 422),
            ("li", r#"{"parent":"alpha"}"#, 422),
            ("fay", r#"{"payer":"alpha"}"#, 200),
        ] {
            let (status, answer) = send(&app, who, path, &[], body).await;
            assert_eq!(status, expected, "{who} {body}: {answer}");
        }
        let (status, _) = send(&app, "li", "PATCH /api/v1/customers/gamma", &[], r#"{"name":"X"}"#).await;
        assert_eq!(status, 404);
    }
);

testkit::each_engine!(
    async fn an_assignment_has_its_days(db) {
        book(&db).await;
        let app = app(&db);
        let path = "POST /api/v1/assignments";
        let body = r#"{"customer":"alpha","person":"wu","role":"owner","from":"2026-07-01","to":"2026-08-01"}"#;
        let (status, made) = send(&app, "li", path, &[], body).await;
        assert_eq!((status, &made["to"]), (201, &json!("2026-08-01")));
        let (_, list) = send(&app, "li", "GET /api/v1/assignments?customer=alpha", &[], "").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        let body = r#"{"customer":"house","person":"wu","role":"owner"}"#;
        let (status, made) = send(&app, "admin", path, &[], body).await;
        assert_eq!((status, &made["from"]), (201, &json!(null)), "the first one, from the beginning");
        for (who, body, status) in [
            ("chen", r#"{"customer":"alpha","person":"chen","role":"owner"}"#, 403),
            ("li", r#"{"customer":"gamma","person":"wu","role":"owner"}"#, 422),
            ("li", r#"{"customer":"alpha","person":"sun","role":"owner"}"#, 422),
            ("li", r#"{"customer":"alpha","person":"wu","role":"boss"}"#, 422),
            ("li", r#"{"customer":"alpha","person":"wu","role":"owner","from":"2026-02-30"}"#, 422),
            ("li", r#"{"customer":"alpha","person":"wu","role":"owner","from":"2026-07-01","to":"2026-07-01"}"#, 422),
        ] {
            let (answered, problem) = send(&app, who, path, &[], body).await;
            assert_eq!(answered, status, "{body}: {problem}");
        }
    }
);

testkit::each_engine!(
    async fn products_have_prices_as_text(db) {
        book(&db).await;
        let app = app(&db);
        let body = r#"{"code":"new","name":"New","group":"parts","list_price":"12.345678"}"#;
        let (status, made) = send(&app, "fay", "POST /api/v1/products", &[], body).await;
        assert_eq!((status, &made["list_price"], &made["cost"]), (201, &json!("12.345678"), &json!(null)));
        let (status, made) = send(&app, "fay", "PATCH /api/v1/products/new", &[], r#"{"cost":"3.5"}"#).await;
        assert_eq!((status, &made["list_price"], &made["cost"]), (200, &json!("12.345678"), &json!("3.50")));
        for (who, body, status) in [
            ("fay", r#"{"code":"y","name":"Y","list_price":12}"#, 422),
            ("fay", r#"{"code":"y","name":"Y","list_price":"-1"}"#, 422),
            ("fay", r#"{"code":"NEW","name":"Y"}"#, 409),
            ("li", r#"{"code":"y","name":"Y"}"#, 403),
        ] {
            let (answered, problem) = send(&app, who, "POST /api/v1/products", &[], body).await;
            assert_eq!(answered, status, "{body}: {problem}");
        }
        let (_, list) = send(&app, "chen", "GET /api/v1/products?q=rod&group=parts", &[], "").await;
        assert_eq!(list["items"][0]["list_price"], "2024.994");
        assert_eq!(list["next_cursor"], json!(null));
    }
);

testkit::each_engine!(
    async fn groups_are_listed_and_added(db) {
        book(&db).await;
        let app = app(&db);
        let body = r#"{"code":"oem","name":"Industrial OEM","name_local":"工业主机厂"}"#;
        let (status, _) = send(&app, "fay", "POST /api/v1/customer-groups", &[], body).await;
        assert_eq!(status, 201);
        let (status, _) = send(&app, "fay", "POST /api/v1/customer-groups", &[], body).await;
        assert_eq!(status, 409);
        let (_, first) = send(&app, "chen", "GET /api/v1/customer-groups?limit=2", &[], "").await;
        let next = first["next_cursor"].as_str().unwrap();
        let (_, rest) = send(&app, "chen", &format!("GET /api/v1/customer-groups?cursor={next}"), &[], "").await;
        assert_eq!((first["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 1));
        let (status, _) = send(&app, "fay", "POST /api/v1/product-groups", &[], body).await;
        assert_eq!(status, 201);
    }
);

testkit::each_engine!(
    async fn an_order_is_drawn_up_confirmed_and_cancelled(db) {
        book(&db).await;
        let app = app(&db);
        let body = r#"{"customer":"alpha","lines":[
            {"product":"bar","quantity":"100","unit_price":"200","tax_percent":"20"},
            {"product":"rod","quantity":"1.5","discount_percent":"10"}]}"#;
        let (status, draft) = send(&app, "chen", "POST /api/v1/orders", &[], body).await;
        assert_eq!(status, 201, "{draft}");
        assert_eq!(draft["number"], "SO-2026-00001");
        assert_eq!((&draft["status"], &draft["date"], &draft["currency"]), (&json!("draft"), &json!("2026-06-16"), &json!("EUR")));
        assert_eq!((&draft["net"], &draft["tax"], &draft["gross"]), (&json!("22733.74"), &json!("4000.00"), &json!("26733.74")));
        assert_eq!(draft["lines"][1], json!({"line":2,"product":"rod","quantity":"1.5","unit_price":"2024.994",
            "discount_percent":"10","tax_percent":"0","net":"2733.74","tax":"0.00","cancelled":"0","delivered":"0","returned":"0",
            "billed":"0","credited":"0","price_rule":"list_price","price_source":null,"price_since":null}));
        assert_eq!(draft["credit"], json!([{"person":"chen","unit":"east","percent":"100"}]));
        let (status, done) = send(&app, "chen", "POST /api/v1/orders/so-2026-00001/confirm", &[], "").await;
        assert_eq!((status, &done), (200, &json!({"number":"SO-2026-00001","status":"confirmed"})));
        let (status, again) = send(&app, "chen", "POST /api/v1/orders/SO-2026-00001/confirm", &[], "{}").await;
        assert_eq!((status, &again["code"]), (409, &json!("order.state")));
        let (_, shown) = send(&app, "li", "GET /api/v1/orders/SO-2026-00001", &[], "").await;
        assert_eq!((&shown["status"], &shown["credit"]), (&json!("confirmed"), &draft["credit"]));
        let (status, _) = send(&app, "wu", "POST /api/v1/orders/SO-2026-00001/cancel", &[], "").await;
        assert_eq!(status, 404);
        let reason = r#"{"reason":"ordered twice"}"#;
        let (status, _) = send(&app, "li", "POST /api/v1/orders/SO-2026-00001/cancel", &[], reason).await;
        assert_eq!(status, 200);
        let (_, shown) = send(&app, "li", "GET /api/v1/orders/SO-2026-00001", &[], "").await;
        assert_eq!(shown["credit"], json!([]));
        let (status, _) = send(&app, "li", "POST /api/v1/orders/SO-2026-00001/close", &[], "").await;
        assert_eq!(status, 409);
    }
);

testkit::each_engine!(
    async fn an_order_is_shared_as_entered(db) {
        book(&db).await;
        let app = app(&db);
        let body = r#"{"number":"X-1","customer":"alpha","lines":[{"product":"bar","quantity":"1"}],
            "credit":[{"person":"chen","percent":"33.3333"},{"person":"wu","percent":"66.6667"}]}"#;
        let (status, draft) = send(&app, "li", "POST /api/v1/orders", &[], body).await;
        assert_eq!(status, 201, "{draft}");
        send(&app, "li", "POST /api/v1/orders/X-1/confirm", &[], "").await;
        let (_, shown) = send(&app, "li", "GET /api/v1/orders/X-1", &[], "").await;
        assert_eq!(shown["credit"][0], json!({"person":"wu","unit":"east","percent":"66.6667"}));
        // Nobody named: the customer's owner of the day; nobody's customer: the house.
        for (number, customer, credit) in [
            ("X-2", "beta", json!([{"person":"wu","unit":"east","percent":"100"}])),
            ("X-3", "house", json!([{"person":null,"unit":"company","percent":"100"}])),
        ] {
            let body = format!(r#"{{"number":"{number}","customer":"{customer}","lines":[{{"product":"bar","quantity":"1"}}]}}"#);
            let (status, draft) = send(&app, "fay", "POST /api/v1/orders", &[], &body).await;
            assert_eq!((status, &draft["credit"]), (201, &json!([])));
            send(&app, "fay", &format!("POST /api/v1/orders/{number}/confirm"), &[], "").await;
            let (_, shown) = send(&app, "fay", &format!("GET /api/v1/orders/{number}"), &[], "").await;
            assert_eq!(shown["credit"], credit);
        }
        let (status, _) = send(&app, "fay", "POST /api/v1/orders/X-2/close", &[], "").await;
        let (_, shown) = send(&app, "fay", "GET /api/v1/orders/X-2", &[], "").await;
        assert_eq!((status, &shown["status"], shown["credit"].as_array().unwrap().len()), (200, &json!("closed"), 1));
    }
);

testkit::each_engine!(
    async fn a_wrong_order_names_its_field(db) {
        book(&db).await;
        let app = app(&db);
        let line = r#"[{"product":"bar","quantity":"1"}]"#;
        for (rest, status, field) in [
            (format!(r#""customer":"gamma","lines":{line}"#), 422, "customer"),
            (format!(r#""customer":"alpha","sales_person":"wu","lines":{line}"#), 422, "sales_person"),
            (format!(r#""customer":"alpha","territory":"south","lines":{line}"#), 422, "territory"),
            (format!(r#""customer":"alpha","currency":"USD","lines":{line}"#), 422, "currency"),
            (format!(r#""customer":"alpha","date":"2027-06-18","lines":{line}"#), 422, "date"),
            (format!(r#""customer":"alpha","date":"1989-12-31","lines":{line}"#), 422, "date"),
            (format!(r#""customer":"alpha","number":"a b","lines":{line}"#), 422, "number"),
            (r#""customer":"alpha","lines":[]"#.to_owned(), 422, "lines"),
            (r#""customer":"alpha","lines":[{"product":"none","quantity":"1"}]"#.to_owned(), 422, "lines[0].product"),
            (r#""customer":"alpha","lines":[{"product":"bar","quantity":1}]"#.to_owned(), 422, "lines[0].quantity"),
            (r#""customer":"alpha","lines":[{"product":"bar","quantity":"0"}]"#.to_owned(), 422, "lines[0].quantity"),
            (r#""customer":"alpha","lines":[{"product":"bar","quantity":"1"},{"product":"free","quantity":"1"}]"#.to_owned(), 422, "lines[1].unit_price"),
            (r#""customer":"alpha","lines":[{"product":"bar","quantity":"1","discount_percent":"101"}]"#.to_owned(), 422, "lines[0].discount_percent"),
            (r#""customer":"alpha","lines":[{"product":"bar","quantity":"9000000000000"}]"#.to_owned(), 422, "lines[0]"),
            (format!(r#""customer":"alpha","credit":[{{"person":"chen","percent":"60"}}],"lines":{line}"#), 422, "credit"),
            (format!(r#""customer":"alpha","credit":[{{"person":"sun","percent":"100"}}],"lines":{line}"#), 422, "credit[0].person"),
        ] {
            let body = format!("{{{rest}}}");
            let (answered, problem) = send(&app, "chen", "POST /api/v1/orders", &[], &body).await;
            assert_eq!((answered, &problem["errors"][0]["field"]), (status, &json!(field)), "{body}: {problem}");
        }
        let good = format!(r#"{{"number":"T-1","customer":"alpha","territory":"east","lines":{line}}}"#);
        let (status, made) = send(&app, "chen", "POST /api/v1/orders", &[], &good).await;
        assert_eq!((status, &made["territory"]), (201, &json!("east")));
        let (status, problem) = send(&app, "chen", "POST /api/v1/orders", &[], &good).await;
        assert_eq!((status, &problem["code"]), (409, &json!("number.taken")));
        let (status, _) = send(&app, "mia", "POST /api/v1/orders", &[], &good).await;
        assert_eq!(status, 403);
    }
);

testkit::each_engine!(
    async fn a_request_sent_twice_takes_effect_once(db) {
        book(&db).await;
        let app = app(&db);
        let body = r#"{"customer":"alpha","lines":[{"product":"bar","quantity":"1"}]}"#;
        let key = [("idempotency-key", "order-7")];
        let (_, first) = send(&app, "chen", "POST /api/v1/orders", &key, body).await;
        let (_, second) = send(&app, "chen", "POST /api/v1/orders", &key, body).await;
        assert_eq!(first, second);
        let confirm = format!("POST /api/v1/orders/{}/confirm", first["number"].as_str().unwrap());
        let key = [("idempotency-key", "confirm-7")];
        for _ in 0..2 {
            let (status, _) = send(&app, "chen", &confirm, &key, "").await;
            assert_eq!(status, 200);
        }
        let (_, list) = send(&app, "chen", "GET /api/v1/orders", &[], "").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let (status, _) = send(&app, "chen", "GET /api/v1/orders?status=odd", &[], "").await;
        assert_eq!(status, 400);
    }
);

testkit::each_engine!(
    async fn a_crowd_of_orders_has_a_number_each(db) {
        book(&db).await;
        let app = app(&db);
        // Somebody wrote the second number by hand.
        let taken = r#"{"number":"so-2026-00002","customer":"alpha","lines":[{"product":"bar","quantity":"1"}]}"#;
        assert_eq!(send(&app, "fay", "POST /api/v1/orders", &[], taken).await.0, 201);
        let mut sending = Vec::new();
        for _ in 0..5 {
            let app = app.clone();
            sending.push(tokio::spawn(async move {
                let body = r#"{"customer":"alpha","lines":[{"product":"bar","quantity":"1"}]}"#;
                send(&app, "fay", "POST /api/v1/orders", &[], body).await
            }));
        }
        let mut numbers = Vec::new();
        for one in sending {
            let (status, made) = one.await.unwrap();
            assert_eq!(status, 201, "{made}");
            numbers.push(made["number"].as_str().unwrap().to_owned());
        }
        numbers.sort();
        assert_eq!(numbers, ["SO-2026-00001", "SO-2026-00003", "SO-2026-00004", "SO-2026-00005", "SO-2026-00006"]);
    }
);

testkit::each_engine!(
    async fn pages_show_what_is_in_reach(db) {
        book(&db).await;
        let app = app(&db);
        let body = r#"{"number":"P-1","customer":"alpha","lines":[{"product":"bar","quantity":"1"}]}"#;
        send(&app, "chen", "POST /api/v1/orders", &[], body).await;
        send(&app, "chen", "POST /api/v1/orders/P-1/confirm", &[], "").await;
        for (path, shown, hidden) in [
            ("/customers", "Alpha Bikes", "Gamma Wheels"),
            ("/customers?group=warehouse", "No customer fits", "Alpha Bikes"),
            ("/customers/alpha", "100.00", "Gamma"),
            ("/products?group=parts", "2,024.994", "Unpriced"),
            ("/orders", "P-1", "No orders yet"),
            ("/orders/P-1", "Handlebar", "frozen when"),
            ("/customers/export.csv", "alpha,Alpha Bikes,安禾", "gamma"),
        ] {
            let (status, page) = send(&app, "chen", &format!("GET {path}"), &[], "").await;
            let page = page.as_str().unwrap();
            assert_eq!(status, 200, "{path}");
            assert!(page.contains(shown) && !page.contains(hidden), "{path}");
            if !path.contains("export") {
                page::check_markup(page).unwrap();
            }
        }
        for path in ["/customers/gamma", "/orders/none"] {
            assert_eq!(send(&app, "chen", &format!("GET {path}"), &[], "").await.0, 404, "{path}");
        }
    }
);
