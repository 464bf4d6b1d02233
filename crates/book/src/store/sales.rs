//! Sums of earned credit: the actuals behind every target.

use db::{FromRow, Result, Tx};
use jiff::civil::Date;
use kernel::{
    Moment, Scope, View,
    ids::{PersonId, UnitId},
};

use crate::CustomerId;

/// What a person sold in one of the asked spans of days, exact, in millionths of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sold {
    /// Place of the span in the question, from 0.
    pub span: usize,
    /// None is the house.
    pub person: Option<PersonId>,
    /// Where it was earned (as-was); none in the as-is view, where the caller's map decides.
    pub unit: Option<UnitId>,
    pub net_exact: i64,
}

#[derive(FromRow)]
struct Row {
    span: i64,
    person_id: Option<i64>,
    unit_id: Option<i64>,
    net_exact: i64,
}

/// Sales by person and unit in each of `spans` (`[from, to)`, at most 1,000), up to and including
/// the moment's day, as known at its instant.
///
/// *As-was* counts the credit frozen on the orders; *as-is* gives each order to whoever owns its
/// customer on the moment's day.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn by_span(
    tx: &mut Tx,
    scope: &Scope,
    view: View,
    spans: &[(Date, Date)],
    moment: Moment,
) -> Result<Vec<Sold>> {
    let rows: Vec<Row> = match view {
        View::AsWas => as_was(tx, scope, spans, moment).await?,
        View::AsIs => as_is(tx, scope, spans, moment).await?,
    };
    let sold = rows.into_iter().map(|row| Sold {
        span: usize::try_from(row.span).unwrap_or(0),
        person: row.person_id.map(PersonId::of),
        unit: row.unit_id.map(UnitId::of),
        net_exact: row.net_exact,
    });
    Ok(sold.collect())
}

async fn as_was(
    tx: &mut Tx,
    scope: &Scope,
    spans: &[(Date, Date)],
    moment: Moment,
) -> Result<Vec<Row>> {
    const SQL: &str = "
        select cast(s.key as bigint) as span, c.person_id, c.unit_id,
               cast(sum(c.net_exact) as bigint) as net_exact
          from json_each($1) s
          join book_credit c
            on c.day >= substr(s.value, 1, 10)
           and c.day < substr(s.value, 12, 10)
         where c.day <= $2
           and c.recorded_at <= $3
           and (c.retracted_at is null or c.retracted_at > $3)
           and ($4 = 1
                or c.person_id in (select cast(value as bigint) from json_each($5))
                or c.unit_id in (select cast(value as bigint) from json_each($6)))
         group by s.key, c.person_id, c.unit_id
         order by s.key, c.person_id, c.unit_id
         limit 1000000";
    tx.q(SQL)
        .bind(spans_json(spans))
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(scope.units_json())
        .all()
        .await
}

async fn as_is(
    tx: &mut Tx,
    scope: &Scope,
    spans: &[(Date, Date)],
    moment: Moment,
) -> Result<Vec<Row>> {
    const SQL: &str = concat!(
        "select t.span, a.person_id, cast(null as bigint) as unit_id,
                cast(sum(t.net_exact) as bigint) as net_exact
           from (select cast(s.key as bigint) as span, c.customer_id, sum(c.net_exact) as net_exact
                   from json_each($3) s
                   join book_credit c
                     on c.day >= substr(s.value, 1, 10)
                    and c.day < substr(s.value, 12, 10)
                  where c.day <= $1
                    and c.recorded_at <= $2
                    and (c.retracted_at is null or c.retracted_at > $2)
                  group by s.key, c.customer_id) t
           left join book_assignment a
             on a.customer_id = t.customer_id
            and a.role = 'owner'
            and ",
        db::holds!("a", "$1", "$2"),
        " where ($4 = 1 or a.person_id in (select cast(value as bigint) from json_each($5)))
          group by t.span, a.person_id
          order by t.span, a.person_id
          limit 1000000"
    );
    tx.q(SQL)
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(spans_json(spans))
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .all()
        .await
}

/// Sales of one person or of everybody in scope by the order's own territory.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct InTerritory {
    /// The territory on the order; none if the order names none.
    pub territory_id: Option<i64>,
    pub net_exact: i64,
}

/// Sales in `[from, to)` by the territory frozen on the order.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn by_territory(
    tx: &mut Tx,
    scope: &Scope,
    (from, to): (Date, Date),
    moment: Moment,
) -> Result<Vec<InTerritory>> {
    const SQL: &str = "
        select o.territory_id, cast(sum(c.net_exact) as bigint) as net_exact
          from book_credit c
          join book_order o on o.id = c.order_id
         where c.day >= $1
           and c.day < $2
           and c.day <= $3
           and c.recorded_at <= $4
           and (c.retracted_at is null or c.retracted_at > $4)
           and ($5 = 1
                or c.person_id in (select cast(value as bigint) from json_each($6))
                or c.unit_id in (select cast(value as bigint) from json_each($7)))
         group by o.territory_id
         order by o.territory_id
         limit 5000";
    tx.q(SQL)
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(scope.units_json())
        .all()
        .await
}

/// What customers bought in `[from, to)`, for those named; at most 500 of them.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn of_customers(
    tx: &mut Tx,
    customers: &[i64],
    from: Date,
    to: Date,
) -> Result<Vec<(i64, i64, String)>> {
    const SQL: &str = "
        select c.customer_id, cast(sum(c.net_exact) as bigint) as net_exact, max(c.day) as last_day
          from book_credit c
         where c.customer_id in (select cast(value as bigint) from json_each($1))
           and c.day >= $2
           and c.day < $3
           and c.retracted_at is null
         group by c.customer_id
         order by c.customer_id
         limit 500";
    let list = format!("{customers:?}");
    tx.q(SQL)
        .bind(list)
        .bind(from.to_string())
        .bind(to.to_string())
        .all()
        .await
}

/// What one customer bought in each of `spans` (`[from, to)`, at most 1,000), by the span's place;
/// a span without sales is not listed.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn of_customer_by_span(
    tx: &mut Tx,
    customer: CustomerId,
    spans: &[(Date, Date)],
) -> Result<Vec<(usize, i64)>> {
    const SQL: &str = "
        select cast(s.key as bigint) as span, cast(sum(c.net_exact) as bigint) as net_exact
          from json_each($1) s
          join book_credit c
            on c.day >= substr(s.value, 1, 10)
           and c.day < substr(s.value, 12, 10)
         where c.customer_id = $2
           and c.retracted_at is null
         group by s.key
         order by s.key
         limit 1000";
    let rows: Vec<(i64, i64)> = tx
        .q(SQL)
        .bind(spans_json(spans))
        .bind(customer.get())
        .all()
        .await?;
    Ok(rows
        .into_iter()
        .map(|(span, sum)| (usize::try_from(span).unwrap_or(0), sum))
        .collect())
}

/// The first and last day anything was sold in scope.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn first_and_last_day(tx: &mut Tx) -> Result<Option<(Date, Date)>> {
    const SQL: &str = "select min(day), max(day) from book_credit where retracted_at is null";
    let (first, last): (Option<String>, Option<String>) = tx.q(SQL).one().await?;
    let days = first
        .zip(last)
        .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    Ok(days)
}

fn spans_json(spans: &[(Date, Date)]) -> String {
    let spans: Vec<String> = spans
        .iter()
        .map(|(from, to)| format!("\"{from}/{to}\""))
        .collect();
    format!("[{}]", spans.join(","))
}
