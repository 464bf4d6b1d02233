//! The predicate of the two times, as text to paste into a query.

/// `valid on $day and known at $known`, for the table alias given.
///
/// `db::holds!("a", "$2", "$3")` is the text that is true for a dated row that was valid on the day
/// bound to `$2` (`YYYY-MM-DD`), as recorded by the instant bound to `$3` (microseconds).
#[macro_export]
macro_rules! holds {
    ($alias:literal, $day:literal, $known:literal) => {
        concat!(
            $alias,
            ".valid_from <= ",
            $day,
            " and (",
            $alias,
            ".valid_to is null or ",
            $alias,
            ".valid_to > ",
            $day,
            ") and ",
            $alias,
            ".recorded_at <= ",
            $known,
            " and (",
            $alias,
            ".retracted_at is null or ",
            $alias,
            ".retracted_at > ",
            $known,
            ")"
        )
    };
}
