//! Browser sessions and API tokens; only hashes of either are kept.

use db::{FromRow, Result, Tx};
use jiff::Timestamp;

/// Who a session or token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Bearer {
    pub login_id: i64,
    pub person_id: i64,
    pub name: String,
    pub email: Option<String>,
    pub role: String,
    pub lang: Option<String>,
    pub seen_at: i64,
}

/// How long a session lives at most: 14 days.
pub const LIFE_MICROSECONDS: i64 = 14 * 24 * 3_600 * 1_000_000;
/// How long it lives unused: 3 days.
pub const IDLE_MICROSECONDS: i64 = 3 * 24 * 3_600 * 1_000_000;
/// How often its use is noted: every five minutes.
pub const NOTE_MICROSECONDS: i64 = 5 * 60 * 1_000_000;

/// The bearer of a session token, if the session is open and the login not disabled.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_session(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<Bearer>> {
    const SQL: &str = "
        select s.login_id, l.person_id, p.name, p.email, l.role, l.lang, s.seen_at
          from org_session s
          join org_login l on l.id = s.login_id
          join org_person p on p.id = l.person_id
         where s.token_hash = $1
           and s.ended_at is null
           and s.expires_at > $2
           and s.seen_at > $3
           and l.disabled_at is null
         order by s.id
         limit 1";
    let now = now.as_microsecond();
    tx.q(SQL)
        .bind(token_hash.to_owned())
        .bind(now)
        .bind(now - IDLE_MICROSECONDS)
        .maybe()
        .await
}

/// The bearer of an API token.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_token(tx: &mut Tx, token_hash: &str) -> Result<Option<Bearer>> {
    const SQL: &str = "
        select t.login_id, l.person_id, p.name, p.email, l.role, l.lang, t.created_at as seen_at
          from org_token t
          join org_login l on l.id = t.login_id
          join org_person p on p.id = l.person_id
         where t.token_hash = $1
           and t.ended_at is null
           and l.disabled_at is null
         order by t.id
         limit 1";
    tx.q(SQL).bind(token_hash.to_owned()).maybe().await
}

/// Opens a session.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn open(tx: &mut Tx, token_hash: &str, login: i64, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into org_session (token_hash, login_id, created_at, seen_at, expires_at)
        values ($1, $2, $3, $3, $4)";
    let now = now.as_microsecond();
    tx.q(SQL)
        .bind(token_hash.to_owned())
        .bind(login)
        .bind(now)
        .bind(now + LIFE_MICROSECONDS)
        .run()
        .await
        .map(drop)
}

/// Notes that a session is in use.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn note(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "update org_session set seen_at = $1 where token_hash = $2";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(token_hash.to_owned())
        .run()
        .await
        .map(drop)
}

/// Ends a session; ending it twice is harmless.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<()> {
    const SQL: &str =
        "update org_session set ended_at = $1 where token_hash = $2 and ended_at is null";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(token_hash.to_owned())
        .run()
        .await
        .map(drop)
}

/// Keeps an API token.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_token(
    tx: &mut Tx,
    name: &str,
    token_hash: &str,
    login: i64,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into org_token (name, token_hash, login_id, created_at)
        values ($1, $2, $3, $4)";
    tx.q(SQL)
        .bind(name.to_owned())
        .bind(token_hash.to_owned())
        .bind(login)
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}
