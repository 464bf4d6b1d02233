//! The attainment table: loads targets in force and actuals, and asks the rules for each standing.
//! The page, the API and Today all read it, so they never show two figures for the same thing.

use std::collections::BTreeMap;

use book::store::sales::{self, Sold};
use db::{Result, Tx};
use jiff::{ToSpan, civil::Date};
use kernel::{
    Currency, Moment, Period, Scope, View, WorkCalendar,
    ids::{PersonId, UnitId},
};
use org::store::{company::Company, holidays, memberships, people, units};
use reckon::pace::{Curve, Stage};

use crate::{
    asked::Asked,
    attainment::Standing,
    store::{
        actuals,
        cells::{self, InForce},
    },
    target::{Holder, Measure},
};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    pub scope: Scope,
    /// The unit whose sub-tree is shown.
    pub top: units::Unit,
    pub asked: Asked,
    pub view: View,
    pub moment: Moment,
    pub measure: Measure,
}

/// Whose line it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Unit {
        id: UnitId,
        code: String,
        name: String,
        name_local: Option<String>,
        depth: i64,
    },
    Person {
        id: PersonId,
        code: String,
        name: String,
        name_local: Option<String>,
    },
    /// What is nobody's.
    House,
}

/// The days `[from, to)`.
type Days = (Date, Date);

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub subject: Subject,
    /// Over the whole asked span.
    pub whole: Standing,
    /// One for each period of the table.
    pub periods: Vec<Standing>,
    /// From the start of the span to the moment's day, by the same periods.
    pub to_date: Standing,
    /// The most sold per working day in any month of the last year, in minor units.
    pub best_per_day: i64,
}

/// The table: the top unit first, its child units, then people by name and the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub asked: Asked,
    pub as_of: Date,
    pub currency: Currency,
    pub periods: Vec<Period>,
    pub lines: Vec<Line>,
    /// Working days of the span gone by and in all.
    pub days: (u32, u32),
    /// How a month of the company usually fills.
    pub curve: Curve,
}

impl Table {
    /// The top unit's own line; none for those who do not reach the unit.
    pub fn top(&self) -> Option<&Line> {
        self.lines
            .first()
            .filter(|line| matches!(line.subject, Subject::Unit { .. }))
    }
}

/// The running fiscal year of everything in `scope`, as it was, as known now.
///
/// # Errors
///
/// As [`load`].
pub async fn this_year(
    tx: &mut Tx,
    company: &Company,
    scope: &Scope,
    today: Date,
) -> Result<Table> {
    let year = company.fiscal.year_of(today);
    let asked = Asked {
        text: year.to_string(),
        from: company.fiscal.start_of(year)?,
        to: company.fiscal.start_of(year + 1)?,
    };
    let top = match units::tree(tx, scope).await?.into_iter().next() {
        Some(unit) => unit,
        None => units::root(tx).await?,
    };
    let moment = Moment::latest(today);
    let question = Question {
        scope: scope.clone(),
        top,
        asked,
        view: View::AsWas,
        moment,
        measure: Measure::Booked,
    };
    load(tx, company, &question).await
}

/// Loads the table.
///
/// # Errors
///
/// [`db::DbError::Overflow`] if a sum does not fit.
pub async fn load(tx: &mut Tx, company: &Company, question: &Question) -> Result<Table> {
    let Question {
        scope,
        asked,
        moment,
        ..
    } = question;
    let span = (asked.from, asked.to);
    let calendar = holidays::work_calendar(tx, &company.country).await?;
    let targets =
        cells::in_force(tx, scope, question.measure.as_str(), span, moment.known_at).await?;
    let periods = periods_of(&targets, span, company);
    let mut spans = vec![span];
    spans.extend(periods.iter().map(|period| (period.from, period.to)));
    let months = months_before(moment.as_of);
    spans.extend(months.iter().copied());
    let sold = sales::by_span(tx, scope, question.view, &spans, *moment).await?;
    let places = memberships::places(tx, moment.as_of, moment.known_at).await?;
    let root = units::root(tx).await?.id;
    let map = Map {
        below: below(tx, question.top.id).await?,
        places: places
            .into_iter()
            .map(|(person, unit, _)| (person, unit))
            .collect(),
        root,
        spans: spans.len(),
    };
    let book = Book {
        sums: map.sums(&sold),
        targets: &targets,
    };
    let curve = learn(tx, root, &calendar, *moment).await?;
    let clock = Clock {
        calendar: &calendar,
        as_of: moment.as_of,
        curve: &curve,
        currency: company.currency,
    };
    let lines = lines(tx, question, &book, &periods, &months, &clock).await?;
    Ok(Table {
        asked: asked.clone(),
        as_of: moment.as_of,
        currency: company.currency,
        days: clock.days(span),
        periods,
        lines,
        curve,
    })
}

/// The periods that carry targets; months of the fiscal calendar where none do.
fn periods_of(targets: &[InForce], (from, to): (Date, Date), company: &Company) -> Vec<Period> {
    let mut found: BTreeMap<(Date, Date), String> = BTreeMap::new();
    for target in targets {
        found
            .entry((target.from, target.to))
            .or_insert_with(|| target.period.clone());
    }
    let of = |((from, to), code): ((Date, Date), String)| {
        Period::new(kernel::Code::parse(&code).ok()?, from, to).ok()
    };
    let mut periods: Vec<Period> = found.into_iter().filter_map(of).collect();
    // Of two calendars over the same days the finer one is shown.
    periods.sort_by_key(|period| (period.from, period.to));
    periods.dedup_by(|later, earlier| later.from < earlier.to);
    if !periods.is_empty() {
        return periods;
    }
    let mut year = company.fiscal.year_of(from);
    let mut months = Vec::new();
    while months.len() < 1_000 && company.fiscal.start_of(year).is_ok_and(|start| start < to) {
        let Ok(calendar) = company.fiscal.months(year) else {
            break;
        };
        months.extend(
            calendar
                .periods()
                .iter()
                .filter(|month| from <= month.from && month.to <= to)
                .cloned(),
        );
        year += 1;
    }
    months
}

/// The twelve full calendar months before the month of `day`.
fn months_before(day: Date) -> Vec<(Date, Date)> {
    let this = day.first_of_month();
    let start = |back: i32| this.saturating_sub(back.months());
    (1..=12)
        .rev()
        .map(|back| (start(back), start(back - 1)))
        .collect()
}

/// The unit ids below each child of the top unit, and below the top itself.
async fn below(tx: &mut Tx, top: UnitId) -> Result<BTreeMap<UnitId, Vec<UnitId>>> {
    let mut below = BTreeMap::new();
    below.insert(top, units::sub_tree(tx, top).await?);
    Ok(below)
}

/// From what was sold to sums per person and per unit.
struct Map {
    below: BTreeMap<UnitId, Vec<UnitId>>,
    places: BTreeMap<PersonId, UnitId>,
    root: UnitId,
    spans: usize,
}

/// Exact sums by span of everybody within the top unit.
#[derive(Debug, Default)]
struct Sums {
    people: BTreeMap<Option<PersonId>, Vec<i64>>,
    units: BTreeMap<UnitId, Vec<i64>>,
}

impl Map {
    fn sums(&self, sold: &[Sold]) -> Sums {
        let inside: std::collections::BTreeSet<UnitId> =
            self.below.values().flatten().copied().collect();
        let mut sums = Sums::default();
        for one in sold {
            // As-is sales name no unit: today's place of the owner decides; without one, the root.
            let place = one
                .person
                .and_then(|person| self.places.get(&person).copied());
            let unit = one.unit.or(place).unwrap_or(self.root);
            if !inside.contains(&unit) {
                continue;
            }
            let add = |sums: &mut Vec<i64>| {
                sums.resize(self.spans, 0);
                sums[one.span] = sums[one.span].saturating_add(one.net_exact);
            };
            add(sums.people.entry(one.person).or_default());
            add(sums.units.entry(unit).or_default());
        }
        sums
    }
}

struct Book<'a> {
    sums: Sums,
    targets: &'a [InForce],
}

/// The day one looks, and how days count.
struct Clock<'a> {
    calendar: &'a WorkCalendar,
    as_of: Date,
    curve: &'a Curve,
    currency: Currency,
}

impl Clock<'_> {
    /// Working days of a span gone by before the moment's day, and in all.
    fn days(&self, (from, to): (Date, Date)) -> (u32, u32) {
        let elapsed = self.calendar.working_days(from, self.as_of.min(to));
        (elapsed, self.calendar.working_days(from, to))
    }

    fn standing(&self, targets: &[(Date, Date, i64)], span: (Date, Date), actual: i64) -> Standing {
        let stages: Vec<Stage> = targets
            .iter()
            .map(|(from, to, target)| {
                let (elapsed_days, days) = self.days((*from, *to));
                Stage {
                    target: *target,
                    elapsed_days,
                    days,
                }
            })
            .collect();
        let covered = (!stages.is_empty()).then_some(stages.as_slice());
        Standing::of(covered, self.days(span), actual, self.curve, self.currency)
    }
}

async fn lines(
    tx: &mut Tx,
    question: &Question,
    book: &Book<'_>,
    periods: &[Period],
    months: &[(Date, Date)],
    clock: &Clock<'_>,
) -> Result<Vec<Line>> {
    let span = (question.asked.from, question.asked.to);
    let line = |subject: Subject, sums: &[i64], counts: &dyn Fn(&InForce) -> bool| {
        make_line(
            subject,
            sums,
            counts,
            book.targets,
            (periods, months, span),
            clock,
        )
    };
    let tree = units::tree(tx, &question.scope).await?;
    let mut lines = Vec::new();
    for unit in shown_units(question, &tree) {
        let under = units::sub_tree(tx, unit.id).await?;
        let spans = 1 + periods.len() + months.len();
        let mut sums = vec![0_i64; spans];
        for (_, part) in book.sums.units.iter().filter(|(id, _)| under.contains(id)) {
            for (sum, part) in sums.iter_mut().zip(part) {
                *sum = sum.checked_add(*part).ok_or(db::DbError::Overflow)?;
            }
        }
        let subject = Subject::Unit {
            id: unit.id,
            code: unit.code.clone(),
            name: unit.name.clone(),
            name_local: unit.name_local.clone(),
            depth: unit.depth - question.top.depth,
        };
        lines.push(line(subject, &sums, &|target| under.contains(&target.unit)));
    }
    let inside = units::sub_tree(tx, question.top.id).await?;
    let nothing = Vec::new();
    for name in people::names(tx, &question.scope).await? {
        let id = PersonId::of(name.id);
        let sums = book.sums.people.get(&Some(id));
        let counts =
            |target: &InForce| target.holder == Holder::Person(id) && inside.contains(&target.unit);
        let sold =
            sums.is_some_and(|sums| sums.iter().take(1 + periods.len()).any(|sum| *sum != 0));
        if !sold && !book.targets.iter().any(counts) {
            continue;
        }
        let subject = Subject::Person {
            id,
            code: name.code,
            name: name.name,
            name_local: name.name_local,
        };
        lines.push(line(subject, sums.unwrap_or(&nothing), &counts));
    }
    let house = book.sums.people.get(&None);
    let pooled = |target: &InForce| {
        target.holder.person().is_none() && inside.contains(&target.unit) && target.amount != 0
    };
    if house.is_some() || book.targets.iter().any(pooled) {
        lines.push(line(Subject::House, house.unwrap_or(&nothing), &pooled));
    }
    Ok(lines)
}

/// The top unit and its direct children, as far as the asker reaches them.
fn shown_units<'a>(question: &'a Question, tree: &'a [units::Unit]) -> Vec<&'a units::Unit> {
    let top = &question.top;
    let children = tree.iter().filter(|unit| unit.parent == Some(top.id));
    std::iter::once(top)
        .chain(children)
        .filter(|unit| question.scope.reaches_unit(unit.id))
        .collect()
}

fn make_line(
    subject: Subject,
    sums: &[i64],
    counts: &dyn Fn(&InForce) -> bool,
    targets: &[InForce],
    (periods, months, span): (&[Period], &[Days], Days),
    clock: &Clock<'_>,
) -> Line {
    let mut by_span: BTreeMap<(Date, Date), i64> = BTreeMap::new();
    for target in targets.iter().filter(|target| counts(target)) {
        *by_span.entry((target.from, target.to)).or_default() += target.amount;
    }
    let all: Vec<(Date, Date, i64)> = by_span
        .into_iter()
        .map(|((from, to), sum)| (from, to, sum))
        .collect();
    let sum = |place: usize| sums.get(place).copied().unwrap_or(0);
    let of_period = |(place, period): (usize, &Period)| {
        let inside: Vec<(Date, Date, i64)> = all
            .iter()
            .filter(|(from, to, _)| period.from <= *from && *to <= period.to)
            .copied()
            .collect();
        clock.standing(&inside, (period.from, period.to), sum(1 + place))
    };
    let begun: Vec<(Date, Date, i64)> = all
        .iter()
        .filter(|(from, ..)| *from <= clock.as_of)
        .copied()
        .collect();
    let until = span.1.min(clock.as_of.saturating_add(1.day()));
    let best = months.iter().enumerate().map(|(place, month)| {
        let days = clock.calendar.working_days(month.0, month.1).max(1);
        let sold = kernel::Money::of_exact(sum(1 + periods.len() + place), clock.currency);
        sold.minor() / i64::from(days)
    });
    Line {
        subject,
        whole: clock.standing(&all, span, sum(0)),
        periods: periods.iter().enumerate().map(of_period).collect(),
        to_date: clock.standing(&begun, (span.0, until), sum(0)),
        best_per_day: best.max().unwrap_or(0),
    }
}

/// Learns how a month fills from the company's twelve full months before the moment's day, as known
/// then.
///
/// From the whole company whoever asks, so that the same person's pace is the same figure on every
/// page; a share of a month tells nobody what others sold.
async fn learn(
    tx: &mut Tx,
    root: UnitId,
    calendar: &WorkCalendar,
    moment: Moment,
) -> Result<Curve> {
    let months = months_before(moment.as_of);
    let (Some((first, _)), Some((_, last))) = (months.first(), months.last()) else {
        return Ok(Curve::default());
    };
    let days = (*first, *last);
    let sold = actuals::by_day(tx, &Scope::All, root, days, moment.known_at).await?;
    let filled: Vec<Vec<i64>> = months
        .iter()
        .map(|month| by_working_day(&sold, *month, calendar))
        .collect();
    Ok(Curve::learn(&filled))
}

/// Sales of one month by working day; a sale on a day off counts on the working day before it.
fn by_working_day(
    sold: &[(Date, i64)],
    (from, to): (Date, Date),
    calendar: &WorkCalendar,
) -> Vec<i64> {
    let days = calendar.working_days(from, to);
    let mut filled = vec![0_i64; usize::try_from(days).unwrap_or(0)];
    if filled.is_empty() {
        return filled;
    }
    let start = sold.partition_point(|(day, _)| *day < from);
    for (day, amount) in sold[start..].iter().take_while(|(day, _)| *day < to) {
        let through = calendar.working_days(from, day.saturating_add(1.day()));
        let place = usize::try_from(through.saturating_sub(1))
            .unwrap_or(0)
            .min(filled.len() - 1);
        filled[place] = filled[place].saturating_add(*amount);
    }
    filled
}
