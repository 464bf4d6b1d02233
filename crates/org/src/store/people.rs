//! People: whoever has a name in the house, with or without a login.

use db::{Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Refusal, Scope, ids::PersonId};

use super::former_codes::{self, Noun, answers_to};
use crate::keys;

/// A person with the unit and role of the asked day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Person {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub email: Option<String>,
    pub unit_code: Option<String>,
    pub unit_name: Option<String>,
    pub unit_local: Option<String>,
    pub role: Option<String>,
    pub leads: i64,
    pub version: i64,
    sort_key: String,
}

impl Person {
    /// For sample pages.
    pub fn sample(id: i64, name: &str, local: Option<&str>, role: Option<&str>) -> Person {
        Person {
            id,
            code: format!("P-{id}"),
            name: name.to_owned(),
            name_local: local.map(str::to_owned),
            email: role.map(|role| format!("{role}@company.example")),
            unit_code: Some("E1".to_owned()),
            unit_name: Some("East 1".to_owned()),
            unit_local: Some("东一区".to_owned()),
            role: role.map(str::to_owned),
            leads: i64::from(role == Some("manager")),
            version: 1,
            sort_key: keys::sort_key(name),
        }
    }

    pub fn person(&self) -> PersonId {
        PersonId::of(self.id)
    }
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub code: Code,
    pub name: String,
    pub name_local: Option<String>,
    pub email: Option<String>,
}

macro_rules! select_person {
    ($($rest:expr),+) => {
        concat!(
            "select p.id, p.code, p.name, p.name_local, p.email, u.code as unit_code,
                    u.name as unit_name, u.name_local as unit_local, l.role, coalesce(m.leads, cast(0 as bigint)) as leads,
                    p.version, p.sort_key
               from org_person p
               left join org_login l on l.person_id = p.id
               left join org_membership m
                 on m.id = (select x.id from org_membership x where x.person_id = p.id and ",
            db::holds!("x", "$1", "$2"),
            " order by x.leads desc, x.id limit 1)
               left join org_unit u on u.id = m.unit_id ",
            $($rest),+
        )
    };
}

/// What a list of people is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub q: String,
    /// Folded code of a unit whose sub-tree is meant; empty is everywhere.
    pub unit: String,
    pub role: String,
}

/// People in scope by name, one page.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    on: Date,
    limit: Limit,
    from: &Cursor,
) -> Result<Listing<Person>> {
    const SQL: &str = select_person!(
        "where p.ended_on is null
           and ($3 = 1 or p.id in (select cast(value as bigint) from json_each($4)))
           and p.search_key like $5 escape '!'
           and ($6 = '' or m.unit_id in (
                   select d.unit_id from org_unit_path d
                     join org_unit a on a.id = d.ancestor_id where ",
        answers_to!("unit", "a", "$6"),
        "))
           and ($7 = '' or l.role = $7)
           and (p.sort_key, p.id) > ($8, $9)
         order by p.sort_key, p.id
         limit $10"
    );
    let people: Vec<Person> = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(keys::search_pattern(&filter.q))
        .bind(filter.unit.trim().to_ascii_lowercase())
        .bind(filter.role.clone())
        .bind(from.key.clone())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(people, limit, |person| Cursor {
        key: person.sort_key.clone(),
        id: person.id,
    }))
}

/// One person by code.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, code: &str, on: Date) -> Result<Person> {
    const SQL: &str = select_person!(
        "where ",
        answers_to!("person", "p", "$3"),
        "  and ($4 = 1 or p.id in (select cast(value as bigint) from json_each($5)))
         order by p.id
         limit 1"
    );
    let person = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(code.trim().to_ascii_lowercase())
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .maybe()
        .await?;
    Ok(person.ok_or_else(|| Refusal::missing(format!("person {code}")))?)
}

/// A name and the code behind a person's id.
#[expect(clippy::struct_field_names, reason = "the columns are called so")]
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Name {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
}

/// The names of all people in scope by id, for joining in memory; at most 20,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn names(tx: &mut Tx, scope: &Scope) -> Result<Vec<Name>> {
    const SQL: &str = "
        select p.id, p.code, p.name, p.name_local
          from org_person p
         where ($1 = 1 or p.id in (select cast(value as bigint) from json_each($2)))
         order by p.sort_key, p.id
         limit 20000";
    tx.q(SQL)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .all()
        .await
}

/// Adds a person.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code or the e-mail address is in use.
pub async fn add(tx: &mut Tx, person: &NewPerson) -> Result<PersonId> {
    const SQL: &str = "
        insert into org_person (code, code_key, name, name_local, email, email_key, search_key, sort_key, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 1)
        returning id";
    former_codes::refuse_former(tx, Noun::Person, &person.code.folded(), None).await?;
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(person.code.as_str().to_owned())
        .bind(person.code.folded())
        .bind(person.name.clone())
        .bind(person.name_local.clone())
        .bind(person.email.clone())
        .bind(person.email.as_deref().map(str::to_lowercase))
        .bind(search_key_of(person))
        .bind(keys::sort_key(&person.name))
        .one()
        .await?;
    Ok(PersonId::of(id))
}

/// Changes code, name and e-mail address if the person still has `version`.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn save(tx: &mut Tx, id: PersonId, person: &NewPerson, version: i64) -> Result<()> {
    const SQL: &str = "
        update org_person
           set name = $1, name_local = $2, email = $3, email_key = $4, search_key = $5,
               sort_key = $6, code = $7, code_key = $8, version = version + 1
         where id = $9
           and version = $10
        returning id";
    tx.q(SQL)
        .bind(person.name.clone())
        .bind(person.name_local.clone())
        .bind(person.email.clone())
        .bind(person.email.as_deref().map(str::to_lowercase))
        .bind(search_key_of(person))
        .bind(keys::sort_key(&person.name))
        .bind(person.code.as_str().to_owned())
        .bind(person.code.folded())
        .bind(id.get())
        .bind(version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

fn search_key_of(person: &NewPerson) -> String {
    keys::search_key(&[
        person.code.as_str(),
        &person.name,
        person.name_local.as_deref().unwrap_or_default(),
    ])
}
