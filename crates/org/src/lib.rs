//! The organisation and who may enter: units, seats, people, where they sit from when to when,
//! roles, logins, sessions, API tokens, and what part of the region each login reaches.
//!
//! Owns the tables `org_*`. Routes: `/sign-in`, `/sign-out`, `/first-run`, `/people`,
//! `/api/v1/units`, `/api/v1/seats`, `/api/v1/people`.

pub mod api;
mod auth;
pub mod credential;
pub mod enrol;
pub mod founding;
pub mod keys;
pub mod lockout;
pub mod sheet;
pub mod store;
pub mod unit;
pub mod web;

pub use auth::Gatekeeper;
pub use unit::UnitKind;

/// The texts of this crate's pages.
pub const MESSAGES: page::Messages = page::Messages {
    en: include_str!("../locales/en.ftl"),
    zh: include_str!("../locales/zh-CN.ftl"),
};
