//! Random spreads, the rules they must keep and a slow way to the same answer.

pub mod chance;
pub mod checks;
pub mod reference;
