//! Seats: places in a unit that people fill or leave vacant.

use std::collections::BTreeMap;

use db::{FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{
    Refusal, Scope,
    ids::{PersonId, SeatId, UnitId},
};

/// A seat and who holds it on the asked day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Seat {
    pub code: String,
    pub unit_code: String,
    pub unit_name: String,
    pub kind: String,
    pub name: String,
    /// The name of the holder; none is a vacancy.
    pub holder: Option<String>,
    pub version: i64,
}

macro_rules! select_seat {
    ($($rest:literal),+) => {
        concat!(
            "select s.code, u.code as unit_code, u.name as unit_name, s.kind, s.name,
                    (select p.name
                       from org_membership m
                       join org_person p on p.id = m.person_id
                      where m.seat_id = s.id
                        and ",
            db::holds!("m", "$1", "$2"),
            "         order by m.id
                      limit 1) as holder,
                    s.version
               from org_seat s
               join org_unit u on u.id = s.unit_id
              where s.kind <> 'house'
                and ($3 = 1 or s.unit_id in (select cast(value as bigint) from json_each($4))) ",
            $($rest),+
        )
    };
}

/// Seats in scope but the house seats, with their holders on `on`; at most 2,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(tx: &mut Tx, scope: &Scope, on: Date) -> Result<Vec<Seat>> {
    const SQL: &str = select_seat!("order by u.sort_key, s.code_key limit 2000");
    tx.q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .all()
        .await
}

/// The codes of all seats by id, for joining in memory; at most 20,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn codes(tx: &mut Tx) -> Result<BTreeMap<SeatId, String>> {
    const SQL: &str = "select id, code from org_seat order by id limit 20000";
    let rows: Vec<(i64, String)> = tx.q(SQL).all().await?;
    let codes = rows.into_iter().map(|(id, code)| (SeatId::of(id), code));
    Ok(codes.collect())
}

/// One seat by code, with its holder on `on`.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, code: &str, on: Date) -> Result<Seat> {
    const SQL: &str = select_seat!("and s.code_key = $5 order by s.id limit 1");
    let found = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .bind(code.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("seat {code}")))?)
}

/// Changes name and kind of a seat if it still has its version.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn save(tx: &mut Tx, seat: &Seat, name: &str, kind: &str) -> Result<()> {
    const SQL: &str = "
        update org_seat
           set name = $1, kind = $2, version = version + 1
         where code_key = $3
           and version = $4
        returning id";
    tx.q(SQL)
        .bind(name.to_owned())
        .bind(kind.to_owned())
        .bind(seat.code.to_ascii_lowercase())
        .bind(seat.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Adds a seat.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(tx: &mut Tx, code: &str, unit: UnitId, kind: &str, name: &str) -> Result<SeatId> {
    const SQL: &str = "
        insert into org_seat (code, code_key, unit_id, kind, name)
        values ($1, $2, $3, $4, $5)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(code.to_owned())
        .bind(code.to_ascii_lowercase())
        .bind(unit.get())
        .bind(kind.to_owned())
        .bind(name.to_owned())
        .one()
        .await?;
    Ok(SeatId::of(id))
}

/// The seat with this code.
///
/// # Errors
///
/// [`db::DbError::Missing`].
pub async fn by_code(tx: &mut Tx, code: &str) -> Result<(SeatId, UnitId)> {
    const SQL: &str = "select id, unit_id from org_seat where code_key = $1 order by id limit 1";
    let (id, unit): (i64, i64) = tx
        .q(SQL)
        .bind(code.trim().to_ascii_lowercase())
        .one()
        .await?;
    Ok((SeatId::of(id), UnitId::of(unit)))
}

/// Who holds a seat on `on`; none is a vacancy.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn holder_on(tx: &mut Tx, seat: SeatId, on: Date) -> Result<Option<PersonId>> {
    const SQL: &str = concat!(
        "select m.person_id
           from org_membership m
          where m.seat_id = $3
            and ",
        db::holds!("m", "$1", "$2"),
        " order by m.id
          limit 1"
    );
    let row: Option<(i64,)> = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(seat.get())
        .maybe()
        .await?;
    Ok(row.map(|(id,)| PersonId::of(id)))
}
