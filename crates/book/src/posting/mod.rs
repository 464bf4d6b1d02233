//! Posting documents: the rule is asked, the stores save, whoever asks for it, page, API or file.

pub mod credit_notes;
pub mod deliveries;
pub mod desk;
pub mod invoices;
pub mod numbers;
pub mod open_lists;
pub mod payments;
pub mod settling;
