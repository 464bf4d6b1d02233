//! SQL over the `book_` tables. Nothing here decides anything.

pub mod allocations;
pub mod assignments;
pub mod credit_notes;
pub mod customers;
pub mod deliveries;
pub mod documents;
pub mod groups;
pub mod invoices;
pub mod named;
pub mod numbers;
pub mod orders;
pub mod payments;
pub mod places;
pub mod products;
pub mod rates;
pub mod sales;
pub mod sight;
pub mod terms;
pub mod whose;
