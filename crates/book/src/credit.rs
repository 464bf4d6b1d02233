//! Who earned an order: the split is frozen on the document and adds up to the whole.
//!
//! Credit goes to people in the unit and seat they held on the order's day. A later change of
//! assignment, unit or name does not move it; history on today's map is a separate view.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{
    Percent, Refusal, apportion,
    ids::{PersonId, SeatId, UnitId},
};
use org::store::memberships::Membership;

use crate::{CustomerId, OrderId};

/// A person's part of an order, as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    pub person: PersonId,
    pub share: Percent,
}

/// One frozen part. Without a person it belongs to the house of the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    pub person: Option<PersonId>,
    pub seat: Option<SeatId>,
    pub unit: UnitId,
    pub share: Percent,
    pub net_exact: i64,
}

/// A frozen part as it stands on its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earned {
    /// The row, which a change of credit retracts.
    pub id: i64,
    pub order: OrderId,
    pub customer: CustomerId,
    pub day: Date,
    pub credit: Credit,
}

/// Who takes over: a person in a place, or the house of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receiver {
    pub person: Option<PersonId>,
    pub seat: Option<SeatId>,
    pub unit: UnitId,
}

impl Credit {
    /// The same earnings after `share` of them passed to `to`: what stays, then what passes. Parts of
    /// nothing are left out; shares and amounts add up to what they were.
    ///
    /// # Errors
    ///
    /// `apportion.no_weight`, never for a share between nothing and the whole.
    pub fn pass(&self, share: Percent, to: Receiver) -> Result<Vec<Credit>, Refusal> {
        let passing = share.millionths().clamp(0, Percent::WHOLE.millionths());
        let weights = [
            (
                "0 stays",
                (Percent::WHOLE.millionths() - passing).unsigned_abs(),
            ),
            ("1 passes", passing.unsigned_abs()),
        ];
        let shares = apportion(self.share.millionths(), &weights)?;
        let nets = apportion(self.net_exact, &weights)?;
        let holders = [
            (self.person, self.seat, self.unit),
            (to.person, to.seat, to.unit),
        ];
        let parts = holders.into_iter().zip(shares.into_iter().zip(nets));
        let credits = parts.map(|((person, seat, unit), (share, net_exact))| Credit {
            person,
            seat,
            unit,
            share: Percent::of_millionths(share),
            net_exact,
        });
        Ok(credits
            .filter(|part| part.share != Percent::ZERO || part.net_exact != 0)
            .collect())
    }
}

/// The part of a customer's new orders that somebody keeps in `[from, to)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub customer: CustomerId,
    pub person: PersonId,
    pub share: Percent,
    pub from: Date,
    pub to: Date,
}

/// Where people sit on any day, loaded once for many documents.
#[derive(Debug, Clone, Default)]
pub struct Places {
    by_person: BTreeMap<PersonId, Vec<Membership>>,
}

impl Places {
    pub fn of(memberships: Vec<Membership>) -> Places {
        let mut by_person: BTreeMap<PersonId, Vec<Membership>> = BTreeMap::new();
        for place in memberships {
            by_person.entry(place.person).or_default().push(place);
        }
        Places { by_person }
    }

    /// The unit and seat of `person` on `day`; of several the one led, then the latest begun.
    pub fn at(&self, person: PersonId, day: Date) -> Option<&Membership> {
        let places = self.by_person.get(&person)?;
        places
            .iter()
            .filter(|place| place.from <= day && place.to.is_none_or(|to| day < to))
            .max_by_key(|place| (place.leads, place.from))
    }
}

/// Who earns an order of `day` when nobody is named: the customer's owner, less what others keep of
/// it that day. Without an owner nobody does, which is the house.
pub fn share_out(owner: Option<PersonId>, shared: &[Shared], day: Date) -> Vec<Split> {
    let Some(owner) = owner else {
        return Vec::new();
    };
    let mut left = Percent::WHOLE.millionths();
    let mut splits: Vec<Split> = Vec::new();
    let keeping = shared
        .iter()
        .filter(|one| one.from <= day && day < one.to && one.person != owner);
    for one in keeping {
        let taken = one.share.millionths().min(left);
        let known = splits.iter_mut().find(|split| split.person == one.person);
        match known {
            // Whoever is named twice keeps the larger part.
            Some(split) => {
                let more = (taken - split.share.millionths()).max(0);
                split.share = Percent::of_millionths(split.share.millionths() + more);
                left -= more;
            }
            None if 0 < taken => {
                splits.push(Split {
                    person: one.person,
                    share: Percent::of_millionths(taken),
                });
                left -= taken;
            }
            None => {}
        }
    }
    if 0 < left {
        splits.push(Split {
            person: owner,
            share: Percent::of_millionths(left),
        });
    }
    splits
}

/// Checks that shares are positive, name each person once and add up to exactly 100 %.
///
/// # Errors
///
/// `credit.share`, `credit.twice` or `credit.sum`.
pub fn accept_splits(splits: &[Split]) -> Result<(), Refusal> {
    if let Some(split) = splits.iter().find(|split| split.share <= Percent::ZERO) {
        let text = format!(
            "A share of {} % earns nothing; leave the person out.",
            split.share
        );
        return Err(Refusal::value("credit.share", text).at("credit"));
    }
    let mut people: Vec<PersonId> = splits.iter().map(|split| split.person).collect();
    people.sort();
    if people.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Refusal::value(
            "credit.twice",
            "One person has two shares of the order. Add them up.",
        )
        .at("credit"));
    }
    let sum: i128 = splits
        .iter()
        .map(|split| i128::from(split.share.millionths()))
        .sum();
    if sum != i128::from(Percent::WHOLE.millionths()) {
        let shown = Percent::of_millionths(i64::try_from(sum).unwrap_or(i64::MAX));
        let text = format!("The shares add up to {shown} %; they must add up to exactly 100 %.");
        return Err(Refusal::value("credit.sum", text).at("credit"));
    }
    Ok(())
}

/// Freezes the credit of an order of `net_exact` on `day`.
///
/// No split at all gives the whole to the house of `house`, as does a share of a person who sat
/// nowhere that day: the person keeps it, in the unit `house`.
///
/// # Errors
///
/// As [`accept_splits`].
pub fn freeze(
    net_exact: i64,
    splits: &[Split],
    day: Date,
    places: &Places,
    house: UnitId,
) -> Result<Vec<Credit>, Refusal> {
    if splits.is_empty() {
        return Ok(vec![Credit {
            person: None,
            seat: None,
            unit: house,
            share: Percent::WHOLE,
            net_exact,
        }]);
    }
    accept_splits(splits)?;
    let weights: Vec<([u8; 8], u64)> = splits
        .iter()
        .map(|split| {
            (
                split.person.get().to_be_bytes(),
                split.share.millionths().unsigned_abs(),
            )
        })
        .collect();
    let parts = apportion(net_exact, &weights)?;
    let credits = splits.iter().zip(parts).map(|(split, net_exact)| {
        let place = places.at(split.person, day);
        Credit {
            person: Some(split.person),
            seat: place.and_then(|place| place.seat),
            unit: place.map_or(house, |place| place.unit),
            share: split.share,
            net_exact,
        }
    });
    Ok(credits.collect())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const HOUSE: UnitId = UnitId::of(1);

    fn person(id: i64) -> PersonId {
        PersonId::of(id)
    }

    fn split(id: i64, share: &str) -> Split {
        Split {
            person: person(id),
            share: Percent::parse(share).unwrap(),
        }
    }

    fn seat_in(id: i64, unit: i64, from: Date, to: Option<Date>) -> Membership {
        Membership {
            person: person(id),
            unit: UnitId::of(unit),
            seat: None,
            leads: false,
            from,
            to,
        }
    }

    #[test]
    fn parts_add_up_to_the_order() {
        let thirds = [
            split(1, "33.3334"),
            split(2, "33.3333"),
            split(3, "33.3333"),
        ];
        let credits = freeze(100, &thirds, date(2026, 6, 1), &Places::default(), HOUSE).unwrap();
        assert_eq!(
            credits.iter().map(|c| c.net_exact).collect::<Vec<_>>(),
            [34, 33, 33]
        );
    }

    #[test]
    fn shares_must_add_up_to_100_percent() {
        for (splits, code) in [
            (vec![split(1, "60"), split(2, "30")], "credit.sum"),
            (vec![split(1, "60"), split(2, "60")], "credit.sum"),
            (vec![split(1, "50"), split(1, "50")], "credit.twice"),
            (vec![split(1, "100"), split(2, "0")], "credit.share"),
            (vec![split(1, "150"), split(2, "-50")], "credit.share"),
        ] {
            let no = freeze(100, &splits, date(2026, 6, 1), &Places::default(), HOUSE).unwrap_err();
            assert_eq!(no.code, code);
        }
    }

    #[test]
    fn a_move_splits_history_at_its_day() {
        let moved = Places::of(vec![
            seat_in(275, 2, date(2010, 1, 1), Some(date(2012, 6, 30))),
            seat_in(275, 3, date(2012, 6, 30), None),
        ]);
        let unit = |day| {
            freeze(1, &[split(275, "100")], day, &moved, HOUSE).unwrap()[0]
                .unit
                .get()
        };
        assert_eq!(unit(date(2012, 6, 29)), 2);
        assert_eq!(unit(date(2012, 6, 30)), 3);
        assert_eq!(unit(date(2009, 12, 31)), 1);
    }

    #[test]
    fn while_a_customer_is_handed_over_two_people_earn() {
        let shared = [Shared {
            customer: CustomerId::of(1),
            person: person(1),
            share: Percent::of_millionths(400_000),
            from: date(2026, 7, 1),
            to: date(2026, 10, 1),
        }];
        let of = |day| {
            share_out(Some(person(2)), &shared, day)
                .iter()
                .map(|split| (split.person.get(), split.share.millionths()))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(date(2026, 7, 1)), [(1, 400_000), (2, 600_000)]);
        assert_eq!(of(date(2026, 6, 30)), [(2, 1_000_000)]);
        assert_eq!(of(date(2026, 10, 1)), [(2, 1_000_000)]);
        assert_eq!(share_out(None, &shared, date(2026, 7, 1)), []);
    }

    #[test]
    fn credit_that_passes_leaves_shares_and_amounts_whole() {
        let earned = Credit {
            person: Some(person(1)),
            seat: None,
            unit: UnitId::of(7),
            share: Percent::of_millionths(333_333),
            net_exact: 100_000_001,
        };
        let to = Receiver {
            person: Some(person(2)),
            seat: None,
            unit: UnitId::of(8),
        };
        let all = earned.pass(Percent::WHOLE, to).unwrap();
        assert_eq!(
            (all.len(), all[0].person, all[0].unit),
            (1, to.person, to.unit)
        );
        assert_eq!(all[0].net_exact, earned.net_exact);
        let half = earned.pass(Percent::of_millionths(500_000), to).unwrap();
        assert_eq!(
            (half[0].person, half[0].net_exact),
            (earned.person, 50_000_001)
        );
        assert_eq!((half[1].person, half[1].net_exact), (to.person, 50_000_000));
        assert_eq!(
            half[0].share.millionths() + half[1].share.millionths(),
            333_333
        );
        assert_eq!(earned.pass(Percent::ZERO, to).unwrap(), [earned]);
    }

    #[test]
    fn what_is_nobodys_belongs_to_the_house() {
        let credits = freeze(-5, &[], date(2026, 6, 1), &Places::default(), HOUSE).unwrap();
        assert_eq!(
            (credits[0].person, credits[0].unit, credits[0].net_exact),
            (None, HOUSE, -5)
        );
    }
}
