//! Sums of earned credit: the actuals behind every target.

use std::collections::BTreeMap;

use db::{DbError, FromRow, Result, Tx};
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
    let pieces = Pieces::of(spans);
    let rows: Vec<Row> = match view {
        View::AsWas => as_was(tx, scope, &pieces, moment).await?,
        View::AsIs => as_is(tx, scope, &pieces, moment).await?,
    };
    pieces.put_together(spans, rows)
}

/// The asked spans cut at each other's ends: every day lies in one piece at most, so that it is read
/// once however many spans ask for it.
struct Pieces(Vec<(Date, Date)>);

impl Pieces {
    fn of(spans: &[(Date, Date)]) -> Pieces {
        let mut cuts: Vec<Date> = spans.iter().flat_map(|(from, to)| [*from, *to]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let between = cuts.windows(2).map(|pair| (pair[0], pair[1]));
        let asked = |piece: &(Date, Date)| spans.iter().any(|span| inside(*piece, *span));
        Pieces(between.filter(asked).collect())
    }

    fn json(&self) -> String {
        let pieces: Vec<String> = self
            .0
            .iter()
            .map(|(from, to)| format!("\"{from}/{to}\""))
            .collect();
        format!("[{}]", pieces.join(","))
    }

    /// The first and the last cut: outside of them nothing is asked.
    fn ends(&self) -> (String, String) {
        let ends = self.0.first().zip(self.0.last());
        ends.map_or_else(Default::default, |(first, last)| {
            (first.0.to_string(), last.1.to_string())
        })
    }

    /// Sums of the pieces to sums of the spans.
    fn put_together(&self, spans: &[(Date, Date)], rows: Vec<Row>) -> Result<Vec<Sold>> {
        let mut sums: BTreeMap<(usize, Option<i64>, Option<i64>), i64> = BTreeMap::new();
        for row in rows {
            let place = usize::try_from(row.span).unwrap_or(usize::MAX);
            let Some(piece) = self.0.get(place) else {
                continue;
            };
            let asking = spans
                .iter()
                .enumerate()
                .filter(|(_, span)| inside(*piece, **span));
            for (span, _) in asking {
                let sum = sums.entry((span, row.person_id, row.unit_id)).or_default();
                *sum = sum.checked_add(row.net_exact).ok_or(DbError::Overflow)?;
            }
        }
        let sold = sums
            .into_iter()
            .map(|((span, person, unit), net_exact)| Sold {
                span,
                person: person.map(PersonId::of),
                unit: unit.map(UnitId::of),
                net_exact,
            });
        Ok(sold.collect())
    }
}

fn inside(piece: (Date, Date), span: (Date, Date)) -> bool {
    span.0 <= piece.0 && piece.1 <= span.1
}

async fn as_was(tx: &mut Tx, scope: &Scope, pieces: &Pieces, moment: Moment) -> Result<Vec<Row>> {
    // Summed by day first, in the order of the index, which costs no sorting of all the rows.
    const SQL: &str = "
        with piece as materialized (
            select cast(key as bigint) as place, substr(value, 1, 10) as from_day,
                   substr(value, 12, 10) as to_day
              from json_each($1)),
        sold as materialized (
            select c.day, c.person_id, c.unit_id, sum(c.net_exact) as net_exact
              from book_credit c
             where c.day >= $2
               and c.day < $3
               and c.day <= $4
               and c.recorded_at <= $5
               and (c.retracted_at is null or c.retracted_at > $5)
               and ($6 = 1
                    or c.person_id in (select cast(value as bigint) from json_each($7))
                    or c.unit_id in (select cast(value as bigint) from json_each($8)))
             group by c.day, c.person_id, c.unit_id)
        select piece.place as span, sold.person_id, sold.unit_id,
               cast(sum(sold.net_exact) as bigint) as net_exact
          from piece
          join sold
            on sold.day >= piece.from_day
           and sold.day < piece.to_day
         group by piece.place, sold.person_id, sold.unit_id
         order by piece.place, sold.person_id, sold.unit_id
         limit 1000000";
    let (first, last) = pieces.ends();
    tx.q(SQL)
        .bind(pieces.json())
        .bind(first)
        .bind(last)
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(scope.all_flag())
        .bind(scope.people_json())
        .bind(scope.units_json())
        .all()
        .await
}

async fn as_is(tx: &mut Tx, scope: &Scope, pieces: &Pieces, moment: Moment) -> Result<Vec<Row>> {
    const SQL: &str = concat!(
        "with piece as materialized (
            select cast(key as bigint) as place, substr(value, 1, 10) as from_day,
                   substr(value, 12, 10) as to_day
              from json_each($3)),
        sold as materialized (
            select piece.place, c.customer_id, sum(c.net_exact) as net_exact
              from piece
              join book_credit c
                on c.day >= piece.from_day
               and c.day < piece.to_day
             where c.day <= $1
               and c.recorded_at <= $2
               and (c.retracted_at is null or c.retracted_at > $2)
             group by piece.place, c.customer_id)
        select sold.place as span, a.person_id, cast(null as bigint) as unit_id,
               cast(sum(sold.net_exact) as bigint) as net_exact
          from sold
          left join book_assignment a
            on a.customer_id = sold.customer_id
           and a.role = 'owner'
           and ",
        db::holds!("a", "$1", "$2"),
        " where ($4 = 1 or a.person_id in (select cast(value as bigint) from json_each($5)))
          group by sold.place, a.person_id
          order by sold.place, a.person_id
          limit 1000000"
    );
    tx.q(SQL)
        .bind(moment.as_of.to_string())
        .bind(moment.known_at)
        .bind(pieces.json())
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

/// Credit now believed: told by the customers' index alone.
macro_rules! now_believed {
    () => {
        "c.retracted_at is null "
    };
}

/// Credit believed at an instant.
macro_rules! then_believed {
    ($at:literal) => {
        concat!(
            "c.recorded_at <= ",
            $at,
            " and (c.retracted_at is null or c.retracted_at > ",
            $at,
            ") "
        )
    };
}

/// What customers bought in `[from, to)` as known at an instant, for those named; at most 500 of them.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn of_customers(
    tx: &mut Tx,
    customers: &[i64],
    (from, to): (Date, Date),
    known_at: i64,
) -> Result<Vec<(i64, i64)>> {
    macro_rules! sums {
        ($believed:expr) => {
            concat!(
                "select c.customer_id, cast(sum(c.net_exact) as bigint) as net_exact
                   from book_credit c
                  where c.customer_id in (select cast(value as bigint) from json_each($1))
                    and c.day >= $2
                    and c.day < $3
                    and ",
                $believed,
                " group by c.customer_id
                  order by c.customer_id
                  limit 500"
            )
        };
    }
    const NOW: &str = sums!(now_believed!());
    const THEN: &str = sums!(then_believed!("$4"));
    let is_now = known_at == i64::MAX;
    let query = tx
        .q(if is_now { NOW } else { THEN })
        .bind(format!("{customers:?}"))
        .bind(from.to_string())
        .bind(to.to_string());
    let query = if is_now { query } else { query.bind(known_at) };
    query.all().await
}

/// The last day each of the customers bought on, up to and including the moment's day; at most 500 of
/// them.
///
/// # Errors
///
/// Whatever the engine reports.
pub async fn last_days(
    tx: &mut Tx,
    customers: &[i64],
    moment: Moment,
) -> Result<BTreeMap<i64, Date>> {
    // One look at the end of the index for each, however much they bought.
    macro_rules! last {
        ($believed:expr) => {
            concat!(
                "select b.id, coalesce((select c.day from book_credit c
                                         where c.customer_id = b.id and c.day <= $2 and ",
                $believed,
                "                        order by c.day desc limit 1), '') as day
                   from book_customer b
                  where b.id in (select cast(value as bigint) from json_each($1))
                  order by b.id
                  limit 500"
            )
        };
    }
    const NOW: &str = last!(now_believed!());
    const THEN: &str = last!(then_believed!("$3"));
    let is_now = moment.known_at == i64::MAX;
    let query = tx
        .q(if is_now { NOW } else { THEN })
        .bind(format!("{customers:?}"))
        .bind(moment.as_of.to_string());
    let query = if is_now {
        query
    } else {
        query.bind(moment.known_at)
    };
    let rows: Vec<(i64, String)> = query.all().await?;
    let days = rows
        .into_iter()
        .filter_map(|(id, day)| Some((id, day.parse().ok()?)));
    Ok(days.collect())
}

/// What one customer bought in each of `spans` (`[from, to)`, at most 1,000), by the span's place, up
/// to and including the moment's day; a span without sales is not listed.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn of_customer_by_span(
    tx: &mut Tx,
    customer: CustomerId,
    spans: &[(Date, Date)],
    moment: Moment,
) -> Result<Vec<(usize, i64)>> {
    macro_rules! sums {
        ($believed:expr) => {
            concat!(
                "select cast(s.key as bigint) as span, cast(sum(c.net_exact) as bigint) as net_exact
                   from json_each($1) s
                   join book_credit c
                     on c.day >= substr(s.value, 1, 10)
                    and c.day < substr(s.value, 12, 10)
                  where c.customer_id = $2
                    and c.day <= $3
                    and ",
                $believed,
                " group by s.key
                  order by s.key
                  limit 1000"
            )
        };
    }
    const NOW: &str = sums!(now_believed!());
    const THEN: &str = sums!(then_believed!("$4"));
    let is_now = moment.known_at == i64::MAX;
    let query = tx
        .q(if is_now { NOW } else { THEN })
        .bind(spans_json(spans))
        .bind(customer.get())
        .bind(moment.as_of.to_string());
    let query = if is_now {
        query
    } else {
        query.bind(moment.known_at)
    };
    let rows: Vec<(i64, i64)> = query.all().await?;
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
    // Two looks at the ends of the index instead of one over all of it.
    const SQL: &str = "
        select (select day from book_credit where retracted_at is null order by day limit 1),
               (select day from book_credit where retracted_at is null order by day desc limit 1)";
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
