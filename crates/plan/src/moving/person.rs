//! A person who changes unit takes targets and sales along: from the day on, or of the whole fiscal
//! year. The sums of a person stay as they are, and so do those of all units together.

use std::collections::BTreeMap;

use book::{
    credit::Places,
    store::{earned, places},
};
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{
    Percent,
    ids::{PersonId, UnitId},
};
use org::{
    store::{company, memberships::Membership},
    web::transfer::{Follower, Moved},
};
use trail::By;

use super::{
    Drawn, Part, Sits, Wish,
    carrying::written,
    drawing::{accept_parts, in_force},
};
use crate::{
    PeriodId, PlanId,
    moves::{Basis, Holding, Rule, Seated, Terms, seated_legs},
    store::cells::InForce,
};

/// Lets targets and sales follow a person whose unit is changed among the people.
pub const FOLLOWER: Follower = Follower {
    moved: |tx, moved, by| Box::pin(follow(tx, moved, by)),
};

/// Draws up the move of a person.
///
/// # Errors
///
/// `move.large` if it touches more than one transaction should.
pub(super) async fn draw(tx: &mut Tx, wish: Wish, person: PersonId) -> Result<Drawn> {
    let (targets, calendar) = in_force(tx, &wish).await?;
    let unit = wish.to.unit;
    let held = places::of_people(tx, &[person]).await?;
    let mut legs = Vec::new();
    for holdings in by_period(&targets, person) {
        let seated = seated(&held, person, &wish.terms, holdings[0].days);
        legs.extend(seated_legs(&holdings, &seated, (person, unit), &calendar));
    }
    let found = earned::outside(tx, person, unit, wish.terms.start()).await?;
    accept_parts(&found)?;
    let mut passed = Vec::with_capacity(found.len());
    for earned in found {
        let parts = earned.credit.pass(Percent::WHOLE, wish.to)?;
        passed.push((earned, parts));
    }
    let part = Part {
        from: Some(person),
        customers: Vec::new(),
        share: Percent::WHOLE,
        basis: Basis::All,
        legs,
        passed,
        in_flight: Vec::new(),
    };
    Ok(Drawn {
        wish,
        parts: vec![part],
        targets,
        calendar,
    })
}

/// What the person holds, by plan and period, a holding for each unit.
fn by_period(targets: &[InForce], person: PersonId) -> Vec<Vec<Holding>> {
    let mut held: BTreeMap<(PeriodId, PlanId), BTreeMap<UnitId, Holding>> = BTreeMap::new();
    let own = targets
        .iter()
        .filter(|target| target.holder.person() == Some(person));
    for target in own {
        let of_period = held.entry((target.period_id, target.plan)).or_default();
        let holding = of_period.entry(target.unit).or_insert_with(|| Holding {
            plan: target.plan,
            period: target.period_id,
            days: (target.from, target.to),
            unit: target.unit,
            amount: 0,
        });
        holding.amount = holding.amount.saturating_add(target.amount);
    }
    held.into_values()
        .map(|units| units.into_values().collect())
        .collect()
}

/// Where the person was to sit on the days of a period that pass, before the move.
fn seated(
    held: &[Membership],
    person: PersonId,
    terms: &Terms,
    (from, to): (Date, Date),
) -> Vec<Seated> {
    let places = Places::of(held.to_vec());
    let start = terms.start().max(from);
    let edges = held.iter().flat_map(|place| [Some(place.from), place.to]);
    let mut days: Vec<Date> = edges
        .flatten()
        .filter(|day| start < *day && *day < to)
        .collect();
    days.push(start);
    days.sort_unstable();
    days.dedup();
    let ends = days.iter().skip(1).copied().chain([to]);
    days.iter()
        .zip(ends)
        .filter(|(from, to)| *from < to)
        .map(|(from, to)| Seated {
            from: *from,
            to,
            unit: places.at(person, *from).map(|place| place.unit),
        })
        .collect()
}

/// What a change among the people takes along; it is no move if there is nothing.
async fn follow(tx: &mut Tx, moved: &Moved, by: &By) -> Result<()> {
    let fiscal = company::expect(tx).await?.fiscal;
    let wish = Wish {
        terms: Terms {
            rule: Rule::FutureOnly,
            day: moved.day,
            year_start: fiscal.start_of(fiscal.year_of(moved.day))?,
        },
        to: book::credit::Receiver {
            person: Some(moved.person),
            seat: moved.seat,
            unit: moved.unit,
        },
        from: BTreeMap::new(),
        target_share: None,
        choices: BTreeMap::new(),
        each: BTreeMap::new(),
        reason: String::new(),
        sits: Some(Sits {
            person: moved.person,
            seat: None,
            leads: false,
        }),
    };
    let drawn = draw(tx, wish, moved.person).await?;
    let part = &drawn.parts[0];
    if part.legs.is_empty() && part.passed.is_empty() {
        return Ok(());
    }
    earned::pass_on(tx, &part.passed, by.at).await?;
    written(tx, &drawn, by).await.map(drop)
}
