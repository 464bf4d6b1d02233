//! Units and the paths between them.

use db::{Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::civil::Date;
use kernel::{
    Code, Refusal, Scope,
    ids::{PersonId, UnitId},
};

use super::former_codes::{self, Noun, answers_to};
use crate::{UnitKind, keys};

/// A unit as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitId,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub kind: String,
    pub parent: Option<UnitId>,
    pub parent_code: Option<String>,
    /// Steps below the root; the root itself is 0.
    pub depth: i64,
    pub version: i64,
    sort_key: String,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    code: String,
    name: String,
    name_local: Option<String>,
    kind: String,
    parent_id: Option<i64>,
    parent_code: Option<String>,
    depth: i64,
    version: i64,
    sort_key: String,
}

impl From<Row> for Unit {
    fn from(row: Row) -> Unit {
        Unit {
            id: UnitId::of(row.id),
            code: row.code,
            name: row.name,
            name_local: row.name_local,
            kind: row.kind,
            parent: row.parent_id.map(UnitId::of),
            parent_code: row.parent_code,
            depth: row.depth,
            version: row.version,
            sort_key: row.sort_key,
        }
    }
}

/// A unit to be added.
#[derive(Debug, Clone)]
pub struct NewUnit {
    pub code: Code,
    pub name: String,
    pub name_local: Option<String>,
    pub kind: UnitKind,
    pub parent: Option<UnitId>,
}

macro_rules! select_unit {
    ($($rest:expr),+) => {
        concat!(
            "select u.id, u.code, u.name, u.name_local, u.kind, u.parent_id, p.code as parent_code,
                    (select count(*) from org_unit_path d where d.unit_id = u.id) - 1 as depth,
                    u.version, u.sort_key
               from org_unit u
               left join org_unit p on p.id = u.parent_id ",
            $($rest),+
        )
    };
}

/// The root unit, which every other hangs below.
///
/// # Errors
///
/// [`db::DbError::Missing`] before the first run.
pub async fn root(tx: &mut Tx) -> Result<Unit> {
    const SQL: &str = select_unit!("where u.parent_id is null order by u.id limit 1");
    tx.q(SQL).one::<Row>().await.map(Unit::from)
}

/// One unit by its code.
///
/// # Errors
///
/// A refusal of kind missing if it does not exist or is out of scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, code: &str) -> Result<Unit> {
    const SQL: &str = select_unit!(
        "where ",
        answers_to!("unit", "u", "$1"),
        "  and ($2 = 1 or u.id in (select cast(value as bigint) from json_each($3)))
         order by u.id
         limit 1"
    );
    let row = tx
        .q(SQL)
        .bind(code.trim().to_ascii_lowercase())
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .maybe::<Row>()
        .await?;
    Ok(row
        .map(Unit::from)
        .ok_or_else(|| Refusal::missing(format!("unit {code}")))?)
}

/// Units in scope by name, one page.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    q: &str,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Unit>> {
    const SQL: &str = select_unit!(
        "where ($1 = 1 or u.id in (select cast(value as bigint) from json_each($2)))
           and u.sort_key like $3 escape '!'
           and (u.sort_key, u.id) > ($4, $5)
         order by u.sort_key, u.id
         limit $6"
    );
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .bind(keys::search_pattern(q))
        .bind(from.key.clone())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    let units = rows.into_iter().map(Unit::from).collect();
    Ok(Listing::of(units, limit, |unit: &Unit| Cursor {
        key: unit.sort_key.clone(),
        id: unit.id.get(),
    }))
}

/// The whole tree in scope, parents before children, at most 5,000 units.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn tree(tx: &mut Tx, scope: &Scope) -> Result<Vec<Unit>> {
    const SQL: &str = select_unit!(
        "where ($1 = 1 or u.id in (select cast(value as bigint) from json_each($2)))
         order by depth, u.sort_key, u.id
         limit 5000"
    );
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .all()
        .await?;
    Ok(rows.into_iter().map(Unit::from).collect())
}

/// The unit and everything below it.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn sub_tree(tx: &mut Tx, top: UnitId) -> Result<Vec<UnitId>> {
    const SQL: &str = "
        select unit_id
          from org_unit_path
         where ancestor_id = $1
         order by depth, unit_id
         limit 5000";
    let rows: Vec<(i64,)> = tx.q(SQL).bind(top.get()).all().await?;
    Ok(rows.into_iter().map(|(id,)| UnitId::of(id)).collect())
}

/// Adds a unit, its paths and its house seat.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(tx: &mut Tx, unit: &NewUnit) -> Result<UnitId> {
    const SQL: &str = "
        insert into org_unit (code, code_key, name, name_local, kind, parent_id, sort_key, version)
        values ($1, $2, $3, $4, $5, $6, $7, 1)
        returning id";
    const PATHS: &str = "
        insert into org_unit_path (ancestor_id, unit_id, depth)
        select ancestor_id, $1, depth + 1
          from org_unit_path
         where unit_id = $2";
    const SELF: &str = "insert into org_unit_path (ancestor_id, unit_id, depth) values ($1, $1, 0)";
    former_codes::refuse_former(tx, Noun::Unit, &unit.code.folded(), None).await?;
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(unit.code.as_str().to_owned())
        .bind(unit.code.folded())
        .bind(unit.name.clone())
        .bind(unit.name_local.clone())
        .bind(unit.kind.as_str())
        .bind(unit.parent.map(UnitId::get))
        .bind(keys::sort_key(&unit.name))
        .one()
        .await?;
    tx.q(SELF).bind(id).run().await?;
    if let Some(parent) = unit.parent {
        tx.q(PATHS).bind(id).bind(parent.get()).run().await?;
    }
    super::seats::add(
        tx,
        &format!("{}/house", unit.code),
        UnitId::of(id),
        "house",
        "House",
    )
    .await?;
    Ok(UnitId::of(id))
}

/// Gives a unit another code, names or kind if it still has its version.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now; [`db::DbError::Taken`] if the code is
/// in use.
pub async fn save(
    tx: &mut Tx,
    unit: &Unit,
    code: &Code,
    (name, name_local): (&str, Option<String>),
    kind: UnitKind,
) -> Result<()> {
    const SQL: &str = "
        update org_unit
           set code = $1, code_key = $2, name = $3, name_local = $4, sort_key = $5, kind = $6,
               version = version + 1
         where id = $7
           and version = $8
        returning id";
    tx.q(SQL)
        .bind(code.as_str().to_owned())
        .bind(code.folded())
        .bind(name.to_owned())
        .bind(name_local)
        .bind(keys::sort_key(name))
        .bind(kind.as_str())
        .bind(unit.id.get())
        .bind(unit.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Hangs a unit and everything below it below `parent`, which is not itself below the unit.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn hang_below(tx: &mut Tx, unit: UnitId, parent: UnitId) -> Result<()> {
    const PARENT: &str = "update org_unit set parent_id = $1 where id = $2";
    const CUT: &str = "
        delete from org_unit_path
         where unit_id in (select unit_id from org_unit_path where ancestor_id = $1)
           and ancestor_id not in (select unit_id from org_unit_path where ancestor_id = $1)";
    const JOIN: &str = "
        insert into org_unit_path (ancestor_id, unit_id, depth)
        select above.ancestor_id, below.unit_id, above.depth + below.depth + 1
          from org_unit_path above
          join org_unit_path below on below.ancestor_id = $1
         where above.unit_id = $2";
    tx.q(PARENT)
        .bind(parent.get())
        .bind(unit.get())
        .run()
        .await?;
    tx.q(CUT).bind(unit.get()).run().await?;
    tx.q(JOIN)
        .bind(unit.get())
        .bind(parent.get())
        .run()
        .await
        .map(drop)
}

/// The names of the unit a person sits in on `on`; empty if nowhere.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn place_of(tx: &mut Tx, person: PersonId, on: Date) -> Result<(String, Option<String>)> {
    const SQL: &str = concat!(
        "select u.name, u.name_local
           from org_membership m
           join org_unit u on u.id = m.unit_id
          where m.person_id = $3
            and ",
        db::holds!("m", "$1", "$2"),
        " order by m.leads desc, m.id
          limit 1"
    );
    let row: Option<(String, Option<String>)> = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(person.get())
        .maybe()
        .await?;
    Ok(row.unwrap_or_default())
}
