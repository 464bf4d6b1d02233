//! What a program may rely on, for every noun alike: each has a list, one, a create and a change; a
//! field nobody knows is refused; a key takes effect once, however many send it at once; a stale copy
//! changes nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use std::{collections::BTreeMap, sync::Arc};

use axum::http::Method;
use holm::{As, TestApp};
use serde_json::{Map, Value, json};

/// Addresses that are no nouns of their own: figures, and what belongs to the noun before it.
const NO_NOUNS: [&str; 6] = [
    "attainment",
    "attachments",
    "balances",
    "customer-duplicates",
    "open-items",
    "plan",
];

/// What a noun lacks because it is done in another way, which is said beside it.
const OTHERWISE: [(&str, &str); 10] = [
    // Which there are is not ours to say: ISO 4217 does.
    ("currencies", "create"),
    ("currencies", "change"),
    // Told by a span of days: a span is recorded anew, and what was known before stays.
    ("prices", "one"),
    ("prices", "change"),
    ("special-prices", "one"),
    ("special-prices", "change"),
    // A move begins it, and those who hand over accept it.
    ("handovers", "create"),
    ("handovers", "change"),
    // What was carried out is moved back, not changed.
    ("moves", "change"),
    // Its cells are set, and it is published and revised.
    ("plans", "change"),
];

/// The verbs of an address.
type Verbs = Map<String, Value>;

/// Every noun of the API with the verbs its list and its single address answer.
fn nouns(document: &Value) -> BTreeMap<String, (Verbs, Option<Verbs>)> {
    let paths = document["paths"].as_object().unwrap();
    let mut nouns = BTreeMap::new();
    for (path, methods) in paths {
        let rest = path.strip_prefix("/api/v1/").unwrap();
        if rest.contains('/') || rest.contains('{') || NO_NOUNS.contains(&rest) {
            continue;
        }
        let one = paths
            .iter()
            .find(|(other, _)| {
                let below = other.strip_prefix(&format!("{path}/{{"));
                below.is_some_and(|below| {
                    below.ends_with('}') && below.split('/').all(|part| part.ends_with('}'))
                })
            })
            .map(|(_, methods)| methods.as_object().unwrap().clone());
        nouns.insert(rest.to_owned(), (methods.as_object().unwrap().clone(), one));
    }
    nouns
}

/// What a noun lacks.
fn lacking(list: &Map<String, Value>, one: Option<&Map<String, Value>>) -> Vec<&'static str> {
    let has = |verb: &str| one.is_some_and(|one| one.contains_key(verb));
    let verbs = [
        ("list", list.contains_key("get")),
        ("create", list.contains_key("post")),
        ("one", has("get")),
        ("change", has("patch") || has("put")),
    ];
    let lacks = verbs.into_iter().filter(|(_, there)| !there);
    lacks.map(|(verb, _)| verb).collect()
}

#[test]
fn every_noun_has_its_verbs() {
    let nouns = nouns(app::describe::document());
    assert!(10 <= nouns.len(), "{:?}", nouns.keys());
    let mut lacks: Vec<(&str, &str)> = nouns
        .iter()
        .flat_map(|(noun, (list, one))| {
            let lacks = lacking(list, one.as_ref()).into_iter();
            lacks.map(move |verb| (noun.as_str(), verb))
        })
        .collect();
    let mut known = OTHERWISE.to_vec();
    lacks.sort_unstable();
    known.sort_unstable();
    assert_eq!(lacks, known);
}

/// The control: a noun that can only be listed is found out.
#[test]
fn a_noun_that_lacks_a_verb_is_found_out() {
    let document = json!({ "paths": {
        "/api/v1/things": { "get": {} },
        "/api/v1/things/{code}": { "get": {} },
    } });
    let nouns = nouns(&document);
    let (list, one) = &nouns["things"];
    assert_eq!(lacking(list, one.as_ref()), ["create", "change"]);
}

/// One of each noun that can be made in one request, under a code of the asker's choice.
fn makings() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("units", "ada", json!({ "code": "CODE", "name": "Made" })),
        ("people", "ada", json!({ "code": "CODE", "name": "Made" })),
        (
            "customer-groups",
            "xu",
            json!({ "code": "CODE", "name": "Made" }),
        ),
        (
            "product-groups",
            "xu",
            json!({ "code": "CODE", "name": "Made" }),
        ),
        (
            "customers",
            "chen",
            json!({ "code": "CODE", "name": "Made" }),
        ),
        ("products", "xu", json!({ "code": "CODE", "name": "Made" })),
    ]
}

/// Fields that would let an asker take more than is theirs, as they are guessed at.
const GUESSED: [&str; 12] = [
    "id",
    "credit_limit",
    "owner_id",
    "org_id",
    "approved_by",
    "balance",
    "is_admin",
    "version",
    "created_at",
    "merged_into",
    "search_key",
    "login",
];

testkit::each_engine!(
    async fn a_field_nobody_knows_is_refused_and_changes_nothing(db) {
        let app = TestApp::of(db).await;
        for (place, (noun, who, body)) in makings().into_iter().enumerate() {
            let who = app.token(who).await;
            let code = format!("m-{place}");
            let made: Value = serde_json::from_str(&body.to_string().replace("CODE", &code)).unwrap();
            let at = format!("/api/v1/{noun}/{code}");
            app.post(&who, &format!("/api/v1/{noun}"), &made).await.is(201);
            let admin = app.token("ada").await;
            let before = app.get(&admin, &at).await.is(200).text;
            for field in GUESSED {
                for value in [json!("1"), json!({ "nested": true })] {
                    let answer = app.send(&admin, Method::PATCH, &at, &json!({ field: value })).await.is(422);
                    assert_eq!(answer.json()["errors"][0]["field"], field, "{noun}");
                    let mut new = made.clone();
                    new["code"] = json!("never");
                    new[field] = value.clone();
                    app.post(&who, &format!("/api/v1/{noun}"), &new).await.is(422);
                }
            }
            let twice = r#"{"name":"One","name":"Two"}"#;
            let request = holm::asked(Method::PATCH, &at, &admin).header("content-type", "application/json");
            app.ask(request.body(twice.into()).unwrap()).await.refuses();
            assert_eq!(app.get(&admin, &at).await.is(200).text, before, "{noun}");
            app.get(&admin, &format!("/api/v1/{noun}/never")).await.is(404);
        }
    }
);

testkit::each_engine!(
    async fn sixty_four_at_once_with_one_key_are_one(db) {
        let app = Arc::new(TestApp::of(db).await);
        let chen = app.token("chen").await;
        let body = json!({ "code": "once", "name": "Once" });
        let crowd = (0..64).map(|_| {
            let (app, chen, body) = (Arc::clone(&app), chen.clone(), body.clone());
            tokio::spawn(async move {
                let key = [("idempotency-key", "crowd-1")];
                let sent = app.send_with(&chen, Method::POST, "/api/v1/customers", &body, &key);
                let answer = sent.await;
                (answer.status.as_u16(), answer.text)
            })
        });
        let crowd: Vec<_> = crowd.collect();
        let mut answers = BTreeMap::new();
        for one in crowd {
            *answers.entry(one.await.unwrap()).or_insert(0) += 1;
        }
        let made: Vec<&String> = answers.keys().filter(|(status, _)| *status == 201).map(|(_, text)| text).collect();
        assert_eq!(made.len(), 1, "{answers:?}");
        assert!(answers.keys().all(|(status, _)| matches!(status, 201 | 409)), "{answers:?}");
        let list = app.get(&chen, "/api/v1/customers").await.is(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        // Another body under the key is a mistake; another person's key is another key.
        let other = json!({ "code": "twice", "name": "Twice" });
        let key = [("idempotency-key", "crowd-1")];
        let post = async |who: &As, body: &Value| app.send_with(who, Method::POST, "/api/v1/customers", body, &key).await;
        assert_eq!(post(&chen, &other).await.is(422).code(), "idempotency.other_body");
        let wu = app.token("wu").await;
        post(&wu, &other).await.is(201);
    }
);

testkit::each_engine!(
    async fn a_key_has_1_to_64_characters(db) {
        let app = TestApp::of(db).await;
        let chen = app.token("chen").await;
        for (key, status) in [("", 400), (" ", 400), (&"k".repeat(65), 400), ("schlüssel", 400), (&"k".repeat(64), 201)] {
            let body = json!({ "code": "c", "name": "C" });
            app.send_with(&chen, Method::POST, "/api/v1/customers", &body, &[("idempotency-key", key)]).await.is(status);
        }
    }
);

testkit::each_engine!(
    async fn of_two_editors_the_later_one_is_told(db) {
        let app = TestApp::of(db).await;
        let admin = app.token("ada").await;
        for (place, (noun, who, body)) in makings().into_iter().enumerate() {
            let who = app.token(who).await;
            let code = format!("e-{place}");
            let made: Value = serde_json::from_str(&body.to_string().replace("CODE", &code)).unwrap();
            app.post(&who, &format!("/api/v1/{noun}"), &made).await.is(201);
            let at = format!("/api/v1/{noun}/{code}");
            let tag = app.get(&admin, &at).await.is(200).header("etag").to_owned();
            let rename = async |name: &str, tag: &str| {
                app.send_with(&admin, Method::PATCH, &at, &json!({ "name": name }), &[("if-match", tag)]).await
            };
            rename("First", &tag).await.is(200);
            assert_eq!(rename("Second", &tag).await.is(412).code(), "stale", "{noun}");
            for wrong in ["\"v0\"", "\"abc\"", "W/\"x\"", "v"] {
                rename("Third", wrong).await.is(412);
            }
            assert_eq!(app.get(&admin, &at).await.json()["name"], "First", "{noun}");
        }
    }
);

testkit::each_engine!(
    async fn an_amount_that_cannot_be_is_refused(db) {
        let app = TestApp::of(db).await;
        let (xu, chen) = (app.token("xu").await, app.token("chen").await);
        app.post(&xu, "/api/v1/products", &json!({ "code": "p", "name": "P", "list_price": "1" })).await.is(201);
        app.post(&chen, "/api/v1/customers", &json!({ "code": "c", "name": "C" })).await.is(201);
        let order = |quantity: Value, price: Value| {
            json!({ "customer": "c", "lines": [{ "product": "p", "quantity": quantity, "unit_price": price }] })
        };
        let whole = json!("1");
        for wrong in [
            json!(-1), json!(0), json!("0"), json!("1e3"), json!("NaN"), json!("1e308"), json!(1e308), json!("∞"), json!("0x10"),
            json!("1,000"), json!(""), json!(null), json!(true), json!("9223372036854775808"), json!("0.0000001"),
        ] {
            app.post(&chen, "/api/v1/orders", &order(wrong.clone(), whole.clone())).await.is(422);
        }
        for wrong in [json!("-0.01"), json!("1e3"), json!("NaN"), json!(1), json!("9223372036854775808"), json!("0.0000001")] {
            app.post(&chen, "/api/v1/orders", &order(whole.clone(), wrong.clone())).await.is(422);
        }
        // Each fits, their product does not.
        let much = order(json!("9000000000000"), json!("9000000000000"));
        app.post(&chen, "/api/v1/orders", &much).await.is(422);
        let other = json!({ "customer": "c", "currency": "XXX", "lines": [{ "product": "p", "quantity": "1" }] });
        app.post(&chen, "/api/v1/orders", &other).await.is(422);
        assert_eq!(app.get(&chen, "/api/v1/orders").await.is(200).json()["items"], json!([]));
    }
);
