//! What follows an order, as stories: goods out and back, bills, money, and what is owed on any day.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app, book, send};
use serde_json::{Value, json};

/// An order of 100 at 200 with 20 % tax, confirmed: 24,000.00 with tax.
async fn hundred(app: &Router, number: &str) {
    let body = format!(
        r#"{{"number":"{number}","customer":"alpha","date":"2026-06-01","lines":[
            {{"product":"bar","quantity":"100","unit_price":"200","tax_percent":"20"}}]}}"#
    );
    ok(app, "POST /api/v1/orders", &body).await;
    ok(app, &format!("POST /api/v1/orders/{number}/confirm"), "").await;
}

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

/// Open order, unbilled and owed, with tax.
async fn buckets(app: &Router, number: &str) -> (String, String, String) {
    let order = ok(app, &format!("GET /api/v1/orders/{number}"), "").await;
    let owed = ok(app, "GET /api/v1/balances?customer=alpha", "").await;
    let text = |value: &Value| value.as_str().unwrap_or("0.00").to_owned();
    (
        text(&order["open"]),
        text(&order["unbilled"]),
        text(&owed["items"][0]["balance"]),
    )
}

fn three(a: &str, b: &str, c: &str) -> (String, String, String) {
    (a.to_owned(), b.to_owned(), c.to_owned())
}

testkit::each_engine!(
    async fn every_quantity_is_counted_once(db) {
        book(&db).await;
        let app = app(&db);
        hundred(&app, "V7").await;
        assert_eq!(buckets(&app, "V7").await, three("24000.00", "0.00", "0.00"));
        ok(&app, "POST /api/v1/orders/V7/deliveries", r#"{"lines":[{"line":1,"quantity":"60"}]}"#).await;
        assert_eq!(buckets(&app, "V7").await, three("9600.00", "14400.00", "0.00"));
        let body = r#"{"order":"V7","number":"I-7","lines":[{"order_line":1,"quantity":"40"}]}"#;
        let invoice = ok(&app, "POST /api/v1/invoices", body).await;
        assert_eq!((&invoice["net"], &invoice["tax"], &invoice["gross"]), (&json!("8000.00"), &json!("1600.00"), &json!("9600.00")));
        assert_eq!(buckets(&app, "V7").await, three("9600.00", "4800.00", "9600.00"));
        ok(&app, "POST /api/v1/payments", r#"{"reference":"P-7","customer":"alpha","amount":"3600"}"#).await;
        ok(&app, "POST /api/v1/payments/P-7/allocations", r#"{"invoice":"I-7"}"#).await;
        // V7: 9 600 + 4 800 + 6 000 = 20 400.
        assert_eq!(buckets(&app, "V7").await, three("9600.00", "4800.00", "6000.00"));
        // V8b: closed short, the rest is still counted.
        ok(&app, "POST /api/v1/orders/V7/close", "").await;
        assert_eq!(buckets(&app, "V7").await, three("0.00", "4800.00", "6000.00"));
        // What was delivered can be billed after all; the order is then done.
        let rest = ok(&app, "POST /api/v1/invoices", r#"{"order":"V7"}"#).await;
        assert_eq!((&rest["gross"], &rest["number"]), (&json!("4800.00"), &json!("INV-2026-00001")));
        no(&app, "POST /api/v1/invoices", r#"{"order":"V7"}"#, (422, "invoice.nothing")).await;
    }
);

testkit::each_engine!(
    async fn more_delivered_than_ordered_and_billed_in_advance(db) {
        book(&db).await;
        let app = app(&db);
        hundred(&app, "V8").await;
        let over = r#"{"lines":[{"line":1,"quantity":"111"}]}"#;
        let problem = no(&app, "POST /api/v1/orders/V8/deliveries", over, (422, "delivery.over")).await;
        assert_eq!(problem["errors"][0]["field"], "lines[0].quantity");
        ok(&app, "POST /api/v1/orders/V8/deliveries", r#"{"lines":[{"line":1,"quantity":"110"}]}"#).await;
        ok(&app, "POST /api/v1/invoices", r#"{"order":"V8","amount_gross":"9600"}"#).await;
        ok(&app, "POST /api/v1/payments", r#"{"customer":"alpha","amount":"3600"}"#).await;
        // V8: 0 + 16 800 + 6 000; paid on account counts against what is owed.
        assert_eq!(buckets(&app, "V8").await, three("0.00", "16800.00", "6000.00"));
        hundred(&app, "V8A").await;
        ok(&app, "POST /api/v1/invoices", r#"{"order":"V8A","lines":[{"order_line":1,"quantity":"100"}]}"#).await;
        let order = ok(&app, "GET /api/v1/orders/V8A", "").await;
        assert_eq!((&order["open"], &order["unbilled"]), (&json!("0.00"), &json!("0.00")));
        no(&app, "POST /api/v1/orders/V8A/cancel", "", (409, "order.moved")).await;
    }
);

testkit::each_engine!(
    async fn what_came_back_is_credited_once(db) {
        book(&db).await;
        let app = app(&db);
        hundred(&app, "R-1").await;
        let delivery = ok(&app, "POST /api/v1/orders/R-1/deliveries", r#"{"number":"D-1","date":"2026-06-02"}"#).await;
        assert_eq!((&delivery["kind"], &delivery["lines"][0]["quantity"]), (&json!("delivery"), &json!("100")));
        ok(&app, "POST /api/v1/invoices", r#"{"number":"I-1","order":"R-1","date":"2026-06-03"}"#).await;
        no(&app, "POST /api/v1/credit-notes", r#"{"invoice":"I-1","lines":[{"invoice_line":1,"quantity":"1"}]}"#, (422, "credit_note.over")).await;
        let back = ok(&app, "POST /api/v1/orders/R-1/returns", r#"{"lines":[{"line":1,"quantity":"10"}]}"#).await;
        assert_eq!((&back["kind"], &back["number"]), (&json!("return"), &json!("RT-2026-00001")));
        no(&app, "POST /api/v1/deliveries/D-1/reverse", "", (422, "delivery.returned")).await;
        let note = ok(&app, "POST /api/v1/credit-notes", r#"{"number":"C-1","invoice":"I-1","lines":[{"invoice_line":1,"quantity":"10"}]}"#).await;
        assert_eq!((&note["kind"], &note["gross"], &note["left"]), (&json!("return"), &json!("2400.00"), &json!("0.00")));
        no(&app, "POST /api/v1/credit-notes", r#"{"invoice":"I-1","lines":[{"invoice_line":1,"quantity":"1"}]}"#, (422, "credit_note.over")).await;
        assert_eq!(buckets(&app, "R-1").await, three("0.00", "0.00", "21600.00"));
        // A credit on the price lowers what is owed and no quantity.
        ok(&app, "POST /api/v1/credit-notes", r#"{"invoice":"I-1","amount_gross":"600","reason":"late"}"#).await;
        assert_eq!(buckets(&app, "R-1").await, three("0.00", "0.00", "21000.00"));
        no(&app, "POST /api/v1/invoices/I-1/cancel", "", (409, "invoice.settled")).await;
        ok(&app, "POST /api/v1/credit-notes/C-1/cancel", r#"{"reason":"not ours"}"#).await;
        assert_eq!(buckets(&app, "R-1").await, three("0.00", "0.00", "23400.00"));
        no(&app, "POST /api/v1/credit-notes/C-1/cancel", "", (409, "credit_note.state")).await;
    }
);

testkit::each_engine!(
    async fn a_cancelled_invoice_is_billed_again(db) {
        book(&db).await;
        let app = app(&db);
        hundred(&app, "S-1").await;
        ok(&app, "POST /api/v1/orders/S-1/deliveries", "").await;
        ok(&app, "POST /api/v1/invoices", r#"{"number":"I-1","order":"S-1"}"#).await;
        let gone = ok(&app, "POST /api/v1/invoices/I-1/cancel", r#"{"reason":"wrong address"}"#).await;
        assert_eq!((&gone["status"], &gone["open"]), (&json!("cancelled"), &json!("0.00")));
        assert_eq!(gone["allocations"][0]["credit_note"], "CN-2026-00001");
        assert_eq!(buckets(&app, "S-1").await, three("0.00", "24000.00", "0.00"));
        ok(&app, "POST /api/v1/invoices", r#"{"number":"I-2","order":"S-1"}"#).await;
        assert_eq!(buckets(&app, "S-1").await, three("0.00", "0.00", "24000.00"));
        no(&app, "POST /api/v1/credit-notes/CN-2026-00001/cancel", "", (409, "credit_note.cancellation")).await;
    }
);

testkit::each_engine!(
    async fn yesterdays_open_items_are_printed_again_as_they_were(db) {
        book(&db).await;
        let app = app(&db);
        let bill = |number: &str, gross: &str, day: &str| {
            format!(r#"{{"number":"{number}","customer":"alpha","date":"{day}","amount_gross":"{gross}"}}"#)
        };
        ok(&app, "POST /api/v1/invoices", &bill("I-1", "1000", "2026-05-01")).await;
        ok(&app, "POST /api/v1/invoices", &bill("I-2", "500", "2026-05-20")).await;
        ok(&app, "POST /api/v1/payments", r#"{"reference":"P-1","customer":"alpha","amount":"1000","date":"2026-06-01"}"#).await;
        let first = ok(&app, "POST /api/v1/payments/P-1/allocations", r#"{"invoice":"I-1"}"#).await;
        assert_eq!((&first["amount"], &first["date"]), (&json!("1000.00"), &json!("2026-06-01")));
        // As of a day before the payment everything was open; as of its day one invoice.
        let on = |day: &str| format!("GET /api/v1/open-items?as_of={day}");
        let numbers = |answer: &Value| answer["items"].as_array().unwrap().iter().map(|one| one["invoice"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(numbers(&ok(&app, &on("2026-05-31"), "").await), ["I-1", "I-2"]);
        assert_eq!(numbers(&ok(&app, &on("2026-06-01"), "").await), ["I-2"]);
        assert_eq!(numbers(&ok(&app, &on("2026-05-19"), "").await), ["I-1"]);
        // It turns out the money was for the other invoice from the 10th on: a dated reversal.
        let id = first["id"].as_str().unwrap();
        ok(&app, &format!("DELETE /api/v1/payments/P-1/allocations/{id}?date=2026-06-10"), "").await;
        assert_eq!(numbers(&ok(&app, &on("2026-06-09"), "").await), ["I-2"]);
        assert_eq!(numbers(&ok(&app, &on("2026-06-10"), "").await), ["I-1", "I-2"]);
        no(&app, &format!("DELETE /api/v1/payments/P-1/allocations/{id}"), "", (409, "allocation.reversed")).await;
        // Late, between what was: only what was free on every day since.
        let late = r#"{"invoice":"I-2","date":"2026-06-05","amount":"500"}"#;
        no(&app, "POST /api/v1/payments/P-1/allocations", late, (422, "allocation.over_source")).await;
        ok(&app, "POST /api/v1/payments/P-1/allocations", r#"{"invoice":"I-2","date":"2026-06-10"}"#).await;
        assert_eq!(numbers(&ok(&app, &on("2026-06-10"), "").await), ["I-1"]);
    }
);

testkit::each_engine!(
    async fn a_payment_that_bounced_opens_what_it_settled(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "POST /api/v1/invoices", r#"{"number":"I-1","customer":"alpha","amount_gross":"119","tax_percent":"19","due_date":"2026-06-20","date":"2026-05-02"}"#).await;
        let body = r#"{"reference":"B-1","customer":"alpha","amount":"119","date":"2026-06-01","method":"bill",
            "paper":{"acceptor":"Bank of Ulm","number":"4711","due_date":"2026-09-01"}}"#;
        let bill = ok(&app, "POST /api/v1/payments", body).await;
        assert_eq!(bill["paper"]["status"], "received");
        ok(&app, "POST /api/v1/payments/B-1/allocations", r#"{"invoice":"I-1"}"#).await;
        let paid = ok(&app, "GET /api/v1/invoices/I-1", "").await;
        assert_eq!((&paid["status"], &paid["due_date"]), (&json!("paid"), &json!(null)));
        no(&app, "POST /api/v1/payments/B-1/paper/clear", "", (409, "bill.state")).await;
        ok(&app, "POST /api/v1/payments/B-1/paper/discount", r#"{"to_whom":"Bank of Bonn","cost":"2.50"}"#).await;
        let back = ok(&app, "POST /api/v1/payments/B-1/paper/return", "").await;
        assert_eq!((&back["status"], &back["paper"]["status"], &back["steps"][0]["cost"]), (&json!("reversed"), &json!("returned"), &json!("2.50")));
        let open = ok(&app, "GET /api/v1/invoices/I-1", "").await;
        assert_eq!((&open["status"], &open["open"]), (&json!("open"), &json!("119.00")));
        let owed = ok(&app, "GET /api/v1/balances", "").await;
        assert_eq!(owed["items"], json!([{"customer":"alpha","currency":"EUR","open":"119.00","unapplied":"0.00","balance":"119.00"}]));
        let (status, _) = send(&app, "sun", "GET /api/v1/payments/B-1", &[], "").await;
        assert_eq!(status, 404);
        let (status, _) = send(&app, "chen", "POST /api/v1/payments/B-1/reverse", &[], "").await;
        assert_eq!(status, 403);
    }
);

testkit::each_engine!(
    async fn terms_in_parts_make_instalments(db) {
        book(&db).await;
        let app = app(&db);
        let body = r#"{"code":"30-60-10","name":"30 % with the order, 60 % after delivery, 10 % after acceptance","parts":[
            {"percent":"30","clock":"order"},{"percent":"60","clock":"delivery","days":30,"discount_percent":"2","discount_days":10},
            {"percent":"10","clock":"acceptance","days":365,"retention":true}]}"#;
        ok(&app, "POST /api/v1/payment-terms", body).await;
        no(&app, "POST /api/v1/payment-terms", body, (409, "code.taken")).await;
        no(&app, "POST /api/v1/payment-terms", r#"{"code":"x","name":"X","parts":[{"percent":"99","clock":"order"}]}"#, (422, "terms.share")).await;
        hundred(&app, "T-1").await;
        ok(&app, "POST /api/v1/orders/T-1/deliveries", r#"{"date":"2026-06-05"}"#).await;
        let invoice = ok(&app, "POST /api/v1/invoices", r#"{"number":"I-1","order":"T-1","terms":"30-60-10"}"#).await;
        let due = |answer: &Value| answer["instalments"].as_array().unwrap().iter()
            .map(|one| (one["due_date"].clone(), one["amount"].clone())).collect::<Vec<_>>();
        assert_eq!(due(&invoice), [
            (json!("2026-06-01"), json!("7200.00")), (json!("2026-07-05"), json!("14400.00")), (json!(null), json!("2400.00"))]);
        assert_eq!(invoice["status"], "overdue");
        // A discount is granted in time only, and settles what it is worth.
        ok(&app, "POST /api/v1/payments", r#"{"reference":"P-1","customer":"alpha","amount":"7200"}"#).await;
        no(&app, "POST /api/v1/payments/P-1/allocations", r#"{"invoice":"I-1","discount":"300","date":"2026-06-16"}"#, (422, "allocation.discount")).await;
        ok(&app, "POST /api/v1/payments/P-1/allocations", r#"{"invoice":"I-1","amount":"7200"}"#).await;
        let now = ok(&app, "GET /api/v1/invoices/I-1", "").await;
        assert_eq!((&now["status"], &now["due_date"], &now["open"]), (&json!("open"), &json!("2026-07-05"), &json!("16800.00")));
    }
);

testkit::each_engine!(
    async fn amounts_that_cannot_be_are_refused(db) {
        book(&db).await;
        let app = app(&db);
        ok(&app, "POST /api/v1/invoices", r#"{"number":"I-1","customer":"alpha","amount_gross":"100"}"#).await;
        ok(&app, "POST /api/v1/payments", r#"{"reference":"P-1","customer":"alpha","amount":"100"}"#).await;
        for (amount, code) in [
            ("0", "allocation.amount"), ("-1", "allocation.amount"), ("0.001", "decimal.too_many_places"),
            ("1e308", "decimal.malformed"), ("NaN", "decimal.malformed"), ("100.01", "allocation.over_invoice"),
            ("92233720368547758.08", "decimal.too_large"),
        ] {
            no(&app, "POST /api/v1/payments/P-1/allocations", &format!(r#"{{"invoice":"I-1","amount":"{amount}"}}"#), (422, code)).await;
        }
        for body in [
            r#"{"customer":"alpha"}"#,
            r#"{"customer":"alpha","amount":"1","date":"2026-06-17"}"#,
            r#"{"customer":"none","amount":"1"}"#,
            r#"{"customer":"alpha","amount":"1","method":"bill"}"#,
            r#"{"customer":"alpha","amount":"1","reference":"p-1"}"#,
            r#"{"customer":"alpha","amount":"1","balance":"5"}"#,
        ] {
            let (status, answer) = send(&app, "fay", "POST /api/v1/payments", &[], body).await;
            assert!(matches!(status, 400 | 409 | 422), "{body}: {status} {answer}");
        }
        let list = ok(&app, "GET /api/v1/payments", "").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        no(&app, "POST /api/v1/payments/P-1/allocations", r#"{"invoice":"I-1","date":"2026-06-01"}"#, (422, "allocation.day")).await;
    }
);

testkit::each_engine!(
    async fn a_delivery_names_its_order(db) {
        book(&db).await;
        let app = app(&db);
        hundred(&app, "O-1").await;
        let out = r#"{"order":"o-1","date":"2026-06-02","lines":[{"line":1,"quantity":"60"}],"note":"by lorry"}"#;
        let made = ok(&app, "POST /api/v1/deliveries", out).await;
        assert_eq!((&made["kind"], &made["order"], &made["number"]), (&json!("delivery"), &json!("O-1"), &json!("DN-2026-00001")));
        let back = r#"{"order":"O-1","kind":"return","lines":[{"line":1,"quantity":"10"}]}"#;
        let made = ok(&app, "POST /api/v1/deliveries", back).await;
        assert_eq!((&made["kind"], &made["number"]), (&json!("return"), &json!("RT-2026-00001")));
        // Everything that is still open: 40 of 100.
        let rest = ok(&app, "POST /api/v1/deliveries", r#"{"order":"O-1"}"#).await;
        assert_eq!(rest["lines"][0]["quantity"], "40");
        assert_eq!(buckets(&app, "O-1").await.0, "0.00");
        no(&app, "POST /api/v1/deliveries", r#"{"order":"O-1"}"#, (422, "delivery.no_lines")).await;
        no(&app, "POST /api/v1/deliveries", r#"{"order":"O-9"}"#, (422, "reference.unknown")).await;
        no(&app, "POST /api/v1/deliveries", r#"{"order":"O-1","kind":"gift"}"#, (422, "delivery.kind")).await;
        // Whoever may not see the customer is told nothing of its order.
        let (status, answer) = send(&app, "chen", "POST /api/v1/deliveries", &[], out).await;
        assert_eq!(status, 403, "{answer}");
        // A list shows them all.
        let list = ok(&app, "GET /api/v1/deliveries?order=O-1", "").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
    }
);
