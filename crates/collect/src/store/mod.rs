//! SQL over the `collect_` tables. Nothing here decides anything.

pub mod limits;
