//! Reading files in: one file, or a folder of them through a mapping, kind by kind.
//!
//! Each kind is a transaction of its own. Whatever is wrong with one row undoes all of its file, so
//! that the same file can be mended and read again.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use db::{Db, DbError, Tx};
use jiff::civil::Date;
use kernel::Refusal;
use sheet::{Faults, FileError, Layout, Mapping, Outcome, Sheet};
use trail::{By, Entry};

use crate::{folder::plain, trouble::Trouble, wiring};

/// What a file is read with besides its bytes.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The mapping file and what it says.
    pub mapping: Option<(PathBuf, Mapping)>,
    /// Everything is checked and taken back.
    pub is_rehearsal: bool,
}

/// Why a file was not read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The file, the mapping or the database cannot be used.
    Trouble(Trouble),
    /// What is wrong with the rows of a file.
    Faults { file: String, faults: Faults },
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Refused {
        Refused::Trouble(trouble)
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Refused {
        Refused::Trouble(Trouble::from(error))
    }
}

/// The layout of a kind.
///
/// # Errors
///
/// There is no such kind; the kinds are listed.
pub fn layout(kind: &str) -> Result<&'static Layout, Trouble> {
    wiring::layout(kind).ok_or_else(|| {
        Trouble::usage(format!(
            "There is no kind “{kind}”. The kinds are {}.",
            wiring::kinds().join(", ")
        ))
    })
}

/// Reads a mapping file.
///
/// # Errors
///
/// It cannot be read, or says something that is not understood.
pub fn mapping(file: &Path) -> Result<Mapping, Trouble> {
    let text = fs::read_to_string(file).map_err(|cause| unreadable("The mapping", file, &cause))?;
    Mapping::parse(&text, &wiring::kinds())
        .map_err(|fault| Trouble::new(format!("{}: {fault}", file.display())))
}

/// The kinds a mapping has tables for, what is referred to first.
pub fn kinds_of(mapping: &Mapping) -> Vec<&'static str> {
    let kinds = wiring::kinds().into_iter();
    kinds
        .filter(|kind| mapping.kinds().any(|own| own == *kind))
        .collect()
}

/// Reads one kind from `source`, a file or the folder in which the mapping names one.
///
/// # Errors
///
/// See [`Refused`]; nothing of the kind stays then.
pub async fn import(
    db: &Db,
    kind: &str,
    source: &Path,
    reading: &Reading,
    (by, today): (&By, Date),
) -> Result<Outcome, Refused> {
    let layout = layout(kind)?;
    let file = File::of(layout, source, reading)?;
    let (mut sheet, mut unread) = file.sheet(layout, reading)?;
    // Rows that cannot be read hide nothing of what is wrong with the others: all is told at once.
    sheet.rows.retain(|row| !row.is_bad());
    let work = Work {
        sheet,
        by: By {
            via: "import",
            ..by.clone()
        },
        today,
        name: file.name.clone(),
        hash: org::credential::fingerprint(&file.bytes),
        faults: Arc::default(),
    };
    let found = Arc::clone(&work.faults);
    let done = if reading.is_rehearsal || !unread.is_empty() {
        db.rehearse(work, |tx, work| Box::pin(work.run(tx))).await
    } else {
        db.write(work, |tx, work| Box::pin(work.run(tx))).await
    };
    let faults = found.lock().unwrap_or_else(PoisonError::into_inner).take();
    if !unread.is_empty() {
        unread.append(faults.unwrap_or_default());
        unread.sort();
        return Err(Refused::Faults {
            file: file.name,
            faults: unread,
        });
    }
    match (done, faults) {
        (Ok(outcome), _) => Ok(outcome),
        (Err(_), Some(faults)) => Err(Refused::Faults {
            file: file.name,
            faults,
        }),
        (Err(error), None) => Err(error.into()),
    }
}

/// A file to be read, and where the files it refers to may stand.
struct File {
    name: String,
    bytes: Vec<u8>,
    beside: Vec<PathBuf>,
}

impl File {
    fn of(layout: &Layout, source: &Path, reading: &Reading) -> Result<File, Trouble> {
        let mapping = reading.mapping.as_ref();
        let in_folder = source.is_dir();
        let mut beside = Vec::new();
        let folder = if in_folder {
            Some(source)
        } else {
            source.parent()
        };
        beside.extend(folder.map(Path::to_path_buf));
        beside.extend(
            mapping
                .and_then(|(file, _)| file.parent())
                .map(Path::to_path_buf),
        );
        let written_in_mapping =
            mapping.is_some_and(|(_, mapping)| !mapping.needs_file(layout.kind));
        if in_folder && written_in_mapping {
            return Ok(File {
                name: format!("the rows of {} in the mapping", layout.kind),
                bytes: Vec::new(),
                beside,
            });
        }
        let path = if in_folder {
            let named = mapping.and_then(|(_, mapping)| mapping.file(layout.kind));
            let named = named.ok_or_else(|| {
                Trouble::new(format!(
                    "{} is a folder. Name a file, or a mapping whose [{}] says which `file` to take.",
                    source.display(),
                    layout.kind
                ))
            })?;
            source.join(named)
        } else {
            source.to_path_buf()
        };
        let bytes = fs::read(&path).map_err(|cause| unreadable("The file", &path, &cause))?;
        Ok(File {
            name: path.display().to_string(),
            bytes,
            beside,
        })
    }

    fn sheet(&self, layout: &Layout, reading: &Reading) -> Result<(Sheet, Faults), Refused> {
        let mapping = reading.mapping.as_ref().map(|(_, mapping)| mapping);
        let mut open = |name: &str| self.load_beside(name);
        sheet::read_marking_bad(layout, &self.name, &self.bytes, mapping, &mut open).map_err(
            |faults| Refused::Faults {
                file: self.name.clone(),
                faults,
            },
        )
    }

    /// A look-up file: beside the data, or else beside the mapping.
    fn load_beside(&self, name: &str) -> Result<Vec<u8>, FileError> {
        for folder in &self.beside {
            match fs::read(folder.join(name)) {
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                other => return other.map_err(|cause| FileError::Unreadable(plain(&cause))),
            }
        }
        Err(FileError::Missing)
    }
}

/// What one transaction does.
struct Work {
    sheet: Sheet,
    by: By,
    today: Date,
    name: String,
    hash: String,
    /// What was wrong with the rows: an error undoes the transaction, and cannot carry so much.
    faults: Arc<Mutex<Option<Faults>>>,
}

impl Work {
    async fn run(&self, tx: &mut Tx) -> db::Result<Outcome> {
        let outcome = match wiring::import(tx, &self.sheet, &self.by, self.today).await? {
            Ok(outcome) => outcome,
            Err(faults) => {
                *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = Some(faults);
                return Err(Refusal::value("import.faults", "The file has faulty rows.").into());
            }
        };
        // The owner of the kind records what became of its rows; this says where they came from.
        let after = serde_json::json!({ "kind": self.sheet.layout.kind, "sha256": self.hash });
        let entry = Entry {
            action: "read",
            noun: "file",
            subject: &self.name,
            after: Some(after),
            ..Entry::default()
        };
        trail::record(tx, &self.by, entry).await?;
        Ok(outcome)
    }
}

fn unreadable(what: &str, path: &Path, cause: &io::Error) -> Trouble {
    let why = if cause.kind() == io::ErrorKind::NotFound {
        "does not exist. Check the path".to_owned()
    } else {
        format!("cannot be read: {}", plain(cause))
    };
    Trouble::new(format!("{what} {} {why}.", path.display()))
}
