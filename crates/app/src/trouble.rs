//! Why a command did not do what it was asked: one message for the person at the shell.

use db::DbError;
use kernel::Refusal;

/// What happened, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Trouble {
    what: String,
    /// The command itself was wrong, not what it met.
    is_usage: bool,
}

impl Trouble {
    pub fn new(what: impl Into<String>) -> Trouble {
        Trouble {
            what: what.into(),
            is_usage: false,
        }
    }

    /// The command cannot be understood as it was given.
    pub fn usage(what: impl Into<String>) -> Trouble {
        Trouble {
            what: what.into(),
            is_usage: true,
        }
    }

    /// 2 for a wrong command, 1 for everything else, as shells expect it.
    pub fn exit_code(&self) -> u8 {
        if self.is_usage { 2 } else { 1 }
    }
}

impl From<Refusal> for Trouble {
    fn from(no: Refusal) -> Trouble {
        Trouble::new(no.message)
    }
}

impl From<DbError> for Trouble {
    fn from(error: DbError) -> Trouble {
        Trouble::new(match error {
            DbError::Refused(no) => no.message,
            DbError::Busy => {
                "The database is busy with another writer. Try again in a moment.".to_owned()
            }
            DbError::CannotWrite(why) => format!(
                "The database cannot be written: {why}. Nothing was changed. Free some space or make the folder writable, then try again."
            ),
            DbError::Unreachable(why) => sentence(&why),
            DbError::Overflow => {
                "A sum is larger than can be held. Check for a slipped digit.".to_owned()
            }
            DbError::Missing => {
                "The database lacks a record that was expected. Run `bailiwick doctor`.".to_owned()
            }
            DbError::Referenced => "Something refers to this record, so it stays.".to_owned(),
            DbError::Taken(what) => format!("There already is such a record ({what})."),
            DbError::Driver(cause) => format!(
                "The database failed: {cause}. Nothing was changed. Run `bailiwick doctor` to see whether it is sound."
            ),
        })
    }
}

/// Begins with a capital letter and ends with a full stop.
pub fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let mut out: String = letters
        .next()
        .map(|first| first.to_uppercase().collect())
        .unwrap_or_default();
    out.push_str(letters.as_str());
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_become_sentences() {
        assert_eq!(sentence("the disk is full"), "The disk is full.");
        assert_eq!(sentence("Done."), "Done.");
        let trouble = Trouble::from(DbError::CannotWrite("the disk is full".to_owned()));
        assert!(
            trouble
                .to_string()
                .starts_with("The database cannot be written: the disk is full.")
        );
        assert_eq!(trouble.exit_code(), 1);
        assert_eq!(Trouble::usage("x").exit_code(), 2);
    }
}
