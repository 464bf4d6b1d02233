//! Fractions of two integers, compared and multiplied without loss.
//!
//! Weights are below 2^64 and amounts below 2^63. Sums of them stay below 2^95 for fewer than 2^31
//! cells, which is more than any memory holds, so a level is a fraction of two such sums. Most
//! products fit 128 bits and take the short way; the rest take a longer one to the same answer.

use std::cmp::Ordering;

/// The common level of all free cells: `amount` to be cut over cells that weigh `weight` together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    amount: i128,
    weight: i128,
    /// Both fit 64 bits, so that their products with a weight or an amount fit 128.
    narrow: bool,
}

impl Level {
    pub(super) fn of(amount: i128, weight: i128) -> Level {
        let narrow = i64::try_from(amount).is_ok() && u64::try_from(weight).is_ok();
        Level {
            amount,
            weight,
            narrow,
        }
    }

    pub(super) fn amount(&self) -> i128 {
        self.amount
    }

    pub(super) fn weight(&self) -> i128 {
        self.weight
    }

    /// How the exact share of a cell of `weight` compares with `bound`.
    pub(super) fn share_against(&self, weight: u64, bound: i64) -> Ordering {
        let (weight, bound) = (i128::from(weight), i128::from(bound));
        if self.narrow {
            return (self.amount * weight).cmp(&(bound * self.weight));
        }
        compare_products((self.amount, weight), (bound, self.weight))
    }

    /// The exact share of a cell of `weight`, rounded down, and what is left of it, in units of
    /// one part in the level's weight.
    ///
    /// The share must lie between two amounts, or it does not fit.
    pub(super) fn share(&self, weight: u64) -> (i64, i128) {
        let (whole, rest) = if self.narrow {
            narrow_share(self.amount * i128::from(weight), self.weight)
        } else {
            self.wide_share(weight)
        };
        let whole = i64::try_from(whole).expect("a share between two amounts is an amount");
        (whole, rest)
    }

    /// Multiplies and divides in two steps of 32 bits, because the product needs 160.
    fn wide_share(&self, weight: u64) -> (i128, i128) {
        let (per_weight, rest) = (
            self.amount.div_euclid(self.weight),
            self.amount.rem_euclid(self.weight),
        );
        let (high, low) = (i128::from(weight >> 32), i128::from(weight & 0xffff_ffff));
        // The rest is below 2^95, so each product and each shift stays below 2^127.
        let carried = rest * high;
        let shifted = (carried % self.weight) << 32;
        let last = rest * low;
        let rests = shifted % self.weight + last % self.weight;
        let whole = per_weight * i128::from(weight)
            + ((carried / self.weight) << 32)
            + shifted / self.weight
            + last / self.weight
            + rests / self.weight;
        (whole, rests % self.weight)
    }
}

/// Division of a product by a weight of at most 64 bits, the short ways first.
fn narrow_share(product: i128, weight: i128) -> (i128, i128) {
    if let (Ok(product), Ok(weight)) = (u64::try_from(product), u64::try_from(weight)) {
        return (i128::from(product / weight), i128::from(product % weight));
    }
    (product.div_euclid(weight), product.rem_euclid(weight))
}

/// Compares `left.0 × left.1` with `right.0 × right.1`; the second factors are not negative.
pub(super) fn compare_products(left: (i128, i128), right: (i128, i128)) -> Ordering {
    if let (Some(left), Some(right)) = (left.0.checked_mul(left.1), right.0.checked_mul(right.1)) {
        return left.cmp(&right);
    }
    let sign = |factors: (i128, i128)| factors.0.signum() * factors.1.signum();
    let size = |factors: (i128, i128)| {
        let (low, high) = factors
            .0
            .unsigned_abs()
            .carrying_mul(factors.1.unsigned_abs(), 0);
        (high, low)
    };
    sign(left).cmp(&sign(right)).then_with(|| {
        let by_size = size(left).cmp(&size(right));
        if sign(left) < 0 {
            by_size.reverse()
        } else {
            by_size
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_beyond_128_bits_compare_by_sign_and_size() {
        let (big, bigger) = (1i128 << 90, (1i128 << 90) + 1);
        assert_eq!(
            compare_products((big, bigger), (bigger, big)),
            Ordering::Equal
        );
        assert_eq!(compare_products((big, big), (big, bigger)), Ordering::Less);
        assert_eq!(
            compare_products((-big, big), (-big, bigger)),
            Ordering::Greater
        );
        assert_eq!(compare_products((-big, big), (big, 0)), Ordering::Less);
        assert_eq!(
            compare_products((0, big), (-big, bigger)),
            Ordering::Greater
        );
    }

    #[test]
    fn the_long_way_gives_the_answer_of_the_short_one() {
        for (amount, weights, weight) in [
            (1_000_003, 33, 7),
            (-1_000_003, 33, 13),
            (0, 5, 5),
            (i128::from(i64::MAX), i128::from(u64::MAX), u64::MAX - 1),
            (-i128::from(i64::MAX), i128::from(u64::MAX), u64::MAX - 1),
        ] {
            let level = Level::of(amount, weights);
            assert!(level.narrow);
            let short = narrow_share(amount * i128::from(weight), weights);
            assert_eq!(
                level.wide_share(weight),
                short,
                "{amount} × {weight} / {weights}"
            );
        }
    }

    #[test]
    fn four_of_the_heaviest_cells_share_four_of_the_largest_amounts() {
        let level = Level::of(4 * i128::from(i64::MAX), 4 * i128::from(u64::MAX));
        assert!(!level.narrow);
        assert_eq!(level.share(u64::MAX), (i64::MAX, 0));
        assert_eq!(level.share_against(u64::MAX, i64::MAX), Ordering::Equal);
        assert_eq!(
            level.share_against(u64::MAX, i64::MAX - 1),
            Ordering::Greater
        );
        assert_eq!(level.share_against(u64::MAX - 1, i64::MAX), Ordering::Less);
    }
}
