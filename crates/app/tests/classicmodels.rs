//! Classic Models: orders, invoices on them and payments, and the balance known of it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod companies;

use book::store::{
    customers,
    invoices::{self, Balance},
};
use collect::store::limits;
use companies::{TODAY, data, found, import_all, mapping};
use db::{Cursor, Limit};
use jiff::civil::date;
use kernel::{Currency, Moment, Money, Scope};

const NAME: &str = "classicmodels";

fn usd(minor: i64) -> String {
    Money::of_minor(minor, Currency::parse("USD").unwrap()).decimal()
}

/// What everybody owes as of a day.
async fn owed(db: &db::Db, moment: Moment) -> Vec<Balance> {
    let mut tx = db.read().await.unwrap();
    invoices::balances(&mut tx, (&Scope::All, TODAY), moment, "")
        .await
        .unwrap()
}

/// Who owes more than its credit limit of the day, by code.
async fn over_their_limit(db: &db::Db, owed: &[Balance]) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let customers = customers::ids_by_code(&mut tx).await.unwrap();
    let ids: Vec<i64> = customers.values().map(|id| id.get()).collect();
    let limits = limits::holding(&mut tx, &ids, Moment::latest(TODAY))
        .await
        .unwrap();
    let amount = |code: &str| limits[&customers[code].get()].limit.mode.amount().unwrap();
    let zero = customers.keys().filter(|code| amount(code).minor() == 0);
    assert_eq!((limits.len(), zero.count()), (122, 24));
    for (code, limit) in [
        ("450", "77600.00"),
        ("362", "41900.00"),
        ("328", "43000.00"),
    ] {
        assert_eq!(amount(code).decimal(), limit, "customer {code}");
    }
    let over = owed
        .iter()
        .filter(|one| amount(&one.payer_code).minor() < one.owed_minor());
    over.map(|one| one.payer_code.clone()).collect()
}

testkit::each_engine!(
    async fn its_balance_is_right_to_the_cent(db) {
        let Some(folder) = data(NAME) else { return };
        found(&db, "Classic Models").await;
        let reading = mapping(NAME);
        let read = import_all(&db, &folder, &reading).await;
        assert_eq!((read["orders"].added, read["invoices"].added, read["payments"].added), (2_996, 320, 273));

        let all = owed(&db, Moment::latest(TODAY)).await;
        let sum = |of: fn(&Balance) -> i64| usd(all.iter().map(of).sum());
        // Orders that were not cancelled less everything that was paid.
        assert_eq!(sum(Balance::owed_minor), "511497.20");
        assert_eq!(sum(|one| one.unapplied_minor), "8853839.23");
        assert_eq!(all.iter().filter(|one| 0 < one.owed_minor()).count(), 16);
        for (code, balance) in [("450", "83984.89"), ("362", "50806.85"), ("328", "43525.04")] {
            let own = all.iter().find(|one| one.payer_code == code).unwrap();
            assert_eq!(usd(own.owed_minor()), balance, "customer {code}");
        }
        assert_eq!(over_their_limit(&db, &all).await, ["328", "362", "450"]);
        // As of a day before the last payments.
        let may = owed(&db, Moment::latest(date(2005, 5, 31))).await;
        assert_eq!(usd(may.iter().map(Balance::owed_minor).sum()), "570586.46");

        // The same files again change nothing.
        let again = import_all(&db, &folder, &reading).await;
        let touched: Vec<_> = again.iter().filter(|(_, outcome)| outcome.added + outcome.changed != 0).collect();
        assert_eq!(touched, []);
    }
);

testkit::each_engine!(
    async fn what_is_paid_but_not_allocated_leaves_every_invoice_open(db) {
        let Some(folder) = data(NAME) else { return };
        found(&db, "Classic Models").await;
        import_all(&db, &folder, &mapping(NAME)).await;
        // Nothing was allocated by the files, so on every day each invoice so far is open.
        let mut tx = db.read().await.unwrap();
        let page = (Limit::parse(Some(500)).unwrap(), &Cursor::start());
        let moment = Moment::latest(date(2005, 5, 31));
        let open = invoices::open_on(&mut tx, (&Scope::All, TODAY), moment, "", page).await.unwrap();
        assert_eq!(open.items.len(), 320);
        let gross: i64 = open.items.iter().map(|one| one.gross_minor).sum();
        assert_eq!(usd(gross), "9365336.43");
    }
);
