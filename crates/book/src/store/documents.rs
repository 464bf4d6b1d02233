//! How documents of customers are found among millions of them, in any order and narrowed by anything.
//!
//! A page is found in one of two ways. If some condition leaves few rows, those are taken through its
//! index, sorted and counted (*gathered*). If not, rows are taken in the order asked for until the page
//! is full (*walked*). Which condition leaves few is not guessed but counted, up to a bound. A walk that
//! finds too little within its own bound is given up for gathering: the rows wanted may all lie at the
//! other end.

use db::{Bounded, Cell, Count, Cursor, Limit, Result, Select, Sort, SortBy, Tx};
use jiff::civil::Date;

/// No bound: a walk to the end.
const ALL: i64 = i64::MAX / 2;
/// So many rows tell how many there are.
const SAMPLE: i64 = 2_000;

/// When rows are gathered and when they are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// So many rows are sorted and counted without a second thought.
    pub few: i64,
    /// So far a walk goes for one page.
    pub far: i64,
}

impl Bounds {
    pub const USUAL: Bounds = Bounds {
        few: 10_000,
        far: 30_000,
    };
}

/// A kind of document. Its table has `id`, `number_key`, `customer_id` and `day`, and the columns that
/// are asked about; indexes by customer and day, and by everything it can be sorted by, ending in the row
/// id.
#[derive(Debug)]
pub struct Shape {
    /// The table; queries call it `d`.
    pub table: &'static str,
    /// What else can be asked about, such as `d.status, d.currency`.
    pub columns: &'static str,
    /// The order to show first.
    pub usual: Sort,
}

/// By the document's number.
pub const BY_NUMBER: SortBy = SortBy::text("number", "d.number_key");
/// By the document's day.
pub const BY_DAY: SortBy = SortBy::text("date", "d.day");
/// By the customer's name.
pub const BY_CUSTOMER: SortBy = SortBy::text("customer", "c.sort_key");

/// What is looked for. What is not set narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Documents of these customers only: what the asker may see, narrowed further.
    pub customers: Option<Vec<i64>>,
    pub words: Option<Words>,
    pub state: Option<State>,
    /// Documents of one order only, always few: a condition and its values.
    pub of_order: Option<(&'static str, Vec<Cell>)>,
    pub currency: String,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    pub sort: Option<Sort>,
    /// How many there are is wanted too, where that takes a look of its own.
    pub counted: bool,
}

/// A state documents are in, as a condition on them.
#[derive(Debug, Clone)]
pub struct State {
    pub text: &'static str,
    pub values: Vec<Cell>,
    /// Whether the orders by number and by day have an index behind it.
    pub has_orders: bool,
}

/// What was typed: the beginning of a number, or a part of a customer's name.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Folded as numbers are.
    pub number: String,
    /// The customers it names.
    pub named: Vec<i64>,
}

/// The rows of one page by id, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub ids: Vec<i64>,
    pub next: Option<Cursor>,
    pub count: Count,
    /// The order they are in, which is the one asked for except where [`find`] says so.
    pub sort: Sort,
}

/// A condition on documents, and what it is about.
#[derive(Debug, Clone)]
struct Condition {
    about: About,
    text: &'static str,
    values: Vec<Cell>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Customers,
    Words,
    Number,
    Order,
    State { has_orders: bool },
    Days,
    Currency,
}

/// A condition that leaves so many rows, none known to be fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Narrowest {
    about: About,
    rows: i64,
}

#[derive(Debug, PartialEq, Eq, db::FromRow)]
struct Row {
    total: i64,
    id: i64,
    key: String,
}

/// One page of documents, in two cases not in the order asked for, because no index leads there: more
/// than some thousands that begin with the number typed come by number, and more than some thousands
/// of a span of days come by day where their numbers were asked for, which rise with the days.
///
/// # Errors
///
/// `page.cursor` if the cursor belongs to another order.
pub async fn find(
    tx: &mut Tx,
    shape: &Shape,
    wanted: &Wanted,
    limit: Limit,
    from: &Cursor,
) -> Result<Found> {
    find_within(tx, shape, wanted, limit, from, Bounds::USUAL).await
}

/// The same with other bounds: for tests, which have not millions of rows.
///
/// # Errors
///
/// As [`find`].
pub async fn find_within(
    tx: &mut Tx,
    shape: &Shape,
    wanted: &Wanted,
    limit: Limit,
    from: &Cursor,
    bounds: Bounds,
) -> Result<Found> {
    tx.by_index().await?;
    let found = search(tx, shape, wanted, (limit, from), bounds).await?;
    // What is asked next names its rows; without sorting it would be looked for among all of them.
    tx.by_statistics().await?;
    Ok(found)
}

async fn search(
    tx: &mut Tx,
    shape: &Shape,
    wanted: &Wanted,
    (limit, from): (Limit, &Cursor),
    bounds: Bounds,
) -> Result<Found> {
    let conditions = conditions(tx, shape, wanted).await?;
    let last = last_id(tx, shape).await?;
    let mut search = Search {
        shape,
        conditions,
        sort: wanted.sort.unwrap_or(shape.usual),
        limit,
        from,
        few: bounds.few,
    };
    let narrowest = search.narrowest(tx).await?;
    if let Some(few) = narrowest.filter(|one| one.rows <= bounds.few) {
        return search.gathered(tx, few.about).await;
    }
    if last <= bounds.few {
        return search.gathered_of_all(tx).await;
    }
    // Numbers follow their own order only: too many with one beginning are shown in it.
    if search.has(About::Number) {
        search.sort = search.sort.of(BY_NUMBER);
    } else if search.has(About::Days) && search.sort.by == BY_NUMBER {
        search.sort = search.sort.of(BY_DAY);
    }
    let far = if narrowest.is_some() { bounds.far } else { ALL };
    let rows: Vec<Row> = tx.select(search.walk(far)?).await?;
    if let Some(narrow) = narrowest
        && rows.len() <= limit.rows()
    {
        return search.gathered_of_many(tx, narrow.about).await;
    }
    let count = if wanted.counted {
        search.sampled(tx, last).await?
    } else {
        Count::About(0)
    };
    Ok(search.found(rows, count))
}

async fn last_id(tx: &mut Tx, shape: &Shape) -> Result<i64> {
    let last = Select::new("select d.id from")
        .piece(shape.table)
        .piece("d");
    let rows: Vec<(i64,)> = tx.select(last.ordered("d.id desc", 1)).await?;
    Ok(rows.first().map_or(0, |(id,)| *id))
}

/// The conditions asked for, in the words of the query.
async fn conditions(tx: &mut Tx, shape: &Shape, wanted: &Wanted) -> Result<Vec<Condition>> {
    let mut conditions = Vec::new();
    if let Some(ids) = &wanted.customers {
        conditions.push(of_customers(ids));
    }
    if let Some(words) = &wanted.words {
        conditions.push(of_words(tx, shape, words).await?);
    }
    let mut exactly = |about, text, value: &str| {
        if !value.is_empty() {
            conditions.push(Condition {
                about,
                text,
                values: vec![Cell::from(value)],
            });
        }
    };
    exactly(About::Currency, "d.currency = ?", &wanted.currency);
    if let Some((text, values)) = wanted.of_order.clone() {
        conditions.push(Condition {
            about: About::Order,
            text,
            values,
        });
    }
    if let Some(state) = &wanted.state {
        let has_orders = state.has_orders;
        conditions.push(Condition {
            about: About::State { has_orders },
            text: state.text,
            values: state.values.clone(),
        });
    }
    if wanted.from.is_some() || wanted.to.is_some() {
        let from = wanted.from.unwrap_or(Date::MIN).to_string();
        let to = wanted.to.unwrap_or(Date::MAX).to_string();
        conditions.push(Condition {
            about: About::Days,
            text: "(d.day >= ? and d.day <= ?)",
            values: vec![Cell::from(from), Cell::from(to)],
        });
    }
    Ok(conditions)
}

fn of_customers(ids: &[i64]) -> Condition {
    Condition {
        about: About::Customers,
        text: "d.customer_id in (select cast(value as bigint) from json_each(?))",
        values: vec![Cell::from(format!("{ids:?}"))],
    }
}

/// What was typed as a condition: most texts begin no number at all, or name no customer.
async fn of_words(tx: &mut Tx, shape: &Shape, words: &Words) -> Result<Condition> {
    const BEGINS: &str = "(d.number_key >= ? and d.number_key < ?)";
    let end = format!("{}\u{10ffff}", words.number);
    let range = [Cell::from(words.number.as_str()), Cell::from(end)];
    let begun = Select::new("select d.id from")
        .piece(shape.table)
        .piece("d where 1 = 1");
    let begins = 0 < tx.count(begun.and(BEGINS, range.clone()), 1).await?;
    if !begins {
        return Ok(of_customers(&words.named));
    }
    if words.named.is_empty() {
        return Ok(Condition {
            about: About::Number,
            text: BEGINS,
            values: range.to_vec(),
        });
    }
    let mut values = range.to_vec();
    values.push(Cell::from(format!("{:?}", words.named)));
    Ok(Condition {
        about: About::Words,
        text: "((d.number_key >= ? and d.number_key < ?)
                or d.customer_id in (select cast(value as bigint) from json_each(?)))",
        values,
    })
}

/// A question with its conditions.
struct Search<'a> {
    shape: &'a Shape,
    conditions: Vec<Condition>,
    sort: Sort,
    limit: Limit,
    from: &'a Cursor,
    few: i64,
}

impl Search<'_> {
    fn has(&self, about: About) -> bool {
        self.conditions.iter().any(|one| one.about == about)
    }

    /// The condition that leaves the fewest rows. Counting ends at the bound; of those beyond, the one
    /// that usually narrows most.
    async fn narrowest(&self, tx: &mut Tx) -> Result<Option<Narrowest>> {
        let mut best: Option<Narrowest> = None;
        for about in [
            About::Order,
            About::Customers,
            About::Number,
            About::Words,
            About::State { has_orders: true },
            About::State { has_orders: false },
            About::Days,
        ] {
            if !self.has(about) {
                continue;
            }
            let rows = self.rows_through(tx, about).await?;
            if best.is_none_or(|best| rows < best.rows) {
                best = Some(Narrowest { about, rows });
            }
            if rows <= self.few {
                break;
            }
        }
        Ok(best)
    }

    /// How many rows the index of a condition leads to, up to one more than the bound.
    async fn rows_through(&self, tx: &mut Tx, about: About) -> Result<i64> {
        if about == About::Words {
            let all = self.through(
                about,
                Select::new("select d.id from")
                    .piece(self.shape.table)
                    .piece("d"),
            );
            return tx.count(all, self.few + 1).await;
        }
        let mut rows = Select::new("select d.id from")
            .piece(self.shape.table)
            .piece("d where 1 = 1");
        for condition in self.conditions.iter().filter(|one| leads(about, one.about)) {
            rows = rows.and(condition.text, condition.values.clone());
        }
        tx.count(rows, self.few + 1).await
    }

    /// The conditions behind `where`: those the index of `about` answers in the plain, the others as
    /// something to look at afterwards.
    fn through(&self, about: About, from: Select) -> Select {
        let mut query = match self.either(about) {
            // Either half of what was typed has an index of its own.
            Some(values) => from
                .piece("where d.id in (select x.id from")
                .piece(self.shape.table)
                .with(
                    "x where x.number_key >= ? and x.number_key < ?",
                    values[..2].to_vec(),
                )
                .piece("union select x.id from")
                .piece(self.shape.table)
                .with(
                    "x where x.customer_id in (select cast(value as bigint) from json_each(?)))",
                    values[2..].to_vec(),
                ),
            None => from.piece("where 1 = 1"),
        };
        for condition in &self.conditions {
            let values = condition.values.clone();
            query = if leads(about, condition.about) {
                query.and(condition.text, values)
            } else {
                query.and_also(condition.text, values)
            };
        }
        query
    }

    fn either(&self, about: About) -> Option<Vec<Cell>> {
        let words = self
            .conditions
            .iter()
            .find(|one| one.about == About::Words)?;
        (about == About::Words).then(|| words.values.clone())
    }

    /// Everything behind the narrowest condition, then sorted.
    async fn gathered(&self, tx: &mut Tx, about: About) -> Result<Found> {
        let rows = self.through(about, self.keys());
        self.sorted(tx, rows).await
    }

    /// The same behind a condition that leaves many, of which the others must leave few: the rows are
    /// picked first, which an index by customer or state can do alone, and then asked for their numbers.
    async fn gathered_of_many(&self, tx: &mut Tx, about: About) -> Result<Found> {
        if self.sort.by != BY_NUMBER || about == About::Words {
            return self.gathered(tx, about).await;
        }
        let picked = Select::new("select d.id from")
            .piece(self.shape.table)
            .piece("d");
        let picked = self
            .through(about, picked)
            .within(" d where d.id in (", ")")
            .within(self.shape.table, "")
            .within("select d.id, d.number_key as key from ", "");
        self.sorted(tx, picked).await
    }

    async fn gathered_of_all(&self, tx: &mut Tx) -> Result<Found> {
        let mut rows = self.keys().piece("where 1 = 1");
        for condition in &self.conditions {
            rows = rows.and_also(condition.text, condition.values.clone());
        }
        self.sorted(tx, rows).await
    }

    /// Ids with the key they are sorted by.
    fn keys(&self) -> Select {
        let keys = Select::new("select d.id,")
            .piece(self.sort.by.sql)
            .piece("as key from")
            .piece(self.shape.table)
            .piece("d");
        if self.sort.by == BY_CUSTOMER {
            keys.piece("join book_customer c on c.id = d.customer_id")
        } else {
            keys
        }
    }

    async fn sorted(&self, tx: &mut Tx, rows: Select) -> Result<Found> {
        let sort = self.sort.on("f.key");
        let page = rows
            .within("with found as materialized (", ")")
            .piece("select (select count(*) from found) as total, f.id, cast(f.key as text) as key")
            .piece("from found f where 1 = 1")
            .and_after(sort, "f.id", self.from)?
            .page(sort, "f.id", self.limit);
        let rows: Vec<Row> = tx.select(page).await?;
        let total = rows.first().map_or(0, |row| row.total);
        Ok(self.found(rows, Count::Exactly(total)))
    }

    /// The rows in the order asked for, looked at one after the other until the page is full.
    fn walk(&self, far: i64) -> Result<Bounded> {
        let by = self.sort.by;
        // Without the number where it is not asked about, an index may have all there is to read.
        let mut way = Select::new("select d.id, d.customer_id, d.day,");
        if self.has(About::Number) || self.has(About::Words) {
            way = way.piece("d.number_key,");
        }
        let mut way = way
            .piece(self.shape.columns)
            .piece(",")
            .piece(by.sql)
            .piece("as key from");
        way = if by == BY_CUSTOMER {
            way.piece("book_customer c cross join")
                .piece(self.shape.table)
                .piece("d where d.customer_id = c.id")
        } else {
            way.piece(self.shape.table).piece("d where 1 = 1")
        };
        let on_the_way = |about: About| match about {
            About::Number => by == BY_NUMBER,
            About::Days => by == BY_DAY,
            About::State { has_orders } => has_orders && (by == BY_NUMBER || by == BY_DAY),
            About::Customers | About::Words | About::Order | About::Currency => false,
        };
        for condition in self.conditions.iter().filter(|one| on_the_way(one.about)) {
            way = way.and(condition.text, condition.values.clone());
        }
        let way = way.and_after(self.sort, "d.id", self.from)?;
        let mut seen = way.by(self.sort, "d.id", far).inside(
            "with found as materialized (select d.id, d.key from",
            "d where 1 = 1",
        );
        for condition in self.conditions.iter().filter(|one| !on_the_way(one.about)) {
            seen = seen.and_also(condition.text, condition.values.clone());
        }
        let sort = self.sort.on("f.key");
        Ok(seen
            .with("limit ?)", [Cell::from(self.limit.and_one())])
            .piece(
                "select cast(0 as bigint) as total, f.id, cast(f.key as text) as key from found f",
            )
            .page(sort, "f.id", self.limit))
    }

    /// How many there are, from rows picked evenly out of all.
    async fn sampled(&self, tx: &mut Tx, last: i64) -> Result<Count> {
        if self.conditions.is_empty() {
            return Ok(Count::sampled(SAMPLE, SAMPLE, last));
        }
        let picked: Vec<i64> = (0..SAMPLE)
            .map(|place| 1 + place * (last - 1) / SAMPLE)
            .collect();
        let ids = "d.id in (select cast(value as bigint) from json_each(?))";
        let mut rows = Select::new("select d.id from")
            .piece(self.shape.table)
            .piece("d where 1 = 1")
            .and(ids, [Cell::from(format!("{picked:?}"))]);
        for condition in &self.conditions {
            rows = rows.and_also(condition.text, condition.values.clone());
        }
        let hits = tx.count(rows, SAMPLE).await?;
        Ok(Count::sampled(hits, SAMPLE, last))
    }

    fn found(&self, rows: Vec<Row>, count: Count) -> Found {
        let page = db::Listing::of(rows, self.limit, |row| Cursor {
            key: row.key.clone(),
            id: row.id,
        });
        Found {
            ids: page.items.iter().map(|row| row.id).collect(),
            next: page.next,
            count,
            sort: self.sort,
        }
    }
}

/// Whether the index that answers `about` answers `other` as well.
fn leads(about: About, other: About) -> bool {
    match other {
        About::Days => matches!(
            about,
            About::Days | About::Customers | About::State { has_orders: true }
        ),
        About::Words | About::Currency => false,
        _ => about == other,
    }
}
