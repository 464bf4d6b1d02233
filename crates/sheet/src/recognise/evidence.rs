//! How the cells of a column are written, told from all of them together.

use super::Sort;
use crate::{
    exact::Exact,
    forms::{DateForm, NumberForm, is_iso},
};

/// How a column is written, as far as its cells decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Evidence {
    /// As everything here is written, or in no way that is known: reading will say so.
    Nothing,
    Number(NumberForm),
    Day(DateForm),
    /// This cell can be read in two ways, and no other cell decides.
    Undecided(String),
}

impl Evidence {
    /// What somebody said about how a column is written; none if it says nothing of this sort.
    pub(super) fn told(written: &str, sort: Sort) -> Option<Evidence> {
        match sort {
            _ if written.is_empty() => None,
            Sort::Text => None,
            Sort::Day => DateForm::parse(written).ok().map(Evidence::Day),
            Sort::Number | Sort::Amount => NumberForm::parse(written).ok().map(Evidence::Number),
        }
    }

    pub(super) fn of<'c>(
        cells: impl Iterator<Item = Option<&'c String>>,
        sort: Sort,
        is_typed: bool,
    ) -> Evidence {
        let cells = cells.flatten().map(|cell| cell.trim());
        let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        match sort {
            Sort::Text => Evidence::Nothing,
            Sort::Day => of_days(&cells),
            Sort::Number | Sort::Amount => of_numbers(&cells, is_typed),
        }
    }
}

fn of_days(cells: &[&str]) -> Evidence {
    if cells.iter().all(|cell| is_iso(cell)) {
        return Evidence::Nothing;
    }
    let all = DateForm::ALL.into_iter();
    let mut fitting = all.filter(|form| cells.iter().all(|cell| is_iso(cell) || form.fits(cell)));
    match (fitting.next(), fitting.next()) {
        (None, _) => Evidence::Nothing,
        (Some(form), None) => Evidence::Day(form),
        (Some(one), Some(other)) => {
            let differs = |cell: &&&str| one.read(cell) != other.read(cell);
            match cells.iter().find(differs) {
                Some(cell) => Evidence::Undecided((*cell).to_owned()),
                None => Evidence::Day(one),
            }
        }
    }
}

fn of_numbers(cells: &[&str], is_typed: bool) -> Evidence {
    let is_plain = |cell: &&str| Exact::parse(cell.trim_end_matches('%').trim_end()).is_ok();
    // A point before three digits is a decimal one here, and may be a group there.
    let looks_grouped = |cell: &&str| NumberForm::COMMA.read(cell).is_ok() && cell.contains('.');
    if cells.iter().all(is_plain) {
        let grouped = cells.iter().find(|cell| looks_grouped(cell));
        let is_decided = is_typed
            || cells
                .iter()
                .any(|cell| cell.contains('.') && !looks_grouped(cell));
        return match grouped {
            Some(cell) if !is_decided => Evidence::Undecided((*cell).to_owned()),
            _ => Evidence::Nothing,
        };
    }
    let all = NumberForm::ALL.into_iter();
    let fitting: Vec<NumberForm> = all
        .filter(|form| cells.iter().all(|cell| form.read(cell).is_ok()))
        .collect();
    let Some((first, others)) = fitting.split_first() else {
        return Evidence::Nothing;
    };
    let differs = |cell: &&&str| {
        others
            .iter()
            .any(|other| other.read(cell) != first.read(cell))
    };
    match cells.iter().find(differs) {
        Some(cell) => Evidence::Undecided((*cell).to_owned()),
        None => Evidence::Number(*first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(cells: &[&str], sort: Sort, is_typed: bool) -> Evidence {
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        Evidence::of(cells.iter().map(Some), sort, is_typed)
    }

    #[test]
    #[rustfmt::skip]
    fn a_column_of_numbers_has_one_form_or_none_is_guessed() {
        let undecided = |cell: &str| Evidence::Undecided(cell.to_owned());
        for (cells, expected) in [
            (&["1.5", "20", "-3"][..],     Evidence::Nothing),
            (&["1.234,56", "20"],          Evidence::Number(NumberForm::COMMA)),
            (&["0,5", "1.234"],            Evidence::Number(NumberForm::COMMA)),
            (&["1,234.50", "7"],           Evidence::Number(NumberForm::POINT)),
            (&["1,234,567", "7"],          Evidence::Number(NumberForm::POINT)),
            (&["1,234", "7"],              undecided("1,234")),
            (&["1.234", "7"],              undecided("1.234")),
            (&["1.234", "1.5"],            Evidence::Nothing),
            (&["1.234,5", "1,234.5"],      Evidence::Nothing),
            (&["¥1,234.50", "(2.00)"],     Evidence::Number(NumberForm::POINT)),
            (&["many", "7"],               Evidence::Nothing),
            (&[],                          Evidence::Nothing),
        ] {
            assert_eq!(evidence(cells, Sort::Number, false), expected, "{cells:?}");
        }
        assert_eq!(evidence(&["1.234", "7"], Sort::Amount, true), Evidence::Nothing);
        assert_eq!(evidence(&["1,234"], Sort::Text, false), Evidence::Nothing);
    }

    #[test]
    fn a_column_of_days_has_one_form_or_none_is_guessed() {
        let form = |pattern: &str| Evidence::Day(DateForm::parse(pattern).unwrap());
        let of = |cells: &[&str]| evidence(cells, Sort::Day, false);
        assert_eq!(of(&["2026-03-05", ""]), Evidence::Nothing);
        assert_eq!(of(&["2026/3/5", "2026-03-05"]), form("y/m/d"));
        assert_eq!(of(&["5.3.2026"]), form("d.m.y"));
        assert_eq!(of(&["2026年3月5日"]), form("y年m月d日"));
        assert_eq!(of(&["3/5/2026", "3/25/2026"]), form("m/d/y"));
        assert_eq!(of(&["25/3/2026", "3/5/2026"]), form("d/m/y"));
        assert_eq!(of(&["5/5/2026"]), form("d/m/y"));
        assert_eq!(
            of(&["3/5/2026"]),
            Evidence::Undecided("3/5/2026".to_owned())
        );
        assert_eq!(of(&["25/3/2026", "3/25/2026"]), Evidence::Nothing);
    }
}
