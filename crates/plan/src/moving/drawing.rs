//! A move drawn up: everything it would change, nothing changed yet.

use std::collections::{BTreeMap, BTreeSet};

use book::{
    CustomerId,
    credit::{Credit, Earned},
    store::{
        assignments::{self, Owned},
        earned::{self, MOST_PARTS},
        in_flight::{Choice, Kind, MOST_OPEN, Of, Open},
    },
};
use db::{Result, Tx};
use jiff::{ToSpan, civil::Date};
use kernel::{Percent, Refusal, Scope, WorkCalendar, ids::PersonId};
use org::store::{company, holidays};

use super::{Asked, Kinds, Wish, person};
use crate::{
    PeriodId, PlanId,
    moves::{Basis, Holding, Leg, Measured, Passing},
    store::cells::{self, InForce},
    target::{Holder, Measure},
};

/// Everything a move changes.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub wish: Wish,
    /// One for each person (or the house) customers come from.
    pub parts: Vec<Part>,
    /// The targets of everybody from the fiscal year of the day on, before the move.
    pub targets: Vec<InForce>,
    pub calendar: WorkCalendar,
}

/// What passes from one.
#[derive(Debug, Clone)]
pub struct Part {
    pub from: Option<PersonId>,
    pub customers: Vec<CustomerId>,
    /// The part of the target that is these customers'.
    pub share: Percent,
    pub basis: Basis,
    pub legs: Vec<Leg>,
    /// Credit with what takes its place.
    pub passed: Vec<(Earned, Vec<Credit>)>,
    pub in_flight: Vec<InFlight>,
}

/// What is open of one kind, each with what becomes of it: none while nothing was said.
#[derive(Debug, Clone)]
pub struct InFlight {
    pub kind: Kind,
    pub open: Vec<(Open, Option<Choice>)>,
}

impl InFlight {
    /// Those of which `choice` was said.
    pub fn chosen(&self, choice: Choice) -> Vec<Open> {
        let chosen = self.open.iter().filter(|(_, own)| *own == Some(choice));
        chosen.map(|(open, _)| open.clone()).collect()
    }

    /// Of how many nothing was said.
    pub fn undecided(&self) -> usize {
        self.open.iter().filter(|(_, own)| own.is_none()).count()
    }
}

/// Draws up the move.
///
/// # Errors
///
/// `move.large` if it touches more than one transaction should.
pub async fn draw(tx: &mut Tx, wish: Wish, kinds: Kinds, asked: Asked<'_>) -> Result<Drawn> {
    if let Some(sits) = &wish.sits {
        let who = sits.person;
        return person::draw(tx, wish, who).await;
    }
    let (targets, calendar) = in_force(tx, &wish).await?;
    let mut parts = Vec::with_capacity(wish.from.len());
    for (from, owned) in &wish.from {
        let customers: Vec<CustomerId> = owned.iter().map(Owned::customer).collect();
        let (share, basis) = share_of(tx, &wish, *from, &customers).await?;
        let passing = Passing {
            terms: &wish.terms,
            part: share,
            calendar: &calendar,
        };
        let holder = from.map_or(Holder::Pool(wish.to.unit), Holder::Person);
        let home = home_of(&targets, wish.to.person);
        let legs = passing.legs(
            &holdings(&targets, holder),
            *from,
            (wish.to.person, wish.to.unit),
            |period| home.get(&period).copied(),
        );
        let in_flight = in_flight(tx, &wish, (*from, &customers), kinds, asked).await?;
        let open = in_flight.iter().find(|one| one.kind.name == "orders");
        parts.push(Part {
            from: *from,
            passed: credit(tx, &wish, (*from, &customers), open).await?,
            customers,
            share,
            basis,
            legs,
            in_flight,
        });
    }
    accept_each(&wish, &parts)?;
    Ok(Drawn {
        wish,
        parts,
        targets,
        calendar,
    })
}

/// The targets of everybody from the fiscal year of the day on, and the days people work.
pub(super) async fn in_force(tx: &mut Tx, wish: &Wish) -> Result<(Vec<InForce>, WorkCalendar)> {
    let country = company::expect(tx).await?.country;
    let calendar = holidays::work_calendar(tx, &country).await?;
    let days = (wish.terms.year_start, far_after(wish.terms.day));
    let measure = Measure::Booked.as_str();
    let targets = cells::in_force(tx, &Scope::All, measure, days, i64::MAX).await?;
    Ok((targets, calendar))
}

/// What is said of a single document is said of one that is open.
fn accept_each(wish: &Wish, parts: &[Part]) -> std::result::Result<(), Refusal> {
    for (kind, numbers) in &wish.each {
        let open: BTreeSet<String> = parts
            .iter()
            .flat_map(|part| &part.in_flight)
            .filter(|one| one.kind.name == *kind)
            .flat_map(|one| &one.open)
            .map(|(open, _)| open.number.to_ascii_lowercase())
            .collect();
        if let Some(number) = numbers.keys().find(|number| !open.contains(*number)) {
            let shown: String = number.chars().take(60).collect();
            let text = format!("{shown} is not among the open {kind} of this move.");
            let field = format!("each.{kind}.{shown}");
            return Err(Refusal::value("move.documents", text).at(field));
        }
    }
    Ok(())
}

pub(super) fn accept_parts(found: &[Earned]) -> std::result::Result<(), Refusal> {
    if found.len() <= MOST_PARTS {
        return Ok(());
    }
    let text = format!(
        "The move touches the credit of more than {MOST_PARTS} orders. Move fewer customers at a time."
    );
    Err(Refusal::value("move.large", text).at("customers"))
}

/// Plans reach no further than this.
fn far_after(day: Date) -> Date {
    day.saturating_add(10.years())
}

/// The part of the giver's target that goes with the customers. The house has a pool, which goes only
/// where it is said.
async fn share_of(
    tx: &mut Tx,
    wish: &Wish,
    from: Option<PersonId>,
    customers: &[CustomerId],
) -> Result<(Percent, Basis)> {
    let Some(person) = from else {
        let share = wish.target_share.unwrap_or(Percent::ZERO);
        return Ok((share, Basis::Given));
    };
    let day = wish.terms.day;
    let year = (day.saturating_sub(12.months()), day);
    let measured = Measured {
        sold: earned::part_and_whole(tx, customers, person, year).await?,
        customers: (
            customers.len(),
            assignments::owned_by(tx, person, day).await?.len(),
        ),
        given: wish.target_share,
    };
    Ok(measured.part())
}

/// What a holder has, by plan, period and unit, with what earlier moves changed.
fn holdings(targets: &[InForce], holder: Holder) -> Vec<Holding> {
    let mut held: BTreeMap<(PeriodId, PlanId, i64), Holding> = BTreeMap::new();
    for target in targets.iter().filter(|target| target.holder == holder) {
        let key = (target.period_id, target.plan, target.unit.get());
        let holding = held.entry(key).or_insert_with(|| Holding {
            plan: target.plan,
            period: target.period_id,
            days: (target.from, target.to),
            unit: target.unit,
            amount: 0,
        });
        holding.amount = holding.amount.saturating_add(target.amount);
    }
    held.into_values().collect()
}

/// The plan in which a person already has a target, by period.
fn home_of(targets: &[InForce], person: Option<PersonId>) -> BTreeMap<PeriodId, PlanId> {
    let own = targets
        .iter()
        .filter(|target| person.is_some() && target.holder.person() == person);
    let mut home = BTreeMap::new();
    for target in own {
        home.entry(target.period_id).or_insert(target.plan);
    }
    home
}

/// The credit that passes, cut exactly. What was sold in a fiscal year that is over stays for good; of
/// this year's, an open order follows the choice made for it, any other the rule.
async fn credit(
    tx: &mut Tx,
    wish: &Wish,
    (from, customers): (Option<PersonId>, &[CustomerId]),
    open: Option<&InFlight>,
) -> Result<Vec<(Earned, Vec<Credit>)>> {
    let found = earned::of_customers(tx, customers, from, wish.terms.year_start).await?;
    accept_parts(&found)?;
    let open = open.map_or(&[][..], |orders| &orders.open);
    let moves: BTreeMap<i64, bool> = open
        .iter()
        .map(|(order, choice)| (order.id, *choice == Some(Choice::Move)))
        .collect();
    let mut passed = Vec::new();
    for earned in found {
        let share = match moves.get(&earned.order.get()) {
            Some(true) => wish.terms.passing_open(earned.day),
            Some(false) => Percent::ZERO,
            None => wish.terms.passing(earned.day),
        };
        if share != Percent::ZERO {
            let parts = earned.credit.pass(share, wish.to)?;
            passed.push((earned, parts));
        }
    }
    Ok(passed)
}

async fn in_flight(
    tx: &mut Tx,
    wish: &Wish,
    (from, customers): (Option<PersonId>, &[CustomerId]),
    kinds: Kinds,
    asked: Asked<'_>,
) -> Result<Vec<InFlight>> {
    let day = wish.terms.day;
    let all = match from {
        Some(person) => assignments::owned_by(tx, person, day).await?.len() <= customers.len(),
        None => false,
    };
    let of = Of {
        customers,
        from,
        all,
        day,
        today: asked.today,
        scope: asked.scope,
    };
    let mut found = Vec::with_capacity(kinds.0.len());
    for kind in kinds.0 {
        let open = (kind.open)(tx, of).await?;
        if MOST_OPEN < open.len() {
            let text = format!(
                "More than {MOST_OPEN} open {} would be touched. Move fewer customers at a time.",
                kind.name
            );
            return Err(Refusal::value("move.large", text).at("customers").into());
        }
        let chosen = open.into_iter().map(|open| {
            let choice = wish.choice(kind, &open.number);
            (open, choice)
        });
        found.push(InFlight {
            kind: *kind,
            open: chosen.collect(),
        });
    }
    Ok(found)
}

/// What is open of one kind over all parts of a move.
#[derive(Debug, Clone)]
pub struct OpenOfKind {
    pub kind: Kind,
    pub open: Vec<(Open, Option<Choice>)>,
    /// Exact, in the base currency.
    pub net_exact: i64,
}

impl OpenOfKind {
    /// The one choice made for all of it.
    pub fn choice(&self) -> Option<Choice> {
        let (_, first) = self.open.first()?;
        let same = self.open.iter().all(|(_, own)| own == first);
        first.filter(|_| same)
    }

    /// Of how many nothing was said.
    pub fn undecided(&self) -> usize {
        self.open.iter().filter(|(_, own)| own.is_none()).count()
    }
}

/// What is in flight, by kind in the program's order.
pub fn open_by_kind(drawn: &Drawn) -> Vec<OpenOfKind> {
    let mut all: Vec<OpenOfKind> = Vec::new();
    for one in drawn.parts.iter().flat_map(|part| &part.in_flight) {
        let net: i64 = one.open.iter().map(|(open, _)| open.net_exact).sum();
        match all
            .iter_mut()
            .find(|known| known.kind.name == one.kind.name)
        {
            Some(known) => {
                known.open.extend(one.open.iter().cloned());
                known.net_exact = known.net_exact.saturating_add(net);
            }
            None => all.push(OpenOfKind {
                kind: one.kind,
                open: one.open.clone(),
                net_exact: net,
            }),
        }
    }
    all
}
