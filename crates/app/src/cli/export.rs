//! `export`: records as files that import reads back.

use std::{
    fs,
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use sheet::export::Format;

use crate::{
    clock::CompanyClock, exporting, folder, importing, settings::PlaceFlags, trouble::Trouble,
    wiring,
};

/// Write a kind of record as a file that import reads back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bailiwick export customers --data ./data > customers.csv
  bailiwick export orders --data ./data --out orders.xlsx
  bailiwick export people --data ./data --format xlsx --out people.xlsx")]
pub struct Export {
    /// What to write: units, people, customers, …, as for import
    #[arg(value_name = "KIND")]
    kind: String,
    #[command(flatten)]
    place: PlaceFlags,
    /// The file to write; without it, the answer is the file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// csv or xlsx; without it, as the name of the file ends
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
}

impl Export {
    pub async fn run(self) -> Result<(), Trouble> {
        let kind = importing::layout(&self.kind)?.kind;
        let format = self.format()?;
        let place = self.place.place()?;
        let db = folder::open(&place).await?;
        let clock = CompanyClock::running(wiring::zone(&db).await?);
        let (_, today) = wiring::by_shell(&clock);
        match &self.out {
            None => {
                let mut out = BufWriter::new(io::stdout());
                exporting::export(&db, kind, (format, today), &mut out).await?;
            }
            Some(path) => {
                let unwritable = |cause: io::Error| unwritable(path, &cause);
                // Beside its place until it is whole: whoever watches the folder sees all or nothing.
                let part = beside(path);
                let mut out = BufWriter::new(fs::File::create(&part).map_err(unwritable)?);
                let done = exporting::export(&db, kind, (format, today), &mut out).await;
                let renamed = done.and_then(|()| fs::rename(&part, path).map_err(unwritable));
                if let Err(trouble) = renamed {
                    let _ = fs::remove_file(&part);
                    return Err(trouble);
                }
            }
        }
        db.close().await;
        Ok(())
    }

    fn format(&self) -> Result<Format, Trouble> {
        if let Some(name) = &self.format {
            return Format::parse(name).map_err(|no| Trouble::usage(no.message));
        }
        let ending = self.out.as_ref().and_then(|path| path.extension());
        let named = ending.and_then(|ending| Format::parse(&ending.to_string_lossy()).ok());
        Ok(named.unwrap_or_default())
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

fn unwritable(path: &Path, cause: &io::Error) -> Trouble {
    let why = folder::plain(cause);
    Trouble::new(format!(
        "{} cannot be written: {why}. Choose another file with --out.",
        path.display()
    ))
}
