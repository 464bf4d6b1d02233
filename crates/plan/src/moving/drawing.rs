//! A move drawn up: everything it would change, nothing changed yet.

use std::collections::BTreeMap;

use book::{
    CustomerId,
    credit::{Credit, Earned},
    store::{
        assignments::{self, Owned},
        earned::{self, MOST_PARTS},
        in_flight::{Kind, MOST_OPEN, Of, Open},
    },
};
use db::{Result, Tx};
use jiff::{ToSpan, civil::Date};
use kernel::{Percent, Refusal, Scope, WorkCalendar, ids::PersonId};
use org::store::{company, holidays};

use super::{Kinds, Wish};
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

/// The open documents of one kind; `moves` is none while nothing was said.
#[derive(Debug, Clone)]
pub struct InFlight {
    pub kind: Kind,
    pub moves: Option<bool>,
    pub open: Vec<Open>,
}

/// Draws up the move.
///
/// # Errors
///
/// `move.large` if it touches more than one transaction should.
pub async fn draw(tx: &mut Tx, wish: Wish, kinds: Kinds) -> Result<Drawn> {
    let country = company::expect(tx).await?.country;
    let calendar = holidays::work_calendar(tx, &country).await?;
    let days = (wish.terms.year_start, far_after(wish.terms.day));
    let measure = Measure::Booked.as_str();
    let targets = cells::in_force(tx, &Scope::All, measure, days, i64::MAX).await?;
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
        let in_flight = in_flight(tx, &wish, *from, &customers, kinds).await?;
        parts.push(Part {
            from: *from,
            passed: credit(tx, &wish, *from, &customers).await?,
            customers,
            share,
            basis,
            legs,
            in_flight,
        });
    }
    Ok(Drawn {
        wish,
        parts,
        targets,
        calendar,
    })
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
/// this year's, an open order follows the choice made for orders, any other the rule.
async fn credit(
    tx: &mut Tx,
    wish: &Wish,
    from: Option<PersonId>,
    customers: &[CustomerId],
) -> Result<Vec<(Earned, Vec<Credit>)>> {
    let found = earned::of_customers(tx, customers, from, wish.terms.year_start).await?;
    if MOST_PARTS < found.len() {
        let text = format!(
            "The move touches the credit of more than {MOST_PARTS} orders. Move fewer customers at a time."
        );
        return Err(Refusal::value("move.large", text).at("customers").into());
    }
    let open_moves = wish.choices.get("orders").copied().unwrap_or(false);
    let mut passed = Vec::new();
    for (earned, open) in found {
        let share = match (open, open_moves) {
            (true, true) => wish.terms.passing_open(earned.day),
            (true, false) => Percent::ZERO,
            (false, _) => wish.terms.passing(earned.day),
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
    from: Option<PersonId>,
    customers: &[CustomerId],
    kinds: Kinds,
) -> Result<Vec<InFlight>> {
    let mut all = Vec::with_capacity(kinds.0.len());
    for kind in kinds.0 {
        let open = (kind.open)(tx, Of { customers, from }).await?;
        if MOST_OPEN < open.len() {
            let text = format!(
                "More than {MOST_OPEN} open {} would be touched. Move fewer customers at a time.",
                kind.name
            );
            return Err(Refusal::value("move.large", text).at("customers").into());
        }
        all.push(InFlight {
            kind: *kind,
            moves: wish.choices.get(kind.name).copied(),
            open,
        });
    }
    Ok(all)
}

/// The open documents of one kind over all parts of a move.
#[derive(Debug, Clone)]
pub struct OpenOfKind {
    pub kind: Kind,
    pub moves: Option<bool>,
    pub count: usize,
    /// Exact, in the base currency.
    pub net_exact: i64,
}

/// What is in flight, by kind in the program's order.
pub fn open_by_kind(drawn: &Drawn) -> Vec<OpenOfKind> {
    let mut all: Vec<OpenOfKind> = Vec::new();
    for one in drawn.parts.iter().flat_map(|part| &part.in_flight) {
        let net: i64 = one.open.iter().map(|open| open.net_exact).sum();
        match all
            .iter_mut()
            .find(|known| known.kind.name == one.kind.name)
        {
            Some(known) => {
                known.count += one.open.len();
                known.net_exact = known.net_exact.saturating_add(net);
            }
            None => all.push(OpenOfKind {
                kind: one.kind,
                moves: one.moves,
                count: one.open.len(),
                net_exact: net,
            }),
        }
    }
    all
}
