//! Customers change hands: what moves, what stays, and that nothing is made or lost. On both engines.

#![expect(clippy::unwrap_used, reason = "a story stops at the first surprise")]

mod region;

use std::collections::BTreeMap;

use book::{
    CustomerId,
    store::{
        assignments, customers,
        in_flight::{self, Choice},
        sharers,
    },
};
use db::{Db, DbError, Tx};
use jiff::civil::{Date, date};
use kernel::{Code, Moment, Refusal, Scope, View, ids::PersonId, times::BEGINNING};
use org::{
    UnitKind,
    store::units::{self, NewUnit},
};
use plan::{
    drafting,
    moving::{self, Asked, Drawn, Given, Kinds, Share},
    report::Table,
    store::{cells, handovers, moves},
};
use region::{TODAY, at, by, founded, line, person, table, table_of};

const KINDS: Kinds = Kinds(in_flight::KINDS);

/// The customers of `codes` move from whoever has them to `to`, on 16 June.
fn given(rule: &str, to: &str, codes: &[&str]) -> Given {
    Given {
        customers: codes.iter().map(|code| (*code).to_owned()).collect(),
        to: Some(to.to_owned()),
        day: Some("2026-06-16".to_owned()),
        rule: rule.to_owned(),
        share: Share {
            months: (rule == "shared_credit").then_some(3),
            ..Share::default()
        },
        documents: [
            ("drafts", "move"),
            ("orders", if rule == "full_book" { "move" } else { "stay" }),
        ]
        .map(|(kind, choice)| (kind.to_owned(), choice.to_owned()))
        .into(),
        reason: "the region is cut anew".to_owned(),
        ..Given::default()
    }
}

async fn drawn(tx: &mut Tx, given: &Given) -> db::Result<Drawn> {
    let asked = Asked {
        scope: &Scope::All,
        today: TODAY,
    };
    let wish = asked.read(tx, given, KINDS).await?;
    moving::draw(tx, wish, KINDS, asked).await
}

async fn carry_out(db: &Db, given: Given, hour: i64) -> db::Result<String> {
    db.write((given, hour), |tx, (given, hour)| {
        Box::pin(async move {
            let drawn = drawn(tx, given).await?;
            moving::carry_out(tx, &drawn, &by(*hour)).await
        })
    })
    .await
}

/// Target and actual of everybody in the table, in minor units.
fn held(table: &Table) -> BTreeMap<String, (i64, i64)> {
    let of = |line: &plan::report::Line| {
        let target = line.whole.target.map_or(0, kernel::Money::minor);
        (region::name_of(line), (target, line.whole.actual.minor()))
    };
    table.lines.iter().map(of).collect()
}

async fn id_of(tx: &mut Tx, code: &str) -> CustomerId {
    customers::ids_by_code(tx).await.unwrap()[code]
}

fn code<T: std::fmt::Debug>(no: db::Result<T>) -> &'static str {
    match no.unwrap_err() {
        DbError::Refused(Refusal { code, .. }) => code,
        other => panic!("not a refusal: {other}"),
    }
}

async fn year(db: &Db, view: View, moment: Moment) -> Table {
    let mut tx = db.read().await.unwrap();
    table(&mut tx, "2026", view, moment).await
}

testkit::each_engine!(
    async fn future_only_takes_what_is_left_of_the_target_and_no_sales(db) {
        founded(&db).await;
        let before = held(&year(&db, View::AsWas, Moment::latest(TODAY)).await);
        // Chen sold 300 a month to c-chen and 100 to c-two in the twelve months before: three quarters go.
        carry_out(&db, given("future_only", "zhou", &["c-chen"]), 9).await.unwrap();
        let table = year(&db, View::AsWas, Moment::latest(TODAY)).await;
        let after = held(&table);
        assert_eq!(before["chen"].1, after["chen"].1, "what was sold stays");
        // Of June, which has 22 working days, 11 are left on the 16th.
        let old = year(&db, View::AsWas, Moment::of(TODAY, at(8))).await;
        let target = |table: &Table, month: usize| line(table, "chen").periods[month].target.unwrap().minor();
        assert_eq!(target(&table, 4), target(&old, 4));
        assert!((target(&table, 5) * 8 - target(&old, 5) * 5).abs() <= 4, "three quarters of half of June");
        assert!((target(&table, 6) * 4 - target(&old, 6)).abs() <= 2, "three quarters of July");
        let gone = before["chen"].0 - after["chen"].0;
        assert_eq!(after["zhou"].0 - before["zhou"].0, gone);
        assert_eq!(before["north"], after["north"]);
        assert_eq!(held(&old), before, "as known before the move nothing has moved");
    }
);

testkit::each_engine!(
    async fn the_full_book_takes_the_year_along(db) {
        founded(&db).await;
        let before = held(&year(&db, View::AsWas, Moment::latest(TODAY)).await);
        carry_out(&db, given("full_book", "zhou", &["c-chen", "c-two"]), 9).await.unwrap();
        let after = held(&year(&db, View::AsWas, Moment::latest(TODAY)).await);
        assert_eq!(after["chen"], (0, 0), "all customers went, and with them target and sales of the year");
        assert_eq!(after["zhou"], (before["chen"].0 + before["zhou"].0, before["chen"].1 + before["zhou"].1));
        assert_eq!(before["north"], after["north"]);
        // Last year stays with whoever sold it.
        let mut tx = db.read().await.unwrap();
        let last = held(&table(&mut tx, "2025", View::AsWas, Moment::latest(TODAY)).await);
        assert_eq!(last["chen"].1, 12 * 400_00);
        let old = held(&year(&db, View::AsWas, Moment::of(TODAY, at(8))).await);
        assert_eq!(old, before);
    }
);

testkit::each_engine!(
    async fn for_three_months_both_earn(db) {
        founded(&db).await;
        carry_out(&db, given("shared_credit", "zhou", &["c-chen"]), 9).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let (chen, zhou) = (person(&mut tx, "chen").await, person(&mut tx, "zhou").await);
        let id = id_of(&mut tx, "c-chen").await;
        let mut earners = Vec::new();
        for day in [date(2026, 6, 15), date(2026, 6, 16), date(2026, 9, 15), date(2026, 9, 16)] {
            let split = sharers::earners(&mut tx, id, day).await.unwrap();
            earners.push(split.iter().map(|part| (part.person, part.share.millionths())).collect::<Vec<_>>());
        }
        let both = vec![(chen, 500_000), (zhou, 500_000)];
        assert_eq!(earners, [vec![(chen, 1_000_000)], both.clone(), both, vec![(zhou, 1_000_000)]]);
    }
);

testkit::each_engine!(
    async fn assignments_pass_on_from_the_day_and_the_past_stays_readable(db) {
        founded(&db).await;
        carry_out(&db, given("future_only", "zhou", &["c-chen"]), 9).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let id = id_of(&mut tx, "c-chen").await;
        let held = assignments::of_customer(&mut tx, id).await.unwrap();
        let (chen, zhou) = (person(&mut tx, "chen").await, person(&mut tx, "zhou").await);
        let spans: Vec<(PersonId, Date, Option<Date>)> = held.iter().map(|one| (one.person, one.from, one.to)).collect();
        assert_eq!(spans, [(chen, BEGINNING, Some(TODAY)), (zhou, TODAY, None)]);
        drop(tx);
        // Back to the house: a gap, which nobody earns.
        let mut house = given("future_only", "zhou", &["c-chen"]);
        (house.to, house.to_house) = (None, Some("north".to_owned()));
        carry_out(&db, house, 10).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(sharers::earners(&mut tx, id, TODAY).await.unwrap(), []);
    }
);

testkit::each_engine!(
    async fn open_documents_move_only_where_it_is_said(db) {
        founded(&db).await;
        let mut silent = given("future_only", "zhou", &["c-chen"]);
        silent.documents.clear();
        assert_eq!(code(carry_out(&db, silent, 9).await), "move.choice");
        let stay = given("future_only", "zhou", &["c-chen"]);
        let before = held(&year(&db, View::AsWas, Moment::latest(TODAY)).await);
        let mut tx = db.read().await.unwrap();
        let seen = drawn(&mut tx, &stay).await.unwrap();
        let open: Vec<(&str, usize, Option<Choice>)> = moving::open_by_kind(&seen).iter().map(|one| (one.kind.name, one.open.len(), one.choice())).collect();
        let none = |name| (name, 0, None);
        assert_eq!(open, [none("drafts"), ("orders", 17, Some(Choice::Stay)), none("quotations"), none("samples"), none("frameworks"), none("support"), none("supporters")]);
        drop(tx);
        let number = carry_out(&db, stay, 9).await.unwrap();
        assert_eq!(held(&year(&db, View::AsWas, Moment::latest(TODAY)).await)["chen"].1, before["chen"].1);
        let mut tx = db.read().await.unwrap();
        let found = moves::fetch(&mut tx, &Scope::All, &number).await.unwrap();
        let over = handovers::of_move(&mut tx, &Scope::All, found.row()).await.unwrap();
        assert_eq!((over.len(), over[0].state(), over[0].from_code.as_str()), (1, "waiting", "chen"));
        let items = handovers::items(&mut tx, over[0].row()).await.unwrap();
        assert_eq!((items.len(), items[0].choice.as_str()), (17, "stay"));
        drop(tx);
        // Said to move, the open orders of this year take their credit along; last year is over.
        let mut moving = given("future_only", "newcomer", &["c-two"]);
        moving.documents.insert("orders".to_owned(), "move".to_owned());
        carry_out(&db, moving, 10).await.unwrap();
        let after = held(&year(&db, View::AsWas, Moment::latest(TODAY)).await);
        assert_eq!((before["chen"].1 - after["chen"].1, after["newcomer"].1), (500_00, 500_00));
        let mut tx = db.read().await.unwrap();
        let last = held(&table(&mut tx, "2025", View::AsWas, Moment::latest(TODAY)).await);
        assert_eq!(last["chen"].1, 12 * 400_00);
    }
);

testkit::each_engine!(
    async fn what_cannot_move_is_refused_by_its_field(db) {
        founded(&db).await;
        let same = given("future_only", "chen", &["c-chen"]);
        assert_eq!(code(carry_out(&db, same, 9).await), "move.same");
        let nobody = given("future_only", "zhou", &["c-none"]);
        assert_eq!(code(carry_out(&db, nobody, 9).await), "reference.unknown");
        let mut other = given("future_only", "newcomer", &["c-chen"]);
        other.from = Some("zhou".to_owned());
        assert_eq!(code(carry_out(&db, other, 9).await), "move.not_owner");
        let mut two = given("future_only", "zhou", &["c-chen"]);
        two.to_house = Some("north".to_owned());
        assert_eq!(code(carry_out(&db, two, 9).await), "move.receiver");
        let mut house = given("shared_credit", "zhou", &["c-chen"]);
        (house.to, house.to_house) = (None, Some("north".to_owned()));
        assert_eq!(code(carry_out(&db, house, 9).await), "move.house_shares");
        let mut mute = given("future_only", "zhou", &["c-chen"]);
        mute.reason.clear();
        assert_eq!(code(carry_out(&db, mute, 9).await), "reason.missing");
    }
);

testkit::each_engine!(
    async fn a_revision_takes_in_what_moved_and_the_figures_stay(db) {
        founded(&db).await;
        carry_out(&db, given("future_only", "newcomer", &["c-chen"]), 9).await.unwrap();
        let before = held(&year(&db, View::AsWas, Moment::latest(TODAY)).await);
        db.write((), |tx, ()| Box::pin(async move {
            let plan = plan::store::plans::fetch(tx, &Scope::All, "2026-north").await?;
            drafting::revise(tx, &plan, TODAY, &by(10)).await?;
            region::publish(tx, 11).await
        })).await.unwrap();
        assert_eq!(held(&year(&db, View::AsWas, Moment::latest(TODAY)).await), before);
        // A move after that stands on top of the new version.
        carry_out(&db, given("future_only", "zhou", &["c-chen"]), 12).await.unwrap();
        let after = held(&year(&db, View::AsWas, Moment::latest(TODAY)).await);
        assert!(after["newcomer"].0 < before["newcomer"].0);
        assert_eq!(before["north"], after["north"]);
        let mut tx = db.read().await.unwrap();
        let days = (date(2026, 1, 1), date(2027, 1, 1));
        let sum: i64 = cells::in_force(&mut tx, &Scope::All, "booked", days, i64::MAX).await.unwrap().iter().map(|one| one.amount).sum();
        assert_eq!(sum, after["north"].0);
    }
);

/// South and west lie beside north; nobody sits there yet.
async fn south_and_west(db: &Db) {
    db.write((), |tx, ()| {
        Box::pin(async move {
            let root = units::root(tx).await?.id;
            for code in ["south", "west"] {
                let unit = NewUnit {
                    code: Code::parse(code)?,
                    name: code.to_owned(),
                    name_local: None,
                    kind: UnitKind::Region,
                    parent: Some(root),
                };
                units::add(tx, &unit).await?;
            }
            Ok(())
        })
    })
    .await
    .unwrap();
}

/// The lines of units in a table of the company.
const UNITS: [&str; 4] = ["company", "north", "south", "west"];

/// Somebody changes unit.
fn seated(rule: &str, person: &str, unit: &str) -> Given {
    Given {
        person: Some(person.to_owned()),
        to_unit: Some(unit.to_owned()),
        day: Some("2026-06-16".to_owned()),
        rule: rule.to_owned(),
        reason: "the region is cut anew".to_owned(),
        ..Given::default()
    }
}

/// The year of the whole company: units and people.
async fn company(db: &Db, view: View, moment: Moment) -> Table {
    let mut tx = db.read().await.unwrap();
    table_of(&mut tx, "company", "2026", view, moment).await
}

async fn revised(db: &Db, hour: i64) {
    db.write(hour, |tx, hour| {
        Box::pin(async move {
            let plan = plan::store::plans::fetch(tx, &Scope::All, "2026-north").await?;
            drafting::revise(tx, &plan, TODAY, &by(*hour)).await?;
            region::publish(tx, *hour + 1).await
        })
    })
    .await
    .unwrap();
}

testkit::each_engine!(
    async fn a_target_goes_into_another_unit_with_its_person_from_the_day_on(db) {
        founded(&db).await;
        south_and_west(&db).await;
        let before = company(&db, View::AsWas, Moment::latest(TODAY)).await;
        carry_out(&db, seated("future_only", "chen", "south"), 9).await.unwrap();
        let after = company(&db, View::AsWas, Moment::latest(TODAY)).await;
        let (was, is) = (held(&before), held(&after));
        assert_eq!((was["chen"], was["company"]), (is["chen"], is["company"]));
        assert_eq!(was["north"].0, is["north"].0 + is["south"].0, "what north has less, south has more");
        assert_eq!((is["north"].1, is["south"].1), (was["north"].1, 0), "what was sold stays");
        let month = |name: &str, place: usize| line(&after, name).periods[place].target.map_or(0, kernel::Money::minor);
        // Of June, which has 22 working days, 11 are left on the 16th.
        assert_eq!(month("south", 4), 0);
        assert!((month("south", 5) * 2 - month("chen", 5)).abs() <= 1, "half of June");
        assert_eq!(month("south", 6), month("chen", 6));
        let old = company(&db, View::AsWas, Moment::of(TODAY, at(8))).await;
        assert_eq!(held(&old), was, "as known before the move nothing has moved");
        // What Chen sells from now on counts in the south.
        db.write((), |tx, ()| Box::pin(async move {
            let chens = customers::ids_by_code(tx).await?["c-chen"];
            region::sell(tx, "S-1", chens, "chen", TODAY, "50").await
        })).await.unwrap();
        assert_eq!(held(&company(&db, View::AsWas, Moment::latest(TODAY)).await)["south"].1, 50_00);
        let same = carry_out(&db, seated("future_only", "chen", "south"), 10).await;
        assert_eq!(code(same), "move.same");
    }
);

testkit::each_engine!(
    async fn a_revision_keeps_the_unit_a_person_went_to(db) {
        founded(&db).await;
        south_and_west(&db).await;
        let before = held(&company(&db, View::AsWas, Moment::latest(TODAY)).await);
        carry_out(&db, seated("future_only", "chen", "south"), 9).await.unwrap();
        let moved = company(&db, View::AsWas, Moment::latest(TODAY)).await;
        let months = |table: &Table| {
            let of = |name: &str| line(table, name).periods.iter().map(|one| one.target.map_or(0, kernel::Money::minor)).collect::<Vec<i64>>();
            (of("north"), of("south"), of("chen"))
        };
        for hour in [10, 20] {
            revised(&db, hour).await;
            let now = company(&db, View::AsWas, Moment::latest(TODAY)).await;
            assert_eq!(months(&now), months(&moved), "revised at {hour}");
        }
        let then = company(&db, View::AsWas, Moment::of(TODAY, at(15))).await;
        assert_eq!(months(&then), months(&moved), "as known between the revisions");
        carry_out(&db, seated("future_only", "chen", "north"), 30).await.unwrap();
        assert_eq!(held(&company(&db, View::AsWas, Moment::latest(TODAY)).await), before, "there and back again");
    }
);

testkit::each_engine!(
    async fn the_whole_year_goes_into_the_other_unit_where_it_is_said(db) {
        founded(&db).await;
        south_and_west(&db).await;
        let before = held(&company(&db, View::AsWas, Moment::latest(TODAY)).await);
        carry_out(&db, seated("full_book", "chen", "south"), 9).await.unwrap();
        let after = held(&company(&db, View::AsWas, Moment::latest(TODAY)).await);
        assert_eq!(after["south"], before["chen"], "target and sales of the year");
        assert_eq!((after["chen"], after["company"]), (before["chen"], before["company"]));
        let mut tx = db.read().await.unwrap();
        let last = held(&table_of(&mut tx, "company", "2025", View::AsWas, Moment::latest(TODAY)).await);
        assert_eq!(last["north"].1, 12 * 500_00, "last year stays in the north");
    }
);

/// A step of the sequence: always the same moves for the same seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.throw(of.len())]
    }

    /// Any move of one or two customers to a person or the house, by any rule, or of a person into any
    /// unit, on a day from March to November.
    fn any_move(&mut self) -> Given {
        if self.throw(3) == 0 {
            let rule = self.pick(&["future_only", "future_only", "full_book"]);
            let unit = self.pick(&["north", "south", "west"]);
            let mut wanted = seated(rule, self.pick(&["chen", "zhou", "newcomer"]), unit);
            wanted.day = Some(self.any_day());
            return wanted;
        }
        let codes = ["c-chen", "c-two", "c-zhou", "c-free"];
        let rule = self.pick(&["future_only", "full_book", "shared_credit"]);
        let mut customers = vec![self.pick(&codes)];
        if self.throw(2) == 0 {
            customers.push(self.pick(&codes));
        }
        customers.dedup();
        let mut wanted = given(rule, self.pick(&["chen", "zhou", "newcomer"]), &customers);
        if self.throw(6) == 0 && rule != "shared_credit" {
            (wanted.to, wanted.to_house) = (None, Some("north".to_owned()));
            wanted
                .documents
                .insert("drafts".to_owned(), "stay".to_owned());
        }
        if self.throw(2) == 0 {
            wanted
                .documents
                .insert("orders".to_owned(), "stay".to_owned());
        }
        wanted.day = Some(self.any_day());
        wanted
    }

    fn any_day(&mut self) -> String {
        format!("2026-{:02}-{:02}", 3 + self.throw(9), 1 + self.throw(28))
    }
}

testkit::each_engine!(
    async fn whatever_moves_nothing_is_made_or_lost(db) {
        founded(&db).await;
        south_and_west(&db).await;
        let sums = |table: &Table| {
            let people = held(table);
            let all = people.iter().filter(|(name, _)| !UNITS.contains(&name.as_str()));
            all.fold((0, 0), |sum, (_, one)| (sum.0 + one.0, sum.1 + one.1))
        };
        let whole = async |view, moment| {
            let mut tx = db.read().await.unwrap();
            table_of(&mut tx, "company", "2026", view, moment).await
        };
        let first = whole(View::AsWas, Moment::latest(TODAY)).await;
        let before = (sums(&first), held(&first)["company"], held(&first));
        let mut dice = Dice(20_260_616);
        let (mut carried, mut seated) = (0, 0);
        for hour in 0..60 {
            let wanted = dice.any_move();
            let mut tx = db.read().await.unwrap();
            let Ok(drawn) = drawn(&mut tx, &wanted).await else { continue };
            let figures = moving::figures(&mut tx, &Scope::All, &drawn, TODAY).await.unwrap();
            drop(tx);
            let (was, will) = figures.total();
            assert_eq!((was.target, was.actual), (will.target, will.actual), "{wanted:?}");
            assert_eq!(was.from_day, will.from_day, "{wanted:?}");
            if wanted.rule != "full_book" {
                let kept = figures.people.values().all(|(was, will)| was.until_day() == will.until_day());
                assert!(kept, "what was due before the day stays: {wanted:?}");
            }
            let units = figures.units.values().fold((0, 0, 0, 0), |sum, (was, will)| {
                (sum.0 + was.target, sum.1 + will.target, sum.2 + was.actual, sum.3 + will.actual)
            });
            assert_eq!((units.0, units.2), (units.1, units.3), "{wanted:?}");
            if carry_out(&db, wanted.clone(), 20 + hour).await.is_err() {
                continue;
            }
            carried += 1;
            seated += usize::from(wanted.person.is_some());
            let latest = Moment::latest(TODAY);
            let (was, is) = (whole(View::AsWas, latest).await, whole(View::AsIs, latest).await);
            assert_eq!(sums(&was), before.0, "{wanted:?}");
            assert_eq!(held(&was)["company"], before.1, "{wanted:?}");
            assert_eq!(sums(&is), before.0, "{wanted:?}");
            // What the preview said is what came about.
            let now = held(&was);
            let mut tx = db.read().await.unwrap();
            for (whose, (_, after)) in &figures.people {
                let moving::Whose::Person(id) = whose else { continue };
                let name = region::code_of(&mut tx, *id).await;
                let actual = kernel::Money::of_exact(after.actual, was.currency).minor();
                assert_eq!(now.get(&name).copied().unwrap_or_default(), (after.target, actual), "{name} {wanted:?}");
            }
            let tree = units::tree(&mut tx, &Scope::All).await.unwrap();
            for (unit, (_, after)) in &figures.units {
                let unit = tree.iter().find(|one| one.id == *unit).unwrap();
                if unit.parent.is_some() {
                    let actual = kernel::Money::of_exact(after.actual, was.currency).minor();
                    assert_eq!(now[&unit.code], (after.target, actual), "{} {wanted:?}", unit.code);
                }
            }
            drop(tx);
            if hour % 12 == 11 {
                revised(&db, 100 + 2 * hour).await;
                let revised = whole(View::AsWas, latest).await;
                assert_eq!(held(&revised), now, "a revision changes nothing");
            }
        }
        assert!(20 < carried && 5 < seated, "{carried} moves, {seated} of people, are no test");
        let old = whole(View::AsWas, Moment::of(TODAY, at(8))).await;
        assert_eq!(held(&old), before.2, "yesterday’s report is as it was");
    }
);
