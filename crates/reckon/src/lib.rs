//! The algorithms, in numbers and ids: how a total is cut and what the figures foretell.
//!
//! Nothing here knows a customer or a plan. Every function is pure and repeatable: the same
//! arguments give the same answer on any machine, in whatever order the arguments come.

pub mod pace;
pub mod season;
pub mod spread;
