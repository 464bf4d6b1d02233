//! Master data in depth: codes of before, contacts, addresses, whom a customer belongs to and who
//! pays, ends and deletions.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app, book, import, send};
use serde_json::{Value, json};

/// The answer to what must succeed.
async fn ok(app: &Router, who: &str, asked: &str, body: &str) -> Value {
    let (status, answer) = send(app, who, asked, &[], body).await;
    assert!(status < 300, "{who} {asked} {body}: {status} {answer}");
    answer
}

/// The status and code of what must be refused.
async fn no(app: &Router, who: &str, asked: &str, body: &str) -> (u16, String) {
    let (status, answer) = send(app, who, asked, &[], body).await;
    assert!(400 <= status, "{who} {asked} {body}: {status} {answer}");
    (
        status,
        answer["code"].as_str().unwrap_or_default().to_owned(),
    )
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

testkit::each_engine!(
    async fn a_thing_answers_to_every_code_it_ever_had(db) {
        book(&db).await;
        let app = app(&db);
        for (noun, old, new, other) in [
            ("customers", "alpha", "Alpha-2", "beta"),
            ("products", "bar", "Bar-2", "rod"),
            ("customer-groups", "Warehouse", "Depot", "Value-Added-Reseller"),
        ] {
            let at = |code: &str| format!("/api/v1/{noun}/{code}");
            let renamed = ok(&app, "fay", &format!("PATCH {}", at(old)), &json!({ "code": new }).to_string()).await;
            assert_eq!(renamed["code"], new);
            for code in [old, new, &old.to_ascii_uppercase()] {
                assert_eq!(ok(&app, "fay", &format!("GET {}", at(code)), "").await["code"], new, "{noun} {code}");
            }
            // The old code is nobody else's, neither by a new thing nor by a rename.
            let body = json!({ "code": old.to_ascii_uppercase(), "name": "Another" }).to_string();
            assert_eq!(no(&app, "fay", &format!("POST /api/v1/{noun}"), &body).await, refused(409, "code.taken"));
            let taken = json!({ "code": old }).to_string();
            assert_eq!(no(&app, "fay", &format!("PATCH {}", at(other)), &taken).await, refused(409, "code.taken"));
            let present = json!({ "code": new }).to_string();
            assert_eq!(no(&app, "fay", &format!("PATCH {}", at(other)), &present).await, refused(409, "code.taken"));
            // It may have its own old code back, and then answers to the newer one.
            ok(&app, "fay", &format!("PATCH {}", at(new)), &taken).await;
            assert_eq!(ok(&app, "fay", &format!("GET {}", at(new)), "").await["code"], old);
        }
    }
);

testkit::each_engine!(
    async fn files_and_documents_may_say_the_old_code(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "fay", "PATCH /api/v1/customers/alpha", r#"{"code":"A-1"}"#).await;
        ok(&app, "fay", "PATCH /api/v1/products/bar", r#"{"code":"B-1"}"#).await;
        let same = import(&db, "customers", "code,name,parent\nalpha,Alpha Bikes,\ngamma,Gamma Wheels,alpha\n", 5).await.unwrap();
        assert_eq!((same.added, same.changed, same.unchanged), (0, 1, 1));
        let gamma = ok(&app, "fay", "GET /api/v1/customers/gamma", "").await;
        assert_eq!(gamma["parent"], "A-1");
        let twice = import(&db, "customers", "code,name\nalpha,Alpha\nA-1,Alpha\n", 6).await.unwrap_err();
        assert!(twice.contains("says the same code already"), "{twice}");
        let same = import(&db, "products", "code,name,list_price\nbar,Handlebar,100\n", 7).await.unwrap();
        assert_eq!((same.added, same.unchanged), (0, 1));
        let order = r#"{"customer":"ALPHA","lines":[{"product":"bar","quantity":"1"}]}"#;
        let order = ok(&app, "chen", "POST /api/v1/orders", order).await;
        assert_eq!((&order["customer"], &order["lines"][0]["product"]), (&json!("A-1"), &json!("B-1")));
    }
);

testkit::each_engine!(
    async fn lists_are_narrowed_by_old_codes_as_by_new_ones(db) {
        book(&db).await;
        let app = app(&db);
        let order = r#"{"customer":"alpha","lines":[{"product":"bar","quantity":"1"}]}"#;
        ok(&app, "chen", "POST /api/v1/orders", order).await;
        let invoice = r#"{"customer":"alpha","date":"2026-06-01","due_date":"2026-07-01","lines":[{"product":"bar","quantity":"1","unit_price":"100"}]}"#;
        ok(&app, "fay", "POST /api/v1/invoices", invoice).await;
        let special = r#"{"customer":"alpha","product":"bar","price":"90","reason":"year"}"#;
        ok(&app, "fay", "POST /api/v1/special-prices", special).await;
        for (path, new) in [
            ("customers/alpha", "A-1"), ("products/bar", "B-1"),
            ("customer-groups/Value-Added-Reseller", "VAR"), ("product-groups/Parts", "PT"),
        ] {
            ok(&app, "fay", &format!("PATCH /api/v1/{path}"), &json!({ "code": new }).to_string()).await;
        }
        for (old, new) in [
            ("orders?customer=alpha", "orders?customer=A-1"),
            ("invoices?customer=alpha", "invoices?customer=A-1"),
            ("open-items?customer=alpha", "open-items?customer=A-1"),
            ("balances?customer=alpha", "balances?customer=A-1"),
            ("special-prices?customer=Alpha&product=bar", "special-prices?customer=a-1&product=b-1"),
            ("prices/find?customer=alpha&product=bar", "prices/find?customer=A-1&product=B-1"),
            ("customers?group=Value-Added-Reseller", "customers?group=VAR"),
            ("products?group=Parts", "products?group=PT"),
        ] {
            let by_old = ok(&app, "fay", &format!("GET /api/v1/{old}"), "").await;
            let by_new = ok(&app, "fay", &format!("GET /api/v1/{new}"), "").await;
            assert_eq!(by_old, by_new);
            let found = by_old["items"].as_array().is_none_or(|items| !items.is_empty());
            assert!(found, "{old}: {by_old}");
        }
        assert_eq!(ok(&app, "fay", "GET /api/v1/orders?customer=nobody", "").await["items"], json!([]));
    }
);

testkit::each_engine!(
    async fn contacts_and_addresses_come_in_by_file(db) {
        book(&db).await;
        let app = app(&db);
        let shown = async |path: &str| {
            let list = ok(&app, "fay", &format!("GET /api/v1/customers/alpha/{path}"), "").await;
            list["items"].clone()
        };
        let text = "customer,name,role,phone,to\nalpha,Ada,decider,+49 30 1234567,\nALPHA,Gao Lei,,,2026-01-01\n";
        let done = import(&db, "contacts", text, 10).await.unwrap();
        assert_eq!((done.added, done.changed), (2, 0));
        let (ada, id) = { let all = shown("contacts").await; (all[0].clone(), all[0]["id"].clone()) };
        assert_eq!((&ada["name"], &ada["role"], &ada["version"]), (&json!("Ada"), &json!("decider"), &json!(1)));
        // An empty cell leaves what is there; who comes back is somebody's second time.
        let text = "customer,name,role,phone,from\nalpha,ADA,,030 7654321,\nalpha,Gao Lei,buyer,,2026-06-01\nbeta,Ada,,,\n";
        let done = import(&db, "contacts", text, 11).await.unwrap();
        assert_eq!((done.added, done.changed), (2, 1));
        let now = shown("contacts").await;
        assert_eq!((&now[0]["id"], &now[0]["role"], &now[0]["phone"]), (&id, &json!("decider"), &json!("030 7654321")));
        assert_eq!((&now[1]["name"], &now[1]["role"], now.as_array().unwrap().len()), (&json!("Gao Lei"), &json!("buyer"), 2));
        assert_eq!(shown("contacts?as_of=2025-12-31").await[1]["role"], "other", "as it was then");
        assert_eq!(shown(&format!("contacts?known_at={}", cast::at(10))).await[0]["phone"], "+49 30 1234567", "as it was known");
        for (text, column) in [
            ("customer,name\nnobody,Ada\n", "customer"),
            ("customer,name,role\nalpha,Eve,boss\n", "role"),
            ("customer,name,email\nalpha,Eve,nobody\n", "email"),
            ("customer,name,from,to\nalpha,Eve,2026-02-01,2026-01-01\n", "to"),
            ("customer,name\nalpha,Eve\nalpha,eve\n", "name"),
            ("customer,name,from\nalpha,Ada,\nalpha,Ada,2020-01-01\n", "name"),
        ] {
            let faults = import(&db, "contacts", text, 12).await.unwrap_err();
            assert!(faults.contains(column), "{column}: {faults}");
        }
        let text = "customer,kind,line1,city,lat,lon\nalpha,shipping,Am Hof 1,Bonn,50.73,7.1\nalpha,billing,Am Hof 1,Bonn,,\n";
        assert_eq!(import(&db, "addresses", text, 13).await.unwrap().added, 2);
        let done = import(&db, "addresses", &text.replace("50.73", "50.74"), 14).await.unwrap();
        assert_eq!((done.added, done.changed, done.unchanged), (0, 1, 1));
        let places = shown("addresses").await;
        assert_eq!((&places[1]["kind"], &places[1]["lat"], &places[0]["lat"]), (&json!("shipping"), &json!(50.74), &json!(null)));
        for (text, column) in [
            ("customer,kind,line1\nalpha,home,Am Hof 1\n", "kind"),
            ("customer,kind,line1,lat\nalpha,visit,Am Hof 1,91\n", "lat"),
            ("customer,kind,line1,lon\nalpha,visit,Am Hof 1,NaN\n", "lon"),
            ("customer,kind,line1,country\nalpha,visit,Am Hof 1,Germany\n", "country"),
        ] {
            let faults = import(&db, "addresses", text, 15).await.unwrap_err();
            assert!(faults.contains(column), "{column}: {faults}");
        }
    }
);

testkit::each_engine!(
    async fn a_contact_is_kept_with_its_days(db) {
        book(&db).await;
        let app = app(&db);
        let path = "/api/v1/customers/alpha/contacts";
        let body = r#"{"name":"Ada Byron","role":"decider","phone":"+49 30 1234567","email":"ada@alpha.example","lang":"de","channel":"phone"}"#;
        let ada = ok(&app, "chen", &format!("POST {path}"), body).await;
        let one = format!("{path}/{}", ada["id"].as_str().unwrap());
        assert_eq!((ada["id"].as_str().unwrap().len(), &ada["from"]), (26, &json!(null)));
        let left = ok(&app, "chen", &format!("PATCH {one}"), r#"{"to":"2026-06-01","phone":null}"#).await;
        assert_eq!((&left["phone"], &left["version"]), (&json!(null), &json!(2)));
        // Gone today, there in May; and in May it was the telephone that was known in between.
        let listed = |list: &Value| list["items"].as_array().unwrap().len();
        assert_eq!(listed(&ok(&app, "li", &format!("GET {path}"), "").await), 0);
        assert_eq!(listed(&ok(&app, "li", &format!("GET {path}?as_of=2026-05-31"), "").await), 1);
        let (status, _) = send(&app, "chen", &format!("PATCH {one}"), &[("if-match", "\"v1\"")], "{}").await;
        assert_eq!(status, 412);
        for (body, field) in [
            (r#"{"name":" "}"#, "name"),
            (r#"{"name":"A","role":"boss"}"#, "role"),
            (r#"{"name":"A","email":"nobody"}"#, "email"),
            (r#"{"name":"A","phone":"call"}"#, "phone"),
            (r#"{"name":"A","lang":"German"}"#, "lang"),
            (r#"{"name":"A","channel":"pigeon"}"#, "channel"),
            (r#"{"name":"A","from":"2026-06-01","to":"2026-06-01"}"#, "to"),
            (r#"{"name":"A","credit_limit":"1"}"#, "credit_limit"),
        ] {
            let (status, answer) = send(&app, "chen", &format!("POST {path}"), &[], body).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (422, &json!(field)), "{answer}");
        }
        ok(&app, "chen", &format!("DELETE {one}"), "").await;
        assert_eq!(no(&app, "chen", &format!("GET {one}"), "").await.0, 404);
        assert_eq!(no(&app, "mia", &format!("POST {path}"), body).await.0, 403);
    }
);

testkit::each_engine!(
    async fn what_was_known_of_a_contact_stays_readable(db) {
        book(&db).await;
        let early = cast::app_at(&db, 1_000);
        let late = cast::app_at(&db, 2_000);
        let path = "/api/v1/customers/alpha/contacts";
        let ada = ok(&early, "chen", &format!("POST {path}"), r#"{"name":"Ada","phone":"030 111111"}"#).await;
        let one = format!("{path}/{}", ada["id"].as_str().unwrap());
        ok(&late, "chen", &format!("PATCH {one}"), r#"{"phone":"030 222222"}"#).await;
        let phone = async |known: &str| ok(&late, "chen", &format!("GET {path}{known}"), "").await["items"][0]["phone"].clone();
        let between = format!("?known_at={}", cast::at(1_500));
        assert_eq!((phone("").await, phone(&between).await), (json!("030 222222"), json!("030 111111")));
        let before = ok(&late, "chen", &format!("GET {path}?known_at={}", cast::at(500)), "").await;
        assert_eq!(before["items"], json!([]));
        assert_eq!(no(&late, "chen", &format!("GET {path}?known_at=yesterday"), "").await, refused(400, "instant.malformed"));
    }
);

testkit::each_engine!(
    async fn an_address_has_a_kind_and_a_place(db) {
        book(&db).await;
        let app = app(&db);
        let path = "/api/v1/customers/alpha/addresses";
        let body = r#"{"kind":"shipping","line1":"Am Hof 1","postcode":"53113","city":"Bonn","country":"de","lat":50.73,"lon":7.1}"#;
        let made = ok(&app, "chen", &format!("POST {path}"), body).await;
        assert_eq!((&made["country"], &made["lat"]), (&json!("DE"), &json!(50.73)));
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        let moved = ok(&app, "chen", &format!("PATCH {one}"), r#"{"line1":"Am Hof 2","lat":null}"#).await;
        assert_eq!((&moved["line1"], &moved["lat"], &moved["city"]), (&json!("Am Hof 2"), &json!(null), &json!("Bonn")));
        for (body, field) in [
            (r#"{"kind":"home","line1":"A"}"#, "kind"),
            (r#"{"kind":"visit","line1":""}"#, "line1"),
            (r#"{"kind":"visit","line1":"A","country":"Germany"}"#, "country"),
            (r#"{"kind":"visit","line1":"A","lon":181}"#, "lon"),
        ] {
            let (status, answer) = send(&app, "chen", &format!("POST {path}"), &[], body).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (422, &json!(field)), "{answer}");
        }
    }
);

testkit::each_engine!(
    async fn parts_of_a_foreign_customer_answer_like_nothing(db) {
        book(&db).await;
        let app = app(&db);
        for part in ["contacts", "addresses"] {
            let body = match part {
                "contacts" => r#"{"name":"Gerd"}"#,
                _ => r#"{"kind":"visit","line1":"Ring 1"}"#,
            };
            let theirs = ok(&app, "sun", &format!("POST /api/v1/customers/gamma/{part}"), body).await;
            let id = theirs["id"].as_str().unwrap();
            for (method, path, body) in [
                ("GET", format!("/api/v1/customers/gamma/{part}"), ""),
                ("POST", format!("/api/v1/customers/gamma/{part}"), body),
                ("GET", format!("/api/v1/customers/gamma/{part}/{id}"), ""),
                ("PATCH", format!("/api/v1/customers/gamma/{part}/{id}"), "{}"),
                ("DELETE", format!("/api/v1/customers/gamma/{part}/{id}"), ""),
                // Through an own customer neither.
                ("GET", format!("/api/v1/customers/alpha/{part}/{id}"), ""),
                ("DELETE", format!("/api/v1/customers/alpha/{part}/{id}"), ""),
            ] {
                assert_eq!(no(&app, "chen", &format!("{method} {path}"), body).await, refused(404, "missing"), "{method} {path}");
            }
            let kept = ok(&app, "sun", &format!("GET /api/v1/customers/gamma/{part}"), "").await;
            assert_eq!(kept["items"].as_array().unwrap().len(), 1);
        }
    }
);

testkit::each_engine!(
    async fn parents_and_payers_have_their_days_and_go_in_no_circle(db) {
        book(&db).await;
        let app = app(&db);
        let path = "/api/v1/customers/alpha/ties";
        ok(&app, "fay", &format!("POST {path}"), r#"{"kind":"payer","other":"beta","to":"2026-03-01"}"#).await;
        ok(&app, "fay", &format!("POST {path}"), r#"{"kind":"payer","other":"gamma","from":"2026-03-01"}"#).await;
        let alpha = ok(&app, "fay", "GET /api/v1/customers/alpha", "").await;
        assert_eq!(alpha["payer"], "gamma");
        let list = ok(&app, "fay", &format!("GET {path}"), "").await;
        assert_eq!(list["items"], json!([
            {"kind":"payer","other":"beta","other_name":"Beta Sports","from":null,"to":"2026-03-01"},
            {"kind":"payer","other":"gamma","other_name":"Gamma Wheels","from":"2026-03-01","to":null},
        ]));
        // Gamma pays for alpha from March: alpha may pay for gamma before, but not after.
        let before = r#"{"kind":"payer","other":"alpha","to":"2026-03-01"}"#;
        ok(&app, "fay", "POST /api/v1/customers/gamma/ties", before).await;
        let after = r#"{"kind":"payer","other":"alpha","to":"2026-03-02"}"#;
        assert_eq!(no(&app, "fay", "POST /api/v1/customers/gamma/ties", after).await, refused(422, "customer.payer_cycle"));
        ok(&app, "fay", "PATCH /api/v1/customers/beta", r#"{"parent":"alpha"}"#).await;
        ok(&app, "fay", "PATCH /api/v1/customers/gamma", r#"{"parent":"beta"}"#).await;
        let round = no(&app, "fay", "PATCH /api/v1/customers/alpha", r#"{"parent":"gamma"}"#).await;
        assert_eq!(round, refused(422, "customer.parent_cycle"));
        ok(&app, "fay", "PATCH /api/v1/customers/beta", r#"{"parent":null}"#).await;
        ok(&app, "fay", "PATCH /api/v1/customers/alpha", r#"{"parent":"gamma"}"#).await;
        for (who, body, status) in [
            ("chen", r#"{"kind":"payer","other":"beta"}"#, 403),
            ("fay", r#"{"kind":"aunt","other":"beta"}"#, 422),
            ("fay", r#"{"kind":"payer","other":"nobody"}"#, 422),
            ("fay", r#"{"kind":"payer","other":"alpha"}"#, 422),
        ] {
            assert_eq!(no(&app, who, &format!("POST {path}"), body).await.0, status, "{body}");
        }
    }
);

testkit::each_engine!(
    async fn a_customer_ends_and_only_an_unused_one_is_deleted(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "fay", "PATCH /api/v1/customers/beta", r#"{"ended_on":"2026-06-17"}"#).await;
        let codes = async |query: &str| {
            let list = ok(&app, "fay", &format!("GET /api/v1/customers{query}"), "").await;
            let codes = list["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned());
            codes.collect::<Vec<String>>()
        };
        assert_eq!(codes("").await.len(), 4, "it ends tomorrow");
        ok(&app, "fay", "PATCH /api/v1/customers/beta", r#"{"ended_on":"2026-06-16"}"#).await;
        assert_eq!(codes("?status=ended").await, ["beta"]);
        assert_eq!((codes("").await.len(), codes("?status=all").await.len()), (3, 4));
        ok(&app, "fay", "PATCH /api/v1/customers/beta", r#"{"ended_on":null}"#).await;
        let order = r#"{"customer":"alpha","lines":[{"product":"bar","quantity":"1"}]}"#;
        ok(&app, "chen", "POST /api/v1/orders", order).await;
        assert_eq!(no(&app, "fay", "DELETE /api/v1/customers/alpha", "").await, refused(409, "customer.referenced"));
        ok(&app, "fay", "PATCH /api/v1/customers/house", r#"{"payer":"beta"}"#).await;
        assert_eq!(no(&app, "fay", "DELETE /api/v1/customers/beta", "").await, refused(409, "customer.referenced"));
        ok(&app, "sun", "POST /api/v1/customers/gamma/contacts", r#"{"name":"Gerd"}"#).await;
        ok(&app, "fay", "DELETE /api/v1/customers/gamma", "").await;
        assert_eq!(no(&app, "fay", "GET /api/v1/customers/gamma", "").await.0, 404);
        assert_eq!(no(&app, "chen", "DELETE /api/v1/customers/alpha", "").await.0, 403);
        let again = json!({ "code": "gamma", "name": "Gamma again" }).to_string();
        ok(&app, "fay", "POST /api/v1/customers", &again).await;
    }
);
