//! What posting must hold to at its borders: many lines, coarse quantities, clocks that start late.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use std::fmt::Write as _;

use ::book::{
    credit::Receiver,
    posting::numbers,
    series::Series,
    store::{
        allocations::{self, NewAllocation, Source},
        customers,
        in_flight::{Choice, KINDS, Of, Settling},
        invoices, orders, payments,
    },
};
use axum::Router;
use cast::{TODAY, app, at, book, import, person, send};
use jiff::civil::{Date, date};
use kernel::{Percent, Scope, ids::PublicId};
use org::store::units;
use serde_json::{Value, json};

/// Asks as finance and expects a yes.
async fn ok(app: &Router, asked: &str, body: &str) -> Value {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    assert!(
        matches!(status, 200 | 201),
        "{asked} {body}: {status} {answer}"
    );
    answer
}

/// Asks as finance and expects this no.
async fn no(app: &Router, asked: &str, body: &str, expected: (u16, &str)) -> Value {
    let (status, answer) = send(app, "fay", asked, &[], body).await;
    assert_eq!(
        (status, answer["code"].as_str().unwrap_or_default()),
        expected,
        "{asked} {body}: {answer}"
    );
    answer
}

/// A confirmed order of alpha over handlebars: price with tax and quantity for each line.
async fn ordered(app: &Router, number: &str, lines: &[(&str, &str)]) {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(price, quantity)| json!({"product": "bar", "quantity": quantity, "unit_price": price}))
        .collect();
    let body = json!({"number": number, "customer": "alpha", "date": "2026-06-01", "lines": lines});
    ok(app, "POST /api/v1/orders", &body.to_string()).await;
    ok(app, &format!("POST /api/v1/orders/{number}/confirm"), "").await;
}

testkit::each_engine!(
    async fn no_document_has_more_lines_than_are_read_back(db) {
        book(&db).await;
        let app = app(&db);
        ordered(&app, "O-1", &[("100", "10")]).await;
        let lines = |field: &str, count: usize| {
            let line = json!({field: 1, "quantity": "0.001"});
            Value::from(vec![line; count])
        };
        let goods = |count| json!({"number": "D-1", "lines": lines("line", count)}).to_string();
        let problem = no(&app, "POST /api/v1/orders/O-1/deliveries", &goods(1_001), (422, "delivery.too_many_lines")).await;
        assert_eq!(problem["errors"][0]["field"], "lines");
        ok(&app, "POST /api/v1/orders/O-1/deliveries", &goods(1_000)).await;
        let bill = |count| json!({"number": "I-1", "order": "O-1", "lines": lines("order_line", count)}).to_string();
        no(&app, "POST /api/v1/invoices", &bill(1_001), (422, "invoice.too_many_lines")).await;
        ok(&app, "POST /api/v1/invoices", &bill(1_000)).await;
        let credit = json!({"invoice": "I-1", "lines": lines("invoice_line", 1_001)}).to_string();
        no(&app, "POST /api/v1/credit-notes", &credit, (422, "credit_note.too_many_lines")).await;
        // What was posted can be taken back, all of it.
        ok(&app, "POST /api/v1/invoices/I-1/cancel", "").await;
        ok(&app, "POST /api/v1/deliveries/D-1/reverse", "").await;
        ok(&app, "POST /api/v1/orders/O-1/cancel", "").await;
        let order = ok(&app, "GET /api/v1/orders/O-1", "").await;
        assert_eq!((&order["lines"][0]["delivered"], &order["lines"][0]["billed"]), (&json!("0"), &json!("0")));
    }
);

testkit::each_engine!(
    async fn an_amount_of_an_order_is_billed_to_the_cent(db) {
        book(&db).await;
        let app = app(&db);
        let bill = |order: &str, amount: &str| json!({"order": order, "amount_gross": amount}).to_string();
        // One piece at 10,000,000.00 in three instalments.
        ordered(&app, "O-1", &[("10000000", "1")]).await;
        let first = ok(&app, "POST /api/v1/invoices", &bill("O-1", "3333333.33")).await;
        assert_eq!((&first["gross"], &first["lines"][0]["quantity"]), (&json!("3333333.33"), &json!("0.333333")));
        let order = ok(&app, "GET /api/v1/orders/O-1", "").await;
        assert_eq!((&order["open"], &order["unbilled"]), (&json!("6666666.67"), &json!("0.00")));
        ok(&app, "POST /api/v1/orders/O-1/deliveries", "").await;
        let order = ok(&app, "GET /api/v1/orders/O-1", "").await;
        assert_eq!((&order["open"], &order["unbilled"]), (&json!("0.00"), &json!("6666666.67")));
        // A cancelled one is to be billed again, for what it was.
        let second = ok(&app, "POST /api/v1/invoices", &bill("O-1", "3333333.33")).await;
        ok(&app, &format!("POST /api/v1/invoices/{}/cancel", second["number"].as_str().unwrap()), "").await;
        no(&app, "POST /api/v1/invoices", &bill("O-1", "6666666.68"), (422, "invoice.over")).await;
        let rest = ok(&app, "POST /api/v1/invoices", r#"{"order":"O-1"}"#).await;
        assert_eq!((&rest["gross"], &rest["lines"][0]["quantity"]), (&json!("6666666.67"), &json!("0.666667")));
        // Three lines of 10.00, of all of which 10.00: one of them takes the odd cent.
        ordered(&app, "O-2", &[("10", "1"), ("10", "1"), ("10", "1")]).await;
        let third = ok(&app, "POST /api/v1/invoices", &bill("O-2", "10.00")).await;
        let nets: Vec<&Value> = third["lines"].as_array().unwrap().iter().map(|line| &line["net"]).collect();
        assert_eq!((&third["gross"], nets), (&json!("10.00"), vec![&json!("3.34"), &json!("3.33"), &json!("3.33")]));
        let order = ok(&app, "GET /api/v1/orders/O-2", "").await;
        assert_eq!(order["open"], "20.00");
    }
);

testkit::each_engine!(
    async fn an_invoice_by_amount_is_read_again_from_its_file(db) {
        book(&db).await;
        let app = app(&db);
        ordered(&app, "O-1", &[("10", "1"), ("10", "1"), ("10", "1")]).await;
        let file = "number,order,date,amount_gross\nI-1,O-1,2026-06-02,10.00\n";
        let first = import(&db, "invoices", file, 10).await.unwrap();
        let again = import(&db, "invoices", file, 20).await.unwrap();
        assert_eq!((first.added, again.added, again.unchanged), (1, 0, 1));
        let invoice = ok(&app, "GET /api/v1/invoices/I-1", "").await;
        assert_eq!((&invoice["gross"], &invoice["net"]), (&json!("10.00"), &json!("10.00")));
    }
);

testkit::each_engine!(
    async fn a_cash_discount_is_granted_once(db) {
        book(&db).await;
        let app = app(&db);
        let terms = r#"{"code":"2-10","name":"2 % in 10 days","parts":[{"percent":"100","clock":"invoice","days":30,"discount_percent":"2","discount_days":10}]}"#;
        ok(&app, "POST /api/v1/payment-terms", terms).await;
        for number in ["I-1", "I-2"] {
            let body = json!({"number": number, "customer": "alpha", "date": "2026-06-10", "amount_gross": "1000", "terms": "2-10"});
            ok(&app, "POST /api/v1/invoices", &body.to_string()).await;
        }
        ok(&app, "POST /api/v1/payments", r#"{"reference":"P-1","customer":"alpha","amount":"2000","date":"2026-06-16"}"#).await;
        let pay = |invoice: &str, amount: &str, discount: &str| json!({"invoice": invoice, "amount": amount, "discount": discount}).to_string();
        let path = "POST /api/v1/payments/P-1/allocations";
        // Of 1,000.00 paid within ten days 20.00 may be kept back; of 100.00 it is 2.04.
        for (amount, discount) in [("100", "20"), ("0.01", "20"), ("100", "2.05")] {
            no(&app, path, &pay("I-1", amount, discount), (422, "allocation.discount")).await;
        }
        for _ in 0..2 {
            ok(&app, path, &pay("I-1", "100", "2.04")).await;
        }
        no(&app, path, &pay("I-1", "779.99", "15.93"), (422, "allocation.discount")).await;
        ok(&app, path, &pay("I-1", "780", "15.92")).await;
        let paid = ok(&app, "GET /api/v1/invoices/I-1", "").await;
        assert_eq!((&paid["status"], &paid["open"]), (&json!("paid"), &json!("0.00")));
        // All at once; and what was taken back can be granted again.
        ok(&app, path, &pay("I-2", "980", "20")).await;
        let own = ok(&app, "GET /api/v1/invoices/I-2", "").await;
        for one in own["allocations"].as_array().unwrap() {
            ok(&app, &format!("DELETE /api/v1/payments/P-1/allocations/{}", one["id"].as_str().unwrap()), "").await;
        }
        ok(&app, path, &pay("I-2", "980", "20")).await;
    }
);

/// Due day and last day of the discount of each instalment.
fn days(invoice: &Value) -> Vec<(Option<&str>, Option<&str>)> {
    let parts = invoice["instalments"].as_array().unwrap().iter();
    parts
        .map(|one| (one["due_date"].as_str(), one["discount_until"].as_str()))
        .collect()
}

testkit::each_engine!(
    async fn a_clock_that_starts_late_sets_the_due_day(db) {
        book(&db).await;
        let app = app(&db);
        for terms in [
            r#"{"code":"one","name":"30 days after acceptance","parts":[{"percent":"100","clock":"acceptance","days":30,"discount_percent":"2","discount_days":10}]}"#,
            r#"{"code":"two","name":"Half at once, half at month's end","parts":[{"percent":"50","clock":"invoice"},{"percent":"50","clock":"invoice_received","days":10,"end_of_month":true}]}"#,
        ] {
            ok(&app, "POST /api/v1/payment-terms", terms).await;
        }
        for (number, how, when) in [("I-1", "terms", "one"), ("I-2", "terms", "two"), ("I-3", "due_date", "2026-07-31")] {
            let body = json!({"number": number, "customer": "alpha", "date": "2026-04-01", "amount_gross": "1000", how: when});
            ok(&app, "POST /api/v1/invoices", &body.to_string()).await;
        }
        let waits = ok(&app, "PATCH /api/v1/invoices/I-1", r#"{"note":"by post"}"#).await;
        assert_eq!((days(&waits), &waits["status"]), (vec![(None, None)], &json!("open")));
        let accepted = ok(&app, "PATCH /api/v1/invoices/I-1", r#"{"accepted_on":"2026-05-01"}"#).await;
        assert_eq!(days(&accepted), [(Some("2026-05-31"), Some("2026-05-11"))]);
        assert_eq!((&accepted["status"], &accepted["due_date"]), (&json!("overdue"), &json!("2026-05-31")));
        let overdue = ok(&app, "GET /api/v1/invoices?status=overdue", "").await;
        let overdue: Vec<&Value> = overdue["items"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
        assert_eq!(overdue, ["I-2", "I-1"]);
        let again = ok(&app, "PATCH /api/v1/invoices/I-1", r#"{"accepted_on":null}"#).await;
        assert_eq!((days(&again), &again["status"]), (vec![(None, None)], &json!("open")));
        let received = ok(&app, "PATCH /api/v1/invoices/I-2", r#"{"received_on":"2026-04-05"}"#).await;
        assert_eq!(days(&received), [(Some("2026-04-01"), None), (Some("2026-04-30"), None)]);
        // A day that was agreed is moved by no clock.
        let given = ok(&app, "PATCH /api/v1/invoices/I-3", r#"{"received_on":"2026-04-05","accepted_on":"2026-04-06","note":"x"}"#).await;
        assert_eq!(days(&given), [(Some("2026-07-31"), None)]);
    }
);

testkit::each_engine!(
    async fn an_invoice_ahead_of_its_delivery_is_due_after_it(db) {
        book(&db).await;
        let app = app(&db);
        let terms = r#"{"code":"after","name":"30 days after delivery","parts":[{"percent":"40","clock":"order"},{"percent":"60","clock":"delivery","days":30,"discount_percent":"2","discount_days":10}]}"#;
        ok(&app, "POST /api/v1/payment-terms", terms).await;
        ordered(&app, "O-1", &[("100", "10")]).await;
        let ahead = r#"{"number":"I-1","order":"O-1","date":"2026-06-02","terms":"after","lines":[{"order_line":1,"quantity":"10"}]}"#;
        let ahead = ok(&app, "POST /api/v1/invoices", ahead).await;
        let first = (Some("2026-06-01"), None);
        assert_eq!(days(&ahead), [first, (None, None)]);
        let mut moves = Vec::new();
        for (asked, body) in [
            ("orders/O-1/deliveries", r#"{"number":"D-1","date":"2026-06-05","lines":[{"line":1,"quantity":"4"}]}"#),
            ("orders/O-1/deliveries", r#"{"number":"D-2","date":"2026-06-10","lines":[{"line":1,"quantity":"6"}]}"#),
            ("deliveries/D-1/reverse", ""),
            ("deliveries/D-2/reverse", ""),
        ] {
            ok(&app, &format!("POST /api/v1/{asked}"), body).await;
            let own = ok(&app, "GET /api/v1/invoices/I-1", "").await;
            moves.push(own["instalments"][1]["due_date"].clone());
            assert_eq!(days(&own)[0], first, "{asked}");
        }
        assert_eq!(moves, [json!("2026-07-05"), json!("2026-07-05"), json!("2026-07-10"), json!(null)]);
    }
);

/// Settles so many cents of the invoices in turn from a payment, each by an allocation of its own.
async fn many_cents(tx: &mut db::Tx, (payment, bills): (&str, &[&str]), count: u128) {
    let source = payments::fetch(tx, &Scope::All, payment, TODAY)
        .await
        .unwrap()
        .payment();
    let mut ids = Vec::new();
    for bill in bills {
        ids.push(
            invoices::fetch(tx, &Scope::All, bill, TODAY)
                .await
                .unwrap()
                .invoice(),
        );
    }
    let one = |(chance, invoice)| NewAllocation {
        public_id: PublicId::of_random(chance).to_string(),
        invoice,
        source: Source::Payment(source),
        kind: "cash",
        amount_minor: 1,
        source_minor: 1,
        day: TODAY,
        after_day: None,
    };
    let all: Vec<NewAllocation> = (1..=count).zip(ids.into_iter().cycle()).map(one).collect();
    allocations::add(tx, &all, at(500)).await.unwrap();
}

testkit::each_engine!(
    async fn a_collective_payment_over_thousands_is_counted_whole(db) {
        book(&db).await;
        let app = app(&db);
        for number in ["I-1", "I-2"] {
            let body = json!({"number": number, "customer": "alpha", "amount_gross": "40"});
            ok(&app, "POST /api/v1/invoices", &body.to_string()).await;
        }
        ok(&app, "POST /api/v1/payments", r#"{"reference":"P-1","customer":"alpha","amount":"70"}"#).await;
        db.write((), |tx, ()| Box::pin(async move {
            many_cents(tx, ("P-1", &["I-1", "I-2"]), 6_000).await;
            Ok(())
        })).await.unwrap();
        // 30.00 of each are settled by 3,000 allocations; the payment has 10.00 left.
        let path = "POST /api/v1/payments/P-1/allocations";
        no(&app, path, r#"{"invoice":"I-1","amount":"10.01"}"#, (422, "allocation.over_invoice")).await;
        let last = ok(&app, path, r#"{"invoice":"I-1"}"#).await;
        assert_eq!((&last["amount"], &last["payment"]), (&json!("10.00"), &json!("P-1")));
        no(&app, path, r#"{"invoice":"I-2","amount":"0.01"}"#, (422, "allocation.over_source")).await;
        let paid = ok(&app, "GET /api/v1/invoices/I-1", "").await;
        assert_eq!((&paid["status"], &paid["open"]), (&json!("paid"), &json!("0.00")));
        ok(&app, &format!("DELETE /api/v1/payments/P-1/allocations/{}", last["id"].as_str().unwrap()), "").await;
        // The bank takes it back: all of both is open again.
        ok(&app, "POST /api/v1/payments/P-1/reverse", "").await;
        let owed = ok(&app, "GET /api/v1/balances", "").await;
        assert_eq!(owed["items"], json!([{"customer":"alpha","currency":"EUR","open":"80.00","unapplied":"0.00","balance":"80.00"}]));
        for number in ["I-1", "I-2"] {
            let own = ok(&app, &format!("GET /api/v1/invoices/{number}"), "").await;
            assert_eq!((&own["open"], &own["due_date"]), (&json!("40.00"), &json!("2026-06-16")), "{number}");
        }
    }
);

testkit::each_engine!(
    async fn what_settles_an_invoice_dated_ahead_can_be_taken_back(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "POST /api/v1/invoices", r#"{"number":"I-1","customer":"alpha","amount_gross":"100","date":"2026-07-01"}"#).await;
        ok(&app, "POST /api/v1/payments", r#"{"reference":"P-1","customer":"alpha","amount":"100"}"#).await;
        let paid = ok(&app, "POST /api/v1/payments/P-1/allocations", r#"{"invoice":"I-1"}"#).await;
        assert_eq!(paid["date"], "2026-07-01");
        let end = format!("DELETE /api/v1/payments/P-1/allocations/{}", paid["id"].as_str().unwrap());
        no(&app, &format!("{end}?date=2026-06-16"), "", (422, "allocation.day")).await;
        let ended = ok(&app, &end, "").await;
        assert_eq!(ended["reversed_on"], "2026-07-01");
        let (invoice, payment) = (ok(&app, "GET /api/v1/invoices/I-1", "").await, ok(&app, "GET /api/v1/payments/P-1", "").await);
        assert_eq!((&invoice["open"], &payment["left"]), (&json!("100.00"), &json!("100.00")));
    }
);

testkit::each_engine!(
    async fn a_copy_read_before_something_was_settled_is_stale(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "POST /api/v1/invoices", r#"{"number":"I-1","customer":"alpha","amount_gross":"100"}"#).await;
        ok(&app, "POST /api/v1/payments", r#"{"reference":"S-1","customer":"alpha","amount":"50"}"#).await;
        ok(&app, "POST /api/v1/credit-notes", r#"{"number":"S-1","customer":"alpha","amount_gross":"50"}"#).await;
        for noun in ["payments", "credit-notes"] {
            let path = format!("/api/v1/{noun}/S-1");
            let read = ok(&app, &format!("GET {path}"), "").await;
            let version = format!("\"v{}\"", read["version"]);
            let known = [("if-match", version.as_str())];
            let settle = (format!("POST {path}/allocations"), r#"{"invoice":"I-1","amount":"10"}"#);
            let (status, settled) = send(&app, "fay", &settle.0, &known, settle.1).await;
            assert_eq!(status, 201, "{noun}: {settled}");
            let (status, again) = send(&app, "fay", &settle.0, &known, settle.1).await;
            assert_eq!((status, &again["code"]), (412, &json!("stale")), "{noun}");
            let end = format!("DELETE {path}/allocations/{}", settled["id"].as_str().unwrap());
            let (status, stale) = send(&app, "fay", &end, &known, "").await;
            assert_eq!((status, &stale["code"]), (412, &json!("stale")), "{noun}");
            let read = ok(&app, &format!("GET {path}"), "").await;
            let version = format!("\"v{}\"", read["version"]);
            let (status, ended) = send(&app, "fay", &end, &[("if-match", version.as_str())], "").await;
            assert_eq!(status, 200, "{noun}: {ended}");
            let read = ok(&app, &format!("GET {path}"), "").await;
            assert_ne!(format!("\"v{}\"", read["version"]), version, "{noun}");
        }
    }
);

testkit::each_engine!(
    async fn an_invoice_gives_back_no_more_than_it_billed(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "POST /api/v1/invoices", r#"{"number":"I-1","customer":"alpha","amount_gross":"119","tax_percent":"19"}"#).await;
        let credit = |number: &str, amount: &str| json!({"number": number, "invoice": "I-1", "amount_gross": amount}).to_string();
        let path = "POST /api/v1/credit-notes";
        let problem = no(&app, path, &credit("C-1", "1000000"), (422, "credit_note.over_invoice")).await;
        assert_eq!(problem["errors"][0]["field"], "amount_gross");
        ok(&app, path, &credit("C-1", "60")).await;
        no(&app, path, &credit("C-2", "59.01"), (422, "credit_note.over_invoice")).await;
        let file = "number,invoice,date,amount_gross\nC-2,I-1,2026-06-16,30\nC-3,I-1,2026-06-16,30\n";
        let faults = import(&db, "credit-notes", file, 10).await.unwrap_err();
        assert!(faults.contains("give back 90.00"), "{faults}");
        ok(&app, path, &credit("C-2", "59")).await;
        // What was cancelled can be given back again.
        ok(&app, "POST /api/v1/credit-notes/C-1/cancel", "").await;
        ok(&app, path, &credit("C-3", "60")).await;
        let own = ok(&app, "GET /api/v1/invoices/I-1", "").await;
        assert_eq!(own["open"], "0.00");
    }
);

testkit::each_engine!(
    async fn nothing_is_reversed_before_it_happened(db) {
        book(&db).await;
        let app = app(&db);
        ordered(&app, "O-1", &[("100", "10")]).await;
        ok(&app, "POST /api/v1/orders/O-1/deliveries", r#"{"number":"D-1","date":"2026-06-05"}"#).await;
        ok(&app, "POST /api/v1/orders/O-1/returns", r#"{"number":"R-1","date":"2026-06-08","lines":[{"line":1,"quantity":"1"}]}"#).await;
        for (number, before, on) in [("R-1", "2026-06-07", "2026-06-08"), ("D-1", "1990-01-01", "2026-06-05")] {
            let path = format!("POST /api/v1/deliveries/{number}/reverse");
            let day = |day: &str| json!({"date": day}).to_string();
            let problem = no(&app, &path, &day(before), (422, "delivery.day")).await;
            assert_eq!(problem["errors"][0]["field"], "date");
            let gone = ok(&app, &path, &day(on)).await;
            assert_eq!((&gone["status"], &gone["reversed_on"]), (&json!("reversed"), &json!(on)));
        }
    }
);

testkit::each_engine!(
    async fn a_series_goes_on_behind_numbers_that_came_by_file(db) {
        book(&db).await;
        let app = app(&db);
        // 1 to 1,000 without 700, and one that is no number of the series.
        let mut file = "reference,customer,date,amount\nPAY-2026-0001a,alpha,2026-06-01,1\n".to_owned();
        for number in (1..=1_000).filter(|number| *number != 700) {
            writeln!(file, "PAY-2026-{number:05},alpha,2026-06-01,1").unwrap();
        }
        import(&db, "payments", &file, 10).await.unwrap();
        for (next, most) in [("PAY-2026-00700", 10), ("PAY-2026-01001", 10), ("PAY-2026-01002", 3)] {
            let asked = db.rehearse((), |tx, ()| Box::pin(async move {
                let alpha = customers::fetch(tx, &Scope::All, "alpha", TODAY).await?.customer();
                let before = tx.asked();
                numbers::next(tx, Series::Payment, None, (alpha, TODAY)).await?;
                Ok(tx.asked() - before)
            })).await.unwrap();
            assert!(asked <= most, "{asked} queries for {next}");
            let made = ok(&app, "POST /api/v1/payments", r#"{"customer":"alpha","amount":"1"}"#).await;
            assert_eq!(made["reference"], next);
        }
    }
);

/// Lets the drafts of a customer stay or go to wu from a day on, and says how many queries that took.
async fn settle_drafts(
    tx: &mut db::Tx,
    (customer, from, moves): (&str, Option<&str>, bool),
    day: Date,
) -> db::Result<u64> {
    let kind = KINDS.iter().find(|kind| kind.name == "drafts").unwrap();
    let own = customers::fetch(tx, &Scope::All, customer, TODAY).await?;
    let from = match from {
        Some(name) => Some(person(tx, name).await),
        None => None,
    };
    let customers = [own.customer()];
    let open = (kind.open)(
        tx,
        Of {
            customers: &customers,
            from,
            all: true,
            day,
            today: TODAY,
            scope: &Scope::All,
        },
    )
    .await?;
    let to = Receiver {
        person: Some(person(tx, "wu").await),
        unit: units::root(tx).await?.id,
        seat: None,
    };
    let settling = Settling {
        open: &open,
        choice: if moves { Choice::Move } else { Choice::Stay },
        from,
        to,
        day,
        share: Percent::WHOLE,
        now: at(900),
    };
    let before = tx.asked();
    (kind.settle)(tx, &settling).await?;
    Ok(tx.asked() - before)
}

testkit::each_engine!(
    async fn drafts_of_the_house_stay_where_they_can(db) {
        book(&db).await;
        let app = app(&db);
        let draft = |number: &str, day: &str| {
            json!({"number": number, "customer": "house", "date": day, "lines": [{"product": "bar", "quantity": "1"}]}).to_string()
        };
        ok(&app, "POST /api/v1/orders", &draft("O-1", "2026-06-09")).await;
        ok(&app, "POST /api/v1/orders", &draft("O-2", "2026-06-10")).await;
        let stay = |day: i8| db.rehearse(day, |tx, day| Box::pin(settle_drafts(tx, ("house", None, false), date(2026, 6, *day))));
        // From the 11th on the house is wu's: both drafts are before, and nobody's.
        assert!(stay(11).await.is_ok());
        match stay(10).await.unwrap_err() {
            db::DbError::Refused(no) => {
                assert_eq!(no.code, "move.draft_stays");
                assert!(no.message.contains("O-2 of 2026-06-10"), "{no}");
            }
            other => panic!("{other}"),
        }
        db.write((), |tx, ()| Box::pin(settle_drafts(tx, ("house", None, true), date(2026, 6, 10)))).await.unwrap();
        let order = ok(&app, "GET /api/v1/orders/O-2", "").await;
        assert_eq!(order["credit"][0]["person"], "wu", "{order}");
    }
);

testkit::each_engine!(
    async fn many_drafts_change_hands_in_a_few_queries(db) {
        book(&db).await;
        let app = app(&db);
        for number in 1..=30 {
            let mut body = json!({"number": format!("O-{number}"), "customer": "alpha", "lines": [{"product": "bar", "quantity": "1"}]});
            if number == 1 {
                body["credit"] = json!([{"person": "chen", "percent": "40"}, {"person": "li", "percent": "60"}]);
            }
            ok(&app, "POST /api/v1/orders", &body.to_string()).await;
        }
        for moves in [false, true] {
            let asked = db.write(moves, |tx, moves| Box::pin(settle_drafts(tx, ("alpha", Some("chen"), *moves), TODAY))).await.unwrap();
            assert!(asked <= 8, "{asked} queries");
            let mut tx = db.read().await.unwrap();
            let (chen, li, wu) = (person(&mut tx, "chen").await, person(&mut tx, "li").await, person(&mut tx, "wu").await);
            let whose = if moves { wu } else { chen };
            for (number, split) in [("O-1", vec![(li, 600_000), (whose, 400_000)]), ("O-30", vec![(whose, 1_000_000)])] {
                let order = orders::fetch(&mut tx, &Scope::All, number, TODAY).await.unwrap();
                assert_eq!(orders::split_of(&mut tx, order.order()).await.unwrap(), split, "{number}");
            }
        }
    }
);
