//! Customers change hands through the API: previewed, carried out, accepted.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use axum::http::Method;
use holm::{As, TestApp};
use serde_json::{Value, json};

/// C-1 is Chen's, bought for 500 today, and everybody has a published target.
async fn region(app: &TestApp) -> As {
    let ada = app.token("ada").await;
    let product = json!({ "code": "EP-1", "name": "Epoxy primer", "list_price": "10.00" });
    app.post(&ada, "/api/v1/products", &product).await.is(201);
    let customer = json!({ "code": "C-1", "name": "Paints", "owner": "chen" });
    app.post(&ada, "/api/v1/customers", &customer).await.is(201);
    let order = json!({ "number": "SO-1", "customer": "C-1", "sales_person": "chen", "lines": [{ "product": "EP-1", "quantity": "50" }] });
    app.post(&ada, "/api/v1/orders", &order).await.is(201);
    app.post(&ada, "/api/v1/orders/SO-1/confirm", &json!({}))
        .await
        .is(200);
    let house = json!({ "code": "C-9", "name": "Nobody's" });
    app.post(&ada, "/api/v1/customers", &house).await.is(201);
    let order = json!({ "number": "SO-9", "customer": "C-9", "lines": [{ "product": "EP-1", "quantity": "7" }] });
    app.post(&ada, "/api/v1/orders", &order).await.is(201);
    app.post(&ada, "/api/v1/orders/SO-9/confirm", &json!({}))
        .await
        .is(200);
    let plan = json!({ "code": "2026-all", "unit": "company", "year": 2026, "total": "120000" });
    app.post(&ada, "/api/v1/plans", &plan).await.is(201);
    app.post(&ada, "/api/v1/plans/2026-all/publish", &json!({}))
        .await
        .is(200);
    ada
}

fn wish() -> Value {
    json!({ "from": "chen", "to": "wu", "rule": "full_book", "reason": "Chen goes south" })
}

testkit::each_engine!(
    async fn a_move_is_looked_at_carried_out_and_accepted_by_both(db) {
        let app = TestApp::of(db).await;
        let ada = region(&app).await;
        let (chen, wu, li, sun) = (app.sign_in("chen").await, app.sign_in("wu").await, app.token("li").await, app.token("sun").await);
        app.post(&sun, "/api/v1/moves/preview", &wish()).await.is(403);
        let seen = app.post(&li, "/api/v1/moves/preview", &wish()).await.is(200).json();
        assert_eq!((&seen["customers"], &seen["from"][0]["basis"]), (&json!(1), &json!("all")));
        assert_eq!(seen["total_target"]["before"], seen["total_target"]["after"]);
        let orders = &seen["documents"][1];
        assert_eq!((&orders["kind"], &orders["count"], &orders["undecided"]), (&json!("orders"), &json!(1), &json!(1)));
        assert_eq!((&orders["net"], &orders["choice"], &orders["choices"]), (&json!("500.00"), &json!(null), &json!(["move", "stay"])));
        // What is nobody's elsewhere is none of the manager's business.
        let house = json!({ "from": "chen", "to_house": "east", "rule": "future_only", "reason": "gone" });
        for (who, sold) in [(&ada, "70.00"), (&li, "0.00")] {
            let seen = app.post(who, "/api/v1/moves/preview", &house).await.is(200).json();
            let house = seen["people"].as_array().unwrap().iter().find(|one| one["person"].is_null()).unwrap();
            assert_eq!(house["actual"]["before"], sold, "{seen}");
        }
        let no = app.post(&li, "/api/v1/moves", &wish()).await.is(422);
        assert_eq!(no.code(), "move.choice");
        let mut wanted = wish();
        wanted["documents"] = json!({ "orders": "move" });
        let seen = app.post(&li, "/api/v1/moves/preview", &wanted).await.is(200).json();
        let of = |person: &str| seen["people"].as_array().unwrap().iter().find(|one| one["person"] == person).unwrap().clone();
        assert_eq!(of("chen")["actual"], json!({ "before": "500.00", "after": "0.00" }));
        assert_eq!(of("wu")["actual"], json!({ "before": "0.00", "after": "500.00" }));
        app.get(&chen, "/customers/C-1").await.is(200);
        let key = [("idempotency-key", "m-1")];
        let made = app.send_with(&li, Method::POST, "/api/v1/moves", &wanted, &key).await.is(201).json();
        let again = app.send_with(&li, Method::POST, "/api/v1/moves", &wanted, &key).await.is(201).json();
        assert_eq!(made, again, "the same request moves once");
        assert_eq!(made["customers"], json!([{ "customer": "C-1", "from": "chen" }]));
        // Open sessions see it at once.
        app.get(&chen, "/customers/C-1").await.is(404);
        app.get(&wu, "/customers/C-1").await.is(200);
        let table = app.get(&ada, "/api/v1/attainment?period=2026&scope=person:wu").await.is(200).json();
        assert_eq!((&table["rows"][0]["actual"], &table["rows"][0]["target"]), (&of("wu")["actual"]["after"], &of("wu")["target"]["after"]));
        let number = made["handovers"][0].as_str().unwrap();
        let address = format!("/people/handovers/{number}");
        assert!(app.get(&wu, "/").await.is(200).text.contains(&address), "Today says that it waits");
        app.get(&sun, &format!("/api/v1/handovers/{number}")).await.is(404);
        let accept = format!("/api/v1/handovers/{number}/accept");
        app.post(&li, &accept, &json!({})).await.is(403);
        app.form(&chen, &format!("{address}/accept"), &[("version", "1")]).await.is(303);
        app.form(&wu, &format!("{address}/accept"), &[("version", "1")]).await.is(409);
        app.form(&wu, &format!("{address}/accept"), &[("version", "2")]).await.is(303);
        let over = app.get(&li, &format!("/api/v1/handovers/{number}")).await.is(200).json();
        assert_eq!((&over["status"], &over["documents"][0]["choice"]), (&json!("accepted"), &json!("move")));
        let browser = app.sign_in("li").await;
        let page = app.get(&browser, "/people/moves/new?look=1&from=wu&to=chen&rule=future_only&reason=back&documents.orders=stay").await.is(200);
        assert!(page.text.contains("action=\"/people/moves\""), "the preview can be confirmed");
    }
);

/// Chen has two offers, a sample and a contract at C-1, which Sun supports; Chen supports Wu's C-2.
async fn in_flight(app: &TestApp, ada: &As) {
    let second = json!({ "code": "C-2", "name": "Boats", "owner": "wu" });
    app.post(ada, "/api/v1/customers", &second).await.is(201);
    for (customer, person) in [("C-1", "sun"), ("C-2", "chen")] {
        let support = json!({ "customer": customer, "person": person, "role": "support", "from": "2026-01-01" });
        app.post(ada, "/api/v1/assignments", &support).await.is(201);
    }
    for number in ["Q-1", "Q-2"] {
        let offer = json!({ "number": number, "customer": "C-1", "lines": [{ "product": "EP-1", "quantity": "3" }] });
        app.post(ada, "/api/v1/quotations", &offer).await.is(201);
        for step in ["send", "accept"] {
            app.post(
                ada,
                &format!("/api/v1/quotations/{number}/{step}"),
                &json!({}),
            )
            .await
            .is(200);
        }
    }
    let sample = json!({ "number": "T-1", "customer": "C-1", "product": "EP-1", "quantity": "2" });
    app.post(ada, "/api/v1/samples", &sample).await.is(201);
    let contract = json!({ "number": "F-1", "customer": "C-1", "lines": [{ "product": "EP-1", "unit_price": "9", "quantity": "100" }] });
    app.post(ada, "/api/v1/frameworks", &contract).await.is(201);
}

testkit::each_engine!(
    async fn whatever_is_open_goes_stays_or_ends_as_it_was_said(db) {
        let app = TestApp::of(db).await;
        let ada = region(&app).await;
        in_flight(&app, &ada).await;
        let mut wanted = json!({ "from": "chen", "to": "wu", "rule": "future_only", "reason": "Chen leaves", "documents": { "orders": "move", "samples": "stay", "quotations": "stay", "supporters": "end" } });
        let seen = app.post(&ada, "/api/v1/moves/preview", &wanted).await.is(200).json();
        let kinds: Vec<(&str, i64, &Value)> = seen["documents"].as_array().unwrap().iter()
            .map(|one| (one["kind"].as_str().unwrap(), one["count"].as_i64().unwrap(), &one["choice"])).collect();
        let (go, stay, end, none) = (json!("move"), json!("stay"), json!("end"), json!(null));
        assert_eq!(kinds, [
            ("drafts", 0, &none), ("orders", 1, &go), ("quotations", 2, &stay), ("samples", 1, &stay),
            ("frameworks", 1, &go), ("support", 1, &none), ("supporters", 1, &end),
        ]);
        // Nothing was said of what Chen supports.
        let no = app.post(&ada, "/api/v1/moves", &wanted).await.is(422);
        assert_eq!((no.code().as_str(), &no.json()["errors"][0]["field"]), ("move.choice", &json!("documents.support")));
        wanted["documents"]["support"] = json!("move");
        for (kind, choice, field) in [("frameworks", "stay", "documents.frameworks"), ("orders", "end", "documents.orders"), ("lunch", "move", "documents.lunch")] {
            let mut wrong = wanted.clone();
            wrong["documents"][kind] = json!(choice);
            let no = app.post(&ada, "/api/v1/moves", &wrong).await.is(422);
            assert_eq!((no.code().as_str(), &no.json()["errors"][0]["field"]), ("move.documents", &json!(field)));
        }
        // One offer goes along although the others stay.
        wanted["each"] = json!({ "quotations": { "q-2": "move" }, "orders": { "SO-9": "move" } });
        let no = app.post(&ada, "/api/v1/moves", &wanted).await.is(422);
        assert_eq!((no.code().as_str(), &no.json()["errors"][0]["field"]), ("move.documents", &json!("each.orders.so-9")));
        wanted["each"] = json!({ "quotations": { "q-2": "move" } });
        let made = app.post(&ada, "/api/v1/moves", &wanted).await.is(201).json();
        assert_eq!((&made["documents"]["support"], &made["each"]["quotations"]["q-2"], &made["person"]), (&go, &go, &none));
        let over = app.get(&ada, &format!("/api/v1/handovers/{}", made["handovers"][0].as_str().unwrap())).await.is(200).json();
        let named: Vec<String> = over["documents"].as_array().unwrap().iter()
            .map(|one| format!("{} {} {}", one["kind"].as_str().unwrap(), one["number"].as_str().unwrap(), one["choice"].as_str().unwrap())).collect();
        assert_eq!(named, [
            "frameworks F-1 move", "orders SO-1 move", "quotations Q-1 stay", "quotations Q-2 move", "samples T-1 stay",
            "support C-2 move", "supporters sun end",
        ]);
        // Wu makes orders of both: the offer that stayed is Chen's business still.
        let wu = app.token("wu").await;
        for (path, earner) in [("quotations/Q-1/convert", "chen"), ("quotations/Q-2/convert", "wu"), ("samples/T-1/sell", "chen")] {
            let order = app.post(&wu, &format!("/api/v1/{path}"), &json!({})).await.is(201).json();
            assert_eq!(order["credit"][0]["person"], earner, "{path}");
        }
        assert_eq!(app.get(&wu, "/api/v1/quotations/Q-1").await.is(200).json()["sales_person"], "chen");
        // Support went to Wu from today on, and Sun's has ended; what was before stays.
        let support = async |customer: &str, day: &str| {
            let list = app.get(&ada, &format!("/api/v1/assignments?customer={customer}&as_of={day}")).await.is(200).json();
            let people = list["items"].as_array().unwrap().iter().filter(|one| one["role"] == "support");
            people.map(|one| one["person"].as_str().unwrap().to_owned()).collect::<Vec<String>>()
        };
        assert_eq!((support("C-2", "2026-06-15").await, support("C-2", "2026-06-16").await), (vec!["chen".to_owned()], vec!["wu".to_owned()]));
        assert_eq!((support("C-1", "2026-06-15").await, support("C-1", "2026-06-16").await), (vec!["sun".to_owned()], Vec::new()));
    }
);

testkit::each_engine!(
    async fn an_order_that_is_delivered_and_billed_is_open_no_more(db) {
        let app = TestApp::of(db).await;
        let ada = region(&app).await;
        let open = async || {
            let seen = app.post(&ada, "/api/v1/moves/preview", &wish()).await.is(200).json();
            seen["documents"][1]["count"].as_i64().unwrap()
        };
        assert_eq!(open().await, 1);
        app.post(&ada, "/api/v1/deliveries", &json!({ "order": "SO-1" })).await.is(201);
        assert_eq!(open().await, 1, "delivered and not billed");
        app.post(&ada, "/api/v1/orders/SO-1/close", &json!({})).await.is(200);
        assert_eq!(open().await, 1, "closed short, and something is to be billed");
        app.post(&ada, "/api/v1/invoices", &json!({ "order": "SO-1" })).await.is(201);
        assert_eq!(open().await, 0);
        app.post(&ada, "/api/v1/moves", &wish()).await.is(201);
    }
);

testkit::each_engine!(
    async fn a_person_changes_unit_with_the_target(db) {
        let app = TestApp::of(db).await;
        let ada = region(&app).await;
        let li = app.token("li").await;
        let wanted = json!({ "person": "chen", "to_unit": "south", "day": "2026-07-01", "rule": "future_only", "reason": "Chen goes south" });
        // The manager of the east does not reach the south.
        let no = app.post(&li, "/api/v1/moves/preview", &wanted).await.is(422);
        assert_eq!((no.code().as_str(), &no.json()["errors"][0]["field"]), ("reference.unknown", &json!("to_unit")));
        let seen = app.post(&ada, "/api/v1/moves/preview", &wanted).await.is(200).json();
        assert_eq!(seen["total_target"]["before"], seen["total_target"]["after"]);
        assert_eq!(seen["people"].as_array().unwrap().len(), 1);
        let unit = |code: &str| seen["units"].as_array().unwrap().iter().find(|one| one["unit"] == code).unwrap().clone();
        let target = async |scope: &str| {
            let table = app.get(&ada, &format!("/api/v1/attainment?period=2026&scope={scope}")).await.is(200).json();
            table["rows"][0]["target"].as_str().unwrap().to_owned()
        };
        let (east, south, chen, whole) = (target("unit:east").await, target("unit:south").await, target("person:chen").await, target("unit:company").await);
        assert_eq!((&unit("east")["target"]["before"], &unit("south")["target"]["before"]), (&json!(east), &json!(south)));
        for (wrong, code) in [
            (json!({ "person": "chen", "to_unit": "east", "rule": "future_only", "reason": "x" }), "move.same"),
            (json!({ "person": "chen", "to_unit": "south", "rule": "shared_credit", "months": 3, "reason": "x" }), "move.person_shares"),
            (json!({ "person": "chen", "to_unit": "south", "from": "chen", "rule": "future_only", "reason": "x" }), "move.person"),
            (json!({ "from": "chen", "to": "wu", "to_unit": "south", "rule": "future_only", "reason": "x" }), "move.person"),
            (json!({ "person": "chen", "to_unit": "south", "rule": "future_only" }), "reason.missing"),
        ] {
            assert_eq!(app.post(&ada, "/api/v1/moves", &wrong).await.is(422).code(), code);
        }
        let made = app.post(&ada, "/api/v1/moves", &wanted).await.is(201).json();
        assert_eq!((&made["person"], &made["unit"], &made["customers"], &made["handovers"]), (&json!("chen"), &json!("south"), &json!([]), &json!([])));
        assert_eq!((target("unit:east").await, target("unit:south").await), (unit("east")["target"]["after"].as_str().unwrap().to_owned(), unit("south")["target"]["after"].as_str().unwrap().to_owned()));
        assert_eq!((target("person:chen").await, target("unit:company").await), (chen, whole.clone()));
        let places = app.get(&ada, "/api/v1/memberships?person=chen").await.is(200).json();
        let sits: Vec<(&Value, &Value)> = places["items"].as_array().unwrap().iter().map(|one| (&one["unit"], &one["to"])).collect();
        assert_eq!(sits, [(&json!("east"), &json!("2026-07-01")), (&json!("south"), &json!(null))]);
        // Changed among the people it is the same: back to the east, and the target with it.
        app.clock.pass(1);
        let back = json!({ "unit": "east", "from": "2026-07-01" });
        app.send(&ada, Method::PATCH, "/api/v1/people/chen", &back).await.is(200);
        assert_eq!((target("unit:east").await, target("unit:south").await, target("unit:company").await), (east, south, whole));
        let list = app.get(&ada, "/api/v1/moves").await.is(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
    }
);

/// Targets and sales of 2026 of the two units, of Chen, and of all.
async fn shares(app: &TestApp, who: &As) -> [(String, String); 4] {
    let mut all = Vec::new();
    for scope in ["unit:east", "unit:south", "person:chen", "unit:company"] {
        let path = format!("/api/v1/attainment?period=2026&scope={scope}");
        let table = app.get(who, &path).await.is(200).json();
        let row = &table["rows"][0];
        all.push((
            row["target"].as_str().unwrap().to_owned(),
            row["actual"].as_str().unwrap().to_owned(),
        ));
    }
    all.try_into().unwrap()
}

/// Reads a file in by one transaction, as the command does.
async fn read_in(app: &TestApp, kind: &'static str, text: &'static str) {
    let layout = app::wiring::layouts()
        .into_iter()
        .find(|one| one.kind == kind)
        .unwrap();
    let none = &mut |_: &str| Err(sheet::FileError::Missing);
    let sheet = sheet::read(layout, "file.csv", text.as_bytes(), None, none).unwrap();
    let by = trail::By::shell(page::Clock::now(&*app.clock));
    let read = app.db.write((sheet, by), |tx, (sheet, by)| {
        Box::pin(app::wiring::import(
            tx,
            sheet,
            by,
            jiff::civil::date(2026, 6, 16),
        ))
    });
    read.await.unwrap().unwrap();
}

testkit::each_engine!(
    async fn targets_and_sales_go_where_somebody_sat_whoever_says_so(db) {
        let app = TestApp::of(db).await;
        let ada = region(&app).await;
        let start = shares(&app, &ada).await;
        // As a move or a change among the people does it: Chen sits in the south from 1 May on.
        app.clock.pass(1);
        let change = json!({ "unit": "south", "from": "2026-05-01" });
        app.send(&ada, Method::PATCH, "/api/v1/people/chen", &change).await.is(200);
        let south = shares(&app, &ada).await;
        assert_ne!(start, south);
        assert_eq!((&start[2], &start[3]), (&south[2], &south[3]), "nothing is made or lost");
        assert_eq!((south[0].1.as_str(), south[1].1.as_str()), ("0.00", "500.00"), "the order of June went along");
        // It never was: the membership is taken back and the one before goes on.
        app.clock.pass(1);
        let place = "/api/v1/memberships/chen/south/2026-05-01";
        app.send(&ada, Method::DELETE, place, &json!({})).await.is(200);
        assert_eq!(shares(&app, &ada).await, south, "Chen sits nowhere from May on, so all stays where it is");
        let east = "/api/v1/memberships/chen/east/beginning";
        app.send(&ada, Method::PATCH, east, &json!({ "to": "open" })).await.is(200);
        assert_eq!(shares(&app, &ada).await, start, "back to the cent");
        // The same by a correction of memberships, and by their file.
        app.clock.pass(1);
        let place = json!({ "person": "chen", "unit": "south", "from": "2026-05-01", "leads": true });
        app.send(&ada, Method::PATCH, east, &json!({ "to": "2026-05-01" })).await.is(200);
        app.post(&ada, "/api/v1/memberships", &place).await.is(201);
        assert_eq!(shares(&app, &ada).await, south);
        app.clock.pass(1);
        read_in(&app, "memberships", "person,unit,from,to\nchen,east,2026-05-01,\n").await;
        assert_eq!(shares(&app, &ada).await, start);
        // July alone goes and comes back, and so does a file of people's.
        app.clock.pass(1);
        read_in(&app, "memberships", "person,unit,from,to\nchen,south,2026-07-01,2026-08-01\n").await;
        let july = shares(&app, &ada).await;
        assert_eq!((&july[2], &july[3], &july[1].1), (&start[2], &start[3], &start[1].1));
        assert_ne!((&july[0].0, &july[1].0), (&start[0].0, &start[1].0));
        app.clock.pass(1);
        read_in(&app, "memberships", "person,unit,from,to\nchen,east,2026-07-01,2026-08-01\n").await;
        assert_eq!(shares(&app, &ada).await, start);
        app.clock.pass(1);
        read_in(&app, "people", "code,name,unit,from\nchen,Chen Hao,south,2026-05-01\n").await;
        assert_eq!(shares(&app, &ada).await, south);
        // What was known at first still reads as it did.
        let known = app.get(&ada, "/api/v1/attainment?period=2026&scope=unit:south&known_at=2026-06-16T12:00:30Z").await.is(200).json();
        assert_eq!(known["rows"][0]["target"].as_str().unwrap(), start[1].0);
    }
);

testkit::each_engine!(
    async fn memberships_are_corrected_and_both_readings_stay(db) {
        let app = TestApp::of(db).await;
        let ada = app.token("ada").await;
        let sits = |answer: &Value| -> Vec<String> {
            answer["items"].as_array().unwrap().iter().map(|one| format!("{} {} {}", one["unit"], one["from"], one["to"])).collect()
        };
        let change = json!({ "unit": "south", "from": "2026-07-01" });
        app.send(&ada, Method::PATCH, "/api/v1/people/wu", &change).await.is(200);
        let known = app.get(&ada, "/api/v1/memberships?person=wu").await.is(200).json();
        assert_eq!(sits(&known), ["\"east\" null \"2026-07-01\"", "\"south\" \"2026-07-01\" null"]);
        app.clock.pass(60);
        let place = "/api/v1/memberships/wu/south/2026-07-01";
        let one = app.get(&ada, place).await.is(200);
        let etag = one.header("etag").to_owned();
        let earlier = json!({ "from": "2026-06-20" });
        let stale = [("if-match", "\"v1\"")];
        app.send_with(&ada, Method::PATCH, place, &earlier, &stale).await.is(412);
        app.send_with(&ada, Method::PATCH, place, &earlier, &[("if-match", etag.as_str())]).await.is(200);
        let then = app.get(&ada, "/api/v1/memberships?person=wu&known_at=2026-06-16T12:30:00Z").await.json();
        assert_eq!(sits(&then), sits(&known));
        let ever = app.get(&ada, "/api/v1/memberships?person=wu&history=all").await.json();
        assert_eq!(sits(&ever).len(), 4);
        // The tree has no circles, and somebody must be left to set the company up.
        app.send(&ada, Method::PATCH, "/api/v1/units/company", &json!({ "parent": "east" })).await.is(409);
        app.send(&ada, Method::PATCH, "/api/v1/units/south", &json!({ "parent": "east" })).await.is(200);
        let no = app.send(&ada, Method::PATCH, "/api/v1/units/east", &json!({ "parent": "south" })).await.is(409);
        assert_eq!(no.code(), "unit.cycle");
        let admin = app.get(&ada, "/api/v1/people?status=administrator").await.json();
        let code = admin["items"][0]["code"].as_str().unwrap();
        let no = app.send(&ada, Method::PATCH, &format!("/api/v1/people/{code}"), &json!({ "role": "rep" })).await.is(409);
        assert_eq!(no.code(), "role.last_administrator");
        // A role counts from the next request on.
        let sun = app.token("sun").await;
        app.get(&sun, "/api/v1/people/chen").await.is(404);
        app.send(&ada, Method::PATCH, "/api/v1/people/sun", &json!({ "role": "auditor" })).await.is(200);
        app.get(&sun, "/api/v1/people/chen").await.is(200);
    }
);
