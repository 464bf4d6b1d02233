//! Logins: a person's role, password and standing.

use db::{FromRow, Result, Tx};
use jiff::Timestamp;
use kernel::{Role, ids::PersonId};

use crate::lockout::Standing;

/// A login as it is stored.
#[derive(Debug, Clone)]
pub struct Login {
    pub id: i64,
    pub person: PersonId,
    pub name: String,
    pub role: String,
    pub password_hash: Option<String>,
    pub standing: Standing,
    pub disabled: bool,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    person_id: i64,
    name: String,
    role: String,
    password_hash: Option<String>,
    failures: i64,
    locked_until: i64,
    disabled_at: Option<i64>,
}

/// The login of an e-mail address, in any letter case.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Login>> {
    const SQL: &str = "
        select l.id, l.person_id, p.name, l.role, l.password_hash, l.failures, l.locked_until, l.disabled_at
          from org_login l
          join org_person p on p.id = l.person_id
         where p.email_key = $1
         order by l.id
         limit 1";
    let row: Option<Row> = tx.q(SQL).bind(email.trim().to_lowercase()).maybe().await?;
    Ok(row.map(|row| Login {
        id: row.id,
        person: PersonId::of(row.person_id),
        name: row.name,
        role: row.role,
        password_hash: row.password_hash,
        standing: Standing {
            failures: row.failures,
            locked_until: row.locked_until,
        },
        disabled: row.disabled_at.is_some(),
    }))
}

/// Whether anybody can sign in at all.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    let found: Option<(i64,)> = tx
        .q("select id from org_login order by id limit 1")
        .maybe()
        .await?;
    Ok(found.is_some())
}

/// Gives a person a login; without a hash nobody can sign in with it yet.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the person has one.
pub async fn add(
    tx: &mut Tx,
    person: PersonId,
    role: Role,
    hash: Option<String>,
    now: Timestamp,
) -> Result<i64> {
    const SQL: &str = "
        insert into org_login (person_id, role, password_hash, failures, locked_until, created_at)
        values ($1, $2, $3, 0, 0, $4)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(person.get())
        .bind(role.as_str())
        .bind(hash)
        .bind(now.as_microsecond())
        .one()
        .await?;
    Ok(id)
}

/// How a login stands now.
///
/// # Errors
///
/// [`db::DbError::Missing`] if there is no such login.
pub async fn standing(tx: &mut Tx, login: i64) -> Result<Standing> {
    const SQL: &str = "select failures, locked_until from org_login where id = $1";
    let (failures, locked_until): (i64, i64) = tx.q(SQL).bind(login).one().await?;
    Ok(Standing {
        failures,
        locked_until,
    })
}

/// Remembers failures, or none after a success.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn save_standing(tx: &mut Tx, login: i64, standing: Standing) -> Result<()> {
    const SQL: &str = "update org_login set failures = $1, locked_until = $2 where id = $3";
    tx.q(SQL)
        .bind(standing.failures)
        .bind(standing.locked_until)
        .bind(login)
        .run()
        .await
        .map(drop)
}

/// Sets a new password hash and opens the login.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn save_password(tx: &mut Tx, login: i64, hash: &str) -> Result<()> {
    const SQL: &str = "
        update org_login
           set password_hash = $1, failures = 0, locked_until = 0
         where id = $2";
    tx.q(SQL)
        .bind(hash.to_owned())
        .bind(login)
        .run()
        .await
        .map(drop)
}

/// Keeps the language a person chose.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn save_lang(tx: &mut Tx, login: i64, lang: Option<String>) -> Result<()> {
    tx.q("update org_login set lang = $1 where id = $2")
        .bind(lang)
        .bind(login)
        .run()
        .await
        .map(drop)
}

/// How many administrators can sign in.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn administrators(tx: &mut Tx) -> Result<i64> {
    const SQL: &str =
        "select count(*) from org_login where role = 'administrator' and disabled_at is null";
    let (count,): (i64,) = tx.q(SQL).one().await?;
    Ok(count)
}

/// Gives the login of a person another role.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn save_role(tx: &mut Tx, person: PersonId, role: Role) -> Result<()> {
    tx.q("update org_login set role = $1 where person_id = $2")
        .bind(role.as_str())
        .bind(person.get())
        .run()
        .await
        .map(drop)
}
