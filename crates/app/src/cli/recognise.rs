//! `recognise`: the mapping by which a file would be read, to be checked, changed and kept.

use std::path::PathBuf;

use super::speech;
use crate::{importing, trouble::Trouble};

/// Write the mapping by which a file made elsewhere would be read
///
/// What was taken for what is said beside it. Keep the answer as a file, change what is not right,
/// and name it with `import --mapping`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bailiwick recognise customers kunden.csv
  bailiwick recognise targets 2026.xlsx > targets.toml")]
pub struct Recognise {
    /// What the rows are: units, people, customers, …
    #[arg(value_name = "KIND")]
    kind: String,
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Recognise {
    pub fn run(self) -> Result<(), Trouble> {
        let found = importing::recognise(&self.kind, &self.file)?;
        for sentence in found.remarks.iter().chain(&found.open) {
            speech::remark(sentence);
        }
        speech::write(&found.mapping)
    }
}
