//! Files people send to be read in: where each stands, its bytes in pieces, and how files of the same
//! header were read before. A file belongs to the login that sent it: nobody else sees it.

use db::{FromRow, Result, Tx};
use jiff::Timestamp;
use kernel::Refusal;
use serde_json::json;

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Upload {
    pub id: i64,
    pub public_id: String,
    pub name: String,
    pub size: i64,
    pub kind: String,
    pub head: String,
    pub typed: i64,
    /// What was decided about its columns, as JSON.
    pub decided: String,
    pub state: String,
    pub skips_bad: i64,
    pub done: i64,
    pub whole: i64,
    /// What came of it, as JSON; empty until then.
    pub report: String,
    pub sent_at: i64,
    pub moved_at: i64,
}

impl Upload {
    pub fn is_typed(&self) -> bool {
        self.typed == 1
    }

    /// Somebody is at work on it.
    pub fn is_moving(&self) -> bool {
        matches!(self.state.as_str(), "checking" | "saving")
    }
}

/// A file that has just come.
#[derive(Debug, Clone)]
pub struct NewUpload {
    pub public_id: String,
    pub login: i64,
    pub name: String,
    pub size: i64,
    pub kind: String,
    pub head: String,
    pub is_typed: bool,
    pub decided: String,
}

/// What of a file is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    File,
    /// The rows that were left out, with the reasons.
    Bad,
}

impl What {
    fn word(self) -> &'static str {
        match self {
            What::File => "file",
            What::Bad => "bad",
        }
    }
}

macro_rules! select_upload {
    ($rest:literal) => {
        concat!(
            "select id, public_id, name, size, kind, head, typed, decided, state, skips_bad, done,
                    whole, report, sent_at, moved_at
               from org_upload ",
            $rest
        )
    };
}

/// The files of a login, newest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(tx: &mut Tx, login: i64) -> Result<Vec<Upload>> {
    const SQL: &str = select_upload!("where login_id = $1 order by id desc limit 50");
    tx.q(SQL).bind(login).all().await
}

/// One file of a login.
///
/// # Errors
///
/// A refusal of kind missing, also for a file somebody else sent.
pub async fn fetch(tx: &mut Tx, login: i64, public_id: &str) -> Result<Upload> {
    const SQL: &str = select_upload!("where login_id = $1 and public_id = $2");
    let found = tx.q(SQL).bind(login).bind(public_id.to_owned());
    let found: Option<Upload> = found.maybe().await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("file {public_id}")))?)
}

/// # Errors
///
/// Whatever the engine reports.
pub async fn add(tx: &mut Tx, new: &NewUpload, now: Timestamp) -> Result<i64> {
    const SQL: &str = "
        insert into org_upload (public_id, login_id, name, size, kind, head, typed, decided, state,
               skips_bad, done, whole, report, sent_at, moved_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'new', 0, 0, 0, '', $9, $9)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.public_id.clone())
        .bind(new.login)
        .bind(new.name.clone())
        .bind(new.size)
        .bind(new.kind.clone())
        .bind(new.head.clone())
        .bind(i64::from(new.is_typed))
        .bind(new.decided.clone())
        .bind(now.as_microsecond())
        .one()
        .await?;
    Ok(id)
}

/// Adds a piece of a file.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_part(
    tx: &mut Tx,
    upload: i64,
    what: What,
    place: i64,
    content: &[u8],
) -> Result<()> {
    const SQL: &str = "
        insert into org_upload_part (upload_id, what, place, content)
        values ($1, $2, $3, $4)";
    tx.q(SQL)
        .bind(upload)
        .bind(what.word())
        .bind(place)
        .bind(content.to_vec())
        .run()
        .await
        .map(drop)
}

/// A piece of a file; none behind the last.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn part(tx: &mut Tx, upload: i64, what: What, place: i64) -> Result<Option<Vec<u8>>> {
    const SQL: &str = "
        select content
          from org_upload_part
         where upload_id = $1
           and what = $2
           and place = $3";
    let found: Option<(Vec<u8>,)> = tx
        .q(SQL)
        .bind(upload)
        .bind(what.word())
        .bind(place)
        .maybe()
        .await?;
    Ok(found.map(|(content,)| content))
}

/// Whether there is anything of it.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn has(tx: &mut Tx, upload: i64, what: What) -> Result<bool> {
    Ok(part(tx, upload, what, 0).await?.is_some())
}

/// Takes the pieces of a file away, or what was left out of it.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn drop_parts(tx: &mut Tx, upload: i64, what: What) -> Result<()> {
    const SQL: &str = "delete from org_upload_part where upload_id = $1 and what = $2";
    tx.q(SQL)
        .bind(upload)
        .bind(what.word())
        .run()
        .await
        .map(drop)
}

/// Forgets a file that nobody is at work on.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn forget(tx: &mut Tx, uploads: &[i64]) -> Result<()> {
    const PARTS: &str = "
        delete from org_upload_part
         where upload_id in (select cast(value as bigint) from json_each($1))";
    const SQL: &str = "
        delete from org_upload
         where id in (select cast(value as bigint) from json_each($1))";
    let uploads = json!(uploads).to_string();
    tx.q(PARTS).bind(uploads.clone()).run().await?;
    tx.q(SQL).bind(uploads).run().await.map(drop)
}

/// Says otherwise how its columns are to be read. Whoever is at work on it and has not been heard of
/// since `lost` is not waited for.
///
/// # Errors
///
/// [`db::DbError::Missing`] while somebody is at work on it, and when it is done.
pub async fn decide(
    tx: &mut Tx,
    upload: i64,
    (kind, decided): (&str, &str),
    lost: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update org_upload
           set report = case when kind = $1 then report else '' end,
               kind = $1, decided = $2, state = 'new'
         where id = $3
           and state <> 'done'
           and (state not in ('checking', 'saving') or moved_at < $4)
        returning id";
    tx.q(SQL)
        .bind(kind.to_owned())
        .bind(decided.to_owned())
        .bind(upload)
        .bind(lost.as_microsecond())
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Begins to check it, or to read it in; whether nobody else did meanwhile. Whoever was at work on it
/// and has not been heard of since `lost` is not waited for.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn begin(
    tx: &mut Tx,
    upload: i64,
    (state, skips_bad): (&'static str, bool),
    (now, lost): (Timestamp, Timestamp),
) -> Result<bool> {
    const SQL: &str = "
        update org_upload
           set state = $1, skips_bad = $2, done = 0, whole = 0, moved_at = $3
         where id = $4
           and state <> 'done'
           and (state not in ('checking', 'saving') or moved_at < $5)";
    let begun = tx
        .q(SQL)
        .bind(state)
        .bind(i64::from(skips_bad))
        .bind(now.as_microsecond())
        .bind(upload)
        .bind(lost.as_microsecond())
        .run()
        .await?;
    Ok(begun == 1)
}

/// Notes how far it has come.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn move_on(
    tx: &mut Tx,
    upload: i64,
    (done, whole): (i64, i64),
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update org_upload
           set done = $1, whole = $2, moved_at = $3
         where id = $4
           and state in ('checking', 'saving')";
    tx.q(SQL)
        .bind(done)
        .bind(whole)
        .bind(now.as_microsecond())
        .bind(upload)
        .run()
        .await
        .map(drop)
}

/// Notes something about a file that was checked, while it rests.
///
/// # Errors
///
/// [`db::DbError::Missing`] if somebody is at work on it by now.
pub async fn note(tx: &mut Tx, upload: i64, report: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update org_upload
           set report = $1, moved_at = $2
         where id = $3
           and state in ('checked', 'failed')
        returning id";
    tx.q(SQL)
        .bind(report.to_owned())
        .bind(now.as_microsecond())
        .bind(upload)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Notes what came of it.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end(
    tx: &mut Tx,
    upload: i64,
    (state, report): (&'static str, &str),
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update org_upload
           set state = $1, report = $2, moved_at = $3
         where id = $4";
    tx.q(SQL)
        .bind(state)
        .bind(report.to_owned())
        .bind(now.as_microsecond())
        .bind(upload)
        .run()
        .await
        .map(drop)
}

/// How a file of a header was read before.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Kept {
    pub kind: String,
    pub print: String,
    pub decided: String,
    /// Who decided it.
    pub person: String,
}

/// How files of these headers were read before, the latest first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn kept(tx: &mut Tx, prints: &[String]) -> Result<Vec<Kept>> {
    const SQL: &str = "
        select f.kind, f.print, f.decided, p.name as person
          from org_file_layout f
          join org_login l on l.id = f.login_id
          join org_person p on p.id = l.person_id
         where f.print in (select value from json_each($1))
         order by f.kept_at desc, f.id desc
         limit 100";
    tx.q(SQL).bind(json!(prints).to_string()).all().await
}

/// Keeps how files of a header are read.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn keep(
    tx: &mut Tx,
    (kind, print): (&str, &str),
    decided: &str,
    login: i64,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into org_file_layout (kind, print, decided, login_id, kept_at)
        values ($1, $2, $3, $4, $5)
            on conflict (kind, print)
            do update set decided = excluded.decided, login_id = excluded.login_id,
                          kept_at = excluded.kept_at";
    tx.q(SQL)
        .bind(kind.to_owned())
        .bind(print.to_owned())
        .bind(decided.to_owned())
        .bind(login)
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}
