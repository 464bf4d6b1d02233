//! Where a customer is reached, from when to when. A correction retracts a row and adds one under
//! the same public id, so what was known before stays readable.

use db::{FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Refusal, Scope, ids::PublicId, times::Moment};
use org::keys;

use crate::CustomerId;

/// An address as stored.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Address {
    pub id: i64,
    pub public_id: String,
    pub customer_id: i64,
    pub customer_code: String,
    pub version: i64,
    pub kind: String,
    pub line1: String,
    pub line2: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

impl Address {
    /// For sample pages.
    pub fn sample() -> Address {
        let text = |text: &str| Some(text.to_owned());
        Address {
            id: 1,
            public_id: "0".repeat(26),
            customer_id: 1,
            customer_code: "C-1".to_owned(),
            version: 1,
            kind: "shipping".to_owned(),
            line1: "88 Harbour Road".to_owned(),
            line2: text("Gate 3"),
            postcode: text("215000"),
            city: text("Suzhou"),
            country: text("CN"),
            lat: Some(31.3),
            lon: Some(120.6),
            valid_from: "0001-01-01".to_owned(),
            valid_to: None,
        }
    }

    /// What can be changed of it.
    ///
    /// # Errors
    ///
    /// Never for a row written by us.
    pub fn fields(&self) -> std::result::Result<Fields, Refusal> {
        Ok(Fields {
            kind: self.kind.clone(),
            line1: self.line1.clone(),
            line2: self.line2.clone(),
            postcode: self.postcode.clone(),
            city: self.city.clone(),
            country: self.country.clone(),
            lat: self.lat,
            lon: self.lon,
            from: super::day_of(&self.valid_from)?,
            to: self.valid_to.as_deref().map(super::day_of).transpose()?,
        })
    }
}

/// What an address is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    pub kind: String,
    pub line1: String,
    pub line2: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub from: Date,
    pub to: Option<Date>,
}

macro_rules! select_address {
    ($($rest:expr),+) => {
        concat!(
            "select x.id, x.public_id, x.customer_id, c.code as customer_code, x.version, x.kind,
                    x.line1, x.line2, x.postcode, x.city, x.country, x.lat, x.lon, x.valid_from, x.valid_to
               from book_address x
               join book_customer c on c.id = x.customer_id ",
            $($rest),+
        )
    };
}

/// The addresses of a customer that the asker was found to see, at a moment, by kind and place; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId, at: Moment) -> Result<Vec<Address>> {
    const SQL: &str = select_address!(
        "where x.customer_id = $3
           and ",
        db::holds!("x", "$1", "$2"),
        " order by x.sort_key, x.id
          limit 500"
    );
    tx.q(SQL)
        .bind(at.as_of.to_string())
        .bind(at.known_at)
        .bind(customer.get())
        .all()
        .await
}

/// The addresses of a customer as now believed, whenever they hold; at most 10,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn believed(tx: &mut Tx, customer: CustomerId) -> Result<Vec<Address>> {
    const SQL: &str = select_address!(
        "where x.customer_id = $1
           and x.retracted_at is null
         order by x.sort_key, x.id
         limit 10000"
    );
    tx.q(SQL).bind(customer.get()).all().await
}

/// One address of a customer as now believed, whenever it holds.
///
/// # Errors
///
/// A refusal of kind missing.
pub async fn fetch(tx: &mut Tx, customer: CustomerId, public_id: &str) -> Result<Address> {
    const SQL: &str = select_address!(
        "where x.customer_id = $1
           and x.public_id = $2
           and x.retracted_at is null
         order by x.id
         limit 1"
    );
    let found = tx
        .q(SQL)
        .bind(customer.get())
        .bind(public_id.to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("address {public_id}")))?)
}

/// Every address in scope as now believed, by customer and kind, for a file; at most 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx, scope: &Scope, on: Date) -> Result<Vec<Address>> {
    const SQL: &str = select_address!(
        "where x.retracted_at is null
           and ($3 = 1 or exists (
                    select 1 from book_assignment a
                     where a.customer_id = c.id
                       and a.role = 'owner'
                       and a.person_id in (select cast(value as bigint) from json_each($4))
                       and ",
        db::holds!("a", "$1", "$2"),
        "))
         order by c.code_key, x.sort_key, x.id
         limit 1000000"
    );
    tx.q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .all()
        .await
}

/// Adds an address.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add(
    tx: &mut Tx,
    customer: CustomerId,
    public_id: &PublicId,
    address: &Fields,
    now: Timestamp,
) -> Result<()> {
    insert(tx, (customer, public_id.as_str(), 1), address, now).await
}

/// Corrects an address: what was recorded is retracted.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn save(tx: &mut Tx, old: &Address, address: &Fields, now: Timestamp) -> Result<()> {
    retract(tx, old, now).await?;
    let customer = CustomerId::of(old.customer_id);
    let place = (customer, old.public_id.as_str(), old.version + 1);
    insert(tx, place, address, now).await
}

/// Takes an address back, as if it had never been theirs; what was known before stays readable.
///
/// # Errors
///
/// [`db::DbError::Missing`] if somebody did already.
pub async fn retract(tx: &mut Tx, old: &Address, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_address
           set retracted_at = $1
         where id = $2
           and retracted_at is null
        returning id";
    tx.q(SQL)
        .bind(now.as_microsecond())
        .bind(old.id)
        .one::<(i64,)>()
        .await
        .map(drop)
}

async fn insert(
    tx: &mut Tx,
    (customer, public_id, version): (CustomerId, &str, i64),
    address: &Fields,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into book_address
               (public_id, customer_id, version, kind, line1, line2, postcode, city, country, lat, lon,
                sort_key, valid_from, valid_to, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    tx.q(SQL)
        .bind(public_id.to_owned())
        .bind(customer.get())
        .bind(version)
        .bind(address.kind.clone())
        .bind(address.line1.clone())
        .bind(address.line2.clone())
        .bind(address.postcode.clone())
        .bind(address.city.clone())
        .bind(address.country.clone())
        .bind(address.lat)
        .bind(address.lon)
        .bind(sort_key(address))
        .bind(address.from.to_string())
        .bind(address.to.map(|day| day.to_string()))
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// All addresses of one customer become another's: retracted here, recorded there.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn move_all(
    tx: &mut Tx,
    from: CustomerId,
    to: CustomerId,
    now: Timestamp,
) -> Result<i64> {
    let mut moved = 0;
    for old in believed(tx, from).await? {
        let address = old.fields()?;
        retract(tx, &old, now).await?;
        let place = (to, old.public_id.as_str(), old.version + 1);
        insert(tx, place, &address, now).await?;
        moved += 1;
    }
    Ok(moved)
}

fn sort_key(address: &Fields) -> String {
    let city = address.city.as_deref().unwrap_or_default();
    keys::sort_key(&format!("{} {city} {}", address.kind, address.line1))
}
