//! Customers: the list, one, add, change. Scope is the owner of the asked day.

mod listing;

use std::collections::BTreeMap;

use db::{Cell, DbError, FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{Code, Currency, Moment, Refusal, Scope, ids::PersonId};
use org::keys;

use super::{
    attachments,
    former_codes::{self, Noun, answers_to},
};
use crate::{CustomerId, alike};

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
    pub group_local: Option<String>,
    pub owner_id: Option<i64>,
    pub owner_code: Option<String>,
    pub owner_name: Option<String>,
    pub parent_code: Option<String>,
    pub payer_code: Option<String>,
    pub currency: String,
    /// Code and names of the terms it pays by, or the number of days.
    pub payment_terms: Option<String>,
    pub terms_name: Option<String>,
    pub terms_local: Option<String>,
    pub payment_terms_days: Option<i64>,
    pub city: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub phone: Option<String>,
    pub tax_id: Option<String>,
    pub version: i64,
    pub ended_on: Option<String>,
    pub sort_key: String,
}

impl Customer {
    /// What its group is called, as asked for in Chinese or not.
    pub fn group_shown(&self, in_chinese: bool) -> Option<&str> {
        let local = self.group_local.as_deref().filter(|_| in_chinese);
        local.or(self.group_name.as_deref())
    }

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
            group_local: text("工业主机厂"),
            owner_id: full.then_some(1),
            owner_code: text("zhou"),
            owner_name: text("Zhou Ning"),
            parent_code: text("C-9"),
            payer_code: None,
            currency: "CNY".to_owned(),
            payment_terms: None,
            terms_name: None,
            terms_local: None,
            payment_terms_days: full.then_some(60),
            city: text("Suzhou"),
            lat: full.then_some(31.3),
            lon: full.then_some(120.6),
            phone: text("+86 512 5555 0100"),
            tax_id: None,
            version: 1,
            ended_on: None,
            sort_key: "linkway".to_owned(),
        }
    }

    pub fn customer(&self) -> CustomerId {
        CustomerId::of(self.id)
    }
}

/// What a customer is made of, besides the owner, its ties to other customers and what it pays by.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    pub code: Code,
    pub name: String,
    pub name_local: Option<String>,
    pub group: Option<i64>,
    pub currency: Currency,
    pub city: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub phone: Option<String>,
    pub tax_id: Option<String>,
}

/// A customer in scope: `$1` day, `$2` known at, `$3` everything, `$4` people.
macro_rules! select_customer {
    ($($rest:expr),+) => {
        concat!(
            "select c.id, c.code, c.name, c.name_local, g.code as group_code, g.name as group_name,
                    g.name_local as group_local,
                    o.id as owner_id, o.code as owner_code, o.name as owner_name,
                    parent.code as parent_code, payer.code as payer_code, c.currency,
                    n.code as payment_terms, n.name as terms_name, n.name_local as terms_local,
                    t.days as payment_terms_days, c.city, c.lat, c.lon, c.phone, c.tax_id, c.version, c.ended_on,
                    c.sort_key
               from book_customer c
               left join book_customer_group g on g.id = c.group_id
               left join book_customer parent on parent.id = (
                    select x.other_id from book_customer_tie x
                     where x.customer_id = c.id and x.kind = 'parent' and ",
            db::holds!("x", "$1", "$2"),
            " order by x.id desc limit 1)
               left join book_customer payer on payer.id = (
                    select x.other_id from book_customer_tie x
                     where x.customer_id = c.id and x.kind = 'payer' and ",
            db::holds!("x", "$1", "$2"),
            " order by x.id desc limit 1)
               left join book_customer_terms t on t.id = (
                    select x.id from book_customer_terms x
                     where x.customer_id = c.id and ",
            db::holds!("x", "$1", "$2"),
            " order by x.id desc limit 1)
               left join book_terms n on n.id = t.terms_id
               left join book_assignment a
                 on a.id = (select x.id from book_assignment x
                             where x.customer_id = c.id and x.role = 'owner' and ",
            db::holds!("x", "$1", "$2"),
            " order by x.id desc limit 1)
               left join org_person o on o.id = a.person_id
              where c.merged_into_id is null
                and ($3 = 1 or a.person_id in (select cast(value as bigint) from json_each($4))) ",
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
          where (c.ended_on is null or $1 < c.ended_on)
            and c.merged_into_id is null
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
    seen_from(tx, scope, code, Moment::latest(on)).await
}

/// A customer with the owner, parent and payer of a moment. Whether the asker may see it was asked
/// before, of the owner it has now.
///
/// # Errors
///
/// A refusal of kind missing if there is none with this code.
pub async fn then(tx: &mut Tx, code: &str, moment: Moment) -> Result<Customer> {
    seen_from(tx, &Scope::All, code, moment).await
}

async fn seen_from(tx: &mut Tx, scope: &Scope, code: &str, moment: Moment) -> Result<Customer> {
    const SQL: &str = select_customer!(
        "and ",
        answers_to!("customer", "c", "$5"),
        " order by c.id limit 1"
    );
    let customer = tx
        .q(SQL)
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(code.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(customer.ok_or_else(|| Refusal::missing(format!("customer {code}")))?)
}

/// The codes and ids of all customers, folded, with their codes of before, for matching many rows;
/// at most 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn ids_by_code(tx: &mut Tx) -> Result<BTreeMap<String, CustomerId>> {
    const SQL: &str = "
        select code_key, id
          from book_customer
         where merged_into_id is null
         order by id
         limit 1000000";
    let rows: Vec<(String, i64)> = tx.q(SQL).all().await?;
    let former = former_codes::all(tx, Noun::Customer).await?;
    let all = former.into_iter().chain(rows);
    Ok(all.map(|(code, id)| (code, CustomerId::of(id))).collect())
}

/// A customer as recorded, for comparing with another reading of it; parent and payer are the ties
/// without an end.
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
    pub city: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub phone: Option<String>,
    pub tax_id: Option<String>,
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
            currency: Currency::parse(&self.currency)?,
            city: self.city.clone(),
            lat: self.lat,
            lon: self.lon,
            phone: self.phone.clone(),
            tax_id: self.tax_id.clone(),
        })
    }
}

macro_rules! select_recorded {
    ($rest:literal) => {
        concat!(
            "select c.id, c.code, c.name, c.name_local, c.group_id, parent.other_id as parent_id,
                    payer.other_id as payer_id, c.currency, c.city, c.lat, c.lon, c.phone,
                    c.tax_id, c.version
               from book_customer c
               left join book_customer_tie parent
                 on parent.customer_id = c.id and parent.kind = 'parent'
                and parent.retracted_at is null and parent.valid_to is null
               left join book_customer_tie payer
                 on payer.customer_id = c.id and payer.kind = 'payer'
                and payer.retracted_at is null and payer.valid_to is null ",
            $rest
        )
    };
}

/// Every customer by folded code and by each of its codes of before, for matching many rows; at most
/// 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn recorded(tx: &mut Tx) -> Result<BTreeMap<String, Recorded>> {
    const SQL: &str =
        select_recorded!("where c.merged_into_id is null order by c.id limit 1000000");
    let rows: Vec<Recorded> = tx.q(SQL).all().await?;
    let former = former_codes::all(tx, Noun::Customer).await?;
    let mut by_code: BTreeMap<String, Recorded> = BTreeMap::new();
    if !former.is_empty() {
        let by_id: BTreeMap<i64, &Recorded> = rows.iter().map(|row| (row.id, row)).collect();
        for (code, id) in former {
            if let Some(row) = by_id.get(&id) {
                by_code.insert(code, Recorded::clone(row));
            }
        }
    }
    for row in rows {
        by_code.insert(row.code.to_ascii_lowercase(), row);
    }
    Ok(by_code)
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

/// Adds a customer.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(tx: &mut Tx, customer: &Fields) -> Result<CustomerId> {
    const SQL: &str = "select id from book_customer where code_key = $1";
    former_codes::refuse_former(tx, Noun::Customer, &customer.code.folded(), None).await?;
    add_many(tx, std::slice::from_ref(customer)).await?;
    let (id,): (i64,) = tx.q(SQL).bind(customer.code.folded()).one().await?;
    Ok(CustomerId::of(id))
}

/// Adds many customers at once, whose codes nothing else ever had.
///
/// # Errors
///
/// [`db::DbError::Taken`] if a code is in use.
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
                Cell::from(customer.city.clone()),
                Cell::from(customer.lat),
                Cell::from(customer.lon),
                Cell::from(customer.phone.clone()),
                Cell::from(customer.tax_id.clone()),
                Cell::from(alike::name_key(&customer.name)),
                Cell::from(alike::phone_key(customer.phone.as_deref())),
                Cell::from(alike::tax_key(customer.tax_id.as_deref())),
                Cell::from(search_key(customer)),
                Cell::from(keys::sort_key(&customer.name)),
                Cell::from(1),
            ]
        })
        .collect();
    tx.insert_many(
        "insert into book_customer
                (code, code_key, name, name_local, group_id, currency, city,
                 lat, lon, phone, tax_id, name_key, phone_key, tax_key, search_key, sort_key, version)
         values",
        rows,
    )
    .await
}

/// Changes a customer, its code too, if it still has `version`.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now; [`db::DbError::Taken`] if the code is
/// in use.
pub async fn save(tx: &mut Tx, id: CustomerId, customer: &Fields, version: i64) -> Result<()> {
    const SQL: &str = "
        update book_customer
           set code = $1, code_key = $2, name = $3, name_local = $4, group_id = $5, currency = $6,
               city = $7, lat = $8, lon = $9, phone = $10, tax_id = $11, name_key = $12,
               phone_key = $13, tax_key = $14, search_key = $15, sort_key = $16,
               version = version + 1
         where id = $17
           and version = $18
        returning id";
    tx.q(SQL)
        .bind(customer.code.as_str().to_owned())
        .bind(customer.code.folded())
        .bind(customer.name.clone())
        .bind(customer.name_local.clone())
        .bind(customer.group)
        .bind(customer.currency.code())
        .bind(customer.city.clone())
        .bind(customer.lat)
        .bind(customer.lon)
        .bind(customer.phone.clone())
        .bind(customer.tax_id.clone())
        .bind(alike::name_key(&customer.name))
        .bind(alike::phone_key(customer.phone.as_deref()))
        .bind(alike::tax_key(customer.tax_id.as_deref()))
        .bind(search_key(customer))
        .bind(keys::sort_key(&customer.name))
        .bind(id.get())
        .bind(version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Ends a customer from a day on, or takes the end back.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn end(tx: &mut Tx, id: CustomerId, on: Option<Date>) -> Result<()> {
    const SQL: &str = "update book_customer set ended_on = $1 where id = $2";
    tx.q(SQL)
        .bind(on.map(|day| day.to_string()))
        .bind(id.get())
        .run()
        .await
        .map(drop)
}

/// Deletes a customer that nothing refers to, with what is only its own.
///
/// # Errors
///
/// `customer.referenced` if a document, another customer, a file or a plan names it.
pub async fn delete(tx: &mut Tx, id: CustomerId) -> Result<()> {
    const OWN: [&str; 5] = [
        "delete from book_assignment where customer_id = $1",
        "delete from book_contact where customer_id = $1",
        "delete from book_address where customer_id = $1",
        "delete from book_customer_tie where customer_id = $1",
        "delete from book_customer_terms where customer_id = $1",
    ];
    const SQL: &str = "delete from book_customer where id = $1";
    // A file is kept with a number that the engine may give to the next customer.
    if attachments::ever(tx, attachments::Noun::Customer, id.get()).await? {
        return Err(referenced().into());
    }
    for own in OWN {
        tx.q(own).bind(id.get()).run().await?;
    }
    former_codes::forget(tx, Noun::Customer, id.get()).await?;
    let gone = tx.q(SQL).bind(id.get()).run().await;
    gone.map(drop).map_err(|error| match error {
        DbError::Referenced => referenced().into(),
        other => other,
    })
}

fn referenced() -> Refusal {
    Refusal::state(
        "customer.referenced",
        "Something is recorded of this customer, so it is never deleted. Set ended_on instead.",
    )
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
        customer.phone.as_deref().unwrap_or_default(),
        customer.tax_id.as_deref().unwrap_or_default(),
    ])
}
