//! The whole tree as text: sources, manifests, locales and migrations.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use crate::{
    manifest::Manifest,
    source::{Part, Source},
    tokens::Token,
};

/// Everything the rules look at.
#[derive(Debug, Clone, Default)]
pub struct House {
    pub sources: Vec<Source>,
    pub manifests: Vec<Manifest>,
    /// Scripts, locales, migrations and the lock file by path.
    pub files: BTreeMap<String, String>,
}

/// Folders that hold nothing of ours.
const NOT_OURS: [&str; 3] = ["target", "node_modules", "snapshots"];

const LOCK: &str = "Cargo.lock";

impl House {
    /// Reads the workspace whose root is `root`.
    ///
    /// # Errors
    ///
    /// Whatever the disk reports.
    pub fn read(root: &Path) -> io::Result<House> {
        let mut files = Vec::new();
        for folder in ["crates", "bin", ".ci"] {
            if root.join(folder).is_dir() {
                collect(root, folder, &mut files)?;
            }
        }
        files.push((LOCK.to_owned(), fs::read_to_string(root.join(LOCK))?));
        Ok(House::of(files))
    }

    /// A house of these files, each a path from the root and its text.
    pub fn of<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> House {
        let mut house = House::default();
        for (path, text) in files {
            house.add(path.into(), text.into());
        }
        house
    }

    fn add(&mut self, path: String, text: String) {
        let Some((crate_name, inner)) = crate_and_inner(&path) else {
            self.files.insert(path, text);
            return;
        };
        if inner == "Cargo.toml" {
            self.manifests
                .push(Manifest::parse(&path, crate_name, &text));
        } else if ending(inner) == Some("rs") {
            self.sources
                .push(Source::parse(&path, crate_name, inner, &text));
        } else {
            self.files.insert(path, text);
        }
    }

    /// The crates that have a manifest.
    pub fn crates(&self) -> BTreeSet<&str> {
        self.manifests
            .iter()
            .map(|manifest| manifest.crate_name.as_str())
            .collect()
    }

    /// The sources of one crate.
    pub fn of_crate<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h Source> {
        self.sources
            .iter()
            .filter(move |source| source.crate_name == name)
    }

    /// Sources that run in the program, with their code.
    pub fn programs(&self) -> impl Iterator<Item = (&Source, Vec<&Token>)> {
        let programs = self
            .sources
            .iter()
            .filter(|source| source.part == Part::Program);
        programs.map(|source| (source, source.code()))
    }

    /// The migrations by file name: `0001_trail.sql`.
    pub fn migrations(&self) -> BTreeMap<&str, &str> {
        let named = self.files.iter().filter_map(|(path, text)| {
            let name = path.strip_prefix("crates/db/migrations/")?;
            (ending(name) == Some("sql")).then_some((name, text.as_str()))
        });
        named.collect()
    }
}

/// `crates/org/src/lib.rs` is `src/lib.rs` of `org`.
pub fn crate_and_inner(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("crates/")?.split_once('/')
}

fn collect(root: &Path, folder: &str, files: &mut Vec<(String, String)>) -> io::Result<()> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(root, &path, files)?;
            }
        } else if is_read(&path) {
            files.push((path.clone(), fs::read_to_string(root.join(&path))?));
        }
    }
    Ok(())
}

fn is_read(path: &str) -> bool {
    match ending(path) {
        Some("rs" | "ftl" | "sql") => true,
        Some("toml") => path.ends_with("/Cargo.toml"),
        // The scripts in `bin` and `.ci` carry no ending.
        _ => !path.starts_with("crates/"),
    }
}

fn ending(path: &str) -> Option<&str> {
    Path::new(path)
        .extension()
        .and_then(|ending| ending.to_str())
}
