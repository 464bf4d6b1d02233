//! Customers: the list, one, add, change. Scope is the owner of the asked day.

mod listing;

use std::collections::BTreeMap;

use db::{Cell, FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Currency, Refusal, Scope, ids::PersonId};
use org::keys;

use crate::CustomerId;

pub use listing::{Filter, Look, SORTS, USUAL, list, look};

/// A customer with the owner of the asked day.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Customer {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub group_code: Option<String>,
    pub group_name: Option<String>,
    pub owner_id: Option<i64>,
    pub owner_code: Option<String>,
    pub owner_name: Option<String>,
    pub parent_code: Option<String>,
    pub payer_code: Option<String>,
    pub currency: String,
    pub payment_terms_days: Option<i64>,
    pub city: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub version: i64,
    pub ended_on: Option<String>,
    pub sort_key: String,
}

impl Customer {
    /// For sample pages.
    pub fn sample(id: i64) -> Customer {
        let full = id == 1;
        let text = |text: &str| full.then(|| text.to_owned());
        Customer {
            id,
            code: format!("C-{id}"),
            name: "Linkway Steel Structures".to_owned(),
            name_local: text("凌威钢构有限公司"),
            group_code: text("oem"),
            group_name: text("Industrial OEM"),
            owner_id: full.then_some(1),
            owner_code: text("zhou"),
            owner_name: text("Zhou Ning"),
            parent_code: text("C-9"),
            payer_code: None,
            currency: "CNY".to_owned(),
            payment_terms_days: full.then_some(60),
            city: text("Suzhou"),
            lat: full.then_some(31.3),
            lon: full.then_some(120.6),
            version: 1,
            ended_on: None,
            sort_key: "linkway".to_owned(),
        }
    }

    pub fn customer(&self) -> CustomerId {
        CustomerId::of(self.id)
    }
}

/// What a customer is made of, besides the owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    pub code: Code,
    pub name: String,
    pub name_local: Option<String>,
    pub group: Option<i64>,
    pub parent: Option<CustomerId>,
    pub payer: Option<CustomerId>,
    pub currency: Currency,
    pub payment_terms_days: Option<i64>,
    pub city: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

/// A customer in scope: `$1` day, `$2` known at, `$3` everything, `$4` people.
macro_rules! select_customer {
    ($($rest:expr),+) => {
        concat!(
            "select c.id, c.code, c.name, c.name_local, g.code as group_code, g.name as group_name,
                    o.id as owner_id, o.code as owner_code, o.name as owner_name,
                    parent.code as parent_code, payer.code as payer_code, c.currency,
                    c.payment_terms_days, c.city, c.lat, c.lon, c.version, c.ended_on, c.sort_key
               from book_customer c
               left join book_customer_group g on g.id = c.group_id
               left join book_customer parent on parent.id = c.parent_id
               left join book_customer payer on payer.id = c.payer_id
               left join book_assignment a
                 on a.id = (select x.id from book_assignment x
                             where x.customer_id = c.id and x.role = 'owner' and ",
            db::holds!("x", "$1", "$2"),
            " order by x.id desc limit 1)
               left join org_person o on o.id = a.person_id
              where ($3 = 1 or a.person_id in (select cast(value as bigint) from json_each($4))) ",
            $($rest),+
        )
    };
}

/// The customers with these ids, in their order, as far as they are in scope.
async fn in_order(tx: &mut Tx, scope: &Scope, ids: &[i64], on: Date) -> Result<Vec<Customer>> {
    const SQL: &str = select_customer!(
        "and c.id in (select cast(value as bigint) from json_each($5))
         order by c.id
         limit 1000"
    );
    let rows: Vec<Customer> = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(format!("{ids:?}"))
        .all()
        .await?;
    let mut by_id: BTreeMap<i64, Customer> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// How many customers are in scope on `on`.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn count(tx: &mut Tx, scope: &Scope, on: Date) -> Result<i64> {
    const SQL: &str = concat!(
        "select count(*)
           from book_customer c
          where c.ended_on is null
            and ($3 = 1 or exists (
                    select 1 from book_assignment a
                     where a.customer_id = c.id
                       and a.role = 'owner'
                       and a.person_id in (select cast(value as bigint) from json_each($4))
                       and ",
        db::holds!("a", "$1", "$2"),
        "))"
    );
    let (count,): (i64,) = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .one()
        .await?;
    Ok(count)
}

/// One customer by code.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, code: &str, on: Date) -> Result<Customer> {
    const SQL: &str = select_customer!("and c.code_key = $5 order by c.id limit 1");
    let customer = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(code.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(customer.ok_or_else(|| Refusal::missing(format!("customer {code}")))?)
}

/// The codes and ids of all customers, folded, for matching many rows; at most 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn ids_by_code(tx: &mut Tx) -> Result<std::collections::BTreeMap<String, CustomerId>> {
    const SQL: &str = "select code_key, id from book_customer order by id limit 1000000";
    let rows: Vec<(String, i64)> = tx.q(SQL).all().await?;
    Ok(rows
        .into_iter()
        .map(|(code, id)| (code, CustomerId::of(id)))
        .collect())
}

/// A customer as recorded, for comparing with another reading of it.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Recorded {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub group_id: Option<i64>,
    pub parent_id: Option<i64>,
    pub payer_id: Option<i64>,
    pub currency: String,
    pub payment_terms_days: Option<i64>,
    pub city: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub version: i64,
}

impl Recorded {
    pub fn customer(&self) -> CustomerId {
        CustomerId::of(self.id)
    }

    /// What can be changed of it.
    ///
    /// # Errors
    ///
    /// Never for a row written by us.
    pub fn fields(&self) -> std::result::Result<Fields, Refusal> {
        Ok(Fields {
            code: Code::parse(&self.code)?,
            name: self.name.clone(),
            name_local: self.name_local.clone(),
            group: self.group_id,
            parent: self.parent_id.map(CustomerId::of),
            payer: self.payer_id.map(CustomerId::of),
            currency: Currency::parse(&self.currency)?,
            payment_terms_days: self.payment_terms_days,
            city: self.city.clone(),
            lat: self.lat,
            lon: self.lon,
        })
    }
}

macro_rules! select_recorded {
    ($rest:literal) => {
        concat!(
            "select c.id, c.code, c.name, c.name_local, c.group_id, c.parent_id, c.payer_id,
                    c.currency, c.payment_terms_days, c.city, c.lat, c.lon, c.version
               from book_customer c ",
            $rest
        )
    };
}

/// Every customer by folded code, for matching many rows; at most 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn recorded(tx: &mut Tx) -> Result<std::collections::BTreeMap<String, Recorded>> {
    const SQL: &str = select_recorded!("order by c.id limit 1000000");
    let rows: Vec<Recorded> = tx.q(SQL).all().await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.code.to_ascii_lowercase(), row))
        .collect())
}

/// One customer as recorded.
///
/// # Errors
///
/// [`db::DbError::Missing`].
pub async fn recorded_one(tx: &mut Tx, id: CustomerId) -> Result<Recorded> {
    const SQL: &str = select_recorded!("where c.id = $1");
    tx.q(SQL).bind(id.get()).one().await
}

/// Whether `top` is `below` or stands above it, parent by parent.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn stands_above(tx: &mut Tx, top: CustomerId, below: CustomerId) -> Result<bool> {
    const SQL: &str = "
        with recursive above (id) as (
            select cast($1 as bigint)
            union
            select c.parent_id
              from book_customer c
              join above on above.id = c.id
             where c.parent_id is not null)
        select id
          from above
         where id = $2
         order by id
         limit 1";
    let found: Option<(i64,)> = tx.q(SQL).bind(below.get()).bind(top.get()).maybe().await?;
    Ok(found.is_some())
}

/// Adds a customer.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(tx: &mut Tx, customer: &Fields) -> Result<CustomerId> {
    const SQL: &str = "
        insert into book_customer
               (code, code_key, name, name_local, group_id, parent_id, payer_id, currency,
                payment_terms_days, city, lat, lon, search_key, sort_key, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(customer.code.as_str().to_owned())
        .bind(customer.code.folded())
        .bind(customer.name.clone())
        .bind(customer.name_local.clone())
        .bind(customer.group)
        .bind(customer.parent.map(CustomerId::get))
        .bind(customer.payer.map(CustomerId::get))
        .bind(customer.currency.code())
        .bind(customer.payment_terms_days)
        .bind(customer.city.clone())
        .bind(customer.lat)
        .bind(customer.lon)
        .bind(search_key(customer))
        .bind(keys::sort_key(&customer.name))
        .one()
        .await?;
    Ok(CustomerId::of(id))
}

/// Adds many customers at once; parents and payers are set by [`save`].
///
/// # Errors
///
/// As [`add`].
pub async fn add_many(tx: &mut Tx, customers: &[Fields]) -> Result<()> {
    let rows = customers
        .iter()
        .map(|customer| {
            vec![
                Cell::from(customer.code.as_str()),
                Cell::from(customer.code.folded()),
                Cell::from(customer.name.as_str()),
                Cell::from(customer.name_local.clone()),
                Cell::from(customer.group),
                Cell::from(customer.currency.code()),
                Cell::from(customer.payment_terms_days),
                Cell::from(customer.city.clone()),
                Cell::from(customer.lat),
                Cell::from(customer.lon),
                Cell::from(search_key(customer)),
                Cell::from(keys::sort_key(&customer.name)),
                Cell::from(1),
            ]
        })
        .collect();
    tx.insert_many(
        "insert into book_customer
                (code, code_key, name, name_local, group_id, currency, payment_terms_days, city,
                 lat, lon, search_key, sort_key, version) values",
        rows,
    )
    .await
}

/// Changes a customer if it still has `version`.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn save(tx: &mut Tx, id: CustomerId, customer: &Fields, version: i64) -> Result<()> {
    const SQL: &str = "
        update book_customer
           set name = $1, name_local = $2, group_id = $3, parent_id = $4, payer_id = $5,
               currency = $6, payment_terms_days = $7, city = $8, lat = $9, lon = $10,
               search_key = $11, sort_key = $12, version = version + 1
         where id = $13
           and version = $14
        returning id";
    tx.q(SQL)
        .bind(customer.name.clone())
        .bind(customer.name_local.clone())
        .bind(customer.group)
        .bind(customer.parent.map(CustomerId::get))
        .bind(customer.payer.map(CustomerId::get))
        .bind(customer.currency.code())
        .bind(customer.payment_terms_days)
        .bind(customer.city.clone())
        .bind(customer.lat)
        .bind(customer.lon)
        .bind(search_key(customer))
        .bind(keys::sort_key(&customer.name))
        .bind(id.get())
        .bind(version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// The people who look after a customer's scope: used to refuse what is not the asker's.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn owner_on(tx: &mut Tx, customer: CustomerId, day: Date) -> Result<Option<PersonId>> {
    const SQL: &str = concat!(
        "select a.person_id
           from book_assignment a
          where a.customer_id = $3
            and a.role = 'owner'
            and ",
        db::holds!("a", "$1", "$2"),
        " order by a.id desc
          limit 1"
    );
    let row: Option<(i64,)> = tx
        .q(SQL)
        .bind(day.to_string())
        .bind(i64::MAX)
        .bind(customer.get())
        .maybe()
        .await?;
    Ok(row.map(|(id,)| PersonId::of(id)))
}

fn search_key(customer: &Fields) -> String {
    keys::search_key(&[
        customer.code.as_str(),
        &customer.name,
        customer.name_local.as_deref().unwrap_or_default(),
        customer.city.as_deref().unwrap_or_default(),
    ])
}
