//! SQL over the `book_` tables. Nothing here decides anything.

pub mod assignments;
pub mod customers;
pub mod documents;
pub mod groups;
pub mod named;
pub mod orders;
pub mod places;
pub mod products;
pub mod rates;
pub mod sales;
pub mod whose;
