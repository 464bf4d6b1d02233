//! Master data through the whole program: who may look and change, what two customers become when they
//! are one, and codes of before.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use std::collections::BTreeSet;

use app::wiring;
use axum::http::Method;
use book::store::merging::{LEFT, MOVED, RETRACTED};
use db::Engine;
use holm::{As, TestApp};
use serde_json::{Value, json};

/// C-chen, C-wu and C-sun, each of whom the code names.
async fn customers(app: &TestApp) -> As {
    let ada = app.token("ada").await;
    for owner in ["chen", "wu", "sun"] {
        let customer = json!({ "code": format!("C-{owner}"), "name": format!("Paints of {owner}"), "owner": owner });
        app.post(&ada, "/api/v1/customers", &customer).await.is(201);
    }
    let product = json!({ "code": "EP-1", "name": "Epoxy primer", "list_price": "10.00" });
    app.post(&ada, "/api/v1/products", &product).await.is(201);
    ada
}

/// Sends a file; its answer.
async fn upload(app: &TestApp, who: &As, path: &str, bytes: &'static [u8]) -> holm::Answer {
    let request = holm::asked(Method::POST, path, who)
        .header("content-type", "application/octet-stream")
        .body(bytes.into());
    app.ask(request.unwrap()).await
}

testkit::each_engine!(
    async fn what_is_kept_of_a_customer_is_seen_and_changed_by_those_it_concerns(db) {
        let app = TestApp::of(db).await;
        let ada = customers(&app).await;
        let at = "/api/v1/customers/C-chen";
        let contact = app.post(&ada, &format!("{at}/contacts"), &json!({ "name": "Ada" })).await.is(201).json();
        let place = json!({ "kind": "visit", "line1": "Am Hof 1", "lat": 50.7, "lon": 7.1 });
        let place = app.post(&ada, &format!("{at}/addresses"), &place).await.is(201).json();
        let file = upload(&app, &ada, &format!("{at}/attachments?name=a.pdf"), b"%PDF-1.7 x").await.is(201).json();
        let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
        let (contact, place, file) = (id(&contact), id(&place), id(&file));
        let read = [
            at.to_owned(), format!("{at}/contacts"), format!("{at}/contacts/{contact}"), format!("{at}/addresses"),
            format!("{at}/addresses/{place}"), format!("{at}/ties"), format!("{at}/attachments"), format!("{at}/statement"),
            format!("{at}/payment-terms"),
            format!("/api/v1/attachments/{file}"), format!("/api/v1/attachments/{file}/content"),
        ];
        let pages = [
            "/customers/C-chen".to_owned(), "/customers/C-chen/statement.csv".to_owned(), format!("/attachments/{file}"),
            "/customers/C-chen/panels/contacts".to_owned(), "/customers/C-chen/panels/statement".to_owned(),
            "/customers/C-chen/panels/files".to_owned(),
        ];
        let change = [
            (Method::PATCH, at.to_owned(), json!({ "name": "Mine" })),
            (Method::DELETE, at.to_owned(), json!({})),
            (Method::POST, format!("{at}/contacts"), json!({ "name": "Eve" })),
            (Method::PATCH, format!("{at}/contacts/{contact}"), json!({ "name": "Eve" })),
            (Method::DELETE, format!("{at}/contacts/{contact}"), json!({})),
            (Method::POST, format!("{at}/addresses"), json!({ "kind": "visit", "line1": "x" })),
            (Method::PATCH, format!("{at}/addresses/{place}"), json!({ "line1": "x" })),
            (Method::DELETE, format!("{at}/addresses/{place}"), json!({})),
            (Method::POST, format!("{at}/ties"), json!({ "kind": "payer", "other": "C-sun" })),
            (Method::POST, format!("{at}/payment-terms"), json!({ "payment_terms_days": 90 })),
            (Method::POST, format!("{at}/merge"), json!({ "into": "C-sun" })),
            (Method::PATCH, format!("/api/v1/attachments/{file}"), json!({ "note": "x" })),
            (Method::DELETE, format!("/api/v1/attachments/{file}"), json!({})),
        ];
        // Its owner, and an auditor, who sees all and changes nothing; a sales person elsewhere sees none of it.
        let (chen, gu, sun) = (app.token("chen").await, app.token("gu").await, app.token("sun").await);
        for path in &read {
            app.get(&chen, path).await.is(200);
            app.get(&gu, path).await.is(200);
            app.get(&sun, path).await.is(404);
            app.get(&As::Nobody, path).await.is(401);
        }
        let (chens, suns) = (app.sign_in("chen").await, app.sign_in("sun").await);
        for path in &pages {
            app.get(&chens, path).await.is(200);
            app.get(&suns, path).await.is(404);
        }
        for (method, path, body) in &change {
            app.send(&gu, method.clone(), path, body).await.is(403);
            app.send(&As::Nobody, method.clone(), path, body).await.is(401);
            // A role that does not do it is told so before anything is looked up.
            let answer = app.send(&sun, method.clone(), path, body).await.refuses();
            let status = answer.status.as_u16();
            assert!(matches!(status, 403 | 404), "{method} {path}: {status}");
            let missing = path.replace("C-chen", "C-none").replace(&file, &"0".repeat(26));
            assert_eq!(app.send(&sun, method.clone(), &missing, body).await.status.as_u16(), status, "{method} {path}");
        }
        upload(&app, &gu, &format!("{at}/attachments?name=a.pdf"), b"%PDF-1.7 x").await.is(403);
        upload(&app, &sun, &format!("{at}/attachments?name=a.pdf"), b"%PDF-1.7 x").await.is(404);
        // What is below one customer is not found below another of the asker's own.
        for path in [format!("contacts/{contact}"), format!("addresses/{place}")] {
            app.get(&sun, &format!("/api/v1/customers/C-sun/{path}")).await.is(404);
            app.send(&sun, Method::PATCH, &format!("/api/v1/customers/C-sun/{path}"), &json!({})).await.is(404);
        }
        app.get(&chen, &read[2]).await.is(200);
    }
);

testkit::each_engine!(
    async fn a_file_is_only_ever_handed_out_to_be_saved(db) {
        let app = TestApp::of(db).await;
        let ada = customers(&app).await;
        let at = "/api/v1/customers/C-chen/attachments";
        for name in ["x.html", "x.svg", "x.htm", "x.js", "x.exe"] {
            upload(&app, &ada, &format!("{at}?name={name}"), b"<script>alert(1)</script>").await.is(415);
        }
        // A page in the clothes of a text is kept, and still no browser draws it.
        let page = upload(&app, &ada, &format!("{at}?name=x.txt"), b"<script>alert(1)</script>").await.is(201).json();
        let id = page["id"].as_str().unwrap();
        let browser = app.sign_in("ada").await;
        for (who, path) in [(&ada, format!("/api/v1/attachments/{id}/content")), (&browser, format!("/attachments/{id}"))] {
            let sent = app.get(who, &path).await.is(200);
            assert!(sent.header("content-disposition").starts_with("attachment;"), "{path}");
            assert_eq!(sent.header("x-content-type-options"), "nosniff");
            assert!(sent.header("content-security-policy").contains("sandbox"), "{path}");
            assert!(!sent.header("content-type").contains("html"));
        }
    }
);

testkit::each_engine!(
    async fn credit_limits_go_along_and_of_two_finance_chooses(db) {
        let app = TestApp::of(db).await;
        customers(&app).await;
        let (xu, li) = (app.token("xu").await, app.token("li").await);
        let set = async |customer: &str, amount: &str| {
            let path = format!("/api/v1/credit/accounts/{customer}/limit");
            app.send(&xu, Method::PUT, &path, &json!({ "amount": amount, "mode": "explicit" })).await.is(200);
        };
        let limit = async |customer: &str| {
            let account = app.get(&xu, &format!("/api/v1/credit/accounts/{customer}")).await.is(200).json();
            account["limit"]["amount"].clone()
        };
        set("C-chen", "900").await;
        set("C-wu", "100").await;
        let merge = "/api/v1/customers/C-chen/merge";
        let seen = app.get(&li, &format!("{merge}?into=C-wu")).await.is(200).json();
        assert_eq!(seen["conflicts"], json!(["owner", "credit_limit"]));
        assert_eq!(limit("C-wu").await, "100.00", "looked at, and nothing changed");
        let wish = json!({ "into": "C-wu", "keep": { "owner": "C-wu", "credit_limit": "C-chen" } });
        let no = app.post(&li, merge, &wish).await.is(403);
        assert_eq!(no.json()["errors"][0]["field"], "keep.credit_limit");
        app.get(&li, "/api/v1/customers/C-chen").await.is(200);
        let done = app.post(&xu, merge, &wish).await.is(200).json();
        assert_eq!(done["moved"], json!([{ "kind": "credit_limits", "count": 1 }]));
        assert_eq!((limit("C-wu").await, limit("C-chen").await), (json!("900.00"), json!("900.00")));
        // Where only one has a limit there is nothing to choose.
        let wish = json!({ "into": "C-sun", "keep": { "owner": "C-sun" } });
        app.post(&app.token("ada").await, "/api/v1/customers/C-wu/merge", &wish).await.is(200);
        assert_eq!(limit("C-sun").await, "900.00");
    }
);

testkit::each_engine!(
    async fn who_shares_the_credit_of_a_move_goes_with_the_owner_who_holds(db) {
        let app = TestApp::of(db).await;
        let ada = customers(&app).await;
        let handed = json!({ "customers": ["C-chen"], "to": "wu", "rule": "shared_credit", "months": 6, "share": "40",
            "documents": { "orders": "stay", "drafts": "stay" }, "reason": "Chen goes south" });
        app.post(&ada, "/api/v1/moves", &handed).await.is(201);
        let split = async |number: &str, customer: &str| {
            let order = json!({ "number": number, "customer": customer, "lines": [{ "product": "EP-1", "quantity": "10" }] });
            app.post(&ada, "/api/v1/orders", &order).await.is(201);
            app.post(&ada, &format!("/api/v1/orders/{number}/confirm"), &json!({})).await.is(200);
            app.get(&ada, &format!("/api/v1/orders/{number}")).await.is(200).json()["credit"].clone()
        };
        let before = split("SO-1", "C-chen").await;
        assert_eq!(before.as_array().unwrap().len(), 2, "{before}");
        let wish = json!({ "into": "C-sun", "keep": { "owner": "C-chen" } });
        app.post(&ada, "/api/v1/customers/C-chen/merge", &wish).await.is(200);
        assert_eq!(split("SO-2", "C-sun").await, before);
        let wish = json!({ "into": "C-wu", "keep": { "owner": "C-wu" } });
        app.post(&ada, "/api/v1/customers/C-sun/merge", &wish).await.is(200);
        let after = split("SO-3", "C-wu").await;
        assert_eq!((after.as_array().unwrap().len(), &after[0]["person"]), (1, &json!("wu")), "{after}");
    }
);

testkit::each_engine!(
    async fn whoever_says_the_old_code_is_understood(db) {
        let app = TestApp::of(db).await;
        let ada = customers(&app).await;
        for (path, new) in [("people/wu", "wu-2"), ("units/east", "ost"), ("customers/C-wu", "K-7")] {
            app.send(&ada, Method::PATCH, &format!("/api/v1/{path}"), &json!({ "code": new })).await.is(200);
        }
        for (old, new) in [
            ("people/wu", "people/wu-2"),
            ("units/east", "units/ost"),
            ("people?unit=east", "people?unit=ost"),
            ("memberships?person=WU", "memberships?person=wu-2"),
            ("memberships?unit=east", "memberships?unit=ost"),
            ("customers?owner=wu", "customers?owner=wu-2"),
            ("customers?unit=east", "customers?unit=ost"),
            ("attainment?scope=person:wu", "attainment?scope=person:wu-2"),
            ("attainment?scope=unit:east", "attainment?scope=unit:ost"),
            ("credit/accounts/C-wu", "credit/accounts/K-7"),
        ] {
            let by_old = app.get(&ada, &format!("/api/v1/{old}")).await.is(200).text;
            assert_eq!(by_old, app.get(&ada, &format!("/api/v1/{new}")).await.is(200).text, "{old}");
            assert!(!by_old.contains("\"items\":[]"), "{old}: {by_old}");
        }
        let browser = app.sign_in("ada").await;
        assert!(app.get(&browser, "/customers/c-wu").await.is(200).text.contains("K-7"));
        let moved = json!({ "customers": ["C-wu"], "to": "chen", "rule": "future_only", "documents": {}, "reason": "by its old code" });
        let seen = app.post(&ada, "/api/v1/moves/preview", &moved).await.is(200).json();
        assert_eq!(seen["customers"], 1);
        let customer = json!({ "code": "c-9", "name": "Nine", "owner": "wu", "parent": "C-WU" });
        let made = app.post(&ada, "/api/v1/customers", &customer).await.is(201).json();
        assert_eq!((&made["owner"], &made["parent"]), (&json!("wu-2"), &json!("K-7")));
        for noun in ["people", "units"] {
            let code = if noun == "people" { "WU" } else { "East" };
            let no = app.post(&ada, &format!("/api/v1/{noun}"), &json!({ "code": code, "name": "New" })).await.is(409);
            assert_eq!(no.code(), "code.taken", "{noun}");
        }
    }
);

/// What tells of a move that was made then, about the record it was made with.
const HISTORY: [(&str, &str); 2] = [
    ("plan_move_customer", "customer_id"),
    ("plan_handover_item", "customer_id"),
];

/// Every column of the schema that refers to a customer.
fn references() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut table = String::new();
    for line in db::schema(Engine::Sqlite).join("\n").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["create", "table", name, ..] => table = (*name).to_owned(),
            ["alter", "table", name, "add", "column", column, ..]
                if line.contains("references book_customer (") =>
            {
                found.insert(((*name).to_owned(), (*column).to_owned()));
            }
            ["alter", "table", "book_customer", "drop", "column", column] => {
                let column = column.trim_end_matches(';').to_owned();
                found.remove(&("book_customer".to_owned(), column));
            }
            [column, ..] if line.contains("references book_customer (") => {
                found.insert((table.clone(), (*column).to_owned()));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn whatever_refers_to_a_customer_is_thought_of_when_two_become_one() {
    let followers = wiring::MERGED.iter().flat_map(|one| one.columns.iter());
    let thought: BTreeSet<(String, String)> = MOVED
        .iter()
        .map(|(_, table, column, _)| (*table, *column))
        .chain(RETRACTED)
        .chain(LEFT)
        .chain(HISTORY)
        .chain(followers.copied())
        .map(|(table, column)| (table.to_owned(), column.to_owned()))
        .collect();
    assert_eq!(
        references(),
        thought,
        "say in book's store/merging.rs what a merge does with it, or let a crate follow it"
    );
}
