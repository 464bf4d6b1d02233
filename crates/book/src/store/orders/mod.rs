//! Orders with their lines and frozen credit. Scope is the customer's owner of the asked day.

mod listing;
mod past;
mod recording;
mod standing;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use db::{FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{Currency, Percent, Refusal, Scope, ids::PersonId};

use crate::{
    OrderId,
    credit::Split,
    fulfilment::Standing,
    pricing::{Origin, Rule},
};

pub use listing::{BY_NET, Filter, KIND, Look, SHAPE, SORTS, last_of_customer, list, look};
pub use past::{Open, last_then, open_of_customer, open_then};
pub use recording::{
    NewOrder, add_credit, agreed, amend, earns, keep_split, next_number, replace_split,
    replace_splits, retract_credit, save_many, set_base, set_status,
};
pub use standing::{StandingRow, set_fulfilled, set_standing, standings, touch};
pub use written::{Place, WrittenLine, written_lines};

/// An order without its lines.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Order {
    pub id: i64,
    pub number: String,
    pub customer_id: i64,
    pub customer_code: String,
    pub customer_name: String,
    pub customer_local: Option<String>,
    pub day: String,
    pub currency: String,
    pub status: String,
    pub territory_code: Option<String>,
    pub project: Option<String>,
    /// The number of the quotation it was made of.
    pub quotation: Option<String>,
    pub net_exact: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub gross_minor: i64,
    /// The exact net in the company's currency, and the rate it took; none in that currency itself.
    pub base_exact: i64,
    pub rate_id: Option<i64>,
    pub version: i64,
}

impl Order {
    /// For sample pages.
    pub fn sample(id: i64, status: &str) -> Order {
        Order {
            id,
            number: format!("SO-2026-{id:05}"),
            customer_id: 1,
            customer_code: "C-1".to_owned(),
            customer_name: "Linkway Steel Structures".to_owned(),
            customer_local: Some("凌威钢构有限公司".to_owned()),
            day: "2026-06-12".to_owned(),
            currency: "CNY".to_owned(),
            status: status.to_owned(),
            project: None,
            quotation: None,
            territory_code: (id == 1).then(|| "east-1".to_owned()),
            net_exact: 607_498_200_000,
            net_minor: 60_749_820,
            tax_minor: 7_897_477,
            gross_minor: 68_647_297,
            base_exact: 607_498_200_000,
            rate_id: None,
            version: 1,
        }
    }

    pub fn order(&self) -> OrderId {
        OrderId::of(self.id)
    }

    /// The order's own date.
    pub fn date(&self) -> Date {
        self.day.parse().unwrap_or(Date::ZERO)
    }

    /// # Errors
    ///
    /// `currency.unknown` if the row holds what was never written by us.
    pub fn money(&self) -> std::result::Result<Currency, Refusal> {
        Currency::parse(&self.currency)
    }
}

/// A line as it is stored; exact values in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "a line of a document is known by its line number"
)]
pub struct Line {
    pub line: i64,
    pub product_code: String,
    pub product_name: String,
    pub product_local: Option<String>,
    pub quantity: i64,
    pub unit_price: i64,
    pub discount: i64,
    pub tax: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub cancelled: i64,
    pub delivered: i64,
    pub returned: i64,
    pub billed: i64,
    pub credited: i64,
    pub billed_net_minor: i64,
    pub billed_minor: i64,
    pub credited_minor: i64,
    pub price_rule: String,
    pub price_source: Option<String>,
    pub price_since: Option<String>,
}

impl Line {
    /// How far it is fulfilled.
    pub fn standing(&self) -> Standing {
        Standing {
            ordered: self.quantity,
            cancelled: self.cancelled,
            delivered: self.delivered,
            returned: self.returned,
            billed: self.billed,
            credited: self.credited,
            gross_minor: self.net_minor.saturating_add(self.tax_minor),
            billed_net_minor: self.billed_net_minor,
            billed_minor: self.billed_minor,
            credited_minor: self.credited_minor,
        }
    }

    /// Why the unit price is what it is.
    pub fn origin(&self) -> Origin {
        Origin {
            rule: Rule::of_word(&self.price_rule),
            source: self.price_source.clone(),
            since: self.price_since.as_ref().and_then(|day| day.parse().ok()),
        }
    }
}

/// One frozen part of an order's credit.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Part {
    pub person_code: Option<String>,
    pub person_name: Option<String>,
    pub unit_code: String,
    pub unit_name: String,
    pub share: i64,
}

macro_rules! select_order {
    ($($rest:expr),+) => {
        concat!(
            "select o.id, o.number, o.customer_id, c.code as customer_code, c.name as customer_name,
                    c.name_local as customer_local, o.day, o.currency, o.status, t.code as territory_code, o.project,
                    (select q.number from book_quotation q where q.id = o.quotation_id) as quotation,
                    o.net_exact, o.net_minor,
                    o.tax_minor, o.gross_minor, o.base_exact, o.rate_id, o.version
               from book_order o
               join book_customer c on c.id = o.customer_id
               left join org_unit t on t.id = o.territory_id
              where ($3 = 1 or exists (
                        select 1 from book_assignment a
                         where a.customer_id = o.customer_id and a.role = 'owner'
                           and a.person_id in (select cast(value as bigint) from json_each($4))
                           and ",
            db::holds!("a", "$1", "$2"),
            ")) ",
            $($rest),+
        )
    };
}

/// One order by number.
///
/// # Errors
///
/// A refusal of kind missing if there is none in scope.
pub async fn fetch(tx: &mut Tx, scope: &Scope, number: &str, on: Date) -> Result<Order> {
    const SQL: &str = select_order!("and o.number_key = $5 order by o.id limit 1");
    let order = tx
        .q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(number.trim().to_ascii_lowercase())
        .maybe()
        .await?;
    Ok(order.ok_or_else(|| Refusal::missing(format!("order {number}")))?)
}

/// The lines of an order in their sequence.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn lines(tx: &mut Tx, order: OrderId) -> Result<Vec<Line>> {
    const SQL: &str = "
        select l.line, p.code as product_code, p.name as product_name, p.name_local as product_local, l.quantity, l.unit_price,
               l.discount, l.tax, l.net_minor, l.tax_minor, l.cancelled, l.delivered, l.returned,
               l.billed, l.credited, l.billed_net_minor, l.billed_minor, l.credited_minor, l.price_rule, l.price_source, l.price_since
          from book_order_line l
          join book_product p on p.id = l.product_id
         where l.order_id = $1
         order by l.line
         limit 1000";
    tx.q(SQL).bind(order.get()).all().await
}

/// Who earned the order, as frozen and not retracted.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn credit(tx: &mut Tx, order: OrderId) -> Result<Vec<Part>> {
    const SQL: &str = "
        select p.code as person_code, p.name as person_name, u.code as unit_code,
               u.name as unit_name, c.share
          from book_credit c
          join org_unit u on u.id = c.unit_id
          left join org_person p on p.id = c.person_id
         where c.order_id = $1
           and c.retracted_at is null
         order by c.share desc, c.id
         limit 100";
    tx.q(SQL).bind(order.get()).all().await
}

/// What is recorded under a number: enough to tell whether another reading of it is the same.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Known {
    pub number_key: String,
    pub customer_id: i64,
    pub day: String,
    pub currency: String,
    pub net_exact: i64,
    pub gross_minor: i64,
    pub lines: i64,
}

/// The orders recorded under these folded numbers.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn known(tx: &mut Tx, numbers: &BTreeSet<String>) -> Result<BTreeMap<String, Known>> {
    const SQL: &str = "
        select o.number_key, o.customer_id, o.day, o.currency, o.net_exact, o.gross_minor,
               (select count(*) from book_order_line l where l.order_id = o.id) as lines
          from book_order o
         where o.number_key in (select value from json_each($1))
         order by o.id
         limit 100000";
    let rows: Vec<Known> = tx
        .q(SQL)
        .bind(serde_json::json!(numbers).to_string())
        .all()
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.number_key.clone(), row))
        .collect())
}

/// The split of a draft.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn split_of(tx: &mut Tx, order: OrderId) -> Result<Vec<(PersonId, i64)>> {
    const SQL: &str = "
        select person_id, share
          from book_order_split
         where order_id = $1
         order by share desc, person_id
         limit 100";
    let rows: Vec<(i64, i64)> = tx.q(SQL).bind(order.get()).all().await?;
    Ok(rows
        .into_iter()
        .map(|(person, share)| (PersonId::of(person), share))
        .collect())
}

/// The splits of many drafts that name one; at most 1,000 at once.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn splits_of(tx: &mut Tx, orders: &[OrderId]) -> Result<BTreeMap<OrderId, Vec<Split>>> {
    const SQL: &str = "
        select order_id, person_id, share
          from book_order_split
         where order_id in (select cast(value as bigint) from json_each($1))
         order by order_id, share desc, person_id
         limit 100000";
    let ids: Vec<i64> = orders.iter().map(|order| order.get()).collect();
    let rows: Vec<(i64, i64, i64)> = tx.q(SQL).bind(format!("{ids:?}")).all().await?;
    let mut splits: BTreeMap<OrderId, Vec<Split>> = BTreeMap::new();
    for (order, person, share) in rows {
        splits.entry(OrderId::of(order)).or_default().push(Split {
            person: PersonId::of(person),
            share: Percent::of_millionths(share),
        });
    }
    Ok(splits)
}

/// One part of a draft's split, with the unit the person sits in on the asked day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Planned {
    pub person_code: String,
    pub person_name: String,
    pub unit_code: Option<String>,
    pub unit_name: Option<String>,
    pub share: i64,
}

/// The split of a draft as it would be frozen on `on`.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn planned(tx: &mut Tx, order: OrderId, on: Date) -> Result<Vec<Planned>> {
    const SQL: &str = concat!(
        "select p.code as person_code, p.name as person_name, u.code as unit_code,
                u.name as unit_name, s.share
           from book_order_split s
           join org_person p on p.id = s.person_id
           left join org_membership m
             on m.id = (select x.id from org_membership x where x.person_id = p.id and ",
        db::holds!("x", "$1", "$2"),
        " order by x.leads desc, x.valid_from desc, x.id limit 1)
           left join org_unit u on u.id = m.unit_id
          where s.order_id = $3
          order by s.share desc, s.person_id
          limit 100"
    );
    tx.q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(order.get())
        .all()
        .await
}
