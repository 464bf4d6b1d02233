//! The words every duty uses, as values: money, prices, percents, periods, codes, scope, refusal.
//!
//! Pure: no clock, no chance, no input or output, no other crate of the house. What day it is and
//! who asks are arguments. Every other crate stands on this one, so a change here is a change
//! everywhere; keep it small.

pub mod apportion;
pub mod calendar;
pub mod code;
pub mod decimal;
pub mod ids;
pub mod money;
pub mod period;
pub mod refusal;
pub mod role;
pub mod scope;
pub mod times;

pub use apportion::apportion;
pub use calendar::WorkCalendar;
pub use code::Code;
pub use decimal::{Percent, Price, Quantity, Rate};
pub use money::{Currency, Money};
pub use period::{FiscalYear, Period, PeriodCalendar};
pub use refusal::Refusal;
pub use role::Role;
pub use scope::Scope;
pub use times::{Moment, View};
