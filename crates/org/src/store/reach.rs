//! What part of the region a login reaches: worked out anew with every request, so that a change of
//! role or unit counts at once.

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{
    Role, Scope,
    ids::{PersonId, UnitId},
};

/// The scope of `person` with `role` on `on`.
///
/// A manager reaches the units led, everything below them, and whoever sits there; one who leads the
/// root, and every role that looks at the whole company, reaches everything.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn scope(tx: &mut Tx, person: PersonId, role: Role, on: Date) -> Result<Scope> {
    match role {
        Role::Rep => Ok(Scope::own(person)),
        Role::Manager => led(tx, person, on).await,
        Role::Finance | Role::Marketing | Role::Auditor | Role::Administrator => Ok(Scope::All),
    }
}

async fn led(tx: &mut Tx, person: PersonId, on: Date) -> Result<Scope> {
    const UNITS: &str = concat!(
        "select distinct d.unit_id, case when u.parent_id is null then cast(1 as bigint) else cast(0 as bigint) end as root
           from org_membership m
           join org_unit_path d on d.ancestor_id = m.unit_id
           join org_unit u on u.id = d.unit_id
          where m.person_id = $3
            and m.leads = 1
            and ",
        db::holds!("m", "$1", "$2"),
        " order by d.unit_id
          limit 5000"
    );
    let units: Vec<(i64, i64)> = tx
        .q(UNITS)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(person.get())
        .all()
        .await?;
    if units.iter().any(|(_, root)| *root == 1) {
        return Ok(Scope::All);
    }
    let units: Vec<UnitId> = units.into_iter().map(|(id, _)| UnitId::of(id)).collect();
    let mut people = members(tx, &units, on).await?;
    if !people.contains(&person) {
        people.push(person);
    }
    Ok(Scope::Part { people, units })
}

/// Whoever sits in one of `units` on `on`.
async fn members(tx: &mut Tx, units: &[UnitId], on: Date) -> Result<Vec<PersonId>> {
    const SQL: &str = concat!(
        "select distinct m.person_id
           from org_membership m
          where m.unit_id in (select cast(value as bigint) from json_each($3))
            and ",
        db::holds!("m", "$1", "$2"),
        " order by m.person_id
          limit 20000"
    );
    let inside = Scope::Part {
        people: Vec::new(),
        units: units.to_vec(),
    };
    let rows: Vec<(i64,)> = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(inside.units_json())
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| PersonId::of(id)).collect())
}
