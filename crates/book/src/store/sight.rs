//! What all lists of documents share: whose they are, what narrows them, newest first.

use db::{Count, Cursor, Limit, Listing, Query, Record, Result, Tx};
use jiff::civil::Date;
use kernel::Scope;

/// What a list of documents is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Begins the document's number, or is part of the customer's names.
    pub q: String,
    pub status: String,
    /// Code of a customer.
    pub customer: String,
    /// Code of the person who owns the customer on the asked day.
    pub owner: String,
    /// Code of a unit in whose sub-tree that person sits.
    pub unit: String,
    /// Number of the order it belongs to.
    pub order: String,
    /// First and last day, `YYYY-MM-DD`.
    pub from: String,
    pub to: String,
}

/// Who asks for which page of a list, as of which day.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub scope: &'a Scope,
    pub filter: &'a Filter,
    pub on: Date,
    pub limit: Limit,
    pub from: &'a Cursor,
}

/// Whether the customer in `$column` is in sight: `$1` day, `$2` known at, `$3` everything, `$4`
/// people who own it.
macro_rules! in_sight {
    ($column:literal) => {
        concat!(
            "($3 = 1 or ",
            $column,
            " in (select a.customer_id from book_assignment a
                   where a.role = 'owner'
                     and a.person_id in (select cast(value as bigint) from json_each($4))
                     and ",
            db::holds!("a", "$1", "$2"),
            "))"
        )
    };
}

/// The page of a list of documents `d` of the customer in `$column`, with the state asked for in
/// `$6` compared by `$state`, and the order's number of `$13` by `$order`.
macro_rules! listed {
    ($select:expr, $column:literal, $number:literal, $state:literal, $order:literal) => {
        concat!(
            $select,
            " where ",
            $crate::store::sight::in_sight!($column),
            " and ($5 = '' or c.code_key = $5)
              and ($6 = '' or ",
            $state,
            ") and ($7 = '%%' or d.",
            $number,
            " like $14 escape '!' or ",
            $column,
            " in (select k.id from book_customer k where k.search_key like $7 escape '!'))
              and ($8 = '' or (d.day, d.id) < ($8, $9))
              and ($11 = '' and $12 = '' or ",
            $column,
            " in (select w.customer_id
                    from book_assignment w
                    join org_person p on p.id = w.person_id
                   where w.role = 'owner'
                     and ($11 = '' or p.code_key = $11)
                     and ($12 = '' or p.id in (
                             select m.person_id
                               from org_membership m
                               join org_unit_path up on up.unit_id = m.unit_id
                               join org_unit u on u.id = up.ancestor_id
                              where u.code_key = $12
                                and ",
            db::holds!("m", "$1", "$2"),
            "))
                     and ",
            db::holds!("w", "$1", "$2"),
            "))
              and ($13 = '' or ",
            $order,
            ") and ($15 = '' or $15 <= d.day) and ($16 = '' or d.day <= $16)
              order by d.day desc, d.id desc
              limit $10"
        )
    };
}
/// How many rows a text made by [`listed!`] leads to: the limit bounds the counting.
macro_rules! counted {
    ($listed:expr) => {
        concat!("select count(*) from (", $listed, ") as counted")
    };
}
pub(crate) use {counted, in_sight, listed};

/// Binds `$1` to `$4`: the day, everything known, and whose customers are in sight.
pub(crate) fn sighted<'t>(query: Query<'t>, scope: &Scope, on: Date) -> Query<'t> {
    query
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
}

/// Nobody counts further.
const MOST_COUNTED: i64 = 10_000;

/// How many rows there are, by a text made by [`counted!`].
///
/// # Errors
///
/// Whatever the engine reports.
pub(crate) async fn count(tx: &mut Tx, sql: &'static str, asked: Asked<'_>) -> Result<Count> {
    let all = Cursor::start();
    let asked = Asked {
        from: &all,
        ..asked
    };
    let (rows,): (i64,) = narrowed(tx.q(sql), asked, MOST_COUNTED + 1).one().await?;
    if MOST_COUNTED < rows {
        return Ok(Count::MoreThan(MOST_COUNTED));
    }
    Ok(Count::Exactly(rows))
}

/// Binds everything a text made by [`listed!`] asks for.
fn narrowed<'t>(query: Query<'t>, asked: Asked<'_>, limit: i64) -> Query<'t> {
    let folded = |text: &str| text.trim().to_ascii_lowercase();
    let filter = asked.filter;
    sighted(query, asked.scope, asked.on)
        .bind(folded(&filter.customer))
        .bind(filter.status.clone())
        .bind(org::keys::search_pattern(&filter.q))
        .bind(asked.from.key.clone())
        .bind(asked.from.id)
        .bind(limit)
        .bind(folded(&filter.owner))
        .bind(folded(&filter.unit))
        .bind(folded(&filter.order))
        .bind(org::keys::prefix_pattern(&filter.q))
        .bind(filter.from.clone())
        .bind(filter.to.clone())
}

/// Runs a text made by [`listed!`].
///
/// # Errors
///
/// Whatever the engine reports.
pub(crate) async fn page<T: Record>(
    tx: &mut Tx,
    sql: &'static str,
    asked: Asked<'_>,
    place: impl Fn(&T) -> (String, i64),
) -> Result<Listing<T>> {
    let limit = asked.limit.and_one();
    let rows: Vec<T> = narrowed(tx.q(sql), asked, limit).all().await?;
    Ok(Listing::of(rows, asked.limit, |row| {
        let (key, id) = place(row);
        Cursor { key, id }
    }))
}
