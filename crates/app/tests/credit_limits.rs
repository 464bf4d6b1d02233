//! How much a customer may owe: who says so, from when to when, and what was known when.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use app::wiring;
use axum::http::Method;
use holm::{As, TODAY, TestApp};
use serde_json::{Value, json};
use sheet::FileError;
use trail::By;

const ACCOUNTS: &str = "/api/v1/credit/accounts";

/// A customer each of chen and wu in the east and of sun in the south.
async fn customers(app: &TestApp) {
    let ada = app.token("ada").await;
    for owner in ["chen", "wu", "sun"] {
        let customer = json!({ "code": format!("C-{owner}"), "name": format!("Paints of {owner}"), "owner": owner });
        app.post(&ada, "/api/v1/customers", &customer).await.is(201);
    }
}

async fn set(app: &TestApp, who: &As, customer: &str, body: Value) -> holm::Answer {
    let path = format!("{ACCOUNTS}/{customer}/limit");
    app.send(who, Method::PUT, &path, &body).await
}

async fn account(app: &TestApp, who: &As, asked: &str) -> Value {
    app.get(who, &format!("{ACCOUNTS}/{asked}"))
        .await
        .is(200)
        .json()
}

/// What an account says of a day, shortly.
fn told(account: &Value) -> String {
    let limit = &account["limit"];
    let amount = limit["amount"].as_str().unwrap_or("-");
    format!("{} {amount}", limit["mode"].as_str().unwrap())
}

/// Reads a file of credit limits in; what is wrong with it comes back as the text of its faults.
async fn import(app: &TestApp, text: &str) -> Result<(u64, u64, u64), String> {
    let layout = wiring::layout("credit-limits").unwrap();
    let none = &mut |_: &str| Err(FileError::Missing);
    let sheet = sheet::read(layout, "file.csv", text.as_bytes(), None, none).unwrap();
    let by = By::shell(page::Clock::now(&*app.clock));
    let read = app.db.write((sheet, by), |tx, (sheet, by)| {
        Box::pin(wiring::import(tx, sheet, by, TODAY))
    });
    let read = read.await.unwrap();
    read.map(|outcome| (outcome.added, outcome.changed, outcome.unchanged))
        .map_err(|faults| faults.to_string())
}

testkit::each_engine!(
    async fn finance_sets_credit_limits_and_nobody_else(db) {
        let app = TestApp::of(db).await;
        customers(&app).await;
        for who in ["ada", "li", "chen", "gu"] {
            let who = app.token(who).await;
            set(&app, &who, "C-chen", json!({ "mode": "explicit", "amount": "5" })).await.is(403);
        }
        let xu = app.token("xu").await;
        // Nothing on record is not 0: the account inherits.
        assert_eq!(told(&account(&app, &xu, "C-chen").await), "inherit -");
        let zero = set(&app, &xu, "C-chen", json!({ "mode": "explicit", "amount": "0" })).await.is(200).json();
        assert_eq!((told(&zero), &zero["limit"]["valid_from"]), ("explicit 0.00".into(), &json!(null)), "the first, from the beginning");
        assert_eq!((&zero["limit"]["currency"], &zero["version"]), (&json!("EUR"), &json!(1)));
        for (body, code, field) in [
            (json!({ "mode": "explicit" }), "credit_limit.amount", "amount"),
            (json!({ "mode": "blocked", "amount": "0" }), "credit_limit.amount", "amount"),
            (json!({ "mode": "explicit", "amount": "-1" }), "credit_limit.amount", "amount"),
            (json!({ "mode": "some" }), "credit_limit.mode", "mode"),
            (json!({}), "credit_limit.mode", "mode"),
            (json!({ "amount": "1", "currency": "XAU" }), "currency.unknown", "currency"),
            (json!({ "amount": "1", "valid_from": "2026-07-01", "valid_to": "2026-07-01" }), "credit_limit.empty", "valid_to"),
            (json!({ "amount": "1", "valid_to": "soon" }), "date.malformed", "valid_to"),
        ] {
            let no = set(&app, &xu, "C-chen", body.clone()).await.is(422);
            assert_eq!((no.code().as_str(), &no.json()["errors"][0]["field"]), (code, &json!(field)), "{body}");
        }
        set(&app, &xu, "C-chen", json!({ "amount": "1", "until": "2027-01-01" })).await.is(422);
        assert_eq!(account(&app, &xu, "C-chen").await["history"].as_array().unwrap().len(), 1, "refusals leave nothing");
    }
);

testkit::each_engine!(
    async fn a_credit_limit_has_its_days_and_what_was_known_stays_known(db) {
        let app = TestApp::of(db).await;
        customers(&app).await;
        let xu = app.token("xu").await;
        set(&app, &xu, "C-wu", json!({ "amount": "1000" })).await.is(200);
        app.clock.pass(60);
        let season = json!({ "mode": "explicit", "amount": "1500.50", "valid_from": "2026-07-01", "valid_to": "2026-09-01", "reason": "summer season" });
        set(&app, &xu, "C-wu", season.clone()).await.is(200);
        app.clock.pass(60);
        // Later ones hold from today if no day is said.
        let now = set(&app, &xu, "C-wu", json!({ "mode": "blocked", "valid_to": "2026-06-20" })).await.is(200).json();
        assert_eq!((told(&now), &now["limit"]["valid_from"]), ("blocked -".into(), &json!("2026-06-16")));
        for (day, expected) in [
            ("2020-01-01", "explicit 1000.00"),
            ("2026-06-15", "explicit 1000.00"),
            ("2026-06-19", "blocked -"),
            ("2026-06-20", "explicit 1000.00"),
            ("2026-07-01", "explicit 1500.50"),
            ("2026-08-31", "explicit 1500.50"),
            ("2026-09-01", "explicit 1000.00"),
        ] {
            assert_eq!(told(&account(&app, &xu, &format!("C-wu?as_of={day}")).await), expected, "{day}");
        }
        // Half an hour after the first change nobody knew of the others.
        let early = account(&app, &xu, "C-wu?as_of=2026-07-15&known_at=2026-06-16T12:30:00Z").await;
        assert_eq!((told(&early), early["history"].as_array().unwrap().len()), ("explicit 1000.00".into(), 1));
        // The same again changes nothing, and an old copy is refused.
        let before = account(&app, &xu, "C-wu").await;
        set(&app, &xu, "C-wu", season.clone()).await.is(200);
        assert_eq!(account(&app, &xu, "C-wu").await, before);
        let path = format!("{ACCOUNTS}/C-wu/limit");
        let amount = json!({ "amount": "2000" });
        app.send_with(&xu, Method::PUT, &path, &amount, &[("if-match", "\"v1\"")]).await.is(412);
        let tag = app.get(&xu, &format!("{ACCOUNTS}/C-wu")).await.is(200).header("etag").to_owned();
        app.send_with(&xu, Method::PUT, &path, &amount, &[("if-match", &tag)]).await.is(200);
        app.get(&xu, &format!("{ACCOUNTS}/C-wu?as_of=june")).await.is(400);
    }
);

testkit::each_engine!(
    async fn an_account_is_seen_by_whoever_sees_its_customer(db) {
        let app = TestApp::of(db).await;
        customers(&app).await;
        let xu = app.token("xu").await;
        set(&app, &xu, "C-chen", json!({ "amount": "700" })).await.is(200);
        for (who, sees) in [("chen", vec!["C-chen"]), ("li", vec!["C-chen", "C-wu"]), ("gu", vec!["C-chen", "C-sun", "C-wu"])] {
            let program = app.token(who).await;
            let list = app.get(&program, ACCOUNTS).await.is(200).json();
            let codes: Vec<&str> = list["items"].as_array().unwrap().iter().map(|one| one["customer"].as_str().unwrap()).collect();
            assert_eq!(codes, sees, "{who}");
            assert_eq!(told(&list["items"][0]), "explicit 700.00");
            for customer in ["C-chen", "C-wu", "C-sun"] {
                let status = if sees.contains(&customer) { 200 } else { 404 };
                app.get(&program, &format!("{ACCOUNTS}/{customer}")).await.is(status);
            }
        }
        let chen = app.token("chen").await;
        let theirs = app.get(&chen, &format!("{ACCOUNTS}/C-wu")).await.is(404);
        let nobodys = app.get(&chen, &format!("{ACCOUNTS}/C-no")).await.is(404);
        assert_eq!(theirs.text.replace("wu", "no"), nobodys.text);
        set(&app, &xu, "C-no", json!({ "amount": "1" })).await.is(404);
        let page = app.get(&xu, &format!("{ACCOUNTS}?limit=2")).await.is(200).json();
        let next = page["next_cursor"].as_str().unwrap();
        let rest = app.get(&xu, &format!("{ACCOUNTS}?limit=2&cursor={next}")).await.is(200).json();
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        app.get(&xu, &format!("{ACCOUNTS}?status=some")).await.is(400);
    }
);

testkit::each_engine!(
    async fn a_file_of_credit_limits_is_read_in_once(db) {
        let app = TestApp::of(db).await;
        customers(&app).await;
        let file = "customer,mode,amount,from,to\n\
            C-chen,,21000.50,,\n\
            C-wu,,0,,2026-01-01\n\
            C-wu,unlimited,,2026-01-01,\n\
            C-sun,blocked,,,\n";
        assert_eq!(import(&app, file).await, Ok((4, 0, 0)));
        app.clock.pass(60);
        assert_eq!(import(&app, file).await, Ok((0, 0, 4)));
        // A new amount without a first day holds from today.
        assert_eq!(import(&app, "customer,amount\nC-chen,30000\n").await, Ok((0, 1, 0)));
        let xu = app.token("xu").await;
        for (asked, expected) in [
            ("C-chen?as_of=2026-06-15", "explicit 21000.50"),
            ("C-chen", "explicit 30000.00"),
            ("C-wu?as_of=2025-12-31", "explicit 0.00"),
            ("C-wu", "unlimited -"),
            ("C-sun", "blocked -"),
        ] {
            assert_eq!(told(&account(&app, &xu, asked).await), expected, "{asked}");
        }
        let wrong = "customer,mode,amount,from,to\n\
            C-no,,1,,\n\
            C-chen,,,,\n\
            C-chen,some,,,\n\
            C-chen,blocked,5,,\n\
            C-chen,,5,2026-07-01,2026-06-01\n\
            C-wu,,5,2026-07-01,\n\
            C-wu,,6,2026-08-01,\n";
        let faults = import(&app, wrong).await.unwrap_err();
        for fault in [
            "row 2, column “customer”: There is no customer C-no.",
            "row 3: The row has neither a mode nor an amount.",
            "row 4, column “mode”: “some” is no kind",
            "row 5, column “amount”: Only an explicit",
            "row 6, column “to”: 2026-06-01 is not after",
            "row 8, column “from”: Row 7 of the file gives these days a credit limit.",
        ] {
            assert!(faults.contains(fault), "{fault} in {faults}");
        }
        assert_eq!(faults.lines().count(), 6, "{faults}");
        assert_eq!(told(&account(&app, &xu, "C-wu?as_of=2026-08-01").await), "unlimited -", "nothing of a faulty file stays");
    }
);
