//! Hand-overs: what two people pass to each other, and whether both have accepted it.

use book::store::in_flight::{Choice, Open};
use db::{Cell, Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::Timestamp;
use kernel::{Refusal, Scope, ids::PersonId};

use crate::{HandoverId, MoveId};

/// A hand-over to be recorded, with what is open by kind and what becomes of it.
#[derive(Debug, Clone)]
pub struct NewHandover {
    pub number: String,
    pub of: MoveId,
    pub from: PersonId,
    pub to: PersonId,
    pub items: Vec<(&'static str, Choice, Open)>,
}

/// Records a hand-over.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn add(tx: &mut Tx, new: &NewHandover, now: Timestamp) -> Result<HandoverId> {
    const SQL: &str = "
        insert into plan_handover
               (number, number_key, move_id, from_person_id, to_person_id, version, recorded_at)
        values ($1, $2, $3, $4, $5, 1, $6)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.number.clone())
        .bind(new.number.to_ascii_lowercase())
        .bind(new.of.get())
        .bind(new.from.get())
        .bind(new.to.get())
        .bind(now.as_microsecond())
        .one()
        .await?;
    let rows = new.items.iter().map(|(kind, choice, open)| {
        vec![
            Cell::from(id),
            Cell::from(*kind),
            Cell::from(open.number.as_str()),
            Cell::from(open.customer.get()),
            Cell::from(open.day.to_string()),
            Cell::from(open.net_exact),
            Cell::from(i64::from(*choice == Choice::Move)),
            Cell::from(choice.as_str()),
        ]
    });
    tx.insert_many(
        "insert into plan_handover_item (handover_id, kind, number, customer_id, day, net_exact, moves, choice)
                values",
        rows.collect(),
    )
    .await?;
    Ok(HandoverId::of(id))
}

/// A hand-over as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Handover {
    pub id: i64,
    pub number: String,
    pub move_id: i64,
    pub move_number: String,
    pub day: String,
    pub rule: String,
    pub reason: String,
    pub from_person_id: i64,
    pub from_code: String,
    pub from_name: String,
    pub to_person_id: i64,
    pub to_code: String,
    pub to_name: String,
    pub from_accepted_at: Option<i64>,
    pub to_accepted_at: Option<i64>,
    pub version: i64,
    pub recorded_at: i64,
}

impl Handover {
    pub fn row(&self) -> HandoverId {
        HandoverId::of(self.id)
    }

    /// `waiting` until both have accepted it.
    pub fn state(&self) -> &'static str {
        match (self.from_accepted_at, self.to_accepted_at) {
            (Some(_), Some(_)) => "accepted",
            _ => "waiting",
        }
    }

    /// Whether it waits for `person`.
    pub fn waits_for(&self, person: PersonId) -> bool {
        let of = |id: i64, accepted: Option<i64>| id == person.get() && accepted.is_none();
        of(self.from_person_id, self.from_accepted_at) || of(self.to_person_id, self.to_accepted_at)
    }
}

/// A hand-over is seen by its two people and whoever reaches one of them.
macro_rules! select_handover {
    ($($rest:literal),+) => {
        concat!(
            "select h.id, h.number, h.move_id, m.number as move_number, m.day, m.rule, m.reason,
                    h.from_person_id, f.code as from_code, f.name as from_name, h.to_person_id,
                    t.code as to_code, t.name as to_name, h.from_accepted_at, h.to_accepted_at,
                    h.version, h.recorded_at
               from plan_handover h
               join plan_move m on m.id = h.move_id
               join org_person f on f.id = h.from_person_id
               join org_person t on t.id = h.to_person_id
              where ($1 = 1
                     or h.from_person_id in (select cast(value as bigint) from json_each($2))
                     or h.to_person_id in (select cast(value as bigint) from json_each($2))) ",
            $($rest),+
        )
    };
}

/// Hand-overs in scope, newest first, one page; `state` is `waiting`, `accepted` or empty for both.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    state: &str,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Handover>> {
    const SQL: &str = select_handover!(
        "and ($3 = ''
              or ($3 = 'accepted' and h.from_accepted_at is not null and h.to_accepted_at is not null)
              or ($3 = 'waiting' and (h.from_accepted_at is null or h.to_accepted_at is null)))
         and ($4 = 0 or h.id < $4)
         order by h.id desc
         limit $5"
    );
    let found: Vec<Handover> = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(state.to_owned())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(found, limit, |one| Cursor {
        key: String::new(),
        id: one.id,
    }))
}

/// One hand-over by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str) -> Result<Handover> {
    const SQL: &str = select_handover!("and h.number_key = $3 order by h.id limit 1");
    let found = tx
        .q(SQL)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("hand-over {number}")))?)
}

/// The hand-overs of a move in scope, by the person they come from; at most 1,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_move(tx: &mut Tx, scope: &Scope, of: MoveId) -> Result<Vec<Handover>> {
    const SQL: &str = select_handover!("and h.move_id = $3 order by f.sort_key, h.id limit 1000");
    tx.q(SQL)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(of.get())
        .all()
        .await
}

/// What waits for `person` to accept it, oldest first; at most 50.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn waiting_for(tx: &mut Tx, person: PersonId) -> Result<Vec<Handover>> {
    const SQL: &str = select_handover!(
        "and ((h.from_person_id = $3 and h.from_accepted_at is null)
              or (h.to_person_id = $3 and h.to_accepted_at is null))
         order by h.id
         limit 50"
    );
    let own = Scope::own(person);
    tx.q(SQL)
        .bind(own.all_flag())
        .bind(own.people_json())
        .bind(person.get())
        .all()
        .await
}

/// An open document of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Item {
    pub kind: String,
    pub number: String,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub day: String,
    /// In the base currency.
    pub net_exact: i64,
    pub choice: String,
}

/// The open documents of a hand-over as they stood at the move, by kind and day; at most 20,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn items(tx: &mut Tx, of: HandoverId) -> Result<Vec<Item>> {
    const SQL: &str = "
        select i.kind, i.number, c.code as customer_code, c.name as customer_name,
               c.name_local as customer_local, i.day, i.net_exact,
               coalesce(i.choice, case when i.moves = 1 then 'move' else 'stay' end) as choice
          from plan_handover_item i
          join book_customer c on c.id = i.customer_id
         where i.handover_id = $1
         order by i.kind, i.day, i.id
         limit 20000";
    tx.q(SQL).bind(of.get()).all().await
}

/// A customer of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Passed {
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
}

/// The customers of a hand-over by code; at most 20,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn customers(tx: &mut Tx, of: &Handover) -> Result<Vec<Passed>> {
    const SQL: &str = "
        select c.code, c.name, c.name_local
          from plan_move_customer n
          join book_customer c on c.id = n.customer_id
         where n.move_id = $1
           and n.from_person_id = $2
         order by c.code_key
         limit 20000";
    tx.q(SQL)
        .bind(of.move_id)
        .bind(of.from_person_id)
        .all()
        .await
}

/// A note on a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Note {
    pub at: i64,
    pub person_name: String,
    pub words: String,
}

/// The notes of a hand-over, oldest first; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn notes(tx: &mut Tx, of: HandoverId) -> Result<Vec<Note>> {
    const SQL: &str = "
        select at, person_name, note as words
          from plan_handover_note
         where handover_id = $1
         order by id
         limit 500";
    tx.q(SQL).bind(of.get()).all().await
}

/// Adds a note.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add_note(
    tx: &mut Tx,
    of: HandoverId,
    by: &str,
    note: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "insert into plan_handover_note (handover_id, at, person_name, note) values ($1, $2, $3, $4)";
    tx.q(SQL)
        .bind(of.get())
        .bind(now.as_microsecond())
        .bind(by.to_owned())
        .bind(note.to_owned())
        .run()
        .await
        .map(drop)
}

/// Notes that `person` accepts, on every side that is theirs and still open.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn accept(tx: &mut Tx, of: &Handover, person: PersonId, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update plan_handover
           set from_accepted_at = case when from_person_id = $1 then coalesce(from_accepted_at, $2)
                                       else from_accepted_at end,
               to_accepted_at = case when to_person_id = $1 then coalesce(to_accepted_at, $2)
                                     else to_accepted_at end,
               version = version + 1
         where id = $3
           and version = $4
        returning id";
    tx.q(SQL)
        .bind(person.get())
        .bind(now.as_microsecond())
        .bind(of.id)
        .bind(of.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}
