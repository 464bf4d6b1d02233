//! What every answer has in common: problems, headers, one effect per key, versions, the document.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use axum::{body::Body, http::Method};
use holm::{Answer, As, TestApp, asked};
use serde_json::{Value, json};

testkit::each_engine!(
    async fn every_no_of_the_api_is_a_problem_document(db) {
        let app = TestApp::of(db).await;
        let (ada, chen) = (app.token("ada").await, app.token("chen").await);
        let new = json!({ "code": "north", "name": "North" });
        let answers = [
            ("unauthorized", app.get(&As::Nobody, "/api/v1/units").await.is(401)),
            ("forbidden", app.post(&chen, "/api/v1/units", &new).await.is(403)),
            ("missing", app.get(&ada, "/api/v1/units/none").await.is(404)),
            ("missing", app.get(&ada, "/api/v1/nothing").await.is(404)),
            ("method", app.send(&ada, Method::DELETE, "/api/v1/units", &new).await.is(405)),
            ("code.taken", app.post(&ada, "/api/v1/units", &json!({ "code": "EAST", "name": "E" })).await.is(409)),
            ("code.malformed", app.post(&ada, "/api/v1/units", &json!({ "code": "a b", "name": "E" })).await.is(422)),
            ("field", app.post(&ada, "/api/v1/units", &json!({ "code": "x" })).await.is(422)),
            ("page.limit", app.get(&ada, "/api/v1/units?limit=0").await.is(400)),
            ("page.cursor", app.get(&ada, "/api/v1/units?cursor=x").await.is(400)),
        ];
        for (code, answer) in answers {
            assert_eq!(answer.code(), code);
            let problem = answer.json();
            assert_eq!(problem["status"], answer.status.as_u16());
            for part in ["type", "title", "detail", "instance"] {
                assert!(problem[part].as_str().is_some_and(|text| !text.is_empty()), "{code}: {part}");
            }
            assert!(problem["errors"].is_array());
        }
    }
);

testkit::each_engine!(
    async fn a_key_takes_effect_once(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        let key = [("idempotency-key", "unit-1")];
        let north = json!({ "code": "north", "name": "North", "kind": "region" });
        let post = async |body: &Value| app.send_with(&ada, Method::POST, "/api/v1/units", body, &key).await;
        let first = post(&north).await.is(201);
        assert_eq!(first.header("location"), "/api/v1/units/north");
        let again = post(&north).await.is(201);
        assert_eq!((again.text.clone(), again.header("location")), (first.text.clone(), first.header("location")));
        let other = post(&json!({ "code": "west", "name": "West" })).await.is(422);
        assert_eq!(other.code(), "idempotency.other_body");
        app.get(&ada, "/api/v1/units/west").await.is(404);
        app.post(&ada, "/api/v1/units", &north).await.is(409);
    }
);

testkit::each_engine!(
    async fn a_stale_copy_changes_nothing(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        let tag = app.get(&ada, "/api/v1/units/east").await.is(200).header("etag").to_owned();
        let rename = async |name: &str, tag: &str| {
            let body = json!({ "name": name });
            app.send_with(&ada, Method::PATCH, "/api/v1/units/east", &body, &[("if-match", tag)]).await
        };
        rename("East and more", &tag).await.is(200);
        let stale = rename("East again", &tag).await.is(412);
        assert_eq!(stale.code(), "stale");
        let kept = app.get(&ada, "/api/v1/units/east").await.is(200);
        assert_eq!(kept.json()["name"], "East and more");
        rename("East", kept.header("etag")).await.is(200);
    }
);

testkit::each_engine!(
    async fn lists_are_handed_out_page_by_page(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        let mut codes = Vec::new();
        let mut path = "/api/v1/people?limit=3".to_owned();
        loop {
            let page = app.get(&ada, &path).await.is(200).json();
            codes.extend(page["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => path = format!("/api/v1/people?limit=3&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(codes, ["admin", "chen", "gu", "li", "sun", "wu", "xu"]);
    }
);

testkit::each_engine!(
    async fn every_answer_carries_the_headers_that_keep_it_safe(db) {
        let app = TestApp::of(db).await;
        let li = app.sign_in("li").await;
        for path in ["/sign-in", "/people", "/customers", "/nothing", "/api/docs", "/api/openapi.json", "/api/v1/units", "/healthz", "/readyz", "/assets/style.css"] {
            let answer = app.get(&li, path).await;
            assert!(answer.header("content-security-policy").contains("default-src 'self'"), "{path}");
            assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert!(answer.headers.contains_key("referrer-policy"), "{path}");
            assert!(answer.headers.contains_key("cache-control"), "{path}");
        }
    }
);

testkit::each_engine!(
    async fn a_probe_tells_whether_the_program_is_alive_and_ready(db) {
        let app = TestApp::of(db.clone()).await;
        app.get(&As::Nobody, "/healthz").await.is(200);
        app.get(&As::Nobody, "/readyz").await.is(200);
        db.close().await;
        app.get(&As::Nobody, "/healthz").await.is(200);
        let closed = app.get(&As::Nobody, "/readyz").await;
        assert!(closed.status.is_server_error(), "{}", closed.status);
    }
);

testkit::each_engine!(
    async fn the_described_routes_are_the_served_ones(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        let document = app.get(&As::Nobody, "/api/openapi.json").await.is(200).json();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let mut count = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            let concrete = concrete(path);
            for method in methods.as_object().unwrap().keys() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let request = asked(method.clone(), &concrete, &ada)
                    .header("content-type", "application/json")
                    .body(Body::from("{}"));
                let answer = app.ask(request.unwrap()).await;
                assert!(is_served(&answer), "{method} {path}: {} {}", answer.status, answer.text);
                count += 1;
            }
        }
        assert!(10 <= count, "{count}");
    }
);

testkit::each_engine!(
    async fn lists_take_the_questions_they_are_said_to_take(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        let document = app.get(&As::Nobody, "/api/openapi.json").await.json();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for one in methods["get"]["parameters"].as_array().into_iter().flatten() {
                if one["in"] != "query" {
                    continue;
                }
                let name = one["name"].as_str().unwrap();
                let value = if name == "limit" || name == "version" { "1" } else { "" };
                let answer = app.get(&ada, &format!("{}?{name}={value}", concrete(path))).await;
                assert!(!answer.text.contains("unknown field"), "{path}?{name}: {}", answer.text);
            }
        }
    }
);

/// A path with something in the place of each name.
fn concrete(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push_str("no-such-code");
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// Not what the router itself says of addresses and methods it does not know.
fn is_served(answer: &Answer) -> bool {
    let unknown = answer.status == 404 && answer.text.contains("There is nothing at this address");
    answer.status != 405 && !unknown && !answer.status.is_server_error()
}

testkit::each_engine!(
    async fn the_api_is_readable_by_people(db) {
        let app = TestApp::of(db).await;
        let page = app.get(&As::Nobody, "/api/docs").await.is(200);
        assert_eq!(page::check_markup(&page.text), Ok(()));
        assert!(page.text.contains("/api/v1/units/{code}"));
        assert!(!page.text.contains("https://"), "nothing is loaded from elsewhere");
    }
);

#[test]
fn sample_pages_are_sound_and_all_texts_fit_together() {
    for lang in [page::Lang::En, page::Lang::ZhCn] {
        let frame = page::Frame::sample(lang, app::wiring::TEXTS);
        for group in app::wiring::navigation() {
            let keys = group
                .title_key
                .into_iter()
                .chain(group.items.iter().map(|item| item.text_key));
            for key in keys {
                assert!(frame.texts.has(key), "{key}");
            }
        }
        let all = [
            org::web::samples(&frame),
            book::web::samples(&frame),
            plan::web::samples(&frame),
            desk::web::samples(&frame),
            app::describe::samples(&frame),
        ];
        for (name, markup) in all.into_iter().flatten() {
            assert_eq!(
                page::check_markup(&markup.into_string()),
                Ok(()),
                "{name} in {lang:?}"
            );
        }
    }
}

testkit::each_engine!(
    async fn a_code_with_a_slash_has_a_place_of_its_own(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        let made = app.post(&ada, "/api/v1/units", &json!({ "code": "a/b", "name": "Slash" })).await.is(201);
        let place = made.header("location").to_owned();
        assert_eq!(app.get(&ada, &place).await.is(200).json()["code"], "a/b");
        app.post(&ada, "/api/v1/customers", &json!({ "code": "c/1", "name": "Slash" })).await.is(201);
        let ada = app.sign_in("ada").await;
        let list = app.get(&ada, "/customers").await.is(200);
        assert!(list.text.contains("/customers/c%2F1"));
        app.get(&ada, "/customers/c%2F1").await.is(200);
    }
);
