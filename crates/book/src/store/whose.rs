//! Which customers a question is about: those one may see, narrowed by whose they are and what they
//! are called. Lists of documents ask this first and then look for the documents of these customers.

use db::{Cell, Result, Select, Tx};
use jiff::civil::Date;
use kernel::Scope;
use org::keys;

use super::former_codes::answers_to;

/// At most so many customers.
const MOST: i64 = 1_000_000;

/// What customers are narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whose<'a> {
    /// Part of a name, in either script or as pinyin.
    pub named: &'a str,
    pub code: &'a str,
    pub group: &'a str,
    /// Code of the person who looks after the customer on the day.
    pub owner: &'a str,
    /// Code of a unit in whose sub-tree that person sits on the day.
    pub unit: &'a str,
}

/// The ids of the customers in scope that fit; none if that is simply all of them.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn ids(
    tx: &mut Tx,
    scope: &Scope,
    whose: &Whose<'_>,
    on: Date,
) -> Result<Option<Vec<i64>>> {
    if scope.is_all() && *whose == Whose::default() {
        return Ok(None);
    }
    let folded = |text: &str| Cell::from(text.trim().to_ascii_lowercase());
    let mut query = Select::new("select c.id from book_customer c where 1 = 1");
    if !whose.code.is_empty() {
        query = query.and(
            answers_to!("customer", "c", "?"),
            [folded(whose.code), folded(whose.code)],
        );
    }
    if !whose.group.is_empty() {
        query = query.and(
            concat!(
                "c.group_id in (select g.id from book_customer_group g where ",
                answers_to!("customer group", "g", "?"),
                ")"
            ),
            [folded(whose.group), folded(whose.group)],
        );
    }
    if !scope.is_all() || !whose.owner.is_empty() || !whose.unit.is_empty() {
        query = owned(query, scope, whose, on);
    }
    if !whose.named.is_empty() {
        let pattern = Cell::from(keys::search_pattern(whose.named));
        let like = "c.search_key like ? escape '!'";
        // Nobody can tell how many a part of a name leaves. PostgreSQL takes it for a handful, and
        // would go through all in scope once for each of the thousands there may be.
        query = query.and_also(like, [pattern]);
    }
    let rows: Vec<(i64,)> = tx.select(query.ordered("c.id", MOST)).await?;
    Ok(Some(rows.into_iter().map(|(id,)| id).collect()))
}

/// Only those whose owner of the day is in scope and is the one asked for.
fn owned(query: Select, scope: &Scope, whose: &Whose<'_>, on: Date) -> Select {
    let folded = |text: &str| Cell::from(text.trim().to_ascii_lowercase());
    // The predicate names the day twice, then the instant twice.
    let holding = || {
        let day = Cell::from(on.to_string());
        [day.clone(), day, Cell::from(i64::MAX), Cell::from(i64::MAX)]
    };
    let mut query = query
        .piece("and c.id in (select a.customer_id from book_assignment a where a.role = 'owner'")
        .and(db::holds!("a", "?", "?"), holding());
    if !scope.is_all() {
        query = query.and(
            "a.person_id in (select cast(value as bigint) from json_each(?))",
            [Cell::from(scope.people_json())],
        );
    }
    if !whose.owner.is_empty() {
        query = query.and(
            concat!(
                "a.person_id in (select p.id from org_person p where ",
                org::answers_to!("person", "p", "?"),
                ")"
            ),
            [folded(whose.owner), folded(whose.owner)],
        );
    }
    if !whose.unit.is_empty() {
        query = query
            .with(
                concat!(
                    "and a.person_id in (select m.person_id from org_membership m
                        join org_unit_path w on w.unit_id = m.unit_id
                        join org_unit u on u.id = w.ancestor_id
                       where ",
                    org::answers_to!("unit", "u", "?")
                ),
                [folded(whose.unit), folded(whose.unit)],
            )
            .and(db::holds!("m", "?", "?"), holding())
            .piece(")");
    }
    query.piece(")")
}
