//! What becomes of credit limits when two records of one customer become one.

use std::collections::BTreeMap;

use book::{
    CustomerId,
    merge::{Span, outside, overlap},
    store::merging::{Follower, Merging},
};
use db::{Result, Tx};

use super::accounts::MAY_SET;
use crate::{limit::CreditLimit, store::limits};

/// Credit limits go along; where both customers have one, finance chooses.
pub const FOLLOWER: Follower = Follower {
    name: "credit_limit",
    kind: "credit_limits",
    columns: &[("collect_credit_limit", "customer_id")],
    may_choose: &MAY_SET,
    whose_choice: "Both customers have a credit limit, and which one holds is for finance to say. Ask finance to merge them.",
    differ: |tx, pair| Box::pin(differ(tx, pair)),
    carry: |tx, merging| Box::pin(carry(tx, merging)),
};

fn days(limit: &CreditLimit) -> Span {
    (limit.from, limit.to)
}

async fn differ(tx: &mut Tx, (from, into): (CustomerId, CustomerId)) -> Result<bool> {
    let (one, other) = (
        limits::account(tx, from).await?,
        limits::account(tx, into).await?,
    );
    Ok(one.limits.iter().any(|held| {
        other.limits.iter().any(|theirs| {
            held.limit.mode != theirs.limit.mode && overlap(days(&held.limit), days(&theirs.limit))
        })
    }))
}

async fn carry(tx: &mut Tx, merging: Merging) -> Result<i64> {
    let mut gone = limits::account(tx, merging.from).await?;
    let mut stays = limits::account(tx, merging.into).await?;
    let held = std::mem::take(&mut gone.limits);
    let moved = i64::try_from(held.len()).unwrap_or(i64::MAX);
    let taken: Vec<Span> = if merging.survivor_holds {
        stays.limits.iter().map(|held| days(&held.limit)).collect()
    } else {
        Vec::new()
    };
    for one in held {
        gone.retracted.extend(one.row);
        for (from, to) in outside(days(&one.limit), &taken) {
            stays.set(CreditLimit {
                from,
                to,
                ..one.limit.clone()
            });
        }
    }
    let accounts = BTreeMap::from([(merging.from, gone), (merging.into, stays)]);
    limits::save(tx, &accounts, merging.now).await?;
    Ok(moved)
}
