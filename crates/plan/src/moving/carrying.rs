//! A move carried out: assignments, drafts, credit, targets and hand-overs in one transaction.

use book::{
    credit::Shared,
    store::{
        assignments, earned,
        in_flight::{Open, Settling},
        orders, sharers,
    },
};
use db::{Result, Tx};
use kernel::{Percent, Refusal, ids::PersonId};
use serde_json::json;
use trail::{By, Entry};

use super::{Drawn, Part};
use crate::{
    MoveId,
    moves::Rule,
    store::{
        handovers::{self, NewHandover},
        moves::{self, NewMove},
        transfers,
    },
};

/// Carries the move out and answers its number.
///
/// # Errors
///
/// `move.choice` while something is open of which nothing was said; `reason.missing`.
pub async fn carry_out(tx: &mut Tx, drawn: &Drawn, by: &By) -> Result<String> {
    accept(drawn)?;
    let wish = &drawn.wish;
    for part in &drawn.parts {
        settle(tx, drawn, part, by).await?;
        pass(tx, drawn, part, by).await?;
    }
    let year = wish.terms.day.year();
    let number = format!(
        "MV-{year}-{:05}",
        orders::next_number(tx, "move", year).await?
    );
    let customers = wish
        .from
        .iter()
        .flat_map(|(from, owned)| owned.iter().map(|one| (one.customer(), *from)));
    let new = NewMove {
        number: number.clone(),
        terms: wish.terms,
        to: wish.to.person,
        to_unit: wish.to.unit,
        choices: serde_json::to_string(&wish.choices).unwrap_or_default(),
        reason: wish.reason.clone(),
        customers: customers.collect(),
    };
    let id = moves::add(tx, &new, &by.name, by.at).await?;
    for part in &drawn.parts {
        transfers::add_many(tx, id, &part.legs, by.at).await?;
        hand_over(tx, drawn, part, id, by).await?;
    }
    record(tx, drawn, &number, by).await?;
    Ok(number)
}

/// Nothing in flight moves or stays by itself.
fn accept(drawn: &Drawn) -> std::result::Result<(), Refusal> {
    if drawn.wish.reason.is_empty() {
        let text = "Say why the customers move; both people will read it.";
        return Err(Refusal::value("reason.missing", text).at("reason"));
    }
    for part in &drawn.parts {
        let open = part.in_flight.iter();
        if let Some(one) = open
            .filter(|one| !one.open.is_empty())
            .find(|one| one.moves.is_none())
        {
            let text = format!(
                "{} open {} are touched. Say whether they move or stay.",
                one.open.len(),
                one.kind.name
            );
            let field = format!("documents.{}", one.kind.name);
            return Err(Refusal::value("move.choice", text).at(field));
        }
    }
    Ok(())
}

/// Lets every kind of open document move or stay, before the customers change hands.
async fn settle(tx: &mut Tx, drawn: &Drawn, part: &Part, by: &By) -> Result<()> {
    let terms = &drawn.wish.terms;
    for one in &part.in_flight {
        let settling = Settling {
            open: &one.open,
            moves: one.moves.unwrap_or(false),
            from: part.from,
            to: drawn.wish.to,
            day: terms.day,
            share: terms.passing_open(terms.day),
            now: by.at,
        };
        (one.kind.settle)(tx, &settling).await?;
    }
    Ok(())
}

/// The customers change hands, and the credit that goes along with them.
async fn pass(tx: &mut Tx, drawn: &Drawn, part: &Part, by: &By) -> Result<()> {
    let (terms, to) = (&drawn.wish.terms, drawn.wish.to);
    match (part.from, to.person) {
        (Some(from), receiver) => {
            assignments::pass_on(tx, &part.customers, (from, receiver), terms.day, by.at).await?;
        }
        (None, Some(receiver)) => {
            assignments::fill_gaps(tx, &part.customers, receiver, terms.day, by.at).await?;
        }
        (None, None) => {}
    }
    if let (Rule::SharedCredit { share, .. }, Some(from)) = (terms.rule, part.from) {
        let kept = Percent::of_millionths(Percent::WHOLE.millionths() - share.millionths());
        let shares: Vec<Shared> = part
            .customers
            .iter()
            .map(|customer| Shared {
                customer: *customer,
                person: from,
                share: kept,
                from: terms.day,
                to: terms.shared_until(),
            })
            .collect();
        sharers::add_many(tx, &shares, by.at).await?;
    }
    earned::pass_on(tx, &part.passed, by.at).await
}

/// Two people have something to hand over; the house has nobody to accept it.
async fn hand_over(tx: &mut Tx, drawn: &Drawn, part: &Part, of: MoveId, by: &By) -> Result<()> {
    let (Some(from), Some(to)) = (part.from, drawn.wish.to.person) else {
        return Ok(());
    };
    let year = drawn.wish.terms.day.year();
    let next = orders::next_number(tx, "handover", year).await?;
    let items = part.in_flight.iter().flat_map(|one| {
        let moves = one.moves.unwrap_or(false);
        one.open
            .iter()
            .map(move |open: &Open| (one.kind.name, moves, open.clone()))
    });
    let new = NewHandover {
        number: format!("HO-{year}-{next:05}"),
        of,
        from,
        to,
        items: items.collect(),
    };
    handovers::add(tx, &new, by.at).await.map(drop)
}

async fn record(tx: &mut Tx, drawn: &Drawn, number: &str, by: &By) -> Result<()> {
    let wish = &drawn.wish;
    let whose = |person: &Option<PersonId>| person.map(PersonId::get);
    let before: Vec<serde_json::Value> = wish
        .from
        .iter()
        .map(|(from, owned)| {
            let codes: Vec<&str> = owned.iter().map(|one| one.code.as_str()).collect();
            json!({ "person": whose(from), "customers": codes })
        })
        .collect();
    let after = json!({
        "person": whose(&wish.to.person),
        "day": wish.terms.day.to_string(),
        "rule": wish.terms.rule.as_str(),
        "documents": wish.choices,
    });
    let entry = Entry {
        action: "move",
        noun: "move",
        subject: number,
        why: &wish.reason,
        before: Some(json!(before)),
        after: Some(after),
    };
    trail::record(tx, by, entry).await
}
