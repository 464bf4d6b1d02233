//! How documents of customers are found among millions of them, in any order and narrowed by anything.
//!
//! A page is found in one of two ways. If some condition leaves few rows, those are taken through its
//! index, sorted and counted (*gathered*). If not, rows are taken in the order asked for until the page
//! is full (*walked*). Which condition leaves few is not guessed but counted, up to a bound. A walk that
//! finds too little within its own bound is given up for gathering: the rows wanted may all lie at the
//! other end.

use db::{Bounded, Cell, Count, Cursor, Limit, Result, Select, Sort, SortBy, Tx};
use jiff::civil::Date;

use super::conditions::{self, About, Condition, leads};

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
    /// Whose documents they are besides `customer_id`, where there is another side.
    pub beside: Option<&'static Beside>,
    /// The order to show first.
    pub usual: Sort,
}

/// The other side of a bill: who pays it, where that is another than who bought. Those are few, and have
/// an index of their own by payer and day.
#[derive(Debug)]
pub struct Beside {
    /// Whether the row `d` is of the customers `?`, a list of ids, by this side: for a look at one row.
    pub is_of: &'static str,
    /// The same, so that the index leads from the customers to the rows.
    pub through: &'static str,
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
    /// Documents in sight only: those of these customers.
    pub seen: Option<Vec<i64>>,
    /// Documents of these customers only, because they were asked for.
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
    let conditions = conditions::of(tx, shape, wanted).await?;
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
            About::Sight,
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

    /// How many rows the indexes of a condition lead to; counting ends soon after the bound.
    async fn rows_through(&self, tx: &mut Tx, about: About) -> Result<i64> {
        let Some(leading) = self.leading(about) else {
            let own = self.conditions.iter();
            let own = own.filter(|one| leads(about, one.about));
            let rows = own.fold(self.ids(Select::default()), |query, one| one.plainly(query));
            return tx.count(rows, self.few + 1).await;
        };
        let mut all = 0;
        for place in 0..leading.ways.len() {
            let rows = self.along(self.ids(Select::default()), (about, place), leading);
            all += tx.count(rows, self.few + 1).await?;
            if self.few < all {
                break;
            }
        }
        Ok(all)
    }

    fn all(&self, query: Select) -> Select {
        query
            .piece("select d.id from")
            .piece(self.shape.table)
            .piece("d")
    }

    fn ids(&self, query: Select) -> Select {
        self.all(query).piece("where 1 = 1")
    }

    /// The rows on one way to those of `about`, without those that lie on a way before it.
    fn along(&self, query: Select, (about, place): (About, usize), leading: &Condition) -> Select {
        let (before, rest) = leading.ways.split_at(place);
        let Some(way) = rest.first() else {
            return query;
        };
        let is_led = way.by_day && leads(about, About::Days);
        let days = self.conditions.iter();
        let days = days.filter(|one| is_led && one.about == About::Days);
        let rows = days.fold(query.and(way.text, way.values.clone()), |query, one| {
            one.plainly(query)
        });
        before.iter().fold(rows, |query, way| {
            query
                .piece("and case when")
                .with(way.text, way.values.clone())
                .piece("then 0 else 1 end = 1")
        })
    }

    /// The condition about this that is found on several ways.
    fn leading(&self, about: About) -> Option<&Condition> {
        let mut own = self.conditions.iter().filter(|one| one.about == about);
        own.find(|one| !one.ways.is_empty())
    }

    /// What is `read` of the rows a condition leads to: what its index answers in the plain, the other
    /// conditions as something to look at afterwards.
    fn through(&self, about: About, read: impl Fn(Select) -> Select) -> Select {
        let Some(leading) = self.leading(about) else {
            let all = self.conditions.iter();
            let from = read(Select::default()).piece("where 1 = 1");
            return all.fold(from, |query, one| one.behind(query, about));
        };
        let mut all = Select::default();
        for place in 0..leading.ways.len() {
            if 0 < place {
                all = all.piece("union all");
            }
            let from = read(all).piece("where 1 = 1");
            let rest = self.conditions.iter();
            let rest = rest.filter(|one| !std::ptr::eq(*one, leading));
            all = rest.fold(self.along(from, (about, place), leading), |query, one| {
                one.afterwards(query)
            });
        }
        all
    }

    /// Everything behind the narrowest condition, then sorted.
    async fn gathered(&self, tx: &mut Tx, about: About) -> Result<Found> {
        let rows = self.through(about, |query| self.keys(query));
        self.sorted(tx, rows).await
    }

    /// The same behind a condition that leaves many, of which the others must leave few: the rows are
    /// picked first, which an index by customer or state can do alone, and then asked for their numbers.
    async fn gathered_of_many(&self, tx: &mut Tx, about: About) -> Result<Found> {
        if self.sort.by != BY_NUMBER || about == About::Words {
            return self.gathered(tx, about).await;
        }
        let picked = self
            .through(about, |query| self.all(query))
            .within(" d where d.id in (", ")")
            .within(self.shape.table, "")
            .within("select d.id, d.number_key as key from ", "");
        self.sorted(tx, picked).await
    }

    async fn gathered_of_all(&self, tx: &mut Tx) -> Result<Found> {
        let mut rows = self.keys(Select::default()).piece("where 1 = 1");
        for condition in &self.conditions {
            rows = condition.afterwards(rows);
        }
        self.sorted(tx, rows).await
    }

    /// Ids with the key they are sorted by.
    fn keys(&self, query: Select) -> Select {
        let keys = query
            .piece("select d.id,")
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
        let on_the_way = |one: &Condition| match one.about {
            About::Number => by == BY_NUMBER,
            About::Days => by == BY_DAY,
            About::State { has_orders } => {
                (has_orders && (by == BY_NUMBER || by == BY_DAY)) || one.names(by.sql)
            }
            About::Customers | About::Sight | About::Words | About::Order | About::Currency => {
                false
            }
        };
        for condition in self.conditions.iter().filter(|one| on_the_way(one)) {
            way = condition.plainly(way);
        }
        let way = way.and_after(self.sort, "d.id", self.from)?;
        let mut seen = way.by(self.sort, "d.id", far).inside(
            "with found as materialized (select d.id, d.key from",
            "d where 1 = 1",
        );
        for condition in self.conditions.iter().filter(|one| !on_the_way(one)) {
            seen = condition.afterwards(seen);
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
            rows = condition.afterwards(rows);
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
