//! SQL over the `plan_` tables. Nothing here decides anything.

pub mod actuals;
pub mod calendars;
pub mod cells;
pub mod handovers;
pub mod moves;
pub mod plans;
pub mod transfers;
pub mod versions;
