//! The six roles a login can have.

use std::fmt;

use crate::Refusal;

/// What a person is in the system; what they see and may do follows from it and from their units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A sales person: own customers, own target.
    Rep,
    /// Manages a unit and everything below it.
    Manager,
    /// Finance and credit control: all money of the company.
    Finance,
    /// Marketing: reads the book, shares the development plan.
    Marketing,
    /// Reads everything, changes nothing.
    Auditor,
    /// Sets the system up; sees the book, but never approves, releases or sets limits.
    Administrator,
}

impl Role {
    pub const ALL: [Role; 6] = [
        Role::Rep,
        Role::Manager,
        Role::Finance,
        Role::Marketing,
        Role::Auditor,
        Role::Administrator,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Rep => "rep",
            Role::Manager => "manager",
            Role::Finance => "finance",
            Role::Marketing => "marketing",
            Role::Auditor => "auditor",
            Role::Administrator => "administrator",
        }
    }

    /// # Errors
    ///
    /// `role.unknown`.
    pub fn parse(text: &str) -> Result<Role, Refusal> {
        let wanted = text.trim();
        Role::ALL.into_iter().find(|role| role.as_str() == wanted).ok_or_else(|| {
            Refusal::value(
                "role.unknown",
                format!("“{wanted}” is not a role. Use rep, manager, finance, marketing, auditor or administrator."),
            )
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
