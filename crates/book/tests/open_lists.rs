//! Nightly lists of open items from another program: what is new, sank, rose or is missing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use axum::Router;
use cast::{app, at, book, import, send};
use serde_json::{Value, json};

const HEAD: &str = "as_of,customer,number,date,due_date,currency,amount,open\n";

const FIRST: &str = "\
2026-06-10,alpha,A-1,2026-05-01,2026-05-31,EUR,100,100
2026-06-10,alpha,A-2,2026-05-10,2026-06-09,EUR,200,150
2026-06-10,beta,B-1,2026-05-12,2026-06-11,EUR,300,300
2026-06-10,beta,B-2,2026-05-20,2026-06-19,USD,80,80.00
";
/// A-1 is partly paid, A-2 is gone, G-1 is new.
const SECOND: &str = "\
2026-06-11,alpha,A-1,2026-05-01,2026-05-31,EUR,100,40
2026-06-11,beta,B-1,2026-05-12,2026-06-11,EUR,300,300
2026-06-11,beta,B-2,2026-05-20,2026-06-19,USD,80,80.00
2026-06-11,gamma,G-1,2026-06-11,2026-07-11,EUR,500,500
";
/// After a night without a list: both of alpha are open again, both of beta are gone, G-1 is due later.
const THIRD: &str = "\
2026-06-13,alpha,A-1,2026-05-01,2026-05-31,EUR,100,90
2026-06-13,alpha,A-2,2026-05-10,2026-06-09,EUR,200,200
2026-06-13,gamma,G-1,2026-06-11,2026-07-20,EUR,500,500
";

async fn take(db: &db::Db, list: &str, second: i64) -> Result<(u64, u64, u64), String> {
    let read = import(db, "open-items", &format!("{HEAD}{list}"), second).await;
    read.map(|outcome| (outcome.added, outcome.changed, outcome.unchanged))
}

/// What is open by `asked`, oldest invoice first.
async fn open(app: &Router, asked: &str) -> Vec<(String, String)> {
    let (status, list) = send(
        app,
        "fay",
        &format!("GET /api/v1/open-items?{asked}"),
        &[],
        "",
    )
    .await;
    assert_eq!(status, 200, "{list}");
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|one| (text(one, "invoice"), text(one, "open")))
        .collect()
}

fn items(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(number, open)| ((*number).to_owned(), (*open).to_owned()))
        .collect()
}

/// Who owes how much by the balances.
async fn balances(app: &Router) -> Vec<String> {
    let (_, list) = send(app, "fay", "GET /api/v1/balances", &[], "").await;
    let all = list["items"].as_array().unwrap().iter();
    all.map(|one| {
        let text = |name: &str| one[name].as_str().unwrap();
        format!(
            "{} {} {}",
            text("customer"),
            text("currency"),
            text("balance")
        )
    })
    .collect()
}

testkit::each_engine!(
    async fn three_nights_of_lists_tell_what_was_open_when(db) {
        book(&db).await;
        let app = app(&db);
        assert_eq!(take(&db, FIRST, 10).await, Ok((4, 0, 0)));
        assert_eq!(balances(&app).await, ["alpha EUR 250.00", "beta EUR 300.00", "beta USD 80.00"]);
        assert_eq!(take(&db, SECOND, 20).await, Ok((1, 1, 2)));
        assert_eq!(balances(&app).await, ["alpha EUR 40.00", "beta EUR 300.00", "beta USD 80.00", "gamma EUR 500.00"]);
        assert_eq!(take(&db, THIRD, 30).await, Ok((0, 3, 0)));
        assert_eq!(balances(&app).await, ["alpha EUR 290.00", "gamma EUR 500.00"]);
        let first = items(&[("A-1", "100.00"), ("A-2", "150.00"), ("B-1", "300.00"), ("B-2", "80.00")]);
        let second = items(&[("A-1", "40.00"), ("B-1", "300.00"), ("B-2", "80.00"), ("G-1", "500.00")]);
        let third = items(&[("A-1", "90.00"), ("A-2", "200.00"), ("G-1", "500.00")]);
        // Each day is told by the newest list that was not after it.
        assert_eq!(open(&app, "as_of=2026-06-10").await, first);
        assert_eq!(open(&app, "as_of=2026-06-11").await, second);
        assert_eq!(open(&app, "as_of=2026-06-12").await, second);
        assert_eq!(open(&app, "as_of=2026-06-13").await, third);
        assert_eq!(open(&app, "").await, third);
        // And as it was known after each list.
        assert_eq!(open(&app, &format!("known_at={}", at(15))).await, first);
        assert_eq!(open(&app, &format!("known_at={}", at(25))).await, second);
        let (_, due) = send(&app, "fay", "GET /api/v1/open-items?as_of=2026-06-11", &[], "").await;
        assert_eq!(due["items"][0]["instalments"][0]["days_overdue"], json!(11));
        let (_, one) = send(&app, "fay", "GET /api/v1/invoices/G-1", &[], "").await;
        assert_eq!(one["instalments"][0]["due_date"], json!("2026-07-20"));
        let (_, overdue) = send(&app, "fay", "GET /api/v1/invoices?status=overdue", &[], "").await;
        assert_eq!(overdue["items"].as_array().unwrap().len(), 2, "A-1 and A-2 are overdue again");
    }
);

testkit::each_engine!(
    async fn only_a_newer_list_is_taken(db) {
        book(&db).await;
        let app = app(&db);
        for (list, second) in [(FIRST, 10), (SECOND, 20), (THIRD, 30)] {
            take(&db, list, second).await.unwrap();
        }
        let before = (open(&app, "").await, open(&app, "as_of=2026-06-12").await);
        let older = take(&db, SECOND, 40).await.unwrap_err();
        assert!(older.contains("The list of 2026-06-13 was taken already, and this one is older."), "{older}");
        let other = take(&db, &THIRD.replace("EUR,100,90", "EUR,100,80"), 50).await.unwrap_err();
        assert!(other.contains("2026-06-13 was taken already, and it said something else."), "{other}");
        // The last one again, in whatever order, changes nothing.
        let turned: Vec<&str> = THIRD.lines().rev().collect();
        assert_eq!(take(&db, &turned.join("\n"), 60).await, Ok((0, 0, 3)));
        assert_eq!((open(&app, "").await, open(&app, "as_of=2026-06-12").await), before);
        // So does another list of that day that says nothing else.
        assert_eq!(take(&db, &THIRD.replace("EUR,100,90", "EUR,100.00,90.00"), 65).await, Ok((0, 0, 3)));
        // The same rows on the next day are a newer list, in which nothing has happened.
        assert_eq!(take(&db, &THIRD.replace("2026-06-13", "2026-06-14"), 70).await, Ok((0, 0, 3)));
        assert_eq!(open(&app, "").await, before.0);
    }
);

testkit::each_engine!(
    async fn own_invoices_are_not_closed_by_a_list_that_lacks_them(db) {
        book(&db).await;
        let app = app(&db);
        let own = "number,customer,date,due_date,amount_gross\nO-1,beta,2026-05-06,2026-05-20,50\nO-2,beta,2026-05-07,2026-05-21,70\n";
        import(&db, "invoices", own, 5).await.unwrap();
        take(&db, FIRST, 10).await.unwrap();
        let without = "2026-06-11,beta,O-2,2026-05-07,2026-05-21,EUR,70,30\n";
        assert_eq!(take(&db, without, 20).await, Ok((0, 1, 0)));
        assert_eq!(open(&app, "").await, items(&[("O-1", "50.00"), ("O-2", "30.00")]));
        // What was paid here is not undone by a list that does not know of it.
        import(&db, "payments", "reference,customer,date,amount,invoice\nP-1,beta,2026-06-12,20,O-2\n", 25).await.unwrap();
        let unaware = "2026-06-13,beta,O-2,2026-05-07,2026-05-21,EUR,70,30\n";
        let told = take(&db, unaware, 30).await;
        // Twenty of the forty that the list before had settled give way.
        assert_eq!(told, Ok((0, 1, 0)));
        assert_eq!(open(&app, "").await, items(&[("O-1", "50.00"), ("O-2", "30.00")]));
        let far_off = "2026-06-14,beta,O-2,2026-05-07,2026-05-21,EUR,70,60\n";
        let told = take(&db, far_off, 40).await.unwrap_err();
        assert!(told.contains("row 2, column “open”: The list says 60.00 EUR open on 2026-06-14, but payments and credit notes recorded here settle 20.00 of 70.00"), "{told}");
        assert_eq!(open(&app, "").await, items(&[("O-1", "50.00"), ("O-2", "30.00")]));
    }
);

testkit::each_engine!(
    async fn what_is_wrong_keeps_the_whole_list_out(db) {
        book(&db).await;
        let app = app(&db);
        take(&db, FIRST, 10).await.unwrap();
        let wrong = "\
2026-06-11,alpha,A-1,2026-05-01,2026-05-31,EUR,101,100
2026-06-11,nobody,N-1,2026-05-01,2026-05-31,EUR,100,100
2026-06-11,beta,N-2,2026-06-12,2026-06-30,EUR,100,100
2026-06-11,beta,N-3,2026-06-01,2026-06-30,EUR,100,100.01
2026-06-11,beta,N-4,2026-06-01,2026-06-30,EUR,-5,-5
2026-06-11,beta,N-5,2026-06-01,2026-06-30,EUR,5,5
2026-06-11,beta,n-5,2026-06-01,2026-06-30,EUR,5,5
";
        let faults = take(&db, wrong, 20).await.unwrap_err();
        for fault in [
            "row 2, column “number”: Invoice A-1 is already recorded with another",
            "row 3, column “customer”: There is no customer nobody.",
            "row 4, column “date”: The invoice is of 2026-06-12, after the list.",
            "row 5, column “open”: What is open is 0 to 100.00",
            "row 6, column “amount”: An open item is above zero.",
            "row 8, column “number”: Row 7 of the file says the same number already.",
        ] {
            assert!(faults.contains(fault), "{fault} in {faults}");
        }
        assert_eq!(faults.lines().count(), 6, "{faults}");
        for (list, fault) in [
            ("2026-06-17,beta,N-1,2026-06-01,2026-06-30,EUR,5,5\n", "row 2, column “as_of”: 2026-06-17 is after today"),
            ("2026-06-11,beta,N-1,2026-06-01,2026-06-30,EUR,5,5\n2026-06-12,beta,N-2,2026-06-01,2026-06-30,EUR,5,5\n", "row 3, column “as_of”: Row 2 of the file says 2026-06-11."),
        ] {
            let told = take(&db, list, 30).await.unwrap_err();
            assert!(told.contains(fault), "{told}");
        }
        assert_eq!(open(&app, "").await.len(), 4, "nothing of a faulty list stays, and nothing is closed by it");
    }
);
