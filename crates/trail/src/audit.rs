//! The audit trail: append-only by trigger on both engines.

use db::{Result, Tx};
use jiff::Timestamp;
use kernel::ids::PersonId;
use serde_json::Value;

/// Who acts, by which way, at which instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    pub person: Option<PersonId>,
    pub name: String,
    /// `page`, `api`, `import`, `shell` or `demo`.
    pub via: &'static str,
    pub at: Timestamp,
}

impl By {
    /// The person at the shell of the machine: whoever may read the data folder may do this.
    pub fn shell(at: Timestamp) -> By {
        By {
            person: None,
            name: "shell".to_owned(),
            via: "shell",
            at,
        }
    }
}

/// One act on one subject.
#[derive(Debug, Clone, Default)]
pub struct Entry<'a> {
    /// A verb: `create`, `change`, `publish`.
    pub action: &'a str,
    /// What kind of thing, in the singular.
    pub noun: &'a str,
    /// Its code or number.
    pub subject: &'a str,
    /// The reason given, or empty.
    pub why: &'a str,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Writes one entry; part of the caller's transaction.
///
/// # Errors
///
/// Whatever the engine reports; the act is then undone with it.
pub async fn record(tx: &mut Tx, by: &By, entry: Entry<'_>) -> Result<()> {
    const SQL: &str = "
        insert into trail_audit
               (at, person_id, person_name, via, action, noun, subject, why, before_json, after_json)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    tx.q(SQL)
        .bind(by.at.as_microsecond())
        .bind(by.person.map(PersonId::get))
        .bind(by.name.clone())
        .bind(by.via)
        .bind(entry.action.to_owned())
        .bind(entry.noun.to_owned())
        .bind(entry.subject.to_owned())
        .bind(entry.why.to_owned())
        .bind(entry.before.map(|value| value.to_string()))
        .bind(entry.after.map(|value| value.to_string()))
        .run()
        .await
        .map(drop)
}
