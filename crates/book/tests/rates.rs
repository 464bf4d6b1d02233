//! Rates: recorded, corrected and taken by orders, on both engines.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use ::book::store::{orders, rates, sales};
use cast::{TODAY, app, at, book, import, send};
use jiff::civil::date;
use kernel::{Currency, Moment, Money, Scope, View};
use serde_json::{Value, json};
use sheet::export::{Export, Format};

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

const RATES: &str = "\
from,to,per,date,rate
CNY,EUR,100,2026-06-01,12.50
CNY,,100,2026-06-05,12.80
EUR,USD,1,2026-06-05,1.25
IDR,EUR,1000000,2026-06-05,54.6321
";

testkit::each_engine!(
    async fn the_latest_rate_of_the_last_seven_days_serves(db) {
        book(&db).await;
        import(&db, "rates", RATES, 3).await.unwrap();
        let mut tx = db.read().await.unwrap();
        for (day, expected) in [
            (date(2026, 5, 31), None),
            (date(2026, 6, 1), Some("12.5")),
            (date(2026, 6, 4), Some("12.5")),
            (date(2026, 6, 5), Some("12.8")),
            (date(2026, 6, 12), Some("12.8")),
            (date(2026, 6, 13), None),
        ] {
            let found = rates::find(&mut tx, currency("CNY"), currency("EUR"), Moment::latest(day)).await.unwrap();
            let shown = found.map(|rated| rated.quote.rate.to_string());
            assert_eq!(shown.as_deref(), expected, "{day}");
            let known = rates::Known::load(&mut tx, currency("EUR")).await.unwrap();
            assert_eq!(known.serving(currency("CNY"), day), found.as_ref(), "a file finds the same on {day}");
        }
    }
);

testkit::each_engine!(
    async fn amounts_go_from_any_currency_into_any(db) {
        book(&db).await;
        import(&db, "rates", RATES, 3).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let moment = Moment::latest(date(2026, 6, 8));
        for (from, to, amount, expected) in [
            ("EUR", "EUR", "1.01", "1.01"),
            ("CNY", "EUR", "1000.00", "128.00"),
            ("EUR", "CNY", "128.00", "1000.00"),
            ("USD", "EUR", "100.00", "80.00"),
            ("CNY", "USD", "1000.00", "160.00"),
            ("IDR", "EUR", "1000000.00", "54.63"),
        ] {
            let factor = rates::factor(&mut tx, currency(from), currency(to), currency("EUR"), moment).await.unwrap();
            let amount = Money::parse(amount, currency(from)).unwrap();
            assert_eq!(factor.money(amount, currency(to)).unwrap().decimal(), expected, "{from} to {to}");
        }
        let none = rates::factor(&mut tx, currency("JPY"), currency("USD"), currency("EUR"), moment).await;
        assert!(none.unwrap_err().to_string().contains("JPY and EUR"));
    }
);

testkit::each_engine!(
    async fn a_corrected_rate_is_still_known_as_it_was(db) {
        book(&db).await;
        import(&db, "rates", RATES, 3).await.unwrap();
        let app = app(&db);
        let path = "/api/v1/rates/CNY/2026-06-05";
        let (status, now) = send(&app, "fay", &format!("PATCH {path}"), &[("if-match", "\"v1\"")], r#"{"rate":"12.9"}"#).await;
        assert_eq!((status, &now["rate"], &now["version"]), (200, &json!("12.9"), &json!(2)), "{now}");
        let (status, _) = send(&app, "fay", &format!("PATCH {path}"), &[("if-match", "\"v1\"")], r#"{"rate":"13"}"#).await;
        assert_eq!(status, 412);
        let known = |second| format!("GET {path}?known_at={}", at(second));
        let (_, before) = send(&app, "chen", &known(999), &[], "").await;
        assert_eq!((&before["rate"], &before["version"]), (&json!("12.8"), &json!(1)));
        let (_, after) = send(&app, "chen", &known(1_000), &[], "").await;
        assert_eq!(after["rate"], "12.9");
        let (status, _) = send(&app, "chen", &known(2), &[], "").await;
        assert_eq!(status, 404, "nothing was known then");
        let (_, serving) = send(&app, "chen", "GET /api/v1/rates?on=2026-06-10", &[], "").await;
        let rates: Vec<&Value> = serving["items"].as_array().unwrap().iter().map(|one| &one["rate"]).collect();
        assert_eq!(rates, [&json!("12.9"), &json!("54.6321"), &json!("1.25")]);
    }
);

testkit::each_engine!(
    async fn rates_are_recorded_by_finance_once_a_day(db) {
        book(&db).await;
        let app = app(&db);
        let body = r#"{"from":"CNY","per":100,"rate":"12.7713","date":"2026-06-15"}"#;
        let (status, made) = send(&app, "fay", "POST /api/v1/rates", &[], body).await;
        let expected = json!({"from":"CNY","to":"EUR","per":100,"rate":"12.7713","date":"2026-06-15","version":1});
        assert_eq!((status, &made), (201, &expected));
        for (who, body, expected, code) in [
            ("fay", body, 409, "rate.taken"),
            ("fay", r#"{"from":"EUR","to":"CNY","rate":"7.83","date":"2026-06-15"}"#, 409, "rate.taken"),
            ("li", body, 403, "forbidden"),
            ("fay", r#"{"from":"CNY","to":"USD","rate":"1"}"#, 422, "rate.pair"),
            ("fay", r#"{"from":"EUR","rate":"1"}"#, 422, "rate.pair"),
            ("fay", r#"{"from":"CNY","per":7,"rate":"1"}"#, 422, "rate.per"),
            ("fay", r#"{"from":"CNY","rate":"0"}"#, 422, "rate.not_positive"),
            ("fay", r#"{"from":"CNY","rate":"0.1277131"}"#, 422, "decimal.too_many_places"),
            ("fay", r#"{"from":"XAU","rate":"1"}"#, 422, "currency.unknown"),
            ("fay", r#"{"from":"CNY","rate":"1","date":"2026-06-24"}"#, 422, "rate.day"),
        ] {
            let (status, problem) = send(&app, who, "POST /api/v1/rates", &[], body).await;
            assert_eq!((status, &problem["code"]), (expected, &json!(code)), "{body}: {problem}");
        }
        let (_, page) = send(&app, "chen", "GET /api/v1/rates?currency=cny&limit=1", &[], "").await;
        assert_eq!((&page["items"][0], &page["next_cursor"]), (&expected, &json!(null)));
        for path in ["/api/v1/rates/CNY/2026-06-14", "/api/v1/rates/CNY/yesterday", "/api/v1/rates/X/2026-06-15"] {
            let (status, _) = send(&app, "chen", &format!("GET {path}"), &[], "").await;
            assert_eq!(status, 404, "{path}");
        }
    }
);

testkit::each_engine!(
    async fn rates_go_out_as_they_came_in(db) {
        book(&db).await;
        import(&db, "rates", RATES, 3).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let rates = ::book::sheet::LAYOUTS.iter().find(|layout| layout.kind == "rates").unwrap();
        let mut bytes = Vec::new();
        let mut file = Export::of(rates, Format::Csv, TODAY, &mut bytes);
        let seen = (&Scope::All, TODAY);
        ::book::sheet::export(&mut tx, "rates", seen, &mut file).await.unwrap();
        file.finish().unwrap();
        let file = String::from_utf8(bytes).unwrap();
        assert_eq!(file.lines().count(), 5, "{file}");
        drop(tx);
        let again = import(&db, "rates", &file, 4).await.unwrap();
        assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 4));
        let corrected = "from,date,rate,per\nCNY,2026-06-05,12.9,100\n";
        let outcome = import(&db, "rates", corrected, 5).await.unwrap();
        assert_eq!((outcome.added, outcome.changed), (0, 1));
        let bad = "from,to,per,date,rate\nCNY,USD,1,2026-06-01,1\nCNY,EUR,3,2026-06-02,1\nCNY,EUR,1,2026-06-03,1\nEUR,CNY,1,2026-06-03,1\n";
        let faults = import(&db, "rates", bad, 6).await.unwrap_err();
        for expected in ["row 2, column “from”", "row 3, column “per”", "row 5, column “date”: Row 4"] {
            assert!(faults.contains(expected), "{expected} in\n{faults}");
        }
    }
);

/// What was sold in June, exact.
async fn sold(db: &db::Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    let june = [(date(2026, 6, 1), date(2026, 7, 1))];
    let sold = sales::by_span(
        &mut tx,
        &Scope::All,
        View::AsWas,
        &june,
        Moment::latest(TODAY),
    );
    sold.await.unwrap().iter().map(|one| one.net_exact).sum()
}

testkit::each_engine!(
    async fn an_order_in_another_currency_counts_at_the_rate_of_its_day(db) {
        book(&db).await;
        import(&db, "rates", RATES, 3).await.unwrap();
        let app = app(&db);
        let order = |number: &str, day: &str| format!(
            r#"{{"number":"{number}","customer":"alpha","date":"{day}","currency":"CNY","lines":[{{"product":"bar","quantity":"3","unit_price":"333.33","tax_percent":"13"}}]}}"#
        );
        let (status, problem) = send(&app, "chen", "POST /api/v1/orders", &[], &order("Y-0", "2026-05-31")).await;
        assert_eq!((status, &problem["code"], &problem["errors"][0]["field"]), (422, &json!("currency.no_rate"), &json!("currency")));

        let (status, made) = send(&app, "chen", "POST /api/v1/orders", &[], &order("Y-1", "2026-06-08")).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!((&made["currency"], &made["net"], &made["gross"]), (&json!("CNY"), &json!("999.99"), &json!("1129.99")));
        // 999.99 yuan at 12.80 euro for 100 are 127.99872 euro.
        assert_eq!((&made["base_net"], &made["rate"]["rate"], &made["rate"]["date"]), (&json!("128.00"), &json!("12.8"), &json!("2026-06-05")));

        let (_, moved) = send(&app, "chen", "PATCH /api/v1/orders/Y-1", &[], r#"{"date":"2026-06-04"}"#).await;
        assert_eq!((&moved["base_net"], &moved["rate"]["rate"]), (&json!("125.00"), &json!("12.5")));
        send(&app, "chen", "PATCH /api/v1/orders/Y-1", &[], r#"{"date":"2026-06-08"}"#).await;
        let (status, _) = send(&app, "chen", "POST /api/v1/orders/Y-1/confirm", &[], "").await;
        assert_eq!((status, sold(&db).await), (200, 127_998_720));

        send(&app, "fay", "PATCH /api/v1/rates/CNY/2026-06-05", &[], r#"{"rate":"20"}"#).await;
        let (_, shown) = send(&app, "chen", "GET /api/v1/orders/Y-1", &[], "").await;
        assert_eq!((&shown["base_net"], &shown["rate"]["rate"], sold(&db).await), (&json!("128.00"), &json!("12.8"), 127_998_720),
            "a corrected rate leaves what was confirmed alone");
    }
);

testkit::each_engine!(
    async fn a_draft_is_confirmed_at_the_rate_known_then(db) {
        book(&db).await;
        import(&db, "rates", RATES, 3).await.unwrap();
        let app = app(&db);
        let body = r#"{"number":"Y-1","customer":"alpha","date":"2026-06-08","currency":"USD","lines":[{"product":"bar","quantity":"1","unit_price":"100"}]}"#;
        let (_, made) = send(&app, "chen", "POST /api/v1/orders", &[], body).await;
        assert_eq!(made["base_net"], "80.00");
        send(&app, "fay", "PATCH /api/v1/rates/USD/2026-06-05", &[], r#"{"rate":"1.28"}"#).await;
        send(&app, "chen", "POST /api/v1/orders/Y-1/confirm", &[], "").await;
        let (_, shown) = send(&app, "chen", "GET /api/v1/orders/Y-1", &[], "").await;
        assert_eq!((&shown["base_net"], &shown["rate"]["rate"], sold(&db).await), (&json!("78.13"), &json!("1.28"), 78_125_000));
        let body = r#"{"number":"Y-2","customer":"alpha","date":"2026-12-01","currency":"USD","lines":[{"product":"bar","quantity":"1","unit_price":"100"}]}"#;
        let (status, problem) = send(&app, "chen", "POST /api/v1/orders", &[], body).await;
        assert_eq!((status, &problem["code"]), (422, &json!("currency.no_rate")), "today's rate is too old for an order dated ahead");
    }
);

testkit::each_engine!(
    async fn a_file_of_orders_takes_the_same_rates(db) {
        book(&db).await;
        import(&db, "rates", RATES, 3).await.unwrap();
        let file = "number,customer,date,currency,product,quantity,unit_price,tax\n\
            F-1,alpha,2026-06-08,CNY,bar,3,333.33,130\n\
            F-2,alpha,2026-06-08,,bar,1,100,\n";
        import(&db, "orders", file, 10).await.unwrap();
        assert_eq!(sold(&db).await, 227_998_720);
        let mut tx = db.read().await.unwrap();
        let order = orders::fetch(&mut tx, &Scope::All, "F-1", TODAY).await.unwrap();
        assert_eq!((order.currency.as_str(), order.net_minor, order.gross_minor, order.base_exact), ("CNY", 99_999, 112_999, 127_998_720));
        drop(tx);
        let again = import(&db, "orders", file, 20).await.unwrap();
        assert_eq!(again.unchanged, 2);
        let other = file.replace(",CNY,", ",USD,");
        let faults = import(&db, "orders", &other, 30).await.unwrap_err();
        assert!(faults.contains("already recorded with another customer, date, currency"), "{faults}");
        let bad = "number,customer,date,currency,product,quantity,unit_price\n\
            F-3,alpha,2026-05-20,CNY,bar,1,1\nF-4,alpha,2026-06-08,CNY,bar,1,1\nF-4,alpha,2026-06-08,USD,bar,1,1\n";
        let faults = import(&db, "orders", bad, 40).await.unwrap_err();
        for expected in ["row 2, column “currency”: There is no rate between CNY and EUR of 2026-05-20", "row 4, column “currency”: Row 3"] {
            assert!(faults.contains(expected), "{expected} in\n{faults}");
        }
    }
);

testkit::each_engine!(
    async fn currencies_say_what_they_are_and_which_are_used(db) {
        book(&db).await;
        import(&db, "rates", RATES, 3).await.unwrap();
        let app = app(&db);
        let (status, used) = send(&app, "mia", "GET /api/v1/currencies?in_use=true", &[], "").await;
        assert_eq!(status, 200, "{used}");
        let codes = |page: &Value| {
            let items = page["items"].as_array().unwrap().iter();
            items.map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(codes(&used), ["CNY", "EUR", "IDR", "USD"], "the company's own, and those with rates");
        let (_, yuan) = send(&app, "mia", "GET /api/v1/currencies/cny", &[], "").await;
        assert_eq!((&yuan["name_local"], &yuan["decimals"], &yuan["base"], &yuan["in_use"]), (&json!("人民币"), &json!(2), &json!(false), &json!(true)));
        let (_, newest) = send(&app, "mia", "GET /api/v1/rates?currency=CNY&limit=1", &[], "").await;
        assert_eq!(yuan["last_rate"], newest["items"][0]);
        let (_, own) = send(&app, "mia", "GET /api/v1/currencies/EUR", &[], "").await;
        assert_eq!((&own["name"], &own["base"], &own["last_rate"]), (&json!("Euro"), &json!(true), &json!(null)));
        let (_, yen) = send(&app, "mia", "GET /api/v1/currencies/JPY", &[], "").await;
        assert_eq!((&yen["decimals"], &yen["in_use"]), (&json!(0), &json!(false)));
        // A customer that pays in it is enough; what is no currency is not there.
        send(&app, "fay", "PATCH /api/v1/customers/alpha", &[], r#"{"currency":"JPY"}"#).await;
        let (_, used) = send(&app, "mia", "GET /api/v1/currencies?in_use=true", &[], "").await;
        assert_eq!(codes(&used), ["CNY", "EUR", "IDR", "JPY", "USD"]);
        for none in ["XXX", "XAU", "euro"] {
            let (status, _) = send(&app, "mia", &format!("GET /api/v1/currencies/{none}"), &[], "").await;
            assert_eq!(status, 404, "{none}");
        }
        let (_, first) = send(&app, "mia", "GET /api/v1/currencies?limit=100", &[], "").await;
        let next = format!("GET /api/v1/currencies?limit=100&cursor={}", first["next_cursor"].as_str().unwrap());
        let (_, rest) = send(&app, "mia", &next, &[], "").await;
        let all = [codes(&first), codes(&rest)].concat();
        assert!(150 < all.len() && all.is_sorted(), "{all:?}");
    }
);
