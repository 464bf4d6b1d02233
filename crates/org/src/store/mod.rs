//! SQL over the `org_` tables. Nothing here decides anything.

pub mod company;
pub mod former_codes;
pub mod holidays;
pub mod logins;
pub mod memberships;
pub mod people;
pub mod reach;
pub mod seats;
pub mod sessions;
pub mod units;
pub mod uploads;
pub mod views;
