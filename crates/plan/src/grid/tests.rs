//! Examples a manager could check with a pencil.

use kernel::ids::{PersonId, UnitId};

use super::*;

fn row(holder: Holder, name: &str, weights: &[u64]) -> Row {
    let cell = |weight: &u64| Cell {
        amount: 0,
        weight: *weight,
        locked: false,
        source: Source::History,
    };
    Row {
        holder,
        name: name.to_owned(),
        cells: weights.iter().map(cell).collect(),
    }
}

/// Chen 3, Zhou 2, Sun 1 and a pool, over two months; 1,200.00 in all.
fn grid() -> Grid {
    let person = |id| Holder::Person(PersonId::of(id));
    let column = |code: &str| Column {
        code: code.to_owned(),
        target: 0,
        closed: false,
    };
    let mut grid = Grid {
        currency: Currency::parse("EUR").unwrap(),
        rows: vec![
            row(person(1), "Chen Hao", &[3, 3]),
            row(person(2), "Zhou Ning", &[2, 2]),
            row(person(3), "Sun Jia", &[1, 1]),
            row(Holder::Pool(UnitId::of(1)), "Pool", &[0, 0]),
        ],
        columns: vec![column("2026-06"), column("2026-07")],
    };
    grid.spread(1_200_00, &[1, 2]).unwrap();
    grid
}

fn amounts(grid: &Grid, column: usize) -> Vec<i64> {
    grid.rows
        .iter()
        .map(|row| row.cells[column].amount)
        .collect()
}

#[track_caller]
fn adds_up(grid: &Grid) {
    for column in 0..grid.columns.len() {
        assert_eq!(grid.remainder(column), 0, "{}", grid.columns[column].code);
    }
}

const ZHOU_JUNE: Place = Place { row: 1, column: 0 };

#[test]
fn a_total_is_spread_over_months_and_people() {
    let grid = grid();
    assert_eq!(amounts(&grid, 0), [200_00, 133_00, 67_00, 0]);
    assert_eq!(amounts(&grid, 1), [400_00, 267_00, 133_00, 0]);
    assert_eq!(grid.total(), 1_200_00);
    adds_up(&grid);
}

#[test]
fn targets_in_thousands_stay_in_thousands_and_cents_are_kept_where_they_are() {
    let mut grid = grid();
    grid.spread(96_000_000_00, &[1, 2]).unwrap();
    assert!(
        grid.rows
            .iter()
            .all(|row| row.cells.iter().all(|cell| cell.amount % 1_000_00 == 0))
    );
    grid.set(ZHOU_JUNE, 10_000_000_01, Balance::People).unwrap();
    assert_eq!(grid.rows[1].cells[0].amount, 10_000_000_01);
    adds_up(&grid);
    grid.spread(100_01, &[1, 2]).unwrap();
    assert_eq!(grid.total(), 100_01);
    adds_up(&grid);
}

#[test]
fn colleagues_balance_a_change_pro_rata() {
    let mut grid = grid();
    let moved = grid.set(ZHOU_JUNE, 173_00, Balance::People).unwrap();
    assert_eq!(amounts(&grid, 0), [170_00, 173_00, 57_00, 0]);
    assert_eq!(amounts(&grid, 1), [400_00, 267_00, 133_00, 0]);
    assert_eq!(moved.len(), 3);
    assert_eq!(grid.rows[1].cells[0].source, Source::Typed);
    adds_up(&grid);
}

#[test]
fn other_months_of_the_person_balance_a_change_and_the_year_stays() {
    let mut grid = grid();
    let year = grid.year_of(1);
    grid.set(ZHOU_JUNE, 173_00, Balance::Periods).unwrap();
    assert_eq!(grid.year_of(1), year);
    assert_eq!(grid.columns[0].target, 440_00);
    assert_eq!(grid.columns[1].target, 760_00);
    assert_eq!(grid.total(), 1_200_00);
    adds_up(&grid);
}

#[test]
fn the_pool_gives_only_what_it_has() {
    let mut grid = grid();
    grid.set(ZHOU_JUNE, 33_00, Balance::Pool).unwrap();
    assert_eq!(amounts(&grid, 0), [200_00, 33_00, 67_00, 100_00]);
    let no = grid.set(ZHOU_JUNE, 200_00, Balance::Pool).unwrap_err();
    assert!(no.message.contains("67.00 EUR more"), "{no}");
    assert_eq!(amounts(&grid, 0), [200_00, 33_00, 67_00, 100_00]);
    grid.set(ZHOU_JUNE, 133_00, Balance::Pool).unwrap();
    adds_up(&grid);
}

#[test]
fn balancing_with_people_leaves_the_pool_alone() {
    let mut grid = grid();
    grid.set(ZHOU_JUNE, 33_00, Balance::Pool).unwrap();
    grid.set(ZHOU_JUNE, 43_00, Balance::People).unwrap();
    assert_eq!(grid.rows[3].cells[0].amount, 100_00);
    adds_up(&grid);
}

#[test]
fn raising_the_total_moves_nobody_else() {
    let mut grid = grid();
    let moved = grid.set(ZHOU_JUNE, 233_00, Balance::Total).unwrap();
    assert_eq!(moved.len(), 1);
    assert_eq!(grid.total(), 1_300_00);
    adds_up(&grid);
}

#[test]
fn locked_and_closed_cells_stay_and_are_named_when_they_stand_in_the_way() {
    let mut grid = grid();
    grid.rows[0].cells[0].locked = true;
    grid.set(ZHOU_JUNE, 150_00, Balance::People).unwrap();
    assert_eq!(amounts(&grid, 0), [200_00, 150_00, 50_00, 0]);
    let no = grid.set(ZHOU_JUNE, 250_00, Balance::People).unwrap_err();
    assert_eq!(no.code, "plan.infeasible");
    assert!(
        no.message.contains("Chen Hao at 200.00 EUR") && no.message.contains("50.00 EUR"),
        "{no}"
    );
    assert_eq!(amounts(&grid, 0), [200_00, 150_00, 50_00, 0]);
    assert_eq!(
        grid.set(Place { row: 0, column: 0 }, 1, Balance::People)
            .unwrap_err()
            .code,
        "plan.locked"
    );
    grid.columns[0].closed = true;
    assert_eq!(
        grid.set(ZHOU_JUNE, 1, Balance::People).unwrap_err().code,
        "plan.closed"
    );
    grid.columns[0].closed = false;
    assert_eq!(
        grid.set(ZHOU_JUNE, -1, Balance::People).unwrap_err().code,
        "plan.negative"
    );
}

#[test]
fn colleagues_at_zero_are_balanced_by_their_weights() {
    let mut grid = grid();
    grid.set(ZHOU_JUNE, 400_00, Balance::People).unwrap();
    assert_eq!(amounts(&grid, 0), [0, 400_00, 0, 0]);
    grid.set(ZHOU_JUNE, 0, Balance::People).unwrap();
    assert_eq!(amounts(&grid, 0), [300_00, 0, 100_00, 0]);
}

#[test]
fn a_new_total_leaves_closed_months_and_locked_cells_as_they_are() {
    let mut grid = grid();
    grid.columns[0].closed = true;
    grid.rows[2].cells[1].locked = true;
    grid.spread(2_000_00, &[1, 2]).unwrap();
    assert_eq!(grid.columns[0].target, 400_00);
    assert_eq!(amounts(&grid, 1), [880_00, 587_00, 133_00, 0]);
    assert_eq!(
        grid.spread(300_00, &[1, 2]).unwrap_err().code,
        "plan.infeasible"
    );
    assert_eq!(grid.total(), 2_000_00);
    adds_up(&grid);
}

#[test]
fn a_new_total_keeps_what_was_agreed_in_proportion() {
    let mut grid = grid();
    grid.set(ZHOU_JUNE, 200_00, Balance::Total).unwrap();
    let june = amounts(&grid, 0);
    grid.scale(2 * grid.total()).unwrap();
    let doubled: Vec<i64> = june.iter().map(|amount| 2 * amount).collect();
    assert_eq!(amounts(&grid, 0), doubled);
    adds_up(&grid);
    grid.columns[0].closed = true;
    let no = grid.scale(100_00).unwrap_err();
    assert!(no.message.contains("Closed periods already hold"), "{no}");
    assert_eq!(no.fields[0].field, "total");
}

#[test]
fn a_total_beyond_what_can_be_held_is_refused_and_nothing_moves() {
    let mut grid = grid();
    let before = grid.clone();
    for amount in [i64::MAX, i64::MAX / 16] {
        let no = grid.set(ZHOU_JUNE, amount, Balance::Total).unwrap_err();
        assert_eq!(no.code, "money.too_large");
    }
    assert_eq!(
        grid.spread(i64::MAX, &[1, 2]).unwrap_err().code,
        "money.too_large"
    );
    assert_eq!(grid, before);
}
