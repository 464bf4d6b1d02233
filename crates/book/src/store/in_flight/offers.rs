//! Offers, samples and contracts of customers that change hands.
//!
//! Whoever may see a document is told by its customer. What can stay behind is who earns what comes of
//! it: an offer or sample that stays names the person its order will be credited to.

use std::collections::BTreeMap;

use db::{FromRow, Result, Tx};
use kernel::{Currency, Refusal, ids::PersonId};
use org::store::company;

use super::{Choice, Of, Open, Settling, found, ids, opened, whose};
use crate::{CustomerId, rates::BaseNet, store::rates};

/// Offers that are drafted, stand or were accepted, in the base currency at today's rate; one without a
/// rate counts nothing.
pub(super) async fn quotations(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    #[derive(FromRow)]
    struct Offer {
        id: i64,
        number: String,
        customer_id: i64,
        day: String,
        currency: String,
        net_exact: i64,
    }
    const SQL: &str = "
        select q.id, q.number, q.customer_id, q.day, q.currency, e.net_exact
          from book_quotation q
          join book_quotation_edition e on e.quotation_id = q.id and e.edition = q.edition
         where q.customer_id in (select cast(value as bigint) from json_each($1))
           and (q.status in ('draft', 'accepted') or (q.status = 'sent' and q.valid_until >= $3))
           and (q.person_id is null or q.person_id = $2)
         order by q.day, q.id
         limit 20001";
    let offers: Vec<Offer> = tx
        .q(SQL)
        .bind(super::super::ids_json(of.customers))
        .bind(whose(&of))
        .bind(of.today.to_string())
        .all()
        .await?;
    let base = company::expect(tx).await?.currency;
    let mut rated = BTreeMap::new();
    let mut open = Vec::with_capacity(offers.len());
    for offer in offers {
        let currency = Currency::parse(&offer.currency)?;
        if !rated.contains_key(currency.code()) {
            let rate = rates::of_document(tx, currency, base, of.today, of.today).await;
            rated.insert(currency.code(), rate.ok());
        }
        let rate = rated.get(currency.code()).and_then(Option::as_ref);
        let worth = rate.map(|rate| BaseNet::of(offer.net_exact, rate.as_ref(), base));
        let Ok(day) = offer.day.parse() else { continue };
        open.push(Open {
            number: offer.number,
            id: offer.id,
            customer: CustomerId::of(offer.customer_id),
            day,
            net_exact: match worth {
                Some(worth) => worth?.exact,
                None => 0,
            },
        });
    }
    Ok(open)
}

/// Samples and trials whose result is awaited.
pub(super) async fn samples(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    const SQL: &str = "
        select s.id, s.number, s.customer_id, s.day, cast(0 as bigint) as net_exact
          from book_sample s
         where s.customer_id in (select cast(value as bigint) from json_each($1))
           and s.status = 'open'
           and (s.person_id is null or s.person_id = $2)
         order by s.day, s.id
         limit 20001";
    found(tx, SQL, &of).await
}

/// Contracts that are drafted or run. They are the customer's, so they go along with it.
pub(super) async fn frameworks(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    const SQL: &str = "
        select f.id, f.number, f.customer_id, f.day, cast(0 as bigint) as net_exact
          from book_framework f
         where f.customer_id in (select cast(value as bigint) from json_each($1))
           and f.status in ('draft', 'active')
           and (f.ends_on is null or f.ends_on > $2)
         order by f.day, f.id
         limit 20001";
    let rows = tx
        .q(SQL)
        .bind(super::super::ids_json(of.customers))
        .bind(of.today.to_string())
        .all()
        .await?;
    Ok(opened(rows))
}

/// An offer that stays names who earns its order; one that goes along names the receiver only if it
/// named somebody before.
pub(super) async fn settle_quotations(tx: &mut Tx, settling: &Settling<'_>) -> Result<()> {
    const SQL: &str = "
        update book_quotation
           set person_id = $1, version = version + 1
         where id in (select cast(value as bigint) from json_each($2))
           and ($3 = 0 or person_id is not null)
           and (person_id is null or person_id <> coalesce($1, 0))";
    settle(tx, SQL, "quotations", settling).await
}

/// As offers.
pub(super) async fn settle_samples(tx: &mut Tx, settling: &Settling<'_>) -> Result<()> {
    const SQL: &str = "
        update book_sample
           set person_id = $1, version = version + 1
         where id in (select cast(value as bigint) from json_each($2))
           and ($3 = 0 or person_id is not null)
           and (person_id is null or person_id <> coalesce($1, 0))";
    settle(tx, SQL, "samples", settling).await
}

async fn settle(
    tx: &mut Tx,
    sql: &'static str,
    kind: &'static str,
    settling: &Settling<'_>,
) -> Result<()> {
    if settling.open.is_empty() {
        return Ok(());
    }
    let moves = settling.choice == Choice::Move;
    if !moves && settling.from.is_none() && settling.to.person.is_some() {
        let text = format!(
            "What is nobody's cannot stay with nobody: from {} on the customer is the receiver's, and so is what comes of its {kind}. Let them move.",
            settling.day
        );
        let field = format!("documents.{kind}");
        return Err(Refusal::state("move.house_stays", text).at(field).into());
    }
    let person = if moves {
        settling.to.person
    } else {
        settling.from
    };
    tx.q(sql)
        .bind(person.map(PersonId::get))
        .bind(ids(settling.open))
        .bind(i64::from(moves))
        .run()
        .await
        .map(drop)
}
