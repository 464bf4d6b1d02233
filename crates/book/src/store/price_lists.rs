//! Price lists, and who buys by which from when to when.

use db::{Cursor, FromRow, Limit, Listing, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Refusal, Scope};
use org::keys;

use crate::{CustomerId, ListId};

/// A price list as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PriceList {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub name_local: Option<String>,
    pub currency: String,
    pub is_gross: i64,
    pub sort_key: String,
    pub version: i64,
    pub ended_on: Option<String>,
}

impl PriceList {
    pub fn list(&self) -> ListId {
        ListId::of(self.id)
    }
}

/// What a price list is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    pub code: Code,
    pub name: String,
    pub name_local: Option<String>,
    pub currency: Currency,
    /// Whether its prices have the tax in them.
    pub is_gross: bool,
}

/// Price lists by name, one page.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn page(tx: &mut Tx, limit: Limit, from: &Cursor) -> Result<Listing<PriceList>> {
    const SQL: &str = "
        select id, code, name, name_local, currency, is_gross, sort_key, version, ended_on
          from book_price_list
         where (sort_key, id) > ($1, $2)
         order by sort_key, id
         limit $3";
    let rows: Vec<PriceList> = tx
        .q(SQL)
        .bind(from.key.clone())
        .bind(from.id)
        .bind(limit.and_one())
        .all()
        .await?;
    Ok(Listing::of(rows, limit, |list| Cursor {
        key: list.sort_key.clone(),
        id: list.id,
    }))
}

/// All price lists; at most 5,000. For files.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx) -> Result<Vec<PriceList>> {
    const SQL: &str = "
        select id, code, name, name_local, currency, is_gross, sort_key, version, ended_on
          from book_price_list
         order by sort_key, id
         limit 5000";
    tx.q(SQL).all().await
}

/// One price list by code.
///
/// # Errors
///
/// A refusal of kind missing.
pub async fn fetch(tx: &mut Tx, code: &str) -> Result<PriceList> {
    const SQL: &str = "
        select id, code, name, name_local, currency, is_gross, sort_key, version, ended_on
          from book_price_list
         where code_key = $1
         order by id
         limit 1";
    let found = tx.q(SQL).bind(code.trim().to_ascii_lowercase()).maybe();
    let found = found.await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("price list {code}")))?)
}

/// Adds a price list.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the code is in use.
pub async fn add(tx: &mut Tx, list: &Fields) -> Result<ListId> {
    const SQL: &str = "
        insert into book_price_list
               (code, code_key, name, name_local, currency, is_gross, sort_key, version)
        values ($1, $2, $3, $4, $5, $6, $7, 1)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(list.code.as_str().to_owned())
        .bind(list.code.folded())
        .bind(list.name.clone())
        .bind(list.name_local.clone())
        .bind(list.currency.code())
        .bind(i64::from(list.is_gross))
        .bind(keys::sort_key(&list.name))
        .one()
        .await?;
    Ok(ListId::of(id))
}

/// Renames a price list if it still has its version.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn rename(
    tx: &mut Tx,
    list: &PriceList,
    name: &str,
    name_local: Option<String>,
) -> Result<()> {
    const SQL: &str = "
        update book_price_list
           set name = $1, name_local = $2, sort_key = $3, version = version + 1
         where id = $4
           and version = $5
        returning id";
    tx.q(SQL)
        .bind(name.to_owned())
        .bind(name_local)
        .bind(keys::sort_key(name))
        .bind(list.id)
        .bind(list.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// Who buys by a list: one customer or all of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyer {
    Customer(CustomerId),
    Group(i64),
}

impl Buyer {
    fn ids(self) -> (Option<i64>, Option<i64>) {
        match self {
            Buyer::Customer(customer) => (Some(customer.get()), None),
            Buyer::Group(group) => (None, Some(group)),
        }
    }
}

/// A use of a list as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Use {
    pub customer_code: Option<String>,
    pub group_code: Option<String>,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

/// Who buys by a list, as now believed: groups, and customers in scope; at most 5,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn uses(tx: &mut Tx, list: ListId, scope: &Scope, today: Date) -> Result<Vec<Use>> {
    const SQL: &str = concat!(
        "select c.code as customer_code, g.code as group_code, u.valid_from, u.valid_to
           from book_list_use u
           left join book_customer c on c.id = u.customer_id
           left join book_customer_group g on g.id = u.group_id
          where u.list_id = $3
            and u.retracted_at is null
            and ($4 = 1 or u.customer_id is null or exists (
                    select 1 from book_assignment a
                     where a.customer_id = u.customer_id and a.role = 'owner'
                       and a.person_id in (select cast(value as bigint) from json_each($5))
                       and ",
        db::holds!("a", "$1", "$2"),
        "))
          order by u.valid_from, u.id
          limit 5000"
    );
    tx.q(SQL)
        .bind(today.to_string())
        .bind(i64::MAX)
        .bind(list.get())
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .all()
        .await
}

#[derive(FromRow)]
struct Held {
    id: i64,
    list_id: i64,
    valid_from: String,
    valid_to: Option<String>,
}

/// Lets somebody buy by a list in `[from, to)`, in place of any other list of the same currency.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn let_use(
    tx: &mut Tx,
    list: &PriceList,
    buyer: Buyer,
    (from, to): (Date, Option<Date>),
    now: Timestamp,
) -> Result<()> {
    const TOUCHED: &str = "
        select u.id, u.list_id, u.valid_from, u.valid_to
          from book_list_use u
          join book_price_list l on l.id = u.list_id
         where coalesce(u.customer_id, 0) = $1
           and coalesce(u.group_id, 0) = $2
           and l.currency = $3
           and u.retracted_at is null
           and (u.valid_to is null or u.valid_to > $4)
           and ($5 = '' or u.valid_from < $5)
         order by u.valid_from, u.id
         limit 1000";
    const RETRACT: &str = "update book_list_use set retracted_at = $1 where id = $2";
    let (customer, group) = buyer.ids();
    let end = to.map(|day| day.to_string()).unwrap_or_default();
    let old: Vec<Held> = tx
        .q(TOUCHED)
        .bind(customer.unwrap_or(0))
        .bind(group.unwrap_or(0))
        .bind(list.currency.clone())
        .bind(from.to_string())
        .bind(end.clone())
        .all()
        .await?;
    for held in old {
        tx.q(RETRACT)
            .bind(now.as_microsecond())
            .bind(held.id)
            .run()
            .await?;
        let first = from.to_string();
        if held.valid_from < first {
            let span = (held.valid_from.clone(), Some(first));
            add_use(tx, held.list_id, buyer, span, now).await?;
        }
        let goes_on = held.valid_to.as_ref().is_none_or(|old_end| end < *old_end);
        if !end.is_empty() && goes_on {
            let span = (end.clone(), held.valid_to.clone());
            add_use(tx, held.list_id, buyer, span, now).await?;
        }
    }
    let span = (from.to_string(), to.map(|day| day.to_string()));
    add_use(tx, list.id, buyer, span, now).await
}

async fn add_use(
    tx: &mut Tx,
    list: i64,
    buyer: Buyer,
    (from, to): (String, Option<String>),
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into book_list_use (list_id, customer_id, group_id, valid_from, valid_to, recorded_at)
        values ($1, $2, $3, $4, $5, $6)";
    let (customer, group) = buyer.ids();
    tx.q(SQL)
        .bind(list)
        .bind(customer)
        .bind(group)
        .bind(from)
        .bind(to)
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// A list a customer buys by itself, not by its group, with the days it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    pub list: PriceList,
    pub span: (Date, Option<Date>),
}

/// The lists a customer buys by itself, as now believed; at most 1,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId) -> Result<Vec<Own>> {
    const SQL: &str = "
        select id, list_id, valid_from, valid_to
          from book_list_use
         where customer_id = $1
           and retracted_at is null
         order by valid_from, id
         limit 1000";
    let held: Vec<Held> = tx.q(SQL).bind(customer.get()).all().await?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let lists = all(tx).await?;
    let mut own = Vec::with_capacity(held.len());
    for one in held {
        let Some(list) = lists.iter().find(|list| list.id == one.list_id) else {
            continue;
        };
        let from = super::day_of(&one.valid_from)?;
        let to = one.valid_to.as_deref().map(super::day_of).transpose()?;
        own.push(Own {
            list: list.clone(),
            span: (from, to),
        });
    }
    Ok(own)
}

/// Retracts by which lists a customer buys itself.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn retract_uses(tx: &mut Tx, customer: CustomerId, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_list_use
           set retracted_at = $1
         where customer_id = $2
           and retracted_at is null";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(customer.get())
        .run()
        .await
        .map(drop)
}
