//! How a year falls on its periods: shares from history, leaned on a larger group, and corrected by
//! working days.

use crate::pace::WHOLE;

/// Weight of the larger group, in years: with two years of its own a node is believed half.
const LEAN_YEARS: i128 = 2;

/// One past year of a node, period by period; negative periods count as zero.
pub type Year = Vec<i64>;

/// Shares of the periods in millionths, from past years of equal length.
///
/// Every year counts the same, however large it was. Without any sales the shares are even. They
/// add up to about one; use them as weights.
pub fn shares(years: &[Year], periods: usize) -> Vec<i64> {
    let mut sums = vec![0_i128; periods];
    let mut used: i128 = 0;
    for year in years.iter().filter(|year| year.len() == periods) {
        let total: i128 = year.iter().map(|sold| i128::from((*sold).max(0))).sum();
        if total == 0 {
            continue;
        }
        used += 1;
        for (sum, sold) in sums.iter_mut().zip(year) {
            *sum += i128::from((*sold).max(0)) * i128::from(WHOLE) / total;
        }
    }
    if used == 0 {
        return even(periods);
    }
    sums.into_iter()
        .map(|sum| i64::try_from(sum / used).unwrap_or(0))
        .collect()
}

/// Leans a node's own shares on those of the group above it: `n/(n+2)` own, the rest the group's.
pub fn lean(own: &[i64], own_years: usize, group: &[i64]) -> Vec<i64> {
    let years = i128::try_from(own_years).unwrap_or(0);
    own.iter()
        .zip(group)
        .map(|(own, group)| {
            let mixed = i128::from(*own) * years + i128::from(*group) * LEAN_YEARS;
            i64::try_from(mixed / (years + LEAN_YEARS)).unwrap_or(0)
        })
        .collect()
}

/// Corrects shares by working days: a period with more of them than it used to have gets more.
///
/// `usual` is the average number of working days the same period had in history, in hundredths; 0
/// leaves a period as it is.
pub fn by_working_days(shares: &[i64], planned: &[u32], usual_hundredths: &[u32]) -> Vec<i64> {
    let corrected: Vec<i128> = shares
        .iter()
        .zip(planned)
        .zip(usual_hundredths)
        .map(|((share, planned), usual)| match usual {
            0 => i128::from(*share),
            usual => i128::from(*share) * i128::from(*planned) * 100 / i128::from(*usual),
        })
        .collect();
    let sum: i128 = corrected.iter().sum();
    if sum == 0 {
        return even(shares.len());
    }
    corrected
        .into_iter()
        .map(|share| i64::try_from(share * i128::from(WHOLE) / sum).unwrap_or(0))
        .collect()
}

fn even(periods: usize) -> Vec<i64> {
    let count = i64::try_from(periods.max(1)).unwrap_or(1);
    vec![WHOLE / count; periods]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_year_counts_the_same() {
        let small = vec![10, 30];
        let large = vec![5_000, 5_000];
        assert_eq!(shares(&[small, large], 2), [375_000, 625_000]);
        assert_eq!(shares(&[], 4), [250_000; 4]);
        assert_eq!(shares(&[vec![0, 0], vec![-3, 0]], 2), [500_000; 2]);
    }

    #[test]
    fn two_years_of_its_own_are_believed_half() {
        assert_eq!(
            lean(&[WHOLE, 0], 2, &[500_000, 500_000]),
            [750_000, 250_000]
        );
        assert_eq!(
            lean(&[WHOLE, 0], 0, &[500_000, 500_000]),
            [500_000, 500_000]
        );
    }

    #[test]
    fn a_month_that_lost_days_to_a_moved_holiday_gets_less() {
        let corrected = by_working_days(&[500_000, 500_000], &[16, 22], &[2_000, 1_800]);
        assert_eq!(corrected, [395_604, 604_395]);
        assert_eq!(
            by_working_days(&[300_000, 700_000], &[20, 20], &[0, 0]),
            [300_000, 700_000]
        );
    }
}
