//! `export`: records as files that import reads back.

use super::speech;
use crate::{
    clock::CompanyClock, exporting, folder, settings::PlaceFlags, trouble::Trouble, wiring,
};
use std::{fs, path::PathBuf};

/// Write a kind of record as a file that import reads back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bailiwick export customers --data ./data > customers.csv
  bailiwick export customers --data ./data --out customers.csv")]
pub struct Export {
    /// What to write
    #[arg(value_name = "KIND")]
    kind: String,
    #[command(flatten)]
    place: PlaceFlags,
    /// The file to write; without it, the answer is the file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Export {
    pub async fn run(self) -> Result<(), Trouble> {
        let kind = exporting::kind(&self.kind)?;
        let place = self.place.place()?;
        let db = folder::open(&place).await?;
        let clock = CompanyClock::running(wiring::zone(&db).await?);
        let (_, today) = wiring::by_shell(&clock);
        let text = exporting::export(&db, kind, today).await?;
        db.close().await;
        let Some(out) = self.out else {
            return speech::write(&text);
        };
        fs::write(&out, text).map_err(|cause| {
            let why = folder::plain(&cause);
            Trouble::new(format!(
                "{} cannot be written: {why}. Choose another file with --out.",
                out.display()
            ))
        })
    }
}
