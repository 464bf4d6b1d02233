//! Orders of customers that change hands: drafts by who will earn them, others by what of them is
//! still to be delivered or billed.

use std::collections::BTreeMap;

use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{Percent, Refusal, ids::PersonId};

use super::{Choice, Of, Open, Settling, found};
use crate::{
    CustomerId, OrderId,
    credit::Split,
    store::{orders, sharers},
};

/// Orders that are not confirmed and would earn credit for `from`.
pub(super) async fn drafts(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    const SQL: &str = "
        select o.id, o.number, o.customer_id, o.day, o.base_exact as net_exact
          from book_order o
         where o.customer_id in (select cast(value as bigint) from json_each($1))
           and o.status in ('draft', 'held')
           and (not exists (select 1 from book_order_split s where s.order_id = o.id)
                or exists (select 1 from book_order_split s where s.order_id = o.id and s.person_id = $2))
         order by o.day, o.id
         limit 20001";
    found(tx, SQL, &of).await
}

/// Orders of which something is still to be delivered, or was delivered and not billed, in whose credit
/// `from` has a part: each line as `fulfilment::Standing` tells it.
pub(super) async fn unfulfilled(tx: &mut Tx, of: Of<'_>) -> Result<Vec<Open>> {
    const SQL: &str = "
        select o.id, o.number, o.customer_id, o.day, o.base_exact as net_exact
          from book_order o
         where o.customer_id in (select cast(value as bigint) from json_each($1))
           and o.status in ('confirmed', 'closed')
           and exists (select 1
                         from book_order_line l
                        where l.order_id = o.id
                          and (l.quantity - l.cancelled
                               > case when l.delivered < l.billed then l.billed else l.delivered end
                               or l.delivered - l.returned > l.billed - l.credited))
           and exists (select 1
                         from book_credit c
                        where c.order_id = o.id
                          and coalesce(c.person_id, 0) = $2
                          and c.retracted_at is null)
         order by o.day, o.id
         limit 20001";
    found(tx, SQL, &of).await
}

/// A draft says who will earn it: the split is written down wherever the new owner would change it.
pub(super) async fn settle_drafts(tx: &mut Tx, settling: &Settling<'_>) -> Result<()> {
    for some in settling.open.chunks(1_000) {
        let orders: Vec<OrderId> = some.iter().map(|draft| OrderId::of(draft.id)).collect();
        let named = orders::splits_of(tx, &orders).await?;
        let asked: Vec<(CustomerId, Date)> = some
            .iter()
            .map(|draft| (draft.customer, draft.day))
            .collect();
        let earning = sharers::earners_of(tx, &asked).await?;
        let mut splits = Vec::with_capacity(some.len());
        for (draft, earning) in some.iter().zip(earning) {
            let kept = named.get(&OrderId::of(draft.id));
            let after = match kept {
                _ if settling.choice == Choice::Move => passed(kept.unwrap_or(&earning), settling)?,
                Some(_) => continue,
                None => staying(draft, earning, settling)?,
            };
            let shares: Vec<(PersonId, i64)> = after
                .iter()
                .map(|part| (part.person, part.share.millionths()))
                .collect();
            splits.push((OrderId::of(draft.id), shares));
        }
        orders::replace_splits(tx, &splits).await?;
    }
    Ok(())
}

/// Who earns a draft that stays. What is nobody's has no split: dated on or after the move it would
/// be the receiver's when it is confirmed.
fn staying(
    draft: &Open,
    earning: Vec<Split>,
    settling: &Settling<'_>,
) -> std::result::Result<Vec<Split>, Refusal> {
    let is_house = settling.from.is_none() && earning.is_empty();
    if is_house && settling.to.person.is_some() && settling.day <= draft.day {
        let message = format!(
            "Order {} of {} is a draft of the house, which cannot keep it: its customer is the receiver's by then. Let drafts move, or confirm or date it before {}.",
            draft.number, draft.day, settling.day
        );
        return Err(Refusal::state("move.draft_stays", message).at("documents.drafts"));
    }
    Ok(earning)
}

/// The split after the part of `from` passed on.
fn passed(split: &[Split], settling: &Settling<'_>) -> std::result::Result<Vec<Split>, Refusal> {
    let Some(to) = settling.to.person else {
        return Err(Refusal::value(
            "move.house_drafts",
            "Drafts do not pass to the house. Let them stay, or name a person.",
        )
        .at("documents"));
    };
    let Some(from) = settling.from else {
        // What was the house's has no split yet.
        let whole = Split {
            person: to,
            share: Percent::WHOLE,
        };
        return Ok(vec![whole]);
    };
    let mut shares: BTreeMap<PersonId, i64> = BTreeMap::new();
    for part in split {
        let share = part.share.millionths();
        let passing = if part.person == from {
            let passing = i128::from(share) * i128::from(settling.share.millionths());
            let rounded = kernel::decimal::round_div(passing, 1_000_000);
            i64::try_from(rounded).unwrap_or(share)
        } else {
            0
        };
        *shares.entry(part.person).or_default() += share - passing;
        *shares.entry(to).or_default() += passing;
    }
    let parts = shares.into_iter().filter(|(_, share)| 0 < *share);
    Ok(parts
        .map(|(person, share)| Split {
            person,
            share: Percent::of_millionths(share),
        })
        .collect())
}
