//! SQL over the `plan_` tables, and sums over the book that only planning asks for. Nothing here
//! decides anything.

pub mod actuals;
pub mod calendars;
pub mod cells;
pub mod plans;
pub mod versions;
