//! A great many random spreads, each held against rules that do not depend on how it was worked.
//!
//! Twenty thousand cases in an everyday run; a million with `BAILIWICK_DEEP` set.

mod spread_cases;

use reckon::spread::{Cell, Rounding, spread};
use spread_cases::chance::Chance;
use spread_cases::{checks, reference};

fn cases() -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "how deep to test is the tester's setting"
    )]
    let deep = std::env::var("BAILIWICK_DEEP").is_ok();
    if deep { 1_000_000 } else { 20_000 }
}

#[test]
fn every_random_spread_keeps_the_rules() {
    let mut chance = Chance::new(0x5eed_0001);
    let mut cut = 0;
    for _ in 0..cases() {
        let (total, cells) = chance.spread();
        for rounding in [Rounding::LargestRemainder, Rounding::Monotone] {
            match spread(total, &cells, rounding) {
                Ok(parts) => {
                    cut += 1;
                    checks::within_bounds_and_exact(total, &cells, &parts);
                    checks::fair(total, &cells, &parts, rounding);
                    checks::same_in_any_order(total, &cells, &parts, rounding);
                }
                Err(refused) => checks::rightly_refused(total, &cells, &refused),
            }
        }
    }
    assert!(
        cases() / 2 < cut,
        "only {cut} of {} could be cut",
        2 * cases()
    );
}

#[test]
fn small_spreads_are_cut_as_by_the_slow_reference() {
    let mut chance = Chance::new(0x5eed_0002);
    let mut cut = 0;
    for _ in 0..cases() / 2 {
        let (total, cells) = chance.small_spread();
        for rounding in [Rounding::LargestRemainder, Rounding::Monotone] {
            let ours = spread(total, &cells, rounding).ok();
            let theirs = reference::spread(total, &cells, rounding);
            cut += usize::from(ours.is_some());
            assert_eq!(ours, theirs, "{total} over {cells:?}, {rounding:?}");
        }
    }
    assert!(cases() / 4 < cut, "only {cut} of {} could be cut", cases());
}

#[test]
fn one_unit_more_moves_one_cell_by_one_under_the_monotone_rule() {
    let mut chance = Chance::new(0x5eed_0003);
    for _ in 0..cases() / 4 {
        let (total, cells) = chance.spread();
        let next = if total < 0 { total - 1 } else { total + 1 };
        let cut = |total| spread(total, &cells, Rounding::Monotone);
        let (Ok(here), Ok(there)) = (cut(total), cut(next)) else {
            continue;
        };
        let moved: Vec<i64> = here
            .iter()
            .zip(&there)
            .map(|(a, b)| b - a)
            .filter(|step| *step != 0)
            .collect();
        assert_eq!(
            moved,
            [next - total],
            "{total} over {cells:?}: {here:?}, {there:?}"
        );
    }
}

#[test]
fn under_the_monotone_rule_more_weight_never_means_less() {
    let mut chance = Chance::new(0x5eed_0004);
    for _ in 0..cases() / 4 {
        let (total, mut cells) = chance.small_spread();
        let Ok(before) = spread(total, &cells, Rounding::Monotone) else {
            continue;
        };
        let Some(lucky) = chance.place_in(&cells) else {
            continue;
        };
        // Where the level is below zero more weight means more of the minus; see there instead.
        let plain = |cell: &Cell<u32>| cell.locked.is_none() && 0 < cell.weight;
        let all_above_zero = 0 <= total && cells.iter().all(|cell| 0 <= cell.floor);
        if !plain(&cells[lucky]) || !all_above_zero {
            continue;
        }
        cells[lucky].weight += 1;
        let after = spread(total, &cells, Rounding::Monotone).expect("bounds did not change");
        assert!(
            before[lucky] <= after[lucky],
            "{total} over {cells:?}: {before:?}, {after:?}"
        );
    }
}
