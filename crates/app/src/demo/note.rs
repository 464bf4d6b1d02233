//! The note that marks a folder as a demo's.

use std::{fs, io, path::Path};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Wish, company::Company};
use crate::{folder::plain, trouble::Trouble};

const NOTE: &str = "demo.json";

/// From what a demo was drawn up, and who may enter it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub seed: u64,
    /// The day it was drawn up for; its data end the day before.
    pub today: Date,
    /// None until it is filled to the end.
    pub logins: Option<Vec<Guest>>,
}

/// A person worth being, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    pub email: String,
    pub shows: String,
}

/// The note as it stands in the file.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    seed: u64,
    today: String,
    logins: Option<Vec<Guest>>,
}

impl Note {
    /// The note of a demo that holds all of `company`.
    #[must_use]
    pub fn completed(self, company: &Company) -> Note {
        let guests = company.logins.iter().map(|login| Guest {
            email: login.email.clone(),
            shows: login.shows.to_owned(),
        });
        Note {
            logins: Some(guests.collect()),
            ..self
        }
    }

    /// The note in `folder`, if it is a demo's.
    ///
    /// # Errors
    ///
    /// It is there and cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Note>, Trouble> {
        let path = folder.join(NOTE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => {
                let why = plain(&cause);
                return Err(Trouble::new(format!(
                    "{} cannot be read: {why}.",
                    path.display()
                )));
            }
        };
        let note = serde_json::from_str::<Written>(&text)
            .ok()
            .and_then(|written| {
                Some(Note {
                    seed: written.seed,
                    today: written.today.parse().ok()?,
                    logins: written.logins,
                })
            });
        note.map(Some).ok_or_else(|| {
            Trouble::new(format!(
                "{} cannot be understood. Choose an empty folder with --data.",
                path.display()
            ))
        })
    }

    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Trouble> {
        let path = folder.join(NOTE);
        let written = Written {
            seed: self.seed,
            today: self.today.to_string(),
            logins: self.logins.clone(),
        };
        let text = serde_json::to_string(&written).unwrap_or_default();
        fs::write(&path, text).map_err(|cause| {
            Trouble::new(format!(
                "{} cannot be written: {}.",
                path.display(),
                plain(&cause)
            ))
        })
    }

    /// Whether this demo is the one that was wished for.
    ///
    /// # Errors
    ///
    /// It was drawn up from another seed, or for another day.
    pub fn fits(&self, wish: Wish, folder: &Path) -> Result<(), Trouble> {
        let other_seed = wish.seed.is_some_and(|seed| seed != self.seed);
        let other_day = wish.today.is_some_and(|today| today != self.today);
        if !other_seed && !other_day {
            return Ok(());
        }
        Err(Trouble::new(format!(
            "The demo in {} was drawn up with --seed {} --today {}. Draw it up anew with --fresh, or choose another folder with --data.",
            folder.display(),
            self.seed,
            self.today
        )))
    }
}
