//! The trail every write leaves: who did what, when and why; which requests were answered, and how far
//! a file was read in.
//!
//! Owns the tables `trail_*`. They are written in the transaction of the act itself, so there is no
//! act without its entry and no entry without its act.

pub mod audit;
pub mod idempotency;
pub mod imports;

pub use audit::{By, Entry, record};
pub use idempotency::{Answer, keep, recall};
