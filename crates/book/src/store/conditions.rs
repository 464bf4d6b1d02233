//! The conditions a list of documents is found by, and the indexes that lead to the rows of each.

use db::{Cell, Result, Select, Tx};
use jiff::civil::Date;

use super::documents::{Beside, Shape, Wanted, Words};

const OF_CUSTOMERS: &str = "d.customer_id in (select cast(value as bigint) from json_each(?))";
const BEGINS: &str = "(d.number_key >= ? and d.number_key < ?)";

/// A condition on documents, and what it is about.
#[derive(Debug, Clone)]
pub struct Condition {
    pub about: About,
    /// Pieces of the text with their values.
    pieces: Vec<(&'static str, Vec<Cell>)>,
    /// Where its rows are found through one index each, because no index has them all.
    pub ways: Vec<Way>,
}

/// A way to some rows of a condition: a narrower condition that an index leads to.
#[derive(Debug, Clone)]
pub struct Way {
    pub text: &'static str,
    /// Whether its index goes by the day as well.
    pub by_day: bool,
    pub values: Vec<Cell>,
}

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Whose documents the asker may see.
    Sight,
    Customers,
    Words,
    Number,
    Order,
    State {
        has_orders: bool,
    },
    Days,
    Currency,
}

impl Condition {
    fn new(about: About, text: &'static str, values: Vec<Cell>) -> Condition {
        Condition {
            about,
            pieces: vec![(text, values)],
            ways: Vec::new(),
        }
    }

    /// Whether it is about what this expression says: the index by it answers both.
    pub fn names(&self, sql: &str) -> bool {
        self.pieces.iter().any(|(text, _)| text.contains(sql))
    }

    /// `and` this, so that an index may be chosen by it.
    pub fn plainly(&self, query: Select) -> Select {
        self.put(query.piece("and ("), ")")
    }

    /// `and` this, as the index by `about` answers it or not.
    pub fn behind(&self, query: Select, about: About) -> Select {
        if leads(about, self.about) {
            self.plainly(query)
        } else {
            self.afterwards(query)
        }
    }

    /// `and` this, to be looked at row by row.
    pub fn afterwards(&self, query: Select) -> Select {
        self.put(query.piece("and case when"), "then 1 else 0 end = 1")
    }

    fn put(&self, query: Select, end: &'static str) -> Select {
        let pieces = self.pieces.iter();
        let query = pieces.fold(query, |query, (text, values)| {
            query.with(text, values.clone())
        });
        query.piece(end)
    }
}

/// The conditions asked for, in the words of the query.
pub async fn of(tx: &mut Tx, shape: &Shape, wanted: &Wanted) -> Result<Vec<Condition>> {
    let mut conditions = Vec::new();
    for (about, ids) in [
        (About::Sight, &wanted.seen),
        (About::Customers, &wanted.customers),
    ] {
        conditions.extend(
            ids.as_ref()
                .map(|ids| of_customers(about, shape.beside, ids)),
        );
    }
    if let Some(words) = &wanted.words {
        conditions.push(of_words(tx, shape, words).await?);
    }
    if !wanted.currency.is_empty() {
        let currency = vec![Cell::from(wanted.currency.as_str())];
        conditions.push(Condition::new(About::Currency, "d.currency = ?", currency));
    }
    if let Some((text, values)) = wanted.of_order.clone() {
        conditions.push(Condition::new(About::Order, text, values));
    }
    if let Some(state) = &wanted.state {
        let has_orders = state.has_orders;
        let about = About::State { has_orders };
        conditions.push(Condition::new(about, state.text, state.values.clone()));
    }
    if wanted.from.is_some() || wanted.to.is_some() {
        let from = wanted.from.unwrap_or(Date::MIN).to_string();
        let to = wanted.to.unwrap_or(Date::MAX).to_string();
        let days = vec![Cell::from(from), Cell::from(to)];
        conditions.push(Condition::new(
            About::Days,
            "d.day >= ? and d.day <= ?",
            days,
        ));
    }
    Ok(conditions)
}

/// Documents of these customers, on whichever side they stand.
fn of_customers(about: About, beside: Option<&Beside>, ids: &[i64]) -> Condition {
    let ids = Cell::from(format!("{ids:?}"));
    let own = vec![ids.clone()];
    let mut condition = Condition::new(about, OF_CUSTOMERS, own.clone());
    if let Some(beside) = beside {
        condition.pieces.push(("or", Vec::new()));
        condition.pieces.push((beside.is_of, own.clone()));
        condition.ways = ways(Some(beside), &ids);
    }
    condition
}

/// The ways to the documents of customers.
fn ways(beside: Option<&Beside>, ids: &Cell) -> Vec<Way> {
    let own = Way {
        text: OF_CUSTOMERS,
        by_day: true,
        values: vec![ids.clone()],
    };
    let other = beside.map(|beside| Way {
        text: beside.through,
        by_day: true,
        values: vec![ids.clone()],
    });
    std::iter::once(own).chain(other).collect()
}

/// What was typed as a condition: most texts begin no number at all, or name no customer.
async fn of_words(tx: &mut Tx, shape: &Shape, words: &Words) -> Result<Condition> {
    let end = format!("{}\u{10ffff}", words.number);
    let range = vec![Cell::from(words.number.as_str()), Cell::from(end)];
    let begun = Select::new("select d.id from")
        .piece(shape.table)
        .piece("d where 1 = 1");
    let begins = 0 < tx.count(begun.and(BEGINS, range.clone()), 1).await?;
    let named = of_customers(About::Customers, shape.beside, &words.named);
    if !begins {
        return Ok(named);
    }
    let mut numbered = Condition::new(About::Number, BEGINS, range.clone());
    if words.named.is_empty() {
        return Ok(numbered);
    }
    // Either part of what was typed has an index of its own.
    numbered.about = About::Words;
    numbered.pieces.push(("or", Vec::new()));
    numbered.pieces.extend(named.pieces);
    numbered.ways.push(Way {
        text: BEGINS,
        by_day: false,
        values: range,
    });
    let ids = Cell::from(format!("{:?}", words.named));
    numbered.ways.extend(ways(shape.beside, &ids));
    Ok(numbered)
}

/// Whether the index that answers `about` answers `other` as well.
pub fn leads(about: About, other: About) -> bool {
    match other {
        About::Days => matches!(
            about,
            About::Days | About::Customers | About::Sight | About::State { has_orders: true }
        ),
        About::Words | About::Currency => false,
        _ => about == other,
    }
}
