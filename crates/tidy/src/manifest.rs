//! What a crate's `Cargo.toml` asks for, read line by line: enough for tables of plain entries.

/// In which table a dependency stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    Program,
    Tests,
    Build,
}

/// One dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub name: String,
    pub used_by: Use,
    pub line: usize,
}

/// A crate's manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub path: String,
    /// The crate's folder.
    pub crate_name: String,
    pub needs: Vec<Need>,
    /// It takes the workspace's lints.
    pub shares_lints: bool,
}

impl Manifest {
    pub fn parse(path: &str, crate_name: &str, text: &str) -> Manifest {
        let mut manifest = Manifest {
            path: path.to_owned(),
            crate_name: crate_name.to_owned(),
            needs: Vec::new(),
            shares_lints: false,
        };
        let mut table = "";
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                table = name.trim();
                manifest.needs.extend(need_in_head(table, at + 1));
            } else if let Some(key) = key_of(line) {
                manifest.entry(table, key, line, at + 1);
            }
        }
        manifest
    }

    fn entry(&mut self, table: &str, key: &str, line: &str, number: usize) {
        if table == "lints" && key == "workspace" && line.ends_with("true") {
            self.shares_lints = true;
        }
        if let Some(used_by) = use_of(table) {
            self.needs.push(Need {
                name: key.to_owned(),
                used_by,
                line: number,
            });
        }
    }
}

/// `serde.workspace = true` and `serde = { … }` are both `serde`.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let name = key.split('.').next()?.trim();
    let plain = |one: char| one.is_ascii_alphanumeric() || one == '-' || one == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// `[dependencies]`, and the same for one platform.
fn use_of(table: &str) -> Option<Use> {
    match table.rsplit('.').next()? {
        "dependencies" => Some(Use::Program),
        "dev-dependencies" => Some(Use::Tests),
        "build-dependencies" => Some(Use::Build),
        _ => None,
    }
}

/// `[dependencies.serde]`.
fn need_in_head(table: &str, line: usize) -> Option<Need> {
    let (above, name) = table.rsplit_once('.')?;
    let used_by = use_of(above)?;
    Some(Need {
        name: name.to_owned(),
        used_by,
        line,
    })
}
