//! The cells and period targets of a version, and what is in force of all plans.

use db::{Cell as Bound, FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{
    Scope,
    ids::{PersonId, UnitId},
};

use crate::{PeriodId, PlanId, VersionId, grid::Grid, target::Holder};

/// A cell as it is stored, with the names needed to show it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct StoredCell {
    pub person_id: Option<i64>,
    pub person_code: Option<String>,
    pub person_name: Option<String>,
    pub person_local: Option<String>,
    pub unit_id: i64,
    pub unit_code: String,
    pub period_id: i64,
    pub amount_minor: i64,
    pub weight: i64,
    pub locked: i64,
    pub source: String,
}

/// The cells of a version in scope: holders by name with pools last, periods in order.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_version(tx: &mut Tx, scope: &Scope, version: VersionId) -> Result<Vec<StoredCell>> {
    const SQL: &str = "
        select c.person_id, p.code as person_code, p.name as person_name,
               p.name_local as person_local, c.unit_id, u.code as unit_code, c.period_id,
               c.amount_minor, c.weight, c.locked, c.source
          from plan_cell c
          join plan_period d on d.id = c.period_id
          join org_unit u on u.id = c.unit_id
          left join org_person p on p.id = c.person_id
         where c.version_id = $1
           and ($2 = 1
                or c.person_id in (select cast(value as bigint) from json_each($3))
                or c.unit_id in (select cast(value as bigint) from json_each($4)))
         order by case when c.person_id is null then 1 else 0 end, p.sort_key, c.seat_key, d.from_day, d.id
         limit 500000";
    tx.q(SQL)
        .bind(version.get())
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(scope.units_json())
        .all()
        .await
}

/// The period targets of a version in order: id, code, days and amount.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct StoredMonth {
    pub period_id: i64,
    pub code: String,
    pub from_day: String,
    pub to_day: String,
    pub amount_minor: i64,
}

/// The unit's own targets of a version, in order.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn months(tx: &mut Tx, version: VersionId) -> Result<Vec<StoredMonth>> {
    const SQL: &str = "
        select m.period_id, d.code, d.from_day, d.to_day, m.amount_minor
          from plan_month m
          join plan_period d on d.id = m.period_id
         where m.version_id = $1
         order by d.from_day, d.id
         limit 1000";
    tx.q(SQL).bind(version.get()).all().await
}

/// Where the rows and columns of a grid are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub version: VersionId,
    pub periods: Vec<PeriodId>,
    /// The unit of each cell, row by row: somebody who moved had another one before.
    pub units: Vec<Vec<UnitId>>,
}

/// Writes a new grid, whole.
///
/// # Errors
///
/// Whatever the engine reports; a published version refuses.
pub async fn add_grid(tx: &mut Tx, frame: &Frame, grid: &Grid) -> Result<()> {
    let months = frame
        .periods
        .iter()
        .zip(&grid.columns)
        .map(|(period, column)| {
            vec![
                Bound::from(frame.version.get()),
                Bound::from(period.get()),
                Bound::from(column.target),
            ]
        });
    tx.insert_many(
        "insert into plan_month (version_id, period_id, amount_minor) values",
        months.collect(),
    )
    .await?;
    let mut rows = Vec::new();
    for (row, units) in grid.rows.iter().zip(&frame.units) {
        for ((cell, period), unit) in row.cells.iter().zip(&frame.periods).zip(units) {
            rows.push(vec![
                Bound::from(frame.version.get()),
                Bound::from(row.holder.key()),
                Bound::from(row.holder.person().map(PersonId::get)),
                Bound::from(unit.get()),
                Bound::from(period.get()),
                Bound::from(cell.amount),
                Bound::from(i64::try_from(cell.weight).unwrap_or(i64::MAX)),
                Bound::from(i64::from(cell.locked)),
                Bound::from(cell.source.as_str()),
            ]);
        }
    }
    tx.insert_many(
        "insert into plan_cell (version_id, seat_key, person_id, unit_id, period_id, amount_minor,
                weight, locked, source) values",
        rows,
    )
    .await
}

/// Writes the cells and period targets in which `now` differs from `then`.
///
/// # Errors
///
/// Whatever the engine reports; a published version refuses.
pub async fn save_grid(tx: &mut Tx, frame: &Frame, then: &Grid, now: &Grid) -> Result<()> {
    const CELL: &str = "
        update plan_cell
           set amount_minor = $1, locked = $2, source = $3
         where version_id = $4
           and seat_key = $5
           and period_id = $6";
    const MONTH: &str = "
        update plan_month
           set amount_minor = $1
         where version_id = $2
           and period_id = $3";
    for (row, old) in now.rows.iter().zip(&then.rows) {
        for ((cell, old), period) in row.cells.iter().zip(&old.cells).zip(&frame.periods) {
            if cell != old {
                tx.q(CELL)
                    .bind(cell.amount)
                    .bind(i64::from(cell.locked))
                    .bind(cell.source.as_str())
                    .bind(frame.version.get())
                    .bind(row.holder.key())
                    .bind(period.get())
                    .run()
                    .await?;
            }
        }
    }
    for ((column, old), period) in now.columns.iter().zip(&then.columns).zip(&frame.periods) {
        if column.target != old.target {
            tx.q(MONTH)
                .bind(column.target)
                .bind(frame.version.get())
                .bind(period.get())
                .run()
                .await?;
        }
    }
    Ok(())
}

/// A target in force, or what a move added to one or took from it: they are added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub plan: PlanId,
    pub period_id: PeriodId,
    pub holder: Holder,
    pub unit: UnitId,
    pub period: String,
    pub from: Date,
    pub to: Date,
    pub amount: i64,
    pub currency: String,
}

#[derive(FromRow)]
struct ForceRow {
    plan_id: i64,
    period_id: i64,
    person_id: Option<i64>,
    unit_id: i64,
    code: String,
    from_day: String,
    to_day: String,
    amount_minor: i64,
    currency: String,
}

impl ForceRow {
    fn in_force(self) -> Option<InForce> {
        let unit = UnitId::of(self.unit_id);
        let person = self.person_id.map(PersonId::of);
        Some(InForce {
            plan: PlanId::of(self.plan_id),
            period_id: PeriodId::of(self.period_id),
            holder: person.map_or(Holder::Pool(unit), Holder::Person),
            unit,
            period: self.code,
            from: self.from_day.parse().ok()?,
            to: self.to_day.parse().ok()?,
            amount: self.amount_minor,
            currency: self.currency,
        })
    }
}

/// The targets in force as known at `known_at`, for periods that lie within `[from, to)`: the
/// published cells, then what moves changed since.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn in_force(
    tx: &mut Tx,
    scope: &Scope,
    measure: &str,
    days: (Date, Date),
    known_at: i64,
) -> Result<Vec<InForce>> {
    let mut rows = published(tx, scope, measure, days, known_at).await?;
    rows.extend(transferred(tx, scope, measure, days, known_at).await?);
    Ok(rows.into_iter().filter_map(ForceRow::in_force).collect())
}

async fn published(
    tx: &mut Tx,
    scope: &Scope,
    measure: &str,
    (from, to): (Date, Date),
    known_at: i64,
) -> Result<Vec<ForceRow>> {
    const SQL: &str = "
        select p.id as plan_id, d.id as period_id, c.person_id, c.unit_id, d.code, d.from_day, d.to_day,
               c.amount_minor, p.currency
          from plan_version v
          join plan_plan p on p.id = v.plan_id
          join plan_cell c on c.version_id = v.id
          join plan_period d on d.id = c.period_id
         where v.id = (select x.id
                         from plan_version x
                        where x.plan_id = v.plan_id
                          and x.published_at <= $1
                        order by x.published_at desc, x.number desc
                        limit 1)
           and p.measure = $2
           and d.from_day >= $3
           and d.to_day <= $4
           and ($5 = 1
                or c.person_id in (select cast(value as bigint) from json_each($6))
                or c.unit_id in (select cast(value as bigint) from json_each($7)))
         order by d.from_day, d.id, c.seat_key, c.unit_id
         limit 500000";
    tx.q(SQL)
        .bind(known_at)
        .bind(measure.to_owned())
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(scope.units_json())
        .all()
        .await
}

/// What moves changed of the version in force then. A version begun after a move has it in its cells.
async fn transferred(
    tx: &mut Tx,
    scope: &Scope,
    measure: &str,
    (from, to): (Date, Date),
    known_at: i64,
) -> Result<Vec<ForceRow>> {
    const SQL: &str = "
        select p.id as plan_id, d.id as period_id, t.person_id, t.unit_id, d.code, d.from_day, d.to_day,
               cast(sum(t.amount_minor) as bigint) as amount_minor, p.currency
          from plan_transfer t
          join plan_plan p on p.id = t.plan_id
          join plan_period d on d.id = t.period_id
          join plan_version v on v.plan_id = t.plan_id
         where v.id = (select x.id
                         from plan_version x
                        where x.plan_id = v.plan_id
                          and x.published_at <= $1
                        order by x.published_at desc, x.number desc
                        limit 1)
           and t.since_version <= v.number
           and t.after_version >= v.number
           and t.recorded_at <= $1
           and (t.retracted_at is null or t.retracted_at > $1)
           and p.measure = $2
           and d.from_day >= $3
           and d.to_day <= $4
           and ($5 = 1
                or t.person_id in (select cast(value as bigint) from json_each($6))
                or t.unit_id in (select cast(value as bigint) from json_each($7)))
         group by p.id, p.currency, d.id, d.code, d.from_day, d.to_day, t.person_id, t.unit_id
         order by d.from_day, d.id, p.id, t.person_id, t.unit_id
         limit 500000";
    tx.q(SQL)
        .bind(known_at)
        .bind(measure.to_owned())
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(scope.units_json())
        .all()
        .await
}
