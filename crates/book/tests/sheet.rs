//! Reading files in: what is taken, what is refused by row and column, and what a second reading does.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use std::fmt::Write as _;

use cast::{TODAY, at, book, import};
use db::{Cursor, Limit};
use jiff::civil::date;
use kernel::{Moment, Scope, View};
use sheet::{
    Outcome,
    export::{Export, Format},
};

use ::book::store::{
    assignments, customers, groups, orders, products,
    sales::{self},
};

#[expect(
    clippy::unnecessary_wraps,
    reason = "compared with what a reading answers"
)]
fn outcome(added: u64, changed: u64, unchanged: u64) -> Result<Outcome, String> {
    Ok(Outcome {
        added,
        changed,
        unchanged,
    })
}

/// Exact sales since 2000 by person and unit code, as they were earned.
async fn earned(db: &db::Db) -> Vec<(Option<i64>, Option<i64>, i64)> {
    let mut tx = db.read().await.unwrap();
    let span = [(date(2000, 1, 1), date(2030, 1, 1))];
    let moment = Moment::of(TODAY, at(1_000_000));
    let sold = sales::by_span(&mut tx, &Scope::All, View::AsWas, &span, moment)
        .await
        .unwrap();
    sold.into_iter()
        .map(|one| {
            (
                one.person.map(kernel::ids::PersonId::get),
                one.unit.map(kernel::ids::UnitId::get),
                one.net_exact,
            )
        })
        .collect()
}

testkit::each_engine!(
    async fn customers_are_added_changed_and_left_alone(db) {
        book(&db).await;
        let text = "code,name,group,owner,parent,payer,payment_terms_days,lat,lon\n\
            alpha,Alpha Bikes,Warehouse,chen,,,30,50.73,7.1\n\
            delta,Delta,Value-Added-Reseller,li,alpha,beta,,,\n";
        assert_eq!(import(&db, "customers", text, 10).await, outcome(1, 1, 0));
        assert_eq!(import(&db, "customers", text, 20).await, outcome(0, 0, 2));
        let mut tx = db.read().await.unwrap();
        let delta = customers::fetch(&mut tx, &Scope::All, "DELTA", TODAY).await.unwrap();
        assert_eq!(delta.parent_code.as_deref(), Some("alpha"));
        assert_eq!(delta.payer_code.as_deref(), Some("beta"));
        assert_eq!(delta.currency, "EUR");
        assert_eq!(delta.group_name.as_deref(), Some("Value Added Reseller"));
        let alpha = customers::fetch(&mut tx, &Scope::All, "alpha", TODAY).await.unwrap();
        assert_eq!((alpha.payment_terms_days, alpha.lat), (Some(30), Some(50.73)));
        assert_eq!(alpha.name_local.as_deref(), Some("安禾"), "an empty cell keeps what is there");
        let groups = groups::list(&mut tx, groups::Of::Customers).await.unwrap();
        assert_eq!(groups.len(), 2);
    }
);

testkit::each_engine!(
    async fn a_group_is_named_by_code_or_name(db) {
        book(&db).await;
        let groups = "code,name,name_local\noem,Industrial OEM,工业主机厂\noem,Twin,\n";
        let faults = import(&db, "customer-groups", groups, 10).await.unwrap_err();
        assert!(faults.contains("row 3, column “code”: Row 2 of the file"), "{faults}");
        let groups = "code,name,name_local\noem,Industrial OEM,工业主机厂\n";
        assert_eq!(import(&db, "customer-groups", groups, 10).await, outcome(1, 0, 0));
        assert_eq!(import(&db, "customer-groups", groups, 11).await, outcome(0, 0, 1));
        let text = "code,name,group\na,A,OEM\nb,B,industrial oem\nc,C,工业主机厂\n";
        assert_eq!(import(&db, "customers", text, 20).await, outcome(3, 0, 0));
        let faults = import(&db, "customers", "code,name,group\nd,D,店\n", 30).await.unwrap_err();
        assert!(faults.contains("cannot be made a code"), "{faults}");
        let mut tx = db.read().await.unwrap();
        for code in ["a", "b", "c"] {
            let customer = customers::fetch(&mut tx, &Scope::All, code, TODAY).await.unwrap();
            assert_eq!(customer.group_code.as_deref(), Some("oem"), "{code}");
        }
    }
);

testkit::each_engine!(
    async fn an_owner_in_a_file_begins_today(db) {
        book(&db).await;
        let text = "code,name,owner\nalpha,Alpha Bikes,wu\nhouse,House Account,chen\n";
        assert_eq!(import(&db, "customers", text, 10).await, outcome(0, 2, 0));
        assert_eq!(import(&db, "customers", text, 20).await, outcome(0, 0, 2));
        let mut tx = db.read().await.unwrap();
        let wu = cast::person(&mut tx, "wu").await;
        let chen = cast::person(&mut tx, "chen").await;
        let alpha = customers::fetch(&mut tx, &Scope::All, "alpha", TODAY).await.unwrap().customer();
        let house = customers::fetch(&mut tx, &Scope::All, "house", TODAY).await.unwrap().customer();
        let yesterday = date(2026, 6, 15);
        assert_eq!(customers::owner_on(&mut tx, alpha, TODAY).await.unwrap(), Some(wu));
        assert_eq!(customers::owner_on(&mut tx, alpha, yesterday).await.unwrap(), Some(chen));
        assert_eq!(customers::owner_on(&mut tx, house, date(2001, 1, 1)).await.unwrap(), Some(chen));
    }
);

testkit::each_engine!(
    async fn every_fault_of_a_file_is_told_and_nothing_is_written(db) {
        book(&db).await;
        let text = "code,name,owner,parent,currency,lat,payment_terms_days\n\
            new,New,chen,,,,\n\
            a b,Bad,nobody,,EURO,91,731\n\
            NEW,Twin,,ghost,,NaN,\n\
            one,One,,two,,,\n\
            two,Two,,one,,,\n";
        let faults = import(&db, "customers", text, 10).await.unwrap_err();
        for expected in [
            "row 3, column “code”",
            "row 3, column “owner”: There is no person nobody.",
            "row 3, column “currency”",
            "row 3, column “lat”",
            "row 3, column “payment_terms_days”",
            "row 4, column “code”: Row 2 of the file",
            "row 4, column “parent”: There is no customer ghost",
            "row 4, column “lat”",
            "row 5, column “parent”: The customers above it go round",
            "row 6, column “parent”: The customers above it go round",
        ] {
            assert!(faults.contains(expected), "{expected} in\n{faults}");
        }
        let mut tx = db.read().await.unwrap();
        assert!(customers::fetch(&mut tx, &Scope::All, "new", TODAY).await.is_err());
    }
);

testkit::each_engine!(
    async fn prices_in_a_file_hold_from_today(db) {
        book(&db).await;
        let text = "code,name,list_price,cost\nbar,Handlebar,110,60\nrod,Rod,,\n";
        assert_eq!(import(&db, "products", text, 10).await, outcome(0, 1, 1));
        assert_eq!(import(&db, "products", text, 20).await, outcome(0, 0, 2));
        let mut tx = db.read().await.unwrap();
        let price = |product: products::Product| product.list_price.unwrap() / 1_000_000;
        let now = products::fetch(&mut tx, "bar", TODAY).await.unwrap();
        let before = products::fetch(&mut tx, "bar", date(2026, 6, 15)).await.unwrap();
        assert_eq!((price(before), price(now)), (100, 110));
        drop(tx);
        let faults = import(&db, "products", "code,name,list_price,currency\nbar,X,-1,USD\n", 30).await;
        let faults = faults.unwrap_err();
        assert!(faults.contains("below zero") && faults.contains("prices in EUR"), "{faults}");
    }
);

testkit::each_engine!(
    async fn an_assignment_takes_its_days_and_leaves_the_others(db) {
        book(&db).await;
        let text = "customer,person,role,from,to\n\
            alpha,wu,owner,2026-01-01,2026-04-01\n\
            alpha,li,owner,2026-04-01,\n\
            alpha,sun,support,,\n";
        assert_eq!(import(&db, "assignments", text, 10).await, outcome(1, 2, 0));
        assert_eq!(import(&db, "assignments", text, 20).await, outcome(0, 0, 3));
        let mut tx = db.read().await.unwrap();
        let alpha = customers::fetch(&mut tx, &Scope::All, "alpha", TODAY).await.unwrap().customer();
        for (day, who) in [
            (date(2025, 12, 31), "chen"),
            (date(2026, 1, 1), "wu"),
            (date(2026, 3, 31), "wu"),
            (date(2026, 4, 1), "li"),
        ] {
            let person = cast::person(&mut tx, who).await;
            assert_eq!(customers::owner_on(&mut tx, alpha, day).await.unwrap(), Some(person), "{day}");
        }
        assert_eq!(assignments::of_customer(&mut tx, alpha).await.unwrap().len(), 4);
        drop(tx);
        let twice = "customer,person,from,to\nbeta,wu,2026-01-01,\nbeta,li,2026-05-01,2026-06-01\n\
            beta,li,2025-01-01,2025-01-01\n";
        let faults = import(&db, "assignments", twice, 30).await.unwrap_err();
        assert!(faults.contains("row 3, column “from”: Row 2"), "{faults}");
        assert!(faults.contains("row 4, column “to”"), "{faults}");
    }
);

const ORDERS: &str = "\
number,customer,sales_person,date,line,product,quantity,unit_price,discount_percent,tax_percent,net,status
S-1,alpha,chen,2026-01-05,2,rod,3,2024.994,0,19,6074.982,
S-2,beta,,2026-01-06,,bar,1,100,10,19,,confirmed
S-1,alpha,chen,2026-01-05,1,bar,2,100,0,19,200,
S-3,house,,2026-01-07,,bar,1,100,,,,closed
S-4,alpha,chen,2026-01-08,,bar,1,100,,,,draft
S-5,gamma,sun,2026-01-09,,bar,5,100,,,,cancelled
";

testkit::each_engine!(
    async fn orders_earn_credit_for_who_sold_them(db) {
        book(&db).await;
        assert_eq!(import(&db, "orders", ORDERS, 10).await, outcome(6, 0, 0));
        let before = earned(&db).await;
        let mut tx = db.read().await.unwrap();
        let chen = cast::person(&mut tx, "chen").await.get();
        let wu = cast::person(&mut tx, "wu").await.get();
        let sum = |person: Option<i64>| -> i64 {
            before.iter().filter(|one| one.0 == person).map(|one| one.2).sum()
        };
        assert_eq!(sum(Some(chen)), 6_274_982_000, "the exact nets of S-1; the draft earns nothing yet");
        assert_eq!(sum(Some(wu)), 90_000_000, "the owner of beta that day");
        assert_eq!(sum(None), 100_000_000, "nobody's customer is the house's");
        assert_eq!(before.len(), 3, "a cancelled order earns nothing");
        let order = orders::fetch(&mut tx, &Scope::All, "s-1", TODAY).await.unwrap();
        let lines = orders::lines(&mut tx, order.order()).await.unwrap();
        let codes: Vec<&str> = lines.iter().map(|line| line.product_code.as_str()).collect();
        assert_eq!(codes, ["bar", "rod"], "in the order of their places");
        assert_eq!((order.net_minor, order.tax_minor), (627_498, 119_225));
        let draft = orders::fetch(&mut tx, &Scope::All, "S-4", TODAY).await.unwrap();
        assert_eq!(orders::split_of(&mut tx, draft.order()).await.unwrap().len(), 1);
        drop(tx);
        assert_eq!(import(&db, "orders", ORDERS, 20).await, outcome(0, 0, 6));
        assert_eq!(earned(&db).await, before);
    }
);

testkit::each_engine!(
    async fn a_bad_order_says_where_and_none_is_written(db) {
        book(&db).await;
        import(&db, "orders", ORDERS, 10).await.unwrap();
        let text = "number,customer,sales_person,date,currency,line,product,quantity,unit_price,net,tax,status\n\
            B-1,alpha,chen,2026-01-05,,1,bar,2,100,200,,\n\
            B-1,beta,chen,2026-01-05,,1,bar,2,100,201,,\n\
            B-2,ghost,nobody,1989-01-01,XAU,,none,0,1,,,held\n\
            B-3,alpha,,2026-01-05,,,bar,1,100,100.02,,\n\
            B-4,alpha,,2026-01-05,,,bar,9000000000000,1000000,,,\n\
            S-2,beta,,2026-01-06,,,bar,2,100,,,\n\
            B-5,alpha,,2026-01-05,,,bar,1,-1,,1.001,\n";
        let faults = import(&db, "orders", text, 20).await.unwrap_err();
        for expected in [
            "row 3, column “customer”: Row 2 of the file says something else of order B-1.",
            "row 3, column “line”: Row 2",
            "row 4, column “customer”: There is no customer ghost.",
            "row 4, column “sales_person”",
            "row 4, column “date”",
            "row 4, column “currency”",
            "row 4, column “product”",
            "row 4, column “quantity”",
            "row 4, column “status”",
            "row 5, column “net”",
            "row 6: 1000000.00 × 9000000000000",
            "row 7, column “number”: Order S-2 is already recorded",
            "row 8, column “tax”",
        ] {
            assert!(faults.contains(expected), "{expected} in\n{faults}");
        }
        let mut tx = db.read().await.unwrap();
        assert!(orders::fetch(&mut tx, &Scope::All, "B-1", TODAY).await.is_err());
    }
);

testkit::each_engine!(
    async fn every_file_leaves_one_trail(db) {
        book(&db).await;
        import(&db, "orders", ORDERS, 10).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let rows: Vec<(String, i64)> = tx
            .q("select noun, count(*) from trail_audit where action = 'import' group by noun order by noun limit 10")
            .all()
            .await
            .unwrap();
        let rows: Vec<(&str, i64)> = rows.iter().map(|(noun, n)| (noun.as_str(), *n)).collect();
        assert_eq!(rows, [("customers", 1), ("orders", 1), ("products", 1)]);
    }
);

testkit::each_engine!(
    async fn an_export_is_an_import(db) {
        book(&db).await;
        let mut tx = db.read().await.unwrap();
        let filter = customers::Filter::default();
        let mut bytes = Vec::new();
        let mut file = Export::of(&::book::sheet::CUSTOMERS, Format::Csv, TODAY, &mut bytes);
        let seen = (&Scope::All, TODAY);
        ::book::sheet::export_customers(&mut tx, seen, &filter, &mut file).await.unwrap();
        file.finish().unwrap();
        drop(tx);
        let file = String::from_utf8(bytes).unwrap();
        assert!(file.starts_with("code,name,name_local,group,owner"), "{file}");
        assert_eq!(import(&db, "customers", &file, 10).await, outcome(0, 0, 4));
    }
);

testkit::each_engine!(
    async fn many_orders_are_read_in_one_go(db) {
        book(&db).await;
        let mut text = String::from("number,customer,sales_person,date,product,quantity,unit_price,tax_percent\n");
        for order in 0..300 {
            for line in 0..20 {
                let who = ["chen", "wu", "sun"][order % 3];
                let product = ["bar", "rod"][line % 2];
                writeln!(
                    text,
                    "M-{order},alpha,{who},2026-02-03,{product},2,99.5,19"
                )
                .unwrap();
            }
        }
        assert_eq!(import(&db, "orders", &text, 10).await, outcome(6_000, 0, 0));
        let mut tx = db.read().await.unwrap();
        let limit = Limit::parse(Some(500)).unwrap();
        let all = orders::Filter::default();
        let list = orders::list(&mut tx, &Scope::All, &all, TODAY, limit, &Cursor::start()).await.unwrap();
        assert_eq!(list.items.len(), 300);
    }
);
