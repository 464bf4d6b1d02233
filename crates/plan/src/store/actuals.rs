//! Sums over the book that only planning asks for: sales by day, to learn how a month fills.

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Scope, ids::UnitId};

/// Sales per day in `[from, to)` of a unit's sub-tree as known at `known_at`, exact, days without
/// sales left out.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn by_day(
    tx: &mut Tx,
    scope: &Scope,
    unit: UnitId,
    (from, to): (Date, Date),
    known_at: i64,
) -> Result<Vec<(Date, i64)>> {
    const SQL: &str = "
        select c.day, cast(sum(c.net_exact) as bigint) as net_exact
          from book_credit c
         where c.day >= $1
           and c.day < $2
           and c.recorded_at <= $3
           and (c.retracted_at is null or c.retracted_at > $3)
           and c.unit_id in (select unit_id from org_unit_path where ancestor_id = $4)
           and ($5 = 1
                or c.person_id in (select cast(value as bigint) from json_each($6))
                or c.unit_id in (select cast(value as bigint) from json_each($7)))
         group by c.day
         order by c.day
         limit 10000";
    let rows: Vec<(String, i64)> = tx
        .q(SQL)
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(known_at)
        .bind(unit.get())
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(scope.units_json())
        .all()
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(day, sold)| Some((day.parse().ok()?, sold)))
        .collect())
}
