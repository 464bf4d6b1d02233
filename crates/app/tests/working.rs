//! The pages of the book as they are worked in: deeds of documents, what is kept of a customer, and two
//! records made one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use axum::http::Method;
use holm::{As, TestApp};
use serde_json::{Value, json};

/// A product, and a customer of chen and one of sun.
async fn book(app: &TestApp) -> As {
    let ada = app.token("ada").await;
    let product = json!({ "code": "P", "name": "Primer", "list_price": "10" });
    app.post(&ada, "/api/v1/products", &product).await.is(201);
    for owner in ["chen", "sun"] {
        let customer = json!({ "code": format!("C-{owner}"), "name": format!("{owner} paints"), "owner": owner });
        app.post(&ada, "/api/v1/customers", &customer).await.is(201);
    }
    ada
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

testkit::each_engine!(
    async fn a_quotation_is_worked_from_draft_to_order_on_its_page(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let offer = json!({ "number": "QU-1", "customer": "C-chen", "lines": [
            { "product": "P", "quantity": "10" }, { "product": "P", "quantity": "4", "unit_price": "9" },
        ] });
        app.post(&ada, "/api/v1/quotations", &offer).await.is(201);
        let chen = app.sign_in("chen").await;
        let draft = page(&app, &chen, "/quotations/QU-1").await;
        for (deed, is_there) in [("send", true), ("change", true), ("withdraw", true), ("accept", false), ("convert", false)] {
            assert_eq!(draft.contains(&format!("?do={deed}\"")), is_there, "{deed} of a draft");
        }
        let form = page(&app, &chen, "/quotations/QU-1?do=change").await;
        assert!(form.contains("action=\"/quotations/QU-1/change\""), "{form}");
        // A day before the offer's own is refused beside the field, with all that was typed.
        let bad = [("version", "1"), ("date", "2026-06-16"), ("valid_until", "2026-06-01"), ("lines[0].quantity", "8")];
        let again = app.form(&chen, "/quotations/QU-1/change", &bad).await.is(422).text;
        assert!(again.contains("id=\"valid_until-error\"") && again.contains("value=\"8\""), "{again}");
        // The second line falls away, a third comes.
        let good = [
            ("version", "1"), ("date", "2026-06-16"), ("valid_until", "2026-07-01"), ("lines[0].quantity", "8"),
            ("lines[0].unit_price", "10.00"), ("lines[0].discount_percent", "0"), ("lines[1].quantity", ""),
            ("lines[1].unit_price", "9.00"), ("lines[1].discount_percent", "0"),
            ("lines[2].product", "P"), ("lines[2].quantity", "5"), ("lines[2].unit_price", "7"),
        ];
        app.form(&chen, "/quotations/QU-1/change", &good).await.is(303);
        let saved = read(&app, &ada, "/api/v1/quotations/QU-1").await;
        let quantities: Vec<&str> = saved["lines"].as_array().unwrap().iter().map(|line| line["quantity"].as_str().unwrap()).collect();
        assert_eq!((quantities, saved["net"].as_str()), (vec!["8", "5"], Some("115.00")));
        // Whoever looked at the version before is told, and nothing happens.
        let stale = app.form(&chen, "/quotations/QU-1/send", &[("version", "1")]).await.is(412).text;
        assert!(stale.contains("changed meanwhile"), "{stale}");
        app.form(&chen, "/quotations/QU-1/send", &[("version", "2"), ("reason", "asked for")]).await.is(303);
        app.form(&chen, "/quotations/QU-1/accept", &[("version", "3")]).await.is(303);
        let refused = app.form(&chen, "/quotations/QU-1/send", &[("version", "4")]).await.is(409).text;
        assert!(refused.contains("Quotation QU-1 is accepted"), "{refused}");
        let too_many = [("version", "4"), ("date", "2026-06-16"), ("lines[0].quantity", "0"), ("lines[1].quantity", "6")];
        let again = app.form(&chen, "/quotations/QU-1/convert", &too_many).await.is(422).text;
        let beside = again.split("id=\"lines[1].quantity\"").nth(1).unwrap();
        assert!(beside.contains("5 were offered, so 6 cannot be taken."), "{again}");
        let taken = [("version", "4"), ("number", "SO-9"), ("date", "2026-06-16"), ("lines[0].quantity", ""), ("lines[1].quantity", "3")];
        let made = app.form(&chen, "/quotations/QU-1/convert", &taken).await.is(303);
        assert_eq!(made.header("location"), "/orders/SO-9");
        assert_eq!(read(&app, &ada, "/api/v1/orders/SO-9").await["net"], "21.00");
        let order = page(&app, &chen, "/orders/SO-9").await;
        assert!(order.contains("?do=confirm\"") && !order.contains("?do=close\""), "{order}");
        app.form(&chen, "/orders/SO-9/confirm", &[("version", "1")]).await.is(303);
        let again = app.form(&chen, "/orders/SO-9/confirm", &[]).await.is(409).text;
        assert!(again.contains("Order SO-9 is confirmed"), "{again}");
        app.form(&chen, "/orders/SO-9/close", &[("version", "2"), ("reason", "Enough")]).await.is(303);
        assert_eq!(read(&app, &ada, "/api/v1/orders/SO-9").await["status"], "closed");
    }
);

testkit::each_engine!(
    async fn a_page_offers_and_takes_only_what_its_reader_may_do(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let offer = json!({ "number": "QU-1", "customer": "C-chen", "lines": [{ "product": "P", "quantity": "1" }] });
        app.post(&ada, "/api/v1/quotations", &offer).await.is(201);
        let rebate = json!({ "number": "RB-1", "customer": "C-chen", "method": "retroactive", "tiers": [{ "from_net": "1", "percent": "2" }] });
        app.post(&ada, "/api/v1/rebates", &rebate).await.is(201);
        app.post(&ada, "/api/v1/rebates/RB-1/activate", &json!({})).await.is(200);
        let (chen, sun, gu, li) = (app.sign_in("chen").await, app.sign_in("sun").await, app.sign_in("gu").await, app.sign_in("li").await);
        // An auditor reads and does nothing.
        let read = page(&app, &gu, "/quotations/QU-1").await;
        assert!(!read.contains("?do="), "{read}");
        app.form(&gu, "/quotations/QU-1/send", &[("version", "1")]).await.is(403);
        // What is sun's colleague's is not there for sun.
        app.get(&sun, "/quotations/QU-1").await.is(404);
        app.form(&sun, "/quotations/QU-1/send", &[("version", "1")]).await.is(404);
        // A manager agrees on rebates; giving them is for finance.
        let seen = page(&app, &li, "/rebates/RB-1").await;
        assert!(seen.contains("?do=close\"") && !seen.contains("?do=settle\""), "{seen}");
        app.form(&li, "/rebates/RB-1/settle", &[("version", "2")]).await.is(403);
        let seen = page(&app, &chen, "/rebates/RB-1").await;
        assert!(!seen.contains("?do="), "{seen}");
        app.form(&chen, "/quotations/QU-1/burn", &[]).await.is(404);
    }
);

testkit::each_engine!(
    async fn a_contract_shows_what_is_left_and_who_took_it(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let contract = json!({ "number": "FC-1", "customer": "C-chen", "lines": [{ "product": "P", "unit_price": "8", "quantity": "100" }] });
        app.post(&ada, "/api/v1/frameworks", &contract).await.is(201);
        let li = app.sign_in("li").await;
        let change = [("version", "1"), ("from", "2026-06-01"), ("to", "2027-06-01"), ("tolerance_percent", "5"), ("note", "As spoken")];
        app.form(&li, "/frameworks/FC-1/change", &change).await.is(303);
        app.form(&li, "/frameworks/FC-1/activate", &[("version", "2")]).await.is(303);
        let order = json!({ "number": "SO-1", "customer": "C-chen", "lines": [{ "product": "P", "quantity": "30", "call_off": { "contract": "FC-1", "line": 1 } }] });
        app.post(&ada, "/api/v1/orders", &order).await.is(201);
        app.post(&ada, "/api/v1/orders/SO-1/confirm", &json!({})).await.is(200);
        let seen = page(&app, &li, "/frameworks/FC-1").await;
        for text in ["As spoken", "<b>70</b>", "/orders/SO-1", "240.00"] {
            assert!(seen.contains(text), "{text}: {seen}");
        }
        // Emptied, the last day is none.
        let list = page(&app, &li, "/frameworks?customer=C-chen&status=active").await;
        assert!(list.contains("FC-1") && list.contains("31 May 2027"), "{list}");
        app.form(&li, "/frameworks/FC-1/close", &[("version", "3"), ("reason", "Done")]).await.is(303);
        let again = app.form(&li, "/frameworks/FC-1/close", &[]).await.is(409).text;
        assert!(again.contains("Framework contract FC-1 is closed"), "{again}");
    }
);

testkit::each_engine!(
    async fn a_sample_is_recorded_sold_or_lost(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let chen = app.sign_in("chen").await;
        page(&app, &chen, "/samples/new?customer=C-chen").await;
        let no = [("customer", "C-sun"), ("product", "P"), ("quantity", "2"), ("kind", "trial"), ("date", "2026-06-16")];
        let again = app.form(&chen, "/samples", &no).await.is(422).text;
        assert!(again.contains("id=\"customer-error\""), "{again}");
        let mut numbers = Vec::new();
        for _ in 0..2 {
            let new = [("customer", "C-chen"), ("product", "P"), ("quantity", "2"), ("kind", "trial"), ("date", "2026-06-01"), ("note", "New hull")];
            let made = app.form(&chen, "/samples", &new).await.is(303);
            numbers.push(made.header("location").to_owned());
        }
        let (one, other) = (&numbers[0], &numbers[1]);
        assert!(one.starts_with("/samples/SP-"), "{one}");
        let silent = app.form(&chen, &format!("{one}/lose"), &[("version", "1"), ("date", "2026-06-10"), ("reason", "")]).await.is(422).text;
        assert!(silent.contains("id=\"reason-error\""), "{silent}");
        app.form(&chen, &format!("{one}/lose"), &[("version", "1"), ("date", "2026-06-10"), ("reason", "Too dear")]).await.is(303);
        let made = app.form(&chen, &format!("{other}/sell"), &[("version", "1"), ("quantity", "2"), ("number", "SO-7")]).await.is(303);
        assert_eq!(made.header("location"), "/orders/SO-7");
        assert!(page(&app, &chen, one).await.contains("Too dear"));
        let sold = read(&app, &ada, "/api/v1/samples?status=sold").await;
        assert_eq!(sold["items"][0]["order"], "SO-7");
        assert!(page(&app, &chen, "/samples?status=lost").await.contains("Lost"));
    }
);

testkit::each_engine!(
    async fn a_rebate_is_explained_as_of_a_day_and_given(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let terms = json!({ "number": "RB-1", "customer": "C-chen", "from": "2026-01-01", "to": "2027-01-01", "method": "incremental",
            "tiers": [{ "from_net": "100", "percent": "1" }, { "from_net": "1000", "percent": "2" }] });
        app.post(&ada, "/api/v1/rebates", &terms).await.is(201);
        app.post(&ada, "/api/v1/rebates/RB-1/activate", &json!({})).await.is(200);
        for (number, day, amount) in [("IN-1", "2026-03-01", "600"), ("IN-2", "2026-05-01", "900")] {
            let bill = json!({ "number": number, "customer": "C-chen", "date": day, "amount_gross": amount });
            app.post(&ada, "/api/v1/invoices", &bill).await.is(201);
        }
        let xu = app.sign_in("xu").await;
        // 1 % of 100 to 600.
        let april = page(&app, &xu, "/rebates/RB-1?as_of=2026-04-30").await;
        assert!(april.contains("IN-1") && !april.contains("IN-2") && april.contains("<b>5.00</b>"), "{april}");
        // 1 % of 100 to 1,000 and 2 % of 1,000 to 1,500.
        let now = page(&app, &xu, "/rebates/RB-1").await;
        assert!(now.contains("<b>19.00</b>"), "{now}");
        let too_much = [("version", "2"), ("amount", "20"), ("date", "2026-06-16")];
        let again = app.form(&xu, "/rebates/RB-1/settle", &too_much).await.is(422).text;
        assert!(again.contains("id=\"amount-error\""), "{again}");
        let some = [("version", "2"), ("amount", "4"), ("date", "2026-06-16"), ("number", "CN-1")];
        app.form(&xu, "/rebates/RB-1/settle", &some).await.is(303);
        let given = page(&app, &xu, "/rebates/RB-1").await;
        assert!(given.contains("CN-1") && given.contains("<b>15.00</b>"), "{given}");
        // Another tier: what was accrued follows.
        let change = [
            ("version", "3"), ("from", "2026-01-01"), ("to", "2027-01-01"), ("method", "retroactive"), ("note", ""),
            ("tiers[0].from_net", "100"), ("tiers[0].percent", "1"), ("tiers[1].from_net", "1000"), ("tiers[1].percent", "2"),
            ("tiers[2].from_net", "1500"), ("tiers[2].percent", "4"), ("tiers[3].from_net", ""), ("tiers[3].percent", ""),
        ];
        app.form(&xu, "/rebates/RB-1/change", &change).await.is(303);
        assert!(page(&app, &xu, "/rebates/RB-1").await.contains("<b>60.00</b>"));
        let fallen = [("version", "4"), ("tiers[0].from_net", "100"), ("tiers[0].percent", "1"), ("tiers[1].from_net", "50"), ("tiers[1].percent", "2")];
        app.form(&xu, "/rebates/RB-1/change", &fallen).await.is(422);
    }
);

testkit::each_engine!(
    async fn contacts_and_addresses_are_kept_on_the_customers_page(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let (chen, gu) = (app.sign_in("chen").await, app.sign_in("gu").await);
        let bare = page(&app, &chen, "/customers/C-chen").await;
        assert!(bare.contains("/customers/C-chen/contacts/new"), "{bare}");
        assert!(!page(&app, &gu, "/customers/C-chen").await.contains("/contacts/new"));
        app.get(&gu, "/customers/C-chen/contacts/new").await.is(403);
        app.get(&chen, "/customers/C-sun/contacts/new").await.is(404);

        let nobody = [("name", ""), ("role", "buyer"), ("email", "not an address")];
        let again = app.form(&chen, "/customers/C-chen/contacts", &nobody).await.is(422).text;
        assert!(again.contains("id=\"name-error\"") && again.contains("not an address"), "{again}");
        let lin = [("name", "Lin Wei"), ("name_local", "林伟"), ("role", "buyer"), ("email", "lin@x.example"), ("from", ""), ("to", "")];
        app.form(&chen, "/customers/C-chen/contacts", &lin).await.is(303);
        let list = "/api/v1/customers/C-chen/contacts";
        let id = read(&app, &ada, list).await["items"][0]["id"].as_str().unwrap().to_owned();
        let place = format!("/customers/C-chen/contacts/{id}");
        let form = page(&app, &chen, &place).await;
        assert!(form.contains("value=\"lin@x.example\"") && form.contains("name=\"version\" value=\"1\""), "{form}");
        // Who has left is known to have been there.
        let left = [("version", "1"), ("name", "Lin Wei"), ("role", "payer"), ("email", ""), ("to", "2026-06-16")];
        app.form(&chen, &place, &left).await.is(303);
        assert_eq!(read(&app, &ada, list).await["items"], json!([]));
        let before = read(&app, &ada, &format!("{list}?as_of=2026-06-15")).await;
        assert_eq!((&before["items"][0]["role"], &before["items"][0]["email"]), (&json!("payer"), &Value::Null));
        app.form(&chen, &format!("{place}/remove"), &[("version", "1")]).await.is(412);
        app.form(&chen, &format!("{place}/remove"), &[("version", "2")]).await.is(303);
        assert_eq!(read(&app, &ada, &format!("{list}?as_of=2026-06-15")).await["items"], json!([]));

        let nowhere = [("kind", "visit"), ("line1", "1 Harbour Road"), ("lat", "north"), ("lon", "120.6")];
        let again = app.form(&chen, "/customers/C-chen/addresses", &nowhere).await.is(422).text;
        assert!(again.contains("id=\"lat-error\"") && again.contains("value=\"120.6\""), "{again}");
        let beyond = [("kind", "visit"), ("line1", "1 Harbour Road"), ("lat", "91"), ("lon", "120.6")];
        assert!(app.form(&chen, "/customers/C-chen/addresses", &beyond).await.is(422).text.contains("id=\"lat-error\""));
        let there = [("kind", "visit"), ("line1", "1 Harbour Road"), ("lat", "31.3"), ("lon", "120.6")];
        app.form(&chen, "/customers/C-chen/addresses", &there).await.is(303);
        assert!(page(&app, &chen, "/customers/C-chen").await.contains("31.3, 120.6"));
    }
);

testkit::each_engine!(
    async fn ties_are_said_and_ended_and_what_held_stays(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let xu = app.sign_in("xu").await;
        page(&app, &xu, "/customers/C-chen/ties/new").await;
        let own = [("kind", "parent"), ("other", "C-chen"), ("from", ""), ("to", "")];
        app.form(&xu, "/customers/C-chen/ties", &own).await.is(422);
        let tie = [("kind", "parent"), ("other", "C-sun"), ("from", "2026-01-01"), ("to", "")];
        app.form(&xu, "/customers/C-chen/ties", &tie).await.is(303);
        let seen = page(&app, &xu, "/customers/C-chen").await;
        assert!(seen.contains("/customers/C-chen/ties/parent/end"), "{seen}");
        page(&app, &xu, "/customers/C-chen/ties/parent/end").await;
        app.form(&xu, "/customers/C-chen/ties/parent/end", &[("on", "2026-06-01")]).await.is(303);
        let ties = read(&app, &ada, "/api/v1/customers/C-chen/ties").await;
        assert_eq!((&ties["items"][0]["from"], &ties["items"][0]["to"]), (&json!("2026-01-01"), &json!("2026-06-01")));
        let none = app.form(&xu, "/customers/C-chen/ties/parent/end", &[("on", "2026-06-01")]).await.is(409).text;
        assert!(none.contains("has no parent from 2026-06-01 on"), "{none}");
        app.get(&xu, "/customers/C-chen/ties/uncle/end").await.is(404);
        let refused = app.post(&ada, "/api/v1/customers/C-chen/ties/end", &json!({ "kind": "payer" })).await.is(409);
        assert_eq!(refused.code(), "tie.none");
    }
);

testkit::each_engine!(
    async fn terms_are_agreed_from_a_day_on_and_what_held_stays(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let (xu, chen) = (app.sign_in("xu").await, app.sign_in("chen").await);
        let place = "/customers/C-chen/payment-terms";
        app.get(&chen, &format!("{place}/new")).await.is(403);
        let part = json!({ "percent": "100", "clock": "invoice", "days": 30, "end_of_month": true });
        let terms = json!({ "code": "eom", "name": "End of month", "name_local": "月结三十天", "parts": [part] });
        app.post(&ada, "/api/v1/payment-terms", &terms).await.is(201);
        assert!(page(&app, &xu, &format!("{place}/new")).await.contains("eom · End of month"));
        let typed = |agreed: &'static str, terms: &'static str, days: &'static str, from: &'static str| {
            [("agreed", agreed), ("payment_terms", terms), ("payment_terms_days", days), ("from", from), ("to", "")]
        };
        // What is missing or wrong is told beside its field, and nothing typed is lost.
        let refused = app.form(&xu, place, &typed("named", "", "45", "2026-06-01")).await.is(422).text;
        assert!(refused.contains("payment_terms-error") && refused.contains("value=\"45\""), "{refused}");
        assert!(app.form(&xu, place, &typed("days", "eom", "731", "")).await.is(422).text.contains("payment_terms_days-error"));
        app.form(&xu, place, &typed("days", "eom", "45", "2026-01-01")).await.is(303);
        app.form(&xu, place, &typed("named", "eom", "45", "2026-06-01")).await.is(303);
        let seen = page(&app, &xu, "/customers/C-chen").await;
        assert!(seen.contains("End of month") && seen.contains("45 days"), "{seen}");
        app.form(&xu, place, &typed("none", "", "", "2026-07-01")).await.is(303);
        let all = read(&app, &ada, &format!("/api/v1{place}")).await;
        assert_eq!(all["items"], json!([
            { "payment_terms": null, "payment_terms_days": 45, "from": "2026-01-01", "to": "2026-06-01" },
            { "payment_terms": "eom", "payment_terms_days": null, "from": "2026-06-01", "to": "2026-07-01" },
        ]));
    }
);

testkit::each_engine!(
    async fn quotations_contracts_and_rebates_are_drawn_up_on_pages(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let (chen, li, gu) = (app.sign_in("chen").await, app.sign_in("li").await, app.sign_in("gu").await);
        for place in ["/quotations", "/frameworks", "/rebates"] {
            app.get(&gu, &format!("{place}/new")).await.is(403);
            assert!(!page(&app, &gu, place).await.contains(&format!("{place}/new")));
            assert!(page(&app, &li, place).await.contains(&format!("{place}/new")));
            assert!(page(&app, &li, &format!("{place}/new?customer=C-chen")).await.contains("value=\"C-chen\""));
        }
        // A fault stands beside the field it was typed in, and nothing typed is lost.
        let typed = [("customer", "C-chen"), ("number", "N-1"), ("rows", "5"), ("lines[0].product", ""), ("lines[2].product", "P"),
            ("lines[2].quantity", "3"), ("lines[3].product", "nothing"), ("lines[3].quantity", "-x")];
        let refused = app.form(&chen, "/quotations", &typed).await.is(422).text;
        assert_eq!(page::check_markup(&refused), Ok(()));
        assert!(refused.contains("aria-invalid") && refused.contains("value=\"-x\"") && refused.contains("value=\"nothing\""), "{refused}");
        let more = [typed.as_slice(), &[("more", "1")]].concat();
        let longer = app.form(&chen, "/quotations", &more).await.is(200).text;
        assert!(longer.contains("lines[9].product") && longer.contains("value=\"nothing\""), "{longer}");
        let beyond = app.form(&chen, "/quotations", &[("customer", "C-sun"), ("lines[0].product", "P"), ("lines[0].quantity", "1")]).await;
        assert!(beyond.is(422).text.contains("customer-error"));
        // The price that was left empty is the product's.
        let made = app.form(&chen, "/quotations", &typed[..6]).await.is(303);
        assert_eq!(made.header("location"), "/quotations/N-1");
        let offer = read(&app, &ada, "/api/v1/quotations/N-1").await;
        assert_eq!((&offer["status"], &offer["lines"][0]["quantity"], &offer["net"]), (&json!("draft"), &json!("3"), &json!("30.00")));
        let contract = [("customer", "C-chen"), ("number", "F-1"), ("from", "2026-06-01"), ("to", "2027-06-01"), ("tolerance_percent", "5"), ("note", "yearly"),
            ("lines[0].product", "P"), ("lines[0].unit_price", "8.5"), ("lines[0].quantity", "100")];
        app.form(&chen, "/frameworks", &contract).await.is(403);
        app.form(&li, "/frameworks", &contract).await.is(303);
        let made = read(&app, &ada, "/api/v1/frameworks/F-1").await;
        assert_eq!((&made["lines"][0]["unit_price"], &made["lines"][0]["quantity"], &made["note"]), (&json!("8.50"), &json!("100"), &json!("yearly")));
        let rebate = [("customer", "C-chen"), ("number", "R-1"), ("from", "2026-01-01"), ("to", ""), ("method", "incremental"),
            ("tiers[0].from_net", "0"), ("tiers[0].percent", "1"), ("tiers[1].from_net", "1000"), ("tiers[1].percent", "101")];
        assert!(app.form(&li, "/rebates", &rebate).await.is(422).text.contains("value=\"101\""));
        app.form(&li, "/rebates", &[&rebate[..8], &[("tiers[1].percent", "2")]].concat()).await.is(303);
        let made = read(&app, &ada, "/api/v1/rebates/R-1").await;
        assert_eq!((&made["tiers"][1]["percent"], &made["to"], &made["status"]), (&json!("2"), &json!("2027-01-01"), &json!("draft")));
    }
);

testkit::each_engine!(
    async fn products_and_groups_are_called_by_the_readers_name(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let group = json!({ "code": "paint", "name": "Coatings", "name_local": "涂料" });
        app.post(&ada, "/api/v1/product-groups", &group).await.is(201);
        let group = json!({ "code": "oem", "name": "Industrial OEM", "name_local": "工业主机厂" });
        app.post(&ada, "/api/v1/customer-groups", &group).await.is(201);
        app.send(&ada, Method::PATCH, "/api/v1/customers/C-chen", &json!({ "group": "oem" })).await.is(200);
        let named = json!({ "name": "Primer", "name_local": "环氧底漆", "group": "paint" });
        app.send(&ada, Method::PATCH, "/api/v1/products/P", &named).await.is(200);
        let lines = json!([{ "product": "P", "quantity": "2" }]);
        for noun in ["orders", "quotations"] {
            let made = json!({ "number": "N-1", "customer": "C-chen", "lines": lines });
            app.post(&ada, &format!("/api/v1/{noun}"), &made).await.is(201);
        }
        app.post(&ada, "/api/v1/orders/N-1/confirm", &json!({})).await.is(200);
        let As::Browser(cookie) = app.sign_in("xu").await else { panic!("a browser") };
        let chinese = As::Browser(format!("{cookie}; bw-lang=zh-CN"));
        let english = As::Browser(cookie);
        for (path, en, zh) in [
            ("/orders/N-1", "Primer", "环氧底漆"),
            ("/quotations/N-1", "Primer", "环氧底漆"),
            ("/customers/C-chen/panels/statement", "Primer", "环氧底漆"),
            ("/customers/C-chen/panels/facts", "Industrial OEM", "工业主机厂"),
            ("/customers", "Industrial OEM", "工业主机厂"),
            ("/products", "Coatings", "涂料"),
        ] {
            let (own, other) = (page(&app, &chinese, path).await, page(&app, &english, path).await);
            assert!(own.contains(zh) && !own.contains(en), "{path} in Chinese");
            assert!(other.contains(en), "{path} in English");
        }
        // It is found by either name, and by how the Chinese one is said.
        for typed in ["Primer", "环氧", "huanyang", "hydq"] {
            assert!(page(&app, &chinese, &format!("/products?q={typed}")).await.contains("环氧底漆"), "{typed}");
        }
    }
);

testkit::each_engine!(
    async fn two_records_become_one_after_the_code_was_typed(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        let twin = json!({ "code": "C-2", "name": "chen paints", "owner": "wu" });
        app.post(&ada, "/api/v1/customers", &twin).await.is(201);
        let order = json!({ "number": "SO-1", "customer": "C-2", "lines": [{ "product": "P", "quantity": "2" }] });
        app.post(&ada, "/api/v1/orders", &order).await.is(201);
        let (li, chen) = (app.sign_in("li").await, app.sign_in("chen").await);
        assert!(page(&app, &li, "/customers").await.contains("/customers/duplicates"));
        assert!(!page(&app, &chen, "/customers").await.contains("/customers/duplicates"));
        app.get(&chen, "/customers/duplicates").await.is(403);
        let pairs = page(&app, &li, "/customers/duplicates").await;
        assert!(pairs.contains("/customers/C-2/merge?into=C-chen"), "{pairs}");

        let asked = page(&app, &li, "/customers/C-2/merge?into=C-nobody").await;
        assert!(asked.contains("id=\"into-error\""), "{asked}");
        let look = page(&app, &li, "/customers/C-2/merge?into=C-chen").await;
        assert!(look.contains("keep.owner") && look.contains("/customers/C-chen/merge?into=C-2"), "{look}");
        // Looking changed nothing, and neither does a wrong code, nor a conflict nobody decided.
        let wrong = [("into", "C-chen"), ("version", "1"), ("confirm", "C-chen"), ("keep.owner", "C-chen")];
        let again = app.form(&li, "/customers/C-2/merge", &wrong).await.is(422).text;
        assert!(again.contains("id=\"confirm-error\""), "{again}");
        let open = [("into", "C-chen"), ("version", "1"), ("confirm", "C-2"), ("keep.owner", "")];
        let again = app.form(&li, "/customers/C-2/merge", &open).await.is(409).text;
        assert!(again.contains("id=\"keep.owner-error\""), "{again}");
        assert_eq!(read(&app, &ada, "/api/v1/orders/SO-1").await["customer"], "C-2");
        let right = [("into", "C-chen"), ("version", "1"), ("confirm", "c-2"), ("keep.owner", "C-chen"), ("reason", "Twice entered")];
        let done = app.form(&li, "/customers/C-2/merge", &right).await.is(303);
        assert_eq!(done.header("location"), "/customers/C-chen");
        assert_eq!(read(&app, &ada, "/api/v1/orders/SO-1").await["customer"], "C-chen");
        app.form(&chen, "/customers/C-chen/merge", &right).await.is(403);
    }
);

testkit::each_engine!(
    async fn lists_of_offers_go_out_as_they_are_narrowed(db) {
        let app = TestApp::of(db).await;
        let ada = book(&app).await;
        for (number, whose) in [("QU-1", "chen"), ("QU-2", "sun")] {
            let offer = json!({ "number": number, "customer": format!("C-{whose}"), "lines": [{ "product": "P", "quantity": "3" }] });
            app.post(&ada, "/api/v1/quotations", &offer).await.is(201);
        }
        let sample = json!({ "number": "SP-1", "customer": "C-chen", "product": "P", "quantity": "2", "date": "2026-06-01" });
        app.post(&ada, "/api/v1/samples", &sample).await.is(201);
        let (xu, chen) = (app.sign_in("xu").await, app.sign_in("chen").await);
        let all = app.get(&xu, "/quotations/export.csv?sort=number").await.is(200).text;
        let rows: Vec<&str> = all.lines().collect();
        assert_eq!(rows.len(), 3, "{all}");
        assert!(rows[0].contains("quotation,date,customer,name,valid_until,status,edition,currency,net,tax,gross"), "{all}");
        assert_eq!(rows[1], "QU-1,2026-06-16,C-chen,chen paints,2026-07-16,draft,1,EUR,30.00,0.00,30.00");
        // Everybody's file holds what they see.
        let own = app.get(&chen, "/quotations/export.csv").await.is(200).text;
        assert!(own.contains("QU-1") && !own.contains("QU-2"), "{own}");
        let none = app.get(&xu, "/quotations/export.csv?status=lost").await.is(200).text;
        assert_eq!(none.lines().count(), 1, "{none}");
        let late = app.get(&xu, "/samples/export.csv").await.is(200).text;
        assert!(late.contains("SP-1,2026-06-01,C-chen,chen paints,sample,P,2,2026-07-01,open,,,,"), "{late}");
        for list in ["frameworks", "rebates", "samples", "quotations"] {
            let book = app.get(&xu, &format!("/{list}/export.xlsx")).await.is(200);
            assert!(book.bytes.starts_with(b"PK"), "{list}");
        }
    }
);
