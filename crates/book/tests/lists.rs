//! Lists against a model: whatever is asked of the list of orders, a loop over plain values answers the
//! same, row for row and page for page.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use ::book::{
    CustomerId,
    order::Worth,
    rates::BaseNet,
    store::{
        assignments::{self, Assignment},
        customers,
        documents::{self, Bounds, Wanted},
        groups::{self, Of},
        listed,
        orders::{self, Filter, NewOrder},
    },
};
use cast::{TODAY, at, import, person, region, scope_of};
use db::{Count, Cursor, Db, Limit, Sort, Tx};
use jiff::{ToSpan, civil::Date};
use kernel::{Code, Currency, Money, Scope, ids::PersonId};

/// Draws that repeat.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % bound
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A customer as the model knows it.
#[derive(Debug, Clone)]
struct Customer {
    id: CustomerId,
    code: String,
    name: String,
    group: &'static str,
    /// Who looks after it today.
    owner: Option<PersonId>,
}

/// An order as the model knows it.
#[derive(Debug, Clone)]
struct Order {
    id: i64,
    number: String,
    customer: usize,
    day: Date,
    status: &'static str,
    currency: &'static str,
    net: i64,
}

struct Model {
    /// The row of one of the two groups.
    dealers: i64,
    customers: Vec<Customer>,
    orders: Vec<Order>,
    /// Persons by code, and those in the sub-tree of each unit.
    people: BTreeMap<&'static str, PersonId>,
    units: BTreeMap<&'static str, BTreeSet<PersonId>>,
}

const STATUSES: [&str; 5] = ["draft", "held", "confirmed", "closed", "cancelled"];
const NAMES: [(&str, &str); 4] = [
    ("Anhe", "安禾"),
    ("Müller", ""),
    ("Linkway", "凌威"),
    ("Ono", ""),
];

impl Model {
    /// Draws a book and writes it down.
    async fn drawn(db: &Db, draws: &mut Draws) -> Model {
        db.write((), |tx, ()| Box::pin(region(tx))).await.unwrap();
        let mut file = String::from("code,name,name_local,group,city\n");
        for place in 0..30 {
            let (name, local) = draws.one(&NAMES);
            let group = draws.one(&["Dealers", "Makers"]);
            let _ = writeln!(file, "C{place},{name} {},{local},{group},", place % 7);
        }
        import(db, "customers", &file, 1).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let mut people = BTreeMap::new();
        for code in ["li", "chen", "wu", "sun"] {
            people.insert(code, person(&mut tx, code).await);
        }
        let of = |codes: &[&'static str]| codes.iter().map(|code| people[code]).collect();
        let units = BTreeMap::from([
            ("east", of(&["li", "chen", "wu"])),
            ("south", of(&["sun"])),
            ("company", of(&["li", "chen", "wu", "sun"])),
        ]);
        let rows = customers::recorded(&mut tx).await.unwrap();
        let groups = groups::list(&mut tx, Of::Customers).await.unwrap();
        let dealers = groups
            .iter()
            .find(|group| group.code.eq_ignore_ascii_case("dealers"));
        let dealers = dealers.unwrap().id;
        drop(tx);
        let mut model = Model {
            dealers,
            customers: Vec::new(),
            orders: Vec::new(),
            people,
            units,
        };
        model
            .place_customers(db, draws, rows.into_values().collect())
            .await;
        model.draw_orders(db, draws).await;
        model
    }

    async fn place_customers(
        &mut self,
        db: &Db,
        draws: &mut Draws,
        rows: Vec<customers::Recorded>,
    ) {
        let codes = ["chen", "wu", "sun", "li"];
        let mut held = Vec::new();
        for row in rows {
            let mut assign = |code: &str, from: Date, to: Option<Date>| {
                held.push(Assignment {
                    customer: row.customer(),
                    person: self.people[code],
                    role: "owner".to_owned(),
                    from,
                    to,
                });
            };
            let (before, now) = (draws.one(&codes), draws.one(&codes));
            // Moved in the past, about to move, never moved, nobody's.
            let owner = match draws.below(4) {
                0 => {
                    assign(before, kernel::times::BEGINNING, Some(TODAY));
                    assign(now, TODAY, None);
                    Some(now)
                }
                1 => {
                    let tomorrow = TODAY.saturating_add(1.day());
                    assign(now, kernel::times::BEGINNING, Some(tomorrow));
                    assign(before, tomorrow, None);
                    Some(now)
                }
                2 => {
                    assign(now, kernel::times::BEGINNING, None);
                    Some(now)
                }
                _ => {
                    assign(before, kernel::times::BEGINNING, Some(TODAY));
                    None
                }
            };
            self.customers.push(Customer {
                id: row.customer(),
                code: row.code.clone(),
                name: row.name.clone(),
                group: if row.group_id == Some(self.dealers) {
                    "dealers"
                } else {
                    "makers"
                },
                owner: owner.map(|code| self.people[code]),
            });
        }
        db.write(held, |tx, held| {
            Box::pin(async move { assignments::add_many(tx, held, at(2)).await })
        })
        .await
        .unwrap();
    }

    async fn draw_orders(&mut self, db: &Db, draws: &mut Draws) {
        let mut new = Vec::new();
        for place in 0..400 {
            let customer = draws.below(self.customers.len());
            let order = Order {
                id: 0,
                number: format!("so-{}-{:03}", 2024 + draws.below(3), (place * 37) % 400),
                customer,
                // Few days and few amounts, so that many rows are alike.
                day: TODAY.saturating_sub(i64::try_from(draws.below(25)).unwrap().days()),
                status: draws.one(&STATUSES),
                currency: draws.one(&["EUR", "EUR", "USD"]),
                net: i64::try_from(draws.below(12)).unwrap() * 1_000_000 - 3_000_000,
            };
            new.push(self.recorded(&order));
            self.orders.push(order);
        }
        let ids = db
            .write(new, |tx, new| {
                Box::pin(async move { orders::save_many(tx, new).await })
            })
            .await
            .unwrap();
        for (order, id) in self.orders.iter_mut().zip(ids) {
            order.id = id.get();
        }
    }

    fn recorded(&self, order: &Order) -> NewOrder {
        let currency = Currency::parse(order.currency).unwrap();
        NewOrder {
            number: Code::parse(&order.number).unwrap(),
            customer: self.customers[order.customer].id,
            day: order.day,
            currency,
            status: order.status,
            territory: None,
            project: None,
            worth: Worth {
                lines: Vec::new(),
                net_exact: order.net,
                net: Money::of_exact(order.net, currency),
                tax: Money::zero(currency),
                gross: Money::of_exact(order.net, currency),
            },
            base: BaseNet {
                exact: order.net,
                rate: None,
            },
            credit: Vec::new(),
            recorded: at(3),
        }
    }

    /// The ids the list must show, in order.
    fn answer(&self, scope: &Scope, filter: &Filter, sort: Sort) -> Vec<i64> {
        let fits = |order: &&Order| self.fits(scope, filter, order);
        let mut rows: Vec<&Order> = self.orders.iter().filter(fits).collect();
        rows.sort_by(|one, other| {
            let name = |order: &Order| {
                self.customers[order.customer]
                    .name
                    .to_lowercase()
                    .replace('ü', "u")
            };
            let by = match sort.by.name {
                "number" => one.number.cmp(&other.number),
                "date" => one.day.cmp(&other.day),
                "customer" => name(one).cmp(&name(other)),
                _ => one.net.cmp(&other.net),
            };
            by.then(one.id.cmp(&other.id))
        });
        if sort.down {
            rows.reverse();
        }
        rows.into_iter().map(|order| order.id).collect()
    }

    /// The codes the list of customers must show, in order.
    fn customers_shown(
        &self,
        scope: &Scope,
        filter: &customers::Filter,
        sort: Sort,
    ) -> Vec<String> {
        let is = |asked: &str, value: &str| asked.is_empty() || asked.eq_ignore_ascii_case(value);
        let fits = |customer: &&Customer| {
            let owned = |in_it: &dyn Fn(PersonId) -> bool| customer.owner.is_some_and(in_it);
            let key =
                org::keys::search_key(&[&customer.code, &customer.name, local(&customer.name)]);
            (scope.is_all() || owned(&|person| scope.reaches_person(person)))
                && is(&filter.group, customer.group)
                && (filter.owner.is_empty()
                    || owned(&|person| self.people[filter.owner.as_str()] == person))
                && (filter.unit.is_empty()
                    || owned(&|person| self.units[filter.unit.as_str()].contains(&person)))
                && (filter.q.is_empty() || key.contains(&org::keys::fold(&filter.q)))
        };
        let code_of =
            |person: PersonId| self.people.iter().find(|(_, id)| **id == person).unwrap().0;
        let key = |customer: &Customer| match sort.by.name {
            "name" => org::keys::sort_key(&customer.name),
            "code" => customer.code.to_lowercase(),
            "group" => customer.group.to_owned(),
            "owner" => customer
                .owner
                .map(|person| (*code_of(person)).to_owned())
                .unwrap_or_default(),
            _ => String::new(),
        };
        let mut rows: Vec<&Customer> = self.customers.iter().filter(fits).collect();
        rows.sort_by_key(|customer| (key(customer), customer.id.get()));
        if sort.down {
            rows.reverse();
        }
        rows.into_iter()
            .map(|customer| customer.code.clone())
            .collect()
    }

    fn fits(&self, scope: &Scope, filter: &Filter, order: &Order) -> bool {
        let customer = &self.customers[order.customer];
        let owner = customer.owner;
        let owned = |in_it: &dyn Fn(PersonId) -> bool| owner.is_some_and(in_it);
        let is = |asked: &str, value: &str| asked.is_empty() || asked.eq_ignore_ascii_case(value);
        let named = |q: &str| {
            let key =
                org::keys::search_key(&[&customer.code, &customer.name, local(&customer.name)]);
            key.contains(&org::keys::fold(q))
        };
        (scope.is_all() || owned(&|person| scope.reaches_person(person)))
            && is(&filter.status, order.status)
            && is(&filter.currency, order.currency)
            && is(&filter.customer, &customer.code)
            && is(&filter.group, customer.group)
            && (filter.owner.is_empty()
                || owned(&|person| self.people[filter.owner.as_str()] == person))
            && (filter.unit.is_empty()
                || owned(&|person| self.units[filter.unit.as_str()].contains(&person)))
            && filter.from.is_none_or(|from| from <= order.day)
            && filter.to.is_none_or(|to| order.day <= to)
            && (filter.q.is_empty() || order.number.starts_with(&filter.q) || named(&filter.q))
    }
}

fn local(name: &str) -> &'static str {
    let found = NAMES.iter().find(|(plain, _)| name.starts_with(plain));
    found.map_or("", |(_, local)| local)
}

/// A question drawn: mostly a few conditions, sometimes none.
fn question(draws: &mut Draws) -> Filter {
    let mut filter = Filter::default();
    let mut maybe = |one_in: usize| draws.below(one_in) == 0;
    let wanted: Vec<bool> = (0..8).map(|_| maybe(3)).collect();
    let text = |draws: &mut Draws, of: &[&str]| draws.one(of).to_owned();
    if wanted[0] {
        let q = [
            "so-2024",
            "so-2025-1",
            "anhe",
            "ahe",
            "ah",
            "安禾",
            "2024",
            "c1",
            "muller",
            "zzz",
            "o",
        ];
        filter.q = text(draws, &q);
    }
    if wanted[1] {
        filter.status = text(draws, &STATUSES);
    }
    if wanted[2] {
        filter.owner = text(draws, &["chen", "wu", "sun", "li"]);
    }
    if wanted[3] {
        filter.unit = text(draws, &["east", "south", "company"]);
    }
    if wanted[4] {
        filter.group = text(draws, &["dealers", "makers"]);
    }
    if wanted[5] {
        filter.currency = text(draws, &["EUR", "USD"]);
    }
    if wanted[6] {
        filter.from = Some(TODAY.saturating_sub(i64::try_from(draws.below(30)).unwrap().days()));
    }
    if wanted[7] {
        filter.to = Some(TODAY.saturating_sub(i64::try_from(draws.below(30)).unwrap().days()));
    }
    filter.sort = Some(Sort {
        by: draws.one(&orders::SORTS),
        down: draws.below(2) == 0,
    });
    filter
}

/// Every page, one after the other, through the list as it is asked by pages and programs.
async fn listed(tx: &mut Tx, scope: &Scope, filter: &Filter, limit: Limit) -> (Vec<i64>, Count) {
    let mut ids = Vec::new();
    let mut from = Some(Cursor::start());
    let mut count = Count::About(0);
    while let Some(cursor) = from {
        let look = orders::look(tx, scope, filter, TODAY, limit, &cursor)
            .await
            .unwrap();
        if ids.is_empty() {
            count = look.count;
        }
        ids.extend(look.rows.items.iter().map(|order| order.id));
        // A cursor goes out and comes back as text.
        from = look
            .rows
            .next
            .map(|next| Cursor::parse(Some(&next.write())).unwrap());
    }
    (ids, count)
}

/// The same with bounds so narrow that most questions are walked, and many walks given up.
async fn walked(tx: &mut Tx, scope: &Scope, filter: &Filter, limit: Limit) -> (Vec<i64>, Sort) {
    let wanted = Wanted {
        counted: true,
        ..listed::wanted(tx, &orders::KIND, scope, filter, TODAY)
            .await
            .unwrap()
    };
    let bounds = Bounds { few: 12, far: 60 };
    let mut ids = Vec::new();
    let mut from = Some(Cursor::start());
    let mut sort = wanted.sort.unwrap();
    while let Some(cursor) = from {
        let found = documents::find_within(tx, &orders::SHAPE, &wanted, limit, &cursor, bounds)
            .await
            .unwrap();
        if tx.engine() == db::Engine::Postgres {
            // What is asked next in this transaction is planned as ever.
            let (sorts,): (String,) = tx
                .q("select current_setting('enable_sort')")
                .one()
                .await
                .unwrap();
            assert_eq!(sorts, "on");
        }
        ids.extend(found.ids);
        sort = found.sort;
        from = found.next;
    }
    (ids, sort)
}

testkit::each_engine!(
    async fn a_list_is_what_a_loop_over_the_rows_would_give(db) {
        let mut draws = Draws(20_261_123);
        let model = Model::drawn(&db, &mut draws).await;
        let mut tx = db.read().await.unwrap();
        let mut scopes = Vec::new();
        for who in ["chen", "li", "fay"] {
            scopes.push(scope_of(&mut tx, who).await);
        }
        let mut shown = 0;
        for round in 0..150 {
            let filter = question(&mut draws);
            let scope = &scopes[round % scopes.len()];
            let sort = filter.sort.unwrap();
            let limit = Limit::parse(Some(i64::try_from(1 + draws.below(40)).unwrap())).unwrap();
            let expected = model.answer(scope, &filter, sort);
            let (ids, count) = listed(&mut tx, scope, &filter, limit).await;
            assert_eq!(ids, expected, "{scope:?} {filter:?} {limit:?}");
            assert_eq!(count, Count::Exactly(i64::try_from(expected.len()).unwrap()));
            let (ids, as_shown) = walked(&mut tx, scope, &filter, limit).await;
            let expected = model.answer(scope, &filter, as_shown);
            assert_eq!(ids, expected, "walked: {scope:?} {filter:?} {limit:?}");
            shown += expected.len();
        }
        // Not a test of empty lists.
        assert!(2_000 < shown, "{shown}");
    }
);

testkit::each_engine!(
    async fn the_list_of_customers_is_what_a_loop_would_give(db) {
        let mut draws = Draws(7_261_123);
        let model = Model::drawn(&db, &mut draws).await;
        let mut tx = db.read().await.unwrap();
        let mut shown = 0;
        for round in 0..80 {
            let asked = question(&mut draws);
            let who = ["chen", "li", "fay"][round % 3];
            let scope = scope_of(&mut tx, who).await;
            let limit = Limit::parse(Some(i64::try_from(1 + draws.below(9)).unwrap())).unwrap();
            let sort = Sort {
                by: customers::SORTS[draws.below(5)],
                down: draws.below(2) == 0,
            };
            let filter = customers::Filter {
                q: asked.q.clone(),
                group: asked.group.clone(),
                owner: asked.owner.clone(),
                unit: asked.unit.clone(),
                status: String::new(),
                sort: Some(sort),
            };
            let expected = model.customers_shown(&scope, &filter, sort);
            let mut codes = Vec::new();
            let mut from = Some(Cursor::start());
            while let Some(cursor) = from {
                let look = customers::look(&mut tx, &scope, &filter, TODAY, limit, &cursor).await.unwrap();
                if !look.customers.items.is_empty() {
                    assert_eq!(look.count, Count::Exactly(i64::try_from(expected.len()).unwrap()));
                }
                codes.extend(look.customers.items.into_iter().map(|customer| customer.code));
                from = look.customers.next;
            }
            assert_eq!(codes, expected, "{who} {filter:?}");
            shown += codes.len();
        }
        assert!(300 < shown, "{shown}");
    }
);

testkit::each_engine!(
    async fn a_cursor_of_another_order_is_refused(db) {
        let mut draws = Draws(7);
        let _ = Model::drawn(&db, &mut draws).await;
        let mut tx = db.read().await.unwrap();
        let filter = Filter {
            sort: Some(Sort {
                by: orders::BY_NET,
                down: false,
            }),
            ..Filter::default()
        };
        let from = Cursor {
            key: "2026-06-01".to_owned(),
            id: 3,
        };
        let limit = Limit::parse(None).unwrap();
        let refused = orders::list(&mut tx, &Scope::All, &filter, TODAY, limit, &from).await;
        assert!(matches!(refused, Err(db::DbError::Refused(no)) if no.code == "page.cursor"));
    }
);
