//! Whom to talk to at a customer, from when to when. A correction retracts a row and adds one under
//! the same public id, so what was known before stays readable.

use db::{FromRow, Result, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Refusal, Scope, ids::PublicId, times::Moment};
use org::keys;

use crate::CustomerId;

/// A contact as stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Contact {
    pub id: i64,
    pub public_id: String,
    pub customer_id: i64,
    pub customer_code: String,
    pub version: i64,
    pub name: String,
    pub name_local: Option<String>,
    pub role: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub lang: Option<String>,
    pub channel: Option<String>,
    pub valid_from: String,
    pub valid_to: Option<String>,
}

impl Contact {
    /// For sample pages.
    pub fn sample() -> Contact {
        let text = |text: &str| Some(text.to_owned());
        Contact {
            id: 1,
            public_id: "0".repeat(26),
            customer_id: 1,
            customer_code: "C-1".to_owned(),
            version: 1,
            name: "Lin Wei".to_owned(),
            name_local: text("林伟"),
            role: "decider".to_owned(),
            phone: text("+86 512 5555 0100"),
            email: text("lin.wei@linkway.example"),
            lang: text("zh-CN"),
            channel: text("phone"),
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
            name: self.name.clone(),
            name_local: self.name_local.clone(),
            role: self.role.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            lang: self.lang.clone(),
            channel: self.channel.clone(),
            from: super::day_of(&self.valid_from)?,
            to: self.valid_to.as_deref().map(super::day_of).transpose()?,
        })
    }
}

/// What a contact is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    pub name: String,
    pub name_local: Option<String>,
    pub role: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub lang: Option<String>,
    pub channel: Option<String>,
    pub from: Date,
    pub to: Option<Date>,
}

macro_rules! select_contact {
    ($($rest:expr),+) => {
        concat!(
            "select x.id, x.public_id, x.customer_id, c.code as customer_code, x.version, x.name,
                    x.name_local, x.role, x.phone, x.email, x.lang, x.channel, x.valid_from, x.valid_to
               from book_contact x
               join book_customer c on c.id = x.customer_id ",
            $($rest),+
        )
    };
}

/// The contacts of a customer that the asker was found to see, at a moment, by name; at most 500.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId, at: Moment) -> Result<Vec<Contact>> {
    const SQL: &str = select_contact!(
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

/// The contacts of a customer as now believed, whenever they hold; at most 10,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn believed(tx: &mut Tx, customer: CustomerId) -> Result<Vec<Contact>> {
    const SQL: &str = select_contact!(
        "where x.customer_id = $1
           and x.retracted_at is null
         order by x.sort_key, x.id
         limit 10000"
    );
    tx.q(SQL).bind(customer.get()).all().await
}

/// One contact of a customer as now believed, whenever it holds.
///
/// # Errors
///
/// A refusal of kind missing.
pub async fn fetch(tx: &mut Tx, customer: CustomerId, public_id: &str) -> Result<Contact> {
    const SQL: &str = select_contact!(
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
    Ok(found.ok_or_else(|| Refusal::missing(format!("contact {public_id}")))?)
}

/// Every contact in scope as now believed, by customer and name, for a file; at most 1,000,000.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn all(tx: &mut Tx, scope: &Scope, on: Date) -> Result<Vec<Contact>> {
    const SQL: &str = select_contact!(
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

/// Adds a contact.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn add(
    tx: &mut Tx,
    customer: CustomerId,
    public_id: &PublicId,
    contact: &Fields,
    now: Timestamp,
) -> Result<()> {
    insert(tx, (customer, public_id.as_str(), 1), contact, now).await
}

/// Corrects a contact: what was recorded is retracted.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn save(tx: &mut Tx, old: &Contact, contact: &Fields, now: Timestamp) -> Result<()> {
    retract(tx, old, now).await?;
    let customer = CustomerId::of(old.customer_id);
    let place = (customer, old.public_id.as_str(), old.version + 1);
    insert(tx, place, contact, now).await
}

/// Takes a contact back, as if it had never been one; what was known before stays readable.
///
/// # Errors
///
/// [`db::DbError::Missing`] if somebody did already.
pub async fn retract(tx: &mut Tx, old: &Contact, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        update book_contact
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
    contact: &Fields,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        insert into book_contact
               (public_id, customer_id, version, name, name_local, role, phone, email, lang, channel,
                sort_key, valid_from, valid_to, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    tx.q(SQL)
        .bind(public_id.to_owned())
        .bind(customer.get())
        .bind(version)
        .bind(contact.name.clone())
        .bind(contact.name_local.clone())
        .bind(contact.role.clone())
        .bind(contact.phone.clone())
        .bind(contact.email.clone())
        .bind(contact.lang.clone())
        .bind(contact.channel.clone())
        .bind(keys::sort_key(&contact.name))
        .bind(contact.from.to_string())
        .bind(contact.to.map(|day| day.to_string()))
        .bind(now.as_microsecond())
        .run()
        .await
        .map(drop)
}

/// All contacts of one customer become another's: retracted here, recorded there.
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
        let contact = old.fields()?;
        retract(tx, &old, now).await?;
        let place = (to, old.public_id.as_str(), old.version + 1);
        insert(tx, place, &contact, now).await?;
        moved += 1;
    }
    Ok(moved)
}
