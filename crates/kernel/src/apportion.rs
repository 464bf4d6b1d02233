//! Cutting one whole into parts that add up to it again.
//!
//! A document's tax is cut along its lines, an order's credit along the people who share it.
//! Rounding each part on its own loses or invents money, so every such cut goes through here.
//! Cuts with floors, ceilings and locks are `reckon::spread`.

use crate::Refusal;

/// Cuts `total` in proportion to `weights`; the parts add up to `total` exactly.
///
/// Every part is rounded towards zero, and the units left over go one each to the largest
/// remainders, ties to the smaller `id` by its bytes. A negative total is cut as the negation of
/// the cut of its absolute value, so that a reversal cancels exactly. The order of the arguments
/// does not matter.
///
/// # Errors
///
/// `apportion.no_weight` if `weights` is empty or holds only zeros and `total` is not zero.
pub fn apportion<Id: AsRef<[u8]>>(total: i64, weights: &[(Id, u64)]) -> Result<Vec<i64>, Refusal> {
    let weight_sum: u128 = weights.iter().map(|(_, weight)| u128::from(*weight)).sum();
    if weight_sum == 0 {
        if total == 0 {
            return Ok(vec![0; weights.len()]);
        }
        return Err(Refusal::value(
            "apportion.no_weight",
            format!("{total} cannot be cut: there is no part with a weight above zero."),
        ));
    }
    let whole = u128::from(total.unsigned_abs());
    // total < 2^63 and weight < 2^64, so the product stays below 2^127.
    let mut parts: Vec<u128> = Vec::with_capacity(weights.len());
    let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    for (index, (_, weight)) in weights.iter().enumerate() {
        let exact = whole * u128::from(*weight);
        parts.push(exact / weight_sum);
        remainders.push((exact % weight_sum, index));
    }
    remainders.sort_by(|(left, a), (right, b)| {
        right
            .cmp(left)
            .then_with(|| weights[*a].0.as_ref().cmp(weights[*b].0.as_ref()))
    });
    let left_over = whole - parts.iter().sum::<u128>();
    for (_, index) in remainders
        .into_iter()
        .take(usize::try_from(left_over).unwrap_or(0))
    {
        parts[index] += 1;
    }
    let signed = |part: u128| {
        let part = i64::try_from(i128::try_from(part).unwrap_or(0) * i128::from(total.signum()));
        part.expect("no part is larger than the whole")
    };
    Ok(parts.into_iter().map(signed).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(total: i64, weights: &[u64], expected: &[i64]) {
        let named: Vec<(String, u64)> = weights
            .iter()
            .enumerate()
            .map(|(i, w)| (format!("{i:03}"), *w))
            .collect();
        assert_eq!(
            apportion(total, &named).unwrap(),
            expected,
            "{total} cut by {weights:?}"
        );
    }

    #[test]
    #[rustfmt::skip]
    fn parts_add_up_to_the_whole() {
        //    total      weights         parts
        check(100_00,    &[1, 1, 1],     &[33_34, 33_33, 33_33]);
        check(100_00,    &[3, 2, 5],     &[30_00, 20_00, 50_00]);
        check(1,         &[1, 9],        &[0, 1]);
        check(0,         &[4, 4],        &[0, 0]);
        check(0,         &[0, 0],        &[0, 0]);
        check(-100_00,   &[1, 1, 1],     &[-33_34, -33_33, -33_33]);
        check(1_000_003, &[7, 11, 13, 2], &[212_122, 333_334, 393_941, 60_606]); // V1
    }

    #[test]
    fn nothing_can_be_cut_without_a_weight() {
        assert_eq!(
            apportion(1, &[("a", 0)]).unwrap_err().code,
            "apportion.no_weight"
        );
        assert_eq!(
            apportion::<&str>(1, &[]).unwrap_err().code,
            "apportion.no_weight"
        );
    }

    proptest! {
        #[test]
        fn exact_fair_and_cancelling(
            total in any::<i64>().prop_filter("has a negation", |t| *t != i64::MIN),
            weights in prop::collection::vec(any::<u64>(), 1..20),
        ) {
            let named: Vec<(String, u64)> =
                weights.iter().enumerate().map(|(i, w)| (format!("{i:03}"), *w)).collect();
            prop_assume!(weights.iter().any(|w| *w > 0));
            let parts = apportion(total, &named).unwrap();
            let sum: i128 = parts.iter().map(|p| i128::from(*p)).sum();
            prop_assert_eq!(sum, i128::from(total));
            let reversal = apportion(-total, &named).unwrap();
            for (part, back) in parts.iter().zip(&reversal) {
                prop_assert_eq!(*part, -*back);
            }
            let mut turned = named.clone();
            turned.reverse();
            let mut again = apportion(total, &turned).unwrap();
            again.reverse();
            prop_assert_eq!(parts, again);
        }
    }
}
