//! Files kept with records, in pieces that are each kept once.
//!
//! A piece is written as it arrives, so that no upload holds the writer or the memory for long; what
//! an upload that broke off left behind is swept away later.

use db::{Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::Timestamp;
use kernel::{Refusal, ids::PublicId};

/// What files are kept with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    Customer,
    Order,
}

impl Noun {
    pub const ALL: [Noun; 2] = [Noun::Customer, Noun::Order];

    pub fn as_str(self) -> &'static str {
        match self {
            Noun::Customer => "customer",
            Noun::Order => "order",
        }
    }

    pub fn parse(text: &str) -> Option<Noun> {
        Noun::ALL.into_iter().find(|noun| noun.as_str() == text)
    }
}

/// A file kept with a record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Attachment {
    pub id: i64,
    pub public_id: String,
    pub noun: String,
    pub subject_id: i64,
    pub content_hash: String,
    pub name: String,
    pub media_type: String,
    pub size_bytes: i64,
    pub note: Option<String>,
    pub added_by: String,
    pub added_at: i64,
    pub version: i64,
}

impl Attachment {
    /// For sample pages.
    pub fn sample() -> Attachment {
        Attachment {
            id: 1,
            public_id: "0".repeat(26),
            noun: "customer".to_owned(),
            subject_id: 1,
            content_hash: "0".repeat(64),
            name: "Framework contract 2026.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size_bytes: 340_123,
            note: Some("signed".to_owned()),
            added_by: "Zhou Ning".to_owned(),
            added_at: 1_780_000_000_000_000,
            version: 1,
        }
    }
}

/// A file that was received whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    pub noun: Noun,
    pub subject: i64,
    pub hash: String,
    pub name: String,
    pub media_type: String,
    pub size_bytes: i64,
    pub note: Option<String>,
}

macro_rules! select_attachment {
    ($rest:literal) => {
        concat!(
            "select id, public_id, noun, subject_id, content_hash, name, media_type, size_bytes, note,
                    added_by, added_at, version
               from book_attachment ",
            $rest
        )
    };
}

/// The files of a record that the asker was found to see, oldest first, one page.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(
    tx: &mut Tx,
    noun: Noun,
    subject: i64,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Attachment>> {
    const SQL: &str = select_attachment!(
        "where noun = $1
           and subject_id = $2
           and detached_at is null
           and id > $3
         order by id
         limit $4"
    );
    let found: Vec<Attachment> = tx
        .q(SQL)
        .bind(noun.as_str())
        .bind(subject)
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(found, limit, |one| Cursor {
        key: String::new(),
        id: one.id,
    }))
}

/// One file by its public id; whether the asker may see its record is for the caller to find out.
///
/// # Errors
///
/// A refusal of kind missing.
pub async fn fetch(tx: &mut Tx, public_id: &str) -> Result<Attachment> {
    const SQL: &str = select_attachment!("where public_id = $1 and detached_at is null");
    let found = tx.q(SQL).bind(public_id.to_owned()).maybe().await?;
    Ok(found.ok_or_else(|| no_attachment(public_id))?)
}

/// What is answered for a file that is not there, or not the asker's to see.
pub fn no_attachment(public_id: &str) -> Refusal {
    Refusal::missing(format!("attachment {public_id}"))
}

/// How many files a record has.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn count(tx: &mut Tx, noun: Noun, subject: i64) -> Result<i64> {
    const SQL: &str = "
        select count(*)
          from book_attachment
         where noun = $1
           and subject_id = $2
           and detached_at is null";
    let (count,): (i64,) = tx.q(SQL).bind(noun.as_str()).bind(subject).one().await?;
    Ok(count)
}

/// Whether a record ever had a file.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn ever(tx: &mut Tx, noun: Noun, subject: i64) -> Result<bool> {
    const SQL: &str = "
        select count(*)
          from book_attachment
         where noun = $1
           and subject_id = $2";
    let (count,): (i64,) = tx.q(SQL).bind(noun.as_str()).bind(subject).one().await?;
    Ok(count != 0)
}

/// The code of the record a file is kept with.
///
/// # Errors
///
/// [`db::DbError::Missing`].
pub async fn code_of(tx: &mut Tx, noun: Noun, subject: i64) -> Result<String> {
    const CUSTOMER: &str = "select code from book_customer where id = $1";
    const ORDER: &str = "select number from book_order where id = $1";
    let sql = match noun {
        Noun::Customer => CUSTOMER,
        Noun::Order => ORDER,
    };
    let (code,): (String,) = tx.q(sql).bind(subject).one().await?;
    Ok(code)
}

/// Keeps a piece; one that is there already is only made young again.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn keep_piece(tx: &mut Tx, hash: &str, data: Vec<u8>, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into book_piece (hash, data, at)
        values ($1, $2, $3)
        on conflict (hash) do update set at = $3";
    tx.q(SQL)
        .bind(hash.to_owned())
        .bind(data)
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// Keeps which pieces a file is made of, unless the same file is there already.
///
/// # Errors
///
/// [`db::DbError::Referenced`] if a piece was swept away meanwhile.
pub async fn keep_content(
    tx: &mut Tx,
    hash: &str,
    size_bytes: i64,
    pieces: &[String],
    now: Timestamp,
) -> Result<()> {
    const KNOWN: &str = "select size_bytes from book_content where hash = $1";
    const SQL: &str = "insert into book_content (hash, size_bytes, at) values ($1, $2, $3)";
    const PIECE: &str =
        "insert into book_content_piece (content_hash, place, piece_hash) values ($1, $2, $3)";
    let known: Option<(i64,)> = tx.q(KNOWN).bind(hash.to_owned()).maybe().await?;
    if known.is_some() {
        return Ok(());
    }
    tx.q(SQL)
        .bind(hash.to_owned())
        .bind(size_bytes)
        .bind(now.as_microsecond())
        .run()
        .await?;
    for (place, piece) in (0_i64..).zip(pieces) {
        tx.q(PIECE)
            .bind(hash.to_owned())
            .bind(place)
            .bind(piece.clone())
            .run()
            .await?;
    }
    Ok(())
}

/// One piece of a file, if it has so many.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn piece(tx: &mut Tx, content_hash: &str, place: i64) -> Result<Option<Vec<u8>>> {
    const SQL: &str = "
        select p.data
          from book_content_piece c
          join book_piece p on p.hash = c.piece_hash
         where c.content_hash = $1
           and c.place = $2";
    let found: Option<(Vec<u8>,)> = tx
        .q(SQL)
        .bind(content_hash.to_owned())
        .bind(place)
        .maybe()
        .await?;
    Ok(found.map(|(data,)| data))
}

/// Attaches a file that was received to its record.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn attach(
    tx: &mut Tx,
    public_id: &PublicId,
    new: &NewAttachment,
    by: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into book_attachment
               (public_id, noun, subject_id, content_hash, name, media_type, size_bytes, note,
                added_by, added_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
    tx.q(SQL)
        .bind(public_id.as_str().to_owned())
        .bind(new.noun.as_str())
        .bind(new.subject)
        .bind(new.hash.clone())
        .bind(new.name.clone())
        .bind(new.media_type.clone())
        .bind(new.size_bytes)
        .bind(new.note.clone())
        .bind(by.to_owned())
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// Changes the note of a file if it still has the version.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn annotate(tx: &mut Tx, old: &Attachment, note: Option<String>) -> Result<()> {
    const SQL: &str = "
        update book_attachment
           set note = $1, version = version + 1
         where id = $2
           and version = $3
           and detached_at is null
        returning id";
    tx.q(SQL)
        .bind(note)
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Takes a file off its record; that it was there stays known.
///
/// # Errors
///
/// [`db::DbError::Missing`] if somebody did already.
pub async fn detach(tx: &mut Tx, old: &Attachment, by: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_attachment
           set detached_by = $1, detached_at = $2, version = version + 1
         where id = $3
           and detached_at is null
        returning id";
    tx.q(SQL)
        .bind(by.to_owned())
        .bind(now.as_microsecond())
        .bind(old.id)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// All files of one record become another's; how many.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn move_all(tx: &mut Tx, noun: Noun, from: i64, to: i64) -> Result<i64> {
    const SQL: &str =
        "update book_attachment set subject_id = $1 where noun = $2 and subject_id = $3";
    let moved = tx
        .q(SQL)
        .bind(to)
        .bind(noun.as_str())
        .bind(from)
        .run()
        .await?;
    Ok(i64::try_from(moved).unwrap_or(i64::MAX))
}

/// Sweeps away pieces of uploads that broke off before `before`; how many.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    const SQL: &str = "
        delete from book_piece
         where at < $1
           and not exists (select 1 from book_content_piece c where c.piece_hash = book_piece.hash)";
    tx.q(SQL).bind(before.as_microsecond()).run().await
}
