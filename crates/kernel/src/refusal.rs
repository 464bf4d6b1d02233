//! A business "no": what was refused, where, why, and what to do about it.
//!
//! A refusal is not a failure. It is shown to the person who asked, so it is written for that
//! person; a failure (a broken disk, a bug) is logged and shown only as a number to quote.

use std::fmt;

/// What kind of "no" it is. The web layer turns it into a status; nothing else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The value itself is not acceptable: out of range, unknown reference, infeasible.
    Value,
    /// The thing is not in a state in which this can be done, or its code is taken.
    State,
    /// It does not exist, or the asker may not see it; the two are never told apart.
    Missing,
    /// The asker sees it but may not do this to it.
    Forbidden,
    /// The asker's copy is older than the record.
    Stale,
    /// The request cannot be read at all.
    Malformed,
}

/// One field that is wrong, by its path in the request or its column in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// A "no" with its reason. `code` is stable and meant for programs, `message` for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: Kind,
    /// A dotted word such as `money.too_many_decimals`; never changes once published.
    pub code: &'static str,
    /// One or two sentences: what, where, why and what to do.
    pub message: String,
    pub fields: Vec<FieldError>,
}

impl Refusal {
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            kind,
            code,
            message: message.into(),
            fields: Vec::new(),
        }
    }

    /// The value is not acceptable.
    pub fn value(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal::new(Kind::Value, code, message)
    }

    /// Not in this state, or the code is taken.
    pub fn state(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal::new(Kind::State, code, message)
    }

    /// Missing or out of scope. `what` is the noun and the code that was asked for.
    pub fn missing(what: impl fmt::Display) -> Refusal {
        let message = format!("There is no {what}, or it is not yours to see.");
        Refusal::new(Kind::Missing, "missing", message)
    }

    /// Seen, but not allowed.
    pub fn forbidden(message: impl Into<String>) -> Refusal {
        Refusal::new(Kind::Forbidden, "forbidden", message)
    }

    /// The same refusal, pointing at a field of the request.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Refusal {
        let message = self.message.clone();
        self.fields.push(FieldError {
            field: field.into(),
            message,
        });
        self
    }

    /// The same refusal with one more field that is wrong for a reason of its own.
    #[must_use]
    pub fn and(mut self, field: impl Into<String>, message: impl Into<String>) -> Refusal {
        self.fields.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
