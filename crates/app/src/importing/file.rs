//! A file to be read: where it is, what stands beside it, and what identifies it.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Read, Seek},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rand::Rng as _;
use sha2::{Digest as _, Sha256};
use sheet::{
    Fault, Faults, FileError, LIMIT_BYTES, Layout, Mapping, Reader, Scratch, Source,
    recognise::Recognised,
};

use super::{Reading, Refused};
use crate::{folder::plain, recognising, trouble::Trouble, wiring, workbook};

/// A file to be read, and where the files it refers to may stand.
pub(super) struct File {
    /// As it is spoken of.
    pub name: String,
    /// None if its rows stand in the mapping.
    pub path: Option<PathBuf>,
    beside: Vec<PathBuf>,
    /// What is to be told of how it was read.
    remarks: Mutex<Vec<String>>,
}

impl File {
    pub(super) fn of(layout: &Layout, source: &Path, reading: &Reading) -> Result<File, Trouble> {
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
                path: None,
                beside,
                remarks: Mutex::default(),
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
        Ok(File {
            name: reading
                .called
                .clone()
                .unwrap_or_else(|| path.display().to_string()),
            path: Some(path),
            beside,
            remarks: Mutex::default(),
        })
    }

    /// The hash of its bytes, in hexadecimal.
    pub(super) fn hash(&self) -> Result<String, Trouble> {
        let mut hasher = Sha256::new();
        if let Some(path) = &self.path {
            let hashed = fs::File::open(path).and_then(|mut file| hash_all(&mut file, &mut hasher));
            hashed.map_err(|cause| unreadable("The file", path, &cause))?;
        }
        Ok(hex(&hasher.finalize()))
    }

    /// Opens it for reading row by row.
    pub(super) fn reader(&self, layout: &Layout, reading: &Reading) -> Result<Reader, Refused> {
        let faulty = |faults| Refused::Faults {
            file: self.name.clone(),
            faults,
            rows_in: 0,
        };
        let source = || {
            let source = self.source(layout, reading)?;
            source.transpose().map_err(|fault| faulty(fault.into()))
        };
        let mapping = reading.mapping.as_ref().map(|(_, mapping)| mapping);
        let mut open = |name: &str| self.load_beside(name);
        let mended = |mut reader: Reader| {
            reader.mend(reading.mended.clone());
            reader
        };
        let strict = Reader::open(layout, source()?, mapping, &mut open).map(mended);
        let has_table =
            mapping.is_some_and(|mapping| mapping.kinds().any(|own| own == layout.kind));
        let faults = match strict {
            Err(faults) if !has_table => faults,
            other => return other.map_err(faulty),
        };
        // No header of ours and no mapping: perhaps it is one that people make.
        let Some(found) = self.recognised(layout)? else {
            return Err(faulty(faults));
        };
        if !found.open.is_empty() {
            let mut all = Faults::new();
            found
                .open
                .into_iter()
                .for_each(|why| all.push(Fault::of_file(why)));
            all.append(faults);
            return Err(faulty(all));
        }
        let mapping = Mapping::parse(&found.mapping, &wiring::kinds());
        let mapping = mapping.map_err(|fault| faulty(fault.into()))?;
        self.note(found.remarks);
        let opened = Reader::open(layout, source()?, Some(&mapping), &mut open);
        opened.map(mended).map_err(faulty)
    }

    /// What it would be taken for without a mapping.
    pub(super) fn recognised(&self, layout: &Layout) -> Result<Option<Recognised>, Refused> {
        let head = self.head(layout)?;
        Ok(head.and_then(|(head, is_typed)| recognising::attempt(layout, &head, is_typed)))
    }

    /// The beginning of its text, and whether it is a workbook's.
    pub(super) fn head(&self, layout: &Layout) -> Result<Option<(String, bool)>, Refused> {
        let faulty = |fault: Fault| Refused::Faults {
            file: self.name.clone(),
            faults: fault.into(),
            rows_in: 0,
        };
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let unreadable = |cause| unreadable("The file", path, &cause);
        let is_typed = fs::File::open(path)
            .and_then(|mut file| workbook::is_one(&mut file))
            .map_err(unreadable)?;
        let source = self
            .source(layout, &Reading::default())?
            .transpose()
            .map_err(faulty)?;
        let Some(mut source) = source else {
            return Ok(None);
        };
        Ok(Some((source.head().map_err(faulty)?, is_typed)))
    }

    /// What is to be told of how it was read.
    pub(super) fn remarks(&self) -> Vec<String> {
        self.remarks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, remarks: Vec<String>) {
        let mut told = self.remarks.lock().unwrap_or_else(PoisonError::into_inner);
        for remark in remarks {
            // A file may be opened more than once.
            if !told.contains(&remark) {
                told.push(remark);
            }
        }
    }

    fn source(
        &self,
        layout: &Layout,
        reading: &Reading,
    ) -> Result<Option<Result<Source, Fault>>, Trouble> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let unreadable = |cause| unreadable("The file", path, &cause);
        let mut file = fs::File::open(path).map_err(unreadable)?;
        let size = file.seek(io::SeekFrom::End(0)).map_err(unreadable)?;
        let mapping = reading.mapping.as_ref().map(|(_, mapping)| mapping);
        if size == 0 && mapping.is_some_and(|mapping| !mapping.needs_file(layout.kind)) {
            return Ok(None);
        }
        file.rewind().map_err(unreadable)?;
        if workbook::is_one(&mut file).map_err(unreadable)? {
            let sheet = mapping.and_then(|mapping| mapping.sheet(layout.kind));
            return self.sheet_of(file, sheet).map(Some);
        }
        Ok(Some(Source::open(&self.name, Box::new(file), &mut scratch)))
    }

    /// The text of a sheet of a workbook, in a scratch file.
    fn sheet_of(
        &self,
        mut file: fs::File,
        sheet: Option<&str>,
    ) -> Result<Result<Source, Fault>, Trouble> {
        let unwritable = |cause: io::Error| {
            Trouble::new(format!(
                "The text of {} cannot be kept in the folder for temporary files: {}.",
                self.name,
                plain(&cause)
            ))
        };
        let mut text = scratch().map_err(unwritable)?;
        let bytes = match workbook::packed(&mut file) {
            Ok(bytes) => bytes,
            Err(fault) => return Ok(Err(fault)),
        };
        match workbook::write_text(&bytes, sheet, &mut text) {
            Ok(remarks) => self.note(remarks),
            Err(fault) => return Ok(Err(fault)),
        }
        text.rewind().map_err(unwritable)?;
        Ok(Source::open(&self.name, Box::new(text), &mut scratch))
    }

    /// Whether it is too large to be held in memory as rows.
    pub(super) fn check_size(&self) -> Result<(), Trouble> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let size = fs::metadata(path).map_err(|cause| unreadable("The file", path, &cause))?;
        let limit = u64::try_from(LIMIT_BYTES).unwrap_or(u64::MAX);
        if size.len() <= limit {
            return Ok(());
        }
        Err(Trouble::new(format!(
            "{} has {} MiB, more than the {} allowed. Split it.",
            self.name,
            size.len().div_ceil(1 << 20),
            limit >> 20
        )))
    }

    /// A look-up file: beside the data, or else beside the mapping.
    fn load_beside(&self, name: &str) -> Result<Vec<u8>, FileError> {
        for folder in &self.beside {
            match fs::read(folder.join(name)) {
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(FileError::Unreadable(plain(&cause))),
                Ok(bytes) => {
                    return workbook::or_text(bytes)
                        .map_err(|fault| FileError::Unreadable(fault.to_string()));
                }
            }
        }
        Err(FileError::Missing)
    }
}

fn hash_all(file: &mut fs::File, hasher: &mut Sha256) -> io::Result<()> {
    let mut piece = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        hasher.update(&piece[..read]);
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An empty file that nobody else sees; it is gone when it is closed, however the program ends.
fn scratch() -> io::Result<Box<dyn Scratch>> {
    let name = format!("bailiwick-scratch-{:032x}", rand::rng().random::<u128>());
    let path = std::env::temp_dir().join(name);
    let file = fs::OpenOptions::new()
        .create_new(true)
        .read(true)
        .write(true)
        .open(&path)?;
    fs::remove_file(&path)?;
    Ok(Box::new(file))
}

pub(super) fn unreadable(what: &str, path: &Path, cause: &io::Error) -> Trouble {
    let why = if cause.kind() == io::ErrorKind::NotFound {
        "does not exist. Check the path".to_owned()
    } else {
        format!("cannot be read: {}", plain(cause))
    };
    Trouble::new(format!("{what} {} {why}.", path.display()))
}
