//! A move looked at: what everybody concerned has before and after it.

use std::collections::{BTreeMap, BTreeSet};

use book::store::sales;
use db::{Result, Tx};
use jiff::civil::Date;
use kernel::{
    Moment, Percent, Scope, View,
    ids::{PersonId, UnitId},
};
use org::store::company;

use super::Drawn;
use crate::moves::{Leg, Rule, Terms};

/// Whose figures: a person's, or what is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    Person(PersonId),
    House,
}

fn whose(person: Option<PersonId>) -> Whose {
    person.map_or(Whose::House, Whose::Person)
}

/// Targets and actual of one, before or after; the target in minor units, the actual exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Side {
    pub target: i64,
    /// The part of the target from the move's day on; the rest was due before.
    pub from_day: i64,
    pub actual: i64,
}

impl Side {
    /// The part of the target before the move's day.
    pub fn until_day(&self) -> i64 {
        self.target.saturating_sub(self.from_day)
    }

    /// Both of two, added up.
    #[must_use]
    pub fn and(&self, other: &Side) -> Side {
        Side {
            target: self.target.saturating_add(other.target),
            from_day: self.from_day.saturating_add(other.from_day),
            actual: self.actual.saturating_add(other.actual),
        }
    }
}

/// Everybody concerned with both sides, over the fiscal year of the move's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub year: (Date, Date),
    pub people: BTreeMap<Whose, (Side, Side)>,
    /// The units a person leaves and goes to, as far as the asker reaches them; nothing where customers
    /// change hands.
    pub units: BTreeMap<UnitId, (Side, Side)>,
}

impl Figures {
    /// Both sides added up over all concerned: a move leaves them alike.
    pub fn total(&self) -> (Side, Side) {
        self.people.values().fold(
            (Side::default(), Side::default()),
            |(before, after), one| (before.and(&one.0), after.and(&one.1)),
        )
    }
}

/// Works out the figures of a move that is drawn up. What is nobody's is counted in the units `scope`
/// reaches: a manager's preview does not tell what the houses of other regions have.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn figures(tx: &mut Tx, scope: &Scope, drawn: &Drawn, today: Date) -> Result<Figures> {
    let terms = &drawn.wish.terms;
    let fiscal = company::expect(tx).await?.fiscal;
    let year_end = fiscal.start_of(fiscal.year_of(terms.day) + 1)?;
    let year = (terms.year_start, year_end);
    let concerned: BTreeSet<Whose> = drawn
        .parts
        .iter()
        .map(|part| whose(part.from))
        .chain([whose(drawn.wish.to.person)])
        .collect();
    let asked = Asked {
        scope,
        concerned: &concerned,
        year,
        today,
    };
    let mut before = before(tx, drawn, asked).await?;
    let mut people = BTreeMap::new();
    let mut after = before.clone();
    let splitting = Splitting { drawn, year };
    for leg in drawn.parts.iter().flat_map(|part| &part.legs) {
        let side = after.entry(whose(leg.person)).or_default();
        splitting.add_leg(leg, side);
    }
    let passed = drawn.parts.iter().flat_map(|part| &part.passed);
    for (earned, parts) in passed.filter(|(earned, _)| year.0 <= earned.day && earned.day < year.1)
    {
        let given = after.entry(whose(earned.credit.person)).or_default();
        given.actual = given.actual.saturating_sub(earned.credit.net_exact);
        for credit in parts {
            let taken = after.entry(whose(credit.person)).or_default();
            taken.actual = taken.actual.saturating_add(credit.net_exact);
        }
    }
    for (whose, side) in after {
        people.insert(whose, (before.remove(&whose).unwrap_or_default(), side));
    }
    let units = match &drawn.wish.sits {
        Some(_) => of_units(tx, drawn, asked).await?,
        None => BTreeMap::new(),
    };
    Ok(Figures {
        year,
        people,
        units,
    })
}

/// Both sides of every unit a person leaves or goes to, with everybody's targets and sales in it.
async fn of_units(
    tx: &mut Tx,
    drawn: &Drawn,
    asked: Asked<'_>,
) -> Result<BTreeMap<UnitId, (Side, Side)>> {
    let year = asked.year;
    let splitting = Splitting { drawn, year };
    let part = drawn.parts.iter();
    let passed: Vec<_> = part.clone().flat_map(|part| &part.passed).collect();
    let legs: Vec<_> = part.flat_map(|part| &part.legs).collect();
    let concerned = legs
        .iter()
        .map(|leg| leg.unit)
        .chain(passed.iter().map(|(earned, _)| earned.credit.unit))
        .chain([drawn.wish.to.unit])
        .filter(|unit| asked.scope.reaches_unit(*unit));
    let mut before: BTreeMap<UnitId, Side> =
        concerned.map(|unit| (unit, Side::default())).collect();
    for target in &drawn.targets {
        if let Some(side) = before.get_mut(&target.unit) {
            splitting.add(target.amount, (target.from, target.to), side);
        }
    }
    let moment = Moment::latest(asked.today.max(year.1));
    let sold = sales::by_span(tx, &Scope::All, View::AsWas, &[year], moment).await?;
    for one in sold {
        if let Some(side) = one.unit.and_then(|unit| before.get_mut(&unit)) {
            side.actual = side.actual.saturating_add(one.net_exact);
        }
    }
    let mut after = before.clone();
    for leg in legs {
        if let Some(side) = after.get_mut(&leg.unit) {
            splitting.add_leg(leg, side);
        }
    }
    for (earned, parts) in passed {
        if earned.day < year.0 || year.1 <= earned.day {
            continue;
        }
        if let Some(side) = after.get_mut(&earned.credit.unit) {
            side.actual = side.actual.saturating_sub(earned.credit.net_exact);
        }
        for credit in parts {
            if let Some(side) = after.get_mut(&credit.unit) {
                side.actual = side.actual.saturating_add(credit.net_exact);
            }
        }
    }
    let both = before.into_iter().map(|(unit, side)| {
        let later = after.get(&unit).copied().unwrap_or_default();
        (unit, (side, later))
    });
    Ok(both.collect())
}

/// Cuts targets at the day of the move.
struct Splitting<'a> {
    drawn: &'a Drawn,
    year: (Date, Date),
}

impl Splitting<'_> {
    fn due_from_day(&self, amount: i64, days: (Date, Date)) -> i64 {
        let plain = Terms {
            rule: Rule::FutureOnly,
            ..self.drawn.wish.terms
        };
        plain.passing_target(amount, days, Percent::WHOLE, &self.drawn.calendar)
    }

    /// What passes is of the days from the move's day on, unless the whole year goes along.
    fn add_leg(&self, leg: &Leg, side: &mut Side) {
        if self.drawn.wish.terms.start() < self.drawn.wish.terms.day {
            return self.add(leg.amount, leg.days, side);
        }
        if self.year.0 <= leg.days.0 && leg.days.1 <= self.year.1 {
            side.target = side.target.saturating_add(leg.amount);
            side.from_day = side.from_day.saturating_add(leg.amount);
        }
    }

    fn add(&self, amount: i64, days: (Date, Date), side: &mut Side) {
        if self.year.0 <= days.0 && days.1 <= self.year.1 {
            side.target = side.target.saturating_add(amount);
            side.from_day = side
                .from_day
                .saturating_add(self.due_from_day(amount, days));
        }
    }
}

/// Whose figures are asked for, by whom and for which days.
#[derive(Clone, Copy)]
struct Asked<'a> {
    scope: &'a Scope,
    concerned: &'a BTreeSet<Whose>,
    year: (Date, Date),
    today: Date,
}

impl Asked<'_> {
    /// The asker sees everybody a move concerns; of the house only what is in reach.
    fn sees(&self, person: Option<PersonId>, unit: Option<UnitId>) -> bool {
        let house = unit.is_some_and(|unit| self.scope.reaches_unit(unit));
        person.is_some() || house
    }
}

async fn before(tx: &mut Tx, drawn: &Drawn, asked: Asked<'_>) -> Result<BTreeMap<Whose, Side>> {
    let year = asked.year;
    let mut sides: BTreeMap<Whose, Side> = asked
        .concerned
        .iter()
        .map(|one| (*one, Side::default()))
        .collect();
    let splitting = Splitting { drawn, year };
    for target in &drawn.targets {
        let person = target.holder.person();
        if let Some(side) = sides.get_mut(&whose(person))
            && asked.sees(person, Some(target.unit))
        {
            splitting.add(target.amount, (target.from, target.to), side);
        }
    }
    let moment = Moment::latest(asked.today.max(year.1));
    let sold = sales::by_span(tx, &Scope::All, View::AsWas, &[year], moment).await?;
    for one in sold {
        if let Some(side) = sides.get_mut(&whose(one.person))
            && asked.sees(one.person, one.unit)
        {
            side.actual = side.actual.saturating_add(one.net_exact);
        }
    }
    Ok(sides)
}
