//! Orders line by line, as a file has them.

use db::{FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::Scope;

/// A line with the head of its order; exact values in millionths.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct WrittenLine {
    order_id: i64,
    pub number: String,
    pub customer_code: String,
    pub day: String,
    pub currency: String,
    pub status: String,
    pub territory_code: Option<String>,
    /// Who earned all of it; none where several did.
    pub earner_code: Option<String>,
    /// Who is to earn all of a draft.
    pub seller_code: Option<String>,
    pub line: i64,
    pub product_code: String,
    pub quantity: i64,
    pub unit_price: i64,
    pub discount: i64,
    pub tax: i64,
    pub net_exact: i64,
    pub tax_minor: i64,
}

/// The line behind which a walk goes on; by default before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    order: i64,
    line: i64,
}

impl WrittenLine {
    pub fn place(&self) -> Place {
        Place {
            order: self.order_id,
            line: self.line,
        }
    }
}

/// The next 2,000 lines of orders in scope, in the order they were recorded; none at the end.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn written_lines(
    tx: &mut Tx,
    scope: &Scope,
    on: Date,
    from: Place,
) -> Result<Vec<WrittenLine>> {
    const SQL: &str = concat!(
        "select o.id as order_id, o.number, c.code as customer_code, o.day, o.currency, o.status,
                t.code as territory_code,
                (select e.code
                   from book_credit k
                   join org_person e on e.id = k.person_id
                  where k.order_id = o.id
                    and k.retracted_at is null
                    and k.share = 1000000
                  order by k.id
                  limit 1) as earner_code,
                (select s.code
                   from book_order_split w
                   join org_person s on s.id = w.person_id
                  where w.order_id = o.id
                    and w.share = 1000000
                  order by s.id
                  limit 1) as seller_code,
                l.line, p.code as product_code, l.quantity, l.unit_price, l.discount, l.tax,
                l.net_exact, l.tax_minor
           from book_order_line l
           join book_order o on o.id = l.order_id
           join book_customer c on c.id = o.customer_id
           join book_product p on p.id = l.product_id
           left join org_unit t on t.id = o.territory_id
          where ($3 = 1 or exists (
                    select 1
                      from book_assignment a
                     where a.customer_id = o.customer_id
                       and a.role = 'owner'
                       and a.person_id in (select cast(value as bigint) from json_each($4))
                       and ",
        db::holds!("a", "$1", "$2"),
        "))
            and (l.order_id, l.line) > ($5, $6)
          order by l.order_id, l.line
          limit 2000"
    );
    tx.q(SQL)
        .bind(on.to_string())
        .bind(i64::MAX)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(from.order)
        .bind(from.line)
        .all()
        .await
}
