//! What follows an order as it is worked in on the pages: goods, bills, credit notes and money. What is
//! done is what the API does; a no stands in the form, with all that was typed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use holm::{As, TestApp};
use serde_json::{Value, json};

/// A product, a customer of chen's, and an order of his for ten at 10.00, confirmed.
async fn book(app: &TestApp) -> As {
    let ada = app.token("ada").await;
    let product = json!({ "code": "P", "name": "Primer", "list_price": "10" });
    app.post(&ada, "/api/v1/products", &product).await.is(201);
    let customer = json!({ "code": "C", "name": "Chen paints", "owner": "chen" });
    app.post(&ada, "/api/v1/customers", &customer).await.is(201);
    let order = json!({ "number": "SO-1", "customer": "C", "lines": [{ "product": "P", "quantity": "10", "tax_percent": "20" }] });
    app.post(&ada, "/api/v1/orders", &order).await.is(201);
    app.post(&ada, "/api/v1/orders/SO-1/confirm", &json!({}))
        .await
        .is(200);
    ada
}

async fn bill(app: &TestApp, ada: &As, number: &str, gross: &str) {
    let body = json!({ "number": number, "customer": "C", "date": "2026-06-01", "amount_gross": gross, "due_date": "2026-07-01" });
    app.post(ada, "/api/v1/invoices", &body).await.is(201);
}

async fn read(app: &TestApp, who: &As, path: &str) -> Value {
    app.get(who, path).await.is(200).json()
}

/// The page as it is, sound.
async fn page(app: &TestApp, who: &As, path: &str) -> String {
    let text = app.get(who, path).await.is(200).text;
    assert_eq!(page::check_markup(&text), Ok(()), "{path}");
    text
}

/// What was refused: with its status, and beside which field or above the form.
async fn refused(
    app: &TestApp,
    who: &As,
    path: &str,
    typed: &[(&str, &str)],
    status: u16,
) -> String {
    let text = app.form(who, path, typed).await.is(status).text;
    assert_eq!(page::check_markup(&text), Ok(()), "{path}");
    assert!(
        text.contains(&format!("action=\"{path}\"")),
        "the form of {path} is open: {text}"
    );
    text
}

testkit::each_engine!(
    async fn a_payment_is_recorded_settles_and_is_taken_back(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        bill(&app, &ada, "I-1", "100").await;
        bill(&app, &ada, "I-2", "70").await;
        let xu = app.sign_in("xu").await;
        assert!(page(&app, &xu, "/payments").await.contains("/payments/new"));
        page(&app, &xu, "/payments/new?customer=C").await;
        let money = [("customer", "C"), ("date", "2026-06-10"), ("amount", "twelve"), ("method", "transfer"), ("reference", "P-1"), ("note", "By wire")];
        let again = refused(&app, &xu, "/payments", &money, 422).await;
        assert!(again.contains("id=\"amount-error\"") && again.contains("value=\"twelve\"") && again.contains("By wire"), "{again}");
        let money = [("customer", "C"), ("date", "2026-06-10"), ("amount", "120"), ("method", "transfer"), ("reference", "P-1"), ("note", "By wire")];
        let made = app.form(&xu, "/payments", &money).await.is(303);
        assert_eq!(made.header("location"), "/payments/P-1");

        // The open invoices are offered, and only so much is there.
        let form = page(&app, &xu, "/payments/P-1?do=settle").await;
        assert!(form.contains("<option value=\"I-1\">") && form.contains("<option value=\"I-2\">"), "{form}");
        let too_much = [("version", "1"), ("invoice", "I-1"), ("amount", "101"), ("date", "2026-06-10")];
        let again = refused(&app, &xu, "/payments/P-1/settle", &too_much, 422).await;
        assert!(again.contains("id=\"amount-error\"") && again.contains("value=\"I-1\"") && again.contains("value=\"101\""), "{again}");
        let nobody = [("version", "1"), ("invoice", "I-9")];
        assert!(refused(&app, &xu, "/payments/P-1/settle", &nobody, 422).await.contains("id=\"invoice-error\""));
        app.form(&xu, "/payments/P-1/settle", &[("version", "1"), ("invoice", "I-1"), ("date", "2026-06-10")]).await.is(303);
        app.form(&xu, "/payments/P-1/settle", &[("version", "1"), ("invoice", "I-2")]).await.is(412);
        app.form(&xu, "/payments/P-1/settle", &[("version", "2"), ("invoice", "I-2"), ("amount", "")]).await.is(303);
        assert_eq!(read(&app, &ada, "/api/v1/invoices/I-1").await["status"], "paid");
        assert_eq!(read(&app, &ada, "/api/v1/invoices/I-2").await["open"], "50.00");
        let own = read(&app, &ada, "/api/v1/payments/P-1").await;
        assert_eq!((&own["left"], &own["version"]), (&json!("0.00"), &json!(3)));
        // Nothing is left to settle with, so it is not offered.
        let seen = page(&app, &xu, "/payments/P-1").await;
        assert!(!seen.contains("?do=settle\"") && seen.contains("?do=release\""), "{seen}");

        let first = own["allocations"].as_array().unwrap().iter().find(|one| one["invoice"] == "I-1").unwrap();
        let id = first["id"].as_str().unwrap();
        assert!(page(&app, &xu, "/payments/P-1?do=release").await.contains(&format!("<option value=\"{id}\">I-1")));
        let early = [("version", "3"), ("allocation", id), ("date", "2026-06-09"), ("reason", "Wrong invoice")];
        let again = refused(&app, &xu, "/payments/P-1/release", &early, 422).await;
        assert!(again.contains("id=\"date-error\"") && again.contains("value=\"Wrong invoice\""), "{again}");
        let back = [("version", "3"), ("allocation", id), ("date", "2026-06-12"), ("reason", "Wrong invoice")];
        app.form(&xu, "/payments/P-1/release", &back).await.is(303);
        assert_eq!(read(&app, &ada, "/api/v1/invoices/I-1").await["open"], "100.00");
        assert!(page(&app, &xu, "/payments/P-1").await.contains("until 12 Jun"));
        let told = read(&app, &ada, "/api/v1/open-items?as_of=2026-06-11").await;
        assert_eq!(told["items"].as_array().unwrap().len(), 1, "I-1 was settled until then: {told}");

        app.form(&xu, "/payments/P-1/change", &[("version", "4"), ("note", "")]).await.is(303);
        assert_eq!(read(&app, &ada, "/api/v1/payments/P-1").await["note"], "");
        let late = [("version", "5"), ("date", "2026-06-17"), ("reason", "Bounced")];
        assert!(refused(&app, &xu, "/payments/P-1/reverse", &late, 422).await.contains("id=\"date-error\""));
        app.form(&xu, "/payments/P-1/reverse", &[("version", "5"), ("date", "2026-06-16"), ("reason", "Bounced")]).await.is(303);
        assert_eq!(read(&app, &ada, "/api/v1/invoices/I-2").await["open"], "70.00");
        let gone = app.form(&xu, "/payments/P-1/settle", &[("invoice", "I-1")]).await.is(409).text;
        assert!(gone.contains("Payment P-1 is reversed"), "{gone}");
        assert!(!page(&app, &xu, "/payments/P-1").await.contains("?do="));
    }
);

testkit::each_engine!(
    async fn a_bill_goes_its_way_or_comes_back(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let xu = app.sign_in("xu").await;
        let half = [("customer", "C"), ("date", "2026-06-10"), ("amount", "50"), ("method", "bill"), ("reference", "B-1"), ("paper.acceptor", "Bank of Ulm")];
        let again = refused(&app, &xu, "/payments", &half, 422).await;
        assert!(again.contains("value=\"Bank of Ulm\""), "{again}");
        let whole: Vec<_> = half.into_iter().chain([("paper.number", "4711"), ("paper.due_date", "2026-09-10")]).collect();
        app.form(&xu, "/payments", &whole).await.is(303);
        let seen = page(&app, &xu, "/payments/B-1").await;
        for (step, is_there) in [("present", true), ("endorse", true), ("discount", true), ("clear", false), ("return", false)] {
            assert_eq!(seen.contains(&format!("?do={step}\"")), is_there, "{step} of one in our hands");
        }
        page(&app, &xu, "/payments/B-1?do=discount").await;
        let dear = [("version", "1"), ("date", "2026-06-11"), ("to_whom", "Bank of Bonn"), ("cost", "-1"), ("without_recourse", "1")];
        let again = refused(&app, &xu, "/payments/B-1/discount", &dear, 422).await;
        assert!(again.contains("id=\"cost-error\"") && again.contains("value=\"Bank of Bonn\""), "{again}");
        let done = [("version", "1"), ("date", "2026-06-11"), ("to_whom", "Bank of Bonn"), ("cost", "1.50")];
        app.form(&xu, "/payments/B-1/discount", &done).await.is(303);
        let own = read(&app, &ada, "/api/v1/payments/B-1").await;
        assert_eq!((&own["paper"]["status"], &own["paper"]["recourse"], &own["steps"][0]["cost"]), (&json!("discounted"), &json!(true), &json!("1.50")));
        app.form(&xu, "/payments/B-1/return", &[("version", "2"), ("date", "2026-06-16")]).await.is(303);
        let own = read(&app, &ada, "/api/v1/payments/B-1").await;
        assert_eq!((&own["paper"]["status"], &own["status"]), (&json!("returned"), &json!("reversed")));
        app.form(&xu, "/payments/B-1/clear", &[]).await.is(409);
        app.form(&xu, "/payments/B-1/burn", &[]).await.is(404);
    }
);

testkit::each_engine!(
    async fn goods_are_billed_come_back_and_are_given_back(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let (xu, li) = (app.sign_in("xu").await, app.sign_in("li").await);
        let form = page(&app, &li, "/orders/SO-1?do=deliver").await;
        assert!(form.contains("name=\"lines[0].quantity\" value=\"10\""), "{form}");
        let much = [("version", "2"), ("number", "D-1"), ("date", "2026-06-16"), ("lines[0].quantity", "12")];
        let again = refused(&app, &li, "/orders/SO-1/deliver", &much, 422).await;
        assert!(again.contains("class=\"err\"") && again.contains("value=\"12\""), "{again}");
        let six = [("version", "2"), ("number", "D-1"), ("date", "2026-06-16"), ("lines[0].quantity", "6")];
        let made = app.form(&li, "/orders/SO-1/deliver", &six).await.is(303);
        assert_eq!(made.header("location"), "/deliveries/D-1");
        assert!(page(&app, &li, "/deliveries?status=delivery").await.contains("D-1"));
        // A manager records what came back; billing is for finance.
        let seen = page(&app, &li, "/deliveries/D-1").await;
        assert!(seen.contains("?do=return\"") && !seen.contains("?do=bill\""), "{seen}");
        app.form(&li, "/deliveries/D-1/bill", &[("lines[0].quantity", "6")]).await.is(403);
        let form = page(&app, &xu, "/deliveries/D-1?do=bill").await;
        assert!(form.contains("name=\"lines[0].quantity\" value=\"6\""), "{form}");
        let more = [("version", "1"), ("number", "I-1"), ("date", "2026-06-16"), ("lines[0].quantity", "11")];
        let again = refused(&app, &xu, "/deliveries/D-1/bill", &more, 422).await;
        let beside = again.split("id=\"lines[0].quantity\"").nth(1).unwrap();
        assert!(beside.contains("class=\"err\"") && again.contains("value=\"11\""), "{again}");
        let all = [("version", "1"), ("number", "I-1"), ("date", "2026-06-16"), ("due_date", "2026-07-16"), ("lines[0].quantity", "6")];
        let made = app.form(&xu, "/deliveries/D-1/bill", &all).await.is(303);
        assert_eq!(made.header("location"), "/invoices/I-1");
        assert_eq!(read(&app, &ada, "/api/v1/invoices/I-1").await["gross"], "72.00");

        let nothing = refused(&app, &li, "/deliveries/D-1/return", &[("version", "1"), ("lines[0].quantity", "")], 422).await;
        assert!(nothing.contains("no line"), "{nothing}");
        let some = [("version", "1"), ("number", "R-1"), ("date", "2026-06-16"), ("lines[0].quantity", "2"), ("note", "Dented")];
        let made = app.form(&li, "/deliveries/D-1/return", &some).await.is(303);
        assert_eq!(made.header("location"), "/deliveries/R-1");
        let back = page(&app, &li, "/deliveries/R-1").await;
        assert!(back.contains("Return R-1") && back.contains("Dented") && !back.contains("?do=return\""), "{back}");

        let rests = app.form(&li, "/deliveries/D-1/reverse", &[("version", "1"), ("date", "2026-06-16"), ("reason", "Never left")]).await;
        assert!(matches!(rests.status.as_u16(), 409 | 422) && rests.text.contains("Never left"), "two of it came back");

        // More than came back is refused, more than was billed beside its line; two are given back, and
        // settle the invoice.
        let form = page(&app, &xu, "/invoices/I-1?do=credit").await;
        assert!(form.contains("name=\"lines[0].quantity\""), "{form}");
        let version = read(&app, &ada, "/api/v1/invoices/I-1").await["version"].to_string();
        let more = [("version", version.as_str()), ("date", "2026-06-16"), ("kind", "price"), ("lines[0].quantity", "3"), ("reason", "Dented")];
        let again = refused(&app, &xu, "/invoices/I-1/credit", &more, 422).await;
        assert!(again.contains("cannot be credited as a return") && again.contains("value=\"Dented\""), "{again}");
        let more = [("version", version.as_str()), ("date", "2026-06-16"), ("kind", "price"), ("lines[0].quantity", "7")];
        let again = refused(&app, &xu, "/invoices/I-1/credit", &more, 422).await;
        let beside = again.split("id=\"lines[0].quantity\"").nth(1).unwrap();
        assert!(beside.contains("class=\"err\""), "{again}");
        let two = [("version", version.as_str()), ("number", "CN-1"), ("date", "2026-06-16"), ("kind", "price"), ("lines[0].quantity", "2"), ("reason", "Dented")];
        let made = app.form(&xu, "/invoices/I-1/credit", &two).await.is(303);
        assert_eq!(made.header("location"), "/credit-notes/CN-1");
        // Sent twice it is given back once.
        app.form(&xu, "/invoices/I-1/credit", &two).await.is(412);
        let note = page(&app, &xu, "/credit-notes/CN-1").await;
        assert!(note.contains("Dented") && note.contains("24.00") && note.contains("/invoices/I-1"), "{note}");
        assert_eq!(read(&app, &ada, "/api/v1/invoices/I-1").await["open"], "48.00");
        assert!(page(&app, &xu, "/invoices/I-1").await.contains("/credit-notes/CN-1"));
    }
);

testkit::each_engine!(
    async fn what_went_out_is_billed_from_the_order(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let (xu, chen) = (app.sign_in("xu").await, app.sign_in("chen").await);
        // A sales person neither delivers nor bills.
        let seen = page(&app, &chen, "/orders/SO-1").await;
        assert!(seen.contains("?do=close\"") && !seen.contains("?do=deliver\"") && !seen.contains("?do=bill\""), "{seen}");
        app.form(&chen, "/orders/SO-1/deliver", &[("lines[0].quantity", "1")]).await.is(403);
        app.form(&chen, "/orders/SO-1/bill", &[]).await.is(403);
        let day = ("date", "2026-06-16");
        let nothing = refused(&app, &xu, "/orders/SO-1/bill", &[("version", "2"), ("number", "I-1"), day], 422).await;
        assert!(nothing.contains("value=\"I-1\""), "{nothing}");
        app.form(&xu, "/orders/SO-1/deliver", &[("version", "2"), day, ("lines[0].quantity", "4")]).await.is(303);
        let version = read(&app, &ada, "/api/v1/orders/SO-1").await["version"].to_string();
        let made = app.form(&xu, "/orders/SO-1/bill", &[("version", version.as_str()), ("number", "I-1"), day]).await.is(303);
        assert_eq!(made.header("location"), "/invoices/I-1");
        assert_eq!(read(&app, &ada, "/api/v1/invoices/I-1").await["net"], "40.00");
    }
);

testkit::each_engine!(
    async fn an_invoice_is_changed_credited_by_amount_and_cancelled(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        bill(&app, &ada, "I-1", "100").await;
        let xu = app.sign_in("xu").await;
        let early = [("version", "1"), ("received_on", "2026-06-31"), ("accepted_on", ""), ("note", "Sent by post")];
        let again = refused(&app, &xu, "/invoices/I-1/change", &early, 422).await;
        assert!(again.contains("id=\"received_on-error\"") && again.contains("Sent by post"), "{again}");
        let change = [("version", "1"), ("received_on", "2026-06-05"), ("accepted_on", ""), ("note", "Sent by post")];
        app.form(&xu, "/invoices/I-1/change", &change).await.is(303);
        let own = read(&app, &ada, "/api/v1/invoices/I-1").await;
        assert_eq!((&own["received_on"], &own["accepted_on"], &own["note"]), (&json!("2026-06-05"), &Value::Null, &json!("Sent by post")));
        let version = own["version"].to_string();
        let much = [("version", version.as_str()), ("amount_gross", "100.01"), ("kind", "goodwill"), ("date", "2026-06-16")];
        let again = refused(&app, &xu, "/invoices/I-1/credit", &much, 422).await;
        assert!(again.contains("value=\"100.01\""), "{again}");
        let some = [("version", version.as_str()), ("amount_gross", "30"), ("kind", "goodwill"), ("number", "CN-1"), ("date", "2026-06-16")];
        app.form(&xu, "/invoices/I-1/credit", &some).await.is(303);
        assert_eq!(read(&app, &ada, "/api/v1/credit-notes/CN-1").await["kind"], "goodwill");
        let version = read(&app, &ada, "/api/v1/invoices/I-1").await["version"].to_string();
        let late = [("version", version.as_str()), ("date", "2026-06-17"), ("reason", "Twice")];
        assert!(refused(&app, &xu, "/invoices/I-1/cancel", &late, 422).await.contains("id=\"date-error\""));
        app.form(&xu, "/credit-notes/CN-1/cancel", &[("version", "1"), ("date", "2026-06-16")]).await.is(303);
        let version = read(&app, &ada, "/api/v1/invoices/I-1").await["version"].to_string();
        app.form(&xu, "/invoices/I-1/cancel", &[("version", &version), ("date", "2026-06-16"), ("reason", "Twice")]).await.is(303);
        let gone = page(&app, &xu, "/invoices/I-1").await;
        assert!(gone.contains("Cancelled") && !gone.contains("?do="), "{gone}");
        let again = app.form(&xu, "/invoices/I-1/cancel", &[]).await.is(409).text;
        assert!(again.contains("Invoice I-1 is cancelled"), "{again}");
        // What cancels an invoice stays.
        let list = read(&app, &ada, "/api/v1/credit-notes?status=cancellation").await;
        let number = list["items"][0]["number"].as_str().unwrap();
        let note = page(&app, &xu, &format!("/credit-notes/{number}")).await;
        assert!(!note.contains("?do=cancel\"") && !note.contains("?do=release\""), "{note}");
    }
);

testkit::each_engine!(
    async fn a_credit_note_settles_another_invoice_and_is_taken_back(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        bill(&app, &ada, "I-1", "100").await;
        let given = json!({ "number": "CN-1", "customer": "C", "amount_gross": "40", "kind": "goodwill", "reason": "Late" });
        app.post(&ada, "/api/v1/credit-notes", &given).await.is(201);
        let (xu, chen, gu) = (app.sign_in("xu").await, app.sign_in("chen").await, app.sign_in("gu").await);
        for who in [&xu, &chen, &gu] {
            let list = page(&app, who, "/credit-notes?status=goodwill&sort=-gross").await;
            assert!(list.contains("/credit-notes/CN-1") && list.contains("40.00"), "{list}");
        }
        let file = app.get(&chen, "/credit-notes/export.csv").await.is(200).text;
        assert!(file.lines().any(|line| line == "CN-1,2026-06-16,C,Chen paints,goodwill,,posted,EUR,40.00,40.00"), "{file}");
        assert!(page(&app, &chen, "/search?q=CN-").await.contains("/credit-notes/CN-1"));
        // Who may only look is offered nothing, and refused.
        for who in [&chen, &gu] {
            assert!(!page(&app, who, "/credit-notes/CN-1").await.contains("?do="));
            app.form(who, "/credit-notes/CN-1/settle", &[("invoice", "I-1")]).await.is(403);
        }
        let more = [("version", "1"), ("invoice", "I-1"), ("amount", "41"), ("date", "")];
        assert!(refused(&app, &xu, "/credit-notes/CN-1/settle", &more, 422).await.contains("id=\"amount-error\""));
        app.form(&xu, "/credit-notes/CN-1/settle", &[("version", "1"), ("invoice", "I-1")]).await.is(303);
        assert_eq!(read(&app, &ada, "/api/v1/invoices/I-1").await["open"], "60.00");
        let own = read(&app, &ada, "/api/v1/credit-notes/CN-1").await;
        let id = own["allocations"][0]["id"].as_str().unwrap();
        app.form(&xu, "/credit-notes/CN-1/release", &[("version", "2"), ("allocation", id), ("date", "2026-06-16"), ("reason", "Another")]).await.is(303);
        let again = refused(&app, &xu, "/credit-notes/CN-1/settle", &[("version", "2"), ("invoice", "I-1")], 412).await;
        assert!(again.contains("changed meanwhile"), "{again}");
        app.form(&xu, "/credit-notes/CN-1/change", &[("version", "3"), ("reason", "Very late")]).await.is(303);
        app.form(&xu, "/credit-notes/CN-1/cancel", &[("version", "4"), ("date", "2026-06-16")]).await.is(303);
        let gone = page(&app, &xu, "/credit-notes/CN-1").await;
        assert!(gone.contains("Very late") && gone.contains("Cancelled") && !gone.contains("?do="), "{gone}");
    }
);

testkit::each_engine!(
    async fn a_form_counts_once_however_often_its_button_is_pressed(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let li = app.sign_in("li").await;
        let six = [("version", "2"), ("number", "D-1"), ("date", "2026-06-16"), ("lines[0].quantity", "6")];
        app.form(&li, "/orders/SO-1/deliver", &six).await.is(303);
        let key = || async {
            let form = page(&app, &li, "/deliveries/D-1?do=return").await;
            let field = form.split("name=\"form_key\" value=\"").nth(1).unwrap();
            field.split('"').next().unwrap().to_owned()
        };
        let (one, other) = (key().await, key().await);
        assert_ne!(one, other, "each drawing of a form is another one");
        let two = |key: &str, quantity: &str| {
            [("version", "1"), ("form_key", key), ("date", "2026-06-16"), ("lines[0].quantity", quantity)]
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
        };
        let sent = async |key: &str, quantity: &str| {
            let form = two(key, quantity);
            let form: Vec<(&str, &str)> = form.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            app.form(&li, "/deliveries/D-1/return", &form).await.is(303).header("location").to_owned()
        };
        let first = sent(&one, "1").await;
        assert_eq!(sent(&one, "1").await, first, "a second click leads to what the first one made");
        // Going back and changing the quantity is another return, and so is the same from a form drawn anew.
        assert_ne!(sent(&one, "2").await, first);
        assert_ne!(sent(&other, "1").await, first);
        let list = read(&app, &ada, "/api/v1/deliveries?status=return").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 3, "{list}");
    }
);
