//! A folder that is watched: files that appear in it are read in and put away.
//!
//! A file is taken once it has not changed from one look to the next, so one that is still being
//! copied is left alone. Its kind is told by the mapping that names it, or else by the beginning of its
//! own name: `orders.csv`, `orders-2026-06.csv`. What was read in goes to `done/`, what was not to
//! `failed/` with the reasons beside it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use db::Db;

use super::{Caller, Reading, Refused, Report, import, kinds_of};
use crate::{folder::plain, trouble::Trouble, wiring};

/// Where files go that were read in, and those that were not.
const DONE: &str = "done";
const FAILED: &str = "failed";
/// What others write beside a file while it is not whole, and what we write beside one.
const NOT_TAKEN: [&str; 5] = [".bad.csv", ".crdownload", ".filepart", ".part", ".tmp"];

/// A folder and what was seen in it last.
#[derive(Debug)]
pub struct Watch {
    folder: PathBuf,
    seen: BTreeMap<PathBuf, (u64, Option<SystemTime>)>,
}

/// What became of a file that appeared.
#[derive(Debug)]
pub struct Taken {
    /// Where it is now.
    pub file: PathBuf,
    /// What each kind in it came to, up to the first that was refused.
    pub reports: Vec<(&'static str, Report)>,
    pub refused: Option<(&'static str, Refused)>,
}

impl Taken {
    /// Reads its kinds in, up to the first that is refused.
    async fn read_in(
        &mut self,
        db: &Db,
        kinds: &[&'static str],
        reading: &Reading,
        caller: Caller<'_>,
    ) {
        for kind in kinds {
            match import(db, kind, &self.file, reading, caller).await {
                Ok(report) => self.reports.push((kind, report)),
                Err(no) => {
                    self.refused = Some((kind, no));
                    return;
                }
            }
        }
    }
}

impl Watch {
    /// Watches `folder`, in which places for what is done are made.
    ///
    /// # Errors
    ///
    /// It is no folder, or cannot be written.
    pub fn over(folder: &Path) -> Result<Watch, Trouble> {
        if !folder.is_dir() {
            return Err(Trouble::new(format!(
                "{} is not a folder. Make it, or name another to watch.",
                folder.display()
            )));
        }
        for place in [DONE, FAILED] {
            let place = folder.join(place);
            fs::create_dir_all(&place).map_err(|cause| cannot("be made", &place, &cause))?;
        }
        Ok(Watch {
            folder: folder.to_path_buf(),
            seen: BTreeMap::new(),
        })
    }

    /// Looks once: reads in what has not changed since the last look, what is referred to first.
    ///
    /// # Errors
    ///
    /// The folder cannot be read or a file not be put away. A file that is refused is no error.
    pub async fn look(
        &mut self,
        db: &Db,
        reading: &Reading,
        caller: Caller<'_>,
    ) -> Result<Vec<Taken>, Trouble> {
        let mut taken = Vec::new();
        for (file, kinds) in self.ready(reading)? {
            let mut one = Taken {
                refused: kinds.is_empty().then(|| ("", unknown(&file).into())),
                file,
                reports: Vec::new(),
            };
            one.read_in(db, &kinds, reading, caller).await;
            self.seen.remove(&one.file);
            one.file = self.put_away(&one)?;
            taken.push(one);
        }
        Ok(taken)
    }

    /// The files that are whole, with the kinds they hold.
    fn ready(&mut self, reading: &Reading) -> Result<Vec<(PathBuf, Vec<&'static str>)>, Trouble> {
        let folder = &self.folder;
        let unreadable = |cause: io::Error| cannot("be read", folder, &cause);
        let mut now = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let is_ours = name.is_some_and(|name| {
                !name.starts_with('.') && !NOT_TAKEN.iter().any(|end| name.ends_with(end))
            });
            // Whoever takes it away between two looks is not waited for.
            let Some(about) = fs::metadata(&path).ok().filter(fs::Metadata::is_file) else {
                continue;
            };
            if is_ours {
                now.insert(path, (about.len(), about.modified().ok()));
            }
        }
        let mut ready: Vec<(PathBuf, Vec<&'static str>)> = now
            .iter()
            .filter(|(path, about)| self.seen.get(*path) == Some(about))
            .map(|(path, _)| (path.clone(), kinds_in(path, reading)))
            .collect();
        let all = wiring::kinds();
        let place = |kind: &&str| all.iter().position(|own| own == kind);
        ready.sort_by_key(|(path, kinds)| (kinds.first().and_then(place), path.clone()));
        self.seen = now;
        Ok(ready)
    }

    fn put_away(&self, taken: &Taken) -> Result<PathBuf, Trouble> {
        let (file, refused) = (&taken.file, &taken.refused);
        let place = if refused.is_some() { FAILED } else { DONE };
        let name = file.file_name().unwrap_or_default();
        let target = free(&self.folder.join(place).join(name));
        fs::rename(file, &target).map_err(|cause| cannot("be put away", file, &cause))?;
        let bad = beside(file, ".bad.csv");
        if bad.is_file() {
            let to = beside(&target, ".bad.csv");
            fs::rename(&bad, &to).map_err(|cause| cannot("be put away", &bad, &cause))?;
        }
        if let Some((_, refused)) = refused {
            let reasons = beside(&target, ".faults.txt");
            let text = match refused {
                Refused::Trouble(trouble) => format!("{trouble}\n"),
                Refused::Faults { faults, .. } => format!("{faults}\n"),
            };
            fs::write(&reasons, text).map_err(|cause| cannot("be written", &reasons, &cause))?;
        }
        Ok(target)
    }
}

/// The kinds a file holds: those for which the mapping names it, or the one its name begins with.
fn kinds_in(file: &Path, reading: &Reading) -> Vec<&'static str> {
    let name = file.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    if let Some((_, mapping)) = &reading.mapping {
        let mut mapped = kinds_of(mapping);
        mapped.retain(|kind| mapping.file(kind) == Some(name));
        if !mapped.is_empty() {
            return mapped;
        }
    }
    kind_named(name).into_iter().collect()
}

/// The kind a file's name begins with.
pub(crate) fn kind_named(name: &str) -> Option<&'static str> {
    let begins = |kind: &&str| {
        let rest = name.strip_prefix(kind);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
    };
    // `customer-groups.csv` holds no customers: of several beginnings the longest tells.
    let kinds = wiring::kinds().into_iter().filter(begins);
    kinds.max_by_key(|kind| kind.len())
}

fn unknown(file: &Path) -> Trouble {
    Trouble::new(format!(
        "{} does not tell what it holds. Begin its name with one of {}, or name it in a mapping.",
        file.display(),
        wiring::kinds().join(", ")
    ))
}

/// The path itself, or one with a number if something is there already.
fn free(path: &Path) -> PathBuf {
    if !path.exists() {
        return path.to_path_buf();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|end| end.to_string_lossy());
    let ending = ending.map_or_else(String::new, |end| format!(".{end}"));
    let numbered =
        (2_u32..).map(|number| path.with_file_name(format!("{stem} ({number}){ending}")));
    let mut free = numbered.filter(|path| !path.exists());
    free.next().unwrap_or_else(|| path.to_path_buf())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn cannot(what: &str, path: &Path, cause: &io::Error) -> Trouble {
    Trouble::new(format!(
        "{} cannot {what}: {}. Let the user who runs bailiwick write there.",
        path.display(),
        plain(cause)
    ))
}
