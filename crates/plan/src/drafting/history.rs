//! What a unit sold in the years before: weights of people, shares of periods.

use std::collections::BTreeMap;

use book::store::sales;
use db::{Result, Tx};
use jiff::{ToSpan, civil::Date};
use kernel::{
    Moment, Scope, View, WorkCalendar,
    ids::{PersonId, UnitId},
};
use reckon::season;

/// How many past years the season is learned from, at most.
const SEASON_YEARS: i16 = 3;

/// What was sold in the years before, by person and period, on today's map.
pub(super) struct History {
    /// Per year back (0 is the year before), per person, per period.
    years: Vec<BTreeMap<Option<PersonId>, Vec<i64>>>,
    spans: Vec<Vec<(Date, Date)>>,
    last_year: BTreeMap<PersonId, i64>,
}

impl History {
    pub(super) async fn load(
        tx: &mut Tx,
        unit: UnitId,
        spans: &[(Date, Date)],
        start: Date,
        today: Date,
    ) -> Result<History> {
        let inside = org::store::units::sub_tree(tx, unit).await?;
        // The twelve months before the plan year, or before today if that is earlier.
        let until = start.min(today);
        let mut years = Vec::new();
        let mut year_spans = Vec::new();
        let (first, _) = sales::first_and_last_day(tx)
            .await?
            .unwrap_or((today, today));
        for back in 1..=SEASON_YEARS {
            let moved: Vec<(Date, Date)> = spans
                .iter()
                .map(|(from, to)| (years_before(*from, back), years_before(*to, back)))
                .collect();
            let whole = moved.first().is_some_and(|(from, _)| first <= *from)
                && moved.last().is_some_and(|(_, to)| *to <= today);
            if !whole {
                continue;
            }
            years.push(by_person(tx, &inside, &moved, today).await?);
            year_spans.push(moved);
        }
        let last = by_person(tx, &inside, &[(years_before(until, 1), until)], today).await?;
        let last_year = last
            .into_iter()
            .filter_map(|(person, sums)| Some((person?, sums.first().copied().unwrap_or(0))))
            .collect();
        Ok(History {
            years,
            spans: year_spans,
            last_year,
        })
    }

    pub(super) fn last_year(&self, person: PersonId) -> i64 {
        self.last_year.get(&person).copied().unwrap_or(0)
    }

    pub(super) fn years_of(&self, person: PersonId) -> usize {
        self.years
            .iter()
            .filter(|year| year.contains_key(&Some(person)))
            .count()
    }

    /// The season of one person, or of the whole unit, corrected by the working days of the plan.
    pub(super) fn shares(
        &self,
        person: Option<PersonId>,
        spans: &[(Date, Date)],
        calendar: &WorkCalendar,
    ) -> Vec<i64> {
        let years: Vec<season::Year> = self
            .years
            .iter()
            .map(|year| match person {
                Some(_) => year.get(&person).cloned().unwrap_or_default(),
                None => (0..spans.len())
                    .map(|place| year.values().map(|sums| sums[place]).sum())
                    .collect(),
            })
            .collect();
        let shares = season::shares(&years, spans.len());
        let days = |(from, to): &(Date, Date)| calendar.working_days(*from, *to);
        let planned: Vec<u32> = spans.iter().map(days).collect();
        let count = u32::try_from(self.spans.len()).unwrap_or(0);
        let usual: Vec<u32> = (0..spans.len())
            .map(|place| {
                let sum: u32 = self.spans.iter().map(|year| days(&year[place])).sum();
                (sum * 100).checked_div(count).unwrap_or(0)
            })
            .collect();
        season::by_working_days(&shares, &planned, &usual)
    }
}

fn years_before(day: Date, years: i16) -> Date {
    day.saturating_sub(i64::from(years).years())
}

async fn by_person(
    tx: &mut Tx,
    inside: &[UnitId],
    spans: &[(Date, Date)],
    today: Date,
) -> Result<BTreeMap<Option<PersonId>, Vec<i64>>> {
    let part = Scope::Part {
        people: Vec::new(),
        units: inside.to_vec(),
    };
    let sold = sales::by_span(tx, &part, View::AsWas, spans, Moment::latest(today)).await?;
    let mut sums: BTreeMap<Option<PersonId>, Vec<i64>> = BTreeMap::new();
    for one in sold {
        let row = sums
            .entry(one.person)
            .or_insert_with(|| vec![0; spans.len()]);
        row[one.span] = row[one.span].saturating_add(one.net_exact);
    }
    Ok(sums)
}
