//! A region's year: spread, negotiated, published, measured, revised. On both engines.

#![expect(clippy::unwrap_used, reason = "a story stops at the first surprise")]

use book::{
    CustomerId,
    credit::{Places, Split, freeze},
    order::{LineDraft, worth},
    rates::BaseNet,
    store::{
        assignments::{self, Assignment},
        customers,
        orders::{self, NewOrder},
        products,
    },
};
use db::{DbError, Tx};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use kernel::{
    Code, Currency, FiscalYear, Moment, Money, Percent, Price, Quantity, Refusal, Scope, View,
    ids::{PersonId, UnitId},
    times::BEGINNING,
};
use org::{
    UnitKind,
    enrol::{self, Newcomer},
    founding::{self, Founding},
    store::{
        company::{self, Company},
        memberships, people,
        units::{self, NewUnit},
    },
};
use plan::{
    asked,
    drafting::{self, Act, Wish},
    grid::Balance,
    report::{self, Line, Question, Subject, Table},
    store::{plans, versions},
    target::Measure,
};
use trail::By;

const TODAY: Date = date(2026, 6, 16);

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_781_000_000 + hour * 3_600).unwrap()
}

fn by(hour: i64) -> By {
    By {
        person: None,
        name: "Li".into(),
        via: "page",
        at: at(hour),
    }
}

fn eur(text: &str) -> Money {
    Money::parse(text, Currency::parse("EUR").unwrap()).unwrap()
}

async fn found(tx: &mut Tx) -> db::Result<UnitId> {
    let company = Company {
        name: "Holm".into(),
        currency: Currency::parse("EUR")?,
        country: "DE".into(),
        zone: "Europe/Berlin".into(),
        fiscal: FiscalYear::CALENDAR,
    };
    let founding = Founding {
        company,
        admin_name: "Ada".into(),
        admin_email: "ada@company.example".into(),
    };
    founding::found(tx, &founding, None, &by(0)).await?;
    let root = units::root(tx).await?.id;
    let north = NewUnit {
        code: Code::parse("north")?,
        name: "North".into(),
        name_local: None,
        kind: UnitKind::Region,
        parent: Some(root),
    };
    let north = units::add(tx, &north).await?;
    for (name, role) in [
        ("li", "manager"),
        ("chen", "rep"),
        ("zhou", "rep"),
        ("newcomer", "rep"),
    ] {
        let who = Newcomer {
            code: name.into(),
            name: name.into(),
            email: Some(format!("{name}@company.example")),
            unit: Some("north".into()),
            role: Some(role.into()),
            ..Newcomer::default()
        };
        enrol::enrol(tx, &who, None, at(0)).await?;
    }
    Ok(north)
}

async fn person(tx: &mut Tx, code: &str) -> PersonId {
    people::fetch(tx, &Scope::All, code, TODAY)
        .await
        .unwrap()
        .person()
}

async fn customer(tx: &mut Tx, code: &str, owner: &str) -> CustomerId {
    let fields = customers::Fields {
        code: Code::parse(code).unwrap(),
        name: code.to_owned(),
        name_local: None,
        group: None,
        parent: None,
        payer: None,
        currency: Currency::parse("EUR").unwrap(),
        payment_terms_days: None,
        city: None,
        lat: None,
        lon: None,
    };
    let id = customers::add(tx, &fields).await.unwrap();
    let owner = person(tx, owner).await;
    let assignment = Assignment {
        customer: id,
        person: owner,
        role: "owner".into(),
        from: BEGINNING,
        to: None,
    };
    assignments::add_many(tx, &[assignment], at(0))
        .await
        .unwrap();
    id
}

/// One order of `amount` on a day, credited to `who`.
async fn sell(
    tx: &mut Tx,
    number: &str,
    customer: CustomerId,
    who: &str,
    day: Date,
    amount: &str,
) -> db::Result<()> {
    let product = products::ids_by_code(tx).await?["p"];
    let line = LineDraft {
        product,
        quantity: Quantity::of_whole(1),
        unit_price: Price::parse(amount)?,
        discount: Percent::ZERO,
        tax: Percent::ZERO,
        own_net: None,
    };
    let worth = worth(vec![line], Currency::parse("EUR")?)?;
    let places = Places::of(memberships::all(tx).await?);
    let root = units::root(tx).await?.id;
    let split = [Split {
        person: person(tx, who).await,
        share: Percent::WHOLE,
    }];
    let base = BaseNet::of(worth.net_exact, None, Currency::parse("EUR")?)?;
    let credit = freeze(worth.net_exact, &split, day, &places, root)?;
    let order = NewOrder {
        number: Code::parse(number)?,
        customer,
        day,
        currency: Currency::parse("EUR")?,
        status: "confirmed",
        territory: None,
        worth,
        base,
        credit,
        recorded: at(1),
    };
    orders::save_many(tx, &[order]).await.map(drop)
}

/// Chen sold 300 a month last year, Zhou 100; this year from January to May Chen 300, Zhou 50.
async fn history(tx: &mut Tx) -> db::Result<UnitId> {
    let north = found(tx).await?;
    let product = products::Fields {
        code: Code::parse("p")?,
        name: "P".into(),
        name_local: None,
        group: None,
        currency: Currency::parse("EUR")?,
    };
    products::add(tx, &product).await?;
    let (chens, zhous) = (
        customer(tx, "c-chen", "chen").await,
        customer(tx, "c-zhou", "zhou").await,
    );
    for month in 1..=12_i8 {
        sell(
            tx,
            &format!("A{month}"),
            chens,
            "chen",
            date(2025, month, 10),
            "300",
        )
        .await?;
        sell(
            tx,
            &format!("B{month}"),
            zhous,
            "zhou",
            date(2025, month, 10),
            "100",
        )
        .await?;
    }
    for month in 1..=5_i8 {
        sell(
            tx,
            &format!("C{month}"),
            chens,
            "chen",
            date(2026, month, 10),
            "300",
        )
        .await?;
        sell(
            tx,
            &format!("D{month}"),
            zhous,
            "zhou",
            date(2026, month, 10),
            "50",
        )
        .await?;
    }
    Ok(north)
}

async fn make_plan(tx: &mut Tx, unit: UnitId) -> db::Result<()> {
    let wish = Wish {
        code: Code::parse("2026-north")?,
        unit,
        year: 2026,
        measure: Measure::Booked,
        currency: Currency::parse("EUR")?,
        total: Some(eur("6000")),
    };
    // Planned on 2 January, from the twelve months before.
    drafting::create(tx, &wish, date(2026, 1, 2), &by(2))
        .await
        .map(drop)
}

async fn opened(tx: &mut Tx, drafts: bool) -> drafting::Opened {
    let plan = plans::fetch(tx, &Scope::All, "2026-north").await.unwrap();
    drafting::open(tx, &Scope::All, plan, drafts, None)
        .await
        .unwrap()
}

fn year_of(opened: &drafting::Opened, name: &str) -> String {
    let row = opened
        .grid
        .rows
        .iter()
        .position(|row| row.name == name)
        .unwrap();
    Money::of_minor(opened.grid.year_of(row), opened.grid.currency).decimal()
}

async fn act(tx: &mut Tx, act: Act) -> db::Result<drafting::Summary> {
    let copy = opened(tx, true).await;
    let edit = copy.version.edit;
    drafting::act(tx, copy, edit, &act, &by(3)).await
}

async fn publish(tx: &mut Tx, hour: i64) -> db::Result<()> {
    let copy = opened(tx, true).await;
    drafting::publish(tx, &copy, &by(hour)).await
}

async fn table(tx: &mut Tx, period: &str, view: View, moment: Moment) -> Table {
    let company = company::expect(tx).await.unwrap();
    let question = Question {
        scope: Scope::All,
        top: units::fetch(tx, &Scope::All, "north").await.unwrap(),
        asked: asked::fiscal(period, company.fiscal).unwrap(),
        view,
        moment,
        measure: Measure::Booked,
    };
    report::load(tx, &company, &question).await.unwrap()
}

fn line<'a>(table: &'a Table, name: &str) -> &'a Line {
    let is = |line: &&Line| match &line.subject {
        Subject::Unit { code, .. } | Subject::Person { code, .. } => code == name,
        Subject::House => name == "house",
    };
    table
        .lines
        .iter()
        .find(is)
        .unwrap_or_else(|| panic!("no line {name}"))
}

fn refusal<T: std::fmt::Debug>(outcome: db::Result<T>) -> Refusal {
    match outcome {
        Err(DbError::Refused(no)) => no,
        other => panic!("not refused: {other:?}"),
    }
}

testkit::each_engine!(
    async fn a_target_is_spread_by_history_and_a_newcomer_counts_like_the_average(db) {
        db.write((), |tx, ()| Box::pin(async move {
            let north = history(tx).await?;
            make_plan(tx, north).await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let draft = opened(&mut tx, true).await;
        // 3,600 and 1,200 sold; the newcomer weighs 2,400: 3 : 1 : 2 of 6,000.
        for (name, year) in [("chen", 3_000_00), ("zhou", 1_000_00), ("newcomer", 2_000_00)] {
            let row = draft.grid.rows.iter().position(|row| row.name == name).unwrap();
            // Each month is cut in whole units of its own.
            assert!((draft.grid.year_of(row) - year).abs() <= 12_00, "{name}: {}", draft.grid.year_of(row));
        }
        assert_eq!(draft.grid.total(), 6_000_00);
        assert_eq!(year_of(&draft, "Pool"), "0.00");
        assert!(draft.grid.rows.iter().all(|row| row.name != "li"), "who leads and sold nothing gets no row");
        assert!((0..12).all(|month| draft.grid.remainder(month) == 0));
        // Nothing counts before it is published.
        assert!(versions::of_plan(&mut tx, draft.plan.plan()).await.unwrap()[0].published_at.is_none());
        let before = table(&mut tx, "2026", View::AsWas, Moment::latest(TODAY)).await;
        assert_eq!(line(&before, "north").whole.target, None);
    }
);

testkit::each_engine!(
    async fn a_change_is_balanced_undone_and_refused_on_an_old_copy(db) {
        db.write((), |tx, ()| Box::pin(async move {
            let north = history(tx).await?;
            make_plan(tx, north).await?;
            let zhou = format!("p{}", person(tx, "zhou").await.get());
            let june = |amount: &str| Act::Set {
                holder: zhou.clone(), period: "2026-06".into(), amount: eur(amount), balance: Balance::People,
            };
            let old = opened(tx, true).await;
            let before = year_of(&old, "zhou");
            let summary = act(tx, june("500")).await?;
            assert_eq!((summary.act.as_str(), summary.holder.as_str(), summary.to), ("set", "zhou", 500_00));
            let balanced: i64 = summary.balanced.iter().map(|(_, by)| *by).sum();
            assert_eq!(balanced, -(summary.to - summary.from), "what one gets the others give");
            let edit = old.version.edit;
            let late = drafting::act(tx, old, edit, &june("1"), &by(4)).await;
            assert!(refusal(late).code == "plan.changed");
            let now = opened(tx, true).await;
            assert_eq!(now.grid.total(), 6_000_00);
            assert_eq!(act(tx, Act::Undo).await?.act, "undo");
            assert_eq!(year_of(&opened(tx, true).await, "zhou"), before);
            assert_eq!(refusal(act(tx, Act::Undo).await).code, "plan.nothing_to_undo");
            Ok(())
        })).await.unwrap();
    }
);

testkit::each_engine!(
    async fn a_published_plan_is_immutable_whoever_writes(db) {
        db.write((), |tx, ()| Box::pin(async move {
            let north = history(tx).await?;
            make_plan(tx, north).await?;
            publish(tx, 3).await?;
            let no = refusal(act(tx, Act::Spread { total: eur("1") }).await);
            assert_eq!(no.code, "plan.not_draft");
            Ok(())
        })).await.unwrap();
        for sql in [
            "update plan_cell set amount_minor = amount_minor + 1",
            "delete from plan_cell",
            "update plan_month set amount_minor = amount_minor + 1",
            "delete from plan_month",
            "update plan_version set state = 'draft'",
            "update plan_version set total_minor = total_minor + 1",
            "delete from plan_version",
            "insert into plan_cell (version_id, seat_key, unit_id, period_id, amount_minor, weight, locked, source)
             select version_id, 'x', unit_id, period_id, 1, 0, 0, 'typed' from plan_cell limit 1",
        ] {
            assert!(db.script(sql).await.is_err(), "{sql}");
        }
    }
);

testkit::each_engine!(
    async fn attainment_is_measured_on_the_pace_and_adds_up(db) {
        db.write((), |tx, ()| Box::pin(async move {
            let north = history(tx).await?;
            make_plan(tx, north).await?;
            publish(tx, 3).await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let table = table(&mut tx, "2026", View::AsWas, Moment::latest(date(2026, 6, 1))).await;
        let north = line(&table, "north");
        assert_eq!(north.whole.target.unwrap().decimal(), "6000.00");
        assert_eq!(north.whole.actual.decimal(), "1750.00");
        // Five even months of twelve are due on 1 June.
        let pace: i64 = north.periods[..5].iter().map(|month| month.target.unwrap().minor()).sum();
        assert_eq!(north.to_date.pace.unwrap().minor(), pace);
        let sum: i64 = ["chen", "zhou", "newcomer"].iter().map(|name| line(&table, name).whole.actual.minor()).sum();
        assert_eq!(sum, north.whole.actual.minor());
        assert_eq!(line(&table, "chen").periods[4].actual.decimal(), "300.00");
        assert_eq!(line(&table, "newcomer").whole.actual.minor(), 0);
    }
);

testkit::each_engine!(
    async fn a_customer_that_moves_keeps_both_totals(db) {
        db.write((), |tx, ()| Box::pin(async move {
            let north = history(tx).await?;
            make_plan(tx, north).await?;
            publish(tx, 3).await?;
            let customer = customers::ids_by_code(tx).await?["c-chen"];
            let zhou = person(tx, "zhou").await;
            assignments::make_room(tx, customer, "owner", date(2026, 4, 1), None, at(5)).await?;
            let moved = Assignment { customer, person: zhou, role: "owner".into(), from: date(2026, 4, 1), to: None };
            assignments::add_many(tx, &[moved], at(5)).await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let was = table(&mut tx, "2026", View::AsWas, Moment::latest(TODAY)).await;
        let is = table(&mut tx, "2026", View::AsIs, Moment::latest(TODAY)).await;
        assert_eq!(line(&was, "north").whole.actual, line(&is, "north").whole.actual);
        assert_eq!(line(&was, "chen").whole.actual.decimal(), "1500.00");
        assert_eq!(line(&was, "zhou").whole.actual.decimal(), "250.00");
        assert_eq!(line(&is, "zhou").whole.actual.decimal(), "1750.00", "today's owner has all of it");
        // Asked as of March, the customer was still Chen's; asked as known before the move, it is in June too.
        let march = table(&mut tx, "2026", View::AsIs, Moment::latest(date(2026, 3, 31))).await;
        assert_eq!(line(&march, "chen").whole.actual.decimal(), "900.00");
        let unaware = table(&mut tx, "2026", View::AsIs, Moment::of(TODAY, at(4))).await;
        assert_eq!(line(&unaware, "chen").whole.actual.decimal(), "1500.00");
    }
);

testkit::each_engine!(
    async fn a_revision_leaves_past_months_and_the_old_report_alone(db) {
        db.write((), |tx, ()| Box::pin(async move {
            let north = history(tx).await?;
            make_plan(tx, north).await?;
            publish(tx, 3).await?;
            let plan = plans::fetch(tx, &Scope::All, "2026-north").await?;
            drafting::revise(tx, &plan, TODAY, &by(6)).await?;
            assert_eq!(refusal(drafting::revise(tx, &plan, TODAY, &by(6)).await).code, "plan.has_draft");
            act(tx, Act::Spread { total: eur("9500") }).await?;
            publish(tx, 7).await
        })).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let now = table(&mut tx, "2026", View::AsWas, Moment::latest(TODAY)).await;
        let then = table(&mut tx, "2026", View::AsWas, Moment::of(TODAY, at(6))).await;
        assert_eq!(line(&then, "north").whole.target.unwrap().decimal(), "6000.00");
        assert_eq!(line(&now, "north").whole.target.unwrap().decimal(), "9500.00");
        for month in 0..5 {
            assert_eq!(line(&now, "chen").periods[month].target, line(&then, "chen").periods[month].target);
        }
        assert_ne!(line(&now, "chen").periods[5].target, line(&then, "chen").periods[5].target);
    }
);

testkit::each_engine!(
    async fn one_persons_target_stands_in_one_plan(db) {
        db.write((), |tx, ()| Box::pin(async move {
            let north = history(tx).await?;
            make_plan(tx, north).await?;
            publish(tx, 3).await?;
            let root = units::root(tx).await?.id;
            let wish = Wish {
                code: Code::parse("2026-all")?, unit: root, year: 2026, measure: Measure::Booked,
                currency: Currency::parse("EUR")?, total: Some(eur("9000")),
            };
            drafting::create(tx, &wish, TODAY, &by(4)).await?;
            let plan = plans::fetch(tx, &Scope::All, "2026-all").await?;
            let copy = drafting::open(tx, &Scope::All, plan, true, None).await?;
            let no = refusal(drafting::publish(tx, &copy, &by(5)).await);
            assert_eq!(no.code, "plan.counted_twice");
            assert!(no.message.contains("2026-north"), "{no}");
            assert_eq!(refusal(drafting::create(tx, &wish, TODAY, &by(4)).await).code, "code.taken");
            Ok(())
        })).await.unwrap();
    }
);
