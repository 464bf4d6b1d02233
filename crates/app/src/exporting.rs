//! Records as files: the same columns that import reads.

use std::io::{self, Write};

use db::Db;
use jiff::civil::Date;
use kernel::Scope;
use sheet::export::{Export, Format};

use crate::{folder::plain, importing, trouble::Trouble, wiring};

/// Writes all records of a kind, as they are on `today`, to `out`.
///
/// # Errors
///
/// There is no such kind; the database cannot be read, or the file not be written.
pub async fn export(
    db: &Db,
    kind: &str,
    (format, today): (Format, Date),
    out: &mut (dyn Write + Send),
) -> Result<(), Trouble> {
    let layout = importing::layout(kind)?;
    let mut tx = db.read().await?;
    let mut file = Export::of(layout, format, today, out);
    wiring::export(&mut tx, layout.kind, (&Scope::All, today), &mut file).await?;
    match file.finish() {
        // A reader that has seen enough, like `head`, is no error.
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(Trouble::new(format!(
            "The file cannot be written: {}.",
            plain(&cause)
        ))),
        _ => Ok(()),
    }
}
