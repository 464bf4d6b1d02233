//! SQL over the `book_` tables. Nothing here decides anything.

pub mod addresses;
pub mod agreed;
pub mod allocations;
pub mod assignments;
pub mod attachments;
pub mod bought;
mod conditions;
pub mod contacts;
pub mod credit_notes;
pub mod currencies;
pub mod customer_terms;
pub mod customers;
pub mod deliveries;
pub mod documents;
pub mod duplicates;
pub mod earned;
pub mod entered;
pub mod former_codes;
pub mod frameworks;
pub mod groups;
pub mod in_flight;
pub mod invoices;
pub mod listed;
pub mod merging;
pub mod named;
pub mod number_series;
pub mod numbers;
pub mod open_lists;
pub mod orders;
pub mod payments;
pub mod places;
pub mod price_lists;
pub mod prices;
pub mod products;
pub mod quotations;
pub mod rates;
pub mod rebates;
pub mod sales;
pub mod samples;
pub mod sharers;
pub mod sight;
pub mod terms;
pub mod ties;
pub mod whose;
pub mod written;

use jiff::civil::Date;
use kernel::Refusal;

use crate::CustomerId;

/// Ids as a JSON list, to be bound.
fn ids_json(customers: &[CustomerId]) -> String {
    let ids: Vec<i64> = customers.iter().map(|customer| customer.get()).collect();
    format!("{ids:?}")
}

/// A day as it is stored.
///
/// # Errors
///
/// Never for a row written by us.
fn day_of(text: &str) -> Result<Date, Refusal> {
    text.parse().map_err(|_why| {
        let message = format!("“{text}” is recorded where a day belongs.");
        Refusal::value("date.malformed", message)
    })
}
