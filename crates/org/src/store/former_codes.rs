//! Codes of before: whatever was given another code still answers to the old one.
//!
//! A code names one thing of its kind for ever: it cannot be given to another while somebody may
//! still use it for the first.

use std::collections::BTreeMap;

use db::{DbError, Result, Tx};
use jiff::Timestamp;

/// What has codes in the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    Unit,
    Person,
}

impl Noun {
    pub fn as_str(self) -> &'static str {
        match self {
            Noun::Unit => "unit",
            Noun::Person => "person",
        }
    }
}

/// True for the row of the alias that answers to a folded code, now or from before:
/// `answers_to!("unit", "u", "$1")`.
#[macro_export]
macro_rules! answers_to {
    ($noun:literal, $alias:literal, $code:literal) => {
        concat!(
            "(",
            $alias,
            ".code_key = ",
            $code,
            " or ",
            $alias,
            ".id = (select f.subject_id from org_former_code f where f.noun = '",
            $noun,
            "' and f.code_key = ",
            $code,
            "))"
        )
    };
}
pub use answers_to;

/// Refuses a code that another thing of the kind had before; `own` may have its own back.
///
/// # Errors
///
/// [`DbError::Taken`].
pub async fn refuse_former(
    tx: &mut Tx,
    noun: Noun,
    code_key: &str,
    own: Option<i64>,
) -> Result<()> {
    const SQL: &str = "
        select subject_id
          from org_former_code
         where noun = $1
           and code_key = $2";
    let found: Option<(i64,)> = tx
        .q(SQL)
        .bind(noun.as_str())
        .bind(code_key.to_owned())
        .maybe()
        .await?;
    match found {
        Some((subject,)) if own != Some(subject) => {
            Err(DbError::Taken(format!("{} {code_key}", noun.as_str())))
        }
        _ => Ok(()),
    }
}

/// Keeps `old` as a former code of the subject, and frees `new`, if it was one, to be its code.
///
/// # Errors
///
/// As [`refuse_former`].
pub async fn rename(
    tx: &mut Tx,
    noun: Noun,
    subject: i64,
    (old, new): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    const FREE: &str = "delete from org_former_code where noun = $1 and code_key = $2";
    if old == new {
        return Ok(());
    }
    refuse_former(tx, noun, new, Some(subject)).await?;
    tx.q(FREE)
        .bind(noun.as_str())
        .bind(new.to_owned())
        .run()
        .await?;
    keep(tx, noun, subject, old, now).await
}

/// Lets the subject answer to a code that is no thing's code any more.
///
/// # Errors
///
/// [`DbError::Taken`] if something answers to it already.
pub async fn keep(
    tx: &mut Tx,
    noun: Noun,
    subject: i64,
    code_key: &str,
    now: Timestamp,
) -> Result<()> {
    const KEEP: &str = "
        insert into org_former_code (noun, code_key, subject_id, at)
        values ($1, $2, $3, $4)";
    tx.q(KEEP)
        .bind(noun.as_str())
        .bind(code_key.to_owned())
        .bind(subject)
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// Every former code of a kind with the row it stands for, for matching many rows; at most
/// 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx, noun: Noun) -> Result<BTreeMap<String, i64>> {
    const SQL: &str = "
        select code_key, subject_id
          from org_former_code
         where noun = $1
         order by code_key
         limit 1000000";
    let rows: Vec<(String, i64)> = tx.q(SQL).bind(noun.as_str()).all().await?;
    Ok(rows.into_iter().collect())
}
