//! Who gets in: signing in and out, wrong passwords, tokens, the first run, other sites.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use axum::{body::Body, http::Method};
use holm::{As, PASSWORD, TestApp, asked};
use org::web::first_run::SetupCode;
use serde_json::json;

testkit::each_engine!(
    async fn a_person_signs_in_looks_and_signs_out(db) {
        let app = TestApp::of(db).await;
        let stranger = app.get(&As::Nobody, "/people").await.is(303);
        assert_eq!(stranger.header("location"), "/sign-in?next=%2Fpeople");
        let page = app.get(&As::Nobody, "/sign-in?next=%2Fpeople").await.is(200);
        assert_eq!(page::check_markup(&page.text), Ok(()));

        let li = app.sign_in("li").await;
        let people = app.get(&li, "/people").await.is(200);
        assert!(people.text.contains("Holm") && people.text.contains("chen"));
        assert_eq!(page::check_markup(&people.text), Ok(()));

        app.form(&li, "/sign-out", &[]).await.is(303);
        app.get(&li, "/people").await.is(303);
    }
);

testkit::each_engine!(
    async fn the_fifth_wrong_password_closes_the_login_for_a_quarter_of_an_hour(db) {
        let app = TestApp::of(db).await;
        let wrong = [("email", "chen@holm.example"), ("password", "not the password")];
        for _ in 0..5 {
            app.form(&As::Nobody, "/sign-in", &wrong).await.is(422);
        }
        let right = [("email", "chen@holm.example"), ("password", PASSWORD)];
        app.form(&As::Nobody, "/sign-in", &right).await.is(429);
        app.sign_in("wu").await;
        app.clock.pass(16);
        app.form(&As::Nobody, "/sign-in", &right).await.is(303);
        let mut tx = app.db.read().await.unwrap();
        let left: Vec<(String, String)> = tx
            .q("select action, why from trail_audit where subject = 'chen' and noun = 'session' order by id limit 20")
            .all()
            .await
            .unwrap();
        let failed = left.iter().filter(|(action, _)| action == "sign-in-failed").count();
        assert_eq!((failed, left[4].1.as_str(), left[5].0.as_str()), (5, "locked", "sign-in"));
    }
);

testkit::each_engine!(
    async fn guesses_sent_side_by_side_count_one_by_one(db) {
        let app = TestApp::of(db).await;
        let wrong = [("email", "chen@holm.example"), ("password", "not the password")];
        let guess = || app.form(&As::Nobody, "/sign-in", &wrong);
        let (one, _, _, _, _, last) = tokio::join!(guess(), guess(), guess(), guess(), guess(), guess());
        assert_eq!((one.status.as_u16(), last.status.as_u16()), (422, 422), "none of them knew of another");
        let right = [("email", "chen@holm.example"), ("password", PASSWORD)];
        app.form(&As::Nobody, "/sign-in", &right).await.is(429);
        app.sign_in("wu").await;
    }
);

testkit::each_engine!(
    async fn unknown_addresses_and_wrong_passwords_look_the_same(db) {
        let app = TestApp::of(db).await;
        let unknown = [("email", "nobody@holm.example"), ("password", "not the password")];
        let wrong = [("email", "wu@holm.example"), ("password", "not the password")];
        let unknown = app.form(&As::Nobody, "/sign-in", &unknown).await.is(422);
        let wrong = app.form(&As::Nobody, "/sign-in", &wrong).await.is(422);
        assert_eq!(unknown.text.replace("nobody@", "wu@"), wrong.text);
    }
);

testkit::each_engine!(
    async fn a_session_ends_after_three_days_without_use(db) {
        let app = TestApp::of(db).await;
        let wu = app.sign_in("wu").await;
        app.clock.pass(2 * 24 * 60);
        app.get(&wu, "/people").await.is(200);
        app.clock.pass(2 * 24 * 60);
        app.get(&wu, "/people").await.is(200);
        app.clock.pass(3 * 24 * 60 + 1);
        app.get(&wu, "/people").await.is(303);
    }
);

testkit::each_engine!(
    async fn a_token_opens_the_api_and_nothing_else(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        app.get(&ada, "/api/v1/units").await.is(200);
        app.get(&ada, "/people").await.is(303);
        let nobody = app.get(&As::Nobody, "/api/v1/units").await.is(401);
        assert_eq!(nobody.code(), "unauthorized");
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        let invented = As::Program("0".repeat(64));
        app.get(&invented, "/api/v1/units").await.is(401);
    }
);

testkit::each_engine!(
    async fn other_sites_cannot_act_for_a_signed_in_person(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        for (path, kind) in [("/sign-out", "application/x-www-form-urlencoded"), ("/api/v1/units", "application/json")] {
            let foreign = asked(Method::POST, path, &ada)
                .header("content-type", kind)
                .header("sec-fetch-site", "cross-site")
                .header("origin", "https://there.example")
                .body(Body::from(json!({ "code": "x", "name": "X" }).to_string()))
                .unwrap();
            app.ask(foreign).await.is(403);
        }
        app.get(&ada, "/people").await.is(200);
        app.get(&ada, "/api/v1/units/x").await.is(404);
    }
);

testkit::each_engine!(
    async fn the_first_run_needs_its_code_and_happens_once(db) {
        let app = TestApp::empty(db, SetupCode(Some("open-sesame".to_owned())));
        let away = app.get(&As::Nobody, "/sign-in").await.is(303);
        assert_eq!(away.header("location"), "/first-run");
        let page = app.get(&As::Nobody, "/first-run?code=open-sesame").await.is(200);
        assert_eq!(page::check_markup(&page.text), Ok(()));
        let typed = |code| [
            ("code", code), ("company", "Holm"), ("currency", "EUR"), ("country", "DE"), ("zone", "Europe/Berlin"),
            ("fiscal_start_month", "1"), ("name", "Ada"), ("email", "ada@holm.example"), ("password", PASSWORD),
        ];
        app.form(&As::Nobody, "/first-run", &typed("guessed")).await.is(422);
        app.form(&As::Nobody, "/first-run", &typed("open-sesame")).await.is(303);
        app.form(&As::Nobody, "/first-run", &typed("open-sesame")).await.is(404);
        let ada = app.sign_in("ada").await;
        app.get(&ada, "/people").await.is(200);
    }
);
