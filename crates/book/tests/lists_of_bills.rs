//! The lists of invoices and payments against a loop over what was drawn, as they are asked and with bounds
//! so narrow that most questions are walked.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use std::collections::BTreeMap;

use ::book::store::{
    documents::{self, Bounds, Wanted},
    invoices,
    listed::{self, Asked, Filter},
    payments,
};
use axum::Router;
use cast::{TODAY, app, book, scope_of, send};
use db::{Cursor, Limit, Sort, SortBy};
use jiff::{ToSpan, civil::Date};
use serde_json::json;

struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn day(&mut self) -> Date {
        TODAY.saturating_sub(i64::try_from(self.below(60)).unwrap().days())
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len().try_into().unwrap())).unwrap()]
    }
}

/// Code, name and owner of a customer.
type Customer = (&'static str, &'static str, &'static str);

/// A document as it was drawn: its customer, the other side, what else it can be found by.
#[derive(Debug, Clone)]
struct Drawn {
    number: String,
    customer: Customer,
    beside: Vec<Customer>,
    day: Date,
    due: String,
    states: Vec<&'static str>,
    amount: u64,
}

const CUSTOMERS: [Customer; 4] = [
    ("alpha", "alpha bikes", "chen"),
    ("beta", "beta sports", "wu"),
    ("gamma", "gamma wheels", "sun"),
    ("house", "house account", ""),
];

async fn ok(app: &Router, asked: &str, body: &serde_json::Value) {
    let (status, answer) = send(app, "fay", asked, &[], &body.to_string()).await;
    assert!(
        matches!(status, 200 | 201),
        "{asked} {body}: {status} {answer}"
    );
}

/// Invoices in every state: paid ones by a payment of their own.
async fn bills(app: &Router, draws: &mut Draws) -> Vec<Drawn> {
    let mut all = Vec::new();
    for place in 0..48_u64 {
        let (customer, payer) = (draws.one(&CUSTOMERS), draws.one(&CUSTOMERS));
        let (day, amount) = (draws.day(), 1 + draws.below(50));
        let due = day.saturating_add(30.days());
        let number = format!("I-{:03}", (place * 37) % 100);
        let body = json!({ "number": number, "customer": customer.0, "payer": payer.0, "date": day.to_string(), "amount_gross": amount.to_string(), "due_date": due.to_string() });
        ok(app, "POST /api/v1/invoices", &body).await;
        let mut drawn = Drawn {
            number: number.clone(),
            customer,
            beside: vec![payer],
            day,
            due: due.to_string(),
            states: vec!["open"],
            amount: amount * 100,
        };
        match draws.below(4) {
            0 => {
                ok(
                    app,
                    &format!("POST /api/v1/invoices/{number}/cancel"),
                    &json!({}),
                )
                .await;
                (drawn.states, drawn.due) = (vec!["cancelled"], String::new());
            }
            1 => {
                let paid = json!({ "reference": format!("P-{number}"), "customer": payer.0, "date": TODAY.to_string(), "amount": amount.to_string() });
                ok(app, "POST /api/v1/payments", &paid).await;
                ok(
                    app,
                    &format!("POST /api/v1/payments/P-{number}/allocations"),
                    &json!({ "invoice": number }),
                )
                .await;
                (drawn.states, drawn.due) = (vec!["paid"], String::new());
            }
            _ if due < TODAY => drawn.states.push("overdue"),
            _ => {}
        }
        all.push(drawn);
    }
    all
}

/// Payments by several means, some taken back, some as paper.
async fn money(app: &Router, draws: &mut Draws) -> Vec<Drawn> {
    let mut all = Vec::new();
    for place in 0..48_u64 {
        let customer = draws.one(&CUSTOMERS);
        let (day, amount) = (draws.day(), 1 + draws.below(50));
        let number = format!("M-{:03}", (place * 61) % 100);
        let method = draws.one(&["transfer", "cash", "bill"]);
        let mut body = json!({ "reference": number, "customer": customer.0, "date": day.to_string(), "amount": amount.to_string(), "method": method });
        let mut states = vec![method, "posted"];
        if method == "bill" {
            body["paper"] =
                json!({ "acceptor": "Bank of Ulm", "number": "1", "due_date": TODAY.to_string() });
            states.push("received");
        }
        ok(app, "POST /api/v1/payments", &body).await;
        if draws.below(5) == 0 {
            ok(
                app,
                &format!("POST /api/v1/payments/{number}/reverse"),
                &json!({}),
            )
            .await;
            states[1] = "reversed";
        }
        all.push(Drawn {
            number,
            customer,
            beside: Vec::new(),
            day,
            due: String::new(),
            states,
            amount: amount * 100,
        });
    }
    all
}

/// What a loop over the drawn documents gives for a question asked by whoever owns `owners`.
fn expected(all: &[Drawn], owners: &[&str], filter: &Filter, sort: Sort) -> Vec<String> {
    let q = filter.q.to_lowercase();
    let fits = |one: &&Drawn| {
        let either =
            |is: &dyn Fn(&Customer) -> bool| is(&one.customer) || one.beside.iter().any(is);
        let sees = |own: &Customer| owners.is_empty() || owners.contains(&own.2);
        // Named by its code it is a customer of anybody; what else narrows is asked of own ones.
        let is_named = !filter.customer.is_empty();
        let asked = |own: &Customer| {
            (filter.customer == own.0 || (!is_named && sees(own)))
                && (filter.owner.is_empty() || filter.owner == own.2)
        };
        either(&sees)
            && either(&asked)
            && (filter.status.is_empty() || one.states.contains(&filter.status.as_str()))
            && filter.from.is_none_or(|from| from <= one.day)
            && filter.to.is_none_or(|to| one.day <= to)
            && (q.is_empty()
                || one.number.to_lowercase().starts_with(&q)
                || either(&|own| asked(own) && own.1.contains(&q)))
    };
    let mut found: Vec<(String, usize, &Drawn)> = Vec::new();
    for (place, one) in all.iter().enumerate() {
        if fits(&one) {
            let key = match sort.by.name {
                "number" => one.number.clone(),
                "date" => one.day.to_string(),
                "customer" => one.customer.1.to_owned(),
                "due" => one.due.clone(),
                _ => format!("{:020}", one.amount),
            };
            found.push((key, place, one));
        }
    }
    found.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    if sort.down {
        found.reverse();
    }
    found
        .into_iter()
        .map(|(_, _, one)| one.number.clone())
        .collect()
}

fn question(draws: &mut Draws, statuses: &[&str], sorts: &[SortBy]) -> Filter {
    let mut filter = Filter {
        sort: Some(Sort {
            by: draws.one(sorts),
            down: draws.below(2) == 0,
        }),
        ..Filter::default()
    };
    if draws.below(2) == 0 {
        filter.status = draws.one(statuses).to_owned();
    }
    match draws.below(5) {
        0 => draws
            .one(&["i-0", "m-0", "I-01", "M-04", "wheels", "ALPHA"])
            .clone_into(&mut filter.q),
        1 => draws
            .one(&["alpha", "beta", "gamma"])
            .clone_into(&mut filter.customer),
        2 => draws
            .one(&["chen", "wu", "sun"])
            .clone_into(&mut filter.owner),
        _ => {}
    }
    if draws.below(3) == 0 {
        filter.from = Some(draws.day());
    }
    if draws.below(3) == 0 {
        filter.to = Some(draws.day());
    }
    filter
}

const SEEN: [(&str, &[&str]); 3] = [("chen", &["chen"]), ("li", &["chen", "wu"]), ("fay", &[])];

testkit::each_engine!(
    async fn invoices_are_listed_as_a_loop_would(db) {
        book(&db).await;
        let mut draws = Draws(4_711);
        let all = bills(&app(&db), &mut draws).await;
        let mut tx = db.read().await.unwrap();
        let everything = Filter::default();
        let limit = Limit::parse(Some(500)).unwrap();
        let asked = Asked { scope: &kernel::Scope::All, filter: &everything, on: TODAY, limit, from: &Cursor::start() };
        let rows = listed::page::<invoices::Invoice>(&mut tx, asked).await.unwrap().items;
        let numbers: BTreeMap<i64, String> = rows.into_iter().map(|row| (row.id, row.number)).collect();
        assert_eq!(numbers.len(), all.len());
        let mut shown = 0;
        for round in 0..120 {
            let (who, owners) = SEEN[round % 3];
            let scope = scope_of(&mut tx, who).await;
            let filter = question(&mut draws, &["open", "overdue", "paid", "cancelled"], &invoices::SORTS);
            let limit = Limit::parse(Some(i64::try_from(1 + draws.below(9)).unwrap())).unwrap();
            let (mut found, mut from) = (Vec::new(), Some(Cursor::start()));
            while let Some(cursor) = from {
                let asked = Asked { scope: &scope, filter: &filter, on: TODAY, limit, from: &cursor };
                let look = listed::look::<invoices::Invoice>(&mut tx, asked).await.unwrap();
                found.extend(look.rows.items.into_iter().map(|row| row.number));
                from = look.rows.next;
            }
            assert_eq!(found, expected(&all, owners, &filter, filter.sort.unwrap()), "{who} {filter:?}");
            let wanted = listed::wanted(&mut tx, &invoices::KIND, &scope, &filter, TODAY).await.unwrap();
            let (walked, sort) = walk(&mut tx, &invoices::KIND, &wanted, limit, &numbers).await;
            assert_eq!(walked, expected(&all, owners, &filter, sort), "walked: {who} {filter:?}");
            shown += found.len();
        }
        assert!(400 < shown, "{shown}");
    }
);

testkit::each_engine!(
    async fn payments_are_listed_as_a_loop_would(db) {
        book(&db).await;
        let mut draws = Draws(815);
        let all = money(&app(&db), &mut draws).await;
        let mut tx = db.read().await.unwrap();
        let everything = Filter::default();
        let limit = Limit::parse(Some(500)).unwrap();
        let asked = Asked { scope: &kernel::Scope::All, filter: &everything, on: TODAY, limit, from: &Cursor::start() };
        let rows = listed::page::<payments::Payment>(&mut tx, asked).await.unwrap().items;
        let numbers: BTreeMap<i64, String> = rows.into_iter().map(|row| (row.id, row.reference)).collect();
        assert_eq!(numbers.len(), all.len());
        let mut shown = 0;
        for round in 0..120 {
            let (who, owners) = SEEN[round % 3];
            let scope = scope_of(&mut tx, who).await;
            let filter = question(&mut draws, &["posted", "reversed", "cash", "bill", "received"], &payments::SORTS);
            let limit = Limit::parse(Some(i64::try_from(1 + draws.below(9)).unwrap())).unwrap();
            let (mut found, mut from) = (Vec::new(), Some(Cursor::start()));
            while let Some(cursor) = from {
                let asked = Asked { scope: &scope, filter: &filter, on: TODAY, limit, from: &cursor };
                let look = listed::look::<payments::Payment>(&mut tx, asked).await.unwrap();
                found.extend(look.rows.items.into_iter().map(|row| row.reference));
                from = look.rows.next;
            }
            assert_eq!(found, expected(&all, owners, &filter, filter.sort.unwrap()), "{who} {filter:?}");
            let wanted = listed::wanted(&mut tx, &payments::KIND, &scope, &filter, TODAY).await.unwrap();
            let (walked, sort) = walk(&mut tx, &payments::KIND, &wanted, limit, &numbers).await;
            assert_eq!(walked, expected(&all, owners, &filter, sort), "walked: {who} {filter:?}");
            shown += found.len();
        }
        assert!(400 < shown, "{shown}");
    }
);

/// Every page with narrow bounds, and the order they came in.
async fn walk(
    tx: &mut db::Tx,
    kind: &listed::Kind,
    wanted: &Wanted,
    limit: Limit,
    numbers: &BTreeMap<i64, String>,
) -> (Vec<String>, Sort) {
    let bounds = Bounds { few: 5, far: 20 };
    let (mut found, mut from) = (Vec::new(), Some(Cursor::start()));
    let mut sort = wanted.sort.unwrap();
    while let Some(cursor) = from {
        let page = documents::find_within(tx, &kind.shape, wanted, limit, &cursor, bounds)
            .await
            .unwrap();
        found.extend(page.ids.iter().map(|id| numbers[id].clone()));
        (sort, from) = (page.sort, page.next);
    }
    (found, sort)
}
