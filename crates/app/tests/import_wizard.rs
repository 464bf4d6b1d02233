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
        assert!(faults.contains("\n3,Customer,There is no customer C-9.\n"), "{faults}");
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
    async fn a_cell_is_corrected_where_it_stands_and_goes_in_with_the_rest(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        a_book(&app, &ada).await;
        // As another program writes it, so that what is corrected is ours and not the file's.
        let text = "Auftragsnummer;Kunden-Nr;Auftragsdatum;Artikel-Nr;Menge;Einzelpreis\n\
                    A-1;C-1;05.06.2026;P-1;2;1.234,50\nA-2;C-9;06.06.2026;P-1;1;0,50\n\
                    A-3;C-3;06.06.2026;;x;0,50\n";
        let place = sent(&app, &ada, "Liste.csv", "orders", text).await;
        let checked = check(&app, &ada, &place, "orders", &[]).await;
        assert_eq!((tile(&checked, "Rows to be added"), tile(&checked, "Rows with faults")), ("1".into(), "2".into()));
        for field in ["name=\"cell-3-customer\" value=\"C-9\"", "name=\"cell-4-product\" value=\"\"", "aria-label=\"Row 3, Customer\""] {
            assert!(checked.contains(field), "{field} in {checked}");
        }
        // What is typed is kept without being asked for, and is there when one comes back.
        let keep = format!("{place}/keep");
        app.form(&ada, &keep, &[("cell-3-customer", "C-2"), ("cell-4-product", "")]).await.is(204);
        let back = page(&app, &ada, &place).await;
        assert!(back.contains("name=\"cell-3-customer\" value=\"C-2\""), "{back}");
        assert!(back.contains("<s>C-9</s>"), "{back}");
        // Nothing was checked or written by that; nobody else keeps anything in it.
        assert_eq!(tile(&back, "Rows with faults"), "2");
        let xu = app.sign_in("xu").await;
        app.form(&xu, &keep, &[("cell-3-customer", "C-3")]).await.is(404);
        app.form(&ada, &keep, &[("cell-3-customer", &"x".repeat(501))]).await.is(422);

        let fix = format!("{place}/fix");
        app.form(&ada, &fix, &[("cell-4-product", "P-1"), ("cell-2-customer", "C-3")]).await.is(303);
        // Now that the row can be read at all, what else is wrong with it shows.
        assert!(page(&app, &ada, &place).await.contains("name=\"cell-4-quantity\" value=\"x\""));
        app.form(&ada, &fix, &[("cell-4-quantity", "1,5")]).await.is(303);
        let again = page(&app, &ada, &place).await;
        // The comma is a fault still, and the row without a fault was not touched.
        assert_eq!((tile(&again, "Rows to be added"), tile(&again, "Rows with faults")), ("2".into(), "1".into()));
        assert!(again.contains("value=\"1,5\"") && again.contains("has a comma"), "{again}");
        app.form(&ada, &fix, &[("cell-4-quantity", "1.5")]).await.is(303);
        let clean = page(&app, &ada, &place).await;
        assert_eq!((tile(&clean, "Rows to be added"), tile(&clean, "Rows with faults")), ("3".into(), "0".into()));
        assert_eq!(tile(&clean, "Control total"), "2470.25");
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        let done = page(&app, &ada, &place).await;
        assert_eq!(tile(&done, "Rows added"), "3");
        assert!(done.contains("<s>C-9</s>") && !done.contains("name=\"cell-"), "{done}");
        let program = app.token("ada").await;
        for (order, customer, net) in [("A-1", "C-1", "2469.00"), ("A-2", "C-2", "0.50"), ("A-3", "C-3", "0.75")] {
            let order = app.get(&program, &format!("/api/v1/orders/{order}")).await.is(200).json();
            assert_eq!((&order["customer"], &order["net"]), (&json!(customer), &json!(net)));
        }
        // What went in is corrected no more.
        app.form(&ada, &fix, &[("cell-3-customer", "C-3")]).await.is(409);
        let told = app.db.read().await.unwrap().q("select action, after_json from trail_audit where noun = 'file' order by id limit 20")
            .all::<(String, Option<String>)>().await.unwrap();
        let corrected: Vec<&str> = told.iter().filter(|(action, _)| action == "correct").filter_map(|(_, after)| after.as_deref()).collect();
        assert_eq!(corrected.len(), 4, "{told:?}");
        assert!(corrected[0].contains("C-9") && corrected[0].contains("C-2"), "{told:?}");
    }
);

testkit::each_engine!(
    async fn a_correction_is_taken_back_and_a_kind_as_a_whole_is_mended_too(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        let text = "code,name\nC-7,Seven\nC 8,Eight\nC-9,\n";
        let place = sent(&app, &ada, "customers.csv", "customers", text).await;
        let checked = check(&app, &ada, &place, "customers", &[]).await;
        assert!(checked.contains("Nothing can be read in"), "{checked}");
        let fix = format!("{place}/fix");
        app.form(&ada, &fix, &[("cell-3-code", "C-8"), ("cell-4-name", "Nine")]).await.is(303);
        let clean = page(&app, &ada, &place).await;
        assert_eq!(tile(&clean, "Rows to be added"), "3");
        app.form(&ada, &fix, &[("cell-4-name", "")]).await.is(303);
        let back = page(&app, &ada, &place).await;
        assert!(back.contains("Nothing can be read in") && back.contains("name=\"cell-4-name\""), "{back}");
        // The other stays, also when one goes back to the columns.
        assert!(back.contains("<s>C 8</s>"), "{back}");
        let again = check(&app, &ada, &place, "customers", &[]).await;
        assert!(again.contains("<s>C 8</s>") && !again.contains("type=\"text\" name=\"cell-3-code\""), "{again}");
        app.form(&ada, &fix, &[("cell-4-name", "Neun")]).await.is(303);
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        assert_eq!(tile(&page(&app, &ada, &place).await, "Rows added"), "3");
    }
);

/// Sentences without one Chinese character, of all cells that say what is wrong.
fn latin_only(text: &str) -> Vec<String> {
    let card = text.split_once("需要修正的行").map_or("", |(_, card)| card);
    let rows = card.split("<tr>").skip(1);
    let cells = rows.filter_map(|row| row.split("<td").nth(2));
    let told = cells.filter_map(|cell| cell.split_once('>'));
    let told = told.map(|(_, rest)| rest.split("</td>").next().unwrap_or_default().to_owned());
    told.filter(|told| {
        !told
            .chars()
            .any(|letter| ('\u{4e00}'..'\u{a000}').contains(&letter))
    })
    .collect()
}

testkit::each_engine!(
    async fn what_is_wrong_is_told_in_the_language_of_the_reader(db) {
        let app = TestApp::of(db).await;
        let ada = app.sign_in("ada").await;
        a_book(&app, &ada).await;
        let orders = "number,customer,date,product,quantity,unit_price\nA-1,C-1,2026-06-05,P-1,2,10\n";
        let place = sent(&app, &ada, "orders.csv", "orders", orders).await;
        check(&app, &ada, &place, "orders", &[]).await;
        app.form(&ada, &format!("{place}/read"), &[]).await.is(303);
        let mut untold: Vec<String> = Vec::new();
        for (kind, file) in [
            ("customers", "code,name,currency,lat,owner,parent,payer,group\nC 1,A,euro,91,nobody,C-X,C-Y,\nC-5,,CNY,x,,C-5,,\nC-5,B,,,,,,中\n"),
            ("products", "code,name,list_price,currency\nP-1,Primer,-1,USD\nP-3,x,\"1,5\",EUR\n"),
            ("contacts", "customer,name,role,email,lang,from,to\nC-1,A,boss,x,xx1,2026-02-30,\nC-9,B,,,,2026-02-02,2026-01-01\n"),
            ("addresses", "customer,kind,line1,country,lat\nC-1,home,A,Germany,x\n"),
            ("payment-terms", "code,name,percent,clock,days,payment_day\nT,T,50,never,4000,40\nU,U,50,invoice,,\n"),
            ("customer-ties", "customer,kind,other\nC-1,boss,C-2\nC-1,parent,C-1\n"),
            ("customer-terms", "customer,payment_terms,days\nC-1,none,30\nC-1,,731\n"),
            ("number-series", "company,kind,year,prefix,digits,next_number\nnowhere,order,2026,,,\n,letter,2026,,,\n,order,1980,,,\n,order,2026,?,2,0\n"),
            ("price-lists", "code,name,gross\nL,,maybe\n"),
            ("prices", "list,product,price\nL,P-1,x\n"),
            ("special-prices", "customer,product,price,reason\n,P-1,-1,x\n"),
            ("rates", "from,to,date,rate\nCNY,CNY,2026-01-01,1\nEUR,,2030-01-01,0\n"),
            ("frameworks", "number,customer,from,to,product,unit_price,quantity,line,status\nF,C-1,2026-01-01,2025-01-01,P-1,1,,2,on\nG,C-1,2026-01-01,,P-1,1,-1,2,\n"),
            ("rebates", "number,customer,from,to,method,from_net,percent\nR,C-1,2026-01-01,2027-01-01,some,-1,101\nS,C-1,2026-01-01,2027-01-01,incremental,1,1\nS,C-1,2026-01-01,2027-01-01,incremental,1,2\n"),
            ("orders", "number,customer,date,product,quantity,unit_price,line,net,status,currency\nA-1,C-2,2026-06-05,P-1,2,10,,,,\nB,C-1,1980-01-01,P-9,0,1,,,,\nC,C-1,2026-01-01,P-1,1,1,0,99,open,USD\nD,C-1,2026-01-01,P-1,1,1,1,,,\nD,C-2,2026-01-01,P-1,1,1,1,,,\n"),
            ("call-offs", "order,line,contract,contract_line\nA-1,1,F-1,1\nZ,1,F,1\n"),
            ("quotations", "number,customer,date,product,quantity,unit_price,edition,status,lost_reason,valid_until\nQ,C-1,2026-01-01,P-1,1,1,2,,,\nR,C-1,2026-01-01,P-1,1,1,,lost,,\nS,C-1,2026-01-01,P-1,1,1,,ordered,bad,2020-01-01\n"),
            ("samples", "number,customer,product,quantity,date,status,kind\nS,C-1,P-1,1,2026-01-01,won,gift\nT,C-1,P-1,-1,2027-01-01,sold,\n"),
            ("deliveries", "number,order,date,line,quantity,kind\nD,A-1,2026-06-06,9,1,\nE,A-9,2027-01-01,1,x,gift\nF,A-1,2020-01-01,1,1,\n"),
            ("invoices", "number,customer,order,date,order_line,quantity,amount_gross\nI,,,2026-06-06,,,1\nJ,C-2,A-1,2026-06-06,9,1,\n"),
            ("credit-notes", "number,invoice,customer,date,kind,amount_gross,rebate\nG,,,2026-06-06,gift,1,\nH,I-9,,2026-06-06,,0,R\nK,,C-1,2026-06-06,rebate,1,R\n"),
            ("payments", "reference,customer,date,amount,method\nP,C-9,2027-01-01,-1,barter\nR,C-1,2026-06-06,1,bill\n"),
            ("allocations", "payment,invoice,amount,kind\nP,I,1,gift\n"),
            ("open-items", "as_of,customer,number,date,currency,amount,open\n2026-06-14,C-1,X,2026-07-01,CNY,0,5\n2026-06-13,C-1,Y,2026-06-01,CNY,1,5\n"),
            ("holidays", "country,day,works,name\nGermany,x,maybe,\n"),
            ("units", "code,name,kind,parent\nu 1,A,tribe,nowhere\n"),
            ("seats", "code,unit,name,kind\nA/1,nowhere,A,king\n"),
            ("people", "code,name,email,unit,role\np,P,x,nowhere,king\n"),
            ("memberships", "person,unit,from,to\nnobody,nowhere,2026-01-01,2025-01-01\n"),
            ("assignments", "customer,person,role,from,to\nC-1,nobody,boss,2026-01-01,2025-01-01\n"),
            ("periods", "calendar,code,from,to\nc,p,2026-02-01,2026-01-01\n"),
            ("targets", "plan,unit,measure,period,person,amount\nP,nowhere,joy,never,nobody,x\n"),
        ] {
            let place = sent(&app, &ada, &format!("{kind}.csv"), kind, file).await;
            check(&app, &ada, &place, kind, &[]).await;
            let As::Browser(cookie) = &ada else { panic!("a browser") };
            let chinese = As::Browser(format!("{cookie}; bw-lang=zh-CN"));
            let text = page(&app, &chinese, &place).await;
            assert!(text.contains("需要修正的行"), "{kind}: {text}");
            // Nothing is told in words that were not written for it.
            let told = text.split("系统原文").skip(1);
            untold.extend(told.filter_map(|told| Some(format!("{kind}: {}", told.split('<').next()?))));
            untold.extend(latin_only(&text));
            let listed = app.get(&chinese, &format!("{place}/faults.csv")).await.is(200).text;
            assert!(listed.contains("行,列,问题\n") && !listed.contains(" is "), "{kind}: {listed}");
            // The control: in English the sentences are all Latin.
            let english = page(&app, &ada, &place).await;
            assert!(english.contains("Rows to mend"), "{kind}");
            assert_ne!(latin_only(&english.replace("Rows to mend", "需要修正的行")), Vec::<String>::new(), "{kind}");
        }
        assert_eq!(untold, Vec::<String>::new());
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
