//! What must hold for a spread, read off its answer alone.

use std::cmp::Ordering;

use reckon::spread::{Bound, Cell, Infeasible, NO_FLOOR, Rounding, spread};

/// Where a cell stays whatever is spread, if it does.
pub fn settled(total: i64, cell: &Cell<u32>) -> Option<i64> {
    if cell.locked.is_some() || 0 < cell.weight {
        return cell.locked;
    }
    let at = if total < 0 { cell.ceiling } else { cell.floor };
    let nowhere = if total < 0 { i64::MAX } else { NO_FLOOR };
    Some(if at == nowhere {
        0.clamp(cell.floor, cell.ceiling)
    } else {
        at
    })
}

/// The least and the greatest total that can be reached, if bounds do not contradict each other.
pub fn reachable(total: i64, cells: &[Cell<u32>]) -> Option<(i128, i128)> {
    let (mut least, mut most) = (0, 0);
    for cell in cells {
        if cell.locked.is_none() && cell.ceiling < cell.floor {
            return None;
        }
        let at = settled(total, cell);
        least += i128::from(at.unwrap_or(cell.floor.max(-i64::MAX)));
        most += i128::from(at.unwrap_or(cell.ceiling));
    }
    Some((least, most))
}

#[track_caller]
pub fn within_bounds_and_exact(total: i64, cells: &[Cell<u32>], parts: &[i64]) {
    let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
    assert_eq!(sum, i128::from(total), "{total} over {cells:?}: {parts:?}");
    for (cell, part) in cells.iter().zip(parts) {
        match settled(total, cell) {
            Some(at) => assert_eq!(*part, at, "{total} over {cells:?}"),
            None => assert!(
                cell.floor <= *part && *part <= cell.ceiling,
                "{cell:?} got {part} of {total}"
            ),
        }
    }
}

/// Twice an amount over a weight: twice the level at which that amount is the exact share.
#[derive(Clone, Copy)]
struct Twice(i128, u64);

impl Twice {
    fn against(self, other: Twice) -> Ordering {
        // Amounts stay below 2^62 here and weights below 2^62, so twice the product fits.
        (self.0 * i128::from(other.1)).cmp(&(other.0 * i128::from(self.1)))
    }
}

/// There is one level that explains all parts: each is less than one unit (the nearest unit, under
/// the monotone rule) from its share, unless a bound holds it.
#[track_caller]
pub fn fair(total: i64, cells: &[Cell<u32>], parts: &[i64], rounding: Rounding) {
    let slack = match rounding {
        Rounding::LargestRemainder => 2,
        Rounding::Monotone => 1,
    };
    let free = || {
        let cells = cells.iter().zip(parts);
        cells.filter(|(cell, _)| settled(total, cell).is_none())
    };
    let above = free().filter(|(cell, part)| cell.floor < **part);
    let above = above.map(|(cell, part)| Twice(2 * i128::from(*part) - slack, cell.weight));
    let below = free().filter(|(cell, part)| **part < cell.ceiling);
    let below = below.map(|(cell, part)| Twice(2 * i128::from(*part) + slack, cell.weight));
    let highest_above = above.max_by(|left, right| left.against(*right));
    let lowest_below = below.min_by(|left, right| left.against(*right));
    if let (Some(above), Some(below)) = (highest_above, lowest_below) {
        let order = above.against(below);
        let explained = match rounding {
            Rounding::LargestRemainder => order.is_lt(),
            Rounding::Monotone => order.is_le(),
        };
        assert!(explained, "{total} over {cells:?}: {parts:?}, {rounding:?}");
    }
}

#[track_caller]
pub fn same_in_any_order(total: i64, cells: &[Cell<u32>], parts: &[i64], rounding: Rounding) {
    let mut turned: Vec<_> = cells.iter().cloned().zip(parts.iter().copied()).collect();
    turned.sort_by_key(|(cell, _)| cell.id);
    let (cells, expected): (Vec<_>, Vec<_>) = turned.into_iter().unzip();
    let again = spread(total, &cells, rounding).expect("order does not decide");
    assert_eq!(again, expected, "{total} over {cells:?}");
}

#[track_caller]
pub fn rightly_refused(total: i64, cells: &[Cell<u32>], refused: &Infeasible) {
    let about = || format!("{total} over {cells:?}: {refused:?}");
    assert!(
        cells.is_empty() || !refused.conflicts.is_empty(),
        "{}",
        about()
    );
    for conflict in &refused.conflicts {
        let cell = &cells[conflict.index];
        let stands = match conflict.bound {
            Bound::Lock => cell.locked,
            Bound::Floor => Some(cell.floor.max(-i64::MAX)),
            Bound::Ceiling => Some(cell.ceiling),
            Bound::NoWeight => settled(total, cell),
        };
        assert_eq!(Some(conflict.amount), stands, "{}", about());
    }
    match reachable(total, cells) {
        None => assert!(refused.shortfall != 0, "{}", about()),
        Some((least, most)) => {
            let total = i128::from(total);
            let nearest = if total < least { least } else { most };
            assert!(total < least || most < total, "{}", about());
            assert_eq!(refused.shortfall, total - nearest, "{}", about());
        }
    }
}
