//! What the spread costs at the size of a large company: 100,000 products of people by 12 months.
//!
//! Prints processor milliseconds; every sum and bound is checked along the way.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use reckon::spread::{Cell, Rounding, Rows, Spreader, Tree, top_down};

const REGIONS: usize = 20;
const PEOPLE: usize = 50;
const PRODUCTS: usize = 100;
const LEAVES: usize = REGIONS * PEOPLE * PRODUCTS;
const MONTHS: usize = 12;

struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Processor time of this process so far, in nanoseconds.
fn cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("a Linux machine");
    let first = text.split_whitespace().next().expect("three numbers");
    first.parse().expect("a number of nanoseconds")
}

/// Runs `work` often enough to outlast the kernel's clock ticks; gives its last answer and the cost
/// of one run in microseconds.
fn timed<T>(runs: u32, mut work: impl FnMut() -> T) -> (T, u64) {
    let mut answer = work();
    let before = cpu_ns();
    for _ in 0..runs {
        answer = work();
    }
    (answer, (cpu_ns() - before) / u64::from(runs) / 1_000)
}

fn ms(us: u64) -> String {
    format!("{}.{:02} ms", us / 1_000, us % 1_000 / 10)
}

/// Last year's amounts, skewed as sales are, and cells bounded by them.
fn leaves(chance: &mut Chance) -> (i64, Vec<Cell<u32>>) {
    let mut cells = Vec::with_capacity(LEAVES);
    let mut sum = 0;
    for id in 0..u32::try_from(LEAVES).expect("few enough") {
        let skewed = chance.below(369) * chance.below(369) * chance.below(369) + 1_000;
        let last = i64::try_from(skewed).expect("a small number");
        let potential = skewed * (30 + chance.below(141)) / 100;
        let cell =
            Cell::of(1, id, skewed.midpoint(potential)).within(last * 90 / 100, last * 135 / 100);
        cells.push(if chance.below(20) == 0 {
            cell.locked_at(last)
        } else {
            cell
        });
        sum += last;
    }
    (sum * 112 / 100, cells)
}

fn months(chance: &mut Chance) -> Vec<u64> {
    let season = [70, 60, 90, 100, 110, 120, 110, 90, 100, 110, 120, 120];
    let weight = |cell: usize| season[cell % MONTHS] * (9_500 + chance.below(1_001));
    (0..LEAVES * MONTHS).map(weight).collect()
}

fn check(total: i64, cells: &[Cell<u32>], parts: &[i64]) {
    assert_eq!(parts.iter().sum::<i64>(), total);
    for (cell, part) in cells.iter().zip(parts) {
        let (floor, ceiling) = cell
            .locked
            .map_or((cell.floor, cell.ceiling), |at| (at, at));
        assert!(floor <= *part && *part <= ceiling);
    }
}

/// A company over regions over people over products, and its cells.
fn tree(cells: &[Cell<u32>]) -> (Tree, Vec<Cell<u32>>) {
    let mut parents: Vec<Option<usize>> = vec![None];
    parents.extend([Some(0)].repeat(REGIONS));
    parents.extend((0..REGIONS * PEOPLE).map(|person| Some(1 + person / PEOPLE)));
    parents.extend((0..LEAVES).map(|leaf| Some(1 + REGIONS + leaf / PRODUCTS)));
    let inner = u32::try_from(1 + REGIONS + REGIONS * PEOPLE).expect("few enough");
    let mut nodes: Vec<Cell<u32>> = (0..inner).map(|id| Cell::of(1, id, 0)).collect();
    nodes.extend_from_slice(cells);
    (Tree::from_parents(&parents).expect("a tree"), nodes)
}

fn main() {
    let mut chance = Chance(42);
    let (total, cells) = leaves(&mut chance);
    let weights = months(&mut chance);
    for rounding in [Rounding::LargestRemainder, Rounding::Monotone] {
        println!("{rounding:?}, {LEAVES} leaves by {MONTHS} months, processor time of one run:");
        company(total, &cells, &weights, rounding);
        respread(&cells[..5_000], rounding);
    }
}

fn company(total: i64, cells: &[Cell<u32>], weights: &[u64], rounding: Rounding) {
    let mut spreader = Spreader::default();
    let (totals, flat_us) = timed(20, || {
        let parts = spreader.spread(total, cells, rounding);
        parts.expect("the corridor is wide enough").to_vec()
    });
    check(total, cells, &totals);
    let rows = Rows {
        columns: MONTHS,
        totals: &totals,
        weights,
        bounds: None,
        rounding,
    };
    let mut by_month = Vec::new();
    let (done, months_us) = timed(20, || spreader.rows(&rows, &mut by_month));
    done.expect("every month has a weight");
    for (row, total) in by_month.chunks(MONTHS).zip(&totals) {
        assert_eq!(row.iter().sum::<i64>(), *total);
    }
    println!("  leaves at one level {}", ms(flat_us));
    println!("  months              {}", ms(months_us));
    println!("  together            {}", ms(flat_us + months_us));

    let (tree, nodes) = tree(cells);
    let (amounts, tree_us) = timed(20, || top_down(total, &tree, &nodes, rounding));
    let amounts = amounts.expect("the corridor is wide enough");
    check(total, cells, &amounts[nodes.len() - LEAVES..]);
    println!("  leaves from the top {}", ms(tree_us));
}

/// One node of 5,000 cells, raised by an eighth.
fn respread(cells: &[Cell<u32>], rounding: Rounding) {
    let least: i64 = cells
        .iter()
        .map(|cell| cell.locked.unwrap_or(cell.floor))
        .sum();
    let total = least + least / 8;
    let mut spreader = Spreader::default();
    let (parts, us) = timed(500, || {
        let parts = spreader.spread(total, cells, rounding);
        parts.expect("the corridor is wide enough").to_vec()
    });
    check(total, cells, &parts);
    println!("  5,000 cells again   {}", ms(us));
}
