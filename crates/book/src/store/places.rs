//! Where people sit, for freezing the credit of one document.

use db::{FromRow, Result, Tx};
use kernel::ids::{PersonId, SeatId, UnitId};
use org::store::memberships::Membership;

/// Every place of these people now believed; at most 10,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_people(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<Membership>> {
    #[derive(FromRow)]
    struct Row {
        person_id: i64,
        unit_id: i64,
        seat_id: Option<i64>,
        leads: i64,
        valid_from: String,
        valid_to: Option<String>,
    }
    const SQL: &str = "
        select person_id, unit_id, seat_id, leads, valid_from, valid_to
          from org_membership
         where person_id in (select cast(value as bigint) from json_each($1))
           and retracted_at is null
         order by person_id, valid_from, id
         limit 10000";
    let ids: Vec<i64> = people.iter().map(|person| person.get()).collect();
    let rows: Vec<Row> = tx.q(SQL).bind(format!("{ids:?}")).all().await?;
    let dated = rows.into_iter().filter_map(|row| {
        Some(Membership {
            person: PersonId::of(row.person_id),
            unit: UnitId::of(row.unit_id),
            seat: row.seat_id.map(SeatId::of),
            leads: row.leads == 1,
            from: row.valid_from.parse().ok()?,
            to: row.valid_to.and_then(|day| day.parse().ok()),
        })
    });
    Ok(dated.collect())
}
