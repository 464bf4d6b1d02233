//! What is wrong with a file and what was left out of it, as files to be mended and sent again; and where
//! a file lies while it is worked on.

use std::{
    fs, io,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use db::Tx;
use kernel::Refusal;
use org::store::uploads::{self, What};
use page::{Actor, Frame, Kit, Result};
use rand::Rng as _;

use super::{list_page::column_name, may_send, outcome_page::sentence, told::Told};

/// The bytes of a piece of a file.
const PIECE_BYTES: u64 = 256 * 1024;

/// A folder of its own that is gone when nobody holds it any more.
#[derive(Debug)]
pub(super) struct Desk(PathBuf);

impl Desk {
    /// # Errors
    ///
    /// The folder for temporary files cannot be written.
    pub(super) fn new() -> io::Result<Desk> {
        let name = format!("bailiwick-sent-{:032x}", rand::rng().random::<u128>());
        let place = std::env::temp_dir().join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&place)?;
        Ok(Desk(place))
    }

    /// The file on it.
    pub(super) fn file(&self) -> PathBuf {
        self.0.join("file")
    }

    /// Where a mapping would lie beside it.
    pub(super) fn mapping(&self) -> PathBuf {
        self.0.join("mapping.toml")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // What cannot be taken away is the business of whoever empties that folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Lays a file that was sent on a desk.
///
/// # Errors
///
/// Whatever the engine reports.
pub(super) async fn lay_out(tx: &mut Tx, upload: i64, desk: &Desk) -> db::Result<io::Result<()>> {
    let mut place = 0;
    let mut file = match fs::File::create(desk.file()) {
        Ok(file) => file,
        Err(cause) => return Ok(Err(cause)),
    };
    while let Some(piece) = uploads::part(tx, upload, What::File, place).await? {
        if let Err(cause) = file.write_all(&piece) {
            return Ok(Err(cause));
        }
        place += 1;
    }
    Ok(Ok(()))
}

/// Keeps a file in pieces, instead of what was kept of it before.
///
/// # Errors
///
/// Whatever the engine reports; a refusal if the file cannot be read.
pub(super) async fn keep(tx: &mut Tx, upload: i64, what: What, path: &Path) -> db::Result<()> {
    let unreadable =
        |cause: io::Error| Refusal::state("import.unreadable", crate::folder::plain(&cause));
    uploads::drop_parts(tx, upload, what).await?;
    let mut file = fs::File::open(path).map_err(unreadable)?;
    for place in 0.. {
        let mut piece = Vec::new();
        let read = io::Read::by_ref(&mut file)
            .take(PIECE_BYTES)
            .read_to_end(&mut piece);
        if read.map_err(unreadable)? == 0 {
            return Ok(());
        }
        uploads::add_part(tx, upload, what, place, &piece).await?;
    }
    Ok(())
}

/// `GET /import/{id}/faults.csv`: what is wrong, by row and column, in the reader's language.
pub(super) async fn faults(
    State(kit): State<Kit>,
    actor: Actor,
    frame: Frame,
    page::Path(id): page::Path<String>,
) -> Result<Response> {
    may_send(&actor)?;
    let mut tx = kit.db.read().await?;
    let upload = uploads::fetch(&mut tx, actor.login, &id).await?;
    let mut text = sheet::BYTE_ORDER_MARK.to_owned();
    let heads = ["import-row", "import-column", "import-problem"];
    sheet::write_row(&mut text, heads.map(|head| frame.t(head)));
    for fault in Told::of(&upload.report).faults {
        let row = fault.row.map(|row| row.to_string()).unwrap_or_default();
        let column = column_name(&frame, &fault.column);
        sheet::write_row(&mut text, [row, column, sentence(&frame, &fault)]);
    }
    Ok(as_file("faults.csv", text.into_bytes()))
}

/// `GET /import/{id}/left-out.csv`: the rows that were left out, with the reasons.
pub(super) async fn left_out(
    State(kit): State<Kit>,
    actor: Actor,
    page::Path(id): page::Path<String>,
) -> Result<Response> {
    may_send(&actor)?;
    let mut tx = kit.db.read().await?;
    let upload = uploads::fetch(&mut tx, actor.login, &id).await?;
    let mut bytes = Vec::new();
    let mut place = 0;
    while let Some(piece) = uploads::part(&mut tx, upload.id, What::Bad, place).await? {
        bytes.extend(piece);
        place += 1;
    }
    if bytes.is_empty() {
        return Err(Refusal::missing("the rows that were left out").into());
    }
    Ok(as_file("left-out.csv", bytes))
}

fn as_file(name: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}
