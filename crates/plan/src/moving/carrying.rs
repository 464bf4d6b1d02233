//! A move carried out: assignments, drafts, credit, targets and hand-overs in one transaction.

use book::{
    credit::Shared,
    store::{
        assignments, earned,
        in_flight::{Choice, Open, Settling},
        orders, sharers,
    },
};
use db::{Result, Tx};
use kernel::{Percent, Refusal, ids::PersonId};
use org::{store::memberships::Membership, web::transfer};
use serde_json::json;
use trail::{By, Entry};

use super::{Drawn, Part, Wish};
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
    for part in &drawn.parts {
        settle(tx, drawn, part, by).await?;
        pass(tx, drawn, part, by).await?;
    }
    written(tx, drawn, by).await
}

/// Records a move with its transfers and hand-overs, and answers its number.
///
/// # Errors
///
/// Whatever the engine reports.
pub(super) async fn written(tx: &mut Tx, drawn: &Drawn, by: &By) -> Result<String> {
    let wish = &drawn.wish;
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
        choices: choices_json(wish).to_string(),
        person: wish.sits.as_ref().map(|sits| sits.person),
        reason: wish.reason.clone(),
        customers: customers.collect(),
    };
    let id = moves::add(tx, &new, &by.name, by.at).await?;
    for part in &drawn.parts {
        transfers::add_many(tx, id, &part.legs, by.at).await?;
        if wish.sits.is_none() {
            hand_over(tx, drawn, part, id, by).await?;
        }
    }
    record(tx, drawn, &number, by).await?;
    Ok(number)
}

/// Nothing in flight moves or stays by itself.
fn accept(drawn: &Drawn) -> std::result::Result<(), Refusal> {
    if drawn.wish.reason.is_empty() {
        let text = "Say why; everybody concerned will read it.";
        return Err(Refusal::value("reason.missing", text).at("reason"));
    }
    for part in &drawn.parts {
        if let Some(one) = part.in_flight.iter().find(|one| one.undecided() != 0) {
            let words: Vec<&str> = one.kind.choices.iter().map(|one| one.as_str()).collect();
            let text = format!(
                "{} open {} are touched of which nothing was said. Say {}.",
                one.undecided(),
                one.kind.name,
                words.join(" or ")
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
        for choice in [Choice::Move, Choice::Stay, Choice::End] {
            let open = one.chosen(choice);
            if open.is_empty() {
                continue;
            }
            let settling = Settling {
                open: &open,
                choice,
                from: part.from,
                to: drawn.wish.to,
                day: terms.day,
                share: terms.passing_open(terms.day),
                now: by.at,
            };
            (one.kind.settle)(tx, &settling).await?;
        }
    }
    Ok(())
}

/// The customers change hands, and the credit that goes along with them.
async fn pass(tx: &mut Tx, drawn: &Drawn, part: &Part, by: &By) -> Result<()> {
    let (terms, to) = (&drawn.wish.terms, drawn.wish.to);
    if let Some(sits) = &drawn.wish.sits {
        let place = Membership {
            person: sits.person,
            unit: to.unit,
            seat: None,
            leads: sits.leads,
            from: terms.day,
            to: None,
        };
        transfer::change_unit(tx, place, sits.seat.as_deref(), by.at).await?;
        return earned::pass_on(tx, &part.passed, by.at).await;
    }
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
        one.open
            .iter()
            .map(move |(open, choice): &(Open, Option<Choice>)| {
                (one.kind.name, choice.unwrap_or(Choice::Stay), open.clone())
            })
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

/// The choices by kind, and under `each` what was chosen otherwise.
fn choices_json(wish: &Wish) -> serde_json::Value {
    let mut all = serde_json::Map::new();
    for (kind, choice) in &wish.choices {
        all.insert((*kind).to_owned(), json!(choice.as_str()));
    }
    for (kind, numbers) in &wish.each {
        let own: serde_json::Map<String, serde_json::Value> = numbers
            .iter()
            .map(|(number, choice)| (number.clone(), json!(choice.as_str())))
            .collect();
        let each = all.entry("each").or_insert_with(|| json!({}));
        each[*kind] = serde_json::Value::Object(own);
    }
    serde_json::Value::Object(all)
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
        "documents": choices_json(wish),
        "unit": wish.to.unit.get(),
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
