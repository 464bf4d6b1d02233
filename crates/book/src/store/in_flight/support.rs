//! Who supports customers that change hands, and what a giver supports elsewhere.

use db::{Result, Tx};
use kernel::{Refusal, ids::PersonId};

use super::{Choice, Of, Open, Settling, ids, opened, whose};

/// What the giver supports from the day on: of the customers that move, or of everybody in sight if all
/// of the giver's customers move.
pub(super) async fn given(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    const SQL: &str = "
        select a.id, c.code as number, a.customer_id,
               case when a.valid_from < $3 then $3 else a.valid_from end as day,
               cast(0 as bigint) as net_exact
          from book_assignment a
          join book_customer c on c.id = a.customer_id
         where a.role = 'support'
           and a.person_id = $2
           and a.retracted_at is null
           and (a.valid_to is null or a.valid_to > $3)
           and (a.customer_id in (select cast(value as bigint) from json_each($1))
                or ($4 = 1
                    and ($5 = 1 or exists (
                           select 1
                             from book_assignment o
                            where o.customer_id = a.customer_id
                              and o.role = 'owner'
                              and o.retracted_at is null
                              and o.valid_from <= $7
                              and (o.valid_to is null or o.valid_to > $7)
                              and o.person_id in (select cast(value as bigint) from json_each($6))))))
         order by c.code_key, a.valid_from, a.id
         limit 20001";
    let rows = tx
        .q(SQL)
        .bind(super::super::ids_json(of.customers))
        .bind(whose(&of))
        .bind(of.day.to_string())
        .bind(i64::from(of.all))
        .bind(of.scope.all_flag())
        .bind(of.scope.people_json())
        .bind(of.today.to_string())
        .all()
        .await?;
    Ok(opened(rows))
}

/// What others support of the customers that move, from the day on.
pub(super) async fn by_others(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    const SQL: &str = "
        select a.id, p.code as number, a.customer_id,
               case when a.valid_from < $3 then $3 else a.valid_from end as day,
               cast(0 as bigint) as net_exact
          from book_assignment a
          join org_person p on p.id = a.person_id
         where a.role = 'support'
           and a.person_id <> $2
           and a.retracted_at is null
           and (a.valid_to is null or a.valid_to > $3)
           and a.customer_id in (select cast(value as bigint) from json_each($1))
         order by p.code_key, a.valid_from, a.id
         limit 20001";
    let rows = tx
        .q(SQL)
        .bind(super::super::ids_json(of.customers))
        .bind(whose(&of))
        .bind(of.day.to_string())
        .all()
        .await?;
    Ok(opened(rows))
}

/// Ends support on the day, or gives it to the receiver from then on. What was before the day stays.
pub(super) async fn settle(tx: &mut Tx, settling: &Settling<'_>) -> Result<()> {
    const BEFORE: &str = "
        insert into book_assignment (customer_id, person_id, role, valid_from, valid_to, recorded_at)
        select customer_id, person_id, role, valid_from, $1, $2
          from book_assignment
         where id in (select cast(value as bigint) from json_each($3))
           and valid_from < $1";
    const AFTER: &str = "
        insert into book_assignment (customer_id, person_id, role, valid_from, valid_to, recorded_at)
        select customer_id, $4, role, case when valid_from < $1 then $1 else valid_from end, valid_to, $2
          from book_assignment
         where id in (select cast(value as bigint) from json_each($3))";
    const RETRACT: &str = "
        update book_assignment
           set retracted_at = $1
         where id in (select cast(value as bigint) from json_each($2))
           and retracted_at is null";
    if settling.open.is_empty() || settling.choice == Choice::Stay {
        return Ok(());
    }
    let (day, now) = (settling.day.to_string(), settling.now.as_microsecond());
    let ids = ids(settling.open);
    if settling.choice == Choice::Move {
        let Some(to) = settling.to.person else {
            let text = "Support does not pass to the house. Let it end or stay, or name a person.";
            return Err(Refusal::value("move.house_support", text)
                .at("documents.support")
                .into());
        };
        tx.q(AFTER)
            .bind(day.clone())
            .bind(now)
            .bind(ids.clone())
            .bind(PersonId::get(to))
            .run()
            .await?;
    }
    tx.q(BEFORE)
        .bind(day)
        .bind(now)
        .bind(ids.clone())
        .run()
        .await?;
    tx.q(RETRACT).bind(now).bind(ids).run().await.map(drop)
}
