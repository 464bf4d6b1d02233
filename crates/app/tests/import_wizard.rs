//! Files read in with the browser: sent, matched, checked, read in, by whoever may, and nobody else's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use app::{wiring, wizard};
use axum::{body::Body, http::Method};
use holm::{Answer, As, TestApp, asked};
use org::store::{logins, uploads};
use page::{Clock as _, Frame, Lang};
use serde_json::json;

/// Sends a file as a browser does; answers the address it has from then on.
async fn send(app: &TestApp, who: &As, name: &str, kind: &str, text: &[u8]) -> Answer {
    let mut body = format!(
        "--parts\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n\
         --parts\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(text);
    body.extend_from_slice(b"\r\n--parts--\r\n");
    let request = asked(Method::POST, "/import", who)
        .header("content-type", "multipart/form-data; boundary=parts")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body));
    app.ask(request.unwrap()).await
}

async fn sent(app: &TestApp, who: &As, name: &str, kind: &str, text: &str) -> String {
    let answer = send(app, who, name, kind, text.as_bytes()).await.is(303);
    answer.header("location").to_owned()
}

/// The page of a file, sound in itself.
async fn page(app: &TestApp, who: &As, place: &str) -> String {
    let page = app.get(who, place).await.is(200);
    assert_eq!(page::check_markup(&page.text), Ok(()), "{place}");
    page.text
}

/// Sends the columns as they are shown, but for `other`; then all rows are checked.
async fn check(app: &TestApp, who: &As, place: &str, kind: &str, other: &[(&str, &str)]) -> String {
    let text = page(app, who, &format!("{place}?step=columns")).await;
    let mut fields: Vec<(String, String)> = vec![("kind".to_owned(), kind.to_owned())];
    for part in text.split("<select").skip(1) {
        let name = part
            .split("name=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let chosen = part.split("</select>").next().unwrap().split("<option ");
        let chosen = chosen.filter(|option| option.contains(" selected"));
        let value = chosen
            .last()
            .and_then(|option| option.split('"').nth(1))
            .unwrap_or("");
        let value = other
            .iter()
            .find(|(own, _)| *own == name)
            .map_or(value, |(_, value)| value);
        if name != "kind" {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    app.form(who, &format!("{place}/columns"), &fields)
        .await
        .is(303);
    page(app, who, place).await
}

/// The figure of a tile.
#[track_caller]
fn tile(text: &str, name: &str) -> String {
    let after = text.split(&format!("<b>{name}</b>")).nth(1);
    let after = after.unwrap_or_else(|| panic!("no tile {name} in {text}"));
    let value = after.split("class=\"v\">").nth(1).unwrap();
    value.split('<').next().unwrap().trim().to_owned()
}

const CUSTOMERS: &str = "code,name,owner\nC-1,Alpha,chen\nC-2,Beta,wu\nC-3,Gamma,sun\n";
const PRODUCTS: &str = "code,name\nP-1,Primer\n";

/// Customers of chen, wu and sun, and a product, read in with the browser.
async fn a_book(app: &TestApp, ada: &As) {
    for (name, text, rows) in [
        ("customers.csv", CUSTOMERS, "3"),
        ("products.csv", PRODUCTS, "1"),
    ] {
        let kind = name.trim_end_matches(".csv");
        let place = sent(app, ada, name, "", text).await;
        let checked = check(app, ada, &place, kind, &[]).await;
        assert_eq!(tile(&checked, "Rows to be added"), rows);
        app.form(ada, &format!("{place}/read"), &[]).await.is(303);
        let done = page(app, ada, &place).await;
        assert_eq!(tile(&done, "Rows added"), rows);
    }
}

testkit::each_engine!(
    async fn a_file_is_sent_matched_checked_and_read_in(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        a_book(&app, &ada).await;
        // As another program writes it: other names, numbers and days, and a column that is not ours.
        let text = "Auftragsnummer;Kunden-Nr;Auftragsdatum;Artikel-Nr;Menge;Einzelpreis;Fax\n\
                    A-1;C-1;05.06.2026;P-1;2;1.234,50;17\nA-2;C-2;06.06.2026;P-1;1;0,50;18\n";
        let place = sent(&app, &ada, "Liste.csv", "", text).await;
        let shown = page(&app, &ada, &place).await;
        assert!(shown.contains("6 of 7 columns matched"), "{shown}");
        assert!(shown.contains("Written like 1.234,56") && shown.contains("Written like d.m.y"));
        let checked = check(&app, &ada, &place, "orders", &[]).await;
        assert_eq!(tile(&checked, "Rows to be added"), "2");
        assert_eq!(tile(&checked, "Control total"), "2469.50");
        // Nothing was written yet: the control of what follows.
        let program = app.token("ada").await;
        app.get(&program, "/api/v1/orders/A-1").await.is(404);
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        let done = page(&app, &ada, &place).await;
        assert_eq!((tile(&done, "Rows added"), tile(&done, "Control total")), ("2".into(), "2469.50".into()));
        let order = app.get(&program, "/api/v1/orders/A-1").await.is(200).json();
        assert_eq!((&order["net"], &order["date"]), (&json!("2469.00"), &json!("2026-06-05")));
        // What was read in is not read in again, and its bytes are gone.
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        assert_eq!(tile(&page(&app, &ada, &place).await, "Rows added"), "2");
        let list = page(&app, &ada, "/import").await;
        assert!(list.contains("Liste.csv"), "{list}");
        app.form(&ada, &format!("{place}/forget"), &[]).await.is(303);
        app.get(&ada, &place).await.is(404);
        app.get(&program, "/api/v1/orders/A-1").await.is(200);
    }
);

testkit::each_engine!(
    async fn what_is_matched_by_hand_is_remembered_for_the_next_file_of_that_layout(db) {
        let app = TestApp::of(db).await;
        let (ada, xu) = (app.sign_in("ada").await, app.sign_in("xu").await);
        let file = |code: &str, day: &str| {
            format!("Kd-Nr;Wer das ist;Ort;Seit\n{code};Alpha;Bonn;{day}\n")
        };
        let place = sent(&app, &ada, "a.csv", "", &file("C-1", "x")).await;
        let shown = page(&app, &ada, &place).await;
        assert!(shown.contains("Still missing: Name."), "{shown}");
        // As it is, nothing is checked.
        let still = check(&app, &ada, &place, "customers", &[]).await;
        assert!(still.contains("Still missing: Name."), "{still}");
        let checked = check(&app, &ada, &place, "customers", &[("column-1", "name")]).await;
        assert_eq!(tile(&checked, "Rows to be added"), "1");
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        assert_eq!(tile(&page(&app, &ada, &place).await, "Rows added"), "1");

        // The same header again, sent by a colleague: nothing is left to be matched.
        let place = sent(&app, &xu, "b.csv", "", &file("C-2", "y")).await;
        let shown = page(&app, &xu, &place).await;
        assert!(shown.contains("Ada matched them") && !shown.contains("Still missing"), "{shown}");
        let checked = check(&app, &xu, &place, "customers", &[]).await;
        assert_eq!(tile(&checked, "Rows to be added"), "1");
        // Another header is another layout.
        let other = file("C-3", "z").replace("Seit", "Bis");
        let place = sent(&app, &xu, "c.csv", "customers", &other).await;
        assert!(page(&app, &xu, &place).await.contains("Still missing: Name."));
    }
);

testkit::each_engine!(
    async fn wrong_rows_are_told_and_left_out_on_demand(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        a_book(&app, &ada).await;
        let text = "number,customer,date,product,quantity,unit_price\n\
                    A-1,C-1,2026-06-05,P-1,2,10\nA-2,C-9,2026-06-05,P-1,2,10\nA-3,C-2,2026-06-05,P-1,many,10\n";
        let place = sent(&app, &ada, "orders.csv", "", text).await;
        let checked = check(&app, &ada, &place, "orders", &[]).await;
        assert_eq!((tile(&checked, "Rows to be added"), tile(&checked, "Rows with faults")), ("1".into(), "2".into()));
        assert!(checked.contains("There is no customer C-9.") && checked.contains("is not a decimal number"));
        let faults = app.get(&ada, &format!("{place}/faults.csv")).await.is(200).text;
        assert!(faults.contains("\n3,customer,There is no customer C-9.\n"), "{faults}");
        app.get(&ada, &format!("{place}/left-out.csv")).await.is(404);
        // Without the word to leave them out nothing goes in.
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        let program = app.token("ada").await;
        app.get(&program, "/api/v1/orders/A-1").await.is(404);
        app.form(&ada, &format!("{place}/read"), &[("skip", "1")]).await.is(303);
        let done = page(&app, &ada, &place).await;
        assert_eq!((tile(&done, "Rows added"), tile(&done, "Rows with faults")), ("1".into(), "2".into()));
        app.get(&program, "/api/v1/orders/A-1").await.is(200);
        app.get(&program, "/api/v1/orders/A-2").await.is(404);
        let out = app.get(&ada, &format!("{place}/left-out.csv")).await.is(200).text;
        assert!(out.contains("\n3,customer: There is no customer C-9.,A-2,C-9,"), "{out}");

        // Kinds whose rows belong together go in whole or not at all.
        let place = sent(&app, &ada, "customers.csv", "", "code,name\nC-7,Seven\nC 8,Eight\n").await;
        let checked = check(&app, &ada, &place, "customers", &[]).await;
        assert!(checked.contains("Nothing can be read in"), "{checked}");
        app.form(&ada, &format!("{place}/read"), &[("skip", "1")]).await.is(303);
        app.get(&program, "/api/v1/customers/C-7").await.is(404);
    }
);

testkit::each_engine!(
    async fn everybody_reads_in_what_they_may_and_sees_own_files_only(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        a_book(&app, &ada).await;
        let (chen, gu, xu) = (app.sign_in("chen").await, app.sign_in("gu").await, app.sign_in("xu").await);
        // An auditor reads nothing in, and is not shown the way.
        app.get(&gu, "/import").await.is(403);
        assert!(!app.get(&gu, "/").await.is(200).text.contains("href=\"/import\""));
        assert!(app.get(&chen, "/").await.is(200).text.contains("href=\"/import\""));
        send(&app, &gu, "orders.csv", "", b"a,b\n1,2\n").await.is(403);
        app.get(&As::Nobody, "/import").await.is(303);
        // A sales person may send orders, and nothing else.
        let own = page(&app, &chen, "/import").await;
        assert!(own.contains("value=\"orders\"") && !own.contains("value=\"customers\""));
        let place = sent(&app, &chen, "customers.csv", "customers", CUSTOMERS).await;
        app.form(&chen, &format!("{place}/columns"), &[("kind", "customers")]).await.is(422);
        // What is a colleague's is not there.
        let text = "number,customer,sales_person,date,product,quantity,unit_price\n\
                    A-1,C-1,,2026-06-05,P-1,2,10\nA-2,C-3,,2026-06-05,P-1,2,10\nA-3,C-1,sun,2026-06-05,P-1,2,10\n";
        let place = sent(&app, &chen, "orders.csv", "", text).await;
        let checked = check(&app, &chen, &place, "orders", &[]).await;
        assert!(checked.contains("There is no customer C-3.") && checked.contains("There is no person sun."), "{checked}");
        app.form(&chen, &format!("{place}/read"), &[("skip", "1")]).await.is(303);
        assert_eq!(tile(&page(&app, &chen, &place).await, "Rows added"), "1");
        let program = app.token("ada").await;
        app.get(&program, "/api/v1/orders/A-1").await.is(200);
        app.get(&program, "/api/v1/orders/A-2").await.is(404);
        app.get(&program, "/api/v1/orders/A-3").await.is(404);
        // The control: finance sees them all.
        let whole = sent(&app, &xu, "orders.csv", "", text).await;
        let checked = check(&app, &xu, &whole, "orders", &[]).await;
        assert_eq!(tile(&checked, "Rows with faults"), "0");
        // Another's file answers like nothing, whatever is asked of it.
        for way in ["", "/progress", "/faults.csv", "/left-out.csv"] {
            app.get(&ada, &format!("{whole}{way}")).await.is(404);
        }
        for way in ["columns", "read", "forget"] {
            app.form(&ada, &format!("{whole}/{way}"), &[("kind", "orders")][..usize::from(way == "columns")]).await.is(404);
        }
        app.get(&xu, &whole).await.is(200);
    }
);

testkit::each_engine!(
    async fn what_stopped_halfway_is_told_and_goes_on(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        let place = sent(&app, &ada, "customers.csv", "", CUSTOMERS).await;
        check(&app, &ada, &place, "customers", &[]).await;
        // As if a server had begun and was ended.
        let begins = (place.rsplit('/').next().unwrap().to_owned(), app.clock.now());
        let begun = app.db.write(begins, |tx, (id, now)| Box::pin(async move {
            let login = logins::by_email(tx, "ada@holm.example").await?.unwrap().id;
            let upload = uploads::fetch(tx, login, id).await?;
            let first = uploads::begin(tx, upload.id, ("saving", false), (*now, *now)).await?;
            // Nobody else begins meanwhile, and nobody decides anything else.
            let second = uploads::begin(tx, upload.id, ("checking", false), (*now, *now)).await?;
            let decided = uploads::decide(tx, upload.id, ("orders", "[]"), *now).await.is_ok();
            Ok((first, second, decided))
        }));
        assert_eq!(begun.await.unwrap(), (true, false, false));
        let shown = page(&app, &ada, &place).await;
        assert!(shown.contains("Reading in") && shown.contains("hx-get"), "{shown}");
        let told = app.get(&ada, &format!("{place}/progress")).await.is(200).text;
        assert!(told.contains("Just begun"), "{told}");
        app.form(&ada, &format!("{place}/forget"), &[]).await.is(409);
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        assert!(page(&app, &ada, &place).await.contains("Reading in"));

        app.clock.pass(3);
        let shown = page(&app, &ada, &place).await;
        assert!(shown.contains("This stopped before it was over"), "{shown}");
        let over = app.get(&ada, &format!("{place}/progress")).await.is(200);
        assert_eq!(over.header("hx-redirect"), place);
        // One can go back to the columns, or go on.
        assert!(page(&app, &ada, &format!("{place}?step=columns")).await.contains("Check all rows"));
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        assert_eq!(tile(&page(&app, &ada, &place).await, "Rows added"), "3");
    }
);

testkit::each_engine!(
    async fn files_that_cannot_be_are_refused_at_once(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        let large = vec![b'x'; 20 * 1024 * 1024 + 1];
        let refused = send(&app, &ada, "large.csv", "", &large).await.is(413);
        assert!(refused.text.contains("at most 20 MiB"), "{}", refused.text);
        let refused = send(&app, &ada, "empty.csv", "", b"").await.is(422);
        assert!(refused.text.contains("Choose a file that is not empty."));
        let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0, 0, 0];
        let refused = send(&app, &ada, "old.xls", "", &old).await.is(422);
        assert!(refused.text.contains("class=\"err\""), "{}", refused.text);
        // A form from another site is not listened to.
        let request = asked(Method::POST, "/import", &ada)
            .header("content-type", "multipart/form-data; boundary=parts")
            .header("sec-fetch-site", "cross-site")
            .body(Body::from("--parts--\r\n"));
        app.ask(request.unwrap()).await.is(403);
        let list = page(&app, &ada, "/import").await;
        assert!(list.contains("No file was sent yet"), "{list}");
        // Names from outside are only shown.
        let name = "..\\..\\<b>x\u{202e}vsc.csv";
        let place = sent(&app, &ada, name, "orders", "number,customer\nA,B\n").await;
        let shown = page(&app, &ada, &place).await;
        assert!(shown.contains("&lt;b&gt;xvsc.csv") && !shown.contains(".."), "{shown}");
        // A file nobody has looked at cannot be read in.
        app.form(&ada, &format!("{place}/read"), &[]).await.is(409);
    }
);

#[test]
fn every_kind_and_column_has_a_name_and_sample_pages_are_sound() {
    for lang in [Lang::En, Lang::ZhCn] {
        let frame = Frame::sample(lang, wiring::TEXTS);
        for layout in wiring::layouts() {
            let kind = format!("kind-{}", layout.kind);
            assert!(frame.has(&kind), "{kind}");
            for column in layout.columns {
                let column = format!("column-{}", column.name);
                assert!(frame.has(&column), "{column}");
            }
        }
        for (name, markup) in wizard::samples(&frame) {
            if let Err(faults) = page::check_markup(&markup.into_string()) {
                panic!("{name} in {lang:?}: {faults:#?}");
            }
        }
    }
}
