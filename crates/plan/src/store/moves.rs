//! Moves as they were carried out.

use book::CustomerId;
use db::{Cell, Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::Timestamp;
use kernel::{
    Percent, Refusal, Scope,
    ids::{PersonId, UnitId},
};

use crate::{
    MoveId,
    moves::{Rule, Terms},
};

/// A move to be recorded.
#[derive(Debug, Clone)]
pub struct NewMove {
    pub number: String,
    pub terms: Terms,
    pub to: Option<PersonId>,
    pub to_unit: UnitId,
    /// Kinds of open documents with whether they went along, as JSON.
    pub choices: String,
    pub reason: String,
    /// Who changed unit, where it is no move of customers.
    pub person: Option<PersonId>,
    /// Each customer with whose it was.
    pub customers: Vec<(CustomerId, Option<PersonId>)>,
}

/// Records a move with its customers.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn add(tx: &mut Tx, new: &NewMove, by: &str, now: Timestamp) -> Result<MoveId> {
    const SQL: &str = "
        insert into plan_move (number, number_key, day, rule, months, share, to_person_id, to_unit_id,
               choices_json, reason, recorded_at, recorded_by, person_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        returning id";
    let (months, share) = match new.terms.rule {
        Rule::SharedCredit { months, share } => (i64::from(months), share),
        Rule::FutureOnly | Rule::FullBook => (0, Percent::WHOLE),
    };
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.number.clone())
        .bind(new.number.to_ascii_lowercase())
        .bind(new.terms.day.to_string())
        .bind(new.terms.rule.as_str())
        .bind(months)
        .bind(share.millionths())
        .bind(new.to.map(PersonId::get))
        .bind(new.to_unit.get())
        .bind(new.choices.clone())
        .bind(new.reason.clone())
        .bind(now.as_microsecond())
        .bind(by.to_owned())
        .bind(new.person.map(PersonId::get))
        .one()
        .await?;
    let rows = new.customers.iter().map(|(customer, from)| {
        vec![
            Cell::from(id),
            Cell::from(customer.get()),
            Cell::from(from.map(PersonId::get)),
        ]
    });
    tx.insert_many(
        "insert into plan_move_customer (move_id, customer_id, from_person_id) values",
        rows.collect(),
    )
    .await?;
    Ok(MoveId::of(id))
}

/// A move as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Move {
    pub id: i64,
    pub number: String,
    pub day: String,
    pub rule: String,
    pub months: i64,
    pub share: i64,
    pub to_code: Option<String>,
    pub to_name: Option<String>,
    pub to_local: Option<String>,
    pub unit_code: String,
    pub unit_name: String,
    pub unit_local: Option<String>,
    pub choices_json: String,
    pub reason: String,
    pub recorded_at: i64,
    pub recorded_by: String,
    /// Who changed unit, where it is no move of customers.
    pub person_id: Option<i64>,
    pub customers: i64,
}

impl Move {
    pub fn row(&self) -> MoveId {
        MoveId::of(self.id)
    }
}

/// A move is seen by whoever reaches a person it came from or went to.
macro_rules! select_move {
    ($($rest:literal),+) => {
        concat!(
            "select m.id, m.number, m.day, m.rule, m.months, m.share, p.code as to_code, p.name as to_name,
                    p.name_local as to_local, u.code as unit_code, u.name as unit_name,
                    u.name_local as unit_local, m.choices_json, m.reason, m.recorded_at, m.recorded_by, m.person_id,
                    (select count(*) from plan_move_customer n where n.move_id = m.id) as customers
               from plan_move m
               join org_unit u on u.id = m.to_unit_id
               left join org_person p on p.id = m.to_person_id
              where ($1 = 1
                     or m.to_person_id in (select cast(value as bigint) from json_each($2))
                     or exists (select 1
                                  from plan_move_customer c
                                 where c.move_id = m.id
                                   and c.from_person_id in (select cast(value as bigint) from json_each($2)))) ",
            $($rest),+
        )
    };
}

/// Moves in scope, newest first, one page.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Move>> {
    const SQL: &str = select_move!("and ($3 = 0 or m.id < $3) order by m.id desc limit $4");
    let found: Vec<Move> = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(found, limit, |one| Cursor {
        key: String::new(),
        id: one.id,
    }))
}

/// One move by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str) -> Result<Move> {
    const SQL: &str = select_move!("and m.number_key = $3 order by m.id limit 1");
    let found = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("move {number}")))?)
}

/// A customer of a move.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Moved {
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    /// None was the house.
    pub from_code: Option<String>,
    pub from_name: Option<String>,
}

/// The customers of a move by code; of somebody in scope, at most 20,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn customers(tx: &mut Tx, scope: &Scope, of: MoveId) -> Result<Vec<Moved>> {
    const SQL: &str = "
        select c.code, c.name, c.name_local, p.code as from_code, p.name as from_name
          from plan_move_customer n
          join plan_move m on m.id = n.move_id
          join book_customer c on c.id = n.customer_id
          left join org_person p on p.id = n.from_person_id
         where n.move_id = $1
           and ($2 = 1
                or m.to_person_id in (select cast(value as bigint) from json_each($3))
                or n.from_person_id in (select cast(value as bigint) from json_each($3)))
         order by c.code_key
         limit 20000";
    tx.q(SQL)
        .bind(of.get())
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .all()
        .await
}
