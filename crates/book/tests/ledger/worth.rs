//! Exact products, rounding, and what the lines of an order are worth with their tax.

use super::{ONE, steps::Ordered};

/// Rounded to whole numbers, halves away from zero; the denominator is above zero.
pub fn rounded(numerator: i128, denominator: i128) -> i64 {
    let size = (2 * numerator.abs() + denominator) / (2 * denominator);
    i64::try_from(size * numerator.signum()).expect("a small amount")
}

pub fn product(factors: &[i64]) -> i128 {
    factors.iter().map(|factor| i128::from(*factor)).product()
}

/// The gross of each line: the net rounded to a cent, and of each rate its tax cut along the nets,
/// left-over cents to the largest remainders, of two alike to the line further up.
pub fn line_grosses(lines: &[Ordered]) -> Vec<i64> {
    let cents = |line: &Ordered| {
        let millionths = rounded(
            product(&[line.price, line.quantity, ONE - line.discount]),
            product(&[ONE, ONE]),
        );
        rounded(i128::from(millionths), 10_000)
    };
    let nets: Vec<i64> = lines.iter().map(cents).collect();
    let mut grosses = nets.clone();
    let mut rates: Vec<i64> = lines.iter().map(|line| line.tax).collect();
    rates.sort_unstable();
    rates.dedup();
    for rate in rates {
        let mut places: Vec<usize> = (0..lines.len())
            .filter(|place| lines[*place].tax == rate)
            .collect();
        let sum: i64 = places.iter().map(|place| nets[*place]).sum();
        let tax = rounded(product(&[sum, rate]), i128::from(ONE));
        let mut left = tax;
        for place in &places {
            let whole = i64::try_from(product(&[tax, nets[*place]]) / i128::from(sum.max(1)))
                .expect("a small tax");
            grosses[*place] += whole;
            left -= whole;
        }
        places.sort_by_key(|place| {
            std::cmp::Reverse(product(&[tax, nets[*place]]) % i128::from(sum.max(1)))
        });
        for place in places
            .into_iter()
            .take(usize::try_from(left).expect("few cents"))
        {
            grosses[place] += 1;
        }
    }
    grosses
}
