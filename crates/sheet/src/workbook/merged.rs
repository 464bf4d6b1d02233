//! Merged cells: what stands once and is meant for all cells of its range.
//!
//! Words and days are repeated, because a heading over several columns and a name beside several
//! rows belong to each of them. Numbers are not: an amount shown once for three rows is one amount,
//! and three of it would be a wrong total. A year over its months is a heading all the same.

use std::collections::BTreeMap;

use calamine::Dimensions;

/// The merged ranges of a sheet, and those that reach into the rows being written.
#[derive(Debug)]
pub(super) struct Merged {
    by_start: BTreeMap<(u32, u32), Dimensions>,
    open: Vec<(Dimensions, String)>,
}

impl Merged {
    pub(super) fn of(ranges: Vec<Dimensions>) -> Merged {
        let several = ranges.into_iter().filter(|range| range.start != range.end);
        Merged {
            by_start: several.map(|range| (range.start, range)).collect(),
            open: Vec::new(),
        }
    }

    /// Notes what stands in a cell, in case a range begins there.
    pub(super) fn note(&mut self, place: (u32, u32), text: &str, is_number: bool) {
        let Some(range) = self.by_start.get(&place) else {
            return;
        };
        let is_wide = range.start.0 == range.end.0;
        let is_year = is_wide && text.len() == 4 && ("1990".."2100").contains(&text);
        if !is_number || is_year {
            self.open.push((*range, text.to_owned()));
        }
    }

    /// Puts what reaches into `row` into its empty cells.
    pub(super) fn fill(&mut self, row: u32, cells: &mut [String]) {
        self.open.retain(|(range, _)| row <= range.end.0);
        for (range, text) in &self.open {
            let place = |column: u32| usize::try_from(column).unwrap_or(usize::MAX);
            let end = place(range.end.1).saturating_add(1).min(cells.len());
            let start = place(range.start.1).min(end);
            let empty = cells[start..end].iter_mut().filter(|cell| cell.is_empty());
            empty.for_each(|cell| cell.push_str(text));
        }
    }

    /// Whether nothing reaches below the row that was written last.
    pub(super) fn is_done(&self) -> bool {
        self.open.is_empty()
    }
}
