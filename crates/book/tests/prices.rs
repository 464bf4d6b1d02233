//! Price lists and special prices: which price a line takes, and what a corrected past leaves alone.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use cast::{app, at, book, import, send};
use db::Db;
use kernel::Scope;
use serde_json::{Value, json};
use sheet::export::{Export, Format};

const LISTS: &str = "\
code,name,name_local,currency,gross
dealer,Dealer list,经销商价,EUR,no
shop,Shop list,,EUR,yes
china,China list,,CNY,no
";

const PRICES: &str = "\
list,product,from_quantity,price,from,to
dealer,bar,,90,2026-01-01,2026-04-01
dealer,bar,,92,2026-04-01,
dealer,bar,10,85,2026-04-01,
shop,bar,,119,,
china,bar,,700,,
";

const SPECIALS: &str = "\
customer,project,product,from_quantity,price,currency,reason,from,to
alpha,,bar,,80,,Opening offer,2026-06-01,2026-07-01
,Harbour bridge,bar,,75,,Bridge tender,2026-06-01,2026-12-31
alpha,Harbour bridge,bar,50,70,EUR,Bridge tender with Alpha,2026-06-01,
";

async fn priced(db: &Db) -> axum::Router {
    book(db).await;
    import(db, "price-lists", LISTS, 10).await.unwrap();
    import(db, "prices", PRICES, 11).await.unwrap();
    import(db, "special-prices", SPECIALS, 12).await.unwrap();
    let app = app(db);
    for (list, body) in [
        (
            "dealer",
            r#"{"group":"Value-Added-Reseller","from":"2026-01-01"}"#,
        ),
        (
            "china",
            r#"{"group":"Value-Added-Reseller","from":"2026-01-01"}"#,
        ),
        ("shop", r#"{"customer":"beta","from":"2026-05-01"}"#),
    ] {
        let (status, answer) = send(
            &app,
            "fay",
            &format!("POST /api/v1/price-lists/{list}/uses"),
            &[],
            body,
        )
        .await;
        assert_eq!(status, 201, "{answer}");
    }
    app
}

async fn found(app: &axum::Router, question: &str) -> (u16, Value) {
    send(
        app,
        "fay",
        &format!("GET /api/v1/prices/find?product=bar&{question}"),
        &[],
        "",
    )
    .await
}

testkit::each_engine!(
    async fn the_nearest_agreement_gives_the_price(db) {
        let app = priced(&db).await;
        for (question, price, rule, source, since) in [
            ("customer=alpha&on=2025-12-31", "100.00", "list_price", json!(null), json!(null)),
            ("customer=alpha&on=2026-03-31", "90.00", "group_list", json!("dealer"), json!("2026-01-01")),
            ("customer=alpha&on=2026-04-01", "92.00", "group_list", json!("dealer"), json!("2026-04-01")),
            ("customer=alpha&on=2026-04-01&quantity=10", "85.00", "group_list", json!("dealer"), json!("2026-04-01")),
            ("customer=alpha&on=2026-06-10&quantity=10", "80.00", "special", json!("Opening offer"), json!("2026-06-01")),
            ("customer=alpha&on=2026-06-10&project=Harbour%20bridge", "75.00", "special", json!("Bridge tender"), json!("2026-06-01")),
            ("customer=alpha&on=2026-06-10&project=Harbour%20bridge&quantity=50", "70.00", "special", json!("Bridge tender with Alpha"), json!("2026-06-01")),
            ("customer=alpha&on=2026-07-01", "92.00", "group_list", json!("dealer"), json!("2026-04-01")),
            ("customer=alpha&on=2026-06-10&currency=CNY", "700.00", "group_list", json!("china"), json!(null)),
            ("customer=beta&on=2026-05-01&tax_percent=19", "100.00", "customer_list", json!("shop"), json!(null)),
            ("customer=beta&on=2026-04-30&tax_percent=19", "92.00", "group_list", json!("dealer"), json!("2026-04-01")),
            ("customer=gamma&on=2026-06-10&project=Harbour%20bridge", "75.00", "special", json!("Bridge tender"), json!("2026-06-01")),
            ("customer=gamma&on=2026-06-10", "100.00", "list_price", json!(null), json!(null)),
        ] {
            let (status, answer) = found(&app, question).await;
            assert_eq!(status, 200, "{question}: {answer}");
            let shown = (&answer["unit_price"], &answer["price_rule"], &answer["price_source"], &answer["price_since"]);
            assert_eq!(shown, (&json!(price), &json!(rule), &source, &since), "{question}");
        }
        let (status, problem) = found(&app, "customer=alpha&currency=USD").await;
        assert_eq!((status, &problem["code"]), (422, &json!("price.missing")));
        let (status, _) = send(&app, "chen", "GET /api/v1/prices/find?product=bar&customer=gamma", &[], "").await;
        assert_eq!(status, 422, "a customer out of reach");
    }
);

testkit::each_engine!(
    async fn a_corrected_price_leaves_what_was_printed(db) {
        let app = priced(&db).await;
        let (status, set) = send(&app, "fay", "POST /api/v1/prices", &[], r#"{"list":"dealer","product":"rod","price":"1900"}"#).await;
        assert_eq!((status, &set["price"], &set["from"]), (201, &json!("1900.00"), &json!("2026-06-16")), "{set}");
        let corrected = "list,product,price,from,to\ndealer,bar,91,2026-02-01,2026-03-01\n";
        let outcome = import(&db, "prices", corrected, 2_000).await.unwrap();
        assert_eq!((outcome.added, outcome.changed), (0, 1));
        for (day, known, price, since) in [
            ("2026-02-10", 1_999, "90.00", "2026-01-01"),
            ("2026-02-10", 2_000, "91.00", "2026-02-01"),
            ("2026-03-10", 2_000, "90.00", "2026-03-01"),
            ("2026-01-31", 2_000, "90.00", "2026-01-01"),
        ] {
            let (_, answer) = found(&app, &format!("customer=alpha&on={day}&known_at={}", at(known))).await;
            assert_eq!((&answer["unit_price"], &answer["price_since"]), (&json!(price), &json!(since)), "{day} as known at {known}");
        }
        let (_, then) = send(&app, "chen", &format!("GET /api/v1/prices?list=dealer&on=2026-02-10&known_at={}", at(1_999)), &[], "").await;
        assert_eq!(then["items"], json!([{"list":"dealer","product":"bar","from_quantity":"0","currency":"EUR","price":"90.00","from":"2026-01-01","to":"2026-04-01"}]));
        let (_, ended) = send(&app, "fay", "POST /api/v1/prices", &[], r#"{"list":"dealer","product":"bar","price":null,"from":"2026-06-01"}"#).await;
        assert_eq!(ended["price"], json!(null), "{ended}");
        let (_, answer) = found(&app, "customer=alpha&on=2026-08-01").await;
        assert_eq!(answer["price_rule"], "list_price", "what was ended gives no price");
    }
);

testkit::each_engine!(
    async fn an_order_takes_its_prices_and_says_why(db) {
        let app = priced(&db).await;
        let body = r#"{"number":"P-1","customer":"alpha","date":"2026-06-10","project":"Harbour bridge","lines":[
            {"product":"bar","quantity":"50"},{"product":"bar","quantity":"1"},{"product":"rod","quantity":"1"},{"product":"bar","quantity":"1","unit_price":"60"}]}"#;
        let (status, made) = send(&app, "chen", "POST /api/v1/orders", &[], body).await;
        assert_eq!(status, 201, "{made}");
        let lines: Vec<(&Value, &Value)> = made["lines"].as_array().unwrap().iter().map(|line| (&line["unit_price"], &line["price_rule"])).collect();
        assert_eq!(lines, [
            (&json!("70.00"), &json!("special")), (&json!("75.00"), &json!("special")),
            (&json!("2024.994"), &json!("list_price")), (&json!("60.00"), &json!("given")),
        ]);
        assert_eq!((&made["project"], &made["lines"][0]["price_source"]), (&json!("Harbour bridge"), &json!("Bridge tender with Alpha")));
        let (_, moved) = send(&app, "chen", "PATCH /api/v1/orders/P-1", &[], r#"{"lines":[{"product":"bar","quantity":"2"}]}"#).await;
        assert_eq!(moved["lines"][0]["unit_price"], "75.00", "an amended draft keeps its project");
        send(&app, "fay", "POST /api/v1/special-prices", &[], r#"{"project":"Harbour bridge","product":"bar","price":"1","reason":"Slip","from":"2026-01-01"}"#).await;
        let (_, shown) = send(&app, "chen", "GET /api/v1/orders/P-1", &[], "").await;
        assert_eq!(shown["lines"][0], moved["lines"][0], "a price changed later leaves the order alone");
    }
);

testkit::each_engine!(
    async fn prices_are_set_by_those_who_may(db) {
        let app = priced(&db).await;
        for (who, path, body, expected, code) in [
            ("chen", "prices", r#"{"list":"dealer","product":"bar","price":"1"}"#, 403, "forbidden"),
            ("li", "prices", r#"{"list":"dealer","product":"bar","price":"1"}"#, 403, "forbidden"),
            ("fay", "prices", r#"{"list":"none","product":"bar","price":"1"}"#, 422, "reference.unknown"),
            ("fay", "prices", r#"{"list":"dealer","product":"none","price":"1"}"#, 422, "reference.unknown"),
            ("fay", "prices", r#"{"list":"dealer","product":"bar","price":"-1"}"#, 422, "price.negative"),
            ("fay", "prices", r#"{"list":"dealer","product":"bar","price":"1","from":"2026-06-01","to":"2026-06-01"}"#, 422, "price.empty_span"),
            ("fay", "prices", r#"{"list":"dealer","product":"bar","price":"1","from_quantity":"-1"}"#, 422, "quantity.negative"),
            ("li", "special-prices", r#"{"customer":"gamma","product":"bar","price":"1","reason":"x"}"#, 422, "reference.unknown"),
            ("li", "special-prices", r#"{"product":"bar","price":"1","reason":"x"}"#, 422, "price.for_nobody"),
            ("li", "special-prices", r#"{"customer":"alpha","product":"bar","price":"1","reason":" "}"#, 422, "name.missing"),
            ("li", "special-prices", r#"{"project":"Harbour bridge","product":"bar","price":"0","reason":"x"}"#, 403, "price.for_all"),
            ("chen", "special-prices", r#"{"customer":"alpha","product":"bar","price":"1","reason":"x"}"#, 403, "forbidden"),
            ("fay", "price-lists", r#"{"code":"DEALER","name":"Twin"}"#, 409, "code.taken"),
            ("li", "price-lists", r#"{"code":"new","name":"New"}"#, 403, "forbidden"),
            ("fay", "price-lists/dealer/uses", "{}", 422, "price_list.buyer"),
            ("fay", "price-lists/none/uses", r#"{"customer":"alpha"}"#, 404, "missing"),
        ] {
            let (status, problem) = send(&app, who, &format!("POST /api/v1/{path}"), &[], body).await;
            assert_eq!((status, &problem["code"]), (expected, &json!(code)), "{path} {body}: {problem}");
        }
        let (_, seen) = send(&app, "sun", "GET /api/v1/special-prices", &[], "").await;
        assert_eq!(seen["items"].as_array().unwrap().len(), 1, "only the project's own: {seen}");
        let (_, seen) = send(&app, "chen", "GET /api/v1/special-prices?customer=ALPHA", &[], "").await;
        assert_eq!(seen["items"].as_array().unwrap().len(), 2);
        let (_, uses) = send(&app, "sun", "GET /api/v1/price-lists/shop/uses", &[], "").await;
        assert_eq!(uses["items"], json!([]));
        let (status, list) = send(&app, "fay", "PATCH /api/v1/price-lists/dealer", &[("if-match", "\"v1\"")], r#"{"name":"Dealers"}"#).await;
        assert_eq!((status, &list["name"], &list["version"]), (200, &json!("Dealers"), &json!(2)));
    }
);

testkit::each_engine!(
    async fn one_list_of_a_currency_at_a_time(db) {
        let app = priced(&db).await;
        let path = "POST /api/v1/price-lists/dealer/uses";
        send(&app, "fay", path, &[], r#"{"customer":"beta","from":"2026-06-01","to":"2026-06-10"}"#).await;
        let (_, uses) = send(&app, "fay", "GET /api/v1/price-lists/shop/uses", &[], "").await;
        assert_eq!(uses["items"], json!([
            {"customer":"beta","group":null,"from":"2026-05-01","to":"2026-06-01"},
            {"customer":"beta","group":null,"from":"2026-06-10","to":null},
        ]));
        let (_, now) = found(&app, "customer=beta&on=2026-06-05&tax_percent=19").await;
        assert_eq!((&now["price_rule"], &now["price_source"]), (&json!("customer_list"), &json!("dealer")));
    }
);

testkit::each_engine!(
    async fn prices_go_out_as_they_came_in(db) {
        let _app = priced(&db).await;
        for (kind, rows) in [("price-lists", 3), ("prices", 5), ("special-prices", 3)] {
            let layout = ::book::sheet::LAYOUTS.iter().find(|layout| layout.kind == kind).unwrap();
            let mut bytes = Vec::new();
            let mut file = Export::of(layout, Format::Csv, cast::TODAY, &mut bytes);
            let mut tx = db.read().await.unwrap();
            let seen = (&Scope::All, cast::TODAY);
            ::book::sheet::export(&mut tx, kind, seen, &mut file).await.unwrap();
            drop(tx);
            file.finish().unwrap();
            let file = String::from_utf8(bytes).unwrap();
            let again = import(&db, kind, &file, 20).await.unwrap();
            assert_eq!((again.added, again.changed, again.unchanged), (0, 0, rows), "{kind}:\n{file}");
        }
        let faults = import(&db, "prices", "list,product,price,from,to\nnone,bar,1,,\ndealer,none,1,,\ndealer,bar,-1,2026-01-02,2026-01-01\n", 30).await.unwrap_err();
        for expected in ["row 2, column “list”", "row 3, column “product”", "row 4, column “price”", "row 4, column “to”"] {
            assert!(faults.contains(expected), "{expected} in\n{faults}");
        }
        let faults = import(&db, "price-lists", "code,name,currency,gross\ndealer,D,USD,yes\n", 30).await.unwrap_err();
        assert!(faults.contains("column “currency”") && faults.contains("column “gross”"), "{faults}");
    }
);

testkit::each_engine!(
    async fn special_prices_in_two_currencies_stand_side_by_side(db) {
        book(&db).await;
        let app = app(&db);
        let both = "customer,product,price,currency,reason,from\nalpha,bar,80,EUR,Agreed,2026-06-01\nalpha,bar,88,USD,Agreed,2026-06-01\n";
        let first = import(&db, "special-prices", both, 10).await.unwrap();
        let again = import(&db, "special-prices", both, 20).await.unwrap();
        assert_eq!((first.added, first.changed, again.unchanged), (2, 0, 2));
        let set = |currency: &str, price: Value, from: &str| {
            json!({"customer": "alpha", "product": "bar", "currency": currency, "price": price, "reason": "Agreed", "from": from}).to_string()
        };
        for (currency, price, from) in [("USD", json!("90"), "2026-07-01"), ("EUR", Value::Null, "2026-08-01")] {
            let (status, answer) = send(&app, "fay", "POST /api/v1/special-prices", &[], &set(currency, price, from)).await;
            assert_eq!(status, 201, "{answer}");
        }
        for (question, price) in [
            ("on=2026-06-10&currency=EUR", "80.00"), ("on=2026-06-10&currency=USD", "88.00"),
            ("on=2026-07-10&currency=EUR", "80.00"), ("on=2026-07-10&currency=USD", "90.00"),
            ("on=2026-08-10&currency=EUR", "100.00"), ("on=2026-08-10&currency=USD", "90.00"),
        ] {
            let (_, answer) = found(&app, &format!("customer=alpha&{question}")).await;
            assert_eq!(answer["unit_price"], price, "{question}");
        }
    }
);
