//! Versions of a plan: a draft at most, published ones for ever.

use db::{FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::ids::PersonId;

use crate::{PlanId, VersionId};

/// A version as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Version {
    pub id: i64,
    pub plan_id: i64,
    pub number: i64,
    pub state: String,
    pub effective_from: String,
    pub total_minor: i64,
    pub weight_source: String,
    /// Counts changes, so that an old copy is noticed.
    pub edit: i64,
    pub created_at: i64,
    pub created_by: String,
    pub published_at: Option<i64>,
    pub published_by: Option<String>,
}

impl Version {
    pub fn version(&self) -> VersionId {
        VersionId::of(self.id)
    }

    pub fn is_draft(&self) -> bool {
        self.state == "draft"
    }
}

const COLUMNS_OF: &str = "
        select id, plan_id, number, state, effective_from, total_minor, weight_source, edit,
               created_at, created_by, published_at, published_by
          from plan_version
         where plan_id = $1
         order by number desc
         limit 200";

/// The versions of a plan, newest first; at most 200.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_plan(tx: &mut Tx, plan: PlanId) -> Result<Vec<Version>> {
    tx.q(COLUMNS_OF).bind(plan.get()).all().await
}

/// Begins a draft.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn begin(
    tx: &mut Tx,
    plan: PlanId,
    number: i64,
    effective_from: Date,
    by: &str,
    now: Timestamp,
) -> Result<VersionId> {
    const SQL: &str = "
        insert into plan_version
               (plan_id, number, state, effective_from, total_minor, weight_source, edit, created_at, created_by)
        values ($1, $2, 'draft', $3, 0, '', 1, $4, $5)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(plan.get())
        .bind(number)
        .bind(effective_from.to_string())
        .bind(now.as_microsecond())
        .bind(by.to_owned())
        .one()
        .await?;
    Ok(VersionId::of(id))
}

/// Notes a change of the draft's cells if it still has `edit`.
///
/// # Errors
///
/// [`db::DbError::Missing`] if it was changed or published meanwhile.
pub async fn touch(
    tx: &mut Tx,
    version: VersionId,
    edit: i64,
    total_minor: i64,
    source: &str,
) -> Result<()> {
    const SQL: &str = "
        update plan_version
           set edit = edit + 1, total_minor = $1, weight_source = $2
         where id = $3
           and edit = $4
           and state = 'draft'
        returning id";
    tx.q(SQL)
        .bind(total_minor)
        .bind(source.to_owned())
        .bind(version.get())
        .bind(edit)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Publishes a draft and supersedes what was published before.
///
/// # Errors
///
/// [`db::DbError::Missing`] if it is no draft any more.
pub async fn publish(
    tx: &mut Tx,
    plan: PlanId,
    version: VersionId,
    by: &str,
    now: Timestamp,
) -> Result<()> {
    const SUPERSEDE: &str = "
        update plan_version
           set state = 'superseded'
         where plan_id = $1
           and state = 'published'";
    const PUBLISH: &str = "
        update plan_version
           set state = 'published', published_at = $1, published_by = $2
         where id = $3
           and state = 'draft'
        returning id";
    tx.q(SUPERSEDE).bind(plan.get()).run().await?;
    tx.q(PUBLISH)
        .bind(now.as_microsecond())
        .bind(by.to_owned())
        .bind(version.get())
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Another plan's published targets for the same people and days: what would count twice.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Overlap {
    pub plan_code: String,
    pub person_name: String,
    pub period_code: String,
}

/// The first of them, if there is any.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn overlap(
    tx: &mut Tx,
    plan: PlanId,
    version: VersionId,
    measure: &str,
) -> Result<Option<Overlap>> {
    const SQL: &str = "
        select q.code as plan_code, n.name as person_name, op.code as period_code
          from plan_cell mine
          join plan_period mp on mp.id = mine.period_id
          join plan_cell other on other.person_id = mine.person_id
          join plan_period op on op.id = other.period_id
          join plan_version v on v.id = other.version_id
          join plan_plan q on q.id = v.plan_id
          join org_person n on n.id = mine.person_id
         where mine.version_id = $1
           and v.state = 'published'
           and q.id <> $2
           and q.measure = $3
           and mine.amount_minor <> 0
           and other.amount_minor <> 0
           and op.from_day < mp.to_day
           and mp.from_day < op.to_day
         order by q.code, n.name, op.from_day
         limit 1";
    tx.q(SQL)
        .bind(version.get())
        .bind(plan.get())
        .bind(measure.to_owned())
        .maybe()
        .await
}

/// One change of a draft, kept so that it can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Change {
    pub id: i64,
    pub at: i64,
    pub person_name: String,
    pub summary_json: String,
    pub before_json: String,
}

/// The last change of a draft.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn last_change(tx: &mut Tx, version: VersionId) -> Result<Option<Change>> {
    const SQL: &str = "
        select id, at, person_name, summary_json, before_json
          from plan_change
         where version_id = $1
         order by id desc
         limit 1";
    tx.q(SQL).bind(version.get()).maybe().await
}

/// Keeps a change.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn keep_change(
    tx: &mut Tx,
    version: VersionId,
    by: &str,
    summary: String,
    before: String,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into plan_change (version_id, at, person_name, summary_json, before_json)
        values ($1, $2, $3, $4, $5)";
    tx.q(SQL)
        .bind(version.get())
        .bind(now.as_microsecond())
        .bind(by.to_owned())
        .bind(summary)
        .bind(before)
        .run()
        .await
        .map(drop)
}

/// Forgets a change that was taken back.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn drop_change(tx: &mut Tx, change: i64) -> Result<()> {
    tx.q("delete from plan_change where id = $1")
        .bind(change)
        .run()
        .await
        .map(drop)
}

/// Who may have a row in a plan of a unit: its members on the day, with their role if they have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub person: PersonId,
    pub unit: kernel::ids::UnitId,
    pub name: String,
    pub leads: bool,
    pub role: Option<String>,
}

/// The members of a unit's sub-tree on `on`, by name; at most 5,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn members(tx: &mut Tx, unit: kernel::ids::UnitId, on: Date) -> Result<Vec<Member>> {
    #[derive(FromRow)]
    struct Row {
        person_id: i64,
        unit_id: i64,
        name: String,
        leads: i64,
        role: Option<String>,
    }
    const SQL: &str = concat!(
        "select m.person_id, m.unit_id, p.name, m.leads, l.role
           from org_membership m
           join org_unit_path d on d.unit_id = m.unit_id
           join org_person p on p.id = m.person_id
           left join org_login l on l.person_id = p.id
          where d.ancestor_id = $3
            and p.ended_on is null
            and ",
        db::holds!("m", "$1", "$2"),
        " order by p.sort_key, p.id, m.leads, m.id
          limit 5000"
    );
    let rows: Vec<Row> = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(unit.get())
        .all()
        .await?;
    let mut members: Vec<Member> = Vec::with_capacity(rows.len());
    for row in rows {
        let person = PersonId::of(row.person_id);
        if members.last().is_none_or(|last| last.person != person) {
            members.push(Member {
                person,
                unit: kernel::ids::UnitId::of(row.unit_id),
                name: row.name,
                leads: row.leads == 1,
                role: row.role,
            });
        }
    }
    Ok(members)
}
