//! What a target is spread by: a chain of sources that never ends in nothing.
//!
//! First what each one sold in the year before; where somebody has no history, as much as the
//! average colleague who has; where nobody has any, equal parts. (Potential stands between history
//! and headcount once market sizes are recorded.) The source used is kept with every cell.

use crate::target::Source;

/// A weight and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    pub weight: u64,
    pub source: Source,
}

/// Weights of people from what they sold, in any one unit of money.
///
/// Net returns count as no history. Nobody in, nothing out.
pub fn of_people(history: &[i64]) -> Vec<Weight> {
    let sold: Vec<u64> = history
        .iter()
        .map(|sold| u64::try_from(*sold).unwrap_or(0))
        .collect();
    let with_history: Vec<u64> = sold.iter().copied().filter(|sold| *sold > 0).collect();
    let heads = u64::try_from(with_history.len()).unwrap_or(1);
    let Some(sum) = with_history
        .iter()
        .try_fold(0_u64, |sum, one| sum.checked_add(*one))
    else {
        return of_people(&history.iter().map(|sold| sold / 1_000).collect::<Vec<_>>());
    };
    if with_history.is_empty() {
        return vec![
            Weight {
                weight: 1,
                source: Source::Equal
            };
            history.len()
        ];
    }
    let average = (sum / heads).max(1);
    let weighed = sold.into_iter().map(|sold| match sold {
        0 => Weight {
            weight: average,
            source: Source::Headcount,
        },
        sold => Weight {
            weight: sold,
            source: Source::History,
        },
    });
    weighed.collect()
}

/// The weight of a cell: the person's weight times the period's share, kept within 62 bits so that
/// a thousand of them can be added.
pub fn of_cell(person: u64, share_millionths: i64) -> u64 {
    let share = u128::try_from(share_millionths).unwrap_or(0);
    let product = u128::from(person) * share / 1_000;
    u64::try_from(product)
        .unwrap_or(u64::MAX >> 2)
        .min(u64::MAX >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_no_history_counts_like_the_average_colleague() {
        let weights = of_people(&[100, 300, 0, -50]);
        let numbers: Vec<u64> = weights.iter().map(|w| w.weight).collect();
        assert_eq!(numbers, [100, 300, 200, 200]);
        assert_eq!(weights[0].source, Source::History);
        assert_eq!(weights[2].source, Source::Headcount);
        assert_eq!(weights[3].source, Source::Headcount);
    }

    #[test]
    fn a_new_company_starts_with_equal_parts() {
        assert_eq!(
            of_people(&[0, 0]),
            vec![
                Weight {
                    weight: 1,
                    source: Source::Equal
                };
                2
            ]
        );
        assert_eq!(of_people(&[]), vec![]);
    }

    #[test]
    fn the_largest_histories_do_not_overflow() {
        let weights = of_people(&[i64::MAX, i64::MAX, i64::MAX]);
        assert_eq!(weights[0].weight, weights[2].weight);
        assert!(of_cell(u64::MAX, 1_000_000) <= u64::MAX >> 2);
    }
}
