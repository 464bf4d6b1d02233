//! The nouns of planning: measures, states of a version, and whose a target is.

use kernel::{
    Refusal,
    ids::{PersonId, UnitId},
};

/// What is counted. Booked is the net of confirmed orders by their day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    Booked,
}

impl Measure {
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::Booked => "booked",
        }
    }

    /// # Errors
    ///
    /// `measure.unknown`.
    pub fn parse(text: &str) -> Result<Measure, Refusal> {
        match text.trim() {
            "booked" => Ok(Measure::Booked),
            other => Err(Refusal::value(
                "measure.unknown",
                format!("“{other}” is not a measure that is recorded. Use booked."),
            )
            .at("measure")),
        }
    }
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Draft,
    Published,
    Superseded,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Published => "published",
            State::Superseded => "superseded",
        }
    }

    pub fn of(text: &str) -> State {
        match text {
            "published" => State::Published,
            "superseded" => State::Superseded,
            _ => State::Draft,
        }
    }
}

/// Whose a target is: a person's, or the pool of a unit that nobody has been given yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    Person(PersonId),
    Pool(UnitId),
}

impl Holder {
    /// A key that is unique within a version: `p7` for a person, `u3` for a pool.
    pub fn key(self) -> String {
        match self {
            Holder::Person(person) => format!("p{}", person.get()),
            Holder::Pool(unit) => format!("u{}", unit.get()),
        }
    }

    pub fn person(self) -> Option<PersonId> {
        match self {
            Holder::Person(person) => Some(person),
            Holder::Pool(_) => None,
        }
    }
}

/// Where the weight of a target came from, kept with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// What was sold in the twelve months before.
    History,
    /// No history: as much as the average colleague.
    Headcount,
    /// No history anywhere: equal parts.
    Equal,
    /// Typed by a person.
    Typed,
    /// Brought in from a file.
    Imported,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Source::History => "history",
            Source::Headcount => "headcount",
            Source::Equal => "equal",
            Source::Typed => "typed",
            Source::Imported => "imported",
        }
    }

    pub fn of(text: &str) -> Source {
        match text {
            "history" => Source::History,
            "headcount" => Source::Headcount,
            "typed" => Source::Typed,
            "imported" => Source::Imported,
            _ => Source::Equal,
        }
    }
}
