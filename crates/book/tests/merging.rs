//! Two records of one customer become one: nothing is lost, nothing counts twice, and what was
//! believed before reads as it did.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use std::collections::BTreeMap;

use axum::Router;
use cast::{app, app_at, book, send};
use db::Db;
use serde_json::{Value, json};

async fn ok(app: &Router, who: &str, asked: &str, body: &str) -> Value {
    let (status, answer) = send(app, who, asked, &[], body).await;
    assert!(status < 300, "{who} {asked} {body}: {status} {answer}");
    answer
}

async fn sell(app: &Router, number: &str, customer: &str, quantity: i64, day: &str) {
    let order = json!({ "number": number, "customer": customer, "date": day,
        "lines": [{ "product": "rod", "quantity": quantity.to_string() }] });
    ok(app, "fay", "POST /api/v1/orders", &order.to_string()).await;
    ok(
        app,
        "fay",
        &format!("POST /api/v1/orders/{number}/confirm"),
        "",
    )
    .await;
}

testkit::each_engine!(
    async fn everything_moves_and_the_old_code_answers(db) {
        book(&db).await;
        let app = app(&db);
        sell(&app, "A-1", "alpha", 2, "2026-05-02").await;
        sell(&app, "B-1", "beta", 3, "2026-05-03").await;
        ok(&app, "chen", "POST /api/v1/customers/alpha/contacts", r#"{"name":"Ada"}"#).await;
        ok(&app, "chen", "POST /api/v1/customers/alpha/addresses", r#"{"kind":"visit","line1":"Am Hof 1"}"#).await;
        ok(&app, "fay", "PATCH /api/v1/customers/alpha", r#"{"code":"alpha-2"}"#).await;
        ok(&app, "fay", "PATCH /api/v1/customers/gamma", r#"{"payer":"alpha"}"#).await;
        let preview = ok(&app, "li", "GET /api/v1/customers/alpha/merge?into=beta", "").await;
        assert_eq!(preview["conflicts"], json!(["owner"]), "chen has one, wu the other");
        assert_eq!(ok(&app, "li", "GET /api/v1/customers/alpha", "").await["code"], "alpha-2", "nothing changed");
        let (status, no) = send(&app, "li", "POST /api/v1/customers/alpha/merge", &[], r#"{"into":"beta"}"#).await;
        assert_eq!((status, &no["code"], &no["errors"][0]["field"]), (409, &json!("merge.conflict"), &json!("keep.owner")));
        let done = ok(&app, "li", "POST /api/v1/customers/alpha/merge", r#"{"into":"beta","keep":{"owner":"beta"},"reason":"one firm"}"#).await;
        assert_eq!(done["moved"], preview["moved"]);
        assert_eq!(done["moved"], json!([
            {"kind":"orders","count":1}, {"kind":"credits","count":1}, {"kind":"contacts","count":1}, {"kind":"addresses","count":1},
        ]));
        for code in ["alpha", "alpha-2", "ALPHA", "beta"] {
            assert_eq!(ok(&app, "li", &format!("GET /api/v1/customers/{code}"), "").await["code"], "beta");
        }
        assert_eq!(ok(&app, "li", "GET /api/v1/orders/A-1", "").await["customer"], "beta");
        assert_eq!(ok(&app, "fay", "GET /api/v1/customers/gamma", "").await["payer"], "beta");
        let list = ok(&app, "fay", "GET /api/v1/customers?status=all", "").await;
        let codes: Vec<&str> = list["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["beta", "gamma", "house"]);
        // Chen's customer went to Wu's, as chosen.
        let (status, _) = send(&app, "chen", "GET /api/v1/customers/alpha", &[], "").await;
        assert_eq!(status, 404);
        let statement = ok(&app, "wu", "GET /api/v1/customers/beta/statement?by=year", "").await;
        assert_eq!((&statement["rows"][0]["quantity"], &statement["rows"][0]["last_date"]), (&json!("5"), &json!("2026-05-03")));
        assert_eq!(statement["totals"][0]["net"], "10124.97");
        // A new customer under the code of the old one would be taken for it.
        let (status, no) = send(&app, "fay", "POST /api/v1/customers", &[], r#"{"code":"Alpha","name":"New"}"#).await;
        assert_eq!((status, &no["code"]), (409, &json!("code.taken")));
    }
);

testkit::each_engine!(
    async fn who_may_not_see_or_decide_does_not_merge(db) {
        book(&db).await;
        let app = app(&db);
        for (who, path, body, status) in [
            ("chen", "alpha", r#"{"into":"beta"}"#, 403),
            ("li", "alpha", r#"{"into":"gamma"}"#, 422),
            ("li", "gamma", r#"{"into":"alpha"}"#, 404),
            ("li", "alpha", r#"{"into":"ALPHA"}"#, 422),
            ("li", "alpha", r#"{"into":"beta","keep":{"owner":"gamma"}}"#, 422),
            ("li", "alpha", r#"{"into":"beta","limit":"1"}"#, 422),
            ("li", "alpha", r#"{"into":"beta","keep":{"limit":"beta"}}"#, 422),
        ] {
            let (answered, problem) = send(&app, who, &format!("POST /api/v1/customers/{path}/merge"), &[], body).await;
            assert_eq!(answered, status, "{who} {path} {body}: {problem}");
        }
    }
);

testkit::each_engine!(
    async fn what_may_be_one_is_listed_to_those_who_see_both(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "wu", "POST /api/v1/customers", r#"{"code":"d1","name":"ALPHA-Bikes GmbH","phone":"+49 228 123456"}"#).await;
        ok(&app, "fay", "PATCH /api/v1/customers/alpha", r#"{"phone":"0228/123456"}"#).await;
        ok(&app, "fay", "PATCH /api/v1/customers/gamma", r#"{"tax_id":"DE 1"}"#).await;
        ok(&app, "fay", "PATCH /api/v1/customers/beta", r#"{"tax_id":"de1"}"#).await;
        let pair = json!({"one":"alpha","one_name":"Alpha Bikes","other":"d1","other_name":"ALPHA-Bikes GmbH","same":["name","phone"]});
        let of = async |who: &str| ok(&app, who, "GET /api/v1/customer-duplicates", "").await["items"].clone();
        let all = of("fay").await;
        assert_eq!((all.as_array().unwrap().len(), &all[0], &all[1]["same"]), (2, &pair, &json!(["tax_id"])));
        assert_eq!(of("li").await, json!([pair]));
        assert_eq!(of("chen").await, json!([]), "the other one is not chen's");
    }
);

/// Exact nets by person, unit and day, as known at a second.
async fn earned(db: &Db, second: i64) -> BTreeMap<(i64, i64, String), i64> {
    let mut tx = db.read().await.unwrap();
    let rows: Vec<(i64, i64, String, i64)> = tx
        .q("select coalesce(person_id, cast(0 as bigint)), unit_id, day, cast(sum(net_exact) as bigint)
              from book_credit
             where recorded_at <= $1 and (retracted_at is null or retracted_at > $1)
             group by coalesce(person_id, cast(0 as bigint)), unit_id, day
             order by day, unit_id limit 10000")
        .bind(cast::at(second).as_microsecond())
        .all()
        .await
        .unwrap();
    rows.into_iter()
        .map(|(person, unit, day, net)| ((person, unit, day), net))
        .collect()
}

/// Exact nets by customer, as known at a second.
async fn by_customer(db: &Db, second: i64) -> BTreeMap<i64, i64> {
    let mut tx = db.read().await.unwrap();
    let rows: Vec<(i64, i64)> = tx
        .q("select customer_id, cast(sum(net_exact) as bigint)
              from book_credit
             where recorded_at <= $1 and (retracted_at is null or retracted_at > $1)
             group by customer_id order by customer_id limit 10000")
        .bind(cast::at(second).as_microsecond())
        .all()
        .await
        .unwrap();
    rows.into_iter().collect()
}

testkit::each_engine!(
    async fn totals_stay_and_the_past_reads_as_it_did(db) {
        book(&db).await;
        let first = app_at(&db, 1_000);
        let mut state = 11_u64;
        let mut chance = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        let mut codes: Vec<String> = Vec::new();
        for number in 0..8 {
            let owner = ["chen", "wu", "sun"][usize::try_from(chance(3)).unwrap()];
            let body = json!({ "code": format!("r{number}"), "name": format!("Firm {number}"), "owner": owner });
            ok(&first, "admin", "POST /api/v1/customers", &body.to_string()).await;
            codes.push(format!("r{number}"));
        }
        for number in 0..24 {
            let customer = codes[usize::try_from(chance(8)).unwrap()].clone();
            let quantity = i64::try_from(chance(90)).unwrap() + 1;
            sell(&first, &format!("R-{number}"), &customer, quantity, &format!("2026-0{}-1{}", chance(5) + 1, chance(9))).await;
        }
        let (people, customers) = (earned(&db, 1_500).await, by_customer(&db, 1_500).await);
        for step in 0..5 {
            let from = codes.remove(usize::try_from(chance(u64::try_from(codes.len()).unwrap())).unwrap());
            let into = codes[usize::try_from(chance(u64::try_from(codes.len()).unwrap())).unwrap()].clone();
            let chosen = if chance(2) == 0 { &from } else { &into };
            let body = json!({ "into": into, "keep": { "owner": chosen } });
            let second = 2_000 + 100 * step;
            ok(&app_at(&db, second), "admin", &format!("POST /api/v1/customers/{from}/merge"), &body.to_string()).await;
            assert_eq!(earned(&db, second + 50).await, people, "who earned what, after merging {from} into {into}");
            let sum = |by: &BTreeMap<i64, i64>| by.values().sum::<i64>();
            let now = by_customer(&db, second + 50).await;
            assert_eq!(sum(&now), sum(&customers));
            assert_eq!(by_customer(&db, 1_500).await, customers, "as it was known before");
        }
        assert!(by_customer(&db, 9_000).await.len() <= 3, "five of eight are gone");
    }
);

/// Alpha and beta both have a list and special prices; of the bar each another.
async fn priced(db: &Db) -> Router {
    book(db).await;
    let app = app(db);
    for (list, customer) in [("dealer", "alpha"), ("shop", "beta")] {
        let new = json!({ "code": list, "name": list, "currency": "EUR" });
        ok(&app, "fay", "POST /api/v1/price-lists", &new.to_string()).await;
        let path = format!("POST /api/v1/price-lists/{list}/uses");
        let used = json!({ "customer": customer, "from": "2026-06-01" });
        ok(&app, "fay", &path, &used.to_string()).await;
    }
    for (customer, product, price, currency) in [
        ("alpha", "bar", "80", "EUR"),
        ("alpha", "bar", "88", "USD"),
        ("alpha", "free", "5", "EUR"),
        ("beta", "bar", "70", "EUR"),
    ] {
        let special = json!({ "customer": customer, "product": product, "price": price,
            "currency": currency, "reason": "agreed" });
        let path = "POST /api/v1/special-prices";
        ok(&app, "fay", path, &special.to_string()).await;
    }
    app
}

/// Merges alpha into beta; the prices of `chosen` hold.
async fn merge_prices(db: &Db, chosen: &str, (bar, list): (&str, &str)) {
    let app = priced(db).await;
    let path = "/api/v1/customers/alpha/merge";
    let preview = ok(&app, "fay", &format!("GET {path}?into=beta"), "").await;
    assert_eq!(preview["conflicts"], json!(["owner", "prices"]));
    let body = json!({ "into": "beta", "keep": { "owner": "beta", "prices": chosen } });
    let done = ok(&app, "fay", &format!("POST {path}"), &body.to_string()).await;
    assert_eq!(done["moved"], json!([{ "kind": "prices", "count": 4 }]));
    for (product, price) in [("bar", bar), ("free", "5.00")] {
        let asked = format!("GET /api/v1/prices/find?customer=alpha&product={product}");
        assert_eq!(ok(&app, "fay", &asked, "").await["unit_price"], price);
    }
    let specials = ok(&app, "fay", "GET /api/v1/special-prices?customer=beta", "").await;
    let dollars = specials["items"].as_array().unwrap().iter();
    let dollars = dollars.filter(|one| one["currency"] == "USD" && one["price"] == "88.00");
    assert_eq!(dollars.count(), 1, "in another currency: {specials}");
    let asked = format!("GET /api/v1/price-lists/{list}/uses");
    let used = ok(&app, "fay", &asked, "").await["items"].clone();
    assert_eq!(used.as_array().unwrap().len(), 1, "{used}");
    assert_eq!(used[0]["customer"], "beta");
}

testkit::each_engine!(
    async fn prices_go_along(db) {
        merge_prices(&db, "beta", ("70.00", "shop")).await;
    }
);

testkit::each_engine!(
    async fn where_both_have_a_price_it_is_chosen(db) {
        merge_prices(&db, "alpha", ("80.00", "dealer")).await;
    }
);

testkit::each_engine!(
    async fn what_is_owed_goes_along_to_the_cent(db) {
        book(&db).await;
        let app = app(&db);
        let invoice = async |customer: &str, price: &str| {
            let body = json!({ "customer": customer, "date": "2026-06-01",
                "lines": [{ "product": "bar", "quantity": "1", "unit_price": price }] });
            ok(&app, "fay", "POST /api/v1/invoices", &body.to_string()).await["number"].as_str().unwrap().to_owned()
        };
        let (first, _) = (invoice("alpha", "119.01").await, invoice("beta", "30.40").await);
        let paid = json!({ "customer": "alpha", "reference": "P-1", "date": "2026-06-02", "amount": "50.50", "method": "transfer" });
        ok(&app, "fay", "POST /api/v1/payments", &paid.to_string()).await;
        ok(&app, "fay", "POST /api/v1/payments/P-1/allocations", &json!({ "invoice": first, "amount": "40.00" }).to_string()).await;
        let balance = async |customer: &str| {
            let all = ok(&app, "fay", &format!("GET /api/v1/balances?customer={customer}"), "").await;
            all["items"].clone()
        };
        let (one, other) = (balance("alpha").await, balance("beta").await);
        assert_eq!((&one[0]["open"], &one[0]["unapplied"], &one[0]["balance"]), (&json!("79.01"), &json!("10.50"), &json!("68.51")));
        assert_eq!(other[0]["balance"], "30.40");
        ok(&app, "li", "POST /api/v1/customers/alpha/merge", r#"{"into":"beta","keep":{"owner":"alpha"}}"#).await;
        let all = ok(&app, "fay", "GET /api/v1/balances", "").await;
        let both = &all["items"][0];
        assert_eq!(all["items"].as_array().unwrap().len(), 1, "{all}");
        assert_eq!((&both["customer"], &both["open"], &both["unapplied"], &both["balance"]),
            (&json!("beta"), &json!("109.41"), &json!("10.50"), &json!("98.91")));
        // What is left of the payment settles what was the survivor's own.
        ok(&app, "fay", "POST /api/v1/payments/P-1/allocations", &json!({ "invoice": first, "amount": "10.50" }).to_string()).await;
        assert_eq!(balance("alpha").await[0]["balance"], "98.91");
    }
);

testkit::each_engine!(
    async fn nothing_is_merged_into_what_has_ended_or_into_its_own_child(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "fay", "PATCH /api/v1/customers/beta", r#"{"ended_on":"2026-06-16"}"#).await;
        let (status, no) = send(&app, "fay", "POST /api/v1/customers/alpha/merge", &[], r#"{"into":"beta"}"#).await;
        assert_eq!((status, &no["code"]), (409, &json!("merge.ended")));
        ok(&app, "fay", "PATCH /api/v1/customers/beta", r#"{"ended_on":null}"#).await;
        // alpha below gamma, gamma below beta: as one, alpha and beta would stand above themselves.
        ok(&app, "fay", "PATCH /api/v1/customers/alpha", r#"{"parent":"gamma"}"#).await;
        ok(&app, "fay", "PATCH /api/v1/customers/gamma", r#"{"parent":"beta"}"#).await;
        let body = r#"{"into":"beta","keep":{"owner":"beta"}}"#;
        let (status, no) = send(&app, "fay", "POST /api/v1/customers/alpha/merge", &[], body).await;
        assert_eq!((status, &no["code"]), (422, &json!("customer.parent_cycle")));
        assert_eq!(ok(&app, "fay", "GET /api/v1/customers/alpha", "").await["code"], "alpha", "nothing of it stays");
        // A tie between the two alone ends with them.
        ok(&app, "fay", "POST /api/v1/customers/alpha/ties", r#"{"kind":"parent","other":"beta"}"#).await;
        ok(&app, "fay", "POST /api/v1/customers/alpha/merge", body).await;
        assert_eq!(ok(&app, "fay", "GET /api/v1/customers/beta", "").await["parent"], json!(null));
    }
);
