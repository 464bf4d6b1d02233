//! Rebates: accrued by tier as of any day, lowered by credit notes, given once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app, book, send};
use jiff::civil::date;
use page::FixedClock;
use serde_json::{Value, json};

async fn ok(app: &Router, asked: &str, body: &str) -> Value {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    assert!(
        matches!(status, 200 | 201),
        "{asked} {body}: {status} {answer}"
    );
    answer
}

async fn agree(app: &Router, number: &str, method: &str) {
    let body = format!(
        r#"{{"number":"{number}","customer":"alpha","from":"2026-01-01","to":"2027-01-01","method":"{method}","tiers":[
            {{"from_net":"1000","percent":"2"}},{{"from_net":"5000","percent":"3"}},{{"from_net":"10000","percent":"5"}}]}}"#
    );
    ok(app, "POST /api/v1/rebates", &body).await;
    ok(app, &format!("POST /api/v1/rebates/{number}/activate"), "").await;
}

async fn bill(app: &Router, number: &str, day: &str, gross: &str) {
    let body = format!(
        r#"{{"number":"{number}","customer":"alpha","date":"{day}","amount_gross":"{gross}"}}"#
    );
    ok(app, "POST /api/v1/invoices", &body).await;
}

/// Base, accrued and open as of a day.
async fn due(app: &Router, number: &str, rest: &str) -> [String; 3] {
    let shown = ok(
        app,
        &format!("GET /api/v1/rebates/{number}/accrual?{rest}"),
        "",
    )
    .await;
    ["base", "accrued", "open"].map(|field| shown[field].as_str().unwrap().to_owned())
}

testkit::each_engine!(
    async fn tiers_count_for_all_or_for_their_part(db) {
        book(&db).await;
        let app = app(&db);
        agree(&app, "B-1", "retroactive").await;
        agree(&app, "B-2", "incremental").await;
        bill(&app, "I-0", "2025-12-31", "9000").await;
        bill(&app, "I-1", "2026-01-01", "4000").await;
        bill(&app, "I-2", "2026-03-10", "3000").await;
        bill(&app, "I-3", "2026-05-20", "5000").await;
        for (day, retroactive, incremental) in [
            ("2025-12-31", ["0.00", "0.00", "0.00"], ["0.00", "0.00", "0.00"]),
            ("2026-01-01", ["4000.00", "80.00", "80.00"], ["4000.00", "60.00", "60.00"]),
            // 2 % of 4,000 and 3 % of 2,000.
            ("2026-03-10", ["7000.00", "210.00", "210.00"], ["7000.00", "140.00", "140.00"]),
            ("2026-05-19", ["7000.00", "210.00", "210.00"], ["7000.00", "140.00", "140.00"]),
            // 80 + 150 + 5 % of 2,000.
            ("2026-06-16", ["12000.00", "600.00", "600.00"], ["12000.00", "330.00", "330.00"]),
        ] {
            assert_eq!(due(&app, "B-1", &format!("as_of={day}")).await, retroactive, "{day}");
            assert_eq!(due(&app, "B-2", &format!("as_of={day}")).await, incremental, "{day}");
        }
        let told = ok(&app, "GET /api/v1/rebates/B-2/accrual", "").await;
        assert_eq!(told["tiers"], json!([
            {"from_net":"1000.00","percent":"2","counted":"4000.00","rebate":"80.00"},
            {"from_net":"5000.00","percent":"3","counted":"5000.00","rebate":"150.00"},
            {"from_net":"10000.00","percent":"5","counted":"2000.00","rebate":"100.00"},
        ]));
        let documents: Vec<_> = told["documents"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect();
        assert_eq!((documents, &told["document_count"], &told["to_next_tier"]), (vec!["I-1", "I-2", "I-3"], &json!(3), &json!(null)));
    }
);

testkit::each_engine!(
    async fn a_credit_note_lowers_what_is_due(db) {
        book(&db).await;
        let app = app(&db);
        agree(&app, "B-1", "retroactive").await;
        bill(&app, "I-0", "2025-12-31", "9000").await;
        bill(&app, "I-1", "2026-03-01", "6000").await;
        assert_eq!(due(&app, "B-1", "").await, ["6000.00", "180.00", "180.00"]);
        // A credit on last year's invoice lowers nothing of this year's.
        ok(&app, "POST /api/v1/credit-notes", r#"{"number":"C-0","invoice":"I-0","amount_gross":"5000","date":"2026-04-01"}"#).await;
        assert_eq!(due(&app, "B-1", "").await[0], "6000.00");
        ok(&app, "POST /api/v1/credit-notes", r#"{"number":"C-1","invoice":"I-1","amount_gross":"2000","date":"2026-05-01"}"#).await;
        assert_eq!(due(&app, "B-1", "").await, ["4000.00", "80.00", "80.00"], "the second tier is reached no longer");
        assert_eq!(due(&app, "B-1", "as_of=2026-04-30").await, ["6000.00", "180.00", "180.00"]);
        bill(&app, "I-2", "2026-06-10", "1000").await;
        assert_eq!(due(&app, "B-1", "").await, ["5000.00", "150.00", "150.00"]);
        ok(&app, "POST /api/v1/invoices/I-2/cancel", "{}").await;
        assert_eq!(due(&app, "B-1", "").await, ["4000.00", "80.00", "80.00"]);
        assert_eq!(due(&app, "B-1", "as_of=2026-06-15").await, ["5000.00", "150.00", "150.00"], "it was cancelled today");
    }
);

testkit::each_engine!(
    async fn what_is_accrued_is_given_once(db) {
        book(&db).await;
        let app = app(&db);
        agree(&app, "B-1", "retroactive").await;
        bill(&app, "I-1", "2026-03-01", "6000").await;
        let settle = "POST /api/v1/rebates/B-1/settle";
        let (status, problem) = send(&app, "fay", settle, &[], r#"{"amount":"180.01"}"#).await;
        assert_eq!((status, &problem["code"]), (422, &json!("rebate.over_settled")), "{problem}");
        let given = ok(&app, settle, r#"{"number":"C-1","amount":"100","tax_percent":"19"}"#).await;
        assert_eq!((&given["given"], &given["open"], &given["accrued"]), (&json!("100.00"), &json!("80.00"), &json!("180.00")));
        let note = ok(&app, "GET /api/v1/credit-notes/C-1", "").await;
        assert_eq!((&note["kind"], &note["net"], &note["tax"], &note["gross"]), (&json!("rebate"), &json!("100.00"), &json!("19.00"), &json!("119.00")));
        let given = ok(&app, settle, r#"{"number":"C-2"}"#).await;
        assert_eq!((&given["open"], given["given_by"].as_array().unwrap().len()), (&json!("0.00"), 2));
        assert_eq!(due(&app, "B-1", "").await, ["6000.00", "180.00", "0.00"], "a rebate is not taken off its own base");
        let (status, problem) = send(&app, "fay", settle, &[], "{}").await;
        assert_eq!((status, &problem["code"]), (409, &json!("rebate.nothing")));
        ok(&app, "POST /api/v1/credit-notes/C-2/cancel", "{}").await;
        assert_eq!(due(&app, "B-1", "").await[2], "80.00", "what was taken back can be given again");
    }
);

testkit::each_engine!(
    async fn corrected_terms_leave_what_was_known(db) {
        book(&db).await;
        let app = app(&db);
        agree(&app, "B-1", "retroactive").await;
        bill(&app, "I-1", "2026-03-01", "6000").await;
        let before = cast::at(1_500);
        let later = cast::app_on(&db, FixedClock { now: cast::at(2_000), today: date(2026, 6, 17) });
        ok(&later, "PATCH /api/v1/rebates/B-1", r#"{"tiers":[{"from_net":"0","percent":"10"}]}"#).await;
        bill(&later, "I-2", "2026-03-02", "1000").await;
        assert_eq!(due(&later, "B-1", "as_of=2026-06-16").await, ["7000.00", "700.00", "700.00"]);
        let then = due(&later, "B-1", &format!("as_of=2026-06-16&known_at={before}")).await;
        assert_eq!(then, ["6000.00", "180.00", "180.00"], "printed again as it was");
    }
);

testkit::each_engine!(
    async fn rebates_are_agreed_by_those_who_may(db) {
        book(&db).await;
        let app = app(&db);
        agree(&app, "B-1", "retroactive").await;
        let body = |rest: &str| format!(r#"{{"customer":"alpha","method":"retroactive",{rest}}}"#);
        let plain = body(r#""tiers":[{"from_net":"0","percent":"1"}]"#);
        for (who, asked, body, expected, code) in [
            ("chen", "POST /api/v1/rebates", plain.clone(), 403, "forbidden"),
            ("sun", "GET /api/v1/rebates/B-1", String::new(), 404, "missing"),
            ("sun", "GET /api/v1/rebates/B-1/accrual", String::new(), 404, "missing"),
            ("li", "POST /api/v1/rebates/B-1/settle", "{}".to_owned(), 403, "forbidden"),
            ("li", "POST /api/v1/rebates", body(r#""tiers":[]"#), 422, "rebate.tiers"),
            ("li", "POST /api/v1/rebates", body(r#""tiers":[{"from_net":"5","percent":"1"},{"from_net":"5","percent":"2"}]"#), 422, "rebate.tiers"),
            ("li", "POST /api/v1/rebates", body(r#""tiers":[{"from_net":"-1","percent":"1"}]"#), 422, "rebate.tiers"),
            ("li", "POST /api/v1/rebates", body(r#""tiers":[{"from_net":"0","percent":"101"}]"#), 422, "percent.range"),
            ("li", "POST /api/v1/rebates", plain.replace("retroactive", "best"), 422, "rebate.method"),
            ("li", "POST /api/v1/rebates", plain.replace("alpha", "gamma"), 422, "reference.unknown"),
            ("li", "GET /api/v1/rebates/B-1/accrual?as_of=tomorrow", String::new(), 400, "query.day"),
        ] {
            let (status, problem) = send(&app, who, asked, &[], &body).await;
            assert_eq!((status, problem["code"].as_str().unwrap_or_default()), (expected, code), "{who} {asked} {body}: {problem}");
        }
        let (status, made) = send(&app, "li", "POST /api/v1/rebates", &[], &plain).await;
        assert_eq!((status, &made["number"], &made["from"], &made["to"]), (201, &json!("RB-2026-00001"), &json!("2026-06-16"), &json!("2027-06-16")));
        for (who, found) in [("chen", 2), ("li", 2), ("sun", 0), ("fay", 2)] {
            let (_, list) = send(&app, who, "GET /api/v1/rebates", &[], "").await;
            assert_eq!(list["items"].as_array().unwrap().len(), found, "{who}");
        }
    }
);
