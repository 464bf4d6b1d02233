//! Many totals cut over the same columns: every product's year over its months.
//!
//! Each row is a spread of its own with the column number as id. Most rows have no bounds and
//! numbers of everyday size; those are cut in 64 bits, which gives the same answer sooner.

use std::cmp::Ordering;

use super::{Infeasible, Limits, NO_CEILING, NO_FLOOR, Rounding, Spreader};

/// A floor and a ceiling, both allowed. A locked cell has both at its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// [`NO_FLOOR`] if there is none.
    pub floor: i64,
    /// [`NO_CEILING`] if there is none.
    pub ceiling: i64,
}

impl Bounds {
    /// The bounds nobody set: a part does not lie on the other side of zero from the total.
    pub fn of(total: i64) -> Bounds {
        match total.cmp(&0) {
            Ordering::Less => Bounds {
                floor: NO_FLOOR,
                ceiling: 0,
            },
            Ordering::Equal | Ordering::Greater => Bounds {
                floor: 0,
                ceiling: NO_CEILING,
            },
        }
    }
}

/// One total per row; weights row after row, `columns` of them each.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    pub columns: usize,
    pub totals: &'a [i64],
    pub weights: &'a [u64],
    /// Laid out as the weights; without it every cell has the bounds nobody set.
    pub bounds: Option<&'a [Bounds]>,
    pub rounding: Rounding,
}

/// The first row that cannot be cut; the conflicts count its columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {reason}")]
pub struct RowInfeasible {
    pub row: usize,
    pub reason: Infeasible,
}

/// Cuts every row's total over its columns; the parts are laid out as the weights.
///
/// # Errors
///
/// [`RowInfeasible`] at the first row that cannot be cut.
///
/// # Panics
///
/// If there are not as many weights, or bounds, as rows times columns.
pub fn spread_rows(rows: &Rows<'_>) -> Result<Vec<i64>, RowInfeasible> {
    let mut parts = Vec::new();
    Spreader::default().rows(rows, &mut parts)?;
    Ok(parts)
}

impl Spreader {
    /// As [`spread_rows`], into `parts`, whose old content goes.
    ///
    /// # Errors
    ///
    /// As [`spread_rows`]; `parts` then holds the rows before.
    ///
    /// # Panics
    ///
    /// As [`spread_rows`].
    pub fn rows(&mut self, rows: &Rows<'_>, parts: &mut Vec<i64>) -> Result<(), RowInfeasible> {
        let cells = rows.totals.len() * rows.columns;
        assert_eq!(
            rows.weights.len(),
            cells,
            "a weight for every row and column"
        );
        let bounds_given = rows.bounds.map_or(cells, <[Bounds]>::len);
        assert_eq!(bounds_given, cells, "bounds for every row and column");

        parts.clear();
        parts.reserve(cells);
        for (row, &total) in rows.totals.iter().enumerate() {
            let columns = row * rows.columns..(row + 1) * rows.columns;
            let weights = &rows.weights[columns.clone()];
            let bounds = rows.bounds.map(|bounds| &bounds[columns]);
            let plain = bounds.is_none() && rows.rounding == Rounding::LargestRemainder;
            if !(plain && self.plain_row(total, weights, parts)) {
                let cut = self.any_row(total, weights, bounds, rows.rounding);
                cut.map_err(|reason| RowInfeasible { row, reason })?;
                parts.extend_from_slice(self.parts());
            }
        }
        Ok(())
    }

    fn any_row(
        &mut self,
        total: i64,
        weights: &[u64],
        bounds: Option<&[Bounds]>,
        rounding: Rounding,
    ) -> Result<(), Infeasible> {
        let unset = Bounds::of(total);
        let limits = weights.iter().enumerate().map(|(column, &weight)| {
            let Bounds { floor, ceiling } = bounds.map_or(unset, |bounds| bounds[column]);
            Limits::between(weight, floor, ceiling)
        });
        self.face(total, limits, rounding, |left, right| left.cmp(&right))
    }

    /// Largest remainder without bounds in 64 bits. Does nothing and says so if the numbers are
    /// too large for that, or if there is no weight.
    fn plain_row(&mut self, total: i64, weights: &[u64], parts: &mut Vec<i64>) -> bool {
        let sum = weights
            .iter()
            .try_fold(0u64, |sum, &weight| sum.checked_add(weight));
        let size = total
            .checked_abs()
            .and_then(|size| u64::try_from(size).ok());
        let (Some(sum), Some(size)) = (sum, size) else {
            return false;
        };
        if sum == 0 || size.checked_mul(sum).is_none() {
            return false;
        }
        let first = parts.len();
        let mut left_over = size;
        self.narrow_remainders.clear();
        for (column, &weight) in weights.iter().enumerate() {
            let exact = size * weight;
            let whole = exact / sum;
            left_over -= whole;
            parts.push(i64::try_from(whole).expect("no part is larger than the whole"));
            self.narrow_remainders.push((exact - whole * sum, column));
        }
        self.give_left_over(left_over, &mut parts[first..]);
        if total < 0 {
            for part in &mut parts[first..] {
                *part = -*part;
            }
        }
        true
    }

    fn give_left_over(&mut self, left_over: u64, parts: &mut [i64]) {
        // Each column leaves less than one unit.
        let units = usize::try_from(left_over).expect("fewer units than columns");
        if units == 0 {
            return;
        }
        let remainders = &mut self.narrow_remainders;
        remainders.select_nth_unstable_by(units - 1, |left, right| {
            right.0.cmp(&left.0).then(left.1.cmp(&right.1))
        });
        for (_, column) in &remainders[..units] {
            parts[*column] += 1;
        }
    }
}
