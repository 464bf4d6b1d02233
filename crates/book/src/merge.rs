//! When two customers become one: of what there can be only one on a day, whose holds.

use jiff::civil::Date;

/// Days from one on, to before another or for ever.
pub type Span = (Date, Option<Date>);

/// Whether two spans share a day.
pub fn overlap(one: Span, other: Span) -> bool {
    one.1.is_none_or(|end| other.0 < end) && other.1.is_none_or(|end| one.0 < end)
}

/// What of `span` lies outside all of `taken`, in order.
pub fn outside(span: Span, taken: &[Span]) -> Vec<Span> {
    let mut left = vec![span];
    for &(from, to) in taken {
        let mut rest = Vec::new();
        for piece in left {
            if !overlap(piece, (from, to)) {
                rest.push(piece);
                continue;
            }
            if piece.0 < from {
                rest.push((piece.0, Some(from)));
            }
            if let Some(end) = to
                && piece.1.is_none_or(|last| end < last)
            {
                rest.push((end, piece.1));
            }
        }
        left = rest;
    }
    left.sort_unstable();
    left
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;

    use super::*;

    const JAN: Date = date(2026, 1, 1);
    const MAR: Date = date(2026, 3, 1);
    const JUN: Date = date(2026, 6, 1);

    #[test]
    fn what_is_taken_is_cut_out() {
        assert_eq!(
            outside((JAN, None), &[(MAR, Some(JUN))]),
            [(JAN, Some(MAR)), (JUN, None)]
        );
        assert_eq!(
            outside((JAN, Some(MAR)), &[(MAR, None)]),
            [(JAN, Some(MAR))]
        );
        assert_eq!(outside((MAR, Some(JUN)), &[(JAN, None)]), []);
        assert_eq!(outside((JAN, None), &[]), [(JAN, None)]);
    }

    proptest! {
        #[test]
        fn every_day_is_either_taken_or_left(
            start in 0_i64..60, length in 1_i64..60, open: bool,
            taken in prop::collection::vec((0_i64..90, 1_i64..40, any::<bool>()), 0..5),
        ) {
            let day = |count: i64| JAN.saturating_add(count.days());
            let span = |(from, length, open): (i64, i64, bool)| (day(from), (!open).then(|| day(from + length)));
            let whole = span((start, length, open));
            let taken: Vec<Span> = taken.into_iter().map(span).collect();
            let left = outside(whole, &taken);
            let holds = |(from, to): Span, on: Date| from <= on && to.is_none_or(|end| on < end);
            for on in (0..140).map(day) {
                let in_taken = taken.iter().any(|one| holds(*one, on));
                let in_left = left.iter().filter(|one| holds(**one, on)).count();
                let wanted = usize::from(holds(whole, on) && !in_taken);
                prop_assert_eq!(in_left, wanted, "{}", on);
            }
        }
    }
}
