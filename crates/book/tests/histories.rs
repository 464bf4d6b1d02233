//! Random histories of orders, goods, bills and money, asked through the API and kept beside it in a
//! small ledger: after every step both must tell the same quantities, worths, open amounts and
//! balances, on three different days, and must have refused the same steps.
//!
//! A history that goes wrong is told with its seed and its steps; `BAILIWICK_SEED` plays it alone,
//! `BAILIWICK_DEEP` plays many more and longer ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::print_stderr,
    reason = "a test says what it left out and how often it did what"
)]

mod cast;
mod ledger;

use std::collections::BTreeMap;

use axum::Router;
use cast::{TODAY, app, book, send};
use db::{Db, Engine};
use kernel::Scope;
use ledger::{
    Flaw, Ledger, Step,
    chance::{Chance, FIRST_DAY},
    steps::{self, Names, scaled},
};
use serde_json::{Value, json};
use sheet::export::{Export, Format};

/// How many histories of how many steps.
#[derive(Debug, Clone, Copy)]
struct Size {
    histories: u64,
    steps: usize,
}

const EVERYDAY: Size = Size {
    histories: 60,
    steps: 25,
};

#[expect(
    clippy::disallowed_methods,
    reason = "how deep to test is the tester's setting"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn size(everyday: Size) -> Size {
    match setting("BAILIWICK_DEEP") {
        Some(_) => Size {
            histories: 2_000,
            steps: 60,
        },
        None => everyday,
    }
}

/// How often each kind of step was done and refused.
type Tally = BTreeMap<String, (u32, u32)>;

/// One history: the ledger, the program, and how they name things.
struct Game<'a> {
    app: &'a Router,
    ledger: Ledger,
    names: Names,
    told: Vec<String>,
}

impl Game<'_> {
    async fn get(&self, path: &str) -> Value {
        let (status, answer) = send(self.app, "fay", &format!("GET /api/v1/{path}"), &[], "").await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Takes one step on both sides.
    async fn step(&mut self, step: &Step, tally: &mut Tally) -> Result<(), String> {
        self.names.orders = self.ledger.orders.len();
        self.names.deliveries = self.ledger.deliveries.len();
        self.names.invoices = self.ledger.invoices.len();
        let (asked, body) = self.names.request(step, TODAY);
        let (status, answer) = send(self.app, "fay", &asked, &[], &body).await;
        let accepted = self.ledger.attempt(step);
        self.told.push(format!(
            "{step:?}\n    {asked} {body}\n    {status} {}",
            answer["code"]
        ));
        let count = tally.entry(step.name()).or_default();
        match (accepted, status) {
            (true, 200 | 201) => count.0 += 1,
            (false, 400..=499) => count.1 += 1,
            _ => {
                return Err(format!(
                    "the ledger says {accepted}, the program {status} {answer}"
                ));
            }
        }
        if accepted {
            self.learn(&answer);
        }
        Ok(())
    }

    /// Learns the numbers and ids the program gave.
    fn learn(&mut self, answer: &Value) {
        let empty = Vec::new();
        let mut listed = answer["allocations"].as_array().unwrap_or(&empty).iter();
        let known = |one: &&Value| {
            self.names
                .settlings
                .iter()
                .all(|(_, id)| one["id"] != json!(id))
        };
        let new = listed.rfind(known).unwrap_or(answer);
        if self.names.sources.len() < self.ledger.sources.len() {
            let source = self.ledger.sources.last().unwrap();
            let is_note = source.kind != "payment";
            let number = match source.kind {
                "cancellation" => new["credit_note"].as_str().unwrap_or_default().to_owned(),
                _ => self.names.next_source(is_note),
            };
            self.names.sources.push((is_note, number));
        }
        if self.names.settlings.len() < self.ledger.settlings.len() {
            let settling = self.ledger.settlings.last().unwrap();
            let id = new["id"].as_str().unwrap_or_default().to_owned();
            self.names.settlings.push((settling.source, id));
        }
    }

    /// What the program tells, in the words of [`Ledger::facts`].
    async fn facts(&self, days: &[i32]) -> BTreeMap<String, String> {
        let mut facts = BTreeMap::new();
        for place in 0..self.ledger.orders.len() {
            let own = self
                .get(&format!("orders/{}", self.names.order(place)))
                .await;
            for (line, own) in own["lines"].as_array().unwrap().iter().enumerate() {
                let of = |field: &str| scaled(own[field].as_str().unwrap(), 6);
                let told = format!(
                    "{} ordered, {} cancelled, {} delivered, {} returned, {} billed, {} credited, worth {}",
                    of("quantity"),
                    of("cancelled"),
                    of("delivered"),
                    of("returned"),
                    of("billed"),
                    of("credited"),
                    cents(own, "net") + cents(own, "tax")
                );
                facts.insert(format!("order {place} line {line}"), told);
            }
            let state = own["status"].as_str().unwrap();
            facts.insert(
                format!("order {place}"),
                format!(
                    "{state}, {} open, {} unbilled",
                    cents(&own, "open"),
                    cents(&own, "unbilled")
                ),
            );
        }
        self.documents(&mut facts).await;
        for day in days {
            facts.insert(format!("day {day}"), self.on_day(*day).await);
        }
        facts
    }

    async fn documents(&self, facts: &mut BTreeMap<String, String>) {
        let customer = &self.names.customer;
        let list =
            |noun: &'static str| self.get_all(format!("{noun}?customer={customer}&limit=500"));
        for own in list("invoices").await {
            let place = self.invoice_at(&own["number"]);
            let stands = own["status"] != "cancelled";
            facts.insert(
                format!("invoice {place}"),
                format!(
                    "{} of {} open, stands {stands}",
                    cents(&own, "open"),
                    cents(&own, "gross")
                ),
            );
        }
        let mut sources = list("payments").await;
        sources.extend(list("credit-notes").await);
        for own in sources {
            let (number, amount) = match own["reference"].as_str() {
                Some(reference) => (reference, "amount"),
                None => (own["number"].as_str().unwrap(), "gross"),
            };
            let place = self
                .names
                .sources
                .iter()
                .position(|source| source.1 == number);
            let stands = own["status"] == "posted";
            facts.insert(
                format!(
                    "source {}",
                    place.map_or(number.to_owned(), |place| place.to_string())
                ),
                format!(
                    "{} of {} left, stands {stands}",
                    cents(&own, "left"),
                    cents(&own, amount)
                ),
            );
        }
    }

    async fn get_all(&self, path: String) -> Vec<Value> {
        let answer = self.get(&path).await;
        assert_eq!(
            answer["next_cursor"],
            json!(null),
            "all of it fits one page"
        );
        answer["items"].as_array().unwrap().clone()
    }

    fn invoice_at(&self, number: &Value) -> usize {
        let places = 0..self.ledger.invoices.len();
        places
            .into_iter()
            .find(|place| *number == json!(self.names.invoice(*place)))
            .unwrap_or(usize::MAX)
    }

    async fn on_day(&self, day: i32) -> String {
        let day = steps::day(TODAY, day);
        let asked = format!("customer={}&as_of={day}&limit=500", self.names.customer);
        let owed = self.get_all(format!("balances?{asked}")).await;
        let of = |field: &str| owed.first().map_or(0, |own| cents(own, field));
        let open = self.get_all(format!("open-items?{asked}")).await;
        let listed: BTreeMap<usize, i64> = open
            .iter()
            .map(|own| (self.invoice_at(&own["invoice"]), cents(own, "open")))
            .collect();
        format!(
            "{} open, {} unapplied, {} owed: {listed:?}",
            of("open"),
            of("unapplied"),
            of("balance")
        )
    }
}

fn cents(own: &Value, field: &str) -> i64 {
    scaled(own[field].as_str().unwrap(), 2)
}

/// Plays the history of a seed; how it went wrong, with all its steps.
async fn play(
    app: &Router,
    seed: u64,
    steps: usize,
    flaw: Flaw,
    tally: &mut Tally,
) -> Result<(), String> {
    let names = Names {
        prefix: format!("H{seed}"),
        customer: format!("h{seed}"),
        ..Names::default()
    };
    let customer = format!(
        r#"{{"code":"{0}","name":"Customer {0}","owner":"chen"}}"#,
        names.customer
    );
    let (status, answer) = send(app, "li", "POST /api/v1/customers", &[], &customer).await;
    assert_eq!(status, 201, "{answer}");
    let ledger = Ledger {
        flaw,
        ..Ledger::default()
    };
    let mut game = Game {
        app,
        ledger,
        names,
        told: Vec::new(),
    };
    let mut chance = Chance::new(seed);
    for _ in 0..steps {
        let step = chance.step(&game.ledger);
        let days = [0, chance.day_from(FIRST_DAY), chance.day_from(FIRST_DAY)];
        let mut outcome = game.step(&step, tally).await;
        if outcome.is_ok() {
            outcome = alike(&game.ledger.facts(&days), &game.facts(&days).await);
        }
        outcome.map_err(|wrong| {
            let told = game.told.join("\n");
            format!(
                "BAILIWICK_SEED={seed} went wrong after {} steps:\n{told}\n{wrong}",
                game.told.len()
            )
        })?;
    }
    Ok(())
}

fn alike(
    expected: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) -> Result<(), String> {
    let keys = expected
        .keys()
        .chain(found.keys().filter(|key| !expected.contains_key(*key)));
    let other = keys.filter(|key| expected.get(*key) != found.get(*key));
    let other: Vec<String> = other
        .map(|key| {
            format!(
                "{key}\n    ledger:  {:?}\n    program: {:?}",
                expected.get(key),
                found.get(key)
            )
        })
        .collect();
    if other.is_empty() {
        Ok(())
    } else {
        Err(other.join("\n"))
    }
}

async fn fresh(engine: Engine) -> Option<testkit::Fresh> {
    match engine {
        Engine::Sqlite => Some(testkit::fresh_sqlite().await),
        Engine::Postgres => testkit::fresh_postgres().await,
    }
}

/// Plays many histories, a few to a database; nothing where there is no such engine.
async fn play_all(engine: Engine, size: Size, flaw: Flaw) -> Result<Option<Tally>, String> {
    let mut seeds: Vec<u64> = (1..=size.histories).collect();
    if let Some(seed) = setting("BAILIWICK_SEED").filter(|_| flaw == Flaw::None) {
        seeds = vec![seed.parse().unwrap()];
    }
    let mut tally = Tally::new();
    let mut written = BTreeMap::new();
    for some in seeds.chunks(10) {
        let Some(fresh) = fresh(engine).await else {
            eprintln!("skipped: BAILIWICK_TEST_PG names no PostgreSQL server");
            return Ok(None);
        };
        book(&fresh.db).await;
        let app = app(&fresh.db);
        let mut outcome = Ok(());
        for seed in some {
            if outcome.is_ok() {
                outcome = play(&app, *seed, size.steps, flaw, &mut tally).await;
            }
        }
        if flaw == Flaw::None && outcome.is_ok() {
            files_change_nothing(&fresh.db, &mut written).await;
        }
        fresh.end().await;
        outcome?;
    }
    if flaw == Flaw::None && 10 < seeds.len() {
        assert!(written.values().all(|rows| 0 < *rows), "{written:?}");
    }
    Ok(Some(tally))
}

/// Whatever became of the documents, their files say the same when they are read in again.
async fn files_change_nothing(db: &Db, written: &mut BTreeMap<&str, u64>) {
    for kind in [
        "deliveries",
        "invoices",
        "credit-notes",
        "payments",
        "allocations",
        "open-items",
    ] {
        let mut text = Vec::new();
        let mut file = Export::of(cast::layout(kind), Format::Csv, TODAY, &mut text);
        let mut tx = db.read().await.unwrap();
        let seen = (&Scope::All, TODAY);
        book::sheet::export(&mut tx, kind, seen, &mut file)
            .await
            .unwrap();
        drop(tx);
        file.finish().unwrap();
        let text = String::from_utf8(text).unwrap();
        let rows = u64::try_from(text.lines().count() - 1).unwrap();
        *written.entry(kind).or_default() += rows;
        if rows == 0 {
            continue;
        }
        let read = cast::import(db, kind, &text, 5_000).await;
        let read = read.unwrap_or_else(|faults| panic!("{kind}: {faults}"));
        assert_eq!(
            (read.added, read.changed, read.unchanged),
            (0, 0, rows),
            "{kind}"
        );
    }
}

async fn all_agree(engine: Engine, everyday: Size) {
    let tally = play_all(engine, size(everyday), Flaw::None).await;
    let Some(tally) = tally.unwrap_or_else(|wrong| panic!("{wrong}")) else {
        return;
    };
    eprintln!("{tally:?}");
    if setting("BAILIWICK_SEED").is_some() || everyday.histories < EVERYDAY.histories {
        return;
    }
    // A step that is never done, or never refused where it can be, is not tested.
    assert_eq!(tally.len(), 19, "{tally:?}");
    for (name, (done, refused)) in tally {
        let always = ["Order", "Pay", "BillPlain"].contains(&name.as_str());
        assert!(
            0 < done && (always || 0 < refused),
            "{name}: {done} done, {refused} refused"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_agree_with_the_ledger_on_sqlite() {
    all_agree(Engine::Sqlite, EVERYDAY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_agree_with_the_ledger_on_postgres() {
    all_agree(
        Engine::Postgres,
        Size {
            histories: 12,
            ..EVERYDAY
        },
    )
    .await;
}

/// The comparison is worth something only if a ledger that is wrong is found out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_with_a_mistake_is_found_out() {
    for flaw in [
        Flaw::CutsOff,
        Flaw::CountsTwice,
        Flaw::EndsToday,
        Flaw::CreditsAtOnce,
    ] {
        let outcome = play_all(Engine::Sqlite, EVERYDAY, flaw).await;
        let wrong = outcome.expect_err("a mistake is found within the everyday histories");
        eprintln!("{flaw:?}: {}", wrong.lines().next().unwrap_or_default());
    }
}
