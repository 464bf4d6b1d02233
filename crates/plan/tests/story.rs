//! A region's year: spread, negotiated, published, measured, revised. On both engines.

#![expect(clippy::unwrap_used, reason = "a story stops at the first surprise")]

mod region;

use book::store::{
    assignments::{self, Assignment},
    customers,
};
use db::Tx;
use jiff::civil::date;
use kernel::{Code, Currency, Moment, Money, Scope, View};
use org::store::units;
use plan::{
    drafting::{self, Act, Wish},
    grid::Balance,
    store::{plans, versions},
    target::Measure,
};
use region::{
    TODAY, at, by, eur, history, line, make_plan, opened, person, publish, refusal, table,
};

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
