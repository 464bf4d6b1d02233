//! Collect: how much a customer may owe.
//!
//! Every customer has a credit account, and the account a credit limit from day to day. What counts
//! against it, and what happens when it is not enough, is not built yet. Owns the tables `collect_*`.
//! Routes: `/api/v1/credit/accounts`.

pub mod limit;
pub mod sheet;
pub mod store;
pub mod web;

kernel::row_id!(
    /// A credit limit's row.
    CreditLimitId,
);
