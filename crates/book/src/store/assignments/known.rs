//! Assignments with what was believed of them when, for looking at and for correcting.

use db::{Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Refusal, Scope, ids::PersonId};

use super::Assignment;
use crate::{
    CustomerId,
    store::{
        former_codes::answers_to,
        sight::{in_sight, sighted},
    },
};

/// An assignment with its names and the instants between which it was believed.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Known {
    pub id: i64,
    pub customer_id: i64,
    pub customer_code: String,
    pub person_id: i64,
    pub person_code: String,
    pub role: String,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub recorded_at: i64,
    pub retracted_at: Option<i64>,
    list_key: String,
}

impl Known {
    /// The plain fact.
    pub fn assignment(&self) -> Option<Assignment> {
        Some(Assignment {
            customer: CustomerId::of(self.customer_id),
            person: PersonId::of(self.person_id),
            role: self.role.clone(),
            from: self.valid_from.parse().ok()?,
            to: match &self.valid_to {
                Some(day) => Some(day.parse().ok()?),
                None => None,
            },
        })
    }
}

/// What a list of assignments is narrowed by; empty texts narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub customer: String,
    pub person: String,
    pub role: String,
    /// The day on which they hold; none is any day.
    pub as_of: Option<Date>,
    /// What was believed at this instant; none also shows what was retracted.
    pub known_at: Option<i64>,
}

macro_rules! select_known {
    ($($rest:expr),+) => {
        concat!(
            "select a.id, a.customer_id, c.code as customer_code, a.person_id, p.code as person_code, a.role,
                    a.valid_from, a.valid_to, a.recorded_at, a.retracted_at,
                    c.code_key || ' ' || a.role || ' ' || a.valid_from as list_key
               from book_customer c
               join book_assignment a on a.customer_id = c.id
               join org_person p on p.id = a.person_id
              where ",
            in_sight!("c.id"),
            "   and ($5 = '' or ",
            answers_to!("customer", "c", "$5"),
            ")
                and ($6 = '' or a.role = $6) ",
            $($rest),+
        )
    };
}

/// Assignments of the customers in sight on `today`, by customer, role and first day, one page.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(
    tx: &mut Tx,
    (scope, today): (&Scope, Date),
    filter: &Filter,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Known>> {
    // The customer's code alone lets the engine begin in the middle of its index.
    const SQL: &str = select_known!(
        "and ($7 = '' or ",
        org::answers_to!("person", "p", "$7"),
        ")
         and ($8 = '' or (a.valid_from <= $8 and (a.valid_to is null or a.valid_to > $8)))
         and ($9 = 1 or (a.recorded_at <= $10 and (a.retracted_at is null or a.retracted_at > $10)))
         and c.code_key >= $11
         and (c.code_key || ' ' || a.role || ' ' || a.valid_from, a.id) > ($12, $13)
         order by c.code_key, a.role, a.valid_from, a.id
         limit $14"
    );
    let folded = |text: &str| text.trim().to_ascii_lowercase();
    let first = from.key.split(' ').next().unwrap_or_default();
    let rows: Vec<Known> = sighted(tx.q(SQL), scope, today)
        .bind(folded(&filter.customer))
        .bind(filter.role.clone())
        .bind(folded(&filter.person))
        .bind(filter.as_of.map(|day| day.to_string()).unwrap_or_default())
        .bind(i64::from(filter.known_at.is_none()))
        .bind(filter.known_at.unwrap_or(i64::MAX))
        .bind(first.to_owned())
        .bind(from.key.clone())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(rows, limit, |one| Cursor {
        key: one.list_key.clone(),
        id: one.id,
    }))
}

/// The assignment now believed of a customer in a role that begins on `from`.
///
/// # Errors
///
/// A refusal of kind missing if there is none in sight.
pub async fn fetch(
    tx: &mut Tx,
    (scope, today): (&Scope, Date),
    (customer, role): (&str, &str),
    from: Date,
) -> Result<Known> {
    const SQL: &str = select_known!(
        "and a.valid_from = $7
         and a.retracted_at is null
         order by a.id
         limit 1"
    );
    let found = sighted(tx.q(SQL), scope, today)
        .bind(customer.trim().to_ascii_lowercase())
        .bind(role.to_owned())
        .bind(from.to_string())
        .maybe()
        .await?;
    let missing = || Refusal::missing(format!("{role} of {customer} from {from}"));
    Ok(found.ok_or_else(missing)?)
}

/// Takes an assignment back: from now on it is believed never to have been.
///
/// # Errors
///
/// [`db::DbError::Missing`] if it was retracted meanwhile.
pub async fn retract(tx: &mut Tx, one: &Known, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_assignment
           set retracted_at = $1
         where id = $2
           and retracted_at is null
        returning id";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(one.id)
        .one::<(i64,)>()
        .await
        .map(drop)
}
