//! The data folder and the database in it: opening, creating, and keeping a second server out.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use db::Db;

use crate::{settings::Place, trouble::Trouble};

/// The database file in a data folder.
pub const DATABASE: &str = "bailiwick.db";
const LOCK: &str = "bailiwick.lock";

/// Opens the database of a place that has one.
///
/// # Errors
///
/// There is none, or it cannot be reached, written, or was made by a newer program.
pub async fn open(place: &Place) -> Result<Db, Trouble> {
    if let Place::Folder(folder) = place
        && !folder.join(DATABASE).is_file()
    {
        return Err(Trouble::new(format!(
            "There is no Bailiwick data in {}. Check the path, or make a company there with `bailiwick init --data {0} …`.",
            folder.display()
        )));
    }
    open_or_create(place).await
}

/// Opens the database of a place and brings its schema up to date; a folder is made if need be.
///
/// # Errors
///
/// It cannot be reached or written, or was made by a newer program.
pub async fn open_or_create(place: &Place) -> Result<Db, Trouble> {
    let db = connect(place).await?;
    db.migrate().await.map_err(Trouble::from)?;
    Ok(db)
}

/// Opens the database without touching its schema.
///
/// # Errors
///
/// It cannot be reached or written.
pub async fn connect(place: &Place) -> Result<Db, Trouble> {
    match place {
        Place::Folder(folder) => {
            make(folder)?;
            Ok(Db::open_file(&folder.join(DATABASE)).await?)
        }
        Place::Server(url) => Ok(Db::open_url(url).await?),
    }
}

/// Makes the folder, readable to its owner only, and sees that it can be written.
///
/// # Errors
///
/// It cannot be made or written.
pub fn make(folder: &Path) -> Result<(), Trouble> {
    let refused = |what: &str, cause: &io::Error| {
        Trouble::new(format!(
            "The data folder {} {what}: {}. Choose another with --data, or let the user who runs bailiwick write there.",
            folder.display(),
            plain(cause)
        ))
    };
    if !folder.is_dir() {
        fs::create_dir_all(folder).map_err(|cause| refused("cannot be made", &cause))?;
        close_to_others(folder).map_err(|cause| refused("cannot be closed to others", &cause))?;
    }
    let probe = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(LOCK));
    probe
        .map(drop)
        .map_err(|cause| refused("cannot be written", &cause))
}

#[cfg(unix)]
fn close_to_others(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What an operating system says, without its number.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .map(|first| first.to_lowercase().collect())
        .unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// A data folder held by this process: no second server runs on it.
#[derive(Debug)]
pub struct Held {
    _lock: Option<File>,
}

impl Held {
    /// Takes the place for one server. A PostgreSQL database may have any number of them.
    ///
    /// # Errors
    ///
    /// Another process holds the folder, or it cannot be written.
    pub fn take(place: &Place) -> Result<Held, Trouble> {
        let Place::Folder(folder) = place else {
            return Ok(Held { _lock: None });
        };
        make(folder)?;
        let path: PathBuf = folder.join(LOCK);
        let unusable = |cause: &io::Error| {
            Trouble::new(format!(
                "{} cannot be locked: {}. Put the data on a local disk.",
                path.display(),
                plain(cause)
            ))
        };
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|cause| unusable(&cause))?;
        match lock.try_lock() {
            Ok(()) => Ok(Held { _lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(Trouble::new(format!(
                "The data folder {} is in use by another bailiwick that is running. Stop that one, or choose another folder with --data.",
                folder.display()
            ))),
            Err(TryLockError::Error(cause)) => Err(unusable(&cause)),
        }
    }
}

/// Removes the database of a folder: its file and what SQLite keeps beside it.
///
/// # Errors
///
/// What the operating system refuses.
pub fn remove_database(folder: &Path) -> Result<(), Trouble> {
    for ending in ["", "-wal", "-shm", "-turn", "-next"] {
        let file = folder.join(format!("{DATABASE}{ending}"));
        match fs::remove_file(&file) {
            Ok(()) => {}
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => {
                return Err(Trouble::new(format!(
                    "{} cannot be removed: {}.",
                    file.display(),
                    plain(&cause)
                )));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let folder = std::env::temp_dir().join(format!("bailiwick-held-{}", std::process::id()));
        let place = Place::Folder(folder.clone());
        let first = Held::take(&place).unwrap();
        let second = Held::take(&place).unwrap_err();
        assert!(
            second.to_string().contains("in use by another bailiwick"),
            "{second}"
        );
        drop(first);
        assert!(Held::take(&place).is_ok());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_says_so() {
        let file = std::env::temp_dir().join(format!("bailiwick-file-{}", std::process::id()));
        fs::write(&file, "x").unwrap();
        let no = Held::take(&Place::Folder(file.join("data"))).unwrap_err();
        assert!(
            no.to_string().contains("cannot be made: not a directory"),
            "{no}"
        );
        fs::remove_file(file).unwrap();
    }
}
