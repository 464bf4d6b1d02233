//! The demo as its guests find it: the figures drawn up are the figures shown.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use std::path::PathBuf;

use app::demo::{self, PASSWORD, Wish, company::company};
use holm::{As, TODAY, TestApp};
use jiff::{Timestamp, civil::date};
use org::web::first_run::SetupCode;

const WISH: Wish = Wish {
    seed: Some(1),
    today: Some(TODAY),
    is_fresh: false,
};

fn now() -> Timestamp {
    Timestamp::from_second(1_781_600_000).unwrap()
}

async fn guest(app: &TestApp, email: &str) -> As {
    let fields = [("email", email), ("password", PASSWORD)];
    let answer = app.form(&As::Nobody, "/sign-in", &fields).await.is(303);
    let cookie = answer.header("set-cookie").split(';').next().unwrap();
    As::Browser(cookie.to_owned())
}

/// An amount as the API writes it, in minor units.
fn minor(text: &serde_json::Value) -> i64 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_find_what_was_drawn_up() {
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("demo-{}", std::process::id()));
    let (db, note) = demo::open(&folder, WISH, now()).await.unwrap();
    let drawn = company(1, TODAY);
    let app = TestApp::empty(db.clone(), SetupCode(None));

    let guests = note.logins.clone().unwrap();
    let [manager, seller, controller] = &guests[..] else {
        panic!("{guests:?}")
    };
    let controller = guest(&app, &controller.email).await;
    let year = app
        .get(
            &controller,
            "/api/v1/attainment?period=2026&scope=unit:SONGLAN",
        )
        .await
        .is(200)
        .json();
    let whole = &year["rows"][0];
    assert_eq!(
        (whole["scope"].as_str(), whole["period"].as_str()),
        (Some("unit:SONGLAN"), Some("2026"))
    );
    assert_eq!(minor(&whole["target"]), drawn.targets.company.minor());
    let sold: i64 = drawn
        .orders
        .iter()
        .filter(|order| date(2026, 1, 1) <= order.date)
        .map(|order| order.net_exact().unwrap())
        .sum();
    assert_eq!(
        minor(&whole["actual"]),
        kernel::Money::of_exact(sold, drawn.currency).minor()
    );

    let manager = guest(&app, &manager.email).await;
    let seller = guest(&app, &seller.email).await;
    for path in [
        "/",
        "/customers",
        "/orders",
        "/products",
        "/plan/NORTH-2026",
        "/attainment",
        "/people",
    ] {
        for who in [&manager, &seller, &controller] {
            let page = app.get(who, path).await.is(200);
            assert_eq!(page::check_markup(&page.text), Ok(()), "{path}");
        }
    }
    // The mover left a seat in the north empty, and the manager there sees it.
    assert!(
        app.get(&manager, "/people")
            .await
            .text
            .contains("vacant seats: 1")
    );
    app.get(&seller, "/plan/EAST-2026").await.is(404);

    db.close().await;
    let (again, same) = demo::open(&folder, WISH, now()).await.unwrap();
    assert_eq!(same, note);
    again.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}
