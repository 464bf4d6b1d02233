//! Plan: what is to be sold, by whom, until when, and how far we are.
//!
//! A plan belongs to a unit and a year. Its versions spread the unit's target over people and
//! periods; a published version is immutable and every attainment is measured against the version
//! in force. Owns the tables `plan_*`. Routes: `/plan`, `/attainment`, `/api/v1/plan/spread`,
//! `/api/v1/plans`, `/api/v1/periods`, `/api/v1/attainment`.

pub mod asked;
pub mod attainment;
pub mod drafting;
pub mod given;
pub mod grid;
pub mod moves;
pub mod moving;
pub mod report;
pub mod sheet;
pub mod store;
pub mod target;
pub mod web;
pub mod weights;

/// The texts of this crate's pages.
pub const MESSAGES: page::Messages = page::Messages {
    en: include_str!("../locales/en.ftl"),
    zh: include_str!("../locales/zh-CN.ftl"),
};

kernel::row_id!(
    /// A plan's row.
    PlanId,
    /// A version's row.
    VersionId,
    /// A period's row.
    PeriodId,
    /// A move's row.
    MoveId,
    /// A hand-over's row.
    HandoverId,
);
