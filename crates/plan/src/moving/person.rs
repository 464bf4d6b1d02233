//! A person who changes unit takes targets and sales along: from the day on, or of the whole fiscal
//! year. The sums of a person stay as they are, and so do those of all units together.
//!
//! It is the same whether a move says so, a change among the people, or a correction of where somebody
//! sat, by hand or by file: on the days on which the unit is another, what was of these days goes there.

use std::collections::{BTreeMap, BTreeSet};

use book::{
    credit::Places,
    store::{earned, places},
};
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{
    Percent, Scope, WorkCalendar,
    ids::{PersonId, UnitId},
    times::BEGINNING,
};
use org::{
    store::{company, holidays, memberships::Membership},
    web::transfer::{Follower, Reseated},
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
    store::cells::{self, InForce},
    target::Measure,
};

/// Lets targets and sales follow people who sit elsewhere than was believed.
pub const FOLLOWER: Follower = Follower {
    reseated: |tx, reseated, by| Box::pin(follow(tx, reseated, by)),
};

/// Days on which a person sits in another unit than was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Elsewhere {
    from: Date,
    to: Option<Date>,
    place: Membership,
}

/// Draws up the move of a person.
///
/// # Errors
///
/// `move.large` if it touches more than one transaction should.
pub(super) async fn draw(tx: &mut Tx, wish: Wish, person: PersonId) -> Result<Drawn> {
    let targets = in_force(tx, &wish).await?;
    let held = places::of_people(tx, &[person]).await?;
    drawn(tx, wish, (person, &held), targets, None).await
}

/// What goes along with a person who was believed to sit in `held`, of the days before `until`.
async fn drawn(
    tx: &mut Tx,
    wish: Wish,
    (person, held): (PersonId, &[Membership]),
    (targets, calendar): (Vec<InForce>, WorkCalendar),
    until: Option<Date>,
) -> Result<Drawn> {
    let unit = wish.to.unit;
    let start = wish.terms.start();
    let mut legs = Vec::new();
    for holdings in by_period(&targets, person) {
        let seated = seated(held, person, (start, until), holdings[0].days);
        legs.extend(seated_legs(&holdings, &seated, (person, unit), &calendar));
    }
    let found = earned::outside(tx, person, unit, (start, until)).await?;
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
    (first, until): (Date, Option<Date>),
    (from, to): (Date, Date),
) -> Vec<Seated> {
    let places = Places::of(held.to_vec());
    let start = first.max(from);
    let to = until.map_or(to, |until| until.min(to));
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

/// What goes along with people who sit elsewhere; it is no move where there is nothing.
async fn follow(tx: &mut Tx, reseated: &[Reseated], by: &By) -> Result<()> {
    let people: Vec<PersonId> = reseated.iter().map(|one| one.person).collect();
    let earners = earned::earners(tx, &people).await?;
    let scope = Scope::Part {
        people,
        units: Vec::new(),
    };
    let measure = Measure::Booked.as_str();
    let ever = (BEGINNING, Date::MAX);
    let targets = cells::in_force(tx, &scope, measure, ever, i64::MAX).await?;
    let holders: BTreeSet<PersonId> = targets
        .iter()
        .filter_map(|target| target.holder.person())
        .collect();
    let country = company::expect(tx).await?.country;
    let calendar = holidays::work_calendar(tx, &country).await?;
    let concerned = reseated
        .iter()
        .filter(|one| earners.contains(&one.person) || holders.contains(&one.person));
    for one in concerned {
        // Of two spans the second finds the targets as the first left them.
        for span in elsewhere(one) {
            let own = Scope::own(one.person);
            let targets = cells::in_force(tx, &own, measure, ever, i64::MAX).await?;
            go_along(tx, one, &span, (targets, calendar.clone()), by).await?;
        }
    }
    Ok(())
}

/// The days on which a person sits in another unit than before, each with the new place. Whoever sits
/// nowhere by now leaves what there is where it is.
fn elsewhere(reseated: &Reseated) -> Vec<Elsewhere> {
    let (before, after) = (&reseated.before, &reseated.after);
    let edges = before.iter().chain(after);
    let mut days: Vec<Date> = edges
        .flat_map(|place| [Some(place.from), place.to])
        .flatten()
        .collect();
    days.sort_unstable();
    days.dedup();
    let (was, is) = (Places::of(before.clone()), Places::of(after.clone()));
    let unit = |places: &Places, day: Date| places.at(reseated.person, day).map(|place| place.unit);
    let mut spans: Vec<Elsewhere> = Vec::new();
    let ends = days.iter().skip(1).copied().map(Some).chain([None]);
    for (from, to) in days.iter().copied().zip(ends) {
        let Some(place) = is.at(reseated.person, from) else {
            continue;
        };
        if unit(&was, from) == Some(place.unit) {
            continue;
        }
        match spans.last_mut() {
            Some(last) if last.to == Some(from) && last.place.unit == place.unit => last.to = to,
            _ => spans.push(Elsewhere {
                from,
                to,
                place: place.clone(),
            }),
        }
    }
    spans
}

async fn go_along(
    tx: &mut Tx,
    reseated: &Reseated,
    span: &Elsewhere,
    known: (Vec<InForce>, WorkCalendar),
    by: &By,
) -> Result<()> {
    let terms = |day: Date| Terms {
        rule: Rule::FutureOnly,
        day,
        year_start: day,
    };
    let wish = Wish {
        terms: terms(span.from),
        to: book::credit::Receiver {
            person: Some(reseated.person),
            seat: span.place.seat,
            unit: span.place.unit,
        },
        from: BTreeMap::new(),
        target_share: None,
        choices: BTreeMap::new(),
        each: BTreeMap::new(),
        reason: String::new(),
        sits: Some(Sits {
            person: reseated.person,
            seat: None,
            leads: span.place.leads,
        }),
    };
    let whose = (reseated.person, reseated.before.as_slice());
    let mut drawn = drawn(tx, wish, whose, known, span.to).await?;
    let part = &drawn.parts[0];
    let legs = part.legs.iter().map(|leg| leg.days.0);
    let sales = part.passed.iter().map(|(earned, _)| earned.day);
    let Some(first) = legs.chain(sales).min() else {
        return Ok(());
    };
    // What always was so is told from the first day of which anything goes along.
    let day = span.from.max(first);
    let fiscal = company::expect(tx).await?.fiscal;
    drawn.wish.terms = Terms {
        year_start: fiscal.start_of(fiscal.year_of(day))?,
        ..terms(day)
    };
    earned::pass_on(tx, &drawn.parts[0].passed, by.at).await?;
    written(tx, &drawn, by).await.map(drop)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const JAN: Date = date(2026, 1, 1);
    const MAR: Date = date(2026, 3, 1);
    const JUN: Date = date(2026, 6, 1);

    fn place(unit: i64, from: Date, to: Option<Date>) -> Membership {
        Membership {
            person: PersonId::of(1),
            unit: UnitId::of(unit),
            seat: None,
            leads: false,
            from,
            to,
        }
    }

    fn spans(before: &[Membership], after: &[Membership]) -> Vec<(i64, Date, Option<Date>)> {
        let reseated = Reseated {
            person: PersonId::of(1),
            before: before.to_vec(),
            after: after.to_vec(),
        };
        let spans = elsewhere(&reseated).into_iter();
        spans
            .map(|one| (one.place.unit.get(), one.from, one.to))
            .collect()
    }

    #[test]
    fn only_days_in_another_unit_count() {
        let always = place(1, BEGINNING, None);
        let until_march = place(1, BEGINNING, Some(MAR));
        // From March on in 2; then it turns out to have been from June on.
        let moved = [until_march.clone(), place(2, MAR, None)];
        let later = [place(1, BEGINNING, Some(JUN)), place(2, JUN, None)];
        assert_eq!(
            spans(std::slice::from_ref(&always), &moved),
            [(2, MAR, None)]
        );
        assert_eq!(spans(&moved, &later), [(1, MAR, Some(JUN))]);
        assert_eq!(spans(&moved, &moved), []);
        // Nowhere by now: what there is stays. Nowhere before: it goes to where one sits.
        assert_eq!(spans(std::slice::from_ref(&always), &[until_march]), []);
        assert_eq!(
            spans(&[], &[place(2, JAN, Some(JUN))]),
            [(2, JAN, Some(JUN))]
        );
        // Two places of one unit are one span.
        let twice = [place(2, BEGINNING, Some(MAR)), place(2, MAR, None)];
        assert_eq!(spans(&[always], &twice), [(2, BEGINNING, None)]);
    }
}
