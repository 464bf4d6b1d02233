//! Lists as they are worked in: sorted, narrowed, kept as views, by whoever is signed in.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use holm::TestApp;
use serde_json::json;

testkit::each_engine!(
    async fn a_view_is_kept_opened_renamed_and_forgotten_by_its_owner_alone(db) {
        let app = TestApp::of(db).await;
        let (li, chen) = (app.sign_in("li").await, app.sign_in("chen").await);
        let drafts = "/orders?sort=-net&status=draft";
        let page = app.get(&li, drafts).await.is(200);
        assert!(page.text.contains("value=\"keep\""), "{}", page.text);
        let keep = [
            ("act", "keep"), ("list", "/orders"), ("query", "sort=-net&status=draft"),
            ("name", "My drafts"), ("usual", "1"),
        ];
        let kept = app.form(&li, "/views", &keep).await.is(303);
        assert_eq!(kept.header("location"), drafts);

        // The list opens with it; the whole list is asked for in so many words.
        assert_eq!(app.get(&li, "/orders").await.is(303).header("location"), drafts);
        let all = app.get(&li, "/orders?limit=50").await.is(200);
        assert!(all.text.contains("My drafts"));
        // Nobody else has it.
        let others = app.get(&chen, "/orders").await.is(200);
        assert!(!others.text.contains("My drafts"));

        let rename = [
            ("act", "rename"), ("list", "/orders"), ("query", "status=draft"),
            ("old", "my drafts"), ("name", "Waiting"),
        ];
        app.form(&chen, "/views", &rename).await.is(404);
        app.form(&li, "/views", &rename).await.is(303);
        let tabs = app.get(&li, drafts).await.is(200).text;
        assert!(tabs.contains("Waiting") && !tabs.contains("My drafts"));

        let again = [
            ("act", "keep"), ("list", "/orders"), ("query", "status=held"), ("name", "Held"),
        ];
        app.form(&li, "/views", &again).await.is(303);
        let taken = [
            ("act", "rename"), ("list", "/orders"), ("query", "status=held"),
            ("old", "Held"), ("name", "WAITING"),
        ];
        app.form(&li, "/views", &taken).await.is(409);

        let delete = [("act", "delete"), ("list", "/orders"), ("query", "x=1"), ("old", "Waiting")];
        app.form(&li, "/views", &delete).await.is(303);
        app.get(&li, "/orders").await.is(200);
        let elsewhere = [("act", "keep"), ("list", "//evil.example"), ("query", "a=1"), ("name", "x")];
        app.form(&li, "/views", &elsewhere).await.is(422);
    }
);

testkit::each_engine!(
    async fn columns_are_sorted_both_ways_and_nothing_else_is(db) {
        let app = TestApp::of(db).await;
        let li = app.sign_in("li").await;
        for sort in ["number", "-number", "date", "-date", "customer", "-customer", "net", "-net"] {
            let page = app.get(&li, &format!("/orders?sort={sort}")).await.is(200);
            assert_eq!(page::check_markup(&page.text), Ok(()));
        }
        app.get(&li, "/orders?sort=recorded_at").await.is(400);
        app.get(&li, "/orders?from=2026-02-30").await.is(400);
        let program = app.token("li").await;
        let refused = app.get(&program, "/api/v1/orders?sort=status").await.is(400);
        assert_eq!(refused.code(), "query.sort");
    }
);

/// Customers of chen, wu and sun, and a draft order of each.
async fn a_book(app: &TestApp) {
    let ada = app.token("ada").await;
    let product = json!({ "code": "P", "name": "Primer", "list_price": "10" });
    app.post(&ada, "/api/v1/products", &product).await.is(201);
    for owner in ["chen", "wu", "sun"] {
        let customer = json!({ "code": format!("C-{owner}"), "name": format!("{owner} paints"), "owner": owner });
        app.post(&ada, "/api/v1/customers", &customer).await.is(201);
        let order = json!({
            "number": format!("SO-{owner}"), "customer": format!("C-{owner}"),
            "lines": [{ "product": "P", "quantity": "2" }],
        });
        app.post(&ada, "/api/v1/orders", &order).await.is(201);
    }
}

testkit::each_engine!(
    async fn several_orders_are_confirmed_each_by_itself_and_each_is_told(db) {
        let app = TestApp::of(db).await;
        a_book(&app).await;
        let (li, program) = (app.sign_in("li").await, app.token("ada").await);
        let page = app.get(&li, "/orders").await.is(200);
        assert!(page.text.contains("name=\"pick\" value=\"SO-chen\""), "{}", page.text);
        app.post(&program, "/api/v1/orders/SO-wu/cancel", &json!({})).await.is(200);
        // One fits, one is cancelled, one is not li's to see.
        let picked = [
            ("act", "confirm"), ("back", "/orders?status=draft"),
            ("pick", "SO-chen"), ("pick", "SO-wu"), ("pick", "SO-sun"),
        ];
        let told = app.form(&li, "/orders/bulk", &picked).await.is(200);
        assert_eq!(page::check_markup(&told.text), Ok(()));
        assert!(told.text.contains("1 done, 2 not"), "{}", told.text);
        assert!(told.text.contains("Order SO-wu is cancelled"), "{}", told.text);
        assert!(told.text.contains("/orders?status=draft"));
        let mut standing = Vec::new();
        for number in ["SO-chen", "SO-wu", "SO-sun"] {
            let order = app.get(&program, &format!("/api/v1/orders/{number}")).await.is(200).json();
            standing.push(order["status"].as_str().unwrap().to_owned());
        }
        assert_eq!(standing, ["confirmed", "cancelled", "draft"]);

        let gu = app.sign_in("gu").await;
        app.form(&gu, "/orders/bulk", &picked).await.is(403);
        app.form(&li, "/orders/bulk", &[("act", "burn"), ("pick", "SO-chen")]).await.is(422);
        let elsewhere = [("act", "close"), ("back", "//evil.example"), ("pick", "SO-chen")];
        let told = app.form(&li, "/orders/bulk", &elsewhere).await.is(200);
        assert!(!told.text.contains("evil"));
    }
);

testkit::each_engine!(
    async fn several_customers_are_given_to_an_owner_from_a_day_on(db) {
        let app = TestApp::of(db).await;
        a_book(&app).await;
        let (li, program) = (app.sign_in("li").await, app.token("ada").await);
        let given = [
            ("act", "owner"), ("to_owner", "wu"), ("from", "2026-07-01"), ("back", "/customers"),
            ("pick", "C-chen"), ("pick", "C-sun"),
        ];
        let told = app.form(&li, "/customers/bulk", &given).await.is(200);
        assert!(told.text.contains("1 done, 1 not"), "{}", told.text);
        // Until then chen keeps it.
        let customer = app.get(&program, "/api/v1/customers/C-chen").await.is(200).json();
        assert_eq!(customer["owner"], "chen");
        let held = app.get(&program, "/api/v1/assignments?customer=C-chen").await.is(200).json();
        let last = held["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((last["person"].as_str(), last["from"].as_str()), (Some("wu"), Some("2026-07-01")));

        let group = json!({ "code": "shops", "name": "Shops" });
        app.post(&program, "/api/v1/customer-groups", &group).await.is(201);
        let grouped = [("act", "group"), ("to_group", "shops"), ("pick", "C-chen"), ("pick", "C-wu")];
        let told = app.form(&li, "/customers/bulk", &grouped).await.is(200);
        assert!(told.text.contains("All 2 done"), "{}", told.text);
        let list = app.get(&program, "/api/v1/customers?group=shops&sort=-name").await.is(200).json();
        assert_eq!(list["items"][0]["code"], "C-wu");

        app.form(&li, "/customers/bulk", &[("act", "group"), ("pick", "C-wu")]).await.is(422);
        let xu = app.sign_in("xu").await;
        app.form(&xu, "/customers/bulk", &given).await.is(403);
    }
);

testkit::each_engine!(
    async fn what_is_exported_is_what_is_shown(db) {
        let app = TestApp::of(db).await;
        a_book(&app).await;
        let (li, program) = (app.sign_in("li").await, app.token("ada").await);
        app.post(&program, "/api/v1/orders/SO-wu/confirm", &json!({})).await.is(200);
        let file = app.get(&li, "/orders/export.csv?sort=number").await.is(200);
        let lines: Vec<&str> = file.text.lines().collect();
        assert_eq!(lines.len(), 3, "{}", file.text);
        assert!(lines[0].ends_with("order,date,customer,name,status,currency,net,tax,gross"));
        assert_eq!(lines[1], "SO-chen,2026-06-16,C-chen,chen paints,draft,EUR,20.00,0.00,20.00");
        let file = app.get(&li, "/orders/export.csv?status=confirmed").await.is(200);
        assert_eq!(file.text.lines().count(), 2);
        assert!(file.text.contains("SO-wu"));
    }
);

testkit::each_engine!(
    async fn every_list_is_sent_as_text_and_as_a_workbook_of_the_same(db) {
        let app = TestApp::of(db).await;
        a_book(&app).await;
        let (li, sun, program) = (app.sign_in("li").await, app.sign_in("sun").await, app.token("ada").await);
        for owner in ["chen", "sun"] {
            let invoice = json!({ "number": format!("I-{owner}"), "customer": format!("C-{owner}"),
                "amount_gross": "119", "tax_percent": "19", "due_date": "2026-07-01" });
            app.post(&program, "/api/v1/invoices", &invoice).await.is(201);
            let payment = json!({ "reference": format!("P-{owner}"), "customer": format!("C-{owner}"), "amount": "19.5" });
            app.post(&program, "/api/v1/payments", &payment).await.is(201);
        }
        let paid = json!({ "invoice": "I-chen" });
        app.post(&program, "/api/v1/payments/P-chen/allocations", &paid).await.is(201);
        for (list, own) in [
            ("customers?sort=name", "C-chen,chen paints"),
            ("orders?sort=number", "SO-chen,2026-06-16,C-chen,chen paints,draft,EUR,20.00,0.00,20.00"),
            ("invoices?status=open&sort=number", "I-chen,2026-06-16,C-chen,chen paints,2026-07-01,open,EUR,119.00,99.50"),
            ("payments?status=transfer", "P-chen,2026-06-16,C-chen,chen paints,transfer,posted,EUR,19.50,0.00"),
            ("products", "P,Primer,,,10.00,,EUR"),
            ("people?q=chen", "chen,chen,,chen@holm.example,east,,rep,"),
        ] {
            let (path, asked) = list.split_once('?').unwrap_or((list, ""));
            let page = app.get(&li, &format!("/{list}")).await.is(200);
            for kind in ["csv", "xlsx"] {
                assert!(page.text.contains(&format!("href=\"/{path}/export.{kind}")), "{path} {kind}");
            }
            let text = app.get(&li, &format!("/{path}/export.csv?{asked}")).await.is(200);
            assert!(text.text.lines().any(|line| line.starts_with(own)), "{path}: {}", text.text);
            assert!(!text.text.contains("C-sun"), "{path}: {}", text.text);
            let book = app.get(&li, &format!("/{path}/export.xlsx?{asked}")).await.is(200);
            assert!(book.header("content-type").ends_with("spreadsheetml.sheet"), "{path}");
            assert!(book.header("content-disposition").contains(&format!("{path}.xlsx")));
            assert_eq!(cells(&book.bytes)[..2], cells(text.text.trim_start_matches('\u{feff}').as_bytes())[..2], "{path}");
            // The other manager's people get theirs, and nobody gets any without signing in.
            if !["products", "people"].contains(&path) {
                let others = app.get(&sun, &format!("/{path}/export.csv?{asked}")).await.is(200);
                assert!(others.text.contains("C-sun") && !others.text.contains("C-chen"), "{path}");
            }
            app.get(&holm::As::Nobody, &format!("/{path}/export.xlsx")).await.is(303);
        }
        app.get(&li, "/invoices/export.csv?status=posted").await.is(400);
    }
);

/// The cells of the first rows, of text or of a workbook; amounts without needless zeros.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut text = Vec::new();
    if sheet::workbook::is_workbook(bytes) {
        sheet::workbook::write_text(bytes, None, &mut text).unwrap();
    } else {
        text.extend_from_slice(bytes);
    }
    let text = String::from_utf8(text).unwrap();
    let plain = |cell: &str| match cell.split_once('.') {
        Some((whole, rest)) if rest.chars().all(|digit| digit == '0') => whole.to_owned(),
        Some((_, rest)) if rest.chars().all(|digit| digit.is_ascii_digit()) => {
            cell.trim_end_matches('0').to_owned()
        }
        _ => cell.to_owned(),
    };
    text.lines()
        .map(|line| line.split(',').map(plain).collect())
        .collect()
}
