//! The two times of every dated fact: when it holds, and when we knew it.

use jiff::{Timestamp, civil::Date};

/// The first day a fact "from the beginning" holds.
pub const BEGINNING: Date = jiff::civil::date(1, 1, 1);

/// The point from which a figure is looked at: valid on `as_of`, as recorded by `known_at`.
///
/// A fact counts if `valid_from <= as_of < valid_to` and it was recorded at or before `known_at`
/// and not yet retracted then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub as_of: Date,
    /// UTC microseconds.
    pub known_at: i64,
}

impl Moment {
    pub fn of(as_of: Date, known_at: Timestamp) -> Moment {
        Moment {
            as_of,
            known_at: known_at.as_microsecond(),
        }
    }

    /// As of a day, with everything known by now and ever after.
    pub fn latest(as_of: Date) -> Moment {
        Moment {
            as_of,
            known_at: i64::MAX,
        }
    }
}

/// Whose map history is told on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// The credit frozen on the document: who earned it then. For pay and accountability.
    #[default]
    AsWas,
    /// History restated to the map of the asked day. For trends and the next plan.
    AsIs,
}
