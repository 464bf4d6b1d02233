//! The series of document numbers: set, counted up, by company, and without a gap where it must be.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use std::collections::BTreeSet;

use axum::Router;
use book::{
    posting::numbers,
    series::Series,
    store::{customers, number_series},
};
use cast::{TODAY, app, book, import, send};
use db::Db;
use kernel::{Code, Scope};
use org::{UnitKind, store::units};
use serde_json::{Value, json};

const ORDER: &str = r#"{"customer":"alpha","lines":[{"product":"bar","quantity":"1"}]}"#;

/// Asks as finance and expects this status.
async fn fay(app: &Router, asked: &str, body: &str, status: u16) -> Value {
    let (answered, answer) = send(app, "fay", asked, &[], body).await;
    assert_eq!(answered, status, "{asked} {body}: {answer}");
    answer
}

/// South sells by a company of its own.
async fn south_is_a_company(db: &Db) {
    db.write((), |tx, ()| {
        Box::pin(async move {
            let south = units::fetch(tx, &Scope::All, "south").await?;
            let (code, name) = (Code::parse("south")?, south.name.clone());
            units::save(tx, &south, &code, (&name, None), UnitKind::Company).await
        })
    })
    .await
    .unwrap();
}

testkit::each_engine!(
    async fn a_series_begins_as_it_is_set_and_only_goes_up(db) {
        book(&db).await;
        let app = app(&db);
        let set = r#"{"kind":"order","prefix":"N-","digits":4,"next_number":100}"#;
        let made = fay(&app, "POST /api/v1/number-series", set, 201).await;
        assert_eq!((&made["company"], &made["year"], &made["next"]), (&json!("company"), &json!(2026), &json!("N-2026-0100")));
        let order = fay(&app, "POST /api/v1/orders", ORDER, 201).await;
        assert_eq!(order["number"], "N-2026-0100");
        let path = "/api/v1/number-series/company/order/2026";
        let now = fay(&app, &format!("GET {path}"), "", 200).await;
        assert_eq!((&now["next_number"], &now["gap_free"]), (&json!(101), &json!(false)));
        for (body, status, code) in [
            (r#"{"next_number":100}"#, 422, "series.next"),
            (r#"{"prefix":"a b"}"#, 422, "code.malformed"),
            (r#"{"digits":2}"#, 422, "series.digits"),
        ] {
            let no = fay(&app, &format!("PATCH {path}"), body, status).await;
            assert_eq!(no["code"], code, "{body}");
        }
        let (status, _) = send(&app, "chen", &format!("PATCH {path}"), &[], "{}").await;
        assert_eq!(status, 403);
        fay(&app, &format!("PATCH {path}"), r#"{"next_number":200,"with_month":true}"#, 200).await;
        let stale = [("if-match", "\"v1\"")];
        let (status, no) = send(&app, "fay", &format!("PATCH {path}"), &stale, r#"{"digits":6}"#).await;
        assert_eq!((status, &no["code"]), (412, &json!("stale")));
        let order = fay(&app, "POST /api/v1/orders", ORDER, 201).await;
        assert_eq!(order["number"], "N-202606-0200");
        let no = fay(&app, "POST /api/v1/number-series", r#"{"kind":"order"}"#, 409).await;
        assert_eq!(no["code"], "series.begun");
        fay(&app, "GET /api/v1/number-series/company/lunch/2026", "", 404).await;
        fay(&app, "GET /api/v1/number-series/company/invoice/2026", "", 404).await;
        // The next year looks like this one and begins anew.
        let next = ORDER.replace("{\"customer\"", "{\"date\":\"2025-12-31\",\"customer\"");
        let order = fay(&app, "POST /api/v1/orders", &next, 201).await;
        assert_eq!(order["number"], "SO-2025-00001", "what was before is not what comes after");
        let list = fay(&app, "GET /api/v1/number-series", "", 200).await;
        let years: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|one| &one["year"]).collect();
        assert_eq!(years, [&json!(2026), &json!(2025)]);
    }
);

testkit::each_engine!(
    async fn numbers_of_invoices_follow_each_other(db) {
        book(&db).await;
        let app = app(&db);
        let set = r#"{"kind":"invoice","next_number":6}"#;
        fay(&app, "POST /api/v1/number-series", set, 201).await;
        let path = "PATCH /api/v1/number-series/company/invoice/2026";
        // Nothing was given out: it may still begin elsewhere.
        fay(&app, path, r#"{"next_number":7}"#, 200).await;
        let bill = r#"{"customer":"alpha","amount_gross":"10"}"#;
        let number = fay(&app, "POST /api/v1/invoices", bill, 201).await["number"].clone();
        assert_eq!(number, "INV-2026-00007");
        for body in [r#"{"next_number":9}"#, r#"{"prefix":"RE-"}"#] {
            let no = fay(&app, path, body, 409).await;
            assert_eq!(no["code"], "series.gap");
        }
        fay(&app, path, "{}", 200).await;
        // A refused invoice takes no number along.
        fay(&app, "POST /api/v1/invoices", r#"{"customer":"alpha","amount_gross":"0.001"}"#, 422).await;
        let number = fay(&app, "POST /api/v1/invoices", bill, 201).await["number"].clone();
        assert_eq!(number, "INV-2026-00008");
    }
);

testkit::each_engine!(
    async fn each_company_counts_by_itself(db) {
        book(&db).await;
        south_is_a_company(&db).await;
        let app = app(&db);
        let of = |customer: &str| ORDER.replace("alpha", customer);
        let number = async |customer: &str| {
            fay(&app, "POST /api/v1/orders", &of(customer), 201).await["number"].clone()
        };
        // Gamma is looked after in the south, which has no series of its own yet.
        assert_eq!(number("gamma").await, "SO-2026-00001");
        let no = fay(&app, "POST /api/v1/number-series", r#"{"company":"south","kind":"order"}"#, 409).await;
        assert_eq!((&no["code"], &no["errors"][0]["field"]), (&json!("series.alike"), &json!("prefix")));
        let no = fay(&app, "POST /api/v1/number-series", r#"{"company":"east","kind":"order","prefix":"E-"}"#, 422).await;
        assert_eq!(no["code"], "series.company");
        fay(&app, "POST /api/v1/number-series", r#"{"company":"south","kind":"order","prefix":"S"}"#, 409).await;
        fay(&app, "POST /api/v1/number-series", r#"{"company":"south","kind":"order","prefix":"AT-"}"#, 201).await;
        assert_eq!(number("gamma").await, "AT-2026-00001");
        assert_eq!(number("alpha").await, "SO-2026-00002");
        assert_eq!(number("house").await, "SO-2026-00003", "what is nobody's is the root's");
        assert_eq!(number("gamma").await, "AT-2026-00002");
        // A return may not be called what a delivery of the company could be.
        let alike = r#"{"kind":"return","prefix":"DN-R"}"#;
        let no = fay(&app, "POST /api/v1/number-series", alike, 409).await;
        assert_eq!(no["code"], "series.alike");
    }
);

testkit::each_engine!(
    async fn a_crowd_and_a_change_at_once_never_give_a_number_twice(db) {
        book(&db).await;
        let app = app(&db);
        fay(&app, "POST /api/v1/number-series", r#"{"kind":"payment"}"#, 201).await;
        let mut crowd = Vec::new();
        for place in 0..6 {
            let app = app.clone();
            crowd.push(tokio::spawn(async move {
                let mut given = Vec::new();
                for turn in 0..5 {
                    if place == 0 {
                        // Settings and payments meet: whoever is late is told, or comes after.
                        let body = format!(r#"{{"next_number":{}}}"#, 20 * turn + 10);
                        let path = "PATCH /api/v1/number-series/company/payment/2026";
                        let (status, no) = send(&app, "fay", path, &[], &body).await;
                        assert!(matches!(status, 200 | 404 | 409 | 422), "{status} {no}");
                    }
                    let body = r#"{"customer":"alpha","amount":"1"}"#;
                    let (status, made) = send(&app, "fay", "POST /api/v1/payments", &[], body).await;
                    assert_eq!(status, 201, "{made}");
                    given.push(made["reference"].as_str().unwrap().to_owned());
                }
                given
            }));
        }
        let mut all = Vec::new();
        for one in crowd {
            all.extend(one.await.unwrap());
        }
        let different: BTreeSet<&String> = all.iter().collect();
        assert_eq!((all.len(), different.len()), (30, 30), "{all:?}");
    }
);

/// A step of a sequence: always the same for the same seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

testkit::each_engine!(
    async fn however_a_series_is_set_no_number_comes_twice_and_none_without_a_gap_is_left_out(db) {
        book(&db).await;
        let app = app(&db);
        let mut dice = Dice(20_260_616);
        let mut given: BTreeSet<String> = BTreeSet::new();
        let mut bills = Vec::new();
        let (mut changed, mut refused) = (0, 0);
        for _ in 0..100 {
            let kind = ["payment", "invoice"][dice.throw(2)];
            match dice.throw(4) {
                0 | 1 => {
                    let prefix = ["A-", "B-", "PAY-"][dice.throw(3)];
                    let month = dice.throw(2) == 0;
                    let mut body = json!({ "prefix": prefix, "with_month": month, "digits": 3 + dice.throw(3) });
                    if dice.throw(3) == 0 {
                        body["next_number"] = json!(1 + dice.throw(60));
                    }
                    let path = format!("PATCH /api/v1/number-series/company/{kind}/2026");
                    let (status, no) = send(&app, "fay", &path, &[], &body.to_string()).await;
                    assert!(matches!(status, 200 | 404 | 409 | 422), "{status} {no}");
                    if status == 200 { changed += 1 } else { refused += 1 }
                }
                2 => {
                    // Somebody types a number that the series may come to.
                    let number = format!("{}-2026-{:05}", ["A", "PAY"][dice.throw(2)], 1 + dice.throw(60));
                    let body = json!({ "reference": number, "customer": "alpha", "amount": "1" });
                    let (status, made) = send(&app, "fay", "POST /api/v1/payments", &[], &body.to_string()).await;
                    assert!(matches!(status, 201 | 409), "{status} {made}");
                    if status == 201 {
                        assert!(given.insert(number.to_ascii_lowercase()), "{number}");
                    }
                }
                _ => {
                    let (path, field, body) = match kind {
                        "payment" => ("POST /api/v1/payments", "reference", r#"{"customer":"alpha","amount":"1"}"#),
                        _ => ("POST /api/v1/invoices", "number", r#"{"customer":"alpha","amount_gross":"1"}"#),
                    };
                    let made = fay(&app, path, body, 201).await;
                    let number = made[field].as_str().unwrap().to_ascii_lowercase();
                    if kind == "invoice" {
                        let count: i64 = number.rsplit('-').next().unwrap().parse().unwrap();
                        bills.push(count);
                    } else {
                        assert!(given.insert(number.clone()), "{number} came twice");
                    }
                }
            }
        }
        assert!(10 < given.len() && 3 < bills.len() && 3 < changed && 3 < refused, "{} {} {changed} {refused}", given.len(), bills.len());
        let first = bills[0];
        let whole: Vec<i64> = (first..).take(bills.len()).collect();
        assert_eq!(bills, whole, "invoices without a gap");
    }
);

testkit::each_engine!(
    async fn what_is_taken_back_leaves_no_gap(db) {
        book(&db).await;
        let rehearsed = db.rehearse((), |tx, ()| Box::pin(async move {
            let alpha = customers::fetch(tx, &Scope::All, "alpha", TODAY).await?.customer();
            numbers::next(tx, Series::Invoice, None, (alpha, TODAY)).await
        })).await.unwrap();
        assert_eq!(rehearsed.as_str(), "INV-2026-00001");
        let kept = db.write((), |tx, ()| Box::pin(async move {
            let alpha = customers::fetch(tx, &Scope::All, "alpha", TODAY).await?.customer();
            let number = numbers::next(tx, Series::Invoice, None, (alpha, TODAY)).await?;
            let root = units::root(tx).await?.id;
            let kept = number_series::find(tx, root, Series::Invoice, 2026).await?;
            Ok((number, kept.map(|kept| kept.last_number)))
        })).await.unwrap();
        assert_eq!((kept.0.as_str(), kept.1), ("INV-2026-00001", Some(1)));
    }
);

testkit::each_engine!(
    async fn series_come_in_by_file_and_only_count_up(db) {
        book(&db).await;
        let app = app(&db);
        let file = "company,kind,year,prefix,with_month,digits,next_number\n\
            ,payment,2026,P-,yes,4,12\ncompany,invoice,2026,FA-,no,6,100\n";
        assert_eq!(import(&db, "number-series", file, 10).await.unwrap().added, 2);
        assert_eq!(import(&db, "number-series", file, 20).await.unwrap().unchanged, 2);
        let paid = fay(&app, "POST /api/v1/payments", r#"{"customer":"alpha","amount":"1"}"#, 201).await;
        assert_eq!(paid["reference"], "P-202606-0012");
        let made = fay(&app, "POST /api/v1/invoices", r#"{"customer":"alpha","amount_gross":"1"}"#, 201).await;
        assert_eq!(made["number"], "FA-2026-000100");
        // Now neither goes back, and the invoices stay as they are.
        let told = import(&db, "number-series", file, 30).await.unwrap_err();
        for fault in ["row 2, column “next_number”", "row 3, column “next_number”"] {
            assert!(told.contains(fault), "{fault}: {told}");
        }
        let on = "kind,year,next_number\npayment,2026,50\n";
        assert_eq!(import(&db, "number-series", on, 40).await.unwrap().changed, 1);
        let paid = fay(&app, "POST /api/v1/payments", r#"{"customer":"alpha","amount":"1"}"#, 201).await;
        assert_eq!(paid["reference"], "P-202606-0050");
        let faulty = "company,kind,year,prefix,digits\neast,order,2026,,\n,letter,2026,,\n,order,2026,P-,\n,return,2026,DN-,\n,order,1980,,\n,sample,2026,,2\ncompany,invoice,2026,G-,\n";
        let told = import(&db, "number-series", faulty, 50).await.unwrap_err();
        for fault in ["row 2, column “company”", "row 3, column “kind”", "row 5, column “prefix”", "row 6, column “year”", "row 7, column “digits”", "row 8, column “kind”"] {
            assert!(told.contains(fault), "{fault}: {told}");
        }
        let kept = fay(&app, "GET /api/v1/number-series/company/invoice/2026", "", 200).await;
        assert_eq!(kept["prefix"], "FA-", "a faulty file changes nothing");
    }
);
