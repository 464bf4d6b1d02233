//! Plans: one per unit, year and measure.

use db::{FromRow, Result, Tx};
use jiff::Timestamp;
use kernel::{Code, Currency, Refusal, Scope, ids::UnitId};

use crate::{PlanId, target::Measure};

/// A plan with its unit.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Plan {
    pub id: i64,
    pub code: String,
    pub unit_id: i64,
    pub unit_code: String,
    pub unit_name: String,
    pub unit_local: Option<String>,
    pub year: i64,
    pub measure: String,
    pub currency: String,
    pub calendar_id: i64,
}

impl Plan {
    pub fn plan(&self) -> PlanId {
        PlanId::of(self.id)
    }

    pub fn unit(&self) -> UnitId {
        UnitId::of(self.unit_id)
    }

    /// The unit's local name where it is wanted and there is one, else its name.
    pub fn unit_called(&self, local: bool) -> &str {
        self.unit_local
            .as_deref()
            .filter(|_| local)
            .unwrap_or(&self.unit_name)
    }

    /// # Errors
    ///
    /// Never for a currency this program wrote.
    pub fn currency(&self) -> Result<Currency> {
        Ok(Currency::parse(&self.currency)?)
    }
}

/// A plan to be added.
#[derive(Debug, Clone)]
pub struct NewPlan {
    pub code: Code,
    pub unit: UnitId,
    pub year: i16,
    pub measure: Measure,
    pub currency: Currency,
    pub calendar: i64,
}

/// A plan is seen by whoever reaches its unit, and by those who have a target in it.
macro_rules! select_plan {
    ($($rest:literal),+) => {
        concat!(
            "select p.id, p.code, p.unit_id, u.code as unit_code, u.name as unit_name, u.name_local as unit_local, p.year,
                    p.measure, p.currency, p.calendar_id
               from plan_plan p
               join org_unit u on u.id = p.unit_id
              where ($1 = 1
                     or p.unit_id in (select cast(value as bigint) from json_each($2))
                     or exists (select 1 from plan_cell c join plan_version v on v.id = c.version_id
                                 where v.plan_id = p.id and v.published_at is not null
                                   and c.person_id in (select cast(value as bigint) from json_each($3)))) ",
            $($rest),+
        )
    };
}

/// Plans in scope, newest year first; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<Plan>> {
    const SQL: &str = select_plan!("order by p.year desc, u.sort_key, p.id limit 500");
    tx.q(SQL)
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .bind(scope.people_json())
        .all()
        .await
}

/// One plan by code.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, code: &str) -> Result<Plan> {
    const SQL: &str = select_plan!("and p.code_key = $4 order by p.id limit 1");
    let plan = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.units_json())
        .bind(scope.people_json())
        .bind(code.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(plan.ok_or_else(|| Refusal::missing(format!("plan {code}")))?)
}

/// Adds a plan.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(tx: &mut Tx, plan: &NewPlan, now: Timestamp) -> Result<PlanId> {
    const SQL: &str = "
        insert into plan_plan (code, code_key, unit_id, year, measure, currency, calendar_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(plan.code.as_str().to_owned())
        .bind(plan.code.folded())
        .bind(plan.unit.get())
        .bind(i64::from(plan.year))
        .bind(plan.measure.as_str())
        .bind(plan.currency.code())
        .bind(plan.calendar)
        .bind(now.as_microsecond())
        .one()
        .await?;
    Ok(PlanId::of(id))
}
