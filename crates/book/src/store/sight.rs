//! Whose customers are in sight: those whose owner of the day is in scope.

use db::Query;
use jiff::civil::Date;
use kernel::Scope;

/// Whether the customer in `$column`, or in one of several, is in sight: `$1` day, `$2` known at, `$3`
/// everything, `$4` people who own it.
macro_rules! in_sight {
    ($($column:literal),+) => {
        concat!(
            "($3 = 1",
            $(
                " or ",
                $column,
                " in (select a.customer_id from book_assignment a
                       where a.role = 'owner'
                         and a.person_id in (select cast(value as bigint) from json_each($4))
                         and ",
                db::holds!("a", "$1", "$2"),
                ")"
            ),+,
            ")"
        )
    };
}

pub(crate) use in_sight;

/// Binds `$1` to `$4`: the day, everything known, and whose customers are in sight.
pub(crate) fn sighted<'t>(query: Query<'t>, scope: &Scope, on: Date) -> Query<'t> {
    query
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
}
