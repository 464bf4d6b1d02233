//! The demo: a living company in a data folder of its own, drawn up once and served as often as
//! wanted.
//!
//! A note beside the database says that the folder is a demo's, from which seed and on which day it
//! was drawn up. Nothing but such a folder is ever overwritten.

pub mod company;
mod filling;
mod note;
mod trade;

use std::path::Path;

use db::Db;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use org::credential::hash_password;

pub use note::{Guest, Note};

use crate::{
    folder::{self, DATABASE},
    settings::Place,
    trouble::Trouble,
};

/// The password of everybody in the demo.
pub const PASSWORD: &str = "songlan-demo";
/// The zone the demo company lives in.
pub const ZONE: &str = "Asia/Shanghai";

/// What was asked of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    pub seed: Option<u64>,
    /// The day on which the calendar is to stand.
    pub today: Option<Date>,
    /// Draw up the company anew.
    pub is_fresh: bool,
}

/// The seed where none is named.
pub const SEED: u64 = 1;

/// The demo's time zone.
pub fn zone() -> TimeZone {
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

/// Opens the demo in `folder`, drawing it up if it is not there or is asked for anew.
///
/// # Errors
///
/// The folder holds something else, or a demo of another seed or day; or it cannot be written.
pub async fn open(folder: &Path, wish: Wish, now: Timestamp) -> Result<(Db, Note), Trouble> {
    let day = wish.today.unwrap_or_else(|| now.to_zoned(zone()).date());
    let wanted = Note {
        seed: wish.seed.unwrap_or(SEED),
        today: day,
        logins: None,
    };
    let place = Place::Folder(folder.to_path_buf());
    let kept = Note::read(folder)?;
    match kept {
        None if folder.join(DATABASE).exists() => Err(Trouble::new(format!(
            "{} holds data that is not a demo’s. Choose an empty folder with --data.",
            folder.display()
        ))),
        Some(note) if note.logins.is_some() && !wish.is_fresh => {
            note.fits(wish, folder)?;
            let db = folder::open(&place).await?;
            Ok((db, note))
        }
        _ => draw_up(folder, &place, wanted).await,
    }
}

/// Draws the company up in an empty database, and notes that it is whole.
async fn draw_up(folder: &Path, place: &Place, wanted: Note) -> Result<(Db, Note), Trouble> {
    // Noted first: a demo that was cut short is then known as one, and begun again.
    folder::make(folder)?;
    wanted.write(folder)?;
    folder::remove_database(folder)?;
    let db = folder::open_or_create(place).await?;
    let hashing = tokio::task::spawn_blocking(|| hash_password(PASSWORD, rand::random()));
    let company = company::company(wanted.seed, wanted.today);
    let hash = hashing
        .await
        .map_err(|cause| Trouble::new(format!("The demo’s password cannot be hashed: {cause}.")))?;
    let note = wanted.completed(&company);
    db.write((company, hash), |tx, (company, hash)| {
        Box::pin(filling::fill(tx, company, hash))
    })
    .await?;
    note.write(folder)?;
    Ok((db, note))
}
