//! Files of orders read in: long ones, bad ones, ones that were cut off, the same one twice at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use app::importing::{
    self, Caller, Expected, Progress, Reading, Refused, Report, Stage,
    watch::{Taken, Watch},
};
use db::Db;
use holm::{TODAY, TestApp};
use page::{Clock as _, FixedClock};
use sheet::Outcome;
use trail::By;

/// A folder of its own for each test, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("importing-{}-{number}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn read_in(
    db: &Db,
    kind: &str,
    file: &Path,
    reading: &Reading,
    told: &(dyn Fn(Progress) + Sync),
) -> Result<Report, Refused> {
    let clock = FixedClock::noon(TODAY);
    let by = By::shell(clock.now());
    let caller = Caller {
        by: &by,
        scope: &kernel::Scope::All,
        clock: &clock,
        told,
    };
    importing::import(db, kind, file, reading, caller).await
}

async fn orders(db: &Db, file: &Path, reading: &Reading) -> Result<Report, Refused> {
    read_in(db, "orders", file, reading, &|_| {}).await
}

/// The company Holm with two customers and two products.
async fn holm(db: &Db, folder: &Folder) {
    TestApp::of(db.clone()).await;
    for (kind, text) in [
        ("customers", "code,name,owner\nc1,One,chen\nc2,Two,sun\n"),
        ("products", "code,name\np1,Paint\np2,Brush\n"),
    ] {
        let file = folder.write(kind, text);
        read_in(db, kind, &file, &Reading::default(), &|_| {})
            .await
            .unwrap();
    }
}

const HEAD: &str = "number,customer,date,line,product,quantity,unit_price,tax_percent\n";

/// `count` orders of two lines each; the second line of every third stands at the end of the file.
fn many(count: u32) -> String {
    let mut text = HEAD.to_owned();
    let mut later = String::new();
    for order in 0..count {
        let customer = ["c1", "c2"][usize::try_from(order % 2).unwrap()];
        let day = order % 28 + 1;
        writeln!(
            text,
            "M-{order},{customer},2026-02-{day:02},1,p1,2,10.{:02},19",
            order % 100
        )
        .unwrap();
        let second = if order % 3 == 0 {
            &mut later
        } else {
            &mut text
        };
        writeln!(second, "m-{order},{customer},2026-02-{day:02},2,p2,1,5,19").unwrap();
    }
    text + &later
}

fn outcome(added: u64, changed: u64, unchanged: u64) -> Outcome {
    Outcome {
        added,
        changed,
        unchanged,
    }
}

/// All that is recorded of orders, in an order that does not depend on when it was recorded.
async fn recorded(db: &Db) -> Vec<(String, String, String, i64)> {
    let mut tx = db.read().await.unwrap();
    let sql = "
        select 'line' as what, o.number || '/' || cast(l.line as text) as number,
               c.code || ' ' || p.code || ' ' || o.day || ' ' || o.status as said,
               l.net_exact + l.tax_minor as amount
          from book_order_line l
          join book_order o on o.id = l.order_id
          join book_customer c on c.id = o.customer_id
          join book_product p on p.id = l.product_id
         union all
        select 'credit', o.number, coalesce(p.code, '-') || ' ' || u.code, r.net_exact
          from book_credit r
          join book_order o on o.id = r.order_id
          join org_unit u on u.id = r.unit_id
          left join org_person p on p.id = r.person_id
         order by 1, 2, 3, 4
         limit 100000";
    tx.q(sql).all().await.unwrap()
}

async fn trails(db: &Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    let sql = "select count(*) from trail_audit where action = 'import' and noun = 'orders'";
    let (count,): (i64,) = tx.q(sql).one().await.unwrap();
    count
}

#[track_caller]
fn faults(refused: Result<Report, Refused>) -> (sheet::Faults, u64) {
    match refused.unwrap_err() {
        Refused::Faults {
            faults, rows_in, ..
        } => (faults, rows_in),
        Refused::Trouble(trouble) => panic!("{trouble}"),
    }
}

#[track_caller]
fn trouble(refused: Result<Report, Refused>) -> String {
    match refused.unwrap_err() {
        Refused::Trouble(trouble) => trouble.to_string(),
        Refused::Faults { faults, .. } => panic!("{faults}"),
    }
}

/// Reads the file in, but falls dead after `steps` steps of saving.
async fn killed_after(db: &Db, file: &Path, steps: u64) {
    let (db, file) = (db.clone(), file.to_path_buf());
    let run = tokio::spawn(async move {
        let saved = AtomicU64::new(0);
        let told = |progress: Progress| {
            let is_saving = progress.stage == Stage::Saving;
            let before = saved.fetch_add(u64::from(is_saving), Ordering::Relaxed);
            assert!(!is_saving || before + 1 < steps, "killed");
        };
        let _ = read_in(&db, "orders", &file, &Reading::default(), &told).await;
    });
    assert!(run.await.is_err(), "it was killed and not done before");
}

testkit::each_engine!(
    async fn orders_go_in_wherever_their_lines_stand(db) {
        let folder = Folder::new();
        holm(&db, &folder).await;
        let file = folder.write("orders.csv", &many(700));
        let report = orders(&db, &file, &Reading::default()).await.unwrap();
        assert_eq!(report.outcome, outcome(1_400, 0, 0));
        assert_eq!((report.documents, report.bad), (Some(700), None));
        // 700 × (2 × 10.00 + 5) and 2 × the cents 0.00 to 0.99, seven times over.
        let totals: Vec<i128> = report.totals.values().map(|(_, exact)| *exact).collect();
        assert_eq!(totals, [17_500_000_000 + 2 * 7 * 49_500_000]);
        let once = recorded(&db).await;
        assert_eq!(once.len(), 1_400 + 700);
        let again = orders(&db, &file, &Reading::default()).await.unwrap();
        assert_eq!(again.outcome, outcome(0, 0, 1_400));
        assert_eq!(recorded(&db).await, once);
    }
);

testkit::each_engine!(
    async fn what_was_killed_goes_on_where_it_was(db) {
        let folder = Folder::new();
        holm(&db, &folder).await;
        // Each file has numbers of its own: the first goes in undisturbed, for comparison.
        let whole = many(600);
        let undisturbed = folder.write("whole.csv", &whole);
        orders(&db, &undisturbed, &Reading::default()).await.unwrap();
        let expected = recorded(&db).await;
        for (turn, steps) in [1, 2, 3, 4].into_iter().enumerate() {
            let prefix = ["A-", "B-", "C-", "D-"][turn];
            let text = whole.replace("M-", prefix).replace("m-", prefix);
            let file = folder.write("killed.csv", &text);
            let before = recorded(&db).await.len();
            killed_after(&db, &file, steps).await;
            let part = recorded(&db).await.len() - before;
            assert!(0 < part && part < expected.len(), "killed in the middle: {part}");
            let report = orders(&db, &file, &Reading::default()).await.unwrap();
            assert_eq!(report.outcome, outcome(1_200, 0, 0), "the two runs together");
            let mut own: Vec<_> = recorded(&db).await;
            own.retain(|(_, number, ..)| number.starts_with(prefix));
            for (_, number, ..) in &mut own {
                *number = number.replace(prefix, "M-");
            }
            assert_eq!(own, expected, "killed after {steps} steps");
        }
        assert_eq!(trails(&db).await, 5, "one for each file");
    }
);

testkit::each_engine!(
    async fn two_at_once_enter_each_order_once(db) {
        let folder = Folder::new();
        holm(&db, &folder).await;
        let file = folder.write("orders.csv", &many(600));
        let reading = Reading::default();
        let (one, other) = tokio::join!(
            orders(&db, &file, &reading),
            orders(&db, &file, &reading)
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one.outcome.rows(), 1_200);
        assert_eq!(other.outcome.rows(), 1_200);
        let mut numbers: Vec<String> = recorded(&db).await.into_iter().map(|row| row.0 + &row.1).collect();
        let all = numbers.len();
        numbers.dedup();
        assert_eq!((all, numbers.len()), (1_800, 1_800));
    }
);

/// 300 orders, of which ten have a bad line each, of ten kinds.
fn with_bad() -> String {
    let bad = [
        "M-5,c2,2026-02-06,3,p9,1,5,19",
        "M-10,c1,2026-02-11,3,p1,,5,19",
        "M-15,c2,2026-02-16,3,p1,1,five,19",
        "M-20,c9,2026-02-21,3,p1,1,5,19",
        "M-25,c2,2026-02-31,3,p1,1,5,19",
        "M-30,c1,2026-02-03,1,p1,1,5,19",
        "M-35,c2,2026-02-08,3,p1,1,5,190",
        "M-40,c1,2026-02-13,3,=p1,1,5,19",
        "M-45,c2,2026-02-18,3,p1,1,5",
        "M-50,c1,2026-02-23,3,p1,1,-5,19",
    ];
    many(300) + &bad.join("\n") + "\n"
}

testkit::each_engine!(
    async fn one_bad_row_keeps_all_out_and_every_bad_row_is_told(db) {
        let folder = Folder::new();
        holm(&db, &folder).await;
        let file = folder.write("orders.csv", &with_bad());
        let (found, rows_in) = faults(orders(&db, &file, &Reading::default()).await);
        let rows: Vec<Option<u64>> = found.kept().iter().map(|fault| fault.row).collect();
        assert_eq!(rows, (602..=611).map(Some).collect::<Vec<_>>(), "{found}");
        assert_eq!(rows_in, 0);
        assert!(recorded(&db).await.is_empty());
        assert_eq!(trails(&db).await, 0);
    }
);

testkit::each_engine!(
    async fn good_orders_go_in_without_the_bad_ones(db) {
        let folder = Folder::new();
        holm(&db, &folder).await;
        let file = folder.write("orders.csv", &with_bad());
        let reading = Reading {
            skips_bad: true,
            ..Reading::default()
        };
        let dry = Reading {
            is_rehearsal: true,
            ..reading.clone()
        };
        let report = orders(&db, &file, &dry).await.unwrap();
        assert_eq!(report.outcome, outcome(580, 0, 0));
        assert!(recorded(&db).await.is_empty());
        assert_eq!(report.bad.unwrap().file, None);
        let report = orders(&db, &file, &reading).await.unwrap();
        assert_eq!((report.outcome, report.documents), (outcome(580, 0, 0), Some(290)));
        let bad = report.bad.unwrap();
        assert_eq!((bad.documents, bad.rows), (10, 30));
        assert!(
            recorded(&db).await.iter().all(|(_, number, ..)| !number.starts_with("M-5/")),
            "an order with a bad line stays out as a whole"
        );
        let path = bad.file.unwrap();
        assert!(path.ends_with("orders.csv.bad.csv"), "{}", path.display());
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 31, "{text}");
        assert!(text.contains("\n602,product: There is no product p9.,M-5,c2,2026-02-06,3,p9,1,5,19\n"), "{text}");
        assert!(text.contains("Another row of the same document is bad."), "{text}");
        assert!(text.contains(",'=p1,"), "made safe: {text}");
        // Mended, it is read in as it is.
        let text = text.replace(",p9,", ",p1,");
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("bad_row") || line.contains("-5,c"))
            .collect();
        let mended = folder.write("mended.csv", &(kept.join("\n") + "\n"));
        let report = orders(&db, &mended, &Reading::default()).await.unwrap();
        assert_eq!(report.outcome, outcome(3, 0, 0), "{text}");
        let again = orders(&db, &file, &reading).await.unwrap();
        assert_eq!(again.outcome.added, 0);
    }
);

testkit::each_engine!(
    async fn who_ended_meanwhile_is_noticed_when_it_is_saved(db) {
        let folder = Folder::new();
        holm(&db, &folder).await;
        let file = folder.write("orders.csv", &many(40));
        let told = |progress: Progress| {
            if progress.stage == Stage::Checking && progress.done == progress.of {
                let end = db.script("update book_customer set ended_on = '2026-02-10' where code = 'c2'");
                tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(end)).unwrap();
            }
        };
        let (found, _) = faults(read_in(&db, "orders", &file, &Reading::default(), &told).await);
        assert!(found.to_string().contains("The customer c2 ended on 2026-02-10"), "{found}");
        let skipping = Reading {
            skips_bad: true,
            ..Reading::default()
        };
        let report = orders(&db, &file, &skipping).await.unwrap();
        // c2 has the odd orders; of the days 2, 4, …, 28, 2, … those before the tenth are eight.
        let bad = report.bad.unwrap();
        assert_eq!((report.documents, bad.documents), (Some(28), 12));
    }
);

testkit::each_engine!(
    async fn a_file_that_is_not_what_its_source_says_stays_out(db) {
        let folder = Folder::new();
        holm(&db, &folder).await;
        let file = folder.write("orders.csv", &many(10));
        let expecting = |rows: Option<u64>, total: Option<&str>| Reading {
            expected: Expected {
                rows,
                total: total.map(str::to_owned),
            },
            ..Reading::default()
        };
        let told = trouble(orders(&db, &file, &expecting(Some(21), None)).await);
        assert!(told.contains("20 rows") && told.contains("21 were expected"), "{told}");
        let told = trouble(orders(&db, &file, &expecting(Some(20), Some("250.91"))).await);
        assert!(told.contains("250.90 EUR") && told.contains("250.91 was expected"), "{told}");
        assert!(recorded(&db).await.is_empty());
        let right = expecting(Some(20), Some("250.90"));
        assert_eq!(orders(&db, &file, &right).await.unwrap().outcome, outcome(20, 0, 0));
        let products = folder.write("products", "code,name\np1,Paint\n");
        let told = trouble(read_in(&db, "products", &products, &right, &|_| {}).await);
        assert!(told.contains("products have no total"), "{told}");
    }
);

async fn look(watch: &mut Watch, db: &Db, reading: &Reading) -> Vec<Taken> {
    let clock = FixedClock::noon(TODAY);
    let by = By::shell(clock.now());
    let caller = Caller {
        by: &by,
        scope: &kernel::Scope::All,
        clock: &clock,
        told: &|_| {},
    };
    watch.look(db, reading, caller).await.unwrap()
}

testkit::each_engine!(
    async fn what_appears_in_a_watched_folder_is_read_in_and_put_away(db) {
        let folder = Folder::new();
        holm(&db, &folder).await;
        let watched = Folder::new();
        let mut watch = Watch::over(&watched.0).unwrap();
        let reading = Reading::default();
        let there = |path: &str| watched.0.join(path).exists();

        // Half of it is there: it is seen, and not taken before it has stopped growing.
        let text = many(6);
        watched.write("orders-june.csv", &text[..200]);
        assert!(look(&mut watch, &db, &reading).await.is_empty());
        watched.write("orders-june.csv", &text);
        assert!(look(&mut watch, &db, &reading).await.is_empty());
        let taken = look(&mut watch, &db, &reading).await;
        assert_eq!(taken[0].reports[0].1.outcome, outcome(12, 0, 0));
        assert!(there("done/orders-june.csv") && !there("orders-june.csv"));

        // What is referred to goes in first, though its name comes later.
        watched.write("orders-x.csv", &format!("{HEAD}X-1,c3,2026-02-01,1,p1,1,5,19\n"));
        watched.write("customers, new.csv", "code,name\nc3,Three\n");
        watched.write("orders-y.csv.part", "half");
        watched.write("letter.txt", "Dear all\n");
        assert!(look(&mut watch, &db, &reading).await.is_empty());
        let taken = look(&mut watch, &db, &reading).await;
        let kinds: Vec<&str> = taken.iter().flat_map(|one| &one.reports).map(|one| one.0).collect();
        assert_eq!(kinds, ["customers", "orders"]);
        assert!(there("failed/letter.txt") && there("orders-y.csv.part"));
        let why = fs::read_to_string(watched.0.join("failed/letter.txt.faults.txt")).unwrap();
        assert!(why.contains("does not tell what it holds"), "{why}");

        // A bad file is put away with its faults, and never takes the place of another.
        for _ in 0..2 {
            watched.write("orders-bad.csv", &format!("{HEAD}X-2,c9,2026-02-01,1,p1,1,5,19\n"));
            look(&mut watch, &db, &reading).await;
            assert_eq!(look(&mut watch, &db, &reading).await.len(), 1);
        }
        let why = fs::read_to_string(watched.0.join("failed/orders-bad.csv.faults.txt")).unwrap();
        assert!(why.starts_with("row 2, column “customer”: There is no customer c9."), "{why}");
        assert!(there("failed/orders-bad (2).csv") && !there("orders-bad.csv"));
        let skipping = Reading {
            skips_bad: true,
            ..Reading::default()
        };
        watched.write("orders-mixed.csv", &format!("{HEAD}X-3,c9,2026-02-01,1,p1,1,5,19\nX-4,c1,2026-02-01,1,p1,1,5,19\n"));
        look(&mut watch, &db, &skipping).await;
        let taken = look(&mut watch, &db, &skipping).await;
        assert_eq!(taken[0].reports[0].1.outcome, outcome(1, 0, 0));
        assert!(there("done/orders-mixed.csv.bad.csv"));
        assert!(look(&mut watch, &db, &skipping).await.is_empty());
    }
);
