//! SQL over the `book_` tables. Nothing here decides anything.

pub mod allocations;
pub mod assignments;
pub mod credit_notes;
pub mod customers;
pub mod deliveries;
pub mod documents;
pub mod earned;
pub mod groups;
pub mod in_flight;
pub mod invoices;
pub mod listed;
pub mod named;
pub mod numbers;
pub mod open_lists;
pub mod orders;
pub mod payments;
pub mod places;
pub mod price_lists;
pub mod prices;
pub mod products;
pub mod rates;
pub mod sales;
pub mod sharers;
pub mod sight;
pub mod terms;
pub mod whose;
pub mod written;

use crate::CustomerId;

/// Ids as a JSON list, to be bound.
fn ids_json(customers: &[CustomerId]) -> String {
    let ids: Vec<i64> = customers.iter().map(|customer| customer.get()).collect();
    format!("{ids:?}")
}
