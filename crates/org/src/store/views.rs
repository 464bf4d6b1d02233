//! Views of lists that a person keeps. They belong to the login: nobody else sees them.

use db::{DbError, FromRow, Result, Tx};

use crate::keys;

/// A kept view.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Kept {
    pub name: String,
    pub query: String,
    /// 1 for the one its list opens with.
    pub usual: i64,
}

/// The views of a list by name.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(tx: &mut Tx, login: i64, list: &str) -> Result<Vec<Kept>> {
    const SQL: &str = "
        select name, query, usual
          from org_view
         where login_id = $1
           and list = $2
         order by name_key, id
         limit 100";
    tx.q(SQL).bind(login).bind(list.to_owned()).all().await
}

/// Keeps a view; one of the same name takes the new conditions.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn keep(tx: &mut Tx, login: i64, list: &str, name: &str, query: &str) -> Result<()> {
    const SQL: &str = "
        insert into org_view (login_id, list, name, name_key, query, usual)
        values ($1, $2, $3, $4, $5, 0)
            on conflict (login_id, list, name_key)
            do update set name = excluded.name, query = excluded.query";
    tx.q(SQL)
        .bind(login)
        .bind(list.to_owned())
        .bind(name.to_owned())
        .bind(keys::fold(name))
        .bind(query.to_owned())
        .run()
        .await
        .map(drop)
}

/// Gives a view another name.
///
/// # Errors
///
/// [`DbError::Missing`] if there is none of the old name, [`DbError::Taken`] if there is one of the new.
pub async fn rename(tx: &mut Tx, login: i64, list: &str, old: &str, new: &str) -> Result<()> {
    const SQL: &str = "
        update org_view
           set name = $1, name_key = $2
         where login_id = $3
           and list = $4
           and name_key = $5";
    let changed = tx
        .q(SQL)
        .bind(new.to_owned())
        .bind(keys::fold(new))
        .bind(login)
        .bind(list.to_owned())
        .bind(keys::fold(old))
        .run()
        .await?;
    found(changed)
}

/// Makes one view what the list opens with; an empty name makes it none.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn open_with(tx: &mut Tx, login: i64, list: &str, name: &str) -> Result<()> {
    const SQL: &str = "
        update org_view
           set usual = case when name_key = $1 then 1 else 0 end
         where login_id = $2
           and list = $3";
    tx.q(SQL)
        .bind(keys::fold(name))
        .bind(login)
        .bind(list.to_owned())
        .run()
        .await
        .map(drop)
}

/// Forgets a view.
///
/// # Errors
///
/// [`DbError::Missing`] if there is none of this name.
pub async fn forget(tx: &mut Tx, login: i64, list: &str, name: &str) -> Result<()> {
    const SQL: &str = "delete from org_view where login_id = $1 and list = $2 and name_key = $3";
    let gone = tx
        .q(SQL)
        .bind(login)
        .bind(list.to_owned())
        .bind(keys::fold(name))
        .run()
        .await?;
    found(gone)
}

fn found(rows: u64) -> Result<()> {
    if rows == 0 {
        Err(DbError::Missing)
    } else {
        Ok(())
    }
}
