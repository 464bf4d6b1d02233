//! Carrying a merge out: what is one by one, what there can be only one of, and the end of the record.

use db::{Result, Tx};
use jiff::Timestamp;
use kernel::ids::PersonId;

use super::{
    MovedJson, Pair,
    facts::{Facts, as_agreed},
    prices,
};
use crate::{
    CustomerId,
    store::{
        addresses,
        assignments::{self, Assignment},
        attachments, contacts,
        customer_terms::{self, Spell},
        merging::{self, Merging},
        sharers,
        ties::{self, Kind, Tie},
    },
};

/// Moves all there is to the survivor; how many of each kind.
pub(super) async fn carry_out(
    tx: &mut Tx,
    pair: &Pair,
    facts: &Facts,
    now: Timestamp,
) -> Result<Vec<MovedJson>> {
    let (from, into) = (pair.from.customer(), pair.into.customer());
    let mut moved = Vec::new();
    let mut count = |kind: &str, count: i64| {
        if count != 0 {
            moved.push(MovedJson {
                kind: kind.to_owned(),
                count,
            });
        }
    };
    let whole = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    for (kind, rows) in merging::move_documents(tx, from, into).await? {
        count(kind, whole(rows));
    }
    count(
        "credits",
        whole(merging::move_credit(tx, from, into, now).await?),
    );
    count("contacts", contacts::move_all(tx, from, into, now).await?);
    count("addresses", addresses::move_all(tx, from, into, now).await?);
    let files = attachments::move_all(tx, attachments::Noun::Customer, from.get(), into.get());
    count("attachments", files.await?);
    let survivors = facts.survivor_holds("prices");
    count(
        "prices",
        prices::carry(tx, (from, into), survivors, now).await?,
    );
    for follower in facts.followers {
        let merging = Merging {
            from,
            into,
            survivor_holds: facts.survivor_holds(follower.name),
            now,
        };
        count(follower.kind, (follower.carry)(tx, merging).await?);
    }
    settle_keepers(tx, facts, now).await?;
    settle_ties(tx, facts, now).await?;
    settle_terms(tx, facts, now).await?;
    let key = pair.from.code.to_ascii_lowercase();
    merging::close(tx, (from, &key), into, pair.today, now).await?;
    Ok(moved)
}

/// Who looks after the survivor, from the beginning on.
async fn settle_keepers(tx: &mut Tx, facts: &Facts, now: Timestamp) -> Result<()> {
    let (from, into) = facts.pair;
    merging::retract_assignments(tx, from, now).await?;
    merging::retract_assignments(tx, into, now).await?;
    let mut held: Vec<Assignment> = facts
        .settled("owner")
        .into_iter()
        .map(|(person, (start, end))| Assignment {
            customer: into,
            person: PersonId::of(person),
            role: "owner".to_owned(),
            from: start,
            to: end,
        })
        .collect();
    let beside = facts.held_into.iter().chain(&facts.held_from);
    for one in beside.filter(|one| one.role != "owner") {
        let new = Assignment {
            customer: into,
            ..one.clone()
        };
        if !held.contains(&new) {
            held.push(new);
        }
    }
    assignments::add_many(tx, &held, now).await?;
    merging::retract_shared(tx, from, now).await?;
    merging::retract_shared(tx, into, now).await?;
    sharers::add_many(tx, &facts.shared(), now).await
}

/// What the survivor pays by.
async fn settle_terms(tx: &mut Tx, facts: &Facts, now: Timestamp) -> Result<()> {
    let (from, into) = facts.pair;
    customer_terms::retract_all(tx, from, now).await?;
    customer_terms::retract_all(tx, into, now).await?;
    let settled = facts.settled("payment_terms").into_iter();
    let new = settled.map(|(agreed, (start, end))| Spell {
        customer: into,
        agreed: as_agreed(agreed),
        from: start,
        to: end,
    });
    let new: Vec<Spell> = new.collect();
    customer_terms::add_many(tx, &new, now).await
}

/// Whom the survivor belongs to and who pays for it; and whoever was tied to either is tied to it.
async fn settle_ties(tx: &mut Tx, facts: &Facts, now: Timestamp) -> Result<()> {
    let (from, into) = facts.pair;
    ties::retract_all(tx, from, now).await?;
    ties::retract_all(tx, into, now).await?;
    let mut new = Vec::new();
    for kind in [Kind::Parent, Kind::Payer] {
        for (other, (start, end)) in facts.settled(kind.as_str()) {
            new.push(Tie {
                customer: into,
                kind,
                other: CustomerId::of(other),
                from: start,
                to: end,
            });
        }
    }
    for tie in &facts.ties {
        if tie.customer != from && tie.customer != into {
            new.push(Tie {
                other: into,
                ..tie.clone()
            });
        }
    }
    for tie in &new {
        if ties::leads_back(tx, tie).await? {
            return Err(crate::web::customers::ties::circle(tie.kind).into());
        }
        ties::add(tx, tie, now).await?;
    }
    Ok(())
}
