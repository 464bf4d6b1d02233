//! Rebate agreements, their terms as they were known, and the documents they count. Scope is the
//! customer's owner of the asked day.

use db::{Cell, FromRow, Query, Result, Sort, SortBy, Tx};
use jiff::{Timestamp, civil::Date};
use kernel::{Code, Currency, Moment, Percent, Refusal, Scope};

use super::{
    documents::{BY_CUSTOMER, BY_DAY, BY_NUMBER, Shape},
    listed::{self, Kind, Listed},
    sight::{in_sight, sighted},
};
use crate::{
    CreditNoteId, CustomerId, RebateId,
    rebate::{Method, Tier},
};

/// An agreement without its terms.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Rebate {
    pub id: i64,
    pub number: String,
    pub customer_id: i64,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub currency: String,
    /// The first day it counts, as known now.
    pub day: String,
    pub status: String,
    pub note: String,
    pub version: i64,
}

impl Rebate {
    pub fn rebate(&self) -> RebateId {
        RebateId::of(self.id)
    }

    pub fn customer(&self) -> CustomerId {
        CustomerId::of(self.customer_id)
    }

    pub fn date(&self) -> Date {
        self.day.parse().unwrap_or(Date::ZERO)
    }

    /// One for the gallery of pages.
    pub fn sample(id: i64, status: &str) -> Rebate {
        Rebate {
            id,
            number: format!("RB-2026-0000{id}"),
            customer_id: 1,
            customer_code: "C-1".to_owned(),
            customer_name: "Huadong Shipyard".to_owned(),
            customer_local: Some("华东造船厂".to_owned()),
            currency: "CNY".to_owned(),
            day: "2026-01-01".to_owned(),
            status: status.to_owned(),
            note: "Agreed at the yearly talk".to_owned(),
            version: 1,
        }
    }

    /// # Errors
    ///
    /// `currency.unknown` if the row holds what was never written by us.
    pub fn money(&self) -> std::result::Result<Currency, Refusal> {
        Currency::parse(&self.currency)
    }
}

macro_rules! select_rebate {
    () => {
        "select d.id, d.number, d.customer_id, c.code as customer_code, c.name as customer_name,
                c.name_local as customer_local, d.currency, d.day, d.status, d.note, d.version
           from book_rebate d
           join book_customer c on c.id = d.customer_id"
    };
}

/// What the list can be sorted by.
pub const SORTS: [SortBy; 3] = [BY_NUMBER, BY_DAY, BY_CUSTOMER];

/// Agreements as a list, those that began last first. By an order, those of its customer are meant.
pub const KIND: Kind = Kind {
    shape: Shape {
        table: "book_rebate",
        columns: "d.status, d.currency",
        beside: None,
        usual: Sort {
            by: BY_DAY,
            down: true,
        },
    },
    state: |state, _| listed::of_status(state),
    of_order: "d.customer_id in (select n.customer_id from book_order n where n.number_key = ?)",
    rows: concat!(
        select_rebate!(),
        " where d.id in (select cast(value as bigint) from json_each($1)) order by d.id limit 1000"
    ),
};

impl Listed for Rebate {
    const KIND: &'static Kind = &KIND;

    fn id(&self) -> i64 {
        self.id
    }
}

/// One agreement by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str, on: Date) -> Result<Rebate> {
    const SQL: &str = concat!(
        select_rebate!(),
        " where ",
        in_sight!("d.customer_id"),
        " and d.number_key = $5"
    );
    let found = sighted(tx.q(SQL), scope, on)
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(found.ok_or_else(|| Refusal::missing(format!("rebate agreement {number}")))?)
}

/// What an agreement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The first day that counts, and the first that counts no longer.
    pub days: (Date, Date),
    pub method: Method,
    pub tiers: Vec<Tier>,
}

/// The terms of an agreement as they were known at an instant.
///
/// # Errors
///
/// A refusal of kind missing if nothing was known of it then.
pub async fn terms(tx: &mut Tx, rebate: &Rebate, known: i64) -> Result<Terms> {
    const HEAD: &str = "
        select id, valid_from, valid_to, method
          from book_rebate_terms
         where rebate_id = $1
           and recorded_at <= $2
           and (retracted_at is null or $2 < retracted_at)
         order by id desc
         limit 1";
    const TIERS: &str = "
        select from_minor, share from book_rebate_tier where terms_id = $1 order by tier limit 100";
    let head: Option<(i64, String, String, String)> =
        tx.q(HEAD).bind(rebate.id).bind(known).maybe().await?;
    let Some((id, from, to, method)) = head else {
        return Err(Refusal::missing(format!("rebate agreement {}", rebate.number)).into());
    };
    let tiers: Vec<(i64, i64)> = tx.q(TIERS).bind(id).all().await?;
    let day = |text: &str| text.parse().unwrap_or(Date::ZERO);
    Ok(Terms {
        days: (day(&from), day(&to)),
        method: Method::parse(&method)?,
        tiers: tiers
            .into_iter()
            .map(|(from_minor, share)| Tier {
                from_minor,
                percent: Percent::of_millionths(share),
            })
            .collect(),
    })
}

/// An agreement to be recorded.
#[derive(Debug, Clone)]
pub struct NewRebate {
    pub number: Code,
    pub customer: CustomerId,
    pub currency: Currency,
    pub note: String,
    pub terms: Terms,
}

/// Records an agreement as a draft.
///
/// # Errors
///
/// [`db::DbError::Taken`] if the number is in use.
pub async fn add(tx: &mut Tx, new: &NewRebate, now: Timestamp) -> Result<()> {
    const SQL: &str = "
        insert into book_rebate
               (number, number_key, customer_id, currency, day, status, note, version, recorded_at)
        values ($1, $2, $3, $4, $5, 'draft', $6, 1, $7)
        returning id";
    let (id,): (i64,) = tx
        .q(SQL)
        .bind(new.number.as_str().to_owned())
        .bind(new.number.folded())
        .bind(new.customer.get())
        .bind(new.currency.code())
        .bind(new.terms.days.0.to_string())
        .bind(new.note.clone())
        .bind(now.as_microsecond())
        .one()
        .await?;
    put_terms(tx, RebateId::of(id), &new.terms, now).await
}

async fn put_terms(tx: &mut Tx, rebate: RebateId, new: &Terms, now: Timestamp) -> Result<()> {
    const RETRACT: &str = "
        update book_rebate_terms
           set retracted_at = $1
         where rebate_id = $2
           and retracted_at is null";
    const ADD: &str = "
        insert into book_rebate_terms (rebate_id, valid_from, valid_to, method, recorded_at)
        values ($1, $2, $3, $4, $5)
        returning id";
    tx.q(RETRACT)
        .bind(now.as_microsecond())
        .bind(rebate.get())
        .run()
        .await?;
    let (id,): (i64,) = tx
        .q(ADD)
        .bind(rebate.get())
        .bind(new.days.0.to_string())
        .bind(new.days.1.to_string())
        .bind(new.method.word())
        .bind(now.as_microsecond())
        .one()
        .await?;
    let rows = (1_i64..).zip(&new.tiers).map(|(place, tier)| {
        vec![
            Cell::from(id),
            Cell::from(place),
            Cell::from(tier.from_minor),
            Cell::from(tier.percent.millionths()),
        ]
    });
    tx.insert_many(
        "insert into book_rebate_tier (terms_id, tier, from_minor, share) values",
        rows.collect(),
    )
    .await
}

/// Changes an agreement if it still has its version; what was known before stays known as of then.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn amend(
    tx: &mut Tx,
    old: &Rebate,
    (note, terms): (&str, Option<&Terms>),
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "
        update book_rebate
           set note = $1, day = $2, version = version + 1
         where id = $3
           and version = $4
        returning id";
    let day = terms.map_or_else(|| old.day.clone(), |terms| terms.days.0.to_string());
    tx.q(SQL)
        .bind(note.to_owned())
        .bind(day)
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await?;
    match terms {
        Some(terms) => put_terms(tx, old.rebate(), terms, now).await,
        None => Ok(()),
    }
}

/// Moves an agreement to another state if it still has its version; the same state only counts on.
///
/// # Errors
///
/// [`db::DbError::Missing`] if the version is another by now.
pub async fn set_status(tx: &mut Tx, old: &Rebate, status: &str) -> Result<()> {
    const SQL: &str = "
        update book_rebate
           set status = $1, version = version + 1
         where id = $2
           and version = $3
        returning id";
    tx.q(SQL)
        .bind(status.to_owned())
        .bind(old.id)
        .bind(old.version)
        .one::<(i64,)>()
        .await
        .map(drop)
}

/// A document an agreement counts: a credit note counts against it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Counted {
    pub kind: String,
    pub number: String,
    pub day: String,
    /// Below zero for a credit note.
    pub net_minor: i64,
}

/// `$1` customer, `$2` currency, `$3` first and `$4` last day of the agreement, `$5` the day looked
/// from, `$6` known at. A credit note on an invoice counts where its invoice does, one without on its
/// own day; rebates themselves do not count.
macro_rules! counted {
    ($($rest:expr),+) => {
        concat!(
            "with counted as (
                select 'invoice' as kind, i.number, i.day, i.net_minor
                  from book_invoice i
                 where i.customer_id = $1
                   and i.currency = $2
                   and i.source = 'own'
                   and $3 <= i.day and i.day <= $4 and i.day <= $5
                   and i.recorded_at <= $6
                union all
                select 'credit_note' as kind, n.number, n.day, -n.net_minor as net_minor
                  from book_credit_note n
                  left join book_invoice i on i.id = n.invoice_id
                 where n.customer_id = $1
                   and n.currency = $2
                   and n.kind <> 'rebate'
                   and $3 <= coalesce(i.day, n.day) and coalesce(i.day, n.day) <= $4 and n.day <= $5
                   and n.recorded_at <= $6
                   and (n.cancelled_on is null or $5 < n.cancelled_on or $6 < n.cancelled_at)
             ) ",
            $($rest),+
        )
    };
}

/// What is asked of `counted`.
struct Counting<'a> {
    rebate: &'a Rebate,
    days: (Date, Date),
    moment: Moment,
}

impl Counting<'_> {
    fn bound<'t>(&self, query: Query<'t>) -> Query<'t> {
        query
            .bind(self.rebate.customer_id)
            .bind(self.rebate.currency.clone())
            .bind(self.days.0.to_string())
            .bind(self.days.1.to_string())
            .bind(self.moment.as_of.to_string())
            .bind(self.moment.known_at)
    }
}

/// What was billed and credited: net sums in minor units, and how many documents there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Base {
    pub invoiced_minor: i64,
    pub credited_minor: i64,
    pub documents: i64,
}

/// What an agreement of these days counts at a moment.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn base(
    tx: &mut Tx,
    rebate: &Rebate,
    days: (Date, Date),
    moment: Moment,
) -> Result<(Base, Vec<Counted>)> {
    const SUMS: &str = counted!(
        "select coalesce(cast(sum(case when kind = 'invoice' then net_minor else 0 end) as bigint), cast(0 as bigint)) as invoiced_minor,
                coalesce(cast(sum(case when kind = 'invoice' then 0 else -net_minor end) as bigint), cast(0 as bigint)) as credited_minor,
                count(*) as documents
           from counted"
    );
    const ROWS: &str = counted!(
        "select kind, number, day, net_minor from counted order by day, kind desc, number limit 500"
    );
    let asked = Counting {
        rebate,
        days,
        moment,
    };
    let sums: Base = asked.bound(tx.q(SUMS)).one().await?;
    let rows = asked.bound(tx.q(ROWS)).all().await?;
    Ok((sums, rows))
}

/// A credit note that gave a rebate.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Settled {
    pub credit_note: String,
    pub day: String,
    pub net_minor: i64,
}

/// What was given of an agreement at a moment, the first first.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn settled(tx: &mut Tx, rebate: RebateId, moment: Moment) -> Result<Vec<Settled>> {
    const SQL: &str = "
        select n.number as credit_note, n.day, n.net_minor
          from book_rebate_settlement s
          join book_credit_note n on n.id = s.credit_note_id
         where s.rebate_id = $1
           and n.day <= $2
           and n.recorded_at <= $3
           and (n.cancelled_on is null or $2 < n.cancelled_on or $3 < n.cancelled_at)
         order by n.day, n.id
         limit 10000";
    tx.q(SQL)
        .bind(rebate.get())
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .all()
        .await
}

/// Notes that a credit note gave a rebate.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn settle(tx: &mut Tx, rebate: RebateId, credit_note: CreditNoteId) -> Result<()> {
    const SQL: &str = "
        insert into book_rebate_settlement (credit_note_id, rebate_id) values ($1, $2)";
    tx.q(SQL)
        .bind(credit_note.get())
        .bind(rebate.get())
        .run()
        .await
        .map(drop)
}
