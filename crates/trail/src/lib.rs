//! The trail every write leaves: who did what, when and why; and which requests were answered.
//!
//! Owns the tables `trail_*`. Both are written in the transaction of the act itself, so there is no
//! act without its entry and no entry without its act.

pub mod audit;
pub mod idempotency;

pub use audit::{By, Entry, record};
pub use idempotency::{Answer, keep, recall};
