//! The past is corrected, and what was printed is printed again as it was: an assignment, a price, an
//! allocation and a credit limit turn out to have been wrong, and every figure of yesterday, asked for as
//! known then, has the same bytes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use axum::http::Method;
use holm::{As, TestApp};
use serde_json::{Value, json};

/// What is sent before anything is printed, each by an administrator or by finance.
#[rustfmt::skip]
fn told() -> Vec<(&'static str, &'static str, Value)> {
    let line = json!({ "product": "EP-1", "quantity": "50" });
    vec![
        ("ada", "products", json!({ "code": "EP-1", "name": "Epoxy primer", "list_price": "10.00" })),
        ("ada", "customers", json!({ "code": "C-1", "name": "Paints", "owner": "chen", "payment_terms_days": 30 })),
        ("ada", "customers", json!({ "code": "C-2", "name": "Coats", "owner": "sun" })),
        ("ada", "price-lists", json!({ "code": "dealer", "name": "Dealers" })),
        ("ada", "price-lists/dealer/uses", json!({ "customer": "C-1", "from": "2026-01-01" })),
        ("ada", "prices", json!({ "list": "dealer", "product": "EP-1", "price": "8", "from": "2026-01-01" })),
        ("ada", "orders", json!({ "number": "SO-1", "customer": "C-1", "sales_person": "chen", "lines": [line] })),
        ("ada", "orders/SO-1/confirm", json!({})),
        ("ada", "plans", json!({ "code": "2026-all", "unit": "company", "year": 2026, "total": "120000" })),
        ("ada", "plans/2026-all/publish", json!({})),
        ("xu", "invoices", json!({ "number": "I-1", "customer": "C-1", "date": "2026-05-01", "amount_gross": "300" })),
        ("xu", "invoices", json!({ "number": "I-2", "customer": "C-1", "date": "2026-05-20", "amount_gross": "200" })),
        ("xu", "payments", json!({ "reference": "P-1", "customer": "C-1", "date": "2026-06-01", "amount": "300" })),
        ("xu", "payments/P-1/allocations", json!({ "invoice": "I-1" })),
    ]
}

/// C-1 is Chen's, has a dealer's price, bought for 400, owes one bill of two and has a limit.
async fn region(app: &TestApp) -> (As, As) {
    let (ada, xu) = (app.token("ada").await, app.token("xu").await);
    for (who, noun, body) in told() {
        let who = if who == "xu" { &xu } else { &ada };
        let path = format!("/api/v1/{noun}");
        let answer = app.post(who, &path, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
    }
    let limit = json!({ "mode": "explicit", "amount": "1000" });
    app.send(
        &xu,
        Method::PUT,
        "/api/v1/credit/accounts/C-1/limit",
        &limit,
    )
    .await
    .is(200);
    (ada, xu)
}

/// Every figure that is made of what is corrected, as of a day and as known at an instant.
fn questions(day: &str, known: &str) -> Vec<String> {
    let at = if known.is_empty() {
        String::new()
    } else {
        format!("&known_at={known}")
    };
    let mut asked = Vec::new();
    for view in ["as-was", "as-is"] {
        for by in ["unit:company", "person:wu", "person:chen"] {
            asked.push(format!(
                "attainment?period=2026&scope={by}&view={view}&as_of={day}{at}"
            ));
        }
    }
    asked.push(format!("prices?list=dealer&on={day}{at}"));
    asked.push(format!(
        "prices/find?product=EP-1&customer=C-1&on={day}{at}"
    ));
    for figure in ["open-items", "balances", "credit/accounts"] {
        asked.push(format!("{figure}?as_of={day}{at}"));
    }
    asked.push(format!("assignments?customer=C-1&as_of={day}{at}"));
    asked.push(format!("memberships?as_of={day}{at}"));
    asked.push(format!("customers/C-1/statement?as_of={day}{at}"));
    if !known.is_empty() {
        asked.push(format!("customers/C-1/payment-terms?known_at={known}"));
    }
    asked
}

async fn printed(app: &TestApp, who: &As, questions: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for question in questions {
        let answer = app.get(who, &format!("/api/v1/{question}")).await;
        assert_eq!(answer.status, 200, "{question}: {}", answer.text);
        all.push(answer.text);
    }
    // And as a person sees it: the table of the page.
    let browser = app.sign_in("ada").await;
    for question in questions
        .iter()
        .filter(|asked| asked.starts_with("attainment"))
    {
        let page = app.get(&browser, &format!("/{question}")).await.is(200);
        let table = page.text.split_once("<table").unwrap().1;
        all.push(table.split_once("</table>").unwrap().0.to_owned());
    }
    all
}

/// The customer's page as a person sees it: its figures and the panels made of dated facts.
async fn customer_page(app: &TestApp, asked: &str) -> Vec<String> {
    let browser = app.sign_in("ada").await;
    let page = app.get(&browser, &format!("/customers/C-1{asked}")).await;
    let figures = page.is(200).text;
    let figures = figures.split_once("class=\"kpis\"").unwrap().1;
    let mut all = vec![figures.split_once("class=\"g mt\"").unwrap().0.to_owned()];
    for panel in [
        "sales",
        "orders",
        "statement",
        "open",
        "terms",
        "facts",
        "keepers",
    ] {
        let path = format!("/customers/C-1/panels/{panel}{asked}");
        all.push(app.get(&browser, &path).await.is(200).text);
    }
    all
}

testkit::each_engine!(
    async fn yesterdays_reports_are_printed_again_byte_for_byte(db) {
        let app = TestApp::of(db).await;
        let (ada, xu) = region(&app).await;
        let paid = app.get(&xu, "/api/v1/payments/P-1").await.is(200).json();
        let (day, known) = ("2026-06-16", "2026-06-16T12:30:00Z");
        let asked = questions(day, known);
        let old = printed(&app, &ada, &asked).await;
        app.clock.pass(24 * 60);
        // C-1 has been Wu's since March, Wu has sat in the south since June, the dealer paid 7.50 since
        // May, the money was for the other bill all along, and the limit was a slip of the pen.
        let place = "/api/v1/assignments";
        app.post(&ada, place, &json!({ "customer": "C-1", "person": "wu", "role": "owner", "from": "2026-03-01" })).await.is(201);
        app.send(&ada, Method::PATCH, "/api/v1/people/wu", &json!({ "unit": "south", "from": "2026-06-01" })).await.is(200);
        app.post(&ada, "/api/v1/prices", &json!({ "list": "dealer", "product": "EP-1", "price": "7.50", "from": "2026-05-01" })).await.is(201);
        let id = paid["allocations"][0]["id"].as_str().unwrap();
        app.send(&xu, Method::DELETE, &format!("/api/v1/payments/P-1/allocations/{id}?date=2026-06-01"), &json!({})).await.is(200);
        app.post(&xu, "/api/v1/payments/P-1/allocations", &json!({ "invoice": "I-2", "date": "2026-06-01" })).await.is(201);
        app.post(&xu, "/api/v1/customers/C-1/payment-terms", &json!({ "payment_terms_days": 90, "from": "2026-04-01" })).await.is(201);
        let limit = json!({ "mode": "explicit", "amount": "100", "valid_from": "2026-06-01" });
        app.send(&xu, Method::PUT, "/api/v1/credit/accounts/C-1/limit", &limit).await.is(200);
        let again = printed(&app, &ada, &asked).await;
        for (place, (was, is)) in old.iter().zip(&again).enumerate() {
            assert_eq!(was, is, "{}", asked.get(place).map_or("its page", String::as_str));
        }
        // As known now, the corrections show: what would be printed without the second time differs.
        let asked = questions(day, "");
        let now = printed(&app, &ada, &asked).await;
        let changed = asked.iter().zip(old.iter().zip(&now)).filter(|(_, (was, is))| was != is);
        let changed: Vec<&str> = changed.map(|(asked, _)| asked.split(['?', '/']).next().unwrap()).collect();
        for figure in ["attainment", "prices", "open-items", "credit", "assignments", "memberships"] {
            assert!(changed.contains(&figure), "{figure} is the same after the correction: {changed:?}");
        }
    }
);

testkit::each_engine!(
    async fn a_customers_page_of_yesterday_is_drawn_again_as_it_was(db) {
        let app = TestApp::of(db).await;
        let (ada, _) = region(&app).await;
        let asked = "?as_of=2026-06-16&known_at=2026-06-16T12:30:00Z";
        let old = customer_page(&app, asked).await;
        app.clock.pass(24 * 60);
        // An order of last week was forgotten, and C-1 has been Wu's since March.
        let line = json!({ "product": "EP-1", "quantity": "7" });
        let late = json!({ "number": "SO-LATE", "customer": "C-1", "date": "2026-06-10", "lines": [line] });
        app.post(&ada, "/api/v1/orders", &late).await.is(201);
        app.post(&ada, "/api/v1/orders/SO-LATE/confirm", &json!({})).await.is(200);
        let moved = json!({ "customer": "C-1", "person": "wu", "role": "owner", "from": "2026-03-01" });
        app.post(&ada, "/api/v1/assignments", &moved).await.is(201);
        let agreed = json!({ "payment_terms_days": 60, "from": "2026-03-01" });
        app.post(&ada, "/api/v1/customers/C-1/payment-terms", &agreed).await.is(201);
        assert_eq!(customer_page(&app, asked).await, old);
        // Without the second time every one of them tells the new truth.
        let now = customer_page(&app, "?as_of=2026-06-16").await;
        for (place, (was, is)) in old.iter().zip(&now).enumerate() {
            assert_ne!(was, is, "part {place} is the same after the correction");
        }
        // As of the day before the forgotten order neither is there; the page says what it shows.
        let before = customer_page(&app, "?as_of=2026-06-09").await;
        assert!(!before.concat().contains("SO-LATE"));
        let browser = app.sign_in("ada").await;
        let page = app.get(&browser, "/customers/C-1?as_of=2026-06-09").await.is(200);
        assert!(page.text.contains("As of") && page.text.contains("panels/sales?as_of=2026-06-09"));
        app.get(&browser, "/customers/C-1?as_of=soon").await.is(400);
    }
);

/// How many orders of a status the panel of open orders shows; none where it has no row of it.
fn open_orders(panel: &str, status: &str) -> Option<String> {
    let row = panel
        .split("<tr>")
        .find(|row| row.contains(&format!("status={status}")))?;
    let count = row.split_once("&amp;status=")?.1.split_once('>')?.1;
    Some(count.split_once('<')?.0.to_owned())
}

testkit::each_engine!(
    async fn open_orders_of_a_day_are_those_that_were_open_then(db) {
        let app = TestApp::of(db).await;
        let (ada, _) = region(&app).await;
        let browser = app.sign_in("ada").await;
        let line = json!({ "product": "EP-1", "quantity": "3" });
        for number in ["SO-2", "SO-3", "SO-4"] {
            let order = json!({ "number": number, "customer": "C-1", "date": "2026-06-15", "lines": [line] });
            app.post(&ada, "/api/v1/orders", &order).await.is(201);
        }
        app.post(&ada, "/api/v1/orders/SO-2/confirm", &json!({})).await.is(200);
        app.post(&ada, "/api/v1/orders/SO-3/confirm", &json!({})).await.is(200);
        let shown = async |asked: &str| {
            let place = format!("/customers/C-1/panels/open{asked}");
            let panel = app.get(&browser, &place).await.is(200).text;
            ["draft", "confirmed"].map(|status| open_orders(&panel, status))
        };
        let of = |drafts: Option<&str>, confirmed: Option<&str>| [drafts, confirmed].map(|count| count.map(str::to_owned));
        let known = "2026-06-16T12:30:00Z";
        assert_eq!(shown("").await, of(Some("1"), Some("3")));
        app.clock.pass(24 * 60);
        // SO-2 is delivered in part and closed short, SO-3 cancelled, SO-4 drawn up again and confirmed.
        let part = json!({ "lines": [{ "line": 1, "quantity": "1" }] });
        app.post(&ada, "/api/v1/orders/SO-2/deliveries", &part).await.is(201);
        app.post(&ada, "/api/v1/orders/SO-2/close", &json!({})).await.is(200);
        app.post(&ada, "/api/v1/orders/SO-3/cancel", &json!({})).await.is(200);
        let later = json!({ "date": "2026-06-17" });
        app.send(&ada, Method::PATCH, "/api/v1/orders/SO-4", &later).await.is(200);
        app.post(&ada, "/api/v1/orders/SO-4/confirm", &json!({})).await.is(200);
        assert_eq!(shown("").await, of(None, Some("2")), "SO-1 and SO-4");
        // Yesterday they were open; that SO-4 is of today is known only now.
        assert_eq!(shown("?as_of=2026-06-16").await, of(None, Some("3")));
        assert_eq!(shown(&format!("?as_of=2026-06-16&known_at={known}")).await, of(Some("1"), Some("3")));
        assert_eq!(shown("?as_of=2026-06-14").await, of(None, None));
        assert_eq!(shown("?as_of=2026-06-17").await, of(None, Some("2")));
        // The list beside it shows the states of then.
        let list = app.get(&browser, &format!("/customers/C-1/panels/orders?as_of=2026-06-16&known_at={known}")).await.is(200).text;
        assert!(!list.contains("Cancelled") && !list.contains("Closed") && list.contains("Draft"), "{list}");
        let now = app.get(&browser, "/customers/C-1/panels/orders").await.is(200).text;
        assert!(now.contains("Cancelled") && now.contains("Closed") && !now.contains("Draft"), "{now}");
    }
);

/// Who held C-1 from when to when, shortly.
fn held(answer: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let all = answer["items"].as_array().unwrap().iter();
    all.map(|one| {
        format!(
            "{} {} {}",
            text(&one["person"]),
            text(&one["from"]),
            text(&one["to"])
        )
    })
    .collect()
}

testkit::each_engine!(
    async fn assignments_are_corrected_ended_and_taken_back(db) {
        let app = TestApp::of(db).await;
        let (ada, _) = region(&app).await;
        let (li, chen, sun) = (app.token("li").await, app.token("chen").await, app.token("sun").await);
        let new = json!({ "customer": "C-1", "person": "wu", "role": "owner", "from": "2026-03-01" });
        app.post(&chen, "/api/v1/assignments", &new).await.is(403);
        app.clock.pass(60);
        let made = app.post(&li, "/api/v1/assignments", &new).await.is(201);
        let place = made.header("location").to_owned();
        assert_eq!(place, "/api/v1/assignments/C-1/owner/2026-03-01");
        let list = "/api/v1/assignments?customer=C-1";
        assert_eq!(held(&app.get(&li, list).await.json()), ["chen - 2026-03-01", "wu 2026-03-01 -"]);
        let one = app.get(&li, &place).await.is(200);
        let etag = one.header("etag").to_owned();
        app.get(&sun, &place).await.is(404);
        app.send(&sun, Method::PATCH, &place, &json!({ "to": "open" })).await.is(403);
        app.clock.pass(60);
        let later = json!({ "from": "2026-04-01" });
        app.send_with(&li, Method::PATCH, &place, &later, &[("if-match", "\"v1\"")]).await.is(412);
        app.send_with(&li, Method::PATCH, &place, &later, &[("if-match", etag.as_str())]).await.is(200);
        assert_eq!(held(&app.get(&li, list).await.json()), ["chen - 2026-03-01", "wu 2026-04-01 -"], "March is the house's");
        app.get(&li, &place).await.is(404);
        assert_eq!(held(&app.get(&ada, &format!("{list}&as_of=2026-03-15")).await.json()), Vec::<String>::new());
        assert_eq!(held(&app.get(&ada, &format!("{list}&known_at=2026-06-16T12:30:00Z")).await.json()), ["chen - -"]);
        assert_eq!(held(&app.get(&ada, &format!("{list}&as_of=2026-03-15&known_at=2026-06-16T13:30:00Z")).await.json()), ["wu 2026-03-01 -"]);
        assert_eq!(held(&app.get(&ada, &format!("{list}&history=all")).await.json()).len(), 4);
        let place = "/api/v1/assignments/C-1/owner/2026-04-01";
        let no = app.send(&li, Method::PATCH, place, &json!({ "to": "2026-04-01" })).await.is(422);
        assert_eq!(no.code(), "assignment.empty");
        // A manager gives customers to people she leads.
        let no = app.send(&li, Method::PATCH, place, &json!({ "person": "sun" })).await.is(422);
        assert_eq!(no.code(), "reference.unknown");
        app.send(&li, Method::PATCH, place, &json!({ "to": "2026-12-01" })).await.is(200);
        assert_eq!(held(&app.get(&li, list).await.json()), ["chen - 2026-03-01", "wu 2026-04-01 2026-12-01"]);
        app.send(&li, Method::DELETE, place, &json!({ "reason": "never was" })).await.is(200);
        assert_eq!(held(&app.get(&ada, list).await.json()), ["chen - 2026-03-01"]);
        app.send(&ada, Method::PATCH, "/api/v1/assignments/C-1/owner/beginning", &json!({ "to": "open" })).await.is(200);
        assert_eq!(held(&app.get(&chen, list).await.json()), ["chen - -"]);
        // Whoever is out of her reach keeps the days they had.
        app.post(&ada, "/api/v1/assignments", &json!({ "customer": "C-1", "person": "sun", "role": "owner", "to": "2026-02-01", "from": "2026-01-01" })).await.is(201);
        let over = json!({ "customer": "C-1", "person": "wu", "role": "owner", "from": "2026-01-15" });
        assert_eq!(app.post(&li, "/api/v1/assignments", &over).await.is(403).code(), "assignment.reach");
        let place = "/api/v1/assignments/C-1/owner/2026-01-01";
        assert_eq!(app.send(&li, Method::DELETE, place, &json!({})).await.is(403).code(), "assignment.reach");
        assert_eq!(app.send(&li, Method::PATCH, place, &json!({ "to": "2026-01-02" })).await.is(403).code(), "assignment.reach");
        app.send(&ada, Method::DELETE, place, &json!({})).await.is(200);
        app.post(&ada, "/api/v1/assignments", &json!({ "customer": "C-1", "person": "chen", "role": "owner", "from": "2026-01-01", "to": "2026-02-01" })).await.is(201);
        assert_eq!(held(&app.get(&chen, list).await.json()), ["chen - 2026-01-01", "chen 2026-01-01 2026-02-01", "chen 2026-02-01 -"]);
        // All of them, page by page, and whose they are.
        let first = app.get(&ada, "/api/v1/assignments?limit=1").await.json();
        let next = format!("/api/v1/assignments?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
        let second = app.get(&ada, &next).await.json();
        assert_eq!((held(&first), held(&second)), (vec!["chen - 2026-01-01".to_owned()], vec!["chen 2026-01-01 2026-02-01".to_owned()]));
        assert_eq!(held(&app.get(&sun, "/api/v1/assignments").await.json()), ["sun - -"]);
        assert_eq!(held(&app.get(&ada, "/api/v1/assignments?person=sun&role=owner").await.json()), ["sun - -"]);
        app.get(&ada, "/api/v1/assignments?role=friend").await.is(422);
    }
);
