//! What the book answers, on both engines: scope, both views of history, numbers under a crowd.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use ::book::{
    CustomerId,
    store::{
        assignments::{self, Assignment},
        customers::{self, Filter},
        orders, products, sales,
        ties::{self, Kind as TieKind, Tie},
    },
};
use cast::{TODAY, at, book, import};
use db::{Cursor, DbError, Limit, Tx};
use jiff::civil::date;
use kernel::{Moment, Price, Refusal, Scope, View, ids::PersonId, refusal::Kind};

fn names(list: &[customers::Customer]) -> Vec<&str> {
    list.iter().map(|customer| customer.code.as_str()).collect()
}

async fn seen(tx: &mut Tx, scope: &Scope, filter: &Filter) -> Vec<String> {
    let limit = Limit::parse(None).unwrap();
    let list = customers::list(tx, scope, filter, TODAY, limit, &Cursor::start())
        .await
        .unwrap();
    names(&list.items).into_iter().map(str::to_owned).collect()
}

fn is_missing<T: std::fmt::Debug>(answer: &Result<T, DbError>) -> bool {
    matches!(
        answer,
        Err(DbError::Refused(Refusal {
            kind: Kind::Missing,
            ..
        }))
    )
}

testkit::each_engine!(
    async fn everybody_sees_the_customers_in_reach(db) {
        book(&db).await;
        let mut tx = db.read().await.unwrap();
        let all = Filter::default();
        for (who, expected) in [
            ("chen", vec!["alpha"]),
            ("li", vec!["alpha", "beta"]),
            ("sun", vec!["gamma"]),
            ("fay", vec!["alpha", "beta", "gamma", "house"]),
        ] {
            let scope = cast::scope_of(&mut tx, who).await;
            assert_eq!(seen(&mut tx, &scope, &all).await, expected, "{who}");
            let count = customers::count(&mut tx, &scope, TODAY).await.unwrap();
            assert_eq!(usize::try_from(count).unwrap(), expected.len());
        }
        let chen = cast::scope_of(&mut tx, "chen").await;
        assert!(is_missing(&customers::fetch(&mut tx, &chen, "gamma", TODAY).await));
        assert!(is_missing(&customers::fetch(&mut tx, &chen, "nothing", TODAY).await));
    }
);

testkit::each_engine!(
    async fn customers_are_narrowed_and_searched(db) {
        book(&db).await;
        let mut tx = db.read().await.unwrap();
        let filter = |set: fn(&mut Filter)| {
            let mut filter = Filter::default();
            set(&mut filter);
            filter
        };
        for (filter, expected) in [
            (filter(|f| f.q = "安禾".into()), vec!["alpha"]),
            (filter(|f| f.q = "anhe".into()), vec!["alpha"]),
            (filter(|f| f.q = "ulm".into()), vec!["beta"]),
            (filter(|f| f.group = "VALUE-added-reseller".into()), vec!["alpha", "beta"]),
            (filter(|f| f.owner = "Sun".into()), vec!["gamma"]),
            (filter(|f| f.unit = "east".into()), vec!["alpha", "beta"]),
            (filter(|f| f.unit = "company".into()), vec!["alpha", "beta", "gamma"]),
            (filter(|f| f.status = "ended".into()), vec![]),
        ] {
            assert_eq!(seen(&mut tx, &Scope::All, &filter).await, expected, "{filter:?}");
        }
        let limit = Limit::parse(Some(3)).unwrap();
        let all = Filter::default();
        let first = customers::list(&mut tx, &Scope::All, &all, TODAY, limit, &Cursor::start()).await.unwrap();
        let next = first.next.unwrap();
        let second = customers::list(&mut tx, &Scope::All, &all, TODAY, limit, &next).await.unwrap();
        assert_eq!(names(&first.items), ["alpha", "beta", "gamma"]);
        assert_eq!((names(&second.items), second.next), (vec!["house"], None));
    }
);

const ORDERS: &str = "\
number,customer,sales_person,date,product,quantity,unit_price
S-1,alpha,chen,2026-01-10,bar,1,100
S-2,alpha,chen,2026-05-10,bar,1,10
S-3,beta,wu,2026-05-11,bar,1,1000
S-4,gamma,sun,2026-02-11,bar,1,1
";

testkit::each_engine!(
    async fn orders_follow_the_reach_of_their_customer(db) {
        book(&db).await;
        import(&db, "orders", ORDERS, 10).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let limit = Limit::parse(None).unwrap();
        let chen = cast::scope_of(&mut tx, "chen").await;
        let li = cast::scope_of(&mut tx, "li").await;
        for (scope, filter, expected) in [
            (&chen, orders::Filter::default(), vec!["S-2", "S-1"]),
            (&li, orders::Filter::default(), vec!["S-3", "S-2", "S-1"]),
            (&li, orders::Filter { q: "beta".into(), ..Default::default() }, vec!["S-3"]),
            (&li, orders::Filter { owner: "CHEN".into(), ..Default::default() }, vec!["S-2", "S-1"]),
            (&Scope::All, orders::Filter { unit: "south".into(), ..Default::default() }, vec!["S-4"]),
            (&Scope::All, orders::Filter { customer: "Alpha".into(), ..Default::default() }, vec!["S-2", "S-1"]),
            (&Scope::All, orders::Filter { status: "draft".into(), ..Default::default() }, vec![]),
        ] {
            let list = orders::list(&mut tx, scope, &filter, TODAY, limit, &Cursor::start()).await.unwrap();
            let numbers: Vec<&str> = list.items.iter().map(|one| one.number.as_str()).collect();
            assert_eq!(numbers, expected, "{filter:?}");
        }
        assert!(is_missing(&orders::fetch(&mut tx, &chen, "S-3", TODAY).await));
        let two = Limit::parse(Some(2)).unwrap();
        let all = orders::Filter::default();
        let first = orders::list(&mut tx, &Scope::All, &all, TODAY, two, &Cursor::start()).await.unwrap();
        let rest = orders::list(&mut tx, &Scope::All, &all, TODAY, two, &first.next.unwrap()).await.unwrap();
        assert_eq!((rest.items[0].number.as_str(), rest.items[1].number.as_str()), ("S-4", "S-1"));
    }
);

/// Sales of 2026 by person, from January to the end of the year, in whole units.
async fn by_person(tx: &mut Tx, view: View, known_at: i64) -> Vec<(Option<PersonId>, i64)> {
    let year = [(date(2026, 1, 1), date(2027, 1, 1))];
    let moment = Moment {
        as_of: TODAY,
        known_at,
    };
    let sold = sales::by_span(tx, &Scope::All, view, &year, moment)
        .await
        .unwrap();
    sold.into_iter()
        .map(|one| (one.person, one.net_exact / 1_000_000))
        .collect()
}

testkit::each_engine!(
    async fn both_views_of_a_moved_year_add_up_to_the_same_total(db) {
        book(&db).await;
        // chen moves to the south in March; alpha goes from chen to wu in April.
        let moved = "person,unit,from,to,leads\nchen,south,2026-03-01,,\n";
        import(&db, "memberships", moved, 5).await.unwrap();
        let given = "customer,person,role,from,to\nalpha,wu,owner,2026-04-01,\n";
        import(&db, "assignments", given, 6).await.unwrap();
        import(&db, "orders", ORDERS, 10).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let (chen, wu, sun) = (
            Some(cast::person(&mut tx, "chen").await),
            Some(cast::person(&mut tx, "wu").await),
            Some(cast::person(&mut tx, "sun").await),
        );
        let now = at(1_000).as_microsecond();
        let year = [(date(2026, 1, 1), date(2027, 1, 1))];
        let moment = Moment { as_of: TODAY, known_at: now };
        let was = sales::by_span(&mut tx, &Scope::All, View::AsWas, &year, moment).await.unwrap();
        let units: Vec<i64> = was.iter().filter(|one| one.person == chen).map(|one| one.net_exact).collect();
        assert_eq!(units, [100_000_000, 10_000_000], "in the east in January, in the south in May");
        let is = by_person(&mut tx, View::AsIs, now).await;
        assert_eq!(is, [(wu, 1_110), (sun, 1)], "alpha's history is wu's today");
        let total = |sold: &[i64]| sold.iter().sum::<i64>();
        let was: Vec<i64> = was.iter().map(|one| one.net_exact / 1_000_000).collect();
        let is: Vec<i64> = is.iter().map(|one| one.1).collect();
        assert_eq!((total(&was), total(&is)), (1_111, 1_111));
        let before = at(9).as_microsecond();
        assert!(by_person(&mut tx, View::AsWas, before).await.is_empty(), "nothing was known then");
    }
);

testkit::each_engine!(
    async fn a_past_report_prints_the_same_after_a_correction(db) {
        book(&db).await;
        import(&db, "orders", ORDERS, 10).await.unwrap();
        let then = at(20).as_microsecond();
        let mut tx = db.read().await.unwrap();
        let printed = by_person(&mut tx, View::AsIs, then).await;
        drop(tx);
        let given = "customer,person,role,from,to\nalpha,sun,owner,,\n";
        import(&db, "assignments", given, 30).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(by_person(&mut tx, View::AsIs, then).await, printed);
        assert_ne!(by_person(&mut tx, View::AsIs, at(40).as_microsecond()).await, printed);
    }
);

testkit::each_engine!(
    async fn sums_of_customers_and_months(db) {
        book(&db).await;
        import(&db, "orders", ORDERS, 10).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let alpha = customers::fetch(&mut tx, &Scope::All, "alpha", TODAY).await.unwrap();
        let beta = customers::fetch(&mut tx, &Scope::All, "beta", TODAY).await.unwrap();
        let ids = [alpha.id, beta.id];
        let span = (date(2026, 1, 1), date(2026, 5, 11));
        let sums = sales::of_customers(&mut tx, &ids, span, i64::MAX).await.unwrap();
        assert_eq!(sums, [(alpha.id, 110_000_000)]);
        let moment = Moment::latest(TODAY);
        let last = sales::last_days(&mut tx, &ids, moment).await.unwrap();
        assert_eq!(last.get(&alpha.id), Some(&date(2026, 5, 10)));
        let months = [
            (date(2026, 1, 1), date(2026, 2, 1)),
            (date(2026, 2, 1), date(2026, 5, 1)),
            (date(2026, 5, 1), date(2026, 6, 1)),
        ];
        let sums = sales::of_customer_by_span(&mut tx, alpha.customer(), &months, moment).await.unwrap();
        assert_eq!(sums, [(0, 100_000_000), (2, 10_000_000)]);
    }
);

testkit::each_engine!(
    async fn making_room_cuts_a_hole_and_keeps_the_ends(db) {
        book(&db).await;
        db.write((), |tx, ()| Box::pin(async move {
            let alpha = customers::fetch(tx, &Scope::All, "alpha", TODAY).await?.customer();
            let (from, to) = (date(2026, 2, 1), Some(date(2026, 3, 1)));
            assignments::make_room(tx, alpha, "owner", from, to, at(50)).await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let alpha = customers::fetch(&mut tx, &Scope::All, "alpha", TODAY).await.unwrap().customer();
        let owner = |day| (alpha, day);
        for ((alpha, day), owned) in [
            (owner(date(2026, 1, 31)), true),
            (owner(date(2026, 2, 1)), false),
            (owner(date(2026, 2, 28)), false),
            (owner(date(2026, 3, 1)), true),
        ] {
            assert_eq!(customers::owner_on(&mut tx, alpha, day).await.unwrap().is_some(), owned, "{day}");
        }
        let spans: Vec<Assignment> = assignments::of_customer(&mut tx, alpha).await.unwrap();
        assert_eq!(spans.len(), 2);
    }
);

testkit::each_engine!(
    async fn the_first_price_holds_from_the_beginning(db) {
        book(&db).await;
        db.write((), |tx, ()| Box::pin(async move {
            let free = products::fetch(tx, "free", TODAY).await?.product();
            let price = |units| Some(Price::of_whole(units));
            products::set_price(tx, free, price(5), None, TODAY, at(60)).await?;
            products::set_price(tx, free, price(7), price(3), TODAY, at(70)).await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let of = |product: products::Product| (product.list_price, product.cost);
        let old = products::fetch(&mut tx, "free", date(2000, 1, 1)).await.unwrap();
        let new = products::fetch(&mut tx, "free", TODAY).await.unwrap();
        assert_eq!(of(old), (Some(5_000_000), None));
        assert_eq!(of(new), (Some(7_000_000), Some(3_000_000)));
    }
);

testkit::each_engine!(
    async fn a_parent_is_never_below_its_child(db) {
        book(&db).await;
        let text = "code,name,parent\nbeta,Beta Sports,alpha\ngamma,Gamma Wheels,beta\n";
        import(&db, "customers", text, 10).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let mut id = async |code: &str| -> CustomerId {
            customers::fetch(&mut tx, &Scope::All, code, TODAY).await.unwrap().customer()
        };
        let (alpha, gamma) = (id("alpha").await, id("gamma").await);
        let tie = |customer, other| Tie { customer, kind: TieKind::Parent, other, from: TODAY, to: None };
        assert!(ties::leads_back(&mut tx, &tie(alpha, gamma)).await.unwrap());
        assert!(!ties::leads_back(&mut tx, &tie(gamma, alpha)).await.unwrap());
    }
);

testkit::each_engine!(
    async fn a_crowd_never_gets_the_same_number_twice(db) {
        let mut asking = Vec::new();
        for _ in 0..5 {
            let db = db.clone();
            asking.push(tokio::spawn(async move {
                let mut given = Vec::new();
                for _ in 0..4 {
                    let next = db.write((), |tx, ()| Box::pin(orders::next_number(tx, "order", 2026)));
                    given.push(next.await.unwrap());
                }
                given
            }));
        }
        let mut given = Vec::new();
        for one in asking {
            given.extend(one.await.unwrap());
        }
        given.sort_unstable();
        assert_eq!(given, (1..=20).collect::<Vec<i64>>());
        let other = db.write((), |tx, ()| Box::pin(orders::next_number(tx, "order", 2027))).await.unwrap();
        assert_eq!(other, 1, "each year begins anew");
    }
);

testkit::each_engine!(
    async fn a_stale_copy_changes_nothing(db) {
        book(&db).await;
        let stale = db.write((), |tx, ()| Box::pin(async move {
            let alpha = customers::fetch(tx, &Scope::All, "alpha", TODAY).await?;
            let fields = customers::recorded_one(tx, alpha.customer()).await?.fields()?;
            customers::save(tx, alpha.customer(), &fields, alpha.version).await?;
            customers::save(tx, alpha.customer(), &fields, alpha.version).await
        })).await;
        assert!(matches!(stale, Err(DbError::Missing)));
    }
);
