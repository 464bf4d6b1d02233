//! No file is longer than can be read in one sitting. Functions are measured by clippy.

use crate::{Finding, House, source::Part};

const MOST_LINES: usize = 600;

pub fn check(house: &House) -> Vec<Finding> {
    let programs = house
        .sources
        .iter()
        .filter(|source| source.part == Part::Program);
    let long = programs.filter(|source| MOST_LINES < source.lines);
    long.map(|source| {
        let what = format!(
            "{} lines; cut it where two thoughts meet ({MOST_LINES} at most)",
            source.lines
        );
        Finding::of_file(&source.path, what)
    })
    .collect()
}
