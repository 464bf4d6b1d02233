//! What a customer pays by: a dated fact with two times, by hand and from files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app, app_at, at, book, import, send};
use serde_json::{Value, json};

async fn ok(app: &Router, asked: &str, body: &str) -> Value {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    assert!(status < 300, "{asked} {body}: {status} {answer}");
    answer
}

async fn no(app: &Router, asked: &str, body: &str) -> (u16, String, String) {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        status,
        text(&answer["code"]),
        text(&answer["errors"][0]["field"]),
    )
}

/// Half with the invoice, half at the end of the month after.
const HALVES: &str = r#"{"code":"halves","name":"Halves","parts":[
    {"percent":"50","clock":"invoice"},{"percent":"50","clock":"invoice","days":30,"end_of_month":true}]}"#;

const ALPHA: &str = "/api/v1/customers/alpha";

/// What alpha paid and pays by, shortly.
async fn held(app: &Router, query: &str) -> Vec<String> {
    let all = ok(app, &format!("GET {ALPHA}/payment-terms{query}"), "").await;
    let text = |value: &Value| value.to_string().replace('"', "").replace("null", "-");
    let rows = all["items"].as_array().unwrap().iter();
    rows.map(|one| {
        let agreed = [&one["payment_terms"], &one["payment_terms_days"]].map(text);
        format!(
            "{} {} {} {}",
            agreed[0],
            agreed[1],
            text(&one["from"]),
            text(&one["to"])
        )
    })
    .collect()
}

/// The days on which an invoice of alpha's over 100.00 is due.
async fn due(app: &Router, number: &str, day: &str) -> Vec<String> {
    let body = json!({"number": number, "customer": "alpha", "date": day, "amount_gross": "100"});
    let made = ok(app, "POST /api/v1/invoices", &body.to_string()).await;
    let parts = made["instalments"].as_array().unwrap().iter();
    parts
        .map(|one| {
            format!(
                "{} {}",
                one["due_date"].as_str().unwrap(),
                one["amount"].as_str().unwrap()
            )
        })
        .collect()
}

testkit::each_engine!(
    async fn other_terms_begin_on_a_day_and_invoices_take_those_of_their_own(db) {
        book(&db).await;
        let now = app(&db);
        ok(&now, "POST /api/v1/payment-terms", HALVES).await;
        // The first terms a customer ever has always held; others hold from today on.
        ok(&now, &format!("PATCH {ALPHA}"), r#"{"payment_terms_days":30}"#).await;
        assert_eq!(held(&now, "").await, ["- 30 - -"]);
        let shown = ok(&now, &format!("PATCH {ALPHA}"), r#"{"payment_terms":"HALVES"}"#).await;
        assert_eq!((&shown["payment_terms"], &shown["payment_terms_days"]), (&json!("halves"), &json!(null)));
        assert_eq!(held(&now, "").await, ["- 30 - 2026-06-16", "halves - 2026-06-16 -"]);
        // What is so already stays, and so does what is not spoken of.
        for same in [r#"{"payment_terms":"halves"}"#, r#"{"payment_terms_days":null}"#, r#"{"city":"Bonn"}"#] {
            ok(&now, &format!("PATCH {ALPHA}"), same).await;
        }
        assert_eq!(held(&now, "").await.len(), 2);
        // Yesterday's invoice goes by yesterday's terms, though it is written down today.
        assert_eq!(due(&now, "I-1", "2026-06-15").await, ["2026-07-15 100.00"]);
        assert_eq!(due(&now, "I-2", "2026-06-16").await, ["2026-06-16 50.00", "2026-07-31 50.00"]);
        // It turns out that 45 days were agreed in May; what was known before is told as it was.
        let later = app_at(&db, 2_000);
        let may = r#"{"payment_terms_days":45,"from":"2026-05-01","to":"2026-06-01"}"#;
        ok(&later, &format!("POST {ALPHA}/payment-terms"), may).await;
        assert_eq!(held(&later, "").await, ["- 30 - 2026-05-01", "- 45 2026-05-01 2026-06-01", "- 30 2026-06-01 2026-06-16", "halves - 2026-06-16 -"]);
        let known = format!("?known_at={}", at(1_500));
        assert_eq!(held(&later, &known).await, ["- 30 - 2026-06-16", "halves - 2026-06-16 -"]);
        assert_eq!(due(&later, "I-3", "2026-05-31").await, ["2026-07-15 100.00"]);
        assert_eq!(ok(&later, "GET /api/v1/invoices/I-1", "").await["instalments"][0]["due_date"], "2026-07-15");
        // Cleared, nothing is agreed and all is due at once.
        let shown = ok(&later, &format!("PATCH {ALPHA}"), r#"{"payment_terms":null}"#).await;
        assert_eq!((&shown["payment_terms"], &shown["payment_terms_days"]), (&json!(null), &json!(null)));
        assert_eq!(due(&later, "I-4", "2026-06-16").await, ["2026-06-16 100.00"]);
    }
);

testkit::each_engine!(
    async fn two_kinds_of_terms_at_once_or_unknown_ones_are_refused(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "POST /api/v1/payment-terms", HALVES).await;
        let both = r#"{"payment_terms":"halves","payment_terms_days":30}"#;
        let refused = |status: u16, code: &str, field: &str| (status, code.to_owned(), field.to_owned());
        for asked in [format!("PATCH {ALPHA}"), format!("POST {ALPHA}/payment-terms")] {
            assert_eq!(no(&app, &asked, both).await, refused(422, "terms.both", "payment_terms_days"));
            assert_eq!(no(&app, &asked, r#"{"payment_terms":"none"}"#).await, refused(422, "reference.unknown", "payment_terms"));
            assert_eq!(no(&app, &asked, r#"{"payment_terms_days":731}"#).await, refused(422, "terms.range", "payment_terms_days"));
        }
        let turned = r#"{"payment_terms_days":1,"from":"2026-02-01","to":"2026-02-01"}"#;
        assert_eq!(no(&app, &format!("POST {ALPHA}/payment-terms"), turned).await, refused(422, "date.order", "to"));
        let made = ok(&app, "POST /api/v1/customers", r#"{"code":"new","name":"New","payment_terms":"halves"}"#).await;
        assert_eq!((&made["payment_terms"], &made["payment_terms_days"]), (&json!("halves"), &json!(null)));
        assert_eq!(held(&app, "").await, Vec::<String>::new());
        // A sales person reads them and does not change them.
        let (status, _) = send(&app, "chen", &format!("GET {ALPHA}/payment-terms"), &[], "").await;
        assert_eq!(status, 200);
        let (status, _) = send(&app, "chen", &format!("POST {ALPHA}/payment-terms"), &[], "{}").await;
        assert_eq!(status, 403);
        let (status, _) = send(&app, "sun", &format!("GET {ALPHA}/payment-terms"), &[], "").await;
        assert_eq!(status, 404);
    }
);

testkit::each_engine!(
    async fn files_of_customers_bring_terms_from_today_on(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "POST /api/v1/payment-terms", HALVES).await;
        let days = "code,name,payment_terms_days\nalpha,Alpha Bikes,30\n";
        assert_eq!(import(&db, "customers", days, 10).await.unwrap().changed, 1);
        assert_eq!(import(&db, "customers", days, 20).await.unwrap().unchanged, 1);
        assert_eq!(held(&app, "").await, ["- 30 - -"]);
        let named = "code,name,payment_terms,payment_terms_days\nalpha,Alpha Bikes,halves,\n";
        assert_eq!(import(&db, "customers", named, 30).await.unwrap().changed, 1);
        assert_eq!(held(&app, "").await, ["- 30 - 2026-06-16", "halves - 2026-06-16 -"]);
        // An empty cell leaves it; the history has a file of its own, which also ends it.
        assert_eq!(import(&db, "customers", "code,name,payment_terms\nalpha,Alpha Bikes,\n", 40).await.unwrap().unchanged, 1);
        let past = "customer,payment_terms,days,from,to\nalpha,,14,,2025-01-01\nalpha,,,2026-07-01,\n";
        assert_eq!(import(&db, "customer-terms", past, 50).await.unwrap().changed, 2);
        assert_eq!(import(&db, "customer-terms", past, 60).await.unwrap().unchanged, 2);
        assert_eq!(held(&app, "").await, ["- 14 - 2025-01-01", "- 30 2025-01-01 2026-06-16", "halves - 2026-06-16 2026-07-01"]);
        let faulty = "customer,payment_terms,days\nalpha,halves,30\nnobody,,731\nalpha,none,\n";
        let told = import(&db, "customer-terms", faulty, 70).await.unwrap_err();
        for fault in ["row 2, column “days”", "row 3, column “customer”", "row 3, column “days”", "row 4, column “payment_terms”"] {
            assert!(told.contains(fault), "{fault}: {told}");
        }
        assert!(import(&db, "customers", "code,name,payment_terms,payment_terms_days\nalpha,A,halves,30\n", 80).await.is_err());
        assert_eq!(held(&app, "").await.len(), 3, "a faulty file changes nothing");
    }
);

testkit::each_engine!(
    async fn a_merge_asks_whose_terms_hold(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "POST /api/v1/payment-terms", HALVES).await;
        ok(&app, &format!("PATCH {ALPHA}"), r#"{"payment_terms":"halves"}"#).await;
        ok(&app, "POST /api/v1/customers/beta/payment-terms", r#"{"payment_terms_days":30,"from":"2026-01-01"}"#).await;
        let keep = |whose: &str| json!({"into": "beta", "keep": {"owner": "beta", "payment_terms": whose}}).to_string();
        let path = format!("POST {ALPHA}/merge");
        let refused = no(&app, &path, r#"{"into":"beta","keep":{"owner":"beta"}}"#).await;
        assert_eq!(refused, (409, "merge.conflict".to_owned(), "keep.payment_terms".to_owned()));
        ok(&app, &path, &keep("beta")).await;
        // Before the survivor's began, those of the other hold.
        assert_eq!(held(&app, "").await, ["halves - - 2026-01-01", "- 30 2026-01-01 -"]);
    }
);
